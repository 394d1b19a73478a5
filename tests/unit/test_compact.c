/* test_compact.c - compact.c: which documents it reads, and that goals and faults are those that scanyaml.c, libyaml
 * and goal.c find. These get the same stream with a blank behind each brace that ends a line, which moves nothing, but
 * is not plain. */
#include "unit.h"

#include "scarce.h"

/* Whether the first document of text is read, up to what is left. */
static bool is_compact(kpi_text text, const char *left) {
    kpi_error error = {0};
    kpi_goals *goals;
    kpi__yaml *yaml;
    kpi_text rest;
    uint32_t line, lines = 1;
    expect_ok(kpi_goals_new(&goals, 1, &error), &error);
    assert_true(kpi__goals_source(goals, TEXT("test")) != KPI__NONE);
    expect_ok(kpi__yaml_open(&yaml, "test", text, &error), &error);
    bool read = !kpi__goals_read_compact(goals, yaml, &error);
    assert_true(read == (kpi_goals_size(goals) > 0));
    assert_true(kpi__yaml_ahead(yaml, &rest, &line));
    for (const char *p = text.ptr; p < rest.ptr; p++) lines += *p == '\n';
    assert_int_equal(line, lines);
    if (read) {
        if (!left) fail_msg("read: %s", text.ptr);
        assert_int_equal(rest.len, strlen(left));
        assert_memory_equal(rest.ptr, left, rest.len);
    } else
        assert_ptr_equal(rest.ptr, text.ptr);
    kpi__yaml_free(yaml);
    kpi_goals_free(goals);
    return read;
}

/* All that came of a stream, as one text: goals in the order read, faults, and the goals found after a check. */
static char *outcome(kpi_text text) {
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    kpi_error error = {0};
    kpi_goals *goals;
    char *out = NULL;
    size_t size;
    FILE *to = open_memstream(&out, &size);
    assert_non_null(to);
    expect_ok(kpi_goals_new(&goals, 1, &error), &error);
    int code = kpi_goals_parse(goals, "test", text, &report, &error);
    fprintf(to, "%d %s\n", code, code ? shown(&error) : "");
    for (int checked = 0; checked < 2; checked++) {
        for (size_t i = 0; i < kpi_goals_size(goals); i++) {
            kpi_goal goal = kpi_goals_at(goals, i);
            char target[KPI_NUMBER_SIZE], weight[KPI_NUMBER_SIZE];
            kpi_decimal_format(goal.set.target, KPI_EXACT, target);
            kpi_decimal_format(goal.set.weight, KPI_EXACT, weight);
            fprintf(to, "%d:%d %s %s %s %s%s %d %s\n", (int)goal.place.line, (int)goal.place.column, goal.period_text,
                    goal.owner, goal.metric, target, goal.set.percent ? "%" : "", goal.set.has_weight, weight);
        }
        if (!checked) code = kpi_goals_check(goals, &report, &error);
    }
    fprintf(to, "%d\n%s", code, heard.text);
    fclose(to);
    kpi_goals_free(goals);
    return out;
}

static void expect_same(kpi_text text) {
    char *other = malloc(2 * text.len + 1), *copy = malloc(text.len + 1);
    assert_true(other && copy);
    kpi_text slow = {other, 0};
    for (size_t i = 0; i < text.len; i++) {
        other[slow.len++] = text.ptr[i];
        if (text.ptr[i] == '}' && i + 1 < text.len && text.ptr[i + 1] == '\n') other[slow.len++] = ' ';
    }
    if (text.len) memcpy(copy, text.ptr, text.len);
    copy = realloc(copy, text.len ? text.len : 1); /* of just its size, so that a read beyond it is seen */
    char *found = outcome((kpi_text){copy, text.len}), *expected = outcome(slow);
    if (strcmp(found, expected) != 0)
        fail_msg("of\n%.*s\ncame\n%s\nnot\n%s", (int)text.len, text.ptr, found, expected);
    free(found);
    free(expected);
    free(other);
    free(copy);
}

/* ---- cases ---- */

