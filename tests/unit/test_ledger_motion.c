// Motions through the real ledger: their evidence, and a charter that changes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/state.h"
#include "tests/unit/sign_walk.h"

#include <unistd.h>

static int keys_make(void **state)
{
    return world_make_motion(state, MOTION_KEYS, 1);
}

// The payload of a charter motion is the charter that its seal brings into force.
static void next_charter(struct sign_world *world)
{
    world->house->next_epoch = 2;
    bytes_reset(&world->house->next_charter);
    bytes_add(&world->house->next_charter, bytes_span(&world->request.payload));
}

static int charter_make(void **state)
{
    if (world_make_motion(state, MOTION_CHARTER, 2) != 0)
        return -1;
    next_charter(*state);
    return 0;
}

// ---- evidence ----

static void motion__an_opening_without_its_evidence_ends_it(void **state)
{
    struct sign_world *world = *state;
    for (unsigned missing = 0; missing < 2; missing++) {
        struct texts_request request = texts_motion_new(MOTION_TIME, missing + 1);
        struct span blobs[] = {bytes_span(&request.text), bytes_span(&request.payload),
            bytes_span(&request.evidence[1 - missing])};
        texts_opened(&request, 1, &world->house->text);
        keeper_orders(world->house, blobs, 3);
        house_ends(world->house, EXIT_NEIGHBOUR, "without the bytes that it names");
        house_starts_up(world->house);
        from_keeper_line(world->house, LIVE_HOUSE);
        for (unsigned i = 0; i < 3; i++)
            from_keeper_line(world->house, LIVE_RECORD);
        from_keeper_line(world->house, LIVE_END);
        texts_request_clear(&request);
    }
    house_stop(world->house);
}

static void motion__a_request_that_does_not_read_ends_it(void **state)
{
    struct sign_world *world = *state;
    struct texts_request request = texts_request_new(5);
    struct span blobs[] = {bytes_span(&request.text), bytes_span(&request.payload)};
    request.role = motion_role(MOTION_TIME);
    texts_opened(&request, 1, &world->house->text);
    keeper_orders(world->house, blobs, 2);
    house_ends(world->house, EXIT_NEIGHBOUR, "whose request does not read");
    texts_request_clear(&request);
}

// check_judge holds what the vault is given against the motion's own files, in their order; and a
// second opening comes without any bytes.
static void motion__is_judged_with_its_evidence(void **state)
{
    struct sign_world *world = *state;
    assert_int_equal(world->request.evidence_count, 2);
    walk(world, STEP_ORDER_DURABLE);
    house_kill(world->house);
    house_starts_up(world->house);
    from_keeper_line(world->house, LIVE_HOUSE);
    for (unsigned i = 0; i < 4; i++)
        from_keeper_line(world->house, LIVE_RECORD);
    from_keeper_line(world->house, LIVE_END);
    texts_opened(&world->request, 9, &world->house->text);
    house_record(world->house, NULL, 0);
    walk(world, STEP_ORDER_DURABLE);
    house_kill(world->house);
    vault_moves_seal(world->house, bytes_span(&world->state_text));
    house_starts_up(world->house);
    struct message redo = from_vault_line(world->house, VAULT_REDO);
    check_judge(world, &redo);
    vault_signs(world, redo.id);
    vault_checkpoints(world->house, world->outcome.index + 1);
    from_keeper_line(world->house, LIVE_HOUSE);
    from_keeper_line(world->house, LIVE_END);
    house_stop(world->house);
}

// keeper_is_signed holds that no charter comes with it.
static void motion__that_changes_no_charter_has_an_outcome_without_signatures(void **state)
{
    struct sign_world *world = *state;
    walk(world, STEP_OUTCOME_DURABLE);
    assert_false(world->new_charter);
    assert_int_equal(fate_of(world), FATE_SIGNED);
    house_stop(world->house);
}

// ---- a new charter ----

static void status_is(struct sign_world *world, uint64_t epoch, struct span charter)
{
    struct message ask = {.kind = ASK_STATUS};
    struct message status = keeper_asks(world->house, &ask);
    struct hash hash = hash_of(charter);
    assert_int_equal(status.status.epoch, epoch);
    assert_memory_equal(&status.status.charter, &hash, sizeof hash);
}

static void charter__r7_is_in_force_with_the_seal(void **state)
{
    struct sign_world *world = *state;
    struct bytes old = text_new();
    bytes_add(&old, bytes_span(&world->house->charter));
    walk(world, STEP_ORDER_DURABLE);
    status_is(world, 1, bytes_span(&old));
    vault_seals(world, 1);
    status_is(world, 2, bytes_span(&world->request.payload));
    vault_signs(world, 1);
    vault_checkpoints(world->house, world->outcome.index + 1);
    keeper_is_signed(world); // with its text
    assert_true(world->new_charter);
    status_is(world, 2, bytes_span(&world->request.payload));
    order_freezes(world, 1); // and what is signed next has none
    walk(world, STEP_OUTCOME_DURABLE);
    assert_false(world->new_charter);
    status_is(world, 2, bytes_span(&world->request.payload));
    house_stop(world->house);
    bytes_clear(&old);
}

