// conclave-ledger: the program. See ledger.h.
#include "signer/ledger/ledger.h"

#include "signer/corridor/sandbox.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

// ---- what every part of the ledger uses ----

static void put(struct channel *channel, const struct message *message, const char *neighbour)
{
    enum err err = channel_put(channel, message);
    if (err != OK)
        log_halt(EXIT_HALT, "cannot tell the %s (message %d): %s", neighbour, message->kind,
            err_text(err));
}

void ledger_to_keeper(struct ledger *ledger, const struct message *message)
{
    put(&ledger->room.up, message, "keeper");
}

void ledger_to_vault(struct ledger *ledger, const struct message *message)
{
    put(&ledger->room.down, message, "vault");
}

uint64_t ledger_serial(struct ledger *ledger)
{
    return ++ledger->serial;
}

void ledger_refuse(
    struct ledger *ledger, uint64_t id, const char *rule, const char *format, ...)
{
    char sentence[LIMIT_SENTENCE + 1];
    struct message refused = {.kind = ANSWER_REFUSED, .id = id};
    va_list list;
    va_start(list, format);
    vsnprintf(sentence, sizeof sentence, format, list);
    va_end(list);
    refused.refused.rule = span_text(rule);
    refused.refused.sentence = span_text(sentence);
    ledger_to_keeper(ledger, &refused);
}

void ledger_must(struct ledger *ledger, enum err err)
{
    if (err == OK)
        return;
    if (err == ERR_HALT)
        log_halt(EXIT_HALT, "%s", store_fault(ledger->store));
    log_halt(EXIT_HALT, "the ledger cannot go on: %s", err_text(err));
}

void ledger_keep(struct ledger *ledger, struct bytes *bytes, struct span text)
{
    bytes_reset(bytes);
    bytes_add(bytes, text);
    ledger_must(ledger, bytes_finish(bytes));
}

void ledger_distrust(const char *neighbour, const char *what)
{
    log_halt(EXIT_NEIGHBOUR, "the %s said what it may not say: %s", neighbour, what);
}

bool ledger_has_room(struct ledger *ledger, uint64_t cost, uint64_t reserve)
{
    uint64_t left;
    ledger_must(ledger, store_free(ledger->store, &left));
    uint64_t under_way = ledger->intake.cost + ledger->held.cost;
    return left >= reserve && left - reserve >= under_way + cost;
}

bool ledger_refuses_without_room(
    struct ledger *ledger, uint64_t id, uint64_t cost, uint64_t reserve)
{
    if (ledger_has_room(ledger, cost, reserve))
        return false;
    ledger_refuse(ledger, id, "R9",
        "the ledger's disk is nearly full: %llu MiB have to stay free behind this; make room "
        "on it, then try again",
        (unsigned long long)(reserve >> 20));
    return true;
}

void ledger_know_log(struct ledger *ledger, struct span text)
{
    struct founding founding;
    if (founding_read(text, &founding) != OK)
        log_halt(EXIT_HALT, "the first record of the ledger folder founds nothing; restore the "
                            "folder that belongs to this token");
    snprintf(ledger->origin, sizeof ledger->origin, "%s", founding.origin);
    ledger->log = founding.log;
    bytes_reset(&ledger->vkey);
    vkey_write(ledger->origin, &ledger->log, &ledger->vkey);
    ledger_must(ledger, bytes_finish(&ledger->vkey));
}

void ledger_prove(struct ledger *ledger, uint64_t index, struct hash_list *out)
{
    struct merkle_path path;
    struct merkle_store tree = records_tree(ledger->store);
    ledger_must(ledger, merkle_prove_inclusion(&tree, index, ledger->newest.size, &path));
    out->count = (uint32_t)path.count;
    for (size_t i = 0; i < path.count; i++)
        out->at[i] = path.nodes[i];
}

// ---- who may say what, and when ----

// The vault refuses what it was asked; which of the three, its id tells.
static enum err vault_refused(struct ledger *ledger, const struct message *message)
{
    if (!intake_refused(ledger, message->id, message) && !sign_refused(ledger, message) &&
        !found_refused(ledger, message))
        ledger_distrust("vault", "a refusal of what it was not asked");
    return OK;
}

enum neighbour { KEEPER, VAULT };
static const char *const neighbours[] = {[KEEPER] = "keeper", [VAULT] = "vault"};

