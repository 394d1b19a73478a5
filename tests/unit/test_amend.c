/* test_amend.c - amend.c: one line of a file corrected. The calls of the system that may fail are defined here once
 * more; fsync does nothing, as thousands of files need not survive a power cut. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static int fail_rename, fail_sync; /* errno; 0: none. fail_sync: of the folder, which is the last one */
static char order[64];             /* of what is synced and renamed */

static void note(const char *what) {
    if (strlen(order) + strlen(what) < sizeof order) strcat(order, what);
}

int fsync(int fd) {
    struct stat st;
    bool folder = !fstat(fd, &st) && S_ISDIR(st.st_mode);
    note(folder ? "folder " : "new ");
    if (!folder || !fail_sync) return 0;
    errno = fail_sync;
    return -1;
}

int fdatasync(int fd) {
    (void)fd;
    note("entry ");
    return 0;
}

int rename(const char *from, const char *to) {
    note("rename ");
    if (!fail_rename) return renameat(AT_FDCWD, from, AT_FDCWD, to);
    errno = fail_rename;
    return -1;
}

static kpi_error error;

/* What is in the file, NUL behind it; one of two buffers that take turns. */
static kpi_text content(const char *path) {
    static char text[2][1 << 16];
    static unsigned turn;
    char *out = text[turn++ % 2];
    FILE *file = fopen(path, "r");
    if (!file) return kpi_text_of("no file");
    size_t n = fread(out, 1, sizeof text[0] - 1, file);
    fclose(file);
    out[n] = 0;
    return (kpi_text){out, n};
}

static const char *beside(const char *path) {
    static char name[400];
    snprintf(name, sizeof name, "%s.amended", path);
    return name;
}

static kpi_amendment asking(enum kpi_record_kind kind) {
    return (kpi_amendment){.record = kpi_record_of(kind),
                           .author = "he.lan",
                           .reason = "r",
                           .now = {day("2026-11-02"), day("2026-11-02"), "2026-11-02T08:00:00Z"}};
}

/* ---- which line ---- */

#define FILE3 "2026-10-05\ta\tx\t1\n2026-10-06\ta\ty\t2\n2026-Q4\tb\tx\t3\n"

