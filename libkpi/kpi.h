/* kpi.h - libkpi: goals, visits, feedback, measures and the scores that come of them.
 *
 * What holds everywhere:
 *  - Nothing prints, exits, or keeps state between calls; objects are independent of each other, and one
 *    object serves one thread at a time. Only its answers (kpi_book_at, kpi_goals_at, kpi_scores_at, kpi_tally_figures
 *    and their like) may be asked for by several at once, once it is complete.
 *  - A function that can fail returns KPI_OK (0) or one of the codes below and then has filled *error (never
 *    NULL), which can be shown as it is. What it was to make is not made; what it was to change is as before, or
 *    may only be freed, where the declaration says so.
 *  - TYPE_free(NULL) does nothing. Texts handed in are copied where they are kept.
 *  - Texts are UTF-8 in line form, as the fields of KPI lines: backslash, tab, newline and return stand as
 *    \\ \t \n \r. kpi_text_plain() and kpi_text_line() lead from one form to the other.
 *  - Numbers are exact. Rounding happens when a figure is written, once, half away from zero.
 */
#ifndef KPI_H
#define KPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define KPI_VERSION "0.1.0"
const char *kpi_version(void); /* of the library linked with */

/* ---- errors (error.c) ------------------------------------------------------------------------------- */

enum kpi_code {       /* also the exit codes of the tools */
    KPI_OK = 0,       /* done; as the code of a report: a warning */
    KPI_NO = 1,       /* the answer is no: nothing found */
    KPI_USAGE = 2,    /* the call makes no sense */
    KPI_DATA = 3,     /* the data are wrong */
    KPI_SYSTEM = 4    /* file, disk, lock, memory */
};

typedef struct kpi_error {
    int code;         /* enum kpi_code */
    int sys;          /* errno, where there was one */
    uint64_t line;    /* 1-based; 0: none */
    uint32_t field;   /* of a line, 1-based; 0: the whole line */
    uint32_t column;  /* of YAML, 1-based, in code points; 0: none */
    char file[512];   /* "-" is standard input; "": no file; a longer name is cut */
    char text[768];   /* what is wrong, one line, safe for a terminal */
} kpi_error;

/* "FILE:LINE:FIELD: text" (or LINE:COLUMN) as far as known, NUL-terminated, into out.
 * Returns its length, at most size - 1. size of KPI_ERROR_SIZE always suffices. */
#define KPI_ERROR_SIZE 3072
size_t kpi_error_format(const kpi_error *error, char *out, size_t size);

typedef struct kpi_place { /* where something was written */
    const char *file;
    uint64_t line;
    uint32_t column;       /* 0: a KPI line */
} kpi_place;

/* Hears of problems that need not end the work: warnings (code KPI_OK), and bad lines (KPI_DATA), which are
 * left out when it returns 0. When it returns anything else the work ends and the function that called fails
 * with that problem (a warning then has the code KPI_DATA). No report, or fn NULL: warnings pass unheard, the
 * first bad line ends the work. It may be called from threads of the reading function, but by one at a time and in the
 * order of the input. */
typedef struct kpi_report {
    int (*fn)(void *context, const kpi_error *problem);
    void *context;
    /* NULL, or hears how far large inputs of lines have been taken, now and then, perhaps from several threads at once:
     * so many bytes `of` all (0: not known). */
    void (*progress)(void *context, const char *file, uint64_t bytes, uint64_t of);
} kpi_report;

/* ---- text (text.c) ---------------------------------------------------------------------------------- */

typedef struct kpi_text { /* borrowed bytes, not NUL-terminated */
    const char *ptr;
    size_t len;
} kpi_text;

kpi_text kpi_text_of(const char *string); /* NULL gives the empty text */
int kpi_text_compare(kpi_text a, kpi_text b); /* byte by byte: < 0, 0, > 0 */
bool kpi_text_says(kpi_text text); /* in either form: whether there is more in it than blanks and line ends */

typedef struct kpi_names { const char *const *name; size_t n; } kpi_names; /* a filter: none let all pass */
bool kpi_names_pass(kpi_names names, kpi_text text);

/* How many code points must be put in, left out, replaced, or swapped with the next one to make b of a; most + 1 when
 * that is more than most, or when they differ and one of them has more than 255 code points. */
size_t kpi_text_distance(kpi_text a, kpi_text b, size_t most);

/* Columns on a terminal: 2 for East Asian wide, 0 for combining, whatever the locale. */
size_t kpi_text_width(kpi_text text);

/* The three below write at most size bytes, no NUL, and return the length of the whole result: larger than
 * size means it was cut. out may be NULL when size is 0. */
size_t kpi_text_show(kpi_text text, char *out, size_t size);  /* control, bidi as <U+202E>, bad bytes as <0xFF> */
size_t kpi_text_plain(kpi_text line, char *out, size_t size); /* line form -> plain text */
size_t kpi_text_line(kpi_text plain, char *out, size_t size); /* plain text -> line form */

/* Why text (in line form) is not a name or not a free text of KPI lines; NULL when it is. Static strings. */
const char *kpi_name_fault(kpi_text text);
const char *kpi_free_text_fault(kpi_text text);

/* ---- numbers (decimal.c) ---------------------------------------------------------------------------- */

/* A decimal number in millionths: 1.5 is 1500000. Read numbers lie within +-KPI_DECIMAL_MAX (15 digits before
 * the point, 6 after it), sums may go beyond. */
__extension__ typedef __int128 kpi_decimal;
#define KPI_ONE ((kpi_decimal)1000000)
#define KPI_DECIMAL_MAX (KPI_ONE * 1000000000000000 - 1)

/* [+-]? 1-15 digits, optionally . and 1-6 digits. KPI_DATA (and no error text) for anything else. */
int kpi_decimal_parse(kpi_text text, kpi_decimal *out);
int kpi_decimal_digits(kpi_decimal value); /* decimals it needs: 0..6 */

/* An exact quotient of two decimals; den > 0. */
typedef struct kpi_ratio {
    kpi_decimal num, den; /* num in millionths, den a plain whole number: 1/3 is {1000000, 3} */
} kpi_ratio;

#define KPI_EXACT (-1)      /* all decimals there are (at most 20, then rounded), no trailing zeros */
#define KPI_UP_TO(n) (-1 - (n)) /* rounded to n decimals, trailing zeros dropped; n 1..18 */
#define KPI_NUMBER_SIZE 64  /* suffices for both below, with the NUL */
/* digits: 0..18, KPI_EXACT or KPI_UP_TO(n). Returns the length. Never "-0". */
size_t kpi_decimal_format(kpi_decimal value, int digits, char out[KPI_NUMBER_SIZE]);
size_t kpi_ratio_format(kpi_ratio value, int digits, char out[KPI_NUMBER_SIZE]);

/* ---- days and periods (period.c) -------------------------------------------------------------------- */

typedef int32_t kpi_day; /* days since 1970-01-01, proleptic Gregorian; years 0001..9999 are read */
#define KPI_DAY_FIRST INT32_MIN /* open ends of books */
#define KPI_DAY_LAST INT32_MAX

typedef struct kpi_period {
    kpi_day first, last; /* both included */
} kpi_period;

enum kpi_unit { KPI_UNIT_DAY, KPI_UNIT_WEEK, KPI_UNIT_MONTH, KPI_UNIT_QUARTER, KPI_UNIT_HALF, KPI_UNIT_YEAR };

#define KPI_PERIOD_SIZE 24
/* YYYY-MM-DD, or with a time YYYY-MM-DDTHH:MM[:SS][Z|+-HH:MM]; *day is the day written. utc_day, where not
 * NULL: the day in UTC (a time without zone counts as UTC). KPI_DATA for anything else. */
int kpi_date_parse(kpi_text text, kpi_day *day, kpi_day *utc_day);
/* 2026, 2026-H1, 2026-Q4, 2026-10, 2026-W45, 2026-10-05, 2026-10-01..2026-10-15. KPI_DATA for anything else. */
int kpi_period_parse(kpi_text text, kpi_period *out);
/* The same, or today, yesterday, this-UNIT, last-UNIT (week month quarter half year), counted from today.
 * text_out gets the period as it is to be printed, NUL-terminated. */
int kpi_period_resolve(const char *text, kpi_day today, kpi_period *out, char text_out[KPI_PERIOD_SIZE]);
size_t kpi_day_format(kpi_day day, char out[KPI_PERIOD_SIZE]); /* 2026-10-05; returns the length */
/* The unit that holds day: its text in out (2026-W45), and its days in *period where not NULL. */
size_t kpi_period_of(enum kpi_unit unit, kpi_day day, char out[KPI_PERIOD_SIZE], kpi_period *period);
/* The part of whole, a day of which is given, that lies in the unit that holds this day: its days in *part, its text in
 * out: the unit's, or of one that whole cuts, FIRST..LAST or the only day. Returns the length. The next part begins
 * with part->last + 1. */
size_t kpi_period_part(kpi_period whole, enum kpi_unit unit, kpi_day day, char out[KPI_PERIOD_SIZE], kpi_period *part);
/* What a period, a unit or a part of one, is to be compared with: of days and weeks that which is 52 weeks before, as
 * weekdays tell there; of the others the same days of the year before, the end of a month for the end of a month. */
