/* test_scheme.c - scheme.c: the document `scheme:`, its defaults, every key, and what is refused where. */
#include "unit.h"

static const kpi_scheme *scheme_of(kpi_goals *goals) {
    assert_int_equal(kpi_goals_schemes(goals), 1);
    return kpi_goals_scheme_at(goals, 0);
}

static void test_defaults(void **state) {
    (void)state;
    kpi_goals *goals = goals_of("# one\nscheme: s\nmetrics:\n  a: {weight: 100}\n  b:\n  c: {}\n", true);
    const kpi_scheme *s = scheme_of(goals);
    assert_string_equal(s->name, "s");
    assert_false(s->has_period);
    expect_decimal(s->points, "100");
    assert_int_equal(s->digits, 2);
    assert_true(s->roles == 0 && s->adjusts == 0 && s->gates == 0 && s->grades == 0 && s->tiers == 0);
    assert_true(s->place.line == 2 && s->place.column == 1);
    assert_int_equal(s->metrics, 3);
    for (size_t i = 0; i < 3; i++) {
        const kpi_metric *m = &s->metric[i];
        const char name[] = {"abc"[i], 0};
        assert_string_equal(m->name, name);
        assert_int_equal(kpi_scheme_metric(s, kpi_text_of(name)), (int)i);
        assert_string_equal(m->title, "");
        assert_string_equal(m->unit, "");
        assert_false(m->lower || m->prorate);
        assert_int_equal(m->weighted, i == 0);
        assert_int_equal(m->take, KPI_TAKE_SUM);
        assert_int_equal(m->missing, KPI_MISSING_NONE);
        assert_int_equal(m->points, 2); /* [[0, 0], [1, 1]] */
        expect_decimal(m->curve[0].x, "0");
        expect_decimal(m->curve[0].y, "0");
        expect_decimal(m->curve[1].x, "1");
        expect_decimal(m->curve[1].y, "1");
        assert_true(m->place.line == 4 + i && m->place.column == 3);
    }
    assert_int_equal(kpi_scheme_metric(s, TEXT("d")), -1);
    kpi_goals_free(goals);
}

/* The example of the contract, and what it leaves out. */
static const char whole[] =
    "scheme: retail-2026\n"
    "period: 2026\n"
    "points: 100\n"
    "digits: 2\n"
    "metrics:\n"
    "  sales:    {title: 销售额, unit: CNY, weight: 40, curve: [[0.6, 0], [1, 1], [1.2, 1.3]], prorate: true}\n"
    "  visits:   {title: Client visits, unit: visits, weight: 20}\n"
    "  nps:      {title: Net promoter score, unit: points, weight: 20, take: last, missing: skip}\n"
    "  teamwork: {title: Peer rating, unit: points, weight: 20, take: mean}\n"
    "  complaints: {title: Complaints, unit: cases, better: lower, missing: zero}\n"
    "roles:\n"
    "  junior: {sales: 20, visits: 40, nps: 20, teamwork: 20}\n"
    "  trainee: {visits: 99.99, sales: 0.01}\n"
    "adjust:\n"
    "  - {metric: complaints, above: 2, each: 0.5, points: -2, at_most: 10}\n"
    "  - {metric: nps, below: -5.5, points: 0.125}\n"
    "gates:\n"
    "  - {metric: complaints, above: 9, score_at_most: 59}\n"
    "  - {metric: sales, below: 0, score_at_most: -0.01}\n"
    "grades:\n"
    "  - {grade: A, from: 100, top: 12.5}\n"
    "  - {grade: B, from: 85}\n"
    "  - {grade: C, top: 100}\n"
    "  - {grade: D}\n"
    "tiers:\n"
    "  key: 14\n"
    "  growth: 30\n";

