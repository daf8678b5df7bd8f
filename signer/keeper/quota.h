// Quotas (R17): what each key has asked for on the running day, counted in UTC. What goes over it
// leaves no record, but is counted, and one record a day says how often. Pure.
//
// A record is charged when the ask comes in, and given back when none was made: so what is on its
// way counts already. Nothing of this is kept anywhere else: at a start the running day's counts
// begin anew.
#ifndef CONCLAVE_SIGNER_KEEPER_QUOTA_H
#define CONCLAVE_SIGNER_KEEPER_QUOTA_H

#include "policy/charter.h"
#include "proto/record.h"

// Everybody whom a charter can name, and as many again who stood in another one that day.
enum { QUOTA_KEYS_MOST = 2 * (LIMIT_ADMINISTRATORS + LIMIT_REQUESTERS) };

struct usage {
    struct hash key;
    uint64_t bytes;
    uint64_t records;
    uint64_t over;                // asks that went over
    char why[LIMIT_SENTENCE + 1]; // of the first of them
};

struct quotas {
    int64_t day; // since 1970
    struct usage at[QUOTA_KEYS_MOST];
    size_t count;
};

// Whether the day that is counted is over.
bool quotas_is_over(const struct quotas *quotas, moment now);
// Begins to count the day of `now`.
void quotas_begin(struct quotas *quotas, moment now);
// Forgets keys that the charter does not know and that went over nothing.
void quotas_keep(struct quotas *quotas, const struct charter *charter);

// What is asked for: that many bytes to be kept, one record; and, where `opens`, one more request
// beside the `open` ones.
struct quota_ask {
    bool opens;
    uint64_t open;
    uint64_t bytes;
};
// Charges the asker's key. ERR_REFUSED with R17 when that would go over its quota: nothing is
// charged then, and it is counted.
enum err must_check quotas_charge(struct quotas *quotas, const struct asking *asking,
    const struct quota_ask *ask, struct refusal *refusal);
// Gives back what was not used after all.
void quotas_return(
    struct quotas *quotas, const struct hash *key, uint64_t bytes, uint64_t records);
// The record about a key that went over; false when it did not.
bool quotas_record(const struct usage *usage, moment now, struct quota_record *out);

#endif
