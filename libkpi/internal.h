/* internal.h - what the files of libkpi share among themselves, in the order in which data pass them.
 * Nothing here is exported. */
#ifndef KPI_INTERNAL_H
#define KPI_INTERNAL_H

#include "kpi.h"

#include <string.h>

#pragma GCC visibility push(hidden)

#define KPI__COUNT(a) (sizeof(a) / sizeof *(a))

/* Bytes at p as a number, in the machine's order, from any address. */
static inline uint64_t kpi__load8(const char *p) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

static inline uint32_t kpi__load4(const char *p) {
    uint32_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* ---- error.c ---- */
/* All fill *e (when not NULL) and return code. The text is made safe for a terminal and cut to fit. */
int kpi__fail(kpi_error *e, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
int kpi__fail_line(kpi_error *e, const kpi_line *line, unsigned field /* 1-based, 0 none */, const char *format, ...)
    __attribute__((format(printf, 4, 5))); /* KPI_DATA */
int kpi__fail_at(kpi_error *e, int code, kpi_place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* KPI_SYSTEM, with errno's text: "FILE: DOING: ...". errno stays as it is. */
int kpi__fail_errno(kpi_error *e, const char *file, const char *doing);
int kpi__fail_memory(kpi_error *e);
/* Tells report of *e. 0: go on. Otherwise the code to return (a warning has become KPI_DATA in *e). */
int kpi__tell(const kpi_report *report, kpi_error *e);

/* 'text', safe for a terminal, cut to 60 code points with an ellipsis: for %s. */
#define KPI__QUOTE_SIZE 1024
#define KPI__QUOTE(text) kpi__quote((char[KPI__QUOTE_SIZE]){0}, (text))
const char *kpi__quote(char out[KPI__QUOTE_SIZE], kpi_text text);

/* ---- text.c ---- */
#define KPI__NO_CODE 0xFFFFFFFFu
/* The code point at p (p < end) and its length; KPI__NO_CODE and 1 when the bytes there are not UTF-8. */
uint32_t kpi__decode(const char *p, const char *end, unsigned *length);
size_t kpi__encode(uint32_t code, char out[4]);
bool kpi__is_hostile(uint32_t code); /* control, bidi control, line separators: never sent to a terminal */
bool kpi__is_control(uint32_t code); /* C0 (with tab, LF, CR), DEL, C1 */
bool kpi__is_blank(uint32_t code);   /* space and its wide and no-break kin */
size_t kpi__code_points(kpi_text text); /* of valid UTF-8 */

/* ---- dict.c: names to small numbers, and memory that is freed as one ---- */
typedef struct kpi__arena kpi__arena; /* zeroed, 16-byte aligned memory; everything in it lives until it is freed */
kpi__arena *kpi__arena_new(void);     /* NULL: no memory */
void kpi__arena_free(kpi__arena *arena);
void *kpi__arena_get(kpi__arena *arena, size_t size);           /* NULL: no memory */
char *kpi__arena_text(kpi__arena *arena, kpi_text text);        /* a NUL-terminated copy; NULL: no memory */

typedef struct kpi__dict kpi__dict;   /* byte strings <-> 0, 1, 2, ... in order of first sight */
#define KPI__NONE UINT32_MAX
kpi__dict *kpi__dict_new(void);
void kpi__dict_free(kpi__dict *dict);
uint32_t kpi__dict_put(kpi__dict *dict, kpi_text key); /* its number, new or known; KPI__NONE: no memory */
uint32_t kpi__dict_find(const kpi__dict *dict, kpi_text key); /* KPI__NONE: not there */
kpi_text kpi__dict_key(const kpi__dict *dict, uint32_t number); /* ptr is NUL-terminated and stays where it is */
uint32_t kpi__dict_size(const kpi__dict *dict);

typedef struct kpi__pairs kpi__pairs; /* (a, b) -> 0, 1, 2, ... */
kpi__pairs *kpi__pairs_new(void);
void kpi__pairs_free(kpi__pairs *pairs);
uint32_t kpi__pairs_put(kpi__pairs *pairs, uint32_t a, uint32_t b); /* KPI__NONE: no memory */
uint32_t kpi__pairs_find(const kpi__pairs *pairs, uint32_t a, uint32_t b);
void kpi__pairs_key(const kpi__pairs *pairs, uint32_t number, uint32_t *a, uint32_t *b);
uint32_t kpi__pairs_size(const kpi__pairs *pairs);

/* Makes room for one more of size bytes in the array *p that has n of *room. false: no memory, *p as it was.
 * New memory is zeroed. */
bool kpi__grow(void *p /* T ** */, size_t n, size_t *room, size_t size);

/* ---- decimal.c ---- */
/* Whole numbers wide enough for every product that scoring makes of numbers the format allows (score.c counts
 * the bits), so that they cannot overflow; if they did, `over` would say so. Sign and magnitude. */
enum { KPI__LIMBS = 16 };
typedef struct kpi__wide {
    uint64_t limb[KPI__LIMBS]; /* little-endian; those from n on are not set */
    int n;                     /* limbs in use, the top one not 0; 0: zero */
    bool negative, over;
} kpi__wide;
void kpi__wide_set(kpi__wide *out, kpi_decimal value);
/* out may be a or b in all of these */
void kpi__wide_add(kpi__wide *out, const kpi__wide *a, const kpi__wide *b);
void kpi__wide_sub(kpi__wide *out, const kpi__wide *a, const kpi__wide *b);
void kpi__wide_mul(kpi__wide *out, const kpi__wide *a, const kpi__wide *b);
int kpi__wide_sign(const kpi__wide *a);                       /* -1, 0, 1 */
int kpi__wide_compare(const kpi__wide *a, const kpi__wide *b); /* -1, 0, 1 */
/* num / den rounded half away from zero, and rounded down (floor). den not 0. false: beyond kpi_decimal, or over. */
bool kpi__wide_round(const kpi__wide *num, const kpi__wide *den, kpi_decimal *out);
bool kpi__wide_floor(const kpi__wide *num, const kpi__wide *den, kpi_decimal *out);

kpi_decimal kpi__power10(int n); /* 10^n, n 0..38 */
/* value rounded half away from zero to digits decimals, 0..6. */
kpi_decimal kpi__decimal_round(kpi_decimal value, int digits);

/* ---- line.c ---- */
/* Gives every valid record of reader, which is freed, to take. Bad lines, and those that take refuses with KPI_DATA
 * (then without having changed anything), are told to report. */
typedef int kpi__take(void *context, kpi_line *line, kpi_error *e);
int kpi__each_record(kpi_reader *reader, const kpi_record *record, kpi__take *take, void *context,
                     const kpi_report *report, kpi_error *e);
/* A reader over bytes in memory, for tests and for files already read. bytes must outlive it. */
int kpi__reader_memory(kpi_reader **out, const char *name, kpi_text bytes, kpi_error *e);
/* A whole file into memory (malloc; NUL behind it; caller frees), under the shared lock like a reader's. */
int kpi__read_whole(const char *path, char **bytes, size_t *length, kpi_error *e);

/* ---- record.c ---- */
/* A feedback line whose score is outside low..high is KPI_DATA. */
int kpi__check_scale(kpi_decimal score, kpi_decimal low, kpi_decimal high, const kpi_line *line, kpi_error *e);

/* ---- yaml.c ---- */
enum kpi__node_kind { KPI__SCALAR, KPI__LIST, KPI__MAP };
typedef struct kpi__node {
    const char *text;               /* SCALAR: NUL-terminated, as written, plain form */
    struct kpi__node *key;          /* of a child of a MAP */
    struct kpi__node *child, *next; /* first child; next sibling */
    uint32_t line, column;          /* 1-based */
    uint8_t kind;                   /* enum kpi__node_kind */
    bool plain;                     /* SCALAR: written without quotes */
} kpi__node;
typedef struct kpi__yaml kpi__yaml;
int kpi__yaml_open(kpi__yaml **out, const char *file, kpi_text bytes, kpi_error *e); /* bytes must outlive it */
void kpi__yaml_free(kpi__yaml *yaml);
/* The next document's root, which lives until the next call; KPI_NO at the end. */
int kpi__yaml_next(kpi__yaml *yaml, kpi__node **root, kpi_error *e);

/* ---- node.c: from nodes of YAML to members of structs, by tables ---- */
typedef struct kpi__reading { /* what reading a document needs at hand */
    kpi__arena *arena;        /* for what is kept */
    const char *file;
    const struct kpi_scheme *scheme; /* the scheme being read, for references to its metrics */
    kpi_error *e;
} kpi__reading;
typedef int kpi__read(kpi__reading *r, const kpi__node *value, void *into);
typedef struct kpi__key {
    const char *name;
    kpi__read *read;          /* NULL: known, not read */
    size_t offset;            /* of the member in the struct that the map fills */
    bool required;
} kpi__key;
/* Fills *into from map, keys in the table's order. Bit i of *seen (may be NULL) is set when key i was there.
 * what names the map in messages. */
int kpi__read_map(kpi__reading *r, const kpi__node *map, const char *what, const kpi__key *key, size_t keys, void *into,
                  uint32_t *seen);
const kpi__node *kpi__node_child(const kpi__node *map, const char *key); /* NULL: none */
size_t kpi__node_children(const kpi__node *node);
int kpi__fail_node(kpi__reading *r, const kpi__node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
kpi_place kpi__node_place(const kpi__reading *r, const kpi__node *node);
/* A list or map, not empty, whose children are n structs of size: *out is their zeroed array in the arena. */
int kpi__read_many(kpi__reading *r, const kpi__node *node, enum kpi__node_kind kind, const char *what, size_t size,
                   void *out /* T ** */, size_t *n);
kpi__read kpi__read_name;     /* const char *, line form, not empty */
kpi__read kpi__read_prose;    /* const char *, line form, may hold \\n and \\t */
kpi__read kpi__read_number;   /* kpi_decimal */
kpi__read kpi__read_not_negative; /* likewise, 0 or more */
typedef struct kpi__named_period {
    kpi_period days;
    const char *text;
} kpi__named_period;
kpi__read kpi__read_period;   /* kpi__named_period */
kpi__read kpi__read_day;      /* kpi_day */
kpi__read kpi__read_flag;     /* bool: true or false */

/* ---- scheme.c ---- */
int kpi__scheme_read(kpi__reading *r, const kpi__node *root, kpi_scheme **out);
bool kpi__scheme_holds(const kpi_scheme *scheme, kpi_period period);

/* ---- measure.c ---- */
size_t kpi__measures_size(const kpi_measures *measures); /* managers x metrics that have a measure */
/* The number of manager and metric, 0 .. size - 1, for kpi__measures_at; KPI__NONE: none. */
uint32_t kpi__measures_number(const kpi_measures *measures, kpi_text manager, kpi_text metric);
const kpi_measure *kpi__measures_at(const kpi_measures *measures, uint32_t number, kpi_text *manager, kpi_text *metric);
/* Warns of measures that overlap the period without lying inside it, and of periods that contain another one. */
int kpi__measures_warn(const kpi_measures *measures, const kpi_report *report, kpi_error *e);

/* ---- credit.c (before score.c) ---- */
typedef struct kpi__fraction { kpi__wide num, den; } kpi__fraction; /* den > 0 */
/* (a-b)/(t-b) with a baseline (NULL: none); else a/t, or 2 - a/t where lower is better. false: there is none
 * (t = b; t < 0 without a baseline). */
bool kpi__attainment(kpi_ratio actual, kpi_ratio target, const kpi_ratio *baseline, bool lower, kpi__fraction *out);
/* The curve's value at x: straight between points, flat outside, the later of two points at one x. */
void kpi__credit(const kpi__fraction *x, const kpi_point *curve, size_t points, kpi__fraction *out);
/* x rounded to digits decimals; weight * x likewise. false: out of range. */
bool kpi__fraction_round(const kpi__fraction *x, int digits, kpi_decimal *out);
bool kpi__fraction_points(kpi_decimal weight, const kpi__fraction *x, int digits, kpi_decimal *out);
/* What rule (an adjustment) changes for actual, limited and rounded to digits. false: out of range. */
bool kpi__adjustment(const kpi_rule *rule, kpi_ratio actual, int digits, kpi_decimal *out);
/* Whether actual lies beyond rule's limit, strictly. */
bool kpi__beyond(const kpi_rule *rule, kpi_ratio actual);
/* Scales the weights that are not left out to add up to total, by largest remainder in units of 10^-digits, ties
 * in order; those left out become 0. Where nothing is left, all become 0. false: out of range. */
typedef struct kpi__share {
    kpi_decimal weight; /* in and out */
    bool skip;
    size_t place;       /* its index, in */
    kpi_decimal units, rest;
} kpi__share;
bool kpi__scale_weights(kpi__share *share, size_t n, kpi_decimal total, int digits);

/* ---- stat.c: what is counted of a group, and the figures made of it ---- */
enum kpi__count { /* visits, then feedback; the two never meet in one tally */
    KPI__DONE, KPI__PLANNED, KPI__MISSED, KPI__CANCELLED, KPI__PURPOSEFUL, KPI__LATE, KPI__CLIENTS, KPI__KEPT,
    KPI__OWNED, KPI__COVERED, KPI__VISIT_COUNTS,
    KPI__ALL = 0, KPI__SCORED, KPI__PROMOTERS, KPI__PASSIVES, KPI__SATISFIED, KPI__UNRESOLVED, KPI__RESOLVED,
    KPI__COUNTS = KPI__VISIT_COUNTS
};
typedef struct kpi__group { /* adds up in any order: counts and sums by addition, min and max among those scored */
    uint64_t count[KPI__COUNTS];
    kpi_decimal sum, min, max; /* minutes; scores. min, max: of scores, when one was counted */
    int64_t days;              /* from feedback to its resolution, summed */
} kpi__group;
typedef struct kpi__fold { /* what counting a line needs to know */
    kpi_decimal low, high;     /* the scale */
    int64_t late_after;
} kpi__fold;
/* Adds a checked line. false: a sum is out of range, the group is as before. */
typedef bool kpi__add(kpi__group *group, const kpi_line *line, const kpi__fold *fold);
kpi__add kpi__add_visit, kpi__add_feedback;
bool kpi__group_merge(kpi__group *group, const kpi__group *from); /* false: out of range */

enum { KPI__NEEDS_CLIENTS = 1, KPI__NEEDS_KEPT = 2, KPI__NEEDS_COVERAGE = 4, KPI__NEEDS_NPS_SCALE = 8 };
typedef struct kpi__stat {
    const char *name;
    enum kpi_record_kind record;
    unsigned needs;
    bool exact;      /* a count, sum, min or max: printed exactly; else with 2 decimals */
    /* The figure, to be rounded to digits decimals; all: of every group. false: not known. */
    bool (*value)(const kpi__group *group, const kpi__group *all, int digits, kpi_ratio *out);
} kpi__stat;
const kpi__stat *kpi__stat_named(enum kpi_record_kind record, kpi_text name); /* NULL: none */
/* Lower end of the Wilson interval of k out of n (n > 0), z = 1.96, in percent, correctly rounded to digits (0..6). */
kpi_decimal kpi__wilson_low(uint64_t k, uint64_t n, int digits);
int kpi__ratio_compare(kpi_ratio a, kpi_ratio b);

#pragma GCC visibility pop
#endif
