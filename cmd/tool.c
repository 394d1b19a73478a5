/* tool.c - see tool.h. The table of options is the one place that says what a letter means. */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pwd.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct {
    int option;
    const char *name, *value, *help;
} kit[] = {
    {'b', "by", "KEYS", "keys (default manager): fields, day week month quarter half year, team role (-M), tier (-C)"},
    {'c', "client", "CLIENT", "only this client (repeatable)"},
    {'C', "clients", "FILE", "the book of clients"},
    {'d', "date", "DATE", "the day, with or without a time, or today (default), yesterday"},
    {'e', "emit", "STAT[=METRIC],...", "print measures by period and manager instead"},
    {'f', "file", "FILE", "the file written to"},
    {'g', "goals", "FILE", "schemes and goals: YAML or goal lines (repeatable)"},
    {'H', "header", NULL, "begin lines with # and the names of the fields"},
    {'i', "metric", "METRIC", "the metric (indicator)"},
    {'j', "threads", "N", "work with at most N threads (default 0: as many as the machine has)"},
    {'k', "keep-going", NULL, "report bad lines, leave them out, and exit 3 at the end"},
    {'l', "long", NULL, "a line for each metric, adjustment and gate"},
    {'m', "manager", "NAME", "only this manager or owner (repeatable)"},
    {'M', "managers", "FILE", "the book of managers"},
    {'n', "dry-run", NULL, "show what would be done, and do nothing"},
    {'o', "output", "FORMAT", "lines (default), table, csv, json or md"},
    {'p', "period", "PERIOD", "such as 2026-10, 2026-Q4, 2026-W45, a day, DAY..DAY, last-month, this-year"},
    {'r', "record", "RECORD", "what the lines are: visit feedback measure goal score detail client manager"},
    {'s', "stats", "STATS", "statistics, comma-separated"},
    {'t', "target", "TARGET", "a number, or a percentage with its sign, as +10%, on top of the baseline"},
    {'w', "where", "FIELD=VALUE", "only lines whose field is just that, FIELD= for empty (repeatable)"},
    {'x', "explain", NULL, "tell how each figure came about (-xx: with every measure)"},
    {OPT_AGREED, "agreed", "DATE", "when it was agreed with the owner"},
    {OPT_AGREEMENT, "agreed", NULL, "goals must have been agreed with their owners"},
    {OPT_AMONG, "among", "NAME=SHARE,...", "in parts for these owners (default: equal ones)"},
    {OPT_AS_OF, "as-of", "DATE", "as things were known on that day"},
    {OPT_AUTHOR, "author", "NAME", "who says so (default $LOGNAME, or the user's name)"},
    {OPT_BASELINE, "baseline", "N", "where progress is counted from"},
    {OPT_BATCH, "batch", "N", "so many visits logged within a minute are a batch (default 5)"},
    {OPT_BOM, "bom", NULL, "begin csv with a byte order mark, for Excel"},
    {OPT_CLAMP, "clamp", NULL, "hold scores within the scale"},
    {OPT_COMMENT, "comment", "TEXT", "what was said"},
    {OPT_DAYS, "days", NULL, "in proportion to days"},
    {OPT_WORKING, "days", "DAYS", "calendar (default), weekdays, or a file of days off beside weekends"},
    {OPT_DETRACTORS, "detractors", "DAYS", "days within which detractors are answered (default 2)"},
    {OPT_DIGITS, "digits", "N", "decimals, 0 to 6"},
    {OPT_GRADE, "grade", "GRADE", "what it takes for this grade (default: the next one)"},
    {OPT_HISTORY, "history", "FILE", "measures of the past (repeatable)"},
    {OPT_ID, "id", "ID", "the goal's name (default PERIOD/OWNER/METRIC)"},
    {OPT_INTO, "into", "UNIT", "in parts for each day, week, month, quarter, half or year"},
    {OPT_KEEP_LOGGED, "keep-logged", NULL, "keep the time of writing that the lines have, for migrations"},
    {OPT_KIND, "kind", "NAME", "visit, call, video, message, meeting, training or any name"},
    {OPT_LATE_AFTER, "late-after", "DAYS", "days after which a visit is logged late (default 3)"},
    {OPT_LEAST, "least", "N", "only raters with at least N ratings (default 5)"},
    {OPT_LIFE, "life", "ID", "what happened to this goal: set, agreed, reviewed, revised"},
    {OPT_LIKE, "like", "FILE", "in proportion to these measures of the year before"},
    {OPT_LINE, "line", "N", "only the line of this number"},
    {OPT_MIN, "min", "N", "leave the figures of groups with fewer than N scored lines empty"},
    {OPT_MINUTES, "minutes", "N", "how long it took"},
    {OPT_NEXT, "next", "DATE", "plan the next visit for that day, too"},
    {OPT_NEXT_STEP, "next-step", "TEXT", "what is to be done next"},
    {OPT_NOTE, "note", "TEXT", "anything else"},
    {OPT_OTHER, "other", "NAME", "the theme of comments in which no phrase is (default other; '': none)"},
    {OPT_OUTCOME, "outcome", "TEXT", "what came of it"},
    {OPT_PARTIAL, "partial", NULL, "the parts of a goal may add up to less"},
    {OPT_PASSIVES, "passives", "DAYS", "days within which passives are answered (default 5)"},
    {OPT_PHRASES, "phrases", "N", "print the N commonest phrases of comments without a theme instead"},
    {OPT_PLAN, "plan", NULL, "a visit planned, not done"},
    {OPT_PURPOSE, "purpose", "TEXT", "what for"},
    {OPT_REACH, "reach", "PERCENT", "how far beyond the best of the past a target may be (default 50)"},
    {OPT_REASON, "reason", "TEXT", "why it is changed"},
    {OPT_RESOLVED, "resolved", "DATE", "when it was resolved"},
    {OPT_REVIEW, "review", "DATE", "a day on which it will be reviewed (repeatable)"},
    {OPT_REVIEWED, "review", NULL, "a review, not a revision"},
    {OPT_RISK, "risk", "TEXT", "a foreseen difficulty (repeatable)"},
    {OPT_RULES, "rules", "RULE,...", "only these rules"},
    {OPT_SAYS, "says", "TEXT", "what was found"},
    {OPT_SCALE, "scale", "LOW..HIGH", "the scale of scores (default 0..10)"},
    {OPT_SCORE, "score", "N", "the score given"},
    {OPT_SELF, "self", NULL, "ratings of source self, too"},
    {OPT_SET, "set", "FIELD=VALUE", "what a field becomes, FIELD= for empty (repeatable)"},
    {OPT_SORTED, "sorted", NULL, "the lines are in the order of their first days: read no more than needed"},
    {OPT_SOURCE, "source", "NAME", "survey, call, visit, app, peer, supervisor, self or any name"},
    {OPT_STABLE, "stable", NULL, "say which ranks hang on a weight: would change if weights moved by 5 %"},
    {OPT_STATUS, "status", "STATUS", "done (default), planned, missed or cancelled"},
    {OPT_STEP, "step", "TEXT", "a step towards it (repeatable)"},
    {OPT_STRATEGY, "strategy", NULL, "it is strategy itself and supports nothing else"},
    {OPT_STRICT, "strict", NULL, "take warnings for errors (exit 3)"},
    {OPT_SUPPORTS, "supports", "ID", "the goal it serves"},
    {OPT_THEME, "theme", "NAME", "what it is about; may be a path: delivery/late"},
    {OPT_THEMES, "themes", "FILE", "themes and their phrases: YAML (repeatable)"},
    {OPT_TITLE, "title", "TEXT", "what is to be reached, in words"},
    {OPT_TOP, "top", "N", "only the N groups with the largest first statistic"},
    {OPT_TREE, "tree", NULL, "what supports what, and whether the parts add up"},
    {OPT_UNPLANNED, "unplanned", NULL, "only clients whose next visit is not planned"},
    {OPT_VISITS, "visits", "FILE", "a log of visits (repeatable)"},
    {OPT_WEIGHT, "weight", "N", "its weight in the owner's score"},
    {OPT_WHY, "why", "TEXT", "the reason for it"},
    {OPT_WITHIN, "within", "DAYS", "also what is due within so many days"},
    {OPT_WITHOUT, "without", "RULE,...", "all rules but these"},
    {OPT_HELP, "help", NULL, "print this and exit"},
    {OPT_VERSION, "version", NULL, "print the version and exit"},
};
enum { KIT = sizeof kit / sizeof *kit, LINE = 4096 };

