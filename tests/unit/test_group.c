/* test_group.c - group.c: numbers, codes, counts, merging and sorting of groups, against plain arrays. */
#include "unit.h"

enum { MOST_GROUPS = 4000 };

static uint32_t code_of(kpi__groups *g, size_t key, const char *text) {
    return kpi__dict_put(kpi__groups_texts(g, key), kpi_text_of(text));
}

/* The text of key k of group number n. Some are prefixes of others, some have bytes from 0x80 on. */
static const char *name(size_t n, size_t k, char out[64]) {
    static const char *const tails[] = {"", "a", "王", "\x7F", " 1", "and a text that is longer than sixteen bytes"};
    size_t mixed = (n * 2654435761u >> 7) + k * 31;
    snprintf(out, 64, "%zu%s", n % (k * 7 + 3) / (k % 3 + 1), tails[mixed % (k + 2) % COUNT(tails)]);
    return out;
}

static uint32_t put_named(kpi__groups *g, size_t keys, size_t n) {
    uint32_t code[KPI__KEYS];
    char text[64];
    for (size_t k = 0; k < keys; k++) code[k] = code_of(g, k, name(n, k, text));
    return kpi__groups_put(g, code);
}

/* All keys of a group, with 0 bytes between them: sorts as they do, one after the other. */
static size_t join(kpi__groups *g, size_t keys, uint32_t group, char *out) {
    size_t n = 0;
    for (size_t k = 0; k < keys; k++) {
        kpi_text text = kpi__dict_key(kpi__groups_texts(g, k), kpi__groups_code(g, group, k));
        memcpy(out + n, text.ptr, text.len + 1);
        n += text.len + 1;
    }
    return n;
}

struct joined {
    char text[64 * KPI__KEYS];
    size_t n;
    uint32_t group;
};

static int by_joined(const void *x, const void *y) {
    const struct joined *a = x, *b = y;
    return kpi_text_compare((kpi_text){a->text, a->n}, (kpi_text){b->text, b->n});
}

static void test_keys(void **state) {
    (void)state;
    for (size_t keys = 0; keys <= KPI__KEYS; keys++) {
        kpi__groups *g = kpi__groups_new(keys);
        struct joined *all = calloc(MOST_GROUPS, sizeof *all);
        uint32_t *order = calloc(MOST_GROUPS, sizeof *order);
        char text[64];
        assert_int_equal(kpi__groups_size(g), 0);
        for (size_t n = 0; n < 1500; n++) {
            size_t before = kpi__groups_size(g);
            uint32_t group = put_named(g, keys, n);
            assert_true(group <= before);
            assert_int_equal(kpi__groups_size(g), before + (group == before));
            assert_int_equal(put_named(g, keys, n), group);
            for (size_t k = 0; k < keys; k++) {
                kpi_text found = kpi__dict_key(kpi__groups_texts(g, k), kpi__groups_code(g, group, k));
                assert_int_equal(kpi_text_compare(found, kpi_text_of(name(n, k, text))), 0);
            }
        }
        size_t size = kpi__groups_size(g);
        assert_true(keys ? size > 2 : size == 1);
        for (uint32_t i = 0; i < size; i++) all[i].n = join(g, keys, all[i].group = i, all[i].text);
        qsort(all, size, sizeof *all, by_joined);
        for (unsigned threads = 1; threads < 4; threads++) {
            assert_true(kpi__groups_sort(g, threads, order));
            for (size_t i = 0; i < size; i++) {
                assert_int_equal(order[i], all[i].group);
                if (i) assert_true(by_joined(&all[i - 1], &all[i]) < 0);
            }
        }
        free(order);
        free(all);
        kpi__groups_free(g);
    }
    kpi__groups_free(NULL);
}