static void test_metrics_and_roles(void **state) {
    (void)state;
    kpi_goals *goals = goals_of(whole, true);
    const kpi_scheme *s = scheme_of(goals);
    assert_true(s->has_period);
    assert_string_equal(s->period_text, "2026");
    assert_true(s->period.first == day("2026-01-01") && s->period.last == day("2026-12-31"));
    const kpi_metric *sales = &s->metric[0], *nps = &s->metric[2], *complaints = &s->metric[4];
    assert_string_equal(sales->title, "销售额");
    assert_string_equal(sales->unit, "CNY");
    assert_true(sales->prorate && sales->weighted);
    expect_decimal(sales->weight, "40");
    assert_int_equal(sales->points, 3);
    expect_decimal(sales->curve[2].x, "1.2");
    expect_decimal(sales->curve[2].y, "1.3");
    assert_int_equal(nps->take, KPI_TAKE_LAST);
    assert_int_equal(nps->missing, KPI_MISSING_SKIP);
    assert_int_equal(s->metric[3].take, KPI_TAKE_MEAN);
    assert_true(complaints->lower && !complaints->weighted);
    assert_int_equal(complaints->missing, KPI_MISSING_ZERO);
    assert_int_equal(s->roles, 2);
    assert_string_equal(s->role[0].name, "junior");
    assert_int_equal(s->role[0].weights, 4);
    assert_string_equal(s->role[1].name, "trainee");
    assert_int_equal(s->role[1].weights, 2);
    assert_int_equal(s->role[1].weight[0].metric, 1);
    expect_decimal(s->role[1].weight[0].weight, "99.99");
    assert_int_equal(s->role[1].weight[1].metric, 0);
    kpi_goals_free(goals);
}

static void test_rules_grades_tiers(void **state) {
    (void)state;
    kpi_goals *goals = goals_of(whole, true);
    const kpi_scheme *s = scheme_of(goals);
    static const struct {
        bool gate;
        size_t metric, line;
        bool below, limited;
        const char *limit, *each, *points, *at_most, *ceiling;
    } rules[] = {{false, 4, 15, false, true, "2", "0.5", "-2", "10", "0"},
                 {false, 2, 16, true, false, "-5.5", "1", "0.125", "0", "0"},
                 {true, 4, 18, false, false, "9", "1", "0", "0", "59"},
                 {true, 0, 19, true, false, "0", "1", "0", "0", "-0.01"}};
    assert_true(s->adjusts == 2 && s->gates == 2);
    for (size_t i = 0; i < COUNT(rules); i++) {
        const kpi_rule *rule = rules[i].gate ? &s->gate[i - 2] : &s->adjust[i];
        assert_int_equal(rule->metric, rules[i].metric);
        assert_true(rule->below == rules[i].below && rule->limited == rules[i].limited);
        expect_decimal(rule->limit, rules[i].limit);
        expect_decimal(rule->each, rules[i].each);
        expect_decimal(rule->points, rules[i].points);
        expect_decimal(rule->at_most, rules[i].at_most);
        expect_decimal(rule->ceiling, rules[i].ceiling);
        assert_true(rule->place.line == rules[i].line && rule->place.column == 5);
    }
    static const struct {
        const char *name, *from, *top;
    } grades[] = {{"A", "100", "12.5"}, {"B", "85", NULL}, {"C", NULL, "100"}, {"D", NULL, NULL}};
    assert_int_equal(s->grades, COUNT(grades));
    for (size_t i = 0; i < COUNT(grades); i++) {
        const kpi_grade *grade = &s->grade[i];
        assert_string_equal(grade->name, grades[i].name);
        assert_true(grade->has_from == (grades[i].from != NULL) && grade->has_top == (grades[i].top != NULL));
        if (grades[i].from) expect_decimal(grade->from, grades[i].from);
        if (grades[i].top) expect_decimal(grade->top, grades[i].top);
    }
    assert_int_equal(s->tiers, 2);
    assert_string_equal(s->tier[0].name, "key");
    assert_int_equal(s->tier[0].days, 14);
    assert_string_equal(s->tier[1].name, "growth");
    assert_int_equal(s->tier[1].days, 30);
    kpi_goals_free(goals);
}

