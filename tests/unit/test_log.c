/* test_log.c - log.c: batches of visits and feedback, their own rules, and appending them. */
#include "unit.h"

#include <sys/stat.h>

static kpi_batch *batch_of(enum kpi_record_kind record, bool keep_logged, const char *low, const char *high) {
    kpi_error error = {0};
    kpi_batch *batch;
    kpi_batch_options options = {.record = record,
                                 .now = {day("2026-10-05"), day("2026-10-04"), "2026-10-04T23:30:00Z"},
                                 .keep_logged = keep_logged,
                                 .low = number(low),
                                 .high = number(high)};
    expect_ok(kpi_batch_new(&batch, &options, &error), &error);
    return batch;
}

/* What is in the file; lives until the next call. */
static const char *content(const char *path) {
    static char text[8192];
    FILE *file = fopen(path, "r");
    *text = 0;
    if (!file) return "no file";
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

/* The batch as it is appended to a new file; frees it. */
static const char *appended(kpi_batch *batch) {
    kpi_error error = {0};
    const char *path = temp_path("log.tsv");
    unlink(path);
    expect_ok(kpi_batch_append(batch, path, NULL, &error), &error);
    kpi_batch_free(batch);
    return content(path);
}

static int add(kpi_batch *batch, const char *text, kpi_error *error) {
    kpi_line line = line_of(text);
    return kpi_batch_add(batch, line.field, error);
}

/* ---- one record ---- */

static void test_add(void **state) {
    (void)state;
    static const struct {
        enum kpi_record_kind record;
        bool keep;
        const char *low, *high, *line, *appended; /* appended NULL: refused with */
        const char *fault;
    } cases[] = {
        /* logged is always the clock's, unless it is to be kept */
        {KPI_VISIT, false, "0", "0", "2026-10-05\ta\tC1\tvisit\tdone\tp\to\t30\t\tn",
         "2026-10-05\ta\tC1\tvisit\tdone\tp\to\t30\t2026-10-04T23:30:00Z\tn\n", NULL},
        {KPI_VISIT, false, "0", "0", "2026-10-05\ta\t\tvisit\tdone\t\t\t\t2020-01-01\t",
         "2026-10-05\ta\t\tvisit\tdone\t\t\t\t2026-10-04T23:30:00Z\t\n", NULL},
        {KPI_VISIT, true, "0", "0", "2026-10-05\ta\t\tvisit\tdone\t\t\t\t2020-01-01\t",
         "2026-10-05\ta\t\tvisit\tdone\t\t\t\t2020-01-01\t\n", NULL},
        {KPI_VISIT, true, "0", "0", "2026-10-05\ta\t\tvisit\tdone\t\t\t\t\t",
         "2026-10-05\ta\t\tvisit\tdone\t\t\t\t\t\n", NULL},
        {KPI_VISIT, true, "0", "0", "2026-10-05\ta\t\tvisit\tdone\t\t\t\tsoon\t", NULL, "9: not a date: 'soon'"},
        {KPI_FEEDBACK, false, "0", "0", "2026-10-05\ta\t\t\t\t7\t\t\tok\\n",
         "2026-10-05\ta\t\t\t\t7\t\t2026-10-04T23:30:00Z\tok\\n\n", NULL},
        /* no visit done after today; others may be */
        {KPI_VISIT, false, "0", "0", "2026-10-06\ta\t\tvisit\tdone\t\t\t\t\t", NULL,
         "1: a visit done after today: '2026-10-06'"},
        {KPI_VISIT, true, "0", "0", "2026-10-06\ta\t\tvisit\tdone\t\t\t\t\t", NULL,
         "1: a visit done after today: '2026-10-06'"},
        {KPI_VISIT, true, "0", "0", "2026-10-06\ta\t\tvisit\tplanned\t\t\t\t\t",
         "2026-10-06\ta\t\tvisit\tplanned\t\t\t\t\t\n", NULL},
        {KPI_VISIT, true, "0", "0", "2026-10-06\ta\t\tvisit\tcancelled\t\t\t\t\t",
         "2026-10-06\ta\t\tvisit\tcancelled\t\t\t\t\t\n", NULL},
        /* no plan without a purpose, but those that were made elsewhere */
        {KPI_VISIT, false, "0", "0", "2026-10-06\ta\t\tvisit\tplanned\t\t\t\t\t", NULL,
         "6: a visit planned without a purpose"},
        {KPI_VISIT, false, "0", "0", "2026-10-06\ta\t\tvisit\tplanned\tp\t\t\t\t",
         "2026-10-06\ta\t\tvisit\tplanned\tp\t\t\t2026-10-04T23:30:00Z\t\n", NULL},
        {KPI_VISIT, false, "0", "0", "2026-10-06\ta\t\tvisit\tmissed\t\t\t\t\t",
         "2026-10-06\ta\t\tvisit\tmissed\t\t\t\t2026-10-04T23:30:00Z\t\n", NULL},
        {KPI_VISIT, true, "0", "0", "2026-10-05T23:59+14:00\ta\t\tvisit\tdone\t\t\t\t\t",
         "2026-10-05T23:59+14:00\ta\t\tvisit\tdone\t\t\t\t\t\n", NULL},
        /* records */
        {KPI_VISIT, false, "0", "0", "\ta\t\tvisit\tdone\t\t\t\t\t", NULL, "1: no date"},
        {KPI_VISIT, false, "0", "0", "2026-10-05\ta\t\t\tdone\t\t\t\t\t", NULL, "4: no kind"},
        {KPI_VISIT, false, "0", "0", "2026-10-05\ta\t\tvisit\twon\t\t\t\t\t", NULL,
         "5: not planned, done, missed or cancelled: 'won'"},
        {KPI_FEEDBACK, false, "0", "0", "2026-10-05\ta\t\t\t\t7\t2026-10-04\t\t", NULL,
         "7: resolved before its date: '2026-10-04'"},
        /* scales */
        {KPI_FEEDBACK, false, "0", "0", "2026-10-05\ta\t\t\t\t10.1\t\t\t", NULL,
         "6: a score outside the scale 0..10: '10.1'"},
        {KPI_FEEDBACK, true, "1", "5", "2026-10-05\ta\t\t\t\t0\t\t\t", NULL, "6: a score outside the scale 1..5: '0'"},
        {KPI_FEEDBACK, true, "1", "5", "2026-10-05\ta\t\t\t\t5\t\t\t", "2026-10-05\ta\t\t\t\t5\t\t\t\n", NULL},
        {KPI_FEEDBACK, true, "0", "5", "2026-10-05\ta\t\t\t\t6\t\t\t", NULL, "6: a score outside the scale 0..5: '6'"},
        {KPI_FEEDBACK, true, "-5", "0", "2026-10-05\ta\t\t\t\t1\t\t\t", NULL,
         "6: a score outside the scale -5..0: '1'"},
        {KPI_FEEDBACK, true, "-5", "0", "2026-10-05\ta\t\t\t\t-5\t\t\t", "2026-10-05\ta\t\t\t\t-5\t\t\t\n", NULL},
        {KPI_FEEDBACK, true, "0", "0", "2026-10-05\ta\t\t\t\t\t\t\t", "2026-10-05\ta\t\t\t\t\t\t\t\n", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_error error = {0};
        kpi_batch *batch = batch_of(cases[i].record, cases[i].keep, cases[i].low, cases[i].high);
        int code = add(batch, cases[i].line, &error);
        assert_int_equal(code, cases[i].appended ? KPI_OK : KPI_DATA);
        if (code) {
            char text[KPI_ERROR_SIZE];
            snprintf(text, sizeof text, "%u: %s", error.field, error.text);
            assert_string_equal(text, cases[i].fault);
            assert_string_equal(appended(batch), "no file"); /* an empty batch touches nothing */
        } else
            assert_string_equal(appended(batch), cases[i].appended);
    }
    kpi_batch_free(NULL);
}

/* Fields with NULL for a text are empty. */
static void test_add_nothing(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_batch *batch = batch_of(KPI_FEEDBACK, true, "0", "0");
    kpi_text field[9] = {TEXT("2026-10-05"), TEXT("a")};
    expect_ok(kpi_batch_add(batch, field, &error), &error);
    assert_string_equal(appended(batch), "2026-10-05\ta\t\t\t\t\t\t\t\n");
}

/* What is refused leaves no half of itself behind. */
static void test_refused_between(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_batch *batch = batch_of(KPI_FEEDBACK, true, "0", "0");
    expect_ok(add(batch, "2026-10-05\ta\t\t\t\t1\t\t\tx", &error), &error);
    assert_int_equal(add(batch, "2026-10-05\ta\t\t\t\t11\t\t\ty", &error), KPI_DATA);
    assert_int_equal(add(batch, "2026-10-05\ta\t\t\t\t1\t\t\tz\\q", &error), KPI_DATA);
    expect_ok(add(batch, "2026-10-05\ta\t\t\t\t2\t\t\t王", &error), &error);
    assert_string_equal(appended(batch), "2026-10-05\ta\t\t\t\t1\t\t\tx\n2026-10-05\ta\t\t\t\t2\t\t\t王\n");
}

/* A record may have 1 MiB, not more: a reader would not take it. */
static void test_longest_record(void **state) {
    (void)state;
    kpi_error error = {0};
    const size_t rest = strlen("2026-10-05\ta\t\t\t\t\t\t\t");
    char *comment = malloc(KPI_LINE_MAX + 16);
    assert_non_null(comment);
    memset(comment, 'x', KPI_LINE_MAX + 16);
    for (size_t more = 0; more < 3; more++) {
        kpi_batch *batch = batch_of(KPI_FEEDBACK, true, "0", "0");
        kpi_text field[9] = {TEXT("2026-10-05"), TEXT("a")};
        field[KPI_FEEDBACK_COMMENT] = (kpi_text){comment, KPI_LINE_MAX - rest + more};
        int code = kpi_batch_add(batch, field, &error);
        assert_int_equal(code, more ? KPI_DATA : KPI_OK);
        if (more) assert_string_equal(shown(&error), "a line over 1048576 bytes");
        if (!more) {
            kpi_tally *tally;
            kpi_tally_options options = {.record = KPI_FEEDBACK, .keys = "", .stats = "n"};
            const char *path = temp_path("long.tsv");
            expect_ok(kpi_batch_append(batch, path, NULL, &error), &error);
            expect_ok(kpi_tally_new(&tally, &options, &error), &error);
            expect_ok(kpi_tally_read(tally, path, NULL, &error), &error);
            kpi_tally_free(tally);
        }
        kpi_batch_free(batch);
    }
    free(comment);
}

/* ---- lines ---- */

static void test_read(void **state) {
    (void)state;
    kpi_error error = {0};
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    char expected[1024];
    const char *path = temp_file("in", TEXT("# comment\n"
                                            "2026-10-05\ta\t\tvisit\tdone\t\t\t\t\t\r\n"
                                            "2026-10-07\ta\t\tvisit\tdone\t\t\t\t\t\n"
                                            "2026-10-05\ta\t\tvisit\n"
                                            "2026-10-07\tb\t\tvisit\tplanned\t\t\t\t\t\n"
                                            "2026-10-05\ta\t\tvisit\tdone"));
    kpi_batch *batch = batch_of(KPI_VISIT, true, "0", "0");
    expect_ok(kpi_batch_read(batch, path, &report, &error), &error);
    snprintf(expected, sizeof expected,
             "%s:3:1: a visit done after today: '2026-10-07'\n%s:4: 4 fields, a visit line has 10\n"
             "%s:6: incomplete last line: no line feed at its end\n",
             path, path, path);
    assert_string_equal(heard.text, expected);
    assert_string_equal(appended(batch),
                        "2026-10-05\ta\t\tvisit\tdone\t\t\t\t\t\n2026-10-07\tb\t\tvisit\tplanned\t\t\t\t\t\n");
    batch = batch_of(KPI_VISIT, true, "0", "0");
    *strchr(expected, '\n') = 0;
    expect_failure(kpi_batch_read(batch, path, NULL, &error), KPI_DATA, &error, expected);
    snprintf(expected, sizeof expected, "%s: open: No such file or directory", temp_path("none"));
    expect_failure(kpi_batch_read(batch, temp_path("none"), NULL, &error), KPI_SYSTEM, &error, expected);
    kpi_batch_free(batch);
}

static void test_read_feedback(void **state) {
    (void)state;
    kpi_error error = {0};
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    kpi_batch *batch = batch_of(KPI_FEEDBACK, false, "1", "5");
    const char *path = temp_file("in", TEXT("2026-10-05\ta\t\t\t\t5\t\t\t\n2026-10-05\ta\t\t\t\t6\t\t\t\n"));
    expect_ok(kpi_batch_read(batch, path, &report, &error), &error);
    assert_int_equal(heard.n, 1);
    assert_non_null(strstr(heard.text, ":2:6: a score outside the scale 1..5: '6'\n"));
    assert_string_equal(appended(batch), "2026-10-05\ta\t\t\t\t5\t\t2026-10-04T23:30:00Z\t\n");
}

/* ---- appending ---- */

static void test_append(void **state) {
    (void)state;
    kpi_error error = {0};
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    char expected[1024];
    kpi_batch *batch = batch_of(KPI_FEEDBACK, true, "0", "0");
    const char *path = temp_file("torn.tsv", TEXT("2026-10-01\ta\t\t\t\t1\t\t\t\n2026-10-02\tb"));
    expect_ok(add(batch, "2026-10-05\ta\t\t\t\t2\t\t\t", &error), &error);
    expect_ok(kpi_batch_append(batch, path, &report, &error), &error);
    assert_string_equal(content(path), "2026-10-01\ta\t\t\t\t1\t\t\t\n2026-10-05\ta\t\t\t\t2\t\t\t\n");
    assert_string_equal(content(temp_path("torn.tsv.torn")), "2026-10-02\tb\n");
    snprintf(expected, sizeof expected, "warning: %s: an incomplete last line of 12 bytes was moved to %s.torn\n", path,
             path);
    assert_string_equal(heard.text, expected);
    expect_ok(kpi_batch_append(batch, path, &report, &error), &error); /* once more */
    assert_int_equal(heard.n, 1);
    snprintf(expected, sizeof expected, "%s/no/folder: open: No such file or directory", temp_folder);
    expect_failure(kpi_batch_append(batch, temp_path("no/folder"), NULL, &error), KPI_SYSTEM, &error, expected);
    snprintf(expected, sizeof expected, "%s: open: Is a directory", temp_folder);
    expect_failure(kpi_batch_append(batch, temp_folder, NULL, &error), KPI_SYSTEM, &error, expected);
    kpi_batch_free(batch);
}

/* Many records in one batch, more than 1 MiB in all. */
static void test_many(void **state) {
    (void)state;
    enum { MANY = 30000 };
    kpi_error error = {0};
    struct stat st;
    kpi_batch *batch = batch_of(KPI_FEEDBACK, true, "0", "0");
    size_t bytes = 0;
    for (int i = 0; i < MANY; i++) {
        char text[128];
        bytes += (size_t)snprintf(text, sizeof text, "2026-10-05\tmanager %d\t\t\t\t%d\t\t\tno %d", i, i % 11, i) + 1;
        expect_ok(add(batch, text, &error), &error);
    }
    const char *path = temp_path("many.tsv");
    expect_ok(kpi_batch_append(batch, path, NULL, &error), &error);
    kpi_batch_free(batch);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, bytes);
    batch = batch_of(KPI_FEEDBACK, true, "0", "0");
    expect_ok(kpi_batch_read(batch, path, NULL, &error), &error);
    kpi_batch_free(batch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_add_nothing),
        cmocka_unit_test(test_refused_between),
        cmocka_unit_test(test_longest_record),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_read_feedback),
        cmocka_unit_test(test_append),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
