// Keys motions: making, retiring and destroying keys in the token (R18, R20).
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

// Keys beside the charter's, and keys that the token makes.
enum { SPARE_KEY = 400, RETIRED_KEY = 401, STRANGER = 402, MADE_KEY = 410, MANY_KEY = 600 };

static struct council *council;
static struct keys_motion motion;

static int set_up(void **state)
{
    (void)state;
    council = council_new();
    council_has_key(council, "image/root", SPARE_KEY, false);
    council_has_key(council, "image/root", RETIRED_KEY, true);
    motion = (struct keys_motion){.number = 1};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    council_free(council);
    return 0;
}

static void make(const char *role)
{
    struct keys_make *one = &motion.make[motion.make_count++];
    snprintf(one->role, sizeof one->role, "%s", role);
    one->type = KEY_ED25519;
}

static struct keys_name name_of(const char *role, const struct hash *key)
{
    struct keys_name name = {.key = *key};
    snprintf(name.role, sizeof name.role, "%s", role);
    return name;
}

static int name_order(const void *a, const void *b)
{
    const struct keys_name *first = a, *second = b;
    int order = strcmp(first->role, second->role);
    return order != 0 ? order : span_compare(hash_span(&first->key), hash_span(&second->key));
}

static void retire(const char *role, const struct hash *key)
{
    motion.retire[motion.retire_count++] = name_of(role, key);
    qsort(motion.retire, motion.retire_count, sizeof motion.retire[0], name_order);
}

static void destroy(const char *role, const struct hash *key)
{
    motion.destroy[motion.destroy_count++] = name_of(role, key);
    qsort(motion.destroy, motion.destroy_count, sizeof motion.destroy[0], name_order);
}

static void retire_made_up(const char *role, unsigned number)
{
    struct hash id = made_up_key(number).id;
    retire(role, &id);
}

static void destroy_made_up(const char *role, unsigned number)
{
    struct hash id = made_up_key(number).id;
    destroy(role, &id);
}

// The key of the charter that a role has at this place.
static const struct key *charter_key(const char *role, size_t place)
{
    for (size_t i = 0; i < council->charter->key_count; i++) {
        const struct role_key *key = &council->charter->keys[i];
        if (strcmp(council->charter->roles[key->role].name, role) == 0 && place-- == 0)
            return &key->key;
    }
    fail_msg("no such key");
    return NULL;
}

static void asks(void)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    keys_motion_write(&motion, &text);
    council_asks(council, MOTION_KEYS, 1, &text);
}

static void refuses(const char *rule, const char *sentence)
{
    asks();
    council_refuses(council, rule, sentence);
    motion = (struct keys_motion){.number = 1};
}

// ---- what is refused ----

static void keys__r12_the_text_has_the_number_that_was_asked_for(void **unused)
{
    (void)unused;
    make("image/root");
    motion.number = 2;
    refuses("R12", "has number 2");
}

static void keys__r14_take_no_evidence(void **unused)
{
    (void)unused;
    make("image/root");
    asks();
    council_shows(council, span_text("a wish"));
    council_refuses(council, "R14", "takes 0");
}

static void keys__r2_are_not_made_for_the_appliance_itself(void **unused)
{
    (void)unused;
    make("image/root");
    make("conclave/keys");
    refuses("R2", "conclave/keys is no role of a repository");
    make("conclave/other");
    refuses("R2", "conclave/other is no role of a repository");
}

static void keys__r16_are_of_a_type_that_the_dialect_takes(void **unused)
{
    (void)unused;
    static const enum key_type bad[] = {KEY_P256, KEY_P384};
    for (size_t i = 0; i < council->charter->repository_count; i++)
        council->charter->repositories[i].dialect = DIALECT_UPTANE;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        make("image/root");
        make("image/other"); // a role that no charter has yet
        motion.make[1].type = bad[i];
        refuses("R16", "No client of the dialect uptane reads a key of type ecdsa-p");
    }
    make("image/root");
    motion.make[0].type = KEY_RSA4096;
    make("images/root"); // a repository that no charter has yet
    motion.make[1].type = KEY_P256;
    asks();
    council_takes(council, NULL);
}

// The vault does nothing else while it makes keys.
static void keys__r20_do_not_stop_the_appliance_for_long(void **unused)
{
    (void)unused;
    static const struct {
        enum key_type type;
        size_t most;
    } costs[] = {{KEY_RSA4096, 4}, {KEY_RSA3072, 8}, {KEY_RSA2048, 16}, {KEY_P384, 32}};
    for (size_t i = 0; i < sizeof costs / sizeof costs[0]; i++) {
        motion = (struct keys_motion){.number = 1};
        for (size_t k = 0; k < costs[i].most; k++) {
            make("image/root");
            motion.make[k].type = costs[i].type;
        }
        asks();
        council_takes(council, NULL);
        if (costs[i].most == LIMIT_MOTION_KEYS)
            continue;
        make("image/root");
        motion.make[costs[i].most].type = KEY_RSA2048;
        refuses("R20", "at most 16 of 2048, 8 of 3072 or 4 of 4096 bits");
    }
    motion = (struct keys_motion){.number = 1};
}

static void keys__r18_only_what_signs_or_is_spare_is_retired(void **unused)
{
    (void)unused;
    retire_made_up("image/root", STRANGER);
    refuses("R18", "is none of image/root");
    retire_made_up("image/root", RETIRED_KEY);
    refuses("R18", "is so already");
    retire_made_up("image/targets", SPARE_KEY);
    refuses("R18", "is none of image/targets");
    retire("image/targets", &charter_key("image/root", 0)->id);
    refuses("R18", "is none of image/targets");
    retire_made_up("image/root", SPARE_KEY);
    asks();
    council_takes(council, NULL);
}

