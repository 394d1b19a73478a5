/* dict.c - names to small numbers, and memory that is freed as one.
 *
 * Arena: chunks of 4 KiB, each twice the one before up to 4 MiB (huge pages). Objects are taken from the low end of a
 * aligned to 16; texts, which need no alignment, from its high end. What is too large for half a chunk gets
 * one of its own behind the current one, which stays in use.
 *
 * Dict: buckets of eight slots, a cache line each, half of the slots taken at the most: hardly any key stands outside
 * its own bucket. A slot holds the hash and the number; the entry of that number holds words of the key and its length,
 * which tell all keys of up to 24 bytes apart: the key itself is read only to compare longer ones. So a look-up reads
 * one line of slots and one of entries, and has no branch that nobody can foresee. Pairs: open addressing, linear
 * probing, at most half of the slots taken.
 *
 * Hash: each word times an odd number, added up (two keys collide in all 64 bits for hardly any such numbers), then
 * mixed by one more multiplication, of which the upper bits count; what no word of a long key holds goes in by 16
 * bytes a step, as in wyhash. The numbers come from the 16 random bytes the kernel gives every process (AT_RANDOM: no
 * system call, nothing that could fail) and the address of the dict, so that names which collide cannot be prepared.
 * Keys are numbered by first sight, so no output depends on them.
 *
 * Many keys: each step for all of them before the next (words and hash, bucket, entry, comparing), so that the waits
 * for memory overlap: a million names in 56 MB take 12 ns each, where probing slot by slot took 28.
 *
 * Several threads may put keys into one dict: each looks first, as all may at once, which waits for nearly all of the
 * memory that is needed, and adds what is missing under a lock of its own.
 *
 * Square: as long as the numbers of pairs are small, a table of at most SQUARE places, by one number times a power of
 * two and the other, takes the place of slots: no hash, one access. */
#include "internal.h"

#include <pthread.h>
#include <sched.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#ifdef __x86_64__
#include "wide.h"
#endif

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
    uint64_t a, b, c, d; /* odd */
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
    uint64_t from[2] = {0, 0}, part[4];
    const void *random = (const void *)(uintptr_t)getauxval(AT_RANDOM);
    if (random)
        memcpy(from, random, sizeof from);
    part[0] = mix(from[0] ^ 0x9e3779b97f4a7c15u, (uint64_t)(uintptr_t)owner ^ 0xc2b2ae3d27d4eb4fu);
    for (int i = 1; i < 4; i++) part[i] = mix(from[i & 1] ^ 0xd6e8feb86659fd93u, part[i - 1] ^ 0xa0761d6478bd642fu);
    return (struct seed){part[0] | 1, part[1] | 1, part[2] | 1, part[3] | 1};
}

/* ---- dict ---- */

enum { BUCKET = 8, FIRST_SLOTS = 4 * BUCKET, WHOLE = 24 };
#define MOST_SLOTS ((size_t)1 << 32) /* 32 bits of hash choose among them */

struct bucket { /* a cache line; what is free comes last */
    uint32_t hash[BUCKET], next[BUCKET]; /* next: the number + 1; 0: free */
};

/* With the length, the words of a key tell all keys of up to WHOLE bytes apart: its bytes 0..7, 8..15 and 16..23, zeros
 * behind what there is. */
struct entry { /* half a cache line, aligned to it */
    uint64_t head, middle, tail, len;
};

struct kpi__dict {
    struct entry *entry; /* of number n: [n + 1]; the first one is of no key. Room for half as many as slots */
    struct bucket *bucket;
    const char **text; /* by number */
    size_t slots;      /* BUCKET times the buckets */
    unsigned shift;    /* the upper bits of a hash are the place of a bucket */
    uint32_t size;
    bool wide; /* many keys are looked up by AVX-512 */
    struct seed seed;
    kpi__arena *arena;
    pthread_rwlock_t lock; /* for kpi__dict_put_shared alone: many may look, or one may add; */
    atomic_uint adders;    /* who wants to add goes first */
};

struct probe { /* a key while it is looked up */
    struct entry words;
    uint32_t hash;
};

