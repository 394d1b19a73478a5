/* test_period.c - period.c: the calendar, dates, periods and their names, time zones, now.
 *
 * The calendar is checked against counting: days are numbered one by one by a calendar of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../libkpi/internal.h"

#define TEXT(string) kpi_text_of(string)

/* ISO weeks as python3's datetime knows them: how many, the first Monday, and the weeks of 29 December to 3 January. */
static const struct { int year, weeks; const char *monday, *week[6]; } iso_years[] = {
    {1999, 52, "1999-01-04", {"1999-W52", "1999-W52", "1999-W52", "1999-W52", "1999-W52", "2000-W01"}},
    {2000, 52, "2000-01-03", {"2000-W52", "2000-W52", "2000-W52", "2001-W01", "2001-W01", "2001-W01"}},
    {2001, 52, "2001-01-01", {"2001-W52", "2001-W52", "2002-W01", "2002-W01", "2002-W01", "2002-W01"}},
    {2002, 52, "2001-12-31", {"2002-W52", "2003-W01", "2003-W01", "2003-W01", "2003-W01", "2003-W01"}},
    {2003, 52, "2002-12-30", {"2004-W01", "2004-W01", "2004-W01", "2004-W01", "2004-W01", "2004-W01"}},
    {2004, 53, "2003-12-29", {"2004-W53", "2004-W53", "2004-W53", "2004-W53", "2004-W53", "2005-W01"}},
    {2005, 52, "2005-01-03", {"2005-W52", "2005-W52", "2005-W52", "2005-W52", "2006-W01", "2006-W01"}},
    {2006, 52, "2006-01-02", {"2006-W52", "2006-W52", "2006-W52", "2007-W01", "2007-W01", "2007-W01"}},
    {2007, 52, "2007-01-01", {"2007-W52", "2007-W52", "2008-W01", "2008-W01", "2008-W01", "2008-W01"}},
    {2008, 52, "2007-12-31", {"2009-W01", "2009-W01", "2009-W01", "2009-W01", "2009-W01", "2009-W01"}},
    {2009, 53, "2008-12-29", {"2009-W53", "2009-W53", "2009-W53", "2009-W53", "2009-W53", "2009-W53"}},
    {2010, 52, "2010-01-04", {"2010-W52", "2010-W52", "2010-W52", "2010-W52", "2010-W52", "2011-W01"}},
    {2011, 52, "2011-01-03", {"2011-W52", "2011-W52", "2011-W52", "2011-W52", "2012-W01", "2012-W01"}},
    {2012, 52, "2012-01-02", {"2012-W52", "2012-W52", "2013-W01", "2013-W01", "2013-W01", "2013-W01"}},
    {2013, 52, "2012-12-31", {"2013-W52", "2014-W01", "2014-W01", "2014-W01", "2014-W01", "2014-W01"}},
    {2014, 52, "2013-12-30", {"2015-W01", "2015-W01", "2015-W01", "2015-W01", "2015-W01", "2015-W01"}},
    {2015, 53, "2014-12-29", {"2015-W53", "2015-W53", "2015-W53", "2015-W53", "2015-W53", "2015-W53"}},
    {2016, 52, "2016-01-04", {"2016-W52", "2016-W52", "2016-W52", "2016-W52", "2017-W01", "2017-W01"}},
    {2017, 52, "2017-01-02", {"2017-W52", "2017-W52", "2017-W52", "2018-W01", "2018-W01", "2018-W01"}},
    {2018, 52, "2018-01-01", {"2018-W52", "2018-W52", "2019-W01", "2019-W01", "2019-W01", "2019-W01"}},
    {2019, 52, "2018-12-31", {"2019-W52", "2020-W01", "2020-W01", "2020-W01", "2020-W01", "2020-W01"}},
    {2020, 53, "2019-12-30", {"2020-W53", "2020-W53", "2020-W53", "2020-W53", "2020-W53", "2020-W53"}},
    {2021, 52, "2021-01-04", {"2021-W52", "2021-W52", "2021-W52", "2021-W52", "2021-W52", "2022-W01"}},
    {2022, 52, "2022-01-03", {"2022-W52", "2022-W52", "2022-W52", "2022-W52", "2023-W01", "2023-W01"}},
    {2023, 52, "2023-01-02", {"2023-W52", "2023-W52", "2023-W52", "2024-W01", "2024-W01", "2024-W01"}},
    {2024, 52, "2024-01-01", {"2024-W52", "2025-W01", "2025-W01", "2025-W01", "2025-W01", "2025-W01"}},
    {2025, 52, "2024-12-30", {"2026-W01", "2026-W01", "2026-W01", "2026-W01", "2026-W01", "2026-W01"}},
    {2026, 53, "2025-12-29", {"2026-W53", "2026-W53", "2026-W53", "2026-W53", "2026-W53", "2026-W53"}},
    {2027, 52, "2027-01-04", {"2027-W52", "2027-W52", "2027-W52", "2027-W52", "2027-W52", "2028-W01"}},
    {2028, 52, "2028-01-03", {"2028-W52", "2028-W52", "2028-W52", "2029-W01", "2029-W01", "2029-W01"}},
    {2029, 52, "2029-01-01", {"2029-W52", "2029-W52", "2030-W01", "2030-W01", "2030-W01", "2030-W01"}},
    {2030, 52, "2029-12-31", {"2030-W52", "2031-W01", "2031-W01", "2031-W01", "2031-W01", "2031-W01"}},
};

/* ---- a clock that can be set ---- */

static bool clock_set, clock_fails, local_fails;
static int64_t clock_seconds;

/* These stand before those of the C library, for this program and the library linked into it. */
int clock_gettime(clockid_t id, struct timespec *out);
int clock_gettime(clockid_t id, struct timespec *out) {
    if (clock_fails) {
        errno = EINVAL;
        return -1;
    }
    if (clock_set) {
        *out = (struct timespec){.tv_sec = clock_seconds, .tv_nsec = 999999999};
        return 0;
    }
    int (*real)(clockid_t, struct timespec *);
    *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    return real(id, out);
}

struct tm *localtime_r(const time_t *instant, struct tm *out);
struct tm *localtime_r(const time_t *instant, struct tm *out) {
    if (local_fails) return NULL;
    struct tm *(*real)(const time_t *, struct tm *);
    *(void **)&real = dlsym(RTLD_NEXT, "localtime_r");
    return real(instant, out);
}

/* ---- a calendar that counts ---- */

