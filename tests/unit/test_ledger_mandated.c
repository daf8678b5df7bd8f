// What keeper and vault may not say about an order under mandates, and what is refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/ledger_mandates.h"

// Nothing of what was wrong is on the disk: the house goes on with another order.
static void goes_on(struct mandate_world *world)
{
    house_start(world->house);
    world->state = hash_of(bytes_span(&world->house->state));
    mandates_write(world, 2, 1, 100);
}

// Each wrong thing in a house that nothing happened in.
typedef void wrong(struct mandate_world *world);
struct wrong_case {
    wrong *say;
    const char *words;
    bool spoils; // what went before it was right, and stays
};

static void each_ends_it(void **state, const struct wrong_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct mandate_world *world = *state;
        cases[i].say(world);
        house_ends(world->house, EXIT_NEIGHBOUR, cases[i].words);
        if (!cases[i].spoils) {
            goes_on(world);
            continue;
        }
        mandates_drop(state);
        assert_int_equal(mandates_make(state), 0);
    }
    house_stop(((struct mandate_world *)*state)->house);
}

// ---- the keeper ----

static void orders_what_does_not_read(struct mandate_world *world)
{
    bytes_reset(&world->order_text);
    bytes_add_text(&world->order_text, "conclave.mandated/v1\n");
    keeper_mandates(world);
}

static void orders_without_a_request(struct mandate_world *world)
{
    world->blobs[0] = span_text("another text");
    keeper_mandates(world);
}

static void orders_what_is_no_request(struct mandate_world *world)
{
    struct mandated order;
    assert_int_equal(mandated_read(bytes_span(&world->order_text), &order), OK);
    order.request = world->request.items[0].payload;
    bytes_reset(&world->order_text);
    mandated_write(&order, &world->order_text);
    keeper_mandates(world);
}

static void orders_without_a_payload(struct mandate_world *world)
{
    world->blobs[2] = world->blobs[--world->blob_count];
    keeper_mandates(world);
}

static void orders_without_its_evidence(struct mandate_world *world)
{
    world->blob_count--;
    keeper_mandates(world);
}

static void orders_with_more(struct mandate_world *world)
{
    world->blobs[world->blob_count++] = span_text("what nobody named");
    keeper_mandates(world);
}

static void orders_with_the_same_twice(struct mandate_world *world)
{
    world->blobs[world->blob_count++] = bytes_span(&world->text);
    keeper_mandates(world);
}

static void orders_twice(struct mandate_world *world)
{
    keeper_mandates(world);
    vault_is_asked(world);
    keeper_mandates(world);
}

static void orders_for_a_quorum_too(struct mandate_world *world)
{
    struct bytes statement = text_new();
    struct message order = {.kind = ORDER_SIGN, .id = 99};
    keeper_mandates(world);
    vault_is_asked(world);
    texts_frozen(1, &statement, &world->house->text);
    order.record.text = bytes_span(&world->house->text);
    order.record.blobs.at[order.record.blobs.count++] = bytes_span(&statement);
    to_ledger(&world->house->keeper, &order);
    bytes_clear(&statement);
}

static void orders_it_as_a_quorum(struct mandate_world *world)
{
    struct message order = {.kind = ORDER_SIGN, .id = 99};
    order.record.text = bytes_span(&world->order_text);
    to_ledger(&world->house->keeper, &order);
}

static void records_it(struct mandate_world *world)
{
    struct message order = {.kind = ORDER_RECORD, .id = 99};
    order.record.text = bytes_span(&world->order_text);
    to_ledger(&world->house->keeper, &order);
}

static void writes_opening(struct mandate_world *world)
{
    struct texts_request request = {.id = world->id,
        .payload_hash = world->request.items[0].payload,
        .role = "director/targets",
        .version = 1};
    texts_opened(&request, 1, &world->house->text);
}

static void opens_it_first(struct mandate_world *world)
{
    writes_opening(world);
    house_record(world->house, world->blobs, world->blob_count);
    keeper_mandates(world);
}

static void is_opening_it(struct mandate_world *world)
{
    writes_opening(world);
    keeper_orders(world->house, world->blobs, world->blob_count);
    keeper_mandates(world);
}

static void opens_it_meanwhile(struct mandate_world *world)
{
    keeper_mandates(world);
    writes_opening(world);
    keeper_orders(world->house, world->blobs, world->blob_count);
}

