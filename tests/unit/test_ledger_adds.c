// Custodians who approve after a request was signed (R12): more orders and outcomes of one request,
// through the real ledger.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/sign_walk.h"

// A request that is signed, with signatures missing, and a late approval of it.
static int adds_make(void **state)
{
    if (world_make(state) != 0)
        return -1;
    struct sign_world *world = *state;
    world->more.missing = 2;
    walk(world, STEP_OUTCOME_DURABLE);
    approve_late(world);
    return 0;
}

// What is live of it: all of it.
static void starts_live(struct sign_world *world, uint64_t last)
{
    uint64_t index;
    do {
        struct message live = from_keeper_line(world->house, LIVE_RECORD);
        index = live.live_record.entry.index;
        struct hash root = merkle_edge_root(&world->house->durable);
        struct hash leaf = merkle_leaf(live.live_record.entry.text);
        struct merkle_path path = {.count = live.live_record.path.count};
        memcpy(path.nodes, live.live_record.path.at, path.count * sizeof path.nodes[0]);
        assert_true(merkle_included(index, world->house->durable.size, &leaf, &path, &root));
    } while (index < last);
    from_keeper_line(world->house, LIVE_END);
}

static void again(struct sign_world *world)
{
    house_starts_up(world->house);
    from_keeper_line(world->house, LIVE_HOUSE);
    starts_live(world, world->house->leaf_count - 1);
}

static void close_request(struct sign_world *world)
{
    texts_ended(&world->request, ENDING_CLOSED, &world->house->text);
    house_record(world->house, NULL, 0);
}

// ---- what ends it ----

static void order_ends(struct sign_world *world, const struct place *adds, const char *words)
{
    const uint64_t approvals[] = {world->decisions[0].index};
    texts_order_adds(&world->request, &world->opened, approvals, 1, adds, &world->order_text);
    keeper_signs(world);
    house_ends(world->house, EXIT_NEIGHBOUR, words);
}

static void adds__r11_an_order_that_does_not_add_to_the_newest_outcome_ends_it(void **state)
{
    struct sign_world *world = *state;
    struct place first = world->outcome, forged = world->outcome, moved = world->outcome;
    forged.leaf.byte[3] ^= 1;
    moved.index--;
    order_ends(world, NULL, "a request that is not open");
    again(world);
    order_ends(world, &forged, "what takes no more signatures");
    again(world);
    order_ends(world, &moved, "what takes no more signatures");
    again(world);
    order_ends(world, &world->order, "what takes no more signatures");
    again(world);
    order_adds(world);
    walk(world, STEP_OUTCOME_DURABLE);
    order_ends(world, &first, "what takes no more signatures");
}

static void adds__nothing_is_added_to_what_is_open(void **state)
{
    struct sign_world *world = *state;
    struct texts_request open = texts_request_new(5);
    struct place opened = house_open(world->house, &open);
    const uint64_t approvals[] = {world->decisions[0].index};
    texts_order_adds(&open, &opened, approvals, 1, &world->outcome, &world->order_text);
    keeper_signs(world);
    house_ends(world->house, EXIT_NEIGHBOUR, "what takes no more signatures");
    texts_request_clear(&open);
}

static void adds__an_outcome_that_adds_to_something_else_ends_it(void **state)
{
    for (int which = 0; which < 3; which++) {
        struct sign_world *world = *state;
        order_adds(world);
        struct place other = *world->more.adds;
        walk(world, STEP_SEALED);
        other.index -= which == 1;
        other.leaf.byte[0] ^= which == 2;
        world->more.adds = which == 0 ? NULL : &other;
        struct message outcome = make_outcome(world, 1);
        to_ledger(&world->house->vault, &outcome);
        house_ends(world->house, EXIT_NEIGHBOUR, "the outcome of another order");
        world_drop(state);
        assert_int_equal(adds_make(state), 0);
    }
    house_stop(((struct sign_world *)*state)->house);
}

