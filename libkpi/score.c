/* score.c - goals and measures of one period to scores. No input or output; the rules are sheet.c's.
 *
 * The goals of the period stand together in the order of kpi_goals_at, owner by owner (a run), metrics in the scheme's
 * order. What goes into each owner's score is put on a sheet, then all are ranked and graded. Owners are
 * handed out in pieces to several threads; a piece that comes to an owner of whom something is to be told stops there,
 * and the rest of it is done in order, when all before it are. Without details an owner's score takes 24 bytes, and the
 * points of a metric mostly one division. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 u128;

typedef struct total { /* of an owner */
    uint64_t low, high; /* the score */
    uint32_t owner;     /* a number of the goals, and 1; 0: not scored */
    uint32_t rank;      /* 0: no score */
} total;

struct kpi_scores {
    const kpi_scheme *scheme;
    const kpi_goals *goals;
    kpi__arena *arena;
    total *total; /* by owner, those scored */
    size_t n, bytes;
    struct details {
        kpi_detail *detail;
        size_t n;
    } *details; /* in step; NULL: none are kept */
    uint64_t ranked;
    const char **name; /* of owners, in step with totals: asked for one by one, each would be waited for */
    size_t name_bytes;
    uint32_t *order; /* by rank, then owner */
    struct work *work; /* makes sheets when all are scored */
    kpi_score_options options;
    char period_text[KPI_PERIOD_SIZE];
};

typedef struct slot { /* of a metric of the owner at hand, what its row of the sheet is made of */
    bool has_goal;
    kpi_target set;
    const kpi__cell *cell; /* where its measures are: here, */
    const kpi__sum *sum;   /* or here (not both) */
} slot;

typedef struct work {
    kpi_scores *to;
    const kpi_goals *goals;
    const kpi_measures *measures;
    const kpi_score_options *options;
    const kpi_report *report;
    kpi_error *e;
    bool hinted; /* a nearest name was looked for */
    bool quiet; /* a piece: instead of telling something, stop */
    kpi_day as_of;
    kpi__dict *teams;
    bool *ruled;           /* metrics that an adjustment or a gate looks at */
    bool *used;            /* measures without a cell that belong to a goal or a rule; NULL: nobody asks */
    struct kind {          /* by kind of goals */
        int metric;        /* in the scheme; -1: none */
        int64_t units;     /* the weight, the goal's own or the metric's, in units; -1: none, or large */
    } *kind;
    bool plain;            /* owners can be scored without all that is in slots */
    uint32_t weighted;     /* metrics with a weight of their own */
    int64_t unit;          /* 10^-digits of the scheme, in millionths */
    int64_t points;        /* of the scheme, in units */
    kpi__curve *curve;     /* by metric */
    size_t from;           /* the first run */
    slot *slot;            /* of the owner at hand, by metric */
    kpi_sheet_row *row;    /* likewise */
    kpi__share *share;
    uint32_t number;       /* of the owner at hand */
    const kpi_role *role;  /* tried instead of the owner's own; NULL: none */
    int64_t days;          /* of the period that the owner was there; without a book all */
} work;

enum { STOPPED = -1 }; /* of a quiet work */

/* Seldom asked for: of a million names none is in the cache. */
static kpi_text owner_text(const work *w) { return kpi__dict_key(w->goals->owners, w->number); }

static int fail_owner(work *w, const char *metric, const char *what) {
    return kpi__fail(w->e, KPI_DATA, "%s for %s in %s: %s", KPI__QUOTE(kpi_text_of(metric)),
                     KPI__QUOTE(owner_text(w)), w->options->period_text, what);
}

static bool prorates(const work *w, size_t metric) {
    return w->options->managers && w->to->scheme->metric[metric].prorate;
}

/* ---- weights ---- */

static const kpi_role *role_of(const work *w) {
    const kpi_scheme *scheme = w->to->scheme;
    if (w->role) return w->role;
    const kpi_entry *entry =
        w->options->managers ? kpi_book_at(w->options->managers, owner_text(w), w->options->period) : NULL;
    for (size_t i = 0; entry && i < scheme->roles; i++)
        if (!strcmp(scheme->role[i].name, entry->as)) return &scheme->role[i];
    return NULL;
}

/* The goal's own weight, else the role's, else the metric's. Returns the role. */
static const kpi_role *set_weights(work *w) {
    const kpi_scheme *scheme = w->to->scheme;
    const kpi_role *role = role_of(w);
    for (size_t i = 0; i < scheme->metrics; i++) {
        kpi_sheet_row *row = &w->row[i];
        row->weighted = !role && scheme->metric[i].weighted;
        row->weight = row->weighted ? scheme->metric[i].weight : 0;
    }
    for (size_t k = 0; role && k < role->weights; k++) {
        w->row[role->weight[k].metric].weighted = true;
        w->row[role->weight[k].metric].weight = role->weight[k].weight;
    }
    for (size_t i = 0; i < scheme->metrics; i++) {
        if (!w->slot[i].has_goal || !w->slot[i].set.has_weight) continue;
        w->row[i].weighted = true;
        w->row[i].weight = w->slot[i].set.weight;
    }
    return role;
}

