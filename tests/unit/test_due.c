/* test_due.c - due.c: who is due when, plans, what is left out; whole lists as texts.
 *
 * A row is "CLIENT OWNER TIER last LAST due DUE over N planned PLAN", - for what is not known. */
#include "unit.h"

static const char scheme_text[] = "scheme: s\nmetrics: {v: {weight: 100}}\ntiers: {key: 14, growth: 30}\n";
static kpi_goals *goals;

static int make_scheme(void **state) {
    if (make_temp_folder(state)) return -1;
    goals = goals_of(scheme_text, true);
    return 0;
}

static int drop_scheme(void **state) {
    kpi_goals_free(goals);
    return drop_temp_folder(state);
}

static kpi_book *book_of(const char *text) {
    kpi_error error = {0};
    kpi_book *book;
    expect_ok(kpi_book_new(&book, KPI_CLIENT, &error), &error);
    expect_ok(kpi_book_read(book, temp_file("book", kpi_text_of(text)), NULL, &error), &error);
    return book;
}

static kpi_due_options options_of(const kpi_book *book) {
    return (kpi_due_options){
        .as_of = day("2026-11-02"), .client_book = book, .scheme = kpi_goals_scheme_at(goals, 0)};
}

static const char *day_text(bool known, kpi_day value) {
    static char text[4][KPI_PERIOD_SIZE];
    static unsigned turn;
    char *out = text[turn++ % COUNT(text)];
    strcpy(out, "-");
    if (known) kpi_day_format(value, out);
    return out;
}

/* What options make of lines, each ended by LF. */
static const char *list_of(const kpi_due_options *options, const char *lines, struct heard *heard) {
    static char text[8192];
    size_t used = 0;
    kpi_error error = {0};
    kpi_due *due;
    kpi_report report = {.fn = hear, .context = heard};
    expect_ok(kpi_due_new(&due, options, &error), &error);
    expect_ok(kpi_due_read(due, temp_file("visits.tsv", kpi_text_of(lines)), NULL, &error), &error);
    expect_ok(kpi_due_finish(due, heard ? &report : NULL, &error), &error);
    *text = 0;
    for (size_t i = 0; i < kpi_due_size(due); i++) {
        const kpi_due_row *row = kpi_due_at(due, i);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s %s %s last %s due %s over %lld planned %s\n",
                                 row->client->who, *row->client->of ? row->client->of : "-", row->tier->name,
                                 day_text(row->visited, row->last), day_text(row->known, row->due),
                                 (long long)row->over, day_text(row->planned, row->plan));
        assert_true(used < sizeof text);
    }
    kpi_due_free(due);
    return text;
}

static void expect_list(const kpi_due_options *options, const char *lines, const char *list) {
    assert_string_equal(list_of(options, lines, NULL), list);
}

/* ---- days ---- */

static void test_days(void **state) {
    (void)state;
    static const char lines[] = "2026-10-19\tann\tC1\tvisit\tdone\t\t\t\t\t\n"
                                "2026-10-18\tann\tC2\tvisit\tdone\t\t\t\t\t\n"
                                "2026-10-02\tann\tC2\tvisit\tdone\t\t\t\t\t\n"
                                "2026-10-20\tbob\tC3\tcall\tdone\t\t\t\t\t\n";
    kpi_book *book = book_of("C1\t\tann\tkey\t\t\nC2\t\tann\tkey\t\t\nC3\t\tbob\tkey\t\t\nC4\t\tbob\tgrowth\t\t\n"
                             "C5\t\t\tkey\t2026-10-19\t\nC6\t\tann\tkey\t2026-10-20\t\nC7\t\tann\tkey\t2026-11-03\t\n");
    kpi_due_options options = options_of(book);
    expect_list(&options, lines, "C5 - key last - due 2026-11-02 over 0 planned -\n"
                                 "C2 ann key last 2026-10-18 due 2026-11-01 over 1 planned -\n"
                                 "C1 ann key last 2026-10-19 due 2026-11-02 over 0 planned -\n"
                                 "C4 bob growth last - due - over 0 planned -\n");
    options.within = 1;
    options.managers = (kpi_names){(const char *const[]){"ann", "bob"}, 2};
    options.clients = (kpi_names){(const char *const[]){"C3", "C6", "C7"}, 3};
    expect_list(&options, lines, "C6 ann key last - due 2026-11-03 over -1 planned -\n"
                                 "C3 bob key last 2026-10-20 due 2026-11-03 over -1 planned -\n");
    options.within = INT64_MAX;
    options.kinds = (kpi_names){(const char *const[]){"visit"}, 1};
    expect_list(&options, lines, "C6 ann key last - due 2026-11-03 over -1 planned -\n"
                                 "C3 bob key last - due - over 0 planned -\n");
    kpi_book_free(book);
    kpi_due_free(NULL);
}

