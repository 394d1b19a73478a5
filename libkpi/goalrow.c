/* goalrow.c - goals as rows of 24 bytes, and back again.
 *
 * What goals have in common (metric, period, file, weight) is a kind, of which there are few; what is rare (baseline,
 * percent, numbers beyond 64 bits, id, story, revisions) is an extra, to which the row then leads. Rows stand in
 * chunks of pages that never move: a worker's chunks become the goals' own without a copy. Beside a struct for each
 * goal and a hash of what they are about, this takes a ninth of the memory. */
#include "internal.h"

#include <stdlib.h>

enum { ROWS = 1 << KPI__CHUNK };

/* The first row of a new chunk. */
kpi__goal_row *kpi__rows_more(kpi__rows *rows) {
    if (!kpi__grow(&rows->chunk, rows->chunks, &rows->room, sizeof *rows->chunk)) return NULL;
    if (!(rows->chunk[rows->chunks] = kpi__pages_get(ROWS * sizeof(kpi__goal_row)))) return NULL;
    rows->n++;
    return rows->chunk[rows->chunks++];
}

void kpi__rows_free(kpi__rows *rows) {
    for (size_t i = 0; i < rows->chunks; i++) kpi__pages_free(rows->chunk[i], ROWS * sizeof(kpi__goal_row));
    free(rows->chunk);
    *rows = (kpi__rows){0};
}

/* Whole chunks go before the one that is being filled, which takes the other rows one by one. */
bool kpi__rows_move(kpi__rows *to, kpi__rows *from) {
    size_t full = from->n >> KPI__CHUNK, last = to->n & (ROWS - 1) ? to->chunks - 1 : to->chunks;
    for (size_t i = 0; i < full; i++, last++) {
        if (!kpi__grow(&to->chunk, to->chunks, &to->room, sizeof *to->chunk)) return false;
        if (last < to->chunks) to->chunk[to->chunks] = to->chunk[last];
        to->chunk[last] = from->chunk[i];
        from->chunk[i] = NULL;
        to->chunks++;
        to->n += ROWS;
    }
    for (size_t i = full << KPI__CHUNK; i < from->n; i++) {
        kpi__goal_row *row = kpi__rows_add(to);
        if (!row) return false;
        *row = *kpi__rows_at(from, i);
    }
    kpi__rows_free(from);
    return true;
}

/* ---- what rows have in common ---- */

uint32_t kpi__goals_when(kpi_goals *g, kpi_text text, kpi_period days) {
    uint32_t n = kpi__dict_size(g->whens), number = kpi__dict_put(g->whens, text);
    if (number != n) return number;
    if (!kpi__grow(&g->when, n, &g->when_room, sizeof *g->when)) return KPI__NONE;
    g->when[n] = (kpi__when){.days = days, .text = kpi__dict_key(g->whens, n).ptr};
    return n;
}

uint32_t kpi__goals_kind(kpi_goals *g, const kpi__kind *kind) {
    struct {
        kpi_decimal weight;
        uint32_t metric, when, source, has_weight;
    } key = {kind->has_weight ? kind->weight : 0, kind->metric, kind->when, kind->source, kind->has_weight};
    uint32_t n = kpi__dict_size(g->kinds),
             number = n < KPI__EXTRA ? kpi__dict_put(g->kinds, (kpi_text){(const char *)&key, sizeof key}) : KPI__NONE;
    if (number != n) return number;
    if (!kpi__grow(&g->kind, n, &g->kind_room, sizeof *g->kind)) return KPI__NONE;
    g->kind[n] = *kind;
    return n;
}

uint32_t kpi__goals_source(kpi_goals *g, kpi_text file) {
    uint32_t text = kpi__dict_put(g->texts, file);
    if (text == KPI__NONE || !kpi__grow(&g->source, g->sources, &g->source_room, sizeof *g->source)) return KPI__NONE;
    g->source[g->sources] = (kpi__source){kpi__dict_key(g->texts, text).ptr, NULL};
    return (uint32_t)g->sources++;
}

kpi__extra *kpi__goals_extra(kpi_goals *g, kpi__goal_row *row) {
    if (row->kind & KPI__EXTRA) return g->extra[row->more];
    kpi__extra *extra = kpi__arena_get(g->arena, sizeof *extra);
    if (!extra || !kpi__grow(&g->extra, g->extras, &g->extra_room, sizeof *g->extra)) return NULL;
    const kpi__kind *kind = &g->kind[row->kind];
    extra->set = (kpi_target){.target = row->target, .has_weight = kind->has_weight, .weight = kind->weight};
    extra->more = row->more;
    row->kind |= KPI__EXTRA;
    row->more = (uint32_t)g->extras;
    return g->extra[g->extras++] = extra;
}

/* ---- and back ---- */

static uint32_t more_of(const kpi_goals *g, const kpi__goal_row *row) {
    return row->kind & KPI__EXTRA ? g->extra[row->more]->more : row->more;
}

kpi_place kpi__row_place(const kpi_goals *g, const kpi__goal_row *row) {
    const kpi__source *source = &g->source[g->kind[row->kind & ~KPI__EXTRA].source];
    uint32_t more = more_of(g, row);
    if (source->base) return (kpi_place){source->file, source->base[more] + row->line, 0};
    return (kpi_place){source->file, row->line, more};
}

kpi_goal kpi__goal_of(const kpi_goals *g, size_t i) {
    const kpi__goal_row *row = kpi__rows_at(&g->rows, i);
    const kpi__kind *kind = &g->kind[row->kind & ~KPI__EXTRA];
    const kpi__when *when = &g->when[kind->when];
    kpi_goal goal = {.owner = kpi__dict_key(g->owners, row->owner).ptr,
                     .metric = kpi__dict_key(g->metrics, kind->metric).ptr,
                     .period_text = when->text,
                     .period = when->days,
                     .place = kpi__row_place(g, row)};
    if (row->kind & KPI__EXTRA) {
        const kpi__extra *extra = g->extra[row->more];
        goal.set = extra->set;
        goal.id = extra->id;
        goal.revision = extra->revision;
        goal.story = extra->story;
    } else
        goal.set = (kpi_target){.target = row->target, .has_weight = kind->has_weight, .weight = kind->weight};
    return goal;
}

int kpi__row_compare(const kpi_goals *g, size_t a, size_t b) {
    const kpi__goal_row *x = kpi__rows_at(&g->rows, a), *y = kpi__rows_at(&g->rows, b);
    uint32_t i = g->kind[x->kind & ~KPI__EXTRA].source, j = g->kind[y->kind & ~KPI__EXTRA].source;
    if (i != j) return i < j ? -1 : 1;
    if (g->source[i].base) {
        uint32_t block = more_of(g, x), other = more_of(g, y);
        if (block != other) return block < other ? -1 : 1;
    }
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return a < b ? -1 : a > b;
}

size_t kpi_goals_size(const kpi_goals *g) { return g->run ? g->size : g->rows.n; }

kpi_goal kpi_goals_at(const kpi_goals *g, size_t i) {
    if (!g->run) return kpi__goal_of(g, i);
    const kpi__run *run = &g->run[kpi__goals_run_at(g, i)];
    return kpi__goal_of(g, kpi__run_row(g, run, i - run->first));
}
