/* test_memory.c - no memory: every allocation of every stage fails once, and from then on. Nothing may crash or leak,
 * the failure is told as such (KPI_SYSTEM, ENOMEM), and files stay whole.
 *
 * The linker leads the allocating calls of the test and of libkpi.a to those below (--wrap in the Makefile); libyaml
 * is a shared library, but its own calls can be stood in for. What the C library allocates for itself is not seen. */
#include "unit.h"

#include <errno.h>
#include <pthread.h>

/* ---- memory that runs out ---- */

/* Threads of the library allocate, too: the counters are under a lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long left = -1; /* so many allocations succeed, then one fails; < 0: all succeed */
static bool for_good;  /* ... then all fail */
static bool met;       /* one has failed */
static long live;      /* blocks not yet freed */

static bool runs_out(void) {
    pthread_mutex_lock(&lock);
    bool out = left == 0;
    left -= out ? !for_good : left > 0;
    met |= out;
    pthread_mutex_unlock(&lock);
    if (out) errno = ENOMEM;
    return out;
}

static void *counted(void *p) {
    __atomic_add_fetch(&live, p != NULL, __ATOMIC_RELAXED);
    return p;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void __real_free(void *p);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
char *__real_realpath(const char *path, char *out);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void __wrap_free(void *p);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);
char *__wrap_realpath(const char *path, char *out);
int __wrap_asprintf(char **out, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap___asprintf_chk(char **out, int flag, const char *format, ...) __attribute__((format(printf, 3, 4)));

void *__wrap_malloc(size_t size) { return runs_out() ? NULL : counted(__real_malloc(size)); }
void *__wrap_calloc(size_t n, size_t size) { return runs_out() ? NULL : counted(__real_calloc(n, size)); }
char *__wrap_strdup(const char *s) { return runs_out() ? NULL : counted(__real_strdup(s)); }
char *__wrap_strndup(const char *s, size_t n) { return runs_out() ? NULL : counted(__real_strndup(s, n)); }
char *__wrap_realpath(const char *path, char *out) { return runs_out() ? NULL : counted(__real_realpath(path, out)); }

void *__wrap_realloc(void *p, size_t size) {
    if (runs_out()) return NULL;
    return p ? __real_realloc(p, size) : counted(__real_realloc(p, size));
}

void __wrap_free(void *p) {
    __atomic_sub_fetch(&live, p != NULL, __ATOMIC_RELAXED);
    __real_free(p);
}

static int put(char **out, const char *format, va_list arguments) {
    int n = runs_out() ? -1 : vasprintf(out, format, arguments);
    if (n >= 0) counted(*out);
    return n;
}

int __wrap_asprintf(char **out, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int n = put(out, format, arguments);
    va_end(arguments);
    return n;
}

int __wrap___asprintf_chk(char **out, int flag, const char *format, ...) {
    va_list arguments;
    (void)flag;
    va_start(arguments, format);
    int n = put(out, format, arguments);
    va_end(arguments);
    return n;
}

/* Where libyaml allocates; it looks these up by name, as they are part of its interface. */
#define IN_PLACE_OF_LIBYAML __attribute__((visibility("default")))
IN_PLACE_OF_LIBYAML void *yaml_malloc(size_t size);
IN_PLACE_OF_LIBYAML void *yaml_realloc(void *p, size_t size);
IN_PLACE_OF_LIBYAML void yaml_free(void *p);
IN_PLACE_OF_LIBYAML unsigned char *yaml_strdup(const unsigned char *s);
static long yaml_calls;

void *yaml_malloc(size_t size) { return yaml_calls++, malloc(size ? size : 1); }
void *yaml_realloc(void *p, size_t size) { return realloc(p, size ? size : 1); }
void yaml_free(void *p) { free(p); }
unsigned char *yaml_strdup(const unsigned char *s) { return s ? (unsigned char *)strdup((const char *)s) : NULL; }

/* ---- running out ---- */

typedef int stage(kpi_error *error);

/* Runs work with each allocation failing in turn, alone and for good, until it meets none. */
static void exhaust(const char *what, stage *work) {
    for (int round = 0; round < 2; round++) {
        long at = 0;
        do {
            kpi_error error;
            long before = live;
            memset(&error, 0, sizeof error);
            for_good = round;
            met = false;
            left = at++;
            int code = work(&error);
            left = -1;
            if (code != (met ? KPI_SYSTEM : KPI_OK))
                fail_msg("%s, allocation %ld: %d, %s", what, at, code, shown(&error));
            if (met && (error.code != KPI_SYSTEM || error.sys != ENOMEM || !*error.text))
                fail_msg("%s, allocation %ld: told as '%s', errno %d", what, at, shown(&error), error.sys);
            if (live != before) fail_msg("%s, allocation %ld: %ld blocks leak", what, at, live - before);
            assert_true(at < 100000);
        } while (met);
        assert_true(at > 1);
    }
}

/* ---- stages ---- */

enum { MANY = 40 };

static char managers[320], clients[320], goals_yaml[320], goal_lines[320], measures[320], visits[320], timed[320],
    feedback[320], scratch[320], large[320], plain_feedback[320], complaints[320];

static int read_whole(kpi_error *error) {
    char *bytes;
    size_t n;
    int code = kpi__read_whole(clients, &bytes, &n, error);
    if (!code) free(bytes);
    return code;
}

static int read_memory(kpi_error *error) {
    kpi_reader *reader;
    kpi_line line;
    int code = kpi__reader_memory(&reader, "m", TEXT("a\tb\n"), error);
    if (code) return code;
    code = kpi_reader_next(reader, &line, error);
    kpi_reader_free(reader);
    return code;
}

static int read_book(enum kpi_record_kind kind, kpi_book **out, kpi_error *error) {
    kpi_book *book;
    int code = kpi_book_new(&book, kind, error);
    if (code) return code;
    code = kpi_book_read(book, kind == KPI_MANAGER ? managers : clients, NULL, error);
    if (code || !out)
        kpi_book_free(book);
    else
        *out = book;
    return code;
}

static int read_managers(kpi_error *error) { return read_book(KPI_MANAGER, NULL, error); }
static int read_clients(kpi_error *error) { return read_book(KPI_CLIENT, NULL, error); }

static int read_goals(kpi_goals **out, kpi_error *error) {
    kpi_goals *goals;
    int code = kpi_goals_new(&goals, 0, error);
    if (code) return code;
    code = kpi_goals_read(goals, goals_yaml, NULL, error);
    if (!code) code = kpi_goals_read(goals, goal_lines, NULL, error);
    if (!code) code = kpi_goals_check(goals, NULL, error);
    if (code || !out)
        kpi_goals_free(goals);
    else
        *out = goals;
    return code;
}

static int only_goals(kpi_error *error) { return read_goals(NULL, error); }

static int read_measures(kpi_measures **out, kpi_error *error) {
    kpi_measures *m;
    int code = kpi_measures_new(&m, NULL, period("2026-10"), "2026-10", 0, error);
    if (code) return code;
    code = kpi_measures_read(m, measures, NULL, error);
    if (!code) code = kpi__measures_warn(m, NULL, error);
    if (code || !out)
        kpi_measures_free(m);
    else
        *out = m;
    return code;
}

static int only_measures(kpi_error *error) { return read_measures(NULL, error); }

/* What scoring takes is read once, without failures, so that those below are scoring's own. */
static kpi_book *book, *client_book;
static kpi_goals *goals;
static kpi_measures *measured;

static int score(kpi_error *error) {
    kpi_scores *scores;
    kpi_score_options options = {.period = period("2026-10"), .period_text = "2026-10", .managers = book};
    int code = kpi_score(&scores, goals, measured, &options, NULL, error);
    if (!code) kpi_scores_free(scores);
    return code;
}

static int ignore_step(void *context, const kpi_step *step, kpi_error *error) {
    (void)context, (void)step, (void)error;
    return KPI_OK;
}

static kpi_scores *scored;

static int explain(kpi_error *error) {
    kpi_journal *journal = NULL;
    kpi_measures *again = NULL;
    char *text;
    size_t length;
    int code = kpi_journal_new(&journal, (kpi_names){0}, error);
    if (!code) code = kpi_measures_new(&again, goals, period("2026-10"), "2026-10", 1, error);
    if (!code) code = kpi_journal_read(journal, again, temp_path("explained"), NULL, error);
    if (!code) code = kpi_explain(scored, 0, journal, ignore_step, NULL, error);
    if (!code) code = kpi_explain_json(scored, 0, journal, &text, &length, error);
    if (!code) free(text);
    kpi_measures_free(again);
    kpi_journal_free(journal);
    return code;
}

static int score_teams(kpi_error *error) {
    kpi_teams *teams;
    int code = kpi_teams_new(&teams, scored, NULL, error);
    if (!code) kpi_teams_free(teams);
    return code;
}

static int ignore_move(void *context, const kpi_move *move, kpi_error *error) {
    (void)context, (void)move, (void)error;
    return KPI_OK;
}

static int compare_runs(kpi_error *error) {
    kpi_run *a = NULL, *b = NULL;
    int code = kpi_run_new(&a, error);
    if (!code) code = kpi_run_new(&b, error);
    if (!code) code = kpi_run_read(a, temp_path("run"), error);
    if (!code) code = kpi_run_read(b, temp_path("lines"), error);
    if (!code) code = kpi_diff(a, b, (kpi_names){0}, ignore_move, NULL, error);
    if (!code) code = kpi_diff(a, a, (kpi_names){0}, ignore_move, NULL, error);
    kpi_run_free(a);
    kpi_run_free(b);
    return code;
}

/* Looking ahead from scores that are there. */
static int foresee(kpi_error *error) {
    kpi_calendar *calendar;
    kpi_pace *pace = NULL;
    kpi_pace_line *line;
    size_t lines;
    int code = kpi_calendar_new(&calendar, error);
    if (code) return code;
    kpi_pace_options options = {period("2026-10"), day("2026-10-12"), calendar, book};
    code = kpi_calendar_read(calendar, temp_file("off", TEXT("2026-10-05\n+2026-10-10\n")), NULL, error);
    if (!code) code = kpi_pace_new(&pace, scored, &options, error);
    if (!code) code = kpi_pace_lines(pace, 0, &line, &lines, error);
    if (!code) free(line);
    kpi_pace_free(pace);
    kpi_calendar_free(calendar);
    return code;
}

static int need(kpi_error *error) {
    kpi_needs *needs;
    int code = kpi_needs_new(&needs, scored, 0, &(kpi_need_options){0}, error);
    if (!code) kpi_needs_free(needs);
    return code;
}

static int look_at_weights(kpi_error *error) {
    kpi_stable *stable;
    int code = kpi_stable_new(&stable, scored, error);
    if (!code) kpi_stable_free(stable);
    return code;
}

static int read_until(kpi_error *error) {
    kpi_measures *m;
    int code = kpi_measures_new(&m, NULL, period("2026-10"), "2026-10", 0, error);
    if (code) return code;
    code = kpi_measures_read_until(m, (const char *[]){measures}, 1, day("2026-10-05"), NULL, error);
    kpi_measures_free(m);
    return code;
}

static int check_weights(kpi_error *error) {
    kpi_score_options options = {.period = period("2026-10"), .period_text = "2026-10", .managers = book};
    return kpi_weights_check(goals, &options, NULL, error);
}

static int tally_once(const kpi_tally_options *options, const char *path, kpi_error *error) {
    kpi_tally *one = NULL, *two = NULL;
    kpi_figure out[KPI_TALLY_STATS];
    int code = kpi_tally_new(&one, options, error);
    if (!code) code = kpi_tally_new(&two, options, error);
    if (!code) code = kpi_tally_read(one, path, NULL, error);
    if (!code) code = kpi_tally_merge(two, one, error);
    if (!code) code = kpi_tally_finish(two, error);
    for (size_t i = 0; !code && i < kpi_tally_groups(two); i++) kpi_tally_figures(two, i, out);
    kpi_tally_free(one);
    kpi_tally_free(two);
    return code;
}

static int tally_visits(kpi_error *error) {
    kpi_tally_options options = {.record = KPI_VISIT,
                                 .keys = "month,manager,tier,team",
                                 .manager_book = book,
                                 .client_book = client_book,
                                 .stats = "clients,kept,coverage,visits,load",
                                 .late_after = -1,
                                 .period_text = "2026",
                                 .period = period("2026")};
    return tally_once(&options, visits, error);
}

static int tally_emit(kpi_error *error) {
    kpi_tally_options options = {.record = KPI_VISIT, .client_book = client_book, .emit = "visits=v,coverage,kept"};
    return tally_once(&options, visits, error);
}

static int tally_feedback(kpi_error *error) {
    kpi_tally_options options = {
        .record = KPI_FEEDBACK, .keys = "theme,comment", .stats = "nps,csat-low,share,running", .top = 3, .least = 2};
    return tally_once(&options, feedback, error);
}

static int tally_nothing(kpi_error *error) {
    kpi_tally_options options = {.record = KPI_FEEDBACK, .keys = ""};
    return tally_once(&options, "/dev/null", error);
}

static int put_nowhere(void *context, kpi_text lines, kpi_error *error) {
    (void)context, (void)lines, (void)error;
    return KPI_OK;
}

static int read_themes(kpi_themes **out, kpi_error *error) {
    kpi_themes *made = NULL;
    int code = kpi_themes_new(&made, error);
    if (!code) code = kpi_themes_parse(made, "t", TEXT("a: [comment of, number 7]\nb: [\"odd\", 发货]\n"), error);
    if (!code) code = kpi_themes_ready(made, error);
    if (code)
        kpi_themes_free(made);
    else
        *out = made;
    return code;
}

static int fill_themes(kpi_error *error) {
    kpi_theme_options options = {.other = "other", .threads = 1};
    kpi_themes *made;
    int code = read_themes(&made, error);
    if (code) return code;
    options.themes = made;
    code = kpi_theme(plain_feedback, &options, put_nowhere, NULL, NULL, error);
    kpi_themes_free(made);
    return code;
}

static int count_phrases(kpi_error *error) {
    kpi_phrases *phrases;
    int code = kpi_phrases_new(&phrases, NULL, 1, error);
    if (code) return code;
    code = kpi_phrases_read(phrases, plain_feedback, NULL, error);
    if (!code) code = kpi_phrases_finish(phrases, 10, error);
    kpi_phrases_free(phrases);
    return code;
}

static int level_from(const char *path, kpi_error *error) {
    kpi_level_options options = {.least = 1, .threads = 2, .high = 100 * KPI_ONE};
    kpi_level *level;
    int code = kpi_level_new(&level, &options, error);
    if (code) return code;
    code = kpi_level_read(level, path, NULL, error);
    if (!code) code = kpi_level_write(level, put_nowhere, NULL, error);
    kpi_level_free(level);
    return code;
}

static int level_file(kpi_error *error) { return level_from(plain_feedback, error); }

/* What is no regular file. */
static int level_pipe(kpi_error *error) {
    int ends[2];
    char path[64];
    static const char line[] = "2026-10-01\tm\ta\t\t\t5\t\t\todd\\n\n";
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], line, sizeof line - 1), sizeof line - 1);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    int code = level_from(path, error);
    close(ends[0]);
    return code;
}

