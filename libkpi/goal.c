/* goal.c - the stream of schemes, goals, revisions and reviews, out of any number of files.
 *
 * Reading only collects: each document is judged by itself, goals become rows (goalrow.c; goal lines by goalline.c, the
 * plainest documents by compact.c), and whatever refers to something else (revise, review, supports, a metric) waits
 * for kpi_goals_check, when all files are in. Then rows are put in order (goalorder.c), which finds doubles, and makes
 * compact goals and goal lines, which may be millions and have no id of their own, be found by search. Most rows are
 * sound by what they have in common with others; the rest are looked at one by one. */
#include "internal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HINTS = 8, LONGEST_HINT = 1024 }; /* at most so many are looked for; bytes of an id that may be one */

int kpi_goals_new(kpi_goals **out, unsigned threads, kpi_error *e) {
    kpi_goals *g = calloc(1, sizeof *g);
    if (!g || !(g->arena = kpi__arena_new()) || !(g->owners = kpi__dict_new()) || !(g->metrics = kpi__dict_new()) ||
        !(g->texts = kpi__dict_new()) || !(g->whens = kpi__dict_new()) || !(g->kinds = kpi__dict_new()) ||
        !(g->known = kpi__pairs_new()) || !(g->ids = kpi__dict_new())) {
        kpi_goals_free(g);
        return kpi__fail_memory(e);
    }
    g->threads = threads;
    *out = g;
    return KPI_OK;
}

void kpi_goals_free(kpi_goals *g) {
    if (!g) return;
    kpi__arena_free(g->arena);
    kpi__dict_free(g->owners);
    kpi__dict_free(g->metrics);
    kpi__dict_free(g->texts);
    kpi__dict_free(g->whens);
    kpi__dict_free(g->kinds);
    kpi__pairs_free(g->known);
    kpi__dict_free(g->ids);
    kpi__rows_free(&g->rows);
    for (size_t i = 0; i < g->sources; i++) free(g->source[i].base);
    kpi__goals_forget(g);
    void *const array[] = {g->when,   g->kind,          g->source,  g->extra,  g->memo,
                           g->scheme, g->scheme_metric, g->waiting, g->id_row, g->met};
    for (size_t i = 0; i < KPI__COUNT(array); i++) free(array[i]);
    free(g);
}

/* ---- adding a goal ---- */

/* FILE:LINE:COLUMN of place, for the inside of a message. */
static const char *place_text(kpi_place place, char out[KPI_ERROR_SIZE]) {
    kpi_error other;
    kpi__fail_at(&other, KPI_DATA, place, "%s", "");
    kpi_error_format(&other, out, KPI_ERROR_SIZE);
    size_t n = strlen(out);
    while (n && (out[n - 1] == ' ' || out[n - 1] == ':')) out[--n] = 0;
    return out;
}

int kpi__fail_twice(kpi_place first, kpi_place place, const char *what, kpi_error *e) {
    char at[KPI_ERROR_SIZE];
    return kpi__fail_at(e, KPI_DATA, place, "%s, set at %s already", what, place_text(first, at));
}

static int fail_id_twice(const kpi_goals *g, uint32_t first, kpi_place place, kpi_text id, kpi_error *e) {
    char what[KPI__QUOTE_SIZE + 32];
    snprintf(what, sizeof what, "goal %s", KPI__QUOTE(id));
    return kpi__fail_twice(kpi__row_place(g, kpi__rows_at(&g->rows, first)), place, what, e);
}

typedef struct setting { /* where goals are read: what those of one document have in common */
    kpi_goals *goals;
    uint32_t source, when;
} setting;

static bool is_rare(const kpi_target *set) {
    return set->percent || set->has_baseline || set->target != (int64_t)set->target;
}

/* A row of what is set for owner and a kind, both numbers. NULL: no memory. */
static kpi__goal_row *add_row(kpi_goals *g, uint32_t owner, uint32_t kind, const kpi_target *set,
                              const kpi__node *node) {
    kpi__goal_row *row = owner == KPI__NONE || kind == KPI__NONE ? NULL : kpi__rows_add(&g->rows);
    if (!row) return NULL;
    *row = (kpi__goal_row){(int64_t)set->target, owner, node->line, kind, node->column};
    kpi__extra *extra = is_rare(set) ? kpi__goals_extra(g, row) : NULL;
    if (extra) extra->set = *set;
    return !extra && is_rare(set) ? NULL : row;
}

static uint32_t kind_of(const setting *to, kpi_text metric, const kpi_target *set) {
    kpi__kind kind = {.metric = kpi__dict_put(to->goals->metrics, metric),
                      .when = to->when,
                      .source = to->source,
                      .has_weight = set->has_weight,
                      .weight = set->weight};
    return kind.metric == KPI__NONE ? KPI__NONE : kpi__goals_kind(to->goals, &kind);
}

static int add_id(kpi_goals *g, const char *id, kpi_error *e) {
    uint32_t number = kpi__dict_put(g->ids, kpi_text_of(id));
    if (number == KPI__NONE || !kpi__grow(&g->id_row, number, &g->id_room, sizeof *g->id_row))
        return kpi__fail_memory(e);
    g->id_row[number] = (uint32_t)(g->rows.n - 1);
    return KPI_OK;
}

/* ---- targets ---- */

