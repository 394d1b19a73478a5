/* test_text.c - text.c: UTF-8, widths, showing, escapes, what fields may hold. */
#include "unit.h"

/* ---- code points ---- */

/* The encoding of RFC 3629, spelled out. */
static size_t encode_plainly(uint32_t code, unsigned char out[4]) {
    if (code < 0x80) {
        out[0] = (unsigned char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (unsigned char)(0xC0 + code / 64);
        out[1] = (unsigned char)(0x80 + code % 64);
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (unsigned char)(0xE0 + code / 4096);
        out[1] = (unsigned char)(0x80 + code / 64 % 64);
        out[2] = (unsigned char)(0x80 + code % 64);
        return 3;
    }
    out[0] = (unsigned char)(0xF0 + code / 262144);
    out[1] = (unsigned char)(0x80 + code / 4096 % 64);
    out[2] = (unsigned char)(0x80 + code / 64 % 64);
    out[3] = (unsigned char)(0x80 + code % 64);
    return 4;
}

static void test_every_code_point(void **state) {
    (void)state;
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        unsigned char expected[4];
        char *bytes = malloc(4); /* so that a read beyond the end is seen */
        assert_non_null(bytes);
        unsigned length = 0;
        size_t n = encode_plainly(code, expected);
        if (code >= 0xD800 && code <= 0xDFFF) {
            assert_int_equal(kpi__encode(code, bytes), 0);
            assert_true(kpi__decode((char *)expected, (char *)expected + 3, &length) == KPI__NO_CODE);
            assert_int_equal(length, 1);
        } else {
            assert_int_equal(kpi__encode(code, bytes), n);
            assert_memory_equal(bytes, expected, n);
            assert_true(kpi__decode(bytes, bytes + n, &length) == code);
            assert_int_equal(length, n);
            for (size_t cut = 1; cut < n; cut++) {
                assert_true(kpi__decode(bytes, bytes + cut, &length) == KPI__NO_CODE);
                assert_int_equal(length, 1);
            }
        }
        free(bytes);
    }
    char out[4];
    assert_int_equal(kpi__encode(0x110000, out), 0);
    assert_int_equal(kpi__encode(KPI__NO_CODE, out), 0);
}

static unsigned valid(const unsigned char *bytes, unsigned n) {
    unsigned length;
    uint32_t code = kpi__decode((const char *)bytes, (const char *)bytes + n, &length);
    if (code == KPI__NO_CODE) assert_int_equal(length, 1);
    return code != KPI__NO_CODE && length == n;
}

/* Of all byte sequences exactly as many are valid as there are code points of that length. */
static void test_no_other_sequence(void **state) {
    (void)state;
    static const unsigned char edges[] = {0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF};
    unsigned two = 0, three = 0, four = 0;
    for (unsigned i = 0x8000; i < 0x10000; i++)
        two += valid((unsigned char[]){(unsigned char)(i >> 8), (unsigned char)i}, 2);
    for (unsigned i = 0x800000; i < 0x1000000; i++) {
        if ((i & 0x3F) != 0 && (i & 0x3F) != 0x3F) continue; /* third bytes 00 3F 40 7F 80 BF C0 FF */
        three += valid((unsigned char[]){(unsigned char)(i >> 16), (unsigned char)(i >> 8), (unsigned char)i}, 3);
    }
    for (unsigned i = 0x8000; i < 0x10000; i++)
        for (unsigned j = 0; j < 36; j++)
            four += valid((unsigned char[]){(unsigned char)(i >> 8), (unsigned char)i, edges[j / 6], edges[j % 6]}, 4);
    assert_int_equal(two, 0x800 - 0x80);
    assert_int_equal(three, (0x10000 - 0x800 - 0x800) / 64 * 2); /* surrogates are not */
    assert_int_equal(four, (0x110000 - 0x10000) / 4096 * 2 * 2);
}

