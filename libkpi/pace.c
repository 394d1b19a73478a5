/* pace.c - where a period is heading: what is to be expected by a day of it, and the scores that come of going on so.
 *
 * A metric that sums up or counts grows by the day: its forecast is the actual times all days over those elapsed. Any
 * other is a level and stands as it is. Each owner's forecasts are put on the sheet of what is known, which is then
 * scored like any other; so curves, rules, skipped metrics and baselines act as they will in the end. */
#include "internal.h"

#include <stdlib.h>

typedef struct total {
    kpi_decimal score;
    uint32_t rank; /* 0: no forecast of the score */
} total;

struct kpi_pace {
    const kpi_scores *scores;
    const kpi_scheme *scheme;
    kpi_pace_options options;
    total *total; /* by owner */
    size_t n, ranked;
    uint32_t *order;
};

typedef struct window { /* of an owner, those that count */
    int64_t elapsed, all;
    bool over;    /* nothing can be added any more */
    bool unknown; /* there is no rate yet */
} window;

/* ---- measures so far ---- */

struct running { /* measures that end later */
    uint64_t n;
    kpi_place first;
    char period[KPI_PERIOD_SIZE];
};

enum { PERIOD, MANAGER, METRIC, VALUE };

static int take_until(kpi_measures *m, const char *file, kpi_day day, const kpi_line *line, struct running *running,
                      kpi_error *e) {
    kpi_period period;
    kpi_decimal value;
    kpi_place place = {file, line->number, 0};
    kpi_period_parse(line->field[PERIOD], &period);
    kpi_decimal_parse(line->field[VALUE], &value);
    if (period.first > day) return KPI_OK;
    if (period.last > day && kpi_period_inside(period, m->period) && !running->n++) {
        running->first = place;
        snprintf(running->period, sizeof running->period, "%.*s", (int)line->field[PERIOD].len,
                 line->field[PERIOD].ptr);
    }
    return kpi_measures_add(m, line->field[MANAGER], line->field[METRIC], period, value, place, e);
}

static int read_until(kpi_measures *m, const char *path, kpi_day day, struct running *running,
                      const kpi_report *report, kpi_error *e) {
    kpi_reader *reader;
    kpi_line line;
    uint32_t file = kpi__dict_put(m->files, kpi_text_of(path));
    int code = file == KPI__NONE ? kpi__fail_memory(e) : kpi_reader_open(&reader, path, e);
    if (code) return code;
    while (!code) {
        code = kpi_reader_record(reader, kpi_record_of(KPI_MEASURE), &line, report, e);
        if (code) break;
        code = take_until(m, kpi__dict_key(m->files, file).ptr, day, &line, running, e);
        if (code == KPI_DATA) code = kpi__tell(report, e);
    }
    kpi_reader_free(reader);
    return code == KPI_NO ? KPI_OK : code;
}

int kpi_measures_read_until(kpi_measures *m, const char *const *path, size_t paths, kpi_day day,
                            const kpi_report *report, kpi_error *e) {
    struct running running = {0};
    char until[KPI_PERIOD_SIZE];
    int code = KPI_OK;
    for (size_t i = 0; i < paths && !code; i++) code = read_until(m, path[i], day, &running, report, e);
    if (code || !running.n) return code;
    kpi_day_format(day, until);
    kpi__fail_at(e, KPI_OK, running.first,
                 "%llu measure%s of a period that ends after %s %s taken as known by then, this %s: %s",
                 (unsigned long long)running.n, running.n == 1 ? "" : "s", until, running.n == 1 ? "is" : "are",
                 running.n == 1 ? "one" : "the first", running.period);
    return kpi__tell(report, e);
}

/* ---- days ---- */

static void count_days(const kpi_pace_options *o, kpi_period period, window *days) {
    days->all += kpi_calendar_days(o->calendar, period);
    if (period.last > o->as_of) period.last = o->as_of;
    if (period.first <= period.last) days->elapsed += kpi_calendar_days(o->calendar, period);
}

