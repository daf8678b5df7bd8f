// What stands in the next root, who must sign it, and what devices will see (client/plan.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/made_up.h"
#include "tests/unit/plan_desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 24 * 3600 };

static struct tuf *read_draft(const struct desk *desk)
{
    static struct tuf tuf;
    struct refusal refusal;
    assert_int_equal(
        tuf_read(desk->house.dialect, bytes_span(&desk->draft), &tuf, &refusal), OK);
    return &tuf;
}

static void assert_line(const struct desk *desk, enum tuf_type type,
    const struct hash *identity, enum plan_change change, enum plan_holder holder)
{
    const struct plan_key *line = desk_line(desk, type, identity);
    assert_int_equal(line->change, change);
    assert_int_equal(line->holder, holder);
}

static struct hash other_key(void)
{
    static struct tuf tuf;
    struct refusal refusal;
    struct bytes root = vector_tuf("root-1");
    assert_int_equal(tuf_read(DIALECT_TUF, bytes_span(&root), &tuf, &refusal), OK);
    struct hash identity = tuf_root_key(&tuf.root, span_text(DESK_OTHER))->identity;
    bytes_clear(&root);
    return identity;
}

// ---- a charter that changed meanwhile ----

static void plan__r12_a_draft_of_before_the_charter_changed_says_what_it_lists_in_vain(
    void **state)
{
    struct desk *desk = *state;
    struct key key = made_up_key(40);
    char words[64], hex[2 * HASH_SIZE + 1];
    desk_last(desk, "root-1");
    desk_make(desk);
    desk_read(desk);
    assert_false(desk_notes(desk, "signs no more"));
    assert_false(desk_notes(desk, "does not list it"));
    struct hash old = desk_key(desk, TUF_TARGETS, 0)->id;
    desk_replace(desk, TUF_TARGETS, 0, &key);
    desk_read(desk);
    assert_line(desk, TUF_TARGETS, &old, PLAN_STAYS, PLAN_UNABLE);
    assert_true(desk_notes(desk, "is listed for targets and signs no more"));
    struct hash id = tuf_key_id(DIALECT_TUF, &key);
    hash_hex(&id, hex);
    snprintf(words, sizeof words, "%.16s... for image/targets, and this root does not", hex);
    assert_true(desk_notes(desk, words));
    desk_make(desk);
    desk_read(desk);
    assert_false(desk_notes(desk, "signs no more"));
    assert_line(desk, TUF_TARGETS, &old, PLAN_GOES, PLAN_UNABLE);
    assert_line(desk, TUF_TARGETS, &key.id, PLAN_COMES, PLAN_ITSELF);
}

static void plan__r21_a_key_that_the_charter_moved_is_refused_in_its_old_place(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    desk_make(desk);
    struct role_key *key = NULL;
    for (size_t i = 0; i < desk->house.charter->key_count; i++)
        if (desk->house.charter->keys[i].role == DESK_TARGETS)
            key = &desk->house.charter->keys[i];
    key->role = DESK_SNAPSHOT;
    desk_unread(desk, "R21", "a key serves one role");
    desk->given.thresholds[DESK_TARGETS] = 1;
    desk_make(desk);
    desk_read(desk);
    assert_line(desk, TUF_TARGETS, &key->key.id, PLAN_GOES, PLAN_UNABLE);
    assert_line(desk, TUF_SNAPSHOT, &key->key.id, PLAN_COMES, PLAN_ITSELF);
}

// ---- what stands in it ----

static void plan__r12_the_next_root_is_one_above_and_lists_what_the_last_one_did(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    desk_make(desk);
    desk_read(desk);
    struct tuf *root = read_draft(desk);
    assert_int_equal(root->version, 2);
    assert_int_equal(root->expires, HOUSE_NOW + 365 * DAY);
    assert_int_equal(desk->plan->until, root->expires - 30 * DAY);
    assert_true(root->root.consistent_snapshot);
    assert_true(span_is(root->spec_version, "1.0.31"));
    assert_int_equal(desk->plan->key_count, 7);
    for (size_t i = 0; i < desk->plan->key_count; i++)
        assert_int_equal(desk->plan->keys[i].change, PLAN_STAYS);
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++) {
        assert_int_equal(desk->plan->roles[i].threshold, desk->plan->roles[i].before);
        assert_false(desk->plan->roles[i].again);
    }
    struct hash other = other_key();
    assert_line(desk, TUF_ROOT, &other, PLAN_STAYS, PLAN_ELSEWHERE);
    assert_string_equal(desk_line(desk, TUF_ROOT, &other)->id, DESK_OTHER);
}

