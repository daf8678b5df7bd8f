// Printing for people. Whatever did not come from this program is escaped first: control
// characters, direction marks and invalid UTF-8 never reach a terminal.
#ifndef CONCLAVE_ADMIN_CLI_PRINT_H
#define CONCLAVE_ADMIN_CLI_PRINT_H

#include "signer/base/hash.h"
#include "signer/base/moment.h"

#include <stdio.h>

// Appends the text with every byte outside 20 to 7E as \xNN.
void print_escape(struct bytes *out, struct span text);
// Prints it so; line feeds stand as they are.
void print_foreign(FILE *to, struct span text);

// 64 hex digits in a buffer of the caller.
enum { PRINT_HASH = 2 * HASH_SIZE + 1, PRINT_GROUPED = 5 * HASH_SIZE / 2 };
// The digits in groups of four, to be read aloud.
void print_grouped(const struct hash *hash, char out[PRINT_GROUPED]);

// Seconds in the largest unit that says them exactly, as a policy file has them: 90d, 12h, 300s;
// none for 0.
enum { PRINT_DURATION = 24 };
void print_duration(int64_t seconds, char out[PRINT_DURATION]);

#endif
