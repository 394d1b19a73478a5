/* credit.c - the arithmetic of one metric: attainment, credit, points, adjustments, scaled weights. Exact.
 *
 * Actual, target and baseline are quotients of 128-bit numbers; what is made of them is kept as a fraction of
 * wide numbers and rounded once. The bits, at the most: actual 127 over 64 (a count of lines), target 118 over
 * 49 and baseline 92 over 22 (proration in days), so an attainment has 200 over 204, a credit 346 over 295, and
 * points 440, where 1024 are there. */
#include "internal.h"

#include <stdlib.h>

static kpi__wide wide(kpi_decimal value) {
    kpi__wide w;
    kpi__wide_set(&w, value);
    return w;
}

static kpi__wide times(kpi__wide a, kpi_decimal b) {
    kpi__wide w = wide(b);
    kpi__wide_mul(&a, &a, &w);
    return a;
}

static kpi__wide product(kpi_decimal a, kpi_decimal b) { return times(wide(a), b); }

static kpi__wide minus(kpi__wide a, kpi__wide b) {
    kpi__wide_sub(&a, &a, &b);
    return a;
}

static void make_den_positive(kpi__fraction *x) {
    if (kpi__wide_sign(&x->den) > 0) return;
    x->num.negative = x->num.n && !x->num.negative;
    x->den.negative = false;
}

/* Without a target to divide by: reached (1) or not (0). */
static void all_or_nothing(bool reached, kpi__fraction *out) { *out = (kpi__fraction){wide(reached), wide(1)}; }

bool kpi__attainment(kpi_ratio a, kpi_ratio t, const kpi_ratio *b, bool lower, kpi__fraction *out) {
    if (b) {
        out->num = times(minus(product(a.num, b->den), product(b->num, a.den)), t.den);
        out->den = times(minus(product(t.num, b->den), product(b->num, t.den)), a.den);
        if (!kpi__wide_sign(&out->den)) return false;
        make_den_positive(out);
        return true;
    }
    if (t.num < 0) return false;
    if (t.num == 0) {
        all_or_nothing(lower ? a.num <= 0 : a.num >= 0, out);
        return true;
    }
    out->num = product(a.num, t.den);
    out->den = product(t.num, a.den);
    if (lower) out->num = minus(times(out->den, 2), out->num);
    return true;
}

/* Whether x >= limit, a number in millionths. */
static bool at_least(const kpi__fraction *x, kpi_decimal limit) {
    kpi__wide left = times(x->num, KPI_ONE), right = times(x->den, limit);
    return kpi__wide_compare(&left, &right) >= 0;
}

size_t kpi__segment(const kpi__fraction *x, const kpi_point *curve, size_t points) {
    while (points && !at_least(x, curve[points - 1].x)) points--;
    return points;
}

void kpi__credit(const kpi__fraction *x, const kpi_point *curve, size_t points, kpi__fraction *out) {
    size_t i = kpi__segment(x, curve, points);
    if (i == 0 || i == points) {
        *out = (kpi__fraction){wide(curve[i ? i - 1 : 0].y), wide(KPI_ONE)};
        return;
    }
    const kpi_point *p = &curve[i - 1], *q = &curve[i];
    kpi_decimal dx = q->x - p->x, dy = q->y - p->y;
    kpi__wide rise = times(minus(times(x->num, KPI_ONE), times(x->den, p->x)), dy);
    kpi__wide base = times(times(x->den, dx), p->y);
    kpi__wide_add(&out->num, &base, &rise);
    out->den = times(times(x->den, dx), KPI_ONE);
}

/* num / den rounded to digits decimals, in millionths. */
static bool round_to(kpi__wide num, const kpi__wide *den, int digits, kpi_decimal *out) {
    kpi_decimal units;
    num = times(num, kpi__power10(digits));
    return kpi__wide_round(&num, den, &units) && !__builtin_mul_overflow(units, kpi__power10(6 - digits), out);
}

bool kpi__fraction_round(const kpi__fraction *x, int digits, kpi_decimal *out) {
    return round_to(x->num, &x->den, digits, out);
}

