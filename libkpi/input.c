/* input.c - files and pipes as blocks of whole lines, for one thread or several.
 *
 * A large regular file is cut into chunks of one size: a block is the lines that begin in one chunk, which its worker
 * reads by itself, beside the others, into memory that is used again and stays in the cache. Mapping the file instead
 * made a whole tally take 1.1 x the time (faults, of which the other processors are told), and broke (SIGBUS) where the
 * file became shorter. Everything else (pipes, small files, memory) comes one block after the other: what there is, up
 * to BLOCK bytes; what follows the last LF is carried into the next one. A pipe is made large, so that who fills it
 * need not wait for us nor we for him, and emptied at once: blocks of an eighth took a tally 1.4 x the time, as threads
 * were changed more often. One that gives little gets what there is handed on at once.
 *
 * Any thread may take the next block; blocks are numbered as they are taken. Whoever has something to say about a line
 * waits until all blocks before its own are done: then the lines before are counted, what is said comes in the order
 * of the input, and the first failure is the same whatever the threads do. Nobody waits for a later block, so someone
 * can always go on.
 *
 * A regular file is read up to the size it had under a shared lock when it was opened, so that the half-written
 * record of an append in progress is never seen. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CHUNK = 1 << 18,       /* of large files */
    CHUNK_LEAST = 1 << 16, /* of others: many enough for all threads to end at the same time */
    CHUNKS = 16,
    TAIL = 1 << 12,        /* read behind a chunk at first, for the end of its last line */
    WORTH = 1 << 21,       /* bytes for which a thread is worth it */
    BLOCK = 1 << 20,
    ENOUGH = 1 << 16, /* for a block */
    PIPE = 1 << 20,
    SMALL = 1 << 18
};

struct kpi__input {
    char *name;
    int fd;     /* -1: bytes from memory */
    bool sized; /* a regular file: `left` bytes are still to be read from it */
    uint64_t left;
    kpi_text bytes;  /* in memory: those not yet taken */
    uint64_t size, from;     /* of a regular file: lines from `from` on, up to byte `size` */
    uint64_t counted, passed; /* the lines before `from` that were narrowed out, as far as they are counted */
    size_t chunk;            /* bytes; 0: it is read block after block */
    pthread_mutex_t source;
    uint64_t given; /* under source, as all above: blocks given out */
    const kpi_report *watch;  /* NULL: nobody wants to hear of progress */
    uint64_t taken, whole;    /* bytes given out; all, 0: not known */
    bool ended;
    char *carry; /* the start of a line whose end was not yet read */
    size_t carried, carry_room;
    pthread_mutex_t order;
    pthread_cond_t turned;
    uint64_t done, lines; /* under order: blocks done, without a gap, and the lines in them */
    struct finished { uint64_t order, lines; } finished[KPI__THREADS + 1]; /* done, behind a gap */
    unsigned gaps;
    uint64_t *base; /* the lines before each block */
    size_t base_room;
    bool stopped;
    int wake[2]; /* readable once it is stopped; -1: nobody needs it */
};

/* ---- opening ---- */

static int lock_and_size(kpi__input *in, kpi_error *e) {
    struct stat st;
    if (fstat(in->fd, &st)) return kpi__fail_errno(e, in->name, "stat");
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return kpi__fail_errno(e, in->name, "read");
    }
    if (S_ISFIFO(st.st_mode) && fcntl(in->fd, F_GETPIPE_SZ) < PIPE) fcntl(in->fd, F_SETPIPE_SZ, PIPE); /* if it can */
    if (!S_ISREG(st.st_mode)) return KPI_OK;
    while (flock(in->fd, LOCK_SH))
        if (errno != EINTR) return kpi__fail_errno(e, in->name, "lock");
    int failed = fstat(in->fd, &st), sys = errno;
    flock(in->fd, LOCK_UN);
    errno = sys;
    if (failed) return kpi__fail_errno(e, in->name, "stat");
    off_t here = lseek(in->fd, 0, SEEK_CUR); /* standard input may stand anywhere */
    in->sized = true;
    in->from = in->counted = here > 0 ? (uint64_t)here : 0;
    in->size = (uint64_t)st.st_size;
    in->left = in->from < in->size ? in->size - in->from : 0;
    return KPI_OK;
}

