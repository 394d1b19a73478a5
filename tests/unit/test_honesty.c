/* test_honesty.c - honesty.c: each rule where it holds and where it does not, order, filters, what findings rest on.
 *
 * A log is lines of "DATE MANAGER CLIENT STATUS PURPOSE OUTCOME MINUTES LOGGED" with - for an empty field; a finding is
 * "LINE rule (BESIDE ...): what is wrong". */
#include "unit.h"

static kpi_book *managers, *clients;

static kpi_book *book_of(enum kpi_record_kind kind, const char *text) {
    kpi_error error = {0};
    kpi_book *book;
    expect_ok(kpi_book_new(&book, kind, &error), &error);
    expect_ok(kpi_book_read(book, temp_file("book", kpi_text_of(text)), NULL, &error), &error);
    return book;
}

static int make_books(void **state) {
    if (make_temp_folder(state)) return -1;
    managers = book_of(KPI_MANAGER, "a\t\t\t\t2026-10-01\t2026-10-10\na\t\t\t\t2026-10-20\t\nb\t\t\t\t\t\n");
    clients = book_of(KPI_CLIENT, "C006\t\ta\tkey\t\t2026-10-14\nC006\t\tb\tkey\t2026-10-15\t\nC7\t\t\tkey\t\t\n");
    return 0;
}

static int drop_books(void **state) {
    kpi_book_free(managers);
    kpi_book_free(clients);
    return drop_temp_folder(state);
}

static kpi_honesty_options options_of(const char *rules) {
    return (kpi_honesty_options){.rules = rules, .late_after = -1, .as_of = day("2026-11-02")};
}

/* The lines of a log, one blank between fields and LF behind each, as KPI lines; lives until the next call. */
static const char *log_of(const char *text) {
    static char out[8192];
    size_t used = 0;
    unsigned field = 0;
    for (const char *p = text; *p; p++, field++) {
        size_t n = strcspn(p, " \n");
        const char *kind = field == 3 ? "visit\t" : "";
        bool none = n == 1 && *p == '-', end = p[n] == '\n';
        const char *behind = end ? "\t\n" : "\t";
        used += (size_t)snprintf(out + used, sizeof out - used, "%s%.*s%s", kind, none ? 0 : (int)n, p, behind);
        assert_true(used < sizeof out);
        if (end) field = (unsigned)-1;
        p += n;
    }
    return out;
}

static const char *findings_of(kpi_honesty *honesty) {
    static char text[8192];
    size_t used = 0;
    kpi_error error = {0};
    expect_ok(kpi_honesty_finish(honesty, &error), &error);
    *text = 0;
    for (size_t i = 0; i < kpi_honesty_size(honesty); i++) {
        kpi_finding finding;
        kpi_honesty_at(honesty, i, &finding);
        used += (size_t)snprintf(text + used, sizeof text - used, "%llu %s (", (unsigned long long)finding.place.line,
                                 finding.rule);
        for (size_t k = 0; k < finding.beside; k++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%llu", k ? " " : "",
                                     (unsigned long long)kpi_honesty_beside(honesty, i, k).line);
        used += (size_t)snprintf(text + used, sizeof text - used, "): %s\n", finding.text);
        assert_true(used < sizeof text);
    }
    kpi_honesty_free(honesty);
    return text;
}

static const char *check(const kpi_honesty_options *options, const char *text) {
    kpi_error error = {0};
    kpi_honesty *honesty;
    expect_ok(kpi_honesty_new(&honesty, options, &error), &error);
    expect_ok(kpi_honesty_read(honesty, temp_file("log.tsv", kpi_text_of(log_of(text))), NULL, &error), &error);
    return findings_of(honesty);
}

static void expect_findings(const char *rules, const char *text, const char *findings) {
    kpi_honesty_options options = options_of(rules);
    options.manager_book = managers;
    options.client_book = clients;
    assert_string_equal(check(&options, text), findings);
}

/* ---- rules ---- */