/* A large file, by one thread and by two (what one thread takes is then as it comes: each failure is met sooner or
 * later, or none is). */
static kpi_tally_options many_visits(unsigned threads) {
    return (kpi_tally_options){.record = KPI_VISIT,
                               .keys = "month,manager,team",
                               .manager_book = book,
                               .stats = "clients,minutes",
                               .late_after = -1,
                               .threads = threads};
}

static int tally_large(kpi_error *error) {
    kpi_tally_options options = many_visits(1);
    return tally_once(&options, large, error);
}

static int tally_by_two(kpi_error *error) {
    kpi_tally_options options = many_visits(2);
    return tally_once(&options, large, error);
}

static int list_due(kpi_error *error) {
    kpi_due *due;
    kpi_due_options options = {
        .as_of = day("2026-11-02"), .client_book = client_book, .scheme = kpi_goals_scheme_at(goals, 0)};
    int code = kpi_due_new(&due, &options, error);
    if (code) return code;
    code = kpi_due_read(due, visits, NULL, error);
    if (!code) code = kpi_due_read(due, timed, NULL, error);
    if (!code) code = kpi_due_finish(due, NULL, error);
    kpi_due_free(due);
    return code;
}

static int check_honesty(kpi_error *error) {
    kpi_honesty *honesty;
    kpi_honesty_options options = {
        .batch = 2, .as_of = day("2026-10-02"), .manager_book = book, .client_book = client_book};
    int code = kpi_honesty_new(&honesty, &options, error);
    if (code) return code;
    code = kpi_honesty_read(honesty, visits, NULL, error);
    if (!code) code = kpi_honesty_read(honesty, timed, NULL, error);
    if (!code) code = kpi_honesty_finish(honesty, error);
    kpi_honesty_free(honesty);
    return code;
}

