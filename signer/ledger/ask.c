// Questions. Nothing is shown that no signed checkpoint covers: for whoever asks, the log ends
// where the newest checkpoint ends, and proofs lead to it.
#include "signer/ledger/ledger.h"

static void answer(struct ledger *ledger, struct message *message, uint64_t id)
{
    message->id = id;
    ledger_to_keeper(ledger, message);
}

static struct span record_at(struct ledger *ledger, uint64_t index)
{
    struct span text;
    ledger_must(ledger, records_get(ledger->store, index, &ledger->copies, &text));
    return text;
}

enum err ask_status(struct ledger *ledger, const struct message *message)
{
    static const struct {
        enum phase phase;
        enum stage stage;
    } stages[] = {{PHASE_SERVING, STAGE_SERVING}, {PHASE_FOUNDING, STAGE_FOUNDING},
        {PHASE_FOUNDED, STAGE_FOUNDED}};
    struct message status = {.kind = ANSWER_STATUS};
    uint64_t open = 0;
    ledger_must(ledger, fates_count_open(ledger->store, &open));
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++)
        if (stages[i].phase == ledger->phase)
            status.status.stage = stages[i].stage;
    status.status.size = ledger->store->durable;
    status.status.epoch = ledger->sealed.epoch;
    status.status.charter = ledger->sealed.charter;
    status.status.vkey = bytes_span(&ledger->vkey);
    status.status.checkpoint = bytes_span(&ledger->note);
    status.status.open = (uint32_t)open;
    status.status.version = span_text(CONCLAVE_VERSION);
    answer(ledger, &status, message->id);
    return OK;
}

// ---- pages ----

// Adds a record while the answer has room for it. False: it stays for the next page.
static bool add_entry(
    struct ledger *ledger, struct entry_list *list, uint32_t most, uint64_t index)
{
    if (list->count == most)
        return false;
    struct entry entry = {index, record_at(ledger, index)};
    if (ledger->copies.size > LIMIT_RECORDS_BYTES)
        return false;
    list->at[list->count++] = entry;
    return true;
}

static uint32_t page_size(const struct message *message)
{
    uint32_t count = message->page.count;
    return count < LIMIT_RECORDS_PAGE ? count : LIMIT_RECORDS_PAGE;
}

enum err ask_list(struct ledger *ledger, const struct message *message)
{
    struct message records = {.kind = ANSWER_RECORDS};
    uint64_t opened[LIMIT_RECORDS_PAGE + 1];
    size_t count;
    uint32_t most = page_size(message);
    // One more than is shown tells whether there are more.
    ledger_must(ledger, fates_opened(ledger->store, message->page.first, ledger->newest.size,
                            opened, most + 1, &count));
    for (size_t i = 0; i < count && records.records.more == 0; i++)
        if (!add_entry(ledger, &records.records.entries, most, opened[i]))
            records.records.more = 1;
    answer(ledger, &records, message->id);
    return OK;
}

enum err ask_records(struct ledger *ledger, const struct message *message)
{
    struct message records = {.kind = ANSWER_RECORDS};
    uint32_t most = page_size(message);
    for (uint64_t i = message->page.first; i < ledger->newest.size && records.records.more == 0;
         i++)
        if (!add_entry(ledger, &records.records.entries, most, i))
            records.records.more = 1;
    answer(ledger, &records, message->id);
    return OK;
}

// ---- a dossier ----

struct dossier_work {
    struct ledger *ledger;
    struct message *message;
    const struct fate_row *row;
    bool has_opened;
    uint64_t opened;
};

static enum err find_opened(void *context, uint64_t index, bool opens)
{
    struct dossier_work *work = context;
    // What was opened while the request ended is only a leaf.
    if (opens && work->row->has_opened && index <= work->row->opened) {
        work->has_opened = true;
        work->opened = index;
    }
    return OK;
}

// Decisions over the newest opening; and rejections, which stand for the request.
static enum err add_decision(void *context, uint64_t index, bool opens)
{
    struct dossier_work *work = context;
    struct entry_list *list = &work->message->dossier.decisions;
    struct decided decided;
    struct span text = {0};
    struct copies read;
    if (opens || list->count == LIMIT_DECISIONS)
        return OK;
    copies_init(&read);
    enum err err = records_get(work->ledger->store, index, &read, &text);
    if (err == OK)
        err = decided_read(text, &decided);
    if (err == OK &&
        (decided.opened.index == work->opened || decided.decision == DECISION_REJECT)) {
        struct entry *entry = &list->at[list->count++];
        entry->index = index;
        err = copies_add(&work->ledger->copies, text, &entry->text);
    }
    copies_clear(&read);
    return err;
}

// Where the request ended, as far as the newest checkpoint covers it: a signed one may have ended in
// an earlier outcome for whoever asks now.
static bool find_end(struct ledger *ledger, const struct hash *request,
    const struct fate_row *row, uint64_t *end)
{
    *end = row->end;
    if (!row->has_end || row->end < ledger->newest.size)
        return row->has_end;
    enum err err = row->fate == FATE_SIGNED
                       ? records_signed(ledger->store, request, ledger->newest.size, end)
                       : ERR_NOT_FOUND;
    if (err != ERR_NOT_FOUND)
        ledger_must(ledger, err);
    return err == OK;
}

