/* column8.h - the readers of column.c, for eight lines at once by AVX-512; included there.
 *
 * The ends of three fields of a line are one word of batch->end, the start of a field's text another, so a vector of
 * gathered words is the same field of eight lines; comparing and converting goes on as in column.c, lane by lane. What
 * is not as usual in a lane (a date not met before, a long number) is left to the reader of column.c, which alone
 * learns. Lanes of odd lines read the start of the batch and count for nothing.
 *
 * Measured on 9 MB of feedback: 0.4 x the time of column.c's loop. */

typedef struct text8 {
    kpi__word8 ptr, len;
    uint64_t at[8]; /* ptr */
} text8;

typedef struct lines8 { /* lines i .. i + 7 of a batch */
    const kpi__batch *batch;
    kpi__memo *memo;
    const uint16_t *before; /* of their first fields: index in end */
    unsigned i;
    __mmask8 use;      /* those not odd */
} lines8;

WIDE_INLINE lines8 lines8_at(kpi__columns *c, const kpi__batch *batch, unsigned i) {
    __m128i odd = _mm_loadl_epi64((const void *)(batch->odd + i));
    unsigned left = batch->lines - i, use = _mm_cmpeq_epi8_mask(odd, _mm_setzero_si128()) & 0xFFu;
    if (left < 8) use &= (1u << left) - 1;
    return (lines8){batch, c->memo, batch->before + i, i, (__mmask8)use};
}

/* Where field f and the two behind it end, and the one before it, for text8_of(). */
WIDE_INLINE kpi__word8 ends8(const lines8 *l, unsigned f) {
    uint64_t at[8];
    for (unsigned k = 0; k < 8; k++) at[k] = (uint64_t)(uintptr_t)(l->batch->end + l->before[k] + f);
    return kpi__load8x8(at, 0);
}

/* The field that is `at` behind the first one of ends. Of the last one of a line the CR is no part. */
WIDE_INLINE text8 text8_of(const lines8 *l, kpi__word8 ends, unsigned at, bool last) {
    const kpi__word8 offset = kpi__all8(0x7FFF), bytes = kpi__all8((uint64_t)(uintptr_t)l->batch->bytes);
    ends = _mm512_srli_epi64(ends, 16 * at);
    kpi__word8 from = _mm512_and_si512(_mm512_add_epi64(ends, kpi__all8(1)), offset);
    kpi__word8 to = _mm512_and_si512(_mm512_srli_epi64(ends, 16), offset);
    if (last) {
        uint64_t tail[8];
        _mm512_storeu_si512(tail, _mm512_add_epi64(bytes, _mm512_maskz_sub_epi64(l->use, to, kpi__all8(1))));
        kpi__word8 end = kpi__load8x8(tail, 0);
        __mmask8 cr = _mm512_cmpeq_epi64_mask(_mm512_and_si512(end, kpi__all8(0xFF)), kpi__all8('\r'));
        to = _mm512_mask_sub_epi64(to, cr & l->use, to, kpi__all8(1));
    }
    from = _mm512_maskz_mov_epi64(l->use, from);
    text8 text = {_mm512_add_epi64(bytes, from), _mm512_maskz_sub_epi64(l->use, to, from), {0}};
    _mm512_storeu_si512(text.at, text.ptr);
    return text;
}

WIDE_INLINE kpi__word8 bytes_at(text8 text, unsigned offset) {
    return kpi__load8x8(text.at, offset);
}

WIDE_INLINE __mmask8 empty8(text8 text) { return _mm512_testn_epi64_mask(text.len, text.len); }
WIDE_INLINE __mmask8 length8(text8 text, uint64_t n) { return _mm512_cmpeq_epi64_mask(text.len, kpi__all8(n)); }

/* The lanes of `left` one by one by read(text, value); they are good when it says so. */
#define EACH_LANE(left, good, text, value, read)                                                    \
    if (__builtin_expect((left) != 0, 0)) {                                                         \
        uint64_t ptr_[8], len_[8];                                                                  \
        _mm512_storeu_si512(ptr_, (text).ptr);                                                      \
        _mm512_storeu_si512(len_, (text).len);                                                      \
        for (unsigned left_ = (left); left_; left_ &= left_ - 1) {                                  \
            unsigned k_ = (unsigned)__builtin_ctz(left_);                                           \
            kpi_text one = {(const char *)(uintptr_t)ptr_[k_], len_[k_]};                           \
            int64_t *to = (value) + k_;                                                             \
            if (read) (good) |= (__mmask8)(1u << k_);                                               \
        }                                                                                           \
    }