static int count_many(kpi_error *error) {
    kpi__groups *g = kpi__groups_new(2), *other = kpi__groups_new(2);
    kpi__bags *bags = kpi__bags_new();
    uint32_t to[8], code[KPI__KEYS], order[8], group = 0;
    kpi__group one = {.count = {1}};
    int result = g && other && bags ? KPI_OK : kpi__fail_memory(error);
    for (uint64_t i = 1; i < 400 && !result; i++) {
        char text[32];
        snprintf(text, sizeof text, "%d", (int)(i % 5));
        code[0] = kpi__dict_put(kpi__groups_texts(g, 0), kpi_text_of(text));
        code[1] = kpi__dict_put(kpi__groups_texts(g, 1), kpi_text_of("same"));
        bool done = code[0] != KPI__NONE && code[1] != KPI__NONE && (group = kpi__groups_put(g, code)) != KPI__NONE &&
                    kpi__bags_add(bags, &group, &i, 1);
        result = done ? kpi__groups_add(g, group, &one, error) : kpi__fail_memory(error);
    }
    if (!result) result = kpi__groups_merge(other, g, to, error);
    if (!result && (!kpi__groups_sort(other, 2, order) || kpi__bags_count(bags, 0) == SIZE_MAX))
        result = kpi__fail_memory(error);
    kpi__groups_free(g);
    kpi__groups_free(other);
    kpi__bags_free(bags);
    return result;
}

