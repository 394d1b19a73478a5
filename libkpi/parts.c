/* parts.c - a goal taken apart into periods, owners, or both; the parts add up to the whole exactly.
 *
 * Parts are slices (the units of the period, or the period itself) times owners, in the order of days, then of the
 * owners given. The share of a part is that of its slice (1, its days, or what was measured a year before) times that
 * of its owner; or, where there is history and owners have no shares, what was measured of this owner a year before.
 * One split over all keeps each part within a unit of its exact share, which one split after another would not. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct slice {
    kpi_period period, before; /* before: a year */
    char text[KPI_PERIOD_SIZE];
} slice;

struct kpi_parts {
    kpi_parts_options options;
    kpi_goal goal;
    const kpi_target *set;
    bool counts;           /* take: count */
    slice *slice;
    size_t slices, owners, parts;
    size_t known;          /* owners with a history of their own: all, or the goal's */
    kpi_decimal *measured; /* by slice, then those */
    uint64_t straddles;    /* measures that lie in no slice as a whole */
    kpi_decimal *share, *target, *baseline; /* by part */
};

static int fail(const kpi_parts *p, kpi_error *e, const char *text) {
    return kpi__fail_at(e, KPI_DATA, p->goal.place, "%s", text);
}

/* ---- making ---- */

/* What is not added up over periods or owners cannot be taken apart either. */
static int check_metric(kpi_parts *p, const kpi_goals *goals, kpi_error *e) {
    for (size_t i = 0; i < kpi_goals_schemes(goals); i++) {
        const kpi_scheme *scheme = kpi_goals_scheme_at(goals, i);
        int index = kpi_scheme_metric(scheme, kpi_text_of(p->goal.metric));
        if (index < 0 || (scheme->has_period && !kpi_period_overlap(scheme->period, p->goal.period))) continue;
        enum kpi_take take = scheme->metric[index].take;
        if (take != KPI_TAKE_SUM && take != KPI_TAKE_COUNT)
            return kpi__fail_at(e, KPI_DATA, p->goal.place,
                                "%s is neither a sum nor a count: parts of it do not add up",
                                KPI__QUOTE(kpi_text_of(p->goal.metric)));
        p->counts = take == KPI_TAKE_COUNT;
    }
    return KPI_OK;
}

/* The next slice, from day on. */
static void set_slice(const kpi_parts *p, slice *s, kpi_day day) {
    if (p->options.into) {
        kpi_period_part(p->goal.period, p->options.unit, day, s->text, &s->period);
        s->before = kpi_period_year_before(s->period, p->options.unit);
        return;
    }
    s->period = p->goal.period;
    snprintf(s->text, sizeof s->text, "%s", p->goal.period_text);
    s->before = kpi_period_year_before(s->period, kpi_period_days(s->period) <= 7 ? KPI_UNIT_WEEK : KPI_UNIT_YEAR);
}

static int make_slices(kpi_parts *p, kpi_error *e) {
    size_t room = 0;
    for (kpi_day day = p->goal.period.first; day <= p->goal.period.last; day = p->slice[p->slices++].period.last + 1) {
        if (!kpi__grow(&p->slice, p->slices, &room, sizeof *p->slice)) return kpi__fail_memory(e);
        set_slice(p, &p->slice[p->slices], day);
    }
    if (p->slices > 1 || p->options.owners.n) return KPI_OK;
    return kpi__fail_at(e, KPI_DATA, p->goal.place, "%s is not longer than that: nothing to split",
                        p->goal.period_text);
}

static int make_parts(kpi_parts *p, kpi_error *e) {
    const kpi_parts_options *o = &p->options;
    p->owners = o->owners.n ? o->owners.n : 1;
    p->known = o->share ? 1 : p->owners;
    p->parts = p->slices * p->owners;
    p->measured = calloc(p->slices * p->known, sizeof *p->measured);
    p->share = calloc(p->parts, sizeof *p->share);
    p->target = calloc(p->parts, sizeof *p->target);
    p->baseline = calloc(p->parts, sizeof *p->baseline);
    return p->measured && p->share && p->target && p->baseline ? KPI_OK : kpi__fail_memory(e);
}

