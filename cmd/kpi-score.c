/* kpi-score - goals and measures of a period to scores, ranks and grades. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const tool_takes takes[] = {
    {'p', NULL},        {'g', NULL},         {'b', "scores of teams instead: team"}, {'M', NULL},
    {'m', NULL},        {'l', NULL},         {'x', NULL},
    {OPT_AS_OF, "with the revisions up to that day (default: the period's last)"},
    {OPT_STABLE, NULL}, {OPT_STRICT, NULL},  {'j', NULL}, {'k', NULL}, {'o', NULL},
    {'H', NULL},        {OPT_BOM, NULL}, {0, NULL}};
static const tool_spec spec = {"kpi-score", " -p PERIOD -g FILE... [-M MANAGERS] [OPTION]... [MEASURES]...",
                               "Score every manager with goals for a period.", takes};

static const kpi_column score_columns[] = {{"period", KPI_COLUMN_TEXT},  {"manager", KPI_COLUMN_TEXT},
                                           {"score", KPI_COLUMN_NUMBER}, {"grade", KPI_COLUMN_TEXT},
                                           {"rank", KPI_COLUMN_NUMBER},  {"of points", KPI_COLUMN_BAR}};
static const kpi_column stable_columns[] = {{"period", KPI_COLUMN_TEXT},  {"manager", KPI_COLUMN_TEXT},
                                            {"score", KPI_COLUMN_NUMBER}, {"grade", KPI_COLUMN_TEXT},
                                            {"rank", KPI_COLUMN_NUMBER},  {"stable", KPI_COLUMN_TEXT},
                                            {"above", KPI_COLUMN_TEXT},   {"below", KPI_COLUMN_TEXT},
                                            {"of points", KPI_COLUMN_BAR}};
static const kpi_column detail_columns[] = {{"period", KPI_COLUMN_TEXT},       {"manager", KPI_COLUMN_TEXT},
                                            {"metric", KPI_COLUMN_TEXT},       {"weight", KPI_COLUMN_NUMBER},
                                            {"target", KPI_COLUMN_NUMBER},     {"actual", KPI_COLUMN_NUMBER},
                                            {"attainment", KPI_COLUMN_NUMBER}, {"credit", KPI_COLUMN_NUMBER},
                                            {"points", KPI_COLUMN_NUMBER},     {"attained", KPI_COLUMN_BAR}};
static const kpi_column step_columns[] = {{"period", KPI_COLUMN_TEXT},   {"manager", KPI_COLUMN_TEXT},
                                          {"metric", KPI_COLUMN_TEXT},   {"step", KPI_COLUMN_TEXT},
                                          {"figure", KPI_COLUMN_NUMBER}, {"formula", KPI_COLUMN_TEXT},
                                          {"note", KPI_COLUMN_TEXT}};
enum {
    STEP_COLUMNS = sizeof step_columns / sizeof *step_columns,
    SCORE_COLUMNS = sizeof score_columns / sizeof *score_columns,
    STABLE_COLUMNS = sizeof stable_columns / sizeof *stable_columns,
    DETAIL_COLUMNS = sizeof detail_columns / sizeof *detail_columns
};

typedef struct job {
    tool t;
    const char *period;
    tool_list managers; /* to be printed */
    const kpi_scores *scores;
    const kpi_stable *stable; /* with --stable */
    const kpi_teams *teams; /* with -b; else NULL */
    int explain;            /* how often -x was given */
    kpi_journal *journal;   /* with -xx */
} job;

/* Those of a row; its index among the scores, or their number: not to be printed. */
static size_t scored(const job *j, size_t row, kpi_scored *out) {
    bool ranked = j->t.output.format == KPI_TABLE || j->t.output.format == KPI_MD;
    if (j->teams) {
        *out = ranked ? kpi_teams_ranked(j->teams, row) : kpi_teams_at(j->teams, row);
        return tool_listed(j->managers, out->owner) ? 0 : kpi_scores_size(j->scores);
    }
    size_t i = ranked ? kpi_scores_order(j->scores, row) : row;
    *out = kpi_scores_at(j->scores, i);
    return tool_listed(j->managers, out->owner) ? i : kpi_scores_size(j->scores);
}

