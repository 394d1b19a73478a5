/* phrases.c - which of thousands of phrases a text has, in one pass over it.
 *
 * The automaton of Aho and Corasick (1975): a trie of the phrases, a state for each of its nodes, and for each state
 * and byte the state of the longest beginning of a phrase that what was read so far ends with. So a byte costs a
 * look-up, however many phrases there are.
 *
 * Words are whole: where a letter or digit stands beside something else there is an edge, which is a symbol of its own
 * in phrases and texts alike, so that `late` (edge late edge) is not in `chocolate` (edge chocolate edge). The edge has
 * no byte; a step by a byte goes over it where there is one, which state and byte tell: the root alone would not know
 * whether a letter was before, so it is two states. The continuation bytes of UTF-8 go on with what they belong to.
 * Letters are those of ASCII and what begins with C3..D4, U+00C0 to U+053F: Latin, Greek, Cyrillic and their accents.
 * ASCII letters have no case, and blanks that stand together are one: the state after a blank stays where it is.
 *
 * Each state has a row of a table, by classes of bytes that no phrase tells apart; those of most texts stand together, so
 * that they share cache lines, and a row is 64 bytes or a few times as much of numbers of 16 bits: waiting for memory is
 * what reading costs, which is why LANES texts are read at a time, too. The states at which a phrase may end are the
 * last ones, so that a comparison tells them. Where there are more than ROWS states, those far from the root, which texts
 * seldom reach, have no row: they go by the links of the trie. */
#include "internal.h"

#include <stdlib.h>

enum {
    ROWS = 0xFFFF,
    OUT = ROWS,  /* in a row: a state without one */
    LANES = 4,
    EDGE = 256,  /* the symbol */
    ROOTS = 2,   /* the root behind what is no letter, and behind one: states 0 and 1 */
    NOTHING = 0
};
#define NODES (UINT32_C(1) << 29)

typedef struct node { /* numbers of other nodes; 0: the root, or none */
    uint32_t child, sibling, fail;
    uint32_t edge;    /* where an edge leads from here */
    uint32_t best;    /* the longest phrase that ends here, and 1 */
    uint32_t state;
    uint16_t symbol;
    bool letter;      /* the last one is a letter or digit */
} node;

typedef struct phrase {
    uint32_t length, value; /* in code points */
} phrase;

struct kpi__phrases {
    node *node;
    size_t nodes, room;
    phrase *phrase;
    size_t phrases, phrase_room;
    uint32_t *of;                 /* by state: the node */
    uint32_t states, rows, plain; /* states with a row; those at which nothing ends */
    uint16_t *next;               /* rows of 1 << shift entries */
    unsigned shift, classes;
    uint8_t class_of[256], byte_of[256]; /* the class of a byte, a byte of a class */
};

/* ---- bytes ---- */

static bool goes_on(unsigned char c) { return (c & 0xC0) == 0x80; }

static unsigned char fold(unsigned char c) {
    if (c == '\t' || c == '\n' || c == '\r') return ' ';
    return (unsigned char)(c - 'A') < 26 ? c | 0x20 : c;
}

size_t kpi__phrase_fold(kpi_text plain, char *out) {
    size_t n = 0;
    for (size_t i = 0; i < plain.len; i++) {
        char c = (char)fold((unsigned char)plain.ptr[i]);
        if (c != ' ' || !n || out[n - 1] != ' ') out[n++] = c;
    }
    return n;
}

/* ---- the trie ---- */

static uint32_t child_of(const kpi__phrases *p, uint32_t at, unsigned symbol) {
    for (uint32_t i = p->node[at].child; i; i = p->node[i].sibling)
        if (p->node[i].symbol == symbol) return i;
    return NOTHING;
}

/* The child of `at`, new or there. NOTHING: no memory. */
static uint32_t put_symbol(kpi__phrases *p, uint32_t at, unsigned symbol, bool letter) {
    uint32_t found = child_of(p, at, symbol);
    if (found) return found;
    if (p->nodes == NODES || !kpi__grow(&p->node, p->nodes, &p->room, sizeof *p->node)) return NOTHING;
    found = (uint32_t)p->nodes++;
    p->node[found] = (node){.sibling = p->node[at].child, .symbol = (uint16_t)symbol, .letter = letter};
    p->node[at].child = found;
    return found;
}

