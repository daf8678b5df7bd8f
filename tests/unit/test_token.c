// The token over the real SoftHSM module: what a key may do, and what it may not.
#include "hsm/object.h"
#include "tests/unit/softhsm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
    struct softhsm softhsm;
    struct token *token;
    struct refusal why;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    softhsm_make(&world->softhsm);
    world->token = softhsm_open(&world->softhsm);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    token_close(world->token);
    softhsm_drop(&world->softhsm);
    free(world);
    return 0;
}

static struct secret *secret_from(const char *text)
{
    int ends[2];
    struct secret *secret = secret_new();
    assert_non_null(secret);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
    close(ends[1]);
    assert_int_equal(secret_read_fd(secret, ends[0]), OK);
    close(ends[0]);
    return secret;
}

// A log-in of its own: the world's session is closed first, as a token has one state of log-in.
static enum err login_with(struct world *world, const char *pin)
{
    token_close(world->token);
    world->token = NULL;
    struct secret *secret = secret_from(pin);
    assert_int_equal(
        token_open(world->softhsm.module, SOFTHSM_LABEL, &world->token, &world->why), OK);
    enum err err = token_login(world->token, secret, &world->why);
    secret_free(secret);
    return err;
}

static void token__refuses_a_wrong_pin(void **state)
{
    struct world *world = *state;
    assert_int_equal(login_with(world, "wrong-horse"), ERR_PIN);
    assert_non_null(strstr(world->why.sentence, "refused the PIN"));
    assert_null(strstr(world->why.sentence, "wrong-horse"));
}

static void token__refuses_an_empty_pin_without_asking(void **state)
{
    struct world *world = *state;
    assert_int_equal(login_with(world, ""), ERR_PIN);
    assert_non_null(strstr(world->why.sentence, "empty"));
}

static void token__says_which_module_is_missing(void **state)
{
    (void)state;
    struct refusal why = {0};
    struct token *token = NULL;
    assert_int_equal(token_open("/nonexistent/pkcs11.so", "x", &token, &why), ERR_TOKEN);
    assert_null(token);
    assert_non_null(strstr(why.sentence, "/nonexistent/pkcs11.so"));
}

static void token__refuses_a_library_that_is_no_module(void **state)
{
    (void)state;
    struct refusal why = {0};
    struct token *token = NULL;
    assert_int_equal(token_open("libz.so.1", "x", &token, &why), ERR_TOKEN);
    assert_non_null(strstr(why.sentence, "not a PKCS#11 module"));
}

static void token__says_which_token_is_missing(void **state)
{
    struct world *world = *state;
    struct token *token = NULL;
    token_close(world->token);
    world->token = NULL;
    assert_int_equal(
        token_open(world->softhsm.module, "conclave", &token, &world->why), ERR_TOKEN);
    assert_null(token);
    assert_non_null(strstr(world->why.sentence, "no token with the label conclave"));
}

static void token__refuses_two_tokens_of_one_label(void **state)
{
    struct world *world = *state;
    struct token *token = NULL;
    token_close(world->token);
    world->token = NULL;
    softhsm_make_another(&world->softhsm);
    assert_int_equal(
        token_open(world->softhsm.module, SOFTHSM_LABEL, &token, &world->why), ERR_TOKEN);
    assert_non_null(strstr(world->why.sentence, "more than one"));
}

static const enum key_type types[] = {
    KEY_ED25519, KEY_P256, KEY_P384, KEY_RSA2048, KEY_RSA3072, KEY_RSA4096};
enum { TYPES = sizeof types / sizeof types[0] };

static void sign_and_verify(struct world *world, const struct token_key *key)
{
    struct bytes signature;
    struct span message = span_text("what is signed");
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    assert_int_equal(token_key_sign(world->token, key, message, &signature, &world->why), OK);
    assert_int_equal(key_verify(&key->key, message, bytes_span(&signature)), OK);
    assert_int_equal(
        key_verify(&key->key, span_text("another"), bytes_span(&signature)), ERR_SIGNATURE);
    bytes_clear(&signature);
}

