/* machine.c - memory and threads in large portions.
 *
 * Large arrays come straight from the system as pages: zero without being written, given back at once when they are
 * freed, and in huge pages where the machine has them, which halves the time of filling and of random access to them.
 * Small ones are written to at once: a page that is read before it is written to is mapped twice, and all processors
 * are told of that, which on two threads took more time than all that was to be done with a hundred thousand lines.
 * Work that falls apart into pieces is handed out piece by piece to whoever is free; a thread that cannot be had is
 * done without. What pieces have made is put in order by turns. */
#include "internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { HUGE = 1 << 21 };

void *kpi__pages_get(size_t bytes) {
    if (!bytes) bytes = 1;
    bool huge = bytes >= 2 * HUGE;
    size_t whole = huge ? bytes + HUGE : bytes;
    if (whole < bytes) return NULL;
    int now = huge ? 0 : MAP_POPULATE;
    char *p = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | now, -1, 0);
    if (p == MAP_FAILED) return NULL;
    if (!huge) return p;
    size_t before = -(uintptr_t)p & (HUGE - 1), after = HUGE - before;
    if (before) munmap(p, before);
    p += before;
    size_t rest = (bytes + 4095) & ~(size_t)4095;
    if (after > rest - bytes) munmap(p + rest, after - (rest - bytes));
    madvise(p, rest, MADV_HUGEPAGE);
    return p;
}

void kpi__pages_free(void *p, size_t bytes) {
    if (p) munmap(p, bytes ? bytes : 1);
}

enum { LARGE = 1 << 20 };

void *kpi__table_some(size_t bytes, size_t zeroed) {
    if (bytes >= LARGE) return kpi__pages_get(bytes);
    char *memory = bytes <= SIZE_MAX - 128 ? malloc(bytes + 128) : NULL;
    if (!memory) return NULL;
    char *table = memory + 128 - ((uintptr_t)memory & 63); /* room before it for where the memory starts */
    memset(table, 0, zeroed);
    memcpy(table - sizeof memory, &memory, sizeof memory);
    return table;
}

void *kpi__table_get(size_t bytes) { return kpi__table_some(bytes, bytes); }

void kpi__table_free(void *table, size_t bytes) {
    char *memory;
    if (table && bytes >= LARGE) kpi__pages_free(table, bytes);
    if (!table || bytes >= LARGE) return;
    memcpy(&memory, (char *)table - sizeof memory, sizeof memory);
    free(memory);
}

/* ---- vectors ---- */

#if defined __x86_64__ && __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
/* The loader of glibc knows. To ask the processor again is a tenth of all it takes to start, where it is a virtual
 * one. (The macro for this shifts into a sign.) */
static bool has(unsigned feature) {
    const struct cpuid_feature *leaf = __x86_get_cpuid_feature_leaf(feature / 128);
    return leaf->active_array[feature % 128 / 32] >> feature % 32 & 1;
}
#define HAS(name, feature) has(x86_cpu_##feature)
#else
#define HAS(name, feature) __builtin_cpu_supports(name)
#endif

enum kpi__vectors kpi__vectors(void) {
    const char *most = getenv("KPI_CPU");
    if (most && !strcmp(most, "plain")) return KPI__PLAIN;
#ifdef __x86_64__
    bool avx512 = HAS("avx512bw", AVX512BW) && HAS("avx512dq", AVX512DQ) && HAS("avx512vl", AVX512VL) &&
                  HAS("avx512vbmi", AVX512_VBMI) && HAS("avx512vbmi2", AVX512_VBMI2);
    if (avx512 && !(most && !strcmp(most, "avx2"))) return KPI__AVX512;
    if (HAS("avx2", AVX2) && HAS("bmi2", BMI2)) return KPI__AVX2;
#endif
    return KPI__PLAIN;
}

/* ---- threads ---- */

struct pieces {
    kpi__piece *piece;
    void *context;
    size_t n;
    atomic_size_t next;
};

static void *work(void *context) {
    struct pieces *pieces = context;
    for (size_t i; (i = atomic_fetch_add(&pieces->next, 1)) < pieces->n;) pieces->piece(pieces->context, i);
    return NULL;
}

void kpi__each_piece(size_t n, unsigned threads, kpi__piece *piece, void *context) {
    struct pieces pieces = {.piece = piece, .context = context, .n = n};
    pthread_t thread[KPI__THREADS];
    unsigned started = 0;
    if (threads > n) threads = (unsigned)n;
    while (started + 1 < threads && started < KPI__THREADS && !pthread_create(&thread[started], NULL, work, &pieces))
        started++;
    work(&pieces);
    while (started) pthread_join(thread[--started], NULL);
}

/* ---- turns ---- */

struct kpi__turns {
    pthread_mutex_t lock;
    pthread_cond_t passed_on;
    size_t passed;
};

kpi__turns *kpi__turns_new(void) {
    kpi__turns *turns = calloc(1, sizeof *turns);
    if (!turns) return NULL;
    pthread_mutex_init(&turns->lock, NULL);
    pthread_cond_init(&turns->passed_on, NULL);
    return turns;
}

void kpi__turns_free(kpi__turns *turns) {
    if (!turns) return;
    pthread_mutex_destroy(&turns->lock);
    pthread_cond_destroy(&turns->passed_on);
    free(turns);
}

void kpi__turn_await(kpi__turns *turns, size_t i) {
    pthread_mutex_lock(&turns->lock);
    while (turns->passed < i) pthread_cond_wait(&turns->passed_on, &turns->lock);
    pthread_mutex_unlock(&turns->lock);
}

void kpi__turn_pass(kpi__turns *turns) {
    pthread_mutex_lock(&turns->lock);
    turns->passed++;
    pthread_cond_broadcast(&turns->passed_on);
    pthread_mutex_unlock(&turns->lock);
}
