/* test_plan.c - plan.c: weights, curves, grades, gates, tiers, managers, parts; each tripped and, near it, not. */
#include "unit.h"

static kpi_error error;
static struct heard heard;

static kpi_book *book_of(enum kpi_record_kind kind, const char *lines) {
    kpi_book *book;
    if (!lines) return NULL;
    expect_ok(kpi_book_new(&book, kind, &error), &error);
    expect_ok(kpi_book_read(book, temp_file("book", kpi_text_of(lines)), NULL, &error), &error);
    return book;
}

/* What is told of the first scheme of the stream, without the name of the file. clients: NULL or a book. */
static const char *scheme(const char *yaml, const char *clients) {
    heard = (struct heard){0};
    kpi_report report = hearing(&heard);
    kpi_goals *goals = goals_of(yaml, true);
    kpi_book *book = book_of(KPI_CLIENT, clients);
    expect_ok(kpi_scheme_check(goals, kpi_goals_scheme_at(goals, 0), book, &report, &error), &error);
    kpi_book_free(book);
    kpi_goals_free(goals);
    return heard.text;
}

/* A scheme of one metric of all the weight, with keys of its own, and more keys of the scheme. */
static const char *one(const char *metric, const char *more) {
    char yaml[1024];
    snprintf(yaml, sizeof yaml, "scheme: s\nmetrics:\n  m: {weight: 100%s%s}\n%s", *metric ? ", " : "", metric, more);
    return scheme(yaml, NULL);
}

static void test_weights(void **state) {
    (void)state;
    assert_string_equal(scheme("scheme: s\nmetrics: {m: {weight: 60}, n: {weight: 40}, o: }\n", NULL), "");
    assert_string_equal(scheme("scheme: s\nmetrics: {m: {weight: 60}, n: {weight: 39.99}}\nroles:\n  r: {m: 100}\n"
                               "  q: {m: 60, n: 40.01}\n",
                               NULL),
                        "goals.yaml:1:1: the weights of scheme 's' add up to 99.99, not 100\n"
                        "goals.yaml:5:3: the weights of role 'q' add up to 100.01, not 100\n");
    assert_string_equal(scheme("scheme: s\nmetrics: {m: }\n", NULL), ""); /* goals bring their own */
}

static void test_curves(void **state) {
    (void)state;
    static const struct {
        const char *curve, *want;
    } row[] = {
        {"[[0.6, 0], [1, 1], [1.2, 1.3]]", ""},
        {"[[0.8, 0], [0.8, 0.8], [1, 1]]", ""}, /* a step up */
        {"[[0, 0.2], [1, 1]]", ""},             /* something for coming */
        {"[[0, 0], [1, 1], [1.2, 1.3], [1.3, 1.2]]",
         "goals.yaml:3:3: the curve of 'm' falls from credit 1.3 to 1.2 at attainment 1.3: more earns less\n"},
        {"[[0, 0], [1, 1.2], [1, 1]]",
         "goals.yaml:3:3: the curve of 'm' falls from credit 1.2 to 1 at attainment 1: more earns less\n"},
        {"[[0, 1], [1, 1]]", "goals.yaml:3:3: the curve of 'm' never rises: whatever is attained earns as much\n"},
        {"[[1, 1]]", "goals.yaml:3:3: the curve of 'm' never rises: whatever is attained earns as much\n"},
        {"[[0.8, 0.8], [1, 1]]", "goals.yaml:3:3: the curve of 'm' has a gap: below attainment 0.8 credit stays at "
                                 "0.8; let it begin with credit "
                                 "0\n"},
        {"[[0.5, 0], [1.1, 1]]", /* 0.5 of 0.6 */
         "goals.yaml:3:3: the curve of 'm' gives credit 0.833333 for attainment 1: to meet the target earns less than "
         "1\n"},
        {"[[0.5, 0], [1, 0.9], [1, 1]]", ""},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        char keys[128];
        snprintf(keys, sizeof keys, "curve: %s", row[i].curve);
        assert_string_equal(one(keys, ""), row[i].want);
    }
}

#define GRADES(list) "grades: [" list "]\n"

