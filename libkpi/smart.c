/* smart.c - whether goals are specific, measurable, achievable, relevant and time-bound.
 *
 * One fault, one line: the goal, the letter of the rule, what is wrong and what would mend it. What a stream is refused
 * for anyway (no owner, no period, a target that equals its baseline, support of an unknown goal) is not looked for
 * again. Compact goals have no title, no reviews and support nothing; they are excused, unless all are to be strict. */
#include "internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>

typedef struct work {
    const kpi_goals *goals;
    const kpi_tree *tree;
    const kpi_smart_options *options;
    const kpi_report *report;
    kpi_error *e;
    kpi_goal goal;       /* the one at hand */
    size_t unknown, cut; /* goals without a past; with measures left out of it */
    kpi_goal first_unknown, first_cut;
    uint64_t first_left; /* how many measures of first_cut are left out */
} work;

static int tell(work *w, kpi_place place, const char *format, ...) __attribute__((format(printf, 3, 4)));
static int tell(work *w, kpi_place place, const char *format, ...) {
    char id[KPI__QUOTE_SIZE], what[2 * KPI__LOOP_SIZE];
    va_list arguments;
    kpi__id_text(&w->goal, id);
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    kpi__fail_at(w->e, KPI_DATA, place, "%s: %s", id, what);
    return kpi__tell(w->report, w->e);
}

static const char *day_text(kpi_day day, char out[KPI_PERIOD_SIZE]) {
    kpi_day_format(day, out);
    return out;
}

/* ---- specific ---- */

static int check_title(work *w, const kpi_metric *metric) {
    const char *title = w->goal.story ? w->goal.story->title : "", *name = w->goal.metric;
    if (!*title) return tell(w, w->goal.place, "S: it has no title: say what is to be reached (title)");
    if (!strcasecmp(title, name) || (metric && !strcasecmp(title, metric->title)))
        return tell(w, w->goal.place, "S: the title says no more than the metric, %s: say what is to be reached",
                    KPI__QUOTE(kpi_text_of(title)));
    return KPI_OK;
}

/* ---- measurable ---- */

static int check_unit(work *w, const kpi_metric *metric) {
    if (!metric || *metric->unit) return KPI_OK;
    return tell(w, w->goal.place, "M: the metric %s has no unit: say in the scheme what is counted (unit)",
                KPI__QUOTE(kpi_text_of(metric->name)));
}

/* ---- achievable ---- */

/* best and its part `reach` (in percent) more, away from 0 or towards it, to the better side. false: out of range. */
static bool limit_of(kpi_ratio best, kpi_decimal reach, bool lower, kpi_ratio *out) {
    kpi_decimal hundred = 100 * KPI_ONE, way = (best.num < 0) == lower ? reach : -reach;
    return !__builtin_mul_overflow(best.num, hundred + way, &out->num) &&
           !__builtin_mul_overflow(best.den, hundred, &out->den);
}

static void note_past(work *w, const kpi_past *past) {
    if (!past->n && !w->unknown++) w->first_unknown = w->goal;
    if (past->left_out && !w->cut++) w->first_cut = w->goal, w->first_left = past->left_out;
}

static int check_past(work *w, const kpi_metric *metric) {
    bool lower = metric && metric->lower;
    char target_text[KPI_NUMBER_SIZE], best[KPI_NUMBER_SIZE], median[KPI_NUMBER_SIZE], reach[KPI_NUMBER_SIZE];
    kpi_past past;
    kpi_ratio limit;
    int code = kpi_history_past(w->options->history, &w->goal, &past, w->e);
    if (code == KPI_DATA) return kpi__tell(w->report, w->e);
    if (code) return code;
    note_past(w, &past);
    if (!past.n) return KPI_OK;
    const kpi_smart_options *o = w->options;
    kpi_ratio target = kpi_target_value(kpi_goal_on(&w->goal, o->has_as_of ? o->as_of : w->goal.period.last));
    if (!limit_of(past.best, o->reach, lower, &limit)) return tell(w, w->goal.place, "A: the past is out of range");
    int beyond = kpi__ratio_compare(target, limit), easy = kpi__ratio_compare(past.median, target);
    if (lower) beyond = -beyond, easy = -easy;
    if (beyond <= 0 && easy <= 0) return KPI_OK;
    kpi_ratio_format(target, KPI_EXACT, target_text);
    kpi_ratio_format(past.best, KPI_UP_TO(6), best);
    kpi_ratio_format(past.median, KPI_UP_TO(6), median);
    kpi_decimal_format(o->reach, KPI_EXACT, reach);
    if (beyond > 0)
        return tell(w, w->goal.place,
                    "A: %s is beyond the best of %llu past period%s, %s in %s, by more than %s %% (median %s): set it "
                    "nearer to what was reached",
                    target_text, (unsigned long long)past.n, past.n == 1 ? "" : "s", best, past.best_in, reach, median);
    return tell(w, w->goal.place,
                "A: %s is %s the median of %llu past period%s, %s (best %s in %s): set it to what is an effort",
                target_text, lower ? "above" : "below", (unsigned long long)past.n, past.n == 1 ? "" : "s", median,
                best, past.best_in);
}