static void test_empty(void **state) {
    (void)state;
    for (size_t keys = 0; keys < 4; keys++) {
        kpi__groups *g = kpi__groups_new(keys), *from = kpi__groups_new(keys);
        uint32_t order[1] = {7};
        kpi_error error;
        assert_true(kpi__groups_sort(g, 2, order));
        expect_ok(kpi__groups_merge(g, from, order, &error), &error);
        assert_int_equal(kpi__groups_size(g), 0);
        kpi__groups_free(g);
        kpi__groups_free(from);
    }
}

/* ---- counting ---- */

static kpi__row any_row(bool wide) {
    kpi__row row = {.value = random_from(-1000, 1000) * KPI_ONE, .scored = random_below(3) > 0};
    row.count[KPI__ALL] = 1;
    row.count[KPI__SCORED] = row.scored;
    if (!row.scored) row.value = 0;
    for (size_t k = 2; k < KPI__LINE_COUNTS; k++) row.count[k] = (uint32_t)random_below(2);
    if (wide && row.scored) row.value *= 1000000000;
    return row;
}

static void expect_same(const kpi__group *found, const kpi__group *expected) {
    for (size_t k = 0; k < KPI__COUNTS; k++) assert_int_equal(found->count[k], expected->count[k]);
    assert_true(found->sum == expected->sum);
    assert_int_equal(found->days, expected->days);
    if (!expected->count[KPI__SCORED]) return;
    assert_true(found->min == expected->min);
    assert_true(found->max == expected->max);
}

static void add_naively(kpi__group *to, const kpi__row *row, int64_t more, int64_t days) {
    if (row->scored && (!to->count[KPI__SCORED] || row->value < to->min)) to->min = row->value;
    if (row->scored && (!to->count[KPI__SCORED] || row->value > to->max)) to->max = row->value;
    for (size_t k = 0; k < KPI__LINE_COUNTS; k++) to->count[k] += row->count[k];
    to->sum += row->value + more;
    to->days += days;
}

struct line { /* what is added */
    size_t name;
    kpi__row row;
    int32_t more, days;
};

/* Adds lines, the small ones many at a time, the others alone. */
static void add_lines(kpi__groups *g, size_t keys, const struct line *line, size_t n) {
    static uint32_t code[KPI__KEYS][KPI__BATCH], group[KPI__BATCH];
    static kpi__small small[KPI__BATCH];
    const kpi__small *row[KPI__BATCH];
    int32_t more[KPI__BATCH], days[KPI__BATCH];
    unsigned many = 0;
    char text[64];
    kpi_error error;
    for (size_t i = 0; i < n; i++) {
        if (!kpi__row_small(&line[i].row, &small[many])) {
            kpi__group one = {0};
            add_naively(&one, &line[i].row, line[i].more, line[i].days);
            expect_ok(kpi__groups_add(g, put_named(g, keys, line[i].name), &one, &error), &error);
            continue;
        }
        for (size_t k = 0; k < keys; k++) code[k][many] = code_of(g, k, name(line[i].name, k, text));
        row[many] = &small[many];
        more[many] = line[i].more;
        days[many++] = line[i].days;
    }
    if (!many) return;
    assert_true(kpi__groups_put_many(g, code, many, group));
    assert_true(kpi__groups_add_many(g, group, row, more, days, many));
}

enum { LINES = 20000, NAMES = 900 };

static void expect_named(kpi__groups *g, size_t keys, const kpi__group *expected, size_t names) {
    kpi__group found;
    for (size_t n = 0; n < names; n++) {
        if (!expected[n].count[KPI__ALL]) continue;
        kpi__groups_get(g, put_named(g, keys, n), &found);
        expect_same(&found, &expected[n]);
    }
}

/* With the first key only n % 3, ... names of different numbers may be one group: those count as the first of them. */
static size_t first_alike(kpi__groups *names, size_t keys, size_t n, size_t *first) {
    uint32_t group = put_named(names, keys, n);
    if (first[group] == SIZE_MAX) first[group] = n;
    return first[group];
}