static void test_grades(void **state) {
    (void)state;
    static const char curve[] = "curve: [[0, 0], [1, 1], [1.2, 1.3]]";
    static const struct {
        const char *metric, *more, *want;
    } row[] = {
        {curve, GRADES("{grade: A, from: 90, top: 25}, {grade: B, from: 60}, {grade: C}"), ""},
        {curve, GRADES("{grade: A, from: 90}, {grade: B, from: 60}"),
         "goals.yaml:4:32: a score below 60 has no grade: add one behind 'B' without from and top\n"},
        {curve, GRADES("{grade: A, from: 90}, {grade: B, from: 0}"), ""}, /* no score is below 0 */
        {curve, GRADES("{grade: A, top: 25}, {grade: B, top: 100}"),
         "goals.yaml:1:1: not all scores have a grade: let the last one have neither from nor top\n"},
        {"curve: [[0, -1], [1, 1]]", GRADES("{grade: A, from: 90}, {grade: B, from: 0}"),
         "goals.yaml:4:32: a score below 0 has no grade: add one behind 'B' without from and top\n"},
        {"", "adjust: [{metric: m, above: 1, points: -1}]\n" GRADES("{grade: B, from: 0}"),
         "goals.yaml:5:10: a score below 0 has no grade: add one behind 'B' without from and top\n"},
        {"", "adjust: [{metric: m, above: 1, points: -1, at_most: 5}]\n" GRADES("{grade: B, from: -5}"), ""},
        {"", "adjust: [{metric: m, above: 1, points: -1, at_most: 5}]\n" GRADES("{grade: B, from: -4}"),
         "goals.yaml:5:10: a score below -4 has no grade: add one behind 'B' without from and top\n"},
        /* overlaps: whoever fits the later has got the earlier */
        {curve, GRADES("{grade: C}, {grade: D}"),
         "goals.yaml:4:22: nobody can get grade 'D': whoever fits has got 'C' before it\n"},
        {curve, GRADES("{grade: B, from: 60}, {grade: A, from: 90}, {grade: C}"),
         "goals.yaml:4:32: nobody can get grade 'A': whoever fits has got 'B' before it\n"},
        {curve, GRADES("{grade: B, from: 60}, {grade: A, from: 60}, {grade: C}"),
         "goals.yaml:4:32: nobody can get grade 'A': whoever fits has got 'B' before it\n"},
        {curve, GRADES("{grade: B, from: 60, top: 50}, {grade: A, from: 90}, {grade: C}"), ""},
        {curve, GRADES("{grade: B, top: 50}, {grade: A, from: 90, top: 40}, {grade: C}"),
         "goals.yaml:4:31: nobody can get grade 'A': whoever fits has got 'B' before it\n"},
        {curve, GRADES("{grade: B, top: 50}, {grade: A, from: 90, top: 60}, {grade: C}"), ""},
        {curve, GRADES("{grade: B, top: 50}, {grade: A, from: 90, top: 50}, {grade: C}"),
         "goals.yaml:4:31: nobody can get grade 'A': whoever fits has got 'B' before it\n"},
        {curve, GRADES("{grade: A, from: 130.01}, {grade: C}"), ""},
        {curve, GRADES("{grade: A, from: 80}, {grade: B, from: 60}, {grade: D, top: 90}"),
         "goals.yaml:4:32: a score below 60 has no grade: add one behind 'B' without from and top\n"},
        /* the most is 130, and a unit for what is rounded */
        {curve, GRADES("{grade: A, from: 130}, {grade: C}"), ""},
        {curve, GRADES("{grade: A, from: 130.5}, {grade: C}"),
         "goals.yaml:4:10: nobody can get grade 'A' from 130.5 on: no score is above 130.01\n"},
        {curve, "adjust: [{metric: m, above: 1, points: 1, at_most: 5}]\n" GRADES("{grade: A, from: 135}, {grade: C}"),
         ""},
        {curve,
         "adjust: [{metric: m, above: 1, points: 1, at_most: 5}]\n" GRADES("{grade: A, from: 135.5}, {grade: C}"),
         "goals.yaml:5:10: nobody can get grade 'A' from 135.5 on: no score is above 135.01\n"},
        {curve, "adjust: [{metric: m, above: 1, points: 1}]\n" GRADES("{grade: A, from: 500}, {grade: C}"), ""},
    };
    for (size_t i = 0; i < COUNT(row); i++) assert_string_equal(one(row[i].metric, row[i].more), row[i].want);
}

