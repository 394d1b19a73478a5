/* goal.c - the stream of schemes, goals, revisions and reviews, out of any number of files.
 *
 * Reading only collects: each document is judged by itself, goals are numbered as they come, and whatever refers
 * to something else (revise, review, supports, a metric) waits for kpi_goals_check, when all files are in.
 * A goal's number is also its number in `where`, the index by owner, metric and range of days that finds
 * doubles; so compact goals and goal lines, which may be millions, need no id of their own. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct mention { /* a revise or review document that waits for its goal */
    const char *id;
    kpi_revision *revision;
    kpi_review *review;
    kpi_target given; /* of a revision: what it says, has_... telling what it does not */
    kpi_place place;
} mention;

struct kpi_goals {
    kpi__arena *arena;
    kpi_goal *goal;
    size_t goals, goals_room;
    uint32_t *order; /* goals in the order of kpi_goals_at */
    const kpi_scheme **scheme;
    uint32_t *scheme_metric; /* in step: the number in `known` of a scheme's first metric, the others following */
    size_t schemes, schemes_room, scheme_metrics_room;
    mention *waiting;
    size_t waits, waits_room;
    kpi__dict *owners, *metrics, *texts;   /* names; texts of periods and files */
    kpi__pairs *ranges, *subjects, *where; /* first x last; owner x metric; subject x range: the goal */
    kpi__pairs *known;                     /* scheme x metric */
    kpi__pairs *lengths;                   /* of owners' names, x 0 */
    kpi__dict *ids;                        /* written ids, and in step: */
    uint32_t *id_goal;                     /* whose they are */
    size_t id_room;
};

int kpi_goals_new(kpi_goals **out, kpi_error *e) {
    kpi_goals *g = calloc(1, sizeof *g);
    if (!g || !(g->arena = kpi__arena_new()) || !(g->owners = kpi__dict_new()) || !(g->metrics = kpi__dict_new()) ||
        !(g->texts = kpi__dict_new()) || !(g->ranges = kpi__pairs_new()) || !(g->subjects = kpi__pairs_new()) ||
        !(g->where = kpi__pairs_new()) || !(g->known = kpi__pairs_new()) || !(g->lengths = kpi__pairs_new()) ||
        !(g->ids = kpi__dict_new())) {
        kpi_goals_free(g);
        return kpi__fail_memory(e);
    }
    *out = g;
    return KPI_OK;
}

void kpi_goals_free(kpi_goals *g) {
    if (!g) return;
    kpi__arena_free(g->arena);
    kpi__dict_free(g->owners);
    kpi__dict_free(g->metrics);
    kpi__dict_free(g->texts);
    kpi__pairs_free(g->ranges);
    kpi__pairs_free(g->subjects);
    kpi__pairs_free(g->where);
    kpi__pairs_free(g->known);
    kpi__pairs_free(g->lengths);
    kpi__dict_free(g->ids);
    free(g->goal);
    free(g->order);
    free(g->scheme);
    free(g->scheme_metric);
    free(g->waiting);
    free(g->id_goal);
    free(g);
}

