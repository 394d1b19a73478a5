/* tally.c - visits and feedback by keys.
 *
 * A line that passes the filters is counted into the group that its keys name: the keys' texts, joined by TAB,
 * are the group's name in a dictionary, and its number there the index of its counts. What needs more than
 * counts (distinct clients, kept plans, coverage) is kept beside the groups as sets of number pairs. All of it
 * adds up in any order, so tallies of parts can be merged.
 *
 * The period of a group is P cut by the group's period keys; teams, roles, tiers and owners are those of then. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS = 16, STATS = 64 };

typedef struct plan {
    uint64_t planned, done;
} plan;

typedef struct key key;
struct kpi_tally {
    kpi_tally_options options;
    kpi__fold fold;
    kpi__add *add;
    const key *key[KEYS];
    unsigned field[KEYS]; /* of keys that are fields */
    size_t keys;
    const kpi__stat *stat[STATS];
    char *stat_name[STATS]; /* owned; with emit the metric */
    size_t stats;
    unsigned needs;   /* of all stats, KPI__NEEDS_... */
    bool by_period;   /* there is a period key */
    kpi__dict *names; /* groups */
    kpi__group *group, all;
    size_t room;
    kpi__dict *managers, *clients;
    kpi__pairs *spans, *group_clients, *subjects, *group_subjects, *covered; /* subject: manager x client */
    plan *plans;                                                             /* in step with group_subjects */
    size_t plans_room;
    char *buffer; /* a group's name in the making */
    size_t buffer_room;
    uint32_t *order; /* groups as shown, after kpi_tally_finish */
    size_t shown;
};

/* ---- keys ---- */

typedef struct moment { /* what a group's keys are made of */
    const kpi_tally *t;
    const kpi_line *line; /* NULL for a group that only coverage makes */
    kpi_text manager, tier;
    bool has_tier;
    kpi_day day;
    kpi_period period; /* of the group */
} moment;

struct key {
    const char *name;
    /* The key's text; may use out. */
    kpi_text (*text)(const moment *m, size_t key, char out[KPI_PERIOD_SIZE]);
    int unit;    /* of a period key, else -1 */
    char book;   /* needs -M or -C */
    bool covers; /* may stand beside coverage */
};

static kpi_text field_text(const moment *m, size_t k, char *out) {
    (void)out;
    return m->line ? m->line->field[m->t->field[k]] : m->manager;
}

static kpi_text unit_text(const moment *m, size_t k, char *out) {
    size_t n = kpi_period_of((enum kpi_unit)m->t->key[k]->unit, m->day, out, NULL);
    return (kpi_text){out, n};
}

static kpi_text period_text(const moment *m, size_t k, char *out) {
    (void)k, (void)out;
    return kpi_text_of(m->t->options.period_text);
}

static const kpi_entry *manager_entry(const moment *m) {
    return kpi_book_at(m->t->options.manager_book, m->manager, m->period);
}

static kpi_text team_text(const moment *m, size_t k, char *out) {
    (void)k, (void)out;
    const kpi_entry *entry = manager_entry(m);
    return kpi_text_of(entry ? entry->of : "");
}

static kpi_text role_text(const moment *m, size_t k, char *out) {
    (void)k, (void)out;
    const kpi_entry *entry = manager_entry(m);
    return kpi_text_of(entry ? entry->as : "");
}

static kpi_text tier_text(const moment *m, size_t k, char *out) {
    (void)k, (void)out;
    if (m->has_tier) return m->tier;
    kpi_text client = m->line->field[m->t->options.record == KPI_VISIT ? KPI_VISIT_CLIENT : KPI_FEEDBACK_CLIENT];
    const kpi_entry *entry = kpi_book_at(m->t->options.client_book, client, m->period);
    return kpi_text_of(entry ? entry->as : "");
}

