// What a ledger shows at start as signed under mandates, behind the seal.
#include "hsm/mandate_past.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PAYLOADS = 2, KEYS = 2 };

static const struct hash sealed = {{7}};

struct past_world {
    struct state state;
    struct mandate_past past;
    struct place place;
    struct mandated order;
    struct outcome outcome;
};

typedef void bender(struct past_world *world);

static void make_order(struct past_world *world)
{
    world->order = (struct mandated){.request = hash_of(span_text("a request")),
        .mandates = {{.text = hash_of(span_text("a mandate"))}},
        .mandate_count = 1};
    snprintf(world->order.mandates[0].role, LIMIT_ROLE_NAME + 1, "director/targets");
    world->place = (struct place){8, hash_of(span_text("a leaf"))};
    world->outcome = (struct outcome){.request = world->order.request,
        .order = world->place,
        .state = sealed,
        .signature_count = PAYLOADS * KEYS};
    for (size_t i = 0; i < PAYLOADS * KEYS; i++) {
        world->outcome.signatures[i].version = 400;
        snprintf(world->outcome.signatures[i].role, LIMIT_ROLE_NAME + 1,
            "director/targets@VIN-%zu", i / KEYS);
    }
}

static void make(struct past_world *world)
{
    memset(world, 0, sizeof *world);
    struct mandate_state mandate = {.text = hash_of(span_text("a mandate")),
        .live = true,
        .reserved = LIMIT_BLOCK,
        .top = 400};
    snprintf(mandate.role, sizeof mandate.role, "director/targets");
    assert_int_equal(state_set_mandate(&world->state, &mandate), OK);
    snprintf(mandate.role, sizeof mandate.role, "image/timestamp");
    assert_int_equal(state_set_mandate(&world->state, &mandate), OK);
    make_order(world);
}

static enum err play(struct past_world *world, struct refusal *refusal)
{
    enum err err =
        mandate_past_order(&world->past, &world->state, &world->place, &world->order, refusal);
    if (err == OK)
        err = mandate_past_outcome(
            &world->past, &world->state, &sealed, &world->outcome, refusal);
    return err;
}

static struct past_world *a_world(void)
{
    static struct past_world world;
    make(&world);
    return &world;
}

static void halts(bender *bending)
{
    struct past_world *world = a_world();
    struct refusal refusal = {0};
    bending(world);
    assert_int_equal(play(world, &refusal), ERR_REFUSED);
    assert_string_equal(refusal.rule, "R10");
    assert_non_null(strstr(refusal.sentence, "the token was put back"));
}

#define BEND(name, what)                                                                       \
    static void name(struct past_world *world)                                                 \
    {                                                                                          \
        what;                                                                                  \
    }

BEND(another_state, world->outcome.state.byte[0] ^= 1)
BEND(another_order, world->outcome.order.leaf.byte[0] ^= 1)
BEND(another_place, world->outcome.order.index--)
BEND(another_request, world->outcome.request.byte[0] ^= 1)
BEND(nothing_signed, world->outcome.signature_count = 0)
BEND(version_above, world->outcome.signatures[3].version++)
BEND(another_role, snprintf(world->outcome.signatures[3].role, 20, "image/targets"))
BEND(role_unnamed, snprintf(world->outcome.signatures[3].role, 20, "image/timestamp"))
BEND(mandate_ended, world->state.mandates[0].live = false)
BEND(mandate_of_later, world->order.mandates[0].text.byte[0] ^= 1)
BEND(mandate_of_nobody, snprintf(world->order.mandates[0].role, 20, "image/snapshot"))
BEND(more_than_reserved, world->state.mandates[0].reserved = PAYLOADS - 1)

static void past__r10_refuses_what_the_seal_does_not_cover(void **state)
{
    (void)state;
    halts(another_state);
    halts(another_order);
    halts(another_place);
    halts(another_request);
    halts(nothing_signed);
    halts(version_above);
    halts(another_role);
    halts(role_unnamed);
    halts(mandate_ended);
    halts(mandate_of_later);
    halts(mandate_of_nobody);
    halts(more_than_reserved);
}

// As many as one block has, and not one more.
static void past__r10_stays_within_one_block(void **state)
{
    (void)state;
    struct past_world *world = a_world();
    struct refusal refusal = {0};
    world->state.mandates[0].reserved = (uint64_t)10 * LIMIT_BLOCK;
    for (size_t i = 0; i < BLOCK_MOST / PAYLOADS; i++)
        assert_int_equal(play(world, &refusal), OK);
    assert_int_equal(play(world, &refusal), ERR_REFUSED);
}

static void past__r10_an_order_stands_with_its_outcome(void **state)
{
    (void)state;
    struct past_world *world = a_world();
    struct refusal refusal = {0};
    assert_int_equal(mandate_past_other(&world->past, &refusal), OK);
    assert_int_equal(play(world, &refusal), OK);
    assert_int_equal(mandate_past_other(&world->past, &refusal), OK);
    // A second order, or anything else, in the outcome's place.
    assert_int_equal(
        mandate_past_order(&world->past, &world->state, &world->place, &world->order, &refusal),
        OK);
    assert_int_equal(mandate_past_other(&world->past, &refusal), ERR_REFUSED);
    assert_int_equal(play(world, &refusal), ERR_REFUSED);
    assert_non_null(strstr(refusal.sentence, "without its outcome"));
    // An outcome without an order.
    make(world);
    assert_int_equal(
        mandate_past_outcome(&world->past, &world->state, &sealed, &world->outcome, &refusal),
        ERR_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(past__r10_refuses_what_the_seal_does_not_cover),
        cmocka_unit_test(past__r10_stays_within_one_block),
        cmocka_unit_test(past__r10_an_order_stands_with_its_outcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
