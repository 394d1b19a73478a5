/* ahead.h - scores out of strings, for the tests of what looks ahead from them. */
#ifndef AHEAD_H
#define AHEAD_H

#include "unit.h"

typedef struct ahead { /* of 2026-10 */
    kpi_goals *goals;
    kpi_book *book;
    kpi_measures *measures;
    kpi_scores *scores;
} ahead;

/* managers: NULL, or the book. */
static inline ahead ahead_of(const char *yaml, const char *managers, const char *measures, const char *as_of) {
    ahead a = {.goals = goals_of(yaml, true)};
    kpi_error error;
    kpi_score_options options = {.period = period("2026-10"), .period_text = "2026-10", .totals_only = true};
    if (managers) {
        expect_ok(kpi_book_new(&a.book, KPI_MANAGER, &error), &error);
        expect_ok(kpi_book_read(a.book, temp_file("managers", kpi_text_of(managers)), NULL, &error), &error);
    }
    options.managers = a.book;
    options.has_as_of = as_of != NULL;
    if (as_of) options.as_of = day(as_of);
    const char *path = temp_file("m", kpi_text_of(measures));
    expect_ok(kpi_measures_new(&a.measures, a.goals, options.period, "2026-10", 0, &error), &error);
    expect_ok(kpi_measures_read_until(a.measures, &path, 1, as_of ? day(as_of) : options.period.last, NULL, &error),
              &error);
    expect_ok(kpi_score(&a.scores, a.goals, a.measures, &options, NULL, &error), &error);
    return a;
}

static inline void free_ahead(ahead *a) {
    kpi_scores_free(a->scores);
    kpi_measures_free(a->measures);
    kpi_book_free(a->book);
    kpi_goals_free(a->goals);
}

/* A number as text, or "-" where it is not known; one of eight buffers that take turns. */
static inline const char *figure(bool known, kpi_ratio value, int digits) {
    static char text[8][KPI_NUMBER_SIZE];
    static unsigned turn;
    char *out = text[turn++ % COUNT(text)];
    if (known) kpi_ratio_format(value, digits, out);
    return known ? out : "-";
}

#endif
