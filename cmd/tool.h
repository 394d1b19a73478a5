/* tool.h - what every tool does the same way: options, messages, output, exit status.
 *
 *     int main(int argc, char **argv) {
 *         tool t;
 *         tool_start(&t, &spec, argc, argv);
 *         for (int option; (option = tool_option(&t)) >= 0;) ...t.value...
 *         ... tool_fail(&t) when the library said no ...
 *         return tool_end(&t);
 *     } */
#ifndef TOOL_H
#define TOOL_H

#include "kpi.h"

/* Every option of the kit: one letter means one thing in all tools; those above 255 have no letter. */
enum {
    OPT_AS_OF = 256, OPT_AGREED, OPT_AGREEMENT, OPT_AMONG, OPT_AUTHOR, OPT_BASELINE, OPT_BATCH, OPT_BOM, OPT_CLAMP,
    OPT_COMMENT, OPT_DAYS, OPT_DETRACTORS, OPT_DIGITS, OPT_GRADE, OPT_HELP, OPT_HISTORY, OPT_ID, OPT_INTO,
    OPT_KEEP_LOGGED, OPT_KIND, OPT_LATE_AFTER, OPT_LEAST, OPT_LIFE, OPT_LIKE, OPT_LINE, OPT_MIN, OPT_MINUTES,
    OPT_NEXT, OPT_NEXT_STEP, OPT_NOTE, OPT_OTHER, OPT_OUTCOME, OPT_PARTIAL, OPT_PASSIVES, OPT_PHRASES, OPT_PLAN,
    OPT_PURPOSE, OPT_REACH, OPT_REASON, OPT_RESOLVED, OPT_REVIEW, OPT_REVIEWED, OPT_RISK, OPT_RULES, OPT_SAYS,
    OPT_SCALE, OPT_SCORE, OPT_SELF, OPT_SET, OPT_SORTED, OPT_SOURCE, OPT_STABLE, OPT_STATUS, OPT_STEP, OPT_STRATEGY,
    OPT_STRICT, OPT_SUPPORTS, OPT_THEME, OPT_THEMES, OPT_TITLE, OPT_TOP, OPT_TREE, OPT_UNPLANNED, OPT_VERSION,
    OPT_VISITS, OPT_WEIGHT, OPT_WHY, OPT_WITHIN, OPT_WITHOUT, OPT_WORKING
};

typedef struct tool_takes { /* a row of a tool's table of options, which ends with {0} */
    int option;
    const char *help;       /* NULL: the kit's own words */
} tool_takes;

typedef struct tool_spec {
    const char *name;
    const char *usage;      /* behind the name, a line each */
    const char *about;      /* one sentence */
    const tool_takes *takes;
} tool_spec;

typedef struct tool_list { /* texts in the order given; the first n of name are set */
    const char **name;
    size_t n;
} tool_list;

typedef struct tool {
    const tool_spec *spec;
    int argc;
    char **argv;
    char *value;                /* of the option at hand */
    int status;                 /* the worst so far */
    bool keep_going, strict;    /* -k, --strict */
    unsigned threads;           /* -j */
    kpi_output_options output;  /* -o, -H, --bom */
    bool has_format;            /* -o was given */
    kpi_error error;            /* of the library's last refusal */
    kpi_report report;          /* prints warnings and, with -k, bad lines */
    bool has_now;
    kpi_now now;
    bool stdin_taken;
    struct tool_held { void *thing; void (*let_go)(void *thing); } *held; /* freed by tool_end */
    size_t holds;
} tool;

/* Opens descriptors 0 to 2 where they are closed, so that no file of ours gets one of them. */
void tool_start(tool *t, const tool_spec *spec, int argc, char **argv);
/* The next option, its value in t->value; -1 behind the last. Takes --help, --version, -j, -k, -o, -H, --bom,
 * --strict. */
int tool_option(tool *t);
/* The operands; none: "-". Standard input twice is a usage error. */
tool_list tool_files(tool *t);
const char *tool_file(tool *t, const char *path); /* the value of an option that is read from */
int tool_operands(const tool *t); /* how many there are */

