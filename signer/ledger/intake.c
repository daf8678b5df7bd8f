#include "signer/ledger/ledger.h"

#include <stdlib.h>

// What the keeper may have recorded, and how much of the disk must stay free for it: requests leave
// a reserve to what administrators still have to say (R17). Founding, order, freeze and outcome come
// another way, and nobody else may write them.
static const struct {
    bool allowed;
    uint64_t reserve;
} rules[] = {
    [RECORD_UNKNOWN] = {false, 0},
    [RECORD_FOUNDING] = {false, 0},
    [RECORD_FOUNDED] = {false, 0},
    [RECORD_START] = {true, STORE_RESERVE},
    [RECORD_OPENED] = {true, STORE_RESERVE_REQUESTS},
    [RECORD_DECISION] = {true, STORE_RESERVE},
    [RECORD_ENDED] = {true, STORE_RESERVE},
    [RECORD_REFUSED] = {true, STORE_RESERVE},
    [RECORD_ORDER] = {false, 0},
    [RECORD_OUTCOME] = {false, 0},
    [RECORD_MANDATED] = {false, 0},
    [RECORD_GATE] = {true, STORE_RESERVE},
    [RECORD_FROZEN] = {false, 0},
    [RECORD_STOP] = {true, STORE_RESERVE},
    [RECORD_CLOCK] = {true, STORE_RESERVE},
    [RECORD_QUOTA] = {true, STORE_RESERVE},
};

static void pending_free(struct pending *pending)
{
    copies_clear(&pending->copies);
    free(pending);
}

// Copies the record and its bytes: the keeper's buffer moves before the vault has answered.
static struct pending *pending_new(struct ledger *ledger, const struct message *message)
{
    const struct span_list *blobs = &message->record.blobs;
    struct pending *pending =
        calloc(1, sizeof *pending + blobs->count * sizeof pending->pieces[0]);
    if (pending == NULL)
        log_halt(EXIT_HALT, "no memory");
    pending->asker = message->id;
    pending->kind = record_kind(message->record.text);
    pending->about = record_request(message->record.text, &pending->request);
    ledger_must(ledger, copies_add(&pending->copies, message->record.text, &pending->text));
    for (uint32_t i = 0; i < blobs->count; i++) {
        struct piece *piece = &pending->pieces[pending->piece_count++];
        ledger_must(ledger, copies_add(&pending->copies, blobs->at[i], &piece->bytes));
        piece->hash = hash_of(piece->bytes);
    }
    pending->cost = store_cost(pending->copies.size, 1 + pending->piece_count);
    return pending;
}

static bool is_here(
    struct ledger *ledger, const struct pending *pending, const struct hash *hash)
{
    bool stored = false;
    for (uint32_t i = 0; i < pending->piece_count; i++)
        if (hash_equal(&pending->pieces[i].hash, hash))
            return true;
    ledger_must(ledger, blobs_has(ledger->store, hash, &stored));
    return stored;
}

// The bytes of the request that an opened record names: with it, or stored before.
static struct span request_text(struct ledger *ledger, const struct pending *pending)
{
    struct span text = {0};
    for (uint32_t i = 0; i < pending->piece_count; i++)
        if (hash_equal(&pending->pieces[i].hash, &pending->request))
            return pending->pieces[i].bytes;
    ledger_must(ledger, blobs_get(ledger->store, &pending->request, &ledger->copies, &text));
    return text;
}

static bool has_evidence(struct ledger *ledger, const struct pending *pending)
{
    struct request request;
    if (request_read(request_text(ledger, pending), &request) != OK)
        ledger_distrust("keeper", "a motion whose request does not read");
    for (size_t i = 0; i < request.evidence_count; i++)
        if (!is_here(ledger, pending, &request.evidence[i]))
            return false;
    return true;
}

// What an opened record names must be here with it: it is shown, judged again and signed from here.
// A motion is also judged by its evidence.
static void check_opened(struct ledger *ledger, const struct pending *pending)
{
    struct opened opened;
    if (opened_read(pending->text, &opened) != OK)
        ledger_distrust("keeper", "an opened record that does not read");
    bool whole = is_here(ledger, pending, &opened.request);
    for (size_t i = 0; whole && i < opened.item_count; i++)
        whole = is_here(ledger, pending, &opened.items[i].payload);
    if (whole && motion_of(opened.items[0].role) != MOTION_NONE)
        whole = has_evidence(ledger, pending);
    if (!whole)
        ledger_distrust("keeper", "an opened record without the bytes that it names");
}

// R11: what became of a request that was submitted is told again, and stored once. A refusal is one
// of a request that was never opened; of one that is live it refuses an approval, say, and is taken.
static bool answer_known_fate(struct ledger *ledger, const struct pending *pending)
{
    struct fate_row row;
    if (!pending->about || (pending->kind != RECORD_OPENED && pending->kind != RECORD_REFUSED))
        return false;
    ledger_must(ledger, fates_get(ledger->store, &pending->request, &row));
    if (pending->kind == RECORD_REFUSED && row.adds)
        return false;
    return commit_promise_fate(ledger, pending->asker, &pending->request);
}

