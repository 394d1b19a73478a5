/* test_runs.c - runs.c: which phrases are counted, which are left out, and their order, worked out by hand. */
#include "unit.h"

#define LINE(theme, comment) "2026-10-01\tm\t\t\t" theme "\t5\t\t\t" comment "\n"

/* The phrases of lines, "PHRASE COUNT;" each. */
static void expect_phrases(const char *lines, const char *yaml, size_t most, const char *want) {
    kpi_error error = {0};
    kpi_themes *themes = NULL;
    kpi_phrases *phrases = NULL;
    char got[4096] = "";
    if (yaml) {
        expect_ok(kpi_themes_new(&themes, &error), &error);
        expect_ok(kpi_themes_parse(themes, "t.yaml", kpi_text_of(yaml), &error), &error);
        expect_ok(kpi_themes_ready(themes, &error), &error);
    }
    expect_ok(kpi_phrases_new(&phrases, themes, 0, &error), &error);
    expect_ok(kpi_phrases_read(phrases, temp_file("in", kpi_text_of(lines)), NULL, &error), &error);
    expect_ok(kpi_phrases_finish(phrases, most, &error), &error);
    for (size_t i = 0, at = 0; i < kpi_phrases_size(phrases); i++) {
        uint64_t n;
        kpi_text phrase = kpi_phrases_at(phrases, i, &n);
        at += (size_t)sprintf(got + at, "%.*s %d;", (int)phrase.len, phrase.ptr, (int)n);
    }
    assert_string_equal(got, want);
    kpi_phrases_free(phrases);
    kpi_themes_free(themes);
}

static void test_words(void **state) {
    (void)state;
    /* late is in three comments, very late in two, and nothing longer. */
    expect_phrases(LINE("", "very late") LINE("", "Very  LATE") LINE("", "late, late"), NULL, 9,
                   "late 3;very late 2;");
    /* No run over punctuation or a script; one letter is no phrase of its own, but part of one. */
    expect_phrases(LINE("", "aa. bb") LINE("", "aa发bb") LINE("", "c dd") LINE("", "don't"), NULL, 9,
                   "aa 2;bb 2;c dd 1;don 1;");
    /* Three words at most; the two of four words share their middle. */
    expect_phrases(LINE("", "one two three four"), NULL, 9, "one two three 1;two three four 1;");
    expect_phrases(LINE("", "über Größe") LINE("", "\\nüber\\tgröße") LINE("", "ÜBER größe"), NULL, 9,
                   "größe 3;über größe 2;Über größe 1;");
}

static void test_letters(void **state) {
    (void)state;
    expect_phrases(LINE("", "发货太慢") LINE("", "发货慢。太慢"), NULL, 9, "发货 2;太慢 2;发货太慢 1;发货慢 1;");
    expect_phrases(LINE("", "一二三四五六七") LINE("", "八") LINE("", "！！！") LINE("", "八\xE3\x80\x80八"), NULL, 9,
                   "一二三四五六 1;二三四五六七 1;");
}

/* Neither with a theme, nor one of the themes', nor without a comment. */
static void test_which(void **state) {
    static const char lines[] = LINE("t", "aa") LINE("", "bb aa") LINE("", "cc") LINE("", "cc\\n") LINE("", "");
    (void)state;
    expect_phrases(lines, NULL, 9, "cc 2;bb aa 1;");
    expect_phrases(lines, "x: [bb]\n", 9, "cc 2;");
    expect_phrases(lines, "x: [bb, cc]\n", 9, "");
    expect_phrases(lines, NULL, 1, "cc 2;");
    expect_phrases("", NULL, 9, "");
    kpi_phrases_free(NULL);
}

/* The N largest of many, by a heap, against sorting: word k is in k % 97 + 1 comments. */
static void test_most(void **state) {
    static char lines[1 << 20], want[4096];
    size_t at = 0, n = 0;
    (void)state;
    for (int k = 0; k < 300; k++)
        for (int i = 0; i <= k % 97; i++) at += (size_t)sprintf(lines + at, LINE("", "w%03d"), k);
    for (int figure = 97; figure > 0; figure--)
        for (int k = figure - 1; k < 300 && n < 100; k += 97, n++)
            sprintf(want + strlen(want), "w%03d %d;", k, figure);
    expect_phrases(lines, NULL, 100, want);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words), cmocka_unit_test(test_letters), cmocka_unit_test(test_which),
        cmocka_unit_test(test_most),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
