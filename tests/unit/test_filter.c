/* test_filter.c - filter.c: one field changed in any lines, against writing each line anew; order, threads, ends. */
#include "unit.h"

struct bytes {
    char *text;
    size_t used, room;
    unsigned calls, stop; /* the call numbered stop fails (from 1 on; 0: none) */
};

static void put_bytes(struct bytes *to, const char *text, size_t n) {
    if (to->used + n + 1 > to->room) {
        to->room = 2 * (to->used + n + 1);
        to->text = realloc(to->text, to->room);
        assert_non_null(to->text);
    }
    if (n) memcpy(to->text + to->used, text, n);
    to->used += n;
    to->text[to->used] = 0;
}

static void put_text(struct bytes *to, const char *text) { put_bytes(to, text, strlen(text)); }

static int collect(void *context, kpi_text lines, kpi_error *error) {
    struct bytes *to = context;
    assert_true(lines.len > 0 && lines.ptr[lines.len - 1] == '\n');
    if (++to->calls == to->stop) return kpi__fail(error, KPI_SYSTEM, "enough");
    put_bytes(to, lines.ptr, lines.len);
    return KPI_OK;
}

/* ---- a change: the source becomes the score, twice, where it is one digit ---- */

struct changer { char text[KPI__BATCH + 1][2]; };

static bool change_to(kpi_text score, char out[2], kpi_text *value) {
    if (score.len != 1) return false;
    out[0] = out[1] = *score.ptr;
    *value = (kpi_text){out, 2};
    return true;
}

static int change_batch(void *context, kpi__batch *batch, const kpi__columns *columns, kpi_text *value,
                        kpi_error *error) {
    struct changer *changer = context;
    (void)columns, (void)error;
    for (unsigned i = 0; i < batch->lines; i++)
        if (!batch->odd[i]) change_to(kpi__at(batch, i, KPI_FEEDBACK_SCORE), changer->text[i], &value[i]);
    return KPI_OK;
}

static int change_line(void *context, const kpi_line *line, kpi_text *value, kpi_error *error) {
    struct changer *changer = context;
    if (line->field[KPI_FEEDBACK_SCORE].len == 2) return kpi__fail_line(error, line, 6, "two digits");
    change_to(line->field[KPI_FEEDBACK_SCORE], changer->text[KPI__BATCH], value);
    return KPI_OK;
}

static const kpi__change change = {NULL, KPI_FEEDBACK_SOURCE, change_batch, change_line};

/* All of the file at path by so many threads; told what is heard. */
static int change_file(const char *path, unsigned threads, struct bytes *found, struct heard *heard, kpi_error *error) {
    static struct changer changers[8];
    void *crew[8];
    kpi__change mine = change;
    kpi_report report = hearing(heard);
    kpi__outlet to = {collect, found, &report, 0};
    kpi__input *input;
    mine.record = kpi_record_of(KPI_FEEDBACK);
    for (unsigned i = 0; i < 8; i++) crew[i] = &changers[i];
    expect_ok(kpi__input_open(&input, path, error), error);
    unsigned workers = kpi__input_workers(input, threads);
    int code = kpi__change_lines(input, &mine, crew, workers, &to, error);
    if (!code) {
        size_t lines = 0;
        for (size_t i = 0; i < found->used; i++) lines += found->text[i] == '\n';
        assert_int_equal(to.lines, lines);
    }
    return code;
}

/* ---- lines ---- */