static void token__r15_signs_by_the_mechanism_of_the_keys_type(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < TYPES; i++) {
        struct token_key key;
        assert_int_equal(
            token_key_generate(world->token, "image/root", types[i], &key, &world->why), OK);
        assert_int_equal(key.key.type, types[i]);
        assert_string_equal(key.label, "image/root");
        for (int turn = 0; turn < 10; turn++)
            sign_and_verify(world, &key);
    }
}

static void token__signs_an_empty_and_a_large_message(void **state)
{
    struct world *world = *state;
    struct token_key key;
    size_t size = 4 * 1024 * 1024;
    uint8_t *large = calloc(1, size);
    assert_non_null(large);
    assert_int_equal(
        token_key_generate(world->token, "image/root", KEY_ED25519, &key, &world->why), OK);
    struct bytes signature;
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    assert_int_equal(
        token_key_sign(world->token, &key, span_of(large, size), &signature, &world->why), OK);
    assert_int_equal(key_verify(&key.key, span_of(large, size), bytes_span(&signature)), OK);
    bytes_clear(&signature);
    free(large);
}

static void token__refuses_to_generate_what_has_no_type_or_name(void **state)
{
    struct world *world = *state;
    struct token_key key;
    char long_label[LIMIT_ROLE_NAME + 2];
    memset(long_label, 'x', sizeof long_label - 1);
    long_label[sizeof long_label - 1] = '\0';
    struct token *token = world->token;
    assert_int_equal(token_key_generate(token, "a", KEY_NONE, &key, &world->why), ERR_FORM);
    assert_int_equal(token_key_generate(token, "a", 77, &key, &world->why), ERR_FORM);
    assert_int_equal(token_key_generate(token, "", KEY_P256, &key, &world->why), ERR_FORM);
    assert_int_equal(
        token_key_generate(token, long_label, KEY_P256, &key, &world->why), ERR_FORM);
}

static void token__lists_a_pair_of_each_type_as_it_was_made(void **state)
{
    struct world *world = *state;
    struct token_key made[TYPES], listed[TYPES];
    size_t count = 0;
    for (size_t i = 0; i < TYPES; i++)
        assert_int_equal(
            token_key_generate(world->token, "image/root", types[i], &made[i], &world->why),
            OK);
    assert_int_equal(token_key_list(world->token, listed, TYPES, &count, &world->why), OK);
    assert_int_equal(count, TYPES);
    for (size_t i = 0; i < TYPES; i++) {
        size_t found = 0;
        for (size_t j = 0; j < TYPES; j++)
            found += hash_equal(&made[i].key.id, &listed[j].key.id) &&
                     made[i].key.type == listed[j].key.type;
        assert_int_equal(found, 1);
        assert_int_equal(token_key_destroy(world->token, &made[i], &world->why), OK);
    }
    struct object_template all = {.count = 0};
    CK_OBJECT_HANDLE handle;
    assert_int_equal(object_find(world->token, &all, &handle, 1, &count, &world->why), OK);
    assert_int_equal(count, 0);
}

static void token__lists_every_pair_and_no_more_than_asked(void **state)
{
    struct world *world = *state;
    struct token_key made[3], listed[3];
    size_t count = 0;
    static const char *const labels[] = {"image/root", "image/targets", "image/targets"};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(token_key_generate(world->token, labels[i],
                             i == 1 ? KEY_P256 : KEY_ED25519, &made[i], &world->why),
            OK);
    assert_int_equal(token_key_list(world->token, listed, 2, &count, &world->why), ERR_LIMIT);
    assert_string_equal(world->why.rule, "R20");
    assert_non_null(strstr(world->why.sentence, "the token holds more than 2 objects"));
    assert_int_equal(token_key_list(world->token, listed, 3, &count, &world->why), OK);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < 3; i++) {
        size_t found = 0;
        for (size_t j = 0; j < 3; j++)
            found += hash_equal(&made[i].key.id, &listed[j].key.id) &&
                     strcmp(made[i].label, listed[j].label) == 0;
        assert_int_equal(found, 1);
    }
}

static void token__r18_checks_every_attribute_of_a_generated_key(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < TYPES; i++) {
        struct token_key key;
        assert_int_equal(
            token_key_generate(world->token, "image/root", types[i], &key, &world->why), OK);
        assert_int_equal(token_key_check(world->token, &key, &world->why), OK);
    }
}

