/* decimal.c - exact numbers: decimals in millionths, quotients of them, and wide whole numbers.
 *
 * Reading goes straight through the digits. Writing is long division on the magnitude, one digit further than
 * wanted, then rounding the digits half away from zero. Wide numbers are a sign and limbs of 64 bits, only as
 * many as are needed; division is Knuth's algorithm D, for quotients that fit 128 bits. */
#include "internal.h"

#include <string.h>

__extension__ typedef unsigned __int128 u128;

enum { WHOLE_DIGITS = 15, DECIMALS = 6, MOST_DECIMALS = 20 };

static const uint64_t power10[] = {
    1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u, 10000000000u, 100000000000u,
    1000000000000u, 10000000000000u, 100000000000000u, 1000000000000000u, 10000000000000000u, 100000000000000000u,
    1000000000000000000u, 10000000000000000000u
};

static inline u128 magnitude(kpi_decimal value) {
    return value < 0 ? -(u128)value : (u128)value;
}

/* ---- reading ---- */

/* The number at *p, and how many digits it has. Wraps around after 19 digits: the caller counts them. */
static inline uint64_t read_digits(const char **p, const char *end, long *digits) {
    const char *start = *p, *at = start;
    uint64_t value = 0;
    for (unsigned digit; at < end && (digit = (unsigned)*at - '0') <= 9; at++) value = value * 10 + digit;
    *p = at;
    *digits = at - start;
    return value;
}

int kpi_decimal_parse(kpi_text text, kpi_decimal *out) {
    if (!text.len) return KPI_DATA;
    const char *p = text.ptr, *end = p + text.len;
    bool negative = *p == '-';
    if (negative || *p == '+') p++;
    long wholes, parts;
    uint64_t whole = read_digits(&p, end, &wholes), part = 0;
    if (wholes < 1 || wholes > WHOLE_DIGITS) return KPI_DATA;
    if (p < end && *p == '.') {
        p++;
        part = read_digits(&p, end, &parts);
        if (parts < 1 || parts > DECIMALS) return KPI_DATA;
        part *= power10[DECIMALS - parts];
    }
    if (p != end) return KPI_DATA;
    kpi_decimal value = (kpi_decimal)whole * 1000000 + part;
    *out = negative ? -value : value;
    return KPI_OK;
}

/* ---- rounding ---- */

kpi_decimal kpi__power10(int n) {
    return n < 20 ? (kpi_decimal)power10[n] : (kpi_decimal)power10[19] * power10[n - 19];
}

int kpi_decimal_digits(kpi_decimal value) {
    int digits = DECIMALS;
    for (int part = (int)(value % KPI_ONE); digits && part % 10 == 0; part /= 10) digits--;
    return digits;
}

/* Cut instead of rounded where rounding would leave the range of kpi_decimal. */
kpi_decimal kpi__decimal_round(kpi_decimal value, int digits) {
    kpi_decimal unit = (kpi_decimal)power10[DECIMALS - digits], rest = value % unit, cut = value - rest, result;
    if (2 * rest >= unit) return __builtin_add_overflow(cut, unit, &result) ? cut : result;
    if (2 * rest <= -unit) return __builtin_sub_overflow(cut, unit, &result) ? cut : result;
    return cut;
}

/* ---- writing ---- */

static const char two_digits[] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/* At least `least` digits of value. Returns where they end. One or two, as most numbers have, without a branch. */
static inline char *put_digits(char *p, uint64_t value, int least) {
    if (value < 100 && least <= 2) {
        *p = (char)('0' + value / 10);
        p += (value >= 10) | (least == 2);
        *p = (char)('0' + value % 10);
        return p + 1;
    }
    int n = least;
    while (n < 20 && value >= power10[n]) n++;
    char *digit = p + n;
    for (; digit - p > 1; value /= 100) memcpy(digit -= 2, two_digits + 2 * (value % 100), 2);
    if (digit > p) *p = (char)('0' + value % 10);
    return p + n;
}

static char *put_whole(char *p, u128 value, int least) {
    if (value >> 64) {
        p = put_whole(p, value / power10[19], 1);
        value %= power10[19];
        least = 19;
    }
    return put_digits(p, (uint64_t)value, least);
}

/* The next digit of rest / den (rest < den), rest becomes what remains. 10 * rest may not fit: it is then added up
 * bit by bit, 10 being 1010, and den taken off as often as it goes. */
