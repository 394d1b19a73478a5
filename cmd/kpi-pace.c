/* kpi-pace - at a day inside a period: ahead or behind, and the scores it is heading for. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const tool_takes takes[] = {
    {'p', NULL},
    {'g', NULL},
    {'M', "the book of managers: roles, and the days each one is there"},
    {'d', "what is known by that day, which has elapsed (default: today)"},
    {OPT_AS_OF, "the same as -d"},
    {OPT_WORKING, NULL},
    {'m', NULL},
    {'l', "a line for each metric, and for each adjustment and gate foreseen"},
    {OPT_STRICT, NULL},
    {'j', NULL},
    {'k', NULL},
    {'o', NULL},
    {'H', NULL},
    {OPT_BOM, NULL},
    {0, NULL}};
static const tool_spec spec = {"kpi-pace", " -p PERIOD -g FILE... [-M MANAGERS] [-d DATE] [OPTION]... [MEASURES]...",
                               "Tell where managers stand inside a period, and where they are heading.", takes};

static const kpi_column score_columns[] = {{"period", KPI_COLUMN_TEXT},  {"manager", KPI_COLUMN_TEXT},
                                           {"score", KPI_COLUMN_NUMBER}, {"grade", KPI_COLUMN_TEXT},
                                           {"rank", KPI_COLUMN_NUMBER},  {"of points", KPI_COLUMN_BAR}};
static const kpi_column line_columns[] = {{"period", KPI_COLUMN_TEXT},     {"manager", KPI_COLUMN_TEXT},
                                          {"metric", KPI_COLUMN_TEXT},     {"target", KPI_COLUMN_NUMBER},
                                          {"actual", KPI_COLUMN_NUMBER},   {"expected", KPI_COLUMN_NUMBER},
                                          {"ahead", KPI_COLUMN_NUMBER},    {"forecast", KPI_COLUMN_NUMBER},
                                          {"needed", KPI_COLUMN_NUMBER},   {"points", KPI_COLUMN_NUMBER},
                                          {"will attain", KPI_COLUMN_BAR}};
enum {
    SCORE_COLUMNS = sizeof score_columns / sizeof *score_columns,
    LINE_COLUMNS = sizeof line_columns / sizeof *line_columns,
    DIGITS = 2
};

typedef struct job {
    tool t;
    kpi_pace_options options;
    const char *period, *days;
    tool_list goals, managers;
    const kpi_scheme *scheme;
    const kpi_pace *pace;
} job;

/* The owner of a row; false: not to be printed. */
static bool owner_of(const job *j, size_t row, size_t *i, kpi_scored *out) {
    bool ranked = j->t.output.format == KPI_TABLE || j->t.output.format == KPI_MD;
    *i = ranked ? kpi_pace_ranked(j->pace, row) : row;
    *out = kpi_pace_at(j->pace, *i);
    return tool_listed(j->managers, out->owner);
}

static int score_row(void *context, kpi_output *rows, size_t row, kpi_error *e) {
    const job *j = context;
    kpi_scored s;
    size_t i;
    if (!owner_of(j, row, &i, &s)) return KPI_OK;
    tool_score_cells(rows, j->period, &s, j->scheme, e);
    return tool_bar_cell(&j->t, rows, s.has_score, s.score, j->scheme->points, e);
}

static int digits_of(bool rounds) { return rounds ? DIGITS : KPI_EXACT; }

static int line_row(const job *j, kpi_output *rows, const char *owner, const kpi_pace_line *l, kpi_error *e) {
    const kpi_detail *d = &l->forecast;
    bool metric = d->kind == KPI_DETAIL_METRIC, foreseen = l->foreseen && d->has_actual;
    tool_cell(rows, j->period, e);
    tool_cell(rows, owner, e);
    tool_cell(rows, d->metric->name, e);
    tool_ratio_cell(rows, metric, d->target, digits_of(d->target_rounds), e);
    tool_ratio_cell(rows, l->has_actual, l->actual, digits_of(d->actual_rounds), e);
    tool_ratio_cell(rows, l->has_expected, l->expected, digits_of(l->by_rate || d->target_rounds), e);
    kpi_output_paint(rows, l->has_ahead ? (l->ahead.num > 0) - (l->ahead.num < 0) : 0);
    tool_ratio_cell(rows, l->has_ahead, l->ahead, DIGITS, e);
    tool_ratio_cell(rows, foreseen, d->actual, digits_of(l->by_rate || d->actual_rounds), e);
    tool_ratio_cell(rows, l->has_needed, l->needed, DIGITS, e);
    tool_number_cell(rows, l->foreseen && !d->skipped, d->points, j->scheme->digits, e);
    return tool_bar_cell(&j->t, rows, metric && foreseen, d->attainment, KPI_ONE, e);
}

