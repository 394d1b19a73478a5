/* kpi-amend - correct one line of a file, and keep what it was with time, user and reason. */
#include "tool.h"

#include <string.h>

static const tool_takes takes[] = {{OPT_SET, NULL},
                                   {OPT_REASON, NULL},
                                   {'w', NULL},
                                   {'m', NULL},
                                   {'c', NULL},
                                   {'d', "only lines of that day"},
                                   {'p', "only lines whose whole date or period, the first field, lies inside it"},
                                   {OPT_LINE, NULL},
                                   {'r', "visit feedback measure goal score detail client or manager (default: by the "
                                         "fields named, and the lines)"},
                                   {OPT_AUTHOR, NULL},
                                   {'n', "show the line as it is and as it would be, and change nothing"},
                                   {OPT_SCALE, NULL},
                                   {OPT_KEEP_LOGGED, "let --set logged=... be: back-dating then shows in FILE.amended"
                                                     " only"},
                                   {'k', "report bad lines, leave them as they are, and exit 3 at the end"},
                                   {'o', NULL},
                                   {'H', NULL},
                                   {OPT_BOM, NULL},
                                   {0, NULL}};
static const tool_spec spec = {"kpi-amend",
                               " [-r RECORD] -w FIELD=VALUE... --set FIELD=VALUE... --reason TEXT [OPTION]... FILE",
                               "Correct the one line of FILE that has these fields. What it was is kept in "
                               "FILE.amended.",
                               takes};

typedef struct request { /* as given */
    kpi_amendment asked;
    tool_list wheres, sets, managers, clients;
    bool dry;
} request;

static void take(tool *t, request *r, int option) {
    kpi_amendment *a = &r->asked;
    const char *text;
    switch (option) { /* clang-format off */
    case 'r': a->record = tool_record(t); break;
    case 'w': tool_add(t, &r->wheres, t->value); break;
    case 'm': tool_add(t, &r->managers, tool_name(t)); break;
    case 'c': tool_add(t, &r->clients, tool_name(t)); break;
    case 'p': a->period = tool_period(t, &text), a->has_period = true; break;
    case 'd': a->period.first = a->period.last = tool_day(t), a->has_period = true; break;
    case 'n': r->dry = true; break;
    case OPT_LINE: a->line = tool_count(t, 1); break;
    case OPT_SET: tool_add(t, &r->sets, t->value); break;
    case OPT_REASON: tool_plain_text(t), a->reason = tool_text(t); break;
    case OPT_AUTHOR: a->author = tool_name(t); break;
    case OPT_SCALE: tool_scale(t, &a->low, &a->high); break;
    case OPT_KEEP_LOGGED: a->keep_logged = true; break;
    } /* clang-format on */
}

/* The names of the fields that are named: they tell what the lines are. */
static void add_field_names(tool *t, tool_list *names, tool_list texts) {
    for (size_t i = 0; i < texts.n; i++) {
        char *name = tool_own(t, strdup(texts.name[i]));
        name[strcspn(name, "=")] = 0;
        tool_add(t, names, name);
    }
}

static const kpi_record *guess(tool *t, const request *r, const char *file) {
    tool_list names = {0};
    const kpi_record *record;
    add_field_names(t, &names, r->wheres);
    add_field_names(t, &names, r->sets);
    if (r->managers.n) tool_add(t, &names, "manager");
    if (r->clients.n) tool_add(t, &names, "client");
    int code = kpi_record_guess(file, tool_names(names), &record, &t->error);
    if (code == KPI_USAGE) tool_usage(t, "%s (-r RECORD)", t->error.text);
    tool_try(t, code);
    return record;
}

/* What is to be set: plain texts, and days by their names where a date is wanted. */
static kpi_where setting(tool *t, const request *r, const char *text) {
    const kpi_record *record = r->asked.record;
    kpi_where where = tool_where(t, record, text);
    if (!r->asked.keep_logged && (int)where.field == kpi_record_field(record, kpi_text_of("logged")))
        tool_usage(t, "logged is the clock's, so that back-dating shows (--keep-logged sets it all the same)");
    t->value = strchr(text, '=') + 1;
    where.value = kpi_text_of(record->field[where.field].type == KPI_TYPE_DATE ? tool_date(t) : tool_field(t));
    return where;
}

static void complete(tool *t, request *r, const char *file) {
    kpi_amendment *a = &r->asked;
    tool_wheres which = {0}, sets = {0};
    if (!r->wheres.n && !r->managers.n && !r->clients.n && !a->has_period && !a->line)
        tool_usage(t, "which line? (-w FIELD=VALUE)");
    if (!r->sets.n) tool_usage(t, "what is wrong with it? (--set FIELD=VALUE)");
    if (!a->record) a->record = guess(t, r, file);
    tool_add_wheres(t, &which, a->record, r->wheres);
    tool_add_named(t, &which, a->record, "manager", r->managers);
    tool_add_named(t, &which, a->record, "client", r->clients);
    for (size_t i = 0; i < r->sets.n; i++) tool_add_where(t, &sets, setting(t, r, r->sets.name[i]));
    a->where = which.where;
    a->wheres = which.n;
    a->set = sets.where;
    a->sets = sets.n;
    a->now = *tool_now(t);
}

/* Who says so; a name of KPI lines also where the system has it. */
static const char *author(tool *t) {
    const char *user = tool_user(t);
    if (!user) tool_usage(t, "who says so? (--author NAME)");
    t->value = tool_own(t, strdup(user));
    return tool_name(t);
}

/* ---- showing ---- */

typedef struct shower {
    kpi_output *output;
    unsigned fields;
} shower;

static int show_line(const shower *s, const kpi_line *line, kpi_error *e) {
    int code = KPI_OK;
    for (unsigned i = 0; i < s->fields && !code; i++) code = kpi_output_cell(s->output, line->field[i], e);
    return code;
}

static int show(void *context, const kpi_line *old, const kpi_line *amended, kpi_error *e) {
    int code = show_line(context, old, e);
    return code ? code : show_line(context, amended, e);
}

static void show_only(tool *t, const request *r, const char *file) {
    const kpi_record *record = r->asked.record;
    shower s = {tool_output(t, tool_columns(t, record), record->fields), record->fields};
    tool_try(t, kpi_amend(file, &r->asked, show, &s, &t->report, &t->error));
    tool_end_output(t, s.output);
}

int main(int argc, char **argv) {
    tool t;
    request r = {0};
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) take(&t, &r, option);
    if (tool_operands(&t) != 1) tool_usage(&t, "which file? (FILE, one)");
    const char *file = tool_files(&t).name[0];
    if (!strcmp(file, "-")) tool_usage(&t, "standard input cannot be corrected: which file? (FILE)");
    if (!r.dry) tool_need(&t, r.asked.reason, "for which reason? (--reason TEXT)");
    if (!r.dry && !r.asked.author) r.asked.author = author(&t);
    complete(&t, &r, file);
    if (r.dry)
        show_only(&t, &r, file);
    else
        tool_try(&t, kpi_amend(file, &r.asked, NULL, NULL, &t.report, &t.error));
    return tool_end(&t);
}
