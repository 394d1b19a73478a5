/* measure.c - what was observed: the measures inside one period, summed up by manager and metric.
 *
 * Each sum holds all that any `take` needs and adds up in any order, as several threads read at once: what is first or
 * last is told by where it was written. Beside it the distinct periods of its lines, sorted, as a longer period that
 * contains another may count the same thing twice. Measures of a goal are kept beside it (cell.c), the others, which
 * are few, by a hash of manager and metric. */
#include "internal.h"

#include <pthread.h>
#include <stdlib.h>

int kpi_measures_new(kpi_measures **out, const kpi_goals *goals, kpi_period period, const char *period_text,
                     unsigned threads, kpi_error *e) {
    kpi_measures *m = calloc(1, sizeof *m);
    if (!m || !(m->managers = kpi__dict_new()) || !(m->metrics = kpi__dict_new()) || !(m->files = kpi__dict_new()) ||
        !(m->numbers = kpi__pairs_new()) || !(m->arena = kpi__arena_new()) ||
        !(m->lock = malloc(sizeof(pthread_mutex_t)))) {
        kpi_measures_free(m);
        return kpi__fail_memory(e);
    }
    pthread_mutex_init(m->lock, NULL);
    m->period = period;
    m->threads = threads;
    snprintf(m->period_text, sizeof m->period_text, "%s", period_text);
    int code = goals ? kpi__cells_new(&m->cells, goals, period, e) : KPI_OK;
    if (code)
        kpi_measures_free(m);
    else
        *out = m;
    return code;
}

void kpi_measures_free(kpi_measures *m) {
    if (!m) return;
    for (kpi__sum *sum = m->all; sum; sum = sum->next) free(sum->span);
    for (size_t i = 0; i < m->sources; i++) free(m->source[i].base);
    if (m->lock) pthread_mutex_destroy(m->lock);
    kpi__cells_free(&m->cells);
    kpi__arena_free(m->arena);
    kpi__dict_free(m->managers);
    kpi__dict_free(m->metrics);
    kpi__dict_free(m->files);
    kpi__pairs_free(m->numbers);
    free(m->source);
    free(m->lock);
    free(m->sum);
    free(m);
}

void kpi__measures_lock(kpi_measures *m) { pthread_mutex_lock(m->lock); }
void kpi__measures_unlock(kpi_measures *m) { pthread_mutex_unlock(m->lock); }

/* ---- where ---- */

bool kpi__spot_before(kpi__spot a, kpi__spot b) {
    if (a.source != b.source) return a.source < b.source;
    return a.block != b.block ? a.block < b.block : a.line < b.line;
}

kpi_place kpi__spot_place(const kpi_measures *m, kpi__spot spot) {
    const kpi__source *source = &m->source[spot.source];
    return (kpi_place){source->file, (source->base ? source->base[spot.block] : 0) + spot.line, 0};
}

/* A new source. KPI__NONE: no memory. */
static uint32_t add_source(kpi_measures *m, const char *file) {
    if (!kpi__grow(&m->source, m->sources, &m->source_room, sizeof *m->source)) return KPI__NONE;
    m->source[m->sources] = (kpi__source){file, NULL};
    return (uint32_t)m->sources++;
}

/* ---- adding ---- */

static int span_order(kpi_period a, kpi_period b) {
    if (a.first != b.first) return a.first < b.first ? -1 : 1;
    return a.last == b.last ? 0 : a.last > b.last ? -1 : 1;
}

static const kpi__span *spans_of(const kpi__sum *s) { return s->spans == 1 ? &s->only : s->span; }

static void count_line(kpi__span *span, kpi__spot spot) {
    span->lines++;
    if (kpi__spot_before(spot, span->first)) span->first = spot;
}

static bool add_span(kpi__sum *s, kpi_period period, kpi__spot spot) {
    const kpi__span new = {period, 1, spot};
    if (!s->spans) return s->only = new, s->spans = 1, true;
    if (s->spans == 1 && !span_order(s->only.period, period)) return count_line(&s->only, spot), true;
    if (s->spans == 1) {
        if (!kpi__grow(&s->span, 0, &s->room, sizeof *s->span)) return false;
        s->span[0] = s->only;
    }
    size_t low = 0, high = s->spans;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (span_order(s->span[middle].period, period) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < s->spans && !span_order(s->span[low].period, period)) return count_line(&s->span[low], spot), true;
    if (!kpi__grow(&s->span, s->spans, &s->room, sizeof *s->span)) return false;
    memmove(&s->span[low + 1], &s->span[low], (s->spans++ - low) * sizeof *s->span);
    s->span[low] = new;
    return true;
}

