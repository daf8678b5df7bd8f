// What may be in flight behind the gate, for all clients and for one (LIMIT_CREDITS, LIMIT_FLIGHT).
//
// Every ask in flight holds one credit until its answer has been written to the client's socket.
// A credit pays for a small ask (BUDGET_ASK) and a small answer (BUDGET_ANSWER); what is larger
// holds its bytes besides: a large ask from the moment its length is known until it is answered, a
// large answer from when it is asked for until it is written. What does not fit waits, in order.
// Asks never wait while they hold what an answer needs, so no two can wait for each other.
#ifndef CONCLAVE_SIGNER_GATE_BUDGET_H
#define CONCLAVE_SIGNER_GATE_BUDGET_H

#include "proto/frame.h"
#include "proto/message.h"

enum {
    // All asks but a request with its payloads, a charter and wishes; also what a client's
    // connection buffers for nothing, so LIMIT_CLIENTS of them are 16 MiB.
    BUDGET_ASK = 16 * 1024,
    // A dossier: three records, LIMIT_DECISIONS short ones, two paths and a checkpoint.
    BUDGET_ANSWER = 352 * 1024,
    // Two of the largest frames.
    BUDGET_ASKS = 2 * FRAME_MOST,
    BUDGET_ANSWERS = LIMIT_FLIGHT - LIMIT_CREDITS * (BUDGET_ASK + BUDGET_ANSWER) - BUDGET_ASKS,

    // One client's share: a quarter of the credits, so that four busy ones do not wait for each
    // other, and one large ask and about half of the large answers.
    SHARE_CREDITS = LIMIT_CREDITS / 4,
    SHARE_ASKS = FRAME_MOST,
    SHARE_ANSWERS = 2 * (LIMIT_PAYLOAD + 1024),
};

// An amount, used or needed.
struct use {
    uint32_t credits;
    size_t asks;    // bytes of large asks
    size_t answers; // bytes of large answers
};

// Invariant: used is the sum of what was taken and not given back, and within the limits.
struct budget {
    struct use used;
    struct use refused; // in this round: not zero where somebody waits already
};

// A new round: whoever waits longest asks first. Within a round, once something was refused for
// all, nobody behind gets of it.
void budget_round(struct budget *budget);
// Whether there is a credit left at all.
bool budget_has_credit(const struct budget *budget);
// Takes all of `need` or nothing. `share` is what the client holds.
bool budget_take(struct budget *budget, struct use *share, const struct use *need);
// Gives back. `share` is NULL when the client is gone.
void budget_give(struct budget *budget, struct use *share, const struct use *back);

// What an ask of this kind needs besides its own bytes: a credit, and what its answer can be at
// most where that is large.
struct use budget_need(enum message_kind ask);
// The same in plain bytes: the largest frame that can answer it.
size_t budget_answer_most(enum message_kind ask);

#endif
