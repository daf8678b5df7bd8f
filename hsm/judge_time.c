#include "hsm/judge_row.h"

// Whether now is a time to sign it.

enum err judge_check_expiry(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    if (judged->now >= judged->request.expires || judged->now >= judged->opened.expires)
        return refuse(refusal, rule, "The request has expired.");
    if (judged->opened.expires - judged->opened.time > LIMIT_REQUEST_LIFE)
        return refuse(refusal, rule, "The request lives longer than %d days.",
            LIMIT_REQUEST_LIFE / (24 * 3600));
    return OK;
}

enum err judge_check_earliest(
    struct judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct opened *opened = &judged->opened;
    uint64_t index = judged->order.opened.index;
    bool unseen = index >= judged->unseen && index < judged->seen;
    moment earliest = opened->earliest;
    if (unseen && opened->time < judged->started)
        earliest = judged->started + (opened->earliest - opened->time);
    if (judged->now >= earliest)
        return OK;
    return refuse(refusal, rule, "The charter's delay is not over.");
}

// The opened record's time was near when it was appended, and is not ahead of now: its earliest
// signing, which is never before it, has come.
enum err judge_check_near(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    int64_t ahead = judged->order.time - judged->now;
    if (ahead <= judged->charter->clock && -ahead <= judged->charter->clock)
        return OK;
    return refuse(
        refusal, rule, "The order's time is not near the vault's clock: compare the clocks.");
}

enum err judge_check_clock(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    // Neither behind what is sealed, nor behind when it was judged (R13).
    if (judged->now >= judged->state->time && judged->now >= judged->first)
        return OK;
    return refuse(refusal, rule, "The vault's clock is behind the sealed time: set it right.");
}