static int follow_up(kpi_error *error) {
    kpi_followup_options options = {.today = day("2026-12-31"), .detractors = -1, .passives = -1,
                                    .client_book = client_book};
    kpi_followup *f;
    int code = kpi_followup_new(&f, &options, error);
    if (code) return code;
    code = kpi_followup_read(f, KPI_VISIT, visits, NULL, error);
    if (!code) code = kpi_followup_read(f, KPI_FEEDBACK, complaints, NULL, error);
    if (!code) code = kpi_followup_finish(f, error);
    if (!code) assert_int_equal(kpi_followup_size(f), MANY);
    kpi_followup_free(f);
    return code;
}

static enum kpi_format format;
static FILE *null_file;

static int print(kpi_error *error) {
    static const kpi_column columns[] = {
        {"who", KPI_COLUMN_TEXT}, {"what", KPI_COLUMN_NUMBER}, {"how", KPI_COLUMN_BAR}};
    kpi_output_options options = {.format = format, .header = true, .bom = true, .terminal = true};
    kpi_output *output;
    char text[9000];
    memset(text, 'x', sizeof text);
    int code = kpi_output_new(&output, null_file, &options, columns, COUNT(columns), error);
    if (code) return code;
    for (size_t row = 0; row < 20 && !code; row++) {
        code =
            kpi_output_cell(output, row == 10 ? (kpi_text){text, sizeof text} : TEXT("王\\t\xE2\x80\xAE|\"*"), error);
        if (!code) code = kpi_output_cell(output, TEXT("12.5"), error);
        if (!code) code = kpi_output_cell(output, TEXT("99"), error);
    }
    if (!code) code = kpi_output_end(output, error);
    kpi_output_free(output);
    return code;
}

static int render(void *context, kpi_output *rows, size_t row, kpi_error *error) {
    (void)context, (void)row;
    kpi_output_cell(rows, TEXT("somebody"), error);
    kpi_output_cell(rows, TEXT("12.5"), error);
    return kpi_output_cell(rows, TEXT(""), error);
}

