/* compare.h - a stream read twice, as always and by libyaml alone, must give the same trees and the same error. */
#ifndef COMPARE_H
#define COMPARE_H

#include "../../libkpi/internal.h"

#include <stdio.h>

typedef struct compared {
    unsigned documents, scanned; /* all, and those read without libyaml */
    const char *wrong;           /* NULL, or what differs */
} compared;

static inline bool same_scalar(const kpi__node *a, const kpi__node *b, bool *scanned) {
    *scanned |= a->simple;
    if (a->length != b->length || memcmp(a->text, b->text, a->length) != 0 || a->plain != b->plain) return false;
    if (a->text[a->length] || b->text[b->length]) return false;
    if (!a->simple) return true;
    char line[4096];
    kpi_text text = kpi__node_text(a);
    return text.len && !kpi_name_fault(text) &&
           (text.len > sizeof line || kpi_text_line(text, line, sizeof line) == text.len);
}

static inline bool same_tree(const kpi__node *a, const kpi__node *b, bool *scanned) {
    if (a->kind != b->kind || a->line != b->line || a->column != b->column || !a->key != !b->key) return false;
    if (a->key && !same_tree(a->key, b->key, scanned)) return false;
    if (a->kind == KPI__SCALAR) return same_scalar(a, b, scanned);
    const kpi__node *x = a->child, *y = b->child;
    for (; x && y; x = x->next, y = y->next)
        if (!same_tree(x, y, scanned)) return false;
    return !x && !y;
}

static inline compared compare(kpi_text bytes) {
    compared result = {0};
    kpi__yaml *a = NULL, *b = NULL;
    kpi__node *x = NULL, *y = NULL;
    kpi_error e = {0}, f = {0};
    char said[2][KPI_ERROR_SIZE];
    int code = kpi__yaml_open(&a, "f", bytes, &e), other = kpi__yaml_open(&b, "f", bytes, &f);
    if (!code && !other) kpi__yaml_slow(b);
    while (!code && !other && !result.wrong) {
        bool scanned = false;
        code = kpi__yaml_next(a, &x, &e);
        other = kpi__yaml_next(b, &y, &f);
        if (code || other) break;
        if (!same_tree(x, y, &scanned)) result.wrong = "a tree";
        result.documents++;
        result.scanned += scanned;
    }
    kpi_error_format(&e, said[0], sizeof said[0]);
    kpi_error_format(&f, said[1], sizeof said[1]);
    if (code != other) result.wrong = "the outcome";
    if (code == other && code && code != KPI_NO && strcmp(said[0], said[1]) != 0) result.wrong = "an error";
    kpi__yaml_free(a);
    kpi__yaml_free(b);
    return result;
}

#endif
