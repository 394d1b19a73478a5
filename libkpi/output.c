/* output.c - rows of cells as lines, csv, json, table or md.
 *
 * Each format is a row of data: what stands before, between and behind the cells of a row, and how a cell is
 * written. lines, csv and json are written row by row; table and md hold their rows back, header first, until
 * all widths are known. Rows are put together in one buffer and handed to stdio whole, so that a broken one is
 * never seen, and many at once. Cells cost no memory of their own in the formats that stream.
 *
 * Many rows of a format that streams are rendered in pieces, by whoever is free, each into a part: an output like the
 * one they are for, but with a buffer of its own, which is written when it is the piece's turn. As pieces wait for
 * those before them, those under way are neighbours, so that piece i has part i % threads for itself; and as a part
 * that becomes large waits at once, memory is bounded.
 *
 * Nothing is written before the first cell or the end: who fails before has printed no header either. The first
 * failure is remembered (sys) and nothing is written after it. */
#include "internal.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 1 << 16, PART = 1 << 20, PIECE = 2048 }; /* bytes of rows handed on at once, at most; rows of a piece */

struct buffer {
    char *ptr;
    size_t used, room;
};

struct place { /* of a column */
    bool hidden, number, bar;
    size_t width;  /* of table and md */
    kpi_text lead; /* stands before each cell */
};

struct held { /* a cell of table and md */
    const char *ptr;
    size_t len, width;
    int good;
};

struct kpi_output {
    FILE *file;
    const struct kind *kind;
    kpi_output_options options;
    const kpi_column *column;
    struct place *place;
    size_t columns, visible;
    size_t at;             /* the column of the next cell */
    size_t quick;          /* cells of columns before this one are put as they are, a TAB between them */
    bool begun, ended;
    int good;              /* news in the next cell */
    int sys;               /* errno of the first failure; 0: none */
    struct buffer row, text;
    size_t whole, most;    /* bytes of row that are whole rows; when they are handed on */
    struct pieces *pieces; /* of a part; else NULL */
    size_t piece;
    kpi__arena *arena;     /* of leads and held cells */
    struct held *held;     /* row after row, visible columns only */
    size_t cells, room;
};

struct kind {
    const char *name;
    const char *open, *between, *close; /* of a row */
    void (*begin)(kpi_output *output);
    void (*cell)(kpi_output *output, const struct place *place, kpi_text cell);
    void (*end)(kpi_output *output);    /* NULL: rows are not held back */
    size_t least;                       /* width of a column */
    bool ragged;                        /* no blanks at the end of a row */
};

/* ---- buffers ---- */

static bool more_room(kpi_output *output, struct buffer *buffer, size_t n) {
    size_t room = buffer->room ? buffer->room : 4096;
    while (room - buffer->used < n)
        room *= 2;
    char *now = realloc(buffer->ptr, room);
    if (!now) {
        output->sys = ENOMEM;
        return false;
    }
    buffer->ptr = now;
    buffer->room = room;
    return true;
}

/* Room for n more bytes. Their place, or NULL. */
static inline char *reserve(kpi_output *output, struct buffer *buffer, size_t n) {
    if (buffer->room - buffer->used < n && !more_room(output, buffer, n))
        return NULL;
    return buffer->ptr + buffer->used;
}

static inline void put(kpi_output *output, const char *ptr, size_t n) {
    char *w = n ? reserve(output, &output->row, n) : NULL;
    if (!w)
        return;
    memcpy(w, ptr, n);
    output->row.used += n;
}

static inline void put_text(kpi_output *output, kpi_text text) { put(output, text.ptr, text.len); }

static void put_string(kpi_output *output, const char *string) { put(output, string, strlen(string)); }

static void put_shown(kpi_output *output, kpi_text text) {
    size_t n = kpi_text_show(text, NULL, 0);
    char *w = n ? reserve(output, &output->row, n) : NULL;
    if (!w)
        return;
    kpi_text_show(text, w, n);
    output->row.used += n;
}

