/* goalline.c - goal lines to rows, batch by batch, on several threads.
 *
 * Goals of one owner mostly stand together: each run of lines with one owner is looked up once, all runs of a batch
 * at once, by all workers in one dictionary: with one of its own for each, merged in the end, each name would be looked
 * up twice, and while that is done only one could work.
 * Metrics mostly follow each other as they did for the owner before: a metric is compared with the one that came next
 * the last time, and leads with weight and period, which are few, straight to the kind. What is rare (a new kind, a
 * baseline, an odd line) is done under one lock. */
#include "internal.h"

#include <pthread.h>
#include <stdlib.h>

enum { METRICS = 256, WEIGHTS = 16 };

typedef struct known { /* a metric met before */
    kpi__name name;     /* length 0: free */
    struct known *next; /* what came behind it the last time */
    struct {
        int64_t weight, days;
        size_t length;  /* of the period; no two texts of one length are the same days */
        uint32_t kind;  /* and 1; 0: free */
    } kind[WEIGHTS];    /* from a place by hash on */
} known;

typedef struct taker { /* a worker */
    kpi_goals *goals;
    pthread_mutex_t *rare;
    uint32_t source;
    kpi__rows rows;
    known *known, *last; /* by hash, METRICS of them; the one of the line before */
} taker;

enum { PERIOD, OWNER, METRIC, WEIGHT, TARGET, BASELINE };

/* ---- a line ---- */

static uint32_t new_kind(taker *t, kpi_text period, kpi_period days, kpi_text metric, bool has_weight,
                         kpi_decimal weight) {
    kpi_goals *g = t->goals;
    kpi__kind kind = {.source = t->source, .has_weight = has_weight, .weight = weight};
    pthread_mutex_lock(t->rare);
    kind.metric = kpi__dict_put(g->metrics, metric);
    kind.when = kind.metric == KPI__NONE ? KPI__NONE : kpi__goals_when(g, period, days);
    uint32_t number = kind.when == KPI__NONE ? KPI__NONE : kpi__goals_kind(g, &kind);
    pthread_mutex_unlock(t->rare);
    return number;
}

/* A metric with a name of up to KPI__NAME_WORDS bytes: from a place by hash on. */
static inline known *known_metric(taker *t, known *last, kpi_text metric) {
    known *k = last->next;
    if (kpi__is_name(&k->name, metric)) return k;
    size_t at = kpi__name_hash(metric) >> 56;
    for (unsigned tries = 0; tries < METRICS && t->known[at].name.length; tries++, at = (at + 1) % METRICS)
        if (kpi__is_name(&t->known[at].name, metric)) return last->next = &t->known[at];
    k = last->next = &t->known[at];
    memset(k, 0, sizeof *k);
    memcpy(k->name.text, metric.ptr, k->name.length = metric.len);
    k->next = t->known;
    return k;
}

/* The kind of line i, and in *last its metric, that of the line before. */
static inline uint32_t kind_of(taker *t, known **last, const kpi__batch *batch, const kpi__columns *columns,
                               unsigned i) {
    kpi_text metric = kpi__inner(batch, i, METRIC), period = kpi__at(batch, i, PERIOD);
    int64_t weight = columns->value[WEIGHT][i], days = columns->value[PERIOD][i];
    bool has_weight = weight != KPI__EMPTY;
    if (metric.len > KPI__NAME_WORDS)
        return new_kind(t, period, kpi__days_of(days), metric, has_weight, has_weight ? weight : 0);
    known *k = *last = known_metric(t, *last, metric);
    size_t at = ((uint64_t)weight ^ (uint64_t)days * 0x9e3779b97f4a7c15u) * 0xa0761d6478bd642fu >> 60;
    for (unsigned tries = 0; tries < WEIGHTS && k->kind[at].kind; tries++, at = (at + 1) % WEIGHTS) {
        bool other = (k->kind[at].weight ^ weight) | (k->kind[at].days ^ days) | (k->kind[at].length != period.len);
        if (!other) return k->kind[at].kind - 1;
    }
    uint32_t kind = new_kind(t, period, kpi__days_of(days), metric, has_weight, has_weight ? weight : 0);
    k->kind[at].weight = weight;
    k->kind[at].days = days;
    k->kind[at].length = period.len;
    k->kind[at].kind = kind + 1; /* 0 where there was no memory */
    return kind;
}

/* Sets what a row has no room for. */
static bool add_extra(taker *t, kpi__goal_row *row, const kpi_target *set) {
    pthread_mutex_lock(t->rare);
    kpi__extra *extra = kpi__goals_extra(t->goals, row);
    if (extra) extra->set = *set;
    pthread_mutex_unlock(t->rare);
    return extra != NULL;
}

