// conclave signature: fetches the signatures of a request, verifies each under the charter's key,
// and hands them out as TUF signature objects or raw.
#include "admin-cli/commands.h"
#include "admin-cli/file.h"
#include "admin-cli/inquiry.h"
#include "admin-cli/options.h"
#include "admin-cli/print.h"
#include "client/fault.h"
#include "metadata/tuf.h"

#include <stdlib.h>
#include <string.h>

struct delivery {
    const char *format; // "tuf" or "raw"
    const char *role;   // only this one; NULL for all
    const char *out;    // folder; NULL for standard output
    const char *proof;  // file for the tlog-proof; NULL for none
    const char *record; // file for the outcome record; NULL for none
    bool raw;
};

// Everything of the dossier that outlives the next ask.
struct parcel {
    struct outcome outcome;
    struct opened opened;
    struct bytes outcome_text;
    struct bytes note;
    uint64_t index;
    struct merkle_path path;
    struct bytes array; // TUF signature objects so far
};

static struct parcel *parcel_new(void)
{
    struct parcel *parcel = calloc(1, sizeof *parcel);
    if (parcel == NULL)
        return NULL;
    bytes_init(&parcel->outcome_text, LIMIT_RECORD);
    bytes_init(&parcel->note, LIMIT_CHECKPOINT);
    bytes_init(&parcel->array, LIMIT_PAYLOAD);
    return parcel;
}

static void parcel_free(struct parcel *parcel)
{
    if (parcel == NULL)
        return;
    bytes_clear(&parcel->outcome_text);
    bytes_clear(&parcel->note);
    bytes_clear(&parcel->array);
    free(parcel);
}

static enum err parcel_read(
    struct parcel *parcel, const struct message *dossier, struct refusal *refusal)
{
    if (outcome_read(dossier->dossier.end.text, &parcel->outcome) != OK ||
        opened_read(dossier->dossier.opened.text, &parcel->opened) != OK)
        return fault(ERR_FORM, refusal, "the request has no outcome record that can be read");
    bytes_add(&parcel->outcome_text, dossier->dossier.end.text);
    bytes_add(&parcel->note, dossier->dossier.checkpoint);
    parcel->index = dossier->dossier.end.index;
    parcel->path.count = dossier->dossier.end_path.count;
    memcpy(parcel->path.nodes, dossier->dossier.end_path.at, sizeof parcel->path.nodes);
    enum err err = bytes_finish(&parcel->outcome_text);
    return err == OK ? bytes_finish(&parcel->note) : err;
}

static const struct key *key_of(
    const struct charter *charter, const struct outcome_signature *line)
{
    for (size_t i = 0; i < charter->key_count; i++)
        if (hash_equal(&charter->keys[i].key.id, &line->key) &&
            strcmp(charter->roles[charter->keys[i].role].name, line->role) == 0)
            return &charter->keys[i].key;
    return NULL;
}

static const struct hash *payload_of(
    const struct opened *opened, const struct outcome_signature *line)
{
    for (size_t i = 0; i < opened->item_count; i++)
        if (strcmp(opened->items[i].role, line->role) == 0 &&
            opened->items[i].version == line->version)
            return &opened->items[i].payload;
    return NULL;
}

// The signature's bytes, verified over the payload's (R8: here again, by whoever takes them).
static enum err fetch_verified(struct cli *cli, const struct parcel *parcel,
    const struct key *key, const struct outcome_signature *line, struct bytes *signature,
    struct refusal *refusal)
{
    struct bytes payload;
    const struct hash *hash = payload_of(&parcel->opened, line);
    if (key == NULL || hash == NULL)
        return fault(ERR_SIGNATURE, refusal,
            "the outcome names a key or payload of %s that charter and request do not have",
            line->role);
    bytes_init(&payload, LIMIT_PAYLOAD);
    enum err err = conclave_blob(cli->conclave, hash, &payload, refusal);
    if (err == OK)
        err = conclave_blob(cli->conclave, &line->signature, signature, refusal);
    if (err == OK && key_verify(key, bytes_span(&payload), bytes_span(signature)) != OK)
        err = fault(ERR_SIGNATURE, refusal,
            "a signature on %s does not hold under the charter's key: do not use it",
            line->role);
    bytes_clear(&payload);
    return err;
}

static void write_object(const struct key *key, struct span signature, struct bytes *out)
{
    struct hash id = tuf_key_id(key);
    bytes_add_text(out, "{\"keyid\":\"");
    bytes_add_hex(out, hash_span(&id));
    bytes_add_text(out, "\",\"sig\":\"");
    bytes_add_hex(out, signature);
    bytes_add_text(out, "\"}");
}

// image+targets.12.KEYID.json: no role has a `+` in its name, so two never share a file.
static enum err write_file(const struct delivery *delivery, const struct key *key,
    const struct outcome_signature *line, struct span content, struct refusal *refusal)
{
    char name[LIMIT_ROLE_NAME + 128], hex[PRINT_HASH], path[FILE_PATH];
    struct hash id = tuf_key_id(key);
    hash_hex(&id, hex);
    (void)snprintf(name, sizeof name, "%s.%llu.%s.%s", line->role,
        (unsigned long long)line->version, hex, delivery->raw ? "sig" : "json");
    *strchr(name, '/') = '+';
    if (file_join(path, delivery->out, name) != OK)
        return fault(ERR_LIMIT, refusal, "the path of --out is too long");
    enum err err = file_write(path, content, refusal);
    if (err == OK)
        puts(path);
    return err;
}

