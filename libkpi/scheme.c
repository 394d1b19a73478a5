/* scheme.c - the document `scheme:`: metrics with weights and curves, roles, adjustments, gates, grades, tiers.
 *
 * Each kind of map has a table of its keys; a value that needs more than one of node.c's readers has a reader of
 * its own here. Metrics come first in the scheme's table, as roles and rules refer to them. */
#include "internal.h"

#include <string.h>

#define KEY(s, name, read, required) \
    { #name, read, offsetof(struct s, name), required }

int kpi_scheme_metric(const kpi_scheme *scheme, kpi_text name) {
    for (size_t i = 0; i < scheme->metrics; i++)
        if (!strncmp(scheme->metric[i].name, name.ptr, name.len) && !scheme->metric[i].name[name.len]) return (int)i;
    return -1;
}

bool kpi__scheme_holds(const kpi_scheme *scheme, kpi_period period) {
    return !scheme->has_period || kpi_period_inside(period, scheme->period);
}

/* ---- small readers ---- */

static int read_choice(kpi__reading *r, const kpi__node *node, const char *const *choice, size_t n, int *into) {
    const char *name;
    int code = kpi__read_name(r, node, &name);
    if (code) return code;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(choice[i], name)) return *into = (int)i, KPI_OK;
    char known[128] = "";
    for (size_t i = 0, at = 0; i < n; i++)
        at += (size_t)snprintf(known + at, sizeof known - at, "%s%s", i ? i + 1 < n ? ", " : " or " : "", choice[i]);
    return kpi__fail_node(r, node, "not %s: %s", known, KPI__QUOTE(kpi_text_of(name)));
}

static int read_better(kpi__reading *r, const kpi__node *node, void *into) {
    static const char *const choice[] = {"higher", "lower"};
    return read_choice(r, node, choice, KPI__COUNT(choice), into);
}

static int read_take(kpi__reading *r, const kpi__node *node, void *into) {
    static const char *const choice[] = {"sum", "mean", "last", "max", "min", "count"};
    return read_choice(r, node, choice, KPI__COUNT(choice), into);
}

static int read_missing(kpi__reading *r, const kpi__node *node, void *into) {
    static const char *const choice[] = {"none", "zero", "skip", "error"};
    return read_choice(r, node, choice, KPI__COUNT(choice), into);
}

static int read_above_zero(kpi__reading *r, const kpi__node *node, void *into) {
    int code = kpi__read_number(r, node, into);
    if (!code && *(kpi_decimal *)into <= 0)
        return kpi__fail_node(r, node, "not above 0: %s", KPI__QUOTE(kpi_text_of(node->text)));
    return code;
}

/* No more decimals than the scheme has digits; read after the key `digits`. */
static int check_digits(kpi__reading *r, const kpi__node *node, kpi_decimal value) {
    if (kpi_decimal_digits(value) <= r->scheme->digits) return KPI_OK;
    return kpi__fail_node(r, node, "more than %d decimals (digits): %s", r->scheme->digits,
                          KPI__QUOTE(kpi_text_of(node->text)));
}

static int read_points(kpi__reading *r, const kpi__node *node, void *into) {
    int code = kpi__read_number(r, node, into);
    return code ? code : check_digits(r, node, *(kpi_decimal *)into);
}

/* A weight, or another number of points that is not negative. */
static int read_weight(kpi__reading *r, const kpi__node *node, void *into) {
    int code = kpi__read_not_negative(r, node, into);
    return code ? code : check_digits(r, node, *(kpi_decimal *)into);
}

static int read_total(kpi__reading *r, const kpi__node *node, void *into) {
    int code = read_above_zero(r, node, into);
    return code ? code : check_digits(r, node, *(kpi_decimal *)into);
}

static int read_digits(kpi__reading *r, const kpi__node *node, void *into) {
    kpi_decimal value;
    int code = kpi__read_number(r, node, &value);
    if (code) return code;
    if (value < 0 || value > 6 * KPI_ONE || value % KPI_ONE)
        return kpi__fail_node(r, node, "not a whole number from 0 to 6: %s", KPI__QUOTE(kpi_text_of(node->text)));
    *(int *)into = (int)(value / KPI_ONE);
    return KPI_OK;
}

