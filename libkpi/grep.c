/* grep.c - the KPI lines of a period and of fields, as they are.
 *
 * Each worker scans its blocks batch by batch. All lines are checked; then the days of a batch pick lines without
 * branches, and only these are compared with what the fields are to be. Odd lines are judged in their place, one by
 * one. What passes is copied, and given on when the block is done, in the order of the input; a block in which
 * nothing was found waits for nobody. Without a record the first field is read like one of a record that has only this.
 *
 * A sorted regular file is bisected by peeking at the middle: the lines that follow, up to the first that has days,
 * tell which half to go on with; so comments and bad lines decide nothing. The input is narrowed to what stands between
 * the last line before the period and the first one behind it, and read like any other. Of a pipe no more is taken once
 * a line is beyond the period. */
#include "internal.h"

#include <stdlib.h>

typedef struct choice { /* what one field may be */
    unsigned field;
    size_t values;
    kpi_text value;      /* when there is one: its bytes, the first 8 also as a number */
    uint64_t head, mask;
    kpi__dict *many;     /* when there are more */
} choice;

typedef struct search {
    const kpi_grep_options *options;
    choice choice[KPI_FIELDS];
    unsigned choices;
    kpi__outlet to;
} search;

typedef struct worker {
    search *search;
    kpi__batch batch;
    kpi__columns *columns;
    bool dates; /* the first column holds days, not periods */
    kpi__kept kept;
} worker;

/* ---- days ---- */

/* Of the first field. */
static bool days_of(const kpi_record *record, kpi_text text, kpi_period *out) {
    bool dated = !record || record->field[0].type == KPI_TYPE_DATE;
    if ((!record || !dated) && !kpi_period_parse(text, out)) return true;
    if (!dated || kpi_date_parse(text, &out->first, NULL)) return false;
    out->last = out->first;
    return true;
}

/* Of all lines of the batch. Without a record they are read as dates or as periods, as the first one is; those that are
 * neither, or the other, become odd. */
static void read_days(worker *w) {
    static const kpi_field date = {.type = KPI_TYPE_DATE, .required = true},
                           period = {.type = KPI_TYPE_PERIOD, .required = true};
    static const kpi_record dated = {.field = &date, .fields = 1}, other = {.field = &period, .fields = 1};
    kpi__batch *batch = &w->batch;
    const kpi_record *record = batch->record;
    kpi_day day;
    unsigned i = 0;
    while (i < batch->lines && batch->odd[i]) i++;
    if (record)
        w->dates = record->field[0].type == KPI_TYPE_DATE;
    else if (i < batch->lines)
        w->dates = !kpi_date_parse(kpi__at(batch, i, 0), &day, NULL);
    if (!record) batch->record = w->dates ? &dated : &other;
    kpi__columns_read(w->columns, batch);
    batch->record = record;
}

static inline kpi_period days_at(const int64_t *value, unsigned i, bool dates) {
    return dates ? (kpi_period){(kpi_day)value[i], (kpi_day)value[i]} : kpi__days_of(value[i]);
}

/* The odd lines and those inside the period, of the first n. */
static unsigned pick_days(const worker *w, unsigned n, uint16_t *picked) {
    const int64_t *value = w->columns->value[0];
    kpi_period period = w->search->options->period;
    unsigned found = 0;
    if (w->dates) return kpi__columns_pick(w->columns, &w->batch, n, 0, period, picked);
    for (unsigned i = 0; i < n; i++) {
        kpi_period days = kpi__days_of(value[i]);
        picked[found] = (uint16_t)i;
        found += w->batch.odd[i] | ((days.first >= period.first) & (days.last <= period.last));
    }
    return found;
}

/* The first line known to begin after the period; all of them when none is. */
static unsigned within(const worker *w, bool dates) {
    unsigned i = 0;
    while (i < w->batch.lines && (w->batch.odd[i] || days_at(w->columns->value[0], i, dates).first <=
                                                         w->search->options->period.last))
        i++;
    return i;
}

/* ---- fields ---- */

/* At least 8 bytes from the field's start are readable. */
static inline bool fits(const choice *c, kpi_text field) {
    if (c->many) return kpi__dict_find(c->many, field) != KPI__NONE;
    if (field.len != c->value.len || ((kpi__load8(field.ptr) ^ c->head) & c->mask)) return false;
    return field.len <= 8 || !memcmp(field.ptr + 8, c->value.ptr + 8, field.len - 8);
}