static void set_chunk(kpi__input *in) {
    in->chunk = in->sized && in->left > SMALL ? CHUNK : 0;
    while (in->chunk > CHUNK_LEAST && in->chunk > in->left / CHUNKS) in->chunk /= 2;
}

static int input_new(kpi__input **out, const char *name, kpi_error *e) {
    kpi__input *in = calloc(1, sizeof *in);
    if (!in || !(in->name = strdup(name))) {
        free(in);
        return kpi__fail_memory(e);
    }
    in->fd = in->wake[0] = in->wake[1] = -1;
    pthread_mutex_init(&in->source, NULL);
    pthread_mutex_init(&in->order, NULL);
    pthread_cond_init(&in->turned, NULL);
    *out = in;
    return KPI_OK;
}

int kpi__input_open(kpi__input **out, const char *path, kpi_error *e) {
    kpi__input *in = NULL;
    int code = input_new(&in, path, e);
    if (code) return code;
    in->fd = strcmp(path, "-") == 0 ? 0 : open(path, O_RDONLY | O_CLOEXEC);
    code = in->fd < 0 ? kpi__fail_errno(e, path, "open") : lock_and_size(in, e);
    if (code) {
        kpi__input_free(in);
        return code;
    }
    set_chunk(in);
    *out = in;
    return KPI_OK;
}

int kpi__input_memory(kpi__input **out, const char *name, kpi_text bytes, kpi_error *e) {
    int code = input_new(out, name, e);
    if (!code) (*out)->bytes = bytes;
    return code;
}

void kpi__input_free(kpi__input *in) {
    if (!in) return;
    if (in->fd > 0) close(in->fd);
    for (int i = 0; i < 2; i++)
        if (in->wake[i] >= 0) close(in->wake[i]);
    pthread_mutex_destroy(&in->source);
    pthread_mutex_destroy(&in->order);
    pthread_cond_destroy(&in->turned);
    free(in->carry);
    free(in->base);
    free(in->name);
    free(in);
}

const char *kpi__input_name(const kpi__input *in) { return in->name; }

void kpi__input_watch(kpi__input *in, const kpi_report *report) {
    in->watch = report && report->progress ? report : NULL;
    in->whole = in->sized ? in->left : 0;
}

static int fail_read(const kpi__input *in, int sys, kpi_error *e) {
    if (sys == ENOMEM) return kpi__fail_memory(e);
    if (sys == ESTALE && in->sized) {
        kpi__fail_at(e, KPI_SYSTEM, (kpi_place){in->name, 0, 0}, "the file became shorter while it was read");
        if (e) e->sys = ESTALE;
        return KPI_SYSTEM;
    }
    errno = sys;
    return kpi__fail_errno(e, in->name, "read");
}

/* All of the n bytes at `at`. 0, or errno. */
static int read_at(const kpi__input *in, uint64_t at, char *to, size_t n) {
    for (ssize_t got; n; to += got, at += (size_t)got, n -= (size_t)got) {
        while ((got = pread(in->fd, to, n, (off_t)at)) < 0 && errno == EINTR) {
        }
        if (got <= 0) return got ? errno : ESTALE;
    }
    return 0;
}

/* ---- parts of a file ---- */

bool kpi__input_span(const kpi__input *in, uint64_t *from, uint64_t *to) {
    *from = in->from;
    *to = in->from + in->left;
    return in->sized;
}

int kpi__input_peek(const kpi__input *in, uint64_t at, char *bytes, size_t n, kpi_error *e) {
    int sys = read_at(in, at, bytes, n);
    return sys ? fail_read(in, sys, e) : KPI_OK;
}

void kpi__input_narrow(kpi__input *in, uint64_t from, uint64_t to) {
    in->from = from;
    in->size = to;
    in->left = to - from;
    lseek(in->fd, (off_t)from, SEEK_SET);
    set_chunk(in);
}

