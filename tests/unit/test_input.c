/* test_input.c - input.c: files, pipes and memory as blocks of whole lines, by one thread and by several.
 *
 * What all workers got is put together in the order of the blocks and must be the input; the lines before each block
 * are counted byte by byte. Pipes are standard input, filled by a thread of the test in portions. */
#include "unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

enum { MIB = 1 << 20, CHUNK = 1 << 18, TAIL = 1 << 12, WORKERS = 7 };
static const unsigned crews[] = {1, 2, 3, WORKERS};

/* ---- pipes ---- */

struct writer {
    pthread_t thread;
    kpi_text bytes;
    size_t portion; /* 0: all at once */
    int fd, before; /* before: standard input as it was */
    bool stays;     /* the end of the pipe stays open */
};

static void *write_all(void *context) {
    struct writer *w = context;
    for (size_t at = 0, size; at < w->bytes.len; at += size) {
        size = w->bytes.len - at;
        if (w->portion && size > w->portion) size = 1 + (size_t)(at * 7919 % w->portion);
        ssize_t n = write(w->fd, w->bytes.ptr + at, size);
        if (n <= 0) break;
        size = (size_t)n;
    }
    if (!w->stays) close(w->fd);
    return NULL;
}

static void start_writing(struct writer *w) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    w->before = dup(0);
    dup2(ends[0], 0);
    close(ends[0]);
    w->fd = ends[1];
    assert_int_equal(pthread_create(&w->thread, NULL, write_all, w), 0);
}

static void stop_writing(struct writer *w) {
    dup2(w->before, 0); /* the last reading end: a writer that still writes gets EPIPE */
    close(w->before);
    pthread_join(w->thread, NULL);
    if (w->stays) close(w->fd);
}

/* ---- what the workers get ---- */

struct got {
    char *bytes;
    size_t n;
    uint64_t lines, order, base;
    struct got *next;
};
struct worker {
    struct got *got;
    unsigned char sum;
};

static uint64_t count_lines(const char *p, size_t n) {
    uint64_t lines = n && p[n - 1] != '\n';
    for (size_t i = 0; i < n; i++) lines += p[i] == '\n';
    return lines;
}

static int keep_block(void *context, kpi__block *block, kpi_error *e) {
    struct worker *w = context;
    struct got *got = malloc(sizeof *got);
    size_t n = (size_t)(block->end - block->at);
    (void)e;
    assert_non_null(got);
    *got = (struct got){.bytes = malloc(n + 1), .n = n, .order = block->order, .next = w->got};
    assert_non_null(got->bytes);
    if (n) memcpy(got->bytes, block->at, n);
    for (const char *p = block->at - (n ? KPI__PADDING : 0); p < block->end + (n ? KPI__PADDING : 0); p++)
        w->sum ^= (unsigned char)*p; /* the paddings can be read */
    got->lines = block->lines = count_lines(block->at, n);
    got->base = block->order % 3 ? UINT64_MAX : kpi__block_base(block);
    block->at = block->end;
    w->got = got;
    return KPI_OK;
}

static struct got *taken(struct worker *workers, uint64_t order) {
    for (unsigned i = 0; i < WORKERS; i++)
        for (struct got *got = workers[i].got; got; got = got->next)
            if (got->order == order) return got;
    return NULL;
}

static void drop(struct worker *workers) {
    for (unsigned i = 0; i < WORKERS; i++)
        for (struct got *got = workers[i].got, *next; got; got = next) {
            next = got->next;
            free(got->bytes);
            free(got);
        }
}

