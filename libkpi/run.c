/* run.c - what one run of kpi-score printed, read back by owner: detail lines, the same as JSON, or explanations
 * (kpi_explain_json), which alone have all that went into a score. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct kpi_run {
    kpi__arena *arena;
    kpi__dict *names;
    kpi__result *result; /* by number of name */
    size_t room;
    uint32_t *order;     /* by name; NULL: not known */
};

int kpi_run_new(kpi_run **out, kpi_error *e) {
    kpi_run *run = calloc(1, sizeof *run);
    if (!run) return kpi__fail_memory(e);
    run->arena = kpi__arena_new();
    run->names = kpi__dict_new();
    if (run->arena && run->names) {
        *out = run;
        return KPI_OK;
    }
    kpi_run_free(run);
    return kpi__fail_memory(e);
}

void kpi_run_free(kpi_run *run) {
    if (!run) return;
    kpi__arena_free(run->arena);
    kpi__dict_free(run->names);
    free(run->result);
    free(run->order);
    free(run);
}

size_t kpi_run_size(const kpi_run *run) { return kpi__dict_size(run->names); }

const kpi__result *kpi__run_at(const kpi_run *run, size_t i) { return &run->result[run->order[i]]; }

/* ---- building ---- */

typedef struct building {
    kpi_run *run;
    const char *file;
    kpi__result *result;  /* of the owner at hand */
    const kpi_line *line;
    kpi__arena *scratch;  /* of the line */
    kpi_error *e;
} building;

static int refuse(building *b, const char *what) { return kpi__fail_line(b->e, b->line, 0, "%s", what); }

/* The result of owner in period, a new one or, where lines add up to it, the one that is there. */
static int find_result(building *b, kpi_text owner, kpi_text period, bool exact) {
    kpi_run *run = b->run;
    uint32_t known = kpi__dict_size(run->names), number = kpi__dict_put(run->names, owner);
    if (number == KPI__NONE || !kpi__grow(&run->result, number, &run->room, sizeof *run->result))
        return kpi__fail_memory(b->e);
    kpi__result *r = b->result = &run->result[number];
    if (number == known) {
        const char *text = kpi__arena_text(run->arena, period);
        *r = (kpi__result){.owner = kpi__dict_key(run->names, number).ptr,
                           .period = text,
                           .place = {b->file, b->line->number, 0},
                           .exact = exact};
        return text ? KPI_OK : kpi__fail_memory(b->e);
    }
    if (exact || r->exact)
        return kpi__fail_line(b->e, b->line, 0, "%s was there before", KPI__QUOTE(owner));
    if (!kpi_text_compare(kpi_text_of(r->period), period)) return KPI_OK;
    return kpi__fail_line(b->e, b->line, 0, "%s was there before in another period", KPI__QUOTE(owner));
}

static kpi__part *new_part(building *b, kpi__part **list) {
    kpi__part *part = kpi__arena_get(b->run->arena, sizeof *part);
    while (*list) list = &(*list)->next;
    return *list = part;
}

static bool keep(building *b, kpi_text text, const char **out) { return (*out = kpi__arena_text(b->run->arena, text)); }

/* ---- lines ---- */

/* [-]digits[.1 to 6 digits], of any size that a kpi_decimal has. */
static bool read_decimal(kpi_text text, kpi_decimal *out) {
    const char *p = text.ptr, *end = p + text.len;
    bool negative = p < end && *p == '-', fraction = false;
    kpi_decimal value = 0;
    int decimals = 0;
    for (p += negative; p < end; p++) {
        if (*p == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (*p < '0' || *p > '9' || decimals == 6) return false;
        decimals += fraction;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *p - '0', &value)) return false;
    }
    if (__builtin_mul_overflow(value, kpi__power10(6 - decimals), &value)) return false;
    *out = negative ? -value : value;
    return text.len > negative;
}

