/* stat.c - the statistics of tallies: how a line is counted, and a row of a table for each figure. */
#include "internal.h"

#include <string.h>

/* ---- counting ---- */

static bool is(kpi_text text, const char *word) {
    return strlen(word) == text.len && !memcmp(text.ptr, word, text.len);
}

void kpi__count_visit(const kpi__fold *fold, int status, bool purpose, int64_t late, kpi_decimal minutes,
                      kpi__row *row) {
    bool done = status == KPI__DONE;
    *row = (kpi__row){.value = done ? minutes : 0};
    row->count[status] = 1;
    row->count[KPI__PURPOSEFUL] = done && purpose;
    row->count[KPI__LATE] = done && late > fold->late_after;
}

void kpi__count_feedback(const kpi__fold *fold, bool scored, kpi_decimal score, bool resolved, kpi__row *row) {
    kpi_decimal range = fold->high - fold->low, above = score - fold->low;
    *row = (kpi__row){.scored = scored};
    row->count[KPI__ALL] = 1;
    row->count[KPI__RESOLVED] = resolved;
    if (!scored) return;
    row->value = score;
    row->count[KPI__SCORED] = 1;
    row->count[KPI__PROMOTERS] = score >= 9 * KPI_ONE;
    row->count[KPI__PASSIVES] = score >= 7 * KPI_ONE && score < 9 * KPI_ONE;
    row->count[KPI__SATISFIED] = 4 * above >= 3 * range;
    row->count[KPI__UNRESOLVED] = !resolved && 10 * above < 7 * range;
}

int kpi__visit_status(const kpi_line *line) {
    static const char letter[] = {'d', 'p', 'm', 'c'}; /* the four differ in their first byte */
    return (int)((const char *)memchr(letter, *line->field[KPI_VISIT_STATUS].ptr, sizeof letter) - letter);
}

int64_t kpi__visit_row(const kpi_line *line, const kpi__fold *fold, kpi__row *row) {
    kpi_decimal minutes = 0;
    kpi_day day = 0, written, logged = 0;
    int64_t late = INT64_MIN;
    kpi_date_parse(line->field[KPI_VISIT_DATE], &day, NULL);
    if (line->field[KPI_VISIT_MINUTES].len) kpi_decimal_parse(line->field[KPI_VISIT_MINUTES], &minutes);
    if (line->field[KPI_VISIT_LOGGED].len && !kpi_date_parse(line->field[KPI_VISIT_LOGGED], &written, &logged))
        late = (int64_t)logged - day;
    kpi__count_visit(fold, kpi__visit_status(line), kpi__says(line->field[KPI_VISIT_PURPOSE]), late, minutes, row);
    return 0;
}

int64_t kpi__feedback_row(const kpi_line *line, const kpi__fold *fold, kpi__row *row) {
    kpi_text resolved = line->field[KPI_FEEDBACK_RESOLVED];
    kpi_decimal score = 0;
    kpi_day day = 0, on = 0;
    bool scored = line->field[KPI_FEEDBACK_SCORE].len && !kpi_decimal_parse(line->field[KPI_FEEDBACK_SCORE], &score);
    kpi__count_feedback(fold, scored, score, resolved.len > 0, row);
    if (!resolved.len) return 0;
    kpi_date_parse(line->field[KPI_FEEDBACK_DATE], &day, NULL);
    kpi_date_parse(resolved, &on, NULL);
    return (int64_t)on - day;
}

bool kpi__group_add(kpi__group *g, const kpi__row *row, int64_t days) {
    kpi_decimal sum;
    if (__builtin_add_overflow(g->sum, row->value, &sum)) return false;
    g->sum = sum;
    if (row->scored && (!g->count[KPI__SCORED] || row->value < g->min)) g->min = row->value;
    if (row->scored && (!g->count[KPI__SCORED] || row->value > g->max)) g->max = row->value;
    for (size_t i = 0; i < KPI__LINE_COUNTS; i++) g->count[i] += row->count[i];
    g->days += days;
    return true;
}

bool kpi__group_merge(kpi__group *g, const kpi__group *from) {
    if (__builtin_add_overflow(g->sum, from->sum, &g->sum)) return false;
    if (from->count[KPI__SCORED]) { /* of visits min and max are not read */
        if (!g->count[KPI__SCORED] || from->min < g->min) g->min = from->min;
        if (!g->count[KPI__SCORED] || from->max > g->max) g->max = from->max;
    }
    for (size_t i = 0; i < KPI__COUNTS; i++) g->count[i] += from->count[i];
    g->days += from->days;
    return true;
}

/* ---- figures ---- */

#define VALUE(name) static bool name(const kpi__group *g, const kpi__group *all, int digits, kpi_ratio *out)
#define UNUSED      (void)g, (void)all, (void)digits

