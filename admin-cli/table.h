// A table for people, or the same as JSON: {"NAME": [{…}, …]}. On a terminal that it is too wide for,
// a table leaves out the columns that are spare, folds the one that may be folded, and at last shows
// each line as a paragraph: name and value, one below the other.
#ifndef CONCLAVE_ADMIN_CLI_TABLE_H
#define CONCLAVE_ADMIN_CLI_TABLE_H

#include "signer/base/bytes.h"

#include <stdio.h>

struct table;

// What a column is, joined by `|`.
enum {
    TABLE_TEXT = 0,
    TABLE_NUMBER = 1, // right-aligned, and a number in JSON
    TABLE_SPARE = 2,  // left out where there is no room: another command shows it
    TABLE_FOLDS = 4,  // words that may go on in the next line; one column at most
};
enum { TABLE_COLUMNS = 12 }; // of a table; more no terminal has room for

struct table_column {
    const char *name; // "request": the heading in capitals, and the member's key
    unsigned kind;
};

// NULL without memory. `columns` is borrowed; so is `name`; there are TABLE_COLUMNS at most.
struct table *table_new(
    const char *name, const struct table_column *columns, size_t count, bool json);
void table_free(struct table *table); // takes NULL
// The next line; its cells are set after it.
void table_line(struct table *table);
// Sets a cell of the newest line; the text is escaped (print_escape).
void table_set(struct table *table, size_t column, struct span text);
void table_set_text(struct table *table, size_t column, const char *text);
void table_set_number(struct table *table, size_t column, uint64_t number);
// Prints to another stream than standard output.
void table_to(struct table *table, FILE *stream);
// Prints everything. ERR_MEMORY when something above failed, ERR_SYSTEM.
enum err must_check table_print(struct table *table);

#endif