/* 16 bytes of each of texts k .. k + 3. */
WIDE_INLINE __m512i four16(const text8 *text, unsigned k, size_t offset) {
#define SIXTEEN(i) _mm_loadu_si128((const void *)(uintptr_t)(text->at[i] + offset))
    __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(SIXTEEN(k)), SIXTEEN(k + 1), 1);
    __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(SIXTEEN(k + 2)), SIXTEEN(k + 3), 1);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
#undef SIXTEEN
}

/* Whether all eight begin with the date d: mostly they do. */
WIDE_INLINE bool all_begin8(const text8 *text, const date *d) {
    const __mmask64 ten = 0x03FF03FF03FF03FFu;
    __m512i want = _mm512_broadcast_i32x4(_mm_set_epi64x((long long)(d->tail >> 48), (long long)d->head));
    return !(_mm512_mask_cmpneq_epi8_mask(ten, four16(text, 0, 0), want) |
             _mm512_mask_cmpneq_epi8_mask(ten, four16(text, 4, 0), want));
}

/* Whether THH:MM:SSZ stands behind the first ten bytes of texts k .. k + 3, of 20 bytes: each byte in its range, and
 * behind a 2 no hour above 3. */
WIDE_INLINE bool stamp4(const text8 *text, unsigned k) {
    const __m128i least = _mm_setr_epi8(0, 0, 0, 0, 0, 0, 'T', '0', '0', ':', '0', '0', ':', '0', '0', 'Z');
    const __m128i range = _mm_setr_epi8(-1, -1, -1, -1, -1, -1, 0, 2, 9, 0, 5, 9, 0, 5, 9, 0);
    __m512i x = _mm512_sub_epi8(four16(text, k, 4), _mm512_broadcast_i32x4(least));
    __mmask64 twos = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(2));
    __mmask64 over = _mm512_cmpgt_epu8_mask(x, _mm512_set1_epi8(3));
    return !(_mm512_cmpgt_epu8_mask(x, _mm512_broadcast_i32x4(range)) | (twos << 1 & over & 0x0100010001000100u));
}

/* Of texts of 20 bytes that begin with a date: whether the rest is THH:MM:SSZ. */
WIDE_INLINE __mmask8 stamp8(text8 text) {
    kpi__word8 x = _mm512_xor_si512(bytes_at(text, 10), kpi__all8(0x303A30303A303054u));
    kpi__word8 all = _mm512_or_si512(x, _mm512_add_epi64(x, kpi__all8(0x0A0F060A0F060D0Fu)));
    kpi__word8 hour = _mm512_or_si512(_mm512_and_si512(x, kpi__all8(0xFF00)),
                                      _mm512_and_si512(_mm512_srli_epi64(x, 16), kpi__all8(0xFF)));
    __mmask8 good = _mm512_testn_epi64_mask(all, kpi__all8(0xF0F0F0F0F0F0F0F0u));
    good &= _mm512_cmple_epu64_mask(hour, kpi__all8(0x0203)); /* before 24:00 */
    kpi__word8 end = _mm512_srli_epi64(bytes_at(text, 12), 48);
    kpi__word8 one = _mm512_sub_epi64(end, kpi__all8('0' | 'Z' << 8));
    return good & _mm512_cmplt_epu64_mask(one, kpi__all8(10));
}

