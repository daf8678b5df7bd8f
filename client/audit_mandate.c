// The audit of what is signed under mandates: nobody approved the request, so the mandate that a
// quorum approved must cover it, line by line. How many numbers were reserved and never used the log
// does not say; that no more were used than the mandate has, it does.
#include "client/audit_part.h"

#include "policy/mandate.h"
#include "proto/dsse.h"
#include "proto/name.h"

#include <stdlib.h>
#include <string.h>

// ---- the order ----

static void check_requester(
    struct audit *audit, const struct mandated *mandated, struct span request)
{
    const struct requester *who = charter_requester(audit->charter, &mandated->requester);
    if (who == NULL)
        audit_find(audit, "R21", "the charter has no requester with this key");
    else if (dsse_verify(&who->key, DSSE_REQUEST, request,
                 span_of(mandated->signature, mandated->signature_size)) != OK)
        audit_find(audit, "R1", "the requester's signature over the request does not hold");
}

static bool names(const struct mandated *mandated, const struct mandate_state *mandate)
{
    for (size_t i = 0; i < mandated->mandate_count; i++)
        if (strcmp(mandated->mandates[i].role, mandate->role) == 0)
            return hash_equal(&mandated->mandates[i].text, &mandate->text);
    return false;
}

static bool has_items_of(const struct request *request, const char *role)
{
    for (size_t i = 0; i < request->item_count; i++)
        if (item_is_of(request->items[i].role, role))
            return true;
    return false;
}

// R7: it names the live mandate of each role that it signs for, and no other.
static void check_mandates(
    struct audit *audit, const struct mandated *mandated, const struct request *request)
{
    size_t count = 0;
    for (size_t i = 0; i < audit->state->mandate_count; i++) {
        const struct mandate_state *mandate = &audit->state->mandates[i];
        if (!has_items_of(request, mandate->role))
            continue;
        count++;
        if (!mandate->live || !names(mandated, mandate))
            audit_find(audit, "R7", "it names another mandate of %s than the one in force",
                mandate->role);
    }
    if (count != mandated->mandate_count)
        audit_find(
            audit, "R7", "it names mandates of roles that it does not sign for, or none");
}

static void check_standing(
    struct audit *audit, const struct mandated *mandated, const struct request *request)
{
    struct refusal refusal = {0};
    bool by_mandate = false;
    if (!hash_equal(&request->appliance, &audit->log.id) ||
        !hash_equal(&request->requester, &mandated->requester))
        audit_find(audit, "R4", "it does not say what the request says");
    if (mandated->time >= request->expires)
        audit_find(audit, "R6", "it was given after the request's expiry");
    if (govern_frozen(audit->state, &mandated->request, request->items, request->item_count) !=
        NULL)
        audit_find(audit, "R6", "an administrator had frozen it");
    if (mandate_way(
            audit->charter, request->items, request->item_count, &by_mandate, &refusal) != OK)
        audit_find(audit, refusal.rule, "%s", refusal.sentence);
    else if (!by_mandate)
        audit_find(audit, "R7", "the charter has a quorum sign what it asks for");
}

// The request's items stand where an opened record's would: the rest of the audit looks there.
static void take_items(
    struct audit_flight *flight, const struct mandated *mandated, const struct request *request)
{
    memset(&flight->order, 0, sizeof flight->order);
    memset(&flight->opened, 0, sizeof flight->opened);
    flight->order.time = flight->opened.time = mandated->time;
    flight->order.request = flight->opened.request = mandated->request;
    flight->opened.requester = mandated->requester;
    flight->opened.item_count = request->item_count;
    memcpy(flight->opened.items, request->items, sizeof flight->opened.items);
}

static void check_order(struct audit *audit, const struct mandated *mandated, struct span text)
{
    struct request request;
    if (request_read(text, &request) != OK) {
        audit_find(audit, "R2", "the request's text is no request");
        return;
    }
    check_requester(audit, mandated, text);
    check_standing(audit, mandated, &request);
    check_mandates(audit, mandated, &request);
    take_items(&audit->flight, mandated, &request);
    audit->flight.lost = false;
}

