/* goalorder.c - the rows of goals in the order of kpi_goals_at, and what stands twice among them.
 *
 * Owners are ranked once by their bytes, kinds by period and metric; then rows are counted into place by owner, and
 * by period where there are several: two passes that only read, no comparison. The few goals of one owner and period
 * (a run) are ordered by their metric, and doubles are neighbours. So no goal is hashed while files are read. */
#include "internal.h"

#include <stdlib.h>

typedef struct twice { uint32_t first, again; } twice;

typedef struct ordering {
    kpi_goals *goals;
    uint32_t *kind_group; /* by kind */
    twice *doubled;
    size_t doubles, room;
} ordering;

enum { ROWS = 1 << 16, AHEAD = 48 }; /* of a piece; rows asked for before they are looked at: they stand anywhere */

/* A piece of the order: the runs that begin in it. */
typedef struct portion {
    const ordering *all;
    size_t from, end;   /* in order */
    uint32_t *run;      /* where runs begin */
    size_t runs, left;  /* left: places that became free, as doubles were left out */
    struct change { uint32_t group; size_t run; } *change; /* of period: from this run on */
    size_t changes, change_room;
    kpi__item *item;    /* of the run at hand, and as many to spare behind them */
    size_t items, item_room;
    twice *doubled;
    size_t doubles, double_room;
    uint32_t *doubtful;
    size_t doubts, doubt_room;
    bool failed;        /* no memory */
} portion;

static inline const kpi__goal_row *row_at(const kpi_goals *g, size_t i) { return kpi__rows_at(&g->rows, i); }

/* ---- ranks ---- */

/* What ids need to know of owners' names: their lengths, and where there are slashes in them. */
static bool look_at_names(kpi_goals *g) {
    uint32_t n = kpi__dict_size(g->owners);
    for (uint32_t i = 0; i < n; i++) {
        kpi_text name = kpi__dict_key(g->owners, i);
        if (name.len < 64)
            g->short_names |= UINT64_C(1) << name.len;
        else if ((!g->long_names && !(g->long_names = kpi__pairs_new())) ||
                 kpi__pairs_put(g->long_names, (uint32_t)name.len, 0) == KPI__NONE)
            return false;
        if (!memchr(name.ptr, '/', name.len)) continue;
        if (!g->slashed && !(g->slashed = calloc(n, sizeof *g->slashed))) return false;
        g->slashed[i] = true;
    }
    return true;
}

static bool rank_owners(kpi_goals *g) {
    size_t n = kpi__dict_size(g->owners);
    if (g->owner_rank && g->owners_ranked == n) return true;
    free(g->slashed);
    g->slashed = NULL;
    if (!look_at_names(g)) return false;
    kpi__pages_free(g->owner_rank, g->owners_ranked * sizeof *g->owner_rank);
    g->owners_ranked = n;
    uint32_t *order = kpi__pages_get(n * sizeof *order);
    g->owner_rank = order ? kpi__pages_get(n * sizeof *g->owner_rank) : NULL;
    bool done = g->owner_rank && kpi__sort_dict(g->owners, kpi__threads(g->threads), order);
    for (size_t i = 0; done && i < n; i++) g->owner_rank[order[i]] = (uint32_t)i;
    kpi__pages_free(order, n * sizeof *order);
    return done;
}

struct kinds {
    const kpi_goals *goals;
    int *metric; /* the place of each kind's metric in the scheme that holds for it */
};

static int metric_order(const kpi_goals *g, const kpi__kind *kind) {
    for (size_t i = 0; i < g->schemes; i++) {
        bool holds = kpi__scheme_holds(g->scheme[i], g->when[kind->when].days);
        int index = holds ? kpi__scheme_metric_of(g, i, kind->metric) : -1;
        if (index >= 0) return index;
    }
    return INT32_MAX;
}

static int by_days(kpi_period a, kpi_period b) {
    if (a.first != b.first) return a.first < b.first ? -1 : 1;
    return a.last == b.last ? 0 : a.last < b.last ? -1 : 1;
}