// What C_SignInit says to a mechanism; a signature that was begun is not finished.
static CK_RV begin_signing(
    struct world *world, CK_OBJECT_HANDLE key, CK_MECHANISM_TYPE type, bool pss)
{
    CK_RSA_PKCS_PSS_PARAMS params = {CKM_SHA256, CKG_MGF1_SHA256, KEY_PSS_SALT};
    CK_MECHANISM mechanism = {type, pss ? &params : NULL, pss ? sizeof params : 0};
    CK_RV rv = world->token->p11->C_SignInit(world->token->session, &mechanism, key);
    token_close(world->token);
    world->token = softhsm_open(&world->softhsm);
    return rv;
}

static CK_OBJECT_HANDLE only_private(struct world *world)
{
    static const CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    struct object_template template = {.count = 0};
    CK_OBJECT_HANDLE handle = 0;
    size_t count = 0;
    object_template_add(&template, CKA_CLASS, &class, sizeof class);
    assert_int_equal(object_find(world->token, &template, &handle, 1, &count, &world->why), OK);
    assert_int_equal(count, 1);
    return handle;
}

// The token itself refuses what is not PSS over SHA-256: to pad otherwise, or to sign any digest.
static void token__r15_a_role_key_of_rsa_signs_by_one_mechanism_alone(void **state)
{
    struct world *world = *state;
    struct token_key key;
    assert_int_equal(
        token_key_generate(world->token, "image/root", KEY_RSA2048, &key, &world->why), OK);
    static const struct {
        CK_MECHANISM_TYPE type;
        bool pss;
        CK_RV expected;
    } tries[] = {
        {CKM_RSA_X_509, false, CKR_MECHANISM_INVALID},
        {CKM_RSA_PKCS, false, CKR_MECHANISM_INVALID},
        {CKM_SHA256_RSA_PKCS, false, CKR_MECHANISM_INVALID},
        {CKM_RSA_PKCS_PSS, true, CKR_MECHANISM_INVALID},
        {CKM_SHA256_RSA_PKCS_PSS, true, CKR_OK},
    };
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++)
        assert_int_equal(begin_signing(world, only_private(world), tries[i].type, tries[i].pss),
            tries[i].expected);
}

static void token__r15_a_persons_rsa_key_allows_raw_rsa_too_and_a_role_may_not(void **state)
{
    struct world *world = *state;
    struct token_key key;
    assert_int_equal(
        token_key_generate_for_person(world->token, "alice", KEY_RSA2048, &key, &world->why),
        OK);
    sign_and_verify(world, &key);
    assert_int_equal(token_key_check(world->token, &key, &world->why), ERR_KEY);
    assert_non_null(strstr(world->why.sentence, "mechanisms"));
    assert_int_equal(begin_signing(world, only_private(world), CKM_RSA_X_509, false), CKR_OK);
    assert_int_equal(
        begin_signing(world, only_private(world), CKM_RSA_PKCS, false), CKR_MECHANISM_INVALID);
    // Of a curve both are the same.
    assert_int_equal(object_destroy_all(world->token, &world->why), OK);
    assert_int_equal(
        token_key_generate_for_person(world->token, "alice", KEY_P384, &key, &world->why), OK);
    assert_int_equal(token_key_check(world->token, &key, &world->why), OK);
}

