/* sheet.c - one owner's score as a function of what goes into it, and of nothing else. Exact; the arithmetic is
 * credit.c's. Weights are scaled, each metric is rated, the points are summed up and adjusted, gates come last. */
#include "internal.h"

#include <stdlib.h>

/* A score in the making. */
typedef struct making {
    const kpi_sheet *sheet;
    kpi__share *share;        /* by metric */
    const kpi__curve *curve;  /* by metric, or NULL */
    kpi_detail *detail;       /* NULL: nobody wants any */
    kpi_scored *out;
    kpi__fault *fault;
} making;

static bool blame(making *m, size_t metric, const char *what) {
    *m->fault = (kpi__fault){metric, what};
    return false;
}

static bool skips(const making *m, size_t i) {
    const kpi_sheet_row *row = &m->sheet->row[i];
    return row->weighted && !row->known && m->sheet->scheme->metric[i].missing == KPI_MISSING_SKIP;
}

/* Skipped metrics give their weight to the others; there is a score when any is left. */
static bool share_weights(making *m) {
    const kpi_scheme *scheme = m->sheet->scheme;
    bool any = false, left = false;
    for (size_t i = 0; i < scheme->metrics; i++) {
        const kpi_sheet_row *row = &m->sheet->row[i];
        m->share[i] = (kpi__share){.weight = row->weighted ? row->weight : 0, .skip = skips(m, i), .place = i};
        any |= m->share[i].skip;
    }
    m->out->has_score = true;
    if (!any) return true;
    if (!kpi__scale_weights(m->share, scheme->metrics, scheme->points, scheme->digits))
        return blame(m, 0, "scaled weights out of range");
    for (size_t i = 0; i < scheme->metrics; i++) left |= m->share[i].weight != 0;
    m->out->has_score = left;
    return true;
}

/* ---- one metric ---- */

/* The line of metric i without its attainment, credit and points. */
static kpi_detail line_of(const making *m, size_t i) {
    const kpi_metric *metric = &m->sheet->scheme->metric[i];
    const kpi_sheet_row *row = &m->sheet->row[i];
    return (kpi_detail){.kind = KPI_DETAIL_METRIC,
                        .metric = metric,
                        .goal = row->goal,
                        .measured = row->measured,
                        .averaged = row->attainment,
                        .target = row->target,
                        .has_actual = row->known,
                        .actual = row->actual,
                        .weight = m->share[i].weight,
                        .skipped = skips(m, i),
                        .actual_rounds = metric->take == KPI_TAKE_MEAN && row->measured,
                        .target_rounds = row->prorated};
}

/* The points of metric i, of which there is an actual; what leads to them in *d. */
static bool rate_known(making *m, size_t i, kpi_detail *d, kpi_decimal *points) {
    const kpi_scheme *scheme = m->sheet->scheme;
    const kpi_metric *metric = &scheme->metric[i];
    const kpi_sheet_row *row = &m->sheet->row[i];
    const kpi_ratio *from = row->has_baseline ? &row->baseline : NULL;
    kpi__fraction x, y;
    if (m->curve && !m->detail && kpi__points_of_small(&m->curve[i], m->share[i].weight, row->actual, row->target, from,
                                                       metric->lower, scheme->digits, points))
        return true;
    if (row->attainment) x = *row->attainment;
    else if (!kpi__attainment(row->actual, row->target, from, metric->lower, &x))
        return blame(m, i, "there is no way from its baseline to its target");
    kpi__credit(&x, metric->curve, metric->points, &y);
    return (kpi__fraction_round(&x, 4, &d->attainment) && kpi__fraction_round(&y, 4, &d->credit) &&
            kpi__fraction_points(m->share[i].weight, &y, scheme->digits, points)) ||
           blame(m, i, "attainment or points out of range");
}

static bool rate(making *m, size_t i) {
    kpi_detail none, *d = m->detail ? &m->detail[m->out->details++] : &none;
    kpi_decimal points = 0;
    if (m->detail) *d = line_of(m, i);
    if (m->sheet->row[i].known && !rate_known(m, i, d, &points)) return false;
    d->points = points;
    if (__builtin_add_overflow(m->out->score, points, &m->out->score)) return blame(m, i, "score out of range");
    return true;
}

