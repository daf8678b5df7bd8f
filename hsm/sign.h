// Signing: every signature that leaves the vault was verified in software, under the public key
// that whoever asks will use, before anybody sees it. A token that computes wrongly would
// otherwise give away its key.
#ifndef CONCLAVE_HSM_SIGN_H
#define CONCLAVE_HSM_SIGN_H

#include "hsm/keyring.h"
#include "log/merkle.h"
#include "proto/message.h"

// Appends `key`'s signature over `message` to `out`, once it verifies under `public`.
// ERR_SIGNATURE: it does not; ERR_TOKEN. Both leave a sentence.
enum err must_check sign_verified(struct token *token, const struct token_key *key,
    const struct key *public, struct span message, struct bytes *out, struct refusal *why);

// Appends the note that the log key signs over the tree of `edge`.
enum err must_check sign_checkpoint(struct token *token, const struct keyring *keyring,
    const char *origin, const struct merkle_edge *edge, struct bytes *out, struct refusal *why);

// What the keys of the roles sign for one request. Which of them do follows from the sealed state
// alone, whose order is this one; so it is the same when it is carried out again after a crash.
struct signing {
    struct token *token; // borrowed, as all of these
    const struct keyring *keyring;
    const struct charter *charter;
    const struct state *state;
    bool adds;                                        // to the order's earlier outcome
    struct outcome_signature lines[LIMIT_SIGNATURES]; // as they stand in the outcome
    size_t sizes[LIMIT_SIGNATURES];
    size_t count;
    struct bytes bytes; // the signatures, one behind another
};
// The caller then sets what is borrowed, and `adds`.
void signing_init(struct signing *signing);
void signing_clear(struct signing *signing);
// Signs payload i for item i, in the charter's order of keys: with a key without custodian unless
// signatures are added, with one that has a custodian when the state says that it signs for this
// order, with none that is retired (R18). ERR_NOT_FOUND when a role (when adding: all of them) has
// no such key or the token does not hold it; ERR_LIMIT; and as sign_verified.
enum err must_check signing_make(struct signing *signing, const struct item *items,
    size_t item_count, const struct span *payloads, struct refusal *why);
// How many keys of the items' roles have a custodian and have not signed what the role signed last.
uint64_t signing_missing(
    const struct signing *signing, const struct item *items, size_t item_count);
// The signatures' spans, borrowed from `signing`.
void signing_spans(const struct signing *signing, struct span_list *out);

#endif
