/* line.c - files and pipes to lines, lines to fields.
 *
 * Whole blocks are read into one buffer that grows to the longest line; a line's fields point into it. One pass
 * over a line finds its tabs and proves it clean: valid UTF-8, no control characters. Eight bytes are looked at
 * in one step; only tabs, non-ASCII runs and faults are looked at singly.
 *
 * A regular file is read up to the size it had under a shared lock when it was opened, so that the half-written
 * record of an append in progress is never seen. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 18 };

struct kpi_reader {
    char *name;
    int fd;     /* -1: bytes from memory */
    bool sized; /* a regular file: `left` bytes are still to be read from it */
    uint64_t left;
    bool ended;              /* nothing more to be read */
    char *buffer;            /* owned, unless fd is -1 */
    size_t room, at, filled; /* unread bytes are buffer[at..filled) */
    uint64_t number;         /* of the last line handed out */
    int sys;                 /* a read failed with this errno */
};

/* ---- opening ---- */

static int lock_and_size(int fd, const char *name, bool *sized, uint64_t *size, kpi_error *e) {
    struct stat st;
    *sized = false;
    if (fstat(fd, &st)) return kpi__fail_errno(e, name, "stat");
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return kpi__fail_errno(e, name, "read");
    }
    if (!S_ISREG(st.st_mode)) return KPI_OK;
    while (flock(fd, LOCK_SH))
        if (errno != EINTR) return kpi__fail_errno(e, name, "lock");
    int failed = fstat(fd, &st), sys = errno;
    flock(fd, LOCK_UN);
    errno = sys;
    if (failed) return kpi__fail_errno(e, name, "stat");
    off_t here = lseek(fd, 0, SEEK_CUR); /* standard input may stand anywhere */
    *sized = true;
    *size = here < st.st_size ? (uint64_t)(st.st_size - (here > 0 ? here : 0)) : 0;
    return KPI_OK;
}

static int open_file(const char *path, int *fd, bool *sized, uint64_t *size, kpi_error *e) {
    bool standard = strcmp(path, "-") == 0;
    *fd = standard ? 0 : open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0) return kpi__fail_errno(e, path, "open");
    int code = lock_and_size(*fd, path, sized, size, e);
    if (code && !standard) close(*fd);
    return code;
}

static kpi_reader *reader_new(const char *name, int fd) {
    kpi_reader *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->fd = fd;
    r->name = strdup(name);
    if (!r->name) {
        free(r);
        return NULL;
    }
    return r;
}

int kpi_reader_open(kpi_reader **out, const char *path, kpi_error *e) {
    int fd;
    bool sized;
    uint64_t size = 0;
    int code = open_file(path, &fd, &sized, &size, e);
    if (code) return code;
    kpi_reader *r = reader_new(path, fd);
    if (!r) {
        if (fd) close(fd);
        return kpi__fail_memory(e);
    }
    r->sized = sized;
    r->left = size;
    *out = r;
    return KPI_OK;
}

int kpi__reader_memory(kpi_reader **out, const char *name, kpi_text bytes, kpi_error *e) {
    kpi_reader *r = reader_new(name, -1);
    if (!r) return kpi__fail_memory(e);
    r->buffer = (char *)(uintptr_t)bytes.ptr; /* only read, as fd is -1 */
    r->filled = bytes.len;
    r->ended = true;
    *out = r;
    return KPI_OK;
}

void kpi_reader_free(kpi_reader *r) {
    if (!r) return;
    if (r->fd >= 0) free(r->buffer);
    if (r->fd > 0) close(r->fd);
    free(r->name);
    free(r);
}

/* ---- blocks ---- */

