#include "hsm/intake.h"
#include "hsm/sign.h"
#include "hsm/vault.h"

#include <inttypes.h>

// An opened record states the time from which delays and expiries count (R4), and no start goes on
// behind the time of the newest record, whatever it is (R13): each is held against the vault's own
// clock while it is still new.
static bool is_near(const struct vault *vault, const struct intake *record)
{
    int64_t ahead = intake_time(record) - moment_now();
    return ahead <= vault->charter->clock && -ahead <= vault->charter->clock;
}

enum err append_record(struct vault *vault, const struct message *message)
{
    struct intake record;
    struct span text = message->replay.text;
    struct message answer = {.kind = VAULT_APPENDED, .id = message->id};
    enum err err = intake_read(text, INTAKE_APPEND, &record);
    if (err != OK)
        return err;
    if (!is_near(vault, &record)) {
        struct refusal refusal;
        refuse(&refusal, record.kind == RECORD_OPENED ? "R4" : "R13",
            "The record's time is not near the vault's clock: compare the clocks.");
        return vault_refuse(vault, message->id, &refusal);
    }
    err = tree_append(vault->tree, text, &answer.place);
    return err == OK ? vault_say(vault, &answer) : err;
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