static const char *misuse(const kpi_parts_options *o) {
    if (!o->into && !o->owners.n) return "neither units nor owners to split among";
    if (o->days && !o->into) return "days are shares of units only";
    if (o->days && o->history) return "both days and history as shares";
    if (o->history && o->share && !o->into) return "both history and shares of owners, and no units";
    return NULL;
}

int kpi_parts_new(kpi_parts **out, const kpi_goals *goals, const kpi_goal *goal, const kpi_parts_options *options,
                  kpi_error *e) {
    if (misuse(options)) return kpi__fail(e, KPI_USAGE, "%s", misuse(options));
    kpi_parts *p = calloc(1, sizeof *p);
    if (!p) return kpi__fail_memory(e);
    p->options = *options;
    p->goal = *goal;
    p->set = kpi_goal_on(&p->goal, options->has_as_of ? options->as_of : goal->period.last);
    int code = check_metric(p, goals, e);
    if (!code && kpi_target_value(p->set).den != 1) code = fail(p, e, "a target with more than 6 decimals");
    if (!code) code = make_slices(p, e);
    if (!code) code = make_parts(p, e);
    if (code)
        kpi_parts_free(p);
    else
        *out = p;
    return code;
}

void kpi_parts_free(kpi_parts *p) {
    if (!p) return;
    free(p->slice);
    free(p->measured);
    free(p->share);
    free(p->target);
    free(p->baseline);
    free(p);
}

/* ---- history ---- */

/* Whose history number `who` is. */
static const char *known_owner(const kpi_parts *p, size_t who) {
    return p->options.owners.n && !p->options.share ? p->options.owners.name[who] : p->goal.owner;
}

int kpi_parts_measure(kpi_parts *p, const kpi_line *line, kpi_error *e) {
    kpi_period period;
    kpi_decimal value;
    size_t who = 0, s = 0;
    if (kpi_text_compare(line->field[2], kpi_text_of(p->goal.metric))) return KPI_OK;
    while (who < p->known && kpi_text_compare(line->field[1], kpi_text_of(known_owner(p, who)))) who++;
    if (who == p->known || kpi_period_parse(line->field[0], &period) || kpi_decimal_parse(line->field[3], &value))
        return KPI_OK;
    while (s < p->slices && !kpi_period_inside(period, p->slice[s].before)) s++;
    if (s == p->slices) {
        p->straddles += kpi_period_overlap(period, (kpi_period){p->slice[0].before.first, p->slice[s - 1].before.last});
        return KPI_OK;
    }
    kpi_decimal *sum = &p->measured[s * p->known + who];
    if (__builtin_add_overflow(*sum, p->counts ? KPI_ONE : value, sum))
        return kpi__fail_line(e, line, 4, "the sum of the measures is out of range");
    return KPI_OK;
}

static int warn_of_none(const kpi_parts *p, size_t none, size_t first, const kpi_report *report, kpi_error *e) {
    kpi__fail_at(e, KPI_OK, p->goal.place, "%zu part%s 0, as nothing was measured a year before, %s: %s for %s", none,
                 none == 1 ? " is" : "s are", none == 1 ? "this one" : "the first", p->slice[first / p->known].text,
                 KPI__QUOTE(kpi_text_of(known_owner(p, first % p->known))));
    return kpi__tell(report, e);
}

static int warn_of_straddles(const kpi_parts *p, const kpi_report *report, kpi_error *e) {
    bool one = p->straddles == 1;
    kpi__fail_at(e, KPI_OK, p->goal.place,
                 "%llu measure%s of a year before lie%s in no part as a whole and %s left out",
                 (unsigned long long)p->straddles, one ? "" : "s", one ? "s" : "", one ? "is" : "are");
    return kpi__tell(report, e);
}

