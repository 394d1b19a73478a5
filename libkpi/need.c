/* need.c - the inverse of a score: what one metric alone would have to reach for a score, all others as they stand.
 *
 * The score as a function of one actual is not monotone: a curve may fall, an adjustment may work against it, a gate
 * may shut. But each part of it is (between points of the curve), so that of any range of values a bound of the score
 * is known from its two ends, which for a single value is the score itself. Ranges whose bound is too low are passed
 * over, others are halved, the half nearer to the actual first: the first single value that is enough is the answer. It
 * is then confirmed by scoring the sheet with it and with the value just before. */
#include "internal.h"

#include <stdlib.h>

enum { GAIN_DIGITS = 4, RANGES = 1 << 17 }; /* looked at for one answer at the most */

typedef struct search { /* for one metric; values are in units of its decimals */
    const kpi_sheet *sheet; /* that metric is known; its actual is tried out */
    kpi_sheet_row *row;
    size_t metric;
    kpi_decimal unit, weight;
    kpi_decimal rest;       /* what all others come to: points and adjustments */
    kpi_decimal ceiling;    /* of gates on others */
    kpi_decimal aim;
    unsigned ranges;        /* that may still be looked at */
    bool failed;            /* out of range */
} search;

#define NO_CEILING ((kpi_decimal)(~(unsigned __int128)0 >> 1))

static kpi_ratio actual_of(const search *s, kpi_decimal value) { return (kpi_ratio){value * s->unit, 1}; }

/* The lowest ceiling of gates on metrics that `on` is (or is not) one of. A gate bites on all of a range when it does
 * at both of its ends. */
static kpi_decimal lowest_ceiling(const search *s, bool own, kpi_ratio low, kpi_ratio high) {
    const kpi_scheme *scheme = s->sheet->scheme;
    kpi_decimal lowest = NO_CEILING;
    for (size_t k = 0; k < scheme->gates; k++) {
        const kpi_rule *rule = &scheme->gate[k];
        const kpi_sheet_row *row = &s->sheet->row[rule->metric];
        if ((rule->metric == s->metric) != own || !row->known || rule->ceiling >= lowest) continue;
        if (own ? kpi__beyond(rule, low) && kpi__beyond(rule, high) : kpi__beyond(rule, row->actual))
            lowest = rule->ceiling;
    }
    return lowest;
}

/* Adds a rule's change for a value. Out of range: far beyond any score, one way or the other. */
static kpi_decimal change_of(const search *s, const kpi_rule *rule, kpi_ratio actual) {
    kpi_decimal change;
    if (kpi__adjustment(rule, actual, s->sheet->scheme->digits, &change)) return change;
    return rule->points < 0 ? KPI_SCORE_ANY / 2 : -(KPI_SCORE_ANY / 2);
}

static bool add_changes(const search *s, bool own, kpi_ratio low, kpi_ratio high, kpi_decimal *sum) {
    const kpi_scheme *scheme = s->sheet->scheme;
    bool fits = true;
    for (size_t k = 0; k < scheme->adjusts && fits; k++) {
        const kpi_rule *rule = &scheme->adjust[k];
        const kpi_sheet_row *row = &s->sheet->row[rule->metric];
        if ((rule->metric == s->metric) != own || !row->known) continue;
        kpi_decimal a = change_of(s, rule, own ? low : row->actual), b = own ? change_of(s, rule, high) : a;
        fits = !__builtin_add_overflow(*sum, a > b ? a : b, sum);
    }
    return fits;
}

static bool most_points(const search *s, kpi_ratio low, kpi_ratio high, kpi_decimal *points) {
    const kpi_metric *metric = &s->sheet->scheme->metric[s->metric];
    const kpi_ratio *from = s->row->has_baseline ? &s->row->baseline : NULL;
    kpi__fraction x, y;
    *points = 0;
    if (!s->row->weighted) return true;
    return kpi__attainment(metric->lower ? high : low, s->row->target, from, metric->lower, &x) &&
           kpi__attainment(metric->lower ? low : high, s->row->target, from, metric->lower, &y) &&
           kpi__most_points(s->weight, &x, &y, metric->curve, metric->points, s->sheet->scheme->digits, points);
}

/* Whether a value of [low, high] may be enough; of a single one, whether it is. */
static bool may_do(search *s, kpi_decimal low, kpi_decimal high) {
    kpi_ratio a = actual_of(s, low), b = actual_of(s, high);
    kpi_decimal sum, ceiling = lowest_ceiling(s, true, a, b);
    if (s->aim > s->ceiling || s->aim > ceiling) return false;
    if (!most_points(s, a, b, &sum) || __builtin_add_overflow(sum, s->rest, &sum) || !add_changes(s, true, a, b, &sum))
        return s->failed = true, false;
    return sum >= s->aim;
}

