// What clients ask of the keeper: one table, by message and stage. What the keeper does not answer
// itself it hands on to the ledger.
#include "signer/keeper/keeper.h"

#include <string.h>

enum {
    // What the ledger's answers to a gate, and those that the gate has yet to read, may have
    // together: beside the bytes of a hearing they fit into a channel's buffer. A gate that keeps
    // to its budget (signer/gate/budget.h) stays below.
    RELAYED_MOST = CHANNEL_MOST - HEARING_WANTS * LIMIT_PAYLOAD,
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

static bool is_being_heard(const struct keeper *keeper, const struct hash *request)
{
    for (const struct hearing *at = keeper->line; at != NULL; at = at->next)
        if (hash_equal(&at->id, request))
            return true;
    for (size_t i = 0; i < ERRANDS_MOST; i++) {
        const struct errand *errand = &keeper->errands.at[i];
        if (errand->kind == ERRAND_OPEN && hash_equal(&errand->hearing->id, request))
            return true;
    }
    return false;
}

// A refusal in the log is the request's fate for ever (R11): what passes with time is none.
static bool is_its_time(
    const struct keeper *keeper, const struct hash *request, struct refusal *refusal)
{
    if (is_being_heard(keeper, request))
        refuse(refusal, "R11", "this request is being judged; ask again in a moment");
    else if (docket_count(keeper->docket) + LIMIT_CREDITS > LIMIT_OPEN)
        refuse(refusal, "R20",
            "there are as many open requests as the appliance keeps; wait until some end");
    else
        return true;
    return false;
}

static enum err ask_submit(struct keeper *keeper, const struct message *ask)
{
    struct asker asker = keeper_asker(keeper, ask);
    struct hearing_house house = keeper_house(keeper);
    struct refusal refusal = {0};
    struct hearing *hearing =
        hearing_new(ask->submit.request, ask->submit.signature, &ask->submit.blobs);
    if (hearing == NULL) {
        refuse(&refusal, "R20", "the request is larger than the appliance takes; split it");
        return keeper_refuse(keeper, &asker, &refusal, false);
    }
    hearing->asker = asker;
    enum err err = hearing_identify(hearing, &house, &refusal);
    if (err != OK) {
        hearing_free(hearing);
        return keeper_refuse(keeper, &asker, &refusal, false);
    }
    const struct docket_entry *entry = docket_find(keeper->docket, &hearing->id);
    if (entry != NULL) { // R11: asked for again
        hearing_free(hearing);
        return keeper_accept(keeper, &asker, &entry->request, &entry->opened, FATE_OPEN);
    }
    if (!is_its_time(keeper, &hearing->id, &refusal)) {
        hearing_free(hearing);
        return keeper_refuse(keeper, &asker, &refusal, false);
    }
    err = hearing_prepare(hearing, &house, &refusal);
    if (err == OK)
        return keeper_hear(keeper, hearing);
    struct hash id = hearing->id, from = hearing->requester;
    hearing_free(hearing);
    return keeper_refuse_known(keeper, &asker, &id, &from, &refusal);
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

enum err keeper_from_gate(void *context, const struct message *message)
{
    struct keeper *keeper = context;
    // The gate let in more than its credits, or never reads.
    if (keeper->errands.free <= ERRANDS_KEPT || unread(keeper) > RELAYED_MOST)
        return ERR_LIMIT;
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++)
        if (asks[i].kind == message->kind)
            return (asks[i].stages & 1u << keeper->stage) != 0 ? asks[i].handle(keeper, message)
                                                               : wrong_stage(keeper, message);
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
