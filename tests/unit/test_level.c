/* test_level.c - level.c: scores moved, worked out by hand; which ratings count; what is read twice. */
#include "unit.h"

#include <fcntl.h>

struct found {
    char text[1 << 16];
    size_t used;
};

static int collect(void *context, kpi_text lines, kpi_error *error) {
    struct found *found = context;
    (void)error;
    assert_true(found->used + lines.len < sizeof found->text);
    memcpy(found->text + found->used, lines.ptr, lines.len);
    found->used += lines.len;
    found->text[found->used] = 0;
    return KPI_OK;
}

/* The scores, from first to last, with a blank behind each. */
static void expect_scores(const kpi_level_options *options, const char *lines, const char *want) {
    static struct found found;
    kpi_level *level = NULL;
    kpi_error error = {0};
    char got[4096] = "";
    found.used = 0;
    expect_ok(kpi_level_new(&level, options, &error), &error);
    expect_ok(kpi_level_read(level, temp_file("in", kpi_text_of(lines)), NULL, &error), &error);
    expect_ok(kpi_level_write(level, collect, &found, &error), &error);
    for (char *p = found.text, *end; (size_t)(p - found.text) < found.used; p = end + 1) {
        end = strchr(p, '\n');
        *end = 0;
        kpi_line line = line_of(p);
        assert_int_equal(line.fields, 9);
        strncat(got, line.field[5].ptr, line.field[5].len);
        strcat(got, " ");
    }
    assert_string_equal(got, want);
    kpi_level_free(level);
}

#define LINE(client, source, score) "2026-10-01\tm\t" client "\t" source "\t\t" score "\t\t\t\n"

static void test_by_hand(void **state) {
    const kpi_level_options two = {.least = 2};
    (void)state;
    /* a: 4 of mean, b: 8; of all 6. */
    expect_scores(&two, LINE("a", "", "3") LINE("b", "", "9") LINE("a", "", "5.0") LINE("b", "", "7"), "5 7 7 5 ");
    /* Thirds: a 1, b 2 (0 3 3); of all 8/5: a by 3/5, b by -2/5. */
    expect_scores(&two,
                  LINE("a", "", "1") LINE("a", "", "1.00") LINE("b", "", "0") LINE("b", "", "3") LINE("b", "", "3"),
                  "1.6 1.6 -0.4 2.6 2.6 ");
    /* b's mean is 1/3, that of all 1/5: by 1/5 and -2/15 = -0.133333333. */
    expect_scores(&two, LINE("a", "", "0") LINE("a", "", "0") LINE("b", "", "0") LINE("b", "", "0") LINE("b", "", "1"),
                  "0.2 0.2 -0.133333 -0.133333 0.866667 ");
    /* The mean of all is 0.0000015, a's 0.000001 and b's 0.000002: by half a millionth each way, away from zero. */
    expect_scores(&two,
                  LINE("a", "", "0") LINE("a", "", "0.000002") LINE("b", "", "0.000001") LINE("b", "", "0.000003")
                  LINE("b", "", "0") LINE("b", "", "0.000004") LINE("a", "", "0.000001") LINE("a", "", "0.000001"),
                  "0.000001 0.000003 0.000001 0.000003 -0.000001 0.000004 0.000002 0.000002 ");
}

/* Who is alone, has no name, no score, another source, another month; what does not move stays as it was written. */
static void test_which(void **state) {
    static const char lines[] = LINE("a", "peer", "2") LINE("a", "peer", "2") LINE("b", "peer", "+4.0")
        LINE("b", "peer", "4") LINE("c", "peer", "10") LINE("", "peer", "0") LINE("", "peer", "0")
        LINE("a", "peer", "") LINE("a", "self", "10")
        LINE("b", "survey", "10") LINE("b", "survey", "10") "2026-11-01\tm\ta\tpeer\t\t8\t\t\t\n"
        LINE("d", "peer", "3.00") LINE("d", "peer", "3");
    static const char *const peer[] = {"peer"}, *const both[] = {"peer", "self"};
    kpi_level_options options = {.least = 2, .sources = {peer, 1}, .has_period = true, .period = period("2026-10")};
    (void)state;
    expect_scores(&options, lines, "3 3 3 3 10 0 0  10 10 10 8 3.00 3 ");
    options.has_period = false; /* a: 2 2 8, b: 4 4, d: 3 3; of all 26/7: a by -2/7, b by -2/7, d by 5/7 */
    expect_scores(&options, lines, "1.714286 1.714286 3.714286 3.714286 10 0 0  10 10 10 7.714286 3.714286 3.714286 ");
    options.sources = (kpi_names){both, 2};
    options.has_period = true;
    expect_scores(&options, lines, "3 3 3 3 10 0 0  10 10 10 8 3.00 3 ");
    options.self = true; /* a: 2 2 10, b: 4 4, d: 3 3; of all 4: a by -2/3, b stays, d by 1 */
    expect_scores(&options, lines, "1.333333 1.333333 +4.0 4 10 0 0  9.333333 10 10 8 4 4 ");
    options.least = 99;
    expect_scores(&options, lines, "2 2 +4.0 4 10 0 0  10 10 10 8 3.00 3 ");
}

