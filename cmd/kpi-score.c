/* kpi-score - goals and measures of a period to scores, ranks and grades. */
#include "tool.h"

static const tool_takes takes[] = {
    {'p', NULL},        {'g', NULL},     {'M', NULL},
    {'m', NULL},        {'l', NULL},     {OPT_AS_OF, "with the revisions up to that day (default: the period's last)"},
    {OPT_STRICT, NULL}, {'j', NULL}, {'k', NULL},     {'o', NULL},
    {'H', NULL},        {OPT_BOM, NULL}, {0, NULL}};
static const tool_spec spec = {"kpi-score", " -p PERIOD -g FILE... [-M MANAGERS] [OPTION]... [MEASURES]...",
                               "Score every manager with goals for a period.", takes};

static const kpi_column score_columns[] = {{"period", KPI_COLUMN_TEXT},  {"manager", KPI_COLUMN_TEXT},
                                           {"score", KPI_COLUMN_NUMBER}, {"grade", KPI_COLUMN_TEXT},
                                           {"rank", KPI_COLUMN_NUMBER},  {"of points", KPI_COLUMN_BAR}};
static const kpi_column detail_columns[] = {{"period", KPI_COLUMN_TEXT},       {"manager", KPI_COLUMN_TEXT},
                                            {"metric", KPI_COLUMN_TEXT},       {"weight", KPI_COLUMN_NUMBER},
                                            {"target", KPI_COLUMN_NUMBER},     {"actual", KPI_COLUMN_NUMBER},
                                            {"attainment", KPI_COLUMN_NUMBER}, {"credit", KPI_COLUMN_NUMBER},
                                            {"points", KPI_COLUMN_NUMBER},     {"attained", KPI_COLUMN_BAR}};
enum {
    SCORE_COLUMNS = sizeof score_columns / sizeof *score_columns,
    DETAIL_COLUMNS = sizeof detail_columns / sizeof *detail_columns
};

typedef struct job {
    tool t;
    const char *period;
    const kpi_scores *scores;
    kpi_output *output;
} job;

/* A bar of value in percent of whole, where bars are seen. */
static void bar(job *j, bool known, kpi_decimal value, kpi_decimal whole) {
    if (j->t.output.format != KPI_TABLE) known = false;
    kpi_ratio percent = {0, whole};
    bool drawn = known && !__builtin_mul_overflow(value, 100 * KPI_ONE, &percent.num);
    tool_ratio_cell(&j->t, j->output, drawn, percent, 2);
}

static void print_score(job *j, const kpi_scored *s) {
    const kpi_scheme *scheme = kpi_scores_scheme(j->scores);
    tool_cell(&j->t, j->output, j->period);
    tool_cell(&j->t, j->output, s->owner);
    tool_number_cell(&j->t, j->output, s->has_score, s->score, scheme->digits);
    tool_cell(&j->t, j->output, s->grade);
    tool_number_cell(&j->t, j->output, s->rank != 0, (kpi_decimal)s->rank * KPI_ONE, 0);
    bar(j, s->has_score, s->score, scheme->points);
}

enum { MEAN_DIGITS = 2, RATE_DIGITS = 4 };

static int digits_of(bool rounds) { return rounds ? MEAN_DIGITS : KPI_EXACT; }

static void print_detail(job *j, const kpi_scored *s, const kpi_detail *d) {
    bool metric = d->kind == KPI_DETAIL_METRIC, rated = metric && d->has_actual;
    tool_cell(&j->t, j->output, j->period);
    tool_cell(&j->t, j->output, s->owner);
    tool_cell(&j->t, j->output, d->metric->name);
    tool_number_cell(&j->t, j->output, metric, d->weight, KPI_EXACT);
    tool_ratio_cell(&j->t, j->output, metric, d->target, digits_of(d->target_rounds));
    tool_ratio_cell(&j->t, j->output, d->has_actual, d->actual, digits_of(d->actual_rounds));
    tool_number_cell(&j->t, j->output, rated, d->attainment, RATE_DIGITS);
    tool_number_cell(&j->t, j->output, metric && !d->skipped, d->credit, RATE_DIGITS);
    tool_number_cell(&j->t, j->output, !d->skipped, d->points, kpi_scores_scheme(j->scores)->digits);
    bar(j, rated, d->attainment, KPI_ONE);
}

static void print(job *j, tool_list managers, bool details) {
    bool ranked = j->t.output.format == KPI_TABLE || j->t.output.format == KPI_MD;
    j->output =
        details ? tool_output(&j->t, detail_columns, DETAIL_COLUMNS) : tool_output(&j->t, score_columns, SCORE_COLUMNS);
    for (size_t i = 0; i < kpi_scores_size(j->scores); i++) {
        kpi_scored s = ranked ? kpi_scores_ranked(j->scores, i) : kpi_scores_at(j->scores, i);
        if (!tool_listed(managers, s.owner)) continue;
        if (!details) print_score(j, &s);
        for (size_t k = 0; details && k < s.details; k++) print_detail(j, &s, &s.detail[k]);
    }
    tool_end_output(&j->t, j->output);
}

static kpi_scores *score(tool *t, const kpi_score_options *options, tool_list goal_files) {
    kpi_measures *measures;
    kpi_scores *scores;
    tool_list files = tool_files(t);
    const kpi_goals *goals = tool_goals(t, goal_files, &t->report);
    tool_try(t, kpi_measures_new(&measures, goals, options->period, options->period_text, t->threads, &t->error));
    TOOL_HOLD(t, measures, kpi_measures_free);
    for (size_t i = 0; i < files.n; i++) tool_try(t, kpi_measures_read(measures, files.name[i], &t->report, &t->error));
    tool_try(t, kpi_score(&scores, goals, measures, options, &t->report, &t->error));
    TOOL_HOLD(t, scores, kpi_scores_free);
    return scores;
}

int main(int argc, char **argv) {
    job j = {0};
    kpi_score_options options = {0};
    tool_list goals = {0}, managers = {0};
    const char *managers_file = NULL; /* read once -k is known */
    bool details = false;
    tool_start(&j.t, &spec, argc, argv);
    for (int option; (option = tool_option(&j.t)) >= 0;) {
        switch (option) {
        case 'p':
            options.period = tool_period(&j.t, &options.period_text);
            break;
        case 'g':
            tool_add_goal_file(&j.t, &goals);
            break;
        case 'M':
            managers_file = j.t.value;
            break;
        case 'm':
            tool_add(&j.t, &managers, tool_name(&j.t));
            break;
        case 'l':
            details = true;
            break;
        case OPT_AS_OF:
            options.as_of = tool_day(&j.t), options.has_as_of = true;
            break;
        }
    }
    if (!options.period_text) tool_usage(&j.t, "which period? (-p PERIOD)");
    if (!goals.n) tool_usage(&j.t, "which goals? (-g FILE)");
    if (managers_file) options.managers = tool_book(&j.t, KPI_MANAGER, managers_file);
    j.period = options.period_text;
    options.totals_only = !details;
    j.scores = score(&j.t, &options, goals);
    print(&j, managers, details);
    return tool_end(&j.t);
}
