/* test_output.c - the five formats, cell by cell and as whole tables. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../libkpi/internal.h"
#include "scarce.h"

static const kpi_column columns[] = {
    {"manager", KPI_COLUMN_TEXT},
    {"score", KPI_COLUMN_NUMBER},
    {"", KPI_COLUMN_BAR},
    {"note", KPI_COLUMN_TEXT},
};

/* Everything that comes out for cells, row after row, NULL at the end. The caller frees it. */
static char *print(const kpi_output_options *options, const kpi_column *column, size_t n, const char *const *cell) {
    char *out = NULL;
    size_t size = 0;
    kpi_error error;
    kpi_output *output;
    FILE *file = open_memstream(&out, &size);
    assert_non_null(file);
    assert_int_equal(kpi_output_new(&output, file, options, column, n, &error), KPI_OK);
    for (; *cell; cell++)
        assert_int_equal(kpi_output_cell(output, kpi_text_of(*cell), &error), KPI_OK);
    assert_int_equal(kpi_output_end(output, &error), KPI_OK);
    assert_int_equal(kpi_output_end(output, &error), KPI_OK); /* adds nothing */
    kpi_output_free(output);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(strlen(out), size);
    return out;
}

static void expect(const kpi_output_options *options, const kpi_column *column, size_t n, const char *const *cell,
                   const char *expected) {
    char *out = print(options, column, n, cell);
    assert_string_equal(out, expected);
    free(out);
}

/* ---- whole outputs ---- */

/* U+202E turns the order of what follows: it must be shown. */
static const char *const rows[] = {
    "张敏",   "87.40", "87.4", "说\"好\", 一|二\\n三",
    "wang.li", "",      "",     "",
    "=1+1",    "-0.50", "-0.5", "a\\\\b\xE2\x80\xAE<b>",
    NULL,
};

static void test_formats(void **state) {
    (void)state;
    static const struct {
        kpi_output_options options;
        const char *expected;
    } cases[] = {
        {{.format = KPI_LINES},
         "张敏\t87.40\t说\"好\", 一|二\\n三\n"
         "wang.li\t\t\n"
         "=1+1\t-0.50\ta\\\\b\xE2\x80\xAE<b>\n"},
        {{.format = KPI_LINES, .header = true, .terminal = true, .bom = true},
         "#manager\tscore\tnote\n"
         "张敏\t87.40\t说\"好\", 一|二\\n三\n"
         "wang.li\t\t\n"
         "=1+1\t-0.50\ta\\\\b<U+202E><b>\n"},
        {{.format = KPI_CSV},
         "manager,score,note\n"
         "张敏,87.40,\"说\"\"好\"\", 一|二\n三\"\n"
         "wang.li,,\n"
         "'=1+1,-0.50,a\\b\xE2\x80\xAE<b>\n"},
        {{.format = KPI_CSV, .bom = true, .terminal = true},
         "\xEF\xBB\xBFmanager,score,note\n"
         "张敏,87.40,\"说\"\"好\"\", 一|二<U+000A>三\"\n"
         "wang.li,,\n"
         "'=1+1,-0.50,a\\b<U+202E><b>\n"},
        {{.format = KPI_JSON, .header = true, .bom = true},
         "{\"manager\":\"张敏\",\"score\":87.40,\"note\":\"说\\\"好\\\", 一|二\\n三\"}\n"
         "{\"manager\":\"wang.li\",\"score\":null,\"note\":null}\n"
         "{\"manager\":\"=1+1\",\"score\":-0.50,\"note\":\"a\\\\b\xE2\x80\xAE<b>\"}\n"},
        {{.format = KPI_JSON, .terminal = true},
         "{\"manager\":\"张敏\",\"score\":87.40,\"note\":\"说\\\"好\\\", 一|二\\n三\"}\n"
         "{\"manager\":\"wang.li\",\"score\":null,\"note\":null}\n"
         "{\"manager\":\"=1+1\",\"score\":-0.50,\"note\":\"a\\\\b\\u202e<b>\"}\n"},
        /* 87.4 % of 80 eighths are 69.92: 8 whole columns and 5 eighths */
        {{.format = KPI_TABLE},
         "manager  score             note\n"
         "-------  -----  ---------  -----------------\n"
         "张敏     87.40  ████████▋  说\"好\", 一|二\\n三\n"
         "wang.li\n"
         "=1+1     -0.50             a\\\\b<U+202E><b>\n"},
        {{.format = KPI_MD},
         "| manager | score | note                 |\n"
         "| ------- | ----: | -------------------- |\n"
         "| 张敏    | 87.40 | 说\"好\", 一\\|二<br>三 |\n"
         "| wang.li |       |                      |\n"
         "| =1+1    | -0.50 | a\\\\b<U+202E>\\<b>     |\n"},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++)
        expect(&cases[i].options, columns, KPI__COUNT(columns), rows, cases[i].expected);
}

