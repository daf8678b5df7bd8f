#include "policy/govern.h"

#include "policy/chain.h"
#include "policy/govern_part.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct govern *govern_new(void)
{
    return calloc(1, sizeof(struct govern));
}

void govern_free(struct govern *govern)
{
    if (govern != NULL)
        charter_free(govern->charter);
    free(govern);
}

// A kind that is a chain leaves its number and payload in the state; a charter is there by itself.
static const struct {
    govern_judging *judge;
    govern_doing *apply;
    bool is_chain;
} kinds[MOTION_KINDS] = {
    [MOTION_CHARTER] = {charter_motion_judge, charter_motion_apply, false},
    [MOTION_IMPORT] = {import_motion_judge, import_motion_apply, true},
    [MOTION_KEYS] = {keys_motion_judge, keys_motion_apply, true},
    [MOTION_LIFT] = {lift_motion_judge, lift_motion_apply, false},
    [MOTION_MANDATE] = {mandate_motion_judge, mandate_motion_apply, false},
    [MOTION_TIME] = {time_motion_judge, time_motion_apply, true},
};

// ---- judging ----

enum err govern_judge(
    const struct govern_case *given, struct govern *out, struct refusal *refusal)
{
    struct hash hash = hash_of(given->payload);
    out->motion = motion_of(given->item->role);
    out->decides_count = 0;
    if (out->motion == MOTION_NONE)
        return refuse(refusal, "R2",
            "%s is nothing that the appliance decides over itself: ask for %s, %s, %s, %s, %s "
            "or %s.",
            given->item->role, motion_role(MOTION_CHARTER), motion_role(MOTION_IMPORT),
            motion_role(MOTION_KEYS), motion_role(MOTION_LIFT), motion_role(MOTION_MANDATE),
            motion_role(MOTION_TIME));
    if (!hash_equal(&hash, &given->item->payload))
        return refuse(refusal, "R1",
            "The text of %s is not the one that the request names: send the very bytes that "
            "were asked for.",
            given->item->role);
    if (chain_follows(given->state, given->item, refusal) != OK)
        return ERR_REFUSED;
    return kinds[out->motion].judge(given, out, refusal);
}

enum err govern_no_form(const struct govern_case *given, struct refusal *refusal)
{
    return refuse(refusal, "R2",
        "The text of %s does not have its form: make it with the tool of this version.",
        given->item->role);
}

enum err govern_number(
    const struct govern_case *given, uint64_t number, struct refusal *refusal)
{
    if (number == given->item->version)
        return OK;
    return refuse(refusal, "R12",
        "The text of %s has number %" PRIu64 ", but its request asks for number %" PRIu64
        ": ask for what the text says.",
        given->item->role, number, given->item->version);
}

enum err govern_evidence(const struct govern_case *given, size_t count, struct refusal *refusal)
{
    if (given->evidence_count == count)
        return OK;
    return refuse(refusal, "R14",
        "%s comes with %zu files of evidence, and takes %zu: send what its kind needs and "
        "nothing else.",
        given->item->role, given->evidence_count, count);
}

// ---- who decides ----

void govern_decides_charter(struct govern *out)
{
    snprintf(out->decides[0], sizeof out->decides[0], "charter");
    out->decides_count = 1;
}

void govern_decides_role(struct govern *out, const char *role)
{
    size_t at = 0;
    while (at < out->decides_count && strcmp(out->decides[at], role) < 0)
        at++;
    if (at < out->decides_count && strcmp(out->decides[at], role) == 0)
        return;
    memmove(out->decides[at + 1], out->decides[at],
        (out->decides_count - at) * sizeof out->decides[0]);
    snprintf(out->decides[at], sizeof out->decides[at], "%s", role);
    out->decides_count++;
}

// ---- carrying out ----

enum err govern_apply(const struct govern *govern, const struct charter *charter,
    const struct govern_deed *deed, struct state *state)
{
    const struct govern_step step = {govern, charter, deed};
    const struct item *item = deed->item;
    if (govern->motion == MOTION_NONE)
        return ERR_FORM;
    enum err err = kinds[govern->motion].apply(&step, state);
    if (err == OK && kinds[govern->motion].is_chain)
        state->motions[govern->motion] = (struct motion_state){item->version, item->payload};
    return err;
}

bool govern_has_key(const struct charter *charter, const char *role, const struct hash *key)
{
    for (size_t i = 0; i < charter->key_count; i++)
        if (hash_equal(&charter->keys[i].key.id, key) &&
            charter_key_of(charter, &charter->keys[i], role))
            return true;
    return false;
}
