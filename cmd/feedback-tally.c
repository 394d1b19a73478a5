/* feedback-tally - feedback by keys, or as measures for kpi-score. */
#include "tool.h"

static const tool_takes takes[] = {
    {'p', NULL},
    {'b', NULL},
    {'s', "n scored sum mean min max promoters passives detractors nps csat csat-low share unresolved resolve-days "
          "(default n,scored,mean)"},
    {'e', NULL},
    {'m', NULL},
    {'c', NULL},
    {OPT_SOURCE, "only these sources, comma-separated"},
    {OPT_SCALE, NULL},
    {'M', NULL},
    {'C', NULL},
    {OPT_AS_OF, "leave out lines logged after that day (UTC)"},
    {OPT_TOP, NULL},
    {'k', NULL},
    {'o', NULL},
    {'H', NULL},
    {OPT_BOM, NULL},
    {0, NULL}};
static const tool_spec spec = {"feedback-tally",
                               " [-p PERIOD] [-b KEYS] [-s STATS | -e STAT[=METRIC],...] [OPTION]... [FILE]...",
                               "Count feedback by keys, or make measures of it.", takes};

int main(int argc, char **argv) {
    tool t;
    kpi_tally_options options = {.record = KPI_FEEDBACK, .late_after = -1};
    tool_list managers = {0}, clients = {0}, sources = {0};
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) {
        if (tool_tally_option(&t, option, &options, &managers, &clients)) continue;
        if (option == OPT_SOURCE) tool_add_names(&t, &sources);
        if (option == OPT_SCALE) tool_scale(&t, &options.low, &options.high);
        if (option == OPT_TOP) options.top = tool_count(&t);
    }
    options.managers = tool_names(managers);
    options.clients = tool_names(clients);
    options.sources = tool_names(sources);
    tool_tally(&t, &options);
    return tool_end(&t);
}
