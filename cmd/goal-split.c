/* goal-split - break goals down into periods, owners, or both, as documents that support them. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const tool_takes takes[] = {
    {OPT_INTO, NULL},
    {OPT_AMONG, NULL},
    {OPT_LIKE, NULL},
    {OPT_DAYS, "in proportion to the days of the parts (default: all equal)"},
    {OPT_DIGITS, "decimals of the parts, 0 to 6 (default: those of the whole)"},
    {OPT_AS_OF, "the target as it was on that day (default: the last day of the goal's period)"},
    {'d', "the day on which the parts are set (default today)"},
    {'f', "append the parts to this goal file, checked first (default: print them)"},
    {'g', "schemes and goals (repeatable; default: the file of -f, else standard input)"},
    {0, NULL}};
static const tool_spec spec = {"goal-split",
                               " --into UNIT [OPTION]... ID...\n --among NAME[=SHARE],... [OPTION]... ID...",
                               "Break goals down into parts that support them and add up to them exactly.", takes};

typedef struct owner {
    const char *plain, *line;
    kpi_decimal share;
} owner;

typedef struct request { /* as given */
    kpi_parts_options options;
    owner *owner;
    bool has_shares;
    tool_list like, files;
    const char *file, *set;
} request;

/* ---- options ---- */

static void take_unit(tool *t, kpi_parts_options *o) {
    static const char *const unit[] = {"day", "week", "month", "quarter", "half", "year"}; /* as enum kpi_unit */
    size_t i = 0, n = sizeof unit / sizeof *unit;
    while (i < n && strcmp(unit[i], t->value)) i++;
    if (i == n) tool_usage(t, "not day, week, month, quarter, half or year: '%s'", t->value);
    o->unit = (enum kpi_unit)i;
    o->into = true;
}

static void take_owner(tool *t, request *r, char *text) {
    size_t n = r->options.owners.n;
    owner *grown = tool_own(t, malloc((n + 1) * sizeof *grown)), *o = &grown[n];
    char *equals = strrchr(text, '=');
    *o = (owner){.plain = text, .share = KPI_ONE};
    if (equals && (kpi_decimal_parse(kpi_text_of(equals + 1), &o->share) || o->share <= 0))
        tool_usage(t, "not a share above 0: '%s'", text);
    if (equals) *equals = 0;
    r->has_shares |= equals != NULL;
    t->value = text;
    o->line = tool_name(t);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(r->owner[i].plain, text)) tool_usage(t, "named twice: '%s'", text);
    if (n) memcpy(grown, r->owner, n * sizeof *grown);
    r->owner = grown;
    r->options.owners.n++;
}

static void take_owners(tool *t, request *r) {
    char *text = tool_own(t, strdup(t->value));
    for (char *next; text; text = next) {
        next = strchr(text, ',');
        if (next) *next++ = 0;
        take_owner(t, r, text);
    }
}

static void take(tool *t, request *r, int option) {
    kpi_parts_options *o = &r->options;
    switch (option) { /* clang-format off */
    case OPT_INTO: take_unit(t, o); break;
    case OPT_AMONG: take_owners(t, r); break;
    case OPT_LIKE: tool_add_goal_file(t, &r->like); o->history = true; break;
    case OPT_DAYS: o->days = true; break;
    case OPT_DIGITS: o->digits = tool_digits(t), o->has_digits = true; break;
    case OPT_AS_OF: o->as_of = tool_day(t), o->has_as_of = true; break;
    case 'd': r->set = tool_plain_day(t); break;
    case 'f': r->file = t->value; break;
    case 'g': tool_add_goal_file(t, &r->files); break;
    } /* clang-format on */
}

static void check_request(tool *t, const request *r) {
    const kpi_parts_options *o = &r->options;
    if (!o->into && !o->owners.n) tool_usage(t, "into what? (--into UNIT, --among NAME,...)");
    if (o->days && !o->into) tool_usage(t, "--days is about the parts of --into");
    if (o->days && o->history) tool_usage(t, "--days and --like are two ways to share");
    if (o->history && r->has_shares && !o->into) tool_usage(t, "--like and shares of --among are two ways to share");
    if (!tool_operands(t)) tool_usage(t, "which goal? (ID...)");
}

static int by_name(const void *x, const void *y) {
    return strcmp(((const owner *)x)->plain, ((const owner *)y)->plain);
}

/* The owners in the order of their names, which decides where remainders are equal. */
static void set_owners(tool *t, request *r) {
    size_t n = r->options.owners.n;
    if (!n) return;
    qsort(r->owner, n, sizeof *r->owner, by_name);
    const char **name = tool_own(t, malloc(n * sizeof *name));
    kpi_decimal *share = tool_own(t, malloc(n * sizeof *share));
    for (size_t i = 0; i < n; i++) name[i] = r->owner[i].line, share[i] = r->owner[i].share;
    r->options.owners.name = name;
    r->options.share = r->has_shares ? share : NULL;
}

/* ---- reading ---- */

