#include "hsm/intake.h"
#include "hsm/sign.h"
#include "hsm/vault.h"

#include <inttypes.h>

// An opened record states the time from which delays and expiries count (R4), and no start goes on
// behind the time of the newest record, whatever it is (R13): each is held against the vault's own
// clock while it is still new.
static enum err check_near(
    const struct vault *vault, const struct intake *record, moment now, struct refusal *refusal)
{
    if (clock_is_near(vault->charter, intake_time(record), now))
        return OK;
    return refuse(refusal, record->kind == RECORD_OPENED ? "R4" : "R13",
        "The record's time is not near the vault's clock: compare the clocks.");
}

// Without time nothing is opened but what states the time.
static enum err check_opened(
    const struct vault *vault, const struct intake *record, moment now, struct refusal *refusal)
{
    const struct clock clock = {vault->charter, vault->state, vault->newest};
    bool states_time = record->opened.item_count == 1 &&
                       motion_of(record->opened.items[0].role) == MOTION_TIME;
    return states_time ? OK : clock_check(&clock, now, refusal);
}

static enum err check_times(
    struct vault *vault, const struct intake *record, struct refusal *refusal)
{
    moment now = vault_now(vault);
    enum err err = check_near(vault, record, now, refusal);
    if (err == OK && record->kind == RECORD_OPENED)
        err = check_opened(vault, record, now, refusal);
    return err;
}

enum err append_record(struct vault *vault, const struct message *message)
{
    struct intake record;
    struct refusal refusal = {0};
    struct span text = message->replay.text;
    struct message answer = {.kind = VAULT_APPENDED, .id = message->id};
    enum err err = intake_read(text, INTAKE_APPEND, &record);
    if (err == OK)
        err = check_times(vault, &record, &refusal);
    if (err == ERR_REFUSED)
        return vault_refuse(vault, message->id, &refusal);
    if (err == OK)
        err = tree_append(vault->tree, text, &answer.place);
    if (err != OK)
        return err;
    vault_saw(vault, intake_time(&record));
    return vault_say(vault, &answer);
}

enum err append_durable(struct vault *vault, const struct message *message)
{
    enum err err = tree_durable(vault->tree, message->durable.size);
    if (err != OK) {
        log_warn("the ledger says that %" PRIu64 " records are durable; between %" PRIu64
                 " and %" PRIu64 " can be",
            message->durable.size, vault->tree->durable.size, vault->tree->tip.size);
        return err;
    }
    struct bytes note;
    struct refusal why = {0};
    bytes_init(&note, LIMIT_CHECKPOINT);
    vault_must(sign_checkpoint(vault->token, vault->keyring, vault->charter->origin,
                   &vault->tree->durable, &note, &why),
        &why);
    struct message answer = {.kind = VAULT_CHECKPOINT, .id = message->id};
    answer.checkpoint.size = vault->tree->durable.size;
    answer.checkpoint.note = bytes_span(&note);
    err = vault_say(vault, &answer);
    bytes_clear(&note);
    return err;
}
