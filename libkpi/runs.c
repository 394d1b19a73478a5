/* runs.c - the phrases that are common in comments to which no theme belongs yet.
 *
 * Of words it is runs of up to WORDS of them with nothing but blanks between, of scripts without blanks, as Chinese, of
 * LEAST to LETTERS characters. Each is counted once a comment: so its figure is the number of comments that a theme
 * with this phrase would take. A run that is in as many comments as a longer one around it says nothing that this one
 * does not, and is left out; it is enough to compare with those that are longer by one, as between is no other figure.
 *
 * Every run is kept with its figure until the end: memory goes by the number of different ones. */
#include "internal.h"

#include <stdlib.h>

enum { WORDS = 3, LEAST = 2, LETTERS = 6 };

typedef struct seen {
    uint64_t n, last; /* comments; the one it was met in last */
} seen;

typedef struct runs { /* by number in dict */
    kpi__dict *dict;
    seen *seen;
    size_t room;
} runs;

typedef struct worker {
    kpi__comments comments;
    runs runs;
    uint64_t comment; /* its number, from 1 on */
    char *folded;
    size_t room;
    kpi_text run[KPI__BATCH]; /* to be counted */
    unsigned n;
} worker;

struct kpi_phrases {
    const kpi_themes *themes;
    unsigned threads;
    runs all;
    uint32_t *top; /* after kpi_phrases_finish: a heap, and then in order */
    size_t size;
};

/* ---- making ---- */

static bool runs_new(runs *r) {
    *r = (runs){.dict = kpi__dict_new()};
    return r->dict != NULL;
}

static void runs_free(runs *r) {
    kpi__dict_free(r->dict);
    free(r->seen);
}

int kpi_phrases_new(kpi_phrases **out, const kpi_themes *themes, unsigned threads, kpi_error *e) {
    kpi_phrases *p = calloc(1, sizeof *p);
    if (!p || !runs_new(&p->all)) {
        free(p);
        return kpi__fail_memory(e);
    }
    p->themes = themes;
    p->threads = threads;
    *out = p;
    return KPI_OK;
}

void kpi_phrases_free(kpi_phrases *p) {
    if (!p) return;
    runs_free(&p->all);
    free(p->top);
    free(p);
}

/* ---- one comment ---- */

/* NULL: no memory. */
static seen *seen_at(runs *r, uint32_t number) {
    while (number >= r->room)
        if (!kpi__grow(&r->seen, r->room, &r->room, sizeof *r->seen)) return NULL;
    return &r->seen[number];
}

static bool count_runs(worker *w) {
    uint32_t number[KPI__BATCH];
    if (!kpi__dict_put_many(w->runs.dict, w->run, w->n, number)) return false;
    for (unsigned i = 0; i < w->n; i++) {
        seen *s = seen_at(&w->runs, number[i]);
        if (!s) return false;
        s->n += s->last != w->comment;
        s->last = w->comment;
    }
    w->n = 0;
    return true;
}

/* The last runs of what ends at end: start[k] is where the one of k + 1 pieces begins. */
static bool add_runs(worker *w, const char *const *start, unsigned from, unsigned to, const char *end) {
    for (unsigned k = from; k < to; k++) {
        if (w->n == KPI__BATCH && !count_runs(w)) return false;
        w->run[w->n++] = (kpi_text){start[k], (size_t)(end - start[k])};
    }
    return true;
}

static void push(const char **start, unsigned *n, unsigned most, const char *at) {
    if (*n < most) ++*n;
    for (unsigned k = *n - 1; k > 0; k--) start[k] = start[k - 1];
    start[0] = at;
}

/* Whether code is of a script whose words have no blanks between; not punctuation, signs, emoji. Letters that words are
 * made of were seen before. */
static bool is_of_run(uint32_t code) {
    static const struct { uint32_t first, last; } not[] = {
        {0x00, 0xBF},       {0x2000, 0x2BFF},   {0x2E00, 0x2E7F},   {0x3000, 0x3004},    {0x3008, 0x3020},
        {0x3030, 0x3030},   {0xE000, 0xF8FF},   {0xFE10, 0xFE6F},   {0xFF00, 0xFF0F},    {0xFF1A, 0xFF20},
        {0xFF3B, 0xFF40},   {0xFF5B, 0xFF65},   {0xFFE0, 0xFFFF},   {0x1F000, 0x1FFFF},  {0xE0000, UINT32_MAX}};
    for (size_t i = 0; i < KPI__COUNT(not); i++)
        if (code >= not[i].first && code <= not[i].last) return false;
    return !kpi__is_blank(code);
}

