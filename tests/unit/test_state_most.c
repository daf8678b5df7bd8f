// The largest state that the vault seals, and that nothing is longer (R20).
#include "policy/state.h"
#include "tests/unit/made_up.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DAY   "2026-12-31T00:00:00Z"
#define NEVER "1970-01-01T00:00:00Z"
#define KEY_3                                                                                  \
    "sha256:f65ecd9e773bf21d69ce931a7b99da0724c44b8ec66e6edbbfc3a8dff105b5ca "                 \
    "MCowBQYDK2VwAyEAE/aJg/m/jjQd5Z4NQ5cOV9qFwPv36PthqHzIiQwxBKU="

static void long_role(char out[LIMIT_ROLE_NAME + 1], unsigned number)
{
    snprintf(out, LIMIT_ROLE_NAME + 1, "%050u/%050u", number, number);
}

// The longest that an item is called: no role has a vehicle and a longer name.
static void long_item(char out[LIMIT_ROLE_NAME + 1], unsigned number)
{
    int size = snprintf(out, LIMIT_ROLE_NAME + 1, "%050u/timestamp@%050u", number, number);
    assert_int_equal(size, LIMIT_ROLE_NAME);
}

static struct hash hash_number(unsigned number)
{
    return hash_of(span_of(&number, sizeof number));
}

static void fill_keys(struct state *state)
{
    for (unsigned i = 0; i < LIMIT_SPARE; i++) {
        struct key_state key = {.by = LIMIT_VERSION, .key = made_up_long_key(i)};
        long_role(key.role, i);
        assert_int_equal(state_set_key(state, &key), OK);
    }
}

static void fill_freezes(struct state *state)
{
    const moment late = 253402300799; // 9999-12-31T23:59:59Z
    for (unsigned i = 0; i < LIMIT_FREEZES; i++) {
        struct freeze_state freeze = {.statement = hash_number(i),
            .administrator = hash_number(i % LIMIT_ADMINISTRATORS),
            .time = late,
            .of = {.what = FREEZE_ROLE}};
        long_role(freeze.of.role, i);
        assert_int_equal(state_set_freeze(state, &freeze), OK);
        assert_int_equal(state_set_freezer(state, &freeze.administrator, LIMIT_INDEX), OK);
    }
}

static void fill_mandates(struct state *state)
{
    for (unsigned i = 0; i < LIMIT_MANDATES; i++) {
        struct mandate_state mandate = {.number = LIMIT_VERSION,
            .text = hash_number(i),
            .live = true,
            .requester = hash_number(i),
            .first = LIMIT_VERSION,
            .last = LIMIT_VERSION,
            .count = LIMIT_VERSION,
            .longest = LIMIT_MANDATE_LIFE,
            .until = 253402300799,
            .reserved = LIMIT_VERSION,
            .top = LIMIT_VERSION,
            .approver_count = LIMIT_ADMINISTRATORS};
        long_role(mandate.role, i);
        for (size_t at = 0; at < LIMIT_ADMINISTRATORS; at++)
            mandate.approvers[at].byte[0] = (uint8_t)(at + 1);
        assert_int_equal(state_set_mandate(state, &mandate), OK);
    }
}

static void fill_roles(struct state *state)
{
    const moment late = 253402300799;
    for (unsigned i = 0; i < LIMIT_LAST; i++) {
        struct role_state role = {.version = LIMIT_VERSION,
            .payload = hash_number(i),
            .expires = late,
            .used = LIMIT_INDEX,
            .used_since = late};
        if (i < LIMIT_ROLES)
            long_role(role.role, i);
        else
            long_item(role.role, i);
        assert_int_equal(state_set(state, &role), OK);
    }
    for (unsigned i = 0; i < LIMIT_KEYS; i++) {
        struct signed_state line = {.key = hash_number(i), .order = LIMIT_INDEX};
        long_role(line.role, i);
        assert_int_equal(state_set_signed(state, &line), OK);
    }
}

static struct state *largest(void)
{
    struct state *state = calloc(1, sizeof *state);
    assert_non_null(state);
    state->time = 253402300799;
    state->has_order = true;
    state->order = (struct place){LIMIT_INDEX, hash_number(1)};
    state->epoch = state->since = LIMIT_INDEX;
    state->charter = hash_number(2);
    static const enum motion chains[] = {MOTION_IMPORT, MOTION_KEYS, MOTION_TIME};
    for (size_t i = 0; i < 3; i++)
        state->motions[chains[i]] = (struct motion_state){LIMIT_VERSION, hash_number(3)};
    fill_keys(state);
    fill_freezes(state);
    fill_mandates(state);
    fill_roles(state);
    return state;
}

