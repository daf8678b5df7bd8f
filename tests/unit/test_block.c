// The numbers of mandates in the vault's memory: never more than was reserved, and never again what a
// block of another mandate, or of the time before the start, had left.
#include "hsm/block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct state sealed, next;
static struct blocks blocks;

static void begin(uint64_t count)
{
    struct mandate_state mandate = {.number = 1,
        .text = hash_of(span_text("the first")),
        .live = true,
        .first = 11,
        .last = 5000,
        .count = count,
        .top = 10};
    snprintf(mandate.role, sizeof mandate.role, "image/timestamp");
    memset(&sealed, 0, sizeof sealed);
    memset(&blocks, 0, sizeof blocks);
    assert_int_equal(state_set_mandate(&sealed, &mandate), OK);
}

static struct block_need need(uint64_t count, uint64_t highest)
{
    return (struct block_need){&sealed.mandates[0], count, highest};
}

static enum err reserve(uint64_t count, uint64_t highest)
{
    struct refusal refusal = {0};
    struct block_need wanted = need(count, highest);
    next = sealed;
    enum err err = blocks_reserve(&blocks, &wanted, &next, &refusal);
    if (err == ERR_REFUSED)
        assert_string_equal(refusal.rule, "R12");
    return err;
}

static void seal(void)
{
    blocks_sealed(&blocks, &sealed, &next);
    sealed = next;
}

// As the vault does: false when the mandate has no more.
static bool sign(uint64_t count, uint64_t highest)
{
    struct block_need wanted = need(count, highest);
    if (!blocks_suffice(&blocks, &wanted)) {
        if (reserve(count, highest) != OK)
            return false;
        seal();
    }
    assert_true(blocks_suffice(&blocks, &wanted));
    blocks_take(&blocks, &wanted);
    return true;
}

static void block__has_nothing_before_it_is_sealed(void **state)
{
    (void)state;
    begin(1000);
    struct block_need one = need(1, 11);
    assert_false(blocks_suffice(&blocks, &one));
    assert_int_equal(reserve(1, 11), OK);
    assert_false(blocks_suffice(&blocks, &one));
    assert_int_equal(next.mandates[0].reserved, LIMIT_BLOCK);
    assert_int_equal(next.mandates[0].top, 11 + LIMIT_BLOCK - 1);
    seal();
    one = need(1, 11);
    assert_true(blocks_suffice(&blocks, &one));
    one = need(LIMIT_BLOCK + 1, 11);
    assert_false(blocks_suffice(&blocks, &one));
    one = need(1, 11 + LIMIT_BLOCK);
    assert_false(blocks_suffice(&blocks, &one));
}

static void block__never_exceeds_the_count(void **state)
{
    (void)state;
    for (uint64_t each = 1; each <= LIMIT_ITEMS; each += 41) {
        uint64_t signed_ = 0, version = 11;
        begin(700);
        while (version < 4000 && sign(each, version)) {
            signed_ += each;
            version++;
            assert_true(blocks.at[0].left <= BLOCK_MOST);
            assert_true(signed_ <= sealed.mandates[0].reserved);
        }
        assert_true(signed_ <= 700 && signed_ + each > 700);
        assert_int_equal(sealed.mandates[0].reserved, 700);
    }
}

static void block__a_start_loses_what_was_left(void **state)
{
    (void)state;
    uint64_t starts = 0;
    begin(1000);
    while (sign(1, sealed.mandates[0].top + 1)) {
        memset(&blocks, 0, sizeof blocks);
        assert_int_equal(blocks_floor(&blocks, &sealed.mandates[0]), sealed.mandates[0].top);
        starts++;
    }
    assert_int_equal(starts, 4); // 256 numbers each, of 1000
}

static void block__versions_that_jump_cost_no_payloads(void **state)
{
    (void)state;
    begin(300);
    for (uint64_t i = 1; i <= 10; i++)
        assert_true(sign(1, 400 * i));
    assert_int_equal(sealed.mandates[0].reserved, LIMIT_BLOCK);
    assert_false(sign(1, 5001));
}

static void block__the_floor_is_what_was_signed_and_not_what_was_reserved(void **state)
{
    (void)state;
    begin(300);
    assert_int_equal(blocks_floor(&blocks, &sealed.mandates[0]), 10);
    assert_true(sign(1, 20));
    assert_int_equal(blocks_floor(&blocks, &sealed.mandates[0]), 20);
    assert_true(sealed.mandates[0].top > 20);
    assert_true(sign(1, 15)); // vehicles have versions of their own
    assert_int_equal(blocks_floor(&blocks, &sealed.mandates[0]), 20);
    // A version that is out of what is reserved leaves it there.
    assert_int_equal(reserve(1, 900), OK);
    seal();
    assert_int_equal(blocks_floor(&blocks, &sealed.mandates[0]), 20);
}

static void block__another_mandate_starts_with_nothing(void **state)
{
    (void)state;
    begin(300);
    assert_true(sign(1, 20));
    struct mandate_state other = sealed.mandates[0];
    other.text = hash_of(span_text("the second"));
    other.number = 2;
    other.first = other.top + 1;
    other.reserved = 0;
    assert_int_equal(state_set_mandate(&sealed, &other), OK);
    struct block_need one = need(1, other.top);
    assert_false(blocks_suffice(&blocks, &one));
    // Whatever numbers it is sealed with that were not reserved for a request.
    next = sealed;
    next.mandates[0].text = hash_of(span_text("the third"));
    next.mandates[0].reserved = LIMIT_BLOCK;
    blocks_sealed(&blocks, &sealed, &next);
    assert_int_equal(blocks.count, 0);
    assert_int_equal(blocks_floor(&blocks, &sealed.mandates[0]), other.top);
    assert_true(sign(1, other.first));
    assert_int_equal(blocks.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(block__has_nothing_before_it_is_sealed),
        cmocka_unit_test(block__never_exceeds_the_count),
        cmocka_unit_test(block__a_start_loses_what_was_left),
        cmocka_unit_test(block__versions_that_jump_cost_no_payloads),
        cmocka_unit_test(block__the_floor_is_what_was_signed_and_not_what_was_reserved),
        cmocka_unit_test(block__another_mandate_starts_with_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
