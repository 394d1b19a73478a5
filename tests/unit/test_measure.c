/* test_measure.c - measure.c: measures inside a period, by manager and metric, and the warnings about the others. */
#include "unit.h"

static kpi_measure measured(const kpi_measures *measures, const char *manager, const char *metric) {
    kpi_measure m;
    if (!kpi_measures_find(measures, kpi_text_of(manager), kpi_text_of(metric), &m))
        fail_msg("no measure of %s for %s", metric, manager);
    return m;
}

static kpi_measures *measures_of(const char *asked, const char *lines) {
    kpi_error error = {0};
    kpi_measures *measures;
    expect_ok(kpi_measures_new(&measures, NULL, period(asked), asked, 0, &error), &error);
    if (lines) expect_ok(kpi_measures_read(measures, temp_file("m", kpi_text_of(lines)), NULL, &error), &error);
    return measures;
}

static const char lines[] = "2026-10-05\ta\tsales\t10.5\n"
                            "2026-10-06\ta\tsales\t-2\n"
                            "# a comment\n"
                            "2026-W41\ta\tsales\t7\n"
                            "2026-10\tb\tsales\t100\n"
                            "2026-09-30\ta\tsales\t1000\n" /* outside */
                            "2026-11\ta\tsales\t1000\n"
                            "2026-10-07\ta\tnps\t50\n"
                            "2026-10-05\ta\tsales\t10.5\n"; /* equal lines all count */

static void test_sums(void **state) {
    (void)state;
    kpi_measures *measures = measures_of("2026-10", lines);
    static const struct {
        const char *manager, *metric, *sum, *min, *max, *last;
        uint64_t n, first, last_line;
    } cases[] = {{"a", "sales", "26", "-2", "10.5", "7", 4, 1, 9},
                 {"b", "sales", "100", "100", "100", "100", 1, 5, 5},
                 {"a", "nps", "50", "50", "50", "50", 1, 8, 8}};
    assert_int_equal(kpi__measures_size(measures), COUNT(cases));
    for (uint32_t i = 0; i < COUNT(cases); i++) { /* numbers in the order of first lines */
        kpi_measure measure, *m = &measure;
        assert_true(
            kpi_measures_find(measures, kpi_text_of(cases[i].manager), kpi_text_of(cases[i].metric), &measure));
        assert_int_equal(kpi__measures_number(measures, kpi_text_of(cases[i].manager), kpi_text_of(cases[i].metric)),
                         i);
        assert_int_equal(m->n, cases[i].n);
        expect_decimal(m->sum, cases[i].sum);
        expect_decimal(m->min, cases[i].min);
        expect_decimal(m->max, cases[i].max);
        expect_decimal(m->last, cases[i].last);
        assert_null(m->last_against.file);
        assert_true(m->first_place.line == cases[i].first && m->last_place.line == cases[i].last_line);
        assert_string_equal(strrchr(m->first_place.file, '/'), "/m");
    }
    static const char *const none[][2] = {{"b", "nps"}, {"c", "sales"}, {"a", "visits"}, {"", ""}};
    for (size_t i = 0; i < COUNT(none); i++) {
        kpi_measure m;
        assert_false(kpi_measures_find(measures, kpi_text_of(none[i][0]), kpi_text_of(none[i][1]), &m));
        assert_true(kpi__measures_number(measures, kpi_text_of(none[i][0]), kpi_text_of(none[i][1])) == KPI__NONE);
    }
    kpi_measures_free(measures);
    kpi_measures_free(NULL);
}

/* ---- last ---- */