static void test_classes(void **state) {
    (void)state;
    static const struct { uint32_t code; bool hostile, control, blank; } cases[] = {
        {0x00, true, true, false}, {0x09, true, true, false}, {0x0A, true, true, false}, {0x1B, true, true, false},
        {0x1F, true, true, false}, {0x20, false, false, true}, {0x21, false, false, false}, {0x7E, false, false, false},
        {0x7F, true, true, false}, {0x80, true, true, false}, {0x85, true, true, false}, {0x9F, true, true, false},
        {0xA0, false, false, true}, {0xA1, false, false, false}, {0xAD, false, false, false},
        {0x61B, false, false, false},
        {0x61C, true, false, false}, {0x61D, false, false, false}, {0x1680, false, false, true},
        {0x2000, false, false, true}, {0x200A, false, false, true}, {0x200B, false, false, false},
        {0x200D, false, false, false}, {0x200E, true, false, false}, {0x200F, true, false, false},
        {0x2027, false, false, false}, {0x2028, true, false, false}, {0x2029, true, false, false},
        {0x202A, true, false, false}, {0x202E, true, false, false}, {0x202F, false, false, true},
        {0x205F, false, false, true}, {0x2065, false, false, false}, {0x2066, true, false, false},
        {0x2069, true, false, false}, {0x206A, false, false, false}, {0x3000, false, false, true},
        {0xFEFE, false, false, false}, {0xFEFF, true, false, false}, {0xFF00, false, false, false},
        {0x10FFFF, false, false, false}, {KPI__NO_CODE, false, false, false},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++) {
        assert_int_equal(kpi__is_hostile(cases[i].code), cases[i].hostile);
        assert_int_equal(kpi__is_control(cases[i].code), cases[i].control);
        assert_int_equal(kpi__is_blank(cases[i].code), cases[i].blank);
    }
    unsigned hostile = 0, control = 0, blank = 0;
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        hostile += kpi__is_hostile(code);
        control += kpi__is_control(code);
        blank += kpi__is_blank(code);
    }
    assert_int_equal(control, 32 + 1 + 32);
    assert_int_equal(hostile, control + 1 + 2 + 5 + 4 + 2 + 1);
    assert_int_equal(blank, 1 + 1 + 1 + 11 + 1 + 1 + 1);
}

/* ---- text ---- */

