/* scan.c - many lines at once: where their fields end, and which lines are plain and simple.
 *
 * SCAN bytes, which fit in L1 with all that is made of them, are looked at in chunks of 64. A kernel writes the
 * offsets of all TABs and LFs, the latter marked, and a mask of bytes that make their line odd: what cannot be in a
 * valid line (control characters, what is not UTF-8, a CR not before LF), and what may be but needs a closer look
 * (backslashes; blanks and # where a field starts, blanks where one ends). The odd lines go to line.c and record.c,
 * one by one; so a kernel may call a line odd for no reason, but never the other way round, and no message is made
 * here. Then the offsets are cut into lines, which are odd also when their fields are not as many as their record has.
 *
 * There are three kernels: plain C, which works everywhere, AVX2 and AVX-512 (with VBMI2, which writes the offsets of
 * a chunk without a loop). The machine is asked at run time; KPI_CPU=plain or avx2 asks for less, for tests.
 *
 * Mostly a chunk is beyond doubt by a few instructions: none of its bytes is odd, or the first of a sequence that may
 * be wrong in more ways than one (C0..C2, E0..E3, ED, F0..FF: overlong, surrogates, blanks, controls), and 80..BF
 * follow a lead and nothing else. Each byte is looked at only in a doubtful chunk and in the one behind it, in which
 * its last sequence may end. UTF-8 is checked as in "Validating UTF-8 In Less Than One Instruction Per Byte" (Keiser,
 * Lemire, 2020): three look-ups by the nibbles of a byte and of the one before it, a bit for each kind of fault, tell
 * all faults of two bytes; what remains is that the third and fourth bytes of long ones are continuations.
 *
 * A chunk reads the bytes before it again (for UTF-8, no registers are carried): that is what the padding before a
 * block is for. At a batch's start those are of another line, and can at worst make a line odd. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- plain C ---- */

/* Where at or behind `at` a byte stands that may be a separator or odd: below 0x20, a backslash, or from 0x7F on; not
 * before n when there is none. */
static inline size_t next_interesting(const char *bytes, size_t at, size_t n) {
    for (; at < n; at += 8) {
        uint64_t w = kpi__load8(bytes + at), low = w & KPI__BYTES(0x7F), backslash = low ^ KPI__BYTES(0x5C);
        uint64_t found = ~(low + KPI__BYTES(0x60)) | (low + KPI__BYTES(0x01)) | w | ~(backslash + KPI__BYTES(0x7F));
        found &= KPI__BYTES(0x80);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        if (found) return at + (unsigned)__builtin_ctzll(found) / 8;
#else
        if (found) return at + (unsigned)__builtin_clzll(found) / 8;
#endif
    }
    return at;
}

static void make_odd(kpi__batch *batch, size_t at) {
    size_t chunk = at / 64 * 64;
    if (!batch->bads || batch->bad[batch->bads - 1].at != chunk) {
        batch->bad[batch->bads].at = chunk;
        batch->bad[batch->bads++].mask = 0;
    }
    batch->bad[batch->bads - 1].mask |= (uint64_t)1 << (at & 63);
}

static bool is_edge_blank(const char *p, const char *end, bool *hash) {
    unsigned length;
    *hash = *p == '#';
    return kpi__is_blank(kpi__decode(p, end, &length));
}

/* Fields that start with a blank or #, or end with a blank. What is not UTF-8 was found before. */
static void check_edges(kpi__batch *batch, const char *bytes, size_t from, size_t to, bool last) {
    bool hash;
    if (from == to) return;
    unsigned char head = (unsigned char)bytes[from], foot = (unsigned char)bytes[to - 1];
    if (head > '#' && head < 0x80 && foot > ' ' && foot < 0x80) return;
    size_t tail = to - 1;
    while (tail > from && (bytes[tail] & 0xC0) == 0x80) tail--;
    if (is_edge_blank(bytes + from, bytes + to, &hash) || hash) make_odd(batch, to);
    else if (!last && is_edge_blank(bytes + tail, bytes + to, &hash)) make_odd(batch, to);
}