// What is on its way to be signed must not end before it is: its outcome would fit no fate.
static bool refuse_to_overtake(struct ledger *ledger, const struct pending *pending)
{
    if (!pending->about)
        return false;
    if (pending->kind == RECORD_ENDED && sign_has(ledger, &pending->request, WAY_QUORUM))
        ledger_distrust("keeper", "the end of a request whose order is in flight");
    bool mandated = sign_has(ledger, &pending->request, WAY_MANDATED);
    if (mandated && pending->kind == RECORD_OPENED)
        ledger_distrust("keeper", "an opening of what is being signed under mandates");
    if (pending->kind != RECORD_REFUSED ||
        (!mandated && !sign_has(ledger, &pending->request, WAY_FREEZE)))
        return false;
    ledger_refuse(ledger, pending->asker, "R11",
        "this is on its way to be signed or sealed; ask for its fate");
    return true;
}

static void keep(struct ledger *ledger, struct pending *pending)
{
    struct intake *intake = &ledger->intake;
    if (intake->count == INTAKE_MOST)
        ledger_distrust("keeper", "more records at once than it has requests and credits");
    if (intake->first == NULL)
        intake->first = pending;
    else
        intake->last->next = pending;
    intake->last = pending;
    intake->count++;
    intake->cost += pending->cost;
}

enum err intake_record(struct ledger *ledger, const struct message *message)
{
    enum record_kind kind = record_kind(message->record.text);
    if (!rules[kind].allowed)
        ledger_distrust("keeper", "a record of a kind that it may not write");
    struct pending *pending = pending_new(ledger, message);
    if (kind == RECORD_OPENED && !pending->about)
        ledger_distrust("keeper", "an opened record without a request");
    if (answer_known_fate(ledger, pending) || refuse_to_overtake(ledger, pending) ||
        ledger_refuses_without_room(
            ledger, pending->asker, pending->cost, rules[pending->kind].reserve)) {
        pending_free(pending);
        return OK;
    }
    if (kind == RECORD_OPENED)
        check_opened(ledger, pending);
    keep(ledger, pending);
    struct message append = {.kind = VAULT_APPEND, .id = ledger_serial(ledger)};
    append.replay.text = pending->text;
    pending->id = append.id;
    ledger_to_vault(ledger, &append);
    return OK;
}

// Takes it out of the list; NULL when nobody asked under `id`.
static struct pending *take(struct ledger *ledger, uint64_t id)
{
    struct intake *intake = &ledger->intake;
    struct pending *before = NULL, *pending = intake->first;
    while (pending != NULL && pending->id != id) {
        before = pending;
        pending = pending->next;
    }
    if (pending == NULL)
        return NULL;
    if (before == NULL)
        intake->first = pending->next;
    else
        before->next = pending->next;
    if (intake->last == pending)
        intake->last = before;
    intake->count--;
    intake->cost -= pending->cost;
    return pending;
}

static void insert(struct ledger *ledger, const struct pending *pending, struct place *place)
{
    for (uint32_t i = 0; i < pending->piece_count; i++)
        ledger_must(ledger,
            blobs_put(ledger->store, &pending->pieces[i].hash, pending->pieces[i].bytes));
    enum err err = records_append(ledger->store, pending->text, place);
    if (err == ERR_FORM)
        ledger_distrust("keeper", "a record about a request that is not open");
    ledger_must(ledger, err);
    commit_inserted(ledger);
}

enum err intake_appended(struct ledger *ledger, const struct message *message)
{
    struct place place;
    struct pending *pending = take(ledger, message->id);
    if (pending == NULL)
        ledger_distrust("vault", "a place for a record that it was not given");
    insert(ledger, pending, &place);
    if (place.index != message->place.index || !hash_equal(&place.leaf, &message->place.leaf))
        ledger_distrust("vault", "a place that is not where the record stands");
    // It ended while this opening was on its way: its fate is the answer, as if it came in now.
    bool told = pending->kind == RECORD_OPENED && answer_known_fate(ledger, pending);
    struct promise promise = {
        .size = place.index + 1, .id = pending->asker, .kind = DONE_RECORD, .place = place};
    if (!told)
        commit_promise(ledger, &promise);
    pending_free(pending);
    return OK;
}

bool intake_refused(struct ledger *ledger, uint64_t id, const struct message *refused)
{
    struct pending *pending = take(ledger, id);
    if (pending == NULL)
        return false;
    struct message answer = *refused;
    answer.id = pending->asker;
    ledger_to_keeper(ledger, &answer);
    pending_free(pending);
    return true;
}

static bool has(const struct ledger *ledger, enum record_kind kind, const struct hash *request)
{
    const struct pending *pending = ledger->intake.first;
    while (pending != NULL &&
           !(pending->kind == kind && pending->about && hash_equal(&pending->request, request)))
        pending = pending->next;
    return pending != NULL;
}

bool intake_opens(const struct ledger *ledger, const struct hash *request)
{
    return has(ledger, RECORD_OPENED, request);
}

bool intake_ends(const struct ledger *ledger, const struct hash *request)
{
    return has(ledger, RECORD_ENDED, request);
}

bool intake_refuses(const struct ledger *ledger, const struct hash *request)
{
    return has(ledger, RECORD_REFUSED, request);
}
