// Refusals that become records, since a known person asked (R17). Each is charged to a quota: what
// anybody can repeat must not fill the log.
#include "signer/keeper/keeper.h"

#include <string.h>

static enum err record(struct keeper *keeper, const struct asker *asker,
    const struct hash *request, const struct hash *from, const struct refusal *refusal,
    bool submits)
{
    struct refused refused = {.time = moment_now(), .request = *request, .from = *from};
    struct errand *errand;
    enum err err = keeper_errand(keeper, ERRAND_REFUSE, &errand);
    if (err != OK)
        return err;
    memcpy(refused.rule, refusal->rule, sizeof refused.rule);
    memcpy(refused.why, refusal->sentence, sizeof refused.why);
    refused_write(&refused, &errand->text);
    errand->asker = *asker;
    errand->refusal = *refusal;
    errand->from = *from;
    errand->submits = submits;
    return keeper_record(keeper, errand, NULL);
}

enum err refuse_statement(struct keeper *keeper, const struct asker *asker,
    const struct hash *request, const struct hash *from, const struct refusal *refusal)
{
    const struct quota_ask one = {.opens = false};
    struct refusal over = {0};
    struct asking asking;
    if (!charter_asking(keeper->charter, from, true, &asking))
        return keeper_refuse(keeper, asker, refusal, false);
    if (quotas_charge(&keeper->quotas, &asking, &one, &over) != OK)
        return keeper_refuse(keeper, asker, &over, false);
    return record(keeper, asker, request, from, refusal, false);
}

enum err refuse_hearing(
    struct keeper *keeper, const struct hearing *hearing, const struct refusal *refusal)
{
    quotas_return(&keeper->quotas, &hearing->requester, hearing->charged, 0);
    return record(keeper, &hearing->asker, &hearing->id, &hearing->requester, refusal, true);
}

enum err refuse_recorded(
    struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    struct refusal refusal = errand->refusal;
    struct asker asker = errand->asker;
    struct message fate = *answer;
    bool recorded = answer->kind == DONE_RECORD;
    bool is_known = answer->kind == ANSWER_ACCEPTED && errand->submits; // its fate (R11)
    if (!recorded)
        quotas_return(&keeper->quotas, &errand->from, 0, 1);
    errands_done(&keeper->errands, errand);
    return is_known ? keeper_answer(keeper, &asker, &fate)
                    : keeper_refuse(keeper, &asker, &refusal, recorded);
}
