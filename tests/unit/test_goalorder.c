/* test_goalorder.c - goalorder.c: goals at random in their order, doubles told in the order written. */
#include "unit.h"

typedef struct written {
    const char *period;
    char owner[24], metric[24];
    unsigned line;
} written;

static const char *const periods[] = {"2026-10", "2026-Q4", "2026-10-01..2026-10-31", "2026-09", "2026-10-01"};

static int by_subject(const void *x, const void *y) { /* by all that a goal is about, then as written */
    const written *a = x, *b = y;
    kpi_period p = period(a->period), q = period(b->period);
    if (p.first != q.first) return p.first < q.first ? -1 : 1;
    if (p.last != q.last) return p.last < q.last ? -1 : 1;
    int order = strcmp(a->owner, b->owner);
    if (!order) order = strcmp(a->metric, b->metric);
    return order ? order : a->line < b->line ? -1 : 1;
}

static bool same_subject(const written *a, const written *b) {
    return kpi_period_same(period(a->period), period(b->period)) && !strcmp(a->owner, b->owner) &&
           !strcmp(a->metric, b->metric);
}

static int by_line(const void *x, const void *y) {
    return (int)((const written *)x)->line - (int)((const written *)y)->line;
}

/* rows goals of few owners and metrics, as lines and checked twice. */
static void check_round(size_t rows, size_t owners, size_t metrics, unsigned threads) {
    static written row[2000], again[2000];
    static char bytes[200000];
    size_t used = 0, kept = 0, doubles = 0;
    for (size_t i = 0; i < rows; i++) {
        row[i].period = periods[random_below(COUNT(periods))];
        row[i].line = (unsigned)i + 1;
        sprintf(row[i].owner, "o%zu", random_below(owners));
        sprintf(row[i].metric, "m%zu", random_below(metrics));
        used += (size_t)sprintf(bytes + used, "%s\t%s\t%s\t\t%zu\t\n", row[i].period, row[i].owner, row[i].metric, i);
    }
    qsort(row, rows, sizeof *row, by_subject);
    for (size_t i = 0; i < rows; i++) {
        if (kept && same_subject(&row[kept - 1], &row[i]))
            again[doubles++] = row[i];
        else
            row[kept++] = row[i];
    }
    qsort(again, doubles, sizeof *again, by_line);
    kpi_error error = {0};
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    kpi_goals *goals;
    expect_ok(kpi_goals_new(&goals, threads, &error), &error);
    expect_ok(kpi_goals_read(goals, temp_file("g", (kpi_text){bytes, used}), NULL, &error), &error);
    for (int k = 0; k < 2; k++) {
        expect_ok(kpi_goals_check(goals, &report, &error), &error);
        if (doubles && k == 0) assert_int_equal(heard.n, doubles);
    }
    assert_int_equal(heard.n, doubles); /* told once */
    assert_int_equal(kpi_goals_size(goals), kept);
    for (size_t i = 0; i < kept; i++) {
        kpi_goal goal = kpi_goals_at(goals, i), found;
        char id[64];
        assert_int_equal(goal.place.line, row[i].line);
        kpi_goal_id(&goal, id, sizeof id);
        assert_true(kpi_goals_find(goals, kpi_text_of(id), &found));
        assert_int_equal(found.place.line, goal.place.line);
    }
    const char *p = heard.text;
    for (size_t i = 0; i < doubles; i++, p = strchr(p, '\n') + 1) {
        char expected[64];
        snprintf(expected, sizeof expected, "/g:%u: a goal of '%s' for '%s'", again[i].line, again[i].owner,
                 again[i].metric);
        assert_memory_equal(strstr(p, "/g:"), expected, strlen(expected));
    }
    kpi_goals_free(goals);
}

static void test_random(void **state) {
    (void)state;
    for (unsigned round = 0; round < 150; round++)
        check_round(random_below(60), 1 + random_below(6), 1 + random_below(70), 1 + round % 3);
    check_round(80, 1, 40, 2);
}

/* In order already, backwards, and one owner with more metrics than fit a small sort. */
static void test_shapes(void **state) {
    (void)state;
    for (int shape = 0; shape < 3; shape++) {
        enum { ROWS = 90000 };
        kpi_error error = {0};
        kpi_goals *goals;
        const char *path = temp_path("shape");
        FILE *file = fopen(path, "w");
        for (int i = 0; i < ROWS; i++) {
            int k = shape == 1 ? ROWS - 1 - i : i;
            if (shape == 2)
                fprintf(file, "2026\to\tm%06d\t\t1\t\n", (int)((k * 7919LL) % ROWS));
            else
                fprintf(file, "2026\to%06d\tm%d\t\t1\t\n", k / 3, k % 3);
        }
        fclose(file);
        expect_ok(kpi_goals_new(&goals, 0, &error), &error);
        expect_ok(kpi_goals_read(goals, path, NULL, &error), &error);
        expect_ok(kpi_goals_check(goals, NULL, &error), &error);
        assert_int_equal(kpi_goals_size(goals), ROWS);
        for (int i = 1; i < ROWS; i++) {
            kpi_goal a = kpi_goals_at(goals, (size_t)i - 1), b = kpi_goals_at(goals, (size_t)i);
            int order = strcmp(a.owner, b.owner);
            assert_true(order < 0 || (!order && strcmp(a.metric, b.metric) < 0));
        }
        size_t from, end;
        kpi__goals_runs(goals, period("2026"), &from, &end);
        assert_int_equal(end - from, shape == 2 ? 1 : ROWS / 3);
        for (size_t run = from; run < end; run++) {
            assert_int_equal(kpi__goals_run(goals, goals->run[run].owner, from, end), run);
        }
        kpi__goals_runs(goals, period("2025"), &from, &end);
        assert_int_equal(end, from);
        kpi_goals_free(goals);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random), cmocka_unit_test(test_shapes)};
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
