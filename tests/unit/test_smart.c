/* test_smart.c - smart.c: each rule, tripped and, near it, not. */
#include "unit.h"

static kpi_error error;

typedef struct how {
    const char *today, *history, *as_of, *period; /* history: lines; NULL: none */
    bool strict, agreed;
    const char *reach; /* NULL: 50 */
} how;

static kpi_history *history_of(const kpi_goals *goals, const char *lines) {
    kpi_history *history;
    kpi_reader *reader;
    kpi_line line;
    if (!lines) return NULL;
    expect_ok(kpi_history_new(&history, goals, &error), &error);
    expect_ok(kpi__reader_memory(&reader, "h", kpi_text_of(lines), &error), &error);
    while (!kpi_reader_record(reader, kpi_record_of(KPI_MEASURE), &line, NULL, &error))
        expect_ok(kpi_history_measure(history, &line, &error), &error);
    kpi_reader_free(reader);
    kpi_history_finish(history);
    return history;
}

/* All that is told of the stream, a line each, without the name of the file. */
static const char *check(const char *yaml, how h) {
    static struct heard heard;
    heard = (struct heard){0};
    kpi_report report = hearing(&heard);
    kpi_goals *goals = goals_of(yaml, true);
    kpi_smart_options o = {.has_period = h.period != NULL,
                           .has_as_of = h.as_of != NULL,
                           .today = day(h.today ? h.today : "2026-01-01"),
                           .strict = h.strict,
                           .agreed = h.agreed,
                           .reach = number(h.reach ? h.reach : "50")};
    kpi_history *history = history_of(goals, h.history);
    kpi_tree *tree;
    o.history = history;
    if (h.period) o.period = period(h.period);
    if (h.as_of) o.as_of = day(h.as_of);
    expect_ok(kpi_tree_new(&tree, goals, false, 0, &error), &error);
    expect_ok(kpi_smart_check(goals, tree, &o, &report, &error), &error);
    kpi_tree_free(tree);
    kpi_history_free(history);
    kpi_goals_free(goals);
    return heard.text;
}

#define SCHEME "scheme: s\nmetrics:\n  m: {title: Sales, unit: CNY}\n  bare: {}\n  low: {unit: cases, better: lower}\n"
/* A goal from line 6 on that nothing can be said against, and its keys with others. */
#define ONE(id, metric, period, target, rest) \
    "---\ngoal: " id "\nowner: a\nmetric: " metric "\nperiod: " period "\ntarget: " target "\n" rest
#define FINE "title: More for everybody\nstrategy: true\n"

static void test_specific(void **state) {
    (void)state;
    static const how plain = {0};
    assert_string_equal(check(SCHEME ONE("g", "m", "2026-02", "5", FINE), plain), "");
    assert_string_equal(check(SCHEME ONE("g", "m", "2026-02", "5", "strategy: true\n"), plain),
                        "goals.yaml:7:1: g: S: it has no title: say what is to be reached (title)\n");
    assert_string_equal(
        check(SCHEME ONE("g", "m", "2026-02", "5", "strategy: true\ntitle: M\n"), plain),
        "goals.yaml:7:1: g: S: the title says no more than the metric, 'M': say what is to be reached\n");
    assert_string_equal(check(SCHEME ONE("g", "m", "2026-02", "5", "strategy: true\ntitle: sales\n"), plain),
                        "goals.yaml:7:1: g: S: the title says no more than the metric, 'sales': say what is to be "
                        "reached\n");
    assert_string_equal(check(SCHEME ONE("g", "m", "2026-02", "5", "strategy: true\ntitle: sales of ice\n"), plain),
                        "");
    assert_string_equal(check(ONE("g", "m", "2026-02", "5", "strategy: true\ntitle: sales\n"), plain),
                        ""); /* who knows */
}

static void test_measurable(void **state) {
    (void)state;
    static const how plain = {0};
    assert_string_equal(
        check(SCHEME ONE("g", "bare", "2026-02", "5", FINE), plain),
        "goals.yaml:7:1: g: M: the metric 'bare' has no unit: say in the scheme what is counted (unit)\n");
    assert_string_equal(check(ONE("g", "bare", "2026-02", "5", FINE), plain), ""); /* no scheme that could say it */
}