static void test_no_rows(void **state) {
    (void)state;
    static const struct {
        kpi_output_options options;
        const char *expected;
    } cases[] = {
        {{.format = KPI_LINES}, ""},
        {{.format = KPI_LINES, .header = true}, "#manager\tscore\tnote\n"},
        {{.format = KPI_CSV}, "manager,score,note\n"},
        {{.format = KPI_CSV, .bom = true}, "\xEF\xBB\xBFmanager,score,note\n"},
        {{.format = KPI_JSON}, ""},
        {{.format = KPI_TABLE}, "manager  score    note\n-------  -----    ----\n"},
        {{.format = KPI_MD}, "| manager | score | note |\n| ------- | ----: | ---- |\n"},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++)
        expect(&cases[i].options, columns, KPI__COUNT(columns), (const char *const[]){NULL}, cases[i].expected);
}

/* ---- single cells ---- */

struct cell_case {
    const char *cell, *expected;
};

/* Each cell between two others, in a format whose row is before, cell, after. */
static void cells(kpi_output_options options, enum kpi_column_type type, const char *header, const char *before,
                  const char *after, const struct cell_case *cases, size_t n) {
    const kpi_column column[] = {{"a", KPI_COLUMN_TEXT}, {"b", type}, {"c", KPI_COLUMN_TEXT}};
    for (size_t i = 0; i < n; i++) {
        char expected[512];
        snprintf(expected, sizeof expected, "%s%s%s%s", header, before, cases[i].expected, after);
        expect(&options, column, 3, (const char *const[]){"x", cases[i].cell, "y", NULL}, expected);
    }
}

static void test_csv_text(void **state) {
    (void)state;
    static const struct cell_case cases[] = {
        {"plain", "plain"},
        {"two words", "two words"},
        {"a,b", "\"a,b\""},
        {"\"", "\"\"\"\""},
        {"\"\"", "\"\"\"\"\"\""},
        {"say \"hi\" now", "\"say \"\"hi\"\" now\""},
        {" a", "\" a\""},
        {"a ", "\"a \""},
        {" ", "\" \""},
        {"a\\tb", "a\tb"},
        {"a\\nb", "\"a\nb\""},
        {"a\\rb", "\"a\rb\""},
        {"a\\t", "\"a\t\""},
        {"c:\\\\temp", "c:\\temp"},
        {"c:\\temp\\", "c:\temp\\"},
        {"=1+1", "'=1+1"},
        {"+5", "'+5"},
        {"-5", "'-5"},
        {"@x", "'@x"},
        {"=1,2", "\"'=1,2\""},
        {"=\"\"", "\"'=\"\"\"\"\""},
        {"\\tx", "\"'\tx\""},
        {"\\rx", "\"'\rx\""},
        {"\\nx", "\"\nx\""},
        {"1=1", "1=1"},
        {"'x", "'x"},
        {"客户，张", "客户，张"},
        {"", ""},
    };
    cells((kpi_output_options){.format = KPI_CSV}, KPI_COLUMN_TEXT, "a,b,c\n", "x,", ",y\n", cases, KPI__COUNT(cases));
}

static void test_csv_number(void **state) {
    (void)state;
    static const struct cell_case cases[] = {
        {"+5", "+5"}, {"-0.5", "-0.5"}, {"010", "010"}, {"1.", "1."}, {"-", "'-"}, {"-1+1", "'-1+1"}, {"=1", "'=1"},
        {"-.5", "'-.5"}, {"-1.", "'-1."}, {"-1.5.2", "'-1.5.2"}, {"1,5", "\"1,5\""}, {"", ""},
        {"-123456789012345678901234567890.1234567890", "-123456789012345678901234567890.1234567890"},
    };
    cells((kpi_output_options){.format = KPI_CSV}, KPI_COLUMN_NUMBER, "a,b,c\n", "x,", ",y\n", cases,
          KPI__COUNT(cases));
}

