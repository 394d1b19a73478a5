/* period.c - days, periods of days, and what day it is.
 *
 * A day is a number; years, months and days of the month come of it by counting in years that begin on 1 March, from
 * one so long ago that there is nothing negative. The table of units serves reading and printing alike. */
#include "internal.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DATE_LENGTH = 10, RANGE_LENGTH = 22, STAMP_LENGTH = 20, DAY_SECONDS = 24 * 60 * 60 };

/* 0001-01-01 and 9999-12-31 */
enum { FIRST_READ = -719162, LAST_READ = 2932896 };

/* ---- calendar ---- */

typedef struct civil {
    int64_t year;
    int month, day;
} civil;

/* The year -8000000, a whole number of eras of 400 years before the year 0, begins so many days before 1970. */
enum { YEARS_BEFORE = 8000000, ERA_YEARS = 400, ERA_DAYS = 146097 };
#define DAYS_BEFORE ((int64_t)YEARS_BEFORE / ERA_YEARS * ERA_DAYS + 719468)

/* month 13 is January of the next year. */
static inline int64_t days_of(int64_t year, int month, int day) {
    uint32_t y = (uint32_t)(year + YEARS_BEFORE - (month <= 2)), leaps = y / 4 - y / 100 + y / 400;
    int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return (int64_t)y * 365 + leaps + of_year - DAYS_BEFORE;
}

static civil civil_of(int64_t day) {
    uint64_t days = (uint64_t)(day + DAYS_BEFORE);
    int64_t era = (int64_t)(days / ERA_DAYS);
    int rest = (int)(days % ERA_DAYS), of_era = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
    int of_year = rest - (365 * of_era + of_era / 4 - of_era / 100), month = (5 * of_year + 2) / 153;
    civil c = {of_era + era * ERA_YEARS - YEARS_BEFORE, month < 10 ? month + 3 : month - 9,
               of_year - (153 * month + 2) / 5 + 1};
    c.year += c.month <= 2;
    return c;
}

static inline bool is_day(int year, int month, int day) {
    static const char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || month < 1 || month > 12 || day < 1) return false;
    if (day <= lengths[month - 1]) return true;
    return day == 29 && year % 4 == 0 && (year % 100 || year % 400 == 0); /* only February has fewer */
}

static int64_t monday_of(int64_t day) {
    return day - (day + DAYS_BEFORE + 2) % 7; /* DAYS_BEFORE is 1 more than whole weeks, day 0 a Thursday */
}

static int64_t first_monday(int64_t year) { /* of ISO week 1, which has 4 January in it */
    return monday_of(days_of(year, 1, 4));
}

static kpi_day to_day(int64_t day) {
    return day < KPI_DAY_FIRST ? KPI_DAY_FIRST : day > KPI_DAY_LAST ? KPI_DAY_LAST : (kpi_day)day;
}

/* ---- units ---- */

static const struct unit {
    const char *name, *mark; /* mark: between the year and the number */
    unsigned mark_length, places;
    int months;              /* 0: weeks */
} units[] = {
    [KPI_UNIT_WEEK] = {"week", "-W", 2, 2, 0},     [KPI_UNIT_MONTH] = {"month", "-", 1, 2, 1},
    [KPI_UNIT_QUARTER] = {"quarter", "-Q", 2, 1, 3}, [KPI_UNIT_HALF] = {"half", "-H", 2, 1, 6},
    [KPI_UNIT_YEAR] = {"year", "", 0, 0, 12},
};

/* The days of the unit with this number in the year, from 1 on; first > last where there is none. */
static inline kpi_period days_of_unit(const struct unit *unit, int64_t year, int number) {
    if (number < 1 || number > (unit->months ? 12 / unit->months : 53)) return (kpi_period){1, 0};
    if (unit->months) {
        int next = number * unit->months + 1;
        return (kpi_period){to_day(days_of(year, next - unit->months, 1)), to_day(days_of(year, next, 1) - 1)};
    }
    int64_t monday = first_monday(year) + 7 * (number - 1);
    if (number == 53 && monday == first_monday(year + 1)) return (kpi_period){1, 0};
    return (kpi_period){to_day(monday), to_day(monday + 6)};
}

