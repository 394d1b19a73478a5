/* test_team.c - team.c: scores of teams, "RANK TEAM SCORE GRADE" by rank, and below it the lines of each. */
#include "unit.h"

struct result {
    char text[8192];
    size_t used;
};

static void put(struct result *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct result *r, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    r->used += (size_t)vsnprintf(r->text + r->used, sizeof r->text - r->used, format, arguments);
    va_end(arguments);
    assert_true(r->used < sizeof r->text);
}

static const char *text_of(kpi_ratio value, int digits) {
    static char text[8][KPI_NUMBER_SIZE];
    static unsigned turn;
    char *out = text[turn++ % COUNT(text)];
    kpi_ratio_format(value, digits, out);
    return out;
}

static const char *decimal(kpi_decimal value, int digits) { return text_of((kpi_ratio){value, 1}, digits); }

static void put_teams(struct result *r, const kpi_teams *teams) {
    for (size_t i = 0; i < kpi_teams_size(teams); i++) {
        kpi_scored s = kpi_teams_ranked(teams, i);
        const char *score = s.has_score ? decimal(s.score, 2) : "-";
        put(r, "%llu %s %s %s\n", (unsigned long long)s.rank, s.owner, score, s.grade);
        for (size_t k = 0; k < s.details; k++) {
            const kpi_detail *d = &s.detail[k];
            put(r, "  %s %s %s %s %s %s %s\n", d->metric->name, decimal(d->weight, KPI_EXACT),
                d->averaged ? "-" : text_of(d->target, d->target_rounds ? 2 : KPI_EXACT),
                d->averaged || !d->has_actual ? "-" : text_of(d->actual, d->actual_rounds ? 2 : KPI_EXACT),
                d->has_actual ? decimal(d->attainment, 4) : "-", d->skipped ? "-" : decimal(d->credit, 4),
                d->skipped ? "-" : decimal(d->points, 2));
        }
        if (i) assert_true(strcmp(kpi_teams_at(teams, i - 1).owner, kpi_teams_at(teams, i).owner) < 0);
    }
}

static int teams_of(const char *yaml, const char *managers, const char *lines, struct result *r) {
    kpi_error error = {0};
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    kpi_goals *goals = goals_of(yaml, true);
    kpi_book *book;
    kpi_measures *measures;
    kpi_scores *scores;
    kpi_teams *teams = NULL;
    expect_ok(kpi_book_new(&book, KPI_MANAGER, &error), &error);
    expect_ok(kpi_book_read(book, temp_file("book", kpi_text_of(managers)), NULL, &error), &error);
    kpi_score_options options = {.period = period("2026-10"), .period_text = "2026-10", .managers = book};
    expect_ok(kpi_measures_new(&measures, goals, options.period, "2026-10", 0, &error), &error);
    expect_ok(kpi_measures_read(measures, temp_file("m", kpi_text_of(lines)), NULL, &error), &error);
    expect_ok(kpi_score(&scores, goals, measures, &options, NULL, &error), &error);
    int code = kpi_teams_new(&teams, scores, &report, &error);
    r->used = 0;
    if (code) put(r, "%s\n", shown(&error));
    else put_teams(r, teams);
    put(r, "%s", heard.text);
    kpi_teams_free(teams);
    kpi_scores_free(scores);
    kpi_measures_free(measures);
    kpi_book_free(book);
    kpi_goals_free(goals);
    return code;
}

static void expect(const char *yaml, const char *managers, const char *lines, const char *expected) {
    struct result r;
    teams_of(yaml, managers, lines, &r);
    assert_string_equal(r.text, expected);
}

#define GOALS "---\ngoals: 2026-10\ntargets: "

/* Sums: 50 + 30 of 100 + 60. Means: of 1/2 and 1/3, 5/12. Weights 60 40 and 50 50: 55 45. */
static void test_both_kinds(void **state) {
    (void)state;
    expect("scheme: s\nmetrics: {a: {weight: 60}, b: {weight: 40, take: mean}}\nroles: {r: {a: 50, b: 50}}\n"
           "grades: [{grade: A, top: 50}, {grade: B, from: 100}]\n" GOALS
           "{x: {a: 100, b: 2}, y: {a: 60, b: 3}, z: {a: 1, b: 1}, u: {a: 1, b: 1}, v: {a: 1, b: 1}}\n",
           "x\t\tT\tr\t\t\ny\t\tT\t\t\t\nz\t\tS\t\t\t\nu\t\t\t\t\t\nv\t\tR\t\t\t2026-09-30\nv\t\tS\t\t2026-10-31\t\n",
           "2026-10\tx\ta\t50\n2026-10\ty\ta\t30\n2026-10\tx\tb\t1\n2026-10\ty\tb\t1\n2026-10\tz\ta\t1\n"
           "2026-10\tv\ta\t1\n",
           "1 S 60.00 A\n  a 60 2 2 1.0000 1.0000 60.00\n  b 40 - - - 0.0000 0.00\n"
           "2 T 46.25 \n  a 55 160 80 0.5000 0.5000 27.50\n  b 45 - - 0.4167 0.4167 18.75\n"
           "warning: 'u' is in no team in 2026-10\n");
}

/* Three weights of 1/3 each: 33.34 33.33 33.33 in the order of the scheme. */
static void test_weights(void **state) {
    (void)state;
    expect("scheme: s\nmetrics: {a: {weight: 100}, b: {}, c: {}}\nroles: {q: {b: 100}, r: {c: 100}}\n" GOALS
           "{x: {a: 1}, y: {b: 1}, z: {c: 1}}\n",
           "x\t\tT\t\t\t\ny\t\tT\tq\t\t\nz\t\tT\tr\t\t\n", "2026-10\tx\ta\t1\n2026-10\ty\tb\t1\n",
           "1 T 66.67 \n  a 33.34 1 1 1.0000 1.0000 33.34\n  b 33.33 1 1 1.0000 1.0000 33.33\n"
           "  c 33.33 1 - - 0.0000 0.00\n");
}

