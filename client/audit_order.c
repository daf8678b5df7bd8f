// The audit of what the vault did: order and outcome records.
#include "client/audit_part.h"

#include <stdlib.h>
#include <string.h>

static const struct audit_opening *opening_at(
    const struct audit_request *request, const struct place *place)
{
    for (size_t i = 0; i < request->opening_count; i++)
        if (request->openings[i].place.index == place->index &&
            hash_equal(&request->openings[i].place.leaf, &place->leaf))
            return &request->openings[i];
    return NULL;
}

// The vote that an order's line names, if it is an approval of this opening.
static const struct audit_vote *approval_at(const struct audit_request *request,
    const struct order_approval *approval, const struct place *opened)
{
    for (size_t i = 0; i < request->vote_count; i++) {
        const struct audit_vote *vote = &request->votes[i];
        if (vote->index == approval->index && vote->opened == opened->index &&
            vote->vote.decision == DECISION_APPROVE &&
            hash_equal(&vote->vote.approver, &approval->approver))
            return vote;
    }
    return NULL;
}

// R5: the approvals that the order names, and every rejection before it.
static void count_quorum(struct audit *audit, const struct audit_request *request,
    const struct opened *opened, const struct order *order)
{
    struct vote votes[LIMIT_ADMINISTRATORS + LIMIT_DECISIONS];
    size_t count = 0;
    for (size_t i = 0; i < order->approval_count; i++) {
        const struct audit_vote *vote =
            approval_at(request, &order->approvals[i], &order->opened);
        if (vote == NULL)
            audit_find(audit, "R5", "record %llu is no approval of this opening",
                (unsigned long long)order->approvals[i].index);
        else
            votes[count++] = vote->vote;
    }
    for (size_t i = 0; i < request->vote_count; i++)
        if (request->votes[i].vote.decision == DECISION_REJECT)
            votes[count++] = request->votes[i].vote;
    struct ballot ballot = {
        .charter = audit->charter,
        .opened = opened,
        .person = audit_person(audit, opened),
        .votes = votes,
        .vote_count = count,
    };
    if (decide(&ballot) != VERDICT_COMPLETE)
        audit_find(audit, "R5", "the approvals that it names are no quorum");
}

// What a motion is said to build on: a lift on the freeze that it names, which is judged with it.
static bool is_lift(const struct item *item)
{
    return motion_of(item->role) == MOTION_LIFT;
}

// R12: each item builds on what the log says was signed last for its role; or is that, when
// custodians add to it.
static void check_chain(struct audit *audit, const struct opened *opened, bool adds)
{
    struct refusal refusal;
    for (size_t i = 0; i < opened->item_count; i++) {
        const struct item *item = &opened->items[i];
        struct hash last = chain_previous(audit->state, item->role);
        bool builds = adds || is_lift(item) || hash_equal(&last, &item->previous);
        if (!builds || (adds && !hash_equal(&last, &item->payload)))
            audit_find(audit, "R12", "%s does not build on the payload that was signed last",
                item->role);
        else if (chain_follows(audit->state, item, &refusal) != OK)
            audit_find(audit, "R12", "%s", refusal.sentence);
    }
}

static bool same_place(const struct place *a, const struct place *b)
{
    return a->index == b->index && hash_equal(&a->leaf, &b->leaf);
}

// What stands against an order: another charter, a freeze, a time that was set back, an end.
static void check_standing(struct audit *audit, const struct audit_request *request,
    const struct opened *opened, const struct order *order)
{
    if (opened->epoch != audit->charter->epoch ||
        !hash_equal(&opened->charter, &audit->charter->hash))
        audit_find(audit, "R7", "it was opened under another charter than the one in force");
    if (order->opened.index < audit->state->since)
        audit_find(audit, "R13", "it was opened before the time was set back");
    if (govern_frozen(audit->state, &opened->request, opened->items, opened->item_count) !=
        NULL)
        audit_find(audit, "R6", "an administrator had frozen it");
    if (order->adds != request->is_signed ||
        (order->adds && !same_place(&order->added_to, &request->outcome)))
        audit_find(audit, "R11", "it does not add to the newest outcome of its request");
}

// The longest delay of what decides.
static int64_t delay_of(const struct audit *audit, const struct opened *opened)
{
    int64_t longest =
        motion_of(opened->items[0].role) == MOTION_NONE ? 0 : audit->charter->changes_delay;
    for (size_t i = 0; i < opened->item_count; i++) {
        const struct role *role = charter_role(audit->charter, opened->items[i].role);
        if (role != NULL && role->delay > longest)
            longest = role->delay;
    }
    return longest;
}

static void check_times(
    struct audit *audit, const struct opened *opened, const struct order *order)
{
    if (order->time < opened->earliest || order->time >= opened->expires)
        audit_find(audit, "R6", "it was given before the earliest signing, or after expiry");
    if (opened->earliest - opened->time < delay_of(audit, opened))
        audit_find(audit, "R4", "the charter's delay is longer than its opened record says");
}

static enum err check_motion(
    struct audit *audit, const struct opened *opened, const struct order *order)
{
    struct govern *govern = NULL;
    if (motion_of(opened->items[0].role) == MOTION_NONE)
        return OK;
    enum err err = audit_motion(audit, opened, order, &govern);
    govern_free(govern);
    return err;
}

static enum err check_order(struct audit *audit, struct audit_request *request,
    const struct order *order, struct span text)
{
    struct opened opened;
    const struct audit_opening *opening = opening_at(request, &order->opened);
    if (opening == NULL || opening != audit_request_newest(request) ||
        opened_read(bytes_span(&opening->text), &opened) != OK) {
        audit_find(audit, "R4", "it is not over the newest opening of its request");
        return OK;
    }
    bool is_time = motion_of(opened.items[0].role) == MOTION_TIME;
    (is_time ? audit_saw : audit_clock)(audit, order->time);
    check_times(audit, &opened, order);
    check_standing(audit, request, &opened, order);
    check_chain(audit, &opened, order->adds);
    count_quorum(audit, request, &opened, order);
    enum err err = check_motion(audit, &opened, order);
    return err == OK ? audit_request_order(request, &audit->at, text) : err;
}

enum err audit_order(struct audit *audit, struct span text)
{
    struct order order;
    if (!audit_form(audit, order_read(text, &order)) || audit->charter == NULL)
        return OK;
    struct audit_request *request = audit_open_request(audit, &order.request);
    return request == NULL ? OK : check_order(audit, request, &order, text);
}