kpi_period kpi_period_year_before(kpi_period period, enum kpi_unit unit);
static inline bool kpi_period_inside(kpi_period a, kpi_period b) { return a.first >= b.first && a.last <= b.last; }
static inline bool kpi_period_overlap(kpi_period a, kpi_period b) { return a.first <= b.last && b.first <= a.last; }
static inline bool kpi_period_same(kpi_period a, kpi_period b) { return a.first == b.first && a.last == b.last; }
static inline int64_t kpi_period_days(kpi_period a) { return (int64_t)a.last - a.first + 1; }

typedef struct kpi_now {
    kpi_day today;   /* in the local time zone (TZ) */
    kpi_day utc_day; /* in UTC */
    char stamp[21];  /* 2026-10-05T09:30:00Z */
} kpi_now;
/* The clock, or the environment's KPI_NOW (YYYY-MM-DD: that day everywhere, midnight UTC as the stamp; or
 * YYYY-MM-DDTHH:MM:SSZ: that instant). KPI_USAGE for a malformed KPI_NOW or a TZ that the system does not know. */
int kpi_now_get(kpi_now *out, kpi_error *error);

/* ---- lines and records (line.c, record.c) ----------------------------------------------------------- */

enum kpi_record_kind {
    KPI_VISIT, KPI_FEEDBACK, KPI_MEASURE, KPI_GOAL, KPI_SCORE, KPI_DETAIL, KPI_CLIENT, KPI_MANAGER, KPI_RECORDS
};
enum kpi_type {
    KPI_TYPE_DATE, KPI_TYPE_PERIOD, KPI_TYPE_NAME, KPI_TYPE_STATUS, KPI_TYPE_TEXT, KPI_TYPE_NUMBER, KPI_TYPE_COUNT
};
typedef struct kpi_field {
    const char *name;
    enum kpi_type type;
    bool required;
} kpi_field;
typedef struct kpi_record {
    const char *name;       /* "visit" */
    const kpi_field *field; /* fields of them */
    unsigned fields;
    bool more;              /* lines may have more fields, which are not read */
} kpi_record;
const kpi_record *kpi_record_of(enum kpi_record_kind kind);           /* static */
const kpi_record *kpi_record_named(const char *name);                 /* NULL: no such record */
int kpi_record_field(const kpi_record *record, kpi_text name);        /* its index, -1: no such field */

enum { KPI_VISIT_DATE, KPI_VISIT_MANAGER, KPI_VISIT_CLIENT, KPI_VISIT_KIND, KPI_VISIT_STATUS, KPI_VISIT_PURPOSE,
       KPI_VISIT_OUTCOME, KPI_VISIT_MINUTES, KPI_VISIT_LOGGED, KPI_VISIT_NOTE };
enum { KPI_FEEDBACK_DATE, KPI_FEEDBACK_MANAGER, KPI_FEEDBACK_CLIENT, KPI_FEEDBACK_SOURCE, KPI_FEEDBACK_THEME,
       KPI_FEEDBACK_SCORE, KPI_FEEDBACK_RESOLVED, KPI_FEEDBACK_LOGGED, KPI_FEEDBACK_COMMENT };

#define KPI_FIELDS 16             /* fields of a line that are kept apart */
#define KPI_LINE_MAX (1u << 20)   /* bytes of a line, LF not counted */

typedef struct kpi_line {
    const char *file;             /* "-": standard input */
    uint64_t number;              /* 1-based */
    kpi_text text;                /* the whole line, without LF or CRLF */
    unsigned fields;              /* how many it has, those beyond KPI_FIELDS counted */
    kpi_text field[KPI_FIELDS];
} kpi_line;

/* A stream of KPI lines out of a file, from its start to the size it has under a shared lock when opened, or
 * out of a pipe to its end. Blank lines, # lines and a BOM at the start are passed over. */
typedef struct kpi_reader kpi_reader;
int kpi_reader_open(kpi_reader **out, const char *path, kpi_error *error); /* "-": standard input */
void kpi_reader_free(kpi_reader *reader);
/* The next line, split and checked: UTF-8, control characters, length, end. KPI_NO at the end. KPI_DATA for a
 * bad line (the reader stands behind it and can go on). The line's texts live until the next call. */
int kpi_reader_next(kpi_reader *reader, kpi_line *line, kpi_error *error);

/* Whether line is a valid record: field count, required fields, each field's type, resolved not before date. */
int kpi_record_check(const kpi_record *record, const kpi_line *line, kpi_error *error);
/* The next valid record: kpi_reader_next and kpi_record_check, bad lines told to report. KPI_NO at the end. */
int kpi_reader_record(kpi_reader *reader, const kpi_record *record, kpi_line *line, const kpi_report *report,
                      kpi_error *error);

/* ---- filtering lines (grep.c) ------------------------------------------------------------------------ */

typedef struct kpi_where {
    unsigned field;           /* from 0 on, below the record's fields; below KPI_FIELDS without a record */
    kpi_text value;           /* what it must be, byte by byte, in line form; empty: the empty field */
} kpi_where;

typedef struct kpi_grep_options {
    const kpi_record *record; /* what the lines must be; NULL: any KPI lines, checked as lines only */
    bool has_period;          /* only lines whose first field, a date or period, lies inside `period` as a whole */
    kpi_period period;
    const kpi_where *where;   /* only lines that have one of the values given for it in each field named */
    size_t wheres;
    bool sorted;              /* the caller vouches that first days never fall along a file; needs has_period */
    unsigned threads;         /* 0: as many as the process may run on */
} kpi_grep_options;

/* Takes lines that were found: whole, each with LF at its end, in the order of the input, as soon as they are known.
 * They live until it returns. From any thread, but never two calls at a time. Returns KPI_OK, or else what kpi_grep
 * is to end with, *error filled. */
typedef int kpi_grep_put(void *context, kpi_text lines, kpi_error *error);

/* Gives put the lines of the file at path ("-": standard input) that pass, and adds their number to *found. Without
 * BOM, comments, blank lines and CR. Bad lines are told to report, all lines before them given to put; of a sorted
 * regular file only the lines around the period are looked at. KPI_USAGE for a period where the record has none in
 * its first field, a field that is not there, sorted without a period. The options are not kept. */
int kpi_grep(const char *path, const kpi_grep_options *options, kpi_grep_put *put, void *context,
             const kpi_report *report, uint64_t *found, kpi_error *error);

/* ---- books of managers and clients (book.c) --------------------------------------------------------- */

typedef struct kpi_entry {  /* one line of a book; strings live as long as the book, "" for not known */
    const char *who;        /* manager, client */
    const char *name;
    const char *of;         /* a manager's team; the manager a client belongs to */
    const char *as;         /* a manager's role; a client's tier */
    kpi_period days;        /* joined..left, since..until; open ends KPI_DAY_FIRST, KPI_DAY_LAST */
    kpi_place place;
} kpi_entry;

typedef struct kpi_book kpi_book;
int kpi_book_new(kpi_book **out, enum kpi_record_kind kind /* KPI_MANAGER or KPI_CLIENT */, kpi_error *error);
void kpi_book_free(kpi_book *book);
/* Adds a file's lines; several lines of one manager or client whose days overlap are KPI_DATA. Call once per
 * file; after a failure the book may only be freed. */
int kpi_book_read(kpi_book *book, const char *path, const kpi_report *report, kpi_error *error);
size_t kpi_book_size(const kpi_book *book);
/* Entries in the order of who (bytes), then days. */
const kpi_entry *kpi_book_entry(const kpi_book *book, size_t i);
/* The entries of who: the first one, and their number in *n; NULL and 0 when not in the book. */
const kpi_entry *kpi_book_find(const kpi_book *book, kpi_text who, size_t *n);
/* What holds of who in period: the entry of its last day, else the last one that overlaps it, else NULL. */
const kpi_entry *kpi_book_at(const kpi_book *book, kpi_text who, kpi_period period);
int64_t kpi_book_days(const kpi_book *book, kpi_text who, kpi_period period); /* days of period covered */
/* The name that may have been meant by who, which is not in the book: the one that differs least, in a third of its
 * code points at most, the first of equal ones. NULL: none fits. It takes a look at all of them. */
const char *kpi_book_nearest(const kpi_book *book, kpi_text who);

/* ---- working days (calendar.c) ----------------------------------------------------------------------- */

typedef struct kpi_calendar kpi_calendar; /* a new one: Monday to Friday are worked, every week */
int kpi_calendar_new(kpi_calendar **out, kpi_error *error);
void kpi_calendar_free(kpi_calendar *calendar);
/* Adds the days off of a file: a date or period a line, or with + before it days that are worked although they are off
 * or a weekend. Behind a TAB may stand more, which is not read. After a failure the calendar may only be freed. */
int kpi_calendar_read(kpi_calendar *calendar, const char *path, const kpi_report *report, kpi_error *error);
/* The days of period that are worked; NULL: all are. */
int64_t kpi_calendar_days(const kpi_calendar *calendar, kpi_period period);

/* ---- schemes and goals (yaml.c, goal.c) ------------------------------------------------------------- */

enum kpi_take { KPI_TAKE_SUM, KPI_TAKE_MEAN, KPI_TAKE_LAST, KPI_TAKE_MAX, KPI_TAKE_MIN, KPI_TAKE_COUNT };
enum kpi_missing { KPI_MISSING_NONE, KPI_MISSING_ZERO, KPI_MISSING_SKIP, KPI_MISSING_ERROR };

