// kill -9 at each step of an order (R8): the real ledger, started again.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/sign_walk.h"

#include <sqlite3.h>

static uint64_t count_states(const struct ledger_house *house)
{
    char path[FOLDER_NAME + 16];
    sqlite3 *db;
    sqlite3_stmt *count;
    snprintf(path, sizeof path, "%s/ledger.db", house->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT count(*) FROM state", -1, &count, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(count), SQLITE_ROW);
    uint64_t states = (uint64_t)sqlite3_column_int64(count, 0);
    sqlite3_finalize(count);
    sqlite3_close(db);
    return states;
}

static void ends_with_states(struct sign_world *world, uint64_t states)
{
    house_kill(world->house);
    assert_int_equal(count_states(world->house), states);
}

// Until the next seal is known to stand, both states are kept; so are the newest two once it does,
// because the outcome before the newest may be what a client was told of.
static void sign__r8_a_state_is_kept_until_the_next_seal_is_known(void **state)
{
    struct sign_world *world = *state;
    walk(world, STEP_ORDER_DURABLE);
    ends_with_states(world, 2);
    house_starts_up(world->house);
    from_keeper_line(world->house, LIVE_HOUSE);
    for (unsigned i = 0; i < 4; i++)
        from_keeper_line(world->house, LIVE_RECORD);
    from_keeper_line(world->house, LIVE_END);
    walk(world, STEP_OUTCOME_DURABLE);
    ends_with_states(world, 2);
    house_start(world->house);
    for (unsigned i = 1; i <= 3; i++) {
        order_freezes(world, i);
        walk(world, STEP_OUTCOME_DURABLE);
    }
    ends_with_states(world, 2);
    house_start(world->house); // which forgets the one before
    texts_start(1, &world->house->text);
    house_record(world->house, NULL, 0);
    ends_with_states(world, 1);
}

// ---- kill -9 at each step ----

static void starts_with_outcome(struct sign_world *world)
{
    struct message live = from_keeper_line(world->house, LIVE_HOUSE);
    assert_true(span_equal(live.live_house.outcome.text, bytes_span(&world->outcome_text)));
    assert_int_equal(live.live_house.outcome.index, world->outcome.index);
    assert_true(span_equal(live.live_house.state, bytes_span(&world->state_text)));
    struct hash root = merkle_edge_root(&world->house->durable);
    struct merkle_path path = {.count = live.live_house.outcome_path.count};
    memcpy(path.nodes, live.live_house.outcome_path.at, path.count * sizeof path.nodes[0]);
    assert_true(merkle_included(
        world->outcome.index, world->house->durable.size, &world->outcome.leaf, &path, &root));
    from_keeper_line(world->house, LIVE_END);
}

// Not sealed: the order, if it is there, is only a leaf; all of it goes to the keeper.
static void starts_open(struct sign_world *world, bool with_order)
{
    const uint64_t wanted[] = {world->opened.index, world->decisions[0].index,
        world->decisions[1].index, world->order.index};
    house_starts_up(world->house);
    struct message live = from_keeper_line(world->house, LIVE_HOUSE);
    assert_int_equal(live.live_house.outcome.text.size, 0);
    struct hash root = merkle_edge_root(&world->house->durable);
    for (unsigned i = 0; i < (with_order ? 4 : 3); i++) {
        live = from_keeper_line(world->house, LIVE_RECORD);
        assert_int_equal(live.live_record.entry.index, wanted[i]);
        struct hash leaf = merkle_leaf(live.live_record.entry.text);
        struct merkle_path path = {.count = live.live_record.path.count};
        memcpy(path.nodes, live.live_record.path.at, path.count * sizeof path.nodes[0]);
        assert_true(
            merkle_included(wanted[i], world->house->durable.size, &leaf, &path, &root));
    }
    from_keeper_line(world->house, LIVE_END);
}

static void sign__r8_killed_before_the_order_is_durable_nothing_is_left(void **state)
{
    struct sign_world *world = *state;
    walk(world, -1);
    from_vault_line(world->house, VAULT_JUDGE);
    house_kill(world->house);
    starts_open(world, false);
    walk(world, STEP_OUTCOME_DURABLE);
    house_stop(world->house);
}

static void sign__r8_killed_before_the_seal_the_order_is_only_a_leaf(void **state)
{
    struct sign_world *world = *state;
    walk(world, STEP_ORDER_DURABLE);
    house_kill(world->house);
    starts_open(world, true);
    walk(world, STEP_OUTCOME_DURABLE); // ordered again, judged as if it came in now
    assert_int_equal(fate_of(world), FATE_SIGNED);
    house_stop(world->house);
}

// Sealed, and the ledger did not hear of it, or heard and lost the outcome.
static void redone(struct sign_world *world)
{
    house_starts_up(world->house);
    struct message redo = from_vault_line(world->house, VAULT_REDO);
    check_judge(world, &redo);
    is_silent(world->house, &world->house->keeper);
    vault_signs(world, redo.id);
    vault_checkpoints(world->house, world->outcome.index + 1);
    starts_with_outcome(world);
    assert_int_equal(fate_of(world), FATE_SIGNED);
    house_kill(world->house);
    house_starts_up(world->house); // once more is not once too many
    starts_with_outcome(world);
    house_stop(world->house);
}

static void sign__r8_killed_after_the_seal_it_is_carried_out_again(void **state)
{
    struct sign_world *world = *state;
    walk(world, STEP_ORDER_DURABLE);
    house_kill(world->house);
    vault_moves_seal(world->house, bytes_span(&world->state_text)); // sealed at that moment
    redone(world);
}

static void sign__r8_killed_before_the_outcome_is_durable_it_is_carried_out_again(void **state)
{
    struct sign_world *world = *state;
    walk(world, STEP_SEALED);
    is_silent(world->house, &world->house->keeper);
    house_kill(world->house);
    redone(world);
}

static void sign__r8_killed_in_the_redo_it_is_carried_out_again(void **state)
{
    struct sign_world *world = *state;
    walk(world, STEP_SEALED);
    house_kill(world->house);
    house_starts_up(world->house);
    from_vault_line(world->house, VAULT_REDO);
    house_kill(world->house);
    redone(world);
}

static void sign__r8_killed_after_the_outcome_it_is_not_carried_out_again(void **state)
{
    struct sign_world *world = *state;
    walk(world, STEP_OUTCOME);
    from_vault_line(world->house, VAULT_DURABLE); // so it is durable
    house_kill(world->house);
    house_starts_up(world->house);
    starts_with_outcome(world);
    assert_int_equal(fate_of(world), FATE_SIGNED);
    // R11: nor is it opened again.
    struct span blobs[] = {
        bytes_span(&world->request.text), bytes_span(&world->request.payload)};
    texts_opened(&world->request, 9, &world->house->text);
    uint64_t id = keeper_orders(world->house, blobs, 2);
    struct message told = from_keeper_line(world->house, ANSWER_ACCEPTED);
    assert_int_equal(told.id, id);
    assert_int_equal(told.accepted.fate, FATE_SIGNED);
    house_stop(world->house);
}

// The seal names what stands in the log, and is no order; or an order that stands nowhere.
static void sign__a_seal_over_no_order_of_this_folder_halts(void **state)
{
    for (int which = 0; which < 3; which++) {
        struct sign_world *world = *state;
        struct place place = world->decisions[1];
        place.index += which == 1 ? 90 : 0;
        place.leaf.byte[0] ^= which == 2;
        struct message judged = {.kind = VAULT_JUDGED};
        keeper_signs(world);
        judged.id = from_vault_line(world->house, VAULT_JUDGE).id;
        judged.judged.place = vault_leaf(world->house, bytes_span(&world->order_text));
        vault_state(world->house, &place, &world->state_text);
        judged.judged.state = bytes_span(&world->state_text);
        to_ledger(&world->house->vault, &judged);
        vault_checkpoints(world->house, judged.judged.place.index + 1);
        from_vault_line(world->house, VAULT_EXECUTE);
        house_kill(world->house);
        vault_moves_seal(world->house, bytes_span(&world->state_text));
        house_spawn(world->house, STAGE_SERVING);
        vault_says_seal(world->house, STAGE_SERVING);
        vault_resumes(world->house);
        house_ends(world->house, EXIT_HALT, "is not in the ledger folder");
        world_drop(state);
        assert_int_equal(world_make(state), 0);
    }
    house_stop(((struct sign_world *)*state)->house);
}

// Orders were logged here, and the token holds no seal: it is another token, or it was emptied.
static void found__halts_where_an_order_was_logged(void **state)
{
    struct sign_world *world = *state;
    walk(world, STEP_ORDER_DURABLE);
    house_kill(world->house);
    house_spawn(world->house, STAGE_FOUNDING);
    vault_says_seal(world->house, STAGE_FOUNDING);
    house_ends(world->house, EXIT_HALT, "nothing can be founded here");
    starts_open(world, true); // and nothing is lost
    house_stop(world->house);
}

#define test(name) cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(sign__r8_a_state_is_kept_until_the_next_seal_is_known),
        test(sign__r8_killed_before_the_order_is_durable_nothing_is_left),
        test(sign__r8_killed_before_the_seal_the_order_is_only_a_leaf),
        test(sign__r8_killed_after_the_seal_it_is_carried_out_again),
        test(sign__r8_killed_before_the_outcome_is_durable_it_is_carried_out_again),
        test(sign__r8_killed_in_the_redo_it_is_carried_out_again),
        test(sign__r8_killed_after_the_outcome_it_is_not_carried_out_again),
        test(sign__a_seal_over_no_order_of_this_folder_halts),
        test(found__halts_where_an_order_was_logged),
    };
    return cmocka_run_group_tests_name("ledger_kill", tests, NULL, NULL);
}
