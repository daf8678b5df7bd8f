// The audit of what people say about a request, and of requests that end without a signature.
#include "client/audit_part.h"

#include "proto/dsse.h"

#include <string.h>

static struct ballot ballot_of(const struct charter *charter, const struct opened *opened,
    const struct audit_request *request, struct vote votes[LIMIT_DECISIONS])
{
    return (struct ballot){
        .charter = charter,
        .opened = opened,
        .person = audit_person(charter, opened),
        .votes = votes,
        .vote_count = audit_request_votes(request, votes),
    };
}

// ---- decisions ----

// R3: the statement is rebuilt.
static bool holds(
    const struct administrator *who, const struct decided *decided, const struct opened *opened)
{
    struct bytes statement;
    bytes_init(&statement, LIMIT_RECORD);
    approval_write(opened, decided->opened.index, &decided->opened.leaf, decided->decision,
        &decided->approver, &statement);
    bool good = bytes_finish(&statement) == OK &&
                dsse_verify(&who->key, DSSE_APPROVAL, bytes_span(&statement),
                    span_of(decided->signature, decided->signature_size)) == OK;
    bytes_clear(&statement);
    return good;
}

// Whether the charter lets the person say it (R5), and the person did.
static enum err check_vote(
    const struct ballot *ballot, const struct decided *decided, struct refusal *refusal)
{
    const struct administrator *who =
        charter_administrator(ballot->charter, &decided->approver);
    enum err err = decide_admits(ballot, &decided->approver, decided->decision, refusal);
    if (err != OK || who == NULL || holds(who, decided, ballot->opened))
        return err;
    return refuse(refusal, "R3", "the signature of %s does not hold over the rebuilt statement",
        who->name);
}

// Under which charters it may have been said: the one in force, and the one before if the request was
// opened under that. A rejection of a request that is to be opened anew counts too (R4).
static bool is_said(struct audit *audit, const struct audit_request *request,
    const struct decided *decided, const struct opened *opened)
{
    struct vote votes[LIMIT_DECISIONS];
    struct refusal refusal = {0};
    const struct charter *under = audit_under(audit, opened);
    enum err err = ERR_REFUSED;
    if (under == audit->charter || decided->decision == DECISION_REJECT) {
        struct ballot ballot = ballot_of(audit->charter, opened, request, votes);
        err = check_vote(&ballot, decided, &refusal);
    } else if (under == NULL) {
        (void)refuse(&refusal, "R7",
            "it approves what was opened under a charter that is no longer in force");
    }
    if (err != OK && under != NULL && under != audit->charter) {
        struct ballot ballot = ballot_of(under, opened, request, votes);
        err = check_vote(&ballot, decided, &refusal);
    }
    if (err != OK)
        audit_find(audit, refusal.rule, "%s", refusal.sentence);
    return err == OK;
}

static enum err check_decision(struct audit *audit, struct audit_request *request,
    const struct decided *decided, const struct opened *opened)
{
    if (decided->time >= opened->expires)
        audit_find(audit, "R4", "it was taken when the request had expired");
    if (request->is_signed && decided->decision == DECISION_REJECT) {
        audit_find(audit, "R12", "it rejects a request that was signed");
        return OK;
    }
    // One that does not hold is not counted towards the quorum either.
    if (!is_said(audit, request, decided, opened))
        return OK;
    struct audit_vote vote = {.index = audit->at.index,
        .opened = request->opening.place.index,
        .vote = {.approver = decided->approver, .decision = decided->decision}};
    enum err err = audit_request_vote(request, &vote);
    if (err == ERR_LIMIT)
        audit_find(audit, "R20", "there are more decisions than a request keeps");
    return err == ERR_LIMIT ? OK : err;
}

enum err audit_decision(struct audit *audit, struct span text)
{
    struct decided decided;
    struct opened opened;
    if (!audit_form(audit, decided_read(text, &decided)) || audit->charter == NULL)
        return OK;
    struct audit_request *request = audit_open_request(audit, &decided.request);
    if (request == NULL)
        return OK;
    if (!audit_same_place(&decided.opened, &request->opening.place) ||
        opened_read(bytes_span(&request->opening.text), &opened) != OK) {
        audit_find(audit, "R4", "it is not over the newest opening of its request");
        return OK;
    }
    audit_time_of(audit, motion_of(opened.items[0].role), decided.time);
    return check_decision(audit, request, &decided, &opened);
}

// ---- ends ----

// Whether those who rejected, or cannot sign, are so many.
static bool is_lost(
    const struct audit *audit, const struct audit_request *request, const struct opened *opened)
{
    struct vote votes[LIMIT_DECISIONS];
    const struct charter *under = audit_under(audit, opened);
    if (under == NULL)
        return false;
    struct ballot ballot = ballot_of(under, opened, request, votes);
    return decide(&ballot) == VERDICT_IMPOSSIBLE;
}

// An end without a signature must have had a reason that the log shows.
static void check_end(struct audit *audit, const struct audit_request *request,
    const struct ended *ended, const struct opened *opened)
{
    if ((ended->how == ENDING_CLOSED) != request->is_signed)
        audit_find(audit, "R11", "it ends a signed request, or closes one that is not signed");
    if (ended->how == ENDING_REJECTED && !is_lost(audit, request, opened))
        audit_find(audit, "R5", "it says rejected, but the quorum could still be reached");
    if (ended->how == ENDING_EXPIRED && ended->time < opened->expires)
        audit_find(audit, "R4", "it says expired, but the request had not expired");
}

enum err audit_ended(struct audit *audit, struct span text)
{
    struct ended ended;
    struct opened opened;
    if (!audit_form(audit, ended_read(text, &ended)) || audit->charter == NULL)
        return OK;
    struct audit_request *request = audit_open_request(audit, &ended.request);
    if (request == NULL || opened_read(bytes_span(&request->opening.text), &opened) != OK)
        return OK;
    audit_time_of(audit, motion_of(opened.items[0].role), ended.time);
    check_end(audit, request, &ended, &opened);
    audit_request_end(request);
    return OK;
}
