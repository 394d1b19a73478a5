/* test_book.c - book.c: reading the books of managers and clients, and asking who belonged where, when. */
#include "unit.h"

static kpi_book *book_of(enum kpi_record_kind kind, const char *text) {
    kpi_error error;
    kpi_book *book = NULL;
    expect_ok(kpi_book_new(&book, kind, &error), &error);
    expect_ok(kpi_book_read(book, temp_file("book", kpi_text_of(text)), NULL, &error), &error);
    return book;
}

/* "who|name|of|as|first..last" a line, open ends empty. */
static const char *contents(const kpi_book *book) {
    static char text[8192];
    size_t n = 0;
    *text = 0;
    for (size_t i = 0; i < kpi_book_size(book); i++) {
        const kpi_entry *e = kpi_book_entry(book, i);
        char first[KPI_PERIOD_SIZE] = "", last[KPI_PERIOD_SIZE] = "";
        if (e->days.first != KPI_DAY_FIRST) kpi_day_format(e->days.first, first);
        if (e->days.last != KPI_DAY_LAST) kpi_day_format(e->days.last, last);
        n += (size_t)snprintf(text + n, sizeof text - n, "%s|%s|%s|%s|%s..%s\n", e->who, e->name, e->of, e->as, first,
                              last);
        assert_true(n < sizeof text);
    }
    return text;
}

/* ---- reading ---- */

static void test_contents(void **state) {
    (void)state;
    static const struct {
        enum kpi_record_kind kind;
        const char *text, *contents;
    } cases[] = {
        {KPI_MANAGER, "", ""},
        {KPI_MANAGER, "# nobody\n", ""},
        {KPI_MANAGER, "a\tAnn\teast\tjunior\t2026-01-01\t2026-06-30\n", "a|Ann|east|junior|2026-01-01..2026-06-30\n"},
        {KPI_MANAGER, "a\t\t\t\t\t\n", "a||||..\n"},
        {KPI_MANAGER, "a\t\t\t\t\t\tmore\tof\tit\n", "a||||..\n"},
        {KPI_MANAGER, "a\t\t\t\t2026-10-05T23:00-12:00\t2026-10-05\n", "a||||2026-10-05..2026-10-05\n"},
        {KPI_MANAGER, "张敏\t\teast\t\t\t\nZ\t\t\t\t\t\na\t\t\t\t\t\nab\t\t\t\t\t\n", /* by bytes */
         "Z||||..\na||||..\nab||||..\n张敏||east||..\n"},
        {KPI_MANAGER, "a\t\twest\t\t2026-07-01\t\na\t\teast\t\t\t2026-06-30\n", /* by days, touching */
         "a||east||..2026-06-30\na||west||2026-07-01..\n"},
        {KPI_CLIENT, "C1\tShop\ta\tkey\t2026-01-01\t\n", "C1|Shop|a|key|2026-01-01..\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_book *book = book_of(cases[i].kind, cases[i].text);
        assert_string_equal(contents(book), cases[i].contents);
        kpi_book_free(book);
    }
    kpi_book_free(NULL);
}

static void test_places(void **state) {
    (void)state;
    kpi_error error;
    kpi_book *book = book_of(KPI_MANAGER, "#\nb\t\t\t\t\t\na\t\t\t\t\t\n");
    expect_ok(kpi_book_read(book, temp_file("more", TEXT("aa\t\t\t\t\t\n")), NULL, &error), &error);
    static const struct {
        const char *who, *file;
        uint64_t line;
    } expected[] = {{"a", "book", 3}, {"aa", "more", 1}, {"b", "book", 2}};
    assert_int_equal(kpi_book_size(book), COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        const kpi_entry *entry = kpi_book_entry(book, i);
        assert_string_equal(entry->who, expected[i].who);
        assert_string_equal(strrchr(entry->place.file, '/') + 1, expected[i].file);
        assert_int_equal(entry->place.line, expected[i].line);
        assert_int_equal(entry->place.column, 0);
    }
    kpi_book_free(book);
}

/* What is wrong in one file: told with a report, which leaves it out; the first of it fails without one. F stands for
 * the path. */
static const struct {
    const char *text, *faults, *contents;
} faulty[] = {
    {"a\t\t\t\t2026-02-01\t2026-01-31\nb\t\t\t\t\t\n", "F:1:6: left before joined: '2026-01-31'\n", "b||||..\n"},
    {"a\t\t\t\n\tname\t\t\t\t\nb\t\t\t\tx\t\nc\t\t\t\t\t\n",
     "F:1: 4 fields, a manager line has 6\nF:2:1: no manager\nF:3:5: not a date: 'x'\n", "c||||..\n"},
    {"a\t\t1\t\t\t2026-06-30\na\t\t2\t\t2026-06-30\t\n", "F:2: the days of 'a' overlap those of F:1\n",
     "a||1||..2026-06-30\n"},
    {"a\t\t1\t\t2026-06-30\t\na\t\t2\t\t\t2026-06-30\n",
     "F:2: the days of 'a' overlap those of F:1\n", /* the later line */
     "a||1||2026-06-30..\n"},
    {"a\t\t1\t\t\t\na\t\t2\t\t\t\na\t\t3\t\t\t\n",
     "F:2: the days of 'a' overlap those of F:1\nF:3: the days of 'a' overlap those of F:1\n", "a||1||..\n"},
    {"a\t\t1\t\t2026-01-01\t2026-12-31\na\t\t2\t\t2026-02-01\t2026-02-10\na\t\t3\t\t2026-12-31\t\na\t\t4\t\t2027-01-"
     "01\t\n",
     "F:2: the days of 'a' overlap those of F:1\nF:3: the days of 'a' overlap those of F:1\n",
     "a||1||2026-01-01..2026-12-31\na||4||2027-01-01..\n"},
};

/* text with each F at the start of a line or after "of " replaced by path. */
static const char *with_path(const char *text, const char *path) {
    static char out[4096];
    size_t n = 0;
    for (const char *p = text; *p; p++) {
        bool here = *p == 'F' && p[1] == ':';
        n += (size_t)snprintf(out + n, sizeof out - n, "%.*s", here ? (int)strlen(path) : 1, here ? path : p);
    }
    out[n] = 0;
    return out;
}

static void test_faults(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(faulty); i++) {
        const char *path = temp_file("faulty", kpi_text_of(faulty[i].text));
        char first[1024];
        struct heard heard = {0};
        kpi_report report = hearing(&heard);
        kpi_error error;
        kpi_book *book;
        expect_ok(kpi_book_new(&book, KPI_MANAGER, &error), &error);
        expect_ok(kpi_book_read(book, path, &report, &error), &error);
        assert_string_equal(heard.text, with_path(faulty[i].faults, path));
        assert_string_equal(contents(book), faulty[i].contents);
        kpi_book_free(book);
        expect_ok(kpi_book_new(&book, KPI_MANAGER, &error), &error);
        snprintf(first, sizeof first, "%s", with_path(faulty[i].faults, path));
        *strchr(first, '\n') = 0;
        expect_failure(kpi_book_read(book, path, NULL, &error), KPI_DATA, &error, first);
        kpi_book_free(book);
    }
}