/* What the most is made of: 60 * 1.5 + 40 * 1 = 130; by a role 20 * 1.5 + 80 = 110; all of it for n that is left when m
 * is skipped. */
static void test_most(void **state) {
    (void)state;
#define TWO(m, n, more)    "scheme: s\nmetrics:\n  m: {curve: [[0, 0], [1, 1.5]]" m "}\n  n: {" n "}\n" more
#define GRADE_FROM(points) "grades: [{grade: A, from: " points "}, {grade: B}]\n"
#define NOBODY(line, from, most) \
    "goals.yaml:" line ":10: nobody can get grade 'A' from " from " on: no score is above " most "\n"
    assert_string_equal(scheme(TWO(", weight: 60", "weight: 40", GRADE_FROM("130")), NULL), "");
    assert_string_equal(scheme(TWO(", weight: 60", "weight: 40", GRADE_FROM("131")), NULL),
                        NOBODY("5", "131", "130.02"));
    assert_string_equal(scheme(TWO("", "", "roles: {r: {m: 20, n: 80}}\n" GRADE_FROM("111")), NULL),
                        NOBODY("6", "111", "110.02"));
    assert_string_equal(
        scheme(TWO(", weight: 60", "weight: 40", "roles: {r: {m: 70, n: 30}}\n" GRADE_FROM("135")), NULL), "");
    assert_string_equal(scheme(TWO(", weight: 60", "weight: 40, missing: skip", GRADE_FROM("150")), NULL), "");
    assert_string_equal(scheme(TWO(", weight: 60", "weight: 40, missing: skip", GRADE_FROM("151")), NULL),
                        NOBODY("5", "151", "150.02"));
    assert_string_equal(scheme(TWO(", weight: 60, missing: skip", "weight: 40", GRADE_FROM("131")), NULL),
                        NOBODY("5", "131", "130.02"));
    /* A goal with its own weight may have all of it. */
    assert_string_equal(scheme(TWO(", weight: 60", "weight: 40",
                                   GRADE_FROM("150")) "---\ngoals: 2026\ntargets: {a: {m: {target: 1, weight: 100}}}\n",
                               NULL),
                        "");
    assert_string_equal(scheme(TWO(", weight: 60", "weight: 40",
                                   GRADE_FROM("151")) "---\ngoals: 2026\ntargets: {a: {m: {target: 1, weight: 100}}}\n",
                               NULL),
                        NOBODY("5", "151", "150.02"));
    /* Weights that do not add up, or that nobody knows yet: there is no most. */
    assert_string_equal(scheme(TWO(", weight: 60", "weight: 41", GRADE_FROM("999")), NULL),
                        "goals.yaml:1:1: the weights of scheme 's' add up to 101, not 100\n");
    assert_string_equal(scheme(TWO("", "", GRADE_FROM("999")), NULL), "");
}

