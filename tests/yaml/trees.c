/* trees.c - compares the two ways to read YAML (compare.h) for all streams in the files given: each a line with its
 * length in bytes, then the bytes. Tells which differ, and ends with counts. */
#include "compare.h"

#include <stdlib.h>

int main(int n, char **file) {
    unsigned long streams = 0, documents = 0, scanned = 0, wrong = 0;
    for (int i = 1; i < n; i++) {
        size_t length;
        FILE *in = fopen(file[i], "r");
        if (!in) {
            perror(file[i]);
            return 4;
        }
        while (fscanf(in, "%zu", &length) == 1 && getc(in) == '\n') {
            char *bytes = malloc(length + !length); /* not a byte more, so that a read beyond the end is seen */
            if (!bytes || fread(bytes, 1, length, in) != length) return 4;
            compared result = compare((kpi_text){bytes, length});
            streams++;
            documents += result.documents;
            scanned += result.scanned;
            wrong += result.wrong != NULL;
            if (result.wrong)
                printf("%s: %s differs in stream %lu:\n%.*s\n", file[i], result.wrong, streams, (int)length, bytes);
            free(bytes);
        }
        fclose(in);
    }
    printf("%lu streams, %lu documents, %lu without libyaml, %lu wrong\n", streams, documents, scanned, wrong);
    return wrong != 0;
}
