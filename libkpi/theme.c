/* theme.c - themes for the feedback that has a comment and no theme yet.
 *
 * A file of themes is YAML: maps of themes to lists of phrases. Its phrases become one automaton (phrases.c), whose
 * values are themes, by which workers fill the lines of their blocks (filter.c). Comments that hold an escape are made
 * plain first; they are odd lines anyway. */
#include "internal.h"

#include <stdlib.h>

struct kpi_themes {
    kpi__arena *arena;
    kpi__dict *names;    /* of themes, and in step, with 16 bytes or more that can be read: */
    kpi_text *name;
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
    free(t->name);
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
    uint32_t n = kpi__dict_size(t->names);
    bool done = (t->name = calloc(n + 1, sizeof *t->name)) != NULL;
    for (uint32_t i = 0; i < n && done; i++) {
        kpi_text name = kpi__dict_key(t->names, i);
        char *copy = kpi__arena_get(t->arena, name.len + 16);
        if ((done = copy != NULL)) t->name[i] = (kpi_text){memcpy(copy, name.ptr, name.len), name.len};
    }
    return done && kpi__phrases_ready(t->phrases) ? KPI_OK : kpi__fail_memory(e);
}

void kpi__themes_find(const kpi_themes *t, const kpi_text *comment, unsigned n, kpi_text *theme) {
    uint32_t number[KPI__BATCH];
    if (t) kpi__phrases_find(t->phrases, comment, n, number);
    for (unsigned i = 0; i < n; i++) theme[i] = t && number[i] != KPI__NONE ? t->name[number[i]] : (kpi_text){0};
}

/* ---- comments ---- */

void kpi__comments_of(kpi__comments *c, const kpi__batch *batch) {
    unsigned n = 0;
    for (unsigned i = 0; i < batch->lines; i++) {
        if (batch->odd[i]) continue;
        const uint16_t *end = batch->end + batch->before[i] + KPI_FEEDBACK_THEME;
        bool themed = end[0] + 1 != end[1];
        c->line[n] = (uint16_t)i;
        c->text[n] = kpi__at(batch, i, KPI_FEEDBACK_COMMENT);
        n += !themed & (c->text[n].len > 0);
    }
    c->n = n;
    kpi__themes_find(c->themes, c->text, n, c->theme);
}

int kpi__comment_of(kpi__comments *c, const kpi_line *line, kpi_error *e) {
    kpi_text comment = line->field[KPI_FEEDBACK_COMMENT];
    c->n = !line->field[KPI_FEEDBACK_THEME].len && comment.len;
    if (!c->n) return KPI_OK;
    if (comment.len + 1 > c->room) {
        char *grown = realloc(c->plain, comment.len + 1);
        if (!grown) return kpi__fail_memory(e);
        c->plain = grown;
        c->room = comment.len + 1;
    }
    c->text[0] = (kpi_text){c->plain, kpi_text_plain(comment, c->plain, comment.len)};
    c->plain[c->text[0].len] = ' ';
    kpi__themes_find(c->themes, c->text, 1, c->theme);
    return KPI_OK;
}

typedef struct filler { /* one worker */
    kpi__comments comments;
    kpi_text other; /* ptr NULL: such lines stay */
} filler;

static void fill(const filler *f, unsigned k, kpi_text *value) {
    kpi_text theme = f->comments.theme[k];
    *value = theme.ptr ? theme : f->other;
}

static int fill_batch(void *context, kpi__batch *batch, const kpi__columns *columns, kpi_text *value, kpi_error *e) {
    filler *f = context;
    (void)columns, (void)e;
    kpi__comments_of(&f->comments, batch);
    for (unsigned k = 0; k < f->comments.n; k++) fill(f, k, &value[f->comments.line[k]]);
    return KPI_OK;
}

static int fill_line(void *context, const kpi_line *line, kpi_text *value, kpi_error *e) {
    filler *f = context;
    int code = kpi__comment_of(&f->comments, line, e);
    if (!code && f->comments.n) fill(f, 0, value);
    return code;
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
    filler *f = calloc(workers, sizeof *f);
    for (unsigned i = 0; f && i < workers; i++) {
        f[i].comments.themes = options->themes;
        if (options->other && *options->other) f[i].other = kpi_text_of(options->other);
        crew[i] = &f[i];
    }
    if (f)
        code = kpi__change_lines(input, &change, crew, workers, &to, e);
    else {
        kpi__input_free(input);
        code = kpi__fail_memory(e);
    }
    for (unsigned i = 0; f && i < workers; i++) free(f[i].comments.plain);
    free(f);
    return code;
}
