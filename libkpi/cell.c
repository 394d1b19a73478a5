/* cell.c - measures beside the goals they belong to, read by several threads at once.
 *
 * The goals of a period stand together, those of an owner next to each other: beside each a cell of 16 bytes, found
 * by the owner's number and a look at the few metrics. While a cell has one measure, as most do, its value is all there
 * is; a mark says what the line has in common with others (period, file, block). From the second measure on the cell
 * leads to a sum. A batch goes through all lines step by step (owner, first cell, cell) with the memory for each step
 * asked for in the one before, which hides most of the waiting for cells that lie anywhere.
 *
 * A bit of the cell itself is its lock: the cache line is there anyway, while locks of their own would go to and fro
 * between the threads. All that is done under it adds up in any order. Lines without a cell are rare; those of a batch
 * are taken under one lock for all. */
#include "internal.h"

#include <sched.h>
#include <stdlib.h>

enum { PERIOD, MANAGER, METRIC, VALUE, MARKS = 1 << KPI__MARKS, MEMO = 1 << 12, PLACES = 8 };

/* A new mark, under the lock of the measures where there are threads. KPI__NONE: no memory. */
static uint32_t add_mark(kpi__cells *cells, kpi__mark mark) {
    uint32_t chunk = cells->marks >> KPI__MARKS;
    if (chunk >= KPI__MARK_CHUNKS) return KPI__NONE;
    if (!cells->mark[chunk] && !(cells->mark[chunk] = malloc(MARKS * sizeof mark))) return KPI__NONE;
    cells->mark[chunk][cells->marks & (MARKS - 1)] = mark;
    return cells->marks++;
}

/* ---- the cells ---- */

struct setting {
    kpi__cells *cells;
    size_t from, end; /* runs */
};

enum { RUNS = 1 << 14 }; /* of a piece */

static void set_cells(void *context, size_t piece) {
    const struct setting *set = context;
    kpi__cells *cells = set->cells;
    size_t i = set->from + piece * RUNS, end = i + RUNS < set->end ? i + RUNS : set->end;
    for (; i < end; i++) {
        const kpi__run *run = &cells->goals->run[i];
        cells->of_owner[run->owner] = (struct kpi__cells_of){run->first - (uint32_t)cells->first,
                                                             (run->shape & ~KPI__SCATTERED) + 1};
    }
}

/* All beside each other, for finding them faster. */
static bool copy_shapes(kpi__cells *cells) {
    uint32_t shapes = cells->goals->shapes ? kpi__dict_size(cells->goals->shapes) : 0;
    if (!(cells->shape = calloc(shapes + 1, sizeof *cells->shape))) return false;
    for (uint32_t i = 0; i < shapes; i++) cells->shape[i + 1] = *kpi__shape_at(cells->goals, i);
    return true;
}

int kpi__cells_new(kpi__cells *cells, const kpi_goals *g, kpi_period period, kpi_error *e) {
    struct setting set = {.cells = cells};
    kpi__goals_runs(g, period, &set.from, &set.end);
    cells->goals = g;
    cells->first = set.end > set.from ? g->run[set.from].first : 0;
    cells->n = set.end > set.from ? g->run[set.end].first - cells->first : 0;
    cells->owners = kpi__dict_size(g->owners);
    cells->cell = kpi__pages_get(cells->n * sizeof *cells->cell);
    cells->of_owner = kpi__pages_get(cells->owners * sizeof *cells->of_owner);
    cells->mark = calloc(KPI__MARK_CHUNKS, sizeof(kpi__mark *));
    bool done = cells->cell && cells->of_owner && cells->mark && copy_shapes(cells);
    for (uint32_t i = 0; done && i <= KPI__MARK_MANY; i++) done = add_mark(cells, (kpi__mark){0}) == i;
    if (done) kpi__each_piece((set.end - set.from + RUNS - 1) / RUNS, kpi__threads(g->threads), set_cells, &set);
    return done ? KPI_OK : kpi__fail_memory(e);
}

void kpi__cells_free(kpi__cells *cells) {
    kpi__pages_free(cells->cell, cells->n * sizeof *cells->cell);
    kpi__pages_free(cells->of_owner, cells->owners * sizeof *cells->of_owner);
    for (size_t i = 0; cells->mark && i < KPI__MARK_CHUNKS && cells->mark[i]; i++) free(cells->mark[i]);
    free(cells->mark);
    free(cells->shape);
}