static void test_which(void **state) {
    (void)state;
    static const struct {
        const char *period;
        uint64_t line;
        kpi_where where[3];
        size_t wheres;
        int code;
        const char *told; /* the value of the line that fits, or what is said */
    } cases[] = {
        {NULL, 0, {{2, {"y", 1}}}, 1, KPI_OK, "2"},
        {NULL, 0, {{1, {"a", 1}}, {2, {"x", 1}}}, 2, KPI_OK, "1"},
        {NULL, 0, {{2, {"y", 1}}, {2, {"z", 1}}}, 2, KPI_OK, "2"},              /* one of two values */
        {NULL, 0, {{1, {"b", 1}}, {2, {"y", 1}}, {2, {"x", 1}}}, 3, KPI_OK, "3"},
        {NULL, 3, {{0, {0}}}, 0, KPI_OK, "3"},
        {"2026-10-05", 0, {{0, {0}}}, 0, KPI_OK, "1"},
        {"2026-10", 0, {{2, {"x", 1}}}, 1, KPI_OK, "1"},                        /* the quarter is not inside */
        {"2026", 0, {{1, {"b", 1}}}, 1, KPI_OK, "3"},
        {NULL, 0, {{2, {"xx", 2}}}, 1, KPI_NO, "m.tsv: no line fits"},
        {NULL, 4, {{0, {0}}}, 0, KPI_NO, "m.tsv: no line fits"},
        {NULL, 2, {{2, {"x", 1}}}, 1, KPI_NO, "m.tsv: no line fits"},
        {"2027", 0, {{0, {0}}}, 0, KPI_NO, "m.tsv: no line fits"},
        {NULL, 0, {{3, {"", 0}}}, 1, KPI_NO, "m.tsv: no line fits"},
        {NULL, 0, {{2, {"x", 1}}}, 1, KPI_NO,
         "m.tsv: 2 lines fit, and only one can be corrected: nothing was changed"},
        {NULL, 0, {{4, {"x", 1}}}, 1, KPI_USAGE, "no such field: 4"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *path = temp_file("m.tsv", kpi_text_of(FILE3));
        unlink(beside(path));
        kpi_amendment asked = asking(KPI_MEASURE);
        const kpi_where set = {3, TEXT("99")};
        asked.where = cases[i].where;
        asked.wheres = cases[i].wheres;
        asked.line = cases[i].line;
        asked.has_period = cases[i].period != NULL;
        if (cases[i].period) asked.period = period(cases[i].period);
        asked.set = &set;
        asked.sets = 1;
        int code = kpi_amend(path, &asked, NULL, NULL, NULL, &error);
        assert_int_equal(code, cases[i].code);
        if (code) {
            assert_string_equal(without_folder((char *)(uintptr_t)shown(&error)), cases[i].told);
            assert_string_equal(content(path).ptr, FILE3);
            assert_int_equal(access(beside(path), F_OK), -1);
            continue;
        }
        char wanted[200], line = *cases[i].told;
        snprintf(wanted, sizeof wanted, "2026-10-05\ta\tx\t%s\n2026-10-06\ta\ty\t%s\n2026-Q4\tb\tx\t%s\n",
                 line == '1' ? "99" : "1", line == '2' ? "99" : "2", line == '3' ? "99" : "3");
        assert_string_equal(content(path).ptr, wanted);
    }
}

static void test_several(void **state) {
    (void)state;
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    kpi_amendment asked = asking(KPI_MEASURE);
    const kpi_where set = {3, TEXT("99")}, where = {2, TEXT("x")};
    char bytes[4000] = "", name[200];
    memset(name, 'n', sizeof name); /* a line that is cut where it is shown */
    for (int i = 0; i < 7; i++)
        sprintf(bytes + strlen(bytes), "2026\t%s%.*s\tx\t%d\n", "王", i ? 1 : 199, name, i);
    const char *path = temp_file("m.tsv", kpi_text_of(bytes));
    asked.where = &where;
    asked.set = &set;
    asked.wheres = asked.sets = 1;
    assert_int_equal(kpi_amend(path, &asked, NULL, NULL, &report, &error), KPI_NO);
    assert_int_equal(heard.n, 5);
    without_folder(heard.text);
    assert_non_null(strstr(heard.text, "warning: m.tsv:1: fits: '2026 王nnn"));
    assert_non_null(strstr(heard.text, "\nwarning: m.tsv:5: fits: '2026 王n x 4'\n"));
    assert_string_equal(content(path).ptr, bytes);
    heard = (struct heard){.stop = 2}; /* who does not go on */
    assert_int_equal(kpi_amend(path, &asked, NULL, NULL, &report, &error), KPI_DATA);
    assert_int_equal(error.line, 2);
    assert_int_equal(kpi_amend(path, &asked, NULL, NULL, NULL, NULL), KPI_NO);
}

/* ---- what it becomes ---- */

static int amend_client(const char *path, unsigned field, const char *value, uint64_t line) {
    kpi_amendment asked = asking(KPI_CLIENT);
    const kpi_where set = {field, kpi_text_of(value)};
    asked.set = &set;
    asked.sets = 1;
    asked.line = line;
    return kpi_amend(path, &asked, NULL, NULL, NULL, &error);
}

/* First and last field, longer and shorter and empty ones, what books have beyond, ends of lines, BOM. */
static void test_bytes(void **state) {
    (void)state;
    static const struct {
        const char *before;
        unsigned field;
        const char *value;
        uint64_t line;
        const char *after, *old, *new;
    } cases[] = {
        {"C1\tn\ta\tkey\t\t\n", 0, "C22", 1, "C22\tn\ta\tkey\t\t\n", "C1\tn\ta\tkey\t\t", "C22\tn\ta\tkey\t\t"},
        {"C1\tn\ta\tkey\t\t\n", 5, "2026-10-05", 1, "C1\tn\ta\tkey\t\t2026-10-05\n", "C1\tn\ta\tkey\t\t",
         "C1\tn\ta\tkey\t\t2026-10-05"},
        {"C1\tname\ta\tkey\t\t\r\n", 1, "", 1, "C1\t\ta\tkey\t\t\r\n", "C1\tname\ta\tkey\t\t", "C1\t\ta\tkey\t\t"},
        {"\xEF\xBB\xBF" "C1\tn\ta\tkey\t\t\n", 1, "名", 1, "\xEF\xBB\xBF" "C1\t名\ta\tkey\t\t\n", "C1\tn\ta\tkey\t\t",
         "C1\t名\ta\tkey\t\t"},
        {"#\nC1\tn\ta\tkey\t\t\tx\ty\n\n", 5, "2026-10-05", 2, "#\nC1\tn\ta\tkey\t\t2026-10-05\tx\ty\n\n",
         "C1\tn\ta\tkey\t\t\tx\ty", "C1\tn\ta\tkey\t\t2026-10-05\tx\ty"},
        {"C1\tn\ta\tkey\t\t\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13\n", 3, "k", 1,
         "C1\tn\ta\tk\t\t\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13\n",
         "C1\tn\ta\tkey\t\t\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13",
         "C1\tn\ta\tk\t\t\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char entry[512];
        const char *path = temp_file("c.tsv", kpi_text_of(cases[i].before));
        unlink(beside(path));
        expect_ok(amend_client(path, cases[i].field, cases[i].value, cases[i].line), &error);
        assert_string_equal(content(path).ptr, cases[i].after);
        snprintf(entry, sizeof entry, "2026-11-02T08:00:00Z\the.lan\tr\t%d\t%s\t%s\n", (int)cases[i].line, cases[i].old,
                 cases[i].new);
        assert_string_equal(content(beside(path)).ptr, entry);
    }
}

static void test_long(void **state) {
    (void)state;
    enum { MOST = KPI_LINE_MAX };
    char *line = malloc(MOST + 2), *value = malloc(MOST);
    assert_non_null(line);
    assert_non_null(value);
    memset(value, 'v', MOST);
    /* 2026<TAB>a<TAB>x<TAB>1 has 10 bytes; the entry has 33 more, and the line twice */
    static const struct { size_t before, after; const char *fault; } cases[] = {
        {100, 100, ""},
        {100, MOST + 1, "m.tsv:1: a line over 1048576 bytes"},
        {100, MOST, "m.tsv:1: too long to be kept beside the file: with its correction over 1048576 bytes"},
        {100, MOST - 132, "m.tsv:1: too long to be kept beside the file: with its correction over 1048576 bytes"},
        {100, MOST - 133, ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int n = sprintf(line, "2026\t%.*s\tx\t1\n", (int)cases[i].before - 9, value);
        const char *path = temp_file("m.tsv", (kpi_text){line, (size_t)n});
        kpi_amendment asked = asking(KPI_MEASURE);
        const kpi_where set = {1, {value, cases[i].after - 9 - (cases[i].after == cases[i].before)}};
        unlink(beside(path));
        asked.line = 1;
        asked.set = &set;
        asked.sets = 1;
        int code = kpi_amend(path, &asked, NULL, NULL, NULL, &error);
        assert_int_equal(code, *cases[i].fault ? KPI_DATA : KPI_OK);
        if (code) assert_string_equal(without_folder((char *)(uintptr_t)shown(&error)), cases[i].fault);
        struct stat st = {0};
        assert_int_equal(stat(beside(path), &st), code ? -1 : 0);
        if (i == 4) assert_int_equal(st.st_size, MOST + 1); /* with LF */
    }
    free(line);
    free(value);
}

/* ---- what may not be ---- */

static const char *refused(enum kpi_record_kind kind, const char *line, unsigned field, const char *value, bool keep) {
    kpi_amendment asked = asking(kind);
    const char *path = temp_file("f.tsv", kpi_text_of(line));
    const kpi_where set = {field, kpi_text_of(value)};
    unlink(beside(path));
    asked.line = 1;
    asked.set = &set;
    asked.sets = 1;
    asked.keep_logged = keep;
    if (!kpi_amend(path, &asked, NULL, NULL, NULL, &error)) return "";
    assert_string_equal(content(path).ptr, line);
    assert_int_equal(access(beside(path), F_OK), -1);
    return without_folder((char *)(uintptr_t)shown(&error));
}

static void test_refused(void **state) {
    (void)state;
    static const char visit[] = "2026-11-09\ta\tC1\tvisit\tplanned\tp\t\t\t2026-11-01T09:00:00Z\t\n",
                      feedback[] = "2026-10-05\ta\tC1\tsurvey\tt\t95\t\t2026-10-05T09:00:00Z\tc\n";
    static const struct {
        enum kpi_record_kind kind;
        unsigned field;
        const char *value;
        bool keep;
        const char *fault;
    } cases[] = {
        {KPI_VISIT, KPI_VISIT_STATUS, "done", false, "f.tsv:1:1: a visit done after today: '2026-11-09'"},
        {KPI_VISIT, KPI_VISIT_STATUS, "missed", false, ""},
        {KPI_VISIT, KPI_VISIT_DATE, "2026-12-24", false, ""},
        {KPI_VISIT, KPI_VISIT_STATUS, "don", false, "f.tsv:1:5: not planned, done, missed or cancelled: 'don'"},
        {KPI_VISIT, KPI_VISIT_LOGGED, "2026-01-01", false, "logged is the clock's, so that back-dating shows"},
        {KPI_VISIT, KPI_VISIT_LOGGED, "2026-01-01", true, ""},
        {KPI_VISIT, KPI_VISIT_CLIENT, "C1", false, "f.tsv:1: it is so already: nothing was changed"},
        {KPI_VISIT, 10, "x", false, "no such field: 10"},
        {KPI_FEEDBACK, KPI_FEEDBACK_SCORE, "11", false, "f.tsv:1:6: a score outside the scale 0..10: '11'"},
        {KPI_FEEDBACK, KPI_FEEDBACK_SCORE, "9", false, ""},
        {KPI_FEEDBACK, KPI_FEEDBACK_SCORE, "", false, ""},
        {KPI_FEEDBACK, KPI_FEEDBACK_THEME, "u", false, ""}, /* not the score that is there */
        {KPI_FEEDBACK, KPI_FEEDBACK_RESOLVED, "2026-10-04", false,
         "f.tsv:1:7: resolved before its date: '2026-10-04'"},
        {KPI_FEEDBACK, KPI_FEEDBACK_LOGGED, "2026-10-04", false, "logged is the clock's, so that back-dating shows"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(refused(cases[i].kind, cases[i].kind == KPI_VISIT ? visit : feedback, cases[i].field,
                                    cases[i].value, cases[i].keep),
                            cases[i].fault);
    /* a visit that was done in the future already: what is not touched is not judged */
    static const char ahead[] = "2026-11-09\ta\tC1\tvisit\tdone\tp\t\t\t2026-11-01T09:00:00Z\t\n";
    assert_string_equal(refused(KPI_VISIT, ahead, KPI_VISIT_NOTE, "n", false), "");
    assert_string_equal(refused(KPI_VISIT, ahead, KPI_VISIT_PURPOSE, "q", false),
                        "f.tsv:1:1: a visit done after today: '2026-11-09'");
}

static void test_books(void **state) {
    (void)state;
    const char *path = temp_file("c.tsv", kpi_text_of("C1\tn\ta\tkey\t2026-10-05\t\n"));
    assert_int_equal(amend_client(path, 5, "2026-10-04", 1), KPI_DATA);
    assert_string_equal(without_folder((char *)(uintptr_t)shown(&error)),
                        "c.tsv:1:6: until before since: '2026-10-04'");
    expect_ok(amend_client(path, 5, "2026-10-05", 1), &error);
}

static void test_calls(void **state) {
    (void)state;
    kpi_amendment asked = asking(KPI_CLIENT);
    const kpi_where set[] = {{1, TEXT("a")}, {2, TEXT("b")}, {1, TEXT("c")}};
    expect_failure(kpi_amend("x", &asked, NULL, NULL, NULL, &error), KPI_USAGE, &error, "nothing is to be set");
    asked.set = set;
    asked.sets = 3;
    expect_failure(kpi_amend("x", &asked, NULL, NULL, NULL, &error), KPI_USAGE, &error, "set twice: name");
    asked.sets = 2;
    asked.has_period = true;
    expect_failure(kpi_amend("x", &asked, NULL, NULL, NULL, &error), KPI_USAGE, &error,
                   "a client line is of no period");
    asked.has_period = false;
    char path[320];
    snprintf(path, sizeof path, "%s", temp_path("none"));
    assert_int_equal(kpi_amend(path, &asked, NULL, NULL, NULL, &error), KPI_SYSTEM);
    assert_string_equal(without_folder((char *)(uintptr_t)shown(&error)), "none: open: No such file or directory");
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(kpi_amend(temp_path(""), &asked, NULL, NULL, NULL, &error), KPI_SYSTEM);
}

/* ---- bad lines ---- */

static void test_bad(void **state) {
    (void)state;
    static const char bytes[] = "2026-10-32\ta\tx\t1\n2026\ta\tx\n\xFF\n2026-10\tb\tx\t1\n";
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    kpi_amendment asked = asking(KPI_MEASURE);
    const kpi_where value = {3, TEXT("2")}, day_set = {0, TEXT("2026-10-30")}, bad = {1, TEXT("a")},
                    good = {1, TEXT("b")};
    asked.wheres = asked.sets = 1;
    asked.where = &good;
    asked.set = &value;
    const char *path = temp_file("m.tsv", kpi_text_of(bytes));
    assert_int_equal(kpi_amend(path, &asked, NULL, NULL, NULL, &error), KPI_DATA); /* the first one ends it */
    assert_string_equal(without_folder((char *)(uintptr_t)shown(&error)), "m.tsv:1:1: not a period: '2026-10-32'");
    assert_string_equal(content(path).ptr, bytes);
    expect_ok(kpi_amend(path, &asked, NULL, NULL, &report, &error), &error);
    assert_string_equal(without_folder(heard.text), "m.tsv:1:1: not a period: '2026-10-32'\n"
                                                    "m.tsv:2: 3 fields, a measure line has 4\n"
                                                    "m.tsv:3:1: not UTF-8: byte 0xFF\n");
    assert_string_equal(content(path).ptr, "2026-10-32\ta\tx\t1\n2026\ta\tx\n\xFF\n2026-10\tb\tx\t2\n");
    asked.where = &bad; /* a bad line may be the one */
    heard = (struct heard){0};
    assert_int_equal(kpi_amend(path, &asked, NULL, NULL, &report, &error), KPI_DATA); /* but the new one may not */
    assert_string_equal(without_folder((char *)(uintptr_t)shown(&error)), "m.tsv:1:1: not a period: '2026-10-32'");
    asked.set = &day_set;
    expect_ok(kpi_amend(path, &asked, NULL, NULL, &report, &error), &error);
    assert_string_equal(content(path).ptr, "2026-10-30\ta\tx\t1\n2026\ta\tx\n\xFF\n2026-10\tb\tx\t2\n");
    heard = (struct heard){0}; /* a line of too many fields is not the one, whatever they are */
    path = temp_file("m.tsv", kpi_text_of("2026\ta\tx\t1\t5\n2026\ta\tx\t1\n"));
    expect_ok(kpi_amend(path, &asked, NULL, NULL, &report, &error), &error);
    assert_string_equal(content(path).ptr, "2026\ta\tx\t1\t5\n2026-10-30\ta\tx\t1\n");
    assert_string_equal(without_folder(heard.text), "m.tsv:1: 5 fields, a measure line has 4\n");
    asked.has_period = true; /* it is of no period as long as it is bad */
    asked.period = period("2026");
    path = temp_file("m.tsv", kpi_text_of("2026-10-32\ta\tx\t1\n"));
    assert_int_equal(kpi_amend(path, &asked, NULL, NULL, &report, &error), KPI_NO);
}

/* ---- on disk ---- */

static void test_order(void **state) {
    (void)state;
    const char *path = temp_file("c.tsv", kpi_text_of("C1\tn\ta\tkey\t\t\n"));
    unlink(beside(path));
    *order = 0;
    expect_ok(amend_client(path, 1, "m", 1), &error);
    assert_string_equal(order, "new folder entry rename folder "); /* the folder of .amended, which is new */
    *order = 0;
    expect_ok(amend_client(path, 1, "o", 1), &error);
    assert_string_equal(order, "new entry rename folder ");
}

static void test_failing(void **state) {
    (void)state;
    static const char old[] = "C1\tn\ta\tkey\t\t\n";
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    kpi_amendment asked = asking(KPI_CLIENT);
    const kpi_where set = {1, TEXT("m")};
    const char *path = temp_file("c.tsv", kpi_text_of(old));
    unlink(beside(path));
    asked.line = asked.sets = 1;
    asked.set = &set;
    fail_rename = EIO;
    assert_int_equal(kpi_amend(path, &asked, NULL, NULL, &report, &error), KPI_SYSTEM);
    fail_rename = 0;
    assert_string_equal(without_folder((char *)(uintptr_t)shown(&error)),
                        "c.tsv: rename (the file is as it was): Input/output error");
    assert_string_equal(content(path).ptr, old);
    assert_non_null(strstr(heard.text, "c.tsv.amended: its last line is of an amendment that was not made\n"));
    kpi_text kept = content(beside(path));
    expect_ok(kpi_amend(path, &asked, NULL, NULL, NULL, &error), &error); /* again: the entry is there twice */
    assert_int_equal(content(beside(path)).len, 2 * kept.len);

    heard = (struct heard){0};
    asked.reason = "other";
    path = temp_file("c.tsv", kpi_text_of(old));
    fail_sync = EIO; /* the new file is in its place: nothing is told of .amended */
    assert_int_equal(kpi_amend(path, &asked, NULL, NULL, &report, &error), KPI_SYSTEM);
    fail_sync = 0;
    assert_int_equal(heard.n, 0);
    assert_string_equal(content(path).ptr, "C1\tm\ta\tkey\t\t\n");
}

static void test_link_to_itself(void **state) {
    (void)state;
    const char *path = temp_file("c.tsv", kpi_text_of("C1\tn\ta\tkey\t\t\n"));
    unlink(beside(path));
    assert_int_equal(link(path, beside(path)), 0);
    assert_int_equal(amend_client(path, 1, "m", 1), KPI_SYSTEM);
    assert_non_null(strstr(shown(&error), "c.tsv.amended: leads to the file itself"));
    assert_string_equal(content(path).ptr, "C1\tn\ta\tkey\t\t\n");
    unlink(beside(path));
}

/* Torn tails: of the file, and of what was kept. */
static void test_torn(void **state) {
    (void)state;
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    kpi_amendment asked = asking(KPI_CLIENT);
    const kpi_where set = {1, TEXT("m")};
    const char *path = temp_file("c.tsv", kpi_text_of("C1\tn\ta\tkey\t\t\nC2\tto"));
    temp_file("c.tsv.amended", kpi_text_of("2026\tto"));
    asked.line = asked.sets = 1;
    asked.set = &set;
    expect_ok(kpi_amend(path, &asked, NULL, NULL, &report, &error), &error);
    assert_int_equal(heard.n, 2);
    assert_string_equal(content(path).ptr, "C1\tm\ta\tkey\t\t\n");
    assert_string_equal(content(temp_path("c.tsv.torn")).ptr, "C2\tto\n");
    assert_string_equal(content(temp_path("c.tsv.amended.torn")).ptr, "2026\tto\n");
    assert_string_equal(content(beside(path)).ptr,
                        "2026-11-02T08:00:00Z\the.lan\tr\t1\tC1\tn\ta\tkey\t\t\tC1\tm\ta\tkey\t\t\n");
}

/* ---- only looking ---- */

static int compare(void *context, const kpi_line *old, const kpi_line *new, kpi_error *e) {
    snprintf(context, 100, "%.*s|%.*s|%d", (int)old->text.len, old->text.ptr, (int)new->field[1].len, new->field[1].ptr,
             (int)new->number);
    return new->field[1].len == 1 ? KPI_OK : kpi__fail(e, KPI_SYSTEM, "no more");
}

static void test_show(void **state) {
    (void)state;
    static const char bytes[] = "# c\nC1\tn\ta\tkey\t\t\ntorn";
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    char seen[100];
    kpi_amendment asked = asking(KPI_CLIENT);
    kpi_where set = {1, TEXT("m")};
    const char *path = temp_file("s.tsv", kpi_text_of(bytes));
    asked.sets = 1;
    asked.line = 2;
    asked.set = &set;
    expect_ok(kpi_amend(path, &asked, compare, seen, &report, &error), &error);
    assert_string_equal(seen, "C1\tn\ta\tkey\t\t|m|2");
    assert_string_equal(without_folder(heard.text),
                        "warning: s.tsv: an incomplete last line of 4 bytes was not looked at\n");
    heard = (struct heard){.stop = 1};
    assert_int_equal(kpi_amend(path, &asked, compare, seen, &report, &error), KPI_DATA);
    set.value = TEXT("mm");
    assert_int_equal(kpi_amend(path, &asked, compare, seen, NULL, &error), KPI_SYSTEM);
    assert_int_equal(kpi_amend(temp_path("none"), &asked, compare, seen, NULL, &error), KPI_SYSTEM);
    assert_string_equal(content(path).ptr, bytes);
    assert_int_equal(access(beside(path), F_OK), -1);
    assert_int_equal(kpi_amend(temp_file("e.tsv", kpi_text_of("torn")), &asked, compare, seen, NULL, &error), KPI_NO);
}

/* ---- which record ---- */

static void test_guess(void **state) {
    (void)state;
    static const struct {
        const char *bytes, *names[3], *told;
    } cases[] = {
        {"2026-10-05\ta\tC1\tvisit\tdone\t\t\t\t\t\n", {"manager"}, "visit"},
        {"what\n2026-10-05\ta\tC1\tvisit\tdone\t\t\t\t\t\n", {"manager"}, "visit"},
        {"# remark\n\n\xFF\n2026-10-05\ta\tC1\tvisit\tdone\t\t\t\t\t\n", {"manager"}, "visit"},
        {"", {"resolved"}, "feedback"},                                        /* by the name alone */
        {"what\n", {"tier", "client"}, "client"},
        {"2026-10-05\ta\tC1\t\t\t9\t\t\t\n", {"manager"}, "kinds: feedback or detail"},
        {"2026-10-05\ta\tC1\t\t\t9\t\t\t\n2026-10\ta\tx\t\t\t9\t\t\t\n", {"manager"}, "detail"},
        {"2026-10-05\ta\tC1\t\t\t9\t\t\t\n2026-10-05T09:00\ta\tx\t\t\t9\t\t\t\n", {"manager"}, "feedback"},
        {"2026-10\ta\tm\t1\n", {"manager", "period"}, "measure"},
        {"2026-10\ta\tm\t\t1\t\n", {"manager"}, "goal"},
        {"2026-10\ta\tm\t1\t1\t\n", {"manager", "metric"}, "goal"},
        {"2026-10\ta\t1\tA\t1\n", {"manager"}, "score"},
        {"a\tb\tc\td\t\t\n", {"name"}, "kinds: client or manager"},
        {"a\tb\tc\td\t\t\n", {"name", "left"}, "manager"},
        {"a\n", {"name", "score"}, "none"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const kpi_record *record = NULL;
        kpi_names names = {cases[i].names, 0};
        while (names.n < 3 && cases[i].names[names.n]) names.n++;
        int code = kpi_record_guess(temp_file("g.tsv", kpi_text_of(cases[i].bytes)), names, &record, &error);
        if (!code) {
            assert_string_equal(record->name, cases[i].told);
            continue;
        }
        assert_int_equal(code, KPI_USAGE);
        if (!strncmp(cases[i].told, "kinds: ", 7)) {
            char wanted[200];
            snprintf(wanted, sizeof wanted, "g.tsv: of which record are its lines: %s?", cases[i].told + 7);
            assert_string_equal(without_folder((char *)(uintptr_t)shown(&error)), wanted);
        } else {
            assert_string_equal(shown(&error), "no record has all these fields");
        }
    }
    const kpi_record *record;
    assert_int_equal(kpi_record_guess(temp_path("none"), (kpi_names){0}, &record, &error), KPI_SYSTEM);
    assert_int_equal(kpi_record_guess(temp_path(""), (kpi_names){0}, &record, &error), KPI_SYSTEM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which),   cmocka_unit_test(test_several), cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_long),    cmocka_unit_test(test_refused), cmocka_unit_test(test_calls),
        cmocka_unit_test(test_bad),     cmocka_unit_test(test_order),   cmocka_unit_test(test_failing),
        cmocka_unit_test(test_torn),    cmocka_unit_test(test_show),    cmocka_unit_test(test_link_to_itself),
        cmocka_unit_test(test_guess),   cmocka_unit_test(test_books),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
