// Founding (ARCHITECTURE.md, "Founding"): the first two leaves, the charter, the list of objects
// and the first state become durable together, and only then is anything sealed.
#include "signer/ledger/ledger.h"

enum { FOUND_BLOBS = 3 };

// A founding that broke off starts over: a new log. What was ever ordered here is nobody's draft.
void found_begin(struct ledger *ledger)
{
    bool orders;
    struct message house = {.kind = LIVE_HOUSE}, end = {.kind = LIVE_END};
    ledger_must(ledger, store_has_orders(ledger->store, &orders));
    if (orders)
        log_halt(EXIT_HALT,
            "nothing can be founded here: the ledger folder holds orders of an appliance, and "
            "the "
            "token holds no seal. Put in that appliance's token, or name an empty folder");
    if (ledger->store->size > 0)
        log_info("forgets a founding that broke off (%llu records)",
            (unsigned long long)ledger->store->size);
    ledger_must(ledger, store_forget_all(ledger->store));
    house.live_house.stage = STAGE_FOUNDING;
    ledger_to_keeper(ledger, &house);
    ledger_to_keeper(ledger, &end);
    ledger->phase = PHASE_FOUNDING;
}

// Two clients may ask at the same time: neither of them is a neighbour that talks nonsense.
static void refuse_busy(struct ledger *ledger, uint64_t id)
{
    ledger_refuse(ledger, id, "",
        "the founding is under way or done; ask for its status, and start over with conclaved "
        "--found if it does not end");
}

enum err found_keys(struct ledger *ledger, const struct message *message)
{
    struct found_work *found = &ledger->found;
    if (found->step != FOUND_NONE || ledger->phase != PHASE_FOUNDING) {
        refuse_busy(ledger, message->id);
        return OK;
    }
    struct message relay = *message;
    relay.kind = VAULT_FOUND_KEYS;
    found->asker = message->id;
    found->id = relay.id = ledger_serial(ledger);
    found->step = FOUND_KEYS;
    ledger_to_vault(ledger, &relay);
    return OK;
}

enum err found_keys_are(struct ledger *ledger, const struct message *message)
{
    struct found_work *found = &ledger->found;
    if (found->step != FOUND_KEYS || message->id != found->id)
        ledger_distrust("vault", "keys that nobody asked for");
    struct message relay = *message;
    relay.id = found->asker;
    found->step = FOUND_NONE;
    ledger_to_keeper(ledger, &relay);
    return OK;
}

static void keep_texts(struct ledger *ledger, const struct message *message)
{
    struct found_work *found = &ledger->found;
    struct copies *copies = &found->copies;
    copies_clear(copies);
    ledger_must(ledger, copies_add(copies, message->found.founding, &found->founding));
    ledger_must(ledger, copies_add(copies, message->found.founded, &found->founded));
    ledger_must(ledger, copies_add(copies, message->found.charter, &found->charter));
    ledger_must(ledger, copies_add(copies, message->found.objects, &found->objects));
}

// What the first record names by hash must be what came with it.
static void check_texts(const struct found_work *found)
{
    struct founding founding;
    struct hash charter = hash_of(found->charter), objects = hash_of(found->objects);
    if (founding_read(found->founding, &founding) != OK ||
        record_kind(found->founded) != RECORD_FOUNDED ||
        !hash_equal(&charter, &founding.charter) || !hash_equal(&objects, &founding.objects))
        ledger_distrust("keeper", "a founding whose parts do not belong together");
}

enum err found_order(struct ledger *ledger, const struct message *message)
{
    struct found_work *found = &ledger->found;
    if (found->step != FOUND_NONE) {
        refuse_busy(ledger, message->id);
        return OK;
    }
    keep_texts(ledger, message);
    check_texts(found);
    uint64_t cost = store_cost(found->copies.size + LIMIT_STATE, 2 + FOUND_BLOBS);
    if (!ledger_has_room(ledger, cost, STORE_RESERVE_REQUESTS)) {
        ledger_refuse(ledger, message->id, "R9",
            "the ledger's disk is nearly full: %d MiB have to stay free; make room on it, then "
            "try "
            "again",
            STORE_RESERVE_REQUESTS >> 20);
        return OK;
    }
    struct message relay = *message;
    relay.kind = VAULT_FOUND;
    found->asker = message->id;
    found->id = relay.id = ledger_serial(ledger);
    found->step = FOUND_JUDGE;
    ledger_to_vault(ledger, &relay);
    return OK;
}

static void store_blob(struct ledger *ledger, struct span bytes)
{
    struct hash hash = hash_of(bytes);
    ledger_must(ledger, blobs_put(ledger->store, &hash, bytes));
}

enum err found_judged(struct ledger *ledger, const struct message *message)
{
    struct found_work *found = &ledger->found;
    struct place first, second;
    if (found->step != FOUND_JUDGE || message->id != found->id)
        ledger_distrust("vault", "a judgement that nobody asked for");
    ledger_must(ledger, records_append(ledger->store, found->founding, &first));
    commit_inserted(ledger);
    ledger_must(ledger, records_append(ledger->store, found->founded, &second));
    commit_inserted(ledger);
    if (second.index != message->judged.place.index ||
        !hash_equal(&second.leaf, &message->judged.place.leaf))
        ledger_distrust("vault", "a place that is not where the record stands");
    store_blob(ledger, found->charter);
    store_blob(ledger, found->objects);
    found->state = hash_of(message->judged.state);
    ledger_must(ledger, states_put(ledger->store, &found->state, message->judged.state));
    ledger_know_log(ledger, found->founding);
    found->step = FOUND_COMMIT;
    return OK;
}

void found_committed(struct ledger *ledger)
{
    struct found_work *found = &ledger->found;
    if (found->step != FOUND_COMMIT)
        return;
    struct message execute = {.kind = VAULT_EXECUTE, .id = ledger_serial(ledger)};
    found->id = execute.id;
    found->step = FOUND_EXECUTE;
    ledger_to_vault(ledger, &execute);
}

enum err found_sealed(struct ledger *ledger, const struct message *message)
{
    struct found_work *found = &ledger->found;
    struct hash charter = hash_of(found->charter);
    if (found->step != FOUND_EXECUTE || !hash_equal(&message->sealed.state, &found->state) ||
        message->sealed.epoch != 1 || !hash_equal(&message->sealed.charter, &charter))
        ledger_distrust("vault", "a seal that nobody asked for");
    ledger->sealed = (struct sealed){.number = message->sealed.number,
        .epoch = message->sealed.epoch,
        .charter = charter,
        .size = ledger->store->durable,
        .state = found->state};
    struct promise promise = {
        .size = ledger->store->durable, .id = found->asker, .kind = DONE_FOUND};
    copies_clear(&found->copies);
    found->step = FOUND_NONE;
    ledger->phase = PHASE_FOUNDED;
    commit_promise(ledger, &promise);
    log_info("the appliance is founded; start it again without --found");
    return OK;
}

bool found_refused(struct ledger *ledger, const struct message *refused)
{
    struct found_work *found = &ledger->found;
    if (refused->id != found->id || (found->step != FOUND_KEYS && found->step != FOUND_JUDGE))
        return false;
    struct message answer = *refused;
    answer.id = found->asker;
    found->step = FOUND_NONE;
    ledger_to_keeper(ledger, &answer);
    return true;
}
