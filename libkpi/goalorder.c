/* goalorder.c - the rows of goals in the order of kpi_goals_at, and what stands twice among them.
 *
 * Goals of one owner and period mostly stand together, in the order of metrics: such a stretch of rows is a run as it
 * is. So rows are looked at once, as they stand, and made into stretches; what comes after is about these alone. A
 * stretch has a shape, its sequence of metrics, of which there are few. Owners are ranked by the bytes of their names,
 * stretches are counted into place by owner, and by period where there are several. Where a run is made of more than
 * one stretch, or is not in order, or has rows that are to be looked at one by one, its rows are sorted apart
 * (scattered), and doubles are neighbours. No goal is hashed, and no row is looked at where it lies by accident: rows
 * in the order of names were one wait for memory each. All of it is done by several threads, piece by piece. Beside
 * ordering row by row this takes a third of the time, and half the memory. */
#include "internal.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct twice { uint32_t first, again; } twice;

typedef struct stretch { /* rows of one owner and period that stand together */
    uint32_t row, owner, shape; /* shape: and UNSOUND, where a row is to be looked at */
} stretch;
#define UNSOUND (UINT32_C(1) << 31)

typedef struct ordering {
    kpi_goals *goals;
    struct fact { uint32_t metric, group, rank; bool simple; } *kind; /* by kind: what is needed of it */
    pthread_mutex_t lock; /* guards shapes while new ones are added */
    struct look *look;
    size_t looks;
    stretch *placed;      /* by period, then owner */
    size_t stretches;
    twice *doubled;
    size_t doubles, room;
} ordering;

enum { ROWS = 1 << 16, STRETCHES = 1 << 14, OWNERS = 1 << 14 }; /* of a piece */

static inline const kpi__goal_row *row_at(const kpi_goals *g, size_t i) { return kpi__rows_at(&g->rows, i); }

static inline const struct fact *fact_at(const ordering *o, size_t row) {
    return &o->kind[row_at(o->goals, row)->kind & ~KPI__EXTRA];
}

static size_t pieces_of(size_t n, size_t each) { return (n + each - 1) / each; }

/* ---- names ---- */

struct names {
    kpi_goals *goals;
    const uint32_t *order;
    struct seen { uint64_t lengths; bool slashed, longer; } *seen; /* by piece */
};

static size_t names_of(const struct names *names, size_t piece, size_t *i) {
    size_t n = kpi__dict_size(names->goals->owners);
    *i = piece * OWNERS;
    return n - *i < OWNERS ? n : *i + OWNERS;
}

static void look_at_names(void *context, size_t piece) {
    struct names *names = context;
    struct seen *seen = &names->seen[piece];
    size_t i, end = names_of(names, piece, &i);
    for (; i < end; i++) {
        kpi_text name = kpi__dict_key(names->goals->owners, (uint32_t)i);
        seen->longer |= name.len >= 64;
        seen->lengths |= name.len < 64 ? UINT64_C(1) << name.len : 0;
        seen->slashed |= memchr(name.ptr, '/', name.len) != NULL;
    }
}

/* Which names have slashes, and how long those are that are long: few. */
static bool look_closer(kpi_goals *g, bool slashed) {
    uint32_t n = kpi__dict_size(g->owners);
    if (slashed && !(g->slashed = calloc(n, sizeof *g->slashed))) return false;
    for (uint32_t i = 0; i < n; i++) {
        kpi_text name = kpi__dict_key(g->owners, i);
        if (slashed) g->slashed[i] = memchr(name.ptr, '/', name.len) != NULL;
        if (name.len < 64) continue;
        if ((!g->long_names && !(g->long_names = kpi__pairs_new())) ||
            kpi__pairs_put(g->long_names, (uint32_t)name.len, 0) == KPI__NONE)
            return false;
    }
    return true;
}

static void set_ranks(void *context, size_t piece) {
    const struct names *names = context;
    size_t i, end = names_of(names, piece, &i);
    for (; i < end; i++) names->goals->owner_rank[names->order[i]] = (uint32_t)i;
}

