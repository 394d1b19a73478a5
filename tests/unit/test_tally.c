/* test_tally.c - tally.c: keys, filters, statistics, coverage, measures, top, merging; whole tallies as texts.
 *
 * A tally is a line per group, "KEY|KEY: FIGURE FIGURE" with - for a figure that is not known. */
#include "unit.h"

/* ---- books ---- */

static const char managers_text[] = "ann\tAnn\teast\tjunior\t\t2026-10-15\n"
                                    "ann\tAnn\twest\tsenior\t2026-10-16\t\n"
                                    "bob\tBob\teast\tsenior\t\t\n"
                                    "cy\tCy\twest\t\t\t\n";
static const char clients_text[] = "C1\t\tann\tkey\t\t\n"
                                   "C2\t\tann\tkey\t\t2026-10-20\n" /* goes over to bob */
                                   "C2\t\tbob\tgrowth\t2026-10-21\t\n"
                                   "C3\t\tbob\tkey\t\t2026-10-02\n"
                                   "C4\t\tbob\tgrowth\t2026-11-01\t\n" /* not yet */
                                   "C5\t\t\tkey\t\t\n"                 /* nobody's */
                                   "C6\t\tcy\tgrowth\t\t\n";           /* never visited */
static kpi_book *manager_book, *client_book;

static kpi_book *book_of(enum kpi_record_kind kind, const char *text) {
    kpi_error error = {0};
    kpi_book *book;
    expect_ok(kpi_book_new(&book, kind, &error), &error);
    expect_ok(kpi_book_read(book, temp_file("book", kpi_text_of(text)), NULL, &error), &error);
    return book;
}

static int make_books(void **state) {
    if (make_temp_folder(state)) return -1;
    manager_book = book_of(KPI_MANAGER, managers_text);
    client_book = book_of(KPI_CLIENT, clients_text);
    return 0;
}

static int drop_books(void **state) {
    kpi_book_free(manager_book);
    kpi_book_free(client_book);
    return drop_temp_folder(state);
}

/* ---- tallies as texts ---- */

static kpi_tally *tally_new(const kpi_tally_options *options) {
    kpi_error error = {0};
    kpi_tally *tally = NULL;
    expect_ok(kpi_tally_new(&tally, options, &error), &error);
    return tally;
}

/* Adds lines, each ended by LF. */
static void add_lines(kpi_tally *tally, const kpi_tally_options *options, const char *lines) {
    kpi_error error = {0};
    kpi_reader *reader;
    kpi_line line;
    int code;
    expect_ok(kpi__reader_memory(&reader, "m", kpi_text_of(lines), &error), &error);
    while (!(code = kpi_reader_record(reader, kpi_record_of(options->record), &line, NULL, &error)))
        expect_ok(kpi_tally_add(tally, &line, &error), &error);
    if (code != KPI_NO) fail_msg("%s", shown(&error));
    kpi_reader_free(reader);
}

static const char *finish(kpi_tally *tally) {
    static char text[65536];
    size_t used = 0;
    kpi_error error = {0};
    expect_ok(kpi_tally_finish(tally, &error), &error);
    *text = 0;
    for (size_t g = 0; g < kpi_tally_groups(tally); g++) {
        for (size_t k = 0; k < kpi_tally_keys(tally); k++) {
            kpi_text key = kpi_tally_key(tally, g, k);
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%.*s", k ? "|" : "", (int)key.len, key.ptr);
        }
        kpi_figure figure[KPI_TALLY_STATS];
        kpi_tally_figures(tally, g, figure);
        for (size_t s = 0; s < kpi_tally_stats(tally); s++) {
            assert_int_equal(strlen(figure[s].ptr), figure[s].len);
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", s ? " " : ": ",
                                     figure[s].len ? figure[s].ptr : "-");
        }
        used += (size_t)snprintf(text + used, sizeof text - used, "\n");
        assert_true(used < sizeof text);
    }
    kpi_tally_free(tally);
    return text;
}

static const char *tally_of(const kpi_tally_options *options, const char *lines) {
    kpi_tally *tally = tally_new(options);
    add_lines(tally, options, lines);
    return finish(tally);
}

static kpi_tally_options options_of(enum kpi_record_kind record, const char *asked, const char *keys,
                                    const char *stats) {
    kpi_tally_options options = {.record = record,
                                 .keys = keys,
                                 .stats = stats,
                                 .late_after = -1,
                                 .period_text = asked,
                                 .manager_book = manager_book,
                                 .client_book = client_book};
    if (asked) options.period = period(asked);
    return options;
}

/* ---- visits ---- */

static const char visits[] = "2026-10-01\tann\tC1\tvisit\tdone\trenewal\t\t30\t\t\n"
                             "2026-10-05\tann\tC2\tvisit\tdone\t\t\t45\t2026-10-09T00:00:00Z\t\n" /* late */
                             "2026-10-05\tann\tC2\tcall\tplanned\t\t\t\t\t\n"
                             "2026-10-06\tann\tC2\tcall\tplanned\t\t\t\t\t\n"
                             "2026-10-06\tbob\tC2\tcall\tdone\tdemo\t\t5\t\t\n"
                             "2026-10-07\tbob\t\ttraining\tdone\t\t\t\t\t\n"
                             "2026-10-20\tann\tC1\tvisit\tmissed\t\t\t\t\t\n"
                             "2026-10-20\tann\tC1\tvisit\tcancelled\t\t\t\t\t\n"
                             "2026-10-21\tann\tC2\tvisit\tdone\tx\t\t60\t2026-10-24T23:59:59Z\t\n"
                             "2026-11-02\tann\tC1\tvisit\tdone\tx\t\t15\t\t\n"
                             "2026-11-02\tbob\tC4\tvisit\tdone\tx\t\t15\t\t\n";