static void mandated__what_a_keeper_may_not_order_ends_it(void **state)
{
    static const struct wrong_case cases[] = {
        {orders_what_does_not_read, "that does not read", false},
        {orders_without_a_request, "without its request", false},
        {orders_what_is_no_request, "without its request", false},
        {orders_without_a_payload, "without the bytes that it names", false},
        {orders_without_its_evidence, "without the bytes that it names", false},
        {orders_with_more, "with bytes that nobody named", false},
        {orders_with_the_same_twice, "with the same bytes twice", false},
        {orders_twice, "a second order while one is in flight", false},
        {orders_for_a_quorum_too, "a second order while one is in flight", false},
        {orders_it_as_a_quorum, "an order that does not read", false},
        {records_it, "a record of a kind that it may not write", false},
        {opens_it_first, "for a request that was opened", true},
        {is_opening_it, "for a request that was opened", false},
        {opens_it_meanwhile, "an opening of what is being signed", false}};
    each_ends_it(state, cases, sizeof cases / sizeof cases[0]);
}

// The vault signed it: the keeper said that the vehicle had nothing as high. Nothing is released.
static void signs_again(struct mandate_world *world, uint64_t version, size_t size)
{
    mandates_write(world, 2, 5, 100);
    mandates_sign(world);
    mandates_write(world, 2, version, size);
    keeper_mandates(world);
    vault_is_asked(world);
    vault_signs_all(world);
}

static void lets_a_version_fall(struct mandate_world *world)
{
    signs_again(world, 4, 100);
}

static void forks_a_version(struct mandate_world *world)
{
    signs_again(world, 5, 101);
}

static void mandated__r12_a_version_that_does_not_rise_is_not_released(void **state)
{
    static const struct wrong_case cases[] = {
        {lets_a_version_fall, "below what was signed last", true},
        {forks_a_version, "below what was signed last", true}};
    each_ends_it(state, cases, 2);
    struct mandate_world *world = *state;
    house_start(world->house);
    signs_again(world, 5, 100); // the same bytes once more, for another request
    vault_checkpoints(world->house, world->outcome.index + 1);
    keeper_hears(world, false);
    house_stop(world->house);
}

// ---- the vault: numbers ----

static void asked(struct mandate_world *world)
{
    keeper_mandates(world);
    vault_is_asked(world);
}

static void says_reserve(struct mandate_world *world, uint64_t id)
{
    struct message reserve = {.kind = VAULT_RESERVE, .id = id};
    reserve.judged.state = bytes_span(&world->state_text);
    to_ledger(&world->house->vault, &reserve);
}

static void reserves_unasked(struct mandate_world *world)
{
    mandates_write_state(world, NULL);
    says_reserve(world, 1);
}

static void reserves_under_another_id(struct mandate_world *world)
{
    asked(world);
    mandates_write_state(world, NULL);
    says_reserve(world, world->id_asked + 1);
}

static void reserves_twice(struct mandate_world *world)
{
    asked(world);
    vault_seals_numbers(world);
    vault_is_asked(world);
    mandates_write_state(world, NULL);
    says_reserve(world, world->id_asked);
}

static void seals_reservation(struct mandate_world *world)
{
    says_reserve(world, world->id_asked);
    vault_checkpoints(world->house, world->house->durable.size);
    uint64_t id = from_vault_line(world->house, VAULT_EXECUTE).id;
    vault_moves_seal(world->house, bytes_span(&world->state_text));
    vault_says_sealed(world->house, id);
}

static void reserves_with_an_order(struct mandate_world *world)
{
    const struct place order = {1, world->house->leaves[1]};
    asked(world);
    mandates_write_state(world, &order);
    seals_reservation(world);
}

static void reserves_under_another_charter(struct mandate_world *world)
{
    struct ledger_house *house = world->house;
    asked(world);
    house->next_epoch = 2;
    bytes_add_text(&house->next_charter, "another charter\n");
    vault_state(house, NULL, &world->state_text);
    seals_reservation(world);
}

static void judges_it_instead(struct mandate_world *world)
{
    struct message judged = {.kind = VAULT_JUDGED};
    asked(world);
    judged.id = world->id_asked;
    judged.judged.state = span_text("a state");
    to_ledger(&world->house->vault, &judged);
}

static void signs_before_the_seal(struct mandate_world *world)
{
    asked(world);
    vault_reserves(world);
    vault_signs_all(world);
}

static void mandated__a_vault_that_reserves_wrongly_ends_it(void **state)
{
    static const struct wrong_case cases[] = {
        {reserves_unasked, "a reservation that nobody asked for", false},
        {reserves_under_another_id, "a reservation that nobody asked for", false},
        {reserves_twice, "a second reservation for one order", false},
        {reserves_with_an_order, "a reservation that does more", true},
        {reserves_under_another_charter, "a reservation that does more", true},
        {judges_it_instead, "a judgement that nobody asked for", false},
        {signs_before_the_seal, "an outcome that nobody asked for", false}};
    each_ends_it(state, cases, sizeof cases / sizeof cases[0]);
}

// ---- the vault: outcomes ----