static void fill(kpi_output *output, char c, size_t n) {
    char *w = n ? reserve(output, &output->row, n) : NULL;
    if (!w)
        return;
    memset(w, c, n);
    output->row.used += n;
}

struct pieces {
    kpi_output *output; /* what they are for */
    kpi_render *render;
    void *context;
    size_t from, rows;
    kpi_output *part;
    unsigned threads;   /* and parts */
    kpi__turns *turns;
    atomic_int code;    /* of the first failure in order; set by whose turn it is */
    kpi_error *error;
};

/* Hands whole rows to stdio; those of a part when it is their turn, and not after a failure. */
static void write_rows(kpi_output *output) {
    struct buffer *row = &output->row;
    if (output->pieces) {
        kpi__turn_await(output->pieces->turns, output->piece);
        if (output->pieces->code) output->sys = ECANCELED;
    }
    errno = 0;
    if (!output->sys && output->whole &&
        fwrite_unlocked(row->ptr, 1, output->whole, output->file) != output->whole)
        output->sys = errno ? errno : EIO;
    row->used = output->whole = 0;
}

/* Closes the row. */
static void write_row(kpi_output *output) {
    struct buffer *row = &output->row;
    while (output->kind->ragged && row->used > output->whole && row->ptr[row->used - 1] == ' ')
        row->used--;
    put_string(output, output->kind->close);
    output->whole = row->used;
    if (output->whole >= output->most)
        write_rows(output);
}

/* ---- cells ---- */

static bool is_number(kpi_text text) {
    const char *p = text.ptr, *end = p + text.len, *digits;
    if (p < end && (*p == '+' || *p == '-'))
        p++;
    for (int part = 0; part < 2; part++) {
        for (digits = p; p < end && *p >= '0' && *p <= '9'; p++) {}
        if (p == digits)
            return false;
        if (part || p == end)
            break;
        if (*p++ != '.')
            return false;
    }
    return p == end;
}

static void lines_cell(kpi_output *output, const struct place *place, kpi_text cell) {
    (void)place;
    if (output->options.terminal)
        put_shown(output, cell);
    else
        put_text(output, cell);
}

static bool is_formula(char first) { return first && strchr("=+-@\t\r", first); }

static bool is_edge_blank(char c) { return c == ' ' || c == '\t'; }

/* Whether text stands in csv as it does in lines. Letters, digits, most signs and everything beyond ASCII do. */
static bool is_csv(kpi_text text) {
    static const bool special[256] = {['"'] = 1, [','] = 1, ['\\'] = 1, ['\n'] = 1, ['\r'] = 1};
    unsigned found = 0;
    for (size_t i = 0; i < text.len; i++)
        found |= special[(unsigned char)text.ptr[i]];
    return !found && !is_formula(text.ptr[0]) && !is_edge_blank(text.ptr[0]) && !is_edge_blank(text.ptr[text.len - 1]);
}

/* The cell as plain text, which lives until the next call. */
static kpi_text plain(kpi_output *output, kpi_text cell) {
    output->text.used = 0;
    char *w = reserve(output, &output->text, cell.len);
    return w ? (kpi_text){w, kpi_text_plain(cell, w, cell.len)} : (kpi_text){"", 0};
}

/* Spreadsheets take text for a formula by its first character; the apostrophe makes it text. */
static void csv_text(kpi_output *output, kpi_text cell) {
    kpi_text text = plain(output, cell);
    if (!text.len)
        return;
    bool quoted = is_edge_blank(text.ptr[0]) || is_edge_blank(text.ptr[text.len - 1]);
    for (size_t i = 0; i < text.len && !quoted; i++)
        quoted = text.ptr[i] && strchr(",\"\r\n", text.ptr[i]);
    if (quoted)
        put(output, "\"", 1);
    if (is_formula(text.ptr[0]))
        put(output, "'", 1);
    for (const char *p = text.ptr, *end = p + text.len, *quote; p < end;) {
        quote = memchr(p, '"', (size_t)(end - p));
        kpi_text part = {p, (size_t)((quote ? quote + 1 : end) - p)};
        if (output->options.terminal)
            put_shown(output, part);
        else
            put_text(output, part);
        if (quote)
            put(output, "\"", 1);
        p += part.len;
    }
    if (quoted)
        put(output, "\"", 1);
}

