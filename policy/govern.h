// Governing: judging a motion and carrying it out, as far as that is a function of its arguments.
// Keeper, vault, compiler and every tool ask here, so that they cannot disagree (design sections 2
// and 3, R5, R7, R13, R18, R21). Pure.
#ifndef CONCLAVE_POLICY_GOVERN_H
#define CONCLAVE_POLICY_GOVERN_H

#include "policy/charter.h"
#include "policy/state.h"

// What a motion is judged by. All borrowed.
struct govern_case {
    const struct charter *charter; // in force
    const struct state *state;
    const struct item *item; // of the request: kind, number, hash
    struct span payload;
    const struct span *evidence; // of the request, in its order
    size_t evidence_count;
    moment now;
};

// The motion as it was read and judged.
struct govern {
    enum motion motion;
    struct charter *charter; // MOTION_CHARTER: the next one; owned
    struct keys_motion keys;
    struct lift_motion lift;
    struct time_motion time;
    struct import_motion import;
    struct mandate_motion mandate;
    // Whose quorums decide, in the order and spelling of the opened record: "charter", or roles.
    char decides[LIMIT_ITEMS][LIMIT_ROLE_NAME + 1];
    size_t decides_count;
};

// A govern is large: it lives on the heap. NULL without memory.
struct govern *govern_new(void);
void govern_free(struct govern *govern); // takes NULL

// The payload's form and everything that must hold before anybody is asked. ERR_REFUSED with the
// rule; ERR_MEMORY.
//
//   all      the item's hash is the payload's (R1); its number is the last + 1 (R12); evidence is
//            what the kind takes, and no more (R14)
//   charter  epoch + 1, previous, log and origin as they are (R7); charter_read's rules; a
//            repository keeps its dialect (R2); every key is the role's now, or was made for it and
//            is not retired, and no retired one comes back; each role keeps one that signs (R18);
//            room for the keys that it drops, and for the last versions of new roles (R20); each
//            administrator's and requester's key that is not at that place (name) now has a proof
//            of possession over this very charter, and the evidence has no other (R7, R14)
//   keys     made for roles that the charter in force or none yet has (a role's name is enough), of
//            a repository other than MOTION_REPOSITORY; retired: in the charter or spare, not
//            retired yet, and the role keeps one that signs (R18); destroyed: retired and not in
//            the charter; the token's room (R20)
//   lift     the freeze is in force, and the motion says what it says; of a request: the one file
//            of evidence is that request's text. Decides: the charter's quorum for everything and
//            for motions; else the role's own, or each role of the request (the charter's alone
//            when it no longer names one of them)
//   mandate  the next number of its role, which the charter lets mandates sign (R2, R12); its
//            requester is one of the charter, behind whom nobody of the role's group stands (R5);
//            `longest` is within the role's expiry, `until` in the future and within
//            LIMIT_MANDATE_LIFE (R6); versions are left above what was signed, or may have been,
//            and clients read them all (R12); room for it (R20). Decides: the role's quorum
//   time     not ahead of `now` by more than the clock's limit, and `now` not ahead of it by more
//            than the jump's; not before the sealed time, unless `now` is behind that by more than
//            the clock's limit (R13)
//   import   roles of one repository of the charter that never signed here and have no mandate; of
//            a Director's the root alone; among them its root, which is the last of the chain; each canonical part and each root file is among the
//            evidence (R1), with one more file for each other role (R14); room for the last
//            versions of all roles of the charter (R20). What stands in them is metadata/history.h's
//            to judge
enum err must_check govern_judge(
    const struct govern_case *given, struct govern *out, struct refusal *refusal);

// What a motion was carried out with, beyond what it says.
struct govern_deed {
    const struct item *item;
    uint64_t order;                         // the index of the order
    const struct key *made;                 // by the token for a keys motion, in its order
    const char *person;                     // behind the request: never counts
    const struct order_approval *approvals; // of the order
    size_t approval_count;
};

// Does to a state what the motion says. `charter` is the one in force before. `state` is a copy of
// the sealed one; the caller sets its order behind this, and its time but for a time motion.
//
//   charter  epoch and charter are the new ones; freezers are forgotten (a freeze names its epoch);
//            spare keys that it names are no longer spare, keys that it drops are retired; freezes
//            stay in force, whoever put them there, but those of roles that are gone; keys that
//            are gone no longer count as signed; a mandate lives on if its role's line and its
//            requester are the same, and those who approved it still form the role's quorum
//   keys     made ones are spare, retired ones retired, destroyed ones gone
//   lift     the freeze is gone
//   time     the time is the stated one; if that is behind the state's, `since` is order + 1, and
//            windows of rates and freezes that began behind it begin at it,
//            and all mandates end
//   import   each role is as the motion says
//   mandate  it is the role's, and live; the one before it ends. What it may sign begins above what
//            was signed, or may have been
//
// And the kind's number and payload, for kinds that are a chain. ERR_LIMIT never follows a judgement
// over the same state.
enum err must_check govern_apply(const struct govern *govern, const struct charter *charter,
    const struct govern_deed *deed, struct state *state);

// Whether a freeze statement may be taken: an administrator of this charter, its appliance, epoch and
// hash, the next number, at most LIMIT_FREEZES_EACH of that person in force (the last one only of
// everything), not a thing that is frozen already, and nothing that must not be frozen. The
// signature is not looked at here. A mandate can be revoked while it is live. ERR_REFUSED.
enum err must_check govern_judge_freeze(const struct charter *charter,
    const struct state *state, const struct freeze *freeze, struct refusal *refusal);
// Puts it into the state, from now on, or from the sealed time if the clock is behind that. Freezes
// of requests that are older, by the sealed time, than any request lives are dropped
// (LIMIT_REQUEST_LIFE). A mandate that is revoked ends. ERR_LIMIT.
enum err must_check govern_apply_freeze(
    const struct freeze *freeze, moment now, struct state *state);
// Whether a freeze in force stops the request with these items; its entry then, else NULL. A
// request for a charter, a lift or the time is never stopped.
const struct freeze_state *govern_frozen(const struct state *state, const struct hash *request,
    const struct item *items, size_t item_count);

#endif
