/* test_worked.c - examples that others have published, with their results: weighted ratings, quota attainment, net
 * promoter score, customer satisfaction. Each is put into our formats, whole, and its result read out again, rounded
 * as its source rounded it. The sources' names stand with the numbers; the numbers are facts. */
#include "unit.h"

/* ---- A: weighted ratings ----
 *
 * A rating is a measure, the top of its scale the target, and the points of the scheme the top of the result's scale:
 * 30 % of a result out of 5 is a weight of 1.5. Several ratings of an item are averaged (take: mean). */

struct item {
    const char *weight, *top, *ratings, *points; /* ratings apart by blanks */
};
static const struct {
    const char *example;
    int digits;
    const char *points;
    struct item item[6];
    const char *total;
} weighted[] = {
    {"A1 frappe/hrms test_appraisal", 3, "5", {{"1.5", "5", "5", "1.500"}, {"3.5", "5", "3", "2.100"}}, "3.600"},
    {"A1 final of goals 3.6, self 0, feedback 0", 3, "5", {{"5", "5", "3.6 0 0", "1.200"}}, "1.200"},
    {"A2 frappe/hrms self appraisal", 3, "5", {{"3.5", "1", "0.8", "2.800"}, {"1.5", "1", "0.7", "1.050"}}, "3.850"},
    {"A3 frappe/hrms final score", 3, "5", {{"5", "5", "3.6 3.85 3.85", "3.767"}}, "3.767"},
    {"A4 frappe/hrms first reviewer", 3, "5", {{"3.5", "1", "0.8", "2.800"}, {"1.5", "1", "0.7", "1.050"}}, "3.850"},
    {"A4 second reviewer", 3, "5", {{"3.5", "1", "0.6", "2.100"}, {"1.5", "1", "0.8", "1.200"}}, "3.300"},
    {"A4 average of both", 3, "5", {{"3.5", "1", "0.8 0.6", "2.450"}, {"1.5", "1", "0.7 0.8", "1.125"}}, "3.575"},
    {"A4 average of their results", 3, "5", {{"5", "5", "3.85 3.30", "3.575"}}, "3.575"},
    {"A4 the only feedback cancelled", 1, "5", {{"3.5", "1", "", "0.0"}, {"1.5", "1", "", "0.0"}}, "0.0"},
    {"A5 frappe/hrms goal tree", 2, "100", {{"30", "100", "25 0", "3.75"}, {"70", "100", "100 0", "35.00"}}, "38.75"},
    {"A5 out of 5", 3, "5", {{"1.5", "100", "25 0", "0.188"}, {"3.5", "100", "100 0", "1.750"}}, "1.938"},
    {"A5 final", 3, "5", {{"5", "5", "1.9375 0 0", "0.646"}}, "0.646"},
    {"A6 frappe/hrms {50, 0}", 3, "100", {{"100", "100", "50 0", "25.000"}}, "25.000"},
    {"A6 {50, 100}", 3, "100", {{"100", "100", "50 100", "75.000"}}, "75.000"},
    {"A6 the second deleted", 3, "100", {{"100", "100", "50", "50.000"}}, "50.000"},
    {"A6 nested {0, {50, 0}}", 3, "100", {{"100", "100", "0 25", "12.500"}}, "12.500"},
    {"A6 group {25, 0, group 25}", 3, "100", {{"100", "100", "25 0 25", "16.667"}}, "16.667"},
    {"A8 PayGlobal ESS manual",
     2,
     "5",
     {{"2.25", "5", "3", "1.35"},
      {"1.50", "5", "4", "1.20"},
      {"0.75", "5", "4", "0.60"},
      {"0.25", "5", "3", "0.15"},
      {"0.25", "5", "3", "0.15"}},
     "3.45"},
    {"A8 behaviours A, B, A", 2, "5", {{"5", "5", "5 3 5", "4.33"}}, "4.33"},
    {"A8 overall", 2, "5", {{"5", "5", "3.45 4.33", "3.89"}}, "3.89"},
    {"A9 costcalculator",
     1,
     "100",
     {{"40", "100", "85", "34.0"}, {"30", "100", "92", "27.6"}, {"30", "100", "78", "23.4"}},
     "85.0"},
};