/* The index of one of the scheme's metrics. */
static int read_metric(kpi__reading *r, const kpi__node *node, void *into) {
    const char *name;
    int code = kpi__read_name(r, node, &name);
    if (code) return code;
    int index = kpi_scheme_metric(r->scheme, kpi_text_of(name));
    if (index < 0) return kpi__fail_node(r, node, "not a metric of the scheme: %s", KPI__QUOTE(kpi_text_of(name)));
    *(size_t *)into = (size_t)index;
    return KPI_OK;
}

/* ---- metrics ---- */

struct metric { /* as written; becomes a kpi_metric */
    const char *title, *unit;
    kpi_decimal weight;
    int better, take, missing;
    bool prorate;
    struct {
        const kpi_point *point;
        size_t n;
    } curve;
};

static int read_point(kpi__reading *r, const kpi__node *node, kpi_point *point) {
    if (node->kind != KPI__LIST || kpi__node_children(node) != 2)
        return kpi__fail_node(r, node, "a point of a curve must be [attainment, credit]");
    int code = kpi__read_number(r, node->child, &point->x);
    return code ? code : kpi__read_number(r, node->child->next, &point->y);
}

static int read_curve(kpi__reading *r, const kpi__node *node, void *into) {
    struct metric *metric = into;
    kpi_point *point;
    size_t n = 0;
    int code = kpi__read_many(r, node, KPI__LIST, "a curve", sizeof *point, &point, &metric->curve.n);
    if (code) return code;
    for (const kpi__node *child = node->child; child; child = child->next, n++) {
        if ((code = read_point(r, child, &point[n]))) return code;
        if (n && point[n].x < point[n - 1].x)
            return kpi__fail_node(r, child, "the attainments of a curve fall: %s",
                                  KPI__QUOTE(kpi_text_of(child->child->text)));
        if (n > 1 && point[n].x == point[n - 2].x)
            return kpi__fail_node(r, child, "more than two points at one attainment: %s",
                                  KPI__QUOTE(kpi_text_of(child->child->text)));
    }
    metric->curve.point = point;
    return KPI_OK;
}

static const kpi__key metric_keys[] = {
    KEY(metric, title, kpi__read_prose, false),  KEY(metric, unit, kpi__read_prose, false),
    KEY(metric, weight, read_weight, false),     KEY(metric, better, read_better, false),
    KEY(metric, take, read_take, false),         KEY(metric, missing, read_missing, false),
    KEY(metric, prorate, kpi__read_flag, false), {"curve", read_curve, 0, false}};
enum { METRIC_WEIGHT = 2 }; /* the row of weight above */

static int read_metric_map(kpi__reading *r, const kpi__node *node, kpi_metric *out) {
    static const kpi_point straight[] = {{0, 0}, {KPI_ONE, KPI_ONE}};
    struct metric metric = {.title = "", .unit = "", .curve = {straight, KPI__COUNT(straight)}};
    uint32_t seen = 0;
    int code = kpi__read_name(r, node->key, &out->name);
    bool bare = node->kind == KPI__SCALAR && node->plain && !*node->text; /* `sales:` alone: all defaults */
    if (!code && !bare) code = kpi__read_map(r, node, "a metric", metric_keys, KPI__COUNT(metric_keys), &metric, &seen);
    if (code) return code;
    if (metric.prorate && metric.take != KPI_TAKE_SUM && metric.take != KPI_TAKE_COUNT)
        return kpi__fail_node(r, kpi__node_child(node, "prorate"), "only take: sum and take: count can be prorated");
    out->title = metric.title;
    out->unit = metric.unit;
    out->lower = metric.better == 1;
    out->prorate = metric.prorate;
    out->weighted = seen >> METRIC_WEIGHT & 1;
    out->weight = metric.weight;
    out->take = (enum kpi_take)metric.take;
    out->missing = (enum kpi_missing)metric.missing;
    out->curve = metric.curve.point;
    out->points = metric.curve.n;
    out->place = kpi__node_place(r, node->key);
    return KPI_OK;
}