/* Whether a letter of three bytes is at p that is certainly neither blank nor a control, as the ideographs are. */
static inline bool is_letter(const char *p) {
    return (unsigned char)(*p - 0xE4) <= 0xEC - 0xE4 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80;
}

static void plain_kernel(const char *bytes, size_t n, kpi__batch *batch) {
    uint16_t *end = batch->end + 1;
    size_t from = 0;
    unsigned length;
    for (size_t at = 0; (at = next_interesting(bytes, at, n)) < n; at += length) {
        char c = bytes[at];
        length = 1;
        if (c == '\t' || c == '\n') {
            check_edges(batch, bytes, from, at, c == '\n');
            *end++ = (uint16_t)(at | (c == '\n' ? KPI__LF : 0));
            from = at + 1;
        } else if (is_letter(bytes + at)) {
            length = 3;
        } else {
            uint32_t code = kpi__decode(bytes + at, bytes + n, &length);
            if (code == KPI__NO_CODE || code == '\\' || (kpi__is_control(code) && code != '\r') ||
                (code == '\r' && bytes[at + 1] != '\n'))
                make_odd(batch, at);
        }
    }
    batch->ends = (uint16_t)(end - batch->end);
}

/* ---- vectors ---- */

#ifdef __x86_64__
#include <immintrin.h>

/* Which of the special bytes make their line odd. starts: where fields start. Those that are followed by others may
 * reach over the end of what is scanned, not of what is readable. */
static uint64_t look_closer(const char *p, uint64_t special, uint64_t starts) {
    uint64_t bad = 0;
    for (uint64_t left = special; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left), length;
        unsigned char c = (unsigned char)p[i];
        bool start = starts >> i & 1, odd = c < 0x80 && c != '#';
        if (c == '\r') odd = p[i + 1] != '\n';
        if (c == '#') odd = start;
        if (c >= 0x80) {
            uint32_t code = kpi__decode(p + i, p + i + 4, &length);
            odd = kpi__is_control(code) || (kpi__is_blank(code) && (start || p[i + length] == '\t'));
        }
        bad |= (uint64_t)odd << i;
    }
    return bad;
}

/* The bits of the tables by Keiser and Lemire: what a nibble may be part of. */
enum {
    TOO_SHORT = 1 << 0, TOO_LONG = 1 << 1, OVERLONG_3 = 1 << 2, SURROGATE = 1 << 4, OVERLONG_2 = 1 << 5,
    TWO_CONTS = 1 << 7, TOO_LARGE = 1 << 3, TOO_LARGE_1000 = 1 << 6, OVERLONG_4 = 1 << 6,
    CARRY = TOO_SHORT | TOO_LONG | TWO_CONTS
};
/* clang-format off */
#define C (char)
#define FIRST_HIGH /* of the byte before: its high nibble */                                                  \
    TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, C TWO_CONTS, C TWO_CONTS, \
    C TWO_CONTS, C TWO_CONTS, TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE,          \
    TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4
#define LARGE C(CARRY | TOO_LARGE | TOO_LARGE_1000)
#define FIRST_LOW /* its low nibble */                                                                        \
    C(CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4), C(CARRY | OVERLONG_2), C CARRY, C CARRY,                 \
    C(CARRY | TOO_LARGE), LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE,                             \
    C(CARRY | TOO_LARGE | TOO_LARGE_1000 | SURROGATE), LARGE, LARGE
#define SECOND_HIGH /* the high nibble of the byte itself */                                                  \
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,                   \
    C(TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4),                          \
    C(TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE),                                            \
    C(TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE),                                             \
    C(TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE), TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT
/* clang-format on */

/* The special bytes by their nibbles, a bit for each kind: 00..0F but TAB and LF, 10..1F, \\, DEL, #, C0..C2, then
 * E0..E3 and ED, F0..FF. Of these # and the last two matter only where a field starts or ends, if they are UTF-8. */
/* clang-format off */
#define ANY C(1 | 2 | 128)
#define SPECIAL_LOW                                                                                               \
    ANY | 32 | 64, ANY | 32 | 64, ANY | 32 | 64, ANY | 16 | 64, ANY, ANY, ANY, ANY, ANY, C(2 | 128), C(2 | 128),  \
    ANY, ANY | 4, ANY | 64, ANY, ANY | 8