static void score_weighted(size_t i) {
    char yaml[1024], targets[512] = "", out[KPI_NUMBER_SIZE];
    kpi_error error = {0};
    kpi_measures *measures;
    kpi_scores *scores = NULL;
    kpi_score_options options = {.period = period("2026"), .period_text = "2026"};
    expect_ok(kpi_measures_new(&measures, NULL, options.period, "2026", 0, &error), &error);
    sprintf(yaml, "scheme: s\ndigits: %d\npoints: %s\nmetrics:\n", weighted[i].digits, weighted[i].points);
    for (int k = 0; weighted[i].item[k].weight; k++) {
        const struct item *item = &weighted[i].item[k];
        const char name[] = {(char)('a' + k), 0};
        sprintf(yaml + strlen(yaml), "  %s: {weight: %s, take: mean}\n", name, item->weight);
        sprintf(targets + strlen(targets), "    %s: %s\n", name, item->top);
        for (const char *p = item->ratings; *p; p += strspn(p, " ")) {
            char rating[16];
            snprintf(rating, sizeof rating, "%.*s", (int)strcspn(p, " "), p);
            expect_ok(kpi_measures_add(measures, TEXT("x"), kpi_text_of(name), options.period, number(rating),
                                       (kpi_place){"m", 1, 0}, &error),
                      &error);
            p += strlen(rating);
        }
    }
    sprintf(yaml + strlen(yaml), "---\ngoals: 2026\ntargets:\n  x:\n%s", targets);
    kpi_goals *goals = goals_of(yaml, true);
    expect_ok(kpi_score(&scores, goals, measures, &options, NULL, &error), &error);
    kpi_scored first = kpi_scores_at(scores, 0), *scored = &first;
    for (size_t k = 0; k < scored->details; k++) {
        kpi_decimal_format(scored->detail[k].points, weighted[i].digits, out);
        if (strcmp(out, weighted[i].item[k].points) != 0)
            fail_msg("%s, item %zu: %s, not %s", weighted[i].example, k + 1, out, weighted[i].item[k].points);
    }
    kpi_decimal_format(scored->score, weighted[i].digits, out);
    if (strcmp(out, weighted[i].total) != 0) fail_msg("%s: %s, not %s", weighted[i].example, out, weighted[i].total);
    kpi_scores_free(scores);
    kpi_measures_free(measures);
    kpi_goals_free(goals);
}

static void test_weighted(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(weighted); i++) score_weighted(i);
}

/* A7: weights 30 + 69.99 are rejected, 30 + 70.00 accepted; a score over 5 is rejected; so is a second appraisal of
 * one employee in one cycle. */
static void test_rejected(void **state) {
    (void)state;
    static const char *const weights[] = {"69.99", "70.00"};
    for (int i = 0; i < 2; i++) {
        char yaml[256];
        kpi_error error = {0};
        kpi_score_options options = {.period = period("2026"), .period_text = "2026"};
        snprintf(yaml, sizeof yaml,
                 "scheme: s\nmetrics: {quality: {weight: 30}, development: {weight: %s}}\n---\n"
                 "goals: 2026\ntargets: {x: {quality: 5, development: 5}}\n",
                 weights[i]);
        kpi_goals *goals = goals_of(yaml, true);
        int code = kpi_weights_check(goals, &options, NULL, &error);
        assert_int_equal(code, i ? KPI_OK : KPI_DATA);
        if (code) assert_string_equal(error.text, "the weights of 'x' in 2026 add up to 99.99, not 100");
        kpi_goals_free(goals);
    }
    kpi_error error = {0};
    kpi_line line = line_of("2026-10-01\tx\t\tpeer\t\t5.1\t\t\t");
    assert_int_equal(kpi__check_scale(number("5"), 0, 5 * KPI_ONE, &line, &error), KPI_OK);
    assert_int_equal(kpi__check_scale(number("5.1"), 0, 5 * KPI_ONE, &line, &error), KPI_DATA);
    kpi_goals *goals = goals_of("goals: 2026\ntargets: {x: {quality: 5}}\n", false);
    expect_ok(kpi_goals_parse(goals, "f", TEXT("goals: 2026\ntargets: {x: {quality: 4}}\n"), NULL, &error), &error);
    assert_int_equal(kpi_goals_check(goals, NULL, &error), KPI_DATA);
    kpi_goals_free(goals);
}

