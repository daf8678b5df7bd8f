// Judging an order, as if nobody had judged it before (design section 1, property 2): one const
// table of checks for metadata and motions, run from the first row to the last. Who asks is believed
// in nothing: texts are read again, bytes hashed again, statements rebuilt, persons counted, all
// against the charter and the state that are sealed. Pure: no token, no clock of its own.
#ifndef CONCLAVE_HSM_JUDGE_H
#define CONCLAVE_HSM_JUDGE_H

#include "hsm/clock.h"
#include "hsm/comeback.h"
#include "hsm/keyring.h"
#include "hsm/scan.h"
#include "log/merkle.h"
#include "policy/govern.h"
#include "proto/message.h"

struct judgement {
    // What it is judged by; set by the caller, borrowed.
    const struct charter *charter;
    const struct state *state; // the sealed one
    const struct keyring *keyring;
    const struct merkle_edge *durable; // of the vault's own tree
    const struct message *ask;         // VAULT_JUDGE; not looked at when it is judged again
    moment now;
    moment newest; // as in struct clock
    const struct comebacks *comebacks;

    // What the rows found.
    moment first; // when it was judged; 0: not yet
    struct order order;
    struct opened opened;
    struct request request;
    struct asking asking;  // key NULL: nobody was found
    enum motion motion;    // MOTION_NONE: metadata
    struct govern *govern; // of a motion; owned
    const struct role *roles[LIMIT_ITEMS];
    struct scan scans[LIMIT_ITEMS];
};

// Frees what the rows found. The judgement may then be zeroed and used again.
void judge_clear(struct judgement *judged);

struct judge_row {
    const char *rule;
    const char *name;
    bool again; // run once more when the order is carried out (R6): what the clock decides
    enum err (*check)(struct judgement *judged, const char *rule, struct refusal *refusal);
};
extern const struct judge_row judge_table[];
extern const size_t judge_rows;

// Runs the table, or the rows that are run again. ERR_REFUSED with rule and sentence of the first
// row that fails; any other error is the appliance's own. What only has to wait (the clock, a delay,
// a rate) is refused with R13 or R17.
enum err must_check judge(struct judgement *judged, bool again, struct refusal *refusal);
// The same by another table, so that a test can leave a row out.
enum err must_check judge_by(const struct judge_row *rows, size_t count,
    struct judgement *judged, bool again, struct refusal *refusal);

// Whether the order has this key sign (R12, R18): not a retired one; one with a custodian only when
// that administrator, who is not behind the request, is among the approvals; and when signatures are
// added, only a custodian's key that has not signed yet.
bool judge_signs(const struct judgement *judged, const struct role_key *key);
// The state that follows when the order is carried out: the last one, its items or what its motion
// says, its place, now. `made`: the keys that a keys motion made, in its order. ERR_LIMIT.
enum err must_check judge_next(const struct judgement *judged, const struct place *order,
    const struct key *made, struct state *next);

#endif
