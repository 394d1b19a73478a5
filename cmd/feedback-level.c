/* feedback-level - ratings of strict and of generous raters made comparable. */
#include "tool.h"

static const tool_takes takes[] = {{'p', NULL},
                                   {OPT_SOURCE, "only ratings of these sources, comma-separated"},
                                   {OPT_SELF, NULL},
                                   {OPT_LEAST, NULL},
                                   {OPT_SCALE, NULL},
                                   {OPT_CLAMP, NULL},
                                   {'j', NULL},
                                   {'k', NULL},
                                   {'o', NULL},
                                   {'H', NULL},
                                   {OPT_BOM, NULL},
                                   {0, NULL}};
static const tool_spec spec = {"feedback-level", " [-p PERIOD] [--source NAME,...] [OPTION]... [FILE]...",
                               "Move the mean of each rater's scores to the mean of all raters.", takes};

int main(int argc, char **argv) {
    tool t;
    kpi_level *level;
    kpi_level_options options = {.least = 5};
    tool_list sources = {0};
    const char *period;
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) {
        switch (option) { /* clang-format off */
        case 'p': options.period = tool_period(&t, &period), options.has_period = true; break;
        case OPT_SOURCE: tool_add_names(&t, &sources); break;
        case OPT_SELF: options.self = true; break;
        case OPT_LEAST: options.least = tool_count(&t, 1); break;
        case OPT_SCALE: tool_scale(&t, &options.low, &options.high); break;
        case OPT_CLAMP: options.clamp = true; break;
        } /* clang-format on */
    }
    options.sources = tool_names(sources);
    options.threads = t.threads;
    tool_try(&t, kpi_level_new(&level, &options, &t.error));
    TOOL_HOLD(&t, level, kpi_level_free);
    tool_list files = tool_files(&t);
    for (size_t i = 0; i < files.n; i++) tool_try(&t, kpi_level_read(level, files.name[i], &t.report, &t.error));
    tool_lines to;
    tool_lines_start(&to, &t, kpi_record_of(KPI_FEEDBACK));
    tool_try(&t, kpi_level_write(level, tool_lines_put, &to, &t.error));
    tool_lines_end(&to);
    return tool_end(&t);
}
