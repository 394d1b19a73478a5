/* feedback-due - feedback that waits for an answer, as planned visits for visit-log. */
#include "tool.h"

static const tool_takes takes[] = {{OPT_VISITS, "a log of visits, planned or done: who was seen since, or will be, is "
                                                "left out (repeatable)"},
                                   {'C', "the book of clients: the visit falls to the present owner"},
                                   {OPT_DETRACTORS, NULL},
                                   {OPT_PASSIVES, NULL},
                                   {'d', "the day the visits are planned for (default the day looked at)"},
                                   {OPT_KIND, "the kind of visit planned (default visit)"},
                                   {'p', "only feedback of these days"},
                                   {'m', "only visits of this manager (repeatable)"},
                                   {'c', NULL},
                                   {OPT_SOURCE, "only these sources, comma-separated (default all but peer, "
                                                "supervisor and self)"},
                                   {OPT_SCALE, NULL},
                                   {OPT_AS_OF, "the day looked at (default today), as things were known then"},
                                   {'k', NULL},
                                   {'o', NULL},
                                   {'H', NULL},
                                   {OPT_BOM, NULL},
                                   {0, NULL}};
static const tool_spec spec = {"feedback-due",
                               " [--visits FILE] [-C CLIENTS] [--detractors DAYS] [--passives DAYS] [OPTION]... "
                               "[FILE]...",
                               "Print planned visits that answer unresolved feedback which waits too long; exit 1 when "
                               "there is any.",
                               takes};

typedef struct request { /* as given */
    kpi_followup_options options;
    tool_list visits, managers, clients, sources;
    const char *book, *date, *kind;
} request;

typedef struct plans {
    const kpi_followup *followup;
    const char *date, *kind;
} plans;

static int plan_row(void *context, kpi_output *rows, size_t i, kpi_error *e) {
    const plans *p = context;
    kpi_planned planned = kpi_followup_at(p->followup, i);
    const kpi_text field[] = {kpi_text_of(p->date),
                              planned.manager,
                              planned.client,
                              kpi_text_of(p->kind),
                              kpi_text_of("planned"),
                              planned.purpose,
                              {0},
                              {0},
                              {0},
                              planned.note};
    int code = KPI_OK;
    for (size_t k = 0; k < sizeof field / sizeof *field; k++) code = kpi_output_cell(rows, field[k], e);
    return code;
}

static void take(tool *t, request *r, int option) {
    kpi_followup_options *o = &r->options;
    const char *text;
    switch (option) { /* clang-format off */
    case OPT_VISITS: tool_add(t, &r->visits, tool_input(t)); break;
    case OPT_DETRACTORS: o->detractors = tool_days(t); break;
    case OPT_PASSIVES: o->passives = tool_days(t); break;
    case OPT_KIND: r->kind = tool_name(t); break;
    case OPT_SOURCE: tool_add_names(t, &r->sources); break;
    case OPT_SCALE: tool_scale(t, &o->low, &o->high); break;
    case OPT_AS_OF: o->today = tool_day(t), o->has_as_of = true; break;
    case 'C': r->book = t->value; break;
    case 'd': r->date = tool_plain_day(t); break;
    case 'p': o->period = tool_period(t, &text), o->has_period = true; break;
    case 'm': tool_add(t, &r->managers, tool_name(t)); break;
    case 'c': tool_add(t, &r->clients, tool_name(t)); break;
    } /* clang-format on */
}

static void complete(tool *t, request *r) {
    kpi_followup_options *o = &r->options;
    if (!o->has_as_of) o->today = tool_now(t)->today;
    if (!r->date) r->date = tool_day_text(t, o->today);
    o->managers = tool_names(r->managers);
    o->clients = tool_names(r->clients);
    o->sources = tool_names(r->sources);
    if (r->book) o->client_book = tool_book(t, KPI_CLIENT, r->book);
}

static kpi_followup *read_all(tool *t, const request *r) {
    kpi_followup *followup;
    tool_list files = tool_files(t);
    tool_try(t, kpi_followup_new(&followup, &r->options, &t->error));
    TOOL_HOLD(t, followup, kpi_followup_free);
    for (size_t i = 0; i < r->visits.n; i++)
        tool_try(t, kpi_followup_read(followup, KPI_VISIT, r->visits.name[i], &t->report, &t->error));
    for (size_t i = 0; i < files.n; i++)
        tool_try(t, kpi_followup_read(followup, KPI_FEEDBACK, files.name[i], &t->report, &t->error));
    tool_try(t, kpi_followup_finish(followup, &t->error));
    return followup;
}

/* Nobody can visit who is not named, but what they said waits all the same. */
static uint64_t tell_nameless(tool *t, const kpi_followup *followup) {
    kpi_place first;
    uint64_t n = kpi_followup_nameless(followup, &first);
    if (!n) return 0;
    kpi_error warning = {.line = first.line};
    snprintf(warning.file, sizeof warning.file, "%s", first.file);
    snprintf(warning.text, sizeof warning.text, "%llu line%s of unresolved feedback without a client, whom nobody can "
             "visit; this is the first", (unsigned long long)n, n == 1 ? "" : "s");
    tool_say(t, &warning);
    return n;
}

int main(int argc, char **argv) {
    tool t;
    request r = {.options = {.detractors = -1, .passives = -1}, .kind = "visit"};
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) take(&t, &r, option);
    complete(&t, &r);
    kpi_followup *followup = read_all(&t, &r);
    size_t n = kpi_followup_size(followup);
    plans p = {followup, r.date, r.kind};
    tool_print(&t, tool_columns(&t, kpi_record_of(KPI_VISIT)), KPI_VISIT_NOTE + 1, n, plan_row, &p);
    if (tell_nameless(&t, followup) + n && t.status < KPI_NO) t.status = KPI_NO;
    return tool_end(&t);
}
