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
 * States are numbered breadth first. Those up to DENSE entries have a row of the table, by classes of bytes that no
 * phrase tells apart; a state is where its row begins. Deeper ones, which texts seldom reach, go by the links of the
 * trie. An entry is marked where a phrase may have ended. A row is 200 bytes or more of which a text uses few, so the
 * waits for memory are what counts: LANES texts are read at a time. */
#include "internal.h"

#include <stdlib.h>

enum {
    DENSE = 1 << 23, /* entries of 4 bytes */
    LANES = 4,
    EDGE = 256,      /* the symbol */
    ROOTS = 2,       /* states 0 and 1: before, and behind, a letter */
    NOTHING = 0
};
#define HIT   (UINT32_C(1) << 31)
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
    uint32_t *of;      /* by state: the node. Of dense ones by row, then the others */
    uint32_t states, rows;
    uint32_t *next;    /* rows x classes */
    uint32_t classes, dense; /* dense: rows x classes; state numbers from there on have no row */
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

void kpi__phrases_free(kpi__phrases *p) {
    if (!p) return;
    free(p->node);
    free(p->phrase);
    free(p->of);
    kpi__table_free(p->next, (size_t)p->dense * sizeof *p->next);
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

/* What is in no phrase has a class by its kind. */
static void number_classes(kpi__phrases *p) {
    bool used[256] = {[' '] = true};
    int rest[3] = {-1, -1, -1};
    for (size_t i = 1; i < p->nodes; i++)
        if (p->node[i].symbol != EDGE) used[p->node[i].symbol] = true;
    for (unsigned c = 0; c < 256; c++) {
        if (fold((unsigned char)c) != c) continue;
        int *class = &rest[goes_on((unsigned char)c) ? 2 : kpi__is_letter((unsigned char)c)], one = -1;
        if (used[c]) class = &one;
        if (*class < 0) p->byte_of[*class = (int)p->classes++] = (unsigned char)c;
        p->class_of[c] = (uint8_t)*class;
    }
    for (unsigned c = 0; c < 256; c++) p->class_of[c] = p->class_of[fold((unsigned char)c)];
}

/* Breadth first, edges left out: no text ends at one. */
static bool number_states(kpi__phrases *p, const uint32_t *order) {
    if (!(p->of = malloc((p->nodes + 1) * sizeof *p->of))) return false;
    p->of[0] = p->of[1] = 0;
    p->states = ROOTS;
    for (size_t i = 1; i < p->nodes; i++)
        if (p->node[order[i]].symbol != EDGE) p->of[p->states++] = order[i];
    p->rows = p->states * (uint64_t)p->classes <= DENSE ? p->states : DENSE / p->classes;
    p->dense = p->rows * p->classes;
    for (uint32_t i = ROOTS; i < p->states; i++)
        p->node[p->of[i]].state = i < p->rows ? i * p->classes : p->dense + (i - p->rows);
    return true;
}

/* ---- steps by the links ---- */

static uint32_t root_state(const kpi__phrases *p, bool letter) { return letter ? p->classes : 0; }

static uint32_t node_of(const kpi__phrases *p, uint32_t state) {
    return p->of[state < p->dense ? state / p->classes : p->rows + (state - p->dense)];
}

static bool after_letter(const kpi__phrases *p, uint32_t state) {
    return state == p->classes || p->node[node_of(p, state)].letter;
}

/* The node at the edge before c, which is read in state; the root where there is no edge, or none that counts. */
static uint32_t edge_before(const kpi__phrases *p, uint32_t state, unsigned char c) {
    bool edge = !goes_on(c) && kpi__is_letter(c) != after_letter(p, state);
    return edge ? p->node[node_of(p, state)].edge : 0;
}

/* The state behind c, folded, by the links of the trie. */
static uint32_t step(const kpi__phrases *p, uint32_t state, unsigned char c) {
    uint32_t at = node_of(p, state), found;
    bool before = after_letter(p, state), letter = goes_on(c) ? before : kpi__is_letter(c);
    if (c == ' ' && p->node[at].symbol == ' ') return state;
    if (letter != before) at = p->node[at].edge;
    found = follow(p, at, c);
    return found ? p->node[found].state : root_state(p, letter);
}

/* ---- the table ---- */

static uint32_t entry_of(const kpi__phrases *p, uint32_t to, uint32_t edge) {
    uint32_t state = p->node[to].state;
    return state >= p->dense || p->node[to].best || p->node[edge].best ? state | HIT : state;
}

static void fill_root(kpi__phrases *p, bool letter) {
    uint32_t *row = p->next + root_state(p, letter);
    for (uint32_t k = 0; k < p->classes; k++) {
        uint32_t state = step(p, root_state(p, letter), p->byte_of[k]);
        row[k] = state < ROOTS * p->classes ? state : entry_of(p, node_of(p, state), 0);
    }
}

/* As the state it fails to, but for what only this one leads to. */
static void fill_row(kpi__phrases *p, uint32_t at) {
    const node *n = &p->node[at];
    uint32_t *row = p->next + n->state, from = n->fail ? p->node[n->fail].state : root_state(p, n->letter);
    memcpy(row, p->next + from, p->classes * sizeof *row);
    for (uint32_t i = n->child; i; i = p->node[i].sibling) {
        if (p->node[i].symbol != EDGE) {
            row[p->class_of[p->node[i].symbol]] = entry_of(p, i, 0);
            continue;
        }
        for (uint32_t k = 0; k < p->classes && p->node[i].best; k++)
            if (edge_before(p, n->state, p->byte_of[k])) row[k] |= HIT;
        for (uint32_t k = p->node[i].child; k; k = p->node[k].sibling)
            row[p->class_of[p->node[k].symbol]] = entry_of(p, k, i);
    }
    if (n->symbol == ' ') row[p->class_of[' ']] = n->state;
}

bool kpi__phrases_ready(kpi__phrases *p) {
    uint32_t *order = malloc(p->nodes * sizeof *order);
    bool done = order != NULL;
    if (done) {
        link_nodes(p, order);
        number_classes(p);
        done = number_states(p, order) && (p->next = kpi__table_get((size_t)p->dense * sizeof *p->next));
    }
    free(order);
    if (!done) return false;
    fill_root(p, false);
    fill_root(p, true);
    for (uint32_t i = ROOTS; i < p->rows; i++) fill_row(p, p->of[i]);
    return true;
}

/* ---- texts ---- */

typedef struct lane {
    const unsigned char *at;
    size_t left;
    uint32_t state, best;
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

/* Takes the next byte, at which there is something to see, and those behind it that lead from states without a row. */
static __attribute__((noinline)) void look(const kpi__phrases *p, lane *l) {
    do {
        unsigned char c = fold(*l->at++);
        found(p, l, p->node[edge_before(p, l->state, c)].best);
        bool row = l->state < p->dense;
        l->state = row ? p->next[l->state + p->class_of[c]] & ~HIT : step(p, l->state, c);
        found(p, l, p->node[node_of(p, l->state)].best);
    } while (--l->left && l->state >= p->dense);
}

/* Up to the end of the text. */
static void finish(const kpi__phrases *p, lane *l) {
    while (l->left) {
        uint32_t next = p->next[l->state + p->class_of[*l->at]];
        if (next & HIT) {
            look(p, l);
            continue;
        }
        l->state = next;
        l->at++;
        l->left--;
    }
    end(p, l);
}

/* Takes n bytes on each lane, or fewer: up to where there is something to see, of which it returns the bits. */
static inline unsigned run(const kpi__phrases *p, lane *l, size_t n) {
    const uint32_t *next = p->next;
    const uint8_t *class_of = p->class_of;
    const unsigned char *a = l[0].at, *b = l[1].at, *c = l[2].at, *d = l[3].at;
    uint32_t s = l[0].state, t = l[1].state, u = l[2].state, v = l[3].state, w = 0, x = 0, y = 0, z = 0;
    size_t k = 0;
    for (; k < n; k++) {
        w = next[s + class_of[a[k]]], x = next[t + class_of[b[k]]];
        y = next[u + class_of[c[k]]], z = next[v + class_of[d[k]]];
        if (__builtin_expect((w | x | y | z) & HIT, 0)) break;
        s = w, t = x, u = y, v = z;
    }
    l[0].state = s, l[1].state = t, l[2].state = u, l[3].state = v;
    for (unsigned i = 0; i < LANES; i++) l[i].at += k, l[i].left -= k;
    return k == n ? 0 : w >> 31 | x >> 31 << 1 | y >> 31 << 2 | z >> 31 << 3;
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
