// Administrators' tokens, over a real SoftHSM token in a folder of this test.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/signer.h"
#include "proto/dsse.h"

#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MODULE "/usr/lib/softhsm/libsofthsm2.so"
#define PIN    "a-long-random-secret-1234"

extern char **environ;

static char folder[] = "/tmp/conclave-token-XXXXXX";

static void run(const char *const *arguments)
{
    pid_t pid;
    int status;
    char *argv[24] = {NULL};
    posix_spawn_file_actions_t quiet;
    for (size_t i = 0; arguments[i] != NULL; i++)
        assert_non_null(argv[i] = strdup(arguments[i]));
    assert_int_equal(posix_spawn_file_actions_init(&quiet), 0);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
    assert_int_equal(posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&quiet);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    for (size_t i = 0; argv[i] != NULL; i++)
        free(argv[i]);
}

static void make_token(const char *label)
{
    run((const char *[]){"softhsm2-util", "--init-token", "--free", "--label", label,
        "--so-pin", PIN, "--pin", PIN, NULL});
}

static void make_key(const char *token, const char *type, const char *label, const char *id)
{
    run((const char *[]){"pkcs11-tool", "--module", MODULE, "--token-label", token, "--login",
        "--pin", PIN, "--keypairgen", "--key-type", type, "--label", label, "--id", id, NULL});
}

static void drop_half(const char *token, const char *type, const char *id)
{
    run((const char *[]){"pkcs11-tool", "--module", MODULE, "--token-label", token, "--login",
        "--pin", PIN, "--delete-object", "--type", type, "--id", id, NULL});
}

// A token that shows the public half of its first key for the private half of its second.
static void make_liar(const char *token)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s.der", folder, token);
    make_key(token, "EC:prime256v1", "approver", "01");
    make_key(token, "EC:prime256v1", "other", "02");
    run((const char *[]){"pkcs11-tool", "--module", MODULE, "--token-label", token,
        "--read-object", "--type", "pubkey", "--id", "01", "--output-file", path, NULL});
    drop_half(token, "privkey", "01");
    drop_half(token, "pubkey", "01");
    drop_half(token, "pubkey", "02");
    run((const char *[]){"pkcs11-tool", "--module", MODULE, "--token-label", token, "--login",
        "--pin", PIN, "--write-object", path, "--type", "pubkey", "--id", "02", "--label",
        "approver", NULL});
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int make_tokens(void **state)
{
    char path[64], text[256];
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/tokens", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(text, sizeof text, "directories.tokendir = %s\nlog.level = ERROR\n", path);
    snprintf(path, sizeof path, "%s/conf", folder);
    write_text(path, text);
    setenv("SOFTHSM2_CONF", path, 1);
    const char *const labels[] = {"alice", "empty", "two", "edwards", "rsa", "types", "mixed",
        "lonely", "liar", "sly", "twin", "twin"};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        make_token(labels[i]);
    make_key("alice", "EC:prime256v1", "approver", "01");
    make_key("two", "EC:prime256v1", "first", "01");
    make_key("two", "EC:prime256v1", "second", "02");
    make_key("edwards", "EC:edwards25519", "odd", "01");
    make_key("rsa", "rsa:2048", "approver", "01");
    make_key("types", "EC:secp384r1", "p384", "01");
    make_key("types", "rsa:3072", "rsa3072", "02");
    make_key("mixed", "EC:edwards25519", "odd", "01");
    make_key("mixed", "EC:prime256v1", "p256", "02");
    make_key("mixed", "rsa:2048", "rsa", "03");
    make_key("lonely", "EC:prime256v1", "approver", "01");
    make_key("lonely", "EC:edwards25519", "edwards", "02");
    drop_half("lonely", "privkey", "01");
    drop_half("lonely", "privkey", "02");
    make_liar("liar");
    make_liar("sly");
    make_key("sly", "EC:edwards25519", "odd", "03");
    return 0;
}

static int drop(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about, (void)kind, (void)at;
    return remove(path);
}

static int remove_tokens(void **state)
{
    (void)state;
    return nftw(folder, drop, 8, FTW_DEPTH | FTW_PHYS);
}

static struct secret *pin_of(const char *text)
{
    int ends[2];
    struct secret *pin = secret_new();
    assert_non_null(pin);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
    close(ends[1]);
    assert_int_equal(secret_read_fd(pin, ends[0]), OK);
    close(ends[0]);
    return pin;
}