static void test_achievable(void **state) {
    (void)state;
    /* 10, 20, 30: the median is 20, and 45 half as much again as the best. */
    static const char lines[] = "2026-01\ta\tm\t10\n2026-02\ta\tm\t30\n2026-03\ta\tm\t20\n";
    static const char low[] = "2026-01\ta\tlow\t10\n2026-02\ta\tlow\t30\n2026-03\ta\tlow\t20\n";
    static const struct {
        const char *yaml;
        how h;
        const char *want;
    } row[] = {
        {SCHEME ONE("g", "m", "2026-04", "45", FINE), {.history = lines}, ""},
        {SCHEME ONE("g", "m", "2026-04", "45.000001", FINE),
         {.history = lines},
         "goals.yaml:7:1: g: A: 45.000001 is beyond the best of 3 past periods, 30 in 2026-02, by more than 50 % "
         "(median 20): set it nearer to what was reached\n"},
        {SCHEME ONE("g", "m", "2026-04", "33.1", FINE),
         {.history = lines, .reach = "10"},
         "goals.yaml:7:1: g: A: 33.1 is beyond the best of 3 past periods, 30 in 2026-02, by more than 10 % "
         "(median 20): set it nearer to what was reached\n"},
        {SCHEME ONE("g", "m", "2026-04", "33", FINE), {.history = lines, .reach = "10"}, ""},
        {SCHEME ONE("g", "m", "2026-04", "20", FINE), {.history = lines}, ""},
        {SCHEME ONE("g", "m", "2026-04", "19.999999", FINE),
         {.history = lines},
         "goals.yaml:7:1: g: A: 19.999999 is below the median of 3 past periods, 20 (best 30 in 2026-02): set it to "
         "what "
         "is an effort\n"},
        {SCHEME ONE("g", "low", "2026-04", "5", FINE), {.history = low}, ""}, /* half of the best, 10 */
        {SCHEME ONE("g", "low", "2026-04", "4.9", FINE),
         {.history = low},
         "goals.yaml:7:1: g: A: 4.9 is beyond the best of 3 past periods, 10 in 2026-01, by more than 50 % (median "
         "20): "
         "set it nearer to what was reached\n"},
        {SCHEME ONE("g", "low", "2026-04", "20", FINE), {.history = low}, ""},
        {SCHEME ONE("g", "low", "2026-04", "20.1", FINE),
         {.history = low},
         "goals.yaml:7:1: g: A: 20.1 is above the median of 3 past periods, 20 (best 10 in 2026-01): set it to what is "
         "an "
         "effort\n"},
        /* Below 0 half of the best is nearer to 0, or farther from it. */
        {SCHEME ONE("g", "m", "2026-04", "-5", FINE "baseline: -20\n"), {.history = "2026-01\ta\tm\t-10\n"}, ""},
        {SCHEME ONE("g", "m", "2026-04", "-4.9", FINE "baseline: -20\n"),
         {.history = "2026-01\ta\tm\t-10\n"},
         "goals.yaml:7:1: g: A: -4.9 is beyond the best of 1 past period, -10 in 2026-01, by more than 50 % (median "
         "-10): set it nearer to what was reached\n"},
        {SCHEME ONE("g", "low", "2026-04", "-15", FINE "baseline: 0\n"), {.history = "2026-01\ta\tlow\t-10\n"}, ""},
        {SCHEME ONE("g", "low", "2026-04", "-15.1", FINE "baseline: 0\n"),
         {.history = "2026-01\ta\tlow\t-10\n"},
         "goals.yaml:7:1: g: A: -15.1 is beyond the best of 1 past period, -10 in 2026-01, by more than 50 % (median "
         "-10): set it nearer to what was reached\n"},
        /* Revised in time, and as it was before that. */
        {SCHEME ONE("g", "m", "2026-04", "100", FINE) "---\nrevise: g\ntarget: 30\non: 2026-04-10\nreason: r\n",
         {.history = lines},
         ""},
        {SCHEME ONE("g", "m", "2026-04", "100", FINE) "---\nrevise: g\ntarget: 30\non: 2026-04-10\nreason: r\n",
         {.history = lines, .as_of = "2026-04-09"},
         "goals.yaml:7:1: g: A: 100 is beyond the best of 3 past periods, 30 in 2026-02, by more than 50 % (median "
         "20): "
         "set it nearer to what was reached\n"},
        /* Compact goals are not excused of what is achievable. */
        {SCHEME "---\ngoals: 2026-04\ntargets: {a: {m: 10}}\n",
         {.history = lines},
         "goals.yaml:8:18: 2026-04/a/m: A: 10 is below the median of 3 past periods, 20 (best 30 in 2026-02): set it "
         "to "
         "what is an effort\n"},
        {SCHEME "---\ngoals: 2026-01\ntargets: {a: {m: 10}, b: {m: 1}}\n",
         {.history = lines},
         "warning: goals.yaml:8:18: 2 goals of whose past the history knows nothing, this the first: 2026-01/a/m\n"},
        {SCHEME ONE("g", "m", "2026-04", "30", FINE),
         {.history = "2026-01\ta\tm\t30\n2026-Q1\ta\tm\t30\n2026-W08\ta\tm\t1\n"},
         "warning: goals.yaml:7:1: 1 goal with measures in the history that lie in no past period as a whole and are "
         "left "
         "out, this one, with 1: g\n"},
    };
    for (size_t i = 0; i < COUNT(row); i++) assert_string_equal(check(row[i].yaml, row[i].h), row[i].want);
}