static inline bool has_field(const kpi__batch *batch, unsigned i, unsigned field) {
    const uint16_t *end = batch->end + batch->before[i] + 1;
    unsigned f = 0;
    while (f < field && !(end[f] & KPI__LF)) f++;
    return f == field;
}

/* A line that is not odd, without LF and CR. */
static inline kpi_text line_at(const kpi__batch *batch, unsigned i) {
    const uint16_t *end = batch->end + batch->before[i] + 1;
    while (!(*end & KPI__LF)) end++;
    const char *start = kpi__at(batch, i, 0).ptr;
    size_t n = (size_t)(batch->bytes + (*end & ~KPI__LF) - start);
    return (kpi_text){start, n - (n && start[n - 1] == '\r')};
}

/* Leaves of the n lines picked those that have one of the values, and the odd ones. */
static unsigned narrow(const worker *w, const choice *c, uint16_t *picked, unsigned n) {
    const kpi__batch *batch = &w->batch;
    bool any = !w->search->options->record;
    unsigned found = 0;
    for (unsigned k = 0; k < n; k++) {
        unsigned i = picked[k];
        picked[found] = (uint16_t)i;
        found += batch->odd[i] ||
                 ((!any || has_field(batch, i, c->field)) && fits(c, kpi__at(batch, i, c->field)));
    }
    return found;
}

/* The lines worth a look, in order: those that pass and the odd ones. *ended: those behind them need none. */
static unsigned pick(const worker *w, uint16_t *picked, bool *ended) {
    const search *s = w->search;
    const kpi_grep_options *options = s->options;
    unsigned n = options->sorted ? within(w, w->dates) : w->batch.lines;
    *ended = n < w->batch.lines;
    if (options->has_period)
        n = pick_days(w, n, picked);
    else
        for (unsigned i = 0; i < n; i++) picked[i] = (uint16_t)i;
    for (unsigned i = 0; i < s->choices; i++) n = narrow(w, &s->choice[i], picked, n);
    return n;
}

enum verdict { OUT, IN, BEYOND };

/* All that is asked of a line looked at alone. */
static int judge(const search *s, const kpi_line *line, enum verdict *out, kpi_error *e) {
    const kpi_grep_options *options = s->options;
    kpi_period days;
    int code = options->record ? kpi_record_check(options->record, line, e) : KPI_OK;
    if (code) return code;
    *out = OUT;
    if (options->has_period && !days_of(options->record, line->field[0], &days))
        return kpi__fail_line(e, line, 1, "not a date or period: %s", KPI__QUOTE(line->field[0]));
    if (options->sorted && days.first > options->period.last) *out = BEYOND;
    if (options->has_period && !kpi_period_inside(days, options->period)) return KPI_OK;
    for (const choice *c = s->choice; c < s->choice + s->choices; c++)
        if (c->field >= line->fields || !fits(c, line->field[c->field])) return KPI_OK;
    *out = IN;
    return KPI_OK;
}

/* ---- workers ---- */

/* An odd line: *text is set when it passes. Of a bad one is told behind the lines before it. */
static int take_odd(worker *w, kpi__block *block, unsigned i, enum verdict *verdict, kpi_text *text, kpi_error *e) {
    kpi_line line;
    kpi_error problem;
    *verdict = OUT;
    int code = kpi__odd_line(&w->batch, block, i, &line, &problem);
    if (!code) code = judge(w->search, &line, verdict, &problem);
    *text = line.text;
    return code == KPI_NO || !code ? KPI_OK : kpi__tell_kept(&w->kept, block, &problem, e);
}

static int take_batch(worker *w, kpi__block *block, kpi_error *e) {
    kpi__batch *batch = &w->batch;
    const kpi_grep_options *options = w->search->options;
    uint16_t picked[KPI__BATCH + 8];
    bool ended;
    int code = KPI_OK;
    if (!block->order && kpi__line_number(batch, block, 0) == 1) batch->odd[0] = true; /* it may begin with a BOM */
    if (options->record || options->has_period) read_days(w);
    unsigned n = pick(w, picked, &ended);
    for (unsigned k = 0; k < n && !code; k++) {
        unsigned i = picked[k];
        enum verdict verdict = IN;
        kpi_text text;
        if (batch->odd[i])
            code = take_odd(w, block, i, &verdict, &text, e);
        else
            text = line_at(batch, i);
        if (!code && verdict == BEYOND) return KPI_NO;
        if (!code && verdict == IN && text.len) code = kpi__keep_line(&w->kept, text, e);
    }
    return code ? code : ended ? KPI_NO : KPI_OK;
}

