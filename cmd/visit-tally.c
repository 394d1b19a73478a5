/* visit-tally - visits by keys, or as measures for kpi-score. */
#include "tool.h"

static const tool_takes takes[] = {
    {'p', NULL},
    {'b', NULL},
    {'s', "visits clients minutes planned missed cancelled kept purposeful late coverage (default the first three)"},
    {'e', NULL},
    {'m', NULL},
    {'c', NULL},
    {OPT_KIND, "only these kinds, comma-separated"},
    {'M', NULL},
    {'C', NULL},
    {OPT_LATE_AFTER, NULL},
    {OPT_AS_OF, "leave out lines logged after that day (UTC)"},
    {OPT_TOP, NULL},
    {'k', NULL},
    {'o', NULL},
    {'H', NULL},
    {OPT_BOM, NULL},
    {0, NULL}};
static const tool_spec spec = {"visit-tally",
                               " [-p PERIOD] [-b KEYS] [-s STATS | -e STAT[=METRIC],...] [OPTION]... [FILE]...",
                               "Count visits by keys, or make measures of them.", takes};

int main(int argc, char **argv) {
    tool t;
    kpi_tally_options options = {.record = KPI_VISIT, .late_after = -1};
    tool_list managers = {0}, clients = {0}, kinds = {0};
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) {
        if (tool_tally_option(&t, option, &options, &managers, &clients)) continue;
        if (option == OPT_KIND) tool_add_names(&t, &kinds);
        if (option == OPT_LATE_AFTER) options.late_after = (int64_t)tool_count(&t);
        if (option == OPT_TOP) options.top = tool_count(&t);
    }
    options.managers = tool_names(managers);
    options.clients = tool_names(clients);
    options.kinds = tool_names(kinds);
    tool_tally(&t, &options);
    return tool_end(&t);
}