static int check_weights(work *w) {
    const kpi_scheme *scheme = w->to->scheme;
    kpi_decimal sum = 0;
    char have[KPI_NUMBER_SIZE], need[KPI_NUMBER_SIZE];
    for (size_t i = 0; i < scheme->metrics; i++) {
        if (w->row[i].weighted && !w->slot[i].has_goal)
            return fail_owner(w, scheme->metric[i].name, "it has a weight but no goal");
        if (!w->row[i].weighted && w->slot[i].has_goal)
            return fail_owner(w, scheme->metric[i].name, "it has a goal but no weight");
        if (__builtin_add_overflow(sum, w->row[i].weight, &sum))
            return fail_owner(w, scheme->metric[i].name, "weights out of range");
    }
    if (sum == scheme->points) return KPI_OK;
    kpi_decimal_format(sum, KPI_EXACT, have);
    kpi_decimal_format(scheme->points, KPI_EXACT, need);
    return kpi__fail(w->e, KPI_DATA, "the weights of %s in %s add up to %s, not %s", KPI__QUOTE(owner_text(w)),
                     w->options->period_text, have, need);
}

/* ---- actuals ---- */

/* Finds the measures of metric i, which are used thereby. */
static void find_measures(work *w, size_t i) {
    slot *s = &w->slot[i];
    const kpi__cells *cells = &w->measures->cells;
    if (cells->goals && s->has_goal) {
        s->cell = &cells->cell[w->row[i].goal - cells->first];
        return;
    }
    uint32_t number = kpi__measures_number(w->measures, owner_text(w), kpi_text_of(w->to->scheme->metric[i].name));
    if (number == KPI__NONE) return;
    s->sum = w->measures->sum[number];
    if (w->used) w->used[number] = true;
}

static int set_actual(work *w, size_t i) {
    const kpi_metric *metric = &w->to->scheme->metric[i];
    const slot *s = &w->slot[i];
    kpi_sheet_row *row = &w->row[i];
    int64_t only = 0;
    const kpi__sum *sum = s->sum;
    enum kpi__holds holds = s->cell ? kpi__cell_get(s->cell, &only, &sum) : KPI__HOLDS_NONE;
    row->measured = sum || holds == KPI__HOLDS_ONE;
    row->known = row->measured || metric->missing == KPI_MISSING_ZERO;
    bool counts = row->measured && metric->take == KPI_TAKE_COUNT;
    row->actual = sum ? kpi__sum_take(sum, metric->take) : (kpi_ratio){counts ? KPI_ONE : only, 1};
    if (!row->measured && metric->missing == KPI_MISSING_ERROR) return fail_owner(w, metric->name, "no measure");
    if (metric->take != KPI_TAKE_LAST || !sum || !sum->against) return KPI_OK;
    kpi_place other = kpi__spot_place(w->measures, sum->last_from);
    return kpi__fail_at(w->e, KPI_DATA, kpi__spot_place(w->measures, sum->last_against),
                        "two last values of %s for %s, the other at %s:%llu", KPI__QUOTE(kpi_text_of(metric->name)),
                        KPI__QUOTE(owner_text(w)), other.file, (unsigned long long)other.line);
}

static int set_actuals(work *w) {
    int code = KPI_OK;
    for (size_t i = 0; i < w->to->scheme->metrics && !code; i++)
        if (w->row[i].weighted || w->ruled[i]) code = set_actual(w, i);
    return code;
}

/* ---- one owner ---- */

static kpi_ratio prorated(const work *w, size_t i, kpi_ratio value) {
    if (!w->row[i].prorated) return value;
    return (kpi_ratio){value.num * w->days, value.den * kpi_period_days(w->options->period)};
}

static void set_targets(work *w) {
    for (size_t i = 0; i < w->to->scheme->metrics; i++) {
        const kpi_target *set = &w->slot[i].set;
        kpi_sheet_row *row = &w->row[i];
        if (!row->weighted) continue;
        row->prorated = prorates(w, i) && w->days != kpi_period_days(w->options->period);
        row->target = prorated(w, i, kpi_target_value(set));
        row->has_baseline = set->has_baseline;
        row->baseline = prorated(w, i, (kpi_ratio){set->baseline, 1});
    }
}

/* Makes the sheet of the owner at hand, but for the owner's name. */
static int fill_sheet(work *w, kpi_sheet *sheet) {
    *sheet = (kpi_sheet){.scheme = w->to->scheme,
                         .period_text = w->options->period_text,
                         .role = set_weights(w),
                         .days = w->days,
                         .all_days = kpi_period_days(w->options->period),
                         .row = w->row};
    int code = check_weights(w);
    if (!code) code = set_actuals(w);
    if (!code) set_targets(w);
    return code;
}

/* Room for all lines that the owner's score may have. */
static kpi_detail *new_details(work *w) {
    const kpi_scheme *scheme = w->to->scheme;
    size_t rows = scheme->adjusts + 1;
    for (size_t i = 0; i < scheme->metrics; i++) rows += w->row[i].weighted;
    return kpi__arena_get(w->to->arena, rows * sizeof(kpi_detail));
}

