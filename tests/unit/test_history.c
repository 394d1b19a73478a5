/* test_history.c - history.c: past periods of a goal's kind, their median and best. Wanted values by hand. */
#include "unit.h"

static kpi_error error;

static int measure_all(kpi_history *history, const char *name, const char *lines) {
    kpi_reader *reader;
    kpi_line line;
    int code;
    expect_ok(kpi__reader_memory(&reader, name, kpi_text_of(lines), &error), &error);
    while (!(code = kpi_reader_record(reader, kpi_record_of(KPI_MEASURE), &line, NULL, &error)))
        if ((code = kpi_history_measure(history, &line, &error))) break;
    kpi_reader_free(reader);
    return code == KPI_NO ? KPI_OK : code;
}

/* "N median M best B in PERIOD[, n left out]" of a goal of a for m in period; the error; metric: keys of m. */
static const char *past_of(const char *metric, const char *period_text, const char *lines) {
    static char text[KPI_ERROR_SIZE];
    char goal_yaml[512], median[KPI_NUMBER_SIZE], best[KPI_NUMBER_SIZE];
    kpi_history *history;
    kpi_goal goal;
    kpi_past past;
    snprintf(goal_yaml, sizeof goal_yaml, "%s%s%s---\ngoal: g\nowner: a\nmetric: m\nperiod: %s\ntarget: 1\n",
             metric ? "scheme: s\nmetrics: {m: " : "", metric ? metric : "", metric ? "}\n" : "", period_text);
    kpi_goals *goals = goals_of(goal_yaml, true);
    expect_ok(kpi_goals_get(goals, TEXT("g"), &goal, &error), &error);
    expect_ok(kpi_history_new(&history, goals, &error), &error);
    expect_ok(measure_all(history, "h", lines), &error);
    kpi_history_finish(history);
    int code = kpi_history_past(history, &goal, &past, &error);
    kpi_ratio_format(past.median, KPI_EXACT, median);
    kpi_ratio_format(past.best, KPI_EXACT, best);
    if (code)
        snprintf(text, sizeof text, "%s", shown(&error));
    else if (!past.n)
        snprintf(text, sizeof text, "none");
    else
        snprintf(text, sizeof text, "%llu median %s best %s in %s", (unsigned long long)past.n, median, best,
                 past.best_in);
    size_t n = strlen(text);
    if (past.left_out) snprintf(text + n, sizeof text - n, ", %llu left out", (unsigned long long)past.left_out);
    kpi_history_free(history);
    kpi_goals_free(goals);
    return text;
}

static void test_units(void **state) {
    (void)state;
    static const char months[] = "2026-01\ta\tm\t10\n2026-03-05\ta\tm\t4\n2026-03\ta\tm\t30\n2025-12-31\ta\tm\t20\n"
                                 "2026-04\ta\tm\t99\n2026-05-01\ta\tm\t99\n2026-01\tb\tm\t99\n2026-01\ta\tn\t99\n";
    /* December 20, January 10, March 34; February has no measure, April is the goal's own. */
    assert_string_equal(past_of(NULL, "2026-04", months), "3 median 20 best 34 in 2026-03");
    assert_string_equal(past_of(NULL, "2026-04-01..2026-04-30", months), "3 median 20 best 34 in 2026-03");
    assert_string_equal(past_of(NULL, "2026-01", months), "1 median 20 best 20 in 2025-12");
    assert_string_equal(past_of(NULL, "2025-12", months), "none");
    assert_string_equal(past_of(NULL, "2026-04-02..2026-04-30", months), "none"); /* no unit */
    /* In quarters: the fourth of 2025 has 20, the first of 2026 44. */
    assert_string_equal(past_of(NULL, "2026-Q2", months), "2 median 32 best 44 in 2026-Q1");
    assert_string_equal(past_of(NULL, "2026-H2", months), "2 median 131 best 242 in 2026-H1");
    assert_string_equal(past_of(NULL, "2027", months), "2 median 131 best 242 in 2026");
    /* Of days the single ones, of weeks what lies in one. */
    assert_string_equal(past_of(NULL, "2026-05-01", months), "2 median 12 best 20 in 2025-12-31, 3 left out");
    assert_string_equal(
        past_of(NULL, "2026-W10", "2026-02-23..2026-03-01\ta\tm\t7\n2026-W08\ta\tm\t5\n2026-02\ta\tm\t9\n"),
        "2 median 6 best 7 in 2026-W09, 1 left out");
    /* What was measured for longer than a unit is left out. */
    assert_string_equal(past_of(NULL, "2026-04", "2026-Q1\ta\tm\t7\n2026-02\ta\tm\t5\n"),
                        "1 median 5 best 5 in 2026-02, 1 left out");
}

