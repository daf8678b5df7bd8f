// A time statement: the quorum says what time it is (R13).
#include "policy/govern_part.h"

// Whether `a` is ahead of `b` by more than `most` seconds, whatever clocks say.
static bool is_ahead(moment a, moment b, int64_t most)
{
    return a > b && (uint64_t)a - (uint64_t)b > (uint64_t)most;
}

static enum err fits_the_clock(
    const struct govern_case *given, moment stated, struct refusal *refusal)
{
    char said[MOMENT_TEXT + 1], now[MOMENT_TEXT + 1];
    moment_write(stated, said);
    moment_write(given->now, now);
    if (is_ahead(stated, given->now, given->charter->clock))
        return refuse(refusal, "R13",
            "The statement says %s, but the appliance's clock is behind it: %s. Set the clock "
            "right, or state the time that it is.",
            said, now);
    if (is_ahead(given->now, stated, given->charter->jump))
        return refuse(refusal, "R13",
            "The statement says %s, but the appliance's clock is ahead of it by more than the "
            "charter's jump: %s. Set the clock right, or state the time that it is.",
            said, now);
    return OK;
}

// A clock that is behind by no more than another one may be needs no help: it gets there by itself.
static enum err has_a_cause(
    const struct govern_case *given, moment stated, struct refusal *refusal)
{
    moment sealed = given->state->time;
    char said[MOMENT_TEXT + 1], last[MOMENT_TEXT + 1], now[MOMENT_TEXT + 1];
    if (stated >= sealed || is_ahead(sealed, given->now, given->charter->clock))
        return OK;
    moment_write(stated, said);
    moment_write(sealed, last);
    moment_write(given->now, now);
    return refuse(refusal, "R13",
        "The statement says %s, before the sealed time %s, but the appliance's clock is not "
        "too far behind that: %s. It would end every approval for nothing: state the sealed "
        "time or a later one.",
        said, last, now);
}

enum err time_motion_judge(
    const struct govern_case *given, struct govern *out, struct refusal *refusal)
{
    if (time_motion_read(given->payload, &out->time) != OK)
        return govern_no_form(given, refusal);
    if (govern_number(given, out->time.number, refusal) != OK ||
        govern_evidence(given, 0, refusal) != OK ||
        fits_the_clock(given, out->time.time, refusal) != OK ||
        has_a_cause(given, out->time.time, refusal) != OK)
        return ERR_REFUSED;
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
    for (size_t i = 0; i < state->mandate_count; i++)
        state_end_mandate(state, state->mandates[i].role);
}

enum err time_motion_apply(const struct govern_step *step, struct state *state)
{
    moment now = step->govern->time.time;
    if (now < state->time) {
        state->since = step->deed->order + 1;
        set_back(now, state);
    }
    state->time = now;
    return OK;
}
