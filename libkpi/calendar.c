/* calendar.c - which days are worked: Monday to Friday, but for days off, and days that are worked all the same.
 *
 * Both lists are kept sorted and merged, so that the days of a period are counted, not walked. */
#include "internal.h"

#include <stdlib.h>

typedef struct ranges { /* ascending, neither overlapping nor touching */
    kpi_period *range;
    size_t n, room;
} ranges;

struct kpi_calendar {
    ranges odd;  /* days on which the weekday does not tell */
    ranges work; /* of these, the days that are worked */
};

int kpi_calendar_new(kpi_calendar **out, kpi_error *e) {
    *out = calloc(1, sizeof **out);
    return *out ? KPI_OK : kpi__fail_memory(e);
}

void kpi_calendar_free(kpi_calendar *calendar) {
    if (!calendar) return;
    free(calendar->odd.range);
    free(calendar->work.range);
    free(calendar);
}

/* ---- reading ---- */

static bool add(ranges *r, kpi_period days) {
    if (!kpi__grow(&r->range, r->n, &r->room, sizeof *r->range)) return false;
    r->range[r->n++] = days;
    return true;
}

static int by_first(const void *x, const void *y) {
    const kpi_period *a = x, *b = y;
    return (a->first > b->first) - (a->first < b->first);
}

static void merge(ranges *r) {
    size_t kept = 0;
    if (r->n) qsort(r->range, r->n, sizeof *r->range, by_first);
    for (size_t i = 0; i < r->n; i++) {
        kpi_period next = r->range[i], *last = kept ? &r->range[kept - 1] : NULL;
        if (!last || next.first > (int64_t)last->last + 1)
            r->range[kept++] = next;
        else if (next.last > last->last)
            last->last = next.last;
    }
    r->n = kept;
}

/* The first field; more may follow, which are not read. */
static int take_line(kpi_calendar *calendar, const kpi_line *line, kpi_error *e) {
    kpi_text text = line->field[0];
    kpi_period days;
    bool work = text.len && *text.ptr == '+';
    if (work) text.ptr++, text.len--;
    if (kpi_period_parse(text, &days))
        return kpi__fail_line(e, line, 1, "not a date or period: %s", KPI__QUOTE(line->field[0]));
    bool added = add(&calendar->odd, days) && (!work || add(&calendar->work, days));
    return added ? KPI_OK : kpi__fail_memory(e);
}

int kpi_calendar_read(kpi_calendar *calendar, const char *path, const kpi_report *report, kpi_error *e) {
    kpi_reader *reader;
    kpi_line line;
    int code = kpi_reader_open(&reader, path, e);
    if (code) return code;
    while (!code) {
        code = kpi_reader_next(reader, &line, e);
        if (!code) code = take_line(calendar, &line, e);
        if (code == KPI_DATA) code = kpi__tell(report, e);
    }
    kpi_reader_free(reader);
    merge(&calendar->odd);
    merge(&calendar->work);
    return code == KPI_NO ? KPI_OK : code;
}

/* ---- counting ---- */

/* Mondays to Fridays before day, from a Monday long ago on; 1970-01-01 was a Thursday. */
static int64_t weekdays_before(int64_t day) {
    int64_t n = day + 3 + 7 * INT64_C(400000000), rest = n % 7;
    return n / 7 * 5 + (rest < 5 ? rest : 5);
}

static int64_t weekdays(kpi_period days) {
    return weekdays_before((int64_t)days.last + 1) - weekdays_before(days.first);
}

/* What of the ranges lies in days, counted by `count`. */
static int64_t common_days(const ranges *r, kpi_period days, int64_t (*count)(kpi_period days)) {
    int64_t sum = 0;
    for (size_t i = 0; i < r->n; i++) {
        if (!kpi_period_overlap(r->range[i], days)) continue;
        kpi_period both = r->range[i];
        if (both.first < days.first) both.first = days.first;
        if (both.last > days.last) both.last = days.last;
        sum += count(both);
    }
    return sum;
}

static int64_t all_days(kpi_period days) { return kpi_period_days(days); }

int64_t kpi_calendar_days(const kpi_calendar *calendar, kpi_period days) {
    if (!calendar) return kpi_period_days(days);
    return weekdays(days) - common_days(&calendar->odd, days, weekdays) + common_days(&calendar->work, days, all_days);
}