/* Never seen: from the first day of the unbroken time in the book on, whoever's he was. A gap begins anew. */
static void test_since(void **state) {
    (void)state;
    kpi_book *book = book_of("A\t\tann\tkey\t\t2026-10-14\nA\t\tbob\tkey\t2026-10-15\t\n"
                             "B\t\tann\tkey\t2026-09-01\t2026-10-14\nB\t\tbob\tgrowth\t2026-10-15\t\n"
                             "C\t\tann\tkey\t2026-09-01\t2026-10-13\nC\t\tbob\tkey\t2026-10-15\t\n");
    kpi_due_options options = options_of(book);
    expect_list(&options, "", "A bob key last - due - over 0 planned -\n"
                              "B bob growth last - due 2026-10-01 over 32 planned -\n"
                              "C bob key last - due 2026-10-29 over 4 planned -\n");
    options.as_of = day("2026-10-14");
    expect_list(&options, "", "A ann key last - due - over 0 planned -\n"
                              "B ann key last - due 2026-09-15 over 29 planned -\n");
    kpi_book_free(book);
}

/* Whoever is gone by the day when he is due is not to be visited. */
static void test_until(void **state) {
    (void)state;
    static const char lines[] = "2026-10-25\tann\tA\tvisit\tdone\t\t\t\t\t\n2026-10-25\tann\tB\tvisit\tdone\t\t\t\t\t\n"
                                "2026-10-01\tann\tC\tvisit\tdone\t\t\t\t\t\n"
                                "2026-10-25\tann\tD\tvisit\tdone\t\t\t\t\t\n";
    kpi_book *book = book_of("A\t\tann\tkey\t\t2026-11-07\nB\t\tann\tkey\t\t2026-11-08\nC\t\tann\tkey\t\t2026-11-02\n"
                             "D\t\tann\tkey\t\t2026-11-07\nD\t\tbob\tgrowth\t2026-11-08\t\n"
                             "E\t\tann\tkey\t\t2026-11-01\n");
    kpi_due_options options = options_of(book);
    options.within = 100;
    expect_list(&options, lines, "C ann key last 2026-10-01 due 2026-10-15 over 18 planned -\n"
                                 "B ann key last 2026-10-25 due 2026-11-08 over -6 planned -\n"
                                 "D ann key last 2026-10-25 due 2026-11-08 over -6 planned -\n");
    kpi_book_free(book);
}

/* ---- plans ---- */

