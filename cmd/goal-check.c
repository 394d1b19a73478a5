/* goal-check - what makes a stream of schemes and goals invalid; and goals, schemes and plans that do not fit. */
#include "tool.h"

#include <stdlib.h>

static const tool_takes takes[] = {
    {'g', NULL},
    {'p', "only goals whose period lies inside it, and weights of just this one (default: all)"},
    {'M', "the book of managers: weights are checked for those in it, by their roles"},
    {'C', "the book of clients: each tier of a scheme has one"},
    {OPT_HISTORY, "measures of the past, with which targets are compared (repeatable)"},
    {OPT_REACH, NULL},
    {OPT_AGREEMENT, NULL},
    {OPT_PARTIAL, NULL},
    {OPT_STRICT, "compact goals must be specific, relevant and time-bound, too"},
    {OPT_AS_OF, "as of that day (default: today, with the targets of the last day of each goal's period)"},
    {0, NULL}};
static const tool_spec spec = {"goal-check", " [-p PERIOD] [-M MANAGERS] [-C CLIENTS] [OPTION]... [FILE]...",
                               "Check schemes and goals: what cannot be read is told on standard error (exit 3); goals "
                               "that are not SMART, weights, parts and rules that do not fit, on standard output "
                               "(exit 1).",
                               takes};

typedef struct request { /* as given */
    kpi_smart_options smart;
    kpi_score_options weights;
    const kpi_book *clients;
    tool_list files, past;
    bool partial;
} request;

/* ---- faults ---- */

/* Faults of documents are all told, not only the first. */
static int tell_refusal(void *context, const kpi_error *problem) {
    tool_say(context, problem);
    return 0;
}

typedef struct faults { /* printed when all has been looked at */
    tool *t;
    char *text;
    size_t n, room;
} faults;

static void free_faults(faults *f) {
    free(f->text);
    free(f);
}

static faults *new_faults(tool *t) {
    faults *f = calloc(1, sizeof *f);
    if (!f) tool_own(t, NULL); /* ends the program */
    f->t = t;
    TOOL_HOLD(t, f, free_faults);
    return f;
}

static void add_fault(faults *f, const kpi_error *fault) {
    if (f->room - f->n < KPI_ERROR_SIZE) {
        char *grown = realloc(f->text, 2 * f->room + KPI_ERROR_SIZE);
        if (!grown) tool_own(f->t, NULL); /* ends the program */
        f->text = grown;
        f->room = 2 * f->room + KPI_ERROR_SIZE;
    }
    f->n += kpi_error_format(fault, f->text + f->n, KPI_ERROR_SIZE);
    f->text[f->n++] = '\n';
}

static int tell_fault(void *context, const kpi_error *problem) {
    faults *f = context;
    if (problem->code == KPI_OK)
        tool_say(f->t, problem);
    else
        add_fault(f, problem);
    return 0;
}

static void print_faults(tool *t, const faults *f) {
    if (!f->n) return;
    fwrite(f->text, 1, f->n, stdout);
    if (t->status < KPI_NO) t->status = KPI_NO;
}

/* ---- weights of owners ---- */

static void check_period(tool *t, const kpi_goals *goals, const kpi_score_options *options, const kpi_report *report) {
    const kpi_scheme *scheme;
    if (kpi_goals_scheme(goals, options->period, options->period_text, &scheme, &t->error)) {
        report->fn(report->context, &t->error);
        return;
    }
    tool_try(t, kpi_weights_check(goals, options, report, &t->error));
    tool_try(t, kpi_managers_check(goals, options, report, &t->error));
}

/* The period of -p, or every one that goals have; those of one period stand together. */
static void check_owners(tool *t, const kpi_goals *goals, kpi_score_options options, const kpi_report *report) {
    kpi_period before = {KPI_DAY_LAST, KPI_DAY_FIRST};
    bool all = !options.period_text;
    for (size_t i = 0; i < kpi_goals_size(goals); i++) {
        kpi_goal goal = kpi_goals_at(goals, i);
        bool first = !kpi_period_same(before, goal.period);
        before = goal.period;
        if (!first || (!all && !kpi_period_same(options.period, goal.period))) continue;
        if (all) options.period = goal.period, options.period_text = goal.period_text;
        check_period(t, goals, &options, report);
    }
}

