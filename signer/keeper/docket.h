// The docket: the open requests, as a fold over the ledger's records. The same function applies a
// record that has just become durable and one that is replayed at start, so that what the keeper
// knows never depends on how it came to know it.
//
// A request that was signed stays for as long as custodians may add signatures (R12): its outcome
// says that some are missing. Whoever asks is told that it is signed; the docket keeps it for the
// approvals that come later.
//
// Memory: an entry keeps the opened record's text (what it has, not what it could have) and its
// votes; at most LIMIT_OPEN entries. Entries stay where they are until they end.
#ifndef CONCLAVE_SIGNER_KEEPER_DOCKET_H
#define CONCLAVE_SIGNER_KEEPER_DOCKET_H

#include "policy/decide.h"
#include "proto/record.h"

struct docket_entry {
    struct hash request;
    struct hash requester; // the key
    char person[LIMIT_NAME +
                1];      // behind it; empty: the charter does not know the key (any more)
    enum motion motion;  // MOTION_NONE: metadata
    struct place opened; // the newest opening
    struct bytes text;   // its record
    moment earliest;
    moment expires;
    struct vote *votes;     // approvals of this opening; rejections of any (R4)
    uint64_t *vote_records; // the record of each vote
    size_t vote_count;
    bool is_signed;       // and custodians may add signatures
    struct place outcome; // then: the newest one
    // What the keeper makes of it; no record says so.
    bool busy;   // a record or an order of this request is on its way
    bool waits;  // an order is due, and waits for its turn, its time or the vault
    bool due;    // it is to be looked at again: its end was not taken
    bool stale;  // what it was built on has moved: to be judged anew, or (signed) closed
    bool frozen; // a freeze in force stops it
    int64_t
        tried; // when the last order was given that had to wait, in the caller's clock; 0: never
};

struct docket;

struct docket *docket_new(void); // NULL without memory
void docket_free(struct docket *docket);

size_t docket_count(const struct docket *docket);
struct docket_entry *docket_at(struct docket *docket, size_t index); // in order of request ids
struct docket_entry *docket_find(struct docket *docket, const struct hash *request);
// How many requests of this key are open (R17): signed ones are not.
size_t docket_open_by(const struct docket *docket, const struct hash *requester);
// Looks up the person behind each request in a new charter.
void docket_find_people(struct docket *docket, const struct charter *charter);

// Applies one record at its place. An opened record makes an entry or opens one anew (approvals
// of the old opening go, rejections stay); one whose requester the charter does not know makes an
// entry that is stale, so that it ends. A decision over the newest opening is a vote. An ended
// record removes the entry; so does an outcome, unless signatures are missing: then the entry is
// signed. Other kinds, and outcomes of freezes, say nothing here. ERR_FORM for a record that does
// not read or fits no entry, ERR_LIMIT, ERR_MEMORY.
enum err must_check docket_apply(struct docket *docket, const struct charter *charter,
    const struct place *place, struct span record);

// Reads the entry's opened record.
enum err must_check docket_opened(const struct docket_entry *entry, struct opened *out);
// The votes over an opened record that docket_opened has read.
struct ballot docket_ballot(const struct docket_entry *entry, const struct charter *charter,
    const struct opened *opened);

#endif
