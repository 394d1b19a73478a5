/* test_followup.c - followup.c: feedback that waits for an answer. The cases are worked out by hand. */
#include "unit.h"

static kpi_error error;

static kpi_followup_options on(const char *today) {
    return (kpi_followup_options){.today = day(today), .detractors = -1, .passives = -1};
}

/* A line of text as it is told by the file f, at that number. */
static kpi_line numbered(const char *text, uint64_t number) {
    kpi_line line = line_of(text);
    line.file = "f";
    line.number = number;
    return line;
}

/* The lines of texts, LF between them. */
static void add(kpi_followup *f, const char *texts, int (*take)(kpi_followup *, const kpi_line *, kpi_error *)) {
    char text[2048];
    uint64_t number = 0;
    for (const char *p = texts; *p; p += strcspn(p, "\n"), p += *p == '\n') {
        snprintf(text, sizeof text, "%.*s", (int)strcspn(p, "\n"), p);
        kpi_line line = numbered(text, ++number);
        expect_ok(take(f, &line, &error), &error);
    }
}

/* What is planned, "manager client purpose | note" each, LF behind it; of anonymous lines the last is "N nameless". */
static const char *planned(const kpi_followup_options *options, const char *visits, const char *feedback) {
    static char text[8192];
    kpi_followup *f;
    char *w = text;
    *w = 0;
    expect_ok(kpi_followup_new(&f, options, &error), &error);
    add(f, visits, kpi_followup_visit);
    add(f, feedback, kpi_followup_feedback);
    expect_ok(kpi_followup_finish(f, &error), &error);
    for (size_t i = 0; i < kpi_followup_size(f); i++) {
        kpi_planned p = kpi_followup_at(f, i);
        w += sprintf(w, "%.*s %.*s %.*s | %.*s\n", (int)p.manager.len, p.manager.ptr, (int)p.client.len, p.client.ptr,
                     (int)p.purpose.len, p.purpose.ptr, (int)p.note.len, p.note.ptr);
    }
    kpi_place first;
    uint64_t nameless = kpi_followup_nameless(f, &first);
    if (nameless) sprintf(w, "%d nameless from %s:%d\n", (int)nameless, first.file, (int)first.line);
    kpi_followup_free(f);
    return text;
}

/* ---- what waits too long ---- */

