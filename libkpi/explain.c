/* explain.c - how a score came about: each step with its figure and the formula that gives it, in the numbers that went
 * into it. A formula is one for bc(1), and exact: what was rounded for print stands in it as what it was made of.
 *
 * What is told is found out first (struct told, by metric), then written as steps or as one JSON object. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- single measures ---- */

typedef struct entry {
    struct entry *next; /* of the same manager and metric, the later one */
    kpi_period period;
    const char *period_text;
    kpi_decimal value;
    kpi_place place;
} entry;

struct kpi_journal {
    kpi_names owners;
    kpi__arena *arena;
    kpi__dict *managers, *metrics, *files;
    kpi__pairs *numbers;
    entry **last; /* by number of a pair; of a ring, so that ->next is the first */
    size_t room;
};

int kpi_journal_new(kpi_journal **out, kpi_names owners, kpi_error *e) {
    kpi_journal *j = calloc(1, sizeof *j);
    if (!j) return kpi__fail_memory(e);
    j->owners = owners;
    j->arena = kpi__arena_new();
    j->managers = kpi__dict_new();
    j->metrics = kpi__dict_new();
    j->files = kpi__dict_new();
    j->numbers = kpi__pairs_new();
    if (j->arena && j->managers && j->metrics && j->files && j->numbers) {
        *out = j;
        return KPI_OK;
    }
    kpi_journal_free(j);
    return kpi__fail_memory(e);
}

void kpi_journal_free(kpi_journal *j) {
    if (!j) return;
    kpi__arena_free(j->arena);
    kpi__dict_free(j->managers);
    kpi__dict_free(j->metrics);
    kpi__dict_free(j->files);
    kpi__pairs_free(j->numbers);
    free(j->last);
    free(j);
}

static int keep_measure(kpi_journal *j, const kpi_line *line, const entry *measure, kpi_error *e) {
    uint32_t manager = kpi__dict_put(j->managers, line->field[1]), metric = kpi__dict_put(j->metrics, line->field[2]);
    bool known = manager != KPI__NONE && metric != KPI__NONE;
    uint32_t number = known ? kpi__pairs_put(j->numbers, manager, metric) : KPI__NONE;
    entry *one = kpi__arena_get(j->arena, sizeof *one);
    const char *text = kpi__arena_text(j->arena, line->field[0]);
    if (number == KPI__NONE || !one || !text || !kpi__grow(&j->last, number, &j->room, sizeof *j->last))
        return kpi__fail_memory(e);
    *one = *measure;
    one->period_text = text;
    entry **last = &j->last[number];
    one->next = *last ? (*last)->next : one;
    if (*last) (*last)->next = one;
    *last = one;
    return KPI_OK;
}

struct taking {
    kpi_journal *journal;
    kpi_measures *measures;
    const char *file;
};

static int take_measure(void *context, kpi_line *line, kpi_error *e) {
    struct taking *to = context;
    entry one = {.place = {to->file, line->number, 0}};
    kpi_period_parse(line->field[0], &one.period);
    kpi_decimal_parse(line->field[3], &one.value);
    int code = kpi_measures_add(to->measures, line->field[1], line->field[2], one.period, one.value, one.place, e);
    if (code || !kpi_names_pass(to->journal->owners, line->field[1])) return code;
    return keep_measure(to->journal, line, &one, e);
}

int kpi_journal_read(kpi_journal *j, kpi_measures *measures, const char *path, const kpi_report *report, kpi_error *e) {
    kpi_reader *reader;
    uint32_t file = kpi__dict_put(j->files, kpi_text_of(path));
    if (file == KPI__NONE) return kpi__fail_memory(e);
    struct taking to = {j, measures, kpi__dict_key(j->files, file).ptr};
    int code = kpi_reader_open(&reader, path, e);
    return code ? code : kpi__each_record(reader, kpi_record_of(KPI_MEASURE), take_measure, &to, report, e);
}

static int by_period(const void *x, const void *y) {
    const entry *a = *(entry *const *)x, *b = *(entry *const *)y;
    if (a->period.first != b->period.first) return a->period.first < b->period.first ? -1 : 1;
    if (a->period.last != b->period.last) return a->period.last < b->period.last ? -1 : 1;
    if (a->value != b->value) return a->value < b->value ? -1 : 1;
    return strcmp(a->period_text, b->period_text);
}

/* Those inside period, in an order that does not depend on that of the lines. *n 0 and NULL: none. */
static bool find_entries(const kpi_journal *j, const char *owner, const char *metric, kpi_period period,
                         const entry ***out, size_t *n) {
    uint32_t a = kpi__dict_find(j->managers, kpi_text_of(owner)), b = kpi__dict_find(j->metrics, kpi_text_of(metric));
    uint32_t number = a == KPI__NONE || b == KPI__NONE ? KPI__NONE : kpi__pairs_find(j->numbers, a, b);
    *out = NULL;
    *n = 0;
    if (number == KPI__NONE) return true;
    entry *last = j->last[number], *one = last;
    size_t all = 0;
    do all++; while ((one = one->next) != last);
    if (!(*out = malloc(all * sizeof **out))) return false;
    do {
        one = one->next;
        if (kpi_period_inside(one->period, period)) (*out)[(*n)++] = one;
    } while (one != last);
    qsort(*out, *n, sizeof **out, by_period);
    return true;
}

/* ---- what is told ---- */

