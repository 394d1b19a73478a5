/* test_sheet.c - sheet.c: the score of a sheet that is made by hand; grades. test_score.c has every sheet that it comes
 * by scored once more. */
#include "unit.h"

static const kpi_point straight[] = {{0, 0}, {KPI_ONE, KPI_ONE}}, bonus[] = {{KPI_ONE / 2, 0}, {KPI_ONE, KPI_ONE},
                                                                            {2 * KPI_ONE, 3 * KPI_ONE}};
enum { A, B, C, METRICS };

struct fixture {
    kpi_metric metric[METRICS];
    kpi_rule adjust[1], gate[2];
    kpi_scheme scheme;
    kpi_sheet_row row[METRICS];
    kpi_sheet sheet;
    kpi_detail detail[METRICS + 2];
    kpi_scored scored;
};

static kpi_ratio whole(int64_t n) { return (kpi_ratio){n * KPI_ONE, 1}; }

/* a: 60 of 100, 80 of 100 reached: 48. b: 40, with a bonus, 1.5 reached: 80. c: no weight, 5 cases. */
static struct fixture *fixture(void) {
    static struct fixture f;
    f = (struct fixture){
        .metric = {{.name = "a", .curve = straight, .points = 2}, {.name = "b", .curve = bonus, .points = 3},
                   {.name = "c", .curve = straight, .points = 2}},
        .adjust = {{.metric = C, .limit = 2 * KPI_ONE, .each = KPI_ONE, .points = -KPI_ONE}},
        .gate = {{.metric = C, .limit = 9 * KPI_ONE, .ceiling = 50 * KPI_ONE},
                 {.metric = A, .below = true, .limit = 10 * KPI_ONE, .ceiling = 40 * KPI_ONE}},
        .row = {{.weighted = true, .goal = 3, .measured = true, .known = true, .weight = 60 * KPI_ONE,
                 .target = whole(100), .actual = whole(80)},
                {.weighted = true, .goal = 4, .measured = true, .known = true, .weight = 40 * KPI_ONE,
                 .target = whole(10), .actual = whole(15)},
                {.measured = true, .known = true, .actual = whole(5)}}};
    f.scheme = (kpi_scheme){.name = "s", .points = 100 * KPI_ONE, .digits = 2, .metric = f.metric, .metrics = METRICS,
                            .adjust = f.adjust, .adjusts = 1, .gate = f.gate, .gates = 2};
    f.sheet = (kpi_sheet){.scheme = &f.scheme, .owner = "x", .period_text = "2026-10", .days = 31, .all_days = 31,
                          .row = f.row};
    return &f;
}

static const char *score(struct fixture *f) {
    static char text[KPI_NUMBER_SIZE];
    kpi_error error = {0};
    kpi_scored without;
    expect_ok(kpi_sheet_score(&f->sheet, f->detail, &f->scored, &error), &error);
    expect_ok(kpi_sheet_score(&f->sheet, NULL, &without, &error), &error);
    assert_true(without.score == f->scored.score && without.has_score == f->scored.has_score);
    assert_null(without.detail);
    assert_int_equal(without.details, 0);
    assert_string_equal(f->scored.owner, "x");
    assert_string_equal(f->scored.grade, "");
    assert_int_equal(f->scored.rank, 0);
    assert_ptr_equal(f->scored.detail, f->detail);
    kpi_decimal sum = 0;
    for (size_t k = 0; k < f->scored.details; k++) sum += f->detail[k].points;
    assert_true(sum == f->scored.score);
    kpi_decimal_format(f->scored.score, 2, text);
    return f->scored.has_score ? text : "-";
}

static void test_points(void **state) {
    (void)state;
    struct fixture *f = fixture();
    assert_string_equal(score(f), "125.00"); /* 48 + 80 - 3 */
    assert_int_equal(f->scored.details, 3);
    assert_int_equal(f->detail[0].goal, 3);
    expect_decimal(f->detail[0].attainment, "0.8");
    expect_decimal(f->detail[1].credit, "2");
    assert_int_equal(f->detail[2].kind, KPI_DETAIL_ADJUST);
    assert_ptr_equal(f->detail[2].rule, f->adjust);
    f->row[A].has_baseline = true;
    f->row[A].baseline = whole(60); /* (80 - 60) / 40: 30 */
    assert_string_equal(score(f), "107.00");
    f->row[A].prorated = true;
    f->row[A].target = (kpi_ratio){170 * KPI_ONE, 2}; /* 20 / 25: 48; what is prorated is so already */
    assert_string_equal(score(f), "125.00");
    assert_true(f->detail[0].target_rounds && !f->detail[1].target_rounds);
    f->metric[A].lower = true; /* with a baseline it is no matter */
    assert_string_equal(score(f), "125.00");
    f->row[A].has_baseline = false; /* 2 - 80 / 85 is more than 1 */
    assert_string_equal(score(f), "137.00");
}