// An id is used once, for ever.
static enum err keep_request(struct audit *audit, const struct hash *id)
{
    if (audit_requests_find(audit->requests, id) != NULL) {
        audit_find(audit, "R11", "its request was opened or signed before");
        return OK;
    }
    return audit_requests_add(audit->requests, id) == NULL ? ERR_MEMORY : OK;
}

enum err audit_mandated(struct audit *audit, struct span record)
{
    struct audit_flight *flight = &audit->flight;
    struct mandated mandated;
    struct bytes text;
    bool here = false;
    if (!audit_form(audit, mandated_read(record, &mandated)) || audit->charter == NULL)
        return OK;
    audit_timed(audit, mandated.time);
    flight->stands = flight->lost = flight->mandated = true;
    flight->freezes = false;
    flight->place = audit->at;
    flight->order.request = mandated.request;
    bytes_init(&text, LIMIT_RECORD);
    enum err err = keep_request(audit, &mandated.request);
    if (err == OK)
        err = audit_fetch(audit, &mandated.request, &text, &here);
    if (err == OK && here)
        check_order(audit, &mandated, bytes_span(&text));
    bytes_clear(&text);
    return err;
}

// ---- what was signed ----

void audit_covered(struct audit *audit, const struct item *item, moment expires)
{
    struct refusal refusal = {0};
    const struct mandate_ask ask = {.charter = audit->charter,
        .state = audit->state,
        .item = item,
        .expires = expires,
        .requester = &audit->flight.opened.requester,
        .now = audit->flight.order.time};
    if (mandate_covers(&ask, &refusal) != OK)
        audit_find(audit, refusal.rule, "%s", refusal.sentence);
}

// What was signed last for it, by a mandate or by a quorum, whichever is higher.
static struct audit_last last_of(const struct audit *audit, const struct item *item)
{
    struct audit_last last = {.version = 0};
    const struct role_state *by_quorum = state_role(audit->state, item->role);
    const struct audit_last *by_mandate = audit_lasts_find(audit->lasts, item->role);
    if (by_quorum != NULL)
        last =
            (struct audit_last){.version = by_quorum->version, .payload = by_quorum->payload};
    if (by_mandate != NULL && by_mandate->version > last.version)
        last =
            (struct audit_last){.version = by_mandate->version, .payload = by_mandate->payload};
    return last;
}

// R12: above the last, or, for a vehicle, that again. What fell is no last: what is above it may still
// be signed twice.
static enum err use_version(struct audit *audit, const struct item *item)
{
    const struct audit_last last = last_of(audit, item);
    if (item->version > last.version)
        return audit_lasts_set(audit->lasts, item);
    if (item_vehicle(item->role) == NULL || item->version != last.version ||
        !hash_equal(&item->payload, &last.payload))
        audit_find(audit, "R12", "%s had signed version %llu already", item->role,
            (unsigned long long)last.version);
    return OK;
}

// The log's own count: the sealed one may be higher.
static void count_number(struct audit *audit, const struct item *item)
{
    for (size_t i = 0; i < audit->state->mandate_count; i++) {
        struct mandate_state *mandate = &audit->state->mandates[i];
        if (!item_is_of(item->role, mandate->role))
            continue;
        if (mandate->reserved == mandate->count)
            audit_find(audit, "R12", "more payloads of %s were signed than its mandate has",
                mandate->role);
        else
            mandate->reserved++;
        if (item->version > mandate->top)
            mandate->top = item->version;
    }
}

enum err audit_use_mandates(struct audit *audit)
{
    const struct opened *opened = &audit->flight.opened;
    enum err err = OK;
    for (size_t i = 0; err == OK && i < opened->item_count; i++) {
        count_number(audit, &opened->items[i]);
        err = use_version(audit, &opened->items[i]);
    }
    audit_may_be_sealed(audit, audit->flight.order.time);
    audit->report.under_mandates++;
    return err;
}
