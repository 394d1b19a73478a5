/* store.c - files that grow: appended to under a lock, whole or not at all, on disk before success is reported.
 *
 * The lock is flock(2) on the file itself. A file may be replaced or removed while one waits for its lock, so
 * the path is looked up again afterwards. A batch is one write(2) at the end (O_APPEND); what was written of one
 * that failed is cut off again under the lock. The folder of an empty file is synced before the first byte is
 * written: a file that is not empty can be relied on to be found again after a power cut, whoever made it.
 *
 * The .torn file takes an incomplete last line through the same door: opened, locked, appended to, synced. Only
 * then is the line cut off. A crash in between leaves the line in both files, never in none.
 *
 * Where half of an addition could pass for a whole one (YAML), the file is replaced instead: a new one beside it,
 * synced, renamed over it while the old one is locked. Who waits for the lock of the old one finds it gone. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ATTEMPTS = 1000, BLOCK = 4096 };
#define NOT_MADE ((mode_t)-1) /* for a mode: the file has to be there */
#define MOST_BYTES ((size_t)0x7ffff000) /* of one write(2) on Linux */

struct kpi_store {
    char *path;
    int fd;
    mode_t mode;
    bool fresh;   /* made by this open: removed again when nothing gets into it */
    bool broken;  /* a failure could not be undone, or what is on disk is not known */
    off_t size;   /* under the lock */
    kpi_text content;
    kpi__arena *arena; /* of content */
};

static int fail_path(const kpi_store *store, const char *text, kpi_error *error) {
    return kpi__fail_at(error, KPI_SYSTEM, (kpi_place){store->path, 0, 0}, "%s", text);
}

static int fail_doing(const kpi_store *store, const char *doing, kpi_error *error) {
    return kpi__fail_errno(error, store->path, doing);
}

/* ---- opening ---- */

/* Never descriptor 0, 1 or 2, which may be closed: a message for standard error would go into the file. Without
 * O_NONBLOCK a FIFO would be waited for; regular files do not care. */
static int high(int fd) {
    if (fd < 0 || fd > 2)
        return fd;
    int other = fcntl(fd, F_DUPFD_CLOEXEC, 3), sys = errno;
    close(fd);
    errno = sys;
    return other;
}

static int open_high(const char *path, int flags, mode_t mode) {
    return high(open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, mode));
}

/* The last try is for a file that another process has just made, and for a link to none. mode: of one that is made. */
static int open_or_make(const char *path, mode_t mode, bool *made) {
    static const int make[] = {0, O_CREAT | O_EXCL, O_CREAT};
    for (unsigned i = 0; i < (mode == NOT_MADE ? 1 : KPI__COUNT(make)); i++) {
        int fd = open_high(path, O_RDWR | O_APPEND | make[i], mode);
        *made = make[i] & O_EXCL;
        if (fd >= 0)
            return fd;
        if (errno != (make[i] ? EEXIST : ENOENT))
            break;
    }
    return -1;
}

static bool is_at_path(const kpi_store *store, const struct stat *here) {
    struct stat there;
    return stat(store->path, &there) == 0 && there.st_dev == here->st_dev && there.st_ino == here->st_ino;
}

/* Opens the file and waits for its lock. *gone: it is no longer the one at the path. */
static int open_once(kpi_store *store, mode_t mode, bool *gone, kpi_error *error) {
    struct stat st;
    bool made;
    store->fd = open_or_make(store->path, mode, &made);
    if (store->fd < 0)
        return fail_doing(store, "open", error);
    while (flock(store->fd, LOCK_EX))
        if (errno != EINTR)
            return fail_doing(store, "lock", error);
    if (fstat(store->fd, &st))
        return fail_doing(store, "stat", error);
    if (!S_ISREG(st.st_mode))
        return fail_path(store, "not a regular file", error);
    *gone = !is_at_path(store, &st);
    store->fresh = made && !*gone;
    store->mode = st.st_mode & 0666;
    store->size = st.st_size;
    return KPI_OK;
}

static int open_locked(kpi_store *store, mode_t mode, kpi_error *error) {
    bool gone = true;
    for (int i = 0; i < ATTEMPTS && gone; i++) {
        int code = open_once(store, mode, &gone, error);
        if (code)
            return code;
        if (gone) {
            close(store->fd);
            store->fd = -1;
        }
    }
    return gone ? fail_path(store, "replaced again and again while waiting for its lock", error) : KPI_OK;
}

