/* splits.c - kpi_split for many lines "WHOLE DIGITS SHARE...": each gives the parts on a line, or "refused: " and why. */
#include "kpi.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 1000 };

static kpi_decimal number(const char *text) {
    kpi_decimal value;
    if (!text || kpi_decimal_parse(kpi_text_of(text), &value)) {
        fprintf(stderr, "splits: not a number: '%s'\n", text ? text : "");
        exit(2);
    }
    return value;
}

static void split(char *line) {
    kpi_decimal share[MOST], part[MOST];
    kpi_error error;
    size_t n = 0;
    kpi_decimal whole = number(strtok(line, " \n"));
    int digits = (int)(number(strtok(NULL, " \n")) / KPI_ONE);
    for (char *word; n < MOST && (word = strtok(NULL, " \n"));) share[n++] = number(word);
    if (kpi_split(whole, digits, share, n, part, &error)) {
        printf("refused: %s\n", error.text);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        char text[KPI_NUMBER_SIZE];
        kpi_decimal_format(part[i], KPI_EXACT, text);
        printf("%s%c", text, i + 1 < n ? ' ' : '\n');
    }
}

int main(void) {
    static char line[1 << 16];
    while (fgets(line, sizeof line, stdin)) split(line);
    return ferror(stdin) || fflush(stdout) ? 4 : 0;
}
