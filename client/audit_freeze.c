// The audit of freezes: each is an administrator's own statement, and counts once.
#include "client/audit_part.h"

#include "proto/dsse.h"

static void check_statement(
    struct audit *audit, const struct frozen *frozen, struct span statement)
{
    struct refusal refusal = {0};
    struct hash id = hash_of(statement);
    const struct administrator *who =
        charter_administrator(audit->charter, &frozen->freeze.administrator);
    if (!hash_equal(&id, &frozen->request))
        audit_find(audit, "R3", "its id is not that of the rebuilt statement");
    if (who == NULL || dsse_verify(&who->key, DSSE_FREEZE, statement,
                           span_of(frozen->signature, frozen->signature_size)) != OK)
        audit_find(audit, "R3", "no administrator's signature holds over the statement");
    if (govern_judge_freeze(audit->charter, audit->state, &frozen->freeze, &refusal) != OK)
        audit_find(audit, refusal.rule, "%s", refusal.sentence);
}

enum err audit_frozen(struct audit *audit, struct span text)
{
    struct bytes statement;
    struct frozen *frozen = &audit->frozen;
    if (!audit_form(audit, frozen_read(text, frozen)) || audit->charter == NULL)
        return OK;
    audit_saw(audit, frozen->time);
    audit->frozen_at = audit->at;
    frozen->freeze.appliance = audit->log.id;
    bytes_init(&statement, LIMIT_RECORD);
    freeze_write(&frozen->freeze, &statement);
    enum err err = bytes_finish(&statement);
    if (err == OK)
        check_statement(audit, frozen, bytes_span(&statement));
    bytes_clear(&statement);
    return err;
}

enum err audit_froze(struct audit *audit, const struct outcome *outcome)
{
    const struct frozen *frozen = &audit->frozen;
    if (outcome->order.index != audit->frozen_at.index ||
        !hash_equal(&outcome->order.leaf, &audit->frozen_at.leaf) ||
        !hash_equal(&outcome->request, &frozen->request) ||
        outcome->done_number != frozen->freeze.number) {
        audit_find(audit, "R8", "no freeze of an administrator stands behind it");
        return OK;
    }
    enum err err = govern_apply_freeze(&frozen->freeze, frozen->time, audit->state);
    if (err == OK || err == ERR_MEMORY)
        return err;
    audit_find(audit, "R6", "the freeze cannot be put in force after what the log holds");
    return OK;
}
