#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/ledger_mandates.h"

int mandates_make(void **state)
{
    void *house;
    if (house_make_serving(&house) != 0)
        return -1;
    struct mandate_world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    world->house = house;
    world->text = world->evidence = world->order_text = world->outcome_text = text_new();
    world->state_text = text_new();
    for (size_t i = 0; i < MANDATE_ITEMS_MOST; i++)
        bytes_init(&world->payloads[i], LIMIT_PAYLOAD);
    world->state = hash_of(bytes_span(&world->house->state));
    mandates_write(world, 2, 1, 100);
    *state = world;
    return 0;
}

int mandates_drop(void **state)
{
    struct mandate_world *world = *state;
    void *house = world->house;
    struct bytes *all[] = {&world->text, &world->evidence, &world->order_text,
        &world->outcome_text, &world->state_text};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        bytes_clear(all[i]);
    for (size_t i = 0; i < MANDATE_ITEMS_MOST; i++)
        bytes_clear(&world->payloads[i]);
    free(world);
    return house_drop(&house);
}

// ---- what is ordered ----

static void write_item(struct mandate_world *world, size_t at, uint64_t version, size_t size)
{
    struct item *item = &world->request.items[at];
    struct bytes *payload = &world->payloads[at];
    bytes_reset(payload);
    bytes_add_format(payload, "car %zu, version %llu", at, (unsigned long long)version);
    while (payload->size < size)
        bytes_add_u8(payload, '.');
    snprintf(item->role, sizeof item->role, "director/targets@car-%02zu", at);
    item->version = version;
    item->payload = hash_of(bytes_span(payload));
    world->blobs[world->blob_count++] = bytes_span(payload);
}

static void write_order(struct mandate_world *world)
{
    static struct mandated order;
    order = (struct mandated){.time = TEXT_TIME,
        .request = world->id,
        .requester = made_up_hash(2),
        .signature_size = 64,
        .mandate_count = 1};
    snprintf(order.mandates[0].role, sizeof order.mandates[0].role, "director/targets");
    order.mandates[0].text = made_up_hash(5);
    bytes_reset(&world->order_text);
    mandated_write(&order, &world->order_text);
}

void mandates_write(struct mandate_world *world, size_t items, uint64_t version, size_t size)
{
    struct request *request = &world->request;
    *request = (struct request){.appliance = made_up_hash(1),
        .requester = made_up_hash(2),
        .reason = "an assignment",
        .expires = TEXT_TIME + 86400,
        .item_count = items,
        .evidence_count = 1};
    request->nonce[0] = (uint8_t)++world->states;
    world->blob_count = 1;
    for (size_t i = 0; i < items; i++)
        write_item(world, i, version, size);
    bytes_reset(&world->evidence);
    bytes_add_format(&world->evidence, "the image repository's Targets, %u", world->states);
    request->evidence[0] = hash_of(bytes_span(&world->evidence));
    world->blobs[world->blob_count++] = bytes_span(&world->evidence);
    bytes_reset(&world->text);
    request_write(request, &world->text);
    world->blobs[0] = bytes_span(&world->text);
    world->id = hash_of(bytes_span(&world->text));
    write_order(world);
}

// ---- the steps ----

void keeper_mandates(struct mandate_world *world)
{
    struct message order = {
        .kind = ORDER_MANDATED, .id = world->asker = ++world->house->serial};
    order.record.text = bytes_span(&world->order_text);
    order.record.blobs.count = world->blob_count;
    for (uint32_t i = 0; i < world->blob_count; i++)
        order.record.blobs.at[i] = world->blobs[i];
    to_ledger(&world->house->keeper, &order);
}

void vault_is_asked(struct mandate_world *world)
{
    struct message judge = from_vault_line(world->house, VAULT_MANDATE);
    world->id_asked = judge.id;
    assert_true(span_equal(judge.judge.order, bytes_span(&world->order_text)));
    assert_true(span_equal(judge.judge.request, bytes_span(&world->text)));
    assert_int_equal(judge.judge.payloads.count, world->request.item_count);
    for (uint32_t i = 0; i < judge.judge.payloads.count; i++)
        assert_true(span_equal(judge.judge.payloads.at[i], bytes_span(&world->payloads[i])));
    assert_int_equal(judge.judge.opened.size, 0);
    assert_int_equal(judge.judge.path.count, 0);
    assert_int_equal(judge.judge.approvals.count, 0);
    assert_int_equal(judge.judge.evidence.count, 0);
}