static const char *intern(kpi__dict *dict, kpi_text text, uint32_t *number) {
    uint32_t n = kpi__dict_put(dict, text);
    if (number) *number = n;
    return n == KPI__NONE ? NULL : kpi__dict_key(dict, n).ptr;
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

static int fail_twice(const kpi_goal *first, kpi_place place, const char *what, kpi_error *e) {
    char at[KPI_ERROR_SIZE];
    return kpi__fail_at(e, KPI_DATA, place, "%s, set at %s already", what, place_text(first->place, at));
}

static int fail_id_twice(const kpi_goal *first, kpi_place place, kpi_text id, kpi_error *e) {
    char what[KPI__QUOTE_SIZE + 32];
    snprintf(what, sizeof what, "goal %s", KPI__QUOTE(id));
    return fail_twice(first, place, what, e);
}

/* Takes *goal in, its owner, metric and period_text being given as texts. */
static int add_goal(kpi_goals *g, kpi_goal *goal, kpi_text owner, kpi_text metric, kpi_text period, kpi_error *e) {
    uint32_t o, m;
    goal->owner = intern(g->owners, owner, &o);
    goal->metric = intern(g->metrics, metric, &m);
    goal->period_text = intern(g->texts, period, NULL);
    uint32_t range = kpi__pairs_put(g->ranges, (uint32_t)goal->period.first, (uint32_t)goal->period.last);
    if (!goal->owner || !goal->metric || !goal->period_text || range == KPI__NONE) return kpi__fail_memory(e);
    uint32_t subject = kpi__pairs_put(g->subjects, o, m);
    uint32_t number = subject == KPI__NONE ? KPI__NONE : kpi__pairs_put(g->where, subject, range);
    if (number == KPI__NONE || kpi__pairs_put(g->lengths, (uint32_t)owner.len, 0) == KPI__NONE)
        return kpi__fail_memory(e);
    if (number < g->goals) {
        char what[2 * KPI__QUOTE_SIZE];
        snprintf(what, sizeof what, "a goal of %s for %s in %s", KPI__QUOTE(owner), KPI__QUOTE(metric),
                 goal->period_text);
        return fail_twice(&g->goal[number], goal->place, what, e);
    }
    if (!kpi__grow(&g->goal, g->goals, &g->goals_room, sizeof *g->goal)) return kpi__fail_memory(e);
    g->goal[g->goals++] = *goal;
    return KPI_OK;
}

static int add_id(kpi_goals *g, const char *id, uint32_t goal, kpi_place place, kpi_error *e) {
    uint32_t known = kpi__dict_find(g->ids, kpi_text_of(id));
    if (known != KPI__NONE) return fail_id_twice(&g->goal[g->id_goal[known]], place, kpi_text_of(id), e);
    uint32_t number = kpi__dict_put(g->ids, kpi_text_of(id));
    if (number == KPI__NONE || !kpi__grow(&g->id_goal, number, &g->id_room, sizeof *g->id_goal))
        return kpi__fail_memory(e);
    g->id_goal[number] = goal;
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
        if (!intern(g->metrics, kpi_text_of(scheme->metric[i].name), &metric) ||
            kpi__pairs_put(g->known, (uint32_t)g->schemes, metric) == KPI__NONE)
            return kpi__fail_memory(r->e);
    }
    g->scheme[g->schemes++] = scheme;
    return KPI_OK;
}

/* One target of a compact document: a value, or a map with baseline and weight. */
static int read_compact(kpi_goals *g, kpi__reading *r, const kpi__node *node, const char *owner,
                        const kpi__named_period *period) {
    kpi_goal goal = {.period = period->days, .place = kpi__node_place(r, node)};
    const char *metric;
    uint32_t seen = 0;
    int code = kpi__read_name(r, node->key, &metric);
    if (code) return code;
    if (node->kind == KPI__MAP)
        code = kpi__read_map(r, node, "a target", target_keys, KPI__COUNT(target_keys), &goal.set, &seen);
    else
        code = read_target(r, node, &goal.set);
    seen_target(&goal.set, seen);
    if (!code) code = need_baseline(r, node, &goal.set);
    if (!code) code = add_goal(g, &goal, kpi_text_of(owner), kpi_text_of(metric), kpi_text_of(period->text), r->e);
    return code;
}

static int read_goals(kpi_goals *g, kpi__reading *r, const kpi__node *root) {
    static const kpi__key keys[] = {{"goals", kpi__read_period, 0, true}, {"targets", NULL, 0, true}};
    kpi__named_period period;
    int code = kpi__read_map(r, root, "goals", keys, KPI__COUNT(keys), &period, NULL);
    const kpi__node *targets = code ? NULL : kpi__node_child(root, "targets");
    if (!code && (targets->kind != KPI__MAP || !targets->child))
        return kpi__fail_node(r, targets, "targets must be a map of owners");
    for (const kpi__node *owner = targets ? targets->child : NULL; owner && !code; owner = owner->next) {
        const char *name;
        if ((code = kpi__read_name(r, owner->key, &name))) return code;
        if (owner->kind != KPI__MAP || !owner->child)
            return kpi__fail_node(r, owner, "the targets of %s must be a map of metrics",
                                  KPI__QUOTE(kpi_text_of(name)));
        for (const kpi__node *target = owner->child; target && !code; target = target->next)
            code = read_compact(g, r, target, name, &period);
    }
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
    kpi_goal goal = {
        .period = in.period.days, .id = in.goal, .set = in.set, .story = story, .place = kpi__node_place(r, root)};
    if (kpi__dict_find(g->ids, kpi_text_of(in.goal)) == KPI__NONE)
        code = add_goal(g, &goal, kpi_text_of(in.owner), kpi_text_of(in.metric), kpi_text_of(in.period.text), r->e);
    return code ? code : add_id(g, in.goal, (uint32_t)(g->goals - 1), goal.place, r->e);
}

