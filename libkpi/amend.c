/* amend.c - one line of a file corrected, and what it was kept beside the file.
 *
 * All happens under the file's lock: the line is looked for in the content as it is, checked as it will be, and a new
 * file made ready. Then the old line and the new one go to FILE.amended, synced, and only then the new file takes the
 * place of the old one: there is no moment at which the old line is nowhere. A crash in between leaves an entry of an
 * amendment that was not made, which shows: line N of the file, which never moves, is still the old one of the entry.
 *
 * The file is held once: the new one is written from the parts before and behind the line. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { NAMED = 5, SHOWN = 240 }; /* lines named when several fit; bytes of each that are looked at to show it */

typedef struct search {
    const char *path;
    const kpi_amendment *asked;
    const kpi_report *report;
    uint64_t found;
    kpi_line line;          /* the first that fits; its texts are in the content */
    kpi_line more[NAMED];   /* the first ones */
} search;

/* ---- the one line ---- */

static bool has_values(const kpi_amendment *asked, const kpi_line *line) {
    for (size_t i = 0; i < asked->wheres; i++) {
        bool any = false;
        for (size_t k = 0; k < asked->wheres && !any; k++)
            any = asked->where[k].field == asked->where[i].field &&
                  !kpi_text_compare(asked->where[k].value, line->field[asked->where[i].field]);
        if (!any) return false;
    }
    return true;
}

static bool is_inside(const kpi_amendment *asked, kpi_text text) {
    kpi_period days;
    if (!asked->has_period) return true;
    if (asked->record->field[0].type == KPI_TYPE_PERIOD) {
        if (kpi_period_parse(text, &days)) return false;
    } else {
        if (kpi_date_parse(text, &days.first, NULL)) return false;
        days.last = days.first;
    }
    return kpi_period_inside(days, asked->period);
}

/* A line need not be valid to fit: it may be what is to be mended. */
static bool fits(const kpi_amendment *asked, const kpi_line *line) {
    const kpi_record *record = asked->record;
    bool shaped = line->fields == record->fields || (record->more && line->fields > record->fields);
    return shaped && (!asked->line || line->number == asked->line) && has_values(asked, line) &&
           is_inside(asked, line->field[0]);
}

static int look_at(search *s, const kpi_line *line, kpi_error *e) {
    if (!fits(s->asked, line)) return kpi_record_check(s->asked->record, line, e);
    if (!s->found) s->line = *line;
    if (s->found < NAMED) s->more[s->found] = *line;
    s->found++;
    return KPI_OK;
}

static int look(search *s, kpi_text content, kpi_error *e) {
    kpi__block block = {.at = content.ptr, .end = content.ptr + content.len};
    kpi_line line;
    int code = kpi__input_memory(&block.input, s->path, (kpi_text){0}, e);
    while (!code && block.at < block.end) {
        code = kpi__block_line(&block, &line, e);
        line.file = s->path; /* the input ends with this loop */
        if (!code) code = look_at(s, &line, e);
        if (code == KPI_NO) code = KPI_OK;
        if (code == KPI_DATA) code = kpi__tell(s->report, e);
    }
    kpi__input_free(block.input);
    return code;
}

/* The start of a line, its TABs as blanks. */
static kpi_text start_of(const kpi_line *line, char out[SHOWN]) {
    size_t n = 0;
    while (n < line->text.len && n < SHOWN) {
        unsigned length;
        kpi__decode(line->text.ptr + n, line->text.ptr + line->text.len, &length);
        if (n + length > SHOWN) break;
        memcpy(out + n, line->text.ptr + n, length);
        if (out[n] == '\t') out[n] = ' ';
        n += length;
    }
    return (kpi_text){out, n};
}

static int tell_several(const search *s, kpi_error *e) {
    for (uint64_t i = 0; i < s->found && i < NAMED; i++) {
        kpi_error problem;
        char start[SHOWN];
        kpi__fail_at(&problem, KPI_OK, (kpi_place){s->path, s->more[i].number, 0}, "fits: %s",
                     KPI__QUOTE(start_of(&s->more[i], start)));
        int code = kpi__tell(s->report, &problem);
        if (code) {
            if (e) *e = problem;
            return code;
        }
    }
    return kpi__fail_at(e, KPI_NO, (kpi_place){s->path, 0, 0},
                        "%llu lines fit, and only one can be corrected: nothing was changed",
                        (unsigned long long)s->found);
}