kpi__phrases *kpi__phrases_new(void) {
    kpi__phrases *p = calloc(1, sizeof *p);
    if (p && kpi__grow(&p->node, 0, &p->room, sizeof *p->node)) {
        p->nodes = 1;
        return p;
    }
    kpi__phrases_free(p);
    return NULL;
}

static size_t table_bytes(const kpi__phrases *p) { return ((size_t)p->rows << p->shift) * sizeof *p->next; }

void kpi__phrases_free(kpi__phrases *p) {
    if (!p) return;
    free(p->node);
    free(p->phrase);
    free(p->of);
    kpi__table_free(p->next, table_bytes(p));
    free(p);
}

bool kpi__phrases_add(kpi__phrases *p, kpi_text folded, uint32_t value) {
    uint32_t at = 0;
    bool letter = false;
    for (size_t i = 0; i < folded.len; i++) {
        unsigned char c = (unsigned char)folded.ptr[i];
        bool now = goes_on(c) ? letter : kpi__is_letter(c);
        if (now != letter && !(at = put_symbol(p, at, EDGE, letter))) return false;
        if (!(at = put_symbol(p, at, c, now))) return false;
        letter = now;
    }
    if (letter && !(at = put_symbol(p, at, EDGE, letter))) return false;
    if (!kpi__grow(&p->phrase, p->phrases, &p->phrase_room, sizeof *p->phrase)) return false;
    p->phrase[p->phrases++] = (phrase){(uint32_t)kpi__code_points(folded), value};
    p->node[at].best = (uint32_t)p->phrases;
    return true;
}

/* ---- from the trie to states ---- */

/* Where symbol leads from `at`, which is above what is being linked. */
static uint32_t follow(const kpi__phrases *p, uint32_t at, unsigned symbol) {
    uint32_t found;
    while (!(found = child_of(p, at, symbol)) && at) at = p->node[at].fail;
    return found;
}

/* Breadth first into order: the links of all nodes, whose fathers' are there. */
static void link_nodes(kpi__phrases *p, uint32_t *order) {
    size_t n = 0;
    order[n++] = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t at = order[i];
        node *father = &p->node[at];
        if (!father->best) father->best = p->node[father->fail].best;
        for (uint32_t k = father->child; k; k = p->node[k].sibling) {
            node *child = &p->node[k];
            child->fail = at ? follow(p, father->fail, child->symbol) : 0;
            if (child->symbol == EDGE) father->edge = k;
            order[n++] = k;
        }
        if (!father->edge && at) father->edge = p->node[father->fail].edge;
    }
}

/* A class for c, folded; what is in no phrase has one by its kind. */
static void put_class(kpi__phrases *p, unsigned char c, bool used, int rest[3]) {
    int one = -1, *class = used ? &one : &rest[goes_on(c) ? 2 : kpi__is_letter(c)];
    if (*class < 0) p->byte_of[*class = (int)p->classes++] = c;
    p->class_of[c] = (uint8_t)*class;
}

/* The commonest first, then what goes on. */
static void number_classes(kpi__phrases *p) {
    static const char common[] = " abcdefghijklmnopqrstuvwxyz.,'-!";
    bool used[256] = {[' '] = true}, done[256] = {false};
    int rest[3] = {-1, -1, -1};
    for (size_t i = 1; i < p->nodes; i++)
        if (p->node[i].symbol != EDGE) used[p->node[i].symbol] = true;
    for (int i = 0, at = 1 - (int)sizeof common; at < 64 + 256; i++, at++) {
        unsigned char c = (unsigned char)(at < 0 ? common[i] : at < 64 ? 0x80 + at : at - 64);
        if (!done[c] && fold(c) == c) put_class(p, c, used[c], rest);
        done[c] = true;
    }
    for (unsigned c = 0; c < 256; c++) p->class_of[c] = p->class_of[fold((unsigned char)c)];
    for (p->shift = 5; 1u << p->shift < p->classes;) p->shift++;
}

