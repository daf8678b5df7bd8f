// A parcel: all signatures of one request. Custodians who approve later add theirs with an outcome of
// their own (R12), which names the one before it by place: so the newest, which is proven to be in
// the log, vouches for all.
//
// What was signed under mandates was never opened: its items are those of the request's exact text, each
// is signed, and signatures are held against the charter in force now, for the log does not say at hand
// which one was then.
#ifndef CONCLAVE_ADMIN_CLI_PARCEL_H
#define CONCLAVE_ADMIN_CLI_PARCEL_H

#include "admin-cli/inquiry.h"

// Each outcome behind the first is another custodian's.
enum { PARCEL_OUTCOMES = 1 + LIMIT_ADMINISTRATORS };

struct parcel {
    struct opened opened; // of no use when it was never opened
    struct item items[LIMIT_ITEMS];
    size_t item_count;
    bool by_mandate;
    struct charter *charter; // that it was opened under, or by mandate: that in force
    // In the order of the items; an item's lines ascend by key, none twice.
    struct outcome_signature lines[LIMIT_SIGNATURES];
    size_t line_count;
    struct proven outcomes[PARCEL_OUTCOMES]; // newest first
    size_t outcome_count;
    char done[LIMIT_ROLE_NAME + 1]; // a motion was carried out: there are no signatures
    uint64_t done_number;
};

// A parcel is large and lives on the heap: NULL without memory.
struct parcel *parcel_new(void);
void parcel_free(struct parcel *parcel); // takes NULL

// Reads the inquiry's dossier, which must say that the request is signed, and fetches the outcomes
// before its end. ERR_FORM, ERR_SIGNATURE, and what the appliance says.
enum err must_check parcel_read(struct parcel *parcel, struct cli *cli,
    const struct inquiry *inquiry, struct refusal *refusal);
// The payload that a line is for, appended, and the dialect of its repository. ERR_SIGNATURE: the request
// has no such payload.
enum err must_check parcel_payload(const struct parcel *parcel, struct cli *cli,
    const struct outcome_signature *line, struct bytes *payload, struct refusal *refusal);
enum dialect parcel_dialect(const struct parcel *parcel, const struct outcome_signature *line);
// The key of a line, and its signature's bytes, verified over the payload's here again (R8).
// ERR_SIGNATURE.
enum err must_check parcel_signature(const struct parcel *parcel, struct cli *cli,
    const struct outcome_signature *line, const struct key **key, struct bytes *signature,
    struct refusal *refusal);

#endif