bool kpi__fraction_points(kpi_decimal weight, const kpi__fraction *x, int digits, kpi_decimal *out) {
    kpi__wide den = times(x->den, KPI_ONE);
    return round_to(times(x->num, weight), &den, digits, out);
}

bool kpi__most_points(kpi_decimal weight, const kpi__fraction *from, const kpi__fraction *to, const kpi_point *curve,
                      size_t points, int digits, kpi_decimal *out) {
    kpi__fraction y;
    kpi_decimal one;
    kpi__credit(from, curve, points, &y);
    if (!kpi__fraction_points(weight, &y, digits, out)) return false;
    kpi__credit(to, curve, points, &y);
    for (size_t i = points;; y = (kpi__fraction){wide(curve[i].y), wide(KPI_ONE)}) {
        if (!kpi__fraction_points(weight, &y, digits, &one)) return false;
        if (one > *out) *out = one;
        do
            if (!i--) return true;
        while (!at_least(to, curve[i].x) || at_least(from, curve[i].x));
    }
}

bool kpi__gain(kpi_decimal weight, const kpi__fraction *x, const kpi_point *curve, size_t points, kpi_ratio t,
               const kpi_ratio *b, int digits, kpi_decimal *out) {
    size_t i = points;
    *out = 0;
    while (i && !at_least(x, curve[i - 1].x)) i--;
    if (i == 0 || i == points || (!b && t.num == 0)) return true;
    const kpi_point *p = &curve[i - 1], *q = &curve[i];
    kpi__fraction gain = {times(product(weight, q->y - p->y), t.num), times(product(q->x - p->x, 100), KPI_ONE)};
    kpi__wide way = b ? minus(product(t.num, b->den), product(b->num, t.den)) : wide(t.num);
    if (b) gain.num = times(gain.num, b->den);
    kpi__wide_mul(&gain.den, &gain.den, &way);
    make_den_positive(&gain);
    gain.num.negative = gain.num.n && q->y < p->y; /* whatever the sign of the target */
    return kpi__fraction_round(&gain, digits, out);
}

/* ---- small numbers ---- */

enum { NUM_BITS = 62, DEN_BITS = 31, FACTOR_BITS = 31 };

static bool fits(kpi_decimal value, int bits) {
    return value < (kpi_decimal)1 << bits && value > -((kpi_decimal)1 << bits);
}

static bool small(kpi_ratio r) { return fits(r.num, NUM_BITS) && fits(r.den, DEN_BITS); }

