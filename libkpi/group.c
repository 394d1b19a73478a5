/* group.c - groups by keys, numbered as they come, and what is counted of each.
 *
 * The texts of each key are numbered by a dictionary of its own; these numbers (codes) make the group: with one key
 * the code is the group, with more the first two codes are numbered as a pair, that number and the third code as the
 * next pair, and so on. So a text is hashed once however many keys there are, and all tables are small.
 *
 * A group's counts are one cache line of small counters, to which a row made beforehand is added; what does not fit
 * (a score beyond 1000, four thousand million lines) goes to wide counters beside, which only such groups have.
 * Numbering and adding go through many lines at once, each step for all of them, so that the waits for memory overlap.
 * Sorting is by ranks of codes, one key after the other, the last one first. */
#include "internal.h"

#include <stdlib.h>

enum { SMALL = 1000000000, MOST_LINES = 1 << 30 };

struct cell { /* no sum of MOST_LINES rows overflows */
    kpi__counts count;
    int64_t sum, days;
    int32_t low, high; /* low > high: nothing scored */
    uint32_t before, code; /* the pair that the group is of; with one key: nothing */
};

struct kpi__groups {
    size_t keys;
    kpi__dict *text[KPI__KEYS];
    kpi__pairs *pair[KPI__KEYS]; /* of key i (i > 0): what is before it x its code */
    struct cell *cell;
    size_t cells, room;
    uint64_t lines;  /* in cells since they were last emptied */
    uint32_t *widen; /* by group: its wide counters, + 1; NULL: no group has any */
    size_t widen_room;
    kpi__group *wide;
    size_t wides, wide_room;
    bool only; /* without keys: there is the one group */
};

kpi__groups *kpi__groups_new(size_t keys) {
    kpi__groups *g = calloc(1, sizeof *g);
    bool made = g != NULL;
    if (made) g->keys = keys;
    for (size_t i = 0; i < keys && made; i++) {
        made = (g->text[i] = kpi__dict_new()) != NULL;
        if (made && i) made = (g->pair[i] = kpi__pairs_new()) != NULL;
    }
    if (made) return g;
    kpi__groups_free(g);
    return NULL;
}

void kpi__groups_free(kpi__groups *g) {
    if (!g) return;
    for (size_t i = 0; i < g->keys; i++) {
        kpi__dict_free(g->text[i]);
        kpi__pairs_free(g->pair[i]);
    }
    kpi__table_free(g->cell, g->room * sizeof *g->cell);
    free(g->widen);
    free(g->wide);
    free(g);
}

kpi__dict *kpi__groups_texts(kpi__groups *g, size_t key) { return g->text[key]; }

size_t kpi__groups_size(const kpi__groups *g) {
    if (!g->keys) return g->only;
    return g->keys == 1 ? kpi__dict_size(g->text[0]) : kpi__pairs_size(g->pair[g->keys - 1]);
}

uint32_t kpi__groups_code(const kpi__groups *g, uint32_t group, size_t key) {
    if (g->keys == 1) return group;
    const struct cell *cell = &g->cell[group];
    if (key + 1 == g->keys) return cell->code;
    uint32_t before = cell->before, code = 0;
    for (size_t i = g->keys - 2; i && i >= key; i--) kpi__pairs_key(g->pair[i], before, &before, &code);
    return key ? code : before;
}

/* ---- cells ---- */

/* A cell, empty where it is new, for each of the groups there are. */
static bool have_cells(kpi__groups *g) {
    size_t n = kpi__groups_size(g);
    if (n > g->room) {
        size_t room = n < 64 ? 64 : n + n / 2;
        struct cell *cell = kpi__table_get(room * sizeof *cell);
        if (!cell) return false;
        if (g->cells) memcpy(cell, g->cell, g->cells * sizeof *cell);
        kpi__table_free(g->cell, g->room * sizeof *cell);
        g->cell = cell;
        g->room = room;
    }
    for (; g->cells < n; g->cells++) {
        struct cell *cell = &g->cell[g->cells];
        *cell = (struct cell){.low = INT32_MAX, .high = INT32_MIN};
        if (g->keys > 1) kpi__pairs_key(g->pair[g->keys - 1], (uint32_t)g->cells, &cell->before, &cell->code);
    }
    return true;
}

uint32_t kpi__groups_put(kpi__groups *g, const uint32_t code[KPI__KEYS]) {
    uint32_t group = g->keys ? code[0] : 0;
    g->only = true;
    for (size_t i = 1; i < g->keys && group != KPI__NONE; i++)
        group = code[i] == KPI__NONE ? KPI__NONE : kpi__pairs_put(g->pair[i], group, code[i]);
    return group != KPI__NONE && have_cells(g) ? group : KPI__NONE;
}

