/* column.c - the typed fields of all lines of a batch at once, from text to value.
 *
 * A line's fields are read together, without branches that the processor could not foresee: those of visits, feedback,
 * measures and goal lines, of which there are many, by loops made for each of these records, the others by their
 * table. Dates and periods, of which a log has few, are compared with the line before and looked up by their bytes in
 * a table of those met before, where only valid ones stand; so are scores and minutes; other numbers of up to 8 digits
 * are converted in one step. What does not fit (a date with an offset, a sign, a long number) makes its line odd:
 * record.c reads it. Where there is AVX-512 the loops are those of column8.h, eight lines at once, which give what is
 * unusual back to the readers here. What is set must be what record.c and the parsers it uses find; tests compare. */
#include "internal.h"

#include <stdlib.h>

#ifdef __x86_64__
#include "wide.h"
#endif

enum { DATES = 1 << 11, PERIODS = 1 << 7, NUMBERS = 1 << 9 };

typedef struct date { /* all ten bytes of YYYY-MM-DD */
    uint64_t head, tail; /* the first and the last 8 */
    int64_t day;
} date;

typedef struct period {
    uint64_t head, tail; /* likewise, of a text of 8 to 16 bytes; else padded with zeros, and 0 */
    size_t length;
    int64_t days;
} period;

typedef struct number { /* a text of 1 to 8 bytes, padded with zeros */
    uint64_t text;
    int64_t value;
} number;

typedef struct kpi__memo { /* dates by place_of(), periods by hash; what collides is replaced */
    date date[DATES];
    period period[PERIODS];
    number number[NUMBERS];
    date last[KPI_FIELDS]; /* of the line before */
    bool wide;             /* eight lines at once */
} kpi__memo;

kpi__columns *kpi__columns_new(void) {
    kpi__columns *columns = calloc(1, sizeof *columns);
    if (columns && !(columns->memo = calloc(1, sizeof *columns->memo))) {
        free(columns);
        return NULL;
    }
    if (columns) columns->memo->wide = kpi__vectors() == KPI__AVX512;
    return columns;
}

void kpi__columns_free(kpi__columns *columns) {
    if (!columns) return;
    free(columns->memo);
    free(columns);
}

/* ---- dates ---- */

static inline size_t hash_of(uint64_t head, uint64_t tail) {
    return (size_t)(((head ^ tail >> 7) * 0x9E3779B97F4A7C15u) >> 40);
}

/* All days of a year have places of their own: the bits of month and day that differ, as MONTH_AND_DAY picks them out
 * of the last 8 bytes, and the year's last digit mixed in. */
#define MONTH_AND_DAY 0x0F03000F01000000u
enum { YEARS = 0x155 };
static inline size_t place_of(uint64_t tail) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t month = (tail >> 24 & 1) | (tail >> 31 & 0x1E), day = (tail >> 48 & 3) | (tail >> 54 & 0x3C);
    return (size_t)((month | day << 5) ^ (tail >> 8 & 0x0F) * YEARS) % DATES;
#else
    return hash_of(tail, 0) % DATES;
#endif
}

static bool learn_date(date *d, const char *p) {
    kpi_day day;
    if (kpi_date_parse((kpi_text){p, 10}, &day, NULL)) return false;
    *d = (date){kpi__load8(p), kpi__load8(p + 2), day};
    return true;
}

/* Whether p is THH:MM:SSZ. */
static inline bool is_stamp(const char *p) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    /* Digits become 0..9, T and : zero. What is added lifts all that is too large over 15. */
    uint64_t x = kpi__load8(p) ^ 0x303A30303A303054u, all = x | (x + 0x0A0F060A0F060D0Fu);
    bool late = (x >> 8 & 0xFF) == 2 && (x >> 16 & 0xFF) > 3; /* 24:00 and more */
    return !(all & KPI__BYTES(0xF0)) & !late & ((unsigned char)(p[8] - '0') < 10) & (p[9] == 'Z');
#else
    return false;
#endif
}

/* A date with a time that counts as UTC: only then is the day written the UTC day too. */
static bool has_time(kpi_text text) {
    kpi_day day, utc;
    if (text.len == 20 && is_stamp(text.ptr + 10)) return true;
    return text.len > 10 && !kpi_date_parse(text, &day, &utc) && text.len < 21;
}