static inline uint32_t mix_sum(const struct seed *seed, uint64_t sum) {
    return (uint32_t)((sum ^ sum >> 32) * seed->d >> 32);
}

static inline uint32_t hash_words(const struct seed *seed, const struct entry *w, uint64_t rest) {
    return mix_sum(seed, w->head * seed->a + w->middle * seed->b + (w->tail + w->len + rest) * seed->c);
}

/* Of the bytes that are in no word. */
static uint64_t hash_rest(const struct seed *seed, kpi_text key) {
    uint64_t sum = seed->b;
    for (const char *p = key.ptr + 24, *last = key.ptr + key.len - 16; p < last; p += 16)
        sum = mix(kpi__load8(p) ^ seed->a, kpi__load8(p + 8) ^ sum);
    return mix(kpi__load8(key.ptr + key.len - 16) ^ seed->a, kpi__load8(key.ptr + key.len - 8) ^ sum);
}

/* Of more than 16 bytes. */
static inline uint64_t tail_of(kpi_text key) {
    if (key.len >= WHOLE) return kpi__load8(key.ptr + 16);
    uint64_t last = kpi__load8(key.ptr + key.len - 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return last >> 8 * (WHOLE - key.len);
#else
    return last << 8 * (WHOLE - key.len);
#endif
}

static inline struct probe probe_of(const struct seed *seed, kpi_text key) {
    struct entry words = {0, 0, 0, key.len};
    if (key.len <= 16) {
        if (key.len) memcpy(&words, key.ptr, key.len);
        return (struct probe){words, hash_words(seed, &words, 0)};
    }
    words.head = kpi__load8(key.ptr);
    words.middle = kpi__load8(key.ptr + 8);
    words.tail = tail_of(key);
    return (struct probe){words, hash_words(seed, &words, key.len > WHOLE ? hash_rest(seed, key) : 0)};
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
        struct entry words = {kpi__load8(key.ptr) & mask[0], kpi__load8(key.ptr + 8) & mask[1], 0, key.len};
        return (struct probe){words, hash_words(seed, &words, 0)};
    }
#endif
    return probe_of(seed, key);
}

static inline bool same_words(const struct entry *a, const struct entry *b) {
    return !((a->head ^ b->head) | (a->middle ^ b->middle) | (a->tail ^ b->tail) | (a->len ^ b->len));
}

static inline bool is_key(const kpi__dict *dict, uint32_t next, kpi_text key, const struct entry *w) {
    if (!same_words(&dict->entry[next], w)) return false;
    return key.len <= WHOLE || !memcmp(dict->text[next - 1], key.ptr, key.len);
}

/* Bit k: word k is `one`. */
static inline unsigned equal_words(const uint32_t word[BUCKET], uint32_t one) {
#ifdef __x86_64__
    __m128i same = _mm_set1_epi32((int)one), none = _mm_setzero_si128();
    __m128i low = _mm_cmpeq_epi32(same, _mm_load_si128((const void *)word));
    __m128i high = _mm_cmpeq_epi32(same, _mm_load_si128((const void *)(word + 4)));
    return (unsigned)_mm_movemask_epi8(_mm_packs_epi16(_mm_packs_epi32(low, high), none));
#else
    unsigned equal = 0;
    for (unsigned k = 0; k < BUCKET; k++) equal |= (unsigned)(word[k] == one) << k;
    return equal;
#endif
}

struct place { /* of a slot */
    size_t bucket;
    unsigned slot;
};

/* The next of the slot where key is. 0: it is not there, and *gap is the slot for it. */
static inline uint32_t find(const kpi__dict *dict, kpi_text key, const struct probe *probe, struct place *gap) {
    size_t mask = dict->slots / BUCKET - 1;
    for (size_t at = probe->hash >> dict->shift;; at = (at + 1) & mask) {
        const struct bucket *bucket = &dict->bucket[at];
        for (unsigned equal = equal_words(bucket->hash, probe->hash); equal; equal &= equal - 1) {
            uint32_t next = bucket->next[__builtin_ctz(equal)];
            if (next && is_key(dict, next, key, &probe->words)) return next;
        }
        unsigned none = equal_words(bucket->next, 0);
        *gap = (struct place){at, none ? (unsigned)__builtin_ctz(none) : 0};
        if (none) return 0;
    }
}

