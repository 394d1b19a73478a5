/* dict.c - names to small numbers, and memory that is freed as one.
 *
 * Arena: chunks of 4 KiB, each twice the one before up to 1 MiB. Objects are taken from the low end of a chunk,
 * aligned to 16; texts, which need no alignment, from its high end. What is too large for half a chunk gets
 * one of its own behind the current one, which stays in use.
 *
 * Dict and pairs: open addressing, linear probing, a power of two of slots, at most half of them taken, so a
 * look-up reads one cache line of slots and, in a dict, one of entries. A slot of a dict holds 32 bits of the
 * hash and the number; the entry of that number the first and last 8 bytes of the key, which are all of a
 * key up to 16 bytes: the key itself is read only to compare longer ones. A slot of pairs holds the pair.
 *
 * Hash: multiply-mix over 16 bytes a step, the two halves of a 128-bit product folded by xor, as in wyhash.
 * Both factors are masked with keys of the dict: with a mask that is known, bytes equal to it would make a
 * factor 0 and everything beside them would collide. The keys come from the 16 random bytes the kernel gives
 * every process (AT_RANDOM: no system call, nothing that could fail) and the address of the dict, so that names
 * which collide cannot be prepared. Numbers go by first sight, so no output depends on the keys. */
#include "internal.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

__extension__ typedef unsigned __int128 u128;

/* ---- arena ---- */

enum { CHUNK_FIRST = 4096, CHUNK_LAST = 1 << 20 };

struct chunk {
    struct chunk *next;
    size_t low, high; /* free bytes of data: low..high */
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
        free(chunk);
    }
    free(arena);
}

/* A chunk with size free bytes. It becomes the current one unless it is one for a large object. */
static struct chunk *new_chunk(kpi__arena *arena, size_t size) {
    bool large = size > arena->next / 2;
    size_t room = large ? size : arena->next - sizeof(struct chunk);
    struct chunk *chunk = calloc(1, sizeof *chunk + room);
    if (!chunk)
        return NULL;
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
    uint64_t a, b, c;
};

