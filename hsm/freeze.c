#include "hsm/vault.h"

enum err freeze_take(struct vault *vault, const struct message *message)
{
    struct flight *flight = vault->flight;
    struct refusal refusal = {0};
    struct span record = message->replay.text;
    flight->freezes = true;
    flight->freeze = (struct freeze_judgement){.charter = vault->charter,
        .state = vault->state,
        .record = record,
        .now = vault_now(vault),
        .newest = vault->newest};
    enum err err = freeze_judge(&flight->freeze, &refusal);
    if (err == OK) {
        const struct place place = flight_place(vault, record);
        err = flight_take(vault, message->id, record,
            freeze_next(&flight->freeze, &place, &flight->next), &refusal);
    }
    flight->freeze.record = (struct span){0};
    return err == ERR_REFUSED ? vault_refuse(vault, message->id, &refusal) : err;
}
