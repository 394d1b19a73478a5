/* test_grep.c - grep.c: what passes, against a plain search line by line (kpi_reader_next, kpi_record_check, and one
 * comparison after the other) on random lines, good and bad, in files of all sizes and a pipe, with threads and with
 * --sorted; what is refused; puts, reads and memory that fail. */
#include "unit.h"
#include "scarce.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/types.h>

/* ---- calls of the system ---- */

static atomic_int reads_before = -1; /* so many preads succeed, then one gives read_gives; < 0: all succeed */
static ssize_t read_gives;

ssize_t pread64(int fd, void *out, size_t n, off_t at);
ssize_t pread(int fd, void *out, size_t n, off_t at) {
    ssize_t (*real)(int, void *, size_t, off_t) = (ssize_t (*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread");
    if (reads_before == 0) {
        reads_before = -1;
        errno = EIO;
        return read_gives;
    }
    if (reads_before > 0) reads_before--;
    return real(fd, out, n, at);
}

/* What pread becomes with _FORTIFY_SOURCE. */
ssize_t __pread_chk(int fd, void *out, size_t n, off_t at, size_t size);
ssize_t __pread_chk(int fd, void *out, size_t n, off_t at, size_t size) {
    return n <= size ? pread(fd, out, n, at) : -1;
}

/* ---- what was found ---- */

struct bytes {
    char *text;
    size_t used, room;
    unsigned calls, stop; /* the call numbered stop fails (from 1 on; 0: none) */
};

static void put_bytes(struct bytes *to, const char *text, size_t n) {
    if (to->used + n + 1 > to->room) {
        to->room = 2 * (to->used + n + 1);
        to->text = realloc(to->text, to->room);
        assert_non_null(to->text);
    }
    if (n) memcpy(to->text + to->used, text, n);
    to->used += n;
    to->text[to->used] = 0;
}

static void put_text(struct bytes *to, const char *text) { put_bytes(to, text, strlen(text)); }

static int collect(void *context, kpi_text lines, kpi_error *error) {
    struct bytes *to = context;
    assert_true(lines.len > 0 && lines.ptr[lines.len - 1] == '\n');
    if (++to->calls == to->stop) return kpi__fail(error, KPI_SYSTEM, "enough");
    put_bytes(to, lines.ptr, lines.len);
    return KPI_OK;
}

/* What was found and told, as one text. */
struct outcome {
    struct bytes found, told;
    bool keep_going;
};

static int hear_all(void *context, const kpi_error *problem) {
    struct outcome *outcome = context;
    put_text(&outcome->told, shown(problem));
    put_text(&outcome->told, "\n");
    return !outcome->keep_going;
}

static void forget(struct outcome *outcome) {
    free(outcome->found.text);
    free(outcome->told.text);
}

/* ---- a plain search ---- */

static int plain_days(const kpi_record *record, kpi_text text, kpi_period *out) {
    bool dates = record && record->field[0].type == KPI_TYPE_DATE;
    if (!dates && !kpi_period_parse(text, out)) return KPI_OK;
    if ((record && !dates) || kpi_date_parse(text, &out->first, NULL)) return KPI_DATA;
    out->last = out->first;
    return KPI_OK;
}

static bool plain_fits(const kpi_grep_options *o, const kpi_line *line) {
    for (size_t i = 0; i < o->wheres; i++) {
        bool any = false;
        for (size_t k = 0; k < o->wheres; k++)
            any = any || (o->where[k].field == o->where[i].field && o->where[i].field < line->fields &&
                          kpi_text_compare(line->field[o->where[i].field], o->where[k].value) == 0);
        if (!any) return false;
    }
    return true;
}

static int plain_search(const char *path, const kpi_grep_options *o, struct outcome *out, uint64_t *found) {
    kpi_reader *reader;
    kpi_line line;
    kpi_error error = {0};
    kpi_report report = {.fn = hear_all, .context = out};
    int code;
    expect_ok(kpi_reader_open(&reader, path, &error), &error);
    while ((code = kpi_reader_next(reader, &line, &error)) != KPI_NO) {
        kpi_period days = {0, 0};
        if (!code && o->record) code = kpi_record_check(o->record, &line, &error);
        if (!code && o->has_period && plain_days(o->record, line.field[0], &days))
            code = kpi__fail_line(&error, &line, 1, "not a date or period: %s", KPI__QUOTE(line.field[0]));
        if (code && (code = kpi__tell(&report, &error))) break;
        if (error.code == KPI_DATA) {
            error.code = KPI_OK;
            continue;
        }
        if (o->has_period && !kpi_period_inside(days, o->period)) continue;
        if (!plain_fits(o, &line)) continue;
        put_bytes(&out->found, line.text.ptr, line.text.len);
        put_text(&out->found, "\n");
        ++*found;
    }
    kpi_reader_free(reader);
    return code == KPI_NO ? KPI_OK : code;
}

/* ---- comparing ---- */

struct feed {
    const char *path;
    int fd;
};

static void *feed_pipe(void *context) {
    struct feed *feed = context;
    char bytes[10000];
    int from = open(feed->path, O_RDONLY);
    for (ssize_t n; (n = read(from, bytes, 1 + (size_t)random_below(sizeof bytes))) > 0;)
        if (write(feed->fd, bytes, (size_t)n) != n) break;
    close(from);
    close(feed->fd);
    return NULL;
}

static void search_pipe(const char *path, const kpi_grep_options *o, struct outcome *out, uint64_t *found, int *code,
                        kpi_error *error) {
    int ends[2];
    pthread_t thread;
    assert_int_equal(pipe(ends), 0);
    struct feed feed = {path, ends[1]};
    int saved = dup(0);
    dup2(ends[0], 0);
    close(ends[0]);
    assert_int_equal(pthread_create(&thread, NULL, feed_pipe, &feed), 0);
    *code = kpi_grep("-", o, collect, &out->found, &(kpi_report){.fn = hear_all, .context = out}, found, error);
    dup2(saved, 0); /* breaks the pipe, where not all was read */
    close(saved);
    pthread_join(thread, NULL);
}

static void expect_same(const char *what, const struct outcome *want, const struct outcome *got) {
    size_t same = 0;
    while (same < want->found.used && same < got->found.used && want->found.text[same] == got->found.text[same]) same++;
    if (want->found.used != got->found.used || same != want->found.used)
        fail_msg("%s: %zu bytes found, not %zu; the same up to %zu", what, got->found.used, want->found.used, same);
    if (strcmp(want->told.text ? want->told.text : "", got->told.text ? got->told.text : ""))
        fail_msg("%s: told\n%snot\n%s", what, got->told.text, want->told.text);
}

/* Messages name standard input "-". */
static void as_standard_input(struct outcome *outcome, const char *path) {
    size_t n = strlen(path);
    for (char *p = outcome->told.text; p && (p = strstr(p, path)); memmove(p + 1, p + n, strlen(p + n) + 1)) *p = '-';
}

/* The same with 1, 2, 3 and 7 threads, and through a pipe. */
static void compare(const char *path, kpi_grep_options options, bool keep_going) {
    static const unsigned threads[] = {1, 2, 3, 7};
    kpi_error error = {0};
    struct outcome want = {.keep_going = keep_going};
    uint64_t lines = 0;
    int code = plain_search(path, &options, &want, &lines);
    for (size_t i = 0; i < COUNT(threads); i++) {
        struct outcome got = {.keep_going = keep_going};
        uint64_t found = 5;
        options.threads = threads[i];
        assert_int_equal(kpi_grep(path, &options, collect, &got.found, &(kpi_report){.fn = hear_all, .context = &got},
                                &found, &error),
                         code);
        if (!code) assert_int_equal(found, lines + 5);
        if (code) assert_string_equal(error.text, strstr(want.told.text, error.text) ? error.text : want.told.text);
        expect_same("file", &want, &got);
        forget(&got);
    }
    struct outcome got = {.keep_going = keep_going};
    uint64_t found = 0;
    int piped;
    search_pipe(path, &options, &got, &found, &piped, &error);
    assert_int_equal(piped, code);
    as_standard_input(&want, path);
    expect_same("pipe", &want, &got);
    forget(&got);
    forget(&want);
}

/* ---- random lines ---- */

static const char *const names[] = {"a", "张敏", "wang.li", "12345678", "123456789", "1234567", "a name of many bytes",
                                    "a name of many byteS", "b\\\\c"};
#define ANY_OF(list) (list)[random_below(COUNT(list))]
static const char *any_name(void) { return ANY_OF(names); }

static void add_line(struct bytes *to, const kpi_record *record, const char *date, unsigned faults) {
    static const char *const fillers[] = {"", "x", "很好", "two\\twords", "3", "-1.50", "done", "2026-10-05"};
    static const char *const flaws[] = {"\t", "\001", "\377", "\\q", " ", "\r", "2026-13-01", "\xC3", "#"};
    bool bad = random_below(1000) < faults;
    put_text(to, date);
    for (unsigned i = 1; i < record->fields; i++) {
        enum kpi_type type = record->field[i].type;
        put_text(to, "\t");
        if (type == KPI_TYPE_NAME && (record->field[i].required || random_below(2))) put_text(to, any_name());
        if (type == KPI_TYPE_TEXT && random_below(3)) put_text(to, fillers[random_below(4)]);
        if (type == KPI_TYPE_NUMBER) put_text(to, fillers[4 + random_below(2)]);
        if (type == KPI_TYPE_COUNT) put_text(to, "30");
        if (type == KPI_TYPE_STATUS) put_text(to, "done");
        if (bad && random_below(4) == 0) put_text(to, ANY_OF(flaws));
    }
    bool last = record->field[record->fields - 1].type == KPI_TYPE_TEXT;
    for (size_t n = !last || random_below(500) ? 0 : (size_t)random_below(50000); n > 0; n--) put_text(to, "x");
    put_text(to, random_below(20) ? "\n" : "\r\n");
}

/* Lines of n days, in order where so wanted, with comments and empty lines. faults: bad lines in a thousand. */
static const char *random_file(const kpi_record *record, unsigned lines, unsigned days, bool sorted, unsigned faults) {
    struct bytes file = {0};
    if (random_below(2)) put_text(&file, "\xEF\xBB\xBF");
    for (unsigned i = 0; i < lines; i++) {
        char date[64];
        kpi_day on = day("2025-12-20") + (kpi_day)(sorted ? (uint64_t)i * days / lines : random_below(days));
        size_t n = kpi_day_format(on, date);
        if (record->field[0].type == KPI_TYPE_DATE && random_below(4) == 0) strcpy(date + n, "T10:00:00Z");
        if (record->field[0].type == KPI_TYPE_PERIOD && random_below(4) == 0) {
            strcpy(date + n, "..");
            kpi_day_format(on + (kpi_day)random_below(40), date + n + 2);
        }
        if (random_below(30) == 0) put_text(&file, random_below(2) ? "# 2026-01-01\tx\n" : "\r\n");
        add_line(&file, record, date, faults);
    }
    if (faults && random_below(2)) put_text(&file, "2026-10-0");
    const char *path = temp_file("random", (kpi_text){file.text ? file.text : "", file.used});
    free(file.text);
    return path;
}

static kpi_grep_options any_filter(const kpi_record *record, bool checked, kpi_where where[4]) {
    static const char *const periods[] = {"2025-12", "2026", "2026-01", "2026-W03", "2026-01-20", "2026-02", "2027"};
    kpi_grep_options o = {.record = checked ? record : NULL, .where = where};
    o.has_period = random_below(4) > 0;
    o.period = period(ANY_OF(periods));
    for (; o.wheres < 4 && random_below(2); o.wheres++) {
        bool manager = random_below(3) > 0;
        where[o.wheres] = (kpi_where){manager ? 1 : checked ? 2 : 3, kpi_text_of(manager ? any_name() : "")};
        if (random_below(8) == 0) where[o.wheres].value = kpi_text_of("3");
    }
    return o;
}

static void test_random(void **state) {
    (void)state;
    static const enum kpi_record_kind kinds[] = {KPI_VISIT, KPI_FEEDBACK, KPI_MEASURE, KPI_GOAL, KPI_SCORE, KPI_DETAIL};
    for (unsigned round = 0; round < 150; round++) {
        kpi_where where[4];
        const kpi_record *record = kpi_record_of(ANY_OF(kinds));
        unsigned lines = round % 50 == 49 ? 60000 : (unsigned)random_below(round % 2 ? 30 : 3000);
        const char *path = random_file(record, lines, 60, false, round % 3 ? 0 : 5);
        kpi_grep_options options = any_filter(record, random_below(2), where);
        compare(path, options, round % 2);
    }
}

/* In sorted files --sorted finds the same, and by threads or pipe makes no difference. */
static void test_sorted(void **state) {
    (void)state;
    for (unsigned round = 0; round < 400; round++) {
        kpi_where where[4];
        kpi_error error = {0};
        struct outcome want = {0}, got = {0}, piped = {0};
        uint64_t lines = 0, found = 0, passed = 0;
        const kpi_record *record = kpi_record_of(random_below(2) ? KPI_FEEDBACK : KPI_MEASURE);
        unsigned size = round % 100 == 99 ? 40000 : (unsigned)random_below(round % 2 ? 20 : 2000);
        const char *path = random_file(record, size, 1 + (unsigned)random_below(60), true, 0);
        kpi_grep_options options = any_filter(record, random_below(2), where);
        int code;
        options.has_period = true;
        if (plain_search(path, &options, &want, &lines)) fail_msg("%s", want.told.text);
        options.sorted = true;
        expect_ok(kpi_grep(path, &options, collect, &got.found, NULL, &found, &error), &error);
        expect_same("sorted", &want, &got);
        assert_int_equal(found, lines);
        search_pipe(path, &options, &piped, &passed, &code, &error);
        assert_int_equal(code, KPI_OK);
        expect_same("sorted pipe", &want, &piped);
        assert_int_equal(passed, lines);
        forget(&want);
        forget(&got);
        forget(&piped);
    }
}

/* ---- edges ---- */

/* Lines that end just before, at and behind where windows, blocks and pages end. */
static void test_edges(void **state) {
    (void)state;
    static const size_t edges[] = {4096, 16384, 1 << 18, 1 << 20, 1 << 21};
    static char line[1 << 12];
    memset(line, 'x', sizeof line);
    for (size_t i = 0; i < COUNT(edges); i++)
        for (size_t off = 0; off < 4; off++) {
            struct bytes file = {0};
            kpi_grep_options options = {.has_period = true, .period = period("2026")};
            while (file.used < edges[i] + off - 2) {
                size_t left = edges[i] + off - 2 - file.used, n = left < 3000 ? left : 1000;
                if (n < 20) n = 20;
                put_text(&file, "2025-01-01\t");
                put_bytes(&file, line, n - 12);
                put_text(&file, "\n");
            }
            put_text(&file, "2026-01-01\ta\n2026-01-02\tb\n");
            for (unsigned n = 0; n < 5000; n++) put_text(&file, "2027-01-01\tc\n");
            const char *path = temp_file("edge", (kpi_text){file.text, file.used});
            compare(path, options, false);
            options.sorted = true;
            compare(path, options, false);
            free(file.text);
        }
}

static void test_usage(void **state) {
    (void)state;
    kpi_error error = {0};
    uint64_t found = 0;
    kpi_where where = {16, TEXT("x")};
    const char *path = temp_file("one", TEXT("2026\ta\n"));
    kpi_grep_options sorted = {.sorted = true}, book = {.record = kpi_record_of(KPI_CLIENT), .has_period = true},
                     field = {.where = &where, .wheres = 1}, none = {.threads = 1};
    struct bytes got = {0};
    expect_failure(kpi_grep(path, &sorted, collect, &got, NULL, &found, &error), KPI_USAGE, &error,
                   "the order of lines is of use for a period only");
    expect_failure(kpi_grep(path, &book, collect, &got, NULL, &found, &error), KPI_USAGE, &error,
                   "a client line is of no period");
    expect_failure(kpi_grep(path, &field, collect, &got, NULL, &found, &error), KPI_USAGE, &error, "no such field: 16");
    field.record = kpi_record_of(KPI_MEASURE);
    where.field = 4;
    expect_failure(kpi_grep(path, &field, collect, &got, NULL, &found, &error), KPI_USAGE, &error, "no such field: 4");
    expect_failure(kpi_grep("/nowhere", &none, collect, &got, NULL, &found, &error), KPI_SYSTEM, &error,
                   "/nowhere: open: No such file or directory");
    sorted.has_period = true;
    expect_failure(kpi_grep("/nowhere", &sorted, collect, &got, NULL, &found, &error), KPI_SYSTEM, &error,
                   "/nowhere: open: No such file or directory");
    assert_int_equal(found, 0);
    assert_null(got.text);
    expect_ok(kpi_grep(path, &none, collect, &got, NULL, &found, &error), &error);
    assert_string_equal(got.text, "2026\ta\n");
    free(got.text);
}

/* Each field up to the last that is kept apart. */
static void test_fields(void **state) {
    (void)state;
    kpi_error error = {0};
    const char *path = temp_file("fields", TEXT("a\tb\tc\td\te\tf\tg\th\ti\tj\tk\tl\tm\tn\to\tp\tq\na\t\nb\n"));
    for (unsigned i = 0; i < KPI_FIELDS; i++) {
        char letter[2] = {(char)('a' + i), 0};
        kpi_where where = {i, kpi_text_of(letter)};
        kpi_grep_options options = {.where = &where, .wheres = 1};
        uint64_t found = 0;
        struct bytes got = {0};
        expect_ok(kpi_grep(path, &options, collect, &got, NULL, &found, &error), &error);
        assert_int_equal(found, i == 0 ? 2 : 1);
        free(got.text);
    }
}

/* Empty lines fill whole batches, and stand where one begins. */
static void test_empty_lines(void **state) {
    (void)state;
    for (unsigned crlf = 0; crlf < 2; crlf++) {
        struct bytes file = {0};
        put_text(&file, "2026-01-01\ta\n");
        for (unsigned i = 0; i < 50000; i++) put_text(&file, crlf ? "\r\n" : "\n");
        put_text(&file, "2026-01-02\tb\n\n");
        const char *path = temp_file("empty", (kpi_text){file.text, file.used});
        for (unsigned sorted = 0; sorted < 3; sorted++)
            compare(path, (kpi_grep_options){.has_period = sorted < 2, .period = period("2026"), .sorted = sorted == 1},
                    false);
        free(file.text);
    }
}

/* ---- what fails ---- */

static void test_put_fails(void **state) {
    (void)state;
    const char *path = random_file(kpi_record_of(KPI_MEASURE), 400000, 10, true, 0);
    for (unsigned threads = 1; threads < 4; threads++)
        for (unsigned stop = 1; stop < 4; stop++) {
            kpi_error error = {0};
            uint64_t found = 0;
            struct bytes got = {.stop = stop};
            kpi_grep_options options = {
                .threads = threads, .has_period = true, .period = {day("2025-01-01"), day("2026-12-31")}};
            options.sorted = threads == 3;
            expect_failure(kpi_grep(path, &options, collect, &got, NULL, &found, &error), KPI_SYSTEM, &error, "enough");
            assert_int_equal(got.calls, stop);
            free(got.text);
        }
}

static void test_reads_fail(void **state) {
    (void)state;
    struct bytes file = {0};
    for (unsigned i = 0; i < 3000; i++) put_text(&file, i < 1500 ? "2026-01-01\ta\n" : "2026-01-02\tb\n");
    const char *path = temp_file("failing", (kpi_text){file.text, file.used});
    kpi_grep_options options = {.has_period = true, .period = period("2026-01-02"), .sorted = true};
    for (int round = 0; round < 2; round++)
        for (int before = 0, code = 1; code; before++) {
            kpi_error error = {0};
            uint64_t found = 0;
            struct bytes got = {0};
            reads_before = before;
            read_gives = round ? 0 : -1;
            code = kpi_grep(path, &options, collect, &got, NULL, &found, &error);
            if (!code) assert_int_equal(found, 1500);
            if (code) assert_int_equal(code, KPI_SYSTEM);
            if (code) assert_int_equal(error.sys, round ? ESTALE : EIO);
            assert_true(before < 200);
            free(got.text);
        }
    reads_before = -1;
    free(file.text);
}

struct scarce {
    const char *path;
    char found[64];
    size_t used;
};

static int collect_little(void *context, kpi_text lines, kpi_error *error) {
    struct scarce *scarce = context;
    (void)error;
    memcpy(scarce->found + scarce->used, lines.ptr, lines.len);
    scarce->used += lines.len;
    return KPI_OK;
}

/* With as many threads as there are, and sorted. */
static bool search_scarcely(void *context) {
    struct scarce *scarce = context;
    kpi_error error = {0};
    kpi_where where[] = {{1, TEXT("a")}, {1, TEXT("b")}, {0, TEXT("2026-01-01")}};
    kpi_grep_options options = {.has_period = true, .period = period("2026"), .where = where, .wheres = 3};
    for (int round = 0; round < 3; round++) {
        uint64_t found = 0;
        options.threads = round == 1 ? 2 : 1;
        options.sorted = round == 2;
        scarce->used = 0;
        int code = kpi_grep(scarce->path, &options, collect_little, scarce, NULL, &found, &error);
        if (code) assert_int_equal(code, KPI_SYSTEM);
        if (code) assert_int_equal(error.sys, ENOMEM);
        if (code) return true;
        assert_int_equal(found, 2);
        assert_memory_equal(scarce->found, "2026-01-01\ta\n2026-01-01\tb\n", 26);
    }
    return false;
}

static void test_no_memory(void **state) {
    (void)state;
    struct scarce scarce = {.path = temp_file("few", TEXT("2026-01-01\ta\n2026-01-01\tb\n2026-01-02\ta\n"))};
    exhaust(search_scarcely, &scarce);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),    cmocka_unit_test(test_sorted),     cmocka_unit_test(test_edges),
        cmocka_unit_test(test_usage),     cmocka_unit_test(test_fields),     cmocka_unit_test(test_empty_lines),
        cmocka_unit_test(test_put_fails), cmocka_unit_test(test_reads_fail), cmocka_unit_test(test_no_memory),
    };
    signal(SIGPIPE, SIG_IGN); /* a search may end before its pipe */
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
