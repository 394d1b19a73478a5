/* yaml.c - a stream of YAML documents to small trees, each node with its line and column.
 *
 * libyaml reads the syntax; this file, the only one that knows it, refuses what the contract refuses and closes
 * the gaps that libyaml leaves open: bytes are proved clean before it sees them (its reader gives no line, it
 * takes UTF-16, and it takes U+0085, U+2028 and U+2029 for line ends), depth is limited while events come (it
 * recurses in time, not in space), and repeated keys, tags, anchors, aliases and merge keys are refused.
 * Marks count code points from 0 and do not count a BOM, which is cut off here. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { DEPTH = 16, FEW = 12 }; /* levels of nesting; keys of a map that are compared one by one */

typedef struct frame { /* a list or map that is being filled */
    kpi__node *node, *last, *key;
    size_t children, room;
    kpi__dict *seen;       /* of a map with more than FEW keys: its keys, and in step ... */
    kpi__node **seen_node; /* ... where they stand */
} frame;

struct kpi__yaml {
    yaml_parser_t parser;
    const char *file;
    kpi__arena *arena; /* of the current document */
    frame stack[DEPTH];
    unsigned depth;
};

/* ---- bytes ---- */

static const char *fault_of(uint32_t code, const char *p, const char *start) {
    if (code == KPI__NO_CODE) return "not UTF-8";
    if (code == 0xFEFF && p != start) return "a byte order mark inside the file";
    if (code == 0x85 || code == 0x2028 || code == 0x2029) return "a line end that YAML 1.2 does not know";
    if (code != '\t' && code != '\n' && code != '\r' && kpi__is_control(code)) return "a control character";
    return NULL;
}

/* Proves bytes clean. Lines and columns are counted as libyaml does: CR LF, LF and CR each end a line. */
static int check_bytes(const char *file, kpi_text bytes, kpi_error *e) {
    const char *p = bytes.ptr, *end = p + bytes.len;
    kpi_place place = {file, 1, 1};
    if (bytes.len >= 2 && (!memcmp(p, "\xFF\xFE", 2) || !memcmp(p, "\xFE\xFF", 2)))
        return kpi__fail_at(e, KPI_DATA, place, "UTF-16, not UTF-8");
    while (p < end) {
        unsigned length;
        uint32_t code = kpi__decode(p, end, &length);
        const char *fault = code >= 0x20 && code < 0x7F ? NULL : fault_of(code, p, bytes.ptr);
        if (fault && code == KPI__NO_CODE)
            return kpi__fail_at(e, KPI_DATA, place, "%s: byte 0x%02X", fault, (unsigned char)*p);
        if (fault) return kpi__fail_at(e, KPI_DATA, place, "%s: U+%04X", fault, code);
        if (code == '%' && place.column == 1 && end - p > 4 && !memcmp(p, "%TAG", 4))
            return kpi__fail_at(e, KPI_DATA, place, "tags are not used here"); /* many take libyaml minutes */
        p += length;
        if (code == '\n' || (code == '\r' && (p == end || *p != '\n'))) {
            place.line++;
            place.column = 1;
        } else if (code != 0xFEFF)
            place.column++;
    }
    return KPI_OK;
}

/* ---- opening ---- */

int kpi__yaml_open(kpi__yaml **out, const char *file, kpi_text bytes, kpi_error *e) {
    int code = check_bytes(file, bytes, e);
    if (code) return code;
    if (bytes.len >= 3 && !memcmp(bytes.ptr, "\xEF\xBB\xBF", 3)) bytes = (kpi_text){bytes.ptr + 3, bytes.len - 3};
    kpi__yaml *yaml = calloc(1, sizeof *yaml);
    if (!yaml || !yaml_parser_initialize(&yaml->parser)) {
        free(yaml);
        return kpi__fail_memory(e);
    }
    yaml_parser_set_encoding(&yaml->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&yaml->parser, (const unsigned char *)bytes.ptr, bytes.len);
    yaml->file = file;
    *out = yaml;
    return KPI_OK;
}