static unsigned next_digit(u128 *rest, u128 den) {
    unsigned digit;
    if (den <= ~(u128)0 / 10) {
        digit = (unsigned)(*rest * 10 / den);
        *rest = *rest * 10 % den;
        return digit;
    }
    u128 sum = 0;
    digit = 0;
    for (unsigned bit = 8; bit; bit /= 2) { /* sum, *rest < den < 2^127 */
        sum *= 2;
        digit *= 2;
        if (sum >= den) sum -= den, digit++;
        if (10 & bit) sum += *rest;
        if (sum >= den) sum -= den, digit++;
    }
    *rest = sum;
    return digit;
}

/* Half away from zero, at the end of the digits: the last one goes. There is a 0 in front for what is carried. */
static char *round_last(char *end) {
    end--;
    if (*end < '5') return end;
    char *p = end - 1;
    for (; *p == '9'; p--) *p = '0';
    ++*p;
    return end;
}

static size_t write_out(bool negative, const char *whole, const char *point, const char *end, char *out) {
    char *p = out;
    bool zero = true;
    for (const char *digit = whole; zero && digit < end; digit++) zero = *digit == '0';
    if (negative && !zero) *p++ = '-';
    p = (char *)memcpy(p, whole, (size_t)(point - whole)) + (point - whole);
    if (point < end) {
        *p++ = '.';
        p = (char *)memcpy(p, point, (size_t)(end - point)) + (end - point);
    }
    *p = 0;
    return (size_t)(p - out);
}

/* Any number, digit by digit. */
static __attribute__((noinline)) size_t format_any(const kpi_ratio *value, int decimals, bool strip, char *out) {
    u128 num = magnitude(value->num), den = (u128)value->den, millionths = num, rest = 0;
    if (den != 1) {
        millionths = num / den;
        rest = num % den;
    }
    u128 wholes = millionths >> 64 ? millionths / 1000000 : (uint64_t)millionths / 1000000;
    char text[KPI_NUMBER_SIZE] = "0", *whole = text + 1, *point = put_whole(whole, wholes, 1);
    char *end = put_whole(point, millionths - wholes * 1000000, DECIMALS), *wanted = point + decimals + 1;
    while (end < wanted) *end++ = (char)('0' + (rest ? next_digit(&rest, den) : 0));
    end = round_last(wanted);
    if (text[0] != '0') whole = text;
    while (strip && end > point && end[-1] == '0') end--;
    return write_out(value->num < 0, whole, point, end, out);
}

/* value / 10^n, n 0..6. A constant divisor costs a tenth of another. */
static inline uint64_t shift_right(uint64_t value, int n) {
    switch (n) {
    case 0:
        return value;
    case 2:
        return value / 100;
    case 4:
        return value / 10000;
    case 6:
        return value / 1000000;
    default:
        return value / power10[n];
    }
}

/* Most numbers: millionths of 63 bits, no more decimals wanted than they have. Rounded as whole numbers. */
static size_t format_small(int64_t value, uint64_t den, int decimals, bool strip, char *out) {
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value, unit = power10[DECIMALS - decimals] * den;
    size += unit / 2; /* an odd unit has no half */
    size = den == 1 ? shift_right(size, DECIMALS - decimals) : size / unit;
    uint64_t whole = shift_right(size, decimals), part = size - whole * power10[decimals];
    char *p = out;
    *p = '-';
    p = put_digits(p + (value < 0 && size), whole, 1);
    if (decimals && (part || !strip)) {
        *p++ = '.';
        p = put_digits(p, part, decimals);
        while (strip && p[-1] == '0') p--;
    }
    *p = 0;
    return (size_t)(p - out);
}

size_t kpi__ratio_put(const kpi_ratio *value, int digits, char out[KPI_NUMBER_SIZE]) {
    bool strip = digits < 0;
    int decimals = digits != KPI_EXACT ? strip ? -1 - digits : digits : value->den == 1 ? DECIMALS : MOST_DECIMALS;
    if (decimals > MOST_DECIMALS) decimals = MOST_DECIMALS;
    int64_t num = (int64_t)value->num;
    bool small = num == value->num && num > INT64_MIN / 2 && num < INT64_MAX / 2 && value->den <= UINT32_MAX;
    if (small && decimals <= DECIMALS) return format_small(num, (uint64_t)value->den, decimals, strip, out);
    return format_any(value, decimals, strip, out);
}

size_t kpi_ratio_format(kpi_ratio value, int digits, char out[KPI_NUMBER_SIZE]) {
    return kpi__ratio_put(&value, digits, out);
}

size_t kpi_decimal_format(kpi_decimal value, int digits, char out[KPI_NUMBER_SIZE]) {
    return kpi_ratio_format((kpi_ratio){value, 1}, digits, out);
}

/* ---- wide numbers: magnitudes ---- */

