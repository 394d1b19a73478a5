/* test_dict.c - arenas, dicts, pairs and growing arrays against plain arrays of what was put in. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../libkpi/internal.h"
#include "scarce.h"

/* ---- arena ---- */

static bool all(const char *p, char c, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (p[i] != c) return false;
    return true;
}

/* Objects and texts of all sizes, each filled with a byte of its own, keep it until the end. */
static void test_arena(void **state) {
    (void)state;
    enum { N = 3000 };
    static struct {
        char *ptr;
        size_t size;
        bool text;
    } got[N];
    char source[5000];
    kpi__arena *arena = kpi__arena_new();
    assert_non_null(arena);
    for (size_t i = 0; i < N; i++) {
        size_t size = i % 1000 == 999 ? 3000000 : i % 100 == 99 ? 4096 + i : i * 7 % 300;
        got[i].size = size;
        got[i].text = i % 3 == 0 && size < sizeof source;
        if (got[i].text) {
            memset(source, (char)i, sizeof source);
            got[i].ptr = kpi__arena_text(arena, (kpi_text){source, size});
            assert_non_null(got[i].ptr);
            assert_int_equal(got[i].ptr[size], 0);
        } else {
            got[i].ptr = kpi__arena_get(arena, size);
            assert_non_null(got[i].ptr);
            assert_int_equal((uintptr_t)got[i].ptr % 16, 0);
            assert_true(all(got[i].ptr, 0, size));
            memset(got[i].ptr, (char)i, size);
        }
    }
    for (size_t i = 0; i < N; i++) {
        assert_true(all(got[i].ptr, (char)i, got[i].size));
        assert_true(!got[i].text || !got[i].ptr[got[i].size]);
    }
    kpi__arena_free(arena);
}

static void test_arena_edges(void **state) {
    (void)state;
    kpi__arena *arena = kpi__arena_new();
    assert_null(kpi__arena_get(arena, SIZE_MAX));
    assert_null(kpi__arena_get(arena, SIZE_MAX - 8));
    assert_null(kpi__arena_text(arena, (kpi_text){"", SIZE_MAX}));
    assert_non_null(kpi__arena_get(arena, 100000)); /* larger than the first chunk, before it */
    assert_non_null(kpi__arena_get(arena, 0));
    assert_string_equal(kpi__arena_text(arena, (kpi_text){NULL, 0}), "");
    assert_string_equal(kpi__arena_text(arena, kpi_text_of("张敏")), "张敏");
    kpi__arena_free(arena);
    kpi__arena_free(NULL);
}

static void test_grow(void **state) {
    (void)state;
    uint32_t *array = NULL;
    size_t room = 0;
    for (uint32_t n = 0; n < 1000; n++) {
        assert_true(kpi__grow(&array, n, &room, sizeof *array));
        assert_true(room > n);
        assert_true(all((const char *)(array + n), 0, (room - n) * sizeof *array));
        array[n] = n + 1;
    }
    for (uint32_t n = 0; n < 1000; n++) assert_int_equal(array[n], n + 1);
    size_t before = room;
    assert_false(kpi__grow(&array, SIZE_MAX / 2, &room, sizeof *array)); /* too many bytes to be counted */
    assert_int_equal(room, before);
    assert_int_equal(array[999], 1000);
    free(array);
}

/* ---- dict ---- */

/* Keys of 0..70 bytes that differ in one place only, at every place. */
static size_t near_keys(kpi_text *key, char *memory_of_keys) {
    size_t n = 0;
    for (size_t length = 0; length <= 70; length++) {
        for (size_t at = 0; at <= length; at++, n++) {
            char *text = memory_of_keys + n * 72;
            memset(text, 'a', length);
            if (at < length) text[at] = at % 3 ? 'b' : '\0'; /* any byte may be in a key */
            key[n] = (kpi_text){text, length};
        }
    }
    return n;
}