// The token of that label, and its key of that label; with none, its first that can be used.
static void find_place(const char *label, const char *key, struct admin_token_place *place)
{
    for (size_t i = 0; i < place->rack->count; i++)
        if (rack_token_is(&place->rack->tokens[i], label))
            place->token = &place->rack->tokens[i];
    assert_non_null(place->token);
    for (size_t i = 0; i < place->token->key_count; i++) {
        const struct rack_key *shown = &place->token->keys[i];
        if (shown->key.type != KEY_NONE && (key == NULL || strcmp(shown->label, key) == 0))
            place->key = shown;
    }
}

enum { HIDDEN = 1 }; // as if the token showed no key before the log-in

static enum err open_with(const char *label, const char *key, const char *text, unsigned how,
    struct admin_token **out, struct refusal *why)
{
    struct secret *pin = pin_of(text);
    struct rack *rack = NULL;
    struct admin_token_place place = {.module = MODULE, .key_label = key};
    memset(why, 0, sizeof *why);
    assert_int_equal(rack_read(MODULE, &rack, why), OK);
    place.rack = rack;
    find_place(label, key, &place);
    if ((how & HIDDEN) != 0)
        place.key = NULL;
    enum err err = admin_token_open(&place, pin, out, why);
    rack_free(rack);
    secret_free(pin);
    return err;
}

// Opening fails with `err` and a sentence that holds `word`.
static void assert_refused(const char *label, const char *key, unsigned how, const char *pin,
    enum err err, const char *word)
{
    struct admin_token *token = NULL;
    struct refusal why;
    assert_int_equal(open_with(label, key, pin, how, &token, &why), err);
    assert_null(token);
    if (strstr(why.sentence, word) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", why.sentence, word);
}

static void token_p11__refuses_a_module_that_is_not_there(void **state)
{
    struct rack *rack = NULL;
    struct refusal why;
    (void)state;
    assert_int_equal(rack_read("/nowhere/module.so", &rack, &why), ERR_TOKEN);
    assert_null(rack);
    assert_non_null(strstr(why.sentence, "/nowhere/module.so"));
    assert_int_equal(rack_read("libz.so.1", &rack, &why), ERR_TOKEN);
    assert_non_null(strstr(why.sentence, "not a PKCS#11 module"));
}

static void token_p11__refuses_two_tokens_that_nothing_tells_apart(void **state)
{
    struct rack *rack = NULL;
    struct refusal why;
    char name[RACK_NAME];
    (void)state;
    assert_int_equal(rack_read(MODULE, &rack, &why), OK);
    struct admin_token_place place = {.module = MODULE, .rack = rack};
    find_place("twin", NULL, &place);
    assert_true(rack_name(rack, place.token, name));
    assert_int_equal(strncmp(name, "serial:", 7), 0);
    assert_int_equal(admin_token_ready(&place, &why), OK);
    for (size_t i = 0; i < rack->count; i++)
        memset(rack->tokens[i].serial, 0, sizeof rack->tokens[i].serial);
    assert_false(rack_name(rack, place.token, name));
    assert_int_equal(admin_token_ready(&place, &why), ERR_TOKEN);
    assert_non_null(strstr(why.sentence, "same serial number"));
    rack_free(rack);
}

static void token_p11__asks_nothing_of_a_token_that_is_locked_or_blank(void **state)
{
    static const struct {
        enum rack_state state;
        enum err err;
        const char *word;
    } cases[] = {
        {RACK_LOCKED, ERR_PIN, "is locked"},
        {RACK_NO_PIN, ERR_TOKEN, "is not initialised"},
        {RACK_BLANK, ERR_TOKEN, "is not initialised"},
    };
    struct rack *rack = NULL;
    struct refusal why;
    (void)state;
    assert_int_equal(rack_read(MODULE, &rack, &why), OK);
    struct admin_token_place place = {.module = MODULE, .rack = rack};
    find_place("alice", NULL, &place);
    struct rack_token *alice = &rack->tokens[place.token - rack->tokens];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct admin_token *token = NULL;
        struct secret *pin = pin_of(PIN);
        alice->state = cases[i].state;
        assert_int_equal(admin_token_open(&place, pin, &token, &why), cases[i].err);
        assert_non_null(strstr(why.sentence, cases[i].word));
        secret_free(pin);
    }
    rack_free(rack);
}

