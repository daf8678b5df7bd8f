#include "admin-cli/inquiry.h"

#include "admin-cli/print.h"
#include "client/fault.h"

#include <string.h>

enum { PREFIX_LEAST = 8 }; // hex digits: short enough to type, too long to hit by accident

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

// Open requests whose id begins with the digits: none, one (into `out`), or more.
struct search {
    struct span prefix;
    struct hash found;
    unsigned count;
    uint64_t after; // index of the last record that was looked at
};

static void look_at(struct search *search, const struct entry *entry)
{
    char hex[PRINT_HASH];
    struct hash id;
    search->after = entry->index;
    if (!record_request(entry->text, &id))
        return;
    hash_hex(&id, hex);
    if (memcmp(hex, search->prefix.data, search->prefix.size) != 0)
        return;
    search->found = id;
    search->count++;
}

static enum err search_open(struct cli *cli, struct search *search, struct refusal *refusal)
{
    for (bool more = true; more;) {
        struct message ask = {.kind = ASK_LIST}, answer;
        ask.page.first = search->after;
        ask.page.count = LIMIT_RECORDS_PAGE;
        enum err err = conclave_ask(cli->conclave, &ask, &answer, refusal);
        if (err != OK)
            return err;
        for (uint32_t i = 0; i < answer.records.entries.count; i++)
            look_at(search, &answer.records.entries.at[i]);
        more = answer.records.more != 0 && answer.records.entries.count > 0;
    }
    return OK;
}

static bool is_hex(const char *text)
{
    return strspn(text, "0123456789abcdef") == strlen(text);
}

static int resolve(struct cli *cli, const char *text, struct hash *out)
{
    struct refusal refusal = {0};
    if (strncmp(text, "sha256:", 7) == 0)
        text += 7;
    struct search search = {.prefix = span_text(text)};
    if (!is_hex(text) || search.prefix.size < PREFIX_LEAST ||
        search.prefix.size > 2 * HASH_SIZE)
        return cli_say(STATUS_LOCAL,
            "\"%s\" is no request id: give its 64 hex digits, or the first %d or more", text,
            PREFIX_LEAST);
    if (hash_from_hex(search.prefix, out) == OK)
        return STATUS_DONE;
    enum err err = search_open(cli, &search, &refusal);
    if (err != OK)
        return cli_fail(SIDE_DAEMON, err, &refusal);
    *out = search.found;
    if (search.count == 1)
        return STATUS_DONE;
    return cli_say(STATUS_LOCAL, "%s open request begins with %s: give all 64 digits of its id",
        search.count == 0 ? "no" : "more than one", text);
}

int inquiry_begin(struct cli *cli, struct inquiry *inquiry, const char *text)
{
    *inquiry = (struct inquiry){0};
    int status = inquiry_house(cli, &inquiry->house);
    if (status == STATUS_DONE)
        status = resolve(cli, text, &inquiry->id);
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
