/* goal-list - goals as goal lines. */
#include "tool.h"

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

typedef struct filter {
    bool has_period, has_as_of;
    kpi_period period;
    kpi_day as_of;
    tool_list owners, metrics;
} filter;

static bool passes(const filter *f, const kpi_goal *goal) {
    return (!f->has_period || kpi_period_inside(goal->period, f->period)) && tool_listed(f->owners, goal->owner) &&
           tool_listed(f->metrics, goal->metric);
}

static void print(tool *t, kpi_output *output, const kpi_goal *goal, const kpi_target *set) {
    tool_cell(t, output, goal->period_text);
    tool_cell(t, output, goal->owner);
    tool_cell(t, output, goal->metric);
    tool_number_cell(t, output, set->has_weight, set->weight, KPI_EXACT);
    tool_ratio_cell(t, output, true, kpi_target_value(set), KPI_EXACT);
    tool_number_cell(t, output, set->has_baseline, set->baseline, KPI_EXACT);
}

int main(int argc, char **argv) {
    tool t;
    filter f = {0};
    tool_list files = {0};
    const char *period = NULL;
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) {
        switch (option) {
        case 'p':
            f.period = tool_period(&t, &period), f.has_period = true;
            break;
        case 'm':
            tool_add(&t, &f.owners, tool_name(&t));
            break;
        case 'i':
            tool_add(&t, &f.metrics, tool_name(&t));
            break;
        case 'g':
            tool_add_goal_file(&t, &files);
            break;
        case OPT_AS_OF:
            f.as_of = tool_day(&t), f.has_as_of = true;
            break;
        }
    }
    tool_add_goal_operands(&t, &files);
    const kpi_goals *goals = tool_goals(&t, files, &t.report);
    kpi_output *output = tool_output(&t, columns, sizeof columns / sizeof *columns);
    size_t found = 0;
    for (size_t i = 0; i < kpi_goals_size(goals); i++) {
        kpi_goal goal = kpi_goals_at(goals, i);
        if (!passes(&f, &goal)) continue;
        print(&t, output, &goal, kpi_goal_on(&goal, f.has_as_of ? f.as_of : goal.period.last));
        found++;
    }
    tool_end_output(&t, output);
    if (!found && t.status < KPI_NO) t.status = KPI_NO;
    return tool_end(&t);
}
