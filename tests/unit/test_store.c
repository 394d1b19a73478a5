/* test_store.c - files that grow: real files in a folder of their own, and calls of the system that fail.
 *
 * The calls that store.c makes are defined here once more, which the linker prefers to those of the C library:
 * they note their names, may fail or do something first, and go on to the real ones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../libkpi/internal.h"
#include "scarce.h"

/* ---- calls of the system ---- */

struct hook {
    const char *call; /* which one; NULL: none, "": any */
    int skip;         /* so many of them pass first */
    int sys;          /* errno it fails with; 0: it does not */
    bool always;      /* not only once */
    bool half;        /* of a write or pread only half is done; stat tells another device */
    void (*first)(void);
};
static struct hook hooks[2];
static bool busy;        /* in a hook, whose own calls pass */
static char trace[4096]; /* names of the calls that change something, each with a blank behind it */
static int calls;
static int last_fd, open_before; /* opened last; how many were open before the test */
static int bad_closes; /* of what was not open */
static bool no_sync; /* fdatasync and fsync do nothing: many appends, short time */

/* The hook that holds for this call; one that is all 0 when there is none. Sets errno when it fails. */
static struct hook hook_of(const char *call) {
    struct hook found = {0};
    if (busy)
        return found;
    calls++;
    for (size_t i = 0; i < KPI__COUNT(hooks) && !found.call; i++) {
        struct hook *hook = &hooks[i];
        if (!hook->call || (*hook->call && strcmp(call, hook->call) != 0))
            continue;
        if (hook->skip) {
            hook->skip--;
            continue;
        }
        found = *hook;
        if (!hook->always)
            hook->call = NULL;
    }
    if (found.first) {
        busy = true;
        found.first();
        busy = false;
    }
    if (found.sys)
        errno = found.sys;
    return found;
}

static bool fails(const char *call) { return hook_of(call).sys != 0; }