/* A date, or nothing: as on the line before, else as met at some time. */
WIDE_INLINE __mmask8 date8(const lines8 *l, unsigned f, text8 text, bool required, int64_t *value) {
    kpi__memo *memo = l->memo;
    date *last = &memo->last[f];
    __mmask8 none = empty8(text), long_ones = length8(text, 20), whole = length8(text, 10);
    kpi__word8 day = kpi__all8((uint64_t)last->day);
    __mmask8 same = 0xFF;
    if (!all_begin8(&text, last)) {
        kpi__word8 head = bytes_at(text, 0), tail = bytes_at(text, 2);
        kpi__word8 month = _mm512_or_si512(_mm512_and_si512(_mm512_srli_epi64(tail, 20), kpi__all8(0x10)),
                                           _mm512_and_si512(_mm512_srli_epi64(tail, 32), kpi__all8(0x0F)));
        kpi__word8 date_of = _mm512_or_si512(_mm512_and_si512(_mm512_srli_epi64(tail, 44), kpi__all8(0x30)),
                                             _mm512_and_si512(_mm512_srli_epi64(tail, 56), kpi__all8(0x0F)));
        kpi__word8 year = _mm512_and_si512(_mm512_srli_epi64(tail, 8), kpi__all8(0x0F));
        kpi__word8 place = _mm512_or_si512(_mm512_slli_epi64(month, 6), date_of);
        place = _mm512_xor_si512(place, _mm512_mul_epu32(year, kpi__all8(0x155)));
        place = _mm512_and_si512(place, kpi__all8(DATES - 1));
        *last = memo->date[_mm_cvtsi128_si64(_mm512_castsi512_si128(place))];
        place = _mm512_mul_epu32(place, kpi__all8(sizeof(date)));
        uint64_t at[8];
        _mm512_storeu_si512(at, _mm512_add_epi64(place, kpi__all8((uint64_t)(uintptr_t)memo->date)));
        same = _mm512_cmpeq_epi64_mask(head, kpi__load8x8(at, 0));
        same = _mm512_mask_cmpeq_epi64_mask(same, tail, kpi__load8x8(at, 8));
        day = kpi__load8x8(at, 16);
    }
    if (long_ones & same && !(long_ones == 0xFF && stamp4(&text, 0) && stamp4(&text, 4))) long_ones &= stamp8(text);
    __mmask8 good = ((same & (whole | long_ones)) & (__mmask8)~none) | (required ? 0 : none);
    _mm512_storeu_si512(value, _mm512_mask_mov_epi64(day, none, kpi__all8((uint64_t)KPI__EMPTY)));
    __mmask8 left = l->use & (__mmask8)~(good | none);
    EACH_LANE(left, good, text, value, read_date(memo, last, one, required, to))
    return good;
}

/* A score, minutes: looked up by the text. */
WIDE_INLINE __mmask8 count8(const lines8 *l, text8 text, bool whole, int64_t *value) {
    number *known = l->memo->number;
    __mmask8 none = empty8(text);
    kpi__word8 key = _mm512_and_si512(bytes_at(text, 0), kpi__first8(text.len));
    kpi__word8 place = _mm512_srli_epi64(_mm512_mullo_epi64(key, kpi__all8(0x9E3779B97F4A7C15u)), 40);
    place = _mm512_mul_epu32(_mm512_and_si512(place, kpi__all8(NUMBERS - 1)), kpi__all8(sizeof *known));
    uint64_t at[8];
    _mm512_storeu_si512(at, _mm512_add_epi64(place, kpi__all8((uint64_t)(uintptr_t)known)));
    kpi__word8 found = kpi__load8x8(at, offsetof(number, value));
    __mmask8 good = _mm512_cmpeq_epi64_mask(key, kpi__load8x8(at, offsetof(number, text)));
    good = _mm512_mask_cmple_epu64_mask(good, text.len, kpi__all8(8)) | none;
    _mm512_storeu_si512(value, _mm512_mask_mov_epi64(found, none, kpi__all8((uint64_t)KPI__EMPTY)));
    __mmask8 left = l->use & (__mmask8)~good;
    EACH_LANE(left, good, text, value, read_count(known, one, whole, false, to))
    return good;
}

