/* test_column.c - column.c: fields to values, many lines at once, against the parsers that read one text.
 *
 * Lines are scanned and read; each line that is not odd must be a valid record, and its values those of
 * kpi_date_parse, kpi_decimal_parse and kpi_period_parse. What is plain must not be odd. */
#include "unit.h"

#include <sys/mman.h>

static kpi__input *input;
static kpi__columns *columns;
static kpi__batch batch;

struct seen {
    uint64_t lines, odd, bad; /* bad: those that are no valid records */
};

/* ---- the values of a line ---- */

static int64_t value_of(enum kpi_type type, kpi_text text) {
    kpi_day day, utc;
    kpi_decimal number;
    kpi_period period;
    static const char *const status[] = {"done", "planned", "missed", "cancelled"};
    if (!text.len) return KPI__EMPTY;
    if (type == KPI_TYPE_DATE) {
        assert_int_equal(kpi_date_parse(text, &day, &utc), KPI_OK);
        assert_int_equal(day, utc);
        return day;
    }
    if (type == KPI_TYPE_PERIOD) {
        assert_int_equal(kpi_period_parse(text, &period), KPI_OK);
        return (int64_t)((uint64_t)(uint32_t)period.first << 32 | (uint32_t)period.last);
    }
    if (type == KPI_TYPE_STATUS)
        for (int i = 0; i < 4; i++)
            if (!kpi_text_compare(kpi_text_of(status[i]), text)) return i;
    assert_int_equal(kpi_decimal_parse(text, &number), KPI_OK);
    assert_true(number == (int64_t)number);
    return (int64_t)number;
}

static void expect_values(const kpi_record *record, unsigned i, const kpi_line *line) {
    for (unsigned f = 0; f < record->fields; f++) {
        enum kpi_type type = record->field[f].type;
        if (type == KPI_TYPE_NAME || type == KPI_TYPE_TEXT) continue;
        if (columns->value[f][i] != value_of(type, line->field[f]))
            fail_msg("'%.*s': %lld", (int)line->text.len, line->text.ptr, (long long)columns->value[f][i]);
        if (type == KPI_TYPE_PERIOD && line->field[f].len) {
            kpi_period days = kpi__days_of(columns->value[f][i]), expected;
            assert_int_equal(kpi_period_parse(line->field[f], &expected), KPI_OK);
            assert_true(kpi_period_same(days, expected));
        }
    }
}

static struct seen expect_lines(enum kpi_record_kind kind, kpi_text bytes) {
    struct seen seen = {0};
    const kpi_record *record = kpi_record_of(kind);
    char *memory = malloc(bytes.len + 2 * KPI__PADDING);
    assert_non_null(memory);
    memset(memory, '5', bytes.len + 2 * KPI__PADDING);
    memory[KPI__PADDING - 1] = '\n';
    memcpy(memory + KPI__PADDING, bytes.ptr, bytes.len);
    kpi__block block = {.input = input, .at = memory + KPI__PADDING, .end = memory + KPI__PADDING + bytes.len};
    block.order = 1;
    kpi__block single = block;
    batch.record = record;
    while (kpi__scan(&batch, &block)) {
        kpi__columns_read(columns, &batch);
        unsigned odds = 0;
        for (unsigned i = 0; i < batch.lines; i++) {
            const char *lf = memchr(single.at, '\n', (size_t)(single.end - single.at));
            kpi__block one = {.input = input, .at = single.at, .end = lf ? lf + 1 : single.end, .order = 1};
            kpi_line line;
            kpi_error error;
            int code = kpi__block_line(&one, &line, &error);
            if (!code) code = kpi_record_check(record, &line, &error);
            seen.bad += code != KPI_OK;
            odds += batch.odd[i];
            if (!batch.odd[i] && code) fail_msg("'%.*s' is not odd", (int)(one.end - single.at), single.at);
            if (!batch.odd[i]) expect_values(record, i, &line);
            single.at = one.end;
        }
        assert_int_equal(batch.odds, odds);
        seen.lines += batch.lines;
        seen.odd += odds;
    }
    free(memory);
    return seen;
}

/* Lines that are put together. */
struct page {
    char *bytes;
    size_t n, room;
};

