// The vault as its handlers see it: what it holds, and how far it has come. hsm/vault.c is the
// program with the table of messages; resume, replay, found, append, order, freeze, mandate, execute and
// redo each handle some of them.
//
// Only the ledger speaks to the vault, and it is believed in nothing: a handler that returns an
// error ends the room, and what must not go on ends it with a sentence (log_halt).
#ifndef CONCLAVE_HSM_VAULT_H
#define CONCLAVE_HSM_VAULT_H

#include "hsm/found_judge.h"
#include "hsm/freeze_judge.h"
#include "hsm/judge.h"
#include "hsm/mandate_past.h"
#include "hsm/seal.h"
#include "hsm/sign.h"
#include "hsm/tree.h"
#include "signer/corridor/room.h"

// How far it has come; one bit each, so that a row of the table can name several.
enum vault_stage {
    VAULT_AT_FOUNDING = 1 << 0, // nothing is sealed: keys may be made
    VAULT_AT_FOUND = 1 << 1,    // the founding was judged; its leaves are to become durable
    VAULT_AT_FOUNDED = 1 << 2,  // the first seal stands; nothing more is taken
    VAULT_AT_RESUME = 1 << 3,   // charter, state and edge are awaited
    VAULT_AT_REPLAY = 1 << 4,   // the records behind the seal are awaited
    VAULT_AT_REDO = 1 << 5,     // serving, but the sealed order has no outcome yet
    VAULT_AT_SERVING = 1 << 6,  // serving, and an order may come
    VAULT_AT_ORDER = 1 << 7,    // serving, and a judged order is to become durable
    VAULT_AT_RESERVE =
        1 << 8, // serving, and a state that reserves numbers is to become durable
};

// The one order, or freeze, that is in flight, from VAULT_JUDGED to VAULT_OUTCOME.
struct flight {
    bool freezes; // a freeze: `freeze` was judged; else an order, and `judgement`
    struct judgement judgement;
    struct freeze_judgement freeze;
    struct place place;
    // Keys that a keys motion made, in its order: the token's and the keyring's already, and nobody's
    // until the seal stands.
    struct token_key made[LIMIT_MOTION_KEYS];
    size_t made_count;
    struct state next;
    struct bytes state_text; // of `next`
    struct bytes payloads;   // copied, one behind another
    size_t sizes[LIMIT_ITEMS];
};

struct vault {
    struct room room;
    struct room_config config;
    enum vault_stage stage;
    struct token *token;
    struct keyring *keyring;
    struct seal_key seal_key;
    struct seal seal; // number 0: none yet
    struct charter *charter;
    struct state *state;
    struct tree *tree;
    struct comeback back;      // of this start; then the newest in `seal`
    bool timed;                // whether the vault had time when it looked last (R13)
    moment newest;             // as in struct clock
    bool has_outcome;          // the state's order has one in the log
    struct mandate_past *past; // during the replay
    struct blocks blocks;
    bool renewed;         // the last order under mandates has just had a state sealed for it
    uint64_t told;        // behind the newest outcome of this run; 0 for none
    struct bytes objects; // founding: the list of what was generated in this process
    struct flight *flight;
};

// ---- answer.c ----
// Queues an answer to the ledger.
enum err must_check vault_say(struct vault *vault, const struct message *message);
enum err must_check vault_refuse(
    struct vault *vault, uint64_t id, const struct refusal *refusal);
// Ends the process when `err` is not OK: the token, or what it holds, is not as it must be.
void vault_must(enum err err, const struct refusal *why);
// Writes the next seal (number + 1, the durable tree, epoch and charter of the next state and its
// text), reads it back and says VAULT_SEALED. Nothing goes on when the token fails here.
enum err must_check vault_seal(
    struct vault *vault, uint64_t id, const struct state *next, struct span text);

// ---- time.c: the vault's own clock ----
// Reads the clock, and sees (and says, when that changes) whether there is time.
moment vault_now(struct vault *vault);
// A record of that time came in.
void vault_saw(struct vault *vault, moment time);

