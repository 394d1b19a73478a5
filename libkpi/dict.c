/* dict.c - names to small numbers, and memory that is freed as one.
 *
 * Arena: chunks of 4 KiB, each twice the one before up to 4 MiB (huge pages). Objects are taken from the low end of a
 * aligned to 16; texts, which need no alignment, from its high end. What is too large for half a chunk gets
 * one of its own behind the current one, which stays in use.
 *
 * Dict and pairs: open addressing, linear probing, a power of two of slots, at most half of them taken, so a
 * look-up reads one cache line of slots and one of entries or pairs. A slot holds 32 bits of the hash and the
 * number; the entry of that number in a dict the first and last 8 bytes of the key, which are all of a
 * key up to 16 bytes: the key itself is read only to compare longer ones.
 *
 * Hash: multiply-mix over 16 bytes a step, the two halves of a 128-bit product folded by xor, as in wyhash; keys up to
 * 16 bytes are one step. Both factors are masked with keys of the dict: with a mask that is known, bytes equal to it
 * would make a factor 0 and everything beside them would collide. The keys come from the 16 random bytes the kernel
 * gives every process (AT_RANDOM: no system call, nothing that could fail) and the address of the dict, so that names
 * which collide cannot be prepared. Numbers go by first sight, so no output depends on the keys.
 *
 * Square: as long as the numbers of pairs are small, a table of at most SQUARE places, by one number times a power of
 * two and the other, takes the place of slots: no hash, one access. */
#include "internal.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

__extension__ typedef unsigned __int128 u128;

/* ---- arena ---- */

enum { CHUNK_FIRST = 4096, CHUNK_LAST = 1 << 22, SLACK = 16 }; /* SLACK: readable behind the last text */

struct chunk {
    struct chunk *next;
    size_t low, high; /* free bytes of data: low..high */
    size_t bytes;     /* of all of it */
    alignas(16) char data[];
};

struct kpi__arena {
    struct chunk *chunk; /* the current one first */
    size_t next;         /* bytes of the next one, with its head */
};

kpi__arena *kpi__arena_new(void) {
    kpi__arena *arena = calloc(1, sizeof *arena);
    if (arena)
        arena->next = CHUNK_FIRST;
    return arena;
}

void kpi__arena_free(kpi__arena *arena) {
    if (!arena)
        return;
    for (struct chunk *chunk = arena->chunk, *next; chunk; chunk = next) {
        next = chunk->next;
        kpi__table_free(chunk, chunk->bytes);
    }
    free(arena);
}

/* A chunk with size free bytes. It becomes the current one unless it is one for a large object. */
static struct chunk *new_chunk(kpi__arena *arena, size_t size) {
    bool large = size > arena->next / 2;
    size_t room = large ? size : arena->next - sizeof(struct chunk) - SLACK;
    size_t bytes = sizeof(struct chunk) + room + SLACK;
    struct chunk *chunk = kpi__table_get(bytes);
    if (!chunk)
        return NULL;
    chunk->bytes = bytes;
    chunk->high = room;
    if (large && arena->chunk) {
        chunk->next = arena->chunk->next;
        arena->chunk->next = chunk;
        return chunk;
    }
    chunk->next = arena->chunk;
    arena->chunk = chunk;
    if (!large && arena->next < CHUNK_LAST)
        arena->next *= 2;
    return chunk;
}

static struct chunk *chunk_with(kpi__arena *arena, size_t size) {
    struct chunk *chunk = arena->chunk;
    return chunk && chunk->high - chunk->low >= size ? chunk : new_chunk(arena, size);
}

void *kpi__arena_get(kpi__arena *arena, size_t size) {
    if (size > SIZE_MAX / 4)
        return NULL;
    size = (size + 15) & ~(size_t)15;
    struct chunk *chunk = chunk_with(arena, size);
    if (!chunk)
        return NULL;
    void *p = chunk->data + chunk->low;
    chunk->low += size;
    return p;
}

char *kpi__arena_text(kpi__arena *arena, kpi_text text) {
    if (text.len > SIZE_MAX / 4)
        return NULL;
    struct chunk *chunk = chunk_with(arena, (text.len | 15) + 1); /* low stays a multiple of 16 */
    if (!chunk)
        return NULL;
    chunk->high -= text.len + 1;
    char *p = chunk->data + chunk->high;
    if (text.len)
        memcpy(p, text.ptr, text.len);
    return p;
}

