// One order, or freeze, on its way through the vault (ARCHITECTURE.md, "The life of a request", 5
// to 8). Other records and questions go on meanwhile; only a second order may not come.
#include "signer/ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

enum {
    // An order's way to its end: order and outcome record, a freeze's statement, a state, the
    // signatures; and what an opened record costs, should others be opened anew because of it.
    SIGN_BYTES = 4 * LIMIT_RECORD + LIMIT_STATE + LIMIT_SIGNATURES * KEY_SIGNATURE_MOST,
    SIGN_PIECES = 5,
};

bool sign_takes(struct ledger *ledger, struct span text)
{
    struct signing *signing = &ledger->signing;
    struct frozen frozen;
    signing->way = record_kind(text) == RECORD_FROZEN ? WAY_FREEZE : WAY_QUORUM;
    if (signing->way == WAY_FREEZE && frozen_read(text, &frozen) == OK) {
        signing->request = frozen.request;
        return true;
    }
    if (signing->way == WAY_FREEZE || order_read(text, &signing->order) != OK)
        return false;
    signing->request = signing->order.request;
    return true;
}

// Signatures are added to the newest outcome, by the place that the keeper knows it under.
static bool adds_to(
    struct ledger *ledger, const struct fate_row *row, const struct place *named)
{
    struct hash leaf;
    if (!row->adds || row->end != named->index)
        return false;
    ledger_must(ledger, records_leaf(ledger->store, row->end, &leaf));
    return hash_equal(&leaf, &named->leaf);
}

static void check_order(struct ledger *ledger, const struct message *message)
{
    const struct order *order = &ledger->signing.order;
    struct fate_row row;
    if (message->record.blobs.count > 0)
        ledger_distrust("keeper", "an order with bytes beside it");
    ledger_must(ledger, fates_get(ledger->store, &order->request, &row));
    if (order->adds && !adds_to(ledger, &row, &order->added_to))
        ledger_distrust("keeper", "an order that adds to what takes no more signatures");
    if (!order->adds && row.fate != FATE_OPEN)
        ledger_distrust("keeper", "an order for a request that is not open");
    if (intake_ends(ledger, &order->request))
        ledger_distrust("keeper", "an order for a request whose end is on its way");
}

// A freeze comes with its statement, whose hash is its id, and nothing else.
static void check_frozen(struct ledger *ledger, const struct message *message)
{
    const struct span_list *blobs = &message->record.blobs;
    if (blobs->count != 1 || blobs->at[0].size > LIMIT_RECORD)
        ledger_distrust("keeper", "a freeze without its statement");
    struct hash id = hash_of(blobs->at[0]);
    if (!hash_equal(&id, &ledger->signing.request))
        ledger_distrust("keeper", "a freeze with another statement than it names");
    ledger_keep(ledger, &ledger->signing.statement, blobs->at[0]);
}

bool sign_is_known(struct ledger *ledger, uint64_t id)
{
    const struct hash *request = &ledger->signing.request;
    if (commit_promise_fate(ledger, id, request))
        return true;
    if (!intake_refuses(ledger, request))
        return false;
    ledger_refuse(ledger, id, "R11",
        "this was refused, and the record of that is on its way; ask for its fate");
    return true;
}

static bool refuse_without_room(struct ledger *ledger, uint64_t id)
{
    if (ledger_has_room(ledger, store_cost(SIGN_BYTES, SIGN_PIECES), STORE_RESERVE))
        return false;
    ledger_refuse(ledger, id, "R9",
        "the ledger's disk is nearly full: %d MiB have to stay free behind what is sealed; "
        "make "
        "room on it, then try again",
        STORE_RESERVE >> 20);
    return true;
}

enum err sign_order(struct ledger *ledger, const struct message *message)
{
    struct signing *signing = &ledger->signing;
    if (signing->step != SIGN_NONE)
        ledger_distrust("keeper", "a second order while one is in flight");
    if (!sign_takes(ledger, message->record.text))
        ledger_distrust("keeper", "an order that does not read");
    if (signing->way == WAY_FREEZE)
        check_frozen(ledger, message);
    else
        check_order(ledger, message);
    if ((signing->way == WAY_FREEZE && sign_is_known(ledger, message->id)) ||
        refuse_without_room(ledger, message->id))
        return OK;
    ledger_keep(ledger, &signing->order_text, message->record.text);
    signing->asker = message->id;
    judgement_ask(ledger, signing->way == WAY_FREEZE ? VAULT_FREEZE : VAULT_JUDGE);
    signing->step = SIGN_JUDGE;
    return OK;
}

bool sign_has(const struct ledger *ledger, const struct hash *request, enum sign_way way)
{
    const struct signing *signing = &ledger->signing;
    return signing->step != SIGN_NONE && signing->way == way &&
           hash_equal(&signing->request, request);
}

static void expect(const struct ledger *ledger, enum sign_step step, const char *what)
{
    if (ledger->signing.step != step)
        ledger_distrust("vault", what);
}

static bool places_equal(const struct place *a, const struct place *b)
{
    return a->index == b->index && hash_equal(&a->leaf, &b->leaf);
}

void sign_append(
    struct ledger *ledger, struct span text, const struct place *said, struct place *out)
{
    ledger_must(ledger, records_append(ledger->store, text, out));
    if (!places_equal(out, said))
        ledger_distrust("vault", "a place that is not where the record stands");
}

void sign_store_state(struct ledger *ledger, struct span state)
{
    struct signing *signing = &ledger->signing;
    ledger_keep(ledger, &signing->state_text, state);
    signing->state = hash_of(state);
    ledger_must(ledger, states_put(ledger->store, &signing->state, state));
    commit_inserted(ledger);
    signing->step = SIGN_COMMIT;
}

