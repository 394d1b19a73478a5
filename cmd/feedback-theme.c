/* feedback-theme - themes for feedback that has none, by the words and phrases of its comments. */
#include "tool.h"

static const tool_takes takes[] = {{OPT_THEMES, NULL},
                                   {OPT_OTHER, NULL},
                                   {OPT_PHRASES, NULL},
                                   {'j', NULL},
                                   {'k', NULL},
                                   {'o', NULL},
                                   {'H', NULL},
                                   {OPT_BOM, NULL},
                                   {0, NULL}};
static const tool_spec spec = {"feedback-theme",
                               " --themes FILE [--other NAME] [OPTION]... [FILE]...\n"
                               " --phrases N [--themes FILE] [OPTION]... [FILE]...",
                               "Fill the empty themes of feedback by the words and phrases of its comments.", takes};

static void fill(tool *t, const kpi_theme_options *options, tool_list files) {
    tool_lines to;
    int code = KPI_OK;
    tool_lines_start(&to, t, kpi_record_of(KPI_FEEDBACK));
    for (size_t i = 0; !code && i < files.n; i++)
        code = kpi_theme(files.name[i], options, tool_lines_put, &to, &t->report, &t->error);
    if (!ferror(stdout)) tool_lines_end(&to);
    tool_try(t, code);
}

static int phrase_row(void *context, kpi_output *rows, size_t i, kpi_error *e) {
    uint64_t n;
    kpi_text phrase = kpi_phrases_at(context, i, &n);
    kpi_output_cell(rows, phrase, e);
    return tool_number_cell(rows, true, (kpi_decimal)n * KPI_ONE, 0, e);
}

static void print_phrases(tool *t, const kpi_theme_options *options, size_t most, tool_list files) {
    static const kpi_column columns[] = {{"phrase", KPI_COLUMN_TEXT}, {"n", KPI_COLUMN_NUMBER}};
    kpi_phrases *phrases;
    tool_try(t, kpi_phrases_new(&phrases, options->themes, options->threads, &t->error));
    TOOL_HOLD(t, phrases, kpi_phrases_free);
    for (size_t i = 0; i < files.n; i++)
        tool_try(t, kpi_phrases_read(phrases, files.name[i], &t->report, &t->error));
    tool_try(t, kpi_phrases_finish(phrases, most, &t->error));
    tool_print(t, columns, 2, kpi_phrases_size(phrases), phrase_row, phrases);
}

int main(int argc, char **argv) {
    tool t;
    kpi_theme_options options = {.other = "other"};
    tool_list themes = {0};
    size_t phrases = 0;
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) {
        switch (option) { /* clang-format off */
        case OPT_THEMES: tool_add_goal_file(&t, &themes); break;
        case OPT_OTHER: options.other = *t.value ? tool_name(&t) : ""; break;
        case OPT_PHRASES: phrases = tool_count(&t, 1); break;
        } /* clang-format on */
    }
    if (!phrases) tool_need(&t, themes.n ? "" : NULL, "which themes? (--themes FILE)");
    options.threads = t.threads;
    tool_list files = tool_files(&t);
    options.themes = tool_themes(&t, themes);
    if (phrases)
        print_phrases(&t, &options, phrases, files);
    else
        fill(&t, &options, files);
    return tool_end(&t);
}