static int read_metrics(kpi__reading *r, const kpi__node *node, void *into) {
    kpi_scheme *scheme = into;
    kpi_metric *metric;
    size_t n;
    int code = kpi__read_many(r, node, KPI__MAP, "metrics", sizeof *metric, &metric, &n);
    scheme->metric = code ? NULL : metric;
    for (const kpi__node *child = node->child; child && !code; child = child->next)
        code = read_metric_map(r, child, &metric[scheme->metrics++]);
    return code;
}

/* ---- roles ---- */

static int read_role(kpi__reading *r, const kpi__node *node, kpi_role *role) {
    kpi_role_weight *weight;
    int code = kpi__read_name(r, node->key, &role->name);
    role->place = kpi__node_place(r, node->key);
    if (!code) code = kpi__read_many(r, node, KPI__MAP, "a role's weights", sizeof *weight, &weight, &role->weights);
    if (code) return code;
    role->weight = weight;
    for (const kpi__node *child = node->child; child && !code; child = child->next, weight++) {
        code = read_metric(r, child->key, &weight->metric);
        if (!code) code = read_weight(r, child, &weight->weight);
    }
    return code;
}

static int read_roles(kpi__reading *r, const kpi__node *node, void *into) {
    kpi_scheme *scheme = into;
    kpi_role *role;
    size_t n;
    int code = kpi__read_many(r, node, KPI__MAP, "roles", sizeof *role, &role, &n);
    scheme->role = code ? NULL : role;
    for (const kpi__node *child = node->child; child && !code; child = child->next)
        code = read_role(r, child, &role[scheme->roles++]);
    return code;
}

/* ---- adjustments and gates ---- */

struct rule { /* as written; becomes a kpi_rule */
    size_t metric;
    kpi_decimal above, below, each, points, at_most, score_at_most;
};
enum { RULE_ABOVE = 1, RULE_BELOW = 2, RULE_AT_MOST = 5 }; /* rows of the tables below */

static const kpi__key adjust_keys[] = {
    KEY(rule, metric, read_metric, true),      KEY(rule, above, kpi__read_number, false),
    KEY(rule, below, kpi__read_number, false), KEY(rule, each, read_above_zero, false),
    KEY(rule, points, kpi__read_number, true), KEY(rule, at_most, read_weight, false)};
static const kpi__key gate_keys[] = {KEY(rule, metric, read_metric, true), KEY(rule, above, kpi__read_number, false),
                                     KEY(rule, below, kpi__read_number, false),
                                     KEY(rule, score_at_most, read_points, true)};

static int read_rule(kpi__reading *r, const kpi__node *node, const char *what, const kpi__key *key, size_t keys,
                     kpi_rule *out) {
    struct rule rule = {.each = KPI_ONE};
    uint32_t seen;
    int code = kpi__read_map(r, node, what, key, keys, &rule, &seen);
    if (code) return code;
    bool above = seen >> RULE_ABOVE & 1, below = seen >> RULE_BELOW & 1;
    if (above == below) return kpi__fail_node(r, node, "%s needs above or below, and only one of them", what);
    *out = (kpi_rule){.metric = rule.metric,
                      .below = below,
                      .limit = below ? rule.below : rule.above,
                      .each = rule.each,
                      .points = rule.points,
                      .limited = seen >> RULE_AT_MOST & 1,
                      .at_most = rule.at_most,
                      .ceiling = rule.score_at_most,
                      .place = kpi__node_place(r, node)};
    return KPI_OK;
}

static int read_rules(kpi__reading *r, const kpi__node *node, const char *what, const kpi__key *key, size_t keys,
                      const kpi_rule **out, size_t *n) {
    kpi_rule *rule;
    int code = kpi__read_many(r, node, KPI__LIST, what, sizeof *rule, &rule, n);
    if (!code) *out = rule;
    for (const kpi__node *child = node->child; child && !code; child = child->next)
        code = read_rule(r, child, what, key, keys, rule++);
    return code;
}

static int read_adjust(kpi__reading *r, const kpi__node *node, void *into) {
    kpi_scheme *scheme = into;
    return read_rules(r, node, "an adjustment", adjust_keys, KPI__COUNT(adjust_keys), &scheme->adjust,
                      &scheme->adjusts);
}

