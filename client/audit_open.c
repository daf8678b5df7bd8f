// The audit of a request until its quorum is complete: opened, decision and ended records.
#include "client/audit_part.h"

#include "proto/dsse.h"

#include <string.h>

const char *audit_person(const struct audit *audit, const struct opened *opened)
{
    struct asking asking;
    bool motion = motion_of(opened->items[0].role) != MOTION_NONE;
    return charter_asking(audit->charter, &opened->requester, motion, &asking) ? asking.person
                                                                               : "";
}

// What the opened record says in its own lines.
static void check_lines(struct audit *audit, const struct opened *opened)
{
    if (!hash_equal(&opened->appliance, &audit->log.id))
        audit_find(audit, "R4", "it was opened by another appliance");
    if (opened->expires <= opened->time || opened->expires - opened->time > LIMIT_REQUEST_LIFE)
        audit_find(audit, "R4", "it expires before it was opened, or too long after");
    for (size_t i = 0; i < opened->item_count; i++)
        if (motion_of(opened->items[i].role) == MOTION_NONE &&
            charter_role(audit->charter, opened->items[i].role) == NULL)
            audit_find(audit, "R2", "the charter has no role %s", opened->items[i].role);
}

// The keeper may open a request while the next charter comes into force; nothing is ordered over
// such a record (audit_sign.c).
static bool is_overtaken(const struct audit *audit, const struct opened *opened)
{
    return opened->epoch + 1 == audit->charter->epoch &&
           hash_equal(&opened->charter, &audit->charter->previous);
}

static void check_charter(struct audit *audit, const struct opened *opened)
{
    if (opened->epoch != audit->charter->epoch ||
        !hash_equal(&opened->charter, &audit->charter->hash))
        audit_find(audit, "R4", "it was opened under another charter than the one in force");
}

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

// The opened record against the request's own text, which the requester signed.
static void check_text(
    struct audit *audit, const struct opened *opened, struct span text, const struct key *key)
{
    struct request request;
    if (dsse_verify(
            key, DSSE_REQUEST, text, span_of(opened->signature, opened->signature_size)) != OK)
        audit_find(audit, "R1", "the requester's signature over the request does not hold");
    if (request_read(text, &request) != OK) {
        audit_find(audit, "R2", "the request's text is no request");
        return;
    }
    if (!hash_equal(&request.appliance, &opened->appliance) ||
        !hash_equal(&request.requester, &opened->requester) ||
        request.expires < opened->expires || !same_items(opened, &request))
        audit_find(audit, "R4", "it does not say what the request says");
}

static enum err check_request(struct audit *audit, const struct opened *opened)
{
    struct bytes text;
    bool here;
    struct asking asking;
    if (!charter_asking(audit->charter, &opened->requester,
            motion_of(opened->items[0].role) != MOTION_NONE, &asking)) {
        audit_find(audit, "R21", "the charter has no requester with this key");
        return OK;
    }
    bytes_init(&text, LIMIT_RECORD);
    enum err err = audit_fetch(audit, &opened->request, &text, &here);
    if (err == OK && here)
        check_text(audit, opened, bytes_span(&text), asking.key);
    bytes_clear(&text);
    return err;
}

enum err audit_opened(struct audit *audit, struct span text)
{
    struct opened opened;
    if (!audit_form(audit, opened_read(text, &opened)) || audit->charter == NULL)
        return OK;
    bool is_time = motion_of(opened.items[0].role) == MOTION_TIME;
    (is_time ? audit_saw : audit_clock)(audit, opened.time);
    enum err err = OK;
    if (!is_overtaken(audit, &opened)) {
        check_charter(audit, &opened);
        check_lines(audit, &opened);
        err = check_request(audit, &opened);
    }
    if (err != OK)
        return err;
    struct audit_request *request = audit_requests_find(audit->requests, &opened.request);
    if (request == NULL)
        request = audit_requests_add(audit->requests, &opened.request);
    if (request == NULL)
        return ERR_MEMORY;
    if (request->ended) {
        audit_find(audit, "R11", "it opens a request that had ended before");
        return OK;
    }
    return audit_request_open(request, &audit->at, text);
}

