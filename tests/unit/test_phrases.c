/* test_phrases.c - phrases.c: what is found, by hand and against comparing every phrase at every place; as many phrases
 * as it takes for states without a row. */
#include "unit.h"

static kpi_text folded(kpi_text plain, char *out) { return (kpi_text){out, kpi__phrase_fold(plain, out)}; }

/* Phrases numbered from 0 on. */
static kpi__phrases *phrases_of(const char *const *phrase, unsigned n) {
    kpi__phrases *p = kpi__phrases_new();
    char room[64];
    assert_non_null(p);
    for (unsigned i = 0; i < n; i++) assert_true(kpi__phrases_add(p, folded(kpi_text_of(phrase[i]), room), i));
    assert_true(kpi__phrases_ready(p));
    return p;
}

/* text is ended by a blank that does not belong to it. */
static uint32_t find(const kpi__phrases *p, const char *text) {
    uint32_t value = 77;
    kpi_text one = {text, strlen(text) - 1};
    kpi__phrases_find(p, &one, 1, &value);
    return value;
}

static void test_fold(void **state) {
    static const struct { const char *plain, *folded; } cases[] = {
        {"", ""},           {"Late", "late"},         {"A  b\t\r\nC", "a b c"}, {" x ", " x "},
        {"ÄÖ Z", "ÄÖ z"}, {"太 慢", "太 慢"}, {"[@`{", "[@`{"}};
    char out[64];
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_text got = folded(kpi_text_of(cases[i].plain), out);
        assert_int_equal(got.len, strlen(cases[i].folded));
        assert_memory_equal(got.ptr, cases[i].folded, got.len);
    }
}

static void test_by_hand(void **state) {
    static const char *const phrase[] = {"late", "too late", "太慢", "太", "c++", "é", "no. 1", "later", "慢late", "1"};
    static const struct { const char *text; uint32_t value; } cases[] = {
        {" ", KPI__NONE}, {"late ", 0}, {"LATE\n", 0}, {"chocolate ", KPI__NONE}, {"late, ", 0}, {"(late)\t", 0},
        {"lates ", KPI__NONE}, {"late1 ", KPI__NONE}, {"lateé ", KPI__NONE}, {"Жlate ", KPI__NONE}, {"太late ", 0},
        {"too late ", 1}, {"too  \t late ", 1}, {"too\nlate\n", 1}, {"tool ate ", KPI__NONE}, {"too late1 ", KPI__NONE},
        {"stoo late ", 0}, {"太慢 ", 2}, {"太太慢慢 ", 2}, {"太 慢 ", 3}, {"c++ ", 4}, {"c+++ ", 4}, {"xc++ ", KPI__NONE},
        {"é ", 5}, {"né ", KPI__NONE}, {"é! ", 5}, {"no. 1 ", 6}, {"No.  1. ", 6}, {"no. 12 ", KPI__NONE},
        {"later ", 7}, {"late later ", 7}, {"later too late ", 1}, {"慢late ", 8}, {"太慢late. ", 8}, {"慢later ", 7},
        {"1 ", 9}, {"×1 ", KPI__NONE}, {"太1慢 ", 3}, {"1 太 ", 9}, {"太 1 ", 3}, {"lat ", KPI__NONE}, {"too ", KPI__NONE}};
    (void)state;
    kpi__phrases *p = phrases_of(phrase, COUNT(phrase));
    for (size_t i = 0; i < COUNT(cases); i++)
        if (find(p, cases[i].text) != cases[i].value)
            fail_msg("%s: %u, not %u", cases[i].text, find(p, cases[i].text), cases[i].value);
    kpi__phrases_free(p);
    kpi__phrases_free(NULL);
}

/* No phrases at all; one that begins within another, and ends within it. */
static void test_few(void **state) {
    static const char *const inner[] = {"a b c d", "b c", "c d e f"};
    (void)state;
    kpi__phrases *p = phrases_of(NULL, 0);
    assert_int_equal(find(p, "anything 发 "), KPI__NONE);
    kpi__phrases_free(p);
    p = phrases_of(inner, COUNT(inner));
    assert_int_equal(find(p, "a b c x "), 1);
    assert_int_equal(find(p, "a b c d "), 0);
    assert_int_equal(find(p, "a b c d e "), 0);
    assert_int_equal(find(p, "a b c d e f "), 0); /* as long, but later */
    assert_int_equal(find(p, "b c d e f "), 2);
    kpi__phrases_free(p);
}

/* ---- against plain comparing ---- */

enum { LENGTH = 40, MANY = 40000, TEXTS = 600 };

