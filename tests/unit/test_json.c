/* test_json.c - json.c: texts written, values read back, everything else refused. */
#include "unit.h"

static char *written(kpi_text text, bool safe) {
    static char out[512];
    *kpi__json_write(out, text, safe) = 0;
    return out;
}

static void test_write(void **state) {
    (void)state;
    assert_string_equal(written(TEXT(""), false), "\"\"");
    assert_string_equal(written(TEXT("a \"b\" 张🙂"), false), "\"a \\\"b\\\" 张🙂\"");
    assert_string_equal(written(TEXT("t\\tn\\nr\\rb\\\\"), false), "\"t\\tn\\nr\\rb\\\\\""); /* line form */
    assert_string_equal(written(TEXT("\\x\\"), false), "\"\\\\x\\\\\"");                     /* no pairs of it */
    assert_string_equal(written(TEXT("\x01\x7f\xc2\x85\xff"), false), "\"\\u0001\\u007f\\u0085\\ufffd\"");
    assert_string_equal(written(TEXT("\xe2\x80\xae"), false), "\"\xe2\x80\xae\"");
    assert_string_equal(written(TEXT("\xe2\x80\xae"), true), "\"\\u202e\"");
    kpi__buffer b = {0};
    kpi__json_put(&b, TEXT(""));
    kpi__json_put(&b, TEXT("a"));
    assert_string_equal(b.ptr, "null\"a\"");
    assert_int_equal(b.len, 7);
    free(b.ptr);
}

/* The value as text: numbers as written, texts in <>, words, lists and objects as in JSON. */
static void put(kpi__buffer *b, const kpi__json *value) {
    static const char *const word[] = {"null", "false", "true"};
    if (value->key.len) kpi__buffer_print(b, "%.*s=", (int)value->key.len, value->key.ptr);
    switch (value->kind) {
    case KPI__JSON_NUMBER:
        kpi__buffer_print(b, "%.*s", (int)value->text.len, value->text.ptr);
        break;
    case KPI__JSON_TEXT:
        assert_int_equal(value->text.ptr[value->text.len], 0);
        kpi__buffer_print(b, "<%s>", value->text.ptr);
        break;
    case KPI__JSON_LIST:
    case KPI__JSON_OBJECT:
        kpi__buffer_put(b, value->kind == KPI__JSON_LIST ? "[" : "{");
        for (const kpi__json *one = value->child; one; one = one->next) {
            put(b, one);
            if (one->next) kpi__buffer_put(b, ",");
        }
        kpi__buffer_put(b, value->kind == KPI__JSON_LIST ? "]" : "}");
        break;
    default:
        kpi__buffer_put(b, word[value->kind]);
    }
}

static void expect(kpi_text json, const char *value) {
    const char *fault;
    kpi__buffer b = {0};
    kpi__arena *arena = kpi__arena_new();
    const kpi__json *read = kpi__json_read(arena, json, &fault);
    if (read) put(&b, read);
    else kpi__buffer_print(&b, "! %s", fault);
    assert_string_equal(b.ptr, value);
    free(b.ptr);
    kpi__arena_free(arena);
}

static void test_read(void **state) {
    (void)state;
    expect(TEXT("null"), "null");
    expect(TEXT(" [true , false,\t-0.50, 0, 123456789012345678901234567890.1] "),
           "[true,false,-0.50,0,123456789012345678901234567890.1]");
    expect(TEXT("{\"a\":1,\"b\":{\"c\":[],\"d\":{}}}"), "{a=1,b={c=[],d={}}}");
    expect(TEXT("\"\\\"\\\\\\/\\t\\n\\r张\""), "<\"\\\\/\\t\\n\\r张>");
    expect(TEXT("\"\\u0041\\u00E9\\u5f20\\uD83D\\ude42\""), "<Aé张🙂>");
}

