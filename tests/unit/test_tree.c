/* test_tree.c - tree.c: who supports whom, sums of parts, days, circles. Wanted values by hand. */
#include "unit.h"

static kpi_error error;

/* "DEPTH ID TARGET[ = SUM (DIFFERENCE) of N]; ...", and "circle: ID" for each. as_of NULL: none. */
static const char *tree_of(const char *yaml, const char *as_of) {
    static char text[8192];
    size_t n = 0;
    kpi_goals *goals = goals_of(yaml, true);
    kpi_tree *tree;
    text[0] = 0;
    expect_ok(kpi_tree_new(&tree, goals, as_of != NULL, as_of ? day(as_of) : 0, &error), &error);
    for (size_t i = 0; i < kpi_tree_size(tree); i++) {
        kpi_branch b = kpi_tree_at(tree, i);
        kpi_goal goal = kpi_goals_at(goals, b.goal);
        char id[128], number[3][KPI_NUMBER_SIZE];
        kpi_goal_id(&goal, id, sizeof id);
        kpi_ratio_format(b.target, KPI_EXACT, number[0]);
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%zu %s %s", i ? "; " : "", b.depth, id, number[0]);
        if (!b.parts) continue;
        kpi_ratio_format(b.sum, KPI_EXACT, number[1]);
        kpi_ratio_format(b.difference, KPI_EXACT, number[2]);
        n += (size_t)snprintf(text + n, sizeof text - n, " = %s (%s) of %zu", number[1], number[2], b.parts);
    }
    for (size_t i = 0; i < kpi_tree_loops(tree); i++) {
        kpi_goal goal = kpi_goals_at(goals, kpi_tree_loop(tree, i));
        n += (size_t)snprintf(text + n, sizeof text - n, "; circle: %s", goal.id);
    }
    kpi_tree_free(tree);
    kpi_goals_free(goals);
    return text;
}

/* A goal in full, of owner o unless said otherwise. */
#define GOAL(id, period, target, more) \
    "---\ngoal: " id "\nowner: " id "\nmetric: m\nperiod: " period "\ntarget: " target "\n" more

static void test_shape(void **state) {
    (void)state;
    assert_string_equal(tree_of("", NULL), "");
    /* Roots and children in the order of goals: by first day, last day, owner. */
    assert_string_equal(tree_of(GOAL("top", "2026", "10", "") GOAL("b", "2026-02", "4", "supports: top\n")
                                    GOAL("a", "2026-02", "1", "supports: b\n")
                                        GOAL("z", "2026-01", "6", "supports: top\n") GOAL("c", "2025", "1", ""),
                                NULL),
                        "0 c 1; 0 top 10 = 10 (0) of 2; 1 z 6; 1 b 4 = 1 (-3) of 1; 2 a 1");
    /* Compact goals and goal lines stand alone, and may be supported. */
    assert_string_equal(
        tree_of("goals: 2026-02\ntargets: {x: {m: 5, n: 1}}\n" GOAL("a", "2026-02", "2", "supports: 2026-02/x/m\n")
                    GOAL("b", "2026-02", "7", "supports: 2026-02/x/n\n"),
                NULL),
        "0 2026-02/x/m 5 = 2 (-3) of 1; 1 a 2; 0 2026-02/x/n 1; 1 b 7");
}

