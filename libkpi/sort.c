/* sort.c - integers and texts in order, a million at a time.
 *
 * Integers: least significant byte first, a count and a stable scatter for each byte in which any two differ; a few
 * are put in place one by one. Texts: their first sixteen bytes are gathered once, as numbers, beside which the texts
 * themselves, which lie anywhere, are seldom looked at again. By their uppermost bits they are dealt into buckets, by
 * parts, then sorted bucket by bucket by eight bytes, then those that have them in common by the eight that follow;
 * all of it by several threads. A million names take half the time that they did when each word was fetched. */
#include "internal.h"

#include <stdlib.h>

enum { FEW = 48 };

static void insert_few(kpi__item *item, size_t n) {
    for (size_t i = 1; i < n; i++) {
        kpi__item one = item[i];
        size_t at = i;
        for (; at && item[at - 1].key > one.key; at--) item[at] = item[at - 1];
        item[at] = one;
    }
}

static void scatter(kpi__item *to, const kpi__item *from, size_t n, unsigned shift) {
    uint32_t at[256] = {0}, sum = 0;
    for (size_t i = 0; i < n; i++) at[from[i].key >> shift & 255]++;
    for (unsigned b = 0; b < 256; b++) {
        uint32_t count = at[b];
        at[b] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++) to[at[from[i].key >> shift & 255]++] = from[i];
}

void kpi__sort_items(kpi__item *item, kpi__item *spare, size_t n) {
    uint64_t differ = 0;
    bool sorted = true;
    if (n <= FEW) {
        insert_few(item, n);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        differ |= item[i].key ^ item[0].key;
        sorted &= item[i - 1].key <= item[i].key;
    }
    if (sorted) return;
    kpi__item *from = item, *to = spare, *other;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        if (!(differ >> shift & 255)) continue;
        scatter(to, from, n, shift);
        other = from, from = to, to = other;
    }
    if (from != item) memcpy(item, from, n * sizeof *item);
}

void kpi__sort_words(uint64_t *word, uint64_t *spare, size_t n, unsigned low) {
    uint64_t differ = 0, *from = word, *to = spare, *other;
    for (size_t i = 1; i < n; i++) differ |= word[i] ^ word[0];
    for (unsigned shift = low; shift < 64; shift += 8) {
        size_t at[256] = {0}, sum = 0;
        if (!(differ >> shift & 255)) continue;
        for (size_t i = 0; i < n; i++) at[from[i] >> shift & 255]++;
        for (unsigned b = 0; b < 256; b++) {
            size_t count = at[b];
            at[b] = sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++) to[at[from[i] >> shift & 255]++] = from[i];
        other = from, from = to, to = other;
    }
    if (from != word) memcpy(word, from, n * sizeof *word);
}

/* ---- texts ---- */

typedef struct entry { /* of a text: sixteen bytes at hand, which for most is all there is to compare */
    uint64_t word[2];
    uint32_t number;
} entry;

enum { BUCKET_BITS = 11, BUCKETS = 1 << BUCKET_BITS, PART = 1 << 14 /* texts */ };

typedef struct sorting {
    const kpi__dict *dict;
    entry *item, *spare;
    size_t n, parts;
    unsigned shift;  /* of a first word to its bucket */
    uint64_t *differ; /* by part: bits in which first words differ from that of text 0 */
    uint32_t *count; /* by part and bucket; then the place of the next */
    uint32_t start[BUCKETS + 1];
    uint32_t *order;
} sorting;

/* The eight bytes of text from `from` on, the first the most significant; zeros behind its end. */
static uint64_t word_at(kpi_text text, size_t from) {
    uint64_t word = 0;
    size_t left = from < text.len ? text.len - from : 0;
    if (left >= 8 || text.len >= 8) { /* those before `from` are pushed out */
        word = left ? kpi__load8(text.ptr + from - (left < 8 ? 8 - left : 0)) : 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        return left < 8 && left ? word << (64 - 8 * left) : word;
    }
    for (size_t i = 0; i < left; i++) word |= (uint64_t)(unsigned char)text.ptr[from + i] << (56 - 8 * i);
    return word;
}

static void set_words(const kpi__dict *dict, entry *item, size_t from) {
    kpi_text text = kpi__dict_key(dict, item->number);
    item->word[0] = word_at(text, from);
    item->word[1] = word_at(text, from + 8);
}

/* By word w, then the words behind it. */
static inline bool is_before(const entry *a, const entry *b, unsigned w) {
    return a->word[w] != b->word[w] ? a->word[w] < b->word[w] : !w && a->word[1] < b->word[1];
}

static void insert_names(entry *item, size_t n, unsigned w) {
    for (size_t i = 1; i < n; i++) {
        entry one = item[i];
        size_t at = i;
        for (; at && is_before(&one, &item[at - 1], w); at--) item[at] = item[at - 1];
        item[at] = one;
    }
}