/* Which of an owner's cells is for metric: probably that at *guess, which is set. NULL: none is. */
static inline kpi__cell *cell_for(const kpi__cells *cells, struct kpi__cells_of of, uint32_t metric,
                                  uint32_t *guess) {
    const kpi__shape *shape = &cells->shape[of.shape];
    for (uint32_t i = 0, at = *guess < shape->n ? *guess : 0; i < shape->n; i++) {
        if (shape->metric[at] == metric) return *guess = at, &cells->cell[of.first + at];
        at = at + 1 < shape->n ? at + 1 : 0;
    }
    return NULL;
}

kpi__cell *kpi__cell_of(const kpi__cells *cells, kpi_text manager, kpi_text metric) {
    if (!cells->goals) return NULL;
    uint32_t owner = kpi__dict_find(cells->goals->owners, manager);
    uint32_t guess = 0, number = owner < cells->owners ? kpi__dict_find(cells->goals->metrics, metric) : KPI__NONE;
    return number == KPI__NONE ? NULL : cell_for(cells, cells->of_owner[owner], number, &guess);
}

/* ---- what is in a cell ---- */

static kpi__spot spot_of(const kpi__mark *mark, const kpi__cell *cell) {
    return (kpi__spot){mark->source, mark->block, cell->line};
}

void kpi__cell_measure(const kpi_measures *m, const kpi__cell *cell, kpi_measure *out) {
    if (kpi__mark_holds(cell->mark) == KPI__HOLDS_MANY) {
        kpi__measure_of(m, kpi__cell_sum(cell), out);
        return;
    }
    const kpi__mark *mark = kpi__mark_at(&m->cells, cell->mark);
    kpi__sum one = {0};
    kpi__sum_add(&one, mark->period, cell->value, spot_of(mark, cell)); /* of one measure: needs no memory */
    kpi__measure_of(m, &one, out);
}

/* It is written without a look, as most are empty: memory that is read first gets a page of zeros, and then, with a
 * word to the other processors, one of its own. */
