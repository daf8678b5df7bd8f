// Orders and outcomes: what the vault is asked, and what it says it did.
#include "proto/message.h"
#include "proto/record.h"
#include "tests/unit/samples.h"

static void made_up_order(struct order *order)
{
    *order = (struct order){
        .time = december,
        .request = made_up_hash(1),
        .opened = {.index = 1834, .leaf = made_up_hash(2)},
        .approvals = {{1836, made_up_hash(3)}, {1837, made_up_hash(4)},
            {1839, made_up_hash(5)}},
        .approval_count = 3,
    };
}

static struct outcome_signature made_up_signature(
    const char *role, uint64_t version, uint8_t key)
{
    struct outcome_signature one = {.version = version, .signature = made_up_hash(key)};
    assert_true(strlen(role) <= LIMIT_ROLE_NAME);
    memcpy(one.role, role, strlen(role) + 1);
    one.key.byte[0] = key;
    return one;
}

static void made_up_outcome(struct outcome *outcome)
{
    *outcome = (struct outcome){
        .time = december,
        .request = made_up_hash(1),
        .order = {.index = 1840, .leaf = made_up_hash(2)},
        .state = made_up_hash(3),
        .signatures = {made_up_signature("image/targets", 12, 7),
            made_up_signature("image/targets", 12, 8), made_up_signature("image/root", 2, 1)},
        .signature_count = 3,
    };
}

static bool order_again(struct span text, struct bytes *out)
{
    struct order order;
    if (order_read(text, &order) != OK)
        return false;
    order_write(&order, out);
    return true;
}

static bool outcome_again(struct span text, struct bytes *out)
{
    struct outcome outcome;
    if (outcome_read(text, &outcome) != OK)
        return false;
    outcome_write(&outcome, out);
    return true;
}

static void order__one_byte_more_less_or_other_is_refused_or_stands_as_itself(void **state)
{
    (void)state;
    struct order order;
    struct bytes text;
    struct hash request;
    bytes_init(&text, LIMIT_RECORD);
    made_up_order(&order);
    order_write(&order, &text);
    check_every_mutation(order_again, bytes_span(&text));
    assert_int_equal(record_kind(bytes_span(&text)), RECORD_ORDER);
    assert_true(record_request(bytes_span(&text), &request));
    assert_true(hash_equal(&request, &order.request));
    bytes_clear(&text);
}

static void outcome__one_byte_more_less_or_other_is_refused_or_stands_as_itself(void **state)
{
    (void)state;
    struct outcome outcome;
    struct bytes text;
    struct hash request;
    bytes_init(&text, LIMIT_RECORD);
    made_up_outcome(&outcome);
    outcome_write(&outcome, &text);
    check_every_mutation(outcome_again, bytes_span(&text));
    assert_int_equal(record_kind(bytes_span(&text)), RECORD_OUTCOME);
    assert_true(record_request(bytes_span(&text), &request));
    assert_true(hash_equal(&request, &outcome.request));
    bytes_clear(&text);
}

// ---- order ----

static enum err order_after(void (*change)(struct order *order))
{
    struct order order;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    made_up_order(&order);
    change(&order);
    order_write(&order, &text);
    assert_int_equal(bytes_finish(&text), OK);
    enum err err = order_read(bytes_span(&text), &order);
    bytes_clear(&text);
    return err;
}

static void order_as_it_is(struct order *order)
{
    (void)order;
}
static void no_approval(struct order *order)
{
    order->approval_count = 0;
}
static void approver_twice(struct order *order)
{
    order->approvals[2].approver = order->approvals[0].approver;
}
static void approval_twice(struct order *order)
{
    order->approvals[1].index = order->approvals[0].index;
}
static void approvals_descend(struct order *order)
{
    order->approvals[1].index = order->approvals[0].index - 1;
}
static void approver_none(struct order *order)
{
    order->approvals[1].approver = (struct hash){0};
}

static void order__r5_names_each_approver_once_and_in_order(void **state)
{
    (void)state;
    assert_int_equal(order_after(no_approval), ERR_FORM);
    assert_int_equal(order_after(approver_twice), ERR_FORM);
    assert_int_equal(order_after(approval_twice), ERR_FORM);
    assert_int_equal(order_after(approvals_descend), ERR_FORM);
    assert_int_equal(order_after(approver_none), ERR_FORM);
    assert_int_equal(order_after(order_as_it_is), OK);
}

static void order__r20_holds_every_administrator_and_not_one_more(void **state)
{
    (void)state;
    struct order order;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    made_up_order(&order);
    order.approval_count = LIMIT_ADMINISTRATORS;
    for (unsigned i = 0; i < LIMIT_ADMINISTRATORS; i++)
        order.approvals[i] =
            (struct order_approval){LIMIT_INDEX - LIMIT_ADMINISTRATORS + i, made_up_hash(i)};
    order_write(&order, &text);
    assert_int_equal(order_read(bytes_span(&text), &order), OK);
    assert_int_equal(order.approval_count, LIMIT_ADMINISTRATORS);
    struct hash more = made_up_hash(999);
    text_name(&text, "approval");
    text_number(&text, LIMIT_INDEX);
    text_hash(&text, &more);
    text_end(&text);
    assert_int_equal(order_read(bytes_span(&text), &order), ERR_FORM);
    bytes_clear(&text);
}