static void test_relevant(void **state) {
    (void)state;
    static const how plain = {0};
#define ALONE "title: More for everybody\n"
    assert_string_equal(
        check(SCHEME ONE("g", "m", "2026-02", "5", ALONE), plain),
        "goals.yaml:7:1: g: R: it supports no goal: name the one that it serves (supports), or mark it as "
        "strategy\n");
    assert_string_equal(
        check(SCHEME ONE("g", "m", "2026-02", "5", ALONE "strategy: false\n"), plain),
        "goals.yaml:7:1: g: R: it supports no goal: name the one that it serves (supports), or mark it as "
        "strategy\n");
    assert_string_equal(
        check(SCHEME ONE("g", "m", "2026-02", "5", FINE) ONE("h", "m", "2026-01", "5", ALONE "supports: g\n"), plain),
        "");
    assert_string_equal(
        check(SCHEME ONE("g", "m", "2026-02", "5", ALONE "supports: h\n")
                  ONE("h", "m", "2026-01", "5", ALONE "supports: g\n"),
              plain),
        "goals.yaml:15:1: h: R: it supports itself by way of 'g': let one of them support another goal\n");
    assert_string_equal(check(SCHEME ONE("g", "m", "2026-02", "5", ALONE "supports: g\n"), plain),
                        "goals.yaml:7:1: g: R: it supports itself: let one of them support another goal\n");
}

static void test_days(void **state) {
    (void)state;
    static const how plain = {0};
    assert_string_equal(
        check(SCHEME ONE(
                  "g", "m", "2026-02", "5",
                  FINE "set: 2026-02-28\nagreed: 2026-02-28\n"
                       "reviews: [2026-01-01, 2026-02-28]\n") "---\nrevise: g\ntarget: 6\non: 2026-02-28\nreason: r\n",
              plain),
        "");
    assert_string_equal(
        check(SCHEME ONE(
                  "g", "m", "2026-02", "5",
                  FINE "set: 2026-03-01\nagreed: 2026-03-02\n"
                       "reviews: [2026-02-10, 2026-03-03]\n") "---\nrevise: g\ntarget: 6\non: 2026-03-04\nreason: r\n",
              plain),
        "goals.yaml:7:1: g: T: set on 2026-03-01, after the end of its period, 2026-02-28: choose a day "
        "before that\n"
        "goals.yaml:7:1: g: T: agreed on 2026-03-02, after the end of its period, 2026-02-28: choose a "
        "day before that\n"
        "goals.yaml:7:1: g: T: to be reviewed on 2026-03-03, after the end of its period, 2026-02-28: "
        "choose a day before that\n"
        "goals.yaml:18:1: g: T: revised on 2026-03-04, after the end of its period, 2026-02-28: choose a "
        "day before that\n");
    assert_string_equal(check(SCHEME ONE("g", "m", "2026-02", "5", FINE), (how){.agreed = true}),
                        "goals.yaml:7:1: g: T: not agreed with its owner: agree on it and say when (agreed)\n");
    assert_string_equal(check(SCHEME ONE("g", "m", "2026-02", "5", FINE "agreed: 2026-02-01\n"), (how){.agreed = true}),
                        "");
}