/* How many keys there may be: so few that hardly any stands outside its own bucket. */
static size_t most_keys(size_t slots) { return slots / 2; }

static size_t bytes_of(size_t slots) {
    size_t keys = most_keys(slots);
    return slots ? slots / BUCKET * sizeof(struct bucket) + (keys + 1) * sizeof(struct entry) + keys * sizeof(char *)
                 : 0;
}

/* Copies the slots of dict, which are fewer, into bucket. */
static void rehash_slots(const kpi__dict *dict, struct bucket *bucket, size_t mask, unsigned shift) {
    for (size_t i = 0; i < dict->slots; i++) {
        const struct bucket *from = &dict->bucket[i / BUCKET];
        uint32_t hash = from->hash[i % BUCKET];
        if (!from->next[i % BUCKET]) continue;
        struct bucket *to = &bucket[hash >> shift];
        while (to->next[BUCKET - 1]) to = &bucket[(size_t)(to + 1 - bucket) & mask];
        unsigned slot = (unsigned)__builtin_ctz(equal_words(to->next, 0));
        to->hash[slot] = hash;
        to->next[slot] = from->next[i % BUCKET];
    }
}

/* Moves dict to memory for slots of them; as it was when there is none. */
static bool dict_resize(kpi__dict *dict, size_t slots) {
    size_t buckets = slots / BUCKET;
    struct bucket *bucket = slots <= MOST_SLOTS ? kpi__table_some(bytes_of(slots), buckets * sizeof *bucket) : NULL;
    if (!bucket)
        return false;
    struct entry *entry = (void *)(bucket + buckets);
    const char **text = (void *)(entry + most_keys(slots) + 1);
    unsigned shift = 32 - (unsigned)__builtin_ctzll(buckets);
    entry[0] = (struct entry){0, 0, 0, UINT64_MAX};
    if (dict->size) {
        memcpy(entry + 1, dict->entry + 1, dict->size * sizeof *entry);
        memcpy(text, dict->text, dict->size * sizeof *text);
    }
    rehash_slots(dict, bucket, buckets - 1, shift);
    kpi__table_free(dict->bucket, bytes_of(dict->slots));
    dict->entry = entry;
    dict->bucket = bucket;
    dict->text = text;
    dict->slots = slots;
    dict->shift = shift;
    return true;
}

kpi__dict *kpi__dict_new(void) {
    kpi__dict *dict = calloc(1, sizeof *dict);
    if (!dict)
        return NULL;
    pthread_rwlock_init(&dict->lock, NULL);
    dict->seed = new_seed(dict);
    dict->arena = kpi__arena_new();
    dict->wide = kpi__vectors() == KPI__AVX512;
    if (dict->arena && dict_resize(dict, FIRST_SLOTS))
        return dict;
    kpi__dict_free(dict);
    return NULL;
}

void kpi__dict_free(kpi__dict *dict) {
    if (!dict)
        return;
    kpi__arena_free(dict->arena);
    kpi__table_free(dict->bucket, bytes_of(dict->slots));
    pthread_rwlock_destroy(&dict->lock);
    free(dict);
}

/* Adds key, which was looked for. */
static uint32_t dict_add(kpi__dict *dict, kpi_text key, const struct probe *probe, struct place gap) {
    if (dict->size >= most_keys(dict->slots)) {
        if (!dict_resize(dict, dict->slots * 2))
            return KPI__NONE;
        find(dict, key, probe, &gap);
    }
    const char *copy = kpi__arena_text(dict->arena, key);
    if (!copy)
        return KPI__NONE;
    uint32_t number = dict->size++;
    dict->entry[number + 1] = probe->words;
    dict->text[number] = copy;
    dict->bucket[gap.bucket].hash[gap.slot] = probe->hash;
    dict->bucket[gap.bucket].next[gap.slot] = number + 1;
    return number;
}