static void state__r20_the_largest_fits_its_limit(void **unused)
{
    (void)unused;
    struct state *state = largest();
    static struct state again;
    struct bytes text, back;
    bytes_init(&text, LIMIT_STATE);
    bytes_init(&back, LIMIT_STATE);
    state_write(state, &text);
    assert_int_equal(bytes_finish(&text), OK);
    assert_int_equal(state_read(bytes_span(&text), &again), OK);
    state_write(&again, &back);
    assert_true(span_equal(bytes_span(&text), bytes_span(&back)));
    bytes_clear(&text);
    bytes_clear(&back);
    free(state);
}

static void state__r20_refuses_what_is_over_a_list(void **unused)
{
    (void)unused;
    struct state *state = largest();
    struct role_state role = {.role = "z/z", .version = 1, .payload = hash_number(1)};
    assert_int_equal(state_set(state, &role), ERR_LIMIT);
    struct role_state car = {.role = "z/targets@z", .version = 1, .payload = hash_number(1)};
    assert_int_equal(state_set(state, &car), ERR_LIMIT);
    struct mandate_state mandate = {.role = "z/targets", .number = 1};
    assert_int_equal(state_set_mandate(state, &mandate), ERR_LIMIT);
    struct key_state key = {.role = "z/z", .by = 1, .key.id = hash_number(1)};
    assert_int_equal(state_set_key(state, &key), ERR_LIMIT);
    struct freeze_state freeze = {.statement = hash_number(LIMIT_FREEZES)};
    assert_int_equal(state_set_freeze(state, &freeze), ERR_LIMIT);
    struct hash administrator = hash_number(LIMIT_ADMINISTRATORS);
    assert_int_equal(state_set_freezer(state, &administrator, 1), ERR_LIMIT);
    struct signed_state line = {.role = "z/z", .key = hash_number(1)};
    assert_int_equal(state_set_signed(state, &line), ERR_LIMIT);
    // What is there already is no more.
    role = state->roles[7];
    assert_int_equal(state_set(state, &role), OK);
    car = state->roles[LIMIT_LAST - 1];
    assert_int_equal(state_set(state, &car), OK);
    mandate = state->mandates[7];
    assert_int_equal(state_set_mandate(state, &mandate), OK);
    key = state->spare[7];
    assert_int_equal(state_set_key(state, &key), OK);
    administrator = hash_number(7);
    assert_int_equal(state_set_freezer(state, &administrator, 1), OK);
    line = state->signed_[7];
    assert_int_equal(state_set_signed(state, &line), OK);
    free(state);
}

static void reads_no_longer_list(const struct state *full, const char *before, const char *line)
{
    static struct state again;
    struct bytes text, longer;
    bytes_init(&text, LIMIT_STATE);
    bytes_init(&longer, LIMIT_STATE);
    state_write(full, &text);
    assert_int_equal(bytes_finish(&text), OK);
    uint8_t *at = before == NULL ? text.data + text.size
                                 : memmem(text.data, text.size, before, strlen(before));
    assert_non_null(at);
    bytes_add(&longer, span_of(text.data, (size_t)(at - text.data)));
    bytes_add_text(&longer, line);
    bytes_add(&longer, span_of(at, text.size - (size_t)(at - text.data)));
    assert_int_equal(bytes_finish(&longer), OK);
    assert_int_equal(state_read(bytes_span(&text), &again), OK);
    assert_int_equal(state_read(bytes_span(&longer), &again), ERR_FORM);
    bytes_clear(&text);
    bytes_clear(&longer);
}

static void state__r20_reads_no_list_over_its_limit(void **unused)
{
    (void)unused;
    static const char last[] =
        "sha256:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    struct state *state = largest();
    char line[512];
    snprintf(line, sizeof line, "retired: z/z ed25519 %s\n", KEY_3);
    reads_no_longer_list(state, "freeze: ", line);
    snprintf(line, sizeof line, "freeze: %s %s %s everything\n", last, last, DAY);
    reads_no_longer_list(state, "freezer: ", line);
    snprintf(line, sizeof line, "freezer: %s 1\n", last);
    reads_no_longer_list(state, "mandate: ", line);
    snprintf(line, sizeof line, "mandate: z/z 1 %s ended %s 1 1 1 1 %s 0 0\n", last, last, DAY);
    reads_no_longer_list(state, "approved: ", line);
    snprintf(
        line, sizeof line, "approved: %s %s\n", state->mandates[LIMIT_MANDATES - 1].role, last);
    reads_no_longer_list(state, "role: ", line);
    snprintf(line, sizeof line, "role: z/z 1 %s %s 0 %s\n", last, DAY, NEVER);
    reads_no_longer_list(state, "signed: ", line);
    snprintf(line, sizeof line, "signed: z/z %s 1\n", last);
    reads_no_longer_list(state, NULL, line);
    free(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state__r20_the_largest_fits_its_limit),
        cmocka_unit_test(state__r20_refuses_what_is_over_a_list),
        cmocka_unit_test(state__r20_reads_no_list_over_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