/* Of an owner: those of the period that he is there, where the book tells of any; else all of it. */
static window days_of(const kpi_pace *p, const char *owner) {
    const kpi_pace_options *o = &p->options;
    size_t entries = 0;
    window days = {0};
    const kpi_entry *entry = o->managers ? kpi_book_find(o->managers, kpi_text_of(owner), &entries) : NULL;
    bool there = false;
    for (size_t i = 0; i < entries; i++) {
        kpi_period both = entry[i].days;
        if (!kpi_period_overlap(both, o->period)) continue;
        if (both.first < o->period.first) both.first = o->period.first;
        if (both.last > o->period.last) both.last = o->period.last;
        count_days(o, both, &days);
        there = true;
    }
    if (!there) count_days(o, o->period, &days);
    days.over = o->as_of == o->period.last || (days.all && days.elapsed == days.all);
    days.unknown = !days.over && !days.elapsed;
    return days;
}

/* ---- quotients ---- */

enum { DEN_BITS = 120 }; /* what can be printed */

static bool fits(const kpi_ratio *r) { return r->den >> DEN_BITS == 0; }

/* r * n / d. false: out of range. */
static bool scale(kpi_ratio r, int64_t n, int64_t d, kpi_ratio *out) {
    kpi_decimal a = kpi__common(n, d), b;
    n /= (int64_t)a, d /= (int64_t)a;
    a = kpi__common(r.num, d), b = kpi__common(n, r.den);
    return !__builtin_mul_overflow(r.num / a, n / (int64_t)b, &out->num) &&
           !__builtin_mul_overflow(r.den / b, d / (int64_t)a, &out->den) && fits(out);
}

static bool subtract(kpi_ratio a, kpi_ratio b, kpi_ratio *out) {
    kpi_decimal factor = kpi__common(a.den, b.den), left, right, den;
    if (__builtin_mul_overflow(a.num, b.den / factor, &left) || __builtin_mul_overflow(b.num, a.den / factor, &right) ||
        __builtin_sub_overflow(left, right, &left) || __builtin_mul_overflow(a.den, b.den / factor, &den))
        return false;
    factor = kpi__common(left, den);
    *out = (kpi_ratio){left / factor, den / factor};
    return fits(out);
}

/* ---- forecasts ---- */

static bool by_rate(const kpi_metric *metric) { return metric->take == KPI_TAKE_SUM || metric->take == KPI_TAKE_COUNT; }

static int fail_range(const kpi_pace *p, const char *owner, const char *metric, kpi_error *e) {
    char day[KPI_PERIOD_SIZE];
    kpi_day_format(p->options.as_of, day);
    return kpi__fail(e, KPI_DATA, "%s for %s on %s: the forecast is out of range", KPI__QUOTE(kpi_text_of(metric)),
                     KPI__QUOTE(kpi_text_of(owner)), day);
}

/* Whether a row's actual will be another in the end. */
static bool grows(const kpi_pace *p, const kpi_sheet *sheet, size_t i, const window *days) {
    return sheet->row[i].known && by_rate(&p->scheme->metric[i]) && !days->over;
}

/* Turns the actuals of sheet into forecasts. *unknown: there is one that cannot be told yet, which is left as it is. */
static int foresee(const kpi_pace *p, kpi_sheet *sheet, const window *days, bool *unknown, kpi_error *e) {
    *unknown = false;
    for (size_t i = 0; i < p->scheme->metrics; i++) {
        kpi_sheet_row *row = &sheet->row[i];
        if (!grows(p, sheet, i, days)) continue;
        *unknown |= days->unknown;
        if (!days->unknown && !scale(row->actual, days->all, days->elapsed, &row->actual))
            return fail_range(p, sheet->owner, p->scheme->metric[i].name, e);
    }
    return KPI_OK;
}