static void note(const char *call) {
    if (!busy && strlen(trace) + strlen(call) + 2 < sizeof trace)
        strcat(strcat(trace, call), " ");
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int open(const char *name, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return last_fd = fails("open") ? -1 : REAL(open)(name, flags, mode);
}

int flock(int fd, int how) { return fails("flock") ? -1 : REAL(flock)(fd, how); }

int fstat(int fd, struct stat *st) { return fails("fstat") ? -1 : REAL(fstat)(fd, st); }

int stat(const char *restrict name, struct stat *restrict st) {
    struct hook hook = hook_of("stat");
    int failed = REAL(stat)(name, st);
    st->st_dev += hook.half;
    return hook.sys ? -1 : failed;
}

char *realpath(const char *restrict name, char *restrict out) {
    return fails("realpath") ? NULL : REAL(realpath)(name, out);
}

ssize_t pread(int fd, void *out, size_t n, off_t at) {
    struct hook hook = hook_of("pread");
    return hook.sys ? -1 : REAL(pread)(fd, out, hook.half ? n / 2 : n, at);
}

/* What pread becomes with _FORTIFY_SOURCE. */
ssize_t __pread_chk(int fd, void *out, size_t n, off_t at, size_t size);
ssize_t __pread_chk(int fd, void *out, size_t n, off_t at, size_t size) {
    return n <= size ? pread(fd, out, n, at) : -1;
}

ssize_t write(int fd, const void *bytes, size_t n) {
    if (fd > 2)
        note("write");
    struct hook hook = hook_of("write");
    return hook.sys ? -1 : REAL(write)(fd, bytes, hook.half ? n / 2 : n);
}

int ftruncate(int fd, off_t size) {
    note("ftruncate");
    return fails("ftruncate") ? -1 : REAL(ftruncate)(fd, size);
}

int fdatasync(int fd) {
    note("fdatasync");
    return fails("fdatasync") ? -1 : no_sync ? 0 : REAL(fdatasync)(fd);
}

int fsync(int fd) {
    note("fsync");
    return fails("fsync") ? -1 : no_sync ? 0 : REAL(fsync)(fd);
}

int mkostemp(char *name, int flags) {
    note("mkostemp");
    return last_fd = fails("mkostemp") ? -1 : REAL(mkostemp)(name, flags);
}

int fchmod(int fd, mode_t mode) { return fails("fchmod") ? -1 : REAL(fchmod)(fd, mode); }

int rename(const char *from, const char *to) {
    note("rename");
    return fails("rename") ? -1 : REAL(rename)(from, to);
}

int fcntl(int fd, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    long argument = va_arg(arguments, long);
    va_end(arguments);
    return last_fd = fails("fcntl") ? -1 : REAL(fcntl)(fd, command, argument);
}

int close(int fd) { /* closes even when it fails, as Linux does */
    int closed = REAL(close)(fd);
    bad_closes += closed && errno == EBADF;
    return fails("close") ? -1 : closed;
}

/* ---- files ---- */

static char folder[128], path[160], torn[176];

static void put_file(const char *name, const char *text) {
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static char *get_file(const char *name) { /* NULL: no such file; the caller frees it */
    FILE *file = fopen(name, "r");
    if (!file)
        return NULL;
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    text[fread(text, 1, (1 << 20) - 1, file)] = 0;
    fclose(file);
    return text;
}

static void expect_file(const char *name, const char *text) {
    char *found = get_file(name);
    assert_non_null(found);
    assert_string_equal(found, text);
    free(found);
}

static int open_descriptors(void) {
    int n = 0;
    for (int fd = 0; fd < 64; fd++)
        n += REAL(fcntl)(fd, F_GETFD) >= 0;
    return n;
}

static int fresh_folder(void **state) {
    (void)state;
    open_before = open_descriptors();
    bad_closes = 0;
    const char *base = getenv("TMPDIR");
    memset(hooks, 0, sizeof hooks);
    *trace = 0;
    calls = 0;
    snprintf(folder, sizeof folder, "%.100s/test_store.XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/log.tsv", folder);
    snprintf(torn, sizeof torn, "%s.torn", path);
    return 0;
}

static int no_folder(void **state) {
    (void)state;
    char command[256];
    memset(hooks, 0, sizeof hooks);
    no_sync = false;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
    assert_int_equal(open_descriptors(), open_before); /* none left open, none closed that is not ours */
    assert_int_equal(bad_closes, 0);
    return 0;
}

static kpi_store *open_store(bool mend) {
    kpi_error error = {0};
    kpi_store *store = NULL;
    int code = kpi_store_open(&store, path, mend, NULL, &error);
    if (code)
        fail_msg("open: %s", error.text);
    return store;
}

static void append(const char *text) {
    kpi_error error = {0};
    kpi_store *store = open_store(true);
    assert_int_equal(kpi_store_append(store, kpi_text_of(text), &error), KPI_OK);
    assert_int_equal(kpi_store_close(store, &error), KPI_OK);
}

static void expect_error(const kpi_error *error, int sys, const char *name, const char *text) {
    assert_int_equal(error->code, KPI_SYSTEM);
    assert_string_equal(error->file, name);
    assert_string_equal(error->text, text);
    assert_int_equal(error->sys, sys);
}

/* ---- appending ---- */

#define UNDONE "write (nothing was appended): "
#define NOT_UNDONE "write (which could not be undone: the file may end in an incomplete line): "

static void test_append(void **state) {
    (void)state;
    mode_t before = umask(027);
    append("a\n");
    umask(before);
    assert_string_equal(trace, "fsync write fdatasync "); /* a new file: its folder first */
    *trace = 0;
    append("b\nc\n");
    assert_string_equal(trace, "write fdatasync ");
    expect_file(path, "a\nb\nc\n");
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(access(torn, F_OK), -1);
    kpi_store *store = open_store(true);
    assert_int_equal(REAL(fcntl)(last_fd, F_GETFD), FD_CLOEXEC);
    int flags = REAL(fcntl)(last_fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK);
    assert_int_equal(flags, O_RDWR | O_APPEND | O_NONBLOCK);
    assert_int_equal(kpi_store_close(store, NULL), KPI_OK);
}

static void test_append_empty_file(void **state) {
    (void)state;
    put_file(path, ""); /* who made it may not have lived to sync the folder */
    append("a\n");
    assert_string_equal(trace, "fsync write fdatasync ");
    expect_file(path, "a\n");
}

static void test_append_nothing(void **state) {
    (void)state;
    append("");
    assert_string_equal(trace, "");
    assert_int_equal(access(path, F_OK), -1); /* made, unused, removed again */
    put_file(path, "");
    append("");
    assert_int_equal(access(path, F_OK), 0); /* not ours */
}

static void test_append_too_much(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_store *store = open_store(false);
    assert_int_equal(kpi_store_append(store, (kpi_text){"", (size_t)1 << 31}, &error), KPI_SYSTEM);
    expect_error(&error, 0, path, "too much to be appended at once");
    hooks[0] = (struct hook){.call = "write", .sys = ENOSPC}; /* the most there may be gets so far */
    assert_int_equal(kpi_store_append(store, (kpi_text){"", 0x7ffff000}, &error), KPI_SYSTEM);
    expect_error(&error, ENOSPC, path, UNDONE "No space left on device");
    assert_int_equal(kpi_store_append(store, kpi_text_of("a\n"), &error), KPI_OK);
    assert_int_equal(kpi_store_close(store, NULL), KPI_OK);
    expect_file(path, "a\n");
}

static void test_large(void **state) {
    (void)state;
    enum { N = 9000 };
    char *line = malloc(N + 1);
    assert_non_null(line);
    memset(line, 'x', N - 1);
    line[N - 1] = '\n';
    line[N] = 0;
    append(line);
    append("b\n");
    assert_string_equal(trace, "fsync write fdatasync write fdatasync ");
    char *found = get_file(path);
    assert_memory_equal(found, line, N);
    assert_string_equal(found + N, "b\n");
    free(found);
    free(line);
}

static void test_content(void **state) {
    (void)state;
    put_file(path, "goals: 2026-10"); /* no LF: fine where torn is not asked for */
    kpi_error error = {0};
    kpi_text first, again;
    kpi_store *store = open_store(false);
    assert_int_equal(kpi_store_content(store, &first, &error), KPI_OK);
    assert_int_equal(first.len, 14);
    assert_string_equal(first.ptr, "goals: 2026-10");
    assert_int_equal(kpi_store_append(store, kpi_text_of("\n---\n"), &error), KPI_OK);
    assert_int_equal(kpi_store_content(store, &again, &error), KPI_OK);
    assert_string_equal(again.ptr, "goals: 2026-10\n---\n");
    assert_string_equal(first.ptr, "goals: 2026-10");
    assert_int_equal(kpi_store_content(store, &first, &error), KPI_OK);
    assert_ptr_equal(first.ptr, again.ptr);
    assert_int_equal(kpi_store_close(store, &error), KPI_OK);
    assert_int_equal(access(torn, F_OK), -1);
}

/* A NUL stands behind the content, whatever is read next. */
static void test_content_ends(void **state) {
    (void)state;
    static const char full[] = "0123456789abcde\n"; /* as much as memory comes in */
    kpi_text first, again;
    put_file(path, full);
    kpi_store *store = open_store(true);
    assert_int_equal(kpi_store_content(store, &first, NULL), KPI_OK);
    assert_int_equal(kpi_store_append(store, kpi_text_of("b\n"), NULL), KPI_OK);
    assert_int_equal(kpi_store_content(store, &again, NULL), KPI_OK);
    assert_string_equal(first.ptr, full);
    assert_int_equal(again.len, 18);
    assert_int_equal(kpi_store_close(store, NULL), KPI_OK);
}

static void test_content_empty(void **state) {
    (void)state;
    kpi_text text;
    kpi_store *store = open_store(false);
    assert_int_equal(kpi_store_content(store, &text, NULL), KPI_OK);
    assert_int_equal(text.len, 0);
    assert_string_equal(text.ptr, "");
    assert_int_equal(kpi_store_close(store, NULL), KPI_OK);
    assert_int_equal(kpi_store_close(NULL, NULL), KPI_OK);
}

/* A second one waits until the first is closed. */
static void test_lock(void **state) {
    (void)state;
    put_file(path, "");
    kpi_store *store = open_store(false);
    int fd = open(path, O_RDONLY);
    assert_int_equal(flock(fd, LOCK_SH | LOCK_NB), -1);
    assert_int_equal(errno, EWOULDBLOCK);
    assert_int_equal(kpi_store_close(store, NULL), KPI_OK);
    assert_int_equal(flock(fd, LOCK_SH | LOCK_NB), 0);
    close(fd);
}

static void test_symlink(void **state) {
    (void)state;
    char real[192], below[176];
    kpi_store *store = NULL;
    snprintf(below, sizeof below, "%s/below", folder);
    snprintf(real, sizeof real, "%s/real.tsv", below);
    assert_int_equal(mkdir(below, 0777), 0);
    assert_int_equal(symlink(real, path), 0);
    append("a\n"); /* the link led nowhere */
    append("b\n");
    expect_file(real, "a\nb\n");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink(path, path), 0);
    kpi_error error = {0};
    assert_int_equal(kpi_store_open(&store, path, true, NULL, &error), KPI_SYSTEM);
    expect_error(&error, ELOOP, path, "open: Too many levels of symbolic links");
    assert_null(store);
}

static void test_refused(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_store *store = NULL;
    char below[176];
    snprintf(below, sizeof below, "%s/none/log", folder);
    assert_int_equal(kpi_store_open(&store, folder, true, NULL, &error), KPI_SYSTEM);
    expect_error(&error, EISDIR, folder, "open: Is a directory");
    assert_int_equal(mkfifo(path, 0666), 0);
    assert_int_equal(kpi_store_open(&store, path, true, NULL, &error), KPI_SYSTEM);
    expect_error(&error, 0, path, "not a regular file");
    assert_int_equal(kpi_store_open(&store, below, true, NULL, &error), KPI_SYSTEM);
    expect_error(&error, ENOENT, below, "open: No such file or directory");
    assert_null(store);
}

/* ---- incomplete last lines ---- */

static int remember(void *context, const kpi_error *problem) {
    *(kpi_error *)context = *problem;
    return 0;
}

static int refuse(void *context, const kpi_error *problem) {
    remember(context, problem);
    return 1;
}

static void test_torn(void **state) {
    (void)state;
    kpi_error told = {.code = -1}, error = {0};
    kpi_report report = {.fn = remember, .context = &told};
    kpi_store *store;
    put_file(path, "a\nb\nhal");
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(kpi_store_open(&store, path, true, &report, &error), KPI_OK);
    /* .torn is new: folder, line; only then is the file cut */
    assert_string_equal(trace, "fsync write fdatasync ftruncate fdatasync ");
    char expected[512];
    snprintf(expected, sizeof expected, "an incomplete last line of 3 bytes was moved to %s", torn);
    assert_int_equal(told.code, KPI_OK);
    assert_string_equal(told.file, path);
    assert_string_equal(told.text, expected);
    kpi_text content, again;
    assert_int_equal(kpi_store_content(store, &content, &error), KPI_OK);
    assert_string_equal(content.ptr, "a\nb\n");
    assert_int_equal(kpi_store_content(store, &again, &error), KPI_OK);
    assert_ptr_equal(again.ptr, content.ptr);
    assert_int_equal(kpi_store_append(store, kpi_text_of("c\n"), &error), KPI_OK);
    assert_int_equal(kpi_store_close(store, &error), KPI_OK);
    expect_file(path, "a\nb\nc\n");
    expect_file(torn, "hal\n");
    struct stat st;
    assert_int_equal(stat(torn, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600); /* as secret as the file */
    assert_int_equal(unlink(torn), 0);
    put_file(path, "hal");
    assert_int_equal(chmod(path, 0775), 0); /* as open, but never executable */
    mode_t before = umask(0);
    append("a\n");
    umask(before);
    assert_int_equal(stat(torn, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0664);
}

static void test_torn_cases(void **state) {
    (void)state;
    static const struct {
        const char *before, *torn_before, *after, *torn_after;
    } cases[] = {
        {"a\n", NULL, "a\n", NULL},
        {"a\n", "x\n", "a\n", "x\n"},
        {"a", NULL, "", "a\n"},
        {"a\nb", "x\n", "a\n", "x\nb\n"},
        {"a\nb", "x", "a\n", "x\nb\n"}, /* a torn .torn */
        {"\nb", "", "\n", "b\n"},
        {"a\n\t", NULL, "a\n", "\t\n"},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++) {
        unlink(torn);
        put_file(path, cases[i].before);
        if (cases[i].torn_before)
            put_file(torn, cases[i].torn_before);
        assert_int_equal(kpi_store_close(open_store(true), NULL), KPI_OK);
        expect_file(path, cases[i].after);
        if (cases[i].torn_after)
            expect_file(torn, cases[i].torn_after);
        else
            assert_int_equal(access(torn, F_OK), -1);
    }
}

/* Tails around the size of the blocks that are read backwards. */
static void test_torn_long(void **state) {
    (void)state;
    static const size_t lengths[] = {4094, 4095, 4096, 4097, 8191, 8192, 8193, 100000};
    for (size_t i = 0; i < KPI__COUNT(lengths); i++) {
        for (int line = 0; line < 2; line++) { /* with and without a line before */
            size_t n = lengths[i];
            char *text = calloc(1, n + 4), *tail = text + 2 * line;
            assert_non_null(text);
            memcpy(text, "a\n", 2);
            memset(tail, 'x', n);
            unlink(torn);
            put_file(path, text);
            hooks[0] = (struct hook){.call = "pread", .skip = 1, .half = true};
            assert_int_equal(kpi_store_close(open_store(true), NULL), KPI_OK);
            expect_file(path, line ? "a\n" : "");
            tail[n] = '\n';
            expect_file(torn, tail);
            free(text);
        }
    }
}

static void test_torn_refused(void **state) {
    (void)state;
    kpi_error told, error = {0};
    kpi_report report = {.fn = refuse, .context = &told};
    kpi_store *store = NULL;
    put_file(path, "a\nhal");
    assert_int_equal(kpi_store_open(&store, path, true, &report, &error), KPI_DATA);
    assert_int_equal(error.code, KPI_DATA);
    assert_string_equal(error.text, told.text);
    assert_null(store);
    expect_file(path, "a\n");
    expect_file(torn, "hal\n");
    put_file(path, "a\nhal");
    assert_int_equal(kpi_store_open(&store, path, true, &report, NULL), KPI_DATA);
    assert_null(store);
}

static void test_torn_no_place(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_store *store = NULL;
    put_file(path, "a\nhal");
    put_file(torn, "x\n");
    hooks[0] = (struct hook){.call = "pread", .sys = EIO, .skip = 2};
    assert_int_equal(kpi_store_open(&store, path, true, NULL, &error), KPI_SYSTEM);
    expect_error(&error, EIO, torn, "read: Input/output error");
    hooks[0] = (struct hook){.call = "close", .sys = EIO};
    assert_int_equal(kpi_store_open(&store, path, true, NULL, &error), KPI_SYSTEM);
    expect_error(&error, EIO, torn, "close: Input/output error");
    expect_file(path, "a\nhal");
    expect_file(torn, "x\nhal\n"); /* it is there, and will be once more */
    assert_int_equal(unlink(torn), 0);
    assert_int_equal(mkdir(torn, 0777), 0);
    put_file(path, "a\nhal");
    assert_int_equal(kpi_store_open(&store, path, true, NULL, &error), KPI_SYSTEM);
    expect_error(&error, EISDIR, torn, "open: Is a directory");
    expect_file(path, "a\nhal");
}

/* ---- files replaced while one waits ---- */

static void replace(void) {
    char other[192];
    snprintf(other, sizeof other, "%s/other", folder);
    put_file(other, "new\n");
    assert_int_equal(rename(other, path), 0);
}

static void removed(void) { assert_int_equal(unlink(path), 0); }

static void test_replaced(void **state) {
    (void)state;
    put_file(path, "old\n");
    hooks[0] = (struct hook){.call = "flock", .first = replace};
    append("a\n");
    expect_file(path, "new\na\n");
    hooks[0] = (struct hook){.call = "flock", .first = removed};
    append("b\n");
    expect_file(path, "b\n");
}

static void then_none(void) {
    replace();
    hooks[0] = (struct hook){.call = "open", .sys = EACCES};
}

static void test_replaced_unreadable(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_store *store = NULL;
    hooks[0] = (struct hook){.call = "flock", .first = then_none};
    assert_int_equal(kpi_store_open(&store, path, true, NULL, &error), KPI_SYSTEM);
    expect_error(&error, EACCES, path, "open: Permission denied");
    expect_file(path, "new\n");
}

/* A file of another device may have the same number. */
static void test_other_device(void **state) {
    (void)state;
    put_file(path, "a\n");
    hooks[0] = (struct hook){.call = "stat", .half = true};
    calls = 0;
    append("b\n");
    assert_int_equal(calls, 14); /* open flock fstat stat close, open flock fstat stat pread, fstat write sync close */
    expect_file(path, "a\nb\n");
}

static void test_always_replaced(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_store *store = NULL;
    hooks[0] = (struct hook){.call = "flock", .first = replace, .always = true};
    assert_int_equal(kpi_store_open(&store, path, true, NULL, &error), KPI_SYSTEM);
    expect_error(&error, 0, path, "replaced again and again while waiting for its lock");
}

/* Another process makes the file between two tries to open it. */
static void made(void) { put_file(path, "other\n"); }

static void test_made_meanwhile(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_store *store = NULL;
    hooks[0] = (struct hook){.call = "open", .skip = 1, .first = made};
    append("a\n");
    expect_file(path, "other\na\n");
    assert_int_equal(unlink(path), 0);
    hooks[0] = (struct hook){.call = "open", .skip = 1, .sys = EEXIST, .always = true}; /* it comes and goes */
    assert_int_equal(kpi_store_open(&store, path, true, NULL, &error), KPI_SYSTEM);
    expect_error(&error, EEXIST, path, "open: File exists");
    assert_null(store);
}

/* The file was made here, but somebody replaced it before nothing was appended: what is there is not ours. */
static void test_not_removed(void **state) {
    (void)state;
    kpi_store *store = open_store(true);
    replace();
    assert_int_equal(kpi_store_close(store, NULL), KPI_OK);
    expect_file(path, "new\n");
}

/* ---- new content ---- */

/* How many files there are in the folder: a temporary one that is left counts. */
static int files(void) {
    char command[256];
    int n = 0;
    snprintf(command, sizeof command, "ls -A '%s' | wc -l", folder);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_int_equal(fscanf(pipe, "%d", &n), 1);
    assert_int_equal(pclose(pipe), 0);
    return n;
}

static void test_new_content(void **state) {
    (void)state;
    kpi_error error = {0};
    struct stat st;
    char link[192];
    put_file(path, "old\n");
    assert_int_equal(chmod(path, 0604), 0);
    snprintf(link, sizeof link, "%s/link", folder);
    assert_int_equal(symlink(path, link), 0);
    kpi_store *store = NULL;
    assert_int_equal(kpi_store_open(&store, link, false, NULL, &error), KPI_OK);
    *trace = 0;
    assert_int_equal(kpi_store_replace(store, kpi_text_of("old\nnew"), &error), KPI_OK);
    assert_string_equal(trace, "mkostemp write fsync rename fsync "); /* the last one is of the folder */
    assert_int_equal(kpi_store_append(store, kpi_text_of("x\n"), &error), KPI_SYSTEM);
    assert_int_equal(kpi_store_close(store, &error), KPI_OK);
    expect_file(path, "old\nnew");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0604);
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(files(), 2);
}

static void test_new_content_of_none(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_store *store = open_store(false);
    assert_int_equal(kpi_store_replace(store, kpi_text_of("a\n"), &error), KPI_OK);
    assert_int_equal(kpi_store_close(store, &error), KPI_OK);
    expect_file(path, "a\n");
    append("b\n");
    expect_file(path, "a\nb\n");
    assert_int_equal(files(), 1);
}

/* Who waited for the lock of the old file appends to the new one. (The child is made first: a lock is held as long as
 * any process has the descriptor.) */
static void test_new_content_waited_for(void **state) {
    (void)state;
    kpi_error error = {0};
    int locked[2], status;
    char byte = 0;
    put_file(path, "old\n");
    assert_int_equal(pipe(locked), 0);
    pid_t child = fork();
    if (!child) {
        kpi_store *other = NULL;
        int code = read(locked[0], &byte, 1) != 1;
        if (!code) code = kpi_store_open(&other, path, true, NULL, &error);
        if (!code) code = kpi_store_append(other, kpi_text_of("b\n"), &error);
        _exit(code);
    }
    kpi_store *store = open_store(false);
    assert_int_equal(write(locked[1], &byte, 1), 1);
    usleep(100000); /* it waits by now, or else opens the new file at once */
    assert_int_equal(kpi_store_replace(store, kpi_text_of("new\n"), &error), KPI_OK);
    assert_int_equal(kpi_store_close(store, &error), KPI_OK);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(locked[0]);
    close(locked[1]);
    expect_file(path, "new\nb\n");
}

static void stop_us(void) { raise(SIGTERM); }

/* A signal in the middle is heard when all is done: no temporary file is left. */
static void test_new_content_and_signals(void **state) {
    (void)state;
    put_file(path, "old\n");
    pid_t child = fork();
    if (!child) {
        kpi_error error = {0};
        kpi_store *store = open_store(false);
        hooks[0] = (struct hook){.call = "write", .first = stop_us};
        kpi_store_replace(store, kpi_text_of("new\n"), &error);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    expect_file(path, "new\n");
    assert_int_equal(files(), 1);
}

static void test_new_content_errors(void **state) {
    (void)state;
    static const struct {
        struct hook hook;
        const char *text, *left;
    } cases[] = {
        {{.call = "realpath", .sys = EIO}, "resolve: Input/output error", "old\n"},
        {{.call = "mkostemp", .sys = EACCES}, "create a new file beside it: Permission denied", "old\n"},
        {{.call = "fstat", .sys = EIO}, "stat: Input/output error", "old\n"},
        {{.call = "fchmod", .sys = EPERM}, "keep its mode: Operation not permitted", "old\n"},
        {{.call = "write", .sys = ENOSPC}, "write (the file is as it was): No space left on device", "old\n"},
        {{.call = "fsync", .sys = EIO}, "fsync (the file is as it was): Input/output error", "old\n"},
        {{.call = "close", .sys = EIO}, "close (the file is as it was): Input/output error", "old\n"},
        {{.call = "rename", .sys = EXDEV}, "rename (the file is as it was): Invalid cross-device link", "old\n"},
        {{.call = "write", .half = true}, NULL, "new\n"}, /* the rest goes with a second one */
        {{.call = "write", .sys = EINTR}, NULL, "new\n"},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++) {
        kpi_error error = {0};
        put_file(path, "old\n");
        kpi_store *store = open_store(false);
        hooks[0] = cases[i].hook;
        int code = kpi_store_replace(store, kpi_text_of("new\n"), &error);
        memset(hooks, 0, sizeof hooks);
        assert_int_equal(code, cases[i].text ? KPI_SYSTEM : KPI_OK);
        if (cases[i].text) assert_string_equal(error.text, cases[i].text);
        assert_int_equal(kpi_store_close(store, NULL), KPI_OK);
        expect_file(path, cases[i].left);
        assert_int_equal(files(), 1);
    }
}

/* ---- failures ---- */

/* What an append of two lines to a file of one says and leaves when hooks 0 and 1 hold. */
static void expect_append_error(struct hook first, struct hook second, int sys, const char *text, const char *left,
                                const char *calls_made) {
    kpi_error error = {0};
    put_file(path, "a\n");
    kpi_store *store = open_store(true);
    *trace = 0;
    hooks[0] = first;
    hooks[1] = second;
    int code = kpi_store_append(store, kpi_text_of("bb\ncc\n"), &error);
    memset(hooks, 0, sizeof hooks);
    assert_int_equal(code, KPI_SYSTEM);
    expect_error(&error, sys, path, text);
    assert_string_equal(trace, calls_made);
    expect_file(path, left);
    bool broken = strncmp(text, "write (which", 12) == 0 || strncmp(text, "fdatasync", 9) == 0;
    code = kpi_store_append(store, kpi_text_of("d\n"), &error);
    assert_int_equal(code, broken ? KPI_SYSTEM : KPI_OK);
    if (broken)
        expect_error(&error, 0, path, "nothing is appended after the failure before");
    assert_int_equal(kpi_store_close(store, NULL), KPI_OK);
    char after[64];
    snprintf(after, sizeof after, "%s%s", left, broken ? "" : "d\n");
    expect_file(path, after);
}

static void test_append_errors(void **state) {
    (void)state;
    static const struct {
        struct hook first, second;
        int sys;
        const char *text, *left, *calls;
    } cases[] = {
        {{.call = "fstat", .sys = EIO}, {0}, EIO, "stat: Input/output error", "a\n", ""},
        {{.call = "write", .sys = ENOSPC}, {0}, ENOSPC, UNDONE "No space left on device", "a\n",
         "write ftruncate fdatasync "},
        {{.call = "write", .sys = EFBIG}, {0}, EFBIG, UNDONE "File too large", "a\n", "write ftruncate fdatasync "},
        {{.call = "write", .half = true}, {0}, ENOSPC, UNDONE "No space left on device", "a\n",
         "write ftruncate fdatasync "},
        {{.call = "write", .half = true}, {.call = "ftruncate", .sys = EINTR}, ENOSPC,
         UNDONE "No space left on device", "a\n", "write ftruncate ftruncate fdatasync "},
        {{.call = "write", .half = true}, {.call = "ftruncate", .sys = EIO}, ENOSPC,
         NOT_UNDONE "No space left on device", "a\nbb\n", "write ftruncate "},
        {{.call = "write", .half = true}, {.call = "fdatasync", .sys = EIO}, ENOSPC,
         NOT_UNDONE "No space left on device", "a\n", "write ftruncate fdatasync "},
        /* once, never again: a second one may succeed though the lines were lost */
        {{.call = "fdatasync", .sys = EIO}, {0}, EIO,
         "fdatasync (what was appended can be read, but whether it is on disk is not known): Input/output error",
         "a\nbb\ncc\n", "write fdatasync "},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++)
        expect_append_error(cases[i].first, cases[i].second, cases[i].sys, cases[i].text, cases[i].left,
                            cases[i].calls);
}

/* Nothing at all written, and no reason given. */
static void test_nothing_written(void **state) {
    (void)state;
    kpi_error error = {0};
    put_file(path, "a\n");
    kpi_store *store = open_store(true);
    hooks[0] = (struct hook){.call = "write", .half = true};
    errno = EINTR;
    assert_int_equal(kpi_store_append(store, kpi_text_of("\n"), &error), KPI_SYSTEM);
    expect_error(&error, ENOSPC, path, UNDONE "No space left on device");
    assert_int_equal(kpi_store_close(store, NULL), KPI_OK);
    expect_file(path, "a\n");
}

/* Somebody appends without asking for the lock: his lines survive what goes wrong here. */
static void test_foreign_line(void **state) {
    (void)state;
    kpi_error error = {0};
    put_file(path, "a\n");
    kpi_store *store = open_store(true);
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fputs("foreign\n", file);
    fclose(file);
    hooks[0] = (struct hook){.call = "write", .half = true};
    assert_int_equal(kpi_store_append(store, kpi_text_of("bb\n"), &error), KPI_SYSTEM);
    assert_int_equal(kpi_store_close(store, NULL), KPI_OK);
    expect_file(path, "a\nforeign\n");
}

static void test_interrupted(void **state) {
    (void)state;
    put_file(path, "a\nhal");
    hooks[0] = (struct hook){.call = "flock", .sys = EINTR};
    hooks[1] = (struct hook){.call = "pread", .sys = EINTR};
    append("b\n");
    hooks[0] = (struct hook){.call = "write", .sys = EINTR};
    hooks[1] = (struct hook){.call = "close", .sys = EINTR};
    append("c\n");
    hooks[0] = (struct hook){.call = "pread", .half = true};
    kpi_text text;
    kpi_store *store = open_store(false);
    assert_int_equal(kpi_store_content(store, &text, NULL), KPI_OK);
    assert_string_equal(text.ptr, "a\nb\nc\n");
    assert_int_equal(kpi_store_close(store, NULL), KPI_OK);
    expect_file(torn, "hal\n");
}

/* Somebody cuts the file though it is locked. */
static void cut_it(void) { assert_int_equal(truncate(path, 1), 0); }

static void test_cut_meanwhile(void **state) {
    (void)state;
    kpi_text text;
    put_file(path, "a\nb\n");
    kpi_store *store = open_store(true);
    hooks[0] = (struct hook){.call = "pread", .first = cut_it};
    assert_int_equal(kpi_store_content(store, &text, NULL), KPI_OK);
    assert_int_equal(text.len, 1);
    assert_string_equal(text.ptr, "a");
    assert_int_equal(kpi_store_close(store, NULL), KPI_OK);
}

static void test_new_file_errors(void **state) {
    (void)state;
    static const struct {
        struct hook hook;
        const char *text;
        bool at_folder;
    } cases[] = {
        {{.call = "realpath", .sys = EIO}, "resolve: Input/output error", false},
        {{.call = "fsync", .sys = EIO}, "fsync: Input/output error", true},
        {{.call = "open", .sys = EMFILE}, "open: Too many open files", true},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++) {
        kpi_error error = {0};
        kpi_store *store = open_store(true);
        hooks[0] = cases[i].hook;
        assert_int_equal(kpi_store_append(store, kpi_text_of("a\n"), &error), KPI_SYSTEM);
        char *real = REAL(realpath)(folder, NULL);
        expect_error(&error, cases[i].hook.sys, cases[i].at_folder ? real : path, cases[i].text);
        free(real);
        assert_int_equal(kpi_store_close(store, NULL), KPI_OK);
        assert_int_equal(access(path, F_OK), -1); /* as before */
    }
    hooks[0] = (struct hook){.call = "fsync", .sys = EINVAL}; /* there are file systems without */
    append("a\n");
    expect_file(path, "a\n");
}

static void test_open_and_close_errors(void **state) {
    (void)state;
    static const struct {
        const char *call, *text;
        int skip;
    } cases[] = {
        {"open", "open: Input/output error", 0},     {"flock", "lock: Input/output error", 0},
        {"fstat", "stat: Input/output error", 0},    {"pread", "read: Input/output error", 0},
        {"pread", "read: Input/output error", 1},    {"ftruncate", "ftruncate: Input/output error", 0},
        {"fdatasync", "fdatasync (its incomplete last line is in the .torn file): Input/output error", 1},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++) {
        kpi_error error = {0};
        kpi_store *store = NULL;
        put_file(path, "a\nhal");
        hooks[0] = (struct hook){.call = cases[i].call, .sys = EIO, .skip = cases[i].skip};
        assert_int_equal(kpi_store_open(&store, path, true, NULL, &error), KPI_SYSTEM);
        expect_error(&error, EIO, path, cases[i].text);
        assert_null(store);
    }
    kpi_error error = {0};
    kpi_text text;
    kpi_store *store = open_store(true);
    hooks[0] = (struct hook){.call = "pread", .sys = EIO};
    assert_int_equal(kpi_store_content(store, &text, &error), KPI_SYSTEM);
    expect_error(&error, EIO, path, "read: Input/output error");
    hooks[0] = (struct hook){.call = "close", .sys = EIO};
    assert_int_equal(kpi_store_close(store, &error), KPI_SYSTEM);
    expect_error(&error, EIO, path, "close: Input/output error");
}

/* Every call fails, one after the other, alone and from then on: no line that was there is lost, no complete line
 * is damaged, and success means that the new one is there. */
static void test_every_call_fails(void **state) {
    (void)state;
    no_sync = true;
    for (int round = 0; round < 2; round++) {
        int limit = 100;
        for (int at = 0; at < limit; at++) {
            kpi_error error = {0};
            kpi_store *store = NULL;
            unlink(torn);
            put_file(path, "a\nhal");
            calls = 0;
            hooks[0] = (struct hook){.call = "", .skip = at, .sys = EIO, .always = round};
            int code = kpi_store_open(&store, path, true, NULL, &error);
            if (!code)
                code = kpi_store_append(store, kpi_text_of("b\n"), &error);
            int closed = kpi_store_close(store, code ? NULL : &error);
            limit = hooks[0].skip ? at : limit; /* not reached: all have failed */
            memset(hooks, 0, sizeof hooks);
            char *log = get_file(path), *tail = get_file(torn);
            assert_non_null(log);
            if (!code) {
                assert_string_equal(log, "a\nb\n");
                assert_string_equal(tail, "hal\n");
            }
            assert_memory_equal(log, "a\n", 2);
            assert_true(strcmp(log, "a\nhal") == 0 || (tail && strcmp(tail, "hal\n") == 0));
            assert_true(!code == !error.code || closed);
            free(log);
            free(tail);
        }
        assert_in_range(limit, 15, 99);
    }
}

/* As above, with memory. */
static bool append_with_little(void *context) {
    kpi_error error = {0};
    kpi_store *store = NULL;
    kpi_text text;
    long limit = memory;
    memory = -1;
    unlink(torn);
    put_file(path, "a\nhal");
    memory = limit;
    int code = kpi_store_open(&store, path, true, context, &error);
    if (!code)
        code = kpi_store_content(store, &text, &error);
    if (!code)
        code = kpi_store_append(store, kpi_text_of("b\n"), &error);
    kpi_store_close(store, NULL);
    memory = -1;
    if (code) {
        assert_int_equal(error.code, KPI_SYSTEM);
        assert_int_equal(error.sys, ENOMEM);
    }
    char *log = get_file(path), *tail = get_file(torn);
    assert_true(strcmp(log, "a\nhal") == 0 || (tail && strcmp(tail, "hal\n") == 0));
    assert_string_equal(log, !code ? "a\nb\n" : tail && *tail ? "a\n" : "a\nhal");
    free(log);
    free(tail);
    return code;
}

static void test_out_of_memory(void **state) {
    (void)state;
    no_sync = true;
    exhaust(append_with_little, NULL);
}

/* The limit on the size of files makes write do a part of it, or none. */
static void test_file_limit(void **state) {
    (void)state;
    static const struct {
        rlim_t limit;
        struct hook hook;
        int sys;
    } cases[] = {
        {4, {0}, EFBIG},                               /* a part of the lines fits */
        {2, {0}, EFBIG},                               /* nothing does */
        {8, {.call = "write", .half = true}, ENOSPC},  /* all do: it was the disk */
    };
    struct rlimit before, limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < KPI__COUNT(cases); i++) {
        kpi_error error = {0};
        put_file(path, "a\n");
        kpi_store *store = open_store(true);
        hooks[0] = cases[i].hook;
        limit = before;
        limit.rlim_cur = cases[i].limit;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        int code = kpi_store_append(store, kpi_text_of("bb\ncc\n"), &error);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(code, KPI_SYSTEM);
        expect_error(&error, cases[i].sys, path,
                     cases[i].sys == EFBIG ? UNDONE "File too large" : UNDONE "No space left on device");
        expect_file(path, "a\n");
        assert_int_equal(kpi_store_append(store, kpi_text_of("d\n"), &error), KPI_OK);
        assert_int_equal(kpi_store_close(store, NULL), KPI_OK);
        expect_file(path, "a\nd\n");
    }
    signal(SIGXFSZ, handler);
}

/* ---- processes ---- */

static int wait_for(pid_t child) {
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* With descriptors first..2 closed, what is said on standard error must not get into the file. */
static void try_closed(int first) {
    int kept[3], code[3], written = 0, sys = 0, flags;
    kpi_error error = {0};
    kpi_store *store = NULL;
    fflush(NULL);
    for (int fd = first; fd <= 2; fd++) {
        kept[fd] = REAL(fcntl)(fd, F_DUPFD_CLOEXEC, 10);
        REAL(close)(fd);
    }
    hooks[0] = (struct hook){.call = "fcntl", .sys = EMFILE};
    code[0] = kpi_store_open(&store, path, true, NULL, &error);
    sys = error.sys;
    code[1] = kpi_store_open(&store, path, true, NULL, &error);
    flags = REAL(fcntl)(last_fd, F_GETFD);
    code[2] = store ? kpi_store_append(store, kpi_text_of("a\n"), &error) : -1;
    for (int fd = first; fd <= 2; fd++)
        written += REAL(write)(fd, "message\n", 8) >= 0;
    kpi_store_close(store, NULL);
    for (int fd = first; fd <= 2; fd++) {
        dup2(kept[fd], fd);
        REAL(close)(kept[fd]);
    }
    assert_int_equal(code[0], KPI_SYSTEM);
    assert_int_equal(sys, EMFILE);
    assert_int_equal(code[1], KPI_OK);
    assert_int_equal(flags, FD_CLOEXEC);
    assert_int_equal(code[2], KPI_OK);
    assert_int_equal(written, 0);
    expect_file(path, "a\n");
}

static void test_closed_descriptors(void **state) {
    (void)state;
    for (int first = 0; first <= 2; first++) {
        unlink(path);
        try_closed(first);
    }
}

enum { PROCESSES = 4, APPENDS = 500 };

static int append_many(int process) {
    kpi_error error;
    char line[1200];
    for (int i = 0; i < APPENDS; i++) {
        kpi_store *store;
        int n = snprintf(line, sizeof line, "%d\t%d\t%0*d\n", process, i, 1 + i * 2, 7);
        if (kpi_store_open(&store, path, true, NULL, &error) ||
            kpi_store_append(store, (kpi_text){line, (size_t)n}, &error) || kpi_store_close(store, &error))
            return 1;
    }
    return 0;
}

static void test_processes(void **state) {
    (void)state;
    pid_t child[PROCESSES];
    int next[PROCESSES] = {0};
    no_sync = true;
    for (int i = 0; i < PROCESSES; i++) {
        child[i] = fork();
        if (!child[i])
            _exit(append_many(i));
    }
    for (int i = 0; i < PROCESSES; i++)
        assert_int_equal(wait_for(child[i]), 0);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char line[1200];
    while (fgets(line, sizeof line, file)) {
        int process, i, filled = 0;
        assert_int_equal(sscanf(line, "%d\t%d\t%n", &process, &i, &filled), 2);
        assert_in_range(process, 0, PROCESSES - 1);
        assert_int_equal(i, next[process]++); /* each process' lines in its order */
        assert_int_equal(strlen(line + filled), 1 + i * 2 + 1); /* whole */
    }
    fclose(file);
    for (int i = 0; i < PROCESSES; i++)
        assert_int_equal(next[i], APPENDS);
    assert_int_equal(access(torn, F_OK), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh_folder, no_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_append),
        TEST(test_append_empty_file),
        TEST(test_append_nothing),
        TEST(test_append_too_much),
        TEST(test_large),
        TEST(test_content),
        TEST(test_content_ends),
        TEST(test_content_empty),
        TEST(test_lock),
        TEST(test_symlink),
        TEST(test_refused),
        TEST(test_torn),
        TEST(test_torn_cases),
        TEST(test_torn_long),
        TEST(test_torn_refused),
        TEST(test_torn_no_place),
        TEST(test_replaced),
        TEST(test_replaced_unreadable),
        TEST(test_other_device),
        TEST(test_always_replaced),
        TEST(test_made_meanwhile),
        TEST(test_not_removed),
        TEST(test_new_content),
        TEST(test_new_content_of_none),
        TEST(test_new_content_waited_for),
        TEST(test_new_content_and_signals),
        TEST(test_new_content_errors),
        TEST(test_append_errors),
        TEST(test_nothing_written),
        TEST(test_foreign_line),
        TEST(test_interrupted),
        TEST(test_cut_meanwhile),
        TEST(test_new_file_errors),
        TEST(test_open_and_close_errors),
        TEST(test_every_call_fails),
        TEST(test_file_limit),
        TEST(test_closed_descriptors),
        TEST(test_out_of_memory),
        TEST(test_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
