/* tally.c - visits and feedback by keys.
 *
 * A line that passes the filters is counted into the group that its keys name (group.c). What needs more than counts
 * is kept beside the groups: distinct clients as bags of members (bag.c), kept plans and coverage as sets of number
 * pairs. All of it adds up in any order, so tallies of parts can be merged; each thread that reads has one of its own.
 *
 * Lines come many at a time, as columns (take_batch): days, scores and minutes are numbers then, a key of periods is a
 * look-up by day, a row to be added is found by the score. Odd lines come one by one (kpi_tally_add), by the same keys
 * and the same rules of counting. Plans kept and coverage, which nobody asks of a hundred million lines, always do.
 *
 * The period of a group is P cut by the group's period keys; teams, roles, tiers and owners are those of then. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { DAYS = 1 << 10, ROWS = 2 * KPI__BATCH, PACKED = 7 };

typedef struct plan {
    uint64_t planned, done;
} plan;

typedef struct key key;

typedef struct known_day { /* what is known of a day; by its number, what collides is replaced */
    int64_t day;
    bool set; /* false: nothing, as memory that nobody has touched */
    uint32_t span, code[KPI__KEYS]; /* of its group period; of period keys */
} known_day;

struct known { /* by the fast way, of one tally */
    known_day day[DAYS];
    int64_t score[ROWS];     /* by place_of(); KPI__EMPTY: free. Emptied only between batches, as rows are pointed to */
    kpi__small row[ROWS][2]; /* of the score, by resolved or not */
    unsigned scores;
    kpi__small unscored[2];
    kpi__small visit[4][2][2]; /* by status, with a purpose, late */
};

/* The lines of a batch that count, packed together. */
struct picked {
    const kpi__batch *batch;
    const kpi__columns *columns;
    unsigned n;
    uint16_t line[KPI__BATCH];
    uint32_t code[KPI__KEYS][KPI__BATCH], group[KPI__BATCH];
    const kpi__small *row[KPI__BATCH];
    int32_t value[KPI__BATCH], days[KPI__BATCH];
    uint32_t span[KPI__BATCH];
    kpi_text text[KPI__BATCH];
    uint64_t member[KPI__BATCH];
};

struct kpi_tally {
    kpi_tally_options options;
    kpi__fold fold;
    const key *key[KPI__KEYS];
    unsigned field[KPI__KEYS]; /* of keys that are fields */
    size_t keys;
    const kpi__stat *stat[KPI_TALLY_STATS];
    char *stat_name[KPI_TALLY_STATS]; /* owned; with emit the metric */
    size_t stats;
    unsigned needs;   /* of all stats, KPI__NEEDS_... */
    bool by_period;   /* there is a period key */
    bool by_book;     /* there is one out of a book: the span decides */
    kpi__groups *groups;
    kpi__group all;   /* of all groups, after kpi_tally_finish */
    kpi__dict *managers, *clients;
    kpi__bags *bags;  /* clients of groups: a name of up to PACKED bytes itself, else its number in clients */
    kpi__pairs *spans, *subjects, *group_subjects, *covered; /* subject: manager x client; span: first x last day */
    plan *plans;                                             /* in step with group_subjects */
    size_t plans_room;
    struct beside { uint64_t clients, kept, owned, covered; } *beside; /* by group; kept at all times */
    kpi_decimal *team; /* by group: see kpi__group */
    kpi_names picked_managers; /* whose groups are shown, where those of others are needed, too */
    size_t beside_room;
    struct known *known;
    struct picked *picked;
    kpi__comments *comments; /* where themes are looked for; NULL: they are not */
    kpi_text other;
    kpi__dict *who[KPI__KEYS];   /* of keys out of books: managers or clients, */
    kpi__pairs *then[KPI__KEYS]; /* with the span, */
    uint32_t *book_code[KPI__KEYS]; /* and the code that follows, + 1 */
    size_t book_room[KPI__KEYS];
    struct kpi_tally *part[KPI__THREADS]; /* of the other threads */
    unsigned parts;
    uint32_t *order; /* groups as shown, after kpi_tally_finish */
    uint64_t *up_to; /* in step: lines of all groups up to this one; NULL: nobody asks */
    size_t shown, withheld;
};

/* ---- keys ---- */

typedef struct moment { /* what a group's keys are made of */
    const kpi_tally *t;
    const kpi_line *line; /* NULL for a group that only coverage makes */
    kpi_text manager, client, tier;
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
    const kpi_entry *entry = kpi_book_at(m->t->options.client_book, m->client, m->period);
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
    if (t->keys == KPI__KEYS) return kpi__fail(e, KPI_USAGE, "more than %d keys", KPI__KEYS);
    t->field[t->keys] = field < 0 ? 0 : (unsigned)field;
    t->by_period |= found->unit >= 0;
    t->by_book |= found->book != 0;
    t->key[t->keys++] = found;
    return KPI_OK;
}

/* ---- making ---- */

static int add_stat(kpi_tally *t, kpi_text name, kpi_text shown, kpi_error *e) {
    const kpi__stat *stat = kpi__stat_named(t->options.record, name);
    if (!stat) return kpi__fail(e, KPI_USAGE, "no such statistic: %s", KPI__QUOTE(name));
    if (t->stats == KPI_TALLY_STATS) return kpi__fail(e, KPI_USAGE, "more than %d statistics", KPI_TALLY_STATS);
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
    bool by_manager = false;
    for (size_t i = 0; i < t->keys; i++) by_manager |= t->key[i] == &manager_key;
    if (t->needs & KPI__NEEDS_TEAM && !by_manager)
        return kpi__fail(e, KPI_USAGE, "load goes with the key manager only");
    if (t->needs & KPI__NEEDS_ORDER && o->emit)
        return kpi__fail(e, KPI_USAGE, "running is of lines in order: it makes no measure");
    if (o->top && t->stat[0]->needs & KPI__NEEDS_ORDER)
        return kpi__fail(e, KPI_USAGE, "the largest groups cannot be found by running, which follows their order");
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
    if (o->record == KPI_VISIT) o->least = 0, o->themes = NULL;
    if (!o->period_text) o->period = (kpi_period){KPI_DAY_FIRST, KPI_DAY_LAST};
    t->fold = (kpi__fold){o->low, o->high, o->late_after};
    int code = set_keys(t, e);
    if (!code) code = o->emit ? each_item(t, o->emit, add_emitted, e) : each_item(t, stats, add_plain, e);
    if (!code && o->emit && o->stats) code = kpi__fail(e, KPI_USAGE, "either statistics or measures");
    if (!code && t->needs & KPI__NEEDS_TEAM) {
        t->picked_managers = o->managers;
        o->managers = (kpi_names){0};
    }
    return code ? code : check_together(t, e);
}