static void test_counts_and_merging(void **state) {
    (void)state;
    static const size_t many_keys[] = {0, 1, 2, 3, 16};
    static struct line line[LINES];
    for (size_t c = 0; c < 2 * COUNT(many_keys); c++) {
        size_t keys = many_keys[c / 2], first[NAMES + 1], part_of[LINES];
        kpi__groups *part[3], *names = kpi__groups_new(keys), *whole = kpi__groups_new(keys),
                              *all = kpi__groups_new(keys);
        static kpi__group expected[NAMES];
        memset(expected, 0, sizeof expected);
        for (size_t i = 0; i <= NAMES; i++) first[i] = SIZE_MAX;
        for (size_t p = 0; p < 3; p++) part[p] = kpi__groups_new(keys);
        for (size_t i = 0; i < LINES; i++) {
            bool wide = c % 2 && random_below(50) == 0;
            line[i] = (struct line){.name = random_below(NAMES), .row = any_row(wide)};
            line[i].days = (int32_t)random_below(400);
            line[i].more = wide ? 0 : (int32_t)random_from(-1000000000, 1000000000);
            part_of[i] = random_below(3);
            size_t alike = first_alike(names, keys, line[i].name, first);
            add_naively(&expected[alike], &line[i].row, line[i].more, line[i].days);
        }
        for (size_t i = 0, n; i < LINES; i += n) {
            n = 1 + random_below(KPI__BATCH);
            if (n > LINES - i) n = LINES - i;
            add_lines(whole, keys, line + i, n);
            add_lines(part[part_of[i]], keys, line + i, n);
        }
        expect_named(whole, keys, expected, NAMES);
        for (size_t p = 0; p < 3; p++) {
            static uint32_t to[MOST_GROUPS];
            kpi_error error;
            expect_ok(kpi__groups_merge(all, part[p], to, &error), &error);
            for (uint32_t i = 0; i < kpi__groups_size(part[p]); i++) {
                char a[64 * KPI__KEYS], b[64 * KPI__KEYS];
                size_t n = join(part[p], keys, i, a);
                assert_int_equal(join(all, keys, to[i], b), n);
                assert_memory_equal(a, b, n);
            }
        }
        expect_named(all, keys, expected, NAMES);
        assert_int_equal(kpi__groups_size(all), kpi__groups_size(names));
        for (size_t p = 0; p < 3; p++) kpi__groups_free(part[p]);
        kpi__groups_free(names);
        kpi__groups_free(whole);
        kpi__groups_free(all);
    }
}

/* ---- counts that outgrow the small counters ---- */

static void expect_codes(kpi__groups *g, size_t keys, uint32_t group, size_t n) {
    char text[64];
    for (size_t k = 0; k < keys; k++) {
        kpi_text found = kpi__dict_key(kpi__groups_texts(g, k), kpi__groups_code(g, group, k));
        assert_string_equal(found.ptr, name(n, k, text));
    }
}

/* Two that are merged into each other in turn: the counts grow as Fibonacci's numbers do, past 2^32. Between that,
 * lines are added, so that cells are emptied. */