/* a: x is at 8 of 10 from 0, y stands at its 20 to 30: 28 - 20 of 40 - 20. b, lower: 3 of 5, and y at 2 x 4: 11 of 9
 * from 18. c: 1/2 of x, and 0 of y, as missing is none. d: 1/2 of x, y skips it. */
static void test_missing(void **state) {
    (void)state;
    expect("scheme: s\nmetrics: {a: {weight: 25}, b: {weight: 25, better: lower}, c: {weight: 25, take: last}, "
           "d: {weight: 25, take: max, missing: skip}}\n" GOALS
           "{x: {a: 10, b: 5, c: 2, d: 4}, y: {a: {target: 30, baseline: 20}, b: 4, c: 2, d: 4}}\n",
           "x\t\tT\t\t\t\ny\t\tT\t\t\t\n", "2026-10\tx\ta\t8\n2026-10\tx\tb\t3\n2026-10\tx\tc\t1\n2026-10\tx\td\t2\n",
           "1 T 48.19 \n  a 25 40 28 0.4000 0.4000 10.00\n  b 25 9 11 0.7778 0.7778 19.44\n"
           "  c 25 - - 0.2500 0.2500 6.25\n  d 25 - - 0.5000 0.5000 12.50\n");
}

/* All skip it: the others have its weight; all skip all: no score. */
static void test_skipped(void **state) {
    (void)state;
    expect("scheme: s\nmetrics: {a: {weight: 50, missing: skip}, b: {weight: 50, missing: skip, take: mean}}\n" GOALS
           "{x: {a: 2, b: 2}, y: {a: 2, b: 2}, z: {a: 1, b: 1}}\n",
           "x\t\tT\t\t\t\ny\t\tT\t\t\t\nz\t\tA\t\t\t\n", "2026-10\tx\ta\t1\n",
           "1 T 50.00 \n  a 100 2 1 0.5000 0.5000 50.00\n  b 0 - - - - -\n"
           "0 A - \n  a 0 0 - - - -\n  b 0 - - - - -\n");
}

/* 31 of 62 prorated: 10 + 31 = 41, and the one of 10 days stands at 5 x 10/31. */
static void test_prorated(void **state) {
    (void)state;
    expect("scheme: s\nmetrics: {a: {weight: 100, prorate: true}}\n" GOALS
           "{x: {a: {target: 31, baseline: 5}}, y: {a: 31}}\n",
           "x\t\tT\t\t2026-10-22\t\ny\t\tT\t\t\t\n", "2026-10\ty\ta\t15\n",
           "1 T 38.08 \n  a 100 41.00 16.61 0.3808 0.3808 38.08\n"); /* 15 / (41 - 50/31) */
}

/* Means of many: targets 1 .. 300 with actual 1 have the harmonic number of 300 / 300; the least common multiple of
 * that many has 420 bits. Of 1000 it would be too large. */
static int many(int n, struct result *r) {
    kpi__buffer yaml = {0}, book = {0}, lines = {0};
    kpi__buffer_put(&yaml, "scheme: s\nmetrics: {a: {weight: 100, take: mean}}\n" GOALS "\n");
    for (int i = 1; i <= n; i++) {
        kpi__buffer_print(&yaml, "  m%d: {a: %d}\n", i, i);
        kpi__buffer_print(&book, "m%d\t\tT\t\t\t\n", i);
        kpi__buffer_print(&lines, "2026-10\tm%d\ta\t1\n", i);
    }
    int code = teams_of(yaml.ptr, book.ptr, lines.ptr, r);
    free(yaml.ptr);
    free(book.ptr);
    free(lines.ptr);
    return code;
}

static void test_many(void **state) {
    (void)state;
    struct result r;
    assert_int_equal(many(300, &r), KPI_OK);
    assert_string_equal(r.text, "1 T 2.09 \n  a 100 - - 0.0209 0.0209 2.09\n"); /* 6.28266... / 300 */
    assert_int_equal(many(1000, &r), KPI_DATA);
    assert_string_equal(r.text, "'a' for team 'T' in 2026-10: its members' figures are out of range together\n");
}

static void test_no_book(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_goals *goals = goals_of("scheme: s\nmetrics: {a: {weight: 100}}\n" GOALS "{x: {a: 1}}\n", true);
    kpi_measures *measures;
    kpi_scores *scores;
    kpi_teams *teams;
    kpi_score_options options = {.period = period("2026-10"), .period_text = "2026-10"};
    expect_ok(kpi_measures_new(&measures, goals, options.period, "2026-10", 0, &error), &error);
    expect_ok(kpi_score(&scores, goals, measures, &options, NULL, &error), &error);
    expect_failure(kpi_teams_new(&teams, scores, NULL, &error), KPI_USAGE, &error,
                   "teams need a book of managers (-M)");
    kpi_teams_free(NULL);
    kpi_scores_free(scores);
    kpi_measures_free(measures);
    kpi_goals_free(goals);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_kinds), cmocka_unit_test(test_weights),  cmocka_unit_test(test_missing),
        cmocka_unit_test(test_skipped),    cmocka_unit_test(test_prorated), cmocka_unit_test(test_many),
        cmocka_unit_test(test_no_book),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
