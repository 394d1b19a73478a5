/* feedback-theme - themes for feedback that has none, by the words and phrases of its comments. */
#include "tool.h"

static const tool_takes takes[] = {{OPT_THEMES, NULL},
                                   {OPT_OTHER, NULL},
                                   {'j', NULL},
                                   {'k', NULL},
                                   {'o', NULL},
                                   {'H', NULL},
                                   {OPT_BOM, NULL},
                                   {0, NULL}};
static const tool_spec spec = {"feedback-theme", " --themes FILE [--other NAME] [OPTION]... [FILE]...",
                               "Fill the empty themes of feedback by the words and phrases of its comments.", takes};

int main(int argc, char **argv) {
    tool t;
    kpi_themes *themes;
    kpi_theme_options options = {.other = "other"};
    tool_list themed = {0};
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) {
        switch (option) { /* clang-format off */
        case OPT_THEMES: tool_add(&t, &themed, t.value); break;
        case OPT_OTHER: options.other = *t.value ? tool_name(&t) : ""; break;
        } /* clang-format on */
    }
    tool_try(&t, kpi_themes_new(&themes, &t.error));
    TOOL_HOLD(&t, themes, kpi_themes_free);
    for (size_t i = 0; i < themed.n; i++) tool_try(&t, kpi_themes_read(themes, themed.name[i], &t.error));
    tool_try(&t, kpi_themes_ready(themes, &t.error));
    options.themes = themes;
    options.threads = t.threads;
    tool_list files = tool_files(&t);
    tool_lines to;
    tool_lines_start(&to, &t, kpi_record_of(KPI_FEEDBACK));
    int code = KPI_OK;
    for (size_t i = 0; !code && i < files.n; i++)
        code = kpi_theme(files.name[i], &options, tool_lines_put, &to, &t.report, &t.error);
    tool_lines_end(&to);
    tool_try(&t, code);
    return tool_end(&t);
}