/* ---- printing ---- */

static char *put_number(char *p, int value, unsigned places) {
    for (unsigned i = places; i > 0; value /= 10) p[--i] = (char)('0' + value % 10);
    return p + places;
}

/* Years that cannot be read come from open ends only. */
static char *put_year(char *p, int64_t year) {
    if (year < 0) {
        *p++ = '-';
        year = -year;
    }
    unsigned places = 4;
    for (int64_t limit = 10000; year >= limit; limit *= 10) places++;
    return put_number(p, (int)year, places);
}

size_t kpi_day_format(kpi_day day, char out[KPI_PERIOD_SIZE]) {
    civil c = civil_of(day);
    char *p = put_year(out, c.year);
    *p++ = '-';
    p = put_number(p, c.month, 2);
    *p++ = '-';
    p = put_number(p, c.day, 2);
    *p = 0;
    return (size_t)(p - out);
}

size_t kpi_period_of(enum kpi_unit of, kpi_day day, char out[KPI_PERIOD_SIZE], kpi_period *period) {
    if (of == KPI_UNIT_DAY) {
        if (period) *period = (kpi_period){day, day};
        return kpi_day_format(day, out);
    }
    const struct unit *unit = &units[of];
    int64_t in_year = unit->months ? day : monday_of(day) + 3; /* a week is of the year that has its Thursday */
    civil c = civil_of(in_year);
    int number = unit->months ? (c.month - 1) / unit->months + 1 : (int)((in_year - first_monday(c.year)) / 7) + 1;
    char *p = put_year(out, c.year);
    p = (char *)memcpy(p, unit->mark, unit->mark_length) + unit->mark_length;
    p = put_number(p, number, unit->places);
    *p = 0;
    if (period) *period = days_of_unit(unit, c.year, number);
    return (size_t)(p - out);
}

/* ---- parts, and what was a year before ---- */

size_t kpi_period_part(kpi_period whole, enum kpi_unit unit, kpi_day day, char out[KPI_PERIOD_SIZE], kpi_period *part) {
    size_t n = kpi_period_of(unit, day, out, part);
    if (kpi_period_inside(*part, whole)) return n;
    if (part->first < whole.first) part->first = whole.first;
    if (part->last > whole.last) part->last = whole.last;
    n = kpi_day_format(part->first, out);
    if (part->first == part->last) return n;
    out[n] = out[n + 1] = '.';
    return n + 2 + kpi_day_format(part->last, out + n + 2);
}

/* day in its month of the year before; where that is shorter, or with `end`, its last day. */
static kpi_day year_before(kpi_day day, bool end) {
    civil c = civil_of(day);
    int64_t next = days_of(c.year - 1, c.month + 1, 1), same = days_of(c.year - 1, c.month, c.day);
    return to_day(end || same >= next ? next - 1 : same);
}

kpi_period kpi_period_year_before(kpi_period period, enum kpi_unit unit) {
    enum { WEEKS = 52 * 7 };
    if (unit == KPI_UNIT_DAY || unit == KPI_UNIT_WEEK)
        return (kpi_period){to_day((int64_t)period.first - WEEKS), to_day((int64_t)period.last - WEEKS)};
    bool end = civil_of((int64_t)period.last + 1).day == 1;
    return (kpi_period){year_before(period.first, false), year_before(period.last, end)};
}

/* ---- reading ---- */

static inline bool read_number(const char *p, unsigned places, int *out) {
    unsigned value = 0, odd = 0;
    for (unsigned i = 0; i < places; i++) {
        unsigned digit = (unsigned char)p[i] - (unsigned)'0';
        odd |= digit > 9;
        value = value * 10 + digit;
    }
    *out = (int)value;
    return !odd;
}

