/* test_node.c - node.c: members of structs out of nodes of YAML, by a table of keys made up for the purpose. */
#include "unit.h"

struct thing {
    const char *name, *prose;
    kpi_decimal number;
    kpi_day day;
    bool flag;
    int many;
};

static int read_many(kpi__reading *r, const kpi__node *node, void *into) {
    kpi_decimal *item;
    size_t n;
    bool map = node->key && strcmp(node->key->text, "map") == 0;
    int code = kpi__read_many(r, node, map ? KPI__MAP : KPI__LIST, map ? "a map" : "a list", sizeof *item, &item, &n);
    if (code) return code;
    for (size_t i = 0; i < n; i++) assert_true(item[i] == 0); /* the array is zeroed */
    *(int *)into += (int)n;
    return KPI_OK;
}

#define KEY(member, read, required) \
    { #member, read, offsetof(struct thing, member), required }
static const kpi__key keys[] = {KEY(name, kpi__read_name, true),
                                KEY(prose, kpi__read_prose, false),
                                KEY(number, kpi__read_number, false),
                                KEY(day, kpi__read_day, false),
                                KEY(flag, kpi__read_flag, false),
                                {"list", read_many, offsetof(struct thing, many), false},
                                {"map", read_many, offsetof(struct thing, many), false},
                                {"unread", NULL, 0, false}};

/* What comes of a document: the members as text, or the fault. */
static const char *read_thing(const char *text) {
    static char out[KPI_ERROR_SIZE];
    struct thing thing = {.name = "", .prose = ""};
    kpi_error error = {0};
    kpi__yaml *yaml;
    kpi__node *root;
    uint32_t seen = 0xFFFFFFFF;
    char value[KPI_NUMBER_SIZE], date[KPI_PERIOD_SIZE];
    kpi__arena *arena = kpi__arena_new();
    kpi__reading reading = {.arena = arena, .file = "f", .e = &error};
    assert_non_null(arena);
    expect_ok(kpi__yaml_open(&yaml, "f", kpi_text_of(text), &error), &error);
    expect_ok(kpi__yaml_next(yaml, &root, &error), &error);
    int code = kpi__read_map(&reading, root, "a thing", keys, COUNT(keys), &thing, &seen);
    kpi__yaml_free(yaml); /* what was read is kept in the arena */
    kpi_decimal_format(thing.number, KPI_EXACT, value);
    kpi_day_format(thing.day, date);
    if (code) {
        assert_int_equal(error.code, KPI_DATA);
        snprintf(out, sizeof out, "%s", shown(&error));
    } else
        snprintf(out, sizeof out, "%02X %s|%s|%s|%s|%d|%d", seen, thing.name, thing.prose, value, date, thing.flag,
                 thing.many);
    kpi__arena_free(arena);
    return out;
}

static void test_maps(void **state) {
    (void)state;
    static const struct {
        const char *yaml, *read; /* the bits of the keys seen, in hexadecimal, and the members */
    } cases[] = {
        {"name: a\n", "01 a||0|1970-01-01|0|0"},
        {"flag: true\nday: 2026-10-05\nnumber: -1.5\nprose: 'x y'\nname: b\n", "1F b|x y|-1.5|2026-10-05|1|0"},
        {"name: a\nflag: false\n", "11 a||0|1970-01-01|0|0"},
        {"name: a\nunread: [what, ever]\n", "81 a||0|1970-01-01|0|0"},
        {"name: a\nlist: [1, 2, 3]\nmap: {x: 1}\n", "61 a||0|1970-01-01|0|4"},
        {"name: 王\\丽\nprose: \"a\\tb\\nc\\\\d\"\n", "03 王\\\\丽|a\\tb\\nc\\\\d|0|1970-01-01|0|0"}, /* line form */
        {"name: \"010\"\nprose: \" # x \"\n", "03 010| # x |0|1970-01-01|0|0"},
        {"name: a\nnumber: '010'\n", "05 a||10|1970-01-01|0|0"},
        /* maps */
        {"a\n", "f:1:1: a thing must be a map of keys"},
        {"- name\n", "f:1:1: a thing must be a map of keys"},
        {"name: a\nnames: b\n", "f:2:1: unknown key of a thing: 'names'"},
        {"nam\xC3\xA9: a\n", "f:1:1: unknown key of a thing: 'namé'"},
        {"# x\nflag: true\n", "f:2:1: a thing lacks the key 'name'"},
        {"{}\n", "f:1:1: a thing lacks the key 'name'"},
        /* scalars */
        {"name:\n", "f:1:6: 'name' is empty"},
        {"name: ''\n", "f:1:7: 'name' is empty"},
        {"name: [a]\n", "f:1:7: 'name' must be one value"},
        {"name: {a: b}\n", "f:1:7: 'name' must be one value"},
        {"name: ' a'\n", NULL},
        {"name: \"a\\nb\"\n", NULL},
        {"name: '#a'\n", NULL},
        {"name: a\nprose: ''\n", "f:2:8: 'prose' is empty"},
        {"name: a\nprose: []\n", "f:2:8: 'prose' must be one value"},
        {"name: a\nnumber: 12,5\n", "f:2:9: not a number: '12,5'"},
        {"name: a\nnumber: 1e3\n", "f:2:9: not a number: '1e3'"},
        {"name: a\nnumber: [1]\n", "f:2:9: 'number' must be one value"},
        {"name: a\nday: 2026-02-30\n", "f:2:6: not a date: '2026-02-30'"},
        {"name: a\nday: 2026-10-05T10:00Z\n", "f:2:6: not a date: '2026-10-05T10:00Z'"}, /* a day, nothing more */
        {"name: a\nday: 2026-10\n", "f:2:6: not a date: '2026-10'"},
        {"name: a\nday: {}\n", "f:2:6: 'day' must be one value"},
        {"name: a\nflag: yes\n", "f:2:7: neither true nor false: 'yes'"},
        {"name: a\nflag: True\n", "f:2:7: neither true nor false: 'True'"},
        {"name: a\nflag:\n", "f:2:6: 'flag' is empty"},
        {"name: a\nflag: []\n", "f:2:7: 'flag' must be one value"},
        /* many */
        {"name: a\nlist: []\n", "f:2:7: a list is empty"},
        {"name: a\nlist: {x: 1}\n", "f:2:7: a list must be a list"},
        {"name: a\nlist: 1\n", "f:2:7: a list must be a list"},
        {"name: a\nmap: {}\n", "f:2:6: a map is empty"},
        {"name: a\nmap: [1]\n", "f:2:6: a map must be a map"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *found = read_thing(cases[i].yaml);
        if (cases[i].read)
            assert_string_equal(found, cases[i].read);
        else
            assert_memory_equal(found, "f:1:7: ", 7); /* the words are those of kpi_name_fault */
    }
}

static void test_without_seen(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi__yaml *yaml;
    kpi__node *root;
    struct thing thing = {0};
    kpi__arena *arena = kpi__arena_new();
    kpi__reading reading = {.arena = arena, .file = "f", .e = &error};
    expect_ok(kpi__yaml_open(&yaml, "f", TEXT("name: a\nnumber: 3\n"), &error), &error);
    expect_ok(kpi__yaml_next(yaml, &root, &error), &error);
    expect_ok(kpi__read_map(&reading, root, "a thing", keys, COUNT(keys), &thing, NULL), &error);
    expect_decimal(thing.number, "3");
    assert_int_equal(kpi__node_children(root), 2);
    assert_int_equal(kpi__node_children(root->child), 0);
    assert_ptr_equal(kpi__node_child(root, "number"), root->child->next);
    assert_null(kpi__node_child(root, "numbe"));
    assert_null(kpi__node_child(root->child, "a"));
    kpi_place place = kpi__node_place(&reading, root->child->next);
    assert_true(place.line == 2 && place.column == 9 && !strcmp(place.file, "f"));
    kpi__yaml_free(yaml);
    kpi__arena_free(arena);
}

/* Items of lists have no key: messages call them so. */
static void test_items(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi__yaml *yaml;
    kpi__node *root;
    kpi_decimal value;
    kpi__reading reading = {.file = "f", .e = &error};
    expect_ok(kpi__yaml_open(&yaml, "f", TEXT("- []\n- ''\n"), &error), &error);
    expect_ok(kpi__yaml_next(yaml, &root, &error), &error);
    expect_failure(kpi__read_number(&reading, root->child, &value), KPI_DATA, &error,
                   "f:1:3: 'item' must be one value");
    expect_failure(kpi__read_number(&reading, root->child->next, &value), KPI_DATA, &error, "f:2:3: 'item' is empty");
    expect_failure(kpi__fail_node(&reading, root, "%d %%", 5), KPI_DATA, &error, "f:1:1: 5 %");
    kpi__yaml_free(yaml);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_maps), cmocka_unit_test(test_without_seen),
                                       cmocka_unit_test(test_items)};
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
