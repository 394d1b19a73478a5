/* feedback-log - append feedback to a log: one by options, or lines from standard input. */
#include "tool.h"

static const tool_takes takes[] = {{'f', "the log (default $KPI_DIR/feedback.tsv)"},
                                   {'m', "the account manager"},
                                   {'c', "the client, or who rates"},
                                   {'d', NULL},
                                   {OPT_SOURCE, NULL},
                                   {OPT_THEME, NULL},
                                   {OPT_SCORE, NULL},
                                   {OPT_SCALE, NULL},
                                   {OPT_RESOLVED, NULL},
                                   {OPT_COMMENT, NULL},
                                   {OPT_KEEP_LOGGED, NULL},
                                   {'k', NULL},
                                   {0, NULL}};
static const tool_spec spec = {
    "feedback-log", " [-f FILE] -m NAME [-c CLIENT] [OPTION]...\n"
    " [-f FILE] [-k] [--keep-logged] [--scale LOW..HIGH] LINES...",
    "Append feedback to a log, synced to disk before success is reported.\n"
    "LINES are files of lines; - is standard input.", takes};

enum { FIELDS = KPI_FEEDBACK_COMMENT + 1 };

/* Which field an option gives; -1: none. */
static int field_of(int option) {
    static const int of[][2] = {
        {'m', KPI_FEEDBACK_MANAGER},           {'c', KPI_FEEDBACK_CLIENT},         {'d', KPI_FEEDBACK_DATE},
        {OPT_SOURCE, KPI_FEEDBACK_SOURCE},     {OPT_THEME, KPI_FEEDBACK_THEME},    {OPT_SCORE, KPI_FEEDBACK_SCORE},
        {OPT_RESOLVED, KPI_FEEDBACK_RESOLVED}, {OPT_COMMENT, KPI_FEEDBACK_COMMENT}};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        if (of[i][0] == option) return of[i][1];
    return -1;
}

int main(int argc, char **argv) {
    tool t;
    kpi_batch_options options = {.record = KPI_FEEDBACK};
    kpi_text record[FIELDS] = {0};
    const char *file = NULL;
    char today[KPI_PERIOD_SIZE];
    bool described = false;
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) {
        int field = field_of(option);
        if (field >= 0) record[field] = kpi_text_of(option == 'd' ? tool_date(&t) : tool_field(&t));
        if (option == OPT_SCALE) tool_scale(&t, &options.low, &options.high);
        if (option == OPT_KEEP_LOGGED) options.keep_logged = true;
        if (option == 'f') file = t.value;
        described |= field >= 0;
    }
    options.now = *tool_now(&t);
    kpi_day_format(options.now.today, today);
    bool lines = tool_operands(&t) > 0;
    if (lines && described) tool_usage(&t, "either options that describe feedback, or lines");
    if (!lines && !record[KPI_FEEDBACK_MANAGER].len)
        tool_usage(&t, "feedback on whom? (-m NAME, or '-' for lines of standard input)");
    if (!record[KPI_FEEDBACK_DATE].len) record[KPI_FEEDBACK_DATE] = kpi_text_of(today);
    tool_log(&t, &options, file ? file : tool_default_file(&t, "feedback.tsv"), record, lines ? 0 : 1);
    return tool_end(&t);
}