static enum err deliver(const struct delivery *delivery, struct parcel *parcel,
    const struct key *key, const struct outcome_signature *line, struct span signature,
    struct refusal *refusal)
{
    struct bytes object;
    if (delivery->out != NULL && delivery->raw)
        return write_file(delivery, key, line, signature, refusal);
    if (delivery->raw) {
        fwrite(signature.data, 1, signature.size, stdout);
        return OK;
    }
    if (delivery->out == NULL) {
        bytes_add_text(&parcel->array, parcel->array.size == 0 ? "[" : ",");
        write_object(key, signature, &parcel->array);
        return bytes_finish(&parcel->array);
    }
    bytes_init(&object, LIMIT_RECORD);
    write_object(key, signature, &object);
    bytes_add_text(&object, "\n");
    enum err err = write_file(delivery, key, line, bytes_span(&object), refusal);
    bytes_clear(&object);
    return err;
}

static enum err deliver_line(struct cli *cli, const struct charter *charter,
    const struct delivery *delivery, struct parcel *parcel, size_t i, struct refusal *refusal)
{
    struct bytes signature;
    const struct outcome_signature *line = &parcel->outcome.signatures[i];
    const struct key *key = key_of(charter, line);
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    enum err err = fetch_verified(cli, parcel, key, line, &signature, refusal);
    if (err == OK)
        err = deliver(delivery, parcel, key, line, bytes_span(&signature), refusal);
    bytes_clear(&signature);
    return err;
}

static size_t count_lines(const struct parcel *parcel, const struct delivery *delivery)
{
    size_t count = 0;
    for (size_t i = 0; i < parcel->outcome.signature_count; i++)
        count += delivery->role == NULL ||
                 strcmp(delivery->role, parcel->outcome.signatures[i].role) == 0;
    return count;
}

// One stream holds the signatures of one payload, and one raw signature only.
static int check_stream(const struct parcel *parcel, const struct delivery *delivery)
{
    size_t count = count_lines(parcel, delivery);
    if (count == 0)
        return cli_say(STATUS_LOCAL, "the request has no item %s", delivery->role);
    if (delivery->out != NULL)
        return STATUS_DONE;
    if (delivery->role == NULL && parcel->opened.item_count > 1)
        return cli_say(STATUS_LOCAL,
            "the request has %zu items: name one with --role, or a folder with --out",
            parcel->opened.item_count);
    if (delivery->raw && count > 1)
        return cli_say(STATUS_LOCAL,
            "there are %zu signatures: raw ones go to a folder, with --out", count);
    return STATUS_DONE;
}

static enum err write_proof(
    const struct parcel *parcel, const struct delivery *delivery, struct refusal *refusal)
{
    struct bytes proof;
    enum err err = OK;
    bytes_init(&proof, LIMIT_RECORD);
    if (delivery->proof != NULL) {
        proof_write(parcel->index, &parcel->path, bytes_span(&parcel->note), &proof);
        err = bytes_finish(&proof);
        if (err == OK)
            err = file_write(delivery->proof, bytes_span(&proof), refusal);
    }
    if (err == OK && delivery->record != NULL)
        err = file_write(delivery->record, bytes_span(&parcel->outcome_text), refusal);
    bytes_clear(&proof);
    return err;
}

static enum err deliver_all(struct cli *cli, const struct charter *charter,
    const struct delivery *delivery, struct parcel *parcel, struct refusal *refusal)
{
    enum err err = delivery->out == NULL ? OK : file_folder(delivery->out, refusal);
    for (size_t i = 0; err == OK && i < parcel->outcome.signature_count; i++)
        if (delivery->role == NULL ||
            strcmp(delivery->role, parcel->outcome.signatures[i].role) == 0)
            err = deliver_line(cli, charter, delivery, parcel, i, refusal);
    if (err == OK && parcel->array.size > 0)
        printf("%.*s]\n", (int)parcel->array.size, (const char *)parcel->array.data);
    return err == OK ? write_proof(parcel, delivery, refusal) : err;
}

static int hand_out(struct cli *cli, struct inquiry *inquiry, const struct delivery *delivery)
{
    struct refusal refusal = {0};
    enum fate fate = inquiry->dossier.dossier.fate;
    if (fate == FATE_OPEN)
        return cli_say(
            STATUS_WAITING, "the request waits for approvals: see `conclave request show`");
    if (fate != FATE_SIGNED)
        return cli_say(
            STATUS_REFUSED, "there are no signatures: the request is %s", fate_text(fate));
    struct parcel *parcel = parcel_new();
    enum err err =
        parcel == NULL ? ERR_MEMORY : parcel_read(parcel, &inquiry->dossier, &refusal);
    int status = err == OK ? check_stream(parcel, delivery) : STATUS_DAEMON;
    if (err == OK && status == STATUS_DONE)
        err = deliver_all(cli, inquiry->house->charter, delivery, parcel, &refusal);
    parcel_free(parcel);
    return err == OK ? status : cli_fail(SIDE_DAEMON, err, &refusal);
}

static int run(struct cli *cli, const struct delivery *delivery)
{
    struct inquiry inquiry;
    int status = inquiry_begin(cli, &inquiry, cli->arguments[0]);
    if (status == STATUS_DONE)
        status = inquiry_dossier(cli, &inquiry, false, 0);
    if (status == STATUS_DONE)
        status = hand_out(cli, &inquiry, delivery);
    inquiry_clear(&inquiry);
    return status;
}

int cmd_signature(struct cli *cli, int argc, char **argv)
{
    struct delivery delivery = {.format = "tuf"};
    const struct option_rule rules[] = {
        {.name = "format",
            .argument = "FORMAT",
            .help = "tuf (signature objects) or raw",
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