typedef struct kpi_point { kpi_decimal x, y; } kpi_point; /* attainment, credit */

typedef struct kpi_metric {
    const char *name, *title, *unit;  /* title, unit: "" when not given */
    bool lower;                       /* better: lower */
    bool prorate;
    bool weighted;                    /* has a weight of its own */
    enum kpi_take take;
    enum kpi_missing missing;
    kpi_decimal weight;
    const kpi_point *curve;           /* points of them, at least 1 */
    size_t points;
    kpi_place place;
} kpi_metric;

typedef struct kpi_role_weight { size_t metric; kpi_decimal weight; } kpi_role_weight;
typedef struct kpi_role { const char *name; const kpi_role_weight *weight; size_t weights; kpi_place place; } kpi_role;

typedef struct kpi_rule {             /* an adjustment or a gate */
    size_t metric;
    bool below;                       /* else above */
    kpi_decimal limit;
    kpi_decimal each, points;         /* adjustment */
    bool limited; kpi_decimal at_most;
    kpi_decimal ceiling;              /* gate: score_at_most */
    kpi_place place;
} kpi_rule;

typedef struct kpi_grade {
    const char *name;
    bool has_from, has_top;           /* score at least from; rank * 100 <= top * number ranked */
    kpi_decimal from, top;
    kpi_place place;
} kpi_grade;
typedef struct kpi_tier { const char *name; int64_t days; kpi_place place; } kpi_tier;

typedef struct kpi_scheme {
    const char *name;
    bool has_period;
    kpi_period period;
    const char *period_text;
    kpi_decimal points;
    int digits;                       /* 0..6 */
    const kpi_metric *metric; size_t metrics; /* in the scheme's order */
    const kpi_role *role;     size_t roles;
    const kpi_rule *adjust;   size_t adjusts;
    const kpi_rule *gate;     size_t gates;
    const kpi_grade *grade;   size_t grades;
    const kpi_tier *tier;     size_t tiers;
    kpi_place place;
} kpi_scheme;
int kpi_scheme_metric(const kpi_scheme *scheme, kpi_text name); /* its index, -1: none */

typedef struct kpi_target {           /* what a goal or a revision sets */
    bool percent;                     /* target is in % of the baseline, to be added to it */
    bool has_baseline, has_weight;
    kpi_decimal target, baseline, weight;
} kpi_target;

typedef struct kpi_revision {
    const struct kpi_revision *next;  /* the later document */
    kpi_target set;                   /* whole: what it does not say is as before */
    kpi_day on;
    const char *by, *reason;
    kpi_place place;
} kpi_revision;

typedef struct kpi_review {
    const struct kpi_review *next;
    kpi_day on;
    const char *by, *says, *act;      /* act: the key "next" */
    kpi_place place;
} kpi_review;

typedef struct kpi_story {            /* what only a goal written in full has; "" and 0 when not given */
    const char *title, *why, *supports;
    bool strategy;
    const char *const *step; size_t steps;
    const char *const *risk; size_t risks;
    const kpi_day *review;   size_t reviews;
    bool has_set, has_agreed;
    kpi_day set, agreed;
    const kpi_review *reviewed;
} kpi_story;

typedef struct kpi_goal {
    const char *owner, *metric, *period_text;
    kpi_period period;
    const char *id;                   /* NULL: PERIOD/OWNER/METRIC */
    kpi_target set;                   /* as first set */
    const kpi_revision *revision;     /* in order; NULL: none */
    const kpi_story *story;           /* NULL for compact goals and goal lines */
    kpi_place place;
} kpi_goal;

typedef struct kpi_goals kpi_goals;   /* schemes, goals, revisions, reviews of any number of files */
/* threads: as many, at most, work on one file of goal lines and on scores; 0: as many as the machine has. */
int kpi_goals_new(kpi_goals **out, unsigned threads, kpi_error *error);
void kpi_goals_free(kpi_goals *goals); /* with all that was read into it */
/* Adds a file: YAML, or goal lines when its first record starts with a period and a TAB. With a report, faults
 * of a document (not of YAML itself) are told and the document left out. After a failure the goals may only be
 * freed, unless the file could not be opened. */
int kpi_goals_read(kpi_goals *goals, const char *path, const kpi_report *report, kpi_error *error);
/* The same from memory (YAML only), named file in messages. bytes are not kept. */
int kpi_goals_parse(kpi_goals *goals, const char *file, kpi_text bytes, const kpi_report *report, kpi_error *error);
/* After the last file: finds goals set twice (the later one is left out), resolves references, applies revisions, and
 * checks all that only the whole can tell; goals that are wrong are told to report and left out, too. */
int kpi_goals_check(kpi_goals *goals, const kpi_report *report, kpi_error *error);
size_t kpi_goals_size(const kpi_goals *goals);
/* After kpi_goals_check: by period start, period end, owner, metric (scheme order, then bytes). */
kpi_goal kpi_goals_at(const kpi_goals *goals, size_t i);
bool kpi_goals_find(const kpi_goals *goals, kpi_text id, kpi_goal *out); /* after kpi_goals_check; false: none */
/* The id of the goal that may have been meant by id, which is none, NUL-terminated, into out: the one that differs
 * least, in a third of its code points at most, the first of equal ones. Returns its length; 0: none fits. */
size_t kpi_goals_nearest(const kpi_goals *goals, kpi_text id, char *out, size_t size);
/* As kpi_goals_find, but KPI_DATA where there is none, with the nearest id in the text. */
int kpi_goals_get(const kpi_goals *goals, kpi_text id, kpi_goal *out, kpi_error *error);
size_t kpi_goals_schemes(const kpi_goals *goals);
const kpi_scheme *kpi_goals_scheme_at(const kpi_goals *goals, size_t i);
/* The one scheme that holds for all of period; KPI_DATA when there is none, or more than one. */
int kpi_goals_scheme(const kpi_goals *goals, kpi_period period, const char *period_text, const kpi_scheme **out,
                     kpi_error *error);

/* What holds of goal on the day as_of: its setting, or that of its latest revision up to then. */
const kpi_target *kpi_goal_on(const kpi_goal *goal, kpi_day as_of);
kpi_ratio kpi_target_value(const kpi_target *target); /* the target, percentages resolved, exact */
/* The id, NUL-terminated, into out; returns its whole length (cut when >= size). */
size_t kpi_goal_id(const kpi_goal *goal, char *out, size_t size);

/* ---- measures (measure.c) --------------------------------------------------------------------------- */

typedef struct kpi_measure {           /* all measures of one manager and metric inside the period */
    uint64_t n;
    kpi_decimal sum, min, max;
    kpi_decimal last;                  /* of the latest last day, then the longer period */
    kpi_period last_period;
    kpi_place first_place, last_place; /* of the first and the last line read */
    kpi_place last_from, last_against; /* last_against.file: where another value for last_period stands, or NULL */
} kpi_measure;

typedef struct kpi_measures kpi_measures;
/* goals: checked, and to outlive the measures: those that belong to their goals of period are kept beside them, which
 * is faster and smaller, and they can then only be scored with them. NULL: with any. threads: as in kpi_goals_new. */
int kpi_measures_new(kpi_measures **out, const kpi_goals *goals, kpi_period period, const char *period_text,
                     unsigned threads, kpi_error *error);
void kpi_measures_free(kpi_measures *measures);
/* Adds a file's measures inside the period. After a failure the object may only be freed. */
int kpi_measures_read(kpi_measures *measures, const char *path, const kpi_report *report, kpi_error *error);
int kpi_measures_add(kpi_measures *measures, kpi_text manager, kpi_text metric, kpi_period period, kpi_decimal value,
                     kpi_place place, kpi_error *error);
/* false: there is none. */
bool kpi_measures_find(const kpi_measures *measures, kpi_text manager, kpi_text metric, kpi_measure *out);

/* ---- one owner's score as a function of what goes into it (sheet.c) -------------------------------------- */

typedef struct kpi_sheet_row {      /* a metric of the scheme, for one owner */
    bool weighted;                  /* there are a goal and its weight, as there is one for the other */
    bool has_baseline;
    bool prorated;                  /* target and baseline are: to the owner's days */
    bool measured;                  /* there is a measure */
    bool known;                     /* there is an actual: of measures, or 0 by `missing: zero` */
    size_t goal;                    /* its index in the goals */
    kpi_decimal weight;             /* before skipped metrics give theirs to the others; of an owner they add up to the
                                     * scheme's points */
    kpi_ratio target, baseline;
    kpi_ratio actual;               /* also of metrics without a weight that a rule looks at */
    const struct kpi__fraction *attainment; /* the library's own: instead of what these three give; else NULL */
} kpi_sheet_row;

typedef struct kpi_sheet {          /* all that an owner's score depends on */
    const kpi_scheme *scheme;
    const char *owner, *period_text; /* for messages */
    const kpi_role *role;           /* whose weights hold; NULL: those of the metrics */
    int64_t days, all_days;         /* the owner's in the period; those of the period */
    kpi_sheet_row *row;             /* scheme->metrics of them, in the scheme's order */
} kpi_sheet;

