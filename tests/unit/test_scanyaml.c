/* test_scanyaml.c - scanyaml.c: which documents are read without libyaml, where they end, what they hold, and the pool.
 * That the trees are the same as libyaml's is tested by tests/yaml. */
#include "unit.h"

/* ---- which documents ---- */

/* What comes of the first document of bytes. *at, *line: where the next one begins. */
static int scan(kpi_text bytes, size_t *at, uint32_t *line) {
    kpi__pool pool = {0};
    kpi__node *root = NULL;
    kpi__scanyaml *scanner = kpi__scanyaml_new(&pool, bytes);
    assert_non_null(scanner);
    int code = kpi__scanyaml_next(scanner, at, line, &root);
    assert_int_equal(code == KPI_OK, root != NULL);
    kpi__scanyaml_free(scanner);
    kpi__pool_free(&pool);
    return code;
}

static void test_taken(void **state) {
    (void)state;
    static const char *const cases[] = {
        "goals: 2026-10\ntargets:\n  wang.li: {sales: 500000, visits: 40}\n  张敏: {sales: 1, visits: 2}\n",
        "goals: 2026-10\ntargets:\n  wang.li:\n    sales: 500000\n    visits: 40\n  li.wei:\n    sales: 1\n",
        "targets:\n  wang.li: {sales: {target: +10%, baseline: 400000, weight: 60}, nps: -5}\n",
        "---\ngoal: a\nowner: li.wei # 注\n\n# c\nperiod: 2026-10\nsteps: [list the clients, \"two, a week\"]\n",
        "# c\n--- # c\na: 1\n", "a: 1", "a:", "a:\nb:\n", "a: 1\r\nb: {c: d}\r\n", "a: 'x y '\nb: \"张: #\"\n",
        "a:\n  - x\n  - y z\nb:\n- {c: d}\n- [1, [2]]\nc: 3\n",
        "a: {b: 1,\n    c: 2, # c\n\n    d: 3}\n",
        "a: {b: 1, }\nb: [1, ]\nc: {}\nd: []\ne: {f: g }\n", "  a: 1\n  b: 2\n", "a : 1\n\"b\" : 2\n",
        "a: 10:30\nb: c#d\ne: f, g\nh: {i: j-k, l: m?n}\n", "-a: -1\n'<<': 1\n.a: =\n",
        "curve: [[0, 0],\n  [1, 1]]\n", "a:\n    b: 1\nc:\n  d:\n   e: 1\n", "a: x # \t c\n", "a:   \n   # c\n  b: 1\n",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t at = 0;
        uint32_t line = 0, lines = 0;
        if (scan(kpi_text_of(cases[i]), &at, &line)) fail_msg("not taken: %s", cases[i]);
        for (const char *p = cases[i]; *p; p++) lines += *p == '\n' || (*p != '\n' && !p[1]);
        assert_int_equal(at, strlen(cases[i]));
        assert_int_equal(line, lines);
    }
}

static void test_doubts(void **state) {
    (void)state;
    static const char *const cases[] = {
        /* other things than a map, and nothing */
        "", "# c\n", "---\n", "---\n---\na: 1\n", "a\n", "- a\n", "{a: 1}\n", "--- a\n", "--- {a: 1}\n", "...\n",
        /* of several lines */
        "a: b\n  c\n", "a: b\n\n  c\n", "a: 'b\n  c'\n", "a:\n  b\n", "a: |\n  ---\n  b\n", "a: >\n  b\n",
        "a: {b: c\n  d}\n",
        "a: {b: c\n  }\n", "a: {b:\n  c}\n", "a: {\nb: c}\n", "a: {b: 1,\n---\n c: 2}\n", "a: {b: 1,", "a: [",
        /* of libyaml alone */
        "a: \"\\n\"\n", "a: 'it''s'\n", "a: &b c\n", "a: *b\n", "a: !b c\n", "<<: {a: b}\n", "<: 1\n", "? a\n: b\n",
        "%YAML 1.2\n---\na: 1\n", "a: 1\n...\n", "a: 1\n... \nb: 2\n", "a: {b}\n", "a: {b, c: d}\n", "a: {b: , c: d}\n",
        "a: [b: c]\n", "a:\n- b: c\n", "a:\n- - b\n", "a:\n-\n", "a: {\"b\":1}\n", "a:\tb\n", "\ta: b\n", "a: b\t\n",
        /* wrong */
        "a: b: c\n", "a: {b: c: d}\n", "a: 1\n b: 2\n", "a:\n  b: 1\n c: 2\n", " a: 1\nb: 2\n", "a:\n  - b\n  c: 1\n",
        "a: 1\n- b\n", "a:b\n", "a: 'b' c\n", "a: 'b'#c\n", "a: {b: 1}#c\n", "a: {b: 1} c\n", "a: {b: 1]\n", "a: ]\n",
        "a: {b: x:}\n", "a: [x:,]\n", "a: @b\n", "a: `b\n", "a: %b\n", "a: -\n", "a: - b\n", "a: ,\n", "a: {,}\n",
        "a: 'b\n",
        "a: [1,#c\n  2]\n", "--a: 1\n", "..a: 1\n", "---a: 1\n", "---\tx\n",
        /* keys that come twice */
        "a: 1\na: 2\n", "a: 1\n'a': 2\n", "a: {b: 1, b: 2}\n", "a: {bbbbbbbbbbbb: 1, c: 2, \"bbbbbbbbbbbb\": 3}\n",
        "a:\n  b: 1\n  c: 2\n  b: 3\nd: 4\n", "a:\n  b: 1\n  b: 3",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t at = 0;
        uint32_t line = 0;
        if (scan(kpi_text_of(cases[i]), &at, &line) != KPI_NO) fail_msg("taken: %s", cases[i]);
        assert_int_equal(at, 0);
        assert_int_equal(line, 0);
    }
}

