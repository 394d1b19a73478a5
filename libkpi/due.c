/* due.c - which clients are to be visited, and since when.
 *
 * Of each client of the book that somebody must see only the day of the last visit is kept while logs are read, and of
 * what is planned from the day looked at on, how many plans of a day nothing has come of yet. All of that adds up in
 * any order. What is due follows at the end, from the book, the scheme's tiers and these days. */
#include "internal.h"

#include <stdlib.h>

enum { HINTS = 64 }; /* unknown tiers for which the nearest known one is looked for */

struct stranger { /* lines whose client is not in the book */
    uint64_t lines;
    const char *client;
    kpi_place first;
};

struct untold { /* clients that cannot be due, as the scheme does not have their tier */
    const kpi_entry *first;
    uint64_t n;
};

struct kpi_due {
    kpi_due_options options;
    kpi__arena *arena;
    kpi__dict *tiers;              /* of the scheme, in its order; then others of clients, in step with: */
    struct untold *untold;
    size_t untold_room;
    kpi__dict *clients, *managers;
    kpi_day *last;                 /* by client of the book; KPI_DAY_FIRST: never */
    kpi__pairs *subjects, *plans;  /* client x manager; that x day */
    int64_t *open;                 /* by plan: planned less cancelled, done and missed */
    size_t open_room;
    struct stranger strangers;
    kpi_due_row *row;
    size_t rows, row_room;
};

/* ---- making ---- */

static bool number_tiers(kpi_due *due) {
    const kpi_scheme *scheme = due->options.scheme;
    for (size_t i = 0; i < scheme->tiers; i++)
        if (kpi__dict_put(due->tiers, kpi_text_of(scheme->tier[i].name)) == KPI__NONE) return false;
    return true;
}

static bool number_clients(kpi_due *due) {
    const kpi_book *book = due->options.client_book;
    for (size_t i = 0; i < kpi_book_size(book); i++)
        if (kpi__dict_put(due->clients, kpi_text_of(kpi_book_entry(book, i)->who)) == KPI__NONE) return false;
    size_t n = kpi__dict_size(due->clients);
    due->last = malloc((n + 1) * sizeof *due->last);
    for (size_t i = 0; i < n && due->last; i++) due->last[i] = KPI_DAY_FIRST;
    return due->last != NULL;
}

int kpi_due_new(kpi_due **out, const kpi_due_options *options, kpi_error *e) {
    if (!options->scheme->tiers)
        return kpi__fail_at(e, KPI_DATA, options->scheme->place, "scheme %s has no tiers",
                            KPI__QUOTE(kpi_text_of(options->scheme->name)));
    kpi_due *due = calloc(1, sizeof *due);
    if (!due) return kpi__fail_memory(e);
    due->options = *options;
    if (!(due->arena = kpi__arena_new()) || !(due->tiers = kpi__dict_new()) || !(due->clients = kpi__dict_new()) ||
        !(due->managers = kpi__dict_new()) || !(due->subjects = kpi__pairs_new()) ||
        !(due->plans = kpi__pairs_new()) || !number_tiers(due) || !number_clients(due)) {
        kpi_due_free(due);
        return kpi__fail_memory(e);
    }
    *out = due;
    return KPI_OK;
}

void kpi_due_free(kpi_due *due) {
    if (!due) return;
    kpi__arena_free(due->arena);
    kpi__dict_free(due->tiers);
    free(due->untold);
    kpi__dict_free(due->clients);
    kpi__dict_free(due->managers);
    kpi__pairs_free(due->subjects);
    kpi__pairs_free(due->plans);
    free(due->last);
    free(due->open);
    free(due->row);
    free(due);
}

/* ---- visits and plans ---- */

static bool add_plan(kpi_due *due, uint32_t client, const kpi_line *line, kpi_day day, int64_t change) {
    uint32_t manager = kpi__dict_put(due->managers, line->field[KPI_VISIT_MANAGER]);
    uint32_t subject = manager == KPI__NONE ? KPI__NONE : kpi__pairs_put(due->subjects, client, manager);
    uint32_t plan = subject == KPI__NONE ? KPI__NONE : kpi__pairs_put(due->plans, subject, (uint32_t)day);
    if (plan == KPI__NONE || !kpi__grow(&due->open, plan, &due->open_room, sizeof *due->open)) return false;
    due->open[plan] += change;
    return true;
}

static bool add_stranger(kpi_due *due, const kpi_line *line) {
    struct stranger *s = &due->strangers;
    if (s->lines++) return true;
    s->client = kpi__arena_text(due->arena, line->field[KPI_VISIT_CLIENT]);
    s->first = (kpi_place){kpi__arena_text(due->arena, kpi_text_of(line->file)), line->number, 0};
    return s->client && s->first.file;
}

