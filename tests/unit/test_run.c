/* test_run.c - run.c: what kpi-score printed, read back by owner. */
#include "unit.h"

static kpi_run *run_of(const char *text) {
    kpi_error error = {0};
    kpi_run *run;
    expect_ok(kpi_run_new(&run, &error), &error);
    expect_ok(kpi_run_read(run, temp_file("run", kpi_text_of(text)), &error), &error);
    return run;
}

static void refused(const char *text, const char *message) {
    kpi_error error = {0};
    kpi_run *run;
    expect_ok(kpi_run_new(&run, &error), &error);
    assert_int_equal(kpi_run_read(run, temp_file("run", kpi_text_of(text)), &error), KPI_DATA);
    assert_string_equal(without_folder(strcpy((char[KPI_ERROR_SIZE]){0}, shown(&error))), message);
    kpi_run_free(run);
}

static void test_lines(void **state) {
    (void)state;
    kpi_run *run = run_of("# detail\n"
                          "2026-10\t张\tb\t40\t1.23456789\t1234567890123456789.5\t0.1\t0.5000\t20.000\r\n"
                          "2026-10\ta\tk\t0\t5\t\t\t\t\n"
                          "2026-10\t张\tc\t\t\t7\t\t\t-2.5\n"
                          "2026-10\t张\ta\t60\t5\t\t\t0.0000\t0.00\n");
    assert_int_equal(kpi_run_size(run), 2);
    const kpi__result *first = kpi__run_at(run, 0), *second = kpi__run_at(run, 1);
    assert_string_equal(first->owner, "a");
    assert_false(first->has_score || first->exact);
    assert_string_equal(second->owner, "张");
    assert_string_equal(second->period, "2026-10");
    assert_true(second->has_score);
    expect_decimal(second->score, "17.5");
    assert_int_equal(second->digits, 3);
    assert_string_equal(second->part->metric, "b"); /* in the order of the lines */
    assert_string_equal(second->part->next->metric, "a");
    assert_null(second->part->next->next);
    assert_string_equal(second->part->figure[KPI__ACTUAL], "1234567890123456789.5");
    assert_string_equal(second->part->figure[KPI__TARGET], "1.23456789");
    assert_string_equal(second->part->next->figure[KPI__ACTUAL], "");
    assert_string_equal(second->rule->metric, "c");
    expect_decimal(second->rule->change, "-2.5");
    kpi_run_free(run);
    run = run_of("{\"period\":\"2026-10\",\"manager\":\"x\",\"metric\":\"k\",\"weight\":100,\"target\":5,"
                 "\"actual\":null,"
                 "\"attainment\":null,\"credit\":0.0000,\"points\":0.00}\n");
    assert_string_equal(kpi__run_at(run, 0)->part->figure[KPI__WEIGHT], "100");
    assert_string_equal(kpi__run_at(run, 0)->part->figure[KPI__ACTUAL], "");
    kpi_run_free(run);
    kpi_run_free(run_of(""));
    kpi_run_free(NULL);
}

#define OBJECT(metrics)                                                                                            \
    "{\"period\":\"2026-10\",\"manager\":\"x\",\"score\":80.0,\"of_points\":100,\"digits\":1,\"days\":10,"         \
    "\"all_days\":31,\"metrics\":[" metrics "],\"adjust\":[{\"metric\":\"c\",\"change\":-1.0},"                    \
    "{\"metric\":\"c\",\"change\":null}],\"gates\":[{\"metric\":\"c\",\"change\":-2.0}]}\n"
#define RULES "\"better\":\"lower\",\"take\":\"mean\",\"missing\":\"skip\",\"curve\":[[0,0],[1,0.5],[1,1]],"
#define METRIC(actual)                                                                                             \
    "{\"metric\":\"k\"," RULES "\"known\":true,\"measures\":3,\"actual\":" actual ",\"weighted\":true,"            \
    "\"target\":31,\"baseline\":62,\"prorated\":true,\"weight\":100,\"scaled_weight\":100,\"skipped\":false,"      \
    "\"attainment\":0.1,\"credit\":0.2,\"points\":83.0}"

static void test_explanations(void **state) {
    (void)state;
    kpi_run *run = run_of(OBJECT(METRIC("\"10/3\"") ",{\"metric\":\"c\"," RULES "\"known\":false,\"measures\":0,"
                                        "\"weighted\":false}"));
    const kpi__result *r = kpi__run_at(run, 0);
    const kpi__part *k = r->part;
    assert_true(r->exact && r->has_score && r->digits == 1 && r->days == 10 && r->all_days == 31);
    expect_decimal(r->score, "80");
    assert_true(k->rules.lower && k->rules.take == KPI_TAKE_MEAN && k->rules.missing == KPI_MISSING_SKIP);
    assert_int_equal(k->rules.points, 3);
    expect_decimal(k->rules.curve[1].y, "0.5");
    assert_true(k->row.known && k->row.measured && k->row.weighted && k->row.has_baseline && k->row.prorated);
    expect_ratio(k->row.actual, 4, "3.3333");
    expect_ratio(k->row.target, KPI_EXACT, "10"); /* 31 * 10 / 31 */
    expect_ratio(k->row.baseline, KPI_EXACT, "20");
    expect_ratio(k->target, KPI_EXACT, "31");
    assert_string_equal(k->figure[KPI__TARGET], "10.00");
    assert_string_equal(k->figure[KPI__ACTUAL], "3.33");
    assert_string_equal(k->figure[KPI__POINTS], "83.0");
    assert_string_equal(k->next->metric, "c");
    assert_false(k->next->row.weighted);
    assert_null(k->next->figure[KPI__WEIGHT]);
    assert_false(r->rule->gate);
    assert_true(r->rule->next->gate);
    assert_null(r->rule->next->next); /* those that changed nothing are none */
    kpi_run_free(run);
}

static void test_refused(void **state) {
    (void)state;
    static const char what[] = "run:1: not what kpi-score -x prints of a metric: 'k'";
    static const char *const actual[] = {"\"10/0\"", "\"10/-3\"", "\"10/0.5\"", "\"1/2/3\"", "\"\"", "\"-\"",
                                         "1.1234567", "\"/3\"", "\"10/\"", "null", "true", "\"1/9223372036854775808\"",
                                         "999999999999999999999999999999999999999", "1e5"};
    for (size_t i = 0; i < COUNT(actual) - 1; i++) {
        char text[2048];
        snprintf(text, sizeof text, OBJECT(METRIC("%s")), actual[i]);
        refused(text, what);
    }
    refused(OBJECT(METRIC("1e5")), "run:1: not a value");
    refused(OBJECT(METRIC("1") "," METRIC("1")), "run:1: 'k' was there before");
    refused(OBJECT(METRIC("1")) OBJECT(METRIC("1")), "run:2: 'x' was there before");
    refused(OBJECT("{}"), "run:1: a metric without a name");
    refused(OBJECT("1"), "run:1: a metric without a name");
    refused("{\"metrics\":[],\"period\":\"2026-13\",\"manager\":\"x\"}\n", "run:1: not what kpi-score -l or -x prints");
    refused("2026-10\tx\tk\t1\t1\t1\t1\t1\t99999999999999999999999999999999999.9\n",
            "run:1:9: points out of range: '99999999999999999999999999999999999.9'");
    refused("2026-10\tx\tk\t1\t1\t1\t1\t1\t1\n2026-10\tx\tk\t1\t1\t1\t1\t1\t1\n", "run:2:3: 'k' was there before");
    refused("{\"period\":[],\"manager\":\"x\"}\n", "run:1: neither a text nor a number");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_explanations),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