/* Scores the owner, whose run it is. */
static int score_owner(work *w, size_t run) {
    kpi_sheet sheet;
    kpi_scored scored;
    kpi__fault fault;
    kpi_detail *d = NULL;
    int code = fill_sheet(w, &sheet);
    if (code) return code;
    if (w->to->details && !(d = new_details(w))) return kpi__fail_memory(w->e);
    if (!kpi__sheet_score(&sheet, w->share, w->curve, d, &scored, &fault))
        return fail_owner(w, w->to->scheme->metric[fault.metric].name, fault.what);
    size_t i = run - w->from;
    w->to->total[i] = (total){(uint64_t)scored.score, (uint64_t)(scored.score >> 64), w->number + 1, scored.has_score};
    if (d) w->to->details[i] = (struct details){d, scored.details};
    return KPI_OK;
}

/* ---- who is scored ---- */

static int warn_owner(work *w, const char *why, kpi_text nearest) {
    if (w->quiet) return STOPPED;
    kpi__fail(w->e, KPI_OK, "%s is not scored in %s: %s%s%s", KPI__QUOTE(owner_text(w)), w->options->period_text, why,
              nearest.len ? "; the nearest name there is " : "", nearest.len ? KPI__QUOTE(nearest) : "");
    return kpi__tell(w->report, w->e);
}

/* The book is looked through for the first such owner only. */
static int warn_stranger(work *w) {
    const kpi_book *book = w->options->managers;
    kpi_text nearest = {"", 0};
    size_t most = kpi__likeness(owner_text(w));
    for (size_t i = 0; !w->quiet && !w->hinted && most && i < kpi_book_size(book); i++) {
        kpi_text who = kpi_text_of(kpi_book_entry(book, i)->who);
        if (kpi__nearer(owner_text(w), who, &most)) nearest = who;
    }
    w->hinted = w->hinted || !w->quiet;
    return warn_owner(w, "not in the book of managers", nearest);
}

static void find_all_measures(work *w) {
    for (size_t i = 0; i < w->to->scheme->metrics; i++)
        if (w->slot[i].has_goal || w->ruled[i]) find_measures(w, i);
}

static void set_days(work *w) {
    const kpi_book *book = w->options->managers;
    kpi_period period = w->options->period;
    w->days = book ? kpi_book_days(book, owner_text(w), period) : kpi_period_days(period);
}

static bool needs_days(const work *w) {
    bool needs = false;
    for (size_t i = 0; i < w->to->scheme->metrics; i++) needs |= w->slot[i].has_goal && prorates(w, i);
    return needs;
}

enum { AHEAD = 8 }; /* runs whose goals are asked for before they are looked at: they stand anywhere */

static inline void ask_for_goals(const kpi_goals *g, size_t run) {
    if (run >= g->runs) return;
    for (size_t k = 0, n = g->run[run + 1].first - g->run[run].first; k < n; k += 2)
        __builtin_prefetch(kpi__rows_at(&g->rows, kpi__run_row(g, &g->run[run], k)));
}

/* What the goals of a run set. */
static int set_goals(work *w, size_t number) {
    const kpi_goals *g = w->goals;
    const kpi__run *run = &g->run[number];
    w->number = run->owner;
    memset(w->slot, 0, w->to->scheme->metrics * sizeof *w->slot);
    memset(w->row, 0, w->to->scheme->metrics * sizeof *w->row);
    ask_for_goals(g, number + AHEAD);
    for (size_t i = run->first; i < run[1].first; i++) {
        const kpi__goal_row *row = kpi__rows_at(&g->rows, kpi__run_row(g, run, i - run->first));
        const kpi__kind *kind = &g->kind[row->kind & ~KPI__EXTRA];
        int metric = w->kind[row->kind & ~KPI__EXTRA].metric;
        if (metric < 0)
            return fail_owner(w, kpi__dict_key(g->metrics, kind->metric).ptr, "the scheme knows no such metric");
        slot *s = &w->slot[metric];
        s->has_goal = true;
        w->row[metric].goal = i;
        if (row->kind & KPI__EXTRA) {
            kpi_goal goal = kpi_goals_at(g, i);
            s->set = *kpi_goal_on(&goal, w->as_of);
        } else {
            s->set.target = row->target;
            s->set.has_weight = kind->has_weight;
            s->set.weight = kind->weight;
        }
    }
    return KPI_OK;
}

/* What most owners are: goals without anything rare, a weight for each, one measure at the most. false: this one is
 * not, and nothing was done. */
