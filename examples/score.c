/* score.c - a program that uses libkpi: the scores of October, by owner. In a copy of examples/:
 *
 *     cc -o score score.c $(pkg-config --cflags --libs libkpi) && ./score sales.tsv complaints.tsv out/measures-2026-10.tsv */
#include <kpi.h>

static kpi_error error;
static int try(int code) {
    char text[KPI_ERROR_SIZE];
    if (code) kpi_error_format(&error, text, sizeof text), fprintf(stderr, "score: %s\n", text);
    return code;
}

int main(int argc, char **argv) {
    kpi_score_options october = {.period_text = "2026-10"};
    kpi_goals *goals = NULL;
    kpi_book *book = NULL;
    kpi_measures *measures = NULL;
    kpi_scores *scores = NULL;
    int code = kpi_period_parse(kpi_text_of(october.period_text), &october.period);
    if (!code) code = try(kpi_goals_new(&goals, 0, &error));
    if (!code) code = try(kpi_goals_read(goals, "scheme.yaml", NULL, &error));
    if (!code) code = try(kpi_goals_read(goals, "goals.yaml", NULL, &error));
    if (!code) code = try(kpi_goals_check(goals, NULL, &error));
    if (!code) code = try(kpi_book_new(&book, KPI_MANAGER, &error));
    if (!code) code = try(kpi_book_read(book, "managers.tsv", NULL, &error));
    if (!code) code = try(kpi_measures_new(&measures, goals, october.period, october.period_text, 0, &error));
    for (int i = 1; i < argc && !code; i++) code = try(kpi_measures_read(measures, argv[i], NULL, &error));
    october.managers = book;
    if (!code) code = try(kpi_score(&scores, goals, measures, &october, NULL, &error));
    for (size_t i = 0; !code && i < kpi_scores_size(scores); i++) {
        kpi_scored scored = kpi_scores_at(scores, i);
        char number[KPI_NUMBER_SIZE];
        kpi_decimal_format(scored.score, kpi_scores_scheme(scores)->digits, number);
        printf("%s\t%s\n", scored.owner, number);
    }
    kpi_scores_free(scores);
    kpi_measures_free(measures);
    kpi_book_free(book);
    kpi_goals_free(goals);
    return code;
}
