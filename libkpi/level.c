/* level.c - ratings of those who rate high and of those who rate low, made comparable.
 *
 * Feedback is read twice: once to count the ratings of each rater, and once more, from the same open files and up to
 * the same byte, to give it on with other scores. Of what can be read only once the bytes are kept. All bad lines are
 * told of the first time.
 *
 * A rater's shift, the mean of all less his own, is a fraction that hardly ever ends. Scores are whole millionths, so
 * that of the shift only its floor has to be known, and whether what is left is less than, more than or just half a
 * millionth: then a shifted score is rounded correctly by adding whole numbers. */
#include "internal.h"

#include <stdlib.h>

typedef struct rater {
    kpi_decimal sum;
    uint64_t n;
    kpi_decimal shift; /* rounded down */
    int half;          /* -1, 0, 1: what is left is less than half a millionth, just half, more */
    bool moves;
} rater;

typedef struct raters { /* by number in dict */
    kpi__dict *dict;
    rater *rater;
    size_t room;
} raters;

typedef struct file { /* to be read once more */
    kpi__input *input;  /* a regular file, from `from` to `to` */
    uint64_t from, to;
    char *name, *bytes; /* input NULL: what came through a pipe */
    size_t length;
} file;

struct kpi_level {
    kpi_level_options options;
    raters all;
    file *file;
    size_t files, room;
};

typedef struct worker {
    const kpi_level *level;
    raters raters;
    unsigned n;
    uint16_t line[KPI__BATCH];
    kpi_text client[KPI__BATCH];
    uint32_t number[KPI__BATCH];
    char score[KPI__BATCH + 1][KPI_NUMBER_SIZE]; /* the last: of an odd line, while those of a batch are in use */
} worker;

/* ---- making ---- */

static bool raters_new(raters *r) {
    *r = (raters){.dict = kpi__dict_new()};
    return r->dict != NULL;
}

static void raters_free(raters *r) {
    kpi__dict_free(r->dict);
    free(r->rater);
}

static rater *rater_at(raters *r, uint32_t number) {
    while (number >= r->room)
        if (!kpi__grow(&r->rater, r->room, &r->room, sizeof *r->rater)) return NULL;
    return &r->rater[number];
}

int kpi_level_new(kpi_level **out, const kpi_level_options *options, kpi_error *e) {
    kpi_level *level = calloc(1, sizeof *level);
    if (!level || !raters_new(&level->all)) {
        free(level);
        return kpi__fail_memory(e);
    }
    kpi_level_options *o = &level->options;
    *o = *options;
    if (!o->low && !o->high) o->high = 10 * KPI_ONE;
    kpi_decimal range = o->high - o->low;
    int code = range <= 0 ? kpi__fail(e, KPI_USAGE, "the scale is empty") : KPI_OK;
    if (!code && (o->high + range > KPI_DECIMAL_MAX || o->low - range < -KPI_DECIMAL_MAX))
        code = kpi__fail(e, KPI_USAGE, "scores of such a scale cannot be moved within what numbers can be");
    if (code)
        kpi_level_free(level);
    else
        *out = level;
    return code;
}

void kpi_level_free(kpi_level *level) {
    if (!level) return;
    for (size_t i = 0; i < level->files; i++) {
        kpi__input_free(level->file[i].input);
        free(level->file[i].name);
        free(level->file[i].bytes);
    }
    free(level->file);
    raters_free(&level->all);
    free(level);
}

/* ---- which lines count ---- */

static bool is_self(kpi_text source) { return source.len == 4 && !memcmp(source.ptr, "self", 4); }

static bool source_counts(const kpi_level *level, kpi_text source) {
    return (level->options.self || !is_self(source)) && kpi_names_pass(level->options.sources, source);
}

static bool day_counts(const kpi_level *level, int64_t day) {
    const kpi_level_options *o = &level->options;
    return !o->has_period || (day >= o->period.first && day <= o->period.last);
}

/* Of a batch: those that are not odd. What is outside the scale becomes odd. */
static void find_lines(worker *w, kpi__batch *batch, const kpi__columns *columns) {
    const kpi_level *level = w->level;
    const int64_t *day = columns->value[KPI_FEEDBACK_DATE], *score = columns->value[KPI_FEEDBACK_SCORE];
    w->n = 0;
    for (unsigned i = 0; i < batch->lines; i++) {
        if (batch->odd[i] || score[i] == KPI__EMPTY || !day_counts(level, day[i])) continue;
        if (!source_counts(level, kpi__inner(batch, i, KPI_FEEDBACK_SOURCE))) continue;
        batch->odd[i] = score[i] < level->options.low || score[i] > level->options.high;
        kpi_text client = kpi__inner(batch, i, KPI_FEEDBACK_CLIENT);
        if (batch->odd[i] || !client.len) continue;
        w->client[w->n] = client;
        w->line[w->n++] = (uint16_t)i;
    }
}