static const key keys[] = {
    {"day", unit_text, KPI_UNIT_DAY, 0, true},
    {"week", unit_text, KPI_UNIT_WEEK, 0, true},
    {"month", unit_text, KPI_UNIT_MONTH, 0, true},
    {"quarter", unit_text, KPI_UNIT_QUARTER, 0, true},
    {"half", unit_text, KPI_UNIT_HALF, 0, true},
    {"year", unit_text, KPI_UNIT_YEAR, 0, true},
    {"team", team_text, -1, 'M', true},
    {"role", role_text, -1, 'M', true},
    {"tier", tier_text, -1, 'C', true},
};
static const key manager_key = {"manager", field_text, -1, 0, true};
static const key field_key = {NULL, field_text, -1, 0, false};
static const key period_key = {"period", period_text, -1, 0, true};

static int add_key(kpi_tally *t, kpi_text name, kpi_error *e) {
    const key *found = NULL;
    int field = kpi_record_field(kpi_record_of(t->options.record), name);
    for (size_t i = 0; i < KPI__COUNT(keys); i++)
        if (!kpi_text_compare(kpi_text_of(keys[i].name), name)) found = &keys[i];
    if (!found && field >= 0) found = field == KPI_VISIT_MANAGER ? &manager_key : &field_key; /* in feedback too */
    if (!found) return kpi__fail(e, KPI_USAGE, "no such key: %s", KPI__QUOTE(name));
    if (found->book == 'M' && !t->options.manager_book)
        return kpi__fail(e, KPI_USAGE, "key %s needs a book of managers (-M)", KPI__QUOTE(name));
    if (found->book == 'C' && !t->options.client_book)
        return kpi__fail(e, KPI_USAGE, "key %s needs a book of clients (-C)", KPI__QUOTE(name));
    if (t->keys == KEYS) return kpi__fail(e, KPI_USAGE, "more than %d keys", KEYS);
    t->field[t->keys] = field < 0 ? 0 : (unsigned)field;
    t->by_period |= found->unit >= 0;
    t->key[t->keys++] = found;
    return KPI_OK;
}

/* ---- making ---- */

static int add_stat(kpi_tally *t, kpi_text name, kpi_text shown, kpi_error *e) {
    const kpi__stat *stat = kpi__stat_named(t->options.record, name);
    if (!stat) return kpi__fail(e, KPI_USAGE, "no such statistic: %s", KPI__QUOTE(name));
    if (t->stats == STATS) return kpi__fail(e, KPI_USAGE, "more than %d statistics", STATS);
    if (!(t->stat_name[t->stats] = strndup(shown.ptr, shown.len))) return kpi__fail_memory(e);
    t->stat[t->stats++] = stat;
    t->needs |= stat->needs;
    return KPI_OK;
}

/* STAT or, where metrics are made, STAT=METRIC. */
static int add_emitted(kpi_tally *t, kpi_text item, kpi_error *e) {
    const char *equals = memchr(item.ptr, '=', item.len);
    kpi_text name = {item.ptr, equals ? (size_t)(equals - item.ptr) : item.len}, metric = name;
    if (equals) metric = (kpi_text){equals + 1, item.len - name.len - 1};
    const char *fault = metric.len ? kpi_name_fault(metric) : "no name for the metric";
    if (fault) return kpi__fail(e, KPI_USAGE, "%s: %s", fault, KPI__QUOTE(item));
    return add_stat(t, name, metric, e);
}

static int add_plain(kpi_tally *t, kpi_text item, kpi_error *e) { return add_stat(t, item, item, e); }

static int each_item(kpi_tally *t, const char *list, int (*add)(kpi_tally *t, kpi_text item, kpi_error *e),
                     kpi_error *e) {
    int code = KPI_OK;
    while (!code) {
        size_t n = strcspn(list, ",");
        code = add(t, (kpi_text){list, n}, e);
        if (!list[n]) break;
        list += n + 1;
    }
    return code;
}

static int set_keys(kpi_tally *t, kpi_error *e) {
    const kpi_tally_options *o = &t->options;
    if (!o->emit) return o->keys && !*o->keys ? KPI_OK : each_item(t, o->keys ? o->keys : "manager", add_key, e);
    if (o->keys) return kpi__fail(e, KPI_USAGE, "measures are by period and manager: no other keys");
    if (o->period_text) t->key[t->keys++] = &period_key;
    return o->period_text ? add_key(t, kpi_text_of("manager"), e) : each_item(t, "month,manager", add_key, e);
}