// Generates an Ed25519 pair as somebody careless would, with one flag turned round, or allowed other
// mechanisms than the one of its type: all (0), or one more (2).
static enum err careless_pair(
    struct world *world, CK_ATTRIBUTE_TYPE flag, CK_BBOOL value, size_t mechanisms)
{
    static const uint8_t params[] = {
        0x13, 0x0c, 'e', 'd', 'w', 'a', 'r', 'd', 's', '2', '5', '5', '1', '9'};
    static const CK_MECHANISM_TYPE allowed[] = {CKM_EDDSA, CKM_AES_KEY_GEN};
    struct object_flag flags[] = {
        {CKA_TOKEN, "", CK_TRUE},
        {CKA_PRIVATE, "", CK_TRUE},
        {CKA_SENSITIVE, "", CK_TRUE},
        {CKA_SIGN, "", CK_TRUE},
        {CKA_EXTRACTABLE, "", CK_FALSE},
        {CKA_DECRYPT, "", CK_FALSE},
        {CKA_UNWRAP, "", CK_FALSE},
        {CKA_DERIVE, "", CK_FALSE},
        {CKA_SIGN_RECOVER, "", CK_FALSE},
        {CKA_MODIFIABLE, "", CK_FALSE},
        {CKA_COPYABLE, "", CK_FALSE},
    };
    struct object_template public = {.count = 0}, private = {.count = 0};
    CK_BBOOL yes = CK_TRUE;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (flags[i].type == flag)
            flags[i].value = value;
    object_template_add(&public, CKA_EC_PARAMS, params, sizeof params);
    object_template_add(&public, CKA_TOKEN, &yes, sizeof yes);
    object_template_add(&public, CKA_ID, "1234", 4);
    object_template_add(&private, CKA_ID, "1234", 4);
    object_template_add(&private, CKA_LABEL, "image/root", 10);
    object_template_flags(&private, flags, sizeof flags / sizeof flags[0]);
    if (mechanisms > 0)
        object_template_add(
            &private, CKA_ALLOWED_MECHANISMS, allowed, mechanisms * sizeof allowed[0]);
    CK_MECHANISM mechanism = {CKM_EC_EDWARDS_KEY_PAIR_GEN, NULL, 0};
    CK_OBJECT_HANDLE first, second;
    assert_int_equal(world->token->p11->C_GenerateKeyPair(world->token->session, &mechanism,
                         public.at, public.count, private.at, private.count, &first, &second),
        CKR_OK);
    struct token_key key;
    size_t count = 0;
    assert_int_equal(token_key_list(world->token, &key, 1, &count, &world->why), OK);
    enum err err = token_key_check(world->token, &key, &world->why);
    assert_int_equal(object_destroy_all(world->token, &world->why), OK);
    return err;
}

