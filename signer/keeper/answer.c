// What the ledger answers: one table, by errand and message. No match is a broken ledger, and
// ends the house.
#include "signer/keeper/keeper.h"

// What the ledger says of the house, and what only the keeper knows.
static enum err relayed(
    struct keeper *keeper, struct errand *errand, const struct message *said)
{
    struct message answer = *said;
    if (answer.kind == ANSWER_STATUS && keeper->stage == STAGE_SERVING)
        answer.status.waits = !keeper_has_time(keeper);
    struct asker asker = errand->asker;
    if (asker.gate == keeper->gate)
        keeper->promised -= errand->promised;
    errands_done(&keeper->errands, errand);
    return keeper_answer(keeper, &asker, &answer);
}

// The ledger would not take a record (no room, say): the asker hears why, nothing has changed.
static enum err record_refused(
    struct keeper *keeper, struct errand *errand, const struct message *said)
{
    struct hash request = errand->request;
    struct docket_entry *entry = docket_find(keeper->docket, &request);
    if (entry != NULL) {
        entry->busy = false;
        if (errand->kind == ERRAND_END)
            entry->due = true; // it is to end still
    }
    enum err err = relayed(keeper, errand, said);
    return err == OK ? keeper_hear_parked(keeper, &request) : err;
}

// A request whose opened record was not taken, or whose fate is known already (R11).
static enum err opening_answered(
    struct keeper *keeper, struct errand *errand, const struct message *said)
{
    struct hearing *hearing = errand->hearing;
    errand->asker = hearing->asker;
    errand->request = hearing->id;
    if (hearing->anew)
        keeper->hearing_anew = false;
    else
        quotas_return(&keeper->quotas, &hearing->requester, hearing->charged, 1);
    keeper_hear_no_more(keeper, hearing);
    hearing_free(hearing);
    return record_refused(keeper, errand, said);
}

static enum err noted(struct keeper *keeper, struct errand *errand, const struct message *said)
{
    if (said->kind == ANSWER_REFUSED)
        log_warn("a record was not taken: %.*s", (int)said->refused.sentence.size,
            (const char *)said->refused.sentence.data);
    errands_done(&keeper->errands, errand);
    return OK;
}

// The last record of this run stands in the log, or cannot: there is nothing left to do.
static enum err stop_recorded(
    struct keeper *keeper, struct errand *errand, const struct message *said)
{
    keeper->room.stopping = true;
    return noted(keeper, errand, said);
}

static enum err keys_made(
    struct keeper *keeper, struct errand *errand, const struct message *said)
{
    enum err err = draft_set_objects(&keeper->draft, said->found_keys_are.objects);
    return err == OK ? relayed(keeper, errand, said) : err;
}

static enum err founded(
    struct keeper *keeper, struct errand *errand, const struct message *said)
{
    (void)said;
    struct asker asker = errand->asker;
    struct message answer;
    errands_done(&keeper->errands, errand);
    keeper->stage = STAGE_FOUNDED;
    keeper->draft.complete = true;
    draft_answer(&keeper->draft, &answer);
    return keeper_answer(keeper, &asker, &answer);
}

static const struct {
    enum errand_kind errand;
    enum message_kind answer; // MESSAGE_NONE: any answer to a client's question
    enum err (*handle)(
        struct keeper *keeper, struct errand *errand, const struct message *said);
} answers[] = {
    {ERRAND_RELAY, MESSAGE_NONE, relayed},
    {ERRAND_TEXT, ANSWER_BLOB, keeper_hear_text},
    {ERRAND_WANT, ANSWER_BLOB, keeper_hear_want},
    {ERRAND_OPEN, DONE_RECORD, keeper_hear_opened},
    {ERRAND_OPEN, ANSWER_ACCEPTED, opening_answered},
    {ERRAND_OPEN, ANSWER_REFUSED, opening_answered},
    {ERRAND_DECIDE, DONE_RECORD, desk_decided},
    {ERRAND_DECIDE, ANSWER_REFUSED, record_refused},
    {ERRAND_END, DONE_RECORD, desk_ended},
    {ERRAND_END, ANSWER_REFUSED, record_refused},
    {ERRAND_REFUSE, DONE_RECORD, refuse_recorded},
    {ERRAND_REFUSE, ANSWER_ACCEPTED, refuse_recorded}, // it has a fate already (R11)
    {ERRAND_REFUSE, ANSWER_REFUSED, refuse_recorded},
    {ERRAND_NOTE, DONE_RECORD, noted},
    {ERRAND_NOTE, ANSWER_REFUSED, noted},
    {ERRAND_STOP, DONE_RECORD, stop_recorded},
    {ERRAND_STOP, ANSWER_REFUSED, stop_recorded},
    {ERRAND_SIGN, DONE_SIGN, order_signed},
    {ERRAND_SIGN, ANSWER_REFUSED, order_refused},
    {ERRAND_FREEZE, DONE_SIGN, order_signed},
    {ERRAND_FREEZE, ANSWER_ACCEPTED, freeze_known},
    {ERRAND_FREEZE, ANSWER_REFUSED, freeze_refused},
    {ERRAND_LAST, LAST_ARE, mandated_lasts},
    {ERRAND_LAST, ANSWER_ACCEPTED, mandated_known},
    {ERRAND_MANDATED, DONE_SIGN, mandated_signed},
    {ERRAND_MANDATED, ANSWER_ACCEPTED, mandated_known},
    {ERRAND_MANDATED, ANSWER_REFUSED, mandated_refused},
    {ERRAND_FOUND_KEYS, ANSWER_FOUND_KEYS, keys_made},
    {ERRAND_FOUND_KEYS, ANSWER_REFUSED, relayed},
    {ERRAND_FOUND, DONE_FOUND, founded},
    {ERRAND_FOUND, ANSWER_REFUSED, relayed},
};

static bool is_relayable(enum message_kind kind)
{
    return kind >= ANSWER_REFUSED && kind <= ANSWER_BLOB;
}

enum err keeper_from_ledger(void *context, const struct message *message)
{
    struct keeper *keeper = context;
    struct errand *errand = errands_find(&keeper->errands, message->id);
    if (errand == NULL)
        return ERR_FORM;
    if (message->kind == DONE_RECORD)
        watch_note(&keeper->watch, keeper->charter, keeper->state, errand->time);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        if (answers[i].errand != errand->kind)
            continue;
        if (answers[i].answer == message->kind ||
            (answers[i].answer == MESSAGE_NONE && is_relayable(message->kind)))
            return answers[i].handle(keeper, errand, message);
    }
    return ERR_FORM;
}
