// Which fields of a payload have lines in its rendering: a table beside the reader's, so that a field
// that the reader learns and the rendering does not is an error and not unshown (R14).
#ifndef CONCLAVE_METADATA_SHOWN_H
#define CONCLAVE_METADATA_SHOWN_H

#include "metadata/tuf.h"

// Whether each member of each object in the payload, as tuf_read has passed it, has a line. ERR_REFUSED
// with R14 and a sentence that names the first that has none.
enum err must_check shown_check(const struct tuf *tuf, struct refusal *refusal);

// Appends a line for each member that has none: of a payload of the past, which may hold what nobody
// here knows.
void shown_rest(const struct tuf *tuf, struct bytes *out);

#endif
