/* line.c - one line: its end, its fields, and whether it is clean.
 *
 * One pass over a line finds its tabs and proves it clean: valid UTF-8, no control characters. Eight bytes are looked
 * at in one step; only tabs, non-ASCII runs and faults are looked at singly. This is the plain way, and the judge of
 * what scan.c finds odd: all messages about lines come from here. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- one line ---- */

/* The top bit of each byte that is not plain text: below 0x20, 0x7F, or not ASCII. No carry crosses a byte. */
static inline uint64_t odd_bytes(const char *p) {
    uint64_t x = kpi__load8(p);
    uint64_t low = x & KPI__BYTES(0x7F);
    return (~(low + KPI__BYTES(0x60)) | (low + KPI__BYTES(0x01)) | x) & KPI__BYTES(0x80);
}

/* The first byte from p on that is not plain text, or end. */
static inline const char *skip_plain(const char *p, const char *end) {
    while (end - p >= 8) {
        uint64_t odd = odd_bytes(p);
        if (odd) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
            return p + (__builtin_ctzll(odd) >> 3);
#else
            return p + (__builtin_clzll(odd) >> 3);
#endif
        }
        p += 8;
    }
    while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x7F) p++;
    return p;
}

static int fail_byte(const kpi_line *line, const char *p, uint32_t code, kpi_error *e) {
    unsigned field = line->fields + 1;
    if (code == KPI__NO_CODE) return kpi__fail_line(e, line, field, "not UTF-8: byte 0x%02X", (unsigned char)*p);
    if (code == 0) return kpi__fail_line(e, line, field, "a NUL byte");
    return kpi__fail_line(e, line, field, "a control character: U+%04X", code);
}

static inline void end_field(kpi_line *line, const char *from, const char *to) {
    if (line->fields < KPI_FIELDS) line->field[line->fields] = (kpi_text){from, (size_t)(to - from)};
    line->fields++;
}

static int split(kpi_line *line, kpi_error *e) {
    const char *p = line->text.ptr, *end = p + line->text.len, *from = p;
    line->fields = 0;
    while ((p = skip_plain(p, end)) < end) {
        if (*p == '\t') {
            end_field(line, from, p);
            from = ++p;
            continue;
        }
        unsigned length;
        uint32_t code = kpi__decode(p, end, &length);
        if (code == KPI__NO_CODE || kpi__is_control(code)) return fail_byte(line, p, code, e);
        p += length;
    }
    end_field(line, from, end);
    return KPI_OK;
}

/* ---- lines of a block ---- */

/* The line of block that starts at start; behind it in *after. KPI_NO: it is blank or a # line, or there is none. */
static int look_at(const kpi__block *block, const char *start, uint64_t number, kpi_line *line, const char **after,
                   kpi_error *e) {
    const char *lf = memchr(start, '\n', (size_t)(block->end - start)), *end = lf ? lf : block->end;
    line->file = kpi__input_name(block->input);
    line->number = number;
    *after = lf ? lf + 1 : end;
    if (lf && end > start && end[-1] == '\r') end--;
    if (block->order == 0 && number == 1 && end - start >= 3 && !memcmp(start, "\xEF\xBB\xBF", 3)) {
        start += 3;
        if (start == block->end) return KPI_NO;
    }
    line->text = (kpi_text){start, (size_t)(end - start)};
    if (!lf && !block->cut) return kpi__fail_line(e, line, 0, "incomplete last line: no line feed at its end");
    if (!lf || line->text.len > KPI_LINE_MAX) return kpi__fail_line(e, line, 0, "a line over %u bytes", KPI_LINE_MAX);
    return line->text.len && *start != '#' ? split(line, e) : KPI_NO;
}

int kpi__block_line(kpi__block *block, kpi_line *line, kpi_error *e) {
    int code = KPI_NO;
    while (code == KPI_NO && block->at < block->end) {
        const char *start = block->at;
        code = look_at(block, start, ++block->lines, line, &block->at, e);
    }
    return code;
}

int kpi__odd_line(const kpi__batch *batch, kpi__block *block, unsigned i, kpi_line *line, kpi_error *e) {
    const char *after, *start = kpi__at(batch, i, 0).ptr;
    return look_at(block, start, kpi__line_number(batch, block, i), line, &after, e);
}

/* ---- a reader of lines ---- */

struct kpi_reader {
    kpi__input *input;
    kpi__block block;
    uint64_t before; /* lines in the blocks before */
};

static int reader_new(kpi_reader **out, int code, kpi__input *input, kpi_error *e) {
    if (code) return code;
    if (!(*out = calloc(1, sizeof **out))) {
        kpi__input_free(input);
        return kpi__fail_memory(e);
    }
    (*out)->input = input;
    return KPI_OK;
}

int kpi_reader_open(kpi_reader **out, const char *path, kpi_error *e) {
    kpi__input *input = NULL;
    int code = kpi__input_open(&input, path, e);
    return reader_new(out, code, input, e);
}

int kpi__reader_memory(kpi_reader **out, const char *name, kpi_text bytes, kpi_error *e) {
    kpi__input *input = NULL;
    int code = kpi__input_memory(&input, name, bytes, e);
    return reader_new(out, code, input, e);
}

void kpi_reader_free(kpi_reader *r) {
    if (!r) return;
    kpi__block_free(&r->block);
    kpi__input_free(r->input);
    free(r);
}

int kpi_reader_next(kpi_reader *r, kpi_line *line, kpi_error *e) {
    int code = KPI_NO;
    while (code == KPI_NO) {
        code = r->block.input ? kpi__block_line(&r->block, line, e) : KPI_NO;
        if (code != KPI_NO) break;
        r->before += r->block.lines;
        if ((code = kpi__input_next(r->input, &r->block, e))) return code;
        code = KPI_NO;
    }
    line->number += r->before;
    if (code == KPI_DATA && e) e->line += r->before;
    return code;
}

int kpi_reader_record(kpi_reader *r, const kpi_record *record, kpi_line *line, const kpi_report *report, kpi_error *e) {
    for (;;) {
        int code = kpi_reader_next(r, line, e);
        if (!code) code = kpi_record_check(record, line, e);
        if (code != KPI_DATA) return code;
        if ((code = kpi__tell(report, e))) return code;
    }
}

int kpi__each_record(kpi_reader *r, const kpi_record *record, kpi__take *take_record, void *context,
                     const kpi_report *report, kpi_error *e) {
    kpi_line line;
    int code;
    while (!(code = kpi_reader_record(r, record, &line, report, e))) {
        if ((code = take_record(context, &line, e)) == KPI_DATA) code = kpi__tell(report, e);
        if (code) break;
    }
    kpi_reader_free(r);
    return code == KPI_NO ? KPI_OK : code;
}