typedef struct line { /* one line of a batch: its bytes, and where its fields end */
    const char *bytes;
    const uint16_t *end;
    unsigned fields;
} line;

/* Field f; f is known when this is compiled. */
static inline __attribute__((always_inline)) kpi_text field_of(const line *l, unsigned f) {
    unsigned from = (unsigned)((l->end[f] & ~KPI__LF) + 1) & ~(unsigned)KPI__LF, to = l->end[f + 1];
    if (f + 1 < l->fields) return (kpi_text){l->bytes + from, to - from};
    to &= ~(unsigned)KPI__LF;
    if (l->bytes[to - 1] == '\r') to--; /* the line is not empty, so to > 0 */
    return (kpi_text){l->bytes + from, to - from};
}

/* These say whether the field is good, as 1 and 0 to be added up by &. An empty one is when it is not required. */
#define READ static inline __attribute__((always_inline)) unsigned

/* Not met before, or not plain YYYY-MM-DD. */
static __attribute__((noinline)) bool learn_field(kpi__memo *memo, date *last, kpi_text text, int64_t *value) {
    if (text.len < 10) return false;
    uint64_t head = kpi__load8(text.ptr), tail = kpi__load8(text.ptr + 2);
    date *d = &memo->date[place_of(tail)];
    if ((d->head != head || d->tail != tail) && !learn_date(d, text.ptr)) return false;
    *last = *d;
    *value = d->day;
    return text.len == 10 || has_time(text);
}

/* A date, or nothing, that is mostly the same as on the line before. */
READ read_date(kpi__memo *memo, date *last, kpi_text text, bool required, int64_t *value) {
    uint64_t head = kpi__load8(text.ptr), tail = kpi__load8(text.ptr + 2);
    bool same = head == last->head && tail == last->tail;
    *value = last->day;
    if (same && text.len == 10) return true;
    if (same && text.len == 20 && is_stamp(text.ptr + 10)) return true;
    *value = KPI__EMPTY;
    return text.len ? learn_field(memo, last, text, value) : !required;
}

/* A date that is often another one, and often not there. */
READ read_date_or_none(kpi__memo *memo, date *last, kpi_text text, int64_t *value) {
    uint64_t head = kpi__load8(text.ptr), tail = kpi__load8(text.ptr + 2);
    const date *d = &memo->date[place_of(tail)];
    bool none = !text.len, met = (d->head == head) & (d->tail == tail) & (text.len == 10);
    *value = none ? KPI__EMPTY : d->day;
    if (__builtin_expect(none | met, 1)) return true;
    *value = KPI__EMPTY;
    return learn_field(memo, last, text, value);
}

/* ---- periods ---- */

static bool learn_period(period *p, kpi_text text, uint64_t head, uint64_t tail) {
    kpi_period days;
    if (text.len > 16 || kpi_period_parse(text, &days)) return false;
    *p = (period){head, tail, text.len, (int64_t)days.first * ((int64_t)1 << 32) + (uint32_t)days.last};
    return true;
}

READ read_period(kpi__memo *memo, kpi_text text, bool required, int64_t *value) {
    uint64_t head = 0, tail = 0;
    *value = KPI__EMPTY;
    if (!text.len) return !required;
    if (text.len >= 8) {
        head = kpi__load8(text.ptr);
        tail = kpi__load8(text.ptr + text.len - 8);
    } else
        head = kpi__low_bytes(kpi__load8(text.ptr), text.len);
    period *p = &memo->period[hash_of(head, tail) % PERIODS];
    bool same = p->length == text.len && p->head == head && p->tail == tail;
    if (!same && !learn_period(p, text, head, tail)) return false;
    *value = p->days;
    return true;
}

/* ---- numbers ---- */

static inline bool read_slowly(kpi_text text, int64_t *out) {
    kpi_decimal value;
    if (kpi_decimal_parse(text, &value) || value > INT64_MAX || value <= INT64_MIN) return false;
    *out = (int64_t)value;
    return true;
}

/* Up to 8 digits without or 9 bytes with a point. The point is taken out, the digits are pushed up to the last
 * byte, zeros in front, and three multiplications add up neighbours: by 10, by 100, by 10000. */