/* A sum of money: read_number(), for eight. */
WIDE_INLINE __mmask8 number8(const lines8 *l, text8 text, bool required, int64_t *value) {
    const kpi__word8 seven = kpi__all8(KPI__BYTES(0x7F)), one8 = kpi__all8(1), zeros = kpi__all8(0);
    const kpi__word8 scale = _mm512_setr_epi64(1000000, 100000, 10000, 1000, 100, 10, 1, 0);
    __mmask8 none = empty8(text);
    kpi__word8 n = text.len, x = bytes_at(text, 0), zero = _mm512_xor_si512(x, kpi__all8(KPI__BYTES('.')));
    kpi__word8 point = _mm512_or_si512(_mm512_add_epi64(_mm512_and_si512(zero, seven), seven), zero);
    point = _mm512_and_si512(_mm512_andnot_si512(point, kpi__all8(KPI__BYTES(0x80))), kpi__first8(n));
    __mmask8 pointed = _mm512_test_epi64_mask(point, point);
    kpi__word8 lowest = _mm512_and_si512(point, _mm512_sub_epi64(zeros, point));
    kpi__word8 bit = _mm512_sub_epi64(kpi__all8(63 - 7), _mm512_lzcnt_epi64(lowest)); /* of the point's byte */
    kpi__word8 below = _mm512_sub_epi64(_mm512_sllv_epi64(one8, bit), one8);
    x = _mm512_mask_ternarylogic_epi64(x, pointed, below, bytes_at(text, 1), 0xE2); /* taken out: below ? x : behind */
    n = _mm512_mask_sub_epi64(n, pointed, n, one8);
    kpi__word8 decimals = _mm512_maskz_sub_epi64(pointed, n, _mm512_srli_epi64(bit, 3));
    __mmask8 good = _mm512_cmple_epu64_mask(_mm512_sub_epi64(n, one8), kpi__all8(7)); /* 1..8 digits */
    good &= (__mmask8)~pointed | (_mm512_cmple_epu64_mask(_mm512_sub_epi64(decimals, one8), kpi__all8(5)) &
                                  _mm512_test_epi64_mask(bit, bit));
    x = _mm512_sllv_epi64(_mm512_xor_si512(x, kpi__all8(KPI__BYTES('0'))),
                          _mm512_slli_epi64(_mm512_sub_epi64(kpi__all8(8), n), 3));
    kpi__word8 over = _mm512_or_si512(_mm512_add_epi64(x, kpi__all8(KPI__BYTES(0x06))), x);
    good = _mm512_mask_testn_epi64_mask(good, over, kpi__all8(KPI__BYTES(0xF0)));
    x = _mm512_add_epi64(_mm512_mullo_epi64(x, kpi__all8(10)), _mm512_srli_epi64(x, 8));
    kpi__word8 low = _mm512_and_si512(x, kpi__all8(0x000000FF000000FFu));
    kpi__word8 high = _mm512_and_si512(_mm512_srli_epi64(x, 16), kpi__all8(0x000000FF000000FFu));
    x = _mm512_add_epi64(_mm512_mullo_epi64(low, kpi__all8(0x000F424000000064u)),
                         _mm512_mullo_epi64(high, kpi__all8(0x0000271000000001u)));
    x = _mm512_mul_epu32(_mm512_srli_epi64(x, 32), _mm512_permutexvar_epi64(decimals, scale));
    _mm512_storeu_si512(value, _mm512_mask_mov_epi64(x, none, kpi__all8((uint64_t)KPI__EMPTY)));
    __mmask8 left = l->use & (__mmask8)~(good | none);
    if (!required) good |= none;
    EACH_LANE(left, good, text, value, read_count(NULL, one, false, required, to))
    return good;
}

/* Mostly all are the same. */
WIDE_INLINE __mmask8 period8(const lines8 *l, text8 text, int64_t *value) {
    if (!l->use) return 0;
    unsigned first = (unsigned)__builtin_ctz(l->use);
    kpi_text mine = kpi__at(l->batch, l->i + first, 0);
    int64_t days;
    __mmask8 good = 0;
    if (mine.len && mine.len <= 8 && read_period(l->memo, mine, true, &days)) {
        kpi__word8 word = kpi__all8(kpi__low_bytes(kpi__load8(mine.ptr), mine.len));
        good = _mm512_cmpeq_epi64_mask(_mm512_and_si512(bytes_at(text, 0), kpi__first8(text.len)), word);
        good &= length8(text, mine.len);
        _mm512_storeu_si512(value, kpi__all8((uint64_t)days));
    }
    __mmask8 left = l->use & (__mmask8)~good;
    EACH_LANE(left, good, text, value, read_period(l->memo, one, true, to))
    return good;
}

/* done, planned, missed by their letters; others are rare. */
WIDE_INLINE __mmask8 status8(const lines8 *l, text8 text, int64_t *value) {
    kpi__word8 key = _mm512_and_si512(bytes_at(text, 0), kpi__first8(text.len));
    __mmask8 good = 0;
    kpi__word8 status = kpi__all8(0);
    for (int i = 0; i < 3; i++) {
        static const char known[3][8] = {"done", "planned", "missed"};
        __mmask8 is = _mm512_cmpeq_epi64_mask(key, kpi__all8(kpi__load8(known[i])));
        status = _mm512_mask_mov_epi64(status, is, kpi__all8((uint64_t)i));
        good |= is;
    }
    _mm512_storeu_si512(value, status);
    __mmask8 left = l->use & (__mmask8)~good;
    EACH_LANE(left, good, text, value, read_status(one, to))
    return good;
}

/* ---- records ---- */

WIDE_INLINE void mark_odd8(kpi__batch *batch, const lines8 *l, __mmask8 good) {
    bool *odd = batch->odd + l->i;
    __m128i bad = _mm_maskz_set1_epi8((__mmask16)(l->use & (unsigned char)~good), 1);
    _mm_storel_epi64((void *)odd, _mm_or_si128(_mm_loadl_epi64((const void *)odd), bad));
}