static void show_end(
    struct ledger *ledger, enum fate fate, uint64_t end, struct message *dossier)
{
    dossier->dossier.fate = fate;
    dossier->dossier.end = (struct entry){end, record_at(ledger, end)};
    ledger_prove(ledger, end, &dossier->dossier.end_path);
}

static void show_opened(
    struct ledger *ledger, const struct hash *request, uint64_t opened, struct message *dossier)
{
    if (dossier->dossier.fate == FATE_UNKNOWN)
        dossier->dossier.fate = FATE_OPEN;
    ledger_must(
        ledger, blobs_get(ledger->store, request, &ledger->copies, &dossier->dossier.request));
    dossier->dossier.opened = (struct entry){opened, record_at(ledger, opened)};
    ledger_prove(ledger, opened, &dossier->dossier.path);
}

// Signed, and never opened: under mandates, or a freeze, whose record says everything.
static void show_unasked(
    struct ledger *ledger, const struct hash *request, struct message *dossier)
{
    struct outcome_link link;
    ledger_must(ledger, outcome_link_read(dossier->dossier.end.text, &link));
    if (!link.freezes)
        ledger_must(ledger,
            blobs_get(ledger->store, request, &ledger->copies, &dossier->dossier.request));
}

enum err ask_show(struct ledger *ledger, const struct message *message)
{
    struct message dossier = {.kind = ANSWER_DOSSIER};
    struct fate_row row;
    const struct hash *request = &message->request.request;
    uint64_t seen = ledger->newest.size, end;
    ledger_must(ledger, fates_get(ledger->store, request, &row));
    struct dossier_work work = {.ledger = ledger, .message = &dossier, .row = &row};
    ledger_must(ledger, records_of(ledger->store, request, seen, find_opened, &work));
    if (work.has_opened)
        ledger_must(ledger, records_of(ledger->store, request, seen, add_decision, &work));
    if (find_end(ledger, request, &row, &end))
        show_end(ledger, row.fate, end, &dossier);
    if (work.has_opened)
        show_opened(ledger, request, work.opened, &dossier);
    else if (dossier.dossier.fate == FATE_SIGNED)
        show_unasked(ledger, request, &dossier);
    dossier.dossier.checkpoint = bytes_span(&ledger->note);
    answer(ledger, &dossier, message->id);
    return OK;
}

// ---- proofs ----

// The tree that is asked about: the newest checkpoint's, or a smaller one.
static bool tree_size(
    struct ledger *ledger, const struct message *message, bool inclusion, uint64_t *size)
{
    uint64_t index = message->prove.index;
    *size = message->prove.size == 0 ? ledger->newest.size : message->prove.size;
    bool within = inclusion ? index < *size : index <= *size;
    if (within && *size <= ledger->newest.size)
        return true;
    ledger_refuse(ledger, message->id, "",
        "there is no such proof: the newest checkpoint covers %llu records; ask for less",
        (unsigned long long)ledger->newest.size);
    return false;
}

// The checkpoint goes with a proof that leads to it; to a smaller tree whoever asks has one.
static void answer_proof(struct ledger *ledger, const struct message *message,
    const struct merkle_path *path, uint64_t size)
{
    struct message proof = {.kind = ANSWER_PROOF};
    proof.proof.index = message->prove.index;
    proof.proof.size = size;
    proof.proof.path.count = (uint32_t)path->count;
    for (size_t i = 0; i < path->count; i++)
        proof.proof.path.at[i] = path->nodes[i];
    if (size == ledger->newest.size)
        proof.proof.checkpoint = bytes_span(&ledger->note);
    answer(ledger, &proof, message->id);
}

enum err ask_prove(struct ledger *ledger, const struct message *message)
{
    struct merkle_store tree = records_tree(ledger->store);
    struct merkle_path path;
    uint64_t size;
    if (!tree_size(ledger, message, true, &size))
        return OK;
    ledger_must(ledger, merkle_prove_inclusion(&tree, message->prove.index, size, &path));
    answer_proof(ledger, message, &path, size);
    return OK;
}

enum err ask_extend(struct ledger *ledger, const struct message *message)
{
    struct merkle_store tree = records_tree(ledger->store);
    struct merkle_path path;
    uint64_t size;
    if (!tree_size(ledger, message, false, &size))
        return OK;
    ledger_must(ledger, merkle_prove_consistency(&tree, message->prove.index, size, &path));
    answer_proof(ledger, message, &path, size);
    return OK;
}

enum err ask_blob(struct ledger *ledger, const struct message *message)
{
    struct message blob = {.kind = ANSWER_BLOB};
    enum err err =
        blobs_get(ledger->store, &message->blob.hash, &ledger->copies, &blob.blob_is.bytes);
    if (err == ERR_NOT_FOUND) // an outcome names its state by hash too
        err = states_get(
            ledger->store, &message->blob.hash, &ledger->copies, &blob.blob_is.bytes);
    if (err == ERR_NOT_FOUND) {
        ledger_refuse(ledger, message->id, "", "no bytes with this hash are stored here");
        return OK;
    }
    ledger_must(ledger, err);
    answer(ledger, &blob, message->id);
    return OK;
}