/* text is folded. */
static bool take_runs(worker *w, kpi_text text) {
    const char *word[WORDS], *letter[LETTERS];
    unsigned words = 0, letters = 0, length;
    bool done = true;
    for (const char *p = text.ptr, *end = p + text.len; p < end && done; p += length) {
        uint32_t code = kpi__decode(p, end, &length);
        if (kpi__is_letter((unsigned char)*p)) {
            const char *to = p;
            size_t n = 0; /* code points */
            for (; to < end && (kpi__is_letter((unsigned char)*to) || (*to & 0xC0) == 0x80); to++)
                n += (*to & 0xC0) != 0x80;
            push(word, &words, WORDS, p);
            done = add_runs(w, word, n < LEAST, words, to);
            length = (unsigned)(to - p);
            letters = 0;
            continue;
        }
        if (code != ' ') words = 0;
        if (!is_of_run(code)) {
            letters = 0;
            continue;
        }
        push(letter, &letters, LETTERS, p);
        done = add_runs(w, letter, LEAST - 1, letters, p + length);
    }
    return done;
}

static bool take_comment(worker *w, kpi_text plain) {
    if (plain.len + KPI__PADDING > w->room) {
        char *grown = realloc(w->folded, plain.len + KPI__PADDING);
        if (!grown) return false;
        w->folded = grown;
        w->room = plain.len + KPI__PADDING;
    }
    size_t n = kpi__phrase_fold(plain, w->folded);
    memset(w->folded + n, 0, KPI__PADDING);
    w->comment++;
    return take_runs(w, (kpi_text){w->folded, n}) && count_runs(w);
}

/* ---- all of them ---- */

static int take_comments(worker *w, kpi_error *e) {
    kpi__comments *c = &w->comments;
    for (unsigned i = 0; i < c->n; i++)
        if (!c->theme[i].ptr && !take_comment(w, c->text[i])) return kpi__fail_memory(e);
    return KPI_OK;
}

static int take_batch(void *context, kpi__batch *batch, const kpi__columns *columns, kpi__block *block, kpi_error *e) {
    worker *w = context;
    (void)columns, (void)block;
    kpi__comments_of(&w->comments, batch);
    return take_comments(w, e);
}

static int take_line(void *context, kpi_line *line, kpi__block *block, kpi_error *e) {
    worker *w = context;
    (void)block;
    int code = kpi__comment_of(&w->comments, line, e);
    return code ? code : take_comments(w, e);
}

static bool merge(runs *to, const runs *from) {
    uint32_t n = kpi__dict_size(from->dict), *number = malloc((n + 1) * sizeof *number);
    bool done = number && kpi__dict_merge(to->dict, from->dict, number);
    for (uint32_t i = 0; i < n && done; i++) {
        seen *s = seen_at(to, number[i]);
        if ((done = s != NULL)) s->n += from->seen[i].n;
    }
    free(number);
    return done;
}

static void crew_free(worker **crew, unsigned n) {
    for (unsigned i = 0; i < n && crew[i]; i++) {
        runs_free(&crew[i]->runs);
        free(crew[i]->comments.plain);
        free(crew[i]->folded);
        free(crew[i]);
    }
}

static bool crew_new(const kpi_phrases *p, worker **crew, unsigned n) {
    bool ready = true;
    memset(crew, 0, n * sizeof *crew);
    for (unsigned i = 0; i < n && ready; i++) {
        if (!(crew[i] = calloc(1, sizeof **crew))) return false;
        crew[i]->comments.themes = p->themes;
        ready = runs_new(&crew[i]->runs);
    }
    return ready;
}