/* Of a line, which is valid. KPI_NO: it does not count. */
static int find_score(const kpi_level *level, const kpi_line *line, kpi_decimal *score, kpi_error *e) {
    kpi_day day;
    kpi_text text = line->field[KPI_FEEDBACK_SCORE];
    kpi_date_parse(line->field[KPI_FEEDBACK_DATE], &day, NULL);
    if (!text.len || !day_counts(level, day) || !source_counts(level, line->field[KPI_FEEDBACK_SOURCE])) return KPI_NO;
    kpi_decimal_parse(text, score);
    int code = kpi__check_scale(*score, level->options.low, level->options.high, line, e);
    return code ? code : line->field[KPI_FEEDBACK_CLIENT].len ? KPI_OK : KPI_NO;
}

/* ---- the first time ---- */

static bool count(raters *r, uint32_t number, kpi_decimal sum, uint64_t n) {
    rater *one = number == KPI__NONE ? NULL : rater_at(r, number);
    if (!one) return false;
    one->sum += sum; /* in range: 2^57 lines of the largest scores are not enough for 128 bits */
    one->n += n;
    return true;
}

static int count_batch(void *context, kpi__batch *batch, const kpi__columns *columns, kpi__block *block,
                       kpi_error *e) {
    worker *w = context;
    (void)block;
    find_lines(w, batch, columns);
    kpi__count_odds(batch);
    bool done = kpi__dict_put_many(w->raters.dict, w->client, w->n, w->number);
    for (unsigned i = 0; i < w->n && done; i++)
        done = count(&w->raters, w->number[i], columns->value[KPI_FEEDBACK_SCORE][w->line[i]], 1);
    return done ? KPI_OK : kpi__fail_memory(e);
}

static int count_line(void *context, kpi_line *line, kpi__block *block, kpi_error *e) {
    worker *w = context;
    kpi_decimal score;
    (void)block;
    int code = find_score(w->level, line, &score, e);
    if (code) return code == KPI_NO ? KPI_OK : code;
    uint32_t number = kpi__dict_put(w->raters.dict, line->field[KPI_FEEDBACK_CLIENT]);
    return count(&w->raters, number, score, 1) ? KPI_OK : kpi__fail_memory(e);
}

static bool merge(raters *to, const raters *from) {
    uint32_t n = kpi__dict_size(from->dict), *number = malloc((n + 1) * sizeof *number);
    bool done = number && kpi__dict_merge(to->dict, from->dict, number);
    for (uint32_t i = 0; i < n && done; i++)
        done = i >= from->room || count(to, number[i], from->rater[i].sum, from->rater[i].n);
    free(number);
    return done;
}

static void crew_free(worker **crew, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        if (crew[i]) raters_free(&crew[i]->raters);
        free(crew[i]);
    }
}

/* NULL in crew[i]: no memory. */
static bool crew_new(const kpi_level *level, worker **crew, unsigned n) {
    bool ready = true;
    for (unsigned i = 0; i < n; i++) crew[i] = NULL;
    for (unsigned i = 0; i < n && ready; i++) {
        if (!(ready = (crew[i] = calloc(1, sizeof **crew)) != NULL)) break;
        crew[i]->level = level;
        ready = raters_new(&crew[i]->raters);
    }
    return ready;
}

static int count_input(kpi_level *level, kpi__input *input, const kpi_report *report, kpi_error *e) {
    const kpi__taker take = {kpi_record_of(KPI_FEEDBACK), count_batch, count_line};
    unsigned workers = kpi__input_workers(input, level->options.threads);
    worker *crew[KPI__THREADS];
    int code;
    if (crew_new(level, crew, workers))
        code = kpi__each_batch(input, &take, (void *const *)crew, workers, NULL, report, e);
    else {
        kpi__input_free(input);
        code = kpi__fail_memory(e);
    }
    for (unsigned i = 0; i < workers && !code; i++)
        if (!merge(&level->all, &crew[i]->raters)) code = kpi__fail_memory(e);
    crew_free(crew, workers);
    return code;
}

/* Notes what it takes to read input once more; of what is no regular file makes *input that of the bytes. */
static int note_file(kpi_level *level, kpi__input **input, kpi_error *e) {
    if (!kpi__grow(&level->file, level->files, &level->room, sizeof *level->file)) return kpi__fail_memory(e);
    file *f = &level->file[level->files++];
    if (kpi__input_span(*input, &f->from, &f->to)) return kpi__input_again(&f->input, *input, e);
    if (!(f->name = strdup(kpi__input_name(*input)))) return kpi__fail_memory(e);
    kpi__input *pipe = *input;
    *input = NULL;
    int code = kpi__input_whole(pipe, &f->bytes, &f->length, e);
    return code ? code : kpi__input_memory(input, f->name, (kpi_text){f->bytes, f->length}, e);
}

int kpi_level_read(kpi_level *level, const char *path, const kpi_report *report, kpi_error *e) {
    kpi__input *input;
    int code = kpi__input_open(&input, path, e);
    if (!code && (code = note_file(level, &input, e))) kpi__input_free(input);
    return code ? code : count_input(level, input, report, e);
}

/* ---- the second time ---- */

