// Signing under mandates (design section 2): what a mandate in force covers, and how its numbers are
// reserved. Keeper, vault and audit ask here, so that they cannot disagree. Pure.
#ifndef CONCLAVE_POLICY_MANDATE_H
#define CONCLAVE_POLICY_MANDATE_H

#include "policy/charter.h"
#include "policy/quorum.h"
#include "policy/state.h"

// The last version that every client reads (metadata/tuf.h): no mandate goes further.
#define MANDATE_VERSION_MOST UINT64_C(2147483647)

// Which way a request for metadata goes: its items are all of roles that quorums sign, or all of
// roles that mandates sign. ERR_REFUSED with R2: a role that the charter does not name, an item that
// names a vehicle where none is signed for, or none where one must be, or both ways in one request.
// With R5: a role that signs for vehicles and has a custodian (policy/charter_mandates.h).
enum err must_check mandate_way(const struct charter *charter, const struct item *items,
    size_t count, bool *by_mandate, struct refusal *refusal);

// One item that is to be signed under the mandate of its role.
struct mandate_ask {
    const struct charter *charter;
    const struct state *state;
    const struct item *item; // role and version
    moment expires;          // of its payload
    const struct hash *requester;
    moment now;
};
// Whether there is a mandate in force that this requester may ask under, whatever the payload says.
// ERR_REFUSED: R7 there is none; R5 it is another requester's; R6 its time is over.
enum err must_check mandate_stands(const struct mandate_ask *ask, struct refusal *refusal);
// Whether the mandate in force covers it, line by line, but for the count and for versions that rise:
// these are numbers (below). ERR_REFUSED as mandate_stands; R12 the version lies outside; R6 the payload
// expires too late, or too early for the charter.
enum err must_check mandate_covers(const struct mandate_ask *ask, struct refusal *refusal);

// Reserves a block of numbers: at least `wanted` payloads, at most LIMIT_BLOCK unless more are
// wanted (none for 0: versions alone are missing), and versions to `highest` and LIMIT_BLOCK - 1
// beyond, as far as the mandate goes.
// ERR_REFUSED with R12 when its count or its versions do not last; nothing is changed then. What was
// reserved is lost when it is not used, and never comes back.
enum err must_check mandate_reserve(struct mandate_state *mandate, uint64_t wanted,
    uint64_t highest, uint64_t *taken, struct refusal *refusal);

// Whether a requester can have a mandate of the role: nobody behind it decides over those (R5).
bool mandate_admits(
    const struct charter *charter, const struct role *role, const struct requester *requester);
// Whether the mandates of a role may stay in force when its line becomes this (R7).
bool mandate_fits(const struct role *now, const struct role *next);
// Whether a mandate stays in force when `next` follows `now` (policy/govern.h, R7).
bool mandate_lives_on(
    const struct charter *now, const struct charter *next, const struct mandate_state *mandate);

#endif
