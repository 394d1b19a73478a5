/* kpi-grep - the KPI lines of a period and of fields, as they are. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const tool_takes takes[] = {
    {'r', "check the lines as visit feedback measure goal score detail client or manager; -c -w -o -H need it"},
    {'p', "only lines whose whole date or period, the first field, lies inside it"},
    {'m', "only this manager or owner, without -r: second field (repeatable)"},
    {'c', NULL},
    {'w', NULL},
    {OPT_SORTED, NULL},
    {'j', NULL},
    {'k', NULL},
    {'o', NULL},
    {'H', NULL},
    {OPT_BOM, NULL},
    {0, NULL}};
static const tool_spec spec = {"kpi-grep",
                               " [-r RECORD] [-p PERIOD] [-m NAME] [-c CLIENT] [-w FIELD=VALUE] [OPTION]... [FILE]...",
                               "Print the KPI lines that lie inside a period and have the fields asked for.", takes};

/* ---- the filter ---- */

typedef struct filter {
    kpi_grep_options options;
    tool_list managers, clients, wheres;
} filter;

static void complete(tool *t, filter *f) {
    const kpi_record *record = f->options.record;
    if (!record && (f->clients.n || f->wheres.n)) tool_usage(t, "-c and -w need to know the fields: add -r RECORD");
    if (!record && (t->output.format != KPI_LINES || t->output.header))
        tool_usage(t, "-o and -H need to know the fields: add -r RECORD");
    if (f->options.sorted && !f->options.has_period) tool_usage(t, "--sorted goes with -p PERIOD only");
    if (record && f->options.has_period && record->field[0].type == KPI_TYPE_NAME)
        tool_usage(t, "a %s line is of no period", record->name);
    tool_wheres list = {0};
    tool_add_named(t, &list, record, "manager", f->managers);
    tool_add_named(t, &list, record, "client", f->clients);
    tool_add_wheres(t, &list, record, f->wheres);
    f->options.where = list.where;
    f->options.wheres = list.n;
}

int main(int argc, char **argv) {
    tool t;
    filter f = {0};
    const char *period;
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) {
        switch (option) { /* clang-format off */
        case 'r': f.options.record = tool_record(&t); break;
        case 'p': f.options.period = tool_period(&t, &period), f.options.has_period = true; break;
        case 'm': tool_add(&t, &f.managers, tool_name(&t)); break;
        case 'c': tool_add(&t, &f.clients, tool_name(&t)); break;
        case 'w': tool_add(&t, &f.wheres, t.value); break;
        case OPT_SORTED: f.options.sorted = true; break;
        } /* clang-format on */
    }
    complete(&t, &f);
    f.options.threads = t.threads;
    tool_list files = tool_files(&t);
    tool_lines to;
    tool_lines_start(&to, &t, f.options.record);
    uint64_t found = 0;
    int code = KPI_OK;
    if (t.output.terminal) t.report.progress = NULL; /* lines come in between */
    for (size_t i = 0; !code && i < files.n; i++)
        code = kpi_grep(files.name[i], &f.options, tool_lines_put, &to, &t.report, &found, &t.error);
    if (!ferror(stdout) && (!code || found)) tool_lines_end(&to);
    tool_try(&t, code);
    if (!found && t.status < KPI_NO) t.status = KPI_NO;
    return tool_end(&t);
}