static int line_rows(void *context, kpi_output *rows, size_t row, kpi_error *e) {
    const job *j = context;
    kpi_scored s;
    kpi_pace_line *line;
    size_t i, lines;
    if (!owner_of(j, row, &i, &s)) return KPI_OK;
    int code = kpi_pace_lines(j->pace, i, &line, &lines, e);
    if (code) return code;
    for (size_t k = 0; !code && k < lines; k++) code = line_row(j, rows, s.owner, &line[k], e);
    free(line);
    return code;
}

/* --days calendar, weekdays, or a file of days off. */
static void set_calendar(job *j) {
    kpi_calendar *calendar;
    if (!j->days || !strcmp(j->days, "calendar")) return;
    tool_try(&j->t, kpi_calendar_new(&calendar, &j->t.error));
    TOOL_HOLD(&j->t, calendar, kpi_calendar_free);
    j->options.calendar = calendar;
    if (strcmp(j->days, "weekdays") != 0)
        tool_try(&j->t, kpi_calendar_read(calendar, tool_file(&j->t, j->days), &j->t.report, &j->t.error));
}

static void look_ahead(job *j) {
    tool *t = &j->t;
    kpi_measures *measures;
    kpi_scores *scores;
    kpi_pace *pace;
    const kpi_score_options so = {j->options.period, j->period, true, j->options.as_of, j->options.managers, true};
    tool_list files = tool_files(t);
    const kpi_goals *goals = tool_goals(t, j->goals, &t->report);
    tool_try(t, kpi_measures_new(&measures, goals, so.period, so.period_text, t->threads, &t->error));
    TOOL_HOLD(t, measures, kpi_measures_free);
    tool_try(t, kpi_measures_read_until(measures, files.name, files.n, so.as_of, &t->report, &t->error));
    tool_try(t, kpi_score(&scores, goals, measures, &so, &t->report, &t->error));
    TOOL_HOLD(t, scores, kpi_scores_free);
    tool_need_scores(t, scores, NULL, j->managers, j->period);
    tool_try(t, kpi_pace_new(&pace, scores, &j->options, &t->error));
    TOOL_HOLD(t, pace, kpi_pace_free);
    j->scheme = kpi_scores_scheme(scores);
    j->pace = pace;
}

static void check_options(job *j, bool has_day) {
    tool *t = &j->t;
    const kpi_pace_options *o = &j->options;
    if (!j->period) tool_usage(t, "which period? (-p PERIOD)");
    if (!j->goals.n) tool_usage(t, "which goals? (-g FILE)");
    if (!has_day) j->options.as_of = tool_now(t)->today;
    char day[KPI_PERIOD_SIZE];
    kpi_day_format(o->as_of, day);
    if (o->as_of < o->period.first || o->as_of > o->period.last)
        tool_usage(t, "%s is not a day of %s%s", day, j->period, has_day ? "" : " (-d DATE)");
}

int main(int argc, char **argv) {
    job j = {0};
    const char *managers_file = NULL; /* read once -k is known */
    bool has_day = false, lines = false;
    tool_start(&j.t, &spec, argc, argv);
    for (int option; (option = tool_option(&j.t)) >= 0;) {
        switch (option) { /* clang-format off */
        case 'p': j.options.period = tool_period(&j.t, &j.period); break;
        case 'g': tool_add_goal_file(&j.t, &j.goals); break;
        case 'M': managers_file = j.t.value; break;
        case 'm': tool_add(&j.t, &j.managers, tool_name(&j.t)); break;
        case 'd': case OPT_AS_OF: j.options.as_of = tool_day(&j.t), has_day = true; break;
        case OPT_WORKING: j.days = j.t.value; break;
        case 'l': lines = true; break;
        } /* clang-format on */
    }
    check_options(&j, has_day);
    if (managers_file) j.options.managers = tool_book(&j.t, KPI_MANAGER, managers_file);
    set_calendar(&j);
    look_ahead(&j);
    if (lines)
        tool_print(&j.t, line_columns, LINE_COLUMNS, kpi_pace_size(j.pace), line_rows, &j);
    else
        tool_print(&j.t, score_columns, SCORE_COLUMNS, kpi_pace_size(j.pace), score_row, &j);
    return tool_end(&j.t);
}
