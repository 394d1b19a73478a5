/* column8.h - the readers of column.c, for eight lines at once by AVX-512; included there.
 *
 * Lines of as many fields as their record has stand in batch->end at equal steps. So three loads and two permutations
 * spread the ends of some fields over eight words, a word for each line, and give the lengths; where a text starts is
 * one load away. Comparing and converting goes on as in column.c, lane by lane, with short ways for what is mostly so:
 * all eight of the same day, with a time behind it or not; small whole numbers; nothing at all. What is not as usual in
 * a lane (a date not met before, a long number) is left to the reader of column.c, which alone learns, and so are eight
 * lines that do not stand so. Lanes of odd lines count for nothing. The last eight lines overlap those before.
 *
 * Measured on 10 million lines of feedback: 0.35 x the time of column.c's loop. */

typedef struct lines8 { /* eight lines of a batch */
    const kpi__batch *batch;
    kpi__memo *memo;
    unsigned fields, i;  /* the first line is i */
    const uint16_t *end; /* from what ends the field before its first one on */
    __mmask8 use;        /* those not odd */
} lines8;

/* Lines i .. i + 7, but none from `to` on. false: they do not all have as many fields, or there are no eight. */
WIDE_INLINE bool lines8_at(lines8 *l, unsigned i, unsigned to) {
    short n = (short)l->fields;
    const __m128i steps = _mm_mullo_epi16(_mm_setr_epi16(1, 2, 3, 4, 5, 6, 7, 8), _mm_set1_epi16(n));
    if (to < 8) return false;
    if (i > to - 8) i = to - 8;
    const uint16_t *before = l->batch->before + i;
    l->i = i;
    l->end = l->batch->end + *before;
    l->use = (__mmask8)_mm_cmpeq_epi8_mask(_mm_loadl_epi64((const void *)(l->batch->odd + i)), _mm_setzero_si128());
    __m128i want = _mm_add_epi16(_mm_set1_epi16((short)*before), steps); /* of the eight lines behind each */
    return _mm_cmpeq_epi16_mask(_mm_loadu_si128((const void *)(before + 1)), want) == 0xFF;
}

/* Where fields f - 1 to f + 2 of each line end: three lines, three, and two. */
WIDE_INLINE kpi__word8 ends8(const lines8 *l, unsigned f) {
    const __m512i row = (__m512i)(__v32hi){0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 0, 0, 0, 0,
                                            1, 1, 1, 1, 2, 2, 2, 2, 0, 0, 0, 0, 1, 1, 1, 1};
    const __m512i which = (__m512i)(__v32hi){0,  1,  2,  3,  0,  1,  2,  3,  0, 1, 2, 3, 32, 33, 34, 35,
                                             32, 33, 34, 35, 32, 33, 34, 35, 0, 1, 2, 3, 0,  1,  2,  3};
    const __m512i at = _mm512_add_epi16(_mm512_mullo_epi16(row, _mm512_set1_epi16((short)l->fields)), which);
    const uint16_t *end = l->end + f;
    __m512i first = _mm512_loadu_si512(end), second = _mm512_loadu_si512(end + 3 * l->fields);
    __m512i ends = _mm512_permutex2var_epi16(first, at, second), third = _mm512_loadu_si512(end + 6 * l->fields);
    return _mm512_mask_permutexvar_epi16(ends, 0xFF000000, at, third);
}

/* The lengths of fields f to f + 2, 16 bits each. Of the last field of a line a CR counts, too. */
WIDE_INLINE kpi__word8 lengths8(const lines8 *l, unsigned f) {
    kpi__word8 ends = ends8(l, f), from = _mm512_add_epi16(ends, _mm512_set1_epi16(1));
    return _mm512_and_si512(_mm512_sub_epi16(_mm512_srli_epi64(ends, 16), from), kpi__all8(0x7FFF7FFF7FFFu));
}

/* One of them. */
WIDE_INLINE kpi__word8 length8(kpi__word8 lengths, unsigned which) {
    return _mm512_and_si512(_mm512_srli_epi64(lengths, 16 * which), kpi__all8(0xFFFF));
}

/* Where field f of the k-th line starts. */
WIDE_INLINE const char *text_at(const lines8 *l, unsigned k, unsigned f) {
    size_t from = (size_t)l->end[k * l->fields + f] + 1;
    return l->batch->bytes + (f ? from : from & 0x7FFF);
}

