// The keeper: judges. It owns nothing and computes; what it knows is charter, state and docket,
// each of which came from the ledger with proof.
#ifndef CONCLAVE_SIGNER_KEEPER_KEEPER_H
#define CONCLAVE_SIGNER_KEEPER_KEEPER_H

#include "metadata/mandated.h"
#include "policy/charter.h"
#include "policy/state.h"
#include "signer/corridor/room.h"
#include "signer/keeper/docket.h"
#include "signer/keeper/errand.h"
#include "signer/keeper/founding.h"
#include "signer/keeper/hearing.h"
#include "signer/keeper/quota.h"
#include "signer/keeper/watch.h"

// An ask about a request whose record is on its way; it is heard when that has come back.
struct parked {
    bool used;
    struct message ask; // its signature is the one below
    uint8_t signature[KEY_SIGNATURE_MOST];
};

// A freeze that waits until no order is in flight: the state that it is judged by may move.
struct freezing {
    struct freezing *next;
    struct asker asker;
    struct bytes statement; // conclave.freeze/v1
    struct bytes signature;
};

// Requests under mandates (metadata/mandated.h) stand in a line of their own. Only the first is at work,
// and nothing else goes through ledger and vault meanwhile.
struct mandates {
    struct hearing *line;
    size_t count;
    size_t bytes;                // that they hold
    bool at_work;                // the first is
    struct mandated_names names; // its names
    struct state *lasts;         // what they signed last
    struct hearing_past past;
};