typedef struct told { /* of a metric */
    const kpi_metric *metric;
    const kpi_sheet_row *row;
    const kpi_detail *line;         /* NULL: it has no weight */
    bool counts;                    /* it has one, or a rule looks at it */
    kpi_goal goal;
    const kpi_target *set;          /* what holds of it */
    const kpi_revision *by;         /* the revision that set it; NULL: none did */
    kpi_measure measure;
    const entry **entry;            /* all of them, when they are known */
    size_t entries;
    size_t segment;                 /* points of the curve at or before the attainment */
    const char *unrounded;          /* figure of the points */
    /* Formulas; NULL: there is none. */
    const char *actual_is, *target_is, *prorated_is, *baseline_is, *attainment_is, *credit_is, *points_is, *scaled_is;
} told;

typedef struct talk {
    const kpi_scores *scores;
    kpi__scored_with with;
    const kpi_journal *journal;
    const kpi_scheme *scheme;
    kpi_scored scored;
    kpi_sheet sheet;
    kpi_detail *detail;
    told *told;
    const char *sum_is;
    kpi__arena *arena;
    kpi__buffer b;                  /* for what is being put together */
    kpi_error *e;
} talk;

/* What was put together, kept; the next begins. */
static const char *keep(talk *x) {
    const char *text = kpi__arena_text(x->arena, (kpi_text){x->b.ptr ? x->b.ptr : "", x->b.len});
    x->b.failed |= !text;
    x->b.len = 0;
    return text ? text : "";
}

/* Whether all decimals of r can be printed. */
static bool terminates(kpi_ratio r) {
    kpi_decimal den = r.den;
    int twos = 0, fives = 0;
    for (; den % 2 == 0; den /= 2) twos++;
    for (; den % 5 == 0; den /= 5) fives++;
    return r.num % den == 0 && twos <= 14 && fives <= 14;
}

/* The exact value: a decimal number, or a quotient. */
static void put_exact(talk *x, kpi_ratio r) {
    char num[KPI_NUMBER_SIZE], den[KPI_NUMBER_SIZE];
    bool whole = terminates(r);
    kpi_ratio_format(whole ? r : (kpi_ratio){r.num, 1}, KPI_EXACT, num);
    kpi__buffer_put(&x->b, num);
    if (whole) return;
    kpi_ratio_format((kpi_ratio){r.den * KPI_ONE, 1}, KPI_EXACT, den);
    kpi__buffer_print(&x->b, " / %s", den);
}

/* The same, as part of a larger formula. */
static const char *exact(talk *x, kpi_ratio r) {
    bool bare = r.num >= 0 && terminates(r);
    if (!bare) kpi__buffer_put(&x->b, "(");
    put_exact(x, r);
    if (!bare) kpi__buffer_put(&x->b, ")");
    return keep(x);
}

static const char *number(talk *x, kpi_decimal value) { return exact(x, (kpi_ratio){value, 1}); }

#define SAY(x, ...) (kpi__buffer_print(&(x)->b, __VA_ARGS__), keep(x))

/* ---- formulas of a metric ---- */

static const char *prorate(talk *x, const char *value) {
    return SAY(x, "%s * %lld / %lld", value, (long long)x->sheet.days, (long long)x->sheet.all_days);
}

static const char *attain(talk *x, const told *t, const char *a, const char *target, const char *base) {
    if (t->row->has_baseline) return SAY(x, "(%s - %s) / (%s - %s)", a, base, target, base);
    if (t->row->target.num == 0) return SAY(x, "(%s %s 0)", a, t->metric->lower ? "<=" : ">=");
    return SAY(x, t->metric->lower ? "2 - %s / %s" : "%s / %s", a, target);
}

static const char *credit(talk *x, const told *t) {
    const kpi_metric *m = t->metric;
    size_t i = t->segment;
    const kpi_point *p = &m->curve[i ? i - 1 : 0], *q = &m->curve[i < m->points ? i : i - 1];
    kpi_decimal dx = q->x - p->x, dy = q->y - p->y;
    const char *start = number(x, p->y), *from = number(x, p->x);
    if (!dx || !dy || i == 0 || i == m->points) return start;
    if (dx == dy && p->x == p->y) return t->attainment_is;
    if (p->y) kpi__buffer_print(&x->b, "%s + ", start);
    const char *before = keep(x);
    if (p->x) kpi__buffer_print(&x->b, "(%s - %s)", t->attainment_is, from);
    else kpi__buffer_print(&x->b, "(%s)", t->attainment_is);
    const char *way = keep(x), *y = number(x, q->y), *to = number(x, q->x);
    return SAY(x, "%s%s * (%s - %s) / (%s - %s)", before, way, y, start, to, from);
}

/* weight * y with 6 decimals, cut, and dots where there are more. */
static const char *unrounded(talk *x, kpi_decimal weight, const kpi__fraction *y) {
    kpi__wide num, den, unit, product;
    kpi_decimal value;
    char text[KPI_NUMBER_SIZE];
    kpi__wide_set(&unit, weight);
    kpi__wide_mul(&num, &y->num, &unit);
    bool negative = num.negative;
    num.negative = false;
    kpi__wide_set(&unit, KPI_ONE);
    den = y->den;
    if (!kpi__wide_floor(&num, &den, &value)) return "";
    kpi__wide_set(&product, value);
    kpi__wide_mul(&product, &product, &den);
    bool whole = !kpi__wide_compare(&product, &num);
    kpi_decimal_format(value, whole ? KPI_EXACT : 6, text);
    return SAY(x, "%s%s%s", negative && (value || !whole) ? "-" : "", text, whole ? "" : "...");
}