// ---- keys.c: what motions do to the token. Nothing goes on when it fails to destroy here ----
// Makes the keys of a motion, into token, keyring and flight. ERR_REFUSED with R18 when the token
// does not make them, or has no room for a seal behind them; what it made until then is in the flight.
enum err must_check keys_make(
    struct vault *vault, const struct keys_motion *motion, struct refusal *refusal);
// Destroys them again: their order is not carried out.
void keys_unmake(struct vault *vault);
// The motion is sealed: destroys what it destroys, as far as it is still there.
void keys_destroy(struct vault *vault, const struct keys_motion *motion);
// Destroys what neither the sealed charter nor the sealed state names: what broke off.
void keys_sweep(struct vault *vault);
// The keys that a sealed motion made, as its outcome lists them. Returns how many.
size_t keys_made(
    const struct state *state, const struct keys_motion *motion, struct made_line *out);

// ---- flight.c ----
// The place that the record will have.
struct place flight_place(const struct vault *vault, struct span record);
// Writes the next state's text, when that state was composed. ERR_REFUSED with R20: it has no room.
enum err must_check flight_write(
    struct flight *flight, enum err composed, struct refusal *refusal);
// What was judged, and whose next state stands in the flight, goes on its way: appends the record
// and says VAULT_JUDGED. ERR_REFUSED with R20: that state has no room.
enum err must_check flight_take(struct vault *vault, uint64_t id, struct span record,
    enum err next, struct refusal *refusal);
// Forgets it; keys that it made and that were not sealed are destroyed.
void flight_drop(struct vault *vault);

// ---- outcome.c ----
// What is done and what is said of it; a hundred kilobytes, so on the heap.
struct deed {
    struct signing signing;
    struct outcome outcome;
};
// Under the sealed charter and state, now, of the order at that place; nothing is done yet. NULL
// without memory.
struct deed *deed_new(
    struct vault *vault, const struct hash *request, const struct place *order);
void deed_free(struct deed *deed);
// Signs the items. Nothing goes on when it fails here.
void deed_sign(struct deed *deed, const struct item *items, size_t item_count,
    const struct span *payloads);
// Appends the outcome and says VAULT_OUTCOME.
enum err must_check deed_say(struct vault *vault, uint64_t id, const struct deed *deed);

// What is carried out. All borrowed.
struct errand {
    struct hash request;
    struct place place;
    const struct order *order; // NULL: a freeze
    const struct opened *opened;
    const struct span *payloads;
    uint64_t freeze_number;
};

typedef enum err vault_handler(struct vault *vault, const struct message *message);

// ---- resume.c: start ----
// Finds what is sealed, or that nothing is, and queues VAULT_SEAL.
void resume_start(struct vault *vault);
vault_handler resume_take; // VAULT_RESUME

// ---- replay.c: the records behind the seal ----
vault_handler replay_record; // VAULT_REPLAY
vault_handler replay_end;    // VAULT_RESUMED

// ---- found.c: founding ----
vault_handler found_keys;    // VAULT_FOUND_KEYS
vault_handler found_take;    // VAULT_FOUND
vault_handler found_execute; // VAULT_EXECUTE, of a founding

// ---- append.c: the tree ----
vault_handler append_record;  // VAULT_APPEND
vault_handler append_durable; // VAULT_DURABLE

// ---- order.c, freeze.c: judging ----
vault_handler order_judge; // VAULT_JUDGE
vault_handler freeze_take; // VAULT_FREEZE

// ---- mandate.c: orders under mandates ----
vault_handler mandate_take;    // VAULT_MANDATE
vault_handler mandate_execute; // VAULT_EXECUTE, of numbers

// ---- execute.c: carrying out what is in flight ----
vault_handler execute_flight; // VAULT_EXECUTE, of an order or a freeze
// Does, by the sealed state and charter, what was sealed for it, and says VAULT_OUTCOME.
enum err must_check execute_errand(
    struct vault *vault, uint64_t id, const struct errand *errand);

// ---- redo.c: once more, after a start ----
vault_handler redo_sealed; // VAULT_REDO

#endif