static void csv_cell(kpi_output *output, const struct place *place, kpi_text cell) {
    if (!cell.len) {
        if (output->visible == 1) /* else the row would be an empty line, which readers skip */
            put(output, "\"\"", 2);
    } else if ((place->number && is_number(cell)) || (!output->options.terminal && is_csv(cell))) {
        put_text(output, cell);
    } else {
        csv_text(output, cell);
    }
}

/* ---- json ---- */

static void json_text(kpi_output *output, kpi_text text) {
    char *w = text.len < SIZE_MAX / 8 ? reserve(output, &output->row, 6 * text.len + 2) : NULL;
    if (w) output->row.used = (size_t)(kpi__json_write(w, text, output->options.terminal) - output->row.ptr);
}

/* The same digits, without what JSON does not allow: + and zeros before the first digit. */
static void json_number(kpi_output *output, kpi_text number) {
    const char *p = number.ptr, *end = p + number.len;
    if (*p == '-')
        put(output, "-", 1);
    p += *p == '-' || *p == '+';
    while (end - p > 1 && *p == '0' && p[1] != '.')
        p++;
    put(output, p, (size_t)(end - p));
}

static void json_cell(kpi_output *output, const struct place *place, kpi_text cell) {
    if (!cell.len)
        put(output, "null", 4);
    else if (place->number && is_number(cell))
        json_number(output, cell);
    else
        json_text(output, cell);
}

/* ---- table and md ---- */

static void hold(kpi_output *output, kpi_text text) {
    struct held cell = {"", kpi_text_show(text, NULL, 0), 0, output->good};
    char *copy = kpi__arena_text(output->arena, text); /* also when it is not what is kept: that is rare */
    if (copy && cell.len != text.len) {
        copy = kpi__arena_get(output->arena, cell.len);
        if (copy)
            kpi_text_show(text, copy, cell.len);
    }
    if (!copy || !kpi__grow(&output->held, output->cells, &output->room, sizeof *output->held)) {
        output->sys = ENOMEM;
        return;
    }
    cell.ptr = copy;
    cell.width = kpi_text_width((kpi_text){copy, cell.len});
    output->held[output->cells++] = cell;
    struct place *place = &output->place[output->at];
    if (place->width < cell.width)
        place->width = cell.width;
}

/* 10 columns are 100 %. Rounded down, so that a bar is full only when the figure is, but something is something.
 * It ends at 150 %, with an arrow when there is more. */
static void hold_bar(kpi_output *output, kpi_text cell) {
    static const char eighth[][4] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    char bar[64], *w = bar;
    kpi_decimal percent;
    if (!cell.len || kpi_decimal_parse(cell, &percent) != KPI_OK || percent <= 0) {
        hold(output, kpi_text_of(""));
        return;
    }
    bool more = percent > 150 * KPI_ONE;
    int eighths = more ? 120 : (int)(percent * 8 / (10 * KPI_ONE));
    eighths += !eighths;
    for (int i = 0; i < eighths / 8; i++)
        w = stpcpy(w, "█");
    w = stpcpy(stpcpy(w, eighth[eighths % 8]), more ? "▸" : "");
    hold(output, (kpi_text){bar, (size_t)(w - bar)});
}

static void table_cell(kpi_output *output, const struct place *place, kpi_text cell) {
    if (place->bar)
        hold_bar(output, cell);
    else
        hold(output, cell);
}

