// A plan: the next root of a repository, and what follows from it, before any key is touched. Which
// keys it lists, under which key ids and thresholds; who must sign under the old and under the new
// threshold; what devices that hold an older root will see. A function of charter, state, the root
// signed last and the chain before it alone.
//
// The next root has exactly one version more (TUF specification 1.0.x, 5.3; design, R12). Each role has
// the charter's keys for it that are not retired, and from the last root the keys that are not this
// appliance's: another one's stay until somebody drops them. Key ids are those that the dialect gives,
// whatever the last root calls the same key.
#ifndef CONCLAVE_CLIENT_PLAN_H
#define CONCLAVE_CLIENT_PLAN_H

#include "metadata/tuf.h"
#include "policy/charter.h"
#include "policy/state.h"

enum {
    // Keys of the next root, and as many that go.
    PLAN_KEYS_MOST = 2 * TUF_KEYS_MOST,
    // Keys that are dropped or added by name: as many as a root lists.
    PLAN_NAMED_MOST = TUF_KEYS_MOST,
    // Hex digits that name a key to be dropped: too many to hit another by accident.
    PLAN_PREFIX_LEAST = 8,
    // Sentences about devices: some of each kind, and one for each root of a chain that has expired.
    PLAN_NOTES_MOST = 64 * 1024,
};

// A key of another appliance that the next root shall list.
struct plan_addition {
    enum tuf_type role;
    struct key key;
};

// A root of the chain that leads to the last one.
struct plan_link {
    uint64_t version;
    moment expires;
};

// What a plan is made from. All borrowed.
struct plan_case {
    const struct charter *charter; // in force
    const struct state *state;
    const char *repository;
    struct span last;   // payload of the root signed last; empty: none yet
    const char *person; // of the requester, who never counts (R5); NULL: not known yet
    moment now;
    // Wishes; only plan_make reads them.
    int64_t seconds;                     // that it is valid; 0: a year, or the charter's `most`
    uint64_t thresholds[TUF_ROOT_ROLES]; // by plan_role_at; 0: as it was
    const char *drops[PLAN_NAMED_MOST];  // first digits of key ids or of keys' hashes
    size_t drop_count;
    const struct plan_addition *additions;
    size_t addition_count;
    // Roots that are at hand here, ascending; none when nobody looked.
    const struct plan_link *chain;
    size_t chain_count;
};

enum plan_change { PLAN_STAYS, PLAN_COMES, PLAN_GOES };
const char *plan_change_text(enum plan_change change); // "stays", "comes", "goes"

// Who can have a key sign.
enum plan_holder {
    PLAN_ELSEWHERE, // it is none of this appliance's: it must sign where it lives
    PLAN_ITSELF,    // it signs when the quorum is complete
    PLAN_CUSTODIAN, // it signs when its custodian has approved
    PLAN_UNABLE, // it was this appliance's and signs no more, or its custodian may not approve
};

struct plan_key {
    enum tuf_type role;
    enum plan_change change;
    enum plan_holder holder;
    const struct administrator *custodian; // of the charter; NULL: it has none
    enum key_type type;                    // KEY_NONE: of a past form that nobody here reads
    struct hash identity;                  // SHA-256 of the DER SPKI (R21)
    char id[2 * HASH_SIZE + 1];            // in the next root; of one that goes, in the last
    char was[2 * HASH_SIZE + 1];           // in the last, when it was another; else empty
};

struct plan_role {
    enum tuf_type type;
    int64_t threshold;
    int64_t before; // in the last root; 0 when there is none
    bool again;     // its file must be signed anew at once
};

// Keys that a threshold counts, by who can have them sign.
struct plan_threshold {
    int64_t need; // 0: there is no old threshold
    size_t itself, custodians, elsewhere, unable;
};

struct plan {
    const struct role *role; // root, of the charter; its quorum approves
    enum dialect dialect;
    uint64_t version;
    moment expires;
    moment until;          // the charter lets the request be opened until then
    uint64_t last_version; // 0: none yet
    moment last_expires;
    size_t size; // bytes of the payload
    struct plan_role roles[TUF_ROOT_ROLES];
    struct plan_key
        keys[PLAN_KEYS_MOST]; // by role, then those of the next root before what goes
    size_t key_count;
    struct plan_threshold old, new_;
    struct bytes notes; // what devices will see, and what to look at: sentences, a line each
};

// A plan is large and lives on the heap: NULL without memory.
struct plan *plan_new(void);
void plan_free(struct plan *plan); // takes NULL

// The roles of a root in the order of its file: root, snapshot, targets, timestamp.
enum tuf_type plan_role_at(size_t at);

// Appends the next root's payload: canonical bytes of the dialect. ERR_REFUSED with the rule when none
// follows: the last root is not the one that the state remembers or not of this dialect, a role has
// no key or a threshold that its keys do not reach, a key would serve two roles. ERR_MEMORY.
enum err must_check plan_make(
    const struct plan_case *given, struct bytes *payload, struct refusal *refusal);
// What follows from a payload, which plan_make or anybody else wrote. It is judged as the appliance
// judges it: ERR_REFUSED with the rule when it would be refused. ERR_MEMORY.
enum err must_check plan_read(const struct plan_case *given, struct span payload,
    struct plan *out, struct refusal *refusal);
// Whether both thresholds can be reached; ERR_REFUSED with R12 and what is missing.
enum err must_check plan_reachable(const struct plan *plan, struct refusal *refusal);

// The repository of which this is a root: the one whose root key of this appliance it lists for its
// root. ERR_REFUSED: of none.
enum err must_check plan_repository(const struct charter *charter, struct span payload,
    const struct repository **out, struct refusal *refusal);

// Whether a key counts for the old threshold, and for the new one.
bool plan_counts_before(const struct plan_key *key);
bool plan_counts_after(const struct plan_key *key);
// How many more keys can sign than a threshold needs; negative: so many are missing.
int64_t plan_spare(const struct plan_threshold *threshold);
// Whether a threshold cannot be reached without this custodian's key.
bool plan_must(const struct plan *plan, const struct plan_key *key);

#endif