static void pop(kpi__yaml *yaml) {
    frame *top = &yaml->stack[--yaml->depth];
    kpi__dict_free(top->seen);
    free(top->seen_node);
    *top = (frame){0};
}

static void end_document(kpi__yaml *yaml) {
    while (yaml->depth) pop(yaml);
    kpi__arena_free(yaml->arena);
    yaml->arena = NULL;
}

void kpi__yaml_free(kpi__yaml *yaml) {
    if (!yaml) return;
    end_document(yaml);
    yaml_parser_delete(&yaml->parser);
    free(yaml);
}

/* ---- faults ---- */

static kpi_place place_of(const kpi__yaml *yaml, yaml_mark_t mark) {
    return (kpi_place){yaml->file, mark.line + 1, (uint32_t)mark.column + 1};
}

static int fail_mark(const kpi__yaml *yaml, yaml_mark_t mark, const char *text, kpi_error *e) {
    return kpi__fail_at(e, KPI_DATA, place_of(yaml, mark), "%s", text);
}

/* libyaml's own words. What was never closed is reported where it was opened, not at the end of the file: of quotes
 * libyaml knows the place; of a [ or { it is the innermost open one, as only those can lack anything at the end. */
static int fail_syntax(const kpi__yaml *yaml, kpi_error *e) {
    const yaml_parser_t *p = &yaml->parser;
    if (p->error == YAML_MEMORY_ERROR) return kpi__fail_memory(e);
    const char *problem = p->problem ? p->problem : "not YAML";
    const kpi__node *open = yaml->depth ? yaml->stack[yaml->depth - 1].node : NULL;
    if (strstr(problem, "unexpected end of stream") && p->context)
        return kpi__fail_at(e, KPI_DATA, place_of(yaml, p->context_mark), "%s: it is never closed", p->context);
    bool at_end = p->tokens.head != p->tokens.tail && p->tokens.head->type == YAML_STREAM_END_TOKEN;
    if (open && at_end)
        return kpi__fail_at(e, KPI_DATA, (kpi_place){yaml->file, open->line, open->column},
                            "while parsing a flow %s: it is never closed",
                            open->kind == KPI__MAP ? "mapping" : "sequence");
    return kpi__fail_at(e, KPI_DATA, place_of(yaml, p->problem_mark), "%s%s%s", p->context ? p->context : "",
                        p->context ? ": " : "", problem);
}

/* ---- the tree ---- */

static int fail_repeated(const kpi__yaml *yaml, const kpi__node *key, const kpi__node *first, kpi_error *e) {
    return kpi__fail_at(e, KPI_DATA, (kpi_place){yaml->file, key->line, key->column},
                        "key %s stands on line %u already", KPI__QUOTE(kpi_text_of(key->text)), first->line);
}

static bool remember(frame *map, kpi__node *key, uint32_t *number) {
    *number = kpi__dict_put(map->seen, kpi_text_of(key->text));
    if (*number == KPI__NONE || !kpi__grow(&map->seen_node, map->children, &map->room, sizeof *map->seen_node))
        return false;
    if (!map->seen_node[*number]) map->seen_node[*number] = key;
    return true;
}

/* A map's keys are all different: few are compared one by one, many go through a dictionary. */
static int check_key(kpi__yaml *yaml, frame *map, kpi__node *key, kpi_error *e) {
    uint32_t number;
    if (key->plain && !strcmp(key->text, "<<"))
        return kpi__fail_at(e, KPI_DATA, (kpi_place){yaml->file, key->line, key->column},
                            "merge keys (<<) are not used here");
    if (map->children < FEW) {
        for (kpi__node *child = map->node->child; child; child = child->next)
            if (!strcmp(child->key->text, key->text)) return fail_repeated(yaml, key, child->key, e);
        return KPI_OK;
    }
    if (!map->seen) {
        if (!(map->seen = kpi__dict_new())) return kpi__fail_memory(e);
        for (kpi__node *child = map->node->child; child; child = child->next)
            if (!remember(map, child->key, &number)) return kpi__fail_memory(e);
    }
    if (!remember(map, key, &number)) return kpi__fail_memory(e);
    return map->seen_node[number] == key ? KPI_OK : fail_repeated(yaml, key, map->seen_node[number], e);
}

