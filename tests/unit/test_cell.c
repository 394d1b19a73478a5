/* test_cell.c - cell.c: measures beside goals, by any number of threads, are what they are without goals. */
#include "unit.h"

enum { OWNERS = 3000, METRICS = 5, LINES = 150000 };

static const char *goal_file, *measure_file;
/* Of all lengths that are kept in another way. */
static const char *const metric_name[] = {
    "m", "metrics8", "a-metric-with-more-than-thirty-two-bytes", "metric-of-20-bytes--",
    "a-metric-of-exactly-32-bytes----", "unknown", "another-one-that-is-not-known-with-a-name"};

/* Goals of some owners for some metrics, in two periods; measures of all, in and around the month. */
static void write_files(int values) {
    FILE *file = fopen(goal_file = temp_path("goals"), "w");
    for (int o = 0; o < OWNERS; o++)
        for (int m = 0; m < METRICS; m++)
            if (random_below(4)) {
                fprintf(file, "2026-10\towner-%d\t%s\t\t1\t\n", o * 7919 % OWNERS, metric_name[m]);
                if (random_below(3)) continue;
                fprintf(file, "2026-Q4\towner-%d\t%s\t\t1\t\n", o * 7919 % OWNERS, metric_name[m]);
            }
    fclose(file);
    file = fopen(measure_file = temp_path("measures"), "w");
    for (int i = 0; i < LINES; i++) {
        static const char *const period[] = {"2026-10", "2026-10-05", "2026-W41", "2026-10-01..2026-10-31", "2026-Q4"};
        uint64_t o = random_below(OWNERS + 20), m = random_below(METRICS + 1);
        int kind = values ? (int)random_below(COUNT(period)) : 0;
        if (!random_below(5000)) fprintf(file, "#\n\n");
        fprintf(file, "%s\towner-%u\t%s\t%s%u.5%s\n", period[kind], (unsigned)o, metric_name[m],
                random_below(99) ? "" : "-", (unsigned)random_below(values ? 3 : 100000),
                random_below(999) ? "" : "\r");
        if (!random_below(500))
            fprintf(file, "2026-10\towner-%u\t%s\t999999999999999.5\n", (unsigned)o, metric_name[m]);
    }
    fclose(file);
}

static kpi_goals *read_goals(unsigned threads) {
    kpi_error error = {0};
    kpi_goals *goals;
    expect_ok(kpi_goals_new(&goals, threads, &error), &error);
    expect_ok(kpi_goals_read(goals, goal_file, NULL, &error), &error);
    expect_ok(kpi_goals_check(goals, NULL, &error), &error);
    return goals;
}

static kpi_measures *read_measures(const kpi_goals *goals, unsigned threads) {
    kpi_error error = {0};
    kpi_measures *m;
    expect_ok(kpi_measures_new(&m, goals, period("2026-10"), "2026-10", threads, &error), &error);
    for (int k = 0; k < 2; k++) expect_ok(kpi_measures_read(m, measure_file, NULL, &error), &error);
    return m;
}

static bool same_place(kpi_place a, kpi_place b) {
    return a.line == b.line && (a.file ? b.file && !strcmp(a.file, b.file) : !b.file);
}

static void expect_same(const kpi_measure *a, const kpi_measure *b) {
    assert_true(a->n == b->n && a->sum == b->sum && a->min == b->min && a->max == b->max && a->last == b->last);
    assert_true(kpi_period_same(a->last_period, b->last_period));
    assert_true(same_place(a->first_place, b->first_place) && same_place(a->last_place, b->last_place));
    assert_true(same_place(a->last_from, b->last_from) && same_place(a->last_against, b->last_against));
}

