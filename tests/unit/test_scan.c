/* test_scan.c - scan.c: what each kernel finds in lines, against a splitter that goes byte by byte and against line.c.
 *
 * A line is odd exactly when line.c refuses or passes over it, when its fields are not as many as its record has, or
 * when it has a backslash, a field that starts with a blank or #, or one before a TAB that ends with a blank. */
#include "unit.h"

#include <sys/mman.h>

static const char *const kernels[] = {"plain", "avx2", "avx512"};
static kpi__batch batch[COUNT(kernels)];
static kpi__input *input;

static bool has_kernel(size_t k) {
#ifdef __x86_64__
    if (k == 1) return __builtin_cpu_supports("avx2");
    if (k == 2) return __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512vbmi");
#endif
    return k == 0;
}

/* ---- the naive way ---- */

static bool starts_with_blank(const char *p, const char *end) {
    unsigned length;
    return p < end && kpi__is_blank(kpi__decode(p, end, &length));
}

static bool ends_with_blank(const char *p, const char *end) {
    const char *last = end - 1;
    if (p == end) return false;
    while (last > p && (*last & 0xC0) == 0x80) last--;
    return starts_with_blank(last, end);
}

/* Whether the line p..end (its LF or the block's end) is odd; its fields in *line. */
static bool naively_odd(const kpi__block *all, const char *p, const char *end, const kpi_record *record, bool first,
                        kpi_line *line) {
    kpi__block one = {.input = input, .at = p, .end = end + (end < all->end), .order = !first};
    kpi_error error;
    bool bom = first && end - p >= 3 && !memcmp(p, "\xEF\xBB\xBF", 3);
    if (kpi__block_line(&one, line, &error) || end + 1 - p > KPI__SCAN) return true;
    if (record && line->fields < record->fields) return true;
    if (record && line->fields > record->fields && !record->more) return true;
    bool odd = bom || memchr(p, '\\', (size_t)(end - p));
    for (unsigned i = 0; i < line->fields && i < KPI_FIELDS; i++) {
        const char *from = line->field[i].ptr, *to = from + line->field[i].len;
        odd |= (from < to && *from == '#') || starts_with_blank(from, to);
        odd |= i + 1 < line->fields && ends_with_blank(from, to);
    }
    return odd;
}

static bool is_empty(const char *p, const char *end) { return p == end || (end - p == 1 && *p == '\r'); }

/* The line before ended in half a letter: a vector kernel may look for the rest of it here. */
static bool is_after_half(const char *p) { return (unsigned char)p[-2] >= 0xE0 || (unsigned char)p[-3] >= 0xF0; }

static void expect_fields(const kpi__batch *b, unsigned i, const kpi_line *line) {
    for (unsigned f = 0; f < line->fields && f < KPI_FIELDS; f++) {
        kpi_text found = kpi__at(b, i, f);
        assert_ptr_equal(found.ptr, line->field[f].ptr);
        assert_int_equal(found.len, line->field[f].len);
    }
}

/* Scans block to its end. The number of odd lines. */
static uint64_t expect_block(kpi__batch *b, kpi__block block) {
    const kpi__block all = block;
    const char *p = block.at;
    uint64_t lines = 0, odds = 0;
    while (kpi__scan(b, &block)) {
        unsigned odd = 0;
        assert_in_range(b->lines, 1, KPI__BATCH);
        for (unsigned i = 0; i < b->lines; i++) {
            const char *lf = memchr(p, '\n', (size_t)(all.end - p)), *end = lf ? lf : all.end;
            kpi_line line;
            assert_true(p < all.end);
            assert_ptr_equal(kpi__at(b, i, 0).ptr, p);
            assert_int_equal(kpi__line_number(b, &block, i), ++lines);
            bool expected = naively_odd(&all, p, end, b->record, lines == 1 && all.order == 0, &line);
            if (!b->record && is_empty(p, end)) expected = b->odd[i]; /* either: no record has only one field */
            if (b->odd[i] && is_after_half(p)) expected = true;
            if (b->odd[i] != expected)
                fail_msg("%s, line %d '%.*s': odd is %d", getenv("KPI_CPU"), (int)lines, (int)(end - p), p, b->odd[i]);
            if (!b->odd[i] && !is_empty(p, end)) expect_fields(b, i, &line);
            odd += b->odd[i];
            p = lf ? lf + 1 : end;
        }
        for (unsigned i = b->lines; i % 8; i++) assert_false(b->odd[i]);
        assert_int_equal(b->odds, odd);
        assert_int_equal(block.lines, lines);
        odds += odd;
    }
    assert_ptr_equal(p, all.end);
    assert_false(kpi__scan(b, &block));
    return odds;
}

