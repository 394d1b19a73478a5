/* internal.h - what the files of libkpi share among themselves, in the order in which data pass them.
 * Nothing here is exported. */
#ifndef KPI_INTERNAL_H
#define KPI_INTERNAL_H

#include "kpi.h"

#include <endian.h>
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

/* Behind the copy. Few bytes, as most cells have, are moved without a call. */
static inline char *kpi__copy_short(char *to, kpi_text from) {
    size_t n = from.len;
    if (n >= 8 && n <= 16) {
        uint64_t head = kpi__load8(from.ptr), tail = kpi__load8(from.ptr + n - 8);
        memcpy(to, &head, 8);
        memcpy(to + n - 8, &tail, 8);
    } else if (n > 16) {
        memcpy(to, from.ptr, n);
    } else if (n >= 4) {
        uint32_t head = kpi__load4(from.ptr), tail = kpi__load4(from.ptr + n - 4);
        memcpy(to, &head, 4);
        memcpy(to + n - 4, &tail, 4);
    } else if (n) {
        to[0] = from.ptr[0];
        to[n / 2] = from.ptr[n / 2];
        to[n - 1] = from.ptr[n - 1];
    }
    return to + n;
}

#define KPI__BYTES(b) (UINT64_C(0x0101010101010101) * (b)) /* a word of 8 times the byte b */

/* The first n of a word's bytes as they stand in memory, n 0..8; the others 0. */
static inline uint64_t kpi__low_bytes(uint64_t word, size_t n) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return n >= 8 ? word : word & ((UINT64_C(1) << 8 * n) - 1);
#else
    return n >= 8 ? word : n ? word >> (64 - 8 * n) << (64 - 8 * n) : 0;
#endif
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
/* kpi_text_says(), at once for what begins with neither a blank nor what may be one. */
static inline bool kpi__says(kpi_text text) {
    unsigned char first = text.len ? (unsigned char)*text.ptr : ' ';
    return (first > ' ' && first < 0x7F && first != '\\') || first > 0xE3 || kpi_text_says(text);
}
/* For finding the name that may have been meant by one that is not known. At most so many letters may differ: */
size_t kpi__likeness(kpi_text name);
/* Whether known differs from name in at most *most, which then becomes one less: of equal ones the first stays. */
bool kpi__nearer(kpi_text name, kpi_text known, size_t *most);
/* The i for which name_at(of, i) is name; these ascend. n when there is none, and then in *nearest the nearest. */
size_t kpi__find_name(kpi_text name, size_t n, const char *(*name_at)(const void *of, size_t i), const void *of,
                      kpi_text *nearest);