static const char *const alphabets[][12] = {
    {"a", "b", "A", " ", "1", "é", "发", "太", "!", "-", "b", " "},
    {"a", "b", "c", "d", "e", "f", "g", "h", "i", "发", " ", "x"}};

/* Up to n letters, without blanks at the ends; never empty. */
static size_t random_text(char *out, unsigned n, unsigned alphabet) {
    size_t length = 0;
    while (!length) {
        for (unsigned i = 1 + (unsigned)random_below(n); i; i--) {
            const char *letter = alphabets[alphabet][random_below(12)];
            memcpy(out + length, letter, strlen(letter));
            length += strlen(letter);
        }
        while (length && out[length - 1] == ' ') length--;
        while (length && *out == ' ') memmove(out, out + 1, --length);
    }
    return length;
}

static bool letter_at(const char *text, size_t at) {
    while (at && (text[at] & 0xC0) == 0x80) at--;
    return kpi__is_letter((unsigned char)text[at]);
}

/* The longest phrase of dict in text, which is folded, by looking each beginning and end up. */
static uint32_t plainly(const kpi__dict *dict, kpi_text text) {
    uint32_t found = KPI__NONE;
    size_t longest = 0;
    for (size_t i = 0; i < text.len; i++)
        for (size_t to = i + 1; to <= text.len && to - i <= 4 * LENGTH; to++) {
            if ((text.ptr[i] & 0xC0) == 0x80 || (to < text.len && (text.ptr[to] & 0xC0) == 0x80)) continue;
            kpi_text part = {text.ptr + i, to - i};
            uint32_t number = kpi__dict_find(dict, part);
            if (number == KPI__NONE || kpi__code_points(part) <= longest) continue;
            bool within = i && letter_at(text.ptr, i - 1) && letter_at(text.ptr, i);
            within |= to < text.len && letter_at(text.ptr, to - 1) && letter_at(text.ptr, to);
            if (within) continue;
            longest = kpi__code_points(part);
            found = number;
        }
    return found;
}

static void compare(unsigned phrases, unsigned length, unsigned texts, unsigned alphabet) {
    static char text[TEXTS][8 * LENGTH], plain[TEXTS][8 * LENGTH];
    static kpi_text all[TEXTS];
    static uint32_t value[TEXTS];
    char made[8 * LENGTH], room[8 * LENGTH];
    kpi__dict *dict = kpi__dict_new();
    kpi__phrases *p = kpi__phrases_new();
    for (unsigned tries = 0; tries < 2 * phrases + 9 && kpi__dict_size(dict) < phrases; tries++) {
        kpi_text one = folded((kpi_text){made, random_text(made, length, alphabet)}, room);
        uint32_t size = kpi__dict_size(dict);
        if (kpi__dict_put(dict, one) == size) assert_true(kpi__phrases_add(p, one, size));
    }
    assert_true(kpi__phrases_ready(p));
    for (unsigned i = 0; i < texts; i++) {
        size_t n = random_text(text[i], LENGTH, alphabet);
        if (random_below(2)) { /* with a phrase in it */
            kpi_text one = kpi__dict_key(dict, (uint32_t)random_below(kpi__dict_size(dict)));
            n = n < 40 ? n : 0;
            memcpy(text[i] + n, one.ptr, one.len);
            n += one.len;
        }
        text[i][n] = '\n';
        all[i] = (kpi_text){text[i], n};
    }
    for (unsigned at = 0; at < texts; at += KPI__BATCH)
        kpi__phrases_find(p, all + at, texts - at < KPI__BATCH ? texts - at : KPI__BATCH, value + at);
    for (unsigned i = 0; i < texts; i++) {
        uint32_t want = plainly(dict, folded(all[i], plain[i]));
        if (value[i] != want) fail_msg("'%.*s': %u, not %u", (int)all[i].len, all[i].ptr, value[i], want);
    }
    kpi__dict_free(dict);
    kpi__phrases_free(p);
}

static void test_random(void **state) {
    (void)state;
    for (unsigned i = 0; i < 60; i++) compare(1 + (unsigned)random_below(1 + 4 * i), 1 + i % 7, 200, i & 1);
    for (unsigned n = 0; n < 9; n++) compare(5, 4, n, 0); /* fewer texts than are read at a time */
}

/* States beyond those that have a row: 40,000 phrases of 20 letters or so are 700,000 states, of 17 classes each. */
static void test_many(void **state) {
    (void)state;
    compare(MANY, LENGTH, TEXTS, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fold),   cmocka_unit_test(test_by_hand), cmocka_unit_test(test_few),
        cmocka_unit_test(test_random), cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
