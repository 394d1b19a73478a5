/* scanyaml.c - documents of the common shape, read without libyaml.
 *
 * Block maps of `key: value` lines, block lists of `- value` lines and flow maps and lists, with plain and simply
 * quoted scalars that each stand on one line, between comments and blank lines: that is how nearly all schemes and
 * goals are written, by people and by goal-set. One pass reads it, line by line at block level and by descent in flow
 * collections. Nothing is ever refused here: whatever is not plainly of this shape, or would be an error (a tab, an
 * escape, an anchor, a key that comes twice, a plain text that goes on in the next line ...) is a doubt, and then
 * the document is read from its start by libyaml, which alone says what is wrong. Documents end at a `---` line.
 *
 * Texts stay where they are, in a copy of the stream, and are ended there by a NUL once the byte behind them has been
 * looked at. Ends of scalars are found eight bytes at a time. Columns are code points: `start` moves on by one for each
 * byte that continues one. Nodes come from a pool that the next document uses again.
 *
 * Keys of a map must differ. Each sets one of 256 bits; where one of these is set twice, up to KPI__FEW_KEYS are
 * compared with each other, and more go through a table of the right size when their map ends. Its hash is simple, so
 * that names could be made to collide; a long search is a doubt, too, and libyaml's way has a dictionary that cannot
 * be misled.
 *
 * Measured on 60,000 goals against the same nodes made by libyaml, minima of many runs in one process: compact, with a
 * flow map of six metrics an owner, 21 to 35 times as fast, with an 18th of the instructions; in block maps 11 to 20
 * times; as 60,000 documents 13 to 25 times, with a tenth. Of the time for compact goals the check of the bytes
 * (yaml.c) and their copy take a seventh. For each byte read six are written, into fresh memory: huge pages halve the
 * system's time for that. Runs of simple pairs (read_simple) and the bits of keys save a third of the instructions. To
 * guess keys from those of the map before saved under 1 %, so there is none of that. */
#include "internal.h"

#include <endian.h>
#include <stdlib.h>
#include <sys/mman.h>

enum {
    PADDING = 32,       /* NULs behind the stream */
    KEY_BYTES = 1000,   /* of a key, up to its colon; libyaml takes 1024 code points */
    SEARCH = 64,        /* steps of a search among many keys */
    HUGE_PAGE = 1 << 21,
    CHUNK_FIRST = 1 << 14,
    CHUNK_LAST = 1 << 22 /* CHUNK_FIRST times a power of 4 */
};

typedef struct key_bits { /* what is known of a map's keys while they come: one of 256 bits is set for each */
    uint64_t seen[4];
    bool again; /* a bit came twice: keys may be equal */
} key_bits;

typedef struct level { /* a block map or list that is being filled */
    kpi__node *node, **link;
    size_t column, children;
    key_bits keys;
} level;

struct kpi__scanyaml {
    char *bytes, *end;     /* a copy, kept in the pool; at end a LF more */
    char *start;           /* of the line, moved on by its bytes that continue a code point */
    uint32_t line;         /* from 1 */
    bool no_memory;
    kpi__pool *pool;
    kpi__node *root, *open; /* open: the empty value of the last line, which may become a map or a list */
    level level[KPI__DEPTH];
    unsigned depth;
};

/* ---- memory ---- */

struct kpi__pool_chunk {
    struct kpi__pool_chunk *next;
    char *data, *end;
};

/* A fresh page costs far more than what is read into it, so much memory comes in huge pages where there are such. */
static struct kpi__pool_chunk *new_chunk(size_t size) {
    bool huge = size >= HUGE_PAGE / 2;
    if (size > SIZE_MAX / 2) return NULL;
    if (huge) size = (size + HUGE_PAGE - 1) & ~(size_t)(HUGE_PAGE - 1);
    struct kpi__pool_chunk *chunk = malloc(sizeof *chunk + size + (huge ? HUGE_PAGE : 0));
    if (!chunk) return NULL;
    char *data = (char *)(chunk + 1);
    if (huge) {
        data += -(uintptr_t)data & (HUGE_PAGE - 1);
#ifdef MADV_HUGEPAGE
        madvise(data, size, MADV_HUGEPAGE);
#endif
    }
    *chunk = (struct kpi__pool_chunk){.data = data, .end = data + size};
    return chunk;
}