enum kpi_detail_kind { KPI_DETAIL_METRIC, KPI_DETAIL_ADJUST, KPI_DETAIL_GATE };
typedef struct kpi_detail {
    enum kpi_detail_kind kind;
    const kpi_metric *metric;
    size_t goal;                    /* METRIC: its index in the goals */
    const kpi_rule *rule;           /* ADJUST and GATE; else NULL */
    bool measured;                  /* there is a measure */
    bool has_actual;                /* actual and attainment are known */
    bool averaged;                  /* of a team: the mean of attainments, without target and actual */
    bool skipped;                   /* no credit, no points: the weight went to the others */
    bool target_rounds;             /* prorated: printed as a computed figure */
    bool actual_rounds;             /* a mean: printed as a computed figure */
    kpi_decimal weight;             /* as scaled */
    kpi_ratio target, actual;
    kpi_decimal attainment, credit; /* rounded to 4 decimals, for print; points come from the exact ones */
    kpi_decimal points;             /* rounded to the scheme's digits; of a rule: the change of the score */
} kpi_detail;

typedef struct kpi_scored {
    const char *owner;
    bool has_score;                 /* false: every metric was skipped */
    kpi_decimal score;
    const char *grade;              /* "" none */
    uint64_t rank;                  /* 0 none */
    const kpi_detail *detail;
    size_t details;
} kpi_scored;

/* Scores a sheet. detail: room for metrics + adjusts + 1 lines of the scheme, or NULL; out->detail is it, rank and
 * grade are empty. KPI_DATA: no way from a baseline to its target, or a figure out of range. */
int kpi_sheet_score(const kpi_sheet *sheet, kpi_detail *detail, kpi_scored *out, kpi_error *error);
/* The first grade of the scheme that fits a score of this rank among `ranked`; "": none does. */
const char *kpi_scheme_grade(const kpi_scheme *scheme, kpi_decimal score, uint64_t rank, uint64_t ranked);

/* ---- scores (score.c) ------------------------------------------------------------------------------- */

typedef struct kpi_score_options {
    kpi_period period;
    const char *period_text;
    bool has_as_of;
    kpi_day as_of;                  /* else the last day of the period */
    const kpi_book *managers;       /* NULL: none */
    bool totals_only;               /* keep no details: kpi_scored.detail is NULL, details 0 */
} kpi_score_options;

typedef struct kpi_scores kpi_scores;
/* goals (checked), measures and the book must outlive *out. KPI_NO: no goal for the period. KPI_USAGE: measures of
 * other goals or another period, or no book where the scheme needs one. */
int kpi_score(kpi_scores **out, const kpi_goals *goals, const kpi_measures *measures, const kpi_score_options *options,
              const kpi_report *report, kpi_error *error);
void kpi_scores_free(kpi_scores *scores);
const kpi_scheme *kpi_scores_scheme(const kpi_scores *scores);
size_t kpi_scores_size(const kpi_scores *scores);
/* The i for which kpi_scores_at(i) is owner's; their number when there is none, and then in *nearest the owner who may
 * have been meant, or nothing. */
size_t kpi_scores_find(const kpi_scores *scores, kpi_text owner, kpi_text *nearest);
uint64_t kpi_scores_number_ranked(const kpi_scores *scores);         /* owners with a score */
kpi_scored kpi_scores_at(const kpi_scores *scores, size_t i);        /* by owner */
kpi_scored kpi_scores_ranked(const kpi_scores *scores, size_t i);    /* by rank, then owner; unranked last */
size_t kpi_scores_order(const kpi_scores *scores, size_t i);         /* the j for which that is kpi_scores_at(j) */
/* What kpi_scores_at(scores, i) is the score of. The sheet's rows are put into row, room for the scheme's metrics. */
int kpi_scores_sheet(const kpi_scores *scores, size_t i, kpi_sheet *sheet, kpi_sheet_row *row, kpi_error *error);

/* ---- looking ahead (pace.c, need.c, stable.c) ------------------------------------------------------------------- */

/* Adds the files' measures that begin on `day` or before, one file after the other; of those that end after it report
 * is warned, once for all. After a failure the measures may only be freed. */
int kpi_measures_read_until(kpi_measures *measures, const char *const *path, size_t paths, kpi_day day,
                            const kpi_report *report, kpi_error *error);

typedef struct kpi_pace_options {
    kpi_period period;
    kpi_day as_of;                /* of period, itself elapsed: what is known by its end is in the scores */
    const kpi_calendar *calendar; /* the days that count; NULL: every day */
    const kpi_book *managers;     /* owners in it have the days they are there; NULL: the period's */
} kpi_pace_options;

typedef struct kpi_pace_line {
    kpi_detail forecast;          /* as kpi_score would have it: its actual is the forecast */
    bool foreseen;                /* the forecast's actual (where has_actual) and points are known */
    bool by_rate;                 /* take sum or count: the actual grows by the day; else it stands as it is */
    bool has_actual, has_expected, has_ahead, has_needed;
    kpi_ratio actual;
    kpi_ratio expected;           /* by now: the target's part of the days; of what stands as it is the target */
    kpi_ratio ahead;              /* of what is expected, below 0 behind; for better: lower what is left of it */
    kpi_ratio needed;             /* for each day left, to reach the target; for better: lower what may be added */
} kpi_pace_line;

typedef struct kpi_pace kpi_pace; /* forecasts of all owners, at a day inside the period */
/* scores, with all they were made of, and what is in the options must outlive *out. KPI_USAGE: as_of is outside the
 * period. KPI_DATA: a forecast is out of range. */
int kpi_pace_new(kpi_pace **out, const kpi_scores *scores, const kpi_pace_options *options, kpi_error *error);
void kpi_pace_free(kpi_pace *pace);
size_t kpi_pace_size(const kpi_pace *pace);
/* The score, rank and grade foreseen, by owner; no details. has_score is false, too, where no day has elapsed yet. */
kpi_scored kpi_pace_at(const kpi_pace *pace, size_t i);
size_t kpi_pace_ranked(const kpi_pace *pace, size_t place); /* the i of a place by rank, then owner; unranked last */
/* The lines of owner i, to be freed by the caller. Their points add up to the score. */
int kpi_pace_lines(const kpi_pace *pace, size_t i, kpi_pace_line **line, size_t *lines, kpi_error *error);

typedef struct kpi_need_options { /* neither score nor grade: for the next grade */
    bool has_score;
    kpi_decimal score;            /* for a score of so much */
    const char *grade;            /* for this grade or one before it; NULL: no */
    bool has_digits;
    int digits;                   /* decimals of answers (0..6), else those that target, baseline and actual have, where
                                   * one without an end counts for 2; of take: count always 0 */
} kpi_need_options;

typedef struct kpi_need_line {    /* a metric that has a weight, or at which an adjustment or a gate looks */
    const kpi_metric *metric;
    const kpi_sheet_row *row;     /* of kpi_needs */
    bool reachable;               /* by this metric alone, all others as they stand */
    int digits;
    kpi_decimal need;             /* of all values from the actual on towards the better, the first that is enough */
    kpi_ratio more;               /* need - actual, where there is an actual */
    kpi_decimal score;            /* with it */
    bool has_gain;
    kpi_decimal gain;             /* points for 1 % of the target more, by the curve where it stands; 4 decimals */
} kpi_need_line;

typedef struct kpi_needs {        /* of one owner */
    const char *grade;            /* that is looked for; "": a score is, or there is no better grade */
    bool has_score;               /* there is a score that is enough, others staying as they are */
    kpi_decimal score;            /* the lowest one; KPI_SCORE_ANY: each is */
    kpi_sheet sheet;
    kpi_need_line *line;
    size_t lines;
} kpi_needs;
#define KPI_SCORE_ANY (-((kpi_decimal)1 << 126))

/* What owner i of scores needs. scores, with all they were made of, must outlive *out, to be freed by kpi_needs_free.
 * KPI_USAGE: the scheme has no such grade. KPI_DATA: a figure is out of range, or an adjustment has too many steps
 * against the curve to look through. */
int kpi_needs_new(kpi_needs **out, const kpi_scores *scores, size_t i, const kpi_need_options *options,
                  kpi_error *error);
void kpi_needs_free(kpi_needs *needs);

/* Whether ranks hang on weights. Two neighbours in rank would change places when, for some weights, the lower one had
 * the higher score: each weight moved by up to a twentieth of the scheme's points, not below 0, and all then scaled to
 * add up to the points again. Neighbours with the same weights have them moved together, others each for themselves.
 * Credits are those printed, with 4 decimals; adjustments stay as they are, gates bite as they do; nothing is
 * rounded. */
typedef struct kpi_stable kpi_stable;
/* scores, with all they were made of, must outlive *out. KPI_DATA: a figure is out of range. */
int kpi_stable_new(kpi_stable **out, const kpi_scores *scores, kpi_error *error);
void kpi_stable_free(kpi_stable *stable);
typedef struct kpi_neighbours { const char *above, *below; } kpi_neighbours; /* who would change places; NULL: none */
kpi_neighbours kpi_stable_at(const kpi_stable *stable, size_t i); /* i: as of kpi_scores_at */

/* Tells report, as KPI_DATA, of each owner whose weights kpi_score would refuse in options->period, and goes on when
 * that returns 0. Without a book of managers an owner may have the weights of any role. */
int kpi_weights_check(const kpi_goals *goals, const kpi_score_options *options, const kpi_report *report,
                      kpi_error *error);

/* ---- teams (team.c) ----------------------------------------------------------------------------------------- */

