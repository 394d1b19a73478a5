/* history.c - what the owners of goals have reached before: their past periods of a goal's own kind.
 *
 * Measures of owners and metrics that no goal has are not kept. Those of one owner and metric stand together, by their
 * first days; a goal's past is made of them when it is asked for, unit by unit (months for a month), by the metric's
 * take. Units without a measure are none, except where missing is zero: between the first and the last that is known
 * they count as 0. Such zeros are only counted, as two measures may lie thousands of years apart. */
#include "internal.h"

#include <stdlib.h>

typedef struct observed { /* a measure */
    uint32_t pair, source;
    uint64_t line;
    kpi_period period;
    kpi_decimal value;
} observed;

struct kpi_history {
    const kpi_goals *goals;
    kpi__pairs *pairs; /* owners and metrics, by the goals' numbers */
    kpi__dict *files;
    observed *seen; /* once finished: by pair, then first day */
    size_t n, room;
};

int kpi_history_new(kpi_history **out, const kpi_goals *goals, kpi_error *e) {
    kpi_history *h = calloc(1, sizeof *h);
    if (!h || !(h->pairs = kpi__pairs_new()) || !(h->files = kpi__dict_new())) {
        kpi_history_free(h);
        return kpi__fail_memory(e);
    }
    h->goals = goals;
    *out = h;
    return KPI_OK;
}

void kpi_history_free(kpi_history *h) {
    if (!h) return;
    kpi__pairs_free(h->pairs);
    kpi__dict_free(h->files);
    free(h->seen);
    free(h);
}

/* ---- measures ---- */

int kpi_history_measure(kpi_history *h, const kpi_line *line, kpi_error *e) {
    uint32_t owner = kpi__dict_find(h->goals->owners, line->field[1]),
             metric = kpi__dict_find(h->goals->metrics, line->field[2]);
    observed new = {.line = line->number};
    if (owner == KPI__NONE || metric == KPI__NONE) return KPI_OK;
    if (kpi_period_parse(line->field[0], &new.period) || kpi_decimal_parse(line->field[3], &new.value))
        return kpi__fail_line(e, line, 0, "not a measure");
    new.pair = kpi__pairs_put(h->pairs, owner, metric);
    new.source = kpi__dict_put(h->files, kpi_text_of(line->file));
    if (new.pair == KPI__NONE || new.source == KPI__NONE || !kpi__grow(&h->seen, h->n, &h->room, sizeof *h->seen))
        return kpi__fail_memory(e);
    h->seen[h->n++] = new;
    return KPI_OK;
}

