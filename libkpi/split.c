/* split.c - a whole into parts that add up to it exactly, in proportion to shares, by largest remainder.
 *
 * In units of the last digit each part is whole * share / sum of shares, cut; the units that are left, fewer than there
 * are parts with a remainder, go one each to those that lost most. Products that leave 128 bits are made of wide
 * numbers; a remainder, being below the sum, is known by its low 128 bits alone. */
#include "internal.h"

#include <stdlib.h>

__extension__ typedef unsigned __int128 u128;

typedef struct rest { /* what a part lost */
    kpi_decimal rest;
    size_t index;
} rest;

static int by_rest(const void *x, const void *y) {
    const rest *a = x, *b = y;
    if (a->rest != b->rest) return a->rest > b->rest ? -1 : 1;
    return a->index < b->index ? -1 : 1;
}

/* units * share / sum, cut, for share <= sum; the remainder in *left. */
static kpi_decimal divide(kpi_decimal units, kpi_decimal share, kpi_decimal sum, kpi_decimal *left) {
    kpi_decimal product, quotient = 0;
    if (!__builtin_mul_overflow(units, share, &product)) {
        *left = product % sum;
        return product / sum;
    }
    kpi__wide num, factor, den;
    kpi__wide_set(&num, units);
    kpi__wide_set(&factor, share);
    kpi__wide_set(&den, sum);
    kpi__wide_mul(&num, &num, &factor);
    kpi__wide_floor(&num, &den, &quotient);
    *left = (kpi_decimal)((u128)units * (u128)share - (u128)quotient * (u128)sum);
    return quotient;
}

static int add_up(const kpi_decimal *share, size_t n, kpi_decimal *sum, kpi_error *e) {
    *sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (share[i] < 0) return kpi__fail(e, KPI_DATA, "a share below 0");
        if (__builtin_add_overflow(*sum, share[i], sum)) return kpi__fail(e, KPI_DATA, "the shares are out of range");
    }
    return *sum ? KPI_OK : kpi__fail(e, KPI_DATA, "no share is above 0");
}

int kpi_split(kpi_decimal whole, int digits, const kpi_decimal *share, size_t n, kpi_decimal *part, kpi_error *e) {
    char text[KPI_NUMBER_SIZE];
    kpi_decimal sum, unit = kpi__power10(6 - digits), units = whole / unit, spare;
    int code = add_up(share, n, &sum, e);
    if (code) return code;
    kpi_decimal_format(whole, KPI_EXACT, text);
    if (whole > KPI_DECIMAL_MAX || whole < -KPI_DECIMAL_MAX) return kpi__fail(e, KPI_DATA, "%s is out of range", text);
    if (whole % unit) return kpi__fail(e, KPI_DATA, "%s has more decimals than %d", text, digits);
    rest *lost = malloc(n * sizeof *lost);
    if (!lost) return kpi__fail_memory(e);
    if (whole < 0) units = -units;
    spare = units;
    for (size_t i = 0; i < n; i++) {
        part[i] = divide(units, share[i], sum, &lost[i].rest);
        lost[i].index = i;
        spare -= part[i];
    }
    qsort(lost, n, sizeof *lost, by_rest);
    for (size_t i = 0; (kpi_decimal)i < spare; i++) part[lost[i].index]++;
    for (size_t i = 0; i < n; i++) part[i] *= whole < 0 ? -unit : unit;
    free(lost);
    return KPI_OK;
}
