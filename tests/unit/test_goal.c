/* test_goal.c - goal.c: goals, revisions and reviews out of YAML and lines; ids, order, targets, which scheme holds. */
#include "unit.h"

/* ---- goals as texts ---- */

static const char *target_text(const kpi_target *set) {
    static char text[256];
    char number[3][KPI_NUMBER_SIZE];
    kpi_decimal_format(set->target, KPI_EXACT, number[0]);
    kpi_decimal_format(set->baseline, KPI_EXACT, number[1]);
    kpi_decimal_format(set->weight, KPI_EXACT, number[2]);
    snprintf(text, sizeof text, "%s%s from %s weight %s", number[0], set->percent ? "%" : "",
             set->has_baseline ? number[1] : "-", set->has_weight ? number[2] : "-");
    return text;
}

static kpi_goal goal_found(const kpi_goals *goals, kpi_text id) {
    kpi_goal goal;
    if (!kpi_goals_find(goals, id, &goal)) fail_msg("no goal %.*s", (int)id.len, id.ptr);
    return goal;
}

/* "ID: target" a line each, in the order of kpi_goals_at. */
static const char *goals_text(const kpi_goals *goals) {
    static char text[16384];
    size_t n = 0;
    *text = 0;
    for (size_t i = 0; i < kpi_goals_size(goals); i++) {
        char id[256];
        kpi_goal goal = kpi_goals_at(goals, i);
        size_t length = kpi_goal_id(&goal, id, sizeof id);
        assert_int_equal(length, strlen(id));
        n += (size_t)snprintf(text + n, sizeof text - n, "%s: %s\n", id, target_text(&goal.set));
    }
    assert_true(n < sizeof text);
    return text;
}

static void test_compact(void **state) {
    (void)state;
    kpi_goals *goals = goals_of("goals: 2026-10\n"
                                "targets:\n"
                                "  wang.li: {sales: 500000, nps: -5.5}\n"
                                "  张敏:\n"
                                "    sales: {target: 420000, baseline: 400000.5, weight: 40}\n"
                                "    costs: {target: -10%, baseline: 100}\n"
                                "    flat: {target: \"+0.5%\", baseline: -4, weight: 0}\n",
                                false);
    assert_string_equal(goals_text(goals), "2026-10/wang.li/sales: 500000 from - weight -\n"
                                           "2026-10/wang.li/nps: -5.5 from - weight -\n"
                                           "2026-10/张敏/sales: 420000 from 400000.5 weight 40\n"
                                           "2026-10/张敏/costs: -10% from 100 weight -\n"
                                           "2026-10/张敏/flat: 0.5% from -4 weight 0\n");
    kpi_goal third = kpi_goals_at(goals, 2), first = kpi_goals_at(goals, 0);
    const kpi_goal *goal = &third;
    assert_string_equal(goal->owner, "张敏");
    assert_string_equal(goal->metric, "sales");
    assert_string_equal(goal->period_text, "2026-10");
    assert_true(goal->period.first == day("2026-10-01") && goal->period.last == day("2026-10-31"));
    assert_null(goal->id);
    assert_null(goal->story);
    assert_null(goal->revision);
    assert_string_equal(goal->place.file, "goals.yaml");
    assert_true(goal->place.line == 5 && goal->place.column == 12);
    assert_true(first.place.line == 3 && first.place.column == 20);
    char id[8];
    assert_int_equal(kpi_goal_id(&first, id, sizeof id), strlen("2026-10/wang.li/sales"));
    assert_string_equal(id, "2026-10");
    kpi_goals_free(goals);
}

static const char full[] = "---\n"
                           "goal: east-key-accounts\n"
                           "owner: li.wei\n"
                           "metric: sales\n"
                           "period: 2026-10\n"
                           "target: +10%\n"
                           "baseline: 400000\n"
                           "weight: 12.5\n"
                           "title: Win two key accounts\n"
                           "why: \"East\\tgrows\"\n"
                           "supports: 2026-Q4/east/sales\n"
                           "steps: [list the 20 largest non-clients, \"two visits a week\"]\n"
                           "risks: [flagship store under renovation]\n"
                           "reviews: [2026-10-10, 2026-10-20]\n"
                           "set: 2026-09-28\n"
                           "agreed: 2026-09-30\n"
                           "---\n"
                           "review: east-key-accounts\n"
                           "on: 2026-10-10\n"
                           "by: zhang.qiang\n"
                           "says: one account won\n"
                           "next: visit the director\n"
                           "---\n"
                           "review: 2026-Q4/east/sales\n"
                           "on: 2026-12-01\n"
                           "---\n"
                           "goals: 2026-Q4\n"
                           "targets: {east: {sales: 9}}\n"
                           "---\n"
                           "review: east-key-accounts\n"
                           "on: 2026-10-05\n" /* reviews may stand in any order of days */
                           "says: '2'\n";

static void test_full(void **state) {
    (void)state;
    kpi_goals *goals = goals_of(full, true);
    kpi_goal found = goal_found(goals, TEXT("east-key-accounts"));
    const kpi_goal *goal = &found;
    assert_string_equal(goal->id, "east-key-accounts");
    assert_string_equal(target_text(&goal->set), "10% from 400000 weight 12.5");
    assert_true(goal->place.line == 2 && goal->place.column == 1);
    const kpi_story *story = goal->story;
    assert_string_equal(story->title, "Win two key accounts");
    assert_string_equal(story->why, "East\\tgrows"); /* line form */
    assert_string_equal(story->supports, "2026-Q4/east/sales");
    assert_false(story->strategy);
    assert_int_equal(story->steps, 2);
    assert_string_equal(story->step[0], "list the 20 largest non-clients");
    assert_string_equal(story->step[1], "two visits a week");
    assert_int_equal(story->risks, 1);
    assert_string_equal(story->risk[0], "flagship store under renovation");
    assert_int_equal(story->reviews, 2);
    assert_true(story->review[0] == day("2026-10-10") && story->review[1] == day("2026-10-20"));
    assert_true(story->has_set && story->set == day("2026-09-28"));
    assert_true(story->has_agreed && story->agreed == day("2026-09-30"));
    const kpi_review *review = story->reviewed;
    assert_string_equal(review->by, "zhang.qiang");
    assert_string_equal(review->says, "one account won");
    assert_string_equal(review->act, "visit the director");
    assert_true(review->on == day("2026-10-10") && review->place.line == 18);
    assert_string_equal(review->next->says, "2");
    assert_string_equal(review->next->by, "");
    assert_null(review->next->next);
    kpi_goal compact = goal_found(goals, TEXT("2026-Q4/east/sales"));
    assert_string_equal(compact.story->title, ""); /* a story of its own for the review */
    assert_true(compact.story->reviewed->on == day("2026-12-01"));
    assert_int_equal(kpi_goals_size(goals), 2);
    kpi_error error = {0};
    expect_ok(kpi_goals_check(goals, NULL, &error), &error); /* once more: nothing is resolved twice */
    assert_null(goal_found(goals, TEXT("east-key-accounts")).story->reviewed->next->next);
    kpi_goals_free(goals);
}

