/* honesty.c - what in a log of visits cannot be so, or should not be.
 *
 * Of each line 40 bytes are kept, in the order of files and lines; a rule is a row of a table, which finds lines and
 * says what is wrong with them. Rules that compare lines sort 16 bytes for each line that they look at, by who and
 * when, and go through them once, so that a log takes time and memory in proportion to its lines however bad it is.
 * A finding names its line and those beside it; its words are made when they are asked for. */
#include "internal.h"

#include <stdlib.h>

enum { DAY_SECONDS = 24 * 60 * 60, DAY_MINUTES = 24 * 60, MINUTE = 60, LOOKS = 4000000 };
#define NO_MINUTES UINT64_MAX
#define BIAS       (INT64_C(1) << 40) /* makes every time of a visit or of writing one above 0 */

typedef struct visit { /* of a line */
    uint64_t minutes;  /* NO_MINUTES: not known */
    int64_t logged;    /* seconds in UTC; without WRITTEN not known */
    uint32_t line, manager, client;
    kpi_day day;
    uint32_t second : 17, has_time : 1, has_zone : 1, status : 2, purpose : 1, outcome : 1;
    uint32_t written : 1, to_second : 1; /* logged is known; to the second, not only the day */
    int16_t zone;                        /* minutes ahead of UTC */
} visit;
_Static_assert(sizeof(visit) == 40, "visits stand close together");
enum { MANAGERS, CLIENTS };

typedef struct finding {
    uint32_t visit, rule;
    uint32_t beside, n; /* the visits of `beside` from here on, so many */
} finding;

struct kpi_honesty {
    kpi_honesty_options options;
    uint64_t chosen;             /* rules, by bits */
    kpi__arena *arena;
    kpi__dict *managers, *clients;
    visit *visit;
    size_t visits, visit_room;
    struct source {
        const char *file;
        size_t first; /* of its visits */
    } *source;
    size_t sources, source_room;
    kpi__item *item, *spare;     /* room for all visits each, while rules work */
    finding *finding;
    size_t findings, finding_room;
    uint32_t *beside;
    size_t besides, beside_room;
    uint32_t *order;             /* of findings, by visit and rule */
    size_t shown;
    struct known {
        const kpi_entry *entry;  /* n of them, of whom the book has */
        size_t n;
        const char *hint;        /* else the nearest name known, or NULL */
        bool met, hinted;
    } *known[2];                 /* by number of manager, of client */
    size_t looks;                /* at names of books for the nearest ones */
};

struct rule {
    const char *name;
    char book;                   /* it needs -M or -C */
    bool (*find)(kpi_honesty *h, unsigned rule); /* false: no memory */
    void (*say)(const kpi_honesty *h, const finding *f, char *out, size_t size);
};

/* ---- findings ---- */

static kpi_text manager_of(const kpi_honesty *h, const visit *v) { return kpi__dict_key(h->managers, v->manager); }
static kpi_text client_of(const kpi_honesty *h, const visit *v) { return kpi__dict_key(h->clients, v->client); }

static bool passes(const kpi_honesty *h, const visit *v) {
    const kpi_honesty_options *o = &h->options;
    return (!o->has_period || (v->day >= o->period.first && v->day <= o->period.last)) &&
           kpi_names_pass(o->clients, client_of(h, v));
}

/* Of visit i, with n others beside it, which the caller adds. */
static bool add_finding(kpi_honesty *h, unsigned rule, size_t i, size_t n) {
    if (!kpi__grow(&h->finding, h->findings, &h->finding_room, sizeof *h->finding)) return false;
    h->finding[h->findings++] = (finding){(uint32_t)i, rule, (uint32_t)h->besides, (uint32_t)n};
    return true;
}

static bool add_beside(kpi_honesty *h, size_t i) {
    if (!kpi__grow(&h->beside, h->besides, &h->beside_room, sizeof *h->beside)) return false;
    h->beside[h->besides++] = (uint32_t)i;
    return true;
}