static int read_gates(kpi__reading *r, const kpi__node *node, void *into) {
    kpi_scheme *scheme = into;
    return read_rules(r, node, "a gate", gate_keys, KPI__COUNT(gate_keys), &scheme->gate, &scheme->gates);
}

/* ---- grades and tiers ---- */

struct grade {
    const char *grade;
    kpi_decimal from, top;
};
static const kpi__key grade_keys[] = {KEY(grade, grade, kpi__read_name, true), KEY(grade, from, read_points, false),
                                      KEY(grade, top, read_above_zero, false)};

static int read_grades(kpi__reading *r, const kpi__node *node, void *into) {
    kpi_scheme *scheme = into;
    kpi_grade *grade;
    int code = kpi__read_many(r, node, KPI__LIST, "grades", sizeof *grade, &grade, &scheme->grades);
    if (!code) scheme->grade = grade;
    for (const kpi__node *child = node->child; child && !code; child = child->next, grade++) {
        struct grade row = {0};
        uint32_t seen;
        if ((code = kpi__read_map(r, child, "a grade", grade_keys, KPI__COUNT(grade_keys), &row, &seen))) break;
        if (row.top > 100 * KPI_ONE) return kpi__fail_node(r, child, "top of more than 100 %%");
        *grade = (kpi_grade){row.grade, seen >> 1 & 1, seen >> 2 & 1, row.from, row.top, kpi__node_place(r, child)};
    }
    return code;
}

static int read_tiers(kpi__reading *r, const kpi__node *node, void *into) {
    kpi_scheme *scheme = into;
    kpi_tier *tier;
    int code = kpi__read_many(r, node, KPI__MAP, "tiers", sizeof *tier, &tier, &scheme->tiers);
    if (!code) scheme->tier = tier;
    for (const kpi__node *child = node->child; child && !code; child = child->next, tier++) {
        kpi_decimal days = 0;
        tier->place = kpi__node_place(r, child->key);
        code = kpi__read_name(r, child->key, &tier->name);
        if (!code) code = kpi__read_number(r, child, &days);
        if (!code && (days <= 0 || days % KPI_ONE || days > 100000 * KPI_ONE))
            return kpi__fail_node(r, child, "not a number of days: %s", KPI__QUOTE(kpi_text_of(child->text)));
        tier->days = (int64_t)(days / KPI_ONE);
    }
    return code;
}

/* ---- the scheme ---- */

static int read_period(kpi__reading *r, const kpi__node *node, void *into) {
    kpi_scheme *scheme = into;
    kpi__named_period period;
    int code = kpi__read_period(r, node, &period);
    if (code) return code;
    scheme->has_period = true;
    scheme->period = period.days;
    scheme->period_text = period.text;
    return KPI_OK;
}

static const kpi__key scheme_keys[] = {{"scheme", kpi__read_name, offsetof(kpi_scheme, name), true},
                                       {"period", read_period, 0, false},
                                       {"digits", read_digits, offsetof(kpi_scheme, digits), false},
                                       {"points", read_total, offsetof(kpi_scheme, points), false},
                                       {"metrics", read_metrics, 0, true},
                                       {"roles", read_roles, 0, false},
                                       {"adjust", read_adjust, 0, false},
                                       {"gates", read_gates, 0, false},
                                       {"grades", read_grades, 0, false},
                                       {"tiers", read_tiers, 0, false}};

int kpi__scheme_read(kpi__reading *r, const kpi__node *root, kpi_scheme **out) {
    kpi_scheme *scheme = kpi__arena_get(r->arena, sizeof *scheme);
    if (!scheme) return kpi__fail_memory(r->e);
    scheme->points = 100 * KPI_ONE;
    scheme->digits = 2;
    scheme->place = kpi__node_place(r, root);
    r->scheme = scheme;
    int code = kpi__read_map(r, root, "a scheme", scheme_keys, KPI__COUNT(scheme_keys), scheme, NULL);
    r->scheme = NULL;
    *out = scheme;
    return code;
}
