// The gist of a record: what it says, in a few words for a list.
#ifndef CONCLAVE_ADMIN_CLI_GIST_H
#define CONCLAVE_ADMIN_CLI_GIST_H

#include "policy/charter.h"

// Appends one line without its end; nothing for a record that cannot be read. Persons have the names
// of `charter`, or the first digits of their keys. Foreign text is as it is in the record.
void gist_write(struct span record, const struct charter *charter, struct bytes *out);

#endif
