/* test_parts.c - parts.c: goals taken apart by periods, owners, days and history. Wanted values by hand. */
#include "unit.h"

static kpi_error error;

/* The options as they were handed in. */
typedef struct how {
    const char *unit;                      /* of "day", ...; NULL: not into units */
    const char *owners, *shares, *history; /* blanks between; history: lines */
    bool days;
    int digits; /* < 0: the whole's own */
    const char *as_of;
} how;

static kpi_parts_options options_of(const how *h, const char **name, kpi_decimal *share) {
    static const char *const units[] = {"day", "week", "month", "quarter", "half", "year"};
    static char copy[2][512];
    kpi_parts_options o = {.days = h->days,
                           .history = h->history != NULL,
                           .has_digits = h->digits >= 0,
                           .digits = h->digits,
                           .has_as_of = h->as_of != NULL};
    snprintf(copy[0], sizeof copy[0], "%s", h->owners ? h->owners : "");
    snprintf(copy[1], sizeof copy[1], "%s", h->shares ? h->shares : "");
    char *rest;
    for (char *p = strtok_r(copy[0], " ", &rest); p; p = strtok_r(NULL, " ", &rest)) name[o.owners.n++] = p;
    size_t n = 0;
    for (char *p = strtok_r(copy[1], " ", &rest); p; p = strtok_r(NULL, " ", &rest)) share[n++] = number(p);
    o.owners.name = name;
    o.share = h->shares ? share : NULL;
    if (h->as_of) o.as_of = day(h->as_of);
    for (size_t i = 0; h->unit && i < COUNT(units); i++)
        if (!strcmp(units[i], h->unit)) o.into = true, o.unit = (enum kpi_unit)i;
    return o;
}

static int measure_all(kpi_parts *parts, const char *lines) {
    kpi_reader *reader;
    kpi_line line;
    int code;
    expect_ok(kpi__reader_memory(&reader, "history", kpi_text_of(lines), &error), &error);
    while (!(code = kpi_reader_record(reader, kpi_record_of(KPI_MEASURE), &line, NULL, &error)))
        if ((code = kpi_parts_measure(parts, &line, &error))) break;
    kpi_reader_free(reader);
    return code == KPI_NO ? KPI_OK : code;
}

/* "PERIOD OWNER TARGET [from BASELINE] [weight WEIGHT]; ...", or what is wrong; behind it what was warned of. */
static const char *split(const char *yaml, const char *id, how h) {
    static char text[8192];
    const char *name[16];
    kpi_decimal share[16];
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    kpi_goals *goals = goals_of(yaml, true);
    kpi_goal goal;
    kpi_parts *parts = NULL;
    kpi_parts_options o = options_of(&h, name, share);
    expect_ok(kpi_goals_get(goals, kpi_text_of(id), &goal, &error), &error);
    int code = kpi_parts_new(&parts, goals, &goal, &o, &error);
    if (!code && h.history) code = measure_all(parts, h.history);
    if (!code) code = kpi_parts_split(parts, &report, &error);
    size_t n =
        (size_t)snprintf(text, sizeof text, "%s%s", code ? shown(&error) : "", code == KPI_USAGE ? " (usage)" : "");
    for (size_t i = 0; !code && i < kpi_parts_size(parts); i++) {
        kpi_part part = kpi_parts_at(parts, i);
        char number[3][KPI_NUMBER_SIZE];
        assert_false(part.set.percent);
        kpi_period days = period(part.period_text);
        assert_true(kpi_period_same(days, part.period));
        kpi_decimal_format(part.set.target, KPI_EXACT, number[0]);
        kpi_decimal_format(part.set.baseline, KPI_EXACT, number[1]);
        kpi_decimal_format(part.set.weight, KPI_EXACT, number[2]);
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s %s %s", i ? "; " : "", part.period_text, part.owner,
                              number[0]);
        if (part.set.has_baseline) n += (size_t)snprintf(text + n, sizeof text - n, " from %s", number[1]);
        if (part.set.has_weight) n += (size_t)snprintf(text + n, sizeof text - n, " weight %s", number[2]);
    }
    if (heard.n) snprintf(text + n, sizeof text - n, "\n%s", heard.text);
    kpi_parts_free(parts);
    kpi_goals_free(goals);
    return text;
}

