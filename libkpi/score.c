/* score.c - goals and measures of one period to scores. No input or output; the arithmetic is credit.c's.
 *
 * The goals of the period stand together in the order of kpi_goals_at, owner by owner, metrics in the scheme's
 * order. Each owner is scored alone (weigh -> measure -> rate -> adjust), then all are ranked and graded. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct kpi_scores {
    const kpi_scheme *scheme;
    kpi__arena *arena;
    kpi_scored *scored; /* by owner */
    size_t n, room;
    uint32_t *order; /* by rank, then owner */
};

typedef struct slot { /* a metric of the owner at hand */
    const kpi_goal *goal;
    const kpi_target *set;
    const kpi_measure *measure;
    bool weighted, known; /* known: there is an actual */
    kpi_ratio actual;
} slot;

typedef struct work {
    kpi_scores *to;
    const kpi_goals *goals;
    const kpi_measures *measures;
    const kpi_score_options *options;
    const kpi_report *report;
    kpi_error *e;
    kpi_day as_of;
    kpi__dict *teams;
    bool *ruled; /* metrics that an adjustment or a gate looks at */
    bool *used;  /* measures that belong to a goal or a rule */
    slot *slot;  /* of the owner at hand, by metric */
    kpi__share *share;
    kpi_detail *scratch; /* details that are not kept */
    const char *owner;
    const kpi_role *role; /* tried instead of the owner's own; NULL: none */
    int64_t days;         /* of the period that the owner was there, when prorated */
} work;

static int fail_owner(work *w, const char *metric, const char *what) {
    return kpi__fail(w->e, KPI_DATA, "%s for %s in %s: %s", KPI__QUOTE(kpi_text_of(metric)),
                     KPI__QUOTE(kpi_text_of(w->owner)), w->options->period_text, what);
}

static bool prorates(const work *w, size_t metric) {
    return w->options->managers && w->to->scheme->metric[metric].prorate;
}

/* ---- weights ---- */

static const kpi_role *role_of(const work *w) {
    const kpi_scheme *scheme = w->to->scheme;
    if (w->role) return w->role;
    const kpi_entry *entry =
        w->options->managers ? kpi_book_at(w->options->managers, kpi_text_of(w->owner), w->options->period) : NULL;
    for (size_t i = 0; entry && i < scheme->roles; i++)
        if (!strcmp(scheme->role[i].name, entry->as)) return &scheme->role[i];
    return NULL;
}

/* The goal's own weight, else the role's, else the metric's. */
static void set_weights(work *w) {
    const kpi_scheme *scheme = w->to->scheme;
    const kpi_role *role = role_of(w);
    for (size_t i = 0; i < scheme->metrics; i++) {
        slot *s = &w->slot[i];
        s->weighted = !role && scheme->metric[i].weighted;
        w->share[i] = (kpi__share){.weight = s->weighted ? scheme->metric[i].weight : 0, .place = i};
    }
    for (size_t k = 0; role && k < role->weights; k++) {
        w->slot[role->weight[k].metric].weighted = true;
        w->share[role->weight[k].metric].weight = role->weight[k].weight;
    }
    for (size_t i = 0; i < scheme->metrics; i++) {
        const kpi_target *set = w->slot[i].set;
        if (!set || !set->has_weight) continue;
        w->slot[i].weighted = true;
        w->share[i].weight = set->weight;
    }
}

static int check_weights(work *w) {
    const kpi_scheme *scheme = w->to->scheme;
    kpi_decimal total = 0;
    char have[KPI_NUMBER_SIZE], need[KPI_NUMBER_SIZE];
    for (size_t i = 0; i < scheme->metrics; i++) {
        if (w->slot[i].weighted && !w->slot[i].goal)
            return fail_owner(w, scheme->metric[i].name, "it has a weight but no goal");
        if (!w->slot[i].weighted && w->slot[i].goal)
            return fail_owner(w, scheme->metric[i].name, "it has a goal but no weight");
        if (__builtin_add_overflow(total, w->share[i].weight, &total))
            return fail_owner(w, scheme->metric[i].name, "weights out of range");
    }
    if (total == scheme->points) return KPI_OK;
    kpi_decimal_format(total, KPI_EXACT, have);
    kpi_decimal_format(scheme->points, KPI_EXACT, need);
    return kpi__fail(w->e, KPI_DATA, "the weights of %s in %s add up to %s, not %s", KPI__QUOTE(kpi_text_of(w->owner)),
                     w->options->period_text, have, need);
}