/* A row of one empty cell would be an empty line, which is no row to most readers. */
static void test_csv_single(void **state) {
    (void)state;
    static const kpi_column one[] = {{"n", KPI_COLUMN_NUMBER}};
    expect(&(kpi_output_options){.format = KPI_CSV}, one, 1, (const char *const[]){"", "-1", NULL}, "n\n\"\"\n-1\n");
}

static void test_json_text(void **state) {
    (void)state;
    static const struct cell_case cases[] = {
        {"plain", "\"plain\""},
        {"\"q\"", "\"\\\"q\\\"\""},
        {"\\\\ \\t \\n \\r", "\"\\\\ \\t \\n \\r\""},
        {"\\x \\", "\"\\\\x \\\\\""},
        {"\\u0041", "\"\\\\u0041\""},
        {"\t\x01\x7F\xC2\x9B.", "\"\\u0009\\u0001\\u007f\\u009b.\""},
        {"客户\xF0\x9F\x98\x80", "\"客户\xF0\x9F\x98\x80\""},
        {"\xE2\x80\xAE", "\"\xE2\x80\xAE\""},
        {"\xFFz\xE5\xAE", "\"\\ufffdz\\ufffd\\ufffd\""},
        {"5", "\"5\""},
        {"null", "\"null\""},
        {"/", "\"/\""},
        {"", "null"},
    };
    cells((kpi_output_options){.format = KPI_JSON}, KPI_COLUMN_TEXT, "", "{\"a\":\"x\",\"b\":", ",\"c\":\"y\"}\n",
          cases, KPI__COUNT(cases));
}

static void test_json_number(void **state) {
    (void)state;
    static const struct cell_case cases[] = {
        {"87.40", "87.40"}, {"+5", "5"}, {"010", "10"}, {"-0.5", "-0.5"}, {"-007.50", "-7.50"}, {"+00.25", "0.25"},
        {"0", "0"}, {"000", "0"}, {"-0", "-0"}, {"0.0", "0.0"}, {"100", "100"}, {"1e5", "\"1e5\""}, {".5", "\".5\""},
        {"5.", "\"5.\""}, {"+", "\"+\""}, {"--1", "\"--1\""}, {"1 ", "\"1 \""}, {"1.2.3", "\"1.2.3\""}, {"", "null"},
        {"1234567890123456789012345678901234567890.12", "1234567890123456789012345678901234567890.12"},
    };
    cells((kpi_output_options){.format = KPI_JSON}, KPI_COLUMN_NUMBER, "", "{\"a\":\"x\",\"b\":", ",\"c\":\"y\"}\n",
          cases, KPI__COUNT(cases));
}

static void test_json_keys(void **state) {
    (void)state;
    static const kpi_column column[] = {
        {"销\"售", KPI_COLUMN_NUMBER}, {"bar", KPI_COLUMN_BAR}, {"b\\\\c", KPI_COLUMN_TEXT}};
    expect(&(kpi_output_options){.format = KPI_JSON}, column, 3, (const char *const[]){"1", "2", "3", NULL},
           "{\"销\\\"售\":1,\"b\\\\c\":\"3\"}\n");
}

static void test_md_text(void **state) {
    (void)state;
    static const struct cell_case cases[] = { /* 12 columns wide */
        {"plain", "plain"},     {"a|b", "a\\|b"},           {"a\\\\b", "a\\\\b"},    {"a\\b", "a\\\\b"},
        {"a\\nb", "a<br>b"},    {"a\\tb", "a b"},           {"a\\r\\nb", "a<br>b"},  {"\\", "\\\\"},
        {"<script>", "\\<script>"}, {"*a* `b`", "\\*a\\* \\`b\\`"}, {"[a](b)", "\\[a](b)"}, {"", ""},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++) {
        static const kpi_column column[] = {{"123456789012", KPI_COLUMN_TEXT}, {"c", KPI_COLUMN_NUMBER}};
        char expected[256];
        snprintf(expected, sizeof expected, "| 123456789012 |   c |\n| ------------ | --: |\n| %-12s |   y |\n",
                 cases[i].expected);
        expect(&(kpi_output_options){.format = KPI_MD}, column, 2, (const char *const[]){cases[i].cell, "y", NULL},
               expected);
    }
}