static int wait_for_goal(kpi_goals *g, kpi__reading *r, const mention *m) {
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
    mention m = {.id = in.id, .given = in.set, .place = kpi__node_place(r, kpi__node_child(root, "revise"))};
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
    mention m = {.id = in.id, .place = kpi__node_place(r, kpi__node_child(root, "review"))};
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
    kpi__reading r = {.arena = g->arena, .file = intern(g->texts, kpi_text_of(file), NULL), .e = e};
    if (!r.file) return kpi__fail_memory(e);
    int code = kpi__yaml_open(&yaml, r.file, bytes, e);
    if (code) return code;
    while (!(code = kpi__yaml_next(yaml, &root, e))) {
        if ((code = read_document(g, &r, root)) == KPI_DATA) code = kpi__tell(report, e);
        if (code) break;
    }
    kpi__yaml_free(yaml);
    return code == KPI_NO ? KPI_OK : code;
}

struct taking {
    kpi_goals *goals;
    const char *file;
};

static int take_line(void *context, kpi_line *line, kpi_error *e) {
    const struct taking *taking = context;
    const kpi_text *field = line->field;
    kpi_goal goal = {.place = {taking->file, line->number, 0}};
    kpi_period_parse(field[0], &goal.period);
    goal.set.has_weight = field[3].len && !kpi_decimal_parse(field[3], &goal.set.weight);
    kpi_decimal_parse(field[4], &goal.set.target);
    goal.set.has_baseline = field[5].len && !kpi_decimal_parse(field[5], &goal.set.baseline);
    if (goal.set.weight < 0) return kpi__fail_line(e, line, 4, "below 0: %s", KPI__QUOTE(field[3]));
    return add_goal(taking->goals, &goal, field[1], field[2], field[0], e);
}