/* More bytes behind those unread; false: none, or r->sys, or no memory (ENOMEM). */
static bool fill(kpi_reader *r) {
    if (r->ended) return false;
    if (r->at) {
        memmove(r->buffer, r->buffer + r->at, r->filled - r->at);
        r->filled -= r->at;
        r->at = 0;
    }
    if (r->room - r->filled < BLOCK / 2) {
        size_t room = r->room ? 2 * r->room : BLOCK;
        char *grown = realloc(r->buffer, room);
        if (!grown) return r->sys = ENOMEM, false;
        r->buffer = grown;
        r->room = room;
    }
    size_t want = r->room - r->filled;
    if (r->sized && want > r->left) want = (size_t)r->left;
    ssize_t n = 0;
    while (want && (n = read(r->fd, r->buffer + r->filled, want)) < 0 && errno == EINTR) {
    }
    if (n < 0) return r->sys = errno, false;
    if (n == 0) {
        r->ended = true;
        if (r->sized && r->left) r->sys = ESTALE; /* it became shorter under our eyes */
        return false;
    }
    r->filled += (size_t)n;
    if (r->sized) r->left -= (size_t)n;
    return true;
}

static int fail_read(const kpi_reader *r, kpi_error *e) {
    if (r->sys == ENOMEM) return kpi__fail_memory(e);
    if (r->sys == ESTALE && r->sized) {
        kpi__fail_at(e, KPI_SYSTEM, (kpi_place){r->name, 0, 0}, "the file became shorter while it was read");
        if (e) e->sys = ESTALE;
        return KPI_SYSTEM;
    }
    errno = r->sys;
    return kpi__fail_errno(e, r->name, "read");
}

int kpi__read_whole(const char *path, char **bytes, size_t *length, kpi_error *e) {
    kpi_reader *r;
    int code = kpi_reader_open(&r, path, e);
    if (code) return code;
    while (fill(r)) {
    }
    if (r->sys) code = fail_read(r, e);
    char *whole = code ? NULL : realloc(r->buffer, r->filled + 1);
    if (whole) {
        r->buffer = NULL;
        whole[r->filled] = 0;
        *bytes = whole;
        *length = r->filled;
    } else if (!code)
        code = kpi__fail_memory(e);
    kpi_reader_free(r);
    return code;
}

/* ---- one line ---- */

#define BYTES(b) (0x0101010101010101u * (b))

/* The top bit of each byte that is not plain text: below 0x20, 0x7F, or not ASCII. No carry crosses a byte. */
static inline uint64_t odd_bytes(const char *p) {
    uint64_t x = kpi__load8(p);
    uint64_t low = x & BYTES(0x7F);
    return (~(low + BYTES(0x60)) | (low + BYTES(0x01)) | x) & BYTES(0x80);
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

/* ---- lines ---- */

static bool is_bom(const char *p) { return !memcmp(p, "\xEF\xBB\xBF", 3); }

/* The bytes of the next line in *text, LF and CRLF cut off. */
static int take(kpi_reader *r, kpi_line *line, kpi_error *e) {
    size_t searched = 0;
    const char *lf;
    bool too_long = false;
    line->file = r->name;
    while (!(lf = r->filled - r->at > searched
                      ? memchr(r->buffer + r->at + searched, '\n', r->filled - r->at - searched)
                      : NULL)) {
        searched = r->filled - r->at;
        if (searched > KPI_LINE_MAX + 4) { /* not even with BOM and CR; the rest of it is read and thrown away */
            too_long = true;
            r->at = r->filled;
            searched = 0;
        }
        if (fill(r)) continue;
        if (r->sys) return fail_read(r, e);
        bool only_bom = r->number == 0 && !too_long && searched == 3 && is_bom(r->buffer + r->at);
        if (only_bom || (!searched && !too_long)) return KPI_NO;
        line->number = ++r->number;
        r->at = r->filled;
        return kpi__fail_line(e, line, 0, "incomplete last line: no line feed at its end");
    }
    const char *start = r->buffer + r->at;
    size_t length = (size_t)(lf - start);
    r->at += length + 1;
    line->number = ++r->number;
    if (length && start[length - 1] == '\r') length--;
    if (r->number == 1 && length >= 3 && is_bom(start)) start += 3, length -= 3;
    line->text = (kpi_text){start, length};
    if (too_long || length > KPI_LINE_MAX) return kpi__fail_line(e, line, 0, "a line over %u bytes", KPI_LINE_MAX);
    return KPI_OK;
}

int kpi_reader_next(kpi_reader *r, kpi_line *line, kpi_error *e) {
    for (;;) {
        int code = take(r, line, e);
        if (code) return code;
        if (line->text.len && line->text.ptr[0] != '#') return split(line, e);
    }
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