/* [-]digits[.digits] of any length: targets and actuals need more than numbers that are read elsewhere. */
static bool is_figure(kpi_text text) {
    const char *p = text.ptr, *end = p + text.len;
    p += p < end && *p == '-';
    for (int part = 0; part < 2; part++) {
        const char *digits = p;
        while (p < end && *p >= '0' && *p <= '9') p++;
        if (p == digits) return false;
        if (p == end) return true;
        if (part || *p++ != '.') return false;
    }
    return false;
}

static int check_line(building *b, const kpi_line *line) {
    const kpi_record *record = kpi_record_of(KPI_DETAIL);
    kpi_period period;
    if (line->fields != record->fields)
        return kpi__fail_line(b->e, line, 0, "%u fields, not the %u of a detail line", line->fields, record->fields);
    if (kpi_period_parse(line->field[0], &period))
        return kpi__fail_line(b->e, line, 1, "not a period: %s", KPI__QUOTE(line->field[0]));
    for (unsigned i = 1; i < 3; i++)
        if (!line->field[i].len)
            return kpi__fail_line(b->e, line, i + 1, "no %s", record->field[i].name);
        else if (kpi_name_fault(line->field[i]))
            return kpi__fail_line(b->e, line, i + 1, "%s: %s", kpi_name_fault(line->field[i]),
                                  KPI__QUOTE(line->field[i]));
    for (unsigned i = 3; i < record->fields; i++)
        if (line->field[i].len && !is_figure(line->field[i]))
            return kpi__fail_line(b->e, line, i + 1, "not a number: %s", KPI__QUOTE(line->field[i]));
    return KPI_OK;
}

static int add_points(building *b, kpi_text text, kpi_decimal points) {
    const char *point = memchr(text.ptr, '.', text.len);
    int digits = point ? (int)(text.ptr + text.len - point) - 1 : 0;
    if (!text.len) return KPI_OK;
    if (digits > b->result->digits) b->result->digits = digits;
    b->result->has_score = true;
    if (__builtin_add_overflow(b->result->score, points, &b->result->score)) return refuse(b, "points out of range");
    return KPI_OK;
}

/* A line with a weight is of a metric, others are of rules, of which a metric may have several. */
static int take_line(building *b, const kpi_line *line) {
    int code = check_line(b, line);
    if (!code) code = find_result(b, line->field[1], line->field[0], false);
    if (code) return code;
    kpi__part *part = new_part(b, line->field[3].len ? &b->result->part : &b->result->rule);
    bool kept = part && keep(b, line->field[2], &part->metric);
    for (size_t k = 0; k < KPI__FIGURES && kept; k++) kept = keep(b, line->field[3 + k], &part->figure[k]);
    if (!kept) return kpi__fail_memory(b->e);
    if (line->field[3 + KPI__POINTS].len && !read_decimal(line->field[3 + KPI__POINTS], &part->change))
        return kpi__fail_line(b->e, line, 4 + KPI__POINTS, "points out of range: %s",
                              KPI__QUOTE(line->field[3 + KPI__POINTS]));
    for (const kpi__part *other = b->result->part; line->field[3].len && other != part; other = other->next)
        if (!strcmp(other->metric, part->metric))
            return kpi__fail_line(b->e, line, 3, "%s was there before", KPI__QUOTE(line->field[2]));
    return add_points(b, line->field[3 + KPI__POINTS], part->change);
}

/* An object as kpi-score -l prints it, made the line that it would have been. */
static int take_flat(building *b, const kpi__json *object) {
    const kpi_record *record = kpi_record_of(KPI_DETAIL);
    kpi_line line = *b->line;
    line.fields = record->fields;
    for (unsigned i = 0; i < record->fields; i++) {
        const kpi__json *value = kpi__json_get(object, record->field[i].name);
        if (value && value->kind != KPI__JSON_TEXT && value->kind != KPI__JSON_NUMBER)
            return refuse(b, "neither a text nor a number");
        line.field[i] = value ? value->text : (kpi_text){"", 0};
    }
    return take_line(b, &line);
}

/* ---- explanations ---- */

