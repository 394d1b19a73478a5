/* book.c - the books of managers and clients: who belonged where, from when to when.
 *
 * Entries stand in one array, sorted by who and days after each file; look-ups go by binary search. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct kpi_book {
    const kpi_record *record;
    kpi__arena *arena;
    kpi__dict *names; /* each name, team, role, ... once */
    kpi_entry *entry;
    size_t n, room;
};

/* The fields of both books: manager name team role joined left; client name manager tier since until. */
enum { WHO, NAME, OF, AS, FIRST, LAST };

int kpi_book_new(kpi_book **out, enum kpi_record_kind kind, kpi_error *e) {
    kpi_book *book = calloc(1, sizeof *book);
    if (!book || !(book->arena = kpi__arena_new()) || !(book->names = kpi__dict_new())) {
        kpi_book_free(book);
        return kpi__fail_memory(e);
    }
    book->record = kpi_record_of(kind);
    *out = book;
    return KPI_OK;
}

void kpi_book_free(kpi_book *book) {
    if (!book) return;
    kpi__arena_free(book->arena);
    kpi__dict_free(book->names);
    free(book->entry);
    free(book);
}

/* ---- reading ---- */

static const char *keep(kpi_book *book, kpi_text text) {
    uint32_t number = kpi__dict_put(book->names, text);
    return number == KPI__NONE ? NULL : kpi__dict_key(book->names, number).ptr;
}

static kpi_day day_or(kpi_text text, kpi_day open_end) {
    kpi_day day;
    return text.len && !kpi_date_parse(text, &day, NULL) ? day : open_end;
}

int kpi__check_days(const kpi_record *record, const kpi_line *line, kpi_period *days, kpi_error *e) {
    *days = (kpi_period){day_or(line->field[FIRST], KPI_DAY_FIRST), day_or(line->field[LAST], KPI_DAY_LAST)};
    if (days->first <= days->last) return KPI_OK;
    return kpi__fail_line(e, line, LAST + 1, "%s before %s: %s", record->field[LAST].name, record->field[FIRST].name,
                          KPI__QUOTE(line->field[LAST]));
}

struct taking {
    kpi_book *book;
    const char *file;
};

static int take_line(void *context, kpi_line *line, kpi_error *e) {
    const struct taking *taking = context;
    kpi_book *book = taking->book;
    kpi_period days;
    int code = kpi__check_days(book->record, line, &days, e);
    if (code) return code;
    if (!kpi__grow(&book->entry, book->n, &book->room, sizeof *book->entry)) return kpi__fail_memory(e);
    kpi_entry entry = {keep(book, line->field[WHO]),
                       keep(book, line->field[NAME]),
                       keep(book, line->field[OF]),
                       keep(book, line->field[AS]),
                       days,
                       {taking->file, line->number, 0}};
    if (!entry.who || !entry.name || !entry.of || !entry.as) return kpi__fail_memory(e);
    book->entry[book->n++] = entry;
    return KPI_OK;
}

static int by_who_and_days(const void *x, const void *y) {
    const kpi_entry *a = x, *b = y;
    int order = strcmp(a->who, b->who);
    if (order) return order;
    return (a->days.first > b->days.first) - (a->days.first < b->days.first);
}

/* Of two entries of one name whose days overlap, the one read later, in file or further down in it, is the fault;
 * told and left out. */
static int drop_overlaps(kpi_book *book, const char *file, const kpi_report *report, kpi_error *e) {
    size_t kept = 0;
    for (size_t i = 0; i < book->n; i++) {
        kpi_entry *last = kept ? &book->entry[kept - 1] : NULL, *entry = &book->entry[i];
        if (!last || strcmp(last->who, entry->who) || !kpi_period_overlap(last->days, entry->days)) {
            book->entry[kept++] = *entry;
            continue;
        }
        bool swap = last->place.file == file && (entry->place.file != file || last->place.line > entry->place.line);
        kpi_entry fault = swap ? *last : *entry, other = swap ? *entry : *last;
        kpi__fail_at(e, KPI_DATA, fault.place, "the days of %s overlap those of %s:%llu",
                     KPI__QUOTE(kpi_text_of(fault.who)), other.place.file, (unsigned long long)other.place.line);
        int code = kpi__tell(report, e);
        if (code) return code;
        *last = other;
    }
    book->n = kept;
    return KPI_OK;
}

int kpi_book_read(kpi_book *book, const char *path, const kpi_report *report, kpi_error *e) {
    kpi_reader *reader;
    struct taking taking = {book, kpi__arena_text(book->arena, kpi_text_of(path))};
    if (!taking.file) return kpi__fail_memory(e);
    int code = kpi_reader_open(&reader, path, e);
    if (!code) code = kpi__each_record(reader, book->record, take_line, &taking, report, e);
    if (code) return code;
    if (book->n) qsort(book->entry, book->n, sizeof *book->entry, by_who_and_days);
    return drop_overlaps(book, taking.file, report, e);
}

/* ---- asking ---- */

size_t kpi_book_size(const kpi_book *book) { return book->n; }

const kpi_entry *kpi_book_entry(const kpi_book *book, size_t i) { return &book->entry[i]; }

const kpi_entry *kpi_book_find(const kpi_book *book, kpi_text who, size_t *n) {
    size_t low = 0, high = book->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kpi_text_compare(kpi_text_of(book->entry[middle].who), who) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    size_t end = low;
    while (end < book->n && kpi_text_compare(kpi_text_of(book->entry[end].who), who) == 0) end++;
    *n = end - low;
    return *n ? &book->entry[low] : NULL;
}

const kpi_entry *kpi_book_at(const kpi_book *book, kpi_text who, kpi_period period) {
    size_t n;
    const kpi_entry *entry = kpi_book_find(book, who, &n);
    while (n--)
        if (kpi_period_overlap(entry[n].days, period)) return &entry[n];
    return NULL;
}

const char *kpi_book_nearest(const kpi_book *book, kpi_text who) {
    const char *found = NULL;
    size_t most = kpi__likeness(who);
    for (size_t i = 0; i < book->n && most; i++)
        if (kpi__nearer(who, kpi_text_of(book->entry[i].who), &most)) found = book->entry[i].who;
    return found;
}

int64_t kpi_book_days(const kpi_book *book, kpi_text who, kpi_period period) {
    size_t n;
    int64_t days = 0;
    const kpi_entry *entry = kpi_book_find(book, who, &n);
    for (size_t i = 0; i < n; i++) {
        kpi_period part = {entry[i].days.first > period.first ? entry[i].days.first : period.first,
                           entry[i].days.last < period.last ? entry[i].days.last : period.last};
        if (part.first <= part.last) days += kpi_period_days(part);
    }
    return days;
}
