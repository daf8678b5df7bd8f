// What the files that judge a payload share. Nobody outside metadata/judge*.c includes this.
#ifndef CONCLAVE_METADATA_JUDGE_PART_H
#define CONCLAVE_METADATA_JUDGE_PART_H

#include "metadata/custom.h"
#include "metadata/judge.h"

// One payload while it is judged: the case, and what was read of it.
struct judge_view {
    const struct judge_case *given;
    const struct repository *repository; // whose role it is
    const char *short_name;              // of the role
    struct tuf tuf;                      // the payload
    struct tuf root;           // the repository's last root; type TUF_NONE before the first
    struct rule_set *warnings; // what was found that warns
};

enum err must_check judge_root(const struct judge_view *view, struct refusal *refusal);
enum err must_check judge_targets(const struct judge_view *view, struct refusal *refusal);
// Images against those of the last Targets, and what they say in `custom`.
enum err must_check judge_images(const struct judge_view *view, struct refusal *refusal);
enum err must_check judge_snapshot(const struct judge_view *view, struct refusal *refusal);
enum err must_check judge_timestamp(const struct judge_view *view, struct refusal *refusal);

enum { FULL_NAME = 2 * LIMIT_ROLE_NAME + 2 };
// "REPOSITORY/SHORT" in the repository that is judged.
void judge_full_name(
    const struct judge_view *view, struct span short_name, char out[FULL_NAME]);
// What an item of that role is called beside the item that is judged: for the same vehicle, if any.
void judge_sibling_name(
    const struct judge_view *view, struct span short_name, char out[FULL_NAME]);

// Whether a public key that the payload lists for `short_name` may stand there: one key, one place
// (R21), and one of the appliance's own keys only as the appliance writes it.
enum err must_check judge_key(const struct judge_view *view, const struct tuf_key *key,
    struct span short_name, struct refusal *refusal);

// That a threshold which the payload gives to a role is not below the charter's floor for it.
enum err must_check judge_threshold(const struct judge_view *view, struct span short_name,
    int64_t threshold, struct refusal *refusal);

// The same of a delegated role and of those of `keys` that are its own; and that none is the root's.
enum err must_check judge_delegation(const struct judge_view *view, const struct tuf_key *keys,
    size_t count, const struct tuf_delegation *role, struct refusal *refusal);

// A file that the payload lists: of which role, and who must have signed it.
struct judge_listing {
    const struct tuf_file *file;
    struct span short_name;
    const struct tuf_key *keys;
    size_t key_count;
    const struct span *keyids;
    size_t keyid_count;
    int64_t threshold;
};

// One file of evidence, read.
struct judge_file {
    size_t place;           // in the evidence
    struct span bytes;      // as it is measured and hashed
    struct bytes canonical; // what stands in it (json_file.h)
    struct tuf_envelope envelope;
    struct hash signed_hash;
    enum tuf_type type;
    uint64_t version;
    struct span targets;
    struct span delegations;
    // Of Targets whose images somebody looked for, else NULL (judge_directed.c): the images, ascending
    // by path; and the files of the roles it delegates to, in their order.
    struct tuf_target *images;
    size_t image_count;
    struct judge_file **delegated;
};

struct judge_evidence {
    struct judge_file *files;
    size_t count;
};

// All evidence of the case, in the dialect of its repository; nothing when there is none. Refuses what
// is no signed file, and what clients would not take. `out` belongs to the case.
enum err must_check judge_evidence_read(
    const struct judge_view *view, struct judge_evidence **out, struct refusal *refusal);
bool judge_has_evidence(const struct judge_view *view);
// The request would not do without this file.
void judge_evidence_need(const struct judge_view *view, const struct judge_file *file);
// Steps that are left for finding a Director's images, in one request: a step is a byte of a path that is
// matched with a pattern.
uint64_t *judge_evidence_steps(const struct judge_view *view);
// What a file delegates, for tuf_delegations_of and tuf_delegations_keys.
void judge_delegations_of(
    const struct judge_view *view, const struct judge_file *file, struct tuf *out);

// That a listed file is among the evidence: what the appliance signed last when its role lives
// here, of the version listed, of the length and hashes listed, and signed as the listing demands.
// `found` borrows from the evidence.
enum err must_check judge_listed(const struct judge_view *view,
    const struct judge_evidence *evidence, const struct judge_listing *listing,
    const struct judge_file **found, struct refusal *refusal);

// The roles that `targets`, which a Snapshot lists, delegates to, and those that these delegate to:
// each is listed and verifies under the delegation to it, and nobody else is listed.
enum err must_check judge_delegated(const struct judge_view *view,
    const struct judge_evidence *evidence, const struct judge_file *targets,
    struct refusal *refusal);
// That each of a delegated role's paths begins with these words, and goes on.
enum err must_check judge_patterns(const struct judge_view *view,
    const struct tuf_delegation *role, struct span prefix, struct refusal *refusal);
// Whether a Snapshot lists a file of this name.
bool judge_lists(const struct tuf *snapshot, struct span name, struct tuf_file *out);

// One image of a Director and what its custom says, against the evidence; nothing without evidence.
enum err must_check judge_directed(const struct judge_view *view,
    const struct tuf_target *target, const struct custom *custom, struct refusal *refusal);

#endif
