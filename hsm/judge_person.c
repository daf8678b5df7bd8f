#include "hsm/judge_row.h"

#include "policy/quorum.h"
#include "proto/dsse.h"

#include <string.h>

// Whether those stand behind it who must.

enum err judge_check_requester(
    struct judgement *judged, const char *rule, struct refusal *refusal)
{
    judged->asking = (struct asking){0};
    if (!hash_equal(&judged->request.requester, &judged->opened.requester))
        return refuse(refusal, rule, "The request was opened for another requester.");
    if (charter_asking(judged->charter, &judged->request.requester,
            judged->motion != MOTION_NONE, &judged->asking))
        return OK;
    return refuse(refusal, rule, "The charter names no such requester.");
}

enum err judge_check_requester_signature(
    struct judgement *judged, const char *rule, struct refusal *refusal)
{
    if (judged->asking.key == NULL)
        return ERR_NOT_FOUND;
    enum err err = dsse_verify(judged->asking.key, DSSE_REQUEST, judged->ask->judge.request,
        span_of(judged->opened.signature, judged->opened.signature_size));
    if (err != ERR_SIGNATURE)
        return err;
    return refuse(refusal, rule, "The requester's signature does not hold.");
}

enum err judge_check_records(
    struct judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct order *order = &judged->order;
    for (size_t i = 0; i < order->approval_count; i++)
        if (order->approvals[i].index <= order->opened.index ||
            order->approvals[i].index >= judged->durable->size)
            return refuse(
                refusal, rule, "An approval does not stand behind the opened record.");
    return OK;
}

static enum err check_approver(
    struct judgement *judged, size_t i, const char *rule, struct refusal *refusal)
{
    const struct signed_by *given = &judged->ask->judge.approvals.at[i];
    const struct administrator *person = charter_administrator(judged->charter, &given->key);
    if (!hash_equal(&given->key, &judged->order.approvals[i].approver))
        return refuse(
            refusal, rule, "A signature is not of the approver that the order names.");
    if (person == NULL)
        return refuse(refusal, rule, "An approver is no administrator of the charter.");
    struct bytes statement;
    bytes_init(&statement, LIMIT_RECORD);
    approval_write(&judged->opened, judged->order.opened.index, &judged->order.opened.leaf,
        DECISION_APPROVE, &person->key.id, &statement);
    enum err err = bytes_finish(&statement);
    if (err == OK)
        err =
            dsse_verify(&person->key, DSSE_APPROVAL, bytes_span(&statement), given->signature);
    if (err == ERR_SIGNATURE)
        err = refuse(refusal, rule, "The approval of %s does not hold.", person->name);
    bytes_clear(&statement);
    return err;
}

enum err judge_check_approvals(
    struct judgement *judged, const char *rule, struct refusal *refusal)
{
    for (size_t i = 0; i < judged->order.approval_count; i++) {
        enum err err = check_approver(judged, i, rule, refusal);
        if (err != OK)
            return err;
    }
    return OK;
}

// One that decides: the charter's own quorum, or a role's.
static const struct quorum *quorum_of(const struct judgement *judged, const char *name)
{
    if (judged->motion != MOTION_NONE && strcmp(name, "charter") == 0)
        return &judged->charter->changes;
    const struct role *role = charter_role(judged->charter, name);
    return role == NULL ? NULL : &role->quorum;
}

static enum err check_quorum(
    const struct judgement *judged, const char *name, const char *rule, struct refusal *refusal)
{
    struct vote votes[LIMIT_ADMINISTRATORS];
    size_t count = judged->order.approval_count;
    const struct quorum *quorum = quorum_of(judged, name);
    if (quorum == NULL || judged->asking.person == NULL)
        return ERR_NOT_FOUND;
    for (size_t i = 0; i < count; i++)
        votes[i] = (struct vote){judged->order.approvals[i].approver, DECISION_APPROVE};
    struct tally tally =
        quorum_count(judged->charter, quorum, judged->asking.person, votes, count);
    if (tally_complete(&tally))
        return OK;
    return refuse(refusal, rule, "%s needs %zu persons; %zu that count approved.", name,
        tally.need, tally.approved);
}

// A motion is decided by those that the vault found itself, never by those that a record names.
enum err judge_check_quorum(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    bool motion = judged->motion != MOTION_NONE;
    if (motion && judged->govern == NULL)
        return ERR_NOT_FOUND;
    size_t count = motion ? judged->govern->decides_count : judged->opened.item_count;
    for (size_t i = 0; i < count; i++) {
        const char *name = motion ? judged->govern->decides[i] : judged->opened.items[i].role;
        enum err err = check_quorum(judged, name, rule, refusal);
        if (err != OK)
            return err;
    }
    return count > 0 ? OK : refuse(refusal, rule, "Nobody decides over this.");
}