/* Reviews at least every 45 days in a period of more. */
static void test_stretches(void **state) {
    (void)state;
    static const struct {
        const char *period, *reviews, *days;
    } row[] = {
        {"2026-01-01..2026-02-14", NULL, NULL},                                     /* 45 days */
        {"2026-01-01..2026-02-15", NULL, "46 days, from 2026-01-01 to 2026-02-15"}, /* 46 */
        {"2026-01-01..2026-02-15", "2026-02-14", NULL},
        {"2026-01-01..2026-02-15", "2026-01-01", NULL}, /* 45 are left */
        {"2026-01-01..2026-02-15", "2025-12-31", "46 days, from 2026-01-01 to 2026-02-15"},
        {"2026-01-01..2026-02-15", "2026-02-15", "46 days, from 2026-01-01 to 2026-02-15"}, /* on the last day */
        {"2026-Q1", "2026-02-14", NULL},                                                    /* 45 and 45 days */
        {"2026-Q1", "2026-02-15", "46 days, from 2026-01-01 to 2026-02-15"},
        {"2026-Q1", "2026-02-13", "46 days, from 2026-02-14 to 2026-03-31"},
        {"2026-H1", "2026-05-15, 2026-02-14, 2026-03-31, 2026-02-14", "46 days, from 2026-05-16 to 2026-06-30"},
        {"2026-H1", "2026-05-15, 2026-02-14, 2026-06-29, 2026-03-31", NULL},
        {"2026-H1", "2026-05-20, 2026-02-14", "95 days, from 2026-02-15 to 2026-05-20"},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        char yaml[1024], want[256] = "";
        snprintf(yaml, sizeof yaml, SCHEME "---\ngoal: g\nowner: a\nmetric: m\nperiod: %s\ntarget: 5\n" FINE "%s%s%s",
                 row[i].period, row[i].reviews ? "reviews: [" : "", row[i].reviews ? row[i].reviews : "",
                 row[i].reviews ? "]\n" : "");
        if (row[i].days)
            snprintf(want, sizeof want,
                     "goals.yaml:7:1: g: T: no review for %s: plan one at least every 45 days (reviews)\n",
                     row[i].days);
        assert_string_equal(check(yaml, (how){.today = "2025-01-01"}), want);
    }
}

/* Of each review that has passed a document tells. */
static void test_held(void **state) {
    (void)state;
#define PASSED(day)                                                                                      \
    "goals.yaml:7:1: g: T: the review of " day " has passed and nothing tells of it: hold it, and note " \
    "what it found (goal-revise --review)\n"
#define HELD(day) "---\nreview: g\non: " day "\n"
#define TWO       SCHEME ONE("g", "m", "2026-02", "5", FINE "reviews: [2026-02-20, 2026-02-10]\n")
    static const struct {
        const char *yaml, *today, *want;
    } row[] = {
        {TWO, "2026-02-10", ""},
        {TWO, "2026-02-11", PASSED("2026-02-10")},
        {TWO, "2026-02-21", PASSED("2026-02-10") PASSED("2026-02-20")},
        {TWO HELD("2026-02-10"), "2026-02-20", ""},
        {TWO HELD("2026-02-10"), "2026-02-21", PASSED("2026-02-20")},
        {TWO HELD("2026-02-08"), "2026-02-20", ""}, /* some days before */
        {TWO HELD("2026-02-19"), "2026-02-20", ""}, /* late */
        {TWO HELD("2026-02-20"), "2026-02-21", PASSED("2026-02-10")},
        {TWO HELD("2026-02-19"), "2026-02-21", PASSED("2026-02-20")}, /* one for both will not do */
        {TWO HELD("2026-02-19") HELD("2026-02-11"), "2026-02-21", ""},
        {TWO HELD("2026-02-05") HELD("2026-02-06"), "2026-02-21", PASSED("2026-02-20")},
        {TWO HELD("2026-03-05") HELD("2026-02-10"), "2026-02-20", ""},                   /* one to come stands first */
        {TWO HELD("2026-02-08") HELD("2026-02-10"), "2026-02-21", PASSED("2026-02-20")}, /* both are of the 10th */
        {TWO HELD("2026-02-08") HELD("2026-02-09") HELD("2026-02-10") HELD("2026-02-11"), "2026-02-21", ""},
        {SCHEME ONE("g", "m", "2026-02", "5", FINE "reviews: [2026-02-10, 2026-02-10, 2026-02-20]\n")
             HELD("2026-02-10"),
         "2026-03-01", PASSED("2026-02-20")},
        {TWO HELD("2026-02-12") HELD("2026-02-25"), "2026-02-26", ""},
        {TWO HELD("2026-02-12") HELD("2026-02-25"), "2026-02-24", PASSED("2026-02-20")}, /* not yet */
        {SCHEME ONE("g", "m", "2026-02", "5", FINE "reviews: [2026-02-10, 2026-02-10]\n") HELD("2026-02-10"),
         "2026-03-01", ""},
    };
    for (size_t i = 0; i < COUNT(row); i++)
        assert_string_equal(check(row[i].yaml, (how){.today = row[i].today}), row[i].want);
}

