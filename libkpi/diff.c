/* diff.c - what moved a score from one run to another.
 *
 * Where both runs have all that went into the score, it is replaced part by part, metric by metric, and after each the
 * points of all metrics are summed anew: what that changes is the part's. What rules took is compared at the end. Where
 * a run has printed figures only, the points of a metric are one part, whatever it was that moved them. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct moving {
    const kpi__result *a, *b;   /* NULL: it is not there */
    kpi_move_put *put;
    void *context;
    kpi__buffer cause, from, to; /* of the next move */
    int digits;
    kpi_error *e;
} moving;

/* ---- moves ---- */

static void put_part(kpi__buffer *b, const char *between, const char *text) {
    if (b->len) kpi__buffer_put(b, between);
    kpi__buffer_put(b, text);
}

static void put_number(kpi__buffer *b, const char *between, kpi_ratio value, int digits) {
    char text[KPI_NUMBER_SIZE];
    kpi_ratio_format(value, digits, text);
    put_part(b, between, text);
}

static void put_decimal(kpi__buffer *b, kpi_decimal value, int digits) {
    put_number(b, ", ", (kpi_ratio){value, 1}, digits);
}

static const char *text_of(const kpi__buffer *b) { return b->len ? b->ptr : ""; }

/* Gives what was put together as a move. */
static int move(moving *m, const char *metric, bool has_points, kpi_decimal points) {
    if (m->cause.failed || m->from.failed || m->to.failed) return kpi__fail_memory(m->e);
    const kpi__result *one = m->b ? m->b : m->a;
    kpi_move out = {one->owner,       metric,     text_of(&m->cause), text_of(&m->from), text_of(&m->to),
                    has_points, points, m->digits};
    int code = m->put(m->context, &out, m->e);
    m->cause.len = m->from.len = m->to.len = 0;
    return code;
}

static int fail_range(moving *m) {
    return kpi__fail(m->e, KPI_DATA, "figures of %s out of range", KPI__QUOTE(kpi_text_of(m->b->owner)));
}

/* From one number of points to another. */
static int move_points(moving *m, const char *metric, const char *cause, kpi_decimal from, kpi_decimal to) {
    kpi_decimal points;
    if (__builtin_sub_overflow(to, from, &points)) return fail_range(m);
    put_part(&m->cause, "", cause);
    put_decimal(&m->from, from, m->digits);
    put_decimal(&m->to, to, m->digits);
    return move(m, metric, true, points);
}

static int move_score(moving *m) {
    bool from = m->a && m->a->has_score, to = m->b && m->b->has_score;
    put_part(&m->cause, "", !m->a ? "new" : !m->b ? "gone" : from && to ? "score" : "unscored");
    if (from) put_decimal(&m->from, m->a->score, m->a->digits);
    if (to) put_decimal(&m->to, m->b->score, m->b->digits);
    kpi_decimal points = 0;
    if (from && to && __builtin_sub_overflow(m->b->score, m->a->score, &points)) return fail_range(m);
    return move(m, "", from && to, points);
}

/* ---- parts ---- */

static const kpi__part *part_named(const kpi__part *list, const char *metric) {
    while (list && strcmp(list->metric, metric)) list = list->next;
    return list;
}

static size_t count(const kpi__part *list) {
    size_t n = 0;
    for (; list; list = list->next) n++;
    return n;
}

enum which { ADJUSTMENTS, GATES, RULES };

static bool is_of(const kpi__part *rule, enum which which) { return which == RULES || rule->gate == (which == GATES); }

static const kpi__part *rule_named(const kpi__part *rule, enum which which, const char *metric) {
    while (rule && (!is_of(rule, which) || strcmp(rule->metric, metric))) rule = rule->next;
    return rule;
}

/* What such rules of a metric changed. false: out of range. */
static bool sum_changes(const kpi__part *rule, enum which which, const char *metric, kpi_decimal *sum) {
    for (*sum = 0; rule; rule = rule->next)
        if (is_of(rule, which) && !strcmp(rule->metric, metric) && __builtin_add_overflow(*sum, rule->change, sum))
            return false;
    return true;
}

static int move_rules_of(moving *m, enum which which, const char *metric) {
    static const char *const cause[] = {"adjustment", "gate", "adjustment+gate"};
    kpi_decimal from, to;
    if (!sum_changes(m->a->rule, which, metric, &from) || !sum_changes(m->b->rule, which, metric, &to))
        return fail_range(m);
    return from == to ? KPI_OK : move_points(m, metric, cause[which], from, to);
}