static bool whole(uint64_t n, kpi_ratio *out) {
    *out = (kpi_ratio){(kpi_decimal)n * KPI_ONE, 1};
    return true;
}

static bool percent(kpi_decimal part, uint64_t of, kpi_ratio *out) {
    *out = (kpi_ratio){part * 100 * KPI_ONE, of ? (kpi_decimal)of : 1};
    return of != 0;
}

#define COUNT(name, which)                  \
    VALUE(name) {                           \
        UNUSED;                             \
        return whole(g->count[which], out); \
    }
COUNT(visits, KPI__DONE)
COUNT(planned, KPI__PLANNED)
COUNT(missed, KPI__MISSED)
COUNT(cancelled, KPI__CANCELLED)
COUNT(late, KPI__LATE)
COUNT(clients, KPI__CLIENTS)
COUNT(kept, KPI__KEPT)
COUNT(n, KPI__ALL)
COUNT(scored, KPI__SCORED)
COUNT(promoters, KPI__PROMOTERS)
COUNT(passives, KPI__PASSIVES)
COUNT(unresolved, KPI__UNRESOLVED)

VALUE(detractors) {
    UNUSED;
    return whole(g->count[KPI__SCORED] - g->count[KPI__PROMOTERS] - g->count[KPI__PASSIVES], out);
}
VALUE(minutes) {
    UNUSED;
    return *out = (kpi_ratio){g->sum, 1}, true;
}
VALUE(purposeful) {
    UNUSED;
    return percent((kpi_decimal)g->count[KPI__PURPOSEFUL], g->count[KPI__DONE], out);
}
VALUE(load) { /* both in millionths, those of whole numbers */
    UNUSED;
    *out = (kpi_ratio){g->sum * 200, g->team > 0 ? g->team / KPI_ONE : 1};
    return g->team > 0;
}
VALUE(coverage) {
    UNUSED;
    return percent((kpi_decimal)g->count[KPI__COVERED], g->count[KPI__OWNED], out);
}
VALUE(share) {
    UNUSED;
    return percent((kpi_decimal)g->count[KPI__ALL], all->count[KPI__ALL], out);
}
VALUE(running) {
    UNUSED;
    return percent((kpi_decimal)g->count[KPI__UP_TO], all->count[KPI__ALL], out);
}
VALUE(csat) {
    UNUSED;
    return percent((kpi_decimal)g->count[KPI__SATISFIED], g->count[KPI__SCORED], out);
}

VALUE(sum) {
    UNUSED;
    return *out = (kpi_ratio){g->sum, 1}, g->count[KPI__SCORED] != 0;
}
VALUE(min) {
    UNUSED;
    return *out = (kpi_ratio){g->min, 1}, g->count[KPI__SCORED] != 0;
}
VALUE(max) {
    UNUSED;
    return *out = (kpi_ratio){g->max, 1}, g->count[KPI__SCORED] != 0;
}

VALUE(mean) {
    UNUSED;
    uint64_t of = g->count[KPI__SCORED];
    *out = (kpi_ratio){g->sum, of ? (kpi_decimal)of : 1};
    return of != 0;
}

VALUE(nps) {
    UNUSED;
    kpi_decimal of = (kpi_decimal)g->count[KPI__SCORED], up = (kpi_decimal)g->count[KPI__PROMOTERS];
    return percent(up - (of - up - (kpi_decimal)g->count[KPI__PASSIVES]), g->count[KPI__SCORED], out);
}

VALUE(csat_low) {
    UNUSED;
    uint64_t of = g->count[KPI__SCORED];
    *out = (kpi_ratio){of ? kpi__wilson_low(g->count[KPI__SATISFIED], of, digits) : 0, 1};
    return of != 0;
}

VALUE(resolve_days) {
    UNUSED;
    uint64_t of = g->count[KPI__RESOLVED];
    *out = (kpi_ratio){(kpi_decimal)g->days * KPI_ONE, of ? (kpi_decimal)of : 1};
    return of != 0;
}

