/* bag.c - the distinct members of groups, exactly: clients visited, by whatever keys.
 *
 * A member is not looked for when it comes, which would be a random access into a large table, but put behind the
 * others of its group: in chunks, each with the number of the one before, the first of one cache line, the others of
 * four (each chunk is a wait for memory when all are looked at). Doubles go when a group has grown to its limit, by a
 * table that fits in L1 or L2; its limit is then twice what was left. So memory is in proportion to the distinct
 * members, and a member costs some 10 ns instead of 60 to 120. */
#include "internal.h"

#include <stdlib.h>

__extension__ typedef unsigned __int128 u128;

enum { LINE = 8, FEW = LINE - 1, LINES = 4, MANY = LINES * LINE - 1, FIRST_LIMIT = FEW + 4 * MANY, WAY = 12 };

struct chunk { /* one line, or the first of LINES */
    uint32_t before; /* the number of the chunk before, + 1; 0: none, this is the first with room for FEW */
    uint32_t spare;
    uint64_t member[FEW]; /* and on for MANY, in all chunks but the first */
};

struct bag {
    uint32_t chunk; /* the last one, + 1 */
    uint32_t limit;
    uint64_t n;     /* members, doubles with them */
};

struct kpi__bags {
    struct bag *bag;
    size_t room;
    struct chunk *chunk;
    size_t lines, line_room;
    uint32_t unused; /* chunks of LINES that are free again: the first, + 1, the others by `before` */
    kpi__sieve sieve;
};

kpi__bags *kpi__bags_new(void) { return calloc(1, sizeof(kpi__bags)); }

void kpi__bags_free(kpi__bags *bags) {
    if (!bags) return;
    free(bags->bag);
    free(bags->chunk);
    kpi__sieve_free(&bags->sieve);
    free(bags);
}

void kpi__sieve_free(kpi__sieve *sieve) {
    free(sieve->table);
    free(sieve->distinct);
}

/* The number of the line where a chunk begins, + 1, that is to stand behind chunk `before`; 0: no memory. */
static uint32_t new_chunk(kpi__bags *bags, uint32_t before) {
    uint32_t number = before ? bags->unused : 0;
    size_t lines = before ? LINES : 1;
    if (number)
        bags->unused = bags->chunk[number - 1].before;
    else {
        if (bags->line_room - bags->lines < lines) {
            size_t room = bags->line_room ? bags->line_room + bags->line_room / 2 : 64;
            struct chunk *grown = room < UINT32_MAX ? realloc(bags->chunk, room * sizeof *grown) : NULL;
            if (!grown) return 0;
            bags->chunk = grown;
            bags->line_room = room;
        }
        number = (uint32_t)bags->lines + 1;
        bags->lines += lines;
    }
    bags->chunk[number - 1].before = before;
    return number;
}

/* Of n members: how many are in the last chunk, and how many chunks there are. */
static size_t in_last(uint64_t n) { return (size_t)(n <= FEW ? n : (n - FEW - 1) % MANY + 1); }
static uint64_t chunks_of(uint64_t n) { return n <= FEW ? n > 0 : 1 + (n - FEW + MANY - 1) / MANY; }
static size_t room_of(const struct chunk *chunk) { return chunk->before ? MANY : FEW; }

/* ---- doubles ---- */

static bool make_room(kpi__sieve *sieve, uint64_t n) {
    size_t slots = sieve->slots ? sieve->slots : 256;
    while (slots < 2 * n) slots *= 2;
    if (slots > sieve->slots) {
        uint64_t *table = calloc(slots, sizeof *table);
        if (!table) return false;
        free(sieve->table);
        sieve->table = table;
        sieve->slots = slots;
    }
    if (n < sieve->room) return true;
    uint64_t *grown = realloc(sieve->distinct, slots * sizeof *grown);
    if (!grown) return false;
    sieve->distinct = grown;
    sieve->room = slots;
    return true;
}

static void fetch_chunk(const kpi__bags *bags, uint32_t number) {
    for (unsigned line = 0; line < LINES && number; line++) __builtin_prefetch(&bags->chunk[number - 1 + line]);
}

/* Adds the members of bag that are not among the n distinct ones of sieve; how many there are then. */
static size_t add_distinct(kpi__sieve *sieve, size_t slots, size_t n, const kpi__bags *bags, const struct bag *bag) {
    size_t have = in_last(bag->n);
    uint64_t seed = kpi__random();
    for (uint32_t number = bag->n ? bag->chunk : 0; number; number = bags->chunk[number - 1].before, have = 0) {
        const struct chunk *chunk = &bags->chunk[number - 1];
        const uint64_t *members = chunk->member;
        if (!have) have = room_of(chunk);
        fetch_chunk(bags, chunk->before);
        for (size_t i = 0; i < have; i++) {
            uint64_t member = members[i];
            u128 product = (u128)(member ^ seed) * 0x9E3779B97F4A7C15u;
            size_t at = (size_t)(product ^ product >> 64) & (slots - 1);
            uint64_t there = sieve->table[at];
            while ((there != 0) & (there != member)) there = sieve->table[at = (at + 1) & (slots - 1)];
            sieve->table[at] = sieve->distinct[n] = member; /* new or not: no branch, which could not be foreseen */
            n += !there;
        }
    }
    return n;
}

static size_t slots_for(uint64_t n) {
    size_t slots = 64;
    while (slots < 2 * n) slots *= 2;
    return slots;
}