static int check_together(const kpi_tally *t, kpi_error *e) {
    const kpi_tally_options *o = &t->options;
    bool ten = o->high == 10 * KPI_ONE && (o->low == 0 || o->low == KPI_ONE);
    if (t->needs & KPI__NEEDS_NPS_SCALE && !ten)
        return kpi__fail(e, KPI_USAGE,
                         "promoters, passives, detractors and nps are for the scales 0..10 and 1..10 only");
    if (o->low >= o->high) return kpi__fail(e, KPI_USAGE, "the scale is empty");
    if (!(t->needs & KPI__NEEDS_COVERAGE)) return KPI_OK;
    if (!o->client_book) return kpi__fail(e, KPI_USAGE, "coverage needs a book of clients (-C)");
    for (size_t i = 0; i < t->keys; i++)
        if (!t->key[i]->covers)
            return kpi__fail(e, KPI_USAGE, "coverage goes with the keys manager, team, role, tier and periods only");
    return KPI_OK;
}

static int set_up(kpi_tally *t, kpi_error *e) {
    kpi_tally_options *o = &t->options;
    const char *stats = o->stats ? o->stats : o->record == KPI_VISIT ? "visits,clients,minutes" : "n,scored,mean";
    if (!o->low && !o->high) o->high = 10 * KPI_ONE;
    if (o->late_after < 0) o->late_after = 3;
    if (!o->period_text) o->period = (kpi_period){KPI_DAY_FIRST, KPI_DAY_LAST};
    t->fold = (kpi__fold){o->low, o->high, o->late_after};
    t->add = o->record == KPI_VISIT ? kpi__add_visit : kpi__add_feedback;
    int code = set_keys(t, e);
    if (!code) code = o->emit ? each_item(t, o->emit, add_emitted, e) : each_item(t, stats, add_plain, e);
    if (!code && o->emit && o->stats) code = kpi__fail(e, KPI_USAGE, "either statistics or measures");
    return code ? code : check_together(t, e);
}

int kpi_tally_new(kpi_tally **out, const kpi_tally_options *options, kpi_error *e) {
    kpi_tally *t = calloc(1, sizeof *t);
    if (!t || !(t->names = kpi__dict_new()) || !(t->managers = kpi__dict_new()) || !(t->clients = kpi__dict_new()) ||
        !(t->spans = kpi__pairs_new()) || !(t->group_clients = kpi__pairs_new()) || !(t->subjects = kpi__pairs_new()) ||
        !(t->group_subjects = kpi__pairs_new()) || !(t->covered = kpi__pairs_new())) {
        kpi_tally_free(t);
        return kpi__fail_memory(e);
    }
    t->options = *options;
    int code = set_up(t, e);
    if (code)
        kpi_tally_free(t);
    else
        *out = t;
    return code;
}

void kpi_tally_free(kpi_tally *t) {
    if (!t) return;
    kpi__dict_free(t->names);
    kpi__dict_free(t->managers);
    kpi__dict_free(t->clients);
    kpi__pairs_free(t->spans);
    kpi__pairs_free(t->group_clients);
    kpi__pairs_free(t->subjects);
    kpi__pairs_free(t->group_subjects);
    kpi__pairs_free(t->covered);
    for (size_t i = 0; i < t->stats; i++) free(t->stat_name[i]);
    free(t->group);
    free(t->plans);
    free(t->buffer);
    free(t->order);
    free(t);
}

/* ---- the group of a line ---- */

static bool append(kpi_tally *t, size_t *n, kpi_text text) {
    while (*n + text.len + 1 > t->buffer_room) {
        size_t room = t->buffer_room ? 2 * t->buffer_room : 256;
        char *grown = realloc(t->buffer, room);
        if (!grown) return false;
        t->buffer = grown;
        t->buffer_room = room;
    }
    memcpy(t->buffer + *n, text.ptr, text.len);
    *n += text.len;
    return true;
}

static kpi_period cut(kpi_period a, kpi_period b) {
    return (kpi_period){a.first > b.first ? a.first : b.first, a.last < b.last ? a.last : b.last};
}

