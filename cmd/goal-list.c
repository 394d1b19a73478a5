/* goal-list - goals as goal lines; what supports what; the life of one of them. */
#include "tool.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const tool_takes takes[] = {
    {'p', "only goals whose period lies inside it"},
    {'m', NULL},
    {'i', "only this metric (repeatable)"},
    {'g', NULL},
    {OPT_TREE, NULL},
    {OPT_LIFE, NULL},
    {OPT_AS_OF, "as of that day: revisions up to it, no goal set after it (default: the last of each goal's period)"},
    {'k', NULL},
    {'o', NULL},
    {'H', NULL},
    {OPT_BOM, NULL},
    {0, NULL}};
static const tool_spec spec = {"goal-list",
                               " [-p PERIOD] [-m OWNER] [-i METRIC] [OPTION]... [FILE]...\n"
                               " --tree [-p PERIOD] [-m OWNER] [-i METRIC] [OPTION]... [FILE]...\n"
                               " --life ID [OPTION]... [FILE]...",
                               "Print goals as goal lines, revisions applied and percentages resolved; or what "
                               "supports what; or what happened to a goal.",
                               takes};

static const kpi_column goal_columns[] = {{"period", KPI_COLUMN_TEXT},   {"manager", KPI_COLUMN_TEXT},
                                          {"metric", KPI_COLUMN_TEXT},   {"weight", KPI_COLUMN_NUMBER},
                                          {"target", KPI_COLUMN_NUMBER}, {"baseline", KPI_COLUMN_NUMBER}};
static const kpi_column tree_columns[] = {{"depth", KPI_COLUMN_NUMBER}, {"id", KPI_COLUMN_TEXT},
                                          {"owner", KPI_COLUMN_TEXT},   {"metric", KPI_COLUMN_TEXT},
                                          {"period", KPI_COLUMN_TEXT},  {"target", KPI_COLUMN_NUMBER},
                                          {"parts", KPI_COLUMN_NUMBER}, {"difference", KPI_COLUMN_NUMBER}};
static const kpi_column life_columns[] = {{"date", KPI_COLUMN_TEXT},   {"event", KPI_COLUMN_TEXT},
                                          {"by", KPI_COLUMN_TEXT},     {"what", KPI_COLUMN_TEXT},
                                          {"from", KPI_COLUMN_NUMBER}, {"to", KPI_COLUMN_NUMBER},
                                          {"why", KPI_COLUMN_TEXT},    {"next", KPI_COLUMN_TEXT}};
#define COLUMNS(of) of, sizeof of / sizeof *of

typedef struct list {
    bool has_period, has_as_of, tree, indent;
    kpi_period period;
    kpi_day as_of;
    const char *life;
    tool_list owners, metrics;
    const kpi_goals *goals;
    kpi_tree *branches;
    kpi_life *events;
    atomic_bool found;
} list;

static bool passes(const list *l, const kpi_goal *goal) {
    bool set = !l->has_as_of || !goal->story || !goal->story->has_set || goal->story->set <= l->as_of;
    return set && (!l->has_period || kpi_period_inside(goal->period, l->period)) &&
           tool_listed(l->owners, goal->owner) && tool_listed(l->metrics, goal->metric);
}

static void note_found(list *l) {
    if (!l->found) l->found = true;
}

/* ---- goals ---- */

static int goal_row(void *context, kpi_output *rows, size_t row, kpi_error *e) {
    list *l = context;
    kpi_goal goal = kpi_goals_at(l->goals, row);
    if (!passes(l, &goal)) return KPI_OK;
    const kpi_target *set = kpi_goal_on(&goal, l->has_as_of ? l->as_of : goal.period.last);
    note_found(l);
    tool_cell(rows, goal.period_text, e);
    tool_cell(rows, goal.owner, e);
    tool_cell(rows, goal.metric, e);
    tool_number_cell(rows, set->has_weight, set->weight, KPI_EXACT, e);
    tool_ratio_cell(rows, true, kpi_target_value(set), KPI_EXACT, e);
    return tool_number_cell(rows, set->has_baseline, set->baseline, KPI_EXACT, e);
}

/* ---- the tree ---- */

enum { INDENT = 2, DEEPEST = 32 /* that is indented any further */ };

/* The id, for people behind as much room as it is deep. */
static int id_cell(kpi_output *rows, const kpi_goal *goal, size_t depth, kpi_error *e) {
    char some[1024], *id = some;
    size_t room = INDENT * (depth < DEEPEST ? depth : DEEPEST), left = sizeof some - room,
           n = kpi_goal_id(goal, some + room, left);
    if (n >= left) {
        if (!(id = malloc(room + n + 1))) {
            *e = (kpi_error){.code = KPI_SYSTEM, .text = "out of memory"};
            return KPI_SYSTEM;
        }
        kpi_goal_id(goal, id + room, n + 1);
    }
    memset(id, ' ', room);
    int code = kpi_output_cell(rows, (kpi_text){id, room + n}, e);
    if (id != some) free(id);
    return code;
}

