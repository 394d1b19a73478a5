/* test_need.c - need.c: what a metric alone would have to reach. Every figure by hand; tests/ahead has thousands by
 * another program. */
#include "ahead.h"

#define ONE(keys, target, more)                                                                                  \
    "scheme: s\nmetrics:\n  m: {weight: 100" keys "}\n" more "---\ngoals: 2026-10\ntargets: {x: {m: " target "}}\n"

/* For each metric of the owner: need/more/score/gain, or why there is none. */
static const char *needs(const ahead *a, size_t owner, const kpi_need_options *options, char text[1024]) {
    kpi_error error;
    kpi_needs *n;
    char *w = text;
    *w = 0;
    if (kpi_needs_new(&n, a->scores, owner, options, &error)) return strcpy(text, shown(&error));
    w += sprintf(w, "%s%s", n->grade, *n->grade ? ": " : "");
    for (size_t i = 0; i < n->lines; i++) {
        const kpi_need_line *l = &n->line[i];
        w += sprintf(w, "%s%s %s %s %s %s", i ? "; " : "", l->metric->name,
                     figure(l->reachable, (kpi_ratio){l->need, 1}, l->digits),
                     figure(l->reachable && l->row->known, l->more, KPI_EXACT),
                     figure(l->reachable, (kpi_ratio){l->score, 1}, 2),
                     figure(l->has_gain, (kpi_ratio){l->gain, 1}, 4));
    }
    kpi_needs_free(n);
    return text;
}

static void expect(const char *yaml, const char *measures, const kpi_need_options *options, const char *expected) {
    char text[1024];
    ahead a = ahead_of(yaml, NULL, measures, NULL);
    assert_string_equal(needs(&a, 0, options, text), expected);
    free_ahead(&a);
}

#define SCORE(n) ((kpi_need_options){.has_score = true, .score = (n) * KPI_ONE})

