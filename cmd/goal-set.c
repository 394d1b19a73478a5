/* goal-set - append a goal to a stream of goals, once the stream with it has been read and found valid. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const tool_takes takes[] = {
    {'f', "the goal file (default $KPI_DIR/goals.yaml)"},
    {'p', NULL},
    {'m', "the owner: a manager, team, client, partner"},
    {'i', NULL},
    {'t', NULL},
    {OPT_BASELINE, NULL},
    {OPT_WEIGHT, NULL},
    {OPT_ID, NULL},
    {OPT_TITLE, NULL},
    {OPT_WHY, NULL},
    {OPT_SUPPORTS, NULL},
    {OPT_STRATEGY, NULL},
    {OPT_STEP, NULL},
    {OPT_RISK, NULL},
    {OPT_REVIEW, NULL},
    {OPT_AGREED, NULL},
    {'g', "other files of the same stream, such as the scheme, to check against (repeatable)"},
    {0, NULL}};
static const tool_spec spec = {"goal-set", " [-f FILE] -p PERIOD -m OWNER -i METRIC -t TARGET [OPTION]...",
                               "Append a goal, checked first together with all that the file holds.", takes};

/* The document in the making: plain text in memory that grows. */
typedef struct document {
    tool *t;
    FILE *out;
    char *bytes;
    size_t length;
} document;

static void put(document *d, const char *indent, const char *plain) {
    size_t n = kpi_yaml_scalar(kpi_text_of(plain), NULL, 0);
    char *scalar = tool_own(d->t, malloc(n + 1));
    kpi_yaml_scalar(kpi_text_of(plain), scalar, n);
    fprintf(d->out, "%s%.*s\n", indent, (int)n, scalar);
}

static void put_key(document *d, const char *key, const char *plain) {
    if (!plain) return;
    fprintf(d->out, "%s:", key);
    put(d, " ", plain);
}

/* Numbers, dates and periods, already checked, as they are. */
static void put_bare(document *d, const char *key, const char *text) {
    if (text) fprintf(d->out, "%s: %s\n", key, text);
}

static void put_list(document *d, const char *key, tool_list list, bool bare) {
    if (list.n) fprintf(d->out, "%s:\n", key);
    for (size_t i = 0; i < list.n; i++)
        if (bare)
            fprintf(d->out, "  - %s\n", list.name[i]);
        else
            put(d, "  - ", list.name[i]);
}

typedef struct goal { /* as given */
    const char *file, *period, *owner, *metric, *target, *baseline, *weight, *id, *title, *why, *supports, *agreed;
    bool strategy;
    tool_list steps, risks, reviews, others;
} goal;

static void need(tool *t, const char *text, const char *what) {
    if (!text) tool_usage(t, "%s", what);
}

static const char *number(tool *t) {
    tool_number(t);
    return t->value;
}

static const char *day(tool *t) {
    char *text = tool_own(t, malloc(KPI_PERIOD_SIZE));
    kpi_day_format(tool_day(t), text);
    return text;
}

static const char *target(tool *t) {
    size_t n = strlen(t->value);
    kpi_decimal value;
    bool percent = n && t->value[n - 1] == '%';
    if (percent && *t->value != '+' && *t->value != '-')
        tool_usage(t, "a percentage needs its sign, as in +10%%: '%s'", t->value);
    if (kpi_decimal_parse((kpi_text){t->value, n - percent}, &value)) tool_usage(t, "not a target: '%s'", t->value);
    return t->value;
}

/* Names are checked as names, but written as given: YAML has no line form. */
static const char *name(tool *t) {
    tool_name(t);
    return t->value;
}

static const char *text(tool *t) {
    if (!*t->value) tool_usage(t, "an empty text");
    tool_text(t);
    return t->value;
}

static void take(tool *t, goal *g, int option) {
    switch (option) {
    case 'f':
        g->file = t->value;
        break;
    case 'p':
        tool_period(t, &g->period);
        break;
    case 'm':
        g->owner = name(t);
        break;
    case 'i':
        g->metric = name(t);
        break;
    case 't':
        g->target = target(t);
        break;
    case 'g':
        tool_add_goal_file(t, &g->others);
        break;
    case OPT_BASELINE:
        g->baseline = number(t);
        break;
    case OPT_WEIGHT:
        g->weight = number(t);
        break;
    case OPT_ID:
        g->id = name(t);
        break;
    case OPT_TITLE:
        g->title = text(t);
        break;
    case OPT_WHY:
        g->why = text(t);
        break;
    case OPT_SUPPORTS:
        g->supports = name(t);
        break;
    case OPT_STRATEGY:
        g->strategy = true;
        break;
    case OPT_STEP:
        tool_add(t, &g->steps, text(t));
        break;
    case OPT_RISK:
        tool_add(t, &g->risks, text(t));
        break;
    case OPT_REVIEW:
        tool_add(t, &g->reviews, day(t));
        break;
    case OPT_AGREED:
        g->agreed = day(t);
        break;
    }
}