static uint64_t expect_blocks(kpi__input *input, unsigned crew, kpi_text bytes) {
    struct worker workers[WORKERS] = {{0}};
    void *worker[WORKERS];
    uint64_t *base = NULL, lines = 0, order = 0;
    size_t at = 0;
    kpi_error error;
    for (unsigned i = 0; i < WORKERS; i++) worker[i] = &workers[i];
    expect_ok(kpi__each_block(input, keep_block, worker, crew, &base, &error), &error);
    for (struct got *got; (got = taken(workers, order)); order++) {
        assert_true(got->n <= bytes.len - at);
        assert_memory_equal(got->bytes, bytes.ptr + at, got->n);
        assert_int_equal(base[order], lines);
        if (order % 3 == 0) assert_int_equal(got->base, lines);
        at += got->n;
        lines += got->lines;
        if (got->n && at < bytes.len) assert_int_equal(bytes.ptr[at - 1], '\n');
    }
    assert_int_equal(at, bytes.len);
    assert_int_equal(lines, count_lines(bytes.ptr, bytes.len));
    if (order) assert_int_equal(base[order], lines);
    drop(workers);
    free(base);
    return order;
}

static void expect_file(const char *path, kpi_text bytes, unsigned crew) {
    kpi_error error;
    kpi__input *input;
    expect_ok(kpi__input_open(&input, path, &error), &error);
    assert_string_equal(kpi__input_name(input), path);
    expect_blocks(input, crew, bytes);
}

static void expect_pipe(kpi_text bytes, size_t portion, unsigned crew) {
    struct writer w = {.bytes = bytes, .portion = portion};
    start_writing(&w);
    expect_file("-", bytes, crew);
    stop_writing(&w);
}

static void expect_bytes(kpi_text bytes) {
    kpi_error error;
    kpi__input *input;
    char *copy = malloc(bytes.len + 1); /* of just its size, so that a read beyond it is seen */
    assert_non_null(copy);
    if (bytes.len) memcpy(copy, bytes.ptr, bytes.len);
    copy = realloc(copy, bytes.len ? bytes.len : 1);
    expect_ok(kpi__input_memory(&input, "m", (kpi_text){copy, bytes.len}, &error), &error);
    expect_blocks(input, 2, bytes);
    free(copy);
}

static char *make_lines(size_t n) {
    char *bytes = malloc(n + 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < n; i++) bytes[i] = random_below(40) ? (char)('a' + i % 26) : '\n';
    if (n) bytes[n - 1] = '\n';
    return bytes;
}

/* ---- sizes ---- */

static void test_sizes(void **state) {
    (void)state;
    static const size_t sizes[] = {
        0,   1,       2,         63,    64,        65,         4096,      (1 << 17) - 1,  1 << 17, (1 << 18) + 1,
        MIB, MIB + 1, CHUNK - 1, CHUNK, CHUNK + 64, 2 * CHUNK + 12345, 2 * MIB - 1, 2 * MIB, 2 * MIB + 1, 5 * MIB};
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (int lf = 0; lf < 2; lf++) {
            char *bytes = make_lines(sizes[i]);
            if (sizes[i] && !lf) bytes[sizes[i] - 1] = 'x';
            kpi_text all = {bytes, sizes[i]};
            const char *path = temp_file("sizes", all);
            for (size_t k = 0; k < COUNT(crews); k++) expect_file(path, all, crews[k]);
            expect_bytes(all);
            expect_pipe(all, 0, 1 + (unsigned)i % 3);
            if (sizes[i] < 3 * MIB) expect_pipe(all, sizes[i] > 70000 ? 65521 : 997, 1 + (unsigned)(i + 1) % 3);
            free(bytes);
        }
}

static void test_trickle(void **state) {
    (void)state;
    char *bytes = make_lines(3000);
    for (size_t portion = 1; portion < 40; portion += 3) {
        expect_pipe((kpi_text){bytes, 3000}, portion, 2);
        expect_pipe((kpi_text){bytes, 2990}, portion, 1);
    }
    free(bytes);
}

/* ---- edges of chunks ---- */

/* Where the first line starts that starts at `at` or behind it. */
static size_t line_from(const char *bytes, size_t n, size_t at) {
    const char *lf = at && at <= n ? memchr(bytes + at - 1, '\n', n - at + 1) : NULL;
    return !at ? 0 : lf ? (size_t)(lf - bytes) + 1 : n;
}