/* Eighths: floor(percent * 0.8), by hand. */
static void test_bars(void **state) {
    (void)state;
#define TEN "██████████"
    static const struct cell_case cases[] = {
        {"", ""}, {"0", ""}, {"-5", ""}, {"n/a", ""}, {"0.000001", "▏"}, {"1.25", "▏"}, {"2.49", "▏"}, {"2.5", "▎"},
        {"3.75", "▍"}, {"5", "▌"}, {"6.25", "▋"}, {"7.5", "▊"}, {"8.75", "▉"}, {"9.99", "▉"}, {"10", "█"},
        {"12.5", "█▎"}, {"50.00", "█████"}, {"99.99", "█████████▉"}, {"100", TEN}, {"101", TEN},
        {"101.25", TEN "▏"}, {"149.99", TEN "████▉"}, {"150", TEN "█████"}, {"150.000001", TEN "█████▸"},
        {"999999999999999.999999", TEN "█████▸"},
    };
    static const kpi_column column[] = {{"x", KPI_COLUMN_NUMBER}, {"bar", KPI_COLUMN_BAR}};
    for (size_t i = 0; i < KPI__COUNT(cases); i++) {
        char expected[512], dashes[] = "----------------";
        int width = (int)kpi_text_width(kpi_text_of(cases[i].expected));
        snprintf(expected, sizeof expected, "x  bar\n-  %.*s\n1%s%s\n", width > 3 ? width : 3, dashes,
                 width ? "  " : "", cases[i].expected);
        expect(&(kpi_output_options){.format = KPI_TABLE}, column, 2, (const char *const[]){"1", cases[i].cell, NULL},
               expected);
    }
}

static void test_alignment(void **state) {
    (void)state;
    static const kpi_column column[] = {
        {"数", KPI_COLUMN_NUMBER}, {"名", KPI_COLUMN_TEXT}, {"amount", KPI_COLUMN_NUMBER}};
    static const char *const cell[] = {"1", "e\xCC\x81", "-5", "1000", "客户经理", "12345678.9", "", "\x1B[2J", "", NULL};
    expect(&(kpi_output_options){.format = KPI_TABLE}, column, 3, cell,
           "  数  名               amount\n"
           "----  -----------  ----------\n"
           "   1  e\xCC\x81                    -5\n"
           "1000  客户经理     12345678.9\n"
           "      <U+001B>[2J\n");
    expect(&(kpi_output_options){.format = KPI_MD}, column, 3, cell,
           "|   数 | 名           |     amount |\n"
           "| ---: | ------------ | ---------: |\n"
           "|    1 | e\xCC\x81            |         -5 |\n"
           "| 1000 | 客户经理     | 12345678.9 |\n"
           "|      | <U+001B>\\[2J |            |\n");
}

/* ---- odds and ends ---- */

static void test_names(void **state) {
    (void)state;
    static const char *const names[] = {"lines", "table", "csv", "json", "md"};
    enum kpi_format format;
    for (unsigned i = 0; i < KPI__COUNT(names); i++) {
        assert_int_equal(kpi_format_named(names[i], &format), KPI_OK);
        assert_int_equal(format, i);
    }
    assert_int_equal(kpi_format_named("CSV", &format), KPI_USAGE);
    assert_int_equal(kpi_format_named("", &format), KPI_USAGE);
    assert_int_equal(kpi_format_named(NULL, &format), KPI_USAGE);
}

static void test_refused(void **state) {
    (void)state;
    static const kpi_column bars[] = {{"bar", KPI_COLUMN_BAR}};
    kpi_output *output = NULL;
    kpi_error error;
    assert_int_equal(kpi_output_new(&output, stdout, &(kpi_output_options){.format = KPI_CSV}, bars, 1, &error),
                     KPI_USAGE);
    assert_string_equal(error.text, "no column to print as csv");
    assert_int_equal(kpi_output_new(&output, stdout, &(kpi_output_options){.format = KPI_JSON}, bars, 0, &error),
                     KPI_USAGE);
    assert_int_equal(kpi_output_new(&output, stdout, &(kpi_output_options){.format = 5}, bars, 1, &error), KPI_USAGE);
    assert_string_equal(error.text, "no such output format: 5");
    assert_null(output);
    kpi_output_free(NULL);
}