/* What the weights of metrics that are not skipped add up to. */
static kpi_decimal weight_left(const talk *x) {
    kpi_decimal left = 0;
    for (size_t i = 0; i < x->scheme->metrics; i++) {
        const told *t = &x->told[i];
        if (t->line && !t->line->skipped) left += t->row->weight;
    }
    return left;
}

static void rate(talk *x, told *t) {
    const kpi_sheet_row *row = t->row;
    kpi__fraction at, y;
    const char *target = exact(x, kpi_target_value(t->set)), *base = number(x, t->set->baseline);
    if (row->prorated) {
        t->prorated_is = prorate(x, target);
        t->baseline_is = row->has_baseline ? prorate(x, base) : NULL;
        target = SAY(x, "(%s)", t->prorated_is);
        if (row->has_baseline) base = SAY(x, "(%s)", t->baseline_is);
    }
    if (!row->known) return;
    t->attainment_is = attain(x, t, exact(x, row->actual), target, base);
    kpi__attainment(row->actual, row->target, row->has_baseline ? &row->baseline : NULL, t->metric->lower, &at);
    kpi__credit(&at, t->metric->curve, t->metric->points, &y);
    t->segment = kpi__segment(&at, t->metric->curve, t->metric->points);
    t->credit_is = credit(x, t);
    const char *weight = number(x, t->line->weight);
    t->points_is = SAY(x, strchr(t->credit_is, ' ') ? "%s * (%s)" : "%s * %s", weight, t->credit_is);
    t->unrounded = unrounded(x, t->line->weight, &y);
}

static void weigh(talk *x, told *t) {
    kpi_decimal left = weight_left(x);
    if (!t->line || t->line->skipped || left == x->scheme->points || !left) return;
    const char *weight = number(x, t->row->weight), *points = number(x, x->scheme->points);
    t->scaled_is = SAY(x, "%s * %s / %s", weight, points, number(x, left));
}

/* Sums of few measures are shown as such; a mean as a quotient. */
enum { FEW = 12 };

static void sum_entries(talk *x, told *t) {
    const char *sum = "";
    for (size_t i = 0; i < t->entries; i++)
        sum = SAY(x, "%s%s%s", sum, i ? " + " : "", number(x, t->entry[i]->value));
    bool mean = t->metric->take == KPI_TAKE_MEAN;
    t->actual_is = mean ? SAY(x, "(%s) / %zu", sum, t->entries) : sum;
}

static int find_measures(talk *x, told *t) {
    const char *owner = x->scored.owner, *metric = t->metric->name;
    const kpi_measure *m = &t->measure;
    if (!kpi_measures_find(x->with.measures, kpi_text_of(owner), kpi_text_of(metric), &t->measure))
        t->measure.n = 0;
    if (x->journal && !find_entries(x->journal, owner, metric, x->with.options->period, &t->entry, &t->entries))
        return kpi__fail_memory(x->e);
    if (!m->n) return KPI_OK;
    bool adds = t->metric->take == KPI_TAKE_SUM || t->metric->take == KPI_TAKE_MEAN;
    if (adds && t->entries == m->n && m->n <= FEW)
        sum_entries(x, t);
    else if (t->metric->take == KPI_TAKE_MEAN)
        t->actual_is = SAY(x, "%s / %llu", number(x, m->sum), (unsigned long long)m->n);
    return KPI_OK;
}

static void find_goal(talk *x, told *t) {
    t->goal = kpi_goals_at(x->with.goals, t->row->goal);
    t->set = kpi_goal_on(&t->goal, x->with.as_of);
    for (const kpi_revision *r = t->goal.revision; r && r->on <= x->with.as_of; r = r->next) t->by = r;
    if (!t->set->percent) return;
    const char *base = number(x, t->set->baseline);
    t->target_is = SAY(x, "%s * (1 + %s / 100)", base, number(x, t->set->target));
}

static void sum_up(talk *x) {
    char text[KPI_NUMBER_SIZE];
    const char *sum = "";
    for (size_t k = 0; k < x->scored.details; k++) {
        const kpi_detail *d = &x->detail[k];
        if (d->skipped) continue;
        kpi_decimal_format(d->points < 0 && *sum ? -d->points : d->points, x->scheme->digits, text);
        sum = SAY(x, "%s%s%s", sum, !*sum ? "" : d->points < 0 ? " - " : " + ", text);
    }
    x->sum_is = sum;
}

static int find_out(talk *x) {
    size_t line = 0;
    for (size_t k = 0; k < x->scheme->adjusts; k++) x->told[x->scheme->adjust[k].metric].counts = true;
    for (size_t k = 0; k < x->scheme->gates; k++) x->told[x->scheme->gate[k].metric].counts = true;
    for (size_t i = 0; i < x->scheme->metrics; i++) {
        told *t = &x->told[i];
        t->metric = &x->scheme->metric[i];
        t->row = &x->sheet.row[i];
        if (t->row->weighted) t->line = &x->detail[line++];
        t->counts |= t->row->weighted;
        int code = find_measures(x, t);
        if (code) return code;
        if (t->line) find_goal(x, t);
        if (t->line) rate(x, t);
    }
    for (size_t i = 0; i < x->scheme->metrics; i++) weigh(x, &x->told[i]);
    sum_up(x);
    return x->b.failed ? kpi__fail_memory(x->e) : KPI_OK;
}