static void test_clamp(void **state) {
    static const char lines[] = LINE("a", "", "5") LINE("a", "", "1") LINE("b", "", "5") LINE("b", "", "5");
    kpi_level_options options = {.least = 2, .low = KPI_ONE, .high = 5 * KPI_ONE}; /* a 3, b 5, of all 4 */
    (void)state;
    expect_scores(&options, lines, "6 2 4 4 ");
    options.clamp = true;
    expect_scores(&options, lines, "5 2 4 4 ");
}

static void test_refusals(void **state) {
    static const char bad[] = LINE("a", "", "11") LINE("a", "self", "99") "2026\n";
    kpi_level *level = NULL;
    kpi_error error = {0};
    kpi_level_options options = {.least = 1};
    struct heard heard = {0};
    kpi_report report = hearing(&heard);
    static struct found found;
    (void)state;
    expect_ok(kpi_level_new(&level, &options, &error), &error);
    assert_int_equal(kpi_level_read(level, temp_file("in", TEXT(bad)), NULL, &error), KPI_DATA);
    assert_string_equal(error.text, "a score outside the scale 0..10: '11'");
    kpi_level_free(level);
    expect_ok(kpi_level_new(&level, &options, &error), &error);
    expect_ok(kpi_level_read(level, temp_path("in"), &report, &error), &error);
    expect_ok(kpi_level_write(level, collect, &found, &error), &error);
    assert_string_equal(found.text, LINE("a", "self", "99"));
    assert_string_equal(without_folder(heard.text), "in:1:6: a score outside the scale 0..10: '11'\n"
                                                    "in:3: 1 field, a feedback line has 9\n");
    kpi_level_free(level);
    options = (kpi_level_options){.low = KPI_ONE, .high = KPI_ONE};
    expect_failure(kpi_level_new(&level, &options, &error), KPI_USAGE, &error, "the scale is empty");
    options = (kpi_level_options){.low = 0, .high = KPI_DECIMAL_MAX};
    expect_failure(kpi_level_new(&level, &options, &error), KPI_USAGE, &error,
                   "scores of such a scale cannot be moved within what numbers can be");
    kpi_level_free(NULL);
}

/* What is written, and what takes a file's place, between the two readings is not seen. */
static void test_twice(void **state) {
    static struct found found;
    kpi_level *level = NULL;
    kpi_error error = {0};
    kpi_level_options options = {.least = 1};
    (void)state;
    found.used = 0;
    const char *one = temp_file("one", TEXT(LINE("a", "", "3"))), *two = temp_file("two", TEXT(LINE("b", "", "5")));
    expect_ok(kpi_level_new(&level, &options, &error), &error);
    expect_ok(kpi_level_read(level, one, NULL, &error), &error);
    expect_ok(kpi_level_read(level, two, NULL, &error), &error);
    int fd = open(one, O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, "x\n", 2), 2);
    close(fd);
    assert_int_equal(rename(temp_file("new", TEXT("y\n")), two), 0);
    expect_ok(kpi_level_write(level, collect, &found, &error), &error);
    assert_string_equal(found.text, LINE("a", "", "4") LINE("b", "", "4"));
    kpi_level_free(level);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),  cmocka_unit_test(test_which), cmocka_unit_test(test_clamp),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_twice),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