typedef struct kpi_teams kpi_teams;
/* Scores the teams that those scored belong to by the book of managers (kpi_book_at), by the same scheme without its
 * adjustments and gates, and ranks them. A metric with take sum or count has the sums of the members' actuals, targets
 * (prorated) and baselines, others the mean of their attainments; one without an actual stands at the baseline, or
 * has attainment 0; whoever skips a metric is left out of it. No baseline is one of 0, or of twice the target where
 * lower is better. Weights are the means of the members', by largest remainder in units of the scheme's digits.
 * Members without a team are told to report. scores must outlive *out. KPI_USAGE: they had no book. KPI_DATA: figures
 * out of range together. */
int kpi_teams_new(kpi_teams **out, const kpi_scores *scores, const kpi_report *report, kpi_error *error);
void kpi_teams_free(kpi_teams *teams);
size_t kpi_teams_size(const kpi_teams *teams);
size_t kpi_teams_find(const kpi_teams *teams, kpi_text name, kpi_text *nearest); /* as kpi_scores_find */
kpi_scored kpi_teams_at(const kpi_teams *teams, size_t i);           /* by name */
kpi_scored kpi_teams_ranked(const kpi_teams *teams, size_t i);       /* by rank, then name; unranked last */

/* ---- how a score came about (explain.c) -------------------------------------------------------------------- */

/* Measures one by one, where more is to be told of them than the first and the last. */
typedef struct kpi_journal kpi_journal;
/* owners: those whose measures are kept, none: all; to outlive the journal. */
int kpi_journal_new(kpi_journal **out, kpi_names owners, kpi_error *error);
void kpi_journal_free(kpi_journal *journal);
/* kpi_measures_read, a measure at a time, which are kept. The journal must outlive the measures. */
int kpi_journal_read(kpi_journal *journal, kpi_measures *measures, const char *path, const kpi_report *report,
                     kpi_error *error);

typedef struct kpi_step {  /* in line form, "": none; they live until the function that is given them returns */
    const char *metric;    /* "": of the score */
    const char *name;      /* "attainment" */
    const char *figure;    /* as printed, mostly a number */
    const char *formula;   /* exact, for bc(1); the figure is it, rounded */
    const char *note;
} kpi_step;
/* Takes a step. Returns KPI_OK, or else what kpi_explain is to end with, *error filled. */
typedef int kpi_step_put(void *context, const kpi_step *step, kpi_error *error);
/* Gives put all steps to the score that is kpi_scores_at(scores, i). journal: all measures, or NULL. */
int kpi_explain(const kpi_scores *scores, size_t i, const kpi_journal *journal, kpi_step_put *put, void *context,
                kpi_error *error);
/* The same, and every exact figure that went into the score, as a JSON object, NUL-terminated, to be freed. */
int kpi_explain_json(const kpi_scores *scores, size_t i, const kpi_journal *journal, char **out, size_t *length,
                     kpi_error *error);

/* ---- what moved scores (run.c, diff.c) ---------------------------------------------------------------------- */

typedef struct kpi_run kpi_run;     /* what kpi-score printed: of owners, one period each */
int kpi_run_new(kpi_run **out, kpi_error *error);
void kpi_run_free(kpi_run *run);
/* Adds a file ("-": standard input) of detail lines, or of JSON objects, a line each: detail or explanations
 * (kpi_explain_json). After a failure the run may only be freed. */
int kpi_run_read(kpi_run *run, const char *path, kpi_error *error);
size_t kpi_run_size(const kpi_run *run); /* owners */
/* As kpi_scores_find; once a file was read. */
size_t kpi_run_find(const kpi_run *run, kpi_text owner, kpi_text *nearest);

typedef struct kpi_move {           /* in line form; they live until the function that is given them returns */
    const char *owner, *metric;     /* metric "": none */
    const char *cause;              /* several, joined by +, where they cannot be told apart */
    const char *from, *to;          /* what it was, and has become */
    bool has_points;
    kpi_decimal points;             /* what the score is more by it */
    int digits;                     /* of points: the larger of both runs' */
} kpi_move;
typedef int kpi_move_put(void *context, const kpi_move *move, kpi_error *error);
/* Gives put, owner by owner, first a move of cause "score" from one score to the other, with their difference; then
 * moves whose points add up to that. An owner of one run only is "new" or "gone", one that has no score in one of them
 * "unscored", without points and further moves. Where both runs have explanations, causes are, in this order of
 * replacement, for each metric in a's order: actual, target, baseline, proration, weight, better, curve, and "metric"
 * for one that has a weight in one run only; then "scheme" (points, digits, order of metrics), adjustment, gate. Else
 * a metric's points are one move, of all that differs in print and of what is "unseen". KPI_DATA: the figures of an
 * explanation do not lead to its score. */
int kpi_diff(const kpi_run *a, const kpi_run *b, kpi_names owners, kpi_move_put *put, void *context, kpi_error *error);

/* ---- themes of comments (theme.c) --------------------------------------------------------------------- */

typedef struct kpi_themes kpi_themes; /* themes, and the phrases that tell them; see feedback-theme(1) */
int kpi_themes_new(kpi_themes **out, kpi_error *error);
void kpi_themes_free(kpi_themes *themes);
/* Adds a file of YAML, and the same from memory, named file in messages. KPI_DATA: it is no map of themes to lists of
 * phrases, there is none, or a phrase was given before. After a failure the themes may only be freed. */
int kpi_themes_read(kpi_themes *themes, const char *path, kpi_error *error);
int kpi_themes_parse(kpi_themes *themes, const char *file, kpi_text bytes, kpi_error *error);
/* After the last one, once, before they are used. */
int kpi_themes_ready(kpi_themes *themes, kpi_error *error);

/* ---- tallies (tally.c) ------------------------------------------------------------------------------ */

typedef struct kpi_tally_options {
    enum kpi_record_kind record;    /* KPI_VISIT or KPI_FEEDBACK */
    const char *keys;               /* comma-separated; NULL: manager; "": none */
    const char *stats;              /* comma-separated; NULL: the record's own default */
    const char *emit;               /* STAT[=METRIC],... : keys are period and manager; NULL: a tally */
    const char *period_text;        /* as printed; NULL: every day */
    kpi_period period;
    kpi_names managers, clients, kinds, sources; /* with the statistic load: managers that are shown, not counted */
    kpi_decimal low, high;          /* the scale of scores; both 0: 0..10 */
    int64_t late_after;             /* days; < 0: 3 */
    bool has_as_of;
    kpi_day as_of;                  /* lines logged after this UTC day are left out */
    const kpi_book *manager_book, *client_book; /* NULL: none */
    size_t top;                     /* 0: all groups */
    size_t least;                   /* of feedback: groups with fewer scored lines have no figures */
    const kpi_themes *themes;       /* of feedback, to outlive the tally: lines count as kpi_theme would fill them, */
    const char *other;              /* with this one for others. themes NULL: they count as they are */
    unsigned threads;               /* at most so many work on one file; 0: as many as the machine has */
} kpi_tally_options;

typedef struct kpi_tally kpi_tally;
/* options' strings and books must outlive the tally. KPI_USAGE for keys or stats that do not exist or go together. */
int kpi_tally_new(kpi_tally **out, const kpi_tally_options *options, kpi_error *error);
void kpi_tally_free(kpi_tally *tally);
/* Adds a file. After a failure the tally may only be freed. */
int kpi_tally_read(kpi_tally *tally, const char *path, const kpi_report *report, kpi_error *error);
/* Adds one record (already checked). */
int kpi_tally_add(kpi_tally *tally, const kpi_line *line, kpi_error *error);
/* Adds what from has counted; from (made with the same options) is left as it was. After a failure the tally may
 * only be freed. */
int kpi_tally_merge(kpi_tally *tally, const kpi_tally *from, kpi_error *error);
/* Groups, sorts, picks the top; no line can be added afterwards. With emit KPI_DATA when a measure is out of range. */
int kpi_tally_finish(kpi_tally *tally, kpi_error *error);
size_t kpi_tally_keys(const kpi_tally *tally);
size_t kpi_tally_stats(const kpi_tally *tally);
const char *kpi_tally_key_name(const kpi_tally *tally, size_t key);
const char *kpi_tally_stat_name(const kpi_tally *tally, size_t stat);  /* with emit: the metric */
size_t kpi_tally_groups(const kpi_tally *tally);
size_t kpi_tally_withheld(const kpi_tally *tally); /* groups of all that have no figures as they are too small */
kpi_text kpi_tally_key(const kpi_tally *tally, size_t group, size_t key);
#define KPI_TALLY_STATS 64     /* at most in one tally */
typedef struct kpi_figure {    /* as text */
    char ptr[KPI_NUMBER_SIZE]; /* NUL-terminated */
    size_t len;                /* 0: not known */
} kpi_figure;
/* All figures of a group, one for each statistic. */
void kpi_tally_figures(const kpi_tally *tally, size_t group, kpi_figure *out);

/* ---- visits that are due (due.c) --------------------------------------------------------------------- */

typedef struct kpi_due_options {
    kpi_day as_of;                  /* the day that is looked at */
    bool has_as_of;                 /* lines logged after that UTC day are left out */
    int64_t within;                 /* days from then on whose visits are listed, too; 0: what is due by then */
    bool unplanned;                 /* only clients without a plan */
    kpi_names managers;             /* owners of clients */
    kpi_names clients, kinds;
    const kpi_book *client_book;
    const kpi_scheme *scheme;       /* whose tiers say how often */
} kpi_due_options;