/* The only LF near the end of a chunk is at each offset around it; and two, so that an empty line is there. */
static void test_edges_of_chunks(void **state) {
    (void)state;
    enum { SMALLER = CHUNK / 2, EDGE = 16 * SMALLER, N = EDGE + 200000, AROUND = 70 };
    char *bytes = make_lines(N), path[320];
    snprintf(path, sizeof path, "%s", temp_file("edges", (kpi_text){bytes, N}));
    int fd = open(path, O_WRONLY);
    memset(bytes + EDGE - 200, 'x', 400);
    for (long d = -AROUND; d <= AROUND; d++)
        for (int two = 0; two < 2; two++) {
            bytes[EDGE + d] = '\n';
            if (two) bytes[EDGE + d + 1] = '\n';
            assert_int_equal(pwrite(fd, bytes + EDGE - 200, 400, EDGE - 200), 400);
            kpi_error error;
            kpi__input *input;
            kpi__block block = {0};
            uint64_t order = 0;
            expect_ok(kpi__input_open(&input, path, &error), &error);
            while (!kpi__input_next(input, &block, &error)) {
                size_t from = line_from(bytes, N, order * SMALLER),
                       to = line_from(bytes, N, (order + 1) * SMALLER);
                assert_int_equal(block.order, order);
                assert_int_equal(block.end - block.at, to - from);
                assert_memory_equal(block.at, bytes + from, to - from);
                order++;
            }
            assert_int_equal(order, EDGE / SMALLER + 2);
            kpi__block_free(&block);
            kpi__input_free(input);
            if (d % 16 == 0) expect_file(path, (kpi_text){bytes, N}, 2);
            bytes[EDGE + d] = bytes[EDGE + d + 1] = 'x';
        }
    close(fd);
    free(bytes);
}

/* The line that begins before an edge ends so far behind it that its end is read at once, later, much later. */
static void test_tails(void **state) {
    (void)state;
    enum { EDGE = 18 * CHUNK, N = EDGE + 2 * MIB };
    static const size_t tails[] = {TAIL, 9 * TAIL, 64 * TAIL, 73 * TAIL, CHUNK, MIB - 20};
    char *lines = make_lines(N), *bytes = malloc(N);
    assert_non_null(bytes);
    for (size_t i = 0; i < COUNT(tails); i++)
        for (size_t tail = tails[i] - 2; tail < tails[i] + 3; tail++) {
            memcpy(bytes, lines, N);
            bytes[EDGE - 12] = '\n';
            memset(bytes + EDGE - 11, 'x', tail + 11);
            bytes[EDGE + tail] = '\n';
            expect_file(temp_file("tails", (kpi_text){bytes, N}), (kpi_text){bytes, N}, crews[tail % 3]);
        }
    free(lines);
    free(bytes);
}

/* ---- long lines ---- */

struct tale { /* what line.c says of the lines of a worker's blocks */
    uint64_t good, bad, blocks;
};

static int tell_lines(void *context, kpi__block *block, kpi_error *e) {
    struct tale *tale = context;
    kpi_line line;
    int code;
    tale->blocks++;
    while ((code = kpi__block_line(block, &line, e)) != KPI_NO) {
        if (code != KPI_OK && code != KPI_DATA) return code;
        tale->good += code == KPI_OK;
        tale->bad += code == KPI_DATA;
    }
    return KPI_OK;
}

static struct tale tell(kpi__input *input, unsigned crew) {
    struct tale tales[WORKERS] = {{0}}, all = {0};
    void *worker[WORKERS];
    kpi_error error;
    for (unsigned i = 0; i < WORKERS; i++) worker[i] = &tales[i];
    expect_ok(kpi__each_block(input, tell_lines, worker, crew, NULL, &error), &error);
    for (unsigned i = 0; i < WORKERS; i++) {
        all.good += tales[i].good;
        all.bad += tales[i].bad;
        all.blocks += tales[i].blocks;
    }
    return all;
}