static void token_p11__r19_refuses_a_wrong_and_an_empty_pin(void **state)
{
    (void)state;
    assert_refused("alice", NULL, 0, "wrong", ERR_PIN, "tried once");
    assert_refused("alice", NULL, 0, "", ERR_PIN, "nothing was tried");
    assert_refused("edwards", "odd", 0, "wrong", ERR_PIN, "tried once");
    assert_refused("edwards", "odd", 0, "", ERR_PIN, "nothing was tried");
}

static void token_p11__refuses_a_token_without_the_key(void **state)
{
    (void)state;
    assert_refused("empty", NULL, 0, PIN, ERR_NOT_FOUND, "conclave token generate");
    assert_refused("alice", "other", 0, PIN, ERR_NOT_FOUND, "no private half");
    // Here libp11 is asked all the same, because the token showed nothing before.
    assert_refused("edwards", "odd", HIDDEN, PIN, ERR_TOKEN, "cannot be listed");
}

static void token_p11__refuses_a_public_half_that_stands_alone(void **state)
{
    (void)state;
    assert_refused("lonely", "approver", 0, PIN, ERR_NOT_FOUND, "no private half");
    assert_refused("lonely", "edwards", 0, PIN, ERR_NOT_FOUND, "no private half");
}

static void token_p11__asks_which_key_when_there_are_two(void **state)
{
    struct admin_token *token = NULL;
    struct refusal why;
    struct key first;
    (void)state;
    assert_refused("two", NULL, HIDDEN, PIN, ERR_TOKEN, "--key-label");
    assert_int_equal(open_with("two", "first", PIN, 0, &token, &why), OK);
    first = *admin_token_key(token);
    admin_token_close(token);
    assert_int_equal(open_with("two", "second", PIN, HIDDEN, &token, &why), OK);
    assert_false(hash_equal(&first.id, &admin_token_key(token)->id));
    admin_token_close(token);
}

static void token_p11__finds_the_public_key_that_others_see(void **state)
{
    char path[64];
    uint8_t spki[KEY_SPKI_MOST];
    struct admin_token *token = NULL;
    struct refusal why;
    (void)state;
    snprintf(path, sizeof path, "%s/alice.der", folder);
    run((const char *[]){"pkcs11-tool", "--module", MODULE, "--token-label", "alice",
        "--read-object", "--type", "pubkey", "--id", "01", "--output-file", path, NULL});
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(spki, 1, sizeof spki, file);
    fclose(file);
    assert_int_equal(open_with("alice", NULL, PIN, 0, &token, &why), OK);
    assert_true(span_equal(key_spki(admin_token_key(token)), span_of(spki, size)));
    admin_token_close(token);
}

static void assert_signs(const char *label, const char *key_label, enum key_type type)
{
    struct admin_token *token = NULL;
    struct refusal why;
    struct bytes signature;
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    assert_int_equal(open_with(label, key_label, PIN, 0, &token, &why), OK);
    assert_int_equal(admin_token_sign(token, span_text("statement"), &signature, &why), OK);
    const struct key *key = admin_token_key(token);
    assert_int_equal(key->type, type);
    assert_int_equal(key_verify(key, span_text("statement"), bytes_span(&signature)), OK);
    assert_int_equal(
        key_verify(key, span_text("statemenT"), bytes_span(&signature)), ERR_SIGNATURE);
    bytes_clear(&signature);
    admin_token_close(token);
}

static void token_p11__r15_signs_with_every_type_of_key(void **state)
{
    (void)state;
    assert_signs("alice", NULL, KEY_P256);
    assert_signs("types", "p384", KEY_P384);
    assert_signs("rsa", "approver", KEY_RSA2048);
    assert_signs("types", "rsa3072", KEY_RSA3072);
    assert_signs("edwards", "odd", KEY_ED25519);
}

// libp11 lists no key at all on such a token.
static void token_p11__r15_signs_with_each_key_of_a_token_that_holds_ed25519_too(void **state)
{
    (void)state;
    assert_signs("mixed", "odd", KEY_ED25519);
    assert_signs("mixed", "p256", KEY_P256);
    assert_signs("mixed", "rsa", KEY_RSA2048);
}