void mandates_write_state(struct mandate_world *world, const struct place *order)
{
    static struct state state;
    state = (struct state){
        .time = TEXT_TIME + ++world->states, .epoch = 1, .has_order = order != NULL};
    if (order != NULL)
        state.order = *order;
    state.charter = hash_of(bytes_span(&world->house->charter));
    bytes_reset(&world->state_text);
    state_write(&state, &world->state_text);
}

static uint64_t says_reserve(struct mandate_world *world)
{
    struct message reserve = {.kind = VAULT_RESERVE, .id = world->id_asked};
    reserve.judged.state = bytes_span(&world->state_text);
    to_ledger(&world->house->vault, &reserve);
    vault_checkpoints(world->house, world->house->durable.size);
    return from_vault_line(world->house, VAULT_EXECUTE).id;
}

uint64_t vault_reserves(struct mandate_world *world)
{
    mandates_write_state(world, NULL);
    return says_reserve(world);
}

void vault_seals_numbers(struct mandate_world *world)
{
    uint64_t id = vault_reserves(world);
    vault_moves_seal(world->house, bytes_span(&world->state_text));
    world->state = hash_of(bytes_span(&world->house->state));
    vault_says_sealed(world->house, id);
}

static void write_outcome(struct mandate_world *world, struct outcome *outcome)
{
    static char bytes[MANDATE_ITEMS_MOST][64];
    const struct request *request = &world->request;
    *outcome = (struct outcome){.time = TEXT_TIME,
        .request = world->id,
        .order = world->order,
        .state = world->state,
        .signature_count = request->item_count};
    for (size_t i = 0; i < request->item_count; i++) {
        struct outcome_signature *one = &outcome->signatures[i];
        int size = snprintf(bytes[i], sizeof bytes[i], "%02x%02x by the key of car %zu",
            world->id.byte[0], world->id.byte[1], i);
        world->signatures[i] = span_of(bytes[i], (size_t)size);
        snprintf(one->role, sizeof one->role, "%s", request->items[i].role);
        one->version = request->items[i].version;
        one->key = made_up_hash(9);
        one->signature = hash_of(world->signatures[i]);
    }
}

struct message mandates_outcome(struct mandate_world *world)
{
    static struct outcome outcome;
    struct message message = {.kind = VAULT_OUTCOME, .id = world->id_asked};
    world->order =
        (struct place){world->house->leaf_count, merkle_leaf(bytes_span(&world->order_text))};
    write_outcome(world, &outcome);
    bytes_reset(&world->outcome_text);
    outcome_write(&outcome, &world->outcome_text);
    message.outcome.order = world->order;
    message.outcome.text = bytes_span(&world->outcome_text);
    message.outcome.place = world->outcome =
        (struct place){world->order.index + 1, merkle_leaf(message.outcome.text)};
    message.outcome.signatures.count = (uint32_t)outcome.signature_count;
    for (size_t i = 0; i < outcome.signature_count; i++)
        message.outcome.signatures.at[i] = world->signatures[i];
    return message;
}

void vault_signs_all(struct mandate_world *world)
{
    struct message message = mandates_outcome(world);
    vault_leaf(world->house, bytes_span(&world->order_text));
    vault_leaf(world->house, message.outcome.text);
    to_ledger(&world->house->vault, &message);
}

void keeper_hears(struct mandate_world *world, bool with_state)
{
    struct message done = from_keeper_line(world->house, DONE_SIGN);
    assert_int_equal(done.id, world->asker);
    assert_int_equal(done.signed_.place.index, world->outcome.index);
    assert_memory_equal(
        &done.signed_.place.leaf, &world->outcome.leaf, sizeof world->outcome.leaf);
    assert_true(span_equal(done.signed_.outcome, bytes_span(&world->outcome_text)));
    assert_int_equal(done.signed_.charter.size, 0);
    struct span state = {0};
    if (with_state)
        state = bytes_span(&world->house->state);
    assert_true(span_equal(done.signed_.state, state));
}

void mandates_sign(struct mandate_world *world)
{
    keeper_mandates(world);
    vault_is_asked(world);
    vault_signs_all(world);
    vault_checkpoints(world->house, world->outcome.index + 1);
    keeper_hears(world, false);
}

void vault_refuses(struct mandate_world *world, uint64_t id, const char *rule)
{
    struct message refused = {.kind = ANSWER_REFUSED, .id = id};
    refused.refused.rule = span_text(rule);
    refused.refused.sentence = span_text("no mandate covers it");
    to_ledger(&world->house->vault, &refused);
    is_refused_by(world->house, world->asker, rule);
}

struct message mandates_show(struct mandate_world *world)
{
    struct message ask = {.kind = ASK_SHOW};
    ask.request.request = world->id;
    return keeper_asks(world->house, &ask);
}