static int by_kind(const void *x, const void *y, void *context) {
    const struct kinds *kinds = context;
    const kpi_goals *g = kinds->goals;
    uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
    const kpi__kind *a = &g->kind[i], *b = &g->kind[j];
    int order = by_days(g->when[a->when].days, g->when[b->when].days);
    if (order || a->metric == b->metric) return order;
    if (kinds->metric[i] != kinds->metric[j]) return kinds->metric[i] < kinds->metric[j] ? -1 : 1;
    return kpi_text_compare(kpi__dict_key(g->metrics, a->metric), kpi__dict_key(g->metrics, b->metric));
}

/* Ranks the kinds that stand in order, and makes a group of each period. */
static bool number_kinds(ordering *o, const uint32_t *order, const struct kinds *kinds) {
    kpi_goals *g = o->goals;
    size_t n = kpi__dict_size(g->kinds), room = 0;
    free(g->group);
    g->group = NULL;
    g->groups = 0;
    for (uint32_t i = 0, rank = 0; i < n; i++) {
        kpi__kind *kind = &g->kind[order[i]];
        kpi_period days = g->when[kind->when].days;
        if (i && by_kind(&order[i - 1], &order[i], (void *)(uintptr_t)kinds)) rank++;
        kind->rank = rank;
        if (!g->groups || !kpi_period_same(g->group[g->groups - 1], days)) {
            if (!kpi__grow(&g->group, g->groups, &room, sizeof *g->group)) return false;
            g->group[g->groups++] = days;
        }
        o->kind_group[order[i]] = (uint32_t)g->groups - 1;
        g->when[kind->when].group = (uint32_t)g->groups - 1;
    }
    return true;
}

static bool rank_kinds(ordering *o) {
    kpi_goals *g = o->goals;
    size_t n = kpi__dict_size(g->kinds);
    struct kinds kinds = {g, malloc((n + 1) * sizeof *kinds.metric)};
    uint32_t *order = malloc((n + 1) * sizeof *order);
    o->kind_group = malloc((n + 1) * sizeof *o->kind_group);
    bool done = kinds.metric && order && o->kind_group;
    for (uint32_t i = 0; done && i < n; i++) {
        order[i] = i;
        kinds.metric[i] = metric_order(g, &g->kind[i]);
    }
    if (done) qsort_r(order, n, sizeof *order, by_kind, &kinds);
    done = done && number_kinds(o, order, &kinds);
    free(kinds.metric);
    free(order);
    return done;
}

/* ---- rows into place ---- */

static void add_up(uint32_t *count, size_t n) {
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t one = count[i];
        count[i] = sum;
        sum += one;
    }
}

/* Where the rows of row i's owner end, from i on. */
static inline size_t same_owner(const kpi_goals *g, size_t i, size_t n) {
    uint32_t owner = row_at(g, i)->owner;
    do i++;
    while (i < n && row_at(g, i)->owner == owner);
    return i;
}

static bool place_by_owner(ordering *o, uint32_t *order) {
    const kpi_goals *g = o->goals;
    size_t n = g->rows.n, owners = g->owners_ranked;
    const uint32_t *rank = g->owner_rank;
    uint32_t *at = kpi__pages_get(owners * sizeof *at);
    if (!at) return false;
    for (size_t i = 0, end; i < n; i = end) { /* mostly an owner's rows stand together */
        end = same_owner(g, i, n);
        at[rank[row_at(g, i)->owner]] += (uint32_t)(end - i);
    }
    add_up(at, owners);
    for (size_t i = 0, end; i < n; i = end) {
        uint32_t *place = &at[rank[row_at(g, i)->owner]], to = *place;
        for (end = same_owner(g, i, n); i < end; i++) order[to++] = (uint32_t)i;
        *place = to;
    }
    kpi__pages_free(at, owners * sizeof *at);
    return true;
}

static inline uint32_t group_of(const ordering *o, uint32_t i) {
    return o->kind_group[row_at(o->goals, i)->kind & ~KPI__EXTRA];
}

