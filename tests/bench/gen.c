/* gen.c - logs for the benchmark: gen feedback|visit LINES. The same LINES give the same bytes on any machine.
 * A year of days in order; managers and clients in proportion to the lines, every third name Chinese. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t state = 20261102;

static uint32_t below(uint32_t n) { /* xorshift*, by Vigna */
    state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
    return (uint32_t)(((state * 0x2545F4914F6CDD1Du) >> 32) * n >> 32);
}

#define ONE_OF(list) list[below(sizeof(list) / sizeof *(list))]
static const char *const names[] = {"zhang.wei", "li.na", "olsen", "haddad", "okafor", "moreau", "王芳", "陈静", "刘洋"};
static const char *const sources[] = {"survey", "survey", "call", "visit", "app"};
static const char *const themes[] = {"delivery/late", "delivery/damaged", "price", "service", "service/waiting", "售后"};
static const char *const scores[] = {"", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "7", "8", "9", "10"};
static const char *const minutes[] = {"", "5", "10", "15", "20", "30", "30", "45", "60", "90", "120"};
static const char *const kinds[] = {"visit", "visit", "visit", "call", "meeting", "training"};
static const char *const states[] = {"done", "done", "done", "done", "planned", "missed", "cancelled"};
static const char *const notes[] = {"", "", "", "asked for a new offer", "will call again", "发货太慢", "renewal discussed, \"maybe\""};
static const char *const purposes[] = {"", "renewal", "complaint", "new products", "新品介绍"};

static void put(const char *text) { printf("%s\t", text); } /* several draws in one printf would have no order */

static void feedback(const char *day) {
    put(ONE_OF(sources));
    put(ONE_OF(themes));
    put(ONE_OF(scores));
    put(below(4) ? "" : day);
    printf("%sT%02u:30:00Z\t", day, 8 + below(10));
}

static void visit(const char *day) {
    put(ONE_OF(kinds));
    put(ONE_OF(states));
    put(ONE_OF(purposes));
    put("");
    put(ONE_OF(minutes));
    printf("%sT%02u:30:00Z\t", day, 8 + below(10));
}

int main(int argc, char **argv) {
    uint64_t lines = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
    if (!lines) return fprintf(stderr, "usage: gen feedback|visit LINES\n"), 2;
    uint32_t managers = (uint32_t)(10 + lines / 5000);
    for (uint64_t i = 0; i < lines; i++) {
        char day[16];
        time_t at = (time_t)(1767225600 + i * 365 / lines * 86400); /* from 2026-01-01 */
        strftime(day, sizeof day, "%Y-%m-%d", gmtime(&at));
        uint32_t manager = below(managers);
        printf("%s\t%s.%u\tC%06u\t", day, names[manager % 9], manager, manager * 40 + below(40));
        (*argv[1] == 'f' ? feedback : visit)(day);
        puts(ONE_OF(notes));
    }
    return fflush(stdout) || ferror(stdout);
}