/* ---- actuals ---- */

static kpi_ratio take(const kpi_measure *m, enum kpi_take how) {
    switch (how) {
    case KPI_TAKE_MEAN:
        return (kpi_ratio){m->sum, (kpi_decimal)m->n};
    case KPI_TAKE_LAST:
        return (kpi_ratio){m->last, 1};
    case KPI_TAKE_MAX:
        return (kpi_ratio){m->max, 1};
    case KPI_TAKE_MIN:
        return (kpi_ratio){m->min, 1};
    case KPI_TAKE_COUNT:
        return (kpi_ratio){(kpi_decimal)m->n * KPI_ONE, 1};
    default:
        return (kpi_ratio){m->sum, 1};
    }
}

static int set_actual(work *w, size_t i) {
    const kpi_metric *metric = &w->to->scheme->metric[i];
    slot *s = &w->slot[i];
    s->measure = kpi_measures_find(w->measures, kpi_text_of(w->owner), kpi_text_of(metric->name));
    s->known = s->measure || metric->missing == KPI_MISSING_ZERO;
    s->actual = s->measure ? take(s->measure, metric->take) : (kpi_ratio){0, 1};
    if (!s->measure && metric->missing == KPI_MISSING_ERROR) return fail_owner(w, metric->name, "no measure");
    const kpi_place *other = s->measure ? &s->measure->last_against : NULL;
    if (metric->take != KPI_TAKE_LAST || !other || !other->file) return KPI_OK;
    return kpi__fail_at(w->e, KPI_DATA, *other, "two last values of %s for %s, the other at %s:%llu",
                        KPI__QUOTE(kpi_text_of(metric->name)), KPI__QUOTE(kpi_text_of(w->owner)),
                        s->measure->last_from.file, (unsigned long long)s->measure->last_from.line);
}

static int set_actuals(work *w) {
    int code = KPI_OK;
    for (size_t i = 0; i < w->to->scheme->metrics && !code; i++)
        if (w->slot[i].weighted || w->ruled[i]) code = set_actual(w, i);
    return code;
}

/* ---- one metric ---- */

static kpi_ratio prorated(const work *w, size_t i, kpi_ratio value) {
    int64_t all = kpi_period_days(w->options->period);
    if (!prorates(w, i) || w->days == all) return value;
    return (kpi_ratio){value.num * w->days, value.den * all};
}

static int rate(work *w, size_t i, kpi_detail *d) {
    const kpi_scheme *scheme = w->to->scheme;
    const kpi_metric *metric = &scheme->metric[i];
    const slot *s = &w->slot[i];
    kpi_ratio target = prorated(w, i, kpi_target_value(s->set)),
              baseline = prorated(w, i, (kpi_ratio){s->set->baseline, 1});
    *d = (kpi_detail){.kind = KPI_DETAIL_METRIC,
                      .metric = metric,
                      .goal = s->goal,
                      .measure = s->measure,
                      .target = target,
                      .has_actual = s->known,
                      .actual = s->actual,
                      .weight = w->share[i].weight,
                      .skipped = !s->known && metric->missing == KPI_MISSING_SKIP,
                      .actual_rounds = metric->take == KPI_TAKE_MEAN && s->measure,
                      .target_rounds = prorates(w, i) && w->days != kpi_period_days(w->options->period)};
    if (!s->known) return KPI_OK;
    kpi__fraction x, y;
    if (!kpi__attainment(s->actual, target, s->set->has_baseline ? &baseline : NULL, metric->lower, &x))
        return fail_owner(w, metric->name, "there is no way from its baseline to its target");
    kpi__credit(&x, metric->curve, metric->points, &y);
    if (kpi__fraction_round(&x, 4, &d->attainment) && kpi__fraction_round(&y, 4, &d->credit) &&
        kpi__fraction_points(d->weight, &y, scheme->digits, &d->points))
        return KPI_OK;
    return fail_owner(w, metric->name, "attainment or points out of range");
}

