/* test_pace.c - pace.c: expectations, forecasts and their scores. Every figure by hand. */
#include "ahead.h"

#define THREE                                                                                                      \
    "scheme: s\nmetrics:\n  sales: {weight: 50}\n  cost: {weight: 30, better: lower}\n"                            \
    "  nps: {weight: 20, take: last}\n  calls: {take: count}\n"                                                    \
    "adjust: [{metric: calls, above: 5, each: 1, points: -1}]\ngrades: [{grade: A, top: 50}, {grade: B}]\n---\n"

/* All lines of all owners, and the scores by rank. */
static const char *pace(const ahead *a, const char *as_of, const kpi_calendar *calendar, char text[4096]) {
    kpi_error error;
    kpi_pace *p;
    kpi_pace_options options = {period("2026-10"), day(as_of), calendar, a->book};
    char *w = text;
    *w = 0;
    int code = kpi_pace_new(&p, a->scores, &options, &error);
    if (code) return strcpy(text, shown(&error));
    for (size_t place = 0; place < kpi_pace_size(p); place++) {
        kpi_pace_line *line;
        size_t lines, i = kpi_pace_ranked(p, place);
        kpi_scored s = kpi_pace_at(p, i);
        w += sprintf(w, "%s %s %s %d\n", s.owner, figure(s.has_score, (kpi_ratio){s.score, 1}, 2), s.grade,
                     (int)s.rank);
        code = kpi_pace_lines(p, i, &line, &lines, &error);
        if (code) {
            kpi_pace_free(p);
            return strcpy(text, shown(&error));
        }
        for (size_t k = 0; k < lines; k++) {
            const kpi_pace_line *l = &line[k];
            const kpi_detail *d = &l->forecast;
            w += sprintf(w, "  %s%s %s %s %s %s %s %s\n", d->rule ? "rule " : "", d->metric->name,
                         figure(l->has_actual, l->actual, 2), figure(l->has_expected, l->expected, 2),
                         figure(l->has_ahead, l->ahead, 2), figure(l->foreseen && d->has_actual, d->actual, 2),
                         figure(l->has_needed, l->needed, 2),
                         figure(l->foreseen && !d->skipped, (kpi_ratio){d->points, 1}, 2));
        }
        free(line);
    }
    kpi_pace_free(p);
    return text;
}

static void expect(ahead a, const char *as_of, const kpi_calendar *calendar, const char *expected) {
    char text[4096];
    assert_string_equal(pace(&a, as_of, calendar, text), expected);
    free_ahead(&a);
}

static void test_rates(void **state) {
    (void)state;
    static const char yaml[] = THREE "goals: 2026-10\ntargets:\n  x: {sales: 310, cost: 62, nps: 50}\n";
    static const char m[] = "2026-10-01\tx\tsales\t100\n2026-10-10\tx\tsales\t20\n2026-10-11\tx\tsales\t7777\n"
                            "2026-10-05\tx\tcost\t30\n2026-10-02\tx\tnps\t60\n2026-10-09\tx\tnps\t40\n"
                            "2026-10-12\tx\tnps\t99\n2026-10-01\tx\tcalls\t1\n2026-10-02\tx\tcalls\t1\n";
    /* 10 of 31 days: 120 of 100 expected, 372; 1.2 is full credit. 30 of 20, 93: 2 - 93/62 = 0.5. 2 calls: 6.2 */
    expect(ahead_of(yaml, NULL, m, "2026-10-10"), "2026-10-10", NULL,
           "x 80.00 B 1\n  sales 120.00 100.00 20.00 372.00 9.05 50.00\n"
           "  cost 30.00 20.00 -10.00 93.00 1.52 15.00\n  nps 40.00 50.00 -10.00 40.00 - 16.00\n"
           "  rule calls 2.00 - - 6.20 - -1.00\n");
    /* on the last day what is known is the forecast */
    expect(ahead_of(yaml, NULL, "2026-10-31\tx\tsales\t155\n2026-10-31\tx\tcost\t62\n", "2026-10-31"), "2026-10-31",
           NULL,
           "x 55.00 B 1\n  sales 155.00 310.00 -155.00 155.00 - 25.00\n  cost 62.00 62.00 0.00 62.00 - 30.00\n"
           "  nps - 50.00 - - - 0.00\n");
}

