/* scanvec.h - the vector kernel of scan.c, included once for each instruction set, which gives (64 bytes being one v):
 *   TARGET KERNEL           the function attribute, its name
 *   v, LOAD(p), ALL(c)      64 bytes from any address; 64 times c, kept in a register
 *   EQ(x, c)                bit i: byte i is c
 *   TABLES, MAKE_TABLES()   what these need at hand:
 *   SPECIAL(tables, x)      bit i: byte i is one that look_closer() knows what to do about
 *   BROKEN(tables, x, p)    bit i: byte i (x was loaded from p) cannot follow the three before it in UTF-8
 *   PUT(tables, end, m, sep, lf)
 *                           the offsets m + i of the bits of sep to end[0..], with KPI__LF where lf has the bit; may
 *                           write up to 64 of them */

TARGET static void KERNEL(const char *bytes, size_t n, kpi__batch *batch) {
    const v all_tab = ALL('\t'), all_lf = ALL('\n'), all_blank = ALL(' ');
    const TABLES tables = MAKE_TABLES();
    uint64_t after = 1, before = 0; /* whether the last byte was a separator, and a blank */
    uint16_t *end = batch->end + 1;
    for (size_t at = 0; at < n; at += 64) {
        __builtin_prefetch(bytes + at + AHEAD);
        v x = LOAD(bytes + at);
        uint64_t mine = n - at < 64 ? ((uint64_t)1 << (n - at)) - 1 : ~(uint64_t)0;
        uint64_t tab = EQ(x, all_tab) & mine, lf = EQ(x, all_lf) & mine, blank = EQ(x, all_blank);
        uint64_t separator = tab | lf, starts = separator << 1 | after, special = SPECIAL(&tables, x);
        uint64_t bad = BROKEN(&tables, x, bytes + at) | (blank & starts) | ((blank << 1 | before) & tab);
        if (__builtin_expect(special != 0, 0)) bad |= look_closer(bytes + at, special & mine, starts);
        PUT(&tables, end, at, separator, lf);
        end += __builtin_popcountll(separator);
        if (__builtin_expect((bad & mine) != 0, 0)) {
            batch->bad[batch->bads].at = at;
            batch->bad[batch->bads++].mask = bad & mine;
        }
        after = separator >> 63;
        before = blank >> 63;
    }
    batch->ends = (uint16_t)(end - batch->end);
}

#undef TARGET
#undef KERNEL
#undef v
#undef LOAD
#undef ALL
#undef EQ
#undef TABLES
#undef MAKE_TABLES
#undef SPECIAL
#undef BROKEN
#undef PUT