static int warn_of_past(work *w) {
    char id[KPI__QUOTE_SIZE];
    int code = KPI_OK;
    if (w->unknown) {
        kpi__id_text(&w->first_unknown, id);
        kpi__fail_at(w->e, KPI_OK, w->first_unknown.place,
                     "%zu goal%s of whose past the history knows nothing, this %s: %s", w->unknown,
                     w->unknown == 1 ? "" : "s", w->unknown == 1 ? "one" : "the first", id);
        code = kpi__tell(w->report, w->e);
    }
    if (code || !w->cut) return code;
    kpi__id_text(&w->first_cut, id);
    kpi__fail_at(w->e, KPI_OK, w->first_cut.place,
                 "%zu goal%s with measures in the history that lie in no past period as a whole and are left out, this "
                 "%s, with %llu: %s",
                 w->cut, w->cut == 1 ? "" : "s", w->cut == 1 ? "one" : "the first", (unsigned long long)w->first_left,
                 id);
    return kpi__tell(w->report, w->e);
}

/* ---- relevant ---- */

static int check_support(work *w) {
    const kpi_story *story = w->goal.story;
    if (story && (story->strategy || *story->supports)) return KPI_OK;
    return tell(w, w->goal.place,
                "R: it supports no goal: name the one that it serves (supports), or mark it as strategy");
}

static int check_loops(work *w) {
    char text[KPI__LOOP_SIZE];
    int code = KPI_OK;
    for (size_t i = 0; i < kpi_tree_loops(w->tree) && !code; i++) {
        size_t at = kpi_tree_loop(w->tree, i);
        w->goal = kpi_goals_at(w->goals, at);
        kpi__loop_text(w->tree, at, text);
        if (!w->options->has_period || kpi_period_inside(w->goal.period, w->options->period))
            code = tell(w, w->goal.place, "R: it %s: let one of them support another goal", text);
    }
    return code;
}

/* ---- time-bound ---- */

static int by_number(const void *x, const void *y) {
    kpi_day a = *(const kpi_day *)x, b = *(const kpi_day *)y;
    return (a > b) - (a < b);
}

static int check_day(work *w, const char *what, kpi_day day, kpi_place place) {
    char on[KPI_PERIOD_SIZE], end[KPI_PERIOD_SIZE];
    if (day <= w->goal.period.last) return KPI_OK;
    return tell(w, place, "T: %s %s, after the end of its period, %s: choose a day before that", what,
                day_text(day, on), day_text(w->goal.period.last, end));
}

/* Set, agreed, to be reviewed and revised while there is time. */
static int check_days(work *w) {
    const kpi_story *story = w->goal.story;
    int code = KPI_OK;
    if (story && story->has_set) code = check_day(w, "set on", story->set, w->goal.place);
    if (!code && story && story->has_agreed) code = check_day(w, "agreed on", story->agreed, w->goal.place);
    for (size_t i = 0; story && i < story->reviews && !code; i++)
        code = check_day(w, "to be reviewed on", story->review[i], w->goal.place);
    for (const kpi_revision *r = w->goal.revision; r && !code; r = r->next)
        code = check_day(w, "revised on", r->on, r->place);
    return code;
}

static int check_agreed(work *w) {
    if (!w->options->agreed || (w->goal.story && w->goal.story->has_agreed)) return KPI_OK;
    return tell(w, w->goal.place, "T: not agreed with its owner: agree on it and say when (agreed)");
}