static void test_working_days(void **state) {
    (void)state;
    static const char yaml[] = THREE "goals: 2026-10\ntargets:\n  x: {sales: 220, cost: 44, nps: 50}\n";
    kpi_calendar *weekdays;
    kpi_error error;
    expect_ok(kpi_calendar_new(&weekdays, &error), &error);
    /* Friday the 9th: 7 of 22 days; Saturday the same */
    for (int i = 0; i < 2; i++)
        expect(ahead_of(yaml, NULL, "2026-10-03\tx\tsales\t77\n", "2026-10-09"), i ? "2026-10-10" : "2026-10-09",
               weekdays,
               "x 50.00 B 1\n  sales 77.00 70.00 7.00 242.00 9.53 50.00\n  cost - 14.00 - - 2.93 0.00\n"
               "  nps - 50.00 - - - 0.00\n");
    expect_ok(kpi_calendar_read(weekdays, temp_file("off", TEXT("2026-10-01..2026-10-09\n")), NULL, &error), &error);
    /* no day has elapsed: nothing is foreseen of what grows, nor of the score */
    expect(ahead_of(yaml, NULL, "2026-10-03\tx\tsales\t77\n2026-10-03\tx\tnps\t25\n", "2026-10-10"), "2026-10-10",
           weekdays,
           "x -  0\n  sales 77.00 0.00 77.00 - 9.53 -\n  cost - 0.00 - - 2.93 0.00\n"
           "  nps 25.00 50.00 -25.00 25.00 - 10.00\n");
    expect_ok(kpi_calendar_read(weekdays, temp_file("off", TEXT("2026-10\n")), NULL, &error), &error);
    /* no day counts: until the period is over nobody knows */
    expect(ahead_of(yaml, NULL, "2026-10-03\tx\tsales\t77\n", "2026-10-30"), "2026-10-30", weekdays,
           "x -  0\n  sales 77.00 - - - - -\n  cost - - - - - 0.00\n  nps - 50.00 - - - 0.00\n");
    expect(ahead_of(yaml, NULL, "2026-10-03\tx\tsales\t110\n", "2026-10-31"), "2026-10-31", weekdays,
           "x 25.00 B 1\n  sales 110.00 220.00 -110.00 110.00 - 25.00\n  cost - 44.00 - - - 0.00\n"
           "  nps - 50.00 - - - 0.00\n");
    kpi_calendar_free(weekdays);
}

static void test_own_days(void **state) {
    (void)state;
    static const char yaml[] = "scheme: s\nmetrics: {a: {weight: 60, prorate: true}, b: {weight: 40}}\n"
                               "grades: [{grade: A, top: 50}, {grade: B}]\n---\n"
                               "goals: 2026-10\ntargets:\n  gone: {a: 62, b: 5}\n  late: {a: 62, b: 10}\n"
                               "  new: {a: 62, b: 10}\n";
    /* gone: 5 days, all elapsed: 62 x 5/31 = 10. late: from the 16th, as of the 20th 5 of 16 days; a: 32, of which 10.
     * new: joins later, no day has elapsed. */
    expect(ahead_of(yaml,
                    "gone\t\t\t\t\t2026-10-05\nlate\t\t\t\t2026-10-16\t\nnew\t\t\t\t2026-10-25\t2026-10-30\n",
                    "2026-10-03\tgone\ta\t5\n2026-10-03\tgone\tb\t5\n2026-10-17\tlate\ta\t15\n"
                    "2026-10-17\tlate\tb\t2.5\n2026-10-01\tnew\ta\t1\n",
                    "2026-10-20"),
           "2026-10-20", NULL,
           "late 92.00 A 1\n  a 15.00 10.00 5.00 48.00 1.55 60.00\n  b 2.50 3.13 -0.63 8.00 0.68 32.00\n"
           "gone 70.00 B 2\n  a 5.00 10.00 -5.00 5.00 - 30.00\n  b 5.00 5.00 0.00 5.00 - 40.00\n"
           "new -  0\n  a 1.00 0.00 1.00 - 1.83 -\n  b - 0.00 - - 1.67 0.00\n");
}