static int store_new(kpi_store **out, const char *path, mode_t mode, kpi_error *error) {
    int code;
    kpi_store *store = calloc(1, sizeof *store);
    if (!store)
        return kpi__fail_memory(error);
    store->fd = -1;
    store->path = strdup(path);
    store->arena = kpi__arena_new();
    code = store->path && store->arena ? open_locked(store, mode, error) : kpi__fail_memory(error);
    if (code)
        kpi_store_close(store, NULL);
    else
        *out = store;
    return code;
}

/* ---- reading ---- */

/* Bytes at..at + n of the file, as many as there are; the count in *got. */
static int read_at(const kpi_store *store, char *out, size_t n, off_t at, size_t *got, kpi_error *error) {
    for (*got = 0; *got < n;) {
        ssize_t part = pread(store->fd, out + *got, n - *got, at + (off_t)*got);
        if (!part)
            break;
        if (part > 0)
            *got += (size_t)part;
        else if (errno != EINTR)
            return fail_doing(store, "read", error);
    }
    return KPI_OK;
}

int kpi_store_content(kpi_store *store, kpi_text *out, kpi_error *error) {
    if (!store->content.ptr || store->content.len != (size_t)store->size) {
        size_t got, n = (size_t)store->size;
        char *bytes = kpi__arena_get(store->arena, n + 1);
        if (!bytes)
            return kpi__fail_memory(error);
        int code = read_at(store, bytes, n, 0, &got, error);
        if (code)
            return code;
        store->content = (kpi_text){bytes, got};
    }
    *out = store->content;
    return KPI_OK;
}

/* Where the last line without LF begins; the size of the file when there is none. */
static int find_tail(const kpi_store *store, off_t *start, kpi_error *error) {
    char block[BLOCK];
    size_t got;
    for (off_t end = store->size; end > 0; end = *start) {
        *start = end > BLOCK ? end - BLOCK : 0;
        int code = read_at(store, block, (size_t)(end - *start), *start, &got, error);
        if (code)
            return code;
        const char *lf = memrchr(block, '\n', got);
        if (lf) {
            *start += lf - block + 1;
            return KPI_OK;
        }
    }
    *start = 0;
    return KPI_OK;
}

/* ---- appending ---- */