/* A decimal, or "N/D" with a whole D above 0. */
static bool read_ratio(const kpi__json *value, kpi_ratio *out) {
    if (!value || (value->kind != KPI__JSON_NUMBER && value->kind != KPI__JSON_TEXT)) return false;
    const char *slash = memchr(value->text.ptr, '/', value->text.len);
    size_t n = slash ? (size_t)(slash - value->text.ptr) : value->text.len;
    kpi_text den = {slash + 1, value->text.len - n - 1};
    *out = (kpi_ratio){0, 1};
    if (!read_decimal((kpi_text){value->text.ptr, n}, &out->num)) return false;
    if (!slash) return true;
    if (!read_decimal(den, &out->den) || out->den % KPI_ONE || out->den <= 0) return false;
    out->den /= KPI_ONE;
    return out->den <= INT64_MAX;
}

static bool get_number(const kpi__json *object, const char *key, kpi_decimal *out) {
    const kpi__json *value = kpi__json_get(object, key);
    return value && value->kind == KPI__JSON_NUMBER && read_decimal(value->text, out);
}

static bool get_count(const kpi__json *object, const char *key, int64_t most, int64_t *out) {
    kpi_decimal value;
    if (!get_number(object, key, &value) || value < 0 || value % KPI_ONE || value / KPI_ONE > most) return false;
    *out = (int64_t)(value / KPI_ONE);
    return true;
}

static bool get_bool(const kpi__json *object, const char *key, bool *out) {
    const kpi__json *value = kpi__json_get(object, key);
    if (!value || (value->kind != KPI__JSON_TRUE && value->kind != KPI__JSON_FALSE)) return false;
    *out = value->kind == KPI__JSON_TRUE;
    return true;
}

static bool get_name(const kpi__json *object, const char *key, kpi_text *out) {
    const kpi__json *value = kpi__json_get(object, key);
    if (!value || value->kind != KPI__JSON_TEXT || !value->text.len || kpi_name_fault(value->text)) return false;
    *out = value->text;
    return true;
}

static const kpi__json *get_list(const kpi__json *object, const char *key) {
    const kpi__json *value = kpi__json_get(object, key);
    return value && value->kind == KPI__JSON_LIST ? value : NULL;
}

/* Which of the words the text is; -1: none. */
static int get_choice(const kpi__json *object, const char *key, const char *const *word, int n) {
    const kpi__json *value = kpi__json_get(object, key);
    for (int i = 0; value && value->kind == KPI__JSON_TEXT && i < n; i++)
        if (!kpi_text_compare(value->text, kpi_text_of(word[i]))) return i;
    return -1;
}

static bool get_curve(building *b, const kpi__json *object, kpi_metric *metric) {
    const kpi__json *list = get_list(object, "curve");
    size_t n = 0;
    for (const kpi__json *one = list ? list->child : NULL; one; one = one->next) n++;
    kpi_point *point = n ? kpi__arena_get(b->run->arena, n * sizeof *point) : NULL;
    if (!point) return false;
    metric->curve = point;
    metric->points = n;
    for (const kpi__json *one = list->child; one; one = one->next, point++) {
        const kpi__json *x = one->kind == KPI__JSON_LIST ? one->child : NULL, *y = x ? x->next : NULL;
        if (!y || y->next || x->kind != KPI__JSON_NUMBER || y->kind != KPI__JSON_NUMBER ||
            kpi_decimal_parse(x->text, &point->x) || kpi_decimal_parse(y->text, &point->y))
            return false;
        if (point > metric->curve && point->x < point[-1].x) return false;
    }
    return true;
}

static bool get_rules(building *b, const kpi__json *object, kpi_metric *metric) {
    static const char *const better[] = {"higher", "lower"}, *const missing[] = {"none", "zero", "skip", "error"},
                      *const take[] = {"sum", "mean", "last", "max", "min", "count"};
    int is_lower = get_choice(object, "better", better, 2), is_missing = get_choice(object, "missing", missing, 4),
        is_take = get_choice(object, "take", take, 6);
    if (is_lower < 0 || is_missing < 0 || is_take < 0) return false;
    metric->lower = is_lower;
    metric->missing = (enum kpi_missing)is_missing;
    metric->take = (enum kpi_take)is_take;
    return get_curve(b, object, metric);
}

