// The review: an administrator's own tool recomputes everything that an opened record says, before
// anybody signs (R3, R4, R14). It fetches charter, payloads, evidence and previous payloads by
// hash, verifies the requester's signature, judges every payload again, renders the request
// itself, and writes the opened record anew: the record under review must be these bytes.
//
// What the review cannot know it takes from the record: its time, and the requester's signature
// (which it verifies).
#ifndef CONCLAVE_CLIENT_REVIEW_H
#define CONCLAVE_CLIENT_REVIEW_H

#include "client/house.h"
#include "client/source.h"
#include "proto/statement.h"

// What a review is held against. All borrowed.
struct review_case {
    const struct key *log;         // pinned at enrolment
    const struct charter *charter; // verified (house_load), as its text and the state
    struct span charter_text;
    const struct state *state;
    const struct source *source;
    moment now;
};

struct review {
    struct request request;
    struct opened opened;
    struct place place;     // of the opened record: what an approval binds
    bool is_signed;         // already: custodians may still add their keys' signatures (R12)
    struct bytes rendering; // the words to show before anybody signs
    struct asking asking;   // who asked, in the charter
};

// A review is large and lives on the heap: NULL without memory.
struct review *review_new(void);
void review_free(struct review *review); // takes NULL

// Reviews the dossier of the request `id` (whose inclusion proof conclave_dossier has verified).
// The dossier's spans are used up before the source is asked for anything. ERR_SIGNATURE:
// something recomputed differs, and nobody should sign. ERR_REFUSED: the request has expired, or was
// opened at a time that this machine's clock has not reached (R13). ERR_NOT_FOUND: there is no
// opened record. ERR_AGAIN: the record does not build on what its roles signed last, or was opened
// under another charter or before the time was set back, as happens for a moment when something was
// carried out and this request is about to be opened anew; whoever sees it for longer should not
// sign.
enum err must_check review_run(const struct review_case *held, const struct hash *id,
    const struct message *dossier, struct review *out, struct refusal *refusal);

#endif