static int move_rules(moving *m, enum which which) {
    const kpi__part *a = m->a->rule, *b = m->b->rule;
    int code = KPI_OK;
    for (const kpi__part *one = b; one && !code; one = one->next)
        if (rule_named(b, which, one->metric) == one) code = move_rules_of(m, which, one->metric);
    for (const kpi__part *one = a; one && !code; one = one->next)
        if (rule_named(a, which, one->metric) == one && !rule_named(b, which, one->metric))
            code = move_rules_of(m, which, one->metric);
    return code;
}

/* ---- with all that went into it ---- */

typedef struct state { /* what is being replaced, bit by bit */
    kpi_scheme scheme;
    kpi_metric *metric;
    kpi_sheet_row *row;
    kpi__part *part;
    struct days { int64_t days, all; } *days; /* of metrics */
    kpi__share *share;
    kpi_detail *detail;
    kpi_decimal points; /* of all metrics, when last summed up */
} state;

static void free_state(state *s) {
    free(s->metric);
    free(s->row);
    free(s->part);
    free(s->days);
    free(s->share);
    free(s->detail);
}

/* The metrics of r in its order, then those that only the other has, which have no weight. */
static bool begin_state(state *s, const kpi__result *r, const kpi__result *other) {
    size_t room = count(r->part) + count(other->part) + 1, n = 0;
    *s = (state){.metric = calloc(room, sizeof *s->metric),
                 .row = calloc(room, sizeof *s->row),
                 .part = calloc(room, sizeof *s->part),
                 .days = calloc(room, sizeof *s->days),
                 .share = calloc(room, sizeof *s->share),
                 .detail = calloc(room, sizeof *s->detail)};
    if (!s->metric || !s->row || !s->part || !s->days || !s->share || !s->detail) return false;
    for (const kpi__part *one = r->part; one; one = one->next) s->part[n++] = *one;
    for (const kpi__part *one = other->part; one; one = one->next) {
        if (part_named(r->part, one->metric)) continue;
        s->part[n] = (kpi__part){.metric = one->metric, .rules = one->rules};
        s->part[n++].row = (kpi_sheet_row){0};
    }
    for (size_t i = 0; i < n; i++) s->days[i] = (struct days){r->days, r->all_days};
    s->scheme = (kpi_scheme){.metric = s->metric, .metrics = n, .points = r->of_points, .digits = r->digits};
    return true;
}

/* Sums up the points of all metrics. false: they cannot be. */
static bool sum_up(state *s, kpi_scored *out) {
    kpi__fault fault;
    for (size_t i = 0; i < s->scheme.metrics; i++) {
        if (!kpi__part_prorate(&s->part[i], s->days[i].days, s->days[i].all)) return false;
        s->metric[i] = s->part[i].rules;
        s->row[i] = s->part[i].row;
    }
    kpi_sheet sheet = {.scheme = &s->scheme, .owner = "", .period_text = "", .row = s->row};
    return kpi__sheet_score(&sheet, s->share, NULL, s->detail, out, &fault);
}

/* Whether the figures of r lead to the points that it has. */
static bool leads_to(const state *s, const kpi__result *r, const kpi_scored *scored) {
    const kpi_detail *d = s->detail;
    kpi_decimal sum = scored->score;
    if (scored->has_score != r->has_score) return false;
    for (size_t i = 0; i < s->scheme.metrics; i++) {
        if (!s->part[i].row.weighted) continue;
        if (d->points != s->part[i].change || d->skipped != s->part[i].skipped) return false;
        d++;
    }
    for (const kpi__part *one = r->rule; one; one = one->next)
        if (__builtin_add_overflow(sum, one->change, &sum)) return false;
    return !r->has_score || sum == r->score;
}

static int check_result(moving *m, const kpi__result *r, const kpi__result *other, kpi_decimal *points) {
    state s;
    kpi_scored scored;
    bool made = begin_state(&s, r, other), fine = made && sum_up(&s, &scored) && leads_to(&s, r, &scored);
    free_state(&s);
    if (!made) return kpi__fail_memory(m->e);
    if (fine) return *points = scored.score, KPI_OK;
    return kpi__fail_at(m->e, KPI_DATA, r->place, "the figures of %s in %s do not lead to its score",
                        KPI__QUOTE(kpi_text_of(r->owner)), r->period);
}

/* ---- causes ---- */

