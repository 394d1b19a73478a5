/* kpi-diff - what moved each score from one run of kpi-score to another. */
#include "tool.h"

static const tool_takes takes[] = {{'m', NULL}, {'o', NULL}, {'H', NULL}, {OPT_BOM, NULL}, {0, NULL}};
static const tool_spec spec = {"kpi-diff", " [-m OWNER]... [-o FORMAT] A B",
                               "Tell what moved each score from run A to run B of kpi-score -x -o json.", takes};

static const kpi_column columns[] = {{"manager", KPI_COLUMN_TEXT}, {"metric", KPI_COLUMN_TEXT},
                                     {"cause", KPI_COLUMN_TEXT},   {"from", KPI_COLUMN_NUMBER},
                                     {"to", KPI_COLUMN_NUMBER},    {"points", KPI_COLUMN_NUMBER}};
enum { COLUMNS = sizeof columns / sizeof *columns };

static int move_row(void *context, const kpi_move *move, kpi_error *e) {
    kpi_output *rows = context;
    tool_cell(rows, move->owner, e);
    tool_cell(rows, move->metric, e);
    tool_cell(rows, move->cause, e);
    tool_cell(rows, move->from, e);
    tool_cell(rows, move->to, e);
    return tool_number_cell(rows, move->has_points, move->points, move->digits, e);
}

static kpi_run *read_run(tool *t, const char *path) {
    kpi_run *run;
    tool_try(t, kpi_run_new(&run, &t->error));
    TOOL_HOLD(t, run, kpi_run_free);
    tool_try(t, kpi_run_read(run, path, &t->error));
    return run;
}

/* The nearest name is that of the later run, where it has one. */
static void need_scores(tool *t, const kpi_run *a, const kpi_run *b, tool_list managers) {
    for (size_t i = 0; i < managers.n; i++) {
        kpi_text one, other, name = kpi_text_of(managers.name[i]);
        if (kpi_run_find(b, name, &other) < kpi_run_size(b) || kpi_run_find(a, name, &one) < kpi_run_size(a)) continue;
        tool_no_score(t, managers.name[i], "A or B", other.len ? other : one);
    }
}

int main(int argc, char **argv) {
    tool t;
    tool_list managers = {0};
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;)
        if (option == 'm') tool_add(&t, &managers, tool_name(&t));
    if (tool_operands(&t) != 2) tool_usage(&t, "which two runs? (A B)");
    tool_list files = tool_files(&t);
    const kpi_run *a = read_run(&t, files.name[0]), *b = read_run(&t, files.name[1]);
    need_scores(&t, a, b, managers);
    kpi_output *rows = tool_output(&t, columns, COLUMNS);
    tool_try(&t, kpi_diff(a, b, tool_names(managers), move_row, rows, &t.error));
    tool_end_output(&t, rows);
    return tool_end(&t);
}