/* ---- B: attainment and variance ---- */

static const struct {
    const char *example, *actual, *target;
    int digits;                     /* of the percentage */
    const char *percent, *variance; /* NULL: not published */
} quotas[] = {
    {"B1 prowi", "250000", "250000", 0, "100", "0"},
    {"B1 prowi", "200000", "250000", 0, "80", "-50000"},
    {"B1 prowi", "312500", "250000", 0, "125", "62500"},
    {"B1 prowi January", "42500", "50000", 0, "85", "-7500"},
    {"B1 prowi February", "55000", "50000", 0, "110", "5000"},
    {"B1 prowi March", "52500", "50000", 0, "105", "2500"},
    {"B1 prowi to February", "97500", "100000", 1, "97.5", "-2500"},
    {"B1 prowi to March", "150000", "150000", 0, "100", "0"},
    {"B2 salesforce", "75000", "100000", 0, "75", "-25000"},
    {"B2 climbtheladder", "120000", "150000", 0, "80", "-30000"},
    {"B2 rekener", "235000", "250000", 0, "94", "-15000"},
    {"B2 insia, lakh", "45", "50", 0, "90", "-5"},
    {"B3 erpnext sales person", "10", "50", 0, "20", "-40"},
    {"B3 erpnext territory", "20", "50", 0, "40", "-30"},
    {"B4 hledger", "10", "10", 0, "100", NULL},
    {"B4 hledger", "9", "10", 0, "90", NULL},
    {"B4 hledger", "11", "10", 0, "110", NULL},
    {"B4 hledger", "5", "15", 0, "33", NULL},
    {"B4 hledger", "10", "25", 0, "40", NULL},
    {"B4 hledger", "14", "25", 0, "56", NULL},
    {"B4 hledger", "51", "25", 0, "204", NULL},
    {"B4 hledger", "2", "30", 0, "7", NULL},
    {"B4 hledger", "2", "100", 0, "2", NULL},
    {"B4 hledger", "2", "1000", 0, "0", NULL},
    {"B4 hledger", "6", "1130", 0, "1", NULL},
    {"B4 hledger", "3", "10", 0, "30", NULL},
    {"B4 hledger", "80", "370", 0, "22", NULL},
    {"B4 hledger, a goal without actual", "0", "1", 0, "0", NULL},
};

/* A variance in whole numbers is what two adjustments of one point each make of it, one above and one below target. */
static kpi_decimal variance(kpi_ratio actual, kpi_decimal target) {
    kpi_rule above = {.limit = target, .each = KPI_ONE, .points = KPI_ONE},
             below = {.below = true, .limit = target, .each = KPI_ONE, .points = -KPI_ONE};
    kpi_decimal up = 0, down = 0;
    assert_true(kpi__adjustment(&above, actual, 0, &up));
    assert_true(kpi__adjustment(&below, actual, 0, &down));
    return up + down;
}

