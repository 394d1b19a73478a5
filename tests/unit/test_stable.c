/* test_stable.c - stable.c: ranks that hang on weights. By hand; tests/ahead tries all corners of random worlds. */
#include "ahead.h"

#define TWO "scheme: s\nmetrics:\n  a: {weight: 50}\n  b: {weight: 50}\n  c: {}\n"
#define GOALS "---\ngoals: 2026-10\ntargets:\n"

/* By rank: the owner, and < or > for a neighbour above or below with whom the place would be changed. */
static void expect(const char *yaml, const char *managers, const char *measures, const char *expected) {
    char text[256] = "";
    kpi_error error;
    kpi_stable *stable;
    ahead a = ahead_of(yaml, managers, measures, NULL);
    expect_ok(kpi_stable_new(&stable, a.scores, &error), &error);
    for (size_t place = 0; place < kpi_scores_size(a.scores); place++) {
        kpi_neighbours with = kpi_stable_at(stable, kpi_scores_order(a.scores, place));
        sprintf(text + strlen(text), "%s%s%s%s", place ? " " : "", with.above ? "<" : "",
                kpi_scores_ranked(a.scores, place).owner, with.below ? ">" : "");
        if (with.above) assert_string_equal(with.above, kpi_scores_ranked(a.scores, place - 1).owner);
        if (with.below) assert_string_equal(with.below, kpi_scores_ranked(a.scores, place + 1).owner);
    }
    kpi_stable_free(stable);
    free_ahead(&a);
    assert_string_equal(text, expected);
}

#define AB(owner, a, b) "2026-10\t" owner "\ta\t" a "\n2026-10\t" owner "\tb\t" b "\n"

static void test_together(void **state) {
    (void)state;
    static const char three[] = TWO GOALS "  x: {a: 100, b: 100}\n  y: {a: 100, b: 100}\n  z: {a: 100, b: 100}\n";
    /* y - x: -20 a + 16 b; 45 and 55: -900 + 880. With 17: 935. */
    expect(three, NULL, AB("x", "80", "20") AB("y", "60", "36") AB("z", "1", "1"), "x y z");
    expect(three, NULL, AB("x", "80", "20") AB("y", "60", "37") AB("z", "1", "1"), "x> <y z");
    /* -22 x 45 + 18 x 55 = 0 is not above */
    expect(three, NULL, AB("x", "80", "20") AB("y", "58", "38") AB("z", "1", "1"), "x y z");
    expect(three, NULL, AB("x", "80", "20") AB("y", "58", "38.01") AB("z", "1", "1"), "x> <y z");
    /* the same in all: equal scores that no weight parts */
    expect(three, NULL, AB("x", "50", "50") AB("y", "50", "50") AB("z", "50", "50"), "x y z");
    expect(three, NULL, AB("x", "60", "40") AB("y", "50", "50") AB("z", "40", "60"), "x> <y> <z");
}

static void test_adjusted(void **state) {
    (void)state;
    static const char yaml[] = TWO "adjust: [{metric: c, above: 0, points: -1}]\n" GOALS
                                   "  x: {a: 100, b: 100}\n  y: {a: 100, b: 100}\n";
    /* y - x: -20 a + 20 b - 3: at 45 and 55 -1; with -1: +1 */
    expect(yaml, NULL, AB("x", "80", "20") AB("y", "60", "40") "2026-10\ty\tc\t3\n", "x y");
    expect(yaml, NULL, AB("x", "80", "20") AB("y", "60", "40") "2026-10\ty\tc\t1\n", "x> <y");
}