/* Hangs node under the open list or map, as an item, a key or the value of the last key. */
static int attach(kpi__yaml *yaml, kpi__node *node, kpi_error *e) {
    frame *top = yaml->depth ? &yaml->stack[yaml->depth - 1] : NULL;
    if (!top) return KPI_OK;
    if (top->node->kind == KPI__MAP && !top->key) {
        if (node->kind != KPI__SCALAR)
            return kpi__fail_at(e, KPI_DATA, (kpi_place){yaml->file, node->line, node->column},
                                "a key must be a plain text");
        top->key = node;
        return check_key(yaml, top, node, e);
    }
    node->key = top->key;
    top->key = NULL;
    top->children++;
    if (top->last)
        top->last->next = node;
    else
        top->node->child = node;
    top->last = node;
    return KPI_OK;
}

static kpi__node *node_new(kpi__yaml *yaml, const yaml_event_t *event, enum kpi__node_kind kind) {
    kpi__node *node = kpi__arena_get(yaml->arena, sizeof *node);
    if (!node) return NULL;
    node->kind = (uint8_t)kind;
    node->line = (uint32_t)event->start_mark.line + 1;
    node->column = (uint32_t)event->start_mark.column + 1;
    return node;
}

/* Escapes of quoted scalars can bring in what the bytes did not hold. */
static int check_scalar(const kpi__yaml *yaml, const yaml_event_t *event, kpi_error *e) {
    const char *p = (const char *)event->data.scalar.value, *end = p + event->data.scalar.length;
    while (p < end) {
        unsigned length;
        uint32_t code = kpi__decode(p, end, &length);
        if (code != '\n' && code != '\t' && (kpi__is_control(code) || code == 0x2028 || code == 0x2029))
            return kpi__fail_at(e, KPI_DATA, place_of(yaml, event->start_mark),
                                "a control character in a value: U+%04X", code);
        p += length;
    }
    return KPI_OK;
}

static int add_scalar(kpi__yaml *yaml, const yaml_event_t *event, kpi__node **node, kpi_error *e) {
    int code = check_scalar(yaml, event, e);
    if (code) return code;
    *node = node_new(yaml, event, KPI__SCALAR);
    kpi_text text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    if (!*node || !((*node)->text = kpi__arena_text(yaml->arena, text))) return kpi__fail_memory(e);
    (*node)->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return attach(yaml, *node, e);
}

static int add_open(kpi__yaml *yaml, const yaml_event_t *event, enum kpi__node_kind kind, kpi__node **node,
                    kpi_error *e) {
    if (yaml->depth == DEPTH) return fail_mark(yaml, event->start_mark, "nested over 16 levels", e);
    if (!(*node = node_new(yaml, event, kind))) return kpi__fail_memory(e);
    int code = attach(yaml, *node, e);
    if (!code) yaml->stack[yaml->depth++].node = *node;
    return code;
}

/* ---- events ---- */

static const char *refused(const yaml_event_t *event) {
    const yaml_char_t *tag = NULL, *anchor = NULL;
    if (event->type == YAML_ALIAS_EVENT) return "aliases are not used here";
    if (event->type == YAML_SCALAR_EVENT) tag = event->data.scalar.tag, anchor = event->data.scalar.anchor;
    if (event->type == YAML_SEQUENCE_START_EVENT)
        tag = event->data.sequence_start.tag, anchor = event->data.sequence_start.anchor;
    if (event->type == YAML_MAPPING_START_EVENT)
        tag = event->data.mapping_start.tag, anchor = event->data.mapping_start.anchor;
    if (anchor) return "anchors are not used here";
    return tag ? "tags are not used here" : NULL;
}