static void test_read(void **state) {
    (void)state;
    static const struct {
        const char *text, *left;
    } cases[] = {
        {"goals: 2026-10\ntargets:\n  a: {b: 1}\n", ""},
        {"---\ngoals: 2026-10\ntargets:\n  wang.li: {sales: 500000, visits: 40}\n  张敏: {sales: -0.5}\n", ""},
        {"# c\n\n--- # c\n  # c\ngoals:   2026-01-01..2026-02-05   # c\n\n# c\n"
         "targets: # c\n\n  # c\n  a:    {b:  1,c: 2,   d:  3}\n#c\n", ""},
        {"goals: 2026\ntargets:\n a: {b: 1}\n a2: {b: 2, c: 3}\n---\ngoals: 2027\n", "---\ngoals: 2027\n"},
        {"goals: 2026\ntargets:\n a: {b: 1}\n--- # more\n", "--- # more\n"},
        {"goals: 2026\ntargets:\n a: {b: 1}\n--- x\n x\n", "--- x\n x\n"},
        {"goals: 2026\ntargets:\n a: {b: 1}\n---\r\n", "---\r\n"},
        {"goals: 2026\ntargets:\n a: {销售额: 1, b-é: 2}\n 王: {销售额: 3, b-é: 4}\n", ""},
        {"goals: 2026\ntargets:\n a/b@c+d: {e=f: 999999999999.999999}\n", NULL}, /* + is no letter */
        {"goals: 2026\ntargets:\n a/b@c_d: {e=f: 999999999999.999999, 0: 0}\n", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_text text = kpi_text_of(cases[i].text);
        bool read = is_compact(text, cases[i].left);
        if (read != (cases[i].left != NULL)) fail_msg("case %zu: %d", i, read);
        expect_same(text);
    }
}

static void test_left(void **state) {
    (void)state;
    static const char *const cases[] = {
        "", "\n", "---\n", "goals: 2026\n", "goals: 2026\ntargets:\n", "goals: 2026\ntargets:\n---\n",
        "goals: 2026\ntargets:\n a: {b: 1}",          /* no LF */
        "goals: 2026\ntargets:\na: {b: 1}\n",         /* not indented */
        "goals: 2026\ntargets:\n a: {b: 1}\n  c: {b: 1}\n",
        "goals: 2026\ntargets:\n  a: {b: 1}\n c: {b: 1}\n",
        "goals: 2026\ntargets:\n a: {b: 1}\nmore: 1\n", "goals: 2026\ntargets:\n a: {b: 1}\n...\n",
        "goals: 2026\ntargets:\n a: {b: 1}\n----\n",  "goals: 2026\ntargets:\n a: {b: 1}\n---é\n",
        "goals: 2026\ntargets: {a: {b: 1}}\n",        "targets:\n a: {b: 1}\ngoals: 2026\n",
        "goals: x\ntargets:\n a: {b: 1}\n",           "goals: '2026'\ntargets:\n a: {b: 1}\n",
        "goals: 2026\ntargets:\n a: {b: 1}\n a: {c: 1}\n", /* twice */
        "goals: 2026\ntargets:\n a: {b: 1, c: 2, b: 3}\n", "goals: 2026\ntargets:\n a: {b: x}\n",
        "goals: 2026\ntargets:\n a: {b: +10%}\n",     "goals: 2026\ntargets:\n a: {b: {target: 1}}\n",
        "goals: 2026\ntargets:\n a: {b: 1}\n c: {b: {target: 1, weight: 3}}\n d: {b: 2}\n",
        "goals: 2026\ntargets:\n a: {}\n",            "goals: 2026\ntargets:\n a: {b: 1,}\n",
        "goals: 2026\ntargets:\n a: {b:1}\n",         "goals: 2026\ntargets:\n a: {b: }\n",
        "goals: 2026\ntargets:\n a: b\n",             "goals: 2026\ntargets:\n a:\n  b: 1\n",
        "goals: 2026\ntargets:\n \"a\": {b: 1}\n",    "goals: 2026\ntargets:\n a: {'b': 1}\n",
        "goals: 2026\ntargets:\n a: {b: 1}}\n",       "goals: 2026\ntargets:\n a: {b: 1\n",
        "goals: 2026\ntargets:\n a: {b: 1} # c\n",    "goals: 2026\ntargets:\n a b: {c: 1}\n",
        "goals: 2026\ntargets:\n a: {b: 1e3}\n",      "goals: 2026\ntargets:\n a: {b: 1, c: 0.1234567}\n",
        "goals: 2026\ntargets:\n 　a: {b: 1}\n",       "goals: 2026\ntargets:\n a: {　b: 1}\n",
        "goals: 2026\ntargets:\n a: {b: 1}\n\t\n",    "goals: 2026\r\ntargets:\r\n a: {b: 1}\r\n",
        "goals: 2026 \\\ntargets:\n a: {b: 1}\n",     "goals: 2026\ntargets:\n a\\b: {c: 1}\n",
        "%YAML 1.2\n---\ngoals: 2026\ntargets:\n a: {b: 1}\n", "goals: 2026#\ntargets:\n a: {b: 1}\n",
        "goals: 2026\ntargets:#\n a: {b: 1}\n",       "goals:2026\ntargets:\n a: {b: 1}\n",
        "goals: 2026\ntargets: x\n a: {b: 1}\n",      "goal: g\nowner: a\nmetric: b\nperiod: 2026\ntarget: 1\n"};
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_text text = kpi_text_of(cases[i]);
        if (is_compact(text, NULL)) fail_msg("case %zu", i);
        expect_same(text);
    }
}

