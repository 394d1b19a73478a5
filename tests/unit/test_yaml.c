/* test_yaml.c - yaml.c: streams of YAML to trees, places of nodes and faults, and what is refused. */
#include "unit.h"

/* ---- trees as texts ---- */

struct text {
    char bytes[65536];
    size_t used;
};

static void put(struct text *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct text *out, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    out->used += (size_t)vsnprintf(out->bytes + out->used, sizeof out->bytes - out->used, format, arguments);
    va_end(arguments);
    assert_true(out->used < sizeof out->bytes);
}

/* 3:5 text, "text" when it was quoted; 3:5 [item, item]; 3:5 {key: value}. */
static void put_node(struct text *out, const kpi__node *node) {
    put(out, "%u:%u ", node->line, node->column);
    if (node->kind == KPI__SCALAR) {
        char plain[256];
        plain[kpi_text_line(kpi_text_of(node->text), plain, sizeof plain - 1)] = 0;
        put(out, node->plain ? "%s" : "\"%s\"", plain);
        assert_int_equal(node->length, strlen(node->text));
        return;
    }
    put(out, "%s", node->kind == KPI__MAP ? "{" : "[");
    for (const kpi__node *child = node->child; child; child = child->next) {
        assert_int_equal(child->key != NULL, node->kind == KPI__MAP);
        if (child->key) put_node(out, child->key), put(out, ": ");
        put_node(out, child);
        if (child->next) put(out, ", ");
    }
    put(out, "%s", node->kind == KPI__MAP ? "}" : "]");
}

/* The documents of bytes, a line each, and the fault that ends them. */
static const char *read_by(kpi_text bytes, bool slow, struct text *out) {
    kpi_error error = {0};
    kpi__yaml *yaml = NULL;
    kpi__node *root;
    out->used = 0;
    put(out, "%s", "");
    char *copy = malloc(bytes.len + 1); /* so that a read beyond the end is seen */
    assert_non_null(copy);
    if (bytes.len) memcpy(copy, bytes.ptr, bytes.len);
    int code = kpi__yaml_open(&yaml, "f", (kpi_text){copy, bytes.len}, &error);
    if (!code && slow) kpi__yaml_slow(yaml);
    if (!code)
        while (!(code = kpi__yaml_next(yaml, &root, &error))) put_node(out, root), put(out, "\n");
    if (code != KPI_NO) {
        assert_int_equal(code, error.code);
        put(out, "%s\n", shown(&error));
    }
    kpi__yaml_free(yaml);
    free(copy);
    return out->bytes;
}

/* Likewise, the same in both ways. */
static const char *read_all(kpi_text bytes) {
    static struct text fast, slow;
    read_by(bytes, true, &slow);
    read_by(bytes, false, &fast);
    assert_string_equal(fast.bytes, slow.bytes);
    return fast.bytes;
}

