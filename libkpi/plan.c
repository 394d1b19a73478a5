/* plan.c - what does not fit in schemes and plans, though each document is valid by itself.
 *
 * Whether a grade or a gate can ever matter depends on the most and the least that a score can be. Both are bounds that
 * hold for whatever is measured: a bound that is too wide only leaves a fault untold. With metrics that may be skipped
 * their weight goes to others, so that the best mean of credits counts, weighted by those that stay. */
#include "internal.h"

#include <stdlib.h>

typedef struct work { /* on one scheme */
    const kpi_scheme *scheme;
    const kpi_report *report;
    kpi_error *e;
    bool fits; /* all weights add up */
    bool has_most, has_least;
    kpi_decimal most, least;
} work;

#define NAME(text)          KPI__QUOTE(kpi_text_of(text))
#define TELL(w, place, ...) (kpi__fail_at((w)->e, KPI_DATA, (place), __VA_ARGS__), kpi__tell((w)->report, (w)->e))

static const char *exact(kpi_decimal value, char out[KPI_NUMBER_SIZE]) {
    kpi_decimal_format(value, KPI_EXACT, out);
    return out;
}

/* ---- weights ---- */

static int check_total(work *w, const char *whose, const char *name, kpi_decimal total, kpi_place place) {
    char have[KPI_NUMBER_SIZE], need[KPI_NUMBER_SIZE];
    if (total == w->scheme->points) return KPI_OK;
    w->fits = false;
    return TELL(w, place, "the weights of %s %s add up to %s, not %s", whose, NAME(name), exact(total, have),
                exact(w->scheme->points, need));
}

static int check_weights(work *w) {
    const kpi_scheme *scheme = w->scheme;
    kpi_decimal total = 0;
    bool weighted = false;
    for (size_t i = 0; i < scheme->metrics; i++) {
        weighted |= scheme->metric[i].weighted;
        total += scheme->metric[i].weight;
    }
    w->fits = true;
    int code = weighted ? check_total(w, "scheme", scheme->name, total, scheme->place) : KPI_OK;
    for (size_t i = 0; i < scheme->roles && !code; i++) {
        total = 0;
        for (size_t k = 0; k < scheme->role[i].weights; k++) total += scheme->role[i].weight[k].weight;
        code = check_total(w, "role", scheme->role[i].name, total, scheme->role[i].place);
    }
    return code;
}

/* ---- curves ---- */

static int check_course(work *w, const kpi_metric *m) {
    char x[KPI_NUMBER_SIZE], from[KPI_NUMBER_SIZE], to[KPI_NUMBER_SIZE];
    const kpi_point *curve = m->curve;
    bool rises = false;
    int code = KPI_OK;
    for (size_t i = 1; i < m->points && !code; i++) {
        rises |= curve[i].y > curve[i - 1].y;
        if (curve[i].y < curve[i - 1].y)
            code = TELL(w, m->place, "the curve of %s falls from credit %s to %s at attainment %s: more earns less",
                        NAME(m->name), exact(curve[i - 1].y, from), exact(curve[i].y, to), exact(curve[i].x, x));
    }
    if (code || rises) return code;
    return TELL(w, m->place, "the curve of %s never rises: whatever is attained earns as much", NAME(m->name));
}

static int check_curve(work *w, const kpi_metric *m) {
    char x[KPI_NUMBER_SIZE], y[KPI_NUMBER_SIZE];
    kpi__fraction one, credit, full;
    kpi_decimal met = 0;
    int code = check_course(w, m);
    if (!code && m->points > 1 && m->curve->x > 0 && m->curve->y > 0)
        code = TELL(w, m->place,
                    "the curve of %s has a gap: below attainment %s credit stays at %s; let it begin with credit 0",
                    NAME(m->name), exact(m->curve->x, x), exact(m->curve->y, y));
    if (code) return code;
    kpi__wide_set(&one.num, 1);
    kpi__wide_set(&one.den, 1);
    full = one;
    kpi__credit(&full, m->curve, m->points, &credit);
    if (!kpi__fraction_round(&credit, 6, &met) || met >= KPI_ONE) return KPI_OK;
    return TELL(w, m->place, "the curve of %s gives credit %s for attainment 1: to meet the target earns less than 1",
                NAME(m->name), exact(met, y));
}

