// conclave freeze: one administrator stops a request, a role or everything; and which freezes are
// in force.
#include "admin-cli/commands.h"
#include "admin-cli/freezing.h"
#include "admin-cli/inquiry.h"
#include "admin-cli/print.h"
#include "admin-cli/table.h"
#include "proto/name.h"

#include <string.h>

// ---- what is to be frozen ----

static int read_what(struct cli *cli, struct freeze_of *of)
{
    const char *what = cli->arguments[0];
    const char *name = cli->argument_count == 2 ? cli->arguments[1] : NULL;
    if (strcmp(what, "everything") == 0 && name == NULL) {
        of->what = FREEZE_EVERYTHING;
        return STATUS_DONE;
    }
    if (strcmp(what, "role") == 0 && name != NULL && role_name_is_good(span_text(name))) {
        of->what = FREEZE_ROLE;
        memcpy(of->role, name, strlen(name) + 1);
        return STATUS_DONE;
    }
    if (strcmp(what, "request") == 0 && name != NULL) {
        of->what = FREEZE_REQUEST; // which, the appliance knows
        return STATUS_DONE;
    }
    return cli_say(STATUS_LOCAL, "what is to be frozen? Write everything, role "
                                 "REPOSITORY/ROLE, or request ID; a mandate "
                                 "is ended with `conclave mandate revoke`");
}

// ---- freeze ----

static int freeze(struct cli *cli, struct freezing *freezing)
{
    struct house *house = NULL;
    struct freeze_of *of = &freezing->freeze.of;
    int status = read_what(cli, of);
    if (status == STATUS_DONE)
        status = inquiry_house(cli, &house);
    if (status == STATUS_DONE && of->what == FREEZE_REQUEST)
        status = inquiry_resolve(cli, cli->arguments[1], &of->thing);
    if (status == STATUS_DONE)
        status = freezing_run(cli, freezing, house);
    house_free(house);
    return status;
}

int cmd_freeze(struct cli *cli, int argc, char **argv)
{
    struct freezing freezing;
    struct option_rule rules[FREEZING_RULES];
    int status;
    freezing_init(&freezing, rules);
    freezing.what = "What is stopped";
    freezing.warning = "Only a quorum lifts a freeze.";
    freezing.word = "freeze";
    if (options_read(cli, rules, FREEZING_RULES, argc, argv, &status))
        status = freeze(cli, &freezing);
    freezing_clear(&freezing);
    return status;
}

// ---- list ----

static const struct table_column columns[] = {{"freeze", TABLE_TEXT},
    {"administrator", TABLE_TEXT}, {"time", TABLE_TEXT}, {"what", TABLE_TEXT}};

static void list_one(
    struct table *table, const struct charter *charter, const struct freeze_state *freeze)
{
    char hex[PRINT_HASH], name[INQUIRY_NAME], time[MOMENT_TEXT + 1];
    struct bytes what;
    bytes_init(&what, LIMIT_RECORD);
    freeze_of_fields(&freeze->of, &what);
    struct span words = bytes_span(&what);
    hash_hex(&freeze->statement, hex);
    inquiry_person(charter, &freeze->administrator, name);
    moment_write(freeze->time, time);
    table_line(table);
    table_set_text(table, 0, hex);
    table_set_text(table, 1, name);
    table_set_text(table, 2, time);
    // Each field is preceded by a space.
    table_set(table, 3, words.size > 0 ? span_of(words.data + 1, words.size - 1) : words);
    bytes_clear(&what);
}

int cmd_freeze_list(struct cli *cli, int argc, char **argv)
{
    struct house *house = NULL;
    int status;
    if (!options_read(cli, NULL, 0, argc, argv, &status))
        return status;
    status = inquiry_house(cli, &house);
    struct table *table =
        status != STATUS_DONE
            ? NULL
            : table_new("freezes", columns, sizeof columns / sizeof columns[0], cli->json);
    for (size_t i = 0; table != NULL && i < house->state->freeze_count; i++)
        list_one(table, house->charter, &house->state->freezes[i]);
    if (status == STATUS_DONE && (table == NULL || table_print(table) != OK))
        status = cli_say(STATUS_LOCAL, "the table cannot be printed");
    table_free(table);
    house_free(house);
    return status;
}