static void write_document(document *d, const goal *g, bool new_line) {
    char today[KPI_PERIOD_SIZE], *id = NULL;
    kpi_day_format(tool_now(d->t)->today, today);
    if (!g->id) {
        id = tool_own(d->t, malloc(strlen(g->period) + strlen(g->owner) + strlen(g->metric) + 3));
        sprintf(id, "%s/%s/%s", g->period, g->owner, g->metric);
    }
    fprintf(d->out, "%s---\n", new_line ? "\n" : "");
    put_key(d, "goal", g->id ? g->id : id);
    put_key(d, "owner", g->owner);
    put_key(d, "metric", g->metric);
    put_bare(d, "period", g->period);
    put_bare(d, "target", g->target);
    put_bare(d, "baseline", g->baseline);
    put_bare(d, "weight", g->weight);
    put_key(d, "title", g->title);
    put_key(d, "why", g->why);
    put_key(d, "supports", g->supports);
    put_bare(d, "strategy", g->strategy ? "true" : NULL);
    put_list(d, "steps", g->steps, false);
    put_list(d, "risks", g->risks, false);
    put_list(d, "reviews", g->reviews, true);
    put_bare(d, "set", today);
    put_bare(d, "agreed", g->agreed);
}

static kpi_goals *new_goals(tool *t) {
    kpi_goals *goals;
    tool_try(t, kpi_goals_new(&goals, 1, &t->error));
    TOOL_HOLD(t, goals, kpi_goals_free);
    return goals;
}

/* The file as it is, and as it would be with its other files, must be a valid stream. (What was left open in it
 * would else be found only in the new document.) */
static void check(tool *t, const goal *g, kpi_text before, kpi_text after) {
    kpi_goals *goals = new_goals(t);
    tool_try(t, kpi_goals_parse(new_goals(t), g->file, before, NULL, &t->error));
    for (size_t i = 0; i < g->others.n; i++)
        tool_try(t, kpi_goals_read(goals, g->others.name[i], &t->report, &t->error));
    tool_try(t, kpi_goals_parse(goals, g->file, after, NULL, &t->error));
    tool_try(t, kpi_goals_check(goals, NULL, &t->error));
}

static void let_go(void *store) { kpi_store_close(store, NULL); }

/* The file is replaced, not appended to: the first half of a goal may be a goal, with another target. */
static void add(tool *t, const goal *g) {
    kpi_store *store;
    kpi_text before;
    document d = {.t = t};
    tool_try(t, kpi_store_open(&store, g->file, false, &t->report, &t->error));
    TOOL_HOLD(t, store, let_go);
    tool_try(t, kpi_store_content(store, &before, &t->error));
    d.out = open_memstream(&d.bytes, &d.length);
    if (d.out) {
        fwrite(before.ptr, 1, before.len, d.out);
        write_document(&d, g, before.len && before.ptr[before.len - 1] != '\n');
    }
    if (!d.out || fclose(d.out)) tool_own(t, NULL);
    kpi_text after = {tool_own(t, d.bytes), d.length};
    check(t, g, before, after);
    tool_try(t, kpi_store_replace(store, after, &t->error));
    tool_let_be(t, store);
    tool_try(t, kpi_store_close(store, &t->error));
}

int main(int argc, char **argv) {
    tool t;
    goal g = {0};
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) take(&t, &g, option);
    if (tool_operands(&t)) tool_usage(&t, "goal-set takes no operands");
    need(&t, g.period, "for which period? (-p PERIOD)");
    need(&t, g.owner, "whose goal? (-m OWNER)");
    need(&t, g.metric, "of which metric? (-i METRIC)");
    need(&t, g.target, "which target? (-t TARGET)");
    if (!g.file) g.file = tool_default_file(&t, "goals.yaml");
    add(&t, &g);
    return tool_end(&t);
}
