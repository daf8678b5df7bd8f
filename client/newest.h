// The newest checkpoint that a home has seen, and the rule by which it moves: only to one that the
// pinned key signed and that is proven to extend it (R10).
#ifndef CONCLAVE_CLIENT_NEWEST_H
#define CONCLAVE_CLIENT_NEWEST_H

#include "client/session.h"

// Opens a checkpoint that the appliance showed and holds it against the one kept, asking for a
// consistency proof where one is needed. A larger one is kept from then on. A smaller one must be
// what the kept one extends; with `strict` it is refused, since the appliance showed its newest.
// ERR_SIGNATURE: not signed by the pinned key, or the two do not go together; what was shown is
// then kept beside as evidence. The home is locked by the caller.
enum err must_check newest_take(struct conclave *conclave, struct span note, bool strict,
    struct checkpoint *out, struct refusal *refusal);
// The appliance showed none: an error when there is one that it should know.
enum err must_check newest_none(struct conclave *conclave, struct refusal *refusal);

#endif