/* Syncs the folder of resolved, which is put back together afterwards. Needs no memory. */
static int sync_folder_of(char *resolved, kpi_error *error) {
    char *slash = strrchr(resolved, '/'), *end = slash + (slash == resolved), was = *end;
    *end = 0;
    int code = KPI_OK, fd = open_high(resolved, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        code = kpi__fail_errno(error, resolved, "open");
    else if (fsync(fd) && errno != EINVAL) /* file systems that cannot sync folders need not */
        code = kpi__fail_errno(error, resolved, "fsync");
    if (fd >= 0)
        close(fd);
    *end = was;
    return code;
}

static int sync_folder(const char *path, kpi_error *error) {
    char *resolved = realpath(path, NULL); /* of the file, not of a link to it */
    if (!resolved)
        return errno == ENOMEM ? kpi__fail_memory(error) : kpi__fail_errno(error, path, "resolve");
    int code = sync_folder_of(resolved, error);
    free(resolved);
    return code;
}

static int cut(const kpi_store *store, off_t size) {
    int failed;
    while ((failed = ftruncate(store->fd, size)) && errno == EINTR) {
    }
    return failed;
}

/* Why less was written than asked for: the kernel says so only at the next write. */
static int short_reason(off_t size, size_t n) {
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    getrlimit(RLIMIT_FSIZE, &limit);
    return (rlim_t)size + n > limit.rlim_cur ? EFBIG : ENOSPC;
}

static int undo_write(kpi_store *store, int sys, kpi_error *error) {
    store->broken = cut(store, store->size) || fdatasync(store->fd);
    errno = sys;
    return fail_doing(store, store->broken ? "write (which could not be undone: the file may end in an incomplete line)"
                                           : "write (nothing was appended)", error);
}

static int write_once(kpi_store *store, kpi_text bytes, kpi_error *error) {
    ssize_t n;
    while ((n = write(store->fd, bytes.ptr, bytes.len)) < 0 && errno == EINTR) {
    }
    if (n == (ssize_t)bytes.len)
        return KPI_OK;
    return undo_write(store, n < 0 ? errno : short_reason(store->size, bytes.len), error);
}

int kpi_store_append(kpi_store *store, kpi_text bytes, kpi_error *error) {
    struct stat st;
    if (store->broken)
        return fail_path(store, "nothing is appended after the failure before", error);
    if (bytes.len > MOST_BYTES)
        return fail_path(store, "too much to be appended at once", error);
    if (!bytes.len)
        return KPI_OK;
    if (fstat(store->fd, &st)) /* somebody who ignores the lock may have appended */
        return fail_doing(store, "stat", error);
    store->size = st.st_size;
    int code = store->size ? KPI_OK : sync_folder(store->path, error);
    if (!code)
        code = write_once(store, bytes, error);
    if (code)
        return code;
    store->size += (off_t)bytes.len;
    if (!fdatasync(store->fd))
        return KPI_OK;
    store->broken = true;
    return fail_doing(store, "fdatasync (what was appended can be read, but whether it is on disk is not known)",
                      error);
}

/* ---- replacing ---- */

static int write_all(const kpi_store *store, int fd, kpi_text bytes, kpi_error *error) {
    for (size_t done = 0; done < bytes.len;) {
        ssize_t n = write(fd, bytes.ptr + done, bytes.len - done);
        if (n < 0 && errno != EINTR) return fail_doing(store, "write (the file is as it was)", error);
        done += n > 0 ? (size_t)n : 0;
    }
    return KPI_OK;
}

/* All of it into the new file fd, as the one it is to replace: its owner, its mode; synced. */
static int write_new(const kpi_store *store, int fd, const kpi__renewal *renewal, kpi_error *error) {
    struct stat st;
    if (fstat(store->fd, &st)) return fail_doing(store, "stat", error);
    if ((st.st_uid != geteuid() || st.st_gid != getegid()) && fchown(fd, st.st_uid, st.st_gid))
        return fail_doing(store, "keep its owner", error);
    if (fchmod(fd, st.st_mode & 07777)) return fail_doing(store, "keep its mode", error);
    for (size_t i = 0; i < renewal->parts; i++) {
        int code = write_all(store, fd, renewal->part[i], error);
        if (code) return code;
    }
    return fsync(fd) ? fail_doing(store, "fsync (the file is as it was)", error) : KPI_OK;
}

/* path: where the file really is. *temporary is its new file's name, as long as there is one. */
static int replace(kpi_store *store, char *path, char **temporary, const kpi__renewal *renewal, kpi_error *error) {
    const char *slash = strrchr(path, '/');
    if (asprintf(temporary, "%.*s/.%s.XXXXXX", (int)(slash - path), path, slash + 1) < 0) {
        *temporary = NULL;
        return kpi__fail_memory(error);
    }
    int fd = high(mkostemp(*temporary, O_CLOEXEC));
    if (fd < 0) {
        free(*temporary);
        *temporary = NULL;
        return fail_doing(store, "create a new file beside it", error);
    }
    int code = write_new(store, fd, renewal, error);
    if (close(fd) && !code) code = fail_doing(store, "close (the file is as it was)", error);
    if (!code && renewal->ready) code = renewal->ready(renewal->context, path, error);
    if (!code && rename(*temporary, path)) code = fail_doing(store, "rename (the file is as it was)", error);
    if (code) return code;
    free(*temporary);
    *temporary = NULL;
    store->broken = true; /* what is held open is the old file */
    return sync_folder_of(path, error);
}

int kpi__store_renew(kpi_store *store, const kpi__renewal *renewal, kpi_error *error) {
    sigset_t signals, before;
    char *path = realpath(store->path, NULL), *temporary = NULL; /* of the file, not of a link to it */
    if (!path) return errno == ENOMEM ? kpi__fail_memory(error) : fail_doing(store, "resolve", error);
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, &before); /* they wait, so that no temporary file is left */
    int code = replace(store, path, &temporary, renewal, error);
    if (temporary) unlink(temporary);
    free(temporary);
    free(path);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return code;
}

bool kpi__store_renewed(const kpi_store *store) { return store->broken; }

int kpi_store_replace(kpi_store *store, kpi_text bytes, kpi_error *error) {
    return kpi__store_renew(store, &(kpi__renewal){.part = &bytes, .parts = 1}, error);
}