// Changes what the outcome says, by its number.
static void change_outcome(struct outcome *outcome, int which)
{
    switch (which) {
    case 0:
        outcome->request.byte[0] ^= 1;
        break;
    case 1:
        outcome->order.index++;
        break;
    case 2:
        outcome->order.leaf.byte[0] ^= 1;
        break;
    case 3:
        outcome->state.byte[0] ^= 1;
        break;
    case 4:
        outcome->adds = true;
        outcome->added_to = outcome->order;
        break;
    case 5:
        outcome->missing = 1;
        break;
    case 6:
        outcome->signature_count--;
        break;
    case 7:
        outcome->signatures[1].version++;
        break;
    case 8:
        outcome->signatures[0].role[0] = 'x';
        break;
    case 9:
        outcome->signatures[2] = outcome->signatures[1];
        outcome->signatures[2].role[0] = 'x';
        outcome->signature_count++;
        break;
    case 10: {
        const struct outcome_signature first = outcome->signatures[0];
        outcome->signatures[0] = outcome->signatures[1];
        outcome->signatures[1] = first;
        break;
    }
    default:
        outcome->signature_count = 0;
        snprintf(outcome->done, sizeof outcome->done, "%s", OUTCOME_FREEZE);
        outcome->done_number = 1;
    }
}

static void mandated__the_outcome_of_something_else_ends_it(void **state)
{
    static const char *const words[] = {"of another order", "of another order",
        "of another order", "of another order", "of another order", "of another order",
        "leaves out", "leaves out", "leaves out", "with more", "leaves out", "leaves out"};
    static struct outcome outcome;
    for (int which = 0; which < (int)(sizeof words / sizeof words[0]); which++) {
        struct mandate_world *world = *state;
        asked(world);
        struct message message = mandates_outcome(world);
        assert_int_equal(outcome_read(message.outcome.text, &outcome), OK);
        change_outcome(&outcome, which);
        bytes_reset(&world->outcome_text);
        outcome_write(&outcome, &world->outcome_text);
        message.outcome.text = bytes_span(&world->outcome_text);
        message.outcome.place.leaf = merkle_leaf(message.outcome.text);
        to_ledger(&world->house->vault, &message);
        house_ends(world->house, EXIT_NEIGHBOUR, words[which]);
        goes_on(world);
    }
    house_stop(((struct mandate_world *)*state)->house);
}

// The two records stand side by side, behind everything else.
static void change_message(struct message *message, int which)
{
    switch (which) {
    case 0:
        message->outcome.order.index++;
        break;
    case 1:
        message->outcome.place.index++;
        break;
    case 2:
        message->outcome.place.leaf.byte[3] ^= 1;
        break;
    case 3:
        message->outcome.signatures.count--;
        break;
    case 4:
        message->outcome.signatures.at[1] = span_text("other bytes");
        break;
    case 5:
        message->id++;
        break;
    default:
        message->outcome.text = span_text("conclave.outcome/v1\n");
    }
}

static void mandated__an_outcome_at_another_place_ends_it(void **state)
{
    static const char *const words[] = {"of another order", "not where the record",
        "not where the record", "other signatures", "other signatures", "that nobody asked for",
        "does not read"};
    for (int which = 0; which < (int)(sizeof words / sizeof words[0]); which++) {
        struct mandate_world *world = *state;
        asked(world);
        struct message message = mandates_outcome(world);
        change_message(&message, which);
        to_ledger(&world->house->vault, &message);
        house_ends(world->house, EXIT_NEIGHBOUR, words[which]);
        goes_on(world);
    }
    house_stop(((struct mandate_world *)*state)->house);
}

// Both say where they stand, and a record came between that the vault did not tell of.
static void mandated__records_that_are_not_side_by_side_end_it(void **state)
{
    struct mandate_world *world = *state;
    asked(world);
    texts_start(1, &world->house->text);
    keeper_orders(world->house, NULL, 0);
    struct message append = from_vault_line(world->house, VAULT_APPEND);
    struct message message = mandates_outcome(world);
    vault_leaf(world->house, bytes_span(&world->order_text));
    vault_appended(world->house, append.id, append.replay.text);
    to_ledger(&world->house->vault, &message);
    house_ends(world->house, EXIT_NEIGHBOUR, "not where the record stands");
}

#define test(name) cmocka_unit_test_setup_teardown(name, mandates_make, mandates_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(mandated__what_a_keeper_may_not_order_ends_it),
        test(mandated__r12_a_version_that_does_not_rise_is_not_released),
        test(mandated__a_vault_that_reserves_wrongly_ends_it),
        test(mandated__the_outcome_of_something_else_ends_it),
        test(mandated__an_outcome_at_another_place_ends_it),
        test(mandated__records_that_are_not_side_by_side_end_it),
    };
    return cmocka_run_group_tests_name("ledger_mandated", tests, NULL, NULL);
}
