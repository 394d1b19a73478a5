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
    {'d', "the day on which it is set (default today)"},
    {OPT_AGREED, NULL},
    {'g', "other files of the same stream, such as the scheme, to check against (repeatable)"},
    {0, NULL}};
static const tool_spec spec = {"goal-set", " [-f FILE] -p PERIOD -m OWNER -i METRIC -t TARGET [OPTION]...",
                               "Append a goal, checked first together with all that the file holds.", takes};

typedef struct goal { /* as given */
    const char *file, *period, *owner, *metric, *target, *baseline, *weight, *id, *title, *why, *supports, *set,
        *agreed;
    bool strategy;
    tool_list steps, risks, reviews, others;
} goal;

static void take(tool *t, goal *g, int option) {
    switch (option) {
    case 'f':
        g->file = t->value;
        break;
    case 'p':
        tool_period(t, &g->period);
        break;
    case 'm':
        g->owner = tool_plain_name(t);
        break;
    case 'i':
        g->metric = tool_plain_name(t);
        break;
    case 't':
        g->target = tool_target(t);
        break;
    case 'd':
        g->set = tool_plain_day(t);
        break;
    case 'g':
        tool_add_goal_file(t, &g->others);
        break;
    case OPT_BASELINE:
        g->baseline = tool_plain_number(t);
        break;
    case OPT_WEIGHT:
        g->weight = tool_plain_number(t);
        break;
    case OPT_ID:
        g->id = tool_plain_name(t);
        break;
    case OPT_TITLE:
        g->title = tool_plain_text(t);
        break;
    case OPT_WHY:
        g->why = tool_plain_text(t);
        break;
    case OPT_SUPPORTS:
        g->supports = tool_plain_name(t);
        break;
    case OPT_STRATEGY:
        g->strategy = true;
        break;
    case OPT_STEP:
        tool_add(t, &g->steps, tool_plain_text(t));
        break;
    case OPT_RISK:
        tool_add(t, &g->risks, tool_plain_text(t));
        break;
    case OPT_REVIEW:
        tool_add(t, &g->reviews, tool_plain_day(t));
        break;
    case OPT_AGREED:
        g->agreed = tool_plain_day(t);
        break;
    }
}

static const char *default_id(tool *t, const goal *g) {
    char *id = tool_own(t, malloc(strlen(g->period) + strlen(g->owner) + strlen(g->metric) + 3));
    sprintf(id, "%s/%s/%s", g->period, g->owner, g->metric);
    return id;
}

static kpi_document *document_of(tool *t, const goal *g) {
    kpi_document *d = tool_document(t);
    kpi_document_begin(d, "goal", g->id ? g->id : default_id(t, g));
    kpi_document_text(d, "owner", g->owner);
    kpi_document_text(d, "metric", g->metric);
    kpi_document_bare(d, "period", g->period);
    kpi_document_bare(d, "target", g->target);
    kpi_document_bare(d, "baseline", g->baseline);
    kpi_document_bare(d, "weight", g->weight);
    kpi_document_text(d, "title", g->title);
    kpi_document_text(d, "why", g->why);
    kpi_document_text(d, "supports", g->supports);
    kpi_document_bare(d, "strategy", g->strategy ? "true" : NULL);
    kpi_document_list(d, "steps", g->steps.name, g->steps.n, false);
    kpi_document_list(d, "risks", g->risks.name, g->risks.n, false);
    kpi_document_list(d, "reviews", g->reviews.name, g->reviews.n, true);
    kpi_document_bare(d, "set", g->set ? g->set : tool_today(t));
    kpi_document_bare(d, "agreed", g->agreed);
    return d;
}

int main(int argc, char **argv) {
    tool t;
    goal g = {0};
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) take(&t, &g, option);
    if (tool_operands(&t)) tool_usage(&t, "goal-set takes no operands");
    tool_need(&t, g.period, "for which period? (-p PERIOD)");
    tool_need(&t, g.owner, "whose goal? (-m OWNER)");
    tool_need(&t, g.metric, "of which metric? (-i METRIC)");
    tool_need(&t, g.target, "which target? (-t TARGET)");
    if (!g.file) g.file = tool_default_file(&t, "goals.yaml");
    tool_append_document(&t, document_of(&t, &g), g.file, g.others);
    return tool_end(&t);
}