static int length_of(int year, int month) {
    if (month == 2) return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

typedef struct date {
    int year, month, day;
    kpi_day number;
    int weekday; /* 0: Monday */
} date;

static const date first_date = {1, 1, 1, -719162, 0}; /* a Monday, says python3 */

static void next_day(date *d) {
    d->number++;
    d->weekday = (d->weekday + 1) % 7;
    if (d->day++ < length_of(d->year, d->month)) return;
    d->day = 1;
    if (d->month++ < 12) return;
    d->month = 1;
    d->year++;
}

static void put(char *p, int value, int places) {
    for (; places--; value /= 10) p[places] = (char)('0' + value % 10);
}

static void put_date(const date *d, char out[11]) {
    memcpy(out, "0000-00-00", 11);
    put(out, d->year, 4);
    put(out + 5, d->month, 2);
    put(out + 8, d->day, 2);
}

/* A day of 1999 or later. */
static kpi_day day_named(const char *text) {
    date d = {1999, 1, 1, 10592, 4};
    char at[11];
    for (put_date(&d, at); strcmp(at, text) != 0; put_date(&d, at)) next_day(&d);
    return d.number;
}

static kpi_day day_of(int year, int month, int day) {
    char text[11];
    put_date(&(date){year, month, day, 0, 0}, text);
    return day_named(text);
}

static void assert_period(kpi_period given, kpi_day first, kpi_day last) {
    assert_int_equal(given.first, first);
    assert_int_equal(given.last, last);
}

/* ---- the calendar ---- */

static void test_every_day(void **state) {
    (void)state;
    date d = first_date;
    char expected[11], text[KPI_PERIOD_SIZE];
    for (; d.year < 10000; next_day(&d)) {
        kpi_day day = 0, utc_day = 0;
        kpi_period period = {0, 0};
        put_date(&d, expected);
        if (kpi_day_format(d.number, text) != 10 || strcmp(text, expected) != 0) fail_msg("%s: %s", expected, text);
        if (kpi_date_parse((kpi_text){expected, 10}, &day, &utc_day) || day != d.number || utc_day != d.number ||
            kpi_period_parse((kpi_text){expected, 10}, &period) || period.first != day || period.last != day)
            fail_msg("%s", expected);
        if (d.day < length_of(d.year, d.month)) continue;
        put(expected + 8, d.day + 1, 2); /* one beyond the month */
        if (!kpi_date_parse((kpi_text){expected, 10}, &day, NULL)) fail_msg("taken: %s", expected);
    }
    assert_int_equal(d.number, 2932897);
}

/* Every unit of every year has the days that counting finds, one follows the other, and every day knows its own. */
static void test_every_unit(void **state) {
    (void)state;
    static const struct { enum kpi_unit unit; const char *mark; int places, months; } units[] = {
        {KPI_UNIT_MONTH, "-", 2, 1}, {KPI_UNIT_QUARTER, "-Q", 1, 3}, {KPI_UNIT_HALF, "-H", 1, 6},
        {KPI_UNIT_YEAR, "", 0, 12},
    };
    for (size_t u = 0; u < KPI__COUNT(units); u++) {
        date d = first_date;
        while (d.year < 10000) {
            date first = d, last = d;
            char expected[12] = "0000", text[KPI_PERIOD_SIZE];
            put(expected, d.year, 4);
            strcat(expected, units[u].mark);
            size_t n = strlen(expected);
            put(expected + n, (d.month - 1) / units[u].months + 1, units[u].places);
            for (int i = 0; i < units[u].months; i++) {
                int days = length_of(d.year, d.month), year = d.year + (d.month == 12);
                last.number = d.number + days - 1;
                d = (date){year, d.month % 12 + 1, 1, d.number + days, 0};
            }
            kpi_period period = {0, 0};
            assert_int_equal(kpi_period_parse(TEXT(expected), &period), KPI_OK);
            assert_period(period, first.number, last.number);
            for (int end = 0; end < 2; end++) {
                period = (kpi_period){0, 0};
                assert_int_equal(kpi_period_of(units[u].unit, end ? last.number : first.number, text, &period),
                                 strlen(expected));
                assert_string_equal(text, expected);
                assert_period(period, first.number, last.number);
            }
            kpi_period_of(units[u].unit, first.number, text, NULL);
            assert_string_equal(text, expected);
        }
    }
    char text[KPI_PERIOD_SIZE];
    kpi_period period = {0, 0};
    assert_int_equal(kpi_period_of(KPI_UNIT_DAY, day_of(2024, 2, 29), text, &period), 10);
    assert_string_equal(text, "2024-02-29");
    assert_period(period, day_of(2024, 2, 29), day_of(2024, 2, 29));
    assert_int_equal(kpi_period_of(KPI_UNIT_DAY, day_of(2024, 3, 1), text, NULL), 10);
    assert_string_equal(text, "2024-03-01");
}

static void test_weeks_of_known_years(void **state) {
    (void)state;
    for (size_t i = 0; i < KPI__COUNT(iso_years); i++) {
        char text[KPI_PERIOD_SIZE];
        kpi_period period = {0, 0};
        for (int week = 1; week <= 54; week++) {
            memcpy(text, "0000-W00", 9);
            put(text, iso_years[i].year, 4);
            put(text + 6, week, 2);
            bool known = week <= iso_years[i].weeks;
            assert_int_equal(kpi_period_parse(TEXT(text), &period), known ? KPI_OK : KPI_DATA);
            kpi_day monday = day_named(iso_years[i].monday) + 7 * ((known ? week : iso_years[i].weeks) - 1);
            assert_period(period, monday, monday + 6);
        }
        for (int d = 0; d < 6; d++) {
            kpi_day day = day_of(iso_years[i].year, 12, 29) + d;
            assert_int_equal(kpi_period_of(KPI_UNIT_WEEK, day, text, &period), 8);
            assert_string_equal(text, iso_years[i].week[d]);
            assert_true(period.first <= day && day <= period.last && kpi_period_days(period) == 7);
        }
    }
}

/* Weeks follow each other without gap through all years, each in the year that has its Thursday. */
static void test_every_week(void **state) {
    (void)state;
    date d = first_date; /* 0001-01-01 is the Monday of 0001-W01 */
    int year = 1, week = 1;
    while (d.number <= 2932896) {
        char expected[9] = "0000-W00", text[KPI_PERIOD_SIZE];
        date thursday = d, monday = d;
        for (int i = 0; i < 3; i++) next_day(&thursday);
        if (thursday.year != year) week = 1;
        year = thursday.year;
        put(expected, year, 4);
        put(expected + 6, week++, 2);
        kpi_period period = {0, 0};
        assert_int_equal(kpi_period_parse(TEXT(expected), &period), KPI_OK);
        assert_period(period, monday.number, monday.number + 6);
        for (int i = 0; i < 7; i++, next_day(&d)) {
            if (i % 3 != 0) continue; /* Monday, Thursday, Sunday */
            kpi_period_of(KPI_UNIT_WEEK, d.number, text, &period);
            assert_string_equal(text, expected);
            assert_period(period, monday.number, monday.number + 6);
        }
    }
}

/* Open ends have texts and units like every day, cut off where kpi_day ends. 2^31 days are 5,879,610 years and more:
 * the dates are those of python3's whole numbers. */
static void test_open_ends(void **state) {
    (void)state;
    static const struct { enum kpi_unit unit; kpi_day day; const char *text; kpi_period period; } cases[] = {
        {KPI_UNIT_DAY, KPI_DAY_FIRST, "-5877641-06-23", {KPI_DAY_FIRST, KPI_DAY_FIRST}},
        {KPI_UNIT_DAY, KPI_DAY_LAST, "5881580-07-11", {KPI_DAY_LAST, KPI_DAY_LAST}},
        {KPI_UNIT_MONTH, KPI_DAY_FIRST, "-5877641-06", {KPI_DAY_FIRST, KPI_DAY_FIRST + 7}},
        {KPI_UNIT_MONTH, KPI_DAY_LAST, "5881580-07", {KPI_DAY_LAST - 10, KPI_DAY_LAST}},
        {KPI_UNIT_YEAR, KPI_DAY_FIRST, "-5877641", {KPI_DAY_FIRST, KPI_DAY_FIRST + 191}},
        {KPI_UNIT_YEAR, KPI_DAY_LAST, "5881580", {KPI_DAY_LAST - 192, KPI_DAY_LAST}},
        {KPI_UNIT_WEEK, KPI_DAY_FIRST, "-5877641-W26", {KPI_DAY_FIRST, KPI_DAY_FIRST + 5}},
        {KPI_UNIT_WEEK, KPI_DAY_LAST, "5881580-W28", {KPI_DAY_LAST - 4, KPI_DAY_LAST}},
        {KPI_UNIT_DAY, -719163, "0000-12-31", {-719163, -719163}},
        {KPI_UNIT_DAY, -719163 - 366, "-0001-12-31", {-719163 - 366, -719163 - 366}},
        {KPI_UNIT_DAY, 2932897, "10000-01-01", {2932897, 2932897}},
        {KPI_UNIT_HALF, 2932897, "10000-H1", {2932897, 2932897 + 181}},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++) {
        char text[KPI_PERIOD_SIZE];
        kpi_period period = {0, 0};
        assert_int_equal(kpi_period_of(cases[i].unit, cases[i].day, text, &period), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
        assert_period(period, cases[i].period.first, cases[i].period.last);
    }
}

/* ---- dates ---- */

static void test_dates(void **state) {
    (void)state;
    static const struct { const char *text; int to_utc; } good[] = { /* days from 2026-10-05 to the day in UTC */
        {"2026-10-05", 0}, {"2026-10-05T00:00", 0}, {"2026-10-05T23:59", 0}, {"2026-10-05T09:30:00", 0},
        {"2026-10-05T23:59:59", 0}, {"2026-10-05T09:30Z", 0}, {"2026-10-05T09:30:00Z", 0}, {"2026-10-05T00:00:00Z", 0},
        {"2026-10-05T07:59+08:00", -1}, {"2026-10-05T07:59:59+08:00", -1}, {"2026-10-05T08:00+08:00", 0},
        {"2026-10-05T15:59-08:00", 0}, {"2026-10-05T15:59:59-08:00", 0}, {"2026-10-05T16:00-08:00", 1},
        {"2026-10-05T00:00+00:00", 0}, {"2026-10-05T00:00-00:00", 0}, {"2026-10-05T00:00+00:01", -1},
        {"2026-10-05T23:59-00:01", 1}, {"2026-10-05T00:00+23:59", -1}, {"2026-10-05T23:59-23:59", 1},
        {"2026-10-05T23:59+23:59", 0}, {"2026-10-05T23:59:00+05:45", 0}, {"2026-10-05T05:44:00+05:45", -1},
    };
    static const char *const bad[] = {
        "", "2026", "2026-10", "2026-10-5", "2026-10-5 ", "2026-1-005", "20261005", "2026/10/05", "2026-10/05",
        "2026.10-05", "2026-10-05 ", " 2026-10-05", "02026-10-05", "2026-00-05", "2026-13-05", "2026-10-00",
        "2026-10-32", "2026-04-31", "2026-06-31", "2026-09-31", "2026-11-31", "2026-01-32", "2026-02-29",
        "2024-02-30", "1900-02-29", "2100-02-29", "0000-01-01", "-001-01-01", "+026-10-05", "202a-10-05",
        "2026-1a-05", "2026-10-0a", "2026-10-0/", "2026-10-0:", "２０２６-10-05", "2026-10-05T", "2026-10-05T09",
        "2026-10-05T09:", "2026-10-05T09:3", "2026-10-05T9:30", "2026-10-05 09:30", "2026-10-05t09:30",
        "2026-10-05T24:00", "2026-10-05T23:60", "2026-10-05T-1:00", "2026-10-05T09-30", "2026-10-05T0a:30",
        "2026-10-05T09:3a", "2026-10-05T09:30:", "2026-10-05T09:30:0", "2026-10-05T09:30:60", "2026-10-05T09:30:0a",
        "2026-10-05T09:30:00.5", "2026-10-05T09:30z", "2026-10-05T09:30ZZ", "2026-10-05T09:30Z ",
        "2026-10-05T09:30:00Z+", "2026-10-05T09:30+08", "2026-10-05T09:30+0800", "2026-10-05T09:30+8:00",
        "2026-10-05T09:30+24:00", "2026-10-05T09:30+08:60", "2026-10-05T09:30*08:00", "2026-10-05T09:30+08:000",
        "2026-10-05T09:30:00 08:00", "2026-10-05T09:30 Z", "2026-10-05T09:30:00:00", "2026-10-05T09:30x",
    };
    for (size_t i = 0; i < KPI__COUNT(good); i++) {
        kpi_day day = 0, utc_day = 0;
        assert_int_equal(kpi_date_parse(TEXT(good[i].text), &day, &utc_day), KPI_OK);
        assert_int_equal(day, day_of(2026, 10, 5));
        assert_int_equal(utc_day - day, good[i].to_utc);
        assert_int_equal(kpi_date_parse(TEXT(good[i].text), &day, NULL), KPI_OK);
    }
    for (size_t i = 0; i < KPI__COUNT(bad); i++) {
        size_t n = strlen(bad[i]);
        char *bytes = malloc(n + !n); /* no NUL behind it */
        assert_non_null(bytes);
        memcpy(bytes, bad[i], n);
        kpi_day day = 77, utc_day = 78;
        if (!kpi_date_parse((kpi_text){bytes, n}, &day, &utc_day)) fail_msg("taken: %s", bad[i]);
        assert_int_equal(kpi_date_parse((kpi_text){bytes, n}, &day, &utc_day), KPI_DATA);
        assert_int_equal(day, 77);
        assert_int_equal(utc_day, 78);
        free(bytes);
    }
    static const struct { const char *text; int second, zone; bool has_time, has_zone; } moments[] = {
        {"2026-10-05", 0, 0, false, false},           {"2026-10-05T00:00", 0, 0, true, false},
        {"2026-10-05T09:30", 34200, 0, true, false},  {"2026-10-05T23:59:59Z", 86399, 0, true, true},
        {"2026-10-05T09:30+08:00", 34200, 480, true, true}, {"2026-10-05T09:30:01-09:30", 34201, -570, true, true},
        {"2026-10-05T09:30-00:00", 34200, 0, true, true},
    };
    for (size_t i = 0; i < KPI__COUNT(moments); i++) {
        kpi__moment m;
        assert_int_equal(kpi__moment_parse(kpi_text_of(moments[i].text), &m), KPI_OK);
        assert_int_equal(m.day, day_of(2026, 10, 5));
        assert_int_equal(m.second, moments[i].second);
        assert_int_equal(m.zone, moments[i].zone);
        assert_int_equal(m.has_time, moments[i].has_time);
        assert_int_equal(m.has_zone, moments[i].has_zone);
    }
    kpi_day day = 77;
    assert_int_equal(kpi_date_parse((kpi_text){NULL, 0}, &day, NULL), KPI_DATA);
    assert_int_equal(kpi_date_parse(TEXT("2024-02-29"), &day, NULL), KPI_OK);
    assert_int_equal(kpi_date_parse(TEXT("2000-02-29"), &day, NULL), KPI_OK);
}

/* ---- periods ---- */

static void test_periods(void **state) {
    (void)state;
    static const struct { const char *text, *first, *last; } good[] = {
        {"2026", "2026-01-01", "2026-12-31"}, {"2026-H1", "2026-01-01", "2026-06-30"},
        {"2026-H2", "2026-07-01", "2026-12-31"}, {"2026-Q1", "2026-01-01", "2026-03-31"},
        {"2026-Q2", "2026-04-01", "2026-06-30"}, {"2026-Q3", "2026-07-01", "2026-09-30"},
        {"2026-Q4", "2026-10-01", "2026-12-31"}, {"2026-10", "2026-10-01", "2026-10-31"},
        {"2026-02", "2026-02-01", "2026-02-28"}, {"2024-02", "2024-02-01", "2024-02-29"},
        {"2000-02", "2000-02-01", "2000-02-29"}, {"2026-12", "2026-12-01", "2026-12-31"},
        {"2026-W45", "2026-11-02", "2026-11-08"}, {"2026-W53", "2026-12-28", "2027-01-03"},
        {"2026-10-05", "2026-10-05", "2026-10-05"}, {"2026-10-01..2026-10-15", "2026-10-01", "2026-10-15"},
        {"2026-10-05..2026-10-05", "2026-10-05", "2026-10-05"}, {"1999-12-31..2026-01-01", "1999-12-31", "2026-01-01"},
    };
    static const char *const bad[] = {
        "", "0000", "202", "20266", "2026-", "2026-1", "2026-001", "2026-00", "2026-13", "2026-0a", "2026-a0",
        "202a", "202a-10", "2026/10", "2026 10", "2026-H0", "2026-H3", "2026-h1", "2026H1", "2026-H", "2026-H11",
        "2026-Q0", "2026-Q5", "2026-q1", "2026-Qa", "2026Q1", "2026-X1", "2026-W00", "2026-W54", "2025-W53",
        "2026-w45", "2026-W4", "2026-W4a", "2026-W455", "2026W45", "2026-X45", "0000-10", "0000-H1", "0000-W10",
        "0000-Q1", "abcd-W10", "2026-02-29", "2026-10-05T09:30", "2026-10-05T09:30:00Z", "2026-10-15..2026-10-01",
        "2026-10-01..2026-10-32", "2026-13-01..2026-10-15", "2026-10-01.:2026-10-15", "2026-10-01:.2026-10-15",
        "2026-10-01...026-10-15", "2026-10-01..2026-10", "2026-10..2026-11", "2026-10-01..2026-10-15 ",
        "..2026-10-15", "2026-10-01..", "today", " 2026", "2026 ", "2026-10 ", "+202",
    };
    for (size_t i = 0; i < KPI__COUNT(good); i++) {
        kpi_period period = {0, 0};
        assert_int_equal(kpi_period_parse(TEXT(good[i].text), &period), KPI_OK);
        assert_period(period, day_named(good[i].first), day_named(good[i].last));
    }
    for (size_t i = 0; i < KPI__COUNT(bad); i++) {
        size_t n = strlen(bad[i]);
        char *bytes = malloc(n + !n), text[KPI_PERIOD_SIZE] = "as it was";
        assert_non_null(bytes);
        memcpy(bytes, bad[i], n);
        kpi_period period = {7, 8};
        if (!kpi_period_parse((kpi_text){bytes, n}, &period)) fail_msg("taken: %s", bad[i]);
        assert_int_equal(kpi_period_parse((kpi_text){bytes, n}, &period), KPI_DATA);
        if (strcmp(bad[i], "today") != 0)
            assert_int_equal(kpi_period_resolve(bad[i], day_of(2026, 10, 5), &period, text), KPI_DATA);
        assert_period(period, 7, 8);
        assert_string_equal(text, "as it was");
        free(bytes);
    }
    kpi_period period;
    assert_int_equal(kpi_period_parse((kpi_text){NULL, 0}, &period), KPI_DATA);
    assert_int_equal(kpi_period_parse(TEXT("9999"), &period), KPI_OK);
    assert_int_equal(period.last, 2932896);
}

static void test_ranges_of_days(void **state) {
    (void)state;
    kpi_period year = {100, 464}, inside = {100, 130}, across = {90, 100}, before = {90, 99};
    assert_true(kpi_period_inside(inside, year) && kpi_period_inside(year, year));
    assert_false(kpi_period_inside(year, inside) || kpi_period_inside(across, year) || kpi_period_inside(before, year));
    assert_true(kpi_period_overlap(across, year) && kpi_period_overlap(year, across));
    assert_true(kpi_period_overlap(year, inside));
    assert_false(kpi_period_overlap(before, year) || kpi_period_overlap(year, before));
    assert_int_equal(kpi_period_days(year), 365);
    assert_true(kpi_period_days((kpi_period){KPI_DAY_FIRST, KPI_DAY_LAST}) == 4294967296);
}

/* ---- words ---- */

static void check_word(const char *word, kpi_day today, const char *expected, kpi_day first, kpi_day last) {
    char text[KPI_PERIOD_SIZE];
    kpi_period period = {0, 0};
    memset(text, '?', sizeof text);
    text[KPI_PERIOD_SIZE - 1] = 0;
    if (kpi_period_resolve(word, today, &period, text) || strcmp(text, expected) != 0)
        fail_msg("%s on day %d: %s, not %s", word, (int)today, text, expected);
    assert_period(period, first, last);
}

/* Months counted through: from[i] is the first day of month i, counted from January 2023. */
static void test_words_on_every_day(void **state) {
    (void)state;
    kpi_day from[7 * 12 + 1];
    from[0] = day_of(2023, 1, 1);
    for (int i = 0; i < 7 * 12; i++) from[i + 1] = from[i] + length_of(2023 + i / 12, i % 12 + 1);
    static const struct { const char *this, *last, *mark; int places, months; } units[] = {
        {"this-month", "last-month", "-", 2, 1}, {"this-quarter", "last-quarter", "-Q", 1, 3},
        {"this-half", "last-half", "-H", 1, 6}, {"this-year", "last-year", "", 0, 12},
    };
    date d = {2024, 1, 1, from[12], 0}, before = {2023, 12, 31, from[12] - 1, 6};
    for (; d.year < 2029; before = d, next_day(&d)) {
        char text[16];
        put_date(&d, text);
        check_word("today", d.number, text, d.number, d.number);
        put_date(&before, text);
        check_word("yesterday", d.number, text, before.number, before.number);
        for (size_t u = 0; u < KPI__COUNT(units); u++) {
            int at = ((d.year - 2023) * 12 + d.month - 1) / units[u].months;
            for (int back = 0; back < 2; back++) {
                int first = (at - back) * units[u].months;
                memset(text, 0, sizeof text);
                put(text, 2023 + first / 12, 4);
                strcat(text, units[u].mark);
                put(text + strlen(text), first % 12 / units[u].months + 1, units[u].places);
                check_word(back ? units[u].last : units[u].this, d.number, text, from[first],
                           from[first + units[u].months] - 1);
            }
        }
    }
}

static void test_weeks_on_every_day(void **state) {
    (void)state;
    date d = {2024, 1, 1, day_of(2024, 1, 1), 0}; /* a Monday, of 2024-W01 */
    char this_week[9] = "2024-W01", last_week[9] = "2023-W52";
    int week = 1;
    for (kpi_day monday = d.number; d.year < 2029; next_day(&d)) {
        if (d.weekday == 0 && d.number != monday) {
            date thursday = d;
            for (int i = 0; i < 3; i++) next_day(&thursday);
            memcpy(last_week, this_week, 9);
            monday = d.number;
            week = thursday.month == 1 && thursday.day <= 7 ? 1 : week + 1;
            put(this_week, thursday.year, 4);
            put(this_week + 6, week, 2);
        }
        check_word("this-week", d.number, this_week, monday, monday + 6);
        check_word("last-week", d.number, last_week, monday - 7, monday - 1);
    }
}

static void test_resolve(void **state) {
    (void)state;
    static const char *const given[] = {
        "2026", "2026-H1", "2026-Q4", "2026-10", "2026-W45", "2026-10-05", "2026-10-01..2026-10-15",
    };
    static const char *const bad[] = {
        "tomorrow", "Today", "this-", "last-", "this-day", "last-day", "this-months", "next-month", "this_month",
        "last_month", "lastmonth", "month", "this-Month", "last-", "yesterdays", "today ",
    };
    kpi_day today = day_of(2026, 3, 31);
    for (size_t i = 0; i < KPI__COUNT(given); i++) {
        kpi_period expected = {0, 0};
        assert_int_equal(kpi_period_parse(TEXT(given[i]), &expected), KPI_OK);
        check_word(given[i], today, given[i], expected.first, expected.last);
    }
    check_word("last-month", today, "2026-02", day_of(2026, 2, 1), day_of(2026, 2, 28));
    for (size_t i = 0; i < KPI__COUNT(bad); i++) {
        char text[KPI_PERIOD_SIZE] = "as it was";
        kpi_period period = {7, 8};
        assert_int_equal(kpi_period_resolve(bad[i], today, &period, text), KPI_DATA);
        assert_period(period, 7, 8);
        assert_string_equal(text, "as it was");
    }
    char text[KPI_PERIOD_SIZE] = "as it was";
    kpi_period period = {7, 8};
    assert_int_equal(kpi_period_resolve(NULL, today, &period, text), KPI_DATA);
    /* nothing before the year 1 and after 9999 has a text that could be read */
    check_word("this-week", -719162, "0001-W01", -719162, -719156);
    check_word("this-week", 2932896, "9999-W52", 2932896 - 4, 2932896 + 2);
    check_word("today", 2932896, "9999-12-31", 2932896, 2932896);
    assert_int_equal(kpi_period_resolve("yesterday", -719162, &period, text), KPI_DATA);
    assert_int_equal(kpi_period_resolve("last-week", -719162, &period, text), KPI_DATA);
    assert_int_equal(kpi_period_resolve("last-year", -719162, &period, text), KPI_DATA);
    assert_int_equal(kpi_period_resolve("today", 2932897, &period, text), KPI_DATA);
    assert_int_equal(kpi_period_resolve("today", -719163, &period, text), KPI_DATA);
    assert_int_equal(kpi_period_resolve("last-year", KPI_DAY_FIRST, &period, text), KPI_DATA);
    assert_period(period, 7, 8);
    assert_string_equal(text, "as it was");
}

/* ---- now ---- */

static void set(const char *name, const char *value) {
    if (value) assert_int_equal(setenv(name, value, 1), 0);
    else assert_int_equal(unsetenv(name), 0);
}

static int reset(void **state) {
    (void)state;
    clock_set = clock_fails = local_fails = false;
    unsetenv("KPI_NOW");
    unsetenv("TZ");
    unsetenv("TZDIR");
    return 0;
}

static void test_now_given(void **state) {
    (void)state;
    static const struct { const char *now, *tz, *today, *utc_day, *stamp; } good[] = {
        {"2026-10-05", NULL, "2026-10-05", "2026-10-05", "2026-10-05T00:00:00Z"},
        {"2026-10-05", "PST8", "2026-10-05", "2026-10-05", "2026-10-05T00:00:00Z"},
        {"2026-10-05", "CST-8", "2026-10-05", "2026-10-05", "2026-10-05T00:00:00Z"},
        {"2026-10-05T09:30:00Z", "UTC", "2026-10-05", "2026-10-05", "2026-10-05T09:30:00Z"},
        {"2026-10-05T09:30:59Z", "", "2026-10-05", "2026-10-05", "2026-10-05T09:30:59Z"},
        {"2026-10-05T15:59:59Z", "CST-8", "2026-10-05", "2026-10-05", "2026-10-05T15:59:59Z"},
        {"2026-10-05T16:00:00Z", "CST-8", "2026-10-06", "2026-10-05", "2026-10-05T16:00:00Z"},
        {"2026-12-31T23:59:59Z", ":CST-8", "2027-01-01", "2026-12-31", "2026-12-31T23:59:59Z"},
        {"2026-03-08T07:59:59Z", "PST8PDT,M3.2.0,M11.1.0", "2026-03-07", "2026-03-08", "2026-03-08T07:59:59Z"},
        {"2026-07-01T06:59:59Z", "PST8PDT,M3.2.0,M11.1.0", "2026-06-30", "2026-07-01", "2026-07-01T06:59:59Z"},
        {"2026-07-01T07:00:00Z", "PST8PDT,M3.2.0,M11.1.0", "2026-07-01", "2026-07-01", "2026-07-01T07:00:00Z"},
        {"2026-01-01T07:59:59Z", "PST8PDT,M3.2.0,M11.1.0", "2025-12-31", "2026-01-01", "2026-01-01T07:59:59Z"},
        {"2026-10-05T18:15:00Z", "<+0545>-5:45", "2026-10-06", "2026-10-05", "2026-10-05T18:15:00Z"},
        {"2026-10-05T18:14:59Z", "<+0545>-5:45", "2026-10-05", "2026-10-05", "2026-10-05T18:14:59Z"},
    };
    static const char *const bad[] = {
        "", " ", "now", "2026", "2026-10", "2026-02-29", "2026-10-05T09:30Z", "2026-10-05T09:30:00",
        "2026-10-05T09:30:60Z", "2026-10-05T09:30:00z", "2026-10-05 09:30:00Z", "2026-10-05T09:30:00+00:00",
        "2026-10-05T09:30:00Z ", "2026-10-05T09:30:000", "0000-01-01", "1790000000",
    };
    for (size_t i = 0; i < KPI__COUNT(good); i++) {
        kpi_now now;
        kpi_error error;
        set("KPI_NOW", good[i].now);
        set("TZ", good[i].tz);
        assert_int_equal(kpi_now_get(&now, &error), KPI_OK);
        assert_int_equal(now.today, day_named(good[i].today));
        assert_int_equal(now.utc_day, day_named(good[i].utc_day));
        assert_string_equal(now.stamp, good[i].stamp);
    }
    set("TZ", NULL);
    for (size_t i = 0; i < KPI__COUNT(bad); i++) {
        kpi_now now = {7, 8, "as it was"};
        kpi_error error;
        char expected[128] = "not a day or a UTC instant: '";
        set("KPI_NOW", bad[i]);
        assert_int_equal(kpi_now_get(&now, &error), KPI_USAGE);
        assert_int_equal(error.code, KPI_USAGE);
        assert_string_equal(error.text, strcat(strcat(expected, bad[i]), "' (KPI_NOW)"));
        assert_int_equal(now.today, 7);
        assert_string_equal(now.stamp, "as it was");
        assert_int_equal(kpi_now_get(&now, NULL), KPI_USAGE);
    }
}

static void test_now_out_of_range(void **state) {
    (void)state;
    static const struct { const char *now, *tz; int code; } cases[] = {
        {"0001-01-01T00:00:00Z", "UTC", KPI_OK}, {"0001-01-01T00:00:00Z", "PST8", KPI_USAGE},
        {"0001-01-01T08:00:00Z", "PST8", KPI_OK}, {"9999-12-31T23:59:59Z", "UTC", KPI_OK},
        {"9999-12-31T23:59:59Z", "CST-8", KPI_USAGE}, {"9999-12-31T15:59:59Z", "CST-8", KPI_OK},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++) {
        kpi_now now;
        kpi_error error;
        set("KPI_NOW", cases[i].now);
        set("TZ", cases[i].tz);
        assert_int_equal(kpi_now_get(&now, &error), cases[i].code);
        if (cases[i].code) assert_string_equal(error.text, "the time is out of range: the years are 0001 to 9999");
        else assert_string_equal(now.stamp, cases[i].now);
    }
    local_fails = true;
    kpi_now now;
    set("KPI_NOW", "2026-10-05T09:30:00Z");
    assert_int_equal(kpi_now_get(&now, NULL), KPI_USAGE);
}

static void test_clock(void **state) {
    (void)state;
    static const struct { int64_t seconds; const char *tz, *today, *utc_day, *stamp; } good[] = { /* date -d@SECONDS */
        {946684800, "UTC", "2000-01-01", "2000-01-01", "2000-01-01T00:00:00Z"},
        {946684799, "UTC", "1999-12-31", "1999-12-31", "1999-12-31T23:59:59Z"},
        {1791192600, "CST-8", "2026-10-05", "2026-10-05", "2026-10-05T09:30:00Z"},
        {1791219600, "CST-8", "2026-10-06", "2026-10-05", "2026-10-05T17:00:00Z"},
        {1791165600, "PST8", "2026-10-04", "2026-10-05", "2026-10-05T02:00:00Z"},
    };
    kpi_now now;
    kpi_error error;
    clock_set = true;
    for (size_t i = 0; i < KPI__COUNT(good); i++) {
        clock_seconds = good[i].seconds;
        set("TZ", good[i].tz);
        assert_int_equal(kpi_now_get(&now, &error), KPI_OK);
        assert_int_equal(now.today, day_named(good[i].today));
        assert_int_equal(now.utc_day, day_named(good[i].utc_day));
        assert_string_equal(now.stamp, good[i].stamp);
    }
    set("TZ", "UTC");
    clock_seconds = -1;
    assert_int_equal(kpi_now_get(&now, &error), KPI_OK);
    assert_string_equal(now.stamp, "1969-12-31T23:59:59Z");
    assert_int_equal(now.today, -1);
    clock_seconds = 253402300800; /* 10000-01-01 */
    assert_int_equal(kpi_now_get(&now, &error), KPI_SYSTEM);
    assert_string_equal(error.text, "the time is out of range: the years are 0001 to 9999");
    set("TZ", "PST8"); /* still 9999 there */
    assert_int_equal(kpi_now_get(&now, &error), KPI_SYSTEM);
    clock_fails = true;
    assert_int_equal(kpi_now_get(&now, &error), KPI_SYSTEM);
    assert_int_equal(error.sys, EINVAL);
    assert_non_null(strstr(error.text, "cannot read the clock"));
    clock_set = clock_fails = false;
    int64_t before = time(NULL);
    assert_int_equal(kpi_now_get(&now, &error), KPI_OK);
    int64_t after = time(NULL);
    assert_true(now.utc_day >= before / 86400 && now.utc_day <= after / 86400);
}

/* ---- time zones ---- */

static void check_zone(const char *tz, bool known) {
    kpi_now now;
    kpi_error error;
    set("KPI_NOW", "2026-10-05");
    set("TZ", tz);
    int code = kpi_now_get(&now, &error);
    if (code != (known ? KPI_OK : KPI_USAGE)) fail_msg("TZ=%s: %d", tz, code);
    if (!known && !*error.text) fail_msg("TZ=%s", tz);
}

static void test_zone_texts(void **state) {
    (void)state;
    static const char *const good[] = {
        "", ":", "UTC", ":UTC", "Etc/UTC", "GMT", "UTC0", "CST-8", ":CST-8", "EST5", "EST+5", "EST05", "EST5EDT",
        "EST5EDT4", "EST5EDT+4", "EST5EDT,M3.2.0,M11.1.0", "EST5EDT4,M3.2.0,M11.1.0", "CET-1CEST,M3.5.0,M10.5.0/3",
        "CET-1CEST-2,M3.5.0/2:00:00,M10.5.0/3:30", "<+0545>-5:45", "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
        "NZST-12:00:00NZDT,J60,J300", "IST-5:30", "AAA0BBB,0,365", "AAA0BBB,J1,J365/167", "LONGNAME24",
        "XYX-24:59:59", "IST-1GMT0,M10.5.0,M3.5.0/1", "<A1->0", "abc0", "XYZxyz0", "AZaz0", "AAA24BBB24,J1,J2",
        "AAA0BBB,M1.1.6/+2,M12.5.0",
    };
    static const char *const bad[] = {
        "Asia/Shangai", "Nowhere", "CST", "CS-8", "C8", "8", "-8", "+08:00", "CST-", "CST+-8", "CST-25", "CST-8:60",
        "CST-8:00:60", "CST-8:", "CST-8:00:", "CST-8:00:00:00", "CST-8 ", " CST-8", "CST-8x", "CST-8xy", "<+08",
        "<+8>-8", "<+08>", "<+0 8>-8", "+08-8", "C1T-8", "EST5EDT,", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,",
        "EST5EDT,M3.2.0,M11.1.0,", "EST5EDT,M3.2.0,M11.1.0x", "EST5EDT,M0.2.0,M11.1.0", "EST5EDT,M13.2.0,M11.1.0",
        "EST5EDT,M3.0.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,M3.2,M11.1.0",
        "EST5EDT,M3,M11.1.0", "EST5EDT,M3.2.,M11.1.0", "EST5EDT,M3.2.0;M11.1.0", "EST5EDT,J0,J1", "EST5EDT,J366,J1",
        "EST5EDT,366,1", "EST5EDT,J,J1", "EST5EDT,K1,K2", "EST5EDT,M3.2.0/,M11.1.0", "EST5EDT,M3.2.0/168,M11.1.0",
        "EST5EDT,M3.2.0/1:60,M11.1.0", "EST5EDTx4y", "EST5EDT4x", "EST5EDT25", "EST5ED", "EST0005", "UTC ", "utc",
        "::UTC", "\xE4\xB8\xAD\xE5\x9B\xBD", "../etc/passwd", "Asia/../UTC", "/", "/etc/passwd", "/nowhere/UTC",
    };
    set("TZDIR", "/nowhere");
    for (size_t i = 0; i < KPI__COUNT(good); i++) check_zone(good[i], true);
    for (size_t i = 0; i < KPI__COUNT(bad); i++) check_zone(bad[i], false);
    check_zone(NULL, true);
    kpi_now now;
    kpi_error error;
    set("TZ", "Asia/Shangai");
    assert_int_equal(kpi_now_get(&now, &error), KPI_USAGE);
    assert_string_equal(error.text, "unknown time zone: 'Asia/Shangai' (TZ)");
    set("TZ", ":A\x1B[2J");
    assert_int_equal(kpi_now_get(&now, &error), KPI_USAGE);
    assert_string_equal(error.text, "unknown time zone: ':A<U+001B>[2J' (TZ)");
}

static void write_file(const char *folder, const char *name, const char *bytes) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, strlen(bytes), file), strlen(bytes));
    assert_int_equal(fclose(file), 0);
}

