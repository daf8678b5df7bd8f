// A prefix: the first hex digits of a hash, as people type what a list shows.
#ifndef CONCLAVE_ADMIN_CLI_PREFIX_H
#define CONCLAVE_ADMIN_CLI_PREFIX_H

#include "signer/base/hash.h"

enum { PREFIX_LEAST = 8 }; // short enough to type, too long to hit by accident

// What fits a prefix of the things that were looked at.
struct prefix {
    struct span digits; // borrowed
    struct hash found;  // the last that fits
    unsigned count;     // how many different ones do: 0, 1, 2 for more
};

// `sha256:` may stand before the digits. False when there are fewer than `least` or more than a
// hash has, or other characters.
bool prefix_read(const char *text, size_t least, struct prefix *out);
// Looks at one; true when it fits.
bool prefix_look(struct prefix *prefix, const struct hash *hash);
// "no", "more than one", for the sentence about a count that is not 1.
const char *prefix_words(const struct prefix *prefix);

#endif
