/* node.c - from the nodes of a YAML document to the members of structs, driven by tables of keys. */
#include "internal.h"

#include <stdarg.h>
#include <string.h>

kpi_place kpi__node_place(const kpi__reading *r, const kpi__node *node) {
    return (kpi_place){r->file, node->line, node->column};
}

int kpi__fail_node(kpi__reading *r, const kpi__node *node, const char *format, ...) {
    char text[sizeof r->e->text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return kpi__fail_at(r->e, KPI_DATA, kpi__node_place(r, node), "%s", text);
}

static bool is_text(const kpi__node *node, const char *text, size_t length) {
    return node->length == length && !memcmp(node->text, text, length);
}

const kpi__node *kpi__node_child(const kpi__node *map, const char *key) {
    size_t length = strlen(key);
    for (const kpi__node *child = map->kind == KPI__MAP ? map->child : NULL; child; child = child->next)
        if (is_text(child->key, key, length)) return child;
    return NULL;
}

size_t kpi__node_children(const kpi__node *node) {
    size_t n = 0;
    for (const kpi__node *child = node->kind == KPI__SCALAR ? NULL : node->child; child; child = child->next) n++;
    return n;
}

enum { KEYS = 32 }; /* bits of seen */

/* Sets found[i] to the child of map with key i. */
static int find_keys(kpi__reading *r, const kpi__node *map, const char *what, const kpi__key *key, size_t keys,
                     const kpi__node *found[KEYS]) {
    for (size_t i = 0; i < keys; i++) found[i] = NULL;
    for (const kpi__node *child = map->child; child; child = child->next) {
        const char *name = child->key->text;
        size_t i = 0;
        while (i < keys && (*key[i].name != *name || strcmp(key[i].name, name))) i++;
        if (i == keys)
            return kpi__fail_node(r, child->key, "unknown key of %s: %s", what,
                                  KPI__QUOTE(kpi__node_text(child->key)));
        found[i] = child;
    }
    return KPI_OK;
}

int kpi__read_map(kpi__reading *r, const kpi__node *map, const char *what, const kpi__key *key, size_t keys, void *into,
                  uint32_t *seen) {
    const kpi__node *found[KEYS];
    if (map->kind != KPI__MAP) return kpi__fail_node(r, map, "%s must be a map of keys", what);
    int code = find_keys(r, map, what, key, keys, found);
    if (seen && !code) *seen = 0;
    for (size_t i = 0; i < keys && !code; i++) {
        const kpi__node *child = found[i];
        if (!child && key[i].required) return kpi__fail_node(r, map, "%s lacks the key '%s'", what, key[i].name);
        if (!child) continue;
        if (seen) *seen |= UINT32_C(1) << i;
        code = key[i].read ? key[i].read(r, child, (char *)into + key[i].offset) : KPI_OK;
    }
    return code;
}

int kpi__read_many(kpi__reading *r, const kpi__node *node, enum kpi__node_kind kind, const char *what, size_t size,
                   void *out, size_t *n) {
    if (node->kind != kind) return kpi__fail_node(r, node, "%s must be a %s", what, kind == KPI__MAP ? "map" : "list");
    *n = kpi__node_children(node);
    if (!*n) return kpi__fail_node(r, node, "%s is empty", what);
    void *array = kpi__arena_get(r->arena, *n * size);
    if (!array) return kpi__fail_memory(r->e);
    memcpy(out, &array, sizeof array);
    return KPI_OK;
}

/* ---- scalars ---- */

static const char *label(const kpi__node *node) { return node->key ? node->key->text : "item"; }

static int need_scalar(kpi__reading *r, const kpi__node *node) {
    if (node->kind != KPI__SCALAR)
        return kpi__fail_node(r, node, "%s must be one value", KPI__QUOTE(kpi_text_of(label(node))));
    if (!*node->text) return kpi__fail_node(r, node, "%s is empty", KPI__QUOTE(kpi_text_of(label(node))));
    return KPI_OK;
}

/* A copy of node's text in line form. */
static int keep(kpi__reading *r, const kpi__node *node, const char **into) {
    kpi_text plain = kpi__node_text(node);
    size_t size = node->simple ? plain.len : kpi_text_line(plain, NULL, 0);
    if (size == plain.len) return (*into = kpi__arena_text(r->arena, plain)) ? KPI_OK : kpi__fail_memory(r->e);
    char *line = kpi__arena_get(r->arena, size + 1);
    if (!line) return kpi__fail_memory(r->e);
    kpi_text_line(plain, line, size);
    *into = line;
    return KPI_OK;
}

int kpi__read_name(kpi__reading *r, const kpi__node *node, void *into) {
    const char **name = into;
    int code = need_scalar(r, node);
    if (!code) code = keep(r, node, name);
    if (code || node->simple) return code;
    const char *fault = kpi_name_fault(kpi_text_of(*name));
    return fault ? kpi__fail_node(r, node, "%s: %s", fault, KPI__QUOTE(kpi_text_of(*name))) : KPI_OK;
}

int kpi__read_prose(kpi__reading *r, const kpi__node *node, void *into) {
    int code = need_scalar(r, node);
    return code ? code : keep(r, node, into);
}

int kpi__read_number(kpi__reading *r, const kpi__node *node, void *into) {
    int code = need_scalar(r, node);
    if (code) return code;
    if (kpi_decimal_parse(kpi__node_text(node), into))
        return kpi__fail_node(r, node, "not a number: %s", KPI__QUOTE(kpi__node_text(node)));
    return KPI_OK;
}

int kpi__read_not_negative(kpi__reading *r, const kpi__node *node, void *into) {
    int code = kpi__read_number(r, node, into);
    if (!code && *(kpi_decimal *)into < 0)
        return kpi__fail_node(r, node, "below 0: %s", KPI__QUOTE(kpi__node_text(node)));
    return code;
}

int kpi__read_period(kpi__reading *r, const kpi__node *node, void *into) {
    kpi__named_period *period = into;
    int code = kpi__read_name(r, node, &period->text);
    if (!code && kpi_period_parse(kpi_text_of(period->text), &period->days))
        return kpi__fail_node(r, node, "not a period: %s", KPI__QUOTE(kpi__node_text(node)));
    return code;
}

int kpi__read_day(kpi__reading *r, const kpi__node *node, void *into) {
    int code = need_scalar(r, node);
    if (code) return code;
    if (node->length != 10 || kpi_date_parse(kpi__node_text(node), into, NULL))
        return kpi__fail_node(r, node, "not a date: %s", KPI__QUOTE(kpi__node_text(node)));
    return KPI_OK;
}

int kpi__read_flag(kpi__reading *r, const kpi__node *node, void *into) {
    bool *flag = into;
    int code = need_scalar(r, node);
    if (code) return code;
    *flag = !strcmp(node->text, "true");
    if (!*flag && strcmp(node->text, "false"))
        return kpi__fail_node(r, node, "neither true nor false: %s", KPI__QUOTE(kpi__node_text(node)));
    return KPI_OK;
}