static const kpi__stat stats[] = {
    {"visits", KPI_VISIT, 0, true, visits},
    {"clients", KPI_VISIT, KPI__NEEDS_CLIENTS, true, clients},
    {"minutes", KPI_VISIT, 0, true, minutes},
    {"planned", KPI_VISIT, 0, true, planned},
    {"missed", KPI_VISIT, 0, true, missed},
    {"cancelled", KPI_VISIT, 0, true, cancelled},
    {"kept", KPI_VISIT, KPI__NEEDS_KEPT, true, kept},
    {"purposeful", KPI_VISIT, 0, false, purposeful},
    {"late", KPI_VISIT, 0, true, late},
    {"coverage", KPI_VISIT, KPI__NEEDS_COVERAGE, false, coverage},
    {"load", KPI_VISIT, KPI__NEEDS_TEAM, false, load},
    {"n", KPI_FEEDBACK, 0, true, n},
    {"scored", KPI_FEEDBACK, 0, true, scored},
    {"sum", KPI_FEEDBACK, 0, true, sum},
    {"mean", KPI_FEEDBACK, 0, false, mean},
    {"min", KPI_FEEDBACK, 0, true, min},
    {"max", KPI_FEEDBACK, 0, true, max},
    {"promoters", KPI_FEEDBACK, KPI__NEEDS_NPS_SCALE, true, promoters},
    {"passives", KPI_FEEDBACK, KPI__NEEDS_NPS_SCALE, true, passives},
    {"detractors", KPI_FEEDBACK, KPI__NEEDS_NPS_SCALE, true, detractors},
    {"nps", KPI_FEEDBACK, KPI__NEEDS_NPS_SCALE, false, nps},
    {"csat", KPI_FEEDBACK, 0, false, csat},
    {"csat-low", KPI_FEEDBACK, 0, false, csat_low},
    {"share", KPI_FEEDBACK, KPI__NEEDS_ALL, false, share},
    {"running", KPI_FEEDBACK, KPI__NEEDS_ALL | KPI__NEEDS_ORDER, false, running},
    {"unresolved", KPI_FEEDBACK, 0, true, unresolved},
    {"resolve-days", KPI_FEEDBACK, KPI__NEEDS_DAYS, false, resolve_days},
};

const kpi__stat *kpi__stat_named(enum kpi_record_kind record, kpi_text name) {
    for (size_t i = 0; i < KPI__COUNT(stats); i++)
        if (stats[i].record == record && is(name, stats[i].name)) return &stats[i];
    return NULL;
}

/* ---- Wilson ---- */

/* With Z = z^2 the lower end is (2k + Z - sqrt(Z (Z + 4k(n-k)/n))) / (2 (n + Z)). It is at least q = (2r-1)/2S,
 * S = 100 * 10^digits, just when, times 10^4 (Z = 38416 there), with A = 20000k + 38416, B = 20000n + 76832,
 *   2S A - (2r-1) B >= 0  and its square times n >= (2S)^2 (38416^2 n + 38416 * 40000 k (n-k)).
 * The r sought, the correctly rounded figure in units of 10^-digits, is the largest one for which that holds. */
static bool wilson_at_least(uint64_t k, uint64_t n, kpi_decimal scale, kpi_decimal r) {
    const kpi_decimal z2 = 38416;
    kpi_decimal a = 20000 * (kpi_decimal)k + z2, b = 20000 * (kpi_decimal)n + 2 * z2;
    kpi_decimal difference = 2 * scale * a - (2 * r - 1) * b;
    if (difference < 0) return false;
    kpi__wide left, right, w, v;
    kpi__wide_set(&w, difference);
    kpi__wide_mul(&left, &w, &w);
    kpi__wide_set(&v, (kpi_decimal)n);
    kpi__wide_mul(&left, &left, &v);
    kpi__wide_set(&right, (kpi_decimal)k);
    kpi__wide_set(&w, (kpi_decimal)(n - k));
    kpi__wide_mul(&right, &right, &w);
    kpi__wide_set(&w, z2 * 40000);
    kpi__wide_mul(&right, &right, &w);
    kpi__wide_set(&w, z2 * z2);
    kpi__wide_mul(&w, &w, &v);
    kpi__wide_add(&right, &right, &w);
    kpi__wide_set(&w, 4 * scale * scale);
    kpi__wide_mul(&right, &right, &w);
    return kpi__wide_compare(&left, &right) >= 0;
}

kpi_decimal kpi__wilson_low(uint64_t k, uint64_t n, int digits) {
    kpi_decimal scale = 100 * kpi__power10(digits), low = 0, high = scale; /* low holds, as (2 * 0 - 1) < 0 */
    while (low < high) {
        kpi_decimal r = low + (high - low + 1) / 2;
        if (wilson_at_least(k, n, scale, r))
            low = r;
        else
            high = r - 1;
    }
    return low * kpi__power10(6 - digits);
}

int kpi__ratio_compare(kpi_ratio a, kpi_ratio b) {
    kpi__wide left, right, w;
    kpi__wide_set(&left, a.num);
    kpi__wide_set(&w, b.den);
    kpi__wide_mul(&left, &left, &w);
    kpi__wide_set(&right, b.num);
    kpi__wide_set(&w, a.den);
    kpi__wide_mul(&right, &right, &w);
    return kpi__wide_compare(&left, &right);
}
