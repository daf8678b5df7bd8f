// Orders: what the vault is asked.
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

static bool order_again(struct span text, struct bytes *out)
{
    struct order order;
    if (order_read(text, &order) != OK)
        return false;
    order_write(&order, out);
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

static void order__r12_may_add_to_the_newest_outcome(void **state)
{
    (void)state;
    struct order order;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    made_up_order(&order);
    order.adds = true;
    order.added_to = (struct place){1841, made_up_hash(6)};
    order_write(&order, &text);
    check_every_mutation(order_again, bytes_span(&text));
    assert_int_equal(order_read(bytes_span(&text), &order), OK);
    assert_true(order.adds);
    assert_int_equal(order.added_to.index, 1841);
    assert_false(taken_with(order_again, bytes_span(&text), "adds: 1841 ", "adds: none "));
    assert_false(taken_with(
        order_again, bytes_span(&text), "adds: ", "adds: 7 " HASH_OF("1") "\nadds: "));
    order.added_to.leaf = (struct hash){0};
    bytes_reset(&text);
    order_write(&order, &text);
    assert_int_equal(order_read(bytes_span(&text), &order), ERR_FORM);
    bytes_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order__one_byte_more_less_or_other_is_refused_or_stands_as_itself),
        cmocka_unit_test(order__r5_names_each_approver_once_and_in_order),
        cmocka_unit_test(order__r20_holds_every_administrator_and_not_one_more),
        cmocka_unit_test(order__r12_may_add_to_the_newest_outcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
