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
enum { HOUSE_RECORDS = 1024, HOUSE_WAIT_MS = 30000, HOUSE_DAY = 24 * 3600 };
// The vault with a clock that the test sets has that clock's memory here.
enum { HOUSE_CLOCK_DESCRIPTOR = 10 };
enum { BY_ALICE = 1 << ALICE, BY_BOB = 1 << BOB, BY_CAROL = 1 << CAROL };

// What a request asks for. `decides` NULL: metadata; `asker` NULL: the desk.
struct wish {
    const char *role;
    uint64_t version;
    struct span payload;
    const char *decides;
    const struct person *asker;
    struct span evidence[4];
    size_t evidence_count;
    // Whose keys must be able to sign; need 0: no such line.
    struct reach reach;
};

struct house {
    struct softhsm softhsm;
    struct person people[PEOPLE];
    struct person desk;
    // The process.
    pid_t pid;
    const char *program; // of the next start
    int clock;           // memory that holds *ahead
    int64_t *ahead; // seconds that the clock of vault-with-clock is ahead of this machine's
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
    struct bytes state;        // the sealed one
    struct bytes next_charter; // and what follows when the flight is sealed
    struct bytes next_state;
    struct seal seal;     // as VAULT_SEAL said it
    struct charter *read; // `charter`
    struct key log;
    void (*bend)(struct charter *charter); // the first one, before it is written
    bool by_mandate; // the first one also has roles that mandates sign (vault_mandate.c)
    // The next order's: how long its request lives, and its delay (seconds).
    int64_t life;
    int64_t delay;
    // The order that was made last.
    char payload[512];
    struct bytes motion; // the text of one
    struct wish wish;
    struct request asked;
    struct opened open;
    struct place place; // of `open`
    struct order ordered;
    struct bytes request, order, opened;
    struct hash_list path;
    struct signed_by_list approvals;
    uint8_t signatures[LIMIT_ADMINISTRATORS][KEY_SIGNATURE_MOST];
    struct place outcome; // the last one
    struct mandate_order *mandated;
};

int house_set_up(void **state); // an empty token, nothing running
int house_tear_down(void **state);

// What the vault's clock says.
moment house_now(const struct house *house);
// Starts the program; `pin` NULL: no descriptor.
void house_start(struct house *house, enum stage stage, const char *pin);
// Closes the control line and expects exit status 0.
void house_stop(struct house *house);
// Kills it, as a power cut would.
void house_kill(struct house *house);
// Expects the program to end with `status`, having said `sentence`.
void house_ends(struct house *house, int status, const char *sentence);
// Whether it said that sentence since it was started last.
bool house_has_said(const struct house *house, const char *sentence);

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
// From the seal to VAULT_UP.
void house_resume(struct house *house);
// From start to VAULT_UP, with all records behind the seal.
void house_serve(struct house *house);

// Keeps a text as the next record.
void house_keep(struct house *house, struct span text);
struct hash house_root(const struct house *house, size_t size);
// Appends it by VAULT_APPEND and keeps it.
void house_append(struct house *house, struct span text);
// Says that everything is durable, and holds the checkpoint against its own tree.
void house_durable(struct house *house);
// Asks for something, opens it, approves it: each appended.
void house_open(struct house *house, const struct wish *wish);
void house_make_opened(struct house *house, const struct wish *wish); // appended by nobody yet
void house_approve(struct house *house, const struct person *person);
// Makes the order over what was approved; what came before is durable then. `added_to` NULL: the
// first order of the request.
void house_order(struct house *house, const struct place *added_to);
// All of that, by Alice and Carol, for image/targets in `version`; or for anything by anybody.
void house_make_order(struct house *house, uint64_t version);
void house_make(struct house *house, const struct wish *wish, unsigned by);
struct wish house_metadata(struct house *house, const char *role, uint64_t version);
void house_say_order(struct house *house, enum message_kind kind);
// VAULT_JUDGE, VAULT_JUDGED, durable; the order is kept, `next` is the next state.
void house_judge(struct house *house, struct bytes *next);
// VAULT_EXECUTE and VAULT_SEALED; the state is then `next`.
void house_execute(struct house *house, struct bytes *next);
// VAULT_OUTCOME of an order of so many signatures, each of them verified; `keep`: as a ledger does.
// Returns it, until the next.
const struct outcome *house_signed(struct house *house, size_t count, bool keep);
void house_outcome(struct house *house, bool keep); // of the two keys of image/targets
// VAULT_OUTCOME that says what was done.
const struct outcome *house_done(
    struct house *house, const char *done, uint64_t number, bool keep);