static void test_gates(void **state) {
    (void)state;
    static const char yaml[] = TWO "gates: [{metric: c, above: 0, score_at_most: 48}]\n" GOALS
                                   "  x: {a: 100, b: 100}\n  y: {a: 100, b: 100}\n";
    /* x 50, at least 47; y free 60, held at 48. Free of it x can fall to 47 while y is above: 48 */
    expect(yaml, NULL, AB("x", "80", "20") AB("y", "60", "60") "2026-10\ty\tc\t1\n", "x> <y");
    /* x 50, at least 49.5: never below 48 */
    expect(yaml, NULL, AB("x", "55", "45") AB("y", "60", "60") "2026-10\ty\tc\t1\n", "x y");
    /* x held at 48, y 45, at most 48.05 or 47.95 */
    expect(yaml, NULL, AB("x", "80", "80") AB("y", "14.5", "75.5") "2026-10\tx\tc\t1\n", "x> <y");
    expect(yaml, NULL, AB("x", "80", "80") AB("y", "15.5", "74.5") "2026-10\tx\tc\t1\n", "x y");
    /* x is 40 + 20 p, p being the weight of a, below 49.5 where p < 0.475; y, if not held, is above x where
     * p > 9.2 / 19.2 = 0.479; with 31 for b where p > 9 / 19 = 0.4737 */
    static const char both[] = TWO "gates: [{metric: c, above: 0, score_at_most: 49.5}]\n" GOALS
                                   "  x: {a: 100, b: 100}\n  y: {a: 100, b: 100}\n";
    expect(both, NULL, AB("x", "60", "40") AB("y", "70", "30.8") "2026-10\ty\tc\t1\n", "x y");
    expect(both, NULL, AB("x", "60", "40") AB("y", "70", "31") "2026-10\ty\tc\t1\n", "x> <y");
    /* y, not held, could be above x; but x is at least 0.8 x 45 + 0.24 x 55 = 49.2 */
    expect(yaml, NULL, AB("x", "80", "24") AB("y", "64", "30") "2026-10\ty\tc\t1\n", "x y");
}

static void test_apart(void **state) {
    (void)state;
    static const char yaml[] = TWO "roles: {r: {a: 80, b: 20}}\n" GOALS
                                   "  x: {a: 100, b: 100}\n  y: {a: 100, b: 100}\n";
    static const char book[] = "x\t\t\tr\t\t\ny\t\t\t\t\t\n";
    /* x 80 x 0.5 + 20 x 0.3 = 46; at least (75 x 0.5 + 25 x 0.3) = 45. y at most 45 x 0.28 + 55 x 0.58 */
    expect(yaml, book, AB("x", "50", "30") AB("y", "28", "58.9"), "x y");
    expect(yaml, book, AB("x", "50", "30") AB("y", "28", "59"), "x> <y");
    static const char skip[] = "scheme: s\nmetrics:\n  a: {weight: 50}\n  b: {weight: 50, missing: skip}\n" GOALS
                               "  x: {a: 100, b: 100}\n  y: {a: 100, b: 100}\n";
    /* y has a alone: 44.9 whatever it weighs; x 50, at least 45 x 1 + 0 = 45 */
    expect(skip, NULL, AB("x", "100", "0") "2026-10\ty\ta\t44.9\n", "x y");
    expect(skip, NULL, AB("x", "100", "0") "2026-10\ty\ta\t45.1\n", "x> <y");
}

static void test_edges(void **state) {
    (void)state;
    /* a weight does not fall below 0: a 3 to 8 beside 92 to 102 */
    static const char small[] = "scheme: s\nmetrics:\n  a: {weight: 3}\n  b: {weight: 97}\n" GOALS
                                "  x: {a: 100, b: 100}\n  y: {a: 100, b: 100}\n";
    expect(small, NULL, AB("x", "0", "50") AB("y", "100", "40"), "x y");      /* 8 x 1 - 92 x 0.1 */
    expect(small, NULL, AB("x", "0", "50") AB("y", "100", "41.5"), "x> <y");  /* 8 x 1 - 92 x 0.085 */
    expect(small, NULL, AB("x", "0", "50.01") AB("y", "0", "50"), "x y");     /* b alone parts them */
    /* nobody, and one without a score */
    expect("scheme: s\nmetrics: {a: {weight: 100, missing: skip}}\n" GOALS "  x: {a: 1}\n  y: {a: 1}\n", NULL,
           "2026-10\ty\ta\t1\n", "y x");
    kpi_stable_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_together), cmocka_unit_test(test_adjusted),
                                       cmocka_unit_test(test_gates), cmocka_unit_test(test_apart),
                                       cmocka_unit_test(test_edges)};
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
