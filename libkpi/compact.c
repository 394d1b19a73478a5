/* compact.c - goals of the plainest documents, from their bytes straight to rows.
 *
 *   ---
 *   goals: 2026-10
 *   targets:
 *     wang.li: {sales: 500000, visits: 40}
 *
 * Large files are of this shape: an owner a line, plain names, plain numbers, comments and empty lines in between. One
 * pass reads such a document without making nodes of it. Nothing is refused here: where anything is of another form,
 * or wrong, the rows made so far are taken back, and scanyaml.c or libyaml read the document from its start and say
 * what there is to say. (Names met on the way stay known, to no effect: they are met again in the same order.)
 *
 * Scalars end at a stop, looked for eight bytes at a time; as the last byte of all is a LF, which is one, nothing is
 * read behind it. Metrics are found by their bytes among those met before; of owners it is noted in which document they
 * were met last, as keys must differ. Measured on 60,000 goals, 6 an owner, in a process of its own, beside the same
 * with nodes: half the instructions, half the time, two fifths of the memory; 10 times as fast as the bare events of
 * libyaml. Keys guessed to be those of the owner before save a quarter of the instructions, numbers read here a sixth;
 * a fifth of the time that is left goes into the check of the bytes (yaml.c) and a fifth into fresh pages. */
#include "internal.h"

#include <stdlib.h>

enum { KEY_BYTES = 1000, MOST_PAIRS = 64 }; /* of a key, as in scanyaml.c; of an owner */

typedef struct last_key { /* of the owner before: its bytes up to the value */
    const char *at;
    size_t n;
    uint32_t kind, columns; /* what it is, and by how much it moves the start of the line */
} last_key;

typedef struct reading {
    kpi_goals *goals;
    const char *end;   /* behind the last LF */
    const char *start; /* of the line, moved on by its bytes that continue a code point */
    uint32_t line;
    size_t indent;     /* of all owners; 0: not known yet */
    bool no_memory;
    uint32_t source, when;
    last_key *last;
} reading;

/* ---- lines ---- */

static inline const char *skip_blanks(const char *p) {
    while (*p == ' ') p++;
    return p;
}

/* Behind the rest of a line, which may be blank or a comment; NULL: it is neither. */
static const char *end_line(reading *r, const char *p) {
    const char *rest = skip_blanks(p);
    if (*rest == '#' && (rest > p || p == r->start)) rest = memchr(rest, '\n', (size_t)(r->end - rest));
    if (*rest != '\n') return NULL;
    r->line++;
    return r->start = rest + 1;
}

static const char *skip_lines(reading *r, const char *p) {
    for (const char *next = p; next; next = p < r->end ? end_line(r, p) : NULL) r->start = p = next;
    return p;
}

static bool is_mark(const reading *r, const char *p) {
    return r->end - p > 3 && !memcmp(p, "---", 3) && (p[3] == ' ' || p[3] == '\n' || p[3] == '\r');
}

/* ---- scalars ---- */

static inline const char *next_stop(const reading *r, const char *p) {
    char last[8] = {0};
    uint64_t stops;
    for (; r->end - p >= 8; p += 8)
        if ((stops = kpi__plain_stops(p))) return p + __builtin_ctzll(stops) / 8;
    memcpy(last, p, (size_t)(r->end - p));
    return p + __builtin_ctzll(kpi__plain_stops(last)) / 8;
}

/* A key, and the blanks behind its colon: where its value stands. *wide: it must be looked at whether it is a name. */
static inline const char *read_key(reading *r, const char *p, kpi_text *key, bool *wide) {
    *key = (kpi_text){p, 0};
    *wide = false;
    if ((unsigned char)*p < 0x80 && !kpi__begins_simple(*p)) return NULL;
    while ((unsigned char)*(p = next_stop(r, p)) >= 0x80)
        for (*wide = true; (unsigned char)*p >= 0x80; p++) r->start += ((unsigned char)*p & 0xC0) == 0x80;
    key->len = (size_t)(p - key->ptr);
    return *p == ':' && p[1] == ' ' && key->len <= KEY_BYTES ? skip_blanks(p + 1) : NULL;
}