// R3: the statement is rebuilt, and R5: its person may say this.
static bool check_vote(struct audit *audit, const struct audit_request *request,
    const struct decided *decided, const struct ballot *ballot)
{
    struct refusal refusal = {0};
    struct bytes statement;
    const struct audit_opening *newest = audit_request_newest(request);
    const struct administrator *who = charter_administrator(audit->charter, &decided->approver);
    if (decide_admits(ballot, &decided->approver, decided->decision, &refusal) != OK ||
        who == NULL) {
        audit_find(audit, "R5", "%s", refusal.sentence);
        return false;
    }
    bytes_init(&statement, LIMIT_RECORD);
    approval_write(ballot->opened, newest->place.index, &newest->place.leaf, decided->decision,
        &decided->approver, &statement);
    bool good = bytes_finish(&statement) == OK &&
                dsse_verify(&who->key, DSSE_APPROVAL, bytes_span(&statement),
                    span_of(decided->signature, decided->signature_size)) == OK;
    if (!good)
        audit_find(audit, "R3", "the signature of %s does not hold over the rebuilt statement",
            who->name);
    bytes_clear(&statement);
    return good;
}

static bool same_place(const struct place *a, const struct place *b)
{
    return a->index == b->index && hash_equal(&a->leaf, &b->leaf);
}

static enum err check_decision(
    struct audit *audit, struct audit_request *request, const struct decided *decided)
{
    struct opened opened;
    struct vote votes[LIMIT_DECISIONS];
    const struct audit_opening *newest = audit_request_newest(request);
    if (!same_place(&decided->opened, &newest->place) ||
        opened_read(bytes_span(&newest->text), &opened) != OK) {
        audit_find(audit, "R4", "it is not over the newest opening of its request");
        return OK;
    }
    if (decided->time >= opened.expires)
        audit_find(audit, "R4", "it was taken when the request had expired");
    struct ballot ballot = {
        .charter = audit->charter,
        .opened = &opened,
        .person = audit_person(audit, &opened),
        .votes = votes,
        .vote_count = audit_request_votes(request, votes),
    };
    // One that does not hold is not counted towards the quorum either.
    if (!check_vote(audit, request, decided, &ballot))
        return OK;
    struct audit_vote vote = {.index = audit->at.index,
        .opened = newest->place.index,
        .vote = {.approver = decided->approver, .decision = decided->decision}};
    return audit_request_vote(request, &vote);
}

enum err audit_decision(struct audit *audit, struct span text)
{
    struct decided decided;
    if (!audit_form(audit, decided_read(text, &decided)) || audit->charter == NULL)
        return OK;
    audit_saw(audit, decided.time);
    struct audit_request *request = audit_open_request(audit, &decided.request);
    return request == NULL ? OK : check_decision(audit, request, &decided);
}

// An end without a signature must have had a reason that the log shows.
static void check_end(
    struct audit *audit, const struct audit_request *request, const struct ended *ended)
{
    struct opened opened;
    struct vote votes[LIMIT_DECISIONS];
    const struct audit_opening *newest = audit_request_newest(request);
    if (opened_read(bytes_span(&newest->text), &opened) != OK)
        return;
    struct ballot ballot = {
        .charter = audit->charter,
        .opened = &opened,
        .person = audit_person(audit, &opened),
        .votes = votes,
        .vote_count = audit_request_votes(request, votes),
    };
    if ((ended->how == ENDING_CLOSED) != request->is_signed)
        audit_find(audit, "R11", "it ends a signed request, or closes one that is not signed");
    if (ended->how == ENDING_REJECTED && decide(&ballot) != VERDICT_IMPOSSIBLE)
        audit_find(audit, "R5", "it says rejected, but the quorum could still be reached");
    if (ended->how == ENDING_EXPIRED && ended->time < opened.expires)
        audit_find(audit, "R4", "it says expired, but the request had not expired");
}

enum err audit_ended(struct audit *audit, struct span text)
{
    struct ended ended;
    if (!audit_form(audit, ended_read(text, &ended)) || audit->charter == NULL)
        return OK;
    audit_clock(audit, ended.time);
    struct audit_request *request = audit_open_request(audit, &ended.request);
    if (request == NULL)
        return OK;
    check_end(audit, request, &ended);
    audit_request_end(request);
    return OK;
}
