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
    pid_t pid;          // 0: not running
    int words;          // its standard error
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
    uint64_t epoch; // in force
    struct bytes charter, objects, founding, founded, state;
    // What the next state names and its seal brings into force; 0: the same again.
    uint64_t next_epoch;
    struct bytes next_charter;
    const char *format; // of the states, "1 0.1.0"; NULL: as they are written
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
// Waits for bytes on that line; nothing for twenty seconds fails the test.
void wait_for_bytes(struct ledger_house *house, struct channel *channel);
// Nothing comes for a while.
void is_silent(struct ledger_house *house, struct channel *channel);
void to_ledger(struct channel *channel, const struct message *message);

#endif