/* Counts the lines that were narrowed out before the first one. */
static int count_passed(kpi__input *in, kpi_error *e) {
    char bytes[1 << 14];
    int code = KPI_OK;
    while (in->counted < in->from && !code) {
        size_t n = in->from - in->counted < sizeof bytes ? (size_t)(in->from - in->counted) : sizeof bytes;
        if ((code = kpi__input_peek(in, in->counted, bytes, n, e))) return code;
        for (const char *p = bytes, *lf; (lf = memchr(p, '\n', (size_t)(bytes + n - p))); p = lf + 1) in->passed++;
        in->counted += n;
    }
    return code;
}

/* ---- memory of a block ---- */

/* Room for n bytes between the paddings; what was there stays. */
static bool make_room(kpi__block *block, size_t n) {
    if (block->memory && block->room >= n) return true;
    size_t room = block->room ? block->room : BLOCK;
    while (room < n) room *= 2;
    char *grown = realloc(block->memory, room + 2 * KPI__PADDING);
    if (!grown) return false;
    memset(grown, '\n', KPI__PADDING);
    block->memory = grown;
    block->room = room;
    return true;
}

/* The first n bytes of its memory are the block's. */
static void use_memory(kpi__block *block, size_t n) {
    block->at = block->memory + KPI__PADDING;
    block->end = block->at + n;
    memset(block->memory + KPI__PADDING + n, '\n', KPI__PADDING);
}

void kpi__block_free(kpi__block *block) {
    free(block->memory);
    *block = (kpi__block){0};
}

/* ---- blocks of a large file ---- */

static uint64_t start_of(const kpi__input *in, uint64_t chunk) {
    return chunk < in->left / in->chunk + (in->left % in->chunk != 0) ? in->from + chunk * in->chunk : in->size;
}

/* Reads the bytes of the file up to `end`, of which those from `start` on are the block's; `have` it has already. */
static int read_up_to(const kpi__input *in, kpi__block *block, uint64_t start, size_t have, uint64_t end) {
    size_t n = (size_t)(end - start);
    if (!make_room(block, n)) return ENOMEM;
    use_memory(block, n);
    return read_at(in, start + have, block->memory + KPI__PADDING + have, n - have);
}

/* Whether there is a line feed from `at` on. 0, or errno. */
static int ends_somewhere(const kpi__input *in, uint64_t at, bool *ends) {
    char bytes[1 << 14];
    int sys = 0;
    *ends = false;
    for (size_t n; at < in->size && !*ends && !sys; at += n) {
        n = in->size - at < sizeof bytes ? (size_t)(in->size - at) : sizeof bytes;
        sys = read_at(in, at, bytes, n);
        *ends = !sys && memchr(bytes, '\n', n);
    }
    return sys;
}

/* The lines that begin in the block's chunk; the byte before it tells whether one begins with it. Under no lock. 0, or
 * errno. */
static int read_chunk(const kpi__input *in, kpi__block *block) {
    uint64_t from = start_of(in, block->order), to = start_of(in, block->order + 1), start = from - (from != in->from);
    uint64_t most = in->size - to < KPI_LINE_MAX + KPI__PADDING ? in->size : to + KPI_LINE_MAX + KPI__PADDING;
    uint64_t end = most - to < TAIL ? most : to + TAIL;
    size_t n = (size_t)(to - start), before = 0; /* bytes before the first line */
    const char *last = NULL;
    int sys = read_up_to(in, block, start, 0, end);
    if (!sys && start != from) {
        const char *lf = memchr(block->at, '\n', n - 1);
        before = lf ? (size_t)(lf + 1 - block->at) : n;
    }
    while (!sys && before < n && !(last = memchr(block->at + n - 1, '\n', (size_t)(end - to) + 1)) && end < most) {
        size_t have = (size_t)(end - start);
        end = (most - to) / 8 < end - to ? most : to + 8 * (end - to);
        sys = read_up_to(in, block, start, have, end);
    }
    if (sys) return sys;
    if (before == n || last) block->end = last ? last + 1 : block->at + n;
    block->at += before;
    return before < n && !last && end < in->size ? ends_somewhere(in, end, &block->cut) : 0;
}

/* ---- blocks of other input ---- */

