/* test_line.c - line.c: files, pipes and memory to lines, lines to fields.
 *
 * What a reader gives is written down as text, a line each: "NUMBER: FIELD|FIELD" or "NUMBER[:FIELD] ! fault", and
 * compared whole. The calls line.c makes of the system are defined here once more, so that they can fail, be
 * interrupted, or give less than was asked for. */
#include "unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

/* ---- calls of the system ---- */

static size_t portion; /* a read gives no more; 0: as asked */
static struct {
    const char *call;
    int skip, sys;
} failing; /* the call of that name fails after so many that do not, once */

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static bool fails(const char *call) {
    if (!failing.call || strcmp(failing.call, call) != 0 || failing.skip--) return false;
    failing.call = NULL;
    errno = failing.sys;
    return true;
}

ssize_t read(int fd, void *out, size_t n) {
    if (fails("read")) return -1;
    return REAL(read)(fd, out, portion && n > portion ? portion : n);
}

/* What read becomes with _FORTIFY_SOURCE. */
ssize_t __read_chk(int fd, void *out, size_t n, size_t size);
ssize_t __read_chk(int fd, void *out, size_t n, size_t size) { return n <= size ? read(fd, out, n) : -1; }

int flock(int fd, int how) { return fails("flock") ? -1 : REAL(flock)(fd, how); }

int fstat(int fd, struct stat *st) { return fails("fstat") ? -1 : REAL(fstat)(fd, st); }

/* ---- what a reader gives ---- */

struct given {
    char *text;
    size_t used, room;
};

static void note(struct given *given, const char *bytes, size_t n) {
    if (given->used + n + 1 > given->room) {
        given->room = 2 * (given->used + n + 1);
        given->text = realloc(given->text, given->room);
        assert_non_null(given->text);
    }
    memcpy(given->text + given->used, bytes, n);
    given->used += n;
    given->text[given->used] = 0;
}

static void note_line(struct given *given, const kpi_line *line) {
    char head[64];
    note(given, head, (size_t)snprintf(head, sizeof head, "%llu: ", (unsigned long long)line->number));
    for (unsigned i = 0; i < line->fields; i++) {
        if (i) note(given, "|", 1);
        if (i < KPI_FIELDS) note(given, line->field[i].ptr, line->field[i].len);
    }
    note(given, "\n", 1);
}

static void note_fault(struct given *given, const kpi_error *error) {
    char head[64];
    int n = snprintf(head, sizeof head, error->field ? "%llu:%u ! " : "%llu ! ", (unsigned long long)error->line,
                     error->field);
    note(given, head, (size_t)n);
    note(given, error->text, strlen(error->text));
    note(given, "\n", 1);
}

/* All that reader gives, which is freed; the caller frees the text. */
static char *drain(kpi_reader *reader, const char *name) {
    struct given given = {0};
    kpi_line line;
    kpi_error error = {0};
    int code;
    note(&given, "", 0);
    while ((code = kpi_reader_next(reader, &line, &error)) != KPI_NO) {
        if (code == KPI_OK) {
            assert_string_equal(line.file, name);
            note_line(&given, &line);
            continue;
        }
        assert_int_equal(error.code, code);
        assert_string_equal(error.file, name);
        note_fault(&given, &error);
        if (code != KPI_DATA) break;
    }
    kpi_reader_free(reader);
    return given.text;
}

static char *drain_memory(kpi_text bytes) {
    kpi_error error;
    kpi_reader *reader;
    char *copy = malloc(bytes.len + 1), *text; /* so that a read beyond the end is seen */
    assert_non_null(copy);
    if (bytes.len) memcpy(copy, bytes.ptr, bytes.len);
    expect_ok(kpi__reader_memory(&reader, "memory", (kpi_text){copy, bytes.len}, &error), &error);
    text = drain(reader, "memory");
    free(copy);
    return text;
}

static char *drain_file(const char *path) {
    kpi_error error;
    kpi_reader *reader;
    expect_ok(kpi_reader_open(&reader, path, &error), &error);
    return drain(reader, path);
}

