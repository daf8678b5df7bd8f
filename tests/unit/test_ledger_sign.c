// An order on its way through the real ledger, and everything that may not happen to it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/sign_walk.h"

// ---- what ends it ----

static void sign__r8_a_second_order_in_flight_ends_it(void **state)
{
    struct sign_world *world = *state;
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

static void order_ends(struct sign_world *world, const char *words)
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
    struct sign_world *world = *state;
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

// Only a freeze brings its statement with it.
static void sign__an_order_with_bytes_beside_it_ends_it(void **state)
{
    struct sign_world *world = *state;
    struct message order = {.kind = ORDER_SIGN, .id = 1};
    order.record.text = bytes_span(&world->order_text);
    order.record.blobs.at[order.record.blobs.count++] = span_text("a statement");
    to_ledger(&world->house->keeper, &order);
    house_ends(world->house, EXIT_NEIGHBOUR, "bytes beside it");
}

// What the vault may not say, one wrong thing each.
static void wrong_judged(struct sign_world *world, int which)
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

static void wrong_sealed(struct sign_world *world, int which)
{
    struct message sealed = {.kind = VAULT_SEALED};
    walk(world, STEP_ORDER_DURABLE);
    sealed.sealed.number = world->house->number + (which != 0);
    sealed.sealed.epoch = world->house->epoch + (which == 2);
    sealed.sealed.charter = hash_of(bytes_span(&world->house->charter));
    sealed.sealed.charter.byte[0] ^= which == 3;
    sealed.sealed.state = hash_of(bytes_span(&world->state_text));
    sealed.sealed.state.byte[0] ^= which == 1;
    to_ledger(&world->house->vault, &sealed);
}

static void wrong_outcome(struct sign_world *world, int which)
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
        void (*wrong)(struct sign_world *world, int which);
        int which;
        const char *words;
    } cases[] = {{wrong_judged, 0, "under another id"},
        {wrong_judged, 1, "not where the record"}, {wrong_judged, 2, "not where the record"},
        {wrong_sealed, 0, "over another state"}, {wrong_sealed, 1, "over another state"},
        {wrong_sealed, 2, "whose charter is not its state's"},
        {wrong_sealed, 3, "whose charter is not its state's"},
        {wrong_outcome, 0, "the outcome of another"}, {wrong_outcome, 1, "other signatures"},
        {wrong_outcome, 2, "other signatures"}, {wrong_outcome, 3, "not where the record"},
        {wrong_outcome, 4, "does not read"}, {wrong_outcome, 5, "the outcome of another"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sign_world *world = *state;
        cases[i].wrong(world, cases[i].which);
        house_ends(world->house, EXIT_NEIGHBOUR, cases[i].words);
        world_drop(state);
        assert_int_equal(world_make(state), 0);
    }
    house_stop(((struct sign_world *)*state)->house);
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
        struct sign_world *world = *state;
        struct message message = {.kind = cases[i].kind, .id = 4711};
        to_ledger(&world->house->vault, &message);
        house_ends(world->house, EXIT_NEIGHBOUR, cases[i].words);
        world_drop(state);
        assert_int_equal(world_make(state), 0);
    }
    struct sign_world *world = *state;
    struct message outcome = make_outcome(world, 1);
    to_ledger(&world->house->vault, &outcome);
    house_ends(world->house, EXIT_NEIGHBOUR, "an outcome that nobody");
}

// ---- refusals ----

static void refuse_and_check(struct sign_world *world, uint64_t id)
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
    struct sign_world *world = *state;
    keeper_signs(world);
    refuse_and_check(world, from_vault_line(world->house, VAULT_JUDGE).id);
    walk(world, STEP_OUTCOME_DURABLE);
    assert_int_equal(fate_of(world), FATE_SIGNED);
    house_stop(world->house);
}

// Its time passed while the order became durable: it stands in the log, and nothing was sealed.
static void sign__r6_a_refused_execution_is_told_and_another_order_may_come(void **state)
{
    struct sign_world *world = *state;
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

static void serves_meanwhile(struct sign_world *world)
{
    struct message ask = {.kind = ASK_STATUS};
    keeper_asks(world->house, &ask);
    assert_int_equal(fate_of(world), FATE_OPEN);
}

static void sign__r8_logs_before_it_releases_and_serves_meanwhile(void **state)
{
    struct sign_world *world = *state;
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

// It ends nothing: the order goes on.
static void sign__r17_an_approval_that_is_refused_meanwhile_is_a_record(void **state)
{
    struct sign_world *world = *state;
    walk(world, STEP_ORDER_DURABLE);
    texts_refused(&world->request.id, &world->house->text);
    house_record(world->house, NULL, 0);
    vault_seals(world, 1);
    vault_signs(world, 1);
    vault_checkpoints(world->house, world->outcome.index + 1);
    keeper_is_signed(world);
    assert_int_equal(fate_of(world), FATE_SIGNED);
    house_stop(world->house);
}

// Whoever was told of an outcome asks for the state that it names a moment later.
static void can_be_asked_for(struct sign_world *world, const struct bytes *told)
{
    struct message ask = {.kind = ASK_BLOB};
    ask.blob.hash = hash_of(bytes_span(told));
    struct message blob = keeper_asks(world->house, &ask);
    assert_true(span_equal(blob.blob_is.bytes, bytes_span(told)));
}

static void sign__the_state_of_an_outcome_that_is_shown_can_be_asked_for(void **state)
{
    struct sign_world *world = *state;
    struct ledger_house *house = world->house;
    struct bytes told = text_new();
    walk(world, STEP_OUTCOME_DURABLE);
    for (unsigned i = 1; i <= 2; i++) {
        bytes_reset(&told);
        bytes_add(&told, bytes_span(&world->state_text));
        order_freezes(world, i);
        walk(world, STEP_ORDER_DURABLE);
        can_be_asked_for(world, &told);
        vault_seals(world, 1);
        can_be_asked_for(world, &told);
        vault_signs(world, 1);
        struct message durable = from_vault_line(house, VAULT_DURABLE);
        can_be_asked_for(world, &told); // the next outcome is under no checkpoint
        vault_says_checkpoint(house, durable.id, durable.durable.size);
        keeper_is_signed(world);
        can_be_asked_for(world, &world->state_text);
    }
    house_stop(house);
    bytes_clear(&told);
}

#define test(name) cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(sign__r8_a_second_order_in_flight_ends_it),
        test(sign__an_order_over_what_is_not_there_ends_it),
        test(sign__an_order_with_bytes_beside_it_ends_it),
        test(sign__a_vault_that_says_something_else_ends_it),
        test(sign__answers_that_nobody_asked_for_end_it),
        test(sign__a_refused_judgement_is_told_and_another_order_may_come),
        test(sign__r6_a_refused_execution_is_told_and_another_order_may_come),
        test(sign__r8_logs_before_it_releases_and_serves_meanwhile),
        test(sign__r17_an_approval_that_is_refused_meanwhile_is_a_record),
        test(sign__the_state_of_an_outcome_that_is_shown_can_be_asked_for),
    };
    return cmocka_run_group_tests_name("ledger_sign", tests, NULL, NULL);
}