/* bytes as a block in memory of just its size, by every kernel; the bytes of the paddings are pad. */
static uint64_t expect_scanned(kpi_text bytes, const kpi_record *record, char pad, uint64_t order) {
    uint64_t odds = 0;
    char *memory = malloc(bytes.len + 2 * KPI__PADDING);
    assert_non_null(memory);
    memset(memory, pad, bytes.len + 2 * KPI__PADDING);
    if (bytes.len) memcpy(memory + KPI__PADDING, bytes.ptr, bytes.len);
    memory[KPI__PADDING - 1] = '\n';
    for (size_t k = 0; k < COUNT(kernels); k++) {
        if (!has_kernel(k)) continue;
        setenv("KPI_CPU", kernels[k], 1);
        batch[k].record = record;
        odds = expect_block(&batch[k], (kpi__block){.input = input,
                                                    .at = memory + KPI__PADDING,
                                                    .end = memory + KPI__PADDING + bytes.len,
                                                    .order = order});
    }
    free(memory);
    return odds;
}

static uint64_t odd_lines(kpi_text bytes) { return expect_scanned(bytes, NULL, '\n', 1); }

/* ---- lines of all lengths ---- */

static void test_kernels_differ(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(kernels); k++)
        for (size_t i = 0; i < k; i++)
            if (has_kernel(k)) assert_true(batch[k].kernel != batch[i].kernel);
}

static void test_lengths_and_offsets(void **state) {
    (void)state;
    char bytes[64 + 302 + 80];
    for (size_t offset = 0; offset < 64; offset++)
        for (size_t length = 0; length <= 300; length += offset % 8 > 1 ? 2 : 1) {
            size_t n = offset;
            memset(bytes, 'a', sizeof bytes);
            if (offset) bytes[offset - 1] = '\n';
            if (length > 2) bytes[n + random_below(length)] = '\t';
            if (length > 2) bytes[n + random_below(length)] = '\t';
            n += length;
            bytes[n++] = '\n';
            memcpy(bytes + n, "x\ty\tz\n", 6);
            assert_int_equal(odd_lines((kpi_text){bytes, n + 6}), 0);
        }
}

static void test_many_short_lines(void **state) {
    (void)state;
    static char bytes[40000];
    kpi__block block = {.input = input, .order = 1};
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = i % 2 ? '\n' : 'a';
    assert_int_equal(odd_lines((kpi_text){bytes, sizeof bytes}), 0);
    memset(bytes, '\t', sizeof bytes); /* nothing but separators */
    bytes[sizeof bytes - 1] = '\n';
    odd_lines((kpi_text){bytes, sizeof bytes});
    for (size_t i = 5; i < sizeof bytes; i += 6) bytes[i] = '\n';
    bytes[sizeof bytes - 1] = '\n';
    assert_int_equal(odd_lines((kpi_text){bytes, sizeof bytes}), 0);
    memset(bytes, '\n', sizeof bytes);
    odd_lines((kpi_text){bytes, sizeof bytes});
    block.at = bytes + 100, block.end = bytes + 1500;
    batch[0].record = NULL;
    assert_true(kpi__scan(&batch[0], &block));
    assert_int_equal(batch[0].lines, KPI__BATCH);
    while (kpi__scan(&batch[0], &block)) {
    }
}

static void test_long_lines(void **state) {
    (void)state;
    static char bytes[3 * KPI__SCAN];
    for (size_t before = 0; before < 6; before += 2)
        for (size_t length = KPI__SCAN - 3; length <= KPI__SCAN + 3; length++)
            for (unsigned lf = 0; lf < 2; lf++) {
                size_t n = before + length;
                memset(bytes, 'a', sizeof bytes);
                if (before) bytes[before - 1] = '\n';
                bytes[before + length / 3] = '\t';
                bytes[n++] = '\n';
                memcpy(bytes + n, "b\tc", 3), n += 3;
                if (lf) bytes[n++] = '\n';
                /* Odd: one that does not fit with its LF, and one without. */
                assert_int_equal(odd_lines((kpi_text){bytes, n}), (length + 1 > KPI__SCAN) + !lf);
            }
    memset(bytes, 'a', sizeof bytes);
    assert_int_equal(odd_lines((kpi_text){bytes, sizeof bytes}), 1);
}

