/* test_goalline.c - goalline.c: goal lines by one and by several threads: the same goals at the same places. */
#include "unit.h"

enum { LINES = 120000, OWNERS = 5000 };

typedef struct expected {
    char owner[40], metric[48], period[24], weight[24], target[24], baseline[24];
} expected;

static expected *want;

/* Goals of an owner mostly together; names of all lengths; numbers of all sizes; what is odd for a fast reader. */
static void write_lines(FILE *file) {
    static const char *const metric[] = {"m", "sales", "客户满意度", "a-metric-of-32-bytes-and-no-more-",
                                         "a-metric-that-is-longer-than-32-bytes", "sixteen-bytes-xx", "eight-by"};
    static const char *const period[] = {"2026-10", "2026-10-01..2026-10-30", "2026-W41", "2026"};
    for (size_t i = 0, owner = 0; i < LINES; i++) {
        expected *w = &want[i];
        if (random_below(5) == 0) owner = random_below(OWNERS);
        snprintf(w->owner, sizeof w->owner, owner % 3 ? "o%zu" : "an-owner-with-a-long-name-%zu", owner);
        snprintf(w->metric, sizeof w->metric, "%s", metric[random_below(COUNT(metric))]);
        snprintf(w->period, sizeof w->period, "%s", period[random_below(COUNT(period))]);
        if (random_below(2)) snprintf(w->weight, sizeof w->weight, "%d.5", (int)random_below(7));
        snprintf(w->target, sizeof w->target, random_below(50) ? "%u.25" : "%u000000000", (unsigned)(1 + i));
        if (!random_below(9)) snprintf(w->baseline, sizeof w->baseline, "-%u", (unsigned)random_below(99));
        if (!random_below(1000)) fprintf(file, "# a comment\n\n");
        fprintf(file, "%s\t%s\t%s\t%s\t%s\t%s%s", w->period, w->owner, w->metric, w->weight, w->target, w->baseline,
                random_below(300) ? "\n" : "\r\n");
    }
}

static void expect_goal(const kpi_goal *goal, const expected *w) {
    assert_string_equal(goal->owner, w->owner);
    assert_string_equal(goal->metric, w->metric);
    assert_string_equal(goal->period_text, w->period);
    assert_true(goal->set.target == number(w->target));
    assert_true(goal->set.has_weight == (*w->weight != 0) && goal->set.has_baseline == (*w->baseline != 0));
    if (*w->weight) assert_true(goal->set.weight == number(w->weight));
    if (*w->baseline) assert_true(goal->set.baseline == number(w->baseline));
}

static int hear_some(void *context, const kpi_error *problem) {
    struct heard *heard = context;
    if (heard->n < 40)
        hear(heard, problem);
    else
        heard->n++;
    return 0;
}

/* Places lead back to the lines; what was set first stays. */
static void test_threads(void **state) {
    (void)state;
    static const unsigned threads[] = {1, 2, 3, 7};
    const char *path = temp_path("lines");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_non_null(want = calloc(LINES, sizeof *want));
    write_lines(file);
    assert_int_equal(fclose(file), 0);
    size_t *line_of_goal = calloc(2 * LINES, sizeof *line_of_goal), n = 0, number_of_line = 0;
    file = fopen(path, "r");
    for (char line[512]; fgets(line, sizeof line, file);) {
        number_of_line++;
        if (*line != '#' && *line != '\n') line_of_goal[number_of_line] = ++n;
    }
    fclose(file);
    assert_int_equal(n, LINES);
    char *first = NULL;
    for (size_t t = 0; t < COUNT(threads); t++) {
        kpi_error error = {0};
        struct heard heard = {0};
        kpi_goals *goals;
        expect_ok(kpi_goals_new(&goals, threads[t], &error), &error);
        expect_ok(kpi_goals_read(goals, path, NULL, &error), &error);
        assert_int_equal(kpi_goals_size(goals), LINES);
        kpi_report report = {.fn = hear_some, .context = &heard};
        expect_ok(kpi_goals_check(goals, &report, &error), &error);
        assert_int_equal(kpi_goals_size(goals) + heard.n, LINES);
        for (size_t i = 0; i < kpi_goals_size(goals); i++) {
            kpi_goal goal = kpi_goals_at(goals, i);
            assert_true(line_of_goal[goal.place.line] != 0);
            expect_goal(&goal, &want[line_of_goal[goal.place.line] - 1]);
        }
        if (!first)
            assert_non_null(first = strdup(heard.text));
        else
            assert_string_equal(heard.text, first);
        kpi_goals_free(goals);
    }
    free(first);
    free(line_of_goal);
    free(want);
}

/* A bad line ends it, or is left out, wherever it is and whatever the threads do. */
static void test_bad_lines(void **state) {
    (void)state;
    const char *path = temp_path("bad");
    char faults[512];
    FILE *file = fopen(path, "w");
    for (int i = 1; i <= 200000; i++)
        fprintf(file, i % 60000 ? "2026\towner-%d\tm\t\t%d\t\n" : "2026\towner-%d\tm\t-1\t%d\t\n", i, i);
    fclose(file);
    for (unsigned threads = 1; threads < 4; threads++) {
        kpi_error error = {0};
        struct heard heard = {0};
        kpi_report report = hearing(&heard);
        kpi_goals *goals;
        expect_ok(kpi_goals_new(&goals, threads, &error), &error);
        expect_ok(kpi_goals_read(goals, path, &report, &error), &error);
        expect_ok(kpi_goals_check(goals, &report, &error), &error);
        snprintf(faults, sizeof faults, "%s:60000:4: below 0: '-1'\n%s:120000:4: below 0: '-1'\n"
                 "%s:180000:4: below 0: '-1'\n", path, path, path);
        assert_string_equal(heard.text, faults);
        assert_int_equal(kpi_goals_size(goals), 200000 - 3);
        kpi_goals_free(goals);
        expect_ok(kpi_goals_new(&goals, threads, &error), &error);
        *strchr(faults, '\n') = 0;
        expect_failure(kpi_goals_read(goals, path, NULL, &error), KPI_DATA, &error, faults);
        kpi_goals_free(goals);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads), cmocka_unit_test(test_bad_lines)};
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