/* Every choice by its name. */
static void test_choices(void **state) {
    (void)state;
    static const char *const take[] = {"sum", "mean", "last", "max", "min", "count"}; /* as in enum kpi_take */
    static const char *const missing[] = {"none", "zero", "skip", "error"};           /* as in enum kpi_missing */
    for (size_t t = 0; t < COUNT(take); t++)
        for (size_t m = 0; m < COUNT(missing); m++)
            for (int lower = 0; lower < 2; lower++) {
                char yaml[256];
                bool can = t == KPI_TAKE_SUM || t == KPI_TAKE_COUNT;
                snprintf(yaml, sizeof yaml, "scheme: s\nmetrics: {a: {take: %s, missing: %s, better: %s%s}}\n", take[t],
                         missing[m], lower ? "lower" : "higher", can ? ", prorate: true" : ", prorate: false");
                kpi_goals *goals = goals_of(yaml, true);
                const kpi_metric *metric = scheme_of(goals)->metric;
                assert_true(metric->take == t && metric->missing == m && metric->lower == lower);
                assert_int_equal(metric->prorate, can);
                kpi_goals_free(goals);
            }
}

static void test_holds(void **state) {
    (void)state;
    static const struct {
        const char *scheme, *asked;
        bool holds;
    } cases[] = {{"", "2030", true},
                 {"period: 2026", "2026", true},
                 {"period: 2026", "2026-10", true},
                 {"period: 2026", "2025-12-31..2026-01-01", false},
                 {"period: 2026-H2", "2026", false},
                 {"period: 2026-H2", "2026-Q4", true},
                 {"period: 2026-W45", "2026-11-02", true}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char yaml[256];
        snprintf(yaml, sizeof yaml, "scheme: s\n%s\nmetrics: {a: {weight: 100}}\n", cases[i].scheme);
        kpi_goals *goals = goals_of(yaml, true);
        assert_int_equal(kpi__scheme_holds(scheme_of(goals), period(cases[i].asked)), cases[i].holds);
        kpi_goals_free(goals);
    }
}

/* ---- what is refused ---- */