static void test_gates(void **state) {
    (void)state;
#define GATES(list) "gates: [" list "]\n"
    static const struct {
        const char *metric, *more, *want;
    } row[] = {
        {"", GATES("{metric: m, above: 9, score_at_most: 59}"), ""},
        {"", GATES("{metric: m, above: 9, score_at_most: 100}"), ""}, /* not surely above: 100.01 */
        {"", GATES("{metric: m, below: 6, score_at_most: 50}, {metric: m, below: 6, score_at_most: 59}"),
         "goals.yaml:4:51: a gate that never bites: that of 'm' below 6 cuts as low or lower before it\n"},
        {"", GATES("{metric: m, above: 9, score_at_most: 101}"),
         "goals.yaml:4:9: a gate that never bites: no score is above 100.01, its ceiling is 101\n"},
        {"", GATES("{metric: m, above: 9, score_at_most: 59}, {metric: m, above: 6, score_at_most: 59}"),
         "goals.yaml:4:9: a gate that never bites: that of 'm' above 6 cuts as low or lower before it\n"},
        {"", GATES("{metric: m, above: 6, score_at_most: 70}, {metric: m, above: 9, score_at_most: 59}"), ""},
        {"", GATES("{metric: m, above: 6, score_at_most: 59}, {metric: m, above: 9, score_at_most: 59.5}"),
         "goals.yaml:4:51: a gate that never bites: that of 'm' above 6 cuts as low or lower before it\n"},
        {"", GATES("{metric: m, below: 6, score_at_most: 59}, {metric: m, below: 9, score_at_most: 50}"),
         "goals.yaml:4:9: a gate that never bites: that of 'm' below 9 cuts as low or lower before it\n"},
        {"", GATES("{metric: m, below: 6, score_at_most: 50}, {metric: m, below: 9, score_at_most: 59}"), ""},
        {"", GATES("{metric: m, below: 6, score_at_most: 50}, {metric: m, above: 5, score_at_most: 50}"), ""},
        {"", GATES("{metric: m, above: 6, score_at_most: 50}, {metric: m, above: 6, score_at_most: 50}"),
         "goals.yaml:4:51: a gate that never bites: that of 'm' above 6 cuts as low or lower before it\n"}, /* once */
        {"take: count", GATES("{metric: m, below: 0, score_at_most: 50}"),
         "goals.yaml:4:9: a gate that never bites: 'm' is a count, and never below 0\n"},
        {"take: count", GATES("{metric: m, below: 1, score_at_most: 50}"), ""},
        {"", GATES("{metric: m, below: 0, score_at_most: 50}"), ""},
    };
    for (size_t i = 0; i < COUNT(row); i++) assert_string_equal(one(row[i].metric, row[i].more), row[i].want);
}

static void test_tiers(void **state) {
    (void)state;
    static const char yaml[] = "scheme: s\nperiod: 2026\nmetrics: {m: }\ntiers:\n  key: 14\n  growth: 30\n";
    assert_string_equal(scheme(yaml, NULL), "");
    assert_string_equal(scheme(yaml, "c1\t\ta\tkey\t\t\nc2\t\ta\tgrowth\t2026-12-31\t\n"), "");
    assert_string_equal(scheme(yaml, "c1\t\ta\tgrowth\t\t\nc2\t\ta\tkeys\t\t\n"),
                        "goals.yaml:5:3: no client has the tier 'key'\n");
    assert_string_equal(scheme(yaml, "c1\t\ta\tkey\t\t\nc2\t\ta\tgrowth\t2027-01-01\t\n"), /* not in 2026 */
                        "goals.yaml:6:3: no client has the tier 'growth'\n");
}

static void test_managers(void **state) {
    (void)state;
    static const char yaml[] =
        "goals: 2026-10\ntargets: {a: {m: 1}, east: {m: 1}}\n---\ngoals: 2026-11\ntargets: {east: {m: 1}}\n";
    static const char managers[] = "a\t\teast\t\t\t\nb\t\teast\t\t2026-10-31\t\nc\t\teast\t\t2026-11-01\t\n"
                                   "d\t\teast\tx\t\t2026-09-30\n";
    static const struct {
        const char *managers, *period, *want;
    } row[] = {
        {managers, "2026-10", "book:2: 'b' has no goal at all in 2026-10\n"},
        {managers, "2026-11", ""}, /* no manager has one */
        {managers, "2026-12", ""},
        {"a\t\teast\t\t\t\nb\t\teast\t\t2026-09-30\t2026-09-30\nc\t\teast\t\t\t\n", "2026-10",
         "book:3: 'c' has no goal at all in 2026-10\n"},
        {"a\t\teast\t\t\t\n", "2026-10", ""},
        {NULL, "2026-10", ""},
        {"a\t\teast\t\t\t2026-09-30\nb\t\teast\t\t\t\n", "2026-10", ""}, /* a had left */
        {"a\t\teast\t\t\t\nb\t\teast\tx\t\t2026-10-14\nb\t\teast\ty\t2026-10-15\t\n", "2026-10",
         "book:2: 'b' has no goal at all in 2026-10\n"}, /* once */
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        heard = (struct heard){0};
        kpi_report report = hearing(&heard);
        kpi_goals *goals = goals_of(yaml, true);
        kpi_book *book = book_of(KPI_MANAGER, row[i].managers);
        kpi_score_options o = {.period = period(row[i].period), .period_text = row[i].period, .managers = book};
        expect_ok(kpi_managers_check(goals, &o, &report, &error), &error);
        assert_string_equal(without_folder(heard.text), row[i].want);
        kpi_book_free(book);
        kpi_goals_free(goals);
    }
}

