// How many keys must be able to sign before any does (metadata/reach.h, R12).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/reach.h"
#include "tests/unit/made_up.h"
#include "tests/unit/metadata_house.h"
#include "tests/unit/metadata_vectors.h"
#include "tests/unit/rule_name.h"

#include <stdlib.h>
#include <string.h>

enum { ROOT, SNAPSHOT, TARGETS, TIMESTAMP, SUPPLIER };

static struct house house;
static struct opened opened;
static struct bytes payload, root;
static struct refusal refusal;

static int open_house(void **state)
{
    (void)state;
    house_init(&house);
    opened = (struct opened){.item_count = 1};
    bytes_init(&payload, LIMIT_PAYLOAD);
    bytes_init(&root, LIMIT_PAYLOAD);
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    house_clear(&house);
    bytes_clear(&payload);
    bytes_clear(&root);
    return 0;
}

// The n-th key of a role.
static struct role_key *key_of(size_t role, size_t n)
{
    for (size_t i = 0; i < house.charter->key_count; i++)
        if (house.charter->keys[i].role == role && n-- == 0)
            return &house.charter->keys[i];
    fail_msg("the role has fewer keys");
    return NULL;
}

static void give_custodian(size_t role, size_t n)
{
    key_of(role, n)->has_custodian = true;
}

static enum err reach(size_t role, const char *name, const char *last)
{
    bytes_clear(&payload);
    bytes_clear(&root);
    payload = vector_tuf(name);
    if (last != NULL)
        root = vector_tuf(last);
    struct reach_case given = {.charter = house.charter,
        .state = &house.state,
        .role = &house.charter->roles[role],
        .payload = bytes_span(&payload),
        .root = bytes_span(&root)};
    refusal = (struct refusal){.rule = ""};
    opened.reach_count = 0;
    return reach_add(&given, &opened, &refusal);
}

static void assert_lines(size_t role, const char *name, const char *last, size_t count)
{
    if (reach(role, name, last) != OK)
        fail_msg("%s %s", refusal.rule, refusal.sentence);
    assert_int_equal(opened.reach_count, count);
}

static void assert_line(size_t line, const char *role, uint64_t need, size_t keys)
{
    assert_string_equal(opened.reach[line].role, role);
    assert_int_equal(opened.reach[line].need, need);
    assert_int_equal(opened.reach[line].key_count, keys);
}

static void drop_key(size_t role, size_t n)
{
    *key_of(role, n) = house.charter->keys[--house.charter->key_count];
}

static void retire(const struct key *key)
{
    struct key_state retired = {.key = *key, .retired = true};
    snprintf(retired.role, sizeof retired.role, "image/root");
    assert_int_equal(state_set_key(&house.state, &retired), OK);
}

static void reach__r12_roles_without_custodians_have_no_line(void **state)
{
    (void)state;
    give_custodian(TARGETS, 0);
    assert_lines(ROOT, "root-1", NULL, 0);
    assert_lines(ROOT, "root-2", "root-1", 0);
    assert_lines(SNAPSHOT, "snapshot-1", "root-1", 0);
}

static void reach__r12_the_first_root_has_its_own_threshold(void **state)
{
    (void)state;
    give_custodian(ROOT, 1);
    assert_lines(ROOT, "root-1", NULL, 1);
    // Two of its three keys live here.
    assert_line(0, "image/root", 2, 2);
    assert_memory_equal(&opened.reach[0].keys[0], &key_of(ROOT, 0)->key.id, HASH_SIZE);
    assert_memory_equal(&opened.reach[0].keys[1], &key_of(ROOT, 1)->key.id, HASH_SIZE);
}

static void reach__r12_the_next_root_has_the_old_threshold_and_the_new(void **state)
{
    (void)state;
    give_custodian(ROOT, 0);
    assert_lines(ROOT, "root-2", "root-1", 2);
    assert_line(0, "image/root", 2, 2);
    // Of the new root's keys one lives here, and its threshold is 1.
    assert_line(1, "image/root", 1, 1);
}

static void reach__r12_needs_no_more_than_what_lives_here(void **state)
{
    (void)state;
    give_custodian(ROOT, 0);
    drop_key(ROOT, 1);
    assert_lines(ROOT, "root-1", NULL, 1);
    assert_line(0, "image/root", 1, 1);
    // The one that is left is no key of the new root: its line needs nothing and is left out.
    assert_lines(ROOT, "root-2", "root-1", 1);
    assert_line(0, "image/root", 1, 1);
}

static void reach__r18_retired_keys_sign_nothing(void **state)
{
    (void)state;
    give_custodian(ROOT, 0);
    struct key key = key_of(ROOT, 1)->key;
    struct key_state spare = {.key = key, .by = 1};
    snprintf(spare.role, sizeof spare.role, "image/root");
    assert_int_equal(state_set_key(&house.state, &spare), OK);
    assert_lines(ROOT, "root-1", NULL, 1);
    assert_line(0, "image/root", 2, 2);
    retire(&key);
    assert_lines(ROOT, "root-1", NULL, 1);
    assert_line(0, "image/root", 1, 1);
    assert_memory_equal(&opened.reach[0].keys[0], &key_of(ROOT, 0)->key.id, HASH_SIZE);
}

