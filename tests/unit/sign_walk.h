// One order on its way through the ledger of a house, played by keeper and vault.
#ifndef CONCLAVE_TESTS_UNIT_SIGN_WALK_H
#define CONCLAVE_TESTS_UNIT_SIGN_WALK_H

#include "tests/unit/ledger_play.h"

#define SIGNATURE "the signature's bytes"

// An open request with two approvals, and the order for it.
struct sign_world {
    struct ledger_house *house;
    struct texts_request request;
    struct place opened, decisions[3], order, outcome;
    unsigned approvals;     // that the order names, the first of the decisions
    struct bytes statement; // a freeze's, when order_text is a frozen record
    struct hash about;      // what the order and its outcome are about
    struct texts_more more; // what the next outcome says
    const char *signature;  // what it is signed with
    bool new_charter;       // another one is in force with the seal
    struct bytes order_text, state_text, outcome_text;
    uint64_t id; // the keeper's
};

// The vault's part of an order: until `step` has been done. The answers to
// 0 JUDGE, 1 DURABLE of the order, 2 EXECUTE: sealed, 3 signed, 4 DURABLE of the outcome.
enum { STEP_JUDGE, STEP_ORDER_DURABLE, STEP_SEALED, STEP_OUTCOME, STEP_OUTCOME_DURABLE };

int world_make(void **state);
// With a motion in the request's place.
int world_make_motion(void **state, enum motion motion, uint64_t number);
int world_drop(void **state);

// One more approval, by the next approver; in the third place of the decisions.
void approve_late(struct sign_world *world);
// The order of the world adds to its newest outcome from now on, with all three approvals.
void order_adds(struct sign_world *world);
// The order of the world is a freeze from now on.
void order_freezes(struct sign_world *world, unsigned number);

// The steps, one by one.
void keeper_signs(struct sign_world *world);
// Everything that the order names must be in it, under the durable root; of a freeze nothing.
void check_judge(struct sign_world *world, const struct message *judge);
// Takes VAULT_JUDGE, or VAULT_FREEZE, and answers with a next state that names the order.
void vault_judges(struct sign_world *world);
void vault_seals(struct sign_world *world, uint64_t id);
struct message make_outcome(struct sign_world *world, uint64_t id);
void vault_signs(struct sign_world *world, uint64_t id);
void keeper_is_signed(struct sign_world *world);
// ORDER_SIGN, and all steps up to `last`; -1 for the order alone.
void walk(struct sign_world *world, int last);

// What a client hears of the request, or of the freeze.
struct message show(struct sign_world *world);
enum fate fate_of(struct sign_world *world);

#endif