/* Of owner i: the forecast's sheet in row, its score in *out, and the details where there is room for them. */
static int score_forecast(const kpi_pace *p, size_t i, const window *days, kpi_sheet *sheet, kpi_sheet_row *row,
                          kpi_detail *detail, kpi_scored *out, kpi_error *e) {
    bool unknown;
    int code = kpi_scores_sheet(p->scores, i, sheet, row, e);
    if (!code) code = foresee(p, sheet, days, &unknown, e);
    if (!code) code = kpi_sheet_score(sheet, detail, out, e);
    if (!code) out->has_score = out->has_score && !unknown;
    return code;
}

/* ---- ranks ---- */

static int by_score(const void *x, const void *y, void *context) {
    const kpi_pace *p = context;
    uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
    const total *a = &p->total[i], *b = &p->total[j];
    if (!a->rank != !b->rank) return a->rank ? -1 : 1;
    if (a->rank && a->score != b->score) return a->score > b->score ? -1 : 1;
    return i < j ? -1 : i > j;
}

static void rank(kpi_pace *p) {
    for (size_t i = 0; i < p->n; i++) p->order[i] = (uint32_t)i;
    if (p->n) qsort_r(p->order, p->n, sizeof *p->order, by_score, p);
    for (size_t i = 0; i < p->ranked; i++) {
        total *t = &p->total[p->order[i]], *before = i ? &p->total[p->order[i - 1]] : NULL;
        t->rank = before && before->score == t->score ? before->rank : (uint32_t)i + 1;
    }
}

static int score_all(kpi_pace *p, kpi_error *e) {
    kpi_sheet_row *row = calloc(p->scheme->metrics, sizeof *row);
    int code = row ? KPI_OK : kpi__fail_memory(e);
    for (size_t i = 0; i < p->n && !code; i++) {
        kpi_sheet sheet;
        kpi_scored scored;
        window days = days_of(p, kpi_scores_at(p->scores, i).owner);
        code = score_forecast(p, i, &days, &sheet, row, NULL, &scored, e);
        if (code || !scored.has_score) continue;
        p->total[i] = (total){scored.score, 1};
        p->ranked++;
    }
    free(row);
    return code;
}

static int check_day(const kpi_pace_options *o, kpi_error *e) {
    char day[KPI_PERIOD_SIZE], first[KPI_PERIOD_SIZE], last[KPI_PERIOD_SIZE];
    if (o->as_of >= o->period.first && o->as_of <= o->period.last) return KPI_OK;
    kpi_day_format(o->as_of, day);
    kpi_day_format(o->period.first, first);
    kpi_day_format(o->period.last, last);
    return kpi__fail(e, KPI_USAGE, "%s is not a day of %s..%s", day, first, last);
}

int kpi_pace_new(kpi_pace **out, const kpi_scores *scores, const kpi_pace_options *options, kpi_error *e) {
    int code = check_day(options, e);
    kpi_pace *p = code ? NULL : calloc(1, sizeof *p);
    if (!p) return code ? code : kpi__fail_memory(e);
    *p = (kpi_pace){scores, kpi_scores_scheme(scores), *options, .n = kpi_scores_size(scores)};
    p->total = calloc(p->n + 1, sizeof *p->total);
    p->order = calloc(p->n + 1, sizeof *p->order);
    code = p->total && p->order ? score_all(p, e) : kpi__fail_memory(e);
    if (code) {
        kpi_pace_free(p);
        return code;
    }
    rank(p);
    *out = p;
    return KPI_OK;
}

void kpi_pace_free(kpi_pace *p) {
    if (!p) return;
    free(p->total);
    free(p->order);
    free(p);
}

/* ---- asking ---- */

size_t kpi_pace_size(const kpi_pace *p) { return p->n; }
size_t kpi_pace_ranked(const kpi_pace *p, size_t place) { return p->order[place]; }

