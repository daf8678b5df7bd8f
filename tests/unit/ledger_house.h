// The real conclave-ledger between a keeper and a vault that the test plays, over real socketpairs.
//
// The vault here signs nothing but checkpoints, with a real key. What stands for the token (log key,
// seal, sealed state) outlives the program, so that a test can kill it and start it again.
#ifndef CONCLAVE_TESTS_UNIT_LEDGER_HOUSE_H
#define CONCLAVE_TESTS_UNIT_LEDGER_HOUSE_H

#include "log/checkpoint.h"
#include "policy/state.h"
#include "signer/corridor/room.h"
#include "tests/unit/folder.h"
#include "tests/unit/ledger_texts.h"

#include <openssl/evp.h>

#define HOUSE_ORIGIN "log.example/ledger"
enum { HOUSE_LEAVES = 100000 };

struct ledger_house {
    char folder[FOLDER_NAME];
    pid_t pid;        // 0: not running
    int words;        // its standard error
    uint64_t file_most; // RLIMIT_FSIZE of the next program; 0: none
    struct channel control;
    struct channel keeper; // the keeper's end
    struct channel vault;  // the vault's end
    // the token
    EVP_PKEY *pkey;
    struct key log;
    uint64_t number; // of the seal; 0: none
    uint64_t sealed_size;
    struct hash sealed_root;
    struct bytes charter, objects, founding, founded, state;
    // the vault's memory
    struct hash *leaves;
    uint64_t leaf_count;
    struct merkle_edge durable;
    // the keeper's
    uint64_t serial;
    struct bytes text; // scratch
};

int house_make(void **state);
int house_drop(void **state);

// ---- the program ----
void house_spawn(struct ledger_house *house, enum stage stage);
// Closes the control line; it must end with status 0.
void house_stop(struct ledger_house *house);
void house_kill(struct ledger_house *house);
// It must end by itself with `status`, having said `words`.
void house_ends(struct ledger_house *house, int status, const char *words);

// ---- messages ----
// The next message on that line must be of this kind. Spans are valid until the next wait on it.
struct message wait_for(
    struct ledger_house *house, struct channel *channel, enum message_kind kind);
struct message from_vault_line(struct ledger_house *house, enum message_kind kind);
struct message from_keeper_line(struct ledger_house *house, enum message_kind kind);
// Nothing comes for a while.
void is_silent(struct ledger_house *house, struct channel *channel);
void to_ledger(struct channel *channel, const struct message *message);

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
// The state that is sealed for an order (or none) at a size; moves the seal.
void vault_state(const struct place *order, struct bytes *out);
void vault_moves_seal(struct ledger_house *house, struct span state);

// ---- both ----
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

#endif