static void test_compact(void **state) {
    (void)state;
    static const char yaml[] =
        SCHEME "---\ngoals: 2026\ntargets: {a: {bare: 5}}\n---\nreview: 2026/a/bare\non: 2026-01-01\n";
    assert_string_equal(check(yaml, (how){.agreed = true}), "");
    assert_string_equal(
        check(yaml, (how){.agreed = true, .strict = true}),
        "goals.yaml:8:21: 2026/a/bare: S: it has no title: say what is to be reached (title)\n"
        "goals.yaml:8:21: 2026/a/bare: M: the metric 'bare' has no unit: say in the scheme what is counted "
        "(unit)\n"
        "goals.yaml:8:21: 2026/a/bare: R: it supports no goal: name the one that it serves (supports), or "
        "mark it as strategy\n"
        "goals.yaml:8:21: 2026/a/bare: T: not agreed with its owner: agree on it and say when (agreed)\n"
        "goals.yaml:8:21: 2026/a/bare: T: no review for 365 days, from 2026-01-01 to 2026-12-31: plan one "
        "at least every 45 days (reviews)\n");
    assert_string_equal(check(yaml, (how){.strict = true, .period = "2026-01"}), "");
    /* A revision too late is one whatever was revised. */
    assert_string_equal(
        check(SCHEME "---\ngoals: 2026-01\ntargets: {a: {m: 5}}\n---\nrevise: 2026-01/a/m\non: 2026-02-01\n"
                     "target: 6\nreason: r\n",
              (how){0}),
        "goals.yaml:10:1: 2026-01/a/m: T: revised on 2026-02-01, after the end of its period, 2026-01-31: "
        "choose a day before that\n");
}

/* A report that has heard enough ends the work, at whatever fault. */
static void test_end(void **state) {
    (void)state;
    static const char yaml[] = SCHEME ONE("g", "bare", "2026-Q1", "5", "set: 2026-05-01\nreviews: [2025-12-01]\n")
        ONE("h", "low", "2026-Q1", "5", "supports: h\ntitle: t\n") "---\ngoals: 2026-02\ntargets: {b: {m: 1}}\n";
    size_t all = 1;
    for (size_t stop = 1; stop <= all; stop++) {
        struct heard heard = {.stop = stop};
        kpi_report report = hearing(&heard);
        kpi_goals *goals = goals_of(yaml, true);
        kpi_history *history = history_of(goals, "2025-Q4\ta\tbare\t9\n2025-12-01..2026-01-01\ta\tbare\t9\n");
        kpi_smart_options o = {.today = day("2026-01-01"), .agreed = true, .history = history, .reach = KPI_ONE};
        kpi_tree *tree;
        expect_ok(kpi_tree_new(&tree, goals, false, 0, &error), &error);
        if (kpi_smart_check(goals, tree, &o, &report, &error)) all = stop + 1;
        assert_int_equal(heard.n, stop < all ? stop : all - 1);
        kpi_tree_free(tree);
        kpi_history_free(history);
        kpi_goals_free(goals);
    }
    /* g: S M A R, set too late, not agreed, no review in the quarter, none on 1 December; h: not agreed, no review; its
     * circle; goals without a past, and with measures left out */
    assert_int_equal(all - 1, 13);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_specific), cmocka_unit_test(test_measurable), cmocka_unit_test(test_achievable),
        cmocka_unit_test(test_relevant), cmocka_unit_test(test_days),       cmocka_unit_test(test_stretches),
        cmocka_unit_test(test_held),     cmocka_unit_test(test_compact),    cmocka_unit_test(test_end)};
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
