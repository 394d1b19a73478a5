/* yaml.c - any bytes, read as YAML in both ways (tests/yaml/compare.h): the same trees and the same error.
 *
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Ilibkpi -o fuzz-yaml tests/fuzz/yaml.c libkpi/?*.c -lyaml
 *   ./fuzz-yaml -dict=tests/fuzz/yaml.dict -max_len=2000 CORPUS */
#include "../yaml/compare.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    compared result = compare((kpi_text){(const char *)data, size});
    if (result.wrong) {
        fprintf(stderr, "%s differs\n", result.wrong);
        abort();
    }
    return 0;
}
