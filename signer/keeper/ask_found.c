// Founding: the keeper holds the draft until every administrator has signed it.
#include "signer/keeper/keeper.h"

enum err ask_found_keys(struct keeper *keeper, const struct message *ask)
{
    struct errand *errand;
    enum err err = keeper_errand(keeper, ERRAND_FOUND_KEYS, &errand);
    if (err != OK)
        return err;
    errand->asker = keeper_asker(keeper, ask);
    struct message relayed = *ask;
    relayed.id = errand->id;
    return keeper_to_ledger(keeper, &relayed);
}

static enum err answer_draft(struct keeper *keeper, const struct asker *asker, enum err err,
    const struct refusal *refusal)
{
    if (err == ERR_REFUSED)
        return keeper_refuse(keeper, asker, refusal, false);
    if (err != OK)
        return err;
    struct message answer;
    draft_answer(&keeper->draft, &answer);
    return keeper_answer(keeper, asker, &answer);
}

enum err ask_found_charter(struct keeper *keeper, const struct message *ask)
{
    struct asker asker = keeper_asker(keeper, ask);
    struct refusal refusal = {0};
    enum err err =
        draft_set_charter(&keeper->draft, ask->found_charter.charter, moment_now(), &refusal);
    return answer_draft(keeper, &asker, err, &refusal);
}

enum err ask_found_show(struct keeper *keeper, const struct message *ask)
{
    struct asker asker = keeper_asker(keeper, ask);
    return answer_draft(keeper, &asker, OK, NULL);
}

static enum err order_found(struct keeper *keeper, const struct asker *asker)
{
    struct errand *errand;
    enum err err = keeper_errand(keeper, ERRAND_FOUND, &errand);
    if (err != OK)
        return err;
    errand->asker = *asker;
    founded_write(&keeper->draft.founded, &errand->text);
    err = bytes_finish(&errand->text);
    if (err != OK)
        return err;
    struct message order = {.kind = ORDER_FOUND, .id = errand->id};
    order.found.founding = bytes_span(&keeper->draft.founding);
    order.found.founded = bytes_span(&errand->text);
    order.found.charter = bytes_span(&keeper->draft.charter);
    order.found.objects = bytes_span(&keeper->draft.objects);
    return keeper_to_ledger(keeper, &order);
}

enum err ask_found_sign(struct keeper *keeper, const struct message *ask)
{
    struct asker asker = keeper_asker(keeper, ask);
    struct refusal refusal = {0};
    enum err err = draft_sign(
        &keeper->draft, &ask->found_sign.approver, ask->found_sign.signature, &refusal);
    if (err == OK && draft_is_signed(&keeper->draft))
        return order_found(keeper, &asker);
    return answer_draft(keeper, &asker, err, &refusal);
}