static inline bool read_number(kpi_text text, int64_t *out) {
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    return read_slowly(text, out);
#else
    static const uint32_t scale[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    size_t n = text.len;
    if (n > 9) return read_slowly(text, out);
    uint64_t x = kpi__load8(text.ptr), zero = x ^ KPI__BYTES('.'), decimals = 0;
    uint64_t point = ~(((zero & KPI__BYTES(0x7F)) + KPI__BYTES(0x7F)) | zero) & KPI__BYTES(0x80);
    point &= n < 8 ? ((uint64_t)1 << 8 * n) - 1 : ~(uint64_t)0;
    if (point) {
        unsigned bit = (unsigned)__builtin_ctzll(point) - 7; /* of the point's byte */
        uint64_t below = ((uint64_t)1 << bit) - 1, above = x >> 8;
        if (n == 9) above |= (uint64_t)(unsigned char)text.ptr[8] << 56;
        x = (x & below) | (above & ~below);
        n--;
        decimals = n - bit / 8;
        if (!decimals || decimals > 6 || !bit) return false;
    } else if (n > 8)
        return read_slowly(text, out);
    x = (x ^ KPI__BYTES('0')) << (8 * (8 - n)); /* 1 <= n <= 8 */
    if (((x + KPI__BYTES(0x06)) | x) & KPI__BYTES(0xF0)) return read_slowly(text, out);
    x = x * 10 + (x >> 8);
    x = (x & 0x000000FF000000FFu) * 0x000F424000000064u + (x >> 16 & 0x000000FF000000FFu) * 0x0000271000000001u;
    x >>= 32;
    *out = (int64_t)((uint64_t)(uint32_t)x * scale[decimals]);
    return true;
#endif
}

static inline bool is_whole(kpi_text text) { return *text.ptr != '-' && !memchr(text.ptr, '.', text.len); }

static inline bool read_any(kpi_text text, bool whole, int64_t *out) {
    return read_number(text, out) && (!whole || is_whole(text));
}

/* Scores and minutes are few: their texts are looked up (known: where). Sums of money are not: then each is read. */
READ read_count(number *known, kpi_text text, bool whole, bool required, int64_t *value) {
    *value = KPI__EMPTY;
    if (!text.len) return !required;
    if (known && text.len <= 8) {
        uint64_t key = kpi__low_bytes(kpi__load8(text.ptr), text.len);
        known = &known[hash_of(key, 0) % NUMBERS];
        *value = known->value;
        if (known->text == key) return true;
        if (!read_any(text, whole, value)) return false;
        *known = (number){key, *value};
        return true;
    }
    return read_any(text, whole, value);
}

/* ---- statuses ---- */

READ read_status(kpi_text text, int64_t *value) {
#define WORD(a, b, c, d, e, f, g, h)                                                                                   \
    (a | (uint64_t)b << 8 | (uint64_t)c << 16 | (uint64_t)d << 24 | (uint64_t)e << 32 | (uint64_t)f << 40 |            \
     (uint64_t)g << 48 | (uint64_t)h << 56)
    static const struct { uint64_t word; int64_t status; } known[10] = { /* by length */
        [4] = {WORD('d', 'o', 'n', 'e', 0, 0, 0, 0), 0}, [7] = {WORD('p', 'l', 'a', 'n', 'n', 'e', 'd', 0), 1},
        [6] = {WORD('m', 'i', 's', 's', 'e', 'd', 0, 0), 2}, [9] = {WORD('c', 'a', 'n', 'c', 'e', 'l', 'l', 'e'), 3}};
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (text.len - 1 > 8) return false;
    *value = known[text.len].status;
    return kpi__low_bytes(kpi__load8(text.ptr), text.len) == known[text.len].word &&
           (text.len < 9 || text.ptr[8] == 'd');
#else
    return false;
#endif
#undef WORD
}

/* ---- records ---- */

/* A loop over those of lines `from` to `to` - 1 of a batch that are not odd. */
#define LINES                                                                                                \
    kpi__memo *memo = c->memo;                                                                               \
    date *last = memo->last;                                                                                 \
    line l = {.bytes = batch->bytes, .fields = FIELDS};                                                       \
    (void)last;                                                                                              \
    for (unsigned i = from; i < to; i++)                                                                     \
        if (!batch->odd[i] && (l.end = batch->end + batch->before[i], true))
#define FIELD(f)           field_of(&l, f)
#define DATE(f, required)  read_date(memo, &last[f], FIELD(f), required, &c->value[f][i])
#define COUNT(f, whole)    read_count(memo->number, FIELD(f), whole, false, &c->value[f][i])
#define NUMBER(f, required) read_count(NULL, FIELD(f), false, required, &c->value[f][i])
#define PERIOD(f)          read_period(memo, FIELD(f), true, &c->value[f][i])

/* Of a line whose date is read: it cannot be resolved before it was given. */
READ read_resolved(kpi__columns *c, const kpi__batch *batch, unsigned i) {
    enum { DATE = KPI_FEEDBACK_DATE, RESOLVED = KPI_FEEDBACK_RESOLVED };
    int64_t *on = &c->value[RESOLVED][i];
    unsigned good = read_date_or_none(c->memo, &c->memo->last[RESOLVED], kpi__inner(batch, i, RESOLVED), on);
    return good & (*on == KPI__EMPTY || *on >= c->value[DATE][i]);
}

static void read_feedback(kpi__columns *c, kpi__batch *batch, unsigned from, unsigned to) {
    enum { FIELDS = 9 };
    LINES {
        unsigned good = DATE(KPI_FEEDBACK_DATE, true) & (FIELD(KPI_FEEDBACK_MANAGER).len > 0);
        good &= COUNT(KPI_FEEDBACK_SCORE, false) & DATE(KPI_FEEDBACK_LOGGED, false) & read_resolved(c, batch, i);
        batch->odd[i] = !good;
    }
}

static void read_visits(kpi__columns *c, kpi__batch *batch, unsigned from, unsigned to) {
    enum { FIELDS = 10 };
    LINES {
        unsigned good = DATE(KPI_VISIT_DATE, true) & (FIELD(KPI_VISIT_MANAGER).len > 0);
        good &= FIELD(KPI_VISIT_KIND).len > 0;
        good &= read_status(FIELD(KPI_VISIT_STATUS), &c->value[KPI_VISIT_STATUS][i]);
        good &= COUNT(KPI_VISIT_MINUTES, true) & DATE(KPI_VISIT_LOGGED, false);
        batch->odd[i] = !good;
    }
}

static void read_measures(kpi__columns *c, kpi__batch *batch, unsigned from, unsigned to) {
    enum { FIELDS = 4 };
    LINES batch->odd[i] = !(PERIOD(0) & (FIELD(1).len > 0) & (FIELD(2).len > 0) & NUMBER(3, true));
}

static void read_goals(kpi__columns *c, kpi__batch *batch, unsigned from, unsigned to) {
    enum { FIELDS = 6 };
    LINES {
        unsigned good = PERIOD(0) & (FIELD(1).len > 0) & (FIELD(2).len > 0);
        batch->odd[i] = !(good & NUMBER(3, false) & NUMBER(4, true) & NUMBER(5, false));
    }
}

static bool read_field(kpi__columns *c, const kpi_field *field, unsigned f, kpi_text text, int64_t *value) {
    switch (field->type) {
    case KPI_TYPE_DATE:
        return read_date(c->memo, &c->memo->last[f], text, field->required, value);
    case KPI_TYPE_PERIOD:
        return read_period(c->memo, text, field->required, value);
    case KPI_TYPE_STATUS:
        return read_status(text, value);
    case KPI_TYPE_NUMBER:
    case KPI_TYPE_COUNT:
        return read_count(NULL, text, field->type == KPI_TYPE_COUNT, field->required, value);
    default:
        return text.len || !field->required;
    }
}

/* Any record. */
static void read_lines(kpi__columns *c, kpi__batch *batch, unsigned from, unsigned to) {
    const kpi_record *record = batch->record;
    for (unsigned i = from; i < to; i++)
        for (unsigned f = 0; f < record->fields && !batch->odd[i]; f++)
            batch->odd[i] = !read_field(c, &record->field[f], f, kpi__at(batch, i, f), &c->value[f][i]);
}

#ifdef __x86_64__
#include "column8.h"
#else
#define wide_feedback read_feedback
#define wide_visits   read_visits
#define wide_measures read_measures
#define wide_goals    read_goals
#define wide_texts(batch, which, n, field, text) 0
#define wide_pick                                pick
#endif

void kpi__columns_read(kpi__columns *columns, kpi__batch *batch) {
    static void (*const read[][2])(kpi__columns *c, kpi__batch *batch, unsigned from, unsigned to) = {
        [KPI_FEEDBACK] = {read_feedback, wide_feedback}, [KPI_VISIT] = {read_visits, wide_visits},
        [KPI_MEASURE] = {read_measures, wide_measures},  [KPI_GOAL] = {read_goals, wide_goals},
        [KPI_RECORDS] = {read_lines, read_lines}};
    enum kpi_record_kind kind = 0;
    while (kind < KPI_RECORDS && batch->record != kpi_record_of(kind)) kind++;
    (read[kind][0] ? read[kind][columns->memo->wide] : read_lines)(columns, batch, 0, batch->lines);
    kpi__count_odds(batch);
}

void kpi__columns_texts(const kpi__columns *columns, const kpi__batch *batch, const uint16_t *which, unsigned n,
                        unsigned field, kpi_text *text) {
    unsigned i = columns->memo->wide ? wide_texts(batch, which, n, field, text) : 0;
    for (; i < n; i++) text[i] = kpi__at(batch, which[i], field);
}

static unsigned pick(const int64_t *day, const bool *odd, unsigned n, kpi_period within, uint16_t *picked) {
    unsigned found = 0;
    for (unsigned i = 0; i < n; i++) {
        picked[found] = (uint16_t)i;
        found += odd[i] | ((day[i] >= within.first) & (day[i] <= within.last));
    }
    return found;
}

unsigned kpi__columns_pick(const kpi__columns *columns, const kpi__batch *batch, unsigned n, unsigned field,
                           kpi_period within, uint16_t *picked) {
    return (columns->memo->wide ? wide_pick : pick)(columns->value[field], batch->odd, n, within, picked);
}

/* ---- all of it ---- */

typedef struct reading { /* of one worker */
    const kpi__taker *take;
    void *worker;
    const kpi_report *report;
    kpi__columns *columns;
    kpi__batch batch;
} reading;

static int take_odd(reading *r, kpi__block *block, unsigned i, kpi_error *e) {
    kpi_line odd;
    int code = kpi__odd_line(&r->batch, block, i, &odd, e);
    if (!code) code = kpi_record_check(r->take->record, &odd, e);
    if (!code) code = r->take->line(r->worker, &odd, block, e);
    if (code == KPI_DATA) return kpi__block_tell(block, r->report, e);
    return code == KPI_NO ? KPI_OK : code;
}

static int take_block(void *context, kpi__block *block, kpi_error *e) {
    reading *r = context;
    kpi__batch *batch = &r->batch;
    int code = KPI_OK;
    while (!code && kpi__scan(batch, block)) {
        kpi__columns_read(r->columns, batch);
        code = r->take->batch(r->worker, batch, r->columns, block, e);
        for (unsigned i = 0; batch->odds && i < batch->lines && !code; i++)
            if (batch->odd[i]) code = take_odd(r, block, i, e);
    }
    return code;
}

int kpi__each_batch(kpi__input *input, const kpi__taker *take, void *const *worker, unsigned workers, uint64_t **base,
                    const kpi_report *report, kpi_error *e) {
    reading *r = calloc(workers, sizeof *r);
    void *readers[KPI__THREADS];
    bool ready = r != NULL;
    kpi__input_watch(input, report);
    for (unsigned i = 0; i < workers && ready; i++) {
        r[i].take = take;
        r[i].worker = worker[i];
        r[i].report = report;
        r[i].batch.record = take->record;
        readers[i] = &r[i];
        ready = (r[i].columns = kpi__columns_new()) != NULL;
    }
    int code = KPI_OK;
    if (ready)
        code = kpi__each_block(input, take_block, readers, workers, base, e);
    else {
        kpi__input_free(input);
        code = kpi__fail_memory(e);
    }
    for (unsigned i = 0; r && i < workers; i++) kpi__columns_free(r[i].columns);
    free(r);
    return code;
}