static const char *parts(const char *yaml, const char *in, bool partial) {
    heard = (struct heard){0};
    kpi_report report = hearing(&heard);
    kpi_goals *goals = goals_of(yaml, true);
    kpi_tree *tree;
    kpi_period days = period(in ? in : "2026");
    expect_ok(kpi_tree_new(&tree, goals, false, 0, &error), &error);
    expect_ok(kpi_parts_check(goals, tree, in ? &days : NULL, partial, &report, &error), &error);
    kpi_tree_free(tree);
    kpi_goals_free(goals);
    return heard.text;
}

static void test_parts(void **state) {
    (void)state;
#define GOAL(id, period, target, more) \
    "---\ngoal: " id "\nowner: " id "\nmetric: m\nperiod: " period "\ntarget: " target "\n" more
#define TOP(target)                 \
    GOAL("top", "2026", target, "") \
    GOAL("a", "2026-01", "4", "supports: top\n") GOAL("b", "2026-02", "6.5", "supports: top\n")
    assert_string_equal(parts(TOP("10.5"), NULL, false), "");
    assert_string_equal(
        parts(TOP("10.500001"), NULL, false),
        "goals.yaml:2:1: top: its parts add up to 10.5, 0.000001 less than its target 10.500001: revise it, "
        "or them\n");
    assert_string_equal(parts(TOP("10.500001"), NULL, true), "");
    assert_string_equal(
        parts(TOP("10"), NULL, true),
        "goals.yaml:2:1: top: its parts add up to 10.5, 0.5 more than its target 10: revise it, or them\n");
    assert_string_equal(
        parts(TOP("10"), "2026", true),
        "goals.yaml:2:1: top: its parts add up to 10.5, 0.5 more than its target 10: revise it, or them\n");
    /* One that fits, one with less, one outside: those behind them are looked at all the same. */
#define SMALL(id, period, target) GOAL(id, period, target, "") GOAL(id "-a", period, "4", "supports: " id "\n")
    assert_string_equal(
        parts(SMALL("p", "2026-01", "4") SMALL("q", "2026-02", "5") SMALL("r", "2025-12", "1")
                  SMALL("s", "2026-03", "3"),
              "2026", true),
        "goals.yaml:41:1: s: its only part adds up to 4, 1 more than its target 3: revise it, or them\n");
    assert_string_equal(parts(TOP("10"), "2026-H1", true), "");
    assert_string_equal(
        parts(GOAL("top", "2026", "1", "") GOAL("a", "2026-01", "4", "supports: top\n"), NULL, false),
        "goals.yaml:2:1: top: its only part adds up to 4, 3 more than its target 1: revise it, or them\n");
}

/* A report that has heard enough ends each of them. */
static void test_end(void **state) {
    (void)state;
    heard = (struct heard){.stop = 1};
    kpi_report report = hearing(&heard);
    kpi_goals *goals = goals_of(
        "scheme: s\nmetrics: {m: {weight: 1, curve: [[1, 1]]}}\ngrades: [{grade: A, top: 1}]\n" TOP("1"), true);
    kpi_tree *tree;
    expect_ok(kpi_tree_new(&tree, goals, false, 0, &error), &error);
    assert_int_equal(kpi_scheme_check(goals, kpi_goals_scheme_at(goals, 0), NULL, &report, &error), KPI_DATA);
    assert_int_equal(heard.n, 1);
    heard = (struct heard){.stop = 1};
    assert_int_equal(kpi_parts_check(goals, tree, NULL, false, &report, &error), KPI_DATA);
    assert_int_equal(heard.n, 1);
    kpi_tree_free(tree);
    kpi_goals_free(goals);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights),  cmocka_unit_test(test_curves), cmocka_unit_test(test_grades),
        cmocka_unit_test(test_most),     cmocka_unit_test(test_gates),  cmocka_unit_test(test_tiers),
        cmocka_unit_test(test_managers), cmocka_unit_test(test_parts),  cmocka_unit_test(test_end)};
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