/* ---- goals ---- */

static int take_measure(void *history, const kpi_line *measure, kpi_error *e) {
    return kpi_history_measure(history, measure, e);
}

static void read_history(tool *t, const kpi_goals *goals, request *r) {
    kpi_history *history;
    if (!r->past.n) return;
    tool_try(t, kpi_history_new(&history, goals, &t->error));
    TOOL_HOLD(t, history, kpi_history_free);
    for (size_t i = 0; i < r->past.n; i++) tool_measures(t, r->past.name[i], take_measure, history);
    kpi_history_finish(history);
    r->smart.history = history;
}

static void check_goals(tool *t, const kpi_goals *goals, const request *r, const kpi_report *report) {
    const kpi_smart_options *o = &r->smart;
    kpi_tree *tree;
    tool_try(t, kpi_tree_new(&tree, goals, o->has_as_of, o->as_of, &t->error));
    TOOL_HOLD(t, tree, kpi_tree_free);
    tool_try(t, kpi_smart_check(goals, tree, o, report, &t->error));
    tool_try(t, kpi_parts_check(goals, tree, o->has_period ? &o->period : NULL, r->partial, report, &t->error));
}

/* ---- all of it ---- */

static void take(tool *t, request *r, int option) {
    kpi_smart_options *o = &r->smart;
    switch (option) { /* clang-format off */
    case 'g': tool_add_goal_file(t, &r->files); break;
    case 'M': r->weights.managers = tool_book(t, KPI_MANAGER, t->value); break;
    case 'C': r->clients = tool_book(t, KPI_CLIENT, t->value); break;
    case 'p':
        o->period = r->weights.period = tool_period(t, &r->weights.period_text), o->has_period = true;
        break;
    case OPT_HISTORY: tool_add_goal_file(t, &r->past); break;
    case OPT_REACH:
        o->reach = tool_number(t);
        if (o->reach < 0) tool_usage(t, "not a percentage from 0 on: '%s'", t->value);
        break;
    case OPT_AGREEMENT: o->agreed = true; break;
    case OPT_PARTIAL: r->partial = true; break;
    case OPT_AS_OF: o->as_of = o->today = tool_day(t), o->has_as_of = true; break;
    } /* clang-format on */
}

static bool has_goal(const kpi_goals *goals, const kpi_smart_options *o) {
    bool found = !o->has_period;
    for (size_t i = 0; i < kpi_goals_size(goals) && !found; i++)
        found = kpi_period_inside(kpi_goals_at(goals, i).period, o->period);
    return found;
}

int main(int argc, char **argv) {
    tool t;
    request r = {.smart.reach = 50 * KPI_ONE};
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) take(&t, &r, option);
    if (!r.smart.has_as_of) r.smart.today = tool_now(&t)->today;
    r.smart.strict = t.strict;
    tool_add_goal_operands(&t, &r.files);
    kpi_report refusals = {.fn = tell_refusal, .context = &t};
    const kpi_goals *goals = tool_goals(&t, r.files, &refusals);
    if (t.status) return tool_end(&t); /* what does not fit when something was refused would mislead */
    faults *found = new_faults(&t);
    kpi_report report = {.fn = tell_fault, .context = found};
    read_history(&t, goals, &r);
    for (size_t i = 0; i < kpi_goals_schemes(goals); i++)
        tool_try(&t, kpi_scheme_check(goals, kpi_goals_scheme_at(goals, i), r.clients, &report, &t.error));
    if (kpi_goals_schemes(goals)) check_owners(&t, goals, r.weights, &report);
    check_goals(&t, goals, &r, &report);
    print_faults(&t, found);
    if (!has_goal(goals, &r.smart)) {
        fprintf(stderr, "%s: no goal for %s\n", spec.name, r.weights.period_text);
        if (t.status < KPI_NO) t.status = KPI_NO;
    }
    return tool_end(&t);
}
