// The state that the vault seals.
#include "policy/state.h"
#include "tests/unit/mutation.h"

#include <stdio.h>
#include <stdlib.h>

#define HASH_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

#define TITLE "conclave.state/v1\n"
#define TIME  "time: 2026-11-20T08:00:00Z\n"
#define ORDER "order: 1840 " HASH_A "\n"
#define IDLE  "order: none\n"
#define NONE  "freeze: none\nmandate: none\n"
#define ROOT  "role: image/root 3 " HASH_A " 2027-11-20T08:00:00Z\n"
#define LEAF  "role: image/targets 12 " HASH_B " 2026-12-31T00:00:00Z\n"

static const char whole[] = TITLE TIME ORDER NONE ROOT LEAF;

static bool state_again(struct span text, struct bytes *out)
{
    static struct state state;
    if (state_read(text, &state) != OK)
        return false;
    state_write(&state, out);
    return true;
}

static void state__refuses_what_is_no_state(void **unused)
{
    (void)unused;
    static const char *const bad[] = {
        "",
        TITLE,
        TITLE TIME,
        TITLE TIME ORDER,
        "conclave.state/v2\n" TIME ORDER NONE,
        TITLE ORDER TIME NONE,
        TITLE TIME "order:\n" NONE,
        TITLE TIME "order: none none\n" NONE,
        TITLE TIME "order: 1840\n" NONE,
        TITLE TIME "order: 1840 none\n" NONE,
        TITLE TIME "order: none " HASH_A "\n" NONE,
        TITLE TIME "order: 9223372036854775808 " HASH_A "\n" NONE,
        TITLE TIME ORDER "freeze: everything\nmandate: none\n",
        TITLE TIME ORDER "freeze: none\nmandate: image/timestamp\n",
        TITLE TIME ORDER "mandate: none\nfreeze: none\n",
        TITLE TIME ORDER NONE NONE,
        TITLE TIME ORDER NONE LEAF ROOT,
        TITLE TIME ORDER NONE ROOT ROOT,
        TITLE TIME ORDER NONE "role: image/root 0 " HASH_A " 2027-11-20T08:00:00Z\n",
        TITLE TIME ORDER NONE "role: image/root 03 " HASH_A " 2027-11-20T08:00:00Z\n",
        TITLE TIME ORDER NONE "role: image/root 9007199254740992 " HASH_A
                              " 2027-11-20T08:00:00Z\n",
        TITLE TIME ORDER NONE "role: image/root 3 none 2027-11-20T08:00:00Z\n",
        TITLE TIME ORDER NONE "role: image/root 3 " HASH_A " never\n",
        TITLE TIME ORDER NONE "role: image/root 3 " HASH_A "\n",
        TITLE TIME ORDER NONE "role: image 3 " HASH_A " 2027-11-20T08:00:00Z\n",
        TITLE TIME ORDER NONE "role: none/root 3 " HASH_A " 2027-11-20T08:00:00Z\n",
        TITLE TIME ORDER NONE "role: image/a/b 3 " HASH_A " 2027-11-20T08:00:00Z\n",
        TITLE TIME ORDER NONE ROOT "end: none\n",
    };
    static struct state state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (state_read(span_text(bad[i]), &state) != ERR_FORM)
            fail_msg("taken: %s", bad[i]);
}

static void state__refuses_a_role_over_the_limit(void **unused)
{
    (void)unused;
    static struct state state, again;
    state = (struct state){.role_count = 0};
    struct role_state role = {.version = 1, .payload = {{1}}};
    for (unsigned i = 0; i < LIMIT_ROLES; i++) {
        snprintf(role.role, sizeof role.role, "image/r%03u", i);
        assert_int_equal(state_set(&state, &role), OK);
    }
    snprintf(role.role, sizeof role.role, "image/s");
    assert_int_equal(state_set(&state, &role), ERR_LIMIT);
    assert_int_equal(state.role_count, LIMIT_ROLES);

    struct bytes text;
    bytes_init(&text, LIMIT_STATE);
    state_write(&state, &text);
    assert_int_equal(bytes_finish(&text), OK);
    assert_int_equal(state_read(bytes_span(&text), &again), OK);
    assert_int_equal(again.role_count, LIMIT_ROLES);
    bytes_add_text(&text, "role: image/s 1 " HASH_A " 2027-11-20T08:00:00Z\n");
    assert_int_equal(state_read(bytes_span(&text), &again), ERR_FORM);
    bytes_clear(&text);
}

static void state__is_read_as_it_is_written(void **unused)
{
    (void)unused;
    static const char *const good[] = {
        whole, TITLE TIME IDLE NONE, TITLE TIME IDLE NONE LEAF, TITLE TIME ORDER NONE};
    struct bytes out;
    bytes_init(&out, LIMIT_STATE);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        bytes_reset(&out);
        assert_true(state_again(span_text(good[i]), &out));
        assert_true(span_is(bytes_span(&out), good[i]));
    }
    bytes_clear(&out);

    static struct state state;
    assert_int_equal(state_read(span_text(whole), &state), OK);
    assert_true(state.has_order);
    assert_int_equal(state.order.index, 1840);
    assert_int_equal(state.order.leaf.byte[0], 0xaa);
    assert_int_equal(state.role_count, 2);
    const struct role_state *targets = state_role(&state, "image/targets");
    assert_non_null(targets);
    assert_int_equal(targets->version, 12);
    assert_int_equal(targets->payload.byte[31], 0xbb);
    assert_null(state_role(&state, "image/snapshot"));
    assert_null(state_role(&state, "image/target"));
}

static void state__keeps_its_roles_in_order_whatever_is_set_first(void **unused)
{
    (void)unused;
    static const char *const names[] = {"b/x", "a/x", "c/x", "a-b/x", "b/x", "a/w"};
    static struct state state, again;
    state = (struct state){.role_count = 0};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct role_state role = {.version = i + 1, .payload = {{1}}};
        snprintf(role.role, sizeof role.role, "%s", names[i]);
        assert_int_equal(state_set(&state, &role), OK);
    }
    assert_int_equal(state.role_count, 5);
    assert_int_equal(state_role(&state, "b/x")->version, 5);
    struct bytes text;
    bytes_init(&text, LIMIT_STATE);
    state_write(&state, &text);
    assert_int_equal(state_read(bytes_span(&text), &again), OK);
    assert_string_equal(again.roles[0].role, "a-b/x");
    assert_string_equal(again.roles[4].role, "c/x");
    bytes_clear(&text);
}

static void state__every_mutation_is_refused_or_written_back_alike(void **unused)
{
    (void)unused;
    uint8_t flips[255];
    for (unsigned i = 0; i < sizeof flips; i++)
        flips[i] = (uint8_t)(i + 1);
    struct mutation_count count = mutate(state_again, span_text(whole), flips, sizeof flips);
    assert_true(count.taken > 0); // another digit is another state
    assert_true(count.refused > count.taken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state__refuses_what_is_no_state),
        cmocka_unit_test(state__refuses_a_role_over_the_limit),
        cmocka_unit_test(state__is_read_as_it_is_written),
        cmocka_unit_test(state__keeps_its_roles_in_order_whatever_is_set_first),
        cmocka_unit_test(state__every_mutation_is_refused_or_written_back_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
