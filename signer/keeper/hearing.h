// A hearing: one request on its way to its opened record. It collects every byte that the
// judgement needs (signer/keeper/wants.h): payloads and evidence; what the items build on; the
// repositories' roots. Then one pure step judges, renders and opens (metadata/opening.h). A request
// that was opened before is heard anew in the same way, all its bytes coming from the ledger.
//
// A motion (proto/motion.h) is heard like metadata; but it stands alone, and an administrator may
// ask for it with the own key.
//
// A request under mandates is heard too, but not opened: what its roles signed last is asked for
// (metadata/mandated.h), and the judgement ends with its order.
#ifndef CONCLAVE_SIGNER_KEEPER_HEARING_H
#define CONCLAVE_SIGNER_KEEPER_HEARING_H

#include "policy/charter.h"
#include "policy/state.h"
#include "proto/message.h"
#include "proto/refusal.h"
#include "signer/keeper/errand.h"
#include "signer/keeper/wants.h"

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
    enum motion motion;     // of its only item; MOTION_NONE for metadata
    bool by_mandate;        // all its roles are signed under mandates
    uint64_t epoch;         // of the charter that it was identified by
    uint64_t charged;       // bytes that the requester's quota was charged for it
    struct wants wants;
};

// What a hearing is held against. Borrowed.
struct hearing_house {
    const struct charter *charter;
    struct span charter_text; // of the charter in force
    const struct state *state;
    struct hash appliance;
    moment now;
};

// Copies text, signature and blobs. NULL without memory or when they are over a limit.
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

// Once more what may have changed since: the requester when the charter is another one, and the frame.
enum err must_check hearing_again(
    struct hearing *hearing, const struct hearing_house *house, struct refusal *refusal);

// Lists what the judgement needs beyond what the request names. Called again whenever bytes have
// come, and before judging: what a lift builds on stands in its payload, and what was signed
// meanwhile may have moved a role's last payload. ERR_LIMIT.
enum err must_check hearing_list(struct hearing *hearing, const struct hearing_house *house);
bool hearing_complete(const struct hearing *hearing);
// Whether it holds more than HEARING_BYTES: then it is refused, and nothing more is asked for.
bool hearing_is_large(const struct hearing *hearing);

// Judges every item, renders, and appends the opened record; identifies the requester again when
// the charter is another one meanwhile. ERR_REFUSED, ERR_LIMIT, ERR_MEMORY.
enum err must_check hearing_judge(struct hearing *hearing, const struct hearing_house *house,
    struct bytes *opened, struct refusal *refusal);
// The same for a request under mandates.
struct hearing_past {
    const struct state *lasts; // of its items: metadata/mandated.h
    struct wants roots; // of repositories: kept from one to the next, for they seldom change
};
enum err must_check hearing_list_mandated(struct hearing *hearing,
    const struct hearing_house *house, const struct hearing_past *past);
// Keeps the roots that came for it.
enum err must_check hearing_keep_roots(const struct hearing *hearing,
    const struct hearing_house *house, struct hearing_past *past);
// Judges it and appends the order.
enum err must_check hearing_judge_mandated(struct hearing *hearing,
    const struct hearing_house *house, const struct hearing_past *past, struct bytes *order,
    struct refusal *refusal);
// The blobs that the ledger has to store with the record. Borrowed.
void hearing_blobs(const struct hearing *hearing, struct span_list *out);

#endif
