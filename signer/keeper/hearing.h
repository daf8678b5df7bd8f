// A hearing: one request on its way to its opened record. It collects, by hash, every byte that
// the judgement needs (payloads and evidence; what the roles signed last; the repositories'
// roots), and then judges and renders in one pure step. A request that was opened before is heard
// anew in the same way, all its bytes coming from the ledger.
#ifndef CONCLAVE_SIGNER_KEEPER_HEARING_H
#define CONCLAVE_SIGNER_KEEPER_HEARING_H

#include "policy/charter.h"
#include "policy/state.h"
#include "proto/message.h"
#include "proto/refusal.h"
#include "signer/keeper/errand.h"

// A blob the hearing needs.
struct want {
    struct hash hash;
    struct bytes bytes;
    bool asked;
    bool here;
    bool given; // came with the request, so the ledger has yet to store it
};

// Each item: payload, previous payload, the repository's root; and the evidence.
enum { WANTS_MOST = 3 * LIMIT_ITEMS + LIMIT_ITEMS };
// So many are asked for at a time, 64 MiB at most: beside all that the gate lets be answered they
// fit into a channel's buffer (CHANNEL_MOST).
enum { HEARING_WANTS = 8 };
// All bytes of one hearing: its own, and as much again twice of what it replaces.
enum { HEARING_BYTES = 3 * LIMIT_REQUEST_BYTES };

struct hearing {
    struct hearing *next; // behind it in the keeper's line
    bool in_line;
    struct asker asker;
    bool anew; // the request is in the docket already
    struct hash id;
    struct bytes text; // conclave.request/v1
    struct hash requester;
    struct bytes signature;
    struct request request; // read from text
    struct want wants[WANTS_MOST];
    size_t want_count;
    size_t missing;
    size_t bytes; // of the wants that are here
    size_t asked; // and not here yet
};

// What a hearing is held against. Borrowed.
struct hearing_house {
    const struct charter *charter;
    const struct state *state;
    struct hash appliance;
    moment now;
};

// Copies text, signature and blobs. NULL without memory.
struct hearing *hearing_new(
    struct span text, struct span signature, const struct span_list *blobs);
void hearing_free(struct hearing *hearing); // takes NULL

// Form, requester, signature: what must hold before the requester is known. ERR_REFUSED.
enum err must_check hearing_identify(
    struct hearing *hearing, const struct hearing_house *house, struct refusal *refusal);
// Everything that can be said before any other byte is here: appliance, expiry, roles, and that
// exactly the named blobs came along. ERR_REFUSED.
enum err must_check hearing_prepare(
    struct hearing *hearing, const struct hearing_house *house, struct refusal *refusal);

// Lists what the judgement needs beyond what the request names. Called again before judging: what
// was signed meanwhile may have moved a role's last payload. ERR_LIMIT.
enum err must_check hearing_list(struct hearing *hearing, const struct hearing_house *house);
// The next blob to ask for; NULL when all are asked for. Marks it asked.
struct want *hearing_next(struct hearing *hearing);
// Takes a blob that arrived; a wrong hash is ERR_FORM.
enum err must_check hearing_fill(struct hearing *hearing, size_t want, struct span bytes);
bool hearing_complete(const struct hearing *hearing);
// Whether it holds more than HEARING_BYTES: then it is refused, and nothing more is asked for.
bool hearing_is_large(const struct hearing *hearing);

// Judges every item, renders, and appends the opened record. ERR_REFUSED, ERR_LIMIT, ERR_MEMORY.
enum err must_check hearing_judge(const struct hearing *hearing,
    const struct hearing_house *house, struct bytes *opened, struct refusal *refusal);
// Forgets what was fetched for the judgement: the ledger has it.
void hearing_forget(struct hearing *hearing);
// The blobs that the ledger has to store with the record. Borrowed.
void hearing_blobs(const struct hearing *hearing, struct span_list *out);

#endif
