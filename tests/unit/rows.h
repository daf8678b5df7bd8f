// The rows of a rendering put together again: what metadata/page.h broke because it was wide.
#ifndef CONCLAVE_TESTS_UNIT_ROWS_H
#define CONCLAVE_TESTS_UNIT_ROWS_H

#include "signer/base/bytes.h"

// Appends the lines as they were before they were broken.
void rows_join(struct span rendering, struct bytes *out);
// Whether the words stand in them.
bool rows_hold(struct span rendering, const char *words);

#endif