static int find(search *s, kpi_text content, kpi_error *e) {
    int code = look(s, content, e);
    if (code || s->found == 1) return code;
    return s->found ? tell_several(s, e) : kpi__fail_at(e, KPI_NO, (kpi_place){s->path, 0, 0}, "no line fits");
}

/* ---- what becomes of it ---- */

static void put(char **at, kpi_text text) {
    if (text.len) memcpy(*at, text.ptr, text.len);
    *at += text.len;
}

/* line with what is set in it; its text, to be freed, in *bytes. What a book has beyond its fields stays. */
static int amend_line(const kpi_amendment *asked, const kpi_line *line, kpi_line *new, char **bytes, kpi_error *e) {
    unsigned fields = asked->record->fields;
    size_t room = line->text.len;
    *new = *line;
    for (size_t i = 0; i < asked->sets; i++) room += asked->set[i].value.len;
    char *at = *bytes = malloc(room + 1);
    if (!at) return kpi__fail_memory(e);
    for (size_t i = 0; i < asked->sets; i++) new->field[asked->set[i].field] = asked->set[i].value;
    for (unsigned i = 0; i < fields; i++) {
        const char *start = at;
        put(&at, new->field[i]);
        new->field[i] = (kpi_text){start, (size_t)(at - start)};
        if (i + 1 < fields) *at++ = '\t';
    }
    const char *rest = line->field[fields - 1].ptr + line->field[fields - 1].len;
    put(&at, (kpi_text){rest, (size_t)(line->text.ptr + line->text.len - rest)});
    new->text = (kpi_text){*bytes, (size_t)(at - *bytes)};
    return KPI_OK;
}

static bool sets_one_of(const kpi_amendment *asked, unsigned a, unsigned b, unsigned c) {
    for (size_t i = 0; i < asked->sets; i++)
        if (asked->set[i].field == a || asked->set[i].field == b || asked->set[i].field == c) return true;
    return false;
}

/* What logs ask of what is written into them, as far as it is written now; and books of each of their lines. */
static int check_entry(const kpi_amendment *asked, const kpi_line *new, kpi_error *e) {
    kpi_period days;
    if (asked->record == kpi_record_of(KPI_CLIENT) || asked->record == kpi_record_of(KPI_MANAGER))
        return kpi__check_days(asked->record, new, &days, e);
    bool visit = asked->record == kpi_record_of(KPI_VISIT), feedback = asked->record == kpi_record_of(KPI_FEEDBACK);
    kpi_batch_options log = {visit ? KPI_VISIT : KPI_FEEDBACK, asked->now, asked->keep_logged, asked->low, asked->high};
    if (!log.low && !log.high) log.high = 10 * KPI_ONE;
    bool asks = (visit && sets_one_of(asked, KPI_VISIT_DATE, KPI_VISIT_STATUS, KPI_VISIT_PURPOSE)) ||
                (feedback && sets_one_of(asked, KPI_FEEDBACK_SCORE, KPI_FEEDBACK_SCORE, KPI_FEEDBACK_SCORE));
    return asks ? kpi__check_entry(&log, new, e) : KPI_OK;
}

static int check(const kpi_amendment *asked, const kpi_line *old, const kpi_line *new, kpi_error *e) {
    int code = kpi_record_check(asked->record, new, e);
    if (!code) code = check_entry(asked, new, e);
    if (code) return code;
    if (new->text.len > KPI_LINE_MAX) return kpi__fail_line(e, new, 0, "a line over %u bytes", KPI_LINE_MAX);
    if (kpi_text_compare(old->text, new->text)) return KPI_OK;
    return kpi__fail_at(e, KPI_NO, (kpi_place){new->file, new->number, 0}, "it is so already: nothing was changed");
}

/* ---- writing ---- */