static uint32_t lock_cell(kpi__cell *cell) {
    uint32_t mark = KPI__HOLDS_NONE;
    for (unsigned tries = 1;; tries++) {
        if (__atomic_compare_exchange_n(&cell->mark, &mark, mark | KPI__CELL_LOCK, true, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            return mark;
        for (; mark & KPI__CELL_LOCK; tries++) {
            if (tries % 64 == 0) sched_yield();
            mark = __atomic_load_n(&cell->mark, __ATOMIC_RELAXED);
        }
    }
}

/* Puts mark on the cell, which is locked; it no longer is then. */
static inline void unlock_cell(kpi__cell *cell, uint32_t mark) {
    __atomic_store_n(&cell->mark, mark, __ATOMIC_RELEASE);
}

/* Makes a sum of the locked cell, of what it holds. false: no memory. */
static bool make_sum(kpi_measures *m, kpi__cell *cell, uint32_t mark) {
    const kpi__mark *old = kpi__mark_at(&m->cells, mark);
    kpi__measures_lock(m);
    kpi__sum *sum = kpi__sum_new(m);
    kpi__measures_unlock(m);
    if (!sum) return false;
    if (kpi__mark_holds(mark) == KPI__HOLDS_ONE) kpi__sum_add(sum, old->period, cell->value, spot_of(old, cell));
    cell->value = (int64_t)(uintptr_t)sum;
    return true;
}

/* Adds to a locked cell with `mark` a measure that cannot be its only one. It is not locked afterwards. */
static int add_to_sum(kpi_measures *m, kpi__cell *cell, uint32_t mark, kpi_period period, kpi_decimal value,
                      kpi__spot spot, kpi_error *e) {
    bool summed = kpi__mark_holds(mark) == KPI__HOLDS_MANY || make_sum(m, cell, mark);
    bool added = summed && kpi__sum_add(kpi__cell_sum(cell), period, value, spot);
    unlock_cell(cell, summed ? KPI__MARK_MANY : mark);
    return added ? KPI_OK : kpi__fail_memory(e);
}

int kpi__cell_add(kpi_measures *m, kpi__cell *cell, kpi_period period, kpi_decimal value, kpi__spot spot,
                  kpi_error *e) {
    return add_to_sum(m, cell, lock_cell(cell), period, value, spot, e);
}

/* ---- reading ---- */

typedef struct sort { /* measures of one metric and period, in a memo */
    kpi__name name;
    int64_t days;          /* as columns have them */
    kpi_period period;
    uint32_t metric;       /* a number of the goals; KPI__NONE: they have no such */
    uint32_t mark;         /* for cells with one measure of this block; KPI__NONE: none yet */
    uint32_t guess;        /* which of an owner's cells it mostly is */
    uint64_t block;        /* whose mark it is, and 1 */
    bool inside, straddles;
} sort;

typedef struct lines { /* of a batch, without odd lines and those outside the period */
    unsigned n;
    uint16_t index[KPI__BATCH]; /* in the batch */
    kpi_text manager[KPI__BATCH];
    sort *sort[KPI__BATCH];     /* may be another one's by now: for its guess only */
    int64_t value[KPI__BATCH];
    uint32_t line[KPI__BATCH];
    uint32_t metric[KPI__BATCH], owner[KPI__BATCH]; /* numbers of the goals; KPI__NONE: there is none */
    uint32_t mark[KPI__BATCH];  /* where there is a metric */
    kpi__cell *cell[KPI__BATCH]; /* NULL: none */
} lines;

typedef struct taker { /* a worker */
    kpi_measures *measures;
    uint32_t source;
    kpi__straddles straddles;
    sort *memo, *last;     /* last: of the line before */
    lines *lines, *before; /* of the batch at hand, and of the one before, whose cells are on their way */
} taker;

static void set_sort(const taker *t, sort *s, kpi_text metric, int64_t days) {
    const kpi_measures *m = t->measures;
    s->name.length = metric.len;
    if (metric.len <= sizeof s->name.text) memcpy(s->name.text, metric.ptr, metric.len);
    s->days = days;
    s->period = kpi__days_of(days);
    s->metric = m->cells.goals ? kpi__dict_find(m->cells.goals->metrics, metric) : KPI__NONE;
    s->block = 0;
    s->inside = kpi_period_inside(s->period, m->period);
    s->straddles = !s->inside && kpi_period_overlap(s->period, m->period);
}

static inline bool is_sort(const sort *s, kpi_text metric, int64_t days) {
    return s->days == days && kpi__is_name(&s->name, metric);
}

/* What a line of metric and period is of: from a place by hash on, as far as PLACES go. Names over 32 bytes share one
 * entry, which is set anew for each. */
static inline sort *sort_of(taker *t, kpi_text metric, int64_t days) {
    sort *s = t->last;
    if (metric.len > sizeof s->name.text) {
        set_sort(t, s = &t->memo[MEMO], metric, days);
        return s;
    }
    if (is_sort(s, metric, days)) return s;
    size_t at = (kpi__name_hash(metric) ^ (uint64_t)days * 0xc2b2ae3d27d4eb4fu) >> 52;
    for (unsigned tries = 0; tries < PLACES && t->memo[at].name.length; tries++, at = (at + 1) % MEMO)
        if (is_sort(&t->memo[at], metric, days)) return t->last = &t->memo[at];
    set_sort(t, s = t->last = &t->memo[at], metric, days);
    return s;
}

static int put(taker *t, kpi_text manager, kpi_text metric, kpi_period period, kpi_decimal value, kpi__spot spot,
               kpi_error *e) {
    kpi_measures *m = t->measures;
    if (!kpi_period_inside(period, m->period)) {
        if (kpi_period_overlap(period, m->period))
            kpi__straddles_add(&t->straddles, &(kpi__straddles){1, spot, period});
        return KPI_OK;
    }
    kpi__cell *cell = kpi__cell_of(&m->cells, manager, metric);
    if (cell) return kpi__cell_add(m, cell, period, value, spot, e);
    kpi__measures_lock(m);
    int code = kpi__measures_put(m, manager, metric, period, value, spot, e);
    kpi__measures_unlock(m);
    return code;
}

static int take_line(void *worker, kpi_line *line, kpi__block *block, kpi_error *e) {
    taker *t = worker;
    kpi_period period = {0, 0};
    kpi_decimal value = 0;
    kpi_period_parse(line->field[PERIOD], &period);
    kpi_decimal_parse(line->field[VALUE], &value);
    return put(t, line->field[MANAGER], line->field[METRIC], period, value,
               (kpi__spot){t->source, (uint32_t)block->order, line->number}, e);
}

/* The mark of s for cells with one measure in block. KPI__NONE: no memory. */
static uint32_t mark_of(taker *t, sort *s, const kpi__block *block) {
    if (s->block == block->order + 1) return s->mark;
    kpi__mark mark = {s->period, t->source, (uint32_t)block->order};
    kpi__measures_lock(t->measures);
    s->mark = add_mark(&t->measures->cells, mark);
    kpi__measures_unlock(t->measures);
    s->block = s->mark == KPI__NONE ? 0 : block->order + 1;
    return s->mark;
}

static inline int add_to_cell(kpi_measures *m, kpi__cell *cell, uint32_t new, int64_t value, uint32_t line,
                              kpi_error *e) {
    uint32_t old = lock_cell(cell);
    if (kpi__mark_holds(old) != KPI__HOLDS_NONE) {
        const kpi__mark *mark = kpi__mark_at(&m->cells, new);
        return add_to_sum(m, cell, old, mark->period, value, (kpi__spot){mark->source, mark->block, line}, e);
    }
    cell->value = value;
    cell->line = line;
    unlock_cell(cell, new);
    return KPI_OK;
}

/* Takes line i of the batch, unless it lies outside the period, with what is known of its text alone. */
static inline bool sort_line(taker *t, const kpi__batch *batch, const kpi__columns *columns, const kpi__block *block,
                             unsigned i) {
    lines *l = t->lines;
    sort *s = sort_of(t, kpi__inner(batch, i, METRIC), columns->value[PERIOD][i]);
    uint32_t line = (uint32_t)kpi__line_number(batch, block, i);
    if (s->straddles) {
        kpi__spot spot = {t->source, (uint32_t)block->order, line};
        kpi__straddles_add(&t->straddles, &(kpi__straddles){1, spot, s->period});
    }
    if (!s->inside) return true;
    unsigned k = l->n++;
    l->index[k] = (uint16_t)i;
    l->manager[k] = kpi__inner(batch, i, MANAGER);
    l->sort[k] = s;
    l->value[k] = columns->value[VALUE][i];
    l->line[k] = line;
    l->metric[k] = s->metric;
    return s->metric == KPI__NONE || (l->mark[k] = mark_of(t, s, block)) != KPI__NONE;
}

/* false: no memory. */
static bool sort_lines(taker *t, const kpi__batch *batch, const kpi__columns *columns, const kpi__block *block) {
    t->lines->n = 0;
    for (unsigned i = 0; i < batch->lines; i++)
        if (!batch->odd[i] && !sort_line(t, batch, columns, block, i)) return false;
    return true;
}

/* Finds the cells of the lines, which are on their way then. */
static void ask_for_cells(const kpi__cells *cells, lines *l) {
    for (unsigned k = 0; k < l->n; k++) {
        struct kpi__cells_of of = {0, 0};
        if (l->owner[k] < cells->owners) of = cells->of_owner[l->owner[k]];
        l->cell[k] = cell_for(cells, of, l->metric[k], &l->sort[k]->guess);
        __builtin_prefetch(l->cell[k], 1);
    }
}

/* Lines that have no cell: the goals know their names, but not together. One lock for all. */
static int put_strays(taker *t, const lines *l, const uint16_t *stray, unsigned n, kpi_error *e) {
    kpi_measures *m = t->measures;
    const kpi_goals *g = m->cells.goals;
    int code = KPI_OK;
    kpi__measures_lock(m);
    for (unsigned i = 0; i < n && !code; i++) {
        unsigned k = stray[i];
        const kpi__mark *mark = kpi__mark_at(&m->cells, l->mark[k]);
        code = kpi__measures_put(m, kpi__dict_key(g->owners, l->owner[k]), kpi__dict_key(g->metrics, l->metric[k]),
                                 mark->period, l->value[k], (kpi__spot){mark->source, mark->block, l->line[k]}, e);
    }
    kpi__measures_unlock(m);
    return code;
}

/* Adds lines to their cells. */
static int add_lines(taker *t, const lines *l, kpi_error *e) {
    kpi_measures *m = t->measures;
    uint16_t stray[KPI__BATCH];
    unsigned strays = 0;
    int code = KPI_OK;
    for (unsigned k = 0; k < l->n && !code; k++) {
        if (l->cell[k])
            code = add_to_cell(m, l->cell[k], l->mark[k], l->value[k], l->line[k], e);
        else
            stray[strays++] = (uint16_t)k;
    }
    return code || !strays ? code : put_strays(t, l, stray, strays, e);
}

static inline bool is_known(const lines *l, unsigned k) {
    return l->owner[k] != KPI__NONE && l->metric[k] != KPI__NONE;
}

/* Those of the lines at hand of which the goals know no manager or no metric are put apart. One lock for all. */
static int put_unknown(taker *t, const kpi__batch *batch, const kpi__columns *columns, const kpi__block *block,
                       kpi_error *e) {
    kpi_measures *m = t->measures;
    lines *l = t->lines;
    unsigned to = 0;
    int code = KPI_OK;
    while (to < l->n && is_known(l, to)) to++;
    if (to == l->n) return KPI_OK;
    kpi__measures_lock(m);
    for (unsigned k = to; k < l->n && !code; k++) {
        if (!is_known(l, k)) {
            kpi__spot spot = {t->source, (uint32_t)block->order, l->line[k]};
            code = kpi__measures_put(m, l->manager[k], kpi__inner(batch, l->index[k], METRIC),
                                     kpi__days_of(columns->value[PERIOD][l->index[k]]), l->value[k], spot, e);
            continue;
        }
        l->sort[to] = l->sort[k];
        l->value[to] = l->value[k];
        l->line[to] = l->line[k];
        l->mark[to] = l->mark[k];
        l->metric[to] = l->metric[k];
        l->owner[to++] = l->owner[k];
    }
    kpi__measures_unlock(m);
    l->n = to;
    return code;
}

/* Step by step, each with the memory for the next on its way: while the lines of the batch before are added to their
 * cells, where those of this batch are; while the next batch is read, these. */
static int take_batch(void *worker, kpi__batch *batch, const kpi__columns *columns, kpi__block *block, kpi_error *e) {
    taker *t = worker;
    const kpi__cells *cells = &t->measures->cells;
    if (!sort_lines(t, batch, columns, block)) return kpi__fail_memory(e);
    lines *l = t->lines;
    if (cells->n)
        kpi__dict_find_many(cells->goals->owners, l->manager, l->n, l->owner);
    else
        memset(l->owner, 0xFF, l->n * sizeof *l->owner);
    int code = put_unknown(t, batch, columns, block, e);
    for (unsigned k = 0; k < l->n; k++) __builtin_prefetch(&cells->of_owner[l->owner[k]]);
    if (!code) code = add_lines(t, t->before, e);
    ask_for_cells(cells, l);
    t->lines = t->before;
    t->before = l;
    return code;
}

int kpi__measures_read_lines(kpi_measures *m, kpi__input *input, uint32_t source, const kpi_report *report,
                             kpi_error *e) {
    kpi__taker take = {kpi_record_of(KPI_MEASURE), take_batch, take_line};
    unsigned takers = kpi__threads(m->threads);
    void *worker[KPI__THREADS];
    uint64_t *base = NULL;
    taker *t = calloc(takers, sizeof *t);
    bool ready = t != NULL;
    int code = KPI_OK;
    for (unsigned i = 0; ready && i < takers; i++) {
        t[i] = (taker){.measures = m, .source = source, .memo = calloc(MEMO + 1, sizeof *t->memo),
                       .lines = calloc(1, sizeof *t->lines), .before = calloc(1, sizeof *t->before)};
        worker[i] = &t[i];
        t[i].last = t[i].memo;
        ready = t[i].memo && t[i].lines && t[i].before;
    }
    if (ready)
        code = kpi__each_batch(input, &take, worker, takers, &base, report, e);
    else {
        kpi__input_free(input);
        code = kpi__fail_memory(e);
    }
    m->source[source].base = base;
    for (unsigned i = 0; t && i < takers; i++) {
        if (!code) code = add_lines(&t[i], t[i].before, e);
        kpi__straddles_add(&m->straddles, &t[i].straddles);
        free(t[i].memo);
        free(t[i].lines);
        free(t[i].before);
    }
    free(t);
    return code;
}