/* That there is some, and that it can be shares. */
static int check_history(const kpi_parts *p, const kpi_report *report, kpi_error *e) {
    char text[KPI_NUMBER_SIZE];
    size_t none = 0, first = 0, cells = p->slices * p->known;
    for (size_t i = cells; i-- > 0;) {
        kpi_decimal_format(p->measured[i], KPI_EXACT, text);
        if (p->measured[i] < 0)
            return kpi__fail_at(e, KPI_DATA, p->goal.place, "a share below 0: %s was measured of %s a year before %s",
                                text, KPI__QUOTE(kpi_text_of(known_owner(p, i % p->known))),
                                p->slice[i / p->known].text);
        if (!p->measured[i]) none++, first = i;
    }
    int code = p->straddles ? warn_of_straddles(p, report, e) : KPI_OK;
    if (code || !none) return code;
    if (none == cells)
        return kpi__fail_at(e, KPI_DATA, p->goal.place, "nothing of %s was measured a year before",
                            KPI__QUOTE(kpi_text_of(p->goal.metric)));
    return warn_of_none(p, none, first, report, e);
}

/* ---- splitting ---- */

static int set_shares(kpi_parts *p, kpi_error *e) {
    for (size_t i = 0; i < p->parts; i++) {
        size_t s = i / p->owners, who = i % p->owners;
        kpi_decimal of_slice = p->options.days ? kpi_period_days(p->slice[s].period) : 1;
        if (p->options.history) of_slice = p->measured[s * p->known + (p->known > 1 ? who : 0)];
        if (__builtin_mul_overflow(of_slice, p->options.share ? p->options.share[who] : 1, &p->share[i]))
            return fail(p, e, "the shares are out of range");
    }
    return KPI_OK;
}

static int split(const kpi_parts *p, kpi_decimal whole, kpi_decimal *part, kpi_error *e) {
    int digits = p->options.has_digits ? p->options.digits : kpi_decimal_digits(whole);
    kpi_error problem;
    int code = kpi_split(whole, digits, p->share, p->parts, part, &problem);
    if (code == KPI_DATA) return fail(p, e, problem.text);
    return code ? kpi__fail_memory(e) : KPI_OK;
}

/* Whether part i is one of nothing, which needs no baseline. */
static bool is_nothing(const kpi_parts *p, size_t i) { return !p->target[i] && !p->baseline[i]; }

/* Each part leads from its baseline the way that the whole does. */
static int check_ways(const kpi_parts *p, bool up, kpi_error *e) {
    char target[KPI_NUMBER_SIZE], baseline[KPI_NUMBER_SIZE];
    for (size_t i = 0; i < p->parts; i++) {
        kpi_decimal way = p->target[i] - p->baseline[i];
        if (is_nothing(p, i) || (up ? way > 0 : way < 0)) continue;
        kpi_part part = kpi_parts_at(p, i);
        kpi_decimal_format(p->target[i], KPI_EXACT, target);
        kpi_decimal_format(p->baseline[i], KPI_EXACT, baseline);
        return kpi__fail_at(e, KPI_DATA, p->goal.place,
                            "too few decimals: the target of %s in %s would be %s, its baseline %s",
                            KPI__QUOTE(kpi_text_of(part.owner)), part.period_text, target, baseline);
    }
    return KPI_OK;
}

int kpi_parts_split(kpi_parts *p, const kpi_report *report, kpi_error *e) {
    kpi_decimal whole = kpi_target_value(p->set).num;
    int code = p->options.history ? check_history(p, report, e) : KPI_OK;
    if (!code) code = set_shares(p, e);
    if (!code) code = split(p, whole, p->target, e);
    if (code || !p->set->has_baseline) return code;
    code = split(p, p->set->baseline, p->baseline, e);
    return code ? code : check_ways(p, whole > p->set->baseline, e);
}

size_t kpi_parts_size(const kpi_parts *p) { return p->parts; }

kpi_part kpi_parts_at(const kpi_parts *p, size_t i) {
    const slice *s = &p->slice[i / p->owners];
    bool own = !p->options.owners.n;
    kpi_target set = {.target = p->target[i],
                      .has_baseline = p->set->has_baseline && !is_nothing(p, i),
                      .baseline = p->baseline[i],
                      .has_weight = p->set->has_weight && own,
                      .weight = p->set->weight};
    return (kpi_part){s->period, s->text, own ? p->goal.owner : p->options.owners.name[i % p->owners], set};
}