static bool place_by_period(const ordering *o, const uint32_t *from, uint32_t *to) {
    size_t n = o->goals->rows.n;
    uint32_t *at = calloc(o->goals->groups + 1, sizeof *at);
    if (!at) return false;
    for (uint32_t i = 0; i < n; i++) at[group_of(o, i)]++;
    add_up(at, o->goals->groups);
    for (size_t i = 0; i < n; i++) to[at[group_of(o, from[i])]++] = from[i];
    free(at);
    return true;
}

/* ---- runs ---- */

bool kpi__goals_doubt(kpi_goals *g, uint32_t row) {
    if (!kpi__grow(&g->doubtful, g->doubts, &g->doubt_room, sizeof *g->doubtful)) return false;
    g->doubtful[g->doubts++] = row;
    return true;
}

static bool note_double(portion *p, uint32_t first, uint32_t again) {
    if (!kpi__grow(&p->doubled, p->doubles, &p->double_room, sizeof *p->doubled)) return false;
    p->doubled[p->doubles++] = (twice){first, again};
    return true;
}

/* Items [from, end) are about the same: the goal written first is kept, at order[*to]. */
static bool keep_first(portion *p, size_t from, size_t end, size_t *to) {
    kpi_goals *g = p->all->goals;
    uint32_t first = p->item[from].value;
    for (size_t i = from + 1; i < end; i++)
        if (kpi__row_compare(g, p->item[i].value, first) < 0) first = p->item[i].value;
    for (size_t i = from; i < end && end > from + 1; i++)
        if (p->item[i].value != first && !note_double(p, first, p->item[i].value)) return false;
    g->order[(*to)++] = first;
    const kpi__goal_row *row = row_at(g, first);
    bool sound = !(row->kind & KPI__EXTRA) && row->target >= 0 && g->kind[row->kind].simple;
    if (sound && !(g->slashed && g->slashed[row->owner])) return true;
    if (!kpi__grow(&p->doubtful, p->doubts, &p->doubt_room, sizeof *p->doubtful)) return false;
    p->doubtful[p->doubts++] = first;
    return true;
}

/* Orders the run from order[from] on, whose items are complete. */
static bool end_run(portion *p, size_t from) {
    size_t to = from, end = from + p->items;
    bool ascending = true;
    for (size_t i = 1; i < p->items; i++) ascending &= p->item[i - 1].key < p->item[i].key;
    if (!ascending) kpi__sort_items(p->item, p->item + p->item_room / 2, p->items);
    for (size_t i = 0, next; i < p->items; i = next) {
        for (next = i + 1; next < p->items && p->item[next].key == p->item[i].key;) next++;
        if (!keep_first(p, i, next, &to)) return false;
    }
    p->left += end - to;
    while (to < end) p->all->goals->order[to++] = KPI__NONE;
    p->items = 0;
    return true;
}

static bool add_item(portion *p, uint32_t rank, uint32_t row) {
    if (p->items == p->item_room / 2) {
        size_t room = p->item_room ? 2 * p->item_room : 64;
        kpi__item *item = realloc(p->item, room * sizeof *item);
        if (!item) return false;
        p->item = item;
        p->item_room = room;
    }
    p->item[p->items++] = (kpi__item){rank, row};
    return true;
}

static bool begin_run(portion *p, size_t at, uint32_t group) {
    if (!p->changes || p->change[p->changes - 1].group != group) {
        if (!kpi__grow(&p->change, p->changes, &p->change_room, sizeof *p->change)) return false;
        p->change[p->changes++] = (struct change){group, p->runs};
    }
    p->run[p->runs++] = (uint32_t)at;
    return true;
}

static void set_runs(void *context, size_t number) {
    portion *p = (portion *)context + number;
    const kpi_goals *g = p->all->goals;
    uint32_t owner = KPI__NONE, group = KPI__NONE;
    size_t begun = p->from;
    for (size_t i = p->from; i < p->end && !p->failed; i++) {
        const kpi__goal_row *row = row_at(g, g->order[i]);
        uint32_t kind = row->kind & ~KPI__EXTRA, of = p->all->kind_group[kind];
        if (i + AHEAD < p->end) __builtin_prefetch(row_at(g, g->order[i + AHEAD]));
        if (row->owner != owner || of != group) {
            p->failed = !end_run(p, begun) || !begin_run(p, i, of);
            begun = i;
            owner = row->owner;
            group = of;
        }
        p->failed |= !add_item(p, g->kind[kind].rank, g->order[i]);
    }
    p->failed |= p->failed || !end_run(p, begun);
}

