// conclave signature: fetches the signatures of a request, verifies each under the charter's key,
// and hands them out raw, as signature objects in the dialect of their repository, or as complete
// files.
#include "admin-cli/commands.h"
#include "admin-cli/delivery.h"
#include "admin-cli/file.h"
#include "admin-cli/folder.h"
#include "admin-cli/options.h"
#include "admin-cli/print.h"
#include "client/fault.h"
#include "metadata/tuf.h"

#include <string.h>
#include <unistd.h>

struct handing {
    struct delivery delivery; // its folder is NULL for standard output
    const char *format;
    const char *proof;  // file for the tlog-proof; NULL for none
    const char *record; // file for the outcome record; NULL for none
};

static bool is_wanted(const struct delivery *delivery, const struct outcome_signature *line)
{
    return delivery->role == NULL || strcmp(delivery->role, line->role) == 0;
}

// ---- standard output ----

static enum err stream_line(struct delivery *delivery, struct cli *cli,
    const struct parcel *parcel, const struct outcome_signature *line, struct bytes *out,
    struct refusal *refusal)
{
    struct bytes signature;
    const struct key *key;
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    enum err err = parcel_signature(parcel, cli, line, &key, &signature, refusal);
    if (err == OK && delivery->format == DELIVERY_RAW) {
        bytes_add(out, bytes_span(&signature));
    } else if (err == OK) {
        bytes_add_text(out, out->size == 0 ? "[" : ",");
        tuf_signature_write(parcel_dialect(parcel, line), key, bytes_span(&signature), out);
    }
    bytes_clear(&signature);
    return err == OK ? bytes_finish(out) : err;
}

// An array of signature objects, or one signature's bytes.
static enum err stream(struct delivery *delivery, struct cli *cli, const struct parcel *parcel,
    struct refusal *refusal)
{
    struct bytes out;
    enum err err = OK;
    bytes_init(&out, LIMIT_PAYLOAD);
    delivery->side = SIDE_DAEMON;
    for (size_t i = 0; err == OK && i < parcel->line_count; i++)
        if (is_wanted(delivery, &parcel->lines[i]))
            err = stream_line(delivery, cli, parcel, &parcel->lines[i], &out, refusal);
    if (err == OK) {
        delivery->side = SIDE_LOCAL;
        bytes_add_text(&out, delivery->format == DELIVERY_RAW ? "" : "]\n");
        err = print_bytes(bytes_span(&out));
    }
    bytes_clear(&out);
    return err;
}

// One stream holds the signatures of one payload, and one raw signature only.
static int check_stream(
    const struct cli *cli, const struct parcel *parcel, const struct delivery *delivery)
{
    size_t count = 0;
    bool raw = delivery->format == DELIVERY_RAW;
    for (size_t i = 0; i < parcel->line_count; i++)
        count += is_wanted(delivery, &parcel->lines[i]);
    if (parcel->done[0] != 0)
        return cli_say(STATUS_LOCAL,
            "there are no signatures: the request was carried out as %s %llu", parcel->done,
            (unsigned long long)parcel->done_number);
    if (count == 0)
        return cli_say(STATUS_LOCAL, "the request has no item %s", delivery->role);
    if (delivery->folder != NULL)
        return STATUS_DONE;
    if (delivery->format == DELIVERY_FILE)
        return cli_say(STATUS_LOCAL, "complete files go to a folder: name one with --out");
    if (delivery->role == NULL && parcel->item_count > 1)
        return cli_say(STATUS_LOCAL,
            "the request has %zu items: name one with --role, or a folder with --out",
            parcel->item_count);
    if (raw && (cli->json || isatty(STDOUT_FILENO)))
        return cli_say(STATUS_LOCAL,
            "these are raw bytes, and nothing for a terminal or for JSON: send them to a file");
    if (raw && count > 1)
        return cli_say(STATUS_LOCAL,
            "there are %zu signatures: raw ones go to a folder, with --out", count);
    return STATUS_DONE;
}

// ---- the outcomes ----

// The newest outcome's file has the name that was given; those that it adds to have their index
// behind it.
static enum err write_beside(const char *name, size_t at, const struct proven *outcome,
    struct span content, struct refusal *refusal)
{
    char path[FILE_PATH];
    int size = at == 0 ? snprintf(path, sizeof path, "%s", name)
                       : snprintf(path, sizeof path, "%s.%llu", name,
                             (unsigned long long)outcome->index);
    if ((size_t)size >= sizeof path)
        return fault(ERR_LIMIT, refusal, "the path is too long: %s", name);
    return file_write(path, content, refusal);
}