static void adds__an_outcome_that_adds_without_its_order_ends_it(void **state)
{
    struct sign_world *world = *state;
    struct place before = world->outcome;
    struct texts_request open = texts_request_new(5);
    struct place opened = house_open(world->house, &open);
    texts_decided(&open, &opened, 0, DECISION_APPROVE, &world->house->text);
    const uint64_t approvals[] = {house_record(world->house, NULL, 0).index};
    texts_order(&open, &opened, approvals, 1, &world->order_text);
    keeper_signs(world);
    struct message judged = {.kind = VAULT_JUDGED};
    judged.id = from_vault_line(world->house, VAULT_JUDGE).id;
    judged.judged.place = world->order =
        vault_leaf(world->house, bytes_span(&world->order_text));
    vault_state(world->house, &world->order, &world->state_text);
    judged.judged.state = bytes_span(&world->state_text);
    to_ledger(&world->house->vault, &judged);
    vault_checkpoints(world->house, world->order.index + 1);
    vault_seals(world, from_vault_line(world->house, VAULT_EXECUTE).id);
    world->about = open.id;
    world->more.adds = &before;
    struct message outcome = make_outcome(world, 1);
    to_ledger(&world->house->vault, &outcome);
    house_ends(world->house, EXIT_NEIGHBOUR, "the outcome of another order");
    texts_request_clear(&open);
}

static void adds__the_end_of_what_is_in_flight_ends_it(void **state)
{
    struct sign_world *world = *state;
    order_adds(world);
    walk(world, STEP_JUDGE);
    texts_ended(&world->request, ENDING_CLOSED, &world->house->text);
    keeper_orders(world->house, NULL, 0);
    house_ends(world->house, EXIT_NEIGHBOUR, "whose order is in flight");
    again(world);
    texts_ended(&world->request, ENDING_CLOSED, &world->house->text);
    keeper_orders(world->house, NULL, 0);
    from_vault_line(world->house, VAULT_APPEND);
    keeper_signs(world);
    house_ends(world->house, EXIT_NEIGHBOUR, "whose end is on its way");
}

static void adds__r12_a_closed_request_takes_nothing_more(void **state)
{
    struct sign_world *world = *state;
    close_request(world);
    assert_int_equal(fate_of(world), FATE_SIGNED);
    texts_decided(&world->request, &world->opened, 3, DECISION_APPROVE, &world->house->text);
    keeper_orders(world->house, NULL, 0);
    vault_appends(world->house);
    house_ends(world->house, EXIT_NEIGHBOUR, "a request that is not open");
    house_start(world->house); // and nothing of it is live
    order_adds(world);
    keeper_signs(world);
    house_ends(world->house, EXIT_NEIGHBOUR, "what takes no more signatures");
    house_start(world->house);
    assert_int_equal(fate_of(world), FATE_SIGNED);
    assert_int_equal(show(world).dossier.end.index, world->outcome.index);
    house_stop(world->house);
}

// ---- the whole way ----

static void is_signed_at(struct sign_world *world, uint64_t end, uint32_t decisions)
{
    struct message dossier = show(world);
    assert_int_equal(dossier.dossier.fate, FATE_SIGNED);
    assert_int_equal(dossier.dossier.end.index, end);
    assert_int_equal(dossier.dossier.opened.index, world->opened.index);
    assert_int_equal(dossier.dossier.decisions.count, decisions);
    struct hash leaf = merkle_leaf(dossier.dossier.end.text);
    struct hash root = merkle_edge_root(&world->house->durable);
    struct merkle_path path = {.count = dossier.dossier.end_path.count};
    memcpy(path.nodes, dossier.dossier.end_path.at, path.count * sizeof path.nodes[0]);
    assert_true(merkle_included(end, world->house->durable.size, &leaf, &path, &root));
}