/* The latest last day counts, then the longer period. Of the lines for that one, the value of the first and, where
 * there is one, the first with another value are kept in mind. */
static void add_last(kpi__sum *s, kpi_period period, kpi_decimal value, kpi__spot spot) {
    int order = (period.last > s->last_period.last) - (period.last < s->last_period.last);
    if (!order) order = (period.first < s->last_period.first) - (period.first > s->last_period.first);
    if (s->n && order < 0) return;
    bool newer = !s->n || order > 0, earlier = newer || kpi__spot_before(spot, s->last_from);
    if (newer) s->against = false;
    if (!newer && value != s->last && (earlier || !s->against || kpi__spot_before(spot, s->last_against))) {
        s->last_against = earlier ? s->last_from : spot;
        s->against = true;
    }
    if (!earlier) return;
    s->last = value;
    s->last_period = period;
    s->last_from = spot;
}

bool kpi__sum_add(kpi__sum *s, kpi_period period, kpi_decimal value, kpi__spot spot) {
    if (!add_span(s, period, spot)) return false;
    add_last(s, period, value, spot);
    if (!s->n || value < s->min) s->min = value;
    if (!s->n || value > s->max) s->max = value;
    s->sum += value;
    if (!s->n || kpi__spot_before(spot, s->first_spot)) s->first_spot = spot;
    if (!s->n++ || !kpi__spot_before(spot, s->last_spot)) s->last_spot = spot;
    return true;
}

kpi_ratio kpi__sum_take(const kpi__sum *m, enum kpi_take how) {
    switch (how) {
    case KPI_TAKE_MEAN:
        return (kpi_ratio){m->sum, (kpi_decimal)m->n};
    case KPI_TAKE_LAST:
        return (kpi_ratio){m->last, 1};
    case KPI_TAKE_MAX:
        return (kpi_ratio){m->max, 1};
    case KPI_TAKE_MIN:
        return (kpi_ratio){m->min, 1};
    case KPI_TAKE_COUNT:
        return (kpi_ratio){(kpi_decimal)m->n * KPI_ONE, 1};
    default:
        return (kpi_ratio){m->sum, 1};
    }
}

kpi__sum *kpi__sum_new(kpi_measures *m) {
    kpi__sum *sum = kpi__arena_get(m->arena, sizeof *sum);
    if (!sum) return NULL;
    sum->next = m->all;
    return m->all = sum;
}

void kpi__straddles_add(kpi__straddles *to, const kpi__straddles *from) {
    if (from->n && (!to->n || kpi__spot_before(from->spot, to->spot))) to->spot = from->spot, to->period = from->period;
    to->n += from->n;
}

static kpi__sum *sum_of(kpi_measures *m, kpi_text manager, kpi_text metric) {
    uint32_t a = kpi__dict_put(m->managers, manager), b = kpi__dict_put(m->metrics, metric);
    uint32_t number = a == KPI__NONE || b == KPI__NONE ? KPI__NONE : kpi__pairs_put(m->numbers, a, b);
    if (number == KPI__NONE || !kpi__grow(&m->sum, m->sums, &m->room, sizeof *m->sum)) return NULL;
    if (number < m->sums) return m->sum[number];
    m->sum[number] = kpi__sum_new(m);
    m->sums += m->sum[number] != NULL;
    return m->sum[number];
}

static int fail_range(kpi_text manager, kpi_text metric, kpi_place place, kpi_error *e) {
    return kpi__fail_at(e, KPI_DATA, place, "the sum of %s for %s is out of range", KPI__QUOTE(metric),
                        KPI__QUOTE(manager));
}

int kpi__measures_put(kpi_measures *m, kpi_text manager, kpi_text metric, kpi_period period, kpi_decimal value,
                      kpi__spot spot, kpi_error *e) {
    kpi__sum *sum = sum_of(m, manager, metric);
    kpi_decimal total;
    if (!sum) return kpi__fail_memory(e);
    if (__builtin_add_overflow(sum->sum, value, &total))
        return fail_range(manager, metric, kpi__spot_place(m, spot), e);
    return kpi__sum_add(sum, period, value, spot) ? KPI_OK : kpi__fail_memory(e);
}

/* One of the numbers that no file holds. */
static int check_range(const kpi__cell *cell, kpi_text manager, kpi_text metric, kpi_decimal value, kpi_place place,
                       kpi_error *e) {
    int64_t only = 0;
    const kpi__sum *sum = NULL;
    kpi__cell_get(cell, &only, &sum);
    kpi_decimal total = sum ? sum->sum : only;
    return __builtin_add_overflow(total, value, &total) ? fail_range(manager, metric, place, e) : KPI_OK;
}

