#include "hsm/freeze_judge.h"
#include "hsm/judge_row.h"

#include <string.h>

// What the appliance itself is asked to do (policy/govern.h), and what stands against anything that
// is asked: a freeze, a clock that was set back.

enum err judge_check_alone(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct request *request = &judged->request;
    judged->motion = MOTION_NONE;
    for (size_t i = 0; i < request->item_count; i++)
        if (motion_of(request->items[i].role) != MOTION_NONE)
            judged->motion = motion_of(request->items[i].role);
    if (judged->motion == MOTION_NONE || request->item_count == 1)
        return OK;
    return refuse(refusal, rule, "%s must be asked for alone.", motion_role(judged->motion));
}

enum err judge_check_evidence(
    struct judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct span_list *given = &judged->ask->judge.evidence;
    size_t count = judged->motion == MOTION_NONE ? 0 : judged->request.evidence_count;
    if (given->count != count)
        return refuse(refusal, rule, "There is not each piece of evidence that was requested.");
    for (size_t i = 0; i < count; i++) {
        struct hash hash = hash_of(given->at[i]);
        if (!hash_equal(&hash, &judged->request.evidence[i]))
            return refuse(refusal, rule, "A piece of evidence is not the one requested.");
    }
    return OK;
}

enum err judge_check_motion(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    (void)rule; // the motion's own
    if (judged->motion == MOTION_NONE)
        return OK;
    judge_clear(judged);
    judged->govern = govern_new();
    if (judged->govern == NULL)
        return ERR_MEMORY;
    const struct govern_case given = {.charter = judged->charter,
        .state = judged->state,
        .item = &judged->request.items[0],
        .payload = judged->ask->judge.payloads.at[0],
        .evidence = judged->ask->judge.evidence.at,
        .evidence_count = judged->ask->judge.evidence.count,
        .now = judged->now};
    return govern_judge(&given, judged->govern, refusal);
}

// Approvers signed whose quorums decide; the vault counts by its own words alone.
enum err judge_check_decides(
    struct judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct opened *opened = &judged->opened;
    if (judged->motion != MOTION_NONE && judged->govern == NULL)
        return ERR_NOT_FOUND;
    size_t count = judged->motion == MOTION_NONE ? 0 : judged->govern->decides_count;
    bool same = opened->decides_count == count;
    for (size_t i = 0; same && i < count; i++)
        same = strcmp(opened->decides[i], judged->govern->decides[i]) == 0;
    return same ? OK : refuse(refusal, rule, "The opened record says that others decide.");
}

enum err judge_check_since(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    if (judged->order.opened.index >= judged->state->since)
        return OK;
    return refuse(refusal, rule,
        "The request was opened before the time was set back: it must be approved anew.");
}

enum err judge_check_frozen(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct opened *opened = &judged->opened;
    const struct asked asked = {opened->request, opened->items, opened->item_count};
    return freeze_holds_back(judged->state, &asked, rule, refusal);
}