/* By word w alone. */
static void sort_by_word(entry *item, entry *spare, size_t n, unsigned w) {
    uint64_t differ = 0;
    bool sorted = true;
    for (size_t i = 1; i < n; i++) {
        differ |= item[i].word[w] ^ item[0].word[w];
        sorted &= item[i - 1].word[w] <= item[i].word[w];
    }
    if (sorted) return;
    entry *from = item, *to = spare, *other;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        uint32_t at[256] = {0}, sum = 0;
        if (!(differ >> shift & 255)) continue;
        for (size_t i = 0; i < n; i++) at[from[i].word[w] >> shift & 255]++;
        for (unsigned b = 0; b < 256; b++) {
            uint32_t count = at[b];
            at[b] = sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++) to[at[from[i].word[w] >> shift & 255]++] = from[i];
        other = from, from = to, to = other;
    }
    if (from != item) memcpy(item, from, n * sizeof *item);
}

/* Sorts n names, whose texts agree in all bytes before word w of those set at byte `from`. Texts hold no NUL, so equal
 * words that end in one are equal texts. The largest of the runs that have a word in common is gone on with, so that
 * however deep texts agree, recursion is not: each time it is about half as many at the most. */
static void sort_names(const sorting *s, entry *item, entry *spare, size_t n, unsigned w, size_t from) {
    while (n > 1) {
        size_t largest = 0, at = 0, next = w ? from + 16 : from;
        if (n <= FEW)
            insert_names(item, n, w);
        else
            sort_by_word(item, spare, n, w);
        for (size_t i = 0, same; i < n; i += same) {
            for (same = 1; i + same < n && item[i + same].word[w] == item[i].word[w];) same++;
            if (same == 1 || !(item[i].word[w] & 255)) continue;
            for (size_t k = i; w && k < i + same; k++) set_words(s->dict, &item[k], next);
            bool larger = same > largest;
            size_t other = larger ? at : i, others = larger ? largest : same;
            if (others) sort_names(s, item + other, spare + other, others, !w, next);
            if (larger) at = i, largest = same;
        }
        item += at, spare += at, n = largest, from = next;
        w = !w;
    }
}

static void part_of(const sorting *s, size_t part, size_t *i, size_t *end) {
    *i = part * PART;
    *end = s->n - *i < PART ? s->n : *i + PART;
}

static void gather(void *context, size_t part) {
    sorting *s = context;
    size_t i, end;
    uint64_t first = word_at(kpi__dict_key(s->dict, 0), 0);
    for (part_of(s, part, &i, &end); i < end; i++) {
        s->item[i].number = (uint32_t)i;
        set_words(s->dict, &s->item[i], 0);
        s->differ[part] |= s->item[i].word[0] ^ first;
    }
}

static inline size_t bucket_of(const sorting *s, const entry *item) {
    return item->word[0] >> s->shift & (BUCKETS - 1);
}

static void count_part(void *context, size_t part) {
    sorting *s = context;
    size_t i, end;
    for (part_of(s, part, &i, &end); i < end; i++) s->count[part * BUCKETS + bucket_of(s, &s->item[i])]++;
}

static void deal_part(void *context, size_t part) {
    sorting *s = context;
    size_t i, end;
    for (part_of(s, part, &i, &end); i < end; i++)
        s->spare[s->count[part * BUCKETS + bucket_of(s, &s->item[i])]++] = s->item[i];
}

static void sort_bucket(void *context, size_t i) {
    const sorting *s = context;
    size_t from = s->start[i], n = s->start[i + 1] - from;
    if (n) sort_names(s, s->spare + from, s->item + from, n, 0, 0);
    for (size_t k = from; k < from + n; k++) s->order[k] = s->spare[k].number;
}

/* The uppermost bits in which first words differ make the bucket. */
static void choose_buckets(sorting *s) {
    uint64_t differ = 1 << (BUCKET_BITS - 1);
    for (size_t i = 0; i < s->parts; i++) differ |= s->differ[i];
    s->shift = 64 - (unsigned)__builtin_clzll(differ) - BUCKET_BITS;
}

static void add_up(sorting *s) {
    uint32_t at = 0;
    for (size_t bucket = 0; bucket < BUCKETS; bucket++) {
        s->start[bucket] = at;
        for (size_t i = bucket; i < s->parts * BUCKETS; i += BUCKETS) {
            uint32_t count = s->count[i];
            s->count[i] = at;
            at += count;
        }
    }
    s->start[BUCKETS] = at;
}

bool kpi__sort_dict(const kpi__dict *dict, unsigned threads, uint32_t *order) {
    size_t n = kpi__dict_size(dict), bytes = 2 * n * sizeof(entry);
    sorting s = {.dict = dict, .n = n, .parts = (n + PART - 1) / PART, .order = order};
    s.item = kpi__pages_get(bytes);
    s.spare = s.item + n;
    s.differ = calloc(s.parts + 1, sizeof *s.differ);
    s.count = calloc(s.parts * BUCKETS + 1, sizeof *s.count);
    bool done = s.item && s.differ && s.count;
    if (done) {
        if (n <= PART) threads = 1;
        kpi__each_piece(s.parts, threads, gather, &s);
        choose_buckets(&s);
        kpi__each_piece(s.parts, threads, count_part, &s);
        add_up(&s);
        kpi__each_piece(s.parts, threads, deal_part, &s);
        kpi__each_piece(BUCKETS, threads, sort_bucket, &s);
    }
    kpi__pages_free(s.item, bytes);
    free(s.differ);
    free(s.count);
    return done;
}
