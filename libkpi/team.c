/* team.c - scores of teams, made of what their members were scored by.
 *
 * Metrics that add up (take sum, count) have the sums of the members' actuals, targets and baselines. A member without
 * a baseline has, in such a sum, the one that gives the same attainment: 0, or twice the target where lower is better;
 * one without a measure stands at its baseline, as attainment is 0 there. Of others the attainment is the mean of the
 * members', exactly: a fraction whose denominator is the least that they have in common, as far as wide numbers go. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct total { /* of a metric of a team */
    bool weighted, known, measured, prorated, has_baseline;
    bool stands; /* one stands at a baseline that is prorated */
    kpi_decimal weight;
    kpi_ratio actual, target, baseline;
    kpi__fraction mean; /* the sum of attainments, until the end */
    size_t rated;
} total;

struct team {
    kpi_scored scored;
    kpi_detail *detail;
    size_t members;
    total *total; /* by metric */
};

struct kpi_teams {
    const kpi_scheme *scheme;
    const char *period_text;
    kpi__arena *arena;
    kpi__dict *names;
    struct team *team; /* by number of name */
    size_t room;
    uint32_t *name; /* by name */
    uint32_t *rank; /* by rank, then name */
};

void kpi_teams_free(kpi_teams *t) {
    if (!t) return;
    kpi__arena_free(t->arena);
    kpi__dict_free(t->names);
    free(t->team);
    free(t->name);
    free(t->rank);
    free(t);
}

static int fail_team(const kpi_teams *t, const struct team *team, size_t metric, const char *what, kpi_error *e) {
    return kpi__fail(e, KPI_DATA, "%s for team %s in %s: %s", KPI__QUOTE(kpi_text_of(t->scheme->metric[metric].name)),
                     KPI__QUOTE(kpi_text_of(team->scored.owner)), t->period_text, what);
}

/* ---- sums ---- */

/* false: out of range. */
static bool add_ratio(kpi_ratio *sum, kpi_ratio r) {
    kpi_decimal factor = kpi__common(sum->den, r.den), left, right, mine = r.den / factor, its = sum->den / factor;
    return !__builtin_mul_overflow(sum->num, mine, &left) && !__builtin_mul_overflow(r.num, its, &right) &&
           !__builtin_add_overflow(left, right, &sum->num) && !__builtin_mul_overflow(sum->den, mine, &sum->den);
}

static bool double_ratio(kpi_ratio r, kpi_ratio *out) {
    out->den = r.den;
    return !__builtin_mul_overflow(r.num, 2, &out->num);
}

/* ---- fractions ---- */

enum { MEAN_LIMBS = 11 }; /* what credits and points are made of it must have room */

/* As a number. false: it is too large. */
static bool narrow(const kpi__wide *w, kpi_decimal *out) {
    kpi__wide one;
    kpi__wide_set(&one, 1);
    return kpi__wide_floor(w, &one, out);
}

static void reduce(kpi__fraction *x) {
    kpi_decimal num, den;
    if (!narrow(&x->num, &num) || !narrow(&x->den, &den)) return;
    kpi_decimal factor = kpi__common(num, den);
    kpi__wide_set(&x->num, num / factor);
    kpi__wide_set(&x->den, den / factor);
}

/* w / by, which leaves *rest. */
static kpi__wide divide(const kpi__wide *w, uint64_t by, uint64_t *rest) {
    __extension__ typedef unsigned __int128 u128;
    kpi__wide out = *w;
    u128 left = 0;
    for (int i = w->n; i-- > 0;) {
        left = left << 64 | w->limb[i];
        out.limb[i] = (uint64_t)(left / by);
        left %= by;
    }
    while (out.n && !out.limb[out.n - 1]) out.n--;
    *rest = (uint64_t)left;
    return out;
}

/* false: the denominator in common is too large. */
static bool add_fraction(kpi__fraction *sum, kpi__fraction x) {
    kpi_decimal den;
    kpi__wide mine, its = sum->den;
    reduce(&x);
    mine = x.den;
    if (narrow(&x.den, &den) && den <= INT64_MAX) {
        uint64_t rest;
        divide(&sum->den, (uint64_t)den, &rest);
        uint64_t factor = (uint64_t)kpi__common(den, (kpi_decimal)rest);
        kpi__wide_set(&mine, den / (kpi_decimal)factor);
        its = divide(&sum->den, factor, &rest);
    }
    kpi__wide_mul(&sum->num, &sum->num, &mine);
    kpi__wide_mul(&x.num, &x.num, &its);
    kpi__wide_add(&sum->num, &sum->num, &x.num);
    kpi__wide_mul(&sum->den, &sum->den, &mine);
    return !sum->num.over && !sum->den.over && sum->num.n <= MEAN_LIMBS && sum->den.n <= MEAN_LIMBS;
}

/* ---- members ---- */

static bool adds_up(const kpi_metric *m) { return m->take == KPI_TAKE_SUM || m->take == KPI_TAKE_COUNT; }