static void test_quotas(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(quotas); i++) {
        kpi__fraction x;
        kpi_decimal value;
        char out[KPI_NUMBER_SIZE];
        kpi_ratio actual = {number(quotas[i].actual), 1}, target = {number(quotas[i].target), 1};
        assert_true(kpi__attainment(actual, target, NULL, false, &x));
        assert_true(kpi__fraction_round(&x, 2 + quotas[i].digits, &value));
        kpi_decimal_format(100 * value, quotas[i].digits, out);
        if (strcmp(out, quotas[i].percent) != 0)
            fail_msg("%s %s/%s: %s, not %s", quotas[i].example, quotas[i].actual, quotas[i].target, out,
                     quotas[i].percent);
        if (quotas[i].variance) expect_decimal(variance(actual, target.num), quotas[i].variance);
    }
}

/* hledger prints no percentage for a goal of 0; the contract has a figure: reached or not. */
static void test_zero_target(void **state) {
    (void)state;
    static const struct {
        const char *actual;
        bool lower;
        const char *attainment;
    } cases[] = {{"10", false, "1"}, {"0", false, "1"}, {"-1", false, "0"},
                 {"10", true, "0"},  {"0", true, "1"},  {"-1", true, "1"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi__fraction x;
        kpi_decimal value;
        assert_true(
            kpi__attainment((kpi_ratio){number(cases[i].actual), 1}, (kpi_ratio){0, 1}, NULL, cases[i].lower, &x));
        assert_true(kpi__fraction_round(&x, 4, &value));
        expect_decimal(value, cases[i].attainment);
    }
}

/* B1 whole: monthly quotas of 50,000, months and the year to date, out of one file of measures; and B4's actual
 * without a goal, which is told. */
static void test_year_to_date(void **state) {
    (void)state;
    static const char measures_text[] =
        "2026-01\tx\tsales\t42500\n2026-02\tx\tsales\t55000\n2026-03\tx\tsales\t52500\n";
    static const struct {
        const char *period, *score; /* of 100, flat at neither end */
        int told;
    } cases[] = {{"2026-01", "85.00", 0},
                 {"2026-02", "110.00", 0},
                 {"2026-03", "105.00", 1},
                 {"2026-01-01..2026-02-28", "97.50", 0},
                 {"2026-Q1", "100.00", 1}};
    static const char yaml[] = "scheme: s\nmetrics: {sales: {weight: 100, curve: [[0, 0], [2, 2]]}}\n"
                               "---\ngoals: 2026-01\ntargets: {x: {sales: 50000}}\n"
                               "---\ngoals: 2026-02\ntargets: {x: {sales: 50000}}\n"
                               "---\ngoals: 2026-03\ntargets: {x: {sales: 50000}}\n"
                               "---\ngoals: 2026-01-01..2026-02-28\ntargets: {x: {sales: 100000}}\n"
                               "---\ngoals: 2026-Q1\ntargets: {x: {sales: 150000}}\n";
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct heard heard = {0};
        kpi_report report = hearing(&heard);
        kpi_error error = {0};
        kpi_scores *scores = NULL;
        kpi_measures *measures;
        kpi_goals *goals = goals_of(yaml, true);
        kpi_score_options options = {.period = period(cases[i].period), .period_text = cases[i].period};
        char out[KPI_NUMBER_SIZE];
        expect_ok(kpi_measures_new(&measures, goals, options.period, cases[i].period, 0, &error), &error);
        expect_ok(kpi_measures_read(measures, temp_file("m", TEXT(measures_text)), NULL, &error), &error);
        if (cases[i].told)
            expect_ok(kpi_measures_read(measures, temp_file("n", TEXT("2026-03\tx\tgifts\t40\n")), NULL, &error),
                      &error);
        expect_ok(kpi_score(&scores, goals, measures, &options, &report, &error), &error);
        kpi_decimal_format(kpi_scores_at(scores, 0).score, 2, out);
        assert_string_equal(out, cases[i].score);
        assert_int_equal(heard.n, cases[i].told);
        if (cases[i].told) assert_non_null(strstr(heard.text, "1 measure without a goal, adjustment or gate"));
        kpi_scores_free(scores);
        kpi_measures_free(measures);
        kpi_goals_free(goals);
    }
}

