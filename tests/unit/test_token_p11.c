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
    const char *const labels[] = {"alice", "empty", "two", "edwards", "rsa", "twin", "twin"};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        make_token(labels[i]);
    make_key("alice", "EC:prime256v1", "approver", "01");
    make_key("two", "EC:prime256v1", "first", "01");
    make_key("two", "EC:prime256v1", "second", "02");
    make_key("edwards", "EC:edwards25519", "odd", "01");
    make_key("rsa", "rsa:2048", "approver", "01");
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

static enum err open_with(const char *module, const char *label, const char *key,
    const char *text, struct admin_token **out, struct refusal *why)
{
    struct secret *pin = pin_of(text);
    struct admin_token_name name = {module, label, key};
    memset(why, 0, sizeof *why);
    enum err err = admin_token_open(&name, pin, out, why);
    secret_free(pin);
    return err;
}

// Opening fails with `err` and a sentence that holds `word`.
static void assert_refused(const char *module, const char *label, const char *key,
    const char *pin, enum err err, const char *word)
{
    struct admin_token *token = NULL;
    struct refusal why;
    assert_int_equal(open_with(module, label, key, pin, &token, &why), err);
    assert_null(token);
    if (strstr(why.sentence, word) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", why.sentence, word);
}

static void token_p11__refuses_a_module_that_is_not_there(void **state)
{
    (void)state;
    assert_refused("/nowhere/module.so", "alice", NULL, PIN, ERR_TOKEN, "/nowhere/module.so");
}

static void token_p11__refuses_a_label_that_no_token_or_two_tokens_have(void **state)
{
    (void)state;
    assert_refused(MODULE, "nobody", NULL, PIN, ERR_NOT_FOUND, "\"nobody\"");
    assert_refused(MODULE, "twin", NULL, PIN, ERR_TOKEN, "two tokens");
}

static void token_p11__r19_refuses_a_wrong_and_an_empty_pin(void **state)
{
    (void)state;
    assert_refused(MODULE, "alice", NULL, "wrong", ERR_PIN, "tried once");
    assert_refused(MODULE, "alice", NULL, "", ERR_PIN, "nothing was tried");
}

static void token_p11__refuses_a_token_without_one_p256_key(void **state)
{
    (void)state;
    assert_refused(MODULE, "empty", NULL, PIN, ERR_NOT_FOUND, "conclave token generate");
    assert_refused(MODULE, "rsa", NULL, PIN, ERR_NOT_FOUND, "no such P-256 key");
    assert_refused(MODULE, "rsa", "approver", PIN, ERR_KEY, "no P-256 key");
    assert_refused(MODULE, "edwards", NULL, PIN, ERR_TOKEN, "Ed25519");
    assert_refused(MODULE, "alice", "other", PIN, ERR_NOT_FOUND, "no such P-256 key");
}

static void token_p11__asks_which_key_when_there_are_two(void **state)
{
    struct admin_token *token = NULL;
    struct refusal why;
    struct key first;
    (void)state;
    assert_refused(MODULE, "two", NULL, PIN, ERR_TOKEN, "--key-label");
    assert_int_equal(open_with(MODULE, "two", "first", PIN, &token, &why), OK);
    first = *admin_token_key(token);
    admin_token_close(token);
    assert_int_equal(open_with(MODULE, "two", "second", PIN, &token, &why), OK);
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
    assert_int_equal(open_with(MODULE, "alice", NULL, PIN, &token, &why), OK);
    assert_true(span_equal(key_spki(admin_token_key(token)), span_of(spki, size)));
    admin_token_close(token);
}

static void token_p11__signs_what_its_public_key_verifies(void **state)
{
    struct admin_token *token = NULL;
    struct refusal why;
    struct bytes signature;
    (void)state;
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    assert_int_equal(open_with(MODULE, "alice", NULL, PIN, &token, &why), OK);
    assert_int_equal(admin_token_sign(token, span_text("statement"), &signature), OK);
    const struct key *key = admin_token_key(token);
    assert_int_equal(key_verify(key, span_text("statement"), bytes_span(&signature)), OK);
    assert_int_equal(
        key_verify(key, span_text("statemenT"), bytes_span(&signature)), ERR_SIGNATURE);
    bytes_clear(&signature);
    admin_token_close(token);
}

static void token_p11__serves_a_signer_that_signs_statements(void **state)
{
    struct signer *signer = NULL;
    struct refusal why;
    struct bytes signature;
    struct admin_token_name name = {MODULE, "alice", "approver"};
    struct secret *pin = pin_of(PIN);
    (void)state;
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    assert_int_equal(signer_from_token(&name, pin, &signer, &why), OK);
    assert_int_equal(signer_sign(signer, DSSE_APPROVAL, span_text("body"), &signature), OK);
    struct span made = bytes_span(&signature);
    const struct key *key = signer_key(signer);
    assert_int_equal(dsse_verify(key, DSSE_APPROVAL, span_text("body"), made), OK);
    assert_int_equal(dsse_verify(key, DSSE_FOUNDING, span_text("body"), made), ERR_SIGNATURE);
    bytes_clear(&signature);
    signer_free(signer);
    secret_free(pin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_p11__refuses_a_module_that_is_not_there),
        cmocka_unit_test(token_p11__refuses_a_label_that_no_token_or_two_tokens_have),
        cmocka_unit_test(token_p11__r19_refuses_a_wrong_and_an_empty_pin),
        cmocka_unit_test(token_p11__refuses_a_token_without_one_p256_key),
        cmocka_unit_test(token_p11__asks_which_key_when_there_are_two),
        cmocka_unit_test(token_p11__finds_the_public_key_that_others_see),
        cmocka_unit_test(token_p11__signs_what_its_public_key_verifies),
        cmocka_unit_test(token_p11__serves_a_signer_that_signs_statements),
    };
    return cmocka_run_group_tests(tests, make_tokens, remove_tokens);
}