enum err sign_judged(struct ledger *ledger, const struct message *message)
{
    struct signing *signing = &ledger->signing;
    expect(ledger, SIGN_JUDGE, "a judgement that nobody asked for");
    if (message->id != signing->id)
        ledger_distrust("vault", "a judgement under another id");
    sign_append(
        ledger, bytes_span(&signing->order_text), &message->judged.place, &signing->place);
    if (signing->way == WAY_FREEZE)
        ledger_must(ledger,
            blobs_put(ledger->store, &signing->request, bytes_span(&signing->statement)));
    sign_store_state(ledger, message->judged.state);
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

// The charter that a seal names is the one that its state names, so that both always go together;
// and it is here, since every request is opened with its bytes.
static void check_charter(struct ledger *ledger, const struct message *message)
{
    bool stored = false;
    struct state *state = malloc(sizeof *state);
    if (state == NULL)
        log_halt(EXIT_HALT, "no memory");
    if (state_read(bytes_span(&ledger->signing.state_text), state) != OK ||
        state->epoch != message->sealed.epoch ||
        !hash_equal(&state->charter, &message->sealed.charter))
        ledger_distrust("vault", "a seal whose charter is not its state's");
    // Numbers were reserved, and nothing else was decided.
    if (ledger->signing.way == WAY_MANDATED &&
        (state->has_order || !hash_equal(&state->charter, &ledger->sealed.charter)))
        ledger_distrust("vault", "a reservation that does more");
    free(state);
    ledger_must(ledger, blobs_has(ledger->store, &message->sealed.charter, &stored));
    if (!stored)
        ledger_distrust("vault", "a seal over a charter that was never here");
}

enum err sign_sealed(struct ledger *ledger, const struct message *message)
{
    struct signing *signing = &ledger->signing;
    struct sealed *sealed = &ledger->sealed;
    expect(ledger, SIGN_EXECUTE, "a seal that nobody asked for");
    if (message->sealed.number <= sealed->number ||
        !hash_equal(&message->sealed.state, &signing->state))
        ledger_distrust("vault", "a seal over another state");
    check_charter(ledger, message);
    signing->new_charter = !hash_equal(&sealed->charter, &message->sealed.charter);
    sealed->number = message->sealed.number;
    sealed->epoch = message->sealed.epoch;
    sealed->charter = message->sealed.charter;
    sealed->state = message->sealed.state;
    signing->step = SIGN_SEALED;
    if (signing->way == WAY_MANDATED)
        mandated_sealed(ledger);
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
    bool freezes = signing->way == WAY_FREEZE, adds = !freezes && signing->order.adds;
    bool froze = strcmp(outcome->done, OUTCOME_FREEZE) == 0;
    if (!hash_equal(&outcome->request, &signing->request) ||
        !places_equal(&outcome->order, &signing->place) ||
        !hash_equal(&outcome->state, &signing->state) || froze != freezes ||
        outcome->adds != adds ||
        (adds && !places_equal(&outcome->added_to, &signing->order.added_to)))
        ledger_distrust("vault", "the outcome of another order");
}

void sign_store_outcome(
    struct ledger *ledger, const struct message *message, const struct outcome *outcome)
{
    struct signing *signing = &ledger->signing;
    store_signatures(ledger, outcome, &message->outcome.signatures);
    sign_append(ledger, message->outcome.text, &message->outcome.place, &signing->outcome);
    // Whoever asks now was told of the outcome before this one, and of the state that it names.
    ledger_must(ledger, states_keep(ledger->store, &ledger->sealed.state, &ledger->last_state));
    commit_inserted(ledger);
    ledger->has_outcome = true;
    ledger->last_outcome = signing->outcome.index;
    ledger->last_state = outcome->state;
    ledger_keep(ledger, &signing->outcome_text, message->outcome.text);
}

void sign_promise(struct ledger *ledger)
{
    struct signing *signing = &ledger->signing;
    struct promise promise = {
        .size = signing->outcome.index + 1, .id = signing->asker, .kind = DONE_SIGN};
    signing->step = SIGN_PROMISE;
    commit_promise(ledger, &promise);
}

enum err sign_outcome(struct ledger *ledger, const struct message *message)
{
    struct signing *signing = &ledger->signing;
    struct outcome outcome;
    if (signing->step == SIGN_MANDATED)
        return mandated_outcome(ledger, message);
    if (signing->step != SIGN_REDO)
        expect(ledger, SIGN_SEALED, "an outcome that nobody asked for");
    if (outcome_read(message->outcome.text, &outcome) != OK)
        ledger_distrust("vault", "an outcome that does not read");
    check_outcome(signing, &outcome);
    sign_store_outcome(ledger, message, &outcome);
    if (signing->step == SIGN_SEALED)
        sign_promise(ledger);
    else
        signing->step = SIGN_NONE;
    return OK;
}

bool sign_refused(struct ledger *ledger, const struct message *refused)
{
    struct signing *signing = &ledger->signing;
    // Also when it was to be executed: its time may have passed while it became durable. The order
    // then stands in the log, and nothing was sealed for it.
    if (refused->id != signing->id ||
        (signing->step != SIGN_JUDGE && signing->step != SIGN_MANDATED &&
            signing->step != SIGN_EXECUTE))
        return false;
    struct message answer = *refused;
    answer.id = signing->asker;
    ledger_to_keeper(ledger, &answer);
    mandated_drop(ledger);
    signing->step = SIGN_NONE;
    return true;
}
