#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/sign_walk.h"

int world_make(void **state)
{
    void *house;
    if (house_make(&house) != 0)
        return -1;
    struct sign_world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    world->house = house;
    world->order_text = world->state_text = world->outcome_text = text_new();
    world->request = texts_request_new(1);
    house_found(house);
    house_stop(house);
    house_start(house);
    world->opened = house_open(house, &world->request);
    uint64_t approvals[2];
    for (unsigned i = 0; i < 2; i++) {
        texts_decided(
            &world->request, &world->opened, i, DECISION_APPROVE, &world->house->text);
        world->decisions[i] = house_record(house, NULL, 0);
        approvals[i] = world->decisions[i].index;
    }
    texts_order(&world->request, &world->opened, approvals, 2, &world->order_text);
    *state = world;
    return 0;
}

int world_drop(void **state)
{
    struct sign_world *world = *state;
    void *house = world->house;
    bytes_clear(&world->order_text);
    bytes_clear(&world->state_text);
    bytes_clear(&world->outcome_text);
    texts_request_clear(&world->request);
    free(world);
    return house_drop(&house);
}

// ---- the steps ----

void keeper_signs(struct sign_world *world)
{
    struct message order = {.kind = ORDER_SIGN, .id = world->id = ++world->house->serial};
    order.record.text = bytes_span(&world->order_text);
    to_ledger(&world->house->keeper, &order);
}

void check_judge(struct sign_world *world, const struct message *judge)
{
    struct ledger_house *house = world->house;
    struct merkle_path path = {.count = judge->judge.path.count};
    struct hash root = merkle_edge_root(&house->durable);
    struct hash opened = merkle_leaf(judge->judge.opened);
    assert_true(span_equal(judge->judge.order, bytes_span(&world->order_text)));
    assert_true(span_equal(judge->judge.request, bytes_span(&world->request.text)));
    assert_memory_equal(&opened, &world->opened.leaf, sizeof opened);
    memcpy(path.nodes, judge->judge.path.at, path.count * sizeof path.nodes[0]);
    assert_int_equal(judge->judge.size, house->durable.size);
    assert_true(merkle_included(world->opened.index, judge->judge.size, &opened, &path, &root));
    assert_int_equal(judge->judge.approvals.count, 2);
    for (unsigned i = 0; i < 2; i++) {
        const struct signed_by *by = &judge->judge.approvals.at[i];
        struct hash approver = made_up_hash(100 + i);
        assert_memory_equal(&by->key, &approver, sizeof approver);
        assert_int_equal(by->signature.size, 64);
        assert_int_equal(by->signature.data[63], i);
    }
    assert_int_equal(judge->judge.payloads.count, 1);
    assert_true(span_equal(judge->judge.payloads.at[0], bytes_span(&world->request.payload)));
}

// Takes VAULT_JUDGE and answers; the next state names the order.
void vault_judges(struct sign_world *world)
{
    struct message judge = from_vault_line(world->house, VAULT_JUDGE);
    check_judge(world, &judge);
    struct message judged = {.kind = VAULT_JUDGED, .id = judge.id};
    judged.judged.place = world->order =
        vault_leaf(world->house, bytes_span(&world->order_text));
    vault_state(&world->order, &world->state_text);
    judged.judged.state = bytes_span(&world->state_text);
    to_ledger(&world->house->vault, &judged);
}

void vault_seals(struct sign_world *world, uint64_t id)
{
    vault_moves_seal(world->house, bytes_span(&world->state_text));
    struct message sealed = {.kind = VAULT_SEALED, .id = id};
    sealed.sealed.number = world->house->number;
    sealed.sealed.state = hash_of(bytes_span(&world->state_text));
    to_ledger(&world->house->vault, &sealed);
}

struct message make_outcome(struct sign_world *world, uint64_t id)
{
    struct message outcome = {.kind = VAULT_OUTCOME, .id = id};
    struct hash sealed = hash_of(bytes_span(&world->state_text));
    texts_outcome(
        &world->request, &world->order, &sealed, span_text(SIGNATURE), &world->outcome_text);
    outcome.outcome.text = bytes_span(&world->outcome_text);
    outcome.outcome.signatures.count = 1;
    outcome.outcome.signatures.at[0] = span_text(SIGNATURE);
    outcome.outcome.place =
        (struct place){world->house->leaf_count, merkle_leaf(outcome.outcome.text)};
    return outcome;
}

void vault_signs(struct sign_world *world, uint64_t id)
{
    struct message outcome = make_outcome(world, id);
    world->outcome = vault_leaf(world->house, outcome.outcome.text);
    to_ledger(&world->house->vault, &outcome);
}

void keeper_is_signed(struct sign_world *world)
{
    struct message done = from_keeper_line(world->house, DONE_SIGN);
    assert_int_equal(done.id, world->id);
    assert_int_equal(done.signed_.place.index, world->outcome.index);
    assert_memory_equal(
        &done.signed_.place.leaf, &world->outcome.leaf, sizeof world->outcome.leaf);
    assert_true(span_equal(done.signed_.outcome, bytes_span(&world->outcome_text)));
    assert_true(span_equal(done.signed_.state, bytes_span(&world->state_text)));
}

void walk(struct sign_world *world, int last)
{
    struct message execute = {0};
    keeper_signs(world);
    if (last >= STEP_JUDGE)
        vault_judges(world);
    if (last >= STEP_ORDER_DURABLE) {
        vault_checkpoints(world->house, world->order.index + 1);
        execute = from_vault_line(world->house, VAULT_EXECUTE);
    }
    if (last >= STEP_SEALED)
        vault_seals(world, execute.id);
    if (last >= STEP_OUTCOME)
        vault_signs(world, execute.id);
    if (last >= STEP_OUTCOME_DURABLE) {
        vault_checkpoints(world->house, world->outcome.index + 1);
        keeper_is_signed(world);
    }
}

struct message show(struct sign_world *world)
{
    struct message ask = {.kind = ASK_SHOW};
    ask.request.request = world->request.id;
    return keeper_asks(world->house, &ask);
}

enum fate fate_of(struct sign_world *world)
{
    return show(world).dossier.fate;
}