static void test_dict_near_keys(void **state) {
    (void)state;
    static kpi_text key[3000];
    char *bytes = calloc(3000, 72);
    assert_non_null(bytes);
    size_t n = near_keys(key, bytes);
    kpi__dict *dict = kpi__dict_new();
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(kpi__dict_find(dict, key[i]), KPI__NONE);
        assert_int_equal(kpi__dict_put(dict, key[i]), i);
        assert_int_equal(kpi__dict_put(dict, key[i]), i);
        assert_int_equal(kpi__dict_size(dict), i + 1);
    }
    for (uint32_t i = 0; i < n; i++) {
        kpi_text found = kpi__dict_key(dict, i);
        assert_int_equal(kpi__dict_find(dict, key[i]), i);
        assert_ptr_not_equal(found.ptr, key[i].ptr);
        assert_int_equal(found.len, key[i].len);
        assert_memory_equal(found.ptr, key[i].ptr, found.len);
        assert_int_equal(found.ptr[found.len], 0);
    }
    kpi__dict_free(dict);
    free(bytes);
}

static kpi_text name_of(uint32_t i, char out[32]) {
    int n = i % 2 ? snprintf(out, 32, "C%u", i) : snprintf(out, 32, "delivery/late/%u", i * 7919u);
    return (kpi_text){out, (size_t)n};
}

/* Of names 0 .. n - 1, which are numbers 1 .. n, and as many that are not there, many at once. */
static void find_in_large(kpi__dict *dict, uint32_t n) {
    for (uint32_t from = 0; from < 2 * n; from += KPI__BATCH) {
        static char name[KPI__BATCH + 1][32];
        kpi_text key[KPI__BATCH];
        uint32_t found[KPI__BATCH];
        for (uint32_t i = 0; i < KPI__BATCH; i++) key[i] = name_of(from + i, name[i]);
        kpi__dict_find_many(dict, key, KPI__BATCH, found);
        for (uint32_t i = 0; i < KPI__BATCH; i++)
            assert_int_equal(found[i], from + i < n ? from + i + 1 : KPI__NONE);
    }
}

static void test_dict_many(void **state) {
    (void)state;
    enum { N = 200000 };
    char name[32];
    kpi__dict *dict = kpi__dict_new();
    uint32_t number = kpi__dict_put(dict, kpi_text_of("first"));
    const char *first = kpi__dict_key(dict, number).ptr;
    for (uint32_t i = 0; i < N; i++) assert_int_equal(kpi__dict_put(dict, name_of(i, name)), i + 1);
    for (uint32_t i = 0; i < N; i++) {
        kpi_text key = name_of(i, name);
        assert_int_equal(kpi__dict_find(dict, key), i + 1);
        assert_int_equal(kpi_text_compare(kpi__dict_key(dict, i + 1), key), 0);
        assert_int_equal(kpi__dict_find(dict, name_of(i + N, name)), KPI__NONE);
    }
    assert_int_equal(kpi__dict_size(dict), N + 1);
    assert_ptr_equal(kpi__dict_key(dict, 0).ptr, first); /* stays where it is */
    find_in_large(dict, N);
    kpi__dict_free(dict);
    kpi__dict_free(NULL);
}

static void test_dict_empty_key(void **state) {
    (void)state;
    kpi__dict *dict = kpi__dict_new();
    assert_int_equal(kpi__dict_find(dict, (kpi_text){NULL, 0}), KPI__NONE);
    assert_int_equal(kpi__dict_put(dict, (kpi_text){NULL, 0}), 0);
    assert_int_equal(kpi__dict_put(dict, kpi_text_of("")), 0);
    assert_string_equal(kpi__dict_key(dict, 0).ptr, "");
    kpi__dict_free(dict);
}

/* Keys that are alike in one half only: a hash that can be made to forget the other half would take minutes. */
static void test_dict_one_half(void **state) {
    (void)state;
    enum { N = 100000 };
    for (int half = 0; half < 2; half++) {
        kpi__dict *dict = kpi__dict_new();
        clock_t start = clock();
        for (uint64_t i = 0; i < N; i++) {
            uint64_t word[2] = {0x9e3779b97f4a7c15u, 0x9e3779b97f4a7c15u};
            word[half] = i << 40;
            assert_int_equal(kpi__dict_put(dict, (kpi_text){(const char *)word, sizeof word}), i);
        }
        assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
        kpi__dict_free(dict);
    }
}

/* ---- many at once ---- */