/* ---- the most and the least ---- */

typedef struct share {
    kpi_decimal weight, credit;
    bool skip;
} share;

static kpi_decimal most_credit(const kpi_metric *m) {
    kpi_decimal most = 0; /* without a measure there is none */
    for (size_t i = 0; i < m->points; i++)
        if (m->curve[i].y > most) most = m->curve[i].y;
    return most;
}

static int by_credit(const void *x, const void *y) { /* those that stay, then the best */
    const share *a = x, *b = y;
    if (a->skip != b->skip) return a->skip ? 1 : -1;
    return (a->credit < b->credit) - (a->credit > b->credit);
}

/* points * the best mean of credits, up. false: out of range, or there is no weight. */
static bool best_of(share *s, size_t n, kpi_decimal points, kpi_decimal *out) {
    kpi_decimal sum = 0, weights = 0, product, mean;
    qsort(s, n, sizeof *s, by_credit);
    for (size_t i = 0; i < n; i++) {
        if (__builtin_mul_overflow(s[i].credit, weights, &mean)) return false;
        if (s[i].skip && weights && mean <= sum) break; /* a weighted sum: it would only lower the mean */
        if (__builtin_mul_overflow(s[i].weight, s[i].credit, &product) || __builtin_add_overflow(sum, product, &sum))
            return false;
        weights += s[i].weight;
    }
    if (!weights || __builtin_mul_overflow(sum / weights + 1, points, &product)) return false;
    *out = product / KPI_ONE + 1;
    return true;
}

/* Whether some goal brings its own weight, so that any metric may have all of it. */
static bool has_own_weights(const kpi_goals *g) {
    bool own = false;
    for (uint32_t i = 0; i < kpi__dict_size(g->kinds); i++) own |= g->kind[i].has_weight;
    for (size_t i = 0; i < g->extras; i++) {
        own |= g->extra[i]->set.has_weight;
        for (const kpi_revision *r = g->extra[i]->revision; r; r = r->next) own |= r->set.has_weight;
    }
    return own;
}

/* The most that the weights of a role (NULL: the metrics' own) can give. */
static bool most_of(const work *w, const kpi_role *role, share *s, kpi_decimal *out) {
    const kpi_scheme *scheme = w->scheme;
    size_t n = role ? role->weights : scheme->metrics;
    for (size_t i = 0; i < n; i++) {
        const kpi_metric *m = &scheme->metric[role ? role->weight[i].metric : i];
        s[i] = (share){role ? role->weight[i].weight : m->weight, most_credit(m), m->missing == KPI_MISSING_SKIP};
    }
    return best_of(s, n, scheme->points, out);
}

/* The most by weights alone. false: there is no bound. */
static bool most_points(work *w, const kpi_goals *goals, share *s, kpi_decimal *out) {
    const kpi_scheme *scheme = w->scheme;
    kpi_decimal most = 0, one;
    bool weighted = false;
    if (has_own_weights(goals)) {
        share best = {KPI_ONE, 0, false};
        for (size_t i = 0; i < scheme->metrics; i++)
            if (most_credit(&scheme->metric[i]) > best.credit) best.credit = most_credit(&scheme->metric[i]);
        return best_of(&best, 1, scheme->points, out);
    }
    for (size_t i = 0; i < scheme->metrics; i++) weighted |= scheme->metric[i].weighted;
    if (weighted && !most_of(w, NULL, s, &most)) return false;
    for (size_t i = 0; i < scheme->roles; i++) {
        if (!most_of(w, &scheme->role[i], s, &one)) return false;
        if (one > most) most = one;
    }
    *out = most;
    return weighted || scheme->roles;
}

/* Adjustments on top; each of the rounded points may be half a unit more. */
static int set_bounds(work *w, const kpi_goals *goals) {
    const kpi_scheme *scheme = w->scheme;
    share *s = malloc((scheme->metrics + 1) * sizeof *s);
    if (!s) return kpi__fail_memory(w->e);
    w->has_most = w->fits && most_points(w, goals, s, &w->most);
    w->has_least = w->fits;
    free(s);
    if (w->has_most) w->most += (kpi_decimal)scheme->metrics * kpi__power10(6 - scheme->digits);
    for (size_t i = 0; i < scheme->metrics; i++)
        for (size_t k = 0; k < scheme->metric[i].points; k++) w->has_least &= scheme->metric[i].curve[k].y >= 0;
    for (size_t i = 0; i < scheme->adjusts; i++) {
        const kpi_rule *rule = &scheme->adjust[i];
        if (rule->points > 0) w->has_most &= rule->limited, w->most += rule->at_most;
        if (rule->points < 0) w->has_least &= rule->limited, w->least -= rule->at_most;
    }
    return KPI_OK;
}

