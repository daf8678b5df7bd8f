// conclave request list, wait, withdraw.
#include "admin-cli/commands.h"
#include "admin-cli/denial.h"
#include "admin-cli/folder.h"
#include "admin-cli/options.h"
#include "admin-cli/pages.h"
#include "admin-cli/print.h"
#include "admin-cli/progress.h"
#include "admin-cli/scribe.h"
#include "admin-cli/table.h"
#include "client/fault.h"
#include "client/signer.h"
#include "policy/govern.h"
#include "proto/dsse.h"

#include <stdlib.h>
#include <string.h>

// ---- list ----

static const struct table_column columns[] = {{"request", TABLE_TEXT},
    {"record", TABLE_NUMBER | TABLE_SPARE}, {"items", TABLE_FOLDS}, {"requester", TABLE_TEXT},
    {"opened", TABLE_SPARE}, {"expires", TABLE_TEXT}, {"frozen", TABLE_TEXT}};

enum { ITEMS_TEXT = 120 }; // of the list; `request show` says all

static void items_text(const struct opened *opened, char out[ITEMS_TEXT])
{
    (void)snprintf(out, ITEMS_TEXT, "%.*s %llu", LIMIT_ROLE_NAME, opened->items[0].role,
        (unsigned long long)opened->items[0].version);
    size_t size = strlen(out);
    if (opened->item_count > 1)
        (void)snprintf(out + size, ITEMS_TEXT - size, " and %zu more", opened->item_count - 1);
}

static void fill_line(struct table *table, const struct cli *cli, const struct house *house,
    const struct opened *opened, uint64_t index)
{
    char hex[PRINT_HASH], items[ITEMS_TEXT], name[INQUIRY_NAME], time[MOMENT_TEXT + 1];
    const struct freeze_state *frozen =
        govern_frozen(house->state, &opened->request, opened->items, opened->item_count);
    hash_hex(&opened->request, hex);
    hex[cli->json ? PRINT_HASH - 1 : 16] = 0;
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
    if (frozen == NULL)
        return;
    inquiry_person(house->charter, &frozen->administrator, name);
    table_set_text(table, 6, name);
}

struct listing {
    const struct cli *cli;
    const struct house *house;
    struct table *table;
};

static enum err add_line(void *context, const struct entry *entry, struct refusal *refusal)
{
    const struct listing *listing = context;
    struct opened *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return ERR_MEMORY;
    enum err err = opened_read(entry->text, opened);
    if (err == OK)
        fill_line(listing->table, listing->cli, listing->house, opened, entry->index);
    else
        (void)fault(err, refusal, "the appliance lists what is no opened record");
    free(opened);
    return err;
}

static int list(struct cli *cli, const struct house *house)
{
    struct refusal refusal = {0};
    struct listing listing = {cli, house,
        table_new("requests", columns, sizeof columns / sizeof columns[0], cli->json)};
    enum err err = listing.table == NULL ? ERR_MEMORY
                                         : pages_visit_open(cli, add_line, &listing, &refusal);
    if (err == OK)
        err = table_print(listing.table);
    table_free(listing.table);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_DAEMON, err, &refusal);
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

// ---- wait ----

static int print_fate(const struct cli *cli, const struct inquiry *inquiry)
{
    enum fate fate = inquiry->dossier.dossier.fate;
    struct scribe scribe;
    if (!cli->json) {
        print_words(stdout, "%s\n", fate_text(fate));
        return inquiry_status(fate);
    }
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_hash(&scribe, "request", &inquiry->id);
    scribe_text(&scribe, "fate", fate_text(fate));
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? inquiry_status(fate) : STATUS_LOCAL;
}

// Seconds: as long as a person waits at a terminal, and how often somebody who looks on is told.
enum { WAIT_DEFAULT = 3600, WAIT_LOOK = 2 };

static int show_wait(struct cli *cli, struct inquiry *inquiry, struct folder *folder,
    unsigned seconds, struct progress *progress)
{
    moment until = moment_now() + (moment)seconds;
    int status = folder_glance(cli, inquiry, false, 0, folder);
    while (status == STATUS_DONE && folder->fate == FATE_OPEN && moment_now() < until) {
        struct bytes words;
        moment left = until - moment_now();
        bytes_init(&words, LIMIT_RECORD);
        bytes_add_text(&words, "waiting: ");
        folder_count(folder, &words);
        bytes_add_u8(&words, 0);
        if (bytes_finish(&words) == OK)
            progress_say(progress, (const char *)words.data);
        bytes_clear(&words);
        status = folder_glance(
            cli, inquiry, true, left < WAIT_LOOK ? (unsigned)left : WAIT_LOOK, folder);
    }
    return status;
}

