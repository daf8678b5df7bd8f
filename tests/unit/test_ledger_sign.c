// An order on its way through the real ledger, and a kill -9 at each of its steps (R8).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/ledger_house.h"

#include <sqlite3.h>

#define SIGNATURE "the signature's bytes"

// An open request with two approvals, and the order for it.
struct world {
    struct ledger_house *house;
    struct texts_request request;
    struct place opened, decisions[2], order, outcome;
    struct bytes order_text, state_text, outcome_text;
    uint64_t id; // the keeper's
};

static int world_make(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    void *house;
    if (house_make(&house) != 0)
        return -1;
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

static int world_drop(void **state)
{
    struct world *world = *state;
    void *house = world->house;
    bytes_clear(&world->order_text);
    bytes_clear(&world->state_text);
    bytes_clear(&world->outcome_text);
    texts_request_clear(&world->request);
    free(world);
    return house_drop(&house);
}

// ---- the steps ----

static void keeper_signs(struct world *world)
{
    struct message order = {.kind = ORDER_SIGN, .id = world->id = ++world->house->serial};
    order.record.text = bytes_span(&world->order_text);
    to_ledger(&world->house->keeper, &order);
}

static void check_judge(struct world *world, const struct message *judge)
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
static void vault_judges(struct world *world)
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

static void vault_seals(struct world *world, uint64_t id)
{
    vault_moves_seal(world->house, bytes_span(&world->state_text));
    struct message sealed = {.kind = VAULT_SEALED, .id = id};
    sealed.sealed.number = world->house->number;
    sealed.sealed.state = hash_of(bytes_span(&world->state_text));
    to_ledger(&world->house->vault, &sealed);
}

static struct message make_outcome(struct world *world, uint64_t id)
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

static void vault_signs(struct world *world, uint64_t id)
{
    struct message outcome = make_outcome(world, id);
    world->outcome = vault_leaf(world->house, outcome.outcome.text);
    to_ledger(&world->house->vault, &outcome);
}

static void keeper_is_signed(struct world *world)
{
    struct message done = from_keeper_line(world->house, DONE_SIGN);
    assert_int_equal(done.id, world->id);
    assert_int_equal(done.signed_.place.index, world->outcome.index);
    assert_memory_equal(
        &done.signed_.place.leaf, &world->outcome.leaf, sizeof world->outcome.leaf);
    assert_true(span_equal(done.signed_.outcome, bytes_span(&world->outcome_text)));
    assert_true(span_equal(done.signed_.state, bytes_span(&world->state_text)));
}

// The vault's part of an order: until `step` has been done. The answers to
// 0 JUDGE, 1 DURABLE of the order, 2 EXECUTE: sealed, 3 signed, 4 DURABLE of the outcome.
enum { STEP_JUDGE, STEP_ORDER_DURABLE, STEP_SEALED, STEP_OUTCOME, STEP_OUTCOME_DURABLE };

static void walk(struct world *world, int last)
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

static struct message show(struct world *world)
{
    struct message ask = {.kind = ASK_SHOW};
    ask.request.request = world->request.id;
    return keeper_asks(world->house, &ask);
}

static enum fate fate_of(struct world *world)
{
    return show(world).dossier.fate;
}

// ---- what ends it ----

static void sign__r8_a_second_order_in_flight_ends_it(void **state)
{
    struct world *world = *state;
    for (int step = -1; step < STEP_OUTCOME_DURABLE; step++) {
        walk(world, step);
        keeper_signs(world);
        house_ends(world->house, EXIT_NEIGHBOUR, "a second order");
        if (step >= STEP_SEALED)
            break;
        house_starts_up(world->house);
        from_keeper_line(world->house, LIVE_HOUSE);
        while (wait_for(world->house, &world->house->keeper, LIVE_RECORD)
                   .live_record.entry.index != world->house->leaf_count - 1)
            ;
        from_keeper_line(world->house, LIVE_END);
    }
}

static void order_ends(struct world *world, const char *words)
{
    keeper_signs(world);
    house_ends(world->house, EXIT_NEIGHBOUR, words);
    house_starts_up(world->house);
    from_keeper_line(world->house, LIVE_HOUSE);
    for (unsigned i = 0; i < 3; i++)
        from_keeper_line(world->house, LIVE_RECORD);
    from_keeper_line(world->house, LIVE_END);
}

static void sign__an_order_over_what_is_not_there_ends_it(void **state)
{
    struct world *world = *state;
    struct place place = world->opened;
    uint64_t none[] = {99}, own[] = {world->decisions[0].index},
             other[] = {world->opened.index}, swapped[] = {world->decisions[1].index};
    struct texts_request unknown = texts_request_new(2);
    bytes_reset(&world->order_text);
    bytes_add_text(&world->order_text, "conclave.order/v1\n");
    order_ends(world, "does not read");
    texts_order(&unknown, &world->opened, own, 1, &world->order_text);
    order_ends(world, "a request that is not open");
    texts_order(&world->request, &world->opened, none, 1, &world->order_text);
    order_ends(world, "an approval that is not there");
    texts_order(&world->request, &world->opened, other, 1, &world->order_text);
    order_ends(world, "an approval that is not this request's");
    texts_order(&world->request, &world->opened, swapped, 1, &world->order_text);
    order_ends(world, "an approval that is not this request's");
    place.leaf.byte[0] ^= 1;
    texts_order(&world->request, &place, own, 1, &world->order_text);
    order_ends(world, "does not open its request");
    place.index = 99;
    texts_order(&world->request, &place, own, 1, &world->order_text);
    order_ends(world, "an opened record that is not there");
    texts_order(&world->request, &world->decisions[0], own, 1, &world->order_text);
    order_ends(world, "does not open its request");
    house_stop(world->house);
    texts_request_clear(&unknown);
}

// What the vault may not say, one wrong thing each.
static void wrong_judged(struct world *world, int which)
{
    struct message judged = {.kind = VAULT_JUDGED};
    keeper_signs(world);
    judged.id = from_vault_line(world->house, VAULT_JUDGE).id + (which == 0);
    judged.judged.place = vault_leaf(world->house, bytes_span(&world->order_text));
    judged.judged.place.index += which == 1;
    judged.judged.place.leaf.byte[5] ^= which == 2;
    judged.judged.state = span_text("a state");
    to_ledger(&world->house->vault, &judged);
}

static void wrong_sealed(struct world *world, int which)
{
    struct message sealed = {.kind = VAULT_SEALED};
    walk(world, STEP_ORDER_DURABLE);
    sealed.sealed.number = world->house->number + (which != 0);
    sealed.sealed.state = hash_of(bytes_span(&world->state_text));
    sealed.sealed.state.byte[0] ^= which == 1;
    to_ledger(&world->house->vault, &sealed);
}

static void wrong_outcome(struct world *world, int which)
{
    struct hash sealed;
    walk(world, STEP_SEALED);
    sealed = hash_of(bytes_span(&world->state_text));
    if (which == 0)
        world->order.index++;
    struct message outcome = make_outcome(world, 1);
    if (which == 1)
        outcome.outcome.signatures.at[0] = span_text("another signature");
    if (which == 2)
        outcome.outcome.signatures.count = 0;
    if (which == 3)
        outcome.outcome.place.index++;
    if (which == 4)
        outcome.outcome.text = span_text("conclave.outcome/v1\n");
    if (which == 5) {
        sealed.byte[0] ^= 1;
        texts_outcome(&world->request, &world->order, &sealed, span_text(SIGNATURE),
            &world->outcome_text);
        outcome.outcome.text = bytes_span(&world->outcome_text);
    }
    to_ledger(&world->house->vault, &outcome);
}

static void sign__a_vault_that_says_something_else_ends_it(void **state)
{
    static const struct {
        void (*wrong)(struct world *world, int which);
        int which;
        const char *words;
    } cases[] = {{wrong_judged, 0, "under another id"},
        {wrong_judged, 1, "not where the record"}, {wrong_judged, 2, "not where the record"},
        {wrong_sealed, 0, "over another state"}, {wrong_sealed, 1, "over another state"},
        {wrong_outcome, 0, "the outcome of another"}, {wrong_outcome, 1, "other signatures"},
        {wrong_outcome, 2, "other signatures"}, {wrong_outcome, 3, "not where the record"},
        {wrong_outcome, 4, "does not read"}, {wrong_outcome, 5, "the outcome of another"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world *world = *state;
        cases[i].wrong(world, cases[i].which);
        house_ends(world->house, EXIT_NEIGHBOUR, cases[i].words);
        world_drop(state);
        assert_int_equal(world_make(state), 0);
    }
    house_stop(((struct world *)*state)->house);
}

static void sign__answers_that_nobody_asked_for_end_it(void **state)
{
    static const struct {
        enum message_kind kind;
        const char *words;
    } cases[] = {{VAULT_JUDGED, "a judgement that nobody"},
        {VAULT_SEALED, "a seal that nobody"},
        {VAULT_APPENDED, "a record that it was not given"},
        {ANSWER_REFUSED, "a refusal of what it was not asked"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world *world = *state;
        struct message message = {.kind = cases[i].kind, .id = 4711};
        to_ledger(&world->house->vault, &message);
        house_ends(world->house, EXIT_NEIGHBOUR, cases[i].words);
        world_drop(state);
        assert_int_equal(world_make(state), 0);
    }
    struct world *world = *state;
    struct message outcome = make_outcome(world, 1);
    to_ledger(&world->house->vault, &outcome);
    house_ends(world->house, EXIT_NEIGHBOUR, "an outcome that nobody");
}

// ---- refusals ----

static void refuse_and_check(struct world *world, uint64_t id)
{
    struct message refused = {.kind = ANSWER_REFUSED, .id = id};
    refused.refused.rule = span_text("R6");
    refused.refused.sentence = span_text("its time has passed");
    to_ledger(&world->house->vault, &refused);
    struct message told = from_keeper_line(world->house, ANSWER_REFUSED);
    assert_int_equal(told.id, world->id);
    assert_true(span_is(told.refused.rule, "R6"));
    assert_int_equal(fate_of(world), FATE_OPEN);
}

static void sign__a_refused_judgement_is_told_and_another_order_may_come(void **state)
{
    struct world *world = *state;
    keeper_signs(world);
    refuse_and_check(world, from_vault_line(world->house, VAULT_JUDGE).id);
    walk(world, STEP_OUTCOME_DURABLE);
    assert_int_equal(fate_of(world), FATE_SIGNED);
    house_stop(world->house);
}

// Its time passed while the order became durable: it stands in the log, and nothing was sealed.
static void sign__r6_a_refused_execution_is_told_and_another_order_may_come(void **state)
{
    struct world *world = *state;
    keeper_signs(world);
    vault_judges(world);
    vault_checkpoints(world->house, world->order.index + 1);
    refuse_and_check(world, from_vault_line(world->house, VAULT_EXECUTE).id);
    texts_ended(&world->request, ENDING_REFUSED, &world->house->text);
    house_record(world->house, NULL, 0);
    assert_int_equal(fate_of(world), FATE_REFUSED);
    house_kill(world->house);
    house_start(world->house);
    house_stop(world->house);
}

// ---- the whole way ----

static void serves_meanwhile(struct world *world)
{
    struct message ask = {.kind = ASK_STATUS};
    keeper_asks(world->house, &ask);
    assert_int_equal(fate_of(world), FATE_OPEN);
}

static void sign__r8_logs_before_it_releases_and_serves_meanwhile(void **state)
{
    struct world *world = *state;
    struct ledger_house *house = world->house;
    keeper_signs(world);
    vault_judges(world);
    struct message durable = from_vault_line(house, VAULT_DURABLE);
    serves_meanwhile(world);
    vault_says_checkpoint(house, durable.id, durable.durable.size);
    struct message execute = from_vault_line(house, VAULT_EXECUTE);
    serves_meanwhile(world);
    texts_start(1, &house->text);
    house_record(house, NULL, 0); // a record in between
    vault_seals(world, execute.id);
    serves_meanwhile(world);
    vault_signs(world, execute.id);
    durable = from_vault_line(house, VAULT_DURABLE);
    assert_int_equal(durable.durable.size, world->outcome.index + 1);
    is_silent(house, &house->keeper);
    serves_meanwhile(world); // signed, and under no checkpoint: not shown
    vault_says_checkpoint(house, durable.id, durable.durable.size);
    keeper_is_signed(world);
    struct message dossier = show(world);
    assert_int_equal(dossier.dossier.fate, FATE_SIGNED);
    assert_int_equal(dossier.dossier.end.index, world->outcome.index);
    struct message ask = {.kind = ASK_BLOB};
    ask.blob.hash = hash_of(span_text(SIGNATURE));
    assert_true(span_is(keeper_asks(house, &ask).blob_is.bytes, SIGNATURE));
    house_stop(house);
}

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

// Until the next seal is known to stand, both states are kept; then one.
static void sign__r8_a_state_is_kept_until_the_next_seal_is_known(void **state)
{
    struct world *world = *state;
    walk(world, STEP_ORDER_DURABLE);
    house_kill(world->house);
    assert_int_equal(count_states(world->house), 2);
    house_starts_up(world->house);
    from_keeper_line(world->house, LIVE_HOUSE);
    for (unsigned i = 0; i < 4; i++)
        from_keeper_line(world->house, LIVE_RECORD);
    from_keeper_line(world->house, LIVE_END);
    walk(world, STEP_OUTCOME_DURABLE);
    house_stop(world->house);
    assert_int_equal(count_states(world->house), 1);
    house_start(world->house);
    house_stop(world->house);
}

// ---- kill -9 at each step ----

static void starts_with_outcome(struct world *world)
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
static void starts_open(struct world *world, bool with_order)
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
    struct world *world = *state;
    walk(world, -1);
    from_vault_line(world->house, VAULT_JUDGE);
    house_kill(world->house);
    starts_open(world, false);
    walk(world, STEP_OUTCOME_DURABLE);
    house_stop(world->house);
}

static void sign__r8_killed_before_the_seal_the_order_is_only_a_leaf(void **state)
{
    struct world *world = *state;
    walk(world, STEP_ORDER_DURABLE);
    house_kill(world->house);
    starts_open(world, true);
    walk(world, STEP_OUTCOME_DURABLE); // ordered again, judged as if it came in now
    assert_int_equal(fate_of(world), FATE_SIGNED);
    house_stop(world->house);
}

// Sealed, and the ledger did not hear of it, or heard and lost the outcome.
static void redone(struct world *world)
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
    struct world *world = *state;
    walk(world, STEP_ORDER_DURABLE);
    house_kill(world->house);
    vault_moves_seal(world->house, bytes_span(&world->state_text)); // sealed at that moment
    redone(world);
}

static void sign__r8_killed_before_the_outcome_is_durable_it_is_carried_out_again(void **state)
{
    struct world *world = *state;
    walk(world, STEP_SEALED);
    is_silent(world->house, &world->house->keeper);
    house_kill(world->house);
    redone(world);
}

static void sign__r8_killed_in_the_redo_it_is_carried_out_again(void **state)
{
    struct world *world = *state;
    walk(world, STEP_SEALED);
    house_kill(world->house);
    house_starts_up(world->house);
    from_vault_line(world->house, VAULT_REDO);
    house_kill(world->house);
    redone(world);
}

static void sign__r8_killed_after_the_outcome_it_is_not_carried_out_again(void **state)
{
    struct world *world = *state;
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

#define test(name) cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(sign__r8_a_second_order_in_flight_ends_it),
        test(sign__an_order_over_what_is_not_there_ends_it),
        test(sign__a_vault_that_says_something_else_ends_it),
        test(sign__answers_that_nobody_asked_for_end_it),
        test(sign__a_refused_judgement_is_told_and_another_order_may_come),
        test(sign__r6_a_refused_execution_is_told_and_another_order_may_come),
        test(sign__r8_logs_before_it_releases_and_serves_meanwhile),
        test(sign__r8_a_state_is_kept_until_the_next_seal_is_known),
        test(sign__r8_killed_before_the_order_is_durable_nothing_is_left),
        test(sign__r8_killed_before_the_seal_the_order_is_only_a_leaf),
        test(sign__r8_killed_after_the_seal_it_is_carried_out_again),
        test(sign__r8_killed_before_the_outcome_is_durable_it_is_carried_out_again),
        test(sign__r8_killed_in_the_redo_it_is_carried_out_again),
        test(sign__r8_killed_after_the_outcome_it_is_not_carried_out_again),
    };
    return cmocka_run_group_tests_name("ledger_sign", tests, NULL, NULL);
}
