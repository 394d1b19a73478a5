/* test_split.c - split.c: parts that add up. Wanted values by hand; tests/goals has 10,000 by another program. */
#include "unit.h"

enum { MOST = 16 };

static void expect_parts(const char *whole, int digits, const char *shares, const char *wanted) {
    kpi_decimal share[MOST], part[MOST], sum = 0;
    kpi_error error = {0};
    char text[1024] = "";
    size_t n = 0;
    for (const char *p = shares; *p; p += strspn(p, " ")) {
        size_t length = strcspn(p, " ");
        assert_int_equal(kpi_decimal_parse((kpi_text){p, length}, &share[n++]), KPI_OK);
        p += length;
    }
    int code = kpi_split(number(whole), digits, share, n, part, &error);
    if (code) {
        assert_int_equal(code, KPI_DATA);
        assert_string_equal(shown(&error), wanted);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        char one[KPI_NUMBER_SIZE];
        kpi_decimal_format(part[i], KPI_EXACT, one);
        sprintf(text + strlen(text), "%s%s", i ? " " : "", one);
        sum += part[i];
    }
    assert_string_equal(text, wanted);
    expect_decimal(sum, whole);
}

static void test_parts(void **state) {
    (void)state;
    static const struct {
        const char *whole;
        int digits;
        const char *shares, *parts;
    } cases[] = {
        {"100", 0, "1 1 1", "34 33 33"}, /* equal remainders: the first */
        {"100", 2, "1 1 1", "33.34 33.33 33.33"},
        {"100", 6, "1 1 1", "33.333334 33.333333 33.333333"},
        {"200", 0, "1 1 1", "67 67 66"},
        {"-100", 0, "1 1 1", "-34 -33 -33"},
        {"-100", 1, "3 2", "-60 -40"},
        {"10", 0, "1 2 3", "2 3 5"},   /* 1 4/6, 3 2/6, 5: the first has the largest remainder */
        {"7", 0, "50 30 20", "4 2 1"}, /* 3.5, 2.1, 1.4 */
        {"7", 0, "20 30 50", "1 2 4"},
        {"3", 0, "1 1 1 1 1 1", "1 1 1 0 0 0"}, /* tiny: 0.5 each */
        {"0.01", 2, "5 1 1", "0.01 0 0"},
        {"0.000001", 6, "1 1", "0.000001 0"},
        {"-0.000003", 6, "1 1", "-0.000002 -0.000001"},
        {"0", 0, "1 2", "0 0"},
        {"5", 0, "0 1 0", "0 5 0"}, /* no share, no unit */
        {"1", 0, "0 0.000001 0 0.000001", "0 1 0 0"},
        {"12.5", 1, "7", "12.5"},
        {"1000", 0, "0.1 0.2 0.3", "167 333 500"}, /* 166.67, 333.33, 500 */
        {"999999999999999.999999", 6, "999999999999999.999999 1", "999999999999998.999999 1"},
        {"999999999999999.999999", 6, "999999999999999.999999 999999999999999.999998 999999999999999.999999",
         "333333333333333.333333 333333333333333.333333 333333333333333.333333"},
        {"-999999999999999.999999", 6, "999999999999999.999999 999999999999999.999999",
         "-500000000000000 -499999999999999.999999"},
        {"1", 0, "0 0", "no share is above 0"},
        {"1", 0, "", "no share is above 0"},
        {"0", 0, "0", "no share is above 0"},
        {"1", 0, "1 -0.5", "a share below 0"},
        {"1.5", 0, "1 1", "1.5 has more decimals than 0"},
        {"-0.123456", 5, "1 1", "-0.123456 has more decimals than 5"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_parts(cases[i].whole, cases[i].digits, cases[i].shares, cases[i].parts);
}

/* Numbers that no file holds, but sums may be. */
static void test_range(void **state) {
    (void)state;
    const kpi_decimal most = (kpi_decimal)(~(unsigned __int128)0 >> 1);
    const kpi_decimal two[] = {most / 2, most / 2}, over[] = {most, 1}, lone[] = {0, most};
    kpi_decimal part[2];
    kpi_error error = {0};
    expect_ok(kpi_split(KPI_DECIMAL_MAX, 6, two, 2, part, &error), &error);
    expect_decimal(part[0], "500000000000000");
    expect_decimal(part[1], "499999999999999.999999");
    expect_ok(kpi_split(-KPI_DECIMAL_MAX, 6, lone, 2, part, &error), &error);
    expect_decimal(part[0], "0");
    expect_decimal(part[1], "-999999999999999.999999");
    expect_failure(kpi_split(1, 6, over, 2, part, &error), KPI_DATA, &error, "the shares are out of range");
    expect_failure(kpi_split(KPI_DECIMAL_MAX + 1, 6, two, 2, part, &error), KPI_DATA, &error,
                   "1000000000000000 is out of range");
    expect_failure(kpi_split(-KPI_DECIMAL_MAX - 1, 6, two, 2, part, &error), KPI_DATA, &error,
                   "-1000000000000000 is out of range");
}

/* The products of large numbers are made another way: both must agree where both can be gone. Here whole * share is
 * just beyond or within 128 bits, and the shares add up to a power of two, so that the remainder is known. */
static void test_both_ways(void **state) {
    (void)state;
    for (int round = 0; round < 2000; round++) {
        int bits = (int)random_from(60, 68);
        kpi_decimal sum = (kpi_decimal)1 << bits, share[2], part[2];
        share[0] = ((kpi_decimal)random_below(UINT64_C(1) << 53) << 15 | (kpi_decimal)random_below(1 << 15)) % sum;
        share[1] = sum - share[0];
        kpi_decimal whole = (kpi_decimal)random_below(UINT64_C(1) << 53) * (kpi_decimal)random_below(1 << 16);
        kpi_error error = {0};
        expect_ok(kpi_split(whole, 6, share, 2, part, &error), &error);
        kpi__wide product, factor, power;
        kpi_decimal floor;
        kpi__wide_set(&product, whole);
        kpi__wide_set(&factor, share[0]);
        kpi__wide_set(&power, sum);
        kpi__wide_mul(&product, &product, &factor);
        assert_true(kpi__wide_floor(&product, &power, &floor));
        assert_true(part[0] + part[1] == whole);
        assert_true(part[0] == floor || part[0] == floor + 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