/* Keys of up to 1000 bytes, 16 levels. */
static void test_limits(void **state) {
    (void)state;
    char yaml[4096];
    for (int n = 998; n <= 1003; n++)
        for (int flow = 0; flow < 2; flow++) {
            size_t at = 0;
            uint32_t line = 0;
            snprintf(yaml, sizeof yaml, flow ? "a: {%0*d: 1}" : "%0*d: 1", n, 5);
            assert_int_equal(scan(kpi_text_of(yaml), &at, &line), n <= 1000 ? KPI_OK : KPI_NO);
        }
    for (int depth = 1; depth <= 20; depth++)
        for (int blocks = 1; blocks <= depth; blocks++) { /* the document itself is one */
            size_t at = 0, used = 0;
            uint32_t line = 0;
            for (int i = 0; i < blocks; i++)
                used += (size_t)sprintf(yaml + used, "%*sa:%s", i, "", i + 1 < blocks ? "\n" : " ");
            for (int i = blocks; i < depth; i++) used += (size_t)sprintf(yaml + used, "%s", i % 2 ? "[" : "{a: ");
            used += (size_t)sprintf(yaml + used, "1");
            for (int i = depth; i-- > blocks;) used += (size_t)sprintf(yaml + used, "%s", i % 2 ? "]" : "}");
            if (scan(kpi_text_of(yaml), &at, &line) != (depth <= 16 ? KPI_OK : KPI_NO)) fail_msg("%d: %s", depth, yaml);
        }
}

/* ---- many keys ---- */

static void test_many_keys(void **state) {
    (void)state;
    enum { N = 3000 };
    char *yaml = malloc(N * 32);
    assert_non_null(yaml);
    for (int flow = 0; flow < 2; flow++)
        for (int n = 1; n <= N; n += 1 + n / 3)
            for (int again = -1; again < n; again += 1 + n / 4) {
                size_t used = (size_t)sprintf(yaml, "a:%s", flow ? " {" : "\n"), at = 0;
                uint32_t line = 0;
                for (int i = 0; i <= n; i++)
                    used += (size_t)sprintf(yaml + used, flow ? "key.%d: 1, " : "  key.%d: 1\n",
                                            i == n && again >= 0 ? again : i);
                sprintf(yaml + used, flow ? "}" : "b: 1");
                assert_int_equal(scan(kpi_text_of(yaml), &at, &line), again < 0 ? KPI_OK : KPI_NO);
            }
    free(yaml);
}

/* ---- trees and places ---- */

static void expect_node(const kpi__node *node, const char *text, uint32_t line, uint32_t column, bool plain,
                        bool simple) {
    assert_non_null(node);
    assert_int_equal(node->kind, KPI__SCALAR);
    assert_string_equal(node->text, text);
    assert_int_equal(node->length, strlen(text));
    assert_int_equal(node->line, line);
    assert_int_equal(node->column, column);
    assert_int_equal(node->plain, plain);
    assert_int_equal(node->simple, simple);
}

