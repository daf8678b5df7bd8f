// conclave request submit: asks for signatures.
#include "admin-cli/commands.h"
#include "admin-cli/delivery.h"
#include "admin-cli/submission.h"
#include "metadata/tuf.h"
#include "proto/name.h"

#include <stdlib.h>
#include <string.h>

struct submit_options {
    struct asker asker;
    struct option_values items;
    struct option_values evidence;
    struct delivery delivery; // of what is signed at once; its folder is NULL for none
};

// The version stands in the payload, whatever its dialect is. What cannot be read here is asked for as
// version 1: the appliance judges it, and says on the record what is wrong.
static uint64_t version_of(struct span payload)
{
    static const enum dialect dialects[] = {DIALECT_TUF, DIALECT_UPTANE};
    struct refusal ignored;
    struct tuf *tuf = calloc(1, sizeof *tuf);
    uint64_t version = 1;
    for (size_t i = 0; tuf != NULL && i < sizeof dialects / sizeof dialects[0]; i++)
        if (tuf_read(dialects[i], payload, tuf, &ignored) == OK)
            version = tuf->version;
    free(tuf);
    return version;
}

static int add_item(struct submission *submission, const char *text)
{
    struct refusal refusal = {0};
    struct span content;
    struct item *item = &submission->request.items[submission->request.item_count];
    const char *equals = strchr(text, '=');
    size_t size = equals == NULL ? 0 : (size_t)(equals - text);
    if (size > LIMIT_ROLE_NAME || !item_name_is_good(span_of(text, size)))
        return cli_say(STATUS_LOCAL,
            "--item %s is not ROLE=FILE: write for example image/targets=targets.json, or "
            "director/targets@VEHICLE=targets.json",
            text);
    memcpy(item->role, text, size);
    item->role[size] = 0;
    enum err err =
        submission_add_file(submission, equals + 1, &item->payload, &content, &refusal);
    if (err != OK)
        return cli_fail(SIDE_LOCAL, err, &refusal);
    item->version = version_of(content);
    submission->request.item_count++;
    return STATUS_DONE;
}

static int add_evidence(struct submission *submission, const char *path)
{
    struct refusal refusal = {0};
    struct span content;
    struct hash hash;
    enum err err = submission_add_file(submission, path, &hash, &content, &refusal);
    if (err == OK)
        err = submission_name_evidence(submission, &hash);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

// ---- what mandates sign at once ----

static int take_inquiry(
    struct submit_options *options, struct cli *cli, const struct inquiry *inquiry)
{
    struct refusal refusal = {0};
    struct delivery *delivery = &options->delivery;
    struct parcel *parcel = parcel_new();
    delivery->side = SIDE_DAEMON;
    enum err err = parcel == NULL ? ERR_MEMORY : parcel_read(parcel, cli, inquiry, &refusal);
    if (err == OK && delivery->folder != NULL)
        err = delivery_write(delivery, cli, parcel, &refusal);
    parcel_free(parcel);
    return err == OK ? STATUS_DONE : cli_fail(delivery->side, err, &refusal);
}

// Nothing is believed to be signed that the log does not prove.
static int take(void *context, struct cli *cli, const struct hash *request)
{
    struct inquiry inquiry = {.id = *request};
    int status = inquiry_house(cli, &inquiry.house);
    if (status == STATUS_DONE)
        status = inquiry_dossier(cli, &inquiry, false, 0);
    if (status == STATUS_DONE && inquiry.dossier.dossier.fate != FATE_SIGNED)
        status = cli_say(STATUS_UNVERIFIED,
            "the appliance says that the request is signed, but its log does not");
    if (status == STATUS_DONE)
        status = take_inquiry(context, cli, &inquiry);
    inquiry_clear(&inquiry);
    return status;
}

static void tell(void *context, struct scribe *scribe)
{
    const struct submit_options *options = context;
    delivery_scribe(&options->delivery, "files", scribe);
}

// ---- asking ----

static int submit(struct cli *cli, struct submit_options *options)
{
    struct house *house = NULL;
    struct submission *submission = submission_new();
    if (submission == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    int status = asker_check(&options->asker);
    for (size_t i = 0; status == STATUS_DONE && i < options->items.count; i++)
        status = add_item(submission, options->items.at[i]);
    for (size_t i = 0; status == STATUS_DONE && i < options->evidence.count; i++)
        status = add_evidence(submission, options->evidence.at[i]);
    // Whose token it is, a requester's or an administrator's, the charter knows.
    if (status == STATUS_DONE && options->asker.requester == NULL)
        status = inquiry_house(cli, &house);
    submission->take = take;
    submission->tell = options->delivery.folder == NULL ? NULL : tell;
    submission->context = options;
    if (status == STATUS_DONE)
        status = submission_send(
            cli, submission, &options->asker, house == NULL ? NULL : house->charter);
    if (status == STATUS_DONE && !cli->json)
        delivery_print(&options->delivery);
    house_free(house);
    submission_free(submission);
    return status;
}

int cmd_request_submit(struct cli *cli, int argc, char **argv)
{
    struct submit_options options = {0};
    struct option_rule rules[ASKER_RULES + 3];
    int status;
    asker_rules(&options.asker, rules);
    delivery_init(&options.delivery, DELIVERY_FILE, NULL);
    rules[ASKER_RULES] = (struct option_rule){.name = "item",
        .argument = "ROLE=FILE",
        .help = "what to sign: the exact bytes of this file",
        .needed = true,
        .values = &options.items};
    rules[ASKER_RULES + 1] = (struct option_rule){.name = "evidence",
        .argument = "FILE",
        .help = "a signed file that an item names",
        .values = &options.evidence};
    rules[ASKER_RULES + 2] = (struct option_rule){.name = "out",
        .argument = "DIR",
        .help = "write the complete files here, when mandates sign them at once",
        .text = &options.delivery.folder};
    if (options_read(cli, rules, sizeof rules / sizeof rules[0], argc, argv, &status))
        status = submit(cli, &options);
    delivery_clear(&options.delivery);
    return status;
}
