/* kpi-need - what each metric alone would have to reach for the next grade, or a score. */
#include "tool.h"

#include <string.h>

static const tool_takes takes[] = {
    {'p', NULL},
    {'g', NULL},
    {'M', NULL},
    {'m', NULL},
    {OPT_SCORE, "what it takes for a score of N"},
    {OPT_GRADE, NULL},
    {OPT_DIGITS, "decimals of the answers (default: those of target and actual)"},
    {OPT_AS_OF, "with the revisions up to that day (default: the period's last)"},
    {OPT_STRICT, NULL},
    {'j', NULL},
    {'k', NULL},
    {'o', NULL},
    {'H', NULL},
    {OPT_BOM, NULL},
    {0, NULL}};
static const tool_spec spec = {"kpi-need", " -p PERIOD -g FILE... [-M MANAGERS] [-m NAME] [OPTION]... [MEASURES]...",
                               "Tell what each metric alone would have to reach for the next grade.", takes};

static const kpi_column columns[] = {{"period", KPI_COLUMN_TEXT},   {"manager", KPI_COLUMN_TEXT},
                                     {"metric", KPI_COLUMN_TEXT},   {"target", KPI_COLUMN_NUMBER},
                                     {"actual", KPI_COLUMN_NUMBER}, {"for", KPI_COLUMN_TEXT},
                                     {"need", KPI_COLUMN_NUMBER},   {"more", KPI_COLUMN_NUMBER},
                                     {"score", KPI_COLUMN_NUMBER},  {"gain", KPI_COLUMN_NUMBER}};
enum { COLUMNS = sizeof columns / sizeof *columns, MEAN_DIGITS = 2, GAIN_DIGITS = 4 };

typedef struct job {
    tool t;
    kpi_score_options options;
    kpi_need_options need;
    tool_list goals, managers;
    const kpi_scores *scores;
} job;

static bool for_people(const job *j) { return j->t.output.format == KPI_TABLE || j->t.output.format == KPI_MD; }

/* What is looked for: the grade, or the score. */
static int aim_cell(const job *j, kpi_output *rows, const kpi_needs *n, kpi_error *e) {
    if (j->need.has_score) return tool_number_cell(rows, true, n->score, KPI_EXACT, e);
    return tool_cell(rows, n->grade, e);
}

static int digits_of(bool rounds) { return rounds ? MEAN_DIGITS : KPI_EXACT; }

static int need_row(const job *j, kpi_output *rows, const kpi_needs *n, const kpi_need_line *l, bool best,
                    kpi_error *e) {
    const kpi_sheet_row *row = l->row;
    bool mean = l->metric->take == KPI_TAKE_MEAN && row->measured, aims = j->need.has_score || *n->grade;
    tool_cell(rows, j->options.period_text, e);
    tool_cell(rows, n->sheet.owner, e);
    tool_cell(rows, l->metric->name, e);
    tool_ratio_cell(rows, row->weighted, row->target, digits_of(row->prorated), e);
    tool_ratio_cell(rows, row->known, row->actual, digits_of(mean), e);
    aim_cell(j, rows, n, e);
    if (!l->reachable && aims && for_people(j))
        tool_cell(rows, "not alone", e);
    else
        tool_number_cell(rows, l->reachable, l->need, l->digits, e);
    tool_ratio_cell(rows, l->reachable && row->known, l->more, digits_of(mean), e);
    tool_number_cell(rows, l->reachable, l->score, n->sheet.scheme->digits, e);
    kpi_output_paint(rows, best);
    return tool_number_cell(rows, l->has_gain, l->gain, GAIN_DIGITS, e);
}

static int need_rows(void *context, kpi_output *rows, size_t row, kpi_error *e) {
    const job *j = context;
    size_t i = row;
    kpi_needs *n;
    kpi_decimal best = 0;
    if (!tool_listed(j->managers, kpi_scores_at(j->scores, i).owner)) return KPI_OK;
    int code = kpi_needs_new(&n, j->scores, i, &j->need, e);
    if (code) return code;
    for (size_t k = 0; k < n->lines; k++) best = n->line[k].gain > best ? n->line[k].gain : best;
    for (size_t k = 0; k < n->lines && !code; k++)
        code = need_row(j, rows, n, &n->line[k], best && n->line[k].gain == best, e);
    kpi_needs_free(n);
    return code;
}

static void score(job *j) {
    tool *t = &j->t;
    kpi_measures *measures;
    kpi_scores *scores;
    tool_list files = tool_files(t);
    const kpi_goals *goals = tool_goals(t, j->goals, &t->report);
    tool_try(t, kpi_measures_new(&measures, goals, j->options.period, j->options.period_text, t->threads, &t->error));
    TOOL_HOLD(t, measures, kpi_measures_free);
    for (size_t i = 0; i < files.n; i++) tool_try(t, kpi_measures_read(measures, files.name[i], &t->report, &t->error));
    tool_try(t, kpi_score(&scores, goals, measures, &j->options, &t->report, &t->error));
    TOOL_HOLD(t, scores, kpi_scores_free);
    j->scores = scores;
}

static void check_options(job *j) {
    tool *t = &j->t;
    if (!j->options.period_text) tool_usage(t, "which period? (-p PERIOD)");
    if (!j->goals.n) tool_usage(t, "which goals? (-g FILE)");
    if (j->need.has_score && j->need.grade) tool_usage(t, "a score or a grade? (--score, --grade)");
    j->options.totals_only = true;
}

int main(int argc, char **argv) {
    job j = {0};
    const char *managers_file = NULL; /* read once -k is known */
    tool_start(&j.t, &spec, argc, argv);
    for (int option; (option = tool_option(&j.t)) >= 0;) {
        switch (option) { /* clang-format off */
        case 'p': j.options.period = tool_period(&j.t, &j.options.period_text); break;
        case 'g': tool_add_goal_file(&j.t, &j.goals); break;
        case 'M': managers_file = j.t.value; break;
        case 'm': tool_add(&j.t, &j.managers, tool_name(&j.t)); break;
        case OPT_SCORE: j.need.score = tool_number(&j.t), j.need.has_score = true; break;
        case OPT_GRADE: j.need.grade = tool_name(&j.t); break;
        case OPT_DIGITS: j.need.digits = tool_digits(&j.t), j.need.has_digits = true; break;
        case OPT_AS_OF: j.options.as_of = tool_day(&j.t), j.options.has_as_of = true; break;
        } /* clang-format on */
    }
    check_options(&j);
    if (managers_file) j.options.managers = tool_book(&j.t, KPI_MANAGER, managers_file);
    score(&j);
    tool_need_scores(&j.t, j.scores, NULL, j.managers, j.options.period_text);
    tool_print(&j.t, columns, COLUMNS, kpi_scores_size(j.scores), need_rows, &j);
    return tool_end(&j.t);
}
