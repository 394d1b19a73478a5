/* race.c - times programs on the same task by turns, so that whatever else the machine does meets all of them.
 *
 *   race RUNS SECONDS FOLDER <PLAN
 *
 * PLAN holds strings that end with NUL: for each program a name, the command word by word, and an empty string. They
 * are started without a shell, with no input, and print into memory; FOLDER/NAME keeps what the first run printed.
 * A program that has taken SECONDS in all has no further turn. For each that succeeds a line comes out: name, median
 * in nanoseconds, peak resident set in KiB. Exits 1 when one has failed; its name is told on standard error. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROGRAMS = 32, WORDS = 64, RUNS = 1000 };
typedef struct program {
    char *word[WORDS + 1]; /* the name, the command, NULL */
    uint64_t time[RUNS], total;
    int runs, status;
    long peak;
} program;

extern char **environ;
static program list[PROGRAMS];
static int programs, out;
static posix_spawn_file_actions_t files;

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int by_time(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static int read_plan(void) {
    char *s = NULL;
    size_t size = 0;
    for (int words = 0; getdelim(&s, &size, '\0', stdin) > 0;) {
        if (!*s && words)
            programs++, words = 0;
        else if (!*s || programs == PROGRAMS || words == WORDS)
            return 0;
        else if (!(list[programs].word[words++] = strdup(s)))
            return 0;
    }
    free(s);
    return programs;
}

static void run(program *p) {
    struct rusage usage = {0};
    pid_t pid;
    if (ftruncate(out, 0) || lseek(out, 0, SEEK_SET)) exit(4);
    uint64_t start = now();
    p->status = posix_spawnp(&pid, p->word[1], &files, NULL, p->word + 1, environ);
    if (p->status) return;
    while (wait4(pid, &p->status, 0, &usage) < 0 && errno == EINTR) continue;
    p->time[p->runs] = now() - start;
    p->total += p->time[p->runs++];
    if (usage.ru_maxrss > p->peak) p->peak = usage.ru_maxrss;
}

static void keep(const char *folder, const char *name) {
    char path[4096], buffer[65536];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    off_t at = 0;
    for (ssize_t n; (n = pread(out, buffer, sizeof buffer, at)) > 0; at += n)
        if (write(to, buffer, (size_t)n) != n) perror(path), exit(4);
    if (to < 0 || close(to)) perror(path), exit(4);
}

static int report(void) {
    int failed = 0;
    for (program *p = list; p < list + programs; p++) {
        if (p->status) {
            fprintf(stderr, "race: %s fails: %s\n", p->word[0], p->word[1]);
            failed = 1;
            continue;
        }
        qsort(p->time, (size_t)p->runs, sizeof *p->time, by_time);
        printf("%s\t%" PRIu64 "\t%ld\n", p->word[0], p->time[p->runs / 2], p->peak);
    }
    return failed;
}

int main(int argc, char **argv) {
    int runs = argc == 4 ? (int)strtol(argv[1], NULL, 10) : 0;
    uint64_t limit = argc == 4 ? strtoull(argv[2], NULL, 10) * 1000000000 : 0;
    if (runs < 1 || runs > RUNS || !read_plan()) return fprintf(stderr, "usage: race RUNS SECONDS FOLDER <PLAN\n"), 2;
    out = memfd_create("out", MFD_CLOEXEC);
    if (out < 0 || posix_spawn_file_actions_init(&files)) return 4;
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    for (int turn = 0; turn < runs; turn++) {
        for (program *p = list; p < list + programs; p++) {
            if (p->status || (turn && p->total > limit)) continue;
            run(p);
            if (!turn && !p->status) keep(argv[3], p->word[0]);
        }
    }
    return report();
}