static void test_parts(void **state) {
    (void)state;
    /* Only those of the metric and inside the period are added up; below them it goes on all the same. */
    assert_string_equal(
        tree_of(GOAL("top", "2026-Q1", "10", "") GOAL("in", "2026-03", "4", "supports: top\n")
                    GOAL("out", "2026", "100",
                         "supports: top\n") "---\ngoal: n\nowner: n\nmetric: n\nperiod: 2026-01\ntarget: 1\nsupports: "
                                            "top\n" GOAL("edge", "2026-W14", "100", "supports: top\n"),
                NULL),
        "0 top 10 = 4 (-6) of 1; 1 n 1; 1 out 100; 1 in 4; 1 edge 100");
    /* 0.000003 * 1.5 and 0.000001 * 5.5 are 0.0000045 and 0.0000055, of seven decimals; their sum is of five. */
    assert_string_equal(tree_of(GOAL("top", "2026", "1", "")
                                    GOAL("a", "2026-01", "+50%", "baseline: 0.000003\nsupports: top\n")
                                        GOAL("b", "2026-02", "+450%", "baseline: 0.000001\nsupports: top\n"),
                                NULL),
                        "0 top 1 = 0.00001 (-0.99999) of 2; 1 a 0.0000045; 1 b 0.0000055");
    assert_string_equal(tree_of(GOAL("top", "2026", "-12.5%", "baseline: 0.000001\n")
                                    GOAL("a", "2026-01", "-0.5", "baseline: -1\nsupports: top\n"),
                                NULL),
                        "0 top 0.000000875 = -0.5 (-0.500000875) of 1; 1 a -0.5");
    /* The largest there are. */
    assert_string_equal(tree_of(GOAL("top", "2026", "1", "") GOAL("a", "2026-01", "999999999999999", "supports: top\n")
                                    GOAL("b", "2026-02", "999999999999999.999999", "supports: top\n"),
                                NULL),
                        "0 top 1 = 1999999999999998.999999 (1999999999999997.999999) of 2; 1 a 999999999999999; "
                        "1 b 999999999999999.999999");
}

static void test_takes(void **state) {
    (void)state;
    static const char scheme[] = "scheme: s\nmetrics: {m: {take: %s}}\n" GOAL("top", "2026", "10", "")
        GOAL("a", "2026-01", "4", "supports: top\n");
    static const struct {
        const char *take;
        bool adds;
    } row[] = {{"sum", true}, {"count", true}, {"mean", false}, {"last", false}, {"max", false}, {"min", false}};
    for (size_t i = 0; i < COUNT(row); i++) {
        char yaml[512];
        snprintf(yaml, sizeof yaml, scheme, row[i].take);
        assert_string_equal(tree_of(yaml, NULL), row[i].adds ? "0 top 10 = 4 (-6) of 1; 1 a 4" : "0 top 10; 1 a 4");
    }
}

static void test_days(void **state) {
    (void)state;
    static const char yaml[] =
        GOAL("top", "2026", "10", "set: 2025-12-01\n") GOAL("a", "2026-01", "4", "supports: top\nset: 2026-01-03\n")
            GOAL("b", "2026-02", "5", "supports: a\nset: 2025-12-24\n")
                GOAL("c", "2026-02", "5",
                     "supports: top\n") "---\nrevise: top\ntarget: 12\non: 2026-01-10\nreason: r\n"
                                        "---\nrevise: a\ntarget: 7\non: 2026-01-20\nreason: r\n"
                                        "---\nrevise: c\ntarget: 3\non: 2026-03-01\nreason: r\n"; /* after its period */
    assert_string_equal(tree_of(yaml, NULL), "0 top 12 = 12 (0) of 2; 1 a 7; 2 b 5; 1 c 5");
    assert_string_equal(tree_of(yaml, "2025-11-30"), "0 c 5"); /* it does not say when it was set */
    assert_string_equal(tree_of(yaml, "2025-12-24"), "0 top 10 = 5 (-5) of 1; 1 c 5; 0 b 5");
    assert_string_equal(tree_of(yaml, "2026-01-03"), "0 top 10 = 9 (-1) of 2; 1 a 4; 2 b 5; 1 c 5");
    assert_string_equal(tree_of(yaml, "2026-01-19"), "0 top 12 = 9 (-3) of 2; 1 a 4; 2 b 5; 1 c 5");
    assert_string_equal(tree_of(yaml, "2026-03-01"), "0 top 12 = 10 (-2) of 2; 1 a 7; 2 b 5; 1 c 3");
}