static void token_p11__hands_out_no_signature_that_does_not_hold(void **state)
{
    // The second is reached without libp11.
    static const char *const liars[] = {"liar", "sly"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct admin_token *token = NULL;
        struct refusal why;
        struct bytes signature;
        bytes_init(&signature, KEY_SIGNATURE_MOST);
        if (open_with(liars[i], "approver", PIN, 0, &token, &why) != OK)
            fail_msg("%s: %s", liars[i], why.sentence);
        assert_int_equal(
            admin_token_sign(token, span_text("statement"), &signature, &why), ERR_SIGNATURE);
        assert_non_null(strstr(why.sentence, "does not verify"));
        assert_int_equal(signature.size, 0);
        bytes_clear(&signature);
        admin_token_close(token);
    }
}

// A token of SoftHSM is a folder: pulled out, it is gone from there.
static void rename_tokens(const char *from, const char *to)
{
    char old[64], new[64];
    snprintf(old, sizeof old, "%s/%s", folder, from);
    snprintf(new, sizeof new, "%s/%s", folder, to);
    assert_int_equal(rename(old, new), 0);
}

static void assert_gone_in_the_middle(const char *label, const char *key)
{
    char path[64];
    struct admin_token *token = NULL;
    struct refusal why;
    struct bytes signature;
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    assert_int_equal(open_with(label, key, PIN, 0, &token, &why), OK);
    snprintf(path, sizeof path, "%s/tokens", folder);
    rename_tokens("tokens", "drawer");
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(
        admin_token_sign(token, span_text("statement"), &signature, &why), ERR_TOKEN);
    assert_non_null(strstr(why.sentence, label));
    assert_non_null(strstr(why.sentence, "nothing was signed"));
    assert_int_equal(signature.size, 0);
    admin_token_close(token);
    assert_int_equal(rmdir(path), 0);
    rename_tokens("drawer", "tokens");
    bytes_clear(&signature);
}

static void token_p11__signs_nothing_once_the_token_is_pulled_out(void **state)
{
    (void)state;
    assert_gone_in_the_middle("alice", "approver");
    assert_gone_in_the_middle("types", "rsa3072");
    assert_gone_in_the_middle("mixed", "odd");
    assert_signs("alice", NULL, KEY_P256);
}

static void token_p11__serves_a_signer_that_signs_statements(void **state)
{
    struct signer *signer = NULL;
    struct refusal why;
    struct bytes signature;
    struct rack *rack = NULL;
    struct admin_token_place place = {.module = MODULE};
    struct secret *pin = pin_of(PIN);
    (void)state;
    assert_int_equal(rack_read(MODULE, &rack, &why), OK);
    place.rack = rack;
    find_place("alice", "approver", &place);
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    assert_int_equal(signer_from_token(&place, pin, &signer, &why), OK);
    assert_int_equal(
        signer_sign(signer, DSSE_APPROVAL, span_text("body"), &signature, &why), OK);
    struct span made = bytes_span(&signature);
    const struct key *key = signer_key(signer);
    assert_int_equal(dsse_verify(key, DSSE_APPROVAL, span_text("body"), made), OK);
    assert_int_equal(dsse_verify(key, DSSE_FOUNDING, span_text("body"), made), ERR_SIGNATURE);
    bytes_clear(&signature);
    signer_free(signer);
    rack_free(rack);
    secret_free(pin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_p11__refuses_a_module_that_is_not_there),
        cmocka_unit_test(token_p11__refuses_two_tokens_that_nothing_tells_apart),
        cmocka_unit_test(token_p11__asks_nothing_of_a_token_that_is_locked_or_blank),
        cmocka_unit_test(token_p11__r19_refuses_a_wrong_and_an_empty_pin),
        cmocka_unit_test(token_p11__refuses_a_token_without_the_key),
        cmocka_unit_test(token_p11__refuses_a_public_half_that_stands_alone),
        cmocka_unit_test(token_p11__asks_which_key_when_there_are_two),
        cmocka_unit_test(token_p11__finds_the_public_key_that_others_see),
        cmocka_unit_test(token_p11__r15_signs_with_every_type_of_key),
        cmocka_unit_test(token_p11__r15_signs_with_each_key_of_a_token_that_holds_ed25519_too),
        cmocka_unit_test(token_p11__hands_out_no_signature_that_does_not_hold),
        cmocka_unit_test(token_p11__signs_nothing_once_the_token_is_pulled_out),
        cmocka_unit_test(token_p11__serves_a_signer_that_signs_statements),
    };
    return cmocka_run_group_tests(tests, make_tokens, remove_tokens);
}