static const struct {
    const char *yaml, *fault; /* the place and words behind "goals.yaml:" */
} faults[] = {
    /* the scheme */
    {"scheme: s\n", "1:1: a scheme lacks the key 'metrics'"},
    {"scheme:\nmetrics: {a: }\n", "1:8: 'scheme' is empty"},
    {"scheme: s\nmetric: {a: }\n", "2:1: unknown key of a scheme: 'metric'"},
    {"scheme: s\nmetrics: {}\n", "2:10: metrics is empty"},
    {"scheme: s\nmetrics: [a]\n", "2:10: metrics must be a map"},
    {"scheme: s\nperiod: 2026-13\nmetrics: {a: }\n", "2:9: not a period: '2026-13'"},
    {"scheme: s\nperiod: this-month\nmetrics: {a: }\n", "2:9: not a period: 'this-month'"},
    {"scheme: s\nperiod: []\nmetrics: {a: }\n", "2:9: 'period' must be one value"},
    {"scheme: s\ndigits: 7\nmetrics: {a: }\n", "2:9: not a whole number from 0 to 6: '7'"},
    {"scheme: s\ndigits: -1\nmetrics: {a: }\n", "2:9: not a whole number from 0 to 6: '-1'"},
    {"scheme: s\ndigits: 1.5\nmetrics: {a: }\n", "2:9: not a whole number from 0 to 6: '1.5'"},
    {"scheme: s\ndigits: two\nmetrics: {a: }\n", "2:9: not a number: 'two'"},
    {"scheme: s\npoints: 0\nmetrics: {a: }\n", "2:9: not above 0: '0'"},
    {"scheme: s\npoints: -100\nmetrics: {a: }\n", "2:9: not above 0: '-100'"},
    {"scheme: s\npoints: 100.005\nmetrics: {a: }\n", "2:9: more than 2 decimals (digits): '100.005'"},
    {"scheme: s\npoints: x\nmetrics: {a: }\n", "2:9: not a number: 'x'"},
    /* no more decimals than digits: weights, from, points, at_most, score_at_most; digits may stand behind them */
    {"scheme: s\nmetrics: {a: {weight: 0.125}}\n", "2:23: more than 2 decimals (digits): '0.125'"},
    {"scheme: s\nmetrics: {a: {weight: 0.5}}\ndigits: 0\n", "2:23: more than 0 decimals (digits): '0.5'"},
    {"scheme: s\nmetrics: {a: }\nroles: {r: {a: 0.125}}\n", "3:16: more than 2 decimals (digits): '0.125'"},
    {"scheme: s\nmetrics: {a: }\ngrades: [{grade: A, from: 0.125}]\n", "3:27: more than 2 decimals (digits): '0.125'"},
    {"scheme: s\nmetrics: {a: }\nadjust: [{metric: a, above: 1, points: 1, at_most: 0.125}]\n",
     "3:52: more than 2 decimals (digits): '0.125'"},
    {"scheme: s\nmetrics: {a: }\ngates: [{metric: a, above: 1, score_at_most: 0.125}]\n",
     "3:46: more than 2 decimals (digits): '0.125'"},
    /* metrics */
    {"scheme: s\nmetrics: {a: 40, b: {}}\n", "2:14: a metric must be a map of keys"},
    {"scheme: s\nmetrics: {a: 40}\n", "2:14: a metric must be a map of keys"},
    {"scheme: s\nmetrics: {a: ''}\n", "2:14: a metric must be a map of keys"},
    {"scheme: s\nmetrics: {' a': {}}\n", NULL},
    {"scheme: s\nmetrics: {a: {wait: 1}}\n", "2:15: unknown key of a metric: 'wait'"},
    {"scheme: s\nmetrics: {a: {weight: -1}}\n", "2:23: below 0: '-1'"},
    {"scheme: s\nmetrics: {a: {weight: 40%}}\n", "2:23: not a number: '40%'"},
    {"scheme: s\nmetrics: {a: {better: more}}\n", "2:23: not higher or lower: 'more'"},
    {"scheme: s\nmetrics: {a: {take: first}}\n", "2:21: not sum, mean, last, max, min or count: 'first'"},
    {"scheme: s\nmetrics: {a: {missing: omit}}\n", "2:24: not none, zero, skip or error: 'omit'"},
    {"scheme: s\nmetrics: {a: {missing: []}}\n", "2:24: 'missing' must be one value"},
    {"scheme: s\nmetrics: {a: {prorate: yes}}\n", "2:24: neither true nor false: 'yes'"},
    {"scheme: s\nmetrics: {a: {prorate: true, take: mean}}\n", "2:24: only take: sum and take: count can be prorated"},
    {"scheme: s\nmetrics: {a: {take: last, prorate: true}}\n", "2:36: only take: sum and take: count can be prorated"},
    {"scheme: s\nmetrics:\n  a: {}\n  a: {}\n", "4:3: key 'a' stands on line 3 already"},
    /* curves */
    {"scheme: s\nmetrics: {a: {curve: []}}\n", "2:22: a curve is empty"},
    {"scheme: s\nmetrics: {a: {curve: 1}}\n", "2:22: a curve must be a list"},
    {"scheme: s\nmetrics: {a: {curve: [1]}}\n", "2:23: a point of a curve must be [attainment, credit]"},
    {"scheme: s\nmetrics: {a: {curve: [[1]]}}\n", "2:23: a point of a curve must be [attainment, credit]"},
    {"scheme: s\nmetrics: {a: {curve: [[0, 0], [1, 1, 1]]}}\n",
     "2:31: a point of a curve must be [attainment, credit]"},
    {"scheme: s\nmetrics: {a: {curve: [{x: 0, y: 0}]}}\n", "2:23: a point of a curve must be [attainment, credit]"},
    {"scheme: s\nmetrics: {a: {curve: [[x, 0]]}}\n", "2:24: not a number: 'x'"},
    {"scheme: s\nmetrics: {a: {curve: [[0, y]]}}\n", "2:27: not a number: 'y'"},
    {"scheme: s\nmetrics: {a: {curve: [[1, 0], [0.5, 1]]}}\n", "2:31: the attainments of a curve fall: '0.5'"},
    {"scheme: s\nmetrics: {a: {curve: [[1, 0], [1, 1], [1, 2]]}}\n",
     "2:39: more than two points at one attainment: '1'"},
    /* roles */
    {"scheme: s\nmetrics: {a: }\nroles: {}\n", "3:8: roles is empty"},
    {"scheme: s\nmetrics: {a: }\nroles: {r: {}}\n", "3:12: a role's weights is empty"},
    {"scheme: s\nmetrics: {a: }\nroles: {r: 1}\n", "3:12: a role's weights must be a map"},
    {"scheme: s\nmetrics: {a: }\nroles: {r: {b: 1}}\n", "3:13: not a metric of the scheme: 'b'"},
    {"scheme: s\nmetrics: {a: }\nroles: {r: {a: -1}}\n", "3:16: below 0: '-1'"},
    {"scheme: s\nmetrics: {a: }\nroles: {'': {a: 1}}\n", "3:9: 'item' is empty"},
    {"scheme: s\nmetrics: {a: }\nroles: {r: {b: 1, a: 1}, q: {a: 1}}\n", "3:13: not a metric of the scheme: 'b'"},
    /* rules */
    {"scheme: s\nmetrics: {a: }\nadjust: []\n", "3:9: an adjustment is empty"},
    {"scheme: s\nmetrics: {a: }\nadjust: {}\n", "3:9: an adjustment must be a list"},
    {"scheme: s\nmetrics: {a: }\nadjust: [{above: 1, points: 1}]\n", "3:10: an adjustment lacks the key 'metric'"},
    {"scheme: s\nmetrics: {a: }\nadjust: [{metric: a, above: 1}]\n", "3:10: an adjustment lacks the key 'points'"},
    {"scheme: s\nmetrics: {a: }\nadjust: [{metric: b, above: 1, points: 1}]\n",
     "3:19: not a metric of the scheme: 'b'"},
    {"scheme: s\nmetrics: {a: }\nadjust: [{metric: [], above: 1, points: 1}]\n", "3:19: 'metric' must be one value"},
    {"scheme: s\nmetrics: {a: }\nadjust: [{metric: a, points: 1}]\n",
     "3:10: an adjustment needs above or below, and only one of them"},
    {"scheme: s\nmetrics: {a: }\nadjust: [{metric: a, above: 1, below: 0, points: 1}]\n",
     "3:10: an adjustment needs above or below, and only one of them"},
    {"scheme: s\nmetrics: {a: }\nadjust: [{metric: a, above: 1, points: 1, each: 0}]\n", "3:49: not above 0: '0'"},
    {"scheme: s\nmetrics: {a: }\nadjust: [{metric: a, above: 1, points: 1, at_most: -1}]\n", "3:52: below 0: '-1'"},
    {"scheme: s\nmetrics: {a: }\nadjust: [{metric: a, above: 1, points: 1, score_at_most: 5}]\n",
     "3:43: unknown key of an adjustment: 'score_at_most'"},
    {"scheme: s\nmetrics: {a: }\nadjust: [{metric: a, points: 1}, {metric: a, above: 1, points: 1}]\n",
     "3:10: an adjustment needs above or below, and only one of them"},
    {"scheme: s\nmetrics: {a: }\nadjust: [{metric: a, above: 1, points: 1, at_most: x}]\n", "3:52: not a number: 'x'"},
    {"scheme: s\nmetrics: {a: }\ngates: []\n", "3:8: a gate is empty"},
    {"scheme: s\nmetrics: {a: }\ngates: [{metric: a, above: 1}]\n", "3:9: a gate lacks the key 'score_at_most'"},
    {"scheme: s\nmetrics: {a: }\ngates: [{metric: a, score_at_most: 1}]\n",
     "3:9: a gate needs above or below, and only one of them"},
    {"scheme: s\nmetrics: {a: }\ngates: [{metric: a, above: 1, score_at_most: 1, each: 2}]\n",
     "3:49: unknown key of a gate: 'each'"},
    /* grades */
    {"scheme: s\nmetrics: {a: }\ngrades: []\n", "3:9: grades is empty"},
    {"scheme: s\nmetrics: {a: }\ngrades: [A]\n", "3:10: a grade must be a map of keys"},
    {"scheme: s\nmetrics: {a: }\ngrades: [{from: 1}, {grade: A}]\n", "3:10: a grade lacks the key 'grade'"},
    {"scheme: s\nmetrics: {a: }\ngrades: [{from: 1}]\n", "3:10: a grade lacks the key 'grade'"},
    {"scheme: s\nmetrics: {a: }\ngrades: [{grade: A, top: 0}]\n", "3:26: not above 0: '0'"},
    {"scheme: s\nmetrics: {a: }\ngrades: [{grade: A, top: 100.5}]\n", "3:10: top of more than 100 %"},
    {"scheme: s\nmetrics: {a: }\ngrades: [{grade: A, form: 1}]\n", "3:21: unknown key of a grade: 'form'"},
    /* tiers */
    {"scheme: s\nmetrics: {a: }\ntiers: {}\n", "3:8: tiers is empty"},
    {"scheme: s\nmetrics: {a: }\ntiers: {key: 0}\n", "3:14: not a number of days: '0'"},
    {"scheme: s\nmetrics: {a: }\ntiers: {key: 1.5}\n", "3:14: not a number of days: '1.5'"},
    {"scheme: s\nmetrics: {a: }\ntiers: {key: 100001}\n", "3:14: not a number of days: '100001'"},
    {"scheme: s\nmetrics: {a: }\ntiers: {key: [1], k: 1}\n", "3:14: 'key' must be one value"},
    {"scheme: s\nmetrics: {a: }\ntiers: {key: often}\n", "3:14: not a number: 'often'"},
    {"scheme: s\nmetrics: {a: }\ntiers: {'': 1}\n", "3:9: 'item' is empty"},
};