/* Through a pipe as standard input, written by another process. */
static char *drain_pipe(kpi_text bytes) {
    int ends[2], before = dup(0);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (!child) {
        for (size_t at = 0; at < bytes.len;) {
            ssize_t n = write(ends[1], bytes.ptr + at, bytes.len - at);
            if (n <= 0) _exit(1);
            at += (size_t)n;
        }
        _exit(0);
    }
    close(ends[1]);
    dup2(ends[0], 0);
    close(ends[0]);
    char *text = drain_file("-");
    dup2(before, 0);
    close(before);
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    return text;
}

static void expect_text(char *found, const char *expected) {
    assert_string_equal(found, expected);
    free(found);
}

/* The same out of memory, a file and a pipe; out of the file also in portions. */
static void expect_all(kpi_text bytes, const char *expected) {
    static const size_t portions[] = {0, 1, 2, 3, 7, 64};
    expect_text(drain_memory(bytes), expected);
    const char *path = temp_file("all", bytes);
    for (size_t i = 0; i < COUNT(portions); i++) {
        portion = portions[i];
        expect_text(drain_file(path), expected);
        expect_text(drain_pipe(bytes), expected);
    }
    portion = 0;
}

/* ---- small files ---- */

#define BOM        "\xEF\xBB\xBF"
#define INCOMPLETE "incomplete last line: no line feed at its end"

