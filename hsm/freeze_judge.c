#include "hsm/freeze_judge.h"

#include "proto/dsse.h"

// The record leaves out the appliance: it is this one.
static enum err check_form(
    struct freeze_judgement *judged, const char *rule, struct refusal *refusal)
{
    if (frozen_read(judged->record, &judged->frozen) != OK)
        return refuse(refusal, rule, "The freeze is not a record of its form.");
    judged->frozen.freeze.appliance = judged->charter->log;
    return OK;
}

static enum err check_id(
    struct freeze_judgement *judged, const char *rule, struct refusal *refusal)
{
    struct bytes statement;
    bytes_init(&statement, LIMIT_RECORD);
    freeze_write(&judged->frozen.freeze, &statement);
    enum err err = bytes_finish(&statement);
    struct hash id = hash_of(bytes_span(&statement));
    if (err == OK && !hash_equal(&id, &judged->frozen.request))
        err = refuse(refusal, rule, "The record names another statement than it holds.");
    bytes_clear(&statement);
    return err;
}

static enum err check_signature(
    struct freeze_judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct frozen *frozen = &judged->frozen;
    const struct administrator *person =
        charter_administrator(judged->charter, &frozen->freeze.administrator);
    if (person == NULL)
        return refuse(refusal, rule, "Who froze is no administrator of the charter.");
    struct bytes statement;
    bytes_init(&statement, LIMIT_RECORD);
    freeze_write(&frozen->freeze, &statement);
    enum err err = bytes_finish(&statement);
    if (err == OK)
        err = dsse_verify(&person->key, DSSE_FREEZE, bytes_span(&statement),
            span_of(frozen->signature, frozen->signature_size));
    if (err == ERR_SIGNATURE)
        err = refuse(refusal, rule, "The signature of %s does not hold.", person->name);
    bytes_clear(&statement);
    return err;
}

static enum err check_freeze(
    struct freeze_judgement *judged, const char *rule, struct refusal *refusal)
{
    (void)rule; // the freeze's own
    return govern_judge_freeze(judged->charter, judged->state, &judged->frozen.freeze, refusal);
}

// Whether the clock is right does not matter, but keeper and vault must read the same one.
static enum err check_near(
    struct freeze_judgement *judged, const char *rule, struct refusal *refusal)
{
    if (clock_is_near(judged->charter, judged->frozen.time, judged->now))
        return OK;
    return refuse(
        refusal, rule, "The freeze's time is not near the vault's clock: compare the clocks.");
}

enum err freeze_holds_back(const struct state *state, const struct asked *asked,
    const char *rule, struct refusal *refusal)
{
    const struct freeze_state *freeze =
        govern_frozen(state, &asked->request, asked->items, asked->item_count);
    if (freeze == NULL)
        return OK;
    const char *what = "everything";
    if (freeze->of.what == FREEZE_ROLE)
        what = freeze->of.role;
    else if (freeze->of.what == FREEZE_REQUEST)
        what = "the request";
    return refuse(refusal, rule, "An administrator froze %s: a quorum must lift that.", what);
}

const struct freeze_row freeze_table[] = {
    {"R6", "the record's form", check_form},
    {"R1", "the statement", check_id},
    {"R3", "the signature", check_signature},
    {"R6", "the freeze", check_freeze},
    {"R13", "the time", check_near},
};
const size_t freeze_rows = sizeof freeze_table / sizeof freeze_table[0];

enum err freeze_judge_by(const struct freeze_row *rows, size_t count,
    struct freeze_judgement *judged, struct refusal *refusal)
{
    for (size_t i = 0; i < count; i++) {
        enum err err = rows[i].check(judged, rows[i].rule, refusal);
        if (err != OK)
            return err;
    }
    return OK;
}

enum err freeze_judge(struct freeze_judgement *judged, struct refusal *refusal)
{
    return freeze_judge_by(freeze_table, freeze_rows, judged, refusal);
}

enum err freeze_next(
    const struct freeze_judgement *judged, const struct place *record, struct state *next)
{
    const struct clock clock = {judged->charter, judged->state, judged->newest};
    bool timed = clock_has_time(&clock, judged->now);
    *next = *judged->state;
    next->has_order = true;
    next->order = *record;
    return govern_apply_freeze(
        &judged->frozen.freeze, timed ? judged->now : judged->state->time, next);
}
