/* log.c - batches of visits or feedback, checked as a whole, then appended to a log by one write. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct kpi_batch {
    kpi_batch_options options;
    char *bytes;
    size_t length, room;
};

int kpi_batch_new(kpi_batch **out, const kpi_batch_options *options, kpi_error *e) {
    kpi_batch *batch = calloc(1, sizeof *batch);
    if (!batch) return kpi__fail_memory(e);
    batch->options = *options;
    if (!options->low && !options->high) batch->options.high = 10 * KPI_ONE;
    *out = batch;
    return KPI_OK;
}

void kpi_batch_free(kpi_batch *batch) {
    if (!batch) return;
    free(batch->bytes);
    free(batch);
}

/* ---- rules of writing, beyond those of the record ---- */

static int check_visit(const kpi_batch *batch, const kpi_line *line, kpi_error *e) {
    kpi_day day = 0;
    kpi_date_parse(line->field[KPI_VISIT_DATE], &day, NULL);
    char status = *line->field[KPI_VISIT_STATUS].ptr;
    if (status == 'd' && day > batch->options.now.today)
        return kpi__fail_line(e, line, KPI_VISIT_DATE + 1, "a visit done after today: %s",
                              KPI__QUOTE(line->field[KPI_VISIT_DATE]));
    if (status == 'p' && !kpi__says(line->field[KPI_VISIT_PURPOSE]) && !batch->options.keep_logged)
        return kpi__fail_line(e, line, KPI_VISIT_PURPOSE + 1, "a visit planned without a purpose");
    return KPI_OK;
}

static int check_feedback(const kpi_batch *batch, const kpi_line *line, kpi_error *e) {
    kpi_text text = line->field[KPI_FEEDBACK_SCORE];
    kpi_decimal score;
    if (!text.len || kpi_decimal_parse(text, &score)) return KPI_OK;
    return kpi__check_scale(score, batch->options.low, batch->options.high, line, e);
}

int kpi__check_entry(const kpi_batch_options *options, const kpi_line *line, kpi_error *e) {
    const kpi_batch batch = {.options = *options};
    return options->record == KPI_VISIT ? check_visit(&batch, line, e) : check_feedback(&batch, line, e);
}

/* ---- adding ---- */

static bool put(kpi_batch *batch, kpi_text text, char end) {
    while (batch->length + text.len + 1 > batch->room) {
        size_t room = batch->room ? 2 * batch->room : 4096;
        char *grown = realloc(batch->bytes, room);
        if (!grown) return false;
        batch->bytes = grown;
        batch->room = room;
    }
    memcpy(batch->bytes + batch->length, text.ptr, text.len);
    batch->length += text.len;
    batch->bytes[batch->length++] = end;
    return true;
}

static int add_line(kpi_batch *batch, kpi_line *line, kpi_error *e) {
    const kpi_record *record = kpi_record_of(batch->options.record);
    bool visit = batch->options.record == KPI_VISIT;
    unsigned logged = visit ? KPI_VISIT_LOGGED : KPI_FEEDBACK_LOGGED;
    if (!batch->options.keep_logged) line->field[logged] = kpi_text_of(batch->options.now.stamp);
    size_t before = batch->length;
    int code = kpi_record_check(record, line, e);
    if (!code) code = visit ? check_visit(batch, line, e) : check_feedback(batch, line, e);
    for (unsigned i = 0; i < record->fields && !code; i++)
        if (!put(batch, line->field[i], i + 1 < record->fields ? '\t' : '\n')) code = kpi__fail_memory(e);
    if (!code && batch->length - before > KPI_LINE_MAX + 1)
        code = kpi__fail_line(e, line, 0, "a line over %u bytes", KPI_LINE_MAX);
    if (code) batch->length = before;
    return code;
}

int kpi_batch_add(kpi_batch *batch, const kpi_text *field, kpi_error *e) {
    kpi_line line = {.file = "", .fields = kpi_record_of(batch->options.record)->fields};
    for (unsigned i = 0; i < line.fields; i++) line.field[i] = field[i].ptr ? field[i] : kpi_text_of("");
    return add_line(batch, &line, e);
}

static int take_line(void *batch, kpi_line *line, kpi_error *e) { return add_line(batch, line, e); }

int kpi_batch_read(kpi_batch *batch, const char *path, const kpi_report *report, kpi_error *e) {
    kpi_reader *reader;
    int code = kpi_reader_open(&reader, path, e);
    return code ? code : kpi__each_record(reader, kpi_record_of(batch->options.record), take_line, batch, report, e);
}

int kpi_batch_append(const kpi_batch *batch, const char *path, const kpi_report *report, kpi_error *e) {
    kpi_store *store;
    if (!batch->length) return KPI_OK;
    int code = kpi_store_open(&store, path, true, report, e);
    if (code) return code;
    code = kpi_store_append(store, (kpi_text){batch->bytes, batch->length}, e);
    int closed = kpi_store_close(store, code ? NULL : e);
    return code ? code : closed;
}
