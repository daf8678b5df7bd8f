// The real conclave-vault program over a real token, with the test in the ledger's place: which keys
// the token may hold (R18).
#include "hsm/object.h"
#include "tests/unit/made_up.h"
#include "tests/unit/vault_house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void plant(struct house *house, const char *label, enum key_type type)
{
    struct token *token = softhsm_open(&house->softhsm);
    struct token_key key;
    struct refusal why;
    assert_int_equal(token_key_generate(token, label, type, &key, &why), OK);
    token_close(token);
}

static void plant_key(struct house *house, const char *label)
{
    plant(house, label, KEY_ED25519);
}

// What a crash left between a key's making and its seal: it was made here, and nothing names it.
static void vault__r18_destroys_a_key_that_neither_charter_nor_state_names(void **state)
{
    struct house *house = *state;
    house_found(house);
    size_t keys = house_count_keys(house);
    plant_key(house, "image/targets");
    plant_key(house, "image/other");
    assert_int_equal(house_count_keys(house), keys + 2);
    house_serve(house);
    house_sign(house, 1);
    house_stop(house);
    assert_true(house_has_said(house, "destroying a key of image/targets that neither"));
    assert_true(house_has_said(house, "destroying a key of image/other that neither"));
    assert_int_equal(house_count_keys(house), keys);
    assert_int_equal(house_count_publics(house), keys);
    house_serve(house);
    house_stop(house);
    assert_false(house_has_said(house, "destroying"));
}

// The seal decides only when nothing says that it was put back: keys are not destroyed before.
static void vault__r18_destroys_no_key_before_the_records_are_known(void **state)
{
    struct house *house = *state;
    house_found(house);
    plant_key(house, "image/targets");
    size_t keys = house_count_keys(house);
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_SERVING);
    house_say_resume(house);
    house_stop(house);
    assert_int_equal(house_count_keys(house), keys);
}

static bool charter_names(const struct house *house, const struct token_key *key)
{
    for (size_t i = 0; i < house->read->key_count; i++)
        if (hash_equal(&house->read->keys[i].key.id, &key->key.id))
            return true;
    return false;
}

// Destroys the private half of each key of image/root that the charter names, or does not name.
static void destroy_privates(struct house *house, bool named)
{
    static struct token_key keys[TOKEN_KEYS_MOST];
    struct token *token = softhsm_open(&house->softhsm);
    struct refusal why;
    size_t count = 0;
    assert_int_equal(token_key_list(token, keys, TOKEN_KEYS_MOST, &count, &why), OK);
    for (size_t i = 0; i < count; i++)
        if (strcmp(keys[i].label, "image/root") == 0 && charter_names(house, &keys[i]) == named)
            assert_int_equal(object_destroy(token, keys[i].handle, &why), OK);
    token_close(token);
}

static void vault__r18_stops_when_a_key_of_the_charter_is_missing(void **state)
{
    struct house *house = *state;
    house_found(house);
    destroy_privates(house, true);
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_SERVING);
    house_say_resume(house);
    house_ends(house, EXIT_HALT, "the charter names a key of image/root");
}

static void vault__r18_stops_when_a_key_of_the_state_is_missing(void **state)
{
    struct house *house = *state;
    static struct state with;
    struct key_state spare = {.role = "image/root", .by = 1};
    house_found(house);
    with = *house_state(house);
    spare.key = made_up_key(9);
    assert_int_equal(state_set_key(&with, &spare), OK);
    house_plant_state(house, &with);
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_SERVING);
    house_say_resume(house);
    house_ends(house, EXIT_HALT, "the state names a key of image/root");
}

static void vault__r18_removes_a_public_key_without_a_private_one(void **state)
{
    struct house *house = *state;
    house_found(house);
    size_t keys = house_count_keys(house);
    plant_key(house, "image/root");
    destroy_privates(house, false);
    assert_int_equal(house_count_keys(house), keys);
    assert_int_equal(house_count_publics(house), keys + 1);
    house_serve(house);
    house_stop(house);
    assert_true(house_has_said(house, "destroyed 1 halves of keys"));
    assert_int_equal(house_count_publics(house), keys);
}

static bool has_file(const struct softhsm_files *files, const char *path)
{
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->path[i], path) == 0)
            return true;
    return false;
}

// A pair whose private half has no curve or modulus; `drop`: not even an empty one. Returns the
// file of that half.
static const char *plant_without_mark(struct house *house, enum key_type type, bool drop)
{
    static struct softhsm_files before, after;
    const char *path = NULL;
    softhsm_privates(&house->softhsm, &before);
    plant(house, "image/root", type);
    softhsm_privates(&house->softhsm, &after);
    assert_int_equal(after.count, before.count + 1);
    for (size_t i = 0; i < after.count; i++)
        if (!has_file(&before, after.path[i]))
            path = after.path[i];
    assert_non_null(path);
    softhsm_empty(path, type == KEY_RSA2048 ? CKA_MODULUS : CKA_EC_PARAMS, drop);
    return path;
}