static void test_long(void **state) {
    (void)state;
    static const size_t lengths[] = {7, 8, 9, 16, 31, 32, 33, 64, 999, 1000, 1001, 1100};
    char *text = NULL;
    size_t size;
    for (size_t i = 0; i < COUNT(lengths); i++)
        for (size_t k = 0; k < COUNT(lengths); k++) {
            FILE *to = open_memstream(&text, &size);
            fprintf(to, "goals: 2026\ntargets:\n");
            for (int row = 0; row < 3; row++)
                fprintf(to, " %0*d: {x%0*d: 5, x%0*d6: 7}\n", (int)lengths[i], row, (int)lengths[k] - 1, 0,
                        (int)lengths[k] - 1, row);
            fclose(to);
            assert_true(is_compact((kpi_text){text, size}, "") == (lengths[i] <= 1000 && lengths[k] <= 999));
            if (lengths[i] < 1001 && lengths[k] < 1000) expect_same((kpi_text){text, size});
            free(text);
        }
    for (int pairs = 63; pairs < 67; pairs++) {
        FILE *to = open_memstream(&text, &size);
        fprintf(to, "goals: 2026\ntargets:\n a: {m: 0");
        for (int i = 1; i < pairs; i++) fprintf(to, ", m%d: %d", i, i);
        fprintf(to, "}\n");
        fclose(to);
        assert_true(is_compact((kpi_text){text, size}, "") == (pairs <= 64));
        expect_same((kpi_text){text, size});
        free(text);
    }
}

/* More rows than a chunk of them, taken back at the end, and read again. */
static void test_take_back(void **state) {
    (void)state;
    char *text = NULL;
    size_t size;
    for (int good = 0; good < 2; good++) {
        FILE *to = open_memstream(&text, &size);
        fprintf(to, "goals: 2026\ntargets:\n z: {y: 1}\n---\ngoals: 2026\ntargets:\n");
        for (int i = 0; i < 90000; i++) fprintf(to, " o%d: {a: 1, b: 2, c: 3}\n", i);
        fprintf(to, " z: {y: 2%s}\n---\ngoals: 2027\ntargets:\n z: {y: 3}\n", good ? "" : "x");
        fclose(to);
        expect_same((kpi_text){text, size});
        free(text);
    }
}

/* ---- random streams ---- */

static const char *const owners[] = {"a", "wang.li", "张敏", "o-1", "12345678", "é",
                                     "a-name-of-many-bytes-beyond-32-of-them"};
static const char *const metrics[] = {"m", "sales", "客户", "visits-of-clients", "nps",
                                      "a-metric-of-more-than-32-bytes-here"};