/* ---- what makes a line odd ---- */

static void test_cases(void **state) {
    (void)state;
    static const struct {
        const char *line;
        int odd;
    } cases[] = {
        {"a\tb\n", 0},
        {"a\tb\r\n", 0},
        {"a\tb\r\r\n", 1},
        {"a\rb\n", 1},
        {"\ra\n", 1},
        {"a\r\tb\n", 1},
        {" a\tb\n", 1},
        {"a \tb\n", 1},
        {"a\t b\n", 1},
        {"a b\tc d\n", 0},
        {"a\tb \n", 0},
        {"#a\tb\n", 1},
        {"a\t#b\n", 1},
        {"a#\tb#c\n", 0},
        {"a\\b\tc\n", 1},
        {"a\t\\\n", 1},
        {"\t\n", 0},
        {"\t\t\r\n", 0},
        {"a\x7F\n", 1},
        {"a\xC2\x85\tb\n", 1},
        {"a\xC2\xA0\tb\n", 1},
        {"a\xC2\xA0z\n", 0},
        {"\xC2\xA0"
         "a\n",
         1},
        {"\xC2\xA1"
         "a\n",
         0},
        {"　a\n", 1},
        {"a　\tb\n", 1},
        {"a　b\n", 0},
        {"、a。\tb\n", 0},
        {"a\xE2\x80\xAF\tb\n", 1},
        {"a\xE2\x80\xA6\tb\n", 0},
        {"\xE1\x9A\x80"
         "a\n",
         1},
        {"a\xE2\x81\x9F\tb\n", 1},
        {"a", 1},
        {"a\tb", 1},
        {"王丽\t张敏\n", 0},
        {"a\t\xEF\xBB\xBF\n", 0},
        {"\xEF\xBB\xBF"
         "a\n",
         0},
        {"a\r", 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char bytes[400];
        for (int before = 0; before < 130; before++) { /* of another line; then alone */
            memset(bytes, 'a', (size_t)before);
            if (before) bytes[before - 1] = '\n';
            int n = before + snprintf(bytes + before, 100, "%s", cases[i].line);
            uint64_t odds = odd_lines((kpi_text){bytes, (size_t)n});
            if (odds != (uint64_t)cases[i].odd) fail_msg("case %zu after %d: %d odd", i, before, (int)odds);
        }
    }
}

static void test_byte_order_mark(void **state) {
    (void)state;
    kpi_text one = TEXT("\xEF\xBB\xBF"
                        "a\tb\nc\td\n"),
             two = TEXT("a\tb\n\xEF\xBB\xBF"
                        "c\td\n");
    assert_int_equal(expect_scanned(one, NULL, '\n', 0), 1);
    assert_int_equal(expect_scanned(one, NULL, '\n', 1), 0);
    assert_int_equal(expect_scanned(two, NULL, '\n', 0), 0);
    assert_int_equal(expect_scanned(TEXT("\xEF\xBB\xBF#a\tb\n"), NULL, '\n', 0), 1);
    assert_int_equal(expect_scanned(TEXT("\xEF\xBB\xBF"), NULL, '\n', 0), 1);
}

static void test_every_byte_at_every_place(void **state) {
    (void)state;
    char bytes[260];
    for (unsigned byte = 1; byte < 256; byte++) {
        if (byte == '\n' || (byte > 0x23 && byte < 0x7F && byte != '\\')) continue;
        for (size_t at = 0; at <= 200; at++) {
            memset(bytes, 'a', sizeof bytes);
            bytes[203] = '\n';
            bytes[at] = (char)byte;
            bytes[at + 1] = at % 3 ? 'a' : '\t';
            memcpy(bytes + 204, "b\tc\n", 4);
            uint64_t odds = odd_lines((kpi_text){bytes, 208});
            if (byte < 0x20 && byte != '\t') assert_int_equal(odds, 1);
            if (byte >= 0x7F) assert_int_equal(odds, 1);
        }
    }
    memset(bytes, 'a', sizeof bytes);
    bytes[203] = '\n';
    for (size_t at = 0; at <= 200; at++) { /* and NUL */
        bytes[at] = 0;
        assert_int_equal(odd_lines((kpi_text){bytes, 204}), 1);
        bytes[at] = 'a';
    }
}

/* ---- UTF-8 ---- */

/* Every sequence of two bytes from 80 on, and of four out of those that matter, each in a line of its own. */
static void test_every_sequence(void **state) {
    (void)state;
    static const unsigned char some[] = {'a',  '\t', 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
                                         0xE0, 0xE1, 0xE2, 0xE3, 0xEC, 0xED, 0xEF, 0xF0, 0xF3, 0xF4, 0xF5, 0xFF};
    enum { S = COUNT(some) };
    char *bytes = malloc(S * S * S * S * 8), *p = bytes;
    assert_non_null(bytes);
    for (unsigned a = 0x80; a < 0x100; a++)
        for (unsigned b = 0x80; b < 0x100; b++) {
            const char line[] = {'x', (char)a, (char)b, 'y', '\n'};
            memcpy(p, line, 5), p += 5;
        }
    odd_lines((kpi_text){bytes, (size_t)(p - bytes)});
    p = bytes;
    for (unsigned i = 0; i < S * S * S * S; i++) {
        if (i / S / S / S < 4 && i % 7) continue;
        if (i % 3) *p++ = 'x';
        *p++ = (char)some[i / S / S / S];
        *p++ = (char)some[i / S / S % S];
        *p++ = (char)some[i / S % S];
        *p++ = (char)some[i % S];
        *p++ = '\n';
    }
    odd_lines((kpi_text){bytes, (size_t)(p - bytes)});
    free(bytes);
}

static void test_sequences_at_every_place(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool odd;
    } cases[] = {
        {"\xC3\xA9", false},
        {"王", false},
        {"ひ", false},
        {"カ", false},
        {"한", false},
        {"\xF0\x9F\x98\x80", false},
        {"\xF4\x8F\xBF\xBF", false},
        {"…", false},
        {"ế", false},
        {"\xC3", true},
        {"\xE7\x8E", true},
        {"\xF0\x9F\x98", true},
        {"\x80", true},
        {"\xC0\x80", true},
        {"\xE0\x9F\xBF", true},
        {"\xED\xA0\x80", true},
        {"\xF0\x8F\xBF\xBF", true},
        {"\xF4\x90\x80\x80", true},
        {"\xF8\x88\x80\x80", true},
        {"\xC2\x80", true},
        {"王\x80", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t at = 0; at <= 200; at++)
            for (int tab = 0; tab < 2; tab++) {
                char bytes[260];
                size_t n = strlen(cases[i].text);
                memset(bytes, 'a', sizeof bytes);
                memcpy(bytes + at, cases[i].text, n);
                bytes[tab ? at + n : 210] = '\t';
                bytes[212] = '\n';
                assert_int_equal(odd_lines((kpi_text){bytes, 213}), cases[i].odd);
            }
}

/* Blanks matter where a field starts or, but for the last one, ends. */
static void test_blanks_at_every_place(void **state) {
    (void)state;
    static const char *const blanks[] = {" ", "\xC2\xA0", "\xE1\x9A\x80", "\xE2\x80\x8A", "\xE3\x80\x80"};
    for (size_t i = 0; i < COUNT(blanks); i++)
        for (size_t at = 1; at <= 200; at++)
            for (int edge = 0; edge < 4; edge++) { /* none, behind, before a TAB; before an LF */
                char bytes[260];
                size_t n = strlen(blanks[i]);
                memset(bytes, 'a', sizeof bytes);
                memcpy(bytes + at, blanks[i], n);
                if (edge) bytes[edge == 1 ? at - 1 : at + n] = edge == 3 ? '\n' : '\t';
                bytes[212] = '\n';
                assert_int_equal(odd_lines((kpi_text){bytes, 213}), edge == 1 || edge == 2);
            }
}

/* ---- at random ---- */

static size_t put_random_line(char *out, bool hostile) {
    static const char *const plain[] = {"a",  "bc",  "2026-10-05", "王丽", "é",   "\t",
                                        "\t", "x y", "ひらがな",   "😀",    "12.5"};
    static const char *const odd[] = {" ",    "#",    "\\n",  "　",       "\xC2\xA0", "\r",
                                      "\x01", "\xE7", "\x80", "\xC2\x85", "\x7F"};
    size_t n = 0, pieces = random_below(hostile ? 12 : 30);
    for (size_t i = 0; i < pieces; i++) {
        bool bad = hostile && random_below(12) == 0;
        const char *piece = bad ? odd[random_below(COUNT(odd))] : plain[random_below(COUNT(plain))];
        memcpy(out + n, piece, strlen(piece));
        n += strlen(piece);
    }
    if (random_below(8) == 0) out[n++] = '\r';
    out[n++] = '\n';
    return n;
}

static void test_random_lines(void **state) {
    (void)state;
    static const char pads[] = {'\n', ' ', '\t', '\\', '\xE3', '\x80', 'a'};
    char *bytes = malloc(80000);
    assert_non_null(bytes);
    for (int round = 0; round < 150; round++) {
        size_t n = 0, most = random_below(round % 5 ? 3000 : 60000);
        while (n < most) n += put_random_line(bytes + n, round % 3 > 0);
        if (n && round % 4 == 0) n--; /* no last LF */
        expect_scanned((kpi_text){bytes, n}, NULL, pads[round % (int)sizeof pads], 1);
        expect_scanned((kpi_text){bytes, n}, kpi_record_of(round % 2 ? KPI_MEASURE : KPI_CLIENT), '\n', 1);
    }
    free(bytes);
}

static void test_real_lines(void **state) {
    (void)state;
    static const char line[] =
        "2026-10-05\t王丽\tC00417\tvisit\tdone\trenewal 2027\tsigned, 3 years\t45\t2026-10-05T17:02:11Z\t"
        "très bien 客户满意 ありがとう カタカナ、。 👍 price: 10% off; \"ok\" (see #12)\n"
        "2026-10-06\tann lee\t\tcall\tplanned\t\t\t\t\t\r\n";
    enum { N = 2000 };
    char *bytes = malloc(N * sizeof line);
    assert_non_null(bytes);
    for (size_t i = 0; i < N; i++) memcpy(bytes + i * (sizeof line - 1), line, sizeof line - 1);
    kpi_text all = {bytes, N * (sizeof line - 1)};
    assert_int_equal(expect_scanned(all, kpi_record_of(KPI_VISIT), '\n', 0), 0);
    assert_int_equal(expect_scanned(all, kpi_record_of(KPI_FEEDBACK), '\n', 0), 2 * N); /* one field too many */
    free(bytes);
}

/* ---- nothing beyond the padding is read ---- */

static void test_end_of_memory(void **state) {
    (void)state;
    static const char *const tails[] = {"\n",           "\r",  "\xC2\xA0", "\xE1\x9A\x80", "\xE3\x80", "\xE2", "\xC2",
                                        "\xF0\x9F\x98", " \t", "\t",       "\xE3\x80\x80", "\\",       "#"};
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = 4 * page;
    char *memory = mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    assert_int_equal(mprotect(memory + size, page, PROT_NONE), 0);
    char *end = memory + size - KPI__PADDING;
    for (size_t i = 0; i < COUNT(tails); i++)
        for (size_t n = 1; n < 200; n++) {
            memset(memory, 'a', size);
            end[-1] = '\n';
            end[-(long)n - 1] = '\n';
            memcpy(memory + size - strlen(tails[i]), tails[i], strlen(tails[i])); /* of lines behind the block */
            for (size_t k = 0; k < COUNT(kernels); k++) {
                if (!has_kernel(k)) continue;
                kpi__block block = {.input = input, .at = end - n, .end = end, .order = 1};
                batch[k].record = NULL;
                expect_block(&batch[k], block);
            }
        }
    munmap(memory, size + page);
}

static int set_up(void **state) {
    (void)state;
    kpi_error error;
    return kpi__input_memory(&input, "lines", TEXT(""), &error);
}

static int tear_down(void **state) {
    (void)state;
    kpi__input_free(input);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_kernels_differ),
        cmocka_unit_test(test_lengths_and_offsets),
        cmocka_unit_test(test_many_short_lines),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_byte_order_mark),
        cmocka_unit_test(test_every_byte_at_every_place),
        cmocka_unit_test(test_every_sequence),
        cmocka_unit_test(test_sequences_at_every_place),
        cmocka_unit_test(test_blanks_at_every_place),
        cmocka_unit_test(test_random_lines),
        cmocka_unit_test(test_real_lines),
        cmocka_unit_test(test_end_of_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down) != 0;
}