static void test_refused(void **state) {
    (void)state;
    static const struct { kpi_text json; const char *fault; } cases[] = {
        {TEXT(""), "! not a value"},
        {TEXT("nul"), "! not a value"},
        {TEXT("nulls"), "! not a value"},
        {TEXT("01"), "! not a value"},
        {TEXT("-"), "! not a value"},
        {TEXT("+1"), "! not a value"},
        {TEXT(".5"), "! not a value"},
        {TEXT("5."), "! not a value"},
        {TEXT("1.2.3"), "! not a value"},
        {TEXT("1e5"), "! not a value"},
        {TEXT("NaN"), "! not a value"},
        {TEXT("1 2"), "! more than one value"},
        {TEXT("[1"), "! a list or object without end"},
        {TEXT("[1 2]"), "! a list or object without end"},
        {TEXT("[1,]"), "! not a value"},
        {TEXT("{\"a\":1"), "! a list or object without end"},
        {TEXT("{\"a\":1]"), "! a list or object without end"},
        {TEXT("{a:1}"), "! not a key"},
        {TEXT("{\"a\" 1}"), "! a key without a value"},
        {TEXT("{\"a\":1,\"a\":1}"), "! a key that was there before"},
        {TEXT("{\"a\":1,\"\\u0061\":1}"), "! a key that was there before"},
        {TEXT("\"a"), "! a text without end"},
        {TEXT("\"a\\"), "! not an escape of a text"},
        {TEXT("\"\\b\""), "! not an escape of a text"},
        {TEXT("\"\\u12\""), "! not an escape of a text"},
        {TEXT("\"\\u12g4\""), "! not an escape of a text"},
        {TEXT("\"\\u0000\""), "! not an escape of a text"},
        {TEXT("\"\\ud800\""), "! not an escape of a text"},
        {TEXT("\"\\ud800\\n1234\""), "! not an escape of a text"},
        {TEXT("\"\\ud800\\u0041\""), "! not an escape of a text"},
        {TEXT("\"\\udc00\\ud800\""), "! not an escape of a text"},
        {TEXT("\"\xff\""), "! not a text"},
        {TEXT("\"\x01\""), "! not a text"},
        {TEXT("\"\0\""), "! not a text"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) expect(cases[i].json, cases[i].fault);
}

static void test_limits(void **state) {
    (void)state;
    char deep[64] = "", keys[2048] = "{";
    for (int i = 0; i < KPI__DEPTH - 1; i++) strcat(deep, "[");
    for (int i = 0; i < KPI__DEPTH - 1; i++) strcat(deep, "]");
    expect(kpi_text_of(deep), deep);
    char deeper[80];
    snprintf(deeper, sizeof deeper, "[[%s]]", deep);
    expect(kpi_text_of(deeper), "! nested too deeply");
    for (int i = 0; i < KPI__JSON_KEYS; i++) sprintf(keys + strlen(keys), "%s\"%d\":0", i ? "," : "", i);
    const char *fault;
    kpi__arena *arena = kpi__arena_new();
    strcat(keys, "}");
    assert_non_null(kpi__json_read(arena, kpi_text_of(keys), &fault));
    strcpy(strchr(keys, '}'), ",\"x\":0}");
    assert_null(kpi__json_read(arena, kpi_text_of(keys), &fault));
    assert_string_equal(fault, "too many keys");
    kpi__arena_free(arena);
}

static void test_get(void **state) {
    (void)state;
    const char *fault;
    kpi__arena *arena = kpi__arena_new();
    const kpi__json *object = kpi__json_read(arena, TEXT("{\"a\":null,\"b\":[1]}"), &fault);
    assert_null(kpi__json_get(object, "a"));
    assert_null(kpi__json_get(object, "c"));
    assert_int_equal(kpi__json_get(object, "b")->kind, KPI__JSON_LIST);
    assert_null(kpi__json_get(kpi__json_get(object, "b"), ""));
    kpi__arena_free(arena);
}

/* Whatever the bytes, it ends, and what it takes is what it is. */
static void test_chance(void **state) {
    (void)state;
    static const char letters[] = "{}[]\",:\\u0dtn1-. \xe5\xbc\xa0";
    for (int i = 0; i < 20000; i++) {
        char json[40];
        size_t n = (size_t)random_below(sizeof json);
        for (size_t k = 0; k < n; k++) json[k] = letters[random_below(sizeof letters - 1)];
        const char *fault = "";
        kpi__arena *arena = kpi__arena_new();
        char *exact = malloc(n ? n : 1);
        memcpy(exact, json, n);
        const kpi__json *value = kpi__json_read(arena, (kpi_text){exact, n}, &fault);
        assert_true(value ? !fault : fault && *fault);
        free(exact);
        kpi__arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write),  cmocka_unit_test(test_read), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_limits), cmocka_unit_test(test_get),  cmocka_unit_test(test_chance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