static void test_lines(void **state) {
    (void)state;
    static const struct {
        kpi_text bytes;
        const char *given;
    } cases[] = {
        {TEXT(""), ""},
        {TEXT("\n"), ""},
        {TEXT("\r\n\n\r\n"), ""},
        {TEXT("# only\n#comments\r\n"), ""},
        {TEXT("a\n"), "1: a\n"},
        {TEXT("a\tb\t\n\t\n"), "1: a|b|\n2: |\n"},
        {TEXT("a\r\nb\tc\r\n"), "1: a\n2: b|c\n"},
        {TEXT("\n#x\n\na\n#y\nb\n"), "4: a\n6: b\n"},
        {TEXT(" #a\n"), "1:  #a\n"}, /* # counts at the start only */
        {TEXT("a\t#b\n"), "1: a|#b\n"},
        {TEXT(BOM), ""},
        {TEXT(BOM "\n"), ""},
        {TEXT(BOM "\r\n"), ""},
        {TEXT(BOM "#x\na\n"), "2: a\n"},
        {TEXT(BOM "a\tb\n"), "1: a|b\n"},
        {TEXT(BOM BOM "a\n"), "1: " BOM "a\n"}, /* the second is text (a zero-width space), names refuse it or not */
        {TEXT("a\n" BOM "b\n"), "1: a\n2: " BOM "b\n"},
        {TEXT("a"), "1 ! " INCOMPLETE "\n"},
        {TEXT("a\nb\tc"), "1: a\n2 ! " INCOMPLETE "\n"},
        {TEXT("#x"), "1 ! " INCOMPLETE "\n"},
        {TEXT("abc"), "1 ! " INCOMPLETE "\n"}, /* as long as a BOM */
        {TEXT("a\n\r"), "1: a\n2 ! " INCOMPLETE "\n"},
        {TEXT(BOM "a"), "1 ! " INCOMPLETE "\n"},
        {TEXT("\n" BOM), "2 ! " INCOMPLETE "\n"},
        {TEXT("\xEF\xBB"), "1 ! " INCOMPLETE "\n"},
        {TEXT("\xEF\xBB\n"), "1:1 ! not UTF-8: byte 0xEF\n"},
        {TEXT("a\rb\n"), "1:1 ! a control character: U+000D\n"},
        {TEXT("a\r\r\n"), "1:1 ! a control character: U+000D\n"},
        {TEXT("a\tb\0c\nd\n"), "1:2 ! a NUL byte\n2: d\n"},
        {TEXT("a\t\tb\x1b[2J\nd\n"), "1:3 ! a control character: U+001B\n2: d\n"},
        {TEXT("\x7F\n"), "1:1 ! a control character: U+007F\n"},
        {TEXT("a\xC2\x85z\n"), "1:1 ! a control character: U+0085\n"},
        {TEXT("a\xC2\xA0z\xE2\x80\xAE\n"), "1: a\xC2\xA0z\xE2\x80\xAE\n"}, /* hostile to terminals, but text */
        {TEXT("王丽\t张敏\n"), "1: 王丽|张敏\n"},
        {TEXT("王\xE4\xB8\n"), "1:1 ! not UTF-8: byte 0xE4\n"},
        {TEXT("\xED\xA0\x80\n"), "1:1 ! not UTF-8: byte 0xED\n"},
        {TEXT("# bad \xFF comments are not looked at\na\n"), "2: a\n"},
        {TEXT("a\xFF\x01\n"), "1:1 ! not UTF-8: byte 0xFF\n"}, /* the first fault of a line */
        {TEXT("1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13\t14\t15\t16\t17\t18\n"),
         "1: 1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16||\n"}, /* all are counted, 16 kept */
        {TEXT("1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13\t14\t15\t16\t17\t\xFF\n"), "1:18 ! not UTF-8: byte 0xFF\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) expect_all(cases[i].bytes, cases[i].given);
}

static void test_whole_line(void **state) {
    (void)state;
    kpi_error error;
    kpi_reader *reader;
    kpi_line line;
    expect_ok(kpi__reader_memory(&reader, "m", TEXT(BOM "a\tb\r\n"), &error), &error);
    expect_ok(kpi_reader_next(reader, &line, &error), &error);
    assert_int_equal(kpi_text_compare(line.text, TEXT("a\tb")), 0);
    assert_int_equal(line.fields, 2);
    assert_int_equal(kpi_reader_next(reader, &line, &error), KPI_NO);
    assert_int_equal(kpi_reader_next(reader, &line, &error), KPI_NO);
    kpi_reader_free(reader);
    kpi_reader_free(NULL);
}

/* ---- every byte at every offset of a word ---- */

/* What split should give for a line of 'a's with one byte among them. */
static void expect_byte(unsigned byte, unsigned offset, unsigned before, unsigned length) {
    char bytes[64], expected[256], as[64];
    size_t n = 0;
    memset(as, 'a', sizeof as);
    for (unsigned i = 0; i < before; i++) bytes[n++] = '\t';
    memset(bytes + n, 'a', length);
    bytes[n + offset] = (char)byte;
    n += length;
    bytes[n++] = '\n';
    char tabs[8] = "|||||||";
    tabs[before] = 0;
    int left = (int)offset, right = (int)(length - offset - 1);
    bool text = (byte >= 0x20 && byte < 0x7F);
    if (!offset && !before && (byte == '#' || (byte == '\r' && !right)))
        *expected = 0; /* a comment; an empty line */
    else if (text)
        snprintf(expected, sizeof expected, "1: %s%.*s%c%.*s\n", tabs, left, as, (int)byte, right, as);
    else if (byte == '\t')
        snprintf(expected, sizeof expected, "1: %s%.*s|%.*s\n", tabs, left, as, right, as);
    else if (byte == '\r' && !right)
        snprintf(expected, sizeof expected, "1: %s%.*s\n", tabs, left, as);
    else if (byte == 0)
        snprintf(expected, sizeof expected, "1:%u ! a NUL byte\n", before + 1);
    else if (byte < 0x80)
        snprintf(expected, sizeof expected, "1:%u ! a control character: U+%04X\n", before + 1, byte);
    else
        snprintf(expected, sizeof expected, "1:%u ! not UTF-8: byte 0x%02X\n", before + 1, byte);
    expect_text(drain_memory((kpi_text){bytes, n}), expected);
}

static void test_every_byte(void **state) {
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        if (byte == '\n') continue;
        for (unsigned offset = 0; offset < 16; offset++)
            for (unsigned before = 0; before < 3; before++) {
                expect_byte(byte, offset, before, 24);
                expect_byte(byte, offset, before, offset + 1); /* as the last one */
            }
    }
}

/* Sequences of several bytes, at every offset: whole ones pass, and each way to cut or bend them is refused. */
static void test_every_sequence(void **state) {
    (void)state;
    static const struct {
        const char *bytes, *fault;
    } cases[] = {
        {"\xC2\xA0", NULL},
        {"\xDF\xBF", NULL},
        {"\xE0\xA0\x80", NULL},
        {"王", NULL},
        {"\xEF\xBF\xBF", NULL},
        {"\xF0\x90\x80\x80", NULL},
        {"\xF4\x8F\xBF\xBF", NULL},
        {"\xC2\x80", "a control character: U+0080"},
        {"\xC2\x9F", "a control character: U+009F"},
        {"\xC2", "not UTF-8: byte 0xC2"},
        {"\xE7\x8E", "not UTF-8: byte 0xE7"},
        {"\xF0\x90\x80", "not UTF-8: byte 0xF0"},
        {"\x80", "not UTF-8: byte 0x80"},
        {"\xC0\x80", "not UTF-8: byte 0xC0"},
        {"\xE0\x9F\xBF", "not UTF-8: byte 0xE0"},
        {"\xED\xBF\xBF", "not UTF-8: byte 0xED"},
        {"\xF0\x8F\xBF\xBF", "not UTF-8: byte 0xF0"},
        {"\xF4\x90\x80\x80", "not UTF-8: byte 0xF4"},
        {"\xF8\x88\x80\x80", "not UTF-8: byte 0xF8"},
        {"\xE7\xE7\x8E\x8B", "not UTF-8: byte 0xE7"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        for (int before = 0; before < 17; before++)
            for (int after = 0; after < 10; after++) {
                char bytes[128], expected[128], as[] = "aaaaaaaaaaaaaaaaa";
                int n = snprintf(bytes, sizeof bytes, "z\t%.*s%s%.*s\n", before, as, cases[i].bytes, after, as);
                if (cases[i].fault)
                    snprintf(expected, sizeof expected, "1:2 ! %s\n", cases[i].fault);
                else
                    snprintf(expected, sizeof expected, "1: z|%.*s%s%.*s\n", before, as, cases[i].bytes, after, as);
                expect_text(drain_memory((kpi_text){bytes, (size_t)n}), expected);
            }
}

/* ---- edges of the buffer ---- */

/* A line of length bytes: its middle is TABs and three-byte letters, so that whatever is displaced shows. */
static void put_long_line(char *at, size_t length, char mark) {
    memset(at, mark, length);
    for (size_t i = 5; i + 8 < length; i += 4096) memcpy(at + i, "王", 3);
    for (size_t i = length / 16; i + 4 < length; i += length / 8) at[i + (at[i] == mark ? 0 : 3)] = '\t';
}

/* Files whose second line begins and whose third line ends at each offset around the sizes of blocks. */
static void expect_edges(size_t length, const char *end) {
    size_t n = 0, e = strlen(end);
    char *bytes = malloc(2 * length + 64);
    assert_non_null(bytes);
    put_long_line(bytes, length, 'a');
    n += length;
    memcpy(bytes + n, end, e), n += e;
    memcpy(bytes + n, "x\ty", 3), n += 3;
    memcpy(bytes + n, end, e), n += e;
    put_long_line(bytes + n, length / 2, 'b');
    n += length / 2;
    memcpy(bytes + n, end, e), n += e;
    char *expected = drain_memory((kpi_text){bytes, n});
    assert_memory_equal(expected, "1: aaaaa", 8);
    assert_non_null(strstr(expected, "a\n2: x|y\n3: bbbbb"));
    assert_null(strchr(expected, '!'));
    assert_int_equal(strlen(expected), 3 * strlen("1: ") + length + 3 + length / 2 + 3);
    const char *path = temp_file("edges", (kpi_text){bytes, n});
    expect_text(drain_file(path), expected);
    portion = 65521;
    expect_text(drain_file(path), expected);
    portion = 0;
    free(expected);
    free(bytes);
}

static void test_edges_of_blocks(void **state) {
    (void)state;
    static const size_t sizes[] = {1 << 17, 1 << 18};
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (size_t length = sizes[i] - 9; length <= sizes[i] + 9; length++) {
            expect_edges(length, "\n");
            expect_edges(length, "\r\n");
        }
}

/* Many short lines, so that a line stands across every edge sooner or later. */
static void test_many_lines(void **state) {
    (void)state;
    enum { BYTES = 3 << 18 };
    char *bytes = malloc(BYTES + 64);
    struct given expected = {0};
    assert_non_null(bytes);
    size_t n = 0;
    for (unsigned number = 1; n < BYTES; number++) {
        char text[64];
        int size = (int)random_below(23);
        note(
            &expected, text,
            (size_t)snprintf(text, sizeof text, "%u: %u|王%.*s\n", number, number, size, "abcdefghijklmnopqrstuvwxyz"));
        n += (size_t)snprintf(bytes + n, 64, "%u\t王%.*s%s", number, size, "abcdefghijklmnopqrstuvwxyz",
                              random_below(2) ? "\n" : "\r\n");
    }
    const char *path = temp_file("many", (kpi_text){bytes, n});
    expect_text(drain_file(path), expected.text);
    portion = 8191;
    expect_text(drain_file(path), expected.text);
    portion = 0;
    expect_text(drain_pipe((kpi_text){bytes, n}), expected.text);
    expect_text(drain_memory((kpi_text){bytes, n}), expected.text);
    free(expected.text);
    free(bytes);
}

/* ---- 1 MiB ---- */

#define TOO_LONG "a line over 1048576 bytes"

/* A first line of so many bytes, what ends it, and what should be said of it; "ok" is that it is given. */
static void expect_length(const char *lead, size_t length, const char *end, const char *said) {
    size_t n = strlen(lead);
    char *bytes = malloc(length + 64), *found[3];
    assert_non_null(bytes);
    memcpy(bytes, lead, n);
    memset(bytes + n, 'a', length);
    n += length;
    strcpy(bytes + n, end);
    n += strlen(end);
    kpi_text whole = {bytes, n};
    found[0] = drain_memory(whole);
    found[1] = drain_file(temp_file("long", whole));
    found[2] = drain_pipe(whole);
    for (size_t i = 0; i < COUNT(found); i++) {
        if (strcmp(said, "ok") == 0) {
            assert_int_equal(strlen(found[i]), 3 + length + strlen("\n2: z\n"));
            assert_memory_equal(found[i], "1: aaa", 6);
            assert_string_equal(found[i] + 3 + length, "\n2: z\n");
        } else
            assert_string_equal(found[i], said);
        free(found[i]);
    }
    free(bytes);
}

static void test_longest_line(void **state) {
    (void)state;
    const size_t most = KPI_LINE_MAX;
    static const char refused[] = "1 ! " TOO_LONG "\n2: z\n";
    assert_int_equal(most, 1048576);
    expect_length("", most - 1, "\nz\n", "ok");
    expect_length("", most, "\nz\n", "ok");
    expect_length("", most, "\r\nz\n", "ok");
    expect_length("", most + 1, "\nz\n", refused);
    expect_length("", most + 1, "\r\nz\n", refused);
    expect_length("", most + 2, "\nz\n", refused);
    expect_length("", most + 3, "\nz\n", refused);
    expect_length("", 2 * most - 1, "\nz\n", refused);
    expect_length("", 2 * most, "\nz\n", refused);
    expect_length("", 2 * most + 1, "\nz\n", refused);
    expect_length("", 5 * most + 12345, "\nz\n", refused);
    expect_length("#", 5 * most, "\nz\n", refused); /* comments are lines too */
    expect_length("", most, "", "1 ! " INCOMPLETE "\n");
    expect_length("", 3 * most, "", "1 ! " INCOMPLETE "\n");
    expect_length("", 2 * most, BOM, "1 ! " INCOMPLETE "\n"); /* what is left of it looks like a BOM */
    expect_length(BOM, most - 3, "\nz\n", "ok");
    expect_length(BOM, most, "\nz\n", "ok"); /* the BOM is none of the line's bytes */
    expect_length(BOM, most + 1, "\nz\n", refused);
}

/* ---- opening ---- */

static void test_open_faults(void **state) {
    (void)state;
    kpi_error error;
    kpi_reader *reader = NULL;
    char *bytes = NULL, expected[512];
    size_t length;
    const char *missing = temp_path("missing");
    snprintf(expected, sizeof expected, "%s: open: No such file or directory", missing);
    expect_failure(kpi_reader_open(&reader, missing, &error), KPI_SYSTEM, &error, expected);
    assert_int_equal(error.sys, ENOENT);
    expect_failure(kpi__read_whole(missing, &bytes, &length, &error), KPI_SYSTEM, &error, expected);
    snprintf(expected, sizeof expected, "%s: read: Is a directory", temp_folder);
    expect_failure(kpi_reader_open(&reader, temp_folder, &error), KPI_SYSTEM, &error, expected);
    assert_int_equal(error.sys, EISDIR);
    assert_null(reader);
    assert_null(bytes);
}

static void test_read_whole(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 4095, (1 << 17) - 1, 1 << 17, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 700000};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        kpi_error error;
        char *bytes = calloc(1, sizes[i] + 1), *found;
        size_t length;
        assert_non_null(bytes);
        for (size_t k = 0; k < sizes[i]; k++) bytes[k] = (char)random_below(256);
        const char *path = temp_file("whole", (kpi_text){bytes, sizes[i]});
        expect_ok(kpi__read_whole(path, &found, &length, &error), &error);
        assert_int_equal(length, sizes[i]);
        assert_memory_equal(found, bytes, sizes[i] + 1); /* with its NUL */
        free(found);
        free(bytes);
    }
}

static void test_failing_calls(void **state) {
    (void)state;
    static const struct {
        const char *call;
        int skip, sys;
        const char *text;
    } cases[] = {
        {"fstat", 0, EIO, "stat: Input/output error"},
        {"fstat", 1, EIO, "stat: Input/output error"},
        {"flock", 0, ENOLCK, "lock: No locks available"},
        {"flock", 0, EINTR, NULL},
        {"read", 0, EIO, "read: Input/output error"},
        {"read", 1, EIO, "read: Input/output error"},
        {"read", 0, EINTR, NULL},
        {"read", 1, EINTR, NULL},
        {"read", 0, ENOMEM, "out of memory"},
    };
    const char *path = temp_file("failing", TEXT("abc\ndef\n"));
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_error error = {0};
        kpi_reader *reader;
        kpi_line line;
        char *bytes, expected[512];
        size_t length;
        for (int whole = 0; whole < 2; whole++) {
            failing.call = cases[i].call, failing.skip = cases[i].skip, failing.sys = cases[i].sys;
            portion = 2;
            int code = whole ? kpi__read_whole(path, &bytes, &length, &error) : kpi_reader_open(&reader, path, &error);
            if (!code && whole) free(bytes);
            if (!code && !whole) {
                while (!(code = kpi_reader_next(reader, &line, &error))) {
                }
                if (code == KPI_NO) code = KPI_OK;
                kpi_reader_free(reader);
            }
            assert_null(failing.call);
            assert_int_equal(code, cases[i].text ? KPI_SYSTEM : KPI_OK);
            if (!cases[i].text) continue;
            snprintf(expected, sizeof expected, "%s: %s", path, cases[i].text);
            assert_string_equal(shown(&error), cases[i].sys == ENOMEM ? cases[i].text : expected);
            assert_int_equal(error.sys, cases[i].sys);
        }
        portion = 0;
    }
}