/* From line form to Markdown. Besides what would break the table, what would turn into markup is escaped. */
static void md_cell(kpi_output *output, const struct place *place, kpi_text cell) {
    static const struct escape {
        char from[3], to[5];
    } escapes[] = {{"\\\\", "\\\\"}, {"\\n", "<br>"}, {"\\t", " "},  {"\\r", ""},  {"|", "\\|"},
                   {"<", "\\<"},     {"`", "\\`"},    {"*", "\\*"}, {"[", "\\["}, {"\\", "\\\\"}};
    (void)place;
    output->text.used = 0;
    char *w = cell.len < SIZE_MAX / 8 ? reserve(output, &output->text, 4 * cell.len + 1) : NULL;
    if (!w)
        return;
    char *start = w;
    for (const char *p = cell.ptr, *end = p + cell.len; p < end;) {
        const struct escape *escape = escapes;
        if (!*p || !strchr("\\|<`*[", *p)) {
            *w++ = *p++;
            continue;
        }
        while (*escape->from != *p || (escape->from[1] && (p + 1 == end || escape->from[1] != p[1])))
            escape++;
        p += strlen(escape->from);
        w = stpcpy(w, escape->to);
    }
    hold(output, (kpi_text){start, (size_t)(w - start)});
}

static void put_held(kpi_output *output, const struct place *place, const struct held *cell) {
    size_t blanks = place->width - cell->width;
    put_text(output, place->lead);
    if (place->number)
        fill(output, ' ', blanks);
    if (cell->good)
        put_string(output, cell->good > 0 ? "\033[32m" : "\033[31m");
    put(output, cell->ptr, cell->len);
    if (cell->good)
        put_string(output, "\033[0m");
    if (!place->number)
        fill(output, ' ', blanks);
}

static void put_row(kpi_output *output, const struct held *cell) {
    for (size_t i = 0; i < output->columns && !output->sys; i++)
        if (!output->place[i].hidden)
            put_held(output, &output->place[i], cell++);
}

/* The line below the header. Dashes of ASCII: box lines are two columns wide on some terminals set for Chinese. */
static void put_rule(kpi_output *output, bool colon) {
    for (size_t i = 0; i < output->columns; i++) {
        const struct place *place = &output->place[i];
        if (place->hidden)
            continue;
        put_text(output, place->lead);
        bool right = colon && place->number;
        fill(output, '-', place->width - right);
        if (right)
            fill(output, ':', 1);
    }
}

static void held_end(kpi_output *output, bool colon) {
    put_row(output, output->held);
    write_row(output);
    put_rule(output, colon);
    write_row(output);
    for (size_t i = output->visible; i < output->cells && !output->sys; i += output->visible) {
        put_row(output, output->held + i);
        write_row(output);
    }
}

static void table_end(kpi_output *output) { held_end(output, false); }

static void md_end(kpi_output *output) { held_end(output, true); }

/* ---- begin ---- */

/* The names of the columns, as text cells. */
static void header(kpi_output *output) {
    for (output->at = 0; output->at < output->columns; output->at++) {
        const struct place *place = &output->place[output->at];
        if (place->hidden)
            continue;
        if (!output->kind->end)
            put_text(output, place->lead);
        output->kind->cell(output, &(struct place){0}, kpi_text_of(output->column[output->at].name));
    }
    output->at = 0;
    if (!output->kind->end)
        write_row(output);
}

static void lines_begin(kpi_output *output) {
    if (!output->options.header)
        return;
    put(output, "#", 1);
    header(output);
}

static void csv_begin(kpi_output *output) {
    if (output->options.bom)
        put_string(output, "\xEF\xBB\xBF");
    header(output);
}

/* The keys are part of the leads. */
static void json_begin(kpi_output *output) {
    for (size_t i = 0; i < output->columns && !output->sys; i++) {
        struct place *place = &output->place[i];
        if (place->hidden)
            continue;
        put_text(output, place->lead);
        json_text(output, kpi_text_of(output->column[i].name));
        put(output, ":", 1);
        kpi_text lead = {output->row.ptr, output->row.used};
        place->lead = (kpi_text){kpi__arena_text(output->arena, lead), lead.len};
        if (!place->lead.ptr)
            output->sys = ENOMEM;
        output->row.used = 0;
    }
}