#define LINES8 \
    lines8 l;  \
    for (unsigned i = 0; i < batch->lines && (l = lines8_at(c, batch, i), true); i += 8)
#define TEXT8(first, f)             text8_of(&l, ends##first, f - first, f + 1 == FIELDS) /* ends8 of first */
#define VALUE(f)                    (&c->value[f][i])
#define DATE8(first, f, required)   date8(&l, f, TEXT8(first, f), required, VALUE(f))
#define COUNT8(first, f, whole)     count8(&l, TEXT8(first, f), whole, VALUE(f))
#define NUMBER8(first, f, required) number8(&l, TEXT8(first, f), required, VALUE(f))
#define SOME8(first, f)             ((__mmask8)~empty8(TEXT8(first, f)))

WIDE static void wide_feedback(kpi__columns *c, kpi__batch *batch) {
    enum { FIELDS = 9, DATE = 0, MANAGER = 1, SCORE = 5, RESOLVED = 6, LOGGED = 7 };
    LINES8 {
        kpi__word8 ends0 = ends8(&l, 0), ends5 = ends8(&l, 5);
        __mmask8 good = DATE8(0, DATE, true) & SOME8(0, MANAGER);
        good &= COUNT8(5, SCORE, false) & DATE8(5, RESOLVED, false) & DATE8(5, LOGGED, false);
        kpi__word8 on = _mm512_loadu_si512(VALUE(RESOLVED)), day = _mm512_loadu_si512(VALUE(DATE));
        good &= _mm512_cmpge_epi64_mask(on, day) | _mm512_cmpeq_epi64_mask(on, kpi__all8((uint64_t)KPI__EMPTY));
        mark_odd8(batch, &l, good);
    }
}

WIDE static void wide_visits(kpi__columns *c, kpi__batch *batch) {
    enum { FIELDS = 10, DATE = 0, MANAGER = 1, KIND = 3, STATUS = 4, MINUTES = 7, LOGGED = 8 };
    LINES8 {
        kpi__word8 ends0 = ends8(&l, 0), ends3 = ends8(&l, 3), ends7 = ends8(&l, 7);
        __mmask8 good = DATE8(0, DATE, true) & SOME8(0, MANAGER) & SOME8(3, KIND);
        good &= status8(&l, TEXT8(3, STATUS), VALUE(STATUS));
        good &= COUNT8(7, MINUTES, true) & DATE8(7, LOGGED, false);
        mark_odd8(batch, &l, good);
    }
}

WIDE static void wide_measures(kpi__columns *c, kpi__batch *batch) {
    enum { FIELDS = 4 };
    LINES8 {
        kpi__word8 ends0 = ends8(&l, 0), ends3 = ends8(&l, 3);
        __mmask8 good = period8(&l, TEXT8(0, 0), VALUE(0)) & SOME8(0, 1) & SOME8(0, 2);
        mark_odd8(batch, &l, good & NUMBER8(3, 3, true));
    }
}

WIDE static void wide_goals(kpi__columns *c, kpi__batch *batch) {
    enum { FIELDS = 6 };
    LINES8 {
        kpi__word8 ends0 = ends8(&l, 0), ends3 = ends8(&l, 3);
        __mmask8 good = period8(&l, TEXT8(0, 0), VALUE(0)) & SOME8(0, 1) & SOME8(0, 2);
        mark_odd8(batch, &l, good & NUMBER8(3, 3, false) & NUMBER8(3, 4, true) & NUMBER8(3, 5, false));
    }
}

/* ---- texts ---- */

/* Returns how many it has dealt with: all but the last few. */
WIDE static unsigned wide_texts(const kpi__batch *batch, const uint16_t *which, unsigned n, unsigned f,
                                kpi_text *text) {
    const kpi__word8 low = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
    const kpi__word8 high = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
    unsigned i = 0;
    for (; i + 8 <= n; i += 8) {
        uint16_t before[8];
        for (unsigned k = 0; k < 8 && which[i + 7] != which[i] + 7; k++) before[k] = batch->before[which[i + k]];
        const uint16_t *from = which[i + 7] != which[i] + 7 ? before : batch->before + which[i];
        lines8 l = {.batch = batch, .before = from, .use = 0xFF};
        text8 t = text8_of(&l, ends8(&l, f), 0, f + 1 == batch->record->fields);
        _mm512_storeu_si512(text + i, _mm512_permutex2var_epi64(t.ptr, low, t.len));
        _mm512_storeu_si512(text + i + 4, _mm512_permutex2var_epi64(t.ptr, high, t.len));
    }
    return i;
}