#define SPECIAL_HIGH 1, 2, 16, 0, 0, 4, 0, 8, 0, 0, 0, 0, 32, 0, 64, C 128
/* clang-format on */
enum { AT_EDGES = 16 | 64 | 128 };

#define TABLE(entries) ((__m128i)(__v16qi){entries})
struct progress {
    uint64_t after, before; /* whether the last byte was a separator, and a blank */
    uint64_t doubt;         /* not 0: the chunk before was doubtful */
    uint16_t *end;
};

/* Compilers make constants anew in each round of a loop, which costs half of its time, unless they cannot know them. */
#define KEPT(constraint, type, value) ({ type kept_ = (value); __asm__("" : constraint(kept_)); kept_; })

/* ---- AVX2 ---- */

typedef struct pair { __m256i a, b; } pair;
#define AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))
#define AVX2_INLINE AVX2 static inline __attribute__((always_inline))

AVX2_INLINE uint64_t avx2_mask(__m256i a, __m256i b) {
    return (uint32_t)_mm256_movemask_epi8(a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
}
AVX2_INLINE pair avx2_load(const char *p) {
    return (pair){_mm256_loadu_si256((const void *)p), _mm256_loadu_si256((const void *)(p + 32))};
}
AVX2_INLINE pair avx2_all(int c) {
    __m256i all = KEPT("+x", __m256i, _mm256_set1_epi8((char)c));
    return (pair){all, all};
}
AVX2_INLINE uint64_t avx2_eq(pair x, pair c) {
    return avx2_mask(_mm256_cmpeq_epi8(x.a, c.a), _mm256_cmpeq_epi8(x.b, c.a));
}
typedef struct tables256 {
    __m256i first_high, first_low, second_high, low, high;
    pair tab, lf, blank;
} tables256;
AVX2_INLINE tables256 avx2_tables(void) {
    return (tables256){KEPT("+x", __m256i, _mm256_broadcastsi128_si256(TABLE(FIRST_HIGH))),
                       KEPT("+x", __m256i, _mm256_broadcastsi128_si256(TABLE(FIRST_LOW))),
                       KEPT("+x", __m256i, _mm256_broadcastsi128_si256(TABLE(SECOND_HIGH))),
                       KEPT("+x", __m256i, _mm256_broadcastsi128_si256(TABLE(SPECIAL_LOW))),
                       KEPT("+x", __m256i, _mm256_broadcastsi128_si256(TABLE(SPECIAL_HIGH))),
                       avx2_all('\t'), avx2_all('\n'), avx2_all(' ')};
}
AVX2_INLINE __m256i avx2_kinds(const tables256 *t, __m256i x) {
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i low = _mm256_shuffle_epi8(t->low, _mm256_and_si256(x, nibble));
    __m256i high = _mm256_shuffle_epi8(t->high, _mm256_and_si256(_mm256_srli_epi16(x, 4), nibble));
    return _mm256_and_si256(low, high);
}
AVX2_INLINE __m256i avx2_faults(const tables256 *t, __m256i x, const char *p) {
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i one = _mm256_loadu_si256((const void *)(p - 1)), two = _mm256_loadu_si256((const void *)(p - 2)),
            three = _mm256_loadu_si256((const void *)(p - 3));
    __m256i high = _mm256_shuffle_epi8(t->first_high, _mm256_and_si256(_mm256_srli_epi16(one, 4), nibble));
    __m256i low = _mm256_shuffle_epi8(t->first_low, _mm256_and_si256(one, nibble));
    __m256i second = _mm256_shuffle_epi8(t->second_high, _mm256_and_si256(_mm256_srli_epi16(x, 4), nibble));
    __m256i two_bytes = _mm256_and_si256(_mm256_and_si256(high, low), second);
    __m256i third = _mm256_subs_epu8(two, _mm256_set1_epi8((char)(0xE0 - 0x80)));
    __m256i fourth = _mm256_subs_epu8(three, _mm256_set1_epi8((char)(0xF0 - 0x80)));
    __m256i must = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(two_bytes, must);
}
AVX2_INLINE uint64_t avx2_some(pair x) { /* bit i: byte i is not 0 */
    __m256i zero = _mm256_setzero_si256();
    return ~avx2_mask(_mm256_cmpeq_epi8(x.a, zero), _mm256_cmpeq_epi8(x.b, zero));
}
AVX2_INLINE uint64_t avx2_special(const tables256 *t, pair x, int kinds) {
    __m256i these = _mm256_set1_epi8((char)kinds);
    return avx2_some((pair){_mm256_and_si256(avx2_kinds(t, x.a), these), _mm256_and_si256(avx2_kinds(t, x.b), these)});
}
AVX2_INLINE uint64_t avx2_broken(const tables256 *t, pair x, const char *p) {
    return avx2_some((pair){avx2_faults(t, x.a, p), avx2_faults(t, x.b, p + 32)});
}
AVX2_INLINE __m256i avx2_doubts(const tables256 *t, __m256i x, const char *p) {
    __m256i one = _mm256_loadu_si256((const void *)(p - 1)), two = _mm256_loadu_si256((const void *)(p - 2));
    __m256i second = _mm256_subs_epu8(one, _mm256_set1_epi8(0xC0 - 0x80));
    __m256i third = _mm256_subs_epu8(two, _mm256_set1_epi8(0xE0 - 0x80));
    __m256i more = _mm256_andnot_si256(_mm256_add_epi8(x, x), x), top = _mm256_set1_epi8((char)0x80);
    __m256i differ = _mm256_xor_si256(_mm256_or_si256(second, third), more);
    return _mm256_or_si256(_mm256_and_si256(differ, top), avx2_kinds(t, x));
}
AVX2_INLINE uint64_t avx2_doubt(const tables256 *t, pair x, const char *p) {
    __m256i any = _mm256_or_si256(avx2_doubts(t, x.a, p), avx2_doubts(t, x.b, p + 32));
    return !_mm256_testz_si256(any, any);
}
/* By eights, as nobody can foresee how many there are: the last ones may be of no separator. */
AVX2_INLINE void avx2_put(const tables256 *t, uint16_t *end, size_t at, uint64_t separator, uint64_t lf) {
    (void)t;
    do {
        for (unsigned k = 0; k < 8; k++) {
            unsigned i = (unsigned)_tzcnt_u64(separator);
            *end++ = (uint16_t)((at + i) | (lf >> (i & 63) & 1) << 15);
            separator &= separator - 1;
        }
    } while (separator);
}

#define TARGET      AVX2
#define KERNEL      avx2_kernel
#define CHUNK       avx2_chunk
#define v           pair
#define LOAD        avx2_load
#define EQ          avx2_eq
#define TABLES      tables256
#define MAKE_TABLES avx2_tables
#define SPECIAL     avx2_special
#define BROKEN      avx2_broken
#define DOUBT       avx2_doubt
#define CLOSER      avx2_closer
#define PUT         avx2_put
#include "scanvec.h"

/* ---- AVX-512 ---- */

#define AVX512        __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi,bmi2,popcnt,lzcnt")))
#define AVX512_INLINE AVX512 static inline __attribute__((always_inline))

AVX512_INLINE __m512i avx512_all(int c) { return KEPT("+v", __m512i, _mm512_set1_epi8((char)c)); }
AVX512_INLINE uint64_t avx512_eq(__m512i x, __m512i c) { return _mm512_cmpeq_epi8_mask(x, c); }
typedef struct tables512 {
    __m512i tab, lf, blank, first_high, first_low, second_high, low, high, third, fourth, top, lead, lead3;
    __m512i offset, marked, kept; /* of offsets */
} tables512;
AVX512_INLINE tables512 avx512_tables(void) {
    static const char count[64] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                   16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
                                   32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
                                   48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    __m512i offset = _mm512_loadu_si512(count), top = avx512_all(0x80);
    return (tables512){
        .tab = avx512_all('\t'),
        .lf = avx512_all('\n'),
        .blank = avx512_all(' '),
        .first_high = KEPT("+v", __m512i, _mm512_broadcast_i32x4(TABLE(FIRST_HIGH))),
        .first_low = KEPT("+v", __m512i, _mm512_broadcast_i32x4(TABLE(FIRST_LOW))),
        .second_high = KEPT("+v", __m512i, _mm512_broadcast_i32x4(TABLE(SECOND_HIGH))),
        .low = KEPT("+v", __m512i, _mm512_broadcast_i32x4(TABLE(SPECIAL_LOW))),
        .high = KEPT("+v", __m512i, _mm512_broadcast_i32x4(TABLE(SPECIAL_HIGH))),
        .third = avx512_all(0xE0 - 0x80),
        .fourth = avx512_all(0xF0 - 0x80),
        .top = top,
        .lead = avx512_all(0xC0 - 0x80),
        .lead3 = avx512_all(0xE0 - 0x80),
        .offset = KEPT("+v", __m512i, offset),
        .marked = KEPT("+v", __m512i, _mm512_or_si512(offset, top)),
        .kept = KEPT("+v", __m512i, _mm512_set1_epi16((short)(KPI__LF | 0x3F))),
    };
}
/* Look-ups by the lower nibble of each byte, and by the upper one, as the tables are repeated for all higher bits. */
AVX512_INLINE __m512i avx512_low(__m512i table, __m512i x) { return _mm512_permutexvar_epi8(x, table); }
AVX512_INLINE __m512i avx512_high(__m512i table, __m512i x) {
    return _mm512_permutexvar_epi8(_mm512_srli_epi16(x, 4), table);
}
typedef struct faults512 { __m512i two, more; } faults512; /* what is wrong is where they differ */
AVX512_INLINE faults512 avx512_faults(const tables512 *t, __m512i x, const char *p) {
    __m512i one = _mm512_loadu_si512(p - 1), two = _mm512_loadu_si512(p - 2), three = _mm512_loadu_si512(p - 3);
    __m512i high = avx512_high(t->first_high, one), low = avx512_low(t->first_low, one);
    __m512i second = avx512_high(t->second_high, x);
    __m512i third = _mm512_subs_epu8(two, t->third), fourth = _mm512_subs_epu8(three, t->fourth);
    return (faults512){_mm512_ternarylogic_epi64(high, low, second, 0x80),     /* all three */
                       _mm512_ternarylogic_epi64(third, fourth, t->top, 0xA8)}; /* (third | fourth) & top */
}
AVX512_INLINE __m512i avx512_kinds(const tables512 *t, __m512i x) {
    return _mm512_and_si512(avx512_low(t->low, x), avx512_high(t->high, x));
}
AVX512_INLINE uint64_t avx512_special(const tables512 *t, __m512i x, int kinds) {
    return _mm512_test_epi8_mask(avx512_kinds(t, x), _mm512_set1_epi8((char)kinds));
}
AVX512_INLINE uint64_t avx512_broken(const tables512 *t, __m512i x, const char *p) {
    faults512 fault = avx512_faults(t, x, p);
    return _mm512_cmpneq_epi8_mask(fault.two, fault.more);
}
AVX512_INLINE uint64_t avx512_doubt(const tables512 *t, __m512i x, const char *p) {
    __m512i one = _mm512_loadu_si512(p - 1), two = _mm512_loadu_si512(p - 2);
    __m512i second = _mm512_subs_epu8(one, t->lead), third = _mm512_subs_epu8(two, t->lead3);
    __m512i more = _mm512_andnot_si512(_mm512_add_epi8(x, x), x);
    __m512i differ = _mm512_ternarylogic_epi64(second, third, more, 0x56); /* (second | third) ^ more */
    __m512i kinds = _mm512_and_si512(avx512_low(t->low, x), avx512_high(t->high, x));
    __m512i any = _mm512_ternarylogic_epi64(differ, t->top, kinds, 0xEA); /* (differ & top) | kinds */
    return _mm512_test_epi64_mask(any, any);
}
/* All 64 offsets are there; those of separators are moved together, the mark in their top bit, and widened. */
AVX512_INLINE void avx512_put(const tables512 *t, uint16_t *end, size_t at, uint64_t separator, uint64_t lf) {
    __m512i found = _mm512_maskz_compress_epi8(separator, _mm512_mask_blend_epi8(lf, t->offset, t->marked));
    __m512i base = _mm512_set1_epi16((short)at), wide = _mm512_cvtepi8_epi16(_mm512_castsi512_si256(found));
    _mm512_storeu_si512(end, _mm512_ternarylogic_epi64(wide, t->kept, base, 0xEA)); /* (wide & kept) | base */
    if (__builtin_popcountll(separator) <= 32) return;
    wide = _mm512_cvtepi8_epi16(_mm512_extracti64x4_epi64(found, 1));
    _mm512_storeu_si512(end + 32, _mm512_ternarylogic_epi64(wide, t->kept, base, 0xEA));
}

#define TARGET      AVX512
#define KERNEL      avx512_kernel
#define CHUNK       avx512_chunk
#define v           __m512i
#define LOAD        _mm512_loadu_si512
#define EQ          avx512_eq
#define TABLES      tables512
#define MAKE_TABLES avx512_tables
#define SPECIAL     avx512_special
#define BROKEN      avx512_broken
#define DOUBT       avx512_doubt
#define CLOSER      avx512_closer
#define PUT         avx512_put
#include "scanvec.h"
#endif

/* ---- dispatch ---- */

static kpi__kernel *choose(void) {
    switch (kpi__vectors()) {
#ifdef __x86_64__
    case KPI__AVX512:
        return avx512_kernel;
    case KPI__AVX2:
        return avx2_kernel;
#endif
    default:
        return plain_kernel;
    }
}

/* ---- lines ---- */

/* The index of the next LF in end from at on. There is one. */
static inline unsigned next_lf(const uint16_t *end, unsigned at) {
    for (;; at += 4) {
        uint64_t marks = kpi__load8((const char *)(end + at)) & 0x8000800080008000u;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        if (marks) return at + (unsigned)__builtin_ctzll(marks) / 16;
#else
        if (marks) return at + (unsigned)__builtin_clzll(marks) / 16;
#endif
    }
}

/* Where line i ends. */
static inline size_t end_of(const kpi__batch *batch, unsigned i) {
    return batch->end[i + 1 < batch->lines ? batch->before[i + 1] : batch->split] & ~(unsigned)KPI__LF;
}

/* Marks the lines that have a bad byte. */
static void mark_bad(kpi__batch *batch) {
    unsigned line = 0, kept = 0;
    for (unsigned k = 0; k < batch->bads; k++) {
        uint64_t mask = batch->bad[k].mask;
        for (; mask; mask &= mask - 1) {
            size_t at = batch->bad[k].at + (unsigned)__builtin_ctzll(mask);
            while (line < batch->lines && end_of(batch, line) < at) line++;
            if (line == batch->lines) break;
            batch->odd[line] = true;
        }
        if (mask) batch->bad[kept].at = batch->bad[k].at, batch->bad[kept++].mask = mask; /* of later lines */
    }
    batch->bads = kept;
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/* Whether the line that starts behind end[0] has n fields: its LF is the n-th end, and none before it is. */
static inline __attribute__((always_inline)) bool has_fields(const uint16_t *end, unsigned n) {
    uint64_t marks = 0, at = 1;
    for (; at + 4 <= n; at += 4) marks |= kpi__load8((const char *)(end + at));
    if (at < n) marks |= kpi__load8((const char *)(end + at)) & ~(uint64_t)0 >> 16 * (4 - (n - at));
    return !(marks & 0x8000800080008000u) && end[n] & KPI__LF;
}

#ifdef __x86_64__
/* Bit i: end[i] is that of a line. */
static inline uint64_t marks64(const uint16_t *end) {
    uint64_t marks = 0;
    for (unsigned i = 0; i < 64; i += 16) {
        __m128i low = _mm_loadu_si128((const void *)(end + i)), high = _mm_loadu_si128((const void *)(end + i + 8));
        marks |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high)) << i;
    }
    return marks;
}