static void forget_scores(struct known *known) {
    for (size_t i = 0; i < ROWS; i++) known->score[i] = KPI__EMPTY;
    known->scores = 0;
}

static void learn_rows(kpi_tally *t) {
    kpi__row row;
    for (int status = 0; status < 4; status++)
        for (int purpose = 0; purpose < 2; purpose++)
            for (int late = 0; late < 2; late++) {
                int64_t after = late ? t->fold.late_after + 1 : INT64_MIN;
                kpi__count_visit(&t->fold, status, purpose, after, 0, &row);
                kpi__row_small(&row, &t->known->visit[status][purpose][late]);
            }
    for (int resolved = 0; resolved < 2; resolved++) {
        kpi__count_feedback(&t->fold, false, 0, resolved, &row);
        kpi__row_small(&row, &t->known->unscored[resolved]);
    }
    forget_scores(t->known);
}

/* Of what is put in place of no theme at least 16 bytes are readable. */
static bool make_comments(kpi_tally *t) {
    size_t n = t->options.other ? strlen(t->options.other) : 0;
    char *other = calloc(1, n + 16);
    t->other = (kpi_text){other, n};
    if (n && other) memcpy(other, t->options.other, n);
    if ((t->comments = calloc(1, sizeof *t->comments))) t->comments->themes = t->options.themes;
    return other && t->comments;
}

/* What the keys ask for, once they are known. */
static bool make_parts(kpi_tally *t) {
    bool made = (t->groups = kpi__groups_new(t->keys)) && (t->managers = kpi__dict_new()) &&
                (t->clients = kpi__dict_new()) && (t->bags = kpi__bags_new()) && (t->spans = kpi__pairs_new()) &&
                (t->subjects = kpi__pairs_new()) && (t->group_subjects = kpi__pairs_new()) &&
                (t->covered = kpi__pairs_new()) && (t->known = calloc(1, sizeof *t->known)) &&
                (t->picked = malloc(sizeof *t->picked));
    if (made && t->options.themes) made = make_comments(t);
    for (size_t i = 0; i < t->keys && made; i++)
        if (t->key[i]->book) made = (t->who[i] = kpi__dict_new()) && (t->then[i] = kpi__pairs_new());
    if (made) learn_rows(t);
    return made;
}

int kpi_tally_new(kpi_tally **out, const kpi_tally_options *options, kpi_error *e) {
    kpi_tally *t = calloc(1, sizeof *t);
    if (!t) return kpi__fail_memory(e);
    t->options = *options;
    int code = set_up(t, e);
    if (!code && !make_parts(t)) code = kpi__fail_memory(e);
    if (code)
        kpi_tally_free(t);
    else
        *out = t;
    return code;
}

void kpi_tally_free(kpi_tally *t) {
    if (!t) return;
    for (unsigned i = 0; i < t->parts; i++) kpi_tally_free(t->part[i]);
    for (size_t i = 0; i < t->keys; i++) {
        kpi__dict_free(t->who[i]);
        kpi__pairs_free(t->then[i]);
        free(t->book_code[i]);
    }
    kpi__groups_free(t->groups);
    kpi__dict_free(t->managers);
    kpi__dict_free(t->clients);
    kpi__bags_free(t->bags);
    kpi__pairs_free(t->spans);
    kpi__pairs_free(t->subjects);
    kpi__pairs_free(t->group_subjects);
    kpi__pairs_free(t->covered);
    for (size_t i = 0; i < t->stats; i++) free(t->stat_name[i]);
    free(t->beside);
    free(t->team);
    free(t->plans);
    if (t->comments) free(t->comments->plain);
    free(t->comments);
    free((char *)t->other.ptr);
    free(t->known);
    free(t->picked);
    free(t->order);
    free(t->up_to);
    free(t);
}

/* ---- the group of a line ---- */

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

static uint32_t span_of(kpi_tally *t, kpi_period period) {
    return kpi__pairs_put(t->spans, (uint32_t)period.first, (uint32_t)period.last);
}

static uint32_t code_of(kpi_tally *t, const moment *m, size_t k) {
    char text[KPI_PERIOD_SIZE];
    return kpi__dict_put(kpi__groups_texts(t->groups, k), t->key[k]->text(m, k, text));
}

/* The number of the group that m belongs to, new or known; KPI__NONE: no memory. */
static uint32_t group_of(kpi_tally *t, const moment *m) {
    uint32_t code[KPI__KEYS];
    for (size_t k = 0; k < t->keys; k++)
        if ((code[k] = code_of(t, m, k)) == KPI__NONE) return KPI__NONE;
    return kpi__groups_put(t->groups, code);
}

/* ---- filters ---- */

/* The kind of visits, the source of feedback. */
static kpi_names third_names(const kpi_tally *t) {
    return t->options.record == KPI_VISIT ? t->options.kinds : t->options.sources;
}

static bool selected(const kpi_tally *t, const kpi_line *line, kpi_day day) {
    const kpi_tally_options *o = &t->options;
    return day >= o->period.first && day <= o->period.last &&
           kpi_names_pass(o->managers, line->field[KPI_VISIT_MANAGER]) &&
           kpi_names_pass(o->clients, line->field[KPI_VISIT_CLIENT]) &&
           kpi_names_pass(third_names(t), line->field[KPI_VISIT_KIND]);
}

static unsigned logged_field(const kpi_tally *t) {
    return t->options.record == KPI_VISIT ? (unsigned)KPI_VISIT_LOGGED : (unsigned)KPI_FEEDBACK_LOGGED;
}

