/* unit.h - what unit tests share: cmocka with what it needs before it, values out of their texts, reports that
 * collect, lines and goals out of strings, files in a folder of their own, and numbers at random that are the same
 * in each run. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../libkpi/internal.h"

#define TEXT(literal) ((kpi_text){(literal), sizeof(literal) - 1}) /* may hold NUL */
#define COUNT         KPI__COUNT

/* ---- values ---- */

static inline kpi_decimal number(const char *text) {
    kpi_decimal value = 0;
    if (kpi_decimal_parse(kpi_text_of(text), &value)) fail_msg("not a number: %s", text);
    return value;
}

static inline kpi_day day(const char *text) {
    kpi_day value = 0;
    if (kpi_date_parse(kpi_text_of(text), &value, NULL)) fail_msg("not a date: %s", text);
    return value;
}

static inline kpi_period period(const char *text) {
    kpi_period value = {0, 0};
    if (kpi_period_parse(kpi_text_of(text), &value)) fail_msg("not a period: %s", text);
    return value;
}

/* Decimals and ratios are compared as texts. */
static inline void expect_number(kpi_ratio value, int digits, const char *text, const char *file, int line) {
    char out[KPI_NUMBER_SIZE];
    kpi_ratio_format(value, digits, out);
    _assert_string_equal(out, text, file, line);
}
#define expect_decimal(value, text)       expect_number((kpi_ratio){(value), 1}, KPI_EXACT, (text), __FILE__, __LINE__)
#define expect_ratio(value, digits, text) expect_number((value), (digits), (text), __FILE__, __LINE__)

/* ---- errors and reports ---- */

/* The error as it is shown; lives until the next call. */
static inline const char *shown(const kpi_error *error) {
    static char text[KPI_ERROR_SIZE];
    kpi_error_format(error, text, sizeof text);
    return text;
}

#define expect_ok(call, error)                                              \
    do {                                                                    \
        int code_ = (call);                                                 \
        if (code_) fail_msg("%s: code %d, %s", #call, code_, shown(error)); \
    } while (0)
#define expect_failure(call, expected, error, text)  \
    do {                                             \
        assert_int_equal((call), (expected));        \
        assert_int_equal((error)->code, (expected)); \
        assert_string_equal(shown(error), (text));   \
    } while (0)

/* Collects problems, a line each, warnings with "warning: " before them. Ends the work at the problem numbered stop
 * (1-based; 0: never). */
struct heard {
    size_t n, stop, used;
    char text[16384];
};

static inline int hear(void *context, const kpi_error *problem) {
    struct heard *heard = context;
    int n = snprintf(heard->text + heard->used, sizeof heard->text - heard->used, "%s%s\n",
                     problem->code == KPI_OK ? "warning: " : "", shown(problem));
    heard->used += (size_t)n;
    assert_true(heard->used < sizeof heard->text);
    return ++heard->n == heard->stop;
}

static inline kpi_report hearing(struct heard *heard) { return (kpi_report){.fn = hear, .context = heard}; }

/* ---- lines ---- */

/* The fields of text, which must outlive the line, cut at its TABs. */
static inline kpi_line line_of(const char *text) {
    kpi_line line = {.file = "test", .number = 1, .text = kpi_text_of(text)};
    for (const char *p = text;; p++) {
        size_t n = strcspn(p, "\t");
        if (line.fields < KPI_FIELDS) line.field[line.fields] = (kpi_text){p, n};
        line.fields++;
        p += n;
        if (!*p) return line;
    }
}

/* ---- goals ---- */

/* YAML read, and checked where so wanted. */
static inline kpi_goals *goals_of(const char *yaml, bool check) {
    kpi_error error = {0};
    kpi_goals *goals = NULL;
    expect_ok(kpi_goals_new(&goals, 0, &error), &error);
    expect_ok(kpi_goals_parse(goals, "goals.yaml", kpi_text_of(yaml), NULL, &error), &error);
    if (check) expect_ok(kpi_goals_check(goals, NULL, &error), &error);
    return goals;
}

/* ---- files ---- */

static char temp_folder[256];

static inline int make_temp_folder(void **state) {
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(temp_folder, sizeof temp_folder, "%.200s/kpi-unit.XXXXXX", base && *base ? base : "/tmp");
    return mkdtemp(temp_folder) ? 0 : -1;
}

static inline int drop_temp_folder(void **state) {
    (void)state;
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", temp_folder);
    return system(command) != 0;
}

/* The path of a file in the folder; one of eight buffers that take turns. */
static inline const char *temp_path(const char *name) {
    static char path[8][320];
    static unsigned turn;
    char *out = path[turn++ % COUNT(path)];
    snprintf(out, sizeof path[0], "%s/%s", temp_folder, name);
    return out;
}

static inline const char *temp_file(const char *name, kpi_text bytes) {
    const char *path = temp_path(name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* text with the folder taken out of each path in it, in place. */
static inline char *without_folder(char *text) {
    size_t n = strlen(temp_folder) + 1;
    for (char *p = text; (p = strstr(p, temp_folder)); memmove(p, p + n, strlen(p + n) + 1)) {
    }
    return text;
}

/* ---- chance ---- */

static inline uint64_t random_below(uint64_t n) { /* xorshift64* */
    static uint64_t state = 88172645463325252u;
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (state * 2685821657736338717u >> 11) % n;
}

static inline int64_t random_from(int64_t low, int64_t high) { /* both included */
    return low + (int64_t)random_below((uint64_t)(high - low) + 1);
}

#endif
