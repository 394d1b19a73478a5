/* test_credit.c - credit.c: attainment, credit, points, adjustments, gates, scaled weights; by hand, and at random
 * against small fractions of 64 bits and a plain largest remainder. */
#include "unit.h"

#include <inttypes.h>

/* "1/3", "-2.5": a ratio as written. */
static kpi_ratio ratio(const char *text) {
    char num[64];
    size_t n = strcspn(text, "/");
    snprintf(num, sizeof num, "%.*s", (int)n, text);
    return (kpi_ratio){number(num), text[n] ? number(text + n + 1) / KPI_ONE : 1};
}

static void expect_fraction(const kpi__fraction *x, int digits, const char *text) {
    kpi_decimal value;
    char out[KPI_NUMBER_SIZE];
    assert_true(kpi__fraction_round(x, digits, &value));
    kpi_decimal_format(value, digits, out);
    assert_string_equal(out, text);
}

/* ---- attainment ---- */

static void test_attainment(void **state) {
    (void)state;
    static const struct {
        const char *actual, *target, *baseline;
        bool lower;
        const char *attainment; /* to 6 decimals; NULL: there is none */
    } cases[] = {
        {"420000", "500000", NULL, false, "0.840000"},
        {"500000", "500000", NULL, false, "1.000000"},
        {"0", "500000", NULL, false, "0.000000"},
        {"-5", "10", NULL, false, "-0.500000"},
        {"1", "3", NULL, false, "0.333333"},
        {"2/3", "1/7", NULL, false, "4.666667"}, /* 14/3 */
        /* lower is better: 2 - a/t */
        {"3", "4", NULL, true, "1.250000"},
        {"4", "4", NULL, true, "1.000000"},
        {"8", "4", NULL, true, "0.000000"},
        {"9", "4", NULL, true, "-0.250000"},
        {"0", "4", NULL, true, "2.000000"},
        {"-4", "4", NULL, true, "3.000000"},
        {"1/3", "1/2", NULL, true, "1.333333"},
        /* a target of 0 */
        {"0", "0", NULL, false, "1.000000"},
        {"0.000001", "0", NULL, false, "1.000000"},
        {"-0.000001", "0", NULL, false, "0.000000"},
        {"0", "0", NULL, true, "1.000000"},
        {"-7", "0", NULL, true, "1.000000"},
        {"0.000001", "0", NULL, true, "0.000000"},
        {"-1", "0/5", NULL, false, "0.000000"},
        /* a target below 0 needs a baseline */
        {"1", "-1", NULL, false, NULL},
        {"1", "-1/3", NULL, true, NULL},
        {"-1", "-2", "0", true, "0.500000"},
        {"-3", "-2", "-4", false, "0.500000"},
        /* with a baseline: (a - b) / (t - b), up or down */
        {"420000", "440000", "400000", false, "0.500000"},
        {"400000", "440000", "400000", false, "0.000000"},
        {"390000", "440000", "400000", false, "-0.250000"},
        {"450000", "440000", "400000", false, "1.250000"},
        {"6", "4", "10", true, "0.666667"},
        {"3", "4", "10", true, "1.166667"},
        {"12", "4", "10", true, "-0.333333"},
        {"5", "0", "10", true, "0.500000"},       /* a target of 0 is like any other then */
        {"1/2", "1/3", "1/7", false, "1.875000"}, /* (5/14) / (4/21) */
        {"1", "5", "5", false, NULL},
        {"1", "10/4", "5/2", false, NULL},
        /* numbers as long as they come */
        {"999999999999999.999999", "0.000001", NULL, false, "999999999999999999999.000000"},
        {"0.000001", "999999999999999.999999", NULL, false, "0.000000"},
        {"999999999999999.999999", "999999999999999.999998", "-999999999999999.999999", false, "1.000000"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi__fraction x;
        kpi_ratio b = ratio(cases[i].baseline ? cases[i].baseline : "0");
        bool is = kpi__attainment(ratio(cases[i].actual), ratio(cases[i].target), cases[i].baseline ? &b : NULL,
                                  cases[i].lower, &x);
        assert_int_equal(is, cases[i].attainment != NULL);
        if (!is) continue;
        assert_int_equal(kpi__wide_sign(&x.den), 1);
        expect_fraction(&x, 6, cases[i].attainment);
    }
}

/* ---- credit ---- */

static kpi__fraction fraction(kpi_ratio value) {
    kpi__fraction x;
    kpi__wide den;
    kpi__wide_set(&x.num, value.num);
    kpi__wide_set(&x.den, value.den);
    kpi__wide_set(&den, KPI_ONE);
    kpi__wide_mul(&x.den, &x.den, &den);
    return x;
}

#define POINT(x, y) \
    { (kpi_decimal)((x)*1000), (kpi_decimal)((y)*1000) } /* in thousandths */
static const kpi_point straight[] = {POINT(0, 0), POINT(1000, 1000)}, single[] = {POINT(500, 700)},
                       contract[] = {POINT(600, 0), POINT(1000, 1000), POINT(1200, 1300)},
                       steps[] = {POINT(0, 0), POINT(500, 0), POINT(500, 500), POINT(1000, 500), POINT(1000, 1000)},
                       first_step[] = {POINT(500, 100), POINT(500, 900)},
                       hill[] = {POINT(-1000, 1000), POINT(2000, -1000)};

static void test_curves(void **state) {
    (void)state;
    static const struct {
        const kpi_point *curve;
        size_t points;
        const char *x, *y; /* y to 6 decimals */
    } cases[] = {
        {straight, 2, "0.84", "0.840000"},     {straight, 2, "1/3", "0.333333"},
        {straight, 2, "-1", "0.000000"},       {straight, 2, "1.5", "1.000000"},
        {straight, 2, "0", "0.000000"},        {straight, 2, "1", "1.000000"},
        {contract, 3, "0.599999", "0.000000"}, {contract, 3, "0.6", "0.000000"},
        {contract, 3, "0.84", "0.600000"}, /* 0.24 / 0.4 */
        {contract, 3, "1", "1.000000"},        {contract, 3, "1.1", "1.150000"},
        {contract, 3, "1.2", "1.300000"},      {contract, 3, "7", "1.300000"},
        {contract, 3, "2/3", "0.166667"},                                     /* (2/3 - 3/5) / (2/5) = 1/6 */
        {steps, 5, "0.499999", "0.000000"},    {steps, 5, "0.5", "0.500000"}, /* the later point holds from there on */
        {steps, 5, "0.999999", "0.500000"},    {steps, 5, "1", "1.000000"},
        {steps, 5, "2", "1.000000"},           {first_step, 2, "0.499999", "0.100000"},
        {first_step, 2, "0.5", "0.900000"},    {single, 1, "0", "0.700000"},
        {single, 1, "0.5", "0.700000"},        {single, 1, "1", "0.700000"},
        {hill, 2, "0.5", "0.000000"},                                        /* credits may fall, and be below 0 */
        {hill, 2, "3", "-1.000000"},           {hill, 2, "1/7", "0.238095"}, /* 1 - 2 * (8/7) / 3 = 5/21 */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi__fraction x = fraction(ratio(cases[i].x)), y;
        kpi__credit(&x, cases[i].curve, cases[i].points, &y);
        expect_fraction(&y, 6, cases[i].y);
    }
}

/* ---- rounding ---- */

static void test_rounding(void **state) {
    (void)state;
    static const struct {
        const char *weight, *credit;
        int digits;
        const char *points;
    } cases[] = {
        {"40", "0.84", 2, "33.60"},
        {"100", "0.00005", 2, "0.01"}, /* half away from zero */
        {"100", "0.000049", 2, "0.00"},
        {"100", "-0.00005", 2, "-0.01"},
        {"100", "-0.000049", 2, "0.00"},
        {"1", "0.5", 0, "1"},
        {"1", "-0.5", 0, "-1"},
        {"1", "0.499999", 0, "0"},
        {"1", "2/3", 6, "0.666667"},
        {"20", "1/3", 3, "6.667"},
        {"0", "1/3", 2, "0.00"},
        {"999999999999999.999999", "1", 6, "999999999999999.999999"},
        {"0.000001", "1/2", 6, "0.000001"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi__fraction y = fraction(ratio(cases[i].credit));
        kpi_decimal points;
        char out[KPI_NUMBER_SIZE];
        assert_true(kpi__fraction_points(number(cases[i].weight), &y, cases[i].digits, &points));
        kpi_decimal_format(points, cases[i].digits, out);
        assert_string_equal(out, cases[i].points);
    }
}

static void test_out_of_range(void **state) {
    (void)state;
    const kpi_decimal huge = (kpi_decimal)(~(unsigned __int128)0 >> 1);
    kpi__fraction x = fraction((kpi_ratio){huge, 1});
    kpi_decimal value;
    assert_true(kpi__fraction_round(&x, 6, &value));
    assert_true(value == huge);
    assert_true(kpi__fraction_points(KPI_ONE, &x, 6, &value));
    assert_false(kpi__fraction_points(2 * KPI_ONE, &x, 6, &value));
    assert_false(kpi__fraction_points(KPI_DECIMAL_MAX, &x, 2, &value)); /* its units fit, millionths do not */
    assert_true(kpi__fraction_round(&x, 0, &value)); /* 2^127 - 1 ends in ...884.105727: cut here, beyond there */
    expect_decimal(value, "170141183460469231731687303715884");
    assert_false(kpi__fraction_round(&x, 2, &value));
}

/* ---- adjustments and gates ---- */

static void test_adjustments(void **state) {
    (void)state;
    static const struct {
        const char *above, *below, *each, *points, *at_most, *actual;
        int digits;
        const char *change;
        bool beyond;
    } cases[] = {
        /* the contract's: {above: 2, each: 1, points: -2, at_most: 10} */
        {"2", NULL, "1", "-2", "10", "2", 2, "0", false},
        {"2", NULL, "1", "-2", "10", "2.999999", 2, "0", true},
        {"2", NULL, "1", "-2", "10", "3", 2, "-2", true},
        {"2", NULL, "1", "-2", "10", "6.5", 2, "-8", true},
        {"2", NULL, "1", "-2", "10", "7", 2, "-10", true},
        {"2", NULL, "1", "-2", "10", "99", 2, "-10", true},
        {"2", NULL, "1", "-2", "10", "-99", 2, "0", false}, /* at least 0 steps */
        {"2", NULL, "1", "-2", NULL, "99", 2, "-194", true},
        {"2", NULL, "1", "-2", "0", "99", 2, "0", true},
        {"2", NULL, "1", "2", "10", "99", 2, "10", true},
        {NULL, "5", "1", "-1", NULL, "5", 2, "0", false},
        {NULL, "5", "1", "-1", NULL, "4.5", 2, "0", true},
        {NULL, "5", "1", "-1", NULL, "4", 2, "-1", true},
        {NULL, "5", "2", "-1", "3", "-95", 2, "-3", true},
        {NULL, "-5", "0.5", "3", NULL, "-6.25", 2, "6", true},
        {"0", NULL, "0.3", "0.1", NULL, "0.9", 2, "0.3", true}, /* exactly 3 steps */
        {"0", NULL, "0.3", "0.1", NULL, "0.899999", 2, "0.2", true},
        {"0", NULL, "1", "1", NULL, "10/3", 2, "3", true}, /* a mean */
        /* rounded to digits, once, after the limit */
        {"0", NULL, "1", "0.125", NULL, "1", 2, "0.13", true},
        {"0", NULL, "1", "-0.125", NULL, "1", 2, "-0.13", true},
        {"0", NULL, "1", "0.125", NULL, "2", 2, "0.25", true},
        {"0", NULL, "1", "0.4", NULL, "1", 0, "0", true},
        {"0", NULL, "1", "0.000001", NULL, "5", 6, "0.000005", true},
        {"0", NULL, "0.000001", "999999999999999", NULL, "999999", 2, "999998999999999000001000000", true},
        {"0", NULL, "1", "0", NULL, "5", 2, "0", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_rule rule = {.below = cases[i].below != NULL,
                         .limit = number(cases[i].below ? cases[i].below : cases[i].above),
                         .points = number(cases[i].points),
                         .limited = cases[i].at_most != NULL,
                         .at_most = cases[i].at_most ? number(cases[i].at_most) : 0};
        kpi_decimal change;
        assert_int_equal(kpi__beyond(&rule, ratio(cases[i].actual)), cases[i].beyond);
        rule.each = number(cases[i].each);
        assert_true(kpi__adjustment(&rule, ratio(cases[i].actual), cases[i].digits, &change));
        expect_decimal(change, cases[i].change);
    }
}

static void test_adjustment_range(void **state) {
    (void)state;
    const kpi_decimal huge = (kpi_decimal)(~(unsigned __int128)0 >> 1);
    kpi_decimal change;
    kpi_rule rule = {.each = 1, .points = KPI_DECIMAL_MAX, .at_most = 7 * KPI_ONE};
    assert_false(kpi__adjustment(&rule, (kpi_ratio){huge, 1}, 2, &change)); /* steps x points */
    rule.limited = true;
    assert_true(kpi__adjustment(&rule, (kpi_ratio){huge, 1}, 2, &change));
    expect_decimal(change, "7");
    rule.points = -KPI_DECIMAL_MAX;
    assert_true(kpi__adjustment(&rule, (kpi_ratio){huge, 1}, 2, &change));
    expect_decimal(change, "-7");
    rule.limit = -KPI_ONE;
    assert_false(kpi__adjustment(&rule, (kpi_ratio){huge, 1}, 2, &change)); /* the steps themselves */
}

/* At random: steps counted one by one. */
static void test_random_adjustments(void **state) {
    (void)state;
    for (int round = 0; round < 20000; round++) {
        int64_t den = random_from(1, 4), actual = random_from(-60, 60), limit = random_from(-20, 20),
                each = random_from(1, 7), points = random_from(-9, 9), at_most = random_from(0, 30), count = 0;
        kpi_rule rule = {.below = random_below(2),
                         .limit = limit,
                         .each = each,
                         .points = points * 10000,
                         .limited = random_below(2),
                         .at_most = at_most * 10000};
        int64_t way = rule.below ? limit * den - actual : actual - limit * den; /* over den */
        for (int64_t left = way; left >= each * den; left -= each * den) count++;
        int64_t change = count * points;
        if (rule.limited && change > at_most) change = at_most;
        if (rule.limited && change < -at_most) change = -at_most;
        kpi_decimal found;
        assert_true(kpi__adjustment(&rule, (kpi_ratio){actual, den}, 2, &found));
        assert_true(found == (kpi_decimal)change * 10000);
        assert_int_equal(kpi__beyond(&rule, (kpi_ratio){actual, den}), way > 0);
    }
}

/* ---- small fractions, to compare with ---- */

typedef struct small {
    int64_t n, d; /* d > 0, no common factor */
} small;

static int64_t gcd(int64_t a, int64_t b) { return b ? gcd(b, a % b) : a < 0 ? -a : a; }

static small make(int64_t n, int64_t d) {
    assert_true(d != 0);
    int64_t g = gcd(n, d);
    if (d < 0) g = -g;
    return (small){n / g, d / g};
}

static int64_t multiply(int64_t a, int64_t b) {
    int64_t product;
    if (__builtin_mul_overflow(a, b, &product)) fail_msg("%" PRId64 " * %" PRId64, a, b);
    return product;
}

static small times(small a, small b) { return make(multiply(a.n, b.n), multiply(a.d, b.d)); }
static small over(small a, small b) { return times(a, make(b.d, b.n)); }
static small plus(small a, small b) { return make(multiply(a.n, b.d) + multiply(b.n, a.d), multiply(a.d, b.d)); }
static small minus(small a, small b) { return plus(a, (small){-b.n, b.d}); }
static bool before(small a, small b) { return multiply(a.n, b.d) < multiply(b.n, a.d); }

/* Half away from zero, in units of 1/scale. */
static int64_t nearest(small a, int64_t scale) {
    int64_t n = multiply(a.n < 0 ? -a.n : a.n, 2 * scale), rounded = (n + a.d) / (2 * a.d);
    return a.n < 0 ? -rounded : rounded;
}

struct trial {
    small a, t, b;
    bool has_b, lower;
    kpi_point curve[4];
    small x[4], y[4]; /* the curve once more */
    size_t points;
    int digits;
    int64_t weight;
};

static small random_small(int64_t most) { return make(random_from(-most, most), random_from(1, 6)); }

static void make_trial(struct trial *t) {
    int64_t at = random_from(-4, 2);
    *t = (struct trial){.a = random_small(40),
                        .t = random_small(40),
                        .b = random_small(40),
                        .has_b = random_below(2),
                        .lower = random_below(2),
                        .points = 1 + random_below(4),
                        .digits = (int)random_below(7),
                        .weight = random_from(0, 100)};
    for (size_t i = 0; i < t->points; i++) {
        int64_t y = random_from(-4, 8);
        t->x[i] = make(at, 4);
        t->y[i] = make(y, 4);
        t->curve[i] = (kpi_point){at * 250000, y * 250000};
        at += random_below(4) || (i && t->curve[i].x == t->curve[i - 1].x) ? random_from(1, 4) : 0; /* or a step */
    }
}

/* The contract once more: false where there is no attainment. */
static bool attain(const struct trial *t, small *x) {
    static const small zero = {0, 1}, one = {1, 1}, two = {2, 1};
    if (t->has_b) {
        small way = minus(t->t, t->b);
        if (way.n) *x = over(minus(t->a, t->b), way);
        return way.n != 0;
    }
    if (t->t.n < 0) return false;
    if (!t->t.n)
        *x = (t->lower ? t->a.n <= 0 : t->a.n >= 0) ? one : zero;
    else
        *x = t->lower ? minus(two, over(t->a, t->t)) : over(t->a, t->t);
    return true;
}

static small credit(const struct trial *t, small x) {
    size_t i = 0;
    if (before(x, t->x[0])) return t->y[0];
    while (i + 1 < t->points && !before(x, t->x[i + 1])) i++;
    if (i + 1 == t->points) return t->y[i];
    small slope = over(minus(t->y[i + 1], t->y[i]), minus(t->x[i + 1], t->x[i]));
    return plus(t->y[i], times(slope, minus(x, t->x[i])));
}

static void test_random_credits(void **state) {
    (void)state;
    int none = 0;
    for (int round = 0; round < 100000; round++) {
        struct trial t;
        make_trial(&t);
        small x = {0, 1}, y;
        kpi__fraction found_x, found_y;
        kpi_ratio b = {t.b.n, t.b.d};
        bool is = attain(&t, &x);
        assert_int_equal(kpi__attainment((kpi_ratio){t.a.n, t.a.d}, (kpi_ratio){t.t.n, t.t.d}, t.has_b ? &b : NULL,
                                         t.lower, &found_x),
                         is);
        none += !is;
        if (!is) continue;
        y = credit(&t, x);
        kpi__credit(&found_x, t.curve, t.points, &found_y);
        static const int64_t power[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
        int64_t scale = power[t.digits], unit = 1000000 / scale;
        kpi_decimal value;
        assert_true(kpi__fraction_round(&found_x, t.digits, &value));
        assert_true(value == nearest(x, scale) * unit);
        assert_true(kpi__fraction_round(&found_y, t.digits, &value));
        assert_true(value == nearest(y, scale) * unit);
        small points = times(y, make(t.weight, 1));
        assert_true(kpi__fraction_points(t.weight * KPI_ONE, &found_y, t.digits, &value));
        assert_true(value == nearest(points, scale) * unit);
    }
    assert_true(none > 1000 && none < 50000);
}

/* ---- scaled weights ---- */

static void test_scale_by_hand(void **state) {
    (void)state;
    static const struct {
        int digits;
        const char *total, *weights, *scaled; /* - before a weight: left out */
    } cases[] = {
        {2, "100", "40 20 20 20", "40 20 20 20"},
        {2, "100", "40 20 -20 20", "50 25 0 25"},
        {2, "100", "-40 20 20 20", "0 33.34 33.33 33.33"}, /* ties in order */
        {2, "100", "20 20 20 -40", "33.34 33.33 33.33 0"},
        {0, "100", "20 20 20 -40", "34 33 33 0"},
        {2, "100", "30 -10 60", "33.33 0 66.67"},
        {0, "10", "1 2 3 -4", "2 3 5 0"}, /* 1.67 3.33 5: the largest remainder is the first one's */
        {0, "7", "1 1 1 1 1 1 -1", "2 1 1 1 1 1 0"},
        {2, "100", "-100 0", "0 0"}, /* nothing is left */
        {2, "100", "-50 -50", "0 0"},
        {2, "100", "0 -50 50", "0 0 100"}, /* a weight of 0 stays 0 */
        {6, "1", "0.333333 0.333333 -0.333334", "0.5 0.5 0"},
        {2, "100", "99.99 -0.01", "100 0"},
        {0, "1", "-0 1", "0 1"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi__share share[8];
        size_t n = 0;
        for (const char *p = cases[i].weights; *p; n++) {
            char text[32];
            size_t size = strcspn(p, " "), minus_sign = *p == '-';
            snprintf(text, sizeof text, "%.*s", (int)(size - minus_sign), p + minus_sign);
            share[n] = (kpi__share){.weight = number(text), .skip = minus_sign, .place = n};
            p += size + (p[size] == ' ');
        }
        assert_true(kpi__scale_weights(share, n, number(cases[i].total), cases[i].digits));
        char found[256] = "", text[KPI_NUMBER_SIZE];
        for (size_t k = 0; k < n; k++) {
            kpi_decimal_format(share[k].weight, KPI_EXACT, text);
            strcat(strcat(found, k ? " " : ""), text);
            assert_int_equal(share[k].place, k);
        }
        assert_string_equal(found, cases[i].scaled);
    }
}

/* Largest remainder as one would do it by hand: all get the whole part, then one unit each to whoever is short most,
 * the first of equals. */
static void share_out(const int64_t *weight, const bool *skip, size_t n, int64_t total, int64_t *out) {
    int64_t left = 0, spare = total;
    bool served[12] = {false};
    for (size_t i = 0; i < n; i++) left += skip[i] ? 0 : weight[i];
    for (size_t i = 0; i < n; i++) {
        out[i] = left && !skip[i] ? weight[i] * total / left : 0;
        spare -= out[i];
    }
    for (; left && spare; spare--) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < n; i++) {
            if (skip[i] || served[i]) continue;
            if (best == SIZE_MAX || weight[i] * total % left > weight[best] * total % left) best = i;
        }
        out[best]++;
        served[best] = true;
    }
}

static void test_random_scales(void **state) {
    (void)state;
    static const int64_t power[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    for (int round = 0; round < 10000; round++) {
        int64_t weight[12], total = 0, expected[12], units = 0;
        bool skip[12];
        kpi__share share[12];
        size_t n = 1 + random_below(12);
        int digits = (int)random_below(7);
        kpi_decimal unit = 1000000 / power[digits], sum = 0;
        for (size_t i = 0; i < n; i++) {
            weight[i] = random_below(5) ? random_from(0, random_below(2) ? 10 : 100000) : 10; /* in units; ties too */
            skip[i] = random_below(3) == 0;
            total += weight[i];
        }
        if (random_below(4) == 0) total = random_from(1, 1000); /* also where they never added up to it */
        for (size_t i = 0; i < n; i++) share[i] = (kpi__share){.weight = weight[i] * unit, .skip = skip[i], .place = i};
        share_out(weight, skip, n, total, expected);
        assert_true(kpi__scale_weights(share, n, total * unit, digits));
        for (size_t i = 0; i < n; i++) {
            if (share[i].weight != expected[i] * unit)
                fail_msg("round %d, share %zu of %zu: expected %" PRId64, round, i, n, expected[i]);
            sum += share[i].weight;
            units += skip[i] ? 0 : weight[i];
        }
        assert_true(sum == (units ? total * unit : 0));
    }
}

static void test_scale_range(void **state) {
    (void)state;
    const kpi_decimal huge = (kpi_decimal)(~(unsigned __int128)0 >> 1);
    kpi__share sum[] = {{.weight = huge}, {.weight = 1, .place = 1}};
    assert_false(kpi__scale_weights(sum, 2, KPI_ONE, 2));
    kpi__share product[] = {{.weight = KPI_DECIMAL_MAX}, {.weight = 1, .skip = true, .place = 1}};
    assert_false(kpi__scale_weights(product, 2, KPI_DECIMAL_MAX - 1, 6));
    kpi__share units[] = {{.weight = huge / 2}, {.weight = 1, .skip = true, .place = 1}};
    assert_false(kpi__scale_weights(units, 2, KPI_ONE, 0));
}

/* ---- small numbers ---- */

/* A number of up to so many bits, often at the edge of them. */
static kpi_decimal random_bits(int bits) {
    kpi_decimal top = (kpi_decimal)1 << bits, value = random_below(UINT64_MAX);
    value = value << 53 ^ (kpi_decimal)random_below(UINT64_MAX);
    switch (random_below(4)) {
    case 0:
        value = top - 1 - random_below(3);
        break;
    case 1:
        value = random_below(3);
        break;
    default:
        value &= top - 1;
    }
    return random_below(5) ? value : -value;
}

static size_t random_curve(kpi_point *point, int bits) {
    size_t n = 1 + random_below(5);
    for (size_t i = 0; i < n; i++) {
        kpi_decimal step = random_below(3) ? random_from(1, 2000000) : random_below(2) || i < 2 ? 0 : 1;
        if (i > 1 && !step && point[i - 1].x == point[i - 2].x) step = 1;
        point[i].x = i ? point[i - 1].x + step : random_from(-1000000, 1000000);
        point[i].y = random_below(20) ? random_from(-3000000, 3000000) : random_bits(bits);
    }
    return n;
}

/* The fast way gives what the exact one gives, or says that it cannot. */
static void test_small(void **state) {
    (void)state;
    size_t fast = 0, faster = 0;
    for (int round = 0; round < 300000; round++) {
        kpi_point point[5];
        int bits = 1 + (int)random_below(round % 2 ? 66 : 45), digits = (int)random_below(7);
        size_t points = random_curve(point, 52);
        bool lower = random_below(3) == 0, based = random_below(3) == 0, ratios = random_below(3) == 0;
        kpi_ratio a = {random_bits(bits), 1}, t = {random_bits(bits), 1}, b = {random_bits(bits), 1};
        if (ratios) a.den = 1 + random_below(40), t.den = b.den = 1 + random_below(UINT64_C(1) << random_below(33));
        kpi_decimal weight = random_below(4) ? random_from(0, 10000) * kpi__power10(6 - digits) : random_bits(bits);
        kpi__curve curve;
        kpi__fraction x, y;
        kpi_decimal exact = 0, points_found = 0;
        int64_t units, found;
        assert_true(kpi__curve_set(&curve, point, points));
        bool there = kpi__attainment(a, t, based ? &b : NULL, lower, &x);
        if (there) {
            kpi__credit(&x, point, points, &y);
            there = kpi__fraction_points(weight, &y, digits, &exact);
        }
        if (kpi__points_of_small(&curve, weight, a, t, based ? &b : NULL, lower, digits, &points_found)) {
            assert_true(there && points_found == exact);
            fast++;
        }
        bool plain = !based && !ratios && a.num == (int64_t)a.num && t.num == (int64_t)t.num;
        if (plain && kpi__weight_units(weight, digits, &units) &&
            kpi__units_of_small(&curve, units, (int64_t)a.num, (int64_t)t.num, lower, &found)) {
            assert_true(there && found * kpi__power10(6 - digits) == exact);
            faster++;
        }
        free(curve.slope);
    }
    if (fast < 30000 || faster < 10000) fail_msg("only %zu and %zu were fast", fast, faster); /* it is the rule */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attainment),         cmocka_unit_test(test_curves),
        cmocka_unit_test(test_rounding),           cmocka_unit_test(test_out_of_range),
        cmocka_unit_test(test_adjustments),        cmocka_unit_test(test_adjustment_range),
        cmocka_unit_test(test_random_adjustments), cmocka_unit_test(test_random_credits),
        cmocka_unit_test(test_scale_by_hand),      cmocka_unit_test(test_random_scales),
        cmocka_unit_test(test_scale_range),
        cmocka_unit_test(test_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
