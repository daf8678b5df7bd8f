// conclave key list: every key of a role that the token holds, as charter and state say.
#include "admin-cli/commands.h"
#include "admin-cli/inquiry.h"
#include "admin-cli/options.h"
#include "admin-cli/print.h"
#include "admin-cli/table.h"
#include "metadata/tuf.h"

#include <string.h>

enum { ROLE, TYPE, KEY, STATE, CUSTODIAN, KEYID, GROUP, QUORUM, COLUMNS };
static const struct table_column columns[COLUMNS] = {
    [ROLE] = {"role", false},
    [TYPE] = {"type", false},
    [KEY] = {"key", false},
    [STATE] = {"state", false},
    [CUSTODIAN] = {"custodian", false},
    [KEYID] = {"keyid", false},
    [GROUP] = {"group", false},
    [QUORUM] = {"quorum", true},
};

// What a role's key is: named by the charter, waiting for one that names it, or at its end.
static void add_key(struct table *table, const struct charter *charter, const char *role,
    const struct key *key, const char *state)
{
    const struct role *known = charter_role(charter, role);
    const struct repository *repository = charter_repository_of(charter, role);
    char hex[PRINT_HASH];
    table_line(table);
    table_set_text(table, ROLE, role);
    table_set_text(table, TYPE, key_type_text(key->type));
    hash_hex(&key->id, hex);
    table_set_text(table, KEY, hex);
    table_set_text(table, STATE, state);
    if (repository != NULL) {
        struct hash keyid = tuf_key_id(repository->dialect, key);
        hash_hex(&keyid, hex);
        table_set_text(table, KEYID, hex);
    }
    // A key may be made for a role that no charter has yet.
    if (known == NULL)
        return;
    table_set_text(table, GROUP, charter->groups[known->quorum.group].name);
    table_set_number(table, QUORUM, known->quorum.k);
}

static void add_keys(struct table *table, const struct house *house)
{
    const struct charter *charter = house->charter;
    for (size_t i = 0; i < charter->key_count; i++) {
        const struct role_key *key = &charter->keys[i];
        // Retired, and still in the charter: the next one leaves it out.
        bool retired = state_key(house->state, &key->key.id) != NULL;
        add_key(table, charter, charter->roles[key->role].name, &key->key,
            retired ? "retired" : "used");
        if (key->has_custodian)
            table_set_text(table, CUSTODIAN, charter->administrators[key->custodian].name);
    }
}

static bool is_named(const struct charter *charter, const struct hash *key)
{
    for (size_t i = 0; i < charter->key_count; i++)
        if (hash_equal(&charter->keys[i].key.id, key))
            return true;
    return false;
}

static void add_others(struct table *table, const struct house *house)
{
    for (size_t i = 0; i < house->state->spare_count; i++) {
        const struct key_state *key = &house->state->spare[i];
        if (!is_named(house->charter, &key->key.id))
            add_key(table, house->charter, key->role, &key->key,
                key->retired ? "retired" : "spare");
    }
}

int cmd_key_list(struct cli *cli, int argc, char **argv)
{
    struct house *house = NULL;
    int status;
    if (!options_read(cli, NULL, 0, argc, argv, &status))
        return status;
    status = inquiry_house(cli, &house);
    struct table *table =
        status == STATUS_DONE ? table_new("keys", columns, COLUMNS, cli->json) : NULL;
    if (table != NULL) {
        add_keys(table, house);
        add_others(table, house);
    }
    if (status == STATUS_DONE && (table == NULL || table_print(table) != OK))
        status = cli_say(STATUS_LOCAL, "the table cannot be printed");
    table_free(table);
    house_free(house);
    return status;
}