// `listed` while it takes more.
static void is_not_open(struct sign_world *world, uint32_t listed)
{
    struct message status = {.kind = ASK_STATUS}, list = {.kind = ASK_LIST};
    list.page.count = 10;
    assert_int_equal(keeper_asks(world->house, &status).status.open, 0);
    struct message records = keeper_asks(world->house, &list);
    assert_int_equal(records.records.entries.count, listed);
    if (listed > 0)
        assert_int_equal(records.records.entries.at[0].index, world->opened.index);
}

static void adds__r12_late_signatures_are_added_to_what_was_signed(void **state)
{
    struct sign_world *world = *state;
    struct message ask = {.kind = ASK_BLOB};
    uint64_t first = world->outcome.index;
    is_signed_at(world, first, 3);
    is_not_open(world, 1);
    order_adds(world);
    world->more.missing = 1;
    walk(world, STEP_OUTCOME);
    // Not under a checkpoint yet: for whoever asks, it ended in the first outcome.
    struct message durable = from_vault_line(world->house, VAULT_DURABLE);
    is_signed_at(world, first, 3);
    vault_says_checkpoint(world->house, durable.id, durable.durable.size);
    keeper_is_signed(world);
    is_signed_at(world, world->outcome.index, 3);
    is_not_open(world, 1);
    ask.blob.hash = hash_of(span_text(world->signature));
    assert_true(span_is(keeper_asks(world->house, &ask).blob_is.bytes, world->signature));
    ask.blob.hash = hash_of(span_text(SIGNATURE));
    assert_true(span_is(keeper_asks(world->house, &ask).blob_is.bytes, SIGNATURE));
    order_adds(world); // the last of them
    world->more.missing = 0;
    walk(world, STEP_OUTCOME_DURABLE);
    is_signed_at(world, world->outcome.index, 3);
    house_stop(world->house);
    house_start(world->house); // nothing is live any more
    is_signed_at(world, world->outcome.index, 3);
    is_not_open(world, 0);
    house_stop(world->house);
}

static void adds__r11_asked_again_the_newest_outcome_is_told(void **state)
{
    struct sign_world *world = *state;
    struct span blobs[] = {
        bytes_span(&world->request.text), bytes_span(&world->request.payload)};
    order_adds(world);
    walk(world, STEP_OUTCOME_DURABLE);
    texts_opened(&world->request, 9, &world->house->text);
    uint64_t id = keeper_orders(world->house, blobs, 2);
    struct message told = from_keeper_line(world->house, ANSWER_ACCEPTED);
    assert_int_equal(told.id, id);
    assert_int_equal(told.accepted.fate, FATE_SIGNED);
    assert_int_equal(told.accepted.place.index, world->outcome.index);
    is_silent(world->house, &world->house->vault);
    house_stop(world->house);
}

// An opening that was on its way when it was signed is only a leaf, whatever is added behind it.
static void adds__an_opening_that_came_too_late_is_never_shown(void **state)
{
    struct sign_world *world = *state;
    struct span blobs[] = {
        bytes_span(&world->request.text), bytes_span(&world->request.payload)};
    world->more.missing = 2;
    walk(world, STEP_SEALED);
    texts_opened(&world->request, 9, &world->house->text);
    uint64_t id = keeper_orders(world->house, blobs, 2);
    uint64_t append = from_vault_line(world->house, VAULT_APPEND).id;
    vault_signs(world, 1);
    vault_appended(world->house, append, bytes_span(&world->house->text));
    while (world->house->durable.size < world->house->leaf_count) {
        struct message durable = from_vault_line(world->house, VAULT_DURABLE);
        vault_says_checkpoint(world->house, durable.id, durable.durable.size);
    }
    keeper_is_signed(world);
    assert_int_equal(from_keeper_line(world->house, ANSWER_ACCEPTED).id, id);
    approve_late(world);
    order_adds(world);
    walk(world, STEP_OUTCOME_DURABLE);
    is_signed_at(world, world->outcome.index, 3);
    house_stop(world->house);
}

