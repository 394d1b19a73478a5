/* scanvec.h - the vector kernel of scan.c, included once for each instruction set, which gives (64 bytes being one v):
 *   TARGET KERNEL CHUNK CLOSER
 *                           the function attribute, names of functions
 *   v, LOAD(p)              64 bytes from any address
 *   EQ(x, c)                bit i: byte i is c
 *   TABLES, MAKE_TABLES()   what these need at hand, kept in registers; members tab, lf, blank: 64 times that byte
 *   SPECIAL(tables, x, kinds)
 *                           bit i: byte i is one that look_closer() knows what to do about, of these kinds
 *   BROKEN(tables, x, p)    bit i: byte i (x was loaded from p) cannot follow the three before it in UTF-8
 *   DOUBT(tables, x, p)     0: no bit of these would be set, now DOUBT of the 64 bytes before was 0, too
 *   PUT(tables, end, m, sep, lf)
 *                           the offsets m + i of the bits of sep to end[0..], with KPI__LF where lf has the bit; may
 *                           write up to 64 of them */

/* Which bytes of a doubtful chunk make their line odd. edges: blanks where fields start, and separators behind blanks,
 * of which LFs do not matter. */
TARGET static __attribute__((noinline)) void CLOSER(kpi__batch *batch, const TABLES *tables, const char *bytes,
                                                    size_t at, uint64_t mine, uint64_t starts, uint64_t edges) {
    enum { LONGEST = 3 }; /* bytes before a TAB that may be one blank */
    const char *p = bytes + at;
    v x = LOAD(p);
    uint64_t tab = EQ(x, tables->tab) >> LONGEST | ~(uint64_t)0 << (64 - LONGEST); /* what is behind, who knows */
    uint64_t special = SPECIAL(tables, x, ~AT_EDGES) | (SPECIAL(tables, x, AT_EDGES) & (starts | tab));
    uint64_t bad = BROKEN(tables, x, p) | (edges & ~EQ(x, tables->lf)) | look_closer(p, special & mine, starts);
    if (!(bad & mine)) return;
    batch->bad[batch->bads].at = at;
    batch->bad[batch->bads++].mask = bad & mine;
}

/* The chunk of 64 bytes from `at` on, of which those of `mine` count. */
TARGET static inline __attribute__((always_inline)) void CHUNK(kpi__batch *batch, struct progress *go,
                                                               const TABLES *tables, const char *bytes, size_t at,
                                                               uint64_t mine) {
    v x = LOAD(bytes + at);
    uint64_t lf = EQ(x, tables->lf) & mine, separator = (EQ(x, tables->tab) & mine) | lf, blank = EQ(x, tables->blank);
    uint64_t starts = separator << 1 | go->after;
    uint64_t edges = (blank & starts) | ((blank << 1 | go->before) & separator), doubt = DOUBT(tables, x, bytes + at);
    if (__builtin_expect((edges | doubt | go->doubt) != 0, 0)) CLOSER(batch, tables, bytes, at, mine, starts, edges);
    PUT(tables, go->end, at, separator, lf);
    go->end += __builtin_popcountll(separator);
    go->after = separator >> 63;
    go->before = blank >> 63;
    go->doubt = doubt;
}

TARGET static void KERNEL(const char *bytes, size_t n, kpi__batch *batch) {
    const TABLES tables = MAKE_TABLES();
    struct progress go = {.after = 1, .end = batch->end + 1};
    size_t at = 0;
    for (; at + 64 <= n; at += 64) CHUNK(batch, &go, &tables, bytes, at, ~(uint64_t)0);
    if (at < n) CHUNK(batch, &go, &tables, bytes, at, ((uint64_t)1 << (n - at)) - 1);
    batch->ends = (uint16_t)(go.end - batch->end);
}

#undef TARGET
#undef KERNEL
#undef CHUNK
#undef v
#undef LOAD
#undef EQ
#undef TABLES
#undef MAKE_TABLES
#undef SPECIAL
#undef BROKEN
#undef DOUBT
#undef CLOSER
#undef PUT