static const struct kind kinds[] = {
    [KPI_LINES] = {"lines", "", "\t", "\n", lines_begin, lines_cell, NULL, 0, false},
    [KPI_TABLE] = {"table", "", "  ", "\n", header, table_cell, table_end, 0, true},
    [KPI_CSV] = {"csv", "", ",", "\n", csv_begin, csv_cell, NULL, 0, false},
    [KPI_JSON] = {"json", "{", ",", "}\n", json_begin, json_cell, NULL, 0, false},
    [KPI_MD] = {"md", "| ", " | ", " |\n", header, md_cell, md_end, 3, false},
};

/* ---- what is public ---- */

int kpi_format_named(const char *name, enum kpi_format *out) {
    for (unsigned i = 0; name && i < KPI__COUNT(kinds); i++) {
        if (strcmp(name, kinds[i].name) != 0)
            continue;
        *out = (enum kpi_format)i;
        return KPI_OK;
    }
    return KPI_USAGE;
}

/* Decides which columns are seen, and what stands before them. */
static void set_places(kpi_output *output) {
    for (size_t i = 0; i < output->columns; i++) {
        struct place *place = &output->place[i];
        enum kpi_column_type type = output->column[i].type;
        place->hidden = type == KPI_COLUMN_BAR && output->options.format != KPI_TABLE;
        place->number = type == KPI_COLUMN_NUMBER;
        place->bar = type == KPI_COLUMN_BAR;
        place->width = output->kind->least;
        place->lead = kpi_text_of(output->visible ? output->kind->between : output->kind->open);
        output->visible += !place->hidden;
    }
}

int kpi_output_new(kpi_output **out, FILE *file, const kpi_output_options *options, const kpi_column *column,
                   size_t columns, kpi_error *error) {
    if ((unsigned)options->format >= KPI__COUNT(kinds))
        return kpi__fail(error, KPI_USAGE, "no such output format: %u", (unsigned)options->format);
    kpi_output *output = calloc(1, sizeof *output);
    if (!output)
        return kpi__fail_memory(error);
    int code = KPI_OK;
    *output = (kpi_output){
        .file = file, .kind = &kinds[options->format], .options = *options, .column = column, .most = ROWS};
    output->arena = kpi__arena_new();
    output->place = calloc(columns ? columns : 1, sizeof *output->place);
    if (!output->arena || !output->place) {
        code = kpi__fail_memory(error);
        goto out;
    }
    output->columns = columns;
    set_places(output);
    if (!output->visible)
        code = kpi__fail(error, KPI_USAGE, "no column to print as %s", output->kind->name);
out:
    if (code)
        kpi_output_free(output);
    else
        *out = output;
    return code;
}

void kpi_output_free(kpi_output *output) {
    if (!output)
        return;
    write_rows(output);
    kpi__arena_free(output->arena);
    free(output->held);
    free(output->place);
    free(output->row.ptr);
    free(output->text.ptr);
    free(output);
}

static int failed(const kpi_output *output, kpi_error *error) {
    if (output->sys == ENOMEM)
        return kpi__fail_memory(error);
    errno = output->sys;
    return kpi__fail_errno(error, "standard output", "write");
}

static void begin(kpi_output *output) {
    output->begun = true;
    bool plain = output->options.format == KPI_LINES && !output->options.terminal;
    while (plain && output->quick < output->columns && !output->place[output->quick].hidden) output->quick++;
    output->kind->begin(output);
}

static __attribute__((noinline)) int end_row(kpi_output *output, kpi_error *error) {
    output->at = 0;
    if (!output->kind->end)
        write_row(output);
    return output->sys ? failed(output, error) : KPI_OK;
}