static void plan__r2_key_ids_are_those_of_the_dialect_whatever_they_were(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-respelled");
    desk_make(desk);
    desk_read(desk);
    size_t renamed = 0;
    for (size_t i = 0; i < desk->plan->key_count; i++)
        renamed += desk->plan->keys[i].was[0] != 0;
    assert_int_equal(renamed, 1);
    assert_true(desk_notes(desk, "of root was listed as 94345d"));
}

static void plan__uptane_has_its_own_types_ids_and_fields(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    desk_make(desk);
    desk_read(desk);
    struct tuf *root = read_draft(desk);
    assert_true(span_starts(root->whole, "{\"_type\":\"Root\",\"expires\""));
    assert_false(root->root.says_consistent_snapshot);
    assert_int_equal(root->spec_version.size, 0);
    for (size_t i = 0; i < desk->plan->key_count; i++) {
        char hex[2 * HASH_SIZE + 1];
        hash_hex(&desk->plan->keys[i].identity, hex);
        assert_string_equal(desk->plan->keys[i].id, hex);
    }
    assert_true(desk_notes(desk, "Uptane clients take 65536"));
    desk_last(desk, "root-2");
    desk_make(desk);
    assert_true(read_draft(desk)->root.says_consistent_snapshot);
    assert_true(span_is(read_draft(desk)->spec_version, "1.0.31"));
}

static void plan__r16_uptane_lists_no_key_that_its_clients_do_not_read(void **state)
{
    struct desk *desk = *state;
    struct house tuf_house;
    house_init(&tuf_house);
    struct plan_addition addition = {.role = TUF_ROOT};
    for (size_t i = 0; i < tuf_house.charter->key_count; i++)
        if (tuf_house.charter->keys[i].key.type == KEY_P256)
            addition.key = tuf_house.charter->keys[i].key;
    house_clear(&tuf_house);
    desk_last(desk, "root-1");
    desk->given.additions = &addition;
    desk->given.addition_count = 1;
    desk_refused(desk, "R16", "no client of the dialect uptane reads it");
    addition.key = made_up_long_key(1);
    desk_make(desk);
    desk_read(desk);
    assert_line(desk, TUF_ROOT, &addition.key.id, PLAN_COMES, PLAN_ELSEWHERE);
}

static void plan__the_first_root_has_the_charters_keys_and_least_thresholds(void **state)
{
    struct desk *desk = *state;
    desk->house.charter->roles[DESK_TARGETS].threshold = 2;
    desk_make(desk);
    desk_read(desk);
    assert_int_equal(desk->plan->version, 1);
    assert_int_equal(desk->plan->last_version, 0);
    assert_int_equal(desk->plan->old.need, 0);
    assert_int_equal(desk->plan->new_.itself, 2);
    assert_int_equal(desk->plan->roles[DESK_TARGETS].threshold, 2);
    assert_int_equal(desk->plan->roles[DESK_ROOT].threshold, 1);
    assert_int_equal(plan_reachable(desk->plan, &desk->refusal), OK);
    assert_true(desk_notes(desk, "the first root"));
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++)
        assert_false(desk->plan->roles[i].again);
}

static void plan__a_threshold_rises_to_what_the_charter_demands(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-small");
    desk->house.charter->roles[DESK_TARGETS].threshold = 2;
    desk_make(desk);
    desk_read(desk);
    assert_int_equal(desk->plan->roles[DESK_TARGETS].threshold, 2);
    assert_true(desk_notes(desk, "threshold of targets is raised to 2, and it was 1"));
    desk_last(desk, "root-1");
    desk->given.thresholds[DESK_ROOT] = 1;
    desk_make(desk);
    desk_read(desk);
    assert_true(desk_notes(desk, "threshold of root is LOWERED to 1, and it was 2"));
}

// ---- who must sign ----