static void put(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct page *page, const char *format, ...) {
    va_list arguments;
    if (page->room - page->n < 400) {
        page->room = 2 * page->room + 4000;
        page->bytes = realloc(page->bytes, page->room);
        assert_non_null(page->bytes);
    }
    va_start(arguments, format);
    page->n += (size_t)vsnprintf(page->bytes + page->n, 400, format, arguments);
    va_end(arguments);
}

static struct seen expect_page(enum kpi_record_kind kind, struct page *page) {
    struct seen seen = expect_lines(kind, (kpi_text){page->bytes, page->n});
    free(page->bytes);
    *page = (struct page){0};
    return seen;
}

/* ---- dates ---- */

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* A line whose only date of interest is text: by the reader of any record, and by those made for feedback. */
enum { WAYS = 3 };
static const enum kpi_record_kind way_kind[WAYS] = {KPI_CLIENT, KPI_FEEDBACK, KPI_FEEDBACK};
static void put_date(struct page *page, int way, const char *text) {
    static const char *const line[WAYS] = {"c\t\t\t\t%s\t\n", "2026-10-05\ta\tc\ts\tt\t5\t\t%s\tx\n",
                                           "0001-01-01\ta\tc\ts\tt\t5\t%s\t\t\n"};
    if (way == 0) put(page, line[0], text);
    if (way == 1) put(page, line[1], text);
    if (way == 2) put(page, line[2], text);
}

static void every_day(int way) {
    struct page page = {0};
    char text[40];
    for (int year = 1801; year <= 2200; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= days_in(year, month); day++)
                snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day), put_date(&page, way, text);
    struct seen seen = expect_page(way_kind[way], &page);
    assert_int_equal(seen.lines, 146097);
    assert_int_equal(seen.odd, 0);
}

static void test_every_day(void **state) {
    (void)state;
    for (int way = 0; way < WAYS; way++) every_day(way);
}

static void no_days(int way) {
    static const int years[] = {0, 1, 1900, 1970, 2000, 2023, 2024, 9999};
    struct page page = {0};
    uint64_t good = 0;
    for (size_t i = 0; i < COUNT(years); i++)
        for (int month = 0; month < 100; month++)
            for (int day = 0; day<100; day += month> 13 ? 7 : 1) {
                char text[32];
                snprintf(text, sizeof text, "%04d-%02d-%02d", years[i], month, day);
                put_date(&page, way, text);
                good += years[i] && month >= 1 && month <= 12 && day >= 1 && day <= days_in(years[i], month);
            }
    struct seen seen = expect_page(way_kind[way], &page);
    assert_int_equal(seen.lines - seen.odd, good);
    assert_int_equal(seen.bad, seen.odd);
}

static void test_no_days(void **state) {
    (void)state;
    for (int way = 0; way < WAYS; way++) no_days(way);
}

static void put_time(struct page *page, int way, int hour, int minute, int second) {
    char text[40];
    snprintf(text, sizeof text, "2026-10-05T%02d:%02d:%02dZ", hour, minute, second);
    put_date(page, way, text);
}

static void every_time(int way) {
    struct page page = {0};
    for (int second = 0; second < 86400; second++)
        put_time(&page, way, second / 3600, second / 60 % 60, second % 60);
    assert_int_equal(expect_page(way_kind[way], &page).odd, 0);
    for (int hour = 0; hour < 100; hour++)
        for (int minute = 0; minute < 100; minute += hour % 10 > 4 ? 3 : 1)
            put_time(&page, way, hour, minute, (hour + minute) % 100);
    struct seen seen = expect_page(way_kind[way], &page);
    assert_int_equal(seen.bad, seen.odd);
    assert_true(seen.odd > 1000 && seen.odd < seen.lines);
}

static void test_every_time(void **state) {
    (void)state;
    for (int way = 0; way < WAYS; way++) every_time(way);
}