/* Once over, the value is zero and stays over. */
static void finish(kpi__wide *out, int n, bool negative, bool over) {
    if (over) n = 0;
    while (n && !out->limb[n - 1]) n--;
    out->n = n;
    out->negative = negative && n;
    out->over = over;
}

static int compare_limbs(const uint64_t *a, const uint64_t *b, int n) {
    while (n-- > 0)
        if (a[n] != b[n]) return a[n] < b[n] ? -1 : 1;
    return 0;
}

static int compare_magnitudes(const kpi__wide *a, const kpi__wide *b) {
    return a->n != b->n ? (a->n < b->n ? -1 : 1) : compare_limbs(a->limb, b->limb, a->n);
}

/* out = a + b for a->n >= b->n; the number of limbs, which may be one more than there are: then over. */
static int add_magnitudes(kpi__wide *out, const kpi__wide *a, const kpi__wide *b) {
    u128 carry = 0;
    int n = a->n;
    for (int i = 0; i < n; i++, carry >>= 64) {
        carry += (u128)a->limb[i] + (i < b->n ? b->limb[i] : 0);
        out->limb[i] = (uint64_t)carry;
    }
    if (carry && n < KPI__LIMBS) out->limb[n] = 1;
    return n + (carry != 0);
}

/* out = a - b for a >= b. */
static void sub_magnitudes(kpi__wide *out, const kpi__wide *a, const kpi__wide *b) {
    bool borrow = false;
    for (int i = 0; i < a->n; i++) {
        uint64_t difference;
        bool first = __builtin_sub_overflow(a->limb[i], i < b->n ? b->limb[i] : 0, &difference);
        bool second = __builtin_sub_overflow(difference, (uint64_t)borrow, &difference);
        out->limb[i] = difference;
        borrow = first || second;
    }
}

/* ---- wide numbers: values ---- */

void kpi__wide_set(kpi__wide *out, kpi_decimal value) {
    u128 size = magnitude(value);
    out->limb[0] = (uint64_t)size;
    out->limb[1] = (uint64_t)(size >> 64);
    finish(out, 2, value < 0, false);
}

/* b with its sign changed where `flip`. */
static void add(kpi__wide *out, const kpi__wide *a, const kpi__wide *b, bool flip) {
    bool a_negative = a->negative, b_negative = b->negative != flip, over = a->over || b->over;
    bool swap = compare_magnitudes(a, b) < 0;
    const kpi__wide *large = swap ? b : a, *small = swap ? a : b;
    bool negative = swap ? b_negative : a_negative;
    int n = large->n;
    if (a_negative == b_negative) n = add_magnitudes(out, large, small);
    else sub_magnitudes(out, large, small);
    finish(out, n, negative, over || n > KPI__LIMBS);
}

void kpi__wide_add(kpi__wide *out, const kpi__wide *a, const kpi__wide *b) {
    add(out, a, b, false);
}

void kpi__wide_sub(kpi__wide *out, const kpi__wide *a, const kpi__wide *b) {
    add(out, a, b, true);
}

void kpi__wide_mul(kpi__wide *out, const kpi__wide *a, const kpi__wide *b) {
    uint64_t product[KPI__LIMBS + 1];
    int n = a->n + b->n;
    bool negative = a->negative != b->negative, over = a->over || b->over || n > KPI__LIMBS + 1;
    if (over) {
        finish(out, 0, false, true);
        return;
    }
    memset(product, 0, (size_t)n * sizeof *product);
    for (int i = 0; i < a->n; i++) {
        u128 carry = 0;
        for (int j = 0; j < b->n; j++, carry >>= 64) {
            carry += (u128)a->limb[i] * b->limb[j] + product[i + j];
            product[i + j] = (uint64_t)carry;
        }
        product[i + b->n] = (uint64_t)carry;
    }
    if (n > KPI__LIMBS) over = product[--n] != 0;
    memcpy(out->limb, product, (size_t)n * sizeof *product);
    finish(out, n, negative, over);
}

int kpi__wide_sign(const kpi__wide *a) {
    return a->negative ? -1 : a->n > 0;
}

int kpi__wide_compare(const kpi__wide *a, const kpi__wide *b) {
    if (a->negative != b->negative) return a->negative ? -1 : 1;
    return a->negative ? compare_magnitudes(b, a) : compare_magnitudes(a, b);
}

/* ---- wide numbers: division ---- */

enum rest { NO_REST, UNDER_HALF, HALF_OR_MORE }; /* the remainder, measured by the divisor */

/* rest < den, both of n limbs. */
static enum rest rest_of(const uint64_t *rest, const uint64_t *den, int n) {
    uint64_t twice[KPI__LIMBS], any = 0;
    for (int i = 0; i < n; i++) {
        twice[i] = rest[i] << 1 | (i ? rest[i - 1] >> 63 : 0);
        any |= rest[i];
    }
    if (!any) return NO_REST;
    return rest[n - 1] >> 63 || compare_limbs(twice, den, n) >= 0 ? HALF_OR_MORE : UNDER_HALF;
}