/* The first value of [low, high] that is enough, counted from the end that `up` tells. false: none is. */
static bool find(search *s, kpi_decimal low, kpi_decimal high, bool up, kpi_decimal *value) {
    if (s->failed || !s->ranges || !may_do(s, low, high)) return false;
    s->ranges--;
    if (low == high) {
        *value = low;
        return true;
    }
    kpi_decimal middle = low + (high - low) / 2;
    if (up) return find(s, low, middle, up, value) || find(s, middle + 1, high, up, value);
    return find(s, middle + 1, high, up, value) || find(s, low, middle, up, value);
}

/* ---- where to look ---- */

static kpi_decimal round_towards(kpi_ratio value, kpi_decimal unit, bool up) {
    kpi_decimal den = value.den * unit, quotient = value.num / den, rest = value.num % den;
    return up ? quotient + (rest > 0) : quotient - (rest < 0);
}

/* From the actual on towards the better. Nothing measured: from 0 on, or from the worst down where lower is better. A
 * count is at least 1, or it were not known, unless that makes it 0. */
static void set_range(const search *s, bool measured, kpi_decimal *low, kpi_decimal *high) {
    const kpi_metric *metric = &s->sheet->scheme->metric[s->metric];
    kpi_decimal most = KPI_DECIMAL_MAX / s->unit;
    *low = measured && !metric->lower ? round_towards(s->row->actual, s->unit, true) : metric->lower ? -most : 0;
    *high = measured && metric->lower ? round_towards(s->row->actual, s->unit, false) : most;
    if (*high < *low && metric->lower) *low = *high; /* an actual beyond all numbers is looked at alone */
    if (*high < *low) *high = *low;
    kpi_decimal least = metric->missing != KPI_MISSING_ZERO;
    if (metric->take == KPI_TAKE_COUNT && *low < least) *low = least;
}

/* The score of the sheet with this value; false: there is none. */
static int score_with(const search *s, kpi_decimal value, bool *has_score, kpi_decimal *score, kpi_error *e) {
    kpi_scored scored;
    s->row->actual = actual_of(s, value);
    int code = kpi_sheet_score(s->sheet, NULL, &scored, e);
    if (!code) *has_score = scored.has_score, *score = scored.score;
    return code;
}

/* Scores the answer, and the value before, which is not enough. */
static int confirm(const search *s, kpi_decimal value, kpi_decimal before, bool has_before, kpi_decimal *score,
                   kpi_error *e) {
    bool scored = false, before_scored = false;
    kpi_decimal less = 0;
    kpi_error ignored;
    int code = score_with(s, value, &scored, score, e);
    if (code) return code;
    if (has_before && score_with(s, before, &before_scored, &less, &ignored)) before_scored = false;
    if (scored && *score >= s->aim && !(before_scored && less >= s->aim)) return KPI_OK;
    return kpi__fail(e, KPI_DATA, "what %s needs of %s cannot be confirmed", KPI__QUOTE(kpi_text_of(s->sheet->owner)),
                     KPI__QUOTE(kpi_text_of(s->sheet->scheme->metric[s->metric].name)));
}

/* What the sheet comes to without metric s->metric and rules: the rest, and the metric's weight in *weight. */
static int weigh(search *s, bool *has_score, kpi_error *e) {
    kpi_scheme plain = *s->sheet->scheme;
    kpi_sheet sheet = *s->sheet;
    kpi_scored scored;
    kpi_detail *detail = calloc(plain.metrics + 1, sizeof *detail);
    if (!detail) return kpi__fail_memory(e);
    plain.adjusts = plain.gates = 0;
    sheet.scheme = &plain;
    int code = kpi_sheet_score(&sheet, detail, &scored, e);
    s->rest = code ? 0 : scored.score;
    for (size_t k = 0; !code && k < scored.details; k++)
        if (detail[k].metric == &plain.metric[s->metric]) s->rest -= detail[k].points, s->weight = detail[k].weight;
    *has_score = !code && scored.has_score;
    free(detail);
    return code;
}

static int fail_search(const search *s, kpi_error *e) {
    return kpi__fail(e, KPI_DATA, "%s for %s: %s", KPI__QUOTE(kpi_text_of(s->sheet->scheme->metric[s->metric].name)),
                     KPI__QUOTE(kpi_text_of(s->sheet->owner)),
                     s->failed ? "what it needs is out of range"
                               : "an adjustment has too many steps against the curve to look through");
}

