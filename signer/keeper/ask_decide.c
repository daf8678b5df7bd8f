// Approvals, rejections and withdrawals: statements that are rebuilt and verified before anything
// else is asked about them.
#include "signer/keeper/keeper.h"

#include "proto/dsse.h"

#include <string.h>

static enum err unknown_request(struct keeper *keeper, const struct asker *asker)
{
    struct refusal refusal;
    refuse(&refusal, "R11",
        "no open request has this id; `conclave request show` tells the fate of one that "
        "ended");
    return keeper_refuse(keeper, asker, &refusal, false);
}

// The statement is rebuilt from the newest opened record; nothing of the approver's is parsed (R3).
static enum err verify_decision(struct keeper *keeper, const struct docket_entry *entry,
    const struct opened *opened, const struct message *ask, struct refusal *refusal)
{
    const struct administrator *who =
        charter_administrator(keeper->charter, &ask->decide.approver);
    if (who == NULL)
        return refuse(refusal, "R5",
            "this key is no administrator's in charter epoch %llu; use the token that is "
            "enrolled",
            (unsigned long long)keeper->charter->epoch);
    if (ask->decide.opened.index != entry->opened.index ||
        !hash_equal(&ask->decide.opened.leaf, &entry->opened.leaf))
        return refuse(refusal, "R4",
            "this statement is over record %llu, but the request was opened anew as record "
            "%llu; look at it again and decide then",
            (unsigned long long)ask->decide.opened.index,
            (unsigned long long)entry->opened.index);
    struct bytes statement;
    bytes_init(&statement, LIMIT_RECORD);
    approval_write(opened, entry->opened.index, &entry->opened.leaf, ask->decide.decision,
        &ask->decide.approver, &statement);
    enum err err = bytes_finish(&statement);
    if (err == OK)
        err = dsse_verify(
            &who->key, DSSE_APPROVAL, bytes_span(&statement), ask->decide.signature);
    bytes_clear(&statement);
    if (err != OK)
        return refuse(refusal, "R3",
            "the signature of %s does not fit the statement that the appliance rebuilds; "
            "update the tool if it shows another rendering number than %llu",
            who->name, (unsigned long long)opened->rendering);
    return OK;
}

static enum err record_decision(
    struct keeper *keeper, struct docket_entry *entry, const struct message *ask)
{
    struct errand *errand;
    enum err err = keeper_errand(keeper, ERRAND_DECIDE, &errand);
    if (err != OK)
        return err;
    struct decided decided = {
        .time = moment_now(),
        .request = entry->request,
        .opened = entry->opened,
        .decision = ask->decide.decision,
        .approver = ask->decide.approver,
        .signature_size = ask->decide.signature.size,
    };
    memcpy(decided.signature, ask->decide.signature.data, ask->decide.signature.size);
    decided_write(&decided, &errand->text);
    errand->asker = keeper_asker(keeper, ask);
    errand->request = entry->request;
    entry->busy = true;
    return keeper_record(keeper, errand, NULL);
}

// What passes, or what another look at the request helps against: no record.
static enum err look_again(struct keeper *keeper, const struct docket_entry *entry,
    const struct message *ask, struct refusal *refusal)
{
    enum err err = time_check(keeper, entry->motion, refusal);
    if (err == OK && entry->stale && ask->decide.decision == DECISION_APPROVE)
        return refuse(refusal, "R4",
            "the appliance has changed since this request was opened; look at it again in a "
            "moment and decide then");
    return err;
}

static enum err check_decision(const struct keeper *keeper, const struct docket_entry *entry,
    const struct opened *opened, const struct message *ask, struct refusal *refusal)
{
    if (entry->is_signed && ask->decide.decision == DECISION_REJECT)
        return refuse(refusal, "R12",
            "the request is signed; a rejection takes no signature back. To hold back further "
            "ones, freeze it");
    struct ballot ballot = docket_ballot(entry, keeper->charter, opened);
    enum err err = decide_admits(&ballot, &ask->decide.approver, ask->decide.decision, refusal);
    if (err == OK && opened->expires <= moment_now())
        return refuse(
            refusal, "R4", "the request has expired; ask the requester to submit it again");
    if (err == OK && entry->vote_count == LIMIT_DECISIONS)
        return refuse(refusal, "R20",
            "%d approvals and rejections of this request are kept, and no more; ask the "
            "requester to submit it again",
            LIMIT_DECISIONS);
    return err;
}

enum err ask_decide(struct keeper *keeper, const struct message *ask)
{
    struct asker asker = keeper_asker(keeper, ask);
    struct docket_entry *entry = docket_find(keeper->docket, &ask->decide.request);
    struct refusal refusal = {0};
    struct opened opened;
    if (entry == NULL)
        return unknown_request(keeper, &asker);
    if (entry->busy)
        return keeper_park(keeper, ask, ask->decide.signature);
    if (docket_opened(entry, &opened) != OK)
        return ERR_FORM;
    enum err err = verify_decision(keeper, entry, &opened, ask, &refusal);
    if (err == OK)
        err = look_again(keeper, entry, ask, &refusal);
    if (err != OK)
        return keeper_refuse(keeper, &asker, &refusal, false);
    err = check_decision(keeper, entry, &opened, ask, &refusal);
    if (err != OK)
        return refuse_statement(
            keeper, &asker, &entry->request, &ask->decide.approver, &refusal);
    return record_decision(keeper, entry, ask);
}

static enum err verify_withdrawal(struct keeper *keeper, const struct docket_entry *entry,
    const struct message *ask, struct refusal *refusal)
{
    struct asking who;
    if (!charter_asking(
            keeper->charter, &ask->withdraw.requester, entry->motion != MOTION_NONE, &who) ||
        strcmp(who.person, entry->person) != 0)
        return refuse(refusal, "R5",
            "only a key of the person who asked can withdraw a request; ask an administrator "
            "to reject it");
    struct bytes statement;
    bytes_init(&statement, LIMIT_RECORD);
    withdrawal_write(&keeper->appliance, &entry->request, &ask->withdraw.requester, &statement);
    enum err err = bytes_finish(&statement);
    if (err == OK)
        err = dsse_verify(
            who.key, DSSE_WITHDRAWAL, bytes_span(&statement), ask->withdraw.signature);
    bytes_clear(&statement);
    if (err != OK)
        return refuse(refusal, "R3",
            "the withdrawal's signature does not fit this request; sign the withdrawal again");
    return OK;
}

enum err ask_withdraw(struct keeper *keeper, const struct message *ask)
{
    struct asker asker = keeper_asker(keeper, ask);
    struct docket_entry *entry = docket_find(keeper->docket, &ask->withdraw.request);
    struct refusal refusal = {0};
    if (entry == NULL)
        return unknown_request(keeper, &asker);
    if (entry->busy)
        return keeper_park(keeper, ask, ask->withdraw.signature);
    enum err err = time_check(keeper, MOTION_NONE, &refusal);
    if (err == OK && entry->is_signed)
        err =
            refuse(&refusal, "R11", "the request is signed, and cannot be withdrawn any more");
    if (err == OK)
        err = verify_withdrawal(keeper, entry, ask, &refusal);
    if (err != OK)
        return keeper_refuse(keeper, &asker, &refusal, false);
    refuse(&refusal, "R11", "the requester withdrew it");
    return desk_end(keeper, entry, &asker, ENDING_WITHDRAWN, &refusal);
}
