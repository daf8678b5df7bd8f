// The audit of openings: what approvers are asked is what the requester asked, as the charter bids.
#include "client/audit_part.h"

#include "proto/dsse.h"

#include <string.h>

static enum motion motion_opened(const struct opened *opened)
{
    return motion_of(opened->items[0].role);
}

static bool is_under(const struct charter *charter, const struct opened *opened)
{
    return charter != NULL && opened->epoch == charter->epoch &&
           hash_equal(&opened->charter, &charter->hash);
}

const struct charter *audit_under(const struct audit *audit, const struct opened *opened)
{
    if (is_under(audit->charter, opened))
        return audit->charter;
    return is_under(audit->charter_before, opened) ? audit->charter_before : NULL;
}

const char *audit_person(const struct charter *charter, const struct opened *opened)
{
    struct asking asking;
    bool motion = motion_opened(opened) != MOTION_NONE;
    return charter_asking(charter, &opened->requester, motion, &asking) ? asking.person : "";
}

// ---- its own lines ----

static void check_lines(
    struct audit *audit, const struct charter *charter, const struct opened *opened)
{
    if (!hash_equal(&opened->appliance, &audit->log.id))
        audit_find(audit, "R4", "it was opened by another appliance");
    if (opened->expires <= opened->time || opened->expires - opened->time > LIMIT_REQUEST_LIFE)
        audit_find(audit, "R4", "it expires before it was opened, or too long after");
    for (size_t i = 0; i < opened->item_count; i++)
        if (motion_opened(opened) == MOTION_NONE &&
            charter_role(charter, opened->items[i].role) == NULL)
            audit_find(audit, "R2", "the charter has no role %s", opened->items[i].role);
}

// What the charter says of those that decide: the longest delay, and the shortest time that approvals
// are waited for (0: none).
struct patience {
    int64_t delay;
    int64_t within;
};

static struct patience patience_of(const struct charter *charter, const struct opened *opened)
{
    bool motion = motion_opened(opened) != MOTION_NONE;
    struct patience patience = {.delay = motion ? charter->changes_delay : 0};
    for (size_t i = 0; i < opened->item_count; i++) {
        const struct role *role = charter_role(charter, opened->items[i].role);
        if (role == NULL)
            continue;
        if (role->delay > patience.delay)
            patience.delay = role->delay;
        if (role->within > 0 && (patience.within == 0 || role->within < patience.within))
            patience.within = role->within;
    }
    return patience;
}

static void check_times(
    struct audit *audit, const struct charter *charter, const struct opened *opened)
{
    struct patience patience = patience_of(charter, opened);
    if (opened->earliest - opened->time != patience.delay)
        audit_find(audit, "R4",
            "its earliest signing is not %lld seconds, the charter's delay, after it was "
            "opened",
            (long long)patience.delay);
    if (patience.within > 0 && opened->expires - opened->time > patience.within)
        audit_find(audit, "R4",
            "it waits longer for approvals than the %lld seconds of the charter's `within`",
            (long long)patience.within);
}

// What was signed last, as far as the appliance had heard of it. What a lift or a mandate builds on
// is seen when it is judged.
static void check_previous(struct audit *audit, const struct opened *opened)
{
    enum motion motion = motion_opened(opened);
    if (motion == MOTION_LIFT || motion == MOTION_MANDATE)
        return;
    for (size_t i = 0; i < opened->item_count; i++) {
        const struct item *item = &opened->items[i];
        struct hash last = chain_previous(audit->state, item->role);
        struct hash before = chain_previous(audit->state_before, item->role);
        if (!hash_equal(&item->previous, &last) && !hash_equal(&item->previous, &before))
            audit_find(audit, "R12", "%s does not build on the payload that was signed last",
                item->role);
    }
}

// ---- the request's own text, which the requester signed ----

static bool same_items(const struct opened *opened, const struct request *request)
{
    if (opened->item_count != request->item_count)
        return false;
    for (size_t i = 0; i < request->item_count; i++)
        if (strcmp(opened->items[i].role, request->items[i].role) != 0 ||
            opened->items[i].version != request->items[i].version ||
            !hash_equal(&opened->items[i].payload, &request->items[i].payload))
            return false;
    return true;
}

// The request's own expiry, or the charter's, whichever comes first.
static moment end_of(const struct charter *charter, const struct opened *opened, moment asked)
{
    struct patience patience = patience_of(charter, opened);
    bool sooner = patience.within > 0 && opened->time + patience.within < asked;
    return sooner ? opened->time + patience.within : asked;
}

static void check_text(struct audit *audit, const struct charter *charter,
    const struct opened *opened, struct span text)
{
    struct request request;
    if (request_read(text, &request) != OK) {
        audit_find(audit, "R2", "the request's text is no request");
        return;
    }
    if (!hash_equal(&request.appliance, &opened->appliance) ||
        !hash_equal(&request.requester, &opened->requester) ||
        opened->expires != end_of(charter, opened, request.expires) ||
        !same_items(opened, &request))
        audit_find(audit, "R4", "it does not say what the request says");
}

static enum err check_request(
    struct audit *audit, const struct charter *charter, const struct opened *opened)
{
    struct bytes text;
    bool here;
    struct asking asking;
    if (!charter_asking(
            charter, &opened->requester, motion_opened(opened) != MOTION_NONE, &asking)) {
        audit_find(audit, "R21", "the charter has no requester with this key");
        return OK;
    }
    bytes_init(&text, LIMIT_RECORD);
    enum err err = audit_fetch(audit, &opened->request, &text, &here);
    if (err == OK && here) {
        if (dsse_verify(asking.key, DSSE_REQUEST, bytes_span(&text),
                span_of(opened->signature, opened->signature_size)) != OK)
            audit_find(audit, "R1", "the requester's signature over the request does not hold");
        check_text(audit, charter, opened, bytes_span(&text));
    }
    bytes_clear(&text);
    return err;
}

// ---- the whole ----

static enum err keep_opened(struct audit *audit, const struct opened *opened, struct span text)
{
    struct audit_request *request = audit_requests_find(audit->requests, &opened->request);
    if (request == NULL)
        request = audit_requests_add(audit->requests, &opened->request);
    if (request == NULL)
        return ERR_MEMORY;
    if (!request->ended && !request->is_signed)
        return audit_request_open(request, &audit->at, text);
    audit_find(audit, "R11", "it opens a request that had ended before, or was signed");
    return OK;
}

enum err audit_opened(struct audit *audit, struct span text)
{
    struct opened opened;
    if (!audit_form(audit, opened_read(text, &opened)) || audit->charter == NULL)
        return OK;
    const struct charter *charter = audit_under(audit, &opened);
    audit_time_of(audit, motion_opened(&opened), opened.time);
    if (charter == NULL)
        audit_find(audit, "R4", "it was opened under another charter than the one in force");
    else
        check_times(audit, charter, &opened);
    check_previous(audit, &opened);
    check_lines(audit, charter == NULL ? audit->charter : charter, &opened);
    enum err err = charter == NULL ? OK : check_request(audit, charter, &opened);
    if (err == OK && charter != NULL)
        err = audit_reach(audit, &opened);
    return err == OK ? keep_opened(audit, &opened, text) : err;
}
