/* test_score.c - score.c: goals and measures to scores, ranks and grades; whole results as texts, worked out by hand.
 *
 * A result has a line per owner, by rank, "RANK OWNER SCORE GRADE", and below it one per detail:
 * "  METRIC weight TARGET actual attainment credit points" (- for what is not known) or "  adjust|gate METRIC actual
 * change"; then the warnings. A failure is its message alone. */
#include "unit.h"

struct world {
    const char *asked, *yaml, *managers, *measures, *as_of; /* managers, as_of: NULL for none */
};

struct result {
    char text[32768];
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

static void put_detail(struct result *r, const kpi_goals *goals, const kpi_detail *d) {
    const char *actual = d->has_actual ? text_of(d->actual, d->actual_rounds ? 2 : KPI_EXACT) : "-";
    const char *points = text_of((kpi_ratio){d->points, 1}, KPI_EXACT);
    if (d->kind != KPI_DETAIL_METRIC) {
        put(r, "  %s %s %s %s\n", d->kind == KPI_DETAIL_GATE ? "gate" : "adjust", d->metric->name, actual, points);
        return;
    }
    assert_null(d->rule);
    assert_string_equal(kpi_goals_at(goals, d->goal).metric, d->metric->name);
    put(r, "  %s %s %s %s %s %s %s\n", d->metric->name, text_of((kpi_ratio){d->weight, 1}, KPI_EXACT),
        text_of(d->target, d->target_rounds ? 2 : KPI_EXACT), actual,
        d->has_actual ? text_of((kpi_ratio){d->attainment, 1}, 4) : "-",
        d->skipped ? "-" : text_of((kpi_ratio){d->credit, 1}, 4), d->skipped ? "-" : points);
}

/* The sheet of owner i leads to the same score and lines. */
static void score_again(const kpi_scores *scores, size_t i) {
    const kpi_scheme *scheme = kpi_scores_scheme(scores);
    kpi_sheet_row row[64];
    kpi_detail detail[64];
    kpi_sheet sheet;
    kpi_error error = {0};
    kpi_scored again, first = kpi_scores_at(scores, i);
    if (scheme->metrics > COUNT(row) || scheme->metrics + scheme->adjusts + 1 > COUNT(detail)) return;
    expect_ok(kpi_scores_sheet(scores, i, &sheet, row, &error), &error);
    expect_ok(kpi_sheet_score(&sheet, detail, &again, &error), &error);
    assert_string_equal(sheet.owner, first.owner);
    assert_true(again.has_score == first.has_score && again.score == first.score);
    if (!first.details) return;
    assert_int_equal(again.details, first.details);
    for (size_t k = 0; k < again.details; k++) {
        const kpi_detail *a = &first.detail[k], *b = &again.detail[k];
        assert_true(a->kind == b->kind && a->metric == b->metric && a->rule == b->rule && a->points == b->points &&
                    a->credit == b->credit && a->weight == b->weight && a->skipped == b->skipped);
    }
    for (size_t k = 0; k < kpi_scores_size(scores); k++)
        if (kpi_scores_order(scores, k) == i) assert_ptr_equal(kpi_scores_ranked(scores, k).owner, first.owner);
}

static void put_scores(struct result *r, const kpi_goals *goals, const kpi_scores *scores) {
    for (size_t i = 0; i < kpi_scores_size(scores); i++) {
        kpi_scored scored = kpi_scores_ranked(scores, i), *s = &scored;
        kpi_decimal sum = 0;
        if (s->has_score)
            put(r, "%llu %s %s %s\n", (unsigned long long)s->rank, s->owner,
                text_of((kpi_ratio){s->score, 1}, KPI_EXACT), s->grade);
        else
            put(r, "- %s - %s\n", s->owner, s->grade);
        for (size_t k = 0; k < s->details; k++) {
            put_detail(r, goals, &s->detail[k]);
            sum += s->detail[k].points;
        }
        assert_true(sum == s->score || !s->details); /* the points of an owner's lines add up to the score */
        assert_int_equal(s->rank == 0, !s->has_score);
        if (i < 100) score_again(scores, i);
        if (i) assert_true(strcmp(kpi_scores_at(scores, i - 1).owner, kpi_scores_at(scores, i).owner) < 0);
    }
}

static kpi_book *book_of(const char *text) {
    kpi_error error = {0};
    kpi_book *book;
    expect_ok(kpi_book_new(&book, KPI_MANAGER, &error), &error);
    expect_ok(kpi_book_read(book, temp_file("managers", kpi_text_of(text)), NULL, &error), &error);
    return book;
}

static kpi_score_options options_of(const struct world *w, const kpi_book *managers) {
    return (kpi_score_options){.period = period(w->asked),
                               .period_text = w->asked,
                               .has_as_of = w->as_of != NULL,
                               .as_of = w->as_of ? day(w->as_of) : 0,
                               .managers = managers};
}

/* stop: the report ends the work at that problem; 0: never. beside: measures are kept beside the goals. */
static void score_once(const struct world *w, size_t stop, bool beside, bool totals_only, int *code,
                       struct result *result) {
    struct heard heard = {.stop = stop};
    kpi_report report = hearing(&heard);
    kpi_error error = {0};
    kpi_scores *scores = NULL;
    kpi_measures *measures;
    kpi_goals *goals = goals_of(w->yaml, true);
    kpi_book *managers = w->managers ? book_of(w->managers) : NULL;
    kpi_score_options options = options_of(w, managers);
    options.totals_only = totals_only;
    expect_ok(kpi_measures_new(&measures, beside ? goals : NULL, options.period, w->asked, 0, &error), &error);
    expect_ok(kpi_measures_read(measures, temp_file("m", kpi_text_of(w->measures)), NULL, &error), &error);
    result->used = 0;
    *code = kpi_score(&scores, goals, measures, &options, &report, &error);
    if (*code) {
        assert_null(scores);
        assert_int_equal(error.code, *code);
        put(result, "%s\n", shown(&error));
    } else {
        put_scores(result, goals, scores);
        put(result, "%s", heard.text);
    }
    kpi_scores_free(scores);
    kpi_measures_free(measures);
    kpi_book_free(managers);
    kpi_goals_free(goals);
}

/* text without the lines of details. */
static const char *only_totals(char *text) {
    for (char *p = text; *p;) {
        char *next = strchr(p, '\n') + 1;
        if (*p == ' ')
            memmove(p, next, strlen(next) + 1);
        else
            p = next;
    }
    return text;
}

/* In all ways there are, which must agree. */
static const char *score(const struct world *w, size_t stop, int *code) {
    static struct result result, other;
    score_once(w, stop, true, false, code, &result);
    for (int way = 0; way < 3; way++) {
        int again;
        static char text[sizeof result.text];
        score_once(w, stop, way & 1, way & 2, &again, &other);
        assert_int_equal(again, *code);
        strcpy(text, result.text);
        assert_string_equal(other.text, way & 2 ? only_totals(text) : text);
    }
    return without_folder(result.text);
}

static void expect(const struct world *w, int code, const char *expected) {
    int found;
    const char *text = score(w, 0, &found);
    assert_string_equal(text, expected);
    assert_int_equal(found, code);
}

/* ---- points ---- */

#define TWO "scheme: s\nmetrics: {a: {weight: 60}, b: {weight: 40}}\n---\n"

static void test_points(void **state) {
    (void)state;
    static const struct {
        struct world world;
        const char *result;
    } cases[] = {
        {{"2026-10", TWO "goals: 2026-10\ntargets: {x: {a: 100, b: 50}}\n", NULL,
          "2026-10-05\tx\ta\t80\n2026-10-06\tx\ta\t4\n2026-10\tx\tb\t25\n", NULL},
         "1 x 70.4 \n  a 60 100 84 0.8400 0.8400 50.4\n  b 40 50 25 0.5000 0.5000 20\n"},
        {{"2026-10", TWO "goals: 2026-10\ntargets: {x: {a: 3, b: 3}}\n", NULL, "2026-10\tx\ta\t1\n2026-10\tx\tb\t2\n",
          NULL},
         "1 x 46.67 \n  a 60 3 1 0.3333 0.3333 20\n  b 40 3 2 0.6667 0.6667 26.67\n"},
        {{"2026-10", /* each metric's points are rounded, then added: 3 x 16.666... = 50.01 */
          "scheme: s\nmetrics: {a: {weight: 33.33}, b: {weight: 33.33}, c: {weight: 33.34}}\n---\n"
          "goals: 2026-10\ntargets: {x: {a: 2, b: 2, c: 2}}\n",
          NULL, "2026-10\tx\ta\t1\n2026-10\tx\tb\t1\n2026-10\tx\tc\t1\n", NULL},
         "1 x 50.01 \n  a 33.33 2 1 0.5000 0.5000 16.67\n  b 33.33 2 1 0.5000 0.5000 16.67\n"
         "  c 33.34 2 1 0.5000 0.5000 16.67\n"},
        {{"2026-10",
          "scheme: s\ndigits: 0\npoints: 10\nmetrics: {a: {weight: 10}}\n---\n"
          "goals: 2026-10\ntargets: {x: {a: 100}, y: {a: 1000}}\n",
          NULL, "2026-10\tx\ta\t25\n2026-10\ty\ta\t249\n", NULL},
         "1 x 3 \n  a 10 100 25 0.2500 0.2500 3\n2 y 2 \n  a 10 1000 249 0.2490 0.2490 2\n"},
        {{"2026-10", /* more than the whole, less than nothing */
          "scheme: s\nmetrics: {a: {weight: 100, curve: [[-1, -1], [2, 2]]}}\n---\n"
          "goals: 2026-10\ntargets: {x: {a: 10}, y: {a: 10}}\n",
          NULL, "2026-10\tx\ta\t15\n2026-10\ty\ta\t-7\n", NULL},
         "1 x 150 \n  a 100 10 15 1.5000 1.5000 150\n2 y -70 \n  a 100 10 -7 -0.7000 -0.7000 -70\n"},
        {{"2026-10", /* baselines, lower, percent */
          "scheme: s\nmetrics: {a: {weight: 60}, b: {weight: 40, better: lower}}\n---\n"
          "goals: 2026-10\ntargets: {x: {a: {target: +10%, baseline: 400}, b: {target: -50%, baseline: 10}}}\n",
          NULL, "2026-10\tx\ta\t430\n2026-10\tx\tb\t6\n", NULL},
         "1 x 77 \n  a 60 440 430 0.7500 0.7500 45\n  b 40 5 6 0.8000 0.8000 32\n"},
        {{"2026-10", /* an exact target that has more than 6 decimals */
          "scheme: s\nmetrics: {a: {weight: 100}}\n---\n"
          "goals: 2026-10\ntargets: {x: {a: {target: +0.000001%, baseline: 0.000001}}}\n",
          NULL, "2026-10\tx\ta\t0\n", NULL},
         "1 x 0 \n  a 100 0.00000100000001 0 -100000000.0000 0.0000 0\n"},
        {{"2026-10", /* the goal's own weights */
          TWO "goals: 2026-10\ntargets: {x: {a: {target: 1, weight: 99.99}, b: {target: 1, weight: 0.01}}}\n", NULL,
          "2026-10\tx\ta\t1\n2026-10\tx\tb\t1\n", NULL},
         "1 x 100 \n  a 99.99 1 1 1.0000 1.0000 99.99\n  b 0.01 1 1 1.0000 1.0000 0.01\n"},
        {{"2026-10", /* a weight of 0 is one; a metric without a weight takes one from its goal */
          "scheme: s\nmetrics: {a: {weight: 100}, b: {weight: 0}, c: {}}\n---\n"
          "goals: 2026-10\ntargets: {x: {a: {target: 1, weight: 70}, b: 1, c: {target: 1, weight: 30}}}\n",
          NULL, "2026-10\tx\ta\t1\n2026-10\tx\tb\t1\n2026-10\tx\tc\t0\n", NULL},
         "1 x 70 \n  a 70 1 1 1.0000 1.0000 70\n  b 0 1 1 1.0000 1.0000 0\n  c 30 1 0 0.0000 0.0000 0\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) expect(&cases[i].world, KPI_OK, cases[i].result);
}

/* Six measures by each take, against a target of 10. */
static void test_take(void **state) {
    (void)state;
    static const struct {
        const char *take, *detail;
    } cases[] = {
        {"sum", "16.5 1.6500 1.0000 100"}, {"mean", "4.13 0.4125 0.4125 41.25"}, /* 16.5 / 4 = 4.125 */
        {"last", "1.5 0.1500 0.1500 15"},  {"max", "9 0.9000 0.9000 90"},
        {"min", "1.5 0.1500 0.1500 15"},   {"count", "4 0.4000 0.4000 40"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char yaml[256], result[256], *p = stpcpy(result, "1 x ");
        const char *points = strrchr(cases[i].detail, ' ') + 1;
        struct world w = {"2026-10", yaml, NULL,
                          "2026-10-05\tx\ta\t2\n2026-10-30\tx\ta\t9\n2026-10-31\tx\ta\t1.5\n2026-10-01\tx\ta\t4\n",
                          NULL};
        snprintf(yaml, sizeof yaml,
                 "scheme: s\nmetrics: {a: {weight: 100, take: %s}}\n---\ngoals: 2026-10\n"
                 "targets: {x: {a: 10}}\n",
                 cases[i].take);
        snprintf(p, 200, "%s \n  a 100 10 %s\n", points, cases[i].detail);
        expect(&w, KPI_OK, result);
    }
}

/* ---- no measure ---- */

#define THREE(missing)                                                                                     \
    "scheme: s\nmetrics: {a: {weight: 40, missing: " missing "}, b: {weight: 30}, c: {weight: 30}}\n---\n" \
    "goals: 2026-10\ntargets: {x: {a: 10, b: 10, c: 10}}\n"

static void test_missing(void **state) {
    (void)state;
    static const struct {
        struct world world;
        int code;
        const char *result;
    } cases[] = {
        {{"2026-10", THREE("none"), NULL, "2026-10\tx\tb\t5\n2026-10\tx\tc\t5\n", NULL},
         KPI_OK,
         "1 x 30 \n  a 40 10 - - 0.0000 0\n  b 30 10 5 0.5000 0.5000 15\n  c 30 10 5 0.5000 0.5000 15\n"},
        {{"2026-10", THREE("zero"), NULL, "2026-10\tx\tb\t5\n2026-10\tx\tc\t5\n", NULL},
         KPI_OK,
         "1 x 30 \n  a 40 10 0 0.0000 0.0000 0\n  b 30 10 5 0.5000 0.5000 15\n  c 30 10 5 0.5000 0.5000 15\n"},
        {{"2026-10", THREE("skip"), NULL, "2026-10\tx\tb\t5\n2026-10\tx\tc\t5\n", NULL},
         KPI_OK,
         "1 x 50 \n  a 0 10 - - - -\n  b 50 10 5 0.5000 0.5000 25\n  c 50 10 5 0.5000 0.5000 25\n"},
        {{"2026-10", THREE("error"), NULL, "2026-10\tx\tb\t5\n2026-10\tx\tc\t5\n", NULL},
         KPI_DATA,
         "'a' for 'x' in 2026-10: no measure\n"},
        {{"2026-10",
          "scheme: s\nmetrics: {a: {weight: 100, take: count, missing: none}}\n---\n"
          "goals: 2026-10\ntargets: {x: {a: 10}}\n",
          NULL, "", NULL},
         KPI_OK, /* missing, for count too */
         "1 x 0 \n  a 100 10 - - 0.0000 0\nwarning: no measure lies inside 2026-10\n"},
        {{"2026-10",
          "scheme: s\nmetrics: {a: {weight: 100, better: lower, missing: zero}}\n---\n"
          "goals: 2026-10\ntargets: {x: {a: 10}}\n",
          NULL, "", NULL},
         KPI_OK, /* none of a bad thing is good */
         "1 x 100 \n  a 100 10 0 2.0000 1.0000 100\nwarning: no measure lies inside 2026-10\n"},
        {{"2026-10", /* all skipped: no score, no rank, no grade, no rule; 100 / 3 by largest remainder */
          "scheme: s\nmetrics: {a: {weight: 25, missing: skip}, b: {weight: 25, missing: skip}, "
          "c: {weight: 25, missing: skip}, d: {weight: 25, missing: skip}, e: {missing: zero}}\n"
          "adjust: [{metric: e, below: 5, points: -1}]\ngates: [{metric: e, below: 5, score_at_most: -1}]\n"
          "grades: [{grade: A}]\n---\n"
          "goals: 2026-10\ntargets: {x: {a: 1, b: 1, c: 1, d: 1}, y: {a: 1, b: 1, c: 1, d: 1}}\n",
          NULL, "2026-10\ty\ta\t1\n2026-10\ty\tb\t1\n2026-10\ty\tc\t1\n", NULL},
         KPI_OK,
         "1 y -1 A\n  a 33.34 1 1 1.0000 1.0000 33.34\n  b 33.33 1 1 1.0000 1.0000 33.33\n"
         "  c 33.33 1 1 1.0000 1.0000 33.33\n  d 0 1 - - - -\n  adjust e 0 -5\n  gate e 0 -96\n"
         "- x - \n  a 0 1 - - - -\n  b 0 1 - - - -\n  c 0 1 - - - -\n  d 0 1 - - - -\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) expect(&cases[i].world, cases[i].code, cases[i].result);
}

/* ---- adjustments and gates ---- */

#define RULES(rules)                                                                                \
    "scheme: s\nmetrics: {a: {weight: 100}, z: {}, m: {missing: zero, take: mean}}\n" rules "---\n" \
    "goals: 2026-10\ntargets: {x: {a: 100}}\n"
#define A "2026-10\tx\ta\t90\n"

static void test_rules(void **state) {
    (void)state;
    static const struct {
        struct world world;
        const char *result;
    } cases[] = {
        {{"2026-10", RULES("adjust: [{metric: z, above: 2, points: -2, at_most: 10}]\n"), NULL, A "2026-10\tx\tz\t4\n",
          NULL},
         "1 x 86 \n  a 100 100 90 0.9000 0.9000 90\n  adjust z 4 -4\n"},
        {{"2026-10", RULES("adjust: [{metric: z, above: 2, points: -2, at_most: 10}]\n"), NULL, A "2026-10\tx\tz\t2\n",
          NULL},
         "1 x 90 \n  a 100 100 90 0.9000 0.9000 90\n"}, /* no effect, no line */
        {{"2026-10", RULES("adjust: [{metric: z, below: 2, points: -2}]\n"), NULL, A, NULL},
         "1 x 90 \n  a 100 100 90 0.9000 0.9000 90\n"}, /* no measure triggers nothing ... */
        {{"2026-10", RULES("adjust: [{metric: m, below: 2, points: -2}]\n"), NULL, A, NULL},
         "1 x 86 \n  a 100 100 90 0.9000 0.9000 90\n  adjust m 0 -4\n"}, /* ... unless missing is zero */
        {{"2026-10",
          RULES("adjust: [{metric: m, below: 2, points: -2}, {metric: a, above: 0, each: 10, points: 0.5}]\n"), NULL,
          A "2026-10-01\tx\tm\t0\n2026-10-02\tx\tm\t0\n2026-10-03\tx\tm\t1\n", NULL},
         "1 x 92.5 \n  a 100 100 90 0.9000 0.9000 90\n  adjust m 0.33 -2\n  adjust a 90 4.5\n"}, /* in file order */
        {{"2026-10", RULES("gates: [{metric: z, above: 9, score_at_most: 59}]\n"), NULL, A "2026-10\tx\tz\t9\n", NULL},
         "1 x 90 \n  a 100 100 90 0.9000 0.9000 90\n"}, /* strict */
        {{"2026-10", RULES("gates: [{metric: z, above: 9, score_at_most: 59}]\n"), NULL, A "2026-10\tx\tz\t9.000001\n",
          NULL},
         "1 x 59 \n  a 100 100 90 0.9000 0.9000 90\n  gate z 9.000001 -31\n"},
        {{"2026-10", RULES("gates: [{metric: z, above: 9, score_at_most: 90}]\n"), NULL, A "2026-10\tx\tz\t10\n", NULL},
         "1 x 90 \n  a 100 100 90 0.9000 0.9000 90\n"}, /* it is not above its ceiling */
        {{"2026-10",
          RULES("gates: [{metric: z, above: 1, score_at_most: 59}, {metric: z, above: 2, score_at_most: -10}, "
                "{metric: z, above: 3, score_at_most: 5}]\n"),
          NULL, A "2026-10\tx\tz\t10\n", NULL},
         "1 x -10 \n  a 100 100 90 0.9000 0.9000 90\n  gate z 10 -100\n"}, /* the lowest ceiling */
        {{"2026-10",
          RULES("gates: [{metric: m, below: 1, score_at_most: 60}, {metric: z, above: 1, score_at_most: 60}]\n"), NULL,
          A "2026-10\tx\tz\t10\n", NULL},
         "1 x 60 \n  a 100 100 90 0.9000 0.9000 90\n  gate m 0 -30\n"}, /* the first of equals */
        {{"2026-10", RULES("adjust: [{metric: m, below: 2, points: -2}, {metric: z, above: 1, points: 1}]\n"), NULL,
          A "2026-10\tx\tz\t3\n", NULL},
         "1 x 88 \n  a 100 100 90 0.9000 0.9000 90\n  adjust m 0 -4\n  adjust z 3 2\n"},
        {{"2026-10",
          RULES("gates: [{metric: z, below: 1, score_at_most: 59}, {metric: m, below: 1, score_at_most: 60}]\n"), NULL,
          A, NULL},
         "1 x 60 \n  a 100 100 90 0.9000 0.9000 90\n  gate m 0 -30\n"},
        {{"2026-10",
          RULES("adjust: [{metric: z, above: 0, points: 20}]\ngates: [{metric: z, above: 0, score_at_most: 100}]\n"),
          NULL, A "2026-10\tx\tz\t1\n", NULL},
         "1 x 100 \n  a 100 100 90 0.9000 0.9000 90\n  adjust z 1 20\n  gate z 1 -10\n"}, /* gates come last */
        {{"2026-10", RULES("adjust: [{metric: z, above: 0, points: 0.125}, {metric: z, above: 0, points: 0.125}]\n"),
          NULL, A "2026-10\tx\tz\t1\n", NULL},
         "1 x 90.26 \n  a 100 100 90 0.9000 0.9000 90\n  adjust z 1 0.13\n  adjust z 1 0.13\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) expect(&cases[i].world, KPI_OK, cases[i].result);
}

/* ---- managers ---- */

#define BOOK(role, joined, left) "x\tX\teast\t" role "\t" joined "\t" left "\n"

static void test_roles(void **state) {
    (void)state;
    static const char scheme[] = "scheme: s\nmetrics: {a: {weight: 60}, b: {weight: 40}}\n"
                                 "roles: {junior: {a: 10, b: 90}, only: {b: 100}}\n---\n"
                                 "goals: 2026-10\ntargets: {x: {a: 1, b: 1}}\n",
                      one[] = "scheme: s\nmetrics: {a: {weight: 60}, b: {weight: 40}}\n"
                              "roles: {junior: {a: 10, b: 90}, only: {b: 100}}\n---\n"
                              "goals: 2026-10\ntargets: {x: {b: 1}}\n",
                      own[] = "scheme: s\nmetrics: {a: {weight: 60}, b: {weight: 40}}\n"
                              "roles: {junior: {a: 10, b: 90}, only: {b: 100}}\n---\n"
                              "goals: 2026-10\ntargets: {x: {a: {target: 1, weight: 5}, b: {target: 1, weight: 95}}}\n";
    static const char m[] = "2026-10\tx\ta\t1\n2026-10\tx\tb\t0\n", mb[] = "2026-10\tx\tb\t1\n";
    static const struct {
        struct world world;
        int code;
        const char *result;
    } cases[] = {
        {{"2026-10", scheme, BOOK("junior", "", ""), m, NULL},
         KPI_OK,
         "1 x 10 \n  a 10 1 1 1.0000 1.0000 10\n  b 90 1 0 0.0000 0.0000 0\n"},
        {{"2026-10", scheme, BOOK("other", "", ""), m, NULL},
         KPI_OK, /* not named: the metrics' own */
         "1 x 60 \n  a 60 1 1 1.0000 1.0000 60\n  b 40 1 0 0.0000 0.0000 0\n"},
        {{"2026-10", scheme, BOOK("", "", ""), m, NULL},
         KPI_OK,
         "1 x 60 \n  a 60 1 1 1.0000 1.0000 60\n  b 40 1 0 0.0000 0.0000 0\n"},
        {{"2026-10", scheme, BOOK("junior", "2026-01-01", "2026-10-30") BOOK("senior", "2026-10-31", ""), m, NULL},
         KPI_OK, /* the role of the last day */
         "1 x 60 \n  a 60 1 1 1.0000 1.0000 60\n  b 40 1 0 0.0000 0.0000 0\n"},
        {{"2026-10", scheme, BOOK("junior", "2026-01-01", "2026-10-30"), m, NULL},
         KPI_OK, /* or the last there is */
         "1 x 10 \n  a 10 1 1 1.0000 1.0000 10\n  b 90 1 0 0.0000 0.0000 0\n"},
        {{"2026-10", scheme, BOOK("only", "", ""), m, NULL},
         KPI_DATA,
         "'a' for 'x' in 2026-10: it has a goal but no weight\n"},
        {{"2026-10", one, BOOK("only", "", ""), mb, NULL}, KPI_OK, "1 x 100 \n  b 100 1 1 1.0000 1.0000 100\n"},
        {{"2026-10", one, BOOK("junior", "", ""), mb, NULL},
         KPI_DATA,
         "'a' for 'x' in 2026-10: it has a weight but no goal\n"},
        {{"2026-10", own, BOOK("junior", "", ""), m, NULL},
         KPI_OK, /* the goal's own come first */
         "1 x 5 \n  a 5 1 1 1.0000 1.0000 5\n  b 95 1 0 0.0000 0.0000 0\n"},
        {{"2026-10", scheme, NULL, m, NULL},
         KPI_USAGE,
         "goals.yaml:1:1: scheme 's' has roles, so a book of managers is needed (-M)\n"},
        {{"2026-10",
          "scheme: s\nmetrics: {a: {weight: 100, prorate: true}}\n---\ngoals: 2026-10\ntargets: {x: {a: 1}}\n", NULL,
          "", NULL},
         KPI_USAGE,
         "goals.yaml:1:1: scheme 's' has prorated metrics, so a book of managers is needed (-M)\n"},
        {{"2026-10",
          "scheme: s\nmetrics: {b: {}, a: {weight: 100, prorate: true}}\n---\ngoals: 2026-10\ntargets: {x: {a: 1}}\n",
          NULL, "", NULL},
         KPI_USAGE,
         "goals.yaml:1:1: scheme 's' has prorated metrics, so a book of managers is needed (-M)\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) expect(&cases[i].world, cases[i].code, cases[i].result);
}

#define PRORATED                                                                   \
    "scheme: s\nmetrics: {a: {weight: 60, prorate: true}, b: {weight: 40}}\n---\n" \
    "goals: 2026-10\ntargets: {x: {a: 31, b: 4}}\n"

static void test_prorate(void **state) {
    (void)state;
    static const char m[] = "2026-10\tx\ta\t10\n2026-10\tx\tb\t1\n";
    static const struct {
        struct world world;
        const char *result;
    } cases[] = {
        {{"2026-10", PRORATED, BOOK("", "", ""), m, NULL}, /* all of it: 10/31 */
         "1 x 29.35 \n  a 60 31 10 0.3226 0.3226 19.35\n  b 40 4 1 0.2500 0.2500 10\n"},
        {{"2026-10", PRORATED, BOOK("", "2026-10-17", ""), m, NULL}, /* 15 of 31 days: target 15 */
         "1 x 50 \n  a 60 15.00 10 0.6667 0.6667 40\n  b 40 4 1 0.2500 0.2500 10\n"},
        {{"2026-10", PRORATED, BOOK("", "", "2026-10-05") BOOK("", "2026-10-27", ""), m, NULL}, /* 5 + 5 days */
         "1 x 70 \n  a 60 10.00 10 1.0000 1.0000 60\n  b 40 4 1 0.2500 0.2500 10\n"},
        {{"2026-10", PRORATED, BOOK("", "", "2026-09-30"), m, NULL},
         "warning: 'x' is not scored in 2026-10: not there on any day of it\n"},
        {{"2026-10",
          "scheme: s\nmetrics: {b: {weight: 40}, a: {weight: 60, prorate: true}}\n---\n"
          "goals: 2026-10\ntargets: {x: {a: 31, b: 4}}\n",
          BOOK("", "", "2026-09-30"), m, NULL},
         "warning: 'x' is not scored in 2026-10: not there on any day of it\n"},
        {{"2026-10",
          "scheme: s\nmetrics: {a: {weight: 100, prorate: true}}\n---\n" /* the baseline too: (9-5)/(15-5) */
          "goals: 2026-10\ntargets: {x: {a: {target: 46.5, baseline: 15.5}}}\n",
          BOOK("", "2026-10-22", ""), "2026-10\tx\ta\t9\n", NULL},
         "1 x 40 \n  a 100 15.00 9 0.4000 0.4000 40\n"},
        {{"2026-10",
          "scheme: s\nmetrics: {a: {weight: 100, prorate: true}}\n---\n"
          "goals: 2026-10\ntargets: {x: {a: {target: +10%, baseline: 100}}}\n",
          BOOK("", "2026-10-31", ""), "2026-10\tx\ta\t3.387\n", NULL}, /* (3.387 - 100/31) / (10/31) = 0.4997 */
         "1 x 49.97 \n  a 100 3.55 3.387 0.4997 0.4997 49.97\n"},
        {{"2026-10", TWO "goals: 2026-10\ntargets: {x: {a: 31, b: 4}}\n", BOOK("", "", "2026-09-30"), m, NULL},
         "1 x 29.35 \n  a 60 31 10 0.3226 0.3226 19.35\n  b 40 4 1 0.2500 0.2500 10\n"}, /* nothing is prorated */
        {{"2026-10",
          "scheme: s\nmetrics: {a: {prorate: true}, b: {weight: 100}}\n---\n" /* not by a goal of x */
          "goals: 2026-10\ntargets: {x: {b: 4}}\n",
          BOOK("", "", "2026-09-30"), "2026-10\tx\tb\t1\n", NULL},
         "1 x 25 \n  b 100 4 1 0.2500 0.2500 25\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) expect(&cases[i].world, KPI_OK, cases[i].result);
}

static void test_who_is_scored(void **state) {
    (void)state;
    static const char yaml[] =
        TWO "goals: 2026-10\ntargets: {x: {a: 1, b: 1}, east: {a: 9}, stray: {a: 9}, C042: {b: 9}}\n";
    static const char m[] = "2026-10\tx\ta\t1\n2026-10\teast\ta\t1\n";
    static const struct world w = {"2026-10", yaml, BOOK("", "", ""), m, NULL};
    static const char result[] = "1 x 60 \n  a 60 1 1 1.0000 1.0000 60\n  b 40 1 - - 0.0000 0\n"
                                 "warning: 'C042' is not scored in 2026-10: not in the book of managers\n"
                                 "warning: 'stray' is not scored in 2026-10: not in the book of managers\n";
    int code;
    expect(&w, KPI_OK, result); /* east is a team: left out silently */
    assert_string_equal(score(&w, 1, &code), "'C042' is not scored in 2026-10: not in the book of managers\n");
    assert_int_equal(code, KPI_DATA);
    assert_string_equal(score(&w, 2, &code), "'stray' is not scored in 2026-10: not in the book of managers\n");
    static const struct world gone = {"2026-10", PRORATED, BOOK("", "", "2026-09-30"), "", NULL};
    assert_string_equal(score(&gone, 1, &code), "'x' is not scored in 2026-10: not there on any day of it\n");
    static const struct world second = {"2026-10", yaml, "w\t\tnorth\t\t\t\n" BOOK("", "", ""), m, NULL};
    char text[sizeof result + 128];
    snprintf(text, sizeof text, "%s%s", result,
             "warning: managers:1: 1 manager of the book has no goal for 2026-10, this one: 'w'\n");
    expect(&second, KPI_OK, text);
    static const struct world nobody = {"2026-10", yaml, "other\t\t\t\t\t\n", "", NULL};
    expect(&nobody, KPI_OK,
           "warning: 'C042' is not scored in 2026-10: not in the book of managers\n"
           "warning: 'east' is not scored in 2026-10: not in the book of managers\n"
           "warning: 'stray' is not scored in 2026-10: not in the book of managers\n"
           "warning: 'x' is not scored in 2026-10: not in the book of managers\n"
           "warning: no measure lies inside 2026-10\n"
           "warning: managers:1: 1 manager of the book has no goal for 2026-10, this one: 'other'\n");
}

/* ---- periods and revisions ---- */

static void test_periods(void **state) {
    (void)state;
#define GOALS                                                                                               \
    "goals: 2026-Q4\ntargets: {x: {a: 1}}\n---\ngoals: 2026-10-01..2026-10-31\ntargets: {y: {a: 4}}\n---\n" \
    "goals: 2026-10\ntargets: {x: {a: 2}}\n---\ngoals: 2026-09\ntargets: {x: {a: 3}}\n"
#define HUNDRED "scheme: s\nmetrics: {a: {weight: 100}}\n---\n"
    static const char m[] = "2026-10\tx\ta\t1\n2026-10\ty\ta\t1\n";
    static const struct {
        struct world world;
        int code;
        const char *result;
    } cases[] = {
        {{"2026-10", HUNDRED GOALS, NULL, m, NULL},
         KPI_OK, /* periods are ranges of days */
         "1 x 50 \n  a 100 2 1 0.5000 0.5000 50\n2 y 25 \n  a 100 4 1 0.2500 0.2500 25\n"},
        {{"2026-10-01..2026-10-31", HUNDRED GOALS, NULL, m, NULL},
         KPI_OK,
         "1 x 50 \n  a 100 2 1 0.5000 0.5000 50\n2 y 25 \n  a 100 4 1 0.2500 0.2500 25\n"},
        {{"2026-11", HUNDRED GOALS, NULL, "", NULL}, KPI_NO, "no goal for 2026-11\n"},
        {{"2026-10-01..2026-10-30", HUNDRED GOALS, NULL, "", NULL}, KPI_NO, "no goal for 2026-10-01..2026-10-30\n"},
        {{"2026", HUNDRED GOALS, NULL, "", NULL}, KPI_NO, "no goal for 2026\n"},
        {{"2026-10", GOALS, NULL, m, NULL}, KPI_DATA, "no scheme holds for 2026-10\n"},
        {{"2026-10", "scheme: s\nperiod: 2025\nmetrics: {a: {weight: 100}}\n---\n" GOALS, NULL, m, NULL},
         KPI_DATA,
         "no scheme holds for 2026-10\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) expect(&cases[i].world, cases[i].code, cases[i].result);
}

static void test_as_of(void **state) {
    (void)state;
    static const char yaml[] = HUNDRED "goals: 2026-10\ntargets: {x: {a: 10}}\n---\n"
                                       "revise: 2026-10/x/a\ntarget: 20\nreason: r\non: 2026-10-15\n---\n"
                                       "revise: 2026-10/x/a\ntarget: 40\nreason: r\non: 2026-11-01\n";
    static const struct {
        const char *as_of, *result;
    } cases[] = {{NULL, "1 x 50 \n  a 100 20 10 0.5000 0.5000 50\n"}, /* the last day of P */
                 {"2026-10-14", "1 x 100 \n  a 100 10 10 1.0000 1.0000 100\n"},
                 {"2026-10-15", "1 x 50 \n  a 100 20 10 0.5000 0.5000 50\n"},
                 {"2026-10-31", "1 x 50 \n  a 100 20 10 0.5000 0.5000 50\n"},
                 {"2026-11-01", "1 x 25 \n  a 100 40 10 0.2500 0.2500 25\n"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world w = {"2026-10", yaml, NULL, "2026-10\tx\ta\t10\n", cases[i].as_of};
        expect(&w, KPI_OK, cases[i].result);
    }
}

/* ---- ranks and grades ---- */

static void test_ranks(void **state) {
    (void)state;
    static const struct {
        const char *grades, *scores, *result; /* scores of a, b, c ... ; - is skipped */
    } cases[] = {
        {"", "80 90 90 70", "1 b 90 \n1 c 90 \n3 a 80 \n4 d 70 \n"},
        {"", "90 80 80 70", "1 a 90 \n2 b 80 \n2 c 80 \n4 d 70 \n"}, /* 1-2-2-4 */
        {"", "5 5 5", "1 a 5 \n1 b 5 \n1 c 5 \n"},
        {"", "5 - 7 -", "1 c 7 \n2 a 5 \n- b - \n- d - \n"},
        {"", "0 -", "1 a 0 \n- b - \n"},
        /* the first that fits; nothing fits */
        {"grades: [{grade: A, from: 100}, {grade: B, from: 85}, {grade: C, from: 60}]\n", "100 99.99 85 84.99 60 59.99",
         "1 a 100 A\n2 b 99.99 B\n3 c 85 B\n4 d 84.99 C\n5 e 60 C\n6 f 59.99 \n"},
        {"grades: [{grade: D}, {grade: A, from: 0}]\n", "100 0", "1 a 100 D\n2 b 0 D\n"},
        /* top: rank x 100 <= top x number ranked; with both, both */
        {"grades: [{grade: A, top: 25}, {grade: B, top: 50}, {grade: C}]\n", "90 80 70 60",
         "1 a 90 A\n2 b 80 B\n3 c 70 C\n4 d 60 C\n"},
        {"grades: [{grade: A, top: 24.99}, {grade: B}]\n", "90 80 70 60", "1 a 90 B\n2 b 80 B\n3 c 70 B\n4 d 60 B\n"},
        {"grades: [{grade: A, top: 25}, {grade: B}]\n", "90 90 70 60", "1 a 90 A\n1 b 90 A\n3 c 70 B\n4 d 60 B\n"},
        {"grades: [{grade: A, top: 50}, {grade: B}]\n", "90 80 80 60", "1 a 90 A\n2 b 80 A\n2 c 80 A\n4 d 60 B\n"},
        {"grades: [{grade: A, top: 50}, {grade: B}]\n", "90 80 - -", "1 a 90 A\n2 b 80 B\n- c - \n- d - \n"},
        {"grades: [{grade: A, top: 33.333333}, {grade: B}]\n", "90 80 70", "1 a 90 B\n2 b 80 B\n3 c 70 B\n"},
        {"grades: [{grade: A, top: 33.333334}, {grade: B}]\n", "90 80 70", "1 a 90 A\n2 b 80 B\n3 c 70 B\n"},
        {"grades: [{grade: A, from: 85, top: 50}, {grade: B, from: 70}, {grade: C}]\n", "84 83 90 10",
         "1 c 90 A\n2 a 84 B\n3 b 83 B\n4 d 10 C\n"},
        {"grades: [{grade: A, top: 100}]\n", "1 2 3", "1 c 3 A\n2 b 2 A\n3 a 1 A\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char yaml[1024], measures[512] = "", found[1024] = "", owner[] = "a";
        struct world w = {"2026-10", yaml, NULL, measures, NULL};
        int code;
        snprintf(yaml, sizeof yaml,
                 "scheme: s\nmetrics: {m: {weight: 100, missing: skip}}\n%s---\ngoals: 2026-10\n"
                 "targets:\n",
                 cases[i].grades);
        for (const char *p = cases[i].scores; *p; ++*owner) {
            size_t n = strcspn(p, " ");
            sprintf(yaml + strlen(yaml), "  %s: {m: 100}\n", owner);
            if (*p != '-') sprintf(measures + strlen(measures), "2026-10\t%s\tm\t%.*s\n", owner, (int)n, p);
            p += n + (p[n] == ' ');
        }
        for (const char *p = score(&w, 0, &code); *p; p += strcspn(p, "\n") + 1) /* without the details */
            if (*p != ' ') strncat(found, p, strcspn(p, "\n") + 1);
        assert_int_equal(code, KPI_OK);
        assert_string_equal(found, cases[i].result);
    }
}

/* ---- faults and warnings ---- */

static void test_faults(void **state) {
    (void)state;
    static const struct {
        struct world world;
        const char *fault;
    } cases[] = {
        {{"2026-10", TWO "goals: 2026-10\ntargets: {x: {a: 1}}\n", NULL, "", NULL},
         "'b' for 'x' in 2026-10: it has a weight but no goal\n"},
        {{"2026-10", "scheme: s\nmetrics: {a: {weight: 100}, z: {}}\n---\ngoals: 2026-10\ntargets: {x: {a: 1, z: 1}}\n",
          NULL, "", NULL},
         "'z' for 'x' in 2026-10: it has a goal but no weight\n"},
        {{"2026-10",
          "scheme: s\nmetrics: {a: {weight: 60}, b: {weight: 39.99}}\n---\n"
          "goals: 2026-10\ntargets: {x: {a: 1, b: 1}}\n",
          NULL, "", NULL},
         "the weights of 'x' in 2026-10 add up to 99.99, not 100\n"},
        {{"2026-10", "scheme: s\npoints: 50\nmetrics: {a: {weight: 60}}\n---\ngoals: 2026-10\ntargets: {x: {a: 1}}\n",
          NULL, "", NULL},
         "the weights of 'x' in 2026-10 add up to 60, not 50\n"},
        {{"2026-10",
          "scheme: s\nmetrics: {a: {weight: 100}, z: {missing: error}}\n"
          "gates: [{metric: z, above: 1, score_at_most: 1}]\n---\ngoals: 2026-10\ntargets: {x: {a: 1}}\n",
          NULL, "2026-10\tx\ta\t1\n", NULL},
         "'z' for 'x' in 2026-10: no measure\n"},
        {{"2026-10", /* 10^21 x 10^21 */
          "scheme: s\ndigits: 6\nmetrics: {a: {weight: 100, curve: [[0, 0], [0.000001, 999999999999999]]}}\n---\n"
          "goals: 2026-10\ntargets: {x: {a: 1}}\n",
          NULL, "2026-10\tx\ta\t1\n", NULL},
         NULL},
        {{"2026-10",
          "scheme: s\nmetrics: {a: {weight: 100}}\n"
          "adjust: [{metric: a, above: 0, each: 0.000001, points: 999999999999999}]\n---\n"
          "goals: 2026-10\ntargets: {x: {a: 1}}\n",
          NULL, "2026-10\tx\ta\t999999999999999\n", NULL},
         "'a' for 'x' in 2026-10: adjustment out of range\n"},
        {{"2026-10", /* 160,000,000,000 / 0.000001 steps of nearly 10^15: fits once, not twice */
          "scheme: s\nmetrics: {a: {weight: 100}}\nadjust: [{metric: a, above: 0, each: 0.000001, points: "
          "999999999999999}, "
          "{metric: a, above: 0, each: 0.000001, points: 999999999999999}]\n---\n"
          "goals: 2026-10\ntargets: {x: {a: 1}}\n",
          NULL, "2026-10\tx\ta\t160000000000\n", NULL},
         "'a' for 'x' in 2026-10: adjustment out of range\n"},
        {{"2026-10",
          "scheme: s\ndigits: 6\npoints: 999999999999999\nmetrics: {a: {weight: 1}, "
          "b: {weight: 999999999999998, missing: skip}}\n---\ngoals: 2026-10\ntargets: {x: {a: 1, b: 1}}\n",
          NULL, "2026-10\tx\ta\t1\n", NULL},
         NULL},
        {{"2026-10",
          "scheme: s\ndigits: 6\npoints: 999999999999999\nmetrics: {a: {weight: 999999999999998}, "
          "b: {weight: 1, missing: skip}}\n---\ngoals: 2026-10\ntargets: {x: {a: 1, b: 1}}\n",
          NULL, "2026-10\tx\ta\t1\n", NULL},
         "'a' for 'x' in 2026-10: scaled weights out of range\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int code;
        const char *found = score(&cases[i].world, 0, &code);
        assert_int_equal(code, cases[i].fault ? KPI_DATA : KPI_OK); /* NULL: large, but exact */
        if (cases[i].fault) assert_string_equal(found, cases[i].fault);
    }
}

static void test_two_last_values(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_scores *scores = NULL;
    kpi_measures *measures;
    kpi_goals *goals = goals_of("scheme: s\nmetrics: {a: {weight: 100, take: last}, b: {weight: 0}}\n---\n"
                                "goals: 2026-10\ntargets: {x: {a: 1, b: 1}}\n",
                                true);
    kpi_score_options options = {.period = period("2026-10"), .period_text = "2026-10"};
    expect_ok(kpi_measures_new(&measures, goals, options.period, "2026-10", 0, &error), &error);
    for (int i = 0; i < 2; i++) { /* of b, which adds up, two values are fine */
        expect_ok(kpi_measures_add(measures, TEXT("x"), TEXT("b"), options.period, i, (kpi_place){"m", 9, 0}, &error),
                  &error);
        expect_ok(kpi_measures_add(measures, TEXT("x"), TEXT("a"), options.period, i, (kpi_place){i ? "n" : "m", 7, 0},
                                   &error),
                  &error);
    }
    expect_failure(kpi_score(&scores, goals, measures, &options, NULL, &error), KPI_DATA, &error,
                   "n:7: two last values of 'a' for 'x', the other at m:7");
    kpi_measures_free(measures);
    kpi_goals_free(goals);
}

static void test_warnings(void **state) {
    (void)state;
#define SCORED "1 x 100 \n  a 100 1 1 1.0000 1.0000 100\n"
    static const struct {
        const char *measures, *result;
    } cases[] = {
        {"2026-10\tx\ta\t1\n", SCORED},
        {"2026-10\tx\ta\t1\n2026-09\tx\tb\t1\n2026-11\tzz\ta\t1\n", SCORED}, /* wholly outside: ignored */
        {"2026-10\tx\ta\t1\n2026-10\tx\tz\t1\n", SCORED},                    /* a gate looks at it */
        {"2026-10\tx\ta\t1\n2026-10\tx\tother\t1\n",
         SCORED "warning: m:2: 1 measure without a goal, adjustment or gate in 2026-10, this one: 'other' for 'x'\n"},
        {"2026-10\ty\ta\t1\n2026-10\tx\ta\t1\n2026-10\tx\tother\t1\n2026-10\ty\ta\t1\n", SCORED
         "warning: m:1: 3 measures without a goal, adjustment or gate in 2026-10, this the first: 'a' for 'y'\n"},
        {"2026\tx\ta\t1\n2026-10\tx\ta\t1\n",
         SCORED "warning: m:1: 1 measure overlaps 2026-10 without lying inside it and is left out, this one: "
                "2026-01-01..2026-12-31\n"},
        {"2026-10\tx\ta\t0\n2026-10-05\tx\ta\t1\n2026-Q4\tx\ta\t1\n2026-10\tx\tb\t1\n",
         SCORED "warning: m:3: 1 measure overlaps 2026-10 without lying inside it and is left out, this one: "
                "2026-10-01..2026-12-31\n"
                "warning: m:1: 1 measure of a period that contains another of the same manager and metric, this one: "
                "2026-10-01..2026-10-31\n"
                "warning: m:4: 1 measure without a goal, adjustment or gate in 2026-10, this one: 'b' for 'x'\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world w = {
            "2026-10",
            "scheme: s\nmetrics: {a: {weight: 100}, z: {}}\n"
            "gates: [{metric: z, above: 5, score_at_most: 0}]\n---\ngoals: 2026-10\ntargets: {x: {a: 1}}\n",
            NULL, cases[i].measures, NULL};
        expect(&w, KPI_OK, cases[i].result);
        size_t warnings = 0;
        for (const char *p = cases[i].result; (p = strstr(p, "warning: ")); p++) warnings++;
        for (size_t stop = 1; stop <= warnings; stop++) { /* --strict: each of them ends it */
            int code;
            score(&w, stop, &code);
            assert_int_equal(code, KPI_DATA);
        }
    }
}

/* Numbers that no measure line holds, but sums of many can. */
static void test_out_of_range(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_scores *scores = NULL;
    kpi_measures *measures;
    kpi_goals *goals = goals_of(HUNDRED "goals: 2026-10\ntargets: {x: {a: 0.000001}}\n", true);
    kpi_score_options options = {.period = period("2026-10"), .period_text = "2026-10"};
    expect_ok(kpi_measures_new(&measures, goals, options.period, "2026-10", 0, &error), &error);
    expect_ok(kpi_measures_add(measures, TEXT("x"), TEXT("a"), options.period, (kpi_decimal)1 << 120,
                               (kpi_place){"m", 1, 0}, &error),
              &error);
    expect_failure(kpi_score(&scores, goals, measures, &options, NULL, &error), KPI_DATA, &error,
                   "'a' for 'x' in 2026-10: attainment or points out of range");
    kpi_measures_free(measures);
    kpi_goals_free(goals);
}

/* Faults that kpi_goals_check told a report, which went on: scoring does not take them for good. */
static void test_goals_with_faults(void **state) {
    (void)state;
    static const struct {
        const char *yaml, *told, *fault; /* NULL: the goal that is left is scored */
    } cases[] = {
        {HUNDRED "goals: 2026-10\ntargets: {x: {a: 1, b: 1}}\n", "goals.yaml:5:24: scheme 's' knows no metric 'b'\n",
         NULL},
        {HUNDRED "goals: 2026-10\ntargets: {x: {a: {target: 1, baseline: 1}}}\n",
         "goals.yaml:5:18: the target equals the baseline\n",
         "no goal for 2026-10"},
        {HUNDRED "goals: 2026-10\ntargets: {x: {a: -1}}\n", "goals.yaml:5:18: a target below 0 needs a baseline\n",
         "no goal for 2026-10"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_error error = {0};
        struct heard heard = {0};
        kpi_report report = hearing(&heard);
        kpi_scores *scores = NULL;
        kpi_measures *measures;
        kpi_goals *goals = goals_of(cases[i].yaml, false);
        kpi_score_options options = {.period = period("2026-10"), .period_text = "2026-10"};
        expect_ok(kpi_goals_check(goals, &report, &error), &error);
        assert_string_equal(heard.text, cases[i].told);
        expect_ok(kpi_measures_new(&measures, goals, options.period, "2026-10", 0, &error), &error);
        expect_ok(
            kpi_measures_add(measures, TEXT("x"), TEXT("a"), options.period, KPI_ONE, (kpi_place){"m", 1, 0}, &error),
            &error);
        int code = kpi_score(&scores, goals, measures, &options, NULL, &error);
        if (cases[i].fault) {
            expect_failure(code, KPI_NO, &error, cases[i].fault);
        } else {
            expect_ok(code, &error);
            assert_int_equal(kpi_scores_size(scores), 1);
            assert_true(kpi_scores_at(scores, 0).score == 100 * KPI_ONE);
        }
        kpi_scores_free(scores);
        kpi_measures_free(measures);
        kpi_goals_free(goals);
    }
}

/* Without details all is the same, but for them. */
static void test_totals_only(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_scores *scores[2] = {NULL};
    kpi_measures *measures;
    kpi_goals *goals =
        goals_of("scheme: s\nmetrics: {a: {weight: 60}, b: {weight: 40, missing: skip}}\n"
                 "adjust: [{metric: a, above: 1, points: -1}, {metric: b, above: 1, points: -1}]\n"
                 "gates: [{metric: a, above: 5, score_at_most: 70}]\ngrades: [{grade: A, top: 40}, {grade: B}]\n"
                 "---\ngoals: 2026-10\ntargets: {x: {a: 9, b: 1}, y: {a: 9, b: 2}, z: {a: 8, b: 2}}\n",
                 true);
    kpi_score_options options = {.period = period("2026-10"), .period_text = "2026-10"};
    expect_ok(kpi_measures_new(&measures, goals, options.period, "2026-10", 0, &error), &error);
    expect_ok(kpi_measures_read(measures,
                                temp_file("m", TEXT("2026-10\tx\ta\t9\n2026-10\ty\ta\t3\n2026-10\ty\tb\t3\n")), NULL,
                                &error),
              &error);
    for (int i = 0; i < 2; i++) {
        options.totals_only = i;
        expect_ok(kpi_score(&scores[i], goals, measures, &options, NULL, &error), &error);
        assert_string_equal(kpi_scores_scheme(scores[i])->name, "s");
        assert_int_equal(kpi_scores_size(scores[i]), 3);
    }
    for (size_t i = 0; i < 3; i++) {
        kpi_scored with = kpi_scores_ranked(scores[0], i), without = kpi_scores_ranked(scores[1], i);
        const kpi_scored *a = &with, *b = &without;
        assert_string_equal(a->owner, b->owner);
        assert_string_equal(a->grade, b->grade);
        assert_true(a->rank == b->rank && a->has_score == b->has_score && a->score == b->score);
        assert_true(a->details && !b->details && !b->detail);
    }
    /* x: b skipped, a 100 of 100, 8 points off, gate 70; y: 20 + 40 - 2 - 2 = 56; z: nothing known, 0 of 100 */
    expect_decimal(kpi_scores_at(scores[1], 0).score, "70");
    expect_decimal(kpi_scores_at(scores[1], 1).score, "56");
    expect_decimal(kpi_scores_at(scores[1], 2).score, "0");
    kpi_scores_free(scores[0]);
    kpi_scores_free(scores[1]);
    kpi_measures_free(measures);
    kpi_goals_free(goals);
}

/* ---- many owners ---- */

enum { MANY = 40000, MOST = 9000, NO_MEASURE = -1, BEYOND = -2 };

struct many {
    const char *yaml; /* one metric, whose target is 100: a score is the measure */
    int unit;
    bool gate;        /* above 8000: 33.5 */
    int value[MANY], higher[MOST * 100 + 3]; /* in units; by place: how many owners have a higher score */
};

static size_t place_of(const struct many *m, int value) {
    return value == BEYOND ? 35 : (size_t)(value < 34 || !m->gate ? value + 1 : value + 2);
}

static kpi_goals *make_many(struct many *m, const char **measures) {
    kpi_error error = {0};
    kpi_goals *goals;
    const char *path = temp_path("goals");
    FILE *file = fopen(path, "w"), *other = fopen(*measures = temp_path("measures"), "w");
    memset(m->higher, 0, sizeof m->higher);
    for (int i = 0; i < MANY; i++) {
        int o = (int)(i * 7919LL % MANY), v = (int)random_below((uint64_t)MOST * (uint64_t)m->unit);
        if (!random_below(20)) v = NO_MEASURE;
        fprintf(file, "2026-10\to%05d\tm\t\t100\t\n", o);
        if (v != NO_MEASURE) fprintf(other, "2026-10\to%05d\tm\t%d.%02d\n", o, v / m->unit, v % m->unit);
        m->value[o] = m->gate && v > 8000 ? BEYOND : v;
        m->higher[place_of(m, m->value[o])]++;
    }
    fclose(file), fclose(other);
    for (size_t place = COUNT(m->higher), above = 0; place-- > 0;) {
        size_t here = (size_t)m->higher[place];
        m->higher[place] = (int)above;
        above += here;
    }
    expect_ok(kpi_goals_new(&goals, 3, &error), &error);
    expect_ok(kpi_goals_parse(goals, "s", kpi_text_of(m->yaml), NULL, &error), &error);
    expect_ok(kpi_goals_read(goals, path, NULL, &error), &error);
    expect_ok(kpi_goals_check(goals, NULL, &error), &error);
    return goals;
}

static void check_many(const struct many *m, const kpi_scores *scores) {
    assert_int_equal(kpi_scores_size(scores), MANY);
    for (int i = 0; i < MANY; i++) {
        kpi_scored s = kpi_scores_at(scores, (size_t)i);
        assert_int_equal(atol(s.owner + 1), i);
        assert_int_equal(s.has_score, m->value[i] != NO_MEASURE);
        assert_int_equal(s.rank, s.has_score ? 1 + m->higher[place_of(m, m->value[i])] : 0);
        kpi_decimal score = m->value[i] == BEYOND ? number("33.5") : (kpi_decimal)m->value[i] * 1000000 / m->unit;
        assert_true(!s.has_score || s.score == score);
    }
    for (size_t i = 1; i < MANY; i++) {
        kpi_scored a = kpi_scores_ranked(scores, i - 1), b = kpi_scores_ranked(scores, i);
        assert_true(a.has_score >= b.has_score && (!b.has_score || a.score >= b.score));
        if (a.has_score == b.has_score && a.score == b.score) assert_true(strcmp(a.owner, b.owner) < 0);
    }
}

/* More than fit a piece of any kind. Scores are counted, or sorted: where they are too far apart, or a gate makes some
 * that lie between whole points. */
static void test_many(void **state) {
    (void)state;
#define METRIC "scheme: s\nmetrics: {m: {weight: 100, missing: skip, curve: [[0, 0], [90, 90]]}}\n"
    static struct many cases[] = {
        {METRIC, 1, false, {0}, {0}},
        {METRIC "digits: 2\n", 100, false, {0}, {0}},
        {METRIC "gates: [{metric: m, above: 8000, score_at_most: 33.5}]\n", 1, true, {0}, {0}}};
    for (size_t k = 0; k < COUNT(cases); k++) {
        kpi_error error = {0};
        kpi_measures *measures;
        kpi_scores *scores;
        const char *path;
        kpi_goals *goals = make_many(&cases[k], &path);
        kpi_score_options options = {.period = period("2026-10"), .period_text = "2026-10", .totals_only = true};
        expect_ok(kpi_measures_new(&measures, goals, options.period, "2026-10", 3, &error), &error);
        expect_ok(kpi_measures_read(measures, path, NULL, &error), &error);
        expect_ok(kpi_score(&scores, goals, measures, &options, NULL, &error), &error);
        check_many(&cases[k], scores);
        kpi_scores_free(scores);
        kpi_measures_free(measures);
        kpi_goals_free(goals);
    }
}

/* ---- any order of lines ---- */

static void shuffle(char **line, size_t n) {
    for (size_t i = n; i > 1; i--) {
        size_t j = random_below(i);
        char *held = line[i - 1];
        line[i - 1] = line[j];
        line[j] = held;
    }
}

static void test_any_order(void **state) {
    (void)state;
    static const char yaml[] =
        "scheme: s\nmetrics: {a: {weight: 50, take: mean}, b: {weight: 30, missing: skip}, c: {weight: 20, take: "
        "last}}\n"
        "adjust: [{metric: b, above: 3, points: -0.5}]\ngates: [{metric: a, below: 1, score_at_most: 40}]\n"
        "grades: [{grade: A, top: 30}, {grade: B, from: 50}, {grade: C}]\n---\n"
        "goals: 2026-10\ntargets:\n  u: {a: 7, b: 3, c: 9}\n  v: {a: 5, b: 5, c: 5}\n  w: {a: 3, b: 7, c: 1}\n"
        "  x: {a: 2, b: 2, c: 2}\n";
    for (int round = 0; round < 60; round++) {
        char text[31][48], *line[31], measures[2048], first[8192]; /* a day each: no two last values */
        struct world w = {"2026-10", yaml, NULL, measures, NULL};
        int code;
        for (size_t i = 0; i < COUNT(line); i++) {
            line[i] = text[i];
            sprintf(text[i], "2026-10-%02zu\t%c\t%c\t%d.%d\n", i + 1, "uvwx"[random_below(4)], "abc"[random_below(3)],
                    (int)random_below(4), (int)random_below(10));
        }
        for (int again = 0; again < 3; again++) {
            *measures = 0;
            for (size_t i = 0; i < COUNT(line); i++) strcat(measures, line[i]);
            const char *found = score(&w, 0, &code);
            if (again)
                assert_string_equal(found, first);
            else
                strcpy(first, found);
            shuffle(line, COUNT(line));
        }
    }
}

/* ---- weights alone ---- */

static void test_weights_check(void **state) {
    (void)state;
#define ROLES \
    "scheme: s\nmetrics: {a: {weight: 60}, b: {weight: 40}}\nroles: {junior: {a: 10, b: 90}, only: {b: 100}}\n---\n"
    static const struct {
        const char *yaml, *managers, *faults;
    } cases[] = {
        {TWO "goals: 2026-10\ntargets: {x: {a: 1, b: 1}, y: {a: 1, b: 1}}\n", NULL, ""},
        {TWO "goals: 2026-10\ntargets: {x: {a: 1}, y: {b: 1}, z: {a: 1, b: 1}}\n", NULL,
         "goals.yaml:5:18: 'b' for 'x' in 2026-10: it has a weight but no goal\n"
         "goals.yaml:5:29: 'a' for 'y' in 2026-10: it has a weight but no goal\n"},
        {TWO "goals: 2026-10\ntargets: {x: {a: {target: 1, weight: 61}, b: 1}}\n", NULL,
         "goals.yaml:5:18: the weights of 'x' in 2026-10 add up to 101, not 100\n"},
        /* without a book any role may be meant */
        {ROLES "goals: 2026-10\ntargets: {x: {b: 1}}\n", NULL, ""},
        {"scheme: s\nmetrics: {a: {weight: 60}, b: {weight: 40}}\nroles: {only: {b: 100}, junior: {a: 10, b: "
         "90}}\n---\n"
         "goals: 2026-10\ntargets: {x: {b: 1}}\n",
         NULL, ""},
        {ROLES "goals: 2026-10\ntargets: {x: {a: 1}}\n", NULL,
         "goals.yaml:6:18: 'b' for 'x' in 2026-10: it has a weight but no goal\n"},
        {ROLES "goals: 2026-10\ntargets: {x: {b: 1}}\n", BOOK("only", "", ""), ""},
        {ROLES "goals: 2026-10\ntargets: {x: {b: 1}}\n", BOOK("junior", "", ""),
         "goals.yaml:6:18: 'a' for 'x' in 2026-10: it has a weight but no goal\n"},
        {ROLES "goals: 2026-10\ntargets: {x: {b: 1}}\n", "y\t\t\t\t\t\n", ""}, /* not in the book: not scored */
        {TWO "goal: g\nowner: x\nmetric: a\nperiod: 2026-10\ntarget: 1\nstrategy: true\n", NULL,
         "goals.yaml:4:1: 'b' for 'x' in 2026-10: it has a weight but no goal\n"},
        {TWO "goals: 2026-11\ntargets: {x: {a: 1}}\n", NULL, ""}, /* another period */
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t stop = 0; stop < 2; stop++) {
            struct heard heard = {.stop = stop};
            kpi_report report = hearing(&heard);
            kpi_error error = {0};
            kpi_goals *goals = goals_of(cases[i].yaml, true);
            kpi_book *managers = cases[i].managers ? book_of(cases[i].managers) : NULL;
            struct world w = {.asked = "2026-10"};
            kpi_score_options options = options_of(&w, managers);
            int code = kpi_weights_check(goals, &options, &report, &error);
            assert_int_equal(code, stop && *cases[i].faults ? KPI_DATA : KPI_OK);
            if (!stop) assert_string_equal(heard.text, cases[i].faults);
            kpi_book_free(managers);
            kpi_goals_free(goals);
        }
    kpi_error error = {0};
    kpi_goals *goals = goals_of("goals: 2026-10\ntargets: {x: {a: 1}}\n", true);
    struct world w = {.asked = "2026-10"};
    kpi_score_options options = options_of(&w, NULL);
    expect_failure(kpi_weights_check(goals, &options, NULL, &error), KPI_DATA, &error, "no scheme holds for 2026-10");
    kpi_goals_free(goals);
    kpi_scores_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points),
        cmocka_unit_test(test_take),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_prorate),
        cmocka_unit_test(test_who_is_scored),
        cmocka_unit_test(test_periods),
        cmocka_unit_test(test_as_of),
        cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_two_last_values),
        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_out_of_range),
        cmocka_unit_test(test_goals_with_faults),
        cmocka_unit_test(test_totals_only),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_weights_check),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