static bool get_row(const kpi__json *object, kpi__part *part) {
    kpi_sheet_row *row = &part->row;
    int64_t measures;
    if (!get_bool(object, "known", &row->known) || !get_bool(object, "weighted", &row->weighted) ||
        !get_count(object, "measures", INT64_MAX, &measures) ||
        (row->known && !read_ratio(kpi__json_get(object, "actual"), &row->actual)))
        return false;
    row->measured = measures > 0;
    if (!row->weighted) return true;
    row->has_baseline = kpi__json_get(object, "baseline");
    return get_bool(object, "prorated", &row->prorated) && get_number(object, "weight", &row->weight) &&
           row->weight >= 0 && row->weight <= KPI_DECIMAL_MAX && get_bool(object, "skipped", &part->skipped) &&
           read_ratio(kpi__json_get(object, "target"), &part->target) &&
           (!row->has_baseline || get_number(object, "baseline", &part->baseline)) &&
           (part->skipped || get_number(object, "points", &part->change));
}

static bool print_figure(building *b, kpi__part *part, enum kpi__figure which, kpi_ratio value, int digits) {
    char text[KPI_NUMBER_SIZE];
    return keep(b, (kpi_text){text, kpi_ratio_format(value, digits, text)}, &part->figure[which]);
}

static bool copy_figure(building *b, kpi__part *part, enum kpi__figure which, const kpi__json *object,
                        const char *key) {
    const kpi__json *value = kpi__json_get(object, key);
    return keep(b, value && value->kind == KPI__JSON_NUMBER ? value->text : (kpi_text){"", 0}, &part->figure[which]);
}

bool kpi__part_prorate(kpi__part *part, int64_t days, int64_t all_days) {
    kpi_sheet_row *row = &part->row;
    row->target = part->target;
    row->baseline = (kpi_ratio){part->baseline, 1};
    if (!row->prorated) return true;
    return !__builtin_mul_overflow(row->target.num, days, &row->target.num) &&
           !__builtin_mul_overflow(row->target.den, all_days, &row->target.den) &&
           !__builtin_mul_overflow(row->baseline.num, days, &row->baseline.num) &&
           !__builtin_mul_overflow(row->baseline.den, all_days, &row->baseline.den);
}

/* The figures that its detail line would have. */
static bool set_figures(building *b, const kpi__json *object, kpi__part *part) {
    const kpi_sheet_row *row = &part->row;
    bool mean = part->rules.take == KPI_TAKE_MEAN && row->measured;
    return copy_figure(b, part, KPI__WEIGHT, object, "scaled_weight") &&
           print_figure(b, part, KPI__TARGET, row->target, row->prorated ? 2 : KPI_EXACT) &&
           (row->known ? print_figure(b, part, KPI__ACTUAL, row->actual, mean ? 2 : KPI_EXACT)
                       : keep(b, (kpi_text){"", 0}, &part->figure[KPI__ACTUAL])) &&
           copy_figure(b, part, KPI__ATTAINMENT, object, "attainment") &&
           copy_figure(b, part, KPI__CREDIT, object, "credit") && copy_figure(b, part, KPI__POINTS, object, "points");
}

static int take_metric(building *b, const kpi__json *object) {
    kpi_text name;
    if (!get_name(object, "metric", &name)) return refuse(b, "a metric without a name");
    for (const kpi__part *other = b->result->part; other; other = other->next)
        if (!kpi_text_compare(kpi_text_of(other->metric), name))
            return kpi__fail_line(b->e, b->line, 0, "%s was there before", KPI__QUOTE(name));
    kpi__part *part = new_part(b, &b->result->part);
    if (!part || !keep(b, name, &part->metric)) return kpi__fail_memory(b->e);
    part->rules.name = part->metric;
    if (!get_rules(b, object, &part->rules) || !get_row(object, part) ||
        !kpi__part_prorate(part, b->result->days, b->result->all_days))
        return kpi__fail_line(b->e, b->line, 0, "not what kpi-score -x prints of a metric: %s", KPI__QUOTE(name));
    return !part->row.weighted || set_figures(b, object, part) ? KPI_OK : kpi__fail_memory(b->e);
}

