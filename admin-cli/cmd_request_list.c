// conclave request list: the requests that something can be decided about.
#include "admin-cli/commands.h"
#include "admin-cli/inquiry.h"
#include "admin-cli/options.h"
#include "admin-cli/pages.h"
#include "admin-cli/print.h"
#include "admin-cli/table.h"
#include "client/fault.h"
#include "policy/govern.h"

#include <stdlib.h>
#include <string.h>

// ---- which of them are signed ----

// The appliance lists open requests and signed ones alike: the latter take custodians' signatures still
// (R12). Only a dossier tells them apart, and it is asked for where the state lets it be so.
struct live {
    struct hash *ids; // that the state says may be signed; then those that are
    size_t count;
    const struct state *state;
};

static bool may_be_signed(const struct state *state, const struct opened *opened)
{
    for (size_t i = 0; i < opened->item_count; i++) {
        const struct role_state *last = state_role(state, opened->items[i].role);
        if (last == NULL || !hash_equal(&last->payload, &opened->items[i].payload))
            return false;
    }
    return opened->reach_count > 0;
}

static enum err add_live(void *context, const struct entry *entry, struct refusal *refusal)
{
    struct live *live = context;
    struct opened *opened = calloc(1, sizeof *opened);
    enum err err = opened == NULL ? ERR_MEMORY : opened_read(entry->text, opened);
    if (err == ERR_FORM)
        (void)fault(err, refusal, "the appliance lists what is no opened record");
    if (err == OK && live->count == LIMIT_OPEN)
        err = fault(ERR_LIMIT, refusal, "the appliance lists more open requests than it holds");
    if (err == OK && may_be_signed(live->state, opened))
        live->ids[live->count++] = opened->request;
    free(opened);
    return err;
}

static enum err find_signed(struct cli *cli, struct live *live, struct refusal *refusal)
{
    size_t listed, kept = 0;
    enum err err = pages_visit_open(cli, add_live, live, refusal);
    for (listed = live->count, live->count = 0; err == OK && kept < listed; kept++) {
        struct message dossier;
        err = conclave_dossier(cli->conclave, &live->ids[kept], false, 0, &dossier, refusal);
        if (err == OK && dossier.dossier.fate == FATE_SIGNED)
            live->ids[live->count++] = live->ids[kept];
    }
    return err;
}

static bool is_signed(const struct live *live, const struct hash *request)
{
    for (size_t i = 0; i < live->count; i++)
        if (hash_equal(&live->ids[i], request))
            return true;
    return false;
}

// ---- the table ----

static const struct table_column columns[] = {{"request", TABLE_TEXT},
    {"record", TABLE_NUMBER | TABLE_SPARE}, {"items", TABLE_FOLDS}, {"requester", TABLE_TEXT},
    {"opened", TABLE_SPARE}, {"expires", TABLE_TEXT}, {"fate", TABLE_TEXT},
    {"frozen", TABLE_TEXT}};

enum { ITEMS_TEXT = 120 }; // of the list; `request show` says all

static void items_text(const struct opened *opened, char out[ITEMS_TEXT])
{
    (void)snprintf(out, ITEMS_TEXT, "%.*s %llu", LIMIT_ROLE_NAME, opened->items[0].role,
        (unsigned long long)opened->items[0].version);
    size_t size = strlen(out);
    if (opened->item_count > 1)
        (void)snprintf(out + size, ITEMS_TEXT - size, " and %zu more", opened->item_count - 1);
}

struct listing {
    const struct cli *cli;
    const struct house *house;
    const struct live *live;
    struct table *table;
};

static void fill_line(
    const struct listing *listing, const struct opened *opened, uint64_t index)
{
    struct table *table = listing->table;
    const struct house *house = listing->house;
    char hex[PRINT_HASH], items[ITEMS_TEXT], name[INQUIRY_NAME], time[MOMENT_TEXT + 1];
    const struct freeze_state *frozen =
        govern_frozen(house->state, &opened->request, opened->items, opened->item_count);
    hash_hex(&opened->request, hex);
    hex[listing->cli->json ? PRINT_HASH - 1 : 16] = 0;
    items_text(opened, items);
    inquiry_person(house->charter, &opened->requester, name);
    table_line(table);
    table_set_text(table, 0, hex);
    table_set_number(table, 1, index);
    table_set_text(table, 2, items);
    table_set_text(table, 3, name);
    moment_write(opened->time, time);
    table_set_text(table, 4, time);
    moment_write(opened->expires, time);
    table_set_text(table, 5, time);
    table_set_text(table, 6,
        fate_text(is_signed(listing->live, &opened->request) ? FATE_SIGNED : FATE_OPEN));
    if (frozen == NULL)
        return;
    inquiry_person(house->charter, &frozen->administrator, name);
    table_set_text(table, 7, name);
}

static enum err add_line(void *context, const struct entry *entry, struct refusal *refusal)
{
    const struct listing *listing = context;
    struct opened *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return ERR_MEMORY;
    enum err err = opened_read(entry->text, opened);
    if (err == OK)
        fill_line(listing, opened, entry->index);
    else
        (void)fault(err, refusal, "the appliance lists what is no opened record");
    free(opened);
    return err;
}

static int print_list(struct cli *cli, const struct house *house, struct live *live)
{
    struct refusal refusal = {0};
    struct listing listing = {cli, house, live,
        table_new("requests", columns, sizeof columns / sizeof columns[0], cli->json)};
    enum err err = listing.table == NULL ? ERR_MEMORY : find_signed(cli, live, &refusal);
    if (err == OK)
        err = pages_visit_open(cli, add_line, &listing, &refusal);
    if (err == OK)
        err = table_print(listing.table);
    table_free(listing.table);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_DAEMON, err, &refusal);
}

static int list(struct cli *cli, const struct house *house)
{
    struct live live = {
        .ids = calloc(LIMIT_OPEN, sizeof *live.ids), .count = 0, .state = house->state};
    if (live.ids == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    int status = print_list(cli, house, &live);
    free(live.ids);
    return status;
}

int cmd_request_list(struct cli *cli, int argc, char **argv)
{
    struct house *house = NULL;
    int status;
    if (!options_read(cli, NULL, 0, argc, argv, &status))
        return status;
    status = inquiry_house(cli, &house);
    if (status == STATUS_DONE)
        status = list(cli, house);
    house_free(house);
    return status;
}
