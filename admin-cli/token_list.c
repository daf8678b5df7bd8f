// conclave token list: every token that is plugged in, its keys, and whose they are. Nobody is asked
// for a PIN.
#include "admin-cli/commands.h"
#include "admin-cli/credential.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "client/house.h"

// NULL when it is nobody's that is known.
static const char *whose(const struct house *house, const struct key *key)
{
    if (house == NULL || key->type == KEY_NONE)
        return NULL;
    const struct administrator *administrator = charter_administrator(house->charter, &key->id);
    const struct requester *requester = charter_requester(house->charter, &key->id);
    return administrator != NULL ? administrator->name
           : requester != NULL   ? requester->name
                                 : NULL;
}

// ---- for people ----

// A token's own words on one line, whatever they hold, between words of ours.
static void print_text(const char *before, const char *text, const char *behind)
{
    struct bytes line;
    bytes_init(&line, PRINT_WORDS);
    bytes_add_text(&line, before);
    print_escape(&line, span_text(text));
    bytes_add_text(&line, behind);
    print_foreign(stdout, bytes_span(&line));
    bytes_clear(&line);
}

static void print_key(const struct house *house, const struct rack_key *key)
{
    char hex[PRINT_HASH];
    const char *name = whose(house, &key->key);
    print_text("  key \"", key->label, "\"");
    if (key->key.type == KEY_NONE) {
        print_words(stdout, ", of a type that cannot be used here\n");
        return;
    }
    hash_hex(&key->key.id, hex);
    print_words(stdout, ", %s%s%s\n    sha256:%s\n", key_type_text(key->key.type),
        name == NULL ? "" : ", of ", name == NULL ? "" : name, hex);
}

static void print_token(const struct house *house, const struct rack_token *token)
{
    print_text("\"", token->label, "\"");
    print_text(", serial number ", token->serial, "\n");
    print_text("  ", token->maker, ", ");
    print_text("", token->model, "; ");
    print_words(stdout, "%s%s\n", rack_state_text(token->state),
        token->asks_pin && token->state == RACK_READY ? ", needs a PIN" : "");
    for (size_t i = 0; i < token->key_count; i++)
        print_key(house, &token->keys[i]);
    if (token->has_more)
        print_words(stdout, "  and more keys\n");
}

// ---- for programs ----

static void write_key(
    struct scribe *scribe, const struct house *house, const struct rack_key *key)
{
    const char *name = whose(house, &key->key);
    bool ours = key->key.type != KEY_NONE;
    scribe_object(scribe, NULL);
    scribe_text(scribe, "label", key->label);
    if (ours) {
        scribe_text(scribe, "type", key_type_text(key->key.type));
        scribe_hash(scribe, "key", &key->key.id);
    } else {
        scribe_null(scribe, "type");
        scribe_null(scribe, "key");
    }
    if (name != NULL)
        scribe_text(scribe, "holder", name);
    else
        scribe_null(scribe, "holder");
    scribe_object_end(scribe);
}

static void write_token(
    struct scribe *scribe, const struct house *house, const struct rack_token *token)
{
    scribe_object(scribe, NULL);
    scribe_text(scribe, "label", token->label);
    scribe_text(scribe, "serial", token->serial);
    scribe_text(scribe, "maker", token->maker);
    scribe_text(scribe, "model", token->model);
    scribe_text(scribe, "state", rack_state_text(token->state));
    scribe_bool(scribe, "needs_pin", token->asks_pin);
    scribe_array(scribe, "keys");
    for (size_t i = 0; i < token->key_count; i++)
        write_key(scribe, house, &token->keys[i]);
    scribe_array_end(scribe);
    scribe_bool(scribe, "more_keys", token->has_more);
    scribe_object_end(scribe);
}

static enum err write_rack(const struct house *house, const struct rack *rack)
{
    struct scribe scribe;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_array(&scribe, "tokens");
    for (size_t i = 0; i < rack->count; i++)
        if (rack->tokens[i].state != RACK_BLANK)
            write_token(&scribe, house, &rack->tokens[i]);
    scribe_array_end(&scribe);
    scribe_object_end(&scribe);
    return scribe_print(&scribe);
}

static int print_rack(const struct cli *cli, const struct house *house, const struct rack *rack)
{
    size_t count = 0;
    if (cli->json)
        return write_rack(house, rack) == OK
                   ? STATUS_DONE
                   : cli_say(STATUS_LOCAL, "the tokens cannot be printed");
    // What was never initialised has no name; SoftHSM always shows one such.
    for (size_t i = 0; i < rack->count; i++)
        if (rack->tokens[i].state != RACK_BLANK) {
            print_token(house, &rack->tokens[i]);
            count++;
        }
    if (count == 0)
        print_words(stdout, "No token is plugged in that was initialised.\n");
    return STATUS_DONE;
}

// ---- whose they are, if the appliance can be asked ----

// Only what does not hold under the pinned key is an error: without an appliance the list is shorter.
static int ask_house(struct cli *cli, struct house **out)
{
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    struct refusal refusal = {0};
    *out = NULL;
    if (conclave_pinned(cli->home, origin, &log) != OK)
        return STATUS_DONE;
    struct house *house = house_new();
    enum err err = house == NULL
                       ? ERR_MEMORY
                       : conclave_open(cli->socket, cli->home, &cli->conclave, &refusal);
    if (err == OK)
        err = house_load(house, cli->conclave, cli->home, &refusal);
    if (err == OK) {
        *out = house;
        return STATUS_DONE;
    }
    house_free(house);
    if (err == ERR_SIGNATURE)
        return cli_fail(SIDE_DAEMON, err, &refusal);
    (void)cli_say(STATUS_DONE, "whose keys these are is not known now: %s", refusal.sentence);
    return STATUS_DONE;
}

int cmd_token_list(struct cli *cli, int argc, char **argv)
{
    const char *module = NULL;
    struct rack *rack = NULL;
    struct house *house = NULL;
    const struct option_rule rules[] = {
        {.name = "module",
            .argument = "PATH",
            .help = "the tokens' PKCS#11 library",
            .needed = true,
            .text = &module},
    };
    int status;
    if (!options_read(cli, rules, 1, argc, argv, &status))
        return status;
    status = credential_rack(module, &rack);
    if (status == STATUS_DONE)
        status = ask_house(cli, &house);
    if (status == STATUS_DONE)
        status = print_rack(cli, house, rack);
    house_free(house);
    rack_free(rack);
    return status;
}