/* ---- rules ---- */

static kpi_detail rule_detail(const work *w, enum kpi_detail_kind kind, const kpi_rule *rule, kpi_decimal change) {
    const slot *s = &w->slot[rule->metric];
    return (kpi_detail){.kind = kind,
                        .metric = &w->to->scheme->metric[rule->metric],
                        .rule = rule,
                        .measure = s->measure,
                        .has_actual = true,
                        .actual = s->actual,
                        .points = change,
                        .actual_rounds = w->to->scheme->metric[rule->metric].take == KPI_TAKE_MEAN && s->measure};
}

static int adjust(work *w, kpi_scored *scored, kpi_detail *d) {
    const kpi_scheme *scheme = w->to->scheme;
    for (size_t k = 0; k < scheme->adjusts; k++) {
        const kpi_rule *rule = &scheme->adjust[k];
        kpi_decimal change;
        if (!w->slot[rule->metric].known) continue;
        if (!kpi__adjustment(rule, w->slot[rule->metric].actual, scheme->digits, &change) ||
            __builtin_add_overflow(scored->score, change, &scored->score))
            return fail_owner(w, scheme->metric[rule->metric].name, "adjustment out of range");
        if (change) d[scored->details++] = rule_detail(w, KPI_DETAIL_ADJUST, rule, change);
    }
    return KPI_OK;
}

/* The lowest ceiling of the gates that are beyond their limit, the first of equals. */
static void pass_gates(work *w, kpi_scored *scored, kpi_detail *d) {
    const kpi_scheme *scheme = w->to->scheme;
    const kpi_rule *lowest = NULL;
    for (size_t k = 0; k < scheme->gates; k++) {
        const kpi_rule *rule = &scheme->gate[k];
        const slot *s = &w->slot[rule->metric];
        if (s->known && kpi__beyond(rule, s->actual) && (!lowest || rule->ceiling < lowest->ceiling)) lowest = rule;
    }
    if (!lowest || lowest->ceiling >= scored->score) return;
    d[scored->details++] = rule_detail(w, KPI_DETAIL_GATE, lowest, lowest->ceiling - scored->score);
    scored->score = lowest->ceiling;
}

/* ---- one owner ---- */

/* Skipped metrics give their weight to the others; whether any weight is left. */
static int skip_weights(work *w, bool *left) {
    const kpi_scheme *scheme = w->to->scheme;
    for (size_t i = 0; i < scheme->metrics; i++)
        w->share[i].skip = w->slot[i].weighted && !w->slot[i].known && scheme->metric[i].missing == KPI_MISSING_SKIP;
    if (!kpi__scale_weights(w->share, scheme->metrics, scheme->points, scheme->digits))
        return fail_owner(w, scheme->metric[0].name, "scaled weights out of range");
    *left = false;
    for (size_t i = 0; i < scheme->metrics; i++) *left |= w->share[i].weight != 0;
    return KPI_OK;
}

/* Room for all lines that the owner's score may have. */
static kpi_detail *new_details(work *w) {
    const kpi_scheme *scheme = w->to->scheme;
    if (w->scratch) return w->scratch;
    size_t rows = scheme->adjusts + 1;
    for (size_t i = 0; i < scheme->metrics; i++) rows += w->slot[i].weighted;
    return kpi__arena_get(w->to->arena, rows * sizeof(kpi_detail));
}

/* Sums up the points of d, then applies the rules. */
static int sum_up(work *w, kpi_scored *scored, kpi_detail *d) {
    const kpi_scheme *scheme = w->to->scheme;
    int code = KPI_OK;
    for (size_t i = 0; i < scheme->metrics && !code; i++) {
        if (!w->slot[i].weighted) continue;
        code = rate(w, i, &d[scored->details]);
        if (__builtin_add_overflow(scored->score, d[scored->details++].points, &scored->score))
            return fail_owner(w, scheme->metric[i].name, "score out of range");
    }
    if (!code && scored->has_score) code = adjust(w, scored, d);
    if (!code && scored->has_score) pass_gates(w, scored, d);
    return code;
}