/* A number, or [+-]NUMBER% of the baseline. */
static int read_target(kpi__reading *r, const kpi__node *node, void *into) {
    kpi_target *set = into;
    size_t n = node->kind == KPI__SCALAR ? strlen(node->text) : 0;
    set->percent = n && node->text[n - 1] == '%';
    if (!set->percent) return kpi__read_number(r, node, &set->target);
    if (*node->text != '+' && *node->text != '-')
        return kpi__fail_node(r, node, "a percentage needs its sign, as in +10%%: %s",
                              KPI__QUOTE(kpi_text_of(node->text)));
    if (kpi_decimal_parse((kpi_text){node->text, n - 1}, &set->target))
        return kpi__fail_node(r, node, "not a percentage: %s", KPI__QUOTE(kpi_text_of(node->text)));
    return KPI_OK;
}

#define TARGET_KEYS(offset)                                                               \
    {"target", read_target, offset, true},                                                \
        {"baseline", kpi__read_number, offset + offsetof(kpi_target, baseline), false}, { \
        "weight", kpi__read_not_negative, offset + offsetof(kpi_target, weight), false    \
    }
enum { SEEN_BASELINE = 1, SEEN_WEIGHT = 2 }; /* rows of TARGET_KEYS, which come first in each table */

static const kpi__key target_keys[] = {TARGET_KEYS(0)};

static void seen_target(kpi_target *set, uint32_t seen) {
    set->has_baseline = seen >> SEEN_BASELINE & 1;
    set->has_weight = seen >> SEEN_WEIGHT & 1;
}

static int need_baseline(kpi__reading *r, const kpi__node *node, const kpi_target *set) {
    if (!set->percent || set->has_baseline) return KPI_OK;
    return kpi__fail_node(r, node, "a target in %% needs a baseline");
}

/* ---- documents ---- */

static int read_scheme(kpi_goals *g, kpi__reading *r, const kpi__node *root) {
    kpi_scheme *scheme;
    int code = kpi__scheme_read(r, root, &scheme);
    if (code) return code;
    if (!kpi__grow(&g->scheme, g->schemes, &g->schemes_room, sizeof *g->scheme) ||
        !kpi__grow(&g->scheme_metric, g->schemes, &g->scheme_metrics_room, sizeof *g->scheme_metric))
        return kpi__fail_memory(r->e);
    g->scheme_metric[g->schemes] = kpi__pairs_size(g->known);
    for (size_t i = 0; i < scheme->metrics; i++) {
        uint32_t metric;
        metric = kpi__dict_put(g->metrics, kpi_text_of(scheme->metric[i].name));
        if (metric == KPI__NONE ||
            kpi__pairs_put(g->known, (uint32_t)g->schemes, metric) == KPI__NONE)
            return kpi__fail_memory(r->e);
    }
    g->scheme[g->schemes++] = scheme;
    return KPI_OK;
}

/* The key of metric, a scalar that is neither empty nor longer than fits. false: it does not. */
static bool key_of(const kpi__node *metric, const setting *to, kpi__kind_key *key) {
    char name[KPI__NAME_WORDS] = {0};
    size_t n = metric->kind == KPI__SCALAR ? strnlen(metric->text, sizeof name + 1) : 0;
    if (n == 0 || n > sizeof name) return false;
    memcpy(name, metric->text, n);
    *key = (kpi__kind_key){.weight = KPI__EMPTY, .when = (uint64_t)to->source << 32 | to->when, .len = n};
    kpi__name_words((kpi_text){name, n}, key->word);
    return true;
}

/* One target of a compact document: a value, or a map with baseline and weight. */
static int read_compact(const setting *to, kpi__reading *r, const kpi__node *node, uint32_t owner) {
    kpi_goals *g = to->goals;
    kpi_target set = {0};
    kpi__kind_key key;
    const char *metric;
    uint32_t seen = 0;
    bool brief = node->kind != KPI__MAP, keyed = brief && key_of(node->key, to, &key);
    uint32_t kind = keyed ? kpi__memo_find(g->memo, &key) : KPI__NONE;
    int code = kind == KPI__NONE ? kpi__read_name(r, node->key, &metric) : KPI_OK;
    if (code) return code;
    if (brief && (node->kind != KPI__SCALAR || kpi_decimal_parse(kpi_text_of(node->text), &set.target)))
        code = read_target(r, node, &set); /* not a plain number */
    if (!brief)
        code = kpi__read_map(r, node, "a target", target_keys, KPI__COUNT(target_keys), &set, &seen);
    seen_target(&set, seen);
    if (!code) code = need_baseline(r, node, &set);
    if (code) return code;
    if (kind == KPI__NONE) {
        kind = kind_of(to, kpi_text_of(metric), &set);
        if (keyed && kind != KPI__NONE) kpi__memo_put(g->memo, &key, kind);
    }
    return add_row(g, owner, kind, &set, node) ? KPI_OK : kpi__fail_memory(r->e);
}

/* A name that is the same in line form and valid, as most are: visible ASCII, no backslash, no # at its start. */
static bool is_plain_name(const kpi__node *node) {
    bool plain = node->kind == KPI__SCALAR && *node->text && *node->text != '#';
    for (const char *p = node->text; plain && *p; p++) plain = *p > ' ' && *p < 0x7F && *p != '\\';
    return plain;
}

