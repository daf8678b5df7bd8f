// Judging one payload before anybody is asked to approve it (formats reference, section 2): pure,
// a function of the payload, what stood there before, the evidence and the limits.
#ifndef CONCLAVE_METADATA_JUDGE_H
#define CONCLAVE_METADATA_JUDGE_H

#include "metadata/tuf.h"
#include "policy/charter.h"
#include "policy/state.h"

// The files that travel with a request as evidence, for the judgements of all its items: each is read
// once, when the first of them looks at it, and remembers whether one of them needed it.
struct judge_files;
// Borrowed. NULL without memory, or for more than LIMIT_ITEMS.
struct judge_files *judge_files_new(const struct span *files, size_t count);
void judge_files_free(struct judge_files *files);
// The first file that no judgement needed; `count` of judge_files_new when there is none.
size_t judge_files_unneeded(const struct judge_files *files);

// What a judgement looks at. All spans are borrowed.
struct judge_case {
    const struct charter *charter;
    const struct role *role;
    const struct state *state; // the last version of each role
    const struct item *item;   // as the request names it
    struct span payload;
    struct span previous; // the role's last payload; empty when there is none. This and the
                          // root may have been imported: they are read as the past is
    struct span root;     // the repository's last signed root payload; empty: none yet
    struct judge_files
        *evidence; // complete signed files that travel with the request; NULL: none
    moment now;
};

// The facts that a judgement found, for the opened record and the rendering.
struct judge_facts {
    uint64_t version;
    moment expires;
    struct rule_set warnings; // rules that warn: shown, and accepted by approving
};

// ERR_REFUSED by the rule that failed (metadata/rule.h): form, type and fields; bytes and version
// that the item names; the charter's limits of expiry, threshold and size; a root that was never
// signed; a key that stands elsewhere too; files that the payload lists and the evidence does not
// show: Snapshot lists targets.json and every role that is delegated to, however deep, Timestamp
// snapshot.json; what lives here is what was signed last; length, hashes and version fit; the
// signatures reach the threshold of root or delegation. With evidence, each image of a Director is
// what an Image repository of the charter says of it, and without it that is a warning. ERR_MEMORY.
enum err must_check judge_payload(
    const struct judge_case *judged, struct judge_facts *facts, struct refusal *refusal);

// Bytes of the largest complete file of a type that clients of a repository take.
size_t judge_file_most(const struct repository *repository, enum tuf_type type);

#endif
