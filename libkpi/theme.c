/* theme.c - themes for the feedback that has a comment and no theme yet.
 *
 * A file of themes is YAML: maps of themes to lists of phrases. Its phrases become one automaton (phrases.c), whose
 * values are themes, by which workers fill the lines of their blocks (filter.c). Comments that hold an escape are made
 * plain first; they are odd lines anyway.
 *
 * Phrases for the next theme are looked for in the comments that none of these phrases is in: runs of up to 3 words,
 * which nothing but blanks stands between, and of 2 to 6 characters of a script without blanks. Each is counted once a
 * comment, so that its figure is how many comments a theme with this phrase would take. */
#include "internal.h"

#include <stdlib.h>

enum { WORDS = 3, LEAST_LETTERS = 2, LETTERS = 6 };

struct kpi_themes {
    kpi__arena *arena;
    kpi__dict *names;    /* of themes */
    kpi__dict *folded;   /* phrases, and in step: */
    struct where { kpi_place place; uint32_t theme; } *where;
    size_t room;
    kpi__phrases *phrases;
};

/* ---- files ---- */

static bool themes_alloc(kpi_themes *t) {
    return (t->arena = kpi__arena_new()) && (t->names = kpi__dict_new()) && (t->folded = kpi__dict_new()) &&
           (t->phrases = kpi__phrases_new());
}

int kpi_themes_new(kpi_themes **out, kpi_error *e) {
    kpi_themes *t = calloc(1, sizeof *t);
    if (!t || !themes_alloc(t)) {
        kpi_themes_free(t);
        return kpi__fail_memory(e);
    }
    *out = t;
    return KPI_OK;
}

void kpi_themes_free(kpi_themes *t) {
    if (!t) return;
    kpi__phrases_free(t->phrases);
    kpi__dict_free(t->folded);
    kpi__dict_free(t->names);
    kpi__arena_free(t->arena);
    free(t->where);
    free(t);
}

static const char *phrase_fault(kpi_text plain) {
    if (!plain.len) return "an empty phrase";
    const char *last = plain.ptr + plain.len - 1;
    unsigned length;
    while ((*last & 0xC0) == 0x80) last--;
    uint32_t first = kpi__decode(plain.ptr, plain.ptr + plain.len, &length);
    uint32_t behind = kpi__decode(last, plain.ptr + plain.len, &length);
    bool blank = kpi__is_blank(first) || kpi__is_control(first) || kpi__is_blank(behind) || kpi__is_control(behind);
    return blank ? "a phrase with a blank at its start or end" : NULL;
}

static int read_phrase(kpi__reading *r, kpi_themes *t, const kpi__node *node, uint32_t theme) {
    if (node->kind != KPI__SCALAR) return kpi__fail_node(r, node, "a phrase must be one value");
    kpi_text plain = kpi__node_text(node);
    const char *fault = phrase_fault(plain);
    if (fault) return kpi__fail_node(r, node, "%s: %s", fault, KPI__QUOTE(plain));
    char *folded = malloc(plain.len);
    if (!folded) return kpi__fail_memory(r->e);
    kpi_text phrase = {folded, kpi__phrase_fold(plain, folded)};
    uint32_t before = kpi__dict_size(t->folded), number = kpi__dict_put(t->folded, phrase);
    bool done = number != KPI__NONE && kpi__grow(&t->where, number, &t->room, sizeof *t->where);
    if (done && number == before) {
        t->where[number] = (struct where){kpi__node_place(r, node), theme};
        done = kpi__phrases_add(t->phrases, phrase, theme);
    }
    free(folded);
    if (!done) return kpi__fail_memory(r->e);
    if (number == before) return KPI_OK;
    const struct where *w = &t->where[number];
    return kpi__fail_node(r, node, "%s is a phrase of %s already, at %s:%llu:%u", KPI__QUOTE(plain),
                          KPI__QUOTE(kpi__dict_key(t->names, w->theme)), w->place.file,
                          (unsigned long long)w->place.line, w->place.column);
}

static int read_theme(kpi__reading *r, kpi_themes *t, const kpi__node *node) {
    const char *name;
    int code = kpi__read_name(r, node->key, &name);
    if (code) return code;
    if (node->kind != KPI__LIST) return kpi__fail_node(r, node, "the phrases of a theme must be a list");
    if (!node->child) return kpi__fail_node(r, node, "%s has no phrases", KPI__QUOTE(kpi_text_of(name)));
    uint32_t theme = kpi__dict_put(t->names, kpi_text_of(name));
    if (theme == KPI__NONE) return kpi__fail_memory(r->e);
    for (const kpi__node *child = node->child; child && !code; child = child->next)
        code = read_phrase(r, t, child, theme);
    return code;
}

static int read_document(kpi__reading *r, kpi_themes *t, const kpi__node *root) {
    int code = KPI_OK;
    if (root->kind != KPI__MAP) return kpi__fail_node(r, root, "themes must be a map: a theme and its phrases");
    for (const kpi__node *child = root->child; child && !code; child = child->next) code = read_theme(r, t, child);
    return code;
}

