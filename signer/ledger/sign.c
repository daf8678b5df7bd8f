// One order on its way through the vault (ARCHITECTURE.md, "The life of a request", 5 to 8). Other
// records and questions go on meanwhile; only a second order may not come.
#include "signer/ledger/ledger.h"

#include <stdlib.h>

enum {
    // An order's way to its end: order and outcome record, a state, the signatures; and what an
    // opened record costs, should others be opened anew because of it.
    SIGN_BYTES = 3 * LIMIT_RECORD + LIMIT_STATE + LIMIT_SIGNATURES * KEY_SIGNATURE_MOST,
    SIGN_PIECES = 4,
};

static void distrust_order(const char *what)
{
    ledger_distrust("keeper", what);
}

static void keep_text(struct ledger *ledger, struct bytes *bytes, struct span text)
{
    bytes_reset(bytes);
    bytes_add(bytes, text);
    ledger_must(ledger, bytes_finish(bytes));
}

// ---- what an order names ----

static struct span durable_record(struct ledger *ledger, uint64_t index, const char *what)
{
    struct span text = {0};
    enum err err = index < ledger->commit.said
                       ? records_get(ledger->store, index, &ledger->copies, &text)
                       : ERR_NOT_FOUND;
    if (err == ERR_NOT_FOUND)
        distrust_order(what);
    ledger_must(ledger, err);
    return text;
}

static void find_opened(struct ledger *ledger, const struct order *order, struct message *out)
{
    struct hash request, leaf;
    struct merkle_path path;
    struct merkle_store tree = records_tree(ledger->store);
    struct span text = durable_record(
        ledger, order->opened.index, "an order over an opened record that is not there");
    leaf = merkle_leaf(text);
    if (record_kind(text) != RECORD_OPENED || !hash_equal(&leaf, &order->opened.leaf) ||
        !record_request(text, &request) || !hash_equal(&request, &order->request))
        distrust_order("an order over a record that does not open its request");
    out->judge.opened = text;
    out->judge.size = ledger->commit.said;
    ledger_must(
        ledger, merkle_prove_inclusion(&tree, order->opened.index, ledger->commit.said, &path));
    out->judge.path.count = (uint32_t)path.count;
    for (size_t i = 0; i < path.count; i++)
        out->judge.path.at[i] = path.nodes[i];
}

static void find_approval(struct ledger *ledger, const struct order *order,
    const struct order_approval *named, struct message *out)
{
    struct decided decided;
    struct signed_by *by = &out->judge.approvals.at[out->judge.approvals.count++];
    struct span text =
        durable_record(ledger, named->index, "an order with an approval that is not there");
    if (decided_read(text, &decided) != OK || decided.decision != DECISION_APPROVE ||
        !hash_equal(&decided.request, &order->request) ||
        !hash_equal(&decided.approver, &named->approver))
        distrust_order("an order with an approval that is not this request's");
    by->key = decided.approver;
    ledger_must(
        ledger, copies_add(&ledger->copies, span_of(decided.signature, decided.signature_size),
                    &by->signature));
}

static struct span find_blob(struct ledger *ledger, const struct hash *hash)
{
    struct span bytes;
    enum err err = blobs_get(ledger->store, hash, &ledger->copies, &bytes);
    // An opened record is taken with everything that it names (intake.c).
    if (err == ERR_NOT_FOUND)
        err = store_fail(ledger->store,
            "the bytes that an opened record names are missing; check "
            "the disk, and restore the ledger folder from a copy");
    ledger_must(ledger, err);
    return bytes;
}

static void find_payloads(struct ledger *ledger, struct message *out)
{
    struct opened opened;
    if (opened_read(out->judge.opened, &opened) != OK)
        ledger_must(ledger, ERR_FORM);
    out->judge.payloads.count = (uint32_t)opened.item_count;
    for (size_t i = 0; i < opened.item_count; i++)
        out->judge.payloads.at[i] = find_blob(ledger, &opened.items[i].payload);
}

