// Allotting: which keys take the slots of a policy (POLICY.md, "Changing a policy"). A function of
// the keys and the slots alone, whatever order either comes in, so that whoever compiles the same
// policy against the same charter gets the same charter.
#ifndef CONCLAVE_POLICY_ALLOT_H
#define CONCLAVE_POLICY_ALLOT_H

#include "policy/key_slot.h"
#include "policy/policy_source.h"

enum {
    ALLOT_CANDIDATES = LIMIT_KEYS + LIMIT_SPARE,
    ALLOT_NONE = ALLOT_CANDIDATES, // no candidate
};

// A key that the token holds.
struct candidate {
    size_t role; // as a slot's
    struct key key;
    enum {
        CANDIDATE_PRESENT = 1, // in the charter in force
        CANDIDATE_SPARE,       // made for the next one
        CANDIDATE_RETIRED      // never again
    } standing;
    enum {
        CUSTODY_NONE = 0,
        CUSTODY_GONE, // of somebody who can no longer be its custodian
        CUSTODY_OF
    } custody;
    size_t custodian; // of the new charter; CUSTODY_OF
    bool taken;
};

struct allotment {
    const struct charter *charter; // the new one, but for its keys
    const struct policy_sources *sources;
    const struct key_slot *slots;
    size_t slot_count;
    struct candidate candidates[ALLOT_CANDIDATES]; // no key twice
    size_t candidate_count;
    // Filled in: for each slot, which candidate.
    size_t chosen[LIMIT_KEYS];
};

// Named keys first; then the present keys of slot's type and custodian; then those without a
// custodian, or whose custodian is gone; then spare ones; each in the order of their hashes.
// ERR_FORM with path and sentence of `fault` when a name fits no key or more than one, when present
// keys are left over beside slots that they could have stood in (whoever wrote the policy must say
// which go: that is for ever), or when keys have to be made first.
enum err must_check allot(struct allotment *allotment, struct policy_fault *fault);

#endif