static uint32_t look_up(kpi__dict *dict, kpi_text key, const struct probe *probe, bool put) {
    struct place gap;
    uint32_t next = find(dict, key, probe, &gap);
    return next || !put ? next - 1 : dict_add(dict, key, probe, gap); /* 0 gives KPI__NONE */
}

uint32_t kpi__dict_put(kpi__dict *dict, kpi_text key) {
    struct probe probe = probe_of(&dict->seed, key);
    return look_up(dict, key, &probe, true);
}

uint32_t kpi__dict_find(const kpi__dict *dict, kpi_text key) {
    struct probe probe = probe_of(&dict->seed, key);
    return look_up((kpi__dict *)(uintptr_t)dict, key, &probe, false); /* which changes nothing */
}

/* ---- many keys ---- */

struct probes { /* of many */
    struct entry words[KPI__BATCH];
    uint32_t hash[KPI__BATCH];
};

static void probe_many(const kpi__dict *dict, const kpi_text *key, unsigned n, struct probes *p) {
    for (unsigned i = 0; i < n; i++) {
        struct probe probe = probe_padded(&dict->seed, key[i]);
        p->words[i] = probe.words;
        p->hash[i] = probe.hash;
    }
}

#ifdef __x86_64__
/* A key of more than WHOLE bytes gets no length, and so is never found at once. */
WIDE static void wide_probe_many(const kpi__dict *dict, const kpi_text *key, unsigned n, struct probes *p) {
    const struct seed *seed = &dict->seed;
    const __m256i factor = _mm256_setr_epi64x((long long)seed->a, (long long)seed->b, (long long)seed->c,
                                              (long long)seed->c);
    for (unsigned i = 0; i < n; i++) {
        size_t len = key[i].len;
        __m256i words = _mm256_maskz_loadu_epi8(len < WHOLE ? (1u << len) - 1 : (1u << WHOLE) - 1, key[i].ptr);
        words = _mm256_mask_set1_epi64(words, 8, (long long)len);
        _mm256_storeu_si256((void *)&p->words[i], words);
        __m256i product = _mm256_mullo_epi64(words, factor);
        __m128i sum = _mm_add_epi64(_mm256_castsi256_si128(product), _mm256_extracti128_si256(product, 1));
        sum = _mm_add_epi64(sum, _mm_unpackhi_epi64(sum, sum));
        p->hash[i] = mix_sum(seed, (uint64_t)_mm_cvtsi128_si64(sum));
    }
}
#else
#define wide_probe_many probe_many
#endif

/* To which next each probably leads: whether it does is to be seen in the entry, which is asked for. */
static void find_entries(const kpi__dict *dict, const struct probes *p, unsigned n, uint32_t *next) {
    for (unsigned i = 0; i < n; i++) __builtin_prefetch(&dict->bucket[p->hash[i] >> dict->shift]);
    for (unsigned i = 0; i < n; i++) {
        const struct bucket *bucket = &dict->bucket[p->hash[i] >> dict->shift];
        next[i] = bucket->next[__builtin_ctz(equal_words(bucket->hash, p->hash[i]) | 1 << (BUCKET - 1))];
        __builtin_prefetch(&dict->entry[next[i]]);
    }
}

static void probe_all(const kpi__dict *dict, const kpi_text *key, unsigned n, struct probes *p) {
    (dict->wide ? wide_probe_many : probe_many)(dict, key, n, p);
}

static uint32_t look_up_one(kpi__dict *dict, kpi_text key, const struct probes *p, unsigned i, bool put) {
    struct probe probe = {p->words[i], p->hash[i]};
    if (key.len > WHOLE) probe = probe_of(&dict->seed, key);
    return look_up(dict, key, &probe, put);
}

/* The numbers of all; false: one is KPI__NONE. */
static bool settle(kpi__dict *dict, const kpi_text *key, const struct probes *p, unsigned n, uint32_t *number,
                   bool put) {
    uint32_t missing = 0;
    find_entries(dict, p, n, number);
    for (unsigned i = 0; i < n; i++) {
        bool found = same_words(&dict->entry[number[i]], &p->words[i]) && key[i].len <= WHOLE;
        number[i] = __builtin_expect(found, 1) ? number[i] - 1 : look_up_one(dict, key[i], p, i, put);
        missing |= number[i] == KPI__NONE;
    }
    return !missing;
}