/* These end the program: a message, status 2. */
_Noreturn void tool_usage(tool *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void tool_need(tool *t, const char *value, const char *question); /* only where value is NULL */
/* Ends the program with t->error, printed. */
_Noreturn void tool_fail(tool *t);
/* Likewise when code is not KPI_OK. */
void tool_try(tool *t, int code);
/* Prints a problem and remembers its code for the exit status. */
void tool_say(tool *t, const kpi_error *problem);
void tool_wipe_progress(void); /* before anything else than a message is printed to a terminal */
/* Flushes standard output and gives the exit status. */
int tool_end(tool *t);

/* Values of options; a bad one is a usage error that names the option. Texts come back in line form. */
const kpi_now *tool_now(tool *t);
kpi_period tool_period(tool *t, const char **text);
kpi_day tool_day(tool *t);                     /* YYYY-MM-DD, today, yesterday */
kpi_decimal tool_number(tool *t);
size_t tool_count(tool *t, unsigned least);    /* a whole number from least on */
int64_t tool_days(tool *t);                    /* how many, from 0 on */
int tool_digits(tool *t);                      /* 0 to 6 */
void tool_scale(tool *t, kpi_decimal *low, kpi_decimal *high); /* LOW..HIGH */
const char *tool_name(tool *t);                /* a name of KPI lines */
const char *tool_text(tool *t);                /* a free text of KPI lines */
const char *tool_date(tool *t);                /* a date of KPI lines, or today, yesterday; else as tool_field */
const char *tool_field(tool *t);               /* any field, checked later with its record: bad data, not usage */
void tool_add(tool *t, tool_list *list, const char *text);
void tool_add_names(tool *t, tool_list *list); /* NAME,... */
kpi_names tool_names(tool_list list);
const kpi_record *tool_record(tool *t);
/* FIELD=VALUE as given; its field is one of the record's. */
kpi_where tool_where(tool *t, const kpi_record *record, const char *text);
typedef struct tool_wheres { kpi_where *where; size_t n; } tool_wheres; /* in the order given */
void tool_add_where(tool *t, tool_wheres *list, kpi_where where);
void tool_add_wheres(tool *t, tool_wheres *list, const kpi_record *record, tool_list texts); /* FIELD=VALUE each */
/* One for each name; its field is this of the record (NULL: any lines, then the second one). */
void tool_add_named(tool *t, tool_wheres *list, const kpi_record *record, const char *field, tool_list names);
/* $KPI_DIR/name, or name. */
const char *tool_default_file(tool *t, const char *name);
void *tool_own(tool *t, void *memory);         /* freed at the end; NULL: no memory, ends the program */
/* Likewise for what the library made: TOOL_HOLD(t, book, kpi_book_free). */
#define TOOL_HOLD(t, thing, let_go) tool_hold(t, thing, (void (*)(void *))(let_go))
void tool_hold(tool *t, void *thing, void (*let_go)(void *thing));
void tool_let_be(tool *t, const void *thing);  /* no longer held: the caller frees it */

bool tool_listed(tool_list list, const char *text); /* an empty list has everything */
/* A file of -g, which t->value names; and, when there is none or there are operands, the operands. */
const char *tool_input(tool *t);               /* t->value, a file to be read; "-" once */
void tool_add_goal_file(tool *t, tool_list *files);
void tool_add_goal_operands(tool *t, tool_list *files);

/* Values of the documents of goals: checked, and as given, since YAML has no line form. */
const char *tool_plain_name(tool *t);
const char *tool_plain_operand(tool *t, int i); /* a name */
const char *tool_plain_text(tool *t);          /* not empty */
const char *tool_plain_number(tool *t);
const char *tool_plain_day(tool *t);           /* YYYY-MM-DD; today and yesterday resolved */
const char *tool_target(tool *t);              /* a number, or a percentage with its sign */
const char *tool_day_text(tool *t, kpi_day day); /* YYYY-MM-DD */
const char *tool_today(tool *t);               /* likewise */
const char *tool_user(tool *t);                /* $LOGNAME, or the user's name; NULL: not known */
const char *tool_plain(tool *t, const char *line); /* what the library has in line form; NULL for "" */
kpi_document *tool_document(tool *t);          /* freed at the end */
/* Appends it to file, checked together with the others. */
void tool_append_document(tool *t, const kpi_document *document, const char *file, tool_list others);

/* A book or the goal files, read; freed at the end. */
kpi_book *tool_book(tool *t, enum kpi_record_kind kind, const char *path);
kpi_goals *tool_goals(tool *t, tool_list files, const kpi_report *report);
/* Gives each measure of the file at path to take. */
typedef int tool_take_measure(void *context, const kpi_line *measure, kpi_error *e);
void tool_measures(tool *t, const char *path, tool_take_measure *take, void *context);
kpi_themes *tool_themes(tool *t, tool_list files); /* likewise; NULL without any file */

/* Output as -o says, to standard output; freed at the end. */
kpi_output *tool_output(tool *t, const kpi_column *column, size_t columns);
kpi_column *tool_columns(tool *t, const kpi_record *record); /* its fields */
void tool_end_output(tool *t, kpi_output *output);
/* All of it: rows of such output, as many threads as -j says calling render. */
void tool_print(tool *t, const kpi_column *column, size_t columns, size_t rows, kpi_render *render, void *context);
/* Cells, for a kpi_render: a number that is not known is an empty one. */
int tool_cell(kpi_output *rows, const char *text, kpi_error *e);
int tool_number_cell(kpi_output *rows, bool known, kpi_decimal value, int digits, kpi_error *e);
int tool_ratio_cell(kpi_output *rows, bool known, kpi_ratio value, int digits, kpi_error *e);

/* For filters: lines of record (NULL: any) to standard output as -o says. Flushed, so that what comes through a pipe
 * bit by bit goes on bit by bit. The end: also when there was no line. */
typedef struct tool_lines {
    tool *t;
    const kpi_record *record;
    kpi_output *output; /* NULL: lines as they are */
    bool begun;
} tool_lines;
void tool_lines_start(tool_lines *to, tool *t, const kpi_record *record);
int tool_lines_put(void *to, kpi_text lines, kpi_error *e); /* a kpi_grep_put */
void tool_lines_end(tool_lines *to);
/* Tells that an owner to be printed has no score; exit status 1. */
void tool_no_score(tool *t, const char *owner, const char *where, kpi_text nearest);
/* Tells of owners (teams, where these are not NULL) to be printed that have no score; exit status 1. */
void tool_need_scores(tool *t, const kpi_scores *scores, const kpi_teams *teams, tool_list owners, const char *period);

/* Of tables: a bar of value in percent of whole. */
int tool_bar_cell(const tool *t, kpi_output *rows, bool known, kpi_decimal value, kpi_decimal whole, kpi_error *e);
/* The five fields of a score line. */
int tool_score_cells(kpi_output *rows, const char *period, const kpi_scored *s, const kpi_scheme *scheme, kpi_error *e);

/* All of visit-tally and feedback-tally but for the options that each takes. */
int tool_tally(const tool_spec *spec, enum kpi_record_kind record, int argc, char **argv);
/* visit-log and feedback-log: appends record (one, by fields; NULL: lines of standard input) to file. */
void tool_log(tool *t, const kpi_batch_options *options, const char *file, const kpi_text *record, size_t records);

#endif