static void test_waiting(void **state) {
    (void)state;
    static const struct {
        const char *low, *high, *score, *given, *today, *resolved;
        int64_t detractors, passives;
        bool due;
    } cases[] = {
        /* a detractor may wait two days, a passive five, a promoter for ever */
        {"0", "10", "6.999999", "2026-10-05", "2026-10-07", "", -1, -1, false},
        {"0", "10", "6.999999", "2026-10-05", "2026-10-08", "", -1, -1, true},
        {"0", "10", "7", "2026-10-05", "2026-10-08", "", -1, -1, false},
        {"0", "10", "7", "2026-10-05", "2026-10-10", "", -1, -1, false},
        {"0", "10", "7", "2026-10-05", "2026-10-11", "", -1, -1, true},
        {"0", "10", "8.999999", "2026-10-05", "2026-10-11", "", -1, -1, true},
        {"0", "10", "9", "2026-10-05", "2027-10-11", "", -1, -1, false},
        {"0", "10", "", "2026-10-05", "2027-10-11", "", -1, -1, false},
        /* other waits; the day it is given never counts */
        {"0", "10", "0", "2026-10-05", "2026-10-05", "", 0, -1, false},
        {"0", "10", "0", "2026-10-05", "2026-10-06", "", 0, -1, true},
        {"0", "10", "8", "2026-10-05", "2026-10-06", "", 9, 0, true},
        {"0", "10", "0", "2026-10-05", "2026-10-15", "", 10, 0, false},
        {"0", "10", "0", "2026-10-05", "2026-10-16", "", 10, 0, true},
        {"0", "10", "0", "2026-10-09", "2026-10-05", "", 0, 0, false}, /* still to come */
        /* resolved, and what was not yet resolved on the day looked at */
        {"0", "10", "0", "2026-10-05", "2026-10-12", "2026-10-06", -1, -1, false},
        {"0", "10", "0", "2026-10-05", "2026-10-12", "2026-10-12", -1, -1, false},
        {"0", "10", "0", "2026-10-05", "2026-10-12", "2026-10-13", -1, -1, true},
        /* times do not matter: the day written counts */
        {"0", "10", "0", "2026-10-05T23:59:59-11:00", "2026-10-07", "", -1, -1, false},
        {"0", "10", "0", "2026-10-05T00:00+14:00", "2026-10-08", "", -1, -1, true},
        /* 1..10: below 7.3, as unresolved has it; promoters from 9 on, as nps has it */
        {"1", "10", "7.299999", "2026-10-05", "2026-10-08", "", -1, -1, true},
        {"1", "10", "7.3", "2026-10-05", "2026-10-08", "", -1, -1, false},
        {"1", "10", "7.3", "2026-10-05", "2026-10-11", "", -1, -1, true},
        {"1", "10", "8.999999", "2026-10-05", "2026-10-11", "", -1, -1, true},
        {"1", "10", "9", "2026-10-05", "2026-10-11", "", -1, -1, false},
        /* 1..5: below 3.8; from 4.6 on */
        {"1", "5", "3.799999", "2026-10-05", "2026-10-08", "", -1, -1, true},
        {"1", "5", "3.8", "2026-10-05", "2026-10-08", "", -1, -1, false},
        {"1", "5", "4.599999", "2026-10-05", "2026-10-11", "", -1, -1, true},
        {"1", "5", "4.6", "2026-10-05", "2026-10-11", "", -1, -1, false},
        /* -100..100: below 40; from 80 on. 2..10: its promoters are at 9.2 */
        {"-100", "100", "39", "2026-10-05", "2026-10-08", "", -1, -1, true},
        {"-100", "100", "40", "2026-10-05", "2026-10-08", "", -1, -1, false},
        {"-100", "100", "79", "2026-10-05", "2026-10-11", "", -1, -1, true},
        {"-100", "100", "80", "2026-10-05", "2026-10-11", "", -1, -1, false},
        {"2", "10", "9.1", "2026-10-05", "2026-10-11", "", -1, -1, true},
        {"2", "10", "9.2", "2026-10-05", "2026-10-11", "", -1, -1, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char line[200];
        kpi_followup_options options = on(cases[i].today);
        options.low = number(cases[i].low);
        options.high = number(cases[i].high);
        options.detractors = cases[i].detractors;
        options.passives = cases[i].passives;
        snprintf(line, sizeof line, "%s\ta\tC1\tsurvey\t\t%s\t%s\t\t", cases[i].given, cases[i].score,
                 cases[i].resolved);
        if (!*planned(&options, "", line) == cases[i].due) fail_msg("case %zu: %s", i, line);
    }
    assert_int_equal(on("2026-10-05").low + on("2026-10-05").high, 0); /* both 0: 0..10 */
    kpi_followup_options options = on("2026-10-08");
    assert_string_equal(planned(&options, "", "2026-10-05\ta\tC1\tsurvey\t\t6\t\t\t"),
                        "a C1 feedback 6 of 2026-10-05 | f:1\n");
    assert_string_equal(planned(&options, "", ""), "");
}

/* ---- who was seen, or will be ---- */

#define VISIT(day, status) day "\tb\tC1\tcall\t" status "\t\t\t\t2026-10-09T09:00:00Z\t\n"

static void test_covered(void **state) {
    (void)state;
    static const struct {
        const char *visits, *today;
        bool due;
    } cases[] = { /* of feedback on the 5th, by a detractor */
        {"", "2026-10-08", true},
        {VISIT("2026-10-06", "done"), "2026-10-08", false},                 /* by whomever, and however */
        {VISIT("2026-10-06", "done"), "2027-10-08", false},                 /* for good */
        {VISIT("2026-10-05", "done"), "2026-10-08", true},                  /* of the same day: perhaps that is where */
        {VISIT("2026-10-04", "done"), "2026-10-08", true},
        {VISIT("2026-10-08", "done"), "2026-10-08", false},
        {VISIT("2026-10-09", "done"), "2026-10-08", true},                  /* it was not yet */
        {VISIT("2026-10-09", "done") VISIT("2026-10-06", "done"), "2026-10-08", false},
        {VISIT("2026-10-06", "missed"), "2026-10-08", true},
        {VISIT("2026-10-06", "cancelled"), "2026-10-08", true},
        {VISIT("2026-12-24", "planned"), "2026-10-08", false},
        {VISIT("2026-10-08", "planned"), "2026-10-08", false},
        {VISIT("2026-10-08", "planned"), "2026-10-10", false},              /* two days, once more ... */
        {VISIT("2026-10-08", "planned"), "2026-10-11", true},               /* ... then nobody went */
        {VISIT("2026-10-05", "planned"), "2026-10-08", true},
        {VISIT("2026-10-06", "planned") VISIT("2026-10-12", "planned"), "2026-10-14", false},
        {VISIT("2026-10-08", "planned") VISIT("2026-10-08", "cancelled"), "2026-10-08", true},
        {VISIT("2026-10-08", "cancelled") VISIT("2026-10-08", "planned"), "2026-10-08", true},
        {VISIT("2026-10-08", "planned") VISIT("2026-10-08", "missed"), "2026-10-08", true},
        {VISIT("2026-10-08", "planned") VISIT("2026-10-07", "missed"), "2026-10-08", false},
        {VISIT("2026-10-08", "planned") VISIT("2026-10-08", "cancelled") VISIT("2026-10-08", "planned"), "2026-10-08",
         false},
        {VISIT("2026-10-08", "planned") VISIT("2026-10-10", "planned") VISIT("2026-10-10", "cancelled"), "2026-10-10",
         false},
        {"2026-10-06\tb\tC2\tcall\tdone\t\t\t\t\t\n2026-10-06\tb\t\tcall\tdone\t\t\t\t\t\n", "2026-10-08", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_followup_options options = on(cases[i].today);
        const char *text = planned(&options, cases[i].visits, "2026-10-05\ta\tC1\tsurvey\t\t3\t\t\t");
        if (!*text == cases[i].due) fail_msg("case %zu: %s on %s: %s", i, cases[i].visits, cases[i].today, text);
    }
    /* a passive's plan is waited for as long as a passive may wait */
    kpi_followup_options options = on("2026-10-16");
    assert_string_equal(planned(&options, VISIT("2026-10-11", "planned"), "2026-10-05\ta\tC1\tsurvey\t\t8\t\t\t"), "");
    options = on("2026-10-17");
    assert_string_equal(planned(&options, VISIT("2026-10-11", "planned"), "2026-10-05\ta\tC1\tsurvey\t\t8\t\t\t"),
                        "a C1 feedback 8 of 2026-10-05 | f:1\n");
    /* each line for itself: what came after the visit waits */
    options = on("2026-10-20");
    assert_string_equal(planned(&options, VISIT("2026-10-07", "done"),
                                "2026-10-05\ta\tC1\tsurvey\tt\t0\t\t\tfirst\n"
                                "2026-10-09\ta\tC1\tsurvey\tu\t5\t\t\tnext"),
                        "a C1 feedback 5 of 2026-10-09: u: next | f:2\n");
}

/* As things were known on a day: what was logged later is not there, neither visits nor feedback. */
static void test_as_of(void **state) {
    (void)state;
    static const char feedback[] = "2026-10-05\ta\tC1\tsurvey\t\t3\t\t2026-10-06T09:00:00Z\t\n"
                                   "2026-10-05\ta\tC2\tsurvey\t\t3\t\t2026-10-09T09:00:00Z\t\n"
                                   "2026-10-05\ta\tC3\tsurvey\t\t3\t\t\t\n"
                                   "2026-10-05\ta\tC4\tsurvey\t\t3\t\t2026-10-09T00:30+01:00\t\n";
    kpi_followup_options options = on("2026-10-08");
    options.has_as_of = true;
    assert_string_equal(planned(&options, VISIT("2026-10-06", "done"), feedback), /* the visit was logged on the 9th */
                        "a C1 feedback 3 of 2026-10-05 | f:1\n"
                        "a C3 feedback 3 of 2026-10-05 | f:3\n"
                        "a C4 feedback 3 of 2026-10-05 | f:4\n");
    options.today++;
    assert_string_equal(planned(&options, VISIT("2026-10-06", "done"), feedback),
                        "a C2 feedback 3 of 2026-10-05 | f:2\n"
                        "a C3 feedback 3 of 2026-10-05 | f:3\n"
                        "a C4 feedback 3 of 2026-10-05 | f:4\n");
}

/* ---- whose visit, and which lines ---- */

static void test_filters(void **state) {
    (void)state;
    static const char feedback[] = "2026-10-05\tb\tC1\tsurvey\t\t3\t\t\t\n2026-10-06\ta\tC2\tcall\t\t3\t\t\t\n"
                                   "2026-10-07\ta\tC1\t\t\t3\t\t\t\n2026-10-07\ta\tzhou\tpeer\t\t3\t\t\t\n"
                                   "2026-10-07\ta\tboss\tsupervisor\t\t3\t\t\t\n2026-10-07\ta\ta\tself\t\t3\t\t\t\n";
    static const char *const a[] = {"a"}, *const c1[] = {"C1", "C9"}, *const peer[] = {"peer", "call"};
    kpi_followup_options options = on("2026-11-02");
    assert_string_equal(planned(&options, "", feedback), "a C1 feedback 3 of 2026-10-07 | f:3\n"
                                                         "a C2 feedback 3 of 2026-10-06 | f:2\n"
                                                         "b C1 feedback 3 of 2026-10-05 | f:1\n");
    options.managers = (kpi_names){a, 1};
    options.clients = (kpi_names){c1, 2};
    assert_string_equal(planned(&options, "", feedback), "a C1 feedback 3 of 2026-10-07 | f:3\n");
    options = on("2026-11-02");
    options.sources = (kpi_names){peer, 2};
    assert_string_equal(planned(&options, "", feedback), "a C2 feedback 3 of 2026-10-06 | f:2\n"
                                                         "a zhou feedback 3 of 2026-10-07 | f:4\n");
    options = on("2026-11-02");
    options.has_period = true;
    options.period = period("2026-10-06");
    assert_string_equal(planned(&options, "", feedback), "a C2 feedback 3 of 2026-10-06 | f:2\n");
}

static void test_owners(void **state) {
    (void)state;
    kpi_book *book;
    static const char *const b[] = {"b"};
    const char *path = temp_file("clients", TEXT("C1\t\ta\tkey\t\t2026-10-09\nC1\t\tb\tkey\t2026-10-10\t\n"
                                                 "C2\t\tb\tkey\t\t2026-10-09\n" /* left */
                                                 "C3\t\t\tkey\t\t\n"            /* nobody's */
                                                 "C4\t\tb\tkey\t2026-10-11\t\n" /* not yet one */));
    expect_ok(kpi_book_new(&book, KPI_CLIENT, &error), &error);
    expect_ok(kpi_book_read(book, path, NULL, &error), &error);
    static const char feedback[] = "2026-10-05\ta\tC1\tsurvey\t\t3\t\t\t\n2026-10-05\tz\tC2\tsurvey\t\t3\t\t\t\n"
                                   "2026-10-05\tz\tC3\tsurvey\t\t3\t\t\t\n2026-10-05\tz\tC4\tsurvey\t\t3\t\t\t\n"
                                   "2026-10-05\tz\tC5\tsurvey\t\t3\t\t\t\n2026-10-04\tz\tC1\tsurvey\t\t4\t\t\t\n"
                                   "2026-10-04\tz\t\tsurvey\t\t4\t\t\t\n";
    kpi_followup_options options = on("2026-10-10");
    options.client_book = book;
    assert_string_equal(planned(&options, "", feedback), "b C1 feedback 3 of 2026-10-05 | f:1, f:6\n"
                                                         "z C3 feedback 3 of 2026-10-05 | f:3\n"
                                                         "z C5 feedback 3 of 2026-10-05 | f:5\n"
                                                         "1 nameless from f:7\n");
    options.managers = (kpi_names){b, 1};
    assert_string_equal(planned(&options, "", feedback), "b C1 feedback 3 of 2026-10-05 | f:1, f:6\n");
    options = on("2026-10-09");
    options.client_book = book;
    assert_string_equal(planned(&options, "", feedback), "a C1 feedback 3 of 2026-10-05 | f:1, f:6\n"
                                                         "b C2 feedback 3 of 2026-10-05 | f:2\n"
                                                         "z C3 feedback 3 of 2026-10-05 | f:3\n"
                                                         "z C5 feedback 3 of 2026-10-05 | f:5\n"
                                                         "1 nameless from f:7\n");
    kpi_book_free(book);
}

static void test_nameless(void **state) {
    (void)state;
    static const char *const c1[] = {"C1"};
    static const char feedback[] = "2026-10-05\ta\t\tsurvey\t\t9\t\t\t\n2026-10-05\ta\t\tsurvey\t\t3\t\t\t\n"
                                   "2026-10-05\ta\t\tsurvey\t\t3\t2026-10-06\t\t\n2026-10-05\tb\t\tsurvey\t\t3\t\t\t\n";
    kpi_followup_options options = on("2026-11-02");
    assert_string_equal(planned(&options, "", feedback), "2 nameless from f:2\n");
    options.clients = (kpi_names){c1, 1};
    assert_string_equal(planned(&options, "", feedback), "");
}

/* ---- purpose and note ---- */

#define LINE(day, score) "2026-10-" day "\ta\tC1\tsurvey\t\t" score "\t\t\t\n"

/* The worst line gives the purpose: a detractor, the lowest score, the first day, then bytes. */
static void test_worst(void **state) {
    (void)state;
    static const struct {
        const char *feedback, *planned;
    } cases[] = {
        {"2026-10-05\ta\tC1\tsurvey\tt\t8\t\t\tx\n2026-10-06\ta\tC1\tsurvey\tu\t6\t\t\ty",
         "a C1 feedback 6 of 2026-10-06: u: y | f:2, f:1\n"},
        {"2026-10-05\ta\tC1\tsurvey\tt\t5\t\t\tx\n2026-10-06\ta\tC1\tsurvey\tu\t4.5\t\t\ty",
         "a C1 feedback 4.5 of 2026-10-06: u: y | f:2, f:1\n"},
        {"2026-10-06\ta\tC1\tsurvey\tt\t5\t\t\tx\n2026-10-05\ta\tC1\tsurvey\tu\t+05.0\t\t\t",
         "a C1 feedback 5 of 2026-10-05: u | f:2, f:1\n"},
        {"2026-10-05\ta\tC1\tsurvey\tb\t5\t\t\tx\n2026-10-05\ta\tC1\tsurvey\ta\t5\t\t\ty",
         "a C1 feedback 5 of 2026-10-05: a: y | f:2, f:1\n"},
        {"2026-10-05\ta\tC1\tsurvey\ta\t5\t\t\tx\n2026-10-05\ta\tC1\tsurvey\ta\t5\t\t\tw",
         "a C1 feedback 5 of 2026-10-05: a: w | f:2, f:1\n"},
        {"2026-10-05\ta\tC1\tsurvey\ta\t5\t\t\tx\n2026-10-05\ta\tC1\tsurvey\ta\t5\t\t\tx",
         "a C1 feedback 5 of 2026-10-05: a: x | f:1, f:2\n"},
        {"2026-10-05\ta\tC1\tsurvey\t\t0\t\t\t只有评论", "a C1 feedback 0 of 2026-10-05: 只有评论 | f:1\n"},
        /* so many places are named; the worst one always */
        {LINE("05", "5") LINE("06", "5") LINE("07", "5") LINE("08", "5"),
         "a C1 feedback 5 of 2026-10-05 | f:1, f:2, f:3, f:4\n"},
        {LINE("05", "5") LINE("06", "5") LINE("07", "5") LINE("08", "5") LINE("09", "5"),
         "a C1 feedback 5 of 2026-10-05 | f:1, f:2, f:3, f:4 and 1 more\n"},
        {LINE("05", "5") LINE("06", "5") LINE("07", "5") LINE("08", "5") LINE("09", "5") LINE("10", "4"),
         "a C1 feedback 4 of 2026-10-10 | f:6, f:1, f:2, f:3 and 2 more\n"},
    };
    kpi_followup_options options = on("2026-11-02");
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_string_equal(planned(&options, "", cases[i].feedback), cases[i].planned);
    }
}

/* Comments are cut at 160 code points, never within one, nor within a pair with a backslash. */
static void test_cut(void **state) {
    (void)state;
    static const struct {
        const char *unit;
        int n;
        const char *last;
        int kept;
        const char *end;
    } cases[] = {
        {"x", 160, "", 160, ""},    {"x", 160, "y", 160, "…"},   {"评", 160, "", 160, ""},
        {"评", 161, "", 160, "…"},  {"\\n", 160, "", 160, ""},   {"\\n", 160, "x", 160, "…"},
        {"x", 159, "\\\\", 159, "\\\\"}, {"x", 159, "\\\\y", 159, "\\\\…"}, {"🙂", 200, "", 160, "…"},
    };
    kpi_followup_options options = on("2026-11-02");
    for (size_t i = 0; i < COUNT(cases); i++) {
        char line[1200] = "2026-10-05\ta\tC1\tsurvey\t\t3\t\t\t", wanted[1200] = "a C1 feedback 3 of 2026-10-05: ";
        for (int k = 0; k < cases[i].n; k++) strcat(line, cases[i].unit);
        for (int k = 0; k < cases[i].kept; k++) strcat(wanted, cases[i].unit);
        strcat(line, cases[i].last);
        strcat(strcat(wanted, cases[i].end), " | f:1\n");
        assert_string_equal(planned(&options, "", line), wanted);
    }
}

/* The name of a file may be anything; in the note it is a text of lines. */
static void test_file_names(void **state) {
    (void)state;
    static const struct { const char *file, *note; } cases[] = {
        {"-", "-:7"}, {"a\tb\\c", "a<U+0009>b\\\\c:7"}, {"\xFF", "<0xFF>:7"}, {"反馈.tsv", "反馈.tsv:7"}};
    kpi_followup_options options = on("2026-11-02");
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_followup *f;
        kpi_line line = numbered("2026-10-05\ta\tC1\tsurvey\t\t3\t\t\t", 7);
        line.file = cases[i].file;
        expect_ok(kpi_followup_new(&f, &options, &error), &error);
        expect_ok(kpi_followup_feedback(f, &line, &error), &error);
        expect_ok(kpi_followup_finish(f, &error), &error);
        kpi_text note = kpi_followup_at(f, 0).note;
        assert_int_equal(note.len, strlen(cases[i].note));
        assert_memory_equal(note.ptr, cases[i].note, note.len);
        assert_null(kpi_free_text_fault(note));
        kpi_followup_free(f);
    }
}