static int print_by_two(kpi_error *error) {
    static const kpi_column columns[] = {
        {"who", KPI_COLUMN_TEXT}, {"what", KPI_COLUMN_NUMBER}, {"how", KPI_COLUMN_TEXT}};
    kpi_output_options options = {.format = format};
    kpi_output *output;
    int code = kpi_output_new(&output, null_file, &options, columns, COUNT(columns), error);
    if (code) return code;
    code = kpi_output_rows(output, 5000, 2, render, NULL, error);
    if (!code) code = kpi_output_end(output, error);
    kpi_output_free(output);
    return code;
}

static int fill_batch(kpi_batch **out, kpi_error *error) {
    kpi_batch_options options = {.record = KPI_FEEDBACK, .now = {.stamp = "2026-10-05T09:30:00Z"}};
    kpi_batch *batch;
    const kpi_text field[9] = {TEXT("2026-10-05"), TEXT("ann")};
    int code = kpi_batch_new(&batch, &options, error);
    if (code) return code;
    code = kpi_batch_add(batch, field, error);
    if (!code) code = kpi_batch_read(batch, feedback, NULL, error);
    if (code)
        kpi_batch_free(batch);
    else
        *out = batch;
    return code;
}

static int make_batch(kpi_error *error) {
    kpi_batch *batch;
    int code = fill_batch(&batch, error);
    if (!code) kpi_batch_free(batch);
    return code;
}

/* ---- appending: files stay whole ---- */

static kpi_batch *batch;
static size_t batch_bytes; /* a batch appended to nothing */

static size_t content(const char *path, char *out, size_t size) { /* without memory that could run out */
    FILE *file = fopen(path, "r");
    size_t n = file ? fread(out, 1, size - 1, file) : 0;
    if (file) fclose(file);
    out[n] = 0;
    return n;
}

/* Onto a log with an incomplete last line: what there was stays, or its torn line is moved, or all is done. */
static int append(kpi_error *error) {
    static const char whole[] = "2026-10-01\ta\t\t\t\t1\t\t\t\n", torn_line[] = "2026-10-02\tb";
    static char found[1 << 16], torn_found[256];
    char torn[340];
    snprintf(torn, sizeof torn, "%s.torn", scratch);
    unlink(torn);
    FILE *file = fopen(scratch, "w");
    fprintf(file, "%s%s", whole, torn_line);
    fclose(file);
    int code = kpi_batch_append(batch, scratch, NULL, error);
    long held = left;
    left = -1; /* the test's own memory does not run out */
    size_t n = content(scratch, found, sizeof found);
    content(torn, torn_found, sizeof torn_found);
    assert_memory_equal(found, whole, sizeof whole - 1);
    if (n == sizeof whole - 1 + sizeof torn_line - 1) {
        assert_string_equal(found + sizeof whole - 1, torn_line);
        assert_int_not_equal(code, KPI_OK);
    } else {
        assert_string_equal(torn_found, "2026-10-02\tb\n");
        assert_int_equal(n - (sizeof whole - 1), code ? 0 : batch_bytes);
    }
    left = held;
    return code;
}

/* To a log that is not there yet. */
static int append_new(kpi_error *error) {
    static char found[1 << 16];
    unlink(scratch);
    int code = kpi_batch_append(batch, scratch, NULL, error);
    long held = left;
    left = -1;
    assert_int_equal(content(scratch, found, sizeof found), code ? 0 : batch_bytes);
    left = held;
    return code;
}

static int store_content(kpi_error *error) {
    kpi_store *store;
    kpi_text text;
    int code = kpi_store_open(&store, goals_yaml, false, NULL, error);
    if (code) return code;
    code = kpi_store_content(store, &text, error);
    kpi_store_close(store, NULL);
    return code;
}

/* Of a file whose last line is incomplete: either all is done, or the line is as it was and nothing is kept. */
static int amend(kpi_error *error) {
    static const char line[] = "2026-10-01\ta\t\t\t\t1\t\t\tc\n", amended[] = "2026-10-01\ta\t\t\t\t9\t\t\tc\n";
    static char found[256], kept_found[256];
    const kpi_where where = {KPI_FEEDBACK_SCORE, TEXT("1")}, set = {KPI_FEEDBACK_SCORE, TEXT("9")};
    kpi_amendment asked = {.record = kpi_record_of(KPI_FEEDBACK), .where = &where, .wheres = 1, .set = &set, .sets = 1,
                           .author = "a", .reason = "r", .now = {.stamp = "2026-10-05T09:30:00Z"}};
    char kept[340];
    snprintf(kept, sizeof kept, "%s.amended", scratch);
    unlink(kept);
    FILE *file = fopen(scratch, "w");
    fprintf(file, "%storn", line);
    fclose(file);
    int code = kpi_amend(scratch, &asked, NULL, NULL, NULL, error);
    long held = left;
    left = -1;
    content(scratch, found, sizeof found);
    size_t n = content(kept, kept_found, sizeof kept_found);
    assert_memory_equal(found, code ? line : amended, sizeof line - 1);
    assert_int_equal(n, code ? 0 : strlen("2026-10-05T09:30:00Z\ta\tr\t1\t") + 2 * (sizeof line - 1));
    left = held;
    return code;
}

static int look_at(void *context, const kpi_line *old, const kpi_line *amended, kpi_error *error) {
    (void)context, (void)old, (void)amended, (void)error;
    return KPI_OK;
}