static void enter(kpi__pool *pool, struct kpi__pool_chunk *chunk) {
    pool->current = chunk;
    pool->at = chunk ? chunk->data : NULL;
    pool->end = chunk ? chunk->end : NULL;
}

/* The rest of the current chunk is passed over; so are chunks too small for a long text. */
void *kpi__pool_more(kpi__pool *pool, size_t size) {
    size_t room = CHUNK_FIRST;
    while (pool->current && pool->current->next) {
        enter(pool, pool->current->next);
        if ((size_t)(pool->end - pool->at) >= size) return kpi__pool_get(pool, size);
    }
    if (pool->current) room = 4 * (size_t)(pool->current->end - pool->current->data);
    if (room > CHUNK_LAST) room = CHUNK_LAST;
    struct kpi__pool_chunk *chunk = new_chunk(room < size ? size + room : room);
    if (!chunk) return NULL;
    *(pool->current ? &pool->current->next : &pool->first) = chunk;
    enter(pool, chunk);
    return kpi__pool_get(pool, size);
}

char *kpi__pool_text(kpi__pool *pool, kpi_text text) { /* from the high end, where nothing need be aligned */
    size_t size = text.len + 1;
    if (text.len > SIZE_MAX / 4) return NULL;
    if ((size_t)(pool->end - pool->at) < size) {
        char *more = kpi__pool_more(pool, (size + 7) & ~(size_t)7);
        if (!more) return NULL;
        pool->at = more;
    }
    pool->end -= size;
    if (text.len) memcpy(pool->end, text.ptr, text.len);
    pool->end[text.len] = 0;
    return pool->end;
}

void kpi__pool_reset(kpi__pool *pool) { enter(pool, pool->first); }