/* ---- faults ---- */

static void test_faults(void **state) {
    (void)state;
    kpi_followup *f;
    kpi_followup_options options = on("2026-11-02");
    kpi_line bad = numbered("2026-10-05\ta\tC1\tsurvey\t\t11\t\t\t", 3),
             resolved = numbered("2026-10-05\ta\tC1\tsurvey\t\t11\t2026-10-06\t\t", 4),
             peer = numbered("2026-10-05\ta\tC1\tpeer\t\t11\t\t\t", 5),
             visit = numbered("2026-10-05\ta\tC1\tcall\tdone\t\t\t\t\t", 1);
    expect_ok(kpi_followup_new(&f, &options, &error), &error);
    expect_failure(kpi_followup_feedback(f, &bad, &error), KPI_DATA, &error,
                   "f:3:6: a score outside the scale 0..10: '11'");
    assert_int_equal(kpi_followup_feedback(f, &resolved, &error), KPI_DATA);
    expect_ok(kpi_followup_feedback(f, &peer, &error), &error); /* it may have another scale */
    expect_failure(kpi_followup_visit(f, &visit, &error), KPI_USAGE, &error, "visits come before feedback");
    expect_ok(kpi_followup_finish(f, &error), &error);
    assert_int_equal(kpi_followup_size(f), 0);
    kpi_followup_free(f);
    kpi_followup_free(NULL);
}

