// The docket: the open requests, as a fold over the ledger's records. The same function applies a
// record that has just become durable and one that is replayed at start, so that what the keeper
// knows never depends on how it came to know it.
//
// Memory: an entry keeps the opened record's text (what it has, not what it could have) and its
// votes; at most LIMIT_OPEN entries. Entries stay where they are until they end.
#ifndef CONCLAVE_SIGNER_KEEPER_DOCKET_H
#define CONCLAVE_SIGNER_KEEPER_DOCKET_H

#include "policy/decide.h"
#include "proto/record.h"

struct docket_entry {
    struct hash request;
    struct place opened;         // the newest opening
    struct bytes text;           // its record
    char person[LIMIT_NAME + 1]; // behind the requester
    moment expires;
    struct vote *votes;     // approvals of this opening; rejections of any (R4)
    uint64_t *vote_records; // the record of each vote
    size_t vote_count;
    bool busy;  // a record or an order of this request is on its way
    bool waits; // its quorum is complete, and it waits for its turn, its time or the vault
    bool stale; // built on a payload that is no longer the last: to be judged anew
};

struct docket;

struct docket *docket_new(void); // NULL without memory
void docket_free(struct docket *docket);

size_t docket_count(const struct docket *docket);
struct docket_entry *docket_at(struct docket *docket, size_t index); // in order of request ids
struct docket_entry *docket_find(struct docket *docket, const struct hash *request);

// Applies one record at its place. An opened record makes an entry or opens one anew (approvals
// of the old opening go, rejections stay); a decision over the newest opening is a vote; ended and
// outcome remove the entry; other kinds say nothing here. ERR_FORM for a record that does not read
// or fits no entry, ERR_LIMIT, ERR_MEMORY.
enum err must_check docket_apply(struct docket *docket, const struct charter *charter,
    const struct place *place, struct span record);

// Reads the entry's opened record.
enum err must_check docket_opened(const struct docket_entry *entry, struct opened *out);
// The votes over an opened record that docket_opened has read.
struct ballot docket_ballot(const struct docket_entry *entry, const struct charter *charter,
    const struct opened *opened);

#endif