/* The entry for FILE.amended, to be freed: time, author, reason, number of the line, the old line, the new one. */
static int make_entry(const kpi_amendment *asked, const kpi_line *old, const kpi_line *new, char **out, size_t *length,
                      kpi_error *e) {
    size_t room = strlen(asked->author) + strlen(asked->reason) + old->text.len + new->text.len + 64;
    char *at = *out = malloc(room);
    if (!at) return kpi__fail_memory(e);
    at += sprintf(at, "%s\t%s\t%s\t%llu\t", asked->now.stamp, asked->author, asked->reason,
                  (unsigned long long)old->number);
    put(&at, old->text);
    *at++ = '\t';
    put(&at, new->text);
    *at++ = '\n';
    *length = (size_t)(at - *out);
    if (*length <= KPI_LINE_MAX + 1) return KPI_OK;
    return kpi__fail_line(e, old, 0, "too long to be kept beside the file: with its correction over %u bytes",
                          KPI_LINE_MAX);
}

typedef struct keeping { /* what is to be kept before the new file takes its place */
    const kpi_store *store;
    kpi_text entry;
    const kpi_report *report;
    char *path;   /* of FILE.amended */
    bool written; /* it has the entry, or may have */
} keeping;

static int keep(void *context, const char *path, kpi_error *e) {
    keeping *k = context;
    k->path = malloc(strlen(path) + sizeof ".amended");
    if (!k->path) return kpi__fail_memory(e);
    sprintf(k->path, "%s.amended", path);
    return kpi__store_note(k->store, k->path, k->entry, &k->written, k->report, e);
}

/* The amendment was not made, but FILE.amended has it. The failure itself is told by others. */
static void tell_kept(const keeping *k) {
    kpi_error problem;
    kpi__fail_at(&problem, KPI_OK, (kpi_place){k->path, 0, 0}, "its last line is of an amendment that was not made");
    kpi__tell(k->report, &problem);
}

static int write_amended(kpi_store *store, const search *s, kpi_text content, const kpi_line *new, kpi_error *e) {
    char *entry = NULL;
    size_t length = 0, from = (size_t)(s->line.text.ptr - content.ptr), to = from + s->line.text.len;
    int code = make_entry(s->asked, &s->line, new, &entry, &length, e);
    const kpi_text part[] = {{content.ptr, from}, new->text, {content.ptr + to, content.len - to}};
    keeping k = {store, {entry, length}, s->report, NULL, false};
    if (!code) code = kpi__store_renew(store, &(kpi__renewal){part, KPI__COUNT(part), keep, &k}, e);
    if (code && k.written && !kpi__store_renewed(store)) tell_kept(&k);
    free(k.path);
    free(entry);
    return code;
}

/* ---- all of it ---- */

static int check_asked(const kpi_amendment *asked, kpi_error *e) {
    const kpi_record *record = asked->record;
    int logged = kpi_record_field(record, kpi_text_of("logged"));
    if (!asked->sets) return kpi__fail(e, KPI_USAGE, "nothing is to be set");
    if (asked->has_period && record->field[0].type == KPI_TYPE_NAME)
        return kpi__fail(e, KPI_USAGE, "a %s line is of no period", record->name);
    for (size_t i = 0; i < asked->wheres; i++)
        if (asked->where[i].field >= record->fields)
            return kpi__fail(e, KPI_USAGE, "no such field: %u", asked->where[i].field);
    for (size_t i = 0; i < asked->sets; i++) {
        if (asked->set[i].field >= record->fields)
            return kpi__fail(e, KPI_USAGE, "no such field: %u", asked->set[i].field);
        if ((int)asked->set[i].field == logged && !asked->keep_logged)
            return kpi__fail(e, KPI_USAGE, "logged is the clock's, so that back-dating shows");
        for (size_t k = 0; k < i; k++)
            if (asked->set[k].field == asked->set[i].field)
                return kpi__fail(e, KPI_USAGE, "set twice: %s", record->field[asked->set[i].field].name);
    }
    return KPI_OK;
}