static int by_pair(const void *x, const void *y) {
    const observed *a = x, *b = y;
    if (a->pair != b->pair) return a->pair < b->pair ? -1 : 1;
    if (a->period.first != b->period.first) return a->period.first < b->period.first ? -1 : 1;
    if (a->source != b->source) return a->source < b->source ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

void kpi_history_finish(kpi_history *h) {
    if (h->n) qsort(h->seen, h->n, sizeof *h->seen, by_pair);
}

/* The measures of goal's owner and metric: from *from up to the end that it returns. */
static size_t find(const kpi_history *h, const kpi_goal *goal, size_t *from) {
    uint32_t owner = kpi__dict_find(h->goals->owners, kpi_text_of(goal->owner)),
             metric = kpi__dict_find(h->goals->metrics, kpi_text_of(goal->metric)),
             pair = owner == KPI__NONE || metric == KPI__NONE ? KPI__NONE : kpi__pairs_find(h->pairs, owner, metric);
    size_t low = 0, high = h->n;
    while (pair != KPI__NONE && low < high) {
        size_t middle = low + (high - low) / 2;
        if (h->seen[middle].pair < pair)
            low = middle + 1;
        else
            high = middle;
    }
    for (*from = high = low; pair != KPI__NONE && high < h->n && h->seen[high].pair == pair;) high++;
    return high;
}

/* ---- units ---- */

/* The unit that period is; false: it is none. */
static bool unit_of(kpi_period period, enum kpi_unit *unit) {
    char text[KPI_PERIOD_SIZE];
    for (int i = KPI_UNIT_DAY; i <= KPI_UNIT_YEAR; i++) {
        kpi_period one;
        kpi_period_of((enum kpi_unit)i, period.first, text, &one);
        if (!kpi_period_same(one, period)) continue;
        *unit = (enum kpi_unit)i;
        return true;
    }
    return false;
}

/* How many units lie from one to another, both included: their days by their mean length, which is never wrong by so
 * much as half a unit. */
static uint64_t units_between(enum kpi_unit unit, kpi_period first, kpi_period last) {
    static const int64_t days[] = {10000, 70000, 304369, 913106, 1826213, 3652425}; /* in ten-thousandths */
    return (uint64_t)((((int64_t)last.first - first.first) * 10000 + days[unit] / 2) / days[unit]) + 1;
}

/* ---- the past of a goal ---- */

typedef struct reached { /* in one unit */
    kpi_ratio value;
    kpi_period period;
} reached;

typedef struct past { /* in the making */
    const kpi_history *history;
    const kpi_metric *metric; /* NULL: no scheme has it */
    enum kpi_unit unit;
    reached *reached; /* by days */
    size_t n, room;
    uint64_t left_out;
    kpi_error *e;
} past;

static enum kpi_take take_of(const past *p) { return p->metric ? p->metric->take : KPI_TAKE_SUM; }

static int fail_against(const past *p, const kpi__sum *sum, const observed *any) {
    const char *file[2] = {kpi__dict_key(p->history->files, sum->last_against.source).ptr,
                           kpi__dict_key(p->history->files, sum->last_from.source).ptr};
    uint32_t owner, metric;
    kpi__pairs_key(p->history->pairs, any->pair, &owner, &metric);
    return kpi__fail_at(p->e, KPI_DATA, (kpi_place){file[0], sum->last_against.line, 0},
                        "two last values of %s for %s, the other at %s:%llu",
                        KPI__QUOTE(kpi__dict_key(p->history->goals->metrics, metric)),
                        KPI__QUOTE(kpi__dict_key(p->history->goals->owners, owner)), file[1],
                        (unsigned long long)sum->last_from.line);
}

/* What the measures [i, end) that lie in unit make together; those that leave it are left out. */
static int add_unit(past *p, kpi_period unit, size_t i, size_t end) {
    const kpi_history *h = p->history;
    kpi__sum sum = {0};
    bool done = true;
    int code = KPI_OK;
    for (size_t k = i; k < end && done; k++) {
        const observed *o = &h->seen[k];
        if (o->period.last > unit.last)
            p->left_out++;
        else
            done = kpi__sum_add(&sum, o->period, o->value, (kpi__spot){o->source, 0, o->line});
    }
    if (done && sum.n) done = kpi__grow(&p->reached, p->n, &p->room, sizeof *p->reached);
    if (!done)
        code = kpi__fail_memory(p->e);
    else if (sum.n && sum.against && take_of(p) == KPI_TAKE_LAST)
        code = fail_against(p, &sum, &h->seen[i]);
    else if (sum.n)
        p->reached[p->n++] = (reached){kpi__sum_take(&sum, take_of(p)), unit};
    free(sum.span);
    return code;
}

/* All units before the goal's own that have a measure. */
static int add_units(past *p, const kpi_goal *goal) {
    size_t i, end = find(p->history, goal, &i), next;
    char text[KPI_PERIOD_SIZE];
    int code = KPI_OK;
    for (; i < end && !code; i = next) {
        kpi_period unit;
        kpi_period_of(p->unit, p->history->seen[i].period.first, text, &unit);
        if (unit.last >= goal->period.first) break;
        for (next = i + 1; next < end && p->history->seen[next].period.first <= unit.last;) next++;
        code = add_unit(p, unit, i, next);
    }
    return code;
}

static int by_value(const void *x, const void *y) {
    return kpi__ratio_compare(((const reached *)x)->value, ((const reached *)y)->value);
}

/* The value number k of all, zeros of them between those below 0 and the others. */
static kpi_ratio value_at(const past *p, uint64_t zeros, uint64_t k) {
    size_t below = 0;
    while (below < p->n && p->reached[below].value.num < 0) below++;
    if (k < below) return p->reached[k].value;
    return k < below + zeros ? (kpi_ratio){0, 1} : p->reached[k - zeros].value;
}

/* (a + b) / 2. false: out of range. */
static bool middle_of(kpi_ratio a, kpi_ratio b, kpi_ratio *out) {
    kpi_decimal left = a.num, right = b.num;
    out->den = a.den;
    if (a.den != b.den &&
        (__builtin_mul_overflow(a.num, b.den, &left) || __builtin_mul_overflow(b.num, a.den, &right) ||
         __builtin_mul_overflow(a.den, b.den, &out->den)))
        return false;
    return !__builtin_add_overflow(left, right, &out->num) && !__builtin_mul_overflow(out->den, 2, &out->den);
}

static void set_best(const past *p, uint64_t zeros, kpi_past *out) {
    bool lower = p->metric && p->metric->lower;
    char text[KPI_PERIOD_SIZE];
    const reached *best = &p->reached[0];
    for (size_t i = 1; i < p->n; i++) {
        int order = kpi__ratio_compare(p->reached[i].value, best->value);
        if (lower ? order <= 0 : order >= 0) best = &p->reached[i];
    }
    out->best = best->value;
    kpi_period_of(p->unit, best->period.first, out->best_in, NULL);
    if (!zeros || (lower ? best->value.num <= 0 : best->value.num >= 0)) return;
    kpi_period after = p->reached[0].period; /* the first unit without a measure */
    for (size_t i = 1; i < p->n; i++) {
        kpi_period_of(p->unit, after.last + 1, text, &after);
        if (!kpi_period_same(after, p->reached[i].period)) break;
    }
    out->best = (kpi_ratio){0, 1};
    kpi_period_of(p->unit, after.first, out->best_in, NULL);
}

int kpi_history_past(const kpi_history *h, const kpi_goal *goal, kpi_past *out, kpi_error *e) {
    past p = {.history = h, .metric = kpi__goals_metric(h->goals, goal), .e = e};
    *out = (kpi_past){.median = {0, 1}, .best = {0, 1}};
    if (!unit_of(goal->period, &p.unit)) return KPI_OK;
    int code = add_units(&p, goal);
    out->left_out = p.left_out;
    if (!code && p.n) {
        uint64_t zeros = 0;
        if (p.metric && p.metric->missing == KPI_MISSING_ZERO)
            zeros = units_between(p.unit, p.reached[0].period, p.reached[p.n - 1].period) - p.n;
        out->n = p.n + zeros;
        set_best(&p, zeros, out);
        qsort(p.reached, p.n, sizeof *p.reached, by_value);
        kpi_ratio low = value_at(&p, zeros, (out->n - 1) / 2), high = value_at(&p, zeros, out->n / 2);
        if (out->n % 2)
            out->median = low;
        else if (!middle_of(low, high, &out->median))
            code = kpi__fail_at(e, KPI_DATA, goal->place, "the median of the past is out of range");
    }
    free(p.reached);
    return code;
}
