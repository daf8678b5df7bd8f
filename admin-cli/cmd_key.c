// conclave key: a requester's key on this machine, and the roles' public keys in the charter.
#include "admin-cli/commands.h"
#include "admin-cli/inquiry.h"
#include "admin-cli/options.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "client/signer.h"
#include "metadata/tuf.h"

#include <string.h>

int cmd_key_make(struct cli *cli, int argc, char **argv)
{
    const char *type = "ed25519";
    const struct option_rule rules[] = {
        {.name = "type", .argument = "TYPE", .help = KEY_TYPES, .text = &type},
    };
    struct refusal refusal = {0};
    struct key key;
    char hex[PRINT_HASH];
    int status;
    if (!options_read(cli, rules, 1, argc, argv, &status))
        return status;
    enum key_type wanted = key_type_from(span_text(type));
    if (wanted == KEY_NONE)
        return cli_say(STATUS_LOCAL, "there is no key type %s: take " KEY_TYPES, type);
    enum err err = signer_make(wanted, cli->arguments[0], &key, &refusal);
    if (err != OK)
        return cli_fail(SIDE_LOCAL, err, &refusal);
    hash_hex(&key.id, hex);
    print_words(stdout, cli->json ? "{\"key\":\"%s\"}\n" : "%s\n", hex);
    return STATUS_DONE;
}

// ---- export ----

// The key objects with their ids, as a root.json of the repository wants them.
static void scribe_tuf(struct scribe *scribe, enum dialect dialect, const struct key *key)
{
    struct bytes object;
    struct hash id = tuf_key_id(dialect, key);
    bytes_init(&object, LIMIT_RECORD);
    tuf_key_write(dialect, key, &object);
    scribe_object(scribe, NULL);
    scribe_hash(scribe, "keyid", &id);
    scribe_json(scribe, "key", bytes_span(&object));
    scribe_object_end(scribe);
    bytes_clear(&object);
}

static void scribe_pem(struct scribe *scribe, const struct key *key)
{
    struct bytes pem;
    bytes_init(&pem, 4 * KEY_SPKI_MOST);
    key_to_pem(key, &pem);
    scribe_object(scribe, NULL);
    scribe_hash(scribe, "key", &key->id);
    scribe_span(scribe, "pem", bytes_span(&pem));
    scribe_object_end(scribe);
    bytes_clear(&pem);
}

static void print_pem(const struct key *key)
{
    struct bytes pem;
    bytes_init(&pem, 4 * KEY_SPKI_MOST);
    key_to_pem(key, &pem);
    print_foreign(stdout, bytes_span(&pem));
    bytes_clear(&pem);
}

static int export_keys(const struct cli *cli, const struct charter *charter, bool tuf)
{
    struct scribe scribe;
    const struct role *role = charter_role(charter, cli->arguments[0]);
    bool plain = !tuf && !cli->json;
    if (role == NULL)
        return cli_say(STATUS_LOCAL, "the charter has no role %s: see `conclave key list`",
            cli->arguments[0]);
    scribe_init(&scribe);
    scribe_array(&scribe, NULL);
    for (size_t i = 0; i < charter->key_count; i++) {
        if (&charter->roles[charter->keys[i].role] != role)
            continue;
        if (plain)
            print_pem(&charter->keys[i].key);
        else if (tuf)
            scribe_tuf(
                &scribe, charter_repository(charter, role)->dialect, &charter->keys[i].key);
        else
            scribe_pem(&scribe, &charter->keys[i].key);
    }
    scribe_array_end(&scribe);
    if (!plain)
        return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
    scribe_clear(&scribe);
    return STATUS_DONE;
}

int cmd_key_export(struct cli *cli, int argc, char **argv)
{
    const char *format = "pem";
    const struct option_rule rules[] = {
        {.name = "format",
            .argument = "FORMAT",
            .help = "pem, or tuf (key objects, in the repository's dialect)",
            .text = &format},
    };
    struct house *house = NULL;
    int status;
    if (!options_read(cli, rules, 1, argc, argv, &status))
        return status;
    bool tuf = strcmp(format, "tuf") == 0;
    if (!tuf && strcmp(format, "pem") != 0)
        return cli_say(STATUS_LOCAL, "there is no format %s: take pem or tuf", format);
    status = inquiry_house(cli, &house);
    if (status == STATUS_DONE)
        status = export_keys(cli, house->charter, tuf);
    house_free(house);
    return status;
}