static int begin(talk *x, const kpi_scores *scores, size_t i, const kpi_journal *journal, kpi_error *e) {
    const kpi_scheme *scheme = kpi_scores_scheme(scores);
    kpi_sheet_row *row;
    kpi_scored again;
    *x = (talk){.scores = scores, .journal = journal, .scheme = scheme, .scored = kpi_scores_at(scores, i), .e = e};
    x->with = kpi__scores_with(scores);
    if (!(x->arena = kpi__arena_new())) return kpi__fail_memory(e);
    row = kpi__arena_get(x->arena, scheme->metrics * sizeof *row);
    x->told = kpi__arena_get(x->arena, scheme->metrics * sizeof *x->told);
    x->detail = kpi__arena_get(x->arena, (scheme->metrics + scheme->adjusts + 1) * sizeof *x->detail);
    if (!row || !x->told || !x->detail) return kpi__fail_memory(e);
    int code = kpi_scores_sheet(scores, i, &x->sheet, row, e);
    if (!code) code = kpi_sheet_score(&x->sheet, x->detail, &again, e);
    if (code) return code;
    x->scored.details = again.details;
    return find_out(x);
}

static void end(talk *x) {
    for (size_t i = 0; x->told && i < x->scheme->metrics; i++) free(x->told[i].entry);
    kpi__arena_free(x->arena);
    free(x->b.ptr);
}

/* ---- what both say ---- */

static const char *place_text(talk *x, kpi_place place) {
    size_t n = kpi_text_line(kpi_text_of(place.file), NULL, 0);
    char *at = kpi__buffer_room(&x->b, n);
    if (at) kpi_text_line(kpi_text_of(place.file), at, n), x->b.len += n;
    kpi__buffer_print(&x->b, ":%llu", (unsigned long long)place.line);
    if (place.column) kpi__buffer_print(&x->b, ":%u", place.column);
    return keep(x);
}

static const char *day_text(talk *x, kpi_day day) {
    char text[KPI_PERIOD_SIZE];
    kpi_day_format(day, text);
    return SAY(x, "%s", text);
}

static const char *take_text(const kpi_metric *metric) {
    static const char *const text[] = {"sum", "mean", "last", "max", "min", "count"};
    return text[metric->take];
}

static const char *missing_text(const kpi_metric *metric) {
    static const char *const text[] = {"none", "zero", "skip", "error"};
    return text[metric->missing];
}

static const char *weight_by(const talk *x, const told *t) {
    return t->set->has_weight ? "goal" : x->sheet.role ? "role" : "metric";
}

/* How a rule came out. */
typedef struct ruling {
    const kpi_sheet_row *row;
    bool beyond;               /* its limit */
    const char *over_is;       /* how far beyond, in steps of `each` */
    bool has_steps, has_change;
    kpi_decimal steps, change; /* of an adjustment: whole ones; before at_most */
} ruling;

static ruling rule_on(talk *x, const kpi_rule *rule) {
    ruling r = {.row = &x->sheet.row[rule->metric]};
    if (!r.row->known) return r;
    kpi_rule free_one = *rule; /* without its limits, a point a step: counts the steps */
    free_one.limited = false;
    free_one.points = KPI_ONE;
    r.beyond = kpi__beyond(rule, r.row->actual);
    const char *a = exact(x, r.row->actual), *limit = number(x, rule->limit);
    if (rule->below) kpi__buffer_print(&x->b, "(%s - %s)", limit, a);
    else kpi__buffer_print(&x->b, "(%s - %s)", a, limit);
    r.over_is = keep(x);
    if (!rule->each) return r;
    r.over_is = SAY(x, "%s / %s", r.over_is, number(x, rule->each));
    r.has_steps = kpi__adjustment(&free_one, r.row->actual, 6, &r.steps);
    kpi_decimal steps = r.steps / KPI_ONE;
    r.has_change = r.has_steps && !__builtin_mul_overflow(steps, rule->points, &r.change);
    return r;
}

/* What the k-th rule changed: its line, when it took effect, is the next one. */
static kpi_decimal change_of(const talk *x, const kpi_rule *rule, size_t *line) {
    if (*line >= x->scored.details || x->detail[*line].rule != rule) return 0;
    return x->detail[(*line)++].points;
}

static size_t first_rule_line(const talk *x) {
    size_t line = 0;
    while (line < x->scored.details && x->detail[line].kind == KPI_DETAIL_METRIC) line++;
    return line;
}

/* ---- as steps ---- */

typedef struct telling {
    talk *x;
    kpi_step_put *put;
    void *context;
    const char *metric;
    int code;
} telling;

static void step(telling *s, const char *name, const char *figure, const char *formula, const char *note) {
    if (!s->code && s->x->b.failed) s->code = kpi__fail_memory(s->x->e);
    if (s->code) return;
    kpi_step one = {s->metric, name, figure, formula ? formula : "", note ? note : ""};
    s->code = s->put(s->context, &one, s->x->e);
}

static const char *figure(talk *x, kpi_ratio value, int digits) {
    char text[KPI_NUMBER_SIZE];
    kpi_ratio_format(value, digits, text);
    return SAY(x, "%s", text);
}

static const char *decimal(talk *x, kpi_decimal value, int digits) { return figure(x, (kpi_ratio){value, 1}, digits); }

static const char *whole(talk *x, uint64_t value) { return SAY(x, "%llu", (unsigned long long)value); }