static void test_visits(void **state) {
    (void)state;
    static const struct {
        const char *asked, *keys, *stats, *tally;
    } cases[] = {
        {NULL, NULL, NULL, "ann: 4 2 150\nbob: 3 2 20\n"},
        {"2026-10", NULL, NULL, "ann: 3 2 135\nbob: 2 1 5\n"},
        {"2026-10-05..2026-10-06", NULL, "visits", "ann: 1\nbob: 1\n"},
        {"2026-10", "", NULL, ": 5 2 140\n"}, /* a client of two managers counts once */
        {"2025", "", NULL, ": 0 0 0\n"},      /* one line for no input too */
        {"2025", NULL, NULL, ""},
        {"2026-10", "status", "visits,planned,missed,cancelled",
         "cancelled: 0 0 0 1\ndone: 5 0 0 0\nmissed: 0 0 1 0\nplanned: 0 2 0 0\n"},
        {"2026-10", "kind,manager", "visits,clients",
         "call|ann: 0 0\ncall|bob: 1 1\ntraining|bob: 1 0\nvisit|ann: 3 2\n"},
        {"2026-10", "manager,client", "visits",
         "ann|C1: 1\nann|C2: 2\nbob|: 1\nbob|C2: 1\n"}, /* an empty key is empty */
        {"2026-10", "manager", "kept,planned,visits", "ann: 2 2 3\nbob: 0 0 2\n"},
        {"2026-10", "day", "kept,planned,visits",
         "2026-10-01: 0 0 1\n2026-10-05: 1 1 1\n2026-10-06: 0 1 1\n2026-10-07: 0 0 1\n2026-10-20: 0 0 0\n2026-10-21: 0 "
         "0 1\n"},
        {"2026-10", "manager", "purposeful,late", "ann: 66.67 1\nbob: 50.00 0\n"},
        {NULL, "month", "visits", "2026-10: 5\n2026-11: 2\n"},
        {NULL, "week", "visits", "2026-W40: 1\n2026-W41: 3\n2026-W43: 1\n2026-W45: 2\n"},
        {NULL, "quarter", "visits", "2026-Q4: 7\n"},
        {NULL, "half,year", "visits", "2026-H2|2026: 7\n"},
        {NULL, "date", "visits",
         "2026-10-01: 1\n2026-10-05: 1\n2026-10-06: 1\n2026-10-07: 1\n2026-10-20: 0\n2026-10-21: 1\n2026-11-02: 2\n"},
        {"2026-10", "minutes,purpose", "visits", "|: 1\n30|renewal: 1\n45|: 1\n5|demo: 1\n60|x: 1\n"},
        /* teams, roles and tiers are those of the end of the group's period */
        {"2026-10", "team", "visits", "east: 2\nwest: 3\n"},
        {"2026-10-01..2026-10-10", "team,role", "visits", "east|junior: 2\neast|senior: 2\n"},
        {"2026-10", "day,team", "visits",
         "2026-10-01|east: 1\n2026-10-05|east: 1\n2026-10-06|east: 1\n2026-10-07|east: 1\n2026-10-20|west: 0\n"
         "2026-10-21|west: 1\n"},
        {"2026-10", "team,kind,week", "visits",
         "east|call|2026-W41: 1\neast|training|2026-W41: 1\neast|visit|2026-W40: 1\neast|visit|2026-W41: 1\n"
         "west|visit|2026-W43: 1\n"},
        {"2026-10", "week,team", "visits", "2026-W40|east: 1\n2026-W41|east: 3\n2026-W43|west: 1\n"},
        {"2026-10", "tier", "visits", ": 1\ngrowth: 3\nkey: 1\n"}, /* C2 is bob's and growth at the end of October */
        {"2026-10", "week,tier", "visits",
         "2026-W40|key: 1\n2026-W41|: 1\n2026-W41|key: 2\n2026-W43|growth: 1\n2026-W43|key: 0\n"},
        {"2026-10", "", "late", ": 1\n"}, /* after 3 days unless said otherwise */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_tally_options options = options_of(KPI_VISIT, cases[i].asked, cases[i].keys, cases[i].stats);
        assert_string_equal(tally_of(&options, visits), cases[i].tally);
    }
}

