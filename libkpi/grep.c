/* grep.c - the KPI lines of a period and of fields, as they are.
 *
 * Each worker scans its blocks batch by batch. All lines are checked; then the days of a batch pick lines without
 * branches, and only these are compared with what the fields are to be. Odd lines are judged in their place, one by
 * one. What passes is copied, and given on when the block is done, in the order of the input; a block in which
 * nothing was found waits for nobody. (Without a record the first field is looked up among dates and periods met
 * before, which costs as much as the columns of a record do.)
 *
 * A sorted regular file is bisected by reading at the middle: the lines that follow, up to the first that has days,
 * tell which half to go on with; so comments and bad lines decide nothing. From the place found, just behind the last
 * line before the period, windows of whole lines are read until a line is beyond it. Each window but the first begins
 * with the LF before it, as nothing in it is the start of the input. Lines are counted when an error wants a number. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

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
    kpi_grep_put *put;
    void *context;
    const kpi_report *report;
    uint64_t found; /* by those whose turn it is */
} search;

enum { DAYS = 256 };
typedef struct worker {
    search *search;
    kpi__batch batch;
    kpi__columns *columns;
    struct { uint64_t head, tail; size_t n; int64_t days; } met[DAYS]; /* first fields, without a record */
    char *kept;        /* lines that passed, of the block at hand */
    size_t used, room;
    uint64_t lines;
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

/* Likewise without a record, in the form of a column. Texts of up to 16 bytes are found among those met before. */
static bool look_up(worker *w, kpi_text text, int64_t *out) {
    kpi_period days;
    const char *p = text.ptr;
    size_t n = text.len;
    if (n < 4) return false;
    bool brief = n < 8;
    uint64_t head = brief ? kpi__load4(p) : kpi__load8(p), tail = brief ? kpi__load4(p + n - 4) : kpi__load8(p + n - 8);
    size_t slot = ((head ^ tail >> 7) * 0x9E3779B97F4A7C15u) >> 56;
    if (w->met[slot].head == head && w->met[slot].tail == tail && w->met[slot].n == n) {
        *out = w->met[slot].days;
        return true;
    }
    if (!days_of(NULL, text, &days)) return false;
    *out = (int64_t)days.first * ((int64_t)1 << 32) + (uint32_t)days.last;
    if (n > 16) return true;
    w->met[slot].head = head;
    w->met[slot].tail = tail;
    w->met[slot].n = n;
    w->met[slot].days = *out;
    return true;
}

static void read_days(worker *w) {
    kpi__batch *batch = &w->batch;
    for (unsigned i = 0; i < batch->lines; i++)
        if (!batch->odd[i]) batch->odd[i] = !look_up(w, kpi__at(batch, i, 0), &w->columns->value[0][i]);
}

static inline kpi_period days_at(const int64_t *value, unsigned i, bool dates) {
    return dates ? (kpi_period){(kpi_day)value[i], (kpi_day)value[i]} : kpi__days_of(value[i]);
}

/* The odd lines and those inside the period, of the first n. */
static inline unsigned pick_days(const worker *w, unsigned n, bool dates, uint16_t *picked) {
    const int64_t *value = w->columns->value[0];
    kpi_period period = w->search->options->period;
    unsigned found = 0;
    for (unsigned i = 0; i < n; i++) {
        kpi_period days = days_at(value, i, dates);
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
    bool dates = options->record && options->record->field[0].type == KPI_TYPE_DATE;
    unsigned n = options->sorted ? within(w, dates) : w->batch.lines;
    *ended = n < w->batch.lines;
    if (options->has_period)
        n = dates ? pick_days(w, n, true, picked) : pick_days(w, n, false, picked);
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

static int keep(worker *w, kpi_text text, kpi_error *e) {
    size_t need = w->used + text.len + 1;
    if (need > w->room) {
        size_t room = w->room ? w->room : 1 << 16;
        while (room < need) room *= 2;
        char *grown = realloc(w->kept, room);
        if (!grown) return kpi__fail_memory(e);
        w->kept = grown;
        w->room = room;
    }
    memcpy(w->kept + w->used, text.ptr, text.len);
    w->kept[need - 1] = '\n';
    w->used = need;
    w->lines++;
    return KPI_OK;
}

/* Gives on what was kept, when it is block's turn. */
static int give_in_turn(worker *w, kpi__block *block, kpi_error *e) {
    search *s = w->search;
    if (!w->used) return KPI_OK;
    if (!kpi__block_turn(block)) return KPI_SYSTEM; /* the work has ended before */
    s->found += w->lines;
    int code = s->put(s->context, (kpi_text){w->kept, w->used}, e);
    w->used = 0;
    w->lines = 0;
    return code;
}

/* An odd line: *text is set when it passes. Of a bad one is told behind the lines before it. */
static int take_odd(worker *w, kpi__block *block, unsigned i, enum verdict *verdict, kpi_text *text, kpi_error *e) {
    kpi_line line;
    kpi_error problem;
    *verdict = OUT;
    int code = kpi__odd_line(&w->batch, block, i, &line, &problem);
    if (!code) code = judge(w->search, &line, verdict, &problem);
    *text = line.text;
    if (code == KPI_NO || !code) return KPI_OK;
    if (code == KPI_DATA && (code = give_in_turn(w, block, e))) return code;
    code = kpi__block_tell(block, w->search->report, &problem);
    if (code && e) *e = problem;
    return code;
}

static int take_batch(worker *w, kpi__block *block, kpi_error *e) {
    kpi__batch *batch = &w->batch;
    const kpi_grep_options *options = w->search->options;
    uint16_t picked[KPI__BATCH];
    bool ended;
    int code = KPI_OK;
    if (!block->order && kpi__line_number(batch, block, 0) == 1) batch->odd[0] = true; /* it may begin with a BOM */
    if (options->record)
        kpi__columns_read(w->columns, batch);
    else if (options->has_period)
        read_days(w);
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
        if (!code && verdict == IN && text.len) code = keep(w, text, e);
    }
    return code ? code : ended ? KPI_NO : KPI_OK;
}

/* KPI_NO: there is no need to go on. */
static int take(void *context, kpi__block *block, kpi_error *e) {
    worker *w = context;
    int code = KPI_OK;
    w->used = 0;
    w->lines = 0;
    while (!code && kpi__scan(&w->batch, block)) code = take_batch(w, block, e);
    int given = code && code != KPI_NO ? KPI_OK : give_in_turn(w, block, e);
    return given ? given : code;
}

/* Hands input, which is freed, to so many workers. */
static int search_input(kpi__input *input, worker *const *crew, unsigned workers, kpi_error *e) {
    void *worker_of[KPI__THREADS];
    for (unsigned i = 0; i < workers; i++) worker_of[i] = crew[i];
    return kpi__each_block(input, take, worker_of, workers, NULL, e);
}

/* ---- sorted files ---- */

enum { PEEK = 1 << 12, WINDOW = 1 << 18 };
typedef struct sorted {
    search *search;
    const char *name;
    int fd;
    uint64_t start, size;    /* the input is the bytes from start to size */
    char *bytes;             /* read last */
    size_t room;
    uint64_t at;             /* where the window begins */
    uint64_t counted, lines; /* the lines that end before `counted` */
    const kpi_report *report;
} sorted;

static bool is_regular(const char *path) {
    struct stat st;
    return !(strcmp(path, "-") ? stat(path, &st) : fstat(0, &st)) && S_ISREG(st.st_mode);
}

/* Opens and sizes it as input.c does. */
static int open_sorted(sorted *f, kpi_error *e) {
    struct stat st;
    bool standard = !strcmp(f->name, "-");
    f->fd = standard ? 0 : open(f->name, O_RDONLY | O_CLOEXEC);
    if (f->fd < 0) return kpi__fail_errno(e, f->name, "open");
    while (flock(f->fd, LOCK_SH))
        if (errno != EINTR) return kpi__fail_errno(e, f->name, "lock");
    int failed = fstat(f->fd, &st), sys = errno;
    flock(f->fd, LOCK_UN);
    errno = sys;
    if (failed) return kpi__fail_errno(e, f->name, "stat");
    off_t here = lseek(f->fd, 0, SEEK_CUR);
    f->start = f->counted = here > 0 ? (uint64_t)here : 0;
    f->size = (uint64_t)st.st_size > f->start ? (uint64_t)st.st_size : f->start;
    f->room = WINDOW;
    f->bytes = malloc(f->room);
    return f->bytes ? KPI_OK : kpi__fail_memory(e);
}

/* All bytes from at on, but no more than n and those there are. */
static int read_at(const sorted *f, uint64_t at, char *to, size_t n, size_t *got, kpi_error *e) {
    ssize_t now;
    if (n > f->size - at) n = (size_t)(f->size - at);
    for (*got = 0; *got < n; *got += (size_t)now) {
        while ((now = pread(f->fd, to + *got, n - *got, (off_t)(at + *got))) < 0 && errno == EINTR) {
        }
        if (now < 0) return kpi__fail_errno(e, f->name, "read");
        if (!now) {
            kpi__fail_at(e, KPI_SYSTEM, (kpi_place){f->name, 0, 0}, "the file became shorter while it was read");
            e->sys = ESTALE;
            return KPI_SYSTEM;
        }
    }
    return KPI_OK;
}

/* Where the line ends that has the byte at `at`: behind its LF, or the end of the file. Reads into bytes, those at
 * `at` first. */
static int line_end(sorted *f, uint64_t at, uint64_t *end, kpi_error *e) {
    size_t got, n = PEEK;
    const char *lf = NULL;
    int code = KPI_OK;
    for (*end = at; !code && !lf && *end < f->size; n = f->room) {
        code = read_at(f, *end, f->bytes, n, &got, e);
        lf = code ? NULL : memchr(f->bytes, '\n', got);
        *end += lf ? (uint64_t)(lf + 1 - f->bytes) : got;
    }
    return code;
}

/* The first day of a line of which n bytes are at p. */
static bool first_day(const sorted *f, const char *p, size_t n, bool start, kpi_day *out) {
    kpi_period days;
    if (start && n >= 3 && !memcmp(p, "\xEF\xBB\xBF", 3)) p += 3, n -= 3;
    size_t length = 0;
    while (length < n && p[length] != '\t' && p[length] != '\n') length++;
    if (length == n) return false;
    if (p[length] == '\n' && length && p[length - 1] == '\r') length--;
    if (!days_of(f->search->options->record, (kpi_text){p, length}, &days)) return false;
    *out = days.first;
    return true;
}

/* From at, where a line starts, to the first line that has days, before `to`: its start becomes *at (`to`: there is
 * none) and what is behind it *end. */
static int find_day(sorted *f, uint64_t *at, uint64_t to, uint64_t *end, kpi_day *out, kpi_error *e) {
    for (size_t n = PEEK, got; *at < to; n = f->room) {
        int code = read_at(f, *at, f->bytes, n, &got, e);
        bool more = !code;
        for (size_t i = 0; more && *at < to;) {
            const char *p = f->bytes + i, *lf = memchr(p, '\n', got - i);
            if (!lf && i) break; /* read again from there */
            bool dated = first_day(f, p, got - i, *at == f->start, out);
            *end = *at + (uint64_t)(lf ? lf + 1 - p : 0);
            if (!lf) code = line_end(f, *at, end, e);
            if (!code && dated) return KPI_OK;
            more = lf != NULL;
            i += (size_t)(*end - *at);
            *at = *end;
        }
        if (code) return code;
    }
    *at = to;
    return KPI_OK;
}

/* The end of the last line with days before the period, *from: all lines with days that start before it begin before
 * the period, and the first one at or behind `to` does not. No line starts from top to `to`. */
static int bisect(sorted *f, uint64_t *from, kpi_error *e) {
    uint64_t to = f->size, top = to;
    *from = f->start;
    while (*from < top) {
        uint64_t middle = *from + (top - *from) / 2, at = middle, end = middle;
        kpi_day day = 0;
        int code = middle > *from ? line_end(f, middle - 1, &at, e) : KPI_OK;
        uint64_t line = at;
        if (!code) code = find_day(f, &line, to, &end, &day, e);
        if (code) return code;
        if (line < to && day < f->search->options->period.first) {
            *from = end;
        } else {
            if (at < to) to = at;
            top = middle;
        }
    }
    return KPI_OK;
}

/* Whole lines from f->at on, *n bytes; the next ones begin at *next. One that is too long is cut short. */
static int read_window(sorted *f, size_t *n, uint64_t *next, kpi_error *e) {
    for (;;) {
        int code = read_at(f, f->at, f->bytes, f->room, n, e);
        *next = f->at + *n;
        if (code || *next == f->size) return code;
        const char *lf = memrchr(f->bytes + 1, '\n', *n - 1);
        if (lf) {
            *n = (size_t)(lf + 1 - f->bytes);
            *next = f->at + *n;
            return KPI_OK;
        }
        if (*n > KPI_LINE_MAX + KPI__PADDING) break;
        char *grown = realloc(f->bytes, 2 * f->room);
        if (!grown) return kpi__fail_memory(e);
        f->bytes = grown;
        f->room *= 2;
    }
    size_t have = *n;
    char last = 0; /* LF, but perhaps at the end of the file */
    int code = line_end(f, *next, next, e);
    if (!code) code = read_at(f, *next - 1, &last, 1, n, e);
    if (!code) code = read_at(f, f->at, f->bytes, have - 1, n, e);
    f->bytes[(*n)++] = last;
    return code;
}

/* The lines that end before the window. */
static int count_lines(sorted *f, kpi_error *e) {
    char bytes[1 << 14];
    while (f->counted < f->at) {
        size_t got, n = f->at - f->counted < sizeof bytes ? (size_t)(f->at - f->counted) : sizeof bytes;
        int code = read_at(f, f->counted, bytes, n, &got, e);
        if (code) return code;
        for (const char *p = bytes, *lf; (lf = memchr(p, '\n', (size_t)(bytes + got - p))); p = lf + 1) f->lines++;
        f->counted += got;
    }
    return KPI_OK;
}

/* Tells the caller's report of a problem, its line numbered in the file. */
static int tell_whole(void *context, const kpi_error *problem) {
    sorted *f = context;
    kpi_error whole = *problem, failed;
    if (count_lines(f, &failed)) return 1;
    whole.line += f->lines;
    return f->report->fn(f->report->context, &whole);
}

static int read_from(sorted *f, uint64_t from, worker *w, kpi_error *e) {
    int code = KPI_OK;
    for (uint64_t next = from; !code && next < f->size;) {
        kpi__input *input;
        size_t n = 0;
        f->at = next > f->start ? next - 1 : next; /* the LF before it is there, or it would be the start of input */
        code = read_window(f, &n, &next, e);
        if (!code) code = kpi__input_memory(&input, f->name, (kpi_text){f->bytes, n}, e);
        if (!code) code = search_input(input, &w, 1, e);
    }
    if (code == KPI_DATA && !count_lines(f, &(kpi_error){0})) e->line += f->lines;
    return code;
}

static int search_sorted(search *s, const char *path, worker *w, kpi_error *e) {
    sorted f = {.search = s, .name = path, .fd = -1, .report = s->report};
    kpi_report report = {tell_whole, &f};
    uint64_t from;
    if (s->report && s->report->fn) s->report = &report;
    int code = open_sorted(&f, e);
    if (!code) code = bisect(&f, &from, e);
    if (!code) code = read_from(&f, from, w, e);
    if (f.fd > 0) close(f.fd);
    free(f.bytes);
    s->report = f.report;
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
    free(w->kept);
    free(w);
}

static worker *worker_new(search *s) {
    worker *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    w->search = s;
    w->batch.record = s->options->record;
    w->columns = kpi__columns_new();
    if (w->columns) return w;
    worker_free(w);
    return NULL;
}

static int search_all(const char *path, worker *const *crew, unsigned workers, kpi_error *e) {
    kpi__input *input;
    int code = kpi__input_open(&input, path, e);
    return code ? code : search_input(input, crew, workers, e);
}

int kpi_grep(const char *path, const kpi_grep_options *options, kpi_grep_put *put, void *context,
             const kpi_report *report, uint64_t *found, kpi_error *e) {
    search s = {.options = options, .put = put, .context = context, .report = report};
    worker *crew[KPI__THREADS] = {0};
    bool jump = options->sorted && is_regular(path), ready = true;
    unsigned workers = jump ? 1 : kpi__threads(options->threads);
    int code = check_options(options, e);
    if (code) return code;
    for (size_t i = 0; i < options->wheres && ready; i++)
        ready = add_value(choice_of(&s, options->where[i].field), options->where[i].value);
    for (unsigned i = 0; i < workers && ready; i++) ready = (crew[i] = worker_new(&s)) != NULL;
    if (!ready)
        code = kpi__fail_memory(e);
    else
        code = jump ? search_sorted(&s, path, crew[0], e) : search_all(path, crew, workers, e);
    for (unsigned i = 0; i < workers; i++) worker_free(crew[i]);
    for (unsigned i = 0; i < s.choices; i++) kpi__dict_free(s.choice[i].many);
    if (code == KPI_NO) code = KPI_OK;
    *found += s.found;
    return code;
}
