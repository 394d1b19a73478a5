/* test_record.c - record.c: the fields of each record, and whether lines are such records. */
#include "unit.h"

/* As the contract lists them; ! is required, + after the last field: more may follow. d date, p period, n name,
 * s status, t text, # number, c whole number. */
static const struct {
    enum kpi_record_kind kind;
    const char *name, *fields, *types, *good;
} records[] = {
    {KPI_VISIT, "visit", "date! manager! client kind! status! purpose outcome minutes logged note", "dnnnsttcdt",
     "2026-10-05\twang.li\tC042\tvisit\tdone\trenewal\tsigned\t45\t2026-10-05T09:30:00Z\tcall back"},
    {KPI_FEEDBACK, "feedback", "date! manager! client source theme score resolved logged comment", "dnnnn#ddt",
     "2026-10-05\twang.li\tC042\tsurvey\tdelivery/late\t9\t2026-10-06\t2026-10-05T09:30:00Z\tok"},
    {KPI_MEASURE, "measure", "period! manager! metric! value!", "pnn#", "2026-10\twang.li\tsales\t420000.50"},
    {KPI_GOAL, "goal", "period! manager! metric! weight target! baseline", "pnn###",
     "2026-10\twang.li\tsales\t40\t500000\t400000"},
    {KPI_SCORE, "score", "period! manager! score grade rank", "pn#nc", "2026-10\twang.li\t85.20\tB\t1"},
    {KPI_DETAIL, "detail", "period! manager! metric! weight target actual attainment credit points", "pnn######",
     "2026-10\twang.li\tsales\t40\t500000\t420000\t0.8400\t0.8400\t33.60"},
    {KPI_CLIENT, "client", "client! name manager tier since until+", "nnnndd",
     "C042\t东方商场\twang.li\tkey\t2020-01-01\t2026-12-31"},
    {KPI_MANAGER, "manager", "manager! name team role joined left+", "nnnndd",
     "wang.li\t王丽\teast\tsenior\t2020-01-01\t2026-12-31"},
};

static const struct {
    char letter;
    enum kpi_type type;
} types[] = {{'d', KPI_TYPE_DATE}, {'p', KPI_TYPE_PERIOD}, {'n', KPI_TYPE_NAME}, {'s', KPI_TYPE_STATUS},
             {'t', KPI_TYPE_TEXT}, {'#', KPI_TYPE_NUMBER}, {'c', KPI_TYPE_COUNT}};

static enum kpi_type type_of(char letter) {
    size_t i = 0;
    while (types[i].letter != letter) i++;
    return types[i].type;
}

static void test_layouts(void **state) {
    (void)state;
    assert_int_equal(COUNT(records), KPI_RECORDS);
    for (size_t i = 0; i < COUNT(records); i++) {
        const kpi_record *record = kpi_record_of(records[i].kind);
        assert_string_equal(record->name, records[i].name);
        assert_ptr_equal(kpi_record_named(records[i].name), record);
        assert_int_equal(record->fields, strlen(records[i].types));
        const char *p = records[i].fields;
        for (unsigned f = 0; f < record->fields; f++) {
            size_t n = strcspn(p, "!+ ");
            kpi_text name = {p, n};
            assert_int_equal(kpi_record_field(record, name), (int)f);
            assert_int_equal(kpi_text_compare(kpi_text_of(record->field[f].name), name), 0);
            assert_int_equal(record->field[f].required, p[n] == '!');
            assert_int_equal(record->field[f].type, type_of(records[i].types[f]));
            p += n;
            while (*p == '!' || *p == ' ') p++;
        }
        assert_int_equal(record->more, *p == '+');
        assert_int_equal(kpi_record_field(record, TEXT("")), -1);
        assert_int_equal(kpi_record_field(record, TEXT("manage")), -1);
        assert_int_equal(kpi_record_field(record, TEXT("managers")), -1);
    }
    assert_null(kpi_record_named("visits"));
    assert_null(kpi_record_named(""));
}

/* ---- lines ---- */

/* The good line with field f (0-based) replaced, into out. */
static const char *with(const char *good, unsigned f, const char *value, char out[1024]) {
    const char *from = good;
    while (f--) from = strchr(from, '\t') + 1;
    snprintf(out, 1024, "%.*s%s%s", (int)(from - good), good, value, from + strcspn(from, "\t"));
    return out;
}