// A private key as a crash leaves it in the middle of its making: without curve or modulus and value,
// and not yet said to be made here.
static void plant_torn_key(struct house *house, enum key_type type, bool drop)
{
    const char *path = plant_without_mark(house, type, drop);
    softhsm_empty(path, type == KEY_RSA2048 ? CKA_PRIVATE_EXPONENT : CKA_VALUE, drop);
    softhsm_unset(path, CKA_LOCAL);
}

static void vault__r18_removes_a_key_whose_making_broke_off(void **state)
{
    struct house *house = *state;
    house_found(house);
    static const enum key_type types[] = {KEY_ED25519, KEY_P384, KEY_RSA2048};
    size_t keys = house_count_keys(house);
    for (int i = 0; i < 6; i++) {
        plant_torn_key(house, types[i / 2], i % 2 == 1);
        assert_int_equal(house_count_publics(house), keys + 1);
        house_serve(house);
        house_sign(house, (uint64_t)i + 1);
        house_stop(house);
        assert_true(house_has_said(house, "destroyed 2 halves of keys"));
        assert_int_equal(house_count_keys(house), keys);
        assert_int_equal(house_count_publics(house), keys);
    }
}

// A key that was made here, and whose curve or modulus is gone or kept back, may be one that signs:
// it is not destroyed for that.
static void vault__r18_stops_at_a_damaged_key_and_destroys_nothing(void **state)
{
    struct house *house = *state;
    static const enum key_type types[] = {KEY_ED25519, KEY_P384, KEY_RSA2048};
    static struct softhsm_files files;
    house_found(house);
    for (int i = 0; i < 6; i++) {
        const char *path = plant_without_mark(house, types[i / 2], i % 2 == 1);
        softhsm_privates(&house->softhsm, &files);
        size_t privates = files.count;
        house_start(house, STAGE_SERVING, SOFTHSM_PIN);
        house_ends(house, EXIT_HALT, "of a type that does not sign here");
        softhsm_privates(&house->softhsm, &files);
        assert_int_equal(files.count, privates);
        assert_int_equal(unlink(path), 0);
    }
}

static void vault__r18_stops_at_two_log_keys(void **state)
{
    struct house *house = *state;
    house_found(house);
    plant_key(house, "conclave.log");
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_ends(house, EXIT_HALT, "more than one log key");
}

// A key of the right name that somebody made extractable.
static void vault__r18_stops_at_a_key_with_other_attributes(void **state)
{
    struct house *house = *state;
    static const uint8_t params[] = {
        0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
    static const CK_BBOOL yes = CK_TRUE;
    struct object_template public = {.count = 0}, private = {.count = 0};
    CK_MECHANISM mechanism = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    CK_OBJECT_HANDLE first, second;
    house_found(house);
    struct token *token = softhsm_open(&house->softhsm);
    object_template_add(&public, CKA_EC_PARAMS, params, sizeof params);
    object_template_add(&public, CKA_TOKEN, &yes, sizeof yes);
    object_template_add(&public, CKA_ID, "x", 1);
    object_template_add(&private, CKA_ID, "x", 1);
    object_template_add(&private, CKA_TOKEN, &yes, sizeof yes);
    object_template_add(&private, CKA_PRIVATE, &yes, sizeof yes);
    object_template_add(&private, CKA_EXTRACTABLE, &yes, sizeof yes);
    object_template_add(&private, CKA_LABEL, "image/root", 10);
    assert_int_equal(token->p11->C_GenerateKeyPair(token->session, &mechanism, public.at,
                         public.count, private.at, private.count, &first, &second),
        CKR_OK);
    token_close(token);
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_ends(house, EXIT_HALT, "CKA_");
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, house_set_up, house_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_HOUSE(vault__r18_destroys_a_key_that_neither_charter_nor_state_names),
        IN_HOUSE(vault__r18_destroys_no_key_before_the_records_are_known),
        IN_HOUSE(vault__r18_stops_when_a_key_of_the_charter_is_missing),
        IN_HOUSE(vault__r18_stops_when_a_key_of_the_state_is_missing),
        IN_HOUSE(vault__r18_removes_a_public_key_without_a_private_one),
        IN_HOUSE(vault__r18_removes_a_key_whose_making_broke_off),
        IN_HOUSE(vault__r18_stops_at_a_damaged_key_and_destroys_nothing),
        IN_HOUSE(vault__r18_stops_at_two_log_keys),
        IN_HOUSE(vault__r18_stops_at_a_key_with_other_attributes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