/* The targets of one owner. */
static int read_owner(const setting *to, kpi__reading *r, const kpi__node *owner) {
    const char *name = owner->key->text;
    int code = is_plain_name(owner->key) ? KPI_OK : kpi__read_name(r, owner->key, &name);
    if (code) return code;
    if (owner->kind != KPI__MAP || !owner->child)
        return kpi__fail_node(r, owner, "the targets of %s must be a map of metrics", KPI__QUOTE(kpi_text_of(name)));
    uint32_t number = kpi__dict_put(to->goals->owners, kpi_text_of(name));
    for (const kpi__node *target = owner->child; target && !code; target = target->next)
        code = read_compact(to, r, target, number);
    return code;
}

static int read_goals(kpi_goals *g, kpi__reading *r, const kpi__node *root) {
    static const kpi__key keys[] = {{"goals", kpi__read_period, 0, true}, {"targets", NULL, 0, true}};
    kpi__named_period period;
    int code = kpi__read_map(r, root, "goals", keys, KPI__COUNT(keys), &period, NULL);
    if (code) return code;
    const kpi__node *targets = kpi__node_child(root, "targets");
    if (targets->kind != KPI__MAP || !targets->child)
        return kpi__fail_node(r, targets, "targets must be a map of owners");
    setting to = {g, (uint32_t)g->sources - 1, kpi__goals_when(g, kpi_text_of(period.text), period.days)};
    if (!g->memo) g->memo = calloc(1, sizeof *g->memo);
    if (!g->memo || to.when == KPI__NONE) return kpi__fail_memory(r->e);
    for (const kpi__node *owner = targets->child; owner && !code; owner = owner->next) code = read_owner(&to, r, owner);
    return code;
}

struct goal { /* a goal in full, as written */
    kpi_target set;
    const char *goal, *owner, *metric;
    kpi__named_period period;
    kpi_story story;
};

static int read_texts(kpi__reading *r, const kpi__node *node, const char *const **out, size_t *n) {
    const char **text;
    int code = kpi__read_many(r, node, KPI__LIST, node->key->text, sizeof *text, &text, n);
    if (!code) *out = text;
    for (const kpi__node *child = node->child; child && !code; child = child->next)
        code = kpi__read_prose(r, child, text++);
    return code;
}

static int read_steps(kpi__reading *r, const kpi__node *node, void *into) {
    kpi_story *story = into;
    return read_texts(r, node, &story->step, &story->steps);
}

static int read_risks(kpi__reading *r, const kpi__node *node, void *into) {
    kpi_story *story = into;
    return read_texts(r, node, &story->risk, &story->risks);
}

static int read_reviews(kpi__reading *r, const kpi__node *node, void *into) {
    kpi_story *story = into;
    kpi_day *day;
    int code = kpi__read_many(r, node, KPI__LIST, "reviews", sizeof *day, &day, &story->reviews);
    if (!code) story->review = day;
    for (const kpi__node *child = node->child; child && !code; child = child->next)
        code = kpi__read_day(r, child, day++);
    return code;
}

#define STORY(member) offsetof(struct goal, story.member)
static const kpi__key goal_keys[] = {TARGET_KEYS(offsetof(struct goal, set)),
                                     {"set", kpi__read_day, STORY(set), false},
                                     {"agreed", kpi__read_day, STORY(agreed), false},
                                     {"goal", kpi__read_name, offsetof(struct goal, goal), true},
                                     {"owner", kpi__read_name, offsetof(struct goal, owner), true},
                                     {"metric", kpi__read_name, offsetof(struct goal, metric), true},
                                     {"period", kpi__read_period, offsetof(struct goal, period), true},
                                     {"title", kpi__read_prose, STORY(title), false},
                                     {"why", kpi__read_prose, STORY(why), false},
                                     {"supports", kpi__read_name, STORY(supports), false},
                                     {"strategy", kpi__read_flag, STORY(strategy), false},
                                     {"steps", read_steps, offsetof(struct goal, story), false},
                                     {"risks", read_risks, offsetof(struct goal, story), false},
                                     {"reviews", read_reviews, offsetof(struct goal, story), false}};
enum { SEEN_SET = 3, SEEN_AGREED = 4 };

static int read_goal(kpi_goals *g, kpi__reading *r, const kpi__node *root) {
    struct goal in = {.story = {.title = "", .why = "", .supports = ""}};
    uint32_t seen = 0;
    int code = kpi__read_map(r, root, "a goal", goal_keys, KPI__COUNT(goal_keys), &in, &seen);
    if (code) return code;
    seen_target(&in.set, seen);
    if ((code = need_baseline(r, kpi__node_child(root, "target"), &in.set))) return code;
    kpi_story *story = kpi__arena_get(g->arena, sizeof *story);
    if (!story) return kpi__fail_memory(r->e);
    *story = in.story;
    story->has_set = seen >> SEEN_SET & 1;
    story->has_agreed = seen >> SEEN_AGREED & 1;
    uint32_t id = kpi__dict_find(g->ids, kpi_text_of(in.goal));
    if (id != KPI__NONE)
        return fail_id_twice(g, g->id_row[id], kpi__node_place(r, root), kpi_text_of(in.goal), r->e);
    setting to = {g, (uint32_t)g->sources - 1, kpi__goals_when(g, kpi_text_of(in.period.text), in.period.days)};
    if (to.when == KPI__NONE) return kpi__fail_memory(r->e);
    kpi__goal_row *row = add_row(g, kpi__dict_put(g->owners, kpi_text_of(in.owner)),
                            kind_of(&to, kpi_text_of(in.metric), &in.set), &in.set, root);
    kpi__extra *extra = row ? kpi__goals_extra(g, row) : NULL;
    if (!extra) return kpi__fail_memory(r->e);
    extra->id = in.goal;
    extra->story = story;
    return add_id(g, in.goal, r->e);
}