static __attribute__((noinline)) int any_cell(kpi_output *output, kpi_text cell, kpi_error *error) {
    if (!output->begun)
        begin(output);
    if (output->sys)
        return failed(output, error);
    const struct place *place = &output->place[output->at];
    const struct kind *kind = output->kind;
    if (!place->hidden) {
        if (!kind->end)
            put_text(output, place->lead);
        kind->cell(output, place, cell.len ? cell : (kpi_text){"", 0});
    }
    output->good = 0;
    if (++output->at == output->columns)
        return end_row(output, error);
    return output->sys ? failed(output, error) : KPI_OK;
}

/* Nearly all cells are short ones of lines that go to a file. */
int kpi_output_cell(kpi_output *output, kpi_text cell, kpi_error *error) {
    struct buffer *row = &output->row;
    if (output->at >= output->quick || cell.len > 32 || row->room - row->used < 64 || output->sys)
        return any_cell(output, cell, error);
    char *start = row->ptr + row->used, *w = start;
    *w = '\t';
    w = kpi__copy_short(w + (output->at != 0), cell);
    row->used += (size_t)(w - start);
    return ++output->at < output->columns ? KPI_OK : end_row(output, error);
}

void kpi_output_paint(kpi_output *output, int good) {
    output->good = output->options.colour && output->options.format == KPI_TABLE ? good : 0;
}

/* ---- many rows ---- */

static void render_piece(void *context, size_t i) {
    struct pieces *p = context;
    kpi_output *part = &p->part[i % p->threads];
    size_t row = p->from + i * PIECE, end = row + PIECE < p->rows ? row + PIECE : p->rows;
    int code = KPI_OK;
    kpi_error error;
    part->piece = i;
    while (row < end && !code && !p->code) code = p->render(p->context, part, row++, &error);
    write_rows(part);
    if (part->sys && !p->code) {
        p->output->sys = part->sys;
        p->code = failed(part, p->error);
    } else if (code && !p->code) {
        *p->error = error;
        p->code = code;
    }
    kpi__turn_pass(p->turns);
}

static int render_pieces(struct pieces *p) {
    size_t n = (p->rows - p->from + PIECE - 1) / PIECE;
    write_rows(p->output);
    if (p->output->sys)
        return failed(p->output, p->error);
    p->part = calloc(p->threads, sizeof *p->part);
    p->turns = kpi__turns_new();
    for (unsigned k = 0; k < p->threads && p->part; k++) {
        p->part[k] = *p->output;
        p->part[k].row = p->part[k].text = (struct buffer){0};
        p->part[k].most = PART;
        p->part[k].pieces = p;
    }
    if (p->part && p->turns)
        kpi__each_piece(n, p->threads, render_piece, p);
    else
        p->code = kpi__fail_memory(p->error);
    for (unsigned k = 0; k < p->threads && p->part; k++) {
        free(p->part[k].row.ptr);
        free(p->part[k].text.ptr);
    }
    kpi__turns_free(p->turns);
    free(p->part);
    return p->code;
}

int kpi_output_rows(kpi_output *output, size_t rows, unsigned threads, kpi_render *render, void *context,
                    kpi_error *error) {
    struct pieces p = {output, render, context, 0, rows, NULL, kpi__threads(threads), NULL, KPI_OK, error};
    int code = KPI_OK;
    bool alone = p.threads == 1 || rows <= PIECE || output->kind->end || output->at;
    while (!code && p.from < rows && (alone || !output->begun)) code = render(context, output, p.from++, error);
    return code || p.from == rows ? code : render_pieces(&p);
}

int kpi_output_end(kpi_output *output, kpi_error *error) {
    if (!output->begun)
        begin(output);
    while (output->at && !output->sys) /* the rest of a row begun */
        kpi_output_cell(output, (kpi_text){"", 0}, NULL);
    if (!output->ended && !output->sys && output->kind->end)
        output->kind->end(output);
    output->ended = true;
    write_rows(output);
    if (output->sys)
        return failed(output, error);
    errno = 0;
    if (fflush_unlocked(output->file) || ferror_unlocked(output->file))
        output->sys = errno ? errno : EIO;
    return output->sys ? failed(output, error) : KPI_OK;
}
