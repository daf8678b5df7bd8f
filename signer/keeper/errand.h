// Errands: what was asked of the ledger, and for whom. The id under which the ledger is asked
// names the errand; its answer takes the errand out again. A fixed number, so nothing grows.
#ifndef CONCLAVE_SIGNER_KEEPER_ERRAND_H
#define CONCLAVE_SIGNER_KEEPER_ERRAND_H

#include "proto/message.h"
#include "proto/refusal.h"
#include "signer/keeper/quota.h"

struct hearing;

enum errand_kind {
    ERRAND_NONE = 0,
    ERRAND_RELAY,    // a client's question; the answer goes back as it is
    ERRAND_TEXT,     // the text of a request that is to be heard anew
    ERRAND_WANT,     // a hearing's blob
    ERRAND_OPEN,     // a hearing's opened record
    ERRAND_DECIDE,   // a decision record
    ERRAND_END,      // an ended record
    ERRAND_REFUSE,   // a refused record; the refusal goes to the client once it stands
    ERRAND_NOTE,     // a start, gate, clock or quota record; nobody waits
    ERRAND_STOP,     // the stop record; the keeper ends with it
    ERRAND_SIGN,     // the order
    ERRAND_FREEZE,   // a freeze, in an order's place
    ERRAND_LAST,     // what the roles of a request under mandates signed last
    ERRAND_MANDATED, // its order
    ERRAND_FOUND_KEYS,
    ERRAND_FOUND,
    ERRAND_KINDS
};

// A client's ask that waits for its answer.
struct asker {
    bool waits; // false: nobody does
    uint64_t id;
    unsigned gate; // which gate asked: a new gate knows nothing of the old one's asks
};

struct errand {
    enum errand_kind kind;
    uint64_t id;
    struct asker asker;
    struct hash request;
    struct hearing *hearing; // WANT, OPEN, LAST, MANDATED
    size_t want;             // WANT
    size_t promised;         // RELAY: what its answer can have in bytes
    struct bytes text;       // the record that is on its way
    moment time;             // when it was sent
    struct refusal refusal;  // REFUSE
    bool submits;            // REFUSE: of a submission; else of a statement about the request
    struct hash from;        // REFUSE, FREEZE: whose it is; of REFUSE the quota was charged
};

// An open request has one at most, also when all of them expire in one second; an ask in flight
// (LIMIT_CREDITS) has one, also those of gates that are gone; a hearing has a few.
// ERRANDS_KEPT stay free of what clients ask, for the keeper's own records and orders: a gate that
// lets too much in must not keep its replacement from being noted, nor a day's quota records.
enum { ERRANDS_MOST = LIMIT_OPEN + 8 * LIMIT_CREDITS, ERRANDS_KEPT = QUOTA_KEYS_MOST + 32 };

struct errands {
    struct errand at[ERRANDS_MOST];
    size_t free; // how many are
    uint64_t serial;
};

void errands_init(struct errands *errands);
// A new errand with an id of its own; NULL when all are out.
struct errand *errands_new(struct errands *errands, enum errand_kind kind);
// The errand of an answer; NULL when there is none.
struct errand *errands_find(struct errands *errands, uint64_t id);
// Whether an errand of this kind is out.
bool errands_has(const struct errands *errands, enum errand_kind kind);
// Gives it back; its text is freed.
void errands_done(struct errands *errands, struct errand *errand);

#endif