/* The same, by as many lines as have up to 64 ends together. */
static inline __attribute__((always_inline)) unsigned cut_many(kpi__batch *batch, unsigned at, unsigned n) {
    const __m128i step = _mm_mullo_epi16(_mm_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7), _mm_set1_epi16((short)n));
    unsigned many = 64 / n, lines = 0;
    uint64_t want = 0, all = ~(uint64_t)0 >> (64 - many * n);
    for (unsigned i = 1; i <= many; i++) want |= (uint64_t)1 << (i * n - 1);
    for (; lines + many <= KPI__BATCH && at + many * n < batch->ends; lines += many, at += many * n) {
        if ((marks64(batch->end + at + 1) & all) != want) break;
        for (unsigned i = 0; i < many; i += 8)
            _mm_storeu_si128((void *)(batch->before + lines + i),
                             _mm_add_epi16(_mm_set1_epi16((short)(at + i * n)), step));
    }
    return lines;
}
#else
#define cut_many(batch, at, n) 0
#endif

/* As many of the next lines as have n fields, at most KPI__BATCH. */
static inline __attribute__((always_inline)) unsigned cut_same(kpi__batch *batch, unsigned at, unsigned n) {
    unsigned lines = cut_many(batch, at, n);
    at += lines * n;
    for (; lines < KPI__BATCH && at + n < batch->ends && has_fields(batch->end + at, n); at += n)
        batch->before[lines++] = (uint16_t)at;
    return lines;
}
#endif

