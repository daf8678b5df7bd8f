// Printing for people: the one door from this program to a terminal. Whatever did not come from
// this program is escaped first: control characters, direction marks and invalid UTF-8 never reach
// a terminal. A lint (tests/lint/banned.py) keeps the other files from stdio's own functions.
#ifndef CONCLAVE_ADMIN_CLI_PRINT_H
#define CONCLAVE_ADMIN_CLI_PRINT_H

#include "signer/base/hash.h"
#include "signer/base/moment.h"

#include <stdio.h>

// Appends the text with every byte outside 20 to 7E as \xNN.
void print_escape(struct bytes *out, struct span text);

// On a terminal no line is wider than it: what is, goes on in the next one, from a space where there
// is one. Elsewhere lines stay whole.

// Foreign text, escaped; line feeds stand as they are: for texts of many lines. A line that goes on
// does so behind "| ", so nothing in it can look like a line of its own.
void print_foreign(FILE *to, struct span text);
// The same a page at a time: a terminal that forgets what has left it would else show its end alone.
// `used` rows of the first page are taken. `more` is asked between two pages; false ends it, and is
// returned. Where there is no terminal there is one page.
bool print_pages(FILE *to, struct span text, size_t used, bool (*more)(void));
// One line, whatever the text holds: line feeds are escaped, too, and one ends it.
void print_line(FILE *to, struct span text);

// Words of ours, with numbers, hashes and names in them, escaped as well. A sentence that others
// wrote is not for here: print_line. A line that goes on does so below its value, when it is a name
// and a value with two spaces or more between them. What is longer than the limit ends with an
// ellipsis.
enum { PRINT_WORDS = 8192 }; // a sentence, some names, and room to spare
void print_words(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Columns of the stream's terminal; 0 when it is none.
size_t print_width(FILE *to);
// Words of ours as a paragraph: the line has got to column `indent`, where the next ones begin, too;
// none is wider than PRINT_WIDTH unless a single word is. A line feed ends it.
enum { PRINT_WIDTH = 80 }; // of a terminal as people have it
void print_paragraph(FILE *to, size_t indent, const char *words);

// Exact bytes to standard output, where somebody asked for bytes: keys, proofs, charters. ERR_REFUSED
// when they would reach a terminal and are not printable ASCII and line feeds; nothing is printed
// then. ERR_SYSTEM.
enum err must_check print_bytes(struct span bytes);

enum print_colour { PRINT_RED, PRINT_GREEN, PRINT_YELLOW };
// A word of ours in this colour.
void print_coloured(FILE *to, enum print_colour colour, const char *word);

// 64 hex digits in a buffer of the caller.
enum { PRINT_HASH = 2 * HASH_SIZE + 1, PRINT_GROUPED = 5 * HASH_SIZE / 2 };
// The digits in groups of four, to be read aloud.
void print_grouped(const struct hash *hash, char out[PRINT_GROUPED]);

// Seconds in the largest unit that says them exactly, as a policy file has them: 90d, 12h, 300s;
// none for 0.
enum { PRINT_DURATION = 24 };
void print_duration(int64_t seconds, char out[PRINT_DURATION]);

#endif
