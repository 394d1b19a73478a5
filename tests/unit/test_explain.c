/* test_explain.c - explain.c: the steps to a score, a line each: "METRIC NAME [FIGURE] [FORMULA] [NOTE]". */
#include "unit.h"

struct world {
    kpi_goals *goals;
    kpi_book *book;
    kpi_journal *journal;
    kpi_measures *measures;
    kpi_scores *scores;
};

static struct world world_of(const char *yaml, const char *managers, const char *lines, bool journal) {
    kpi_error error = {0};
    struct world w = {.goals = goals_of(yaml, true)};
    kpi_score_options options = {.period = period("2026-10"), .period_text = "2026-10", .totals_only = true};
    const char *path = temp_file("m", kpi_text_of(lines));
    if (managers) {
        expect_ok(kpi_book_new(&w.book, KPI_MANAGER, &error), &error);
        expect_ok(kpi_book_read(w.book, temp_file("book", kpi_text_of(managers)), NULL, &error), &error);
        options.managers = w.book;
    }
    expect_ok(kpi_measures_new(&w.measures, w.goals, options.period, "2026-10", 0, &error), &error);
    if (journal) {
        expect_ok(kpi_journal_new(&w.journal, (kpi_names){0}, &error), &error);
        expect_ok(kpi_journal_read(w.journal, w.measures, path, NULL, &error), &error);
    } else {
        expect_ok(kpi_measures_read(w.measures, path, NULL, &error), &error);
    }
    expect_ok(kpi_score(&w.scores, w.goals, w.measures, &options, NULL, &error), &error);
    return w;
}

static void free_world(struct world *w) {
    kpi_scores_free(w->scores);
    kpi_measures_free(w->measures);
    kpi_journal_free(w->journal);
    kpi_book_free(w->book);
    kpi_goals_free(w->goals);
}

struct steps {
    char text[8192];
    size_t stop, n;
};

static int put(void *context, const kpi_step *s, kpi_error *e) {
    struct steps *to = context;
    size_t used = strlen(to->text);
    snprintf(to->text + used, sizeof to->text - used, "%s %s [%s] [%s] [%s]\n", s->metric, s->name, s->figure,
             s->formula, s->note);
    return ++to->n == to->stop ? kpi__fail(e, KPI_SYSTEM, "enough") : KPI_OK;
}

static void expect(const char *yaml, const char *managers, const char *lines, bool journal, const char *steps) {
    kpi_error error = {0};
    struct world w = world_of(yaml, managers, lines, journal);
    struct steps got = {0}, some = {.stop = 3};
    expect_ok(kpi_explain(w.scores, 0, w.journal, put, &got, &error), &error);
    assert_string_equal(without_folder(got.text), steps);
    assert_int_equal(kpi_explain(w.scores, 0, w.journal, put, &some, &error), KPI_SYSTEM);
    assert_int_equal(some.n, 3);
    free_world(&w);
}

static void test_plain(void **state) {
    (void)state;
    expect("scheme: s\nmetrics: {a: {weight: 100, curve: [[0.5, 0], [1, 1]]}}\n"
           "grades: [{grade: A, from: 30.5, top: 100}]\n"
           "---\ngoals: 2026-10\ntargets: {x: {a: 3}}\n",
           NULL, "2026-10\tx\ta\t-1\n2026-10-05\tx\ta\t3\n", false,
           " score [33.33] [33.33] []\n rank [1] [] [of 1]\n grade [A] [] [from 30.5, the top 100 %]\n"
           "a measures [2] [] [m:1 ... m:2]\na actual [2] [] [sum]\na target [3] [] [goals.yaml:6:18]\n"
           "a weight [100] [] [of the metric]\na attainment [0.6667] [2 / 3] []\n"
           "a credit [0.3333] [(2 / 3 - 0.5) * (1 - 0) / (1 - 0.5)] [curve from 0.5: 0 to 1: 1]\n"
           "a unrounded [33.333333...] [100 * ((2 / 3 - 0.5) * (1 - 0) / (1 - 0.5))] []\na points [33.33] [] []\n");
}

