/* test_goalfile.c - goalfile.c: documents appended to goal files: what was there stays byte for byte, what is refused
 * changes nothing. fsync does nothing here, as ten thousand files need not survive a power cut. */
#include "unit.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

int fsync(int fd) {
    (void)fd;
    return 0;
}

static kpi_error error;

static int append(const char *path, const char *documents, const char *with) {
    return kpi_goals_append(path, kpi_text_of(documents), &with, with != NULL, &error);
}

/* What is in the file, NUL behind it; lives until the next call. */
static kpi_text content(const char *path) {
    static char text[1 << 16];
    FILE *file = fopen(path, "r");
    if (!file) return kpi_text_of("no file");
    size_t n = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[n] = 0;
    return (kpi_text){text, n};
}

static const char *failure(const char *path, const char *documents, const char *with) {
    int code = append(path, documents, with);
    return code ? without_folder((char *)(uintptr_t)shown(&error)) : "";
}

#define GOAL "---\ngoal: g\nowner: a\nmetric: m\nperiod: 2026-10\ntarget: 1\n"

static void test_append(void **state) {
    (void)state;
    char path[320];
    snprintf(path, sizeof path, "%s", temp_path("new.yaml"));
    expect_ok(append(path, GOAL, NULL), &error); /* made */
    assert_string_equal(content(path).ptr, GOAL);
    expect_ok(append(path, "---\nrevise: g\ntarget: 2\non: 2026-10-31\nreason: r\n", NULL), &error);
    expect_ok(append(path, "---\nreview: g\non: 2026-11-09\n---\nreview: g\non: 2026-11-08\n", NULL), &error);
    assert_string_equal(content(path).ptr, GOAL "---\nrevise: g\ntarget: 2\non: 2026-10-31\nreason: r\n"
                                                "---\nreview: g\non: 2026-11-09\n---\nreview: g\non: 2026-11-08\n");
    expect_ok(append(path, "", NULL), &error); /* nothing: not even looked at */
    expect_ok(append(temp_path("none.yaml"), "", NULL), &error);
    assert_int_equal(access(temp_path("none.yaml"), F_OK), -1);
}

