/* yaml.c - a stream of YAML documents to small trees, each node with its line and column.
 *
 * Each document is first tried by scanyaml.c, which knows the common shape. Where that has a doubt, libyaml reads the
 * syntax from the start of the document on; when it comes to a `---` line, the next document is tried again.
 * This file, the only one that knows libyaml, refuses what the contract refuses and closes the gaps that it leaves
 * open: bytes are proved clean before it sees them (its reader gives no line, it takes UTF-16, and it takes U+0085,
 * U+2028 and U+2029 for line ends), depth is limited while events come (it recurses in time, not in space), and
 * repeated keys, tags, anchors, aliases and merge keys are refused.
 * Marks count code points from 0 and do not count a BOM, which is cut off here. libyaml is given little at a time, as
 * what it has read ahead is lost when it is stopped. */
#include "internal.h"

#include <endian.h>
#include <stdlib.h>
#include <yaml.h>

enum { PIECE = 1024 }; /* bytes for libyaml at once */

typedef struct frame { /* a list or map that is being filled */
    kpi__node *node, *last, *key;
    size_t children, room;
    kpi__dict *seen;       /* of a map with more than a few keys: its keys, and in step ... */
    kpi__node **seen_node; /* ... where they stand */
} frame;

struct kpi__yaml {
    const char *file;
    kpi_text bytes;     /* the stream, without BOM */
    bool fast;          /* documents may be tried */
    kpi__scanyaml *scan; /* once one is */
    size_t at;          /* where the current document begins, or the next one, and ... */
    uint32_t line;      /* ... its line, from 0 */
    bool at_start;      /* the next document begins there: it may be tried */
    kpi__pool pool;     /* of the current document */
    yaml_parser_t parser;
    bool parsing;       /* libyaml is open, and reads ... */
    size_t given;       /* ... from here on next, having begun ... */
    uint32_t base;      /* ... with this line */
    frame stack[KPI__DEPTH];
    unsigned depth;
};

/* ---- bytes ---- */

#define EVERY_BYTE(b) (0x0101010101010101u * (uint64_t)(b))

/* The high bit of each byte of w that is neither printable ASCII nor LF. */
static inline uint64_t odd_bytes(uint64_t w) {
    uint64_t low = w & EVERY_BYTE(0x7F);
    uint64_t control = ~(low + EVERY_BYTE(0x80 - ' ')) & ((low ^ EVERY_BYTE('\n')) + EVERY_BYTE(0x7F));
    return (control | (low + EVERY_BYTE(1)) | w) & EVERY_BYTE(0x80);
}

/* The first odd byte from p on, or end. */
static inline const char *skip_even(const char *p, const char *end) {
    while (end - p >= 16 && !(odd_bytes(kpi__load8(p)) | odd_bytes(kpi__load8(p + 8)))) p += 16;
    uint64_t odd = 0;
    while (end - p >= 8 && !(odd = odd_bytes(le64toh(kpi__load8(p))))) p += 8;
    if (odd) return p + __builtin_ctzll(odd) / 8;
    while (p < end && ((*p >= ' ' && *p < 0x7F) || *p == '\n')) p++;
    return p;
}

static const char *fault_of(uint32_t code, const char *p, const char *start) {
    if (code == KPI__NO_CODE) return "not UTF-8";
    if (code == 0xFEFF && p != start) return "a byte order mark inside the file";
    if (code == 0xFFFE || code == 0xFFFF) return "not a character";
    if (code == 0x85 || code == 0x2028 || code == 0x2029) return "a line end that YAML 1.2 does not know";
    if (code != '\t' && code != '\n' && code != '\r' && kpi__is_control(code)) return "a control character";
    return NULL;
}

/* Tag directives are refused, as many take libyaml minutes. p: at the start of a line. */
static inline bool is_tag(const char *p, const char *end) { return end - p > 4 && !memcmp(p, "%TAG", 4); }