/* P, cut by the period keys at day. */
static kpi_period group_period(const kpi_tally *t, kpi_day day) {
    kpi_period period = t->options.period, unit;
    char text[KPI_PERIOD_SIZE];
    for (size_t i = 0; i < t->keys && t->by_period; i++) {
        if (t->key[i]->unit < 0) continue;
        kpi_period_of((enum kpi_unit)t->key[i]->unit, day, text, &unit);
        period = cut(period, unit);
    }
    return period;
}

/* The number of the group that m belongs to, new or known; KPI__NONE: no memory. */
static uint32_t group_of(kpi_tally *t, const moment *m) {
    char text[KPI_PERIOD_SIZE];
    size_t n = 0;
    for (size_t i = 0; i < t->keys; i++)
        if ((i && !append(t, &n, (kpi_text){"\t", 1})) || !append(t, &n, t->key[i]->text(m, i, text))) return KPI__NONE;
    uint32_t group = kpi__dict_put(t->names, (kpi_text){t->buffer ? t->buffer : "", n});
    if (group == KPI__NONE || !kpi__grow(&t->group, group, &t->room, sizeof *t->group)) return KPI__NONE;
    return group;
}

/* ---- filters ---- */

static bool selected(const kpi_tally *t, const kpi_line *line, kpi_day day) {
    const kpi_tally_options *o = &t->options;
    kpi_names third = o->record == KPI_VISIT ? o->kinds : o->sources; /* the kind of visits, the source of feedback */
    return day >= o->period.first && day <= o->period.last &&
           kpi_names_pass(o->managers, line->field[KPI_VISIT_MANAGER]) &&
           kpi_names_pass(o->clients, line->field[KPI_VISIT_CLIENT]) &&
           kpi_names_pass(third, line->field[KPI_VISIT_KIND]);
}

/* Whether a line was logged up to the day that --as-of names. One without a time of writing counts. */
static bool known_then(const kpi_tally *t, const kpi_line *line) {
    const kpi_tally_options *o = &t->options;
    kpi_text logged = line->field[o->record == KPI_VISIT ? KPI_VISIT_LOGGED : KPI_FEEDBACK_LOGGED];
    kpi_day written, utc;
    return !o->has_as_of || !logged.len || kpi_date_parse(logged, &written, &utc) || utc <= o->as_of;
}

_Static_assert((int)KPI_VISIT_MANAGER == (int)KPI_FEEDBACK_MANAGER &&
                   (int)KPI_VISIT_CLIENT == (int)KPI_FEEDBACK_CLIENT &&
                   (int)KPI_VISIT_KIND == (int)KPI_FEEDBACK_SOURCE && (int)KPI_VISIT_DATE == (int)KPI_FEEDBACK_DATE,
               "visits and feedback have these fields at the same places");

static int check_scale(const kpi_tally *t, const kpi_line *line, kpi_error *e) {
    kpi_text text = line->field[KPI_FEEDBACK_SCORE];
    kpi_decimal score;
    if (t->options.record != KPI_FEEDBACK || !text.len || kpi_decimal_parse(text, &score)) return KPI_OK;
    return kpi__check_scale(score, t->options.low, t->options.high, line, e);
}

/* ---- beside the counts ---- */

static bool add_plan(kpi_tally *t, uint32_t group, uint32_t subject, uint64_t planned, uint64_t done) {
    uint32_t number = kpi__pairs_put(t->group_subjects, group, subject);
    if (number == KPI__NONE || !kpi__grow(&t->plans, number, &t->plans_room, sizeof *t->plans)) return false;
    plan *p = &t->plans[number];
    uint64_t before = p->planned < p->done ? p->planned : p->done;
    p->planned += planned;
    p->done += done;
    t->group[group].count[KPI__KEPT] += (p->planned < p->done ? p->planned : p->done) - before;
    return true;
}

static bool add_client(kpi_tally *t, uint32_t group, uint32_t client) {
    uint32_t known = kpi__pairs_size(t->group_clients), number = kpi__pairs_put(t->group_clients, group, client);
    if (number == known) t->group[group].count[KPI__CLIENTS]++;
    return number != KPI__NONE;
}

/* A period that groups have is kept, whether or not the visit was done. */
static bool add_covered(kpi_tally *t, kpi_period period, uint32_t subject, bool done) {
    uint32_t span = kpi__pairs_put(t->spans, (uint32_t)period.first, (uint32_t)period.last);
    return span != KPI__NONE && (!done || kpi__pairs_put(t->covered, span, subject) != KPI__NONE);
}