static int wait_for_goal(kpi_goals *g, kpi__reading *r, const kpi__mention *m) {
    if (!kpi__grow(&g->waiting, g->waits, &g->waits_room, sizeof *g->waiting)) return kpi__fail_memory(r->e);
    g->waiting[g->waits++] = *m;
    return KPI_OK;
}

struct revise {
    kpi_target set;
    const char *id;
    kpi_revision revision;
};
static const kpi__key revise_keys[] = {TARGET_KEYS(offsetof(struct revise, set)),
                                       {"revise", kpi__read_name, offsetof(struct revise, id), true},
                                       {"on", kpi__read_day, offsetof(struct revise, revision.on), true},
                                       {"by", kpi__read_name, offsetof(struct revise, revision.by), false},
                                       {"reason", kpi__read_prose, offsetof(struct revise, revision.reason), true}};

static int read_revise(kpi_goals *g, kpi__reading *r, const kpi__node *root) {
    struct revise in = {.revision = {.by = "", .place = kpi__node_place(r, root)}};
    uint32_t seen;
    int code = kpi__read_map(r, root, "a revision", revise_keys, KPI__COUNT(revise_keys), &in, &seen);
    if (code) return code;
    seen_target(&in.set, seen);
    kpi__mention m = {.id = in.id, .given = in.set, .place = kpi__node_place(r, kpi__node_child(root, "revise"))};
    if (!(m.revision = kpi__arena_get(g->arena, sizeof *m.revision))) return kpi__fail_memory(r->e);
    *m.revision = in.revision;
    return wait_for_goal(g, r, &m);
}

struct review {
    const char *id;
    kpi_review review;
};
static const kpi__key review_keys[] = {{"review", kpi__read_name, offsetof(struct review, id), true},
                                       {"on", kpi__read_day, offsetof(struct review, review.on), true},
                                       {"by", kpi__read_name, offsetof(struct review, review.by), false},
                                       {"says", kpi__read_prose, offsetof(struct review, review.says), false},
                                       {"next", kpi__read_prose, offsetof(struct review, review.act), false}};

static int read_review(kpi_goals *g, kpi__reading *r, const kpi__node *root) {
    struct review in = {.review = {.by = "", .says = "", .act = "", .place = kpi__node_place(r, root)}};
    int code = kpi__read_map(r, root, "a review", review_keys, KPI__COUNT(review_keys), &in, NULL);
    if (code) return code;
    kpi__mention m = {.id = in.id, .place = kpi__node_place(r, kpi__node_child(root, "review"))};
    if (!(m.review = kpi__arena_get(g->arena, sizeof *m.review))) return kpi__fail_memory(r->e);
    *m.review = in.review;
    return wait_for_goal(g, r, &m);
}

static const struct {
    const char *key;
    int (*read)(kpi_goals *g, kpi__reading *r, const kpi__node *root);
} documents[] = {{"scheme", read_scheme},
                 {"goals", read_goals},
                 {"goal", read_goal},
                 {"revise", read_revise},
                 {"review", read_review}};

static int read_document(kpi_goals *g, kpi__reading *r, const kpi__node *root) {
    if (root->kind == KPI__SCALAR && root->plain && !*root->text) return KPI_OK; /* empty: comments only */
    for (size_t i = 0; i < KPI__COUNT(documents) && root->kind == KPI__MAP; i++)
        if (kpi__node_child(root, documents[i].key)) return documents[i].read(g, r, root);
    return kpi__fail_node(r, root, "a document must be one of scheme, goals, goal, revise, review");
}

/* ---- files ---- */

int kpi_goals_parse(kpi_goals *g, const char *file, kpi_text bytes, const kpi_report *report, kpi_error *e) {
    kpi__yaml *yaml;
    kpi__node *root;
    uint32_t source = kpi__goals_source(g, kpi_text_of(file));
    if (source == KPI__NONE) return kpi__fail_memory(e);
    kpi__reading r = {.arena = g->arena, .file = g->source[source].file, .e = e};
    int code = kpi__yaml_open(&yaml, r.file, bytes, e);
    if (code) return code;
    while (!code) {
        while (!(code = kpi__goals_read_compact(g, yaml, e))) continue;
        if (code != KPI_NO || (code = kpi__yaml_next(yaml, &root, e))) break;
        if ((code = read_document(g, &r, root)) == KPI_DATA) code = kpi__tell(report, e);
    }
    kpi__yaml_free(yaml);
    return code == KPI_NO ? KPI_OK : code;
}

/* Goal lines: the first record starts with a period and a TAB. */
static bool is_lines(kpi_text bytes) {
    const char *p = bytes.ptr, *end = p + bytes.len;
    kpi_period period;
    if (bytes.len >= 3 && !memcmp(p, "\xEF\xBB\xBF", 3)) p += 3;
    while (p < end && (*p == '#' || *p == '\n' || *p == '\r')) {
        const char *lf = memchr(p, '\n', (size_t)(end - p));
        p = lf ? lf + 1 : end;
    }
    size_t n = 0;
    while (p + n < end && n < KPI_PERIOD_SIZE && p[n] != '\t' && p[n] != '\n') n++;
    return p + n < end && p[n] == '\t' && !kpi_period_parse((kpi_text){p, n}, &period);
}

