/* visit-tally - visits by keys, or as measures for kpi-score. */
#include "tool.h"

static const tool_takes takes[] = {
    {'p', NULL},
    {'b', NULL},
    {'s', "visits clients minutes planned missed cancelled kept purposeful late coverage load "
          "(default the first three)"},
    {'e', NULL},
    {'m', NULL},
    {'c', NULL},
    {OPT_KIND, "only these kinds, comma-separated"},
    {'M', NULL},
    {'C', NULL},
    {OPT_LATE_AFTER, NULL},
    {OPT_AS_OF, "leave out lines logged after that day (UTC)"},
    {OPT_TOP, NULL},
    {'j', NULL},
    {'k', NULL},
    {'o', NULL},
    {'H', NULL},
    {OPT_BOM, NULL},
    {0, NULL}};
static const tool_spec spec = {"visit-tally",
                               " [-p PERIOD] [-b KEYS] [-s STATS | -e STAT[=METRIC],...] [OPTION]... [FILE]...",
                               "Count visits by keys, or make measures of them.", takes};

int main(int argc, char **argv) { return tool_tally(&spec, KPI_VISIT, argc, argv); }