int kpi_store_close(kpi_store *store, kpi_error *error) {
    struct stat st;
    int code = KPI_OK;
    if (!store)
        return KPI_OK;
    if (store->fresh && fstat(store->fd, &st) == 0 && st.st_size == 0 && is_at_path(store, &st))
        unlink(store->path);
    if (store->fd >= 0 && close(store->fd) && errno != EINTR) /* EINTR: closed all the same */
        code = fail_doing(store, "close", error);
    kpi__arena_free(store->arena);
    free(store->path);
    free(store);
    return code;
}

/* ---- incomplete last lines ---- */

/* bytes + LF to the end of the .torn file, on a line of their own. The first byte of bytes is free for a LF. */
static int append_torn(const char *path, mode_t mode, kpi_text bytes, kpi_error *error) {
    kpi_store *torn = NULL;
    off_t tail;
    int code = store_new(&torn, path, mode, error);
    if (code)
        return code;
    code = find_tail(torn, &tail, error);
    bool own_line = !code && tail == torn->size;
    if (!code)
        code = kpi_store_append(torn, (kpi_text){bytes.ptr + own_line, bytes.len - own_line}, error);
    int closed = kpi_store_close(torn, code ? NULL : error);
    return code ? code : closed;
}

static int move_tail(kpi_store *store, off_t start, const char *torn, kpi_error *error) {
    size_t got, n = (size_t)(store->size - start);
    char *bytes = malloc(n + 2);
    if (!bytes)
        return kpi__fail_memory(error);
    bytes[0] = '\n';
    int code = read_at(store, bytes + 1, n, start, &got, error);
    if (code)
        goto out;
    bytes[1 + got] = '\n';
    code = append_torn(torn, store->mode, (kpi_text){bytes, got + 2}, error);
    if (code)
        goto out;
    if (cut(store, start))
        code = fail_doing(store, "ftruncate", error);
    else if (fdatasync(store->fd))
        code = fail_doing(store, "fdatasync (its incomplete last line is in the .torn file)", error);
    else
        store->size = start;
out:
    free(bytes);
    return code;
}

static int mend(kpi_store *store, const kpi_report *report, kpi_error *error) {
    off_t start = 0;
    int code = find_tail(store, &start, error);
    long long n = store->size - start;
    if (code || !n)
        return code;
    char *torn;
    if (asprintf(&torn, "%s.torn", store->path) < 0)
        return kpi__fail_memory(error);
    code = move_tail(store, start, torn, error);
    if (!code) {
        kpi_error problem;
        kpi__fail_at(&problem, KPI_OK, (kpi_place){store->path, 0, 0},
                     "an incomplete last line of %lld bytes was moved to %s", n, torn);
        code = kpi__tell(report, &problem);
        if (code && error)
            *error = problem;
    }
    free(torn);
    return code;
}

static int open_store(kpi_store **out, const char *path, mode_t mode, bool torn, const kpi_report *report,
                      kpi_error *error) {
    kpi_store *store = NULL;
    int code = store_new(&store, path, mode, error);
    if (!code && torn) {
        code = mend(store, report, error);
        if (code)
            kpi_store_close(store, NULL);
    }
    if (!code)
        *out = store;
    return code;
}

int kpi_store_open(kpi_store **out, const char *path, bool torn, const kpi_report *report, kpi_error *error) {
    return open_store(out, path, 0666, torn, report, error);
}

int kpi__store_open_old(kpi_store **out, const char *path, const kpi_report *report, kpi_error *error) {
    return open_store(out, path, NOT_MADE, true, report, error);
}

/* ---- files beside ---- */

int kpi__store_note(const kpi_store *store, const char *path, kpi_text bytes, bool *written, const kpi_report *report,
                    kpi_error *error) {
    struct stat here, there;
    kpi_store *notes = NULL;
    *written = false;
    if (fstat(store->fd, &here)) return fail_doing(store, "stat", error);
    if (!stat(path, &there) && there.st_dev == here.st_dev && there.st_ino == here.st_ino) /* its lock is held */
        return kpi__fail_at(error, KPI_SYSTEM, (kpi_place){path, 0, 0}, "leads to the file itself");
    int code = open_store(&notes, path, store->mode, true, report, error);
    if (code) return code;
    code = kpi_store_append(notes, bytes, error);
    *written = !code || notes->broken; /* or what was written may be there all the same */
    int closed = kpi_store_close(notes, code ? NULL : error);
    return code ? code : closed;
}