/* Whoever fails before the first cell has printed nothing, not even a header; half a row is never seen. */
static void test_nothing_early(void **state) {
    (void)state;
    for (enum kpi_format format = KPI_LINES; format <= KPI_MD; format++) {
        char *out = NULL;
        size_t size = 0;
        FILE *file = open_memstream(&out, &size);
        kpi_output *output;
        kpi_output_options options = {.format = format, .bom = true, .header = false};
        assert_int_equal(kpi_output_new(&output, file, &options, columns, KPI__COUNT(columns), NULL), KPI_OK);
        kpi_output_free(output);
        fflush(file);
        assert_int_equal(size, 0);
        options = (kpi_output_options){.format = format == KPI_CSV ? KPI_LINES : format};
        assert_int_equal(kpi_output_new(&output, file, &options, columns, KPI__COUNT(columns), NULL), KPI_OK);
        assert_int_equal(kpi_output_cell(output, kpi_text_of("x"), NULL), KPI_OK);
        kpi_output_free(output);
        fclose(file);
        assert_int_equal(size, 0);
        free(out);
    }
}

static void test_row_completed(void **state) {
    (void)state;
    expect(&(kpi_output_options){.format = KPI_LINES}, columns, KPI__COUNT(columns),
           (const char *const[]){"a", "1", "2", "n", "b", NULL}, "a\t1\tn\nb\t\t\n");
    expect(&(kpi_output_options){.format = KPI_MD}, columns, KPI__COUNT(columns),
           (const char *const[]){"b", NULL}, "| manager | score | note |\n| ------- | ----: | ---- |\n"
                                             "| b       |       |      |\n");
}

static void test_null_cell(void **state) {
    (void)state;
    kpi_output *output;
    char *out = NULL;
    size_t size;
    FILE *file = open_memstream(&out, &size);
    assert_int_equal(kpi_output_new(&output, file, &(kpi_output_options){.format = KPI_JSON}, columns, 2, NULL), 0);
    assert_int_equal(kpi_output_cell(output, (kpi_text){NULL, 0}, NULL), KPI_OK);
    assert_int_equal(kpi_output_cell(output, (kpi_text){NULL, 0}, NULL), KPI_OK);
    assert_int_equal(kpi_output_end(output, NULL), KPI_OK);
    kpi_output_free(output);
    fclose(file);
    assert_string_equal(out, "{\"manager\":null,\"score\":null}\n");
    free(out);
}

/* A cell longer than every buffer, of characters that grow most. */
static void test_long_cell(void **state) {
    (void)state;
    enum { N = 100000 };
    static const struct {
        kpi_output_options options;
        const char *start, *each, *end;
    } cases[] = {
        {{.format = KPI_LINES}, "", "\x7F", "\n"},
        {{.format = KPI_LINES, .terminal = true}, "", "<U+007F>", "\n"},
        {{.format = KPI_CSV}, "a\n", "\x7F", "\n"},
        {{.format = KPI_JSON}, "{\"a\":\"", "\\u007f", "\"}\n"},
    };
    static const kpi_column column[] = {{"a", KPI_COLUMN_TEXT}};
    char *cell = malloc(N + 1);
    memset(cell, 0x7F, N);
    cell[N] = 0;
    for (size_t i = 0; i < KPI__COUNT(cases); i++) {
        char *out = print(&cases[i].options, column, 1, (const char *const[]){cell, NULL}), *p = out;
        size_t each = strlen(cases[i].each);
        assert_memory_equal(p, cases[i].start, strlen(cases[i].start));
        p += strlen(cases[i].start);
        for (size_t j = 0; j < N; j++, p += each)
            assert_true(memcmp(p, cases[i].each, each) == 0);
        assert_string_equal(p, cases[i].end);
        free(out);
    }
    free(cell);
}

/* ---- failures ---- */

static const char no_space[] = "standard output: write: No space left on device";

static void expect_failure(const kpi_error *error, int sys, const char *text) {
    char message[KPI_ERROR_SIZE];
    kpi_error_format(error, message, sizeof message);
    assert_string_equal(message, text);
    assert_int_equal(error->code, KPI_SYSTEM);
    assert_int_equal(error->sys, sys);
}

static void test_full_disk(void **state) {
    (void)state;
    for (enum kpi_format format = KPI_LINES; format <= KPI_MD; format++) {
        kpi_error error = {0};
        kpi_output *output;
        FILE *file = fopen("/dev/full", "w");
        if (!file)
            skip();
        kpi_output_options options = {.format = format};
        assert_int_equal(kpi_output_new(&output, file, &options, columns, KPI__COUNT(columns), &error), KPI_OK);
        for (int i = 0; i < 4; i++) /* fits into the buffer of stdio: seen at the end */
            assert_int_equal(kpi_output_cell(output, kpi_text_of("1"), &error), KPI_OK);
        assert_int_equal(kpi_output_end(output, &error), KPI_SYSTEM);
        expect_failure(&error, ENOSPC, no_space);
        kpi_output_free(output);
        fclose(file);
    }
}

