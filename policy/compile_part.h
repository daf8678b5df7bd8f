// The parts of the compiler, between its files (policy/compile.h is for everybody else).
#ifndef CONCLAVE_POLICY_COMPILE_PART_H
#define CONCLAVE_POLICY_COMPILE_PART_H

#include "policy/allot.h"
#include "policy/compile.h"

struct policy {
    struct bytes yaml; // so that a broken rule has a line too
    // All but log and the keys themselves: of these role, type and custodian are there.
    struct charter charter;
    struct policy_sources sources;
    struct key_slot slots[LIMIT_KEYS];
    size_t slot_count;
};

// What a charter follows from, and whose it is.
struct compile_head {
    uint64_t epoch;
    struct hash previous;
    struct hash log;
};

// ERR_MEMORY, with the sentence.
enum err compile_no_memory(struct policy_fault *fault);
// An allotment of the policy's slots, without candidates; NULL without memory. Freed with free().
struct allotment *compile_allotment(const struct policy *policy);
// Allots, and writes into `out` the policy's charter with these keys and `head`; reads it back, so that what a person gets is what the vault will accept.
enum err must_check compile_finish(const struct policy *policy, struct allotment *allotment,
    const struct compile_head *head, struct bytes *out, struct policy_fault *fault);

#endif
