/* json.c - JSON as the tools print it: texts written, and values read back, strictly.
 *
 * What is read is one value in one text, of at most KPI__DEPTH levels and KPI__JSON_KEYS keys an object, none of them
 * twice. Numbers stay text. Texts lose their escapes, and are then given the line form. */
#include "internal.h"

#include <string.h>

/* ---- writing ---- */

static char *put_code(char *w, uint32_t code) {
    static const char digits[] = "0123456789abcdef";
    *w++ = '\\';
    *w++ = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) *w++ = digits[code >> shift & 15];
    return w;
}

/* What is not plain ASCII at p, at most 6 bytes for each of its own. Line form has the escapes of JSON. */
static char *put_odd(char *w, const char *p, const char *end, unsigned *length, bool safe) {
    if (*p == '"' || *p == '\\') {
        bool pair = *p == '\\' && p + 1 < end && p[1] && strchr("\\tnr", p[1]);
        *length = pair ? 2 : 1;
        *w++ = '\\';
        *w++ = pair ? p[1] : *p;
        return w;
    }
    uint32_t code = kpi__decode(p, end, length);
    if (code == KPI__NO_CODE) return put_code(w, 0xFFFD);
    if (kpi__is_control(code) || (safe && kpi__is_hostile(code))) return put_code(w, code);
    return (char *)memcpy(w, p, *length) + *length;
}

char *kpi__json_write(char *w, kpi_text text, bool safe) {
    const char *end = text.ptr + text.len;
    unsigned length;
    *w++ = '"';
    for (const char *p = text.ptr; p < end; p += length) {
        length = 1;
        if (*p >= 0x20 && *p < 0x7F && *p != '"' && *p != '\\')
            *w++ = *p;
        else
            w = put_odd(w, p, end, &length, safe);
    }
    *w++ = '"';
    return w;
}

void kpi__json_put(kpi__buffer *b, kpi_text text) {
    if (!text.len) {
        kpi__buffer_put(b, "null");
        return;
    }
    char *w = kpi__buffer_room(b, 6 * text.len + 2);
    if (!w) return;
    char *end = kpi__json_write(w, text, true);
    *end = 0;
    b->len += (size_t)(end - w);
}

/* ---- reading ---- */

typedef struct reading {
    kpi__arena *arena;
    const char *p, *end;
    const char *fault;
    char *text; /* room for the longest text without its escapes */
    int depth;
} reading;

static kpi__json *read_value(reading *r);

static kpi__json *refuse(reading *r, const char *fault) {
    if (!r->fault) r->fault = fault;
    return NULL;
}

static void pass_blanks(reading *r) {
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t')) r->p++;
}

static bool take(reading *r, char c) {
    pass_blanks(r);
    if (r->p == r->end || *r->p != c) return false;
    r->p++;
    return true;
}

static bool read_hex(reading *r, uint32_t *code) {
    *code = 0;
    if (r->end - r->p < 4) return false;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *digit = *r->p ? strchr(digits, *r->p++) : NULL;
        if (!digit) return false;
        *code = *code << 4 | ((uint32_t)(digit - digits) & 15);
    }
    return true;
}

/* The code point of \uXXXX, or of two that are a pair, behind \u. 0: none. */
static uint32_t read_code(reading *r) {
    uint32_t code, low;
    if (!read_hex(r, &code)) return 0;
    if (code < 0xD800 || code > 0xDFFF) return code;
    if (code > 0xDBFF || r->end - r->p < 6 || r->p[0] != '\\' || r->p[1] != 'u') return 0;
    r->p += 2;
    if (!read_hex(r, &low) || low < 0xDC00 || low > 0xDFFF) return 0;
    return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
}

/* Behind a backslash. Behind what was written at w; NULL: no such escape. */
static char *read_escape(reading *r, char *w) {
    static const char from[] = "\"\\/tnr", to[] = "\"\\/\t\n\r";
    char c = r->p < r->end ? *r->p++ : 0;
    const char *found = c ? strchr(from, c) : NULL;
    if (found) {
        *w = to[found - from];
        return w + 1;
    }
    uint32_t code = c == 'u' ? read_code(r) : 0;
    return code ? w + kpi__encode(code, w) : NULL;
}