int kpi_phrases_read(kpi_phrases *p, const char *path, const kpi_report *report, kpi_error *e) {
    const kpi__taker take = {kpi_record_of(KPI_FEEDBACK), take_batch, take_line};
    worker *crew[KPI__THREADS];
    kpi__input *input;
    int code = kpi__input_open(&input, path, e);
    if (code) return code;
    unsigned workers = kpi__input_workers(input, p->threads);
    if (crew_new(p, crew, workers))
        code = kpi__each_batch(input, &take, (void *const *)crew, workers, NULL, report, e);
    else {
        kpi__input_free(input);
        code = kpi__fail_memory(e);
    }
    for (unsigned i = 0; i < workers && !code; i++)
        if (!merge(&p->all, &crew[i]->runs)) code = kpi__fail_memory(e);
    crew_free(crew, workers);
    return code;
}

/* ---- the commonest ---- */

static void leave_out(kpi_phrases *p, kpi_text run, uint64_t n) {
    uint32_t number = kpi__dict_find(p->all.dict, run);
    if (number != KPI__NONE && p->all.seen[number].n == n) p->all.seen[number].last = 0;
}

/* Those within run that are shorter by one, where they are in no more comments; last: not left out. */
static void leave_out_shorter(kpi_phrases *p, uint32_t number) {
    kpi_text run = kpi__dict_key(p->all.dict, number);
    const char *end = run.ptr + run.len, *second = run.ptr, *last = end;
    if (kpi__is_letter((unsigned char)*run.ptr)) {
        const char *blank = memchr(run.ptr, ' ', run.len);
        if (!blank) return;
        second = blank + 1;
        last = memrchr(run.ptr, ' ', run.len);
    } else {
        while ((*++second & 0xC0) == 0x80) {
        }
        while ((*--last & 0xC0) == 0x80) {
        }
    }
    uint64_t n = p->all.seen[number].n;
    leave_out(p, (kpi_text){run.ptr, (size_t)(last - run.ptr)}, n);
    leave_out(p, (kpi_text){second, (size_t)(end - second)}, n);
}

static bool comes_first(const kpi_phrases *p, uint32_t a, uint32_t b) {
    uint64_t x = p->all.seen[a].n, y = p->all.seen[b].n;
    return x != y ? x > y : kpi_text_compare(kpi__dict_key(p->all.dict, a), kpi__dict_key(p->all.dict, b)) < 0;
}

/* Lets the number at `at` sink to where none below it comes later: the root is the last of all. */
static void sink(kpi_phrases *p, size_t at, size_t n) {
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && comes_first(p, p->top[child], p->top[child + 1])) child++;
        if (!comes_first(p, p->top[at], p->top[child])) return;
        uint32_t swap = p->top[at];
        p->top[at] = p->top[child];
        p->top[child] = swap;
    }
}

int kpi_phrases_finish(kpi_phrases *p, size_t most, kpi_error *e) {
    uint32_t n = kpi__dict_size(p->all.dict);
    if (most > n) most = n;
    if (!(p->top = malloc((most + 1) * sizeof *p->top))) return kpi__fail_memory(e);
    for (uint32_t i = 0; i < n; i++) p->all.seen[i].last = 1;
    for (uint32_t i = 0; i < n; i++) leave_out_shorter(p, i);
    for (uint32_t i = 0; i < n && most; i++) {
        if (!p->all.seen[i].last) continue;
        if (p->size < most) {
            p->top[p->size++] = i;
            for (size_t k = p->size / 2; p->size == most && k-- > 0;) sink(p, k, most);
        } else if (comes_first(p, i, p->top[0])) {
            p->top[0] = i;
            sink(p, 0, most);
        }
    }
    for (size_t k = p->size / 2; k-- > 0;) sink(p, k, p->size);
    for (size_t left = p->size; left > 1;) {
        uint32_t last = p->top[0];
        p->top[0] = p->top[--left];
        p->top[left] = last;
        sink(p, 0, left);
    }
    return KPI_OK;
}

size_t kpi_phrases_size(const kpi_phrases *p) { return p->size; }

kpi_text kpi_phrases_at(const kpi_phrases *p, size_t i, uint64_t *comments) {
    *comments = p->all.seen[p->top[i]].n;
    return kpi__dict_key(p->all.dict, p->top[i]);
}
