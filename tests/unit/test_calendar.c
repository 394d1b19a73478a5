/* test_calendar.c - calendar.c: working days. Months by hand, many ranges against a walk from day to day. */
#include "unit.h"

static kpi_calendar *calendar_of(const char *lines) {
    kpi_calendar *calendar;
    kpi_error error;
    expect_ok(kpi_calendar_new(&calendar, &error), &error);
    if (lines) expect_ok(kpi_calendar_read(calendar, temp_file("off", kpi_text_of(lines)), NULL, &error), &error);
    return calendar;
}

static void test_months(void **state) {
    (void)state;
    static const struct {
        const char *lines, *period;
        int64_t days;
    } cases[] = {
        {NULL, "2026-10", 22}, /* 1 October 2026 is a Thursday */
        {NULL, "2026-02", 20},
        {NULL, "2026", 261},
        {NULL, "2026-W41", 5},
        {NULL, "2026-10-10", 0},
        {NULL, "2026-10-10..2026-10-12", 1},
        {NULL, "1970-01-01..1970-01-04", 2},
        {NULL, "0001-01-01", 1}, /* a Monday */
        {"2026-10-01..2026-10-07\n", "2026-10", 17},
        {"2026-10-01..2026-10-07\tNational Day\n+2026-10-10\t调休\n+2026-09-27\n", "2026-10", 18},
        {"# days off\n\n2026-10\n", "2026-10", 0},
        {"2026-10\n+2026-10-03..2026-10-04\n", "2026-10", 2},
        {"+2026-10-05\n2026-10-05\n", "2026-10-05", 1}, /* whatever the order */
        {"2026-10-06\n2026-10-05..2026-10-07\n2026-10-05\n2026-10-08\n", "2026-W41", 1},
        {"2026-10-06\n2026-10-06\n", "2026-W41", 4},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_calendar *calendar = calendar_of(cases[i].lines);
        assert_int_equal(kpi_calendar_days(calendar, period(cases[i].period)), cases[i].days);
        kpi_calendar_free(calendar);
    }
    assert_int_equal(kpi_calendar_days(NULL, period("2026-10")), 31);
    kpi_calendar_free(NULL);
}

/* Whether a day is among the first n ranges of off. */
static bool among(const kpi_period *range, size_t n, kpi_day day_) {
    bool is = false;
    for (size_t i = 0; i < n; i++) is |= range[i].first <= day_ && day_ <= range[i].last;
    return is;
}

static void test_walk(void **state) {
    (void)state;
    kpi_day monday = day("2026-01-05");
    for (unsigned round = 0; round < 300; round++) {
        kpi_period off[4], work[2];
        char text[1024] = "";
        for (size_t i = 0; i < 6; i++) {
            kpi_period *p = i < 4 ? &off[i] : &work[i - 4];
            char first[KPI_PERIOD_SIZE], last[KPI_PERIOD_SIZE];
            p->first = monday + (kpi_day)(round * 7919 + i * 131) % 400 - 200;
            p->last = p->first + (kpi_day)(round * 31 + i * 17) % 9;
            kpi_day_format(p->first, first);
            kpi_day_format(p->last, last);
            sprintf(text + strlen(text), "%s%s..%s\n", i < 4 ? "" : "+", first, last);
        }
        kpi_calendar *calendar = calendar_of(text);
        kpi_period whole = {monday - 250 + (kpi_day)round % 50, monday + 200 + (kpi_day)round % 70};
        int64_t days = 0;
        for (kpi_day d = whole.first; d <= whole.last; d++) {
            bool weekday = ((d - monday) % 7 + 7) % 7 < 5;
            days += among(work, 2, d) || (weekday && !among(off, 4, d));
        }
        assert_int_equal(kpi_calendar_days(calendar, whole), days);
        kpi_calendar_free(calendar);
    }
}

static void test_faults(void **state) {
    (void)state;
    kpi_calendar *calendar = calendar_of(NULL);
    kpi_error error;
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    const char *path = temp_file("bad", TEXT("2026-10-01\n2026-02-30\n+\nholiday\n2026-10-02\n"));
    assert_int_equal(kpi_calendar_read(calendar, path, NULL, &error), KPI_DATA);
    assert_string_equal(without_folder((char *)(uintptr_t)shown(&error)),
                        "bad:2:1: not a date or period: '2026-02-30'");
    kpi_calendar_free(calendar);
    calendar = calendar_of(NULL);
    expect_ok(kpi_calendar_read(calendar, path, &report, &error), &error);
    assert_int_equal(heard.n, 3);
    assert_int_equal(kpi_calendar_days(calendar, period("2026-10")), 20);
    assert_int_equal(kpi_calendar_read(calendar, "/no/such/file", NULL, &error), KPI_SYSTEM);
    kpi_calendar_free(calendar);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_months), cmocka_unit_test(test_walk),
                                       cmocka_unit_test(test_faults)};
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