static void test_of_and_compare(void **state) {
    (void)state;
    assert_int_equal(kpi_text_of(NULL).len, 0);
    assert_int_equal(kpi_text_of("").len, 0);
    assert_int_equal(kpi_text_of("张敏").len, 6);
    static const kpi_text sorted[] = {
        {NULL, 0}, {"\0", 1}, {"A", 1}, {"a", 1}, {"a\0", 2}, {"aa", 2}, {"ab", 2}, {"b", 1}, {"z", 1}, {"\xC3\xA9", 2},
        {"\xE5\xBC\xA0", 3}, {"\xFF", 1}
    };
    for (int i = 0; i < (int)KPI__COUNT(sorted); i++) {
        for (int j = 0; j < (int)KPI__COUNT(sorted); j++) {
            int order = kpi_text_compare(sorted[i], sorted[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
    assert_int_equal(kpi_text_compare((kpi_text){NULL, 0}, kpi_text_of("")), 0);
}

static void test_width(void **state) {
    (void)state;
    static const struct { const char *text; size_t width, code_points; } cases[] = {
        {"", 0, 0}, {"a", 1, 1}, {"wang.li", 7, 7}, {"a\\tb and more, much more", 24, 24},
        {"caf\xC3\xA9", 4, 4}, {"cafe\xCC\x81", 4, 5},        /* U+0301 combining acute */
        {"张敏", 4, 2}, {"销售额 (CNY)", 12, 9}, {"客户ABC经理", 11, 7},
        {"ＡＢ", 4, 2}, {"ｱｲ", 2, 2},                          /* full-width letters, half-width katakana */
        {"\xE2\x82\xA9", 1, 1},                               /* U+20A9, half-width: one column */
        {"한글", 4, 2}, {"\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", 2, 3}, /* a syllable, and one of three jamo */
        {"\xE1\x85\x9F\xE1\x85\xA0", 2, 2}, {"\xE1\x87\xBF\xE1\x88\x80", 1, 2}, /* U+115F 1160, 11FF 1200 */
        {"😀", 2, 1}, {"👩\xE2\x80\x8D💻", 4, 3},             /* U+200D joins, and takes no column */
        {"✓", 1, 1}, {"✅", 2, 1}, {"█▌", 2, 2}, {"…", 1, 1}, {"\xC2\xAD", 1, 1}, {"\xC2\xA0", 1, 1},
        {"\xCC\x80\xCD\xAF", 0, 2}, {"\xCB\xBF\xCD\xB0", 2, 2},  /* U+0300 036F; 02FF 0370 */
        {"नि", 2, 2}, {"कु", 1, 2},                               /* a spacing mark; one that is not */
        {"สวัสดี", 4, 6}, {"\xE3\x80\x80", 2, 1}, {"\xEF\xBC\xA1\xEF\xBE\x9F", 3, 2},
        {"\xF0\xA0\x80\x80\xF0\xBF\xBF\xBD", 4, 2}, {"\xF1\x80\x80\x80", 1, 1}, /* U+20000 3FFFD; 40000 */
        {"\xE2\x80\x8B\xE2\x81\xA0\xEF\xBB\xBF", 0, 3}, {"\xF3\xA0\x87\xAF\xF3\xA0\x87\xB0", 1, 2},
        {"\x01\x7F\xC2\x85", 0, 3}, {"a\xFF\xE5\xBC", 4, 3}, {"Привет", 6, 6}, {"שלום", 4, 4},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++) {
        kpi_text text = kpi_text_of(cases[i].text);
        if (kpi_text_width(text) != cases[i].width) print_error("width of '%s'\n", cases[i].text);
        assert_int_equal(kpi_text_width(text), cases[i].width);
        assert_int_equal(kpi__code_points(text), cases[i].code_points);
    }
    assert_int_equal(kpi_text_width((kpi_text){NULL, 0}), 0);
}

/* ---- output that may be cut ---- */

typedef size_t text_function(kpi_text text, char *out, size_t size);

/* f(text) must be pieces one after another, and at every size as many of the pieces as fit, then zeros. */
static void check_pieces(text_function *f, kpi_text text, const char *const *piece) {
    char whole[512], out[512];
    size_t total = 0, ends[64] = {0}, n = 0;
    for (; piece[n]; n++) {
        memcpy(whole + total, piece[n], strlen(piece[n]));
        total += strlen(piece[n]);
        ends[n + 1] = total;
    }
    char *bytes = malloc(text.len + !text.len); /* so that a read beyond the end is seen */
    assert_non_null(bytes);
    if (text.len) memcpy(bytes, text.ptr, text.len);
    text.ptr = bytes;
    assert_int_equal(f(text, NULL, 0), total);
    for (size_t size = 1; size <= total + 2; size++) {
        memset(out, '?', sizeof out);
        assert_int_equal(f(text, out, size), total);
        size_t fit = n;
        while (ends[fit] > size) fit--;
        assert_memory_equal(out, whole, ends[fit]);
        for (size_t i = ends[fit]; i < sizeof out; i++) assert_int_equal(out[i], fit < n && i < size ? 0 : '?');
    }
    free(bytes);
}

static void test_show(void **state) {
    (void)state;
    static const struct { kpi_text text; const char *piece[24]; } cases[] = {
        {{NULL, 0}, {NULL}},
        {{"a b\\t~", 6}, {"a", " ", "b", "\\", "t", "~"}},
        {{"plain text", 10}, {"p", "l", "a", "i", "n", " ", "t", "e", "x", "t"}},
        {{"张\t敏", 7}, {"张", "<U+0009>", "敏"}},
        {{"\0\x1B[2J", 5}, {"<U+0000>", "<U+001B>", "[", "2", "J"}},
        {{"\x7F\xC2\x85\xC2\x9F", 5}, {"<U+007F>", "<U+0085>", "<U+009F>"}},
        {{"x\xE2\x80\xAEy\xD8\x9C", 7}, {"x", "<U+202E>", "y", "<U+061C>"}},
        {{"\xE2\x80\xA8\xE2\x81\xA6\xEF\xBB\xBF", 9}, {"<U+2028>", "<U+2066>", "<U+FEFF>"}},
        {{"a\xFFz\x80", 4}, {"a", "<0xFF>", "z", "<0x80>"}},
        {{"\xED\xA0\x80!", 4}, {"<0xED>", "<0xA0>", "<0x80>", "!"}},
        {{"\xE5\xBC", 2}, {"<0xE5>", "<0xBC>"}},
        {{"\xC0\xAF\xF4\x90\x80\x80", 6}, {"<0xC0>", "<0xAF>", "<0xF4>", "<0x90>", "<0x80>", "<0x80>"}},
        {{"😀é\n", 7}, {"😀", "é", "<U+000A>"}},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++) check_pieces(kpi_text_show, cases[i].text, cases[i].piece);
}

static void test_plain_and_line(void **state) {
    (void)state;
    static const struct { const char *line, *line_piece[16], *plain_piece[16]; } both[] = {
        {"", {NULL}, {NULL}},
        {"abc", {"a", "b", "c"}, {"a", "b", "c"}},
        {"a\\tb", {"a", "\\t", "b"}, {"a", "\t", "b"}},
        {"\\n\\r\\\\", {"\\n", "\\r", "\\\\"}, {"\n", "\r", "\\"}},
        {"\\\\n张\\t", {"\\\\", "n", "张", "\\t"}, {"\\", "n", "张", "\t"}},
        {"😀\\\\\\\\x", {"😀", "\\\\", "\\\\", "x"}, {"😀", "\\", "\\", "x"}},
    };
    for (size_t i = 0; i < KPI__COUNT(both); i++) {
        char plain[64];
        size_t n = kpi_text_plain(kpi_text_of(both[i].line), plain, sizeof plain);
        check_pieces(kpi_text_plain, kpi_text_of(both[i].line), both[i].plain_piece);
        check_pieces(kpi_text_line, (kpi_text){plain, n}, both[i].line_piece);
    }
    static const struct { const char *line, *piece[16]; } odd[] = { /* not escapes: as they are */
        {"\\", {"\\"}}, {"a\\", {"a", "\\"}}, {"\\x\\t", {"\\", "x", "\t"}}, {"\\T\\N", {"\\", "T", "\\", "N"}},
        {"\\张", {"\\", "张"}}, {"\xFF\\n\xE5", {"\xFF", "\n", "\xE5"}},
    };
    for (size_t i = 0; i < KPI__COUNT(odd); i++) check_pieces(kpi_text_plain, kpi_text_of(odd[i].line), odd[i].piece);
    check_pieces(kpi_text_line, TEXT("\1\xFF\t"), (const char *const[]){"\1", "\xFF", "\\t", NULL});
}

/* ---- fields ---- */

static const char utf8[] = "not UTF-8", control[] = "control character", blank[] = "blank at the start or end",
                  hash[] = "# at the start", name_escape[] = "backslash that is not \\\\",
                  text_escape[] = "backslash that is none of \\\\ \\t \\n \\r";

static void check_fault(const char *given, const char *expected) {
    if (!expected) assert_null(given);
    else assert_string_equal(given, expected);
}

static void test_faults(void **state) {
    (void)state;
    static const struct { kpi_text text; const char *name, *free; } cases[] = {
        {{NULL, 0}, NULL, NULL}, {{"", 0}, NULL, NULL}, {{"a", 1}, NULL, NULL}, {{"wang.li", 7}, NULL, NULL},
        {{"王 丽", 7}, NULL, NULL}, {{"delivery/late", 13}, NULL, NULL}, {{"#1", 2}, hash, NULL}, {{"#张", 4}, hash, NULL},
        {{"a#", 2}, NULL, NULL}, {{" ", 1}, blank, NULL}, {{" a", 2}, blank, NULL}, {{"a ", 2}, blank, NULL},
        {{"a b", 3}, NULL, NULL}, {{" long enough", 12}, blank, NULL}, {{"long enough ", 12}, blank, NULL},
        {{"\xC2\xA0" "a", 3}, blank, NULL}, {{"a\xC2\xA0", 3}, blank, NULL}, {{"张\xE3\x80\x80", 6}, blank, NULL},
        {{"\xE3\x80\x80张", 6}, blank, NULL}, {{" 张", 4}, blank, NULL}, {{"张 ", 4}, blank, NULL},
        {{"张\xE2\x80\x83" "a", 7}, NULL, NULL}, {{"\xE2\x80\xAF", 3}, blank, NULL}, {{"😀", 4}, NULL, NULL},
        {{"a\\\\b", 4}, NULL, NULL}, {{"\\\\", 2}, NULL, NULL}, {{"\\", 1}, name_escape, text_escape},
        {{"abc\\", 4}, name_escape, text_escape}, {{"\\\\\\", 3}, name_escape, text_escape},
        {{"\\t", 2}, name_escape, NULL}, {{"\\n\\r\\\\\\t", 8}, name_escape, NULL},
        {{"\\x", 2}, name_escape, text_escape},
        {{"\\T", 2}, name_escape, text_escape}, {{"\\\0", 2}, name_escape, text_escape},
        {{"\\张", 4}, name_escape, text_escape},
        {{"a\0b", 3}, control, control}, {{"a\tb", 3}, control, control}, {{"a\x7F", 2}, control, control},
        {{"\xC2\x85", 2}, control, control}, {{"\xC2\x9F", 2}, control, control},
        {{"a\xE2\x80\xAE" "b", 5}, NULL, NULL},
        {{"\xFF", 1}, utf8, utf8}, {{"\xC0\x80", 2}, utf8, utf8}, {{"\xED\xA0\x80", 3}, utf8, utf8},
        {{"abc\xE5\xBC", 5}, utf8, utf8}, {{"\xE5\xBC" "a", 3}, utf8, utf8}, {{"\xE5" "aa", 3}, utf8, utf8},
        {{"\xE5" "a\x80", 3}, utf8, utf8}, {{"\xE5\xBC\xA0", 2}, utf8, utf8}, {{"\xE5\xBC\xA0", 1}, utf8, utf8},
        {{"\xF4\x90\x80\x80", 4}, utf8, utf8}, {{"\x80", 1}, utf8, utf8},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++) {
        check_fault(kpi_name_fault(cases[i].text), cases[i].name);
        check_fault(kpi_free_text_fault(cases[i].text), cases[i].free);
    }
}

/* Blanks of all kinds and line ends, as they are and as lines have them, say nothing; all else does. */
static void test_says(void **state) {
    (void)state;
    static const struct { kpi_text text; bool says; } cases[] = {
        {{NULL, 0}, false}, {{"", 0}, false}, {{" ", 1}, false}, {{" \t\r\n ", 5}, false}, {{"\\t\\n\\r ", 7}, false},
        {{"\xC2\xA0\xE3\x80\x80\xE2\x80\xAF", 8}, false}, {{"\x7F\xC2\x85", 3}, false},
        {{"a", 1}, true}, {{"  \\t0", 5}, true}, {{" .", 2}, true}, {{"\\\\", 2}, true}, {{"\\\\t", 3}, true},
        {{"\\", 1}, true}, {{"\\ta", 2}, false}, {{"\\ta", 1}, true}, {{"张", 3}, true}, {{"\xE3\x80\x80王", 6}, true},
        {{"\xE3\x80\x81", 3}, true}, {{"\xC2\xA1", 2}, true}, {{"😀", 4}, true}, {{"\xE3\x80\x80", 2}, true},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++) {
        assert_int_equal(kpi_text_says(cases[i].text), cases[i].says);
        assert_int_equal(kpi__says(cases[i].text), cases[i].says);
    }
}

static void test_every_code_point_as_a_name(void **state) {
    (void)state;
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        char bytes[4];
        size_t n = kpi__encode(code, bytes);
        const char *both = kpi__is_control(code) ? control : NULL, *name = kpi__is_blank(code) ? blank : both;
        if (code == '\\') name = name_escape, both = text_escape;
        if (code == '#') name = hash;
        check_fault(kpi_name_fault((kpi_text){bytes, n}), name);
        check_fault(kpi_free_text_fault((kpi_text){bytes, n}), both);
    }
}

/* Every byte in every place of texts of every length up to 20: what is done eight bytes at a time misses none. */
static void test_every_byte_in_every_place(void **state) {
    (void)state;
    for (size_t n = 1; n <= 20; n++) {
        for (size_t at = 0; at < n; at++) {
            for (unsigned byte = 0; byte < 256; byte++) {
                char *text = malloc(n);
                assert_non_null(text);
                memset(text, at % 2 ? '~' : '!', n);
                text[at] = (char)byte;
                bool end = at == 0 || at == n - 1;
                const char *both = byte < 0x20 || byte == 0x7F ? control : byte >= 0x80 ? utf8 : NULL, *name = both;
                if (byte == '\\') name = name_escape, both = text_escape;
                if (byte == ' ' && end) name = blank;
                if (byte == '#' && at == 0) name = hash;
                check_fault(kpi_name_fault((kpi_text){text, n}), name);
                check_fault(kpi_free_text_fault((kpi_text){text, n}), both);
                assert_int_equal(kpi_text_width((kpi_text){text, n}), n - (both == control));
                free(text);
            }
        }
    }
}

/* ---- likeness ---- */

static void test_distance(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        size_t distance;
    } cases[] = {
        {"", "", 0},           {"", "abc", 3},         {"east", "east", 0},       {"east", "eats", 1}, /* swapped */
        {"east", "est", 1},    {"east", "easst", 1},   {"east", "eest", 1},       {"east", "west", 2},
        {"ab", "ba", 1},       {"abcd", "badc", 2},    {"ca", "abc", 3}, /* what is swapped is not changed again */
        {"kitten", "sitting", 3}, {"张敏", "张明", 1},    {"张敏", "敏张", 1},         {"张敏", "张", 1},
        {"2026-10/wang.li/sales", "2026-01/wnag.li/sale", 3},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++) {
        kpi_text a = kpi_text_of(cases[i].a), b = kpi_text_of(cases[i].b);
        for (size_t most = 0; most < 8; most++) {
            size_t wanted = cases[i].distance <= most ? cases[i].distance : most + 1;
            assert_int_equal(kpi_text_distance(a, b, most), wanted);
            assert_int_equal(kpi_text_distance(b, a, most), wanted);
        }
    }
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* By the definition, from the ends: m letters of a against n of b. */
static size_t slow_distance(const char *a, size_t m, const char *b, size_t n) {
    if (!m || !n) return m + n;
    size_t d = slow_distance(a, m - 1, b, n - 1) + (a[m - 1] != b[n - 1]);
    d = least(d, slow_distance(a, m - 1, b, n) + 1);
    d = least(d, slow_distance(a, m, b, n - 1) + 1);
    if (m > 1 && n > 1 && a[m - 1] == b[n - 2] && a[m - 2] == b[n - 1])
        d = least(d, slow_distance(a, m - 2, b, n - 2) + 1);
    return d;
}

static void test_random_distances(void **state) {
    (void)state;
    for (int round = 0; round < 2000; round++) {
        char text[2][8] = {0};
        size_t m = random_below(6), n = random_below(6), most = random_below(7);
        for (size_t i = 0; i < m; i++) text[0][i] = (char)('a' + random_below(3));
        for (size_t i = 0; i < n; i++) text[1][i] = (char)('a' + random_below(3));
        size_t wanted = slow_distance(text[0], m, text[1], n);
        if (wanted > most) wanted = most + 1;
        assert_int_equal(kpi_text_distance((kpi_text){text[0], m}, (kpi_text){text[1], n}, most), wanted);
    }
}

/* Too long, and not UTF-8: nothing is read where there is nothing. */
static void test_distance_of_odd_texts(void **state) {
    (void)state;
    char long_text[1024];
    memset(long_text, 'x', sizeof long_text);
    kpi_text fits = {long_text, 255}, over = {long_text, 256};
    assert_int_equal(kpi_text_distance(fits, (kpi_text){long_text, 250}, 9), 5);
    assert_int_equal(kpi_text_distance(fits, over, 9), 10);
    assert_int_equal(kpi_text_distance(over, fits, 9), 10);
    assert_int_equal(kpi_text_distance(over, over, 9), 0);
    assert_int_equal(kpi_text_distance(TEXT("a\xFF"), TEXT("a\xFE"), 9), 0); /* each is no code point */
    assert_int_equal(kpi_text_distance(TEXT("a\xE5\xBC"), TEXT("a"), 9), 2);
    assert_int_equal(kpi_text_distance(TEXT("a\0b"), TEXT("ab"), 9), 1);
    for (size_t i = 0; i < 300; i++) {
        char *text = malloc(i + 1);
        assert_non_null(text);
        memset(text, '\xE5', i + 1);
        kpi_text_distance((kpi_text){text, i}, (kpi_text){text + 1, i}, 300);
        free(text);
    }
}

/* Looking for the nearest of several: each hit leaves less for the next. */
static void test_nearer(void **state) {
    (void)state;
    static const size_t letters[] = {0, 0, 1, 1, 1, 2, 2, 2, 3};
    for (size_t n = 0; n < COUNT(letters); n++) assert_int_equal(kpi__likeness((kpi_text){"abcdefgh", n}), letters[n]);
    assert_int_equal(kpi__likeness(TEXT("华东集团有")), 2);
    size_t most = 2;
    assert_false(kpi__nearer(TEXT("orders"), TEXT("orders"), &most)); /* the same is none */
    assert_false(kpi__nearer(TEXT("orders"), TEXT("ordxxx"), &most));
    assert_int_equal(most, 2);
    assert_true(kpi__nearer(TEXT("orders"), TEXT("ordrxs"), &most));
    assert_int_equal(most, 1);
    assert_false(kpi__nearer(TEXT("orders"), TEXT("ordrys"), &most));
    assert_true(kpi__nearer(TEXT("orders"), TEXT("order"), &most));
    assert_int_equal(most, 0);
    assert_false(kpi__nearer(TEXT("orders"), TEXT("borders"), &most));
}

static void test_buffer(void **state) {
    (void)state;
    kpi__buffer b = {0};
    kpi__buffer_put(&b, "");
    assert_string_equal(b.ptr, "");
    size_t expected = 0;
    for (int i = 0; i < 2000; i++) {
        kpi__buffer_put(&b, "ab");
        kpi__buffer_print(&b, "%04d%s", i, i % 2 ? "" : "-");
        expected += 6 + (size_t)(i % 2 == 0);
        assert_int_equal(b.len, expected);
        assert_int_equal(strlen(b.ptr), expected);
    }
    assert_memory_equal(b.ptr, "ab0000-ab0001ab0002-", 20);
    for (size_t n = 1000; n < 1100; n++) { /* room for just that many and a NUL */
        char *at = kpi__buffer_room(&b, n);
        assert_true(at == b.ptr + b.len && b.room - b.len > n);
        memset(at, 'x', n + 1);
    }
    b.failed = true;
    size_t before = b.len;
    kpi__buffer_put(&b, "more");
    assert_true(b.len == before && !kpi__buffer_room(&b, 1));
    free(b.ptr);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_no_other_sequence),
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_of_and_compare),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_show),
        cmocka_unit_test(test_plain_and_line),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_says),
        cmocka_unit_test(test_every_code_point_as_a_name),
        cmocka_unit_test(test_every_byte_in_every_place),
        cmocka_unit_test(test_distance),
        cmocka_unit_test(test_random_distances),
        cmocka_unit_test(test_distance_of_odd_texts),
        cmocka_unit_test(test_nearer),
        cmocka_unit_test(test_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