typedef struct kpi_due_row {        /* a client to be visited */
    const kpi_entry *client;        /* as of the day looked at; `of` is "" where nobody owns him */
    const kpi_tier *tier;
    bool visited, known, planned;   /* which of the days below are there */
    kpi_day last;                   /* of the latest done visit by anybody, up to the day looked at */
    kpi_day due;                    /* `last`, or else the first day in the book, and the tier's days; not known of a
                                     * client never visited whose first day is open: he is over-due */
    int64_t over;                   /* days since then, below 0 when it is still to come; 0 where not known */
    kpi_day plan;                   /* the first plan from the day looked at on of which nothing has come yet */
} kpi_due_row;

typedef struct kpi_due kpi_due;
/* options' texts, book and scheme must outlive it. KPI_DATA: the scheme has no tiers. */
int kpi_due_new(kpi_due **out, const kpi_due_options *options, kpi_error *error);
void kpi_due_free(kpi_due *due);
/* Adds a file of visits. After a failure it may only be freed. */
int kpi_due_read(kpi_due *due, const char *path, const kpi_report *report, kpi_error *error);
/* Adds one visit (already checked). */
int kpi_due_add(kpi_due *due, const kpi_line *line, kpi_error *error);
/* After the last visit: warns of clients whose tier the scheme does not have, or who have none, which are left out, and
 * of visits to clients that are not in the book. */
int kpi_due_finish(kpi_due *due, const kpi_report *report, kpi_error *error);
size_t kpi_due_size(const kpi_due *due);
const kpi_due_row *kpi_due_at(const kpi_due *due, size_t i); /* by owner, day due (not known first), client */

/* ---- the honesty of a log (honesty.c) ----------------------------------------------------------------- */

typedef struct kpi_honesty_options {
    const char *rules, *without;    /* comma-separated. rules NULL: all for which there are books; without NULL: none */
    int64_t late_after;             /* days, of rule late; < 0: 3 */
    size_t batch;                   /* visits within a minute, of rule batch; 0: 5 */
    kpi_day as_of;                  /* the day looked at */
    bool has_as_of;                 /* lines logged after that UTC day are left out */
    bool has_period;
    kpi_period period;              /* findings of visits on these days only, */
    kpi_names clients;              /* and of these clients, */
    kpi_names managers, kinds;      /* among visits of these */
    const kpi_book *manager_book, *client_book; /* NULL: none */
} kpi_honesty_options;

#define KPI_FINDING_SIZE 2400
typedef struct kpi_finding {
    const char *rule;
    kpi_place place;
    kpi_day day;
    kpi_text manager, client;       /* live as long as what they are of */
    size_t beside;                  /* how many other lines it rests on, see kpi_honesty_beside */
    char text[KPI_FINDING_SIZE];    /* what is wrong, in line form */
} kpi_finding;

typedef struct kpi_honesty kpi_honesty;
/* options' texts and books must outlive it. KPI_USAGE: an unknown rule, one without its book, or none left. */
int kpi_honesty_new(kpi_honesty **out, const kpi_honesty_options *options, kpi_error *error);
void kpi_honesty_free(kpi_honesty *honesty);
/* Adds a file of visits. After a failure it may only be freed. */
int kpi_honesty_read(kpi_honesty *honesty, const char *path, const kpi_report *report, kpi_error *error);
/* Adds one visit (already checked); those of a file one after the other. */
int kpi_honesty_add(kpi_honesty *honesty, const kpi_line *line, kpi_error *error);
int kpi_honesty_finish(kpi_honesty *honesty, kpi_error *error); /* after the last visit */
size_t kpi_honesty_size(const kpi_honesty *honesty);
/* Finding i, in the order of files, lines and rules; and the place of line k that it rests on besides, in order. */
void kpi_honesty_at(const kpi_honesty *honesty, size_t i, kpi_finding *out);
kpi_place kpi_honesty_beside(const kpi_honesty *honesty, size_t i, size_t k);
const char *kpi_honesty_rule(size_t i); /* their names: 0, 1, ... up to NULL */

/* ---- lines with themes (theme.c, runs.c) ----------------------------------------------------------------- */

typedef struct kpi_theme_options {
    const kpi_themes *themes;
    const char *other;  /* the theme of comments with no phrase; NULL, "": they stay without */
    unsigned threads;   /* 0: as many as the process may run on */
} kpi_theme_options;
/* Gives put all feedback of the file at path ("-": standard input): lines that have a comment and no theme with that of
 * the longest phrase in it (in code points; of equal ones the first in the comment), the others as they are, without
 * BOM, comments, blank lines and CR. Bad lines are told to report, all lines before them given to put. */
int kpi_theme(const char *path, const kpi_theme_options *options, kpi_grep_put *put, void *context,
              const kpi_report *report, kpi_error *error);

/* The phrases that are commonest in comments of feedback without a theme, but for those comments to which themes (NULL:
 * none; to outlive it) give one: words, runs of 2 and 3 words, and of 2 to 6 characters of scripts without blanks, such
 * as Chinese; but those that are in as many comments as a longer one around them. */
typedef struct kpi_phrases kpi_phrases;
int kpi_phrases_new(kpi_phrases **out, const kpi_themes *themes, unsigned threads, kpi_error *error);
void kpi_phrases_free(kpi_phrases *phrases);
/* Adds a file. Memory goes by the number of different runs. After a failure the phrases may only be freed. */
int kpi_phrases_read(kpi_phrases *phrases, const char *path, const kpi_report *report, kpi_error *error);
int kpi_phrases_finish(kpi_phrases *phrases, size_t most, kpi_error *error); /* once: at most so many are found */
size_t kpi_phrases_size(const kpi_phrases *phrases);
/* By the number of comments that have it, the most first, then by bytes; folded and in line form. */
kpi_text kpi_phrases_at(const kpi_phrases *phrases, size_t i, uint64_t *comments);

/* ---- ratings made comparable (level.c) ---------------------------------------------------------------- */

typedef struct kpi_level_options {
    bool has_period;       /* only ratings dated in `period` ... */
    kpi_period period;
    kpi_names sources;     /* ... of these sources ... */
    bool self;             /* ... and those of source self only if this is set */
    size_t least;          /* only of raters (clients) with at least so many of them */
    kpi_decimal low, high; /* the scale of scores; both 0: 0..10 */
    bool clamp;            /* no score leaves it */
    unsigned threads;      /* 0: as many as the process may run on */
} kpi_level_options;

/* Moves the mean of each rater's ratings to the mean of all those that are moved. A score becomes score + mean of all -
 * mean of the rater, exact, rounded to 6 decimals; without clamp it may leave the scale by less than its length. */
typedef struct kpi_level kpi_level;
int kpi_level_new(kpi_level **out, const kpi_level_options *options, kpi_error *error);
void kpi_level_free(kpi_level *level);
/* Counts the ratings of the feedback at path ("-": standard input) and keeps it open; what is no regular file is kept
 * in memory. Bad lines are told to report. After a failure the level may only be freed. */
int kpi_level_read(kpi_level *level, const char *path, const kpi_report *report, kpi_error *error);
/* Once, at the end: gives put all lines of all files but the bad ones, as kpi_theme does. */
int kpi_level_write(kpi_level *level, kpi_grep_put *put, void *context, kpi_error *error);

/* ---- answers to feedback (followup.c) ----------------------------------------------------------------- */

typedef struct kpi_followup_options {
    kpi_day today;               /* the day looked at: what happened later is not known yet */
    bool has_as_of;              /* lines logged after that UTC day are left out */
    int64_t detractors;          /* days an answer may take; < 0: 2 */
    int64_t passives;            /* likewise; < 0: 5 */
    bool has_period;             /* only feedback of these days */
    kpi_period period;
    kpi_names managers;          /* who is to make the visit */
    kpi_names clients;
    kpi_names sources;           /* none: all but peer, supervisor and self */
    kpi_decimal low, high;       /* the scale of scores; both 0: 0..10 */
    const kpi_book *client_book; /* NULL: none */
} kpi_followup_options;

typedef struct kpi_planned {     /* a visit to be planned; in line form */
    kpi_text manager;            /* who owns the client today by the book, else whom the feedback concerns */
    kpi_text client;
    kpi_text purpose;            /* score, day, theme and comment of the worst line; never empty */
    kpi_text note;               /* FILE:LINE of that line and of others */
    uint64_t lines;              /* of feedback that it answers */
} kpi_planned;

/* Unresolved feedback that waits for an answer longer than it may: detractors (below 7/10 of the scale, as the
 * statistic unresolved has it) and passives (then up to 9, or 9/10 of scales other than 0..10 and 1..10). It is covered
 * when the client was visited on a later day, or will be: a plan counts until as many days have passed since as an
 * answer may take, unless it is cancelled or missed. Feedback of who is in the book, but not today, is left out. */
typedef struct kpi_followup kpi_followup;
/* options' texts and book must outlive it. */
int kpi_followup_new(kpi_followup **out, const kpi_followup_options *options, kpi_error *error);
void kpi_followup_free(kpi_followup *followup);
/* Add a line (already checked): all visits before the first feedback, else KPI_USAGE. KPI_DATA: a score outside the
 * scale, nothing was changed. After another failure it may only be freed. */
