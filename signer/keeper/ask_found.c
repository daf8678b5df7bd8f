// Founding: the keeper holds the draft until every administrator has signed it.
#include "signer/keeper/keeper.h"

// While the vault seals the founding, its draft stays what everybody has signed.
static bool is_being_sealed(const struct keeper *keeper, struct refusal *refusal)
{
    if (!errands_has(&keeper->errands, ERRAND_FOUND))
        return false;
    (void)refuse(refusal, "R18", "the founding is signed by all and being sealed");
    return true;
}

enum err ask_found_keys(struct keeper *keeper, const struct message *ask)
{
    struct asker asker = keeper_asker(keeper, ask);
    struct refusal refusal = {0};
    struct errand *errand;
    if (is_being_sealed(keeper, &refusal))
        return keeper_refuse(keeper, &asker, &refusal, false);
    enum err err = keeper_errand(keeper, ERRAND_FOUND_KEYS, &errand);
    if (err != OK)
        return err;
    errand->asker = asker;
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
    if (is_being_sealed(keeper, &refusal))
        return keeper_refuse(keeper, &asker, &refusal, false);
    enum err err =
        draft_set_charter(&keeper->draft, ask->found_charter.charter, moment_now(), &refusal);
    return answer_draft(keeper, &asker, err, &refusal);
}

enum err ask_found_show(struct keeper *keeper, const struct message *ask)
{
    struct asker asker = keeper_asker(keeper, ask);
    const struct refusal none = {0};
    return answer_draft(keeper, &asker, OK, &none);
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
    if (is_being_sealed(keeper, &refusal))
        return keeper_refuse(keeper, &asker, &refusal, false);
    enum err err = draft_sign(
        &keeper->draft, &ask->found_sign.approver, ask->found_sign.signature, &refusal);
    if (err == OK && draft_is_signed(&keeper->draft))
        return order_found(keeper, &asker);
    return answer_draft(keeper, &asker, err, &refusal);
}
