#include "policy/charter_bounds.h"

#include <inttypes.h>

// ---- the house ----

// A house that waits for time is helped by a statement of it alone, which waits for the delay, and
// must not be older than the jump then.
static enum err jump_rule(const struct charter *charter, struct refusal *refusal)
{
    if (charter->jump > charter->changes_delay)
        return OK;
    return refuse(refusal, "R13",
        "The delay of charter is %" PRId64
        " seconds, and a statement of the time waits for it, but the jump limit is %" PRId64
        ": no statement would ever be new enough. Make the jump longer than the delay.",
        charter->changes_delay, charter->jump);
}

enum err bounds_head(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    *where = (struct charter_place){CHARTER_CLOCK, 0, ""};
    if (charter->clock < 1 || charter->clock > CHARTER_CLOCK_MOST)
        return refuse(refusal, "R13", "The clock limit is %" PRId64 " seconds: give 1 to %d.",
            charter->clock, CHARTER_CLOCK_MOST);
    *where = (struct charter_place){CHARTER_JUMP, 0, ""};
    if (charter->jump < charter->clock || charter->jump > CHARTER_JUMP_MOST)
        return refuse(refusal, "R13",
            "The jump limit is %" PRId64 " seconds: give %" PRId64
            " (the clock limit) to %d (ten years).",
            charter->jump, charter->clock, CHARTER_JUMP_MOST);
    *where = (struct charter_place){CHARTER_CHANGES, 0, "delay"};
    if (charter->changes_delay < 0 || charter->changes_delay > CHARTER_DELAY_MOST)
        return refuse(refusal, "R20",
            "The delay of charter is %" PRId64
            " seconds, but no request lives that long: give at most %d.",
            charter->changes_delay, CHARTER_DELAY_MOST);
    return jump_rule(charter, refusal);
}

// ---- requesters ----

static enum err quota_rule(const struct requester *requester, const char *name, uint64_t value,
    uint64_t most, struct refusal *refusal)
{
    if (value >= 1 && value <= most)
        return OK;
    return refuse(refusal, "R20",
        "The requester %s may have %" PRIu64 " %s: give 1 to %" PRIu64 ".", requester->name,
        value, name, most);
}

enum err bounds_requesters(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    for (size_t i = 0; i < charter->requester_count; i++) {
        const struct requester *requester = &charter->requesters[i];
        const struct quota *quota = &requester->quota;
        *where = (struct charter_place){CHARTER_REQUESTER, i, "quota"};
        if (quota_rule(requester, "open requests", quota->open, LIMIT_OPEN, refusal) != OK ||
            quota_rule(requester, "bytes a day", quota->bytes, LIMIT_INDEX, refusal) != OK ||
            quota_rule(requester, "records a day", quota->records, LIMIT_INDEX, refusal) != OK)
            return ERR_REFUSED;
    }
    return OK;
}

// ---- roles ----

static enum err expiry_rule(
    const struct charter *charter, const struct role *role, struct refusal *refusal)
{
    (void)charter;
    if (role->most < 1 || role->most > CHARTER_EXPIRY_MOST)
        return refuse(refusal, "R20",
            "%s may be valid for %" PRId64 " seconds at most: give 1 to %d (20 years).",
            role->name, role->most, CHARTER_EXPIRY_MOST);
    if (role->least < 0 || role->least >= role->most)
        return refuse(refusal, "R20",
            "%s must be valid for %" PRId64 " seconds at least, but for %" PRId64
            " at most: make least smaller than most.",
            role->name, role->least, role->most);
    return OK;
}

static enum err delay_rule(
    const struct charter *charter, const struct role *role, struct refusal *refusal)
{
    (void)charter;
    if (role->delay >= 0 && role->delay <= CHARTER_DELAY_MOST)
        return OK;
    return refuse(refusal, "R20",
        "The delay of %s is %" PRId64
        " seconds, but no request lives that long: give at most %d.",
        role->name, role->delay, CHARTER_DELAY_MOST);
}

// A role decides its own requests, after its delay, and the lift of its freezes, after the
// charter's.
static enum err within_rule(
    const struct charter *charter, const struct role *role, struct refusal *refusal)
{
    if (role->within == 0)
        return OK;
    if (role->within < 1 || role->within > LIMIT_REQUEST_LIFE)
        return refuse(refusal, "R20",
            "Approvals of %s are waited for for %" PRId64 " seconds: give 1 to %d (90 days).",
            role->name, role->within, LIMIT_REQUEST_LIFE);
    if (role->within <= role->delay)
        return refuse(refusal, "R20",
            "Approvals of %s are waited for for %" PRId64
            " seconds, but nothing is signed before %" PRId64
            ": wait for longer than the delay.",
            role->name, role->within, role->delay);
    if (role->within <= charter->changes_delay)
        return refuse(refusal, "R20",
            "Approvals of %s are waited for for %" PRId64
            " seconds, but the lift of a freeze of it waits for %" PRId64
            ", the delay of charter: wait for longer.",
            role->name, role->within, charter->changes_delay);
    return OK;
}

static enum err rate_rule(
    const struct charter *charter, const struct role *role, struct refusal *refusal)
{
    (void)charter;
    if (role->rate == 0 && role->rate_seconds == 0)
        return OK;
    if (role->rate >= 1 && role->rate <= CHARTER_RATE_MOST && role->rate_seconds >= 1 &&
        role->rate_seconds <= CHARTER_RATE_SECONDS_MOST)
        return OK;
    return refuse(refusal, "R20",
        "The rate of %s is %" PRIu64 " per %" PRId64
        " seconds: give 1 to %d versions, and 1 to %d seconds (a year).",
        role->name, role->rate, role->rate_seconds, CHARTER_RATE_MOST,
        CHARTER_RATE_SECONDS_MOST);
}

static enum err threshold_rule(
    const struct charter *charter, const struct role *role, struct refusal *refusal)
{
    (void)charter;
    if (role->threshold >= 1 && role->threshold <= CHARTER_THRESHOLD_MOST)
        return OK;
    return refuse(refusal, "R20", "The least threshold of %s is %" PRIu64 ": give 1 to %d.",
        role->name, role->threshold, CHARTER_THRESHOLD_MOST);
}

static const struct {
    const char *field;
    enum err (*holds)(
        const struct charter *charter, const struct role *role, struct refusal *refusal);
} role_rules[] = {
    {"expires", expiry_rule},
    {"delay", delay_rule},
    {"approve_within", within_rule},
    {"rate", rate_rule},
    {"threshold", threshold_rule},
};

enum err bounds_roles(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    for (size_t i = 0; i < charter->role_count; i++)
        for (size_t rule = 0; rule < sizeof role_rules / sizeof role_rules[0]; rule++) {
            *where = (struct charter_place){CHARTER_ROLE, i, role_rules[rule].field};
            if (role_rules[rule].holds(charter, &charter->roles[i], refusal) != OK)
                return ERR_REFUSED;
        }
    return OK;
}