static void test_prorated(void **state) {
    (void)state;
    expect("scheme: s\nmetrics: {a: {weight: 100, prorate: true, curve: [[-1, -1.5], [1, 1]]}}\n"
           "roles: {r: {a: 100}}\n---\n"
           "goals: 2026-10\ntargets: {x: {a: {target: 30, baseline: 20}}}\n",
           "x\t\t\tr\t2026-10-22\t\n", "2026-10-25\tx\ta\t3\n2026-10-24\tx\ta\t1\n", true,
           " score [-120.00] [-120.00] []\n rank [1] [] [of 1]\n role [r] [] []\n"
           "a measures [2] [] [m:1 ... m:2]\na measure [1] [] [m:2, 2026-10-24]\na measure [3] [] [m:1, 2026-10-25]\n"
           "a actual [4] [1 + 3] [sum]\na target [30] [] [goals.yaml:6:18]\na baseline [20] [] []\n"
           "a days [10] [] [of 31]\n"
           "a prorated target [9.68] [30 * 10 / 31] []\na prorated baseline [6.45] [20 * 10 / 31] []\n"
           "a weight [100] [] [of role r]\n" /* (4 - 200/31) / (100/31) = -0.76; -1.5 + 0.24 * 2.5 / 2 = -1.2 */
           "a attainment [-0.7600] [(4 - (20 * 10 / 31)) / ((30 * 10 / 31) - (20 * 10 / 31))] []\n"
           "a credit [-1.2000] [(-1.5) + ((4 - (20 * 10 / 31)) / ((30 * 10 / 31) - (20 * 10 / 31))"
           " - (-1)) * (1 - (-1.5)) "
           "/ (1 - (-1))] [curve from -1: -1.5 to 1: 1]\n"
           "a unrounded [-120] [100 * ((-1.5) + ((4 - (20 * 10 / 31)) / ((30 * 10 / 31) - (20 * 10 / 31)) - (-1)) * (1 "
           "- (-1.5)) / (1 - (-1)))] []\na points [-120.00] [] []\n");
}

static void test_rules(void **state) {
    (void)state;
    expect("scheme: s\ndigits: 1\nmetrics: {a: {weight: 100, take: mean, missing: skip}, b: {missing: zero}, c: {}}\n"
           "adjust: [{metric: b, below: 1, each: 0.3, points: 0.5, at_most: 1.2}, {metric: c, above: 0, points: 1}]\n"
           "gates: [{metric: b, below: 1, score_at_most: 70}, {metric: b, below: 1, score_at_most: 80}, "
           "{metric: c, above: 1, score_at_most: 5}, {metric: b, above: 1, score_at_most: 5}]\n"
           "---\ngoals: 2026-10\ntargets: {x: {a: 0}}\n",
           NULL, "2026-10\tx\ta\t1\n2026-10\tx\ta\t1\n2026-10\tx\ta\t2\n", false,
           " score [70.0] [100.0 + 1.2 - 31.2] []\n rank [1] [] [of 1]\n"
           "a measures [3] [] [m:1 ... m:3]\na actual [1.33] [4 / 3] [mean]\na target [0] [] [goals.yaml:8:18]\n"
           "a weight [100] [] [of the metric]\na attainment [1.0000] [((4 / 3) >= 0)] []\n"
           "a credit [1.0000] [1] [curve from 1 on: 1]\na unrounded [100] [100 * 1] []\na points [100.0] [] []\n"
           "b measures [0] [] [counts as 0]\nb actual [0] [] []\nc measures [0] [] []\n"
           "b steps [3] [(1 - 0) / 0.3] [below 1, whole ones, not below 0]\nb unlimited [1.5] [3 * 0.5] []\n"
           "b adjustment [1.2] [] [at most 1.2 either way]\nc adjustment [] [] [above 0: no measure]\n"
           "b gate [-31.2] [70.0 - 101.2] [below 1, at most 70.0]\n"
           "b gate [0.0] [] [below 1, at most 80.0: the score is not above, or another is lower]\n"
           "c gate [] [] [above 1, at most 5.0: no measure]\nb gate [] [] [above 1, at most 5.0: no]\n");
}