static bool add_beside(kpi_tally *t, uint32_t group, const kpi_line *line, kpi_period period) {
    if (!(t->needs & (KPI__NEEDS_CLIENTS | KPI__NEEDS_KEPT | KPI__NEEDS_COVERAGE))) return true;
    char status = *line->field[KPI_VISIT_STATUS].ptr;
    kpi_text name = line->field[KPI_VISIT_CLIENT];
    uint32_t client = kpi__dict_put(t->clients, name),
             manager = kpi__dict_put(t->managers, line->field[KPI_VISIT_MANAGER]);
    uint32_t subject =
        client == KPI__NONE || manager == KPI__NONE ? KPI__NONE : kpi__pairs_put(t->subjects, manager, client);
    if (subject == KPI__NONE) return false;
    bool done = status == 'd';
    if (t->needs & KPI__NEEDS_CLIENTS && done && name.len && !add_client(t, group, client)) return false;
    if (t->needs & KPI__NEEDS_KEPT && (done || status == 'p') && !add_plan(t, group, subject, !done, done))
        return false;
    return !(t->needs & KPI__NEEDS_COVERAGE) || add_covered(t, period, subject, done);
}

/* ---- lines ---- */

int kpi_tally_add(kpi_tally *t, const kpi_line *line, kpi_error *e) {
    moment m = {.t = t, .line = line, .manager = line->field[KPI_VISIT_MANAGER]};
    kpi_date_parse(line->field[KPI_VISIT_DATE], &m.day, NULL);
    if (!selected(t, line, m.day)) return KPI_OK;
    int code = check_scale(t, line, e);
    if (code || !known_then(t, line)) return code;
    m.period = group_period(t, m.day);
    uint32_t group = group_of(t, &m);
    if (group == KPI__NONE) return kpi__fail_memory(e);
    if (!t->add(&t->group[group], line, &t->fold)) return kpi__fail_line(e, line, 0, "the sum is out of range");
    t->all.count[KPI__ALL]++;
    return add_beside(t, group, line, m.period) ? KPI_OK : kpi__fail_memory(e);
}

static int take_line(void *tally, kpi_line *line, kpi_error *e) { return kpi_tally_add(tally, line, e); }

int kpi_tally_read(kpi_tally *t, const char *path, const kpi_report *report, kpi_error *e) {
    kpi_reader *reader;
    int code = kpi_reader_open(&reader, path, e);
    return code ? code : kpi__each_record(reader, kpi_record_of(t->options.record), take_line, t, report, e);
}

/* ---- merging ---- */

static uint32_t move_key(kpi__dict *to, const kpi__dict *from, uint32_t number) {
    return kpi__dict_put(to, kpi__dict_key(from, number));
}

static uint32_t move_subject(kpi_tally *t, const kpi_tally *from, uint32_t subject) {
    uint32_t a, b;
    kpi__pairs_key(from->subjects, subject, &a, &b);
    a = move_key(t->managers, from->managers, a);
    b = move_key(t->clients, from->clients, b);
    return a == KPI__NONE || b == KPI__NONE ? KPI__NONE : kpi__pairs_put(t->subjects, a, b);
}

static bool merge_group(kpi_tally *t, const kpi_tally *from, uint32_t number, bool *out_of_range) {
    uint32_t group = move_key(t->names, from->names, number);
    if (group == KPI__NONE || !kpi__grow(&t->group, group, &t->room, sizeof *t->group)) return false;
    kpi__group counts = from->group[number];
    if (t->needs & KPI__NEEDS_CLIENTS) counts.count[KPI__CLIENTS] = 0; /* counted anew by what stands beside */
    if (t->needs & KPI__NEEDS_KEPT) counts.count[KPI__KEPT] = 0;
    *out_of_range |= !kpi__group_merge(&t->group[group], &counts);
    return true;
}

