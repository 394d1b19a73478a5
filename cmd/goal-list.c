/* goal-list - goals as goal lines. */
#include "tool.h"

#include <stdatomic.h>

static const tool_takes takes[] = {
    {'p', "only goals whose period lies inside it"},
    {'m', NULL},
    {'i', "only this metric (repeatable)"},
    {'g', NULL},
    {OPT_AS_OF, "with the revisions up to that day (default: the last of each goal's period)"},
    {'k', NULL},
    {'o', NULL},
    {'H', NULL},
    {OPT_BOM, NULL},
    {0, NULL}};
static const tool_spec spec = {"goal-list", " [-p PERIOD] [-m OWNER] [-i METRIC] [OPTION]... [FILE]...",
                               "Print goals as goal lines, revisions applied and percentages resolved.", takes};

static const kpi_column columns[] = {{"period", KPI_COLUMN_TEXT},   {"manager", KPI_COLUMN_TEXT},
                                     {"metric", KPI_COLUMN_TEXT},   {"weight", KPI_COLUMN_NUMBER},
                                     {"target", KPI_COLUMN_NUMBER}, {"baseline", KPI_COLUMN_NUMBER}};

typedef struct list {
    bool has_period, has_as_of;
    kpi_period period;
    kpi_day as_of;
    tool_list owners, metrics;
    const kpi_goals *goals;
    atomic_bool found;
} list;

static bool passes(const list *l, const kpi_goal *goal) {
    return (!l->has_period || kpi_period_inside(goal->period, l->period)) && tool_listed(l->owners, goal->owner) &&
           tool_listed(l->metrics, goal->metric);
}

static int goal_row(void *context, kpi_output *rows, size_t row, kpi_error *e) {
    list *l = context;
    kpi_goal goal = kpi_goals_at(l->goals, row);
    if (!passes(l, &goal)) return KPI_OK;
    const kpi_target *set = kpi_goal_on(&goal, l->has_as_of ? l->as_of : goal.period.last);
    if (!l->found) l->found = true;
    tool_cell(rows, goal.period_text, e);
    tool_cell(rows, goal.owner, e);
    tool_cell(rows, goal.metric, e);
    tool_number_cell(rows, set->has_weight, set->weight, KPI_EXACT, e);
    tool_ratio_cell(rows, true, kpi_target_value(set), KPI_EXACT, e);
    return tool_number_cell(rows, set->has_baseline, set->baseline, KPI_EXACT, e);
}

int main(int argc, char **argv) {
    tool t;
    list l = {0};
    tool_list files = {0};
    const char *period = NULL;
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) {
        switch (option) {
        case 'p':
            l.period = tool_period(&t, &period), l.has_period = true;
            break;
        case 'm':
            tool_add(&t, &l.owners, tool_name(&t));
            break;
        case 'i':
            tool_add(&t, &l.metrics, tool_name(&t));
            break;
        case 'g':
            tool_add_goal_file(&t, &files);
            break;
        case OPT_AS_OF:
            l.as_of = tool_day(&t), l.has_as_of = true;
            break;
        }
    }
    tool_add_goal_operands(&t, &files);
    l.goals = tool_goals(&t, files, &t.report);
    tool_print(&t, columns, sizeof columns / sizeof *columns, kpi_goals_size(l.goals), goal_row, &l);
    if (!l.found && t.status < KPI_NO) t.status = KPI_NO;
    return tool_end(&t);
}