static bool is_same_file(const char *a, const char *b) {
    struct stat one, other;
    return !stat(a, &one) && !stat(b, &other) && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* The stream: the files of -g and, where there is one, that of -f; standard input when there is neither. */
static kpi_goals *read_goals(tool *t, const request *r) {
    static char standard_input[] = "-";
    tool_list files = {0};
    struct stat st;
    for (size_t i = 0; i < r->files.n; i++)
        if (!r->file || !is_same_file(r->file, r->files.name[i])) tool_add(t, &files, r->files.name[i]);
    if (r->file && (!files.n || !stat(r->file, &st) || errno != ENOENT)) tool_add(t, &files, r->file);
    if (!files.n) {
        t->value = standard_input;
        tool_add_goal_file(t, &files);
    }
    return tool_goals(t, files, NULL);
}

typedef struct splits { kpi_parts **parts; size_t n; } splits;

static int take_measure(void *context, const kpi_line *measure, kpi_error *e) {
    const splits *s = context;
    int code = KPI_OK;
    for (size_t i = 0; i < s->n && !code; i++) code = kpi_parts_measure(s->parts[i], measure, e);
    return code;
}

/* ---- writing ---- */

/* The days on which the whole is reviewed, those inside a long part. */
static void put_reviews(tool *t, kpi_document *d, const kpi_story *story, kpi_period period) {
    tool_list days = {0};
    for (size_t i = 0; story && kpi_period_days(period) > KPI_REVIEW_DAYS && i < story->reviews; i++) {
        if (story->review[i] < period.first || story->review[i] > period.last) continue;
        char *text = tool_own(t, malloc(KPI_PERIOD_SIZE));
        kpi_day_format(story->review[i], text);
        tool_add(t, &days, text);
    }
    kpi_document_list(d, "reviews", days.name, days.n, true);
}

static void put_number(kpi_document *d, const char *key, bool known, kpi_decimal value) {
    char text[KPI_NUMBER_SIZE];
    kpi_decimal_format(value, KPI_EXACT, text);
    kpi_document_bare(d, key, known ? text : NULL);
}

static const char *join(tool *t, const char *a, const char *between, const char *b) {
    char *text = tool_own(t, malloc(strlen(a) + strlen(between) + strlen(b) + 1));
    sprintf(text, "%s%s%s", a, between, b);
    return text;
}

static void put_part(tool *t, kpi_document *d, const request *r, const kpi_goal *whole, const char *id, kpi_part part) {
    const char *who = tool_plain(t, part.owner), *metric = tool_plain(t, whole->metric);
    const char *title = whole->story && *whole->story->title ? tool_plain(t, whole->story->title) : metric;
    if (r->options.owners.n) title = join(t, title, " / ", who);
    if (r->options.into) title = join(t, title, " / ", part.period_text);
    kpi_document_begin(d, "goal", join(t, join(t, part.period_text, "/", who), "/", metric));
    kpi_document_text(d, "owner", who);
    kpi_document_text(d, "metric", metric);
    kpi_document_bare(d, "period", part.period_text);
    put_number(d, "target", true, part.set.target);
    put_number(d, "baseline", part.set.has_baseline, part.set.baseline);
    put_number(d, "weight", part.set.has_weight, part.set.weight);
    kpi_document_text(d, "title", title);
    kpi_document_text(d, "supports", id);
    put_reviews(t, d, whole->story, part.period);
    kpi_document_bare(d, "set", r->set);
}

/* What is printed can be appended: it is read with the rest. */
static void print(tool *t, const kpi_document *d, kpi_goals *goals) {
    kpi_text text;
    tool_try(t, kpi_document_bytes(d, &text, &t->error));
    tool_try(t, kpi_goals_parse(goals, "standard output", text, NULL, &t->error));
    tool_try(t, kpi_goals_check(goals, NULL, &t->error));
    fwrite(text.ptr, 1, text.len, stdout);
}

int main(int argc, char **argv) {
    tool t;
    request r = {0};
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) take(&t, &r, option);
    check_request(&t, &r);
    set_owners(&t, &r);
    if (!r.set) r.set = tool_today(&t);
    kpi_goals *goals = read_goals(&t, &r);
    size_t n = (size_t)tool_operands(&t);
    kpi_goal *goal = tool_own(&t, malloc(n * sizeof *goal));
    kpi_parts **parts = tool_own(&t, malloc(n * sizeof(kpi_parts *)));
    for (size_t i = 0; i < n; i++) {
        tool_plain_operand(&t, (int)i);
        tool_try(&t, kpi_goals_get(goals, kpi_text_of(tool_name(&t)), &goal[i], &t.error));
        tool_try(&t, kpi_parts_new(&parts[i], goals, &goal[i], &r.options, &t.error));
        TOOL_HOLD(&t, parts[i], kpi_parts_free);
    }
    for (size_t i = 0; i < r.like.n; i++) tool_measures(&t, r.like.name[i], take_measure, &(splits){parts, n});
    kpi_document *d = tool_document(&t);
    for (size_t i = 0; i < n; i++) {
        tool_try(&t, kpi_parts_split(parts[i], &t.report, &t.error));
        for (size_t k = 0; k < kpi_parts_size(parts[i]); k++)
            put_part(&t, d, &r, &goal[i], tool_plain_operand(&t, (int)i), kpi_parts_at(parts[i], k));
    }
    if (r.file)
        tool_append_document(&t, d, r.file, r.files);
    else
        print(&t, d, goals);
    return tool_end(&t);
}