/* KPI_NO: there is no need to go on. */
static int take(void *context, kpi__block *block, kpi_error *e) {
    worker *w = context;
    int code = KPI_OK;
    w->kept.used = 0;
    w->kept.lines = 0;
    while (!code && kpi__scan(&w->batch, block)) code = take_batch(w, block, e);
    int given = code && code != KPI_NO ? KPI_OK : kpi__give_kept(&w->kept, block, e);
    return given ? given : code;
}

/* ---- sorted files ---- */

enum { PEEK = 1 << 12 };
typedef struct sorted { /* a file that is bisected */
    const kpi__input *input;
    const kpi_record *record;
    uint64_t start, end;
    uint64_t at; /* of the n bytes peeked at last */
    size_t n;
    char bytes[PEEK];
} sorted;

typedef struct place { /* a line */
    uint64_t at, end;
    bool dated;
    kpi_day day; /* the first of its days */
} place;

static int peek(sorted *f, uint64_t at, kpi_error *e) {
    f->at = at;
    f->n = f->end - at < PEEK ? (size_t)(f->end - at) : PEEK;
    return kpi__input_peek(f->input, at, f->bytes, f->n, e);
}

/* The first day of a line that begins with text. */
static bool first_day(const sorted *f, kpi_text text, bool start, kpi_day *day) {
    kpi_period days;
    if (start && text.len >= 3 && !memcmp(text.ptr, "\xEF\xBB\xBF", 3)) text = (kpi_text){text.ptr + 3, text.len - 3};
    const char *tab = memchr(text.ptr, '\t', text.len);
    if (tab)
        text.len = (size_t)(tab - text.ptr);
    else if (text.len && text.ptr[text.len - 1] == '\r')
        text.len--;
    bool dated = days_of(f->record, text, &days);
    if (dated) *day = days.first;
    return dated;
}

/* The line at `at`, or what of it is behind that. */
static int look_at(sorted *f, uint64_t at, place *line, kpi_error *e) {
    const char *lf = NULL;
    int code = KPI_OK;
    if (at - f->at < f->n) lf = memchr(f->bytes + (at - f->at), '\n', f->n - (size_t)(at - f->at));
    if (!lf) {
        code = peek(f, at, e);
        lf = memchr(f->bytes, '\n', f->n);
    }
    const char *p = f->bytes + (at - f->at), *end = lf ? lf : f->bytes + f->n;
    line->at = at;
    line->dated = first_day(f, (kpi_text){p, (size_t)(end - p)}, at == f->start, &line->day);
    while (!code && !lf && f->at + f->n < f->end) {
        code = peek(f, f->at + f->n, e);
        lf = memchr(f->bytes, '\n', f->n);
    }
    line->end = lf ? f->at + (uint64_t)(lf + 1 - f->bytes) : f->end;
    return code;
}

/* The first line with days from `at`, where a line starts, to `to`; not dated: there is none. */
static int find_day(sorted *f, uint64_t at, uint64_t to, place *line, kpi_error *e) {
    int code = KPI_OK;
    *line = (place){.end = at};
    while (!code && !line->dated && line->end < to) code = look_at(f, line->end, line, e);
    return code;
}

/* Moves *from behind the last line whose days start before day. All the time the lines before *from begin so as far as
 * they have days, the first one at or behind `to` that has does not, and no line starts from top to `to`. */
static int bisect(sorted *f, kpi_day day, uint64_t *from, kpi_error *e) {
    uint64_t to = f->end, top = to;
    while (*from < top) {
        uint64_t middle = *from + (top - *from) / 2;
        place line = {.end = middle};
        int code = middle > *from ? look_at(f, middle - 1, &line, e) : KPI_OK;
        uint64_t at = line.end;
        if (!code) code = find_day(f, at, to, &line, e);
        if (code) return code;
        if (line.dated && line.day < day) {
            *from = line.end;
        } else {
            if (at < to) to = at;
            top = middle;
        }
    }
    return KPI_OK;
}

