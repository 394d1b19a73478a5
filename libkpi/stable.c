/* stable.c - whether the order of neighbours in rank hangs on the weights.
 *
 * A score is the mean of the credits by weight, times the scheme's points, and what adjustments change: multiplied by
 * the sum of the weights, the difference of two scores is linear in these, and so largest at a corner of the box in
 * which they may lie: each weight as large as may be where its factor is above 0, as small where it is below. Where
 * each of two owners has weights of his own, the highest score of one is compared with the lowest of the other: a mean
 * by weight is highest when those of the highest credits are large and the others small.
 *
 * A gate that bites holds a score at its ceiling, whatever the weights. The lower of two neighbours who is held can
 * only pass while the other comes below his ceiling: two linear conditions at once, which some weights in the box
 * fulfil when every mixture of the two is fulfilled by some; only the mixtures in which a factor vanishes need to be
 * looked at.
 *
 * Weights are counted in twentieths of millionths, credits in millionths, so that all is in whole numbers. */
#include "internal.h"

#include <stdlib.h>

enum { TWENTIETH = 20 };

typedef struct part { /* a metric that counts */
    size_t metric;
    kpi_decimal weight, credit;
} part;

typedef struct profile { /* what an owner's score is, but for the weights */
    part *part;
    size_t n;
    kpi_decimal changes; /* of adjustments */
    bool held;           /* a gate bites, with this ceiling: */
    kpi_decimal ceiling;
} profile;

struct kpi_stable {
    const kpi_scores *scores;
    const kpi_scheme *scheme;
    uint32_t *place; /* by owner */
    bool *flips;     /* by place: with the next one */
};

typedef struct making { /* what making it needs at hand */
    kpi_stable *to;
    profile of[2];
    kpi_sheet_row *row;
    kpi_detail *detail;
    kpi__wide *factor, *other; /* by part */
} making;

static kpi__wide wide(kpi_decimal value) {
    kpi__wide w;
    kpi__wide_set(&w, value);
    return w;
}

static kpi__wide times(const kpi__wide *a, const kpi__wide *b) {
    kpi__wide w;
    kpi__wide_mul(&w, a, b);
    return w;
}

static kpi__wide product(kpi_decimal a, kpi_decimal b) {
    kpi__wide x = wide(a), y = wide(b);
    return times(&x, &y);
}

static kpi__wide plus(kpi__wide a, kpi__wide b) {
    kpi__wide_add(&a, &a, &b);
    return a;
}

/* ---- owners ---- */

static int set_profile(making *m, size_t place, profile *p, kpi_error *e) {
    const kpi_scheme *scheme = m->to->scheme;
    kpi_sheet sheet;
    kpi_scored scored;
    int code = kpi_scores_sheet(m->to->scores, kpi_scores_order(m->to->scores, place), &sheet, m->row, e);
    if (!code) code = kpi_sheet_score(&sheet, m->detail, &scored, e);
    if (code) return code;
    *p = (profile){.part = p->part};
    for (size_t k = 0; k < scored.details; k++) {
        const kpi_detail *d = &m->detail[k];
        if (d->kind == KPI_DETAIL_ADJUST) p->changes += d->points;
        if (d->kind == KPI_DETAIL_METRIC && !d->skipped)
            p->part[p->n++] = (part){(size_t)(d->metric - scheme->metric), d->weight, d->credit};
    }
    for (size_t k = 0; k < scheme->gates; k++) {
        const kpi_rule *rule = &scheme->gate[k];
        const kpi_sheet_row *row = &sheet.row[rule->metric];
        if (!row->known || !kpi__beyond(rule, row->actual) || (p->held && p->ceiling <= rule->ceiling)) continue;
        p->held = true;
        p->ceiling = rule->ceiling;
    }
    return KPI_OK;
}

static bool same_weights(const profile *a, const profile *b) {
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = a->part[i].metric == b->part[i].metric && a->part[i].weight == b->part[i].weight;
    return same;
}

/* ---- weights ---- */

static kpi__wide least(const kpi_scheme *scheme, kpi_decimal weight) {
    kpi__wide w = product(weight, TWENTIETH), points = wide(scheme->points);
    kpi__wide_sub(&w, &w, &points);
    return kpi__wide_sign(&w) < 0 ? wide(0) : w;
}

