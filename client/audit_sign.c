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
    const struct requester *requester = charter_requester(audit->charter, &opened->requester);
    struct ballot ballot = {
        .charter = audit->charter,
        .opened = opened,
        .person = requester == NULL ? "" : requester->person,
        .votes = votes,
        .vote_count = count,
    };
    if (decide(&ballot) != VERDICT_COMPLETE)
        audit_find(audit, "R5", "the approvals that it names are no quorum");
}

// R12: each item builds on what the log says was signed last for its role.
static void check_chain(struct audit *audit, const struct opened *opened)
{
    struct refusal refusal;
    for (size_t i = 0; i < opened->item_count; i++) {
        const struct item *item = &opened->items[i];
        struct hash previous = chain_previous(audit->state, item->role);
        if (!hash_equal(&previous, &item->previous))
            audit_find(audit, "R12", "%s does not build on the payload that was signed last",
                item->role);
        else if (chain_follows(audit->state, item, &refusal) != OK)
            audit_find(audit, "R12", "%s", refusal.sentence);
    }
}

static enum err check_order(
    struct audit *audit, struct audit_request *request, const struct order *order)
{
    struct opened opened;
    const struct audit_opening *opening = opening_at(request, &order->opened);
    if (opening == NULL || opening != audit_request_newest(request) ||
        opened_read(bytes_span(&opening->text), &opened) != OK) {
        audit_find(audit, "R4", "it is not over the newest opening of its request");
        return OK;
    }
    if (order->time < opened.earliest || order->time >= opened.expires)
        audit_find(audit, "R6", "it was given before the earliest signing, or after expiry");
    check_chain(audit, &opened);
    count_quorum(audit, request, &opened, order);
    return audit_request_order(request, &audit->at, opening->place.index);
}

enum err audit_order(struct audit *audit, struct span text)
{
    struct order order;
    if (!audit_form(audit, order_read(text, &order)) || audit->charter == NULL)
        return OK;
    audit_clock(audit, order.time);
    struct audit_request *request = audit_open_request(audit, &order.request);
    return request == NULL ? OK : check_order(audit, request, &order);
}

// The opening whose order the outcome carries out; NULL is a finding.
static const struct audit_opening *ordered(
    struct audit *audit, const struct audit_request *request, const struct outcome *outcome)
{
    for (size_t i = 0; i < request->order_count; i++) {
        if (request->orders[i].index != outcome->order.index ||
            !hash_equal(&request->orders[i].leaf, &outcome->order.leaf))
            continue;
        for (size_t k = 0; k < request->opening_count; k++)
            if (request->openings[k].place.index == request->order_openings[i])
                return &request->openings[k];
    }
    audit_find(audit, "R8", "no order of its request stands behind it");
    return NULL;
}

static enum err check_signature(struct audit *audit, const struct item *item,
    const struct key *key, const struct hash *signature)
{
    struct bytes bytes, payload;
    bool here = false, payload_here = false;
    bytes_init(&bytes, KEY_SIGNATURE_MOST);
    bytes_init(&payload, LIMIT_PAYLOAD);
    enum err err = audit_fetch(audit, signature, &bytes, &here);
    if (err == OK)
        err = audit_fetch(audit, &item->payload, &payload, &payload_here);
    if (err == OK && here && payload_here) {
        err = key_verify(key, bytes_span(&payload), bytes_span(&bytes));
        if (err == OK)
            audit->report.signatures++;
        else
            audit_find(
                audit, "R8", "a signature on %s does not hold over its payload", item->role);
        err = err == ERR_MEMORY ? err : OK;
    }
    bytes_clear(&bytes);
    bytes_clear(&payload);
    return err;
}

// Every item by every key of its role, in the request's order, keys ascending: the outcome's
// lines can be foretold, so they are. `*at` is the next line.
static enum err check_item(
    struct audit *audit, const struct item *item, const struct outcome *outcome, size_t *at)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < audit->charter->key_count; i++) {
        const struct role_key *key = &audit->charter->keys[i];
        const struct outcome_signature *line = &outcome->signatures[*at];
        if (strcmp(audit->charter->roles[key->role].name, item->role) != 0)
            continue;
        if (*at >= outcome->signature_count || strcmp(line->role, item->role) != 0 ||
            line->version != item->version || !hash_equal(&line->key, &key->key.id)) {
            audit_find(audit, "R8", "the signature of key %zu of the charter on %s is missing",
                i + 1, item->role);
            continue;
        }
        (*at)++;
        err = check_signature(audit, item, &key->key, &line->signature);
    }
    return err;
}

static enum err remember(struct audit *audit, const struct opened *opened)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < opened->item_count; i++) {
        struct role_state role = {
            .version = opened->items[i].version,
            .payload = opened->items[i].payload,
        };
        memcpy(role.role, opened->items[i].role, sizeof role.role);
        err = state_set(audit->state, &role);
    }
    return err;
}

static bool same_roles(const struct state *a, const struct state *b)
{
    if (a->role_count != b->role_count)
        return false;
    for (size_t i = 0; i < a->role_count; i++)
        if (strcmp(a->roles[i].role, b->roles[i].role) != 0 ||
            a->roles[i].version != b->roles[i].version ||
            !hash_equal(&a->roles[i].payload, &b->roles[i].payload))
            return false;
    return true;
}

// The state that was sealed, when it is at hand (the appliance keeps the last one only).
static enum err check_state(struct audit *audit, const struct outcome *outcome)
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
        (state_read(bytes_span(&text), state) != OK || !state->has_order ||
            state->order.index != outcome->order.index || !same_roles(state, audit->state)))
        audit_find(audit, "R8", "the state that it names is not what the log gives");
    bytes_clear(&text);
    free(state);
    return err;
}

static enum err check_outcome(
    struct audit *audit, struct audit_request *request, const struct outcome *outcome)
{
    struct opened opened;
    size_t at = 0;
    const struct audit_opening *opening = ordered(audit, request, outcome);
    if (opening == NULL || opened_read(bytes_span(&opening->text), &opened) != OK)
        return OK;
    enum err err = OK;
    check_chain(audit, &opened);
    for (size_t i = 0; err == OK && i < opened.item_count; i++)
        err = check_item(audit, &opened.items[i], outcome, &at);
    if (err == OK && at != outcome->signature_count)
        audit_find(audit, "R8", "it holds signatures that nobody ordered");
    if (err == OK)
        err = remember(audit, &opened);
    return err == OK ? check_state(audit, outcome) : err;
}

enum err audit_outcome(struct audit *audit, struct span text)
{
    struct outcome outcome;
    if (!audit_form(audit, outcome_read(text, &outcome)) || audit->charter == NULL)
        return OK;
    audit_clock(audit, outcome.time);
    struct audit_request *request = audit_open_request(audit, &outcome.request);
    if (request == NULL)
        return OK;
    enum err err = check_outcome(audit, request, &outcome);
    audit_request_end(request);
    return err;
}