static void test_other_dates(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int odd;
    } cases[] = {
        {"2026-10-05T09:30", 0},
        {"2026-10-05T09:30Z", 0},
        {"2026-10-05T09:30:15", 0},
        {"2026-10-05T09:30:15Z", 0},
        {"2026-10-05T24:00:00Z", 1},
        {"2026-10-05T09:30+08:00", 1},
        {"2026-10-05T09:30:00-05:00", 1},
        {"2026-10-05T", 1},
        {"2026-10-05 09:30", 1},
        {"2026-10-05Z", 1},
        {"2026-10-0", 1},
        {"2026-1-5", 1},
        {"26-10-05", 1},
        {"2026-10-05x", 1},
        {"2026/10/05", 1},
        {"2026-10-05T09:30:15z", 1},
        {"2026-10-05T9:30:15Z", 1},
        {"", 0},
        {"2026-10-05T09:30:1:Z", 1},
        {"2026-10-05T0/:30:15Z", 1},
        {"2026-13-05T09:30:15Z", 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        for (int known = 0; known < 2 * WAYS; known++) { /* the day met before or not */
            struct page page = {0};
            int way = known / 2;
            for (int k = 0; k < 2; k++) put_date(&page, way, k ? cases[i].text : known % 2 ? "2026-10-05" : "");
            uint64_t odd = expect_page(way_kind[way], &page).odd;
            if (odd != (uint64_t)cases[i].odd) fail_msg("%s: %d", cases[i].text, (int)odd);
        }
}

static void test_changed_dates(void **state) { /* one or two bytes, some cut, days in no order */
    (void)state;
    for (int way = 0; way < WAYS; way++) {
        struct page page = {0};
        for (int i = 0; i < 60000; i++) {
            char text[] = "2026-10-05T09:30:15Z";
            if (i % 3 == 0) text[9] = (char)random_from('0', '9');
            for (uint64_t k = 0; k <= random_below(2) && i % 4; k++)
                text[random_below(20)] = (char)random_from(0x21, 0x7E);
            if (!random_below(3)) text[random_below(2) ? 10 : random_below(20)] = 0;
            if (!strchr(text, '\\')) put_date(&page, way, text);
        }
        struct seen seen = expect_page(way_kind[way], &page);
        assert_true(seen.bad <= seen.odd && seen.odd < seen.lines);
    }
}

/* ---- numbers ---- */

static void put_number(struct page *page, const char *text) { put(page, "2026-10\ta\tm\t%s\n", text); }

static void test_every_short_number(void **state) {
    (void)state;
    static const char alphabet[] = "0123456789.+-e ";
    struct page page = {0};
    enum { A = sizeof alphabet - 1 };
    for (unsigned i = 0; i < A * A * A * A; i++) {
        char text[8];
        unsigned left = i;
        int n = 1 + (int)(i % 4);
        for (int k = 0; k < 4; k++, left /= A) text[k] = alphabet[left % A];
        text[n] = 0;
        put_number(&page, text);
    }
    struct seen seen = expect_page(KPI_MEASURE, &page);
    assert_true(seen.bad <= seen.odd && seen.odd < seen.lines);
}

static void test_plain_numbers(void **state) {
    (void)state;
    struct page page = {0};
    for (int i = 0; i < 20000; i++) {
        int digits = 1 + i % 8, decimals = (int)random_below(digits < 7 ? (uint64_t)digits : 6);
        char text[16];
        for (int k = 0; k < digits; k++) text[k] = (char)('0' + random_below(10));
        text[digits] = 0;
        put(&page, "2026-10\ta\tm\t%.*s%s%s\n", digits - decimals, text, decimals ? "." : "", text + digits - decimals);
    }
    assert_int_equal(expect_page(KPI_MEASURE, &page).odd, 0);
}

static void test_hostile_numbers(void **state) {
    (void)state;
    static const char alphabet[] = "0123456789012345678901234567890123456789.......+-e /:";
    for (int round = 0; round < 8; round++) {
        struct page page = {0};
        for (int i = 0; i < 20000; i++) {
            char text[24];
            size_t n = 1 + random_below(round == 7 ? 22 : 12);
            for (size_t k = 0; k < n; k++) text[k] = alphabet[random_below(sizeof alphabet - 1)];
            text[n] = 0;
            if (round % 2)
                put_number(&page, text);
            else /* minutes: whole, from 0 on */
                put(&page, "2026-10-05\ta\tc\tk\tdone\t\t\t%s\t\t\n", text);
        }
        struct seen seen = expect_page(round % 2 ? KPI_MEASURE : KPI_VISIT, &page);
        assert_true(seen.bad <= seen.odd && seen.odd < seen.lines);
    }
    static const char *const edges[] = {"9223372036854.775807",
                                        "9223372036854.775808",
                                        "-9223372036854.775807",
                                        "-9223372036854.775808",
                                        "999999999999999.999999",
                                        "-999999999999999",
                                        "+5",
                                        "-0",
                                        "00000000",
                                        "99999999",
                                        "999999999",
                                        "9999999.9",
                                        "0.000001",
                                        "0.0000001"};
    struct page page = {0};
    for (size_t i = 0; i < COUNT(edges); i++) put_number(&page, edges[i]);
    assert_int_equal(expect_page(KPI_MEASURE, &page).bad, 1);
}

/* ---- periods, statuses, whole lines ---- */

static void test_periods(void **state) {
    (void)state;
    struct page page = {0};
    for (int year = 1999; year < 2030; year++) {
        put(&page, "%d\ta\tm\t1\n%d-H1\ta\tm\t1\n%d-H2\ta\tm\t1\n", year, year, year);
        for (int i = 1; i <= 4; i++) put(&page, "%d-Q%d\ta\tm\t1\n", year, i);
        for (int i = 1; i <= 12; i++) put(&page, "%d-%02d\ta\tm\t1\n%d-%02d-%02d\ta\tm\t1\n", year, i, year, i, 2 * i);
        for (int i = 1; i <= 52; i++) put(&page, "%d-W%02d\ta\tm\t1\n", year, i);
    }
    assert_int_equal(expect_page(KPI_MEASURE, &page).odd, 0);
    for (int i = 0; i < 3; i++)
        put(&page, "0001\ta\tm\t1\n1969-12\ta\tm\t1\n1970-01-01\ta\tm\t1\n"
                   "2026-10-01..2026-10-15\ta\tm\t1\n9999\ta\tm\t1\n");
    assert_int_equal(expect_page(KPI_MEASURE, &page).odd, 3); /* of 22 bytes */
    static const char *const shapes[] = {
        "2026", "2026-H1", "2026-Q4", "2026-10", "2026-W45", "2026-10-05", "2026-10-01..2026-10-15"};
    for (int i = 0; i < 60000; i++) {
        char text[64];
        size_t n = (size_t)snprintf(text, sizeof text, "%s", shapes[random_below(COUNT(shapes))]);
        text[random_below(n)] = (char)random_from(0x30, 0x5B);
        if (random_below(4) == 0) text[random_below(n) + 1] = 0;
        put(&page, "%s\ta\tm\t1\n", text);
    }
    struct seen seen = expect_page(KPI_MEASURE, &page);
    assert_true(seen.bad > 1000 && seen.odd < seen.lines);
}

static void test_statuses(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int odd;
    } cases[] = {
        {"done", 0},    {"planned", 0},  {"missed", 0},    {"cancelled", 0},  {"", 1},
        {"don", 1},     {"done ", 1},    {"Done", 1},      {"gone", 1},       {"massed", 1},
        {"plannes", 1}, {"canceled", 1}, {"cancelles", 1}, {"cancelled1", 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct page page = {0};
        put(&page, "2026-10-05\ta\tc\tk\t%s\t\t\t\t\t\n", cases[i].text);
        assert_int_equal(expect_page(KPI_VISIT, &page).odd, cases[i].odd);
    }
}

static void test_lines(void **state) {
    (void)state;
    static const struct {
        enum kpi_record_kind kind;
        const char *line;
        int odd;
    } cases[] = {
        {KPI_VISIT, "2026-10-05\ta\t\tk\tdone\t\t\t\t\t\n", 0},
        {KPI_VISIT, "2026-10-05\t\t\tk\tdone\t\t\t\t\t\n", 1},
        {KPI_VISIT, "2026-10-05\ta\t\t\tdone\t\t\t\t\t\n", 1},
        {KPI_VISIT, "\ta\t\tk\tdone\t\t\t\t\t\n", 1},
        {KPI_VISIT, "2026-10-05\ta\t\tk\tdone\t\t\t-1\t\t\n", 1},
        {KPI_VISIT, "2026-10-05\ta\t\tk\tdone\t\t\t1.5\t\t\n", 1},
        {KPI_VISIT, "2026-10-05\ta\t\tk\tdone\t\t\t15\t2026-10-05T10:00:00Z\tn\r\n", 0},
        {KPI_VISIT, "2026-10-05\ta\t\tk\tdone\t\t\t\t\n", 1},
        {KPI_VISIT, "2026-10-05\ta\t\tk\tdone\t\t\t\t\t\t\n", 1},
        {KPI_FEEDBACK, "2026-10-05\ta\t\t\t\t9\t2026-10-05\t\t\n", 0},
        {KPI_FEEDBACK, "2026-10-05\ta\t\t\t\t9\t2026-10-04\t\t\n", 1},
        {KPI_FEEDBACK, "2026-10-05\ta\t\t\t\t\t2027-01-01\t\t\r\n", 0},
        {KPI_MEASURE, "2026-10\ta\tm\t\n", 1},
        {KPI_MEASURE, "2026-10\ta\tm\t5\r\n", 0},
        {KPI_MEASURE, "2026-10\ta\t\t5\n", 1},
        {KPI_GOAL, "2026-10\ta\tm\t\t5\t\n", 0},
        {KPI_CLIENT, "c\t\t\t\t\t\n", 0},
        {KPI_CLIENT, "c\t\t\t\t\t\tmore\tand more\n", 0},
        {KPI_CLIENT, "\t\t\t\t\t\n", 1},
        {KPI_MEASURE, "\n", 1},
        {KPI_MEASURE, "# 2026-10\ta\tm\t5\n", 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t odd = expect_lines(cases[i].kind, kpi_text_of(cases[i].line)).odd;
        if (odd != (uint64_t)cases[i].odd) fail_msg("%s: %d odd", cases[i].line, (int)odd);
    }
}

/* A line with fewer fields than those before it: where its others would end the next lines do, marked, and that must
 * not be taken for an offset, which would lead far behind the block, where there is no memory. */
static void test_short_lines(void **state) {
    (void)state;
    enum { GUARD = 1 << 17, LINES = 24 };
    static const struct {
        enum kpi_record_kind kind;
        const char *line;
    } cases[] = {
        {KPI_VISIT, "2026-10-05\ta\tc\tk\tdone\tp\to\t15\t2026-10-05T10:00:00Z\tn\n"},
        {KPI_FEEDBACK, "2026-10-05\ta\tc\ts\tt\t9\t2026-10-05\t2026-10-05T10:00:00Z\tx\n"},
        {KPI_MEASURE, "2026-10\ta\tm\t5.25\n"},
        {KPI_GOAL, "2026-10\ta\tm\t10\t5\t1\n"},
    };
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    char *memory = mmap(NULL, size + GUARD, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    assert_int_equal(mprotect(memory + size, GUARD, PROT_NONE), 0);
    char *end = memory + size - KPI__PADDING;
    for (size_t i = 0; i < COUNT(cases); i++)
        for (unsigned at = 0, few = 0; at < LINES; few++, at += few % 8 == 0) {
            static const char shorts[] = "\ta\ta\ta\ta\ta\ta\ta\t2\n";
            size_t n = strlen(cases[i].line), fields = few % 8 % (kpi_record_of(cases[i].kind)->fields - 1) + 1;
            char *start = end - (LINES - 1) * n - 2 * fields, *p = start;
            for (unsigned k = 0; k < LINES; k++)
                p = mempcpy(p, k == at ? shorts + 17 - 2 * fields : cases[i].line, k == at ? 2 * fields : n);
            kpi__block block = {.input = input, .at = start, .end = end, .order = 1};
            batch.record = kpi_record_of(cases[i].kind);
            assert_true(kpi__scan(&batch, &block));
            kpi__columns_read(columns, &batch);
            assert_int_equal(batch.lines, LINES);
            for (unsigned k = 0; k < LINES; k++) assert_int_equal(batch.odd[k], k == at);
            assert_false(kpi__scan(&batch, &block));
        }
    munmap(memory, size + GUARD);
}

/* ---- all of it ---- */

struct sums { /* of one worker */
    uint64_t lines, odd;
    int64_t sum;
};

static int add_batch(void *worker, kpi__batch *b, const kpi__columns *c, kpi__block *block, kpi_error *e) {
    struct sums *sums = worker;
    (void)block, (void)e;
    for (unsigned i = 0; i < b->lines; i++) {
        if (b->odd[i]) continue;
        if (c->value[3][i] == 777 * KPI_ONE || c->value[3][i] < 0) { /* these need a closer look */
            b->odd[i] = true;
            continue;
        }
        sums->lines++;
        sums->sum += c->value[3][i];
    }
    kpi__count_odds(b);
    return KPI_OK;
}

static int add_line(void *worker, kpi_line *line, kpi__block *block, kpi_error *e) {
    struct sums *sums = worker;
    kpi_decimal value;
    (void)block;
    assert_int_equal(kpi_decimal_parse(line->field[3], &value), KPI_OK);
    if (value < 0) return kpi__fail_line(e, line, 4, "less than 0");
    sums->odd++;
    sums->lines++;
    sums->sum += (int64_t)value;
    return KPI_OK;
}

static const kpi__taker *taker(void) {
    static kpi__taker take = {NULL, add_batch, add_line};
    take.record = kpi_record_of(KPI_MEASURE);
    return &take;
}

static int read_all(const char *path, unsigned crew, const kpi_report *report, struct sums *all, kpi_error *e) {
    struct sums sums[7] = {{0}};
    void *worker[7];
    kpi__input *file;
    uint64_t *base = NULL;
    for (unsigned i = 0; i < 7; i++) worker[i] = &sums[i];
    expect_ok(kpi__input_open(&file, path, e), e);
    int code = kpi__each_batch(file, taker(), worker, crew, &base, report, e);
    *all = (struct sums){0};
    for (unsigned i = 0; i < 7; i++) {
        all->lines += sums[i].lines;
        all->odd += sums[i].odd;
        all->sum += sums[i].sum;
    }
    free(base);
    return code;
}

static void test_each_batch(void **state) {
    (void)state;
    static const char *const problems[] = {"2026-10\ta\tm\t5,5\n", "2026-10\ta\tm\t-3\n", "x\n", "2026-13\ta\tm\t5\n"};
    enum { LINES = 250000, EVERY = 6007 };
    struct page page = {0};
    struct sums expected = {0}, found;
    for (int i = 1; i <= LINES; i++) {
        long value = i * 7919L % 100003;
        if (i % EVERY == 0) {
            put(&page, "%s", problems[i / EVERY % 4]);
            continue;
        }
        bool odd = i % 101 == 0, late = i % 1009 == 0 && !odd;
        if (late)
            put(&page, "2026-10\ta\tm\t777\n");
        else
            put(&page, odd ? "2026-10\t王\\\\\tm\t+%ld\n" : "2026-10\tann\tm\t%ld.5\n", value);
        expected.lines++;
        expected.sum += late ? 777000000 : value * 1000000 + (odd ? 0 : 500000);
        expected.odd += odd || late;
    }
    char path[320];
    snprintf(path, sizeof path, "%s", temp_file("measures", (kpi_text){page.bytes, page.n}));
    assert_true(page.n > 4 << 20);
    for (unsigned crew = 1; crew <= 7; crew += crew == 3 ? 4 : 1) {
        struct heard heard = {0}, first = {.stop = 2};
        kpi_report report = hearing(&heard), stops = hearing(&first);
        kpi_error error = {0};
        expect_ok(read_all(path, crew, &report, &found, &error), &error);
        assert_int_equal(found.lines, expected.lines);
        assert_int_equal(found.odd, expected.odd);
        assert_true(found.sum == expected.sum);
        assert_int_equal(heard.n, LINES / EVERY);
        for (size_t i = 0, line = EVERY, at = 0; i < heard.n; i++, line += EVERY) { /* in the order of the input */
            char head[400];
            int n = snprintf(head, sizeof head, "%s:%zu:", path, line);
            assert_memory_equal(heard.text + at, head, (size_t)n);
            at += strcspn(heard.text + at, "\n") + 1;
        }
        assert_int_equal(read_all(path, crew, NULL, &found, &error), KPI_DATA);
        assert_int_equal(error.line, EVERY);
        assert_int_equal(read_all(path, crew, &stops, &found, &error), KPI_DATA);
        assert_int_equal(error.line, 2 * EVERY);
    }
    free(page.bytes);
}

static int set_up(void **state) {
    kpi_error error;
    columns = kpi__columns_new();
    return make_temp_folder(state) || kpi__input_memory(&input, "lines", TEXT(""), &error) || !columns;
}

static int tear_down(void **state) {
    kpi__columns_free(columns);
    kpi__columns_free(NULL);
    kpi__input_free(input);
    return drop_temp_folder(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day),          cmocka_unit_test(test_no_days),
        cmocka_unit_test(test_every_time),         cmocka_unit_test(test_other_dates),
        cmocka_unit_test(test_changed_dates),
        cmocka_unit_test(test_every_short_number), cmocka_unit_test(test_plain_numbers),
        cmocka_unit_test(test_hostile_numbers),    cmocka_unit_test(test_periods),
        cmocka_unit_test(test_statuses),           cmocka_unit_test(test_lines),
        cmocka_unit_test(test_short_lines),
        cmocka_unit_test(test_each_batch),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down) != 0;
}