static int amend_nothing(kpi_error *error) {
    static const char *const name = "resolved";
    const kpi_where set = {KPI_FEEDBACK_SCORE, TEXT("8.5")};
    kpi_amendment asked = {.line = 3, .set = &set, .sets = 1, .author = "a", .reason = "r"};
    int code = kpi_record_guess(feedback, (kpi_names){&name, 1}, &asked.record, error);
    return code ? code : kpi_amend(feedback, &asked, look_at, NULL, NULL, error);
}

/* ---- writing goals ---- */

static int write_document(kpi_error *error) {
    kpi_document *document;
    kpi_text bytes;
    int code = kpi_document_new(&document, error);
    if (code) return code;
    for (int i = 0; i < MANY; i++) kpi_document_text(document, "why", "a text: of many letters, as it is to be long");
    code = kpi_document_bytes(document, &bytes, error);
    kpi_document_free(document);
    return code;
}

/* Either all of it is in the file, or nothing. */
static int append_goals(kpi_error *error) {
    static const char old[] = "goals: 2026\ntargets: {q: {a: 1}}\n", new[] = "---\nreview: 2026/q/a\non: 2026-01-01\n";
    static char found[1 << 10];
    FILE *file = fopen(scratch, "w");
    fputs(old, file);
    fclose(file);
    const char *with[] = {goals_yaml, scratch};
    int code = kpi_goals_append(scratch, TEXT(new), with, 2, error);
    long held = left;
    left = -1;
    size_t n = content(scratch, found, sizeof found);
    assert_int_equal(n, sizeof old - 1 + (code ? 0 : sizeof new - 1));
    assert_memory_equal(found, old, sizeof old - 1);
    left = held;
    return code;
}

static int split_goal(kpi_error *error) {
    static const char *const owners[] = {"b", "c", "d"};
    kpi_parts_options options = {
        .into = true, .unit = KPI_UNIT_DAY, .owners = {owners, 3}, .has_digits = true, .digits = 6};
    kpi_goal goal;
    kpi_parts *parts;
    int code = kpi_goals_get(goals, TEXT("one/long/id"), &goal, error);
    if (!code) code = kpi_parts_new(&parts, goals, &goal, &options, error);
    if (code) return code;
    code = kpi_parts_split(parts, NULL, error);
    kpi_parts_free(parts);
    return code;
}

/* What is told is heard, and goes no further. */
static int hear_nothing(void *context, const kpi_error *problem) {
    (void)context, (void)problem;
    return 0;
}

static int live_goal(kpi_error *error) {
    kpi_goal goal;
    kpi_life *life;
    int code = kpi_goals_get(goals, TEXT("one/long/id"), &goal, error);
    if (!code) code = kpi_life_new(&life, &goal, false, 0, error);
    if (!code) kpi_life_free(life);
    return code;
}

static int read_history(kpi_history *history, kpi_error *error) {
    kpi_reader *reader;
    kpi_line line;
    int code = kpi_reader_open(&reader, measures, error);
    if (code) return code;
    while (!(code = kpi_reader_record(reader, kpi_record_of(KPI_MEASURE), &line, NULL, error)))
        if ((code = kpi_history_measure(history, &line, error))) break;
    kpi_reader_free(reader);
    kpi_history_finish(history);
    return code == KPI_NO ? KPI_OK : code;
}

static int check_smart(kpi_error *error) {
    kpi_report report = {.fn = hear_nothing, .context = NULL};
    kpi_history *history;
    kpi_tree *tree = NULL;
    int code = kpi_history_new(&history, goals, error);
    if (code) return code;
    code = read_history(history, error);
    kpi_smart_options options = {.strict = true, .agreed = true, .history = history, .today = day("2026-12-01")};
    if (!code) code = kpi_tree_new(&tree, goals, false, 0, error);
    if (!code) code = kpi_smart_check(goals, tree, &options, &report, error);
    if (!code) code = kpi_parts_check(goals, tree, NULL, false, &report, error);
    kpi_tree_free(tree);
    kpi_history_free(history);
    return code;
}

static int check_scheme(kpi_error *error) {
    kpi_report report = {.fn = hear_nothing, .context = NULL};
    return kpi_scheme_check(goals, kpi_goals_scheme_at(goals, 0), client_book, &report, error);
}

/* Goals in a circle, one of them new. */
static int append_circle(kpi_error *error) {
    static const char old[] = "goal: a\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\n",
                      new[] = "---\ngoal: b\nowner: b\nmetric: m\nperiod: 2026\ntarget: 1\nsupports: b\n";
    FILE *file = fopen(scratch, "w");
    fputs(old, file);
    fclose(file);
    int code = kpi_goals_append(scratch, TEXT(new), NULL, 0, error);
    return code == KPI_DATA ? KPI_OK : code;
}

/* ---- what is read ---- */

static void write_file(char path[320], const char *name, void (*write_into)(FILE *file)) {
    snprintf(path, 320, "%s", temp_path(name));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    write_into(file);
    assert_int_equal(fclose(file), 0);
}

static void write_managers(FILE *file) {
    for (int i = 0; i < MANY; i++)
        fprintf(file, "manager with a name too long for one slot %d\tName %d\tteam %d\tsenior\t\t2026-10-%02d\n", i, i,
                i % 5, 1 + i % 28);
}