/* Whether something can be read now (wait: at once or after a while; false then means that the input was stopped). */
static bool readable(kpi__input *in, bool wait) {
    struct pollfd on[2] = {{.fd = in->fd, .events = POLLIN}, {.fd = in->wake[0], .events = POLLIN}};
    if (in->fd < 0 || in->sized || (wait && in->wake[0] < 0)) return true;
    while (poll(on, 2, wait ? -1 : 0) < 0 && errno == EINTR) {
    }
    return wait ? !on[1].revents : on[0].revents != 0;
}

/* Up to n more bytes; 0: the end. */
static ssize_t get(kpi__input *in, char *to, size_t n) {
    ssize_t got;
    if (in->fd < 0) {
        got = (ssize_t)(n < in->bytes.len ? n : in->bytes.len);
        if (got) memcpy(to, in->bytes.ptr, (size_t)got);
        in->bytes = (kpi_text){in->bytes.ptr + got, in->bytes.len - (size_t)got};
        return got;
    }
    if (in->sized && n > in->left) n = (size_t)in->left;
    if (!readable(in, true)) return 0;
    while ((got = n ? read(in->fd, to, n) : 0) < 0 && errno == EINTR) {
    }
    if (got == 0 && in->sized && in->left) return errno = ESTALE, -1; /* it became shorter under our eyes */
    if (got > 0 && in->sized) in->left -= (size_t)got;
    return got;
}

static int keep(kpi__input *in, const char *from, size_t n) {
    if (in->carry_room < n) {
        char *grown = realloc(in->carry, n + BLOCK);
        if (!grown) return ENOMEM;
        in->carry = grown;
        in->carry_room = n + BLOCK;
    }
    if (n) memcpy(in->carry, from, n);
    in->carried = n;
    return 0;
}

/* The block has one line, too long: the rest of it is thrown away. */
static int skip_line(kpi__input *in, kpi__block *block) {
    char *scratch = malloc(BLOCK);
    ssize_t got = -1;
    if (!scratch) return ENOMEM;
    while ((got = get(in, scratch, BLOCK)) > 0) {
        const char *lf = memchr(scratch, '\n', (size_t)got);
        if (!lf) continue;
        int sys = keep(in, lf + 1, (size_t)(scratch + got - lf - 1));
        free(scratch);
        block->cut = true;
        return sys;
    }
    free(scratch);
    in->ended = got == 0;
    return got < 0 ? errno : 0;
}

/* Under source. 0, or errno; *n: the bytes of whole lines, 0: the end. */
static int read_block(kpi__input *in, kpi__block *block, size_t *n) {
    size_t have = in->carried, searched = 0;
    if (!make_room(block, have)) return ENOMEM;
    char *start = block->memory + KPI__PADDING;
    if (have) memcpy(start, in->carry, have);
    bool whole = false; /* there is a line */
    in->carried = 0;
    while (!in->ended) {
        if (!make_room(block, have + ENOUGH)) return ENOMEM;
        start = block->memory + KPI__PADDING;
        ssize_t got = get(in, start + have, block->room - have);
        if (got < 0) return errno;
        in->ended = got == 0;
        have += (size_t)got;
        whole = whole || memrchr(start + searched, '\n', have - searched);
        searched = have;
        if (whole && (have >= ENOUGH || !readable(in, false))) break;
        if (!whole && have > KPI_LINE_MAX + 4) break; /* not even with BOM and CR */
    }
    const char *lf = whole ? memrchr(start, '\n', have) : NULL;
    *n = have;
    if (in->ended) return 0;
    if (!lf) return skip_line(in, block);
    *n = (size_t)(lf + 1 - start);
    return keep(in, lf + 1, have - *n);
}

/* ---- handing out ---- */

/* Counts the blocks that are done without a gap. Under order. */
static void close_gaps(kpi__input *in) {
    for (unsigned i = 0; i < in->gaps;) {
        if (in->finished[i].order != in->done) {
            i++;
            continue;
        }
        in->lines += in->finished[i].lines;
        if (++in->done < in->base_room) in->base[in->done] = in->lines;
        in->finished[i] = in->finished[--in->gaps];
        i = 0;
    }
}