/* Keys at random, known and new, twice in one batch, of all lengths; some are put alone between. */
static void test_dict_put_many(void **state) {
    (void)state;
    enum { N = 3000 };
    static kpi_text known[N];
    char *bytes = calloc(N + 1, 72); /* 16 bytes from the start of the last key can be read */
    assert_non_null(bytes);
    size_t n = near_keys(known, bytes);
    kpi__dict *dict = kpi__dict_new(), *same = kpi__dict_new();
    for (uint64_t round = 0, from = 1; round < 300; round++) {
        kpi_text key[KPI__BATCH];
        uint32_t number[KPI__BATCH], found[KPI__BATCH];
        from = from * 6364136223846793005u + 1442695040888963407u;
        unsigned many = (unsigned)(from >> 33) % (KPI__BATCH + 1);
        for (unsigned i = 0; i < many; i++) {
            from = from * 6364136223846793005u + 1442695040888963407u;
            key[i] = known[(from >> 33) % (n * (round + 1) / 300 + 1) % n];
        }
        uint32_t before = kpi__dict_size(dict);
        kpi__dict_find_many(dict, key, many, found);
        assert_int_equal(kpi__dict_size(dict), before);
        for (unsigned i = 0; i < many; i++) assert_int_equal(found[i], kpi__dict_find(dict, key[i]));
        assert_true(kpi__dict_put_many(dict, key, many, number));
        for (unsigned i = 0; i < many; i++) {
            assert_int_equal(number[i], kpi__dict_put(same, key[i])); /* in order of first sight */
            assert_true(found[i] == number[i] || (found[i] == KPI__NONE && number[i] >= before));
        }
        assert_int_equal(kpi__dict_put(dict, known[round]), kpi__dict_put(same, known[round]));
        assert_int_equal(kpi__dict_size(dict), kpi__dict_size(same));
    }
    for (uint32_t i = 0; i < kpi__dict_size(same); i++)
        assert_int_equal(kpi_text_compare(kpi__dict_key(dict, i), kpi__dict_key(same, i)), 0);
    kpi__dict_free(dict);
    kpi__dict_free(same);
    free(bytes);
}

/* ---- several threads ---- */

enum { SHARERS = 4, SHARED = 3000, NAMES = 20000 };
struct sharer {
    kpi__dict *dict;
    const kpi_text *key; /* SHARED near ones, then many names */
    uint32_t number[SHARED + NAMES];
    unsigned start;
    bool done;
};

/* All keys, those of a batch anywhere among them. */
static void *put_all(void *context) {
    struct sharer *s = context;
    enum { N = SHARED + NAMES, STEP = 7919 };
    s->done = true;
    for (unsigned i = 0, n; i < N; i += n) {
        kpi_text key[KPI__BATCH];
        uint32_t number[KPI__BATCH];
        n = N - i < KPI__BATCH ? N - i : KPI__BATCH - i % 3;
        for (unsigned k = 0; k < n; k++) key[k] = s->key[(s->start + (i + k) * (size_t)STEP) % N];
        s->done &= kpi__dict_put_shared(s->dict, key, n, number);
        for (unsigned k = 0; k < n; k++) s->number[(s->start + (i + k) * (size_t)STEP) % N] = number[k];
    }
    return NULL;
}