/* Whether a tag directive may be among bytes. */
static bool has_tag(kpi_text bytes) {
    const char *p = bytes.ptr, *end = p + bytes.len;
    while (p < end && (p = memchr(p, '%', (size_t)(end - p))))
        if (is_tag(p++, end)) return true;
    return false;
}

/* Passes over what is clean at p, an odd byte; NULL when it is not, or perhaps not. */
static const char *skip_odd(const char *p, const char *end, const char *start, bool *lone_cr) {
    unsigned length;
    if (*p == '\r') *lone_cr |= p + 1 == end || p[1] != '\n';
    if (*p == '\t' || *p == '\r') return p + 1;
    do { /* U+3000..U+CFFF, as Chinese: nothing about them can be wrong but their number of bytes */
        if ((unsigned char)*p - 0xE3u < 10 && end - p >= 3 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80)
            length = 3;
        else if (fault_of(kpi__decode(p, end, &length), p, start))
            return NULL;
        p += length;
    } while (p < end && (unsigned char)*p >= 0x80);
    return p;
}

/* Whether bytes are surely clean. *lone_cr: one of them is a CR without LF; known when no byte is at fault. */
static bool is_clean(kpi_text bytes, bool *lone_cr) {
    const char *p = bytes.ptr, *end = p + bytes.len;
    while ((p = skip_even(p, end)) < end)
        if (!(p = skip_odd(p, end, bytes.ptr, lone_cr))) return false;
    return !has_tag(bytes); /* last, as it may be none after all */
}

/* Finds what is wrong with bytes. Lines and columns are counted as libyaml does: CR LF, LF and CR each end a line. */
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
        if (place.column == 1 && is_tag(p, end)) return kpi__fail_at(e, KPI_DATA, place, "tags are not used here");
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
    bool lone_cr = false;
    int code = is_clean(bytes, &lone_cr) ? KPI_OK : check_bytes(file, bytes, e);
    if (code) return code;
    if (bytes.len >= 3 && !memcmp(bytes.ptr, "\xEF\xBB\xBF", 3)) bytes = (kpi_text){bytes.ptr + 3, bytes.len - 3};
    kpi__yaml *yaml = calloc(1, sizeof *yaml);
    if (!yaml) return kpi__fail_memory(e);
    yaml->fast = !lone_cr;
    yaml->file = file;
    yaml->bytes = bytes;
    yaml->at_start = true;
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
    kpi__pool_reset(&yaml->pool);
}

static void end_parsing(kpi__yaml *yaml) {
    if (yaml->parsing) yaml_parser_delete(&yaml->parser);
    yaml->parsing = false;
}

void kpi__yaml_slow(kpi__yaml *yaml) { yaml->fast = false; }

void kpi__yaml_free(kpi__yaml *yaml) {
    if (!yaml) return;
    end_document(yaml);
    end_parsing(yaml);
    kpi__scanyaml_free(yaml->scan);
    kpi__pool_free(&yaml->pool);
    free(yaml);
}

static int give(void *context, unsigned char *into, size_t size, size_t *given) {
    kpi__yaml *yaml = context;
    size_t left = yaml->bytes.len - yaml->given;
    if (size > PIECE) size = PIECE;
    *given = left < size ? left : size;
    if (*given) memcpy(into, yaml->bytes.ptr + yaml->given, *given);
    yaml->given += *given;
    return 1;
}

/* libyaml begins with the current document. */
static int begin_parsing(kpi__yaml *yaml, kpi_error *e) {
    end_parsing(yaml);
    if (!yaml_parser_initialize(&yaml->parser)) return kpi__fail_memory(e);
    yaml->parsing = true;
    yaml_parser_set_encoding(&yaml->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input(&yaml->parser, give, yaml);
    yaml->given = yaml->at;
    yaml->base = yaml->line;
    return KPI_OK;
}

/* ---- faults ---- */

static kpi_place place_of(const kpi__yaml *yaml, yaml_mark_t mark) {
    return (kpi_place){yaml->file, yaml->base + mark.line + 1, (uint32_t)mark.column + 1};
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
                        "key %s stands on line %u already", KPI__QUOTE(kpi__node_text(key)), first->line);
}