static void test_full_defaults(void **state) {
    (void)state;
    kpi_goals *goals = goals_of("goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\nstrategy: true\n", true);
    const kpi_story *story = kpi_goals_at(goals, 0).story;
    assert_true(story->strategy && !story->has_set && !story->has_agreed && !story->reviewed);
    assert_true(story->steps == 0 && story->risks == 0 && story->reviews == 0);
    assert_string_equal(story->title, "");
    assert_string_equal(story->why, "");
    assert_string_equal(story->supports, "");
    kpi_goals_free(goals);
    for (int set = 0; set < 2; set++) { /* one of the two days */
        goals = goals_of(set ? "goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\nset: 2026-01-02\n"
                             : "goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\nagreed: 2026-01-02\n",
                         true);
        story = kpi_goals_at(goals, 0).story;
        assert_true(story->has_set == (set == 1) && story->has_agreed == (set == 0));
        kpi_goals_free(goals);
    }
    kpi_goals_free(NULL);
}

/* ---- goal lines ---- */

static void test_lines(void **state) {
    (void)state;
    static const struct {
        const char *bytes, *goals; /* NULL: they are YAML */
    } cases[] = {
        {"2026-10\ta\tsales\t40\t500000\t400000\n2026-10\tb/c\tsales\t\t5\t\n",
         "2026-10/a/sales: 500000 from 400000 weight 40\n2026-10/b/c/sales: 5 from - weight -\n"},
        {"\xEF\xBB\xBF# period\tmanager\n\r\n\n#\n2026-W45\ta\tm\t\t1\t\r\n", "2026-W45/a/m: 1 from - weight -\n"},
        {"2026-10-01..2026-10-15\ta\tm\t\t-1\t-2\n", "2026-10-01..2026-10-15/a/m: -1 from -2 weight -\n"},
        {"#2026-10\ta\tm\t\t1\t\ngoals: 2026-10\ntargets: {a: {m: 7}}\n", "2026-10/a/m: 7 from - weight -\n"},
        {"goals: 2026-10\ntargets: {a: {m: 7}}\n", "2026-10/a/m: 7 from - weight -\n"},
        {"goals: 2026-10-01..2026-10-15\ntargets: {a: {m: 7}}\n", "2026-10-01..2026-10-15/a/m: 7 from - weight -\n"},
        {"", ""},
        {"# nothing\n", ""},
        {"#", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_error error = {0};
        kpi_goals *goals;
        expect_ok(kpi_goals_new(&goals, 0, &error), &error);
        expect_ok(kpi_goals_read(goals, temp_file("goals", kpi_text_of(cases[i].bytes)), NULL, &error), &error);
        expect_ok(kpi_goals_check(goals, NULL, &error), &error);
        assert_string_equal(goals_text(goals), cases[i].goals);
        kpi_goals_free(goals);
    }
}

static void test_line_faults(void **state) {
    (void)state;
    static const char bytes[] = "2026-10\ta\tm\t\t1\t\n"
                                "2026-10\ta\tm\t\t2\t\n"
                                "2026-10\ta\tx\t-1\t2\t\n"
                                "2026-10\ta\ty\t\t\t\n"
                                "2026-10-01..2026-10-31\ta\tm\t\t3\t\n" /* the same days */
                                "2026-11\ta\tm\t\t4\t";
    kpi_error error = {0};
    kpi_goals *goals;
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    char expected[4096];
    const char *f = temp_file("goals", TEXT(bytes));
    expect_ok(kpi_goals_new(&goals, 0, &error), &error);
    expect_ok(kpi_goals_read(goals, f, &report, &error), &error);
    expect_ok(kpi_goals_check(goals, &report, &error), &error);
    snprintf(expected, sizeof expected,
             "%s:3:4: below 0: '-1'\n"
             "%s:4:5: no target\n"
             "%s:6: incomplete last line: no line feed at its end\n" /* doubles: when all is read */
             "%s:2: a goal of 'a' for 'm' in 2026-10, set at %s:1 already\n"
             "%s:5: a goal of 'a' for 'm' in 2026-10-01..2026-10-31, set at %s:1 already\n",
             f, f, f, f, f, f, f);
    assert_string_equal(heard.text, expected);
    assert_int_equal(kpi_goals_size(goals), 1);
    expect_failure(
        kpi_goals_read(goals, temp_path("none"), NULL, &error), KPI_SYSTEM, &error,
        (snprintf(expected, sizeof expected, "%s: open: No such file or directory", temp_path("none")), expected));
    kpi_goals_free(goals);
    expect_ok(kpi_goals_new(&goals, 0, &error), &error);
    snprintf(expected, sizeof expected, "%s:3:4: below 0: '-1'", f);
    expect_failure(kpi_goals_read(goals, f, NULL, &error), KPI_DATA, &error, expected);
    kpi_goals_free(goals);
}

/* What does not start with a period and a TAB is YAML, and judged so. */
static void test_not_lines(void **state) {
    (void)state;
    static const struct {
        const char *bytes, *fault;
    } cases[] = {
        {"2026-10\n", ":1:1: a document must be one of scheme, goals, goal, revise, review"},
        {"2026-10", ":1:1: a document must be one of scheme, goals, goal, revise, review"},
        {"2026-13\ta\tm\t\t1\t\n", ":1:1: a document must be one of scheme, goals, goal, revise, review"},
        {"this-month\ta\n", ":1:1: a document must be one of scheme, goals, goal, revise, review"},
        {"\xEF\xBB\xBF"
         "a\tb\n",
         ":1:1: a document must be one of scheme, goals, goal, revise, review"},
        {"2026-10\ta\n", ":1: 2 fields, a goal line has 6"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_error error = {0};
        kpi_goals *goals;
        const char *path = temp_file("goals", kpi_text_of(cases[i].bytes));
        char expected[512];
        snprintf(expected, sizeof expected, "%s%s", path, cases[i].fault);
        expect_ok(kpi_goals_new(&goals, 0, &error), &error);
        expect_failure(kpi_goals_read(goals, path, NULL, &error), KPI_DATA, &error, expected);
        kpi_goals_free(goals);
    }
}

/* ---- faults of documents ---- */

#define ONE  "goals: 2026-10\ntargets: {a: {m: 1}}\n---\n"                                   /* 3 lines */
#define GOAL "goal: g\nowner: a\nmetric: m\nperiod: 2026-11\ntarget: 10\nbaseline: 1\n---\n" /* 7 lines */

static const struct {
    const char *yaml, *faults; /* all that reading and checking tell, without "goals.yaml:" */
} faults[] = {
    /* documents */
    {"a: b\n", "1:1: a document must be one of scheme, goals, goal, revise, review"},
    {"- goals\n", "1:1: a document must be one of scheme, goals, goal, revise, review"},
    {"goals\n", "1:1: a document must be one of scheme, goals, goal, revise, review"},
    {"''\n", "1:1: a document must be one of scheme, goals, goal, revise, review"},
    {"# empty\n---\n# empty too\n---\n", NULL},
    {"x: 1\n---\ngoals: 2026\ntargets: {a: {m: x}}\n", /* each document by itself */
     "1:1: a document must be one of scheme, goals, goal, revise, review\n4:18: not a number: 'x'"},
    {"goals: 2026\ngoal: x\ntargets: {a: {m: 1}}\n", "2:1: unknown key of goals: 'goal'"},
    {"goal: g\n---\ngoal: *x\n", "1:1: a goal lacks the key 'target'\n!3:7: aliases are not used here"},
    /* compact goals */
    {"goals: 2026\n", "1:1: goals lacks the key 'targets'"},
    {"goals: 2026-13\ntargets: {a: {m: 1}}\n", "1:8: not a period: '2026-13'"},
    {"goals: this-month\ntargets: {a: {m: 1}}\n", "1:8: not a period: 'this-month'"},
    {"goals: 2026\ntargets: {}\n", "2:10: targets must be a map of owners"},
    {"goals: 2026\ntargets: [a]\n", "2:10: targets must be a map of owners"},
    {"goals: 2026\ntargets: {a: {}}\n", "2:14: the targets of 'a' must be a map of metrics"},
    {"goals: 2026\ntargets: {a: 1}\n", "2:14: the targets of 'a' must be a map of metrics"},
    {"goals: 2026\ntargets: {a: {m: }}\n", "2:18: 'm' is empty"},
    {"goals: 2026\ntargets: {a: {m: [1]}}\n", "2:18: 'm' must be one value"},
    {"goals: 2026\ntargets: {a: {m: {baseline: 1}}}\n", "2:18: a target lacks the key 'target'"},
    {"goals: 2026\ntargets: {a: {m: {target: 1, why: x}}}\n", "2:30: unknown key of a target: 'why'"},
    {"goals: 2026\ntargets: {a: {m: {target: 1, weight: -1}}}\n", "2:38: below 0: '-1'"},
    {"goals: 2026\ntargets: {a: {m: {target: 1, weight: x}}}\n", "2:38: not a number: 'x'"},
    {"goals: 2026\ntargets: {a: {m: +10%}}\n", "2:18: a target in % needs a baseline"},
    {"goals: 2026\ntargets: {a: {m: {target: +10%}}}\n", "2:18: a target in % needs a baseline"},
    {"goals: 2026\ntargets: {a: {m: {target: 10%, baseline: 1}}}\n",
     "2:27: a percentage needs its sign, as in +10%: '10%'"},
    {"goals: 2026\ntargets: {a: {m: {target: +1x%, baseline: 1}}}\n", "2:27: not a percentage: '+1x%'"},
    {"goals: 2026\ntargets: {a: {m: {target: '%', baseline: 1}}}\n",
     "2:27: a percentage needs its sign, as in +10%: '%'"},
    {"goals: 2026\ntargets: {a: {m: {target: '+%', baseline: 1}}}\n", "2:27: not a percentage: '+%'"},
    {"goals: 2026\ntargets: {a: {m: 1, n: 2}}\n---\ngoals: 2026-01-01..2026-12-31\ntargets: {b: {m: 1}, a: {n: 3}}\n",
     "5:29: a goal of 'a' for 'n' in 2026-01-01..2026-12-31, set at goals.yaml:2:24 already"},
    /* full goals */
    {"goal: g\nowner: a\nmetric: m\nperiod: 2026\n", "1:1: a goal lacks the key 'target'"},
    {"goal: g\nowner: a\nmetric: m\ntarget: 1\n", "1:1: a goal lacks the key 'period'"},
    {"goal: g\nmetric: m\nperiod: 2026\ntarget: 1\n", "1:1: a goal lacks the key 'owner'"},
    {"goal: g\nowner: a\nperiod: 2026\ntarget: 1\n", "1:1: a goal lacks the key 'metric'"},
    {"goal: g\nowner: a\nmetric: m\nperiod: 26\ntarget: 1\n", "4:9: not a period: '26'"},
    {"goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: +5%\n", "5:9: a target in % needs a baseline"},
    {"goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\nsteps: []\n", "6:8: steps is empty"},
    {"goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\nsteps: one\n", "6:8: steps must be a list"},
    {"goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\nrisks: [[a], b]\n", "6:9: 'item' must be one value"},
    {"goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\nreviews: [x, 2026-10-01]\n", "6:11: not a date: 'x'"},
    {"goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\nreviews: x\n", "6:10: reviews must be a list"},
    {"goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\nset: soon\n", "6:6: not a date: 'soon'"},
    {"goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\nstrategy: 1\n", "6:11: neither true nor false: '1'"},
    {"goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\ngaol: 1\n", "6:1: unknown key of a goal: 'gaol'"},
    {GOAL "goal: g\nowner: b\nmetric: x\nperiod: 2026\ntarget: 1\n", "8:1: goal 'g', set at goals.yaml:1:1 already"},
    {GOAL "goal: h\nowner: a\nmetric: m\nperiod: 2026-11\ntarget: 1\n",
     "8:1: a goal of 'a' for 'm' in 2026-11, set at goals.yaml:1:1 already"},
    {ONE "goal: g\nowner: a\nmetric: m\nperiod: 2026-10\ntarget: 1\n",
     "4:1: a goal of 'a' for 'm' in 2026-10, set at goals.yaml:2:18 already"},
    {ONE "goal: 2026-10/a/m\nowner: b\nmetric: m\nperiod: 2026-10\ntarget: 1\n", /* an id that another has by itself */
     "4:1: goal '2026-10/a/m', set at goals.yaml:2:18 already"},
    {GOAL ONE "goal: 2026-10/a/m\nowner: b\nmetric: m\nperiod: 2026-10\ntarget: 1\n",
     "11:1: goal '2026-10/a/m', set at goals.yaml:9:18 already"},
    {"goal: g\nowner: a/b\nmetric: m/n\nperiod: 2026\ntarget: 1\n", NULL},
    {"goal: 2026-10/a/m\nowner: b\nmetric: m\nperiod: 2026-10\ntarget: 1\n---\n" ONE,
     "1:1: goal '2026-10/a/m', set at goals.yaml:8:18 already"},
    {"goals: 2026\ntargets: {a: {b/c: 1}, a/b: {c: 2, d: 3}}\n", /* one id for two compact ones */
     "2:33: goal '2026/a/b/c', set at goals.yaml:2:20 already"},
    {"goal: 2026-10/a/m\nowner: a\nmetric: m\nperiod: 2026-10\ntarget: 1\n", NULL}, /* its own, written out */
    {"goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\nsupports: h\n", "1:1: supports an unknown goal: 'h'"},
    /* revisions and reviews */
    {"revise: g\n", "1:1: a revision lacks the key 'target'"},
    {GOAL "revise: g\ntarget: 2\non: 2026-10-10\n", "8:1: a revision lacks the key 'reason'"},
    {GOAL "revise: g\ntarget: 2\nreason: x\n", "8:1: a revision lacks the key 'on'"},
    {GOAL "revise: h\ntarget: 2\nreason: x\non: 2026-10-10\n", "8:9: unknown goal: 'h'"},
    {"revise: 2026-10/a/m\ntarget: 2\nreason: x\non: 2026-10-10\n---\n" ONE, NULL}, /* references may go forward */
    {"review: 2026-10/a/m\non: 2026-10-10\n---\n" ONE, NULL},
    {ONE "review: h\non: 2026-10-10\n", "4:9: unknown goal: 'h'"},
    {ONE "review: h\non: 2026-10-10\n---\nrevise: i\ntarget: 1\nreason: x\non: 2026-10-10\n",
     "4:9: unknown goal: 'h'\n7:9: unknown goal: 'i'"},
    {ONE "review: 2026-10-01..2026-10-31/a/m\non: 2026-10-10\n", "4:9: unknown goal: '2026-10-01..2026-10-31/a/m'"},
    {ONE "review: 2026-10/a/m\n", "4:1: a review lacks the key 'on'"},
    {ONE "review: 2026-10/a/m\non: 2026-10\n", "5:5: not a date: '2026-10'"},
    {ONE "revise: 2026-10/a/m\ntarget: +5%\nreason: x\non: 2026-10-10\n", "4:1: a target in % needs a baseline"},
    {GOAL "revise: g\ntarget: 5\nreason: x\non: 2026-10-10\n---\nrevise: g\ntarget: 6\nreason: x\non: 2026-10-09\n",
     "13:1: a revision of 'g' dated before the one at goals.yaml:8:1"},
    {GOAL "revise: g\ntarget: 5\nreason: x\non: 2026-10-10\n---\nrevise: g\ntarget: 6\nreason: x\non: 2026-10-10\n",
     NULL}, /* equal `on` is fine */
    /* targets */
    {GOAL "revise: g\ntarget: 1\nreason: x\non: 2026-10-10\n", "8:1: the target equals the baseline"},
    {"goals: 2026\ntargets: {a: {m: {target: 1, baseline: 1.0}}}\n", "2:18: the target equals the baseline"},
    {"goals: 2026\ntargets: {a: {m: {target: +0%, baseline: 5}}}\n", "2:18: the target equals the baseline"},
    {"goals: 2026\ntargets: {a: {m: {target: +5%, baseline: 0}}}\n", "2:18: the target equals the baseline"},
    {"goals: 2026\ntargets: {a: {m: -1}}\n", "2:18: a target below 0 needs a baseline"},
    {ONE "revise: 2026-10/a/m\ntarget: -1\nreason: x\non: 2026-10-10\n", "4:1: a target below 0 needs a baseline"},
    {"goals: 2026\ntargets: {a: {m: {target: +100%, baseline: 999999999999999}}}\n",
     "2:18: the target is out of range"},
    {"goals: 2026\ntargets: {a: {m: {target: +999999999999999%, baseline: 999999999999999}}}\n",
     "2:18: the target is out of range"},
    {"goals: 2026\ntargets: {a: {m: {target: +999999999999999%, baseline: -999999999999999}}}\n",
     "2:18: the target is out of range"},
    {"goals: 2026\ntargets: {a: {m: {target: -100.000001%, baseline: 5}}}\n", NULL}, /* below 0, from a baseline */
    {"goals: 2026\ntargets: {a: {m: {target: +100%, baseline: -999999999999999}}}\n",
     "2:18: the target is out of range"},
    {"goals: 2026\ntargets: {a: {m: {target: -50%, baseline: 999999999999999}}}\n", NULL},
};

static void test_faults(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        kpi_error error = {0};
        kpi_goals *goals;
        struct heard heard = {0};
        kpi_report report = hearing(&heard);
        char expected[1024] = "";
        expect_ok(kpi_goals_new(&goals, 0, &error), &error);
        int code = kpi_goals_parse(goals, "goals.yaml", kpi_text_of(faults[i].yaml), &report, &error);
        if (!code) expect_ok(kpi_goals_check(goals, &report, &error), &error);
        const char *p = faults[i].faults ? faults[i].faults : "";
        for (size_t n; *p; p += n + (p[n] == '\n')) {
            n = strcspn(p, "\n");
            if (*p == '!') { /* of YAML itself: the end */
                assert_int_equal(code, KPI_DATA);
                assert_string_equal(strchr(shown(&error), ':') + 1, p + 1);
            } else
                snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "goals.yaml:%.*s\n", (int)n,
                         p);
        }
        assert_string_equal(heard.text, expected);
        kpi_goals_free(goals);
    }
}

