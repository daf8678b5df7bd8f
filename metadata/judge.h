// Judging one payload before anybody is asked to approve it (formats reference, section 2): pure,
// a function of the payload, what stood there before, the evidence and the limits.
#ifndef CONCLAVE_METADATA_JUDGE_H
#define CONCLAVE_METADATA_JUDGE_H

#include "metadata/tuf.h"
#include "policy/charter.h"
#include "policy/state.h"

// What a judgement looks at. All spans are borrowed.
struct judge_case {
    const struct charter *charter;
    const struct role *role;
    const struct state *state; // the last version of each role
    const struct item *item;   // as the request names it
    struct span payload;
    struct span previous;        // the role's last payload; empty when there is none
    struct span root;            // the repository's last signed root payload; empty: none yet
    const struct span *evidence; // complete signed files that travel with the request
    size_t evidence_count;
    moment now;
};

// The facts that a judgement found, for the opened record and the rendering.
struct judge_facts {
    uint64_t version;
    moment expires;
};

// ERR_REFUSED with the rule that failed: R2 (form, type, fields), R12 (versions), the limits of
// the charter, files that the payload names and that the evidence does not show (Snapshot names
// targets.json and delegated roles; Timestamp names snapshot.json: length, hashes, version, the
// signed part is what the appliance signed last, signatures reach the root's threshold).
enum err must_check judge_payload(
    const struct judge_case *judged, struct judge_facts *facts, struct refusal *refusal);

#endif
