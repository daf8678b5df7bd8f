// What clients ask of the keeper: one table, by message and stage. What the keeper does not answer
// itself it hands on to the ledger.
#include "signer/keeper/keeper.h"

#include <string.h>

enum {
    // What the ledger's answers to a gate, and those that the gate has yet to read, may have
    // together: beside the bytes of a hearing they fit into a channel's buffer. A gate that keeps
    // to its budget (signer/gate/budget.h) stays below.
    RELAYED_MOST = CHANNEL_MOST - WANTS_AT_ONCE * LIMIT_PAYLOAD,
    SMALL_ANSWER = 352 * 1024, // a dossier; all others have less
};

static size_t answer_most(enum message_kind ask)
{
    static const struct {
        enum message_kind ask;
        size_t most;
    } large[] = {
        {ASK_BLOB, LIMIT_PAYLOAD},
        {ASK_RECORDS, LIMIT_RECORDS_BYTES},
        {ASK_LIST, LIMIT_RECORDS_BYTES},
    };
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++)
        if (large[i].ask == ask)
            return large[i].most;
    return SMALL_ANSWER;
}

// Bytes of answers that the gate has yet to read.
static size_t unread(const struct keeper *keeper)
{
    const struct channel *up = &keeper->room.up;
    return up->out.size - up->sent;
}

static enum err ask_relay(struct keeper *keeper, const struct message *ask)
{
    size_t most = answer_most(ask->kind);
    if (keeper->promised + unread(keeper) + most > RELAYED_MOST)
        return ERR_LIMIT; // the gate asks for more than its budget
    struct errand *errand;
    enum err err = keeper_errand(keeper, ERRAND_RELAY, &errand);
    if (err != OK)
        return err;
    errand->asker = keeper_asker(keeper, ask);
    errand->promised = most;
    keeper->promised += most;
    struct message relayed = *ask;
    relayed.id = errand->id;
    return keeper_to_ledger(keeper, &relayed);
}

// Keeps the ask until the entry's record has come back.
enum err keeper_park(struct keeper *keeper, const struct message *ask, struct span signature)
{
    struct parked *parked = NULL;
    for (size_t i = 0; i < LIMIT_CREDITS && parked == NULL; i++)
        if (!keeper->parked[i].used)
            parked = &keeper->parked[i];
    if (parked == NULL || signature.size > KEY_SIGNATURE_MOST)
        return ERR_LIMIT; // the gate let in more than its credits
    *parked = (struct parked){.used = true, .ask = *ask};
    memcpy(parked->signature, signature.data, signature.size);
    return OK;
}

// ---- the table ----

enum {
    FOUNDING = 1 << STAGE_FOUNDING,
    FOUNDED = 1 << STAGE_FOUNDED,
    SERVING = 1 << STAGE_SERVING
};

static const struct {
    enum message_kind kind;
    unsigned stages;
    enum err (*handle)(struct keeper *keeper, const struct message *ask);
} asks[] = {
    {ASK_STATUS, FOUNDING | FOUNDED | SERVING, ask_relay},
    {ASK_SUBMIT, SERVING, ask_submit},
    {ASK_LIST, SERVING, ask_relay},
    {ASK_SHOW, SERVING, ask_relay},
    {ASK_DECIDE, SERVING, ask_decide},
    {ASK_WITHDRAW, SERVING, ask_withdraw},
    {ASK_FREEZE, SERVING, ask_freeze},
    {ASK_RECORDS, SERVING, ask_relay},
    {ASK_PROVE, SERVING, ask_relay},
    {ASK_EXTEND, SERVING, ask_relay},
    {ASK_BLOB, SERVING, ask_relay},
    {ASK_FOUND_KEYS, FOUNDING, ask_found_keys},
    {ASK_FOUND_CHARTER, FOUNDING, ask_found_charter},
    {ASK_FOUND_SHOW, FOUNDING, ask_found_show},
    {ASK_FOUND_SIGN, FOUNDING, ask_found_sign},
};

// A known ask at the wrong time is an honest client's mistake; it is told so.
static enum err wrong_stage(struct keeper *keeper, const struct message *ask)
{
    static const char *const sentences[] = {
        [STAGE_FOUNDING] = "the appliance is being founded; only `conclave init` works now",
        [STAGE_FOUNDED] =
            "the founding is complete; start conclaved again without --found to serve",
        [STAGE_SERVING] = "the appliance is founded already; this belongs to its founding",
    };
    struct asker asker = keeper_asker(keeper, ask);
    struct refusal refusal;
    refuse(&refusal, "R18", "%s", sentences[keeper->stage]);
    return keeper_refuse(keeper, &asker, &refusal, false);
}

enum err keeper_refuse_stopping(struct keeper *keeper, const struct asker *asker)
{
    struct refusal refusal;
    refuse(&refusal, "", "the appliance is stopping; ask again when it is started");
    return keeper_refuse(keeper, asker, &refusal, false);
}

static enum err hear_ask(struct keeper *keeper, const struct message *ask, size_t row)
{
    struct asker asker = keeper_asker(keeper, ask);
    if (keeper->stopping)
        return keeper_refuse_stopping(keeper, &asker);
    return (asks[row].stages & 1u << keeper->stage) != 0 ? asks[row].handle(keeper, ask)
                                                         : wrong_stage(keeper, ask);
}

enum err keeper_from_gate(void *context, const struct message *message)
{
    struct keeper *keeper = context;
    // The gate let in more than its credits, or never reads.
    if (keeper->errands.free <= ERRANDS_KEPT || unread(keeper) > RELAYED_MOST)
        return ERR_LIMIT;
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++)
        if (asks[i].kind == message->kind)
            return hear_ask(keeper, message, i);
    return ERR_FORM;
}

enum err keeper_hear_parked(struct keeper *keeper, const struct hash *request)
{
    for (size_t i = 0; i < LIMIT_CREDITS; i++) {
        struct parked *slot = &keeper->parked[i];
        bool decides = slot->ask.kind == ASK_DECIDE;
        if (!slot->used ||
            !hash_equal(
                decides ? &slot->ask.decide.request : &slot->ask.withdraw.request, request))
            continue;
        struct parked parked = *slot;
        slot->used = false;
        struct span *signature =
            decides ? &parked.ask.decide.signature : &parked.ask.withdraw.signature;
        signature->data = parked.signature;
        enum err err =
            decides ? ask_decide(keeper, &parked.ask) : ask_withdraw(keeper, &parked.ask);
        if (err != OK)
            return err;
    }
    return OK;
}