/* Each cause compares, replaces in the state what is of it by what the other run has, and tells both. */
typedef struct cause {
    const char *name;
    bool (*same)(const kpi__part *a, const kpi__part *b, const struct days *x, const struct days *y);
    void (*replace)(kpi__part *part, struct days *days, const kpi__part *b, const struct days *y);
    void (*tell)(kpi__buffer *out, const kpi__part *part, const struct days *days);
} cause;

static bool same_actual(const kpi__part *a, const kpi__part *b, const struct days *x, const struct days *y) {
    (void)x, (void)y;
    if (a->row.known != b->row.known) return false;
    if (a->row.known) return !kpi__ratio_compare(a->row.actual, b->row.actual);
    return (a->rules.missing == KPI_MISSING_SKIP) == (b->rules.missing == KPI_MISSING_SKIP);
}

/* What is made of no measure goes with it. */
static void replace_actual(kpi__part *part, struct days *days, const kpi__part *b, const struct days *y) {
    (void)days, (void)y;
    part->row.known = b->row.known;
    part->row.measured = b->row.measured;
    part->row.actual = b->row.actual;
    part->rules.missing = b->rules.missing;
}

static void tell_actual(kpi__buffer *out, const kpi__part *part, const struct days *days) {
    (void)days;
    if (part->row.known)
        put_number(out, ", ", part->row.actual, KPI_UP_TO(6));
    else
        put_part(out, ", ", part->rules.missing == KPI_MISSING_SKIP ? "skipped" : "none");
}

static bool same_target(const kpi__part *a, const kpi__part *b, const struct days *x, const struct days *y) {
    (void)x, (void)y;
    return !kpi__ratio_compare(a->target, b->target);
}

static void replace_target(kpi__part *part, struct days *days, const kpi__part *b, const struct days *y) {
    (void)days, (void)y;
    part->target = b->target;
}

static void tell_target(kpi__buffer *out, const kpi__part *part, const struct days *days) {
    (void)days;
    put_number(out, ", ", part->target, KPI_EXACT);
}

static bool same_baseline(const kpi__part *a, const kpi__part *b, const struct days *x, const struct days *y) {
    (void)x, (void)y;
    return a->row.has_baseline == b->row.has_baseline && (!a->row.has_baseline || a->baseline == b->baseline);
}

static void replace_baseline(kpi__part *part, struct days *days, const kpi__part *b, const struct days *y) {
    (void)days, (void)y;
    part->row.has_baseline = b->row.has_baseline;
    part->baseline = b->baseline;
}

static void tell_baseline(kpi__buffer *out, const kpi__part *part, const struct days *days) {
    (void)days;
    if (part->row.has_baseline)
        put_decimal(out, part->baseline, KPI_EXACT);
    else
        put_part(out, ", ", "none");
}

static bool same_proration(const kpi__part *a, const kpi__part *b, const struct days *x, const struct days *y) {
    if (!a->row.prorated || !b->row.prorated) return a->row.prorated == b->row.prorated;
    return x->days * y->all == y->days * x->all;
}

static void replace_proration(kpi__part *part, struct days *days, const kpi__part *b, const struct days *y) {
    part->row.prorated = b->row.prorated;
    *days = *y;
}

static void tell_proration(kpi__buffer *out, const kpi__part *part, const struct days *days) {
    char text[64];
    snprintf(text, sizeof text, "%lld/%lld", (long long)days->days, (long long)days->all);
    put_part(out, ", ", part->row.prorated ? text : "whole");
}

static bool same_weight(const kpi__part *a, const kpi__part *b, const struct days *x, const struct days *y) {
    (void)x, (void)y;
    return a->row.weight == b->row.weight;
}

static void replace_weight(kpi__part *part, struct days *days, const kpi__part *b, const struct days *y) {
    (void)days, (void)y;
    part->row.weight = b->row.weight;
}

static void tell_weight(kpi__buffer *out, const kpi__part *part, const struct days *days) {
    (void)days;
    put_decimal(out, part->row.weight, KPI_EXACT);
}

static bool same_better(const kpi__part *a, const kpi__part *b, const struct days *x, const struct days *y) {
    (void)x, (void)y;
    return a->rules.lower == b->rules.lower;
}

static void replace_better(kpi__part *part, struct days *days, const kpi__part *b, const struct days *y) {
    (void)days, (void)y;
    part->rules.lower = b->rules.lower;
}

static void tell_better(kpi__buffer *out, const kpi__part *part, const struct days *days) {
    (void)days;
    put_part(out, ", ", part->rules.lower ? "lower" : "higher");
}

