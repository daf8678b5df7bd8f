// The house: what an enrolled client knows of its appliance, each part verified under the log key
// that it pinned: the newest checkpoint, the state that the newest outcome record names, and the
// charter that this state names (the founding record's before the first outcome).
#ifndef CONCLAVE_CLIENT_HOUSE_H
#define CONCLAVE_CLIENT_HOUSE_H

#include "client/conclave.h"
#include "policy/charter.h"
#include "policy/state.h"

struct house {
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log; // its id names the appliance
    struct checkpoint newest;
    struct bytes note; // the newest checkpoint as it was signed
    enum stage stage;
    struct founding founding;
    struct charter *charter;
    struct state *state;       // empty (epoch 0) before the first outcome
    struct bytes charter_text; // as approved
};

// A house is large and lives on the heap: NULL without memory.
struct house *house_new(void);
void house_free(struct house *house); // takes NULL

// Status, founding record, state and charter. ERR_NOT_FOUND: nothing is pinned in `home`;
// ERR_SIGNATURE: something does not hold under the pinned key; ERR_REFUSED and errors of the
// connection.
enum err must_check house_load(
    struct house *house, struct conclave *conclave, const char *home, struct refusal *refusal);

// The charter with this hash, which a proven record names: the one in force or an earlier one.
// ERR_SIGNATURE: it is another appliance's.
enum err must_check house_fetch_charter(const struct house *house, struct conclave *conclave,
    const struct hash *hash, struct charter *out, struct refusal *refusal);

// A record with its inclusion proof.
struct proven {
    uint64_t index;
    struct bytes text;
    struct merkle_path path;
    struct bytes note; // the signed checkpoint that the path leads to
};
void proven_init(struct proven *proven);
void proven_clear(struct proven *proven);
// Fetches the record at `index`, proven under the pinned key. ERR_NOT_FOUND, ERR_SIGNATURE.
enum err must_check house_record(const struct house *house, struct conclave *conclave,
    uint64_t index, struct proven *out, struct refusal *refusal);

#endif
