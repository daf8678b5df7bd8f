#include "hsm/vault.h"

#include <string.h>

static void begin(struct vault *vault, const struct message *ask)
{
    struct judgement *judged = &vault->flight->judgement;
    vault->flight->freezes = false;
    memset(judged, 0, sizeof *judged);
    judged->charter = vault->charter;
    judged->state = vault->state;
    judged->keyring = vault->keyring;
    judged->durable = &vault->tree->durable;
    judged->ask = ask;
    judged->now = vault_now(vault);
    judged->newest = vault->newest;
    judged->comebacks = &vault->seal.comebacks;
}

// The bytes that were judged are kept: what is signed later is not what somebody sends later.
static enum err keep_payloads(struct flight *flight, const struct span_list *payloads)
{
    bytes_reset(&flight->payloads);
    for (uint32_t i = 0; i < payloads->count; i++) {
        bytes_add(&flight->payloads, payloads->at[i]);
        flight->sizes[i] = payloads->at[i].size;
    }
    return bytes_finish(&flight->payloads);
}

// The keys are made before the state is written that names them.
static enum err compose_next(struct vault *vault, struct span order, struct refusal *refusal)
{
    struct flight *flight = vault->flight;
    const struct judgement *judged = &flight->judgement;
    struct key made[LIMIT_MOTION_KEYS];
    const struct place place = flight_place(vault, order);
    if (judged->motion == MOTION_KEYS) {
        enum err err = keys_make(vault, &judged->govern->keys, refusal);
        if (err != OK)
            return err;
    }
    for (size_t i = 0; i < flight->made_count; i++)
        made[i] = flight->made[i].key;
    return judge_next(judged, &place, made, &flight->next);
}

enum err order_judge(struct vault *vault, const struct message *message)
{
    struct refusal refusal = {0};
    begin(vault, message);
    enum err err = judge(&vault->flight->judgement, false, &refusal);
    if (err == OK)
        err = keep_payloads(vault->flight, &message->judge.payloads);
    if (err == OK)
        err = flight_take(vault, message->id, message->judge.order,
            compose_next(vault, message->judge.order, &refusal), &refusal);
    vault->flight->judgement.ask = NULL;
    if (err != ERR_REFUSED)
        return err;
    flight_drop(vault);
    return vault_refuse(vault, message->id, &refusal);
}
