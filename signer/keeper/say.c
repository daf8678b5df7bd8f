// What the keeper says: answers to the gate, records and questions to the ledger.
#include "signer/keeper/keeper.h"

struct asker keeper_asker(const struct keeper *keeper, const struct message *ask)
{
    return (struct asker){.waits = true, .id = ask->id, .gate = keeper->gate};
}

enum err keeper_answer(struct keeper *keeper, const struct asker *asker, struct message *answer)
{
    if (!asker->waits || asker->gate != keeper->gate || keeper->room.up.fd < 0)
        return OK;
    answer->id = asker->id;
    return channel_put(&keeper->room.up, answer);
}

enum err keeper_accept(struct keeper *keeper, const struct asker *asker,
    const struct hash *request, const struct place *place, enum fate fate)
{
    struct message answer = {.kind = ANSWER_ACCEPTED};
    answer.accepted.request = *request;
    answer.accepted.place = *place;
    answer.accepted.fate = fate;
    return keeper_answer(keeper, asker, &answer);
}

enum err keeper_refuse(
    struct keeper *keeper, const struct asker *asker, const struct refusal *refusal, bool known)
{
    struct message answer = {.kind = ANSWER_REFUSED};
    answer.refused.rule = span_text(refusal->rule);
    answer.refused.sentence = span_text(refusal->sentence);
    answer.refused.known = known;
    return keeper_answer(keeper, asker, &answer);
}

enum err keeper_errand(struct keeper *keeper, enum errand_kind kind, struct errand **out)
{
    *out = errands_new(&keeper->errands, kind);
    return *out == NULL ? ERR_LIMIT : OK;
}

enum err keeper_record(
    struct keeper *keeper, struct errand *errand, const struct span_list *blobs)
{
    struct message order = {.kind = ORDER_RECORD, .id = errand->id};
    enum err err = bytes_finish(&errand->text);
    if (err != OK)
        return err;
    // What was begun before is begun again: a request that was not opened is asked for again, and
    // one that has to end ends after the next start.
    if (keeper->stop_noted && errand->kind != ERRAND_STOP)
        return OK;
    errand->time = moment_now();
    order.record.text = bytes_span(&errand->text);
    if (blobs != NULL)
        order.record.blobs = *blobs;
    return keeper_to_ledger(keeper, &order);
}

enum err keeper_to_ledger(struct keeper *keeper, struct message *message)
{
    if (channel_put(&keeper->room.down, message) != OK)
        log_halt(EXIT_NEIGHBOUR, "the line to the ledger is full or gone");
    return OK;
}

struct hearing_house keeper_house(const struct keeper *keeper)
{
    return (struct hearing_house){.charter = keeper->charter,
        .charter_text = bytes_span(&keeper->charter_text),
        .state = keeper->state,
        .appliance = keeper->appliance,
        .now = moment_now()};
}