static bool same_curve(const kpi__part *a, const kpi__part *b, const struct days *x, const struct days *y) {
    (void)x, (void)y;
    if (a->rules.points != b->rules.points) return false;
    for (size_t i = 0; i < a->rules.points; i++)
        if (a->rules.curve[i].x != b->rules.curve[i].x || a->rules.curve[i].y != b->rules.curve[i].y) return false;
    return true;
}

static void replace_curve(kpi__part *part, struct days *days, const kpi__part *b, const struct days *y) {
    (void)days, (void)y;
    part->rules.curve = b->rules.curve;
    part->rules.points = b->rules.points;
}

static void tell_curve(kpi__buffer *out, const kpi__part *part, const struct days *days) {
    (void)days;
    for (size_t i = 0; i < part->rules.points; i++) {
        put_number(out, i ? " " : ", ", (kpi_ratio){part->rules.curve[i].x, 1}, KPI_EXACT);
        put_number(out, ":", (kpi_ratio){part->rules.curve[i].y, 1}, KPI_EXACT);
    }
}

/* In the order of replacement. */
static const cause causes[] = {{"actual", same_actual, replace_actual, tell_actual},
                               {"target", same_target, replace_target, tell_target},
                               {"baseline", same_baseline, replace_baseline, tell_baseline},
                               {"proration", same_proration, replace_proration, tell_proration},
                               {"weight", same_weight, replace_weight, tell_weight},
                               {"better", same_better, replace_better, tell_better},
                               {"curve", same_curve, replace_curve, tell_curve}};

/* Gives the parts replaced since the last move, whose points are what the sum is now more; when there is a sum. */
static int move_replaced(moving *m, state *s, const char *metric) {
    kpi_scored scored;
    kpi_decimal points;
    if (!m->cause.len || !sum_up(s, &scored)) return KPI_OK;
    if (__builtin_sub_overflow(scored.score, s->points, &points)) return fail_range(m);
    s->points = scored.score;
    return move(m, metric, true, points);
}

static int replace_parts(moving *m, state *s, size_t i, const kpi__part *b) {
    struct days to = {m->b->days, m->b->all_days};
    int code = KPI_OK;
    for (size_t k = 0; k < KPI__COUNT(causes) && !code; k++) {
        const cause *c = &causes[k];
        bool same = c->same(&s->part[i], b, &s->days[i], &to);
        if (!same) {
            put_part(&m->cause, "+", c->name);
            c->tell(&m->from, &s->part[i], &s->days[i]);
        }
        c->replace(&s->part[i], &s->days[i], b, &to);
        if (same) continue;
        c->tell(&m->to, &s->part[i], &s->days[i]);
        code = move_replaced(m, s, b->metric);
    }
    return code;
}

/* A metric that has a weight in one run only comes or goes as a whole. */
static int replace_metric(moving *m, state *s, size_t i) {
    const char *metric = s->part[i].metric;
    const kpi__part *b = part_named(m->b->part, metric);
    bool was = s->part[i].row.weighted, is = b && b->row.weighted;
    if (!was && !is) return KPI_OK;
    if (was && is) return replace_parts(m, s, i, b);
    put_part(&m->cause, "", "metric");
    if (was) put_decimal(&m->from, s->part[i].row.weight, KPI_EXACT);
    if (is) put_decimal(&m->to, b->row.weight, KPI_EXACT);
    s->part[i] = is ? *b : (kpi__part){.metric = metric, .rules = s->part[i].rules};
    s->days[i] = (struct days){m->b->days, m->b->all_days};
    return move_replaced(m, s, metric);
}

/* Digits, points of the scheme, and the order of its metrics come last. */
static int replace_scheme(moving *m, const state *s, kpi_decimal points) {
    kpi_decimal change;
    bool same = m->a->digits == m->b->digits && m->a->of_points == m->b->of_points;
    if (__builtin_sub_overflow(points, s->points, &change)) return fail_range(m);
    if (same && !change) return KPI_OK;
    put_part(&m->cause, "", "scheme");
    kpi__buffer *side[] = {&m->from, &m->to};
    for (int i = 0; i < 2; i++) {
        const kpi__result *r = i ? m->b : m->a;
        put_decimal(side[i], r->of_points, KPI_EXACT);
        kpi__buffer_print(side[i], " points, %d digits", r->digits);
    }
    return move(m, "", true, change);
}

