/* test_diff.c - diff.c: moves from one run to another. Runs are what kpi_explain_json makes of goals and measures, so
 * that explain.c is in it, too; or lines. */
#include "unit.h"

struct moves {
    char text[4096];
    size_t stop, n; /* stop: at the move of that number; 0: never */
};

static int put(void *context, const kpi_move *m, kpi_error *e) {
    struct moves *to = context;
    char points[KPI_NUMBER_SIZE] = "-";
    if (m->has_points) kpi_decimal_format(m->points, m->digits, points);
    size_t used = strlen(to->text);
    snprintf(to->text + used, sizeof to->text - used, "%s %s %s [%s] [%s] %s\n", m->owner, m->metric, m->cause, m->from,
             m->to, points);
    return ++to->n == to->stop ? kpi__fail(e, KPI_SYSTEM, "enough") : KPI_OK;
}

static kpi_run *run_of(const char *text) {
    kpi_error error = {0};
    kpi_run *run;
    expect_ok(kpi_run_new(&run, &error), &error);
    expect_ok(kpi_run_read(run, temp_file("run", kpi_text_of(text)), &error), &error);
    return run;
}

/* Explained. */
static kpi_run *scored(const char *yaml, const char *lines) {
    kpi_error error = {0};
    kpi_goals *goals = goals_of(yaml, true);
    kpi_measures *measures;
    kpi_scores *scores;
    kpi_score_options options = {.period = period("2026-10"), .period_text = "2026-10", .totals_only = true};
    expect_ok(kpi_measures_new(&measures, goals, options.period, "2026-10", 0, &error), &error);
    expect_ok(kpi_measures_read(measures, temp_file("m", kpi_text_of(lines)), NULL, &error), &error);
    expect_ok(kpi_score(&scores, goals, measures, &options, NULL, &error), &error);
    kpi__buffer all = {0};
    for (size_t i = 0; i < kpi_scores_size(scores); i++) {
        char *text;
        size_t length;
        expect_ok(kpi_explain_json(scores, i, NULL, &text, &length, &error), &error);
        assert_int_equal(strlen(text), length);
        kpi__buffer_print(&all, "%s\n", text);
        free(text);
    }
    kpi_run *run = run_of(all.ptr);
    free(all.ptr);
    kpi_scores_free(scores);
    kpi_measures_free(measures);
    kpi_goals_free(goals);
    return run;
}

static void expect(kpi_run *a, kpi_run *b, const char *moves) {
    kpi_error error = {0};
    struct moves got = {0};
    expect_ok(kpi_diff(a, b, (kpi_names){0}, put, &got, &error), &error);
    assert_string_equal(got.text, moves);
    struct moves some = {.stop = 2};
    int code = kpi_diff(a, b, (kpi_names){0}, put, &some, &error);
    assert_int_equal(code, got.n < 2 ? KPI_OK : KPI_SYSTEM);
    if (code) assert_string_equal(error.text, "enough");
    kpi_run_free(a);
    kpi_run_free(b);
}

#define S "scheme: s\nmetrics: {a: {weight: 60}, b: {weight: 40, missing: skip}}\n---\n"

static void test_exact(void **state) {
    (void)state;
    expect(scored(S "goals: 2026-10\ntargets: {x: {a: 100, b: 10}}\n", "2026-10\tx\ta\t80\n"),
           scored(S "goals: 2026-10\ntargets: {x: {a: 120, b: 10}}\n", "2026-10\tx\ta\t90\n2026-10\tx\tb\t4\n"),
           "x  score [80.00] [61.00] -19.00\n"  /* 80 % of 100; 75 % of 60, and 16 */
           "x a actual [80] [90] 10.00\n"       /* of 100: b is skipped still */
           "x a target [100] [120] -15.00\n"
           "x b actual [skipped] [4] -14.00\n"); /* 75 to 45 + 16 */
    expect(scored(S "goals: 2026-10\ntargets: {x: {a: 3, b: 10}}\n", "2026-10\tx\ta\t1\n2026-10\tx\tb\t4\n"),
           scored("scheme: t\npoints: 10\ndigits: 1\nmetrics: {b: {weight: 4}, c: {weight: 6}, a: {}}\n"
                  "adjust: [{metric: a, above: 0, points: 1.5}]\n---\ngoals: 2026-10\ntargets: {x: {b: 10, c: 3}}\n",
                  "2026-10\tx\ta\t1\n2026-10\tx\tb\t4\n2026-10\tx\tc\t1\n"),
           "x  score [36.00] [5.1] -30.90\n"
           "x a metric [60] [] -20.00\n"
           "x b weight [40] [4] -14.40\n"
           "x c metric [] [6] 2.00\n"
           "x  scheme [100 points, 2 digits] [10 points, 1 digits] 0.00\n"
           "x a adjustment [0.00] [1.50] 1.50\n");
}

static void test_together(void **state) {
    (void)state;
    static const char one[] = "scheme: s\nmetrics: {a: {weight: 100}}\n---\ngoals: 2026-10\n"
                              "targets: {x: {a: {target: 100, baseline: 50}}}\n";
    static const char two[] = "scheme: s\nmetrics: {a: {weight: 100}}\n---\ngoals: 2026-10\n"
                              "targets: {x: {a: {target: 50, baseline: 0}}}\n";
    expect(scored(one, "2026-10\tx\ta\t60\n"), scored(two, "2026-10\tx\ta\t10\n"),
           "x  score [20.00] [20.00] 0.00\nx a actual [60] [10] -20.00\nx a target+baseline [100, 50] [50, 0] 20.00\n");
}

static void test_who(void **state) {
    (void)state;
    expect(run_of("2026-10\ta\tk\t100\t1\t1\t1\t1\t100\n2026-10\tc\tk\t0\t1\t\t\t\t\n"),
           run_of("2026-10\tb\tk\t100\t1\t1\t1\t1\t100.0\n2026-10\tc\tk\t100\t1\t1\t1\t1\t5\n"),
           "a  gone [100] [] -\nb  new [] [100.0] -\nc  unscored [] [5] -\n");
    expect(run_of(""), run_of(""), "");
}

static void test_coarse(void **state) {
    (void)state;
    expect(run_of("2026-10\tx\tk\t100\t10.0\t1.50\t1\t1\t50.00\n2026-10\tx\tr\t\t\t3\t\t\t-1.00\n"),
           run_of("2026-10\tx\tk\t100\t10\t1.5\t1\t1\t51.00\n2026-10\tx\tq\t\t\t3\t\t\t2.00\n"),
           "x  score [49.00] [53.00] 4.00\nx k unseen [50.00] [51.00] 1.00\n"
           "x q adjustment+gate [0.00] [2.00] 2.00\nx r adjustment+gate [-1.00] [0.00] 1.00\n");
    expect(scored(S "goals: 2026-10\ntargets: {x: {a: 100, b: 10}}\n", "2026-10\tx\ta\t80\n"),
           run_of("2026-10\tx\ta\t60\t100\t70\t0.7000\t0.7000\t42.00\n"
                  "2026-10\tx\tb\t40\t10\t10\t1.0000\t1.0000\t40.00\n"),
           "x  score [80.00] [82.00] 2.00\nx a actual+weight+unseen [80.00] [42.00] -38.00\n"
           "x b actual+weight+unseen [0.00] [40.00] 40.00\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),
        cmocka_unit_test(test_together),
        cmocka_unit_test(test_who),
        cmocka_unit_test(test_coarse),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