static void let_go(kpi__input *in, kpi__block *block) {
    if (!block->input) return;
    pthread_mutex_lock(&in->order);
    while (in->gaps == KPI__THREADS && in->done != block->order && !in->stopped) /* too far ahead of one */
        pthread_cond_wait(&in->turned, &in->order);
    if (in->gaps <= KPI__THREADS) in->finished[in->gaps++] = (struct finished){block->order, block->lines};
    close_gaps(in);
    pthread_cond_broadcast(&in->turned);
    pthread_mutex_unlock(&in->order);
    block->input = NULL;
}

/* Room for the lines before each block up to this one. */
static bool note_base(kpi__input *in, uint64_t blocks) {
    bool noted = true;
    pthread_mutex_lock(&in->order);
    if (in->base_room < blocks + 1) {
        size_t room = 2 * (size_t)blocks + 16;
        uint64_t *grown = realloc(in->base, room * sizeof *grown);
        if (grown) {
            in->base = grown;
            in->base_room = room;
        }
        noted = grown != NULL;
    }
    if (noted && blocks == 1) in->base[0] = 0;
    if (noted && in->done < in->base_room) in->base[in->done] = in->lines;
    pthread_mutex_unlock(&in->order);
    return noted;
}

static bool stopped(kpi__input *in) {
    pthread_mutex_lock(&in->order);
    bool yes = in->stopped;
    pthread_mutex_unlock(&in->order);
    return yes;
}

int kpi__input_next(kpi__input *in, kpi__block *block, kpi_error *e) {
    let_go(in, block);
    *block = (kpi__block){.memory = block->memory, .room = block->room};
    size_t n = 0;
    int sys = 0;
    pthread_mutex_lock(&in->source);
    bool more = in->chunk ? start_of(in, in->given) < in->size : in->carried || !in->ended;
    if (stopped(in)) more = false;
    block->order = in->given;
    if (more && !note_base(in, in->given + 1)) sys = ENOMEM;
    if (more && !sys && !in->chunk) {
        sys = read_block(in, block, &n);
        if (!sys) use_memory(block, n);
        more = sys || n;
    }
    in->given += more;
    in->taken += in->chunk ? in->chunk : n;
    uint64_t taken = in->chunk && in->taken > in->whole ? in->whole : in->taken;
    pthread_mutex_unlock(&in->source);
    if (more && in->watch) in->watch->progress(in->watch->context, in->name, taken, in->whole);
    if (more) block->input = in;
    if (more && !sys && in->chunk) sys = read_chunk(in, block);
    if (!sys) return more ? KPI_OK : KPI_NO;
    block->at = block->end = NULL;
    return fail_read(in, sys, e);
}

/* ---- order ---- */

uint64_t kpi__block_base(kpi__block *block) {
    kpi__input *in = block->input;
    pthread_mutex_lock(&in->order);
    while (in->done != block->order && !in->stopped) pthread_cond_wait(&in->turned, &in->order);
    uint64_t lines = in->lines;
    pthread_mutex_unlock(&in->order);
    return lines;
}

bool kpi__block_turn(kpi__block *block) {
    kpi__block_base(block);
    return !stopped(block->input);
}

int kpi__block_tell(kpi__block *block, const kpi_report *report, kpi_error *problem) {
    uint64_t before = kpi__block_base(block);
    if (stopped(block->input)) return KPI_SYSTEM; /* nobody asks any more */
    if (problem->line && count_passed(block->input, problem)) return KPI_SYSTEM;
    if (problem->line) problem->line += before + block->input->passed;
    return kpi__tell(report, problem);
}

/* ---- threads ---- */

unsigned kpi__threads(unsigned asked) {
    cpu_set_t set;
    unsigned n = asked;
    if (!n) n = sched_getaffinity(0, sizeof set, &set) ? 1 : (unsigned)CPU_COUNT(&set);
    return n < KPI__THREADS ? n : KPI__THREADS;
}

unsigned kpi__input_workers(const kpi__input *in, unsigned asked) {
    if (in->fd < 0 || (in->sized && !in->chunk)) return 1;
    unsigned n = kpi__threads(asked);
    if (in->sized && n > in->left / WORTH + 1) n = (unsigned)(in->left / WORTH + 1);
    return n;
}

