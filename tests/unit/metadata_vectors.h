// The vectors that tests/vectors/make writes. Tests run in the root of the project.
#ifndef CONCLAVE_TESTS_UNIT_METADATA_VECTORS_H
#define CONCLAVE_TESTS_UNIT_METADATA_VECTORS_H

#include "metadata/tuf.h"

#include <stdio.h>

// A whole file's bytes, or all that a command prints; aborts the program when it cannot be read.
struct bytes vector_file(const char *path);
struct bytes vector_command(const char *command);
// tests/vectors/DIALECT/NAME.json
struct bytes vector_of(enum dialect dialect, const char *name);
struct bytes vector_tuf(const char *name);
// The canonical value of the signed file tests/vectors/tuf/NAME.json.
struct bytes vector_signed(const char *name);
bool vector_exists(const char *path);

// One line of a table of vectors: columns between tabs, the line feed dropped. False at the end.
enum { VECTOR_COLUMNS = 6 };
struct vector_line {
    struct span columns[VECTOR_COLUMNS];
    size_t count;
};
bool vector_next(struct span *rest, struct vector_line *line);
// The bytes that a column of hex digits stands for.
struct bytes vector_hex(struct span digits);
size_t vector_number(struct span digits);
// The payload of a line of tuf-bad.txt or uptane-bad.txt.
struct bytes vector_bad(enum dialect dialect, const struct vector_line *line);

#endif