static int score_owner(work *w) {
    bool left = false;
    set_weights(w);
    int code = check_weights(w);
    if (!code) code = set_actuals(w);
    if (!code) code = skip_weights(w, &left);
    if (code) return code;
    kpi_detail *d = new_details(w);
    if (!d || !kpi__grow(&w->to->scored, w->to->n, &w->to->room, sizeof *w->to->scored)) return kpi__fail_memory(w->e);
    kpi_scored scored = {.owner = w->owner, .has_score = left, .grade = "", .detail = d};
    if ((code = sum_up(w, &scored, d))) return code;
    if (w->scratch) scored.detail = NULL, scored.details = 0;
    w->to->scored[w->to->n++] = scored;
    return KPI_OK;
}

/* ---- who is scored ---- */

static int warn_owner(work *w, const char *why) {
    kpi__fail(w->e, KPI_OK, "%s is not scored in %s: %s", KPI__QUOTE(kpi_text_of(w->owner)), w->options->period_text,
              why);
    return kpi__tell(w->report, w->e);
}

static void mark_used(work *w) {
    const kpi_scheme *scheme = w->to->scheme;
    for (size_t i = 0; i < scheme->metrics; i++) {
        if (!w->slot[i].goal && !w->ruled[i]) continue;
        uint32_t number = kpi__measures_number(w->measures, kpi_text_of(w->owner), kpi_text_of(scheme->metric[i].name));
        if (number != KPI__NONE) w->used[number] = true;
    }
}

static bool needs_days(const work *w) {
    bool needs = false;
    for (size_t i = 0; i < w->to->scheme->metrics; i++) needs |= w->slot[i].goal && prorates(w, i);
    return needs;
}

/* The owner whose goals are those from i on; *next is the first goal of another. */
static int set_goals(work *w, size_t i, size_t end, size_t *next) {
    const kpi_scheme *scheme = w->to->scheme;
    w->owner = kpi_goals_at(w->goals, i)->owner;
    memset(w->slot, 0, scheme->metrics * sizeof *w->slot);
    for (size_t metric = 0; i < end && !strcmp(kpi_goals_at(w->goals, i)->owner, w->owner); i++) {
        const kpi_goal *goal = kpi_goals_at(w->goals, i); /* in the order of the scheme's metrics */
        while (metric < scheme->metrics && strcmp(scheme->metric[metric].name, goal->metric)) metric++;
        if (metric == scheme->metrics) return fail_owner(w, goal->metric, "the scheme knows no such metric");
        w->slot[metric].goal = goal;
        w->slot[metric].set = kpi_goal_on(goal, w->as_of);
    }
    *next = i;
    return KPI_OK;
}

static int take_owner(work *w, size_t i, size_t end, size_t *next) {
    const kpi_book *book = w->options->managers;
    size_t entries;
    int code = set_goals(w, i, end, next);
    if (code) return code;
    mark_used(w);
    if (book && !kpi_book_find(book, kpi_text_of(w->owner), &entries)) {
        bool team = kpi__dict_find(w->teams, kpi_text_of(w->owner)) != KPI__NONE;
        return team ? KPI_OK : warn_owner(w, "not in the book of managers");
    }
    w->days = book ? kpi_book_days(book, kpi_text_of(w->owner), w->options->period) : 0;
    if (!w->days && needs_days(w)) return warn_owner(w, "not there on any day of it");
    return score_owner(w);
}

/* ---- ranks and grades ---- */

static int by_score(const void *x, const void *y, void *context) {
    const kpi_scores *s = context;
    uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
    const kpi_scored *a = &s->scored[i], *b = &s->scored[j];
    if (a->has_score != b->has_score) return a->has_score ? -1 : 1;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return i < j ? -1 : i > j; /* scored stands by owner */
}

static const char *grade_of(const kpi_scheme *scheme, const kpi_scored *scored, uint64_t ranked) {
    for (size_t i = 0; i < scheme->grades; i++) {
        const kpi_grade *grade = &scheme->grade[i];
        if (grade->has_from && scored->score < grade->from) continue;
        if (grade->has_top && (kpi_decimal)scored->rank * 100 * KPI_ONE > grade->top * (kpi_decimal)ranked) continue;
        return grade->name;
    }
    return "";
}