static inline bool read_day(const char *p, kpi_day *out) {
    int year, month, day;
    if (!read_number(p, 4, &year) || p[4] != '-' || !read_number(p + 5, 2, &month) || p[7] != '-') return false;
    if (!read_number(p + 8, 2, &day) || !is_day(year, month, day)) return false;
    *out = (kpi_day)days_of(year, month, day);
    return true;
}

/* HH:MM, as minutes. */
static bool read_clock(const char *p, int *minutes) {
    int hour, minute;
    if (!read_number(p, 2, &hour) || p[2] != ':' || !read_number(p + 3, 2, &minute)) return false;
    *minutes = hour * 60 + minute;
    return hour < 24 && minute < 60;
}

/* THH:MM[:SS][Z|+-HH:MM] */
static bool read_time(const char *p, const char *end, kpi__moment *m) {
    int minutes, second = 0;
    if (end - p < 6 || *p != 'T' || !read_clock(p + 1, &minutes)) return false;
    p += 6;
    if (end - p >= 3 && *p == ':') {
        if (!read_number(p + 1, 2, &second) || second > 59) return false;
        p += 3;
    }
    m->has_time = true;
    m->second = minutes * 60 + second;
    if (p == end) return true;
    m->has_zone = true;
    if (*p == 'Z') return p + 1 == end;
    if (end - p != 6 || (*p != '+' && *p != '-') || !read_clock(p + 1, &m->zone)) return false;
    if (*p == '-') m->zone = -m->zone;
    return true;
}

int kpi__moment_parse(kpi_text text, kpi__moment *out) {
    kpi__moment m = {0};
    if (text.len < DATE_LENGTH || !read_day(text.ptr, &m.day)) return KPI_DATA;
    if (text.len > DATE_LENGTH && !read_time(text.ptr + DATE_LENGTH, text.ptr + text.len, &m)) return KPI_DATA;
    *out = m;
    return KPI_OK;
}

int kpi_date_parse(kpi_text text, kpi_day *day, kpi_day *utc_day) {
    kpi__moment m;
    if (kpi__moment_parse(text, &m)) return KPI_DATA;
    int utc = m.second - m.zone * 60;
    *day = m.day;
    if (utc_day) *utc_day = m.day + (utc >= DAY_SECONDS) - (utc < 0);
    return KPI_OK;
}

static inline int parse_unit(const struct unit *unit, kpi_text text, kpi_period *out) {
    int year, number = 1;
    const char *mark = text.ptr + 4;
    if (memcmp(mark, unit->mark, unit->mark_length) != 0) return KPI_DATA;
    if (unit->places && !read_number(mark + unit->mark_length, unit->places, &number)) return KPI_DATA;
    if (!read_number(text.ptr, 4, &year) || year < 1) return KPI_DATA;
    kpi_period period = days_of_unit(unit, year, number);
    if (period.first > period.last) return KPI_DATA;
    *out = period;
    return KPI_OK;
}

int kpi_period_parse(kpi_text text, kpi_period *out) {
    kpi_period days;
    if (text.len == DATE_LENGTH || text.len == RANGE_LENGTH) {
        if (!read_day(text.ptr, &days.first)) return KPI_DATA;
        days.last = days.first;
        const char *dots = text.ptr + DATE_LENGTH;
        if (text.len == RANGE_LENGTH && (dots[0] != '.' || dots[1] != '.' || !read_day(dots + 2, &days.last)))
            return KPI_DATA;
        if (days.first > days.last) return KPI_DATA;
        *out = days;
        return KPI_OK;
    }
    for (int i = KPI_UNIT_WEEK; i <= KPI_UNIT_YEAR; i++)
        if (text.len == 4 + units[i].mark_length + units[i].places && !parse_unit(&units[i], text, out)) return KPI_OK;
    return KPI_DATA;
}