static const char *const numbers[] = {"1", "-5", "0.25", "500000", "999999999999999.999999", "12.50", "007"};
static const char *const marks[] = {"---\n", "--- # c\n", "---\n# c\n\n"};
#define ANY_OF(list) (list)[random_below(COUNT(list))]

static void add_document(FILE *to, bool first) {
    if (!first || random_below(2)) fputs(ANY_OF(marks), to);
    fprintf(to, "goals: 2026-%02d\ntargets:\n", 1 + (int)random_below(3));
    int indent = 1 + (int)random_below(3);
    for (uint64_t n = 1 + random_below(6), i = 0; i < n; i++) {
        fprintf(to, "%*s%s%d:%*s{", indent, "", ANY_OF(owners), (int)i, 1 + (int)(random_below(8) == 0), "");
        for (uint64_t pairs = 1 + random_below(5), k = 0; k < pairs; k++)
            fprintf(to, "%s%s%d: %s", k ? ", " : "", ANY_OF(metrics), (int)(random_below(50) ? k : 0), ANY_OF(numbers));
        fputs("}\n", to);
        if (random_below(20) == 0) fputs(random_below(2) ? "\n" : " # c\n", to);
    }
}

static void test_random(void **state) {
    (void)state;
    static const char *const flaws[] = {" ", "\n", ":",  ",", "{", "}", "#", "-", "0",    "x",  "\t", "é",   "　",
                                        "\\", "%",  ".", "+", "[", "!", "\r\n", ": ", " #", "---", "\n---\n", "<<"};
    unsigned read = 0;
    for (unsigned round = 0; round < 6000; round++) {
        char *text = NULL;
        size_t size;
        FILE *to = open_memstream(&text, &size);
        for (uint64_t n = 1 + random_below(3), i = 0; i < n; i++) add_document(to, i == 0);
        fclose(to);
        if (random_below(3)) {
            size_t at = (size_t)random_below(size), cut = (size_t)random_below(3);
            char *flawed = malloc(size + 16);
            assert_non_null(flawed);
            while (at && ((unsigned char)text[at] & 0xC0) == 0x80) at--;
            if (at + cut > size || ((unsigned char)text[at + cut] & 0xC0) == 0x80) cut = 0;
            const char *flaw = ANY_OF(flaws);
            memcpy(flawed, text, at);
            memcpy(flawed + at, flaw, strlen(flaw));
            memcpy(flawed + at + strlen(flaw), text + at + cut, size - at - cut);
            size = size - cut + strlen(flaw);
            free(text);
            text = flawed;
        }
        expect_same((kpi_text){text, size});
        kpi_error error;
        kpi_goals *goals;
        kpi__yaml *yaml;
        expect_ok(kpi_goals_new(&goals, 1, &error), &error);
        assert_true(kpi__goals_source(goals, TEXT("test")) != KPI__NONE);
        expect_ok(kpi__yaml_open(&yaml, "test", (kpi_text){text, size}, &error), &error);
        read += !kpi__goals_read_compact(goals, yaml, &error);
        kpi__yaml_free(yaml);
        kpi_goals_free(goals);
        free(text);
    }
    assert_in_range(read, 1000, 5000);
}

/* ---- memory ---- */

static bool parse_scarcely(void *context) {
    kpi_error error = {0};
    kpi_goals *goals;
    (void)context;
    if (kpi_goals_new(&goals, 1, &error)) return true;
    kpi_text text = TEXT("goals: 2026\ntargets:\n a: {b: 1, c: 2}\n d: {b: 3}\n");
    int code = kpi_goals_parse(goals, "test", text, NULL, &error);
    if (code) assert_int_equal(error.sys, ENOMEM);
    if (!code) assert_int_equal(kpi_goals_size(goals), 3);
    kpi_goals_free(goals);
    return code != KPI_OK;
}

static void test_no_memory(void **state) {
    (void)state;
    exhaust(parse_scarcely, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),      cmocka_unit_test(test_left),   cmocka_unit_test(test_long),
        cmocka_unit_test(test_take_back), cmocka_unit_test(test_random), cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