/* Whether the rank hangs on a weight, and the neighbours with whom it would be changed. */
static int stable_cells(const job *j, kpi_output *rows, size_t i, bool ranked, kpi_error *e) {
    kpi_neighbours with = kpi_stable_at(j->stable, i);
    bool hangs = with.above || with.below;
    kpi_output_paint(rows, hangs ? -1 : 0);
    tool_cell(rows, !ranked ? "" : hangs ? "no" : "yes", e);
    tool_cell(rows, with.above, e);
    return tool_cell(rows, with.below, e);
}

static int score_row(void *context, kpi_output *rows, size_t row, kpi_error *e) {
    const job *j = context;
    const kpi_scheme *scheme = kpi_scores_scheme(j->scores);
    kpi_scored s;
    size_t i = scored(j, row, &s);
    if (i == kpi_scores_size(j->scores)) return KPI_OK;
    tool_score_cells(rows, j->period, &s, scheme, e);
    if (j->stable) stable_cells(j, rows, i, s.rank != 0, e);
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
    tool_ratio_cell(rows, metric && !d->averaged, d->target, digits_of(d->target_rounds), e);
    tool_ratio_cell(rows, d->has_actual && !d->averaged, d->actual, digits_of(d->actual_rounds), e);
    tool_number_cell(rows, rated, d->attainment, RATE_DIGITS, e);
    tool_number_cell(rows, metric && !d->skipped, d->credit, RATE_DIGITS, e);
    tool_number_cell(rows, !d->skipped, d->points, kpi_scores_scheme(j->scores)->digits, e);
    return tool_bar_cell(&j->t, rows, rated, d->attainment, KPI_ONE, e);
}

static int detail_rows(void *context, kpi_output *rows, size_t row, kpi_error *e) {
    const job *j = context;
    kpi_scored s;
    int code = KPI_OK;
    if (scored(j, row, &s) == kpi_scores_size(j->scores)) return KPI_OK;
    for (size_t k = 0; k < s.details && !code; k++) code = detail_row(j, rows, &s, &s.detail[k], e);
    return code;
}

/* ---- -x ---- */

typedef struct steps { /* of an owner */
    const job *job;
    kpi_output *rows;
    const char *owner, *metric; /* of the step before; NULL: there was none */
} steps;

/* In tables, what is as in the row above is left out. */
static int step_row(void *context, const kpi_step *step, kpi_error *e) {
    steps *s = context;
    bool again = s->metric && s->job->t.output.format == KPI_TABLE;
    bool same = again && !strcmp(s->metric, step->metric);
    s->metric = step->metric;
    tool_cell(s->rows, again ? "" : s->job->period, e);
    tool_cell(s->rows, again ? "" : s->owner, e);
    tool_cell(s->rows, same ? "" : step->metric, e);
    tool_cell(s->rows, step->name, e);
    tool_cell(s->rows, step->figure, e);
    tool_cell(s->rows, step->formula, e);
    return tool_cell(s->rows, step->note, e);
}

static int step_rows(void *context, kpi_output *rows, size_t row, kpi_error *e) {
    const job *j = context;
    kpi_scored s;
    size_t i = scored(j, row, &s);
    steps to = {j, rows, s.owner, NULL};
    return i < kpi_scores_size(j->scores) ? kpi_explain(j->scores, i, j->journal, step_row, &to, e) : KPI_OK;
}

/* Objects in objects are beyond the other formats, so that each is a line with one cell. */
static int object_row(void *context, kpi_output *rows, size_t row, kpi_error *e) {
    const job *j = context;
    kpi_scored s;
    char *text;
    size_t length, i = scored(j, row, &s);
    if (i == kpi_scores_size(j->scores)) return KPI_OK;
    int code = kpi_explain_json(j->scores, i, j->journal, &text, &length, e);
    if (code) return code;
    code = kpi_output_cell(rows, (kpi_text){text, length}, e);
    free(text);
    return code;
}

static void print_objects(job *j) {
    static const kpi_column object = {"", KPI_COLUMN_TEXT};
    j->t.output = (kpi_output_options){.format = KPI_LINES}; /* they are safe for terminals */
    tool_print(&j->t, &object, 1, kpi_scores_size(j->scores), object_row, j);
}

/* ---- the whole ---- */

