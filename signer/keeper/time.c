// The clock (R13): without time the keeper takes only what gives it time back, and freezes.
#include "signer/keeper/keeper.h"

#include <inttypes.h>
#include <time.h>

int64_t time_steady_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

bool keeper_has_time(const struct keeper *keeper)
{
    struct refusal unused;
    return time_check(keeper, MOTION_NONE, &unused) == OK;
}

enum err time_check(const struct keeper *keeper, enum motion motion, struct refusal *refusal)
{
    if (motion == MOTION_TIME)
        return OK;
    return watch_check(&keeper->watch, keeper->charter, keeper->state, moment_now(), refusal);
}

static enum err note_step(struct keeper *keeper)
{
    int64_t step = watch_step(
        &keeper->watch, moment_now(), time_steady_ms() / 1000, keeper->charter->clock);
    if (step == 0)
        return OK;
    const char *how = step < 0 ? "back" : "ahead";
    uint64_t seconds = step < 0 ? -(uint64_t)step : (uint64_t)step;
    log_warn("the clock was set %s by %" PRIu64 " seconds", how, seconds);
    return note_clock(keeper, "the clock was set %s by %" PRIu64 " seconds", how, seconds);
}

static enum err note_waiting(struct keeper *keeper)
{
    struct refusal why = {0};
    bool waits = time_check(keeper, MOTION_NONE, &why) != OK;
    if (waits == keeper->watch.waits)
        return OK;
    keeper->watch.waits = waits;
    if (waits) {
        log_warn("%s", why.sentence);
        return note_clock(keeper, "%s", why.sentence);
    }
    keeper->swept = 0; // whatever was put off is due
    log_info("the appliance has time again");
    return note_clock(keeper, "the appliance has time again");
}

enum err time_watch(struct keeper *keeper)
{
    enum err err = note_step(keeper);
    return err == OK ? note_waiting(keeper) : err;
}
