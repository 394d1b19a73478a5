/* bare.c - the least that a program with libyaml can do, to measure ours by.
 *
 *   bare           starts and ends
 *   bare FILE      takes all events of a YAML file, and prints how many there are */
#include <stdio.h>
#include <yaml.h>

int main(int argc, char **argv) {
    yaml_parser_t parser;
    yaml_event_t event;
    FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
    unsigned long events = 0;
    int end = !file;
    if (!yaml_parser_initialize(&parser) || (argc > 1 && !file)) return 1;
    if (file) yaml_parser_set_input_file(&parser, file);
    for (; !end; events++) {
        if (!yaml_parser_parse(&parser, &event)) return 1;
        end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    if (file) fclose(file);
    return printf("%lu\n", events) < 0;
}