// On a terminal, with how far the request is.
static int wait_for(struct cli *cli, struct inquiry *inquiry, unsigned seconds)
{
    struct progress progress;
    progress_init(&progress, false);
    if (!progress.shown)
        return inquiry_dossier(cli, inquiry, true, seconds);
    struct folder *folder = folder_new();
    int status = folder == NULL ? cli_say(STATUS_LOCAL, "out of memory")
                                : show_wait(cli, inquiry, folder, seconds, &progress);
    progress_end(&progress);
    folder_free(folder);
    return status;
}

int cmd_request_wait(struct cli *cli, int argc, char **argv)
{
    const char *timeout = NULL;
    const struct option_rule rules[] = {
        {.name = "timeout",
            .argument = "SECONDS",
            .help = "how long to wait; an hour when it is not given",
            .text = &timeout},
    };
    struct inquiry inquiry;
    uint64_t seconds = WAIT_DEFAULT;
    int status;
    if (!options_read(cli, rules, 1, argc, argv, &status))
        return status;
    if (timeout != NULL && !options_number("--timeout", timeout, LIMIT_REQUEST_LIFE, &seconds))
        return STATUS_LOCAL;
    status = inquiry_begin(cli, &inquiry, cli->arguments[0]);
    if (status == STATUS_DONE)
        status = wait_for(cli, &inquiry, (unsigned)seconds);
    if (status == STATUS_DONE)
        status = print_fate(cli, &inquiry);
    inquiry_clear(&inquiry);
    return status;
}

// ---- withdraw ----

static enum err sign_withdrawal(const struct inquiry *inquiry, struct signer *signer,
    struct bytes *signature, struct refusal *refusal)
{
    struct bytes statement;
    bytes_init(&statement, LIMIT_RECORD);
    withdrawal_write(
        &inquiry->house->log.id, &inquiry->id, &signer_key(signer)->id, &statement);
    enum err err = bytes_finish(&statement);
    if (err == OK)
        err = signer_sign(signer, DSSE_WITHDRAWAL, bytes_span(&statement), signature, refusal);
    bytes_clear(&statement);
    return err;
}

static int withdraw(struct cli *cli, const struct inquiry *inquiry, struct signer *signer)
{
    struct bytes signature;
    struct refusal refusal = {0};
    struct message ask = {.kind = ASK_WITHDRAW}, answer = {0};
    struct denial denial;
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    enum err err = sign_withdrawal(inquiry, signer, &signature, &refusal);
    ask.withdraw.request = inquiry->id;
    ask.withdraw.requester = signer_key(signer)->id;
    ask.withdraw.signature = bytes_span(&signature);
    if (err == OK)
        err = conclave_ask(cli->conclave, &ask, &answer, &refusal);
    bytes_clear(&signature);
    if (denial_take(&denial, &answer, &inquiry->id, &signer_key(signer)->id))
        return denial_of_statement(cli, &denial, inquiry->house);
    if (err != OK)
        return cli_fail(SIDE_DAEMON, err, &refusal);
    if (cli->json)
        print_words(stdout, "{\"fate\":\"%s\",\"record\":%llu}\n",
            fate_text(answer.accepted.fate), (unsigned long long)answer.accepted.place.index);
    else
        print_words(stdout, "%s\n", fate_text(answer.accepted.fate));
    return STATUS_DONE;
}

int cmd_request_withdraw(struct cli *cli, int argc, char **argv)
{
    const char *requester = NULL;
    const struct option_rule rules[] = {
        {.name = "requester",
            .argument = "FILE",
            .help = "a private key of the person who asked",
            .needed = true,
            .text = &requester},
    };
    struct inquiry inquiry;
    struct refusal refusal = {0};
    struct signer *signer = NULL;
    int status;
    if (!options_read(cli, rules, 1, argc, argv, &status))
        return status;
    enum err err = signer_from_file(requester, &signer, &refusal);
    if (err != OK)
        return cli_fail(SIDE_LOCAL, err, &refusal);
    status = inquiry_begin(cli, &inquiry, cli->arguments[0]);
    if (status == STATUS_DONE)
        status = withdraw(cli, &inquiry, signer);
    inquiry_clear(&inquiry);
    signer_free(signer);
    return status;
}