static void write_clients(FILE *file) {
    fputc('#', file); /* a line longer than the reader's first buffer */
    for (int i = 0; i < 600000; i++) fputc('x', file);
    fputc('\n', file);
    for (int i = 0; i < MANY; i++)
        fprintf(file, "C%d\tClient %d\tmanager with a name too long for one slot %d\tkey\t\t\n", i, i, i / 2);
}

static void write_goals(FILE *file) {
    fprintf(file,
            "scheme: s\nmetrics:\n  a: {title: A, weight: 60, curve: [[0, 0], [0.5, 0.2], [1, 1]], prorate: true}\n"
            "  b: {weight: 40, missing: skip}\n  z: {missing: zero}\n"
            "roles: {senior: {a: 30, b: 70}}\nadjust: [{metric: z, above: 1, points: -1, at_most: 5}]\n"
            "gates: [{metric: z, above: 3, score_at_most: 50}]\ngrades: [{grade: A, from: 90}, {grade: B}]\n"
            "tiers: {key: 14}\n---\n"
            "goal: one/long/id\nowner: o\nmetric: a\nperiod: 2026-11\ntarget: +10%%\nbaseline: 5\n"
            "title: \"T\\tT\"\nwhy: w\nsupports: one/long/id\nsteps: [a, b]\nrisks: [c]\nreviews: [2026-10-10]\n---\n"
            "revise: one/long/id\ntarget: +20%%\non: 2026-11-02\nreason: r\n---\n"
            "review: one/long/id\non: 2026-11-03\nsays: s\nnext: n\n---\n"
            "review: one/long/id\non: 2026-11-04\n---\n"
            "goals: 2026-10\ntargets:\n");
    for (int i = 0; i < MANY; i++)
        fprintf(file, "  manager with a name too long for one slot %d: {a: 100, b: 10}\n", i);
}

static void write_goal_lines(FILE *file) {
    for (int i = 0; i < MANY; i++) fprintf(file, "2026-12\towner/%d\ta\t\t%d\t\n", i, i + 1);
}

static void write_measures(FILE *file) {
    for (int i = 0; i < MANY; i++) {
        fprintf(file, "2026-10\tmanager with a name too long for one slot %d\tz\t%d\n", i, i % 6);
        for (int k = 1; k <= 12; k++)
            fprintf(file, "2026-10-%02d\tmanager with a name too long for one slot %d\ta\t%d\n", k, i, k);
    }
}

static void write_visits(FILE *file) {
    for (int i = 0; i < MANY * 3; i++)
        fprintf(file, "2026-%02d-05\tmanager with a name too long for one slot %d\tC%d\tvisit\t%s\t\t\t10\t\t\n",
                1 + i % 12, i % 20, i % MANY, i % 3 ? "done" : "planned");
}

static void write_timed(FILE *file) { /* each rule finds something, and clients unknown to the book plan */
    for (int i = 0; i < MANY; i++)
        fprintf(file, "2026-10-%02dT10:%02d\tperson %d\tC%d of nobody\tvisit\t%s\t\t\t600\t2026-10-05T09:00:00Z\t\n",
                1 + i % 3, i % 60, i % 5, i % 2, i % 6 ? "done" : "planned");
}

static void write_large(FILE *file) { /* over 3 MiB in few lines */
    for (int i = 0; i < 1700; i++)
        fprintf(file,
                "2026-%02d-05\tmanager with a name too long for one slot %d\tC%d\tvisit\t%s\t\t\t%d\t\t%s%02000d\n",
                1 + i % 12, i % 20, i % 300, i % 3 ? "done" : "planned", i % 90, i % 100 ? "" : "odd\\n", i);
}

static void write_feedback(FILE *file) {
    for (int i = 0; i < MANY * 3; i++)
        fprintf(file, "2026-10-05\tann\t\tsurvey\ttheme %d\t%d\t\t\tcomment of which each is another, number %d\n",
                i % 20, i % 11, i);
}

static void write_plain_feedback(FILE *file) { /* without themes */
    for (int i = 0; i < MANY; i++)
        fprintf(file, "2026-10-05\tann\trater with a name too long for one slot %d\tsurvey\t\t%d\t\t\t%s number %d\n",
                i % 9, i % 11, i % 5 ? "comment of which each is" : "an odd\\n one, 发货太慢了", i);
}

static void write_complaints(FILE *file) { /* of MANY clients */
    for (int i = 0; i < MANY * 3; i++)
        fprintf(file, "2026-12-%02d\tann\tD%d\tcall\ttheme %d\t%d\t\t\tcomment number %d\n", 6 + i % 20,
                i % MANY, i % 20, i % 7, i);
}

/* Scores, some of their measures, and what two runs printed of them. */
static int make_scores(kpi_error *error) {
    char lines[1024] = "", *run = NULL;
    size_t length = 0;
    kpi_score_options options = {.period = period("2026-10"), .period_text = "2026-10", .managers = book};
    int code = kpi_score(&scored, goals, measured, &options, NULL, error);
    if (!code) code = kpi_explain_json(scored, 0, NULL, &run, &length, error);
    if (code) return code;
    const char *owner = kpi_scores_at(scored, 0).owner;
    for (int k = 1; k <= 4; k++)
        snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "2026-10-0%d\t%s\ta\t%d\n", k, owner, k);
    temp_file("explained", kpi_text_of(lines));
    snprintf(lines, sizeof lines, "2026-09\t%s\ta\t60\t5\t5\t1\t1\t60.00\n"
                                  "2026-09\t%s\tz\t\t\t3\t\t\t-1\n", owner, owner);
    temp_file("lines", kpi_text_of(lines));
    run[length] = '\n';
    temp_file("run", (kpi_text){run, length + 1});
    free(run);
    return KPI_OK;
}