static bool score_plainly(work *w, size_t number) {
    const kpi_goals *g = w->goals;
    const kpi__run *run = &g->run[number];
    const kpi_scheme *scheme = w->to->scheme;
    const kpi__cell *cell = w->measures->cells.cell + (run->first - w->measures->cells.first);
    int64_t weights = 0, score = 0, points;
    uint32_t weighted = 0, n = run[1].first - run->first;
    ask_for_goals(g, number + AHEAD);
    for (uint32_t k = 0; k < n; k++) {
        const kpi__goal_row *row = kpi__rows_at(&g->rows, kpi__run_row(g, run, k));
        if (row->kind & KPI__EXTRA) return false;
        const struct kind *kind = &w->kind[row->kind];
        if (kind->metric < 0 || kind->units < 0) return false;
        const kpi_metric *metric = &scheme->metric[kind->metric];
        const kpi__sum *sum;
        int64_t actual = 0;
        enum kpi__holds holds = kpi__cell_get(&cell[k], &actual, &sum);
        weighted += metric->weighted;
        weights += kind->units;
        if (holds == KPI__HOLDS_NONE && metric->missing == KPI_MISSING_NONE) continue;
        if (holds == KPI__HOLDS_MANY || (holds == KPI__HOLDS_NONE && metric->missing != KPI_MISSING_ZERO)) return false;
        if (holds == KPI__HOLDS_ONE && metric->take == KPI_TAKE_COUNT) actual = (int64_t)KPI_ONE;
        if (!kpi__units_of_small(&w->curve[kind->metric], kind->units, actual, row->target, metric->lower, &points))
            return false;
        score += points;
    }
    if (weighted != w->weighted || weights != w->points) return false;
    kpi_decimal whole = score * w->unit;
    w->to->total[number - w->from] = (total){(uint64_t)whole, (uint64_t)(whole >> 64), run->owner + 1, 1};
    return true;
}

static int take_owner(work *w, size_t run) {
    if (w->plain && score_plainly(w, run)) return KPI_OK;
    const kpi_book *book = w->options->managers;
    size_t entries;
    int code = set_goals(w, run);
    if (code) return code;
    find_all_measures(w);
    if (book && !kpi_book_find(book, owner_text(w), &entries)) {
        bool team = kpi__dict_find(w->teams, owner_text(w)) != KPI__NONE;
        return team ? KPI_OK : warn_stranger(w);
    }
    set_days(w);
    if (!w->days && needs_days(w)) return warn_owner(w, "not there on any day of it", (kpi_text){"", 0});
    return score_owner(w, run);
}

/* ---- ranks and grades ---- */

static kpi_decimal score_of(const total *t) { return (kpi_decimal)((u128)t->high << 64 | t->low); }

static int by_score(const void *x, const void *y, void *context) {
    const kpi_scores *s = context;
    uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
    kpi_decimal a = score_of(&s->total[i]), b = score_of(&s->total[j]);
    if (a != b) return a > b ? -1 : 1;
    return i < j ? -1 : i > j; /* totals stand by owner */
}

static const char *grade_of(const kpi_scores *s, const total *t) {
    return t->rank ? kpi_scheme_grade(s->scheme, score_of(t), t->rank, s->ranked) : "";
}

/* Sorts the first n of order, which ascend, by score: as integers where these are at most 2^32 apart. */
static bool sort_scores(kpi_scores *s, size_t n) {
    kpi_decimal low = n ? score_of(&s->total[s->order[0]]) : 0, high = low;
    for (size_t i = 1; i < n; i++) {
        kpi_decimal score = score_of(&s->total[s->order[i]]);
        if (score < low) low = score;
        if (score > high) high = score;
    }
    kpi_decimal apart;
    if (__builtin_sub_overflow(high, low, &apart) || apart > UINT32_MAX)
        return qsort_r(s->order, n, sizeof *s->order, by_score, s), true;
    size_t bytes = 2 * n * sizeof(uint64_t);
    uint64_t *word = kpi__pages_get(bytes);
    if (!word) return false;
    for (size_t i = 0; i < n; i++)
        word[i] = (uint64_t)(high - score_of(&s->total[s->order[i]])) << 32 | s->order[i];
    kpi__sort_words(word, word + n, n, 32);
    for (size_t i = 0; i < n; i++) s->order[i] = (uint32_t)word[i];
    kpi__pages_free(word, bytes);
    return true;
}

/* Those with a score first. */
static int rank_by_sorting(kpi_scores *s, kpi_error *e) {
    for (size_t i = 0; i < s->n; i++)
        if (s->total[i].rank) s->order[s->ranked++] = (uint32_t)i;
    for (size_t i = 0, last = s->ranked; i < s->n; i++)
        if (!s->total[i].rank) s->order[last++] = (uint32_t)i;
    if (!sort_scores(s, s->ranked)) return kpi__fail_memory(e);
    for (size_t i = 0; i < s->ranked; i++) {
        total *t = &s->total[s->order[i]], *before = i ? &s->total[s->order[i - 1]] : NULL;
        bool equal = before && before->low == t->low && before->high == t->high;
        t->rank = equal ? before->rank : (uint32_t)i + 1;
    }
    return KPI_OK;
}

/* Scores are mostly few whole numbers of units: those of each are counted, by several threads, each with a part of the
 * owners; the counts added up are ranks and places. */
enum { BINS = 1 << 16, PART = 1 << 14 };

struct counting {
    kpi_scores *scores;
    uint64_t unit;
    size_t parts, bins; /* one more is for those without a score */
    kpi_decimal high;
    uint32_t *first;    /* by bin: the place of the first */
    struct part {
        kpi_decimal low, high;
        bool scored, uneven;
        uint32_t *count; /* by bin; then the place of the next */
    } part[KPI__THREADS];
};