int kpi_measures_add(kpi_measures *m, kpi_text manager, kpi_text metric, kpi_period period, kpi_decimal value,
                     kpi_place place, kpi_error *e) {
    uint32_t source = (uint32_t)m->sources - 1;
    if (!m->sources || m->source[source].file != place.file || m->source[source].base)
        source = add_source(m, place.file);
    if (source == KPI__NONE) return kpi__fail_memory(e);
    kpi__spot spot = {source, 0, place.line};
    if (!kpi_period_inside(period, m->period)) {
        if (kpi_period_overlap(period, m->period))
            kpi__straddles_add(&m->straddles, &(kpi__straddles){1, spot, period});
        return KPI_OK;
    }
    kpi__cell *cell = kpi__cell_of(&m->cells, manager, metric);
    if (!cell) return kpi__measures_put(m, manager, metric, period, value, spot, e);
    int code = check_range(cell, manager, metric, value, place, e);
    return code ? code : kpi__cell_add(m, cell, period, value, spot, e);
}

int kpi_measures_read(kpi_measures *m, const char *path, const kpi_report *report, kpi_error *e) {
    kpi__input *input;
    uint32_t file = kpi__dict_put(m->files, kpi_text_of(path));
    uint32_t source = file == KPI__NONE ? KPI__NONE : add_source(m, kpi__dict_key(m->files, file).ptr);
    if (source == KPI__NONE) return kpi__fail_memory(e);
    int code = kpi__input_open(&input, path, e);
    return code ? code : kpi__measures_read_lines(m, input, source, report, e);
}

/* ---- asking ---- */

size_t kpi__measures_size(const kpi_measures *m) { return m->sums; }

uint32_t kpi__measures_number(const kpi_measures *m, kpi_text manager, kpi_text metric) {
    uint32_t a = kpi__dict_find(m->managers, manager), b = a == KPI__NONE ? a : kpi__dict_find(m->metrics, metric);
    return b == KPI__NONE ? b : kpi__pairs_find(m->numbers, a, b);
}

void kpi__measure_of(const kpi_measures *m, const kpi__sum *s, kpi_measure *out) {
    *out = (kpi_measure){.n = s->n,
                         .sum = s->sum,
                         .min = s->min,
                         .max = s->max,
                         .last = s->last,
                         .last_period = s->last_period,
                         .first_place = kpi__spot_place(m, s->first_spot),
                         .last_place = kpi__spot_place(m, s->last_spot),
                         .last_from = kpi__spot_place(m, s->last_from)};
    if (s->against) out->last_against = kpi__spot_place(m, s->last_against);
}

bool kpi_measures_find(const kpi_measures *m, kpi_text manager, kpi_text metric, kpi_measure *out) {
    const kpi__cell *cell = kpi__cell_of(&m->cells, manager, metric);
    const kpi__sum *sum;
    int64_t value;
    if (cell) {
        if (kpi__cell_get(cell, &value, &sum) == KPI__HOLDS_NONE) return false;
        kpi__cell_measure(m, cell, out);
        return true;
    }
    uint32_t number = kpi__measures_number(m, manager, metric);
    if (number == KPI__NONE) return false;
    kpi__measure_of(m, m->sum[number], out);
    return true;
}

/* ---- warnings ---- */

/* Spans that strictly contain another: one that stands later and ends no later. */
static uint64_t containing(const kpi__sum *s, const kpi__span **first) {
    uint64_t lines = 0;
    kpi_day ends = KPI_DAY_LAST;
    for (size_t i = s->spans; i--;) {
        const kpi__span *span = &spans_of(s)[i];
        if (i + 1 < s->spans && ends <= span->period.last) {
            lines += span->lines;
            if (!*first || kpi__spot_before(span->first, (*first)->first)) *first = span;
        }
        if (span->period.last < ends) ends = span->period.last;
    }
    return lines;
}

static void range_text(kpi_period period, char out[2 * KPI_PERIOD_SIZE]) {
    char last[KPI_PERIOD_SIZE];
    size_t n = kpi_day_format(period.first, out);
    kpi_day_format(period.last, last);
    if (period.first != period.last) snprintf(out + n, 2 * KPI_PERIOD_SIZE - n, "..%s", last);
}

static int warn_of_straddles(const kpi_measures *m, const kpi_report *report, kpi_error *e) {
    char range[2 * KPI_PERIOD_SIZE];
    uint64_t n = m->straddles.n;
    if (!n) return KPI_OK;
    range_text(m->straddles.period, range);
    kpi__fail_at(e, KPI_OK, kpi__spot_place(m, m->straddles.spot),
                 "%llu measure%s overlap%s %s without lying inside it and %s left out, this %s: %s",
                 (unsigned long long)n, n == 1 ? "" : "s", n == 1 ? "s" : "", m->period_text, n == 1 ? "is" : "are",
                 n == 1 ? "one" : "the first", range);
    return kpi__tell(report, e);
}

