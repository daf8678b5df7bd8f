// A house around the real conclave-vault program, over a real SoftHSM token: the test plays
// conclaved and the ledger. What the ledger would have on disk is in here, so a test can lose, change
// or put back any of it.
#ifndef CONCLAVE_TESTS_UNIT_VAULT_HOUSE_H
#define CONCLAVE_TESTS_UNIT_VAULT_HOUSE_H

#include "hsm/seal.h"
#include "log/checkpoint.h"
#include "policy/charter.h"
#include "policy/objects.h"
#include "policy/state.h"
#include "signer/corridor/room.h"
#include "tests/unit/person.h"
#include "tests/unit/softhsm.h"

#include <sys/types.h>

enum { ALICE, BOB, CAROL, PEOPLE };
enum { HOUSE_RECORDS = 64, HOUSE_WAIT_MS = 30000, HOUSE_DAY = 24 * 3600 };

struct house {
    struct softhsm softhsm;
    struct person people[PEOPLE];
    struct person desk;
    // The process.
    pid_t pid;
    struct channel control;
    struct channel up;
    char stderr_path[128];
    uint64_t id;
    struct message heard; // the last one; its spans last until the next is heard
    // What the ledger has.
    struct bytes records[HOUSE_RECORDS];
    size_t record_count;
    struct bytes charter;
    struct bytes objects;
    struct bytes state;   // the sealed one
    struct seal seal;     // as VAULT_SEAL said it
    struct charter *read; // `charter`
    struct key log;
    // The next order's: how long its request lives, and its delay (seconds).
    int64_t life;
    int64_t delay;
    // The order that was made last.
    char payload[512];
    struct bytes request, order, opened;
    struct hash_list path;
    struct signed_by_list approvals;
    uint8_t signatures[LIMIT_ADMINISTRATORS][KEY_SIGNATURE_MOST];
};

int house_set_up(void **state); // an empty token, nothing running
int house_tear_down(void **state);

// Starts the program; `pin` NULL: no descriptor.
void house_start(struct house *house, enum stage stage, const char *pin);
// Closes the control line and expects exit status 0.
void house_stop(struct house *house);
// Kills it, as a power cut would.
void house_kill(struct house *house);
// Expects the program to end with `status`, having said `sentence`.
void house_ends(struct house *house, int status, const char *sentence);

// Sends under a new id. Then the next message, which must be of `kind` with that id (0: any).
void house_say(struct house *house, struct message *message);
void house_hear(struct house *house, enum message_kind kind);
// Says a kind that has no fields, or only `text`, `size`.
void house_say_kind(struct house *house, enum message_kind kind);
void house_say_durable(struct house *house, uint64_t size);
void house_say_text(struct house *house, enum message_kind kind, struct span text);
// Expects ANSWER_REFUSED by that rule.
void house_hear_refusal(struct house *house, const char *rule);

// Founding, whole or in parts.
void house_ask_keys(struct house *house);
void house_write_charter(struct house *house);
void house_say_found(struct house *house);
void house_found(struct house *house); // from start to stop
// Expects VAULT_SEAL (into house->seal) and ROOM_READY.
void house_hear_seal(struct house *house, enum stage stage);
void house_say_resume(struct house *house);
// From start to VAULT_UP, with all records behind the seal.
void house_serve(struct house *house);

// Keeps a text as the next record.
void house_keep(struct house *house, struct span text);
struct hash house_root(const struct house *house, size_t size);
// Appends it by VAULT_APPEND and keeps it.
void house_append(struct house *house, struct span text);
// Says that everything is durable, and holds the checkpoint against its own tree.
void house_durable(struct house *house);
// Appends the opened record of a request for image/targets in `version` and two approvals, and
// makes the order. All durable.
void house_make_order(struct house *house, uint64_t version);
void house_say_order(struct house *house, enum message_kind kind);
// VAULT_JUDGE, VAULT_JUDGED, durable; the order is kept, `next` is the next state.
void house_judge(struct house *house, struct bytes *next);
// VAULT_EXECUTE and VAULT_SEALED; the state is then `next`.
void house_execute(struct house *house, struct bytes *next);
// VAULT_OUTCOME, with every signature verified; `keep`: as a ledger does.
void house_outcome(struct house *house, bool keep);
// All of it.
void house_sign(struct house *house, uint64_t version);

#endif
