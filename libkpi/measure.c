/* measure.c - what was observed: the measures inside one period, summed up by manager and metric.
 *
 * Each cell holds all that any `take` needs and adds up in any order; beside it the distinct periods of its
 * lines, sorted, as a longer period that contains another may count the same thing twice. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct span { /* the lines of a cell that have one period */
    kpi_period period;
    uint64_t lines, first; /* first: in the order read */
    kpi_place place;       /* of the first */
} span;

typedef struct cell {
    kpi_measure measure;
    span only;  /* the one span of most cells ... */
    span *span; /* ... and all, once there are more: by first day, then the longer before the shorter */
    size_t spans, room;
} cell;

struct kpi_measures {
    kpi_period period;
    char period_text[KPI_PERIOD_SIZE];
    kpi__dict *managers, *metrics, *files;
    kpi__pairs *numbers;
    cell *cell;
    size_t cells, room;
    uint64_t lines;     /* read so far */
    uint64_t straddles; /* that overlap the period without lying inside */
    kpi_place straddle; /* the first of them */
    kpi_period straddle_period;
};

int kpi_measures_new(kpi_measures **out, kpi_period period, const char *period_text, kpi_error *e) {
    kpi_measures *m = calloc(1, sizeof *m);
    if (!m || !(m->managers = kpi__dict_new()) || !(m->metrics = kpi__dict_new()) || !(m->files = kpi__dict_new()) ||
        !(m->numbers = kpi__pairs_new())) {
        kpi_measures_free(m);
        return kpi__fail_memory(e);
    }
    m->period = period;
    snprintf(m->period_text, sizeof m->period_text, "%s", period_text);
    *out = m;
    return KPI_OK;
}

void kpi_measures_free(kpi_measures *m) {
    if (!m) return;
    for (size_t i = 0; i < m->cells; i++) free(m->cell[i].span);
    free(m->cell);
    kpi__dict_free(m->managers);
    kpi__dict_free(m->metrics);
    kpi__dict_free(m->files);
    kpi__pairs_free(m->numbers);
    free(m);
}

/* ---- adding ---- */

static int span_order(kpi_period a, kpi_period b) {
    if (a.first != b.first) return a.first < b.first ? -1 : 1;
    return a.last == b.last ? 0 : a.last > b.last ? -1 : 1;
}

static const span *spans_of(const cell *c) { return c->spans == 1 ? &c->only : c->span; }

static bool add_span(cell *c, kpi_period period, kpi_place place, uint64_t order) {
    const span new = {period, 1, order, place};
    if (!c->spans) return c->only = new, c->spans = 1, true;
    if (c->spans == 1 && !span_order(c->only.period, period)) return c->only.lines++, true;
    if (c->spans == 1) {
        if (!kpi__grow(&c->span, 0, &c->room, sizeof *c->span)) return false;
        c->span[0] = c->only;
    }
    size_t low = 0, high = c->spans;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (span_order(c->span[middle].period, period) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < c->spans && !span_order(c->span[low].period, period)) return c->span[low].lines++, true;
    if (!kpi__grow(&c->span, c->spans, &c->room, sizeof *c->span)) return false;
    memmove(&c->span[low + 1], &c->span[low], (c->spans++ - low) * sizeof *c->span);
    c->span[low] = new;
    return true;
}

/* The latest last day counts, then the longer period; two values for that one are kept in mind. */
static void add_last(kpi_measure *m, kpi_period period, kpi_decimal value, kpi_place place) {
    int order = (period.last > m->last_period.last) - (period.last < m->last_period.last);
    if (!order) order = (period.first < m->last_period.first) - (period.first > m->last_period.first);
    if (!m->n || order > 0) {
        m->last = value;
        m->last_period = period;
        m->last_from = place;
        m->last_against = (kpi_place){0};
    } else if (!order && value != m->last && !m->last_against.file)
        m->last_against = place;
}

static cell *cell_of(kpi_measures *m, kpi_text manager, kpi_text metric) {
    uint32_t a = kpi__dict_put(m->managers, manager), b = kpi__dict_put(m->metrics, metric);
    uint32_t number = a == KPI__NONE || b == KPI__NONE ? KPI__NONE : kpi__pairs_put(m->numbers, a, b);
    if (number == KPI__NONE || !kpi__grow(&m->cell, m->cells, &m->room, sizeof *m->cell)) return NULL;
    if (number == m->cells) m->cells++;
    return &m->cell[number];
}