static void grow(size_t keys) {
    static struct line line[KPI__BATCH];
    kpi__groups *g[2] = {kpi__groups_new(keys), kpi__groups_new(keys)};
    kpi__group expected[2][2], found;
    kpi_error error;
    memset(expected, 0, sizeof expected);
    for (size_t i = 0; i < KPI__BATCH; i++) {
        line[i] = (struct line){.name = i % 7 > 0, .row = any_row(false), .more = 1000000000, .days = 300};
        line[i].row.count[KPI__RESOLVED] = 1;
    }
    for (int round = 0; round < 60; round++) {
        uint32_t to[3];
        size_t a = (size_t)round % 2, b = 1 - a;
        if (round < 2 || round % 5 == 0) {
            add_lines(g[a], keys, line, KPI__BATCH);
            for (size_t i = 0; i < KPI__BATCH; i++)
                add_naively(&expected[a][line[i].name], &line[i].row, line[i].more, line[i].days);
        }
        expect_ok(kpi__groups_merge(g[a], g[b], to, &error), &error);
        for (size_t n = 0; n < 2; n++) {
            kpi__group *sum = &expected[a][n], *from = &expected[b][n];
            if (from->count[KPI__SCORED] && (!sum->count[KPI__SCORED] || from->min < sum->min)) sum->min = from->min;
            if (from->count[KPI__SCORED] && (!sum->count[KPI__SCORED] || from->max > sum->max)) sum->max = from->max;
            for (size_t k = 0; k < KPI__COUNTS; k++) sum->count[k] += from->count[k];
            sum->sum += from->sum;
            sum->days += from->days;
            if (!sum->count[KPI__ALL]) continue;
            uint32_t group = put_named(g[a], keys, n);
            kpi__groups_get(g[a], group, &found);
            expect_same(&found, sum);
            expect_codes(g[a], keys, group, n);
        }
    }
    assert_true(expected[0][1].count[KPI__ALL] > (uint64_t)1 << 40);
    kpi__groups_free(g[0]);
    kpi__groups_free(g[1]);
}

static void test_growing(void **state) {
    (void)state;
    for (size_t keys = 1; keys < 4; keys++) grow(keys);
}

static void test_out_of_range(void **state) {
    (void)state;
    kpi__groups *g = kpi__groups_new(1), *other = kpi__groups_new(1);
    kpi_decimal most = (kpi_decimal)(((unsigned __int128)1 << 127) - 1);
    kpi__group large = {.sum = most - 5}, six = {.sum = 6}, five = {.sum = 5}, found;
    kpi_error error;
    uint32_t to[1], group = put_named(g, 1, 0), there = put_named(other, 1, 0);
    struct line one = {.name = 0, .row = {.count = {1}}, .more = 3};
    large.count[0] = six.count[0] = five.count[0] = 1;
    expect_ok(kpi__groups_add(g, group, &large, &error), &error);
    expect_failure(kpi__groups_add(g, group, &six, &error), KPI_DATA, &error, "the sum is out of range");
    add_lines(g, 1, &one, 1);
    expect_failure(kpi__groups_add(g, group, &five, &error), KPI_DATA, &error, "the sum is out of range");
    kpi__groups_get(g, group, &found);
    assert_true(found.sum == most - 2 && found.count[0] == 2);
    expect_ok(kpi__groups_add(other, there, &five, &error), &error);
    expect_failure(kpi__groups_merge(g, other, to, &error), KPI_DATA, &error, "the sum is out of range");
    kpi__groups_free(g);
    kpi__groups_free(other);
}

static void test_small_rows(void **state) {
    (void)state;
    kpi__small small;
    kpi__row row = {.value = 1000 * KPI_ONE, .scored = true, .count = {1, 2, 3, 4, 5, 6, 7, 8}};
    assert_true(kpi__row_small(&row, &small));
    assert_int_equal(small.value, 1000000000);
    assert_int_equal(small.low, 1000000000);
    assert_int_equal(small.high, 1000000000);
    for (unsigned k = 0; k < KPI__LINE_COUNTS; k++) assert_int_equal(small.count[k], k + 1);
    row.value++;
    assert_false(kpi__row_small(&row, &small));
    row.value = -1000 * KPI_ONE;
    row.scored = false;
    assert_true(kpi__row_small(&row, &small));
    assert_true(small.low > small.high);
    row.value--;
    assert_false(kpi__row_small(&row, &small));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),    cmocka_unit_test(test_empty),        cmocka_unit_test(test_counts_and_merging),
        cmocka_unit_test(test_growing), cmocka_unit_test(test_out_of_range), cmocka_unit_test(test_small_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
