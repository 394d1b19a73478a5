/* scarce.h - memory that runs out: the allocator of the test and of the library linked to it, made to fail. Include it
 * in one file of a program. */
#ifndef SCARCE_H
#define SCARCE_H

#include <errno.h>
#include <stdlib.h>

/* The allocator of the C library behind one that may fail and counts. Not with sanitizers, which have their own. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ || !defined __GLIBC__
#define NO_HOOKS
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define NO_HOOKS
#endif
#endif

static volatile long memory = -1; /* so many allocations succeed, then one fails; < 0: all succeed */

#ifndef NO_HOOKS
static bool for_good;      /* ... then all fail */
static volatile long live; /* blocks not yet freed */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void __libc_free(void *p);

static void *counted(void *p) {
    live += p != NULL;
    return p;
}

static bool runs_out(void) {
    if (memory != 0) {
        memory -= memory > 0;
        return false;
    }
    memory -= !for_good;
    errno = ENOMEM;
    return true;
}

#pragma GCC visibility push(default) /* for what the C library allocates itself, too */
void *malloc(size_t size) { return runs_out() ? NULL : counted(__libc_malloc(size)); }

void *calloc(size_t n, size_t size) { return runs_out() ? NULL : counted(__libc_calloc(n, size)); }

void *realloc(void *p, size_t size) {
    return runs_out() ? NULL : p ? __libc_realloc(p, size) : counted(__libc_malloc(size));
}

void free(void *p) {
    live -= p != NULL;
    __libc_free(p);
}
#pragma GCC visibility pop
#endif

/* Runs work(context) with every allocation failing in turn, alone and for good, until it meets none. work gives
 * whether it met one, and has then seen to it that nothing is damaged. */
static void exhaust(bool (*work)(void *context), void *context) {
#ifdef NO_HOOKS
    (void)work;
    (void)context;
    skip();
#else
    void *(*volatile take)(size_t) = malloc; /* not what the compiler knows, but what is called */
    void (*volatile give)(void *) = free;
    long held = live;
    void *probe = take(1);
    bool hooked = live == held + 1; /* a memory checker may have put its own in place */
    give(probe);
    if (!hooked)
        skip();
    for (int round = 0; round < 2; round++) {
        bool met = true;
        for (long at = 0; met; at++) {
            long before = live;
            assert_true(at < 10000);
            for_good = round;
            memory = at;
            met = work(context);
            memory = -1;
            assert_int_equal(live, before);
        }
    }
#endif
}

#endif