static enum err write_evidence(const struct parcel *parcel, const struct handing *handing,
    size_t at, struct refusal *refusal)
{
    struct bytes proof;
    const struct proven *outcome = &parcel->outcomes[at];
    enum err err = OK;
    bytes_init(&proof, LIMIT_RECORD);
    if (handing->proof != NULL) {
        proof_write(outcome->index, &outcome->path, bytes_span(&outcome->note), &proof);
        err = bytes_finish(&proof);
        if (err == OK)
            err = write_beside(handing->proof, at, outcome, bytes_span(&proof), refusal);
    }
    if (err == OK && handing->record != NULL)
        err = write_beside(handing->record, at, outcome, bytes_span(&outcome->text), refusal);
    bytes_clear(&proof);
    return err;
}

// ---- the whole ----

static enum err print_paths(const struct cli *cli, const struct delivery *delivery)
{
    struct scribe scribe;
    if (!cli->json) {
        delivery_print(delivery);
        return OK;
    }
    scribe_init(&scribe);
    delivery_scribe(delivery, NULL, &scribe);
    return scribe_print(&scribe);
}

static enum err give(struct cli *cli, struct handing *handing, const struct parcel *parcel,
    struct refusal *refusal)
{
    struct delivery *delivery = &handing->delivery;
    enum err err = delivery->folder == NULL ? stream(delivery, cli, parcel, refusal)
                                            : delivery_write(delivery, cli, parcel, refusal);
    if (err != OK)
        return err;
    delivery->side = SIDE_LOCAL;
    if (delivery->folder != NULL)
        err = print_paths(cli, delivery);
    for (size_t i = 0; err == OK && i < parcel->outcome_count; i++)
        err = write_evidence(parcel, handing, i, refusal);
    return err;
}

static int hand_out(struct cli *cli, struct inquiry *inquiry, struct handing *handing)
{
    struct refusal refusal = {0};
    struct delivery *delivery = &handing->delivery;
    enum fate fate = inquiry->dossier.dossier.fate;
    if (fate == FATE_OPEN)
        return folder_waits(cli, inquiry);
    if (fate != FATE_SIGNED)
        return cli_say(
            STATUS_REFUSED, "there are no signatures: the request is %s", fate_text(fate));
    struct parcel *parcel = parcel_new();
    delivery->side = SIDE_DAEMON;
    enum err err = parcel == NULL ? ERR_MEMORY : parcel_read(parcel, cli, inquiry, &refusal);
    int status = err == OK ? check_stream(cli, parcel, delivery) : STATUS_DAEMON;
    if (err == OK && status == STATUS_DONE)
        err = give(cli, handing, parcel, &refusal);
    parcel_free(parcel);
    return err == OK ? status : cli_fail(delivery->side, err, &refusal);
}

static int run(struct cli *cli, struct handing *handing)
{
    struct inquiry inquiry;
    int status = inquiry_begin(cli, &inquiry, cli->arguments[0]);
    if (status == STATUS_DONE)
        status = inquiry_dossier(cli, &inquiry, false, 0);
    if (status == STATUS_DONE)
        status = hand_out(cli, &inquiry, handing);
    inquiry_clear(&inquiry);
    return status;
}

int cmd_signature(struct cli *cli, int argc, char **argv)
{
    struct handing handing = {.format = "tuf"};
    struct delivery *delivery = &handing.delivery;
    const struct option_rule rules[] = {
        {.name = "format",
            .argument = "FORMAT",
            .help =
                "tuf (signature objects, in the repository's dialect), raw, or file (payload "
                "and signatures)",
            .text = &handing.format},
        {.name = "role",
            .argument = "ROLE",
            .help = "the signatures of this item only",
            .text = &delivery->role},
        {.name = "out",
            .argument = "DIR",
            .help = "one file a signature, in this folder",
            .text = &delivery->folder},
        {.name = "proof",
            .argument = "FILE",
            .help = "write the outcome record's inclusion proof here (tlog-proof)",
            .text = &handing.proof},
        {.name = "record",
            .argument = "FILE",
            .help = "write the outcome record itself here",
            .text = &handing.record},
    };
    int status;
    delivery_init(delivery, DELIVERY_TUF, NULL);
    if (!options_read(cli, rules, sizeof rules / sizeof rules[0], argc, argv, &status))
        goto out;
    status = delivery_format_read(handing.format, &delivery->format) ? run(cli, &handing)
                                                                     : STATUS_LOCAL;
out:
    delivery_clear(delivery);
    return status;
}
