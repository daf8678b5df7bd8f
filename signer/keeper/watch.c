#include "signer/keeper/watch.h"

#define WHAT_HELPS                                                                             \
    "the appliance waits for time: set the clock, or have a quorum state the time with "       \
    "`conclave time state`"

void watch_note(struct watch *watch, const struct charter *charter, const struct state *state,
    moment record)
{
    bool counts = record - state->time <= charter->jump;
    if (counts && record > watch->newest)
        watch->newest = record;
}

void watch_restart(struct watch *watch)
{
    watch->newest = 0;
}

static enum err no_time(
    moment now, const char *how, moment other, const char *what, struct refusal *refusal)
{
    char clock[MOMENT_TEXT + 1], theirs[MOMENT_TEXT + 1];
    moment_write(now, clock);
    moment_write(other, theirs);
    return refuse(refusal, "R13", "the clock says %s, too far %s %s %s; " WHAT_HELPS, clock,
        how, what, theirs);
}

enum err watch_check(const struct watch *watch, const struct charter *charter,
    const struct state *state, moment now, struct refusal *refusal)
{
    if (now < state->time - charter->clock)
        return no_time(now, "behind", state->time, "the sealed time", refusal);
    if (now < watch->newest - charter->clock)
        return no_time(now, "behind", watch->newest, "the newest record's time", refusal);
    if (now - charter->jump > state->time)
        return no_time(now, "ahead of", state->time, "the sealed time", refusal);
    return OK;
}

int64_t watch_step(struct watch *watch, moment now, int64_t steady, int64_t most)
{
    int64_t offset = now - steady, step = offset - watch->offset;
    bool was_set = watch->running && (step > most || step < -most);
    if (was_set || !watch->running)
        watch->offset = offset;
    watch->running = true;
    return was_set ? step : 0;
}