static void test_plans(void **state) {
    (void)state;
    kpi_book *book = book_of("C\t\tann\tkey\t\t\n");
    kpi_due_options options = options_of(book);
    options.within = 99;
    static const struct {
        const char *lines[4]; /* day, manager, status */
        const char *last, *plan;
    } cases[] = {
        {{"01 a planned"}, "-", "-"}, /* has passed */
        {{"02 a planned"}, "-", "2026-11-02"},
        {{"09 a planned", "05 b planned"}, "-", "2026-11-05"},
        {{"05 a planned", "05 a cancelled"}, "-", "-"},
        {{"05 a cancelled", "05 a planned"}, "-", "-"}, /* in any order */
        {{"05 a planned", "05 b cancelled"}, "-", "2026-11-05"},
        {{"05 a planned", "06 a cancelled"}, "-", "2026-11-05"},
        {{"05 a planned", "05 a planned", "05 a cancelled"}, "-", "2026-11-05"},
        {{"05 a cancelled", "05 a cancelled", "05 a planned", "09 a planned"}, "-", "2026-11-09"},
        {{"02 a planned", "02 a done"}, "2026-11-02", "-"},
        {{"02 a planned", "02 a missed"}, "-", "-"},
        {{"05 a planned", "05 a done"}, "-", "2026-11-05"}, /* which cannot be yet */
        {{"05 a planned", "05 a missed"}, "-", "2026-11-05"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char lines[512] = "", wanted[64];
        for (size_t k = 0; k < 4 && cases[i].lines[k]; k++)
            sprintf(lines + strlen(lines), "2026-11-%.2s\t%c\tC\tvisit\t%s\t\t\t\t\t\n", cases[i].lines[k],
                    cases[i].lines[k][3], cases[i].lines[k] + 5);
        const char *list = list_of(&options, lines, NULL);
        sprintf(wanted, "last %s due", cases[i].last);
        if (!strstr(list, wanted)) fail_msg("case %zu: %s", i, list);
        sprintf(wanted, "planned %s\n", cases[i].plan);
        if (!strstr(list, wanted)) fail_msg("case %zu: %s", i, list);
        options.unplanned = true;
        assert_int_equal(*list_of(&options, lines, NULL) == 0, *cases[i].plan != '-');
        options.unplanned = false;
    }
    kpi_book_free(book);
}

/* ---- as of ---- */

static void test_as_of(void **state) {
    (void)state;
    static const char lines[] = "2026-10-05\ta\tC\tvisit\tdone\t\t\t\t2026-10-05T10:00:00Z\t\n"
                                "2026-10-09\ta\tC\tvisit\tdone\t\t\t\t2026-10-21T07:00:00+08:00\t\n" /* the 20th */
                                "2026-10-12\ta\tC\tvisit\tdone\t\t\t\t2026-10-21\t\n"
                                "2026-10-30\ta\tC\tvisit\tplanned\t\t\t\t2026-10-21\t\n";
    static const struct {
        const char *as_of, *last, *plan;
    } cases[] = {{"2026-10-04", "-", "-"},           {"2026-10-19", "2026-10-05", "-"},
                 {"2026-10-20", "2026-10-09", "-"},  {"2026-10-21", "2026-10-12", "2026-10-30"},
                 {"2026-10-30", "2026-10-12", "2026-10-30"}, {"2026-10-31", "2026-10-12", "-"}};
    kpi_book *book = book_of("C\t\tann\tkey\t\t\n");
    kpi_due_options options = options_of(book);
    options.has_as_of = true;
    options.within = 99;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char wanted[64];
        options.as_of = day(cases[i].as_of);
        const char *list = list_of(&options, lines, NULL);
        sprintf(wanted, "last %s due", cases[i].last);
        if (!strstr(list, wanted)) fail_msg("as of %s: %s", cases[i].as_of, list);
        sprintf(wanted, "planned %s\n", cases[i].plan);
        if (!strstr(list, wanted)) fail_msg("as of %s: %s", cases[i].as_of, list);
    }
    options.has_as_of = false; /* today: what is logged tomorrow in UTC counts */
    options.as_of = day("2026-10-20");
    expect_list(&options, lines, "C ann key last 2026-10-12 due 2026-10-26 over -6 planned 2026-10-30\n");
    kpi_book_free(book);
}

/* ---- what cannot be told ---- */