/* Cuts what is scanned into lines, at most KPI__BATCH. */
static void cut(kpi__batch *batch) {
    const kpi_record *record = batch->record;
    unsigned last = batch->ends - 1u, at = batch->split, least = record ? record->fields : 1,
             most = record && !record->more ? record->fields : UINT32_MAX, n = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (most == 9) n = cut_same(batch, at, 9);
    if (most == 10) n = cut_same(batch, at, 10);
    if (most == 4) n = cut_same(batch, at, 4);
    if (most == 6) n = cut_same(batch, at, 6);
    at += n * least;
#endif
    memset(batch->odd, false, n);
    for (; at < last && n < KPI__BATCH; n++) {
        unsigned lf = next_lf(batch->end, at + 1), fields = lf - at;
        batch->before[n] = (uint16_t)at;
        batch->odd[n] = fields < least || fields > most;
        at = lf;
    }
    batch->lines = n;
    batch->split = batch->before[n] = (uint16_t)at;
    mark_bad(batch);
}

/* A line longer than what is scanned in one go. */
static void long_line(kpi__batch *batch, kpi__block *block) {
    const char *lf = memchr(block->at, '\n', (size_t)(block->end - block->at));
    block->at = lf ? lf + 1 : block->end;
    batch->lines = 1;
    batch->before[0] = 0;
    batch->odd[0] = true;
    batch->ends = 1;
    batch->split = 0;
}

