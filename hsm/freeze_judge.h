// Judging a freeze: a record, and one administrator's signature over the statement that it holds.
// It needs no quorum and no time. One const table, run from first to last. Pure.
#ifndef CONCLAVE_HSM_FREEZE_JUDGE_H
#define CONCLAVE_HSM_FREEZE_JUDGE_H

#include "hsm/clock.h"
#include "policy/govern.h"
#include "proto/record.h"

struct freeze_judgement {
    // Set by the caller, borrowed.
    const struct charter *charter;
    const struct state *state;
    struct span record; // conclave.frozen/v1
    moment now;
    moment newest; // as in struct clock
    // What the rows found.
    struct frozen frozen;
};

struct freeze_row {
    const char *rule;
    const char *name;
    enum err (*check)(
        struct freeze_judgement *judged, const char *rule, struct refusal *refusal);
};
extern const struct freeze_row freeze_table[];
extern const size_t freeze_rows;

// ERR_REFUSED with rule and sentence of the first row that fails; any other error is the
// appliance's own.
enum err must_check freeze_judge(struct freeze_judgement *judged, struct refusal *refusal);
// The same by another table, so that a test can leave a row out.
enum err must_check freeze_judge_by(const struct freeze_row *rows, size_t count,
    struct freeze_judgement *judged, struct refusal *refusal);
// The state that follows. Its time is the last one's: one administrator stops, and never moves the
// time that the others are held to. ERR_LIMIT.
enum err must_check freeze_next(
    const struct freeze_judgement *judged, const struct place *record, struct state *next);

// What is asked for. Borrowed.
struct asked {
    struct hash request;
    const struct item *items;
    size_t item_count;
};
// Whether a freeze in force stops it. ERR_REFUSED with the rule and what is frozen.
enum err must_check freeze_holds_back(const struct state *state, const struct asked *asked,
    const char *rule, struct refusal *refusal);

#endif