struct keeper {
    struct room room;
    enum stage stage;
    unsigned gate; // how many gates there have been
    struct charter *charter;
    struct bytes charter_text;
    struct state *state;
    struct hash told; // its text's hash
    struct hash appliance;
    struct docket *docket;
    struct errands errands;
    struct quotas quotas;
    struct watch watch;
    size_t promised; // bytes that the ledger may still answer what this gate asked
    struct parked parked[LIMIT_CREDITS];
    struct freezing *freezings; // in order; before any other order
    struct draft draft;         // while founding
    bool signing;      // an order, a freeze or a request under mandates is: one at a time
    int64_t put_off;   // when an order last had to wait, in milliseconds; 0: never
    bool hearing_anew; // a request is being heard anew: one at a time
    bool stopping;     // the house stops: nothing new is begun
    bool stop_noted;   // its stop is on its way to the log: no record follows
    // Hearings that lack bytes, in order: only the first one's are asked for, so that what comes
    // back is bounded whatever clients ask for at the same time (R20).
    struct hearing *line;
    struct hearing *openings; // whose opened record is on its way
    struct mandates mandates;
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
// A new errand; running out of them is fatal for the gate that lets too much in (ERR_LIMIT).
enum err must_check keeper_errand(
    struct keeper *keeper, enum errand_kind kind, struct errand **out);
// Sends the errand's record (its `text`) with blobs to the ledger.
enum err must_check keeper_record(
    struct keeper *keeper, struct errand *errand, const struct span_list *blobs);
// The ledger is a neighbour: what cannot be said to it ends the process.
enum err must_check keeper_to_ledger(struct keeper *keeper, struct message *message);
struct hearing_house keeper_house(const struct keeper *keeper);

// ---- refuse.c: refusals that become records, since a known person asked (R17) ----
// Of a statement about a request; `request` is none for one that is about no request, or is to be
// asked again. Charged to the quota of `from`: when that is used up, the refusal is R17's.
enum err must_check refuse_statement(struct keeper *keeper, const struct asker *asker,
    const struct hash *request, const struct hash *from, const struct refusal *refusal);
// Of a submission whose quota was charged; its bytes are given back, and the record too if there
// is none after all.
enum err must_check refuse_hearing(
    struct keeper *keeper, const struct hearing *hearing, const struct refusal *refusal);
// The ledger's answers to the record.
enum err must_check refuse_recorded(
    struct keeper *keeper, struct errand *errand, const struct message *answer);

// ---- time.c: the clock (R13) ----
bool keeper_has_time(const struct keeper *keeper);
// The same for something that is not a motion of the time: ERR_REFUSED with what to do.
enum err must_check time_check(
    const struct keeper *keeper, enum motion motion, struct refusal *refusal);
// Looks at the clock, once a second: notes that it was set, and that waiting for time begins or
// ends.
enum err must_check time_watch(struct keeper *keeper);
// Milliseconds of a clock that nobody sets; never 0.
int64_t time_steady_ms(void);

// ---- note.c: what the keeper records of its own accord ----
enum err must_check note_start(struct keeper *keeper, struct span programs);
enum err must_check note_gate(struct keeper *keeper);
enum err must_check note_clock(struct keeper *keeper, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
enum err must_check note_stop(struct keeper *keeper);
// What went over somebody's quota; then the day of the clock begins.
enum err must_check note_quotas(struct keeper *keeper);

// ---- ask.c, ask_decide.c, ask_found.c: what clients ask ----
enum err must_check keeper_from_gate(void *context, const struct message *message);
// An ask about an entry that is no longer busy.
enum err must_check keeper_hear_parked(struct keeper *keeper, const struct hash *request);
enum err must_check keeper_park(
    struct keeper *keeper, const struct message *ask, struct span signature);
// The last record is on its way: whatever were begun now would not be told.
enum err must_check keeper_refuse_stopping(struct keeper *keeper, const struct asker *asker);
enum err must_check ask_submit(struct keeper *keeper, const struct message *ask);
enum err must_check ask_decide(struct keeper *keeper, const struct message *ask);
enum err must_check ask_withdraw(struct keeper *keeper, const struct message *ask);
enum err must_check ask_found_keys(struct keeper *keeper, const struct message *ask);
enum err must_check ask_found_charter(struct keeper *keeper, const struct message *ask);
enum err must_check ask_found_show(struct keeper *keeper, const struct message *ask);
enum err must_check ask_found_sign(struct keeper *keeper, const struct message *ask);

// ---- ask_freeze.c: freezes, which need no quorum and go before any order ----
enum err must_check ask_freeze(struct keeper *keeper, const struct message *ask);
// Judges those that wait, until one of them, or an order, is in flight.
enum err must_check freeze_next(struct keeper *keeper);
// A gate is gone: nobody waits for what it asked.
void freeze_forget(struct keeper *keeper);
// The ledger's answers to a freeze: it is in the log already; it was refused. (DONE_SIGN is an
// order's.)
enum err must_check freeze_known(
    struct keeper *keeper, struct errand *errand, const struct message *answer);
enum err must_check freeze_refused(
    struct keeper *keeper, struct errand *errand, const struct message *answer);

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
// Asks the ledger for what the hearing lacks, a few at a time.
enum err must_check keeper_ask_wants(struct keeper *keeper, struct hearing *hearing);
// Its opened record has been answered.
void keeper_hear_no_more(struct keeper *keeper, const struct hearing *hearing);

// ---- mandated.c: requests under mandates ----
// Whether there is no room for one more of these bytes.
bool mandated_is_full(const struct keeper *keeper, const struct hearing *hearing);
// Takes the hearing over, behind all others.
enum err must_check mandated_join(struct keeper *keeper, struct hearing *hearing);
// Begins with the first, unless something is in flight.
enum err must_check mandated_next(struct keeper *keeper);
// The first has what was asked for, and goes on.
enum err must_check mandated_goes_on(struct keeper *keeper);
// The house stops: those that wait are told so.
enum err must_check mandated_stop(struct keeper *keeper);
// The ledger's answers: what its roles signed last; it has a fate already (R11); it is signed; it is
// refused.
enum err must_check mandated_lasts(
    struct keeper *keeper, struct errand *errand, const struct message *answer);
enum err must_check mandated_known(
    struct keeper *keeper, struct errand *errand, const struct message *answer);
enum err must_check mandated_signed(
    struct keeper *keeper, struct errand *errand, const struct message *answer);
enum err must_check mandated_refused(
    struct keeper *keeper, struct errand *errand, const struct message *answer);

// ---- desk.c: what becomes of an entry ----
// Looks at one entry that is not busy: order when complete, end when impossible or expired, hear
// anew when stale. Without time nothing ends, and nothing is heard anew.
enum err must_check desk_look(struct keeper *keeper, struct docket_entry *entry);
enum err must_check desk_look_all(struct keeper *keeper);
// The same for those that time or another order may have changed; reads no other record.
enum err must_check desk_sweep(struct keeper *keeper);
enum err must_check desk_end(struct keeper *keeper, struct docket_entry *entry,
    const struct asker *asker, enum ending how, const struct refusal *why);
// The answers to a decision record and an ended record.
enum err must_check desk_decided(
    struct keeper *keeper, struct errand *errand, const struct message *answer);
enum err must_check desk_ended(
    struct keeper *keeper, struct errand *errand, const struct message *answer);
// Marks the entry stale when what it was opened under is no longer in force: another charter, a
// time that was set back behind it, an item that builds on what is no longer the last, a key that
// signs no more, another rendering as long as its quorum is not complete.
enum err must_check desk_check_stale(struct keeper *keeper, struct docket_entry *entry);
// Whether a freeze in force stops it.
enum err must_check desk_check_frozen(struct keeper *keeper, struct docket_entry *entry);
// Goes on with the next one that is to be heard anew, when one has been.
enum err must_check desk_hear_next(struct keeper *keeper);
// The fate of a request is known now: the gate hears it.
enum err must_check desk_say_moved(struct keeper *keeper, const struct hash *request);

// ---- order.c: orders, one at a time ----
// Gives the next order that is due, unless one is in flight. Freezes go first; then what a quorum
// approved, of that what was not tried yet; then requests under mandates: so no flood of them keeps a
// charter change away. What had to wait is given again once a second at most.
enum err must_check order_next(struct keeper *keeper);
// The answers to an order; the first also to a freeze.
enum err must_check order_signed(
    struct keeper *keeper, struct errand *errand, const struct message *answer);
enum err must_check order_refused(
    struct keeper *keeper, struct errand *errand, const struct message *answer);
// Refusals that pass without anybody's doing anything to the request: the disk is full (R9), the
// clock is wrong (R13), a rate is used up (R17).
bool order_waits(const struct message *refused);

// ---- sealed.c: what was sealed last: state and charter ----
// Takes what an outcome says is sealed now: the state that came along, or the one told last. The docket
// is held against another one, but when only `numbers` of mandates were reserved. ERR_FORM when it is
// not what the outcome names.
enum err must_check sealed_take(
    struct keeper *keeper, const struct message *answer, bool numbers);

// ---- start.c ----
// Takes the replay until LIVE_END; ends the process on anything that does not hold.
void keeper_start(struct keeper *keeper);

#endif