static int look(search *s, bool measured, kpi_need_line *line, kpi_error *e) {
    const kpi_ratio now = s->row->actual, none = {0, 1};
    kpi_decimal low, high, value;
    bool has_score = false, up = !s->sheet->scheme->metric[s->metric].lower;
    int code = weigh(s, &has_score, e);
    if (code || !has_score) return code;
    s->ceiling = lowest_ceiling(s, false, none, none);
    if (!add_changes(s, false, none, none, &s->rest)) return s->failed = true, fail_search(s, e);
    set_range(s, measured, &low, &high);
    line->reachable = low <= high && find(s, low, high, up, &value);
    if (s->failed || (!line->reachable && !s->ranges)) return fail_search(s, e);
    if (!line->reachable) return KPI_OK;
    code = confirm(s, value, up ? value - 1 : value + 1, value != (up ? low : high), &line->score, e);
    if (code) return code;
    line->need = value * s->unit;
    if (!measured) return KPI_OK;
    kpi_decimal more;
    if (__builtin_mul_overflow(line->need, now.den, &more) || __builtin_sub_overflow(more, now.num, &more))
        return s->failed = true, fail_search(s, e);
    line->more = (kpi_ratio){more, now.den};
    return KPI_OK;
}

/* ---- decimals ---- */

/* Decimals that value has; 2 where it has no end. */
static int digits_of(kpi_ratio value) {
    if (value.num % value.den) return 2;
    return kpi_decimal_digits(value.num / value.den);
}

static int digits_for(const kpi_metric *metric, const kpi_sheet_row *row, const kpi_need_options *o) {
    int digits = 0;
    if (metric->take == KPI_TAKE_COUNT) return 0;
    if (o->has_digits) return o->digits;
    const kpi_ratio *value[] = {row->weighted ? &row->target : NULL, row->has_baseline ? &row->baseline : NULL,
                                row->known ? &row->actual : NULL};
    for (size_t i = 0; i < KPI__COUNT(value); i++)
        if (value[i] && digits_of(*value[i]) > digits) digits = digits_of(*value[i]);
    return digits;
}

/* ---- what is looked for ---- */

/* The score that place `place` of the others has, from 0 on; owner i left out. */
static kpi_decimal score_of_other(const kpi_scores *scores, const kpi_scored *own, size_t place) {
    return kpi_scores_ranked(scores, place + (own->has_score && place >= own->rank - 1)).score;
}

/* The lowest score that brings this grade; false: none does. */
static bool score_for_grade(const kpi_scores *scores, const kpi_scored *own, const kpi_grade *grade, kpi_decimal *out) {
    uint64_t others = kpi_scores_number_ranked(scores) - own->has_score;
    *out = grade->has_from ? grade->from : KPI_SCORE_ANY;
    if (!grade->has_top) return true;
    kpi_decimal last = grade->top * (kpi_decimal)(others + 1) / (100 * KPI_ONE); /* the last rank that fits */
    if (last < 1) return false;
    if (last > (kpi_decimal)others) return true;
    kpi_decimal score = score_of_other(scores, own, (size_t)last - 1);
    if (score > *out) *out = score;
    return true;
}

static int grade_index(const kpi_scheme *scheme, const char *name) {
    int i = 0;
    while (i < (int)scheme->grades && strcmp(scheme->grade[i].name, name) != 0) i++;
    return i;
}

/* A grade is reached by the lowest score that brings it or one before it. */
static void aim_at_grade(kpi_needs *n, const kpi_scores *scores, const kpi_scored *own, int index) {
    const kpi_scheme *scheme = n->sheet.scheme;
    kpi_decimal score;
    n->grade = scheme->grade[index].name;
    for (int i = 0; i <= index; i++) {
        if (!score_for_grade(scores, own, &scheme->grade[i], &score)) continue;
        if (!n->has_score || score < n->score) n->score = score;
        n->has_score = true;
    }
}

static int set_aim(kpi_needs *n, const kpi_scores *scores, const kpi_scored *own, const kpi_need_options *o,
                   kpi_error *e) {
    const kpi_scheme *scheme = n->sheet.scheme;
    n->grade = "";
    n->has_score = o->has_score;
    n->score = o->score;
    if (o->has_score) return KPI_OK;
    int index = grade_index(scheme, o->grade ? o->grade : own->grade);
    if (o->grade && index == (int)scheme->grades)
        return kpi__fail_at(e, KPI_USAGE, scheme->place, "scheme %s has no grade %s",
                            KPI__QUOTE(kpi_text_of(scheme->name)), KPI__QUOTE(kpi_text_of(o->grade)));
    if (!o->grade) index--;
    if (index >= 0) aim_at_grade(n, scores, own, index);
    return KPI_OK;
}

