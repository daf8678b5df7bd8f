// A charter in tables, each of them complete: every line of the text has its own.
#include "admin-cli/charter_print.h"

#include "admin-cli/print.h"
#include "admin-cli/table.h"

#include <inttypes.h>

// One kind of lines: so many, and how one is set.
struct section {
    const struct table_column *columns;
    size_t column_count;
    size_t count;
    void (*set)(struct table *table, const struct charter *charter, size_t i);
};

static void set_key(struct table *table, size_t column, const struct key *key)
{
    char hex[PRINT_HASH];
    hash_hex(&key->id, hex);
    table_set_text(table, column, hex);
}

static void set_duration(struct table *table, size_t column, int64_t seconds)
{
    char text[PRINT_DURATION];
    print_duration(seconds, text);
    table_set_text(table, column, text);
}

// ---- people ----

static const struct table_column administrator_columns[] = {
    {"administrator", TABLE_TEXT}, {"type", TABLE_TEXT}, {"key", TABLE_TEXT}};

static void set_administrator(struct table *table, const struct charter *charter, size_t i)
{
    table_set_text(table, 0, charter->administrators[i].name);
    table_set_text(table, 1, key_type_text(charter->administrators[i].key.type));
    set_key(table, 2, &charter->administrators[i].key);
}

static const struct table_column group_columns[] = {
    {"group", TABLE_TEXT}, {"members", TABLE_FOLDS}};

static void set_group(struct table *table, const struct charter *charter, size_t i)
{
    const struct group *group = &charter->groups[i];
    struct bytes members;
    bytes_init(&members, LIMIT_RECORD);
    for (size_t k = 0; k < group->member_count; k++)
        bytes_add_format(&members, "%s%s", k == 0 ? "" : " ",
            charter->administrators[group->members[k]].name);
    table_set_text(table, 0, group->name);
    table_set(table, 1, bytes_span(&members));
    bytes_clear(&members);
}

static const struct table_column requester_columns[] = {{"requester", TABLE_TEXT},
    {"person", TABLE_TEXT}, {"open", TABLE_NUMBER}, {"bytes", TABLE_NUMBER},
    {"records", TABLE_NUMBER}, {"key", TABLE_TEXT}};

static void set_requester(struct table *table, const struct charter *charter, size_t i)
{
    const struct requester *requester = &charter->requesters[i];
    table_set_text(table, 0, requester->name);
    table_set_text(table, 1, requester->person);
    table_set_number(table, 2, requester->quota.open);
    table_set_number(table, 3, requester->quota.bytes);
    table_set_number(table, 4, requester->quota.records);
    set_key(table, 5, &requester->key);
}

// ---- repositories ----

static const struct table_column repository_columns[] = {
    {"repository", TABLE_TEXT}, {"dialect", TABLE_TEXT}, {"kind", TABLE_TEXT}};

static void set_repository(struct table *table, const struct charter *charter, size_t i)
{
    table_set_text(table, 0, charter->repositories[i].name);
    table_set_text(table, 1, dialect_text(charter->repositories[i].dialect));
    table_set_text(table, 2, kind_text(charter->repositories[i].kind));
}

static const struct table_column role_columns[] = {{"role", TABLE_TEXT}, {"group", TABLE_TEXT},
    {"quorum", TABLE_NUMBER}, {"signs", TABLE_TEXT}, {"threshold", TABLE_NUMBER},
    {"least", TABLE_TEXT}, {"most", TABLE_TEXT}, {"delay", TABLE_TEXT}, {"within", TABLE_TEXT},
    {"rate", TABLE_TEXT}};

static void set_role(struct table *table, const struct charter *charter, size_t i)
{
    const struct role *role = &charter->roles[i];
    char text[PRINT_DURATION], rate[3 * PRINT_DURATION] = "none";
    print_duration(role->rate_seconds, text);
    if (role->rate > 0)
        (void)snprintf(rate, sizeof rate, "%" PRIu64 " per %s", role->rate, text);
    table_set_text(table, 0, role->name);
    table_set_text(table, 1, charter->groups[role->quorum.group].name);
    table_set_number(table, 2, role->quorum.k);
    table_set_text(table, 3, role->by_mandate ? "mandate" : "quorum");
    table_set_number(table, 4, role->threshold);
    set_duration(table, 5, role->least);
    set_duration(table, 6, role->most);
    set_duration(table, 7, role->delay);
    set_duration(table, 8, role->within);
    table_set_text(table, 9, rate);
}

static const struct table_column key_columns[] = {{"key of", TABLE_TEXT}, {"type", TABLE_TEXT},
    {"key", TABLE_TEXT}, {"custodian", TABLE_TEXT}};

static void set_role_key(struct table *table, const struct charter *charter, size_t i)
{
    const struct role_key *key = &charter->keys[i];
    table_set_text(table, 0, charter->roles[key->role].name);
    table_set_text(table, 1, key_type_text(key->key.type));
    set_key(table, 2, &key->key);
    table_set_text(
        table, 3, key->has_custodian ? charter->administrators[key->custodian].name : "none");
}

// ---- the whole ----

static enum err print_section(const struct charter *charter, const struct section *section)
{
    struct table *table = table_new("section", section->columns, section->column_count, false);
    if (table == NULL)
        return ERR_MEMORY;
    for (size_t i = 0; i < section->count; i++) {
        table_line(table);
        section->set(table, charter, i);
    }
    print_words(stdout, "\n");
    enum err err = table_print(table);
    table_free(table);
    return err;
}

static void print_head(const struct charter *charter)
{
    char hash[PRINT_HASH], previous[PRINT_HASH], log[PRINT_HASH], text[PRINT_DURATION];
    hash_hex(&charter->hash, hash);
    hash_hex(&charter->previous, previous);
    hash_hex(&charter->log, log);
    print_words(stdout, "Charter   epoch %" PRIu64 ", %s\n", charter->epoch, hash);
    print_words(stdout, "Previous  %s\n", hash_is_none(&charter->previous) ? "none" : previous);
    print_words(stdout, "Log       %s, key %s\n", charter->origin, log);
    print_duration(charter->clock, text);
    print_words(stdout, "Clock     %s between two clocks at most\n", text);
    print_duration(charter->jump, text);
    print_words(stdout, "Jump      %s ahead of what was sealed last at most\n", text);
    print_duration(charter->changes_delay, text);
    print_words(stdout, "Changes   %zu of the group %s, delay %s\n", charter->changes.k,
        charter->groups[charter->changes.group].name, text);
}

#define SECTION(columns, count, set)                                                           \
    {                                                                                          \
        columns, sizeof columns / sizeof columns[0], count, set                                \
    }

int charter_print_text(const struct charter *charter)
{
    const struct section sections[] = {
        SECTION(administrator_columns, charter->administrator_count, set_administrator),
        SECTION(group_columns, charter->group_count, set_group),
        SECTION(requester_columns, charter->requester_count, set_requester),
        SECTION(repository_columns, charter->repository_count, set_repository),
        SECTION(role_columns, charter->role_count, set_role),
        SECTION(key_columns, charter->key_count, set_role_key),
    };
    enum err err = OK;
    print_head(charter);
    for (size_t i = 0; err == OK && i < sizeof sections / sizeof sections[0]; i++)
        if (sections[i].count > 0)
            err = print_section(charter, &sections[i]);
    return err == OK ? STATUS_DONE : cli_say(STATUS_LOCAL, "the charter cannot be printed");
}