/* The eight bytes that begin so far behind the start of field f, of each. */
WIDE_INLINE kpi__word8 bytes8(const lines8 *l, unsigned f, unsigned offset) {
    uint64_t at[8];
    for (unsigned k = 0; k < 8; k++) at[k] = (uint64_t)(uintptr_t)text_at(l, k, f);
    return kpi__load8x8(at, offset);
}

WIDE_INLINE __mmask8 is8(kpi__word8 word, uint64_t what) { return _mm512_cmpeq_epi64_mask(word, kpi__all8(what)); }

WIDE_INLINE void put8(int64_t *value, __mmask8 none, kpi__word8 word) {
    _mm512_storeu_si512(value, _mm512_mask_mov_epi64(word, none, kpi__all8((uint64_t)KPI__EMPTY)));
}

/* The lanes of `left` one by one: those are good, too, of which `read`, given `one` and `to`, says so. */
#define EACH_LANE(l, f, left, good, value, read)                                         \
    for (unsigned left_ = (left); __builtin_expect(left_ != 0, 0); left_ &= left_ - 1) { \
        unsigned k_ = (unsigned)__builtin_ctz(left_), n_ = (l)->fields;                  \
        kpi_text one = field_of(&(line){(l)->batch->bytes, (l)->end + k_ * n_, n_}, f);  \
        int64_t *to = (value) + k_;                                                      \
        if (read) (good) |= (__mmask8)(1u << k_);                                        \
    }

/* ---- dates ---- */

/* Which do not begin with the date d: of its five words some differ, which are a byte of a mask for each line. */
WIDE_INLINE __mmask8 other_dates8(const lines8 *l, unsigned f, const date *d) {
    const __mmask32 five = 0x1F1F1F1F;
    __m512i want = _mm512_broadcast_i32x4(_mm_set_epi64x((long long)(d->tail >> 48), (long long)d->head));
#define SIXTEEN(k) _mm_loadu_si128((const void *)text_at(l, k, f))
#define FOUR(k)                                                                                                 \
    _mm512_inserti64x4(                                                                                         \
        _mm512_castsi256_si512(_mm256_inserti128_si256(_mm256_castsi128_si256(SIXTEEN(k)), SIXTEEN(k + 1), 1)), \
        _mm256_inserti128_si256(_mm256_castsi128_si256(SIXTEEN(k + 2)), SIXTEEN(k + 3), 1), 1)
    uint64_t first = _mm512_mask_cmpneq_epi16_mask(five, FOUR(0), want);
    uint64_t second = _mm512_mask_cmpneq_epi16_mask(five, FOUR(4), want);
#undef FOUR
#undef SIXTEEN
    if (__builtin_expect(!(first | second), 1)) return 0;
    __m128i differ = _mm_cvtsi64_si128((long long)(first | second << 32));
    return (__mmask8)_mm_test_epi8_mask(differ, differ);
}

/* Whether all eight, of 20 bytes, are the date d with THH:MM:SSZ behind it. What each byte is above the least it may
 * be must be in its range, and the hour, two bytes of one word when the one before the field is read too, below 24. */
WIDE_INLINE bool same_stamp8(const lines8 *l, unsigned f, const date *d) {
    __m512i least = _mm512_broadcast_i64x4(_mm256_setr_epi64x(
        (long long)(d->head << 8), (long long)(d->tail >> 40 | 0x303A303054000000u), 0x5A30303A30u, 0));
    const __m512i range = _mm512_broadcast_i64x4(
                      _mm256_setr_epi64x(0xFF, 0x0500090200000000, (long long)0xFFFFFF0009050009u, -1)),
                  hour = _mm512_broadcast_i64x4(_mm256_setr_epi64x(0, 0x0000010A00000000, 0, 0)),
                  last = _mm512_set1_epi16(23);
    __m512i over = _mm512_setzero_si512();
    for (unsigned k = 0; k < 8; k += 2) {
        __m256i one = _mm256_loadu_si256((const void *)(text_at(l, k, f) - 1));
        __m256i two = _mm256_loadu_si256((const void *)(text_at(l, k + 1, f) - 1));
        __m512i x = _mm512_sub_epi8(_mm512_inserti64x4(_mm512_castsi256_si512(one), two, 1), least);
        __m512i late = _mm512_subs_epu16(_mm512_maddubs_epi16(x, hour), last);
        over = _mm512_ternarylogic_epi64(over, late, _mm512_subs_epu8(x, range), 0xFE); /* any of them */
    }
    return !_mm512_test_epi64_mask(over, over);
}