/* The totals of a part: [*i, where it returns). */
static size_t part_of(const struct counting *c, size_t part, size_t *i) {
    *i = c->scores->n * part / c->parts;
    return c->scores->n * (part + 1) / c->parts;
}

static void find_range(void *context, size_t part) {
    struct counting *c = context;
    struct part *p = &c->part[part];
    size_t i, end = part_of(c, part, &i);
    for (; i < end; i++) {
        const total *t = &c->scores->total[i];
        kpi_decimal score = score_of(t);
        if (!t->rank) continue;
        if (!p->scored || score < p->low) p->low = score;
        if (!p->scored || score > p->high) p->high = score;
        p->scored = true;
    }
}

/* A rank is the bin for now, and 1. */
static void count_scores(void *context, size_t part) {
    struct counting *c = context;
    struct part *p = &c->part[part];
    size_t i, end = part_of(c, part, &i);
    for (; i < end; i++) {
        total *t = &c->scores->total[i];
        uint64_t below = t->rank ? (uint64_t)(c->high - score_of(t)) : 0;
        if (t->rank) t->rank = (uint32_t)(below / c->unit) + 1;
        p->uneven |= below % c->unit != 0;
        p->count[t->rank ? t->rank - 1 : c->bins]++;
    }
}

static void set_ranks(void *context, size_t part) {
    struct counting *c = context;
    uint32_t *next = c->part[part].count;
    size_t i, end = part_of(c, part, &i);
    for (; i < end; i++) {
        total *t = &c->scores->total[i];
        size_t bin = t->rank ? t->rank - 1 : c->bins;
        c->scores->order[next[bin]++] = (uint32_t)i;
        if (t->rank) t->rank = c->first[bin] + 1;
    }
}

/* How many bins there are to be, and where they begin: *low is the lowest score. false: too many. */
static bool set_bins(struct counting *c) {
    const struct part *p = NULL;
    kpi_decimal low = 0, apart;
    for (size_t i = 0; i < c->parts; i++) {
        if (!c->part[i].scored) continue;
        low = p && low < c->part[i].low ? low : c->part[i].low;
        c->high = p && c->high > c->part[i].high ? c->high : c->part[i].high;
        p = &c->part[i];
    }
    if (__builtin_sub_overflow(c->high, low, &apart) || apart / (int64_t)c->unit >= BINS) return false;
    c->bins = p ? (size_t)(apart / (int64_t)c->unit) + 1 : 0;
    return true;
}

static void add_up(struct counting *c) {
    uint32_t at = 0;
    for (size_t bin = 0; bin <= c->bins; bin++) {
        c->first[bin] = at;
        for (size_t i = 0; i < c->parts; i++) {
            uint32_t count = c->part[i].count[bin];
            c->part[i].count[bin] = at;
            at += count;
        }
    }
    c->scores->ranked = c->first[c->bins];
}

/* KPI_NO: scores are too far apart, or not whole numbers of units. */
static int rank_by_counting(struct counting *c, kpi_error *e) {
    unsigned threads = (unsigned)c->parts;
    bool uneven = false;
    kpi__each_piece(c->parts, threads, find_range, c);
    if (!set_bins(c)) return KPI_NO;
    uint32_t *count = calloc((c->parts + 1) * (c->bins + 1), sizeof *count);
    if (!count) return kpi__fail_memory(e);
    c->first = count + c->parts * (c->bins + 1);
    for (size_t i = 0; i < c->parts; i++) c->part[i].count = count + i * (c->bins + 1);
    kpi__each_piece(c->parts, threads, count_scores, c);
    for (size_t i = 0; i < c->parts; i++) uneven |= c->part[i].uneven;
    if (!uneven) {
        add_up(c);
        kpi__each_piece(c->parts, threads, set_ranks, c);
    }
    free(count);
    return uneven ? KPI_NO : KPI_OK;
}

static int rank(const work *w) {
    kpi_scores *s = w->to;
    unsigned threads = kpi__threads(w->goals->threads);
    struct counting c = {.scores = s, .unit = (uint64_t)w->unit, .parts = s->n / PART + 1};
    if (!s->n) return KPI_OK;
    if (c.parts > threads) c.parts = threads;
    if (!(s->order = malloc(s->n * sizeof *s->order))) return kpi__fail_memory(w->e);
    int code = rank_by_counting(&c, w->e);
    return code == KPI_NO ? rank_by_sorting(s, w->e) : code;
}

/* ---- the whole ---- */

static int need_book(const work *w) {
    const kpi_scheme *scheme = w->to->scheme;
    bool prorate = false;
    for (size_t i = 0; i < scheme->metrics; i++) prorate |= scheme->metric[i].prorate;
    if (w->options->managers || (!prorate && !scheme->roles)) return KPI_OK;
    return kpi__fail_at(w->e, KPI_USAGE, scheme->place, "scheme %s has %s, so a book of managers is needed (-M)",
                        KPI__QUOTE(kpi_text_of(scheme->name)), scheme->roles ? "roles" : "prorated metrics");
}

/* What is needed for the owner at hand. */
static bool prepare_owner(work *w) {
    const kpi_scheme *scheme = w->to->scheme;
    w->slot = calloc(scheme->metrics, sizeof *w->slot);
    w->row = calloc(scheme->metrics, sizeof *w->row);
    w->share = calloc(scheme->metrics, sizeof *w->share);
    return w->slot && w->row && w->share;
}

