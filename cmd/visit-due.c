/* visit-due - clients whose next visit is due, by the scheme's tiers. */
#include "tool.h"

#include <string.h>

static const tool_takes takes[] = {{'C', "the book of clients: owners, tiers, from and until when"},
                                   {'g', "the scheme, whose tiers say how often (repeatable)"},
                                   {OPT_WITHIN, NULL},
                                   {OPT_UNPLANNED, NULL},
                                   {'m', "only this manager's clients (repeatable)"},
                                   {'c', NULL},
                                   {OPT_KIND, "only these kinds of visits count, comma-separated"},
                                   {OPT_AS_OF, "the day looked at (default today), as things were known then"},
                                   {OPT_STRICT, NULL},
                                   {'k', NULL},
                                   {'o', NULL},
                                   {'H', NULL},
                                   {OPT_BOM, NULL},
                                   {0, NULL}};
static const tool_spec spec = {"visit-due", " -C CLIENTS -g SCHEME [--within DAYS] [OPTION]... [FILE]...",
                               "Print the clients whose next visit is due; exit 1 when one is over-due.", takes};

static const kpi_column columns[] = {{"client", KPI_COLUMN_TEXT}, {"manager", KPI_COLUMN_TEXT},
                                     {"tier", KPI_COLUMN_TEXT},   {"last", KPI_COLUMN_TEXT},
                                     {"due", KPI_COLUMN_TEXT},    {"over", KPI_COLUMN_NUMBER},
                                     {"planned", KPI_COLUMN_TEXT}, {"name", KPI_COLUMN_TEXT}};
/* For people: grouped by manager, whose name stands in front of his first client only. */
static const kpi_column table_columns[] = {{"manager", KPI_COLUMN_TEXT}, {"client", KPI_COLUMN_TEXT},
                                           {"tier", KPI_COLUMN_TEXT},    {"last", KPI_COLUMN_TEXT},
                                           {"due", KPI_COLUMN_TEXT},     {"over", KPI_COLUMN_NUMBER},
                                           {"planned", KPI_COLUMN_TEXT}, {"name", KPI_COLUMN_TEXT}};
enum { COLUMNS = sizeof columns / sizeof *columns };

typedef struct list {
    const kpi_due *due;
    bool grouped;
} list;

static int day_cell(kpi_output *rows, bool known, kpi_day day, kpi_error *e) {
    char text[KPI_PERIOD_SIZE];
    return kpi_output_cell(rows, (kpi_text){text, known ? kpi_day_format(day, text) : 0}, e);
}

static int due_row(void *context, kpi_output *rows, size_t i, kpi_error *e) {
    const list *l = context;
    const kpi_due_row *row = kpi_due_at(l->due, i);
    const char *manager = row->client->of;
    if (l->grouped) {
        bool again = i && !strcmp(kpi_due_at(l->due, i - 1)->client->of, manager);
        tool_cell(rows, again ? "" : manager, e);
    }
    tool_cell(rows, row->client->who, e);
    if (!l->grouped) tool_cell(rows, manager, e);
    tool_cell(rows, row->tier->name, e);
    day_cell(rows, row->visited, row->last, e);
    day_cell(rows, row->known, row->due, e);
    tool_number_cell(rows, row->known, row->over * KPI_ONE, KPI_EXACT, e);
    day_cell(rows, row->planned, row->plan, e);
    return tool_cell(rows, row->client->name, e);
}

/* The scheme that holds on the day looked at. */
static const kpi_scheme *scheme_of(tool *t, tool_list files, kpi_day day) {
    char text[KPI_PERIOD_SIZE];
    const kpi_scheme *scheme;
    const kpi_goals *goals = tool_goals(t, files, &t->report);
    kpi_day_format(day, text);
    tool_try(t, kpi_goals_scheme(goals, (kpi_period){day, day}, text, &scheme, &t->error));
    return scheme;
}

static void print_due(tool *t, const kpi_due_options *options) {
    kpi_due *due;
    list l = {.grouped = t->output.format == KPI_TABLE};
    tool_try(t, kpi_due_new(&due, options, &t->error));
    TOOL_HOLD(t, due, kpi_due_free);
    tool_list files = tool_files(t);
    for (size_t i = 0; i < files.n; i++) tool_try(t, kpi_due_read(due, files.name[i], &t->report, &t->error));
    tool_try(t, kpi_due_finish(due, &t->report, &t->error));
    l.due = due;
    tool_print(t, l.grouped ? table_columns : columns, COLUMNS, kpi_due_size(due), due_row, &l);
    for (size_t i = 0; i < kpi_due_size(due) && t->status < KPI_NO; i++)
        if (!kpi_due_at(due, i)->known || kpi_due_at(due, i)->over > 0) t->status = KPI_NO;
}

int main(int argc, char **argv) {
    tool t;
    kpi_due_options options = {0};
    tool_list schemes = {0}, managers = {0}, clients = {0}, kinds = {0};
    const char *client_file = NULL;
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) {
        switch (option) { /* clang-format off */
        case 'C': client_file = t.value; break;
        case 'g': tool_add_goal_file(&t, &schemes); break;
        case 'm': tool_add(&t, &managers, tool_name(&t)); break;
        case 'c': tool_add(&t, &clients, tool_name(&t)); break;
        case OPT_KIND: tool_add_names(&t, &kinds); break;
        case OPT_WITHIN: options.within = (int64_t)tool_count(&t, 0); break;
        case OPT_UNPLANNED: options.unplanned = true; break;
        case OPT_AS_OF: options.as_of = tool_day(&t), options.has_as_of = true; break;
        } /* clang-format on */
    }
    tool_need(&t, client_file, "whose clients? (-C CLIENTS, the book)");
    tool_need(&t, schemes.n ? *schemes.name : NULL, "how often? (-g SCHEME, with tiers)");
    if (!options.has_as_of) options.as_of = tool_now(&t)->today;
    options.managers = tool_names(managers);
    options.clients = tool_names(clients);
    options.kinds = tool_names(kinds);
    options.scheme = scheme_of(&t, schemes, options.as_of);
    options.client_book = tool_book(&t, KPI_CLIENT, client_file);
    print_due(&t, &options);
    return tool_end(&t);
}