/* Of texts of 20 bytes that begin with a date: whether the rest is THH:MM:SSZ. */
WIDE_INLINE __mmask8 stamp8(const lines8 *l, unsigned f) {
    kpi__word8 x = _mm512_xor_si512(bytes8(l, f, 10), kpi__all8(0x303A30303A303054u));
    kpi__word8 all = _mm512_or_si512(x, _mm512_add_epi64(x, kpi__all8(0x0A0F060A0F060D0Fu)));
    kpi__word8 hour = _mm512_or_si512(_mm512_and_si512(x, kpi__all8(0xFF00)),
                                      _mm512_and_si512(_mm512_srli_epi64(x, 16), kpi__all8(0xFF)));
    __mmask8 good = _mm512_testn_epi64_mask(all, kpi__all8(0xF0F0F0F0F0F0F0F0u));
    good &= _mm512_cmple_epu64_mask(hour, kpi__all8(0x0203)); /* before 24:00 */
    kpi__word8 one = _mm512_sub_epi64(_mm512_srli_epi64(bytes8(l, f, 12), 48), kpi__all8('0' | 'Z' << 8));
    return good & _mm512_cmplt_epu64_mask(one, kpi__all8(10));
}

/* Dates as met at some time, where each of these stands by place_of(). The last one is what is expected next. */
WIDE_INLINE __mmask8 known_dates8(const lines8 *l, unsigned f, kpi__word8 *day) {
    kpi__memo *memo = l->memo;
    kpi__word8 head = bytes8(l, f, 0), tail = bytes8(l, f, 2);
    kpi__word8 month = _mm512_or_si512(_mm512_and_si512(_mm512_srli_epi64(tail, 24), kpi__all8(1)),
                                       _mm512_and_si512(_mm512_srli_epi64(tail, 31), kpi__all8(0x1E)));
    kpi__word8 date_of = _mm512_or_si512(_mm512_and_si512(_mm512_srli_epi64(tail, 48), kpi__all8(3)),
                                         _mm512_and_si512(_mm512_srli_epi64(tail, 54), kpi__all8(0x3C)));
    kpi__word8 year = _mm512_and_si512(_mm512_srli_epi64(tail, 8), kpi__all8(0x0F));
    kpi__word8 place = _mm512_or_si512(month, _mm512_slli_epi64(date_of, 5));
    place = _mm512_xor_si512(place, _mm512_mul_epu32(year, kpi__all8(YEARS)));
    place = _mm512_and_si512(place, kpi__all8(DATES - 1));
    memo->last[f] = memo->date[_mm_extract_epi64(_mm512_extracti64x2_epi64(place, 3), 1)];
    place = _mm512_mul_epu32(place, kpi__all8(sizeof(date)));
    uint64_t at[8];
    _mm512_storeu_si512(at, _mm512_add_epi64(place, kpi__all8((uint64_t)(uintptr_t)memo->date)));
    *day = kpi__load8x8(at, offsetof(date, day));
    return _mm512_cmpeq_epi64_mask(head, kpi__load8x8(at, offsetof(date, head))) &
           _mm512_cmpeq_epi64_mask(tail, kpi__load8x8(at, offsetof(date, tail)));
}

/* A date, or nothing: mostly as on the line before; a few others each by itself, many as met at some time. */
WIDE_INLINE __mmask8 date8(const lines8 *l, unsigned f, kpi__word8 len, bool required, int64_t *value) {
    enum { FEW = 3 };
    date *last = &l->memo->last[f], other;
    __mmask8 none = is8(len, 0), stamped = is8(len, 20), whole = is8(len, 10), good = required ? 0 : none;
    kpi__word8 day = kpi__all8((uint64_t)last->day);
    if (stamped == 0xFF && same_stamp8(l, f, last)) {
        put8(value, 0, day);
        return 0xFF;
    }
    __mmask8 known = (__mmask8)~other_dates8(l, f, last);
    if ((known & whole) == 0xFF) {
        put8(value, 0, day);
        return 0xFF;
    }
    if (__builtin_popcount((__mmask8)~(known | none)) > FEW) known = known_dates8(l, f, &day);
    if (known & stamped) stamped &= stamp8(l, f);
    known &= whole | stamped;
    good |= known;
    put8(value, none, day);
    EACH_LANE(l, f, l->use & (__mmask8)~(known | none), good, value, read_date_or_none(l->memo, &other, one, to))
    return good;
}

