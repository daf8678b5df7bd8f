// Hearings on their way: one after another, bytes are asked for, a few at a time, until all are
// here; then one pure step judges, and the opened record goes to the ledger.
#include "signer/keeper/keeper.h"

enum err keeper_ask_wants(struct keeper *keeper, struct hearing *hearing)
{
    while (hearing->wants.asked < WANTS_AT_ONCE) {
        struct want *want = wants_next(&hearing->wants);
        if (want == NULL)
            return OK;
        struct errand *errand;
        enum err err = keeper_errand(keeper, ERRAND_WANT, &errand);
        if (err != OK)
            return err;
        errand->hearing = hearing;
        errand->want = (size_t)(want - hearing->wants.at);
        struct message ask = {.kind = ASK_BLOB, .id = errand->id};
        ask.blob.hash = want->hash;
        err = keeper_to_ledger(keeper, &ask);
        if (err != OK)
            return err;
    }
    return OK;
}

// It goes no further. Of a request that was open before, its entry is left.
static struct docket_entry *hearing_over(struct keeper *keeper, struct hearing *hearing)
{
    struct docket_entry *entry =
        hearing->anew ? docket_find(keeper->docket, &hearing->id) : NULL;
    if (hearing->anew)
        keeper->hearing_anew = false;
    if (entry != NULL)
        entry->busy = false;
    hearing_free(hearing);
    return entry;
}

// The clock was set while it was heard (R13). What was open stays so, to be heard another time.
static enum err put_off(
    struct keeper *keeper, struct hearing *hearing, const struct refusal *refusal)
{
    struct hash id = hearing->id;
    enum err err = OK;
    if (!hearing->anew) {
        quotas_return(&keeper->quotas, &hearing->requester, hearing->charged, 1);
        err = keeper_refuse(keeper, &hearing->asker, refusal, false);
    }
    hearing_over(keeper, hearing);
    return err == OK ? keeper_hear_parked(keeper, &id) : err;
}

// Refused: a record, since the requester is known; or the end of a request that was open.
static enum err hearing_refused(
    struct keeper *keeper, struct hearing *hearing, const struct refusal *refusal)
{
    struct refusal no_time;
    if (time_check(keeper, hearing->motion, &no_time) != OK)
        return put_off(keeper, hearing, &no_time);
    const struct asker nobody = {.waits = false};
    enum err err = hearing->anew ? OK : refuse_hearing(keeper, hearing, refusal);
    struct docket_entry *entry = hearing_over(keeper, hearing);
    if (err != OK || entry == NULL)
        return err;
    err = desk_end(keeper, entry, &nobody, ENDING_REFUSED, refusal);
    return err == OK ? desk_hear_next(keeper) : err;
}

static enum err send_opened(
    struct keeper *keeper, struct hearing *hearing, const struct hearing_house *house)
{
    struct refusal refusal = {0};
    struct errand *errand;
    if (time_check(keeper, hearing->motion, &refusal) != OK)
        return put_off(keeper, hearing, &refusal);
    enum err err = keeper_errand(keeper, ERRAND_OPEN, &errand);
    if (err != OK)
        return err;
    err = hearing_judge(hearing, house, &errand->text, &refusal);
    if (err != OK) {
        errands_done(&keeper->errands, errand);
        if (err != ERR_REFUSED)
            refuse(&refusal, "R20", "the request cannot be judged within the limits: %s",
                err_text(err));
        return hearing_refused(keeper, hearing, &refusal);
    }
    errand->hearing = hearing;
    hearing->in_line = false;
    hearing->next = keeper->openings;
    keeper->openings = hearing;
    wants_forget(&hearing->wants);
    struct span_list blobs;
    hearing_blobs(hearing, &blobs);
    return keeper_record(keeper, errand, &blobs);
}

void keeper_hear_no_more(struct keeper *keeper, const struct hearing *hearing)
{
    struct hearing **at = &keeper->openings;
    while (*at != NULL && *at != hearing)
        at = &(*at)->next;
    if (*at != NULL)
        *at = hearing->next;
}

static enum err too_large(struct keeper *keeper, struct hearing *hearing)
{
    struct refusal refusal;
    (void)refuse(&refusal, "R20",
        "what this request would replace is more than %d MiB together; split it",
        HEARING_BYTES >> 20);
    return hearing_refused(keeper, hearing, &refusal);
}

