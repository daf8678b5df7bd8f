// conclave signature: fetches the signatures of a request, verifies each under the charter's key,
// and hands them out raw, or as signature objects in the dialect of their repository.
#include "admin-cli/commands.h"
#include "admin-cli/file.h"
#include "admin-cli/folder.h"
#include "admin-cli/options.h"
#include "admin-cli/parcel.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "client/fault.h"
#include "metadata/tuf.h"

#include <string.h>
#include <unistd.h>

struct delivery {
    const char *format; // "tuf" or "raw"
    const char *role;   // only this one; NULL for all
    const char *out;    // folder; NULL for standard output
    const char *proof;  // file for the tlog-proof; NULL for none
    const char *record; // file for the outcome record; NULL for none
    bool raw;
    struct bytes array; // signature objects so far
    bool json;
    struct scribe files; // with `json` and `out`: the paths so far
    enum side side;      // where it goes wrong, if it does
};

// One signature, of a key of the charter, in the dialect of its role's repository.
struct delivered {
    const struct outcome_signature *line;
    const struct key *key;
    enum dialect dialect;
    struct span signature;
};

// image+targets.12.KEYID.json: no role has a `+` in its name, so two never share a file.
static enum err write_file(struct delivery *delivery, const struct delivered *one,
    struct span content, struct refusal *refusal)
{
    char name[LIMIT_ROLE_NAME + 128], hex[PRINT_HASH], path[FILE_PATH];
    struct hash id = tuf_key_id(one->dialect, one->key);
    hash_hex(&id, hex);
    (void)snprintf(name, sizeof name, "%s.%llu.%s.%s", one->line->role,
        (unsigned long long)one->line->version, hex, delivery->raw ? "sig" : "json");
    *strchr(name, '/') = '+';
    if (file_join(path, delivery->out, name) != OK)
        return fault(ERR_LIMIT, refusal, "the path of --out is too long");
    enum err err = file_write(path, content, refusal);
    if (err == OK && delivery->json)
        scribe_text(&delivery->files, NULL, path);
    else if (err == OK)
        print_words(stdout, "%s\n", path);
    return err;
}

static enum err deliver(
    struct delivery *delivery, const struct delivered *one, struct refusal *refusal)
{
    struct bytes object;
    if (delivery->out != NULL && delivery->raw)
        return write_file(delivery, one, one->signature, refusal);
    if (delivery->raw)
        return print_bytes(one->signature);
    if (delivery->out == NULL) {
        bytes_add_text(&delivery->array, delivery->array.size == 0 ? "[" : ",");
        tuf_signature_write(one->dialect, one->key, one->signature, &delivery->array);
        return bytes_finish(&delivery->array);
    }
    bytes_init(&object, LIMIT_RECORD);
    tuf_signature_write(one->dialect, one->key, one->signature, &object);
    bytes_add_text(&object, "\n");
    enum err err = write_file(delivery, one, bytes_span(&object), refusal);
    bytes_clear(&object);
    return err;
}

static enum err deliver_line(struct cli *cli, struct delivery *delivery,
    const struct parcel *parcel, const struct outcome_signature *line, struct refusal *refusal)
{
    struct bytes signature;
    struct delivered one = {.line = line};
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    enum err err = parcel_signature(parcel, cli, line, &one.key, &signature, refusal);
    delivery->side = err == OK ? SIDE_LOCAL : SIDE_DAEMON;
    if (err == OK) {
        one.signature = bytes_span(&signature);
        one.dialect = charter_repository_of(parcel->charter, line->role)->dialect;
        err = deliver(delivery, &one, refusal);
    }
    bytes_clear(&signature);
    return err;
}

static bool is_wanted(const struct delivery *delivery, const struct outcome_signature *line)
{
    return delivery->role == NULL || strcmp(delivery->role, line->role) == 0;
}

// One stream holds the signatures of one payload, and one raw signature only.
static int check_stream(const struct parcel *parcel, const struct delivery *delivery)
{
    size_t count = 0;
    for (size_t i = 0; i < parcel->line_count; i++)
        count += is_wanted(delivery, &parcel->lines[i]);
    if (parcel->done[0] != 0)
        return cli_say(STATUS_LOCAL,
            "there are no signatures: the request was carried out as %s %llu", parcel->done,
            (unsigned long long)parcel->done_number);
    if (count == 0)
        return cli_say(STATUS_LOCAL, "the request has no item %s", delivery->role);
    if (delivery->out != NULL)
        return STATUS_DONE;
    if (delivery->role == NULL && parcel->opened.item_count > 1)
        return cli_say(STATUS_LOCAL,
            "the request has %zu items: name one with --role, or a folder with --out",
            parcel->opened.item_count);
    if (delivery->raw && (delivery->json || isatty(STDOUT_FILENO)))
        return cli_say(STATUS_LOCAL,
            "these are raw bytes, and nothing for a terminal or for JSON: send them to a file");
    if (delivery->raw && count > 1)
        return cli_say(STATUS_LOCAL,
            "there are %zu signatures: raw ones go to a folder, with --out", count);
    return STATUS_DONE;
}

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