#define SCHEME                                                                                                        \
    "scheme: s\nperiod: 2026\nmetrics: {m: {weight: 60}, calls: {weight: 40, take: count}, nps: {take: last}, cost: " \
    "{better: lower}}\n---\n"
#define YEAR "goal: y\nowner: east\nmetric: m\nperiod: 2026\n" /* and a target */

static void test_periods(void **state) {
    (void)state;
    const how quarters = {.unit = "quarter", .digits = -1}, days = {.unit = "quarter", .days = true, .digits = -1};
    assert_string_equal(split(YEAR "target: 1002\n", "y", quarters),
                        "2026-Q1 east 251; 2026-Q2 east 251; 2026-Q3 east 250; 2026-Q4 east 250");
    /* 90, 91, 92 and 92 of 365 days: 24.66, 24.93, 25.21, 25.21 */
    assert_string_equal(split(YEAR "target: 100\n", "y", days),
                        "2026-Q1 east 25; 2026-Q2 east 25; 2026-Q3 east 25; 2026-Q4 east 25");
    assert_string_equal(split(YEAR "target: 365\nweight: 40.5\n", "y", days),
                        "2026-Q1 east 90 weight 40.5; 2026-Q2 east 91 weight 40.5; 2026-Q3 east 92 weight 40.5; "
                        "2026-Q4 east 92 weight 40.5");
    /* 2026-10 in weeks: 4, 7, 7, 7 and 6 days of 31 */
    assert_string_equal(split("goals: 2026-10\ntargets: {a: {m: 3.1}}\n", "2026-10/a/m",
                              (how){.unit = "week", .days = true, .digits = -1}),
                        "2026-10-01..2026-10-04 a 0.4; 2026-W41 a 0.7; 2026-W42 a 0.7; 2026-W43 a 0.7; "
                        "2026-10-26..2026-10-31 a 0.6");
    assert_string_equal(
        split("goals: 2026-10\ntargets: {a: {m: 3.1}}\n", "2026-10/a/m", (how){.unit = "month", .digits = -1}),
        "goals.yaml:2:18: 2026-10 is not longer than that: nothing to split");
}

static void test_baselines(void **state) {
    (void)state;
    const how halves = {.unit = "half", .digits = -1};
    assert_string_equal(split(YEAR "target: +10%\nbaseline: 1001\n", "y", halves), /* 1101.1 */
                        "2026-H1 east 550.6 from 501; 2026-H2 east 550.5 from 500");
    assert_string_equal(split(YEAR "target: -5\nbaseline: -10.5\n", "y", halves),
                        "2026-H1 east -3 from -5.3; 2026-H2 east -2 from -5.2");
    assert_string_equal(split(YEAR "target: -12.5%\nbaseline: 0.8\n", "y", halves), /* 0.7 */
                        "goals.yaml:1:1: too few decimals: the target of 'east' in 2026-H1 would be 0.4, its "
                        "baseline 0.4");
    assert_string_equal(split(YEAR "target: -12.5%\nbaseline: 0.8\n", "y", (how){.unit = "half", .digits = 2}),
                        "2026-H1 east 0.35 from 0.4; 2026-H2 east 0.35 from 0.4");
    assert_string_equal(split(YEAR "target: 2\nbaseline: 1\n", "y", halves),
                        "goals.yaml:1:1: too few decimals: the target of 'east' in 2026-H1 would be 1, its baseline 1");
    assert_string_equal(split(YEAR "target: +0.000001%\nbaseline: 1\n", "y", halves),
                        "goals.yaml:1:1: a target with more than 6 decimals");
    /* a part of nothing needs no baseline */
    assert_string_equal(split(YEAR "target: 5\nbaseline: 2\n", "y",
                              (how){.owners = "a b", .history = "2025-03\ta\tm\t9\n", .digits = -1}),
                        "2026 a 5 from 2; 2026 b 0\n"
                        "warning: goals.yaml:1:1: 1 part is 0, as nothing was measured a year before, this one: "
                        "2026 for 'b'\n");
}