/* What goes wrong with standard input leaves it open. */
static void test_failing_standard_input(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_reader *reader = NULL;
    failing.call = "fstat", failing.skip = 0, failing.sys = EIO;
    expect_failure(kpi_reader_open(&reader, "-", &error), KPI_SYSTEM, &error, "-: stat: Input/output error");
    assert_int_not_equal(fcntl(0, F_GETFD), -1);
    failing.call = "read", failing.skip = 0, failing.sys = EINTR; /* which is still in errno at the end */
    expect_text(drain_pipe(TEXT("a\n")), "1: a\n");
    failing.call = "read", failing.skip = 0, failing.sys = ESTALE; /* of a pipe: nothing became shorter */
    expect_text(drain_pipe(TEXT("a\n")), "0 ! read: Stale file handle\n");
}

/* Standard input may be a file that has been read in part. */
static void test_standard_input_in_the_middle(void **state) {
    (void)state;
    static const struct {
        off_t at;
        const char *given;
    } cases[] = {{0, "1: abc\n2: def\n"}, {4, "1: def\n"}, {8, ""}, {100, ""}};
    const char *path = temp_file("middle", TEXT("abc\ndef\n"));
    int before = dup(0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        int fd = open(path, O_RDONLY);
        lseek(fd, cases[i].at, SEEK_SET);
        dup2(fd, 0);
        close(fd);
        expect_text(drain_file("-"), cases[i].given);
    }
    dup2(before, 0);
    close(before);
}

