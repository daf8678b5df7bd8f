// The next root of a repository, and what follows from it (client/plan.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/plan.h"
#include "tests/unit/made_up.h"
#include "tests/unit/plan_desk.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 24 * 3600 };

// ---- what no root follows from ----

static void plan__r2_refuses_a_repository_that_the_charter_does_not_have(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    desk->given.repository = "director";
    desk_refused(desk, "R2", "no repository director");
    desk->given.repository = "image";
    snprintf(desk->house.charter->roles[0].name, LIMIT_ROLE_NAME, "image/rooted");
    desk_refused(desk, "R2", "no role image/root");
}

static void plan__r12_refuses_a_root_that_another_repository_signed_last(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    struct bytes other = vector_tuf("root-small");
    desk->given.last = bytes_span(&other);
    desk_refused(desk, "R12", "not the root that image/root signed last");
    desk->given.last = (struct span){NULL, 0};
    desk_refused(desk, "R12", "not the root that image/root signed last");
    bytes_clear(&other);
}

static void plan__r2_refuses_a_root_of_another_dialect(void **state)
{
    struct desk *desk = *state;
    desk->house.dialect = DIALECT_UPTANE;
    desk_last(desk, "root-1");
    desk_refused(desk, "R2", "as the dialect tuf has it");
    struct bytes other = vector_of(DIALECT_UPTANE, "root-2");
    const struct repository *repository;
    assert_int_equal(
        plan_repository(desk->house.charter, bytes_span(&other), &repository, &desk->refusal),
        ERR_REFUSED);
    bytes_clear(&other);
}

static void plan__r12_refuses_a_threshold_that_the_keys_do_not_reach(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    desk->given.thresholds[DESK_TARGETS] = 3;
    desk_refused(desk, "R12", "a threshold of 3, and list 2 keys");
    desk->given.thresholds[DESK_TARGETS] = 0;
    desk_drop(desk, TUF_TARGETS, 0);
    desk_refused(desk, "R12", "a threshold of 2, and list 1 keys");
}

static void plan__r12_refuses_a_role_without_keys(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    desk_drop(desk, TUF_SNAPSHOT, 0);
    desk_refused(desk, "R12", "no key for snapshot");
}

static void plan__r12_refuses_a_threshold_below_the_charters(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    desk->house.charter->roles[DESK_TARGETS].threshold = 2;
    desk->given.thresholds[DESK_TARGETS] = 1;
    desk_make(desk);
    desk_unread(desk, "R12", "the charter demands at least 2");
}

static void plan__r21_refuses_a_key_that_two_roles_of_the_last_root_list(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    // The other appliance's root key stands for timestamp too, as only a past root may have it.
    desk_change_last(
        desk, "\"timestamp\":{\"keyids\":[", "\"timestamp\":{\"keyids\":[\"" DESK_OTHER "\",");
    desk_refused(desk, "R21", "for root and for timestamp");
    desk->given.drops[desk->given.drop_count++] = DESK_OTHER;
    desk_make(desk);
}

static void plan__r21_refuses_to_add_a_key_that_is_listed_or_a_persons(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    struct plan_addition addition = {TUF_ROOT, *desk_key(desk, TUF_TARGETS, 0)};
    desk->given.additions = &addition;
    desk->given.addition_count = 1;
    desk_refused(desk, "R21", "for targets and for root");
    addition.key = desk->house.charter->administrators[0].key;
    desk_make(desk);
    desk_unread(desk, "R21", "for a person or the log");
    addition.key = made_up_key(77);
    desk_make(desk);
    desk_read(desk);
}

static void plan__r16_refuses_a_key_of_the_past_that_nobody_can_list_anew(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    desk_change_last(desk, "\"keytype\":\"rsa\"", "\"keytype\":\"dsa\"");
    desk_refused(desk, "R16", "of a kind that is never listed anew");
    desk->given.drops[desk->given.drop_count++] = DESK_OTHER;
    desk_make(desk);
    desk_read(desk);
    for (size_t i = 0; i < desk->plan->key_count; i++)
        if (desk->plan->keys[i].change == PLAN_GOES)
            assert_int_equal(desk->plan->keys[i].type, KEY_NONE);
}

