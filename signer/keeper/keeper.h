// The keeper: judges. It owns nothing and computes; what it knows is charter, state and docket,
// each of which came from the ledger with proof.
#ifndef CONCLAVE_SIGNER_KEEPER_KEEPER_H
#define CONCLAVE_SIGNER_KEEPER_KEEPER_H

#include "policy/charter.h"
#include "policy/state.h"
#include "signer/corridor/room.h"
#include "signer/keeper/docket.h"
#include "signer/keeper/errand.h"
#include "signer/keeper/founding.h"
#include "signer/keeper/hearing.h"

// An ask about a request whose record is on its way; it is heard when that has come back.
struct parked {
    bool used;
    struct message ask; // its signature is the one below
    uint8_t signature[KEY_SIGNATURE_MOST];
};

struct keeper {
    struct room room;
    enum stage stage;
    unsigned gate; // how many gates there have been
    struct charter *charter;
    struct state *state;
    struct hash appliance;
    struct docket *docket;
    struct errands errands;
    size_t promised; // bytes that the ledger may still answer what this gate asked
    struct parked parked[LIMIT_CREDITS];
    struct draft draft; // while founding
    bool signing;       // an order is in flight: one at a time
    bool hearing_anew;  // a request is being heard anew: one at a time
    // Hearings that lack bytes, in order: only the first one's are asked for, so that what comes
    // back is bounded whatever clients ask for at the same time (R20).
    struct hearing *line;
    moment swept; // when expired requests were last looked for
};

// ---- say.c: what every part of the keeper uses ----
struct asker keeper_asker(const struct keeper *keeper, const struct message *ask);
// Sends an answer to whoever asked, if the gate that asked is still there.
enum err must_check keeper_answer(
    struct keeper *keeper, const struct asker *asker, struct message *answer);
enum err must_check keeper_accept(struct keeper *keeper, const struct asker *asker,
    const struct hash *request, const struct place *place, enum fate fate);
enum err must_check keeper_refuse(struct keeper *keeper, const struct asker *asker,
    const struct refusal *refusal, bool known);
// The same, after the refusal has become a record, since `from` is a known person's key (R17).
enum err must_check keeper_refuse_known(struct keeper *keeper, const struct asker *asker,
    const struct hash *request, const struct hash *from, const struct refusal *refusal);
// A new errand; running out of them is fatal for the gate that lets too much in (ERR_LIMIT).
enum err must_check keeper_errand(
    struct keeper *keeper, enum errand_kind kind, struct errand **out);
// Sends the errand's record (its `text`) with blobs to the ledger.
enum err must_check keeper_record(
    struct keeper *keeper, struct errand *errand, const struct span_list *blobs);
// The ledger is a neighbour: what cannot be said to it ends the process.
enum err must_check keeper_to_ledger(struct keeper *keeper, struct message *message);
struct hearing_house keeper_house(const struct keeper *keeper);

// ---- ask.c, ask_decide.c, ask_found.c: what clients ask ----
enum err must_check keeper_from_gate(void *context, const struct message *message);
// An ask about an entry that is no longer busy.
enum err must_check keeper_hear_parked(struct keeper *keeper, const struct hash *request);
enum err must_check keeper_park(
    struct keeper *keeper, const struct message *ask, struct span signature);
enum err must_check ask_decide(struct keeper *keeper, const struct message *ask);
enum err must_check ask_withdraw(struct keeper *keeper, const struct message *ask);
enum err must_check ask_found_keys(struct keeper *keeper, const struct message *ask);
enum err must_check ask_found_charter(struct keeper *keeper, const struct message *ask);
enum err must_check ask_found_show(struct keeper *keeper, const struct message *ask);
enum err must_check ask_found_sign(struct keeper *keeper, const struct message *ask);

// ---- answer.c: what the ledger answers ----
enum err must_check keeper_from_ledger(void *context, const struct message *message);

// ---- hear.c: hearings on their way ----
enum err must_check keeper_hear(struct keeper *keeper, struct hearing *hearing);
enum err must_check keeper_hear_want(
    struct keeper *keeper, struct errand *errand, const struct message *answer);
enum err must_check keeper_hear_text(
    struct keeper *keeper, struct errand *errand, const struct message *answer);
enum err must_check keeper_hear_opened(
    struct keeper *keeper, struct errand *errand, const struct message *answer);

// ---- desk.c: what becomes of an entry ----
// Looks at one entry that is not busy: order when complete, end when impossible or expired, hear
// anew when stale.
enum err must_check desk_look(struct keeper *keeper, struct docket_entry *entry);
enum err must_check desk_look_all(struct keeper *keeper);
// The same for those that time or another order may have changed; reads no other record.
enum err must_check desk_sweep(struct keeper *keeper);
enum err must_check desk_end(struct keeper *keeper, struct docket_entry *entry,
    const struct asker *asker, enum ending how, const struct refusal *why);
// The answers to a decision record, an ended record and an order.
enum err must_check desk_decided(
    struct keeper *keeper, struct errand *errand, const struct message *answer);
enum err must_check desk_ended(
    struct keeper *keeper, struct errand *errand, const struct message *answer);
enum err must_check desk_signed(
    struct keeper *keeper, struct errand *errand, const struct message *answer);
enum err must_check desk_order_refused(
    struct keeper *keeper, struct errand *errand, const struct message *answer);
// Marks the entry stale when an item's previous payload is not the role's last.
enum err must_check desk_check_stale(struct keeper *keeper, struct docket_entry *entry);

// ---- start.c ----
// Takes the replay until LIVE_END; ends the process on anything that does not hold.
void keeper_start(struct keeper *keeper);
enum err must_check keeper_note_start(struct keeper *keeper);

#endif
