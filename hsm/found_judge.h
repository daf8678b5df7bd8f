// Judging a founding: the first record, the administrators' signatures over it, and the charter,
// against the keys that this vault generated. One const table, run from first to last. Pure.
#ifndef CONCLAVE_HSM_FOUND_JUDGE_H
#define CONCLAVE_HSM_FOUND_JUDGE_H

#include "hsm/keyring.h"
#include "log/merkle.h"
#include "policy/objects.h"
#include "proto/message.h"

struct found_judgement {
    // Set by the caller, borrowed.
    const struct keyring *keyring; // what was generated
    struct span objects;           // its list, as the vault wrote it
    const struct message *ask;     // VAULT_FOUND
    moment now;
    // What the rows found.
    struct charter *charter; // the caller's storage
    struct founding founding;
    struct founded founded;
};

struct found_row {
    const char *rule;
    const char *name;
    enum err (*check)(
        struct found_judgement *judged, const char *rule, struct refusal *refusal);
};
extern const struct found_row found_table[];
extern const size_t found_rows;

// ERR_REFUSED with rule and sentence of the first row that fails; any other error is the
// appliance's own.
enum err must_check found_judge(struct found_judgement *judged, struct refusal *refusal);
// The same by another table, so that a test can leave a row out.
enum err must_check found_judge_by(const struct found_row *rows, size_t count,
    struct found_judgement *judged, struct refusal *refusal);

#endif
