// Spelling: how any bytes stand in a text of ours (design section 4). Bytes 21 to 7E stand as
// themselves, but for `%`; every other byte is `%` and two upper-case hex digits. In a sentence a
// space stands as itself, unless it is first, last or behind another one. So each value has one
// spelling, and the reader takes no other.
#ifndef CONCLAVE_PROTO_SPELLING_H
#define CONCLAVE_PROTO_SPELLING_H

#include "signer/base/bytes.h"

// Appends the spelling of `value`. An empty value has none: ERR_FORM, sticky.
void spelling_write(struct bytes *out, struct span value, bool sentence);
// What `field` spells, into `out`, which has room for `most` bytes and a NUL. Returns its length;
// 0 (and an empty `out`) when it is no spelling, is too long, or holds a NUL byte.
size_t spelling_read(struct span field, bool sentence, char *out, size_t most);

#endif