/* ---- rules ---- */

static void add_rule(making *m, enum kpi_detail_kind kind, const kpi_rule *rule, kpi_decimal change) {
    const kpi_metric *metric = &m->sheet->scheme->metric[rule->metric];
    const kpi_sheet_row *row = &m->sheet->row[rule->metric];
    if (!m->detail) return;
    m->detail[m->out->details++] = (kpi_detail){.kind = kind,
                                                .metric = metric,
                                                .rule = rule,
                                                .measured = row->measured,
                                                .has_actual = true,
                                                .actual = row->actual,
                                                .points = change,
                                                .actual_rounds = metric->take == KPI_TAKE_MEAN && row->measured};
}

static bool adjust(making *m) {
    const kpi_scheme *scheme = m->sheet->scheme;
    for (size_t k = 0; k < scheme->adjusts; k++) {
        const kpi_rule *rule = &scheme->adjust[k];
        const kpi_sheet_row *row = &m->sheet->row[rule->metric];
        kpi_decimal change;
        if (!row->known) continue;
        if (!kpi__adjustment(rule, row->actual, scheme->digits, &change) ||
            __builtin_add_overflow(m->out->score, change, &m->out->score))
            return blame(m, rule->metric, "adjustment out of range");
        if (change) add_rule(m, KPI_DETAIL_ADJUST, rule, change);
    }
    return true;
}

/* The lowest ceiling of the gates that are beyond their limit, the first of equals. */
static void pass_gates(making *m) {
    const kpi_scheme *scheme = m->sheet->scheme;
    const kpi_rule *lowest = NULL;
    for (size_t k = 0; k < scheme->gates; k++) {
        const kpi_rule *rule = &scheme->gate[k];
        const kpi_sheet_row *row = &m->sheet->row[rule->metric];
        if (row->known && kpi__beyond(rule, row->actual) && (!lowest || rule->ceiling < lowest->ceiling)) lowest = rule;
    }
    if (!lowest || lowest->ceiling >= m->out->score) return;
    add_rule(m, KPI_DETAIL_GATE, lowest, lowest->ceiling - m->out->score);
    m->out->score = lowest->ceiling;
}

/* ---- the whole ---- */

bool kpi__sheet_score(const kpi_sheet *sheet, kpi__share *share, const kpi__curve *curve, kpi_detail *detail,
                      kpi_scored *out, kpi__fault *fault) {
    making m = {sheet, share, curve, detail, out, fault};
    *out = (kpi_scored){.owner = sheet->owner, .grade = "", .detail = detail};
    if (!share_weights(&m)) return false;
    for (size_t i = 0; i < sheet->scheme->metrics; i++)
        if (sheet->row[i].weighted && !rate(&m, i)) return false;
    if (!out->has_score) return true;
    if (!adjust(&m)) return false;
    pass_gates(&m);
    return true;
}

int kpi_sheet_score(const kpi_sheet *sheet, kpi_detail *detail, kpi_scored *out, kpi_error *e) {
    const kpi_scheme *scheme = sheet->scheme;
    kpi__fault fault;
    kpi__share *share = calloc(scheme->metrics, sizeof *share);
    if (!share) return kpi__fail_memory(e);
    bool done = kpi__sheet_score(sheet, share, NULL, detail, out, &fault);
    free(share);
    if (done) return KPI_OK;
    return kpi__fail(e, KPI_DATA, "%s for %s in %s: %s", KPI__QUOTE(kpi_text_of(scheme->metric[fault.metric].name)),
                     KPI__QUOTE(kpi_text_of(sheet->owner)), sheet->period_text, fault.what);
}

const char *kpi_scheme_grade(const kpi_scheme *scheme, kpi_decimal score, uint64_t rank, uint64_t ranked) {
    for (size_t i = 0; i < scheme->grades; i++) {
        const kpi_grade *grade = &scheme->grade[i];
        if (grade->has_from && score < grade->from) continue;
        if (grade->has_top && (kpi_decimal)rank * 100 * KPI_ONE > grade->top * (kpi_decimal)ranked) continue;
        return grade->name;
    }
    return "";
}