// Asks the vault, under a new id, for what order_text says.
static void ask_vault(struct ledger *ledger, enum message_kind kind)
{
    struct signing *signing = &ledger->signing;
    const struct order *order = &signing->order;
    struct message judge = {.kind = kind, .id = ledger_serial(ledger)};
    judge.judge.order = bytes_span(&signing->order_text);
    find_opened(ledger, order, &judge);
    judge.judge.request = find_blob(ledger, &order->request);
    for (size_t i = 0; i < order->approval_count; i++)
        find_approval(ledger, order, &order->approvals[i], &judge);
    find_payloads(ledger, &judge);
    signing->id = judge.id;
    ledger_to_vault(ledger, &judge);
}

// ---- the way of an order ----

enum err sign_order(struct ledger *ledger, const struct message *message)
{
    struct signing *signing = &ledger->signing;
    struct fate_row row;
    if (signing->step != SIGN_NONE)
        ledger_distrust("keeper", "a second order while one is in flight");
    if (message->record.blobs.count > 0 ||
        order_read(message->record.text, &signing->order) != OK)
        ledger_distrust("keeper", "an order that does not read");
    ledger_must(ledger, fates_get(ledger->store, &signing->order.request, &row));
    if (row.fate != FATE_OPEN)
        ledger_distrust("keeper", "an order for a request that is not open");
    if (!ledger_has_room(ledger, store_cost(SIGN_BYTES, SIGN_PIECES), STORE_RESERVE)) {
        ledger_refuse(ledger, message->id, "R9",
            "the ledger's disk is nearly full: %d MiB have to stay free behind a signature; "
            "make "
            "room on it, then try again",
            STORE_RESERVE >> 20);
        return OK;
    }
    keep_text(ledger, &signing->order_text, message->record.text);
    signing->asker = message->id;
    ask_vault(ledger, VAULT_JUDGE);
    signing->step = SIGN_JUDGE;
    return OK;
}

static void expect(const struct ledger *ledger, enum sign_step step, const char *what)
{
    if (ledger->signing.step != step)
        ledger_distrust("vault", what);
}

static void check_place(const struct place *stands, const struct place *said)
{
    if (stands->index != said->index || !hash_equal(&stands->leaf, &said->leaf))
        ledger_distrust("vault", "a place that is not where the record stands");
}

enum err sign_judged(struct ledger *ledger, const struct message *message)
{
    struct signing *signing = &ledger->signing;
    expect(ledger, SIGN_JUDGE, "a judgement that nobody asked for");
    if (message->id != signing->id)
        ledger_distrust("vault", "a judgement under another id");
    ledger_must(ledger,
        records_append(ledger->store, bytes_span(&signing->order_text), &signing->place));
    check_place(&signing->place, &message->judged.place);
    keep_text(ledger, &signing->state_text, message->judged.state);
    signing->state = hash_of(message->judged.state);
    ledger_must(ledger, states_put(ledger->store, &signing->state, message->judged.state));
    commit_inserted(ledger);
    signing->step = SIGN_COMMIT;
    return OK;
}

void sign_committed(struct ledger *ledger)
{
    struct signing *signing = &ledger->signing;
    if (signing->step != SIGN_COMMIT)
        return;
    struct message execute = {.kind = VAULT_EXECUTE, .id = ledger_serial(ledger)};
    signing->id = execute.id;
    ledger_to_vault(ledger, &execute);
    signing->step = SIGN_EXECUTE;
}

enum err sign_sealed(struct ledger *ledger, const struct message *message)
{
    struct signing *signing = &ledger->signing;
    expect(ledger, SIGN_EXECUTE, "a seal that nobody asked for");
    if (message->sealed.number <= ledger->sealed.number ||
        !hash_equal(&message->sealed.state, &signing->state))
        ledger_distrust("vault", "a seal over another state");
    ledger->sealed.number = message->sealed.number;
    ledger->sealed.state = message->sealed.state;
    // Now, so that a state which is put later is not among them; durable with the next commit.
    ledger_must(ledger, states_keep(ledger->store, &signing->state));
    signing->step = SIGN_SEALED;
    return OK;
}

