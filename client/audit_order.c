// The audit of orders: whether the vault could take what it took.
#include "client/audit_part.h"

#include <string.h>

static enum motion motion_in(const struct audit_flight *flight)
{
    return motion_of(flight->opened.items[0].role);
}

// ---- who approved ----

// The vote that an order's line names, if it is an approval of this opening.
static const struct audit_vote *approval_at(
    const struct audit_request *request, const struct order_approval *approval)
{
    for (size_t i = 0; i < request->vote_count; i++) {
        const struct audit_vote *vote = &request->votes[i];
        if (vote->index == approval->index && vote->opened == request->opening.place.index &&
            vote->vote.decision == DECISION_APPROVE &&
            hash_equal(&vote->vote.approver, &approval->approver))
            return vote;
    }
    return NULL;
}

// The approvals that the order names, and every rejection before it.
static size_t list_votes(struct audit *audit, const struct audit_request *request,
    const struct order *order, struct vote out[LIMIT_ADMINISTRATORS + LIMIT_DECISIONS])
{
    size_t count = 0;
    for (size_t i = 0; i < order->approval_count; i++) {
        const struct audit_vote *vote = approval_at(request, &order->approvals[i]);
        if (vote == NULL)
            audit_find(audit, "R5", "record %llu is no approval of this opening",
                (unsigned long long)order->approvals[i].index);
        else
            out[count++] = vote->vote;
    }
    for (size_t i = 0; i < request->vote_count; i++)
        if (request->votes[i].vote.decision == DECISION_REJECT)
            out[count++] = request->votes[i].vote;
    return count;
}

// R5: each quorum that decides, counted again. Whose they are in a motion is judged with it.
static void count_quorums(struct audit *audit, const struct audit_request *request)
{
    struct vote votes[LIMIT_ADMINISTRATORS + LIMIT_DECISIONS];
    const struct audit_flight *flight = &audit->flight;
    const struct ballot ballot = {
        .charter = audit->charter,
        .opened = &flight->opened,
        .person = audit_person(audit->charter, &flight->opened),
        .votes = votes,
        .vote_count = list_votes(audit, request, &flight->order, votes),
    };
    for (size_t i = 0; i < decide_quorums(&ballot); i++) {
        struct tally tally = decide_tally(&ballot, i);
        if (!tally_complete(&tally))
            audit_find(audit, "R5",
                "the approvals that it names are no quorum of %s: %zu persons count of %zu",
                decide_name(&ballot, i), tally.approved, tally.need);
    }
}

// ---- what stands against it ----

// Another charter, a freeze, a time that was set back, an end.
static void check_standing(struct audit *audit, const struct audit_request *request)
{
    const struct opened *opened = &audit->flight.opened;
    const struct order *order = &audit->flight.order;
    if (audit_under(audit, opened) != audit->charter)
        audit_find(audit, "R7", "it was opened under another charter than the one in force");
    if (order->opened.index < audit->state->since)
        audit_find(audit, "R13", "it was opened before the time was set back");
    if (govern_frozen(audit->state, &opened->request, opened->items, opened->item_count) !=
        NULL)
        audit_find(audit, "R6", "an administrator had frozen it");
    if (order->adds != request->is_signed ||
        (order->adds && !audit_same_place(&order->added_to, &request->outcome)))
        audit_find(audit, "R11", "it does not add to the newest outcome of its request");
    if (order->time < opened->earliest || order->time >= opened->expires)
        audit_find(audit, "R6", "it was given before the earliest signing, or after expiry");
}

// R12: what is signed builds on what the log says was signed last for its role, or is that again. A
// lift builds on the freeze that it names, a mandate on the last one of its role, which are judged
// with them.
static bool builds_on_last(const struct audit *audit, const struct item *item)
{
    enum motion motion = motion_of(item->role);
    struct hash last = chain_previous(audit->state, item->role);
    bool again = hash_equal(&last, &item->payload);
    if (audit->flight.order.adds)
        return again;
    return motion == MOTION_LIFT || motion == MOTION_MANDATE || again ||
           hash_equal(&last, &item->previous);
}

static void check_chain(struct audit *audit)
{
    struct refusal refusal = {0};
    const struct opened *opened = &audit->flight.opened;
    for (size_t i = 0; i < opened->item_count; i++) {
        const struct item *item = &opened->items[i];
        if (!builds_on_last(audit, item))
            audit_find(audit, "R12", "%s does not build on the payload that was signed last",
                item->role);
        else if (chain_follows(audit->state, item, &refusal) != OK)
            audit_find(audit, refusal.rule, "%s", refusal.sentence);
        audit_check_rate(audit, item);
    }
}

static enum err check_order(struct audit *audit, const struct audit_request *request)
{
    struct audit_flight *flight = &audit->flight;
    audit_time_of(audit, motion_in(flight), flight->order.time);
    check_standing(audit, request);
    check_chain(audit);
    count_quorums(audit, request);
    if (motion_in(flight) != MOTION_NONE)
        return audit_motion(audit);
    audit_signers(audit);
    return OK;
}

enum err audit_order(struct audit *audit, struct span text)
{
    struct audit_flight *flight = &audit->flight;
    if (!audit_form(audit, order_read(text, &flight->order)) || audit->charter == NULL)
        return OK;
    flight->stands = flight->freezes = flight->mandated = flight->lost = false;
    struct audit_request *request = audit_open_request(audit, &flight->order.request);
    if (request == NULL)
        return OK;
    if (!audit_same_place(&flight->order.opened, &request->opening.place) ||
        opened_read(bytes_span(&request->opening.text), &flight->opened) != OK) {
        audit_find(audit, "R4", "it is not over the newest opening of its request");
        return OK;
    }
    flight->stands = true;
    flight->place = audit->at;
    return check_order(audit, request);
}