/* `key:`, perhaps with a plain value, at the start of a line; NULL: it is not there. */
static const char *read_entry(reading *r, const char *p, const char *key, kpi_text *value) {
    size_t n = strlen(key);
    if ((size_t)(r->end - p) <= n || memcmp(p, key, n) || (p[n] != ' ' && p[n] != '\n')) return NULL;
    value->ptr = skip_blanks(p + n);
    value->len = *value->ptr == '#' ? 0 : strcspn(value->ptr, " \n");
    return end_line(r, value->len ? value->ptr + value->len : p + n);
}

/* ---- goals ---- */

static bool failed(reading *r, bool no_memory) { return (r->no_memory |= no_memory); }

/* The kind of a metric's goals. KPI__NONE: not a name, or no memory. */
static inline uint32_t kind_of(reading *r, kpi_text metric, bool wide) {
    kpi_goals *g = r->goals;
    char name[KPI__NAME_WORDS] = {0};
    kpi__kind_key key = {.weight = KPI__EMPTY, .when = (uint64_t)r->source << 32 | r->when, .len = metric.len};
    kpi_text text = metric;
    bool brief = metric.len <= sizeof name;
    if (brief && r->end - metric.ptr < (ptrdiff_t)sizeof name) text.ptr = memcpy(name, metric.ptr, metric.len);
    if (brief) kpi__name_words(text, key.word);
    uint32_t kind = brief ? kpi__memo_find(g->memo, &key) : KPI__NONE;
    if (kind != KPI__NONE || (wide && kpi_name_fault(metric))) return kind;
    kpi__kind new = {.metric = kpi__dict_put(g->metrics, metric), .when = r->when, .source = r->source};
    if (new.metric != KPI__NONE) kind = kpi__goals_kind(g, &new);
    if (!failed(r, kind == KPI__NONE) && brief) kpi__memo_put(g->memo, &key, kind);
    return kind;
}

/* An owner's number, once in each document. KPI__NONE: not a name, met before, or no memory. */
static uint32_t owner_of(reading *r, kpi_text name, bool wide) {
    kpi_goals *g = r->goals;
    if (wide && kpi_name_fault(name)) return KPI__NONE;
    uint32_t owner = kpi__dict_put(g->owners, name);
    if (failed(r, owner == KPI__NONE)) return KPI__NONE;
    while (owner >= g->met_room)
        if (failed(r, !kpi__grow(&g->met, g->met_room, &g->met_room, sizeof *g->met))) return KPI__NONE;
    if (g->met[owner] == g->documents) return KPI__NONE;
    g->met[owner] = g->documents;
    return owner;
}

/* Whether the n bytes at p are those at other, before it. */
static inline bool same(const reading *r, const char *p, const char *other, size_t n) {
    if (r->end - p < (ptrdiff_t)n + 8) return false;
    uint64_t differ = kpi__low_bytes(kpi__load8(p) ^ kpi__load8(other), n);
    for (size_t i = 8; i < n; i += 8) differ |= kpi__low_bytes(kpi__load8(p + i) ^ kpi__load8(other + i), n - i);
    return !differ;
}

/* The key number i of an owner, a metric: its kind, and where the value stands. Mostly it is the one of the owner
 * before. */
static inline const char *read_metric(reading *r, const char *p, size_t i, uint32_t *kind) {
    kpi_text metric;
    bool wide;
    last_key *last = &r->last[i];
    if (last->n && same(r, p, last->at, last->n)) {
        r->start += last->columns;
        *kind = last->kind;
        return skip_blanks(p + last->n);
    }
    const char *start = r->start, *value = read_key(r, p, &metric, &wide);
    if (!value || (*kind = kind_of(r, metric, wide)) == KPI__NONE) return NULL;
    *last = (last_key){p, (size_t)(value - p), *kind, (uint32_t)(r->start - start)};
    return value;
}

static inline const char *skip_digits(const char *p, int most, uint64_t *value) {
    for (unsigned digit; most-- && (digit = (unsigned)(*p - '0')) < 10; p++) *value = *value * 10 + digit;
    return p;
}