// From the order to the outcome.
void house_sign(struct house *house, uint64_t version);
void house_carry_out(struct house *house);

// ---- vault_motion.c: what motions need ----
// Writes the text of a motion into house->motion, and what asks for it. The numbers are the next.
struct wish house_keys(struct house *house, const struct keys_motion *keys);
struct wish house_time(struct house *house, moment time);
struct wish house_lift(struct house *house, const struct freeze_of *of, const char *decides);
// The charter in force, one epoch on, bent, into house->next_charter.
struct wish house_charter(struct house *house, void (*bend)(struct charter *charter));
// The sealed state, until the next.
const struct state *house_state(const struct house *house);
// Keeps the order that was made last while others are carried out; then makes it the last one again,
// with a proof in the tree of then.
struct kept_order *house_keep_order(const struct house *house);
void house_order_kept(struct house *house, struct kept_order *kept);
// A frozen record by that person into house->order, and its VAULT_FREEZE.
void house_make_freeze(
    struct house *house, const struct person *person, const struct freeze_of *of);
// VAULT_FREEZE, or VAULT_REDO of it; and from there to the outcome.
void house_say_freeze(struct house *house);
void house_freeze(struct house *house, const struct person *person, const struct freeze_of *of);
// Plays a ledger that has a state and charter before and after the flight: takes what the seal
// names. Returns whether that is the later one.
bool house_resume_either(struct house *house);
// ---- vault_mandate.c: orders under mandates; of director/targets (for vehicles) and of
// ---- image/timestamp, which the desk asks for ----
// The text of the role's next mandate into house->motion, for versions from 1 on, and what asks for it.
struct wish house_mandate(struct house *house, const char *role, uint64_t count);
// Has it approved and sealed.
void house_have_mandate(struct house *house, const char *role, uint64_t count);
struct mandate_wish {
    const char *item;
    uint64_t version;
    int64_t later; // seconds by which it expires later: other bytes of the same version
};
// What was made last.
struct mandate_order {
    char payloads[LIMIT_ITEMS][128];
    struct request request;
    struct mandated order;
};
// Makes a request for these, and the order under the live mandates of the sealed state. `bend`, if
// any, changes the order before it is written.
void house_make_mandated(struct house *house, const struct mandate_wish *wishes, size_t count,
    void (*bend)(struct mandated *order));
// VAULT_MANDATE of what was made last.
void house_say_mandated(struct house *house);
// VAULT_RESERVE, into house->next_state; and until it is sealed.
void house_hear_reserve(struct house *house);
void house_seal_reserve(struct house *house);
// VAULT_OUTCOME: each signature is one that a key of the charter's for that role made over the payload
// that was asked for. `keep`: as a ledger does, and durable.
void house_hear_mandated(struct house *house, bool keep);
// From the order to the outcome. `reserves`: numbers must be sealed for it first.
void house_sign_mandated(
    struct house *house, const struct mandate_wish *wishes, size_t count, bool reserves);
// The sealed state's mandate of a role.
const struct mandate_state *house_mandate_state(const struct house *house, const char *role);

// How many private keys are in the token, the log's included, and how many public ones; nothing
// may run.
size_t house_count_keys(const struct house *house);
size_t house_count_publics(const struct house *house);
// Puts a seal over this state, or over house->state, in the token, as whoever has the PIN can;
// nothing may run.
void house_plant_state(struct house *house, const struct state *state);
void house_plant_text(struct house *house);

#endif