kpi_scored kpi_pace_at(const kpi_pace *p, size_t i) {
    const total *t = &p->total[i];
    const char *grade = t->rank ? kpi_scheme_grade(p->scheme, t->score, t->rank, p->ranked) : "";
    return (kpi_scored){.owner = kpi_scores_at(p->scores, i).owner,
                        .has_score = t->rank != 0,
                        .score = t->score,
                        .grade = grade,
                        .rank = t->rank};
}

/* What a weighted metric is compared with: row as it is now. */
static bool compare(const kpi_metric *metric, const kpi_sheet_row *row, const window *days, kpi_pace_line *line) {
    const kpi_ratio nothing = {0, 1}, actual = row->known ? row->actual : nothing;
    int64_t left = days->all - days->elapsed;
    line->expected = row->target;
    line->has_expected = !line->by_rate || days->over || days->all;
    if (line->by_rate && !days->over && days->all &&
        !scale(row->target, days->elapsed, days->all, &line->expected))
        return false;
    line->has_ahead = line->has_expected && row->known;
    if (line->has_ahead && !(metric->lower ? subtract(line->expected, actual, &line->ahead)
                                           : subtract(actual, line->expected, &line->ahead)))
        return false;
    line->has_needed = line->by_rate && !days->over && left > 0;
    if (!line->has_needed) return true;
    if (!subtract(row->target, actual, &line->needed) || !scale(line->needed, 1, left, &line->needed)) return false;
    if (!metric->lower && line->needed.num < 0) line->needed = nothing;
    return true;
}

/* A line of a forecast's detail; rows of `now` are those of what is known. */
static int set_line(const kpi_pace *p, const kpi_sheet *now, const window *days, const kpi_detail *d,
                    kpi_pace_line *line, kpi_error *e) {
    size_t i = (size_t)(d->metric - p->scheme->metric);
    const kpi_sheet_row *row = &now->row[i];
    *line = (kpi_pace_line){.forecast = *d,
                            .foreseen = !(grows(p, now, i, days) && days->unknown),
                            .by_rate = by_rate(d->metric),
                            .has_actual = row->known,
                            .actual = row->actual};
    if (d->kind != KPI_DETAIL_METRIC || compare(d->metric, row, days, line)) return KPI_OK;
    return fail_range(p, now->owner, d->metric->name, e);
}

/* Without a score there is nothing that rules could act on. */
static int set_lines(const kpi_pace *p, const kpi_sheet *now, const window *days, const kpi_scored *scored,
                     kpi_pace_line *line, size_t *lines, kpi_error *e) {
    int code = KPI_OK;
    *lines = 0;
    for (size_t k = 0; k < scored->details && !code; k++) {
        const kpi_detail *d = &scored->detail[k];
        if (d->kind == KPI_DETAIL_METRIC || scored->has_score) code = set_line(p, now, days, d, &line[(*lines)++], e);
    }
    return code;
}

int kpi_pace_lines(const kpi_pace *p, size_t i, kpi_pace_line **line, size_t *lines, kpi_error *e) {
    size_t metrics = p->scheme->metrics, most = metrics + p->scheme->adjusts + 1;
    kpi_sheet now, sheet;
    kpi_scored scored;
    kpi_sheet_row *row = calloc(2 * metrics, sizeof *row);
    kpi_detail *detail = calloc(most, sizeof *detail);
    *line = calloc(most, sizeof **line);
    window days = days_of(p, kpi_scores_at(p->scores, i).owner);
    int code = row && detail && *line ? kpi_scores_sheet(p->scores, i, &now, row, e) : kpi__fail_memory(e);
    if (!code) code = score_forecast(p, i, &days, &sheet, row + metrics, detail, &scored, e);
    if (!code) code = set_lines(p, &now, &days, &scored, *line, lines, e);
    free(row);
    free(detail);
    if (code) free(*line);
    return code;
}