/* ---- grades and gates ---- */

/* Whether everybody who fits later fits grade, too. */
static bool takes_all(const kpi_grade *grade, const kpi_grade *later) {
    bool from = !grade->has_from || (later->has_from && grade->from <= later->from);
    return from && (!grade->has_top || (later->has_top && later->top <= grade->top));
}

static int check_grade(work *w, size_t i) {
    const kpi_grade *grade = &w->scheme->grade[i];
    char from[KPI_NUMBER_SIZE], most[KPI_NUMBER_SIZE];
    for (size_t k = 0; k < i; k++)
        if (takes_all(&w->scheme->grade[k], grade))
            return TELL(w, grade->place, "nobody can get grade %s: whoever fits has got %s before it",
                        NAME(grade->name), NAME(w->scheme->grade[k].name));
    if (!w->has_most || !grade->has_from || grade->from <= w->most) return KPI_OK;
    kpi_decimal_format(w->most, w->scheme->digits, most);
    return TELL(w, grade->place, "nobody can get grade %s from %s on: no score is above %s", NAME(grade->name),
                exact(grade->from, from), most);
}

static int check_grades(work *w) {
    const kpi_scheme *scheme = w->scheme;
    const kpi_grade *lowest = NULL;
    char from[KPI_NUMBER_SIZE];
    bool all = !scheme->grades;
    int code = KPI_OK;
    for (size_t i = 0; i < scheme->grades && !code; i++) {
        const kpi_grade *grade = &scheme->grade[i];
        code = check_grade(w, i);
        if (grade->has_top) continue;
        all |= !grade->has_from || (w->has_least && grade->from <= w->least);
        if (grade->has_from && (!lowest || grade->from < lowest->from)) lowest = grade;
    }
    if (code || all) return code;
    if (!lowest)
        return TELL(w, scheme->place, "not all scores have a grade: let the last one have neither from nor top");
    return TELL(w, lowest->place, "a score below %s has no grade: add one behind %s without from and top",
                exact(lowest->from, from), NAME(lowest->name));
}

/* Whether whatever gate bites on is cut as low by other. */
static bool cuts_as_low(const kpi_rule *other, const kpi_rule *gate) {
    if (other->metric != gate->metric || other->below != gate->below || other->ceiling > gate->ceiling) return false;
    return gate->below ? other->limit >= gate->limit : other->limit <= gate->limit;
}

static int check_gate(work *w, size_t i) {
    const kpi_scheme *scheme = w->scheme;
    const kpi_rule *gate = &scheme->gate[i];
    const kpi_metric *m = &scheme->metric[gate->metric];
    char ceiling[KPI_NUMBER_SIZE], most[KPI_NUMBER_SIZE], limit[KPI_NUMBER_SIZE];
    if (m->take == KPI_TAKE_COUNT && gate->below && gate->limit <= 0)
        return TELL(w, gate->place, "a gate that never bites: %s is a count, and never below %s", NAME(m->name),
                    exact(gate->limit, limit));
    for (size_t k = 0; k < scheme->gates; k++) {
        const kpi_rule *other = &scheme->gate[k];
        if (k == i || !cuts_as_low(other, gate) || (k > i && cuts_as_low(gate, other))) continue;
        return TELL(w, gate->place, "a gate that never bites: that of %s %s %s cuts as low or lower before it",
                    NAME(m->name), other->below ? "below" : "above", exact(other->limit, limit));
    }
    if (!w->has_most || gate->ceiling < w->most) return KPI_OK;
    kpi_decimal_format(w->most, scheme->digits, most);
    return TELL(w, gate->place, "a gate that never bites: no score is above %s, its ceiling is %s", most,
                exact(gate->ceiling, ceiling));
}

/* ---- tiers ---- */

