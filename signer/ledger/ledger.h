// The ledger: remembers. It alone has the disk; it stands between keeper and vault, stores every
// record and payload, passes orders on, and lets no answer leave before its record is durable and
// under a checkpoint.
//
// It believes neither neighbour: what keeper or vault may not say now ends the house. A failure of
// the disk is final (R9).
#ifndef CONCLAVE_SIGNER_LEDGER_LEDGER_H
#define CONCLAVE_SIGNER_LEDGER_LEDGER_H

#include "log/checkpoint.h"
#include "policy/state.h"
#include "signer/corridor/room.h"
#include "signer/ledger/blobs.h"
#include "signer/ledger/commit.h"
#include "signer/ledger/fates.h"
#include "signer/ledger/intake.h"
#include "signer/ledger/mandated.h"
#include "signer/ledger/records.h"

// How far it has come. One bit each, so that a row of the table can name several.
enum phase {
    PHASE_SEAL = 1 << 0,   // what is sealed is awaited
    PHASE_REPLAY = 1 << 1, // records behind the seal go to the vault
    PHASE_REDO = 1 << 2,   // the first checkpoint is awaited, and the sealed order's outcome
    PHASE_LIVE = 1 << 3,   // what is still live goes to the keeper
    PHASE_SERVING = 1 << 4,
    PHASE_FOUNDING = 1 << 5,
    PHASE_FOUNDED = 1 << 6,
};

// The one order that is on its way through the vault: of a quorum's, a freeze, or under mandates.
enum sign_way { WAY_QUORUM, WAY_FREEZE, WAY_MANDATED };
enum sign_step {
    SIGN_NONE = 0,
    SIGN_JUDGE,    // VAULT_JUDGED is awaited
    SIGN_MANDATED, // VAULT_OUTCOME is awaited, or VAULT_RESERVE
    SIGN_COMMIT,   // order and state are to become durable; under mandates the state alone
    SIGN_EXECUTE,  // VAULT_SEALED is awaited
    SIGN_SEALED,   // VAULT_OUTCOME is awaited
    SIGN_REDO,     // the same, at start: the order was sealed before
    SIGN_PROMISE,  // the outcome is to become durable
};
struct signing {
    enum sign_step step;
    enum sign_way way;
    uint64_t asker;      // the keeper's id; 0 at start
    uint64_t id;         // what the vault is asked under
    struct hash request; // what it is about
    struct order order;  // of a quorum
    struct place place;  // of its record
    struct bytes order_text;
    struct bytes statement; // a freeze's
    struct bytes state_text;
    struct hash state;
    bool new_charter; // another one is in force since it was sealed
    struct bytes outcome_text;
    struct place outcome;
};

// The founding that is on its way through the vault.
enum found_step {
    FOUND_NONE = 0,
    FOUND_KEYS,    // keys are being made
    FOUND_JUDGE,   // VAULT_FOUND_JUDGED is awaited
    FOUND_COMMIT,  // the first two leaves are to become durable
    FOUND_EXECUTE, // VAULT_SEALED is awaited
};
struct found_work {
    enum found_step step;
    uint64_t asker;
    uint64_t id;
    struct hash state;
    struct copies copies; // of the four texts
    struct span founding, founded, charter, objects;
};

// What the vault's seal says.
struct sealed {
    uint64_t number;
    uint64_t epoch;
    struct hash charter;
    uint64_t size;
    struct hash state;
    bool has_order; // START: what the state names
    struct place order;
};

struct ledger {
    struct room room;
    struct room_config config;
    enum phase phase;
    struct store *store;
    struct sealed sealed;
    char origin[LIMIT_ROLE_NAME + 1]; // of the log; and its key
    struct key log;
    struct bytes vkey;
    struct checkpoint newest; // the newest that was signed
    struct bytes note;        // its text
    struct intake intake;
    struct commit commit;
    struct signing signing;
    struct held held; // of an order under mandates
    struct found_work found;
    uint64_t replayed;     // REPLAY: how far the vault was told; size + 1: to its end
    struct query live;     // LIVE: the open query
    uint64_t last_outcome; // its record; none when !has_outcome
    bool has_outcome;
    struct hash last_state; // which it names
    struct hash told;       // the state that the keeper was told last
    struct copies copies;   // of the message that is being handled
    uint64_t serial;        // the last id the vault was asked under
};

typedef enum err ledger_handler(struct ledger *ledger, const struct message *message);

// ---- what every part of the ledger uses ----
void ledger_to_keeper(struct ledger *ledger, const struct message *message);
void ledger_to_vault(struct ledger *ledger, const struct message *message);
uint64_t ledger_serial(struct ledger *ledger);
// Answers an ask of the keeper's. `rule` may be empty.
void ledger_refuse(struct ledger *ledger, uint64_t id, const char *rule, const char *format,
    ...) __attribute__((format(printf, 4, 5)));
