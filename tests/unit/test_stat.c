/* test_stat.c - stat.c: how a line is counted, each figure, merging, and the lower end of Wilson's interval. */
#include "unit.h"

/* ---- groups as figures ---- */

static const kpi__fold ten = {0, 10 * KPI_ONE, 3};

static kpi_ratio figure(enum kpi_record_kind record, const char *stat, const kpi__group *g, const kpi__group *all,
                        bool *known) {
    kpi_ratio value = {0, 1};
    const kpi__stat *row = kpi__stat_named(record, kpi_text_of(stat));
    assert_non_null(row);
    *known = row->value(g, all, 6, &value);
    return value;
}

/* The figure as text: exact ones exactly, others with 6 decimals at most; "" not known. */
static const char *text_of(enum kpi_record_kind record, const char *stat, const kpi__group *g, const kpi__group *all) {
    static char out[KPI_NUMBER_SIZE];
    bool known;
    kpi_ratio value = figure(record, stat, g, all, &known);
    const kpi__stat *row = kpi__stat_named(record, kpi_text_of(stat));
    *out = 0;
    if (known) kpi_ratio_format(value, row->exact ? KPI_EXACT : KPI_UP_TO(6), out);
    return out;
}

static bool add(enum kpi_record_kind record, kpi__group *g, const kpi_line *line, const kpi__fold *fold) {
    kpi__row row;
    int64_t days = (record == KPI_VISIT ? kpi__visit_row : kpi__feedback_row)(line, fold, &row);
    return kpi__group_add(g, &row, days);
}

static void expect_figures(enum kpi_record_kind record, const char *const *lines, const kpi__fold *fold,
                           const char *figures) {
    kpi__group g = {0};
    for (; *lines; lines++) {
        kpi_line line = line_of(*lines);
        kpi_error error = {0};
        expect_ok(kpi_record_check(kpi_record_of(record), &line, &error), &error);
        assert_true(add(record, &g, &line, fold));
    }
    for (const char *p = figures; *p;) { /* "stat=figure stat=figure ..." */
        char stat[32], found[128], expected[128];
        size_t n = strcspn(p, "="), size = strcspn(p, " ");
        snprintf(stat, sizeof stat, "%.*s", (int)n, p);
        snprintf(expected, sizeof expected, "%.*s", (int)size, p);
        snprintf(found, sizeof found, "%s=%s", stat, text_of(record, stat, &g, &g));
        assert_string_equal(found, expected);
        p += size + (p[size] == ' ');
    }
}

/* ---- visits ---- */

static void test_visits(void **state) {
    (void)state;
    static const char *const none[] = {NULL};
    expect_figures(KPI_VISIT, none, &ten,
                   "visits=0 minutes=0 planned=0 missed=0 cancelled=0 purposeful= late=0 coverage= clients=0 kept=0");
    static const char *const lines[] = {
        "2026-10-05\ta\tC1\tvisit\tdone\trenewal\t\t45\t2026-10-05T20:00:00Z\t",
        "2026-10-06\ta\tC1\tvisit\tdone\t\t\t\t\t", /* nothing known but that it was */
        "2026-10-06\ta\tC2\tcall\tdone\tdemo\tok\t15\t\t",
        "2026-10-07\ta\tC2\tcall\tplanned\tdemo\t\t30\t2026-11-30T00:00:00Z\t", /* counts as planned, nothing else */
        "2026-10-07\ta\tC2\tcall\tplanned\t\t\t\t\t",
        "2026-10-08\ta\tC2\tcall\tmissed\tx\t\t10\t\t",
        "2026-10-08\ta\tC2\tcall\tcancelled\tx\t\t10\t\t",
        "2026-10-08\ta\tC2\tcall\tcancelled\t\t\t\t\t",
        "2026-10-09\ta\tC2\tcall\tcancelled\t\t\t\t\t",
        NULL};
    expect_figures(KPI_VISIT, lines, &ten,
                   "visits=3 minutes=60 planned=2 missed=1 cancelled=3 purposeful=66.666667 late=0");
}

