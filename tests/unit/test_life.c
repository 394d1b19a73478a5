/* test_life.c - life.c: what happened to a goal, in order. */
#include "unit.h"

static kpi_error error;

static const char *ratio_text(bool known, kpi_ratio value, char out[KPI_NUMBER_SIZE]) {
    *out = 0;
    if (known) kpi_ratio_format(value, KPI_EXACT, out);
    return out;
}

/* "DAY KIND BY [WHAT FROM>TO] WHY|NEXT", a line each; a day that is not known is -. */
static const char *life_of(const char *yaml, const char *id, const char *as_of) {
    static const char *const kinds[] = {"set", "agreed", "review", "revise"};
    static char text[8192];
    size_t n = 0;
    kpi_goals *goals = goals_of(yaml, true);
    kpi_goal goal;
    kpi_life *life;
    text[0] = 0;
    expect_ok(kpi_goals_get(goals, kpi_text_of(id), &goal, &error), &error);
    expect_ok(kpi_life_new(&life, &goal, as_of != NULL, as_of ? day(as_of) : 0, &error), &error);
    for (size_t i = 0; i < kpi_life_size(life); i++) {
        const kpi_event *e = kpi_life_at(life, i);
        char on[KPI_PERIOD_SIZE] = "-", number[2][KPI_NUMBER_SIZE];
        if (e->has_day) kpi_day_format(e->on, on);
        n += (size_t)snprintf(text + n, sizeof text - n, "%s %s %s [%s %s>%s] %s|%s\n", on, kinds[e->kind], e->by,
                              e->what, ratio_text(e->has_from, e->from, number[0]),
                              ratio_text(e->has_to, e->to, number[1]), e->why, e->next);
    }
    kpi_life_free(life);
    kpi_goals_free(goals);
    return text;
}

static const char yaml[] =
    "goals: 2026-10\ntargets:\n  a: {m: 5, n: {target: +10%, baseline: 50, weight: 20}}\n"
    "---\ngoal: g\nowner: b\nmetric: m\nperiod: 2026-10\ntarget: +10%\nbaseline: 200\nwhy: it counts\n"
    "set: 2026-09-20\nagreed: 2026-09-25\nreviews: [2026-10-10]\n"
    "---\nrevise: g\ntarget: 230\non: 2026-10-12\nby: zhang\nreason: first\n"
    "---\nrevise: g\ntarget: -5%\nbaseline: 400\nweight: 30\non: 2026-10-12\nreason: second\n"
    "---\nreview: g\non: 2026-10-12\nby: li\nsays: late\nnext: call\n"
    "---\nreview: g\non: 2026-10-09\nsays: early\n"
    "---\nrevise: g\ntarget: 380\non: 2026-11-03\nreason: third\n"
    "---\nrevise: 2026-10/a/m\ntarget: 6\nweight: 0\non: 2026-10-02\nreason: more\n";

static void test_life(void **state) {
    (void)state;
    assert_string_equal(life_of(yaml, "g", NULL), "2026-09-20 set  [target >220] it counts|\n"
                                                  "2026-09-20 set  [baseline >200] it counts|\n"
                                                  "2026-09-25 agreed  [ >] |\n"
                                                  "2026-10-09 review  [ >] early|\n"
                                                  "2026-10-12 review li [ >] late|call\n"
                                                  "2026-10-12 revise zhang [target 220>230] first|\n"
                                                  "2026-10-12 revise  [target 230>380] second|\n"
                                                  "2026-10-12 revise  [baseline 200>400] second|\n"
                                                  "2026-10-12 revise  [weight >30] second|\n"
                                                  "2026-11-03 revise  [target 380>380] third|\n");
}

static void test_days(void **state) {
    (void)state;
    assert_string_equal(life_of(yaml, "g", "2026-09-19"), "");
    assert_string_equal(life_of(yaml, "g", "2026-09-24"), "2026-09-20 set  [target >220] it counts|\n"
                                                          "2026-09-20 set  [baseline >200] it counts|\n");
    assert_string_equal(life_of(yaml, "g", "2026-10-11"), "2026-09-20 set  [target >220] it counts|\n"
                                                          "2026-09-20 set  [baseline >200] it counts|\n"
                                                          "2026-09-25 agreed  [ >] |\n"
                                                          "2026-10-09 review  [ >] early|\n");
}

static void test_compact(void **state) {
    (void)state;
    assert_string_equal(life_of(yaml, "2026-10/a/m", NULL), "- set  [target >5] |\n"
                                                            "2026-10-02 revise  [target 5>6] more|\n"
                                                            "2026-10-02 revise  [weight >0] more|\n");
    assert_string_equal(life_of(yaml, "2026-10/a/m", "2026-10-01"), "- set  [target >5] |\n");
    assert_string_equal(life_of(yaml, "2026-10/a/n", NULL),
                        "- set  [target >55] |\n- set  [baseline >50] |\n- set  [weight >20] |\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_life), cmocka_unit_test(test_days),
                                       cmocka_unit_test(test_compact)};
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
