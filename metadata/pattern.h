// Patterns of delegated roles: which paths of images they match (TUF specification 1.0.x, section
// 4.5). `*` stands for any number of bytes and `?` for one; every other byte is itself. (A `[`, which is more
// to some clients, stands in no pattern that is read today.) In `tuf` neither of them stands for a slash;
// in `uptane` both do, as its clients have it (formats reference, section 2). Pure.
//
// A pattern is a supplier's text: what matching it may cost is bounded by steps that the caller gives
// and gets back fewer. Once there are none left, nothing matches any more.
#ifndef CONCLAVE_METADATA_PATTERN_H
#define CONCLAVE_METADATA_PATTERN_H

#include "metadata/tuf.h"

bool pattern_matches(
    enum dialect dialect, struct span pattern, struct span path, uint64_t *steps);
// Whether every path that `narrow` matches is one that `wide` matches, as far as the two texts alone
// tell: never true when it is not so.
bool pattern_covers(
    enum dialect dialect, struct span wide, struct span narrow, uint64_t *steps);

// Whether a delegated role is asked for a path: one of its patterns matches, or the path's SHA-256 has
// one of its prefixes. `dialect` is that of the file that delegates.
bool pattern_delegates(
    enum dialect dialect, const struct tuf_delegation *role, struct span path, uint64_t *steps);

#endif