static void test_overlap(void **state) {
    (void)state;
    static const struct {
        const char *one, *two; /* "TIME MINUTES" */
        const char *finding;
    } cases[] = {
        {"-05T10:00 30", "-05T10:29 5", "2 overlap (1): at 10:29 for 5 min, and at 10:00 for 30 min\n"},
        {"-05T10:00 30", "-05T10:30 5", ""},
        {"-05T10:29 5", "-05T10:00 30", "1 overlap (2): at 10:29 for 5 min, and at 10:00 for 30 min\n"},
        {"-05T10:00 5", "-05T10:00 5", "2 overlap (1): at 10:00 for 5 min, and at 10:00 for 5 min\n"},
        {"-05T10:00:30 30", "-05T10:30:29 5", "2 overlap (1): at 10:30:29 for 5 min, and at 10:00:30 for 30 min\n"},
        {"-05T10:00:30 30", "-05T10:30:30 5", ""},
        {"-05T23:59 2", "-06T00:00 5", "2 overlap (1): at 00:00 for 5 min, and at 2026-10-05 23:59 for 2 min\n"},
        {"-05T23:59 1", "-06T00:00 5", ""},
        {"-05 999", "-05T00:00 5", ""},                                /* no time */
        {"-05T00:00 -", "-05T00:00 5", ""},                            /* no minutes */
        {"-05T00:00 5", "-05T00:01 0", ""},
        {"-05T10:00Z 30", "-05T12:00+02:00 5", "2 overlap (1): at 12:00+02:00 for 5 min, and at 10:00Z for 30 min\n"},
        {"-05T10:00Z 30", "-05T10:00+02:00 5", ""},
        {"-05T10:00+02:00 30", "-05T10:00 5", "2 overlap (1): at 10:00 for 5 min, and at 10:00+02:00 for 30 min\n"},
        {"-05T10:00 30", "-05T10:29-09:30 5", "2 overlap (1): at 10:29-09:30 for 5 min, and at 10:00 for 30 min\n"},
        {"-05T10:00 999999999999999", "-31T10:00 1",
         "2 overlap (1): at 10:00 for 1 min, and at 2026-10-05 10:00 for 999999999999999 min\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[256], *blank;
        char one[32], two[32];
        strcpy(one, cases[i].one);
        strcpy(two, cases[i].two);
        if ((blank = strchr(one, ' '))) *blank++ = 0;
        snprintf(text, sizeof text, "2026-10%s a C1 done p o %s -\n", one, blank);
        if ((blank = strchr(two, ' '))) *blank++ = 0;
        snprintf(text + strlen(text), sizeof text - strlen(text), "2026-10%s a C2 done p o %s -\n", two, blank);
        expect_findings("overlap", text, cases[i].finding);
    }
    /* another manager, what was not done; the one that ends last, of those with and without a zone */
    expect_findings("overlap", "2026-10-05T10:00 a C1 done p o 30 -\n2026-10-05T10:10 b C2 done p o 30 -\n"
                               "2026-10-05T10:10 a C2 missed p o 30 -\n2026-10-05T10:10 a C2 planned p o 30 -\n", "");
    expect_findings("overlap", "2026-10-05T10:00 a C1 done p o 90 -\n2026-10-05T10:10 a C2 done p o 30 -\n"
                               "2026-10-05T10:20Z a C3 done p o 71 -\n2026-10-05T10:30 a C4 done p o 5 -\n"
                               "2026-10-05T10:40Z a C5 done p o 5 -\n",
                    "2 overlap (1): at 10:10 for 30 min, and at 10:00 for 90 min\n"
                    "3 overlap (1): at 10:20Z for 71 min, and at 10:00 for 90 min\n"
                    "4 overlap (3): at 10:30 for 5 min, and at 10:20Z for 71 min\n"
                    "5 overlap (3): at 10:40Z for 5 min, and at 10:20Z for 71 min\n");
}

static void test_days(void **state) {
    (void)state;
    expect_findings("twice", "2026-10-05 a C1 done p o - -\n2026-10-05T23:00-09:00 a C1 done p o - -\n"
                             "2026-10-05 b C1 done p o - -\n2026-10-06 a C1 done p o - -\n"
                             "2026-10-05 a C2 done p o - -\n"
                             "2026-10-05 a C1 cancelled p o - -\n2026-10-06 a - done p o - -\n"
                             "2026-10-06 a - done p o - -\n"
                             "2026-10-05 a C1 done p o - -\n",
                    "2 twice (1): 'C1' once more on this day\n9 twice (1): 'C1' once more on this day\n");
    expect_findings("hours", "2026-10-05 a C1 done p o 1440 -\n2026-10-05 b C1 done p o 1 -\n"
                             "2026-10-06 a C1 done p o 1 -\n"
                             "2026-10-05 a C1 planned p o 1 -\n2026-10-05 a C1 done p o - -\n", "");
    expect_findings("hours", "2026-10-06 a C1 done p o 1 -\n2026-10-05 a C1 done p o 1440 -\n"
                             "2026-10-05 a C1 done p o - -\n"
                             "2026-10-05 a C1 done p o 1 -\n", "2 hours (3 4): 1441 minutes in a day\n");
    expect_findings("hours", "2026-10-05 a C1 done p o 1441 -\n", "1 hours (): 1441 minutes in a day\n");
}

static void test_logged(void **state) {
    (void)state;
    expect_findings("late", "2026-10-05 a C1 done p o - 2026-10-08T23:59:59Z\n2026-10-05 a C1 done p o - -\n"
                            "2026-10-05 a C1 missed p o - 2026-10-30\n2026-10-05 a C1 done p o - 2026-10-09\n"
                            "1969-12-20 a C1 done p o - 1969-12-23T23:59:59Z\n",
                    "4 late (): logged 4 days later\n");
    /* at most a minute; to the second; done; of one manager */
    expect_findings("batch", "2026-10-05 a C1 done p o - 2026-10-05T09:00:00Z\n"
                             "2026-10-05 a C1 done p o - 2026-10-05T09:01:00Z\n"
                             "2026-10-05 a C1 done p o - 2026-10-05T10:00:59+01:00\n"
                             "2026-10-05 a C1 done p o - 2026-10-05T09:00\n"
                             "2026-10-05 a C1 done p o - 2026-10-05\n2026-10-05 b C1 done p o - 2026-10-05T09:00:00Z\n"
                             "2026-10-05 a C1 planned p o - 2026-10-05T09:00:00Z\n", "");
    expect_findings("batch", "2026-10-05 b C1 done p o - 2026-10-05T09:00:00Z\n"
                             "2026-10-05 a C1 done p o - 2026-10-05T09:01:00Z\n"
                             "2026-10-05 a C1 done p o - 2026-10-05T10:00:59+01:00\n"
                             "2026-10-05 a C1 done p o - 2026-10-05T09:00\n"
                             "2026-10-05 a C1 done p o - 2026-10-05T09:00:00Z\n"
                             "2026-10-05 a C1 done p o - 2026-10-05T09:00:01Z\n",
                    "2 batch (3 4 5 6): 5 visits logged within a minute\n");
    kpi_honesty_options options = options_of("batch");
    options.batch = 2;
    assert_string_equal(check(&options, "2026-10-05 a C1 done p o - 2026-10-05T09:00:00Z\n"
                                        "2026-10-05 a C1 done p o - 2026-10-05T09:01:01Z\n"
                                        "2026-10-05 a C1 done p o - 2026-10-05T09:02:01Z\n"
                                        "2026-10-05 a C1 done p o - 2026-10-05T09:02:02Z\n"
                                        "2026-10-05 a C1 done p o - 2026-10-05T09:03:00Z\n"),
                        "2 batch (3): 2 visits logged within a minute\n4 batch (5): 2 visits logged within a minute\n");
    options = options_of("late");
    options.late_after = 0;
    assert_string_equal(check(&options, "2026-10-05 a C1 done p o - 2026-10-05T23:59:59Z\n"
                                        "2026-10-05 a C1 done p o - 2026-10-06T00:00:00Z\n"),
                        "2 late (): logged 1 days later\n");
}

static void test_future(void **state) {
    (void)state;
    expect_findings("future", "2026-11-02T23:59 a C1 done p o - -\n2026-11-03 a C1 done p o - -\n"
                              "2026-11-03 a C1 planned p o - -\n2026-11-03 a C1 missed p o - -\n",
                    "2 future (): done after 2026-11-02\n");
    static const struct {
        const char *date, *logged;
        bool future;
        const char *at;
    } cases[] = {
        {"2026-10-06", "2026-10-05T10:00:00Z", false, NULL}, /* begins just then, first on earth */
        {"2026-10-06", "2026-10-05T09:59:59Z", true, ""},
        {"2026-10-06", "2026-10-05", false, NULL},
        {"2026-10-07", "2026-10-05", true, ""},
        {"2026-10-06T13:59:59", "2026-10-05", false, NULL},
        {"2026-10-06T14:00", "2026-10-05", true, "at 14:00, "},
        {"2026-10-05T09:00Z", "2026-10-05T09:00:00Z", false, NULL},
        {"2026-10-05T09:00:01Z", "2026-10-05T09:00:00Z", true, "at 09:00:01Z, "},
        {"2026-10-06T01:00+16:00", "2026-10-05T09:00:00Z", false, NULL},
        {"2026-10-04T22:00:01-11:00", "2026-10-05T09:00:00Z", true, "at 22:00:01-11:00, "},
        {"1969-12-31T10:00", "1969-12-30T19:59:59Z", true, "at 10:00, "},
        {"1969-12-31T10:00", "1969-12-30T20:00:00Z", false, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[128], wanted[128] = "";
        snprintf(text, sizeof text, "%s a C1 done p o - %s\n", cases[i].date, cases[i].logged);
        if (cases[i].future)
            sprintf(wanted, "1 future (): done %safter %s, when it was logged\n", cases[i].at, cases[i].logged);
        expect_findings("future", text, wanted);
    }
}

static void test_words(void **state) {
    (void)state;
    static const char text[] = "2026-10-05 a C1 done - o - -\n2026-10-05 a C1 planned - - - -\n"
                               "2026-10-05 a C1 missed - - - -\n2026-10-05 a C1 cancelled - - - -\n"
                               "2026-10-05 a C1 done p - - -\n2026-10-05 a C1 planned p - - -\n";
    expect_findings("purpose", text, "1 purpose (): done without a purpose\n2 purpose (): planned without a purpose\n");
    expect_findings("outcome", text, "5 outcome (): done without an outcome\n");
}

static void test_silent(void **state) {
    (void)state;
    static const char *const deeds[] = {"done", "missed", "cancelled", "planned"};
    for (size_t i = 0; i < COUNT(deeds); i++) {
        static const struct {
            const char *day, *who;
            bool answers;
        } cases[] = {{"05", "a C1", true}, {"30", "a C1", true}, {"04", "a C1", false}, {"05", "b C1", false},
                     {"05", "a C2", false}, {"05", "a -", false}};
        for (size_t k = 0; k < COUNT(cases); k++) {
            char text[256];
            sprintf(text, "2026-11-02 b - planned p - - -\n2026-10-05 a C1 planned p - - -\n2026-10-%s %s %s p o - -\n",
                    cases[k].day, cases[k].who, deeds[i]);
            kpi_honesty_options options = options_of("silent");
            const char *found = check(&options, text);
            bool silent = !strncmp(found, "2 silent (): planned, and nothing done, missed or cancelled since\n", 60);
            if (silent != (i == 3 || !cases[k].answers)) fail_msg("%s %s: %s", deeds[i], cases[k].who, found);
        }
    }
    expect_findings("silent", "2026-11-01 a - planned p - - -\n2026-11-02 a C1 planned p - - -\n",
                    "1 silent (): planned, and nothing done, missed or cancelled since\n");
}

static void test_names(void **state) {
    (void)state;
    expect_findings("client", "2026-10-05 a C006 done p o - -\n2026-10-05 a C0O6 done p o - -\n"
                              "2026-10-05 a - done p o - -\n"
                              "2026-10-05 a 王 planned p o - -\n",
                    "2 client (): unknown client 'C0O6'; the nearest known one is 'C006'\n"
                    "4 client (): unknown client '王'\n");
    expect_findings("manager", "2026-09-30 a C7 done p o - -\n2026-10-01 a C7 done p o - -\n"
                               "2026-10-10 a C7 done p o - -\n"
                               "2026-10-11 a C7 missed p o - -\n2026-10-20 a C7 done p o - -\n"
                               "2026-10-05 bb C7 done p o - -\n"
                               "2026-10-05 zz C7 done p o - -\n",
                    "1 manager (): 'a' was not there on that day\n4 manager (): 'a' was not there on that day\n"
                    "6 manager (): unknown manager 'bb'; the nearest known one is 'b'\n"
                    "7 manager (): unknown manager 'zz'\n");
    expect_findings("owner", "2026-10-14 a C006 done p o - -\n2026-10-14 b C006 done p o - -\n"
                             "2026-10-15 a C006 done p o - -\n"
                             "2026-10-15 b C006 done p o - -\n2026-10-15 a C7 done p o - -\n"
                             "2026-10-15 a C8 done p o - -\n"
                             "2026-10-15 a C006 planned p o - -\n",
                    "2 owner (): a client of 'a'\n3 owner (): a client of 'b'\n");
}

/* In a large book the nearest name is looked for of the first few only: all are told. */
static void test_many_unknown(void **state) {
    (void)state;
    enum { CLIENTS = 100000, LINE = 32 };
    char text[8000] = "", *book = malloc(CLIENTS * LINE), *end = book;
    assert_non_null(book);
    for (unsigned i = 0; i < CLIENTS; i++)
        end += sprintf(end, "%s%06u\t\ta\t\t\t\n", i < 99 ? "C" : "a name too long", i);
    for (unsigned i = 0; i < 70; i++) sprintf(text + strlen(text), "2026-10-05 a C0000%02ux done p o - -\n", i);
    kpi_honesty_options options = options_of("client");
    kpi_book *large = book_of(KPI_CLIENT, book);
    options.client_book = large;
    const char *found = check(&options, text);
    free(book);
    kpi_book_free(large);
    unsigned all = 0, hints = 0;
    for (const char *p = found; (p = strstr(p, "unknown client")); p++) all++;
    for (const char *p = found; (p = strstr(p, "the nearest")); p++) hints++;
    assert_int_equal(all, 70);
    assert_int_equal(hints, 40);
}

/* ---- which, and in what order ---- */

static void test_order(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_honesty_options options = options_of("outcome,purpose,outcome");
    kpi_honesty *honesty;
    const char *one =
        temp_file("one.tsv", TEXT("2026-10-05\ta\t\tv\tdone\t\t\t\t\t\n"
                                                "2026-10-05\tb\t\tv\tdone\t\to\t\t\t\n"));
    const char *two = temp_file("two.tsv", TEXT("# remark\n2026-10-05\tb\t\tv\tdone\tp\t\t\t\t\n"));
    expect_ok(kpi_honesty_new(&honesty, &options, &error), &error);
    expect_ok(kpi_honesty_read(honesty, two, NULL, &error), &error);
    expect_ok(kpi_honesty_read(honesty, one, NULL, &error), &error);
    expect_ok(kpi_honesty_read(honesty, temp_file("none", TEXT("")), NULL, &error), &error);
    expect_ok(kpi_honesty_read(honesty, two, NULL, &error), &error);
    expect_ok(kpi_honesty_finish(honesty, &error), &error);
    static const char *const wanted[] = {"two.tsv:2 outcome", "one.tsv:1 purpose", "one.tsv:1 outcome",
                                         "one.tsv:2 purpose", "two.tsv:2 outcome"};
    assert_int_equal(kpi_honesty_size(honesty), COUNT(wanted));
    for (size_t i = 0; i < COUNT(wanted); i++) {
        kpi_finding finding;
        char text[512];
        kpi_honesty_at(honesty, i, &finding);
        snprintf(text, sizeof text, "%s:%llu %s", finding.place.file, (unsigned long long)finding.place.line,
                 finding.rule);
        assert_string_equal(without_folder(text), wanted[i]);
        assert_int_equal(finding.day, day("2026-10-05"));
        assert_int_equal(finding.manager.len, 1);
        assert_int_equal(finding.client.len, 0);
    }
    kpi_honesty_free(honesty);
}

static void test_filters(void **state) {
    (void)state;
    static const char text[] = "2026-09-30T23:30 a C1 done p o 60 2026-10-01T00:00:00Z\n"
                               "2026-10-01T00:00 a C2 done p o 900 2026-10-02T00:00:00Z\n"
                               "2026-10-01T00:00 b C2 done p o 900 -\n2026-10-01T00:10 a C3 done p o 900 2026-10-01\n";
    static const char second[] = "2 overlap (1): at 00:00 for 900 min, and at 2026-09-30 23:30 for 60 min\n";
    kpi_honesty_options options = options_of("overlap,hours");
    const char *hours = "2 hours (4): 1800 minutes in a day\n";
    char wanted[512];
    options.clients = (kpi_names){(const char *const[]){"C2"}, 1};
    snprintf(wanted, sizeof wanted, "%s%s", second, hours);
    assert_string_equal(check(&options, text), wanted); /* though they rest on others */
    options.clients = (kpi_names){0};
    options.has_period = true;
    options.period = period("2026-09");
    assert_string_equal(check(&options, text), "");
    options.has_period = false;
    options.managers = (kpi_names){(const char *const[]){"b"}, 1};
    assert_string_equal(check(&options, text), "");
    options.managers = (kpi_names){0};
    options.kinds = (kpi_names){(const char *const[]){"call"}, 1};
    assert_string_equal(check(&options, text), "");
    options.kinds = (kpi_names){0};
    options.has_as_of = true; /* the second line was not known then */
    options.as_of = day("2026-10-01");
    assert_string_equal(check(&options, text),
                        "4 overlap (1): at 00:10 for 900 min, and at 2026-09-30 23:30 for 60 min\n");
}

static void test_rules(void **state) {
    (void)state;
    static const char *const names[] = {"overlap", "twice",   "hours",  "late",   "batch",   "future",
                                        "purpose", "outcome", "silent", "client", "manager", "owner"};
    for (size_t i = 0; i < COUNT(names); i++) assert_string_equal(kpi_honesty_rule(i), names[i]);
    assert_null(kpi_honesty_rule(COUNT(names)));
    static const struct {
        const char *rules, *without, *fault;
        bool books;
    } cases[] = {
        {"lies", NULL, "no such rule: 'lies'", true},
        {"late,", NULL, "no such rule: ''", true},
        {NULL, "lies", "no such rule: 'lies'", true},
        {"late", "late", "no rule is left", true},
        {"client", NULL, "rule 'client' needs a book of clients (-C)", false},
        {"late,manager", NULL, "rule 'manager' needs a book of managers (-M)", false},
        {"owner", NULL, "rule 'owner' needs a book of clients (-C)", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_error error = {0};
        kpi_honesty *honesty = NULL;
        kpi_honesty_options options = options_of(cases[i].rules);
        options.without = cases[i].without;
        options.manager_book = cases[i].books ? managers : NULL;
        options.client_book = cases[i].books ? clients : NULL;
        expect_failure(kpi_honesty_new(&honesty, &options, &error), KPI_USAGE, &error, cases[i].fault);
        assert_null(honesty);
    }
    kpi_honesty_options options = options_of(NULL); /* all but those that need books */
    options.without = "outcome,owner";
    assert_string_equal(check(&options, "2026-10-05 zz C8 done - - - -\n"), "1 purpose (): done without a purpose\n");
    kpi_honesty_free(NULL);
}

static void test_refused(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_honesty_options options = options_of(NULL);
    kpi_honesty *honesty;
    expect_ok(kpi_honesty_new(&honesty, &options, &error), &error);
    assert_int_equal(kpi_honesty_read(honesty, temp_path("nowhere"), NULL, &error), KPI_SYSTEM);
    assert_int_equal(kpi_honesty_read(honesty, temp_file("bad", TEXT("x\n")), NULL, &error), KPI_DATA);
    kpi_line line = line_of("2026-10-05\ta\tC1\tvisit\tdone\tp\to\t\t\t");
    line.number = UINT32_MAX;
    expect_failure(kpi_honesty_add(honesty, &line, &error), KPI_DATA, &error,
                   "test:4294967295: more lines than can be checked");
    line.number--;
    expect_ok(kpi_honesty_add(honesty, &line, &error), &error);
    assert_string_equal(findings_of(honesty), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_overlap), cmocka_unit_test(test_days),         cmocka_unit_test(test_logged),
        cmocka_unit_test(test_future),  cmocka_unit_test(test_words),        cmocka_unit_test(test_silent),
        cmocka_unit_test(test_names),   cmocka_unit_test(test_many_unknown), cmocka_unit_test(test_order),
        cmocka_unit_test(test_filters), cmocka_unit_test(test_rules),        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, make_books, drop_books) != 0;
}