/* The latest last day, then the longer period; `against` is the line of another value for that one. */
static void test_last(void **state) {
    (void)state;
    static const struct {
        const char *lines, *last;
        uint64_t from, against; /* lines; 0: none */
    } cases[] = {
        {"2026-10-05\ta\tm\t1\n2026-10-06\ta\tm\t2\n", "2", 2, 0},
        {"2026-10-06\ta\tm\t2\n2026-10-05\ta\tm\t1\n", "2", 1, 0},
        {"2026-10-06\ta\tm\t2\n2026-10-01..2026-10-06\ta\tm\t3\n", "3", 2, 0}, /* one last day: the longer */
        {"2026-10-01..2026-10-06\ta\tm\t3\n2026-10-06\ta\tm\t2\n", "3", 1, 0},
        {"2026-10\ta\tm\t3\n2026-10-31\ta\tm\t2\n", "3", 1, 0},
        {"2026-10-06\ta\tm\t2\n2026-10-06\ta\tm\t2\n", "2", 1, 0}, /* the same value twice */
        {"2026-10-06\ta\tm\t2\n2026-10-06\ta\tm\t2.0\n2026-10-06\ta\tm\t3\n2026-10-06\ta\tm\t4\n", "2", 1, 3},
        {"2026-10\ta\tm\t2\n2026-10-01..2026-10-31\ta\tm\t3\n", "2", 1, 2},             /* periods compare as days */
        {"2026-10-06\ta\tm\t2\n2026-10-06\ta\tm\t3\n2026-10-07\ta\tm\t4\n", "4", 3, 0}, /* no longer the last */
        {"2026-10-07\ta\tm\t4\n2026-10-06\ta\tm\t2\n2026-10-06\ta\tm\t3\n", "4", 1, 0},
        {"2026-10-07\ta\tm\t0\n2026-10-06\ta\tm\t-2\n", "0", 1, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_measures *measures = measures_of("2026", cases[i].lines);
        kpi_measure measure = measured(measures, "a", "m"), *m = &measure;
        expect_decimal(m->last, cases[i].last);
        assert_int_equal(m->last_from.line, cases[i].from);
        assert_int_equal(m->last_against.line, cases[i].against);
        assert_int_equal(m->last_against.file != NULL, cases[i].against != 0);
        kpi_measures_free(measures);
    }
}

/* ---- warnings ---- */

static void test_warnings(void **state) {
    (void)state;
    static const struct {
        const char *asked, *lines, *warnings; /* %s: the path */
    } cases[] = {
        {"2026-10", "2026-10-05\ta\tm\t1\n2026-10-06\ta\tm\t1\n2026-W41\ta\tm\t1\n2026-10-05\ta\tm\t1\n",
         "warning: F:3: 1 measure of a period that contains another of the same manager and metric, "
         "this one: 2026-10-05..2026-10-11\n"},
        {"2026-10", "2026-10-05\ta\tm\t1\n2026-10-06\ta\tm\t1\n2026-10-06\ta\tm\t2\n", ""},
        {"2026-10", "2026-10-05\ta\tm\t1\n2026-W41\tb\tm\t1\n2026-W41\ta\tn\t1\n", ""}, /* other manager or metric */
        {"2026-10", "2026-10-05..2026-10-10\ta\tm\t1\n2026-10-08..2026-10-12\ta\tm\t1\n", ""}, /* overlap only */
        {"2026-10", "2026-10\ta\tm\t1\n2026-10-01..2026-10-31\ta\tm\t1\n", ""},                /* not strictly */
        {"2026-10",
         "2026-10\ta\tm\t1\n2026-10-01..2026-10-30\ta\tm\t1\n2026-10-02..2026-10-30\ta\tm\t1\n2026-10\ta\tm\t1\n",
         "warning: F:1: 3 measures of a period that contains another of the same manager and metric, "
         "this the first: 2026-10-01..2026-10-31\n"},
        {"2026-10", "2026-10-31\ta\tm\t1\n2026-10-30..2026-10-31\ta\tm\t1\n", /* one end in common */
         "warning: F:2: 1 measure of a period that contains another of the same manager and metric, "
         "this one: 2026-10-30..2026-10-31\n"},
        {"2026-10", /* among several managers and metrics: counted together, the first line of all named */
         "2026-10\ta\tm\t1\n2026-10-05\tb\tm\t1\n2026-W41\ta\tn\t1\n2026-10-06\ta\tn\t1\n2026-W41\tb\tm\t1\n",
         "warning: F:3: 2 measures of a period that contains another of the same manager and metric, "
         "this the first: 2026-10-05..2026-10-11\n"},
        {"2026-10", "2026-11-01\ta\tm\t1\n2026-09-30\ta\tm\t1\n2025\ta\tm\t1\n", /* outside */
         "warning: no measure lies inside 2026-10\n"},
        {"2026-10", "2026-Q4\ta\tm\t1\n",
         "warning: F:1: 1 measure overlaps 2026-10 without lying inside it and is left out, this one: "
         "2026-10-01..2026-12-31\n"
         "warning: no measure lies inside 2026-10\n"},
        {"2026-W45", "2026-10\ta\tm\t1\n2026-11\tz\ty\t1\n2026\tb\tm\t1\n",
         "warning: F:2: 2 measures overlap 2026-W45 without lying inside it and are left out, this the first: "
         "2026-11-01..2026-11-30\n"
         "warning: no measure lies inside 2026-W45\n"},
        {"2026-10-05", "2026-10-05..2026-10-06\ta\tm\t1\n",
         "warning: F:1: 1 measure overlaps 2026-10-05 without lying inside it and is left out, this one: "
         "2026-10-05..2026-10-06\n"
         "warning: no measure lies inside 2026-10-05\n"},
        {"2026-10", "2026\ta\tm\t1\n2026-10\ta\tm\t1\n2026-10-31\ta\tm\t1\n", /* both */
         "warning: F:1: 1 measure overlaps 2026-10 without lying inside it and is left out, this one: "
         "2026-01-01..2026-12-31\n"
         "warning: F:2: 1 measure of a period that contains another of the same manager and metric, "
         "this one: 2026-10-01..2026-10-31\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t stop = 0; stop < 3; stop++) {
            struct heard heard = {.stop = stop};
            kpi_report report = hearing(&heard);
            kpi_error error = {0};
            char expected[1024] = "";
            size_t told = 0;
            kpi_measures *measures = measures_of(cases[i].asked, cases[i].lines);
            for (const char *p = cases[i].warnings; *p && (!stop || told < stop); p++) { /* F: the path */
                size_t n = strlen(expected);
                if (!strncmp(p, "F:", 2))
                    snprintf(expected + n, sizeof expected - n, "%s", temp_path("m"));
                else
                    expected[n] = *p;
                told += *p == '\n';
            }
            int code = kpi__measures_warn(measures, &report, &error);
            assert_string_equal(heard.text, expected);
            assert_int_equal(code, stop && heard.n == stop ? KPI_DATA : KPI_OK);
            assert_int_equal(kpi__measures_warn(measures, NULL, &error), KPI_OK);
            kpi_measures_free(measures);
        }
}

/* The lines of periods that contain another one, counted pair by pair. */
static void test_random_containment(void **state) {
    (void)state;
    for (int round = 0; round < 3000; round++) {
        kpi_error error = {0};
        kpi_period p[12];
        size_t n = 1 + random_below(COUNT(p)), lines_found = 0, first = SIZE_MAX;
        kpi_measures *measures = measures_of("2026", NULL);
        for (size_t i = 0; i < n; i++) {
            p[i].first = day("2026-03-01") + (kpi_day)random_below(6);
            p[i].last = p[i].first + (kpi_day)random_below(6);
            expect_ok(
                kpi_measures_add(measures, TEXT("a"), TEXT("m"), p[i], KPI_ONE, (kpi_place){"f", i + 1, 0}, &error),
                &error);
        }
        for (size_t i = 0; i < n; i++) {
            bool contains = false;
            for (size_t j = 0; j < n; j++)
                contains |= kpi_period_inside(p[j], p[i]) && kpi_period_days(p[j]) < kpi_period_days(p[i]);
            lines_found += contains;
            if (contains && i < first) first = i;
        }
        struct heard heard = {0};
        kpi_report report = hearing(&heard);
        char expected[64] = "";
        expect_ok(kpi__measures_warn(measures, &report, &error), &error);
        if (lines_found)
            snprintf(expected, sizeof expected, "warning: f:%zu: %zu measure%s of a period", first + 1, lines_found,
                     lines_found == 1 ? "" : "s");
        assert_memory_equal(heard.text, expected, strlen(expected));
        assert_int_equal(heard.n, lines_found != 0);
        kpi_measures_free(measures);
    }
}

/* ---- order of lines ---- */

static void test_any_order(void **state) {
    (void)state;
    for (int round = 0; round < 300; round++) {
        kpi_error error = {0};
        kpi_measures *one = measures_of("2026-10", NULL), *other = measures_of("2026-10", NULL);
        struct {
            kpi_period period;
            kpi_decimal value;
            const char *manager;
            uint64_t line;
        } row[30];
        for (size_t i = 0; i < COUNT(row); i++) {
            row[i].period.first = day("2026-09-28") + (kpi_day)random_below(36);
            row[i].period.last = row[i].period.first + (kpi_day)random_below(3);
            row[i].value = random_from(-5000000, 5000000);
            row[i].manager = random_below(2) ? "a" : "b";
            row[i].line = i + 1;
            expect_ok(kpi_measures_add(one, kpi_text_of(row[i].manager), TEXT("m"), row[i].period, row[i].value,
                                       (kpi_place){"f", i + 1, 0}, &error),
                      &error);
        }
        for (size_t left = COUNT(row); left; left--) {
            size_t i = random_below(left);
            expect_ok(kpi_measures_add(other, kpi_text_of(row[i].manager), TEXT("m"), row[i].period, row[i].value,
                                       (kpi_place){"f", row[i].line, 0}, &error),
                      &error);
            row[i] = row[left - 1];
        }
        for (int k = 0; k < 2; k++) {
            kpi_measure a, b, *m = &a, *o = &b;
            bool found = kpi_measures_find(one, kpi_text_of(k ? "b" : "a"), TEXT("m"), &a);
            assert_int_equal(found, kpi_measures_find(other, kpi_text_of(k ? "b" : "a"), TEXT("m"), &b));
            if (!found) continue;
            assert_true(m->last_from.line == o->last_from.line && m->last_against.line == o->last_against.line);
            assert_true(m->first_place.line == o->first_place.line && m->last_place.line == o->last_place.line);
            assert_true(m->n == o->n && m->sum == o->sum && m->min == o->min && m->max == o->max);
            assert_true(m->last_period.first == o->last_period.first && m->last_period.last == o->last_period.last);
            assert_int_equal(m->last_against.file != NULL, o->last_against.file != NULL);
            assert_true(m->last == o->last);
        }
        kpi_measures_free(one);
        kpi_measures_free(other);
    }
}

/* ---- faults ---- */

static void test_faults(void **state) {
    (void)state;
    kpi_error error = {0};
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    kpi_measures *measures = measures_of("2026-10", NULL);
    char expected[1024];
    const char *path = temp_file("bad", TEXT("2026-10\ta\tm\t1\n2026-10\ta\tm\n2026-10\ta\tm\t2\n"));
    expect_ok(kpi_measures_read(measures, path, &report, &error), &error);
    snprintf(expected, sizeof expected, "%s:2: 3 fields, a measure line has 4", path);
    assert_int_equal(measured(measures, "a", "m").n, 2);
    expect_failure(kpi_measures_read(measures, path, NULL, &error), KPI_DATA, &error, expected);
    strcat(expected, "\n");
    assert_string_equal(heard.text, expected);
    snprintf(expected, sizeof expected, "%s: open: No such file or directory", temp_path("none"));
    expect_failure(kpi_measures_read(measures, temp_path("none"), NULL, &error), KPI_SYSTEM, &error, expected);
    kpi_measures_free(measures);
}

/* Sums leave the numbers of the format behind, and only then those of the machine. */
static void test_range(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_measures *measures = measures_of("2026-10", NULL);
    kpi_decimal largest = (kpi_decimal)(~(unsigned __int128)0 >> 1);
    kpi_place place = {"f", 7, 0};
    for (int i = 0; i < 1000; i++)
        expect_ok(kpi_measures_add(measures, TEXT("a"), TEXT("m"), period("2026-10"), KPI_DECIMAL_MAX, place, &error),
                  &error);
    expect_decimal(measured(measures, "a", "m").sum, "999999999999999999.999");
    expect_ok(kpi_measures_add(measures, TEXT("b"), TEXT("m"), period("2026-10"), largest, place, &error), &error);
    expect_failure(kpi_measures_add(measures, TEXT("b"), TEXT("m"), period("2026-10"), 1, place, &error), KPI_DATA,
                   &error, "f:7: the sum of 'm' for 'b' is out of range");
    kpi_measures_free(measures);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums),      cmocka_unit_test(test_last),
        cmocka_unit_test(test_warnings),  cmocka_unit_test(test_random_containment),
        cmocka_unit_test(test_any_order), cmocka_unit_test(test_faults),
        cmocka_unit_test(test_range),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
