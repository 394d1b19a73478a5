/* test_document.c - document.c: scalars that are read back as they were, documents key by key. */
#include "unit.h"

/* ---- scalars ---- */

static void expect_scalar(kpi_text plain, const char *yaml) {
    char out[512];
    size_t n = kpi_yaml_scalar(plain, out, sizeof out);
    assert_int_equal(n, strlen(yaml));
    assert_memory_equal(out, yaml, n);
    for (size_t size = 0; size < n; size++) { /* cut, and the whole length told */
        char *small = malloc(size + 1);
        assert_non_null(small);
        assert_int_equal(kpi_yaml_scalar(plain, small, size), n);
        free(small);
    }
}

static void test_scalar(void **state) {
    (void)state;
    static const struct {
        kpi_text plain;
        const char *yaml;
    } cases[] = {
        {TEXT(""), "\"\""},
        {TEXT("wang.li"), "wang.li"},
        {TEXT("王丽"), "王丽"},
        {TEXT("two visits a week"), "two visits a week"},
        {TEXT("500000"), "\"500000\""}, /* other readers would take it for a number */
        {TEXT("2026-10"), "\"2026-10\""},
        {TEXT("+10%"), "\"+10%\""},
        {TEXT("10%"), "10%"},
        {TEXT("yes"), "\"yes\""},
        {TEXT("Null"), "\"Null\""},
        {TEXT("nullify"), "nullify"},
        {TEXT("12:30"), "\"12:30\""},
        {TEXT("0x1F"), "\"0x1F\""},
        {TEXT("beef"), "beef"},
        {TEXT("a: b"), "\"a: b\""},
        {TEXT("a # b"), "\"a # b\""},
        {TEXT("- a"), "\"- a\""},
        {TEXT(" a"), "\" a\""},
        {TEXT("a "), "\"a \""},
        {TEXT("#a"), "\"#a\""},
        {TEXT("it's"), "\"it's\""},
        {TEXT("say \"hi\""), "\"say \\\"hi\\\"\""},
        {TEXT("a\\b"), "\"a\\\\b\""},
        {TEXT("a\nb\tc"), "\"a\\nb\\tc\""},
        {TEXT("a\x1b\xE2\x80\xAE"), "\"a\\u001B\\u202E\""},
        {TEXT("a\xE2\x80\xAE"
              "b"),
         "\"a\\u202Eb\""},
        {TEXT("[x]"), "\"[x]\""},
        {TEXT("@x"), "\"@x\""},
        {TEXT("x@y"), "x@y"},
        {TEXT("a\0b"), "\"a\\u0000b\""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) expect_scalar(cases[i].plain, cases[i].yaml);
}

/* Texts at random, out of what could go wrong, are read back as they were. */
static void test_scalars_come_back(void **state) {
    (void)state;
    static const char *const parts[] = {"a",
                                        "0",
                                        "9",
                                        "true",
                                        "no",
                                        "null",
                                        " ",
                                        "  ",
                                        "\n",
                                        "\t",
                                        ":",
                                        ": ",
                                        "#",
                                        " #",
                                        "-",
                                        "- ",
                                        "?",
                                        ",",
                                        "[",
                                        "]",
                                        "{",
                                        "}",
                                        "&",
                                        "*",
                                        "!",
                                        "|",
                                        ">",
                                        "'",
                                        "\"",
                                        "%",
                                        "@",
                                        "`",
                                        "\\",
                                        "~",
                                        "<<",
                                        "=",
                                        "王",
                                        "é",
                                        "\xF0\x9F\x98\x80",
                                        "\xC2\xA0",
                                        "\xE3\x80\x80",
                                        "...",
                                        "---",
                                        "e",
                                        "."};
    for (int round = 0; round < 20000; round++) {
        char plain[128] = "", yaml[1024] = "k: ";
        for (uint64_t n = random_below(6); n; n--) strcat(plain, parts[random_below(COUNT(parts))]);
        size_t n = kpi_yaml_scalar(kpi_text_of(plain), yaml + 3, sizeof yaml - 5);
        assert_true(n < sizeof yaml - 5);
        memcpy(yaml + 3 + n, "\n", 2);
        kpi_error error = {0};
        kpi__yaml *reader;
        kpi__node *root;
        expect_ok(kpi__yaml_open(&reader, "f", kpi_text_of(yaml), &error), &error);
        if (kpi__yaml_next(reader, &root, &error)) fail_msg("'%s' as '%s': %s", plain, yaml, shown(&error));
        assert_string_equal(root->child->key->text, "k");
        assert_string_equal(root->child->text, plain);
        assert_int_equal(root->child->line, 1);
        assert_int_equal(kpi__yaml_next(reader, &root, &error), KPI_NO);
        kpi__yaml_free(reader);
    }
}

/* Words of any case, and shapes of numbers and dates of YAML 1.1 and 1.2: each in quotes. */
static void test_reads_as_else(void **state) {
    (void)state;
    static const char *const texts[] = {"true",
                                        "True",
                                        "TRUE",
                                        "false",
                                        "FALSE",
                                        "yes",
                                        "Yes",
                                        "no",
                                        "NO",
                                        "on",
                                        "On",
                                        "off",
                                        "OFF",
                                        "y",
                                        "Y",
                                        "n",
                                        "N",
                                        "null",
                                        "NULL",
                                        "~",
                                        "",
                                        "0",
                                        "-0",
                                        "+12",
                                        "007",
                                        "0o14",
                                        "0x1F",
                                        "0b1010",
                                        "1_000",
                                        "1.5",
                                        ".5",
                                        "5.",
                                        "1e3",
                                        "1E+3",
                                        "6.8523015e+5",
                                        "-.inf",
                                        ".INF",
                                        ".nan",
                                        ".NaN",
                                        "190:20:30",
                                        "12:30",
                                        "2001-12-14",
                                        "2026-10",
                                        "2001-12-14t21:59:43.10-05:00",
                                        "2001-12-14 21:59:43.10 -5",
                                        "<<",
                                        "=",
                                        "1,000",
                                        "+10%",
                                        "-20%"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        char quoted[64];
        snprintf(quoted, sizeof quoted, "\"%s\"", texts[i]);
        expect_scalar(kpi_text_of(texts[i]), quoted);
    }
    static const char *const bare[] = {"truely", "nope", "one", "nullify", "yeast", "W45", "Q4 2026", "v1.5", "i-1"};
    for (size_t i = 0; i < COUNT(bare); i++) expect_scalar(kpi_text_of(bare[i]), bare[i]);
}

/* ---- documents ---- */

static const char *bytes_of(const kpi_document *document) {
    static char text[4096];
    kpi_error error = {0};
    kpi_text bytes;
    expect_ok(kpi_document_bytes(document, &bytes, &error), &error);
    assert_true(bytes.len < sizeof text);
    memcpy(text, bytes.ptr, bytes.len);
    text[bytes.len] = 0;
    return text;
}

static void test_documents(void **state) {
    (void)state;
    const char *const texts[] = {"one", "- two", "drei: 3", "四"}, *const days[] = {"2026-10-10", "2026-10-20"};
    kpi_error error = {0};
    kpi_document *document;
    expect_ok(kpi_document_new(&document, &error), &error);
    assert_string_equal(bytes_of(document), "");
    kpi_document_begin(document, "goal", "2026-10/a/m");
    kpi_document_text(document, "owner", "123");
    kpi_document_bare(document, "target", "+10%");
    kpi_document_text(document, "title", NULL);
    kpi_document_bare(document, "weight", NULL);
    kpi_document_list(document, "steps", texts, 4, false);
    kpi_document_list(document, "risks", NULL, 0, false);
    kpi_document_list(document, "reviews", days, 2, true);
    static const char first[] = "---\ngoal: 2026-10/a/m\nowner: \"123\"\ntarget: +10%\n"
                                "steps:\n  - one\n  - \"- two\"\n  - \"drei: 3\"\n  - 四\n"
                                "reviews:\n  - 2026-10-10\n  - 2026-10-20\n";
    assert_string_equal(bytes_of(document), first);
    kpi_document_begin(document, "review", "on");
    char both[sizeof first + 64];
    snprintf(both, sizeof both, "%s---\nreview: \"on\"\n", first);
    assert_string_equal(bytes_of(document), both);
    kpi_document_free(document);
    kpi_document_free(NULL);
}

/* Many times the room that there is at first. */
static void test_growth(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_document *document;
    kpi_text bytes;
    char long_text[5000];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = 0;
    expect_ok(kpi_document_new(&document, &error), &error);
    for (int i = 0; i < 100; i++) kpi_document_text(document, "k", i % 2 ? long_text : "z");
    expect_ok(kpi_document_bytes(document, &bytes, &error), &error);
    assert_int_equal(bytes.len, 50 * (5000 + 3) + 50 * 5);
    const char *p = bytes.ptr;
    for (int i = 0; i < 100; i++) {
        size_t n = i % 2 ? sizeof long_text - 1 : 1;
        assert_memory_equal(p, "k: ", 3);
        assert_memory_equal(p + 3, i % 2 ? long_text : "z", n);
        assert_int_equal(p[3 + n], '\n');
        p += n + 4;
    }
    kpi_document_free(document);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalar),        cmocka_unit_test(test_scalars_come_back),
        cmocka_unit_test(test_reads_as_else), cmocka_unit_test(test_documents),
        cmocka_unit_test(test_growth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