/* Behind the quote that begins it. */
static bool read_text(reading *r, kpi_text *out) {
    char *w = r->text;
    while (r->p < r->end && *r->p != '"') {
        unsigned length;
        uint32_t code = kpi__decode(r->p, r->end, &length);
        if (code == KPI__NO_CODE || code < 0x20) return refuse(r, "not a text"), false;
        if (*r->p == '\\') {
            r->p++;
            if (!(w = read_escape(r, w))) return refuse(r, "not an escape of a text"), false;
            continue;
        }
        memcpy(w, r->p, length);
        w += length;
        r->p += length;
    }
    if (r->p == r->end) return refuse(r, "a text without end"), false;
    r->p++;
    kpi_text plain = {r->text, (size_t)(w - r->text)};
    size_t n = kpi_text_line(plain, NULL, 0);
    char *line = kpi__arena_get(r->arena, n + 1);
    if (!line) return false;
    kpi_text_line(plain, line, n);
    *out = (kpi_text){line, n};
    return true;
}

static bool is_number(kpi_text text) {
    const char *p = text.ptr, *end = p + text.len;
    p += p < end && *p == '-';
    const char *whole = p;
    while (p < end && *p >= '0' && *p <= '9') p++;
    if (p == whole || (*whole == '0' && p - whole > 1)) return false;
    if (p == end) return true;
    const char *part = ++p;
    while (p < end && *p >= '0' && *p <= '9') p++;
    return part[-1] == '.' && p > part && p == end;
}

/* null, true, false, or a number. */
static bool read_word(reading *r, kpi__json *into) {
    static const char *const word[] = {"null", "false", "true"};
    const char *start = r->p;
    while (r->p < r->end && ((*r->p >= 'a' && *r->p <= 'z') || (*r->p >= '0' && *r->p <= '9') || *r->p == '-' ||
                             *r->p == '.'))
        r->p++;
    into->text = (kpi_text){start, (size_t)(r->p - start)};
    for (size_t i = 0; i < KPI__COUNT(word); i++) {
        if (kpi_text_compare(into->text, kpi_text_of(word[i]))) continue;
        into->kind = (enum kpi__json_kind)i;
        return true;
    }
    into->kind = KPI__JSON_NUMBER;
    if (is_number(into->text)) return true;
    return refuse(r, "not a value"), false;
}

static bool read_key(reading *r, const kpi__json *object, kpi_text *key) {
    if (!take(r, '"')) return refuse(r, "not a key"), false;
    if (!read_text(r, key)) return false;
    size_t n = 0;
    for (const kpi__json *one = object->child; one; one = one->next, n++)
        if (!kpi_text_compare(one->key, *key)) return refuse(r, "a key that was there before"), false;
    if (n == KPI__JSON_KEYS) return refuse(r, "too many keys"), false;
    if (!take(r, ':')) return refuse(r, "a key without a value"), false;
    return true;
}

/* The members of a list or object up to its end, behind its beginning. */
static bool read_members(reading *r, kpi__json *whole, char end) {
    kpi__json **last = &whole->child;
    if (take(r, end)) return true;
    do {
        kpi_text key = {"", 0};
        if (whole->kind == KPI__JSON_OBJECT && !read_key(r, whole, &key)) return false;
        if (!(*last = read_value(r))) return false;
        (*last)->key = key;
        last = &(*last)->next;
    } while (take(r, ','));
    if (take(r, end)) return true;
    return refuse(r, "a list or object without end"), false;
}

static kpi__json *read_value(reading *r) {
    kpi__json *value = kpi__arena_get(r->arena, sizeof *value);
    bool fine;
    if (!value) return NULL;
    if (r->depth == KPI__DEPTH) return refuse(r, "nested too deeply");
    r->depth++;
    if (take(r, '"')) {
        value->kind = KPI__JSON_TEXT;
        fine = read_text(r, &value->text);
    } else if (take(r, '[')) {
        value->kind = KPI__JSON_LIST;
        fine = read_members(r, value, ']');
    } else if (take(r, '{')) {
        value->kind = KPI__JSON_OBJECT;
        fine = read_members(r, value, '}');
    } else {
        fine = read_word(r, value);
    }
    r->depth--;
    return fine ? value : NULL;
}

const kpi__json *kpi__json_read(kpi__arena *arena, kpi_text text, const char **fault) {
    reading r = {arena, text.ptr, text.ptr + text.len, NULL, kpi__arena_get(arena, text.len + 4), 0};
    kpi__json *value = r.text ? read_value(&r) : NULL;
    pass_blanks(&r);
    if (value && r.p < r.end) value = refuse(&r, "more than one value");
    *fault = r.fault;
    return value;
}

const kpi__json *kpi__json_get(const kpi__json *object, const char *key) {
    const kpi__json *one = object->kind == KPI__JSON_OBJECT ? object->child : NULL;
    while (one && kpi_text_compare(one->key, kpi_text_of(key))) one = one->next;
    return one && one->kind != KPI__JSON_NULL ? one : NULL;
}
