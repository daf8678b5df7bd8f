// What a payload may do, and whoever approves should see: rules of severity warn (metadata/rule.h).
// A function of the payload and of what its role signed last: judgement and rendering find the same.
#ifndef CONCLAVE_METADATA_WARNING_H
#define CONCLAVE_METADATA_WARNING_H

#include "metadata/rule.h"

// All warnings of a payload; `last` is NULL when its role signed none. `at_hand` is false when images are
// a Director's and nothing travels with the request that they are compared with.
struct rule_set warnings_of(bool at_hand, const struct tuf *now, const struct tuf *last);

// Parts of it. `last` is never NULL; both are roots.
void warnings_of_root(
    const struct tuf_root *now, const struct tuf_root *last, struct rule_set *out);
// What Targets delegate otherwise than before; looks at nothing else of either.
void warnings_of_delegations(
    const struct tuf *now, const struct tuf *last, struct rule_set *out);
// An image; `before` is NULL when its path is new.
void warnings_of_image(bool at_hand, const struct tuf_target *now,
    const struct tuf_target *before, struct rule_set *out);

#endif
