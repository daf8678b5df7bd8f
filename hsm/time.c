#include "hsm/vault.h"

// What came back at start was held against no clock of this process: its delays count from when the
// vault has time, so that a clock that is set does not end them (R4).
static void regain(struct vault *vault, moment now)
{
    struct comebacks *list = &vault->seal.comebacks;
    if (vault->back.to > 0 && list->count > 0)
        list->at[list->count - 1].since = now;
    log_info("the vault has time again");
}

moment vault_now(struct vault *vault)
{
    const struct clock clock = {vault->charter, vault->state, vault->newest};
    struct refusal why = {0};
    moment now = moment_now();
    bool timed = clock_check(&clock, now, &why) == OK;
    if (timed && !vault->timed)
        regain(vault, now);
    if (!timed && vault->timed)
        log_warn("the vault waits for time: %s", why.sentence);
    vault->timed = timed;
    return now;
}

void vault_saw(struct vault *vault, moment time)
{
    if (vault->timed && time > vault->newest)
        vault->newest = time;
}