static void charter__that_was_never_here_ends_it(void **state)
{
    struct sign_world *world = *state;
    bytes_add_text(&world->house->next_charter, "and a line that nobody approved\n");
    walk(world, STEP_ORDER_DURABLE);
    vault_seals(world, 1);
    house_ends(world->house, EXIT_NEIGHBOUR, "a charter that was never here");
}

static void charter__that_its_state_does_not_name_ends_it(void **state)
{
    for (int which = 0; which < 2; which++) {
        struct sign_world *world = *state;
        struct message sealed = {.kind = VAULT_SEALED, .id = 1};
        walk(world, STEP_ORDER_DURABLE);
        sealed.sealed.number = world->house->number + 1;
        sealed.sealed.state = hash_of(bytes_span(&world->state_text));
        sealed.sealed.epoch = which == 0 ? 1 : 2; // the old one with the new epoch, and so on
        sealed.sealed.charter = hash_of(bytes_span(&world->house->charter));
        if (which == 0)
            sealed.sealed.charter = world->request.payload_hash;
        to_ledger(&world->house->vault, &sealed);
        house_ends(world->house, EXIT_NEIGHBOUR, "whose charter is not its state's");
        world_drop(state);
        assert_int_equal(charter_make(state), 0);
    }
    house_stop(((struct sign_world *)*state)->house);
}

// ---- kill -9 at each step: the old charter or the new one, never neither ----

// What the keeper gets at start goes together, and is of this epoch.
static void starts_with(struct sign_world *world, uint64_t epoch, unsigned live)
{
    struct state *named = malloc(sizeof *named);
    assert_non_null(named);
    struct message house = from_keeper_line(world->house, LIVE_HOUSE);
    struct hash charter = hash_of(house.live_house.charter);
    assert_int_equal(state_read(house.live_house.state, named), OK);
    assert_int_equal(named->epoch, epoch);
    assert_memory_equal(&named->charter, &charter, sizeof charter);
    assert_int_equal(hash_equal(&charter, &world->request.payload_hash), epoch == 2);
    free(named);
    for (unsigned i = 0; i < live; i++)
        from_keeper_line(world->house, LIVE_RECORD);
    from_keeper_line(world->house, LIVE_END);
    status_is(world, epoch, bytes_span(&world->house->charter));
}

static void charter__r7_r8_killed_before_the_seal_it_is_the_old_one(void **state)
{
    struct sign_world *world = *state;
    for (int step = -1; step <= STEP_ORDER_DURABLE; step++) {
        walk(world, step);
        if (step < STEP_ORDER_DURABLE)
            from_vault_line(world->house, step < 0 ? VAULT_JUDGE : VAULT_DURABLE);
        house_kill(world->house);
        house_starts_up(world->house);
        // The order stands in the log, if it became durable.
        starts_with(world, 1, (unsigned)(world->house->leaf_count - world->opened.index));
        next_charter(world);
    }
    walk(world, STEP_OUTCOME_DURABLE);
    house_stop(world->house);
}

static void is_redone(struct sign_world *world)
{
    house_starts_up(world->house);
    struct message redo = from_vault_line(world->house, VAULT_REDO);
    vault_signs(world, redo.id);
    vault_checkpoints(world->house, world->outcome.index + 1);
    starts_with(world, 2, 0);
    house_kill(world->house);
    house_starts_up(world->house);
    starts_with(world, 2, 0);
    house_stop(world->house);
}

static void charter__r7_r8_killed_behind_the_seal_it_is_the_new_one(void **state)
{
    for (int heard = 0; heard < 2; heard++) {
        struct sign_world *world = *state;
        walk(world, heard ? STEP_SEALED : STEP_ORDER_DURABLE);
        if (heard)
            is_silent(world->house, &world->house->keeper);
        house_kill(world->house);
        if (!heard)
            vault_moves_seal(world->house, bytes_span(&world->state_text));
        is_redone(world);
        world_drop(state);
        assert_int_equal(charter_make(state), 0);
    }
    house_stop(((struct sign_world *)*state)->house);
}

static void charter__r7_r8_killed_behind_the_outcome_it_is_the_new_one(void **state)
{
    struct sign_world *world = *state;
    walk(world, STEP_OUTCOME);
    from_vault_line(world->house, VAULT_DURABLE);
    house_kill(world->house);
    house_starts_up(world->house);
    starts_with(world, 2, 0);
    assert_int_equal(fate_of(world), FATE_SIGNED);
    house_stop(world->house);
}

#define keys(name)    cmocka_unit_test_setup_teardown(name, keys_make, world_drop)
#define charter(name) cmocka_unit_test_setup_teardown(name, charter_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        keys(motion__an_opening_without_its_evidence_ends_it),
        keys(motion__a_request_that_does_not_read_ends_it),
        keys(motion__is_judged_with_its_evidence),
        keys(motion__that_changes_no_charter_has_an_outcome_without_signatures),
        charter(charter__r7_is_in_force_with_the_seal),
        charter(charter__that_was_never_here_ends_it),
        charter(charter__that_its_state_does_not_name_ends_it),
        charter(charter__r7_r8_killed_before_the_seal_it_is_the_old_one),
        charter(charter__r7_r8_killed_behind_the_seal_it_is_the_new_one),
        charter(charter__r7_r8_killed_behind_the_outcome_it_is_the_new_one),
    };
    return cmocka_run_group_tests_name("ledger_motion", tests, NULL, NULL);
}
