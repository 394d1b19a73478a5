/* test_bag.c - bag.c: the distinct members of groups, against plain sets. */
#include "unit.h"

static int by_number(const void *x, const void *y) {
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

/* Sorts and drops doubles, in place. */
static size_t distinct(uint64_t *member, size_t n) {
    size_t left = 0;
    qsort(member, n, sizeof *member, by_number);
    for (size_t i = 0; i < n; i++)
        if (!i || member[i] != member[i - 1]) member[left++] = member[i];
    return left;
}

static void expect_set(kpi__bags *bags, uint32_t group, const uint64_t *sorted, size_t n) {
    const uint64_t *found = NULL;
    assert_int_equal(kpi__bags_count(bags, group), n);
    size_t all = kpi__bags_members(bags, group, &found);
    assert_true(all >= n && all <= 2 * n + 140); /* doubles are dropped now and then */
    uint64_t *copy = malloc(all * sizeof *copy + 1);
    assert_non_null(copy);
    if (all) memcpy(copy, found, all * sizeof *copy);
    assert_int_equal(distinct(copy, all), n);
    if (n) assert_memory_equal(copy, sorted, n * sizeof *copy);
    free(copy);
}

/* Any number, in parts of a batch. */
static void add_all(kpi__bags *bags, uint32_t group, const uint64_t *member, size_t n) {
    uint32_t same[KPI__BATCH];
    for (size_t i = 0; i < KPI__BATCH; i++) same[i] = group;
    for (size_t at = 0, part; at < n; at += part) {
        part = n - at < KPI__BATCH ? n - at : KPI__BATCH;
        assert_true(kpi__bags_add(bags, same, member + at, (unsigned)part));
    }
}

/* 1..n members, of which some are distinct: all counts around chunks and limits. */
static void test_limits(void **state) {
    (void)state;
    static const size_t kinds[] = {1, 2, 6, 7, 8, 62, 63, 64, 125, 126, 127, 128, 133, 252, 253, 1000};
    for (size_t k = 0; k < COUNT(kinds); k++) {
        kpi__bags *bags = kpi__bags_new();
        uint64_t sorted[1000];
        for (size_t i = 0; i < 1000; i++) sorted[i] = (i + 1) << 40 | (i + 1);
        for (size_t n = 1; n <= 600; n++) {
            uint32_t group = 3;
            assert_true(kpi__bags_add(bags, &group, &sorted[(n - 1) % kinds[k]], 1));
            if (n < 300 || n % 50 < 20) expect_set(bags, 3, sorted, n < kinds[k] ? n : kinds[k]);
        }
        expect_set(bags, 0, NULL, 0);
        expect_set(bags, 4, NULL, 0);
        expect_set(bags, 1000000, NULL, 0);
        kpi__bags_free(bags);
    }
    kpi__bags_free(NULL);
}

enum { GROUPS = 300, ADDED = 200000 };

/* Groups of very different sizes: a few members, many doubles, all distinct. */
static uint64_t any_member(uint32_t group) {
    uint64_t kinds = group % 3 == 0 ? 5 : group % 3 == 1 ? 200 : 1u << 30;
    return (random_below(kinds) + 1) * (group % 2 ? 0x100000000u : 1);
}

static void test_random_groups(void **state) {
    (void)state;
    static uint32_t group[ADDED];
    static uint64_t member[ADDED], own[ADDED];
    kpi__bags *bags = kpi__bags_new();
    for (size_t i = 0; i < ADDED; i++) {
        group[i] = (uint32_t)(random_below(GROUPS) * random_below(GROUPS) / GROUPS);
        member[i] = any_member(group[i]);
    }
    for (size_t at = 0, part; at < ADDED; at += part) {
        part = 1 + random_below(KPI__BATCH);
        if (part > ADDED - at) part = ADDED - at;
        assert_true(kpi__bags_add(bags, group + at, member + at, (unsigned)part));
    }
    assert_true(kpi__bags_add(bags, group, member, 0));
    for (uint32_t g = 0; g < GROUPS; g++) {
        size_t n = 0;
        for (size_t i = 0; i < ADDED; i++)
            if (group[i] == g) own[n++] = member[i];
        expect_set(bags, g, own, distinct(own, n));
    }
    kpi__bags_free(bags);
}

static void test_large_group(void **state) {
    (void)state;
    enum { N = 100000 };
    uint64_t *member = malloc(3 * N * sizeof *member);
    assert_non_null(member);
    for (int kind = 0; kind < 3; kind++) {
        kpi__bags *bags = kpi__bags_new();
        for (size_t i = 0; i < 3 * N; i++) /* in a row, shuffled, alike in the lower half */
            member[i] = kind == 0 ? i % N + 1 : kind == 1 ? i * 48271 % N + 1 : (uint64_t)(i % N + 1) << 32 | 7;
        add_all(bags, 7, member, 3 * N);
        expect_set(bags, 7, member, distinct(member, 3 * N));
        assert_int_equal(kpi__bags_count(bags, 7), N);
        kpi__bags_free(bags);
    }
    free(member);
}

/* What one has is added to another: the union, however often. */
static void test_merging(void **state) {
    (void)state;
    enum { N = 5000 };
    static uint64_t both[2 * N];
    kpi__bags *a = kpi__bags_new(), *b = kpi__bags_new();
    for (size_t i = 0; i < 2 * N; i++) both[i] = 1 + random_below(6000);
    add_all(a, 1, both, N);
    add_all(b, 2, both + N, N);
    size_t n = distinct(both, 2 * N);
    for (int round = 0; round < 4; round++) {
        const uint64_t *found;
        size_t m = kpi__bags_members(b, 2, &found);
        add_all(a, 1, found, m);
        expect_set(a, 1, both, n);
    }
    kpi__bags_free(a);
    kpi__bags_free(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_random_groups),
        cmocka_unit_test(test_large_group),
        cmocka_unit_test(test_merging),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