static int make_files(void **state) {
    if (make_temp_folder(state)) return -1;
    kpi_error error;
    static char found[1 << 16];
    write_file(managers, "managers", write_managers);
    write_file(clients, "clients", write_clients);
    write_file(goals_yaml, "goals.yaml", write_goals);
    write_file(goal_lines, "goals.tsv", write_goal_lines);
    write_file(measures, "measures", write_measures);
    write_file(visits, "visits", write_visits);
    write_file(timed, "timed", write_timed);
    write_file(feedback, "feedback", write_feedback);
    write_file(plain_feedback, "plain", write_plain_feedback);
    write_file(complaints, "complaints", write_complaints);
    write_file(large, "large", write_large);
    snprintf(scratch, sizeof scratch, "%s", temp_path("log.tsv"));
    null_file = fopen("/dev/null", "w");
    expect_ok(read_book(KPI_MANAGER, &book, &error), &error);
    expect_ok(read_book(KPI_CLIENT, &client_book, &error), &error);
    expect_ok(read_goals(&goals, &error), &error);
    expect_ok(read_measures(&measured, &error), &error);
    expect_ok(make_scores(&error), &error);
    expect_ok(fill_batch(&batch, &error), &error);
    expect_ok(kpi_batch_append(batch, scratch, NULL, &error), &error);
    batch_bytes = content(scratch, found, sizeof found);
    return 0;
}

static int drop_files(void **state) {
    kpi_scores_free(scored);
    kpi_book_free(book);
    kpi_book_free(client_book);
    kpi_goals_free(goals);
    kpi_measures_free(measured);
    kpi_batch_free(batch);
    fclose(null_file);
    return drop_temp_folder(state);
}

/* ---- tests ---- */

static void test_reading(void **state) {
    (void)state;
    exhaust("a whole file", read_whole);
    exhaust("lines in memory", read_memory);
    exhaust("a book of managers", read_managers);
    exhaust("a book of clients", read_clients);
    exhaust("measures", only_measures);
}

static void test_goals(void **state) {
    (void)state;
    long before = yaml_calls;
    exhaust("goals", only_goals);
    assert_true(yaml_calls > before); /* libyaml's allocations did go through here */
}

static void test_scoring(void **state) {
    (void)state;
    exhaust("scores", score);
    exhaust("weights", check_weights);
    exhaust("explanations", explain);
    exhaust("teams", score_teams);
    exhaust("differences", compare_runs);
    exhaust("a forecast", foresee);
    exhaust("needs", need);
    exhaust("stable ranks", look_at_weights);
    exhaust("measures up to a day", read_until);
}

static void test_tallies(void **state) {
    (void)state;
    exhaust("a tally of visits", tally_visits);
    exhaust("measures of visits", tally_emit);
    exhaust("a tally of feedback", tally_feedback);
    exhaust("a tally of nothing", tally_nothing);
    exhaust("a tally of a large file", tally_large);
    exhaust("a tally by two threads", tally_by_two);
    exhaust("visits that are due", list_due);
    exhaust("the honesty of a log", check_honesty);
    exhaust("groups and bags", count_many);
    exhaust("answers to feedback", follow_up);
}

static void test_feedback(void **state) {
    (void)state;
    exhaust("themes", fill_themes);
    exhaust("phrases", count_phrases);
    exhaust("a level", level_file);
    exhaust("a level of a pipe", level_pipe);
}

static void test_writing_goals(void **state) {
    (void)state;
    exhaust("a document", write_document);
    exhaust("an append of goals", append_goals);
    exhaust("a split", split_goal);
    exhaust("a circle", append_circle);
}

static void test_looking_at_goals(void **state) {
    (void)state;
    exhaust("a life", live_goal);
    exhaust("goals that are SMART, and their parts", check_smart);
    exhaust("what does not fit in a scheme", check_scheme);
}

static void test_output(void **state) {
    (void)state;
    static const char *const names[] = {"lines", "table", "csv", "json", "md"};
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(kpi_format_named(names[i], &format), KPI_OK);
        exhaust(names[i], print);
        exhaust("rows by two threads", print_by_two);
    }
}

static void test_logs(void **state) {
    (void)state;
    exhaust("a batch", make_batch);
    exhaust("an append", append);
    exhaust("an append to a new file", append_new);
    exhaust("a store's content", store_content);
    exhaust("a correction", amend);
    exhaust("a correction looked at", amend_nothing);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading), cmocka_unit_test(test_goals),  cmocka_unit_test(test_scoring),
        cmocka_unit_test(test_tallies), cmocka_unit_test(test_output), cmocka_unit_test(test_logs),
        cmocka_unit_test(test_looking_at_goals),
        cmocka_unit_test(test_writing_goals),
        cmocka_unit_test(test_feedback),
    };
    return cmocka_run_group_tests(tests, make_files, drop_files) != 0;
}
