// Judging an order under mandates (design section 2): with nobody present, a request of the requester
// that live mandates name, over bytes that it signed. One const table of checks, run from first to
// last, everything against the charter and the state that are sealed. What stands inside the payloads,
// beyond type, version and expiry, is the keeper's word. Pure.
#ifndef CONCLAVE_HSM_MANDATE_JUDGE_H
#define CONCLAVE_HSM_MANDATE_JUDGE_H

#include "hsm/block.h"
#include "hsm/clock.h"
#include "hsm/keyring.h"
#include "hsm/scan.h"
#include "proto/message.h"

struct mandate_judgement {
    // Set by the caller, borrowed.
    const struct charter *charter;
    const struct state *state; // the sealed one
    const struct keyring *keyring;
    const struct blocks *blocks;
    const struct message *ask; // VAULT_MANDATE
    moment now;
    moment newest; // as in struct clock
    // What the rows found.
    struct mandated mandated;
    struct request request;
    const struct requester *requester; // NULL: nobody was found
    const struct role *roles[LIMIT_ITEMS];
    struct scan scans[LIMIT_ITEMS];
};

struct mandate_row {
    const char *rule;
    const char *name;
    enum err (*check)(
        struct mandate_judgement *judged, const char *rule, struct refusal *refusal);
};
extern const struct mandate_row mandate_table[];
extern const size_t mandate_rows;

// ERR_REFUSED with rule and sentence of the first row that fails; any other error is the appliance's
// own. What only has to wait (the clock) is refused with R13. Numbers are not looked at, but that
// without vehicles versions rise.
enum err must_check mandate_judge(struct mandate_judgement *judged, struct refusal *refusal);
// The same by another table, so that a test can leave a row out.
enum err must_check mandate_judge_by(const struct mandate_row *rows, size_t count,
    struct mandate_judgement *judged, struct refusal *refusal);

// What each mandate is needed for, once judged. Returns how many they are.
size_t mandate_needs(
    const struct mandate_judgement *judged, struct block_need out[LIMIT_MANDATES]);

#endif
