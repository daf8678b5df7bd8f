#include "hsm/judge_row.h"
#include "hsm/role_keys.h"

#include <inttypes.h>
#include <string.h>

// Which keys would sign, and whether they are here and enough.

// Who stands behind the request does not release a key for it either.
static bool is_released(const struct judgement *judged, const struct role_key *key)
{
    if (!key->has_custodian)
        return true;
    const struct administrator *person = &judged->charter->administrators[key->custodian];
    if (judged->asking.person == NULL || strcmp(person->name, judged->asking.person) == 0)
        return false;
    for (size_t i = 0; i < judged->order.approval_count; i++)
        if (hash_equal(&judged->order.approvals[i].approver, &person->key.id))
            return true;
    return false;
}

bool judge_signs(const struct judgement *judged, const struct role_key *key)
{
    const char *role = judged->charter->roles[key->role].name;
    if (role_key_is_retired(judged->state, key) || !is_released(judged, key))
        return false;
    return !judged->order.adds ||
           (key->has_custodian && state_signed(judged->state, role, &key->key.id) == NULL);
}

static bool is_of(const struct judgement *judged, const struct role_key *key, const char *role)
{
    return charter_key_of(judged->charter, key, role);
}

enum err judge_check_keys(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct role_keys keys = {judged->charter, judged->state, judged->keyring};
    if (judged->motion != MOTION_NONE)
        return OK;
    return role_keys_check(
        &keys, judged->opened.items, judged->opened.item_count, rule, refusal);
}

static size_t count_signers(const struct judgement *judged, const char *role)
{
    size_t count = 0;
    for (size_t i = 0; i < judged->charter->key_count; i++)
        count += is_of(judged, &judged->charter->keys[i], role) &&
                 judge_signs(judged, &judged->charter->keys[i]);
    return count;
}

// At first every role signs; later at least one key does.
enum err judge_check_signers(
    struct judgement *judged, const char *rule, struct refusal *refusal)
{
    size_t all = 0;
    if (judged->motion != MOTION_NONE)
        return OK;
    for (size_t i = 0; i < judged->opened.item_count; i++) {
        const char *role = judged->opened.items[i].role;
        size_t count = count_signers(judged, role);
        if (count == 0 && !judged->order.adds)
            return refuse(refusal, rule,
                "No key of %s may sign: none of their custodians has approved.", role);
        all += count;
    }
    return all > 0 ? OK : refuse(refusal, rule, "No approval adds a signature.");
}

static size_t count_reached(const struct judgement *judged, const struct reach *reach)
{
    const struct charter *charter = judged->charter;
    size_t count = 0;
    for (size_t i = 0; i < charter->key_count; i++) {
        const struct role_key *key = &charter->keys[i];
        bool listed = false;
        for (size_t at = 0; !listed && at < reach->key_count; at++)
            listed = hash_equal(&reach->keys[at], &key->key.id);
        count += listed && is_of(judged, key, reach->role) &&
                 !role_key_is_retired(judged->state, key) && is_released(judged, key);
    }
    return count;
}

// The thresholds themselves are in metadata that the vault does not read: what approvers signed is
// held here, and each of them has computed it.
enum err judge_check_reach(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    for (size_t i = 0; i < judged->opened.reach_count; i++) {
        const struct reach *reach = &judged->opened.reach[i];
        size_t count = count_reached(judged, reach);
        if (count < reach->need)
            return refuse(refusal, rule,
                "%zu keys of %s may sign; %" PRIu64 " are needed before any does.", count,
                reach->role, reach->need);
    }
    return OK;
}

// What is added to was signed last for each role, and has its outcome behind the opened record.
enum err judge_check_adds(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct order *order = &judged->order;
    if (!order->adds)
        return OK;
    if (judged->motion != MOTION_NONE)
        return refuse(refusal, rule, "Nothing is added to what was carried out once.");
    if (order->added_to.index <= order->opened.index ||
        order->added_to.index >= judged->durable->size)
        return refuse(
            refusal, rule, "The outcome that is added to is not behind the opened record.");
    for (size_t i = 0; i < judged->opened.item_count; i++) {
        const struct item *item = &judged->opened.items[i];
        const struct role_state *last = state_role(judged->state, item->role);
        if (last == NULL || last->version != item->version ||
            !hash_equal(&last->payload, &item->payload))
            return refuse(refusal, rule, "%s has signed something else since, or never this.",
                item->role);
    }
    return OK;
}
