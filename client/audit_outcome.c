// The audit of outcomes: each carries out the order or freeze that was taken last.
#include "client/audit_part.h"

#include <stdlib.h>
#include <string.h>

// What the appliance may not have heard yet when it writes its next records.
static void keep_before(struct audit *audit)
{
    charter_free(audit->charter_before);
    audit->charter_before = NULL;
    *audit->state_before = *audit->state;
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

static bool is_of_flight(const struct audit *audit, const struct outcome *outcome)
{
    const struct audit_flight *flight = &audit->flight;
    const struct hash *request =
        flight->freezes ? &flight->frozen.request : &flight->order.request;
    return flight->stands && audit_same_place(&outcome->order, &flight->place) &&
           hash_equal(&outcome->request, request);
}

static enum err check_order(
    struct audit *audit, struct audit_request *request, const struct outcome *outcome)
{
    const struct order *order = &audit->flight.order;
    bool motion = motion_of(audit->flight.opened.items[0].role) != MOTION_NONE;
    if (outcome->adds != order->adds ||
        (order->adds && !audit_same_place(&outcome->added_to, &order->added_to)))
        audit_find(audit, "R11", "it adds to another outcome than its order says");
    enum err err = (motion ? audit_carry_out : audit_signed)(audit, outcome);
    if (err == OK)
        settle(audit, request, outcome);
    return err;
}

// Of a request under mandates that is not at hand nothing more is known than that it was signed.
static enum err check_mandated(struct audit *audit, const struct outcome *outcome)
{
    struct audit_request *request =
        audit_requests_find(audit->requests, &audit->flight.order.request);
    if (outcome->adds || outcome->missing > 0 || outcome->done[0] != 0 ||
        outcome->order.index + 1 != audit->at.index)
        audit_find(audit, "R8", "it is no outcome of the order under mandates before it");
    enum err err = audit->flight.lost ? OK : audit_signed(audit, outcome);
    if (err == OK && request != NULL)
        audit_request_end(request);
    return err;
}

// What does not belong to what was taken last, changes nothing.
static enum err check_flight(struct audit *audit, const struct outcome *outcome)
{
    struct audit_request *request = NULL;
    bool freezes = strcmp(outcome->done, OUTCOME_FREEZE) == 0;
    bool mandated = audit->flight.stands && audit->flight.mandated;
    if (!freezes && !mandated)
        request = audit_open_request(audit, &outcome->request);
    if (!freezes && !mandated && request == NULL)
        return OK;
    if (!is_of_flight(audit, outcome) || freezes != audit->flight.freezes) {
        audit_find(audit, "R8",
            freezes ? "no freeze of an administrator stands behind it as the newest"
                    : "no order of its request stands behind it as the newest");
        return OK;
    }
    enum err err;
    keep_before(audit);
    if (mandated) {
        err = check_mandated(audit, outcome);
    } else {
        audit->state->has_order = true;
        audit->state->order = outcome->order;
        err = freezes ? audit_froze(audit, outcome) : check_order(audit, request, outcome);
    }
    audit->flight.stands = false;
    return err == OK && audit->charter != NULL ? audit_check_state(audit, outcome) : err;
}

static uint64_t count_freezes(const struct audit *audit)
{
    uint64_t count = 0;
    for (size_t i = 0; i < audit->state->freeze_count; i++)
        count += !audit_outlived(audit, &audit->state->freezes[i]);
    return count;
}

enum err audit_outcome(struct audit *audit, struct span text)
{
    enum err err = OK;
    struct outcome *outcome = calloc(1, sizeof *outcome);
    if (outcome == NULL)
        return ERR_MEMORY;
    if (!audit_form(audit, outcome_read(text, outcome)) || audit->charter == NULL)
        goto out;
    err = check_flight(audit, outcome);
    audit->time.newest_since = 0;
    // After a crash it is written by whatever the clock says.
    audit_untimed(audit, outcome->time);
    audit->report.in_force = count_freezes(audit);
out:
    free(outcome);
    return err;
}
