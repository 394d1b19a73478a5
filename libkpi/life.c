/* life.c - what happened to a goal, day by day: set, agreed, reviewed, revised.
 *
 * An event is about one thing that was set or changed, so that a revision of target and weight gives two. On one day a
 * review comes before the revision that mostly follows from it; else the order is that of the documents. */
#include "internal.h"

#include <stdlib.h>

struct entry {
    kpi_event event;
    size_t number; /* as they were added */
};

struct kpi_life {
    struct entry *entry;
    size_t n, room;
    bool has_as_of;
    kpi_day as_of;
};

static bool add(kpi_life *l, const kpi_event *event) {
    if (event->has_day && l->has_as_of && event->on > l->as_of) return true;
    if (!kpi__grow(&l->entry, l->n, &l->room, sizeof *l->entry)) return false;
    l->entry[l->n] = (struct entry){*event, l->n};
    l->n++;
    return true;
}

static kpi_ratio value_of(bool known, kpi_decimal value) { return (kpi_ratio){known ? value : 0, 1}; }

/* What `set` says beside `before` (NULL: nothing was set before it), each with what event tells of its document. */
static bool add_settings(kpi_life *l, kpi_event event, const kpi_target *before, const kpi_target *set) {
    event.what = "target";
    event.to = kpi_target_value(set);
    event.has_to = true;
    event.has_from = before != NULL;
    if (before) event.from = kpi_target_value(before);
    if (!add(l, &event)) return false;
    const struct {
        const char *what;
        bool was, is;
        kpi_decimal from, to;
    } rest[] = {
        {"baseline", before && before->has_baseline, set->has_baseline, before ? before->baseline : 0, set->baseline},
        {"weight", before && before->has_weight, set->has_weight, before ? before->weight : 0, set->weight}};
    for (size_t i = 0; i < KPI__COUNT(rest); i++) {
        event.what = rest[i].what;
        event.has_from = rest[i].was;
        event.has_to = rest[i].is;
        event.from = value_of(rest[i].was, rest[i].from);
        event.to = value_of(rest[i].is, rest[i].to);
        bool same = rest[i].was == rest[i].is && event.from.num == event.to.num;
        if (!same && !add(l, &event)) return false;
    }
    return true;
}

static bool add_story(kpi_life *l, const kpi_goal *goal) {
    const kpi_story *story = goal->story;
    kpi_event event = {.kind = KPI_EVENT_SET, .by = "", .why = "", .next = "", .place = goal->place};
    if (story) event.has_day = story->has_set, event.on = story->set, event.why = story->why;
    if (!add_settings(l, event, NULL, &goal->set)) return false;
    if (!story || !story->has_agreed) return true;
    event = (kpi_event){.kind = KPI_EVENT_AGREED,
                        .has_day = true,
                        .on = story->agreed,
                        .by = "",
                        .what = "",
                        .why = "",
                        .next = "",
                        .place = goal->place};
    return add(l, &event);
}

static bool add_reviews(kpi_life *l, const kpi_review *review) {
    for (; review; review = review->next) {
        kpi_event event = {.kind = KPI_EVENT_REVIEW,
                           .has_day = true,
                           .on = review->on,
                           .by = review->by,
                           .what = "",
                           .why = review->says,
                           .next = review->act,
                           .place = review->place};
        if (!add(l, &event)) return false;
    }
    return true;
}

static bool add_revisions(kpi_life *l, const kpi_goal *goal) {
    const kpi_target *before = &goal->set;
    for (const kpi_revision *r = goal->revision; r; before = &r->set, r = r->next) {
        kpi_event event = {.kind = KPI_EVENT_REVISE,
                           .has_day = true,
                           .on = r->on,
                           .by = r->by,
                           .why = r->reason,
                           .next = "",
                           .place = r->place};
        if (!add_settings(l, event, before, &r->set)) return false;
    }
    return true;
}

static int by_day(const void *x, const void *y) {
    const struct entry *first = x, *second = y;
    const kpi_event *a = &first->event, *b = &second->event;
    if (a->has_day != b->has_day) return a->has_day ? 1 : -1;
    if (a->has_day && a->on != b->on) return a->on < b->on ? -1 : 1;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    return first->number < second->number ? -1 : 1;
}

int kpi_life_new(kpi_life **out, const kpi_goal *goal, bool has_as_of, kpi_day as_of, kpi_error *e) {
    kpi_life *l = calloc(1, sizeof *l);
    if (l) *l = (kpi_life){.has_as_of = has_as_of, .as_of = as_of};
    if (!l || !add_story(l, goal) || !add_reviews(l, goal->story ? goal->story->reviewed : NULL) ||
        !add_revisions(l, goal)) {
        kpi_life_free(l);
        return kpi__fail_memory(e);
    }
    if (l->n) qsort(l->entry, l->n, sizeof *l->entry, by_day);
    *out = l;
    return KPI_OK;
}

void kpi_life_free(kpi_life *l) {
    if (!l) return;
    free(l->entry);
    free(l);
}

size_t kpi_life_size(const kpi_life *l) { return l->n; }
const kpi_event *kpi_life_at(const kpi_life *l, size_t i) { return &l->entry[i].event; }