kpi_decimal kpi__common(kpi_decimal a, kpi_decimal b) {
    while (b) {
        kpi_decimal rest = a % b;
        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

/* (a + b x) / c in lowest terms, c > 0. false: too large. */
static bool set_slope(kpi__slope *slope, kpi_decimal a, kpi_decimal b, kpi_decimal c) {
    kpi_decimal factor = kpi__common(kpi__common(a, b), c);
    a /= factor, b /= factor, c /= factor;
    *slope = (kpi__slope){(int64_t)a, (int64_t)b, (int64_t)c};
    return fits(a, FACTOR_BITS) && fits(b, FACTOR_BITS) && fits(c, FACTOR_BITS);
}

/* Between p and q: credit = p.y + (x - p.x) (q.y - p.y) / (q.x - p.x), all in millionths but x. */
bool kpi__curve_set(kpi__curve *curve, const kpi_point *point, size_t points) {
    bool fit = true;
    *curve = (kpi__curve){point, points, calloc(points + 1, sizeof *curve->slope)};
    if (!curve->slope) return false;
    for (size_t i = 0; i < points; i++) fit = fit && fits(point[i].x, 50) && fits(point[i].y, 50);
    for (size_t i = 0; i <= points && fit; i++) {
        const kpi_point *p = &point[i ? i - 1 : 0], *q = &point[i < points ? i : i - 1];
        kpi_decimal dx = q->x - p->x, dy = q->y - p->y;
        fit = dx ? set_slope(&curve->slope[i], p->y * dx - p->x * dy, KPI_ONE * dy, dx * KPI_ONE)
                 : set_slope(&curve->slope[i], p->y, 0, KPI_ONE); /* flat; a step is never asked for */
    }
    if (fit) return true;
    free(curve->slope);
    curve->slope = NULL;
    return true;
}

/* The attainment n / d, d > 0, both of less than NUM_BITS bits. Products on the way: (62 + 31, + 1) + 31 = 125 bits. */
static bool small_attainment(kpi_ratio a, kpi_ratio t, const kpi_ratio *b, bool lower, kpi_decimal *n, kpi_decimal *d) {
    if (b) {
        *n = (a.num * b->den - b->num * a.den) * t.den;
        *d = (t.num * b->den - b->num * t.den) * a.den;
        if (*d < 0) *n = -*n, *d = -*d;
    } else if (t.num == 0) {
        *n = lower ? a.num <= 0 : a.num >= 0;
        *d = 1;
    } else {
        *n = a.num * t.den;
        *d = t.num * a.den;
        if (lower) *n = 2 * *d - *n;
        if (t.num < 0) return false;
    }
    return *d && fits(*n, NUM_BITS) && fits(*d, NUM_BITS);
}

/* num / den rounded half away from zero; less than 126 bits, den > 0. */
static kpi_decimal divide_small(kpi_decimal num, kpi_decimal den) {
    kpi_decimal size = num < 0 ? -num : num, quotient = size / den, rest = size % den;
    quotient += rest >= den - rest;
    return num < 0 ? -quotient : quotient;
}

/* weight * (a + b n/d) / c: 31 + (31 + 62 + 1) bits over 31 + 62. Seldom needed, and so never inlined. */
static __attribute__((noinline)) kpi_decimal wide_points(const kpi__curve *curve, int64_t weight, int64_t n,
                                                         int64_t d) {
    size_t i = curve->points; /* the last point at or before the attainment is i - 1; x: at most 50 + 62 bits */
    while (i && n * KPI_ONE < (kpi_decimal)d * (int64_t)curve->point[i - 1].x) i--;
    const kpi__slope *s = &curve->slope[i];
    return divide_small(weight * ((kpi_decimal)s->a * d + (kpi_decimal)s->b * n), (kpi_decimal)s->c * d);
}

/* The same in 64 bits all through, which suffice for most. Points at or before the attainment are counted, as nobody
 * could foresee a branch. false: they do not suffice. */
static inline bool narrow_points(const kpi__curve *curve, int64_t weight, int64_t n, int64_t d, int64_t *out) {
    int64_t x, limit, base, rise, num, den;
    size_t i = 0;
    bool over = __builtin_mul_overflow(n, (int64_t)KPI_ONE, &x);
    for (size_t k = 0; k < curve->points; k++) {
        over |= __builtin_mul_overflow(d, (int64_t)curve->point[k].x, &limit);
        i += x >= limit;
    }
    const kpi__slope *s = &curve->slope[i];
    over |= __builtin_mul_overflow(s->a, d, &base);
    over |= __builtin_mul_overflow(s->b, n, &rise);
    over |= __builtin_add_overflow(base, rise, &num);
    over |= __builtin_mul_overflow(num, weight, &num);
    over |= __builtin_mul_overflow(s->c, d, &den);
    over |= num == INT64_MIN;
    if (over) return false;
    uint64_t size = (uint64_t)(num < 0 ? -num : num), quotient = size / (uint64_t)den, rest = size % (uint64_t)den;
    quotient += rest >= (uint64_t)den - rest;
    *out = num < 0 ? -(int64_t)quotient : (int64_t)quotient;
    return true;
}

static kpi_decimal points_at(const kpi__curve *curve, int64_t weight, int64_t n, int64_t d) {
    int64_t points;
    return narrow_points(curve, weight, n, d, &points) ? points : wide_points(curve, weight, n, d);
}

bool kpi__weight_units(kpi_decimal weight, int digits, int64_t *units) {
    int64_t unit = (int64_t)kpi__power10(6 - digits);
    if (weight < 0 || !fits(weight, NUM_BITS) || (int64_t)weight % unit) return false;
    *units = (int64_t)weight / unit;
    return fits(*units, FACTOR_BITS);
}

bool kpi__points_of_small(const kpi__curve *curve, kpi_decimal weight, kpi_ratio actual, kpi_ratio target,
                          const kpi_ratio *baseline, bool lower, int digits, kpi_decimal *out) {
    kpi_decimal n, d;
    int64_t units;
    if (!curve->slope || !small(actual) || !small(target) || (baseline && !small(*baseline)) ||
        !kpi__weight_units(weight, digits, &units) || !small_attainment(actual, target, baseline, lower, &n, &d))
        return false;
    kpi_decimal points = points_at(curve, units, (int64_t)n, (int64_t)d);
    return !__builtin_mul_overflow(points, kpi__power10(6 - digits), out);
}

bool kpi__units_of_small(const kpi__curve *curve, int64_t weight, int64_t actual, int64_t target, bool lower,
                         int64_t *out) {
    const uint64_t half = UINT64_C(1) << (NUM_BITS - 2), whole = 2 * half;
    if ((uint64_t)actual + half >= whole || (uint64_t)target - 1 >= half || !curve->slope) return false;
    int64_t n = lower ? 2 * target - actual : actual;
    if (!narrow_points(curve, weight, n, target, out)) {
        kpi_decimal points = wide_points(curve, weight, n, target);
        if (!fits(points, FACTOR_BITS)) return false;
        *out = (int64_t)points;
    }
    return *out < INT64_C(1) << FACTOR_BITS && *out > -(INT64_C(1) << FACTOR_BITS);
}

/* actual - limit, over the actual's own denominator; the other way round for `below`. */
static kpi__wide distance(const kpi_rule *rule, kpi_ratio actual) {
    kpi__wide a = wide(actual.num), limit = product(rule->limit, actual.den);
    return rule->below ? minus(limit, a) : minus(a, limit);
}

bool kpi__beyond(const kpi_rule *rule, kpi_ratio actual) {
    kpi__wide d = distance(rule, actual);
    return kpi__wide_sign(&d) > 0;
}

bool kpi__adjustment(const kpi_rule *rule, kpi_ratio actual, int digits, kpi_decimal *out) {
    kpi__wide d = distance(rule, actual), each = product(rule->each, actual.den);
    kpi_decimal steps, change;
    if (!kpi__wide_floor(&d, &each, &steps)) return false;
    if (steps < 0) steps = 0;
    bool over = __builtin_mul_overflow(steps, rule->points, &change);
    if (over && !rule->limited) return false;
    if (over) change = rule->points < 0 ? -rule->at_most : rule->at_most;
    if (rule->limited && change > rule->at_most) change = rule->at_most;
    if (rule->limited && change < -rule->at_most) change = -rule->at_most;
    *out = kpi__decimal_round(change, digits);
    return true;
}

static int by_rest(const void *x, const void *y) {
    const kpi__share *a = x, *b = y;
    if (a->rest != b->rest) return a->rest > b->rest ? -1 : 1;
    return a->place < b->place ? -1 : 1;
}

static int by_place(const void *x, const void *y) {
    const kpi__share *a = x, *b = y;
    return a->place < b->place ? -1 : 1;
}

bool kpi__scale_weights(kpi__share *share, size_t n, kpi_decimal total, int digits) {
    kpi_decimal left = 0, whole, product, unit = kpi__power10(6 - digits), spare = total / unit;
    for (size_t i = 0; i < n; i++) {
        if (share[i].skip)
            share[i].weight = 0;
        else if (__builtin_add_overflow(left, share[i].weight, &left))
            return false;
    }
    if (left == 0 || left == total) return true;
    if (__builtin_mul_overflow(left, unit, &whole)) return false;
    for (size_t i = 0; i < n; i++) {
        if (__builtin_mul_overflow(share[i].weight, total, &product)) return false;
        share[i].units = product / whole;
        share[i].rest = product % whole;
        spare -= share[i].units;
    }
    qsort(share, n, sizeof *share, by_rest); /* fewer are spare than have a rest, so a weight of 0 stays 0 */
    for (size_t i = 0; i < n; i++) share[i].weight = (share[i].units + ((kpi_decimal)i < spare)) * unit;
    qsort(share, n, sizeof *share, by_place);
    return true;
}