static bool selected(const kpi_due_options *o, const kpi_line *line) {
    kpi_text client = line->field[KPI_VISIT_CLIENT];
    return client.len && kpi_names_pass(o->clients, client) && kpi_names_pass(o->kinds, line->field[KPI_VISIT_KIND]) &&
           (!o->has_as_of || kpi__known_on(line->field[KPI_VISIT_LOGGED], o->as_of));
}

int kpi_due_add(kpi_due *due, const kpi_line *line, kpi_error *e) {
    kpi_text client = line->field[KPI_VISIT_CLIENT];
    kpi_day day = 0, as_of = due->options.as_of;
    if (!selected(&due->options, line)) return KPI_OK;
    uint32_t number = kpi__dict_find(due->clients, client);
    if (number == KPI__NONE) return add_stranger(due, line) ? KPI_OK : kpi__fail_memory(e);
    kpi_date_parse(line->field[KPI_VISIT_DATE], &day, NULL);
    int status = kpi__visit_status(line);
    bool deed = status == KPI__DONE || status == KPI__MISSED;
    if (status == KPI__DONE && day <= as_of && day > due->last[number]) due->last[number] = day;
    if (day < as_of || (day > as_of && deed)) return KPI_OK; /* no deed is of the future */
    return add_plan(due, number, line, day, status == KPI__PLANNED ? 1 : -1) ? KPI_OK : kpi__fail_memory(e);
}

static int take_line(void *due, kpi_line *line, kpi_error *e) { return kpi_due_add(due, line, e); }

int kpi_due_read(kpi_due *due, const char *path, const kpi_report *report, kpi_error *e) {
    kpi_reader *reader;
    int code = kpi_reader_open(&reader, path, e);
    return code ? code : kpi__each_record(reader, kpi_record_of(KPI_VISIT), take_line, due, report, e);
}

/* ---- what is due ---- */

/* The first plan of each client that is still open, by client; KPI_DAY_LAST: none. NULL: no memory. */
static kpi_day *first_plans(const kpi_due *due) {
    size_t n = kpi__dict_size(due->clients);
    kpi_day *first = malloc((n + 1) * sizeof *first);
    for (size_t i = 0; i < n && first; i++) first[i] = KPI_DAY_LAST;
    for (uint32_t i = 0; i < kpi__pairs_size(due->plans) && first; i++) {
        uint32_t subject, day, client, manager;
        kpi__pairs_key(due->plans, i, &subject, &day);
        kpi__pairs_key(due->subjects, subject, &client, &manager);
        if (due->open[i] > 0 && (kpi_day)day < first[client]) first[client] = (kpi_day)day;
    }
    return first;
}

/* Since when the client of entry is in the book without a break, whoever's he was. */
static kpi_day since(const kpi_due *due, const kpi_entry *entry) {
    size_t n;
    const kpi_entry *first = kpi_book_find(due->options.client_book, kpi_text_of(entry->who), &n);
    while (entry > first && (int64_t)entry[-1].days.last + 1 == entry->days.first) entry--;
    return entry->days.first;
}

static bool in_book(const kpi_due *due, const char *who, int64_t day) {
    kpi_period then = {(kpi_day)day, (kpi_day)day};
    return kpi_book_at(due->options.client_book, kpi_text_of(who), then) != NULL;
}

/* Adds the client of entry when he is to be listed. */
static bool add_row(kpi_due *due, const kpi_entry *entry, const kpi_tier *tier, kpi_day plan) {
    const kpi_due_options *o = &due->options;
    kpi_due_row row = {.client = entry, .tier = tier, .planned = plan < KPI_DAY_LAST, .plan = plan};
    row.last = due->last[kpi__dict_find(due->clients, kpi_text_of(entry->who))];
    row.visited = row.last != KPI_DAY_FIRST;
    kpi_day from = row.visited ? row.last : since(due, entry);
    int64_t day = (int64_t)from + tier->days;
    row.known = from != KPI_DAY_FIRST;
    row.due = row.known ? (kpi_day)day : KPI_DAY_FIRST;
    row.over = row.known ? o->as_of - day : 0;
    if (row.known && (-row.over > o->within || (row.over < 0 && !in_book(due, entry->who, day)))) return true;
    if (o->unplanned && row.planned) return true;
    if (!kpi__grow(&due->row, due->rows, &due->row_room, sizeof *due->row)) return false;
    due->row[due->rows++] = row;
    return true;
}