static bool remember(frame *map, kpi__node *key, uint32_t *number) {
    *number = kpi__dict_put(map->seen, kpi__node_text(key));
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
    if (map->children < KPI__FEW_KEYS) {
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
    kpi_place place = place_of(yaml, event->start_mark);
    kpi__node *node = kpi__pool_get(&yaml->pool, sizeof *node);
    if (node) *node = (kpi__node){.kind = (uint8_t)kind, .line = (uint32_t)place.line, .column = place.column};
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
    if (text.len > UINT32_MAX) return fail_mark(yaml, event->start_mark, "a value of more than 4 GiB", e);
    if (!*node || !((*node)->text = kpi__pool_text(&yaml->pool, text))) return kpi__fail_memory(e);
    (*node)->length = (uint32_t)text.len;
    (*node)->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return attach(yaml, *node, e);
}

static int add_open(kpi__yaml *yaml, const yaml_event_t *event, enum kpi__node_kind kind, kpi__node **node,
                    kpi_error *e) {
    if (yaml->depth == KPI__DEPTH) return fail_mark(yaml, event->start_mark, "nested over 16 levels", e);
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

/* Behind the last document that libyaml read: when a `---` line comes, in bytes that it counts lines in as we do, the
 * next document can be tried. Otherwise it has to go on by itself. */
static void find_start(kpi__yaml *yaml, const yaml_event_t *event) {
    const char *p = yaml->bytes.ptr + yaml->at, *end = yaml->bytes.ptr + yaml->bytes.len;
    uint32_t line = yaml->base + (uint32_t)event->end_mark.line;
    if (!yaml->fast || !event->data.document_end.implicit) return;
    for (; yaml->line < line; yaml->line++) {
        const char *next = memchr(p, '\n', (size_t)(end - p));
        if (!next) break;
        p = next + 1;
    }
    yaml->at = (size_t)(p - yaml->bytes.ptr);
    yaml->at_start = yaml->line == line && end - p > 3 && !memcmp(p, "---", 3);
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
        find_start(yaml, event);
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

static int next_by_libyaml(kpi__yaml *yaml, kpi__node **root, kpi_error *e) {
    bool done = false;
    int code = KPI_OK;
    while (!code && !done) {
        yaml_event_t event;
        if (!yaml_parser_parse(&yaml->parser, &event)) return fail_syntax(yaml, e);
        code = take_event(yaml, &event, root, &done, e);
        yaml_event_delete(&event);
    }
    return code;
}

int kpi__yaml_next(kpi__yaml *yaml, kpi__node **root, kpi_error *e) {
    end_document(yaml);
    *root = NULL;
    if (yaml->at_start && yaml->fast) {
        if (yaml->at && yaml->at == yaml->bytes.len) return KPI_NO; /* behind a document */
        if (!yaml->scan && !(yaml->scan = kpi__scanyaml_new(&yaml->pool, yaml->bytes))) return kpi__fail_memory(e);
        size_t from = yaml->at;
        int code = kpi__scanyaml_next(yaml->scan, &yaml->at, &yaml->line, root);
        if (yaml->at != from) end_parsing(yaml);
        if (code != KPI_NO) return code == KPI_SYSTEM ? kpi__fail_memory(e) : code;
        end_document(yaml);
    }
    yaml->at_start = false;
    if (!yaml->parsing) {
        int code = begin_parsing(yaml, e);
        if (code) return code;
    }
    return next_by_libyaml(yaml, root, e);
}

bool kpi__yaml_ahead(const kpi__yaml *yaml, kpi_text *bytes, uint32_t *line) {
    *bytes = (kpi_text){yaml->bytes.ptr + yaml->at, yaml->bytes.len - yaml->at};
    *line = yaml->line + 1;
    return yaml->at_start && yaml->fast;
}

void kpi__yaml_pass(kpi__yaml *yaml, size_t bytes, uint32_t lines) {
    end_document(yaml);
    end_parsing(yaml);
    yaml->at += bytes;
    yaml->line += lines;
}
