// A word diff: two texts of lines, told by a mark at the beginning of each line. `- ` is gone, `+ ` is
// new, two spaces stand before what is in both; the order is that of both texts. Nothing is left out,
// so whoever reads it without the lines that are gone has read the new text.
//
// Time and memory are linear: equal lines at both ends are found first, and what lies between is
// compared line by line only while it is short.
#ifndef CONCLAVE_METADATA_DIFFERENCE_H
#define CONCLAVE_METADATA_DIFFERENCE_H

#include "signer/base/bytes.h"

// Lines on either side that are compared one by one: a long delegation's. Of more, all of the old ones
// are gone and all of the new ones are new, which is true, too.
enum { DIFFERENCE_MOST = 64 };

// Appends the difference, each line behind two spaces for each level. A line's end is LF; both texts
// end with one or are empty.
void difference_write(struct bytes *out, unsigned depth, struct span before, struct span now);

#endif