static void test_read(void **state) {
    (void)state;
    kpi_followup *f;
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    kpi_followup_options options = on("2026-11-02");
    expect_ok(kpi_followup_new(&f, &options, &error), &error);
    const char *visits = temp_file("v", TEXT("2026-10-06\ta\tC1\tcall\tdone\t\t\t\t\t\nx\n"));
    const char *feedback = temp_file("f", TEXT("2026-10-05\ta\tC1\tcall\t\t3\t\t\t\n"
                                               "2026-10-05\ta\tC2\tcall\t\t-1\t\t\t\n"
                                               "2026-10-05\ta\tC3\tcall\t\t3\t\t\t\n"));
    expect_ok(kpi_followup_read(f, KPI_VISIT, visits, &report, &error), &error);
    expect_ok(kpi_followup_read(f, KPI_FEEDBACK, feedback, &report, &error), &error);
    expect_ok(kpi_followup_finish(f, &error), &error);
    assert_int_equal(kpi_followup_size(f), 1);
    assert_int_equal(kpi_followup_at(f, 0).lines, 1);
    assert_string_equal(without_folder(heard.text), "v:2: 1 field, a visit line has 10\n"
                                                    "f:2:6: a score outside the scale 0..10: '-1'\n");
    assert_int_equal(kpi_followup_read(f, KPI_FEEDBACK, temp_path("none"), &report, &error), KPI_SYSTEM);
    kpi_followup_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waiting),  cmocka_unit_test(test_covered),    cmocka_unit_test(test_as_of),
        cmocka_unit_test(test_filters),  cmocka_unit_test(test_owners),     cmocka_unit_test(test_nameless),
        cmocka_unit_test(test_worst),    cmocka_unit_test(test_cut),        cmocka_unit_test(test_file_names),
        cmocka_unit_test(test_faults),   cmocka_unit_test(test_read),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