/* ---- D, E: net promoter score and satisfaction ---- */

static void add_scores(kpi_tally *tally, const char *scores) { /* "9 10x3": 9 once, 10 three times */
    for (const char *p = scores; *p; p += strspn(p, " ")) {
        int score, times = 1, used;
        assert_true(sscanf(p, "%d%n", &score, &used) == 1);
        p += used;
        if (*p == 'x') {
            assert_true(sscanf(p, "x%d%n", &times, &used) == 1);
            p += used;
        }
        for (int i = 0; i < times; i++) {
            char text[64];
            kpi_error error = {0};
            snprintf(text, sizeof text, "2026-10-01\tx\t\tsurvey\t\t%d\t\t\t", score);
            kpi_line line = line_of(text);
            expect_ok(kpi_tally_add(tally, &line, &error), &error);
        }
    }
}

/* The one figure of a tally without keys, rounded to digits; "" for none. */
static const char *figure_of(kpi_tally *tally, int digits) {
    static kpi_figure out;
    kpi_error error = {0};
    expect_ok(kpi_tally_finish(tally, &error), &error);
    kpi_tally_figures(tally, 0, &out);
    kpi_tally_free(tally);
    if (out.len) kpi_decimal_format(number(out.ptr), digits, out.ptr);
    return out.ptr;
}

static kpi_tally *tally_of(const char *stat, const char *low, const char *high) {
    kpi_error error = {0};
    kpi_tally *tally;
    kpi_tally_options options = {
        .record = KPI_FEEDBACK, .keys = "", .stats = stat, .low = number(low), .high = number(high)};
    expect_ok(kpi_tally_new(&tally, &options, &error), &error);
    return tally;
}