static void keys__r18_only_what_is_retired_and_in_no_charter_is_destroyed(void **unused)
{
    (void)unused;
    destroy_made_up("image/root", STRANGER);
    refuses("R18", "is no retired one of image/root");
    destroy_made_up("image/root", SPARE_KEY);
    refuses("R18", "is no retired one of image/root");
    destroy_made_up("image/targets", RETIRED_KEY);
    refuses("R18", "is no retired one of image/targets");
    destroy("image/root", &charter_key("image/root", 0)->id);
    refuses("R18", "is no retired one of image/root");
    struct key_state retired = {
        .role = "image/root", .key = *charter_key("image/root", 0), .retired = true};
    assert_int_equal(state_set_key(council->state, &retired), OK);
    destroy("image/root", &retired.key.id);
    refuses("R18", "is in the charter");
    retire_made_up("image/root", SPARE_KEY); // not in one go
    destroy_made_up("image/root", SPARE_KEY);
    refuses("R18", "is no retired one of image/root");
    destroy_made_up("image/root", RETIRED_KEY);
    asks();
    council_takes(council, NULL);
}

static void keys__r18_a_role_keeps_one_that_signs(void **unused)
{
    (void)unused;
    retire("image/targets", &charter_key("image/targets", 0)->id);
    refuses("R18", "image/targets would have no key left that signs");
    retire("image/root", &charter_key("image/root", 0)->id);
    retire("image/root", &charter_key("image/root", 1)->id);
    refuses("R18", "image/root would have no key left");
    retire("image/root", &charter_key("image/root", 0)->id);
    retire_made_up("image/root", SPARE_KEY);
    asks();
    council_does(council, NULL);
    council->state->motions[MOTION_KEYS].number = 0;
    motion = (struct keys_motion){.number = 1};
    retire("image/root", &charter_key("image/root", 1)->id); // the other one is retired now
    refuses("R18", "image/root would have no key left");
}

static void fill_to(size_t count)
{
    for (unsigned i = 0; council->state->spare_count < count; i++)
        council_has_key(council, "director/root", MANY_KEY + i, i % 2 == 1);
}

static void keys__r20_the_token_has_room_for_so_many_beside_the_charters(void **unused)
{
    (void)unused;
    fill_to(LIMIT_SPARE);
    make("image/root");
    refuses("R20", "would hold 65 spare and retired keys, and it keeps at most 64");
    retire("image/root", &charter_key("image/root", 0)->id);
    refuses("R20", "would hold 65");
    retire_made_up("image/root", SPARE_KEY); // stays where it is
    asks();
    council_takes(council, NULL);
    motion = (struct keys_motion){.number = 1};
    make("image/root");
    make("image/root");
    destroy_made_up("image/root", RETIRED_KEY);
    refuses("R20", "would hold 65");
    make("image/root");
    destroy_made_up("image/root", RETIRED_KEY);
    asks();
    const struct key made = made_up_key(MADE_KEY);
    council_does(council, &made);
    assert_int_equal(council->state->spare_count, LIMIT_SPARE);
}

// ---- what is done ----

static void keys__made_ones_are_spare_and_say_which_motion_made_them(void **unused)
{
    (void)unused;
    static const char *const roles[] = {"image/root", "image/new", "other/root"};
    struct key made[3];
    for (unsigned i = 0; i < 3; i++) {
        make(roles[i]);
        made[i] = made_up_key(MADE_KEY + i);
    }
    asks();
    council_does(council, made);
    for (unsigned i = 0; i < 3; i++) {
        const struct key_state *key = state_key(council->state, &made[i].id);
        assert_non_null(key);
        assert_string_equal(key->role, roles[i]);
        assert_int_equal(key->by, 1);
        assert_false(key->retired);
    }
    assert_int_equal(council->state->motions[MOTION_KEYS].number, 1);
    assert_true(
        hash_equal(&council->state->motions[MOTION_KEYS].payload, &council->item.payload));
}

static void expect_retired(const struct key *key, const char *role)
{
    const struct key_state *there = state_key(council->state, &key->id);
    assert_non_null(there);
    assert_true(there->retired);
    assert_int_equal(there->by, 0);
    assert_string_equal(there->role, role);
    assert_true(span_equal(key_spki(&there->key), key_spki(key)));
}

static void keys__retired_ones_are_so_and_destroyed_ones_are_gone(void **unused)
{
    (void)unused;
    const struct key spare = made_up_key(SPARE_KEY), gone = made_up_key(RETIRED_KEY);
    retire("image/root", &charter_key("image/root", 1)->id);
    retire("image/root", &spare.id);
    destroy("image/root", &gone.id);
    asks();
    council_does(council, NULL);
    expect_retired(&spare, "image/root");
    expect_retired(charter_key("image/root", 1), "image/root");
    assert_null(state_key(council->state, &gone.id));
    assert_int_equal(council->state->spare_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            keys__r12_the_text_has_the_number_that_was_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys__r14_take_no_evidence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            keys__r2_are_not_made_for_the_appliance_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            keys__r16_are_of_a_type_that_the_dialect_takes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            keys__r20_do_not_stop_the_appliance_for_long, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            keys__r18_only_what_signs_or_is_spare_is_retired, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            keys__r18_only_what_is_retired_and_in_no_charter_is_destroyed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            keys__r18_a_role_keeps_one_that_signs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            keys__r20_the_token_has_room_for_so_many_beside_the_charters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            keys__made_ones_are_spare_and_say_which_motion_made_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            keys__retired_ones_are_so_and_destroyed_ones_are_gone, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
