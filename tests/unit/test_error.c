/* test_error.c - error.c: quoting, filling an error, telling a report of it, showing it. */
#include "unit.h"

#include <errno.h>
#include <locale.h>

static void test_version(void **state) {
    (void)state;
    assert_string_equal(kpi_version(), KPI_VERSION);
}

/* ---- quoting ---- */

#define TEN       "0123456789"
#define CJK_TEN   "一二三四五六七八九十"
#define SIXTY     TEN TEN TEN TEN TEN TEN
#define CJK_SIXTY CJK_TEN CJK_TEN CJK_TEN CJK_TEN CJK_TEN CJK_TEN

static void test_quote(void **state) {
    (void)state;
    static const struct {
        kpi_text text;
        const char *quoted;
    } cases[] = {
        {{NULL, 0}, "''"},
        {TEXT(""), "''"},
        {TEXT("12,5"), "'12,5'"},
        {TEXT("it's"), "'it's'"},
        {TEXT("王丽"), "'王丽'"},
        {TEXT("a\tb\x1b[2J"), "'a<U+0009>b<U+001B>[2J'"},
        {TEXT("a\0b"), "'a<U+0000>b'"},
        {TEXT("\xE2\x80\xAE"), "'<U+202E>'"},
        {TEXT("\xFFz\xE4\xB8"), "'<0xFF>z<0xE4><0xB8>'"},
        {TEXT(SIXTY), "'" SIXTY "'"},
        {TEXT(SIXTY "x"), "'" SIXTY "…'"},
        {TEXT(CJK_SIXTY), "'" CJK_SIXTY "'"},
        {TEXT(CJK_SIXTY "王"), "'" CJK_SIXTY "…'"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) assert_string_equal(KPI__QUOTE(cases[i].text), cases[i].quoted);
}

/* 60 code points that are shown as <U+202E>, 8 bytes each, are the longest there can be. */
static void test_quote_longest(void **state) {
    (void)state;
    char text[300] = "", expected[600] = "'", out[KPI__QUOTE_SIZE];
    for (int i = 0; i < 61; i++) strcat(text, "\xE2\x80\xAE");
    for (int i = 0; i < 60; i++) strcat(expected, "<U+202E>");
    strcat(expected, "…'");
    assert_ptr_equal(kpi__quote(out, kpi_text_of(text)), out);
    assert_string_equal(out, expected);
}

/* ---- filling ---- */

static void test_fail(void **state) {
    (void)state;
    kpi_error error;
    memset(&error, 0xA5, sizeof error);
    assert_int_equal(kpi__fail(&error, KPI_USAGE, "no %s: %d", "such key", 7), KPI_USAGE);
    assert_int_equal(error.code, KPI_USAGE);
    assert_int_equal(error.sys, 0);
    assert_true(error.line == 0 && error.field == 0 && error.column == 0);
    assert_string_equal(error.file, "");
    assert_string_equal(error.text, "no such key: 7");
    assert_int_equal(kpi__fail(NULL, KPI_DATA, "%s", "unheard"), KPI_DATA);
    assert_int_equal(kpi__fail_memory(NULL), KPI_SYSTEM);
    assert_int_equal(kpi__fail_errno(NULL, "f", "open"), KPI_SYSTEM);
    assert_int_equal(kpi__fail_memory(&error), KPI_SYSTEM);
    assert_string_equal(shown(&error), "out of memory");
    assert_int_equal(error.sys, ENOMEM);
}

static void test_fail_places(void **state) {
    (void)state;
    kpi_error error;
    kpi_line line = {.file = "oct.tsv", .number = 12};
    expect_failure(kpi__fail_line(&error, &line, 4, "not a number: %s", KPI__QUOTE(TEXT("12,5"))), KPI_DATA, &error,
                   "oct.tsv:12:4: not a number: '12,5'");
    assert_true(error.line == 12 && error.field == 4 && error.column == 0);
    expect_failure(kpi__fail_line(&error, &line, 0, "%s", "bad"), KPI_DATA, &error, "oct.tsv:12: bad");
    expect_failure(kpi__fail_at(&error, KPI_DATA, (kpi_place){"a.yaml", 3, 17}, "%s", "bad"), KPI_DATA, &error,
                   "a.yaml:3:17: bad");
    assert_true(error.line == 3 && error.field == 0 && error.column == 17);
    expect_failure(kpi__fail_at(&error, KPI_SYSTEM, (kpi_place){NULL, 0, 0}, "%s", "bad"), KPI_SYSTEM, &error, "bad");
}

static void test_fail_errno(void **state) {
    (void)state;
    kpi_error error;
    setlocale(LC_ALL, "C");
    errno = ENOENT;
    expect_failure(kpi__fail_errno(&error, "oct.tsv", "open"), KPI_SYSTEM, &error,
                   "oct.tsv: open: No such file or directory");
    assert_int_equal(error.sys, ENOENT);
    assert_int_equal(errno, ENOENT);
}

/* A message is safe for a terminal whatever went into it, and is cut between code points to 767 bytes. */
static void test_text_is_safe_and_fits(void **state) {
    (void)state;
    kpi_error error;
    char raw[9000];
    kpi__fail(&error, KPI_DATA, "%s", "a\x1b\xE2\x80\xAE\xFF");
    assert_string_equal(error.text, "a<U+001B><U+202E><0xFF>");
    for (size_t n = 760; n < 780; n++) { /* ASCII up to the cut */
        memset(raw, 'x', n);
        raw[n] = 0;
        kpi__fail(&error, KPI_DATA, "%s", raw);
        assert_int_equal(strlen(error.text), n < 767 ? n : 767);
    }
    for (size_t lead = 0; lead < 3; lead++) { /* 3 bytes a code point: 255 of them and 2, 1, 0 bytes before */
        memset(raw, 'x', lead);
        for (size_t i = 0; i < 300; i++) memcpy(raw + lead + 3 * i, "王", 4);
        kpi__fail(&error, KPI_DATA, "%s", raw);
        assert_int_equal(strlen(error.text), lead + 3 * ((767 - lead) / 3));
        assert_string_equal(error.text + strlen(error.text) - 3, "王");
    }
    memset(raw, 'y', sizeof raw - 1); /* longer than what is formatted at all */
    raw[sizeof raw - 1] = 0;
    kpi__fail(&error, KPI_DATA, "%s", raw);
    assert_int_equal(strlen(error.text), 767);
    assert_int_equal(error.text[766], 'y');
}

/* ---- telling ---- */

static int answer(void *context, const kpi_error *problem) {
    assert_string_equal(problem->text, "told");
    return *(int *)context;
}

static void test_tell(void **state) {
    (void)state;
    static const struct {
        int code;
        bool report, fn;
        int answer, result, becomes;
    } cases[] = {
        {KPI_OK, false, false, 0, KPI_OK, KPI_OK}, /* a warning nobody hears */
        {KPI_OK, true, false, 0, KPI_OK, KPI_OK},
        {KPI_OK, true, true, 0, KPI_OK, KPI_OK},
        {KPI_OK, true, true, 1, KPI_DATA, KPI_DATA}, /* a warning that ends the work */
        {KPI_OK, true, true, -1, KPI_DATA, KPI_DATA},
        {KPI_DATA, false, false, 0, KPI_DATA, KPI_DATA}, /* the first bad line ends it */
        {KPI_DATA, true, false, 0, KPI_DATA, KPI_DATA},
        {KPI_DATA, true, true, 0, KPI_OK, KPI_DATA},
        {KPI_DATA, true, true, 1, KPI_DATA, KPI_DATA},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_error error;
        int says = cases[i].answer;
        kpi_report report = {.fn = cases[i].fn ? answer : NULL, .context = &says};
        kpi__fail(&error, cases[i].code, "told");
        assert_int_equal(kpi__tell(cases[i].report ? &report : NULL, &error), cases[i].result);
        assert_int_equal(error.code, cases[i].becomes);
    }
}

/* ---- showing ---- */

static void test_format(void **state) {
    (void)state;
    static const struct {
        kpi_error error;
        const char *text;
    } cases[] = {
        {{.text = "bad"}, "bad"},
        {{.file = "f", .text = "bad"}, "f: bad"},
        {{.file = "-", .line = 12, .text = "bad"}, "-:12: bad"},
        {{.file = "f", .line = 12, .field = 4, .text = "bad"}, "f:12:4: bad"},
        {{.file = "f", .line = 12, .column = 5, .text = "bad"}, "f:12:5: bad"},
        {{.file = "f", .line = 12, .field = 4, .column = 5, .text = "bad"}, "f:12:5: bad"},
        {{.file = "f", .field = 4, .text = "bad"}, "f: bad"}, /* a field without a line says nothing */
        {{.line = 12, .field = 4, .text = "bad"}, "12:4: bad"},
        {{.file = "f", .line = UINT64_MAX, .column = UINT32_MAX, .text = ""}, "f:18446744073709551615:4294967295: "},
        {{.file = "a\x1b]b\xE2\x80\xAE.tsv", .line = 1, .text = "bad"}, "a<U+001B>]b<U+202E>.tsv:1: bad"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[KPI_ERROR_SIZE];
        size_t length = strlen(cases[i].text);
        assert_int_equal(kpi_error_format(&cases[i].error, out, sizeof out), length);
        assert_string_equal(out, cases[i].text);
        assert_int_equal(kpi_error_format(&cases[i].error, NULL, 0), 0);
        for (size_t size = 1; size < length + 3; size++) { /* cut to what there is room for, with its NUL */
            memset(out, '#', sizeof out);
            size_t n = kpi_error_format(&cases[i].error, out, size);
            assert_int_equal(n, length < size ? length : size - 1);
            assert_memory_equal(out, cases[i].text, n);
            assert_int_equal(out[n], 0);
            assert_int_equal(out[n + 1], '#');
        }
    }
}

/* Names are cut to 511 bytes; the worst of them, with the longest text, still fits. */
static void test_format_longest(void **state) {
    (void)state;
    static const char *const fill[] = {"x", "\xFF", "\x01", "\xE2\x80\xAE", "王"};
    for (size_t i = 0; i < COUNT(fill); i++) {
        kpi_error error;
        char name[2000] = "", text[2000] = "", out[KPI_ERROR_SIZE + 1];
        while (strlen(name) < 1900) strcat(name, fill[i]);
        while (strlen(text) < 1900) strcat(text, fill[i]);
        kpi__fail_at(&error, KPI_DATA, (kpi_place){name, UINT64_MAX, UINT32_MAX}, "%s", text);
        assert_int_equal(strlen(error.file), 511);
        assert_memory_equal(error.file, name, 511);
        memset(out, '#', sizeof out);
        size_t n = kpi_error_format(&error, out, KPI_ERROR_SIZE);
        assert_true(n < KPI_ERROR_SIZE);
        assert_int_equal(strlen(out), n);
        assert_int_equal(out[KPI_ERROR_SIZE], '#');
        const char *place = strstr(out, ":18446744073709551615:4294967295: ");
        assert_non_null(place);
        assert_string_equal(place + strlen(":18446744073709551615:4294967295: "), error.text);
        for (const char *p = out; *p; p++) assert_true((unsigned char)*p >= 0x20 && *p != 0x7F);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_quote),
        cmocka_unit_test(test_quote_longest),
        cmocka_unit_test(test_fail),
        cmocka_unit_test(test_fail_places),
        cmocka_unit_test(test_fail_errno),
        cmocka_unit_test(test_text_is_safe_and_fits),
        cmocka_unit_test(test_tell),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_format_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