static const struct row {
    enum message_kind kind;
    enum neighbour from;
    unsigned phases;
    ledger_handler *handle;
} rows[] = {
    {VAULT_SEAL, VAULT, PHASE_SEAL, start_seal},
    {VAULT_UP, VAULT, PHASE_REPLAY, start_up},
    {VAULT_CHECKPOINT, VAULT, PHASE_REDO | PHASE_SERVING | PHASE_FOUNDING | PHASE_FOUNDED,
        commit_checkpoint},
    {VAULT_OUTCOME, VAULT, PHASE_REDO | PHASE_SERVING, sign_outcome},
    {VAULT_APPENDED, VAULT, PHASE_SERVING, intake_appended},
    {VAULT_JUDGED, VAULT, PHASE_SERVING, sign_judged},
    {VAULT_RESERVE, VAULT, PHASE_SERVING, mandated_reserve},
    {VAULT_SEALED, VAULT, PHASE_SERVING, sign_sealed},
    {VAULT_SEALED, VAULT, PHASE_FOUNDING, found_sealed},
    {VAULT_FOUND_JUDGED, VAULT, PHASE_FOUNDING, found_judged},
    {ANSWER_FOUND_KEYS, VAULT, PHASE_FOUNDING, found_keys_are},
    {ANSWER_REFUSED, VAULT, PHASE_SERVING | PHASE_FOUNDING, vault_refused},

    {ASK_STATUS, KEEPER, PHASE_SERVING | PHASE_FOUNDING | PHASE_FOUNDED, ask_status},
    {ASK_LIST, KEEPER, PHASE_SERVING, ask_list},
    {ASK_SHOW, KEEPER, PHASE_SERVING, ask_show},
    {ASK_RECORDS, KEEPER, PHASE_SERVING, ask_records},
    {ASK_PROVE, KEEPER, PHASE_SERVING, ask_prove},
    {ASK_EXTEND, KEEPER, PHASE_SERVING, ask_extend},
    {ASK_BLOB, KEEPER, PHASE_SERVING, ask_blob},
    {ORDER_RECORD, KEEPER, PHASE_SERVING, intake_record},
    {ORDER_SIGN, KEEPER, PHASE_SERVING, sign_order},
    {ORDER_MANDATED, KEEPER, PHASE_SERVING, mandated_order},
    {ASK_LAST, KEEPER, PHASE_SERVING, mandated_ask_last},
    {ASK_FOUND_KEYS, KEEPER, PHASE_FOUNDING | PHASE_FOUNDED, found_keys},
    {ORDER_FOUND, KEEPER, PHASE_FOUNDING, found_order},
};

static enum err dispatch(
    struct ledger *ledger, enum neighbour from, const struct message *message)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].kind != message->kind || rows[i].from != from ||
            (rows[i].phases & ledger->phase) == 0)
            continue;
        enum err err = rows[i].handle(ledger, message);
        copies_clear(&ledger->copies);
        return err;
    }
    log_halt(EXIT_NEIGHBOUR, "the %s said what it may not say now (message %d in phase %d)",
        neighbours[from], message->kind, ledger->phase);
}

static enum err from_keeper(void *context, const struct message *message)
{
    return dispatch(context, KEEPER, message);
}

static enum err from_vault(void *context, const struct message *message)
{
    return dispatch(context, VAULT, message);
}

static int sooner(int a, int b)
{
    if (a < 0 || b < 0)
        return a < 0 ? b : a;
    return a < b ? a : b;
}

static int turn(void *context)
{
    struct ledger *ledger = context;
    int wait = commit_turn(ledger);
    wait = sooner(wait, start_turn(ledger));
    wait = sooner(wait, live_turn(ledger));
    copies_clear(&ledger->copies);
    return wait;
}

static void init(struct ledger *ledger)
{
    ledger->phase = PHASE_SEAL;
    bytes_init(&ledger->vkey, 2 * LIMIT_CHECKPOINT);
    bytes_init(&ledger->note, LIMIT_CHECKPOINT);
    bytes_init(&ledger->signing.order_text, LIMIT_RECORD);
    bytes_init(&ledger->signing.statement, LIMIT_RECORD);
    bytes_init(&ledger->signing.state_text, LIMIT_STATE);
    bytes_init(&ledger->signing.outcome_text, LIMIT_RECORD);
    copies_init(&ledger->copies);
    copies_init(&ledger->held.copies);
    copies_init(&ledger->found.copies);
}

int main(void)
{
    struct refusal why;
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL)
        log_halt(EXIT_HALT, "no memory");
    init(ledger);
    room_enter(&ledger->room, "ledger", ROOM_HAS_UP | ROOM_HAS_DOWN, &ledger->config);
    // What stands in the log is for clients to ask for, not for other users to read.
    umask(S_IRWXG | S_IRWXO);
    if (store_open(ledger->config.folder, &ledger->store, &why) != OK)
        log_halt(EXIT_HALT, "%s", why.sentence);
    room_list_libraries(&ledger->room);
    sandbox_enter(SANDBOX_LEDGER, ledger->config.folder);
    room_ready(&ledger->room);
    const struct room_loop loop = {
        .context = ledger, .from_up = from_keeper, .from_down = from_vault, .turn = turn};
    int status = room_run(&ledger->room, &loop);
    store_close(ledger->store);
    return status;
}