/* Whether the file at path, a regular one, is seen to hold goal lines by its start. (Where not, all of it tells.) */
static bool starts_like_lines(const char *path) {
    struct stat st;
    char bytes[1 << 13];
    int fd = strcmp(path, "-") && !stat(path, &st) && S_ISREG(st.st_mode) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return false;
    ssize_t n = pread(fd, bytes, sizeof bytes, 0);
    close(fd);
    return n > 0 && is_lines((kpi_text){bytes, (size_t)n});
}

int kpi_goals_read(kpi_goals *g, const char *path, const kpi_report *report, kpi_error *e) {
    kpi__input *input;
    char *bytes;
    size_t length;
    int code;
    if (starts_like_lines(path)) {
        code = kpi__input_open(&input, path, e);
        return code ? code : kpi__goals_read_lines(g, input, report, e);
    }
    if ((code = kpi__read_whole(path, &bytes, &length, e))) return code;
    kpi_text text = {bytes, length};
    if (!is_lines(text))
        code = kpi_goals_parse(g, path, text, report, e);
    else if (!(code = kpi__input_memory(&input, path, text, e)))
        code = kpi__goals_read_lines(g, input, report, e);
    free(bytes);
    return code;
}

/* ---- finding ---- */

/* The row among those of owner in the runs [from, end) that is about metric and has the id of its own that starts
 * with period; KPI__NONE: none. */
static uint32_t find_in_run(const kpi_goals *g, kpi_text period, uint32_t owner, uint32_t metric, size_t from,
                            size_t end) {
    uint32_t number = kpi__goals_run(g, owner, from, end);
    if (number == KPI__NONE) return KPI__NONE;
    const kpi__run *run = &g->run[number];
    for (uint32_t k = 0; k < run[1].first - run->first; k++) {
        size_t i = kpi__run_row(g, run, k);
        const kpi__goal_row *row = kpi__rows_at(&g->rows, i);
        const kpi__kind *kind = &g->kind[row->kind & ~KPI__EXTRA];
        if (kind->metric != metric) continue;
        bool has_id = row->kind & KPI__EXTRA && g->extra[row->more]->id;
        return !has_id && !kpi_text_compare(kpi_text_of(g->when[kind->when].text), period) ? (uint32_t)i : KPI__NONE;
    }
    return KPI__NONE;
}

static bool an_owner_has(const kpi_goals *g, size_t bytes) {
    if (bytes < 64) return g->short_names >> bytes & 1;
    return g->long_names && kpi__pairs_find(g->long_names, (uint32_t)bytes, 0) != KPI__NONE;
}

/* A compact id: PERIOD/OWNER/METRIC, where owner and metric may hold slashes themselves. */
static uint32_t find_compact(const kpi_goals *g, kpi_text id) {
    const char *end = id.ptr + id.len, *slash = memchr(id.ptr, '/', id.len);
    kpi_text text = {id.ptr, slash ? (size_t)(slash - id.ptr) : 0};
    kpi_period period;
    size_t from = 0, runs = 0;
    if (!slash || kpi_period_parse(text, &period)) return KPI__NONE;
    kpi__goals_runs(g, period, &from, &runs);
    const char *owner = slash + 1, *p = owner;
    uint32_t found = KPI__NONE;
    for (; from < runs && found == KPI__NONE && (p = memchr(p, '/', (size_t)(end - p))); p++) {
        if (!an_owner_has(g, (size_t)(p - owner))) continue; /* all slashes, a long id */
        uint32_t o = kpi__dict_find(g->owners, (kpi_text){owner, (size_t)(p - owner)});
        uint32_t m = kpi__dict_find(g->metrics, (kpi_text){p + 1, (size_t)(end - p - 1)});
        if (o != KPI__NONE && m != KPI__NONE) found = find_in_run(g, text, o, m, from, runs);
    }
    return found;
}

uint32_t kpi__goals_row(const kpi_goals *g, kpi_text id) {
    uint32_t known = kpi__dict_find(g->ids, id);
    return known != KPI__NONE ? g->id_row[known] : find_compact(g, id);
}

bool kpi_goals_find(const kpi_goals *g, kpi_text id, kpi_goal *out) {
    uint32_t row = kpi__goals_row(g, id);
    if (row == KPI__NONE) return false;
    *out = kpi__goal_of(g, row);
    return true;
}

/* snprintf would take longer than all else that a line of a goal needs. */
size_t kpi_goal_id(const kpi_goal *goal, char *out, size_t size) {
    const char *const compact[] = {goal->period_text, "/", goal->owner, "/", goal->metric};
    const char *const *piece = goal->id ? &goal->id : compact;
    size_t length = 0, at = 0;
    for (size_t i = 0; i < (goal->id ? 1 : KPI__COUNT(compact)); i++) {
        size_t n = strlen(piece[i]), fits = at + n < size ? n : size ? size - 1 - at : 0;
        if (fits) memcpy(out + at, piece[i], fits);
        at += fits;
        length += n;
    }
    if (size) out[at] = 0;
    return length;
}

