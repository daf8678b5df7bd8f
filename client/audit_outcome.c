// The audit of what the vault did: outcome records.
#include "client/audit_part.h"

#include <stdlib.h>
#include <string.h>

// What an outcome carries out.
struct ordered {
    struct opened opened;
    struct order order;
};

// The order that the outcome carries out, and its opening. False is a finding.
static bool find_order(struct audit *audit, const struct audit_request *request,
    const struct outcome *outcome, struct ordered *out)
{
    for (size_t i = 0; i < request->order_count; i++) {
        const struct audit_opening *order = &request->orders[i];
        if (order->place.index != outcome->order.index ||
            !hash_equal(&order->place.leaf, &outcome->order.leaf) ||
            order_read(bytes_span(&order->text), &out->order) != OK)
            continue;
        for (size_t k = 0; k < request->opening_count; k++)
            if (request->openings[k].place.index == out->order.opened.index)
                return opened_read(bytes_span(&request->openings[k].text), &out->opened) == OK;
    }
    audit_find(audit, "R8", "no order of its request stands behind it");
    return false;
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

// Every item by every key of its role that signs, in the request's order, keys ascending: the
// outcome's lines can be foretold, so they are. `*at` is the next line.
static enum err check_item(struct audit *audit, const struct ordered *ordered,
    const struct item *item, const struct outcome *outcome, size_t *at)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < audit->charter->key_count; i++) {
        const struct role_key *key = &audit->charter->keys[i];
        const struct outcome_signature *line = &outcome->signatures[*at];
        if (strcmp(audit->charter->roles[key->role].name, item->role) != 0 ||
            !audit_signs(audit, key, &ordered->opened, &ordered->order))
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

// ---- what the log makes the state ----

static enum err move_role(struct audit *audit, const struct item *item)
{
    struct role_state role = {.version = item->version, .payload = item->payload};
    struct hash last = chain_previous(audit->state, item->role);
    memcpy(role.role, item->role, sizeof role.role);
    if (!hash_equal(&last, &item->payload))
        state_drop_signed(audit->state, item->role);
    return state_set(audit->state, &role);
}

// Signed keys are seen by what was signed before; so roles move first, and signers afterwards.
static enum err remember(
    struct audit *audit, const struct ordered *ordered, const struct outcome *outcome)
{
    enum err err = OK;
    uint64_t missing = 0;
    for (size_t i = 0; err == OK && i < ordered->opened.item_count; i++)
        err = move_role(audit, &ordered->opened.items[i]);
    if (err == OK)
        err = audit_remember_signers(
            audit, &ordered->opened, &ordered->order, outcome->order.index, &missing);
    if (err == OK && missing != outcome->missing)
        audit_find(audit, "R12", "%llu keys of custodians may still sign, and it says %llu",
            (unsigned long long)missing, (unsigned long long)outcome->missing);
    return err;
}

static enum err check_signatures(
    struct audit *audit, const struct ordered *ordered, const struct outcome *outcome)
{
    size_t at = 0;
    enum err err = OK;
    for (size_t i = 0; err == OK && i < ordered->opened.item_count; i++)
        err = check_item(audit, ordered, &ordered->opened.items[i], outcome, &at);
    if (err == OK && (at != outcome->signature_count || outcome->done[0] != 0))
        audit_find(audit, "R8", "it holds signatures that nobody ordered");
    return err == OK ? remember(audit, ordered, outcome) : err;
}

static enum err check_motion(
    struct audit *audit, const struct ordered *ordered, const struct outcome *outcome)
{
    struct govern *govern = NULL;
    uint64_t counted = audit->report.finding_count;
    // Judged once more for what it does; what it breaks was found at its order.
    enum err err = audit_motion(audit, &ordered->opened, &ordered->order, &govern);
    audit->report.finding_count = counted;
    if (err == OK)
        err = audit_carry_out(audit, &ordered->opened, govern, outcome);
    govern_free(govern);
    return err;
}

static enum err check_outcome(
    struct audit *audit, struct audit_request *request, const struct outcome *outcome)
{
    struct ordered *ordered = calloc(1, sizeof *ordered);
    enum err err = ordered == NULL ? ERR_MEMORY : OK;
    if (err == OK && find_order(audit, request, outcome, ordered)) {
        bool motion = motion_of(ordered->opened.items[0].role) != MOTION_NONE;
        if (outcome->adds != ordered->order.adds)
            audit_find(audit, "R11", "it adds to another outcome than its order says");
        bool is_time = motion_of(ordered->opened.items[0].role) == MOTION_TIME;
        (is_time ? audit_saw : audit_clock)(audit, outcome->time);
        err = (motion ? check_motion : check_signatures)(audit, ordered, outcome);
    }
    free(ordered);
    return err;
}

// A request stays as long as custodians may add to it.
static void settle(
    struct audit *audit, struct audit_request *request, const struct outcome *outcome)
{
    if (outcome->missing == 0) {
        audit_request_end(request);
        return;
    }
    request->is_signed = true;
    request->outcome = audit->at;
}

enum err audit_outcome(struct audit *audit, struct span text)
{
    enum err err = OK;
    struct outcome *outcome = calloc(1, sizeof *outcome);
    if (outcome == NULL)
        return ERR_MEMORY;
    if (!audit_form(audit, outcome_read(text, outcome)) || audit->charter == NULL)
        goto out;
    if (strcmp(outcome->done, OUTCOME_FREEZE) == 0) {
        err = audit_froze(audit, outcome);
    } else {
        struct audit_request *request = audit_open_request(audit, &outcome->request);
        if (request == NULL)
            goto out;
        err = check_outcome(audit, request, outcome);
        settle(audit, request, outcome);
    }
    audit->state->has_order = true;
    audit->state->order = outcome->order;
    // A second or so late, if the sealed state is not at hand; a time motion says it itself.
    if (strcmp(outcome->done, motion_role(MOTION_TIME)) != 0)
        audit->state->time = outcome->time;
    if (err == OK)
        err = audit_check_state(audit, outcome);
out:
    free(outcome);
    return err;
}