static void test_circles(void **state) {
    (void)state;
    static const char yaml[] = GOAL("self", "2026", "1", "supports: self\n") GOAL("a", "2026-01", "1", "supports: b\n")
        GOAL("b", "2026-01", "1", "supports: c\n") GOAL("c", "2026-01", "1", "supports: a\n")
            GOAL("tail", "2025", "1", "supports: b\n") GOAL("free", "2026", "1", "");
    assert_string_equal(tree_of(yaml, NULL), "0 free 1; circle: b; circle: self");
    kpi_goals *goals = goals_of(yaml, true);
    kpi_tree *tree;
    expect_ok(kpi_tree_new(&tree, goals, false, 0, &error), &error);
    expect_failure(kpi_tree_check(tree, &error), KPI_DATA, &error,
                   "goals.yaml:16:1: goal 'b' supports itself by way of 'c', 'a'");
    kpi_tree_free(tree);
    kpi_goals_free(goals);
    /* Of a longer one three are named; what is not there yet opens a circle. */
    static const char five[] = GOAL("a", "2026-01", "1", "supports: b\n") GOAL("b", "2026-02", "1", "supports: c\n")
        GOAL("c", "2026-03", "1", "supports: d\n") GOAL("d", "2026-04", "1", "supports: e\nset: 2026-01-02\n")
            GOAL("e", "2026-05", "1", "supports: a\n") GOAL("self", "2026-06", "1", "supports: self\n");
    static const char four[] = GOAL("a", "2026-01", "1", "supports: b\n") GOAL("b", "2026-02", "1", "supports: c\n")
        GOAL("c", "2026-03", "1", "supports: d\n") GOAL("d", "2026-04", "1", "supports: a\n");
    static const struct {
        const char *yaml, *want;
    } row[] = {{five, "goals.yaml:2:1: goal 'a' supports itself by way of 'b', 'c', 'd' and 1 more"},
               {four, "goals.yaml:2:1: goal 'a' supports itself by way of 'b', 'c', 'd'"}};
    for (size_t k = 0; k < COUNT(row); k++) {
        goals = goals_of(row[k].yaml, true);
        expect_ok(kpi_tree_new(&tree, goals, false, 0, &error), &error);
        expect_failure(kpi_tree_check(tree, &error), KPI_DATA, &error, row[k].want);
        kpi_tree_free(tree);
        kpi_goals_free(goals);
    }
    assert_string_equal(tree_of(five, "2026-01-01"), "0 c 1; 1 b 1; 2 a 1; 3 e 1; circle: self");
    assert_string_equal(tree_of(GOAL("a", "2026", "1", "") GOAL("b", "2026", "1", "supports: a\n"), NULL),
                        "0 a 1 = 1 (0) of 1; 1 b 1");
}

/* A chain as long as there are goals, and as many goals below one. */
static void test_many(void **state) {
    (void)state;
    enum { MANY = 20000 };
    size_t size = MANY * 100, n = 0;
    char *yaml = malloc(size);
    assert_non_null(yaml);
    for (int i = 0; i < MANY; i++)
        n += (size_t)snprintf(yaml + n, size - n,
                              "---\ngoal: g%d\nowner: %05d\nmetric: m\nperiod: 2026\ntarget: 1\n%s%.*s%d\n", i, i,
                              i ? "supports: " : "# ", i > 0, "g", i < MANY / 2 ? i - 1 : MANY / 2 - 1);
    kpi_goals *goals = goals_of(yaml, true);
    kpi_tree *tree;
    expect_ok(kpi_tree_new(&tree, goals, false, 0, &error), &error);
    assert_int_equal(kpi_tree_size(tree), MANY);
    for (size_t i = 0; i < MANY; i++) {
        kpi_branch b = kpi_tree_at(tree, i);
        assert_int_equal(b.goal, i);
        assert_int_equal(b.depth, i < MANY / 2 ? i : MANY / 2);
        assert_int_equal(b.parts, i + 1 < MANY / 2 ? 1 : i < MANY / 2 ? MANY / 2 : 0);
    }
    assert_int_equal(kpi_tree_supports(tree, MANY - 1), MANY / 2 - 1);
    assert_true(kpi_tree_supports(tree, 0) == KPI_NO_GOAL);
    kpi_tree_free(tree);
    kpi_goals_free(goals);
    free(yaml);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shape),   cmocka_unit_test(test_parts),
                                       cmocka_unit_test(test_takes),   cmocka_unit_test(test_days),
                                       cmocka_unit_test(test_circles), cmocka_unit_test(test_many)};
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
