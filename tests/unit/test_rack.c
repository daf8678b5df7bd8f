// What is known of the tokens that are plugged in before anybody types a PIN, over SoftHSM.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hsm/rack.h"
#include "tests/unit/softhsm.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

static struct softhsm softhsm;

// pkcs11-tool on the token that has this serial number; two have the same label.
static void tool(const char *const *words)
{
    pid_t pid;
    int status;
    const char *argv[24] = {"pkcs11-tool", "--module", softhsm.module};
    size_t count = 3;
    for (size_t i = 0; words[i] != NULL; i++)
        argv[count++] = words[i];
    posix_spawn_file_actions_t quiet;
    assert_int_equal(posix_spawn_file_actions_init(&quiet), 0);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", 1, 0);
    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", 1, 0);
    // posix_spawn's argv is const in all but its type.
    char *const *args = (char *const *)(uintptr_t)argv;
    assert_int_equal(posix_spawnp(&pid, argv[0], &quiet, NULL, args, environ), 0);
    posix_spawn_file_actions_destroy(&quiet);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}
#define TOOL(...) tool((const char *const[]){__VA_ARGS__, NULL})

static struct rack *read_rack(void)
{
    struct rack *rack = NULL;
    struct refusal why = {0};
    if (rack_read(softhsm.module, &rack, &why) != OK)
        fail_msg("%s", why.sentence);
    return rack;
}

static const struct rack_token *find(const struct rack *rack, const char *label)
{
    for (size_t i = 0; i < rack->count; i++)
        if (strcmp(rack->tokens[i].label, label) == 0)
            return &rack->tokens[i];
    fail_msg("no token %s", label);
    return NULL;
}

static void rack__names_nothing_by_an_empty_text(void **state)
{
    (void)state;
    assert_false(token_is_named("", "1234", ""));
    assert_false(token_is_named("alice", "", "serial:"));
    assert_false(token_is_named("alice", "1234", "serial:"));
    assert_false(token_is_named("alice", "1234", "serial:12345"));
    assert_false(token_is_named("alice", "1234", "serial:123"));
    assert_false(token_is_named("alice", "1234", "alic"));
    assert_false(token_is_named("alice", "1234", "1234"));
    assert_true(token_is_named("alice", "1234", "serial:1234"));
    assert_true(token_is_named("alice", "1234", "alice"));
}

static void rack__holds_a_blank_token_that_no_name_means(void **state)
{
    struct rack *rack = read_rack();
    const struct rack_token *blank = NULL;
    (void)state;
    // SoftHSM always shows one more than were made.
    for (size_t i = 0; i < rack->count; i++)
        if (rack->tokens[i].state == RACK_BLANK)
            blank = &rack->tokens[i];
    assert_non_null(blank);
    assert_int_equal(blank->key_count, 0);
    assert_false(rack_token_is(blank, blank->label));
    struct rack_token named = {.state = RACK_BLANK, .label = "x", .serial = "1"};
    assert_false(rack_token_is(&named, "x"));
    assert_false(rack_token_is(&named, "serial:1"));
    rack_free(rack);
}

static void rack__tells_two_of_one_label_apart_by_serial_number(void **state)
{
    struct rack *rack = read_rack();
    struct token *token = NULL;
    struct refusal why;
    char names[2][RACK_NAME];
    size_t count = 0;
    (void)state;
    assert_int_equal(token_open(softhsm.module, "twin", &token, &why), ERR_TOKEN);
    for (size_t i = 0; i < rack->count; i++)
        if (rack_token_is(&rack->tokens[i], "twin"))
            assert_true(rack_name(rack, &rack->tokens[i], names[count++]));
    assert_int_equal(count, 2);
    assert_string_not_equal(names[0], names[1]);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(token_open(softhsm.module, names[i], &token, &why), OK);
        token_close(token);
    }
    names[0][strlen(names[0]) - 1] ^= 1;
    assert_int_equal(token_open(softhsm.module, names[0], &token, &why), ERR_TOKEN);
    assert_non_null(strstr(why.sentence, "no token with the serial number"));
    rack_free(rack);
}

static void rack__names_a_token_by_its_label_where_that_is_enough(void **state)
{
    struct rack *rack = read_rack();
    char name[RACK_NAME];
    (void)state;
    assert_true(rack_name(rack, find(rack, SOFTHSM_LABEL), name));
    assert_string_equal(name, SOFTHSM_LABEL);
    rack_free(rack);
}