static void tell_grade(telling *s) {
    talk *x = s->x;
    const kpi_grade *grade = NULL;
    for (size_t i = 0; i < x->scheme->grades && !grade; i++)
        if (x->scheme->grade[i].name == x->scored.grade) grade = &x->scheme->grade[i];
    if (!grade) return;
    const char *from = grade->has_from ? SAY(x, "from %s", decimal(x, grade->from, KPI_EXACT)) : "";
    const char *top = grade->has_top ? SAY(x, "the top %s %%", decimal(x, grade->top, KPI_EXACT)) : "";
    step(s, "grade", grade->name, NULL, SAY(x, "%s%s%s", from, *from && *top ? ", " : "", top));
}

static void tell_score(telling *s) {
    talk *x = s->x;
    s->metric = "";
    if (!x->scored.has_score) {
        step(s, "score", "", NULL, "every metric was skipped");
        return;
    }
    step(s, "score", decimal(x, x->scored.score, x->scheme->digits), x->sum_is, NULL);
    step(s, "rank", whole(x, x->scored.rank), NULL, SAY(x, "of %llu",
         (unsigned long long)kpi_scores_number_ranked(x->scores)));
    tell_grade(s);
    if (x->sheet.role) step(s, "role", x->sheet.role->name, NULL, NULL);
}

static void tell_measures(telling *s, const told *t) {
    talk *x = s->x;
    const kpi_measure *m = &t->measure;
    if (!m->n) {
        bool zero = t->metric->missing == KPI_MISSING_ZERO, skip = t->line && t->line->skipped;
        step(s, "measures", "0", NULL, zero ? "counts as 0" : skip ? "left out, its weight goes to the others" : NULL);
    } else {
        const char *first = place_text(x, m->first_place), *last = place_text(x, m->last_place);
        step(s, "measures", whole(x, m->n), NULL, m->n == 1 ? first : SAY(x, "%s ... %s", first, last));
    }
    for (size_t i = 0; i < t->entries; i++) {
        const entry *one = t->entry[i];
        const char *place = place_text(x, one->place);
        step(s, "measure", decimal(x, one->value, KPI_EXACT), NULL, SAY(x, "%s, %s", place, one->period_text));
    }
    if (!t->row->known) return;
    bool rounds = t->metric->take == KPI_TAKE_MEAN && m->n;
    const char *note = !m->n ? NULL : take_text(t->metric);
    if (m->n && t->metric->take == KPI_TAKE_LAST) note = SAY(x, "last, %s", place_text(x, m->last_from));
    step(s, "actual", figure(x, t->row->actual, rounds ? 2 : KPI_EXACT), t->actual_is, note);
}

/* ", NAME FROM to TO" of what a revision changed besides the target. */
static const char *also(talk *x, const char *name, bool had, kpi_decimal from, bool has, kpi_decimal to) {
    if (!has || (had && from == to)) return "";
    const char *was = had ? SAY(x, "%s to ", decimal(x, from, KPI_EXACT)) : "";
    return SAY(x, ", %s %s%s", name, was, decimal(x, to, KPI_EXACT));
}

static void tell_revisions(telling *s, const told *t) {
    talk *x = s->x;
    const kpi_target *before = &t->goal.set;
    for (const kpi_revision *r = t->goal.revision; r; before = &r->set, r = r->next) {
        const char *from = figure(x, kpi_target_value(before), KPI_EXACT), *day = day_text(x, r->on);
        const char *by = r->by && *r->by ? SAY(x, " by %s", r->by) : "";
        const kpi_target *b = before, *now = &r->set;
        const char *base = also(x, "baseline", b->has_baseline, b->baseline, now->has_baseline, now->baseline),
                   *weight = also(x, "weight", b->has_weight, b->weight, now->has_weight, now->weight);
        const char *note = SAY(x, "from %s%s%s, on %s%s%s: %s, %s", from, base, weight, day, by,
                               r->on > x->with.as_of ? ", not yet in force" : "", r->reason, place_text(x, r->place));
        step(s, "revision", figure(x, kpi_target_value(&r->set), KPI_EXACT), NULL, note);
    }
}

static void tell_target(telling *s, const told *t) {
    talk *x = s->x;
    const char *place = place_text(x, t->by ? t->by->place : t->goal.place);
    step(s, "target", figure(x, kpi_target_value(t->set), KPI_EXACT), t->target_is, place);
    tell_revisions(s, t);
    if (t->set->has_baseline) step(s, "baseline", decimal(x, t->set->baseline, KPI_EXACT), NULL, NULL);
    if (!t->row->prorated) return;
    step(s, "days", SAY(x, "%lld", (long long)x->sheet.days), NULL,
         SAY(x, "of %lld", (long long)x->sheet.all_days));
    step(s, "prorated target", figure(x, t->row->target, 2), t->prorated_is, NULL);
    if (t->baseline_is) step(s, "prorated baseline", figure(x, t->row->baseline, 2), t->baseline_is, NULL);
}

static const char *segment_text(talk *x, const told *t) {
    const kpi_metric *m = t->metric;
    size_t i = t->segment;
    const kpi_point *p = &m->curve[i ? i - 1 : 0], *q = &m->curve[i < m->points ? i : i - 1];
    const char *px = decimal(x, p->x, KPI_EXACT), *py = decimal(x, p->y, KPI_EXACT);
    if (i == 0) return SAY(x, "curve up to %s: %s", px, py);
    if (i == m->points) return SAY(x, "curve from %s on: %s", px, py);
    const char *qx = decimal(x, q->x, KPI_EXACT), *qy = decimal(x, q->y, KPI_EXACT);
    return SAY(x, "curve from %s: %s to %s: %s", px, py, qx, qy);
}

