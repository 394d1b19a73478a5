/* wide.h - eight words at once, by AVX-512: what dict.c and column.c have in common. For functions that are called only
 * where kpi__vectors() is KPI__AVX512. */
#ifndef KPI_WIDE_H
#define KPI_WIDE_H

#include "internal.h"

#include <immintrin.h>

#define WIDE        __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vbmi2,bmi,bmi2,lzcnt")))
#define WIDE_INLINE WIDE static inline __attribute__((always_inline))

typedef __m512i kpi__word8; /* 64 bits each */

WIDE_INLINE kpi__word8 kpi__all8(uint64_t word) { return _mm512_set1_epi64((long long)word); }

/* The words at eight addresses (numbers), which may overlap. Loads of single words, put together, take a third of the
 * time of a gather instruction, on some machines a tenth. */
WIDE_INLINE kpi__word8 kpi__load8x8(const uint64_t at[8], size_t offset) {
#define KPI__WORD(i) (const void *)(uintptr_t)(at[i] + offset)
#define KPI__LOW(i) _mm_castsi128_pd(_mm_loadl_epi64(KPI__WORD(i)))
#define KPI__TWO(i) _mm_castpd_si128(_mm_loadh_pd(KPI__LOW(i), KPI__WORD(i + 1)))
    __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(KPI__TWO(0)), KPI__TWO(2), 1);
    __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(KPI__TWO(4)), KPI__TWO(6), 1);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
#undef KPI__TWO
#undef KPI__LOW
#undef KPI__WORD
}

/* Masks of the first n bytes of a word, n 0..8 or beyond. */
WIDE_INLINE kpi__word8 kpi__first8(kpi__word8 n) {
    n = _mm512_max_epi64(_mm512_min_epi64(n, kpi__all8(8)), kpi__all8(0));
    return _mm512_srlv_epi64(kpi__all8(UINT64_MAX), _mm512_slli_epi64(_mm512_sub_epi64(kpi__all8(8), n), 3));
}

#endif
