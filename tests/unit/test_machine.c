/* test_machine.c - machine.c: pages, pieces of work, turns. */
#include "unit.h"

static void test_pages(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 4096, 4097, (4u << 20) - 1, 4u << 20, (4u << 20) + 1, 6291456, 9000001};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        unsigned char *p = kpi__pages_get(sizes[i]);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 64, 0);
        for (size_t k = 0; k < sizes[i]; k++) {
            if (p[k]) fail_msg("%zu bytes: not zero at %zu", sizes[i], k);
            p[k] = 0xFF;
        }
        kpi__pages_free(p, sizes[i]);
    }
    kpi__pages_free(NULL, 5);
    assert_null(kpi__pages_get(SIZE_MAX));
    assert_null(kpi__pages_get(SIZE_MAX / 2));
}

static void count(void *context, size_t i) { __atomic_add_fetch((unsigned *)context + i, 1, __ATOMIC_RELAXED); }

static void test_pieces(void **state) {
    (void)state;
    for (unsigned threads = 0; threads < 70; threads += threads < 4 ? 1 : 33)
        for (size_t n = 0; n < 300; n += n < 5 ? 1 : 97) {
            unsigned done[300] = {0};
            kpi__each_piece(n, threads, count, done);
            for (size_t i = 0; i < COUNT(done); i++) assert_int_equal(done[i], i < n);
        }
}

/* Pieces that pass a turn on do so in their order, and those under way are neighbours. */
struct passing {
    kpi__turns *turns;
    size_t passed, started;
    unsigned threads;
};

static void take_turn(void *context, size_t i) {
    struct passing *p = context;
    size_t started = __atomic_add_fetch(&p->started, 1, __ATOMIC_RELAXED);
    assert_true(started <= i + p->threads);
    kpi__turn_await(p->turns, i);
    kpi__turn_await(p->turns, i); /* it still is */
    assert_int_equal(p->passed, i);
    p->passed++;
    kpi__turn_pass(p->turns);
}

static void test_turns(void **state) {
    (void)state;
    for (unsigned threads = 1; threads < 9; threads++) {
        struct passing p = {kpi__turns_new(), 0, 0, threads};
        assert_non_null(p.turns);
        kpi__each_piece(1000, threads, take_turn, &p);
        assert_int_equal(p.passed, 1000);
        kpi__turns_free(p.turns);
    }
    kpi__turns_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pages), cmocka_unit_test(test_pieces),
                                       cmocka_unit_test(test_turns)};
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