bool kpi__grow(void *p, size_t n, size_t *room, size_t size) {
    if (n < *room)
        return true;
    size_t bytes;
    if (__builtin_mul_overflow(n < 4 ? 4 : n, 2 * size, &bytes))
        return false;
    char *now;
    memcpy(&now, p, sizeof now);
    now = realloc(now, bytes);
    if (!now)
        return false;
    memset(now + *room * size, 0, bytes - *room * size);
    memcpy(p, &now, sizeof now);
    *room = bytes / size;
    return true;
}

/* ---- hash ---- */

struct seed {
    uint64_t a, b;
};

static inline uint64_t mix(uint64_t a, uint64_t b) {
    u128 product = (u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t kpi__random(void) {
    uint64_t number = 0;
    const void *random = (const void *)(uintptr_t)getauxval(AT_RANDOM);
    if (random) memcpy(&number, random, sizeof number);
    return mix(number ^ 0x9e3779b97f4a7c15u, 0xd6e8feb86659fd93u);
}

static struct seed new_seed(const void *owner) {
    uint64_t from[2] = {0, 0};
    const void *random = (const void *)(uintptr_t)getauxval(AT_RANDOM);
    if (random)
        memcpy(from, random, sizeof from);
    uint64_t own = (uint64_t)(uintptr_t)owner;
    uint64_t a = mix(from[0] ^ 0x9e3779b97f4a7c15u, own ^ 0xc2b2ae3d27d4eb4fu);
    uint64_t b = mix(from[1] ^ 0xd6e8feb86659fd93u, a ^ 0xa0761d6478bd642fu);
    return (struct seed){a ^ from[1], b};
}

/* ---- dict ---- */

enum { FIRST_SLOTS = 16, IN_L2 = 1 << 15, SQUARE = 1 << 20 };
#define MOST_SLOTS ((size_t)1 << 32) /* 32 bits of hash choose among them */

struct slot {
    uint32_t hash, next; /* next: the number + 1; 0: free */
};

struct entry { /* half a cache line, aligned to it */
    const char *ptr;
    size_t len;
    uint64_t head, tail;
};

struct kpi__dict {
    struct slot *slot;
    struct entry *entry; /* room for half as many as slots */
    size_t slots;
    uint32_t size;
    struct seed seed;
    kpi__arena *arena;
};

/* A key while it is looked up. head and tail with the length tell keys up to 16 bytes apart: they are all of such a
 * key, zeros behind it; of a longer one the first and the last 8 bytes. */
struct probe {
    uint64_t head, tail;
    uint32_t hash;
};

static inline uint64_t hash_short(const struct seed *seed, size_t length, uint64_t head, uint64_t tail, uint64_t sum) {
    return mix(head ^ seed->a, tail ^ sum ^ (uint64_t)length << 56);
}

static uint64_t hash_long(const struct seed *seed, kpi_text key, uint64_t tail) {
    uint64_t sum = seed->b;
    const char *p = key.ptr;
    for (const char *last = p + key.len - 16; p < last; p += 16)
        sum = mix(kpi__load8(p) ^ seed->a, kpi__load8(p + 8) ^ sum);
    return hash_short(seed, key.len, kpi__load8(key.ptr + key.len - 16), tail, sum);
}

static inline struct probe probe_of(const struct seed *seed, kpi_text key) {
    uint64_t part[2] = {0, 0};
    if (key.len <= 16) {
        if (key.len) memcpy(part, key.ptr, key.len);
        return (struct probe){part[0], part[1], (uint32_t)hash_short(seed, key.len, part[0], part[1], seed->b)};
    }
    part[0] = kpi__load8(key.ptr);
    part[1] = kpi__load8(key.ptr + key.len - 8);
    return (struct probe){part[0], part[1], (uint32_t)hash_long(seed, key, part[1])};
}

#define FIRST(n) (~(uint64_t)0 >> (64 - 8 * (n)))
static const uint64_t first_bytes[17][2] = { /* masks of the first 0..16 bytes */
    {0, 0},
    {FIRST(1), 0}, {FIRST(2), 0}, {FIRST(3), 0}, {FIRST(4), 0},
    {FIRST(5), 0}, {FIRST(6), 0}, {FIRST(7), 0}, {FIRST(8), 0},
    {FIRST(8), FIRST(1)}, {FIRST(8), FIRST(2)}, {FIRST(8), FIRST(3)}, {FIRST(8), FIRST(4)},
    {FIRST(8), FIRST(5)}, {FIRST(8), FIRST(6)}, {FIRST(8), FIRST(7)}, {FIRST(8), FIRST(8)},
};

/* Likewise where 16 bytes from the key's start can be read: without a branch for its length. */
static inline struct probe probe_padded(const struct seed *seed, kpi_text key) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (key.len <= 16) {
        const uint64_t *mask = first_bytes[key.len];
        uint64_t head = kpi__load8(key.ptr) & mask[0], tail = kpi__load8(key.ptr + 8) & mask[1];
        return (struct probe){head, tail, (uint32_t)hash_short(seed, key.len, head, tail, seed->b)};
    }
#endif
    return probe_of(seed, key);
}

/* The slot that holds key, or the free one where it belongs. */
static inline struct slot *slot_of(const kpi__dict *dict, kpi_text key, struct probe probe) {
    size_t mask = dict->slots - 1;
    for (size_t at = probe.hash & mask;; at = (at + 1) & mask) {
        struct slot *slot = &dict->slot[at];
        if (!slot->next)
            return slot;
        if (slot->hash != probe.hash)
            continue;
        const struct entry *entry = &dict->entry[slot->next - 1];
        if (entry->len == key.len && entry->head == probe.head && entry->tail == probe.tail &&
            (key.len <= 16 || memcmp(entry->ptr, key.ptr, key.len) == 0))
            return slot;
    }
}

static size_t bytes_of(size_t slots) { return slots / 2 * sizeof(struct entry) + slots * sizeof(struct slot); }

/* Moves dict to memory for slots of them; as it was when there is none. */
static bool dict_resize(kpi__dict *dict, size_t slots) {
    if (slots > MOST_SLOTS)
        return false;
    struct entry *entry = kpi__table_get(bytes_of(slots));
    if (!entry)
        return false;
    struct slot *slot = (void *)(entry + slots / 2);
    if (dict->size)
        memcpy(entry, dict->entry, dict->size * sizeof *entry);
    for (size_t i = 0; i < dict->slots; i++) {
        if (!dict->slot[i].next)
            continue;
        size_t at = dict->slot[i].hash & (slots - 1);
        while (slot[at].next)
            at = (at + 1) & (slots - 1);
        slot[at] = dict->slot[i];
    }
    kpi__table_free(dict->entry, bytes_of(dict->slots));
    dict->entry = entry;
    dict->slot = slot;
    dict->slots = slots;
    return true;
}

kpi__dict *kpi__dict_new(void) {
    kpi__dict *dict = calloc(1, sizeof *dict);
    if (!dict)
        return NULL;
    dict->seed = new_seed(dict);
    dict->arena = kpi__arena_new();
    if (dict->arena && dict_resize(dict, FIRST_SLOTS))
        return dict;
    kpi__dict_free(dict);
    return NULL;
}

void kpi__dict_free(kpi__dict *dict) {
    if (!dict)
        return;
    kpi__arena_free(dict->arena);
    kpi__table_free(dict->entry, bytes_of(dict->slots));
    free(dict);
}

static uint32_t dict_add(kpi__dict *dict, kpi_text key, struct probe probe, struct slot *slot) {
    if (dict->size >= dict->slots / 2) {
        if (!dict_resize(dict, dict->slots * 2))
            return KPI__NONE;
        slot = slot_of(dict, key, probe);
    }
    const char *copy = kpi__arena_text(dict->arena, key);
    if (!copy)
        return KPI__NONE;
    uint32_t number = dict->size++;
    dict->entry[number] = (struct entry){copy, key.len, probe.head, probe.tail};
    *slot = (struct slot){probe.hash, number + 1};
    return number;
}

uint32_t kpi__dict_put(kpi__dict *dict, kpi_text key) {
    struct probe probe = probe_of(&dict->seed, key);
    struct slot *slot = slot_of(dict, key, probe);
    return slot->next ? slot->next - 1 : dict_add(dict, key, probe, slot);
}

uint32_t kpi__dict_find(const kpi__dict *dict, kpi_text key) {
    return slot_of(dict, key, probe_of(&dict->seed, key))->next - 1; /* a free slot gives KPI__NONE */
}

/* The number of key when it stands in the first or second slot of its probe; else KPI__NONE: only slot_of can tell.
 * There is one branch, and it nearly always goes the same way. */
static inline __attribute__((always_inline)) uint32_t peek(const struct slot *slots, const struct entry *entries,
                                                           size_t mask, kpi_text key, const struct probe *probe) {
    size_t at = probe->hash & mask;
    struct slot slot = slots[at], second = slots[(at + 1) & mask];
    if (slot.hash != probe->hash) slot = second; /* by a conditional move */
    const struct entry *entry = &entries[slot.next - (slot.next != 0)];
    uint64_t other = (entry->len ^ key.len) | (entry->head ^ probe->head) | (entry->tail ^ probe->tail);
    if (__builtin_expect(other != 0, 0)) return KPI__NONE;
    if (__builtin_expect(key.len > 16, 0) && memcmp(entry->ptr, key.ptr, key.len)) return KPI__NONE;
    return slot.next - 1;
}

static uint32_t look_up(kpi__dict *dict, kpi_text key, struct probe probe, bool put) {
    struct slot *slot = slot_of(dict, key, probe);
    return slot->next || !put ? slot->next - 1 : dict_add(dict, key, probe, slot);
}

/* A small dictionary is in L2: the processor overlaps the waits by itself. */
static bool many_of_few(kpi__dict *dict, const kpi_text *key, unsigned n, uint32_t *number, bool put) {
    uint32_t missing = 0;
    for (unsigned i = 0; i < n; i++) {
        struct probe probe = probe_padded(&dict->seed, key[i]);
        uint32_t found = peek(dict->slot, dict->entry, dict->slots - 1, key[i], &probe);
        if (__builtin_expect(found == KPI__NONE, 0)) found = look_up(dict, key[i], probe, put);
        number[i] = found;
        missing |= found == KPI__NONE;
    }
    return !missing;
}

/* In a large one each step is done for all keys before the next: the slot, the entry that it names, whether that is
 * the key. */
static bool many_of_many(kpi__dict *dict, const kpi_text *key, unsigned n, uint32_t *number, bool put) {
    struct probe probe[KPI__BATCH];
    uint32_t missing = 0;
    for (unsigned i = 0; i < n; i++) {
        probe[i] = probe_padded(&dict->seed, key[i]);
        __builtin_prefetch(&dict->slot[probe[i].hash & (dict->slots - 1)]);
    }
    for (unsigned i = 0; i < n; i++) {
        struct slot slot = dict->slot[probe[i].hash & (dict->slots - 1)];
        __builtin_prefetch(&dict->entry[slot.next - (slot.next != 0)]);
    }
    for (unsigned i = 0; i < n; i++) { /* and the text of long ones */
        uint32_t next = dict->slot[probe[i].hash & (dict->slots - 1)].next;
        if (key[i].len > 16) __builtin_prefetch(dict->entry[next - (next != 0)].ptr);
    }
    for (unsigned i = 0; i < n; i++) {
        uint32_t found = peek(dict->slot, dict->entry, dict->slots - 1, key[i], &probe[i]);
        if (found == KPI__NONE) found = look_up(dict, key[i], probe[i], put);
        number[i] = found;
        missing |= found == KPI__NONE;
    }
    return !missing;
}

static bool many(kpi__dict *dict, const kpi_text *key, unsigned n, uint32_t *number, bool put) {
    return (dict->slots > IN_L2 ? many_of_many : many_of_few)(dict, key, n, number, put);
}

bool kpi__dict_put_many(kpi__dict *dict, const kpi_text *key, unsigned n, uint32_t *number) {
    return many(dict, key, n, number, true);
}

void kpi__dict_find_many(const kpi__dict *dict, const kpi_text *key, unsigned n, uint32_t *number) {
    many((kpi__dict *)(uintptr_t)dict, key, n, number, false); /* which changes nothing */
}

kpi_text kpi__dict_key(const kpi__dict *dict, uint32_t number) {
    const struct entry *entry = &dict->entry[number];
    return (kpi_text){entry->ptr, entry->len};
}

bool kpi__dict_merge(kpi__dict *dict, const kpi__dict *from, uint32_t *number) {
    kpi_text key[KPI__BATCH];
    for (uint32_t at = 0, n; at < from->size; at += n) {
        n = from->size - at < KPI__BATCH ? from->size - at : KPI__BATCH;
        for (uint32_t i = 0; i < n; i++) key[i] = kpi__dict_key(from, at + i);
        if (!kpi__dict_put_many(dict, key, n, number + at))
            return false;
    }
    return true;
}

uint32_t kpi__dict_size(const kpi__dict *dict) {
    return dict->size;
}

/* ---- pairs ---- */

struct pair {
    uint32_t a, b;
};

struct kpi__pairs {
    struct pair *pair; /* by number */
    size_t room;
    uint32_t size;
    struct slot *slot; /* of all pairs, unless there is a square */
    size_t slots;
    struct seed seed;
    uint32_t *square; /* by a << shift | b: the number + 1; NULL: none */
    uint32_t rows, shift;
    bool hashed; /* once it has been too large for a square */
};

static inline uint32_t pair_hash(const struct seed *seed, uint32_t a, uint32_t b) {
    return (uint32_t)mix(((uint64_t)a << 32 | b) ^ seed->a, seed->b);
}

static size_t bytes_of_square(const kpi__pairs *pairs) {
    return pairs->square ? ((size_t)pairs->rows << pairs->shift) * sizeof *pairs->square : 0;
}

kpi__pairs *kpi__pairs_new(void) {
    kpi__pairs *pairs = calloc(1, sizeof *pairs);
    if (pairs)
        pairs->seed = new_seed(pairs);
    return pairs;
}

void kpi__pairs_free(kpi__pairs *pairs) {
    if (!pairs)
        return;
    kpi__table_free(pairs->square, bytes_of_square(pairs));
    kpi__table_free(pairs->slot, pairs->slots * sizeof *pairs->slot);
    free(pairs->pair);
    free(pairs);
}

static uint32_t append(kpi__pairs *pairs, uint32_t a, uint32_t b) {
    if (pairs->size == KPI__NONE || !kpi__grow(&pairs->pair, pairs->size, &pairs->room, sizeof *pairs->pair))
        return KPI__NONE;
    pairs->pair[pairs->size] = (struct pair){a, b};
    return pairs->size++;
}

/* Slots of all pairs, and of as many more. */
static bool rehash(kpi__pairs *pairs) {
    size_t slots = FIRST_SLOTS;
    while (slots / 2 <= 2 * (size_t)pairs->size)
        slots *= 2;
    struct slot *slot = slots <= MOST_SLOTS ? kpi__table_get(slots * sizeof *slot) : NULL;
    if (!slot)
        return false;
    for (uint32_t i = 0; i < pairs->size; i++) {
        uint32_t hash = pair_hash(&pairs->seed, pairs->pair[i].a, pairs->pair[i].b);
        size_t at = hash & (slots - 1);
        while (slot[at].next)
            at = (at + 1) & (slots - 1);
        slot[at] = (struct slot){hash, i + 1};
    }
    kpi__table_free(pairs->slot, pairs->slots * sizeof *slot);
    pairs->slot = slot;
    pairs->slots = slots;
    return true;
}

/* Makes the square hold (a, b) and all pairs there are. When it would be too large, slots take its place for good.
 * false: no memory. */
static bool widen(kpi__pairs *pairs, uint64_t a, uint64_t b) {
    uint64_t rows = 64, shift = 0;
    for (uint32_t i = 0; i < pairs->size; i++) {
        a = pairs->pair[i].a > a ? pairs->pair[i].a : a;
        b = pairs->pair[i].b > b ? pairs->pair[i].b : b;
    }
    while (b >> shift)
        shift++;
    while (rows <= a)
        rows *= 2;
    bool fits = rows <= (uint64_t)SQUARE >> shift;
    uint32_t *square = fits ? kpi__table_get((rows << shift) * sizeof *square) : NULL;
    if (fits ? !square : !rehash(pairs))
        return false;
    for (uint32_t i = 0; i < pairs->size && square; i++)
        square[(size_t)pairs->pair[i].a << shift | pairs->pair[i].b] = i + 1;
    kpi__table_free(pairs->square, bytes_of_square(pairs));
    pairs->square = square;
    pairs->rows = (uint32_t)rows;
    pairs->shift = (uint32_t)shift;
    pairs->hashed = !fits;
    return true;
}

static inline bool in_square(const kpi__pairs *pairs, uint32_t a, uint32_t b) {
    return pairs->square && a < pairs->rows && !((uint64_t)b >> pairs->shift);
}

static uint32_t put_hashed(kpi__pairs *pairs, uint32_t a, uint32_t b, uint32_t hash) {
    if (pairs->size >= pairs->slots / 2 && !rehash(pairs))
        return KPI__NONE;
    for (size_t mask = pairs->slots - 1, at = hash & mask;; at = (at + 1) & mask) {
        struct slot *slot = &pairs->slot[at];
        if (!slot->next) {
            uint32_t number = append(pairs, a, b);
            if (number != KPI__NONE)
                *slot = (struct slot){hash, number + 1};
            return number;
        }
        const struct pair *pair = &pairs->pair[slot->next - 1];
        if (slot->hash == hash && pair->a == a && pair->b == b)
            return slot->next - 1;
    }
}

uint32_t kpi__pairs_put(kpi__pairs *pairs, uint32_t a, uint32_t b) {
    if (!pairs->hashed && !in_square(pairs, a, b) && !widen(pairs, a, b))
        return KPI__NONE;
    if (pairs->hashed)
        return put_hashed(pairs, a, b, pair_hash(&pairs->seed, a, b));
    uint32_t *place = &pairs->square[(size_t)a << pairs->shift | b];
    if (!*place)
        *place = append(pairs, a, b) + 1;
    return *place - 1;
}

/* Each step for all pairs before the next: the slot, the pair that it names. */
static void put_many_hashed(kpi__pairs *pairs, const uint32_t *a, const uint32_t *b, unsigned n, uint32_t *number) {
    uint32_t hash[KPI__BATCH];
    size_t mask = pairs->slots - 1;
    for (unsigned i = 0; i < n; i++) {
        hash[i] = pair_hash(&pairs->seed, a[i], b[i]);
        __builtin_prefetch(&pairs->slot[hash[i] & mask]);
    }
    for (unsigned i = 0; i < n; i++) {
        uint32_t next = pairs->slot[hash[i] & mask].next;
        __builtin_prefetch(&pairs->pair[next - (next != 0)]);
    }
    for (unsigned i = 0; i < n; i++) number[i] = put_hashed(pairs, a[i], b[i], hash[i]);
}

bool kpi__pairs_put_many(kpi__pairs *pairs, const uint32_t *a, const uint32_t *b, unsigned n, uint32_t *number) {
    unsigned i = 0;
    uint32_t most = 0;
    for (; i < n && !pairs->hashed; i++) {
        uint32_t found = KPI__NONE;
        if (in_square(pairs, a[i], b[i]))
            found = pairs->square[(size_t)a[i] << pairs->shift | b[i]] - 1;
        if (found == KPI__NONE)
            found = kpi__pairs_put(pairs, a[i], b[i]);
        number[i] = found;
        most = found > most ? found : most;
    }
    put_many_hashed(pairs, a + i, b + i, n - i, number + i);
    for (; i < n; i++) most = number[i] > most ? number[i] : most;
    return most != KPI__NONE;
}

uint32_t kpi__pairs_find(const kpi__pairs *pairs, uint32_t a, uint32_t b) {
    if (!pairs->hashed)
        return in_square(pairs, a, b) ? pairs->square[(size_t)a << pairs->shift | b] - 1 : KPI__NONE;
    uint32_t hash = pair_hash(&pairs->seed, a, b);
    for (size_t mask = pairs->slots - 1, at = hash & mask; pairs->slot[at].next; at = (at + 1) & mask) {
        const struct pair *pair = &pairs->pair[pairs->slot[at].next - 1];
        if (pairs->slot[at].hash == hash && pair->a == a && pair->b == b)
            return pairs->slot[at].next - 1;
    }
    return KPI__NONE;
}

void kpi__pairs_key(const kpi__pairs *pairs, uint32_t number, uint32_t *a, uint32_t *b) {
    *a = pairs->pair[number].a;
    *b = pairs->pair[number].b;
}

uint32_t kpi__pairs_size(const kpi__pairs *pairs) {
    return pairs->size;
}