/* The changes that rules made. */
static int take_rules(building *b, const kpi__json *object, const char *key, bool gates) {
    const kpi__json *rules = get_list(object, key);
    if (!rules) return refuse(b, "not what kpi-score -x prints: no list of rules");
    for (const kpi__json *one = rules->child; one; one = one->next) {
        kpi_text name;
        kpi_decimal change = 0;
        if (!get_name(one, "metric", &name) || (kpi__json_get(one, "change") && !get_number(one, "change", &change)))
            return refuse(b, "not what kpi-score -x prints of a rule");
        if (!change) continue;
        kpi__part *part = new_part(b, &b->result->rule);
        if (!part || !keep(b, name, &part->metric)) return kpi__fail_memory(b->e);
        part->change = change;
        part->gate = gates;
    }
    return KPI_OK;
}

static int take_figures(building *b, const kpi__json *object) {
    kpi__result *r = b->result;
    int64_t digits;
    r->has_score = kpi__json_get(object, "score");
    if ((r->has_score && !get_number(object, "score", &r->score)) || !get_count(object, "digits", 6, &digits) ||
        !get_number(object, "of_points", &r->of_points) || r->of_points <= 0 || r->of_points > KPI_DECIMAL_MAX ||
        !get_count(object, "days", INT32_MAX, &r->days) || !get_count(object, "all_days", INT32_MAX, &r->all_days) ||
        !r->all_days)
        return refuse(b, "not what kpi-score -x prints");
    r->digits = (int)digits;
    return KPI_OK;
}

static int take_explanation(building *b, const kpi__json *object) {
    kpi_text owner, period;
    kpi_period days;
    const kpi__json *metrics = get_list(object, "metrics"), *text = kpi__json_get(object, "period");
    if (!metrics || !get_name(object, "manager", &owner) || !text || kpi_period_parse(period = text->text, &days))
        return refuse(b, "not what kpi-score -l or -x prints");
    int code = find_result(b, owner, period, true);
    if (!code) code = take_figures(b, object);
    for (const kpi__json *one = metrics->child; one && !code; one = one->next) code = take_metric(b, one);
    if (!code) code = take_rules(b, object, "adjust", false);
    if (!code) code = take_rules(b, object, "gates", true);
    return code;
}

/* ---- the whole ---- */

static int take_object(building *b) {
    const char *fault;
    const kpi__json *object = kpi__json_read(b->scratch, b->line->text, &fault);
    if (!object && !fault) return kpi__fail_memory(b->e);
    if (!object) return refuse(b, fault);
    return kpi__json_get(object, "metrics") ? take_explanation(b, object) : take_flat(b, object);
}

static int take(building *b) {
    if (b->line->text.ptr[0] != '{') return take_line(b, b->line);
    if (!(b->scratch = kpi__arena_new())) return kpi__fail_memory(b->e);
    int code = take_object(b);
    kpi__arena_free(b->scratch);
    return code;
}

static const char *name_at(const void *run, size_t i) { return kpi__run_at(run, i)->owner; }

size_t kpi_run_find(const kpi_run *run, kpi_text owner, kpi_text *nearest) {
    return kpi__find_name(owner, kpi_run_size(run), name_at, run, nearest);
}

int kpi_run_read(kpi_run *run, const char *path, kpi_error *e) {
    kpi_reader *reader;
    kpi_line line;
    building b = {.run = run, .file = kpi__arena_text(run->arena, kpi_text_of(path)), .line = &line, .e = e};
    int code = b.file ? kpi_reader_open(&reader, path, e) : kpi__fail_memory(e);
    if (code) return code;
    while (!code && !(code = kpi_reader_next(reader, &line, e))) code = take(&b);
    kpi_reader_free(reader);
    if (code != KPI_NO) return code;
    free(run->order);
    run->order = malloc((kpi__dict_size(run->names) + 1) * sizeof *run->order);
    return run->order && kpi__sort_dict(run->names, 1, run->order) ? KPI_OK : kpi__fail_memory(e);
}