static void test_trees(void **state) {
    (void)state;
    static const struct {
        kpi_text yaml;
        const char *tree;
    } cases[] = {
        {TEXT(""), ""},
        {TEXT("# nothing\n"), ""},
        {TEXT("\xEF\xBB\xBF"), ""},
        {TEXT("---\n"), "2:1 \n"}, /* an empty document: an empty plain scalar, where another could have stood */
        {TEXT("---\n---\na\n"), "2:1 \n3:1 a\n"},
        {TEXT("a: 1\n"), "1:1 {1:1 a: 1:4 1}\n"},
        {TEXT("a: 1"), "1:1 {1:1 a: 1:4 1}\n"}, /* no LF at the end is fine in YAML */
        {TEXT("a: 1\nb: [x, 'y', \"z\"]\n"), "1:1 {1:1 a: 1:4 1, 2:1 b: 2:4 [2:5 x, 2:8 \"y\", 2:13 \"z\"]}\n"},
        {TEXT("a:\n  b: {c: d, e: [f]}\n"), "1:1 {1:1 a: 2:3 {2:3 b: 2:6 {2:7 c: 2:10 d, 2:13 e: 2:16 [2:17 f]}}}\n"},
        {TEXT("a:\nb:\n"), "1:1 {1:1 a: 1:3 , 2:1 b: 2:3 }\n"},
        {TEXT("- a\n-   b\n"), "1:1 [1:3 a, 2:5 b]\n"},
        {TEXT("a: 1\n---\nb: 2\n...\n"), "1:1 {1:1 a: 1:4 1}\n3:1 {3:1 b: 3:4 2}\n"},
        {TEXT("王丽: 张敏 # 注\n张: {敏: 李}\n"), "1:1 {1:1 王丽: 1:5 张敏, 2:1 张: 2:4 {2:5 敏: 2:8 李}}\n"},
        {TEXT("\xEF\xBB\xBF"
              "a: 王\n"),
         "1:1 {1:1 a: 1:4 王}\n"}, /* a BOM has no column */
        {TEXT("a: 1\r\nb: 2\r\n"), "1:1 {1:1 a: 1:4 1, 2:1 b: 2:4 2}\n"},
        {TEXT("a: 1\rb: 2\r"), "1:1 {1:1 a: 1:4 1, 2:1 b: 2:4 2}\n"}, /* CR alone ends a line of YAML */
        {TEXT("a: 1%TAG x\nb: 2\rc: 3\n"), "1:1 {1:1 a: 1:4 1%TAG x, 2:1 b: 2:4 2, 3:1 c: 3:4 3}\n"},
        {TEXT("a: true\nb: 010\nc: 2026-10\nd: ~\ne: null\n"),        /* text as written, no types */
         "1:1 {1:1 a: 1:4 true, 2:1 b: 2:4 010, 3:1 c: 3:4 2026-10, 4:1 d: 4:4 ~, 5:1 e: 5:4 null}\n"},
        {TEXT("a: \"b\\tc\\nd\\\\e\\u738b\"\n"), "1:1 {1:1 a: 1:4 \"b\\tc\\nd\\\\e王\"}\n"},
        {TEXT("a: |\n  b\n  c\n"), "1:1 {1:1 a: 1:4 \"b\\nc\\n\"}\n"},
        {TEXT("a: >\n  b\n  c\n"), "1:1 {1:1 a: 1:4 \"b c\\n\"}\n"},
        {TEXT("a: 'it''s'\n"), "1:1 {1:1 a: 1:4 \"it's\"}\n"},
        {TEXT("\"<<\": 1\n'a': 2\n"), "1:1 {1:1 \"<<\": 1:7 1, 2:1 \"a\": 2:6 2}\n"}, /* quoted it is a name */
        {TEXT("{a: {b: {}}}\n"), "1:1 {1:2 a: 1:5 {1:6 b: 1:9 {}}}\n"},
        {TEXT("a: []\n"), "1:1 {1:1 a: 1:4 []}\n"},
        {TEXT("%YAML 1.2\n---\na\n"), "3:1 a\n"},
        {TEXT("? a\n: b\n"), "1:1 {1:3 a: 2:3 b}\n"},
        /* from one way to read to the other and back, counting lines on */
        {TEXT("a: 1\n---\nb: |\n  x\n\n---\nc: 王\n...\n---\nd: 'e''f'\n---\n---\ng: 2\n"),
         "1:1 {1:1 a: 1:4 1}\n3:1 {3:1 b: 3:4 \"x\\n\"}\n7:1 {7:1 c: 7:4 王}\n"
         "10:1 {10:1 d: 10:4 \"e'f\"}\n12:1 \n13:1 {13:1 g: 13:4 2}\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) assert_string_equal(read_all(cases[i].yaml), cases[i].tree);
}

static void test_refused(void **state) {
    (void)state;
    static const struct {
        kpi_text yaml;
        const char *fault;
    } cases[] = {
        /* bytes */
        {TEXT("\xFF\xFE"
              "a\0"),
         "f:1:1: UTF-16, not UTF-8\n"},
        {TEXT("\xFE\xFF\0a"), "f:1:1: UTF-16, not UTF-8\n"},
        {TEXT("a: 王\xFF\n"), "f:1:5: not UTF-8: byte 0xFF\n"},
        {TEXT("a: 1\r\n\xC0\x80\n"), "f:2:1: not UTF-8: byte 0xC0\n"},
        {TEXT("\xEF\xBB\xBF"
              "a\xE7\x8E\n"),
         "f:1:2: not UTF-8: byte 0xE7\n"},
        {TEXT("# \xFF\n"), "f:1:3: not UTF-8: byte 0xFF\n"}, /* in comments too */
        {TEXT("a: b\0c\n"), "f:1:5: a control character: U+0000\n"},
        {TEXT("a:\n b\x1b\n"), "f:2:3: a control character: U+001B\n"},
        {TEXT("a\x7F\n"), "f:1:2: a control character: U+007F\n"},
        {TEXT("a\xC2\x9B\n"), "f:1:2: a control character: U+009B\n"},
        {TEXT("a: b\xC2\x85"
              "c\n"),
         "f:1:5: a line end that YAML 1.2 does not know: U+0085\n"},
        {TEXT("a: b\xE2\x80\xA8\n"), "f:1:5: a line end that YAML 1.2 does not know: U+2028\n"},
        {TEXT("a\n\n\xE2\x80\xA9\n"), "f:3:1: a line end that YAML 1.2 does not know: U+2029\n"},
        {TEXT("a: \xEF\xBF\xBE\n"), "f:1:4: not a character: U+FFFE\n"},
        {TEXT("a: 1\n#\xEF\xBF\xBF"), "f:2:2: not a character: U+FFFF\n"},
        {TEXT("a\n\xEF\xBB\xBF---\n"), "f:2:1: a byte order mark inside the file: U+FEFF\n"},
        {TEXT("%TAG ! !x\n---\na\n"), "f:1:1: tags are not used here\n"},
        {TEXT("\xEF\xBB\xBF%TAG ! !x\n---\na\n"), "f:1:1: tags are not used here\n"},
        {TEXT("a: 1\n---\nb: 2\n...\n%TAG ! !x\n"), "f:5:1: tags are not used here\n"},
        /* what YAML can do and this does not */
        {TEXT("a: &x 1\n"), "f:1:4: anchors are not used here\n"},
        {TEXT("&x a: 1\n"), "f:1:1: anchors are not used here\n"},
        {TEXT("a: &x [1]\n"), "f:1:4: anchors are not used here\n"},
        {TEXT("王丽: &x {b: 1}\n"), "f:1:5: anchors are not used here\n"},
        {TEXT("a: 1\nb: *x\n"), "f:2:4: aliases are not used here\n"},
        {TEXT("a: !!str 1\n"), "f:1:4: tags are not used here\n"},
        {TEXT("a: ! 1\n"), "f:1:4: tags are not used here\n"},
        {TEXT("a: !x [1]\n"), "f:1:4: tags are not used here\n"},
        {TEXT("a: !x {b: 1}\n"), "f:1:4: tags are not used here\n"},
        {TEXT("<<: {a: 1}\n"), "f:1:1: merge keys (<<) are not used here\n"},
        {TEXT("a:\n  <<: b\n"), "f:2:3: merge keys (<<) are not used here\n"},
        {TEXT("[a, b]: c\n"), "f:1:1: a key must be a plain text\n"},
        {TEXT("? {a: b}\n: c\n"), "f:1:3: a key must be a plain text\n"},
        {TEXT("a: 1\nb: 2\na: 3\n"), "f:3:1: key 'a' stands on line 1 already\n"},
        {TEXT("x: {a: 1, b: 2, \"a\": 3}\n"), "f:1:17: key 'a' stands on line 1 already\n"},
        {TEXT("'': 1\n\"\": 2\n"), "f:2:1: key '' stands on line 1 already\n"},
        {TEXT("a: \"\\e[2J\"\n"), "f:1:4: a control character in a value: U+001B\n"},
        {TEXT("a: \"\\0\"\n"), "f:1:4: a control character in a value: U+0000\n"},
        {TEXT("a: \"\\r\"\n"), "f:1:4: a control character in a value: U+000D\n"},
        {TEXT("a: \"\\N\"\n"), "f:1:4: a control character in a value: U+0085\n"},
        {TEXT("a: \"\\L\"\n"), "f:1:4: a control character in a value: U+2028\n"},
        {TEXT("a: \"\\P\"\n"), "f:1:4: a control character in a value: U+2029\n"},
        {TEXT("\"\\x7f\": a\n"), "f:1:1: a control character in a value: U+007F\n"},
        /* what is not YAML; what was never closed is told where it was opened */
        {TEXT("a: 1\nb: \"x\nc: 2\n\n"), "f:2:4: while scanning a quoted scalar: it is never closed\n"},
        {TEXT("a: 'x\n"), "f:1:4: while scanning a quoted scalar: it is never closed\n"},
        {TEXT("a: \"x"), "f:1:4: while scanning a quoted scalar: it is never closed\n"},
        {TEXT("王丽: \"敏\n\n\n"), "f:1:5: while scanning a quoted scalar: it is never closed\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) assert_string_equal(read_all(cases[i].yaml), cases[i].fault);
}

/* The words are libyaml's and change with it; the places stay. */
static void test_not_yaml(void **state) {
    (void)state;
    static const struct {
        const char *yaml, *place;
    } cases[] = {
        {"%T", "f:1:"},           {"a: 1\n%TAGS\n", "f:"},     {"a: 1\n\tb: 2\n", "f:2:1: "},
        {"a: @b\n", "f:1:4: "},   {"a: \"\\q\"\n", "f:1:5: "}, {"a: b: c\n", "f:1:5: "},
        {"a: 1\nb\n", "f:3:1: "}, {"a: ]\n", "f:1:4: "},       {"王: 1\n 丽: ]\n", "f:2:3: "},
        {"[a, b\n\n", "f:1:1: "},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *found = read_all(kpi_text_of(cases[i].yaml));
        if (strncmp(found, cases[i].place, strlen(cases[i].place)) != 0) fail_msg("%s: %s", cases[i].yaml, found);
    }
}

/* What stands before a fault is given before it. */
static void test_documents_before_a_fault(void **state) {
    (void)state;
    assert_string_equal(read_all(TEXT("a: 1\n---\nb: &x 2\n---\nc: 3\n")),
                        "1:1 {1:1 a: 1:4 1}\nf:3:4: anchors are not used here\n");
    assert_string_equal(read_all(TEXT("a: 1\n---\nb: >\n  2\n---\nc: 3\n---\nd: 4\nd: 5\n")),
                        "1:1 {1:1 a: 1:4 1}\n3:1 {3:1 b: 3:4 \"2\\n\"}\n6:1 {6:1 c: 6:4 3}\n"
                        "f:9:1: key 'd' stands on line 8 already\n");
}

/* ---- depth ---- */

static void test_depth(void **state) {
    (void)state;
    static const char *const open[] = {"[", "{a: "}, *const close[] = {"]", "}"};
    for (size_t kind = 0; kind < COUNT(open); kind++)
        for (int depth = 1; depth <= 40; depth++) {
            char yaml[512] = "", expected[64];
            for (int i = 0; i < depth; i++) strcat(yaml, open[kind]);
            for (int i = 0; i < depth; i++) strcat(yaml, close[kind]);
            strcat(yaml, "\n");
            const char *found = read_all(kpi_text_of(yaml));
            snprintf(expected, sizeof expected, "f:1:%zu: nested over 16 levels\n", 16 * strlen(open[kind]) + 1);
            if (depth <= 16)
                assert_memory_equal(found, "1:1 ", 4);
            else
                assert_string_equal(found, expected);
        }
    char *deep = malloc(100000);
    assert_non_null(deep);
    memset(deep, '[', 100000);
    assert_string_equal(read_all((kpi_text){deep, 100000}), "f:1:17: nested over 16 levels\n");
    free(deep);
}

/* ---- many keys ---- */

/* A map of n keys, the last of them once more the key `again` (-1: none). Few keys are compared one by one, many by a
 * dictionary: the limit is at 12. */
static void test_many_keys(void **state) {
    (void)state;
    for (int n = 1; n <= 60; n++)
        for (int again = -1; again < n; again++) {
            char yaml[2048], expected[128];
            size_t at = 0;
            for (int i = 0; i < n; i++) at += (size_t)snprintf(yaml + at, sizeof yaml - at, "key%d: {x: %d}\n", i, i);
            if (again >= 0) snprintf(yaml + at, sizeof yaml - at, "key%d: y\n", again);
            snprintf(expected, sizeof expected, "f:%d:1: key 'key%d' stands on line %d already\n", n + 1, again,
                     again + 1);
            const char *found = read_all(kpi_text_of(yaml));
            if (again >= 0)
                assert_string_equal(found, expected);
            else
                assert_memory_equal(found, "1:1 {1:1 key0: 1:7 {1:8 x: 1:11 0}", 33);
        }
}

/* Two maps with many keys, one inside the other: each has its own. */
static void test_many_keys_nested(void **state) {
    (void)state;
    char yaml[4096];
    size_t at = 0;
    for (int i = 0; i < 30; i++) at += (size_t)snprintf(yaml + at, sizeof yaml - at, "k%d: 0\n", i);
    at += (size_t)snprintf(yaml + at, sizeof yaml - at, "inner:\n");
    for (int i = 0; i < 30; i++) at += (size_t)snprintf(yaml + at, sizeof yaml - at, "  k%d: 0\n", i);
    snprintf(yaml + at, sizeof yaml - at, "k30: 0\nk7: 0\n");
    assert_string_equal(read_all(kpi_text_of(yaml)), "f:63:1: key 'k7' stands on line 8 already\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trees),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_not_yaml),
        cmocka_unit_test(test_documents_before_a_fault),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_many_keys),
        cmocka_unit_test(test_many_keys_nested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
