// Freezes in force: taking one, and what it stops.
#include "policy/govern.h"

#include "proto/name.h"

#include <inttypes.h>

// ---- judging ----

// What the quorum needs to come free again, whatever one administrator did.
static bool is_never_frozen(const char *role)
{
    enum motion motion = motion_of(role);
    return motion == MOTION_CHARTER || motion == MOTION_LIFT || motion == MOTION_TIME;
}

// By the sealed time: the clock may be wrong, and a freeze is taken all the same. No request that
// was frozen so long ago still lives.
static bool is_outlived(const struct state *state, const struct freeze_state *freeze)
{
    return freeze->of.what == FREEZE_REQUEST && state->time - freeze->time > LIMIT_REQUEST_LIFE;
}

static enum err statement_rule(const struct charter *charter, const struct state *state,
    const struct freeze *freeze, const struct administrator *who, struct refusal *refusal)
{
    if (!hash_equal(&freeze->appliance, &charter->log))
        return refuse(refusal, "R4",
            "The freeze of %s is for another appliance: make it for this one.", who->name);
    if (freeze->epoch != charter->epoch || !hash_equal(&freeze->charter, &charter->hash))
        return refuse(refusal, "R7",
            "The freeze of %s was made under another charter than the one in force, which is "
            "epoch %" PRIu64 ": make it anew.",
            who->name, charter->epoch);
    uint64_t last = state_freezer(state, &freeze->administrator);
    if (freeze->number - 1 != last)
        return refuse(refusal, "R11",
            "The freeze of %s has number %" PRIu64 ", but the next is %" PRIu64
            ", and each counts once: make it anew.",
            who->name, freeze->number, last + 1);
    return OK;
}

// Whatever ended it, nobody signs under it any more.
static enum err mandate_rule(
    const struct state *state, const struct freeze_of *of, struct refusal *refusal)
{
    const struct mandate_state *mandate = state_mandate(state, of->role);
    if (mandate != NULL && mandate->live && hash_equal(&mandate->text, &of->thing))
        return OK;
    return refuse(refusal, "R11",
        "This mandate of %s is not in force: there is nothing to revoke. See what is with "
        "`conclave mandate list`.",
        of->role);
}

static enum err thing_rule(const struct charter *charter, const struct state *state,
    const struct freeze_of *of, struct refusal *refusal)
{
    bool is_role = of->what == FREEZE_ROLE;
    if (of->what == FREEZE_MANDATE)
        return mandate_rule(state, of, refusal);
    if (is_role && is_never_frozen(of->role))
        return refuse(refusal, "R7",
            "%s cannot be frozen, so that a quorum can always help the house: freeze "
            "everything else, or one request.",
            of->role);
    if (is_role && motion_of(of->role) == MOTION_NONE &&
        charter_role(charter, of->role) == NULL)
        return refuse(
            refusal, "R2", "The charter names no role %s: freeze one that it names.", of->role);
    for (size_t i = 0; i < state->freeze_count; i++)
        if (freeze_of_equal(&state->freezes[i].of, of))
            return refuse(refusal, "R11",
                "This is frozen already, and stays so until a quorum lifts it: there is "
                "nothing to do.");
    return OK;
}

// The last place, of a person and of the list, is kept for everything: so who has frozen much can
// still freeze all.
static enum err room_rule(const struct state *state, const struct freeze *freeze,
    const char *name, struct refusal *refusal)
{
    size_t kept = freeze->of.what == FREEZE_EVERYTHING ? 0 : 1;
    size_t all = 0, own = 0;
    if (freeze->of.what == FREEZE_MANDATE)
        return OK; // it takes no place
    for (size_t i = 0; i < state->freeze_count; i++) {
        if (is_outlived(state, &state->freezes[i]))
            continue;
        all++;
        own += hash_equal(&state->freezes[i].administrator, &freeze->administrator);
    }
    if (own + kept >= LIMIT_FREEZES_EACH)
        return refuse(refusal, "R20",
            "%s has %zu freezes in force, and the last of %d is for everything: freeze "
            "everything, or have some lifted.",
            name, own, LIMIT_FREEZES_EACH);
    if (all + kept >= LIMIT_FREEZES)
        return refuse(refusal, "R20",
            "There are %zu freezes in force, and the last of %d is for everything: freeze "
            "everything, or have some lifted.",
            all, LIMIT_FREEZES);
    return OK;
}

enum err govern_judge_freeze(const struct charter *charter, const struct state *state,
    const struct freeze *freeze, struct refusal *refusal)
{
    const struct administrator *who = charter_administrator(charter, &freeze->administrator);
    if (who == NULL)
        return refuse(refusal, "R5",
            "This key is no administrator's in charter epoch %" PRIu64
            ": use the token that is enrolled.",
            charter->epoch);
    enum err err = statement_rule(charter, state, freeze, who, refusal);
    if (err == OK)
        err = thing_rule(charter, state, &freeze->of, refusal);
    return err == OK ? room_rule(state, freeze, who->name, refusal) : err;
}

// ---- carrying out ----

static void forget_outlived(struct state *state)
{
    size_t kept = 0;
    for (size_t i = 0; i < state->freeze_count; i++)
        if (!is_outlived(state, &state->freezes[i]))
            state->freezes[kept++] = state->freezes[i];
    state->freeze_count = kept;
}

enum err govern_apply_freeze(const struct freeze *freeze, moment now, struct state *state)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    freeze_write(freeze, &text);
    enum err err = bytes_finish(&text);
    struct freeze_state added = {.statement = hash_of(bytes_span(&text)),
        .administrator = freeze->administrator,
        .time = now > state->time ? now : state->time,
        .of = freeze->of};
    bytes_clear(&text);
    forget_outlived(state);
    if (err == OK)
        err = state_set_freezer(state, &freeze->administrator, freeze->number);
    if (freeze->of.what == FREEZE_MANDATE)
        state_end_mandate(state, freeze->of.role);
    else if (err == OK)
        err = state_set_freeze(state, &added);
    return err;
}

// ---- what is frozen ----

static bool stops(const struct freeze_of *of, const struct hash *request,
    const struct item *items, size_t item_count)
{
    if (of->what == FREEZE_EVERYTHING)
        return true;
    if (of->what == FREEZE_REQUEST)
        return hash_equal(&of->thing, request);
    for (size_t i = 0; i < item_count; i++)
        if (item_is_of(items[i].role, of->role))
            return true;
    return false;
}

const struct freeze_state *govern_frozen(const struct state *state, const struct hash *request,
    const struct item *items, size_t item_count)
{
    if (item_count == 1 && is_never_frozen(items[0].role))
        return NULL;
    for (size_t i = 0; i < state->freeze_count; i++)
        if (stops(&state->freezes[i].of, request, items, item_count))
            return &state->freezes[i];
    return NULL;
}
