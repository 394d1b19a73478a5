/* visit-log - append visits to a log: one by options, or lines from standard input. */
#include "tool.h"

#include <string.h>

static const tool_takes takes[] = {{'f', "the log (default $KPI_DIR/visits.tsv)"},
                                   {'m', "the account manager"},
                                   {'c', "the client"},
                                   {'d', NULL},
                                   {OPT_KIND, "visit (default), call, video, message, meeting, training or any name"},
                                   {OPT_STATUS, NULL},
                                   {OPT_PLAN, NULL},
                                   {OPT_PURPOSE, NULL},
                                   {OPT_OUTCOME, NULL},
                                   {OPT_MINUTES, NULL},
                                   {OPT_NOTE, NULL},
                                   {OPT_NEXT, NULL},
                                   {OPT_KEEP_LOGGED, NULL},
                                   {'k', NULL},
                                   {0, NULL}};
static const tool_spec spec = {"visit-log",
                               " [-f FILE] -m NAME [-c CLIENT] [OPTION]...\n [-f FILE] [-k] [--keep-logged] LINES...",
                               "Append visits to a log, synced to disk before success is reported.\n"
                               "LINES are files of lines; - is standard input.", takes};

enum { FIELDS = KPI_VISIT_NOTE + 1 };

/* Which field an option gives; -1: none. */
static int field_of(int option) {
    static const int of[][2] = {
        {'m', KPI_VISIT_MANAGER},         {'c', KPI_VISIT_CLIENT},          {'d', KPI_VISIT_DATE},
        {OPT_KIND, KPI_VISIT_KIND},       {OPT_STATUS, KPI_VISIT_STATUS},   {OPT_PURPOSE, KPI_VISIT_PURPOSE},
        {OPT_OUTCOME, KPI_VISIT_OUTCOME}, {OPT_MINUTES, KPI_VISIT_MINUTES}, {OPT_NOTE, KPI_VISIT_NOTE}};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        if (of[i][0] == option) return of[i][1];
    return -1;
}

/* The visit that the options describe, and behind it the follow-up when next is given. Their number. */
static size_t complete(tool *t, kpi_text record[2 * FIELDS], bool plan, const char *next, char today[KPI_PERIOD_SIZE]) {
    if (!record[KPI_VISIT_MANAGER].len) tool_usage(t, "whose visit? (-m NAME, or '-' for lines of standard input)");
    if (plan && record[KPI_VISIT_STATUS].len) tool_usage(t, "either --plan or --status");
    if (plan) record[KPI_VISIT_STATUS] = kpi_text_of("planned");
    if (!record[KPI_VISIT_STATUS].len) record[KPI_VISIT_STATUS] = kpi_text_of("done");
    if (!record[KPI_VISIT_KIND].len) record[KPI_VISIT_KIND] = kpi_text_of("visit");
    kpi_day_format(tool_now(t)->today, today);
    if (!record[KPI_VISIT_DATE].len) record[KPI_VISIT_DATE] = kpi_text_of(today);
    bool planned = next || !kpi_text_compare(record[KPI_VISIT_STATUS], kpi_text_of("planned"));
    if (planned && !kpi_text_says(record[KPI_VISIT_PURPOSE])) tool_usage(t, "planned what for? (--purpose TEXT)");
    if (!next) return 1;
    memcpy(record + FIELDS, record, FIELDS * sizeof *record);
    record[FIELDS + KPI_VISIT_DATE] = kpi_text_of(next);
    record[FIELDS + KPI_VISIT_STATUS] = kpi_text_of("planned");
    record[FIELDS + KPI_VISIT_OUTCOME] = record[FIELDS + KPI_VISIT_MINUTES] = record[FIELDS + KPI_VISIT_NOTE] =
        kpi_text_of("");
    return 2;
}

int main(int argc, char **argv) {
    tool t;
    kpi_batch_options options = {.record = KPI_VISIT};
    kpi_text record[2 * FIELDS] = {0};
    const char *file = NULL, *next = NULL;
    char today[KPI_PERIOD_SIZE];
    bool plan = false, described = false;
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) {
        int field = field_of(option);
        if (field >= 0) record[field] = kpi_text_of(option == 'd' ? tool_date(&t) : tool_field(&t));
        if (option == OPT_NEXT) next = tool_date(&t);
        if (option == OPT_PLAN) plan = true;
        if (option == OPT_KEEP_LOGGED) options.keep_logged = true;
        if (option == 'f') file = t.value;
        described |= field >= 0 || option == OPT_NEXT || option == OPT_PLAN;
    }
    options.now = *tool_now(&t);
    bool lines = tool_operands(&t) > 0;
    if (lines && described) tool_usage(&t, "either options that describe a visit, or lines");
    size_t records = lines ? 0 : complete(&t, record, plan, next, today);
    tool_log(&t, &options, file ? file : tool_default_file(&t, "visits.tsv"), record, records);
    return tool_end(&t);
}
