/* goal-check - what makes a stream of schemes and goals invalid, and weights that do not fit. */
#include "tool.h"

static const tool_takes takes[] = {{'g', NULL},
                                   {'M', "the book of managers: weights are checked for those in it, by their roles"},
                                   {'p', "only the weights of this period (default: of every one with goals)"},
                                   {0, NULL}};
static const tool_spec spec = {"goal-check", " [-p PERIOD] [-M MANAGERS] [FILE]...",
                               "Check schemes and goals: what cannot be read is told on standard error (exit 3), "
                               "weights that do not fit on standard output (exit 1).",
                               takes};

static void print_fault(tool *t, const kpi_error *fault) {
    char text[KPI_ERROR_SIZE];
    kpi_error_format(fault, text, sizeof text);
    puts(text);
    if (t->status < KPI_NO) t->status = KPI_NO;
}

/* Faults of documents are all told, not only the first. */
static int tell_refusal(void *context, const kpi_error *problem) {
    tool_say(context, problem);
    return 0;
}

static int tell_fault(void *context, const kpi_error *problem) {
    print_fault(context, problem);
    return 0;
}

/* ---- weights of schemes ---- */

static void check_total(tool *t, const kpi_scheme *scheme, const char *whose, const char *name, kpi_decimal total,
                        kpi_place place) {
    char have[KPI_NUMBER_SIZE], need[KPI_NUMBER_SIZE];
    kpi_error fault = {.code = KPI_DATA, .line = place.line, .column = place.column};
    if (total == scheme->points) return;
    kpi_decimal_format(total, KPI_EXACT, have);
    kpi_decimal_format(scheme->points, KPI_EXACT, need);
    snprintf(fault.file, sizeof fault.file, "%s", place.file);
    snprintf(fault.text, sizeof fault.text, "the weights of %s '%.200s' add up to %s, not %s", whose, name, have, need);
    print_fault(t, &fault);
}

static void check_scheme(tool *t, const kpi_scheme *scheme) {
    kpi_decimal total = 0;
    bool weighted = false;
    for (size_t i = 0; i < scheme->metrics; i++) {
        weighted |= scheme->metric[i].weighted;
        total += scheme->metric[i].weight;
    }
    if (weighted) check_total(t, scheme, "scheme", scheme->name, total, scheme->place);
    for (size_t i = 0; i < scheme->roles; i++) {
        total = 0;
        for (size_t k = 0; k < scheme->role[i].weights; k++) total += scheme->role[i].weight[k].weight;
        check_total(t, scheme, "role", scheme->role[i].name, total, scheme->role[i].place);
    }
}

/* ---- weights of owners ---- */

static void check_period(tool *t, const kpi_goals *goals, const kpi_score_options *options) {
    const kpi_scheme *scheme;
    kpi_report report = {.fn = tell_fault, .context = t};
    if (kpi_goals_scheme(goals, options->period, options->period_text, &scheme, &t->error))
        print_fault(t, &t->error);
    else
        tool_try(t, kpi_weights_check(goals, options, &report, &t->error));
}

/* The period of -p, or every one that goals have; those of one period stand together. */
static void check_owners(tool *t, const kpi_goals *goals, kpi_score_options *options) {
    kpi_period before = {KPI_DAY_LAST, KPI_DAY_FIRST};
    bool all = !options->period_text, found = false;
    for (size_t i = 0; i < kpi_goals_size(goals); i++) {
        kpi_goal goal = kpi_goals_at(goals, i);
        bool first = !kpi_period_same(before, goal.period);
        before = goal.period;
        if (!first || (!all && !kpi_period_same(options->period, goal.period))) continue;
        if (all) options->period = goal.period, options->period_text = goal.period_text;
        check_period(t, goals, options);
        found = true;
    }
    if (all || found) return;
    fprintf(stderr, "%s: no goal for %s\n", t->spec->name, options->period_text);
    if (t->status < KPI_NO) t->status = KPI_NO;
}

int main(int argc, char **argv) {
    tool t;
    tool_list files = {0};
    kpi_score_options options = {0};
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) {
        if (option == 'g') tool_add_goal_file(&t, &files);
        if (option == 'M') options.managers = tool_book(&t, KPI_MANAGER, t.value);
        if (option == 'p') options.period = tool_period(&t, &options.period_text);
    }
    tool_add_goal_operands(&t, &files);
    kpi_report report = {.fn = tell_refusal, .context = &t};
    const kpi_goals *goals = tool_goals(&t, files, &report);
    if (t.status) return tool_end(&t); /* weights of what is left after refusals would mislead */
    for (size_t i = 0; i < kpi_goals_schemes(goals); i++) check_scheme(&t, kpi_goals_scheme_at(goals, i));
    if (kpi_goals_schemes(goals)) check_owners(&t, goals, &options);
    return tool_end(&t);
}