// ---- outcome ----

static enum err outcome_after(void (*change)(struct outcome *outcome))
{
    struct outcome outcome;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    made_up_outcome(&outcome);
    change(&outcome);
    outcome_write(&outcome, &text);
    assert_int_equal(bytes_finish(&text), OK);
    enum err err = outcome_read(bytes_span(&text), &outcome);
    bytes_clear(&text);
    return err;
}

static void outcome_as_it_is(struct outcome *outcome)
{
    (void)outcome;
}
static void no_signature(struct outcome *outcome)
{
    outcome->signature_count = 0;
}
static void key_twice(struct outcome *outcome)
{
    outcome->signatures[1].key = outcome->signatures[0].key;
}
static void keys_descend(struct outcome *outcome)
{
    outcome->signatures[0].key.byte[0] = 9;
}
static void two_versions(struct outcome *outcome)
{
    outcome->signatures[1].version = 13;
}
static void item_apart(struct outcome *outcome)
{
    outcome->signatures[3] = made_up_signature("image/targets", 12, 9);
    outcome->signature_count = 4;
}
static void role_of_one_name(struct outcome *outcome)
{
    outcome->signatures[2] = made_up_signature("root", 2, 1);
}
static void state_none(struct outcome *outcome)
{
    outcome->state = (struct hash){0};
}

static void outcome__lists_each_item_once_with_ascending_keys(void **state)
{
    (void)state;
    assert_int_equal(outcome_after(no_signature), ERR_FORM);
    assert_int_equal(outcome_after(key_twice), ERR_FORM);
    assert_int_equal(outcome_after(keys_descend), ERR_FORM);
    assert_int_equal(outcome_after(two_versions), ERR_FORM);
    assert_int_equal(outcome_after(item_apart), ERR_FORM);
    assert_int_equal(outcome_after(role_of_one_name), ERR_FORM);
    assert_int_equal(outcome_after(state_none), ERR_FORM);
    assert_int_equal(outcome_after(outcome_as_it_is), OK);
}

static void outcome__r20_with_the_most_signatures_and_the_longest_names_fits_a_leaf(
    void **state)
{
    (void)state;
    static struct outcome outcome;
    struct bytes text;
    char role[LIMIT_ROLE_NAME + 1];
    bytes_init(&text, LIMIT_RECORD + 1024);
    made_up_outcome(&outcome);
    outcome.signature_count = LIMIT_SIGNATURES;
    for (unsigned i = 0; i < LIMIT_SIGNATURES; i++) {
        snprintf(role, sizeof role, "%050u/%050u", i, i);
        outcome.signatures[i] = made_up_signature(role, LIMIT_VERSION, 1);
    }
    outcome_write(&outcome, &text);
    assert_int_equal(bytes_finish(&text), OK);
    assert_true(text.size <= LIMIT_RECORD);
    assert_int_equal(outcome_read(bytes_span(&text), &outcome), OK);
    bytes_add_text(&text, "signature: a/b 1");
    text_hash(&text, &outcome.state);
    text_hash(&text, &outcome.state);
    text_end(&text);
    assert_int_equal(outcome_read(bytes_span(&text), &outcome), ERR_FORM);
    bytes_clear(&text);
}

static void fate__words_are_these(void **state)
{
    (void)state;
    assert_string_equal(fate_text(FATE_OPEN), "open");
    assert_string_equal(fate_text(FATE_SIGNED), "signed");
    assert_string_equal(fate_text(FATE_REFUSED), "refused");
    assert_string_equal(fate_text(FATE_UNKNOWN), "unknown");
    assert_string_equal(fate_text((enum fate)99), "unknown");
    // An ended request's fate and its ending are told with one word.
    assert_string_equal(fate_text(FATE_REJECTED), ending_text(ENDING_REJECTED));
    assert_string_equal(fate_text(FATE_WITHDRAWN), ending_text(ENDING_WITHDRAWN));
    assert_string_equal(fate_text(FATE_EXPIRED), ending_text(ENDING_EXPIRED));
    assert_string_equal(ending_text((enum ending)9), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order__one_byte_more_less_or_other_is_refused_or_stands_as_itself),
        cmocka_unit_test(outcome__one_byte_more_less_or_other_is_refused_or_stands_as_itself),
        cmocka_unit_test(order__r5_names_each_approver_once_and_in_order),
        cmocka_unit_test(order__r20_holds_every_administrator_and_not_one_more),
        cmocka_unit_test(outcome__lists_each_item_once_with_ascending_keys),
        cmocka_unit_test(
            outcome__r20_with_the_most_signatures_and_the_longest_names_fits_a_leaf),
        cmocka_unit_test(fate__words_are_these),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