/* What ids need to know of owners' names: their lengths, and where there are slashes in them. */
static bool see_names(struct names *names, size_t pieces, unsigned threads) {
    kpi_goals *g = names->goals;
    bool slashed = false, longer = false;
    if (!(names->seen = calloc(pieces + 1, sizeof *names->seen))) return false;
    kpi__each_piece(pieces, threads, look_at_names, names);
    for (size_t i = 0; i < pieces; i++) {
        g->short_names |= names->seen[i].lengths;
        slashed |= names->seen[i].slashed;
        longer |= names->seen[i].longer;
    }
    free(names->seen);
    return (!slashed && !longer) || look_closer(g, slashed);
}

static bool rank_owners(kpi_goals *g) {
    size_t n = kpi__dict_size(g->owners), pieces = pieces_of(n, OWNERS);
    unsigned threads = kpi__threads(g->threads);
    struct names names = {.goals = g};
    if (g->owner_rank && g->owners_ranked == n) return true;
    free(g->slashed);
    g->slashed = NULL;
    if (!see_names(&names, pieces, threads)) return false;
    kpi__pages_free(g->owner_rank, g->owners_ranked * sizeof *g->owner_rank);
    g->owners_ranked = n;
    uint32_t *order = kpi__pages_get(n * sizeof *order);
    g->owner_rank = order ? kpi__pages_get(n * sizeof *g->owner_rank) : NULL;
    bool done = g->owner_rank && kpi__sort_dict(g->owners, threads, order);
    names.order = order;
    if (done) kpi__each_piece(pieces, threads, set_ranks, &names);
    kpi__pages_free(order, n * sizeof *order);
    return done;
}

/* ---- kinds ---- */

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
        const kpi__kind *kind = &g->kind[order[i]];
        kpi_period days = g->when[kind->when].days;
        if (i && by_kind(&order[i - 1], &order[i], (void *)(uintptr_t)kinds)) rank++;
        if (!g->groups || !kpi_period_same(g->group[g->groups - 1], days)) {
            if (!kpi__grow(&g->group, g->groups, &room, sizeof *g->group)) return false;
            g->group[g->groups++] = days;
        }
        o->kind[order[i]] = (struct fact){kind->metric, (uint32_t)g->groups - 1, rank, kind->simple};
        g->when[kind->when].group = (uint32_t)g->groups - 1;
    }
    return true;
}