/* A number, and the comma or brace behind it: mostly of few digits. */
static inline const char *read_number(const reading *r, const char *p, int64_t *out) {
    static const uint32_t scale[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    kpi_decimal decimal;
    uint64_t value = 0;
    const char *point = skip_digits(p, 12, &value), *end = *point == '.' ? skip_digits(point + 1, 6, &value) : point;
    size_t decimals = end > point ? (size_t)(end - point) - 1 : 0;
    *out = (int64_t)(value * scale[decimals]);
    if (point > p && (decimals || end == point) && (*end == ',' || *end == '}')) return end;
    end = next_stop(r, p);
    if ((*end != ',' && *end != '}') || kpi_decimal_parse((kpi_text){p, (size_t)(end - p)}, &decimal)) return NULL;
    *out = (int64_t)decimal;
    return decimal == *out ? end : NULL;
}

/* One of the goals that owner has from row `first` on: its metric at p. Ends at the comma or brace behind it. */
static inline const char *read_goal(reading *r, const char *p, uint32_t owner, size_t first) {
    kpi__rows *rows = &r->goals->rows;
    size_t i = rows->n - first;
    int64_t target;
    uint32_t kind;
    const char *value = i < MOST_PAIRS ? read_metric(r, p, i, &kind) : NULL;
    if (!value || !(p = read_number(r, value, &target))) return NULL;
    while (i--)
        if (kpi__rows_at(rows, first + i)->kind == kind) return NULL;
    kpi__goal_row *row = kpi__rows_add(rows);
    if (failed(r, !row)) return NULL;
    *row = (kpi__goal_row){target, owner, r->line, kind, (uint32_t)(value - r->start) + 1};
    return p;
}

static const char *read_owner(reading *r, const char *p) {
    size_t first = r->goals->rows.n;
    kpi_text name;
    bool wide;
    r->start = p;
    p = skip_blanks(p);
    size_t indent = (size_t)(p - r->start);
    if (!indent || (r->indent && indent != r->indent)) return NULL;
    r->indent = indent;
    if (!(p = read_key(r, p, &name, &wide)) || *p != '{') return NULL;
    uint32_t owner = owner_of(r, name, wide);
    do
        p = owner != KPI__NONE ? read_goal(r, skip_blanks(p + 1), owner, first) : NULL;
    while (p && *p == ',');
    return p && p[1] == '\n' ? end_line(r, p + 1) : NULL;
}

/* ---- documents ---- */

/* Up to the owners. */
static const char *read_head(reading *r, const char *p) {
    kpi_text period, none;
    kpi_period days;
    p = skip_lines(r, p);
    if (is_mark(r, p) && !(p = end_line(r, p + 3))) return NULL;
    if (!(p = read_entry(r, skip_lines(r, p), "goals:", &period)) || kpi_period_parse(period, &days) ||
        !(p = read_entry(r, skip_lines(r, p), "targets:", &none)) || none.len)
        return NULL;
    r->when = kpi__goals_when(r->goals, period, days);
    return failed(r, r->when == KPI__NONE) ? NULL : skip_lines(r, p);
}

static void take_back(kpi__rows *rows, size_t n) {
    size_t chunks = (n + (1u << KPI__CHUNK) - 1) >> KPI__CHUNK;
    while (rows->chunks > chunks) kpi__pages_free(rows->chunk[--rows->chunks], sizeof(kpi__goal_row) << KPI__CHUNK);
    rows->n = n;
}

int kpi__goals_read_compact(kpi_goals *g, kpi__yaml *yaml, kpi_error *e) {
    kpi_text bytes;
    reading r = {.goals = g, .source = (uint32_t)g->sources - 1};
    if (!kpi__yaml_ahead(yaml, &bytes, &r.line) || !bytes.len || bytes.ptr[bytes.len - 1] != '\n') return KPI_NO;
    if (!g->memo && !(g->memo = calloc(1, sizeof *g->memo))) return kpi__fail_memory(e);
    if (g->documents == UINT32_MAX) return KPI_NO;
    last_key last[MOST_PAIRS];
    uint32_t line = r.line;
    size_t rows = g->rows.n;
    g->documents++;
    r.start = bytes.ptr;
    r.end = bytes.ptr + bytes.len;
    const char *p = read_head(&r, bytes.ptr);
    if (p) memset(r.last = last, 0, sizeof last);
    while (p && p < r.end && !is_mark(&r, p))
        if ((p = read_owner(&r, p))) p = skip_lines(&r, p);
    if (r.no_memory) return kpi__fail_memory(e);
    if (!p || g->rows.n == rows) {
        take_back(&g->rows, rows);
        return KPI_NO;
    }
    kpi__yaml_pass(yaml, (size_t)(p - bytes.ptr), r.line - line);
    return KPI_OK;
}
