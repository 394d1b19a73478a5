/* followup.c - feedback that waits for an answer, as visits to be planned.
 *
 * Visits come first: of each client the latest day it was seen, and the latest plan that is not cancelled or missed.
 * Then every line of feedback is judged at once, and of those that wait too long only what a visit needs is kept: for
 * each manager and client the worst line, the places of the first ones, and how many there are. The order of lines
 * does not matter, but for which places are named. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { PLACES = 4, COMMENT = 160 /* code points */ };

typedef struct visit { /* to be planned */
    uint32_t manager, client;
    bool passive;
    kpi_decimal score; /* of the worst line, as all up to place */
    kpi_day day;
    const char *theme, *comment;
    kpi_place place;
    uint64_t lines;
    kpi_place first[PLACES];
    kpi_text purpose, note; /* once finished */
} visit;

typedef struct seen { /* of a client; KPI_DAY_FIRST: never */
    kpi_day done, plan;
} seen;

struct kpi_followup {
    kpi_followup_options options;
    kpi__arena *arena;
    kpi__dict *clients, *managers, *files;
    kpi__pairs *plans, *pairs; /* client x day; manager x client, in step with visit */
    int64_t *open;             /* by plan: planned less cancelled and missed */
    seen *seen;                /* by client, as long as there are visits of it */
    visit *visit;
    size_t open_room, seen_room, visit_room;
    uint32_t clients_seen;     /* clients that have a `seen` */
    bool sealed;
    uint64_t nameless;
    kpi_place nameless_first;
};

/* ---- making ---- */

int kpi_followup_new(kpi_followup **out, const kpi_followup_options *options, kpi_error *e) {
    kpi_followup *f = calloc(1, sizeof *f);
    if (!f) return kpi__fail_memory(e);
    f->options = *options;
    if (!options->low && !options->high) f->options.high = 10 * KPI_ONE;
    if (options->detractors < 0) f->options.detractors = 2;
    if (options->passives < 0) f->options.passives = 5;
    if (!(f->arena = kpi__arena_new()) || !(f->clients = kpi__dict_new()) || !(f->managers = kpi__dict_new()) ||
        !(f->files = kpi__dict_new()) || !(f->plans = kpi__pairs_new()) || !(f->pairs = kpi__pairs_new())) {
        kpi_followup_free(f);
        return kpi__fail_memory(e);
    }
    *out = f;
    return KPI_OK;
}

void kpi_followup_free(kpi_followup *f) {
    if (!f) return;
    kpi__arena_free(f->arena);
    kpi__dict_free(f->clients);
    kpi__dict_free(f->managers);
    kpi__dict_free(f->files);
    kpi__pairs_free(f->plans);
    kpi__pairs_free(f->pairs);
    free(f->open);
    free(f->seen);
    free(f->visit);
    free(f);
}

/* ---- what both kinds of lines have ---- */

static bool known_then(const kpi_followup *f, kpi_text logged) {
    return !f->options.has_as_of || kpi__known_on(logged, f->options.today);
}

static kpi_day day_of(kpi_text date) {
    kpi_day day = 0;
    kpi_date_parse(date, &day, NULL);
    return day;
}

static kpi_place place_of(kpi_followup *f, const kpi_line *line) { /* file NULL: no memory */
    uint32_t file = kpi__dict_put(f->files, kpi_text_of(line->file));
    return (kpi_place){file == KPI__NONE ? NULL : kpi__dict_key(f->files, file).ptr, line->number, 0};
}

/* ---- visits ---- */

static bool add_plan(kpi_followup *f, uint32_t client, kpi_day day, int change) {
    uint32_t plan = kpi__pairs_put(f->plans, client, (uint32_t)day);
    if (plan == KPI__NONE || !kpi__grow(&f->open, plan, &f->open_room, sizeof *f->open)) return false;
    f->open[plan] += change;
    return true;
}

static uint32_t add_client(kpi_followup *f, kpi_text name) {
    uint32_t client = kpi__dict_put(f->clients, name);
    if (client == KPI__NONE || !kpi__grow(&f->seen, client, &f->seen_room, sizeof *f->seen)) return KPI__NONE;
    if (client == f->clients_seen) f->seen[f->clients_seen++] = (seen){KPI_DAY_FIRST, KPI_DAY_FIRST};
    return client;
}