/* Leaves of a sorted regular file what stands between the lines before the period and those behind it, and the LF
 * before, so that nothing is taken for the start of the input. */
static int narrow_input(const kpi_grep_options *options, kpi__input *input, kpi_error *e) {
    sorted f = {.input = input, .record = options->record};
    if (!options->sorted || !kpi__input_span(input, &f.start, &f.end)) return KPI_OK;
    place behind;
    uint64_t from = f.start, to;
    int code = bisect(&f, options->period.first, &from, e);
    to = from;
    if (!code) code = bisect(&f, options->period.last + 1, &to, e);
    if (!code) code = find_day(&f, to, f.end, &behind, e);
    if (!code) kpi__input_narrow(input, from - (from > f.start), behind.dated ? behind.at : f.end);
    return code;
}

/* ---- a search ---- */

static choice *choice_of(search *s, unsigned field) {
    unsigned i = 0;
    while (i < s->choices && s->choice[i].field != field) i++;
    if (i == s->choices) s->choice[s->choices++].field = field;
    return &s->choice[i];
}

static bool add_value(choice *c, kpi_text value) {
    if (++c->values == 1) {
        char head[8] = {0}, mask[8] = {0};
        size_t n = value.len < 8 ? value.len : 8;
        if (n) memcpy(head, value.ptr, n);
        memset(mask, 0xFF, n);
        c->value = value;
        c->head = kpi__load8(head);
        c->mask = kpi__load8(mask);
        return true;
    }
    if (!c->many && (!(c->many = kpi__dict_new()) || kpi__dict_put(c->many, c->value) == KPI__NONE)) return false;
    return kpi__dict_put(c->many, value) != KPI__NONE;
}

static int check_options(const kpi_grep_options *options, kpi_error *e) {
    const kpi_record *record = options->record;
    if (options->sorted && !options->has_period)
        return kpi__fail(e, KPI_USAGE, "the order of lines is of use for a period only");
    if (record && options->has_period && record->field[0].type == KPI_TYPE_NAME)
        return kpi__fail(e, KPI_USAGE, "a %s line is of no period", record->name);
    for (size_t i = 0; i < options->wheres; i++)
        if (options->where[i].field >= (record ? record->fields : KPI_FIELDS))
            return kpi__fail(e, KPI_USAGE, "no such field: %u", options->where[i].field);
    return KPI_OK;
}

static void worker_free(worker *w) {
    if (!w) return;
    kpi__columns_free(w->columns);
    free(w->kept.bytes);
    free(w);
}

static worker *worker_new(search *s) {
    worker *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    w->search = s;
    w->kept.to = &s->to;
    w->batch.record = s->options->record;
    w->columns = kpi__columns_new();
    if (w->columns) return w;
    worker_free(w);
    return NULL;
}

/* All of input, which is freed. */
static int search_input(search *s, kpi__input *input, kpi_error *e) {
    void *crew[KPI__THREADS];
    unsigned workers = kpi__input_workers(input, s->options->threads), n = 0;
    bool ready = true;
    for (; n < workers && ready; n++) ready = (crew[n] = worker_new(s)) != NULL;
    int code = KPI_OK;
    if (ready)
        code = kpi__each_block(input, take, crew, workers, NULL, e);
    else {
        kpi__input_free(input);
        code = kpi__fail_memory(e);
    }
    while (n--) worker_free(crew[n]);
    return code == KPI_NO ? KPI_OK : code;
}

int kpi_grep(const char *path, const kpi_grep_options *options, kpi_grep_put *put, void *context,
             const kpi_report *report, uint64_t *found, kpi_error *e) {
    search s = {.options = options, .to = {put, context, report, 0}};
    kpi__input *input;
    bool ready = true;
    int code = check_options(options, e);
    if (!code) code = kpi__input_open(&input, path, e);
    if (code) return code;
    for (size_t i = 0; i < options->wheres && ready; i++)
        ready = add_value(choice_of(&s, options->where[i].field), options->where[i].value);
    code = ready ? narrow_input(options, input, e) : kpi__fail_memory(e);
    kpi__input_watch(input, report);
    if (code)
        kpi__input_free(input);
    else
        code = search_input(&s, input, e);
    for (unsigned i = 0; i < s.choices; i++) kpi__dict_free(s.choice[i].many);
    *found += s.to.lines;
    return code;
}