static void free_owner(work *w) {
    free(w->slot);
    free(w->row);
    free(w->share);
}

/* By kind of goals: the index of its metric in the scheme, and the weight. */
static bool find_metrics(work *w) {
    const kpi_goals *g = w->goals;
    uint32_t kinds = kpi__dict_size(g->kinds), metrics = kpi__dict_size(g->metrics);
    int *index = malloc((metrics + 1) * sizeof *index);
    w->kind = malloc((kinds + 1) * sizeof *w->kind);
    for (uint32_t i = 0; index && i < metrics; i++)
        index[i] = kpi_scheme_metric(w->to->scheme, kpi__dict_key(g->metrics, i));
    for (uint32_t i = 0; index && w->kind && i < kinds; i++) {
        const kpi__kind *kind = &g->kind[i];
        const kpi_metric *metric = index[kind->metric] < 0 ? NULL : &w->to->scheme->metric[index[kind->metric]];
        kpi_decimal weight = kind->has_weight ? kind->weight : metric && metric->weighted ? metric->weight : -1;
        w->kind[i].metric = index[kind->metric];
        if (!kpi__weight_units(weight, w->to->scheme->digits, &w->kind[i].units)) w->kind[i].units = -1;
    }
    free(index);
    return index && w->kind;
}

/* Whether owners can be scored plainly, and what that needs. */
static bool set_plain(work *w) {
    const kpi_scheme *scheme = w->to->scheme;
    for (size_t i = 0; i < scheme->metrics; i++) w->weighted += scheme->metric[i].weighted;
    return w->options->totals_only && w->measures && w->measures->cells.goals && !w->options->managers &&
           !scheme->roles && !scheme->adjusts && !scheme->gates && scheme->metrics < 1 << 16 &&
           kpi__weight_units(scheme->points, scheme->digits, &w->points);
}

static int prepare(work *w) {
    const kpi_scheme *scheme = w->to->scheme;
    const kpi_book *book = w->options->managers;
    w->unit = (int64_t)kpi__power10(6 - scheme->digits);
    w->as_of = w->options->has_as_of ? w->options->as_of : w->options->period.last;
    w->ruled = calloc(scheme->metrics, sizeof *w->ruled);
    w->used = calloc(w->measures ? kpi__measures_size(w->measures) + 1 : 1, sizeof *w->used);
    w->curve = calloc(scheme->metrics, sizeof *w->curve);
    w->teams = kpi__dict_new();
    if (!prepare_owner(w) || !w->ruled || !w->used || !w->curve || !w->teams || !find_metrics(w))
        return kpi__fail_memory(w->e);
    for (size_t i = 0; i < scheme->metrics; i++)
        if (!kpi__curve_set(&w->curve[i], scheme->metric[i].curve, scheme->metric[i].points))
            return kpi__fail_memory(w->e);
    w->plain = set_plain(w);
    for (size_t k = 0; k < scheme->adjusts; k++) w->ruled[scheme->adjust[k].metric] = true;
    for (size_t k = 0; k < scheme->gates; k++) w->ruled[scheme->gate[k].metric] = true;
    for (size_t i = 0; book && i < kpi_book_size(book); i++) {
        const char *team = kpi_book_entry(book, i)->of;
        if (*team && kpi__dict_put(w->teams, kpi_text_of(team)) == KPI__NONE) return kpi__fail_memory(w->e);
    }
    return KPI_OK;
}

static void free_work(work *w) {
    for (size_t i = 0; w->curve && i < w->to->scheme->metrics; i++) free(w->curve[i].slope);
    free(w->ruled);
    free(w->used);
    free(w->kind);
    free(w->curve);
    free_owner(w);
    kpi__dict_free(w->teams);
}

/* ---- pieces ---- */

enum { OWNERS = 1 << 12 }; /* of a piece */

struct crew {
    const work *work;
    size_t end;   /* runs */
    size_t *stop; /* by piece: the run it stopped at */
};

static void score_piece(void *context, size_t i) {
    struct crew *crew = context;
    kpi_error e;
    work w = *crew->work;
    size_t run = w.from + i * OWNERS, end = run + OWNERS < crew->end ? run + OWNERS : crew->end;
    w.quiet = true;
    w.e = &e;
    if (prepare_owner(&w))
        while (run < end && !take_owner(&w, run)) run++;
    free_owner(&w);
    crew->stop[i] = run;
}

static int score_owners(work *w, size_t end) {
    size_t pieces = (end - w->from + OWNERS - 1) / OWNERS;
    struct crew crew = {w, end, calloc(pieces, sizeof *crew.stop)};
    int code = KPI_OK;
    if (!crew.stop) return kpi__fail_memory(w->e);
    if (w->options->totals_only)
        kpi__each_piece(pieces, kpi__threads(w->goals->threads), score_piece, &crew);
    for (size_t i = 0; i < pieces && !code; i++) {
        size_t run = w->from + i * OWNERS, last = run + OWNERS < end ? run + OWNERS : end;
        for (run = crew.stop[i] ? crew.stop[i] : run; run < last && !code; run++) code = take_owner(w, run);
    }
    free(crew.stop);
    return code;
}