static void test_long_lines(void **state) {
    (void)state;
    static const struct {
        size_t before, length, after;
        uint64_t bad;
    } cases[] = {
        {10, MIB, 10, 0},          {10, MIB + 1, 10, 1},       {1000, 3 * MIB, 1000, 1}, {0, 9 * MIB, 10, 1},
        {40000, 5 * MIB, 0, 1},    {40000, 5 * MIB, 40000, 1}, {0, 2 * MIB, 1, 1},         {0, 2 * MIB - 1, 40000, 1},
        {49, 2 * MIB - 100, 200, 1}, {0, MIB, 60000, 0},
        {0, MIB, 600000, 0},       {MIB, MIB, 600000, 0},
        {MIB, MIB + 1, 600000, 1}, {4 * MIB + 1, MIB + 1, 600000, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t n = 2 * (cases[i].before + cases[i].after) + cases[i].length + 1;
        char *bytes = malloc(n), *p = bytes;
        assert_non_null(bytes);
        for (size_t k = 0; k < cases[i].before; k++) *p++ = 'a', *p++ = '\n';
        memset(p, 'b', cases[i].length), p += cases[i].length;
        *p++ = '\n';
        for (size_t k = 0; k < cases[i].after; k++) *p++ = 'c', *p++ = '\n';
        const char *path = temp_file("long", (kpi_text){bytes, n});
        for (size_t k = 0; k < 2 * COUNT(crews); k++) {
            struct writer w = {.bytes = {bytes, n}, .portion = k % 2 ? 65521 : 0};
            kpi__input *input;
            kpi_error error;
            bool pipe = k >= COUNT(crews);
            if (pipe) start_writing(&w);
            expect_ok(kpi__input_open(&input, pipe ? "-" : path, &error), &error);
            struct tale tale = tell(input, crews[k % COUNT(crews)]);
            if (pipe) stop_writing(&w);
            assert_int_equal(tale.bad, cases[i].bad);
            assert_int_equal(tale.good, cases[i].before + cases[i].after + 1 - cases[i].bad);
        }
        free(bytes);
    }
}

/* ---- standard input that is a file ---- */

static void test_middle_of_a_file(void **state) {
    (void)state;
    enum { N = 5 * MIB };
    static const size_t from[] = {0,     1,         63,          64,      65,    4095, 4096, CHUNK - 1,
                                  CHUNK, CHUNK + 1, 4 * MIB - 2, 4 * MIB, N - 1, N,    N + 5};
    char *bytes = make_lines(N);
    const char *path = temp_file("middle", (kpi_text){bytes, N});
    int before = dup(0);
    for (size_t i = 0; i < COUNT(from); i++)
        for (size_t k = 0; k < COUNT(crews); k++) {
            size_t at = from[i] < N ? from[i] : N;
            int fd = open(path, O_RDONLY);
            lseek(fd, (off_t)from[i], SEEK_SET);
            dup2(fd, 0);
            close(fd);
            expect_file("-", (kpi_text){bytes + at, N - at}, crews[k]);
        }
    dup2(before, 0);
    close(before);
    free(bytes);
}

/* ---- failures ---- */

struct judge {
    const kpi_report *report; /* else the first "BAD" line fails */
};

static int judge_block(void *context, kpi__block *block, kpi_error *e) {
    const struct judge *judge = context;
    kpi_line line;
    int code;
    while (!(code = kpi__block_line(block, &line, e))) {
        if (line.text.len < 3 || memcmp(line.text.ptr, "BAD", 3) != 0) continue;
        code = kpi__fail_line(e, &line, 0, "%.8s", line.text.ptr);
        if (judge->report)
            code = kpi__block_tell(block, judge->report, e);
        else
            e->line += kpi__block_base(block);
        if (code) return code;
    }
    return code == KPI_NO ? KPI_OK : code;
}

static int judge_all(const char *path, unsigned crew, const kpi_report *report, kpi_error *e) {
    struct judge judge = {report};
    void *worker[WORKERS];
    kpi__input *input;
    for (unsigned i = 0; i < WORKERS; i++) worker[i] = &judge;
    int code = kpi__input_open(&input, path, e);
    return code ? code : kpi__each_block(input, judge_block, worker, crew, NULL, e);
}

/* Bad lines "BAD00042" all over a file; how many lines. */
static size_t make_bad_lines(char *bytes, size_t lines, size_t bads, size_t *where) {
    size_t bad = 0;
    for (size_t i = 0; i < lines; i++) {
        bool is_bad = bad < bads && i == (bad + 1) * lines / (bads + 1);
        if (is_bad) where[bad] = i + 1;
        snprintf(bytes + i * 10, 11, is_bad ? "BAD%05zu_\n" : "line%05zu\n", is_bad ? ++bad : i % 100000);
    }
    return lines * 10;
}

static void test_first_failure(void **state) {
    (void)state;
    enum { LINES = 1000000, BADS = 40 };
    size_t where[BADS];
    char *bytes = malloc(LINES * 10 + 1), expected[BADS * 40] = "";
    assert_non_null(bytes);
    kpi_text all = {bytes, make_bad_lines(bytes, LINES, BADS, where)};
    const char *path = temp_file("bad", all);
    for (size_t i = 0; i < BADS; i++) {
        size_t n = strlen(expected);
        snprintf(expected + n, sizeof expected - n, "X:%zu: BAD%05zu\n", where[i], i + 1);
    }
    for (size_t k = 0; k < 4 * COUNT(crews); k++) {
        kpi_error error = {0};
        struct writer w = {.bytes = all};
        bool pipe = k >= 2 * COUNT(crews);
        unsigned crew = crews[k % COUNT(crews)];
        struct heard heard = {0}, third = {.stop = 3};
        kpi_report report = hearing(&heard), stops = hearing(&third);
        const char *name = pipe ? "-" : path;
        if (pipe) start_writing(&w);
        assert_int_equal(judge_all(name, crew,
                                   k % 3 == 0   ? &stops
                                   : k % 3 == 1 ? &report
                                                : NULL,
                                   &error),
                         k % 3 == 1 ? KPI_OK : KPI_DATA);
        if (pipe) stop_writing(&w);
        size_t told = k % 3 == 0 ? 3 : k % 3 == 1 ? BADS : 0;
        if (k % 3 == 0) assert_int_equal(error.line, where[2]);
        if (k % 3 == 2) assert_int_equal(error.line, where[0]);
        assert_int_equal(heard.n + third.n, told);
        const char *found = k % 3 ? heard.text : third.text, *e = expected;
        for (size_t i = 0; i < told; i++, found = strchr(found, '\n') + 1, e = strchr(e, '\n') + 1) {
            assert_memory_equal(found, name, strlen(name));
            assert_memory_equal(found + strlen(name), e + 1, strcspn(e, "\n"));
        }
    }
    free(bytes);
}

/* A pipe that gives a bad line, then nothing, and stays open: who waits for it is woken. */
static void test_silent_pipe(void **state) {
    (void)state;
    static const unsigned many[] = {2, 3, 7};
    for (size_t i = 0; i < 5 * COUNT(many); i++) {
        kpi_error error = {0};
        struct writer w = {.bytes = TEXT("line\nBAD00001_\nmore\nhalf"), .stays = true, .portion = i % 4};
        alarm(20);
        start_writing(&w);
        assert_int_equal(judge_all("-", many[i % COUNT(many)], NULL, &error), KPI_DATA);
        assert_int_equal(error.line, 2);
        stop_writing(&w);
        alarm(0);
    }
}

/* One block takes as long as more than a hundred others. */
struct slow {
    unsigned others; /* blocks done; by all threads */
    uint64_t lines;
};
static pthread_mutex_t slow_lock = PTHREAD_MUTEX_INITIALIZER;

static int take_slowly(void *context, kpi__block *block, kpi_error *e) {
    struct slow *slow = context;
    (void)e;
    unsigned others = 0;
    for (int i = 0; block->order == 0 && others < 120 && i < 300; i++) { /* 0.3 s at most: they may have to wait */
        nanosleep(&(struct timespec){0, 1000000}, NULL);
        pthread_mutex_lock(&slow_lock);
        others = slow->others;
        pthread_mutex_unlock(&slow_lock);
    }
    block->lines = count_lines(block->at, (size_t)(block->end - block->at));
    pthread_mutex_lock(&slow_lock);
    slow->others++;
    slow->lines += block->lines;
    pthread_mutex_unlock(&slow_lock);
    return KPI_OK;
}

static void test_slow_block(void **state) {
    (void)state;
    enum { N = 130 * MIB }; /* blocks have up to 1 MiB */
    char *bytes = malloc(N);
    assert_non_null(bytes);
    for (size_t i = 0; i < N; i++) bytes[i] = i % 64 == 63 ? '\n' : 'a';
    for (unsigned crew = 2; crew < 4; crew++) {
        struct writer w = {.bytes = {bytes, N}};
        struct slow slow = {0};
        void *worker[] = {&slow, &slow, &slow};
        uint64_t *base = NULL;
        kpi__input *input;
        kpi_error error;
        start_writing(&w);
        expect_ok(kpi__input_open(&input, "-", &error), &error);
        expect_ok(kpi__each_block(input, take_slowly, worker, crew, &base, &error), &error);
        stop_writing(&w);
        assert_int_equal(slow.lines, N / 64);
        assert_true(slow.others > 100);
        assert_int_equal(base[slow.others], N / 64);
        free(base);
    }
    free(bytes);
}

/* ---- parts of files ---- */

/* What is narrowed to is all there is; what is told of it has its line in the whole, in chunks or not. */
static void test_narrow(void **state) {
    (void)state;
    enum { LINES = 500000, BADS = 40 };
    size_t where[BADS];
    char *bytes = malloc(LINES * 10 + 1);
    assert_non_null(bytes);
    kpi_text all = {bytes, make_bad_lines(bytes, LINES, BADS, where)};
    const char *path = temp_file("parts", all);
    for (unsigned round = 0; round < 40; round++) {
        kpi__input *input;
        kpi_error error;
        uint64_t start, end;
        char seen[10];
        struct heard heard = {0};
        kpi_report report = hearing(&heard);
        struct judge judge = {&report};
        void *worker[WORKERS];
        for (unsigned i = 0; i < WORKERS; i++) worker[i] = &judge;
        uint64_t from = random_below(LINES), to = from + random_below(round % 2 ? 20000 : LINES - from + 1);
        if (to > LINES) to = LINES;
        for (int told = 0; told < 2; told++) {
            expect_ok(kpi__input_open(&input, path, &error), &error);
            assert_true(kpi__input_span(input, &start, &end));
            assert_int_equal(start, 0);
            assert_int_equal(end, all.len);
            expect_ok(kpi__input_peek(input, 10 * (from ? from - 1 : 0), seen, sizeof seen, &error), &error);
            assert_memory_equal(seen, bytes + 10 * (from ? from - 1 : 0), sizeof seen);
            if (round % 3 == 0) kpi__input_narrow(input, 10 * (from / 2), 10 * to);
            kpi__input_narrow(input, 10 * from, 10 * to);
            assert_true(kpi__input_span(input, &start, &end));
            assert_int_equal(start, 10 * from);
            assert_int_equal(end, 10 * to);
            unsigned crew = crews[round % COUNT(crews)];
            if (told)
                expect_ok(kpi__each_block(input, judge_block, worker, crew, NULL, &error), &error);
            else
                expect_blocks(input, crew, (kpi_text){bytes + 10 * from, 10 * (to - from)});
        }
        char expected[BADS * 80] = "";
        unsigned n = 0;
        for (size_t i = 0, used = 0; i < BADS; i++) {
            if (where[i] <= from || where[i] > to) continue;
            used += (size_t)snprintf(expected + used, sizeof expected - used, ":%zu: BAD%05zu\n", where[i], i + 1);
            n++;
        }
        assert_int_equal(heard.n, n);
        const char *found = heard.text;
        for (const char *e = expected; *e; e = strchr(e, '\n') + 1, found = strchr(found, '\n') + 1) {
            assert_memory_equal(found, path, strlen(path));
            assert_memory_equal(found + strlen(path), e, strcspn(e, "\n"));
        }
    }
    free(bytes);
}

static void test_no_parts(void **state) {
    (void)state;
    kpi_error error;
    kpi__input *input;
    uint64_t from, to;
    char bytes[8], expected[400];
    struct writer w = {.bytes = TEXT("line\n")};
    expect_ok(kpi__input_memory(&input, "m", TEXT("a\n"), &error), &error);
    assert_false(kpi__input_span(input, &from, &to));
    kpi__input_free(input);
    start_writing(&w);
    expect_ok(kpi__input_open(&input, "-", &error), &error);
    assert_false(kpi__input_span(input, &from, &to));
    kpi__input_free(input);
    stop_writing(&w);
    const char *path = temp_file("part", TEXT("0123456789"));
    expect_ok(kpi__input_open(&input, path, &error), &error);
    assert_int_equal(truncate(path, 9), 0);
    expect_ok(kpi__input_peek(input, 1, bytes, 8, &error), &error);
    assert_memory_equal(bytes, "12345678", 8);
    snprintf(expected, sizeof expected, "%s: the file became shorter while it was read", path);
    expect_failure(kpi__input_peek(input, 2, bytes, 8, &error), KPI_SYSTEM, &error, expected);
    kpi__input_free(input);
}

static void test_truncated(void **state) {
    (void)state;
    enum { N = 7 * MIB };
    static const off_t sizes[] = {0, 100, CHUNK, CHUNK + 5000, MIB, 6 * MIB, 6 * MIB + 1, N - 100000};
    char *bytes = make_lines(N);
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (size_t k = 0; k < COUNT(crews); k++) {
            const char *path = temp_file("shorter", (kpi_text){bytes, N});
            struct tale tales[WORKERS];
            void *worker[WORKERS];
            char expected[400];
            kpi__input *input;
            kpi_error error;
            for (unsigned j = 0; j < WORKERS; j++) worker[j] = &tales[j];
            expect_ok(kpi__input_open(&input, path, &error), &error);
            assert_int_equal(truncate(path, sizes[i]), 0);
            snprintf(expected, sizeof expected, "%s: the file became shorter while it was read", path);
            int code = kpi__each_block(input, tell_lines, worker, crews[k], NULL, &error);
            expect_failure(code, KPI_SYSTEM, &error, expected);
        }
    free(bytes);
}

/* ---- how many ---- */

static void test_workers(void **state) {
    (void)state;
    kpi_error error;
    kpi__input *input;
    assert_in_range(kpi__threads(0), 1, KPI__THREADS);
    assert_int_equal(kpi__threads(1), 1);
    assert_int_equal(kpi__threads(5), 5);
    assert_int_equal(kpi__threads(100000), KPI__THREADS);
    expect_ok(kpi__input_memory(&input, "m", TEXT("a\n"), &error), &error);
    assert_int_equal(kpi__input_workers(input, 8), 1);
    kpi__input_free(input);
    char *bytes = make_lines(5 * MIB);
    expect_ok(kpi__input_open(&input, temp_file("small", (kpi_text){bytes, 5000}), &error), &error);
    assert_int_equal(kpi__input_workers(input, 8), 1);
    kpi__input_free(input);
    expect_ok(kpi__input_open(&input, temp_file("large", (kpi_text){bytes, 5 * MIB}), &error), &error);
    assert_int_equal(kpi__input_workers(input, 8), 3);
    assert_int_equal(kpi__input_workers(input, 2), 2);
    kpi__input_free(input);
    kpi__input_free(NULL);
    free(bytes);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_trickle),
        cmocka_unit_test(test_edges_of_chunks),
        cmocka_unit_test(test_tails),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_middle_of_a_file),
        cmocka_unit_test(test_first_failure),
        cmocka_unit_test(test_silent_pipe),
        cmocka_unit_test(test_slow_block),
        cmocka_unit_test(test_narrow),
        cmocka_unit_test(test_no_parts),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_workers),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
