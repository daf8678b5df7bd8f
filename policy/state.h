// The state: what the vault remembers beyond the charter, as a text that the ledger stores and
// whose hash is in the seal (design section 2, "seal").
//
//   conclave.state/v1
//   time: …
//   order: 1840 sha256:…                 (the order that this state was sealed for; or none)
//   freeze: none
//   mandate: none
//   role: image/targets 12 sha256:… 2026-12-31T00:00:00Z
//
// Role lines ascend by name; a role that never signed has none. Freeze and mandate accept only
// none until they are built. Pure.
#ifndef CONCLAVE_POLICY_STATE_H
#define CONCLAVE_POLICY_STATE_H

#include "proto/record.h"

struct role_state {
    char role[LIMIT_ROLE_NAME + 1];
    uint64_t version;
    struct hash payload;
    moment expires;
};

struct state {
    moment time;
    bool has_order;
    struct place order;
    struct role_state roles[LIMIT_ROLES];
    size_t role_count;
};

void state_write(const struct state *state, struct bytes *out);
enum err must_check state_read(struct span text, struct state *out);
// What was last sealed for a role; NULL when it never signed.
const struct role_state *state_role(const struct state *state, const char *role);
// Sets it, keeping the order. ERR_LIMIT.
enum err must_check state_set(struct state *state, const struct role_state *role);

#endif
