/* tree.c - which goal supports which, and whether the parts of a goal add up to it.
 *
 * Goals are known by their index. Who supports whom becomes lists of children, in the goals' order, and one walk down
 * and along them gives the branches; it goes back up by the parents, so that no chain is too deep. What is not reached
 * supports itself, or something that does. Figures are made when they are asked for: all parts of all goals are then
 * looked at once. A sum is counted in shares of a target in percent; 10^21 * 10^8 * 2^30 parts are less than 2^127. */
#include "internal.h"

#include <stdlib.h>

struct kpi_tree {
    const kpi_goals *goals;
    bool has_as_of;
    kpi_day as_of;
    uint32_t n;                      /* goals */
    uint32_t *parent, *child, *next; /* by goal; child: the first one; KPI__NONE: none */
    uint32_t *goal, *depth;          /* by branch */
    size_t branches;
    uint32_t *loop; /* a goal of each circle */
    size_t loops, room;
};

static const kpi_decimal SHARES = 100 * KPI_ONE; /* the denominator of a target in percent */

/* ---- making ---- */

static uint32_t *some(size_t n, int byte) {
    uint32_t *array = malloc((n + 1) * sizeof *array);
    return array ? memset(array, byte, (n + 1) * sizeof *array) : NULL;
}

/* Whether the goal was not there yet on the day asked for. */
static bool is_later(const kpi_tree *t, const kpi_goal *goal) {
    return t->has_as_of && goal->story && goal->story->has_set && goal->story->set > t->as_of;
}

/* The index of each row, and of each goal what it supports; in *later what is left out. */
static bool set_parents(kpi_tree *t, bool *later) {
    const kpi_goals *g = t->goals;
    if (!g->extras) return true; /* nobody has a story */
    uint32_t *index = some(g->rows.n, 0xFF);
    for (size_t r = 0; index && r < g->runs; r++)
        for (uint32_t k = 0; k < g->run[r + 1].first - g->run[r].first; k++)
            index[kpi__run_row(g, &g->run[r], k)] = g->run[r].first + k;
    for (uint32_t i = 0; index && i < t->n; i++) {
        kpi_goal goal = kpi_goals_at(g, i);
        later[i] = is_later(t, &goal);
        if (later[i] || !goal.story || !*goal.story->supports) continue;
        uint32_t row = kpi__goals_row(g, kpi_text_of(goal.story->supports));
        if (row != KPI__NONE) t->parent[i] = index[row];
    }
    free(index);
    return index != NULL;
}

static void set_children(kpi_tree *t, const bool *later) {
    for (uint32_t i = t->n; i-- > 0;) {
        if (t->parent[i] != KPI__NONE && later[t->parent[i]]) t->parent[i] = KPI__NONE;
        if (t->parent[i] == KPI__NONE) continue;
        t->next[i] = t->child[t->parent[i]];
        t->child[t->parent[i]] = i;
    }
}

/* All that is below root, and root before it. */
static void walk(kpi_tree *t, uint32_t root) {
    for (uint32_t i = root, depth = 0;;) {
        t->goal[t->branches] = i;
        t->depth[t->branches++] = depth;
        if (t->child[i] != KPI__NONE) {
            i = t->child[i];
            depth++;
            continue;
        }
        for (; i != root && t->next[i] == KPI__NONE; depth--) i = t->parent[i];
        if (i == root) return;
        i = t->next[i];
    }
}

/* One goal of each circle: whoever goes up from a goal that no branch has comes to one. */
static bool find_loops(kpi_tree *t, const bool *later) {
    uint32_t *seen = some(t->n, 0);
    bool done = seen != NULL;
    for (size_t b = 0; done && b < t->branches; b++) seen[t->goal[b]] = KPI__NONE;
    for (uint32_t from = 0; done && from < t->n; from++) {
        uint32_t i = from;
        if (later[from]) continue;
        for (; !seen[i]; i = t->parent[i]) seen[i] = from + 1;
        if (seen[i] != from + 1) continue; /* a branch, or met before */
        if ((done = kpi__grow(&t->loop, t->loops, &t->room, sizeof *t->loop))) t->loop[t->loops++] = i;
    }
    free(seen);
    return done;
}

static bool make(kpi_tree *t) {
    bool *later = calloc(t->n + 1, sizeof *later);
    t->parent = some(t->n, 0xFF);
    t->child = some(t->n, 0xFF);
    t->next = some(t->n, 0xFF);
    t->goal = some(t->n, 0);
    t->depth = some(t->n, 0);
    bool done = later && t->parent && t->child && t->next && t->goal && t->depth && set_parents(t, later);
    if (done) set_children(t, later);
    size_t there = 0;
    for (uint32_t i = 0; done && i < t->n; i++) {
        there += !later[i];
        if (!later[i] && t->parent[i] == KPI__NONE) walk(t, i);
    }
    if (done && t->branches < there) done = find_loops(t, later);
    free(later);
    return done;
}

