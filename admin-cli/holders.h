// Holders: the people whose keys would do for what a command wants signed, in a charter. So a token
// is found by person and key, and whoever has none of the right ones is told whose are wanted.
#ifndef CONCLAVE_ADMIN_CLI_HOLDERS_H
#define CONCLAVE_ADMIN_CLI_HOLDERS_H

#include "policy/decide.h"

struct holders {
    const struct charter *charter;             // borrowed
    bool administrators[LIMIT_ADMINISTRATORS]; // by their place in the charter
    bool requesters;                           // all of them, too
};

// Every administrator.
void holders_administrators(struct holders *holders, const struct charter *charter);
// Whoever may ask: a requester, and for motions alone an administrator.
void holders_asking(struct holders *holders, const struct charter *charter, bool motion);
// The administrators whose decision would be taken now (R5).
void holders_deciding(
    struct holders *holders, const struct ballot *ballot, enum decision decision);

// The name of the holder of this key; NULL when it is nobody's that would do.
const char *holders_name(const struct holders *holders, const struct hash *key);
// Whether it is at least an administrator's, whom the appliance will answer.
bool holders_know(const struct holders *holders, const struct hash *key);
// Appends "alice (ecdsa-p256 9c2e1f0a77b1), bob (…)": some of them, and how many more there are.
void holders_list(const struct holders *holders, struct bytes *out);
// Appends a key as it stands there: "ecdsa-p256 9c2e1f0a77b1".
void holders_key(const struct key *key, struct bytes *out);

#endif