static bool same_run(const ordering *o, size_t a, size_t b) {
    const uint32_t *order = o->goals->order;
    return row_at(o->goals, order[a])->owner == row_at(o->goals, order[b])->owner &&
           group_of(o, order[a]) == group_of(o, order[b]);
}

/* Cuts the order of n rows into pieces at ends of runs. */
static size_t set_pieces(const ordering *o, portion *piece, size_t n, uint32_t *run) {
    size_t pieces = 0;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + ROWS < n ? i + ROWS : n; end < n && same_run(o, end - 1, end);) end++;
        piece[pieces++] = (struct portion){.all = o, .from = i, .end = end, .run = run + i};
    }
    return pieces;
}

static bool take_piece(ordering *o, const portion *p) {
    kpi_goals *g = o->goals;
    for (size_t i = 0; i < p->changes; i++) /* a piece may go on with the period of that before it */
        for (size_t k = 0, group = p->change[i].group; k <= group && g->group_run[group - k] == KPI__NONE; k++)
            g->group_run[group - k] = (uint32_t)(g->runs + p->change[i].run);
    memcpy(g->run + g->runs, p->run, p->runs * sizeof *g->run);
    g->runs += p->runs;
    for (size_t i = 0; i < p->doubles; i++) {
        if (!kpi__grow(&o->doubled, o->doubles, &o->room, sizeof *o->doubled)) return false;
        o->doubled[o->doubles++] = p->doubled[i];
    }
    for (size_t i = 0; i < p->doubts; i++)
        if (!kpi__goals_doubt(g, p->doubtful[i])) return false;
    return true;
}

/* Where doubles were left out nothing stays. */
static void close_up(kpi_goals *g, size_t n) {
    size_t to = 0;
    for (size_t run = 0; run < g->runs; run++) {
        size_t i = g->run[run], end = run + 1 < g->runs ? g->run[run + 1] : n;
        g->run[run] = (uint32_t)to;
        for (; i < end; i++)
            if (g->order[i] != KPI__NONE) g->order[to++] = g->order[i];
    }
    g->size = to;
}

/* All runs: from those of the pieces. */
static bool take_pieces(ordering *o, portion *piece, size_t pieces, size_t n) {
    kpi_goals *g = o->goals;
    size_t runs = 0, left = 0;
    for (size_t i = 0; i < pieces; i++) {
        if (piece[i].failed) return false;
        runs += piece[i].runs;
        left += piece[i].left;
    }
    free(g->run);
    g->runs = 0;
    g->size = n;
    if (!(g->run = malloc((runs + 1) * sizeof *g->run))) return false;
    for (size_t i = 0; i <= g->groups; i++) g->group_run[i] = KPI__NONE;
    for (size_t i = 0; i < pieces; i++)
        if (!take_piece(o, &piece[i])) return false;
    for (size_t i = g->groups + 1; i-- && g->group_run[i] == KPI__NONE;) g->group_run[i] = (uint32_t)runs;
    if (left) close_up(g, n);
    g->run[runs] = (uint32_t)g->size;
    return true;
}

static bool make_runs(ordering *o, size_t n) {
    size_t most = n / ROWS + 1, bytes = n * sizeof(uint32_t);
    portion *piece = calloc(most, sizeof *piece);
    uint32_t *run = kpi__pages_get(bytes);
    bool done = piece && run;
    size_t pieces = done ? set_pieces(o, piece, n, run) : 0;
    kpi__each_piece(pieces, kpi__threads(o->goals->threads), set_runs, piece);
    done = done && take_pieces(o, piece, pieces, n);
    for (size_t i = 0; i < pieces; i++) {
        free(piece[i].change);
        free(piece[i].item);
        free(piece[i].doubled);
        free(piece[i].doubtful);
    }
    free(piece);
    kpi__pages_free(run, bytes);
    return done;
}