static void plan__r12_counts_each_threshold_by_who_can_have_its_keys_sign(void **state)
{
    struct desk *desk = *state;
    struct key key = made_up_key(41);
    desk_last(desk, "root-1");
    desk_custodian(desk, 0, 0);
    desk_custodian(desk, 1, 1);
    desk_replace(desk, TUF_ROOT, 1, &key);
    desk_make(desk);
    desk_read(desk);
    const struct plan *plan = desk->plan;
    // Of the old keys alice's and the other appliance's are left; bob's new one counts for the next.
    assert_int_equal(plan->old.need, 2);
    assert_int_equal(plan->old.custodians, 1);
    assert_int_equal(plan->old.elsewhere, 1);
    assert_int_equal(plan->old.unable, 1);
    assert_int_equal(plan_spare(&plan->old), 0);
    assert_int_equal(plan->new_.custodians, 2);
    assert_int_equal(plan->new_.unable, 0);
    assert_int_equal(plan_spare(&plan->new_), 1);
    const struct plan_key *alice = desk_line(desk, TUF_ROOT, &desk_key(desk, TUF_ROOT, 0)->id);
    const struct plan_key *bob = desk_line(desk, TUF_ROOT, &key.id);
    assert_string_equal(alice->custodian->name, "alice");
    assert_string_equal(bob->custodian->name, "bob");
    assert_true(plan_must(plan, alice));
    assert_false(plan_must(plan, bob));
    assert_false(plan_counts_before(bob));
    assert_int_equal(plan_reachable(plan, &desk->refusal), OK);
}

static void plan__r5_the_requesters_person_never_counts(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    desk_custodian(desk, 0, 0);
    desk_make(desk);
    desk->given.person = "bob";
    desk_read(desk);
    assert_int_equal(desk->plan->new_.custodians, 1);
    desk->given.person = "alice";
    desk_read(desk);
    assert_int_equal(desk->plan->new_.custodians, 0);
    assert_int_equal(desk->plan->new_.unable, 1);
    // Her key is good all the same: the draft lists nothing in vain.
    assert_false(desk_notes(desk, "signs no more"));
}

// ---- devices ----

static void assert_again(const struct desk *desk, bool targets, bool snapshot, bool timestamp)
{
    assert_int_equal(desk->plan->roles[DESK_TARGETS].again, targets);
    assert_int_equal(desk->plan->roles[DESK_SNAPSHOT].again, snapshot);
    assert_int_equal(desk->plan->roles[DESK_TIMESTAMP].again, timestamp);
}

static void plan__what_changes_keys_is_signed_again_and_what_names_it_too(void **state)
{
    struct desk *desk = *state;
    struct key key = made_up_key(42);
    desk_last(desk, "root-1");
    desk_replace(desk, TUF_TIMESTAMP, 0, &key);
    desk_make(desk);
    desk_read(desk);
    assert_again(desk, false, false, true);
    assert_true(desk_notes(desk, "keys of timestamp change: clients forget"));
    assert_true(desk_notes(desk, "timestamp must be signed again at once"));
    assert_false(desk_notes(desk, "keys of snapshot change"));
    key = made_up_key(43);
    desk_replace(desk, TUF_TARGETS, 1, &key);
    desk_make(desk);
    desk_read(desk);
    assert_again(desk, true, true, true);
}

static void plan__a_key_that_only_comes_has_nothing_signed_again(void **state)
{
    struct desk *desk = *state;
    struct plan_addition addition = {TUF_TARGETS, made_up_key(44)};
    desk_last(desk, "root-1");
    desk->given.additions = &addition;
    desk->given.addition_count = 1;
    desk_make(desk);
    desk_read(desk);
    assert_again(desk, false, false, false);
    desk->given.thresholds[DESK_TARGETS] = 3;
    desk_make(desk);
    desk_read(desk);
    assert_again(desk, true, true, true);
}

static void plan__a_higher_threshold_has_its_role_signed_again(void **state)
{
    struct desk *desk = *state;
    desk_last(desk, "root-1");
    desk_change_last(desk, "\"threshold\":2},\"timestamp\"", "\"threshold\":1},\"timestamp\"");
    desk_make(desk);
    desk_read(desk);
    assert_again(desk, false, false, false);
    // Both keys stay, and only one may have signed.
    desk->given.thresholds[DESK_TARGETS] = 2;
    desk_make(desk);
    desk_read(desk);
    assert_again(desk, true, true, true);
}

