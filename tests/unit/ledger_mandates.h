// An order under mandates on its way through the ledger of a house, played by keeper and vault.
#ifndef CONCLAVE_TESTS_UNIT_LEDGER_MANDATES_H
#define CONCLAVE_TESTS_UNIT_LEDGER_MANDATES_H

#include "tests/unit/ledger_play.h"

enum { MANDATE_ITEMS_MOST = 16 };

struct mandate_world {
    struct ledger_house *house;
    struct request request; // of so many items, each for a vehicle of its own, and one evidence
    struct hash id;         // its SHA-256
    struct bytes text;      // its bytes
    struct bytes payloads[MANDATE_ITEMS_MOST];
    struct bytes evidence;
    struct bytes order_text, outcome_text, state_text;
    struct span blobs[MANDATE_ITEMS_MOST + 4]; // that go with the order
    uint32_t blob_count;
    struct span signatures[MANDATE_ITEMS_MOST];
    struct place order, outcome;
    struct hash state; // that the outcome names: what is sealed
    uint64_t asker;    // the keeper's id
    uint64_t id_asked; // the vault's
    unsigned states;   // written so far
};

int mandates_make(void **state);
int mandates_drop(void **state);

// The next request: `items` items, all of this version, their payloads `size` bytes; and its order.
void mandates_write(struct mandate_world *world, size_t items, uint64_t version, size_t size);
// Sends ORDER_MANDATED.
void keeper_mandates(struct mandate_world *world);
// Takes VAULT_MANDATE, in which everything is that the vault judges by, and nothing else.
void vault_is_asked(struct mandate_world *world);
// VAULT_RESERVE, until VAULT_EXECUTE, whose id is returned; the next state reserves numbers.
uint64_t vault_reserves(struct mandate_world *world);
// The same until it is sealed.
void vault_seals_numbers(struct mandate_world *world);
void mandates_write_state(struct mandate_world *world, const struct place *order);
// The outcome for what stands in the world, which was not appended yet.
struct message mandates_outcome(struct mandate_world *world);
// Appends both records and says so.
void vault_signs_all(struct mandate_world *world);
// Takes DONE_SIGN; the state comes with it or not.
void keeper_hears(struct mandate_world *world, bool with_state);
// The whole way of an order for which numbers last, until it is under a checkpoint.
void mandates_sign(struct mandate_world *world);
void vault_refuses(struct mandate_world *world, uint64_t id, const char *rule);
struct message mandates_show(struct mandate_world *world);

#endif