static int tree_row(void *context, kpi_output *rows, size_t row, kpi_error *e) {
    list *l = context;
    kpi_branch branch = kpi_tree_at(l->branches, row);
    kpi_goal goal = kpi_goals_at(l->goals, branch.goal);
    if (!passes(l, &goal)) return KPI_OK;
    note_found(l);
    if (!l->indent) tool_number_cell(rows, true, (kpi_decimal)branch.depth * KPI_ONE, 0, e);
    int code = id_cell(rows, &goal, l->indent ? branch.depth : 0, e);
    if (code) return code;
    tool_cell(rows, goal.owner, e);
    tool_cell(rows, goal.metric, e);
    tool_cell(rows, goal.period_text, e);
    tool_ratio_cell(rows, true, branch.target, KPI_EXACT, e);
    tool_ratio_cell(rows, branch.parts, branch.sum, KPI_EXACT, e);
    return tool_ratio_cell(rows, branch.parts, branch.difference, KPI_EXACT, e);
}

static void print_tree(tool *t, list *l) {
    tool_try(t, kpi_tree_new(&l->branches, l->goals, l->has_as_of, l->as_of, &t->error));
    TOOL_HOLD(t, l->branches, kpi_tree_free);
    tool_try(t, kpi_tree_check(l->branches, &t->error));
    l->indent = t->output.format == KPI_TABLE; /* which shows the depth by it */
    tool_print(t, tree_columns + l->indent, sizeof tree_columns / sizeof *tree_columns - l->indent,
               kpi_tree_size(l->branches), tree_row, l);
}

/* ---- a life ---- */

static int life_row(void *context, kpi_output *rows, size_t row, kpi_error *e) {
    static const char *const kinds[] = {"set", "agreed", "review", "revise"}; /* as enum kpi_event_kind */
    list *l = context;
    const kpi_event *event = kpi_life_at(l->events, row);
    char day[KPI_PERIOD_SIZE] = "";
    if (event->has_day) kpi_day_format(event->on, day);
    note_found(l);
    tool_cell(rows, day, e);
    tool_cell(rows, kinds[event->kind], e);
    tool_cell(rows, event->by, e);
    tool_cell(rows, event->what, e);
    tool_ratio_cell(rows, event->has_from, event->from, KPI_EXACT, e);
    tool_ratio_cell(rows, event->has_to, event->to, KPI_EXACT, e);
    tool_cell(rows, event->why, e);
    return tool_cell(rows, event->next, e);
}

static void print_life(tool *t, list *l) {
    kpi_goal goal;
    tool_try(t, kpi_goals_get(l->goals, kpi_text_of(l->life), &goal, &t->error));
    tool_try(t, kpi_life_new(&l->events, &goal, l->has_as_of, l->as_of, &t->error));
    TOOL_HOLD(t, l->events, kpi_life_free);
    tool_print(t, COLUMNS(life_columns), kpi_life_size(l->events), life_row, l);
}

/* ---- options ---- */

static void take(tool *t, list *l, tool_list *files, int option) {
    const char *period;
    switch (option) { /* clang-format off */
    case 'p': l->period = tool_period(t, &period), l->has_period = true; break;
    case 'm': tool_add(t, &l->owners, tool_name(t)); break;
    case 'i': tool_add(t, &l->metrics, tool_name(t)); break;
    case 'g': tool_add_goal_file(t, files); break;
    case OPT_TREE: l->tree = true; break;
    case OPT_LIFE: l->life = tool_name(t); break;
    case OPT_AS_OF: l->as_of = tool_day(t), l->has_as_of = true; break;
    } /* clang-format on */
}

int main(int argc, char **argv) {
    tool t;
    list l = {0};
    tool_list files = {0};
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) take(&t, &l, &files, option);
    if (l.life && (l.tree || l.has_period || l.owners.n || l.metrics.n))
        tool_usage(&t, "--life is about one goal: not with --tree, -p, -m, -i");
    tool_add_goal_operands(&t, &files);
    l.goals = tool_goals(&t, files, &t.report);
    if (l.life)
        print_life(&t, &l);
    else if (l.tree)
        print_tree(&t, &l);
    else
        tool_print(&t, COLUMNS(goal_columns), kpi_goals_size(l.goals), goal_row, &l);
    if (!l.found && t.status < KPI_NO) t.status = KPI_NO;
    return tool_end(&t);
}