static void tell_points(telling *s, const told *t) {
    talk *x = s->x;
    const kpi_detail *d = t->line;
    bool role = !t->set->has_weight && x->sheet.role;
    const char *by = role ? SAY(x, "of role %s", x->sheet.role->name) : SAY(x, "of the %s", weight_by(x, t));
    step(s, "weight", decimal(x, t->row->weight, KPI_EXACT), NULL, by);
    if (t->scaled_is)
        step(s, "scaled weight", decimal(x, d->weight, KPI_EXACT), t->scaled_is, "by largest remainder");
    if (t->attainment_is) {
        step(s, "attainment", decimal(x, d->attainment, 4), t->attainment_is, NULL);
        step(s, "credit", decimal(x, d->credit, 4), t->credit_is, segment_text(x, t));
        step(s, "unrounded", t->unrounded, t->points_is, NULL);
    }
    const char *note = t->row->known ? NULL : "no measure, no credit";
    if (!d->skipped) step(s, "points", decimal(x, d->points, x->scheme->digits), NULL, note);
}

static void tell_title(telling *s, const kpi_metric *m) {
    bool both = *m->title && *m->unit;
    if (*m->title || *m->unit) step(s, "title", "", NULL, SAY(s->x, both ? "%s, %s" : "%s%s", m->title, m->unit));
}

static void tell_metric(telling *s, const told *t) {
    if (!t->counts) return;
    s->metric = t->metric->name;
    tell_title(s, t->metric);
    tell_measures(s, t);
    if (t->line) tell_target(s, t);
    if (t->line) tell_points(s, t);
}

static const char *limit_text(talk *x, const kpi_rule *rule) {
    return SAY(x, "%s %s", rule->below ? "below" : "above", decimal(x, rule->limit, KPI_EXACT));
}

static void tell_adjustment(telling *s, const kpi_rule *rule, size_t *line) {
    talk *x = s->x;
    ruling r = rule_on(x, rule);
    kpi_decimal change = change_of(x, rule, line);
    const char *limit = limit_text(x, rule), *most = number(x, rule->at_most);
    s->metric = x->scheme->metric[rule->metric].name;
    if (!r.row->known) {
        step(s, "adjustment", "", NULL, SAY(x, "%s: no measure", limit));
        return;
    }
    if (r.has_steps) step(s, "steps", decimal(x, r.steps, 0), r.over_is, SAY(x, "%s, whole ones, not below 0", limit));
    const char *steps = r.has_steps ? number(x, r.steps) : "", *points = number(x, rule->points);
    if (r.has_change)
        step(s, "unlimited", decimal(x, r.change, KPI_EXACT), SAY(x, "%s * %s", steps, points), NULL);
    step(s, "adjustment", decimal(x, change, x->scheme->digits), NULL,
         rule->limited ? SAY(x, "at most %s either way", most) : NULL);
}

static void tell_gate(telling *s, const kpi_rule *rule, size_t *line) {
    talk *x = s->x;
    ruling r = rule_on(x, rule);
    kpi_decimal change = change_of(x, rule, line);
    const char *limit = limit_text(x, rule), *ceiling = decimal(x, rule->ceiling, x->scheme->digits);
    s->metric = x->scheme->metric[rule->metric].name;
    if (!r.row->known || !r.beyond) {
        step(s, "gate", "", NULL, SAY(x, "%s, at most %s: %s", limit, ceiling, r.row->known ? "no" : "no measure"));
        return;
    }
    const char *before = decimal(x, x->scored.score - change, x->scheme->digits);
    step(s, "gate", decimal(x, change, x->scheme->digits), change ? SAY(x, "%s - %s", ceiling, before) : NULL,
         SAY(x, "%s, at most %s%s", limit, ceiling, change ? "" : ": the score is not above, or another is lower"));
}

int kpi_explain(const kpi_scores *scores, size_t i, const kpi_journal *journal, kpi_step_put *put, void *context,
                kpi_error *e) {
    talk x;
    telling s = {.x = &x, .put = put, .context = context};
    s.code = begin(&x, scores, i, journal, e);
    if (!s.code) {
        size_t line = first_rule_line(&x);
        tell_score(&s);
        for (size_t k = 0; k < x.scheme->metrics; k++) tell_metric(&s, &x.told[k]);
        for (size_t k = 0; k < x.scheme->adjusts && x.scored.has_score; k++)
            tell_adjustment(&s, &x.scheme->adjust[k], &line);
        for (size_t k = 0; k < x.scheme->gates && x.scored.has_score; k++) tell_gate(&s, &x.scheme->gate[k], &line);
    }
    end(&x);
    return s.code;
}

/* ---- as JSON ---- */

/* Every object begins with a member that is always there. */
static void put_key(kpi__buffer *b, const char *key) {
    kpi__buffer_print(b, "%s\"%s\":", b->len && b->ptr[b->len - 1] != '{' ? "," : "", key);
}

static void put_text(kpi__buffer *b, const char *key, const char *text) {
    put_key(b, key);
    kpi__json_put(b, kpi_text_of(text));
}

static void put_bool(kpi__buffer *b, const char *key, bool value) {
    put_key(b, key);
    kpi__buffer_put(b, value ? "true" : "false");
}