static void plan__r20_refuses_more_keys_than_a_root_lists(void **state)
{
    struct desk *desk = *state;
    static struct plan_addition additions[TUF_KEYS_MOST];
    desk_last(desk, "root-1");
    for (unsigned i = 0; i < TUF_KEYS_MOST; i++)
        additions[i] = (struct plan_addition){TUF_ROOT, made_up_key(300 + i)};
    desk->given.additions = additions;
    desk->given.addition_count = TUF_KEYS_MOST - 6;
    desk_refused(desk, "R20", "more than 128 keys");
}

static void plan__r12_refuses_to_drop_what_nobody_lists(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    desk->given.drops[desk->given.drop_count++] = "ffffffff";
    desk_refused(desk, "R12", "begins with \"ffffffff\"");
    desk->given.drops[0] = "c38de5"; // too short to mean one
    desk_refused(desk, "R12", "at least 8 digits");
}

static void plan__r12_refuses_an_expiry_that_the_charter_does_not_allow(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    desk->given.seconds = 29 * DAY;
    desk_refused(desk, "R12", "--expires");
    desk->given.seconds = 501 * DAY;
    desk_refused(desk, "R12", "--expires");
    desk->given.seconds = 500 * DAY;
    desk_make(desk);
}

static void plan__r5_refuses_one_custodian_of_two_keys(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    desk_custodian(desk, 0, 1);
    desk_custodian(desk, 1, 1);
    desk_make(desk);
    desk_unread(desk, "R5", "bob is custodian of two keys of root");
}

static void plan__r12_says_what_is_missing_when_the_old_threshold_is_out_of_reach(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    // One of two keys is retired, and the third is dropped: it still counts for the last root.
    desk_retire(desk, TUF_ROOT, 0);
    desk->given.drops[desk->given.drop_count++] = DESK_OTHER;
    desk->given.thresholds[DESK_ROOT] = 1;
    desk_make(desk);
    desk_read(desk);
    const struct hash *retired = &desk_key(desk, TUF_ROOT, 0)->id;
    assert_int_equal(desk_line(desk, TUF_ROOT, retired)->change, PLAN_GOES);
    assert_int_equal(plan_spare(&desk->plan->old), 0);
    assert_int_equal(plan_reachable(desk->plan, &desk->refusal), OK);
    desk_retire(desk, TUF_ROOT, 1);
    desk_read(desk);
    assert_int_equal(plan_spare(&desk->plan->old), -1);
    assert_int_equal(plan_reachable(desk->plan, &desk->refusal), ERR_REFUSED);
    assert_string_equal(desk->refusal.rule, "R12");
    assert_non_null(strstr(desk->refusal.sentence,
        "The threshold of the last root needs 2 keys, and 1 can still sign: 1 too few"));
}

static void plan__r12_says_what_is_missing_when_the_new_threshold_is_out_of_reach(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-small");
    desk->given.thresholds[DESK_ROOT] = 3;
    desk_make(desk);
    // Between draft and reading the charter loses one of the three.
    desk_retire(desk, TUF_ROOT, 1);
    desk_read(desk);
    assert_int_equal(plan_reachable(desk->plan, &desk->refusal), ERR_REFUSED);
    assert_non_null(strstr(desk->refusal.sentence, "The threshold of the next root needs 3"));
}

#define DESK_TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(plan__r2_refuses_a_repository_that_the_charter_does_not_have),
        DESK_TEST(plan__r12_refuses_a_root_that_another_repository_signed_last),
        DESK_TEST(plan__r2_refuses_a_root_of_another_dialect),
        DESK_TEST(plan__r12_refuses_a_threshold_that_the_keys_do_not_reach),
        DESK_TEST(plan__r12_refuses_a_role_without_keys),
        DESK_TEST(plan__r12_refuses_a_threshold_below_the_charters),
        DESK_TEST(plan__r21_refuses_a_key_that_two_roles_of_the_last_root_list),
        DESK_TEST(plan__r21_refuses_to_add_a_key_that_is_listed_or_a_persons),
        DESK_TEST(plan__r16_refuses_a_key_of_the_past_that_nobody_can_list_anew),
        DESK_TEST(plan__r20_refuses_more_keys_than_a_root_lists),
        DESK_TEST(plan__r12_refuses_to_drop_what_nobody_lists),
        DESK_TEST(plan__r12_refuses_an_expiry_that_the_charter_does_not_allow),
        DESK_TEST(plan__r5_refuses_one_custodian_of_two_keys),
        DESK_TEST(plan__r12_says_what_is_missing_when_the_old_threshold_is_out_of_reach),
        DESK_TEST(plan__r12_says_what_is_missing_when_the_new_threshold_is_out_of_reach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