/* The distinct members of bag into sieve->distinct, for which there is room. */
static size_t find_distinct(kpi__sieve *sieve, const kpi__bags *bags, const struct bag *bag) {
    size_t slots = slots_for(bag->n), n = add_distinct(sieve, slots, 0, bags, bag);
    memset(sieve->table, 0, slots * sizeof *sieve->table);
    return n;
}

static bool drop_doubles(kpi__bags *bags, struct bag *bag) {
    if (!make_room(&bags->sieve, bag->n)) return false;
    size_t n = find_distinct(&bags->sieve, bags, bag), left = n;
    uint32_t number = bag->chunk;
    for (uint64_t have = chunks_of(bag->n), keep = chunks_of(n); have > keep; have--) {
        struct chunk *chunk = &bags->chunk[number - 1];
        uint32_t before = chunk->before;
        chunk->before = bags->unused;
        bags->unused = number;
        number = before;
    }
    bag->chunk = number;
    bag->n = n;
    bag->limit = 2 * n > FIRST_LIMIT ? (uint32_t)(2 * n < UINT32_MAX ? 2 * n : UINT32_MAX) : FIRST_LIMIT;
    for (; number; number = bags->chunk[number - 1].before) { /* the last chunk is the one that is not full */
        size_t part = in_last(left);
        left -= part;
        memcpy(bags->chunk[number - 1].member, bags->sieve.distinct + left, part * sizeof *bags->sieve.distinct);
    }
    return true;
}

/* ---- adding ---- */

static bool add(kpi__bags *bags, uint32_t group, uint64_t member) {
    struct bag *bag = &bags->bag[group];
    size_t at = in_last(bag->n);
    if (!bag->n || at == room_of(&bags->chunk[bag->chunk - 1])) {
        if (bag->limit && bag->n >= bag->limit && !drop_doubles(bags, bag)) return false;
        at = in_last(bag->n);
        uint32_t number = bag->chunk;
        if (!number || at == room_of(&bags->chunk[number - 1])) number = new_chunk(bags, number), at = 0;
        if (!number) return false;
        if (!bag->limit) bag->limit = FIRST_LIMIT;
        bag->chunk = number;
    }
    uint64_t *members = bags->chunk[bag->chunk - 1].member;
    members[at] = member;
    bag->n++;
    return true;
}

bool kpi__bags_add(kpi__bags *bags, const uint32_t *group, const uint64_t *member, unsigned n) {
    for (unsigned i = 0; i < n; i++)
        while (group[i] >= bags->room)
            if (!kpi__grow(&bags->bag, bags->room, &bags->room, sizeof *bags->bag)) return false;
    for (unsigned i = 0; i < n; i++) __builtin_prefetch(&bags->bag[group[i]], 1);
    for (unsigned i = 0; i < n + WAY; i++) {
        if (i < n && bags->bag[group[i]].chunk) __builtin_prefetch(&bags->chunk[bags->bag[group[i]].chunk - 1], 1);
        if (i >= WAY && !add(bags, group[i - WAY], member[i - WAY])) return false;
    }
    return true;
}

static const struct bag none;

static const struct bag *bag_of(const kpi__bags *bags, uint32_t group) {
    return group < bags->room ? &bags->bag[group] : &none;
}

size_t kpi__bags_count(kpi__bags *bags, uint32_t group) {
    const struct bag *bag = bag_of(bags, group);
    return make_room(&bags->sieve, bag->n) ? find_distinct(&bags->sieve, bags, bag) : SIZE_MAX;
}

void kpi__bags_fetch(const kpi__bags *bags, uint32_t group, unsigned step) {
    const struct bag *bag = bag_of(bags, group);
    if (!step) return __builtin_prefetch(bag);
    uint32_t number = bag->chunk;
    while (--step && number) number = bags->chunk[number - 1].before;
    fetch_chunk(bags, number);
}

size_t kpi__bags_count_all(kpi__sieve *sieve, const kpi__bags *const *bags, const uint32_t *group, unsigned n) {
    uint64_t all = 0;
    size_t found = 0;
    for (unsigned i = 0; i < n; i++) all += bag_of(bags[i], group[i])->n;
    if (!make_room(sieve, all)) return SIZE_MAX;
    size_t slots = slots_for(all);
    for (unsigned i = 0; i < n; i++) found = add_distinct(sieve, slots, found, bags[i], bag_of(bags[i], group[i]));
    memset(sieve->table, 0, slots * sizeof *sieve->table);
    return found;
}

size_t kpi__bags_members(kpi__bags *bags, uint32_t group, const uint64_t **member) {
    const struct bag *bag = bag_of(bags, group);
    size_t at = (size_t)bag->n;
    if (!make_room(&bags->sieve, bag->n)) return SIZE_MAX;
    for (uint32_t number = bag->chunk; at; number = bags->chunk[number - 1].before) {
        size_t part = in_last(at);
        at -= part;
        memcpy(bags->sieve.distinct + at, bags->chunk[number - 1].member, part * sizeof *bags->sieve.distinct);
    }
    *member = bags->sieve.distinct;
    return (size_t)bag->n;
}

void kpi__bags_renumber(kpi__bags *bags, uint64_t mark, const uint32_t *to) {
    for (size_t group = 0; group < bags->room; group++) {
        const struct bag *bag = &bags->bag[group];
        size_t have = in_last(bag->n);
        for (uint32_t number = bag->n ? bag->chunk : 0; number; have = 0) {
            struct chunk *chunk = &bags->chunk[number - 1];
            uint64_t *members = chunk->member;
            if (!have) have = room_of(chunk);
            for (size_t i = 0; i < have; i++)
                if (members[i] >> 32 == mark >> 32) members[i] = mark | to[(uint32_t)members[i]];
            number = chunk->before;
        }
    }
}