/* What was there, as it ends in many ways, and what stands before the documents then. */
static void test_ends(void **state) {
    (void)state;
    static const struct {
        const char *before, *between;
    } cases[] = {
        {"", ""},
        {"\n", ""},
        {"# remark", "\n"},
        {"# remark\n", ""},
        {"\xEF\xBB\xBF", "\n"},
        {"\xEF\xBB\xBF# 目标\r\n", ""},
        {"goals: 2026\ntargets: {a: {x: 1}}", "\n"},
        {"goals: 2026\r\ntargets: {a: {x: 1}}\r\n", ""},
        {"goals: 2026\r\ntargets: {a: {x: 1}} # remark", "\n"},
        {"goals: 2026\rtargets: {a: {x: 1}}\r", "\n"},
        {"goals: 2026\ntargets: {a: {x: 1}}\n...\n", ""},
        {"goals: 2026\ntargets: {a: {x: 1}}\n---\n", ""},
        {"goals: 2026\ntargets: {a: {x: 1}}\n--- # nothing yet", "\n"},
        {"goals: 2026\ntargets:\n  a:\n    x: 1\n    \n", ""},
        {"goal: h\nowner: a\nmetric: x\nperiod: 2026\ntarget: 1\nwhy: |\n  one\n\n  two\n\n", ""},
        {"goal: h\nowner: a\nmetric: x\nperiod: 2026\ntarget: 1\nwhy: >-\n  one\n  # no remark\n", ""},
        {"%YAML 1.1\n---\ngoals: 2026\ntargets: {a: {x: 1}}\n", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char wanted[512];
        const char *path = temp_file("ends.yaml", kpi_text_of(cases[i].before));
        expect_ok(append(path, GOAL, NULL), &error);
        snprintf(wanted, sizeof wanted, "%s%s%s", cases[i].before, cases[i].between, GOAL);
        assert_string_equal(content(path).ptr, wanted);
    }
}

static void test_refused(void **state) {
    (void)state;
    static const char before[] =
        "# goals\n" GOAL "---\nrevise: g\ntarget: 2\non: 2026-10-10\nreason: r\n"; /* 12 lines */
    static const char late[] = "---\nrevise: g\ntarget: 3\non: 2026-11-01\nreason: r\n";
    static const struct {
        const char *documents, *fault;
    } cases[] = {
        {GOAL, "f.yaml:14:1: goal 'g', set at f.yaml:3:1 already"},
        {"---\ngoals: 2026-10\ntargets: {a: {m: 1}}\n",
         "f.yaml:15:18: a goal of 'a' for 'm' in 2026-10, set at f.yaml:3:1 already"},
        {"---\nreview: h\non: 2026-10-10\n", "f.yaml:14:9: unknown goal: 'h'"},
        {"---\nrevise: g\ntarget: 3\non: 2026-10-09\nreason: r\n",
         "f.yaml:14:1: a revision of 'g' dated before the one at f.yaml:9:1"},
        {late, "f.yaml:14:1: a revision of 'g' on 2026-11-01, after the end of its period, 2026-10-31"},
        {"---\nrevise: g\ntarget: 3\non: 2026-10-11\n", "f.yaml:14:1: a revision lacks the key 'reason'"},
        {"---\ngoal: h\nowner: h\nmetric: m\nperiod: 2026\ntarget: 1\nsupports: h\n",
         "f.yaml:14:1: goal 'h' supports itself"},
        {"---\ngoal: h\nowner: h\nmetric: m\nperiod: 2026\ntarget: 1\nsupports: g\n"
         "---\ngoal: i\nowner: i\nmetric: m\nperiod: 2026\ntarget: 1\nsupports: j\n"
         "---\ngoal: j\nowner: j\nmetric: m\nperiod: 2026\ntarget: 1\nsupports: i\n",
         "f.yaml:21:1: goal 'i' supports itself by way of 'j'"},
        {"---\nreview: g\non: [\n", "f.yaml:15:5: while parsing a flow sequence: it is never closed"},
        {"---\nreview: g\non: 2026-10-10\nsays: \"\xFF\"\n", "f.yaml:16:8: not UTF-8: byte 0xFF"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *path = temp_file("f.yaml", TEXT(before));
        struct stat first, last;
        assert_int_equal(stat(path, &first), 0);
        assert_string_equal(failure(path, cases[i].documents, NULL), cases[i].fault);
        assert_int_equal(error.code, KPI_DATA);
        assert_string_equal(content(path).ptr, before);
        assert_int_equal(stat(path, &last), 0);
        assert_true(first.st_ino == last.st_ino);
    }
    /* A circle that is there already is no fault of what is new, and new goals may lead to it. */
    expect_ok(append(temp_file("circle.yaml",
                               TEXT("goal: h\nowner: h\nmetric: m\nperiod: 2026\ntarget: 1\nsupports: h\n")),
                     GOAL "---\ngoal: i\nowner: i\nmetric: m\nperiod: 2026\ntarget: 1\nsupports: h\n", NULL), &error);
    /* What the file itself lacks is told as such; a new one is not left behind. */
    assert_string_equal(failure(temp_file("open.yaml", TEXT("goals: [\n")), GOAL, NULL),
                        "open.yaml:1:8: while parsing a flow sequence: it is never closed");
    assert_string_equal(failure(temp_file("lines", TEXT("2026\ta\tm\t\t1\t\n")), GOAL, NULL),
                        "lines:1:1: a document must be one of scheme, goals, goal, revise, review");
    assert_string_equal(failure(temp_path("not.yaml"), late, NULL), "not.yaml:2:9: unknown goal: 'g'");
    assert_int_equal(access(temp_path("not.yaml"), F_OK), -1);
    assert_string_equal(failure(temp_path("no/folder.yaml"), GOAL, NULL),
                        "no/folder.yaml: open: No such file or directory");
    assert_int_equal(error.code, KPI_SYSTEM);
}

/* Revisions that stand in the file, late as they may be, stay valid, whatever ends its lines. */
static void test_late_revisions(void **state) {
    (void)state;
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    for (size_t i = 0; i < COUNT(ends); i++) {
        char before[512];
        const char *n = ends[i];
        snprintf(before, sizeof before,
                 "goal: g%sowner: a%smetric: m%speriod: 2026-10%starget: 1%s---%srevise: g%s"
                 "target: 2%son: 2026-11-05%sreason: r",
                 n, n, n, n, n, n, n, n, n);
        const char *path = temp_file("late.yaml", kpi_text_of(before));
        expect_ok(append(path, "---\nreview: g\non: 2026-11-05\n", NULL), &error);
        assert_string_equal(failure(path, "---\nrevise: g\ntarget: 3\non: 2026-11-05\nreason: r\n", NULL),
                            "late.yaml:15:1: a revision of 'g' on 2026-11-05, after the end of its period, 2026-10-31");
    }
}

static void test_other_files(void **state) {
    (void)state;
    static const char scheme[] = "scheme: s\nmetrics: {m: {weight: 100}}\n";
    const char *path = temp_file("one.yaml", TEXT(GOAL)), *with = temp_file("scheme.yaml", TEXT(scheme));
    assert_string_equal(failure(path, "---\ngoals: 2026\ntargets: {a: {n: 1}}\n", with),
                        "one.yaml:9:18: scheme 's' knows no metric 'n'");
    expect_ok(append(path, "---\ngoals: 2026\ntargets: {a: {m: 1}}\n", with), &error);
    assert_string_equal(content(with).ptr, scheme);
    assert_string_equal(failure(path, "---\nreview: g\non: 2026-10-10\n", temp_path("missing")),
                        "missing: open: No such file or directory");
    /* Named among the others, by another name even, the file is read once; its lock is not waited for. */
    char link[320];
    snprintf(link, sizeof link, "%s", temp_path("link.yaml"));
    assert_int_equal(symlink("one.yaml", link), 0);
    const char *both[] = {with, path, link, temp_path("./one.yaml")};
    static const char review[] = "---\nreview: g\non: 2026-10-10\n";
    expect_ok(kpi_goals_append(path, TEXT(review), both, 4, &error), &error);
    expect_ok(kpi_goals_append(link, TEXT(review), both, 4, &error), &error);
    struct stat st;
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    /* A file of its own with the same content is another one. */
    assert_string_equal(failure(path, review, temp_file("two.yaml", TEXT(GOAL))),
                        "one.yaml:2:1: goal 'g', set at two.yaml:2:1 already");
}

/* Two who name each other's file, over and over: none waits for the other for ever. */
static void test_crossed(void **state) {
    (void)state;
    const char *path[2] = {temp_file("left.yaml", TEXT("")), temp_file("right.yaml", TEXT(""))};
    pid_t child[2];
    for (int side = 0; side < 2; side++) {
        if ((child[side] = fork())) continue;
        for (int i = 0; i < 100; i++) {
            char text[128];
            alarm(60);
            snprintf(text, sizeof text, "---\ngoals: 2026\ntargets: {s%d: {m%d: 1}}\n", side, i);
            if (append(path[side], text, path[!side])) _exit(1);
        }
        _exit(0);
    }
    for (int side = 0; side < 2; side++) {
        int status;
        assert_int_equal(waitpid(child[side], &status, 0), child[side]);
        assert_int_equal(status, 0);
    }
}

/* ---- random streams ---- */

enum { ROUNDS = 10000, GOALS = 4 };

static struct stream {
    char bytes[8192];
    size_t n;
    const char *end; /* of lines */
    int goals;
} s;

static const char *one_of(const char *const *text, size_t n) { return text[random_below(n)]; }
#define ONE_OF(...) one_of((const char *const[]){__VA_ARGS__}, COUNT(((const char *const[]){__VA_ARGS__})))

static void put(const char *text) { /* \n as the stream's end of line */
    for (; *text; text++) {
        const char *piece = *text == '\n' ? s.end : (char[]){*text, 0};
        size_t n = strlen(piece);
        assert_true(s.n + n < sizeof s.bytes);
        memcpy(s.bytes + s.n, piece, n);
        s.n += n;
    }
}

static void put_remarks(void) {
    while (!random_below(3))
        put(ONE_OF("# remark\n", "#\n", "\n", "   \n", "# 备注：不可改动\n", "  # a: [b\n", "#--- \"\n"));
}

static void put_tail(void) { put(ONE_OF("\n", "\n", "\n", "   \n", " # tail\n", "\t# 尾\n")); }

static void put_goal(void) {
    char key[64];
    put(ONE_OF("---\n", "--- # begin\n", "---  \n"));
    put_remarks();
    snprintf(key, sizeof key, ONE_OF("goal: g%d", "goal: 'g%d'", "\"goal\": g%d", "goal:   \"g%d\""), s.goals);
    put(key);
    put_tail();
    snprintf(key, sizeof key, ONE_OF("owner: 王%d\n", "owner: \"o %d\"\n", "owner: o-%d\n"), s.goals++);
    put(key);
    put("metric: m\n");
    put_remarks();
    put(ONE_OF("period: 2026-10", "period: 2026", "period: '2026-Q4'"));
    put_tail();
    put(ONE_OF("target: +10%\nbaseline: 5\n", "target: 12.50 # exact\n", "\"target\": '7'\n"));
    put(ONE_OF("", "title: Win \"two\"\n", "title: '目标 # 不是备注'\n", "title: \"a\\u4e2d\\tb\"\n"));
    put(ONE_OF("", "why: |\n  one\n\n   two # text\n  三\n", "why: >\n  folded\n  text\n\n",
               "why: plain\n  goes on\n"));
    put_remarks();
    put(ONE_OF("", "steps: [a, \"b, c\", 丁]\n", "steps:\n- a # first\n-   'b'\n",
               "steps:\n  - a\n\n  # c\n  - d e\n"));
    put(ONE_OF("", "strategy: true\n", "reviews: [2026-10-10,\n  2026-10-20]\n"));
}

static void put_other(void) {
    char text[128];
    switch (random_below(4)) {
    case 0:
        put("---\n# nothing but this\n");
        break;
    case 1:
        snprintf(text, sizeof text, "---\nreview: g%d\non: 2026-10-05\nsays: 很好 # ok\n", (int)random_below(GOALS));
        put(text);
        break;
    case 2:
        snprintf(text, sizeof text, "---\n{revise: g%d, target: 9, on: 2026-10-0%d, reason: \"r: s\"}\n", s.goals - 1,
                 s.goals);
        put(text);
        break;
    default:
        snprintf(text, sizeof text,
                 "---\ngoals: 2027-0%d\ntargets:\n  李: {m: 1} # x\n  'b c': # y\n    m: {target: 2}\n", s.goals);
        put(text);
    }
}

static void make_stream(void) {
    s.n = 0;
    s.goals = 0;
    s.end = ONE_OF("\n", "\n", "\r\n");
    if (!random_below(4)) put("\xEF\xBB\xBF");
    put_remarks();
    while (s.goals < GOALS) {
        put_goal();
        if (!random_below(2)) put_other();
        put_remarks();
        if (!random_below(8)) put("...\n");
    }
    put(ONE_OF("", "", "# the end", "# 完\n", "\n\n", "---", "...\n"));
}

/* Each goal with all that it says, a line each, without what make_document may have added. */
static void tell(kpi_text bytes, char *out, size_t size) {
    kpi_goals *goals;
    size_t n = 0;
    expect_ok(kpi_goals_new(&goals, 1, &error), &error);
    int code = kpi_goals_parse(goals, "f", bytes, NULL, &error);
    if (!code) code = kpi_goals_check(goals, NULL, &error);
    if (code) fail_msg("%s in\n%.*s", shown(&error), (int)bytes.len, bytes.ptr);
    for (size_t i = 0; i < kpi_goals_size(goals); i++) {
        kpi_goal g = kpi_goals_at(goals, i);
        if (!strcmp(g.owner, "new owner: 1")) continue;
        int revisions = 0, reviews = 0;
        for (const kpi_revision *r = g.revision; r; r = r->next) revisions += strcmp(r->by, "1.5") != 0;
        for (const kpi_review *r = g.story ? g.story->reviewed : NULL; r; r = r->next)
            reviews += r->on != day("2026-11-30");
        n += (size_t)snprintf(out + n, size - n, "%s|%s|%s|%s|%zu|%zu|%d|%d|%ld\n", g.id ? g.id : "", g.owner,
                              g.story ? g.story->title : "", g.story ? g.story->why : "", g.story ? g.story->steps : 0,
                              g.story ? g.story->reviews : 0, revisions, reviews, (long)g.set.target);
        assert_true(n < size);
    }
    kpi_goals_free(goals);
}

/* A goal, a revision or a review in texts that need care; or one that must be refused. *fine: it is none. */
static void make_document(kpi_document *d, bool *fine) {
    char id[16];
    snprintf(id, sizeof id, "g%d", (int)random_below(GOALS));
    *fine = random_below(4);
    switch (random_below(3)) {
    case 0:
        kpi_document_begin(d, "goal", *fine ? "no: 1" : id);
        kpi_document_text(d, "owner", "new owner: 1");
        kpi_document_text(d, "metric", "m");
        kpi_document_bare(d, "period", "2026-10");
        kpi_document_bare(d, "target", "-1.50");
        kpi_document_bare(d, "baseline", "7");
        kpi_document_text(d, "title", ONE_OF("- 目标", "true", "two\nlines\t", "# no", "2026-10-10"));
        break;
    case 1:
        kpi_document_begin(d, "revise", id);
        kpi_document_bare(d, "target", "11");
        kpi_document_bare(d, "on", *fine ? "2026-10-31" : "2027-01-01");
        kpi_document_text(d, "by", "1.5");
        kpi_document_text(d, "reason", ONE_OF("市场变化", "no", "\"", "a\\b"));
        break;
    default:
        kpi_document_begin(d, "review", *fine ? id : "g9");
        kpi_document_bare(d, "on", "2026-11-30");
        kpi_document_text(d, "says", ONE_OF("好", "yes", " ", "|", "x # y"));
    }
}

static void test_random_streams(void **state) {
    (void)state;
    static char before[1 << 14], after[1 << 14];
    int landed = 0;
    for (int round = 0; round < ROUNDS; round++) {
        bool fine;
        kpi_document *d;
        kpi_text added;
        make_stream();
        const char *path = temp_file("random.yaml", (kpi_text){s.bytes, s.n});
        expect_ok(kpi_document_new(&d, &error), &error);
        make_document(d, &fine);
        expect_ok(kpi_document_bytes(d, &added, &error), &error);
        int code = kpi_goals_append(path, added, NULL, 0, &error);
        kpi_text now = content(path);
        if (code != (fine ? KPI_OK : KPI_DATA))
            fail_msg("round %d: %s\n%.*s\n%.*s", round, shown(&error), (int)s.n, s.bytes, (int)added.len, added.ptr);
        size_t between = fine && s.n && s.bytes[s.n - 1] != '\n';
        assert_int_equal(now.len, s.n + (fine ? between + added.len : 0));
        assert_memory_equal(now.ptr, s.bytes, s.n);
        if (between) assert_int_equal(now.ptr[s.n], '\n');
        if (fine) {
            assert_memory_equal(now.ptr + s.n + between, added.ptr, added.len);
            landed++;
        }
        if (fine && round % 8 == 0) { /* which takes longer */
            tell((kpi_text){s.bytes, s.n}, before, sizeof before);
            tell(now, after, sizeof after);
            assert_string_equal(before, after);
        }
        kpi_document_free(d);
    }
    assert_true(landed > ROUNDS / 2 && landed < ROUNDS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append),         cmocka_unit_test(test_ends),        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_late_revisions), cmocka_unit_test(test_other_files), cmocka_unit_test(test_crossed),
        cmocka_unit_test(test_random_streams),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