static bool make_room(kpi_scores *s, size_t owners, bool details) {
    s->bytes = owners * sizeof *s->total;
    s->total = kpi__pages_get(s->bytes);
    if (details) s->details = calloc(owners, sizeof *s->details);
    if (!s->total || (details && !s->details)) return false;
    return true;
}

/* Owners that were left out make no gap. */
static void close_up(kpi_scores *s, size_t owners) {
    for (size_t i = 0; i < owners; i++) {
        if (!s->total[i].owner) continue;
        if (i != s->n) {
            s->total[s->n] = s->total[i];
            if (s->details) s->details[s->n] = s->details[i];
        }
        s->n++;
    }
}

struct naming {
    kpi_scores *scores;
    size_t parts;
};

static void name_part(void *context, size_t part) {
    const struct naming *naming = context;
    kpi_scores *s = naming->scores;
    uint32_t number[KPI__BATCH];
    size_t i = s->n * part / naming->parts, end = s->n * (part + 1) / naming->parts;
    for (unsigned n = 0; i < end; i += n) {
        for (n = 0; n < KPI__BATCH && i + n < end; n++) number[n] = s->total[i + n].owner - 1;
        kpi__dict_texts(s->goals->owners, number, n, s->name + i);
    }
}

static bool set_names(kpi_scores *s) {
    struct naming naming = {s, s->n / PART + 1};
    s->name_bytes = s->n * sizeof *s->name;
    if (!(s->name = kpi__pages_get(s->name_bytes))) return false;
    kpi__each_piece(naming.parts, kpi__threads(s->goals->threads), name_part, &naming);
    return true;
}

/* Of managers of the book, there in the period, who have no goal for it. */
static int warn_idle(const work *w, size_t from, size_t end) {
    const kpi_book *book = w->options->managers;
    const kpi_entry *first = NULL, *last = NULL;
    uint64_t n = 0;
    for (size_t i = 0; book && i < kpi_book_size(book); i++) {
        const kpi_entry *entry = kpi_book_entry(book, i);
        if (!kpi_period_overlap(entry->days, w->options->period) || (last && last->who == entry->who)) continue;
        uint32_t owner = kpi__dict_find(w->goals->owners, kpi_text_of(entry->who));
        last = entry;
        if (owner != KPI__NONE && kpi__goals_run(w->goals, owner, from, end) != KPI__NONE) continue;
        n++;
        if (!first) first = entry;
    }
    if (!n) return KPI_OK;
    kpi__fail_at(w->e, KPI_OK, first->place, "%llu manager%s of the book ha%s no goal for %s, this %s: %s",
                 (unsigned long long)n, n == 1 ? "" : "s", n == 1 ? "s" : "ve", w->options->period_text,
                 n == 1 ? "one" : "the first", KPI__QUOTE(kpi_text_of(first->who)));
    return kpi__tell(w->report, w->e);
}

static int warn_rest(const work *w) {
    size_t from, end;
    int code = kpi__measures_warn_unused(w->measures, w->used, w->goals, w->to->scheme, w->options->period_text,
                                         w->report, w->e);
    if (code) return code;
    kpi__goals_runs(w->goals, w->options->period, &from, &end);
    return warn_idle(w, from, end);
}

static int check_measures(const work *w) {
    const kpi_measures *m = w->measures;
    bool same = m->cells.goals == w->goals && kpi_period_same(m->period, w->options->period);
    if (same || !m->cells.goals) return KPI_OK;
    return kpi__fail(w->e, KPI_USAGE, "measures of other goals or another period than %s", w->options->period_text);
}

static int score_all(work *w) {
    size_t end;
    int code = check_measures(w);
    if (code) return code;
    kpi__goals_runs(w->goals, w->options->period, &w->from, &end);
    if (w->from == end) return kpi__fail(w->e, KPI_NO, "no goal for %s", w->options->period_text);
    code = kpi_goals_scheme(w->goals, w->options->period, w->options->period_text, &w->to->scheme, w->e);
    if (!code) code = need_book(w);
    if (!code) code = prepare(w);
    if (!code && !make_room(w->to, end - w->from, !w->options->totals_only)) code = kpi__fail_memory(w->e);
    if (!code) code = score_owners(w, end);
    if (!code) close_up(w->to, end - w->from);
    if (!code) code = rank(w);
    if (!code && !set_names(w->to)) code = kpi__fail_memory(w->e);
    if (!code) code = kpi__measures_warn(w->measures, w->report, w->e);
    return code ? code : warn_rest(w);
}

static int keep_options(kpi_scores *s, const kpi_score_options *options, kpi_error *e) {
    s->options = *options;
    snprintf(s->period_text, sizeof s->period_text, "%s", options->period_text);
    s->options.period_text = s->period_text;
    s->work = calloc(1, sizeof *s->work);
    return s->work ? KPI_OK : kpi__fail_memory(e);
}