void kpi__id_text(const kpi_goal *goal, char out[KPI__QUOTE_SIZE]) {
    char id[KPI__QUOTE_SIZE], quoted[KPI__QUOTE_SIZE];
    kpi_goal_id(goal, id, sizeof id);
    kpi__quote(quoted, kpi_text_of(id));
    size_t n = strlen(quoted) - 2;
    memcpy(out, quoted + 1, n);
    out[n] = 0;
}

size_t kpi_goals_nearest(const kpi_goals *g, kpi_text id, char *out, size_t size) {
    char one[LONGEST_HINT];
    size_t most = kpi__likeness(id), found = 0;
    for (size_t i = 0; i < g->size && most; i++) {
        kpi_goal goal = kpi_goals_at(g, i);
        size_t n = kpi_goal_id(&goal, one, sizeof one);
        if (n < sizeof one && kpi__nearer(id, (kpi_text){one, n}, &most)) found = kpi_goal_id(&goal, out, size);
    }
    return found;
}

/* what: "unknown goal". place: where it is named. */
static int fail_unknown(kpi_place place, const char *what, kpi_text id, const char *nearest, kpi_error *e) {
    return kpi__fail_at(e, KPI_DATA, place, "%s: %s%s%s", what, KPI__QUOTE(id),
                        *nearest ? "; the nearest known one is " : "",
                        *nearest ? KPI__QUOTE(kpi_text_of(nearest)) : "");
}

int kpi_goals_get(const kpi_goals *g, kpi_text id, kpi_goal *out, kpi_error *e) {
    char nearest[LONGEST_HINT] = "";
    if (kpi_goals_find(g, id, out)) return KPI_OK;
    kpi_goals_nearest(g, id, nearest, sizeof nearest);
    return fail_unknown((kpi_place){"", 0, 0}, "unknown goal", id, nearest, e);
}

size_t kpi_goals_schemes(const kpi_goals *g) { return g->schemes; }
const kpi_scheme *kpi_goals_scheme_at(const kpi_goals *g, size_t i) { return g->scheme[i]; }

int kpi_goals_scheme(const kpi_goals *g, kpi_period period, const char *period_text, const kpi_scheme **out,
                     kpi_error *e) {
    const kpi_scheme *holds = NULL;
    char at[KPI_ERROR_SIZE];
    for (size_t i = 0; i < g->schemes; i++) {
        const kpi_scheme *scheme = g->scheme[i];
        if (!scheme->has_period && g->schemes > 1)
            return kpi__fail_at(e, KPI_DATA, scheme->place, "scheme %s has no period and is not the only one",
                                KPI__QUOTE(kpi_text_of(scheme->name)));
        if (!kpi__scheme_holds(scheme, period)) continue;
        if (holds)
            return kpi__fail_at(e, KPI_DATA, scheme->place, "scheme %s and scheme %s at %s both hold for %s",
                                KPI__QUOTE(kpi_text_of(scheme->name)), KPI__QUOTE(kpi_text_of(holds->name)),
                                place_text(holds->place, at), period_text);
        holds = scheme;
    }
    *out = holds;
    return holds ? KPI_OK : kpi__fail(e, KPI_DATA, "no scheme holds for %s", period_text);
}

/* ---- targets ---- */

const kpi_target *kpi_goal_on(const kpi_goal *goal, kpi_day as_of) {
    const kpi_target *set = &goal->set;
    for (const kpi_revision *revision = goal->revision; revision && revision->on <= as_of; revision = revision->next)
        set = &revision->set;
    return set;
}

/* PERCENT is a whole number of 1/100 in millionths: baseline * (1 + p/100) = baseline * (PERCENT + p) / PERCENT. */
#define PERCENT (100 * KPI_ONE)

kpi_ratio kpi_target_value(const kpi_target *set) {
    if (!set->percent) return (kpi_ratio){set->target, 1};
    kpi_decimal num = set->baseline * (PERCENT + set->target);
    return num % PERCENT ? (kpi_ratio){num, PERCENT} : (kpi_ratio){num / PERCENT, 1};
}

/* What a target must be by itself, and by the metric when its scheme is known. */
static int check_target(const kpi_target *set, const kpi_metric *metric, kpi_place place, kpi_error *e) {
    kpi_decimal product;
    if (set->percent && (__builtin_mul_overflow(set->baseline, PERCENT + set->target, &product) ||
                         product / PERCENT > KPI_DECIMAL_MAX || product / PERCENT < -KPI_DECIMAL_MAX))
        return kpi__fail_at(e, KPI_DATA, place, "the target is out of range");
    kpi_ratio target = kpi_target_value(set);
    if (!set->has_baseline)
        return target.num >= 0 ? KPI_OK : kpi__fail_at(e, KPI_DATA, place, "a target below 0 needs a baseline");
    kpi_decimal baseline = set->baseline * target.den;
    if (target.num == baseline) return kpi__fail_at(e, KPI_DATA, place, "the target equals the baseline");
    if (metric && (target.num < baseline) != metric->lower)
        return kpi__fail_at(e, KPI_DATA, place, "from baseline to target is %s, but better for %s is %s",
                            metric->lower ? "up" : "down", KPI__QUOTE(kpi_text_of(metric->name)),
                            metric->lower ? "lower" : "higher");
    return KPI_OK;
}

/* ---- checks of a goal ---- */

