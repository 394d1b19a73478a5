/* parse.c - times goals read from YAML, alone, beside the bare events of libyaml over the same bytes.
 *
 *   parse ROUNDS FILE
 *
 * Each measurement has a process of its own, so that fresh memory is paid for, and the two take turns. Timed is from
 * the opening of the file, which is in the page cache, to all goals in memory: kpi_goals_read; "check" is with
 * kpi_goals_check, which puts them in order and looks for doubles; "events" is every event taken from libyaml and
 * thrown away. For each a line comes out: name, median in nanoseconds, peak resident set in KiB. */
#include "kpi.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <yaml.h>

enum { ROUNDS = 1000 };

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int by_time(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static int read_and(const char *path, int check) {
    kpi_goals *goals;
    kpi_error e;
    int code = kpi_goals_new(&goals, 1, &e);
    if (!code) code = kpi_goals_read(goals, path, NULL, &e);
    if (!code && check) code = kpi_goals_check(goals, NULL, &e);
    return !code;
}

static int only_read(const char *path) { return read_and(path, 0); }
static int check(const char *path) { return read_and(path, 1); }

static int events(const char *path) {
    yaml_parser_t parser;
    yaml_event_t event;
    FILE *file = fopen(path, "r");
    int end = 0;
    if (!file || !yaml_parser_initialize(&parser)) return 0;
    yaml_parser_set_input_file(&parser, file);
    while (!end) {
        if (!yaml_parser_parse(&parser, &event)) return 0;
        end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    return 1;
}

static struct task {
    const char *name;
    int (*run)(const char *path);
    uint64_t time[ROUNDS];
    long peak;
} tasks[] = {{.name = "read", .run = only_read}, {.name = "check", .run = check}, {.name = "events", .run = events}};
enum { TASKS = sizeof tasks / sizeof *tasks };

/* In a process of its own, which says by the pipe how long it took. */
static int measure(struct task *task, int round, const char *path) {
    int ends[2], status;
    struct rusage usage;
    if (pipe(ends)) return 0;
    pid_t pid = fork();
    if (pid == 0) {
        uint64_t start = now(), took;
        int done = task->run(path);
        took = now() - start;
        _exit(!done || write(ends[1], &took, sizeof took) != sizeof took);
    }
    close(ends[1]);
    int heard = read(ends[0], &task->time[round], sizeof *task->time) == sizeof *task->time;
    close(ends[0]);
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || status || !heard) return 0;
    if (usage.ru_maxrss > task->peak) task->peak = usage.ru_maxrss;
    return 1;
}

int main(int argc, char **argv) {
    int rounds = argc == 3 ? (int)strtol(argv[1], NULL, 10) : 0;
    if (rounds < 1 || rounds > ROUNDS) return fprintf(stderr, "usage: parse ROUNDS FILE\n"), 2;
    for (int round = 0; round < rounds; round++)
        for (struct task *task = tasks; task < tasks + TASKS; task++)
            if (!measure(task, round, argv[2])) return fprintf(stderr, "parse: %s fails\n", task->name), 1;
    for (struct task *task = tasks; task < tasks + TASKS; task++) {
        qsort(task->time, (size_t)rounds, sizeof *task->time, by_time);
        printf("%s\t%" PRIu64 "\t%ld\n", task->name, task->time[rounds / 2], task->peak);
    }
    return 0;
}
