/* feedback-tally - feedback by keys, or as measures for kpi-score. */
#include "tool.h"

static const tool_takes takes[] = {
    {'p', NULL},
    {'b', NULL},
    {'s', "n scored sum mean min max promoters passives detractors nps csat csat-low share running unresolved "
          "resolve-days (default n,scored,mean)"},
    {'e', NULL},
    {'m', NULL},
    {'c', NULL},
    {OPT_SOURCE, "only these sources, comma-separated"},
    {OPT_SCALE, NULL},
    {OPT_THEMES, "take what comments without a theme are about from FILE, as feedback-theme does (repeatable)"},
    {OPT_OTHER, NULL},
    {'M', NULL},
    {'C', NULL},
    {OPT_AS_OF, "leave out lines logged after that day (UTC)"},
    {OPT_MIN, NULL},
    {OPT_TOP, NULL},
    {'j', NULL},
    {'k', NULL},
    {'o', NULL},
    {'H', NULL},
    {OPT_BOM, NULL},
    {0, NULL}};
static const tool_spec spec = {"feedback-tally",
                               " [-p PERIOD] [-b KEYS] [-s STATS | -e STAT[=METRIC],...] [OPTION]... [FILE]...",
                               "Count feedback by keys, or make measures of it.", takes};

int main(int argc, char **argv) { return tool_tally(&spec, KPI_FEEDBACK, argc, argv); }