/* Whoever puts a key first, all have the same number for it, and numbers have no gap. */
static void test_dict_put_shared(void **state) {
    (void)state;
    static struct sharer sharer[SHARERS];
    static kpi_text key[SHARED + NAMES];
    static char name[NAMES][32];
    static const char *text[SHARED + NAMES];
    pthread_t thread[SHARERS];
    char *bytes = calloc(SHARED + 1, 72);
    assert_non_null(bytes);
    size_t near = near_keys(key, bytes);
    for (size_t i = near; i < SHARED; i++) key[i] = key[i - near];
    for (uint32_t i = 0; i < NAMES; i++) key[SHARED + i] = name_of(i, name[i]);
    kpi__dict *dict = kpi__dict_new();
    for (unsigned i = 0; i < SHARERS; i++) {
        sharer[i].dict = dict, sharer[i].key = key, sharer[i].start = i * 5501;
        assert_int_equal(pthread_create(&thread[i], NULL, put_all, &sharer[i]), 0);
    }
    for (unsigned i = 0; i < SHARERS; i++) assert_int_equal(pthread_join(thread[i], NULL), 0);
    assert_int_equal(kpi__dict_size(dict), near + NAMES);
    for (unsigned i = 0; i < SHARERS; i++) assert_true(sharer[i].done);
    for (size_t k = 0; k < SHARED + NAMES; k++) {
        assert_int_equal(sharer[0].number[k], kpi__dict_find(dict, key[k]));
        assert_true(sharer[0].number[k] < near + NAMES);
        for (unsigned i = 1; i < SHARERS; i++) assert_int_equal(sharer[i].number[k], sharer[0].number[k]);
    }
    kpi__dict_texts(dict, sharer[0].number, SHARED + NAMES, text);
    for (size_t k = 0; k < SHARED + NAMES; k++) assert_memory_equal(text[k], key[k].ptr, key[k].len);
    kpi__dict_free(dict);
    free(bytes);
}

/* Pairs of which some are put alone and may be far larger; the numbers may take the place of one side. */
static void test_pairs_put_many(void **state) {
    (void)state;
    static const uint64_t limits[][2] = {
        {2, 3}, {300, 7}, {7, 300}, {1000, 1000}, {100000, 5}, {5, 1u << 20}, {(uint64_t)1 << 32, (uint64_t)1 << 32}};
    for (unsigned kind = 0; kind < 6 * KPI__COUNT(limits); kind++) {
        kpi__pairs *pairs = kpi__pairs_new(), *same = kpi__pairs_new();
        uint64_t from = kind + 1;
        for (unsigned round = 0; round < 60; round++) {
            uint32_t a[KPI__BATCH], b[KPI__BATCH], expected[KPI__BATCH], number[KPI__BATCH];
            for (unsigned i = 0; i < KPI__BATCH; i++) {
                from = from * 6364136223846793005u + 1442695040888963407u;
                a[i] = (uint32_t)((from >> 31) % limits[kind / 6][0]);
                from = from * 6364136223846793005u + 1442695040888963407u;
                b[i] = (uint32_t)((from >> 31) % limits[kind / 6][1]);
                if (round % 10 == 9 && i == 100) a[i] = kind % 2 ? UINT32_MAX : 5000;
                if (round % 20 == 9 && i == 100) b[i] = kind % 2 ? UINT32_MAX : 3000;
            }
            if (kind % 3 == round % 2) { /* one alone */
                uint32_t x = a[7] + (kind % 2) * 100, y = b[9] * 3 + 1;
                assert_int_equal(kpi__pairs_put(pairs, x, y), kpi__pairs_put(same, x, y));
            }
            for (unsigned i = 0; i < KPI__BATCH; i++) expected[i] = kpi__pairs_put(same, a[i], b[i]);
            uint32_t *out = round % 3 == 0 ? a : round % 3 == 1 ? b : number;
            assert_true(kpi__pairs_put_many(pairs, a, b, 0, out));
            assert_true(kpi__pairs_put_many(pairs, a, b, KPI__BATCH, out));
            assert_memory_equal(out, expected, sizeof expected);
            assert_int_equal(kpi__pairs_size(pairs), kpi__pairs_size(same));
        }
        for (uint32_t i = 0; i < kpi__pairs_size(same); i++) {
            uint32_t a, b;
            kpi__pairs_key(same, i, &a, &b);
            assert_int_equal(kpi__pairs_find(pairs, a, b), i);
        }
        kpi__pairs_free(pairs);
        kpi__pairs_free(same);
    }
}

/* ---- pairs ---- */