static void read_measures(job *j, kpi_measures *measures) {
    tool_list files = tool_files(&j->t);
    for (size_t i = 0; i < files.n; i++)
        tool_try(&j->t, j->journal ? kpi_journal_read(j->journal, measures, files.name[i], &j->t.report, &j->t.error)
                                   : kpi_measures_read(measures, files.name[i], &j->t.report, &j->t.error));
}

static void score(job *j, const kpi_score_options *options, tool_list goal_files) {
    kpi_measures *measures;
    kpi_scores *scores;
    tool *t = &j->t;
    const kpi_goals *goals = tool_goals(t, goal_files, &t->report);
    if (j->explain > 1) {
        tool_try(t, kpi_journal_new(&j->journal, tool_names(j->managers), &t->error));
        TOOL_HOLD(t, j->journal, kpi_journal_free);
    }
    tool_try(t, kpi_measures_new(&measures, goals, options->period, options->period_text, t->threads, &t->error));
    TOOL_HOLD(t, measures, kpi_measures_free);
    read_measures(j, measures);
    tool_try(t, kpi_score(&scores, goals, measures, options, &t->report, &t->error));
    TOOL_HOLD(t, scores, kpi_scores_free);
    j->scores = scores;
}

static void look_at_weights(job *j) {
    kpi_stable *stable;
    tool_try(&j->t, kpi_stable_new(&stable, j->scores, &j->t.error));
    TOOL_HOLD(&j->t, stable, kpi_stable_free);
    j->stable = stable;
}

static void score_teams(job *j) {
    kpi_teams *teams;
    tool_try(&j->t, kpi_teams_new(&teams, j->scores, &j->t.report, &j->t.error));
    TOOL_HOLD(&j->t, teams, kpi_teams_free);
    j->teams = teams;
}

static void print(job *j, bool details) {
    size_t rows = j->teams ? kpi_teams_size(j->teams) : kpi_scores_size(j->scores);
    if (j->explain && j->t.output.format == KPI_JSON)
        print_objects(j);
    else if (j->explain)
        tool_print(&j->t, step_columns, STEP_COLUMNS, rows, step_rows, j);
    else if (details)
        tool_print(&j->t, detail_columns, DETAIL_COLUMNS, rows, detail_rows, j);
    else if (j->stable)
        tool_print(&j->t, stable_columns, STABLE_COLUMNS, rows, score_row, j);
    else
        tool_print(&j->t, score_columns, SCORE_COLUMNS, rows, score_row, j);
}

int main(int argc, char **argv) {
    job j = {0};
    kpi_score_options options = {0};
    tool_list goals = {0};
    const char *managers_file = NULL; /* read once -k is known */
    bool details = false, teams = false, stable = false;
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
        case 'x':
            j.explain++;
            break;
        case 'b':
            if (strcmp(j.t.value, "team")) tool_usage(&j.t, "by team or not at all: '%s'", j.t.value);
            teams = true;
            break;
        case OPT_AS_OF:
            options.as_of = tool_day(&j.t), options.has_as_of = true;
            break;
        case OPT_STABLE:
            stable = true;
            break;
        }
    }
    if (!options.period_text) tool_usage(&j.t, "which period? (-p PERIOD)");
    if (!goals.n) tool_usage(&j.t, "which goals? (-g FILE)");
    if (details && j.explain) tool_usage(&j.t, "-l or -x: not both");
    if (stable && (details || j.explain || teams)) tool_usage(&j.t, "--stable does not go with -b, -l or -x");
    if (teams && j.explain) tool_usage(&j.t, "-x tells of managers: not with -b team");
    if (teams && !managers_file) tool_usage(&j.t, "which teams are there? (-M MANAGERS)");
    if (j.explain && !j.t.has_format) j.t.output.format = KPI_TABLE; /* for people */
    if (managers_file) options.managers = tool_book(&j.t, KPI_MANAGER, managers_file);
    j.period = options.period_text;
    options.totals_only = !details;
    score(&j, &options, goals);
    if (stable) look_at_weights(&j);
    if (teams) score_teams(&j);
    tool_need_scores(&j.t, j.scores, j.teams, j.managers, j.period);
    print(&j, details);
    return tool_end(&j.t);
}