static enum err write_evidence(const struct parcel *parcel, const struct delivery *delivery,
    size_t at, struct refusal *refusal)
{
    struct bytes proof;
    const struct proven *outcome = &parcel->outcomes[at];
    enum err err = OK;
    bytes_init(&proof, LIMIT_RECORD);
    if (delivery->proof != NULL) {
        proof_write(outcome->index, &outcome->path, bytes_span(&outcome->note), &proof);
        err = bytes_finish(&proof);
        if (err == OK)
            err = write_beside(delivery->proof, at, outcome, bytes_span(&proof), refusal);
    }
    if (err == OK && delivery->record != NULL)
        err = write_beside(delivery->record, at, outcome, bytes_span(&outcome->text), refusal);
    bytes_clear(&proof);
    return err;
}

static enum err deliver_all(struct cli *cli, struct delivery *delivery,
    const struct parcel *parcel, struct refusal *refusal)
{
    delivery->side = SIDE_LOCAL;
    enum err err = delivery->out == NULL ? OK : file_folder(delivery->out, refusal);
    for (size_t i = 0; err == OK && i < parcel->line_count; i++)
        if (is_wanted(delivery, &parcel->lines[i]))
            err = deliver_line(cli, delivery, parcel, &parcel->lines[i], refusal);
    if (err == OK && delivery->array.size > 0) {
        bytes_add_text(&delivery->array, "]\n");
        err = print_bytes(bytes_span(&delivery->array));
    }
    if (err == OK && delivery->json && delivery->out != NULL) {
        scribe_array_end(&delivery->files);
        err = scribe_print(&delivery->files);
    }
    for (size_t i = 0; err == OK && i < parcel->outcome_count; i++)
        err = write_evidence(parcel, delivery, i, refusal);
    return err;
}

static int hand_out(struct cli *cli, struct inquiry *inquiry, struct delivery *delivery)
{
    struct refusal refusal = {0};
    enum fate fate = inquiry->dossier.dossier.fate;
    if (fate == FATE_OPEN)
        return folder_waits(cli, inquiry);
    if (fate != FATE_SIGNED)
        return cli_say(
            STATUS_REFUSED, "there are no signatures: the request is %s", fate_text(fate));
    struct parcel *parcel = parcel_new();
    delivery->side = SIDE_DAEMON;
    enum err err = parcel == NULL ? ERR_MEMORY : parcel_read(parcel, cli, inquiry, &refusal);
    int status = err == OK ? check_stream(parcel, delivery) : STATUS_DAEMON;
    if (err == OK && status == STATUS_DONE)
        err = deliver_all(cli, delivery, parcel, &refusal);
    parcel_free(parcel);
    return err == OK ? status : cli_fail(delivery->side, err, &refusal);
}

static int run(struct cli *cli, struct delivery *delivery)
{
    struct inquiry inquiry;
    int status = inquiry_begin(cli, &inquiry, cli->arguments[0]);
    bytes_init(&delivery->array, LIMIT_PAYLOAD);
    delivery->json = cli->json;
    scribe_init(&delivery->files);
    scribe_array(&delivery->files, NULL);
    if (status == STATUS_DONE)
        status = inquiry_dossier(cli, &inquiry, false, 0);
    if (status == STATUS_DONE)
        status = hand_out(cli, &inquiry, delivery);
    scribe_clear(&delivery->files);
    bytes_clear(&delivery->array);
    inquiry_clear(&inquiry);
    return status;
}

int cmd_signature(struct cli *cli, int argc, char **argv)
{
    struct delivery delivery = {.format = "tuf"};
    const struct option_rule rules[] = {
        {.name = "format",
            .argument = "FORMAT",
            .help = "tuf (signature objects, in the repository's dialect) or raw",
            .text = &delivery.format},
        {.name = "role",
            .argument = "ROLE",
            .help = "the signatures of this item only",
            .text = &delivery.role},
        {.name = "out",
            .argument = "DIR",
            .help = "one file a signature, in this folder",
            .text = &delivery.out},
        {.name = "proof",
            .argument = "FILE",
            .help = "write the outcome record's inclusion proof here (tlog-proof)",
            .text = &delivery.proof},
        {.name = "record",
            .argument = "FILE",
            .help = "write the outcome record itself here",
            .text = &delivery.record},
    };
    int status;
    if (!options_read(cli, rules, sizeof rules / sizeof rules[0], argc, argv, &status))
        return status;
    delivery.raw = strcmp(delivery.format, "raw") == 0;
    if (!delivery.raw && strcmp(delivery.format, "tuf") != 0)
        return cli_say(STATUS_LOCAL, "there is no format %s: take tuf or raw", delivery.format);
    return run(cli, &delivery);
}