static void reach__r21_knows_a_key_under_another_id(void **state)
{
    (void)state;
    give_custodian(ROOT, 0);
    // The second key stands there under another id than the appliance writes.
    assert_lines(ROOT, "root-2", "root-respelled", 2);
    assert_line(0, "image/root", 2, 2);
}

static void reach__r12_other_roles_are_held_against_the_last_root(void **state)
{
    (void)state;
    give_custodian(TARGETS, 1);
    assert_lines(TARGETS, "targets-1", "root-1", 1);
    assert_line(0, "image/targets", 2, 2);
    // There targets have one key and a threshold of 1.
    assert_lines(TARGETS, "targets-1", "root-small", 1);
    assert_line(0, "image/targets", 1, 1);
    give_custodian(TIMESTAMP, 0);
    assert_lines(TIMESTAMP, "timestamp-1", "root-1", 1);
    assert_line(0, "image/timestamp", 1, 1);
    // A root that lists none of ours for it.
    assert_lines(TIMESTAMP, "timestamp-1", "root-small", 0);
}

static void reach__r12_delegated_roles_are_held_against_the_charter(void **state)
{
    (void)state;
    house_adopt_supplier(&house);
    give_custodian(SUPPLIER, 0);
    house.charter->roles[SUPPLIER].threshold = 1;
    assert_lines(SUPPLIER, "supplier-1", "root-1", 1);
    assert_line(0, "image/supplier", 1, 2);
    house.charter->roles[SUPPLIER].threshold = 5;
    assert_lines(SUPPLIER, "supplier-1", NULL, 1);
    assert_line(0, "image/supplier", 2, 2);
}

static void reach__r20_refuses_more_lines_than_a_record_holds(void **state)
{
    (void)state;
    give_custodian(ROOT, 0);
    assert_lines(ROOT, "root-2", "root-1", 2);
    struct reach_case given = {.charter = house.charter,
        .state = &house.state,
        .role = &house.charter->roles[ROOT],
        .payload = bytes_span(&payload),
        .root = bytes_span(&root)};
    opened.reach_count = LIMIT_REACH - 2;
    assert_int_equal(reach_add(&given, &opened, &refusal), OK);
    assert_int_equal(opened.reach_count, LIMIT_REACH);
    opened.reach_count = LIMIT_REACH - 1;
    assert_int_equal(reach_add(&given, &opened, &refusal), ERR_REFUSED);
    assert_true(rule_is_of(refusal.rule, "R20"));
}

static void reach__r20_refuses_more_keys_than_a_line_holds(void **state)
{
    (void)state;
    house_adopt_supplier(&house);
    give_custodian(SUPPLIER, 0);
    house.charter->roles[SUPPLIER].threshold = 3;
    for (unsigned i = 2; i < LIMIT_REACH_KEYS; i++) {
        struct role_key *key = &house.charter->keys[house.charter->key_count++];
        *key = (struct role_key){.role = SUPPLIER, .key = made_up_key(700 + i)};
    }
    assert_lines(SUPPLIER, "supplier-1", NULL, 1);
    assert_line(0, "image/supplier", 3, LIMIT_REACH_KEYS);
    house.charter->keys[house.charter->key_count++] =
        (struct role_key){.role = SUPPLIER, .key = made_up_key(699)};
    assert_int_equal(reach(SUPPLIER, "supplier-1", NULL), ERR_REFUSED);
    assert_true(rule_is_of(refusal.rule, "R20"));
    assert_non_null(strstr(refusal.sentence, "more than 32 keys"));
}

static void reach__r2_refuses_what_cannot_be_read(void **state)
{
    (void)state;
    give_custodian(ROOT, 0);
    assert_int_equal(reach(ROOT, "root-2", "root-1"), OK);
    struct reach_case given = {.charter = house.charter,
        .state = &house.state,
        .role = &house.charter->roles[ROOT],
        .payload = span_text("{}"),
        .root = bytes_span(&root)};
    assert_int_equal(reach_add(&given, &opened, &refusal), ERR_REFUSED);
    assert_true(rule_is_of(refusal.rule, "R2"));
    given.root = span_text("{}");
    assert_int_equal(reach_add(&given, &opened, &refusal), ERR_REFUSED);
    assert_true(rule_is_of(refusal.rule, "R2"));
}

#define HOUSE_TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(reach__r12_roles_without_custodians_have_no_line),
        HOUSE_TEST(reach__r12_the_first_root_has_its_own_threshold),
        HOUSE_TEST(reach__r12_the_next_root_has_the_old_threshold_and_the_new),
        HOUSE_TEST(reach__r12_needs_no_more_than_what_lives_here),
        HOUSE_TEST(reach__r18_retired_keys_sign_nothing),
        HOUSE_TEST(reach__r21_knows_a_key_under_another_id),
        HOUSE_TEST(reach__r12_other_roles_are_held_against_the_last_root),
        HOUSE_TEST(reach__r12_delegated_roles_are_held_against_the_charter),
        HOUSE_TEST(reach__r20_refuses_more_lines_than_a_record_holds),
        HOUSE_TEST(reach__r20_refuses_more_keys_than_a_line_holds),
        HOUSE_TEST(reach__r2_refuses_what_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