static void expect_line(const kpi_record *record, const char *text, const char *fault) {
    kpi_error error = {0};
    kpi_line line = line_of(text);
    int code = kpi_record_check(record, &line, &error);
    if (fault) {
        assert_int_equal(code, KPI_DATA);
        assert_string_equal(shown(&error), fault);
    } else if (code) {
        fail_msg("%s: %s", text, shown(&error));
    }
}

static void test_required_and_counts(void **state) {
    (void)state;
    char text[1024], fault[256];
    for (size_t i = 0; i < COUNT(records); i++) {
        const kpi_record *record = kpi_record_of(records[i].kind);
        expect_line(record, records[i].good, NULL);
        for (unsigned f = 0; f < record->fields; f++) {
            const kpi_field *field = &record->field[f];
            snprintf(fault, sizeof fault, "test:1:%u: no %s", f + 1, field->name);
            expect_line(record, with(records[i].good, f, "", text), field->required ? fault : NULL);
        }
        snprintf(text, sizeof text, "%s\tmore", records[i].good);
        snprintf(fault, sizeof fault, "test:1: %u fields, a %s line has %u", record->fields + 1, record->name,
                 record->fields);
        expect_line(record, text, record->more ? NULL : fault);
        snprintf(text, sizeof text, "%s", records[i].good);
        *strrchr(text, '\t') = 0;
        snprintf(fault, sizeof fault, "test:1: %u fields, a %s line has %u", record->fields - 1, record->name,
                 record->fields);
        expect_line(record, text, fault);
        snprintf(fault, sizeof fault, "test:1: 1 field, a %s line has %u", record->name, record->fields);
        expect_line(record, "x", fault);
    }
    expect_line(kpi_record_of(KPI_MANAGER), "a\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t17th", NULL); /* beyond KPI_FIELDS */
}

/* Values by type; a fault has the value quoted behind it. */
static const struct {
    char type;
    const char *value, *fault;
} values[] = {
    {'d', "2026-10-05", NULL},
    {'d', "2024-02-29T23:59:59+08:00", NULL},
    {'d', "2026-02-29", "not a date"},
    {'d', "2026-10-5", "not a date"},
    {'d', "2026-10", "not a date"},
    {'d', "today", "not a date"},
    {'p', "2026", NULL},
    {'p', "2026-W45", NULL},
    {'p', "2026-10-01..2026-10-15", NULL},
    {'p', "2026-Q5", "not a period"},
    {'p', "this-month", "not a period"},
    {'n', "Ünsal", NULL},
    {'n', "a#b", NULL},
    {'n', "two words", NULL},
    {'n', "delivery/late", NULL},
    {'s', "done", NULL},
    {'s', "planned", NULL},
    {'s', "missed", NULL},
    {'s', "cancelled", NULL},
    {'s', "Done", "not planned, done, missed or cancelled"},
    {'s', "don", "not planned, done, missed or cancelled"},
    {'s', "doner", "not planned, done, missed or cancelled"},
    {'s', "missex", "not planned, done, missed or cancelled"},
    {'t', "#any text, \\t\\n\\r\\\\ too ", NULL},
    {'#', "010", NULL},
    {'#', "-0.000001", NULL},
    {'#', "+999999999999999.999999", NULL},
    {'#', "12,5", "not a number"},
    {'#', "1e3", "not a number"},
    {'#', ".5", "not a number"},
    {'#', "1000000000000000", "not a number"},
    {'#', "0.0000001", "not a number"},
    {'c', "0", NULL},
    {'c', "45", NULL},
    {'c', "+45", NULL},
    {'c', "999999999999999", NULL},
    {'c', "-1", "not a whole number from 0 on"},
    {'c', "-0", "not a whole number from 0 on"},
    {'c', "1.0", "not a whole number from 0 on"},
    {'c', "45min", "not a whole number from 0 on"},
    {'c', "1000000000000000", "not a whole number from 0 on"},
};

static void test_types(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(records); i++)
        for (unsigned f = 0; records[i].types[f]; f++)
            for (size_t v = 0; v < COUNT(values); v++) {
                char text[1024], fault[256];
                if (values[v].type != records[i].types[f]) continue;
                if (records[i].kind == KPI_FEEDBACK && (f == 0 || f == KPI_FEEDBACK_RESOLVED) && !values[v].fault)
                    continue; /* they go together: below */
                snprintf(fault, sizeof fault, "test:1:%u: %s: '%s'", f + 1, values[v].fault, values[v].value);
                expect_line(kpi_record_of(records[i].kind), with(records[i].good, f, values[v].value, text),
                            values[v].fault ? fault : NULL);
            }
}