static kpi__wide most(const kpi_scheme *scheme, kpi_decimal weight) {
    return plus(product(weight, TWENTIETH), wide(scheme->points));
}

/* The largest sum of factors times weights. */
static kpi__wide largest(const kpi_scheme *scheme, const profile *p, const kpi__wide *factor) {
    kpi__wide sum = wide(0);
    for (size_t i = 0; i < p->n; i++) {
        bool up = kpi__wide_sign(&factor[i]) > 0;
        kpi__wide weight = up ? most(scheme, p->part[i].weight) : least(scheme, p->part[i].weight);
        sum = plus(sum, times(&factor[i], &weight));
    }
    return sum;
}

static bool can_be_above_0(const kpi_scheme *scheme, const profile *p, const kpi__wide *factor) {
    kpi__wide sum = largest(scheme, p, factor);
    return kpi__wide_sign(&sum) > 0;
}

/* ---- weights moved together ---- */

static kpi__wide factor_of(const kpi_scheme *scheme, kpi_decimal credit, kpi_decimal change) {
    return plus(product(credit, scheme->points), product(change, KPI_ONE));
}

/* Whether b's score can be above a's. */
static void difference(const kpi_scheme *scheme, const profile *b, const profile *a, kpi__wide *factor) {
    for (size_t i = 0; i < b->n; i++)
        factor[i] = factor_of(scheme, b->part[i].credit - a->part[i].credit, b->changes - a->changes);
}

/* Whether a score can be above (sign 1) or below (-1) a limit. */
static void distance(const kpi_scheme *scheme, const profile *p, kpi_decimal limit, int sign, kpi__wide *factor) {
    for (size_t i = 0; i < p->n; i++)
        factor[i] = factor_of(scheme, sign * p->part[i].credit, sign * (p->changes - limit));
}

/* Whether both sums can be above 0 at once, the factors being m->factor and m->other. */
static bool both_above_0(const making *m, const profile *p) {
    const kpi_scheme *scheme = m->to->scheme;
    const kpi__wide *f = m->factor, *g = m->other;
    kpi__wide *mixed = m->other + p->n;
    bool can = can_be_above_0(scheme, p, f) && can_be_above_0(scheme, p, g);
    for (size_t k = 0; k < p->n && can; k++) {
        if (kpi__wide_sign(&f[k]) * kpi__wide_sign(&g[k]) >= 0) continue;
        kpi__wide a = f[k], b = g[k];
        a.negative = b.negative = false;
        for (size_t i = 0; i < p->n; i++) mixed[i] = plus(times(&f[i], &b), times(&g[i], &a));
        can = can_be_above_0(scheme, p, mixed);
    }
    return can;
}

static bool flips_together(making *m, const profile *a, const profile *b) {
    const kpi_scheme *scheme = m->to->scheme;
    difference(scheme, b, a, m->factor);
    if (b->held && (!a->held || b->ceiling <= a->ceiling)) {
        distance(scheme, a, b->ceiling, -1, m->other);
        return both_above_0(m, a);
    }
    if (can_be_above_0(scheme, b, m->factor)) return true;
    if (!a->held) return false;
    distance(scheme, b, a->ceiling, 1, m->factor);
    return can_be_above_0(scheme, b, m->factor);
}

/* ---- weights moved apart ---- */

static int by_credit(const void *x, const void *y) {
    const part *a = x, *b = y;
    return (a->credit < b->credit) - (a->credit > b->credit);
}

static int by_metric(const void *x, const void *y) {
    const part *a = x, *b = y;
    return (a->metric > b->metric) - (a->metric < b->metric);
}

/* a is above b. */
static bool above(const kpi__fraction *a, const kpi__fraction *b) {
    kpi__wide left = times(&a->num, &b->den), right = times(&b->num, &a->den);
    return kpi__wide_compare(&left, &right) > 0;
}

/* The score when the weights of the first `large` metrics are large and the others small, or (up: false) those of the
 * last. Sorted by credit, falling. */
static kpi__fraction score_of(const kpi_scheme *scheme, const profile *p, size_t large, bool up) {
    kpi__fraction score = {wide(0), wide(0)};
    for (size_t i = 0; i < p->n; i++) {
        bool is_large = up ? i < large : i >= p->n - large;
        kpi__wide w = is_large ? most(scheme, p->part[i].weight) : least(scheme, p->part[i].weight);
        kpi__wide factor = factor_of(scheme, p->part[i].credit, p->changes);
        score.num = plus(score.num, times(&factor, &w));
        score.den = plus(score.den, w);
    }
    return score;
}

