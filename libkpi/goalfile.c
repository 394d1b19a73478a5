/* goalfile.c - goal files that grow: documents go in under the lock, once the stream with them was found valid.
 *
 * The file is replaced, not appended to: the first half of a goal may be a goal, with another target. The other files
 * of the stream are read before the lock is taken, so that two who write to each other's files never wait for each
 * other; the file itself, named among them, is passed over, as its shared lock would never come. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Whether both paths lead to one file, by its real name: what is replaced keeps that. */
static int is_same_file(const char *a, const char *b, bool *same, kpi_error *e) {
    errno = 0;
    char *one = realpath(a, NULL), *other = one || errno != ENOMEM ? realpath(b, NULL) : NULL;
    int code = errno == ENOMEM && (!one || !other) ? kpi__fail_memory(e) : KPI_OK;
    *same = one && other && !strcmp(one, other);
    free(one);
    free(other);
    return code;
}

static int read_others(kpi_goals *goals, const char *path, const char *const *with, size_t withs, kpi_error *e) {
    int code = KPI_OK;
    for (size_t i = 0; i < withs && !code; i++) {
        bool same = false;
        if (strcmp(with[i], "-")) code = is_same_file(path, with[i], &same, e);
        if (!code && !same) code = kpi_goals_read(goals, with[i], NULL, e);
    }
    return code;
}

/* before, and documents on lines of their own behind it; to be freed. The lines before them in *lines, as YAML counts
 * them: each ends with CR LF, LF or CR. */
static int join(kpi_text before, kpi_text documents, char **out, size_t *length, uint64_t *lines, kpi_error *e) {
    const char *end = before.ptr + before.len;
    bool open = before.len && end[-1] != '\n';
    char *after = malloc(before.len + open + documents.len);
    if (!after) return kpi__fail_memory(e);
    if (before.len) memcpy(after, before.ptr, before.len);
    if (open) after[before.len] = '\n';
    memcpy(after + before.len + open, documents.ptr, documents.len);
    *out = after;
    *length = before.len + open + documents.len;
    *lines = 0;
    for (const char *p = after; p < after + before.len + open; p++)
        *lines += *p == '\n' || (*p == '\r' && p[1] != '\n');
    return KPI_OK;
}

/* A stream that has been valid stays so; but neither a revision that nobody can still meet is written, nor a goal that
 * comes to support itself. */
static int check_revision(const kpi_goal *goal, const kpi_revision *revision, kpi_error *e) {
    char id[KPI_ERROR_SIZE], end[KPI_PERIOD_SIZE], on[KPI_PERIOD_SIZE];
    if (revision->on <= goal->period.last) return KPI_OK;
    kpi_goal_id(goal, id, sizeof id);
    kpi_day_format(goal->period.last, end);
    kpi_day_format(revision->on, on);
    return kpi__fail_at(e, KPI_DATA, revision->place, "a revision of %s on %s, after the end of its period, %s",
                        KPI__QUOTE(kpi_text_of(id)), on, end);
}

/* Those written behind so many lines of the file. */
static int check_revisions(const kpi_goals *goals, const char *file, uint64_t lines, kpi_error *e) {
    int code = KPI_OK;
    for (size_t i = 0; i < kpi_goals_size(goals) && !code; i++) {
        kpi_goal goal = kpi_goals_at(goals, i);
        for (const kpi_revision *revision = goal.revision; revision && !code; revision = revision->next)
            if (revision->place.line > lines && !strcmp(revision->place.file, file))
                code = check_revision(&goal, revision, e);
    }
    return code;
}

/* A circle that is new has a new goal in it. */
static int check_circles(const kpi_goals *goals, const char *file, uint64_t lines, kpi_error *e) {
    kpi_tree *tree;
    int code = kpi_tree_new(&tree, goals, false, 0, e);
    if (code) return code;
    for (size_t i = 0; i < kpi_tree_loops(tree) && !code; i++) {
        size_t first = kpi_tree_loop(tree, i), at = first;
        do {
            kpi_place place = kpi_goals_at(goals, at).place;
            if (place.line > lines && !strcmp(place.file, file)) code = kpi__fail_loop(tree, at, e);
        } while (!code && (at = kpi_tree_supports(tree, at)) != first);
    }
    kpi_tree_free(tree);
    return code;
}

/* What was left open in the file as it is would else be found only in the new documents. */
static int check_open(const char *path, kpi_text before, kpi_error *e) {
    kpi_goals *goals;
    int code = kpi_goals_new(&goals, 1, e);
    if (code) return code;
    code = kpi_goals_parse(goals, path, before, NULL, e);
    kpi_goals_free(goals);
    return code;
}

static int append(kpi_store *store, kpi_goals *others, const char *path, kpi_text documents, kpi_error *e) {
    kpi_text before;
    char *after = NULL;
    size_t length = 0;
    uint64_t lines = 0;
    int code = kpi_store_content(store, &before, e);
    if (!code) code = check_open(path, before, e);
    if (!code) code = join(before, documents, &after, &length, &lines, e);
    if (!code) code = kpi_goals_parse(others, path, (kpi_text){after, length}, NULL, e);
    if (!code) code = kpi_goals_check(others, NULL, e);
    if (!code) code = check_revisions(others, path, lines, e);
    if (!code) code = check_circles(others, path, lines, e);
    if (!code) code = kpi_store_replace(store, (kpi_text){after, length}, e);
    free(after);
    return code;
}

int kpi_goals_append(const char *path, kpi_text documents, const char *const *with, size_t withs, kpi_error *e) {
    kpi_goals *goals;
    kpi_store *store = NULL;
    if (!documents.len) return KPI_OK;
    int code = kpi_goals_new(&goals, 1, e);
    if (code) return code;
    code = read_others(goals, path, with, withs, e);
    if (!code) code = kpi_store_open(&store, path, false, NULL, e);
    if (!code) code = append(store, goals, path, documents, e);
    int closed = kpi_store_close(store, code ? NULL : e);
    kpi_goals_free(goals);
    return code ? code : closed;
}