static void test_full_disk_early(void **state) {
    (void)state;
    for (enum kpi_format format = KPI_LINES; format <= KPI_JSON; format++) {
        if (format == KPI_TABLE)
            continue;
        kpi_error error = {0};
        kpi_output *output;
        FILE *file = fopen("/dev/full", "w");
        if (!file)
            skip();
        kpi_output_options options = {.format = format};
        assert_int_equal(kpi_output_new(&output, file, &options, columns, KPI__COUNT(columns), &error), KPI_OK);
        int code = KPI_OK, i = 0;
        for (; i < 100000 && !code; i++)
            code = kpi_output_cell(output, kpi_text_of("1"), &error);
        assert_int_equal(code, KPI_SYSTEM);
        assert_true(i < 100000);
        expect_failure(&error, ENOSPC, no_space);
        errno = 0;
        assert_int_equal(kpi_output_cell(output, kpi_text_of("1"), &error), KPI_SYSTEM);
        assert_int_equal(kpi_output_end(output, &error), KPI_SYSTEM); /* still the first failure */
        expect_failure(&error, ENOSPC, no_space);
        kpi_output_free(output);
        fclose(file);
    }
}

static void test_closed(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_output *output;
    FILE *file = fopen("/dev/null", "w");
    int fd = dup(fileno(file));
    close(fileno(file));
    assert_int_equal(kpi_output_new(&output, file, &(kpi_output_options){.format = KPI_CSV}, columns, 2, &error), 0);
    assert_int_equal(kpi_output_end(output, &error), KPI_SYSTEM);
    expect_failure(&error, EBADF, "standard output: write: Bad file descriptor");
    kpi_output_free(output);
    fclose(file);
    close(fd);
}

/* A failure that somebody else met on the same FILE counts too. */
static void test_failed_before(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_output *output;
    FILE *file = fopen("/dev/full", "w");
    if (!file)
        skip();
    fputs("x", file);
    fflush(file);
    assert_true(ferror(file));
    assert_int_equal(kpi_output_new(&output, file, &(kpi_output_options){.format = KPI_LINES}, columns, 2, &error), 0);
    assert_int_equal(kpi_output_end(output, &error), KPI_SYSTEM);
    kpi_output_free(output);
    fclose(file);
}

static void test_broken_pipe(void **state) {
    (void)state;
    int end[2];
    kpi_error error = {0};
    kpi_output *output;
    assert_int_equal(pipe(end), 0);
    close(end[0]);
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    FILE *file = fdopen(end[1], "w");
    assert_int_equal(kpi_output_new(&output, file, &(kpi_output_options){.format = KPI_MD}, columns, 2, &error), 0);
    assert_int_equal(kpi_output_end(output, &error), KPI_SYSTEM);
    expect_failure(&error, EPIPE, "standard output: write: Broken pipe");
    kpi_output_free(output);
    fclose(file);
    signal(SIGPIPE, before);
}

/* ---- many rows ---- */

enum { ROWS = 5000 };

struct rendering {
    size_t wide;       /* every so many rows there is a wide cell; 0: none */
    size_t fail[2];    /* rows that fail after their first cell */
    size_t deaf;       /* a row that fails before it */
};

/* None, one or three rows for a number, each with its columns of different lengths. */
static int render(void *context, kpi_output *to, size_t row, kpi_error *error) {
    static const char wide[3000] = {[0 ... 2999] = 'w'};
    const struct rendering *r = context;
    int code = KPI_OK;
    if (row == r->deaf)
        return kpi__fail(error, KPI_DATA, "deaf at %zu", row);
    for (size_t i = row % 5 == 3 ? 0 : row % 7 ? 1 : 3; i; i--) {
        char name[64], number[32];
        int more = (int)(row % 23);
        size_t n = (size_t)snprintf(name, sizeof name, "%zu%.*s", row * 7919 % 100003, more, "\"张,敏 and some more");
        kpi_text who = r->wide && row % r->wide == 0 ? (kpi_text){wide, sizeof wide} : (kpi_text){name, n};
        kpi_output_cell(to, who, error);
        if (row == r->fail[0] || row == r->fail[1])
            return kpi__fail(error, KPI_USAGE, "failed at %zu", row);
        n = (size_t)snprintf(number, sizeof number, "%zu.%zu", row, i);
        kpi_output_cell(to, (kpi_text){number, n}, error);
        kpi_output_cell(to, (kpi_text){number, n}, error);
        code = kpi_output_cell(to, kpi_text_of(row % 2 ? "" : "a\\nb"), error);
    }
    return code;
}