int kpi_score(kpi_scores **out, const kpi_goals *goals, const kpi_measures *measures, const kpi_score_options *options,
              const kpi_report *report, kpi_error *e) {
    kpi_scores *scores = calloc(1, sizeof *scores);
    if (!scores || !(scores->arena = kpi__arena_new())) {
        kpi_scores_free(scores);
        return kpi__fail_memory(e);
    }
    scores->goals = goals;
    int code = keep_options(scores, options, e);
    if (!code) {
        work *w = scores->work;
        *w = (work){.to = scores, .goals = goals, .measures = measures, .options = &scores->options, .report = report};
        w->e = e;
        code = score_all(w);
        free(w->used);
        w->used = NULL;
        w->report = NULL;
    }
    if (code)
        kpi_scores_free(scores);
    else
        *out = scores;
    return code;
}

kpi__scored_with kpi__scores_with(const kpi_scores *s) {
    return (kpi__scored_with){s->goals, s->work->measures, &s->options, s->work->as_of};
}

int kpi_scores_sheet(const kpi_scores *s, size_t i, kpi_sheet *sheet, kpi_sheet_row *row, kpi_error *e) {
    size_t from, end;
    work w = *s->work;
    w.e = e;
    w.row = row;
    w.slot = calloc(s->scheme->metrics, sizeof *w.slot);
    if (!w.slot) return kpi__fail_memory(e);
    kpi__goals_runs(s->goals, s->options.period, &from, &end);
    int code = set_goals(&w, kpi__goals_run(s->goals, s->total[i].owner - 1, from, end));
    find_all_measures(&w);
    set_days(&w);
    if (!code) code = fill_sheet(&w, sheet);
    sheet->owner = s->name[i];
    free(w.slot);
    return code;
}

/* ---- weights alone ---- */

/* Without a book the owner may have any role: the first fault is told when none fits. */
static int weigh(work *w, kpi_place place) {
    const kpi_scheme *scheme = w->to->scheme;
    kpi_error first, *e = w->e;
    set_weights(w);
    int code = check_weights(w);
    first = *e;
    for (size_t i = 0; code == KPI_DATA && !w->options->managers && i < scheme->roles; i++) {
        w->role = &scheme->role[i];
        set_weights(w);
        code = check_weights(w);
    }
    w->role = NULL;
    if (code != KPI_DATA) return code;
    kpi__fail_at(e, KPI_DATA, place, "%s", first.text);
    return kpi__tell(w->report, e);
}

static int weigh_all(work *w) {
    size_t end, entries;
    const kpi_book *book = w->options->managers;
    kpi__goals_runs(w->goals, w->options->period, &w->from, &end);
    int code = prepare(w);
    for (size_t run = w->from; !code && run < end; run++) {
        code = set_goals(w, run);
        bool scored = !book || kpi_book_find(book, owner_text(w), &entries);
        if (!code && scored) code = weigh(w, kpi_goals_at(w->goals, w->goals->run[run].first).place);
    }
    return code;
}

int kpi_weights_check(const kpi_goals *goals, const kpi_score_options *options, const kpi_report *report,
                      kpi_error *e) {
    kpi_scores scores = {0};
    work w = {.to = &scores, .goals = goals, .options = options, .report = report, .e = e};
    int code = kpi_goals_scheme(goals, options->period, options->period_text, &scores.scheme, e);
    if (!code) code = weigh_all(&w);
    free_work(&w);
    return code;
}

void kpi_scores_free(kpi_scores *s) {
    if (!s) return;
    if (s->work) free_work(s->work);
    free(s->work);
    kpi__arena_free(s->arena);
    kpi__pages_free(s->total, s->bytes);
    kpi__pages_free(s->name, s->name_bytes);
    free(s->details);
    free(s->order);
    free(s);
}

const kpi_scheme *kpi_scores_scheme(const kpi_scores *s) { return s->scheme; }
size_t kpi_scores_size(const kpi_scores *s) { return s->n; }
uint64_t kpi_scores_number_ranked(const kpi_scores *s) { return s->ranked; }

enum { NAMES_AHEAD = 24 };

kpi_scored kpi_scores_at(const kpi_scores *s, size_t i) {
    const total *t = &s->total[i];
    if (i + NAMES_AHEAD < s->n) { /* strlen looks at 32 bytes, which half of the time are in two cache lines */
        __builtin_prefetch(s->name[i + NAMES_AHEAD]);
        __builtin_prefetch(s->name[i + NAMES_AHEAD] + 31);
    }
    kpi_scored scored = {.owner = s->name[i],
                         .has_score = t->rank != 0,
                         .score = score_of(t),
                         .grade = grade_of(s, t),
                         .rank = t->rank};
    if (s->details) scored.detail = s->details[i].detail, scored.details = s->details[i].n;
    return scored;
}

static const char *name_at(const void *scores, size_t i) { return ((const kpi_scores *)scores)->name[i]; }

size_t kpi_scores_find(const kpi_scores *s, kpi_text owner, kpi_text *nearest) {
    return kpi__find_name(owner, s->n, name_at, s, nearest);
}

kpi_scored kpi_scores_ranked(const kpi_scores *s, size_t i) { return kpi_scores_at(s, s->order[i]); }
size_t kpi_scores_order(const kpi_scores *s, size_t i) { return s->order[i]; }