int kpi_followup_visit(kpi_followup *f, const kpi_line *line, kpi_error *e) {
    if (f->sealed) return kpi__fail(e, KPI_USAGE, "visits come before feedback");
    kpi_text name = line->field[KPI_VISIT_CLIENT];
    if (!name.len || !known_then(f, line->field[KPI_VISIT_LOGGED])) return KPI_OK;
    uint32_t client = add_client(f, name);
    if (client == KPI__NONE) return kpi__fail_memory(e);
    kpi_day day = day_of(line->field[KPI_VISIT_DATE]);
    char status = *line->field[KPI_VISIT_STATUS].ptr; /* the four differ in it */
    if (status != 'd') return add_plan(f, client, day, status == 'p' ? 1 : -1) ? KPI_OK : kpi__fail_memory(e);
    if (day <= f->options.today && day > f->seen[client].done) f->seen[client].done = day;
    return KPI_OK;
}

/* After the last visit: the latest plan of each client. */
static void seal(kpi_followup *f) {
    for (uint32_t i = 0; i < kpi__pairs_size(f->plans) && !f->sealed; i++) {
        uint32_t client, day;
        kpi__pairs_key(f->plans, i, &client, &day);
        if (f->open[i] > 0 && (kpi_day)day > f->seen[client].plan) f->seen[client].plan = (kpi_day)day;
    }
    f->sealed = true;
}

/* Whether the client was seen after day, or will be: a plan counts until it is as late as the answer may be. (As that
 * is over for the day itself, it is of a later one.) */
static bool is_covered(const kpi_followup *f, kpi_text client, kpi_day day, int64_t wait) {
    uint32_t number = kpi__dict_find(f->clients, client);
    if (number >= f->clients_seen) return false;
    const seen *s = &f->seen[number];
    return s->done > day || f->options.today <= s->plan + wait;
}

/* ---- feedback ---- */

/* Ratings of colleagues are no client's, unless they are asked for. */
static bool is_of_source(const kpi_followup *f, kpi_text source) {
    static const char *const colleagues[] = {"peer", "supervisor", "self"};
    if (f->options.sources.n) return kpi_names_pass(f->options.sources, source);
    return !kpi_names_pass((kpi_names){colleagues, KPI__COUNT(colleagues)}, source);
}

/* How many days an answer may take; < 0: there is none to be given. As `unresolved` and nps have it: detractors are
 * below 7/10 of the scale, promoters from 9 on, or 9/10 of other scales. */
static int64_t wait_of(const kpi_followup *f, kpi_decimal score, bool *passive) {
    const kpi_followup_options *o = &f->options;
    bool ten = o->high == 10 * KPI_ONE && (o->low == 0 || o->low == KPI_ONE);
    kpi__row row;
    kpi__count_feedback(&(kpi__fold){o->low, o->high, 0}, true, score, false, &row);
    *passive = !row.count[KPI__UNRESOLVED];
    if (!*passive) return o->detractors;
    bool promoter = ten ? row.count[KPI__PROMOTERS] : 10 * (score - o->low) >= 9 * (o->high - o->low);
    return promoter ? -1 : o->passives;
}

/* Who is to see client: who owns it now, or else whom the feedback concerns. NULL: it is nobody's client any more. */
static const char *owner_of(const kpi_followup *f, kpi_text client) {
    const kpi_book *book = f->options.client_book;
    kpi_period today = {f->options.today, f->options.today};
    size_t n = 0;
    if (!book || !client.len || !kpi_book_find(book, client, &n)) return "";
    const kpi_entry *entry = kpi_book_at(book, client, today);
    return entry ? entry->of : NULL;
}

typedef struct worry { /* a line that waits too long */
    const kpi_line *line;
    kpi_text manager, client;
    kpi_day day;
    kpi_decimal score;
    bool passive;
} worry;

/* Detractors first, then the lower score, the earlier day; then bytes, so that the order of lines does not matter. */
static bool is_worse(const worry *w, const visit *v) {
    if (w->passive != v->passive) return v->passive;
    if (w->score != v->score) return w->score < v->score;
    if (w->day != v->day) return w->day < v->day;
    int order = kpi_text_compare(w->line->field[KPI_FEEDBACK_THEME], kpi_text_of(v->theme));
    if (!order) order = kpi_text_compare(w->line->field[KPI_FEEDBACK_COMMENT], kpi_text_of(v->comment));
    return order < 0;
}

