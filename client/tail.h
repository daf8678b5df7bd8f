// A tail: the records of the log from some index to its end, fetched backwards to the newest record
// of a kind and then held against the checkpoint all at once: the path of the first of them holds
// the right edge of the tree before it, so that their leaves must give the signed root. Nothing
// behind the record that was looked for can be hidden or passed off as something else.
#ifndef CONCLAVE_CLIENT_TAIL_H
#define CONCLAVE_CLIENT_TAIL_H

#include "client/conclave.h"

enum {
    // Records that are fetched in one go; what is looked for is rarely further from the end.
    TAIL_PAGE = 32,
    // Records of one tail. A house with more since its last signature has another problem.
    TAIL_MOST = 1 << 20,
};

// Looks for the newest record of `kind` in the tree of `newest` (verified by conclave_status).
// Appends its text; `text` stays empty when the whole log holds none. ERR_SIGNATURE: the records
// are not those under the checkpoint. ERR_LIMIT, ERR_MEMORY, and what conclave_ask says.
enum err must_check tail_find(struct conclave *conclave, const struct checkpoint *newest,
    enum record_kind kind, struct bytes *text, struct refusal *refusal);

#endif
