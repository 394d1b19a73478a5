/* test_goalrow.c - goalrow.c: rows in chunks, kinds, extras, and goals made of them again. */
#include "unit.h"

enum { CHUNK = 1 << KPI__CHUNK };

static void fill(kpi__rows *rows, size_t n, uint32_t from) {
    for (size_t i = 0; i < n; i++) *kpi__rows_add(rows) = (kpi__goal_row){.line = from + (uint32_t)i};
}

/* Whatever is moved, every row is there once, at an index of its own. */
static void test_move(void **state) {
    (void)state;
    static const size_t counts[][2] = {{0, 0}, {0, 5}, {5, 0}, {5, 7}, {CHUNK, 3}, {3, CHUNK}, {7, 2 * CHUNK + 9},
                                       {CHUNK - 2, 5}, {CHUNK + 1, CHUNK - 1}};
    for (size_t i = 0; i < COUNT(counts); i++) {
        kpi__rows to = {0}, from = {0};
        size_t n = counts[i][0] + counts[i][1];
        bool *seen = calloc(n + 1, sizeof *seen);
        fill(&to, counts[i][0], 0);
        fill(&from, counts[i][1], (uint32_t)counts[i][0]);
        assert_true(kpi__rows_move(&to, &from));
        assert_true(to.n == n && from.n == 0);
        for (size_t k = 0; k < n; k++) {
            uint32_t line = kpi__rows_at(&to, k)->line;
            assert_true(line < n && !seen[line]);
            seen[line] = true;
        }
        free(seen);
        kpi__rows_free(&to);
        kpi__rows_free(&from);
    }
}

static void test_kinds(void **state) {
    (void)state;
    kpi_goals *goals =
        goals_of("goals: 2026\ntargets: {a: {m: 1, n: 2}, b: {m: 3, n: {target: 4, weight: 0}}}\n", false);
    assert_int_equal(kpi__dict_size(goals->kinds), 3); /* a weight of 0 is one */
    kpi__kind kind = goals->kind[0];
    assert_int_equal(kpi__goals_kind(goals, &kind), 0);
    kind.has_weight = true;
    assert_int_equal(kpi__goals_kind(goals, &kind), 3);
    kind.weight = KPI_DECIMAL_MAX;
    assert_int_equal(kpi__goals_kind(goals, &kind), 4);
    kpi_goals_free(goals);
}

/* What a row has no room for. */
static void test_extras(void **state) {
    (void)state;
    kpi_goals *goals = goals_of("goals: 2026\ntargets: {a: {m: 999999999999999.999999, n: 9223372036854.775807, "
                                "o: 9223372036854.775808, p: 1}}\n",
                                false);
    static const char *const target[] = {"999999999999999.999999", "9223372036854.775807", "9223372036854.775808", "1"};
    for (size_t i = 0; i < COUNT(target); i++) {
        kpi_goal goal = kpi_goals_at(goals, i);
        expect_decimal(goal.set.target, target[i]);
        assert_int_equal((kpi__rows_at(&goals->rows, i)->kind & KPI__EXTRA) != 0, i % 2 == 0);
        kpi__extra *extra = kpi__goals_extra(goals, kpi__rows_at(&goals->rows, i));
        assert_ptr_equal(extra, kpi__goals_extra(goals, kpi__rows_at(&goals->rows, i)));
        kpi_goal again = kpi_goals_at(goals, i);
        assert_true(again.set.target == goal.set.target && again.place.line == 2);
        assert_int_equal(again.place.column, goal.place.column);
    }
    kpi_goals_free(goals);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_move), cmocka_unit_test(test_kinds),
                                       cmocka_unit_test(test_extras)};
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
