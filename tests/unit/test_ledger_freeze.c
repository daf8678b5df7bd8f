// A freeze on its way through the real ledger: an order that needs no quorum.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/sign_walk.h"

// With an open request, which is in nobody's way, and a freeze to be ordered.
static int freeze_make(void **state)
{
    if (world_make(state) != 0)
        return -1;
    order_freezes(*state, 1);
    return 0;
}

static uint64_t count_open(struct sign_world *world)
{
    struct message ask = {.kind = ASK_STATUS};
    return keeper_asks(world->house, &ask).status.open;
}

// The request that was open before is live, and nothing else.
static void starts_live(struct sign_world *world)
{
    for (unsigned i = 0; i < 3; i++)
        from_keeper_line(world->house, LIVE_RECORD);
    from_keeper_line(world->house, LIVE_END);
}

static void again(struct sign_world *world)
{
    house_starts_up(world->house);
    from_keeper_line(world->house, LIVE_HOUSE);
    starts_live(world);
}

// ---- what ends it ----

static void freeze__without_its_own_statement_alone_ends_it(void **state)
{
    struct sign_world *world = *state;
    struct span statement = bytes_span(&world->statement);
    const struct {
        struct span blobs[2];
        uint32_t count;
        const char *words;
    } cases[] = {{{statement}, 0, "without its statement"},
        {{statement, statement}, 2, "without its statement"},
        {{span_text("another statement")}, 1, "another statement than it names"},
        {{span_of(statement.data, statement.size - 1)}, 1, "another statement than it names"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct message order = {.kind = ORDER_SIGN, .id = 1};
        order.record.text = bytes_span(&world->order_text);
        order.record.blobs.count = cases[i].count;
        for (uint32_t k = 0; k < cases[i].count; k++)
            order.record.blobs.at[k] = cases[i].blobs[k];
        to_ledger(&world->house->keeper, &order);
        house_ends(world->house, EXIT_NEIGHBOUR, cases[i].words);
        again(world);
    }
    house_stop(world->house);
}

static void freeze__that_does_not_read_ends_it(void **state)
{
    struct sign_world *world = *state;
    bytes_reset(&world->order_text);
    bytes_add_text(&world->order_text, "conclave.frozen/v1\ntime: 2026-12-01T00:00:00Z\n");
    keeper_signs(world);
    house_ends(world->house, EXIT_NEIGHBOUR, "does not read");
}

static void freeze__r20_with_a_statement_beyond_a_record_ends_it(void **state)
{
    static char large[LIMIT_RECORD + 1];
    struct sign_world *world = *state;
    struct message order = {.kind = ORDER_SIGN, .id = 1};
    order.record.text = bytes_span(&world->order_text);
    order.record.blobs.at[order.record.blobs.count++] = span_of(large, sizeof large);
    to_ledger(&world->house->keeper, &order);
    house_ends(world->house, EXIT_NEIGHBOUR, "without its statement");
}

static void freeze__a_second_order_beside_it_ends_it(void **state)
{
    struct sign_world *world = *state;
    walk(world, -1);
    keeper_signs(world);
    house_ends(world->house, EXIT_NEIGHBOUR, "a second order");
    again(world);
    bytes_reset(&world->statement); // an order first, and then the freeze
    const uint64_t approvals[] = {world->decisions[0].index};
    texts_order(&world->request, &world->opened, approvals, 1, &world->order_text);
    keeper_signs(world);
    order_freezes(world, 1);
    keeper_signs(world);
    house_ends(world->house, EXIT_NEIGHBOUR, "a second order");
}

static void freeze__an_outcome_of_something_else_ends_it(void **state)
{
    static const struct texts_more others[] = {{.done = "conclave/keys", .number = 1}, {0}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct sign_world *world = *state;
        walk(world, STEP_SEALED);
        world->more = others[i];
        struct message outcome = make_outcome(world, 1);
        to_ledger(&world->house->vault, &outcome);
        house_ends(world->house, EXIT_NEIGHBOUR, "the outcome of another order");
        world_drop(state);
        assert_int_equal(freeze_make(state), 0);
    }
    house_stop(((struct sign_world *)*state)->house);
}

static void freeze__an_order_that_says_it_froze_ends_it(void **state)
{
    struct sign_world *world = *state;
    const uint64_t approvals[] = {world->decisions[0].index, world->decisions[1].index};
    bytes_reset(&world->statement);
    world->about = world->request.id;
    texts_order(&world->request, &world->opened, approvals, 2, &world->order_text);
    walk(world, STEP_SEALED);
    struct message outcome = make_outcome(world, 1);
    to_ledger(&world->house->vault, &outcome);
    house_ends(world->house, EXIT_NEIGHBOUR, "the outcome of another order");
}

// ---- refusals ----

static void vault_refuses(struct sign_world *world, uint64_t id)
{
    struct message refused = {.kind = ANSWER_REFUSED, .id = id};
    refused.refused.rule = span_text("R7");
    refused.refused.sentence = span_text("it names another charter");
    to_ledger(&world->house->vault, &refused);
    is_refused_by(world->house, world->id, "R7");
}

static void freeze__a_refused_judgement_is_told_and_stores_nothing(void **state)
{
    struct sign_world *world = *state;
    struct message ask = {.kind = ASK_BLOB, .id = 500};
    keeper_signs(world);
    vault_refuses(world, from_vault_line(world->house, VAULT_FREEZE).id);
    assert_int_equal(fate_of(world), FATE_UNKNOWN);
    ask.blob.hash = world->about;
    to_ledger(&world->house->keeper, &ask);
    assert_int_equal(from_keeper_line(world->house, ANSWER_REFUSED).id, 500);
    walk(world, STEP_OUTCOME_DURABLE);
    assert_int_equal(fate_of(world), FATE_SIGNED);
    house_stop(world->house);
}

static void is_told_again(struct sign_world *world, enum fate fate, uint64_t index)
{
    keeper_signs(world);
    struct message told = from_keeper_line(world->house, ANSWER_ACCEPTED);
    assert_int_equal(told.id, world->id);
    assert_int_equal(told.accepted.fate, fate);
    assert_int_equal(told.accepted.place.index, index);
    assert_memory_equal(
        &told.accepted.place.leaf, &world->house->leaves[index], sizeof(struct hash));
    assert_memory_equal(&told.accepted.request, &world->about, sizeof world->about);
    is_silent(world->house, &world->house->vault);
}

static void execution_is_refused(struct sign_world *world)
{
    keeper_signs(world);
    vault_judges(world);
    vault_checkpoints(world->house, world->order.index + 1);
    vault_refuses(world, from_vault_line(world->house, VAULT_EXECUTE).id);
    assert_int_equal(fate_of(world), FATE_UNKNOWN);
    assert_int_equal(count_open(world), 1);
}

// It stands in the log, nothing was sealed, and nothing stays open: it may come again.
static void freeze__a_refused_execution_leaves_a_leaf_and_may_come_again(void **state)
{
    struct sign_world *world = *state;
    execution_is_refused(world);
    walk(world, STEP_OUTCOME_DURABLE);
    assert_int_equal(fate_of(world), FATE_SIGNED);
    house_stop(world->house);
}

static void freeze__r11_a_recorded_refusal_is_its_fate(void **state)
{
    struct sign_world *world = *state;
    execution_is_refused(world);
    texts_refused(&world->about, &world->house->text);
    struct place end = house_record(world->house, NULL, 0);
    assert_int_equal(fate_of(world), FATE_REFUSED);
    is_told_again(world, FATE_REFUSED, end.index);
    house_kill(world->house);
    again(world);
    is_told_again(world, FATE_REFUSED, end.index);
    assert_int_equal(count_open(world), 1);
    house_stop(world->house);
}

// A record that refuses it is on its way when it comes again: one of both is its fate.
static void freeze__r11_waits_for_the_record_that_refuses_it(void **state)
{
    struct sign_world *world = *state;
    texts_refused(&world->about, &world->house->text);
    uint64_t id = keeper_orders(world->house, NULL, 0);
    keeper_signs(world);
    is_refused_by(world->house, world->id, "R11");
    struct place end = vault_appends(world->house);
    vault_checkpoints(world->house, end.index + 1);
    keeper_is_done(world->house, id);
    is_told_again(world, FATE_REFUSED, end.index);
    house_stop(world->house);
}

static void freeze__r11_is_not_refused_while_it_is_being_sealed(void **state)
{
    struct sign_world *world = *state;
    walk(world, STEP_JUDGE);
    texts_refused(&world->about, &world->house->text);
    is_refused_by(world->house, keeper_orders(world->house, NULL, 0), "R11");
    vault_checkpoints(world->house, world->order.index + 1);
    uint64_t id = from_vault_line(world->house, VAULT_EXECUTE).id;
    vault_seals(world, id);
    vault_signs(world, id);
    vault_checkpoints(world->house, world->outcome.index + 1);
    keeper_is_signed(world);
    assert_int_equal(fate_of(world), FATE_SIGNED);
    house_stop(world->house);
}

// ---- the whole way ----

static void freeze__r8_is_logged_before_it_is_sealed_and_proven(void **state)
{
    struct sign_world *world = *state;
    struct message ask = {.kind = ASK_BLOB};
    walk(world, STEP_JUDGE);
    is_silent(world->house, &world->house->keeper);
    vault_checkpoints(world->house, world->order.index + 1); // its leaf is durable first
    uint64_t id = from_vault_line(world->house, VAULT_EXECUTE).id;
    vault_seals(world, id);
    vault_signs(world, id);
    is_silent(world->house, &world->house->keeper);
    vault_checkpoints(world->house, world->outcome.index + 1);
    keeper_is_signed(world);
    struct message dossier = show(world);
    assert_int_equal(dossier.dossier.fate, FATE_SIGNED);
    assert_int_equal(dossier.dossier.end.index, world->outcome.index);
    assert_true(dossier.dossier.end_path.count > 0);
    assert_int_equal(dossier.dossier.opened.text.size, 0);
    ask.blob.hash = world->about;
    struct message blob = keeper_asks(world->house, &ask);
    assert_true(span_equal(blob.blob_is.bytes, bytes_span(&world->statement)));
    assert_int_equal(count_open(world), 1);
    house_stop(world->house);
}

static void freeze__r11_asked_again_it_is_told_again(void **state)
{
    struct sign_world *world = *state;
    walk(world, STEP_OUTCOME_DURABLE);
    is_told_again(world, FATE_SIGNED, world->outcome.index);
    house_kill(world->house);
    again(world);
    is_told_again(world, FATE_SIGNED, world->outcome.index);
    order_freezes(world, 2); // another one goes its own way
    walk(world, STEP_OUTCOME_DURABLE);
    house_stop(world->house);
}

// ---- kill -9 at each step ----

static void freeze__r8_killed_before_the_seal_it_is_only_a_leaf(void **state)
{
    struct sign_world *world = *state;
    walk(world, -1);
    from_vault_line(world->house, VAULT_FREEZE);
    house_kill(world->house);
    again(world);
    walk(world, STEP_ORDER_DURABLE);
    house_kill(world->house);
    again(world);
    assert_int_equal(fate_of(world), FATE_UNKNOWN);
    walk(world, STEP_OUTCOME_DURABLE);
    house_stop(world->house);
}

static void redone(struct sign_world *world)
{
    struct ledger_house *house = world->house;
    house_starts_up(house);
    struct message redo = from_vault_line(house, VAULT_REDO);
    check_judge(world, &redo);
    is_silent(house, &house->keeper);
    vault_signs(world, redo.id);
    vault_checkpoints(house, world->outcome.index + 1);
    for (int again_ = 0; again_ < 2; again_++) {
        struct message live = from_keeper_line(house, LIVE_HOUSE);
        assert_int_equal(live.live_house.outcome.index, world->outcome.index);
        assert_true(span_equal(live.live_house.outcome.text, bytes_span(&world->outcome_text)));
        assert_true(span_equal(live.live_house.state, bytes_span(&world->state_text)));
        starts_live(world);
        assert_int_equal(fate_of(world), FATE_SIGNED);
        house_kill(house);
        house_starts_up(house);
    }
    house_kill(house);
}

static void freeze__r8_killed_after_the_seal_it_is_carried_out_again(void **state)
{
    struct sign_world *world = *state;
    walk(world, STEP_ORDER_DURABLE);
    house_kill(world->house);
    vault_moves_seal(world->house, bytes_span(&world->state_text));
    redone(world);
}

static void freeze__r8_killed_before_its_outcome_it_is_carried_out_again(void **state)
{
    struct sign_world *world = *state;
    walk(world, STEP_SEALED);
    is_silent(world->house, &world->house->keeper);
    house_kill(world->house);
    redone(world);
}

#define test(name) cmocka_unit_test_setup_teardown(name, freeze_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(freeze__without_its_own_statement_alone_ends_it),
        test(freeze__that_does_not_read_ends_it),
        test(freeze__r20_with_a_statement_beyond_a_record_ends_it),
        test(freeze__a_second_order_beside_it_ends_it),
        test(freeze__an_outcome_of_something_else_ends_it),
        test(freeze__an_order_that_says_it_froze_ends_it),
        test(freeze__a_refused_judgement_is_told_and_stores_nothing),
        test(freeze__a_refused_execution_leaves_a_leaf_and_may_come_again),
        test(freeze__r11_a_recorded_refusal_is_its_fate),
        test(freeze__r11_waits_for_the_record_that_refuses_it),
        test(freeze__r11_is_not_refused_while_it_is_being_sealed),
        test(freeze__r8_is_logged_before_it_is_sealed_and_proven),
        test(freeze__r11_asked_again_it_is_told_again),
        test(freeze__r8_killed_before_the_seal_it_is_only_a_leaf),
        test(freeze__r8_killed_after_the_seal_it_is_carried_out_again),
        test(freeze__r8_killed_before_its_outcome_it_is_carried_out_again),
    };
    return cmocka_run_group_tests_name("ledger_freeze", tests, NULL, NULL);
}