static void test_names_and_texts(void **state) {
    (void)state;
    static const struct {
        const char *value;
        bool name, text;
    } cases[] = {
        {"#a", false, true},         {" a", false, true},    {"a ", false, true},     {"\xE3\x80\x80王", false, true},
        {"王\xC2\xA0", false, true}, {"a\\tb", false, true}, {"a\\xb", false, false}, {"a\\", false, false},
        {"a\\\\b", true, true}};
    const kpi_record *visit = kpi_record_of(KPI_VISIT);
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_error error;
        char text[1024];
        kpi_line line = line_of(with(records[KPI_VISIT].good, KPI_VISIT_CLIENT, cases[i].value, text));
        assert_int_equal(kpi_record_check(visit, &line, &error), cases[i].name ? KPI_OK : KPI_DATA);
        if (!cases[i].name) assert_int_equal(error.field, KPI_VISIT_CLIENT + 1);
        line = line_of(with(records[KPI_VISIT].good, KPI_VISIT_NOTE, cases[i].value, text));
        assert_int_equal(kpi_record_check(visit, &line, &error), cases[i].text ? KPI_OK : KPI_DATA);
        if (!cases[i].text) assert_int_equal(error.field, KPI_VISIT_NOTE + 1);
    }
}

static void test_resolved(void **state) {
    (void)state;
    static const struct {
        const char *date, *resolved;
        bool good;
    } cases[] = {
        {"2026-10-05", "2026-10-05", true},
        {"2026-10-05", "2026-10-04", false},
        {"2026-10-05", "", true},
        {"2026-10-05T23:00", "2026-10-05T01:00", true},             /* days count, not times */
        {"2026-10-05T23:00-12:00", "2026-10-05T01:00+12:00", true}, /* the day written is the day that counts */
        {"2026-01-01", "2025-12-31", false},
    };
    const kpi_record *feedback = kpi_record_of(KPI_FEEDBACK);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[256], fault[256];
        snprintf(text, sizeof text, "%s\ta\t\t\t\t\t%s\t\t", cases[i].date, cases[i].resolved);
        snprintf(fault, sizeof fault, "test:1:7: resolved before its date: '%s'", cases[i].resolved);
        expect_line(feedback, text, cases[i].good ? NULL : fault);
    }
}

static void test_scale(void **state) {
    (void)state;
    static const struct {
        const char *value, *low, *high, *fault;
    } cases[] = {
        {"0", "0", "10", NULL},
        {"10", "0", "10", NULL},
        {"-1", "0", "10", "test:1:6: a score outside the scale 0..10: '-1'"}, /* NPS.jl: -1 and 11 -> error */
        {"11", "0", "10", "test:1:6: a score outside the scale 0..10: '11'"},
        {"10.000001", "0", "10", "test:1:6: a score outside the scale 0..10: '10.000001'"},
        {"0.5", "1", "5", "test:1:6: a score outside the scale 1..5: '0.5'"},
        {"-2.5", "-2.5", "2.5", NULL},
        {"-2.6", "-2.5", "2.5", "test:1:6: a score outside the scale -2.5..2.5: '-2.6'"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[256];
        kpi_error error = {0};
        snprintf(text, sizeof text, "2026-10-05\ta\t\t\t\t%s\t\t\t", cases[i].value);
        kpi_line line = line_of(text);
        int code = kpi__check_scale(number(cases[i].value), number(cases[i].low), number(cases[i].high), &line, &error);
        assert_int_equal(code, cases[i].fault ? KPI_DATA : KPI_OK);
        if (cases[i].fault) assert_string_equal(shown(&error), cases[i].fault);
    }
}

static void test_known_on(void **state) {
    (void)state;
    static const struct {
        const char *logged;
        bool known;
    } cases[] = {{"", true},
                 {"2026-10-05", true},
                 {"2026-10-06", false},
                 {"2026-10-05T23:59:59Z", true},
                 {"2026-10-06T00:00:00Z", false},
                 {"2026-10-06T07:59+08:00", true},   /* the 5th in UTC */
                 {"2026-10-05T23:00-01:00", false}}; /* the 6th */
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(kpi__known_on(kpi_text_of(cases[i].logged), day("2026-10-05")), cases[i].known);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layouts),  cmocka_unit_test(test_required_and_counts),
        cmocka_unit_test(test_types),    cmocka_unit_test(test_names_and_texts),
        cmocka_unit_test(test_resolved), cmocka_unit_test(test_scale),
        cmocka_unit_test(test_known_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