/* What comes out of rows rendered by so many threads; 0: by a plain loop. The caller frees it. */
static char *print_rows(kpi_output_options options, size_t n, unsigned threads, struct rendering r, kpi_error *error) {
    char *out = NULL;
    size_t size = 0;
    int code = KPI_OK;
    kpi_output *output;
    FILE *file = open_memstream(&out, &size);
    assert_non_null(file);
    assert_int_equal(kpi_output_new(&output, file, &options, columns, KPI__COUNT(columns), error), KPI_OK);
    error->code = KPI_OK;
    if (threads)
        code = kpi_output_rows(output, n, threads, render, &r, error);
    for (size_t i = 0; i < n && !threads && !code; i++)
        code = render(&r, output, i, error);
    assert_int_equal(code, error->code);
    if (!code)
        assert_int_equal(kpi_output_end(output, error), KPI_OK);
    kpi_output_free(output);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(strlen(out), size);
    return out;
}

static void expect_rows(kpi_output_options options, size_t n, struct rendering r) {
    static const unsigned threads[] = {1, 2, 3, 7};
    kpi_error expected, error;
    char *plain = print_rows(options, n, 0, r, &expected);
    for (size_t i = 0; i < KPI__COUNT(threads); i++) {
        char *out = print_rows(options, n, threads[i], r, &error);
        if (strcmp(out, plain))
            fail_msg("%zu rows as %d by %u threads differ", n, (int)options.format, threads[i]);
        assert_int_equal(error.code, expected.code);
        if (error.code)
            assert_string_equal(error.text, expected.text);
        free(out);
    }
    free(plain);
}

static const struct rendering all_right = {0, {SIZE_MAX, SIZE_MAX}, SIZE_MAX};

static void test_rows(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 4, 2048, 2049, 4097, ROWS};
    for (enum kpi_format format = KPI_LINES; format <= KPI_MD; format++)
        for (size_t i = 0; i < KPI__COUNT(sizes); i++)
            for (int shown = 0; shown < 2; shown++)
                expect_rows((kpi_output_options){format, shown, shown, shown, shown}, sizes[i], all_right);
    struct rendering wide = all_right; /* parts become large before they are complete */
    wide.wide = 2;
    expect_rows((kpi_output_options){.format = KPI_LINES}, ROWS, wide);
}

/* The first failure in the order of rows is told, and the rows before it are there. */
static void test_rows_fail(void **state) {
    (void)state;
    static const size_t at[] = {0, 1, 2050, 4500, ROWS - 1};
    for (enum kpi_format format = KPI_LINES; format <= KPI_MD; format++)
        for (size_t i = 0; i < KPI__COUNT(at); i++) {
            kpi_output_options options = {.format = format, .header = true};
            expect_rows(options, ROWS, (struct rendering){0, {SIZE_MAX, SIZE_MAX}, at[i]});
            expect_rows(options, ROWS, (struct rendering){0, {at[i], at[i] + 2049}, SIZE_MAX});
            if (format != KPI_TABLE && format != KPI_MD)
                expect_rows(options, ROWS, (struct rendering){3, {at[i], ROWS - 5}, at[i] + 700});
        }
}

/* Cells and rows of a plain loop before and after them, and a row begun. */
static void test_rows_among_cells(void **state) {
    (void)state;
    for (unsigned threads = 1; threads < 4; threads++) {
        char *out[2] = {NULL, NULL};
        for (int plain = 0; plain < 2; plain++) {
            size_t size;
            kpi_error error;
            kpi_output *output;
            struct rendering r = all_right;
            FILE *file = open_memstream(&out[plain], &size);
            kpi_output_options options = {.format = KPI_CSV};
            assert_int_equal(kpi_output_new(&output, file, &options, columns, KPI__COUNT(columns), &error), KPI_OK);
            for (int round = 0; round < 3; round++) { /* in the last one a row has begun */
                for (int i = 0; i < 4 + round / 2; i++)
                    assert_int_equal(kpi_output_cell(output, kpi_text_of("x"), &error), KPI_OK);
                if (!plain)
                    assert_int_equal(kpi_output_rows(output, ROWS, threads, render, &r, &error), KPI_OK);
                for (size_t i = 0; i < ROWS && plain; i++)
                    assert_int_equal(render(&r, output, i, &error), KPI_OK);
            }
            assert_int_equal(kpi_output_end(output, &error), KPI_OK);
            kpi_output_free(output);
            fclose(file);
        }
        assert_string_equal(out[0], out[1]);
        free(out[0]);
        free(out[1]);
    }
}

