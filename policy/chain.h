// Chains: how an item may follow what was sealed before it. One rule for keeper and vault (R12), and
// the rate of a role (R17). Pure.
#ifndef CONCLAVE_POLICY_CHAIN_H
#define CONCLAVE_POLICY_CHAIN_H

#include "policy/charter.h"
#include "policy/state.h"

// Metadata. root: exactly last + 1 (1 when nothing was signed); every other role: above the last;
// or the last version again over the same bytes.
// A vehicle begins above what was signed for its role before that named vehicles.
// A role that had mandates goes on above what was signed, or could be, under them; while one is in
// force no quorum signs for it, and each item follows its own last version.
// Motions. The charter: the epoch in force + 1; keys, time and import: the last + 1; a lift: 1; a
// mandate: what its role's chain says (policy/govern.h). Each is carried out once.
// ERR_REFUSED with R12 otherwise; R20 for a vehicle that was never signed by a quorum when the state
// may have no room for a whole request of them.
enum err must_check chain_follows(
    const struct state *state, const struct item *item, struct refusal *refusal);
// The highest version that was signed, or may have been, for a role or any of its vehicles.
uint64_t chain_top(const struct state *state, const char *role);
// The payload that an item of this role builds on: the last sealed one, or none. Of the charter that
// is the one in force; a lift builds on the freeze that its text names, a mandate on the last one of
// the role that its text names, and both have none here.
struct hash chain_previous(const struct state *state, const char *role);
// The text of a role's last mandate, which the next one builds on; none before the first.
struct hash chain_mandate(const struct state *state, const char *role);

// Whether the item may be signed now by the rate of its role: a version more within the window,
// or the last one again, which uses nothing. ERR_REFUSED with R17 and when it may; this passes.
enum err must_check chain_rate(const struct role *role, const struct state *state,
    const struct item *item, moment now, struct refusal *refusal);
// What the role's line becomes when the item, whose payload expires then, is signed now.
struct role_state chain_next(const struct role *role, const struct state *state,
    const struct item *item, moment expires, moment now);

#endif