static int fail_unknown_metric(const kpi_goal *goal, const kpi_scheme *scheme, kpi_error *e) {
    return kpi__fail_at(e, KPI_DATA, goal->place, "scheme %s knows no metric %s", KPI__QUOTE(kpi_text_of(scheme->name)),
                        KPI__QUOTE(kpi_text_of(goal->metric)));
}

int kpi__scheme_metric_of(const kpi_goals *g, size_t scheme, uint32_t metric) {
    uint32_t number = kpi__pairs_find(g->known, (uint32_t)scheme, metric);
    return number == KPI__NONE ? -1 : (int)(number - g->scheme_metric[scheme]);
}

/* The metric of goal in the schemes that hold for it, or else in any; all that hold must know it. */
static int find_metric(const kpi_goals *g, const kpi_goal *goal, const kpi_scheme **scheme, const kpi_metric **metric,
                       kpi_error *e) {
    *scheme = NULL;
    *metric = NULL;
    bool held = false;
    uint32_t number = kpi__dict_find(g->metrics, kpi_text_of(goal->metric));
    for (size_t i = 0; i < g->schemes; i++) {
        bool holds = kpi__scheme_holds(g->scheme[i], goal->period);
        if (*scheme && !holds) continue;
        int index = kpi__scheme_metric_of(g, i, number);
        if (holds && index < 0) return fail_unknown_metric(goal, g->scheme[i], e);
        if (index < 0 || held) continue;
        held = holds;
        *scheme = g->scheme[i];
        *metric = &g->scheme[i]->metric[index];
    }
    return g->schemes && !*metric ? fail_unknown_metric(goal, g->scheme[0], e) : KPI_OK;
}

const kpi_metric *kpi__goals_metric(const kpi_goals *g, const kpi_goal *goal) {
    const kpi_scheme *scheme;
    const kpi_metric *metric;
    return find_metric(g, goal, &scheme, &metric, NULL) ? NULL : metric;
}

static int check_setting(const kpi_target *set, const kpi_scheme *scheme, const kpi_metric *metric, kpi_place place,
                         kpi_error *e) {
    int code = check_target(set, metric, place, e);
    if (!code && scheme && set->has_weight && kpi_decimal_digits(set->weight) > scheme->digits)
        return kpi__fail_at(e, KPI_DATA, place, "a weight with more than %d decimals (digits of the scheme)",
                            scheme->digits);
    return code;
}

/* Slashes can give two compact goals one id: a/b + c and a + b/c. */
static int check_slashes(const kpi_goals *g, uint32_t row, const kpi_goal *goal, kpi_error *e) {
    if (goal->id || (!strchr(goal->owner, '/') && !strchr(goal->metric, '/'))) return KPI_OK;
    size_t n = kpi_goal_id(goal, NULL, 0);
    char *id = malloc(n + 1);
    if (!id) return kpi__fail_memory(e);
    kpi_goal_id(goal, id, n + 1);
    uint32_t other = find_compact(g, (kpi_text){id, n});
    int code = other == row ? KPI_OK : fail_id_twice(g, other, goal->place, (kpi_text){id, n}, e);
    free(id);
    return code;
}

/* Looking for the nearest id takes a look at all of them, so it is done for the first few only. */
static int fail_unknown_goal(kpi_goals *g, kpi_place place, const char *what, const char *id, kpi_error *e) {
    char nearest[LONGEST_HINT] = "";
    if (g->hints < HINTS) kpi_goals_nearest(g, kpi_text_of(id), nearest, sizeof nearest);
    g->hints += g->hints < HINTS;
    return fail_unknown(place, what, kpi_text_of(id), nearest, e);
}

static int check_goal(kpi_goals *g, uint32_t row, kpi_error *e) {
    const kpi_scheme *scheme;
    const kpi_metric *metric;
    kpi_goal goal = kpi__goal_of(g, row);
    int code = check_slashes(g, row, &goal, e);
    if (!code) code = find_metric(g, &goal, &scheme, &metric, e);
    if (!code) code = check_setting(&goal.set, scheme, metric, goal.place, e);
    for (const kpi_revision *revision = goal.revision; revision && !code; revision = revision->next)
        code = check_setting(&revision->set, scheme, metric, revision->place, e);
    if (code || !goal.story || !*goal.story->supports) return code;
    if (kpi__goals_row(g, kpi_text_of(goal.story->supports)) == KPI__NONE)
        return fail_unknown_goal(g, goal.place, "supports an unknown goal", goal.story->supports, e);
    return KPI_OK;
}

/* Whether a goal of kind is valid, by the same checks, when its target is not below 0 and its owner has no slash. */
static bool is_simple(const kpi_goals *g, const kpi__kind *kind) {
    const kpi_scheme *scheme;
    const kpi_metric *metric;
    const char *name = kpi__dict_key(g->metrics, kind->metric).ptr;
    kpi_goal goal = {.metric = name, .period = g->when[kind->when].days};
    kpi_target set = {.has_weight = kind->has_weight, .weight = kind->weight};
    return !strchr(name, '/') && !find_metric(g, &goal, &scheme, &metric, NULL) &&
           !check_setting(&set, scheme, metric, goal.place, NULL);
}

/* ---- references ---- */

/* The last revision and review of a goal so far; an array of them, by extra, lives while references are resolved. */
struct tail {
    kpi_revision *revision;
    kpi_review *review;
};

