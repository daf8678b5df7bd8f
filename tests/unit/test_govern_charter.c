// A new charter (R7): the step from one to the next, its keys (R18, R20), and what it does.
#include "tests/unit/charter_house.h"
#include "tests/unit/council.h"
#include "tests/unit/made_up.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SPARE_KEY = 400, STRANGER = 402, MANY_KEY = 600 };
enum { DIRECTOR_ROOT, IMAGE_ROOT, IMAGE_TARGETS };

static struct council *council;
static struct charter *draft; // freed when it is proposed

static int set_up(void **state)
{
    (void)state;
    council = council_new();
    draft = council_draft(council);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    council_free(council);
    return 0;
}

static void refuses(const char *rule, const char *sentence)
{
    council_proposes(council, draft);
    council_refuses(council, rule, sentence);
    draft = council_draft(council);
}

static void takes(void)
{
    council_proposes(council, draft);
    council_takes(council, NULL);
    draft = council_draft(council);
}

static int key_order(const void *a, const void *b)
{
    const struct role_key *first = a, *second = b;
    if (first->role != second->role)
        return first->role < second->role ? -1 : 1;
    return house_key_order(a, b);
}

static void add_key(size_t role, unsigned number)
{
    draft->keys[draft->key_count++] =
        (struct role_key){.role = role, .key = made_up_key(number)};
    qsort(draft->keys, draft->key_count, sizeof draft->keys[0], key_order);
}

static void drop_key(size_t at)
{
    draft->key_count--;
    memmove(&draft->keys[at], &draft->keys[at + 1],
        (draft->key_count - at) * sizeof draft->keys[0]);
}

// A role behind all others, with keys made_up_key(from…).
static void add_role(const char *name, unsigned from, unsigned keys)
{
    struct role *role = &draft->roles[draft->role_count];
    *role = draft->roles[IMAGE_TARGETS];
    snprintf(role->name, sizeof role->name, "%s", name);
    for (unsigned i = 0; i < keys; i++)
        add_key(draft->role_count, from + i);
    draft->role_count++;
}

static void retire(const char *role, size_t at)
{
    struct key_state key = {.key = council->charter->keys[at].key, .retired = true};
    snprintf(key.role, sizeof key.role, "%s", role);
    assert_int_equal(state_set_key(council->state, &key), OK);
}

// ---- the step ----

static void charter__r7_is_the_next_of_the_one_in_force(void **unused)
{
    (void)unused;
    draft->previous = council_hash(1);
    refuses("R7", "was not made from the one in force, which is epoch 1");
    draft->epoch = 3;
    refuses("R12", "it must be 2");
    draft->epoch = 3;
    council_proposes(council, draft);
    council->item.version = 2;
    council_refuses(council, "R7", "says epoch 3, but its request asks for 2");
    draft = council_draft(council);
    takes();
    charter_free(draft);
}

static void charter__r7_keeps_the_log(void **unused)
{
    (void)unused;
    draft->log = made_up_key(STRANGER).id;
    refuses("R7", "names another log key");
    snprintf(draft->origin, sizeof draft->origin, "log.example/another");
    refuses("R7", "calls the log log.example/another");
    charter_free(draft);
}

static void charter__r2_a_repository_keeps_its_dialect(void **unused)
{
    (void)unused;
    council->charter->repositories[1].dialect = DIALECT_NONE;
    refuses("R2", "image keeps the dialect");
    charter_free(draft);
    council->charter->repositories[1].dialect = DIALECT_UPTANE;
    draft = council_draft(council);
    draft->repositories[1].kind = KIND_DIRECTOR;
    refuses("R2", "image keeps the dialect and the kind");
    charter_free(draft);
    council->charter->repositories[1].dialect = DIALECT_TUF;
    draft = council_draft(council);
    takes();
    charter_free(draft);
}

// What is refused when it is compiled is refused here too, in the same words.
static void charter__is_held_against_the_rules_of_every_charter(void **unused)
{
    (void)unused;
    draft->changes.k = 5;
    refuses("R5", "has 4 members");
    draft->changes.k = 2;
    refuses("R7", "who may change the charter may change that");
    draft->changes.k = 4;
    refuses("R5", "every administrator may ask for another charter");
    draft->roles[0].quorum.k = 4;
    refuses("R5", "stands behind the requester");
    draft->roles[IMAGE_TARGETS].quorum.k = 1;
    refuses("R5", "nobody decides alone");
    snprintf(draft->requesters[1].person, LIMIT_NAME, "Dave");
    refuses("R5", "differ in the case of letters alone");
    draft->administrators[1].key = draft->administrators[0].key;
    refuses("R21", "a key stands at one place");
    draft->jump = 0;
    refuses("R13", "The jump limit is 0 seconds");
    draft->key_count--;
    refuses("R18", "image/targets has no key");
    charter_free(draft);
}