static void test_warnings(void **state) {
    (void)state;
    static const char lines[] = "2026-10-05\ta\tC01\tvisit\tdone\t\t\t\t\t\n2026-10-05\ta\t\tvisit\tdone\t\t\t\t\t\n"
                                "2026-10-05\ta\tZ\tcall\tplanned\t\t\t\t\t\n";
    kpi_book *book = book_of("C1\t\tann\tkye\t\t\nC2\t\tann\tkye\t\t\nC3\t\tann\tbig\t\t\nC4\t\tann\t\t\t\n"
                             "C5\t\tann\tkye\t\t2026-10-01\nC6\t\tbob\tgrowht\t\t\n");
    kpi_due_options options = options_of(book);
    struct heard heard = {0};
    assert_string_equal(list_of(&options, lines, &heard), "");
    assert_string_equal(without_folder(heard.text),
                        "warning: book:1: 2 clients left out, as the scheme has no tier 'kye'; the nearest known one "
                        "is 'key'\nwarning: book:3: 1 client left out, as the scheme has no tier 'big'\n"
                        "warning: book:4: 1 client without a tier left out, the first is 'C4'\n"
                        "warning: book:6: 1 client left out, as the scheme has no tier 'growht'; the nearest known one "
                        "is 'growth'\nwarning: visits.tsv:1: 2 lines of clients that are not in the book, the first is "
                        "'C01'; the nearest known one is 'C1'\n");
    options.managers = (kpi_names){(const char *const[]){"bob"}, 1};
    options.kinds = (kpi_names){(const char *const[]){"call"}, 1};
    heard = (struct heard){0};
    assert_string_equal(list_of(&options, lines, &heard), "");
    assert_string_equal(without_folder(heard.text),
                        "warning: book:6: 1 client left out, as the scheme has no tier 'growht'; the nearest known one "
                        "is 'growth'\n"
                        "warning: visits.tsv:3: 1 line of clients that are not in the book, the first is 'Z'\n");
    kpi_book_free(book);
}

/* A warning that ends the work. */
static void test_strict(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_book *book = book_of("C1\t\tann\tkye\t\t\nC2\t\tann\tkey\t\t\n");
    kpi_due_options options = options_of(book);
    struct heard heard = {.stop = 1};
    kpi_report report = hearing(&heard);
    kpi_due *due;
    expect_ok(kpi_due_new(&due, &options, &error), &error);
    assert_int_equal(kpi_due_finish(due, &report, &error), KPI_DATA);
    assert_int_equal(error.code, KPI_DATA);
    kpi_due_free(due);
    kpi_book_free(book);
}

static void test_refused(void **state) {
    (void)state;
    kpi_error error = {0};
    kpi_book *book = book_of("C1\t\tann\tkey\t\t\n");
    kpi_goals *other = goals_of("scheme: none\nmetrics: {v: {weight: 100}}\n", true);
    kpi_due_options options = options_of(book);
    kpi_due *due = NULL;
    options.scheme = kpi_goals_scheme_at(other, 0);
    expect_failure(kpi_due_new(&due, &options, &error), KPI_DATA, &error, "goals.yaml:1:1: scheme 'none' has no tiers");
    assert_null(due);
    options.scheme = kpi_goals_scheme_at(goals, 0);
    expect_ok(kpi_due_new(&due, &options, &error), &error);
    assert_int_equal(kpi_due_read(due, temp_path("none"), NULL, &error), KPI_SYSTEM);
    assert_int_equal(kpi_due_read(due, temp_file("bad", TEXT("x\n")), NULL, &error), KPI_DATA);
    kpi_due_free(due);
    kpi_goals_free(other);
    kpi_book_free(book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days),     cmocka_unit_test(test_since), cmocka_unit_test(test_until),
        cmocka_unit_test(test_plans),    cmocka_unit_test(test_as_of), cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_strict),   cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, make_scheme, drop_scheme) != 0;
}