typedef struct kpi__buffer { /* text in the making, NUL-terminated; all 0 is an empty one, free(ptr) lets it go */
    char *ptr;
    size_t len, room;
    bool failed;             /* there was no memory on the way: so that only the end has to ask */
} kpi__buffer;
char *kpi__buffer_room(kpi__buffer *buffer, size_t n); /* behind what there is, and for a NUL; NULL: no memory */
void kpi__buffer_put(kpi__buffer *buffer, const char *text);
void kpi__buffer_print(kpi__buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- dict.c: names to small numbers, and memory that is freed as one ---- */
typedef struct kpi__arena kpi__arena; /* zeroed, 16-byte aligned memory; everything in it lives until it is freed */
kpi__arena *kpi__arena_new(void);     /* NULL: no memory */
void kpi__arena_free(kpi__arena *arena);
void *kpi__arena_get(kpi__arena *arena, size_t size);           /* NULL: no memory */
char *kpi__arena_text(kpi__arena *arena, kpi_text text);        /* a NUL-terminated copy; NULL: no memory */

uint64_t kpi__random(void); /* the same all through the process: so that what collides cannot be prepared */

typedef struct kpi__dict kpi__dict;   /* byte strings <-> 0, 1, 2, ... in order of first sight */
#define KPI__NONE UINT32_MAX
kpi__dict *kpi__dict_new(void);
void kpi__dict_free(kpi__dict *dict);
uint32_t kpi__dict_put(kpi__dict *dict, kpi_text key); /* its number, new or known; KPI__NONE: no memory */
uint32_t kpi__dict_find(const kpi__dict *dict, kpi_text key); /* KPI__NONE: not there */
kpi_text kpi__dict_key(const kpi__dict *dict, uint32_t number); /* ptr is NUL-terminated and stays where it is */
uint32_t kpi__dict_size(const kpi__dict *dict);
/* The same for n <= KPI__BATCH keys at once, which hides the waits for memory. At least 16 bytes from the start of each
 * key are readable. false: no memory. */
bool kpi__dict_put_many(kpi__dict *dict, const kpi_text *key, unsigned n, uint32_t *number);
bool kpi__dict_put_shared(kpi__dict *dict, const kpi_text *key, unsigned n, uint32_t *number); /* by several threads */
void kpi__dict_find_many(const kpi__dict *dict, const kpi_text *key, unsigned n, uint32_t *number);
void kpi__dict_texts(const kpi__dict *dict, const uint32_t *number, unsigned n, const char **text); /* any n */
bool kpi__dict_merge(kpi__dict *dict, const kpi__dict *from, uint32_t *number); /* all keys of from; false: no memory */

typedef struct kpi__pairs kpi__pairs; /* (a, b) -> 0, 1, 2, ... */
kpi__pairs *kpi__pairs_new(void);
void kpi__pairs_free(kpi__pairs *pairs);
uint32_t kpi__pairs_put(kpi__pairs *pairs, uint32_t a, uint32_t b); /* KPI__NONE: no memory */
/* The same for n <= KPI__BATCH pairs at once; number may be a or b. false: no memory. */
bool kpi__pairs_put_many(kpi__pairs *pairs, const uint32_t *a, const uint32_t *b, unsigned n, uint32_t *number);
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
/* kpi_ratio_format of what has just been written: a copy of it would wait until it has reached the cache. */
size_t kpi__ratio_put(const kpi_ratio *value, int digits, char out[KPI_NUMBER_SIZE]);

/* ---- period.c ---- */
typedef struct kpi__moment { /* a date as written */
    kpi_day day;
    int second;              /* of the day; 0 without a time */
    int zone;                /* minutes ahead of UTC, which is second - 60 * zone; 0 without one */
    bool has_time, has_zone;
} kpi__moment;
int kpi__moment_parse(kpi_text text, kpi__moment *out); /* as kpi_date_parse */

/* ---- machine.c: memory and threads in large portions ---- */
void *kpi__pages_get(size_t bytes); /* zeroed, in huge pages where there are and it is large; NULL: no memory */
void kpi__pages_free(void *p, size_t bytes);
/* Zeroed and at the start of a cache line; large ones are pages. bytes: the same for both. */
void *kpi__table_get(size_t bytes); /* NULL: no memory */
void *kpi__table_some(size_t bytes, size_t zeroed); /* of which only so many at its start need be zero */
void kpi__table_free(void *table, size_t bytes);
/* The vector instructions to use: those of the machine, or fewer where KPI_CPU=plain or avx2 asks for fewer. */
enum kpi__vectors { KPI__PLAIN, KPI__AVX2, KPI__AVX512 };
enum kpi__vectors kpi__vectors(void);
/* Calls piece(context, i) for i in 0 .. n - 1 on up to `threads` threads, this one among them. */
typedef void kpi__piece(void *context, size_t i);
void kpi__each_piece(size_t n, unsigned threads, kpi__piece *piece, void *context);
/* Turns of such pieces: piece i waits until all before it have passed theirs on, and passes on its own. So at most
 * `threads` pieces are under way, neighbours all. */
typedef struct kpi__turns kpi__turns;
kpi__turns *kpi__turns_new(void); /* NULL: no memory */
void kpi__turns_free(kpi__turns *turns);
void kpi__turn_await(kpi__turns *turns, size_t i);
void kpi__turn_pass(kpi__turns *turns);

/* ---- sort.c ---- */
typedef struct kpi__item {
    uint64_t key;
    uint32_t value;
} kpi__item;
void kpi__sort_items(kpi__item *item, kpi__item *spare, size_t n); /* by key, stable; spare: as many */
/* Words by all but their lowest `low` bits, stable. */
void kpi__sort_words(uint64_t *word, uint64_t *spare, size_t n, unsigned low);
/* The numbers of dict in the order of their texts, by bytes, into order. false: no memory. */
bool kpi__sort_dict(const kpi__dict *dict, unsigned threads, uint32_t *order);

/* ---- input.c: files and pipes as blocks of whole lines, for one thread or several ---- */
enum { KPI__PADDING = 64 }; /* readable bytes before a block's start and behind its end */
typedef struct kpi__input kpi__input;
typedef struct kpi__block {
    kpi__input *input;
    const char *at, *end; /* lines not yet taken; each has its LF but perhaps the last one of the input */
    uint64_t lines;       /* taken so far: lines are numbered from 1 in each block */
    uint64_t order;       /* of the block in the input: 0, 1, 2, ... */
    bool cut;             /* one line that is too long, of which only the start is here */
    char *memory;         /* the bytes, when the block owns them; kept for the next one */
    size_t room;
} kpi__block;
int kpi__input_open(kpi__input **out, const char *path, kpi_error *e); /* "-": standard input */
/* bytes in memory, for tests and for files already read; they must outlive it. */
int kpi__input_memory(kpi__input **out, const char *name, kpi_text bytes, kpi_error *e);
void kpi__input_free(kpi__input *input);
/* Of a regular file: where the bytes stand that are to be read. false: it is something else. */
bool kpi__input_span(const kpi__input *input, uint64_t *from, uint64_t *to);
/* Of these, n from `at` on, without taking them; and leaves only [from, to) of them. Before the first block is taken.
 * Blocks are numbered, and the lines before them counted, from there on; but what is told of a line says which it is
 * in the whole. */
int kpi__input_peek(const kpi__input *input, uint64_t at, char *bytes, size_t n, kpi_error *e);
void kpi__input_narrow(kpi__input *input, uint64_t from, uint64_t to);
const char *kpi__input_name(const kpi__input *input);
void kpi__input_watch(kpi__input *input, const kpi_report *report); /* tells of progress; report must outlive it */
/* The next block in *block (zeroed before the first); KPI_NO at the end. Any thread may ask. What block held is let
 * go; its lines must have been counted. */
int kpi__input_next(kpi__input *input, kpi__block *block, kpi_error *e);
void kpi__block_free(kpi__block *block); /* what it still holds */
/* Waits until all blocks before this one are done, and gives the number of lines in them. */
uint64_t kpi__block_base(kpi__block *block);
bool kpi__block_turn(kpi__block *block); /* waits likewise; false: the work has ended, nobody asks any more */
/* Tells report of *problem, whose line is numbered within block, in the order of the input. As kpi__tell. */
int kpi__block_tell(kpi__block *block, const kpi_report *report, kpi_error *problem);
/* Calls take(worker[i], block) for all blocks of input, which is freed, on up to `workers` threads, this one among
 * them. The first failure in the order of the input ends it. base (may be NULL): the lines before each block, to be
 * freed by the caller. */
typedef int kpi__take_block(void *worker, kpi__block *block, kpi_error *e);
int kpi__each_block(kpi__input *input, kpi__take_block *take, void *const *worker, unsigned workers, uint64_t **base,
                    kpi_error *e);
/* How many threads are worth it for input. */
unsigned kpi__input_workers(const kpi__input *input, unsigned asked);
unsigned kpi__threads(unsigned asked); /* 0: as many as this process may run on; at most KPI__THREADS */
enum { KPI__THREADS = 64 };
/* Another input of the same open file, a regular one, to be narrowed before it is read, when the first is done. */
int kpi__input_again(kpi__input **out, const kpi__input *input, kpi_error *e);
/* All of input, which is freed, as below. */
int kpi__input_whole(kpi__input *input, char **bytes, size_t *length, kpi_error *e);
/* A whole file into memory (malloc; NUL behind it; caller frees), under the shared lock like a reader's. */
int kpi__read_whole(const char *path, char **bytes, size_t *length, kpi_error *e);

/* ---- line.c ---- */
/* The next line of block, split and checked, numbered within the block. KPI_NO at its end. KPI_DATA for a bad line
 * (block stands behind it). */
int kpi__block_line(kpi__block *block, kpi_line *line, kpi_error *e);
/* Gives every valid record of reader, which is freed, to take. Bad lines, and those that take refuses with KPI_DATA
 * (then without having changed anything), are told to report. */
typedef int kpi__take(void *context, kpi_line *line, kpi_error *e);
int kpi__each_record(kpi_reader *reader, const kpi_record *record, kpi__take *take, void *context,
                     const kpi_report *report, kpi_error *e);
/* A reader over bytes in memory, for tests and for files already read. bytes must outlive it. */
int kpi__reader_memory(kpi_reader **out, const char *name, kpi_text bytes, kpi_error *e);

/* ---- scan.c: many lines at once. What is not plain and simple is left to line.c and record.c: an odd line may be
 * good or bad, one that is not odd is a valid record. ---- */
enum { KPI__SCAN = 1 << 14, KPI__BATCH = 512 }; /* bytes looked at in one go; lines of a batch */
struct kpi__batch;
typedef void kpi__kernel(const char *bytes, size_t n, struct kpi__batch *batch);
typedef struct kpi__batch {
    const kpi_record *record;       /* NULL: any lines */
    kpi__kernel *kernel;
    const char *bytes;              /* offsets count from here */
    unsigned lines;
    /* Index in end of what ends the field before the line's first one; of one line more than there are. */
    uint16_t before[KPI__BATCH + 8];
    bool odd[KPI__BATCH];           /* false from `lines` on up to a multiple of 8 */
    unsigned odds;                  /* how many */
    uint16_t ends, split;           /* in end; those before split belong to batches given out */
    uint16_t end[KPI__SCAN + 80];   /* offsets of TAB and, with KPI__LF set, LF; the first is that before bytes */
    unsigned bads;                  /* chunks of 64 bytes with a byte that makes its line odd */
    struct { uint64_t mask; size_t at; } bad[KPI__SCAN / 64 + 1];
} kpi__batch;
enum { KPI__LF = 0x8000 };
/* Takes the next lines of block, whole, at most KPI__BATCH, which block->lines then counts; false: none are left. Zero
 * batch but for record before its first use; a block must be taken to its end. */
bool kpi__scan(kpi__batch *batch, kpi__block *block);
void kpi__count_odds(kpi__batch *batch); /* sets odds */
/* Line i, an odd one, looked at alone: split and checked, numbered within block. KPI_NO: blank or a # line. KPI_DATA:
 * bad. Only the texts of other lines may be taken from batch itself. */
int kpi__odd_line(const kpi__batch *batch, kpi__block *block, unsigned i, kpi_line *line, kpi_error *e);
/* Field f of line i, which is not odd. At least 16 bytes from its start are readable. */
static inline kpi_text kpi__at(const kpi__batch *batch, unsigned i, unsigned f) {
    const uint16_t *end = batch->end + batch->before[i] + f;
    unsigned from = (unsigned)((end[0] & ~KPI__LF) + 1) & ~(unsigned)KPI__LF, to = end[1] & ~(unsigned)KPI__LF;
    if (end[1] & KPI__LF && to > from && batch->bytes[to - 1] == '\r') to--;
    return (kpi_text){batch->bytes + from, to - from};
}
/* Likewise, of a field that is neither the first nor the last. */
static inline kpi_text kpi__inner(const kpi__batch *batch, unsigned i, unsigned f) {
    const uint16_t *end = batch->end + batch->before[i] + f;
    return (kpi_text){batch->bytes + end[0] + 1, (size_t)(end[1] - end[0] - 1)};
}

/* ---- column.c: the typed fields of all lines of a batch at once, from text to value ---- */
#define KPI__EMPTY INT64_MIN
typedef struct kpi__columns { /* one for each worker */
    /* By field and line. DATE: the day written (the UTC day too: what has an offset is odd); NUMBER, COUNT: millionths;
     * STATUS: 0 done, 1 planned, 2 missed, 3 cancelled; PERIOD: kpi__days_of it; NAME and TEXT: not set. */
    int64_t value[KPI_FIELDS][KPI__BATCH];
    struct kpi__memo *memo; /* texts met before */
} kpi__columns;
kpi__columns *kpi__columns_new(void); /* NULL: no memory */
void kpi__columns_free(kpi__columns *columns);
/* Checks every line of batch as kpi_record_check does and sets the values. What it cannot prove good becomes odd. */
void kpi__columns_read(kpi__columns *columns, kpi__batch *batch);
/* Field `field` of n lines of batch, those that `which` tells; none is odd. */
void kpi__columns_texts(const kpi__columns *columns, const kpi__batch *batch, const uint16_t *which, unsigned n,
                        unsigned field, kpi_text *text);
/* Those of the first n lines whose date in `field` is within these days, and the odd ones; returns how many. Up to 8
 * more are written. */
unsigned kpi__columns_pick(const kpi__columns *columns, const kpi__batch *batch, unsigned n, unsigned field,
                           kpi_period within, uint16_t *picked);
static inline kpi_period kpi__days_of(int64_t value) {
    return (kpi_period){(kpi_day)(value >> 32), (kpi_day)(uint32_t)value};
}
/* All of it: opens path and hands its lines to workers, batch by batch: those that are not odd to take->batch at
 * once, then each odd one that is a valid record to take->line. Bad lines, and those that take->line refuses with
 * KPI_DATA (then without having changed anything), are told to report in the order of the input. */
typedef struct kpi__taker {
    const kpi_record *record;
    /* block->order, and kpi__line_number(), say where the lines are. May make lines odd. */
    int (*batch)(void *worker, kpi__batch *batch, const kpi__columns *columns, kpi__block *block, kpi_error *e);
    int (*line)(void *worker, kpi_line *line, kpi__block *block, kpi_error *e);
} kpi__taker;
static inline uint64_t kpi__line_number(const kpi__batch *batch, const kpi__block *block, unsigned i) {
    return block->lines - batch->lines + i + 1; /* within the block; base[block->order] lines are before it */
}
int kpi__each_batch(kpi__input *input, const kpi__taker *take, void *const *worker, unsigned workers, uint64_t **base,
                    const kpi_report *report, kpi_error *e);

/* ---- filter.c (before grep.c): lines that go through ---- */
typedef struct kpi__outlet { /* where they go; by those whose turn it is */
    kpi_grep_put *put;
    void *context;
    const kpi_report *report;
    uint64_t lines;
} kpi__outlet;
typedef struct kpi__kept { /* by one worker, of the block at hand; free bytes */
    kpi__outlet *to;
    char *bytes;
    size_t used, room;
    uint64_t lines;
} kpi__kept;
char *kpi__kept_room(kpi__kept *kept, size_t n); /* for n more bytes behind those used; NULL: no memory */
int kpi__keep_line(kpi__kept *kept, kpi_text text, kpi_error *e);
int kpi__give_kept(kpi__kept *kept, kpi__block *block, kpi_error *e); /* all, when it is block's turn */
/* Tells of a problem in block, behind the lines before it. Returns what the work is to end with, in *e. */
int kpi__tell_kept(kpi__kept *kept, kpi__block *block, kpi_error *problem, kpi_error *e);
/* Records, in order and as they are but for one field, and without BOM, comments, blank lines and CR. */
typedef struct kpi__change {
    const kpi_record *record; /* one without more fields */
    unsigned field;           /* neither the first nor the last */
    /* Sets value[i] where the field of line i, which is not odd, is to be another one; all are {0} before. It lives
     * until the next call, that of an odd line beside those of its batch. May make lines odd. */
    int (*batch)(void *changer, kpi__batch *batch, const kpi__columns *columns, kpi_text *value, kpi_error *e);
    int (*line)(void *changer, const kpi_line *line, kpi_text *value, kpi_error *e); /* of an odd one, likewise */
} kpi__change;
/* All of input, which is freed, by as many changers as workers. */
int kpi__change_lines(kpi__input *input, const kpi__change *change, void *const *changer, unsigned workers,
                      kpi__outlet *to, kpi_error *e);

/* ---- record.c ---- */
/* Whether a line that was logged so was known on the day as_of in UTC. One without a time of writing was. */
bool kpi__known_on(kpi_text logged, kpi_day as_of);
/* A feedback line whose score is outside low..high is KPI_DATA. */
int kpi__check_scale(kpi_decimal score, kpi_decimal low, kpi_decimal high, const kpi_line *line, kpi_error *e);

/* ---- book.c ---- */
/* The days of a line of a book, a valid record; KPI_DATA when they end before they begin. */
int kpi__check_days(const kpi_record *record, const kpi_line *line, kpi_period *days, kpi_error *e);

/* ---- scanyaml.c: the nodes of a document, and a reader of the common shape of documents ---- */
enum kpi__node_kind { KPI__SCALAR, KPI__LIST, KPI__MAP };
typedef struct kpi__node {
    union { /* small, as fresh memory is what reading costs most */
        const char *text;           /* SCALAR: NUL-terminated, as written, plain form */
        struct kpi__node *child;    /* LIST, MAP: the first one */
    };
    struct kpi__node *key, *next;   /* of a child of a MAP; next sibling */
    uint32_t line, column;          /* 1-based */
    uint32_t length;                /* SCALAR: of text */
    uint8_t kind;                   /* enum kpi__node_kind */
    bool plain;                     /* SCALAR: written without quotes */
    bool simple;                    /* SCALAR: known to be a name, and the same in line form; false: perhaps not */
} kpi__node;
enum { KPI__DEPTH = 16, KPI__FEW_KEYS = 12 }; /* levels of nesting; keys of a map that are compared one by one */
static inline kpi_text kpi__node_text(const kpi__node *node) { return (kpi_text){node->text, node->length}; }
/* The high bit of each of the 8 bytes at p, the first in the lowest, that may be more than a letter of a plain scalar:
 * beyond ASCII, a colon, one of [\]^{|}~, or below '-'. */
static inline uint64_t kpi__plain_stops(const char *p) {
    uint64_t w = le64toh(kpi__load8(p)), low = w & KPI__BYTES(0x7F);
    uint64_t upper = low | KPI__BYTES(0x20);
    uint64_t letters = (low + KPI__BYTES(0x80 - '-')) & ((low ^ KPI__BYTES(':')) + KPI__BYTES(0x7F));
    uint64_t brackets = (upper + KPI__BYTES(0x80 - '{')) & ~(upper + KPI__BYTES(1));
    return (~letters | brackets | w) & KPI__BYTES(0x80);
}
static inline bool kpi__begins_simple(char c) { /* what most plain scalars begin with */
    return (unsigned char)(c - '0') < 10 || (unsigned char)((c | 0x20) - 'a') < 26;
}

typedef struct kpi__pool { /* memory that is used again for each document; not zeroed; all 0 is an empty one */
    char *at, *end;
    struct kpi__pool_chunk *first, *current;
} kpi__pool;
void *kpi__pool_more(kpi__pool *pool, size_t size);
static inline void *kpi__pool_get(kpi__pool *pool, size_t size /* a multiple of 8 */) { /* NULL: no memory */
    if ((size_t)(pool->end - pool->at) < size) return kpi__pool_more(pool, size);
    pool->at += size;
    return pool->at - size;
}
char *kpi__pool_text(kpi__pool *pool, kpi_text text); /* a NUL-terminated copy; NULL: no memory */
void kpi__pool_reset(kpi__pool *pool); /* all that was got is free to be got again */
void kpi__pool_free(kpi__pool *pool);

typedef struct kpi__scanyaml kpi__scanyaml;
/* Of bytes that are clean and without lone CR: they are copied into pool, an empty one, where the nodes will be, too.
 * NULL: no memory. */
kpi__scanyaml *kpi__scanyaml_new(kpi__pool *pool, kpi_text bytes);
void kpi__scanyaml_free(kpi__scanyaml *scan);
/* Reads the document that begins with line *line (from 0) at byte *at, and moves both to the next one (or to the end).
 * KPI_NO: there is a doubt, so that it must be read by other means; KPI_SYSTEM: no memory. */
int kpi__scanyaml_next(kpi__scanyaml *scan, size_t *at, uint32_t *line, kpi__node **root);

/* ---- yaml.c ---- */
typedef struct kpi__yaml kpi__yaml;
int kpi__yaml_open(kpi__yaml **out, const char *file, kpi_text bytes, kpi_error *e); /* bytes must outlive it */
void kpi__yaml_free(kpi__yaml *yaml);
/* Before the first document: leaves all to libyaml, for tests. */
void kpi__yaml_slow(kpi__yaml *yaml);
/* The bytes from the next document on and their first line, where it may be read by other means than kpi__yaml_next;
 * and goes on behind so many bytes and lines of them, where a document ends. */
bool kpi__yaml_ahead(const kpi__yaml *yaml, kpi_text *bytes, uint32_t *line);
void kpi__yaml_pass(kpi__yaml *yaml, size_t bytes, uint32_t lines);
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

/* ---- goalrow.c: goals as rows ---- */
typedef struct kpi__goal_row {
    int64_t target;       /* millionths */
    uint32_t owner, line; /* line: in its block where there are blocks */
    uint32_t kind;        /* index, and KPI__EXTRA where `more` is the index of an extra */
    uint32_t more;        /* else the column of YAML, or the block of a goal line */
} kpi__goal_row;
#define KPI__EXTRA (UINT32_C(1) << 31)
typedef struct kpi__kind { /* what many goals have in common */
    kpi_decimal weight;
    uint32_t metric, when, source;
    bool has_weight;
    bool simple;           /* once checked: a goal of it without extra is valid when its target is not below 0 */
} kpi__kind;
typedef struct kpi__extra { /* what a row has no room for */
    kpi_target set;
    const char *id;
    const kpi_revision *revision;
    const kpi_story *story;
    uint32_t more;          /* as in a row */
} kpi__extra;
typedef struct kpi__when { /* a period as written */
    kpi_period days;
    const char *text;
    uint32_t group; /* once checked: of all that are the same days, by first, then last day */
} kpi__when;
typedef struct kpi__source { /* a file, as often as it was read */
    const char *file;
    uint64_t *base;           /* lines before each block; NULL: there are no blocks */
} kpi__source;
typedef struct kpi__rows { /* chunks of pages, all full but the last */
    kpi__goal_row **chunk;
    size_t chunks, room, n;
} kpi__rows;
enum { KPI__CHUNK = 18 }; /* log2 of the rows of a chunk */
typedef struct kpi__shape { /* the metrics of goals that stand together, which many have in common */
    const uint32_t *metric;
    uint32_t n, group;
    bool ascending;         /* they are in order, none twice */
} kpi__shape;
typedef struct kpi__run { /* the goals of one period and owner */
    uint32_t first;         /* they are numbered from here on, up to the first of the next run */
    uint32_t owner;
    uint32_t shape;         /* and KPI__SCATTERED */
    uint32_t row;           /* they are the rows from here on; or those in `scattered` from here on */
} kpi__run;
#define KPI__SCATTERED (UINT32_C(1) << 31)
enum { KPI__SHAPES = 64, KPI__RUN_STEP = 64 }; /* shapes of the first chunk; every how many goals a run is noted */
typedef struct kpi__mention { /* a revise or review document that waits for its goal */
    const char *id;
    kpi_revision *revision;
    kpi_review *review;
    kpi_target given; /* of a revision: what it says, has_... telling what it does not */
    kpi_place place;
} kpi__mention;

struct kpi_goals {
    unsigned threads;
    kpi__arena *arena;
    kpi__dict *owners, *metrics, *texts; /* names; texts of files */
    kpi__dict *whens, *kinds;            /* texts of periods; all of a kind as bytes; and in step: */
    kpi__when *when;
    kpi__kind *kind;
    size_t when_room, kind_room;
    kpi__source *source;
    size_t sources, source_room;
    kpi__rows rows;
    kpi__extra **extra;
    size_t extras, extra_room;
    struct kpi__goal_memo *memo; /* of the compact goals of YAML; and by owner: */
    uint32_t *met, documents;    /* the last of so many documents where he was met */
    size_t met_room;
    const kpi_scheme **scheme;
    uint32_t *scheme_metric; /* in step: the number in `known` of a scheme's first metric, the others following */
    size_t schemes, schemes_room, scheme_metrics_room;
    kpi__pairs *known;       /* scheme x metric */
    kpi__mention *waiting;
    size_t waits, waits_room;
    kpi__dict *ids;          /* written ids, and in step: */
    uint32_t *id_row;        /* whose they are; KPI__NONE: a goal that was left out */
    unsigned hints;          /* unknown ids for which the nearest known one was looked for */
    size_t id_room;
    /* once checked: */
    size_t size;             /* goals, by period, owner, metric; doubles left out */
    kpi__run *run;           /* in that order, and one more where they end; NULL: not checked */
    size_t runs, run_bytes;
    uint32_t *run_at;        /* of goals 0, KPI__RUN_STEP, ... */
    uint32_t *scattered;     /* rows */
    kpi__dict *shapes;
    kpi__shape *shape[32];   /* chunks, each twice the one before, that never move */
    uint32_t *owner_rank;
    size_t owners_ranked;
    uint64_t short_names;    /* bit n: an owner's name has n bytes; longer ones: */
    kpi__pairs *long_names;  /* length x 0 */
    bool *slashed;           /* by owner: the name has a slash; NULL: none has */
    uint32_t *doubtful;      /* rows that are to be looked at one by one */
    size_t doubts, doubt_room;
    uint32_t *left;          /* doubles, told already; ascending */
    size_t lefts, left_room;
    uint32_t *group_run;     /* of one period: from group_run[p] to group_run[p + 1] - 1 in run */
    kpi_period *group;
    size_t groups;
};

kpi__goal_row *kpi__rows_more(kpi__rows *rows);
static inline kpi__goal_row *kpi__rows_add(kpi__rows *rows) { /* a new one, not set; NULL: no memory */
    size_t i = rows->n & ((1u << KPI__CHUNK) - 1);
    return i ? rows->n++, &rows->chunk[rows->chunks - 1][i] : kpi__rows_more(rows);
}
void kpi__rows_free(kpi__rows *rows);
bool kpi__rows_move(kpi__rows *to, kpi__rows *from); /* all of from, which becomes empty. false: no memory */
static inline kpi__goal_row *kpi__rows_at(const kpi__rows *rows, size_t i) {
    return &rows->chunk[i >> KPI__CHUNK][i & ((1u << KPI__CHUNK) - 1)];
}
static inline unsigned kpi__shape_chunk(uint32_t shape) {
    return 31u - (unsigned)__builtin_clz(shape / KPI__SHAPES + 1);
}
static inline const kpi__shape *kpi__shape_at(const kpi_goals *g, uint32_t shape) {
    unsigned chunk = kpi__shape_chunk(shape);
    return &g->shape[chunk][shape - KPI__SHAPES * ((1u << chunk) - 1)];
}
/* The row of goal k, from 0 on, of a run. */
static inline size_t kpi__run_row(const kpi_goals *g, const kpi__run *run, size_t k) {
    return run->shape & KPI__SCATTERED ? g->scattered[run->row + k] : run->row + k;
}
uint32_t kpi__goals_when(kpi_goals *goals, kpi_text text, kpi_period days); /* KPI__NONE: no memory */
uint32_t kpi__goals_kind(kpi_goals *goals, const kpi__kind *kind);          /* likewise */
uint32_t kpi__goals_source(kpi_goals *goals, kpi_text file);                /* likewise; always a new one */
/* Makes row one with an extra (once). NULL: no memory. */
kpi__extra *kpi__goals_extra(kpi_goals *goals, kpi__goal_row *row);
kpi_goal kpi__goal_of(const kpi_goals *goals, size_t row);
kpi_place kpi__row_place(const kpi_goals *goals, const kpi__goal_row *row);
/* < 0 where the goal of row a was written before that of row b. */
int kpi__row_compare(const kpi_goals *goals, size_t a, size_t b);

/* Kinds met before: from the text of a metric straight to the kind. A name of up to 32 bytes is four words. */
enum { KPI__GOAL_MEMO = 256, KPI__NAME_WORDS = 32 };
typedef struct kpi__kind_key {
    uint64_t word[4]; /* of the metric's name */
    int64_t weight;   /* KPI__EMPTY: none */
    uint64_t when;    /* of the caller's; 0: free */
    uint64_t len;     /* of the name, and more of the caller's */
} kpi__kind_key;
typedef struct kpi__goal_memo {
    struct { kpi__kind_key key; uint32_t kind; } known[KPI__GOAL_MEMO];
} kpi__goal_memo;
/* Whether two texts, of whose starts at least 8 bytes are readable, are the same. Mostly they are. */
static inline bool kpi__same_text(kpi_text a, kpi_text b) {
    if (a.len != b.len) return false;
    uint64_t differ = kpi__load8(a.ptr) ^ kpi__load8(b.ptr);
    if (a.len < 8) return !kpi__low_bytes(differ, a.len);
    for (size_t i = 8; i + 8 < a.len; i += 8) differ |= kpi__load8(a.ptr + i) ^ kpi__load8(b.ptr + i);
    return !(differ | (kpi__load8(a.ptr + a.len - 8) ^ kpi__load8(b.ptr + a.len - 8)));
}
/* A text of up to KPI__NAME_WORDS bytes to look at again, and what a table of such goes by. */
typedef struct kpi__name {
    char text[KPI__NAME_WORDS];
    size_t length;
} kpi__name;
static inline bool kpi__is_name(const kpi__name *name, kpi_text text) {
    return kpi__same_text((kpi_text){name->text, name->length}, text);
}
static inline uint64_t kpi__name_hash(kpi_text name) {
    uint64_t head = kpi__load8(name.ptr), tail = name.len < 8 ? 0 : kpi__load8(name.ptr + name.len - 8);
    if (name.len < 8) head = kpi__low_bytes(head, name.len);
    return ((head ^ name.len) * 0x9e3779b97f4a7c15u ^ tail) * 0xa0761d6478bd642fu;
}
/* The words of name, of whose start at least 16 bytes are readable. */
static inline void kpi__name_words(kpi_text name, uint64_t word[4]) {
    size_t n = name.len;
    word[0] = kpi__load8(name.ptr);
    word[1] = n > 8 ? kpi__load8(name.ptr + 8) : 0;
    word[2] = n > 16 ? kpi__load8(name.ptr + n - 16) : 0;
    word[3] = n > 16 ? kpi__load8(name.ptr + n - 8) : 0;
    if (n < 8) word[0] = kpi__low_bytes(word[0], n);
    else if (n < 16) word[1] = n > 8 ? kpi__low_bytes(word[1], n - 8) : 0;
}
/* The place of key, or where it belongs. */
static inline unsigned kpi__memo_slot(const kpi__kind_key *key) {
    uint64_t h = key->word[0] ^ key->word[1] * 0x9e3779b97f4a7c15u ^ key->word[3] * 0xd6e8feb86659fd93u ^ key->when;
    h = (h ^ (uint64_t)key->weight * 0xc2b2ae3d27d4eb4fu ^ key->len) * 0xa0761d6478bd642fu;
    return (unsigned)(h >> 56);
}
static inline uint32_t kpi__memo_find(const kpi__goal_memo *memo, const kpi__kind_key *key) {
    const kpi__kind_key *known = &memo->known[kpi__memo_slot(key)].key;
    uint64_t differ = (known->word[0] ^ key->word[0]) | (known->word[1] ^ key->word[1]) |
                      (known->word[2] ^ key->word[2]) | (known->word[3] ^ key->word[3]) |
                      (uint64_t)(known->weight ^ key->weight) | (known->when ^ key->when) | (known->len ^ key->len);
    return differ ? KPI__NONE : memo->known[kpi__memo_slot(key)].kind;
}
static inline void kpi__memo_put(kpi__goal_memo *memo, const kpi__kind_key *key, uint32_t kind) {
    memo->known[kpi__memo_slot(key)].key = *key;
    memo->known[kpi__memo_slot(key)].kind = kind;
}

/* ---- goalline.c ---- */
int kpi__goals_read_lines(kpi_goals *goals, kpi__input *input, const kpi_report *report, kpi_error *e);

/* ---- compact.c ---- */
/* Reads the next document of yaml when it is plain and sound. KPI_NO: it is not; then no goal has come of it. */
int kpi__goals_read_compact(kpi_goals *goals, kpi__yaml *yaml, kpi_error *e);

/* ---- goalorder.c ---- */
/* Orders all rows; doubles are told to report and left out. */
int kpi__goals_order(kpi_goals *goals, const kpi_report *report, kpi_error *e);
bool kpi__goals_doubt(kpi_goals *goals, uint32_t row); /* it is to be looked at; false: no memory */
void kpi__goals_leave_out(kpi_goals *goals, uint32_t row); /* the next ordering passes it over */
void kpi__goals_forget(kpi_goals *goals); /* frees what ordering has made */
size_t kpi__goals_run_at(const kpi_goals *goals, size_t i); /* the run of goal i */
/* The runs of period: [*from, *end). */
void kpi__goals_runs(const kpi_goals *goals, kpi_period period, size_t *from, size_t *end);
/* The run of owner (a number) among [from, end); KPI__NONE: none. */
uint32_t kpi__goals_run(const kpi_goals *goals, uint32_t owner, size_t from, size_t end);

/* ---- goal.c ---- */
int kpi__fail_twice(kpi_place first, kpi_place place, const char *what, kpi_error *e);
/* The index of a metric (its number) in a scheme (its index); -1: not there. */
int kpi__scheme_metric_of(const kpi_goals *goals, size_t scheme, uint32_t metric);
uint32_t kpi__goals_row(const kpi_goals *goals, kpi_text id); /* once checked; KPI__NONE: no such goal */
/* What the scheme that holds for goal, or else the first that knows it, says of its metric; NULL: none does. */
const kpi_metric *kpi__goals_metric(const kpi_goals *goals, const kpi_goal *goal);
void kpi__id_text(const kpi_goal *goal, char out[KPI__QUOTE_SIZE]); /* the id as if quoted, but for the quotes */

/* ---- tree.c ---- */
enum { KPI__LOOP_SIZE = 4 * KPI__QUOTE_SIZE };
/* "supports itself by way of 'b', 'c'", for a goal (its index) on a circle. */
void kpi__loop_text(const kpi_tree *tree, size_t goal, char out[KPI__LOOP_SIZE]);
int kpi__fail_loop(const kpi_tree *tree, size_t goal, kpi_error *e); /* KPI_DATA, with that */

/* ---- measure.c ---- */
typedef struct kpi__spot { /* where a measure was written; ordered as it stands */
    uint32_t source, block;
    uint64_t line;
} kpi__spot;
typedef struct kpi__span { /* the lines of a sum that have one period */
    kpi_period period;
    uint64_t lines;
    kpi__spot first;
} kpi__span;
typedef struct kpi__sum { /* all measures of one manager and metric; adds up in any order */
    struct kpi__sum *next; /* of all sums there are */
    uint64_t n;
    kpi_decimal sum, min, max, last;
    kpi_period last_period;
    kpi__spot first_spot, last_spot, last_from, last_against;
    bool against;          /* last_against: another value for last_period */
    kpi__span only;        /* the one span of most ... */
    kpi__span *span;       /* ... and all, once there are more: by first day, then the longer before the shorter */
    size_t spans, room;
} kpi__sum;
typedef struct kpi__straddles { /* measures that overlap the period without lying inside */
    uint64_t n;
    kpi__spot spot;        /* of the first of them */
    kpi_period period;
} kpi__straddles;

/* ---- cell.c: measures beside the goals they belong to ---- */
typedef struct kpi__cell {
    int64_t value;         /* of the only measure; or the address of a sum */
    uint32_t line;         /* in its block */
    uint32_t mark;         /* index of a mark, and the bit below */
} kpi__cell;
#define KPI__CELL_LOCK (UINT32_C(1) << 31)
enum { KPI__MARK_NONE, KPI__MARK_MANY }; /* the first marks: of cells that hold nothing (memory as it comes), a sum */
enum kpi__holds { KPI__HOLDS_NONE, KPI__HOLDS_MANY, KPI__HOLDS_ONE };
typedef struct kpi__mark { /* what measures have in common */
    kpi_period period;
    uint32_t source, block;
} kpi__mark;
enum { KPI__MARKS = 14, KPI__MARK_CHUNKS = 1 << 16 }; /* log2 of the marks of a chunk */
typedef struct kpi__cells {
    const kpi_goals *goals; /* NULL: there are no cells */
    kpi__cell *cell;        /* by the goals' order, from `first` on */
    size_t first, n;
    struct kpi__cells_of { uint32_t first, shape; } *of_owner; /* an owner's cells; a shape of goals, and 1; 0: none */
    kpi__shape *shape;      /* by number and 1; the first has no metric */
    size_t owners;
    kpi__mark **mark;       /* chunks */
    uint32_t marks;
} kpi__cells;

struct kpi_measures {
    kpi_period period;
    char period_text[KPI_PERIOD_SIZE];
    unsigned threads;
    kpi__cells cells;
    kpi__dict *files;
    kpi__source *source;
    size_t sources, source_room;
    void *lock;             /* a mutex: guards all below while files are read */
    kpi__arena *arena;      /* of sums */
    kpi__sum *all;
    kpi__dict *managers, *metrics; /* of measures that belong to no goal, and in step with their pairs: */
    kpi__pairs *numbers;
    kpi__sum **sum;
    size_t sums, room;
    kpi__straddles straddles;
};

bool kpi__spot_before(kpi__spot a, kpi__spot b);
kpi_place kpi__spot_place(const kpi_measures *measures, kpi__spot spot);
bool kpi__sum_add(kpi__sum *sum, kpi_period period, kpi_decimal value, kpi__spot spot); /* false: no memory */
kpi_ratio kpi__sum_take(const kpi__sum *sum, enum kpi_take how);
void kpi__straddles_add(kpi__straddles *to, const kpi__straddles *from);
/* Under the lock: a new sum; adds a measure that belongs to no cell. */
kpi__sum *kpi__sum_new(kpi_measures *measures);
int kpi__measures_put(kpi_measures *measures, kpi_text manager, kpi_text metric, kpi_period period, kpi_decimal value,
                      kpi__spot spot, kpi_error *e);
void kpi__measures_lock(kpi_measures *measures);
void kpi__measures_unlock(kpi_measures *measures);
void kpi__measure_of(const kpi_measures *measures, const kpi__sum *sum, kpi_measure *out);
/* Those that belong to no goal of the period: how many managers x metrics, and the number of one, 0 .. n - 1;
 * KPI__NONE: none. */
size_t kpi__measures_size(const kpi_measures *measures);
uint32_t kpi__measures_number(const kpi_measures *measures, kpi_text manager, kpi_text metric);
/* Warns of measures that overlap the period without lying inside it, and of periods that contain another one. */
int kpi__measures_warn(const kpi_measures *measures, const kpi_report *report, kpi_error *e);
/* Warns of those, by number, that nobody used; of the first also which of the names known from goals and scheme may
 * have been meant. */
int kpi__measures_warn_unused(const kpi_measures *measures, const bool *used, const kpi_goals *goals,
                              const kpi_scheme *scheme, const char *period_text, const kpi_report *report,
                              kpi_error *e);

/* in cell.c: */
int kpi__cells_new(kpi__cells *cells, const kpi_goals *goals, kpi_period period, kpi_error *e);
void kpi__cells_free(kpi__cells *cells);
kpi__cell *kpi__cell_of(const kpi__cells *cells, kpi_text manager, kpi_text metric); /* NULL: none */
int kpi__cell_add(kpi_measures *measures, kpi__cell *cell, kpi_period period, kpi_decimal value, kpi__spot spot,
                  kpi_error *e);
static inline const kpi__mark *kpi__mark_at(const kpi__cells *cells, uint32_t mark) {
    mark &= KPI__CELL_LOCK - 1;
    return &cells->mark[mark >> KPI__MARKS][mark & ((1u << KPI__MARKS) - 1)];
}
static inline kpi__sum *kpi__cell_sum(const kpi__cell *cell) { return (kpi__sum *)(uintptr_t)cell->value; }
static inline enum kpi__holds kpi__mark_holds(uint32_t mark) {
    mark &= KPI__CELL_LOCK - 1;
    return mark > KPI__MARK_MANY ? KPI__HOLDS_ONE : (enum kpi__holds)mark;
}
/* What cell holds: the only value in *value, or *sum. */
static inline enum kpi__holds kpi__cell_get(const kpi__cell *cell, int64_t *value, const kpi__sum **sum) {
    enum kpi__holds holds = kpi__mark_holds(cell->mark);
    if (holds == KPI__HOLDS_ONE) *value = cell->value;
    if (holds == KPI__HOLDS_MANY) *sum = kpi__cell_sum(cell);
    return holds;
}
void kpi__cell_measure(const kpi_measures *measures, const kpi__cell *cell, kpi_measure *out); /* not of an empty one */
int kpi__measures_read_lines(kpi_measures *measures, kpi__input *input, uint32_t source, const kpi_report *report,
                             kpi_error *e);

/* ---- credit.c (before score.c) ---- */
typedef struct kpi__fraction { kpi__wide num, den; } kpi__fraction; /* den > 0 */
/* (a-b)/(t-b) with a baseline (NULL: none); else a/t, or 2 - a/t where lower is better. false: there is none
 * (t = b; t < 0 without a baseline). */
bool kpi__attainment(kpi_ratio actual, kpi_ratio target, const kpi_ratio *baseline, bool lower, kpi__fraction *out);
/* The curve's value at x: straight between points, flat outside, the later of two points at one x. */
void kpi__credit(const kpi__fraction *x, const kpi_point *curve, size_t points, kpi__fraction *out);
size_t kpi__segment(const kpi__fraction *x, const kpi_point *curve, size_t points); /* its points at or before x */
/* x rounded to digits decimals; weight * x likewise. false: out of range. */
bool kpi__fraction_round(const kpi__fraction *x, int digits, kpi_decimal *out);
bool kpi__fraction_points(kpi_decimal weight, const kpi__fraction *x, int digits, kpi_decimal *out);
/* The most points that an attainment of [from, to] earns, or slightly more where the curve steps. */
bool kpi__most_points(kpi_decimal weight, const kpi__fraction *from, const kpi__fraction *to, const kpi_point *curve,
                      size_t points, int digits, kpi_decimal *out);
/* The points that one hundredth of the target earns at the attainment x, by the curve's slope towards better ones. */
bool kpi__gain(kpi_decimal weight, const kpi__fraction *x, const kpi_point *curve, size_t points, kpi_ratio target,
               const kpi_ratio *baseline, int digits, kpi_decimal *out);
kpi_decimal kpi__common(kpi_decimal a, kpi_decimal b); /* the largest divisor of both, above 0 */
/* The same at once, attainment to points, for numbers that are not large: two products and a division of integers.
 * false: they are large, or there is no attainment. A curve is made ready once (false: no memory); free its slope. */
typedef struct kpi__slope { int64_t a, b, c; } kpi__slope; /* credit (a + b x) / c */
typedef struct kpi__curve {
    const kpi_point *point;
    size_t points;
    kpi__slope *slope; /* before the first point, between each two, after the last; NULL: they are large */
} kpi__curve;
bool kpi__curve_set(kpi__curve *curve, const kpi_point *point, size_t points);
bool kpi__points_of_small(const kpi__curve *curve, kpi_decimal weight, kpi_ratio actual, kpi_ratio target,
                          const kpi_ratio *baseline, bool lower, int digits, kpi_decimal *out);
/* A weight in units of 10^-digits. false: it is large or not a whole number of them. */
bool kpi__weight_units(kpi_decimal weight, int digits, int64_t *units);
/* Likewise for numbers without denominators and without a baseline, target > 0; weight and points in such units. */
bool kpi__units_of_small(const kpi__curve *curve, int64_t weight, int64_t actual, int64_t target, bool lower,
                         int64_t *out);
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

/* ---- phrases.c: which of thousands of phrases a text has ---- */
/* Whether a letter or digit of words begins with c: ASCII, and U+00C0..U+053F, Latin, Greek, Cyrillic. */
static inline bool kpi__is_letter(unsigned char c) {
    return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10 || (unsigned char)(c - 0xC3) < 18;
}
/* plain as texts are compared: ASCII letters small, blanks that stand together (space, TAB, LF, CR) one space. out has
 * room for as many bytes; returns how many there are. */
size_t kpi__phrase_fold(kpi_text plain, char *out);
typedef struct kpi__phrases kpi__phrases;
kpi__phrases *kpi__phrases_new(void); /* NULL: no memory */
void kpi__phrases_free(kpi__phrases *phrases);
/* A phrase, folded, not empty, no blank at its ends, none twice, and what it stands for. false: no memory, or more than
 * 2^29 bytes in all. */
bool kpi__phrases_add(kpi__phrases *phrases, kpi_text folded, uint32_t value);
bool kpi__phrases_ready(kpi__phrases *phrases); /* after the last one; false: no memory */
/* What the longest phrase (in code points) in text[i] stands for, of equal ones the first; KPI__NONE: there is none.
 * text is plain UTF-8 without LF and CR, of which one stands behind it. Words are whole. Any thread may ask. */
void kpi__phrases_find(const kpi__phrases *phrases, const kpi_text *text, unsigned n, uint32_t *value);

/* ---- theme.c ---- */
typedef struct kpi__comments { /* of feedback without a theme, by one worker; free plain */
    const kpi_themes *themes; /* NULL: none */
    char *plain;
    size_t room;
    unsigned n;
    uint16_t line[KPI__BATCH];
    kpi_text text[KPI__BATCH];  /* plain */
    kpi_text theme[KPI__BATCH]; /* ptr NULL: none */
} kpi__comments;
/* Of n <= KPI__BATCH comments, as kpi__phrases_find takes them. The texts live as long as themes (which may be NULL),
 * and 16 bytes from their starts are readable. */
void kpi__themes_find(const kpi_themes *themes, const kpi_text *comment, unsigned n, kpi_text *theme);
void kpi__comments_of(kpi__comments *comments, const kpi__batch *batch); /* of lines not odd */
int kpi__comment_of(kpi__comments *comments, const kpi_line *line, kpi_error *e); /* of an odd line */

/* ---- json.c ---- */
/* text, in line form, as a JSON string at w, where 6 bytes are for each of its own and 2 more; returns what is behind
 * it. safe: what a terminal must not see is escaped, too. */
char *kpi__json_write(char *w, kpi_text text, bool safe);
void kpi__json_put(kpi__buffer *buffer, kpi_text text); /* the same; "" is null */
enum kpi__json_kind { KPI__JSON_NULL, KPI__JSON_FALSE, KPI__JSON_TRUE, KPI__JSON_NUMBER, KPI__JSON_TEXT, KPI__JSON_LIST,
                      KPI__JSON_OBJECT };
typedef struct kpi__json {
    enum kpi__json_kind kind;
    kpi_text text;           /* NUMBER: as written; TEXT: in line form, NUL-terminated */
    kpi_text key;            /* of a member of an OBJECT */
    struct kpi__json *child, *next;
} kpi__json;
enum { KPI__JSON_KEYS = 64 }; /* of an object, at most; nesting: KPI__DEPTH */
/* One value, which is all of text, into memory of arena. NULL: it is none, *fault (static) tells why; NULL there, too:
 * no memory. */
const kpi__json *kpi__json_read(kpi__arena *arena, kpi_text text, const char **fault);
const kpi__json *kpi__json_get(const kpi__json *object, const char *key); /* NULL: none, or a null */

/* ---- sheet.c (before score.c) ---- */
typedef struct kpi__fault { size_t metric; const char *what; } kpi__fault;
/* kpi_sheet_score, with room of the caller's for a share by metric; curves by metric make it faster where no detail is
 * wanted (NULL: none). false: *fault tells why. */
bool kpi__sheet_score(const kpi_sheet *sheet, kpi__share *share, const kpi__curve *curve, kpi_detail *detail,
                      kpi_scored *out, kpi__fault *fault);

/* ---- score.c ---- */
typedef struct kpi__scored_with { /* what scores were made of; options->period_text is the scores' own */
    const kpi_goals *goals;
    const kpi_measures *measures;
    const kpi_score_options *options;
    kpi_day as_of;
} kpi__scored_with;
kpi__scored_with kpi__scores_with(const kpi_scores *scores);

/* ---- run.c: what a run of kpi-score printed ---- */
enum kpi__figure { KPI__WEIGHT, KPI__TARGET, KPI__ACTUAL, KPI__ATTAINMENT, KPI__CREDIT, KPI__POINTS, KPI__FIGURES };
typedef struct kpi__part {          /* a metric of an owner, or a rule's change */
    struct kpi__part *next;
    const char *metric;
    const char *figure[KPI__FIGURES]; /* as in detail lines; NULL: of a metric without a weight */
    kpi_decimal change;             /* points; 0 for none */
    bool gate;                      /* of a rule, where that is known */
    /* Of a metric of an exact result: */
    bool skipped;
    kpi_metric rules;               /* name, better, take, missing and curve of it */
    kpi_sheet_row row;
    kpi_ratio target;               /* before proration, as baseline */
    kpi_decimal baseline;
} kpi__part;
typedef struct kpi__result {        /* of an owner */
    const char *owner, *period;
    kpi_place place;                /* of its first line */
    bool exact;                     /* with all that went into the score */
    bool has_score;
    kpi_decimal score;
    int digits;
    kpi__part *part, *rule;         /* in the order of the run */
    kpi_decimal of_points;          /* exact: of the scheme */
    int64_t days, all_days;
} kpi__result;
const kpi__result *kpi__run_at(const kpi_run *run, size_t i); /* by owner, once a file was read */
/* Sets target and baseline of its row. false: out of range. */
bool kpi__part_prorate(kpi__part *part, int64_t days, int64_t all_days);

/* ---- bag.c: the distinct members of groups ---- */
typedef struct kpi__bags kpi__bags; /* by group: a set of numbers that are not 0 */
kpi__bags *kpi__bags_new(void);
void kpi__bags_free(kpi__bags *bags);
/* Adds member[i] to the set of group[i]. false: no memory. */
bool kpi__bags_add(kpi__bags *bags, const uint32_t *group, const uint64_t *member, unsigned n);
size_t kpi__bags_count(kpi__bags *bags, uint32_t group); /* of distinct members; SIZE_MAX: no memory */
/* Of the members of group[i] in bags[i] taken together (KPI__NONE: nothing there), with room of the caller's, zeroed
 * before its first use. */
typedef struct kpi__sieve {
    uint64_t *table; /* all 0 between calls */
    size_t slots;
    uint64_t *distinct;
    size_t room;
} kpi__sieve;
void kpi__sieve_free(kpi__sieve *sieve); /* what it holds */
/* Fetches what counting of group will need, in steps 0, 1, 2, ..., each some time after the one before. */
void kpi__bags_fetch(const kpi__bags *bags, uint32_t group, unsigned step);
size_t kpi__bags_count_all(kpi__sieve *sieve, const kpi__bags *const *bags, const uint32_t *group, unsigned n);
/* Members number | mark become to[number] | mark; mark: the upper 32 bits of those. */
void kpi__bags_renumber(kpi__bags *bags, uint64_t mark, const uint32_t *to);
/* All members of group, perhaps with doubles, in *member until the next call. SIZE_MAX: no memory. */
size_t kpi__bags_members(kpi__bags *bags, uint32_t group, const uint64_t **member);

/* ---- stat.c: what is counted of a group, and the figures made of it ---- */
enum kpi__count { /* visits, then feedback; the two never meet in one tally; the first 8 are of lines */
    KPI__DONE, KPI__PLANNED, KPI__MISSED, KPI__CANCELLED, KPI__PURPOSEFUL, KPI__LATE, KPI__LINE_COUNTS = 8,
    KPI__CLIENTS = KPI__LINE_COUNTS, KPI__KEPT, KPI__OWNED, KPI__COVERED, KPI__COUNTS,
    KPI__ALL = 0, KPI__SCORED, KPI__PROMOTERS, KPI__PASSIVES, KPI__SATISFIED, KPI__UNRESOLVED, KPI__RESOLVED,
    KPI__UP_TO = KPI__LINE_COUNTS
};
typedef struct kpi__group { /* adds up in any order: counts and sums by addition, min and max among those scored */
    uint64_t count[KPI__COUNTS];
    kpi_decimal sum, min, max; /* minutes; scores. min, max: of scores, when one was counted */
    int64_t days;              /* from feedback to its resolution, summed */
    kpi_decimal team;          /* twice the median of the team's minutes; not added up, set once all is counted */
} kpi__group;
typedef struct kpi__fold { /* what counting a line needs to know */
    kpi_decimal low, high;     /* the scale */
    int64_t late_after;
} kpi__fold;
typedef struct kpi__row { /* what a line adds to its group, but for the days */
    uint32_t count[KPI__LINE_COUNTS];
    bool scored;               /* value counts for min and max */
    kpi_decimal value;         /* minutes of a done visit; the score */
} kpi__row;
int kpi__visit_status(const kpi_line *line); /* of a checked one: KPI__DONE, ..._PLANNED, ..._MISSED, ..._CANCELLED */
/* scored: there is a score. late: days from the visit to its logging. */
void kpi__count_feedback(const kpi__fold *fold, bool scored, kpi_decimal score, bool resolved, kpi__row *row);
/* status: KPI__DONE and so on. */
void kpi__count_visit(const kpi__fold *fold, int status, bool purpose, int64_t late, kpi_decimal minutes,
                      kpi__row *row);
/* The row of a checked line; they return the days from feedback to its resolution, 0 where there is none. */
int64_t kpi__visit_row(const kpi_line *line, const kpi__fold *fold, kpi__row *row);
int64_t kpi__feedback_row(const kpi_line *line, const kpi__fold *fold, kpi__row *row);
bool kpi__group_add(kpi__group *group, const kpi__row *row, int64_t days); /* false: out of range, group as before */
bool kpi__group_merge(kpi__group *group, const kpi__group *from); /* false: out of range */

/* ---- group.c: groups by keys, numbered as they come, and what is counted of each ---- */
enum { KPI__KEYS = 16 };
typedef uint32_t kpi__counts __attribute__((vector_size(4 * KPI__LINE_COUNTS), aligned(16)));
typedef struct kpi__small { /* a row that fits the small counters of a group; low > high: no score */
    kpi__counts count;
    int64_t value;
    int32_t low, high;
} kpi__small;
bool kpi__row_small(const kpi__row *row, kpi__small *out); /* false: it does not fit */
typedef struct kpi__groups kpi__groups;
kpi__groups *kpi__groups_new(size_t keys);
void kpi__groups_free(kpi__groups *groups);
kpi__dict *kpi__groups_texts(kpi__groups *groups, size_t key); /* the texts of a key; their numbers are its codes */
/* The group of one code for each key, new or known; KPI__NONE: no memory. */
uint32_t kpi__groups_put(kpi__groups *groups, const uint32_t code[KPI__KEYS]);
/* The same for n <= KPI__BATCH lines: code[key][line]. false: no memory. */
bool kpi__groups_put_many(kpi__groups *groups, uint32_t (*code)[KPI__BATCH], unsigned n, uint32_t *group);
size_t kpi__groups_size(const kpi__groups *groups);
uint32_t kpi__groups_code(const kpi__groups *groups, uint32_t group, size_t key);
/* Adds n lines: row[i] and, where not NULL, value[i] more (at most 10^9 either way) and days[i], to group[i].
 * false: no memory. */
bool kpi__groups_add_many(kpi__groups *groups, const uint32_t *group, const kpi__small *const *row,
                          const int32_t *value, const int32_t *days, unsigned n);
/* Anything. KPI_DATA: out of range, the group is as before. */
int kpi__groups_add(kpi__groups *groups, uint32_t group, const kpi__group *from, kpi_error *e);
void kpi__groups_get(const kpi__groups *groups, uint32_t group, kpi__group *out);
void kpi__groups_prefetch(const kpi__groups *groups, uint32_t group); /* it will be got soon */
/* Adds all of from; to[group of from] is the group here. KPI_DATA as above. */
int kpi__groups_merge(kpi__groups *groups, const kpi__groups *from, uint32_t *to, kpi_error *e);
/* By key texts. false: no memory. */
bool kpi__groups_sort(const kpi__groups *groups, unsigned threads, uint32_t *order);

enum {
    KPI__NEEDS_CLIENTS = 1, KPI__NEEDS_KEPT = 2, KPI__NEEDS_COVERAGE = 4, KPI__NEEDS_NPS_SCALE = 8,
    KPI__NEEDS_DAYS = 16, KPI__NEEDS_ALL = 32, KPI__NEEDS_TEAM = 64,
    KPI__NEEDS_ORDER = 128 /* of groups, as printed */
};
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

/* ---- store.c ---- */
/* As kpi_store_open with torn, of a file that has to be there. */
int kpi__store_open_old(kpi_store **out, const char *path, const kpi_report *report, kpi_error *error);
/* kpi_store_replace by several parts. ready (may be NULL): called when the new file is complete and on disk, just
 * before it takes the place of the old one at path, its real name; when it fails, the file is as it was. */
typedef struct kpi__renewal {
    const kpi_text *part;
    size_t parts;
    int (*ready)(void *context, const char *path, kpi_error *error);
    void *context;
} kpi__renewal;
int kpi__store_renew(kpi_store *store, const kpi__renewal *renewal, kpi_error *error);
bool kpi__store_renewed(const kpi_store *store); /* whether the new one is in its place, also after a failure */
/* Appends bytes, whole lines, to another file under that one's lock, which is made as private as this one; synced.
 * *written: whether they are there, or may be, also after a failure. */
int kpi__store_note(const kpi_store *store, const char *path, kpi_text bytes, bool *written, const kpi_report *report,
                    kpi_error *error);

/* ---- log.c ---- */
/* Whether line, a valid record, may be written: what kpi_batch_add asks beyond that. */
int kpi__check_entry(const kpi_batch_options *options, const kpi_line *line, kpi_error *e);

#pragma GCC visibility pop
#endif
