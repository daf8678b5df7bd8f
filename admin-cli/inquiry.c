#include "admin-cli/inquiry.h"

#include "admin-cli/pages.h"
#include "admin-cli/prefix.h"
#include "admin-cli/print.h"
#include "client/fault.h"

#include <string.h>

int inquiry_house(struct cli *cli, struct house **out)
{
    struct refusal refusal = {0};
    *out = NULL;
    int status = cli_connect(cli, true);
    if (status != STATUS_DONE)
        return status;
    *out = house_new();
    enum err err =
        *out == NULL ? ERR_MEMORY : house_load(*out, cli->conclave, cli->home, &refusal);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_DAEMON, err, &refusal);
}

static enum err look_at(void *context, const struct entry *entry, struct refusal *refusal)
{
    struct hash id;
    (void)refusal;
    if (record_request(entry->text, &id))
        (void)prefix_look(context, &id);
    return OK;
}

int inquiry_resolve(struct cli *cli, const char *text, struct hash *out)
{
    struct refusal refusal = {0};
    struct prefix prefix;
    if (!prefix_read(text, PREFIX_LEAST, &prefix))
        return cli_say(STATUS_LOCAL,
            "\"%s\" is no request id: give its 64 hex digits, or the first %d or more", text,
            PREFIX_LEAST);
    if (hash_from_hex(prefix.digits, out) == OK)
        return STATUS_DONE;
    enum err err = pages_visit_open(cli, look_at, &prefix, &refusal);
    if (err != OK)
        return cli_fail(SIDE_DAEMON, err, &refusal);
    *out = prefix.found;
    if (prefix.count == 1)
        return STATUS_DONE;
    return cli_say(STATUS_LOCAL, "%s open request begins with %s: give all 64 digits of its id",
        prefix_words(&prefix), text);
}

int inquiry_begin(struct cli *cli, struct inquiry *inquiry, const char *text)
{
    *inquiry = (struct inquiry){0};
    int status = inquiry_house(cli, &inquiry->house);
    if (status == STATUS_DONE)
        status = inquiry_resolve(cli, text, &inquiry->id);
    return status;
}

int inquiry_dossier(struct cli *cli, struct inquiry *inquiry, bool wait, unsigned seconds)
{
    struct refusal refusal = {0};
    enum err err = conclave_dossier(
        cli->conclave, &inquiry->id, wait, seconds, &inquiry->dossier, &refusal);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_DAEMON, err, &refusal);
}

void inquiry_clear(struct inquiry *inquiry)
{
    house_free(inquiry->house);
    inquiry->house = NULL;
}

int inquiry_status(enum fate fate)
{
    if (fate == FATE_SIGNED)
        return STATUS_DONE;
    return fate == FATE_OPEN ? STATUS_WAITING : STATUS_REFUSED;
}

void inquiry_person(
    const struct charter *charter, const struct hash *key, char name[INQUIRY_NAME])
{
    char hex[PRINT_HASH];
    const struct administrator *administrator = charter_administrator(charter, key);
    const struct requester *requester = charter_requester(charter, key);
    hash_hex(key, hex);
    hex[12] = 0;
    (void)snprintf(name, INQUIRY_NAME, "%s",
        administrator != NULL ? administrator->name
        : requester != NULL   ? requester->name
                              : hex);
}