/* ---- numbers ---- */

/* The first n bytes, up to 8, at the end of the word, where a digit is 0..9. */
WIDE_INLINE kpi__word8 digits8(kpi__word8 text, kpi__word8 n) {
    kpi__word8 rest = _mm512_slli_epi64(_mm512_sub_epi64(kpi__all8(8), n), 3);
    return _mm512_sllv_epi64(_mm512_xor_si512(text, kpi__all8(KPI__BYTES('0'))), rest);
}
WIDE_INLINE __mmask8 are_digits8(kpi__word8 x) {
    kpi__word8 over = _mm512_or_si512(_mm512_add_epi64(x, kpi__all8(KPI__BYTES(0x06))), x);
    return _mm512_testn_epi64_mask(over, kpi__all8(KPI__BYTES(0xF0)));
}

/* A score, minutes: mostly all have up to three digits, the last of which may stand behind a point unless they are
 * whole; else they are looked up by the text. */
WIDE_INLINE __mmask8 count8(const lines8 *l, unsigned f, kpi__word8 len, bool whole, int64_t *value) {
    number *known = l->memo->number;
    kpi__word8 text = bytes8(l, f, 0), x = digits8(text, len), unit = kpi__all8(KPI_ONE);
    __mmask8 none = is8(len, 0), good = _mm512_cmple_epu64_mask(len, kpi__all8(3));
    if (!whole) { /* the point is taken out */
        __mmask8 tenths = is8(_mm512_and_si512(x, kpi__all8(0x00FF000000000000u)), (uint64_t)('.' ^ '0') << 48);
        const kpi__word8 last = kpi__all8((uint64_t)0xFF << 56);
        x = _mm512_mask_ternarylogic_epi64(x, tenths, _mm512_slli_epi64(x, 8), last, 0xE4); /* last ? x : x << 8 */
        unit = _mm512_mask_mov_epi64(unit, tenths, kpi__all8(KPI_ONE / 10));
        __mmask8 behind = _mm512_cmple_epu64_mask(_mm512_sub_epi64(len, kpi__all8(3)), kpi__all8(1));
        good = (__mmask8)((good & ~tenths) | (behind & tenths));
    }
    good &= are_digits8(x);
    if (good == 0xFF) {
        x = _mm512_madd_epi16(_mm512_maddubs_epi16(x, kpi__all8(0x010A640000000000u)), kpi__all8(0x0001000100000000u));
        put8(value, none, _mm512_mul_epu32(_mm512_srli_epi64(x, 32), unit));
        return 0xFF;
    }
    kpi__word8 key = _mm512_and_si512(text, kpi__first8(len));
    kpi__word8 place = _mm512_srli_epi64(_mm512_mullo_epi64(key, kpi__all8(0x9E3779B97F4A7C15u)), 40);
    place = _mm512_mul_epu32(_mm512_and_si512(place, kpi__all8(NUMBERS - 1)), kpi__all8(sizeof *known));
    uint64_t at[8];
    _mm512_storeu_si512(at, _mm512_add_epi64(place, kpi__all8((uint64_t)(uintptr_t)known)));
    good = _mm512_cmpeq_epi64_mask(key, kpi__load8x8(at, offsetof(number, text)));
    good = _mm512_mask_cmple_epu64_mask(good, len, kpi__all8(8)) | none;
    put8(value, none, kpi__load8x8(at, offsetof(number, value)));
    EACH_LANE(l, f, l->use & (__mmask8)~good, good, value, read_count(known, one, whole, false, to))
    return good;
}

/* A sum of money, as by read_number(): the point is taken out, and the digits are added up by tens, hundreds and ten
 * thousands. */
