/* filter.c - lines that go through: kept by each worker, given on in the order of the input; and records of which one
 * field becomes another.
 *
 * A worker keeps what it has made of a block until all blocks before it are done. A block of which nothing is left
 * waits for nobody, and a bad line is told of behind the lines before it. */
#include "internal.h"

#include <stdlib.h>

char *kpi__kept_room(kpi__kept *k, size_t n) {
    if (n > k->room - k->used) {
        size_t room = k->room ? k->room : 1 << 16;
        while (room - k->used < n) room *= 2;
        char *grown = realloc(k->bytes, room);
        if (!grown) return NULL;
        k->bytes = grown;
        k->room = room;
    }
    return k->bytes + k->used;
}

int kpi__keep_line(kpi__kept *k, kpi_text text, kpi_error *e) {
    char *at = kpi__kept_room(k, text.len + 1);
    if (!at) return kpi__fail_memory(e);
    memcpy(at, text.ptr, text.len);
    at[text.len] = '\n';
    k->used += text.len + 1;
    k->lines++;
    return KPI_OK;
}

int kpi__give_kept(kpi__kept *k, kpi__block *block, kpi_error *e) {
    kpi__outlet *to = k->to;
    if (!k->used) return KPI_OK;
    if (!kpi__block_turn(block)) return KPI_SYSTEM; /* the work has ended before */
    to->lines += k->lines;
    int code = to->put(to->context, (kpi_text){k->bytes, k->used}, e);
    k->used = 0;
    k->lines = 0;
    return code;
}

int kpi__tell_kept(kpi__kept *k, kpi__block *block, kpi_error *problem, kpi_error *e) {
    int code = problem->code;
    if (code == KPI_DATA) {
        if ((code = kpi__give_kept(k, block, e))) return code;
        code = kpi__block_tell(block, k->to->report, problem);
    }
    if (code && e) *e = *problem;
    return code;
}

/* ---- one field of records ---- */

typedef struct worker {
    const kpi__change *change;
    void *changer;
    kpi__kept kept;
    kpi__batch batch;
    kpi__columns *columns;
    kpi_text value[KPI__BATCH];
} worker;

/* The lines of a batch that are not odd, as they stand and together as long as they stay as they are. */
typedef struct stretch {
    const char *from, *to;
    char *out;
} stretch;

enum { PIECE = 32 };

/* Up to PIECE - 1 bytes more are read and written. */
static inline void copy(stretch *s, const char *to) {
    const char *from = s->from;
    for (char *out = s->out; from < to; from += PIECE, out += PIECE) memcpy(out, from, PIECE);
    s->out += to - s->from;
}

/* Line i of batch, to which s comes, with another field or without its CR. */
static inline void take_line(stretch *s, const kpi__batch *batch, unsigned i, unsigned field, kpi_text value) {
    const char *lf = batch->bytes + (batch->end[batch->before[i] + batch->record->fields] & ~KPI__LF);
    if (value.ptr) {
        kpi_text old = kpi__inner(batch, i, field);
        copy(s, old.ptr);
        s->out = kpi__copy_short(s->out, value);
        s->from = old.ptr + old.len;
    }
    if (lf[-1] == '\r') {
        copy(s, lf - 1);
        s->from = lf;
    }
    s->to = lf + 1;
}

static int keep_odd(worker *w, kpi__block *block, unsigned i, kpi_error *e) {
    kpi_line line;
    kpi_error problem;
    kpi_text value = {0};
    int code = kpi__odd_line(&w->batch, block, i, &line, &problem);
    if (!code) code = kpi_record_check(w->change->record, &line, &problem);
    if (!code) code = w->change->line(w->changer, &line, &value, &problem);
    if (code == KPI_NO) return KPI_OK;
    if (code) return kpi__tell_kept(&w->kept, block, &problem, e);
    if (!value.ptr) return kpi__keep_line(&w->kept, line.text, e);
    kpi_text old = line.field[w->change->field];
    size_t before = (size_t)(old.ptr - line.text.ptr), behind = line.text.len - before - old.len;
    char *at = kpi__kept_room(&w->kept, before + value.len + behind + 1);
    if (!at) return kpi__fail_memory(e);
    memcpy(at, line.text.ptr, before);
    memcpy(at + before, value.ptr, value.len);
    memcpy(at + before + value.len, old.ptr + old.len, behind);
    at[before + value.len + behind] = '\n';
    w->kept.used += before + value.len + behind + 1;
    w->kept.lines++;
    return KPI_OK;
}

/* Keeps lines i .. to - 1, none of which is odd. */
static int keep_lines(worker *w, unsigned i, unsigned to, kpi_error *e) {
    const kpi__batch *batch = &w->batch;
    size_t room = KPI__SCAN + PIECE;
    if (i == to) return KPI_OK;
    for (unsigned k = i; k < to; k++) room += w->value[k].len;
    char *out = kpi__kept_room(&w->kept, room);
    if (!out) return kpi__fail_memory(e);
    stretch s = {.from = kpi__at(batch, i, 0).ptr, .out = out};
    w->kept.lines += to - i;
    for (; i < to; i++) take_line(&s, batch, i, w->change->field, w->value[i]);
    copy(&s, s.to);
    w->kept.used += (size_t)(s.out - out);
    return KPI_OK;
}

static int keep_batch(worker *w, kpi__block *block, kpi_error *e) {
    const kpi__batch *batch = &w->batch;
    int code = KPI_OK;
    for (unsigned i = 0; i < batch->lines && !code; i++) {
        unsigned from = i;
        if (!batch->odds) i = batch->lines;
        while (i < batch->lines && !batch->odd[i]) i++;
        code = keep_lines(w, from, i, e);
        if (!code && i < batch->lines) code = keep_odd(w, block, i, e);
    }
    return code;
}

static int take(void *context, kpi__block *block, kpi_error *e) {
    worker *w = context;
    int code = KPI_OK;
    w->kept.used = 0;
    w->kept.lines = 0;
    while (!code && kpi__scan(&w->batch, block)) {
        kpi__columns_read(w->columns, &w->batch);
        memset(w->value, 0, w->batch.lines * sizeof *w->value);
        code = w->change->batch(w->changer, &w->batch, w->columns, w->value, e);
        if (!code) kpi__count_odds(&w->batch);
        if (!code) code = keep_batch(w, block, e);
    }
    return code ? code : kpi__give_kept(&w->kept, block, e);
}

int kpi__change_lines(kpi__input *input, const kpi__change *change, void *const *changer, unsigned workers,
                      kpi__outlet *to, kpi_error *e) {
    worker *w = calloc(workers, sizeof *w);
    void *crew[KPI__THREADS];
    bool ready = w != NULL;
    for (unsigned i = 0; i < workers && ready; i++) {
        w[i] = (worker){.change = change, .changer = changer[i], .kept.to = to, .batch.record = change->record};
        crew[i] = &w[i];
        ready = (w[i].columns = kpi__columns_new()) != NULL;
    }
    int code = KPI_OK;
    if (ready)
        code = kpi__each_block(input, take, crew, workers, NULL, e);
    else {
        kpi__input_free(input);
        code = kpi__fail_memory(e);
    }
    for (unsigned i = 0; w && i < workers; i++) {
        kpi__columns_free(w[i].columns);
        free(w[i].kept.bytes);
    }
    free(w);
    return code;
}
