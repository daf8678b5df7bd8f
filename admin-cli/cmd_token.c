// conclave token: an administrator's key, made in and told by its token.
#include "admin-cli/commands.h"
#include "admin-cli/credential.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "client/fault.h"
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
        err = print_bytes(bytes_span(&pem));
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

// ---- generate ----

struct generating {
    struct credential credential;
    const char *type_name;
    enum key_type type;
};

// An administrator has one key: a second one on the token is asked for by its label.
static bool may_generate(const struct rack_token *token, const char *label)
{
    for (size_t i = 0; i < token->key_count; i++)
        if (label == NULL || strcmp(token->keys[i].label, label) == 0)
            return false;
    return true;
}

static int check_room(
    const struct generating *generating, const struct admin_token_place *place)
{
    if (may_generate(place->token, generating->credential.key_label))
        return STATUS_DONE;
    return cli_say(STATUS_DAEMON,
        "the token \"%s\" holds a key already: export that one, or name a new one with "
        "--key-label",
        place->token->label);
}

// Not every token lets others than its maker's tool state what a key may do.
static enum err make(const struct generating *generating, struct token *token,
    struct token_key *out, struct refusal *refusal)
{
    struct refusal said;
    const char *label = generating->credential.key_label;
    enum err err = token_key_generate_for_person(
        token, label == NULL ? "approver" : label, generating->type, out, refusal);
    said = *refusal;
    return err == OK ? OK
                     : fault(err, refusal,
                           "%s: try another --type, or make the key with the token's own tool, "
                           "and then `conclave token export`",
                           said.sentence);
}

static enum err generate(const struct generating *generating, const char *name,
    const struct secret *pin, struct token_key *out, struct refusal *refusal)
{
    struct token *token = NULL;
    enum err err = token_open(generating->credential.module, name, &token, refusal);
    if (err == OK)
        err = token_login(token, pin, refusal);
    if (err == OK)
        err = make(generating, token, out, refusal);
    token_close(token);
    return err;
}

static int pin_and_generate(const struct generating *generating,
    const struct admin_token_place *place, struct token_key *out)
{
    char name[RACK_NAME];
    struct refusal refusal = {0};
    struct secret *pin;
    int status = credential_pin(&generating->credential, place, &pin);
    if (status != STATUS_DONE)
        return status;
    // credential_pin has seen that it has a name of its own.
    enum err err = rack_name(place->rack, place->token, name)
                       ? generate(generating, name, pin, out, &refusal)
                       : ERR_TOKEN;
    secret_free(pin);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_DAEMON, err, &refusal);
}

static int read_type(struct generating *generating)
{
    generating->type = key_type_from(span_text(generating->type_name));
    return generating->type != KEY_NONE
               ? STATUS_DONE
               : cli_say(STATUS_LOCAL,
                     "\"%s\" is no type of key: write ecdsa-p256, ecdsa-p384, ed25519, "
                     "rsa-2048, rsa-3072 or rsa-4096",
                     generating->type_name);
}

int cmd_token_generate(struct cli *cli, int argc, char **argv)
{
    struct generating generating = {.type_name = "ecdsa-p256"};
    struct option_rule rules[CREDENTIAL_RULES + 1];
    struct rack *rack = NULL;
    struct admin_token_place place;
    struct token_key made = {0};
    int status;
    credential_rules(&generating.credential, rules);
    rules[CREDENTIAL_RULES] = (struct option_rule){.name = "type",
        .argument = "TYPE",
        .help = "ecdsa-p256 (if not given), ecdsa-p384, ed25519, rsa-2048, rsa-3072, rsa-4096",
        .text = &generating.type_name};
    if (!options_read(cli, rules, CREDENTIAL_RULES + 1, argc, argv, &status))
        return status;
    status = read_type(&generating);
    if (status == STATUS_DONE)
        status = credential_find_bare(&generating.credential, &rack, &place);
    if (status == STATUS_DONE)
        status = check_room(&generating, &place);
    if (status == STATUS_DONE)
        status = pin_and_generate(&generating, &place, &made);
    rack_free(rack);
    return status == STATUS_DONE ? print_key(cli, &made.key) : status;
}

// ---- export ----

int cmd_token_export(struct cli *cli, int argc, char **argv)
{
    struct credential credential;
    struct option_rule rules[CREDENTIAL_RULES];
    struct signer *signer = NULL;
    int status;
    credential_rules(&credential, rules);
    if (!options_read(cli, rules, CREDENTIAL_RULES, argc, argv, &status))
        return status;
    status = credential_open(&credential, NULL, &signer);
    if (status == STATUS_DONE)
        status = print_key(cli, signer_key(signer));
    signer_free(signer);
    return status;
}