int kpi_measures_add(kpi_measures *m, kpi_text manager, kpi_text metric, kpi_period period, kpi_decimal value,
                     kpi_place place, kpi_error *e) {
    uint64_t order = m->lines++;
    if (!kpi_period_inside(period, m->period)) {
        if (kpi_period_overlap(period, m->period) && !m->straddles++) m->straddle = place, m->straddle_period = period;
        return KPI_OK;
    }
    cell *c = cell_of(m, manager, metric);
    if (!c) return kpi__fail_memory(e);
    kpi_measure *to = &c->measure;
    kpi_decimal sum;
    if (__builtin_add_overflow(to->sum, value, &sum))
        return kpi__fail_at(e, KPI_DATA, place, "the sum of %s for %s is out of range", KPI__QUOTE(metric),
                            KPI__QUOTE(manager));
    if (!add_span(c, period, place, order)) return kpi__fail_memory(e);
    add_last(to, period, value, place);
    if (!to->n || value < to->min) to->min = value;
    if (!to->n || value > to->max) to->max = value;
    to->sum = sum;
    if (!to->n++) to->first_place = place;
    to->last_place = place;
    return KPI_OK;
}

struct taking {
    kpi_measures *measures;
    const char *file;
};

static int take_line(void *context, kpi_line *line, kpi_error *e) {
    const struct taking *taking = context;
    kpi_period period = {0, 0};
    kpi_decimal value = 0;
    kpi_period_parse(line->field[0], &period);
    kpi_decimal_parse(line->field[3], &value);
    kpi_place place = {taking->file, line->number, 0};
    return kpi_measures_add(taking->measures, line->field[1], line->field[2], period, value, place, e);
}

int kpi_measures_read(kpi_measures *m, const char *path, const kpi_report *report, kpi_error *e) {
    kpi_reader *reader;
    uint32_t file =
        kpi__dict_put(m->files, kpi_text_of(path)); /* one name, one place: twice the same file is one too */
    if (file == KPI__NONE) return kpi__fail_memory(e);
    struct taking taking = {m, kpi__dict_key(m->files, file).ptr};
    int code = kpi_reader_open(&reader, path, e);
    return code ? code : kpi__each_record(reader, kpi_record_of(KPI_MEASURE), take_line, &taking, report, e);
}

/* ---- asking ---- */

size_t kpi__measures_size(const kpi_measures *m) { return m->cells; }

uint32_t kpi__measures_number(const kpi_measures *m, kpi_text manager, kpi_text metric) {
    uint32_t a = kpi__dict_find(m->managers, manager), b = a == KPI__NONE ? a : kpi__dict_find(m->metrics, metric);
    return b == KPI__NONE ? b : kpi__pairs_find(m->numbers, a, b);
}

const kpi_measure *kpi__measures_at(const kpi_measures *m, uint32_t number, kpi_text *manager, kpi_text *metric) {
    uint32_t a, b;
    kpi__pairs_key(m->numbers, number, &a, &b);
    *manager = kpi__dict_key(m->managers, a);
    *metric = kpi__dict_key(m->metrics, b);
    return &m->cell[number].measure;
}

const kpi_measure *kpi_measures_find(const kpi_measures *m, kpi_text manager, kpi_text metric) {
    uint32_t number = kpi__measures_number(m, manager, metric);
    return number == KPI__NONE ? NULL : &m->cell[number].measure;
}

/* ---- warnings ---- */

/* Spans that strictly contain another: one that stands later and ends no later. */
static uint64_t containing(const cell *c, const span **first) {
    uint64_t lines = 0;
    kpi_day ends = KPI_DAY_LAST;
    for (size_t i = c->spans; i--;) {
        const span *s = &spans_of(c)[i];
        if (i + 1 < c->spans && ends <= s->period.last) {
            lines += s->lines;
            if (!*first || s->first < (*first)->first) *first = s;
        }
        if (s->period.last < ends) ends = s->period.last;
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
    if (!m->straddles) return KPI_OK;
    range_text(m->straddle_period, range);
    kpi__fail_at(e, KPI_OK, m->straddle,
                 "%llu measure%s overlap%s %s without lying inside it and %s left out, this %s: %s",
                 (unsigned long long)m->straddles, m->straddles == 1 ? "" : "s", m->straddles == 1 ? "s" : "",
                 m->period_text, m->straddles == 1 ? "is" : "are", m->straddles == 1 ? "one" : "the first", range);
    return kpi__tell(report, e);
}

int kpi__measures_warn(const kpi_measures *m, const kpi_report *report, kpi_error *e) {
    char range[2 * KPI_PERIOD_SIZE];
    uint64_t lines = 0;
    const span *first = NULL;
    int code = warn_of_straddles(m, report, e);
    if (code) return code;
    for (size_t i = 0; i < m->cells; i++)
        if (m->cell[i].spans > 1) lines += containing(&m->cell[i], &first);
    if (!lines) return KPI_OK;
    range_text(first->period, range);
    kpi__fail_at(e, KPI_OK, first->place,
                 "%llu measure%s of a period that contains another of the same manager and metric, "
                 "this %s: %s",
                 (unsigned long long)lines, lines == 1 ? "" : "s", lines == 1 ? "one" : "the first", range);
    return kpi__tell(report, e);
}
