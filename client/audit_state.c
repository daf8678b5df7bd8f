// The audit of the state that an outcome names, when it is at hand (the appliance keeps the last
// ones only): it must be what the log makes it, but for times, which only the vault knows.
#include "client/audit_part.h"

#include <stdlib.h>
#include <string.h>

static bool same_roles(const struct state *a, const struct state *b)
{
    bool same = a->role_count == b->role_count;
    for (size_t i = 0; same && i < a->role_count; i++)
        same = strcmp(a->roles[i].role, b->roles[i].role) == 0 &&
               a->roles[i].version == b->roles[i].version &&
               hash_equal(&a->roles[i].payload, &b->roles[i].payload);
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

static bool same_freezes(const struct state *a, const struct state *b)
{
    bool same = a->freeze_count == b->freeze_count && a->freezer_count == b->freezer_count;
    for (size_t i = 0; same && i < a->freeze_count; i++)
        same = hash_equal(&a->freezes[i].statement, &b->freezes[i].statement) &&
               hash_equal(&a->freezes[i].administrator, &b->freezes[i].administrator) &&
               freeze_of_equal(&a->freezes[i].of, &b->freezes[i].of);
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

static bool same_state(const struct state *a, const struct state *b)
{
    return a->has_order == b->has_order && a->order.index == b->order.index &&
           hash_equal(&a->order.leaf, &b->order.leaf) && a->epoch == b->epoch &&
           hash_equal(&a->charter, &b->charter) && a->since == b->since && same_roles(a, b) &&
           same_motions(a, b) && same_keys(a, b) && same_freezes(a, b) && same_signed(a, b);
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
    if (err == OK && here &&
        (state_read(bytes_span(&text), state) != OK || !same_state(state, audit->state)))
        audit_find(audit, "R8", "the state that it names is not what the log gives");
    else if (err == OK && here)
        audit->state->time = state->time;
    bytes_clear(&text);
    free(state);
    return err;
}
