/* scarce.c - preloaded: the Nth allocation fails (SCARCE_AT=N), and with SCARCE_ON=1 all after it do. At its end the
 * program writes the number of its allocations into SCARCE_COUNT, where that names a file. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

static long at, number;
static int on;

__attribute__((constructor)) static void begin(void) {
    if (getenv("SCARCE_AT")) at = strtol(getenv("SCARCE_AT"), NULL, 10);
    on = getenv("SCARCE_ON") != NULL;
    number = 0;
}

__attribute__((destructor)) static void end(void) {
    long all = number;
    at = 0;
    FILE *file = getenv("SCARCE_COUNT") ? fopen(getenv("SCARCE_COUNT"), "w") : NULL;
    if (file) fprintf(file, "%ld\n", all), fclose(file);
}

static int fails(void) {
    number++;
    if (!at || (on ? number < at : number != at)) return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) { return fails() ? NULL : __libc_malloc(size); }
void *calloc(size_t n, size_t size) { return fails() ? NULL : __libc_calloc(n, size); }
void *realloc(void *old, size_t size) { return fails() ? NULL : __libc_realloc(old, size); }