/* to = from << bits over n limbs, `skip` zero limbs put below. What leaves at the top comes back. */
static uint64_t shift(uint64_t *to, const uint64_t *from, int n, int skip, int bits) {
    u128 carry = 0;
    for (int i = 0; i < skip; i++) to[i] = 0;
    for (int i = 0; i < n; i++, carry >>= 64) {
        carry |= (u128)from[i] << bits;
        to[i + skip] = (uint64_t)carry;
    }
    return (uint64_t)carry;
}

/* Takes v (n limbs, n >= 2, top bit set) as often as it goes off u (n + 1 limbs), which becomes the rest, and
 * returns how often: a guess from the top limbs, at most one too high after its correction. */
static uint64_t take_off(uint64_t *u, const uint64_t *v, int n) {
    u128 top = (u128)u[n] << 64 | u[n - 1], guess = top / v[n - 1], rest = top % v[n - 1];
    while (!(rest >> 64) && (guess >> 64 || guess * v[n - 2] > (rest << 64 | u[n - 2]))) {
        guess--;
        rest += v[n - 1];
    }
    uint64_t times = (uint64_t)guess;
    u128 carry = 0;
    bool borrow = false;
    for (int i = 0; i <= n; i++, carry >>= 64) {
        carry += i < n ? (u128)times * v[i] : 0;
        bool first = __builtin_sub_overflow(u[i], (uint64_t)carry, &u[i]);
        bool second = __builtin_sub_overflow(u[i], (uint64_t)borrow, &u[i]);
        borrow = first || second;
    }
    if (!borrow) return times;
    carry = 0;
    for (int i = 0; i < n; i++, carry >>= 64) { /* the top limb is not looked at again */
        carry += (u128)u[i] + v[i];
        u[i] = (uint64_t)carry;
    }
    return times - 1;
}

/* Divides the magnitudes, not both of at most two limbs. false: the quotient has more than 128 bits. */
static bool divide_long(const kpi__wide *num, const kpi__wide *den, u128 *quotient, enum rest *rest) {
    uint64_t u[KPI__LIMBS + 1] = {0}, v[KPI__LIMBS], digit[3] = {0};
    int skip = den->n == 1, n = den->n + skip, m = num->n - den->n; /* a divisor of one limb is shifted up to two */
    if (m > 2) return false;
    int bits = __builtin_clzll(den->limb[den->n - 1]);
    shift(v, den->limb, den->n, skip, bits);
    u[num->n + skip] = shift(u, num->limb, num->n, skip, bits);
    for (int i = m; i >= 0; i--) digit[i] = take_off(u + i, v, n);
    *quotient = (u128)digit[1] << 64 | digit[0];
    *rest = rest_of(u, v, n);
    return !digit[2];
}

static u128 low_limbs(const kpi__wide *a) { /* of at most two */
    return a->n == 2 ? (u128)a->limb[1] << 64 | a->limb[0] : a->n ? a->limb[0] : 0;
}

static bool divide(const kpi__wide *num, const kpi__wide *den, u128 *quotient, enum rest *rest) {
    if (num->over || den->over || !den->n) return false;
    if (num->n > 2 || den->n > 2) return divide_long(num, den, quotient, rest);
    u128 n = low_limbs(num), d = low_limbs(den), r = n % d;
    *quotient = n / d;
    *rest = !r ? NO_REST : r >= d - r ? HALF_OR_MORE : UNDER_HALF;
    return true;
}

/* The quotient's magnitude, one more where `up`, with its sign. */
static bool give(u128 quotient, bool up, bool negative, kpi_decimal *out) {
    u128 highest = (~(u128)0 >> 1) + negative;
    if (quotient > highest - up) return false;
    quotient += up;
    *out = (kpi_decimal)(negative ? -quotient : quotient);
    return true;
}

bool kpi__wide_round(const kpi__wide *num, const kpi__wide *den, kpi_decimal *out) {
    u128 quotient;
    enum rest rest;
    return divide(num, den, &quotient, &rest) &&
           give(quotient, rest == HALF_OR_MORE, num->negative != den->negative, out);
}

bool kpi__wide_floor(const kpi__wide *num, const kpi__wide *den, kpi_decimal *out) {
    u128 quotient;
    enum rest rest;
    bool negative = num->negative != den->negative;
    return divide(num, den, &quotient, &rest) && give(quotient, negative && rest != NO_REST, negative, out);
}
