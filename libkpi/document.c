/* document.c - YAML documents in the making: keys and values that are read back as they were given.
 *
 * A document is text that grows, a line a value. That memory ran out on the way is remembered, so that only the end has
 * to be asked. A text is written bare where every reader of YAML, 1.1 and 1.2, takes it for that text and nothing else,
 * and in quotes otherwise. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- scalars ---- */

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

static size_t add(char *out, size_t size, size_t at, const char *bytes, size_t n) {
    if (at + n <= size) memcpy(out + at, bytes, n);
    return at + n;
}

size_t kpi_yaml_scalar(kpi_text plain, char *out, size_t size) {
    if (is_plain_scalar(plain)) return add(out, size, 0, plain.ptr, plain.len);
    size_t at = add(out, size, 0, "\"", 1);
    for (const char *p = plain.ptr, *end = p + plain.len; p < end;) {
        char escape[16];
        unsigned length;
        uint32_t code = kpi__decode(p, end, &length);
        if (code == '\n')
            at = add(out, size, at, "\\n", 2);
        else if (code == '\t')
            at = add(out, size, at, "\\t", 2);
        else if (code == '"' || code == '\\')
            at = add(out, size, at, (char[]){'\\', (char)code}, 2);
        else if (kpi__is_hostile(code))
            at = add(out, size, at, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04X", code & 0xFFFF));
        else
            at = add(out, size, at, p, length);
        p += length;
    }
    return add(out, size, at, "\"", 1);
}

/* ---- documents ---- */

struct kpi_document { kpi__buffer bytes; };

int kpi_document_new(kpi_document **out, kpi_error *e) {
    kpi_document *d = calloc(1, sizeof *d);
    if (!d) return kpi__fail_memory(e);
    *out = d;
    return KPI_OK;
}

void kpi_document_free(kpi_document *d) {
    if (!d) return;
    free(d->bytes.ptr);
    free(d);
}

static void put(kpi_document *d, const char *text) { kpi__buffer_put(&d->bytes, text); }

static void put_scalar(kpi_document *d, const char *plain) {
    size_t n = kpi_yaml_scalar(kpi_text_of(plain), NULL, 0);
    char *at = kpi__buffer_room(&d->bytes, n);
    if (!at) return;
    d->bytes.len += kpi_yaml_scalar(kpi_text_of(plain), at, n);
}

static void put_line(kpi_document *d, const char *key, const char *between, const char *text, bool bare) {
    put(d, key);
    put(d, between);
    if (bare)
        put(d, text);
    else
        put_scalar(d, text);
    put(d, "\n");
}

void kpi_document_text(kpi_document *d, const char *key, const char *plain) {
    if (plain) put_line(d, key, ": ", plain, false);
}

void kpi_document_bare(kpi_document *d, const char *key, const char *text) {
    if (text) put_line(d, key, ": ", text, true);
}

void kpi_document_begin(kpi_document *d, const char *key, const char *plain) {
    put(d, "---\n");
    kpi_document_text(d, key, plain);
}

void kpi_document_list(kpi_document *d, const char *key, const char *const *plain, size_t n, bool bare) {
    if (!n) return;
    put(d, key);
    put(d, ":\n");
    for (size_t i = 0; i < n; i++) put_line(d, "", "  - ", plain[i], bare);
}

int kpi_document_bytes(const kpi_document *d, kpi_text *out, kpi_error *e) {
    if (d->bytes.failed) return kpi__fail_memory(e);
    *out = (kpi_text){d->bytes.ptr ? d->bytes.ptr : "", d->bytes.len};
    return KPI_OK;
}