/* The shift of a rater, where sum / n is the mean of all. */
static bool set_shift(rater *r, kpi_decimal sum, uint64_t n) {
    kpi__wide up, down, den, w;
    kpi__wide_set(&up, sum);
    kpi__wide_set(&w, (kpi_decimal)r->n);
    kpi__wide_mul(&up, &up, &w);
    kpi__wide_set(&down, r->sum);
    kpi__wide_set(&den, (kpi_decimal)n);
    kpi__wide_mul(&down, &down, &den);
    kpi__wide_sub(&up, &up, &down);
    kpi__wide_mul(&den, &den, &w);
    r->moves = kpi__wide_sign(&up) != 0;
    if (!kpi__wide_floor(&up, &den, &r->shift)) return false;
    kpi__wide_set(&w, r->shift);
    kpi__wide_mul(&w, &w, &den);
    kpi__wide_sub(&up, &up, &w);
    kpi__wide_add(&up, &up, &up);
    r->half = kpi__wide_compare(&up, &den);
    return true;
}

static bool set_shifts(kpi_level *level) {
    raters *all = &level->all;
    uint32_t known = kpi__dict_size(all->dict);
    kpi_decimal sum = 0;
    uint64_t n = 0, least = level->options.least;
    bool done = true;
    for (uint32_t i = 0; i < known; i++) {
        if (all->rater[i].n < least) continue;
        sum += all->rater[i].sum;
        n += all->rater[i].n;
    }
    for (uint32_t i = 0; i < known && done; i++)
        if (all->rater[i].n >= least) done = set_shift(&all->rater[i], sum, n);
    return done;
}

/* Where score is another one, its text in out; *value stays as it is where not. false: the rater is not known. */
static bool move(const kpi_level *level, uint32_t number, kpi_decimal score, char out[KPI_NUMBER_SIZE],
                 kpi_text *value) {
    const kpi_level_options *o = &level->options;
    if (number == KPI__NONE || number >= level->all.room) return false;
    const rater *r = &level->all.rater[number];
    if (!r->moves) return true;
    kpi_decimal moved = score + r->shift;
    if (r->half > 0 || (r->half == 0 && moved >= 0)) moved++;
    if (o->clamp && moved < o->low) moved = o->low;
    if (o->clamp && moved > o->high) moved = o->high;
    if (moved != score) *value = (kpi_text){out, kpi_decimal_format(moved, KPI_EXACT, out)};
    return true;
}

static int fail_changed(kpi_error *e) {
    return kpi__fail(e, KPI_SYSTEM, "a file changed between its two readings");
}

static int move_batch(void *context, kpi__batch *batch, const kpi__columns *columns, kpi_text *value, kpi_error *e) {
    worker *w = context;
    find_lines(w, batch, columns);
    kpi__dict_find_many(w->level->all.dict, w->client, w->n, w->number);
    for (unsigned k = 0; k < w->n; k++) {
        unsigned i = w->line[k];
        if (!move(w->level, w->number[k], columns->value[KPI_FEEDBACK_SCORE][i], w->score[k], &value[i]))
            return fail_changed(e);
    }
    return KPI_OK;
}

static int move_line(void *context, const kpi_line *line, kpi_text *value, kpi_error *e) {
    worker *w = context;
    kpi_decimal score;
    int code = find_score(w->level, line, &score, e);
    if (code) return code == KPI_NO ? KPI_OK : code;
    uint32_t number = kpi__dict_find(w->level->all.dict, line->field[KPI_FEEDBACK_CLIENT]);
    return move(w->level, number, score, w->score[KPI__BATCH], value) ? KPI_OK : fail_changed(e);
}

/* They were told the first time. */
static int pass_over(void *context, const kpi_error *problem) {
    (void)context, (void)problem;
    return 0;
}

static int write_file(kpi_level *level, file *f, kpi__outlet *to, kpi_error *e) {
    const kpi__change change = {kpi_record_of(KPI_FEEDBACK), KPI_FEEDBACK_SCORE, move_batch, move_line};
    kpi__input *input = f->input;
    worker *crew[KPI__THREADS];
    int code = KPI_OK;
    if (input)
        kpi__input_narrow(input, f->from, f->to);
    else
        code = kpi__input_memory(&input, f->name, (kpi_text){f->bytes, f->length}, e);
    f->input = NULL;
    if (code) return code;
    unsigned workers = kpi__input_workers(input, level->options.threads);
    if (crew_new(level, crew, workers))
        code = kpi__change_lines(input, &change, (void *const *)crew, workers, to, e);
    else {
        kpi__input_free(input);
        code = kpi__fail_memory(e);
    }
    crew_free(crew, workers);
    return code;
}

int kpi_level_write(kpi_level *level, kpi_grep_put *put, void *context, kpi_error *e) {
    const kpi_report report = {.fn = pass_over, .context = NULL};
    kpi__outlet to = {put, context, &report, 0};
    int code = set_shifts(level) ? KPI_OK : kpi__fail(e, KPI_DATA, "a mean is out of range");
    for (size_t i = 0; i < level->files && !code; i++) code = write_file(level, &level->file[i], &to, e);
    return code;
}