static bool add_sums(total *to, const kpi_metric *metric, const kpi_sheet_row *row) {
    kpi_ratio base = row->baseline;
    if (!row->has_baseline && metric->lower && !double_ratio(row->target, &base)) return false;
    if (!row->has_baseline && !metric->lower) base = (kpi_ratio){0, 1};
    to->has_baseline |= row->has_baseline;
    to->prorated |= row->prorated;
    to->stands |= row->prorated && !row->known;
    return add_ratio(&to->target, row->target) && add_ratio(&to->baseline, base) &&
           add_ratio(&to->actual, row->known ? row->actual : base);
}

/* Without a measure it is 0. */
static bool add_attainment(total *to, const kpi_metric *metric, const kpi_sheet_row *row) {
    kpi__fraction x;
    to->rated++;
    if (!row->known) return true;
    return kpi__attainment(row->actual, row->target, row->has_baseline ? &row->baseline : NULL, metric->lower, &x) &&
           add_fraction(&to->mean, x);
}

static int add_row(const kpi_teams *t, struct team *team, size_t i, const kpi_sheet_row *row, kpi_error *e) {
    const kpi_metric *metric = &t->scheme->metric[i];
    total *to = &team->total[i];
    if (!row->weighted) return KPI_OK;
    to->weighted = true;
    if (__builtin_add_overflow(to->weight, row->weight, &to->weight))
        return fail_team(t, team, i, "weights out of range", e);
    if (!row->known && metric->missing == KPI_MISSING_SKIP) return KPI_OK;
    to->known |= row->known;
    to->measured |= row->measured;
    if (adds_up(metric) ? add_sums(to, metric, row) : add_attainment(to, metric, row)) return KPI_OK;
    return fail_team(t, team, i, "its members' figures are out of range together", e);
}

/* The team of this name; a new one has nothing yet. */
static struct team *team_named(kpi_teams *t, const char *name) {
    uint32_t known = kpi__dict_size(t->names), number = kpi__dict_put(t->names, kpi_text_of(name));
    if (number == KPI__NONE || !kpi__grow(&t->team, number, &t->room, sizeof *t->team)) return NULL;
    struct team *team = &t->team[number];
    if (number < known) return team;
    size_t metrics = t->scheme->metrics;
    *team = (struct team){.scored = {.owner = kpi__dict_key(t->names, number).ptr, .grade = ""},
                          .detail = kpi__arena_get(t->arena, (metrics + 1) * sizeof(kpi_detail)),
                          .total = kpi__arena_get(t->arena, metrics * sizeof(total))};
    if (!team->detail || !team->total) return NULL;
    for (size_t i = 0; i < metrics; i++) {
        team->total[i].actual = team->total[i].target = team->total[i].baseline = (kpi_ratio){0, 1};
        kpi__wide_set(&team->total[i].mean.num, 0);
        kpi__wide_set(&team->total[i].mean.den, 1);
    }
    return team;
}

static int add_member(kpi_teams *t, const kpi_scores *scores, size_t i, const char *name, kpi_sheet_row *row,
                      kpi_error *e) {
    kpi_sheet sheet;
    struct team *team = team_named(t, name);
    if (!team) return kpi__fail_memory(e);
    int code = kpi_scores_sheet(scores, i, &sheet, row, e);
    team->members++;
    for (size_t k = 0; k < t->scheme->metrics && !code; k++) code = add_row(t, team, k, &row[k], e);
    return code;
}

static int add_members(kpi_teams *t, const kpi_scores *scores, const kpi_report *report, kpi_error *e) {
    kpi__scored_with with = kpi__scores_with(scores);
    kpi_sheet_row *row = malloc(t->scheme->metrics * sizeof *row);
    int code = row ? KPI_OK : kpi__fail_memory(e);
    for (size_t i = 0; i < kpi_scores_size(scores) && !code; i++) {
        const char *owner = kpi_scores_at(scores, i).owner;
        const kpi_entry *entry = kpi_book_at(with.options->managers, kpi_text_of(owner), with.options->period);
        if (entry && *entry->of) {
            code = add_member(t, scores, i, entry->of, row, e);
            continue;
        }
        kpi__fail(e, KPI_OK, "%s is in no team in %s", KPI__QUOTE(kpi_text_of(owner)), t->period_text);
        code = kpi__tell(report, e);
    }
    free(row);
    return code;
}

/* ---- scores ---- */

static void set_row(const kpi_metric *metric, total *from, kpi_decimal weight, kpi_sheet_row *row) {
    *row = (kpi_sheet_row){.weighted = from->weighted,
                           .known = from->known,
                           .measured = from->measured,
                           .prorated = from->prorated,
                           .has_baseline = from->has_baseline,
                           .weight = weight,
                           .target = from->target,
                           .baseline = from->baseline,
                           .actual = from->actual};
    kpi__wide rated;
    if (adds_up(metric)) return;
    kpi__wide_set(&rated, (kpi_decimal)(from->rated ? from->rated : 1));
    kpi__wide_mul(&from->mean.den, &from->mean.den, &rated);
    row->attainment = &from->mean;
}