/* Without a report the first fault ends the work. */
static void test_first_fault(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        kpi_error error = {0};
        kpi_goals *goals;
        expect_ok(kpi_goals_new(&goals, 0, &error), &error);
        int code = kpi_goals_parse(goals, "goals.yaml", kpi_text_of(faults[i].yaml), NULL, &error);
        if (!code) code = kpi_goals_check(goals, NULL, &error);
        assert_int_equal(code, faults[i].faults ? KPI_DATA : KPI_OK);
        if (faults[i].faults) {
            char expected[512];
            snprintf(expected, sizeof expected, "goals.yaml:%.*s", (int)strcspn(faults[i].faults, "\n"),
                     faults[i].faults);
            assert_string_equal(shown(&error), expected);
        }
        kpi_goals_free(goals);
    }
}

/* ---- with a scheme ---- */

#define SCHEME "scheme: s\nmetrics: {up: {weight: 100}, down: {better: lower}}\n---\n" /* 3 lines */

static void test_scheme_faults(void **state) {
    (void)state;
    static const struct {
        const char *yaml, *fault;
    } cases[] = {
        {SCHEME "goals: 2026\ntargets: {a: {up: 1, down: 2}}\n", NULL},
        {SCHEME "goals: 2026\ntargets: {a: {left: 1}}\n", "goals.yaml:5:21: scheme 's' knows no metric 'left'"},
        {"goals: 2026\ntargets: {a: {left: 1}}\n---\n" SCHEME, "goals.yaml:2:21: scheme 's' knows no metric 'left'"},
        {SCHEME "goals: 2026\ntargets: {a: {up: {target: 1, baseline: 2}}}\n",
         "goals.yaml:5:19: from baseline to target is down, but better for 'up' is higher"},
        {SCHEME "goals: 2026\ntargets: {a: {down: {target: 2, baseline: 1}}}\n",
         "goals.yaml:5:21: from baseline to target is up, but better for 'down' is lower"},
        {SCHEME "goals: 2026\ntargets: {a: {up: {target: -10%, baseline: -1}}}\n", NULL}, /* -0.9 is above -1 */
        {SCHEME "goals: 2026\ntargets: {a: {up: {target: +10%, baseline: -1}}}\n",
         "goals.yaml:5:19: from baseline to target is down, but better for 'up' is higher"},
        {SCHEME "goals: 2026\ntargets: {a: {up: {target: 1, weight: 0.125}}}\n",
         "goals.yaml:5:19: a weight with more than 2 decimals (digits of the scheme)"},
        {SCHEME "goals: 2026\ntargets: {a: {up: {target: 3, baseline: 1}}}\n---\n"
                "revise: 2026/a/up\ntarget: 0\nreason: x\non: 2026-01-01\n",
         "goals.yaml:7:1: from baseline to target is down, but better for 'up' is higher"},
        {SCHEME "goals: 2026\ntargets: {a: {up: {target: 3, baseline: 1}}}\n---\n"
                "revise: 2026/a/up\ntarget: 5\nbaseline: 6\nreason: x\non: 2026-01-01\n",
         "goals.yaml:7:1: from baseline to target is down, but better for 'up' is higher"},
        {SCHEME "goals: 2026\ntargets: {a: {up: 3}}\n---\n"
                "revise: 2026/a/up\ntarget: 5\nweight: 0.125\nreason: x\non: 2026-01-01\n",
         "goals.yaml:7:1: a weight with more than 2 decimals (digits of the scheme)"},
        /* two schemes: the one that holds must know it; where none holds, any */
        {"scheme: a\nperiod: 2025\nmetrics: {x: {}}\n---\nscheme: b\nperiod: 2026\nmetrics: {y: {}}\n---\n"
         "goals: 2026-10\ntargets: {o: {x: 1}}\n",
         "goals.yaml:10:18: scheme 'b' knows no metric 'x'"},
        {"scheme: a\nperiod: 2025\nmetrics: {x: {}}\n---\nscheme: b\nperiod: 2026\nmetrics: {y: {}}\n---\n"
         "goals: 2026-10\ntargets: {o: {y: 1}}\n---\ngoals: 2024\ntargets: {o: {x: 1}}\n",
         NULL},
        {"scheme: a\nperiod: 2025\nmetrics: {x: {}}\n---\nscheme: b\nperiod: 2026\nmetrics: {y: {}}\n---\n"
         "goals: 2024\ntargets: {o: {z: 1}}\n",
         "goals.yaml:10:18: scheme 'a' knows no metric 'z'"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_error error = {0};
        kpi_goals *goals = goals_of(cases[i].yaml, false);
        int code = kpi_goals_check(goals, NULL, &error);
        assert_string_equal(code ? shown(&error) : "", cases[i].fault ? cases[i].fault : "");
        assert_int_equal(code, cases[i].fault ? KPI_DATA : KPI_OK);
        kpi_goals_free(goals);
    }
}

static void test_which_scheme(void **state) {
    (void)state;
    static const struct {
        const char *yaml, *period, *holds, *fault;
    } cases[] = {
        {"scheme: a\nmetrics: {x: {}}\n", "2030-W07", "a", NULL},
        {"scheme: a\nperiod: 2026\nmetrics: {x: {}}\n", "2026-10", "a", NULL},
        {"scheme: a\nperiod: 2026\nmetrics: {x: {}}\n", "2027-10", NULL, "no scheme holds for 2027-10"},
        {"scheme: a\nperiod: 2026\nmetrics: {x: {}}\n", "2026-12-31..2027-01-01", NULL,
         "no scheme holds for 2026-12-31..2027-01-01"},
        {"scheme: a\nperiod: 2026-H1\nmetrics: {x: {}}\n---\nscheme: b\nperiod: 2026-H2\nmetrics: {x: {}}\n", "2026-10",
         "b", NULL},
        {"scheme: a\nperiod: 2026-H1\nmetrics: {x: {}}\n---\nscheme: b\nperiod: 2026-H2\nmetrics: {x: {}}\n", "2026",
         NULL, "no scheme holds for 2026"},
        {"scheme: a\nperiod: 2026\nmetrics: {x: {}}\n---\nscheme: b\nperiod: 2026-H2\nmetrics: {x: {}}\n", "2026-10",
         NULL, "goals.yaml:5:1: scheme 'b' and scheme 'a' at goals.yaml:1:1 both hold for 2026-10"},
        {"scheme: a\nperiod: 2026\nmetrics: {x: {}}\n---\nscheme: b\nperiod: 2026-H2\nmetrics: {x: {}}\n", "2026-03",
         "a", NULL},
        {"scheme: a\nperiod: 2026\nmetrics: {x: {}}\n---\nscheme: b\nmetrics: {x: {}}\n", "2027", NULL,
         "goals.yaml:5:1: scheme 'b' has no period and is not the only one"},
        {"goals: 2026\ntargets: {a: {m: 1}}\n", "2026", NULL, "no scheme holds for 2026"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_error error = {0};
        const kpi_scheme *scheme = NULL;
        kpi_goals *goals = goals_of(cases[i].yaml, true);
        int code = kpi_goals_scheme(goals, period(cases[i].period), cases[i].period, &scheme, &error);
        assert_int_equal(code, cases[i].fault ? KPI_DATA : KPI_OK);
        if (cases[i].fault)
            assert_string_equal(shown(&error), cases[i].fault);
        else
            assert_string_equal(scheme->name, cases[i].holds);
        kpi_goals_free(goals);
    }
}

/* ---- ids ---- */

static void test_ids_with_slashes(void **state) {
    (void)state;
    kpi_goals *goals = goals_of("goals: 2026-10\n"
                                "targets:\n"
                                "  a: {b/d: 1, x: 2}\n"
                                "  a/b: {c: 3, /: 4, c/d/e: 5}\n"
                                "  /: {/: 6}\n"
                                "  '//': {m: 7}\n"
                                "---\n"
                                "goals: 2026-10-05\ntargets: {a/b: {c: 8}}\n"
                                "---\n"
                                "goal: 2026-10/a/zz/top\nowner: o\nmetric: m\nperiod: 2026-12\ntarget: 9\n"
                                "---\n"
                                "goal: free/id\nowner: 2026\nmetric: m\nperiod: 2026-12\ntarget: 10\n",
                                true);
    static const struct {
        const char *id, *target; /* NULL: none */
    } cases[] = {
        {"2026-10/a/x", "2"},
        {"2026-10/a/b/d", "1"},
        {"2026-10/a/b/c", "3"},
        {"2026-10/a/b/c/d/e", "5"},
        {"2026-10/a/b//", "4"},
        {"2026-10/////m", NULL},
        {"2026-10////m", "7"},
        {"2026-10////", "6"}, /* owner /, metric /: PERIOD / / / / */
        {"2026-10-05/a/b/c", "8"},
        {"2026-10-01..2026-10-31/a/x", NULL}, /* the same days, but the id has the period as written */
        {"2026-10/a/zz/top", "9"},
        {"free/id", "10"},
        {"2026-12/2026/m", NULL}, /* it has an id of its own */
        {"2026-12/o/m", NULL},
        {"2026-10/a", NULL},
        {"2026-10/a/", NULL},
        {"2026-10//x", NULL},
        {"2026-10", NULL},
        {"", NULL},
        {"/", NULL},
        {"/a/x", NULL},
        {"2026-11/a/x", NULL},
        {"2026-10/b/x", NULL},
        {"2026-10/a/xx", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_goal goal;
        bool found = kpi_goals_find(goals, kpi_text_of(cases[i].id), &goal);
        assert_int_equal(found, cases[i].target != NULL);
        if (found) {
            char id[64];
            expect_decimal(goal.set.target, cases[i].target);
            kpi_goal_id(&goal, id, sizeof id);
            assert_string_equal(id, cases[i].id);
        }
    }
    kpi_goals_free(goals);
}

/* ---- order ---- */

static void test_order(void **state) {
    (void)state;
    static const char *const documents[] = {
        "scheme: s\nmetrics: {z: {weight: 100}, y: {}, x: {}}\n",
        "goals: 2026-10\ntargets: {b: {x: 1, y: 2, z: 3}, B: {y: 4}}\n",
        "goals: 2026-Q4\ntargets: {a: {x: 5}}\n",
        "goals: 2026-10-01\ntargets: {张: {x: 6}, é: {x: 7}}\n",
        "goals: 2026-09\ntargets: {z: {x: 8}}\n",
        "goal: g\nowner: b\nmetric: x\nperiod: 2026-10-01..2026-10-30\ntarget: 9\n",
    };
    static const char expected[] = "2026-09/z/x: 8 from - weight -\n"
                                   "2026-10-01/é/x: 7 from - weight -\n" /* by bytes: C3, E5 */
                                   "2026-10-01/张/x: 6 from - weight -\n"
                                   "g: 9 from - weight -\n"
                                   "2026-10/B/y: 4 from - weight -\n"
                                   "2026-10/b/z: 3 from - weight -\n" /* metrics in the order of the scheme */
                                   "2026-10/b/y: 2 from - weight -\n"
                                   "2026-10/b/x: 1 from - weight -\n"
                                   "2026-Q4/a/x: 5 from - weight -\n";
    for (int round = 0; round < 50; round++) { /* in any order of documents */
        size_t order[COUNT(documents)];
        char yaml[2048] = "";
        for (size_t i = 0; i < COUNT(order); i++) {
            size_t j = random_below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        for (size_t i = 0; i < COUNT(order); i++) strcat(strcat(yaml, "---\n"), documents[order[i]]);
        kpi_goals *goals = goals_of(yaml, true);
        assert_string_equal(goals_text(goals), expected);
        kpi_goals_free(goals);
    }
    kpi_goals *goals = goals_of("goals: 2026\ntargets: {a: {z: 1, x: 2, é: 3, y: 4, X: 5}}\n", true); /* no scheme */
    assert_string_equal(goals_text(goals), "2026/a/X: 5 from - weight -\n2026/a/x: 2 from - weight -\n"
                                           "2026/a/y: 4 from - weight -\n2026/a/z: 1 from - weight -\n"
                                           "2026/a/é: 3 from - weight -\n");
    kpi_goals_free(goals);
}

/* Each goal by the scheme that holds for it, in the order of that one's metrics. */
static void test_two_schemes(void **state) {
    (void)state;
#define SCHEMES                                                                                \
    "scheme: one\nperiod: 2025\nmetrics: {x: {weight: 100}, w: {}, y: {better: lower}}\n---\n" \
    "scheme: two\nperiod: 2026\nmetrics: {y: {weight: 100}, v: {}, x: {better: lower}, w: {}}\n---\n"
    kpi_goals *goals = goals_of(SCHEMES "goals: 2025\ntargets: {a: {y: {target: 1, baseline: 2}, w: 1, x: 1}}\n---\n"
                                        "goals: 2026\ntargets: {a: {w: 1, x: {target: 1, baseline: 2}, y: 1, v: 1}}\n",
                                true);
    assert_string_equal(goals_text(goals), "2025/a/x: 1 from - weight -\n2025/a/w: 1 from - weight -\n"
                                           "2025/a/y: 1 from 2 weight -\n"
                                           "2026/a/y: 1 from - weight -\n2026/a/v: 1 from - weight -\n"
                                           "2026/a/x: 1 from 2 weight -\n2026/a/w: 1 from - weight -\n");
    kpi_goals_free(goals);
    kpi_error error = {0};
    goals = goals_of(SCHEMES "goals: 2026\ntargets: {a: {y: {target: 1, baseline: 2}}}\n", false);
    expect_failure(kpi_goals_check(goals, NULL, &error), KPI_DATA, &error,
                   "goals.yaml:10:18: from baseline to target is down, but better for 'y' is higher");
    kpi_goals_free(goals);
}

/* ---- revisions ---- */

static void test_revisions(void **state) {
    (void)state;
    kpi_goals *goals =
        goals_of("revise: g\ntarget: 20\nreason: second\non: 2026-10-12\nby: b\n---\n"
                 "goal: g\nowner: a\nmetric: m\nperiod: 2026-10\ntarget: 10\nbaseline: 4\nweight: 7\n---\n"
                 "revise: g\ntarget: +50%\nreason: equal days\non: 2026-10-12\n---\n"
                 "revise: g\ntarget: 30\nbaseline: 6\nreason: third\non: 2026-10-20\n---\n"
                 "revise: g\ntarget: +50%\nweight: 0\nreason: fourth\non: 2026-11-02\n",
                 true);
    static const struct {
        const char *as_of, *target, *value;
    } cases[] = {
        {"2026-01-01", "10 from 4 weight 7", "10"},
        {"2026-10-11", "10 from 4 weight 7", "10"},
        {"2026-10-12", "50% from 4 weight 7", "6"}, /* equal `on`: the later document */
        {"2026-10-19", "50% from 4 weight 7", "6"},
        {"2026-10-20", "30 from 6 weight 7", "30"},
        {"2026-11-01", "30 from 6 weight 7", "30"},
        {"2026-11-02", "50% from 6 weight 0", "9"}, /* what a revision does not say is as before */
        {"9999-12-31", "50% from 6 weight 0", "9"},
    };
    kpi_goal goal = kpi_goals_at(goals, 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const kpi_target *set = kpi_goal_on(&goal, day(cases[i].as_of));
        assert_string_equal(target_text(set), cases[i].target);
        expect_ratio(kpi_target_value(set), KPI_EXACT, cases[i].value);
    }
    const kpi_revision *first = goal.revision;
    assert_string_equal(first->by, "b");
    assert_string_equal(first->reason, "second");
    assert_true(first->place.line == 1 && first->on == day("2026-10-12"));
    assert_string_equal(first->next->by, "");
    assert_string_equal(first->next->reason, "equal days");
    kpi_goals_free(goals);
}

/* A fault in one revision leaves it out, and the others stay. */
static void test_revision_left_out(void **state) {
    (void)state;
    kpi_error error = {0};
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    kpi_goals *goals = goals_of(GOAL "revise: g\ntarget: 20\nreason: x\non: 2026-11-12\n---\n"
                                     "revise: g\ntarget: 30\nreason: x\non: 2026-11-11\n---\n"
                                     "revise: g\ntarget: 40\nreason: x\non: 2026-11-12\n",
                                false);
    expect_ok(kpi_goals_check(goals, &report, &error), &error);
    assert_string_equal(heard.text, "goals.yaml:13:1: a revision of 'g' dated before the one at goals.yaml:8:1\n");
    kpi_goal goal = kpi_goals_at(goals, 0);
    expect_ratio(kpi_target_value(kpi_goal_on(&goal, day("2026-11-30"))), KPI_EXACT, "40");
    assert_null(kpi_goals_at(goals, 0).revision->next->next);
    kpi_goals_free(goals);
}

/* ---- percent targets ---- */

/* By python3: Fraction(baseline) * (1 + Fraction(percent) / 100). */
static void test_percent_targets(void **state) {
    (void)state;
    static const struct {
        const char *baseline, *percent, *value;
    } cases[] = {
        {"400000", "+10", "440000"},
        {"400000", "-10", "360000"},
        {"0.000001", "+0.000001", "0.00000100000001"},
        {"3", "+33.333333", "3.99999999"},
        {"-4", "+25", "-5"},
        {"7", "-100", "0"},
        {"7", "-200", "-7"},
        {"123456.789012", "+12.345678", "138698.36665256090136"},
        {"999999999999999.999999", "-0.000001", "999999989999999.99999900000001"},
        {"1", "+99999999999999900", NULL}, /* too many digits */
        {"0.01", "+999999999999999", "100000000000.0099"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_error error = {0};
        kpi_goals *goals;
        char yaml[256];
        snprintf(yaml, sizeof yaml, "goals: 2026\ntargets: {a: {m: {target: %s%%, baseline: %s}}}\n", cases[i].percent,
                 cases[i].baseline);
        expect_ok(kpi_goals_new(&goals, 0, &error), &error);
        int code = kpi_goals_parse(goals, "f", kpi_text_of(yaml), NULL, &error);
        assert_int_equal(code, cases[i].value ? KPI_OK : KPI_DATA);
        if (!code) {
            expect_ok(kpi_goals_check(goals, NULL, &error), &error);
            kpi_goal goal = kpi_goals_at(goals, 0);
            expect_ratio(kpi_target_value(&goal.set), KPI_EXACT, cases[i].value);
        }
        kpi_goals_free(goals);
    }
}

/* Many goals, found by id again. */
static void test_many(void **state) {
    (void)state;
    enum { OWNERS = 500 };
    kpi_error error = {0};
    kpi_goals *goals;
    char line[128], *bytes = malloc(OWNERS * 200);
    size_t n = 0;
    assert_non_null(bytes);
    for (int i = 0; i < OWNERS; i++)
        for (int m = 0; m < 3; m++)
            n += (size_t)sprintf(bytes + n, "2026-%02d\to/%d\tm%d\t\t%d\t\n", 1 + i % 12, i, m, 1000 * m + i);
    expect_ok(kpi_goals_new(&goals, 0, &error), &error);
    expect_ok(kpi_goals_read(goals, temp_file("many", (kpi_text){bytes, n}), NULL, &error), &error);
    expect_ok(kpi_goals_check(goals, NULL, &error), &error);
    assert_int_equal(kpi_goals_size(goals), 3 * OWNERS);
    for (int i = 0; i < OWNERS; i++)
        for (int m = 0; m < 3; m++) {
            sprintf(line, "2026-%02d/o/%d/m%d", 1 + i % 12, i, m);
            kpi_goal goal = goal_found(goals, kpi_text_of(line));
            assert_true(goal.set.target == (1000 * m + i) * KPI_ONE);
        }
    kpi_goals_free(goals);
    free(bytes);
}

/* ---- ids that nobody knows ---- */

static const char *unknown(const kpi_goals *goals, const char *id) {
    static kpi_error error;
    kpi_goal goal;
    assert_int_equal(kpi_goals_get(goals, kpi_text_of(id), &goal, &error), KPI_DATA);
    return shown(&error);
}

static void test_nearest(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_goal goal;
    kpi_goals *goals = goals_of("goals: 2026-10\ntargets:\n  wang.li: {sales: 1, visits: 2}\n  张敏: {sales: 3}\n---\n"
                                "goal: east-key-accounts\nowner: o\nmetric: m\nperiod: 2026\ntarget: 1\n---\n"
                                "goal: ab\nowner: p\nmetric: m\nperiod: 2026\ntarget: 1\n---\n"
                                "goal: \"a\\\\b c\"\nowner: q\nmetric: m\nperiod: 2026\ntarget: 1\n",
                                true);
    expect_ok(kpi_goals_get(goals, TEXT("2026-10/张敏/sales"), &goal, &error), &error);
    assert_string_equal(goal.owner, "张敏");
    expect_ok(kpi_goals_get(goals, TEXT("ab"), &goal, &error), &error);
    assert_string_equal(goal.owner, "p");
    static const struct {
        const char *id, *text;
    } cases[] = {
        {"east-key-acounts", "unknown goal: 'east-key-acounts'; the nearest known one is 'east-key-accounts'"},
        {"2026-10/wang.li/visit",
         "unknown goal: '2026-10/wang.li/visit'; the nearest known one is '2026-10/wang.li/visits'"},
        {"2026-10/张明/sales", "unknown goal: '2026-10/张明/sales'; the nearest known one is '2026-10/张敏/sales'"},
        {"2026-11/wang.li/sales",
         "unknown goal: '2026-11/wang.li/sales'; the nearest known one is '2026-10/wang.li/sales'"},
        {"a\\\\b d", "unknown goal: 'a\\\\b d'; the nearest known one is 'a\\\\b c'"},
        {"ac", "unknown goal: 'ac'; the nearest known one is 'ab'"},
        {"b", "unknown goal: 'b'"},             /* of one letter nothing is left */
        {"north-accounts", "unknown goal: 'north-accounts'"}, /* 8 of 14 differ */
        {"", "unknown goal: ''"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) assert_string_equal(unknown(goals, cases[i].id), cases[i].text);
    char long_id[3000];
    memset(long_id, 'x', sizeof long_id - 1);
    long_id[sizeof long_id - 1] = 0;
    assert_null(strchr(unknown(goals, long_id), ';'));
    kpi_goals_free(goals);
}

/* References to unknown ids: what they may have meant is looked for a few times only, as each takes a look at all. */
static void test_hints(void **state) {
    (void)state;
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    kpi_error error = {0};
    char yaml[4096] = "goal: goal-one\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\nsupports: goal-on\n";
    for (int i = 0; i < 10; i++) strcat(yaml, "---\nreview: goal-two\non: 2026-01-01\n");
    kpi_goals *goals = goals_of(yaml, false);
    expect_ok(kpi_goals_check(goals, &report, &error), &error);
    assert_int_equal(heard.n, 11);
    size_t hints = 0;
    for (const char *p = heard.text; (p = strstr(p, "; the nearest known one is 'goal-one'\n")); p++) hints++;
    assert_int_equal(hints, 8);
    assert_non_null(strstr(heard.text, "goals.yaml:8:9: unknown goal: 'goal-two'; the nearest"));
    assert_non_null(strstr(heard.text, "goals.yaml:1:1: supports an unknown goal: 'goal-on'\n"));
    kpi_goals_free(goals);
    goals = goals_of("goal: goal-one\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\nsupports: goal-on\n", false);
    expect_failure(kpi_goals_check(goals, NULL, &error), KPI_DATA, &error,
                   "goals.yaml:1:1: supports an unknown goal: 'goal-on'; the nearest known one is 'goal-one'");
    kpi_goals_free(goals);
}

/* More may be read after a check, and is checked by another one. */
static void test_more_after_check(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_goals *goals = goals_of("goals: 2026\ntargets: {b: {m: 1}, d: {m: 4}}\n---\nrevise: 2026/b/m\ntarget: 2\n"
                                "reason: r\non: 2026-02-02\n",
                                true);
    expect_ok(kpi_goals_parse(goals, "more", TEXT("goal: g\nowner: a\nmetric: m\nperiod: 2026-01\ntarget: 5\n"
                                                  "supports: 2026/b/m\n---\ngoals: 2026\ntargets: {c: {m: 3}}\n"),
                              NULL, &error), &error);
    expect_ok(kpi_goals_check(goals, NULL, &error), &error);
    assert_string_equal(goals_text(goals), "g: 5 from - weight -\n2026/b/m: 1 from - weight -\n"
                                           "2026/c/m: 3 from - weight -\n2026/d/m: 4 from - weight -\n");
    assert_true(goal_found(goals, TEXT("2026/b/m")).revision->set.target == 2 * KPI_ONE);
    expect_ok(kpi_goals_parse(goals, "last", TEXT("goals: 2026\ntargets: {b: {m: 1}}\n"), NULL, &error), &error);
    expect_failure(kpi_goals_check(goals, NULL, &error), KPI_DATA, &error,
                   "last:2:18: a goal of 'b' for 'm' in 2026, set at goals.yaml:2:18 already");
    kpi_goals_free(goals);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compact),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_full_defaults),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_line_faults),
        cmocka_unit_test(test_not_lines),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_first_fault),
        cmocka_unit_test(test_scheme_faults),
        cmocka_unit_test(test_which_scheme),
        cmocka_unit_test(test_ids_with_slashes),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_two_schemes),
        cmocka_unit_test(test_revisions),
        cmocka_unit_test(test_revision_left_out),
        cmocka_unit_test(test_percent_targets),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_hints),
        cmocka_unit_test(test_more_after_check),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
