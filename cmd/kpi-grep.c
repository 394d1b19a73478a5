/* kpi-grep - the KPI lines of a period and of fields, as they are. */
#include "tool.h"

#include <errno.h>
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

typedef struct printer {
    tool *t;
    const kpi_record *record;
    kpi_output *output; /* NULL: lines as they are */
    bool begun;
} printer;

/* ---- the filter ---- */

typedef struct filter {
    kpi_grep_options options;
    tool_list managers, clients, wheres;
} filter;

static void add(tool *t, filter *f, unsigned field, kpi_text value) {
    kpi_where *grown = tool_own(t, malloc((f->options.wheres + 1) * sizeof *grown));
    if (f->options.wheres) memcpy(grown, f->options.where, f->options.wheres * sizeof *grown);
    grown[f->options.wheres++] = (kpi_where){field, value};
    f->options.where = grown;
}

static void add_names(tool *t, filter *f, const char *field, tool_list names) {
    const kpi_record *record = f->options.record;
    int at = record ? kpi_record_field(record, kpi_text_of(field)) : 1;
    if (names.n && at < 0) tool_usage(t, "a %s line has no %s", record->name, field);
    for (size_t i = 0; i < names.n; i++) add(t, f, (unsigned)at, kpi_text_of(names.name[i]));
}

static void add_where(tool *t, filter *f, const char *where) {
    const kpi_record *record = f->options.record;
    const char *equals = strchr(where, '=');
    if (!equals) tool_usage(t, "not FIELD=VALUE: '%s'", where);
    int field = kpi_record_field(record, (kpi_text){where, (size_t)(equals - where)});
    if (field < 0) tool_usage(t, "a %s line has no field '%.*s'", record->name, (int)(equals - where), where);
    add(t, f, (unsigned)field, kpi_text_of(equals + 1));
}

static void complete(tool *t, filter *f) {
    const kpi_record *record = f->options.record;
    if (!record && (f->clients.n || f->wheres.n)) tool_usage(t, "-c and -w need to know the fields: add -r RECORD");
    if (!record && (t->output.format != KPI_LINES || t->output.header))
        tool_usage(t, "-o and -H need to know the fields: add -r RECORD");
    if (f->options.sorted && !f->options.has_period) tool_usage(t, "--sorted goes with -p PERIOD only");
    if (record && f->options.has_period && record->field[0].type == KPI_TYPE_NAME)
        tool_usage(t, "a %s line is of no period", record->name);
    add_names(t, f, "manager", f->managers);
    add_names(t, f, "client", f->clients);
    for (size_t i = 0; i < f->wheres.n; i++) add_where(t, f, f->wheres.name[i]);
}

static const kpi_record *record_named(tool *t) {
    const kpi_record *record = kpi_record_named(t->value);
    if (!record) tool_usage(t, "not a record: '%s'", t->value);
    return record;
}

/* ---- printing ---- */

static int fail_write(kpi_error *e) {
    *e = (kpi_error){.code = KPI_SYSTEM, .sys = errno};
    snprintf(e->file, sizeof e->file, "standard output");
    snprintf(e->text, sizeof e->text, "write: %s", strerror(errno));
    return KPI_SYSTEM;
}

/* The names of the fields, before the first line. */
static void begin(printer *p) {
    const kpi_record *record = p->record;
    for (unsigned i = 0; !p->begun && p->t->output.header && i < record->fields; i++)
        printf("%c%s%s", i ? '\t' : '#', record->field[i].name, i + 1 < record->fields ? "" : "\n");
    p->begun = true;
}

/* On a terminal, with hostile characters shown; TAB and LF are the only controls that there are. */
static void show(kpi_text lines) {
    for (const char *at = lines.ptr, *end = at + lines.len; at < end; at++) {
        char shown[4096];
        size_t n = 0;
        while (n < 256 && at + n < end && at[n] != '\t' && at[n] != '\n') n++;
        while (n == 256 && ((unsigned char)at[n] & 0xC0) == 0x80) n--; /* not within a character */
        fwrite(shown, 1, kpi_text_show((kpi_text){at, n}, shown, sizeof shown), stdout);
        at += n;
        if (*at == '\t' || *at == '\n')
            putchar(*at);
        else
            at--;
    }
}

static int put_lines(printer *p, kpi_text lines, kpi_error *e) {
    begin(p);
    if (p->t->output.terminal)
        show(lines);
    else
        fwrite(lines.ptr, 1, lines.len, stdout);
    return ferror(stdout) ? fail_write(e) : KPI_OK;
}

/* The fields that the record names; what a book has beyond them stays behind. */
static int put_cells(printer *p, kpi_text lines, kpi_error *e) {
    int code = KPI_OK;
    unsigned field = 0;
    for (const char *at = lines.ptr, *end = at + lines.len, *to; !code && at < end; at = to + 1) {
        for (to = at; *to != '\t' && *to != '\n'; to++) {
        }
        if (field++ < p->record->fields) code = kpi_output_cell(p->output, (kpi_text){at, (size_t)(to - at)}, e);
        if (*to == '\n') field = 0;
    }
    return code;
}

/* Flushed, so that what comes through a pipe bit by bit goes on bit by bit. */
static int put(void *context, kpi_text lines, kpi_error *e) {
    printer *p = context;
    int code = p->output ? put_cells(p, lines, e) : put_lines(p, lines, e);
    return !code && fflush(stdout) ? fail_write(e) : code;
}

static void open_output(printer *p) {
    const kpi_record *record = p->record;
    kpi_column *column = tool_own(p->t, calloc(record->fields, sizeof *column));
    for (unsigned i = 0; i < record->fields; i++) {
        enum kpi_type type = record->field[i].type;
        bool number = type == KPI_TYPE_NUMBER || type == KPI_TYPE_COUNT;
        column[i] = (kpi_column){record->field[i].name, number ? KPI_COLUMN_NUMBER : KPI_COLUMN_TEXT};
    }
    p->output = tool_output(p->t, column, record->fields);
}

static void end(printer *p) {
    if (p->output)
        tool_end_output(p->t, p->output);
    else
        begin(p);
}

int main(int argc, char **argv) {
    tool t;
    filter f = {0};
    const char *period;
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) {
        switch (option) { /* clang-format off */
        case 'r': f.options.record = record_named(&t); break;
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
    printer p = {.t = &t, .record = f.options.record};
    if (t.output.format != KPI_LINES) open_output(&p);
    uint64_t found = 0;
    int code = KPI_OK;
    if (t.output.terminal) t.report.progress = NULL; /* lines come in between */
    for (size_t i = 0; !code && i < files.n; i++)
        code = kpi_grep(files.name[i], &f.options, put, &p, &t.report, &found, &t.error);
    if (!ferror(stdout) && (!code || found)) end(&p);
    tool_try(&t, code);
    if (!found && t.status < KPI_NO) t.status = KPI_NO;
    return tool_end(&t);
}
