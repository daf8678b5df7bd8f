// The keeper's start: the ledger replays what is still live, each record with its inclusion proof
// under one checkpoint; what came in before is believed no more than what comes in now.
#include "signer/keeper/keeper.h"

#include "log/checkpoint.h"
#include "proto/dsse.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

struct replay {
    struct keeper *keeper;
    struct checkpoint checkpoint;
    bool house; // LIVE_HOUSE has come
    bool end;   // LIVE_END has come
};

static bool included(const struct replay *replay, uint64_t index, struct span record,
    const struct hash_list *list)
{
    struct merkle_path path = {.count = list->count};
    struct hash leaf = merkle_leaf(record);
    memcpy(path.nodes, list->at, list->count * sizeof list->at[0]);
    return merkle_included(
        index, replay->checkpoint.size, &leaf, &path, &replay->checkpoint.root);
}

static void read_founding(struct replay *replay, const struct message *message)
{
    struct founding founding;
    if (founding_read(message->live_house.founding, &founding) != OK ||
        checkpoint_open(message->live_house.checkpoint, founding.origin, &founding.log,
            &replay->checkpoint) != OK ||
        !included(replay, 0, message->live_house.founding, &message->live_house.founding_path))
        log_halt(EXIT_HALT,
            "the ledger's founding record is not under the checkpoint; restore the ledger");
    replay->keeper->appliance = founding.log.id;
}

static void read_charter(struct replay *replay, const struct message *message)
{
    struct refusal refusal = {0};
    struct keeper *keeper = replay->keeper;
    if (charter_read(message->live_house.charter, keeper->charter, &refusal) != OK)
        log_halt(EXIT_HALT, "the ledger's charter does not read: %s", refusal.sentence);
    if (!hash_equal(&keeper->charter->log, &keeper->appliance))
        log_halt(EXIT_HALT,
            "the ledger's charter is another appliance's; restore this appliance's ledger");
    bytes_add(&keeper->charter_text, message->live_house.charter);
    if (bytes_finish(&keeper->charter_text) != OK)
        log_halt(EXIT_HALT, "no memory for the charter");
}

// The state names the charter in force; with the founding it was the first one.
static bool state_holds(const struct keeper *keeper)
{
    return keeper->state->epoch == keeper->charter->epoch &&
           hash_equal(&keeper->state->charter, &keeper->charter->hash);
}

// Before the first outcome there is no state that somebody else has named.
static bool is_first_state(const struct state *state)
{
    return state->epoch == 1 && state->role_count == 0 && !state->has_order &&
           state->freeze_count == 0 && state->spare_count == 0 && state->mandate_count == 0;
}

static bool outcome_holds(const struct replay *replay, const struct message *message)
{
    struct span text = message->live_house.outcome.text;
    struct hash state = hash_of(message->live_house.state);
    struct outcome *outcome = calloc(1, sizeof *outcome);
    bool holds = outcome != NULL && outcome_read(text, outcome) == OK &&
                 hash_equal(&outcome->state, &state) &&
                 included(replay, message->live_house.outcome.index, text,
                     &message->live_house.outcome_path);
    free(outcome);
    return holds;
}

// The state is what the last outcome names.
static void read_state(struct replay *replay, const struct message *message)
{
    struct keeper *keeper = replay->keeper;
    enum err err = state_read(message->live_house.state, keeper->state);
    if (err == ERR_HALT)
        log_halt(EXIT_HALT,
            "the state was written by version %s, in a format that this version does not know; "
            "install that version or a later one",
            keeper->state->program);
    bool holds = err == OK && state_holds(keeper);
    keeper->told = hash_of(message->live_house.state);
    if (message->live_house.outcome.text.size == 0)
        holds = holds && is_first_state(keeper->state);
    else
        holds = holds && outcome_holds(replay, message);
    if (!holds)
        log_halt(EXIT_HALT, "the ledger's state is not the one that its last outcome names; "
                            "restore the ledger");
}

