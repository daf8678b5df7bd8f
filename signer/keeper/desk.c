// The desk: what becomes of an entry of the docket. Everything is looked at again whenever
// something about it changed, and once a second for what time alone changes.
#include "signer/keeper/keeper.h"

#include "metadata/render.h"
#include "policy/chain.h"
#include "policy/govern.h"

#include <string.h>

enum err desk_end(struct keeper *keeper, struct docket_entry *entry, const struct asker *asker,
    enum ending how, const struct refusal *why)
{
    struct ended ended = {.time = moment_now(), .request = entry->request, .how = how};
    struct errand *errand;
    enum err err = keeper_errand(keeper, ERRAND_END, &errand);
    if (err != OK)
        return err;
    memcpy(ended.rule, why->rule, sizeof ended.rule);
    memcpy(ended.why, why->sentence, sizeof ended.why);
    ended_write(&ended, &errand->text);
    errand->asker = *asker;
    errand->request = entry->request;
    entry->busy = true;
    return keeper_record(keeper, errand, NULL);
}

static const struct asker nobody = {.waits = false};

static enum err hear_anew(struct keeper *keeper, struct docket_entry *entry)
{
    struct errand *errand;
    enum err err = keeper_errand(keeper, ERRAND_TEXT, &errand);
    if (err != OK)
        return err;
    errand->request = entry->request;
    entry->busy = true;
    keeper->hearing_anew = true;
    struct message ask = {.kind = ASK_BLOB, .id = errand->id};
    ask.blob.hash = entry->request;
    return keeper_to_ledger(keeper, &ask);
}

// ---- what moved behind it ----

// What an item must still build on; of a signed one the payload itself must still be the last. A
// lift builds on the freeze that it lifts, a mandate on the last one of the role that decides it.
static bool is_overtaken(const struct keeper *keeper, const struct docket_entry *entry,
    const struct opened *opened, const struct item *item)
{
    if (entry->motion == MOTION_LIFT)
        return state_freeze(keeper->state, &item->previous) == NULL;
    struct hash last = entry->motion == MOTION_MANDATE
                           ? chain_mandate(keeper->state, opened->decides[0])
                           : chain_previous(keeper->state, item->role);
    return !hash_equal(&last, entry->is_signed ? &item->payload : &item->previous);
}

// A key that was retired signs no more: what counts on it would never be reached (R12).
static bool has_lost_a_key(const struct keeper *keeper, const struct opened *opened)
{
    for (size_t i = 0; i < opened->reach_count; i++)
        for (size_t k = 0; k < opened->reach[i].key_count; k++) {
            const struct key_state *key = state_key(keeper->state, &opened->reach[i].keys[k]);
            if (key != NULL && key->retired)
                return true;
        }
    return false;
}

// Another version of the programs opened it. The tools that go with this one render it by another
// number, so nobody could approve it (R14). What has its quorum needs nobody.
static bool is_shown_otherwise(
    const struct keeper *keeper, const struct docket_entry *entry, const struct opened *opened)
{
    if (opened->rendering == RENDERING || entry->is_signed)
        return false;
    struct ballot ballot = docket_ballot(entry, keeper->charter, opened);
    return decide(&ballot) != VERDICT_COMPLETE;
}

enum err desk_check_stale(struct keeper *keeper, struct docket_entry *entry)
{
    struct opened opened;
    enum err err = docket_opened(entry, &opened);
    if (err != OK)
        return err;
    if (!hash_equal(&opened.charter, &keeper->charter->hash) ||
        entry->opened.index < keeper->state->since)
        entry->stale = true;
    if (!entry->is_signed && has_lost_a_key(keeper, &opened))
        entry->stale = true;
    if (is_shown_otherwise(keeper, entry, &opened))
        entry->stale = true;
    for (size_t i = 0; i < opened.item_count; i++)
        if (is_overtaken(keeper, entry, &opened, &opened.items[i]))
            entry->stale = true;
    return OK;
}

enum err desk_check_frozen(struct keeper *keeper, struct docket_entry *entry)
{
    struct opened opened;
    enum err err = docket_opened(entry, &opened);
    if (err == OK)
        entry->frozen = govern_frozen(keeper->state, &entry->request, opened.items,
                            opened.item_count) != NULL;
    return err;
}

// ---- looking at it ----

static enum err look_at_votes(struct keeper *keeper, struct docket_entry *entry, bool time)
{
    struct opened opened;
    enum err err = docket_opened(entry, &opened);
    if (err != OK)
        return err;
    struct ballot ballot = docket_ballot(entry, keeper->charter, &opened);
    enum verdict verdict = decide(&ballot);
    if (verdict == VERDICT_IMPOSSIBLE && time) {
        struct refusal why;
        refuse(&why, "R5",
            "so many administrators rejected it, or can no longer sign, that its quorum can no "
            "longer be reached");
        return desk_end(keeper, entry, &nobody, ENDING_REJECTED, &why);
    }
    entry->waits = verdict == VERDICT_COMPLETE;
    return entry->waits ? order_next(keeper) : OK;
}