struct crew {
    kpi__input *input;
    kpi__take_block *take;
    int code; /* of the first failure, which is in *e; under order */
    kpi_error *e;
};

struct hand {
    struct crew *crew;
    void *worker;
    pthread_t thread;
};

/* Ends the work with a failure in block, unless it was ended before. */
static void stop(struct crew *crew, kpi__block *block, int code, const kpi_error *e) {
    kpi__input *in = crew->input;
    if (block->input) kpi__block_base(block);
    pthread_mutex_lock(&in->order);
    if (!in->stopped) {
        in->stopped = true;
        crew->code = code;
        if (crew->e) *crew->e = *e;
        if (in->wake[1] >= 0 && write(in->wake[1], "", 1) < 0) in->stopped = true; /* an empty pipe takes it */
    }
    pthread_cond_broadcast(&in->turned);
    pthread_mutex_unlock(&in->order);
}

static void *do_blocks(void *context) {
    struct hand *hand = context;
    struct crew *crew = hand->crew;
    kpi__block block = {0};
    kpi_error e;
    int code;
    while (!(code = kpi__input_next(crew->input, &block, &e)) && !(code = crew->take(hand->worker, &block, &e))) {
    }
    if (code != KPI_NO || block.input) stop(crew, &block, code, &e);
    kpi__block_free(&block);
    return NULL;
}

int kpi__each_block(kpi__input *in, kpi__take_block *take, void *const *worker, unsigned workers, uint64_t **base,
                    kpi_error *e) {
    struct hand hand[KPI__THREADS];
    struct crew crew = {in, take, KPI_OK, e};
    unsigned n = 1;
    workers = kpi__input_workers(in, workers); /* at most as many as are given */
    if (workers > 1 && !in->sized && pipe2(in->wake, O_CLOEXEC)) in->wake[0] = in->wake[1] = -1, workers = 1;
    for (unsigned i = 0; i < workers; i++) hand[i] = (struct hand){.crew = &crew, .worker = worker[i]};
    while (n < workers && !pthread_create(&hand[n].thread, NULL, do_blocks, &hand[n])) n++;
    do_blocks(&hand[0]);
    while (--n) pthread_join(hand[n].thread, NULL);
    if (base) {
        *base = in->base;
        in->base = NULL;
    }
    kpi__input_free(in);
    return crew.code;
}

int kpi__input_again(kpi__input **out, const kpi__input *in, kpi_error *e) {
    kpi__input *again = NULL;
    int code = input_new(&again, in->name, e);
    if (code) return code;
    again->fd = fcntl(in->fd, F_DUPFD_CLOEXEC, 3);
    if (again->fd < 0) {
        code = kpi__fail_errno(e, in->name, "open");
        kpi__input_free(again);
        return code;
    }
    again->sized = true;
    again->from = again->counted = in->from;
    *out = again;
    return KPI_OK;
}

int kpi__input_whole(kpi__input *in, char **bytes, size_t *length, kpi_error *e) {
    char *whole = NULL, *grown;
    size_t have = 0, room = 0;
    ssize_t got = 1;
    int code = KPI_OK;
    while (got > 0) {
        if (room - have < BLOCK / 2) {
            room = room ? 2 * room : in->sized && in->left < SIZE_MAX / 2 ? (size_t)in->left + BLOCK : BLOCK;
            if (!(grown = realloc(whole, room))) break;
            whole = grown;
        }
        if ((got = get(in, whole + have, room - have - 1)) > 0) have += (size_t)got;
    }
    if (got) code = fail_read(in, got < 0 ? errno : ENOMEM, e);
    kpi__input_free(in);
    if (code || !(grown = realloc(whole, have + 1))) {
        free(whole);
        return code ? code : kpi__fail_memory(e);
    }
    grown[have] = 0;
    *bytes = grown;
    *length = have;
    return KPI_OK;
}

int kpi__read_whole(const char *path, char **bytes, size_t *length, kpi_error *e) {
    kpi__input *in;
    int code = kpi__input_open(&in, path, e);
    return code ? code : kpi__input_whole(in, bytes, length, e);
}
