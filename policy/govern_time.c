// A time statement: the quorum says what time it is (R13).
#include "policy/govern_part.h"

// Whether `a` is ahead of `b` by more than `most` seconds, whatever clocks say.
static bool is_ahead(moment a, moment b, int64_t most)
{
    return a > b && (uint64_t)a - (uint64_t)b > (uint64_t)most;
}

enum err time_motion_judge(
    const struct govern_case *given, struct govern *out, struct refusal *refusal)
{
    char said[MOMENT_TEXT + 1], now[MOMENT_TEXT + 1];
    if (time_motion_read(given->payload, &out->time) != OK)
        return govern_no_form(given, refusal);
    if (govern_number(given, out->time.number, refusal) != OK ||
        govern_evidence(given, 0, refusal) != OK)
        return ERR_REFUSED;
    moment_write(out->time.time, said);
    moment_write(given->now, now);
    if (is_ahead(out->time.time, given->now, given->charter->clock))
        return refuse(refusal, "R13",
            "The statement says %s, but the appliance's clock is behind it: %s. Set the clock "
            "right, or state the time that it is.",
            said, now);
    if (is_ahead(given->now, out->time.time, given->charter->jump))
        return refuse(refusal, "R13",
            "The statement says %s, but the appliance's clock is ahead of it by more than the "
            "charter's jump: %s. Set the clock right, or state the time that it is.",
            said, now);
    govern_decides_charter(out);
    return OK;
}

static void not_after(moment *at, moment now)
{
    if (*at > now)
        *at = now;
}

// What lies behind the stated time now would keep a role's window closed, and a frozen request
// remembered, for as long as the clock was wrong.
static void set_back(moment now, struct state *state)
{
    for (size_t i = 0; i < state->role_count; i++)
        not_after(&state->roles[i].used_since, now);
    for (size_t i = 0; i < state->freeze_count; i++)
        not_after(&state->freezes[i].time, now);
}

enum err time_motion_apply(const struct govern_step *step, struct state *state)
{
    moment now = step->govern->time.time;
    if (now < state->time) {
        state->since = step->order + 1;
        set_back(now, state);
    }
    state->time = now;
    return OK;
}