int kpi_followup_visit(kpi_followup *followup, const kpi_line *line, kpi_error *error);
int kpi_followup_feedback(kpi_followup *followup, const kpi_line *line, kpi_error *error);
/* Adds a file of such lines: KPI_VISIT or KPI_FEEDBACK. */
int kpi_followup_read(kpi_followup *followup, enum kpi_record_kind kind, const char *path, const kpi_report *report,
                      kpi_error *error);
int kpi_followup_finish(kpi_followup *followup, kpi_error *error); /* after the last line, once */
size_t kpi_followup_size(const kpi_followup *followup);
kpi_planned kpi_followup_at(const kpi_followup *followup, size_t i); /* by manager, then client */
/* How many lines wait that have no client, whom nobody can visit; and where the first one is. */
uint64_t kpi_followup_nameless(const kpi_followup *followup, kpi_place *first);

/* ---- output (output.c) ------------------------------------------------------------------------------ */

enum kpi_format { KPI_LINES, KPI_TABLE, KPI_CSV, KPI_JSON, KPI_MD };
int kpi_format_named(const char *name, enum kpi_format *out); /* KPI_USAGE: no such format */

enum kpi_column_type { KPI_COLUMN_TEXT, KPI_COLUMN_NUMBER, KPI_COLUMN_BAR };
typedef struct kpi_column {
    const char *name;
    enum kpi_column_type type; /* BAR: a number of percent, drawn in tables, left out elsewhere */
} kpi_column;

typedef struct kpi_output_options {
    enum kpi_format format;
    bool header;               /* of lines; the other formats have their own */
    bool bom;                  /* of csv */
    bool terminal;             /* control and bidi characters are shown, not sent */
    bool colour;               /* of table: painted cells have colours */
} kpi_output_options;

typedef struct kpi_output kpi_output;
/* columns must outlive the output. */
int kpi_output_new(kpi_output **out, FILE *file, const kpi_output_options *options, const kpi_column *column,
                   size_t columns, kpi_error *error);
/* The next cell, in line form; after the last column a new row begins. NULL/empty: not known. */
int kpi_output_cell(kpi_output *output, kpi_text cell, kpi_error *error);
/* Of the next cell, whether it is good (> 0) or bad news (< 0), for colours. */
void kpi_output_paint(kpi_output *output, int good);
/* Writes the cells of one row (or of none, or of several whole ones) with kpi_output_cell() to rows. It may ignore the
 * failure of a cell but for the last one, as then all that follow fail, too. */
typedef int kpi_render(void *context, kpi_output *rows, size_t row, kpi_error *error);
/* Calls render for the rows 0 .. rows - 1 and writes what a loop over them would, up to the first that fails, whose
 * code it returns; the output may then only be freed. Formats that stream are rendered by at most `threads` threads (0:
 * as many as the machine has), several rows at once and in any order; table and md by the caller's own, in order. */
int kpi_output_rows(kpi_output *output, size_t rows, unsigned threads, kpi_render *render, void *context,
                    kpi_error *error);
/* Writes what is held back and flushes file. Whether every byte was written is known only now: KPI_SYSTEM. */
int kpi_output_end(kpi_output *output, kpi_error *error);
void kpi_output_free(kpi_output *output);

/* ---- goals looked at (life.c, tree.c, history.c, smart.c, plan.c) --------------------------------------- */

enum kpi_event_kind { KPI_EVENT_SET, KPI_EVENT_AGREED, KPI_EVENT_REVIEW, KPI_EVENT_REVISE };
typedef struct kpi_event {            /* in the life of a goal; texts live as long as the goals */
    enum kpi_event_kind kind;
    bool has_day;                     /* false: the day on which it was set is not known */
    kpi_day on;
    const char *by;                   /* "" not known */
    const char *what;                 /* SET, REVISE: target, baseline or weight, an event each; else "" */
    bool has_from, has_to;
    kpi_ratio from, to;
    const char *why, *next;           /* of a review: what it says, and what is to be done; "" when not given */
    kpi_place place;
} kpi_event;

typedef struct kpi_life kpi_life;     /* by day; on one day in the order of the kinds, then of the documents */
/* has_as_of: only what had happened by that day; what has no day had. */
int kpi_life_new(kpi_life **out, const kpi_goal *goal, bool has_as_of, kpi_day as_of, kpi_error *error);
void kpi_life_free(kpi_life *life);
size_t kpi_life_size(const kpi_life *life);
const kpi_event *kpi_life_at(const kpi_life *life, size_t i);

typedef struct kpi_branch {
    size_t goal;                      /* its index in the goals */
    size_t depth;                     /* 0: it supports no other */
    kpi_ratio target;
    size_t parts;                     /* goals that support it, of its metric and with periods inside its own; 0 as well
                                         where the scheme says that what is measured is not added up */
    kpi_ratio sum, difference;        /* of the parts' targets; sum - target. With parts only */
} kpi_branch;
#define KPI_NO_GOAL SIZE_MAX

typedef struct kpi_tree kpi_tree;     /* goals, each before those that support it, these in the goals' order */
/* goals (checked) must outlive the tree. has_as_of: the tree of that day, without the goals set after it; else what
 * holds on the last day of each goal's period. */
int kpi_tree_new(kpi_tree **out, const kpi_goals *goals, bool has_as_of, kpi_day as_of, kpi_error *error);
void kpi_tree_free(kpi_tree *tree);
size_t kpi_tree_size(const kpi_tree *tree); /* without goals that support themselves, and what supports those */
kpi_branch kpi_tree_at(const kpi_tree *tree, size_t i);
size_t kpi_tree_supports(const kpi_tree *tree, size_t goal); /* both by their index in the goals; KPI_NO_GOAL: none */
/* Circles: a goal (its index) of each; and KPI_DATA where there is one, the first in the text. */
size_t kpi_tree_loops(const kpi_tree *tree);
size_t kpi_tree_loop(const kpi_tree *tree, size_t i);
int kpi_tree_check(const kpi_tree *tree, kpi_error *error);

typedef struct kpi_past {             /* periods of a goal's kind (day, week, month, ...) before its own */
    uint64_t n;                       /* how many are known; 0: none, or the goal's period is no such unit */
    kpi_ratio median, best;           /* best: highest, or lowest where lower is better */
    char best_in[KPI_PERIOD_SIZE];    /* the period of the best, the last of equal ones; NUL-terminated */
    uint64_t left_out;                /* measures that lie in no one of them as a whole */
} kpi_past;

typedef struct kpi_history kpi_history; /* measures of the owners of goals */
/* goals (checked) must outlive the history. */
int kpi_history_new(kpi_history **out, const kpi_goals *goals, kpi_error *error);
void kpi_history_free(kpi_history *history);
int kpi_history_measure(kpi_history *history, const kpi_line *measure, kpi_error *error); /* adds it; already checked */
void kpi_history_finish(kpi_history *history); /* after the last measure */
/* Each past period is the take of its measures; periods without one do not count, or, where the metric's missing is
 * zero, are 0 between the first and the last with one. KPI_DATA: two last values of one period; out of range. */
int kpi_history_past(const kpi_history *history, const kpi_goal *goal, kpi_past *out, kpi_error *error);

enum { KPI_REVIEW_DAYS = 45 };        /* goals of longer periods are to be reviewed at least as often */
typedef struct kpi_smart_options {
    bool has_period;                  /* only goals whose periods lie inside it */
    kpi_period period;
    bool has_as_of;                   /* targets of that day, else of the last day of each period */
    kpi_day as_of;
    kpi_day today;                    /* what was to be reviewed before it should have been */
    bool strict;                      /* compact goals and goal lines, too */
    bool agreed;                      /* goals must have been agreed */
    const kpi_history *history;       /* finished; NULL: none */
    kpi_decimal reach;                /* percent that may be added to the best */
} kpi_smart_options;
/* Tells report, as KPI_DATA, of what makes goals other than specific, measurable, achievable, relevant and time-bound:
 * "GOAL: S: what and what would mend it"; and goes on when that returns 0. As a warning: goals of whose past nothing is
 * known, and measures of it that are left out. tree: of the same goals. */
int kpi_smart_check(const kpi_goals *goals, const kpi_tree *tree, const kpi_smart_options *options,
                    const kpi_report *report, kpi_error *error);

/* All three tell report, as KPI_DATA, and go on when that returns 0. Of a scheme: weights that do not add up, curves
 * that earn less for more, or something for nothing, grades that nobody can get, scores without a grade, gates that
 * never bite, tiers that no client has in the book (NULL: none). */
int kpi_scheme_check(const kpi_goals *goals, const kpi_scheme *scheme, const kpi_book *clients,
                     const kpi_report *report, kpi_error *error);
/* Of managers in the book who have no goal in options->period, where another one has. No book: of nobody. */
int kpi_managers_check(const kpi_goals *goals, const kpi_score_options *options, const kpi_report *report,
                       kpi_error *error);
/* Of goals, with periods inside the one given where not NULL, whose parts do not add up to them; partial: only of those
 * whose parts add up to more. */
int kpi_parts_check(const kpi_goals *goals, const kpi_tree *tree, const kpi_period *period, bool partial,
                    const kpi_report *report, kpi_error *error);