/* The weights are the means of the members', in units of the scheme's digits by largest remainder. */
static int score_team(const kpi_teams *t, struct team *team, kpi__share *share, kpi_sheet_row *row, kpi_error *e) {
    kpi_scheme scheme = *t->scheme;
    scheme.adjusts = scheme.gates = 0; /* their limits are those of one manager */
    kpi__fault fault;
    const char *name = team->scored.owner;
    for (size_t i = 0; i < scheme.metrics; i++) share[i] = (kpi__share){.weight = team->total[i].weight, .place = i};
    if (!kpi__scale_weights(share, scheme.metrics, scheme.points, scheme.digits))
        return fail_team(t, team, 0, "weights out of range", e);
    for (size_t i = 0; i < scheme.metrics; i++)
        set_row(&scheme.metric[i], &team->total[i], share[i].weight, &row[i]);
    kpi_sheet sheet = {.scheme = &scheme, .owner = name, .period_text = t->period_text, .row = row};
    if (!kpi__sheet_score(&sheet, share, NULL, team->detail, &team->scored, &fault))
        return fail_team(t, team, fault.metric, fault.what, e);
    for (size_t k = 0; k < team->scored.details; k++)
        team->detail[k].actual_rounds |= team->total[team->detail[k].metric - scheme.metric].stands;
    return KPI_OK;
}

static int by_score(const void *x, const void *y, void *context) {
    const kpi_teams *t = context;
    const kpi_scored *a = &t->team[*(const uint32_t *)x].scored, *b = &t->team[*(const uint32_t *)y].scored;
    if (a->has_score != b->has_score) return a->has_score ? -1 : 1;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return strcmp(a->owner, b->owner);
}

static int rank(kpi_teams *t, kpi_error *e) {
    size_t n = kpi_teams_size(t);
    uint64_t ranked = 0;
    t->name = malloc((n + 1) * sizeof *t->name);
    t->rank = malloc((n + 1) * sizeof *t->rank);
    if (!t->name || !t->rank || !kpi__sort_dict(t->names, 1, t->name)) return kpi__fail_memory(e);
    memcpy(t->rank, t->name, n * sizeof *t->rank);
    qsort_r(t->rank, n, sizeof *t->rank, by_score, t);
    for (size_t i = 0; i < n; i++) ranked += t->team[i].scored.has_score;
    for (size_t i = 0; i < ranked; i++) {
        kpi_scored *s = &t->team[t->rank[i]].scored, *before = i ? &t->team[t->rank[i - 1]].scored : NULL;
        s->rank = before && before->score == s->score ? before->rank : i + 1;
        s->grade = kpi_scheme_grade(t->scheme, s->score, s->rank, ranked);
    }
    return KPI_OK;
}

static int score_teams(kpi_teams *t, kpi_error *e) {
    kpi__share *share = calloc(t->scheme->metrics, sizeof *share);
    kpi_sheet_row *row = calloc(t->scheme->metrics, sizeof *row);
    int code = share && row ? KPI_OK : kpi__fail_memory(e);
    for (size_t i = 0; i < kpi_teams_size(t) && !code; i++) code = score_team(t, &t->team[i], share, row, e);
    free(share);
    free(row);
    return code ? code : rank(t, e);
}

int kpi_teams_new(kpi_teams **out, const kpi_scores *scores, const kpi_report *report, kpi_error *e) {
    kpi__scored_with with = kpi__scores_with(scores);
    if (!with.options->managers) return kpi__fail(e, KPI_USAGE, "teams need a book of managers (-M)");
    kpi_teams *t = calloc(1, sizeof *t);
    if (!t) return kpi__fail_memory(e);
    t->scheme = kpi_scores_scheme(scores);
    t->period_text = with.options->period_text;
    t->arena = kpi__arena_new();
    t->names = kpi__dict_new();
    int code = t->arena && t->names ? add_members(t, scores, report, e) : kpi__fail_memory(e);
    if (!code) code = score_teams(t, e);
    if (code)
        kpi_teams_free(t);
    else
        *out = t;
    return code;
}

size_t kpi_teams_size(const kpi_teams *t) { return kpi__dict_size(t->names); }
kpi_scored kpi_teams_at(const kpi_teams *t, size_t i) { return t->team[t->name[i]].scored; }
kpi_scored kpi_teams_ranked(const kpi_teams *t, size_t i) { return t->team[t->rank[i]].scored; }

static const char *name_at(const void *teams, size_t i) { return kpi_teams_at(teams, i).owner; }

size_t kpi_teams_find(const kpi_teams *t, kpi_text name, kpi_text *nearest) {
    return kpi__find_name(name, kpi_teams_size(t), name_at, t, nearest);
}