static bool merge_beside(kpi_tally *t, const kpi_tally *from) {
    uint32_t a, b, group, other;
    for (uint32_t i = 0; i < kpi__pairs_size(from->group_clients); i++) {
        kpi__pairs_key(from->group_clients, i, &a, &b);
        group = kpi__dict_find(t->names, kpi__dict_key(from->names, a));
        if ((other = move_key(t->clients, from->clients, b)) == KPI__NONE || !add_client(t, group, other)) return false;
    }
    for (uint32_t i = 0; i < kpi__pairs_size(from->group_subjects); i++) {
        kpi__pairs_key(from->group_subjects, i, &a, &b);
        group = kpi__dict_find(t->names, kpi__dict_key(from->names, a));
        if ((other = move_subject(t, from, b)) == KPI__NONE ||
            !add_plan(t, group, other, from->plans[i].planned, from->plans[i].done))
            return false;
    }
    for (uint32_t i = 0; i < kpi__pairs_size(from->spans); i++) {
        kpi__pairs_key(from->spans, i, &a, &b);
        if (kpi__pairs_put(t->spans, a, b) == KPI__NONE) return false;
    }
    for (uint32_t i = 0; i < kpi__pairs_size(from->covered); i++) {
        uint32_t first, last;
        kpi__pairs_key(from->covered, i, &a, &b);
        kpi__pairs_key(from->spans, a, &first, &last);
        kpi_period period = {(kpi_day)first, (kpi_day)last};
        if ((other = move_subject(t, from, b)) == KPI__NONE || !add_covered(t, period, other, true)) return false;
    }
    return true;
}

int kpi_tally_merge(kpi_tally *t, const kpi_tally *from, kpi_error *e) {
    bool out_of_range = false;
    for (uint32_t i = 0; i < kpi__dict_size(from->names); i++)
        if (!merge_group(t, from, i, &out_of_range)) return kpi__fail_memory(e);
    if (out_of_range) return kpi__fail(e, KPI_DATA, "the sum is out of range");
    t->all.count[KPI__ALL] += from->all.count[KPI__ALL];
    return merge_beside(t, from) ? KPI_OK : kpi__fail_memory(e);
}

/* ---- coverage ---- */

/* Each client that is active and owned in the period counts for its owner's group, visited by the owner or not. */
static int cover_client(kpi_tally *t, uint32_t span, kpi_period period, const char *who, kpi_error *e) {
    const kpi_entry *entry = kpi_book_at(t->options.client_book, kpi_text_of(who), period);
    if (!entry || !*entry->of) return KPI_OK;
    kpi_text owner = kpi_text_of(entry->of), client = kpi_text_of(who);
    if (!kpi_names_pass(t->options.managers, owner) || !kpi_names_pass(t->options.clients, client)) return KPI_OK;
    moment m = {.t = t,
                .manager = owner,
                .tier = kpi_text_of(entry->as),
                .has_tier = true,
                .day = period.first,
                .period = period};
    uint32_t group = group_of(t, &m);
    if (group == KPI__NONE) return kpi__fail_memory(e);
    uint32_t a = kpi__dict_find(t->managers, owner), b = kpi__dict_find(t->clients, client);
    uint32_t subject = a == KPI__NONE || b == KPI__NONE ? KPI__NONE : kpi__pairs_find(t->subjects, a, b);
    t->group[group].count[KPI__OWNED]++;
    t->group[group].count[KPI__COVERED] +=
        subject != KPI__NONE && kpi__pairs_find(t->covered, span, subject) != KPI__NONE;
    return KPI_OK;
}

/* Every period that groups have within P; without -p those that were found. */
static bool add_spans(kpi_tally *t) {
    kpi_period p = t->options.period;
    if (t->by_period && !t->options.period_text) return true;
    for (int64_t day = p.first; day <= p.last;) {
        kpi_period period = t->by_period ? group_period(t, (kpi_day)day) : p;
        if (kpi__pairs_put(t->spans, (uint32_t)period.first, (uint32_t)period.last) == KPI__NONE) return false;
        day = (int64_t)period.last + 1;
    }
    return true;
}

