/* test_sort.c - sort.c: integers and texts in order, against qsort. */
#include "unit.h"

#include <pthread.h>

static int by_key(const void *x, const void *y) { /* and by value, as values ascend where keys are equal */
    const kpi__item *a = x, *b = y;
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    return a->value < b->value ? -1 : a->value > b->value;
}

static int by_size(const void *x, const void *y) {
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return a < b ? -1 : a > b;
}

static void test_integers(void **state) {
    (void)state;
    static kpi__item item[1000], spare[1000], expected[1000];
    static uint64_t word[1000], other[1000], sorted[1000];
    static const uint64_t mask[] = {0, 1, 0xFF, 0xFF00, 0xFF00FF, ~UINT64_C(0), UINT64_C(0xFF) << 56};
    for (size_t round = 0; round < 400; round++) {
        size_t n = random_below(round % 2 ? 100 : COUNT(item));
        uint64_t bits = mask[random_below(COUNT(mask))];
        for (size_t i = 0; i < n; i++) {
            item[i] = (kpi__item){(random_below(UINT32_MAX) * random_below(UINT32_MAX) & bits) | 5, (uint32_t)i};
            expected[i] = item[i];
            word[i] = sorted[i] = (item[i].key << 32 & ~UINT64_C(0xFFFFFFFF)) | i;
        }
        qsort(expected, n, sizeof *expected, by_key);
        kpi__sort_items(item, spare, n);
        for (size_t i = 0; i < n; i++)
            assert_true(item[i].key == expected[i].key && item[i].value == expected[i].value);
        qsort(sorted, n, sizeof *sorted, by_size);
        kpi__sort_words(word, other, n, 32);
        assert_memory_equal(word, sorted, n * sizeof *word);
    }
}

static int by_text(const void *x, const void *y, void *dict) {
    return kpi_text_compare(kpi__dict_key(dict, *(const uint32_t *)x), kpi__dict_key(dict, *(const uint32_t *)y));
}

/* More than a part of them: numbers behind a few words, in any order, and words alone. */
static void test_many_texts(void **state) {
    (void)state;
    enum { MOST = 50000 };
    static uint32_t order[MOST], expected[MOST];
    static const char *const word[] = {"", "a", "zhang.", "zhang.peter.", "\xE6\x9D\x8E", "the-same-twenty-bytes-"};
    for (unsigned round = 0; round < 4; round++) {
        kpi__dict *dict = kpi__dict_new();
        for (uint32_t i = 0; i < MOST; i++) {
            char name[64];
            int n = snprintf(name, sizeof name, "%s%0*u", word[round ? random_below(COUNT(word)) : 5],
                             (int)random_below(3) * 4, (unsigned)random_below(round == 1 ? 300 : 1000000));
            kpi__dict_put(dict, (kpi_text){name, (size_t)n});
        }
        size_t n = kpi__dict_size(dict);
        for (uint32_t i = 0; i < n; i++) expected[i] = i;
        qsort_r(expected, n, sizeof *expected, by_text, dict);
        assert_true(kpi__sort_dict(dict, 1 + round, order));
        assert_memory_equal(order, expected, n * sizeof *order);
        kpi__dict_free(dict);
    }
}

/* Names that agree in many bytes and end at all places of a word. */
/* ---- a small stack ---- */

struct nest {
    const kpi__dict *dict;
    uint32_t *order;
};

static void *sort_nest(void *context) {
    struct nest *nest = context;
    return kpi__sort_dict(nest->dict, 1, nest->order) ? nest : NULL;
}

/* Each name is the start of all that are longer, and each has another beside it: two thousand levels, on a stack that
 * would not hold them. */
static void test_nested_texts(void **state) {
    (void)state;
    enum { LEVELS = 2000, N = 2 * LEVELS, STACK = 1 << 17 };
    static char name[8 * LEVELS + 2];
    static uint32_t order[N];
    kpi__dict *dict = kpi__dict_new();
    struct nest nest = {dict, order};
    pthread_attr_t small;
    pthread_t thread;
    void *done;
    memset(name, 'x', sizeof name);
    for (uint32_t i = 0; i < LEVELS; i++) { /* the longest first: x... before its y */
        size_t length = 8 * (size_t)(LEVELS - i);
        assert_int_equal(kpi__dict_put(dict, (kpi_text){name, length}), 2 * i);
        name[length] = 'y';
        assert_int_equal(kpi__dict_put(dict, (kpi_text){name, length + 1}), 2 * i + 1);
        name[length] = 'x';
    }
    assert_int_equal(pthread_attr_init(&small), 0);
    assert_int_equal(pthread_attr_setstacksize(&small, STACK), 0);
    assert_int_equal(pthread_create(&thread, &small, sort_nest, &nest), 0);
    assert_int_equal(pthread_join(thread, &done), 0);
    pthread_attr_destroy(&small);
    assert_non_null(done);
    for (uint32_t i = 0; i < LEVELS; i++) assert_int_equal(order[i], 2 * (LEVELS - 1 - i));
    for (uint32_t i = 0; i < LEVELS; i++) assert_int_equal(order[LEVELS + i], 2 * i + 1);
    kpi__dict_free(dict);
}

static void test_texts(void **state) {
    (void)state;
    for (size_t round = 0; round < 60; round++) {
        static uint32_t order[3000], expected[3000];
        kpi__dict *dict = kpi__dict_new();
        size_t names = random_below(3000), common = random_below(40), letters = 1 + random_below(4);
        for (size_t i = 0; i < names; i++) {
            char name[64];
            size_t n = 0, length = common + 1 + random_below(20);
            while (n < common) name[n++] = 'x';
            while (n < length) name[n] = (char)(random_below(5) ? 'a' + (int)random_below(letters) : -1), n++;
            kpi__dict_put(dict, (kpi_text){name, n});
        }
        size_t n = kpi__dict_size(dict);
        for (uint32_t i = 0; i < n; i++) expected[i] = i;
        qsort_r(expected, n, sizeof *expected, by_text, dict);
        assert_true(kpi__sort_dict(dict, 2, order));
        assert_memory_equal(order, expected, n * sizeof *order);
        kpi__dict_free(dict);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_integers), cmocka_unit_test(test_texts),
                                       cmocka_unit_test(test_nested_texts), cmocka_unit_test(test_many_texts)};
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