int kpi_tree_new(kpi_tree **out, const kpi_goals *goals, bool has_as_of, kpi_day as_of, kpi_error *e) {
    kpi_tree *t = calloc(1, sizeof *t);
    if (t) *t = (kpi_tree){.goals = goals, .has_as_of = has_as_of, .as_of = as_of, .n = (uint32_t)goals->size};
    if (!t || !make(t)) {
        kpi_tree_free(t);
        return kpi__fail_memory(e);
    }
    *out = t;
    return KPI_OK;
}

void kpi_tree_free(kpi_tree *t) {
    if (!t) return;
    free(t->parent);
    free(t->child);
    free(t->next);
    free(t->goal);
    free(t->depth);
    free(t->loop);
    free(t);
}

/* ---- asking ---- */

size_t kpi_tree_size(const kpi_tree *t) { return t->branches; }

static kpi_ratio target_of(const kpi_tree *t, const kpi_goal *goal) {
    return kpi_target_value(kpi_goal_on(goal, t->has_as_of ? t->as_of : goal->period.last));
}

static kpi_decimal in_shares(kpi_ratio value) { return value.den == 1 ? value.num * SHARES : value.num; }

static kpi_ratio of_shares(kpi_decimal value) {
    return value % SHARES ? (kpi_ratio){value, SHARES} : (kpi_ratio){value / SHARES, 1};
}

/* Whether what is measured of goal's metric is added up. Without a scheme nothing says that it is not. */
static bool adds_up(const kpi_tree *t, const kpi_goal *goal) {
    const kpi_metric *metric = kpi__goals_metric(t->goals, goal);
    return !metric || metric->take == KPI_TAKE_SUM || metric->take == KPI_TAKE_COUNT;
}

kpi_branch kpi_tree_at(const kpi_tree *t, size_t i) {
    uint32_t at = t->goal[i];
    kpi_goal goal = kpi_goals_at(t->goals, at);
    kpi_branch branch = {.goal = at, .depth = t->depth[i], .target = target_of(t, &goal)};
    kpi_decimal sum = 0;
    uint32_t child = t->child[at] == KPI__NONE || !adds_up(t, &goal) ? KPI__NONE : t->child[at];
    for (; child != KPI__NONE; child = t->next[child]) {
        kpi_goal part = kpi_goals_at(t->goals, child);
        if (strcmp(part.metric, goal.metric) || !kpi_period_inside(part.period, goal.period)) continue;
        sum += in_shares(target_of(t, &part));
        branch.parts++;
    }
    if (!branch.parts) return branch;
    branch.sum = of_shares(sum);
    branch.difference = of_shares(sum - in_shares(branch.target));
    return branch;
}

size_t kpi_tree_loops(const kpi_tree *t) { return t->loops; }
size_t kpi_tree_loop(const kpi_tree *t, size_t i) { return t->loop[i]; }

size_t kpi_tree_supports(const kpi_tree *t, size_t goal) {
    return t->parent[goal] == KPI__NONE ? KPI_NO_GOAL : t->parent[goal];
}

void kpi__loop_text(const kpi_tree *t, size_t goal, char out[KPI__LOOP_SIZE]) {
    char id[KPI__QUOTE_SIZE];
    size_t n = (size_t)snprintf(out, KPI__LOOP_SIZE, "supports itself");
    unsigned steps = 0;
    for (size_t i = t->parent[goal]; i != goal; i = t->parent[i], steps++) {
        kpi_goal step = kpi_goals_at(t->goals, i);
        kpi_goal_id(&step, id, sizeof id);
        if (steps < 3)
            n += (size_t)snprintf(out + n, KPI__LOOP_SIZE - n, "%s%s", steps ? ", " : " by way of ",
                                  KPI__QUOTE(kpi_text_of(id)));
    }
    if (steps > 3) snprintf(out + n, KPI__LOOP_SIZE - n, " and %u more", steps - 3);
}

int kpi__fail_loop(const kpi_tree *t, size_t at, kpi_error *e) {
    char text[KPI__LOOP_SIZE], id[KPI__QUOTE_SIZE];
    kpi_goal goal = kpi_goals_at(t->goals, at);
    kpi__loop_text(t, at, text);
    kpi_goal_id(&goal, id, sizeof id);
    return kpi__fail_at(e, KPI_DATA, goal.place, "goal %s %s", KPI__QUOTE(kpi_text_of(id)), text);
}

int kpi_tree_check(const kpi_tree *t, kpi_error *e) { return t->loops ? kpi__fail_loop(t, t->loop[0], e) : KPI_OK; }
