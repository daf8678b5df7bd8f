// The audit of the state that an outcome names, when it is at hand (the appliance keeps the last ones
// only): it must be what the log makes it. Of times the log gives bounds, and the state the rest.
#include "client/audit_part.h"

#include <stdlib.h>
#include <string.h>

static bool same_roles(const struct audit *audit, const struct state *sealed)
{
    const struct state *own = audit->state;
    bool same = own->role_count == sealed->role_count;
    for (size_t i = 0; same && i < own->role_count; i++)
        same =
            strcmp(own->roles[i].role, sealed->roles[i].role) == 0 &&
            own->roles[i].version == sealed->roles[i].version &&
            hash_equal(&own->roles[i].payload, &sealed->roles[i].payload) &&
            (own->roles[i].expires == 0 || own->roles[i].expires == sealed->roles[i].expires) &&
            audit_same_window(audit, &sealed->roles[i]);
    return same;
}

static bool same_motions(const struct state *a, const struct state *b)
{
    bool same = true;
    for (size_t i = 0; same && i < MOTION_KINDS; i++)
        same = a->motions[i].number == b->motions[i].number &&
               hash_equal(&a->motions[i].payload, &b->motions[i].payload);
    return same;
}

static bool same_keys(const struct state *a, const struct state *b)
{
    bool same = a->spare_count == b->spare_count;
    for (size_t i = 0; same && i < a->spare_count; i++)
        same = strcmp(a->spare[i].role, b->spare[i].role) == 0 &&
               hash_equal(&a->spare[i].key.id, &b->spare[i].key.id) &&
               a->spare[i].retired == b->spare[i].retired && a->spare[i].by == b->spare[i].by;
    return same;
}

static bool same_freeze(const struct freeze_state *own, const struct freeze_state *sealed)
{
    return hash_equal(&own->statement, &sealed->statement) &&
           hash_equal(&own->administrator, &sealed->administrator) &&
           freeze_of_equal(&own->of, &sealed->of) && sealed->time <= own->time;
}

// Those that the vault may have forgotten need not be there.
static bool same_freezes(const struct audit *audit, const struct state *sealed)
{
    size_t at = 0;
    for (size_t i = 0; i < audit->state->freeze_count; i++) {
        const struct freeze_state *own = &audit->state->freezes[i];
        if (at < sealed->freeze_count && same_freeze(own, &sealed->freezes[at]))
            at++;
        else if (!audit_outlived(audit, own))
            return false;
    }
    return at == sealed->freeze_count;
}

static bool same_freezers(const struct state *a, const struct state *b)
{
    bool same = a->freezer_count == b->freezer_count;
    for (size_t i = 0; same && i < a->freezer_count; i++)
        same = hash_equal(&a->freezers[i].administrator, &b->freezers[i].administrator) &&
               a->freezers[i].number == b->freezers[i].number;
    return same;
}

static bool same_signed(const struct state *a, const struct state *b)
{
    bool same = a->signed_count == b->signed_count;
    for (size_t i = 0; same && i < a->signed_count; i++)
        same = signed_state_compare(&a->signed_[i], &b->signed_[i]) == 0 &&
               a->signed_[i].order == b->signed_[i].order;
    return same;
}

static bool same_approvers(const struct mandate_state *a, const struct mandate_state *b)
{
    bool same = a->approver_count == b->approver_count;
    for (size_t i = 0; same && i < a->approver_count; i++)
        same = hash_equal(&a->approvers[i], &b->approvers[i]);
    return same;
}

// One that may have ended with a time that was set back has, when the sealed one says so.
static bool same_life(const struct audit *audit, const struct mandate_state *own,
    const struct mandate_state *sealed)
{
    if (audit->ends_unsure && own->live && !sealed->live)
        return sealed->approver_count == 0;
    return own->live == sealed->live && same_approvers(own, sealed);
}

// Numbers that were reserved and not used are in the sealed one alone; a mandate that followed
// begins above them.
static bool same_mandate(const struct audit *audit, const struct mandate_state *own,
    const struct mandate_state *sealed)
{
    return strcmp(own->role, sealed->role) == 0 && own->number == sealed->number &&
           hash_equal(&own->text, &sealed->text) && same_life(audit, own, sealed) &&
           hash_equal(&own->requester, &sealed->requester) && own->last == sealed->last &&
           own->count == sealed->count && own->longest == sealed->longest &&
           own->until == sealed->until && sealed->first >= own->first &&
           sealed->reserved >= own->reserved && sealed->top >= own->top;
}

static bool same_mandates(const struct audit *audit, const struct state *sealed)
{
    const struct state *own = audit->state;
    bool same = own->mandate_count == sealed->mandate_count;
    for (size_t i = 0; same && i < own->mandate_count; i++)
        same = same_mandate(audit, &own->mandates[i], &sealed->mandates[i]);
    return same;
}

// A state that was sealed for numbers names no order.
static bool same_order(const struct state *own, const struct state *sealed)
{
    if (!sealed->has_order && own->mandate_count > 0)
        return true;
    return own->has_order == sealed->has_order && audit_same_place(&own->order, &sealed->order);
}

static bool same_times(const struct audit *audit, const struct state *sealed)
{
    bool since = sealed->since >= audit->state->since && sealed->since <= audit->since_most;
    return since && sealed->time >= audit->time.sealed.first &&
           sealed->time <= audit->time.sealed.last;
}

static bool same_state(const struct audit *audit, const struct state *sealed)
{
    const struct state *own = audit->state;
    return same_order(own, sealed) && same_mandates(audit, sealed) &&
           own->epoch == sealed->epoch && hash_equal(&own->charter, &sealed->charter) &&
           same_times(audit, sealed) && same_roles(audit, sealed) &&
           same_motions(own, sealed) && same_keys(own, sealed) && same_freezes(audit, sealed) &&
           same_freezers(own, sealed) && same_signed(own, sealed);
}

// What only the vault knew is known now.
static void take_known(struct audit *audit, const struct state *sealed)
{
    for (size_t i = 0; i < sealed->mandate_count; i++)
        if (!sealed->mandates[i].live)
            state_end_mandate(audit->state, sealed->mandates[i].role);
    audit->ends_unsure = false;
    audit->time.sealed = (struct audit_span){sealed->time, sealed->time};
    audit->state->since = audit->since_most = sealed->since;
}

enum err audit_check_state(struct audit *audit, const struct outcome *outcome)
{
    struct bytes text;
    uint64_t counted = audit->report.not_at_hand;
    bool here = false;
    struct state *state = calloc(1, sizeof *state);
    bytes_init(&text, LIMIT_STATE);
    enum err err =
        state == NULL ? ERR_MEMORY : audit_fetch(audit, &outcome->state, &text, &here);
    audit->report.not_at_hand = counted;
    if (err == OK && here) {
        if (state_read(bytes_span(&text), state) == OK && same_state(audit, state))
            take_known(audit, state);
        else
            audit_find(audit, "R8", "the state that it names is not what the log gives");
    }
    bytes_clear(&text);
    free(state);
    return err;
}