static void rack__shows_what_pkcs11_says_of_a_token(void **state)
{
    struct rack *rack = read_rack();
    const struct rack_token *token = find(rack, SOFTHSM_LABEL);
    (void)state;
    assert_string_equal(token->maker, "SoftHSM project");
    assert_string_equal(token->model, "SoftHSM v2");
    assert_int_equal(strlen(token->serial), RACK_SERIAL_MOST);
    assert_int_equal(token->state, RACK_READY);
    assert_true(token->asks_pin);
    assert_false(token->has_ed25519);
    assert_string_equal(rack_state_text(token->state), "ready");
    rack_free(rack);
}

static void rack__r16_shows_keys_that_are_not_ours_as_none(void **state)
{
    static const char *const foreign[] = {"p521", "rsa1024"};
    struct rack *rack = read_rack();
    const struct rack_token *token = find(rack, "keys");
    (void)state;
    for (size_t i = 0; i < token->key_count; i++)
        for (size_t j = 0; j < sizeof foreign / sizeof foreign[0]; j++)
            if (strcmp(token->keys[i].label, foreign[j]) == 0)
                assert_int_equal(token->keys[i].key.type, KEY_NONE);
    assert_int_equal(token->key_count, 5);
    rack_free(rack);
}

static void rack__shows_public_keys_of_every_type_without_a_pin(void **state)
{
    static const struct {
        const char *label;
        enum key_type type;
    } keys[] = {{"p256", KEY_P256}, {"p384", KEY_P384}, {"rsa", KEY_RSA2048}};
    struct rack *rack = read_rack();
    const struct rack_token *token = find(rack, "keys");
    size_t found = 0;
    (void)state;
    for (size_t i = 0; i < token->key_count; i++)
        for (size_t j = 0; j < sizeof keys / sizeof keys[0]; j++)
            if (strcmp(token->keys[i].label, keys[j].label) == 0) {
                assert_int_equal(token->keys[i].key.type, keys[j].type);
                found++;
            }
    assert_int_equal(found, 3);
    rack_free(rack);
}

// One more than fit, and the Ed25519 one among them, wherever the token puts it.
static void rack__knows_of_keys_behind_those_that_it_holds(void **state)
{
    struct rack *rack;
    struct refusal why;
    struct token_key made;
    struct token *token = softhsm_open(&softhsm);
    (void)state;
    assert_int_equal(token_key_generate(token, "odd", KEY_ED25519, &made, &why), OK);
    for (size_t i = 0; i < RACK_KEYS_MOST; i++)
        assert_int_equal(token_key_generate(token, "even", KEY_P256, &made, &why), OK);
    token_close(token);
    rack = read_rack();
    assert_int_equal(find(rack, SOFTHSM_LABEL)->key_count, RACK_KEYS_MOST);
    assert_true(find(rack, SOFTHSM_LABEL)->has_more);
    assert_true(find(rack, SOFTHSM_LABEL)->has_ed25519);
    assert_false(find(rack, "keys")->has_more);
    rack_free(rack);
}

static void make_token(const char *label)
{
    char command[256];
    snprintf(command, sizeof command,
        "softhsm2-util --init-token --free --label %s --so-pin so-pin-of-the-test "
        "--pin " SOFTHSM_PIN " >/dev/null",
        label);
    assert_int_equal(system(command), 0);
}

static void make_key(const char *type, const char *label, const char *id)
{
    TOOL("--token-label", "keys", "--login", "--pin", SOFTHSM_PIN, "--keypairgen", "--key-type",
        type, "--label", label, "--id", id);
}

static int make(void **state)
{
    (void)state;
    softhsm_make(&softhsm);
    make_token("twin");
    make_token("twin");
    make_token("keys");
    make_key("EC:prime256v1", "p256", "01");
    make_key("EC:secp384r1", "p384", "02");
    make_key("EC:secp521r1", "p521", "03");
    make_key("rsa:2048", "rsa", "04");
    make_key("rsa:1024", "rsa1024", "05");
    return 0;
}

static int clean(void **state)
{
    (void)state;
    softhsm_drop(&softhsm);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rack__names_nothing_by_an_empty_text),
        cmocka_unit_test(rack__holds_a_blank_token_that_no_name_means),
        cmocka_unit_test(rack__tells_two_of_one_label_apart_by_serial_number),
        cmocka_unit_test(rack__names_a_token_by_its_label_where_that_is_enough),
        cmocka_unit_test(rack__shows_what_pkcs11_says_of_a_token),
        cmocka_unit_test(rack__r16_shows_keys_that_are_not_ours_as_none),
        cmocka_unit_test(rack__shows_public_keys_of_every_type_without_a_pin),
        cmocka_unit_test(rack__knows_of_keys_behind_those_that_it_holds),
    };
    return cmocka_run_group_tests(tests, make, clean);
}