// Ends the house unless `err` is OK: with the store's sentence, or what the error says.
void ledger_must(struct ledger *ledger, enum err err);
// Replaces what `bytes` holds.
void ledger_keep(struct ledger *ledger, struct bytes *bytes, struct span text);
// A neighbour said what it may not say.
_Noreturn void ledger_distrust(const char *neighbour, const char *what);
// Whether the disk takes `cost` bytes more and `reserve` stays; asked before anything is begun.
bool ledger_has_room(struct ledger *ledger, uint64_t cost, uint64_t reserve);
// Refuses an ask of the keeper's (R9) unless it does.
bool ledger_refuses_without_room(
    struct ledger *ledger, uint64_t id, uint64_t cost, uint64_t reserve);
// Reads what the log is called and its key from the first record. Ends the house when it cannot.
void ledger_know_log(struct ledger *ledger, struct span founding);
// The inclusion of a record in the newest checkpoint's tree.
void ledger_prove(struct ledger *ledger, uint64_t index, struct hash_list *out);

// ---- start.c: until the vault is up ----
ledger_handler start_seal; // VAULT_SEAL
ledger_handler start_up;   // VAULT_UP
int start_turn(struct ledger *ledger);

// ---- live.c: what is still live goes to the keeper ----
int live_turn(struct ledger *ledger);

// ---- intake.c: records from the keeper ----
ledger_handler intake_record;   // ORDER_RECORD
ledger_handler intake_appended; // VAULT_APPENDED

// ---- commit.c ----
ledger_handler commit_checkpoint; // VAULT_CHECKPOINT

// ---- sign.c: one order at a time ----
ledger_handler sign_order;   // ORDER_SIGN
ledger_handler sign_judged;  // VAULT_JUDGED
ledger_handler sign_sealed;  // VAULT_SEALED
ledger_handler sign_outcome; // VAULT_OUTCOME
// Reads an order or a frozen record into `signing`. False when it is neither.
bool sign_takes(struct ledger *ledger, struct span text);
// Whether an order for this request is on its way, and goes this way.
bool sign_has(const struct ledger *ledger, const struct hash *request, enum sign_way way);
// Whether what is to be signed is known already (R11), or about to be. That was then the answer.
bool sign_is_known(struct ledger *ledger, uint64_t id);
// The transaction that it waits for is durable.
void sign_committed(struct ledger *ledger);
// The vault would not carry it out; the keeper hears why. False when it was asked something else.
bool sign_refused(struct ledger *ledger, const struct message *refused);
// Stores the state that is to be sealed; VAULT_EXECUTE follows once it is durable.
void sign_store_state(struct ledger *ledger, struct span state);
// Appends a record, which must stand where the vault says. `out` is where that is.
void sign_append(
    struct ledger *ledger, struct span text, const struct place *said, struct place *out);
// Stores what VAULT_OUTCOME brings, which is checked but for the signatures' bytes and its place.
void sign_store_outcome(
    struct ledger *ledger, const struct message *message, const struct outcome *outcome);
// The keeper hears DONE_SIGN when the outcome is under a checkpoint.
void sign_promise(struct ledger *ledger);

// ---- mandated.c: an order under mandates; what items signed last ----
ledger_handler mandated_order;    // ORDER_MANDATED
ledger_handler mandated_reserve;  // VAULT_RESERVE
ledger_handler mandated_ask_last; // ASK_LAST
// VAULT_OUTCOME of such an order.
enum err mandated_outcome(struct ledger *ledger, const struct message *message);
// What was reserved for it is sealed: the vault is asked again.
void mandated_sealed(struct ledger *ledger);
// Forgets what is held.
void mandated_drop(struct ledger *ledger);

// ---- judgement.c: what the vault is given to judge by ----
// Asks the vault, under a new id, for what signing.order_text says: VAULT_JUDGE, VAULT_FREEZE or
// VAULT_REDO.
void judgement_ask(struct ledger *ledger, enum message_kind kind);

// ---- redo.c ----
// At start: has the order that the sealed state names carried out again, unless it has an outcome.
void sign_redo(struct ledger *ledger);

// ---- found.c ----
void found_begin(struct ledger *ledger);
ledger_handler found_keys;     // ASK_FOUND_KEYS
ledger_handler found_keys_are; // ANSWER_FOUND_KEYS
ledger_handler found_order;    // ORDER_FOUND
ledger_handler found_judged;   // VAULT_FOUND_JUDGED
ledger_handler found_sealed;   // VAULT_SEALED, of a founding
void found_committed(struct ledger *ledger);
bool found_refused(struct ledger *ledger, const struct message *refused);

// ---- ask.c: questions ----
ledger_handler ask_status;
ledger_handler ask_list;
ledger_handler ask_show;
ledger_handler ask_records;
ledger_handler ask_prove;
ledger_handler ask_extend;
ledger_handler ask_blob;

#endif