/* today, yesterday, this-UNIT, last-UNIT */
static bool find_words(const char *text, enum kpi_unit *unit, bool *last) {
    *unit = KPI_UNIT_DAY;
    *last = strcmp(text, "yesterday") == 0;
    if (*last || strcmp(text, "today") == 0) return true;
    *last = strncmp(text, "last-", 5) == 0;
    if (!*last && strncmp(text, "this-", 5) != 0) return false;
    for (int i = KPI_UNIT_WEEK; i <= KPI_UNIT_YEAR; i++) {
        if (strcmp(text + 5, units[i].name) != 0) continue;
        *unit = (enum kpi_unit)i;
        return true;
    }
    return false;
}

static bool is_read(int64_t day) {
    return day >= FIRST_READ && day <= LAST_READ;
}

int kpi_period_resolve(const char *text, kpi_day today, kpi_period *out, char text_out[KPI_PERIOD_SIZE]) {
    kpi_text given = kpi_text_of(text);
    enum kpi_unit unit;
    bool last;
    kpi_period period;
    char name[KPI_PERIOD_SIZE];
    if (!kpi_period_parse(given, out)) {
        memmove(text_out, given.ptr, given.len);
        text_out[given.len] = 0;
        return KPI_OK;
    }
    if (!find_words(given.ptr, &unit, &last) || !is_read(today)) return KPI_DATA;
    size_t length = kpi_period_of(unit, today, name, &period);
    if (last) length = kpi_period_of(unit, period.first - 1, name, &period);
    if (kpi_period_parse((kpi_text){name, length}, out)) return KPI_DATA; /* before the year 1 */
    memcpy(text_out, name, length + 1);
    return KPI_OK;
}

/* ---- time zones ---- */
/* The C library takes UTC for a TZ it does not understand, without a word: so it is checked here. */

static bool scan_char(const char **p, char c) {
    if (**p != c) return false;
    ++*p;
    return true;
}

static bool scan_number(const char **p, int least, int most) {
    const char *start = *p;
    int value = 0;
    for (; **p >= '0' && **p <= '9' && *p - start < 3; ++*p) value = value * 10 + (**p - '0');
    return *p > start && value >= least && value <= most;
}

/* EST, or <+08> */
static bool scan_name(const char **p) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
    bool quoted = scan_char(p, '<');
    size_t n = 0;
    while ((*p)[n] && memchr(letters, (*p)[n], quoted ? 64 : 52)) n++;
    *p += n;
    return n >= 3 && (!quoted || scan_char(p, '>'));
}

/* [+-]hh[:mm[:ss]] */
static bool scan_time(const char **p, int hours) {
    if (!scan_char(p, '-')) scan_char(p, '+');
    if (!scan_number(p, 0, hours)) return false;
    for (int i = 0; i < 2 && scan_char(p, ':'); i++)
        if (!scan_number(p, 0, 59)) return false;
    return true;
}

/* ,Mm.w.d or ,Jn or ,n with or without /time */
static bool scan_rule(const char **p) {
    if (!scan_char(p, ',')) return false;
    if (scan_char(p, 'M')) {
        if (!scan_number(p, 1, 12) || !scan_char(p, '.') || !scan_number(p, 1, 5) || !scan_char(p, '.') ||
            !scan_number(p, 0, 6))
            return false;
    } else if (!(scan_char(p, 'J') ? scan_number(p, 1, 365) : scan_number(p, 0, 365))) {
        return false;
    }
    return !scan_char(p, '/') || scan_time(p, 167);
}

/* POSIX: std offset [dst [offset] [,start,end]] */
static bool is_zone_text(const char *p) {
    if (!scan_name(&p) || !scan_time(&p, 24)) return false;
    if (!*p) return true;
    if (!scan_name(&p)) return false;
    if (*p && *p != ',' && !scan_time(&p, 24)) return false;
    return !*p || (scan_rule(&p) && scan_rule(&p) && !*p);
}

static bool is_zone_file(const char *path) {
    char magic[4];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return false;
    bool known = read(fd, magic, sizeof magic) == sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0;
    close(fd);
    return known;
}