// ---- keys ----

static void charter__r18_names_only_keys_that_were_made_for_the_role(void **unused)
{
    (void)unused;
    council_has_key(council, "image/root", SPARE_KEY, false);
    add_key(IMAGE_ROOT, STRANGER);
    refuses("R18", "gives image/root a key that was not made in the token for it");
    add_key(IMAGE_TARGETS, SPARE_KEY);
    refuses("R18", "gives image/targets a key that was not made in the token for it");
    add_key(IMAGE_ROOT, SPARE_KEY);
    takes();
    // A key does not move from one role to another.
    draft->keys[3].key = draft->keys[0].key;
    drop_key(0);
    council_has_key(council, "director/root", STRANGER, false);
    add_key(DIRECTOR_ROOT, STRANGER);
    refuses("R18", "gives image/targets a key that was not made");
    charter_free(draft);
}

static void charter__r18_brings_no_retired_key_back(void **unused)
{
    (void)unused;
    council_has_key(council, "image/root", SPARE_KEY, true);
    add_key(IMAGE_ROOT, SPARE_KEY);
    refuses("R18", "gives image/root a key that is retired, and none comes back");
    retire("image/root", 1); // one that the charter has may stay until it is dropped
    takes();
    charter_free(draft);
}

static void charter__r18_each_role_keeps_a_key_that_signs(void **unused)
{
    (void)unused;
    retire("image/root", 1);
    retire("image/root", 2);
    refuses("R18", "All keys that the charter gives image/root are retired");
    council_has_key(council, "image/root", SPARE_KEY, false);
    add_key(IMAGE_ROOT, SPARE_KEY);
    takes();
    charter_free(draft);
}

static void fill_to(size_t count)
{
    for (unsigned i = 0; council->state->spare_count < count; i++)
        council_has_key(council, "director/root", MANY_KEY + i, i % 2 == 1);
}

static void charter__r20_drops_no_more_keys_than_the_token_keeps(void **unused)
{
    (void)unused;
    fill_to(LIMIT_SPARE);
    drop_key(1);
    refuses("R20", "would hold 65 spare and retired ones, and it keeps at most 64");
    drop_key(1);
    add_key(DIRECTOR_ROOT, MANY_KEY); // a spare one leaves its place
    council_proposes(council, draft);
    council_does(council, NULL);
    assert_int_equal(council->state->spare_count, LIMIT_SPARE);
}

static void charter__r20_a_retired_key_that_is_dropped_takes_no_other_place(void **unused)
{
    (void)unused;
    retire("image/root", 1);
    fill_to(LIMIT_SPARE);
    drop_key(1);
    council_proposes(council, draft);
    council_does(council, NULL);
    assert_int_equal(council->state->spare_count, LIMIT_SPARE);
}

static void charter__r20_names_no_more_roles_than_the_appliance_remembers(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < LIMIT_ROLES - 3; i++) {
        struct role_state role = {.version = 1, .payload = council_hash(1)};
        snprintf(role.role, sizeof role.role, "gone/r%03u", i);
        assert_int_equal(state_set(council->state, &role), OK);
    }
    council_has_key(council, "image/x", SPARE_KEY, false);
    council_has_key(council, "image/y", SPARE_KEY + 5, false);
    add_role("image/x", SPARE_KEY, 1);
    refuses("R20", "would remember 257, and it remembers at most 256");
    snprintf(council->state->roles[0].role, LIMIT_ROLE_NAME + 1, "a/b");
    snprintf(council->state->roles[LIMIT_ROLES - 4].role, LIMIT_ROLE_NAME + 1, "image/x");
    add_role("image/x", SPARE_KEY, 1);
    takes();
    add_role("image/x", SPARE_KEY, 1);
    add_role("image/y", SPARE_KEY + 5, 1);
    refuses("R20", "would remember 257");
    charter_free(draft);
}

// ---- what it does ----

static void apply(void)
{
    council_proposes(council, draft);
    council_does(council, NULL);
}

static void charter__r7_is_in_force_with_its_epoch_and_hash(void **unused)
{
    (void)unused;
    struct hash alice = council->charter->administrators[0].key.id;
    assert_int_equal(state_set_freezer(council->state, &alice, 3), OK);
    apply();
    assert_int_equal(council->state->epoch, 2);
    assert_true(hash_equal(&council->state->charter, &council->item.payload));
    assert_int_equal(council->state->freezer_count, 0); // a freeze names its epoch
    assert_int_equal(council->state->motions[MOTION_CHARTER].number, 0);
    assert_int_equal(council->state->time, COUNCIL_TIME);
}