bool kpi__groups_put_many(kpi__groups *g, uint32_t (*code)[KPI__BATCH], unsigned n, uint32_t *group) {
    g->only = true;
    if (!g->keys) memset(group, 0, n * sizeof *group);
    if (g->keys == 1) memcpy(group, code[0], n * sizeof *group);
    for (size_t i = 1; i < g->keys; i++)
        if (!kpi__pairs_put_many(g->pair[i], i == 1 ? code[0] : group, code[i], n, group)) return false;
    return have_cells(g);
}

/* ---- adding ---- */

static void cell_group(const struct cell *cell, kpi__group *out) {
    *out = (kpi__group){.sum = cell->sum, .days = cell->days, .min = cell->low, .max = cell->high};
    for (size_t i = 0; i < KPI__LINE_COUNTS; i++) out->count[i] = cell->count[i];
}

/* The wide counters of group; NULL: no memory. */
static kpi__group *wide_of(kpi__groups *g, uint32_t group) {
    if (g->widen_room < g->cells) {
        uint32_t *grown = realloc(g->widen, g->room * sizeof *grown);
        if (!grown) return NULL;
        memset(grown + g->widen_room, 0, (g->room - g->widen_room) * sizeof *grown);
        g->widen = grown;
        g->widen_room = g->room;
    }
    if (!g->widen[group]) {
        if (!kpi__grow(&g->wide, g->wides, &g->wide_room, sizeof *g->wide)) return NULL;
        g->widen[group] = (uint32_t)++g->wides;
    }
    return &g->wide[g->widen[group] - 1];
}

int kpi__groups_add(kpi__groups *g, uint32_t group, const kpi__group *from, kpi_error *e) {
    kpi__group *wide = wide_of(g, group), cell, sum;
    if (!wide) return kpi__fail_memory(e);
    cell_group(&g->cell[group], &cell); /* the two together must stay in range too */
    sum = *wide;
    if (!kpi__group_merge(&sum, from) || !kpi__group_merge(&cell, &sum))
        return kpi__fail(e, KPI_DATA, "the sum is out of range");
    *wide = sum;
    return KPI_OK;
}

void kpi__groups_get(const kpi__groups *g, uint32_t group, kpi__group *out) {
    cell_group(&g->cell[group], out);
    if (group < g->widen_room && g->widen[group]) kpi__group_merge(out, &g->wide[g->widen[group] - 1]);
}

void kpi__groups_prefetch(const kpi__groups *g, uint32_t group) { __builtin_prefetch(&g->cell[group]); }

bool kpi__row_small(const kpi__row *row, kpi__small *out) {
    if (row->value > SMALL || row->value < -SMALL) return false;
    for (size_t k = 0; k < KPI__LINE_COUNTS; k++) out->count[k] = row->count[k];
    out->value = (int64_t)row->value;
    out->low = row->scored ? (int32_t)row->value : INT32_MAX;
    out->high = row->scored ? (int32_t)row->value : INT32_MIN;
    return true;
}

/* Empties the cells into wide counters before a counter could overflow. */
static bool empty_cells(kpi__groups *g) {
    for (uint32_t i = 0; i < g->cells; i++) {
        kpi__group counts;
        kpi__group *wide = wide_of(g, i);
        if (!wide) return false;
        cell_group(&g->cell[i], &counts);
        kpi__group_merge(wide, &counts); /* in range: 128 bits take all lines there can be */
        struct cell *cell = &g->cell[i];
        *cell = (struct cell){.low = INT32_MAX, .high = INT32_MIN, .before = cell->before, .code = cell->code};
    }
    g->lines = 0;
    return true;
}

static inline void add_small(struct cell *cell, kpi__counts count, int64_t sum, int32_t low, int32_t high) {
    cell->count += count;
    cell->sum += sum;
    cell->low = low < cell->low ? low : cell->low;
    cell->high = high > cell->high ? high : cell->high;
}

bool kpi__groups_add_many(kpi__groups *g, const uint32_t *group, const kpi__small *const *row, const int32_t *value,
                          const int32_t *days, unsigned n) {
    if (g->lines > MOST_LINES && !empty_cells(g)) return false;
    g->lines += n;
    for (unsigned i = 0; i < n; i++) __builtin_prefetch(&g->cell[group[i]], 1);
    for (unsigned i = 0; i < n; i++) {
        const kpi__small *r = row[i];
        add_small(&g->cell[group[i]], r->count, r->value, r->low, r->high);
    }
    for (unsigned i = 0; i < n && value; i++) g->cell[group[i]].sum += value[i];
    for (unsigned i = 0; i < n && days; i++) g->cell[group[i]].days += days[i];
    return true;
}

/* ---- merging ---- */