static bool is_zone(const char *tz) {
    static const char *const utc[] = {"", "UTC", "Etc/UTC", "GMT"}; /* right without any files, too */
    if (*tz == ':') tz++;
    for (size_t i = 0; i < KPI__COUNT(utc); i++)
        if (strcmp(tz, utc[i]) == 0) return true;
    if (is_zone_text(tz)) return true;
    if (strstr(tz, "..")) return false;
    if (*tz == '/') return is_zone_file(tz);
    const char *folder = getenv("TZDIR");
    if (!folder || !*folder) folder = "/usr/share/zoneinfo";
    char path[PATH_MAX];
    size_t n = strlen(folder), m = strlen(tz);
    if (n + m + 2 > sizeof path) return false;
    memcpy(path, folder, n);
    path[n] = '/';
    memcpy(path + n + 1, tz, m + 1);
    return is_zone_file(path);
}

/* ---- now ---- */

/* KPI_NOW: as seconds; *whole_day when it names no time. */
static bool read_now(const char *string, int64_t *seconds, bool *whole_day) {
    kpi_text text = kpi_text_of(string);
    kpi_day day;
    int minutes = 0, second = 0;
    *whole_day = text.len == DATE_LENGTH;
    /* of the forms of a date, YYYY-MM-DDTHH:MM:SSZ alone has this length */
    if ((!*whole_day && text.len != STAMP_LENGTH) || kpi_date_parse(text, &day, NULL)) return false;
    if (!*whole_day) {
        read_clock(string + 11, &minutes);
        read_number(string + 17, 2, &second);
    }
    *seconds = (int64_t)day * DAY_SECONDS + minutes * 60 + second;
    return true;
}

static bool local_day(int64_t seconds, int64_t *day) {
    time_t instant = seconds;
    struct tm local;
    tzset();
    if (!localtime_r(&instant, &local)) return false;
    *day = days_of((int64_t)local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
    return true;
}

static void put_stamp(char out[STAMP_LENGTH + 1], kpi_day day, int second) {
    const int parts[] = {second / 3600, second / 60 % 60, second % 60};
    char text[KPI_PERIOD_SIZE], *p = text + kpi_day_format(day, text);
    for (size_t i = 0; i < KPI__COUNT(parts); i++) {
        *p++ = i ? ':' : 'T';
        p = put_number(p, parts[i], 2);
    }
    *p = 'Z';
    memcpy(out, text, STAMP_LENGTH);
    out[STAMP_LENGTH] = 0;
}

int kpi_now_get(kpi_now *out, kpi_error *error) {
    const char *given = getenv("KPI_NOW"), *tz = getenv("TZ");
    struct timespec clock;
    int64_t seconds;
    bool whole_day = false;
    if (tz && !is_zone(tz))
        return kpi__fail(error, KPI_USAGE, "unknown time zone: %s (TZ)", KPI__QUOTE(kpi_text_of(tz)));
    if (given && !read_now(given, &seconds, &whole_day))
        return kpi__fail(error, KPI_USAGE, "not a day or a UTC instant: %s (KPI_NOW)", KPI__QUOTE(kpi_text_of(given)));
    if (!given) {
        if (clock_gettime(CLOCK_REALTIME, &clock)) return kpi__fail_errno(error, NULL, "cannot read the clock");
        seconds = clock.tv_sec;
    }
    int second = (int)(seconds % DAY_SECONDS);
    if (second < 0) second += DAY_SECONDS;
    int64_t utc_day = (seconds - second) / DAY_SECONDS, today = utc_day;
    if ((!whole_day && !local_day(seconds, &today)) || !is_read(today) || !is_read(utc_day))
        return kpi__fail(error, given ? KPI_USAGE : KPI_SYSTEM, "the time is out of range: the years are 0001 to 9999");
    out->today = (kpi_day)today;
    out->utc_day = (kpi_day)utc_day;
    put_stamp(out->stamp, out->utc_day, second);
    return KPI_OK;
}