static void test_skipped(void **state) {
    (void)state;
    expect("scheme: s\nmetrics: {a: {weight: 100, missing: skip, title: 销, unit: u}}\n"
           "adjust: [{metric: a, above: 1, points: 1}]\n---\ngoals: 2026-10\ntargets: {x: {a: 3}}\n",
           NULL, "", true,
           " score [] [] [every metric was skipped]\na title [] [] [销, u]\n"
           "a measures [0] [] [left out, its weight goes to the others]\na target [3] [] [goals.yaml:6:18]\n"
           "a weight [100] [] [of the metric]\n");
}

/* The credit of 3 of 4, by curve. */
static void test_curves(void **state) {
    (void)state;
    static const struct { const char *curve, *credit; } cases[] = {
        {"[[0, 0], [1, 1]]", "0.7500] [3 / 4] [curve from 0: 0 to 1: 1]"},
        {"[[0.5, 0.5], [1, 1]]", "0.7500] [3 / 4] [curve from 0.5: 0.5 to 1: 1]"},
        {"[[0.5, 0], [1, 0.5]]", "0.2500] [(3 / 4 - 0.5) * (0.5 - 0) / (1 - 0.5)] [curve from 0.5: 0 to 1: 0.5]"},
        {"[[0, 0.2], [1, 0.6]]", "0.5000] [0.2 + (3 / 4) * (0.6 - 0.2) / (1 - 0)] [curve from 0: 0.2 to 1: 0.6]"},
        {"[[0, 0.2], [1, 0.2]]", "0.2000] [0.2] [curve from 0: 0.2 to 1: 0.2]"},
        {"[[0, 1], [1, 0]]", "0.2500] [1 + (3 / 4) * (0 - 1) / (1 - 0)] [curve from 0: 1 to 1: 0]"},
        {"[[0.75, 0.1], [0.75, 0.4], [1, 1]]",
         "0.4000] [0.4 + (3 / 4 - 0.75) * (1 - 0.4) / (1 - 0.75)] [curve from 0.75: 0.4 to 1: 1]"},
        {"[[0, 0], [0.75, 0.3]]", "0.3000] [0.3] [curve from 0.75 on: 0.3]"},
        {"[[0.8, -0.3]]", "-0.3000] [(-0.3)] [curve up to 0.8: -0.3]"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char yaml[256];
        kpi_error error = {0};
        struct steps got = {0};
        snprintf(yaml, sizeof yaml, "scheme: s\nmetrics: {a: {weight: 100, curve: %s}}\n---\n"
                 "goals: 2026-10\ntargets: {x: {a: 4}}\n", cases[i].curve);
        struct world w = world_of(yaml, NULL, "2026-10\tx\ta\t3\n", false);
        expect_ok(kpi_explain(w.scores, 0, NULL, put, &got, &error), &error);
        const char *credit = strstr(got.text, "a credit [");
        assert_non_null(credit);
        *strchr(credit, '\n') = 0;
        assert_string_equal(credit + strlen("a credit ["), cases[i].credit);
        free_world(&w);
    }
}

/* 0.000001 / 16384 has 20 decimals, 0.000001 / 32768 more than are ever printed. */
static void test_long_decimals(void **state) {
    (void)state;
    static const struct { int n; const char *attainment; } cases[] = {
        {16384, "[0.00000000006103515625 / 1]"}, {32768, "[(0.000001 / 32768) / 1]"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_error error = {0};
        struct steps got = {0};
        kpi__buffer lines = {0};
        for (int k = 0; k < cases[i].n; k++) kpi__buffer_print(&lines, "2026-10\tx\ta\t%s\n", k ? "0" : "0.000001");
        struct world w = world_of("scheme: s\nmetrics: {a: {weight: 100, take: mean}}\n---\ngoals: 2026-10\n"
                                  "targets: {x: {a: 1}}\n", NULL, lines.ptr, false);
        expect_ok(kpi_explain(w.scores, 0, NULL, put, &got, &error), &error);
        assert_non_null(strstr(got.text, cases[i].attainment));
        free(lines.ptr);
        free_world(&w);
    }
}

static void test_revisions(void **state) {
    (void)state;
    expect("scheme: s\nmetrics: {a: {weight: 100}}\n---\ngoals: 2026-10\ntargets: {x: {a: 4}}\n---\n"
           "revise: 2026-10/x/a\ntarget: +50%\nbaseline: 2\nweight: 100\non: 2026-10-05\nby: b\nreason: r\n---\n"
           "revise: 2026-10/x/a\ntarget: 4\nbaseline: 1\non: 2026-11-01\nreason: q\n",
           NULL, "", false,
           " score [0.00] [0.00] []\n rank [1] [] [of 1]\na measures [0] [] []\n"
           "a target [3] [2 * (1 + 50 / 100)] [goals.yaml:7:1]\n"
           "a revision [3] [] [from 4, baseline 2, weight 100, on 2026-10-05 by b: r, goals.yaml:7:1]\n"
           "a revision [4] [] [from 3, baseline 2 to 1, on 2026-11-01, not yet in force: q, goals.yaml:15:1]\n"
           "a baseline [2] [] []\na weight [100] [] [of the goal]\na points [0.00] [] [no measure, no credit]\n");
}

/* Whatever the order of the lines; those outside the period do not count; only whom the journal is of. */
static void test_journal(void **state) {
    (void)state;
    static const char yaml[] = "scheme: s\nmetrics: {a: {weight: 100, take: count}}\n---\ngoals: 2026-10\n"
                               "targets: {x: {a: 3}, y: {a: 3}}\n";
    kpi_error error = {0};
    struct world w = world_of(yaml, NULL, "2026-10\tx\ta\t2\n2026-11\tx\ta\t9\n2026-10-05\tx\ta\t1\n"
                                          "2026-10\ty\ta\t1\n", true);
    struct steps got = {0};
    expect_ok(kpi_explain(w.scores, 0, w.journal, put, &got, &error), &error);
    assert_non_null(strstr(without_folder(got.text),
                           "a measures [2] [] [m:1 ... m:3]\na measure [2] [] [m:1, 2026-10]\n"
                           "a measure [1] [] [m:3, 2026-10-05]\na actual [2] [] [count]\n"));
    free_world(&w);
    w = world_of(yaml, NULL, "2026-10-05..2026-10-05\tx\ta\t1\n2026-10-05\tx\ta\t1\n2026-10-04\tx\ta\t2\n", true);
    got.text[0] = 0;
    expect_ok(kpi_explain(w.scores, 0, w.journal, put, &got, &error), &error);
    assert_non_null(strstr(without_folder(got.text), "a measure [2] [] [m:3, 2026-10-04]\n"
                                                     "a measure [1] [] [m:2, 2026-10-05]\n"
                                                     "a measure [1] [] [m:1, 2026-10-05..2026-10-05]\n"));
    free_world(&w);
    w = world_of(yaml, NULL, "2026-10\tx\ta\t2\n2026-10-05\tx\ta\t1\n", false);
    kpi_journal *some;
    const char *only[] = {"y"};
    expect_ok(kpi_journal_new(&some, (kpi_names){only, 1}, &error), &error);
    kpi_measures *other;
    expect_ok(kpi_measures_new(&other, w.goals, period("2026-10"), "2026-10", 0, &error), &error);
    expect_ok(kpi_journal_read(some, other, temp_path("m"), NULL, &error), &error);
    kpi_measure measure;
    assert_true(kpi_measures_find(other, TEXT("x"), TEXT("a"), &measure) && measure.n == 2);
    struct steps none = {0};
    expect_ok(kpi_explain(w.scores, 0, some, put, &none, &error), &error);
    assert_null(strstr(none.text, "a measure ["));
    assert_int_equal(kpi_journal_read(some, other, temp_path("nothing"), NULL, &error), KPI_SYSTEM);
    const char *bad = temp_file("bad", TEXT("2026-10\tx\ta\tb\n"));
    assert_int_equal(kpi_journal_read(some, other, bad, NULL, &error), KPI_DATA);
    kpi_measures_free(other);
    kpi_journal_free(some);
    kpi_journal_free(NULL);
    free_world(&w);
}

static void test_json(void **state) {
    (void)state;
    kpi_error error = {0};
    struct world w = world_of("scheme: s\nmetrics: {a: {weight: 100, take: mean}, b: {}}\n---\ngoals: 2026-10\n"
                              "targets: {x: {a: {target: +10%, baseline: 0.333333}}}\n",
                              NULL, "2026-10\tx\ta\t1\n2026-10\tx\ta\t1\n2026-10\tx\ta\t2\n", false);
    char *text;
    size_t length;
    expect_ok(kpi_explain_json(w.scores, 0, NULL, &text, &length, &error), &error);
    assert_string_equal(
        without_folder(text),
        "{\"period\":\"2026-10\",\"manager\":\"x\",\"score\":100.00,\"score_is\":\"100.00\",\"grade\":null,\"rank\":1,"
        "\"ranked\":1,\"scheme\":\"s\",\"of_points\":100,\"digits\":2,\"as_of\":\"2026-10-31\",\"role\":null,"
        "\"days\":31,"
        "\"all_days\":31,\"metrics\":[{\"metric\":\"a\",\"title\":null,\"unit\":null,\"better\":\"higher\","
        "\"take\":\"mean\","
        "\"missing\":\"none\",\"curve\":[[0,0],[1,1]],\"measures\":3,\"first\":\"m:1\",\"last\":\"m:3\",\"known\":true,"
        "\"actual\":\"4/3\",\"actual_is\":\"4 / 3\",\"weighted\":true,\"goal\":\"2026-10/x/a\","
        "\"place\":\"goals.yaml:5:18\","
        "\"set\":{\"target\":\"36666630/100000000\",\"baseline\":0.333333},\"revisions\":[],"
        "\"target\":\"36666630/100000000\",\"baseline\":0.333333,\"target_is\":\"0.333333 * (1 + 10 / 100)\","
        "\"prorated\":false,\"prorated_target\":null,\"prorated_target_is\":null,\"prorated_baseline\":null,"
        "\"prorated_baseline_is\":null,\"weight\":100,\"weight_by\":\"metric\",\"scaled_weight\":100,"
        "\"scaled_weight_is\":null,\"skipped\":false,\"attainment\":30.0000,"
        "\"attainment_is\":\"((4 / 3) - 0.333333) / (0.3666663 - 0.333333)\",\"segment\":[[1,1]],\"credit\":1.0000,"
        "\"credit_is\":\"1\",\"unrounded\":\"100\",\"unrounded_is\":\"100 * 1\",\"points\":100.00}],\"adjust\":[],"
        "\"gates\":[]}");
    free(text);
    free_world(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),   cmocka_unit_test(test_prorated), cmocka_unit_test(test_rules),
        cmocka_unit_test(test_skipped), cmocka_unit_test(test_journal),  cmocka_unit_test(test_json),
        cmocka_unit_test(test_revisions),
        cmocka_unit_test(test_curves),
        cmocka_unit_test(test_long_decimals),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