/* Adds the client of entry where his tier has days, else to those of whom nothing can be told. */
static bool add_client(kpi_due *due, const kpi_entry *entry, kpi_day plan) {
    const kpi_scheme *scheme = due->options.scheme;
    uint32_t tier = kpi__dict_put(due->tiers, kpi_text_of(entry->as));
    if (tier == KPI__NONE) return false;
    if (tier < scheme->tiers) return add_row(due, entry, &scheme->tier[tier], plan);
    size_t i = tier - scheme->tiers;
    if (!kpi__grow(&due->untold, i, &due->untold_room, sizeof *due->untold)) return false;
    if (!due->untold[i].n++) due->untold[i].first = entry;
    return true;
}

static int add_rows(kpi_due *due, kpi_error *e) {
    const kpi_due_options *o = &due->options;
    const kpi_period then = {o->as_of, o->as_of};
    kpi_day *plan = first_plans(due);
    bool done = plan != NULL;
    for (uint32_t i = 0; i < kpi__dict_size(due->clients) && done; i++) { /* which are numbered in the book's order */
        kpi_text who = kpi__dict_key(due->clients, i);
        const kpi_entry *entry = kpi_book_at(o->client_book, who, then);
        if (entry && kpi_names_pass(o->clients, who) && kpi_names_pass(o->managers, kpi_text_of(entry->of)))
            done = add_client(due, entry, plan[i]);
    }
    free(plan);
    return done ? KPI_OK : kpi__fail_memory(e);
}

/* ---- what cannot be told ---- */

static const char *nearest_tier(const kpi_due *due, kpi_text tier) {
    const kpi_scheme *scheme = due->options.scheme;
    size_t most = kpi__likeness(tier);
    const char *nearest = NULL;
    for (size_t i = 0; i < scheme->tiers && most; i++)
        if (kpi__nearer(tier, kpi_text_of(scheme->tier[i].name), &most)) nearest = scheme->tier[i].name;
    return nearest;
}

static int tell_untold(const kpi_due *due, size_t i, const kpi_report *report, kpi_error *e) {
    const struct untold *u = &due->untold[i];
    kpi_text tier = kpi_text_of(u->first->as);
    const char *nearest = i < HINTS ? nearest_tier(due, tier) : NULL, *s = u->n == 1 ? "" : "s";
    unsigned long long n = (unsigned long long)u->n;
    if (!tier.len)
        kpi__fail_at(e, KPI_OK, u->first->place, "%llu client%s without a tier left out, the first is %s", n, s,
                     KPI__QUOTE(kpi_text_of(u->first->who)));
    else
        kpi__fail_at(e, KPI_OK, u->first->place, "%llu client%s left out, as the scheme has no tier %s%s%s", n, s,
                     KPI__QUOTE(tier), nearest ? "; the nearest known one is " : "",
                     nearest ? KPI__QUOTE(kpi_text_of(nearest)) : "");
    return kpi__tell(report, e);
}

static int tell_strangers(const kpi_due *due, const kpi_report *report, kpi_error *e) {
    const struct stranger *s = &due->strangers;
    if (!s->lines) return KPI_OK;
    const char *nearest = kpi_book_nearest(due->options.client_book, kpi_text_of(s->client));
    kpi__fail_at(e, KPI_OK, s->first, "%llu line%s of clients that are not in the book, the first is %s%s%s",
                 (unsigned long long)s->lines, s->lines == 1 ? "" : "s", KPI__QUOTE(kpi_text_of(s->client)),
                 nearest ? "; the nearest known one is " : "", nearest ? KPI__QUOTE(kpi_text_of(nearest)) : "");
    return kpi__tell(report, e);
}

/* By manager, then day, what is not known first, then client. */
static int by_manager(const void *x, const void *y) {
    const kpi_due_row *a = x, *b = y;
    int order = strcmp(a->client->of, b->client->of);
    if (!order) order = (a->due > b->due) - (a->due < b->due);
    return order ? order : strcmp(a->client->who, b->client->who);
}

int kpi_due_finish(kpi_due *due, const kpi_report *report, kpi_error *e) {
    int code = add_rows(due, e);
    size_t untold = kpi__dict_size(due->tiers) - due->options.scheme->tiers;
    for (size_t i = 0; i < untold && !code; i++) code = tell_untold(due, i, report, e);
    if (!code) code = tell_strangers(due, report, e);
    if (due->rows) qsort(due->row, due->rows, sizeof *due->row, by_manager);
    return code;
}

size_t kpi_due_size(const kpi_due *due) { return due->rows; }

const kpi_due_row *kpi_due_at(const kpi_due *due, size_t i) { return &due->row[i]; }