static int move_exactly(moving *m) {
    state s;
    kpi_decimal last;
    int code = check_result(m, m->a, m->b, &last);
    if (code) return code;
    bool made = begin_state(&s, m->a, m->b);
    s.points = last;
    code = made ? check_result(m, m->b, m->a, &last) : kpi__fail_memory(m->e);
    for (size_t i = 0; i < s.scheme.metrics && !code; i++) code = replace_metric(m, &s, i);
    if (!code && m->cause.len) code = fail_range(m);
    if (!code) code = replace_scheme(m, &s, last);
    if (!code) code = move_rules(m, ADJUSTMENTS);
    if (!code) code = move_rules(m, GATES);
    free_state(&s);
    return code;
}

/* ---- with printed figures only ---- */

/* Its points; 0 for a metric that is not there or was skipped. */
static kpi_decimal points_of(const kpi__part *part) { return part && !part->skipped ? part->change : 0; }

static const kpi__part *weighted_part(const kpi__result *r, const char *metric) {
    const kpi__part *part = part_named(r->part, metric);
    return part && part->figure[KPI__WEIGHT] ? part : NULL;
}

/* Without the zeros behind a point that a rounded figure may have. */
static kpi_text trimmed(const char *figure) {
    kpi_text text = kpi_text_of(figure);
    if (!memchr(figure, '.', text.len)) return text;
    while (figure[text.len - 1] == '0') text.len--;
    text.len -= figure[text.len - 1] == '.';
    return text;
}

static bool same_figure(const kpi__part *a, const kpi__part *b, enum kpi__figure which) {
    return !kpi_text_compare(trimmed(a->figure[which]), trimmed(b->figure[which]));
}

static int move_figures(moving *m, const char *metric) {
    static const struct { enum kpi__figure figure; const char *cause; } seen[] = {
        {KPI__ACTUAL, "actual"}, {KPI__TARGET, "target"}, {KPI__WEIGHT, "weight"}};
    const kpi__part *a = weighted_part(m->a, metric), *b = weighted_part(m->b, metric);
    bool same = a && b;
    if (!a && !b) return KPI_OK;
    for (enum kpi__figure k = 0; k < KPI__FIGURES && same; k++) same = same_figure(a, b, k);
    if (same) return KPI_OK;
    if (!a || !b) return move_points(m, metric, "metric", points_of(a), points_of(b));
    for (size_t k = 0; k < KPI__COUNT(seen); k++)
        if (!same_figure(a, b, seen[k].figure)) put_part(&m->cause, "+", seen[k].cause);
    return move_points(m, metric, m->cause.len ? "+unseen" : "unseen", points_of(a), points_of(b));
}

static int move_coarsely(moving *m) {
    int code = KPI_OK;
    for (const kpi__part *one = m->b->part; one && !code; one = one->next) code = move_figures(m, one->metric);
    for (const kpi__part *one = m->a->part; one && !code; one = one->next)
        if (!part_named(m->b->part, one->metric)) code = move_figures(m, one->metric);
    return code;
}

/* ---- the whole ---- */

static int move_owner(moving *m) {
    bool both = m->a && m->b;
    m->digits = m->a ? m->a->digits : 0;
    if (m->b && m->b->digits > m->digits) m->digits = m->b->digits;
    int code = move_score(m);
    if (code || !both || !m->a->has_score || !m->b->has_score) return code;
    if (m->a->exact && m->b->exact) return move_exactly(m);
    code = move_coarsely(m);
    return code ? code : move_rules(m, RULES); /* lines do not tell adjustments from gates */
}

int kpi_diff(const kpi_run *a, const kpi_run *b, kpi_names owners, kpi_move_put *put, void *context, kpi_error *e) {
    moving m = {.put = put, .context = context, .e = e};
    int code = KPI_OK;
    for (size_t i = 0, j = 0; !code && (i < kpi_run_size(a) || j < kpi_run_size(b));) {
        m.a = i < kpi_run_size(a) ? kpi__run_at(a, i) : NULL;
        m.b = j < kpi_run_size(b) ? kpi__run_at(b, j) : NULL;
        int order = m.a && m.b ? strcmp(m.a->owner, m.b->owner) : m.a ? -1 : 1;
        if (order < 0) m.b = NULL;
        if (order > 0) m.a = NULL;
        i += order <= 0;
        j += order >= 0;
        if (kpi_names_pass(owners, kpi_text_of(m.b ? m.b->owner : m.a->owner))) code = move_owner(&m);
    }
    free(m.cause.ptr);
    free(m.from.ptr);
    free(m.to.ptr);
    return code;
}