static void test_scores(void **state) {
    (void)state;
    static const struct {
        const char *yaml, *measures;
        int score;
        const char *need;
    } cases[] = {
        {ONE("", "100", ""), "2026-10\tx\tm\t50\n", 70, "m 70 20 70.00 1.0000"},
        {ONE("", "100", ""), "2026-10\tx\tm\t50\n", 101, "m - - - 1.0000"},
        {ONE("", "100", ""), "2026-10\tx\tm\t150\n", 100, "m 150 0 100.00 0.0000"}, /* there already */
        {ONE("", "3", ""), "2026-10\tx\tm\t1.25\n", 70, "m 2.10 0.85 70.00 1.0000"},
        {ONE("", "100", ""), "", 70, "m 70 - 70.00 -"},
        {ONE(", take: count", "7", ""), "2026-10\tx\tm\t1\n2026-10\tx\tm\t1\n", 70, "m 5 3 71.43 1.0000"},
        {ONE(", take: count, missing: zero", "7", ""), "", 0, "m 0 0 0.00 1.0000"},
        {ONE(", take: count", "7", ""), "", 0, "m 1 - 14.29 -"},
        {ONE(", take: mean", "10", ""), "2026-10\tx\tm\t1\n2026-10\tx\tm\t1\n2026-10\tx\tm\t2\n", 70,
         "m 7.00 5.66666666666666666667 70.00 1.0000"}, /* a mean without an end */
        {ONE(", curve: [[0.5, 0], [1, 1], [1.2, 1.5]]", "100", ""), "2026-10\tx\tm\t100\n", 120,
         "m 108 8 120.00 2.5000"},
        {ONE(", curve: [[0, 0], [0.8, 0.2], [0.8, 0.9], [1, 1]]", "100", ""), "2026-10\tx\tm\t10\n", 50,
         "m 80 70 90.00 0.2500"}, /* a step */
        {ONE(", curve: [[0, 0], [1, 1], [2, 0]]", "100", ""), "2026-10\tx\tm\t120\n", 90, "m - - - -1.0000"},
        {ONE(", curve: [[0, 0], [1, 1], [2, 0]]", "100", ""), "2026-10\tx\tm\t50\n", 90, "m 90 40 90.00 1.0000"},
        {ONE(", better: lower", "50", ""), "2026-10\tx\tm\t80\n", 90, "m 55 -25 90.00 1.0000"},
        {ONE(", better: lower", "50", ""), "", 90, "m 55 - 90.00 -"},
        {ONE(", better: lower, take: count", "4", ""), "2026-10\tx\tm\t1\n", 101, "m - - - 0.0000"},
        {ONE("", "{target: 200, baseline: 100}", ""), "2026-10\tx\tm\t120\n", 50, "m 150 30 50.00 2.0000"},
        {ONE("", "{target: -100, baseline: -200}", ""), "2026-10\tx\tm\t-180\n", 50, "m -150 30 50.00 1.0000"},
        {ONE(", better: lower", "{target: 10, baseline: 30}", ""), "2026-10\tx\tm\t25\n", 50, "m 20 -5 50.00 0.5000"},
        {ONE("", "0", ""), "2026-10\tx\tm\t-3\n", 50, "m 0 3 100.00 0.0000"},
        /* 4 points off for each 10 above 50: 79 comes to 71, 84 to 72 */
        {ONE("", "100", "adjust: [{metric: m, above: 50, each: 10, points: -4}]\n"), "2026-10\tx\tm\t0\n", 72,
         "m 84 84 72.00 1.0000"},
        {ONE("", "100", "adjust: [{metric: m, above: 50, each: 10, points: -4}]\n"), "2026-10\tx\tm\t0\n", 84,
         "m - - - 1.0000"}, /* 99 comes to 83, 100 to 80 */
        /* its own gate: from 91 on at most 60 */
        {ONE("", "100", "gates: [{metric: m, above: 90, score_at_most: 60}]\n"), "2026-10\tx\tm\t50\n", 90,
         "m 90 40 90.00 1.0000"},
        {ONE("", "100", "gates: [{metric: m, above: 90, score_at_most: 60}]\n"), "2026-10\tx\tm\t50\n", 91,
         "m - - - 1.0000"},
        {ONE("", "100", "gates: [{metric: m, below: 70, score_at_most: 10}]\n"), "2026-10\tx\tm\t50\n", 11,
         "m 70 20 70.00 1.0000"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect(cases[i].yaml, cases[i].measures, &SCORE(cases[i].score), cases[i].need);
}

static const char two[] = "scheme: s\nmetrics:\n  m: {weight: 60}\n  n: {weight: 40, missing: skip}\n"
                          "  c: {better: lower}\n"
                          "adjust: [{metric: c, above: 0, points: -10}]\ngrades:\n  - {grade: A, from: 80, top: 50}\n"
                          "  - {grade: B, from: 60}\n  - {grade: C}\n---\ngoals: 2026-10\ntargets:\n"
                          "  x: {m: 100, n: 10}\n  y: {m: 100, n: 10}\n  z: {m: 100, n: 10}\n";

static void test_several(void **state) {
    (void)state;
    /* x: 30 + 20 - 10 */
    static const char m[] = "2026-10\tx\tm\t50\n2026-10\tx\tn\t5\n2026-10\tx\tc\t1\n";
    kpi_need_options digits = SCORE(60);
    expect(two, m, &SCORE(60), "m 84 34 60.40 0.6000; n 10 5 60.00 0.4000; c - - - -");
    digits.has_digits = true;
    digits.digits = 3; /* 83.325 x 0.6 = 49.995 is rounded up */
    expect(two, m, &digits, "m 83.325 33.325 60.00 0.6000; n 9.999 4.999 60.00 0.4000; c - - - -");
    expect(two, m, &SCORE(50), "m 67 17 50.20 0.6000; n 8 3 52.00 0.4000; c 0 -1 50.00 -");
    /* without n all is m's; with it 30 are m's */
    expect(two, "2026-10\tx\tm\t50\n", &SCORE(60), "m 60 10 60.00 1.0000; n 8 - 62.00 -; c - - - -");
}

static void test_grades(void **state) {
    (void)state;
    char text[1024];
    /* x 50, y 90, z 85; A: 80 and one of three */
    ahead a = ahead_of(two, NULL,
                       "2026-10\tx\tm\t50\n2026-10\tx\tn\t5\n2026-10\ty\tm\t100\n2026-10\ty\tn\t7.5\n"
                       "2026-10\tz\tm\t100\n2026-10\tz\tn\t6.25\n", NULL);
    kpi_need_options next = {0}, best = {.grade = "A"}, none = {.grade = "E"};
    assert_string_equal(needs(&a, 0, &next, text), "B: m 67 17 60.20 0.6000; n 8 3 62.00 0.4000; c - - - -");
    assert_string_equal(needs(&a, 0, &best, text), "A: m - - - 0.6000; n - - - 0.4000; c - - - -");
    assert_string_equal(needs(&a, 1, &next, text), "m - - - 0.0000; n - - - 0.4000; c - - - -"); /* has it */
    assert_string_equal(needs(&a, 2, &next, text), "A: m - - - 0.0000; n 7.50 1.25 90.00 0.4000; c - - - -");
    assert_string_equal(needs(&a, 2, &none, text), "goals.yaml:1:1: scheme 's' has no grade 'E'");
    free_ahead(&a);
    kpi_needs_free(NULL);
}

static void test_many_steps(void **state) {
    (void)state;
    /* Each step takes off what the curve gave: a row of 10^8 equal teeth, none of which is high enough. */
    expect(ONE("", "1000000", "adjust: [{metric: m, above: 0, each: 0.01, points: -0.01}, "
                              "{metric: m, above: 0, each: 0.01, points: 0.01}]\n"),
           "2026-10\tx\tm\t0.000001\n", &SCORE(101),
           "'m' for 'x': an adjustment has too many steps against the curve to look through");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_scores), cmocka_unit_test(test_several),
                                       cmocka_unit_test(test_grades), cmocka_unit_test(test_many_steps)};
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