static void put_count(kpi__buffer *b, const char *key, uint64_t value) {
    put_key(b, key);
    kpi__buffer_print(b, "%llu", (unsigned long long)value);
}

/* digits as in print; a number that has none is null. */
static void put_number(kpi__buffer *b, const char *key, bool known, kpi_decimal value, int digits) {
    char text[KPI_NUMBER_SIZE] = "null";
    if (known) kpi_decimal_format(value, digits, text);
    put_key(b, key);
    kpi__buffer_put(b, text);
}

/* The exact value: a number, or a text with a quotient "N/D" where a number cannot have it. */
static void put_ratio(kpi__buffer *b, const char *key, bool known, kpi_ratio r) {
    if (known && r.num % r.den) {
        char num[KPI_NUMBER_SIZE], den[KPI_NUMBER_SIZE];
        kpi_decimal_format(r.num, KPI_EXACT, num);
        kpi_ratio_format((kpi_ratio){r.den * KPI_ONE, 1}, KPI_EXACT, den);
        put_key(b, key);
        kpi__buffer_print(b, "\"%s/%s\"", num, den);
    } else {
        put_number(b, key, known, known ? r.num / r.den : 0, KPI_EXACT);
    }
}

static void put_pair(kpi__buffer *b, const char *before, kpi_decimal x, kpi_decimal y) {
    char a[KPI_NUMBER_SIZE], c[KPI_NUMBER_SIZE];
    kpi_decimal_format(x, KPI_EXACT, a);
    kpi_decimal_format(y, KPI_EXACT, c);
    kpi__buffer_print(b, "%s[%s,%s]", before, a, c);
}

static void put_curve(kpi__buffer *b, const char *key, const kpi_point *point, size_t points) {
    put_key(b, key);
    kpi__buffer_put(b, "[");
    for (size_t i = 0; i < points; i++) put_pair(b, i ? "," : "", point[i].x, point[i].y);
    kpi__buffer_put(b, "]");
}

static void put_set(kpi__buffer *b, const kpi_target *set) {
    put_ratio(b, "target", true, kpi_target_value(set));
    put_number(b, "baseline", set->has_baseline, set->baseline, KPI_EXACT);
}

static void put_revisions(talk *x, kpi__buffer *b, const told *t) {
    put_key(b, "revisions");
    kpi__buffer_put(b, "[");
    for (const kpi_revision *r = t->goal.revision; r; r = r->next) {
        kpi__buffer_put(b, r == t->goal.revision ? "{" : ",{");
        put_text(b, "on", day_text(x, r->on));
        put_set(b, &r->set);
        put_number(b, "weight", r->set.has_weight, r->set.weight, KPI_EXACT);
        put_text(b, "by", r->by);
        put_text(b, "reason", r->reason);
        put_text(b, "place", place_text(x, r->place));
        put_bool(b, "in_force", r->on <= x->with.as_of);
        kpi__buffer_put(b, "}");
    }
    kpi__buffer_put(b, "]");
}

static void put_goal(talk *x, kpi__buffer *b, const told *t) {
    char id[512];
    size_t n = kpi_goal_id(&t->goal, id, sizeof id);
    char *longer = n < sizeof id ? NULL : kpi__arena_get(x->arena, n + 1);
    if (longer) kpi_goal_id(&t->goal, longer, n + 1);
    put_text(b, "goal", longer ? longer : id);
    put_text(b, "place", place_text(x, t->by ? t->by->place : t->goal.place));
    put_key(b, "set");
    kpi__buffer_put(b, "{");
    put_set(b, &t->goal.set);
    kpi__buffer_put(b, "}");
    put_revisions(x, b, t);
    put_set(b, t->set);
    put_text(b, "target_is", t->target_is);
    put_bool(b, "prorated", t->row->prorated);
    put_ratio(b, "prorated_target", t->row->prorated, t->row->target);
    put_text(b, "prorated_target_is", t->prorated_is);
    put_ratio(b, "prorated_baseline", t->row->prorated && t->row->has_baseline, t->row->baseline);
    put_text(b, "prorated_baseline_is", t->baseline_is);
}

static void put_points(talk *x, kpi__buffer *b, const told *t) {
    const kpi_detail *d = t->line;
    const kpi_metric *m = t->metric;
    bool rated = t->attainment_is;
    size_t from = t->segment ? t->segment - 1 : 0, to = t->segment < m->points ? t->segment : m->points - 1;
    put_number(b, "weight", true, t->row->weight, KPI_EXACT);
    put_text(b, "weight_by", weight_by(x, t));
    put_number(b, "scaled_weight", true, d->weight, KPI_EXACT);
    put_text(b, "scaled_weight_is", t->scaled_is);
    put_bool(b, "skipped", d->skipped);
    put_number(b, "attainment", rated, d->attainment, 4);
    put_text(b, "attainment_is", t->attainment_is);
    put_curve(b, "segment", &m->curve[from], rated ? to - from + 1 : 0);
    put_number(b, "credit", !d->skipped, d->credit, 4);
    put_text(b, "credit_is", t->credit_is);
    put_text(b, "unrounded", t->unrounded);
    put_text(b, "unrounded_is", t->points_is);
    put_number(b, "points", !d->skipped, d->points, x->scheme->digits);
}