static void expect_agreement(const kpi_measures *plain, const kpi_measures *beside) {
    for (unsigned o = 0; o < OWNERS + 25; o++)
        for (unsigned m = 0; m < METRICS + 2; m++) {
            char owner[32];
            const char *metric = metric_name[m];
            kpi_measure a, b;
            snprintf(owner, sizeof owner, "owner-%u", o);
            bool found = kpi_measures_find(plain, kpi_text_of(owner), kpi_text_of(metric), &a);
            assert_int_equal(kpi_measures_find(beside, kpi_text_of(owner), kpi_text_of(metric), &b), found);
            if (found) expect_same(&a, &b);
        }
}

static void test_agreement(void **state) {
    (void)state;
    static const unsigned threads[] = {1, 2, 3, 7};
    for (int values = 0; values < 2; values++) {
        kpi_error error = {0};
        write_files(values);
        kpi_goals *goals = read_goals(2);
        kpi_measures *plain = read_measures(NULL, 1);
        struct heard first = {0};
        kpi_report report = hearing(&first);
        expect_ok(kpi__measures_warn(plain, &report, &error), &error);
        assert_true(!values || first.n == 2);
        for (size_t t = 0; t < COUNT(threads); t++) {
            struct heard heard = {0};
            kpi_report other = hearing(&heard);
            kpi_measures *beside = read_measures(goals, threads[t]), *alone = read_measures(NULL, threads[t]);
            expect_agreement(plain, beside);
            expect_agreement(plain, alone);
            expect_ok(kpi__measures_warn(beside, &other, &error), &error);
            assert_string_equal(heard.text, first.text);
            kpi_measures_free(beside);
            kpi_measures_free(alone);
        }
        kpi_measures_free(plain);
        kpi_goals_free(goals);
    }
}

/* One by one, with numbers that no file holds. */
static void test_add(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_decimal largest = (kpi_decimal)(~(unsigned __int128)0 >> 1);
    kpi_place place = {"f", 7, 0};
    kpi_measures *m;
    kpi_measure found;
    kpi_goals *goals = goals_of("goals: 2026-10\ntargets: {x: {a: 1, b: 1}}\n", true);
    expect_ok(kpi_measures_new(&m, goals, period("2026-10"), "2026-10", 0, &error), &error);
    assert_false(kpi_measures_find(m, TEXT("x"), TEXT("a"), &found));
    assert_false(kpi_measures_find(m, TEXT("x"), TEXT("c"), &found));
    expect_ok(kpi_measures_add(m, TEXT("x"), TEXT("a"), period("2026-10"), largest, place, &error), &error);
    expect_failure(kpi_measures_add(m, TEXT("x"), TEXT("a"), period("2026-10"), 1, place, &error), KPI_DATA, &error,
                   "f:7: the sum of 'a' for 'x' is out of range");
    expect_ok(kpi_measures_add(m, TEXT("x"), TEXT("a"), period("2026-10"), -1, place, &error), &error);
    assert_true(kpi_measures_find(m, TEXT("x"), TEXT("a"), &found));
    assert_true(found.n == 2 && found.sum == largest - 1 && found.max == largest && found.min == -1);
    assert_int_equal(kpi__measures_size(m), 0);
    expect_ok(kpi_measures_add(m, TEXT("y"), TEXT("a"), period("2026-10"), 5, place, &error), &error);
    assert_int_equal(kpi__measures_size(m), 1);
    kpi_measures_free(m);
    expect_ok(kpi_measures_new(&m, goals, period("2026-11"), "2026-11", 0, &error), &error); /* no goals then */
    expect_ok(kpi_measures_add(m, TEXT("x"), TEXT("a"), period("2026-11"), 5, place, &error), &error);
    assert_true(kpi_measures_find(m, TEXT("x"), TEXT("a"), &found));
    kpi_score_options options = {.period = period("2026-10"), .period_text = "2026-10"};
    kpi_scores *scores;
    expect_failure(kpi_score(&scores, goals, m, &options, NULL, &error), KPI_USAGE, &error,
                   "measures of other goals or another period than 2026-10");
    kpi_measures_free(m);
    kpi_goals_free(goals);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_agreement), cmocka_unit_test(test_add)};
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