// It is signed already; custodians who approve now add their signatures (R12).
static enum err look_at_additions(struct keeper *keeper, struct docket_entry *entry)
{
    struct opened opened;
    enum err err = docket_opened(entry, &opened);
    if (err != OK)
        return err;
    struct ballot ballot = docket_ballot(entry, keeper->charter, &opened);
    entry->waits = decide_adds(&ballot, keeper->state);
    return entry->waits ? order_next(keeper) : OK;
}

// What it was built on has moved.
static enum err renew(struct keeper *keeper, struct docket_entry *entry)
{
    struct refusal why;
    if (!entry->is_signed)
        return keeper->hearing_anew ? OK : hear_anew(keeper, entry);
    refuse(&why, "R12",
        "what it was approved under has moved on; custodians add no more signatures");
    return desk_end(keeper, entry, &nobody, ENDING_CLOSED, &why);
}

static enum err expire(struct keeper *keeper, struct docket_entry *entry)
{
    struct refusal why;
    if (entry->is_signed) {
        refuse(&why, "R12", "its expiry passed; custodians add no more signatures");
        return desk_end(keeper, entry, &nobody, ENDING_CLOSED, &why);
    }
    refuse(&why, "R4", "its expiry passed before its quorum was complete");
    return desk_end(keeper, entry, &nobody, ENDING_EXPIRED, &why);
}

enum err desk_look(struct keeper *keeper, struct docket_entry *entry)
{
    if (entry->busy || keeper->stopping)
        return OK;
    bool time = keeper_has_time(keeper);
    entry->due = false;
    if (time && entry->expires <= moment_now())
        return expire(keeper, entry);
    if (entry->stale)
        return time ? renew(keeper, entry) : OK;
    return entry->is_signed ? look_at_additions(keeper, entry)
                            : look_at_votes(keeper, entry, time);
}

enum err desk_hear_next(struct keeper *keeper)
{
    for (size_t i = 0; i < docket_count(keeper->docket) && !keeper->hearing_anew; i++) {
        struct docket_entry *entry = docket_at(keeper->docket, i);
        if (entry->stale && !entry->busy)
            return desk_look(keeper, entry);
    }
    return OK;
}

enum err desk_sweep(struct keeper *keeper)
{
    enum err err = OK;
    moment now = moment_now();
    for (size_t i = 0; err == OK && i < docket_count(keeper->docket); i++) {
        struct docket_entry *entry = docket_at(keeper->docket, i);
        if (entry->due || entry->stale || entry->expires <= now)
            err = desk_look(keeper, entry);
    }
    return err == OK ? order_next(keeper) : err;
}

enum err desk_look_all(struct keeper *keeper)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < docket_count(keeper->docket); i++)
        err = desk_look(keeper, docket_at(keeper->docket, i));
    return err == OK ? order_next(keeper) : err;
}

// ---- the ledger's answers ----

enum err desk_say_moved(struct keeper *keeper, const struct hash *request)
{
    struct message moved = {.kind = SAY_MOVED};
    moved.request.request = *request;
    return keeper->room.up.fd < 0 ? OK : channel_put(&keeper->room.up, &moved);
}

enum err desk_ended(struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    struct hash request = errand->request;
    struct ended ended;
    enum err err = ended_read(bytes_span(&errand->text), &ended);
    if (err == OK)
        err = docket_apply(
            keeper->docket, keeper->charter, &answer->place, bytes_span(&errand->text));
    static const enum fate fates[] = {
        [ENDING_REJECTED] = FATE_REJECTED,
        [ENDING_WITHDRAWN] = FATE_WITHDRAWN,
        [ENDING_EXPIRED] = FATE_EXPIRED,
        [ENDING_REFUSED] = FATE_REFUSED,
        [ENDING_CLOSED] = FATE_SIGNED,
    };
    if (err == OK)
        err = keeper_accept(keeper, &errand->asker, &request, &answer->place, fates[ended.how]);
    errands_done(&keeper->errands, errand);
    if (err == OK)
        err = desk_say_moved(keeper, &request);
    return err == OK ? keeper_hear_parked(keeper, &request) : err;
}

enum err desk_decided(
    struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    struct hash request = errand->request;
    struct docket_entry *entry = docket_find(keeper->docket, &request);
    enum fate fate = entry != NULL && entry->is_signed ? FATE_SIGNED : FATE_OPEN;
    enum err err = docket_apply(
        keeper->docket, keeper->charter, &answer->place, bytes_span(&errand->text));
    if (err == OK)
        err = keeper_accept(keeper, &errand->asker, &request, &answer->place, fate);
    errands_done(&keeper->errands, errand);
    if (err != OK || entry == NULL)
        return err == OK ? ERR_FORM : err;
    entry->busy = false;
    err = desk_look(keeper, entry);
    return err == OK ? keeper_hear_parked(keeper, &request) : err;
}
