/* goalline.c - goal lines to rows, batch by batch, on several threads.
 *
 * Goals of one owner mostly stand together: each run of lines with one owner is looked up once, all runs of a batch
 * at once. Metrics mostly follow each other as they did for the owner before: a metric met before is compared with the
 * one that came next the last time, and leads with weight and period, which are few, straight to the kind. That is half
 * the time of a table by all three. The first worker numbers owners in the goals' own dictionary, the others in one of
 * theirs; when all is read, these are merged and the rows renumbered. What is rare (a new kind, a baseline, an odd line)
 * is done under one lock. */
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
    } kind[WEIGHTS];
} known;

typedef struct taker { /* a worker */
    kpi_goals *goals;
    pthread_mutex_t *lock;
    uint32_t source;
    kpi__dict *owners;
    kpi__rows rows;
    known *known, *last; /* by hash, METRICS of them; the one of the line before */
    uint32_t *number; /* of the goals' owners, by those of `owners` */
} taker;

enum { PERIOD, OWNER, METRIC, WEIGHT, TARGET, BASELINE };

/* ---- a line ---- */

static uint32_t new_kind(taker *t, kpi_text period, kpi_period days, kpi_text metric, bool has_weight,
                         kpi_decimal weight) {
    kpi_goals *g = t->goals;
    kpi__kind kind = {.source = t->source, .has_weight = has_weight, .weight = weight};
    pthread_mutex_lock(t->lock);
    kind.metric = kpi__dict_put(g->metrics, metric);
    kind.when = kind.metric == KPI__NONE ? KPI__NONE : kpi__goals_when(g, period, days);
    uint32_t number = kind.when == KPI__NONE ? KPI__NONE : kpi__goals_kind(g, &kind);
    pthread_mutex_unlock(t->lock);
    return number;
}

/* A metric with a name of up to KPI__NAME_WORDS bytes. */
static inline known *known_metric(taker *t, kpi_text metric) {
    known *k = t->last->next;
    if (kpi__is_name(&k->name, metric)) return t->last = k;
    k = t->last->next = &t->known[kpi__name_hash(metric) >> 56];
    if (!kpi__is_name(&k->name, metric)) {
        memset(k, 0, sizeof *k);
        memcpy(k->name.text, metric.ptr, k->name.length = metric.len);
        k->next = t->known;
    }
    return t->last = k;
}

static uint32_t kind_of(taker *t, const kpi__batch *batch, const kpi__columns *columns, unsigned i) {
    kpi_text metric = kpi__inner(batch, i, METRIC), period = kpi__at(batch, i, PERIOD);
    int64_t weight = columns->value[WEIGHT][i], days = columns->value[PERIOD][i];
    bool has_weight = weight != KPI__EMPTY;
    if (metric.len > KPI__NAME_WORDS)
        return new_kind(t, period, kpi__days_of(days), metric, has_weight, has_weight ? weight : 0);
    known *k = known_metric(t, metric);
    size_t at = ((uint64_t)weight ^ (uint64_t)days * 0x9e3779b97f4a7c15u) * 0xa0761d6478bd642fu >> 60;
    if (k->kind[at].kind && k->kind[at].weight == weight && k->kind[at].days == days &&
        k->kind[at].length == period.len)
        return k->kind[at].kind - 1;
    uint32_t kind = new_kind(t, period, kpi__days_of(days), metric, has_weight, has_weight ? weight : 0);
    k->kind[at].weight = weight;
    k->kind[at].days = days;
    k->kind[at].length = period.len;
    k->kind[at].kind = kind + 1; /* 0 where there was no memory */
    return kind;
}