/* ---- files that change ---- */

static void append_to(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_APPEND);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void test_size_when_opened(void **state) {
    (void)state;
    kpi_error error;
    kpi_reader *reader;
    const char *path = temp_file("grows", TEXT("a\nb\n"));
    expect_ok(kpi_reader_open(&reader, path, &error), &error);
    append_to(path, "c\nhalf a li");
    expect_text(drain(reader, path), "1: a\n2: b\n");
    expect_text(drain_file(path), "1: a\n2: b\n3: c\n4 ! " INCOMPLETE "\n");
}

static void test_file_becomes_shorter(void **state) {
    (void)state;
    kpi_error error;
    kpi_reader *reader;
    kpi_line line;
    const char *path = temp_file("shrinks", TEXT("a\nb\n"));
    char expected[512];
    expect_ok(kpi_reader_open(&reader, path, &error), &error);
    assert_int_equal(truncate(path, 2), 0);
    snprintf(expected, sizeof expected, "%s: the file became shorter while it was read", path);
    expect_failure(kpi_reader_next(reader, &line, &error), KPI_SYSTEM, &error, expected);
    assert_int_equal(error.sys, ESTALE);
    kpi_reader_free(reader);
}

/* Who appends holds the lock until the record is whole; who opens meanwhile waits for it. */
static void test_waits_for_the_lock(void **state) {
    (void)state;
    const char *path = temp_file("locked", TEXT("a\nhal"));
    int ends[2];
    char locked;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (!child) {
        int fd = open(path, O_WRONLY | O_APPEND);
        bool ok = flock(fd, LOCK_EX) == 0 && write(ends[1], "x", 1) == 1;
        nanosleep(&(struct timespec){0, 200000000}, NULL);
        _exit(!ok || write(fd, "f\n", 2) != 2);
    }
    assert_int_equal(read(ends[0], &locked, 1), 1);
    expect_text(drain_file(path), "1: a\n2: half\n");
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    close(ends[0]);
    close(ends[1]);
}

