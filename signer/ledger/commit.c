#include "signer/ledger/ledger.h"
#include "signer/ledger/load.h"

#include <stdlib.h>
#include <time.h>

// Not the real-time clock: setting that must neither delay a commit nor hurry it.
static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void commit_inserted(struct ledger *ledger)
{
    if (ledger->commit.waiting++ == 0)
        ledger->commit.since = now_ms();
}

// ---- promises ----

static void give_done_sign(struct ledger *ledger, struct message *answer)
{
    answer->signed_.place = ledger->signing.outcome;
    answer->signed_.outcome = bytes_span(&ledger->signing.outcome_text);
    if (!hash_equal(&ledger->told, &ledger->last_state))
        ledger_must(ledger, states_get(ledger->store, &ledger->last_state, &ledger->copies,
                                &answer->signed_.state));
    ledger->told = ledger->last_state;
    if (ledger->signing.new_charter)
        ledger_must(ledger, blobs_get(ledger->store, &ledger->sealed.charter, &ledger->copies,
                                &answer->signed_.charter));
    ledger->signing.step = SIGN_NONE;
}

static void give(struct ledger *ledger, const struct promise *promise)
{
    struct message answer = {.kind = promise->kind, .id = promise->id};
    if (promise->kind == DONE_RECORD) {
        answer.place = promise->place;
    } else if (promise->kind == ANSWER_ACCEPTED) {
        answer.accepted.request = promise->request;
        answer.accepted.place = promise->place;
        answer.accepted.fate = promise->fate;
    } else if (promise->kind == DONE_SIGN) {
        give_done_sign(ledger, &answer);
    }
    ledger_to_keeper(ledger, &answer);
}

void commit_promise(struct ledger *ledger, const struct promise *promise)
{
    struct commit *commit = &ledger->commit;
    if (commit->first == NULL && promise->size <= ledger->newest.size) {
        give(ledger, promise);
        return;
    }
    struct promise *kept = malloc(sizeof *kept);
    if (kept == NULL)
        log_halt(EXIT_HALT, "no memory");
    *kept = *promise;
    kept->next = NULL;
    if (commit->first == NULL)
        commit->first = kept;
    else
        commit->last->next = kept;
    commit->last = kept;
}

bool commit_promise_fate(struct ledger *ledger, uint64_t id, const struct hash *request)
{
    struct fate_row row;
    ledger_must(ledger, fates_get(ledger->store, request, &row));
    if (!row.has_end)
        return false;
    struct promise promise = {.size = row.end + 1,
        .id = id,
        .kind = ANSWER_ACCEPTED,
        .place.index = row.end,
        .request = *request,
        .fate = row.fate};
    ledger_must(ledger, records_leaf(ledger->store, row.end, &promise.place.leaf));
    commit_promise(ledger, &promise);
    return true;
}

static void give_all(struct ledger *ledger)
{
    struct commit *commit = &ledger->commit;
    while (commit->first != NULL && commit->first->size <= ledger->newest.size) {
        struct promise *promise = commit->first;
        commit->first = promise->next;
        give(ledger, promise);
        free(promise);
    }
}

// ---- the commit ----

void commit_say(struct ledger *ledger)
{
    struct message message = {.kind = VAULT_DURABLE, .id = ledger_serial(ledger)};
    message.durable.size = ledger->commit.said = ledger->store->durable;
    ledger_to_vault(ledger, &message);
}

static void commit_now(struct ledger *ledger)
{
    // The vault works on what it was sent while the disk is waited for. That it is gone is
    // noticed when its last bytes are read.
    if (channel_flush(&ledger->room.down) == ERR_SYSTEM)
        ledger_must(ledger, ERR_SYSTEM);
    ledger_must(ledger, store_commit(ledger->store));
    ledger->commit.waiting = 0;
    commit_say(ledger);
    sign_committed(ledger);
    found_committed(ledger);
}

int commit_turn(struct ledger *ledger)
{
    struct load load = {.waiting = ledger->commit.waiting, .at_vault = ledger->intake.count};
    if (load.waiting > 0)
        load.age_ms = now_ms() - ledger->commit.since;
    if (load_is_due(&load)) {
        commit_now(ledger);
        return -1;
    }
    return load_wait(&load);
}

// A checkpoint is believed when it is ours, signed by the log's key, over exactly the tree that is
// on the disk: what rests on it must verify wherever it is carried.
enum err commit_checkpoint(struct ledger *ledger, const struct message *message)
{
    struct checkpoint checkpoint;
    struct merkle_edge edge;
    struct merkle_store tree = records_tree(ledger->store);
    struct span note = message->checkpoint.note;
    if (message->checkpoint.size > ledger->commit.said ||
        message->checkpoint.size < ledger->newest.size)
        ledger_distrust("vault", "a checkpoint of a size that nobody asked for");
    if (checkpoint_open(note, ledger->origin, &ledger->log, &checkpoint) != OK ||
        checkpoint.size != message->checkpoint.size)
        ledger_distrust("vault", "a checkpoint that does not verify under the log's key");
    ledger_must(ledger, merkle_edge_read(&tree, checkpoint.size, &edge));
    struct hash root = merkle_edge_root(&edge);
    if (!hash_equal(&root, &checkpoint.root))
        ledger_distrust("vault", "a checkpoint over another tree");
    ledger->newest = checkpoint;
    ledger_keep(ledger, &ledger->note, note);
    give_all(ledger);
    return OK;
}