static void test_takes(void **state) {
    (void)state;
    static const char lines[] = "2026-01-05\ta\tm\t3\n2026-01-20\ta\tm\t1\n2026-01-12\ta\tm\t6\n"
                                "2026-02-01\ta\tm\t-2\n2026-02-02\ta\tm\t5\n";
    static const struct {
        const char *metric, *want;
    } row[] = {
        {"{take: sum}", "2 median 6.5 best 10 in 2026-01"},
        {"{take: sum, better: lower}", "2 median 6.5 best 3 in 2026-02"},
        {"{take: mean}", "2 median 2.41666666666666666667 best 3.33333333333333333333 in 2026-01"}, /* 10/3, 3/2 */
        {"{take: last}", "2 median 3 best 5 in 2026-02"},
        {"{take: max}", "2 median 5.5 best 6 in 2026-01"},
        {"{take: min}", "2 median -0.5 best 1 in 2026-01"},
        {"{take: count}", "2 median 2.5 best 3 in 2026-01"},
    };
    for (size_t i = 0; i < COUNT(row); i++) assert_string_equal(past_of(row[i].metric, "2026-03", lines), row[i].want);
    /* Of equal ones the later is named. */
    assert_string_equal(past_of(NULL, "2026-04", "2026-02\ta\tm\t5\n2026-01\ta\tm\t5\n2026-03\ta\tm\t4\n"),
                        "3 median 5 best 5 in 2026-02");
    assert_string_equal(past_of("{better: lower}", "2026-04", "2026-02\ta\tm\t5\n2026-01\ta\tm\t5\n2026-03\ta\tm\t6\n"),
                        "3 median 5 best 5 in 2026-02");
    assert_string_equal(past_of("{take: last}", "2026-03", "2026-01\ta\tm\t3\n2026-01-31\ta\tm\t9\n2026-01\ta\tm\t4\n"),
                        "h:3: two last values of 'm' for 'a', the other at h:1");
    assert_string_equal(past_of("{take: last}", "2026-03", "2026-01\ta\tm\t3\n2026-01-31\ta\tm\t9\n2026-01\ta\tm\t3\n"),
                        "1 median 3 best 3 in 2026-01");
}

static void test_zeros(void **state) {
    (void)state;
    static const char gaps[] = "2026-01\ta\tm\t4\n2026-05\ta\tm\t6\n2025-11\ta\tm\t-1\n";
    /* November to May are seven months, of which four have no measure: -1 0 0 0 0 4 6 */
    assert_string_equal(past_of("{missing: zero}", "2026-07", gaps), "7 median 0 best 6 in 2026-05");
    assert_string_equal(past_of("{missing: zero, better: lower}", "2026-07", gaps), "7 median 0 best -1 in 2025-11");
    assert_string_equal(past_of("{missing: zero, better: lower}", "2026-07",
                                "2026-01\ta\tm\t4\n2026-02\ta\tm\t4\n"
                                "2026-04\ta\tm\t3\n"),
                        "4 median 3.5 best 0 in 2026-03");
    assert_string_equal(
        past_of("{missing: zero}", "2026-07", "2026-01\ta\tm\t-4\n2026-03\ta\tm\t-1\n2026-04\ta\tm\t-3\n"),
        "4 median -2 best 0 in 2026-02"); /* -4 -3 -1 0 */
    assert_string_equal(past_of("{missing: none}", "2026-07", gaps), "3 median 4 best 6 in 2026-05");
    /* Of a 0 that was measured it is known when; of days and weeks as of months. */
    static const char zero[] = "2026-01\ta\tm\t4\n2026-04\ta\tm\t0\n2026-06\ta\tm\t-3\n";
    assert_string_equal(past_of("{missing: zero, better: lower}", "2026-06", zero), "4 median 0 best 0 in 2026-04");
    assert_string_equal(past_of("{missing: zero}", "2026-06", "2026-01\ta\tm\t-4\n2026-04\ta\tm\t0\n"),
                        "4 median 0 best 0 in 2026-04"); /* -4 0 0 0 */
    assert_string_equal(past_of("{missing: zero}", "2026-03-09", "2026-03-01\ta\tm\t-4\n2026-03-04\ta\tm\t-2\n"),
                        "4 median -1 best 0 in 2026-03-02"); /* -4 -2 0 0 */
    assert_string_equal(past_of("{missing: zero}", "2026-W14", "2026-W10\ta\tm\t-4\n2026-W12\ta\tm\t-2\n"),
                        "3 median -2 best 0 in 2026-W11");
}

/* How many units there are between any two: by stepping from one to the next. */
static void test_steps(void **state) {
    (void)state;
    static const struct {
        enum kpi_unit unit;
        unsigned steps;
    } row[] = {{KPI_UNIT_DAY, 4000},     {KPI_UNIT_WEEK, 4000}, {KPI_UNIT_MONTH, 6000},
               {KPI_UNIT_QUARTER, 3000}, {KPI_UNIT_HALF, 3000}, {KPI_UNIT_YEAR, 3000}};
    for (size_t i = 0; i < COUNT(row); i++)
        for (int start = 0; start < 3; start++) {
            char first[KPI_PERIOD_SIZE], last[KPI_PERIOD_SIZE], lines[256], want[256];
            kpi_period unit;
            kpi_period_of(row[i].unit, day("1999-12-31") + 400 * start, first, &unit);
            unsigned steps = 1 + (unsigned)random_below(row[i].steps);
            for (unsigned k = 0; k < steps; k++) kpi_period_of(row[i].unit, unit.last + 1, last, &unit);
            snprintf(lines, sizeof lines, "%s\ta\tm\t5\n%s\ta\tm\t5\n", first, last);
            snprintf(want, sizeof want, "%u median %s best 5 in %s", steps + 1,
                     steps == 1   ? "5"
                     : steps == 2 ? "5"
                     : steps == 3 ? "2.5"
                                  : "0",
                     last);
            kpi_period_of(row[i].unit, unit.last + 1, last, NULL);
            assert_string_equal(past_of("{missing: zero}", last, lines), want);
        }
}

static void test_range(void **state) {
    (void)state;
    assert_string_equal(past_of(NULL, "2026-03", "2026-01\ta\tm\t999999999999999.999999\n2026-02\ta\tm\t-1\n"),
                        "2 median 499999999999999.4999995 best 999999999999999.999999 in 2026-01");
    assert_string_equal(past_of(NULL, "2026-03", ""), "none");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_units), cmocka_unit_test(test_takes),
                                       cmocka_unit_test(test_zeros), cmocka_unit_test(test_steps),
                                       cmocka_unit_test(test_range)};
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