static void test_rules(void **state) {
    (void)state;
    struct fixture *f = fixture();
    f->row[C].actual = whole(10); /* 128 - 8, held at 50 */
    assert_string_equal(score(f), "50.00");
    assert_int_equal(f->scored.details, 4);
    assert_int_equal(f->detail[3].kind, KPI_DETAIL_GATE);
    expect_decimal(f->detail[3].points, "-70");
    f->row[A].actual = whole(9); /* 5.4 + 80 - 8, at 40: the lowest */
    assert_string_equal(score(f), "40.00");
    assert_ptr_equal(f->detail[3].rule, &f->gate[1]);
    f->gate[0].ceiling = f->gate[1].ceiling; /* of equals the first */
    assert_string_equal(score(f), "40.00");
    assert_ptr_equal(f->detail[3].rule, &f->gate[0]);
    f->row[C].known = f->row[C].measured = false;
    f->row[A].actual = whole(10);
    assert_string_equal(score(f), "86.00");
    assert_int_equal(f->scored.details, 2);
}

static void test_missing(void **state) {
    (void)state;
    struct fixture *f = fixture();
    f->row[B].known = f->row[B].measured = false;
    assert_string_equal(score(f), "45.00"); /* 48 + 0 - 3 */
    f->metric[B].missing = KPI_MISSING_SKIP; /* a has all 100 */
    assert_string_equal(score(f), "77.00");
    assert_true(f->detail[1].skipped && !f->detail[0].skipped);
    expect_decimal(f->detail[0].weight, "100");
    expect_decimal(f->row[A].weight, "60");
    f->row[A].known = false;
    f->metric[A].missing = KPI_MISSING_SKIP; /* no score, no rule */
    assert_string_equal(score(f), "-");
    assert_int_equal(f->scored.details, 2);
    f->metric[A].missing = KPI_MISSING_NONE; /* 0, and the adjustment */
    assert_string_equal(score(f), "-3.00");
}

static void test_attainment(void **state) {
    (void)state;
    struct fixture *f = fixture();
    kpi__fraction half;
    kpi__wide_set(&half.num, 1);
    kpi__wide_set(&half.den, 2);
    f->row[A].attainment = &half;
    assert_string_equal(score(f), "107.00"); /* 30 + 80 - 3 */
    assert_true(f->detail[0].averaged && !f->detail[1].averaged);
}

static void test_refused(void **state) {
    (void)state;
    struct fixture *f = fixture();
    kpi_error error = {0};
    f->row[A].has_baseline = true;
    f->row[A].baseline = whole(100);
    expect_failure(kpi_sheet_score(&f->sheet, f->detail, &f->scored, &error), KPI_DATA, &error,
                   "'a' for 'x' in 2026-10: there is no way from its baseline to its target");
    f = fixture();
    f->row[B].target = (kpi_ratio){1, INT64_MAX};
    f->row[B].actual.num = (kpi_decimal)1 << 126;
    expect_failure(kpi_sheet_score(&f->sheet, NULL, &f->scored, &error), KPI_DATA, &error,
                   "'b' for 'x' in 2026-10: attainment or points out of range");
    f = fixture();
    f->adjust[0].each = 1;
    f->adjust[0].points = KPI_DECIMAL_MAX;
    f->row[C].actual.num = (kpi_decimal)1 << 120;
    expect_failure(kpi_sheet_score(&f->sheet, NULL, &f->scored, &error), KPI_DATA, &error,
                   "'c' for 'x' in 2026-10: adjustment out of range");
}

static void test_grades(void **state) {
    (void)state;
    static const kpi_grade grade[] = {{.name = "A", .has_from = true, .has_top = true, .from = 90 * KPI_ONE,
                                       .top = 25 * KPI_ONE},
                                      {.name = "B", .has_from = true, .from = 90 * KPI_ONE},
                                      {.name = "C", .has_top = true, .top = 75 * KPI_ONE}};
    const kpi_scheme scheme = {.grade = grade, .grades = COUNT(grade)};
    assert_string_equal(kpi_scheme_grade(&scheme, 90 * KPI_ONE, 1, 4), "A");
    assert_string_equal(kpi_scheme_grade(&scheme, 90 * KPI_ONE, 2, 4), "B");
    assert_string_equal(kpi_scheme_grade(&scheme, 90 * KPI_ONE - 1, 1, 4), "C");
    assert_string_equal(kpi_scheme_grade(&scheme, 90 * KPI_ONE - 1, 3, 4), "C");
    assert_string_equal(kpi_scheme_grade(&scheme, 90 * KPI_ONE - 1, 4, 4), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points),     cmocka_unit_test(test_rules),   cmocka_unit_test(test_missing),
        cmocka_unit_test(test_attainment), cmocka_unit_test(test_refused), cmocka_unit_test(test_grades),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