static int add_revision(kpi__extra *goal, struct tail *tail, const kpi__mention *m, kpi_error *e) {
    const kpi_revision *last = tail->revision;
    char at[KPI_ERROR_SIZE];
    if (last && m->revision->on < last->on)
        return kpi__fail_at(e, KPI_DATA, m->revision->place, "a revision of %s dated before the one at %s",
                            KPI__QUOTE(kpi_text_of(m->id)), place_text(last->place, at));
    kpi_target set = m->given;
    const kpi_target *before = last ? &last->set : &goal->set;
    if (!set.has_baseline) set.has_baseline = before->has_baseline, set.baseline = before->baseline;
    if (!set.has_weight) set.has_weight = before->has_weight, set.weight = before->weight;
    if (set.percent && !set.has_baseline)
        return kpi__fail_at(e, KPI_DATA, m->revision->place, "a target in %% needs a baseline");
    m->revision->set = set;
    if (tail->revision)
        tail->revision->next = m->revision;
    else
        goal->revision = m->revision;
    tail->revision = m->revision;
    return KPI_OK;
}

static int add_review(kpi_goals *g, kpi__extra *goal, struct tail *tail, const kpi__mention *m, kpi_error *e) {
    if (tail->review) {
        tail->review->next = m->review;
    } else { /* a story of its own, as the goal's is not to be changed under those who hold it */
        kpi_story *story = kpi__arena_get(g->arena, sizeof *story);
        if (!story) return kpi__fail_memory(e);
        *story = goal->story ? *goal->story : (kpi_story){.title = "", .why = "", .supports = ""};
        story->reviewed = m->review;
        goal->story = story;
    }
    tail->review = m->review;
    return KPI_OK;
}

struct tails {
    struct tail *tail;
    size_t room;
};

static int resolve(kpi_goals *g, struct tails *tails, const kpi__mention *m, kpi_error *e) {
    uint32_t found = kpi__goals_row(g, kpi_text_of(m->id));
    if (found == KPI__NONE) return fail_unknown_goal(g, m->place, "unknown goal", m->id, e);
    kpi__goal_row *row = kpi__rows_at(&g->rows, found);
    kpi__extra *extra = kpi__goals_extra(g, row);
    if (!extra || !kpi__goals_doubt(g, found)) return kpi__fail_memory(e);
    while (tails->room <= row->more)
        if (!kpi__grow(&tails->tail, tails->room, &tails->room, sizeof *tails->tail)) return kpi__fail_memory(e);
    struct tail *tail = &tails->tail[row->more];
    return m->revision ? add_revision(extra, tail, m, e) : add_review(g, extra, tail, m, e);
}

static int resolve_all(kpi_goals *g, const kpi_report *report, kpi_error *e) {
    int code = KPI_OK;
    struct tails tails = {0};
    for (size_t i = 0; i < g->waits && !code; i++)
        if ((code = resolve(g, &tails, &g->waiting[i], e)) == KPI_DATA) code = kpi__tell(report, e);
    free(tails.tail);
    g->waits = 0;
    return code;
}

/* ---- the whole ---- */

/* An id that is written and that another, compact goal has by itself. */
static int check_id(const kpi_goals *g, uint32_t number, kpi_error *e) {
    kpi_text id = kpi__dict_key(g->ids, number);
    uint32_t row = g->id_row[number], other = row == KPI__NONE ? KPI__NONE : find_compact(g, id);
    if (other == KPI__NONE) return KPI_OK;
    return fail_id_twice(g, other, kpi__row_place(g, kpi__rows_at(&g->rows, row)), id, e);
}

static int by_place(const void *x, const void *y, void *context) {
    return kpi__row_compare(context, *(const uint32_t *)x, *(const uint32_t *)y);
}

/* The rows that are not plainly sound, in the order written. Those that are wrong, and doubles, which were told of
 * before, are left out when report lets the work go on. */
static int check_doubtful(kpi_goals *g, const kpi_report *report, kpi_error *e) {
    size_t wrong = 0;
    int code = KPI_OK;
    if (g->doubts) qsort_r(g->doubtful, g->doubts, sizeof *g->doubtful, by_place, g);
    for (size_t i = 0; i < g->doubts && !code; i++) {
        if (i && g->doubtful[i] == g->doubtful[i - 1]) continue;
        if (!(code = check_goal(g, g->doubtful[i], e))) continue;
        if (code == KPI_DATA) code = kpi__tell(report, e);
        if (!code) g->doubtful[wrong++] = g->doubtful[i];
    }
    if (code || !wrong) return code;
    for (size_t i = 0; i < wrong; i++) kpi__goals_leave_out(g, g->doubtful[i]);
    for (size_t i = 0; i < g->lefts; i++) kpi__goals_leave_out(g, g->left[i]);
    return kpi__goals_order(g, report, e);
}

int kpi_goals_check(kpi_goals *g, const kpi_report *report, kpi_error *e) {
    for (uint32_t i = 0; i < kpi__dict_size(g->kinds); i++) g->kind[i].simple = is_simple(g, &g->kind[i]);
    int code = kpi__goals_order(g, report, e);
    if (!code && g->waits) code = resolve_all(g, report, e);
    for (uint32_t i = 0; i < kpi__dict_size(g->ids) && !code; i++)
        if ((code = check_id(g, i, e)) == KPI_DATA) code = kpi__tell(report, e);
    return code ? code : check_doubtful(g, report, e);
}