static void test_baselines(void **state) {
    (void)state;
    /* sums begin at 0, whatever the baseline; the points are for the way from it: (310 - 200) / 200 */
    expect(ahead_of("scheme: s\nmetrics: {a: {weight: 100}}\n---\n"
                    "goals: 2026-10\ntargets: {x: {a: {target: 400, baseline: 200}}}\n",
                    NULL, "2026-10-01\tx\ta\t10\n", "2026-10-01"),
           "2026-10-01", NULL, "x 55.00  1\n  a 10.00 12.90 -2.90 310.00 13.00 55.00\n");
}

static void test_faults(void **state) {
    (void)state;
    static const char yaml[] = "scheme: s\nmetrics: {a: {weight: 100}}\n---\ngoals: 2026-10\ntargets: {x: {a: 4}}\n";
    expect(ahead_of(yaml, NULL, "", NULL), "2026-11-01", NULL, "2026-11-01 is not a day of 2026-10-01..2026-10-31");
    expect(ahead_of(yaml, NULL, "", NULL), "2026-09-30", NULL, "2026-09-30 is not a day of 2026-10-01..2026-10-31");
    ahead a = ahead_of(yaml, NULL, "", NULL);
    kpi_error error;
    for (int i = 0; i < 2; i++) /* a sum that no file of measures has the lines for */
        expect_ok(kpi_measures_add(a.measures, TEXT("x"), TEXT("a"), period("2026-10"), (kpi_decimal)1 << 125,
                                   (kpi_place){"m", 1, 0}, &error), &error);
    expect(a, "2026-10-01", NULL, "'a' for 'x' on 2026-10-01: the forecast is out of range");
    kpi_pace_free(NULL);
}

static void test_running(void **state) {
    (void)state;
    ahead a = ahead_of("scheme: s\nmetrics: {a: {weight: 100}}\n---\ngoals: 2026-10\ntargets: {x: {a: 4}}\n", NULL, "",
                       NULL);
    kpi_error error;
    kpi_measure sum;
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    const char *path[] = {temp_file("one", TEXT("2026-10\tx\ta\t1\n2026-10-06\tx\ta\t100\nwrong\n2026-11\tx\ta\t9\n")),
                          temp_file("two", TEXT("2026-W41\tx\ta\t10\n2026-10-05\tx\ta\t5\n"))};
    expect_ok(kpi_measures_read_until(a.measures, path, 2, day("2026-10-05"), &report, &error), &error);
    assert_true(kpi_measures_find(a.measures, TEXT("x"), TEXT("a"), &sum));
    expect_decimal(sum.sum, "16");
    assert_string_equal(without_folder(heard.text),
                        "one:3: 1 field, a measure line has 4\n"
                        "warning: one:1: 2 measures of a period that ends after 2026-10-05 are taken as known by then, "
                        "this the first: 2026-10\n");
    assert_int_equal(kpi_measures_read_until(a.measures, path, 2, day("2026-10-05"), NULL, &error), KPI_DATA);
    free_ahead(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rates),     cmocka_unit_test(test_working_days),
                                       cmocka_unit_test(test_own_days),  cmocka_unit_test(test_baselines),
                                       cmocka_unit_test(test_faults),    cmocka_unit_test(test_running)};
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
