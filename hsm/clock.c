#include "hsm/clock.h"

static enum err behind(moment now, moment other, const char *what, struct refusal *refusal)
{
    char clock[MOMENT_TEXT + 1], theirs[MOMENT_TEXT + 1];
    moment_write(now, clock);
    moment_write(other, theirs);
    return refuse(refusal, "R13",
        "the clock says %s and is behind %s %s: set it right, or have the administrators state "
        "the time",
        clock, what, theirs);
}

enum err clock_check(const struct clock *clock, moment now, struct refusal *refusal)
{
    moment sealed = clock->state->time;
    char text[MOMENT_TEXT + 1], last[MOMENT_TEXT + 1];
    if (now + clock->charter->clock < sealed)
        return behind(now, sealed, "the sealed time", refusal);
    if (now + clock->charter->clock < clock->newest)
        return behind(now, clock->newest, "the newest record of", refusal);
    if (now - sealed <= clock->charter->jump)
        return OK;
    moment_write(now, text);
    moment_write(sealed, last);
    return refuse(refusal, "R13",
        "the clock says %s and is ahead of the sealed time %s by more than the charter's jump: "
        "set it right, or have the administrators state the time",
        text, last);
}

bool clock_has_time(const struct clock *clock, moment now)
{
    struct refusal unused;
    return clock_check(clock, now, &unused) == OK;
}

enum err clock_signs(const struct clock *clock, moment now, struct refusal *refusal)
{
    enum err err = clock_check(clock, now, refusal);
    if (err != OK || now >= clock->state->time)
        return err;
    return refuse(refusal, "R13", "The vault's clock is behind the sealed time: set it right.");
}

bool clock_is_near(const struct charter *charter, moment time, moment now)
{
    int64_t ahead = time - now;
    return ahead <= charter->clock && -ahead <= charter->clock;
}

bool clock_fits(const struct charter *charter, moment stated, moment now)
{
    return now + charter->clock >= stated && now - stated <= charter->jump;
}

bool clock_counts(const struct clock *clock, moment time)
{
    return time - clock->state->time <= clock->charter->jump;
}
