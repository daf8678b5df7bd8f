// Intake: records from the keeper on their way into the log. Each is held in memory until the vault
// has appended its leaf; then it is inserted, in exactly the vault's order.
#ifndef CONCLAVE_SIGNER_LEDGER_INTAKE_H
#define CONCLAVE_SIGNER_LEDGER_INTAKE_H

#include "signer/base/hash.h"
#include "signer/ledger/copies.h"

#include "proto/record.h"

// A stored blob on its way.
struct piece {
    struct hash hash;
    struct span bytes;
};

struct pending {
    struct pending *next;
    uint64_t id;    // what the vault is asked under
    uint64_t asker; // the keeper's id
    enum record_kind kind;
    bool about;
    struct hash request;
    uint64_t cost; // bytes that the disk must have free for it
    struct span text;
    struct copies copies; // of text and pieces
    uint32_t piece_count;
    struct piece pieces[];
};

enum {
    // An outcome can have the keeper open every other open request anew at once, while every
    // credit of the gate brings a record of its own. More is a keeper that does not listen.
    INTAKE_MOST = LIMIT_OPEN + 8 * LIMIT_CREDITS,
};

struct intake {
    struct pending *first, *last;
    size_t count;
    uint64_t cost; // of all of them
};

struct ledger;

// The vault would not append a record; the keeper hears why. False when nobody asked under `id`.
bool intake_refused(struct ledger *ledger, uint64_t id, const struct message *refused);
// Whether a record that opens this request, ends it, or refuses it, is on its way.
bool intake_opens(const struct ledger *ledger, const struct hash *request);
bool intake_ends(const struct ledger *ledger, const struct hash *request);
bool intake_refuses(const struct ledger *ledger, const struct hash *request);

#endif