// Goes on with the first in the line, and with those behind it for as long as nothing lacks.
static enum err hear_first(struct keeper *keeper)
{
    enum err err = OK;
    while (err == OK && keeper->line != NULL) {
        struct hearing *first = keeper->line;
        struct hearing_house house = keeper_house(keeper);
        err = hearing_list(first, &house);
        bool large = err == ERR_LIMIT || hearing_is_large(first);
        if (large && first->wants.asked > 0)
            return OK; // what was asked for comes first
        if (!large && err == OK && !hearing_complete(first))
            return keeper_ask_wants(keeper, first);
        if (!large && err != OK)
            return err;
        keeper->line = first->next;
        err = large ? too_large(keeper, first) : send_opened(keeper, first, &house);
    }
    return err;
}

static void join_line(struct keeper *keeper, struct hearing *hearing)
{
    struct hearing **end = &keeper->line;
    while (*end != NULL)
        end = &(*end)->next;
    *end = hearing;
    hearing->in_line = true;
}

enum err keeper_hear(struct keeper *keeper, struct hearing *hearing)
{
    struct hearing_house house = keeper_house(keeper);
    enum err err = hearing_list(hearing, &house);
    if (err != OK && err != ERR_LIMIT)
        return err;
    if (err == OK && !hearing->in_line && hearing_complete(hearing))
        return send_opened(keeper, hearing, &house);
    if (!hearing->in_line)
        join_line(keeper, hearing);
    return keeper->line == hearing ? hear_first(keeper) : OK;
}

enum err keeper_hear_want(
    struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    struct hearing *hearing = errand->hearing;
    // What was stored is there for ever: a ledger that does not give it back is broken.
    enum err err = wants_fill(&hearing->wants, errand->want, answer->blob_is.bytes);
    errands_done(&keeper->errands, errand);
    if (err != OK)
        return err;
    return hearing == keeper->mandates.line ? mandated_goes_on(keeper)
                                            : keeper_hear(keeper, hearing);
}

// The text of a request that is to be heard anew has come; its signature is in the opened record.
enum err keeper_hear_text(
    struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    struct hash id = errand->request;
    struct docket_entry *entry = docket_find(keeper->docket, &id);
    struct span_list none = {.count = 0};
    struct refusal refusal = {0};
    struct opened opened;
    errands_done(&keeper->errands, errand);
    if (entry == NULL || docket_opened(entry, &opened) != OK)
        return ERR_FORM;
    struct hearing *hearing = hearing_new(
        answer->blob_is.bytes, span_of(opened.signature, opened.signature_size), &none);
    if (hearing == NULL)
        return ERR_MEMORY;
    hearing->anew = true;
    struct hearing_house house = keeper_house(keeper);
    enum err err = hash_equal(&hearing->id, &id) ? OK : ERR_FORM;
    if (err != OK) {
        hearing_free(hearing);
        return err;
    }
    err = hearing_identify(hearing, &house, &refusal);
    if (err == OK)
        err = hearing_prepare(hearing, &house, &refusal);
    return err == OK ? keeper_hear(keeper, hearing)
                     : hearing_refused(keeper, hearing, &refusal);
}

enum err keeper_hear_opened(
    struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    struct hearing *hearing = errand->hearing;
    struct hash id = hearing->id;
    bool anew = hearing->anew;
    enum err err = docket_apply(
        keeper->docket, keeper->charter, &answer->place, bytes_span(&errand->text));
    if (err == OK)
        err = keeper_accept(keeper, &hearing->asker, &id, &answer->place, FATE_OPEN);
    if (anew)
        keeper->hearing_anew = false;
    keeper_hear_no_more(keeper, hearing);
    hearing_free(hearing);
    errands_done(&keeper->errands, errand);
    struct docket_entry *entry = docket_find(keeper->docket, &id);
    if (err != OK || entry == NULL)
        return err == OK ? ERR_FORM : err;
    entry->busy = false;
    err = desk_check_stale(keeper, entry); // something may have been signed meanwhile
    if (err == OK)
        err = desk_check_frozen(keeper, entry);
    if (err == OK)
        err = desk_look(keeper, entry);
    if (err == OK)
        err = keeper_hear_parked(keeper, &id);
    return err == OK && anew ? desk_hear_next(keeper) : err;
}