static inline uint64_t mix(uint64_t a, uint64_t b) {
    u128 product = (u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static struct seed new_seed(const void *owner) {
    uint64_t from[2] = {0, 0};
    const void *random = (const void *)(uintptr_t)getauxval(AT_RANDOM);
    if (random)
        memcpy(from, random, sizeof from);
    uint64_t own = (uint64_t)(uintptr_t)owner;
    uint64_t a = mix(from[0] ^ 0x9e3779b97f4a7c15u, own ^ 0xc2b2ae3d27d4eb4fu);
    uint64_t b = mix(from[1] ^ 0xd6e8feb86659fd93u, a ^ 0xa0761d6478bd642fu);
    uint64_t c = mix(a ^ 0xe7037ed1a0b428dbu, b ^ 0x8ebc6af09c88c6e3u);
    return (struct seed){a ^ from[1], b, c};
}

/* ---- dict ---- */

enum { FIRST_SLOTS = 16 };
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
    void *memory; /* of entry and slot */
    kpi__arena *arena;
};

/* A key while it is looked up. head and tail with the length tell keys up to 16 bytes apart. */
struct probe {
    uint64_t head, tail;
    uint32_t hash;
};

static inline struct probe probe_of(const struct seed *seed, kpi_text key) {
    const char *p = key.ptr;
    size_t n = key.len;
    uint64_t head = 0, tail = 0, first, sum = seed->b;
    if (n >= 8) {
        head = kpi__load8(p);
        tail = kpi__load8(p + n - 8);
    } else if (n >= 4) {
        head = kpi__load4(p) | (uint64_t)kpi__load4(p + n - 4) << 32;
    } else if (n) {
        head = (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[n / 2] << 8 | (unsigned char)p[n - 1];
    }
    first = head;
    if (n > 16) {
        for (const char *last = p + n - 16; p < last; p += 16)
            sum = mix(kpi__load8(p) ^ seed->a, kpi__load8(p + 8) ^ sum);
        first = kpi__load8(key.ptr + n - 16);
    }
    u128 product = (u128)(first ^ seed->a) * (tail ^ sum);
    uint64_t hash = mix((uint64_t)product ^ seed->c ^ n, (uint64_t)(product >> 64) ^ seed->a);
    return (struct probe){head, tail, (uint32_t)hash};
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

/* Moves dict to memory for slots of them; as it was when there is none. */
static bool dict_resize(kpi__dict *dict, size_t slots) {
    if (slots > MOST_SLOTS)
        return false;
    size_t entries = slots / 2 * sizeof(struct entry);
    char *memory = calloc(1, 64 + entries + slots * sizeof(struct slot));
    if (!memory)
        return false;
    struct entry *entry = (void *)(memory + (-(uintptr_t)memory & 63));
    struct slot *slot = (void *)((char *)entry + entries);
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
    free(dict->memory);
    dict->memory = memory;
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
    free(dict->memory);
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

kpi_text kpi__dict_key(const kpi__dict *dict, uint32_t number) {
    const struct entry *entry = &dict->entry[number];
    return (kpi_text){entry->ptr, entry->len};
}

uint32_t kpi__dict_size(const kpi__dict *dict) {
    return dict->size;
}

/* ---- pairs ---- */

struct pair {
    uint32_t a, b;
};

struct pair_slot {
    struct pair pair;
    uint32_t next; /* the number + 1; 0: free */
};

struct kpi__pairs {
    struct pair_slot *slot;
    struct pair *pair; /* by number; room for half as many as slots */
    size_t slots;
    uint32_t size;
    struct seed seed;
};

static inline struct pair_slot *pair_slot_of(const kpi__pairs *pairs, uint32_t a, uint32_t b) {
    size_t mask = pairs->slots - 1;
    for (size_t at = mix(((uint64_t)a << 32 | b) ^ pairs->seed.a, pairs->seed.b) & mask;; at = (at + 1) & mask) {
        struct pair_slot *slot = &pairs->slot[at];
        if (!slot->next || (slot->pair.a == a && slot->pair.b == b))
            return slot;
    }
}

/* Moves pairs to memory for slots of them; as it was when there is none. */
static bool pairs_resize(kpi__pairs *pairs, size_t slots) {
    if (slots > MOST_SLOTS)
        return false;
    struct pair_slot *slot = calloc(slots, sizeof *slot + sizeof *pairs->pair / 2);
    if (!slot)
        return false;
    struct pair *pair = (struct pair *)(slot + slots), *old_pair = pairs->pair;
    struct pair_slot *old = pairs->slot;
    pairs->slot = slot;
    pairs->pair = pair;
    pairs->slots = slots;
    for (uint32_t i = 0; i < pairs->size; i++) {
        pair[i] = old_pair[i];
        *pair_slot_of(pairs, pair[i].a, pair[i].b) = (struct pair_slot){pair[i], i + 1};
    }
    free(old);
    return true;
}

kpi__pairs *kpi__pairs_new(void) {
    kpi__pairs *pairs = calloc(1, sizeof *pairs);
    if (!pairs)
        return NULL;
    pairs->seed = new_seed(pairs);
    if (pairs_resize(pairs, FIRST_SLOTS))
        return pairs;
    free(pairs);
    return NULL;
}

void kpi__pairs_free(kpi__pairs *pairs) {
    if (!pairs)
        return;
    free(pairs->slot);
    free(pairs);
}

uint32_t kpi__pairs_put(kpi__pairs *pairs, uint32_t a, uint32_t b) {
    struct pair_slot *slot = pair_slot_of(pairs, a, b);
    if (slot->next)
        return slot->next - 1;
    if (pairs->size >= pairs->slots / 2) {
        if (!pairs_resize(pairs, pairs->slots * 2))
            return KPI__NONE;
        slot = pair_slot_of(pairs, a, b);
    }
    uint32_t number = pairs->size++;
    pairs->pair[number] = (struct pair){a, b};
    *slot = (struct pair_slot){pairs->pair[number], number + 1};
    return number;
}

uint32_t kpi__pairs_find(const kpi__pairs *pairs, uint32_t a, uint32_t b) {
    return pair_slot_of(pairs, a, b)->next - 1; /* a free slot gives KPI__NONE */
}

void kpi__pairs_key(const kpi__pairs *pairs, uint32_t number, uint32_t *a, uint32_t *b) {
    *a = pairs->pair[number].a;
    *b = pairs->pair[number].b;
}

uint32_t kpi__pairs_size(const kpi__pairs *pairs) {
    return pairs->size;
}
