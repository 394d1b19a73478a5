/* record.c - what the fields of each record are, in one table, and whether a line is such a record. */
#include "internal.h"

#include <string.h>

#define DATE   KPI_TYPE_DATE
#define NAME   KPI_TYPE_NAME
#define TEXT   KPI_TYPE_TEXT
#define NUMBER KPI_TYPE_NUMBER

static const kpi_field visit[] = {{"date", DATE, true},
                                  {"manager", NAME, true},
                                  {"client", NAME, false},
                                  {"kind", NAME, true},
                                  {"status", KPI_TYPE_STATUS, true},
                                  {"purpose", TEXT, false},
                                  {"outcome", TEXT, false},
                                  {"minutes", KPI_TYPE_COUNT, false},
                                  {"logged", DATE, false},
                                  {"note", TEXT, false}};
static const kpi_field feedback[] = {{"date", DATE, true},      {"manager", NAME, true}, {"client", NAME, false},
                                     {"source", NAME, false},   {"theme", NAME, false},  {"score", NUMBER, false},
                                     {"resolved", DATE, false}, {"logged", DATE, false}, {"comment", TEXT, false}};
static const kpi_field measure[] = {
    {"period", KPI_TYPE_PERIOD, true}, {"manager", NAME, true}, {"metric", NAME, true}, {"value", NUMBER, true}};
static const kpi_field goal[] = {
    {"period", KPI_TYPE_PERIOD, true}, {"manager", NAME, true},  {"metric", NAME, true},
    {"weight", NUMBER, false},         {"target", NUMBER, true}, {"baseline", NUMBER, false}};
static const kpi_field score[] = {{"period", KPI_TYPE_PERIOD, true},
                                  {"manager", NAME, true},
                                  {"score", NUMBER, false},
                                  {"grade", NAME, false},
                                  {"rank", KPI_TYPE_COUNT, false}};
static const kpi_field detail[] = {
    {"period", KPI_TYPE_PERIOD, true}, {"manager", NAME, true},   {"metric", NAME, true},
    {"weight", NUMBER, false},         {"target", NUMBER, false}, {"actual", NUMBER, false},
    {"attainment", NUMBER, false},     {"credit", NUMBER, false}, {"points", NUMBER, false}};
static const kpi_field client[] = {{"client", NAME, true}, {"name", NAME, false},  {"manager", NAME, false},
                                   {"tier", NAME, false},  {"since", DATE, false}, {"until", DATE, false}};
static const kpi_field manager[] = {{"manager", NAME, true}, {"name", NAME, false},   {"team", NAME, false},
                                    {"role", NAME, false},   {"joined", DATE, false}, {"left", DATE, false}};

static const kpi_record records[KPI_RECORDS] = {
    [KPI_VISIT] = {"visit", visit, KPI__COUNT(visit), false},
    [KPI_FEEDBACK] = {"feedback", feedback, KPI__COUNT(feedback), false},
    [KPI_MEASURE] = {"measure", measure, KPI__COUNT(measure), false},
    [KPI_GOAL] = {"goal", goal, KPI__COUNT(goal), false},
    [KPI_SCORE] = {"score", score, KPI__COUNT(score), false},
    [KPI_DETAIL] = {"detail", detail, KPI__COUNT(detail), false},
    [KPI_CLIENT] = {"client", client, KPI__COUNT(client), true},
    [KPI_MANAGER] = {"manager", manager, KPI__COUNT(manager), true},
};

const kpi_record *kpi_record_of(enum kpi_record_kind kind) { return &records[kind]; }

const kpi_record *kpi_record_named(const char *name) {
    for (size_t i = 0; i < KPI_RECORDS; i++)
        if (strcmp(records[i].name, name) == 0) return &records[i];
    return NULL;
}

int kpi_record_field(const kpi_record *record, kpi_text name) {
    for (unsigned i = 0; i < record->fields; i++)
        if (kpi_text_compare(kpi_text_of(record->field[i].name), name) == 0) return (int)i;
    return -1;
}

