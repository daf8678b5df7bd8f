#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/sign_walk.h"

static void decide(struct sign_world *world, unsigned approver)
{
    texts_decided(
        &world->request, &world->opened, approver, DECISION_APPROVE, &world->house->text);
    world->decisions[approver] = house_record(world->house, NULL, 0);
}

static void write_order(struct sign_world *world, const struct place *adds)
{
    uint64_t approvals[3];
    for (unsigned i = 0; i < world->approvals; i++)
        approvals[i] = world->decisions[i].index;
    texts_order_adds(
        &world->request, &world->opened, approvals, world->approvals, adds, &world->order_text);
}

static int make(void **state, const struct texts_request *request)
{
    void *house;
    if (house_make(&house) != 0)
        return -1;
    struct sign_world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    world->house = house;
    world->order_text = world->state_text = world->outcome_text = text_new();
    world->statement = text_new();
    world->request = *request;
    world->about = request->id;
    world->signature = SIGNATURE;
    house_found(house);
    house_stop(house);
    house_start(house);
    world->opened = house_open(house, &world->request);
    for (; world->approvals < 2; world->approvals++)
        decide(world, world->approvals);
    write_order(world, NULL);
    *state = world;
    return 0;
}

int world_make(void **state)
{
    struct texts_request request = texts_request_new(1);
    return make(state, &request);
}

int world_make_motion(void **state, enum motion motion, uint64_t number)
{
    struct texts_request request = texts_motion_new(motion, number);
    if (make(state, &request) != 0)
        return -1;
    struct sign_world *world = *state;
    world->more = (struct texts_more){.done = motion_role(motion), .number = number};
    return 0;
}

int world_drop(void **state)
{
    struct sign_world *world = *state;
    void *house = world->house;
    bytes_clear(&world->order_text);
    bytes_clear(&world->state_text);
    bytes_clear(&world->outcome_text);
    bytes_clear(&world->statement);
    texts_request_clear(&world->request);
    free(world);
    return house_drop(&house);
}

void approve_late(struct sign_world *world)
{
    decide(world, 2);
}

void order_adds(struct sign_world *world)
{
    static struct place added_to;
    added_to = world->outcome;
    world->approvals = 3;
    world->more.adds = &added_to;
    world->signature = "a custodian's signature";
    write_order(world, &added_to);
}

void order_freezes(struct sign_world *world, unsigned number)
{
    world->about = texts_frozen(number, &world->statement, &world->order_text);
    world->more = (struct texts_more){.done = OUTCOME_FREEZE, .number = number};
}

// ---- the steps ----

static bool freezes(const struct sign_world *world)
{
    return world->statement.size > 0;
}

void keeper_signs(struct sign_world *world)
{
    struct message order = {.kind = ORDER_SIGN, .id = world->id = ++world->house->serial};
    order.record.text = bytes_span(&world->order_text);
    if (freezes(world))
        order.record.blobs.at[order.record.blobs.count++] = bytes_span(&world->statement);
    to_ledger(&world->house->keeper, &order);
}

static void check_opened(const struct sign_world *world, const struct message *judge)
{
    struct merkle_path path = {.count = judge->judge.path.count};
    struct hash root = merkle_edge_root(&world->house->durable);
    struct hash opened = merkle_leaf(judge->judge.opened);
    assert_memory_equal(&opened, &world->opened.leaf, sizeof opened);
    memcpy(path.nodes, judge->judge.path.at, path.count * sizeof path.nodes[0]);
    assert_int_equal(judge->judge.size, world->house->durable.size);
    assert_true(merkle_included(world->opened.index, judge->judge.size, &opened, &path, &root));
}

static void check_approvals(const struct sign_world *world, const struct message *judge)
{
    assert_int_equal(judge->judge.approvals.count, world->approvals);
    for (unsigned i = 0; i < world->approvals; i++) {
        const struct signed_by *by = &judge->judge.approvals.at[i];
        struct hash approver = made_up_hash(100 + i);
        assert_memory_equal(&by->key, &approver, sizeof approver);
        assert_int_equal(by->signature.size, 64);
        assert_int_equal(by->signature.data[63], i);
    }
}

static void check_bytes(const struct sign_world *world, const struct message *judge)
{
    const struct texts_request *request = &world->request;
    assert_true(span_equal(judge->judge.request, bytes_span(&request->text)));
    assert_int_equal(judge->judge.payloads.count, 1);
    assert_true(span_equal(judge->judge.payloads.at[0], bytes_span(&request->payload)));
    assert_int_equal(judge->judge.evidence.count, request->evidence_count);
    for (size_t i = 0; i < request->evidence_count; i++)
        assert_true(span_equal(judge->judge.evidence.at[i], bytes_span(&request->evidence[i])));
}

// Of a freeze there is nothing else.
static void check_frozen(const struct message *judge)
{
    assert_int_equal(judge->judge.opened.size, 0);
    assert_int_equal(judge->judge.request.size, 0);
    assert_int_equal(judge->judge.path.count, 0);
    assert_int_equal(judge->judge.approvals.count, 0);
    assert_int_equal(judge->judge.payloads.count, 0);
    assert_int_equal(judge->judge.evidence.count, 0);
}

void check_judge(struct sign_world *world, const struct message *judge)
{
    if (judge->kind == VAULT_FREEZE) {
        assert_true(span_equal(judge->replay.text, bytes_span(&world->order_text)));
        return;
    }
    assert_true(span_equal(judge->judge.order, bytes_span(&world->order_text)));
    if (freezes(world)) {
        check_frozen(judge);
        return;
    }
    check_opened(world, judge);
    check_approvals(world, judge);
    check_bytes(world, judge);
}

// Takes VAULT_JUDGE and answers; the next state names the order.
void vault_judges(struct sign_world *world)
{
    struct message judge =
        from_vault_line(world->house, freezes(world) ? VAULT_FREEZE : VAULT_JUDGE);
    check_judge(world, &judge);
    struct message judged = {.kind = VAULT_JUDGED, .id = judge.id};
    judged.judged.place = world->order =
        vault_leaf(world->house, bytes_span(&world->order_text));
    vault_state(world->house, &world->order, &world->state_text);
    judged.judged.state = bytes_span(&world->state_text);
    to_ledger(&world->house->vault, &judged);
}

void vault_seals(struct sign_world *world, uint64_t id)
{
    world->new_charter = world->house->next_epoch != 0;
    vault_moves_seal(world->house, bytes_span(&world->state_text));
    vault_says_sealed(world->house, id);
}

struct message make_outcome(struct sign_world *world, uint64_t id)
{
    struct message outcome = {.kind = VAULT_OUTCOME, .id = id};
    struct hash sealed = hash_of(bytes_span(&world->state_text));
    texts_outcome_more(&world->about, &world->order, &sealed, span_text(world->signature),
        &world->more, &world->outcome_text);
    outcome.outcome.text = bytes_span(&world->outcome_text);
    outcome.outcome.signatures.count = world->more.done == NULL;
    outcome.outcome.signatures.at[0] = span_text(world->signature);
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
    struct span charter = {0};
    if (world->new_charter)
        charter = bytes_span(&world->house->charter);
    assert_true(span_equal(done.signed_.charter, charter));
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
    ask.request.request = world->about;
    return keeper_asks(world->house, &ask);
}

enum fate fate_of(struct sign_world *world)
{
    return show(world).dossier.fate;
}