static bool is_plain(const kpi__phrases *p, uint32_t at) {
    return !p->node[at].best && !p->node[p->node[at].edge].best;
}

/* The nodes that order has (but edges, where no text ends) from `from` to `to`, first the plain ones, then the others.
 * Returns how many are plain. */
static uint32_t number_nodes(kpi__phrases *p, const uint32_t *order, size_t from, size_t to) {
    uint32_t plain = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = from; i < to; i++) {
            if (p->node[order[i]].symbol == EDGE || is_plain(p, order[i]) == pass) continue;
            p->node[order[i]].state = p->states;
            p->of[p->states++] = order[i];
            plain += !pass;
        }
    return plain;
}

/* Breadth first: those near the root have rows. */
static bool number_states(kpi__phrases *p, const uint32_t *order) {
    if (!(p->of = calloc(p->nodes + ROOTS, sizeof *p->of))) return false;
    size_t to = 1, found = p->states = ROOTS;
    for (; to < p->nodes && found < ROWS; to++) found += p->node[order[to]].symbol != EDGE;
    p->plain = ROOTS + number_nodes(p, order, 1, to);
    p->rows = p->states;
    number_nodes(p, order, to, p->nodes);
    return true;
}

/* ---- steps by the links ---- */

static bool after_letter(const kpi__phrases *p, uint32_t state) { return state == 1 || p->node[p->of[state]].letter; }

/* The state behind c, folded, by the links of the trie. */
static uint32_t step(const kpi__phrases *p, uint32_t state, unsigned char c) {
    uint32_t at = p->of[state], found;
    bool before = after_letter(p, state), letter = goes_on(c) ? before : kpi__is_letter(c);
    if (c == ' ' && p->node[at].symbol == ' ') return state;
    if (letter != before) at = p->node[at].edge;
    found = follow(p, at, c);
    return found ? p->node[found].state : letter;
}

/* ---- the table ---- */

static uint16_t entry_of(const kpi__phrases *p, uint32_t state) { return (uint16_t)(state < p->rows ? state : OUT); }

static void fill_root(kpi__phrases *p, uint32_t root) {
    uint16_t *row = p->next + ((size_t)root << p->shift);
    for (uint32_t k = 0; k < p->classes; k++) row[k] = entry_of(p, step(p, root, p->byte_of[k]));
}

/* As the state it fails to, but for what only this one leads to. */
static void fill_row(kpi__phrases *p, uint32_t at) {
    const node *n = &p->node[at];
    uint16_t *row = p->next + ((size_t)n->state << p->shift);
    uint32_t from = n->fail ? p->node[n->fail].state : n->letter;
    memcpy(row, p->next + ((size_t)from << p->shift), sizeof *row << p->shift);
    for (uint32_t i = n->child; i; i = p->node[i].sibling) {
        if (p->node[i].symbol != EDGE) row[p->class_of[p->node[i].symbol]] = entry_of(p, p->node[i].state);
        for (uint32_t k = p->node[i].symbol == EDGE ? p->node[i].child : 0; k; k = p->node[k].sibling)
            row[p->class_of[p->node[k].symbol]] = entry_of(p, p->node[k].state);
    }
    if (n->symbol == ' ') row[p->class_of[' ']] = (uint16_t)n->state;
}

bool kpi__phrases_ready(kpi__phrases *p) {
    uint32_t *order = malloc(p->nodes * sizeof *order);
    bool done = order != NULL;
    if (done) {
        link_nodes(p, order);
        number_classes(p);
        done = number_states(p, order) && (p->next = kpi__table_get(table_bytes(p)));
    }
    for (uint32_t i = 0; i < ROOTS && done; i++) fill_root(p, i);
    for (size_t i = 1; i < p->nodes && done; i++) {
        const node *n = &p->node[order[i]];
        if (n->symbol != EDGE && n->state < p->rows) fill_row(p, order[i]);
    }
    free(order);
    return done;
}

/* ---- texts ---- */

typedef struct lane {
    const unsigned char *at;
    size_t left;
    uint32_t state, before, best; /* before: of the last byte */
    uint32_t *value;
} lane;