void kpi__pool_free(kpi__pool *pool) {
    for (struct kpi__pool_chunk *chunk = pool->first, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    *pool = (kpi__pool){0};
}

kpi__scanyaml *kpi__scanyaml_new(kpi__pool *pool, kpi_text bytes) {
    size_t room = (bytes.len + 1 + PADDING + 7) & ~(size_t)7;
    kpi__scanyaml *s = calloc(1, sizeof *s);
    if (!s || bytes.len > SIZE_MAX / 4 || !(s->bytes = kpi__pool_get(pool, room))) {
        free(s);
        return NULL;
    }
    pool->current->data = pool->at; /* it stays when the pool is reset */
    s->pool = pool;
    s->end = s->bytes + bytes.len;
    if (bytes.len) memcpy(s->bytes, bytes.ptr, bytes.len);
    *s->end = '\n';
    memset(s->end + 1, 0, PADDING);
    return s;
}

void kpi__scanyaml_free(kpi__scanyaml *s) { free(s); }

/* ---- nodes ---- */

static inline kpi__node *node_at(kpi__scanyaml *s, const char *p, enum kpi__node_kind kind) {
    kpi__node *node = kpi__pool_get(s->pool, sizeof *node);
    s->no_memory |= !node;
    if (node)
        *node = (kpi__node){.line = s->line, .column = (uint32_t)(p - s->start) + 1, .kind = (uint8_t)kind};
    return node;
}

/* Ends the text of node, when what stands behind it is known. */
static inline void close_text(kpi__scanyaml *s, const kpi__node *node) {
    s->bytes[node->text - s->bytes + node->length] = 0;
}

/* ---- keys that differ ---- */

static inline uint64_t mix(uint64_t a, uint64_t b) {
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_of(kpi_text key) {
    const char *p = key.ptr;
    size_t n = key.len;
    uint64_t hash = n, rest = 0;
    for (; n >= 8; p += 8, n -= 8) hash = mix(hash ^ kpi__load8(p), 0x9e3779b97f4a7c15u);
    for (; n; n--) rest = rest << 8 | (unsigned char)*p++;
    return mix(hash ^ rest, 0xd6e8feb86659fd93u);
}

static bool same(const kpi__node *a, const kpi__node *b) {
    return a->length == b->length && !memcmp(a->text, b->text, a->length);
}

static bool many_differ(kpi__scanyaml *s, const kpi__node *map, size_t n) {
    size_t slots = 64;
    while (slots < 2 * n) slots *= 2;
    const kpi__node **slot = calloc(slots, sizeof *slot);
    bool differ = slot;
    s->no_memory |= !slot;
    for (const kpi__node *child = map->child; child && differ; child = child->next) {
        size_t at = hash_of(kpi__node_text(child->key)) & (slots - 1), steps = 0;
        for (; slot[at] && differ; at = (at + 1) & (slots - 1))
            differ = !same(slot[at], child->key) && ++steps < SEARCH;
        slot[at] = child->key;
    }
    free(slot);
    return differ;
}

static inline void see(key_bits *keys, const char *p, size_t n) {
    uint64_t word = le64toh(kpi__load8(p));
    word = n < 8 ? word & (((uint64_t)1 << 8 * n) - 1) : word ^ le64toh(kpi__load8(p + n - 8)) >> 1;
    unsigned bit = (unsigned)(word * 0x9e3779b97f4a7c15u >> 56);
    uint64_t mask = (uint64_t)1 << (bit & 63);
    keys->again |= (keys->seen[bit >> 6] & mask) != 0;
    keys->seen[bit >> 6] |= mask;
}

static bool few_differ(const kpi__node *map) {
    for (const kpi__node *child = map->child; child; child = child->next)
        for (const kpi__node *other = map->child; other != child; other = other->next)
            if (same(other->key, child->key)) return false;
    return true;
}

static inline bool differ(kpi__scanyaml *s, const level *map) {
    if (!map->keys.again) return true;
    return map->children > KPI__FEW_KEYS ? many_differ(s, map->node, map->children) : few_differ(map->node);
}

static void add(level *to, kpi__node *key, kpi__node *value) {
    value->key = key;
    if (key) see(&to->keys, key->text, key->length);
    *to->link = value;
    to->link = &value->next;
    to->children++;
}

/* ---- scalars ---- */

static inline char *next_stop(char *p) {
    uint64_t stop;
    while (!(stop = kpi__plain_stops(p))) p += 8;
    return p + __builtin_ctzll(stop) / 8;
}

static inline char *skip_blanks(char *p) {
    while (*p == ' ') p++;
    return p;
}

static inline char *skip_wide(kpi__scanyaml *s, char *p) {
    for (; (unsigned char)*p >= 0x80; p++) s->start += ((unsigned char)*p & 0xC0) == 0x80;
    return p;
}

static inline bool is_end(char c) { return c == ' ' || c == '\n' || c == '\r'; }

/* Whether p, behind something plain or blank, ends a plain scalar. */
static bool ends_plain(const char *p, bool flow) {
    if (*p == ':') return is_end(p[1]);
    return *p == '\n' || *p == '\r' || (flow && *p && strchr(",[]{}", *p));
}

/* The scalar goes on at p, a stop, or ends there. */
__attribute__((noinline)) static char *rest_of_plain(kpi__scanyaml *s, char *p, kpi__node *node, bool flow) {
    for (;; p = next_stop(p)) {
        if (ends_plain(p, flow)) return p;
        if ((unsigned char)*p >= 0x80) {
            node->simple = false;
            p = skip_wide(s, p);
        } else if (*p == ' ') {
            char *word = skip_blanks(p);
            if (*word == '#' || ends_plain(word, flow)) return p;
            p = word; /* a text, or something odd to be seen in the next round */
        } else if (*p == '\t' || !*p || (*p == ':' && (p[1] == '\t' || (flow && strchr(",?[]{}", p[1]))))) {
            return NULL;
        } else
            node->simple &= *p++ != '\\';
    }
}

/* What a plain scalar may begin with; of '-' the next byte decides. */
static inline bool begins_plain(const char *p) {
    static const bool other[128] = {['\0'] = 1, ['\t'] = 1, ['\n'] = 1, ['\r'] = 1, [' '] = 1,  ['?'] = 1, [':'] = 1,
                                    [','] = 1,  ['['] = 1,  [']'] = 1,  ['{'] = 1,  ['}'] = 1,  ['#'] = 1, ['&'] = 1,
                                    ['*'] = 1,  ['!'] = 1,  ['|'] = 1,  ['>'] = 1,  ['\''] = 1, ['"'] = 1, ['%'] = 1,
                                    ['@'] = 1,  ['`'] = 1};
    unsigned char c = (unsigned char)*p;
    return c >= 0x80 || (!other[c] && (c != '-' || (unsigned char)p[1] > ' '));
}

/* All readers: where what they read ends, or NULL when there is a doubt. */
static inline char *read_plain(kpi__scanyaml *s, char *p, kpi__node *node, bool flow) {
    if (!begins_plain(p)) return NULL;
    node->text = p;
    node->plain = node->simple = true;
    char *end = next_stop(p);
    if (!((flow && (*end == ',' || *end == '}')) || (*end == ':' && end[1] == ' '))) {
        end = rest_of_plain(s, end, node, flow);
        if (!end) return NULL;
    }
    node->length = (uint32_t)(end - p);
    return end;
}

__attribute__((noinline)) static char *read_quoted(kpi__scanyaml *s, char *p, kpi__node *node) {
    char quote = *p++;
    node->text = p;
    while (*p != quote) {
        if ((unsigned char)*p >= 0x80)
            p = skip_wide(s, p);
        else if ((unsigned char)*p < ' ' || (*p == '\\' && quote == '"'))
            return NULL;
        else
            p++;
    }
    node->length = (uint32_t)(p - node->text);
    return p[1] == quote ? NULL : p + 1; /* a doubled quote is one of the text, or an error */
}

static inline char *read_scalar(kpi__scanyaml *s, char *p, kpi__node *node, bool flow) {
    return *p == '"' || *p == '\'' ? read_quoted(s, p, node) : read_plain(s, p, node, flow);
}

/* A key and its colon, at which it ends; then comes a blank or, in blocks, the end of the line. */
static inline char *read_key(kpi__scanyaml *s, char *p, kpi__node **key, bool flow) {
    kpi__node *node = *key = node_at(s, p, KPI__SCALAR);
    char *end = node && *p != '<' ? read_scalar(s, p, node, flow) : NULL; /* << is refused */
    if (!end) return NULL;
    char *colon = skip_blanks(end);
    if (*colon != ':' || !(flow ? colon[1] == ' ' : is_end(colon[1])) || colon - p > KEY_BYTES) return NULL;
    close_text(s, node);
    return colon;
}

/* ---- flow collections ---- */

/* Behind p, where nothing, a blank, a comment or the end of the line may stand. */
static char *end_line(kpi__scanyaml *s, char *p) {
    char *end = skip_blanks(p);
    if (*end == '#' && end > p) end = memchr(end, '\n', (size_t)(s->end + 1 - end));
    if (*end == '\r') end++;
    if (*end++ != '\n') return NULL;
    s->line++;
    s->start = end;
    return end;
}

/* Blanks, and lines that go on; each of them is indented. */
static inline char *skip_flow(kpi__scanyaml *s, char *p) {
    char *next = skip_blanks(p);
    while (*next == '\n' || *next == '\r' || *next == '#') {
        if (!(p = end_line(s, p)) || p >= s->end) return NULL;
        next = skip_blanks(p);
        if (next == p && *p != '\n' && *p != '\r') return NULL;
    }
    return next;
}

/* The commonest of all: a run of `name: value, ` in a map, both plain and simple, that a brace may end. Ends at the
 * comma or brace behind the last one, or is NULL when there is none. It keeps what it needs in registers. */
__attribute__((noinline)) static char *read_simple(kpi__scanyaml *s, char *p, level *map, char *behind) {
    const uint32_t line = s->line;
    kpi__node **link = map->link;
    char *last = NULL, *start = s->start - 1, c = ',';
    for (; c == ',' && kpi__begins_simple(*p); map->children++) {
        char *colon = next_stop(p), *value = colon + 2;
        if (*colon != ':' || colon[1] != ' ' || colon - p > KEY_BYTES || !kpi__begins_simple(*value)) break;
        char *end = next_stop(value);
        if (*end != ',' && *end != '}') break;
        kpi__node *node = kpi__pool_get(s->pool, 2 * sizeof *node);
        if (!node) break;
        node[0] = (kpi__node){.text = p, .length = (uint32_t)(colon - p), .line = line,
                              .column = (uint32_t)(p - start), .plain = true, .simple = true};
        node[1] = (kpi__node){.text = value, .length = (uint32_t)(end - value), .line = line,
                              .column = (uint32_t)(value - start), .plain = true, .simple = true, .key = node};
        see(&map->keys, p, (size_t)(colon - p));
        *link = node + 1;
        link = &node[1].next;
        c = *end;
        *colon = *end = 0;
        last = end;
        p = end[1] == ' ' ? end + 2 : end; /* a NUL there */
    }
    map->link = link;
    *behind = c;
    return last;
}

static char *read_flow(kpi__scanyaml *s, char *p, kpi__node **out, unsigned depth);

/* A value in a collection, and what stands behind it. */
static char *read_flow_value(kpi__scanyaml *s, char *p, kpi__node **item, char *behind, unsigned depth) {
    if (*p == '{' || *p == '[') {
        if (!(p = read_flow(s, p, item, depth + 1))) return NULL;
        p = skip_blanks(p);
        *behind = *p;
        return p;
    }
    if (!(*item = node_at(s, p, KPI__SCALAR)) || !(p = read_scalar(s, p, *item, true))) return NULL;
    p = skip_blanks(p);
    *behind = *p;
    close_text(s, *item);
    return p;
}

/* The flow map or list at p, with depth collections around it. */
static char *read_flow(kpi__scanyaml *s, char *p, kpi__node **out, unsigned depth) {
    bool map = *p == '{';
    kpi__node *node = *out = node_at(s, p, map ? KPI__MAP : KPI__LIST), *item, *key = NULL;
    if (!node || depth == KPI__DEPTH) return NULL;
    level here = {.node = node, .link = &node->child};
    char close = map ? '}' : ']', c = ',';
    while (c == ',') {
        if (!(p = skip_flow(s, p + 1))) return NULL;
        if (*p == close) break; /* empty, or after the last comma */
        char *end = map ? read_simple(s, p, &here, &c) : NULL;
        if (!end) {
            if (map && !(p = read_key(s, p, &key, true))) return NULL;
            if (map) p = skip_blanks(p + 1);
            if (!(end = read_flow_value(s, p, &item, &c, depth))) return NULL;
            add(&here, key, item);
        }
        p = end;
    }
    return (c == close || c == ',') && differ(s, &here) ? p + 1 : NULL;
}

/* ---- blocks ---- */

static bool end_level(kpi__scanyaml *s) {
    const level *top = &s->level[--s->depth];
    s->open = NULL;
    return differ(s, top);
}

static void begin_level(kpi__scanyaml *s, kpi__node *node, size_t column) {
    s->level[s->depth++] = (level){.node = node, .link = &node->child, .column = column};
}

/* A value, and the rest of its line. */
static char *read_value(kpi__scanyaml *s, char *p, kpi__node **value) {
    if (*p == '{' || *p == '[') {
        p = read_flow(s, p, value, s->depth);
        return p ? end_line(s, p) : NULL;
    }
    kpi__node *node = *value = node_at(s, p, KPI__SCALAR);
    char *end = node ? read_scalar(s, p, node, false) : NULL, *next = end ? end_line(s, end) : NULL;
    if (next) close_text(s, node);
    return next;
}

static char *read_pair(kpi__scanyaml *s, char *p) {
    kpi__node *key, *value;
    if (!(p = read_key(s, p, &key, false))) return NULL;
    char *behind = skip_blanks(p + 1);
    if (*behind == '\n' || *behind == '\r' || *behind == '#') {
        if (!(value = node_at(s, p + 1, KPI__SCALAR)) || !(p = end_line(s, p + 1))) return NULL;
        value->text = "";
        value->plain = true;
        s->open = value;
    } else if (!(p = read_value(s, behind, &value)))
        return NULL;
    add(&s->level[s->depth - 1], key, value);
    return p;
}

static char *read_item(kpi__scanyaml *s, char *p) {
    kpi__node *value;
    if ((p = read_value(s, skip_blanks(p + 1), &value))) add(&s->level[s->depth - 1], NULL, value);
    return p;
}

/* Brings the open levels in accord with a line of content at p: it goes on with one of them, or it begins one, which
 * is the document, or the value of the key in the line before. */
static bool find_level(kpi__scanyaml *s, const char *p, size_t column, bool item) {
    const level *top;
    while (s->depth && (top = &s->level[s->depth - 1])->column >= column &&
           (top->column > column || (top->node->kind == KPI__LIST && !item)))
        if (!end_level(s)) return false;
    if (s->depth && top->column == column && (top->node->kind == KPI__LIST) == item) return true;
    kpi__node *node = s->open;
    if (!s->root && !item) node = s->root = node_at(s, p, KPI__MAP);
    if (!node || s->depth == KPI__DEPTH) return false;
    *node = (kpi__node){.key = node->key, .line = s->line, .column = (uint32_t)(p - s->start) + 1,
                        .kind = item ? KPI__LIST : KPI__MAP};
    begin_level(s, node, column);
    s->open = NULL;
    return true;
}

/* ---- documents ---- */

/* A line of content. */
static char *read_line(kpi__scanyaml *s, char *p) {
    bool item = *p == '-' && p[1] == ' ';
    if (!find_level(s, p, (size_t)(p - s->start), item)) return NULL;
    s->open = NULL;
    return item ? read_item(s, p) : read_pair(s, p);
}

/* The line of the next content, of a `---`, or the end. */
static char *skip_lines(kpi__scanyaml *s, char *p) {
    while (p < s->end) {
        s->start = p;
        char *text = skip_blanks(p);
        if (*text == '#')
            text = memchr(text, '\n', (size_t)(s->end + 1 - text));
        else if (*text == '\r')
            text++;
        if (*text != '\n') return p;
        s->line++;
        p = text + 1;
    }
    return p;
}

static bool is_mark(const char *p) { return p[0] == '-' && p[1] == '-' && p[2] == '-' && is_end(p[3]); }

static char *read_document(kpi__scanyaml *s, char *p) {
    p = skip_lines(s, p);
    if (p < s->end && is_mark(p)) {
        if (!(p = end_line(s, p + 3))) return NULL;
        p = skip_lines(s, p);
    }
    while (p < s->end && !is_mark(p)) {
        /* What else may have a meaning at the start of a line begins so: ---, ..., %. */
        if ((p[0] == '-' && p[1] == '-') || (p[0] == '.' && p[1] == '.')) return NULL;
        if (!(p = read_line(s, skip_blanks(p)))) return NULL;
        p = skip_lines(s, p);
    }
    while (s->depth)
        if (!end_level(s)) return NULL;
    return s->root ? p : NULL;
}

int kpi__scanyaml_next(kpi__scanyaml *s, size_t *at, uint32_t *line, kpi__node **root) {
    s->line = *line + 1;
    s->root = s->open = NULL;
    s->depth = 0;
    s->no_memory = false;
    char *p = read_document(s, s->bytes + *at);
    if (!p) return s->no_memory ? KPI_SYSTEM : KPI_NO;
    *at = (size_t)((p < s->end ? p : s->end) - s->bytes);
    *line = s->line - 1;
    *root = s->root;
    return KPI_OK;
}
