/* test_theme.c - theme.c: files of themes, good and bad, and lines through them; failing memory is test_memory's. */
#include "unit.h"

static kpi_themes *themes_of(const char *yaml) {
    kpi_error error = {0};
    kpi_themes *themes = NULL;
    expect_ok(kpi_themes_new(&themes, &error), &error);
    expect_ok(kpi_themes_parse(themes, "t.yaml", kpi_text_of(yaml), &error), &error);
    expect_ok(kpi_themes_ready(themes, &error), &error);
    return themes;
}

struct found {
    char text[4096];
    size_t used;
    int code;
};

static int collect(void *context, kpi_text lines, kpi_error *error) {
    struct found *found = context;
    memcpy(found->text + found->used, lines.ptr, lines.len);
    found->used += lines.len;
    found->text[found->used] = 0;
    return found->code ? kpi__fail(error, found->code, "enough") : KPI_OK;
}

#define LINE(theme, comment) "2026-10-01\tm\t\t\t" theme "\t5\t\t\t" comment "\n"

static void test_lines(void **state) {
    static const char in[] = "\xEF\xBB\xBF# first\n" LINE("", "Late again") LINE("", "\\nlate\\n") "\n"
        LINE("x", "late") LINE("", "") "2026-10-01\tm\t\t\t\t5\t\t\tno\r\n" LINE("", "\\\\") LINE("", "too\\tlate");
    static const char other[] = LINE("late", "Late again") LINE("late", "\\nlate\\n") LINE("x", "late") LINE("", "")
        LINE("rest", "no") LINE("rest", "\\\\") LINE("very\\\\late", "too\\tlate");
    static const char none[] = LINE("late", "Late again") LINE("late", "\\nlate\\n") LINE("x", "late") LINE("", "")
        LINE("", "no") LINE("", "\\\\") LINE("very\\\\late", "too\\tlate");
    kpi_themes *themes = themes_of("late: [late]\n---\n'very\\late': [too late]\nlate: [slow]\n");
    kpi_error error = {0};
    const char *path = temp_file("in", TEXT(in));
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct found found = {.used = 0};
        kpi_theme_options options = {themes, i == 0 ? "rest" : i == 1 ? "" : NULL, 0};
        expect_ok(kpi_theme(path, &options, collect, &found, NULL, &error), &error);
        assert_string_equal(found.text, i ? none : other);
    }
    struct found found = {.code = KPI_SYSTEM};
    kpi_theme_options options = {themes, "rest", 0};
    expect_failure(kpi_theme(path, &options, collect, &found, NULL, &error), KPI_SYSTEM, &error, "enough");
    kpi_themes_free(themes);
}

/* What is before a bad line was given on; with a report that goes on, what is behind it, too. */
static void test_bad_lines(void **state) {
    static const char in[] = LINE("", "late") "2026-10-01\tm\n" LINE("", "a\\x") LINE("", "b") "2026-10-01\tm";
    kpi_themes *themes = themes_of("late: [late]\n");
    kpi_theme_options options = {themes, "o", 0};
    kpi_error error = {0};
    const char *path = temp_file("in", TEXT(in));
    struct found found = {.used = 0};
    (void)state;
    assert_int_equal(kpi_theme(path, &options, collect, &found, NULL, &error), KPI_DATA);
    assert_string_equal(error.text, "2 fields, a feedback line has 9");
    assert_int_equal(error.line, 2);
    assert_string_equal(found.text, LINE("late", "late"));
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    found.used = 0;
    expect_ok(kpi_theme(path, &options, collect, &found, &report, &error), &error);
    assert_string_equal(found.text, LINE("late", "late") LINE("o", "b"));
    assert_string_equal(without_folder(heard.text),
                        "in:2: 2 fields, a feedback line has 9\n"
                        "in:3:9: backslash that is none of \\\\ \\t \\n \\r: 'a\\x'\n"
                        "in:5: incomplete last line: no line feed at its end\n");
    assert_int_equal(kpi_theme(temp_path("none"), &options, collect, &found, NULL, &error), KPI_SYSTEM);
    kpi_themes_free(themes);
}

static void test_bad_files(void **state) {
    static const struct { const char *yaml, *error; } cases[] = {
        {"", "t.yaml: no theme in it"},
        {"# nothing\n", "t.yaml: no theme in it"},
        {"- late\n", "t.yaml:1:1: themes must be a map: a theme and its phrases"},
        {"late\n", "t.yaml:1:1: themes must be a map: a theme and its phrases"},
        {"late: slow\n", "t.yaml:1:7: the phrases of a theme must be a list"},
        {"late: {a: b}\n", "t.yaml:1:7: the phrases of a theme must be a list"},
        {"late: []\n", "t.yaml:1:7: 'late' has no phrases"},
        {"late: [[a]]\n", "t.yaml:1:8: a phrase must be one value"},
        {"发货: [\"\"]\n", "t.yaml:1:6: an empty phrase: ''"},
        {"late: [a, ' b']\n", "t.yaml:1:11: a phrase with a blank at its start or end: ' b'"},
        {"late: [\"b\\n\"]\n", "t.yaml:1:8: a phrase with a blank at its start or end: 'b<U+000A>'"},
        {"late: [\"\xE3\x80\x80慢\"]\n", "t.yaml:1:8: a phrase with a blank at its start or end: '\xE3\x80\x80慢'"},
        {"late:\n  - slow\nprice:\n  - dear\n  - SLOW\n",
         "t.yaml:5:5: 'SLOW' is a phrase of 'late' already, at t.yaml:2:5"},
        {"late: [a b, \"a  B\"]\n", "t.yaml:1:13: 'a  B' is a phrase of 'late' already, at t.yaml:1:8"},
        {"late: [a]\nlate: [b]\n", "t.yaml:2:1: key 'late' stands on line 1 already"},
        {"' late': [a]\n", "t.yaml:1:1: blank at the start or end: ' late'"},
        {"'#': [a]\n", "t.yaml:1:1: # at the start: '#'"},
        {"a: [b\n", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_themes *themes = NULL;
        kpi_error error = {0};
        expect_ok(kpi_themes_new(&themes, &error), &error);
        assert_int_equal(kpi_themes_parse(themes, "t.yaml", kpi_text_of(cases[i].yaml), &error), KPI_DATA);
        if (cases[i].error) assert_string_equal(shown(&error), cases[i].error);
        kpi_themes_free(themes);
    }
    kpi_themes_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_bad_files),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