static void test_surveys(void **state) {
    (void)state;
    static const struct {
        const char *example, *stat, *low, *high, *scores;
        int digits;
        const char *figure;
    } cases[] = {
        {"D1 jjscheng/nps-calculator", "nps", "0", "10", "1 2 3 4 5 6 1 2 3 4 7 8 7 8 7 8 9 10 9 10", 0, "-30"},
        {"D1", "nps", "0", "10", "1 2 7 8 7 8 7 8 7 8 9x10", 0, "40"},
        {"D1", "nps", "0", "10", "1 2 9 10 9 10 9 10 9 10", 0, "60"},
        {"D1 all promoters", "nps", "0", "10", "9 10 9 10 10 10", 0, "100"},
        {"D1 all neutral", "nps", "0", "10", "7 7 7 8 8 8", 0, "0"},
        {"D1 all detractors", "nps", "0", "10", "1 2 3 4 5 6", 0, "-100"},
        {"D1 as many of both", "nps", "0", "10", "1 2 3 4 5 9 10 9 10 9", 0, "0"},
        {"D1 nobody", "nps", "0", "10", "", 0, ""},
        {"D2 chattermill parrot-api", "nps", "0", "10", "9 10 5 1 0 7", 0, "-17"},
        {"D3 unytics/bigfunctions", "nps", "0", "10", "9 10 6 8", 0, "25"},
        {"D3 on a scale from 1", "nps", "1", "10", "9 10 6 8", 0, "25"},
        {"D4 NPS.jl: 6 is a detractor", "detractors", "0", "10", "6", 0, "1"},
        {"D4 7 and 8 are passive", "passives", "0", "10", "7 8", 0, "2"},
        {"D4 9 and 10 are promoters", "promoters", "0", "10", "9 10", 0, "2"},
        {"D5 DELA annual report 2018", "nps", "0", "10", "10x30 8x50 3x20", 0, "10"},
        {"E1 Intercom VoC", "csat", "1", "5", "5x10 4x20 3x10 2x5 1x5", 0, "60"},
        {"E2 Delighted article 240", "csat", "1", "5", "5x42 4x32 3x10 2x9 1x14", 2, "69.16"},
        {"E2", "csat", "1", "5", "5x42 4x32 3x10 2x9 1x14", 0, "69"},
        {"E3 theprimecalculator", "csat", "1", "5", "5x80 1x20", 0, "80"},
        {"E3 mindmesh", "csat", "1", "5", "4x50 3x50", 0, "50"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_tally *tally = tally_of(cases[i].stat, cases[i].low, cases[i].high);
        add_scores(tally, cases[i].scores);
        const char *found = figure_of(tally, cases[i].digits);
        if (strcmp(found, cases[i].figure) != 0) fail_msg("%s: %s, not %s", cases[i].example, found, cases[i].figure);
    }
}

/* D1: distributions of detractors, neutrals, promoters {2,0,3} + {4,3,1} + {4,3,0}, pooled: -0.3. */
static void test_pooled(void **state) {
    (void)state;
    static const char *const part[] = {"1x2 9x3", "1x4 7x3 9", "1x4 7x3"};
    kpi_tally *pool = tally_of("nps", "0", "10");
    for (size_t i = 0; i < COUNT(part); i++) {
        kpi_error error = {0};
        kpi_tally *tally = tally_of("nps", "0", "10");
        add_scores(tally, part[i]);
        expect_ok(kpi_tally_merge(pool, tally, &error), &error);
        kpi_tally_free(tally);
    }
    assert_string_equal(figure_of(pool, 0), "-30");
}

/* D2's parts: 33 % promoters, 17 % passives, 50 % detractors; as shares of one tally by theme. */
static void test_parts(void **state) {
    (void)state;
    static const struct {
        const char *theme;
        int count;
        const char *percent;
    } parts[] = {{"detractor", 3, "50"}, {"passive", 1, "17"}, {"promoter", 2, "33"}};
    kpi_error error = {0};
    kpi_tally *tally;
    kpi_tally_options options = {.record = KPI_FEEDBACK, .keys = "theme", .stats = "share"};
    expect_ok(kpi_tally_new(&tally, &options, &error), &error);
    for (size_t i = 0; i < COUNT(parts); i++)
        for (int k = 0; k < parts[i].count; k++) {
            char text[64];
            snprintf(text, sizeof text, "2026-10-01\tx\t\tsurvey\t%s\t\t\t\t", parts[i].theme);
            kpi_line line = line_of(text);
            expect_ok(kpi_tally_add(tally, &line, &error), &error);
        }
    expect_ok(kpi_tally_finish(tally, &error), &error);
    for (size_t i = 0; i < COUNT(parts); i++) {
        kpi_figure out;
        kpi_tally_figures(tally, i, &out);
        kpi_decimal_format(number(out.ptr), 0, out.ptr);
        assert_string_equal(out.ptr, parts[i].percent);
    }
    kpi_tally_free(tally);
}

/* D4: -1 and 11 are errors. */
static void test_outside(void **state) {
    (void)state;
    static const char *const outside[] = {"-1", "11"};
    for (size_t i = 0; i < COUNT(outside); i++) {
        char text[64];
        kpi_error error = {0};
        kpi_tally *tally = tally_of("nps", "0", "10");
        snprintf(text, sizeof text, "2026-10-01\tx\t\tsurvey\t\t%s\t\t\t", outside[i]);
        kpi_line line = line_of(text);
        assert_int_equal(kpi_tally_add(tally, &line, &error), KPI_DATA);
        assert_string_equal(figure_of(tally, 0), "");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weighted),    cmocka_unit_test(test_rejected),     cmocka_unit_test(test_quotas),
        cmocka_unit_test(test_zero_target), cmocka_unit_test(test_year_to_date), cmocka_unit_test(test_surveys),
        cmocka_unit_test(test_pooled),      cmocka_unit_test(test_parts),        cmocka_unit_test(test_outside),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