static int rank(kpi_scores *s, kpi_error *e) {
    uint64_t ranked = 0;
    if (!s->n) return KPI_OK;
    if (!(s->order = malloc(s->n * sizeof *s->order))) return kpi__fail_memory(e);
    for (size_t i = 0; i < s->n; i++) {
        s->order[i] = (uint32_t)i;
        ranked += s->scored[i].has_score;
    }
    qsort_r(s->order, s->n, sizeof *s->order, by_score, s);
    for (size_t i = 0; i < ranked; i++) {
        kpi_scored *scored = &s->scored[s->order[i]], *before = i ? &s->scored[s->order[i - 1]] : NULL;
        scored->rank = before && before->score == scored->score ? before->rank : i + 1;
        scored->grade = grade_of(s->scheme, scored, ranked);
    }
    return KPI_OK;
}

/* ---- warnings ---- */

static int warn_of_unused(work *w) {
    uint64_t lines = 0;
    const kpi_measure *first = NULL;
    kpi_text manager = {0}, metric = {0}, a, b;
    for (uint32_t i = 0; i < kpi__measures_size(w->measures); i++) {
        const kpi_measure *m = kpi__measures_at(w->measures, i, &a, &b);
        if (w->used[i]) continue;
        lines += m->n;
        if (!first) first = m, manager = a, metric = b; /* numbers are in the order of first lines */
    }
    if (!lines) return KPI_OK;
    kpi__fail_at(w->e, KPI_OK, first->first_place,
                 "%llu measure%s without a goal, adjustment or gate in %s, this %s: %s for %s",
                 (unsigned long long)lines, lines == 1 ? "" : "s", w->options->period_text,
                 lines == 1 ? "one" : "the first", KPI__QUOTE(metric), KPI__QUOTE(manager));
    return kpi__tell(w->report, w->e);
}

/* ---- the whole ---- */

static int need_book(const work *w) {
    const kpi_scheme *scheme = w->to->scheme;
    bool prorate = false;
    for (size_t i = 0; i < scheme->metrics; i++) prorate |= scheme->metric[i].prorate;
    if (w->options->managers || (!prorate && !scheme->roles)) return KPI_OK;
    return kpi__fail_at(w->e, KPI_USAGE, scheme->place, "scheme %s has %s, so a book of managers is needed (-M)",
                        KPI__QUOTE(kpi_text_of(scheme->name)), scheme->roles ? "roles" : "prorated metrics");
}

static int prepare(work *w) {
    const kpi_scheme *scheme = w->to->scheme;
    const kpi_book *book = w->options->managers;
    w->as_of = w->options->has_as_of ? w->options->as_of : w->options->period.last;
    w->ruled = calloc(scheme->metrics, sizeof *w->ruled);
    w->used = calloc(w->measures ? kpi__measures_size(w->measures) + 1 : 1, sizeof *w->used);
    w->slot = calloc(scheme->metrics, sizeof *w->slot);
    w->share = calloc(scheme->metrics, sizeof *w->share);
    w->teams = kpi__dict_new();
    if (w->options->totals_only) w->scratch = calloc(scheme->metrics + scheme->adjusts + 1, sizeof *w->scratch);
    if (!w->ruled || !w->used || !w->slot || !w->share || !w->teams || (w->options->totals_only && !w->scratch))
        return kpi__fail_memory(w->e);
    for (size_t k = 0; k < scheme->adjusts; k++) w->ruled[scheme->adjust[k].metric] = true;
    for (size_t k = 0; k < scheme->gates; k++) w->ruled[scheme->gate[k].metric] = true;
    for (size_t i = 0; book && i < kpi_book_size(book); i++) {
        const char *team = kpi_book_entry(book, i)->of;
        if (*team && kpi__dict_put(w->teams, kpi_text_of(team)) == KPI__NONE) return kpi__fail_memory(w->e);
    }
    return KPI_OK;
}

