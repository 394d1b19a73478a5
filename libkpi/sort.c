/* sort.c - integers and texts in order, a million at a time.
 *
 * Integers: least significant byte first, a count and a stable scatter for each byte in which any two differ; a few
 * are put in place one by one. Texts: by their next eight bytes as an integer, then those that have them in common by
 * the eight that follow. */
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

struct ranking {
    const kpi__dict *dict;
    kpi__item *item, *spare;
};

/* The eight bytes of text from `from` on, the first the most significant; zeros behind its end. */
static uint64_t word_at(kpi_text text, size_t from) {
    uint64_t word = 0;
    size_t left = from < text.len ? text.len - from : 0;
    if (left >= 8) {
        word = kpi__load8(text.ptr + from);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        return word;
    }
    for (size_t i = 0; i < left; i++) word |= (uint64_t)(unsigned char)text.ptr[from + i] << (56 - 8 * i);
    return word;
}

/* Sorts n items from `first` on, whose texts agree in the bytes before `from`. Texts hold no NUL, so equal words that
 * end in one are equal texts. */
static void sort_texts(const struct ranking *r, size_t first, size_t n, size_t from) {
    for (;; from += 8) {
        kpi__item *item = r->item + first;
        size_t same = 1;
        for (size_t i = 0; i < n; i++) item[i].key = word_at(kpi__dict_key(r->dict, item[i].value), from);
        kpi__sort_items(item, r->spare + first, n);
        while (same < n && item[same].key == item[0].key) same++;
        if (same == n && n > 1 && item[0].key & 255) continue; /* deep, not wide: no recursion */
        for (size_t i = 0; i < n; i += same) {
            for (same = 1; i + same < n && item[i + same].key == item[i].key;) same++;
            if (same > 1 && item[i].key & 255) sort_texts(r, first + i, same, from + 8);
        }
        return;
    }
}

struct buckets { /* of texts, by their first byte */
    struct ranking ranking;
    size_t start[257];
};

static void sort_bucket(void *context, size_t i) {
    const struct buckets *b = context;
    sort_texts(&b->ranking, b->start[i], b->start[i + 1] - b->start[i], 0);
}

bool kpi__sort_dict(const kpi__dict *dict, unsigned threads, uint32_t *order) {
    size_t n = kpi__dict_size(dict), bytes = 2 * n * sizeof(kpi__item);
    kpi__item *item = kpi__pages_get(bytes), *spare = item + n;
    if (!item) return false;
    struct buckets b = {{dict, spare, item}, {0}};
    for (size_t i = 0; i < n; i++) {
        item[i] = (kpi__item){word_at(kpi__dict_key(dict, (uint32_t)i), 0), (uint32_t)i};
        b.start[(item[i].key >> 56) + 1]++;
    }
    for (size_t i = 0; i < 256; i++) b.start[i + 1] += b.start[i];
    scatter(spare, item, n, 56);
    kpi__each_piece(256, threads, sort_bucket, &b);
    for (size_t i = 0; i < n; i++) order[i] = spare[i].value;
    kpi__pages_free(item, bytes);
    return true;
}