/* The highest score that p can have, or (up: false) the lowest; times 10^6 x points / points. */
static kpi__fraction extreme(const kpi_scheme *scheme, const profile *p, bool up) {
    kpi__fraction best = score_of(scheme, p, 1, up);
    for (size_t large = 2; large <= p->n; large++) {
        kpi__fraction score = score_of(scheme, p, large, up);
        if (up ? above(&score, &best) : above(&best, &score)) best = score;
    }
    return best;
}

static kpi__fraction ceiling_of(const profile *p) { return (kpi__fraction){product(p->ceiling, KPI_ONE), wide(1)}; }

static bool flips_apart(making *m, profile *a, profile *b) {
    const kpi_scheme *scheme = m->to->scheme;
    qsort(a->part, a->n, sizeof *a->part, by_credit);
    qsort(b->part, b->n, sizeof *b->part, by_credit);
    kpi__fraction high = extreme(scheme, b, true), low = extreme(scheme, a, false), limit = ceiling_of(b);
    if (b->held && above(&high, &limit)) high = limit;
    limit = ceiling_of(a);
    if (a->held && above(&low, &limit)) low = limit;
    qsort(b->part, b->n, sizeof *b->part, by_metric); /* it will be compared with the next one */
    return above(&high, &low);
}

/* ---- the whole ---- */

static bool flips(making *m, profile *a, profile *b) {
    return same_weights(a, b) ? flips_together(m, a, b) : flips_apart(m, a, b);
}

static int compare_all(making *m, kpi_error *e) {
    size_t ranked = kpi_scores_number_ranked(m->to->scores);
    int code = ranked ? set_profile(m, 0, &m->of[0], e) : KPI_OK;
    for (size_t place = 0; place + 1 < ranked && !code; place++) {
        profile *a = &m->of[place % 2], *b = &m->of[(place + 1) % 2];
        if ((code = set_profile(m, place + 1, b, e))) break;
        m->to->flips[place] = flips(m, a, b);
    }
    return code;
}

static int make(making *m, kpi_error *e) {
    const kpi_scheme *scheme = m->to->scheme;
    size_t n = scheme->metrics;
    m->row = calloc(n, sizeof *m->row);
    m->detail = calloc(n + scheme->adjusts + 1, sizeof *m->detail);
    m->factor = calloc(n, sizeof *m->factor);
    m->other = calloc(2 * n, sizeof *m->other);
    for (size_t i = 0; i < 2; i++) m->of[i].part = calloc(n, sizeof *m->of[i].part);
    bool done = m->row && m->detail && m->factor && m->other && m->of[0].part && m->of[1].part;
    int code = done ? compare_all(m, e) : kpi__fail_memory(e);
    for (size_t i = 0; i < 2; i++) free(m->of[i].part);
    free(m->row);
    free(m->detail);
    free(m->factor);
    free(m->other);
    return code;
}

int kpi_stable_new(kpi_stable **out, const kpi_scores *scores, kpi_error *e) {
    size_t n = kpi_scores_size(scores);
    kpi_stable *s = calloc(1, sizeof *s);
    if (!s) return kpi__fail_memory(e);
    *s = (kpi_stable){scores, kpi_scores_scheme(scores), calloc(n + 1, sizeof *s->place), calloc(n + 1, 1)};
    making m = {.to = s};
    int code = s->place && s->flips ? make(&m, e) : kpi__fail_memory(e);
    if (code) {
        kpi_stable_free(s);
        return code;
    }
    for (size_t place = 0; place < n; place++) s->place[kpi_scores_order(scores, place)] = (uint32_t)place;
    *out = s;
    return KPI_OK;
}

void kpi_stable_free(kpi_stable *s) {
    if (!s) return;
    free(s->place);
    free(s->flips);
    free(s);
}

kpi_neighbours kpi_stable_at(const kpi_stable *s, size_t i) {
    size_t place = s->place[i];
    bool above_too = place && s->flips[place - 1];
    return (kpi_neighbours){above_too ? kpi_scores_ranked(s->scores, place - 1).owner : NULL,
                            s->flips[place] ? kpi_scores_ranked(s->scores, place + 1).owner : NULL};
}