/* Of goals, or of none: the first that there is ends the search. */
static bool is_empty(const kpi_measures *m) {
    size_t i = 0;
    while (i < m->cells.n && kpi__mark_holds(m->cells.cell[i].mark) == KPI__HOLDS_NONE) i++;
    return i == m->cells.n && !m->sums;
}

static int warn_of_none(const kpi_measures *m, const kpi_report *report, kpi_error *e) {
    if (!is_empty(m)) return KPI_OK;
    kpi__fail(e, KPI_OK, "no measure lies inside %s", m->period_text);
    return kpi__tell(report, e);
}

int kpi__measures_warn(const kpi_measures *m, const kpi_report *report, kpi_error *e) {
    char range[2 * KPI_PERIOD_SIZE];
    uint64_t lines = 0;
    const kpi__span *first = NULL;
    int code = warn_of_straddles(m, report, e);
    if (!code) code = warn_of_none(m, report, e);
    if (code) return code;
    for (const kpi__sum *sum = m->all; sum; sum = sum->next)
        if (sum->spans > 1) lines += containing(sum, &first);
    if (!lines) return KPI_OK;
    range_text(first->period, range);
    kpi__fail_at(e, KPI_OK, kpi__spot_place(m, first->first),
                 "%llu measure%s of a period that contains another of the same manager and metric, "
                 "this %s: %s",
                 (unsigned long long)lines, lines == 1 ? "" : "s", lines == 1 ? "one" : "the first", range);
    return kpi__tell(report, e);
}

/* The owner of goals of the period, or the metric, that may have been meant; empty: it is known, or none is near. */
static kpi_text nearest_owner(const kpi_goals *g, kpi_period period, kpi_text manager) {
    kpi_text nearest = {"", 0};
    size_t from, end, most = kpi__likeness(manager);
    kpi__goals_runs(g, period, &from, &end);
    for (size_t i = from; i < end && most; i++) {
        kpi_text owner = kpi__dict_key(g->owners, g->run[i].owner);
        if (!kpi_text_compare(owner, manager)) return (kpi_text){"", 0};
        if (kpi__nearer(manager, owner, &most)) nearest = owner;
    }
    return nearest;
}

static kpi_text nearest_metric(const kpi_scheme *scheme, kpi_text metric) {
    kpi_text nearest = {"", 0};
    size_t most = kpi__likeness(metric);
    for (size_t i = 0; i < scheme->metrics && most; i++) {
        kpi_text known = kpi_text_of(scheme->metric[i].name);
        if (!kpi_text_compare(known, metric)) return (kpi_text){"", 0};
        if (kpi__nearer(metric, known, &most)) nearest = known;
    }
    return nearest;
}

int kpi__measures_warn_unused(const kpi_measures *m, const bool *used, const kpi_goals *goals,
                              const kpi_scheme *scheme, const char *period_text, const kpi_report *report,
                              kpi_error *e) {
    uint64_t lines = 0;
    uint32_t first = KPI__NONE, a, b;
    for (uint32_t i = 0; i < m->sums; i++) {
        if (used[i]) continue;
        lines += m->sum[i]->n;
        if (first == KPI__NONE || kpi__spot_before(m->sum[i]->first_spot, m->sum[first]->first_spot)) first = i;
    }
    if (!lines) return KPI_OK;
    kpi__pairs_key(m->numbers, first, &a, &b);
    kpi_text owner = nearest_owner(goals, m->period, kpi__dict_key(m->managers, a)),
             metric = nearest_metric(scheme, kpi__dict_key(m->metrics, b));
    kpi__fail_at(e, KPI_OK, kpi__spot_place(m, m->sum[first]->first_spot),
                 "%llu measure%s without a goal, adjustment or gate in %s, this %s: %s for %s%s%s%s%s",
                 (unsigned long long)lines, lines == 1 ? "" : "s", period_text, lines == 1 ? "one" : "the first",
                 KPI__QUOTE(kpi__dict_key(m->metrics, b)), KPI__QUOTE(kpi__dict_key(m->managers, a)),
                 metric.len ? "; the nearest known metric is " : "", metric.len ? KPI__QUOTE(metric) : "",
                 owner.len ? "; the nearest owner of goals is " : "", owner.len ? KPI__QUOTE(owner) : "");
    return kpi__tell(report, e);
}