static void test_stream(void **state) {
    (void)state;
    static const char yaml[] = "王: {丽: 'x y', b: 1}  # 注\n--- # c\na:\n  b: c d\n---\ne: \"\"\n";
    size_t at = 0;
    uint32_t line = 0;
    kpi__pool pool = {0};
    kpi__node *root;
    kpi__scanyaml *scanner = kpi__scanyaml_new(&pool, TEXT(yaml));
    assert_non_null(scanner);
    assert_int_equal(kpi__scanyaml_next(scanner, &at, &line, &root), KPI_OK);
    assert_true(at == (size_t)(strstr(yaml, "---") - yaml) && line == 1);
    assert_true(root->kind == KPI__MAP && root->line == 1 && root->column == 1 && !root->key);
    expect_node(root->child->key, "王", 1, 1, true, false);
    assert_true(root->child->kind == KPI__MAP && root->child->line == 1 && root->child->column == 4);
    const kpi__node *x = root->child->child;
    expect_node(x->key, "丽", 1, 5, true, false);
    expect_node(x, "x y", 1, 8, false, false);
    expect_node(x->next->key, "b", 1, 15, true, true);
    expect_node(x->next, "1", 1, 18, true, true);
    assert_null(x->next->next);
    assert_null(root->child->next);

    kpi__pool_reset(&pool);
    assert_int_equal(kpi__scanyaml_next(scanner, &at, &line, &root), KPI_OK);
    assert_true(at == (size_t)(strstr(yaml, "---\ne") - yaml) && line == 4);
    expect_node(root->child->child->key, "b", 4, 3, true, true);
    expect_node(root->child->child, "c d", 4, 6, true, true);

    kpi__pool_reset(&pool);
    assert_int_equal(kpi__scanyaml_next(scanner, &at, &line, &root), KPI_OK);
    assert_true(at == sizeof yaml - 1 && line == 6);
    expect_node(root->child, "", 6, 4, false, false);
    kpi__scanyaml_free(scanner);
    kpi__pool_free(&pool);
}

/* Only what is a name, and the same in line form, is simple. */
static void test_simple(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool simple;
    } cases[] = {{"abc", true},         {"a b", true},           {"-5", true},     {"+10%", true},
                 {"a/b_c.d", true},     {"a#b:c", true},         {"a\\b", false},  {"张", false},
                 {"a张", false},        {"a é", false},          {"~", true},      {"(x) [y] {z}", true},
                 {"'abc'", false},      {"\"a\"", false},        {"a b\\", false}, {"abcdefghijklmnop q", true},
                 {"abcdefgh\\", false}, {"abcdefgh 张", false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char yaml[64];
        size_t at = 0;
        uint32_t line = 0;
        kpi__pool pool = {0};
        kpi__node *root;
        snprintf(yaml, sizeof yaml, "a: %s\n", cases[i].text);
        kpi__scanyaml *scanner = kpi__scanyaml_new(&pool, kpi_text_of(yaml));
        assert_non_null(scanner);
        assert_int_equal(kpi__scanyaml_next(scanner, &at, &line, &root), KPI_OK);
        if (root->child->simple != cases[i].simple) fail_msg("%s", cases[i].text);
        kpi__scanyaml_free(scanner);
        kpi__pool_free(&pool);
    }
}

/* ---- the pool ---- */

/* What was got does not overlap and is aligned; after a reset the same memory is given again. */
static void test_pool(void **state) {
    (void)state;
    kpi__pool pool = {0};
    char *first[2] = {NULL, NULL};
    for (int round = 0; round < 2; round++) {
        uint64_t *got[2000];
        char *text[2000];
        for (size_t i = 0; i < COUNT(got); i++) {
            size_t n = 1 + (i * i) % 997;
            got[i] = kpi__pool_get(&pool, 8 * n);
            text[i] = kpi__pool_text(&pool, TEXT("some text"));
            assert_non_null(got[i]);
            assert_non_null(text[i]);
            assert_int_equal((uintptr_t)got[i] % 8, 0);
            for (size_t j = 0; j < n; j++) got[i][j] = i;
        }
        for (size_t i = 0; i < COUNT(got); i++) {
            assert_string_equal(text[i], "some text");
            for (size_t j = 0; j < 1 + (i * i) % 997; j++) assert_true(got[i][j] == i);
        }
        assert_non_null(kpi__pool_get(&pool, 10 << 20)); /* more than any chunk */
        first[round] = (char *)got[0];
        kpi__pool_reset(&pool);
    }
    assert_ptr_equal(first[0], first[1]);
    kpi__pool_free(&pool);
    assert_null(kpi__pool_get(&pool, SIZE_MAX / 2 + 2));
    assert_null(kpi__pool_text(&pool, (kpi_text){"", SIZE_MAX / 2}));
    kpi__pool_free(&pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_taken),  cmocka_unit_test(test_doubts),
                                       cmocka_unit_test(test_limits), cmocka_unit_test(test_many_keys),
                                       cmocka_unit_test(test_stream), cmocka_unit_test(test_simple),
                                       cmocka_unit_test(test_pool)};
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
