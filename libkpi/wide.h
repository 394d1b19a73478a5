/* wide.h - eight words at once, by AVX-512: what dict.c and column.c have in common. For functions that are called only
 * where kpi__vectors() is KPI__AVX512. */
#ifndef KPI_WIDE_H
#define KPI_WIDE_H

#include "internal.h"

#include <immintrin.h>

#define WIDE        __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,bmi,bmi2,lzcnt")))
#define WIDE_INLINE WIDE static inline __attribute__((always_inline))

typedef __m512i kpi__word8; /* 64 bits each */

WIDE_INLINE kpi__word8 kpi__all8(uint64_t word) { return _mm512_set1_epi64((long long)word); }

/* The 8 bytes at each address, which can be read; they may overlap. Of lanes that are not in use: zeros. */
WIDE_INLINE kpi__word8 kpi__load8x8(kpi__word8 address) { return _mm512_i64gather_epi64(address, NULL, 1); }

/* Masks of the first n bytes of a word, n 0..8 or beyond. */
WIDE_INLINE kpi__word8 kpi__first8(kpi__word8 n) {
    n = _mm512_max_epi64(_mm512_min_epi64(n, kpi__all8(8)), kpi__all8(0));
    return _mm512_srlv_epi64(kpi__all8(UINT64_MAX), _mm512_slli_epi64(_mm512_sub_epi64(kpi__all8(8), n), 3));
}

#endif