WIDE_INLINE __mmask8 number8(const lines8 *l, unsigned f, kpi__word8 n, bool required, int64_t *value) {
    const kpi__word8 one8 = kpi__all8(1), scale = _mm512_setr_epi64(1000000, 100000, 10000, 1000, 100, 10, 1, 0);
    __mmask8 none = is8(n, 0);
    if (none == 0xFF) {
        put8(value, none, n);
        return required ? 0 : none;
    }
    kpi__word8 x = bytes8(l, f, 0), above = _mm512_srli_epi64(x, 8);
    if (f + 1 == l->fields) { /* the CR is no part of it */
        kpi__word8 end = _mm512_srlv_epi64(x, _mm512_slli_epi64(_mm512_sub_epi64(n, one8), 3));
        n = _mm512_mask_sub_epi64(n, is8(_mm512_and_si512(end, kpi__all8(0xFF)), '\r'), n, one8);
        none = is8(n, 0);
    }
    if (is8(n, 9)) above = bytes8(l, f, 1);
    kpi__word8 point = _mm512_movm_epi8(_mm512_cmpeq_epi8_mask(x, kpi__all8(KPI__BYTES('.'))));
    point = _mm512_and_si512(point, kpi__first8(n));
    __mmask8 pointed = _mm512_test_epi64_mask(point, point);
    kpi__word8 lowest = _mm512_andnot_si512(_mm512_sub_epi64(point, one8), point);
    kpi__word8 below = _mm512_sub_epi64(lowest, one8);
    kpi__word8 bit = _mm512_sub_epi64(kpi__all8(63), _mm512_lzcnt_epi64(lowest)); /* the first of the point's byte */
    x = _mm512_mask_ternarylogic_epi64(x, pointed, below, above, 0xE2); /* below ? x : above */
    n = _mm512_mask_sub_epi64(n, pointed, n, one8);
    kpi__word8 decimals = _mm512_maskz_sub_epi64(pointed, n, _mm512_srli_epi64(bit, 3));
    __mmask8 good = _mm512_cmple_epu64_mask(_mm512_sub_epi64(n, one8), kpi__all8(7)); /* 1..8 digits */
    good &= (__mmask8)~pointed | (_mm512_cmple_epu64_mask(_mm512_sub_epi64(decimals, one8), kpi__all8(5)) &
                                  _mm512_test_epi64_mask(bit, bit));
    x = digits8(x, n);
    good &= are_digits8(x);
    x = _mm512_madd_epi16(_mm512_maddubs_epi16(x, kpi__all8(0x010A010A010A010Au)), kpi__all8(0x0001006400010064u));
    x = _mm512_add_epi64(_mm512_mul_epu32(x, kpi__all8(10000)), _mm512_srli_epi64(x, 32));
    x = _mm512_mul_epu32(x, _mm512_permutexvar_epi64(decimals, scale));
    put8(value, none, x);
    __mmask8 left = l->use & (__mmask8)~(good | none);
    if (!required) good |= none;
    EACH_LANE(l, f, left, good, value, read_count(NULL, one, false, required, to))
    return good;
}

/* ---- others ---- */

/* Mostly all are the same. */
WIDE_INLINE __mmask8 period8(const lines8 *l, unsigned f, kpi__word8 len, int64_t *value) {
    if (!l->use) return 0;
    kpi_text mine = kpi__at(l->batch, l->i + (unsigned)__builtin_ctz(l->use), f);
    int64_t days;
    __mmask8 good = 0;
    if (mine.len && mine.len <= 8 && read_period(l->memo, mine, true, &days)) {
        kpi__word8 text = _mm512_and_si512(bytes8(l, f, 0), kpi__first8(len));
        good = is8(text, kpi__low_bytes(kpi__load8(mine.ptr), mine.len)) & is8(len, mine.len);
        put8(value, 0, kpi__all8((uint64_t)days));
    }
    EACH_LANE(l, f, l->use & (__mmask8)~good, good, value, read_period(l->memo, one, true, to))
    return good;
}

/* done, planned, missed by their letters; others are rare. */
WIDE_INLINE __mmask8 status8(const lines8 *l, unsigned f, kpi__word8 len, int64_t *value) {
    kpi__word8 key = _mm512_and_si512(bytes8(l, f, 0), kpi__first8(len));
    __mmask8 good = 0;
    kpi__word8 status = kpi__all8(0);
    for (int i = 0; i < 3; i++) {
        static const char known[3][8] = {"done", "planned", "missed"};
        __mmask8 is = is8(key, kpi__load8(known[i]));
        status = _mm512_mask_mov_epi64(status, is, kpi__all8((uint64_t)i));
        good |= is;
    }
    put8(value, 0, status);
    EACH_LANE(l, f, l->use & (__mmask8)~good, good, value, read_status(one, to))
    return good;
}