/* ---- records ---- */

static void test_records(void **state) {
    (void)state;
    static const char bytes[] = "2026-10\ta\tsales\t1\n"
                                "2026-10\ta\tsales\n"
                                "2026-10\ta\tsa\x01les\t2\n"
                                "# between\n"
                                "2026-10\ta\tsales\t1,5\n"
                                "2026-10\ta\tsales\t3\n"
                                "2026-10\ta\tsales\t4";
    static const char *const faults[] = {"m:2: 3 fields, a measure line has 4\n",
                                         "m:3:3: a control character: U+0001\n", "m:5:4: not a number: '1,5'\n",
                                         "m:7: " INCOMPLETE "\n"};
    for (size_t stop = 0; stop <= COUNT(faults); stop++) {
        struct heard heard = {.stop = stop};
        kpi_report report = hearing(&heard);
        kpi_error error;
        kpi_reader *reader;
        kpi_line line;
        char expected[1024] = "";
        int code, good = 0;
        for (size_t i = 0; i < (stop ? stop : COUNT(faults)); i++) strcat(expected, faults[i]);
        expect_ok(kpi__reader_memory(&reader, "m", TEXT(bytes), &error), &error);
        while (!(code = kpi_reader_record(reader, kpi_record_of(KPI_MEASURE), &line, &report, &error))) good++;
        assert_int_equal(code, stop ? KPI_DATA : KPI_NO);
        assert_int_equal(good, stop && stop < 4 ? 1 : 2);
        assert_string_equal(heard.text, expected);
        kpi_reader_free(reader);
    }
}

