// Opening: from a request and all its bytes to the opened record and the words that people approve.
// The keeper opens requests with it and every administrator's tool computes the record again, so
// that both agree byte for byte (R4, R14). Pure.
#ifndef CONCLAVE_METADATA_OPENING_H
#define CONCLAVE_METADATA_OPENING_H

#include "policy/charter.h"
#include "policy/state.h"

// All borrowed. An item that needs no such bytes has an empty span.
struct opening_case {
    const struct charter *charter;
    struct span charter_text; // what a new charter is compared with
    const struct state *state;
    struct hash appliance;
    struct hash id; // of the request
    const struct request *request;
    struct span signature;       // the requester's
    const struct span *payloads; // one for each item
    const struct span *previous; // what opening_previous names, one for each item
    const struct span *roots;    // the last signed root of each item's repository
    const struct span *evidence; // one for each line
    moment time;
};

// The payload that an item builds on: the role's last; of a motion the charter in force, the kind's
// last, or (a lift) the freeze statement that `payload` names, or (a mandate) the last one of the role
// that it names. None for the first.
struct hash opening_previous(const struct charter *charter, const struct state *state,
    const struct item *item, struct span payload);
// The last signed root of the item's repository; none for a motion and before the first.
struct hash opening_root(const struct state *state, const struct item *item);

// That each file of evidence was needed for some item, after all of them were judged with `files`
// (metadata/judge.h).
struct judge_files;
enum err must_check opening_check_needed(
    const struct request *request, const struct judge_files *files, struct refusal *refusal);

// Judges every item, renders, and fills in the opened record. `rendering` is appended to.
// A motion stands alone; its requester may be an administrator. ERR_REFUSED with the rule,
// ERR_LIMIT, ERR_MEMORY.
enum err must_check opening_make(const struct opening_case *given, struct opened *out,
    struct bytes *rendering, struct refusal *refusal);

#endif