static int read_lines(kpi_goals *g, const char *path, kpi_text bytes, const kpi_report *report, kpi_error *e) {
    kpi_reader *reader;
    struct taking taking = {g, intern(g->texts, kpi_text_of(path), NULL)};
    if (!taking.file) return kpi__fail_memory(e);
    int code = kpi__reader_memory(&reader, taking.file, bytes, e);
    return code ? code : kpi__each_record(reader, kpi_record_of(KPI_GOAL), take_line, &taking, report, e);
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

int kpi_goals_read(kpi_goals *g, const char *path, const kpi_report *report, kpi_error *e) {
    char *bytes;
    size_t length;
    int code = kpi__read_whole(path, &bytes, &length, e);
    if (code) return code;
    kpi_text text = {bytes, length};
    code = is_lines(text) ? read_lines(g, path, text, report, e) : kpi_goals_parse(g, path, text, report, e);
    free(bytes);
    return code;
}

/* ---- finding ---- */

/* A compact id: PERIOD/OWNER/METRIC, where owner and metric may hold slashes themselves. */
static const kpi_goal *find_compact(const kpi_goals *g, kpi_text id) {
    const char *end = id.ptr + id.len, *slash = memchr(id.ptr, '/', id.len);
    kpi_text text = {id.ptr, slash ? (size_t)(slash - id.ptr) : 0};
    kpi_period period;
    if (!slash || kpi_period_parse(text, &period)) return NULL;
    uint32_t range = kpi__pairs_find(g->ranges, (uint32_t)period.first, (uint32_t)period.last);
    const char *owner = slash + 1;
    for (const char *p = owner; range != KPI__NONE && (p = memchr(p, '/', (size_t)(end - p))); p++) {
        if (kpi__pairs_find(g->lengths, (uint32_t)(p - owner), 0) == KPI__NONE) continue; /* all slashes, a long id */
        uint32_t o = kpi__dict_find(g->owners, (kpi_text){owner, (size_t)(p - owner)});
        uint32_t m = kpi__dict_find(g->metrics, (kpi_text){p + 1, (size_t)(end - p - 1)});
        uint32_t subject = o == KPI__NONE || m == KPI__NONE ? KPI__NONE : kpi__pairs_find(g->subjects, o, m);
        uint32_t number = subject == KPI__NONE ? KPI__NONE : kpi__pairs_find(g->where, subject, range);
        if (number == KPI__NONE) continue;
        const kpi_goal *goal = &g->goal[number];
        if (!goal->id && kpi_text_compare(kpi_text_of(goal->period_text), text) == 0) return goal;
    }
    return NULL;
}

const kpi_goal *kpi_goals_find(const kpi_goals *g, kpi_text id) {
    uint32_t known = kpi__dict_find(g->ids, id);
    return known != KPI__NONE ? &g->goal[g->id_goal[known]] : find_compact(g, id);
}

size_t kpi_goal_id(const kpi_goal *goal, char *out, size_t size) {
    int n = goal->id ? snprintf(out, size, "%s", goal->id)
                     : snprintf(out, size, "%s/%s/%s", goal->period_text, goal->owner, goal->metric);
    return n < 0 ? 0 : (size_t)n;
}

size_t kpi_goals_size(const kpi_goals *g) { return g->goals; }
const kpi_goal *kpi_goals_at(const kpi_goals *g, size_t i) { return &g->goal[g->order ? g->order[i] : i]; }
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

/* ---- the whole ---- */

static int fail_unknown_metric(const kpi_goal *goal, const kpi_scheme *scheme, kpi_error *e) {
    return kpi__fail_at(e, KPI_DATA, goal->place, "scheme %s knows no metric %s", KPI__QUOTE(kpi_text_of(scheme->name)),
                        KPI__QUOTE(kpi_text_of(goal->metric)));
}

/* The index of a metric (its number) in a scheme; -1: not there. */
static int index_in(const kpi_goals *g, size_t scheme, uint32_t metric) {
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
        int index = index_in(g, i, number);
        if (holds && index < 0) return fail_unknown_metric(goal, g->scheme[i], e);
        if (index < 0 || held) continue;
        held = holds;
        *scheme = g->scheme[i];
        *metric = &g->scheme[i]->metric[index];
    }
    return g->schemes && !*metric ? fail_unknown_metric(goal, g->scheme[0], e) : KPI_OK;
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
static int check_slashes(const kpi_goals *g, const kpi_goal *goal, kpi_error *e) {
    if (goal->id || (!strchr(goal->owner, '/') && !strchr(goal->metric, '/'))) return KPI_OK;
    size_t n = kpi_goal_id(goal, NULL, 0);
    char *id = malloc(n + 1);
    if (!id) return kpi__fail_memory(e);
    kpi_goal_id(goal, id, n + 1);
    const kpi_goal *other = find_compact(g, (kpi_text){id, n});
    int code = other == goal ? KPI_OK : fail_id_twice(other, goal->place, (kpi_text){id, n}, e);
    free(id);
    return code;
}

static int check_goal(const kpi_goals *g, const kpi_goal *goal, kpi_error *e) {
    const kpi_scheme *scheme;
    const kpi_metric *metric;
    int code = check_slashes(g, goal, e);
    if (!code) code = find_metric(g, goal, &scheme, &metric, e);
    if (!code) code = check_setting(&goal->set, scheme, metric, goal->place, e);
    for (const kpi_revision *revision = goal->revision; revision && !code; revision = revision->next)
        code = check_setting(&revision->set, scheme, metric, revision->place, e);
    if (code || !goal->story || !*goal->story->supports) return code;
    if (!kpi_goals_find(g, kpi_text_of(goal->story->supports)))
        return kpi__fail_at(e, KPI_DATA, goal->place, "supports an unknown goal: %s",
                            KPI__QUOTE(kpi_text_of(goal->story->supports)));
    return KPI_OK;
}

/* The last revision and review of a goal so far; an array of them, by goal, lives while references are resolved. */
struct tail {
    kpi_revision *revision;
    kpi_review *review;
};

static int add_revision(kpi_goal *goal, struct tail *tail, const mention *m, kpi_error *e) {
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

static int add_review(kpi_goals *g, kpi_goal *goal, struct tail *tail, const mention *m, kpi_error *e) {
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

static int resolve(kpi_goals *g, struct tail *tails, const mention *m, kpi_error *e) {
    const kpi_goal *found = kpi_goals_find(g, kpi_text_of(m->id));
    if (!found) return kpi__fail_at(e, KPI_DATA, m->place, "unknown goal: %s", KPI__QUOTE(kpi_text_of(m->id)));
    size_t i = (size_t)(found - g->goal);
    return m->revision ? add_revision(&g->goal[i], &tails[i], m, e) : add_review(g, &g->goal[i], &tails[i], m, e);
}

static int resolve_all(kpi_goals *g, const kpi_report *report, kpi_error *e) {
    int code = KPI_OK;
    struct tail *tails = calloc(g->goals + 1, sizeof *tails);
    if (!tails) return kpi__fail_memory(e);
    for (size_t i = 0; i < g->waits && !code; i++)
        if ((code = resolve(g, tails, &g->waiting[i], e)) == KPI_DATA) code = kpi__tell(report, e);
    free(tails);
    g->waits = 0;
    return code;
}

/* An id that is written and that another, compact goal has by itself. */
static int check_id(const kpi_goals *g, uint32_t number, kpi_error *e) {
    const kpi_goal *goal = &g->goal[g->id_goal[number]], *other = find_compact(g, kpi__dict_key(g->ids, number));
    return other ? fail_id_twice(other, goal->place, kpi_text_of(goal->id), e) : KPI_OK;
}

/* The place of the goal's metric in the scheme that holds for it. */
static int metric_order(const kpi_goals *g, const kpi_goal *goal) {
    uint32_t metric = g->schemes ? kpi__dict_find(g->metrics, kpi_text_of(goal->metric)) : KPI__NONE;
    for (size_t i = 0; i < g->schemes; i++) {
        int index = kpi__scheme_holds(g->scheme[i], goal->period) ? index_in(g, i, metric) : -1;
        if (index >= 0) return index;
    }
    return INT32_MAX;
}

struct sorting {
    const kpi_goals *goals;
    const int *metric; /* metric_order of each goal */
};

static int in_order(const void *x, const void *y, void *context) {
    const struct sorting *sorting = context;
    uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
    const kpi_goal *a = &sorting->goals->goal[i], *b = &sorting->goals->goal[j];
    if (a->period.first != b->period.first) return a->period.first < b->period.first ? -1 : 1;
    if (a->period.last != b->period.last) return a->period.last < b->period.last ? -1 : 1;
    if (a->owner != b->owner) return strcmp(a->owner, b->owner); /* owners are interned: same pointer, same name */
    int m = sorting->metric[i], n = sorting->metric[j];
    return m != n ? (m < n ? -1 : 1) : strcmp(a->metric, b->metric);
}

static int put_in_order(kpi_goals *g, kpi_error *e) {
    free(g->order);
    g->order = g->goals ? malloc(g->goals * sizeof *g->order) : NULL;
    if (!g->goals) return KPI_OK;
    int *metric = malloc(g->goals * sizeof *metric);
    if (!g->order || !metric) {
        free(metric);
        return kpi__fail_memory(e);
    }
    for (size_t i = 0; i < g->goals; i++) {
        g->order[i] = (uint32_t)i;
        metric[i] = metric_order(g, &g->goal[i]);
    }
    qsort_r(g->order, g->goals, sizeof *g->order, in_order, &(struct sorting){g, metric});
    free(metric);
    return KPI_OK;
}

int kpi_goals_check(kpi_goals *g, const kpi_report *report, kpi_error *e) {
    int code = g->waits ? resolve_all(g, report, e) : KPI_OK;
    for (uint32_t i = 0; i < kpi__dict_size(g->ids) && !code; i++)
        if ((code = check_id(g, i, e)) == KPI_DATA) code = kpi__tell(report, e);
    for (size_t i = 0; i < g->goals && !code; i++)
        if ((code = check_goal(g, &g->goal[i], e)) == KPI_DATA) code = kpi__tell(report, e);
    return code ? code : put_in_order(g, e);
}