static void test_overlap_across_files(void **state) {
    (void)state;
    kpi_error error;
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    kpi_book *book = book_of(KPI_CLIENT, "C1\tShop\ta\tkey\t2026-02-01\t\n");
    const char *path = temp_file("second", TEXT("#\nC1\tShop\tb\tkey\t2026-01-01\t2026-02-01\nC2\t\t\t\t\t\n"));
    expect_ok(kpi_book_read(book, path, &report, &error), &error);
    assert_int_equal(heard.n, 1);
    assert_non_null(strstr(heard.text, "/second:2: the days of 'C1' overlap those of "));
    assert_non_null(strstr(heard.text, "/book:1\n"));
    assert_string_equal(contents(book), "C1|Shop|a|key|2026-02-01..\nC2||||..\n");
    path = temp_file("third", TEXT("C1\tShop\tc\tkey\t2026-03-01\t\n"));
    expect_ok(kpi_book_read(book, path, &report, &error), &error);
    assert_int_equal(heard.n, 2);
    assert_non_null(strstr(heard.text, "/third:1: the days of 'C1' overlap those of "));
    assert_string_equal(contents(book), "C1|Shop|a|key|2026-02-01..\nC2||||..\n");
    kpi_book_free(book);
}

static void test_unreadable(void **state) {
    (void)state;
    kpi_error error;
    kpi_book *book = book_of(KPI_CLIENT, "");
    char expected[512];
    const char *path = temp_path("missing");
    snprintf(expected, sizeof expected, "%s: open: No such file or directory", path);
    expect_failure(kpi_book_read(book, path, NULL, &error), KPI_SYSTEM, &error, expected);
    kpi_book_free(book);
}

/* ---- asking ---- */

/* wang.li: transferred within June, on leave in September, left; li.wei has no dates at all. */
static const char managers[] = "wang.li\t王丽\teast\tjunior\t2026-01-10\t2026-06-15\n"
                               "wang.li\t王丽\twest\tsenior\t2026-06-16\t2026-08-31\n"
                               "wang.li\t王丽\tnorth\tsenior\t2026-10-01\t2026-10-20\n"
                               "li.wei\t\teast\t\t\t\n";