static bool make_worst(kpi_followup *f, visit *v, const worry *w, kpi_place place) {
    v->theme = kpi__arena_text(f->arena, w->line->field[KPI_FEEDBACK_THEME]);
    v->comment = kpi__arena_text(f->arena, w->line->field[KPI_FEEDBACK_COMMENT]);
    v->passive = w->passive;
    v->score = w->score;
    v->day = w->day;
    v->place = place;
    return v->theme && v->comment;
}

static bool add_worry(kpi_followup *f, const worry *w) {
    kpi_place place = place_of(f, w->line);
    uint32_t manager = kpi__dict_put(f->managers, w->manager), client = kpi__dict_put(f->clients, w->client);
    if (!place.file || manager == KPI__NONE || client == KPI__NONE) return false;
    uint32_t before = kpi__pairs_size(f->pairs), number = kpi__pairs_put(f->pairs, manager, client);
    if (number == KPI__NONE || !kpi__grow(&f->visit, number, &f->visit_room, sizeof *f->visit)) return false;
    visit *v = &f->visit[number];
    if (number == before) *v = (visit){.manager = manager, .client = client};
    if (v->lines < PLACES) v->first[v->lines] = place;
    bool worst = !v->lines || is_worse(w, v);
    v->lines++;
    return !worst || make_worst(f, v, w, place);
}

/* Whether it passes all that is asked for. *w is what it would be when it waits too long. */
static bool passes(const kpi_followup *f, const kpi_line *line, worry *w) {
    const kpi_followup_options *o = &f->options;
    *w = (worry){.line = line, .client = line->field[KPI_FEEDBACK_CLIENT], .day = day_of(line->field[0])};
    const char *owner = owner_of(f, w->client);
    if (!owner) return false;
    w->manager = *owner ? kpi_text_of(owner) : line->field[KPI_FEEDBACK_MANAGER];
    return (!o->has_period || kpi_period_inside((kpi_period){w->day, w->day}, o->period)) &&
           is_of_source(f, line->field[KPI_FEEDBACK_SOURCE]) && kpi_names_pass(o->clients, w->client) &&
           kpi_names_pass(o->managers, w->manager) && known_then(f, line->field[KPI_FEEDBACK_LOGGED]);
}

int kpi_followup_feedback(kpi_followup *f, const kpi_line *line, kpi_error *e) {
    const kpi_followup_options *o = &f->options;
    kpi_text score = line->field[KPI_FEEDBACK_SCORE], resolved = line->field[KPI_FEEDBACK_RESOLVED];
    worry w;
    seal(f);
    if (!score.len || !passes(f, line, &w)) return KPI_OK;
    kpi_decimal_parse(score, &w.score);
    int code = kpi__check_scale(w.score, o->low, o->high, line, e);
    if (code || (resolved.len && day_of(resolved) <= o->today)) return code;
    int64_t wait = wait_of(f, w.score, &w.passive);
    if (wait < 0 || (int64_t)o->today - w.day <= wait) return KPI_OK;
    if (!w.client.len) {
        if (!f->nameless++) f->nameless_first = place_of(f, line);
        return f->nameless_first.file ? KPI_OK : kpi__fail_memory(e);
    }
    if (is_covered(f, w.client, w.day, wait)) return KPI_OK;
    return add_worry(f, &w) ? KPI_OK : kpi__fail_memory(e);
}

static int take_visit(void *f, kpi_line *line, kpi_error *e) { return kpi_followup_visit(f, line, e); }
static int take_feedback(void *f, kpi_line *line, kpi_error *e) { return kpi_followup_feedback(f, line, e); }

int kpi_followup_read(kpi_followup *f, enum kpi_record_kind kind, const char *path, const kpi_report *report,
                      kpi_error *e) {
    kpi_reader *reader;
    kpi__take *take = kind == KPI_VISIT ? take_visit : take_feedback;
    int code = kpi_reader_open(&reader, path, e);
    return code ? code : kpi__each_record(reader, kpi_record_of(kind), take, f, report, e);
}