/* Finds the line in content and writes it, or shows it where show is given (store is then NULL). */
static int amend(search *s, kpi_store *store, kpi_text content, kpi_amend_show *show, void *context, kpi_error *e) {
    kpi_line new;
    char *bytes = NULL;
    int code = find(s, content, e);
    if (!code) code = amend_line(s->asked, &s->line, &new, &bytes, e);
    if (!code) code = check(s->asked, &s->line, &new, e);
    if (!code) code = show ? show(context, &s->line, &new, e) : write_amended(store, s, content, &new, e);
    free(bytes);
    return code;
}

static int tell_tail(const search *s, size_t n, kpi_error *e) {
    if (!n) return KPI_OK;
    kpi__fail_at(e, KPI_OK, (kpi_place){s->path, 0, 0}, "an incomplete last line of %zu bytes was not looked at", n);
    return kpi__tell(s->report, e);
}

/* Without the lock, and without moving an incomplete last line. */
static int only_show(search *s, kpi_amend_show *show, void *context, kpi_error *e) {
    char *bytes;
    size_t length;
    int code = kpi__read_whole(s->path, &bytes, &length, e);
    if (code) return code;
    const char *lf = memrchr(bytes, '\n', length);
    size_t whole = lf ? (size_t)(lf + 1 - bytes) : 0;
    code = tell_tail(s, length - whole, e);
    if (!code) code = amend(s, NULL, (kpi_text){bytes, whole}, show, context, e);
    free(bytes);
    return code;
}

int kpi_amend(const char *path, const kpi_amendment *asked, kpi_amend_show *show, void *context,
              const kpi_report *report, kpi_error *e) {
    search s = {.path = path, .asked = asked, .report = report};
    kpi_store *store;
    kpi_text content;
    int code = check_asked(asked, e);
    if (code) return code;
    if (show) return only_show(&s, show, context, e);
    code = kpi__store_open_old(&store, path, report, e);
    if (code) return code;
    code = kpi_store_content(store, &content, e);
    if (!code) code = amend(&s, store, content, NULL, NULL, e);
    int closed = kpi_store_close(store, code ? NULL : e);
    return code ? code : closed;
}

/* ---- which record ---- */

static bool has_fields(const kpi_record *record, kpi_names names) {
    for (size_t i = 0; i < names.n; i++)
        if (kpi_record_field(record, kpi_text_of(names.name[i])) < 0) return false;
    return true;
}

/* Leaves of the kinds those of which line is, where there is one. */
static unsigned narrow(unsigned kinds, const kpi_line *line) {
    unsigned left = 0;
    for (unsigned kind = 0; kind < KPI_RECORDS; kind++)
        if (kinds >> kind & 1 && !kpi_record_check(kpi_record_of(kind), line, NULL)) left |= 1u << kind;
    return left ? left : kinds;
}

static int fail_kinds(const char *path, unsigned kinds, kpi_error *e) {
    char names[128] = "";
    for (unsigned kind = 0; kind < KPI_RECORDS; kind++)
        if (kinds >> kind & 1)
            sprintf(names + strlen(names), "%s%s", *names ? " or " : "", kpi_record_of(kind)->name);
    return kpi__fail_at(e, KPI_USAGE, (kpi_place){path, 0, 0}, "of which record are its lines: %s?", names);
}

int kpi_record_guess(const char *path, kpi_names fields, const kpi_record **out, kpi_error *e) {
    kpi_reader *reader;
    kpi_line line;
    unsigned kinds = 0;
    for (unsigned kind = 0; kind < KPI_RECORDS; kind++)
        if (has_fields(kpi_record_of(kind), fields)) kinds |= 1u << kind;
    if (!kinds) return kpi__fail(e, KPI_USAGE, "no record has all these fields");
    int code = kpi_reader_open(&reader, path, e);
    if (code) return code;
    while (kinds & (kinds - 1) && (!(code = kpi_reader_next(reader, &line, e)) || code == KPI_DATA))
        if (!code) kinds = narrow(kinds, &line);
    kpi_reader_free(reader);
    if (code && code != KPI_DATA && code != KPI_NO) return code;
    if (kinds & (kinds - 1)) return fail_kinds(path, kinds, e);
    *out = kpi_record_of((enum kpi_record_kind)__builtin_ctz(kinds));
    return KPI_OK;
}