/* One event of a document. *root is set by its first node; KPI_NO: the stream ends. *done: the document ends. */
static int take_event(kpi__yaml *yaml, const yaml_event_t *event, kpi__node **root, bool *done, kpi_error *e) {
    kpi__node *node = NULL;
    int code = KPI_OK;
    const char *fault = refused(event);
    if (fault) return fail_mark(yaml, event->start_mark, fault, e);
    switch (event->type) {
    case YAML_STREAM_END_EVENT:
        return KPI_NO;
    case YAML_DOCUMENT_END_EVENT:
        *done = true;
        break;
    case YAML_SCALAR_EVENT:
        code = add_scalar(yaml, event, &node, e);
        break;
    case YAML_SEQUENCE_START_EVENT:
        code = add_open(yaml, event, KPI__LIST, &node, e);
        break;
    case YAML_MAPPING_START_EVENT:
        code = add_open(yaml, event, KPI__MAP, &node, e);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        pop(yaml);
        break;
    default:
        break;
    }
    if (node && !*root) *root = node;
    return code;
}

int kpi__yaml_next(kpi__yaml *yaml, kpi__node **root, kpi_error *e) {
    bool done = false;
    int code = KPI_OK;
    end_document(yaml);
    if (!(yaml->arena = kpi__arena_new())) return kpi__fail_memory(e);
    *root = NULL;
    while (!code && !done) {
        yaml_event_t event;
        if (!yaml_parser_parse(&yaml->parser, &event)) return fail_syntax(yaml, e);
        code = take_event(yaml, &event, root, &done, e);
        yaml_event_delete(&event);
    }
    return code;
}

/* ---- writing ---- */

/* Words and shapes that YAML 1.1 or 1.2 reads as something other than a text. */
static bool reads_as_else(kpi_text text) {
    static const char *const word[] = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
    for (size_t i = 0; i < KPI__COUNT(word); i++)
        if (strlen(word[i]) == text.len && !strncasecmp(word[i], text.ptr, text.len)) return true;
    bool digit = false;
    for (size_t i = 0; i < text.len; i++) {
        if (!memchr("0123456789abcdefABCDEFxXoO+-._:", text.ptr[i], 31)) return false;
        digit |= text.ptr[i] >= '0' && text.ptr[i] <= '9';
    }
    return digit;
}

static bool is_plain_scalar(kpi_text text) {
    if (!text.len || kpi_name_fault(text) || reads_as_else(text)) return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool letter = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c >= 0x80;
        if (!letter && (i == 0 || !strchr(" ._-/+%@()", c))) return false;
    }
    for (const char *p = text.ptr, *end = p + text.len; p < end;) {
        unsigned length;
        if (kpi__is_hostile(kpi__decode(p, end, &length))) return false;
        p += length;
    }
    return true;
}

static size_t put(char *out, size_t size, size_t at, const char *bytes, size_t n) {
    if (at + n <= size) memcpy(out + at, bytes, n);
    return at + n;
}

size_t kpi_yaml_scalar(kpi_text plain, char *out, size_t size) {
    if (is_plain_scalar(plain)) return put(out, size, 0, plain.ptr, plain.len);
    size_t at = put(out, size, 0, "\"", 1);
    for (const char *p = plain.ptr, *end = p + plain.len; p < end;) {
        char escape[16];
        unsigned length;
        uint32_t code = kpi__decode(p, end, &length);
        if (code == '\n')
            at = put(out, size, at, "\\n", 2);
        else if (code == '\t')
            at = put(out, size, at, "\\t", 2);
        else if (code == '"' || code == '\\')
            at = put(out, size, at, (char[]){'\\', (char)code}, 2);
        else if (kpi__is_hostile(code))
            at = put(out, size, at, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04X", code & 0xFFFF));
        else
            at = put(out, size, at, p, length);
        p += length;
    }
    return put(out, size, at, "\"", 1);
}