static bool many(kpi__dict *dict, const kpi_text *key, unsigned n, uint32_t *number, bool put) {
    struct probes p;
    probe_all(dict, key, n, &p);
    return settle(dict, key, &p, n, number, put);
}

bool kpi__dict_put_many(kpi__dict *dict, const kpi_text *key, unsigned n, uint32_t *number) {
    return many(dict, key, n, number, true);
}

void kpi__dict_find_many(const kpi__dict *dict, const kpi_text *key, unsigned n, uint32_t *number) {
    many((kpi__dict *)(uintptr_t)dict, key, n, number, false); /* which changes nothing */
}

kpi_text kpi__dict_key(const kpi__dict *dict, uint32_t number) {
    return (kpi_text){dict->text[number], dict->entry[number + 1].len};
}

/* It is held for so short a time that sleeping would cost more. */
static void lock(kpi__dict *dict, bool add) {
    if (add) atomic_fetch_add(&dict->adders, 1);
    for (unsigned tries = 1; add ? pthread_rwlock_trywrlock(&dict->lock)
                                 : atomic_load(&dict->adders) || pthread_rwlock_tryrdlock(&dict->lock);
         tries++)
        if (tries % 64 == 0) sched_yield();
    if (add) atomic_fetch_sub(&dict->adders, 1);
}

bool kpi__dict_put_shared(kpi__dict *dict, const kpi_text *key, unsigned n, uint32_t *number) {
    struct probes p;
    bool all = true;
    probe_all(dict, key, n, &p);
    lock(dict, false);
    bool found = settle(dict, key, &p, n, number, false);
    pthread_rwlock_unlock(&dict->lock);
    if (found) return true;
    lock(dict, true);
    for (unsigned i = 0; i < n; i++)
        if (number[i] == KPI__NONE) all &= (number[i] = look_up_one(dict, key[i], &p, i, true)) != KPI__NONE;
    pthread_rwlock_unlock(&dict->lock);
    return all;
}

void kpi__dict_texts(const kpi__dict *dict, const uint32_t *number, unsigned n, const char **text) {
    for (unsigned i = 0; i < n; i++) __builtin_prefetch(&dict->text[number[i]]);
    for (unsigned i = 0; i < n; i++) text[i] = dict->text[number[i]];
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

enum { FIRST_PAIRS = 64, SQUARE = 1 << 20 };

struct slot {
    uint32_t hash, next; /* next: the number + 1; 0: free */
};

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
    size_t slots = FIRST_PAIRS;
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

/* All pairs by the square; false: one lies outside it. Rows and columns are powers of two, so that no number is too
 * large when not even all their bits together are. */
static bool put_many_square(kpi__pairs *pairs, const uint32_t *a, const uint32_t *b, unsigned n, uint32_t *number) {
    uint32_t place[KPI__BATCH], bits_a = 0, bits_b = 0;
    if (!pairs->square) return false;
    for (unsigned i = 0; i < n; i++) {
        bits_a |= a[i];
        bits_b |= b[i];
        place[i] = a[i] << pairs->shift | b[i];
        __builtin_prefetch(&pairs->square[place[i]]);
    }
    if (!in_square(pairs, bits_a, bits_b)) return false;
    for (unsigned i = 0; i < n; i++) {
        uint32_t *found = &pairs->square[place[i]];
        if (__builtin_expect(!*found, 0)) *found = append(pairs, a[i], b[i]) + 1;
        number[i] = *found - 1;
    }
    return true;
}

bool kpi__pairs_put_many(kpi__pairs *pairs, const uint32_t *a, const uint32_t *b, unsigned n, uint32_t *number) {
    uint32_t missing = 0;
    unsigned i = 0;
    if (put_many_square(pairs, a, b, n, number)) i = n;
    for (; i < n && !pairs->hashed; i++) number[i] = kpi__pairs_put(pairs, a[i], b[i]);
    put_many_hashed(pairs, a + i, b + i, n - i, number + i);
    for (i = 0; i < n; i++) missing |= number[i] == KPI__NONE;
    return !missing;
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