static void test_at(void **state) {
    (void)state;
    static const struct {
        const char *who, *period, *team; /* NULL: none */
        int64_t days;
    } cases[] = {
        {"wang.li", "2026-05", "east", 31},   {"wang.li", "2026-06", "west", 30}, /* the entry of the last day */
        {"wang.li", "2026-H1", "west", 172}, /* 2026-01-10 .. 2026-06-30: 22 + 28 + 31 + 30 + 31 + 30 */
        {"wang.li", "2026-Q3", "west", 62},  /* none on the last day: the last one that overlaps */
        {"wang.li", "2026-09", NULL, 0},      {"wang.li", "2026-10", "north", 20},
        {"wang.li", "2026", "north", 254}, /* 157 + 77 + 20: day 10..166, 167..243, 274..293 of the year */
        {"wang.li", "2025", NULL, 0},         {"wang.li", "2026-10-21", NULL, 0},
        {"wang.li", "2026-06-15", "east", 1}, {"wang.li", "2026-06-16", "west", 1},
        {"li.wei", "2026-06", "east", 30},    {"li.we", "2026-06", NULL, 0},
        {"li.weij", "2026-06", NULL, 0},      {"", "2026-06", NULL, 0},
        {"zz", "2026-06", NULL, 0},
    };
    kpi_book *book = book_of(KPI_MANAGER, managers);
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_text who = kpi_text_of(cases[i].who);
        const kpi_entry *entry = kpi_book_at(book, who, period(cases[i].period));
        assert_int_equal(entry != NULL, cases[i].team != NULL);
        if (entry) assert_string_equal(entry->of, cases[i].team);
        assert_int_equal(kpi_book_days(book, who, period(cases[i].period)), cases[i].days);
    }
    size_t n;
    const kpi_entry *first = kpi_book_find(book, TEXT("wang.li"), &n);
    assert_int_equal(n, 3);
    assert_string_equal(first->of, "east");
    assert_ptr_equal(first, kpi_book_entry(book, 1));
    assert_non_null(kpi_book_find(book, TEXT("li.wei"), &n));
    assert_int_equal(n, 1);
    assert_null(kpi_book_find(book, TEXT("wang"), &n));
    assert_int_equal(n, 0);
    kpi_book_free(book);
}

/* Random books against a calendar: day by day, which entry holds. */
enum { PEOPLE = 7, DAYS = 60 };

static void write_random(char *text, int calendar[PEOPLE][DAYS], int *entries) {
    const kpi_day start = day("2026-03-01");
    *entries = 0;
    for (int who = 0; who < PEOPLE; who++)
        for (int at = (int)random_below(20); at < DAYS && who;) { /* the first of them is in no book */
            int last = at + (int)random_below(15);
            char from[KPI_PERIOD_SIZE], to[KPI_PERIOD_SIZE];
            if (last >= DAYS) last = DAYS - 1;
            kpi_day_format(start + at, from);
            kpi_day_format(start + last, to);
            text += sprintf(text, "m%d\t\tt%d\t\t%s\t%s\n", who, ++*entries, from, to);
            for (int i = at; i <= last; i++) calendar[who][i] = *entries;
            at = last + 1 + (int)random_below(10);
        }
}

static void test_random_books(void **state) {
    (void)state;
    for (int round = 0; round < 200; round++) {
        char text[16384] = "";
        int calendar[PEOPLE][DAYS] = {0}, entries;
        write_random(text, calendar, &entries);
        kpi_book *book = book_of(KPI_MANAGER, text);
        assert_int_equal(kpi_book_size(book), entries);
        for (int ask = 0; ask < 200; ask++) {
            char name[8], team[16];
            int who = (int)random_below(PEOPLE), a = (int)random_below(DAYS), b = (int)random_from(a, DAYS - 1);
            kpi_period asked = {day("2026-03-01") + a, day("2026-03-01") + b};
            int found = 0, days = 0;
            for (int i = a; i <= b; i++) {
                if (calendar[who][i]) found = calendar[who][i];
                days += calendar[who][i] != 0;
            }
            sprintf(name, "m%d", who);
            sprintf(team, "t%d", found);
            const kpi_entry *entry = kpi_book_at(book, kpi_text_of(name), asked);
            if (found)
                assert_string_equal(entry->of, team);
            else
                assert_null(entry);
            assert_int_equal(kpi_book_days(book, kpi_text_of(name), asked), days);
        }
        kpi_book_free(book);
    }
}

static void test_nearest(void **state) {
    (void)state;
    kpi_book *book = book_of(KPI_CLIENT, "C006\t\t\t\t\t2026-10-01\nC006\t\t\t\t2026-10-02\t\nC007\t\t\t\t\t\n"
                                         "华东集团\t\t\t\t\t\n华南集团\t\t\t\t\t\nab\t\t\t\t\t\n");
    static const char *const cases[][2] = {
        {"C0O6", "C006"}, {"C0067", "C006"}, {"C070", "C007"}, {"C00x", "C006"}, /* of equal ones the first */
        {"Cxx6", NULL},   {"华北集团", "华东集团"}, {"华中", NULL}, {"b", NULL}, {"", NULL}, {"ba", "ab"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *found = kpi_book_nearest(book, kpi_text_of(cases[i][0]));
        if (cases[i][1])
            assert_string_equal(found, cases[i][1]);
        else
            assert_null(found);
    }
    kpi_book_free(book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contents),     cmocka_unit_test(test_places),
        cmocka_unit_test(test_faults),       cmocka_unit_test(test_overlap_across_files),
        cmocka_unit_test(test_unreadable),   cmocka_unit_test(test_at),
        cmocka_unit_test(test_random_books), cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