static enum err take_house(struct replay *replay, const struct message *message)
{
    if (replay->house || message->live_house.stage != replay->keeper->stage)
        return ERR_FORM;
    replay->house = true;
    if (message->live_house.stage == STAGE_FOUNDING)
        return OK;
    read_founding(replay, message);
    read_charter(replay, message);
    read_state(replay, message);
    watch_note(&replay->keeper->watch, replay->keeper->charter, replay->keeper->state,
        message->live_house.newest);
    return OK;
}

static bool decision_holds(struct keeper *keeper, struct span text)
{
    struct decided decided;
    struct opened opened;
    if (decided_read(text, &decided) != OK)
        return false;
    struct docket_entry *entry = docket_find(keeper->docket, &decided.request);
    const struct administrator *who = charter_administrator(keeper->charter, &decided.approver);
    if (entry == NULL || who == NULL)
        return false;
    if (decided.opened.index != entry->opened.index)
        return true; // over an older opening: the docket keeps at most a rejection
    if (docket_opened(entry, &opened) != OK)
        return false;
    struct bytes statement;
    bytes_init(&statement, LIMIT_RECORD);
    approval_write(&opened, decided.opened.index, &decided.opened.leaf, decided.decision,
        &decided.approver, &statement);
    bool holds = dsse_verify(&who->key, DSSE_APPROVAL, bytes_span(&statement),
                     span_of(decided.signature, decided.signature_size)) == OK;
    bytes_clear(&statement);
    return holds;
}

static enum err take_record(struct replay *replay, const struct message *message)
{
    struct keeper *keeper = replay->keeper;
    struct span text = message->live_record.entry.text;
    struct place place = {message->live_record.entry.index, merkle_leaf(text)};
    if (!replay->house || keeper->stage != STAGE_SERVING)
        return ERR_FORM;
    if (!included(replay, place.index, text, &message->live_record.path))
        log_halt(EXIT_HALT, "record %llu is not under the checkpoint; restore the ledger",
            (unsigned long long)place.index);
    // A keeper that was taken over once may have left such records; they are in the log for ever,
    // and count as little as if they came in now.
    enum err err = ERR_SIGNATURE;
    if (record_kind(text) != RECORD_DECISION || decision_holds(keeper, text))
        err = docket_apply(keeper->docket, keeper->charter, &place, text);
    if (err == OK || err == ERR_MEMORY)
        return err;
    log_warn("record %llu does not count: %s", (unsigned long long)place.index, err_text(err));
    return OK;
}

static enum err take(struct replay *replay, const struct message *message)
{
    switch (message->kind) {
    case LIVE_HOUSE:
        return take_house(replay, message);
    case LIVE_RECORD:
        return take_record(replay, message);
    case LIVE_END:
        replay->end = true;
        return replay->house ? OK : ERR_FORM;
    default:
        return ERR_FORM;
    }
}

static enum err take_all(struct replay *replay)
{
    struct message *message = calloc(1, sizeof *message);
    enum err err = message == NULL ? ERR_MEMORY : OK;
    while (err == OK && !replay->end) {
        err = channel_take(&replay->keeper->room.down, message);
        if (err == OK)
            err = take(replay, message);
    }
    free(message);
    return err == ERR_AGAIN ? OK : err;
}

void keeper_start(struct keeper *keeper)
{
    struct replay replay = {.keeper = keeper};
    while (!replay.end) {
        struct pollfd down = {.fd = keeper->room.down.fd, .events = POLLIN};
        if (poll(&down, 1, -1) < 0 && errno != EINTR)
            log_halt(EXIT_HALT, "poll failed");
        enum err err = channel_fill(&keeper->room.down);
        if (err == OK)
            err = take_all(&replay);
        if (err != OK && err != ERR_AGAIN)
            log_halt(EXIT_NEIGHBOUR, "the ledger's replay broke off: %s", err_text(err));
    }
    for (size_t i = 0; i < docket_count(keeper->docket); i++) {
        struct docket_entry *entry = docket_at(keeper->docket, i);
        if (desk_check_stale(keeper, entry) != OK || desk_check_frozen(keeper, entry) != OK)
            log_halt(EXIT_HALT, "an opened record of the replay does not read");
    }
}