static void put_measures(talk *x, kpi__buffer *b, const told *t) {
    const kpi_measure *m = &t->measure;
    put_count(b, "measures", m->n);
    put_text(b, "first", m->n ? place_text(x, m->first_place) : "");
    put_text(b, "last", m->n ? place_text(x, m->last_place) : "");
    put_bool(b, "known", t->row->known);
    put_ratio(b, "actual", t->row->known, t->row->actual);
    put_text(b, "actual_is", t->actual_is);
    if (!x->journal) return;
    put_key(b, "lines");
    kpi__buffer_put(b, "[");
    for (size_t i = 0; i < t->entries; i++) {
        kpi__buffer_put(b, i ? ",{" : "{");
        put_text(b, "place", place_text(x, t->entry[i]->place));
        put_text(b, "period", t->entry[i]->period_text);
        put_number(b, "value", true, t->entry[i]->value, KPI_EXACT);
        kpi__buffer_put(b, "}");
    }
    kpi__buffer_put(b, "]");
}

static void put_metric(talk *x, kpi__buffer *b, const told *t) {
    const kpi_metric *m = t->metric;
    kpi__buffer_put(b, "{");
    put_text(b, "metric", m->name);
    put_text(b, "title", m->title);
    put_text(b, "unit", m->unit);
    put_text(b, "better", m->lower ? "lower" : "higher");
    put_text(b, "take", take_text(m));
    put_text(b, "missing", missing_text(m));
    put_curve(b, "curve", m->curve, m->points);
    put_measures(x, b, t);
    put_bool(b, "weighted", t->row->weighted);
    if (t->line) put_goal(x, b, t);
    if (t->line) put_points(x, b, t);
    kpi__buffer_put(b, "}");
}

static void put_rule(talk *x, kpi__buffer *b, const kpi_rule *rule, bool gate, kpi_decimal change) {
    ruling r = rule_on(x, rule);
    kpi__buffer_put(b, "{");
    put_text(b, "metric", x->scheme->metric[rule->metric].name);
    put_number(b, rule->below ? "below" : "above", true, rule->limit, KPI_EXACT);
    if (gate) {
        put_number(b, "score_at_most", true, rule->ceiling, KPI_EXACT);
        put_bool(b, "beyond", r.beyond);
    } else {
        put_number(b, "each", true, rule->each, KPI_EXACT);
        put_number(b, "points", true, rule->points, KPI_EXACT);
        put_number(b, "at_most", rule->limited, rule->at_most, KPI_EXACT);
        put_number(b, "steps", r.has_steps, r.steps, 0);
        put_text(b, "steps_is", r.over_is);
        put_number(b, "unlimited", r.has_change, r.change, KPI_EXACT);
    }
    put_number(b, "change", x->scored.has_score && r.row->known, change, x->scheme->digits);
    kpi__buffer_put(b, "}");
}

static void put_rules(talk *x, kpi__buffer *b, const char *key, const kpi_rule *rule, size_t n, bool gate,
                      size_t *line) {
    put_key(b, key);
    kpi__buffer_put(b, "[");
    for (size_t k = 0; k < n; k++) {
        if (k) kpi__buffer_put(b, ",");
        put_rule(x, b, &rule[k], gate, change_of(x, &rule[k], line));
    }
    kpi__buffer_put(b, "]");
}

static void put_owner(talk *x, kpi__buffer *b) {
    const kpi_scored *s = &x->scored;
    size_t line = first_rule_line(x);
    kpi__buffer_put(b, "{");
    put_text(b, "period", x->sheet.period_text);
    put_text(b, "manager", s->owner);
    put_number(b, "score", s->has_score, s->score, x->scheme->digits);
    put_text(b, "score_is", s->has_score ? x->sum_is : "");
    put_text(b, "grade", s->grade);
    put_number(b, "rank", s->has_score, (kpi_decimal)s->rank * KPI_ONE, 0);
    put_count(b, "ranked", kpi_scores_number_ranked(x->scores));
    put_text(b, "scheme", x->scheme->name);
    put_number(b, "of_points", true, x->scheme->points, KPI_EXACT);
    put_count(b, "digits", (uint64_t)x->scheme->digits);
    put_text(b, "as_of", day_text(x, x->with.as_of));
    put_text(b, "role", x->sheet.role ? x->sheet.role->name : "");
    put_count(b, "days", (uint64_t)x->sheet.days);
    put_count(b, "all_days", (uint64_t)x->sheet.all_days);
    put_key(b, "metrics");
    kpi__buffer_put(b, "[");
    for (size_t i = 0, n = 0; i < x->scheme->metrics; i++) {
        if (!x->told[i].counts) continue;
        if (n++) kpi__buffer_put(b, ",");
        put_metric(x, b, &x->told[i]);
    }
    kpi__buffer_put(b, "]");
    put_rules(x, b, "adjust", x->scheme->adjust, x->scheme->adjusts, false, &line);
    put_rules(x, b, "gates", x->scheme->gate, x->scheme->gates, true, &line);
    kpi__buffer_put(b, "}");
}

int kpi_explain_json(const kpi_scores *scores, size_t i, const kpi_journal *journal, char **out, size_t *length,
                     kpi_error *e) {
    talk x;
    kpi__buffer b = {0};
    int code = begin(&x, scores, i, journal, e);
    if (!code) put_owner(&x, &b);
    if (!code && (b.failed || x.b.failed)) code = kpi__fail_memory(e);
    end(&x);
    if (code) {
        free(b.ptr);
        return code;
    }
    *out = b.ptr;
    *length = b.len;
    return KPI_OK;
}