static void begin(lane *l, kpi_text text, uint32_t *value) {
    *l = (lane){.at = (const unsigned char *)text.ptr, .left = text.len + 1, .value = value};
}

static void end(const kpi__phrases *p, const lane *l) {
    *l->value = l->best ? p->phrase[l->best - 1].value : KPI__NONE;
}

/* The longer one, of equal ones the earlier. */
static void found(const kpi__phrases *p, lane *l, uint32_t best) {
    if (best && (!l->best || p->phrase[best - 1].length > p->phrase[l->best - 1].length)) l->best = best;
}

/* Behind a byte that led to a state that is not plain; goes on as long as it has no row. */
static __attribute__((noinline)) void look(const kpi__phrases *p, lane *l) {
    if (l->state == OUT) l->state = step(p, l->before, fold(l->at[-1]));
    for (;;) {
        const node *n = &p->node[p->of[l->state]];
        found(p, l, n->best);
        if (l->left && n->letter && n->edge && !goes_on(*l->at) && !kpi__is_letter(*l->at))
            found(p, l, p->node[n->edge].best);
        if (!l->left || l->state < p->rows) return;
        l->left--;
        l->state = step(p, l->state, fold(*l->at++));
    }
}

/* Up to the end of the text. */
static void finish(const kpi__phrases *p, lane *l) {
    while (l->left) {
        l->before = l->state;
        l->state = p->next[((size_t)l->state << p->shift) + p->class_of[*l->at++]];
        l->left--;
        if (l->state >= p->plain) look(p, l);
    }
    end(p, l);
}

/* Takes n bytes on each lane, or fewer: up to a state that is not plain. Returns the bits of the lanes in such. */
static inline unsigned run(const kpi__phrases *p, lane *l, size_t n) {
    const uint16_t *next = p->next;
    const uint8_t *class_of = p->class_of;
    const unsigned char *a = l[0].at, *b = l[1].at, *c = l[2].at, *d = l[3].at;
    uint32_t s = l[0].state, t = l[1].state, u = l[2].state, v = l[3].state, w = s, x = t, y = u, z = v;
    const uint32_t last = p->plain - 1;
    const unsigned shift = p->shift;
    size_t k = 0;
    while (k < n) {
        s = w, t = x, u = y, v = z;
        w = next[((size_t)s << shift) + class_of[a[k]]], x = next[((size_t)t << shift) + class_of[b[k]]];
        y = next[((size_t)u << shift) + class_of[c[k]]], z = next[((size_t)v << shift) + class_of[d[k]]];
        k++;
        if (__builtin_expect(((last - w) | (last - x) | (last - y) | (last - z)) >> 31, 0)) break;
    }
    l[0].before = s, l[1].before = t, l[2].before = u, l[3].before = v;
    l[0].state = w, l[1].state = x, l[2].state = y, l[3].state = z;
    unsigned hits = 0;
    for (unsigned i = 0; i < LANES; i++) {
        l[i].at += k, l[i].left -= k;
        hits |= (unsigned)(l[i].state > last) << i;
    }
    return hits;
}

void kpi__phrases_find(const kpi__phrases *p, const kpi_text *text, unsigned n, uint32_t *value) {
    lane l[LANES];
    unsigned taken = 0, lanes = 0;
    for (; lanes < LANES && taken < n; lanes++, taken++) begin(&l[lanes], text[taken], &value[taken]);
    while (lanes == LANES) {
        size_t least = l[0].left;
        for (unsigned i = 1; i < LANES; i++) least = l[i].left < least ? l[i].left : least;
        unsigned hits = run(p, l, least);
        for (; hits; hits &= hits - 1) look(p, &l[__builtin_ctz(hits)]);
        for (unsigned i = 0; i < lanes; i++) {
            if (l[i].left) continue;
            end(p, &l[i]);
            if (taken < n) {
                begin(&l[i], text[taken], &value[taken]);
                taken++;
            } else
                l[i--] = l[--lanes];
        }
    }
    for (unsigned i = 0; i < lanes; i++) finish(p, &l[i]);
}
