#include "hsm/judge.h"
#include "policy/chain.h"

#include <stdio.h>
#include <string.h>

// Custodians' keys that sign now are remembered: who approves later adds what is missing, and who
// signs again after a crash signs with the same keys.
static enum err remember_signers(
    const struct judgement *judged, const struct role *role, uint64_t order, struct state *next)
{
    const struct charter *charter = judged->charter;
    enum err err = OK;
    for (size_t i = 0; err == OK && i < charter->key_count; i++) {
        const struct role_key *key = &charter->keys[i];
        if (&charter->roles[key->role] != role || !key->has_custodian ||
            !judge_signs(judged, key))
            continue;
        struct signed_state line = {.key = key->key.id, .order = order};
        snprintf(line.role, sizeof line.role, "%s", role->name);
        err = state_set_signed(next, &line);
    }
    return err;
}

static enum err next_role(
    const struct judgement *judged, size_t at, uint64_t order, struct state *next)
{
    const struct item *item = &judged->opened.items[at];
    const struct role *role = judged->roles[at];
    if (role == NULL)
        return ERR_NOT_FOUND;
    const struct role_state moved =
        chain_next(role, judged->state, item, judged->scans[at].expires, judged->now);
    struct hash last = chain_previous(judged->state, item->role);
    if (!hash_equal(&last, &item->payload))
        state_drop_signed(next, item->role);
    enum err err = state_set(next, &moved);
    return err == OK ? remember_signers(judged, role, order, next) : err;
}

static enum err next_motion(const struct judgement *judged, const struct place *order,
    const struct key *made, struct state *next)
{
    if (judged->govern == NULL)
        return ERR_NOT_FOUND;
    const struct govern_deed deed = {.item = &judged->opened.items[0],
        .order = order->index,
        .made = made,
        .person = judged->asking.person,
        .approvals = judged->order.approvals,
        .approval_count = judged->order.approval_count};
    return govern_apply(judged->govern, judged->charter, &deed, next);
}

static enum err next_roles(
    const struct judgement *judged, const struct place *order, struct state *next)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < judged->opened.item_count; i++)
        err = next_role(judged, i, order->index, next);
    return err;
}

enum err judge_next(const struct judgement *judged, const struct place *order,
    const struct key *made, struct state *next)
{
    *next = *judged->state;
    enum err err = judged->motion == MOTION_NONE ? next_roles(judged, order, next)
                                                 : next_motion(judged, order, made, next);
    next->has_order = true;
    next->order = *order;
    // A motion about the time says itself what the time is.
    if (judged->motion != MOTION_TIME)
        next->time = judged->now;
    return err;
}