static bool has_tier(const kpi_scheme *scheme, const kpi_book *clients, const char *tier) {
    for (size_t i = 0; i < kpi_book_size(clients); i++) {
        const kpi_entry *entry = kpi_book_entry(clients, i);
        if (!strcmp(entry->as, tier) && (!scheme->has_period || kpi_period_overlap(entry->days, scheme->period)))
            return true;
    }
    return false;
}

static int check_tiers(work *w, const kpi_book *clients) {
    int code = KPI_OK;
    for (size_t i = 0; clients && i < w->scheme->tiers && !code; i++) {
        const kpi_tier *tier = &w->scheme->tier[i];
        if (!has_tier(w->scheme, clients, tier->name))
            code = TELL(w, tier->place, "no client has the tier %s", NAME(tier->name));
    }
    return code;
}

int kpi_scheme_check(const kpi_goals *goals, const kpi_scheme *scheme, const kpi_book *clients,
                     const kpi_report *report, kpi_error *e) {
    work w = {.scheme = scheme, .report = report, .e = e};
    int code = check_weights(&w);
    for (size_t i = 0; i < scheme->metrics && !code; i++) code = check_curve(&w, &scheme->metric[i]);
    if (!code) code = set_bounds(&w, goals);
    if (!code) code = check_grades(&w);
    for (size_t i = 0; i < scheme->gates && !code; i++) code = check_gate(&w, i);
    return code ? code : check_tiers(&w, clients);
}

/* ---- managers ---- */

/* Whether one of the runs [from, end) is a manager's. */
static bool has_manager(const kpi_goals *g, const kpi_score_options *o, size_t from, size_t end) {
    for (; from < end; from++)
        if (kpi_book_at(o->managers, kpi__dict_key(g->owners, g->run[from].owner), o->period)) return true;
    return false;
}

int kpi_managers_check(const kpi_goals *g, const kpi_score_options *o, const kpi_report *report, kpi_error *e) {
    size_t from, end;
    const char *before = "";
    int code = KPI_OK;
    kpi__goals_runs(g, o->period, &from, &end);
    if (!o->managers || !has_manager(g, o, from, end)) return KPI_OK;
    for (size_t i = 0; i < kpi_book_size(o->managers) && !code; i++) {
        const kpi_entry *entry = kpi_book_entry(o->managers, i);
        if (!strcmp(entry->who, before) || !kpi_period_overlap(entry->days, o->period)) continue;
        before = entry->who;
        uint32_t owner = kpi__dict_find(g->owners, kpi_text_of(entry->who));
        if (owner != KPI__NONE && kpi__goals_run(g, owner, from, end) != KPI__NONE) continue;
        kpi__fail_at(e, KPI_DATA, entry->place, "%s has no goal at all in %s", NAME(entry->who), o->period_text);
        code = kpi__tell(report, e);
    }
    return code;
}

/* ---- parts ---- */

int kpi_parts_check(const kpi_goals *goals, const kpi_tree *tree, const kpi_period *period, bool partial,
                    const kpi_report *report, kpi_error *e) {
    char id[KPI__QUOTE_SIZE], sum[KPI_NUMBER_SIZE], target[KPI_NUMBER_SIZE], difference[KPI_NUMBER_SIZE];
    int code = KPI_OK;
    for (size_t i = 0; i < kpi_tree_size(tree) && !code; i++) {
        kpi_branch b = kpi_tree_at(tree, i);
        if (!b.parts || !b.difference.num || (partial && b.difference.num < 0)) continue;
        kpi_goal goal = kpi_goals_at(goals, b.goal);
        if (period && !kpi_period_inside(goal.period, *period)) continue;
        bool less = b.difference.num < 0;
        if (less) b.difference.num = -b.difference.num;
        kpi__id_text(&goal, id);
        kpi_ratio_format(b.sum, KPI_EXACT, sum);
        kpi_ratio_format(b.target, KPI_EXACT, target);
        kpi_ratio_format(b.difference, KPI_EXACT, difference);
        kpi__fail_at(e, KPI_DATA, goal.place, "%s: its %s up to %s, %s %s than its target %s: revise it, or them", id,
                     b.parts == 1 ? "only part adds" : "parts add", sum, difference, less ? "less" : "more", target);
        code = kpi__tell(report, e);
    }
    return code;
}