static void store_signatures(
    struct ledger *ledger, const struct outcome *outcome, const struct span_list *signatures)
{
    if (signatures->count != outcome->signature_count)
        ledger_distrust("vault", "an outcome with other signatures than it names");
    for (uint32_t i = 0; i < signatures->count; i++) {
        struct hash hash = hash_of(signatures->at[i]);
        if (!hash_equal(&hash, &outcome->signatures[i].signature))
            ledger_distrust("vault", "an outcome with other signatures than it names");
        ledger_must(ledger, blobs_put(ledger->store, &hash, signatures->at[i]));
    }
}

static void check_outcome(const struct signing *signing, const struct outcome *outcome)
{
    if (!hash_equal(&outcome->request, &signing->order.request) ||
        outcome->order.index != signing->place.index ||
        !hash_equal(&outcome->order.leaf, &signing->place.leaf) ||
        !hash_equal(&outcome->state, &signing->state))
        ledger_distrust("vault", "the outcome of another order");
}

enum err sign_outcome(struct ledger *ledger, const struct message *message)
{
    struct signing *signing = &ledger->signing;
    struct outcome outcome;
    if (signing->step != SIGN_REDO)
        expect(ledger, SIGN_SEALED, "an outcome that nobody asked for");
    if (outcome_read(message->outcome.text, &outcome) != OK)
        ledger_distrust("vault", "an outcome that does not read");
    check_outcome(signing, &outcome);
    store_signatures(ledger, &outcome, &message->outcome.signatures);
    ledger_must(
        ledger, records_append(ledger->store, message->outcome.text, &signing->outcome));
    check_place(&signing->outcome, &message->outcome.place);
    commit_inserted(ledger);
    ledger->has_outcome = true;
    ledger->last_outcome = signing->outcome.index;
    keep_text(ledger, &signing->outcome_text, message->outcome.text);
    bool asked = signing->step == SIGN_SEALED;
    struct promise promise = {
        .size = signing->outcome.index + 1, .id = signing->asker, .kind = DONE_SIGN};
    signing->step = asked ? SIGN_PROMISE : SIGN_NONE;
    if (asked)
        commit_promise(ledger, &promise);
    return OK;
}

bool sign_refused(struct ledger *ledger, const struct message *refused)
{
    struct signing *signing = &ledger->signing;
    // Also when it was to be executed: its time may have passed while it became durable. The order
    // then stands in the log, and nothing was sealed for it.
    if (refused->id != signing->id ||
        (signing->step != SIGN_JUDGE && signing->step != SIGN_EXECUTE))
        return false;
    struct message answer = *refused;
    answer.id = signing->asker;
    ledger_to_keeper(ledger, &answer);
    signing->step = SIGN_NONE;
    return true;
}

// ---- start ----

// What the state names as its order, and what became of it.
static void find_order(struct ledger *ledger, const struct place *place, struct fate_row *row)
{
    struct signing *signing = &ledger->signing;
    struct span text = {0};
    enum err err = records_get(ledger->store, place->index, &ledger->copies, &text);
    struct hash leaf = merkle_leaf(text);
    if (err == ERR_NOT_FOUND || (err == OK && (!hash_equal(&leaf, &place->leaf) ||
                                                  order_read(text, &signing->order) != OK)))
        log_halt(EXIT_HALT,
            "the order that was sealed last is not in the ledger folder; restore "
            "the folder that belongs to this token");
    ledger_must(ledger, err);
    keep_text(ledger, &signing->order_text, text);
    ledger_must(ledger, fates_get(ledger->store, &signing->order.request, row));
}

void sign_redo(struct ledger *ledger)
{
    struct signing *signing = &ledger->signing;
    struct span text;
    struct fate_row row;
    struct state *state = malloc(sizeof *state);
    if (state == NULL)
        log_halt(EXIT_HALT, "no memory");
    ledger_must(
        ledger, states_get(ledger->store, &ledger->sealed.state, &ledger->copies, &text));
    ledger_must(ledger, state_read(text, state));
    signing->place = state->order;
    bool has_order = state->has_order;
    free(state);
    if (!has_order)
        return;
    find_order(ledger, &signing->place, &row);
    ledger->has_outcome = row.fate == FATE_SIGNED;
    ledger->last_outcome = row.end;
    if (ledger->has_outcome)
        return;
    signing->state = ledger->sealed.state;
    ask_vault(ledger, VAULT_REDO);
    signing->step = SIGN_REDO;
}
