// What is still live goes to the keeper (ARCHITECTURE.md, "Start", 5), found by index, each record
// with its proof: this does not grow with what was signed long ago.
#include "signer/ledger/ledger.h"

enum {
    // What lies in the send buffer before more is read from the disk (as in start.c).
    LIVE_WINDOW = 2 * 1024 * 1024,
};

static struct span record_at(struct ledger *ledger, uint64_t index)
{
    struct span text;
    ledger_must(ledger, records_get(ledger->store, index, &ledger->copies, &text));
    return text;
}

static void say_house(struct ledger *ledger)
{
    struct message house = {.kind = LIVE_HOUSE};
    house.live_house.stage = STAGE_SERVING;
    house.live_house.founding = record_at(ledger, 0);
    ledger_prove(ledger, 0, &house.live_house.founding_path);
    ledger_must(ledger, blobs_get(ledger->store, &ledger->sealed.charter, &ledger->copies,
                            &house.live_house.charter));
    // What is sealed may be one reservation ahead of it, which the keeper need not know.
    ledger->told = ledger->has_outcome ? ledger->last_state : ledger->sealed.state;
    ledger_must(ledger,
        states_get(ledger->store, &ledger->told, &ledger->copies, &house.live_house.state));
    if (ledger->has_outcome) {
        house.live_house.outcome.index = ledger->last_outcome;
        house.live_house.outcome.text = record_at(ledger, ledger->last_outcome);
        ledger_prove(ledger, ledger->last_outcome, &house.live_house.outcome_path);
    }
    house.live_house.checkpoint = bytes_span(&ledger->note);
    ledger_must(ledger,
        record_time(record_at(ledger, ledger->store->size - 1), &house.live_house.newest));
    ledger_to_keeper(ledger, &house);
    ledger->live = records_live(ledger->store);
}

static void say_record(struct ledger *ledger, uint64_t index)
{
    struct message live = {.kind = LIVE_RECORD};
    live.live_record.entry.index = index;
    live.live_record.entry.text = record_at(ledger, index);
    ledger_prove(ledger, index, &live.live_record.path);
    ledger_to_keeper(ledger, &live);
    copies_clear(&ledger->copies);
}

static void say_end(struct ledger *ledger)
{
    struct message end = {.kind = LIVE_END};
    query_end(&ledger->live);
    ledger_to_keeper(ledger, &end);
    ledger->phase = PHASE_SERVING;
    log_info("serves a log of %llu records", (unsigned long long)ledger->store->size);
}

// The outcome that was owed from before is durable, and a fresh checkpoint covers everything.
static bool is_settled(const struct ledger *ledger)
{
    return ledger->signing.step == SIGN_NONE && ledger->newest.size == ledger->store->size;
}

int live_turn(struct ledger *ledger)
{
    const struct channel *up = &ledger->room.up;
    uint64_t index;
    if (ledger->phase == PHASE_REDO && is_settled(ledger)) {
        ledger->phase = PHASE_LIVE;
        say_house(ledger);
    }
    if (ledger->phase != PHASE_LIVE)
        return -1;
    enum err err = OK;
    while (err == OK && up->out.size - up->sent < LIVE_WINDOW) {
        err = records_live_next(&ledger->live, &index);
        if (err == OK)
            say_record(ledger, index);
    }
    if (err == ERR_NOT_FOUND)
        say_end(ledger);
    else
        ledger_must(ledger, err);
    return ledger->phase == PHASE_LIVE && !channel_wants_write(up) ? 0 : -1;
}