/* ---- files that grow (store.c) ---------------------------------------------------------------------- */

/* A log or goal file held under an exclusive lock (flock) for one append. */
typedef struct kpi_store kpi_store;
/* Opens or creates path and waits for the lock. With torn: an incomplete last line is first moved to the end of
 * PATH.torn, synced, and told to report as a warning. */
int kpi_store_open(kpi_store **out, const char *path, bool torn, const kpi_report *report, kpi_error *error);
/* The whole content as it is under the lock; lives until kpi_store_close. */
int kpi_store_content(kpi_store *store, kpi_text *out, kpi_error *error);
/* Appends bytes (whole lines) by one write and syncs file and, when new, folder. On failure the file is as it
 * was, or the error says it could not be made so. */
int kpi_store_append(kpi_store *store, kpi_text bytes, kpi_error *error);
/* Makes bytes the whole content: at any moment, also after a crash, the file is the old or the new one. Its owner and
 * mode are kept, a link is followed. Afterwards the store can only be closed. On failure the file is as it was,
 * unless the error speaks of the folder: then it is the new one, but perhaps not yet on disk. */
int kpi_store_replace(kpi_store *store, kpi_text bytes, kpi_error *error);
/* Unlocks and frees, always; removes a file made by the open that nothing was appended to. error may be NULL. */
int kpi_store_close(kpi_store *store, kpi_error *error);

/* ---- writing goals (split.c, parts.c, document.c, goalfile.c) ------------------------------------------ */

/* Parts of whole in proportion to n shares, none below 0, by largest remainder in units of 10^-digits (0..6), of equal
 * remainders the lower index first: the parts add up to whole exactly, and each differs from its exact share by less
 * than a unit. Those of a whole below 0 are those of its opposite, below 0. KPI_DATA: no share is above 0, or one is
 * below, their sum or whole is out of range, or whole is not a whole number of units. */
int kpi_split(kpi_decimal whole, int digits, const kpi_decimal *share, size_t n, kpi_decimal *part, kpi_error *error);

typedef struct kpi_parts_options {
    bool into;                /* parts for the units of the goal's period, those at its edges cut to it ... */
    enum kpi_unit unit;
    kpi_names owners;         /* ... and for these owners, in order; none: the goal's own */
    const kpi_decimal *share; /* above 0, of the owners; NULL: equal ones */
    bool days;                /* units in proportion to their days, else equal */
    bool history;             /* ... or to what was measured: of the goal's owner; of each owner where share is NULL */
    bool has_digits, has_as_of;
    int digits;               /* decimals of the parts (0..6), else as many as the whole has */
    kpi_day as_of;            /* the day whose target is split, else the last one of the goal's period */
} kpi_parts_options;

typedef struct kpi_part {
    kpi_period period;
    const char *period_text, *owner;
    kpi_target set;           /* no percentage; without baseline where target and baseline would be 0 */
} kpi_part;

typedef struct kpi_parts kpi_parts; /* the parts of one goal, by period, then owner */
/* goals and the options' owners and shares must outlive the parts. KPI_DATA: the metric is neither sum nor count by a
 * scheme of the period, there would be only the goal itself, or the target has more than 6 decimals. KPI_USAGE: neither
 * units nor owners, or days or history where they have no part. */
int kpi_parts_new(kpi_parts **out, const kpi_goals *goals, const kpi_goal *goal, const kpi_parts_options *options,
                  kpi_error *error);
void kpi_parts_free(kpi_parts *parts);
/* Adds a measure (already checked) to the history: it counts when it is of the metric and an owner, and lies in what
 * was a year before one of the parts (kpi_period_year_before; of a whole period by weeks up to 7 days). */
int kpi_parts_measure(kpi_parts *parts, const kpi_line *measure, kpi_error *error);
/* Splits target and baseline, once, in the same shares; a weight goes to each part of the same owner. KPI_DATA: there
 * is no history, or it is below 0; what kpi_split refuses; a part whose target is not on that side of its baseline on
 * which the goal's is. */
int kpi_parts_split(kpi_parts *parts, const kpi_report *report, kpi_error *error);
size_t kpi_parts_size(const kpi_parts *parts);
kpi_part kpi_parts_at(const kpi_parts *parts, size_t i); /* after kpi_parts_split */

/* text (plain) as a YAML scalar on one line: bare where YAML, 1.1 and 1.2, reads it back as that text, else in quotes.
 * Writes at most size bytes, no NUL, and returns the length of the whole. */
size_t kpi_yaml_scalar(kpi_text text, char *out, size_t size);

typedef struct kpi_document kpi_document; /* YAML documents in the making; texts are plain and NUL-terminated */
int kpi_document_new(kpi_document **out, kpi_error *error);
void kpi_document_free(kpi_document *document);
/* A new document, whose first key is this one. Its keys are to be given once each. */
void kpi_document_begin(kpi_document *document, const char *key, const char *plain);
void kpi_document_text(kpi_document *document, const char *key, const char *plain); /* NULL: nothing */
/* Numbers, dates, periods, true: as they are, unchecked. NULL: nothing. */
void kpi_document_bare(kpi_document *document, const char *key, const char *text);
/* n texts, or what is bare; n 0: nothing. */
void kpi_document_list(kpi_document *document, const char *key, const char *const *plain, size_t n, bool bare);
/* All documents so far, until the next change. KPI_SYSTEM: there was no memory on the way here. */
int kpi_document_bytes(const kpi_document *document, kpi_text *out, kpi_error *error);

/* Appends documents, which begin with `---`, as they are to the goal file at path, which is made when it is not there:
 * under its lock, once the stream of the files `with` and the new content was read and checked without a fault. (What
 * is among `with` and is the file itself is passed over.) KPI_DATA: what the file held, or what it would, is no valid
 * stream, a revision among documents is dated after the end of its goal's period, or a goal among them supports itself.
 * Not a byte of what was there is changed; on failure, and at any moment, the file is as kpi_store_replace leaves it.
 * No documents: nothing is done. */
int kpi_goals_append(const char *path, kpi_text documents, const char *const *with, size_t withs, kpi_error *error);

/* ---- batches for logs (log.c) ----------------------------------------------------------------------- */

typedef struct kpi_batch_options {
    enum kpi_record_kind record; /* KPI_VISIT or KPI_FEEDBACK */
    kpi_now now;                 /* what `logged` becomes; no visit done after today, none planned without purpose */
    bool keep_logged;            /* for migrations: `logged` as given, plans as they were made */
    kpi_decimal low, high;       /* the scale of scores; both 0: 0..10 */
} kpi_batch_options;

typedef struct kpi_batch kpi_batch; /* records checked and ready to be appended by one write */
int kpi_batch_new(kpi_batch **out, const kpi_batch_options *options, kpi_error *error);
void kpi_batch_free(kpi_batch *batch);
/* Adds one record of as many fields as it has, in line form. */
int kpi_batch_add(kpi_batch *batch, const kpi_text *field, kpi_error *error);
int kpi_batch_read(kpi_batch *batch, const char *path, const kpi_report *report, kpi_error *error);
/* Appends all to the log at path, which is created when missing; an empty batch touches nothing. */
int kpi_batch_append(const kpi_batch *batch, const char *path, const kpi_report *report, kpi_error *error);

/* ---- corrections (amend.c) --------------------------------------------------------------------------- */

typedef struct kpi_amendment {
    const kpi_record *record; /* what the lines of the file are */
    bool has_period;          /* which line: as kpi_grep finds it, ... */
    kpi_period period;
    const kpi_where *where;
    size_t wheres;
    uint64_t line;            /* ... and, where not 0, the line of this number */
    const kpi_where *set;     /* what which field becomes, each field once */
    size_t sets;
    const char *author;       /* who says so, a name, and why, a free text; both in line form */
    const char *reason;
    kpi_now now;              /* no visit done after today; when it was amended */
    bool keep_logged;         /* `logged` may be set */
    kpi_decimal low, high;    /* the scale of a score that is set; both 0: 0..10 */
} kpi_amendment;

/* Takes the line as it is and as it would be; what it returns is what kpi_amend ends with. */
typedef int kpi_amend_show(void *context, const kpi_line *old, const kpi_line *amended, kpi_error *error);

/* Corrects the one line of the regular file at path that asked finds, under its lock; every other byte stays. Before,
 * an entry is appended to FILE.amended beside the real file, synced: time, author, reason, number of the line, then the
 * fields of the line as it was and those as it is now. Then as kpi_store_replace. An incomplete last line is moved as
 * by kpi_store_open. With show (else NULL) nothing is changed, and show hears of what would be.
 * KPI_NO: no line fits, or several do (report is then told of the first ones), or it is so already. KPI_DATA: the line
 * would be no valid record, or could not have been logged; or another line is none, where report does not go on.
 * KPI_USAGE: fields that are not there, or set twice; `logged`. A failure after the entry was written is told to
 * report, too: the entry is then of an amendment that was not made. */
int kpi_amend(const char *path, const kpi_amendment *asked, kpi_amend_show *show, void *context,
              const kpi_report *report, kpi_error *error);
/* The only record that has all these fields and that the lines of the file at path are; it reads no more of them than
 * tell. KPI_USAGE: there is none, or more than one. */
int kpi_record_guess(const char *path, kpi_names fields, const kpi_record **out, kpi_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
