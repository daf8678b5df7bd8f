// The ceremony: what an administrator's tool checks of a founding before its owner signs it. The
// founding record, the charter and the list of the token's objects must say the same about each
// other; what no tool can check is that the log key is the appliance's own, which the people
// compare by voice or paper.
#ifndef CONCLAVE_CLIENT_CEREMONY_H
#define CONCLAVE_CLIENT_CEREMONY_H

#include "policy/charter.h"
#include "policy/objects.h"
#include "proto/message.h"

struct ceremony {
    struct founding founding;
    struct charter *charter;
    struct objects *objects;
    struct bytes founding_text; // what is signed
    struct bytes charter_text;
    struct bytes objects_text;
    struct hash_list signed_by; // administrators' keys so far
    bool complete;
};

// A ceremony is large and lives on the heap: NULL without memory.
struct ceremony *ceremony_new(void);
void ceremony_free(struct ceremony *ceremony); // takes NULL

// The objects alone, which are there before the charter is. ERR_NOT_FOUND: no keys were generated.
enum err must_check ceremony_read_objects(
    struct ceremony *ceremony, const struct message *answer, struct refusal *refusal);
// Everything, copied from ANSWER_FOUNDING. ERR_NOT_FOUND: there is no charter yet; ERR_SIGNATURE:
// the texts contradict each other, and nobody should sign.
enum err must_check ceremony_read(
    struct ceremony *ceremony, const struct message *answer, struct refusal *refusal);
bool ceremony_has_signed(const struct ceremony *ceremony, const struct hash *key);

#endif