static void test_filters(void **state) {
    (void)state;
    static const char *const ann[] = {"ann"}, *const both[] = {"nobody", "bob", "ann"}, *const c1[] = {"C1", "C4"},
                             *const none[] = {""}, *const calls[] = {"call", "training"};
    const struct {
        kpi_names managers, clients, kinds;
        const char *as_of;
        int64_t late_after;
        const char *tally;
    } cases[] = {
        {{0}, {0}, {0}, NULL, -1, "ann: 4 1\nbob: 3 0\n"},
        {{ann, 1}, {0}, {0}, NULL, -1, "ann: 4 1\n"},
        {{both, 3}, {0}, {0}, NULL, -1, "ann: 4 1\nbob: 3 0\n"},
        {{0}, {c1, 2}, {0}, NULL, -1, "ann: 2 0\nbob: 1 0\n"},
        {{0}, {none, 1}, {0}, NULL, -1, "bob: 1 0\n"},
        {{0}, {0}, {calls, 2}, NULL, -1, "ann: 0 0\nbob: 2 0\n"},
        {{ann, 1}, {c1, 2}, {calls, 2}, NULL, -1, ""},
        {{0}, {0}, {0}, "2026-10-08", -1, "ann: 2 0\nbob: 3 0\n"}, /* without those written later */
        {{0}, {0}, {0}, "2026-10-09", -1, "ann: 3 1\nbob: 3 0\n"},
        {{0}, {0}, {0}, "2026-10-24", -1, "ann: 4 1\nbob: 3 0\n"},
        {{0}, {0}, {0}, NULL, 4, "ann: 4 0\nbob: 3 0\n"},
        {{0}, {0}, {0}, NULL, 2, "ann: 4 2\nbob: 3 0\n"},
        {{0}, {0}, {0}, NULL, 0, "ann: 4 2\nbob: 3 0\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_tally_options options = options_of(KPI_VISIT, NULL, NULL, "visits,late");
        options.managers = cases[i].managers;
        options.clients = cases[i].clients;
        options.kinds = cases[i].kinds;
        options.sources = (kpi_names){none, 1}; /* nothing to visits */
        options.has_as_of = cases[i].as_of != NULL;
        if (cases[i].as_of) options.as_of = day(cases[i].as_of);
        options.late_after = cases[i].late_after;
        assert_string_equal(tally_of(&options, visits), cases[i].tally);
    }
}

/* ---- coverage ---- */

/* October: C1 and C2 (bob's on its last day), C3 until the 2nd, C6; not C4, nor C5. */
static void test_coverage(void **state) {
    (void)state;
    static const struct {
        const char *asked, *keys, *stats, *lines, *tally;
    } cases[] = {
        {"2026-10", NULL, "coverage", visits, "ann: 100.00\nbob: 50.00\ncy: 0.00\n"}, /* bob: C2 yes, C3 no */
        {"2026-10", NULL, "coverage", "", "ann: 0.00\nbob: 0.00\ncy: 0.00\n"},
        {"2026-10", "", "coverage", visits, ": 50.00\n"},                                    /* C1, C2 of 4 */
        {"2026-10", NULL, "visits,coverage", "2026-10-05\tzed\tC1\tvisit\tdone\t\t\t\t\t\n", /* not by the owner */
         "ann: 0 0.00\nbob: 0 0.00\ncy: 0 0.00\nzed: 1 -\n"},
        {"2026-10", NULL, "coverage", "2026-10-05\tann\tC1\tvisit\tplanned\t\t\t\t\t\n", /* not done */
         "ann: 0.00\nbob: 0.00\ncy: 0.00\n"},
        {"2026-10", "team", "coverage", visits, "east: 50.00\nwest: 50.00\n"}, /* bob 1 of 2; ann 1 of 1, cy 0 of 1 */
        {"2026-10", "role", "coverage", visits, ": 0.00\nsenior: 66.67\n"},
        {"2026-10", "tier", "coverage", visits, ": -\ngrowth: 50.00\nkey: 50.00\n"}, /* C2 C6; C1 C3; no client */
        {"2026-10-01..2026-10-20", NULL, "coverage", visits, "ann: 100.00\nbob: 0.00\ncy: 0.00\n"}, /* C2 still ann's */
        {"2026-10-20..2026-11-10", "month", "coverage", visits, "2026-10: 0.00\n2026-11: 50.00\n"},
        /* Oct 20..31: C1, C2 (bob's), C6, of which ann did not see C1, nor bob C2; Nov: C1 C2 C4 C6, seen: C1 C4 */
        {"2026-Q4", "month,manager", "coverage", visits,
         "2026-10|ann: 100.00\n2026-10|bob: 50.00\n2026-10|cy: 0.00\n2026-11|ann: 100.00\n2026-11|bob: 50.00\n"
         "2026-11|cy: 0.00\n2026-12|ann: 0.00\n2026-12|bob: 0.00\n2026-12|cy: 0.00\n"},
        {NULL, "month,manager", "coverage", visits, /* without a period: the months found */
         "2026-10|ann: 100.00\n2026-10|bob: 50.00\n2026-10|cy: 0.00\n2026-11|ann: 100.00\n2026-11|bob: 50.00\n"
         "2026-11|cy: 0.00\n"},
        {NULL, NULL, "coverage", visits, "ann: 100.00\nbob: 66.67\ncy: 0.00\n"}, /* ever: C2, C3, C4 are bob's */
        {"2026-10-01..2026-10-03", "day", "coverage", visits, /* each day has C1 C2 C6, C3 until the 2nd */
         "2026-10-01: 25.00\n2026-10-02: 0.00\n2026-10-03: 0.00\n"},
        {"2026-10", "week", "coverage", visits,
         "2026-W40: 25.00\n2026-W41: 33.33\n2026-W42: 0.00\n2026-W43: 0.00\n2026-W44: 0.00\n"},
        /* W40 is October 1..4: C1 C2 C3 C6, seen C1; W41: C1 C2 C6, seen C2 */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_tally_options options = options_of(KPI_VISIT, cases[i].asked, cases[i].keys, cases[i].stats);
        assert_string_equal(tally_of(&options, cases[i].lines), cases[i].tally);
    }
}

static void test_coverage_filters(void **state) {
    (void)state;
    static const char *const bob[] = {"bob"}, *const c2[] = {"C2", "C6"}, *const visit[] = {"visit"};
    kpi_tally_options options = options_of(KPI_VISIT, "2026-10", NULL, "coverage");
    options.managers = (kpi_names){bob, 1};
    assert_string_equal(tally_of(&options, visits), "bob: 50.00\n");
    options.managers = (kpi_names){0};
    options.clients = (kpi_names){c2, 2};
    assert_string_equal(tally_of(&options, visits), "ann: -\nbob: 100.00\ncy: 0.00\n");
    options.clients = (kpi_names){0};
    options.kinds = (kpi_names){visit, 1}; /* bob only called */
    assert_string_equal(tally_of(&options, visits), "ann: 100.00\nbob: 0.00\ncy: 0.00\n");
}

/* Random books and visits against counting day by day. */
enum { OWNERS = 3, CLIENTS = 6, SPAN = 20, VISITS = 40 };

struct plain {
    int owner[CLIENTS][SPAN]; /* of each client on each day; -1: not active */
    struct {
        int day, manager, client;
        char status;
    } visit[VISITS];
};

static void make_plain(struct plain *p, char *book, char *lines) {
    static const struct {
        char letter;
        const char *name;
    } status[] = {{'d', "done"}, {'d', "done"}, {'p', "planned"}, {'m', "missed"}};
    const kpi_day start = day("2026-10-01");
    char from[KPI_PERIOD_SIZE], to[KPI_PERIOD_SIZE];
    memset(p->owner, -1, sizeof p->owner);
    for (int c = 0; c < CLIENTS; c++)
        for (int at = (int)random_below(8); at < SPAN;) {
            int last = at + (int)random_below(12), owner = (int)random_below(OWNERS + 1); /* the last: nobody */
            if (last >= SPAN) last = SPAN - 1;
            kpi_day_format(start + at, from);
            kpi_day_format(start + last, to);
            for (int d = at; d <= last; d++) p->owner[c][d] = owner;
            char name[4] = {'m', (char)('0' + owner), 0, 0};
            book += sprintf(book, "c%d\t\t%s\t\t%s\t%s\n", c, owner == OWNERS ? "" : name, from, to);
            at = last + 1 + (int)random_below(6);
        }
    for (int i = 0; i < VISITS; i++) {
        size_t s = random_below(COUNT(status));
        p->visit[i].day = (int)random_below(SPAN);
        p->visit[i].manager = (int)random_below(OWNERS);
        p->visit[i].client = (int)random_below(CLIENTS + 1); /* the last: none */
        p->visit[i].status = status[s].letter;
        char client[4] = {'c', (char)('0' + p->visit[i].client), 0, 0};
        kpi_day_format(start + p->visit[i].day, from);
        lines += sprintf(lines, "%s\tm%d\t%s\tvisit\t%s\t\t\t\t\t\n", from, p->visit[i].manager,
                         p->visit[i].client == CLIENTS ? "" : client, status[s].name);
    }
}

/* "visits clients kept coverage" of manager m from day a to day b; owned and seen clients are counted, too. */
static void count_plainly(const struct plain *p, int m, int a, int b, char *out, bool *group) {
    int done[CLIENTS + 1] = {0}, planned[CLIENTS + 1] = {0}, lines = 0, visits_done = 0, clients = 0, kept = 0,
                       owned = 0, seen = 0;
    for (int i = 0; i < VISITS; i++) {
        if (p->visit[i].manager != m || p->visit[i].day < a || p->visit[i].day > b) continue;
        lines++;
        done[p->visit[i].client] += p->visit[i].status == 'd';
        planned[p->visit[i].client] += p->visit[i].status == 'p';
    }
    for (int c = 0; c <= CLIENTS; c++) {
        visits_done += done[c];
        kept += done[c] < planned[c] ? done[c] : planned[c];
        if (c == CLIENTS) continue;
        clients += done[c] > 0;
        int owner = -1; /* of its last active day in a..b */
        for (int d = a; d <= b; d++)
            if (p->owner[c][d] >= 0) owner = p->owner[c][d];
        owned += owner == m;
        seen += owner == m && done[c];
    }
    *group = lines || owned;
    char percent[KPI_NUMBER_SIZE] = "-";
    if (owned) kpi_ratio_format((kpi_ratio){seen * 100 * KPI_ONE, owned}, 2, percent);
    sprintf(out, "%d %d %d %s", visits_done, clients, kept, percent);
}

static void test_random_coverage(void **state) {
    (void)state;
    for (int round = 0; round < 400; round++) {
        struct plain p;
        char book[4096] = "", lines[4096] = "", asked[64], expected[1024] = "", first[KPI_PERIOD_SIZE],
             last[KPI_PERIOD_SIZE];
        make_plain(&p, book, lines);
        int a = (int)random_below(SPAN), b = (int)random_from(a, SPAN - 1);
        kpi_day_format(day("2026-10-01") + a, first);
        kpi_day_format(day("2026-10-01") + b, last);
        snprintf(asked, sizeof asked, "%s..%s", first, last);
        kpi_tally_options options = options_of(KPI_VISIT, asked, "manager", "visits,clients,kept,coverage");
        options.client_book = book_of(KPI_CLIENT, book);
        for (int m = 0; m < OWNERS; m++) {
            bool group;
            char figures[128];
            count_plainly(&p, m, a, b, figures, &group);
            if (group) sprintf(expected + strlen(expected), "m%d: %s\n", m, figures);
        }
        assert_string_equal(tally_of(&options, lines), expected);
        kpi_book_free((kpi_book *)(uintptr_t)options.client_book);
    }
}

/* ---- feedback ---- */

static const char feedback[] = "2026-10-01\tann\tC1\tsurvey\tdelivery/late\t3\t2026-10-04\t\t\n"
                               "2026-10-02\tann\tC1\tsurvey\tprice\t9\t\t\t\n"
                               "2026-10-02\tbob\tC2\tcall\tprice\t7.5\t\t\t\n"
                               "2026-10-03\tbob\tC2\tcall\tdelivery/late\t\t2026-10-03\t\t\n"
                               "2026-10-03\tbob\t\tsurvey\t\t10\t\t\t\n"
                               "2026-11-03\tcy\t\tsurvey\tprice\t\t\t2026-11-04T00:00:00Z\t\n";

static void test_feedback(void **state) {
    (void)state;
    static const struct {
        const char *asked, *keys, *stats;
        size_t top;
        const char *tally;
    } cases[] = {
        {NULL, NULL, NULL, 0, "ann: 2 2 6.00\nbob: 3 2 8.75\ncy: 1 0 -\n"},
        {NULL, "", NULL, 0, ": 6 4 7.38\n"}, /* 29.5 / 4 = 7.375 */
        {"2025", "", "n,nps,csat,csat-low,share,mean,sum,min,max,resolve-days", 0, ": 0 - - - - - - - - -\n"},
        {"2026-10", "theme", "n,min,max,sum", 0, ": 1 10 10 10\ndelivery/late: 2 3 3 3\nprice: 2 7.5 9 16.5\n"},
        {NULL, "theme", "share", 0, ": 16.67\ndelivery/late: 33.33\nprice: 50.00\n"},
        {NULL, "manager", "promoters,passives,detractors,nps", 0, "ann: 1 0 1 0.00\nbob: 1 1 0 50.00\ncy: 0 0 0 -\n"},
        {NULL, "manager", "csat,unresolved,resolve-days", 0, "ann: 50.00 0 3.00\nbob: 100.00 0 0.00\ncy: - 0 -\n"},
        {NULL, "score", "n", 0, ": 2\n10: 1\n3: 1\n7.5: 1\n9: 1\n"}, /* keys by bytes */
        /* the largest first figure, empty last, ties by key; share is of all that were selected */
        {NULL, "theme", "n,share", 2, "price: 3 50.00\ndelivery/late: 2 33.33\n"},
        {NULL, "theme", "n", 9, "price: 3\ndelivery/late: 2\n: 1\n"},
        {NULL, "manager", "mean,n", 3, "bob: 8.75 3\nann: 6.00 2\ncy: - 1\n"},
        {NULL, "manager", "mean,n", 2, "bob: 8.75 3\nann: 6.00 2\n"},
        {NULL, "score", "n", 3, ": 2\n10: 1\n3: 1\n"},
        {NULL, "manager", "unresolved", 2, "ann: 0\nbob: 0\n"},
        {NULL, "", "n", 1, ": 6\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_tally_options options = options_of(KPI_FEEDBACK, cases[i].asked, cases[i].keys, cases[i].stats);
        options.top = cases[i].top;
        assert_string_equal(tally_of(&options, feedback), cases[i].tally);
    }
}

/* Groups without a figure come last, by key. */
static void test_top_without_figures(void **state) {
    (void)state;
    char lines[1024] = "", expected[1024] = "m: 5.00\n";
    kpi_tally_options options = options_of(KPI_FEEDBACK, NULL, "manager", "mean");
    for (const char *p = "qhzbmxadt"; *p; p++)
        sprintf(lines + strlen(lines), "2026-10-01\t%c\t\t\t\t%s\t\t\t\n", *p, *p == 'm' ? "5" : "");
    for (const char *p = "abdhqtxz"; *p; p++) sprintf(expected + strlen(expected), "%c: -\n", *p);
    options.top = 9;
    assert_string_equal(tally_of(&options, lines), expected);
}

static void test_feedback_filters(void **state) {
    (void)state;
    static const char *const call[] = {"call"}, *const unknown[] = {"unknown"};
    kpi_tally_options options = options_of(KPI_FEEDBACK, NULL, NULL, "n");
    options.sources = (kpi_names){call, 1};
    options.kinds = (kpi_names){unknown, 1}; /* nothing to feedback */
    assert_string_equal(tally_of(&options, feedback), "bob: 2\n");
    options.sources = (kpi_names){0};
    options.has_as_of = true;
    options.as_of = day("2026-11-03");
    assert_string_equal(tally_of(&options, feedback), "ann: 2\nbob: 3\n");
}

/* The scale is checked on lines that pass the filters, before --as-of. */
static void test_scale(void **state) {
    (void)state;
    static const char *const ann[] = {"ann"}, *const survey[] = {"survey"};
    static const char outside[] = "2026-10-01\tann\tC1\tcall\tx\t5.1\t\t2026-12-31\t";
    static const struct {
        bool others, period, source, as_of, refused;
    } cases[] = {{false, false, false, false, true},
                 {true, false, false, false, false},
                 {false, true, false, false, false},
                 {false, false, true, false, false},
                 {false, false, false, true, true}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_error error = {0};
        kpi_tally_options options = options_of(KPI_FEEDBACK, cases[i].period ? "2026-11" : NULL, "", "csat");
        kpi_line line = line_of(outside);
        static const char *const bob[] = {"bob"};
        options.low = KPI_ONE;
        options.high = 5 * KPI_ONE;
        options.managers = cases[i].others ? (kpi_names){bob, 1} : (kpi_names){ann, 1};
        if (cases[i].source) options.sources = (kpi_names){survey, 1};
        options.has_as_of = cases[i].as_of;
        options.as_of = day("2026-10-31");
        kpi_tally *tally = tally_new(&options);
        int code = kpi_tally_add(tally, &line, &error);
        assert_int_equal(code, cases[i].refused ? KPI_DATA : KPI_OK);
        if (code) assert_string_equal(shown(&error), "test:1:6: a score outside the scale 1..5: '5.1'");
        assert_string_equal(finish(tally), ": -\n");
    }
    kpi_tally_options options = options_of(KPI_FEEDBACK, NULL, "", "csat,mean"); /* 5:10 4:20 3:10 2:5 1:5, Intercom */
    char lines[8192] = "";
    static const int scores[][2] = {{5, 10}, {4, 20}, {3, 10}, {2, 5}, {1, 5}};
    for (size_t i = 0; i < COUNT(scores); i++)
        for (int n = 0; n < scores[i][1]; n++)
            sprintf(lines + strlen(lines), "2026-10-01\ta\t\t\t\t%d\t\t\t\n", scores[i][0]);
    options.low = KPI_ONE;
    options.high = 5 * KPI_ONE;
    assert_string_equal(tally_of(&options, lines), ": 60.00 3.50\n");
}

/* ---- measures ---- */

static void test_emit(void **state) {
    (void)state;
    static const struct {
        enum kpi_record_kind record;
        const char *asked, *emit, *names, *tally;
    } cases[] = {
        {KPI_VISIT, "2026-10", "visits", "visits", "2026-10|ann: 3\n2026-10|bob: 2\n"},
        {KPI_VISIT, "2026-10-01..2026-10-31", "visits=v,minutes", "v minutes",
         "2026-10-01..2026-10-31|ann: 3 135\n2026-10-01..2026-10-31|bob: 2 5\n"},
        {KPI_VISIT, NULL, "visits,purposeful=p", "visits p",
         "2026-10|ann: 3 66.666667\n2026-10|bob: 2 50\n2026-11|ann: 1 100\n2026-11|bob: 1 100\n"},
        {KPI_VISIT, "2026-10", "coverage=访问/率", "访问/率", "2026-10|ann: 100\n2026-10|bob: 50\n2026-10|cy: 0\n"},
        {KPI_FEEDBACK, "2026-10", "mean,nps=n", "mean n", "2026-10|ann: 6 0\n2026-10|bob: 8.75 50\n"},
        {KPI_FEEDBACK, NULL, "mean", "mean", "2026-10|ann: 6\n2026-10|bob: 8.75\n2026-11|cy: -\n"},
        {KPI_FEEDBACK, NULL, "csat-low", "csat-low", "2026-10|ann: 9.452865\n2026-10|bob: 34.237195\n2026-11|cy: -\n"},
        {KPI_FEEDBACK, NULL, "n=a=b", "a=b", "2026-10|ann: 2\n2026-10|bob: 3\n2026-11|cy: 1\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_tally_options options = options_of(cases[i].record, cases[i].asked, NULL, NULL);
        options.emit = cases[i].emit;
        kpi_tally *tally = tally_new(&options);
        char names[64] = "";
        for (size_t s = 0; s < kpi_tally_stats(tally); s++)
            sprintf(names + strlen(names), "%s%s", s ? " " : "", kpi_tally_stat_name(tally, s));
        assert_string_equal(names, cases[i].names);
        assert_string_equal(kpi_tally_key_name(tally, 0), cases[i].asked ? "period" : "month");
        assert_string_equal(kpi_tally_key_name(tally, 1), "manager");
        kpi_tally_free(tally);
        assert_string_equal(tally_of(&options, cases[i].record == KPI_VISIT ? visits : feedback), cases[i].tally);
    }
}

/* A sum that no measure line could hold. */
static void test_emit_out_of_range(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_figure out;
    kpi_tally_options options = options_of(KPI_VISIT, "2026-10", NULL, NULL);
    options.emit = "minutes";
    for (int n = 1; n <= 2; n++) {
        kpi_tally *tally = tally_new(&options);
        for (int i = 0; i < n; i++)
            add_lines(tally, &options, "2026-10-01\tann\tC1\tvisit\tdone\t\t\t999999999999999\t\t\n");
        if (n == 1) {
            expect_ok(kpi_tally_finish(tally, &error), &error);
            kpi_tally_figures(tally, 0, &out);
            assert_string_equal(out.ptr, "999999999999999");
        } else
            expect_failure(kpi_tally_finish(tally, &error), KPI_DATA, &error,
                           "minutes of 'ann' is out of range: 1999999999999998");
        kpi_tally_free(tally);
    }
    options.emit = NULL; /* in a tally it is printed exactly */
    options.stats = "minutes";
    kpi_tally *tally = tally_new(&options);
    for (int i = 0; i < 2; i++)
        add_lines(tally, &options, "2026-10-01\tann\tC1\tvisit\tdone\t\t\t999999999999999\t\t\n");
    assert_string_equal(finish(tally), "ann: 1999999999999998\n");
}

/* ---- what does not go together ---- */

static void test_usage(void **state) {
    (void)state;
    static const struct {
        enum kpi_record_kind record;
        const char *keys, *stats, *emit;
        const char *low, *high;
        bool no_books;
        const char *fault;
    } cases[] = {
        {KPI_VISIT, "owner", NULL, NULL, "0", "0", false, "no such key: 'owner'"},
        {KPI_VISIT, "manager,", NULL, NULL, "0", "0", false, "no such key: ''"},
        {KPI_VISIT, ",manager", NULL, NULL, "0", "0", false, "no such key: ''"},
        {KPI_VISIT, "theme", NULL, NULL, "0", "0", false, "no such key: 'theme'"},
        {KPI_FEEDBACK, "kind", NULL, NULL, "0", "0", false, "no such key: 'kind'"},
        {KPI_VISIT, "period", NULL, NULL, "0", "0", false, "no such key: 'period'"},
        {KPI_VISIT, "team", NULL, NULL, "0", "0", true, "key 'team' needs a book of managers (-M)"},
        {KPI_VISIT, "role", NULL, NULL, "0", "0", true, "key 'role' needs a book of managers (-M)"},
        {KPI_FEEDBACK, "tier", NULL, NULL, "0", "0", true, "key 'tier' needs a book of clients (-C)"},
        {KPI_VISIT, "day,day,day,day,day,day,day,day,day,day,day,day,day,day,day,day,day", NULL, NULL, "0", "0", false,
         "more than 16 keys"},
        {KPI_VISIT, NULL, "nps", NULL, "0", "0", false, "no such statistic: 'nps'"},
        {KPI_FEEDBACK, NULL, "visits", NULL, "0", "0", false, "no such statistic: 'visits'"},
        {KPI_VISIT, NULL, "", NULL, "0", "0", false, "no such statistic: ''"},
        {KPI_VISIT, NULL, "visits,", NULL, "0", "0", false, "no such statistic: ''"},
        {KPI_VISIT, NULL, NULL, "", "0", "0", false, "no name for the metric: ''"},
        {KPI_VISIT, NULL, NULL, "visits=", "0", "0", false, "no name for the metric: 'visits='"},
        {KPI_VISIT, NULL, NULL, "=x", "0", "0", false, "no such statistic: ''"},
        {KPI_VISIT, NULL, NULL, "visit=x", "0", "0", false, "no such statistic: 'visit'"},
        {KPI_VISIT, "manager", NULL, "visits", "0", "0", false, "measures are by period and manager: no other keys"},
        {KPI_VISIT, "", NULL, "visits", "0", "0", false, "measures are by period and manager: no other keys"},
        {KPI_VISIT, NULL, "visits", "visits", "0", "0", false, "either statistics or measures"},
        {KPI_VISIT, NULL, "coverage", NULL, "0", "0", true, "coverage needs a book of clients (-C)"},
        {KPI_VISIT, "client", "coverage", NULL, "0", "0", false,
         "coverage goes with the keys manager, team, role, tier and periods only"},
        {KPI_VISIT, "manager,date", "coverage", NULL, "0", "0", false,
         "coverage goes with the keys manager, team, role, tier and periods only"},
        {KPI_VISIT, "week,team", "load", NULL, "0", "0", false, "load goes with the key manager only"},
        {KPI_FEEDBACK, NULL, NULL, NULL, "5", "5", false, "the scale is empty"},
        {KPI_FEEDBACK, NULL, NULL, NULL, "5", "1", false, "the scale is empty"},
        {KPI_FEEDBACK, NULL, "nps", NULL, "1", "5", false,
         "promoters, passives, detractors and nps are for the scales 0..10 and 1..10 only"},
        {KPI_FEEDBACK, NULL, "mean,detractors", NULL, "0", "9", false,
         "promoters, passives, detractors and nps are for the scales 0..10 and 1..10 only"},
        {KPI_FEEDBACK, NULL, "promoters", NULL, "2", "10", false,
         "promoters, passives, detractors and nps are for the scales 0..10 and 1..10 only"},
        {KPI_FEEDBACK, NULL, NULL, "nps", "1", "10.5", false,
         "promoters, passives, detractors and nps are for the scales 0..10 and 1..10 only"},
        {KPI_FEEDBACK, NULL, "nps", NULL, "1", "10", false, NULL},
        {KPI_FEEDBACK, NULL, "nps", NULL, "0", "10", false, NULL},
        {KPI_FEEDBACK, NULL, "csat,mean", NULL, "1", "5", false, NULL},
        {KPI_VISIT, "day,day,day,day,day,day,day,day,day,day,day,day,day,day,day,day", NULL, NULL, "0", "0", false,
         NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_error error = {0};
        kpi_tally *tally = NULL;
        kpi_tally_options options = options_of(cases[i].record, NULL, cases[i].keys, cases[i].stats);
        options.emit = cases[i].emit;
        options.low = number(cases[i].low);
        options.high = number(cases[i].high);
        if (cases[i].no_books) options.manager_book = options.client_book = NULL;
        int code = kpi_tally_new(&tally, &options, &error);
        assert_int_equal(code, cases[i].fault ? KPI_USAGE : KPI_OK);
        if (code) assert_string_equal(shown(&error), cases[i].fault);
        assert_int_equal(tally != NULL, code == KPI_OK);
        kpi_tally_free(tally);
    }
    char many[1024] = "n";
    for (int i = 1; i <= 64; i++) {
        kpi_error error = {0};
        kpi_tally *tally = NULL;
        kpi_tally_options options = options_of(KPI_FEEDBACK, NULL, NULL, many);
        assert_int_equal(kpi_tally_new(&tally, &options, &error), KPI_OK);
        kpi_tally_free(tally);
        strcat(many, ",n");
    }
    kpi_error error = {0};
    kpi_tally *tally = NULL;
    kpi_tally_options options = options_of(KPI_FEEDBACK, NULL, NULL, many);
    expect_failure(kpi_tally_new(&tally, &options, &error), KPI_USAGE, &error, "more than 64 statistics");
}

static void test_names(void **state) {
    (void)state;
    kpi_tally_options options = options_of(KPI_FEEDBACK, NULL, "theme,team,month,resolved", "n,csat-low");
    static const char *const names[] = {"theme", "team", "month", "resolved"};
    kpi_tally *tally = tally_new(&options);
    assert_int_equal(kpi_tally_keys(tally), COUNT(names));
    for (size_t i = 0; i < COUNT(names); i++) assert_string_equal(kpi_tally_key_name(tally, i), names[i]);
    assert_int_equal(kpi_tally_stats(tally), 2);
    assert_string_equal(kpi_tally_stat_name(tally, 1), "csat-low");
    kpi_tally_free(tally);
    kpi_tally_free(NULL);
}

/* Keys longer than what is at hand at first, and groups that differ only in where a key ends. */
static void test_long_keys(void **state) {
    (void)state;
    char lines[4096] = "", expected[4096] = "", name[1001];
    kpi_tally_options options = options_of(KPI_VISIT, NULL, "manager,client,kind", "visits");
    for (size_t n = 200; n <= 1000; n += 400) {
        memset(name, 'x', n);
        name[n] = 0;
        sprintf(lines + strlen(lines), "2026-10-01\t%s\t\tab\tdone\t\t\t\t\t\n", name);
        sprintf(expected + strlen(expected), "%s||ab: 1\n", name);
    }
    strcat(lines, "2026-10-01\ta\tb\tc\tdone\t\t\t\t\t\n2026-10-01\ta b\t\tc\tdone\t\t\t\t\t\n");
    char whole[8192];
    snprintf(whole, sizeof whole, "a|b|c: 1\na b||c: 1\n%s", expected);
    assert_string_equal(tally_of(&options, lines), whole);
}

/* ---- load ---- */

static void test_load(void **state) {
    (void)state;
    static const struct {
        bool book;
        const char *asked, *keys, *stats, *tally;
    } cases[] = {
        {false, NULL, "manager", "load,minutes", "ann: 176.47 150\nbob: 23.53 20\n"}, /* of (150 + 20) / 2 */
        {true, NULL, "manager", "load", "ann: 100.00\nbob: 100.00\n"},              /* west and east, each alone */
        {true, "2026-10-01..2026-10-10", "manager", "load", "ann: 187.50\nbob: 12.50\n"}, /* both east: 75 and 5 */
        {true, NULL, "week,manager", "load",
         "2026-W40|ann: 100.00\n2026-W41|ann: 180.00\n2026-W41|bob: 20.00\n2026-W43|ann: 100.00\n"
         "2026-W45|ann: 100.00\n"
         "2026-W45|bob: 100.00\n"},
        {false, "2026-10", "kind,manager", "load",
         "call|ann: 0.00\ncall|bob: 100.00\ntraining|bob: -\nvisit|ann: 100.00\n"}, /* nothing done, nothing but 0 */
        {true, "2026-10", "manager", "coverage,load", "ann: 100.00 100.00\nbob: 50.00 100.00\ncy: 0.00 0.00\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi_tally_options options = options_of(KPI_VISIT, cases[i].asked, cases[i].keys, cases[i].stats);
        if (!cases[i].book) options.manager_book = NULL;
        assert_string_equal(tally_of(&options, visits), cases[i].tally);
    }
    /* merged, it is of the sums; and who was picked is compared with those who were not */
    kpi_error error = {0};
    kpi_tally_options options = options_of(KPI_VISIT, NULL, "manager", "load");
    options.manager_book = NULL;
    options.managers = (kpi_names){(const char *const[]){"bob"}, 1};
    kpi_tally *from = tally_new(&options), *to = tally_new(&options);
    add_lines(from, &options, "2026-10-05\tann\t\tvisit\tdone\t\t\t30\t\t\n"
                              "2026-10-05\tbob\t\tvisit\tdone\t\t\t10\t\t\n");
    add_lines(to, &options, "2026-10-05\tcy\t\tvisit\tdone\t\t\t16\t\t\n"
                            "2026-10-06\tbob\t\tvisit\tdone\t\t\t2\t\t\n");
    expect_ok(kpi_tally_merge(to, from, &error), &error);
    assert_string_equal(finish(to), "bob: 75.00\n"); /* 12 of 12, 16, 30 */
    assert_string_equal(finish(from), "bob: 50.00\n");
}

/* ---- files ---- */

static void test_read(void **state) {
    (void)state;
    kpi_error error = {0};
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    char expected[512];
    kpi_tally_options options = options_of(KPI_FEEDBACK, NULL, "", "n,sum");
    kpi_tally *tally = tally_new(&options);
    const char *path = temp_file("f", TEXT("2026-10-01\ta\t\t\t\t7\t\t\t\n2026-10-01\ta\t\t\t\t11\t\t\t\nbad\n"
                                           "2026-10-01\ta\t\t\t\t8\t\t\t\n"));
    expect_ok(kpi_tally_read(tally, path, &report, &error), &error);
    snprintf(expected, sizeof expected,
             "%s:2:6: a score outside the scale 0..10: '11'\n%s:3: 1 field, a feedback line has 9\n", path, path);
    assert_string_equal(heard.text, expected);
    snprintf(expected, sizeof expected, "%s:2:6: a score outside the scale 0..10: '11'", path);
    assert_string_equal(finish(tally), ": 2 15\n");
    tally = tally_new(&options);
    expect_failure(kpi_tally_read(tally, path, NULL, &error), KPI_DATA, &error, expected);
    snprintf(expected, sizeof expected, "%s: open: No such file or directory", temp_path("none"));
    expect_failure(kpi_tally_read(tally, temp_path("none"), NULL, &error), KPI_SYSTEM, &error, expected);
    kpi_tally_free(tally);
}

/* ---- merging and order ---- */

static void random_lines(enum kpi_record_kind record, char text[80][160], size_t n) {
    static const char *const status[] = {"done", "done", "done", "planned", "planned", "missed", "cancelled"},
                             *const who[] = {"ann", "bob", "cy", "zed"}, *const kind[] = {"visit", "call"},
                             *const theme[] = {"", "price", "delivery/late"};
    for (size_t i = 0; i < n; i++) {
        char date[KPI_PERIOD_SIZE], client[32] = "", score[32] = "", later[KPI_PERIOD_SIZE] = "";
        kpi_day at = day("2026-09-20") + (kpi_day)random_below(60);
        kpi_day_format(at, date);
        if (random_below(8)) snprintf(client, sizeof client, "C%d", 1 + (int)random_below(6));
        if (random_below(4)) snprintf(score, sizeof score, "%u", (unsigned)random_below(11));
        if (random_below(2)) kpi_day_format(at + (kpi_day)random_below(9), later);
        if (record == KPI_VISIT)
            snprintf(text[i], 160, "%s\t%s\t%s\t%s\t%s\t%s\t\t%u\t%s\t\n", date, who[random_below(4)], client,
                     kind[random_below(2)], status[random_below(7)], random_below(2) ? "p" : "",
                     (unsigned)random_below(100), later);
        else
            snprintf(text[i], 160, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t\t\n", date, who[random_below(4)], client,
                     kind[random_below(2)], theme[random_below(3)], score, later);
    }
}

static const struct {
    enum kpi_record_kind record;
    const char *asked, *keys, *stats, *emit;
    size_t top;
} shapes[] = {
    {KPI_VISIT, NULL, NULL, NULL, NULL, 0},
    {KPI_VISIT, "2026-10", "manager", "visits,clients,minutes,planned,missed,cancelled,kept,purposeful,late,coverage",
     NULL, 0},
    {KPI_VISIT, "2026-Q4", "month,manager", "visits,clients,kept,coverage", NULL, 0},
    {KPI_VISIT, NULL, "week,team", "clients,coverage,kept", NULL, 0},
    {KPI_VISIT, "2026-10", "team,role,tier", "coverage,clients,kept", NULL, 0},
    {KPI_VISIT, "2026-10", "", "visits,clients,kept,coverage", NULL, 0},
    {KPI_VISIT, "2026", "client,kind", "clients,kept,visits", NULL, 3},
    {KPI_VISIT, NULL, NULL, NULL, "visits,clients,kept,coverage,purposeful", 0},
    {KPI_VISIT, "2026-10", NULL, NULL, "coverage,kept=k", 0},
    {KPI_FEEDBACK, NULL, NULL, NULL, NULL, 0},
    {KPI_FEEDBACK, "2026-10", "theme",
     "n,scored,sum,mean,min,max,promoters,passives,detractors,nps,csat,csat-low,share,unresolved,resolve-days", NULL,
     0},
    {KPI_FEEDBACK, NULL, "", "n,min,max,share,csat-low,resolve-days", NULL, 0},
    {KPI_FEEDBACK, NULL, "manager,theme", "mean,share", NULL, 4},
    {KPI_FEEDBACK, NULL, NULL, NULL, "mean,nps,csat-low,resolve-days", 0},
    {KPI_FEEDBACK, "2026-10", "tier,month", "n,min,max,nps", NULL, 0},
};

static void check_shape(size_t i) {
    static char text[80][160], whole[80 * 160], first[65536];
    size_t n = random_below(COUNT(text) + 1), parts = 1 + random_below(7);
    kpi_error error = {0};
    kpi_tally_options options = options_of(shapes[i].record, shapes[i].asked, shapes[i].keys, shapes[i].stats);
    options.emit = shapes[i].emit;
    options.top = shapes[i].top;
    kpi_tally *part[7], *merged = tally_new(&options);
    random_lines(options.record, text, n);
    *whole = 0;
    for (size_t k = 0; k < n; k++) strcat(whole, text[k]);
    snprintf(first, sizeof first, "%s", tally_of(&options, whole));
    for (size_t k = 0; k < parts; k++) part[k] = tally_new(&options);
    for (size_t k = 0; k < n; k++) add_lines(part[random_below(parts)], &options, text[k]);
    for (size_t k = 0; k < parts; k++) expect_ok(kpi_tally_merge(merged, part[k], &error), &error);
    assert_string_equal(finish(merged), first); /* the same as in one pass */
    for (size_t k = 1; k < parts; k++) expect_ok(kpi_tally_merge(part[0], part[k], &error), &error);
    for (size_t k = 1; k < parts; k++) kpi_tally_free(part[k]);
    assert_string_equal(finish(part[0]), first); /* also into one that has lines */
    *whole = 0;
    for (size_t left = n; left; left--) { /* in another order */
        size_t k = random_below(left);
        strcat(whole, text[k]);
        memmove(text[k], text[left - 1], sizeof text[k]);
    }
    assert_string_equal(tally_of(&options, whole), first);
}

static void test_merge_and_order(void **state) {
    (void)state;
    for (int round = 0; round < 60; round++)
        for (size_t i = 0; i < COUNT(shapes); i++) check_shape(i);
}

/* What is merged is left as it was, and can be merged again. */
static void test_merge_twice(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_tally_options options = options_of(KPI_VISIT, "2026-10", NULL, "visits,clients,kept,coverage");
    kpi_tally *from = tally_new(&options), *to = tally_new(&options);
    add_lines(from, &options, visits);
    expect_ok(kpi_tally_merge(to, from, &error), &error);
    expect_ok(kpi_tally_merge(to, from, &error), &error);
    assert_string_equal(finish(to), "ann: 6 2 4 100.00\nbob: 4 1 0 50.00\ncy: 0 0 0 0.00\n"); /* twice the lines */
    assert_string_equal(finish(from), "ann: 3 2 2 100.00\nbob: 2 1 0 50.00\ncy: 0 0 0 0.00\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_visits),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_coverage),
        cmocka_unit_test(test_coverage_filters),
        cmocka_unit_test(test_random_coverage),
        cmocka_unit_test(test_feedback),
        cmocka_unit_test(test_top_without_figures),
        cmocka_unit_test(test_feedback_filters),
        cmocka_unit_test(test_scale),
        cmocka_unit_test(test_emit),
        cmocka_unit_test(test_emit_out_of_range),
        cmocka_unit_test(test_usage),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_long_keys),
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_merge_and_order),
        cmocka_unit_test(test_merge_twice),
    };
    return cmocka_run_group_tests(tests, make_books, drop_books) != 0;
}