int kpi_themes_parse(kpi_themes *t, const char *file, kpi_text bytes, kpi_error *e) {
    kpi__reading r = {.arena = t->arena, .file = kpi__arena_text(t->arena, kpi_text_of(file)), .e = e};
    kpi__yaml *yaml;
    kpi__node *root;
    size_t before = kpi__dict_size(t->folded);
    if (!r.file) return kpi__fail_memory(e);
    int code = kpi__yaml_open(&yaml, file, bytes, e);
    if (code) return code;
    while (!(code = kpi__yaml_next(yaml, &root, e)) && !(code = read_document(&r, t, root))) {
    }
    kpi__yaml_free(yaml);
    if (code == KPI_NO && kpi__dict_size(t->folded) == before)
        return kpi__fail_at(e, KPI_DATA, (kpi_place){r.file, 0, 0}, "no theme in it");
    return code == KPI_NO ? KPI_OK : code;
}

int kpi_themes_read(kpi_themes *t, const char *path, kpi_error *e) {
    char *bytes;
    size_t length;
    int code = kpi__read_whole(path, &bytes, &length, e);
    if (code) return code;
    code = kpi_themes_parse(t, path, (kpi_text){bytes, length}, e);
    free(bytes);
    return code;
}

int kpi_themes_ready(kpi_themes *t, kpi_error *e) {
    return kpi__phrases_ready(t->phrases) ? KPI_OK : kpi__fail_memory(e);
}

/* ---- comments ---- */

typedef struct reader { /* of comments, by one worker */
    const kpi_themes *themes;
    kpi_text other; /* ptr NULL: such lines stay */
    char *plain;    /* of the comment of an odd line */
    size_t room;
    uint16_t line[KPI__BATCH];
    kpi_text text[KPI__BATCH];
    uint32_t theme[KPI__BATCH];
} reader;

/* The lines of batch, not odd, that have a comment and no theme: their numbers, and in text their comments. */
static unsigned find_comments(reader *r, const kpi__batch *batch) {
    unsigned n = 0;
    for (unsigned i = 0; i < batch->lines; i++) {
        const uint16_t *end = batch->end + batch->before[i] + KPI_FEEDBACK_THEME;
        bool themed = end[0] + 1 != end[1];
        r->line[n] = (uint16_t)i;
        if (!batch->odd[i]) r->text[n] = kpi__at(batch, i, KPI_FEEDBACK_COMMENT);
        n += !batch->odd[i] & !themed & (r->text[n].len > 0);
    }
    return n;
}

/* The same for one line: its comment, plain and with a blank behind it; empty: there is none, or a theme. */
static int find_comment(reader *r, const kpi_line *line, kpi_text *out, kpi_error *e) {
    kpi_text comment = line->field[KPI_FEEDBACK_COMMENT];
    *out = (kpi_text){0};
    if (line->field[KPI_FEEDBACK_THEME].len || !comment.len) return KPI_OK;
    if (comment.len + 1 > r->room) {
        char *grown = realloc(r->plain, comment.len + 1);
        if (!grown) return kpi__fail_memory(e);
        r->plain = grown;
        r->room = comment.len + 1;
    }
    *out = (kpi_text){r->plain, kpi_text_plain(comment, r->plain, comment.len)};
    r->plain[out->len] = ' ';
    return KPI_OK;
}

static void fill(const reader *r, uint32_t theme, kpi_text *value) {
    *value = theme == KPI__NONE ? r->other : kpi__dict_key(r->themes->names, theme);
}

static int fill_batch(void *context, kpi__batch *batch, const kpi__columns *columns, kpi_text *value, kpi_error *e) {
    reader *r = context;
    unsigned n = find_comments(r, batch);
    (void)columns, (void)e;
    kpi__phrases_find(r->themes->phrases, r->text, n, r->theme);
    for (unsigned i = 0; i < n; i++) fill(r, r->theme[i], &value[r->line[i]]);
    return KPI_OK;
}

static int fill_line(void *context, const kpi_line *line, kpi_text *value, kpi_error *e) {
    reader *r = context;
    kpi_text comment;
    int code = find_comment(r, line, &comment, e);
    if (code || !comment.len) return code;
    kpi__phrases_find(r->themes->phrases, &comment, 1, r->theme);
    fill(r, r->theme[0], value);
    return KPI_OK;
}

static void readers_free(reader *r, unsigned n) {
    for (unsigned i = 0; r && i < n; i++) free(r[i].plain);
    free(r);
}

int kpi_theme(const char *path, const kpi_theme_options *options, kpi_grep_put *put, void *context,
              const kpi_report *report, kpi_error *e) {
    const kpi__change change = {kpi_record_of(KPI_FEEDBACK), KPI_FEEDBACK_THEME, fill_batch, fill_line};
    kpi__outlet to = {put, context, report, 0};
    kpi__input *input;
    void *crew[KPI__THREADS];
    int code = kpi__input_open(&input, path, e);
    if (code) return code;
    unsigned workers = kpi__input_workers(input, options->threads);
    reader *r = calloc(workers, sizeof *r);
    for (unsigned i = 0; r && i < workers; i++) {
        r[i].themes = options->themes;
        if (options->other && *options->other) r[i].other = kpi_text_of(options->other);
        crew[i] = &r[i];
    }
    if (r)
        code = kpi__change_lines(input, &change, crew, workers, &to, e);
    else {
        kpi__input_free(input);
        code = kpi__fail_memory(e);
    }
    readers_free(r, workers);
    return code;
}
