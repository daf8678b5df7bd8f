// The real conclave-keeper between a gate and a ledger that the test plays, over real socketpairs.
//
// The log here is only its leaves, so that proofs hold; what is live in it is replayed at each start.
// Nobody stands for the vault: a test says itself what was sealed.
#ifndef CONCLAVE_TESTS_UNIT_KEEPER_HOUSE_H
#define CONCLAVE_TESTS_UNIT_KEEPER_HOUSE_H

#include "log/checkpoint.h"
#include "policy/charter.h"
#include "policy/state.h"
#include "signer/corridor/room.h"
#include "tests/unit/person.h"

#include <sys/types.h>

#define HOUSE_ORIGIN "log.example/keeper"
enum { ALICE, BOB, CAROL, DAVE, ERIN, HOUSE_PEOPLE };
enum { HOUSE_LEAVES = 4096, HOUSE_LIVE = 256, HOUSE_DAY = 24 * 3600 };
enum { HOUSE_CLOCK_DESCRIPTOR = 10 };

struct live_text {
    uint64_t index;
    struct bytes text;
};

struct keeper_house {
    pid_t pid; // 0: not running
    int words; // its standard error
    struct channel control, gate, ledger;
    struct person log, people[HOUSE_PEOPLE], service, laptop;
    struct charter *charter; // may be changed until house_start
    struct bytes charter_text;
    struct state *state;
    struct bytes founding;
    struct hash leaves[HOUSE_LEAVES];
    uint64_t leaf_count;
    struct live_text live[HOUSE_LIVE];
    size_t live_count;
    moment newest; // of the newest record, as the ledger says it
    uint64_t serial;
    const char *program; // of the next start
    int clock;           // memory that holds *ahead
    int64_t *ahead; // seconds that the clock of keeper-with-clock is ahead of this machine's
};

// alice to erin, all in one group; the charter is changed by 3 of them. Requesters: service (of
// release-desk) and laptop (of erin). image/root: 2 of them; its three keys have custodians alice,
// bob and carol. image/targets: 2 of them, one key without custodian. The sealed time is now.
int house_make(void **state);
int house_drop(void **state);

// ---- the program ----
// Replays what is live and takes the start record. Whatever stands in `charter` and `state` is in
// force: their texts are written here, and an outcome that names the state.
void house_start(struct keeper_house *house);
// Starts the program and replays; whether that holds is seen in what it says, or how it ends.
void house_spawn(struct keeper_house *house);
// The same, until the program says that it is ready.
void house_comes_up(struct keeper_house *house);
// Closes the control line; it must end with status 0.
void house_stop(struct keeper_house *house);
void house_ends(struct keeper_house *house, int status);
bool house_said(const struct keeper_house *house, const char *words);

// ---- the log ----
struct place house_leaf(struct keeper_house *house, struct span text);
// One that is replayed at the next start.
struct place house_live(struct keeper_house *house, struct span text);
// The inclusion of a leaf, and a signed checkpoint, of the log as it is.
void house_prove(struct keeper_house *house, uint64_t index, struct hash_list *out);
void house_sign_checkpoint(struct keeper_house *house, struct bytes *note);
// The charter that house_make() promises.
void house_fill_charter(struct keeper_house *house);
// Writes the charter's text from its struct, and has the state name it.
void house_write_charter(struct keeper_house *house);

// ---- messages ----
// The next message of the keeper on that line must be of this kind. Spans are valid until the next
// one on the same line.
struct message house_hears(
    struct keeper_house *house, struct channel *channel, enum message_kind kind);
void house_says(struct channel *channel, const struct message *message);
// Nothing comes for a while.
void house_is_silent(struct channel *channel);

#endif