/* Sets what a row has no room for. */
static bool add_extra(taker *t, kpi__goal_row *row, const kpi_target *set) {
    pthread_mutex_lock(t->lock);
    kpi__extra *extra = kpi__goals_extra(t->goals, row);
    if (extra) extra->set = *set;
    pthread_mutex_unlock(t->lock);
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
    uint32_t kind = new_kind(t, field[PERIOD], days, field[METRIC], set.has_weight, set.weight),
             owner = kpi__dict_put(t->owners, field[OWNER]);
    kpi__goal_row *row = kind == KPI__NONE || owner == KPI__NONE ? NULL : kpi__rows_add(&t->rows);
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
    find_owners(batch, &owners);
    if (!kpi__dict_put_many(t->owners, owners.text, owners.n, owners.number)) return kpi__fail_memory(e);
    for (unsigned i = 0; i < batch->lines; i++) {
        int64_t weight = columns->value[WEIGHT][i], baseline = columns->value[BASELINE][i];
        if (batch->odd[i]) continue;
        if (weight < 0 && weight != KPI__EMPTY) { /* refused, one by one */
            batch->odd[i] = true;
            batch->odds++;
            continue;
        }
        uint32_t kind = kind_of(t, batch, columns, i);
        kpi__goal_row *row = kind == KPI__NONE ? NULL : kpi__rows_add(&t->rows);
        if (!row) return kpi__fail_memory(e);
        *row = (kpi__goal_row){columns->value[TARGET][i], owners.number[owners.of[i]],
                          (uint32_t)kpi__line_number(batch, block, i), kind, (uint32_t)block->order};
        if (baseline == KPI__EMPTY) continue;
        bool has_weight = weight != KPI__EMPTY;
        kpi_target set = {.has_baseline = true, .has_weight = has_weight, .target = row->target,
                          .baseline = baseline, .weight = has_weight ? weight : 0};
        if (!add_extra(t, row, &set)) return kpi__fail_memory(e);
    }
    return KPI_OK;
}

/* ---- all of them ---- */

struct merge {
    taker *taker;
    size_t takers;
};

static void renumber(void *context, size_t i) {
    const struct merge *merge = context;
    const taker *t = merge->taker;
    for (; i >= t->rows.chunks; t++) i -= t->rows.chunks;
    size_t from = i << KPI__CHUNK, n = t->rows.n - from;
    kpi__goal_row *row = t->rows.chunk[i];
    if (n > (size_t)1 << KPI__CHUNK) n = (size_t)1 << KPI__CHUNK;
    for (size_t k = 0; t->number && k < n; k++) row[k].owner = t->number[row[k].owner];
}

static int merge(kpi_goals *g, taker *t, size_t takers, kpi_error *e) {
    size_t chunks = 0;
    for (size_t i = 0; i < takers; i++) {
        chunks += t[i].rows.chunks;
        if (t[i].owners == g->owners) continue;
        uint32_t n = kpi__dict_size(t[i].owners);
        if (!(t[i].number = malloc((n + 1) * sizeof *t[i].number))) return kpi__fail_memory(e);
        if (!kpi__dict_merge(g->owners, t[i].owners, t[i].number)) return kpi__fail_memory(e);
        kpi__dict_free(t[i].owners);
        t[i].owners = NULL;
    }
    kpi__each_piece(chunks, (unsigned)takers, renumber, &(struct merge){t, takers});
    for (size_t i = 0; i < takers; i++)
        if (!kpi__rows_move(&g->rows, &t[i].rows)) return kpi__fail_memory(e);
    return KPI_OK;
}

static void free_takers(kpi_goals *g, taker *t, size_t takers) {
    for (size_t i = 0; t && i < takers; i++) {
        if (t[i].owners != g->owners) kpi__dict_free(t[i].owners);
        kpi__rows_free(&t[i].rows);
        free(t[i].known);
        free(t[i].number);
    }
    free(t);
}

static bool set_takers(kpi_goals *g, taker *t, size_t takers, void **worker, pthread_mutex_t *lock, uint32_t source) {
    for (size_t i = 0; i < takers; i++) {
        t[i] = (taker){.goals = g, .lock = lock, .source = source, .owners = i ? kpi__dict_new() : g->owners};
        worker[i] = &t[i];
        if (!t[i].owners || !(t[i].known = calloc(METRICS, sizeof *t[i].known))) return false;
        t[i].last = t[i].known->next = t[i].known;
    }
    return true;
}

int kpi__goals_read_lines(kpi_goals *g, kpi__input *input, const kpi_report *report, kpi_error *e) {
    kpi__taker take = {kpi_record_of(KPI_GOAL), take_batch, take_line};
    size_t takers = kpi__threads(g->threads);
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    uint32_t source = kpi__goals_source(g, kpi_text_of(kpi__input_name(input)));
    void *worker[KPI__THREADS];
    taker *t = source == KPI__NONE ? NULL : calloc(takers, sizeof *t);
    uint64_t *base = NULL;
    int code = KPI_OK;
    if (!t || !set_takers(g, t, takers, worker, &lock, source)) {
        kpi__input_free(input);
        code = kpi__fail_memory(e);
    } else
        code = kpi__each_batch(input, &take, worker, (unsigned)takers, &base, report, e);
    if (source != KPI__NONE) g->source[source].base = base;
    if (!code) code = merge(g, t, takers, e);
    free_takers(g, t, takers);
    pthread_mutex_destroy(&lock);
    return code;
}