/* The longest stretch without a review; it ends with a review or with the period. */
static int check_stretches(work *w, const kpi_day *review, size_t n) {
    kpi_period period = w->goal.period;
    kpi_day before = period.first - 1, from = before, to = before;
    char text[2][KPI_PERIOD_SIZE];
    if (kpi_period_days(period) <= KPI_REVIEW_DAYS) return KPI_OK;
    for (size_t i = 0; i <= n; i++) {
        kpi_day next = i < n && review[i] < period.last ? review[i] : period.last;
        if (next - before > to - from) from = before, to = next;
        if (next > before) before = next;
    }
    if (to - from <= KPI_REVIEW_DAYS) return KPI_OK;
    return tell(w, w->goal.place, "T: no review for %d days, from %s to %s: plan one at least every %d days (reviews)",
                to - from, day_text(from + 1, text[0]), day_text(to, text[1]), KPI_REVIEW_DAYS);
}

/* What was held, by days; NULL: nothing, or no memory. */
static kpi_day *days_held(const kpi_review *reviewed, kpi_day until, size_t *n) {
    size_t room = 0;
    kpi_day *held = NULL;
    for (*n = 0; reviewed; reviewed = reviewed->next) {
        if (reviewed->on > until) continue;
        if (!kpi__grow(&held, *n, &room, sizeof *held)) {
            free(held);
            *n = SIZE_MAX;
            return NULL;
        }
        held[(*n)++] = reviewed->on;
    }
    if (held) qsort(held, *n, sizeof *held, by_number);
    return held;
}

/* A review is the one of a day when it was held after the day before that, and before the next one; once. */
static int check_held(work *w, const kpi_day *review, size_t n, const kpi_day *held, size_t helds) {
    char on[KPI_PERIOD_SIZE];
    int code = KPI_OK;
    for (size_t i = 0, h = 0; i < n && review[i] < w->options->today && !code; i++) {
        if (i && review[i] == review[i - 1]) continue;
        size_t next = i + 1;
        while (next < n && review[next] == review[i]) next++;
        while (h < helds && i && held[h] <= review[i - 1]) h++;
        if (h < helds && (next == n || held[h] < review[next]))
            h++;
        else
            code = tell(w, w->goal.place,
                        "T: the review of %s has passed and nothing tells of it: hold it, and note what it found "
                        "(goal-revise --review)",
                        day_text(review[i], on));
    }
    return code;
}

static int check_reviews(work *w) {
    const kpi_story *story = w->goal.story;
    size_t n = story ? story->reviews : 0, helds = 0;
    kpi_day *review = malloc((n + 1) * sizeof *review),
            *held = days_held(story ? story->reviewed : NULL, w->options->today, &helds);
    int code = !review || helds == SIZE_MAX ? kpi__fail_memory(w->e) : KPI_OK;
    if (!code && n) {
        memcpy(review, story->review, n * sizeof *review);
        qsort(review, n, sizeof *review, by_number);
    }
    if (!code) code = check_stretches(w, review, n);
    if (!code) code = check_held(w, review, n, held, helds);
    free(review);
    free(held);
    return code;
}

/* ---- all of them ---- */

static int check_goal(work *w) {
    bool excused = !w->goal.id && !w->options->strict, past = w->options->history != NULL;
    if (excused && !past && !w->goal.revision) return KPI_OK;
    const kpi_metric *metric = kpi__goals_metric(w->goals, &w->goal);
    int code = excused ? KPI_OK : check_title(w, metric);
    if (!code && !excused) code = check_unit(w, metric);
    if (!code && past) code = check_past(w, metric);
    if (!code && !excused) code = check_support(w);
    if (!code) code = check_days(w);
    if (!code && !excused) code = check_agreed(w);
    return code || excused ? code : check_reviews(w);
}

int kpi_smart_check(const kpi_goals *goals, const kpi_tree *tree, const kpi_smart_options *options,
                    const kpi_report *report, kpi_error *e) {
    work w = {.goals = goals, .tree = tree, .options = options, .report = report, .e = e};
    int code = KPI_OK;
    for (size_t i = 0; i < kpi_goals_size(goals) && !code; i++) {
        w.goal = kpi_goals_at(goals, i);
        if (!options->has_period || kpi_period_inside(w.goal.period, options->period)) code = check_goal(&w);
    }
    if (!code) code = check_loops(&w);
    return code ? code : warn_of_past(&w);
}