static bool add_pair(kpi_honesty *h, unsigned rule, size_t i, size_t other) {
    return !passes(h, &h->visit[i]) || (add_finding(h, rule, i, 1) && add_beside(h, other));
}

static int by_number(const void *x, const void *y) {
    const uint32_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* Of the first of n visits, n > 0, those that item names from `from` on, with the others beside it. */
static bool add_many(kpi_honesty *h, unsigned rule, size_t from, size_t n) {
    size_t before = h->besides;
    bool done = true;
    for (size_t i = from; i < from + n && done; i++) done = add_beside(h, h->item[i].value);
    if (!done) return false;
    uint32_t *all = h->beside + before, first;
    qsort(all, n, sizeof *all, by_number);
    first = *all;
    if (!passes(h, &h->visit[first])) return h->besides = before, true;
    if (!add_finding(h, rule, first, n - 1)) return false;
    h->finding[h->findings - 1].beside = (uint32_t)before + 1;
    return true;
}

/* Every visit that test says yes to, alone. */
static bool each(kpi_honesty *h, unsigned rule, bool (*test)(kpi_honesty *h, const visit *v)) {
    bool done = true;
    for (size_t i = 0; i < h->visits && done; i++)
        if (test(h, &h->visit[i]) && passes(h, &h->visit[i])) done = add_finding(h, rule, i, 0);
    return done;
}

/* ---- order ---- */

/* Fills item with the visits that test lets in, by manager, then key. How many. */
static size_t sort_visits(kpi_honesty *h, bool (*test)(const visit *v), uint64_t (*key)(const visit *v)) {
    size_t n = 0;
    for (size_t i = 0; i < h->visits; i++)
        if (test(&h->visit[i])) h->item[n++] = (kpi__item){key(&h->visit[i]), (uint32_t)i};
    kpi__sort_items(h->item, h->spare, n);
    for (size_t i = 0; i < n; i++) h->item[i].key = h->visit[h->item[i].value].manager;
    kpi__sort_items(h->item, h->spare, n);
    return n;
}

static const visit *visit_at(const kpi_honesty *h, size_t i) { return &h->visit[h->item[i].value]; }

static bool is_done(const visit *v) { return v->status == KPI__DONE; }
static uint64_t day_key(const visit *v) { return (uint64_t)(v->day + BIAS); }

/* From where on item has another manager or day. */
static size_t end_of_day(const kpi_honesty *h, size_t from, size_t n) {
    size_t end = from + 1;
    while (end < n && visit_at(h, end)->manager == visit_at(h, from)->manager &&
           visit_at(h, end)->day == visit_at(h, from)->day)
        end++;
    return end;
}

/* ---- times ---- */

static int64_t written_start(const visit *v) { return (int64_t)v->day * DAY_SECONDS + v->second; }
static int64_t start_of(const visit *v, bool instant) { return written_start(v) - (instant ? v->zone * 60 : 0); }
static int64_t end_of(const visit *v, bool instant) { return start_of(v, instant) + (int64_t)v->minutes * 60; }

static bool is_timed(const visit *v) {
    return v->status == KPI__DONE && v->has_time && v->minutes != NO_MINUTES && v->minutes > 0;
}
static bool is_instant(const visit *v) { return is_timed(v) && v->has_zone; }
static uint64_t written_key(const visit *v) { return (uint64_t)(written_start(v) + BIAS); }
static uint64_t instant_key(const visit *v) { return (uint64_t)(start_of(v, true) + BIAS); }

/* Visits by their starts: what begins before the end of an earlier one overlaps it, and if it overlaps any then the one
 * that ends last. Instants where both have a zone; else the times as written, so that there are two rounds, and in the
 * second those with a zone are compared with those without only. */
static bool find_overlaps(kpi_honesty *h, unsigned rule) {
    bool done = true;
    for (int instant = 1; instant >= 0 && done; instant--) {
        size_t n = sort_visits(h, instant ? is_instant : is_timed, instant ? instant_key : written_key);
        size_t last[2] = {SIZE_MAX, SIZE_MAX}; /* of this manager, without and with a zone: what ends last */
        for (size_t i = 0; i < n && done; i++) {
            const visit *v = visit_at(h, i);
            if (i && visit_at(h, i - 1)->manager != v->manager) last[0] = last[1] = SIZE_MAX;
            size_t other = SIZE_MAX;
            for (int zone = 0; zone < 2; zone++) {
                if (last[zone] == SIZE_MAX || (!instant && zone && v->has_zone)) continue;
                if (other == SIZE_MAX || end_of(&h->visit[last[zone]], instant) > end_of(&h->visit[other], instant))
                    other = last[zone];
            }
            if (other != SIZE_MAX && end_of(&h->visit[other], instant) > start_of(v, instant))
                done = add_pair(h, rule, h->item[i].value, other);
            size_t *mine = &last[v->has_zone];
            if (*mine == SIZE_MAX || end_of(v, instant) > end_of(&h->visit[*mine], instant)) *mine = h->item[i].value;
        }
    }
    return done;
}

static void put_time(const visit *v, char *out, size_t size) {
    char second[8] = "", zone[8] = "";
    int ahead = v->zone < 0 ? -v->zone : v->zone;
    if (v->second % 60) snprintf(second, sizeof second, ":%02u", v->second % 60);
    if (v->has_zone) snprintf(zone, sizeof zone, "%c%02d:%02d", v->zone < 0 ? '-' : '+', ahead / 60 % 24, ahead % 60);
    if (v->has_zone && !v->zone) strcpy(zone, "Z");
    snprintf(out, size, "%02u:%02u%s%s", v->second / 3600 % 24, v->second / 60 % 60, second, zone);
}

static void say_overlap(const kpi_honesty *h, const finding *f, char *out, size_t size) {
    const visit *v = &h->visit[f->visit], *other = &h->visit[h->beside[f->beside]];
    char times[2][24], before[KPI_PERIOD_SIZE + 4] = "";
    put_time(v, times[0], sizeof times[0]);
    put_time(other, times[1], sizeof times[1]);
    if (other->day != v->day) strcpy(before + kpi_day_format(other->day, before), " ");
    snprintf(out, size, "at %s for %llu min, and at %s%s for %llu min", times[0], (unsigned long long)v->minutes,
             before, times[1], (unsigned long long)other->minutes);
}

/* ---- days ---- */

/* The same client twice on a day, by the same manager. */
static bool find_twice(kpi_honesty *h, unsigned rule) {
    size_t n = sort_visits(h, is_done, day_key), clients = kpi__dict_size(h->clients);
    struct met {
        uint32_t run, visit;
    } *met = calloc(clients + 1, sizeof *met);
    bool done = met != NULL;
    uint32_t run = 0;
    for (size_t i = 0, end = 0; i < n && done; i++) {
        if (i == end) end = end_of_day(h, i, n), run++;
        uint32_t client = visit_at(h, i)->client;
        if (!client_of(h, visit_at(h, i)).len) continue;
        if (met[client].run == run)
            done = add_pair(h, rule, h->item[i].value, met[client].visit);
        else
            met[client] = (struct met){run, h->item[i].value};
    }
    free(met);
    return done;
}

static void say_twice(const kpi_honesty *h, const finding *f, char *out, size_t size) {
    snprintf(out, size, "%s once more on this day", KPI__QUOTE(client_of(h, &h->visit[f->visit])));
}

static kpi_decimal minutes_of(const kpi_honesty *h, size_t from, size_t end) {
    kpi_decimal sum = 0;
    for (; from < end; from++)
        if (visit_at(h, from)->minutes != NO_MINUTES) sum += visit_at(h, from)->minutes;
    return sum;
}

/* More than 24 hours in a day. */
static bool find_hours(kpi_honesty *h, unsigned rule) {
    size_t n = sort_visits(h, is_done, day_key);
    bool done = true;
    for (size_t from = 0, end; from < n && done; from = end) {
        end = end_of_day(h, from, n);
        if (minutes_of(h, from, end) > DAY_MINUTES) done = add_many(h, rule, from, end - from);
    }
    return done;
}

static void say_hours(const kpi_honesty *h, const finding *f, char *out, size_t size) {
    kpi_decimal sum = 0;
    char text[KPI_NUMBER_SIZE];
    for (uint32_t i = 0; i <= f->n; i++) {
        const visit *v = &h->visit[i < f->n ? h->beside[f->beside + i] : f->visit];
        if (v->minutes != NO_MINUTES) sum += v->minutes;
    }
    kpi_decimal_format(sum * KPI_ONE, KPI_EXACT, text);
    snprintf(out, size, "%s minutes in a day", text);
}

/* ---- times of writing ---- */

static int64_t floor_day(int64_t seconds) { return (seconds - (seconds < 0 ? DAY_SECONDS - 1 : 0)) / DAY_SECONDS; }

static bool is_late(kpi_honesty *h, const visit *v) {
    return v->status == KPI__DONE && v->written && floor_day(v->logged) - v->day > h->options.late_after;
}
static bool find_late(kpi_honesty *h, unsigned rule) { return each(h, rule, is_late); }

static void say_late(const kpi_honesty *h, const finding *f, char *out, size_t size) {
    const visit *v = &h->visit[f->visit];
    snprintf(out, size, "logged %lld days later", (long long)(floor_day(v->logged) - v->day));
}

static bool is_stamped(const visit *v) { return v->status == KPI__DONE && v->written && v->to_second; }
static uint64_t logged_key(const visit *v) { return (uint64_t)(v->logged + BIAS); }

/* So many by one manager within a minute, taken together from the first one on. */
static bool find_batches(kpi_honesty *h, unsigned rule) {
    size_t n = sort_visits(h, is_stamped, logged_key);
    bool done = true;
    for (size_t from = 0, end = 0; from < n && done;) {
        const visit *first = visit_at(h, from);
        if (end < from) end = from;
        while (end < n && visit_at(h, end)->manager == first->manager &&
               visit_at(h, end)->logged - first->logged <= MINUTE)
            end++;
        bool batch = end - from >= h->options.batch;
        if (batch) done = add_many(h, rule, from, end - from);
        from = batch ? end : from + 1;
    }
    return done;
}

static void say_batch(const kpi_honesty *h, const finding *f, char *out, size_t size) {
    (void)h;
    snprintf(out, size, "%u visits logged within a minute", f->n + 1);
}

/* Whether it was written before the day, or the time, of the visit had come anywhere on earth; or that day is after the
 * one looked at. */
static bool is_future(kpi_honesty *h, const visit *v) {
    int64_t start = v->has_zone ? start_of(v, true) : written_start(v) - 14 * 60 * 60;
    int64_t written = v->to_second ? v->logged : v->logged + DAY_SECONDS - 1;
    return v->status == KPI__DONE && (v->day > h->options.as_of || (v->written && start > written));
}
static bool find_future(kpi_honesty *h, unsigned rule) { return each(h, rule, is_future); }

static void say_future(const kpi_honesty *h, const finding *f, char *out, size_t size) {
    const visit *v = &h->visit[f->visit];
    char day[KPI_PERIOD_SIZE], start[24], at[32] = "", time[16] = "";
    bool after = v->day > h->options.as_of;
    kpi_day written = (kpi_day)floor_day(v->logged);
    int second = (int)(v->logged - written * DAY_SECONDS);
    kpi_day_format(after ? h->options.as_of : written, day);
    put_time(v, start, sizeof start);
    if (!after && v->has_time) snprintf(at, sizeof at, "at %s, ", start);
    if (!after && v->to_second)
        snprintf(time, sizeof time, "T%02d:%02d:%02dZ", second / 3600 % 24, second / 60 % 60, second % 60);
    snprintf(out, size, "done %safter %s%s%s", at, day, time, after ? "" : ", when it was logged");
}

/* ---- what should be said ---- */

static bool is_aimless(kpi_honesty *h, const visit *v) {
    (void)h;
    return (v->status == KPI__DONE || v->status == KPI__PLANNED) && !v->purpose;
}
static bool find_aimless(kpi_honesty *h, unsigned rule) { return each(h, rule, is_aimless); }

static bool is_fruitless(kpi_honesty *h, const visit *v) {
    (void)h;
    return v->status == KPI__DONE && !v->outcome;
}
static bool find_fruitless(kpi_honesty *h, unsigned rule) { return each(h, rule, is_fruitless); }

static void say_aimless(const kpi_honesty *h, const finding *f, char *out, size_t size) {
    snprintf(out, size, "%s without a purpose", h->visit[f->visit].status == KPI__DONE ? "done" : "planned");
}

static void say_fruitless(const kpi_honesty *h, const finding *f, char *out, size_t size) {
    (void)h, (void)f;
    snprintf(out, size, "done without an outcome");
}

/* Planned for a day that has passed, and from then on nothing done, missed or cancelled. */
static bool find_silent(kpi_honesty *h, unsigned rule) {
    kpi__pairs *subjects = kpi__pairs_new();
    int64_t *last = NULL; /* by subject: the last day of a deed, + BIAS; 0: there is none */
    size_t room = 0;
    bool done = subjects != NULL;
    for (size_t i = 0; i < h->visits && done; i++) {
        const visit *v = &h->visit[i];
        if (v->status == KPI__PLANNED) continue;
        uint32_t subject = kpi__pairs_put(subjects, v->manager, v->client);
        if (!(done = subject != KPI__NONE && kpi__grow(&last, subject, &room, sizeof *last))) break;
        if (v->day + BIAS > last[subject]) last[subject] = v->day + BIAS;
    }
    for (size_t i = 0; i < h->visits && done; i++) {
        const visit *v = &h->visit[i];
        if (v->status != KPI__PLANNED || v->day >= h->options.as_of || !passes(h, v)) continue;
        uint32_t subject = kpi__pairs_find(subjects, v->manager, v->client);
        if (subject == KPI__NONE || last[subject] < v->day + BIAS) done = add_finding(h, rule, i, 0);
    }
    kpi__pairs_free(subjects);
    free(last);
    return done;
}

static void say_silent(const kpi_honesty *h, const finding *f, char *out, size_t size) {
    (void)h, (void)f;
    snprintf(out, size, "planned, and nothing done, missed or cancelled since");
}

/* ---- names ---- */

/* What the book has of a manager (MANAGERS) or client (CLIENTS), looked up once. */
static struct known *known_of(kpi_honesty *h, int whose, uint32_t number) {
    const kpi_book *book = whose == CLIENTS ? h->options.client_book : h->options.manager_book;
    struct known *known = &h->known[whose][number];
    if (known->met) return known;
    known->met = true;
    known->entry = kpi_book_find(book, kpi__dict_key(whose == CLIENTS ? h->clients : h->managers, number), &known->n);
    return known;
}

static const kpi_entry *entry_on(const struct known *known, kpi_day day) {
    for (size_t i = known->n; i--;)
        if (known->entry[i].days.first <= day && known->entry[i].days.last >= day) return &known->entry[i];
    return NULL;
}

static bool make_known(kpi_honesty *h, int whose) {
    size_t n = kpi__dict_size(whose == CLIENTS ? h->clients : h->managers);
    if (!h->known[whose]) h->known[whose] = calloc(n + 1, sizeof *h->known[whose]);
    return h->known[whose] != NULL;
}

/* Whether a name is not in book; then the nearest one that is is looked for, once, as long as there is time for it. */
static bool is_unknown(kpi_honesty *h, struct known *known, const kpi_book *book, kpi_text name) {
    if (known->n) return false;
    if (!known->hinted && h->looks < LOOKS) {
        known->hint = kpi_book_nearest(book, name);
        known->hinted = true;
        h->looks += kpi_book_size(book);
    }
    return true;
}

static bool is_stranger(kpi_honesty *h, const visit *v) {
    kpi_text client = client_of(h, v);
    return client.len && is_unknown(h, known_of(h, CLIENTS, v->client), h->options.client_book, client);
}
static bool find_strangers(kpi_honesty *h, unsigned rule) {
    return make_known(h, CLIENTS) && each(h, rule, is_stranger);
}

/* Not in the book, or not on that day. */
static bool is_outsider(kpi_honesty *h, const visit *v) {
    struct known *known = known_of(h, MANAGERS, v->manager);
    return is_unknown(h, known, h->options.manager_book, manager_of(h, v)) || !entry_on(known, v->day);
}
static bool find_outsiders(kpi_honesty *h, unsigned rule) {
    return make_known(h, MANAGERS) && each(h, rule, is_outsider);
}

static void say_unknown(const char *what, kpi_text name, const struct known *known, char *out, size_t size) {
    snprintf(out, size, "unknown %s %s%s%s", what, KPI__QUOTE(name), known->hint ? "; the nearest known one is " : "",
             known->hint ? KPI__QUOTE(kpi_text_of(known->hint)) : "");
}

static void say_stranger(const kpi_honesty *h, const finding *f, char *out, size_t size) {
    const visit *v = &h->visit[f->visit];
    say_unknown("client", client_of(h, v), &h->known[CLIENTS][v->client], out, size);
}

static void say_outsider(const kpi_honesty *h, const finding *f, char *out, size_t size) {
    const visit *v = &h->visit[f->visit];
    const struct known *known = &h->known[MANAGERS][v->manager];
    if (known->n)
        snprintf(out, size, "%s was not there on that day", KPI__QUOTE(manager_of(h, v)));
    else
        say_unknown("manager", manager_of(h, v), known, out, size);
}

/* Done by somebody else than the client's owner on that day. */
static bool is_not_owned(kpi_honesty *h, const visit *v) {
    const kpi_entry *entry = v->status == KPI__DONE ? entry_on(known_of(h, CLIENTS, v->client), v->day) : NULL;
    return entry && *entry->of && kpi_text_compare(kpi_text_of(entry->of), manager_of(h, v));
}
static bool find_not_owned(kpi_honesty *h, unsigned rule) {
    return make_known(h, CLIENTS) && each(h, rule, is_not_owned);
}

static void say_not_owned(const kpi_honesty *h, const finding *f, char *out, size_t size) {
    const visit *v = &h->visit[f->visit];
    const kpi_entry *entry = entry_on(&h->known[CLIENTS][v->client], v->day);
    snprintf(out, size, "a client of %s", KPI__QUOTE(kpi_text_of(entry->of)));
}

/* ---- rules ---- */

static const struct rule rules[] = {
    {"overlap", 0, find_overlaps, say_overlap},  {"twice", 0, find_twice, say_twice},
    {"hours", 0, find_hours, say_hours},         {"late", 0, find_late, say_late},
    {"batch", 0, find_batches, say_batch},       {"future", 0, find_future, say_future},
    {"purpose", 0, find_aimless, say_aimless},   {"outcome", 0, find_fruitless, say_fruitless},
    {"silent", 0, find_silent, say_silent},      {"client", 'C', find_strangers, say_stranger},
    {"manager", 'M', find_outsiders, say_outsider}, {"owner", 'C', find_not_owned, say_not_owned},
};
enum { RULES = KPI__COUNT(rules), RULE_BITS = 4 };
_Static_assert(RULES <= 1 << RULE_BITS, "a rule's number has so many bits");

static bool has_book(const kpi_honesty_options *o, const struct rule *r) {
    return r->book == 'M' ? o->manager_book != NULL : r->book != 'C' || o->client_book != NULL;
}

static int choose(const kpi_honesty_options *o, const char *list, bool named, uint64_t *bits, kpi_error *e) {
    for (;; list++) {
        size_t n = strcspn(list, ","), i = 0;
        kpi_text name = {list, n};
        while (i < RULES && kpi_text_compare(kpi_text_of(rules[i].name), name)) i++;
        if (i == RULES) return kpi__fail(e, KPI_USAGE, "no such rule: %s", KPI__QUOTE(name));
        if (named && !has_book(o, &rules[i]))
            return kpi__fail(e, KPI_USAGE, "rule %s needs a book of %s (-%c)", KPI__QUOTE(name),
                             rules[i].book == 'M' ? "managers" : "clients", rules[i].book);
        *bits |= UINT64_C(1) << i;
        list += n;
        if (!*list) return KPI_OK;
    }
}

static int choose_rules(kpi_honesty *h, kpi_error *e) {
    const kpi_honesty_options *o = &h->options;
    uint64_t without = 0;
    int code = o->rules ? choose(o, o->rules, true, &h->chosen, e) : KPI_OK;
    for (size_t i = 0; i < RULES && !o->rules; i++)
        if (has_book(o, &rules[i])) h->chosen |= UINT64_C(1) << i;
    if (!code && o->without) code = choose(o, o->without, false, &without, e);
    h->chosen &= ~without;
    return code || h->chosen ? code : kpi__fail(e, KPI_USAGE, "no rule is left");
}

const char *kpi_honesty_rule(size_t i) { return i < RULES ? rules[i].name : NULL; }

/* ---- reading ---- */

int kpi_honesty_new(kpi_honesty **out, const kpi_honesty_options *options, kpi_error *e) {
    kpi_honesty *h = calloc(1, sizeof *h);
    if (!h) return kpi__fail_memory(e);
    h->options = *options;
    if (h->options.late_after < 0) h->options.late_after = 3;
    if (!h->options.batch) h->options.batch = 5;
    int code = choose_rules(h, e);
    if (!code && (!(h->arena = kpi__arena_new()) || !(h->managers = kpi__dict_new()) ||
                  !(h->clients = kpi__dict_new())))
        code = kpi__fail_memory(e);
    if (code)
        kpi_honesty_free(h);
    else
        *out = h;
    return code;
}

void kpi_honesty_free(kpi_honesty *h) {
    if (!h) return;
    kpi__arena_free(h->arena);
    kpi__dict_free(h->managers);
    kpi__dict_free(h->clients);
    free(h->visit);
    free(h->source);
    free(h->item);
    free(h->spare);
    free(h->finding);
    free(h->beside);
    free(h->order);
    free(h->known[MANAGERS]);
    free(h->known[CLIENTS]);
    free(h);
}

/* Before the lines of a file. */
static bool add_source(kpi_honesty *h, const char *file) {
    if (!kpi__grow(&h->source, h->sources, &h->source_room, sizeof *h->source)) return false;
    struct source source = {kpi__arena_text(h->arena, kpi_text_of(file)), h->visits};
    if (source.file) h->source[h->sources++] = source;
    return source.file != NULL;
}

static void read_logged(kpi_text text, visit *v) {
    kpi__moment m;
    if (!text.len || kpi__moment_parse(text, &m)) return;
    v->written = true;
    v->to_second = m.has_time;
    v->logged = (int64_t)m.day * DAY_SECONDS + m.second - m.zone * 60;
}

static int read_visit(const kpi_line *line, visit *v) {
    kpi__moment m = {0};
    kpi_decimal minutes = 0;
    kpi__moment_parse(line->field[KPI_VISIT_DATE], &m);
    kpi_text text = line->field[KPI_VISIT_MINUTES];
    bool known = text.len && !kpi_decimal_parse(text, &minutes);
    *v = (visit){.minutes = known ? (uint64_t)(minutes / KPI_ONE) : NO_MINUTES,
                 .line = (uint32_t)line->number,
                 .day = m.day,
                 .second = (unsigned)m.second & 0x1FFFF,
                 .status = (unsigned)kpi__visit_status(line) & 3,
                 .has_time = m.has_time,
                 .has_zone = m.has_zone,
                 .zone = (int16_t)m.zone,
                 .purpose = kpi__says(line->field[KPI_VISIT_PURPOSE]),
                 .outcome = kpi__says(line->field[KPI_VISIT_OUTCOME])};
    read_logged(line->field[KPI_VISIT_LOGGED], v);
    return line->number < UINT32_MAX ? KPI_OK : KPI_DATA;
}

int kpi_honesty_add(kpi_honesty *h, const kpi_line *line, kpi_error *e) {
    const kpi_honesty_options *o = &h->options;
    visit v;
    if (!kpi_names_pass(o->managers, line->field[KPI_VISIT_MANAGER]) ||
        !kpi_names_pass(o->kinds, line->field[KPI_VISIT_KIND]))
        return KPI_OK;
    if (read_visit(line, &v) || h->visits >= UINT32_MAX - 1)
        return kpi__fail_line(e, line, 0, "more lines than can be checked");
    if (o->has_as_of && v.written && floor_day(v.logged) > o->as_of) return KPI_OK;
    if (!h->sources || strcmp(h->source[h->sources - 1].file, line->file))
        if (!add_source(h, line->file)) return kpi__fail_memory(e);
    v.manager = kpi__dict_put(h->managers, line->field[KPI_VISIT_MANAGER]);
    v.client = kpi__dict_put(h->clients, line->field[KPI_VISIT_CLIENT]);
    if (v.manager == KPI__NONE || v.client == KPI__NONE ||
        !kpi__grow(&h->visit, h->visits, &h->visit_room, sizeof *h->visit))
        return kpi__fail_memory(e);
    h->visit[h->visits++] = v;
    return KPI_OK;
}

static int take_line(void *h, kpi_line *line, kpi_error *e) { return kpi_honesty_add(h, line, e); }

int kpi_honesty_read(kpi_honesty *h, const char *path, const kpi_report *report, kpi_error *e) {
    kpi_reader *reader;
    int code = kpi_reader_open(&reader, path, e);
    if (code) return code;
    return kpi__each_record(reader, kpi_record_of(KPI_VISIT), take_line, h, report, e);
}

/* ---- answers ---- */

/* By visit and rule; what a rule has found twice of a visit is there once. */
static bool sort_findings(kpi_honesty *h) {
    size_t n = h->findings;
    kpi__item *item = malloc((2 * n + 1) * sizeof *item);
    h->order = malloc((n + 1) * sizeof *h->order);
    if (item && h->order) {
        for (size_t i = 0; i < n; i++)
            item[i] = (kpi__item){(uint64_t)h->finding[i].visit << RULE_BITS | h->finding[i].rule, (uint32_t)i};
        kpi__sort_items(item, item + n, n);
        for (size_t i = 0; i < n; i++)
            if (!i || item[i].key != item[i - 1].key) h->order[h->shown++] = item[i].value;
    }
    free(item);
    return item && h->order;
}

int kpi_honesty_finish(kpi_honesty *h, kpi_error *e) {
    h->item = malloc((h->visits + 1) * sizeof *h->item);
    h->spare = malloc((h->visits + 1) * sizeof *h->spare);
    bool done = h->item && h->spare;
    for (unsigned i = 0; i < RULES && done; i++)
        if (h->chosen >> i & 1) done = rules[i].find(h, i);
    free(h->item);
    free(h->spare);
    h->item = h->spare = NULL;
    return done && sort_findings(h) ? KPI_OK : kpi__fail_memory(e);
}

size_t kpi_honesty_size(const kpi_honesty *h) { return h->shown; }

static kpi_place place_of(const kpi_honesty *h, size_t i) {
    size_t low = 0, high = h->sources;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (h->source[middle].first <= i)
            low = middle;
        else
            high = middle;
    }
    return (kpi_place){h->source[low].file, h->visit[i].line, 0};
}

void kpi_honesty_at(const kpi_honesty *h, size_t i, kpi_finding *out) {
    const finding *f = &h->finding[h->order[i]];
    const visit *v = &h->visit[f->visit];
    *out = (kpi_finding){.rule = rules[f->rule].name,
                         .place = place_of(h, f->visit),
                         .day = v->day,
                         .manager = manager_of(h, v),
                         .client = client_of(h, v),
                         .beside = f->n};
    rules[f->rule].say(h, f, out->text, sizeof out->text);
}

kpi_place kpi_honesty_beside(const kpi_honesty *h, size_t i, size_t k) {
    return place_of(h, h->beside[h->finding[h->order[i]].beside + k]);
}