/* ---- the whole ---- */

static bool is_ruled(const kpi_scheme *scheme, size_t metric) {
    bool ruled = false;
    for (size_t k = 0; k < scheme->adjusts; k++) ruled |= scheme->adjust[k].metric == metric;
    for (size_t k = 0; k < scheme->gates; k++) ruled |= scheme->gate[k].metric == metric;
    return ruled;
}

static int set_gain(const kpi_needs *n, const kpi_detail *d, kpi_need_line *line, kpi_error *e) {
    const kpi_metric *metric = line->metric;
    const kpi_ratio *from = line->row->has_baseline ? &line->row->baseline : NULL;
    kpi__fraction x;
    line->has_gain = line->row->known;
    if (!line->has_gain || (kpi__attainment(line->row->actual, line->row->target, from, metric->lower, &x) &&
                            kpi__gain(d->weight, &x, metric->curve, metric->points, line->row->target, from,
                                      GAIN_DIGITS, &line->gain)))
        return KPI_OK;
    return kpi__fail(e, KPI_DATA, "%s for %s: its gain is out of range", KPI__QUOTE(kpi_text_of(metric->name)),
                     KPI__QUOTE(kpi_text_of(n->sheet.owner)));
}

static int set_gains(kpi_needs *n, kpi_error *e) {
    const kpi_scheme *scheme = n->sheet.scheme;
    kpi_scored scored;
    kpi_detail *detail = calloc(scheme->metrics + scheme->adjusts + 1, sizeof *detail);
    int code = detail ? kpi_sheet_score(&n->sheet, detail, &scored, e) : kpi__fail_memory(e);
    for (size_t k = 0; !code && k < scored.details; k++) {
        if (detail[k].kind != KPI_DETAIL_METRIC) continue;
        kpi_need_line *line = n->line;
        while (line->metric != detail[k].metric) line++;
        code = set_gain(n, &detail[k], line, e);
    }
    free(detail);
    return code;
}

static int set_line(const kpi_needs *n, size_t metric, const kpi_need_options *o, kpi_sheet_row *trial,
                    kpi_need_line *line, kpi_error *e) {
    const kpi_scheme *scheme = n->sheet.scheme;
    *line = (kpi_need_line){.metric = &scheme->metric[metric], .row = &n->sheet.row[metric]};
    line->digits = digits_for(line->metric, line->row, o);
    if (!n->has_score) return KPI_OK;
    kpi_sheet sheet = n->sheet;
    memcpy(trial, sheet.row, scheme->metrics * sizeof *trial);
    sheet.row = trial;
    search s = {.sheet = &sheet, .row = &trial[metric], .metric = metric, .aim = n->score, .ranges = RANGES};
    s.unit = kpi__power10(6 - line->digits);
    trial[metric].measured = trial[metric].known = true;
    if (!line->row->known) trial[metric].actual = (kpi_ratio){0, 1};
    return look(&s, line->row->known, line, e);
}

static int set_lines(kpi_needs *n, const kpi_need_options *o, kpi_error *e) {
    const kpi_scheme *scheme = n->sheet.scheme;
    kpi_sheet_row *trial = calloc(scheme->metrics, sizeof *trial);
    int code = trial ? KPI_OK : kpi__fail_memory(e);
    for (size_t i = 0; i < scheme->metrics && !code; i++)
        if (n->sheet.row[i].weighted || is_ruled(scheme, i))
            code = set_line(n, i, o, trial, &n->line[n->lines++], e);
    free(trial);
    return code ? code : set_gains(n, e);
}

int kpi_needs_new(kpi_needs **out, const kpi_scores *scores, size_t i, const kpi_need_options *options, kpi_error *e) {
    const kpi_scheme *scheme = kpi_scores_scheme(scores);
    const kpi_scored own = kpi_scores_at(scores, i);
    kpi_needs *n = calloc(1, sizeof *n);
    kpi_sheet_row *row = calloc(scheme->metrics, sizeof *row);
    if (n) n->line = calloc(scheme->metrics, sizeof *n->line);
    int code = n && row && n->line ? kpi_scores_sheet(scores, i, &n->sheet, row, e) : kpi__fail_memory(e);
    if (n) n->sheet.row = row;
    if (!code) code = set_aim(n, scores, &own, options, e);
    if (!code) code = set_lines(n, options, e);
    if (!code) return *out = n, KPI_OK;
    if (!n) free(row);
    kpi_needs_free(n);
    return code;
}

void kpi_needs_free(kpi_needs *n) {
    if (!n) return;
    free(n->sheet.row);
    free(n->line);
    free(n);
}