/* Late: the UTC day of logged more than so many days after the day written. */
static void test_late(void **state) {
    (void)state;
    static const struct {
        const char *date, *logged;
        int64_t after;
        bool late;
    } cases[] = {
        {"2026-10-05", "", 3, false},
        {"2026-10-05", "2026-10-05T23:59:59Z", 0, false},
        {"2026-10-05", "2026-10-06T00:00:00Z", 0, true},
        {"2026-10-05", "2026-10-08T23:59:59Z", 3, false},
        {"2026-10-05", "2026-10-09T00:00:00Z", 3, true},
        {"2026-10-05", "2026-10-09T07:59:59+08:00", 3, false}, /* the 8th in UTC */
        {"2026-10-05", "2026-10-08T23:00:00-01:00", 3, true},  /* the 9th in UTC */
        {"2026-10-05T23:00-12:00", "2026-10-08", 3, false},    /* the day written counts */
        {"2026-10-05T23:00-12:00", "2026-10-09", 3, true},
        {"2026-10-05", "2026-10-01", 3, false}, /* written before: a clock that was wrong */
        {"2026-02-26", "2026-03-02", 3, true},
        {"2028-02-26", "2028-03-01", 4, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[128];
        kpi__fold fold = {0, 10 * KPI_ONE, cases[i].after};
        snprintf(text, sizeof text, "%s\ta\tC1\tvisit\tdone\t\t\t\t%s\t", cases[i].date, cases[i].logged);
        const char *const lines[] = {text, NULL};
        expect_figures(KPI_VISIT, lines, &fold, cases[i].late ? "late=1" : "late=0");
    }
}

/* ---- feedback ---- */

static void test_feedback(void **state) {
    (void)state;
    static const char *const none[] = {NULL};
    expect_figures(KPI_FEEDBACK, none, &ten,
                   "n=0 scored=0 sum= mean= min= max= promoters=0 passives=0 detractors=0 nps= csat= csat-low= share= "
                   "unresolved=0 resolve-days=");
    static const char *const unscored[] = {"2026-10-05\ta\tC1\tsurvey\t\t\t\t\tfine", NULL};
    expect_figures(KPI_FEEDBACK, unscored, &ten,
                   "n=1 scored=0 sum= mean= min= max= nps= csat= csat-low= share=100 unresolved=0 resolve-days=");
    static const char *const lines[] = {"2026-10-05\ta\tC1\tsurvey\t\t9\t\t\t",
                                        "2026-10-05\ta\tC1\tsurvey\t\t8.999999\t\t\t",
                                        "2026-10-05\ta\tC1\tsurvey\t\t7\t\t\t",
                                        "2026-10-05\ta\tC1\tsurvey\t\t6.999999\t\t\t",    /* open */
                                        "2026-10-05\ta\tC1\tsurvey\t\t0\t2026-10-08\t\t", /* resolved after 3 days */
                                        "2026-10-05T23:00\ta\tC1\tsurvey\t\t3\t2026-10-06T01:00\t\t", /* 1 day */
                                        "2026-10-05\ta\tC1\tsurvey\t\t\t2026-10-05\t\t", /* 0 days, no score */
                                        "2026-10-05\ta\tC1\tsurvey\t\t\t\t\tno score, not counted as unresolved",
                                        NULL};
    /* scored 6: 9 + 8.999999 + 7 + 6.999999 + 0 + 3 = 34.999998, / 6 = 5.833333; promoters 1, passives 2, the rest 3:
     * nps = 100 (1 - 3) / 6; csat: >= 7.5 are 2 of 6; its lower end by the fractions of test_wilson's program. */
    expect_figures(KPI_FEEDBACK, lines, &ten,
                   "n=8 scored=6 sum=34.999998 mean=5.833333 min=0 max=9 promoters=1 passives=2 detractors=3 "
                   "nps=-33.333333 csat=33.333333 csat-low=9.676933 unresolved=1 resolve-days=1.333333 share=100");
}

/* csat counts from LOW + 3/4 of the scale on, unresolved below LOW + 7/10 of it. */
static void test_scales(void **state) {
    (void)state;
    static const struct {
        const char *low, *high, *score;
        bool satisfied, open;
    } cases[] = {
        {"0", "10", "7.5", true, false},
        {"0", "10", "7.499999", false, false},
        {"0", "10", "7", false, false},
        {"0", "10", "6.999999", false, true},
        {"1", "5", "4", true, false},
        {"1", "5", "3.999999", false, false},
        {"1", "5", "3.8", false, false},
        {"1", "5", "3.799999", false, true},
        {"1", "10", "7.75", true, false},
        {"1", "10", "7.749999", false, false},
        {"1", "10", "7.3", false, false},
        {"1", "10", "7.299999", false, true},
        {"-2", "2", "1", true, false},
        {"-2", "2", "0.999999", false, false},
        {"-2", "2", "0.8", false, false},
        {"-2", "2", "0.799999", false, true},
        {"0", "0.000001", "0.000001", true, false},
        {"0", "0.000001", "0", false, true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[128], figures[64];
        kpi__fold fold = {number(cases[i].low), number(cases[i].high), 3};
        const char *const lines[] = {text, NULL};
        snprintf(text, sizeof text, "2026-10-05\ta\t\t\t\t%s\t\t\t", cases[i].score);
        snprintf(figures, sizeof figures, "csat=%s unresolved=%d", cases[i].satisfied ? "100" : "0", cases[i].open);
        expect_figures(KPI_FEEDBACK, lines, &fold, figures);
        snprintf(text, sizeof text, "2026-10-05\ta\t\t\t\t%s\t2026-10-05\t\t", cases[i].score);
        expect_figures(KPI_FEEDBACK, lines, &fold, "unresolved=0");
    }
}

static void test_share(void **state) {
    (void)state;
    kpi__group g = {0}, all = {0};
    g.count[KPI__ALL] = 1;
    all.count[KPI__ALL] = 3;
    assert_string_equal(text_of(KPI_FEEDBACK, "share", &g, &all), "33.333333");
    g.count[KPI__ALL] = 0;
    assert_string_equal(text_of(KPI_FEEDBACK, "share", &g, &all), "0");
}

static void test_coverage(void **state) {
    (void)state;
    kpi__group g = {0};
    g.count[KPI__OWNED] = 3;
    assert_string_equal(text_of(KPI_VISIT, "coverage", &g, &g), "0");
    g.count[KPI__COVERED] = 2;
    assert_string_equal(text_of(KPI_VISIT, "coverage", &g, &g), "66.666667");
}

/* Of minutes, and twice the median of the team's: not known where that is 0. */
static void test_load(void **state) {
    (void)state;
    static const struct {
        const char *minutes, *team, *load;
    } cases[] = {
        {"0", "0", ""},    {"60", "0", ""},           {"0", "1", "0"},         {"60", "120", "100"},
        {"60", "150", "80"}, {"1", "3", "66.666667"},
        {"45", "61", "147.540984"}, {"999999999999999", "1", "199999999999999800"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kpi__group g = {.sum = number(cases[i].minutes), .team = number(cases[i].team)};
        assert_string_equal(text_of(KPI_VISIT, "load", &g, &g), cases[i].load);
    }
}

/* ---- the table of statistics ---- */

static void test_named(void **state) {
    (void)state;
    static const char lists[2][200] = {
        "visits clients minutes planned missed cancelled kept purposeful late coverage load",
        "n scored sum mean min max promoters passives detractors nps csat csat-low share unresolved resolve-days"};
    static const char computed[] = " purposeful coverage load mean nps csat csat-low share resolve-days ";
    static const struct {
        const char *names;
        unsigned needs;
    } needy[] = {{" clients ", KPI__NEEDS_CLIENTS},
                 {" kept ", KPI__NEEDS_KEPT},
                 {" coverage ", KPI__NEEDS_COVERAGE},
                 {" load ", KPI__NEEDS_TEAM},
                 {" promoters passives detractors nps ", KPI__NEEDS_NPS_SCALE},
                 {" resolve-days ", KPI__NEEDS_DAYS},
                 {" share ", KPI__NEEDS_ALL}};
    for (int f = 0; f < 2; f++)
        for (const char *p = lists[f]; *p;) {
            size_t n = strcspn(p, " ");
            char padded[32];
            unsigned needs = 0;
            snprintf(padded, sizeof padded, " %.*s ", (int)n, p);
            for (size_t i = 0; i < COUNT(needy); i++) needs |= strstr(needy[i].names, padded) ? needy[i].needs : 0;
            const kpi__stat *stat = kpi__stat_named(f ? KPI_FEEDBACK : KPI_VISIT, (kpi_text){p, n});
            assert_non_null(stat);
            assert_int_equal(strlen(stat->name), n);
            assert_memory_equal(stat->name, p, n);
            assert_int_equal(stat->exact, strstr(computed, padded) == NULL);
            assert_int_equal(stat->needs, needs);
            assert_null(kpi__stat_named(f ? KPI_VISIT : KPI_FEEDBACK, (kpi_text){p, n}));
            p += n + (p[n] == ' ');
        }
    assert_null(kpi__stat_named(KPI_VISIT, TEXT("")));
    assert_null(kpi__stat_named(KPI_VISIT, TEXT("visit")));
    assert_null(kpi__stat_named(KPI_FEEDBACK, TEXT("csat-lo")));
}

/* ---- merging ---- */

static void write_random(enum kpi_record_kind record, char text[160]) {
    static const char *const status[] = {"done", "done", "done", "planned", "missed", "cancelled"};
    char score[32] = "", resolved[32] = "", logged[32] = "", minutes[32] = "";
    if (random_below(4)) snprintf(score, sizeof score, "%d.%d", (int)random_below(10), (int)random_below(10));
    if (random_below(2)) snprintf(resolved, sizeof resolved, "2026-10-%02d", 10 + (int)random_below(20));
    if (random_below(2)) snprintf(logged, sizeof logged, "2026-10-%02d", 5 + (int)random_below(20));
    if (random_below(2)) snprintf(minutes, sizeof minutes, "%d", (int)random_below(200));
    if (record == KPI_FEEDBACK)
        snprintf(text, 160, "2026-10-%02d\ta\t\t\t\t%s\t%s\t\t", 1 + (int)random_below(9), score, resolved);
    else
        snprintf(text, 160, "2026-10-%02d\ta\t\tvisit\t%s\t%s\t\t%s\t%s\t", 1 + (int)random_below(9),
                 status[random_below(COUNT(status))], random_below(2) ? "p" : "", minutes, logged);
}

static void test_merge(void **state) {
    (void)state;
    static const enum kpi_record_kind records[] = {KPI_VISIT, KPI_FEEDBACK};
    for (int round = 0; round < 4000; round++) {
        enum kpi_record_kind record = records[round % 2];
        kpi__group one = {0}, part[7] = {0}, merged = {0};
        size_t parts = 1 + random_below(COUNT(part));
        for (uint64_t n = random_below(30); n; n--) {
            char text[160];
            write_random(record, text);
            kpi_line line = line_of(text);
            assert_true(add(record, &one, &line, &ten));
            assert_true(add(record, &part[random_below(parts)], &line, &ten));
        }
        for (size_t i = 0; i < parts; i++) assert_true(kpi__group_merge(&merged, &part[i]));
        assert_memory_equal(merged.count, one.count, sizeof one.count);
        assert_true(merged.sum == one.sum && merged.days == one.days);
        if (record == KPI_FEEDBACK && one.count[KPI__SCORED])
            assert_true(merged.min == one.min && merged.max == one.max);
    }
}

static void test_range(void **state) {
    (void)state;
    const kpi_decimal largest = (kpi_decimal)(~(unsigned __int128)0 >> 1);
    kpi__group g = {.sum = largest}, other = {.sum = 1};
    kpi_line visit = line_of("2026-10-05\ta\t\tvisit\tdone\t\t\t1\t\t"), call = line_of("2026-10-05\ta\t\t\t\t1\t\t\t");
    assert_false(add(KPI_VISIT, &g, &visit, &ten));
    assert_false(add(KPI_FEEDBACK, &g, &call, &ten));
    assert_true(g.sum == largest && g.count[KPI__DONE] == 0 && g.count[KPI__SCORED] == 0);
    assert_false(kpi__group_merge(&g, &other));
}

/* ---- comparing ---- */

static void test_ratio_compare(void **state) {
    (void)state;
    const kpi_decimal huge = (kpi_decimal)(~(unsigned __int128)0 >> 1);
    const struct {
        kpi_ratio a, b;
        int order;
    } cases[] = {
        {{1, 3}, {1, 3}, 0},           {{1, 3}, {2, 6}, 0},
        {{1, 3}, {1, 2}, -1},          {{-1, 3}, {-1, 2}, 1},
        {{0, 5}, {0, 7}, 0},           {{-1, 9}, {1, 9}, -1},
        {{huge, huge}, {1, 1}, 0},     {{huge, huge - 1}, {huge - 1, huge - 2}, -1},
        {{huge, 1}, {huge - 1, 1}, 1}, {{-huge, 1}, {huge, 1}, -1},
        {{0, 1}, {-1, huge}, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(kpi__ratio_compare(cases[i].a, cases[i].b), cases[i].order);
        assert_int_equal(kpi__ratio_compare(cases[i].b, cases[i].a), -cases[i].order);
    }
}

/* ---- Wilson ---- */

/* By python3: with Z = Fraction(38416, 10000), the bound (2k + Z - sqrt(Z (Z + 4k(n-k)/n))) / (2 (n + Z)), its root
 * between isqrt(...) and one more at 80 decimals, floor(100 * 10**digits * bound + 1/2) the same with either. */
/* clang-format off */
static const struct {
    uint64_t k, n;
    int digits;
    const char *percent;
} wilson[] = {
        {0, 1, 2, "0"}, {0, 1, 6, "0"}, {1, 1, 2, "20.65"}, {1, 1, 6, "20.654329"}, {0, 2, 2, "0"}, {0, 2, 6, "0"},
        {1, 2, 2, "9.45"}, {1, 2, 6, "9.452865"}, {2, 2, 2, "34.24"}, {2, 2, 6, "34.237195"}, {1, 3, 2, "6.15"},
        {1, 3, 6, "6.149032"}, {2, 3, 2, "20.77"}, {2, 3, 6, "20.765496"}, {5, 5, 2, "56.55"}, {5, 5, 6, "56.550851"},
        {0, 7, 2, "0"}, {0, 7, 6, "0"}, {9, 10, 2, "59.58"}, {9, 10, 6, "59.584361"}, {30, 50, 2, "46.18"},
        {30, 50, 6, "46.181189"}, {74, 107, 2, "59.87"}, {74, 107, 6, "59.871332"}, {80, 100, 2, "71.12"},
        {80, 100, 6, "71.116904"}, {50, 100, 2, "40.38"}, {50, 100, 6, "40.382983"}, {99, 100, 2, "94.55"},
        {99, 100, 6, "94.551248"}, {100, 100, 2, "96.3"}, {100, 100, 6, "96.300519"}, {139, 142, 2, "93.97"},
        {39, 205, 2, "14.24"}, {267, 284, 2, "90.62"}, {7, 47, 1, "7.4"}, {137, 148, 2, "87.18"},
        {226, 378, 1, "54.8"}, {150, 212, 1, "64.3"}, {58, 195, 2, "23.77"}, {46, 77, 6, "48.576649"},
        {75, 189, 6, "32.979805"}, {75, 141, 2, "44.98"}, {24, 28, 2, "68.51"}, {80, 389, 2, "16.85"},
        {157, 160, 1, "94.6"}, {267, 395, 1, "62.8"}, {255, 397, 2, "59.4"}, {2, 8, 0, "7"}, {159, 243, 2, "59.25"},
        {201, 217, 0, "88"}, {92, 165, 2, "48.13"}, {16, 133, 0, "8"}, {10, 11, 2, "62.26"}, {17, 221, 2, "4.86"},
        {218, 326, 2, "61.59"}, {93, 343, 0, "23"}, {254, 387, 0, "61"}, {11, 36, 1, "18"}, {2, 2, 2, "34.24"},
        {148, 163, 2, "85.37"}, {76, 137, 2, "47.12"}, {0, 10, 2, "0"}, {184, 275, 2, "61.15"}, {45, 141, 2, "24.79"},
        {7, 21, 1, "17.2"}, {61, 232, 2, "21.05"}, {88, 129, 2, "59.75"}, {337, 338, 0, "98"}, {172, 334, 1, "46.2"},
        {292, 295, 1, "97.1"}, {21, 316, 0, "4"}, {56, 57, 1, "90.7"}, {36, 218, 2, "12.17"}, {80, 148, 0, "46"},
        {19, 102, 0, "12"}, {206, 296, 1, "64.1"}, {180, 247, 0, "67"}, {2, 2, 6, "34.237195"}, {35, 156, 2, "16.6"},
        {293, 385, 2, "71.6"}, {56, 126, 6, "36.060079"}, {124, 189, 2, "58.59"}, {18, 166, 2, "6.97"},
        {129, 262, 1, "43.2"}, {6, 66, 2, "4.23"}, {99, 391, 2, "21.26"}, {78, 227, 2, "28.49"}, {111, 204, 1, "47.6"},
        {179, 352, 0, "46"}, {1, 236, 0, "0"}, {0, 14, 0, "0"}, {16, 214, 0, "5"}, {125, 171, 1, "66"},
        {3, 6, 2, "18.76"}, {23, 45, 6, "37.004224"}, {71, 193, 2, "30.3"}, {360, 388, 2, "89.77"},
        {165, 242, 2, "62.07"}, {270, 341, 6, "74.556003"}, {116, 240, 0, "42"}, {241, 251, 0, "93"},
        {59, 76, 6, "67.065221"}, {301, 371, 2, "76.84"}, {1, 14, 2, "1.27"}, {2, 3, 1, "20.8"}, {15, 34, 0, "29"},
        {68, 253, 6, "21.7905"}, {381, 389, 1, "96"}, {7, 255, 2, "1.34"}, {89, 148, 0, "52"}, {22, 99, 2, "15.16"},
        {101, 335, 2, "25.48"}, {246, 292, 6, "79.626765"}, {1, 297, 1, "0.1"}, {250, 281, 2, "84.77"},
        {136, 287, 2, "41.68"}, {63, 95, 0, "56"}, {351, 371, 6, "91.820454"}, {4, 6, 1, "30"}, {0, 158, 2, "0"},
        {278, 364, 6, "71.7484"}, {7, 20, 2, "18.12"}, {13, 14, 6, "68.53073"}, {28, 47, 2, "45.34"},
        {33, 109, 0, "22"}, {216, 256, 2, "79.42"}, {185, 209, 2, "83.48"}, {57, 329, 0, "14"}, {55, 298, 2, "14.46"},
        {46, 164, 2, "21.74"}, {86, 167, 0, "44"}, {123, 254, 2, "42.35"}, {32, 33, 2, "84.68"}, {112, 329, 0, "29"},
        {20, 52, 1, "26.5"}, {198, 222, 2, "84.42"}, {24, 42, 2, "42.21"}, {83, 156, 2, "45.39"},
        {193, 197, 2, "94.9"}, {9223372036854776103u, 9223372036854776103u, 3, "100"}, {1, 100232, 3, "0"},
        {6301132, 10000676, 6, "62.977133"}, {8090166, 10000474, 5, "80.87345"},
        {3173328200216133631u, 9223372036854776688u, 3, "34.405"}, {1000000665, 1000000665, 4, "100"},
        {9223372036854776742u, 9223372036854776742u, 2, "100"}, {860104047, 1000000160, 5, "86.00824"},
        {1000000000000570u, 1000000000000571u, 6, "100"}, {100875, 100876, 2, "99.99"},
        {1000000000783u, 1000000000784u, 5, "100"}, {9223372036854776123u, 9223372036854776123u, 6, "100"},
        {976, 1069, 2, "89.46"}, {1000000000000970u, 1000000000000970u, 3, "100"},
        {500000000000428u, 1000000000000857u, 2, "50"}, {4611686018427388245u, 9223372036854776490u, 6, "50"},
        {1, 1211, 6, "0.014578"}, {2313808859373406925u, 9223372036854775870u, 2, "25.09"},
        {7777028, 10000188, 6, "77.743036"}, {1, 1000000000655u, 6, "0"}, {1000000821, 1000000822, 3, "100"},
        {10000437, 10000438, 4, "99.9999"}, {2911194, 10000466, 2, "29.08"}, {0, 100856, 2, "0"},
        {1, 9223372036854776721u, 4, "0"}, {1, 100206, 6, "0.000176"},
        {4611686018427387995u, 9223372036854775991u, 6, "50"}, {0, 9223372036854776152u, 4, "0"},
        {1000000000000565u, 1000000000000566u, 5, "100"}, {1000000000246u, 1000000000247u, 2, "100"},
        {1000000000000881u, 1000000000000882u, 4, "100"}, {0, 9223372036854775934u, 3, "0"},
        {1, 9223372036854776557u, 4, "0"}, {1, 100635, 3, "0"}, {10000375, 10000375, 5, "99.99996"},
        {66660, 100768, 6, "65.859174"}, {0, 100897, 6, "0"}, {1000000000000747u, 1000000000000747u, 4, "100"},
        {0, 9223372036854776453u, 5, "0"}, {10000493, 10000493, 4, "100"}, {1339, 1346, 3, "98.93"},
        {818022, 10000055, 4, "8.1632"}, {1, 9223372036854776035u, 4, "0"}, {10000815, 10000815, 3, "100"},
        {1, 1000000451, 4, "0"}, {500000000000111u, 1000000000000223u, 3, "50"},
        {686715701947699u, 1000000000000361u, 5, "68.67157"}, {1000000000251u, 1000000000251u, 3, "100"},
        {89197, 100578, 5, "88.48715"}, {1964, 1965, 3, "99.712"}, {1000000951, 1000000951, 2, "100"},
        {0, 100014, 5, "0"}, {3370195485713444248u, 9223372036854776326u, 3, "36.54"}, {0, 10000666, 4, "0"},
        {500000000000214u, 1000000000000428u, 2, "50"}, {9223372036854775971u, 9223372036854775972u, 5, "100"},
        {100876, 100877, 3, "99.994"}, {1, 1000000000000929u, 2, "0"}, {601506272, 1000000610, 3, "60.148"},
        {5000140, 10000281, 3, "49.969"},
};
/* clang-format on */

static void test_wilson(void **state) {
    (void)state;
    assert_int_equal(COUNT(wilson), 200);
    for (size_t i = 0; i < COUNT(wilson); i++)
        expect_decimal(kpi__wilson_low(wilson[i].k, wilson[i].n, wilson[i].digits), wilson[i].percent);
}

/* It grows with k, lies below k/n, and fewer digits are the rounding of it to them, unless rounded twice. */
static void test_wilson_is_sane(void **state) {
    (void)state;
    for (uint64_t n = 1; n <= 60; n++) {
        kpi_decimal before = -1;
        for (uint64_t k = 0; k <= n; k++) {
            kpi_decimal six = kpi__wilson_low(k, n, 6), two = kpi__wilson_low(k, n, 2);
            assert_true(six >= before && six * (kpi_decimal)n <= (kpi_decimal)k * 100 * KPI_ONE);
            assert_true(two % 10000 == 0 && two - six <= 5000 && six - two <= 5000);
            before = six;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_visits),        cmocka_unit_test(test_late),   cmocka_unit_test(test_feedback),
        cmocka_unit_test(test_scales),        cmocka_unit_test(test_share),  cmocka_unit_test(test_coverage),
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_named),         cmocka_unit_test(test_merge),  cmocka_unit_test(test_range),
        cmocka_unit_test(test_ratio_compare), cmocka_unit_test(test_wilson), cmocka_unit_test(test_wilson_is_sane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
