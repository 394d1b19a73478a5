/* wilson.c - the lower end of Wilson's interval for many lines "K N DIGITS": each gives it on a line, in percent. */
#include "../../libkpi/internal.h"

#include <inttypes.h>

int main(void) {
    uint64_t k, n;
    int digits;
    while (scanf("%" SCNu64 " %" SCNu64 " %d", &k, &n, &digits) == 3) {
        char text[KPI_NUMBER_SIZE];
        kpi_decimal_format(kpi__wilson_low(k, n, digits), digits, text);
        puts(text);
    }
    return ferror(stdin) || fflush(stdout) ? 4 : 0;
}