static int cover(kpi_tally *t, kpi_error *e) {
    int code = KPI_OK;
    if (!add_spans(t)) return kpi__fail_memory(e);
    for (uint32_t span = 0; span < kpi__pairs_size(t->spans); span++) {
        uint32_t first, last;
        kpi__pairs_key(t->spans, span, &first, &last);
        const char *before = "";
        for (size_t i = 0; i < kpi_book_size(t->options.client_book) && !code; i++) {
            const char *who = kpi_book_entry(t->options.client_book, i)->who;
            if (strcmp(who, before)) code = cover_client(t, span, (kpi_period){(kpi_day)first, (kpi_day)last}, who, e);
            before = who;
        }
    }
    return code;
}

/* ---- order ---- */

static int by_name(const void *x, const void *y, void *context) {
    const kpi_tally *t = context;
    return kpi_text_compare(kpi__dict_key(t->names, *(const uint32_t *)x),
                            kpi__dict_key(t->names, *(const uint32_t *)y));
}

static bool value_of(const kpi_tally *t, uint32_t group, size_t stat, int digits, kpi_ratio *out) {
    return t->stat[stat]->value(&t->group[group], &t->all, digits, out);
}

static int by_first_stat(const void *x, const void *y, void *context) {
    const kpi_tally *t = context;
    kpi_ratio a, b;
    bool known = value_of(t, *(const uint32_t *)x, 0, 6, &a), other = value_of(t, *(const uint32_t *)y, 0, 6, &b);
    if (known != other) return known ? -1 : 1;
    int order = known ? kpi__ratio_compare(b, a) : 0;
    return order ? order : by_name(x, y, context);
}

int kpi_tally_finish(kpi_tally *t, kpi_error *e) {
    if (t->needs & KPI__NEEDS_COVERAGE) {
        int code = cover(t, e);
        if (code) return code;
    }
    moment m = {.t = t};
    if (!t->keys && group_of(t, &m) == KPI__NONE) return kpi__fail_memory(e); /* one line, also for no input */
    t->shown = kpi__dict_size(t->names);
    if (!(t->order = malloc((t->shown + 1) * sizeof *t->order))) return kpi__fail_memory(e);
    for (size_t i = 0; i < t->shown; i++) t->order[i] = (uint32_t)i;
    qsort_r(t->order, t->shown, sizeof *t->order, t->options.top ? by_first_stat : by_name, t);
    if (t->options.top && t->shown > t->options.top) t->shown = t->options.top;
    return KPI_OK;
}

/* ---- answers ---- */

size_t kpi_tally_keys(const kpi_tally *t) { return t->keys; }
size_t kpi_tally_stats(const kpi_tally *t) { return t->stats; }
const char *kpi_tally_stat_name(const kpi_tally *t, size_t stat) { return t->stat_name[stat]; }
size_t kpi_tally_groups(const kpi_tally *t) { return t->shown; }

const char *kpi_tally_key_name(const kpi_tally *t, size_t k) {
    return t->key[k]->name ? t->key[k]->name : kpi_record_of(t->options.record)->field[t->field[k]].name;
}

kpi_text kpi_tally_key(const kpi_tally *t, size_t group, size_t k) {
    kpi_text name = kpi__dict_key(t->names, t->order[group]);
    for (; k; k--) {
        size_t n = (size_t)((const char *)memchr(name.ptr, '\t', name.len) - name.ptr) + 1;
        name = (kpi_text){name.ptr + n, name.len - n};
    }
    const char *tab = memchr(name.ptr, '\t', name.len);
    return (kpi_text){name.ptr, tab ? (size_t)(tab - name.ptr) : name.len};
}

int kpi_tally_figure(const kpi_tally *t, size_t group, size_t stat, char out[KPI_NUMBER_SIZE], kpi_error *e) {
    kpi_ratio value;
    bool emit = t->options.emit != NULL;
    out[0] = 0;
    if (!value_of(t, t->order[group], stat, emit ? 6 : 2, &value)) return KPI_OK;
    kpi_ratio_format(value, emit ? KPI_UP_TO(6) : t->stat[stat]->exact ? KPI_EXACT : 2, out);
    kpi_decimal number;
    if (emit && kpi_decimal_parse(kpi_text_of(out), &number))
        return kpi__fail(e, KPI_DATA, "%s of %s is out of range: %s", t->stat[stat]->name,
                         KPI__QUOTE(kpi_tally_key(t, group, 1)), out);
    return KPI_OK;
}
