// The start (ARCHITECTURE.md, "Start", 1 to 4): what the seal says must be in the folder, and the
// records behind it go to the vault. The vault, not the ledger, compares (R10); the ledger only
// says what it lacks, and what to do.
#include "signer/ledger/ledger.h"

#include <stdlib.h>

enum {
    // What lies in the send buffer before more of the replay is read from the disk: a few dozen of
    // the largest records, and two of the socket's own buffers.
    START_WINDOW = 2 * 1024 * 1024,
};

static _Noreturn void halt_behind_seal(const struct ledger *ledger, const char *what)
{
    log_halt(EXIT_HALT,
        "the ledger folder %s is older than the token's last seal (number %llu): %s. Never go "
        "on "
        "with it: put back the newest folder that belongs to this token; if it is lost, this "
        "appliance cannot go on",
        ledger->config.folder, (unsigned long long)ledger->sealed.number, what);
}

static struct span get(struct ledger *ledger, enum err err, struct span found, const char *what)
{
    if (err == ERR_NOT_FOUND)
        halt_behind_seal(ledger, what);
    ledger_must(ledger, err);
    return found;
}

static void know_state(struct ledger *ledger, struct span text)
{
    struct state *state = malloc(sizeof *state);
    if (state == NULL)
        log_halt(EXIT_HALT, "no memory");
    enum err err = state_read(text, state);
    if (err == ERR_HALT)
        log_halt(EXIT_HALT,
            "the sealed state was written by version %s of the programs, and this is %s, which "
            "knows less: install version %s or a newer one",
            state->program, CONCLAVE_VERSION, state->program);
    ledger_must(ledger, err);
    ledger->sealed.has_order = state->has_order;
    ledger->sealed.order = state->order;
    free(state);
}

static void say_resume(struct ledger *ledger)
{
    struct message resume = {.kind = VAULT_RESUME, .id = ledger_serial(ledger)};
    struct merkle_store tree = records_tree(ledger->store);
    struct merkle_edge edge;
    struct span found = {0};
    enum err err = blobs_get(ledger->store, &ledger->sealed.charter, &ledger->copies, &found);
    resume.resume.charter = get(ledger, err, found, "it lacks the sealed charter");
    err = states_get(ledger->store, &ledger->sealed.state, &ledger->copies, &found);
    resume.resume.state = get(ledger, err, found, "it lacks the sealed state");
    know_state(ledger, found);
    ledger_must(ledger, merkle_edge_read(&tree, ledger->sealed.size, &edge));
    resume.resume.edge.count = (uint32_t)edge.node_count;
    for (size_t i = 0; i < edge.node_count; i++)
        resume.resume.edge.at[i] = edge.nodes[i];
    ledger_to_vault(ledger, &resume);
}

// The first record tells what the log is called; its key must be the token's.
static void know_log(struct ledger *ledger, struct span log)
{
    struct span founding = {0};
    enum err err = records_get(ledger->store, 0, &ledger->copies, &founding);
    ledger_know_log(ledger, get(ledger, err, founding, "it lacks the first record"));
    if (!span_equal(log, key_spki(&ledger->log)))
        log_halt(EXIT_HALT,
            "the ledger folder %s is another appliance's: its first record names another log "
            "key "
            "than the token holds. Put in the folder that belongs to this token",
            ledger->config.folder);
}

static void resume(struct ledger *ledger, struct span log)
{
    if (ledger->config.stage == STAGE_FOUNDING)
        log_halt(EXIT_HALT,
            "the token holds a seal: this appliance is founded; start it without "
            "--found");
    if (ledger->store->size < ledger->sealed.size)
        halt_behind_seal(ledger, "it has fewer records than were sealed");
    know_log(ledger, log);
    say_resume(ledger);
    ledger->replayed = ledger->sealed.size;
    ledger->phase = PHASE_REPLAY;
}

enum err start_seal(struct ledger *ledger, const struct message *message)
{
    ledger->sealed = (struct sealed){.number = message->seal.number,
        .epoch = message->seal.epoch,
        .charter = message->seal.charter,
        .size = message->seal.size,
        .state = message->seal.state};
    if (message->seal.stage == STAGE_SERVING) {
        resume(ledger, message->seal.log);
    } else if (message->seal.stage == STAGE_FOUNDING) {
        if (ledger->config.stage != STAGE_FOUNDING)
            log_halt(EXIT_HALT, "the token holds no seal: nothing is founded yet; start with "
                                "conclaved --found");
        found_begin(ledger);
    } else {
        ledger_distrust("vault", "a seal of no stage");
    }
    return OK;
}

static void say_record(struct ledger *ledger)
{
    struct message replay = {.kind = VAULT_REPLAY, .id = ledger_serial(ledger)};
    ledger_must(ledger,
        records_get(ledger->store, ledger->replayed, &ledger->copies, &replay.replay.text));
    ledger_to_vault(ledger, &replay);
    copies_clear(&ledger->copies);
    ledger->replayed++;
}

int start_turn(struct ledger *ledger)
{
    const struct channel *down = &ledger->room.down;
    uint64_t size = ledger->store->size;
    if (ledger->phase != PHASE_REPLAY || ledger->replayed > size)
        return -1;
    while (ledger->replayed < size && down->out.size - down->sent < START_WINDOW)
        say_record(ledger);
    // With a remainder the loop comes back when the vault has read some of it.
    if (ledger->replayed < size)
        return channel_wants_write(down) ? -1 : 0;
    struct message resumed = {.kind = VAULT_RESUMED, .id = ledger_serial(ledger)};
    ledger_to_vault(ledger, &resumed);
    ledger->replayed++;
    return -1;
}

static void know_outcome(struct ledger *ledger)
{
    struct span text = {0};
    struct outcome_link link;
    ledger->last_state = ledger->sealed.state;
    enum err err = records_newest(ledger->store, &ledger->last_outcome);
    ledger->has_outcome = err == OK;
    if (err == ERR_NOT_FOUND)
        return;
    ledger_must(ledger, err);
    ledger_must(
        ledger, records_get(ledger->store, ledger->last_outcome, &ledger->copies, &text));
    ledger_must(ledger, outcome_link_read(text, &link));
    ledger->last_state = link.state;
}

enum err start_up(struct ledger *ledger, const struct message *message)
{
    if (ledger->replayed != ledger->store->size + 1)
        ledger_distrust("vault", "that it is up before the replay's end");
    if (message->durable.size != ledger->store->size)
        ledger_distrust("vault", "that it is up with another size than the ledger has");
    commit_say(ledger);
    know_outcome(ledger);
    ledger_must(ledger, states_keep(ledger->store, &ledger->sealed.state, &ledger->last_state));
    ledger->phase = PHASE_REDO;
    sign_redo(ledger);
    return OK;
}
