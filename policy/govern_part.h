// The parts of governing: one file a kind of motion. Only policy/govern*.c include this.
#ifndef CONCLAVE_POLICY_GOVERN_PART_H
#define CONCLAVE_POLICY_GOVERN_PART_H

#include "policy/govern.h"

// What a kind is judged by beyond the item's hash and number, which hold already.
typedef enum err govern_judging(
    const struct govern_case *given, struct govern *out, struct refusal *refusal);
govern_judging charter_motion_judge, keys_motion_judge, lift_motion_judge, time_motion_judge,
    import_motion_judge, mandate_motion_judge;

// A judged motion that is carried out.
struct govern_step {
    const struct govern *govern;
    const struct charter *charter; // in force before
    const struct govern_deed *deed;
};
typedef enum err govern_doing(const struct govern_step *step, struct state *state);
govern_doing charter_motion_apply, keys_motion_apply, lift_motion_apply, time_motion_apply,
    import_motion_apply, mandate_motion_apply;

// The payload is no text of its kind. ERR_REFUSED.
enum err govern_no_form(const struct govern_case *given, struct refusal *refusal);
// The text's own number is the item's. ERR_REFUSED.
enum err must_check govern_number(
    const struct govern_case *given, uint64_t number, struct refusal *refusal);
// There are exactly so many files of evidence. ERR_REFUSED.
enum err must_check govern_evidence(
    const struct govern_case *given, size_t count, struct refusal *refusal);
// The charter's quorum decides, alone; or one more role's: they are kept in order, none twice.
void govern_decides_charter(struct govern *out);
void govern_decides_role(struct govern *out, const char *role);

// Proofs of possession: each administrator's and requester's key that the next charter has at a
// place where the one in force does not have it is proven in the evidence, and nothing else is
// (R7, R14). ERR_REFUSED, ERR_MEMORY, ERR_CRYPTO.
enum err must_check govern_proofs(
    const struct govern_case *given, const struct charter *next, struct refusal *refusal);

// Ends the mandates that do not live on under the next charter.
void govern_end_mandates(
    const struct charter *now, const struct charter *next, struct state *state);

// Whether the charter has this key for the role of this name.
bool govern_has_key(const struct charter *charter, const char *role, const struct hash *key);

#endif