static size_t row_of(int option) {
    size_t i = 0;
    while (kit[i].option != option) i++;
    return i;
}

static bool is_dumb_terminal(void) {
    const char *term = getenv("TERM");
    return !term || !*term || !strcmp(term, "dumb");
}

/* ---- progress: a line on a terminal's standard error, wiped before anything else is printed ---- */

enum { SECOND = 1000000000, AT_FIRST = SECOND, EACH = SECOND / 5 };

static pthread_mutex_t progress_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    int64_t started, file_started, next; /* in nanoseconds */
    char file[64];
    bool shown;
} progress;

static int64_t clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * SECOND + now.tv_nsec;
}

/* Under the lock. */
static void wipe_progress(void) {
    if (progress.shown) fputs("\r\033[K", stderr);
    progress.shown = false;
}

void tool_wipe_progress(void) {
    pthread_mutex_lock(&progress_lock);
    wipe_progress();
    pthread_mutex_unlock(&progress_lock);
}

/* How far, how fast, how long yet. */
static void show_progress(const tool *t, uint64_t bytes, uint64_t of, int64_t taken) {
    char left[64] = "";
    uint64_t mb = bytes / 1000000, tenths = taken / 1000000 ? bytes / 100 / (uint64_t)(taken / 1000000) : 0;
    if (of && mb) {
        uint64_t seconds = (uint64_t)(taken / 1000000) * ((of - bytes) / 1000000) / mb / 1000;
        snprintf(left, sizeof left, " of %llu MB (%llu %%)", (unsigned long long)(of / 1000000),
                 (unsigned long long)(mb * 100 / (of / 1000000)));
        size_t n = strlen(left);
        snprintf(left + n, sizeof left - n, ", %llu s left", (unsigned long long)seconds + 1);
    }
    fprintf(stderr, "\r\033[K%s: %s: %llu MB%s, %llu.%llu MB/s", t->spec->name, progress.file,
            (unsigned long long)mb, left, (unsigned long long)tenths / 10, (unsigned long long)tenths % 10);
    fflush(stderr);
    progress.shown = true;
}

static void hear_progress(void *context, const char *file, uint64_t bytes, uint64_t of) {
    const tool *t = context;
    char shown[sizeof progress.file] = "";
    int64_t now = clock_now();
    const char *slash = strrchr(file, '/');
    size_t n = kpi_text_show(kpi_text_of(slash ? slash + 1 : file), shown, sizeof shown - 1);
    pthread_mutex_lock(&progress_lock);
    if (strncmp(shown, progress.file, sizeof shown) != 0) {
        memcpy(progress.file, shown, sizeof shown);
        progress.file_started = now;
    }
    bool due = n < sizeof shown && now >= progress.next && now - progress.started >= AT_FIRST;
    if (due && now - progress.file_started >= EACH) {
        progress.next = now + EACH;
        show_progress(t, bytes, of, now - progress.file_started);
    }
    pthread_mutex_unlock(&progress_lock);
}

