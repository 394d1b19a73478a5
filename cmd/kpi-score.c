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
    tool_list managers; /* to be printed */
    const kpi_scores *scores;
} job;

/* Those of a row; false: not to be printed. */
static bool scored(const job *j, size_t row, kpi_scored *out) {
    bool ranked = j->t.output.format == KPI_TABLE || j->t.output.format == KPI_MD;
    *out = ranked ? kpi_scores_ranked(j->scores, row) : kpi_scores_at(j->scores, row);
    return tool_listed(j->managers, out->owner);
}

static int score_row(void *context, kpi_output *rows, size_t row, kpi_error *e) {
    const job *j = context;
    const kpi_scheme *scheme = kpi_scores_scheme(j->scores);
    kpi_scored s;
    if (!scored(j, row, &s)) return KPI_OK;
    tool_cell(rows, j->period, e);
    tool_cell(rows, s.owner, e);
    tool_number_cell(rows, s.has_score, s.score, scheme->digits, e);
    tool_cell(rows, s.grade, e);
    tool_number_cell(rows, s.rank != 0, (kpi_decimal)s.rank * KPI_ONE, 0, e);
    return tool_bar_cell(&j->t, rows, s.has_score, s.score, scheme->points, e);
}

enum { MEAN_DIGITS = 2, RATE_DIGITS = 4 };

static int digits_of(bool rounds) { return rounds ? MEAN_DIGITS : KPI_EXACT; }

static int detail_row(const job *j, kpi_output *rows, const kpi_scored *s, const kpi_detail *d, kpi_error *e) {
    bool metric = d->kind == KPI_DETAIL_METRIC, rated = metric && d->has_actual;
    tool_cell(rows, j->period, e);
    tool_cell(rows, s->owner, e);
    tool_cell(rows, d->metric->name, e);
    tool_number_cell(rows, metric, d->weight, KPI_EXACT, e);
    tool_ratio_cell(rows, metric, d->target, digits_of(d->target_rounds), e);
    tool_ratio_cell(rows, d->has_actual, d->actual, digits_of(d->actual_rounds), e);
    tool_number_cell(rows, rated, d->attainment, RATE_DIGITS, e);
    tool_number_cell(rows, metric && !d->skipped, d->credit, RATE_DIGITS, e);
    tool_number_cell(rows, !d->skipped, d->points, kpi_scores_scheme(j->scores)->digits, e);
    return tool_bar_cell(&j->t, rows, rated, d->attainment, KPI_ONE, e);
}

static int detail_rows(void *context, kpi_output *rows, size_t row, kpi_error *e) {
    const job *j = context;
    kpi_scored s;
    int code = KPI_OK;
    if (!scored(j, row, &s)) return KPI_OK;
    for (size_t k = 0; k < s.details && !code; k++) code = detail_row(j, rows, &s, &s.detail[k], e);
    return code;
}

int main(int argc, char **argv) {
    job j = {0};
    kpi_score_options options = {0};
    tool_list goals = {0};
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
            tool_add(&j.t, &j.managers, tool_name(&j.t));
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
    j.scores = tool_scores(&j.t, &options, goals);
    if (details)
        tool_print(&j.t, detail_columns, DETAIL_COLUMNS, kpi_scores_size(j.scores), detail_rows, &j);
    else
        tool_print(&j.t, score_columns, SCORE_COLUMNS, kpi_scores_size(j.scores), score_row, &j);
    return tool_end(&j.t);
}
