// Submissions: what may come in at all, before anything is fetched or judged.
#include "signer/keeper/keeper.h"

// Every hearing that may end with a record of its own.
enum { LINES = 3 };
static const struct hearing *line_of(const struct keeper *keeper, size_t line)
{
    const struct hearing *lines[LINES] = {
        keeper->line, keeper->openings, keeper->mandates.line};
    return lines[line];
}

static bool is_being_heard(const struct keeper *keeper, const struct hash *request)
{
    for (size_t i = 0; i < LINES; i++)
        for (const struct hearing *at = line_of(keeper, i); at != NULL; at = at->next)
            if (hash_equal(&at->id, request))
                return true;
    return false;
}

// Those that are open, and those that are about to be.
static size_t open_by(const struct keeper *keeper, const struct hash *requester)
{
    size_t count = docket_open_by(keeper->docket, requester);
    for (size_t i = 0; i < LINES; i++)
        for (const struct hearing *at = line_of(keeper, i); at != NULL; at = at->next)
            count += !at->anew && hash_equal(&at->requester, requester);
    return count;
}

// Requesters leave some places to administrators (proto/limits.h).
static bool has_room(const struct keeper *keeper, const struct hash *requester)
{
    bool own = charter_administrator(keeper->charter, requester) != NULL;
    size_t kept = LIMIT_CREDITS + (own ? 0 : LIMIT_OPEN_KEPT);
    return docket_count(keeper->docket) + kept < LIMIT_OPEN;
}

// A refusal in the log is the request's fate for ever (R11): what passes with time is none.
static bool is_its_time(
    const struct keeper *keeper, const struct hearing *hearing, struct refusal *refusal)
{
    if (time_check(keeper, hearing->motion, refusal) != OK)
        return false;
    if (is_being_heard(keeper, &hearing->id))
        refuse(refusal, "R11", "this request is being judged; ask again in a moment");
    else if (hearing->by_mandate && mandated_is_full(keeper, hearing))
        refuse(refusal, "R20",
            "as many requests under mandates wait as the appliance keeps; ask again in a "
            "moment");
    else if (!hearing->by_mandate && !has_room(keeper, &hearing->requester))
        refuse(refusal, "R20",
            "there are as many open requests as the appliance keeps; wait until some end");
    else
        return true;
    return false;
}

static enum err charge(struct keeper *keeper, struct hearing *hearing, struct refusal *refusal)
{
    struct asking asking;
    const struct quota_ask ask = {
        .opens = true,
        .open = open_by(keeper, &hearing->requester),
        .bytes = hearing->wants.bytes + hearing->text.size,
    };
    if (!charter_asking(keeper->charter, &hearing->requester, true, &asking))
        return ERR_FORM; // it was identified just now
    enum err err = quotas_charge(&keeper->quotas, &asking, &ask, refusal);
    if (err == OK)
        hearing->charged = ask.bytes;
    return err;
}

// R11: asked for again.
static enum err tell_fate(
    struct keeper *keeper, const struct asker *asker, const struct docket_entry *entry)
{
    return keeper_accept(keeper, asker, &entry->request,
        entry->is_signed ? &entry->outcome : &entry->opened,
        entry->is_signed ? FATE_SIGNED : FATE_OPEN);
}

// Whoever asks is known. Takes the hearing over when it goes on.
static enum err take_in(struct keeper *keeper, struct hearing *hearing, bool *goes_on)
{
    struct hearing_house house = keeper_house(keeper);
    struct refusal refusal = {0};
    enum err err = ERR_REFUSED;
    if (is_its_time(keeper, hearing, &refusal))
        err = charge(keeper, hearing, &refusal);
    if (err == ERR_REFUSED)
        return keeper_refuse(keeper, &hearing->asker, &refusal, false);
    if (err != OK)
        return err;
    err = hearing_prepare(hearing, &house, &refusal);
    if (err != OK)
        return refuse_hearing(keeper, hearing, &refusal);
    *goes_on = true;
    return hearing->by_mandate ? mandated_join(keeper, hearing) : keeper_hear(keeper, hearing);
}

enum err ask_submit(struct keeper *keeper, const struct message *ask)
{
    struct asker asker = keeper_asker(keeper, ask);
    struct hearing_house house = keeper_house(keeper);
    struct refusal refusal = {0};
    bool goes_on = false;
    struct hearing *hearing =
        hearing_new(ask->submit.request, ask->submit.signature, &ask->submit.blobs);
    if (hearing == NULL) {
        refuse(&refusal, "R20", "the request is larger than the appliance takes; split it");
        return keeper_refuse(keeper, &asker, &refusal, false);
    }
    hearing->asker = asker;
    enum err err = hearing_identify(hearing, &house, &refusal);
    const struct docket_entry *entry = docket_find(keeper->docket, &hearing->id);
    if (err != OK)
        err = keeper_refuse(keeper, &asker, &refusal, false);
    else if (entry != NULL)
        err = tell_fate(keeper, &asker, entry);
    else
        err = take_in(keeper, hearing, &goes_on);
    if (!goes_on)
        hearing_free(hearing);
    return err;
}