static void start_progress(tool *t) {
    progress.started = clock_now();
    if (isatty(2) && !is_dumb_terminal()) t->report.progress = hear_progress;
}

/* ---- messages ---- */

static void print_message(const tool *t, const char *text) {
    pthread_mutex_lock(&progress_lock);
    wipe_progress();
    fprintf(stderr, "%s: %s\n", t->spec->name, text);
    pthread_mutex_unlock(&progress_lock);
}

void tool_say(tool *t, const kpi_error *problem) {
    char text[KPI_ERROR_SIZE];
    kpi_error_format(problem, text, sizeof text);
    print_message(t, text);
    if (problem->code > t->status) t->status = problem->code;
}

static _Noreturn void leave(tool *t) { exit(tool_end(t)); }

void tool_fail(tool *t) {
    tool_say(t, &t->error);
    leave(t);
}

void tool_try(tool *t, int code) {
    if (code) tool_fail(t);
}

void tool_usage(tool *t, const char *format, ...) {
    char raw[LINE], shown[4 * LINE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    size_t n = kpi_text_show(kpi_text_of(raw), shown, sizeof shown - 1);
    shown[n < sizeof shown ? n : sizeof shown - 1] = 0;
    print_message(t, shown);
    fprintf(stderr, "%s: see '%s --help'\n", t->spec->name, t->spec->name);
    if (t->status < KPI_USAGE) t->status = KPI_USAGE;
    leave(t);
}

void tool_need(tool *t, const char *value, const char *question) {
    if (!value) tool_usage(t, "%s", question);
}

/* Warnings end the work only with --strict, bad lines unless -k was given; YAML (which has columns) always. */
static int report(void *context, const kpi_error *problem) {
    tool *t = context;
    if (problem->code == KPI_OK ? t->strict : !t->keep_going || problem->column) return 1;
    tool_say(t, problem);
    return 0;
}

/* ---- start and end ---- */

static bool wants_colour(void) {
    const char *none = getenv("NO_COLOR");
    return (!none || !*none) && !is_dumb_terminal();
}

void tool_start(tool *t, const tool_spec *spec, int argc, char **argv) {
    /* A closed descriptor is opened the wrong way round, so that its use fails as it would have. */
    if (fcntl(0, F_GETFD) < 0 && open("/dev/null", O_WRONLY) != 0) _exit(KPI_SYSTEM);
    if (fcntl(1, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != 1) _exit(KPI_SYSTEM);
    if (fcntl(2, F_GETFD) < 0 && open("/dev/null", O_WRONLY) != 2) _exit(KPI_SYSTEM);
    signal(SIGXFSZ, SIG_IGN); /* a file limit is an error like a full disk */
    *t = (tool){.spec = spec, .argc = argc, .argv = argv};
    t->report = (kpi_report){.fn = report, .context = t};
    start_progress(t);
    t->output.terminal = isatty(1);
    t->output.colour = t->output.terminal && wants_colour();
}

int tool_end(tool *t) {
    tool_wipe_progress();
    if (fflush(stdout) || ferror(stdout) || (close(1) && errno != EINTR)) {
        if (t->status < KPI_SYSTEM) fprintf(stderr, "%s: standard output: write: %s\n", t->spec->name, strerror(errno));
        t->status = KPI_SYSTEM;
    }
    while (t->holds) {
        struct tool_held *last = &t->held[--t->holds];
        last->let_go(last->thing);
    }
    free(t->held);
    t->held = NULL;
    return t->status;
}

void tool_hold(tool *t, void *thing, void (*let_go)(void *thing)) {
    struct tool_held *held = thing ? realloc(t->held, (t->holds + 1) * sizeof *held) : NULL;
    if (held) {
        t->held = held;
        held[t->holds++] = (struct tool_held){thing, let_go};
        return;
    }
    if (thing) let_go(thing);
    print_message(t, "out of memory");
    t->status = KPI_SYSTEM;
    leave(t);
}

void tool_let_be(tool *t, const void *thing) {
    size_t i = 0;
    while (t->held[i].thing != thing) i++;
    memmove(&t->held[i], &t->held[i + 1], (--t->holds - i) * sizeof *t->held);
}

void *tool_own(tool *t, void *memory) {
    tool_hold(t, memory, free);
    return memory;
}

/* ---- options ---- */

/* The rows of the kit that the tool takes. */
static size_t rows_of(const tool *t, size_t row[KIT]) {
    size_t n = 0;
    for (const tool_takes *take = t->spec->takes; take->option; take++) row[n++] = row_of(take->option);
    row[n++] = row_of(OPT_HELP);
    row[n++] = row_of(OPT_VERSION);
    return n;
}

static void print_help(const tool *t) {
    size_t row[KIT], n = rows_of(t, row);
    printf("usage: %s", t->spec->name);
    for (const char *p = t->spec->usage; *p; p++)
        if (*p == '\n')
            printf("\n       %s", t->spec->name);
        else
            putchar(*p);
    printf("\n%s\n\n", t->spec->about);
    for (size_t i = 0; i < n; i++) {
        char left[80], letter[] = "    ";
        const char *help = i + 2 < n ? t->spec->takes[i].help : NULL;
        if (kit[row[i]].option < 256) memcpy(letter, (char[]){'-', (char)kit[row[i]].option, ','}, 3);
        snprintf(left, sizeof left, "%s--%s %s", letter, kit[row[i]].name, kit[row[i]].value ? kit[row[i]].value : "");
        printf("  %-28s  %s\n", left, help ? help : kit[row[i]].help);
    }
}

/* An option of the kit that all tools, or all with output, take. */
static bool take_common(tool *t, int option) {
    size_t n;
    switch (option) {
    case 'k':
        t->keep_going = true;
        return true;
    case 'H':
        t->output.header = true;
        return true;
    case 'j':
        n = tool_count(t, 0);
        t->threads = n < UINT16_MAX ? (unsigned)n : UINT16_MAX;
        return true;
    case OPT_BOM:
        t->output.bom = true;
        return true;
    case OPT_STRICT:
        t->strict = true;
        return true;
    case 'o':
        if (kpi_format_named(t->value, &t->output.format))
            tool_usage(t, "not lines, table, csv, json or md: '%s'", t->value);
        t->has_format = true;
        return true;
    case OPT_HELP:
        print_help(t);
        leave(t);
    case OPT_VERSION:
        printf("%s (libkpi) %s\n", t->spec->name, kpi_version());
        leave(t);
    default:
        return false;
    }
}

static bool takes(const tool *t, int option) {
    size_t row[KIT], n = rows_of(t, row);
    while (n && kit[row[n - 1]].option != option) n--;
    return n > 0;
}

static int bad_option(tool *t, int found) {
    const char *word = t->argv[optind - 1];
    if (found == ':' && word[1] != '-') tool_usage(t, "option -%c needs a value", optopt);
    if (found == ':') tool_usage(t, "option %s needs a value", word);
    if (optopt && takes(t, optopt)) tool_usage(t, "option --%s takes no value", kit[row_of(optopt)].name);
    if (optopt) tool_usage(t, "no such option: -%c", optopt);
    tool_usage(t, "no such option, or not a clear one: '%s'", word);
}

int tool_option(tool *t) {
    char letters[2 * KIT + 2] = ":", *w = letters + 1;
    struct option names[KIT + 1] = {0};
    size_t row[KIT], n = rows_of(t, row);
    for (size_t i = 0; i < n; i++) {
        int option = kit[row[i]].option, has_value = kit[row[i]].value ? required_argument : no_argument;
        names[i] = (struct option){kit[row[i]].name, has_value, NULL, option};
        if (option < 256) w += sprintf(w, "%c%s", option, has_value ? ":" : "");
    }
    opterr = 0;
    int option = getopt_long(t->argc, t->argv, letters, names, NULL);
    t->value = optarg;
    if (option == '?' || option == ':') return bad_option(t, option);
    return option >= 0 && take_common(t, option) ? tool_option(t) : option;
}

/* "-" may be given once. */
static void check_stdin(tool *t, const char *file) {
    if (strcmp(file, "-")) return;
    if (t->stdin_taken) tool_usage(t, "standard input ('-') can be read once only");
    t->stdin_taken = true;
}

const char *tool_file(tool *t, const char *path) {
    check_stdin(t, path);
    return path;
}

int tool_operands(const tool *t) { return t->argc - optind; }

tool_list tool_files(tool *t) {
    tool_list files = {0};
    for (int i = optind; i < t->argc; i++) tool_add(t, &files, t->argv[i]);
    if (!files.n) tool_add(t, &files, "-");
    for (size_t i = 0; i < files.n; i++) check_stdin(t, files.name[i]);
    return files;
}

/* ---- values ---- */

const kpi_now *tool_now(tool *t) {
    if (!t->has_now) tool_try(t, kpi_now_get(&t->now, &t->error));
    t->has_now = true;
    return &t->now;
}

kpi_period tool_period(tool *t, const char **text) {
    char *resolved = tool_own(t, malloc(KPI_PERIOD_SIZE));
    kpi_period period;
    bool relative = *t->value < '0' || *t->value > '9';
    if (kpi_period_resolve(t->value, relative ? tool_now(t)->today : 0, &period, resolved))
        tool_usage(t, "not a period: '%s'", t->value);
    *text = resolved;
    return period;
}

kpi_day tool_day(tool *t) {
    kpi_period day;
    char text[KPI_PERIOD_SIZE];
    bool word = !strcmp(t->value, "today") || !strcmp(t->value, "yesterday");
    if (word)
        kpi_period_resolve(t->value, tool_now(t)->today, &day, text);
    else if (strlen(t->value) != 10 || kpi_date_parse(kpi_text_of(t->value), &day.first, NULL))
        tool_usage(t, "not a date: '%s'", t->value);
    return day.first;
}

kpi_decimal tool_number(tool *t) {
    kpi_decimal number;
    if (kpi_decimal_parse(kpi_text_of(t->value), &number)) tool_usage(t, "not a number: '%s'", t->value);
    return number;
}

size_t tool_count(tool *t, unsigned least) {
    kpi_decimal number;
    if (strspn(t->value, "0123456789") != strlen(t->value) || kpi_decimal_parse(kpi_text_of(t->value), &number) ||
        number < least * KPI_ONE)
        tool_usage(t, "not a whole number from %u on: '%s'", least, t->value);
    return (size_t)(number / KPI_ONE);
}

int64_t tool_days(tool *t) {
    size_t days = tool_count(t, 0);
    return days < INT32_MAX ? (int64_t)days : INT32_MAX;
}

int tool_digits(tool *t) {
    if (tool_count(t, 0) > 6) tool_usage(t, "not a whole number from 0 to 6: '%s'", t->value);
    return (int)tool_count(t, 0);
}

void tool_scale(tool *t, kpi_decimal *low, kpi_decimal *high) {
    const char *dots = strstr(t->value, "..");
    if (!dots || kpi_decimal_parse((kpi_text){t->value, (size_t)(dots - t->value)}, low) ||
        kpi_decimal_parse(kpi_text_of(dots + 2), high) || *low >= *high)
        tool_usage(t, "not a scale LOW..HIGH: '%s'", t->value);
}

static char *to_line(tool *t, const char *plain, size_t length) {
    kpi_text text = {plain, length};
    size_t n = kpi_text_line(text, NULL, 0);
    char *line = tool_own(t, malloc(n + 1));
    kpi_text_line(text, line, n);
    line[n] = 0;
    return line;
}

static const char *name_of(tool *t, const char *plain, size_t length) {
    const char *line = to_line(t, plain, length), *fault = kpi_name_fault(kpi_text_of(line));
    if (!length) tool_usage(t, "an empty name");
    if (fault) tool_usage(t, "%s: '%s'", fault, line);
    return line;
}

const char *tool_name(tool *t) { return name_of(t, t->value, strlen(t->value)); }

const char *tool_date(tool *t) {
    bool word = !strcmp(t->value, "today") || !strcmp(t->value, "yesterday");
    return word ? tool_plain_day(t) : tool_field(t);
}

const char *tool_field(tool *t) { return to_line(t, t->value, strlen(t->value)); }

const char *tool_text(tool *t) {
    const char *line = tool_field(t), *fault = kpi_free_text_fault(kpi_text_of(line));
    if (fault) tool_usage(t, "%s: '%s'", fault, line);
    return line;
}

void tool_add(tool *t, tool_list *list, const char *text) {
    const char **grown = tool_own(t, malloc((list->n + 1) * sizeof *grown));
    if (list->n) memcpy(grown, list->name, list->n * sizeof *grown);
    grown[list->n++] = text;
    list->name = grown;
}

void tool_add_names(tool *t, tool_list *list) {
    for (const char *p = t->value;; p++) {
        size_t n = strcspn(p, ",");
        tool_add(t, list, name_of(t, p, n));
        p += n;
        if (!*p) break;
    }
}

bool tool_listed(tool_list list, const char *text) {
    return !list.n || kpi_names_pass(tool_names(list), kpi_text_of(text));
}

const char *tool_input(tool *t) {
    check_stdin(t, t->value);
    return t->value;
}

void tool_add_goal_file(tool *t, tool_list *files) { tool_add(t, files, tool_input(t)); }

void tool_add_goal_operands(tool *t, tool_list *files) {
    if (files->n && !tool_operands(t)) return;
    tool_list operands = tool_files(t);
    for (size_t i = 0; i < operands.n; i++) tool_add(t, files, operands.name[i]);
}

const kpi_record *tool_record(tool *t) {
    const kpi_record *record = kpi_record_named(t->value);
    if (!record) tool_usage(t, "not a record: '%s'", t->value);
    return record;
}

kpi_where tool_where(tool *t, const kpi_record *record, const char *text) {
    const char *equals = strchr(text, '=');
    if (!equals) tool_usage(t, "not FIELD=VALUE: '%s'", text);
    int field = kpi_record_field(record, (kpi_text){text, (size_t)(equals - text)});
    if (field < 0) tool_usage(t, "a %s line has no field '%.*s'", record->name, (int)(equals - text), text);
    return (kpi_where){(unsigned)field, kpi_text_of(equals + 1)};
}

void tool_add_where(tool *t, tool_wheres *list, kpi_where where) {
    kpi_where *grown = tool_own(t, malloc((list->n + 1) * sizeof *grown));
    if (list->n) memcpy(grown, list->where, list->n * sizeof *grown);
    grown[list->n++] = where;
    list->where = grown;
}

void tool_add_wheres(tool *t, tool_wheres *list, const kpi_record *record, tool_list texts) {
    for (size_t i = 0; i < texts.n; i++) tool_add_where(t, list, tool_where(t, record, texts.name[i]));
}

void tool_add_named(tool *t, tool_wheres *list, const kpi_record *record, const char *field, tool_list names) {
    int at = record ? kpi_record_field(record, kpi_text_of(field)) : 1;
    if (names.n && at < 0) tool_usage(t, "a %s line has no %s", record->name, field);
    for (size_t i = 0; i < names.n; i++)
        tool_add_where(t, list, (kpi_where){(unsigned)at, kpi_text_of(names.name[i])});
}

kpi_names tool_names(tool_list list) { return (kpi_names){list.name, list.n}; }

const char *tool_default_file(tool *t, const char *name) {
    const char *dir = getenv("KPI_DIR");
    if (!dir || !*dir) return name;
    char *path = tool_own(t, malloc(strlen(dir) + strlen(name) + 2));
    sprintf(path, "%s/%s", dir, name);
    return path;
}

/* ---- values of documents ---- */

const char *tool_plain_name(tool *t) {
    tool_name(t);
    return t->value;
}

const char *tool_plain_operand(tool *t, int i) {
    t->value = t->argv[optind + i];
    return tool_plain_name(t);
}

const char *tool_plain_text(tool *t) {
    if (!kpi_text_says(kpi_text_of(t->value))) tool_usage(t, "an empty text");
    tool_text(t);
    return t->value;
}

const char *tool_plain_number(tool *t) {
    tool_number(t);
    return t->value;
}

const char *tool_day_text(tool *t, kpi_day day) {
    char *text = tool_own(t, malloc(KPI_PERIOD_SIZE));
    kpi_day_format(day, text);
    return text;
}

const char *tool_plain_day(tool *t) { return tool_day_text(t, tool_day(t)); }

const char *tool_today(tool *t) { return tool_day_text(t, tool_now(t)->today); }

const char *tool_user(tool *t) {
    const char *name = getenv("LOGNAME");
    if (name && *name) return name;
    errno = 0;
    const struct passwd *entry = getpwuid(geteuid());
    if (!entry && errno != ENOMEM) return NULL;
    return tool_own(t, entry ? strdup(entry->pw_name) : NULL);
}

const char *tool_target(tool *t) {
    size_t n = strlen(t->value);
    kpi_decimal value;
    bool percent = n && t->value[n - 1] == '%';
    if (percent && *t->value != '+' && *t->value != '-')
        tool_usage(t, "a percentage needs its sign, as in +10%%: '%s'", t->value);
    if (kpi_decimal_parse((kpi_text){t->value, n - percent}, &value)) tool_usage(t, "not a target: '%s'", t->value);
    return t->value;
}

const char *tool_plain(tool *t, const char *line) {
    if (!*line) return NULL;
    size_t n = kpi_text_plain(kpi_text_of(line), NULL, 0);
    char *plain = tool_own(t, malloc(n + 1));
    kpi_text_plain(kpi_text_of(line), plain, n);
    plain[n] = 0;
    return plain;
}

kpi_document *tool_document(tool *t) {
    kpi_document *document;
    tool_try(t, kpi_document_new(&document, &t->error));
    TOOL_HOLD(t, document, kpi_document_free);
    return document;
}

void tool_append_document(tool *t, const kpi_document *document, const char *file, tool_list others) {
    kpi_text bytes;
    tool_try(t, kpi_document_bytes(document, &bytes, &t->error));
    tool_try(t, kpi_goals_append(file, bytes, others.name, others.n, &t->error));
}

/* ---- reading ---- */

kpi_book *tool_book(tool *t, enum kpi_record_kind kind, const char *path) {
    kpi_book *book;
    check_stdin(t, path);
    tool_try(t, kpi_book_new(&book, kind, &t->error));
    TOOL_HOLD(t, book, kpi_book_free);
    tool_try(t, kpi_book_read(book, path, &t->report, &t->error));
    return book;
}

kpi_goals *tool_goals(tool *t, tool_list files, const kpi_report *report) {
    kpi_goals *goals;
    tool_try(t, kpi_goals_new(&goals, t->threads, &t->error));
    TOOL_HOLD(t, goals, kpi_goals_free);
    for (size_t i = 0; i < files.n; i++) tool_try(t, kpi_goals_read(goals, files.name[i], report, &t->error));
    tool_try(t, kpi_goals_check(goals, report, &t->error));
    return goals;
}

void tool_measures(tool *t, const char *path, tool_take_measure *take, void *context) {
    kpi_reader *reader;
    kpi_line line;
    int code;
    tool_try(t, kpi_reader_open(&reader, path, &t->error));
    TOOL_HOLD(t, reader, kpi_reader_free);
    while (!(code = kpi_reader_record(reader, kpi_record_of(KPI_MEASURE), &line, &t->report, &t->error)))
        tool_try(t, take(context, &line, &t->error));
    if (code != KPI_NO) tool_fail(t);
}

/* ---- output ---- */

kpi_output *tool_output(tool *t, const kpi_column *column, size_t columns) {
    kpi_output *output;
    tool_wipe_progress();
    tool_try(t, kpi_output_new(&output, stdout, &t->output, column, columns, &t->error));
    TOOL_HOLD(t, output, kpi_output_free);
    return output;
}

kpi_column *tool_columns(tool *t, const kpi_record *record) {
    kpi_column *column = tool_own(t, calloc(record->fields, sizeof *column));
    for (unsigned i = 0; i < record->fields; i++) {
        enum kpi_type type = record->field[i].type;
        bool number = type == KPI_TYPE_NUMBER || type == KPI_TYPE_COUNT;
        column[i] = (kpi_column){record->field[i].name, number ? KPI_COLUMN_NUMBER : KPI_COLUMN_TEXT};
    }
    return column;
}

void tool_end_output(tool *t, kpi_output *output) { tool_try(t, kpi_output_end(output, &t->error)); }

void tool_print(tool *t, const kpi_column *column, size_t columns, size_t rows, kpi_render *render, void *context) {
    kpi_output *output = tool_output(t, column, columns);
    tool_try(t, kpi_output_rows(output, rows, t->threads, render, context, &t->error));
    tool_end_output(t, output);
}

int tool_cell(kpi_output *rows, const char *text, kpi_error *e) {
    return kpi_output_cell(rows, kpi_text_of(text), e);
}

int tool_ratio_cell(kpi_output *rows, bool known, kpi_ratio value, int digits, kpi_error *e) {
    char text[KPI_NUMBER_SIZE];
    return kpi_output_cell(rows, (kpi_text){text, known ? kpi_ratio_format(value, digits, text) : 0}, e);
}

int tool_number_cell(kpi_output *rows, bool known, kpi_decimal value, int digits, kpi_error *e) {
    return tool_ratio_cell(rows, known, (kpi_ratio){value, 1}, digits, e);
}

void tool_no_score(tool *t, const char *owner, const char *where, kpi_text nearest) {
    char text[LINE], shown[4 * LINE];
    snprintf(text, sizeof text, "no score for '%s' in %s%s%.*s%s", owner, where,
             nearest.len ? "; the nearest name is '" : "", (int)nearest.len, nearest.ptr, nearest.len ? "'" : "");
    size_t n = kpi_text_show(kpi_text_of(text), shown, sizeof shown - 1);
    shown[n < sizeof shown ? n : sizeof shown - 1] = 0;
    print_message(t, shown);
    if (t->status < KPI_NO) t->status = KPI_NO;
}

void tool_need_scores(tool *t, const kpi_scores *scores, const kpi_teams *teams, tool_list owners, const char *period) {
    for (size_t i = 0; i < owners.n; i++) {
        kpi_text nearest, name = kpi_text_of(owners.name[i]);
        if (teams ? kpi_teams_find(teams, name, &nearest) == kpi_teams_size(teams)
                  : kpi_scores_find(scores, name, &nearest) == kpi_scores_size(scores))
            tool_no_score(t, owners.name[i], period, nearest);
    }
}

int tool_bar_cell(const tool *t, kpi_output *rows, bool known, kpi_decimal value, kpi_decimal whole, kpi_error *e) {
    if (t->output.format != KPI_TABLE) known = false;
    kpi_ratio percent = {0, whole};
    bool drawn = known && !__builtin_mul_overflow(value, 100 * KPI_ONE, &percent.num);
    return tool_ratio_cell(rows, drawn, percent, 2, e);
}

int tool_score_cells(kpi_output *rows, const char *period, const kpi_scored *s, const kpi_scheme *scheme,
                     kpi_error *e) {
    tool_cell(rows, period, e);
    tool_cell(rows, s->owner, e);
    tool_number_cell(rows, s->has_score, s->score, scheme->digits, e);
    tool_cell(rows, s->grade, e);
    return tool_number_cell(rows, s->rank != 0, (kpi_decimal)s->rank * KPI_ONE, 0, e);
}

/* ---- lines ---- */

static int fail_write(kpi_error *e) {
    *e = (kpi_error){.code = KPI_SYSTEM, .sys = errno};
    snprintf(e->file, sizeof e->file, "standard output");
    snprintf(e->text, sizeof e->text, "write: %s", strerror(errno));
    return KPI_SYSTEM;
}

/* The names of the fields, before the first line. */
static void begin(tool_lines *p) {
    const kpi_record *record = p->record;
    for (unsigned i = 0; !p->begun && p->t->output.header && i < record->fields; i++)
        printf("%c%s%s", i ? '\t' : '#', record->field[i].name, i + 1 < record->fields ? "" : "\n");
    p->begun = true;
}

/* On a terminal, with hostile characters shown; TAB and LF are the only controls that there are. */
static void show(kpi_text lines) {
    for (const char *at = lines.ptr, *end = at + lines.len; at < end; at++) {
        char shown[4096];
        size_t n = 0;
        while (n < 256 && at + n < end && at[n] != '\t' && at[n] != '\n') n++;
        while (n == 256 && ((unsigned char)at[n] & 0xC0) == 0x80) n--; /* not within a character */
        fwrite(shown, 1, kpi_text_show((kpi_text){at, n}, shown, sizeof shown), stdout);
        at += n;
        if (*at == '\t' || *at == '\n')
            putchar(*at);
        else
            at--;
    }
}

static int put_lines(tool_lines *p, kpi_text lines, kpi_error *e) {
    begin(p);
    if (p->t->output.terminal)
        show(lines);
    else
        fwrite(lines.ptr, 1, lines.len, stdout);
    return ferror(stdout) ? fail_write(e) : KPI_OK;
}

/* The fields that the record names; what a book has beyond them stays behind. */
static int put_cells(tool_lines *p, kpi_text lines, kpi_error *e) {
    int code = KPI_OK;
    unsigned field = 0;
    for (const char *at = lines.ptr, *end = at + lines.len, *to; !code && at < end; at = to + 1) {
        for (to = at; *to != '\t' && *to != '\n'; to++) {
        }
        if (field++ < p->record->fields) code = kpi_output_cell(p->output, (kpi_text){at, (size_t)(to - at)}, e);
        if (*to == '\n') field = 0;
    }
    return code;
}

int tool_lines_put(void *context, kpi_text lines, kpi_error *e) {
    tool_lines *p = context;
    int code = p->output ? put_cells(p, lines, e) : put_lines(p, lines, e);
    return !code && fflush(stdout) ? fail_write(e) : code;
}

void tool_lines_start(tool_lines *p, tool *t, const kpi_record *record) {
    *p = (tool_lines){.t = t, .record = record};
    if (t->output.format != KPI_LINES) p->output = tool_output(t, tool_columns(t, record), record->fields);
}

void tool_lines_end(tool_lines *p) {
    if (p->output)
        tool_end_output(p->t, p->output);
    else
        begin(p);
}

/* ---- tallies ---- */

static int tally_row(void *context, kpi_output *rows, size_t group, kpi_error *e) {
    const kpi_tally *tally = context;
    size_t keys = kpi_tally_keys(tally), stats = kpi_tally_stats(tally);
    kpi_figure figure[KPI_TALLY_STATS];
    int code = KPI_OK;
    kpi_tally_figures(tally, group, figure);
    for (size_t i = 0; i < keys; i++) code = kpi_output_cell(rows, kpi_tally_key(tally, group, i), e);
    for (size_t i = 0; i < stats; i++) code = kpi_output_cell(rows, (kpi_text){figure[i].ptr, figure[i].len}, e);
    return code;
}

static void print_tally(tool *t, kpi_tally *tally) {
    size_t keys = kpi_tally_keys(tally), stats = kpi_tally_stats(tally);
    kpi_column *column = tool_own(t, calloc(keys + stats, sizeof *column));
    for (size_t i = 0; i < keys; i++) column[i] = (kpi_column){kpi_tally_key_name(tally, i), KPI_COLUMN_TEXT};
    for (size_t i = 0; i < stats; i++)
        column[keys + i] = (kpi_column){kpi_tally_stat_name(tally, i), KPI_COLUMN_NUMBER};
    tool_print(t, column, keys + stats, kpi_tally_groups(tally), tally_row, tally);
}

static const kpi_column measure_columns[] = {{"period", KPI_COLUMN_TEXT},
                                             {"manager", KPI_COLUMN_TEXT},
                                             {"metric", KPI_COLUMN_TEXT},
                                             {"value", KPI_COLUMN_NUMBER}};

static int measure_rows(void *context, kpi_output *rows, size_t group, kpi_error *e) {
    const kpi_tally *tally = context;
    kpi_figure figure[KPI_TALLY_STATS];
    int code = KPI_OK;
    kpi_tally_figures(tally, group, figure);
    for (size_t i = 0; i < kpi_tally_stats(tally); i++) {
        if (!figure[i].len) continue;
        kpi_output_cell(rows, kpi_tally_key(tally, group, 0), e);
        kpi_output_cell(rows, kpi_tally_key(tally, group, 1), e);
        tool_cell(rows, kpi_tally_stat_name(tally, i), e);
        code = kpi_output_cell(rows, (kpi_text){figure[i].ptr, figure[i].len}, e);
    }
    return code;
}

/* How many groups are too small, and what that does. */
static void tell_withheld(const tool *t, const kpi_tally *tally, const kpi_tally_options *options) {
    char text[160];
    size_t n = kpi_tally_withheld(tally);
    if (!n) return;
    const char *what = options->emit ? "no measure of them is made" : "their figures are left empty";
    snprintf(text, sizeof text, "groups with fewer than %zu scored lines: %zu; %s", options->least, n, what);
    print_message(t, text);
}

kpi_themes *tool_themes(tool *t, tool_list files) {
    kpi_themes *themes;
    if (!files.n) return NULL;
    tool_try(t, kpi_themes_new(&themes, &t->error));
    TOOL_HOLD(t, themes, kpi_themes_free);
    for (size_t i = 0; i < files.n; i++) tool_try(t, kpi_themes_read(themes, files.name[i], &t->error));
    tool_try(t, kpi_themes_ready(themes, &t->error));
    return themes;
}

static void tally_and_print(tool *t, const kpi_tally_options *options) {
    kpi_tally *tally;
    tool_try(t, kpi_tally_new(&tally, options, &t->error));
    TOOL_HOLD(t, tally, kpi_tally_free);
    tool_list files = tool_files(t);
    for (size_t i = 0; i < files.n; i++) tool_try(t, kpi_tally_read(tally, files.name[i], &t->report, &t->error));
    tool_try(t, kpi_tally_finish(tally, &t->error));
    tell_withheld(t, tally, options);
    if (options->emit)
        tool_print(t, measure_columns, 4, kpi_tally_groups(tally), measure_rows, tally);
    else
        print_tally(t, tally);
}

int tool_tally(const tool_spec *spec, enum kpi_record_kind record, int argc, char **argv) {
    tool t;
    kpi_tally_options to = {.record = record, .late_after = -1, .other = "other"};
    tool_list managers = {0}, clients = {0}, kinds = {0}, sources = {0}, themes = {0};
    const char *manager_file = NULL, *client_file = NULL;
    tool_start(&t, spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) {
        switch (option) { /* clang-format off */
        case 'b': to.keys = t.value; break;
        case 's': to.stats = t.value; break;
        case 'e': to.emit = t.value; break;
        case 'p': to.period = tool_period(&t, &to.period_text); break;
        case 'm': tool_add(&t, &managers, tool_name(&t)); break;
        case 'c': tool_add(&t, &clients, tool_name(&t)); break;
        case 'M': manager_file = t.value; break;
        case 'C': client_file = t.value; break;
        case OPT_KIND: tool_add_names(&t, &kinds); break;
        case OPT_SOURCE: tool_add_names(&t, &sources); break;
        case OPT_SCALE: tool_scale(&t, &to.low, &to.high); break;
        case OPT_LATE_AFTER: to.late_after = (int64_t)tool_count(&t, 0); break;
        case OPT_MIN: to.least = tool_count(&t, 1); break;
        case OPT_THEMES: tool_add_goal_file(&t, &themes); break;
        case OPT_OTHER: to.other = *t.value ? tool_name(&t) : ""; break;
        case OPT_TOP: to.top = tool_count(&t, 1); break;
        case OPT_AS_OF: to.as_of = tool_day(&t), to.has_as_of = true; break;
        } /* clang-format on */
    }
    to.threads = t.threads;
    to.managers = tool_names(managers);
    to.clients = tool_names(clients);
    to.kinds = tool_names(kinds);
    to.sources = tool_names(sources);
    to.themes = tool_themes(&t, themes);
    if (manager_file) to.manager_book = tool_book(&t, KPI_MANAGER, manager_file);
    if (client_file) to.client_book = tool_book(&t, KPI_CLIENT, client_file);
    tally_and_print(&t, &to);
    return tool_end(&t);
}

/* ---- logs ---- */

void tool_log(tool *t, const kpi_batch_options *options, const char *file, const kpi_text *record, size_t records) {
    kpi_batch *batch;
    tool_try(t, kpi_batch_new(&batch, options, &t->error));
    TOOL_HOLD(t, batch, kpi_batch_free);
    unsigned fields = kpi_record_of(options->record)->fields;
    for (size_t i = 0; i < records; i++) tool_try(t, kpi_batch_add(batch, record + i * fields, &t->error));
    tool_list files = records ? (tool_list){0} : tool_files(t);
    for (size_t i = 0; i < files.n; i++) tool_try(t, kpi_batch_read(batch, files.name[i], &t->report, &t->error));
    tool_try(t, kpi_batch_append(batch, file, &t->report, &t->error));
}