/* ---- one check a type: NULL, or what is wrong ---- */

static const char *check_date(kpi_text text) {
    kpi_day day;
    return kpi_date_parse(text, &day, NULL) ? "not a date" : NULL;
}

static const char *check_period(kpi_text text) {
    kpi_period period;
    return kpi_period_parse(text, &period) ? "not a period" : NULL;
}

static const char *check_number(kpi_text text) {
    kpi_decimal number;
    return kpi_decimal_parse(text, &number) ? "not a number" : NULL;
}

static const char *check_count(kpi_text text) {
    kpi_decimal number;
    if (memchr(text.ptr, '.', text.len) || *text.ptr == '-' || kpi_decimal_parse(text, &number))
        return "not a whole number from 0 on";
    return NULL;
}

static const char *check_status(kpi_text text) {
    static const char *const known[] = {"done", "planned", "missed", "cancelled"};
    for (size_t i = 0; i < KPI__COUNT(known); i++)
        if (strlen(known[i]) == text.len && memcmp(known[i], text.ptr, text.len) == 0) return NULL;
    return "not planned, done, missed or cancelled";
}

static const char *(*const check[])(kpi_text text) = {
    [KPI_TYPE_DATE] = check_date,     [KPI_TYPE_PERIOD] = check_period,      [KPI_TYPE_NAME] = kpi_name_fault,
    [KPI_TYPE_STATUS] = check_status, [KPI_TYPE_TEXT] = kpi_free_text_fault, [KPI_TYPE_NUMBER] = check_number,
    [KPI_TYPE_COUNT] = check_count,
};

/* Feedback cannot be resolved before it was given. */
static int check_resolved(const kpi_line *line, kpi_error *e) {
    kpi_text resolved = line->field[KPI_FEEDBACK_RESOLVED];
    kpi_day given = 0, done = 0;
    if (!resolved.len) return KPI_OK;
    kpi_date_parse(line->field[KPI_FEEDBACK_DATE], &given, NULL);
    kpi_date_parse(resolved, &done, NULL);
    if (done >= given) return KPI_OK;
    return kpi__fail_line(e, line, KPI_FEEDBACK_RESOLVED + 1, "resolved before its date: %s", KPI__QUOTE(resolved));
}

int kpi_record_check(const kpi_record *record, const kpi_line *line, kpi_error *e) {
    if (line->fields != record->fields && !(record->more && line->fields > record->fields))
        return kpi__fail_line(e, line, 0, "%u field%s, a %s line has %u", line->fields, line->fields == 1 ? "" : "s",
                              record->name, record->fields);
    for (unsigned i = 0; i < record->fields; i++) {
        const kpi_field *field = &record->field[i];
        kpi_text text = line->field[i];
        if (!text.len) {
            if (field->required) return kpi__fail_line(e, line, i + 1, "no %s", field->name);
            continue;
        }
        const char *fault = check[field->type](text);
        if (fault) return kpi__fail_line(e, line, i + 1, "%s: %s", fault, KPI__QUOTE(text));
    }
    return record == &records[KPI_FEEDBACK] ? check_resolved(line, e) : KPI_OK;
}

bool kpi__known_on(kpi_text logged, kpi_day as_of) {
    kpi_day written, utc;
    return !logged.len || kpi_date_parse(logged, &written, &utc) || utc <= as_of;
}

int kpi__check_scale(kpi_decimal value, kpi_decimal low, kpi_decimal high, const kpi_line *line, kpi_error *e) {
    char from[KPI_NUMBER_SIZE], to[KPI_NUMBER_SIZE];
    if (value >= low && value <= high) return KPI_OK;
    kpi_decimal_format(low, KPI_EXACT, from);
    kpi_decimal_format(high, KPI_EXACT, to);
    return kpi__fail_line(e, line, KPI_FEEDBACK_SCORE + 1, "a score outside the scale %s..%s: %s", from, to,
                          KPI__QUOTE(line->field[KPI_FEEDBACK_SCORE]));
}
