// What a payload may do, and whoever approves should see: rules of severity warn (metadata/rule.h).
// A function of the payload and of what its role signed last: judgement and rendering find the same.
#ifndef CONCLAVE_METADATA_WARNING_H
#define CONCLAVE_METADATA_WARNING_H

#include "metadata/rule.h"

// All warnings of a payload in a repository of that kind; `last` is NULL when its role signed none.
struct rule_set warnings_of(
    enum repository_kind kind, const struct tuf *now, const struct tuf *last);

// Parts of it. `last` is never NULL; both are roots.
void warnings_of_root(
    const struct tuf_root *now, const struct tuf_root *last, struct rule_set *out);
// An image in a repository of that kind; `before` is NULL when its path is new.
void warnings_of_image(enum repository_kind kind, const struct tuf_target *now,
    const struct tuf_target *before, struct rule_set *out);

#endif