static void test_pairs(void **state) {
    (void)state;
    enum { A = 700, B = 300 };
    kpi__pairs *pairs = kpi__pairs_new();
    uint32_t a, b;
    assert_int_equal(kpi__pairs_find(pairs, 0, 0), KPI__NONE);
    for (uint32_t i = 0; i < A * B; i++) {
        assert_int_equal(kpi__pairs_put(pairs, i / B, i % B), i);
        assert_int_equal(kpi__pairs_put(pairs, i / B, i % B), i);
    }
    assert_int_equal(kpi__pairs_put(pairs, UINT32_MAX, UINT32_MAX), A * B);
    assert_int_equal(kpi__pairs_size(pairs), A * B + 1);
    for (uint32_t i = 0; i < A * B; i++) {
        assert_int_equal(kpi__pairs_find(pairs, i / B, i % B), i);
        kpi__pairs_key(pairs, i, &a, &b);
        assert_int_equal(a, i / B);
        assert_int_equal(b, i % B);
    }
    assert_int_equal(kpi__pairs_find(pairs, A, 0), KPI__NONE);
    assert_int_equal(kpi__pairs_find(pairs, 0, A), KPI__NONE);
    kpi__pairs_key(pairs, A * B, &a, &b);
    assert_int_equal(a, UINT32_MAX);
    assert_int_equal(b, UINT32_MAX);
    kpi__pairs_free(pairs);
    kpi__pairs_free(NULL);
}

/* ---- no memory ---- */

static bool arena_with_little(void *context) {
    (void)context;
    int missed = 0;
    kpi__arena *arena = kpi__arena_new();
    for (size_t i = 0; i < 200 && arena; i++) {
        missed += !kpi__arena_get(arena, i % 50 ? 100 : 10000);
        missed += !kpi__arena_text(arena, kpi_text_of("text"));
    }
    kpi__arena_free(arena);
    return missed || !arena;
}

/* What is not taken is not there; what was there stays, and once there is memory all goes on. */
static bool dict_with_little(void *context) {
    (void)context;
    char name[32];
    uint32_t known = 0, missed = 0;
    kpi__dict *dict = kpi__dict_new();
    for (uint32_t i = 0; i < 500 && dict; i++) {
        uint32_t number = kpi__dict_put(dict, name_of(i, name));
        assert_true(number == known || number == KPI__NONE);
        assert_int_equal(kpi__dict_find(dict, name_of(i, name)), number);
        known += number != KPI__NONE;
        missed += number == KPI__NONE;
    }
    if (dict) {
        assert_int_equal(kpi__dict_size(dict), known);
        memory = -1;
        for (uint32_t i = 0; i < 500; i++) assert_true(kpi__dict_put(dict, name_of(i, name)) < 500);
        assert_int_equal(kpi__dict_size(dict), 500);
    }
    kpi__dict_free(dict);
    return missed || !dict;
}

static bool pairs_with_little(void *context) {
    (void)context;
    uint32_t known = 0, missed = 0;
    kpi__pairs *pairs = kpi__pairs_new();
    for (uint32_t i = 0; i < 500 && pairs; i++) {
        uint32_t number = kpi__pairs_put(pairs, i, ~i);
        assert_true(number == known || number == KPI__NONE);
        assert_int_equal(kpi__pairs_find(pairs, i, ~i), number);
        known += number != KPI__NONE;
        missed += number == KPI__NONE;
    }
    assert_true(!pairs || kpi__pairs_size(pairs) == known);
    kpi__pairs_free(pairs);
    return missed || !pairs;
}

static bool grow_with_little(void *context) {
    (void)context;
    uint64_t *array = NULL;
    size_t n = 0, room = 0;
    bool good = true;
    for (; n < 500 && good; n += good) {
        good = kpi__grow(&array, n, &room, sizeof *array);
        if (good) array[n] = n;
    }
    for (size_t i = 0; i < n; i++) assert_int_equal(array[i], i);
    free(array);
    return !good;
}

static void test_out_of_memory(void **state) {
    (void)state;
    static bool (*const work[])(void *) = {arena_with_little, dict_with_little, pairs_with_little, grow_with_little};
    for (size_t i = 0; i < KPI__COUNT(work); i++) exhaust(work[i], NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena),         cmocka_unit_test(test_arena_edges),
        cmocka_unit_test(test_grow),          cmocka_unit_test(test_dict_near_keys),
        cmocka_unit_test(test_dict_many),     cmocka_unit_test(test_dict_empty_key),
        cmocka_unit_test(test_dict_one_half), cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_dict_put_many), cmocka_unit_test(test_pairs_put_many),
        cmocka_unit_test(test_out_of_memory), cmocka_unit_test(test_dict_put_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