/* Looks at the next bytes of block, up to the last LF among them. */
static void look(kpi__batch *batch, kpi__block *block) {
    size_t left = (size_t)(block->end - block->at), n = left < KPI__SCAN ? left : KPI__SCAN;
    batch->bytes = block->at;
    batch->bads = batch->split = 0;
    batch->end[0] = (uint16_t)~KPI__LF;
    if (!batch->kernel) batch->kernel = choose();
    batch->kernel(block->at, n, batch);
    while (batch->ends > 1 && !(batch->end[batch->ends - 1] & KPI__LF)) batch->ends--;
    if (batch->ends > 1) block->at += (batch->end[batch->ends - 1] & ~KPI__LF) + 1;
}

void kpi__count_odds(kpi__batch *batch) {
    unsigned odds = 0;
    for (unsigned i = 0; i < batch->lines; i += 8) /* the product adds up 8 bytes of 0 or 1 */
        odds += (unsigned)(kpi__load8((const char *)(batch->odd + i)) * KPI__BYTES(1) >> 56);
    batch->odds = odds;
}

bool kpi__scan(kpi__batch *batch, kpi__block *block) {
    if (batch->split + 1 >= batch->ends) {
        if (block->at == block->end) return false;
        look(batch, block);
    }
    if (batch->ends > 1)
        cut(batch);
    else
        long_line(batch, block);
    if (block->order == 0 && block->lines == 0 && !memcmp(batch->bytes, "\xEF\xBB\xBF", 3)) batch->odd[0] = true;
    block->lines += batch->lines;
    memset(batch->odd + batch->lines, 0, -batch->lines & 7);
    kpi__count_odds(batch);
    return true;
}
