#include "hsm/judge_row.h"

#include <inttypes.h>

// Whether now is a time to do it.

// A statement of the time is judged by the time that it states: the others wait for it.
static enum err check_stated(
    const struct judgement *judged, const char *rule, struct refusal *refusal)
{
    if (judged->govern == NULL)
        return ERR_NOT_FOUND;
    if (clock_fits(judged->charter, judged->govern->time.time, judged->now))
        return OK;
    return refuse(
        refusal, rule, "The vault's clock does not fit the stated time: set it right.");
}

enum err judge_check_clock(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct clock clock = {judged->charter, judged->state, judged->newest};
    if (judged->now < judged->first)
        return refuse(refusal, rule, "The vault's clock ran back: set it right.");
    if (judged->motion == MOTION_TIME)
        return check_stated(judged, rule, refusal);
    return clock_signs(&clock, judged->now, refusal);
}

enum err judge_check_expiry(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    if (judged->now >= judged->request.expires || judged->now >= judged->opened.expires)
        return refuse(refusal, rule, "The request has expired.");
    if (judged->opened.expires - judged->opened.time > LIMIT_REQUEST_LIFE)
        return refuse(refusal, rule, "The request lives longer than %d days.",
            LIMIT_REQUEST_LIFE / (24 * 3600));
    return OK;
}

enum err judge_check_within(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct opened *opened = &judged->opened;
    if (opened->expires > judged->request.expires)
        return refuse(
            refusal, rule, "The request was opened for longer than it was asked for.");
    if (judged->motion != MOTION_NONE)
        return OK;
    for (size_t i = 0; i < opened->item_count; i++) {
        const struct role *role = judged->roles[i];
        if (role == NULL)
            return ERR_NOT_FOUND;
        if (role->within > 0 && opened->expires - opened->time > role->within)
            return refuse(refusal, rule,
                "%s waits %" PRId64 " seconds for approvals; it was opened for longer.",
                role->name, role->within);
    }
    return OK;
}

// The longest of those that decide over it.
static int64_t longest_delay(const struct judgement *judged)
{
    int64_t longest = 0;
    if (judged->motion != MOTION_NONE)
        return judged->charter->changes_delay;
    for (size_t i = 0; i < judged->opened.item_count; i++)
        if (judged->roles[i] != NULL && judged->roles[i]->delay > longest)
            longest = judged->roles[i]->delay;
    return longest;
}

enum err judge_check_delay(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    int64_t delay = longest_delay(judged);
    if (judged->opened.earliest - judged->opened.time >= delay)
        return OK;
    return refuse(refusal, rule,
        "The charter's delay is %" PRId64
        " seconds; the request was opened with a shorter one.",
        delay);
}

enum err judge_check_earliest(
    struct judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct opened *opened = &judged->opened;
    moment since = comebacks_since(judged->comebacks, judged->order.opened.index, opened->time);
    if (judged->now >= since + (opened->earliest - opened->time))
        return OK;
    return refuse(refusal, rule, "The charter's delay is not over.");
}

// The opened record's time was near when it was appended, and is not ahead of now: its earliest
// signing, which is never before it, has come.
enum err judge_check_near(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    if (clock_is_near(judged->charter, judged->order.time, judged->now))
        return OK;
    return refuse(
        refusal, rule, "The order's time is not near the vault's clock: compare the clocks.");
}