static void test_records_without_a_report(void **state) {
    (void)state;
    kpi_error error;
    kpi_reader *reader;
    kpi_line line;
    expect_ok(kpi__reader_memory(&reader, "m", TEXT("2026-10\ta\tsales\t1\nx\n"), &error), &error);
    expect_ok(kpi_reader_record(reader, kpi_record_of(KPI_MEASURE), &line, NULL, &error), &error);
    expect_failure(kpi_reader_record(reader, kpi_record_of(KPI_MEASURE), &line, NULL, &error), KPI_DATA, &error,
                   "m:2: 1 field, a measure line has 4");
    kpi_reader_free(reader);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_whole_line),
        cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_every_sequence),
        cmocka_unit_test(test_edges_of_blocks),
        cmocka_unit_test(test_many_lines),
        cmocka_unit_test(test_longest_line),
        cmocka_unit_test(test_open_faults),
        cmocka_unit_test(test_read_whole),
        cmocka_unit_test(test_failing_calls),
        cmocka_unit_test(test_failing_standard_input),
        cmocka_unit_test(test_standard_input_in_the_middle),
        cmocka_unit_test(test_size_when_opened),
        cmocka_unit_test(test_file_becomes_shorter),
        cmocka_unit_test(test_waits_for_the_lock),
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_records_without_a_report),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