static bool known_then(const kpi_tally *t, const kpi_line *line) {
    return !t->options.has_as_of || kpi__known_on(line->field[logged_field(t)], t->options.as_of);
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

static struct beside *beside_of(kpi_tally *t, uint32_t group) {
    while (group >= t->beside_room)
        if (!kpi__grow(&t->beside, t->beside_room, &t->beside_room, sizeof *t->beside)) return NULL;
    return &t->beside[group];
}

static bool add_plan(kpi_tally *t, uint32_t group, uint32_t subject, uint64_t planned, uint64_t done) {
    uint32_t number = kpi__pairs_put(t->group_subjects, group, subject);
    if (number == KPI__NONE || !kpi__grow(&t->plans, number, &t->plans_room, sizeof *t->plans)) return false;
    struct beside *beside = beside_of(t, group);
    if (!beside) return false;
    plan *p = &t->plans[number];
    uint64_t before = p->planned < p->done ? p->planned : p->done;
    p->planned += planned;
    p->done += done;
    beside->kept += (p->planned < p->done ? p->planned : p->done) - before;
    return true;
}

/* What stands for a client in a bag; 0: no memory. head: the bytes of a name of up to PACKED, zeros behind them. */
static inline uint64_t member_of(kpi_tally *t, kpi_text client, uint64_t head) {
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    head >>= 8;
#endif
    if (client.len <= PACKED) return (uint64_t)client.len << 56 | head;
    uint32_t number = kpi__dict_put(t->clients, client);
    return number == KPI__NONE ? 0 : (uint64_t)0xFF << 56 | number;
}

static bool add_client(kpi_tally *t, uint32_t group, kpi_text client) {
    uint64_t head = 0, member;
    memcpy(&head, client.ptr, client.len <= PACKED ? client.len : 0);
    member = member_of(t, client, head);
    return member && kpi__bags_add(t->bags, &group, &member, 1);
}

/* A period that groups have is kept, whether or not the visit was done. */
static bool add_covered(kpi_tally *t, kpi_period period, uint32_t subject, bool done) {
    uint32_t span = span_of(t, period);
    return span != KPI__NONE && (!done || kpi__pairs_put(t->covered, span, subject) != KPI__NONE);
}

static uint32_t subject_of(kpi_tally *t, kpi_text manager, kpi_text client) {
    uint32_t a = kpi__dict_put(t->managers, manager), b = kpi__dict_put(t->clients, client);
    return a == KPI__NONE || b == KPI__NONE ? KPI__NONE : kpi__pairs_put(t->subjects, a, b);
}

static bool add_beside(kpi_tally *t, uint32_t group, const kpi_line *line, kpi_period period) {
    if (!(t->needs & (KPI__NEEDS_CLIENTS | KPI__NEEDS_KEPT | KPI__NEEDS_COVERAGE))) return true;
    char status = *line->field[KPI_VISIT_STATUS].ptr;
    kpi_text client = line->field[KPI_VISIT_CLIENT];
    bool done = status == 'd';
    if (t->needs & KPI__NEEDS_CLIENTS && done && client.len && !add_client(t, group, client)) return false;
    if (!(t->needs & (KPI__NEEDS_KEPT | KPI__NEEDS_COVERAGE))) return true;
    uint32_t subject = subject_of(t, line->field[KPI_VISIT_MANAGER], client);
    if (subject == KPI__NONE) return false;
    if (t->needs & KPI__NEEDS_KEPT && (done || status == 'p') && !add_plan(t, group, subject, !done, done))
        return false;
    return !(t->needs & KPI__NEEDS_COVERAGE) || add_covered(t, period, subject, done);
}

/* ---- one line ---- */

/* Where line has a comment and no theme, it gets one. */
static int fill_theme(kpi_tally *t, kpi_line *line, kpi_error *e) {
    int code = kpi__comment_of(t->comments, line, e);
    kpi_text theme = t->comments->theme[0];
    if (!code && t->comments->n) line->field[KPI_FEEDBACK_THEME] = theme.ptr ? theme : t->other;
    return code;
}

int kpi_tally_add(kpi_tally *t, const kpi_line *given, kpi_error *e) {
    kpi_line filled;
    const kpi_line *line = given;
    if (t->comments) {
        filled = *given;
        line = &filled;
        int code = fill_theme(t, &filled, e);
        if (code) return code;
    }
    moment m = {.t = t,
                .line = line,
                .manager = line->field[KPI_VISIT_MANAGER],
                .client = line->field[KPI_VISIT_CLIENT]};
    kpi_date_parse(line->field[KPI_VISIT_DATE], &m.day, NULL);
    if (!selected(t, line, m.day)) return KPI_OK;
    int code = check_scale(t, line, e);
    if (code || !known_then(t, line)) return code;
    m.period = group_period(t, m.day);
    uint32_t group = group_of(t, &m);
    if (group == KPI__NONE) return kpi__fail_memory(e);
    kpi__row row;
    kpi__group counts = {0};
    int64_t days = t->options.record == KPI_VISIT ? kpi__visit_row(line, &t->fold, &row)
                                                  : kpi__feedback_row(line, &t->fold, &row);
    kpi__group_add(&counts, &row, days);
    if ((code = kpi__groups_add(t->groups, group, &counts, e)) == KPI_DATA)
        return kpi__fail_line(e, line, 0, "the sum is out of range");
    if (code) return code;
    return add_beside(t, group, line, m.period) ? KPI_OK : kpi__fail_memory(e);
}

/* ---- many lines ---- */

/* The rows of a score from place `at` on. NULL: it is outside the scale, or they are not small. There is room for all
 * scores of a batch, see pick. */
static __attribute__((noinline)) const kpi__small *learn_score(kpi_tally *t, int64_t score, size_t at) {
    struct known *known = t->known;
    kpi__row row;
    while (known->score[at] != KPI__EMPTY && known->score[at] != score) at = (at + 1) % ROWS;
    if (known->score[at] == score) return known->row[at];
    if (score < t->fold.low || score > t->fold.high) return NULL;
    for (int resolved = 0; resolved < 2; resolved++) {
        kpi__count_feedback(&t->fold, true, score, resolved, &row);
        if (!kpi__row_small(&row, &known->row[at][resolved])) return NULL;
    }
    known->score[at] = score;
    known->scores++;
    return known->row[at];
}

/* Whole scores and tenths have places near each other, so that a short tally touches few pages. */
static inline size_t place_of(int64_t score) {
    const uint64_t tenth = KPI_ONE / 10, rest = (uint64_t)score % tenth;
    return (size_t)((uint64_t)score / tenth + (rest * 0x9E3779B97F4A7C15u >> 32)) % ROWS;
}

static inline const kpi__small *score_row(kpi_tally *t, int64_t score, bool resolved) {
    if (score == KPI__EMPTY) return &t->known->unscored[resolved];
    size_t at = place_of(score);
    const kpi__small *rows = t->known->score[at] == score ? t->known->row[at] : learn_score(t, score, at);
    return rows ? &rows[resolved] : NULL;
}

/* NULL: no memory. */
static const known_day *day_of(kpi_tally *t, int64_t day) {
    known_day *known = &t->known->day[day & (DAYS - 1)];
    if (known->set && known->day == day) return known;
    moment m = {.t = t, .day = (kpi_day)day};
    known->set = false;
    if ((known->span = span_of(t, group_period(t, m.day))) == KPI__NONE) return NULL;
    for (size_t k = 0; k < t->keys; k++)
        if (t->key[k]->unit >= 0 && (known->code[k] = code_of(t, &m, k)) == KPI__NONE) return NULL;
    known->day = day;
    known->set = true;
    return known;
}

#define PICK static inline __attribute__((always_inline))

/* The row of line i, and what it adds besides. NULL: it needs a closer look. */
PICK const kpi__small *feedback_row(kpi_tally *t, const kpi__columns *c, unsigned i) {
    return score_row(t, c->value[KPI_FEEDBACK_SCORE][i], c->value[KPI_FEEDBACK_RESOLVED][i] != KPI__EMPTY);
}

PICK const kpi__small *visit_row(kpi_tally *t, const kpi__batch *batch, const kpi__columns *c, unsigned i,
                                 int32_t *value) {
    int64_t minutes = c->value[KPI_VISIT_MINUTES][i], logged = c->value[KPI_VISIT_LOGGED][i];
    int64_t status = c->value[KPI_VISIT_STATUS][i];
    *value = (int32_t)minutes & -(int32_t)((status == KPI__DONE) & (minutes != KPI__EMPTY)); /* none to foresee */
    bool late = logged != KPI__EMPTY && logged - c->value[KPI_VISIT_DATE][i] > t->fold.late_after;
    const kpi__small *row = &t->known->visit[status][kpi__says(kpi__at(batch, i, KPI_VISIT_PURPOSE))][late];
    return minutes > 1000 * KPI_ONE ? NULL : row;
}

static bool all_pass(const kpi_tally *t, const kpi__batch *batch, unsigned i) {
    const kpi_tally_options *o = &t->options;
    return (!o->managers.n || kpi_names_pass(o->managers, kpi__at(batch, i, KPI_VISIT_MANAGER))) &&
           (!o->clients.n || kpi_names_pass(o->clients, kpi__at(batch, i, KPI_VISIT_CLIENT))) &&
           (!third_names(t).n || kpi_names_pass(third_names(t), kpi__at(batch, i, KPI_VISIT_KIND)));
}

/* The lines that pass the filters, packed together. */
static void pick_lines(const kpi_tally *t, const kpi__batch *batch, const kpi__columns *c, struct picked *to) {
    const kpi_tally_options *o = &t->options;
    const int64_t *day = c->value[KPI_VISIT_DATE], *logged = c->value[logged_field(t)];
    int64_t as_of = o->has_as_of ? o->as_of : INT64_MAX, first = o->period.first, last = o->period.last;
    bool filters = o->managers.n || o->clients.n || third_names(t).n;
    bool all = !batch->odds && !o->has_as_of && first == KPI_DAY_FIRST && last == KPI_DAY_LAST;
    unsigned n = 0;
    for (; n < batch->lines && all; n++) to->line[n] = (uint16_t)n;
    for (unsigned i = n; i < batch->lines; i++) {
        to->line[n] = (uint16_t)i;
        n += !batch->odd[i] & (day[i] >= first) & (day[i] <= last) & (logged[i] <= as_of); /* empty: less than any */
    }
    to->n = n;
    for (unsigned i = n = 0; i < to->n && filters; i++) {
        to->line[n] = to->line[i];
        n += all_pass(t, batch, to->line[i]);
    }
    if (filters) to->n = n;
}

/* Their rows; those that need a closer look become odd. */
PICK void pick_rows(kpi_tally *t, kpi__batch *batch, const kpi__columns *c, struct picked *to,
                    enum kpi_record_kind record) {
    unsigned n = 0;
    for (unsigned k = 0; k < to->n; k++) {
        unsigned i = to->line[k];
        to->row[n] = record == KPI_FEEDBACK ? feedback_row(t, c, i)
                                            : visit_row(t, batch, c, i, &to->value[n]);
        to->line[n] = (uint16_t)i;
        if (__builtin_expect(!to->row[n], 0)) batch->odd[i] = true;
        n += to->row[n] != NULL;
    }
    to->n = n;
}

static void pick(kpi_tally *t, kpi__batch *batch, const kpi__columns *c, struct picked *to) {
    to->batch = batch;
    to->columns = c;
    if (t->known->scores >= ROWS - KPI__BATCH) forget_scores(t->known);
    pick_lines(t, batch, c, to);
    if (t->options.record == KPI_FEEDBACK)
        pick_rows(t, batch, c, to, KPI_FEEDBACK);
    else
        pick_rows(t, batch, c, to, KPI_VISIT);
}

static void texts(struct picked *to, unsigned field) {
    kpi__columns_texts(to->columns, to->batch, to->line, to->n, field, to->text);
}

/* What follows from the day, mostly that of the line before: the code of period key k, or (no such key) the span. */
static bool by_days(kpi_tally *t, struct picked *to, size_t k) {
    const int64_t *day = to->columns->value[KPI_VISIT_DATE];
    uint32_t *out = k < t->keys ? to->code[k] : to->span, number = 0;
    int64_t before = KPI__EMPTY;
    for (unsigned i = 0; i < to->n; i++) {
        if (__builtin_expect(day[to->line[i]] != before, 0)) {
            const known_day *known = day_of(t, before = day[to->line[i]]);
            if (!known) return false;
            number = k < t->keys ? known->code[k] : known->span;
        }
        out[i] = number;
    }
    return true;
}

/* The codes of key k out of a book, by who and span. */
static bool book_codes(kpi_tally *t, struct picked *to, size_t k) {
    bool of_manager = t->key[k]->book == 'M';
    uint32_t *code = to->code[k];
    texts(to, of_manager ? (unsigned)KPI_VISIT_MANAGER : (unsigned)KPI_VISIT_CLIENT);
    if (!kpi__dict_put_many(t->who[k], to->text, to->n, code)) return false;
    if (!kpi__pairs_put_many(t->then[k], code, to->span, to->n, code)) return false;
    for (unsigned i = 0; i < to->n; i++) {
        uint32_t number = code[i], first, last;
        while (number >= t->book_room[k])
            if (!kpi__grow(&t->book_code[k], t->book_room[k], &t->book_room[k], sizeof *t->book_code[k])) return false;
        if (!t->book_code[k][number]) {
            kpi__pairs_key(t->spans, to->span[i], &first, &last);
            moment m = {.t = t, .manager = to->text[i], .client = to->text[i]};
            m.period = (kpi_period){(kpi_day)first, (kpi_day)last};
            uint32_t found = code_of(t, &m, k);
            if (found == KPI__NONE) return false;
            t->book_code[k][number] = found + 1;
        }
        code[i] = t->book_code[k][number] - 1;
    }
    return true;
}

/* Of lines that have a comment and no theme, the theme in text. */
static void fill_themes(kpi_tally *t, struct picked *to) {
    kpi__comments *c = t->comments;
    c->n = 0;
    for (unsigned i = 0; i < to->n; i++) {
        c->line[c->n] = (uint16_t)i;
        c->text[c->n] = kpi__at(to->batch, to->line[i], KPI_FEEDBACK_COMMENT);
        c->n += !to->text[i].len & (c->text[c->n].len > 0);
    }
    kpi__themes_find(c->themes, c->text, c->n, c->theme);
    for (unsigned i = 0; i < c->n; i++) to->text[c->line[i]] = c->theme[i].ptr ? c->theme[i] : t->other;
}

static bool key_codes(kpi_tally *t, struct picked *to, size_t k) {
    const key *by = t->key[k];
    uint32_t *code = to->code[k];
    if (by->book) return book_codes(t, to, k);
    if (by->text == field_text) {
        texts(to, t->field[k]);
        if (t->comments && t->field[k] == KPI_FEEDBACK_THEME) fill_themes(t, to);
        return kpi__dict_put_many(kpi__groups_texts(t->groups, k), to->text, to->n, code);
    }
    if (by->unit >= 0) return by_days(t, to, k);
    moment m = {.t = t};
    uint32_t same = code_of(t, &m, k);
    for (unsigned i = 0; i < to->n; i++) code[i] = same;
    return same != KPI__NONE;
}

/* The days from feedback to its resolution. */
static const int32_t *count_days(struct picked *to) {
    const int64_t *on = to->columns->value[KPI_FEEDBACK_RESOLVED], *from = to->columns->value[KPI_FEEDBACK_DATE];
    for (unsigned k = 0; k < to->n; k++) {
        unsigned i = to->line[k];
        to->days[k] = (int32_t)((uint64_t)on[i] - (uint64_t)from[i]) & -(int32_t)(on[i] != KPI__EMPTY);
    }
    return to->days;
}

/* Puts the clients of done visits into the bags of their groups. */
static bool add_clients(kpi_tally *t, struct picked *to) {
    unsigned n = 0;
    texts(to, KPI_VISIT_CLIENT);
    for (unsigned i = 0; i < to->n; i++) {
        kpi_text client = to->text[i];
        bool visited = (to->columns->value[KPI_VISIT_STATUS][to->line[i]] == KPI__DONE) & (client.len > 0);
        uint64_t head = kpi__low_bytes(kpi__load8(client.ptr), client.len); /* which can be read */
        to->group[n] = to->group[i];
        to->member[n] = member_of(t, client, head);
        if (__builtin_expect(visited & !to->member[n], 0)) return false;
        n += visited;
    }
    return kpi__bags_add(t->bags, to->group, to->member, n);
}

static int take_batch(void *tally, kpi__batch *batch, const kpi__columns *columns, kpi__block *block, kpi_error *e) {
    kpi_tally *t = tally;
    struct picked *to = t->picked;
    (void)block;
    if (t->needs & (KPI__NEEDS_KEPT | KPI__NEEDS_COVERAGE))
        memset(batch->odd, true, batch->lines);
    else
        pick(t, batch, columns, to);
    kpi__count_odds(batch);
    if (t->needs & (KPI__NEEDS_KEPT | KPI__NEEDS_COVERAGE) || !to->n) return KPI_OK;
    bool done = !t->by_book || by_days(t, to, KPI__KEYS);
    for (size_t k = 0; k < t->keys && done; k++) done = key_codes(t, to, k);
    done = done && kpi__groups_put_many(t->groups, to->code, to->n, to->group) &&
           kpi__groups_add_many(t->groups, to->group, to->row, t->options.record == KPI_VISIT ? to->value : NULL,
                                t->needs & KPI__NEEDS_DAYS ? count_days(to) : NULL, to->n);
    if (done && t->needs & KPI__NEEDS_CLIENTS) done = add_clients(t, to);
    return done ? KPI_OK : kpi__fail_memory(e);
}

static int take_line(void *tally, kpi_line *line, kpi__block *block, kpi_error *e) {
    (void)block;
    return kpi_tally_add(tally, line, e);
}

int kpi_tally_read(kpi_tally *t, const char *path, const kpi_report *report, kpi_error *e) {
    const kpi__taker take = {kpi_record_of(t->options.record), take_batch, take_line};
    kpi__input *input;
    void *worker[KPI__THREADS] = {t};
    int code = kpi__input_open(&input, path, e);
    if (code) return code;
    unsigned workers = kpi__input_workers(input, t->options.threads);
    while (!code && t->parts + 1 < workers)
        if (!(code = kpi_tally_new(&t->part[t->parts], &t->options, e))) t->parts++;
    for (unsigned i = 1; i < workers && !code; i++) worker[i] = t->part[i - 1];
    if (!code) return kpi__each_batch(input, &take, worker, workers, NULL, report, e);
    kpi__input_free(input);
    return code;
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

static bool merge_clients(kpi_tally *t, const kpi_tally *from, const uint32_t *to) {
    uint32_t groups = (uint32_t)kpi__groups_size(from->groups), same[KPI__BATCH];
    uint64_t moved[KPI__BATCH];
    for (uint32_t group = 0; group < groups; group++) {
        const uint64_t *member;
        size_t n = kpi__bags_members(from->bags, group, &member);
        if (n == SIZE_MAX) return false;
        for (size_t at = 0; at < n;) {
            unsigned part = 0;
            for (; at < n && part < KPI__BATCH; at++, part++) {
                same[part] = to[group];
                moved[part] = member[at];
                if (moved[part] >> 56 != 0xFF) continue;
                uint32_t number = move_key(t->clients, from->clients, (uint32_t)moved[part]);
                if (number == KPI__NONE) return false;
                moved[part] = (uint64_t)0xFF << 56 | number;
            }
            if (!kpi__bags_add(t->bags, same, moved, part)) return false;
        }
    }
    return true;
}

static bool merge_beside(kpi_tally *t, const kpi_tally *from, const uint32_t *to) {
    uint32_t a, b, other;
    for (uint32_t i = 0; i < kpi__pairs_size(from->group_subjects); i++) {
        kpi__pairs_key(from->group_subjects, i, &a, &b);
        if ((other = move_subject(t, from, b)) == KPI__NONE ||
            !add_plan(t, to[a], other, from->plans[i].planned, from->plans[i].done))
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

/* to[group of from] is the group in t. */
static int merge_groups(kpi_tally *t, const kpi_tally *from, uint32_t **to, kpi_error *e) {
    *to = malloc((kpi__groups_size(from->groups) + 1) * sizeof **to);
    return *to ? kpi__groups_merge(t->groups, from->groups, *to, e) : kpi__fail_memory(e);
}

static int merge_one(kpi_tally *t, const kpi_tally *from, kpi_error *e) {
    uint32_t *to;
    int code = merge_groups(t, from, &to, e);
    if (!code && ((t->needs & KPI__NEEDS_CLIENTS && !merge_clients(t, from, to)) || !merge_beside(t, from, to)))
        code = kpi__fail_memory(e);
    free(to);
    return code;
}

int kpi_tally_merge(kpi_tally *t, const kpi_tally *from, kpi_error *e) {
    int code = merge_one(t, from, e);
    for (unsigned i = 0; i < from->parts && !code; i++) code = merge_one(t, from->part[i], e);
    return code;
}

/* The clients of a group are counted where they are: in the bags of each part. Long names, which are numbers of the
 * part's own dictionary there, are put into ours first. */
static bool renumber(kpi_tally *t, kpi_tally *part) {
    uint32_t n = kpi__dict_size(part->clients), *to = malloc((n + 1) * sizeof *to);
    bool done = to != NULL;
    for (uint32_t i = 0; i < n && done; i++) done = (to[i] = move_key(t->clients, part->clients, i)) != KPI__NONE;
    if (done && n) kpi__bags_renumber(part->bags, (uint64_t)0xFF << 56, to);
    free(to);
    return done;
}

struct counting {
    kpi_tally *t;
    const kpi__bags *bags[KPI__THREADS];
    uint32_t *from[KPI__THREADS]; /* by our group: that of the part; NULL: the same */
    unsigned parts, workers;
    bool failed[KPI__THREADS];
};

static uint32_t group_in(const struct counting *c, unsigned part, size_t group) {
    return c->from[part] ? c->from[part][group] : (uint32_t)group;
}

static void count_share(void *context, size_t k) {
    enum { AHEAD = 6 };
    struct counting *c = context;
    kpi__sieve sieve = {0};
    size_t groups = kpi__groups_size(c->t->groups);
    for (size_t i = groups * k / c->workers; i < groups * (k + 1) / c->workers && !c->failed[k]; i++) {
        uint32_t group[KPI__THREADS];
        for (unsigned p = 0; p < c->parts; p++) {
            for (unsigned step = 0; step < AHEAD && i + AHEAD - step < groups; step++)
                kpi__bags_fetch(c->bags[p], group_in(c, p, i + AHEAD - step), step);
            group[p] = group_in(c, p, i);
        }
        size_t n = kpi__bags_count_all(&sieve, c->bags, group, c->parts);
        c->t->beside[i].clients = n;
        c->failed[k] = n == SIZE_MAX;
    }
    kpi__sieve_free(&sieve);
}

static bool count_clients(struct counting *c) {
    size_t groups = kpi__groups_size(c->t->groups);
    bool failed = groups && !beside_of(c->t, (uint32_t)(groups - 1));
    if (!failed) kpi__each_piece(c->workers, c->workers, count_share, c);
    for (unsigned k = 0; k < c->workers; k++) failed |= c->failed[k];
    return !failed;
}

/* What the other threads counted, and the clients of all. */
static int gather(kpi_tally *t, kpi_error *e) {
    struct counting counting, *c = &counting;
    int code = KPI_OK;
    bool clients = t->needs & KPI__NEEDS_CLIENTS;
    uint32_t *to[KPI__THREADS] = {0};
    for (unsigned i = 0; i < t->parts && !code; i++) {
        code = merge_groups(t, t->part[i], &to[i], e);
        if (!code && (!merge_beside(t, t->part[i], to[i]) || (clients && !renumber(t, t->part[i]))))
            code = kpi__fail_memory(e);
    }
    size_t groups = kpi__groups_size(t->groups);
    *c = (struct counting){.t = t, .bags = {t->bags}, .parts = 1, .workers = t->parts + 1};
    for (unsigned i = 0; i < t->parts && clients && !code; i++, c->parts++) {
        c->bags[i + 1] = t->part[i]->bags;
        if (!(c->from[i + 1] = malloc((groups + 1) * sizeof(uint32_t)))) {
            code = kpi__fail_memory(e);
            break;
        }
        memset(c->from[i + 1], 0xFF, groups * sizeof(uint32_t));
        for (uint32_t k = 0; k < kpi__groups_size(t->part[i]->groups); k++) c->from[i + 1][to[i][k]] = k;
    }
    if (!code && clients && !count_clients(c)) code = kpi__fail_memory(e);
    for (unsigned i = 0; i < t->parts; i++) {
        free(to[i]);
        free(c->from[i + 1]);
        kpi_tally_free(t->part[i]);
    }
    t->parts = 0;
    return code;
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
    struct beside *beside = beside_of(t, group);
    if (!beside) return kpi__fail_memory(e);
    beside->owned++;
    beside->covered += subject != KPI__NONE && kpi__pairs_find(t->covered, span, subject) != KPI__NONE;
    return KPI_OK;
}

/* Every period that groups have within P; without -p those that were found. */
static bool add_spans(kpi_tally *t) {
    kpi_period p = t->options.period;
    if (t->by_period && !t->options.period_text) return true;
    for (int64_t day = p.first; day <= p.last;) {
        kpi_period period = t->by_period ? group_period(t, (kpi_day)day) : p;
        if (span_of(t, period) == KPI__NONE) return false;
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

/* ---- load ---- */
/* The team of a group are the groups of the same keys but for manager, and of the same team by the book of managers, in
 * which a visit was done. */

struct load { /* of a group */
    kpi_decimal minutes;
    uint32_t team, group;
    bool visits;
};

/* P, cut by the period keys of a group that there is. */
static kpi_period period_of_group(const kpi_tally *t, uint32_t group) {
    kpi_period period = t->options.period, unit;
    for (size_t k = 0; k < t->keys; k++) {
        if (t->key[k]->unit < 0) continue;
        kpi_period_parse(kpi__dict_key(kpi__groups_texts(t->groups, k), kpi__groups_code(t->groups, group, k)), &unit);
        period = cut(period, unit);
    }
    return period;
}

/* The number among teams of that of a group; KPI__NONE: no memory. */
static uint32_t team_of_group(const kpi_tally *t, kpi__groups *teams, uint32_t group) {
    uint32_t code[KPI__KEYS];
    moment m = {.t = t, .period = period_of_group(t, group)};
    for (size_t k = 0; k < t->keys; k++) {
        kpi_text text = kpi__dict_key(kpi__groups_texts(t->groups, k), kpi__groups_code(t->groups, group, k));
        if (t->key[k] == &manager_key) {
            m.manager = text;
            text = t->options.manager_book ? team_text(&m, k, NULL) : kpi_text_of("");
        }
        if ((code[k] = kpi__dict_put(kpi__groups_texts(teams, k), text)) == KPI__NONE) return KPI__NONE;
    }
    return kpi__groups_put(teams, code);
}

static int by_team(const void *x, const void *y) {
    const struct load *a = x, *b = y;
    if (a->team != b->team) return a->team < b->team ? -1 : 1;
    if (a->visits != b->visits) return a->visits ? -1 : 1;
    return (a->minutes > b->minutes) - (a->minutes < b->minutes);
}

static void set_teams(kpi_tally *t, const struct load *load, size_t n) {
    for (size_t from = 0, end; from < n; from = end) {
        size_t visits = 0;
        for (end = from; end < n && load[end].team == load[from].team; end++) visits += load[end].visits;
        kpi_decimal twice = 0; /* the two middle ones, or the middle one twice */
        if (visits) twice = load[from + (visits - 1) / 2].minutes + load[from + visits / 2].minutes;
        for (size_t i = from; i < end; i++) t->team[load[i].group] = twice;
    }
}

static int find_teams(kpi_tally *t, kpi_error *e) {
    size_t n = kpi__groups_size(t->groups);
    kpi__groups *teams = kpi__groups_new(t->keys);
    struct load *load = malloc((n + 1) * sizeof *load);
    t->team = calloc(n + 1, sizeof *t->team);
    bool done = teams && load && t->team;
    for (uint32_t i = 0; i < n && done; i++) {
        kpi__group counts;
        kpi__groups_get(t->groups, i, &counts);
        load[i] = (struct load){counts.sum, team_of_group(t, teams, i), i, counts.count[KPI__DONE] > 0};
        done = load[i].team != KPI__NONE;
    }
    if (done) qsort(load, n, sizeof *load, by_team);
    if (done) set_teams(t, load, n);
    kpi__groups_free(teams);
    free(load);
    return done ? KPI_OK : kpi__fail_memory(e);
}

/* Leaves of the groups in order those of managers that were picked. */
static void pick_managers(kpi_tally *t) {
    size_t n = 0, k = 0;
    while (t->key[k] != &manager_key) k++;
    for (size_t i = 0; i < t->shown; i++) {
        uint32_t code = kpi__groups_code(t->groups, t->order[i], k);
        t->order[n] = t->order[i];
        n += kpi_names_pass(t->picked_managers, kpi__dict_key(kpi__groups_texts(t->groups, k), code));
    }
    t->shown = n;
}

/* ---- order ---- */

enum { MEAN_DIGITS = 2, MEASURE_DIGITS = 6, AHEAD = 16 };

/* What was counted of a group. */
static void counts_of(const kpi_tally *t, uint32_t group, kpi__group *out) {
    kpi__groups_get(t->groups, group, out);
    if (t->team) out->team = t->team[group];
    if (group >= t->beside_room) return;
    out->count[KPI__CLIENTS] = t->beside[group].clients;
    out->count[KPI__KEPT] = t->beside[group].kept;
    out->count[KPI__OWNED] = t->beside[group].owned;
    out->count[KPI__COVERED] = t->beside[group].covered;
}

/* The statistic of a group. false: it is not known, or the group is too small for any to be told. */
static bool value_of(const kpi_tally *t, size_t stat, const kpi__group *counts, int digits, kpi_ratio *out) {
    return counts->count[KPI__SCORED] >= t->options.least && t->stat[stat]->value(counts, &t->all, digits, out);
}

struct figure { /* of the first stat, for sorting */
    bool known;
    kpi_ratio value;
    uint32_t group;
    size_t place; /* by keys */
};

static int by_figure(const void *x, const void *y) {
    const struct figure *a = x, *b = y;
    if (a->known != b->known) return a->known ? -1 : 1;
    int order = a->known ? kpi__ratio_compare(b->value, a->value) : 0;
    return order ? order : a->place < b->place ? -1 : 1;
}

static int pick_top(kpi_tally *t, kpi_error *e) {
    kpi__group counts;
    struct figure *figure = malloc((t->shown + 1) * sizeof *figure);
    if (!figure) return kpi__fail_memory(e);
    for (size_t i = 0; i < t->shown; i++) {
        figure[i] = (struct figure){.group = t->order[i], .place = i};
        counts_of(t, t->order[i], &counts);
        figure[i].known = value_of(t, 0, &counts, 6, &figure[i].value);
    }
    qsort(figure, t->shown, sizeof *figure, by_figure);
    if (t->shown > t->options.top) t->shown = t->options.top;
    for (size_t i = 0; i < t->shown; i++) t->order[i] = figure[i].group;
    free(figure);
    return KPI_OK;
}

/* Lines of all groups up to each, in the order in which they are shown. */
static int add_up(kpi_tally *t, kpi_error *e) {
    uint64_t lines = 0;
    kpi__group counts;
    if (!(t->up_to = malloc((t->shown + 1) * sizeof *t->up_to))) return kpi__fail_memory(e);
    for (size_t i = 0; i < t->shown; i++) {
        kpi__groups_get(t->groups, t->order[i], &counts);
        t->up_to[i] = lines += counts.count[KPI__ALL];
    }
    return KPI_OK;
}

static bool is_measure(kpi_ratio value) {
    const kpi_ratio most = {KPI_DECIMAL_MAX, 1}, least = {-KPI_DECIMAL_MAX, 1};
    return kpi__ratio_compare(value, most) <= 0 && kpi__ratio_compare(value, least) >= 0;
}

/* A measure is a number as lines have it. Means and shares are in range when what they are made of is, but a load. */
static int check_measures(const kpi_tally *t, kpi_error *e) {
    kpi__group counts;
    kpi_ratio value;
    for (size_t i = 0; i < t->shown; i++) {
        counts_of(t, t->order[i], &counts);
        for (size_t k = 0; k < t->stats; k++) {
            bool doubtful = t->stat[k]->exact || t->stat[k]->needs & KPI__NEEDS_TEAM;
            if (!doubtful || !value_of(t, k, &counts, MEASURE_DIGITS, &value) || is_measure(value))
                continue;
            char text[KPI_NUMBER_SIZE];
            kpi_ratio_format(value, KPI_UP_TO(MEASURE_DIGITS), text);
            return kpi__fail(e, KPI_DATA, "%s of %s is out of range: %s", t->stat[k]->name,
                             KPI__QUOTE(kpi_tally_key(t, i, 1)), text);
        }
    }
    return KPI_OK;
}

int kpi_tally_finish(kpi_tally *t, kpi_error *e) {
    int code = gather(t, e);
    if (!code && t->needs & KPI__NEEDS_COVERAGE) code = cover(t, e);
    if (code) return code;
    moment m = {.t = t};
    if (!t->keys && group_of(t, &m) == KPI__NONE) return kpi__fail_memory(e); /* one line, also for no input */
    t->shown = kpi__groups_size(t->groups);
    t->order = malloc((t->shown + 1) * sizeof *t->order);
    if (!t->order || !kpi__groups_sort(t->groups, kpi__threads(t->options.threads), t->order))
        return kpi__fail_memory(e);
    for (uint32_t i = 0; i < t->shown && (t->needs & KPI__NEEDS_ALL || t->options.least); i++) {
        kpi__group counts;
        kpi__groups_get(t->groups, i, &counts);
        t->all.count[KPI__ALL] += counts.count[KPI__ALL];
        t->withheld += counts.count[KPI__SCORED] < t->options.least;
    }
    if (t->needs & KPI__NEEDS_TEAM) {
        if ((code = find_teams(t, e))) return code;
        pick_managers(t);
    }
    if (t->options.top) code = pick_top(t, e);
    if (!code && t->needs & KPI__NEEDS_ORDER) code = add_up(t, e);
    return !code && t->options.emit ? check_measures(t, e) : code;
}

/* ---- answers ---- */

size_t kpi_tally_keys(const kpi_tally *t) { return t->keys; }
size_t kpi_tally_stats(const kpi_tally *t) { return t->stats; }
const char *kpi_tally_stat_name(const kpi_tally *t, size_t stat) { return t->stat_name[stat]; }
size_t kpi_tally_groups(const kpi_tally *t) { return t->shown; }
size_t kpi_tally_withheld(const kpi_tally *t) { return t->withheld; }

const char *kpi_tally_key_name(const kpi_tally *t, size_t k) {
    return t->key[k]->name ? t->key[k]->name : kpi_record_of(t->options.record)->field[t->field[k]].name;
}

kpi_text kpi_tally_key(const kpi_tally *t, size_t group, size_t k) {
    return kpi__dict_key(kpi__groups_texts(t->groups, k), kpi__groups_code(t->groups, t->order[group], k));
}

void kpi_tally_figures(const kpi_tally *t, size_t group, kpi_figure *out) {
    bool emit = t->options.emit != NULL;
    kpi__group counts;
    kpi_ratio value;
    if (group + AHEAD < t->shown) kpi__groups_prefetch(t->groups, t->order[group + AHEAD]);
    counts_of(t, t->order[group], &counts);
    if (t->up_to) counts.count[KPI__UP_TO] = t->up_to[group];
    for (size_t i = 0; i < t->stats; i++) {
        const kpi__stat *stat = t->stat[i];
        bool known = value_of(t, i, &counts, emit ? MEASURE_DIGITS : MEAN_DIGITS, &value);
        int digits = emit ? KPI_UP_TO(MEASURE_DIGITS) : stat->exact ? KPI_EXACT : MEAN_DIGITS;
        out[i].ptr[0] = 0;
        out[i].len = known ? kpi__ratio_put(&value, digits, out[i].ptr) : 0;
    }
}