static void test_faults(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        kpi_error error = {0};
        kpi_goals *goals;
        char expected[256];
        expect_ok(kpi_goals_new(&goals, 0, &error), &error);
        int code = kpi_goals_parse(goals, "goals.yaml", kpi_text_of(faults[i].yaml), NULL, &error);
        if (code != KPI_DATA) fail_msg("taken: %s", faults[i].yaml);
        snprintf(expected, sizeof expected, "goals.yaml:%s", faults[i].fault ? faults[i].fault : "2:11: ");
        if (faults[i].fault)
            assert_string_equal(shown(&error), expected);
        else
            assert_memory_equal(shown(&error), expected, strlen(expected));
        assert_int_equal(kpi_goals_schemes(goals), 0);
        kpi_goals_free(goals);
    }
}

/* Numbers of the format's full length, where the scheme lets them. */
static void test_long_numbers(void **state) {
    (void)state;
    kpi_goals *goals =
        goals_of("scheme: s\ndigits: 6\npoints: 999999999999999.999999\n"
                 "metrics: {a: {weight: 999999999999999.999999, curve: [[-999999999999999.999999, 0]]}}\n"
                 "tiers: {x: 100000, y: 1}\n",
                 true);
    const kpi_scheme *s = scheme_of(goals);
    expect_decimal(s->points, "999999999999999.999999");
    expect_decimal(s->metric[0].weight, "999999999999999.999999");
    assert_int_equal(s->metric[0].points, 1);
    expect_decimal(s->metric[0].curve[0].x, "-999999999999999.999999");
    assert_int_equal(s->tier[0].days, 100000);
    kpi_goals_free(goals);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_metrics_and_roles),
        cmocka_unit_test(test_rules_grades_tiers),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_holds),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_long_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