static bool rank_kinds(ordering *o) {
    kpi_goals *g = o->goals;
    size_t n = kpi__dict_size(g->kinds);
    struct kinds kinds = {g, malloc((n + 1) * sizeof *kinds.metric)};
    uint32_t *order = malloc((n + 1) * sizeof *order);
    o->kind = malloc((n + 1) * sizeof *o->kind);
    bool done = kinds.metric && order && o->kind;
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

/* ---- shapes ---- */

enum { MEMO = 64 };

typedef struct shaper { /* of a piece: the shape at hand, and those met before */
    uint32_t *word; /* the group, then the metrics */
    size_t n, room;
    uint32_t last;  /* the one before, and 1 */
    struct { uint32_t hash, shape; } memo[MEMO]; /* and 1 */
} shaper;

static inline bool add_word(shaper *s, uint32_t word) {
    if (s->n == s->room && !kpi__grow(&s->word, s->n, &s->room, sizeof *s->word)) return false;
    s->word[s->n++] = word;
    return true;
}

static void forget_shapes(kpi_goals *g) {
    kpi__dict_free(g->shapes);
    for (size_t i = 0; i < KPI__COUNT(g->shape); i++) free(g->shape[i]);
    memset(g->shape, 0, sizeof g->shape);
    g->shapes = NULL;
}

/* Sets shape `number`, a new one. */
static bool set_shape(kpi_goals *g, uint32_t number, const shaper *s, bool ascending) {
    unsigned chunk = kpi__shape_chunk(number);
    uint32_t *metric = kpi__arena_get(g->arena, s->n * sizeof *metric);
    if (!g->shape[chunk]) g->shape[chunk] = calloc((size_t)KPI__SHAPES << chunk, sizeof *g->shape[chunk]);
    if (!metric || !g->shape[chunk]) return false;
    memcpy(metric, s->word + 1, (s->n - 1) * sizeof *metric);
    *(kpi__shape *)(uintptr_t)kpi__shape_at(g, number) =
        (kpi__shape){metric, (uint32_t)s->n - 1, s->word[0], ascending};
    return true;
}

static inline bool is_shape(const kpi_goals *g, const shaper *s, uint32_t number) {
    const kpi__shape *shape = kpi__shape_at(g, number);
    return shape->n == s->n - 1 && shape->group == s->word[0] &&
           !memcmp(shape->metric, s->word + 1, shape->n * sizeof *shape->metric);
}

static uint32_t hash_of(const shaper *s) {
    uint64_t hash = 0;
    for (size_t i = 0; i < s->n; i++) hash = (hash ^ s->word[i]) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(hash >> 32);
}

/* The number of the shape at hand; ascending is the same whenever it comes. KPI__NONE: no memory. */
static uint32_t shape_of(ordering *o, shaper *s, bool ascending) {
    kpi_goals *g = o->goals;
    if (s->last && is_shape(g, s, s->last - 1)) return s->last - 1;
    uint32_t hash = hash_of(s), known = s->memo[hash % MEMO].shape;
    if (known && s->memo[hash % MEMO].hash == hash && is_shape(g, s, known - 1)) return (s->last = known) - 1;
    pthread_mutex_lock(&o->lock);
    uint32_t n = kpi__dict_size(g->shapes),
             number = kpi__dict_put(g->shapes, (kpi_text){(const char *)s->word, s->n * sizeof *s->word});
    if (number == n && !set_shape(g, number, s, ascending)) number = KPI__NONE;
    pthread_mutex_unlock(&o->lock);
    if (number == KPI__NONE) return KPI__NONE;
    s->last = s->memo[hash % MEMO].shape = number + 1;
    s->memo[hash % MEMO].hash = hash;
    return number;
}

/* ---- rows to stretches ---- */

typedef struct look { /* a piece of the rows */
    ordering *all;
    size_t from, end;
    stretch *stretch;
    size_t stretches, room;
    shaper shaper;
    bool failed;        /* no memory */
} look;

/* The stretch that begins at row i and ends before `end` at the latest; where it ends. */
static size_t take_stretch(look *l, size_t i) {
    ordering *o = l->all;
    const kpi_goals *g = o->goals;
    const struct fact *fact = fact_at(o, i);
    uint32_t owner = row_at(g, i)->owner, group = fact->group, rank = 0;
    bool sound = !g->slashed || !g->slashed[owner], ascending = true;
    stretch new = {(uint32_t)i, owner, 0};
    l->shaper.n = 0;
    l->failed |= !add_word(&l->shaper, group);
    do {
        const kpi__goal_row *row = row_at(g, i);
        sound &= !(row->kind & KPI__EXTRA) && row->target >= 0 && fact->simple;
        ascending &= i == new.row || fact->rank > rank;
        rank = fact->rank;
        l->failed |= l->failed || !add_word(&l->shaper, fact->metric);
    } while (++i < l->end && row_at(g, i)->owner == owner && (fact = fact_at(o, i))->group == group);
    l->failed |= l->failed || (new.shape = shape_of(o, &l->shaper, ascending)) == KPI__NONE ||
                 (l->stretches == l->room && !kpi__grow(&l->stretch, l->stretches, &l->room, sizeof new));
    if (l->failed) return l->end;
    new.shape |= sound ? 0 : UNSOUND;
    l->stretch[l->stretches++] = new;
    return i;
}

/* Whether a stretch of the shape before begins at row i, as mostly is so: the same metrics, sound ones, of one owner,
 * and then another owner. Rows that are not in one chunk are left to take_stretch, and making room. */
static bool take_same(look *l, size_t i, const kpi__shape *shape) {
    const ordering *o = l->all;
    const kpi_goals *g = o->goals;
    const kpi__goal_row *row = row_at(g, i);
    uint32_t owner = row->owner, n = shape->n, other = 0;
    if (n >= l->end - i || row_at(g, i + n) != row + n || row[n].owner == owner || l->stretches == l->room ||
        (g->slashed && g->slashed[owner]))
        return false;
    for (uint32_t k = 0; k < n; k++) {
        const struct fact *fact = &o->kind[row[k].kind & ~KPI__EXTRA];
        other |= (row[k].owner ^ owner) | (fact->metric ^ shape->metric[k]) | (fact->group ^ shape->group);
        other |= (row[k].kind & KPI__EXTRA) | (uint32_t)(row[k].target < 0) | !fact->simple;
    }
    if (other) return false;
    l->stretch[l->stretches++] = (stretch){(uint32_t)i, owner, l->shaper.last - 1};
    return true;
}

static void look_at_rows(void *context, size_t number) {
    look *l = (look *)context + number;
    for (size_t i = l->from; i < l->end;) {
        if (row_at(l->all->goals, i)->owner == KPI__NONE) { /* left out */
            i++;
            continue;
        }
        const kpi__shape *shape = l->shaper.last ? kpi__shape_at(l->all->goals, l->shaper.last - 1) : NULL;
        i = shape && take_same(l, i, shape) ? i + shape->n : take_stretch(l, i);
    }
    free(l->shaper.word);
}

/* Cuts the rows into pieces at ends of stretches. */
static bool see_rows(ordering *o) {
    size_t n = o->goals->rows.n, end;
    if (!(o->look = calloc(n / ROWS + 1, sizeof *o->look))) return false;
    for (size_t i = 0; i < n; i = end) {
        for (end = i + ROWS < n ? i + ROWS : n; end < n; end++)
            if (row_at(o->goals, end)->owner != row_at(o->goals, end - 1)->owner ||
                fact_at(o, end)->group != fact_at(o, end - 1)->group)
                break;
        o->look[o->looks++] = (look){.all = o, .from = i, .end = end};
    }
    kpi__each_piece(o->looks, kpi__threads(o->goals->threads), look_at_rows, o->look);
    bool done = true;
    for (size_t i = 0; i < o->looks; i++) {
        done &= !o->look[i].failed;
        o->stretches += o->look[i].stretches;
    }
    return done;
}

/* ---- stretches into place ---- */

struct placing { /* each part is about the owners of some ranks */
    const ordering *all;
    size_t parts;
    uint32_t *at; /* by rank */
    size_t first[KPI__THREADS + 1]; /* by part: where its stretches begin */
};

static size_t ranks_of(const struct placing *p, size_t part, size_t *low) {
    *low = p->all->goals->owners_ranked * part / p->parts;
    return p->all->goals->owners_ranked * (part + 1) / p->parts;
}

static void count_part(void *context, size_t part) {
    struct placing *p = context;
    const ordering *o = p->all;
    size_t low, high = ranks_of(p, part, &low), n = 0;
    for (size_t i = 0; i < o->looks; i++)
        for (size_t k = 0; k < o->look[i].stretches; k++) {
            size_t rank = o->goals->owner_rank[o->look[i].stretch[k].owner];
            if (rank - low >= high - low) continue;
            p->at[rank]++;
            n++;
        }
    p->first[part + 1] = n;
}

static void place_part(void *context, size_t part) {
    struct placing *p = context;
    const ordering *o = p->all;
    size_t low, high = ranks_of(p, part, &low), at = p->first[part];
    for (size_t rank = low; rank < high; rank++) {
        size_t n = p->at[rank];
        p->at[rank] = (uint32_t)at;
        at += n;
    }
    for (size_t i = 0; i < o->looks; i++)
        for (size_t k = 0; k < o->look[i].stretches; k++) {
            size_t rank = o->goals->owner_rank[o->look[i].stretch[k].owner];
            if (rank - low < high - low) o->placed[p->at[rank]++] = o->look[i].stretch[k];
        }
}

static bool place_by_owner(ordering *o) {
    size_t owners = o->goals->owners_ranked;
    struct placing p = {.all = o, .parts = o->stretches < STRETCHES ? 1 : kpi__threads(o->goals->threads)};
    p.at = kpi__pages_get(owners * sizeof *p.at);
    o->placed = kpi__pages_get(o->stretches * sizeof *o->placed);
    bool done = p.at && o->placed;
    if (done) {
        kpi__each_piece(p.parts, (unsigned)p.parts, count_part, &p);
        for (size_t i = 0; i < p.parts; i++) p.first[i + 1] += p.first[i];
        kpi__each_piece(p.parts, (unsigned)p.parts, place_part, &p);
    }
    kpi__pages_free(p.at, owners * sizeof *p.at);
    for (size_t i = 0; i < o->looks; i++) free(o->look[i].stretch), o->look[i].stretch = NULL;
    return done;
}

static inline const kpi__shape *shape_at(const ordering *o, const stretch *s) {
    return kpi__shape_at(o->goals, s->shape & ~UNSOUND);
}

static bool place_by_period(ordering *o) {
    size_t groups = o->goals->groups, bytes = o->stretches * sizeof *o->placed;
    uint32_t *at = calloc(groups + 1, sizeof *at), sum = 0;
    stretch *to = kpi__pages_get(bytes);
    bool done = at && to;
    for (size_t i = 0; done && i < o->stretches; i++) at[shape_at(o, &o->placed[i])->group]++;
    for (size_t i = 0; done && i < groups; i++) {
        uint32_t one = at[i];
        at[i] = sum;
        sum += one;
    }
    for (size_t i = 0; done && i < o->stretches; i++) to[at[shape_at(o, &o->placed[i])->group]++] = o->placed[i];
    free(at);
    kpi__pages_free(done ? o->placed : to, bytes);
    if (done) o->placed = to;
    return done;
}

/* ---- runs ---- */

/* A piece of the stretches in place: the runs that they make. Where it begins is known once all are counted. */
typedef struct portion {
    ordering *all;
    size_t from, end;   /* of the stretches */
    size_t goals, runs, scattered; /* how many there are in it; then the next of each */
    size_t left;        /* goals that are none, as doubles were left out */
    struct change { uint32_t group; size_t run; } *change; /* of period: from this run on */
    size_t changes, change_room;
    kpi__item *item;    /* of the run at hand, and as many to spare behind them */
    size_t items, item_room;
    twice *doubled;
    size_t doubles, double_room;
    uint32_t *doubtful;
    size_t doubts, doubt_room;
    shaper shaper;
    bool failed;        /* no memory */
} portion;

bool kpi__goals_doubt(kpi_goals *g, uint32_t row) {
    if (!kpi__grow(&g->doubtful, g->doubts, &g->doubt_room, sizeof *g->doubtful)) return false;
    g->doubtful[g->doubts++] = row;
    return true;
}

static inline bool same_run(const ordering *o, const stretch *a, const stretch *b) {
    return a->owner == b->owner && (o->goals->groups == 1 || shape_at(o, a)->group == shape_at(o, b)->group);
}

/* Where the run of stretch i ends, before `end` at the latest; *whole: it is one stretch, in order and sound. */
static inline size_t run_end(const ordering *o, size_t i, size_t end, bool *whole) {
    size_t next = i + 1;
    while (next < end && same_run(o, &o->placed[i], &o->placed[next])) next++;
    *whole = next == i + 1 && !(o->placed[i].shape & UNSOUND) && shape_at(o, &o->placed[i])->ascending;
    return next;
}

static void count_runs(void *context, size_t number) {
    portion *p = (portion *)context + number;
    const ordering *o = p->all;
    bool whole;
    for (size_t i = p->from, next; i < p->end; i = next) {
        size_t n = 0;
        next = run_end(o, i, p->end, &whole);
        for (size_t k = i; k < next; k++) n += shape_at(o, &o->placed[k])->n;
        p->goals += n;
        p->scattered += whole ? 0 : n;
        p->runs++;
    }
}

static bool note_double(portion *p, uint32_t first, uint32_t again) {
    if (!kpi__grow(&p->doubled, p->doubles, &p->double_room, sizeof *p->doubled)) return false;
    p->doubled[p->doubles++] = (twice){first, again};
    return true;
}

/* Items [from, end) are about the same: the goal written first is kept, as the next one scattered. */
static bool keep_first(portion *p, size_t from, size_t end) {
    kpi_goals *g = p->all->goals;
    uint32_t first = p->item[from].value;
    for (size_t i = from + 1; i < end; i++)
        if (kpi__row_compare(g, p->item[i].value, first) < 0) first = p->item[i].value;
    for (size_t i = from; i < end && end > from + 1; i++)
        if (p->item[i].value != first && !note_double(p, first, p->item[i].value)) return false;
    g->scattered[p->scattered++] = first;
    const kpi__goal_row *row = row_at(g, first);
    const struct fact *fact = fact_at(p->all, first);
    bool sound = !(row->kind & KPI__EXTRA) && row->target >= 0 && fact->simple;
    if (!add_word(&p->shaper, fact->metric)) return false;
    if (sound && !(g->slashed && g->slashed[row->owner])) return true;
    if (!kpi__grow(&p->doubtful, p->doubts, &p->doubt_room, sizeof *p->doubtful)) return false;
    p->doubtful[p->doubts++] = first;
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

/* The goals of a run that is not whole, out of its stretches. false: no memory. */
static bool sort_run(portion *p, size_t from, size_t end, kpi__run *run) {
    ordering *o = p->all;
    bool ascending = true;
    p->items = 0;
    for (size_t i = from; i < end; i++) {
        const stretch *s = &o->placed[i];
        for (uint32_t k = 0, n = shape_at(o, s)->n; k < n; k++)
            if (!add_item(p, fact_at(o, s->row + k)->rank, s->row + k)) return false;
    }
    for (size_t i = 1; i < p->items; i++) ascending &= p->item[i - 1].key < p->item[i].key;
    if (!ascending) kpi__sort_items(p->item, p->item + p->item_room / 2, p->items);
    run->row = (uint32_t)p->scattered;
    p->shaper.n = 0;
    if (!add_word(&p->shaper, shape_at(o, &o->placed[from])->group)) return false;
    for (size_t i = 0, next; i < p->items; i = next) {
        for (next = i + 1; next < p->items && p->item[next].key == p->item[i].key;) next++;
        if (!keep_first(p, i, next)) return false;
    }
    p->left += p->items - (p->shaper.n - 1);
    p->goals += p->items;
    run->shape = shape_of(o, &p->shaper, true);
    if (run->shape == KPI__NONE) return false;
    run->shape |= KPI__SCATTERED;
    return true;
}

static bool begin_run(portion *p, uint32_t group) {
    if (p->changes && p->change[p->changes - 1].group == group) return true;
    if (!kpi__grow(&p->change, p->changes, &p->change_room, sizeof *p->change)) return false;
    p->change[p->changes++] = (struct change){group, p->runs};
    return true;
}

static void set_runs(void *context, size_t number) {
    portion *p = (portion *)context + number;
    const ordering *o = p->all;
    bool whole;
    for (size_t i = p->from, next; i < p->end && !p->failed; i = next) {
        const stretch *s = &o->placed[i];
        kpi__run *run = &o->goals->run[p->runs];
        const kpi__shape *shape = shape_at(o, s);
        next = run_end(o, i, p->end, &whole);
        p->failed = !begin_run(p, shape->group);
        *run = (kpi__run){(uint32_t)p->goals, s->owner, s->shape, s->row};
        if (whole)
            p->goals += shape->n;
        else
            p->failed |= !sort_run(p, i, next, run);
        p->runs++;
    }
    free(p->item);
    free(p->shaper.word);
}

/* Cuts the stretches into pieces at ends of runs. */
static size_t set_pieces(ordering *o, portion *piece) {
    size_t pieces = 0, n = o->stretches;
    for (size_t i = 0, end; i < n; i = end) {
        end = i + STRETCHES < n ? i + STRETCHES : n;
        while (end < n && same_run(o, &o->placed[end - 1], &o->placed[end])) end++;
        piece[pieces++] = (portion){.all = o, .from = i, .end = end};
    }
    return pieces;
}

/* From how many there are in each piece to where it begins. */
static bool make_room(ordering *o, portion *piece, size_t pieces) {
    kpi_goals *g = o->goals;
    size_t scattered = 0;
    g->size = g->runs = 0;
    for (size_t i = 0; i < pieces; i++) {
        size_t goals = piece[i].goals, runs = piece[i].runs, apart = piece[i].scattered;
        piece[i].goals = g->size, piece[i].runs = g->runs, piece[i].scattered = scattered;
        g->size += goals, g->runs += runs, scattered += apart;
    }
    g->run_bytes = (g->runs + 1) * sizeof *g->run;
    g->run = kpi__pages_get(g->run_bytes);
    g->scattered = malloc((scattered + 1) * sizeof *g->scattered);
    g->group_run = malloc((g->groups + 1) * sizeof *g->group_run);
    return g->run && g->scattered && g->group_run;
}

static bool take_piece(ordering *o, const portion *p) {
    kpi_goals *g = o->goals;
    for (size_t i = 0; i < p->changes; i++) /* a piece may go on with the period of that before it */
        for (size_t k = 0, group = p->change[i].group; k <= group && g->group_run[group - k] == KPI__NONE; k++)
            g->group_run[group - k] = (uint32_t)p->change[i].run;
    for (size_t i = 0; i < p->doubles; i++) {
        if (!kpi__grow(&o->doubled, o->doubles, &o->room, sizeof *o->doubled)) return false;
        o->doubled[o->doubles++] = p->doubled[i];
    }
    for (size_t i = 0; i < p->doubts; i++)
        if (!kpi__goals_doubt(g, p->doubtful[i])) return false;
    return true;
}

/* Where doubles were left out nothing stays. */
static void close_up(kpi_goals *g) {
    g->size = 0;
    for (size_t i = 0; i < g->runs; i++) {
        g->run[i].first = (uint32_t)g->size;
        g->size += kpi__shape_at(g, g->run[i].shape & ~KPI__SCATTERED)->n;
    }
}

static bool take_pieces(ordering *o, const portion *piece, size_t pieces) {
    kpi_goals *g = o->goals;
    size_t left = 0;
    for (size_t i = 0; i <= g->groups; i++) g->group_run[i] = KPI__NONE;
    for (size_t i = 0; i < pieces; i++) {
        if (piece[i].failed || !take_piece(o, &piece[i])) return false;
        left += piece[i].left;
    }
    for (size_t i = g->groups + 1; i-- && g->group_run[i] == KPI__NONE;) g->group_run[i] = (uint32_t)g->runs;
    if (left) close_up(g);
    g->run[g->runs].first = (uint32_t)g->size;
    return true;
}

static bool make_runs(ordering *o) {
    unsigned threads = kpi__threads(o->goals->threads);
    portion *piece = calloc(o->stretches / STRETCHES + 1, sizeof *piece);
    size_t pieces = piece ? set_pieces(o, piece) : 0;
    kpi__each_piece(pieces, threads, count_runs, piece);
    bool done = piece && make_room(o, piece, pieces);
    if (done) kpi__each_piece(pieces, threads, set_runs, piece);
    done = done && take_pieces(o, piece, pieces);
    for (size_t i = 0; i < pieces; i++) {
        free(piece[i].change);
        free(piece[i].doubled);
        free(piece[i].doubtful);
    }
    free(piece);
    return done;
}

/* The run of each goal of some, for finding that of any. */
static void note_runs(void *context, size_t piece) {
    kpi_goals *g = context;
    size_t end = g->runs - piece * OWNERS < OWNERS ? g->runs : (piece + 1) * OWNERS;
    for (size_t run = piece * OWNERS; run < end; run++)
        for (size_t i = (g->run[run].first + KPI__RUN_STEP - 1) / KPI__RUN_STEP;
             i * KPI__RUN_STEP < g->run[run + 1].first; i++)
            g->run_at[i] = (uint32_t)run;
}

/* ---- doubles ---- */

static int by_place(const void *x, const void *y, void *context) {
    return kpi__row_compare(context, ((const twice *)x)->again, ((const twice *)y)->again);
}

static void forget_id(kpi_goals *g, uint32_t row) {
    for (uint32_t i = 0; i < kpi__dict_size(g->ids); i++)
        if (g->id_row[i] == row) g->id_row[i] = KPI__NONE;
}

void kpi__goals_leave_out(kpi_goals *g, uint32_t row) {
    forget_id(g, row);
    kpi__rows_at(&g->rows, row)->owner = KPI__NONE;
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

static void forget_order(kpi_goals *g) {
    kpi__pages_free(g->run, g->run_bytes);
    free(g->scattered);
    free(g->group_run);
    free(g->run_at);
    g->run = NULL;
    g->scattered = g->group_run = g->run_at = NULL;
    forget_shapes(g);
}

static bool put_in_order(ordering *o) {
    kpi_goals *g = o->goals;
    forget_order(g);
    if (!(g->shapes = kpi__dict_new()) || !see_rows(o) || !place_by_owner(o)) return false;
    if (g->groups > 1 && !place_by_period(o)) return false;
    if (!make_runs(o) || !(g->run_at = malloc((g->size / KPI__RUN_STEP + 1) * sizeof *g->run_at))) return false;
    kpi__each_piece(pieces_of(g->runs, OWNERS), kpi__threads(g->threads), note_runs, g);
    return true;
}

int kpi__goals_order(kpi_goals *g, const kpi_report *report, kpi_error *e) {
    ordering o = {.goals = g, .lock = PTHREAD_MUTEX_INITIALIZER};
    int code = KPI_OK;
    g->doubts = 0;
    if (!rank_owners(g) || !rank_kinds(&o) || !put_in_order(&o))
        code = kpi__fail_memory(e);
    else
        code = tell_doubles(&o, report, e);
    for (size_t i = 0; i < o.looks; i++) free(o.look[i].stretch);
    kpi__pages_free(o.placed, o.stretches * sizeof *o.placed);
    pthread_mutex_destroy(&o.lock);
    free(o.look);
    free(o.kind);
    free(o.doubled);
    return code;
}

void kpi__goals_forget(kpi_goals *g) {
    forget_order(g);
    kpi__pages_free(g->owner_rank, g->owners_ranked * sizeof *g->owner_rank);
    kpi__pairs_free(g->long_names);
    void *const array[] = {g->slashed, g->doubtful, g->left, g->group};
    for (size_t i = 0; i < KPI__COUNT(array); i++) free(array[i]);
}

/* ---- finding ---- */

size_t kpi__goals_run_at(const kpi_goals *g, size_t i) {
    size_t run = g->run_at[i / KPI__RUN_STEP];
    while (g->run[run + 1].first <= i) run++;
    return run;
}

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
        if (g->owner_rank[g->run[middle].owner] < g->owner_rank[owner])
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && g->run[low].owner == owner ? (uint32_t)low : KPI__NONE;
}
