/* error.c - one way to say what is wrong: a filled kpi_error, whose text can be shown as it is.
 *
 * Values are quoted with KPI__QUOTE where they enter a message; the whole message is made safe once more, so
 * that no byte of the data ever reaches a terminal raw. */
#include "internal.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

const char *kpi_version(void) { return KPI_VERSION; }

enum { QUOTED_CODE_POINTS = 60 };

const char *kpi__quote(char out[KPI__QUOTE_SIZE], kpi_text text) {
    size_t cut = 0;
    unsigned length = 0, codes = 0;
    for (; cut < text.len && codes < QUOTED_CODE_POINTS; cut += length, codes++)
        kpi__decode(text.ptr + cut, text.ptr + text.len, &length);
    char *w = out;
    *w++ = '\'';
    w += kpi_text_show((kpi_text){text.ptr, cut}, w, KPI__QUOTE_SIZE - 8);
    if (cut < text.len) w = stpcpy(w, "…");
    *w++ = '\'';
    *w = 0;
    return out;
}

static void set_text(kpi_error *e, const char *format, va_list arguments) {
    char raw[4 * KPI__QUOTE_SIZE];
    int n = vsnprintf(raw, sizeof raw, format, arguments);
    size_t length = n < 0 ? 0 : (size_t)n < sizeof raw ? (size_t)n : sizeof raw - 1;
    size_t shown = kpi_text_show((kpi_text){raw, length}, e->text, sizeof e->text - 1);
    if (shown >= sizeof e->text) { /* cut at a whole code point: find where kpi_text_show stopped */
        for (shown = sizeof e->text - 1; shown && !e->text[shown - 1]; shown--) {
        }
    }
    e->text[shown] = 0;
}

static void set_file(kpi_error *e, const char *file) {
    size_t n = strlen(file);
    if (n >= sizeof e->file) n = sizeof e->file - 1;
    memcpy(e->file, file, n);
}

static int fail(kpi_error *e, int code, kpi_place place, unsigned field, const char *format, va_list arguments) {
    if (!e) return code;
    memset(e, 0, sizeof *e);
    e->code = code;
    e->line = place.line;
    e->column = place.column;
    e->field = field;
    if (place.file) set_file(e, place.file);
    set_text(e, format, arguments);
    return code;
}

int kpi__fail(kpi_error *e, int code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fail(e, code, (kpi_place){0}, 0, format, arguments);
    va_end(arguments);
    return code;
}

int kpi__fail_line(kpi_error *e, const kpi_line *line, unsigned field, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fail(e, KPI_DATA, (kpi_place){line->file, line->number, 0}, field, format, arguments);
    va_end(arguments);
    return KPI_DATA;
}

int kpi__fail_at(kpi_error *e, int code, kpi_place place, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fail(e, code, place, 0, format, arguments);
    va_end(arguments);
    return code;
}

int kpi__fail_errno(kpi_error *e, const char *file, const char *doing) {
    int sys = errno;
    char reason[256];
    const char *text = strerror_r(sys, reason, sizeof reason);
    kpi__fail_at(e, KPI_SYSTEM, (kpi_place){file, 0, 0}, "%s: %s", doing, text);
    if (e) e->sys = sys;
    errno = sys;
    return KPI_SYSTEM;
}

int kpi__fail_memory(kpi_error *e) {
    kpi__fail(e, KPI_SYSTEM, "out of memory");
    if (e) e->sys = ENOMEM;
    return KPI_SYSTEM;
}

int kpi__tell(const kpi_report *report, kpi_error *e) {
    bool warning = e->code == KPI_OK;
    if (!report || !report->fn) return warning ? KPI_OK : e->code;
    if (!report->fn(report->context, e)) return KPI_OK;
    if (warning) e->code = KPI_DATA;
    return e->code;
}

static char *put_number(char *p, uint64_t number) {
    char digits[20];
    int n = 0;
    do digits[n++] = (char)('0' + number % 10);
    while (number /= 10);
    while (n) *p++ = digits[--n];
    *p++ = ':';
    return p;
}

/* By hand, as goal-check may have hundreds of thousands to show. */
size_t kpi_error_format(const kpi_error *e, char *out, size_t size) {
    enum { NAME = 4 * sizeof e->file };
    char text[KPI_ERROR_SIZE], *p = text;
    size_t name = kpi_text_show(kpi_text_of(e->file), text, NAME);
    if (name > NAME) { /* cut, at a whole piece */
        memset(text, 0, sizeof text);
        kpi_text_show(kpi_text_of(e->file), text, NAME);
        name = strlen(text);
    }
    p += name;
    if (name) *p++ = ':';
    uint32_t within = e->column ? e->column : e->field;
    if (e->line) p = put_number(p, e->line);
    if (e->line && within) p = put_number(p, within);
    if (p > text) *p++ = ' ';
    p = stpcpy(p, e->text);
    if (!size) return 0;
    size_t length = (size_t)(p - text) < size ? (size_t)(p - text) : size - 1;
    memcpy(out, text, length);
    out[length] = 0;
    return length;
}