/* ---- doubles ---- */

static int by_place(const void *x, const void *y, void *context) {
    return kpi__row_compare(context, ((const twice *)x)->again, ((const twice *)y)->again);
}

static void forget_id(kpi_goals *g, uint32_t row) {
    for (uint32_t i = 0; i < kpi__dict_size(g->ids); i++)
        if (g->id_row[i] == row) g->id_row[i] = KPI__NONE;
}

static int by_number(const void *x, const void *y) {
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

static bool told_before(const kpi_goals *g, uint32_t row) {
    return g->lefts && bsearch(&row, g->left, g->lefts, sizeof row, by_number);
}

static int tell_double(kpi_goals *g, const twice *t, const kpi_report *report, kpi_error *e) {
    kpi_goal first = kpi__goal_of(g, t->first), again = kpi__goal_of(g, t->again);
    char what[2 * KPI__QUOTE_SIZE + 64];
    snprintf(what, sizeof what, "a goal of %s for %s in %s", KPI__QUOTE(kpi_text_of(again.owner)),
             KPI__QUOTE(kpi_text_of(again.metric)), again.period_text);
    if (again.id) forget_id(g, t->again);
    kpi__fail_twice(first.place, again.place, what, e);
    return kpi__tell(report, e);
}

static int tell_doubles(ordering *o, const kpi_report *report, kpi_error *e) {
    kpi_goals *g = o->goals;
    size_t told = g->lefts;
    if (o->doubles) qsort_r(o->doubled, o->doubles, sizeof *o->doubled, by_place, g);
    for (size_t i = 0; i < o->doubles; i++) {
        if (told_before(g, o->doubled[i].again)) continue;
        int code = tell_double(g, &o->doubled[i], report, e);
        if (code) return code;
        if (!kpi__grow(&g->left, told, &g->left_room, sizeof *g->left)) return kpi__fail_memory(e);
        g->left[told++] = o->doubled[i].again;
    }
    if (told > g->lefts) qsort(g->left, told, sizeof *g->left, by_number);
    g->lefts = told;
    return KPI_OK;
}

static bool put_in_order(ordering *o) {
    kpi_goals *g = o->goals;
    size_t n = g->rows.n, bytes = n * sizeof *g->order;
    kpi__pages_free(g->order, g->order_room);
    g->order_room = bytes;
    if (!(g->order = kpi__pages_get(bytes))) return false;
    free(g->group_run);
    g->group_run = malloc((g->groups + 1) * sizeof *g->group_run);
    if (!g->group_run || !place_by_owner(o, g->order)) return false;
    if (g->groups > 1) {
        uint32_t *other = kpi__pages_get(bytes);
        if (!other) return false;
        bool placed = place_by_period(o, g->order, other);
        kpi__pages_free(placed ? g->order : other, bytes);
        if (!placed) return false;
        g->order = other;
    }
    return make_runs(o, n);
}

int kpi__goals_order(kpi_goals *g, const kpi_report *report, kpi_error *e) {
    ordering o = {.goals = g};
    int code = KPI_OK;
    g->doubts = 0;
    if (!rank_owners(g) || !rank_kinds(&o) || !put_in_order(&o))
        code = kpi__fail_memory(e);
    else
        code = tell_doubles(&o, report, e);
    free(o.kind_group);
    free(o.doubled);
    return code;
}

/* ---- finding ---- */

void kpi__goals_runs(const kpi_goals *g, kpi_period period, size_t *from, size_t *end) {
    size_t low = 0, high = g->groups;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_days(g->group[middle], period) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < g->groups && kpi_period_same(g->group[low], period);
    *from = found ? g->group_run[low] : 0;
    *end = found ? g->group_run[low + 1] : 0;
}

uint32_t kpi__goals_run(const kpi_goals *g, uint32_t owner, size_t from, size_t end) {
    size_t low = from, high = end;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (g->owner_rank[row_at(g, g->order[g->run[middle]])->owner] < g->owner_rank[owner])
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && row_at(g, g->order[g->run[low]])->owner == owner ? (uint32_t)low : KPI__NONE;
}
