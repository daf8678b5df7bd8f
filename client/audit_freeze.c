// The audit of freezes: each is an administrator's own statement, and counts once.
#include "client/audit_part.h"

#include "proto/dsse.h"

#include <stdlib.h>

// By bounds: the vault may have forgotten it, or keep it yet.
bool audit_outlived(const struct audit *audit, const struct freeze_state *freeze)
{
    moment most = LIMIT_REQUEST_LIFE - 4 * audit_slack(audit);
    return freeze->of.what == FREEZE_REQUEST && audit->time.sealed.last - freeze->time > most;
}

// What surely is in force, for a limit that counts it.
static struct state *state_at_least(const struct audit *audit)
{
    struct state *least = malloc(sizeof *least);
    if (least == NULL)
        return NULL;
    *least = *audit->state;
    least->freeze_count = 0;
    for (size_t i = 0; i < audit->state->freeze_count; i++)
        if (!audit_outlived(audit, &audit->state->freezes[i]))
            least->freezes[least->freeze_count++] = audit->state->freezes[i];
    return least;
}

static enum err check_freeze(struct audit *audit, const struct freeze *freeze)
{
    struct refusal refusal = {0};
    struct state *least = state_at_least(audit);
    if (least == NULL)
        return ERR_MEMORY;
    if (govern_judge_freeze(audit->charter, least, freeze, &refusal) != OK)
        audit_find(audit, refusal.rule, "%s", refusal.sentence);
    free(least);
    return OK;
}

static void check_statement(
    struct audit *audit, const struct frozen *frozen, struct span statement)
{
    struct hash id = hash_of(statement);
    const struct administrator *who =
        charter_administrator(audit->charter, &frozen->freeze.administrator);
    if (!hash_equal(&id, &frozen->request))
        audit_find(audit, "R3", "its id is not that of the rebuilt statement");
    if (who == NULL || dsse_verify(&who->key, DSSE_FREEZE, statement,
                           span_of(frozen->signature, frozen->signature_size)) != OK)
        audit_find(audit, "R3", "no administrator's signature holds over the statement");
}

enum err audit_frozen(struct audit *audit, struct span text)
{
    struct bytes statement;
    struct audit_flight *flight = &audit->flight;
    if (!audit_form(audit, frozen_read(text, &flight->frozen)) || audit->charter == NULL)
        return OK;
    audit_untimed(audit, flight->frozen.time);
    flight->stands = flight->freezes = true;
    flight->mandated = flight->lost = false;
    flight->place = audit->at;
    flight->frozen.freeze.appliance = audit->log.id;
    bytes_init(&statement, LIMIT_RECORD);
    freeze_write(&flight->frozen.freeze, &statement);
    enum err err = bytes_finish(&statement);
    if (err == OK)
        check_statement(audit, &flight->frozen, bytes_span(&statement));
    bytes_clear(&statement);
    return err == OK ? check_freeze(audit, &flight->frozen.freeze) : err;
}

// It stands in the state from the sealed time, or from the vault's own if there was time: the later is
// kept here, so that the audit forgets none that the vault may keep.
enum err audit_froze(struct audit *audit, const struct outcome *outcome)
{
    const struct frozen *frozen = &audit->flight.frozen;
    bool no_time = audit_has_no_time(audit, frozen->time);
    moment from = audit->time.sealed.last;
    if (outcome->done_number != frozen->freeze.number) {
        audit_find(audit, "R8", "it says that another freeze is in force");
        return OK;
    }
    if (!no_time && frozen->time + audit_slack(audit) > from)
        from = frozen->time + audit_slack(audit);
    audit->state->time = audit->time.sealed.first;
    enum err err = govern_apply_freeze(&frozen->freeze, from, audit->state);
    if (err == OK)
        audit->report.freezes++;
    else if (err != ERR_MEMORY)
        audit_find(audit, "R6", "the freeze cannot be put in force after what the log holds");
    return err == ERR_MEMORY ? err : OK;
}