static void test_rows_full_disk(void **state) {
    (void)state;
    for (enum kpi_format format = KPI_LINES; format <= KPI_MD; format++)
        for (unsigned threads = 0; threads < 4; threads++) {
            kpi_error error = {0};
            kpi_output *output;
            struct rendering r = all_right;
            FILE *file = fopen("/dev/full", "w");
            if (!file)
                skip();
            kpi_output_options options = {.format = format};
            assert_int_equal(kpi_output_new(&output, file, &options, columns, KPI__COUNT(columns), &error), KPI_OK);
            int code = kpi_output_rows(output, ROWS, threads, render, &r, &error);
            assert_int_equal(code, format == KPI_TABLE || format == KPI_MD ? KPI_OK : KPI_SYSTEM);
            if (!code)
                code = kpi_output_end(output, &error);
            expect_failure(&error, ENOSPC, no_space);
            assert_int_equal(kpi_output_end(output, &error), KPI_SYSTEM); /* still the first failure */
            expect_failure(&error, ENOSPC, no_space);
            kpi_output_free(output);
            fclose(file);
        }
}

static bool print_with_little(void *context) {
    static char buffer[1 << 16];
    const kpi_output_options *options = context;
    kpi_error error = {0};
    kpi_output *output = NULL;
    long limit = memory;
    memory = -1;
    char *cell = calloc(1, 20000);
    FILE *file = fopen("/dev/null", "w");
    assert_non_null(file);
    memset(cell, options->terminal ? 0x7F : ',', 19999);
    setvbuf(file, buffer, _IOFBF, sizeof buffer);
    memory = limit;
    int code = kpi_output_new(&output, file, options, columns, KPI__COUNT(columns), &error);
    for (int i = 0; i < 48 && !code; i++)
        code = kpi_output_cell(output, kpi_text_of(i == 7 ? cell : i == 11 ? "\x7F\x7F" : "x"), &error);
    if (output && code) /* it is remembered */
        assert_int_equal(kpi_output_end(output, &error), code);
    else if (!code)
        code = kpi_output_end(output, &error);
    kpi_output_free(output);
    memory = -1;
    fclose(file);
    free(cell);
    if (code) {
        assert_int_equal(code, KPI_SYSTEM);
        assert_string_equal(error.text, "out of memory");
    }
    return code;
}

static void test_out_of_memory(void **state) {
    (void)state;
    for (enum kpi_format format = KPI_LINES; format <= KPI_MD; format++)
        for (int terminal = 0; terminal < 2; terminal++) {
            kpi_output_options options = {.format = format, .header = true, .terminal = terminal};
            exhaust(print_with_little, &options);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),      cmocka_unit_test(test_no_rows),
        cmocka_unit_test(test_csv_text),     cmocka_unit_test(test_csv_number),
        cmocka_unit_test(test_csv_single),   cmocka_unit_test(test_json_text),
        cmocka_unit_test(test_json_number),  cmocka_unit_test(test_json_keys),
        cmocka_unit_test(test_md_text),      cmocka_unit_test(test_bars),
        cmocka_unit_test(test_alignment),    cmocka_unit_test(test_names),
        cmocka_unit_test(test_refused),      cmocka_unit_test(test_nothing_early),
        cmocka_unit_test(test_row_completed), cmocka_unit_test(test_null_cell),
        cmocka_unit_test(test_long_cell),    cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_full_disk_early), cmocka_unit_test(test_closed),
        cmocka_unit_test(test_failed_before), cmocka_unit_test(test_broken_pipe),
        cmocka_unit_test(test_out_of_memory), cmocka_unit_test(test_rows),
        cmocka_unit_test(test_rows_fail),    cmocka_unit_test(test_rows_among_cells),
        cmocka_unit_test(test_rows_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