/* ---- visits as texts ---- */

/* How much of a text in line form makes at most `codes` code points, no pair with a backslash cut. */
static size_t start_of(kpi_text text, unsigned codes) {
    size_t n = 0;
    for (unsigned length; codes && n < text.len; n += length, codes--) {
        kpi__decode(text.ptr + n, text.ptr + text.len, &length);
        if (text.ptr[n] == '\\') length = 2;
    }
    return n;
}

static bool set_purpose(kpi_followup *f, visit *v) {
    char score[KPI_NUMBER_SIZE], day[KPI_PERIOD_SIZE];
    kpi_text comment = kpi_text_of(v->comment);
    size_t n = start_of(comment, COMMENT);
    kpi_decimal_format(v->score, KPI_EXACT, score);
    kpi_day_format(v->day, day);
    char *text = kpi__arena_get(f->arena, strlen(v->theme) + n + 2 * KPI_NUMBER_SIZE);
    if (!text) return false;
    int length = sprintf(text, "feedback %s of %s%s%s%s%.*s%s", score, day, *v->theme ? ": " : "", v->theme,
                         n ? ": " : "", (int)n, comment.ptr, n < comment.len ? "…" : "");
    v->purpose = (kpi_text){text, (size_t)length};
    return true;
}

/* FILE:LINE in line form, whatever bytes the name has, behind what is in text. */
static size_t put_place(char *text, kpi_place place) {
    char shown[4 * KPI_ERROR_SIZE];
    size_t n = kpi_text_show(kpi_text_of(place.file), shown, sizeof shown);
    n = kpi_text_line((kpi_text){shown, n < sizeof shown ? n : 0}, text, 2 * sizeof shown);
    return n + (size_t)sprintf(text + n, ":%llu", (unsigned long long)place.line);
}

static bool set_note(kpi_followup *f, visit *v) {
    enum { ROOM = (PLACES + 1) * (8 * KPI_ERROR_SIZE + 32) };
    char *text = malloc(ROOM);
    size_t n = 0, named = 0;
    if (!text) return false;
    n += put_place(text, v->place);
    for (size_t i = 0; i < v->lines && i < PLACES && named + 1 < PLACES; i++) {
        if (v->first[i].file == v->place.file && v->first[i].line == v->place.line) continue;
        n += (size_t)sprintf(text + n, ", ");
        n += put_place(text + n, v->first[i]);
        named++;
    }
    if (named + 1 < v->lines)
        n += (size_t)sprintf(text + n, " and %llu more", (unsigned long long)(v->lines - named - 1));
    const char *kept = kpi__arena_text(f->arena, (kpi_text){text, n});
    free(text);
    v->note = (kpi_text){kept, n};
    return kept != NULL;
}

/* ---- results ---- */

static int by_manager(const void *x, const void *y, void *context) {
    const kpi_followup *f = context;
    const visit *a = x, *b = y;
    int order = kpi_text_compare(kpi__dict_key(f->managers, a->manager), kpi__dict_key(f->managers, b->manager));
    if (order) return order;
    return kpi_text_compare(kpi__dict_key(f->clients, a->client), kpi__dict_key(f->clients, b->client));
}

int kpi_followup_finish(kpi_followup *f, kpi_error *e) {
    size_t n = kpi_followup_size(f);
    seal(f);
    for (size_t i = 0; i < n; i++)
        if (!set_purpose(f, &f->visit[i]) || !set_note(f, &f->visit[i])) return kpi__fail_memory(e);
    if (n) qsort_r(f->visit, n, sizeof *f->visit, by_manager, f);
    return KPI_OK;
}

size_t kpi_followup_size(const kpi_followup *f) { return kpi__pairs_size(f->pairs); }

kpi_planned kpi_followup_at(const kpi_followup *f, size_t i) {
    const visit *v = &f->visit[i];
    return (kpi_planned){kpi__dict_key(f->managers, v->manager), kpi__dict_key(f->clients, v->client), v->purpose,
                         v->note, v->lines};
}

uint64_t kpi_followup_nameless(const kpi_followup *f, kpi_place *first) {
    if (f->nameless) *first = f->nameless_first;
    return f->nameless;
}
