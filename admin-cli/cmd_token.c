// conclave token: an administrator's key, made in and told by its token.
#include "admin-cli/commands.h"
#include "admin-cli/credential.h"
#include "admin-cli/scribe.h"
#include "hsm/token.h"

#include <string.h>

static int print_key(const struct cli *cli, const struct key *key)
{
    struct bytes pem;
    struct scribe scribe;
    bytes_init(&pem, 4 * KEY_SPKI_MOST);
    key_to_pem(key, &pem);
    enum err err = bytes_finish(&pem);
    if (err == OK && !cli->json)
        fwrite(pem.data, 1, pem.size, stdout);
    if (err == OK && cli->json) {
        scribe_init(&scribe);
        scribe_object(&scribe, NULL);
        scribe_hash(&scribe, "key", &key->id);
        scribe_text(&scribe, "type", key_type_text(key->type));
        scribe_span(&scribe, "pem", bytes_span(&pem));
        scribe_object_end(&scribe);
        err = scribe_print(&scribe);
    }
    bytes_clear(&pem);
    return err == OK ? STATUS_DONE : cli_say(STATUS_LOCAL, "the key cannot be printed");
}

// An administrator has one key: a second one on the token is asked for by its label.
static bool may_generate(const struct token_key *keys, size_t count, const char *label)
{
    for (size_t i = 0; i < count; i++)
        if (label == NULL || strcmp(keys[i].label, label) == 0)
            return false;
    return true;
}

enum { ADMIN_KEYS_MOST = 32 }; // on an administrator's token; nobody carries more

static enum err generate(
    struct token *token, const char *label, struct token_key *out, struct refusal *refusal)
{
    struct token_key keys[ADMIN_KEYS_MOST];
    size_t count;
    enum err err = token_key_list(token, keys, ADMIN_KEYS_MOST, &count, refusal);
    if (err != OK)
        return err;
    if (!may_generate(keys, count, label)) {
        (void)refuse(refusal, "",
            "the token holds a key already: export that one, or name a new one with "
            "--key-label");
        return ERR_EXISTS;
    }
    return token_key_generate(
        token, label == NULL ? "approver" : label, KEY_P256, out, refusal);
}

static int open_and_generate(
    const struct credential *credential, const struct secret *pin, struct token_key *out)
{
    struct token *token = NULL;
    struct refusal refusal = {0};
    enum err err = token_open(credential->module, credential->token, &token, &refusal);
    if (err == OK)
        err = token_login(token, pin, &refusal);
    if (err == OK)
        err = generate(token, credential->key_label, out, &refusal);
    token_close(token);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_DAEMON, err, &refusal);
}

int cmd_token_generate(struct cli *cli, int argc, char **argv)
{
    struct credential credential;
    struct option_rule rules[CREDENTIAL_RULES];
    struct token_key made = {0};
    struct secret *pin;
    int status;
    credential_rules(&credential, rules);
    if (!options_read(cli, rules, CREDENTIAL_RULES, argc, argv, &status))
        return status;
    status = credential_pin(&credential, &pin);
    if (status == STATUS_DONE)
        status = open_and_generate(&credential, pin, &made);
    secret_free(pin);
    return status == STATUS_DONE ? print_key(cli, &made.key) : status;
}

int cmd_token_export(struct cli *cli, int argc, char **argv)
{
    struct credential credential;
    struct option_rule rules[CREDENTIAL_RULES];
    struct signer *signer = NULL;
    int status;
    credential_rules(&credential, rules);
    if (!options_read(cli, rules, CREDENTIAL_RULES, argc, argv, &status))
        return status;
    status = credential_open(&credential, &signer);
    if (status == STATUS_DONE)
        status = print_key(cli, signer_key(signer));
    signer_free(signer);
    return status;
}