static void plan__devices_walk_over_what_is_here_and_what_has_expired(void **state)
{
    struct desk *desk = *state;
    struct plan_link chain[] = {{1, HOUSE_NOW - DAY}, {2, HOUSE_NOW + 390 * DAY}};
    desk_last(desk, "root-2");
    desk->given.chain = chain;
    desk->given.chain_count = 2;
    desk_make(desk);
    desk_read(desk);
    assert_true(
        desk_notes(desk, "Those with version 2 accept version 3 when it has 1 of the last"));
    assert_true(desk_notes(desk, "Versions 1 to 2 are in this appliance's log"));
    assert_false(desk_notes(desk, " not: devices that hold so old a root"));
    assert_true(desk_notes(desk, "Version 1 has expired (2026-11-19T08:00:00Z)"));
    assert_false(desk_notes(desk, "Version 2 has expired"));
    chain[0].expires = HOUSE_NOW + 1;
    desk_read(desk);
    assert_false(desk_notes(desk, "has expired"));
    desk->given.chain = &chain[1];
    desk->given.chain_count = 1;
    desk->given.now = HOUSE_NOW + 400 * DAY;
    desk_make(desk);
    desk_read(desk);
    assert_true(desk_notes(desk, "Version 1 is not: devices"));
    assert_true(desk_notes(desk, "but take nothing else before they have the next"));
}

// ---- whose root it is ----

static void plan__a_root_belongs_to_the_repository_whose_root_key_it_lists(void **state)
{
    struct desk *desk = *state;
    const struct repository *repository = NULL;
    struct charter *charter = desk->house.charter;
    desk_last(desk, "root-1");
    desk_make(desk);
    assert_int_equal(
        plan_repository(charter, bytes_span(&desk->draft), &repository, &desk->refusal), OK);
    assert_string_equal(repository->name, "image");
    charter->repositories[0].dialect = DIALECT_UPTANE;
    assert_int_equal(
        plan_repository(charter, bytes_span(&desk->draft), &repository, &desk->refusal),
        ERR_REFUSED);
    charter->repositories[0].dialect = DIALECT_TUF;
    for (size_t i = 0; i < charter->key_count; i++)
        charter->keys[i].key = made_up_key(600 + (unsigned)i);
    assert_int_equal(
        plan_repository(charter, bytes_span(&desk->draft), &repository, &desk->refusal),
        ERR_REFUSED);
    assert_non_null(strstr(desk->refusal.sentence, "belongs to no repository here"));
    struct bytes targets = vector_tuf("targets-1");
    assert_int_equal(
        plan_repository(charter, bytes_span(&targets), &repository, &desk->refusal),
        ERR_REFUSED);
    assert_non_null(strstr(desk->refusal.sentence, "no root"));
    bytes_clear(&targets);
}

#define DESK_TEST(name)   cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
#define UPTANE_TEST(name) cmocka_unit_test_setup_teardown(name, desk_open_uptane, desk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(plan__r12_a_draft_of_before_the_charter_changed_says_what_it_lists_in_vain),
        DESK_TEST(plan__r21_a_key_that_the_charter_moved_is_refused_in_its_old_place),
        DESK_TEST(plan__r12_the_next_root_is_one_above_and_lists_what_the_last_one_did),
        DESK_TEST(plan__r2_key_ids_are_those_of_the_dialect_whatever_they_were),
        UPTANE_TEST(plan__uptane_has_its_own_types_ids_and_fields),
        UPTANE_TEST(plan__r16_uptane_lists_no_key_that_its_clients_do_not_read),
        DESK_TEST(plan__the_first_root_has_the_charters_keys_and_least_thresholds),
        DESK_TEST(plan__a_threshold_rises_to_what_the_charter_demands),
        DESK_TEST(plan__r12_counts_each_threshold_by_who_can_have_its_keys_sign),
        DESK_TEST(plan__r5_the_requesters_person_never_counts),
        DESK_TEST(plan__what_changes_keys_is_signed_again_and_what_names_it_too),
        DESK_TEST(plan__a_key_that_only_comes_has_nothing_signed_again),
        DESK_TEST(plan__a_higher_threshold_has_its_role_signed_again),
        DESK_TEST(plan__devices_walk_over_what_is_here_and_what_has_expired),
        DESK_TEST(plan__a_root_belongs_to_the_repository_whose_root_key_it_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