/* ---- records ---- */

WIDE_INLINE void mark_odd8(kpi__batch *batch, const lines8 *l, __mmask8 good) {
    bool *odd = batch->odd + l->i;
    __m128i bad = _mm_maskz_set1_epi8((__mmask16)(l->use & (unsigned char)~good), 1);
    _mm_storel_epi64((void *)odd, _mm_or_si128(_mm_loadl_epi64((const void *)odd), bad));
}

/* Those of lines i .. i + 7 that `which` has the bits of, to list; returns how many. Eight are written. */
WIDE_INLINE unsigned list8(unsigned i, __mmask8 which, uint16_t *list) {
    __m128i lines = _mm_add_epi16(_mm_set1_epi16((short)i), _mm_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7));
    _mm_storeu_si128((void *)list, _mm_maskz_compress_epi16(which, lines));
    return (unsigned)__builtin_popcount(which);
}

/* A loop over the lines of a batch by eights. What does not stand as usual is left to `others`. */
#define LINES8(others)                                              \
    lines8 l = {.batch = batch, .memo = c->memo, .fields = FIELDS}; \
    for (unsigned at_ = from; at_ < to; at_ += 8)                   \
        if (__builtin_expect(!lines8_at(&l, at_, to), 0))           \
            others(c, batch, at_, to - at_ < 8 ? to : at_ + 8);     \
        else
#define LENGTH(first, f)            length8(len##first, f - first) /* of lengths8 of field first */
#define SOME8(first, f)             (__mmask8) ~is8(LENGTH(first, f), 0)
#define VALUE(f)                    (&c->value[f][l.i])
#define DATE8(first, f, required)   date8(&l, f, LENGTH(first, f), required, VALUE(f))
#define COUNT8(first, f, whole)     count8(&l, f, LENGTH(first, f), whole, VALUE(f))
#define NUMBER8(first, f, required) number8(&l, f, LENGTH(first, f), required, VALUE(f))

/* Lines that are resolved stand here and there: listed, they are read without branches nobody can foresee. */
WIDE_INLINE void resolved8(kpi__columns *c, kpi__batch *batch, const uint16_t *which, unsigned n) {
    enum { DATE = KPI_FEEDBACK_DATE, RESOLVED = KPI_FEEDBACK_RESOLVED };
    for (unsigned k = 0; k < n; k++) {
        unsigned i = which[k];
        kpi_text text = kpi__inner(batch, i, RESOLVED);
        uint64_t head = kpi__load8(text.ptr), tail = kpi__load8(text.ptr + 2);
        uint64_t place = _pext_u64(tail, MONTH_AND_DAY) ^ (tail >> 8 & 0x0F) * YEARS; /* place_of() */
        const date *d = &c->memo->date[place % DATES];
        bool met = (d->head == head) & (d->tail == tail) & (text.len == 10);
        c->value[RESOLVED][i] = d->day;
        if (__builtin_expect(!(met & (d->day >= c->value[DATE][i])), 0))
            batch->odd[i] |= !read_resolved(c, batch, i);
    }
}

WIDE static void wide_feedback(kpi__columns *c, kpi__batch *batch, unsigned from, unsigned to) {
    enum { FIELDS = 9, DATE = 0, MANAGER = 1, SCORE = 5, RESOLVED = 6, LOGGED = 7 };
    uint16_t resolved[KPI__BATCH + 8];
    unsigned n = 0;
    LINES8(read_feedback) {
        kpi__word8 len0 = lengths8(&l, 0), len5 = lengths8(&l, 5);
        __mmask8 good = DATE8(0, DATE, true) & SOME8(0, MANAGER);
        mark_odd8(batch, &l, good & COUNT8(5, SCORE, false) & DATE8(5, LOGGED, false));
        put8(VALUE(RESOLVED), 0xFF, len5);
        n += list8(l.i, l.use & SOME8(5, RESOLVED), resolved + n);
    }
    resolved8(c, batch, resolved, n);
}