static int take_line(void *worker, kpi_line *line, kpi__block *block, kpi_error *e) {
    taker *t = worker;
    const kpi_text *field = line->field;
    kpi_target set = {0};
    kpi_period days = {0, 0};
    kpi_period_parse(field[PERIOD], &days);
    set.has_weight = field[WEIGHT].len && !kpi_decimal_parse(field[WEIGHT], &set.weight);
    kpi_decimal_parse(field[TARGET], &set.target);
    set.has_baseline = field[BASELINE].len && !kpi_decimal_parse(field[BASELINE], &set.baseline);
    if (set.weight < 0) return kpi__fail_line(e, line, WEIGHT + 1, "below 0: %s", KPI__QUOTE(field[WEIGHT]));
    uint32_t kind = new_kind(t, field[PERIOD], days, field[METRIC], set.has_weight, set.weight);
    uint32_t owner;
    bool put = kind != KPI__NONE && kpi__dict_put_shared(t->goals->owners, &field[OWNER], 1, &owner);
    kpi__goal_row *row = put ? kpi__rows_add(&t->rows) : NULL;
    if (!row) return kpi__fail_memory(e);
    *row = (kpi__goal_row){(int64_t)set.target, owner, (uint32_t)line->number, kind, (uint32_t)block->order};
    if ((set.has_baseline || row->target != set.target) && !add_extra(t, row, &set)) return kpi__fail_memory(e);
    return KPI_OK;
}

/* ---- a batch ---- */

struct owners { /* of a batch */
    unsigned n;
    kpi_text text[KPI__BATCH];
    uint32_t number[KPI__BATCH];
    uint16_t of[KPI__BATCH]; /* by line */
};

static void find_owners(const kpi__batch *batch, struct owners *owners) {
    owners->n = 0;
    for (unsigned i = 0; i < batch->lines; i++) {
        if (batch->odd[i]) continue;
        kpi_text text = kpi__inner(batch, i, OWNER);
        if (!owners->n || !kpi__same_text(text, owners->text[owners->n - 1])) owners->text[owners->n++] = text;
        owners->of[i] = (uint16_t)(owners->n - 1);
    }
}

static int take_batch(void *worker, kpi__batch *batch, const kpi__columns *columns, kpi__block *block, kpi_error *e) {
    taker *t = worker;
    struct owners owners;
    known *last = t->last;
    uint32_t line = (uint32_t)kpi__line_number(batch, block, 0), order = (uint32_t)block->order;
    find_owners(batch, &owners);
    if (!kpi__dict_put_shared(t->goals->owners, owners.text, owners.n, owners.number)) return kpi__fail_memory(e);
    for (unsigned i = 0; i < batch->lines; i++) {
        int64_t weight = columns->value[WEIGHT][i], baseline = columns->value[BASELINE][i];
        if (batch->odd[i]) continue;
        if (weight < 0 && weight != KPI__EMPTY) { /* refused, one by one */
            batch->odd[i] = true;
            batch->odds++;
            continue;
        }
        uint32_t kind = kind_of(t, &last, batch, columns, i);
        kpi__goal_row *row = kind == KPI__NONE ? NULL : kpi__rows_add(&t->rows);
        if (!row) return kpi__fail_memory(e);
        *row = (kpi__goal_row){columns->value[TARGET][i], owners.number[owners.of[i]], line + i, kind, order};
        if (baseline == KPI__EMPTY) continue;
        bool has_weight = weight != KPI__EMPTY;
        kpi_target set = {.has_baseline = true, .has_weight = has_weight, .target = row->target,
                          .baseline = baseline, .weight = has_weight ? weight : 0};
        if (!add_extra(t, row, &set)) return kpi__fail_memory(e);
    }
    t->last = last;
    return KPI_OK;
}

/* ---- all of them ---- */

static void free_takers(taker *t, size_t takers) {
    for (size_t i = 0; t && i < takers; i++) {
        kpi__rows_free(&t[i].rows);
        free(t[i].known);
    }
    free(t);
}

static bool set_takers(kpi_goals *g, taker *t, size_t takers, void **worker, pthread_mutex_t *rare, uint32_t source) {
    for (size_t i = 0; i < takers; i++) {
        t[i] = (taker){.goals = g, .rare = rare, .source = source};
        worker[i] = &t[i];
        if (!(t[i].known = calloc(METRICS, sizeof *t[i].known))) return false;
        t[i].last = t[i].known->next = t[i].known;
    }
    return true;
}

int kpi__goals_read_lines(kpi_goals *g, kpi__input *input, const kpi_report *report, kpi_error *e) {
    kpi__taker take = {kpi_record_of(KPI_GOAL), take_batch, take_line};
    size_t takers = kpi__threads(g->threads);
    pthread_mutex_t rare = PTHREAD_MUTEX_INITIALIZER;
    uint32_t source = kpi__goals_source(g, kpi_text_of(kpi__input_name(input)));
    void *worker[KPI__THREADS];
    taker *t = source == KPI__NONE ? NULL : calloc(takers, sizeof *t);
    uint64_t *base = NULL;
    int code = KPI_OK;
    if (!t || !set_takers(g, t, takers, worker, &rare, source)) {
        kpi__input_free(input);
        code = kpi__fail_memory(e);
    } else
        code = kpi__each_batch(input, &take, worker, (unsigned)takers, &base, report, e);
    if (source != KPI__NONE) g->source[source].base = base;
    for (size_t i = 0; i < takers && !code; i++)
        if (!kpi__rows_move(&g->rows, &t[i].rows)) code = kpi__fail_memory(e);
    free_takers(t, takers);
    pthread_mutex_destroy(&rare);
    return code;
}