static void test_zone_files(void **state) {
    (void)state;
    static const char *const names[] = {"Town", "zone.tab", "short", "Land/City", "Land/fifo"};
    char folder[] = "/tmp/test_period.XXXXXX", path[256], longer[5000];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/Land", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    write_file(folder, "Town", "TZif2 and so on");
    write_file(folder, "Land/City", "TZif2 and so on");
    write_file(folder, "zone.tab", "# a text");
    write_file(folder, "short", "TZi");
    snprintf(path, sizeof path, "%s/Land/fifo", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    set("TZDIR", folder);
    check_zone("Town", true);
    check_zone(":Town", true);
    check_zone("Land/City", true);
    check_zone("town", false);
    check_zone("Land", false);
    check_zone("Land/fifo", false);
    check_zone("zone.tab", false);
    check_zone("short", false);
    check_zone("Land/../Town", false);
    snprintf(path, sizeof path, "%s/Land/City", folder);
    check_zone(path, true);
    snprintf(path, sizeof path, ":%s/Town", folder);
    check_zone(path, true);
    check_zone(folder, false);
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    check_zone(longer, false);
    longer[2500] = 0;
    set("TZDIR", longer);
    longer[2499] = 0;
    check_zone(longer, false); /* either fits a path, both do not */
    set("TZDIR", "");
    check_zone("Town", false);
    set("TZDIR", NULL);
    check_zone("Town", false);
    if (access("/usr/share/zoneinfo/Asia/Shanghai", R_OK) == 0) {
        check_zone("Asia/Shanghai", true);
        set("TZDIR", "");
        check_zone("Asia/Shanghai", true);
    }
    for (size_t i = 0; i < KPI__COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        assert_int_equal(unlink(path), 0);
    }
    snprintf(path, sizeof path, "%s/Land", folder);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

/* ---- parts, and what was a year before ---- */

static kpi_period period_of(const char *text) {
    kpi_period period;
    assert_int_equal(kpi_period_parse(TEXT(text), &period), KPI_OK);
    return period;
}

/* The parts of whole, a blank between them. */
static const char *parts_of(const char *whole, enum kpi_unit unit) {
    static char text[16384];
    size_t n = 0;
    kpi_period period = period_of(whole), part, same;
    *text = 0;
    for (kpi_day day = period.first; day <= period.last; day = part.last + 1) {
        char name[KPI_PERIOD_SIZE];
        size_t length = kpi_period_part(period, unit, day, name, &part);
        assert_int_equal(length, strlen(name));
        assert_true(part.first == day && part.last >= day && part.last <= period.last);
        same = period_of(name); /* the text says the same */
        assert_true(kpi_period_same(part, same));
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? " " : "", name);
        assert_true(n < sizeof text);
    }
    return text;
}

static void test_parts(void **state) {
    (void)state;
    static const struct {
        const char *whole;
        enum kpi_unit unit;
        const char *parts;
    } cases[] = {
        {"2026", KPI_UNIT_QUARTER, "2026-Q1 2026-Q2 2026-Q3 2026-Q4"},
        {"2026", KPI_UNIT_HALF, "2026-H1 2026-H2"},
        {"2026", KPI_UNIT_YEAR, "2026"},
        {"2026-Q4", KPI_UNIT_MONTH, "2026-10 2026-11 2026-12"},
        {"2026-10", KPI_UNIT_WEEK, /* 1 October is a Thursday, the 31st a Saturday */
         "2026-10-01..2026-10-04 2026-W41 2026-W42 2026-W43 2026-10-26..2026-10-31"},
        {"2026-11", KPI_UNIT_WEEK, "2026-11-01 2026-W45 2026-W46 2026-W47 2026-W48 2026-11-30"},
        {"2027-02", KPI_UNIT_WEEK, "2027-W05 2027-W06 2027-W07 2027-W08"}, /* Monday the 1st, 28 days */
        {"2026-12-28..2027-01-10", KPI_UNIT_WEEK, "2026-W53 2027-W01"},
        {"2026-W45", KPI_UNIT_DAY,
         "2026-11-02 2026-11-03 2026-11-04 2026-11-05 2026-11-06 2026-11-07 2026-11-08"},
        {"2026-W45", KPI_UNIT_MONTH, "2026-11-02..2026-11-08"},
        {"2026-01-31..2026-03-01", KPI_UNIT_MONTH, "2026-01-31 2026-02 2026-03-01"},
        {"2025-11-15..2026-07-20", KPI_UNIT_HALF, "2025-11-15..2025-12-31 2026-H1 2026-07-01..2026-07-20"},
        {"2025-11-15..2026-07-20", KPI_UNIT_YEAR, "2025-11-15..2025-12-31 2026-01-01..2026-07-20"},
        {"9999-12-30..9999-12-31", KPI_UNIT_WEEK, "9999-12-30..9999-12-31"},
        {"0001-01-01", KPI_UNIT_WEEK, "0001-01-01"},
    };
    for (size_t i = 0; i < KPI__COUNT(cases); i++)
        assert_string_equal(parts_of(cases[i].whole, cases[i].unit), cases[i].parts);
    assert_int_equal(strlen(parts_of("2028", KPI_UNIT_DAY)), 366 * 11 - 1);
}

static void check_before(const char *period, enum kpi_unit unit, const char *first, const char *last) {
    kpi_period before = kpi_period_year_before(period_of(period), unit);
    char text[KPI_PERIOD_SIZE];
    kpi_day_format(before.first, text);
    assert_string_equal(text, first);
    kpi_day_format(before.last, text);
    assert_string_equal(text, last);
}

static void test_year_before(void **state) {
    (void)state;
    check_before("2026-10", KPI_UNIT_MONTH, "2025-10-01", "2025-10-31");
    check_before("2029-02", KPI_UNIT_MONTH, "2028-02-01", "2028-02-29");
    check_before("2028-02", KPI_UNIT_MONTH, "2027-02-01", "2027-02-28");
    check_before("2029-Q1", KPI_UNIT_QUARTER, "2028-01-01", "2028-03-31");
    check_before("2026-H2", KPI_UNIT_HALF, "2025-07-01", "2025-12-31");
    check_before("2025", KPI_UNIT_YEAR, "2024-01-01", "2024-12-31");
    check_before("2026-01-15..2026-01-20", KPI_UNIT_MONTH, "2025-01-15", "2025-01-20");
    check_before("2028-02-01..2028-02-28", KPI_UNIT_MONTH, "2027-02-01", "2027-02-28");
    check_before("2028-02-29..2028-03-10", KPI_UNIT_YEAR, "2027-02-28", "2027-03-10");
    check_before("2026-12-01..2026-12-30", KPI_UNIT_MONTH, "2025-12-01", "2025-12-30");
    check_before("2026-W45", KPI_UNIT_WEEK, "2025-11-03", "2025-11-09"); /* 2025-W45 */
    check_before("2026-W53", KPI_UNIT_WEEK, "2025-12-29", "2026-01-04");
    check_before("2026-11-02", KPI_UNIT_DAY, "2025-11-03", "2025-11-03"); /* Mondays */
    check_before("2026-10-01..2026-10-04", KPI_UNIT_WEEK, "2025-10-02", "2025-10-05");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_every_unit),
        cmocka_unit_test(test_weeks_of_known_years),
        cmocka_unit_test(test_every_week),
        cmocka_unit_test(test_open_ends),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_periods),
        cmocka_unit_test(test_ranges_of_days),
        cmocka_unit_test(test_words_on_every_day),
        cmocka_unit_test(test_weeks_on_every_day),
        cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_year_before),
        cmocka_unit_test_setup_teardown(test_now_given, reset, reset),
        cmocka_unit_test_setup_teardown(test_now_out_of_range, reset, reset),
        cmocka_unit_test_setup_teardown(test_clock, reset, reset),
        cmocka_unit_test_setup_teardown(test_zone_texts, reset, reset),
        cmocka_unit_test_setup_teardown(test_zone_files, reset, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
