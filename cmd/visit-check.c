/* visit-check - what in logs of visits cannot be so, or should not be. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const tool_takes takes[] = {
    {OPT_RULES, "only these: overlap twice hours late batch future purpose outcome silent client manager owner"},
    {OPT_WITHOUT, NULL},
    {OPT_LATE_AFTER, NULL},
    {OPT_BATCH, NULL},
    {'p', "only findings of visits in it, such as 2026-10, 2026-W45, DAY..DAY, last-month"},
    {'m', NULL},
    {'c', "only findings of this client's visits (repeatable)"},
    {OPT_KIND, "only these kinds of visits, comma-separated"},
    {'C', "the book of clients, for the rules client and owner"},
    {'M', "the book of managers, for the rule manager"},
    {OPT_AS_OF, "the day looked at (default today), as things were known then"},
    {'k', NULL},
    {'o', NULL},
    {'H', NULL},
    {OPT_BOM, NULL},
    {0, NULL}};
static const tool_spec spec = {"visit-check", " [--rules RULE,...] [--without RULE,...] [OPTION]... [FILE]...",
                               "Print what in logs of visits cannot be so, or should not be; exit 1 when there is any.",
                               takes};

static const kpi_column columns[] = {{"line", KPI_COLUMN_TEXT},    {"rule", KPI_COLUMN_TEXT},
                                     {"date", KPI_COLUMN_TEXT},    {"manager", KPI_COLUMN_TEXT},
                                     {"client", KPI_COLUMN_TEXT},  {"finding", KPI_COLUMN_TEXT},
                                     {"beside", KPI_COLUMN_TEXT}};

typedef struct words { /* a cell in the making */
    char *ptr;
    size_t used, room;
    bool lost; /* there was no memory */
} words;

static char *room_for(words *w, size_t n) {
    if (w->used + n > w->room) {
        size_t room = 2 * (w->used + n);
        char *grown = realloc(w->ptr, room);
        w->lost |= !grown;
        if (!grown) return NULL;
        w->ptr = grown;
        w->room = room;
    }
    return w->ptr + w->used;
}

static void put_number(words *w, char before, uint64_t number) {
    enum { DIGITS = 24 };
    char *at = room_for(w, DIGITS);
    if (at) w->used += (size_t)snprintf(at, DIGITS, "%c%llu", before, (unsigned long long)number);
}

/* FILE:LINE, in line form. */
static void put_place(words *w, kpi_place place) {
    kpi_text file = kpi_text_of(place.file);
    size_t n = kpi_text_line(file, NULL, 0);
    char *at = room_for(w, n + 2);
    if (!at) return;
    if (w->used) at = stpcpy(at, ", ");
    kpi_text_line(file, at, n);
    w->used = (size_t)(at - w->ptr) + n;
    put_number(w, ':', place.line);
}

/* The other lines: FILE:LINE, FILE:LINE-LINE, ... */
static void put_places(words *w, const kpi_honesty *honesty, size_t i, size_t n) {
    for (size_t k = 0; k < n && !w->lost; k++) {
        kpi_place from = kpi_honesty_beside(honesty, i, k), last = from;
        for (; k + 1 < n; k++) {
            kpi_place next = kpi_honesty_beside(honesty, i, k + 1);
            if (next.file != last.file || next.line != last.line + 1) break;
            last = next;
        }
        put_place(w, from);
        if (last.line > from.line) put_number(w, '-', last.line);
    }
}

static int words_cell(kpi_output *rows, words *w, kpi_error *e) {
    int code = KPI_SYSTEM;
    if (w->lost)
        *e = (kpi_error){.code = code, .sys = ENOMEM, .text = "out of memory"};
    else
        code = kpi_output_cell(rows, (kpi_text){w->ptr, w->used}, e);
    w->used = 0;
    return code;
}

static int finding_row(void *context, kpi_output *rows, size_t i, kpi_error *e) {
    const kpi_honesty *honesty = context;
    kpi_finding finding;
    words w = {0};
    char day[KPI_PERIOD_SIZE];
    kpi_honesty_at(honesty, i, &finding);
    put_place(&w, finding.place);
    int code = words_cell(rows, &w, e);
    if (!code) {
        tool_cell(rows, finding.rule, e);
        kpi_output_cell(rows, (kpi_text){day, kpi_day_format(finding.day, day)}, e);
        kpi_output_cell(rows, finding.manager, e);
        kpi_output_cell(rows, finding.client, e);
        tool_cell(rows, finding.text, e);
        put_places(&w, honesty, i, finding.beside);
        code = words_cell(rows, &w, e);
    }
    free(w.ptr);
    return code;
}

static void check(tool *t, const kpi_honesty_options *options) {
    kpi_honesty *honesty;
    tool_try(t, kpi_honesty_new(&honesty, options, &t->error));
    TOOL_HOLD(t, honesty, kpi_honesty_free);
    tool_list files = tool_files(t);
    for (size_t i = 0; i < files.n; i++) tool_try(t, kpi_honesty_read(honesty, files.name[i], &t->report, &t->error));
    tool_try(t, kpi_honesty_finish(honesty, &t->error));
    size_t findings = kpi_honesty_size(honesty);
    tool_print(t, columns, sizeof columns / sizeof *columns, findings, finding_row, honesty);
    if (findings && t->status < KPI_NO) t->status = KPI_NO;
}

int main(int argc, char **argv) {
    tool t;
    kpi_honesty_options options = {.late_after = -1};
    tool_list managers = {0}, clients = {0}, kinds = {0};
    const char *manager_file = NULL, *client_file = NULL, *period;
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) {
        switch (option) { /* clang-format off */
        case OPT_RULES: options.rules = t.value; break;
        case OPT_WITHOUT: options.without = t.value; break;
        case OPT_LATE_AFTER: options.late_after = (int64_t)tool_count(&t, 0); break;
        case OPT_BATCH: options.batch = tool_count(&t, 2); break;
        case 'p': options.period = tool_period(&t, &period), options.has_period = true; break;
        case 'm': tool_add(&t, &managers, tool_name(&t)); break;
        case 'c': tool_add(&t, &clients, tool_name(&t)); break;
        case OPT_KIND: tool_add_names(&t, &kinds); break;
        case 'C': client_file = t.value; break;
        case 'M': manager_file = t.value; break;
        case OPT_AS_OF: options.as_of = tool_day(&t), options.has_as_of = true; break;
        } /* clang-format on */
    }
    if (!options.has_as_of) options.as_of = tool_now(&t)->today;
    options.managers = tool_names(managers);
    options.clients = tool_names(clients);
    options.kinds = tool_names(kinds);
    if (manager_file) options.manager_book = tool_book(&t, KPI_MANAGER, manager_file);
    if (client_file) options.client_book = tool_book(&t, KPI_CLIENT, client_file);
    check(&t, &options);
    return tool_end(&t);
}