static void charter__r18_spare_keys_are_taken_and_dropped_ones_retired(void **unused)
{
    (void)unused;
    struct hash dropped = draft->keys[1].key.id, again = draft->keys[2].key.id;
    council_has_key(council, "image/root", SPARE_KEY, false);
    council_has_key(council, "image/root", SPARE_KEY + 5, false);
    retire("image/root", 2);
    drop_key(2);
    drop_key(1);
    add_key(IMAGE_ROOT, SPARE_KEY);
    apply();
    assert_int_equal(council->state->spare_count, 3);
    struct hash taken = made_up_key(SPARE_KEY).id, left = made_up_key(SPARE_KEY + 5).id;
    assert_null(state_key(council->state, &taken));
    assert_false(state_key(council->state, &left)->retired);
    assert_true(state_key(council->state, &again)->retired);
    const struct key_state *key = state_key(council->state, &dropped);
    assert_non_null(key);
    assert_true(key->retired);
    assert_string_equal(key->role, "image/root");
    assert_int_equal(key->by, 0);
}

static void freeze(unsigned number, struct freeze_of of)
{
    struct freeze_state freeze = {.statement = council_hash(number),
        .administrator = council->charter->administrators[0].key.id,
        .of = of};
    assert_int_equal(state_set_freeze(council->state, &freeze), OK);
}

static bool is_frozen(unsigned number)
{
    struct hash statement = council_hash(number);
    return state_freeze(council->state, &statement) != NULL;
}

// image/targets is gone, and so is alice, who put all freezes there.
static void charter__r7_freezes_stay_but_those_of_roles_that_are_gone(void **unused)
{
    (void)unused;
    struct proofs proofs = {.count = 0};
    struct person eve;
    person_make(&eve, KEY_ED25519);
    freeze(1, (struct freeze_of){.what = FREEZE_EVERYTHING});
    freeze(2, (struct freeze_of){.what = FREEZE_ROLE, .role = "image/targets"});
    freeze(3, (struct freeze_of){.what = FREEZE_ROLE, .role = "image/root"});
    freeze(4, (struct freeze_of){.what = FREEZE_ROLE, .role = "conclave/keys"});
    freeze(5, (struct freeze_of){.what = FREEZE_REQUEST, .thing = council_hash(9)});
    snprintf(draft->administrators[0].name, LIMIT_NAME + 1, "aline");
    draft->administrators[0].key = eve.key;
    draft->role_count--;
    draft->key_count--;
    council_proposes(council, draft);
    council_proves(&proofs, council, &eve);
    council_shows_proofs(council, &proofs);
    council_does(council, NULL);
    for (unsigned number = 1; number <= 5; number++)
        assert_int_equal(is_frozen(number), number != 2);
    person_clear(&eve);
}

static void charter__r12_a_key_that_is_gone_no_longer_counts_as_signed(void **unused)
{
    (void)unused;
    struct signed_state line = {.role = "image/root", .key = draft->keys[1].key.id};
    assert_int_equal(state_set_signed(council->state, &line), OK);
    line.key = draft->keys[2].key.id;
    assert_int_equal(state_set_signed(council->state, &line), OK);
    drop_key(1);
    apply();
    assert_int_equal(council->state->signed_count, 1);
    assert_true(hash_equal(&council->state->signed_[0].key, &line.key));
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(charter__r7_is_the_next_of_the_one_in_force),
        EACH(charter__r7_keeps_the_log),
        EACH(charter__r2_a_repository_keeps_its_dialect),
        EACH(charter__is_held_against_the_rules_of_every_charter),
        EACH(charter__r18_names_only_keys_that_were_made_for_the_role),
        EACH(charter__r18_brings_no_retired_key_back),
        EACH(charter__r18_each_role_keeps_a_key_that_signs),
        EACH(charter__r20_drops_no_more_keys_than_the_token_keeps),
        EACH(charter__r20_a_retired_key_that_is_dropped_takes_no_other_place),
        EACH(charter__r20_names_no_more_roles_than_the_appliance_remembers),
        EACH(charter__r7_is_in_force_with_its_epoch_and_hash),
        EACH(charter__r18_spare_keys_are_taken_and_dropped_ones_retired),
        EACH(charter__r7_freezes_stay_but_those_of_roles_that_are_gone),
        EACH(charter__r12_a_key_that_is_gone_no_longer_counts_as_signed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