WIDE static void wide_visits(kpi__columns *c, kpi__batch *batch, unsigned from, unsigned to) {
    enum { FIELDS = 10, DATE = 0, MANAGER = 1, KIND = 3, STATUS = 4, MINUTES = 7, LOGGED = 8 };
    LINES8(read_visits) {
        kpi__word8 len0 = lengths8(&l, 0), len3 = lengths8(&l, 3), len7 = lengths8(&l, 7);
        __mmask8 good = DATE8(0, DATE, true) & SOME8(0, MANAGER) & SOME8(3, KIND);
        good &= status8(&l, STATUS, LENGTH(3, STATUS), VALUE(STATUS));
        good &= COUNT8(7, MINUTES, true) & DATE8(7, LOGGED, false);
        mark_odd8(batch, &l, good);
    }
}

WIDE static void wide_measures(kpi__columns *c, kpi__batch *batch, unsigned from, unsigned to) {
    enum { FIELDS = 4 };
    LINES8(read_measures) {
        kpi__word8 len0 = lengths8(&l, 0), len3 = lengths8(&l, 3);
        __mmask8 good = period8(&l, 0, LENGTH(0, 0), VALUE(0)) & SOME8(0, 1) & SOME8(0, 2);
        mark_odd8(batch, &l, good & NUMBER8(3, 3, true));
    }
}

WIDE static void wide_goals(kpi__columns *c, kpi__batch *batch, unsigned from, unsigned to) {
    enum { FIELDS = 6 };
    LINES8(read_goals) {
        kpi__word8 len0 = lengths8(&l, 0), len3 = lengths8(&l, 3);
        __mmask8 good = period8(&l, 0, LENGTH(0, 0), VALUE(0)) & SOME8(0, 1) & SOME8(0, 2);
        mark_odd8(batch, &l, good & NUMBER8(3, 3, false) & NUMBER8(3, 4, true) & NUMBER8(3, 5, false));
    }
}

/* ---- texts ---- */

/* Those of field f of n lines, by eights, which it counts; the last few are left. */
WIDE static unsigned wide_texts(const kpi__batch *batch, const uint16_t *which, unsigned n, unsigned f,
                                kpi_text *text) {
    const kpi__word8 low = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
    const kpi__word8 high = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
    const kpi__word8 bytes = kpi__all8((uint64_t)(uintptr_t)batch->bytes), offset = kpi__all8(0x7FFF);
    lines8 l = {.batch = batch, .fields = batch->record->fields};
    unsigned i = 0;
    if (f + 1 == l.fields) return 0; /* there may be a CR */
    for (; i + 8 <= n; i += 8)
        if (which[i + 7] == which[i] + 7 && lines8_at(&l, which[i], which[i] + 8u)) {
            kpi__word8 from = _mm512_and_si512(_mm512_add_epi64(ends8(&l, f), kpi__all8(1)), offset);
            kpi__word8 ptr = _mm512_add_epi64(bytes, from), len = length8(lengths8(&l, f), 0);
            _mm512_storeu_si512(text + i, _mm512_permutex2var_epi64(ptr, low, len));
            _mm512_storeu_si512(text + i + 4, _mm512_permutex2var_epi64(ptr, high, len));
        } else
            for (unsigned k = i; k < i + 8; k++) text[k] = kpi__at(batch, which[k], f);
    return i;
}

/* ---- days ---- */

WIDE static unsigned wide_pick(const int64_t *day, const bool *odd, unsigned n, kpi_period within, uint16_t *picked) {
    const kpi__word8 first = kpi__all8((uint64_t)within.first), last = kpi__all8((uint64_t)within.last);
    unsigned found = 0;
    for (unsigned i = 0; i < n; i += 8) {
        kpi__word8 days = _mm512_loadu_si512(day + i);
        __m128i odds = _mm_loadl_epi64((const void *)(odd + i));
        __mmask8 these = _mm512_cmpge_epi64_mask(days, first) & _mm512_cmple_epi64_mask(days, last);
        these |= (__mmask8)_mm_test_epi8_mask(odds, odds);
        found += list8(i, n - i < 8 ? these & (__mmask8)((1u << (n - i)) - 1) : these, picked + found);
    }
    return found;
}
