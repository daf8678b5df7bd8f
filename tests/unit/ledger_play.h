// What a keeper and a vault say to the ledger of a house (ledger_house.h), step by step.
#ifndef CONCLAVE_TESTS_UNIT_LEDGER_PLAY_H
#define CONCLAVE_TESTS_UNIT_LEDGER_PLAY_H

#include "tests/unit/ledger_house.h"

// ---- the vault ----
void vault_says_seal(struct ledger_house *house, enum stage stage);
// RESUME, REPLAY…, RESUMED, UP. Returns how many records were replayed.
uint64_t vault_resumes(struct ledger_house *house);
struct place vault_leaf(struct ledger_house *house, struct span text);
// Takes one VAULT_APPEND and appends it.
struct place vault_appends(struct ledger_house *house);
void vault_appended(struct ledger_house *house, uint64_t id, struct span text);
// Takes VAULT_DURABLE, which must be for `size`, and answers a checkpoint.
void vault_checkpoints(struct ledger_house *house, uint64_t size);
void vault_signs_checkpoint(
    struct ledger_house *house, uint64_t id, uint64_t size, const struct hash *root);
void vault_says_checkpoint(struct ledger_house *house, uint64_t id, uint64_t size);
// The state that is sealed for an order (or none) at a size, with the next charter; moves the seal;
// and says so.
void vault_state(
    const struct ledger_house *house, const struct place *order, struct bytes *out);
void vault_moves_seal(struct ledger_house *house, struct span state);
void vault_says_sealed(struct ledger_house *house, uint64_t id);

// ---- both ----
// A founding until VAULT_EXECUTE, whose id is returned; house->text is the first state.
uint64_t founding_executes(struct ledger_house *house);
// The whole founding, to a sealed house of two records; the program has ended.
void house_found(struct ledger_house *house);
// Start until LIVE_END, with nothing to redo and nothing alive. Answers the fresh checkpoint.
void house_start(struct ledger_house *house);
void house_starts_up(struct ledger_house *house); // until the first checkpoint is given
// A record all the way; returns its place.
struct place house_record(
    struct ledger_house *house, const struct span *blobs, uint32_t blob_count);
uint64_t keeper_orders(
    struct ledger_house *house, const struct span *blobs, uint32_t blob_count);
struct place keeper_is_done(struct ledger_house *house, uint64_t id);
// Opens a request with its bytes.
struct place house_open(struct ledger_house *house, const struct texts_request *request);
struct message keeper_asks(struct ledger_house *house, struct message *ask);

// As house_make, with a house that was founded and serves.
int house_make_serving(void **state);
// The keeper hears a refusal by this rule; it is in no record.
void is_refused_by(struct ledger_house *house, uint64_t id, const char *rule);

#endif