static void adds__r17_the_refusal_of_a_late_approval_is_a_record(void **state)
{
    struct sign_world *world = *state;
    texts_refused(&world->request.id, &world->house->text);
    house_record(world->house, NULL, 0);
    assert_int_equal(fate_of(world), FATE_SIGNED);
    close_request(world);
    texts_refused(&world->request.id, &world->house->text);
    keeper_orders(world->house, NULL, 0);
    assert_int_equal(
        from_keeper_line(world->house, ANSWER_ACCEPTED).accepted.fate, FATE_SIGNED);
    house_stop(world->house);
}

// ---- starts ----

static void adds__what_takes_more_is_replayed_to_the_keeper(void **state)
{
    struct sign_world *world = *state;
    const uint64_t wanted[] = {world->opened.index, world->decisions[0].index,
        world->decisions[1].index, world->order.index, world->outcome.index,
        world->decisions[2].index};
    house_kill(world->house);
    house_starts_up(world->house);
    struct message live = from_keeper_line(world->house, LIVE_HOUSE);
    assert_int_equal(live.live_house.outcome.index, world->outcome.index);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        live = from_keeper_line(world->house, LIVE_RECORD);
        assert_int_equal(live.live_record.entry.index, wanted[i]);
    }
    from_keeper_line(world->house, LIVE_END);
    close_request(world);
    house_kill(world->house);
    house_start(world->house);
    house_stop(world->house);
}

// The request has an outcome, and the sealed order has none.
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
        starts_live(world, world->outcome.index);
        is_signed_at(world, world->outcome.index, 3);
        house_kill(house);
        house_starts_up(house); // nothing to redo
    }
    house_kill(house);
}

static void adds__r8_killed_after_the_seal_it_is_carried_out_again(void **state)
{
    struct sign_world *world = *state;
    order_adds(world);
    walk(world, STEP_ORDER_DURABLE);
    house_kill(world->house);
    vault_moves_seal(world->house, bytes_span(&world->state_text));
    redone(world);
}

static void adds__r8_killed_before_its_outcome_it_is_carried_out_again(void **state)
{
    struct sign_world *world = *state;
    order_adds(world);
    walk(world, STEP_SEALED);
    house_kill(world->house);
    redone(world);
}

// The seal names the first order, which has its outcome.
static void adds__r8_killed_before_the_seal_it_is_only_a_leaf(void **state)
{
    struct sign_world *world = *state;
    uint64_t first = world->outcome.index;
    order_adds(world);
    walk(world, STEP_ORDER_DURABLE);
    house_kill(world->house);
    house_starts_up(world->house);
    struct message live = from_keeper_line(world->house, LIVE_HOUSE);
    assert_int_equal(live.live_house.outcome.index, first);
    starts_live(world, world->order.index);
    is_signed_at(world, first, 3);
    walk(world, STEP_OUTCOME_DURABLE);
    house_stop(world->house);
}

#define test(name) cmocka_unit_test_setup_teardown(name, adds_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(adds__r11_an_order_that_does_not_add_to_the_newest_outcome_ends_it),
        test(adds__nothing_is_added_to_what_is_open),
        test(adds__an_outcome_that_adds_to_something_else_ends_it),
        test(adds__an_outcome_that_adds_without_its_order_ends_it),
        test(adds__the_end_of_what_is_in_flight_ends_it),
        test(adds__r12_a_closed_request_takes_nothing_more),
        test(adds__r12_late_signatures_are_added_to_what_was_signed),
        test(adds__r11_asked_again_the_newest_outcome_is_told),
        cmocka_unit_test_setup_teardown(
            adds__an_opening_that_came_too_late_is_never_shown, world_make, world_drop),
        test(adds__r17_the_refusal_of_a_late_approval_is_a_record),
        test(adds__what_takes_more_is_replayed_to_the_keeper),
        test(adds__r8_killed_after_the_seal_it_is_carried_out_again),
        test(adds__r8_killed_before_its_outcome_it_is_carried_out_again),
        test(adds__r8_killed_before_the_seal_it_is_only_a_leaf),
    };
    return cmocka_run_group_tests_name("ledger_adds", tests, NULL, NULL);
}
