#include "hsm/judge_row.h"
#include "hsm/payload.h"
#include "policy/chain.h"
#include "policy/mandate.h"

#include <inttypes.h>
#include <string.h>

// Whether what would be signed is what its role may sign. What a motion says is judged elsewhere
// (judge_motion.c).

enum err judge_check_roles(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    if (judged->motion != MOTION_NONE)
        return OK;
    for (size_t i = 0; i < judged->opened.item_count; i++) {
        judged->roles[i] = charter_role(judged->charter, judged->opened.items[i].role);
        if (judged->roles[i] == NULL)
            return refuse(
                refusal, rule, "The charter names no role %s.", judged->opened.items[i].role);
    }
    bool by_mandate = false;
    enum err err = mandate_way(
        judged->charter, judged->opened.items, judged->opened.item_count, &by_mandate, refusal);
    if (err == OK && by_mandate)
        return refuse(refusal, rule, "%s is signed by mandate, and no quorum does it instead.",
            judged->roles[0]->name);
    return err;
}

enum err judge_check_scan(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    if (judged->motion != MOTION_NONE)
        return OK;
    for (size_t i = 0; i < judged->opened.item_count; i++) {
        if (judged->roles[i] == NULL)
            return ERR_NOT_FOUND;
        const struct payload_of of = {
            judged->charter, judged->roles[i], &judged->opened.items[i]};
        enum err err = payload_check(
            &of, judged->ask->judge.payloads.at[i], &judged->scans[i], rule, refusal);
        if (err != OK)
            return err;
    }
    return OK;
}

// Its length of life was approved as it stood at the opening; that it is over is seen now.
enum err judge_check_payload_expiry(
    struct judgement *judged, const char *rule, struct refusal *refusal)
{
    if (judged->motion != MOTION_NONE)
        return OK;
    for (size_t i = 0; i < judged->opened.item_count; i++) {
        const struct role *role = judged->roles[i];
        if (role == NULL)
            return ERR_NOT_FOUND;
        int64_t life = judged->scans[i].expires - judged->opened.time;
        if (life < role->least || life > role->most)
            return refuse(refusal, rule,
                "The payload of %s expires %" PRId64 " seconds after it was opened; %" PRId64
                " to %" PRId64 " are allowed.",
                role->name, life, role->least, role->most);
        if (judged->scans[i].expires <= judged->now)
            return refuse(refusal, rule, "The payload of %s has expired.", role->name);
    }
    return OK;
}

// A lift builds on the freeze that it names, a mandate on the last one of its role.
static struct hash previous_of(const struct judgement *judged, const struct item *item)
{
    if (judged->motion == MOTION_LIFT && judged->govern != NULL)
        return judged->govern->lift.freeze;
    if (judged->motion == MOTION_MANDATE && judged->govern != NULL)
        return chain_mandate(judged->state, judged->govern->mandate.role);
    return chain_previous(judged->state, item->role);
}

enum err judge_check_previous(
    struct judgement *judged, const char *rule, struct refusal *refusal)
{
    for (size_t i = 0; i < judged->opened.item_count; i++) {
        const struct item *item = &judged->opened.items[i];
        struct hash last = previous_of(judged, item);
        if (!hash_equal(&item->previous, &last) && !hash_equal(&item->payload, &last))
            return refuse(refusal, rule,
                "%s was opened over another payload than the last one signed: it must be "
                "opened and approved anew.",
                item->role);
    }
    return OK;
}

enum err judge_check_version(
    struct judgement *judged, const char *rule, struct refusal *refusal)
{
    (void)rule; // the chain's own
    for (size_t i = 0; i < judged->opened.item_count; i++) {
        enum err err = chain_follows(judged->state, &judged->opened.items[i], refusal);
        if (err != OK)
            return err;
    }
    return OK;
}

enum err judge_check_rate(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    (void)rule; // the chain's own
    if (judged->motion != MOTION_NONE)
        return OK;
    for (size_t i = 0; i < judged->opened.item_count; i++) {
        if (judged->roles[i] == NULL)
            return ERR_NOT_FOUND;
        enum err err = chain_rate(
            judged->roles[i], judged->state, &judged->opened.items[i], judged->now, refusal);
        if (err != OK)
            return err;
    }
    return OK;
}