static void token__r18_refuses_a_key_with_any_other_attribute(void **state)
{
    struct world *world = *state;
    static const struct {
        CK_ATTRIBUTE_TYPE type;
        CK_BBOOL value;
    } bad[] = {
        {CKA_SENSITIVE, CK_FALSE},
        {CKA_EXTRACTABLE, CK_TRUE},
        {CKA_DECRYPT, CK_TRUE},
        {CKA_UNWRAP, CK_TRUE},
        {CKA_DERIVE, CK_TRUE},
        {CKA_SIGN_RECOVER, CK_TRUE},
        {CKA_MODIFIABLE, CK_TRUE},
        {CKA_COPYABLE, CK_TRUE},
        {CKA_PRIVATE, CK_FALSE},
        {CKA_SIGN, CK_FALSE},
    };
    assert_int_equal(careless_pair(world, CKA_SENSITIVE, CK_TRUE, 1), OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(careless_pair(world, bad[i].type, bad[i].value, 1), ERR_KEY);
    for (size_t mechanisms = 0; mechanisms <= 2; mechanisms += 2) {
        assert_int_equal(careless_pair(world, CKA_SENSITIVE, CK_TRUE, mechanisms), ERR_KEY);
        assert_non_null(strstr(world->why.sentence, "mechanisms"));
    }
}

static void token__r18_refuses_a_key_that_was_brought_in(void **state)
{
    struct world *world = *state;
    static const CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    static const CK_KEY_TYPE type = CKK_EC;
    static const uint8_t params[] = {
        0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
    static const CK_MECHANISM_TYPE allowed = CKM_ECDSA;
    static const struct object_flag flags[] = {
        {CKA_TOKEN, "", CK_TRUE},
        {CKA_PRIVATE, "", CK_TRUE},
        {CKA_SENSITIVE, "", CK_TRUE},
        {CKA_SIGN, "", CK_TRUE},
        {CKA_EXTRACTABLE, "", CK_FALSE},
        {CKA_DECRYPT, "", CK_FALSE},
        {CKA_UNWRAP, "", CK_FALSE},
        {CKA_DERIVE, "", CK_FALSE},
        {CKA_SIGN_RECOVER, "", CK_FALSE},
        {CKA_MODIFIABLE, "", CK_FALSE},
        {CKA_COPYABLE, "", CK_FALSE},
    };
    uint8_t value[32] = {[31] = 7};
    struct object_template template = {.count = 0};
    object_template_add(&template, CKA_CLASS, &class, sizeof class);
    object_template_add(&template, CKA_KEY_TYPE, &type, sizeof type);
    object_template_add(&template, CKA_EC_PARAMS, params, sizeof params);
    object_template_add(&template, CKA_VALUE, value, sizeof value);
    object_template_add(&template, CKA_ALLOWED_MECHANISMS, &allowed, sizeof allowed);
    object_template_flags(&template, flags, sizeof flags / sizeof flags[0]);
    struct token_key key = {.key.type = KEY_P256};
    assert_int_equal(object_create(world->token, &template, &key.handle, &world->why), OK);
    assert_int_equal(token_key_check(world->token, &key, &world->why), ERR_KEY);
    assert_non_null(strstr(world->why.sentence, "CKA_LOCAL"));
    // Without a public half it cannot even be listed.
    size_t count = 0;
    assert_int_equal(token_key_list(world->token, &key, 1, &count, &world->why), ERR_KEY);
}

static void token__r18_gives_no_private_value(void **state)
{
    struct world *world = *state;
    static const CK_ATTRIBUTE_TYPE secret[] = {CKA_VALUE, CKA_PRIVATE_EXPONENT, CKA_PRIME_1,
        CKA_PRIME_2, CKA_EXPONENT_1, CKA_EXPONENT_2, CKA_COEFFICIENT};
    for (size_t i = 0; i < TYPES; i++) {
        struct token_key key;
        assert_int_equal(
            token_key_generate(world->token, "image/root", types[i], &key, &world->why), OK);
        for (size_t at = 0; at < sizeof secret / sizeof secret[0]; at++) {
            uint8_t value[KEY_RAW_MOST];
            struct object_room room = {value, sizeof value};
            assert_int_equal(
                object_bytes(world->token, key.handle, secret[at], &room, &world->why),
                ERR_TOKEN);
        }
    }
}

static void token__destroys_everything(void **state)
{
    struct world *world = *state;
    struct token_key key;
    size_t count = 9;
    for (int i = 0; i < 3; i++)
        assert_int_equal(
            token_key_generate(world->token, "image/root", KEY_P256, &key, &world->why), OK);
    assert_int_equal(object_destroy_all(world->token, &world->why), OK);
    struct object_template all = {.count = 0};
    CK_OBJECT_HANDLE handle;
    assert_int_equal(object_find(world->token, &all, &handle, 1, &count, &world->why), OK);
    assert_int_equal(count, 0);
}

#define WITH_TOKEN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TOKEN(token__refuses_a_wrong_pin),
        WITH_TOKEN(token__refuses_an_empty_pin_without_asking),
        cmocka_unit_test(token__says_which_module_is_missing),
        cmocka_unit_test(token__refuses_a_library_that_is_no_module),
        WITH_TOKEN(token__says_which_token_is_missing),
        WITH_TOKEN(token__refuses_two_tokens_of_one_label),
        WITH_TOKEN(token__r15_signs_by_the_mechanism_of_the_keys_type),
        WITH_TOKEN(token__signs_an_empty_and_a_large_message),
        WITH_TOKEN(token__refuses_to_generate_what_has_no_type_or_name),
        WITH_TOKEN(token__lists_a_pair_of_each_type_as_it_was_made),
        WITH_TOKEN(token__r15_a_role_key_of_rsa_signs_by_one_mechanism_alone),
        WITH_TOKEN(token__r15_a_persons_rsa_key_allows_raw_rsa_too_and_a_role_may_not),
        WITH_TOKEN(token__lists_every_pair_and_no_more_than_asked),
        WITH_TOKEN(token__r18_checks_every_attribute_of_a_generated_key),
        WITH_TOKEN(token__r18_refuses_a_key_with_any_other_attribute),
        WITH_TOKEN(token__r18_refuses_a_key_that_was_brought_in),
        WITH_TOKEN(token__r18_gives_no_private_value),
        WITH_TOKEN(token__destroys_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