static void free_work(work *w) {
    free(w->ruled);
    free(w->used);
    free(w->slot);
    free(w->share);
    free(w->scratch);
    kpi__dict_free(w->teams);
}

/* The goals whose period is P stand together: [*from, *end). */
static void find_goals(const work *w, size_t *from, size_t *end) {
    kpi_period p = w->options->period;
    size_t n = kpi_goals_size(w->goals), i = 0;
    while (i < n && !kpi_period_same(kpi_goals_at(w->goals, i)->period, p)) i++;
    *from = i;
    while (i < n && kpi_period_same(kpi_goals_at(w->goals, i)->period, p)) i++;
    *end = i;
}

static int score_all(work *w) {
    size_t i, end;
    find_goals(w, &i, &end);
    if (i == end) return kpi__fail(w->e, KPI_NO, "no goal for %s", w->options->period_text);
    int code = kpi_goals_scheme(w->goals, w->options->period, w->options->period_text, &w->to->scheme, w->e);
    if (!code) code = need_book(w);
    if (!code) code = prepare(w);
    while (!code && i < end) code = take_owner(w, i, end, &i);
    if (!code) code = rank(w->to, w->e);
    if (!code) code = kpi__measures_warn(w->measures, w->report, w->e);
    if (!code) code = warn_of_unused(w);
    return code;
}

int kpi_score(kpi_scores **out, const kpi_goals *goals, const kpi_measures *measures, const kpi_score_options *options,
              const kpi_report *report, kpi_error *e) {
    kpi_scores *scores = calloc(1, sizeof *scores);
    if (!scores || !(scores->arena = kpi__arena_new())) {
        kpi_scores_free(scores);
        return kpi__fail_memory(e);
    }
    work w = {.to = scores, .goals = goals, .measures = measures, .options = options, .report = report, .e = e};
    int code = score_all(&w);
    free_work(&w);
    if (code)
        kpi_scores_free(scores);
    else
        *out = scores;
    return code;
}

/* ---- weights alone ---- */

/* Without a book the owner may have any role: the first fault is told when none fits. */
static int weigh(work *w, kpi_place place) {
    const kpi_scheme *scheme = w->to->scheme;
    kpi_error first, *e = w->e;
    set_weights(w);
    int code = check_weights(w);
    first = *e;
    for (size_t i = 0; code == KPI_DATA && !w->options->managers && i < scheme->roles; i++) {
        w->role = &scheme->role[i];
        set_weights(w);
        code = check_weights(w);
    }
    w->role = NULL;
    if (code != KPI_DATA) return code;
    kpi__fail_at(e, KPI_DATA, place, "%s", first.text);
    return kpi__tell(w->report, e);
}

static int weigh_all(work *w) {
    size_t i, end, entries;
    const kpi_book *book = w->options->managers;
    find_goals(w, &i, &end);
    int code = prepare(w);
    while (!code && i < end) {
        const kpi_goal *goal = kpi_goals_at(w->goals, i);
        code = set_goals(w, i, end, &i);
        bool scored = !book || kpi_book_find(book, kpi_text_of(goal->owner), &entries);
        if (!code && scored) code = weigh(w, goal->place);
    }
    return code;
}

int kpi_weights_check(const kpi_goals *goals, const kpi_score_options *options, const kpi_report *report,
                      kpi_error *e) {
    kpi_scores scores = {0};
    work w = {.to = &scores, .goals = goals, .options = options, .report = report, .e = e};
    int code = kpi_goals_scheme(goals, options->period, options->period_text, &scores.scheme, e);
    if (!code) code = weigh_all(&w);
    free_work(&w);
    return code;
}

void kpi_scores_free(kpi_scores *s) {
    if (!s) return;
    kpi__arena_free(s->arena);
    free(s->scored);
    free(s->order);
    free(s);
}

const kpi_scheme *kpi_scores_scheme(const kpi_scores *s) { return s->scheme; }
size_t kpi_scores_size(const kpi_scores *s) { return s->n; }
const kpi_scored *kpi_scores_at(const kpi_scores *s, size_t i) { return &s->scored[i]; }
const kpi_scored *kpi_scores_ranked(const kpi_scores *s, size_t i) { return &s->scored[s->order[i]]; }