static void test_revised(void **state) {
    (void)state;
    static const char yaml[] = YEAR "target: 100\n---\nrevise: y\ntarget: 200\nweight: 5\nreason: r\non: 2026-05-01\n";
    assert_string_equal(split(yaml, "y", (how){.unit = "half", .digits = -1}),
                        "2026-H1 east 100 weight 5; 2026-H2 east 100 weight 5");
    assert_string_equal(split(yaml, "y", (how){.unit = "half", .digits = -1, .as_of = "2026-04-30"}),
                        "2026-H1 east 50; 2026-H2 east 50");
}

static void test_owners(void **state) {
    (void)state;
    static const char yaml[] = YEAR "target: 100\nweight: 7\n";
    assert_string_equal(split(yaml, "y", (how){.owners = "a b c", .digits = -1}), "2026 a 34; 2026 b 33; 2026 c 33");
    assert_string_equal(split(yaml, "y", (how){.owners = "a b c", .shares = "1 2 0.5", .digits = 1}),
                        "2026 a 28.6; 2026 b 57.1; 2026 c 14.3"); /* 28.571, 57.143, 14.286 */
    /* both: one split over all, so that each part is within a unit of 8.33 and 16.67 */
    assert_string_equal(split(yaml, "y", (how){.unit = "quarter", .owners = "a b", .shares = "1 2", .digits = -1}),
                        "2026-Q1 a 8; 2026-Q1 b 17; 2026-Q2 a 8; 2026-Q2 b 17; 2026-Q3 a 8; 2026-Q3 b 17; "
                        "2026-Q4 a 8; 2026-Q4 b 17");
    assert_string_equal(split(yaml, "y", (how){.unit = "half", .owners = "a b", .days = true, .digits = 2}),
                        "2026-H1 a 24.79; 2026-H1 b 24.79; 2026-H2 a 25.21; 2026-H2 b 25.21"); /* .7945, .2055 */
}

static void test_history(void **state) {
    (void)state;
    static const char yaml[] = SCHEME YEAR "target: 100\n---\ngoals: 2026-W45\ntargets: {a: {m: 70, calls: 7}}\n";
    assert_string_equal(
        split(yaml, "y",
              (how){.unit = "quarter",
                    .digits = -1,
                    .history = "2025-01\teast\tm\t10\n2025-02\teast\tm\t5.5\n2025-Q2\teast\tm\t15\n"
                               "2025-07-01\teast\tm\t20\n2025-08\teast\tm\t-1\n2025-12-31\teast\tm\t0.5\n"
                               "2024-12\teast\tm\t900\n2026-01\teast\tm\t900\n2025-01\twest\tm\t900\n"
                               "2025-01\teast\tn\t900\n"}), /* 15.5, 15, 19 and 0.5 of 50 */
        "2026-Q1 east 31; 2026-Q2 east 30; 2026-Q3 east 38; 2026-Q4 east 1");
    /* of each owner, by cell; or of the goal's own, times the shares */
    assert_string_equal(split(yaml, "y",
                              (how){.unit = "half",
                                    .owners = "a b",
                                    .digits = -1,
                                    .history = "2025-01\ta\tm\t1\n2025-09\ta\tm\t2\n2025-01\tb\tm\t3\n"
                                               "2025-12\tb\tm\t4\n2025-12\teast\tm\t99\n"}),
                        "2026-H1 a 10; 2026-H1 b 30; 2026-H2 a 20; 2026-H2 b 40");
    assert_string_equal(split(yaml, "y",
                              (how){.unit = "half",
                                    .owners = "a b",
                                    .shares = "1 3",
                                    .digits = -1,
                                    .history = "2025-01\teast\tm\t2\n2025-09\teast\tm\t3\n2025-01\tb\tm\t9\n"}),
                        "2026-H1 a 10; 2026-H1 b 30; 2026-H2 a 15; 2026-H2 b 45");
    /* weeks and their days are compared with those 52 weeks before: 2025-11-03 to 09; calls are counted */
    assert_string_equal(
        split(yaml, "2026-W45/a/calls",
              (how){.unit = "day",
                    .digits = -1,
                    .history = "2025-11-03\ta\tcalls\t50\n2025-11-03\ta\tcalls\t50\n2025-11-05\ta\tcalls\t0\n"
                               "2025-11-06\ta\tcalls\t-1\n2025-11-07\ta\tcalls\t1\n2025-11-08\ta\tcalls\t1\n"
                               "2025-11-09\ta\tcalls\t1\n"}),
        "2026-11-02 a 2; 2026-11-03 a 0; 2026-11-04 a 1; 2026-11-05 a 1; 2026-11-06 a 1; "
        "2026-11-07 a 1; 2026-11-08 a 1\n"
        "warning: goals.yaml:12:29: 1 part is 0, as nothing was measured a year before, this one: "
        "2026-11-03 for 'a'\n");
    assert_string_equal(split(yaml, "2026-W45/a/m",
                              (how){.owners = "b c",
                                    .digits = -1,
                                    .history = "2025-W45\tb\tm\t6\n2025-11-09\tc\tm\t1\n2025-11-10\tc\tm\t99\n"}),
                        "2026-W45 b 60; 2026-W45 c 10");
}

