#include "hsm/vault.h"

struct place flight_place(const struct vault *vault, struct span record)
{
    return (struct place){vault->tree->tip.size, merkle_leaf(record)};
}

enum err flight_write(struct flight *flight, enum err composed, struct refusal *refusal)
{
    bytes_reset(&flight->state_text);
    if (composed == OK)
        state_write(&flight->next, &flight->state_text);
    enum err err = composed == OK ? bytes_finish(&flight->state_text) : composed;
    return err == ERR_LIMIT ? refuse(refusal, "R20", "The state has no room for it.") : err;
}

enum err flight_take(struct vault *vault, uint64_t id, struct span record, enum err next,
    struct refusal *refusal)
{
    struct flight *flight = vault->flight;
    enum err err = flight_write(flight, next, refusal);
    if (err == OK)
        err = tree_append(vault->tree, record, &flight->place);
    if (err != OK)
        return err;
    vault->stage = VAULT_AT_ORDER;
    struct message answer = {.kind = VAULT_JUDGED, .id = id};
    answer.judged.place = flight->place;
    answer.judged.state = bytes_span(&flight->state_text);
    return vault_say(vault, &answer);
}

void flight_drop(struct vault *vault)
{
    keys_unmake(vault);
    bytes_clear(&vault->flight->payloads);
    judge_clear(&vault->flight->judgement);
}