/* One line into `in`, and what is to come of it into out. bads: bad ones, too. */
static void random_line(struct bytes *in, struct bytes *out, bool bads) {
    static const char *const sources[] = {"", "survey", "a source with a long name"},
        *const scores[] = {"", "5", "0", "5.5", "10"}, *const comments[] = {"", "发货太慢", "two words", "odd\\n", "\\\\"};
    const char *source = sources[random_below(3)], *score = scores[random_below(bads ? 5 : 4)],
               *comment = comments[random_below(random_below(9) ? 3 : 5)];
    char line[2048], text[3] = "";
    if (random_below(40) == 0) {
        put_text(in, random_below(2) ? "# remark\n" : "\r\n");
        return;
    }
    int pad = random_below(30) ? (int)random_below(20) : (int)random_below(900);
    snprintf(line, sizeof line, "2026-10-0%d\tm\tC%0*d\t", 1 + (int)random_below(9), pad + 1, 7);
    put_text(in, line);
    bool bad = !strcmp(score, "10") && strchr(comment, '\\'); /* it is odd, and then refused */
    if (strlen(score) == 1) snprintf(text, sizeof text, "%c%c", *score, *score);
    if (!bad) {
        put_text(out, line);
        put_text(out, *text ? text : source);
    }
    put_text(in, source);
    snprintf(line, sizeof line, "\t\t%s\t\t\t%s", score, comment);
    put_text(in, line);
    put_text(in, random_below(8) ? "\n" : "\r\n");
    if (!bad) {
        put_text(out, line);
        put_text(out, "\n");
    }
}

static void test_random(void **state) {
    (void)state;
    for (unsigned i = 0; i < 60; i++) {
        struct bytes in = {0}, out = {0};
        kpi_error error = {0};
        unsigned lines = i % 15 == 14 ? 60000 : (unsigned)random_below(i % 3 ? 30 : 3000);
        put_text(&in, i % 2 ? "\xEF\xBB\xBF" : "");
        put_text(&out, "");
        while (lines--) random_line(&in, &out, false);
        const char *path = temp_file("in", (kpi_text){in.text, in.used});
        for (unsigned threads = 1; threads <= 7; threads += 2) {
            struct bytes found = {0};
            struct heard heard = {0};
            put_text(&found, "");
            expect_ok(change_file(path, threads, &found, &heard, &error), &error);
            assert_int_equal(heard.n, 0);
            assert_int_equal(found.used, out.used);
            assert_memory_equal(found.text, out.text, out.used);
            free(found.text);
        }
        free(in.text);
        free(out.text);
    }
}

/* Lines that are refused are left out, those before them given on first. */
static void test_refused(void **state) {
    (void)state;
    for (unsigned i = 0; i < 20; i++) {
        struct bytes in = {0}, out = {0}, found = {0};
        struct heard heard = {0};
        kpi_error error = {0};
        put_text(&out, "");
        put_text(&found, "");
        for (unsigned lines = (unsigned)random_below(600); lines; lines--) random_line(&in, &out, true);
        const char *path = temp_file("in", (kpi_text){in.used ? in.text : "", in.used});
        expect_ok(change_file(path, 2, &found, &heard, &error), &error);
        assert_string_equal(found.text, out.text);
        if (heard.n) { /* up to the first one when it ends there */
            struct heard first = {.stop = 1};
            found.used = 0;
            assert_int_equal(change_file(path, 2, &found, &first, &error), KPI_DATA);
            assert_int_equal(first.n, 1);
            assert_memory_equal(found.text, out.text, found.used);
            size_t lines = 0;
            for (size_t k = 0; k < found.used; k++) lines += found.text[k] == '\n';
            assert_true(lines < error.line);
        }
        free(in.text);
        free(out.text);
        free(found.text);
    }
}

static void test_full(void **state) {
    struct bytes in = {0}, out = {0}, found = {.stop = 2};
    struct heard heard = {0};
    kpi_error error = {0};
    (void)state;
    for (unsigned lines = 0; lines < 60000; lines++) random_line(&in, &out, false);
    const char *path = temp_file("in", (kpi_text){in.text, in.used});
    expect_failure(change_file(path, 2, &found, &heard, &error), KPI_SYSTEM, &error, "enough");
    assert_memory_equal(found.text, out.text, found.used);
    free(in.text);
    free(out.text);
    free(found.text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_full),
    };
    return cmocka_run_group_tests(tests, make_temp_folder, drop_temp_folder) != 0;
}
