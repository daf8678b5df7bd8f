// Requests under mandates, which are judged like all metadata, but opened for nobody and shown to nobody:
// a quorum accepted beforehand what their mandates cover. What their roles signed last stands in no state;
// whoever keeps the log is asked for it. The keeper judges with this, and whoever has the log can again.
// Pure.
#ifndef CONCLAVE_METADATA_MANDATED_H
#define CONCLAVE_METADATA_MANDATED_H

#include "policy/charter.h"
#include "policy/state.h"
#include "proto/message.h"

// What to ask for: each item, in the request's order; behind them what the items list and mandates sign
// too: a Snapshot's Targets, a Timestamp's Snapshot, of the same vehicle.
struct mandated_names {
    char at[LIMIT_LASTS][LIMIT_ROLE_NAME + 1];
    size_t count;
};
void mandated_name(
    const struct charter *charter, const struct request *request, struct mandated_names *out);

// What judging takes for the state: live mandates, the roles' lines, and for these names what they signed
// last under mandates, one for each; who signed nothing so, or something later by quorum or import, goes on from
// the state's line. `past` is zeroed, or was written by this before. ERR_FORM for what is no last.
enum err must_check mandated_past(const struct state *state, const struct mandated_names *names,
    const struct last *lasts, struct state *past);

// All borrowed; of items in the request's order.
struct mandated_case {
    const struct charter *charter;
    const struct state *state;
    const struct state *past; // by mandated_past
    struct hash id;           // of the request
    const struct request *request;
    struct span signature; // the requester's
    const struct span *payloads;
    const struct span *previous; // what the items signed last, by `past`
    const struct span *roots;    // the last signed root of each item's repository
    const struct span *evidence; // one for each line
    moment time;
};

// Judges every item as metadata, and that the mandate of its role covers it (policy/mandate.h); warnings
// are accepted. Whether numbers are left the vault knows. Fills in the order. ERR_REFUSED with the rule,
// ERR_MEMORY.
enum err must_check mandated_judge(
    const struct mandated_case *given, struct mandated *out, struct refusal *refusal);

#endif