static void test_history_faults(void **state) {
    (void)state;
    static const char yaml[] = YEAR "target: 100\n";
    const how months = {.unit = "half", .digits = -1, .history = ""};
    how h = months;
    assert_string_equal(split(yaml, "y", h), "goals.yaml:1:1: nothing of 'm' was measured a year before");
    h.history = "2025-01\teast\tm\t5\n2025-08\teast\tm\t-0.5\n";
    assert_string_equal(split(yaml, "y", h),
                        "goals.yaml:1:1: a share below 0: -0.5 was measured of 'east' a year before 2026-H2");
    h.history = "2025-01\teast\tm\t5\n2025\teast\tm\t70\n2024-12-15..2025-01-15\teast\tm\t70\n2023\teast\tm\t70\n"
                "2025-10\teast\tm\t15\n";
    assert_string_equal(
        split(yaml, "y", h),
        "2026-H1 east 25; 2026-H2 east 75\n"
        "warning: goals.yaml:1:1: 2 measures of a year before lie in no part as a whole and are left out\n");
}

static void test_misuse(void **state) {
    (void)state;
    static const char yaml[] = SCHEME YEAR "target: 100\n---\ngoals: 2026\ntargets: {a: {nps: 50, cost: 9}}\n---\n"
                                           "goals: 2025\ntargets: {a: {nps: 50}}\n";
    assert_string_equal(split(yaml, "y", (how){.digits = -1}), "neither units nor owners to split among (usage)");
    assert_string_equal(split(yaml, "y", (how){.owners = "a", .days = true, .digits = -1}),
                        "days are shares of units only (usage)");
    assert_string_equal(split(yaml, "y", (how){.unit = "month", .days = true, .history = "", .digits = -1}),
                        "both days and history as shares (usage)");
    assert_string_equal(split(yaml, "y", (how){.owners = "a", .shares = "1", .history = "", .digits = -1}),
                        "both history and shares of owners, and no units (usage)");
    assert_string_equal(split(yaml, "2026/a/nps", (how){.unit = "half", .digits = -1}),
                        "goals.yaml:12:20: 'nps' is neither a sum nor a count: parts of it do not add up");
    assert_string_equal(split(yaml, "2026/a/cost", (how){.unit = "half", .digits = -1}), "2026-H1 a 5; 2026-H2 a 4");
    assert_string_equal(split(yaml, "2025/a/nps", (how){.unit = "half", .digits = -1}), /* before the scheme holds */
                        "2025-H1 a 25; 2025-H2 a 25");
    assert_string_equal(split(yaml, "y", (how){.owners = "a b", .shares = "0.5 -0.5", .digits = -1}),
                        "goals.yaml:5:1: a share below 0");
    assert_string_equal(split(YEAR "target: 0.5\n", "y", (how){.unit = "half", .digits = 0}),
                        "goals.yaml:1:1: 0.5 has more decimals than 0");
    how h = {.unit = "half",
             .owners = "a b",
             .shares = "999999999999999 999999999999999",
             .digits = -1,
             .history = "2025-01\teast\tm\t999999999999999\n"};
    assert_string_equal(split(yaml, "y", h),
                        "goals.yaml:5:1: the shares are out of range\n"
                        "warning: goals.yaml:5:1: 1 part is 0, as nothing was measured a year before, this one: "
                        "2026-H2 for 'east'\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_periods), cmocka_unit_test(test_baselines), cmocka_unit_test(test_revised),
        cmocka_unit_test(test_owners),  cmocka_unit_test(test_history),   cmocka_unit_test(test_history_faults),
        cmocka_unit_test(test_misuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