/* From the numbers of what is before key i (*to) and of its codes to those of both. */
static bool map_pairs(kpi__groups *g, const kpi__groups *from, size_t i, uint32_t *to, uint32_t *code, uint32_t *next) {
    uint32_t a[KPI__BATCH], b[KPI__BATCH], size = kpi__pairs_size(from->pair[i]);
    if (!kpi__dict_merge(g->text[i], from->text[i], code)) return false;
    for (uint32_t at = 0; at < size;) {
        uint32_t start = at;
        for (; at < size && at - start < KPI__BATCH; at++) {
            kpi__pairs_key(from->pair[i], at, &a[at - start], &b[at - start]);
            a[at - start] = to[a[at - start]];
            b[at - start] = code[b[at - start]];
        }
        if (!kpi__pairs_put_many(g->pair[i], a, b, at - start, next + start)) return false;
    }
    return true;
}

static bool map_groups(kpi__groups *g, const kpi__groups *from, uint32_t *to) {
    size_t most = kpi__groups_size(from);
    for (size_t i = 0; i < g->keys; i++) {
        size_t texts = kpi__dict_size(from->text[i]), pairs = i ? kpi__pairs_size(from->pair[i]) : 0;
        most = texts > most ? texts : most;
        most = pairs > most ? pairs : most;
    }
    uint32_t *work = malloc((3 * most + 1) * sizeof *work);
    if (!work) return false;
    uint32_t *before = work, *code = work + most, *next = code + most;
    bool done = !g->keys || kpi__dict_merge(g->text[0], from->text[0], before);
    g->only |= from->only;
    if (!g->keys) before[0] = 0;
    for (size_t i = 1; i < g->keys && done; i++) {
        done = map_pairs(g, from, i, before, code, next);
        uint32_t *swap = before;
        before = next;
        next = swap;
    }
    if (done) memcpy(to, before, kpi__groups_size(from) * sizeof *to);
    free(work);
    return done && have_cells(g);
}

static bool is_small(const struct cell *a, const struct cell *b) { /* no counter overflows by adding b to a */
    uint32_t over = 0;
    for (size_t k = 0; k < KPI__LINE_COUNTS; k++) over |= a->count[k] | b->count[k];
    return over <= MOST_LINES;
}

int kpi__groups_merge(kpi__groups *g, const kpi__groups *from, uint32_t *to, kpi_error *e) {
    enum { AHEAD = 16 };
    if (!map_groups(g, from, to)) return kpi__fail_memory(e);
    for (uint32_t i = 0; i < from->cells; i++) {
        if (i + AHEAD < from->cells) __builtin_prefetch(&g->cell[to[i + AHEAD]], 1);
        struct cell *cell = &g->cell[to[i]];
        const struct cell *other = &from->cell[i];
        bool wide = i < from->widen_room && from->widen[i];
        if (!wide && is_small(cell, other)) {
            add_small(cell, other->count, other->sum, other->low, other->high);
            cell->days += other->days;
            continue;
        }
        kpi__group counts;
        kpi__groups_get(from, i, &counts);
        int code = kpi__groups_add(g, to[i], &counts, e);
        if (code) return code;
    }
    g->lines += from->lines;
    return KPI_OK;
}

/* ---- order ---- */

/* Sorts order by the ranks of one key, equal ones staying as they are: counts, then places. The others are for work. */
static void sort_by_key(const kpi__groups *g, size_t key, const uint32_t *rank, uint32_t *of_group, uint32_t *start,
                        uint32_t *order, uint32_t *work) {
    size_t n = kpi__groups_size(g), texts = kpi__dict_size(g->text[key]);
    memset(start, 0, (texts + 1) * sizeof *start);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t code = i, before = i; /* out of the pairs, which stand closer together than cells */
        for (size_t k = g->keys; k-- > key && k;) kpi__pairs_key(g->pair[k], before, &before, &code);
        of_group[i] = rank[key ? code : before];
        start[of_group[i] + 1]++;
    }
    for (size_t i = 0; i < texts; i++) start[i + 1] += start[i];
    for (size_t i = 0; i < n; i++) work[start[of_group[order[i]]]++] = order[i];
    memcpy(order, work, n * sizeof *order);
}

bool kpi__groups_sort(const kpi__groups *g, unsigned threads, uint32_t *order) {
    size_t n = kpi__groups_size(g), most = n;
    if (g->keys == 1) return kpi__sort_dict(g->text[0], threads, order);
    for (size_t i = 0; i < g->keys; i++)
        most = kpi__dict_size(g->text[i]) > most ? kpi__dict_size(g->text[i]) : most;
    uint32_t *rank = malloc((4 * most + 4) * sizeof *rank);
    bool done = rank != NULL;
    uint32_t *start = rank + most + 1, *work = start + most + 1, *of_group = work + most + 1;
    for (uint32_t i = 0; i < n && done; i++) order[i] = i;
    for (size_t i = g->keys; i-- > 0 && done;) {
        done = kpi__sort_dict(g->text[i], threads, work);
        for (uint32_t k = 0; k < kpi__dict_size(g->text[i]) && done; k++) rank[work[k]] = k;
        if (done) sort_by_key(g, i, rank, of_group, start, order, work);
    }
    free(rank);
    return done;
}
