// conclave log export: the whole log as files, for auditors: DIR/checkpoint, DIR/vkey,
// DIR/entries/INDEX and, by hash, whatever the records name: DIR/blobs/HEX.
#include "admin-cli/commands.h"
#include "admin-cli/file.h"
#include "admin-cli/inquiry.h"
#include "admin-cli/options.h"
#include "admin-cli/pages.h"
#include "admin-cli/print.h"
#include "client/fault.h"

#include <stdlib.h>
#include <unistd.h>

struct export
{
    char entries[FILE_PATH];
    char blobs[FILE_PATH];
    struct conclave *second; // for blobs: a page's spans end with the next ask
    struct merkle_edge edge;
    uint64_t blob_count;
    uint64_t missing;
};

// A blob that the appliance no longer keeps (old states) is left out.
static enum err keep_blob(
    struct export *export, const struct hash *hash, struct refusal *refusal)
{
    char hex[PRINT_HASH], path[FILE_PATH];
    struct bytes blob;
    if (hash_is_none(hash))
        return OK;
    hash_hex(hash, hex);
    if (file_join(path, export->blobs, hex) != OK)
        return ERR_LIMIT;
    if (access(path, F_OK) == 0)
        return OK;
    bytes_init(&blob, LIMIT_PAYLOAD);
    enum err err = conclave_blob(export->second, hash, &blob, refusal);
    if (err == OK) {
        err = file_write(path, bytes_span(&blob), refusal);
        export->blob_count++;
    } else if (err == ERR_NOT_FOUND || err == ERR_REFUSED) {
        export->missing++;
        err = OK;
    }
    bytes_clear(&blob);
    return err;
}

static enum err keep_founding(struct export *export, struct span text, struct refusal *refusal)
{
    struct founding founding;
    if (founding_read(text, &founding) != OK)
        return OK;
    enum err err = keep_blob(export, &founding.charter, refusal);
    return err == OK ? keep_blob(export, &founding.objects, refusal) : err;
}

typedef enum err keep_named(
    struct export *export, const struct request *request, struct refusal *refusal);

// A motion's evidence: without it nobody can say whether the motion held.
static enum err keep_evidence(
    struct export *export, const struct request *request, struct refusal *refusal)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < request->evidence_count; i++)
        err = keep_blob(export, &request->evidence[i], refusal);
    return err;
}

// What mandates signed: there is no opened record that names it.
static enum err keep_payloads(
    struct export *export, const struct request *request, struct refusal *refusal)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < request->item_count; i++)
        err = keep_blob(export, &request->items[i].payload, refusal);
    return err;
}

// What the request's text names.
static enum err keep_request(
    struct export *export, const struct hash *id, keep_named *keep, struct refusal *refusal)
{
    struct bytes text;
    struct request *request = calloc(1, sizeof *request);
    bytes_init(&text, LIMIT_RECORD);
    enum err err =
        request == NULL ? ERR_MEMORY : conclave_blob(export->second, id, &text, refusal);
    if (err == OK && request_read(bytes_span(&text), request) == OK)
        err = keep(export, request, refusal);
    bytes_clear(&text);
    free(request);
    return err == ERR_NOT_FOUND || err == ERR_REFUSED ? OK : err;
}

static enum err keep_opened(struct export *export, struct span text, struct refusal *refusal)
{
    struct opened *opened = calloc(1, sizeof *opened);
    enum err err = opened == NULL ? ERR_MEMORY : OK;
    if (err == OK && opened_read(text, opened) == OK) {
        err = keep_blob(export, &opened->request, refusal);
        for (size_t i = 0; err == OK && i < opened->item_count; i++)
            err = keep_blob(export, &opened->items[i].payload, refusal);
        if (err == OK && motion_of(opened->items[0].role) != MOTION_NONE)
            err = keep_request(export, &opened->request, keep_evidence, refusal);
    }
    free(opened);
    return err;
}

static enum err keep_mandated(struct export *export, struct span text, struct refusal *refusal)
{
    struct mandated mandated;
    if (mandated_read(text, &mandated) != OK)
        return OK;
    enum err err = keep_blob(export, &mandated.request, refusal);
    return err == OK ? keep_request(export, &mandated.request, keep_payloads, refusal) : err;
}

static enum err keep_outcome(struct export *export, struct span text, struct refusal *refusal)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    enum err err = outcome == NULL ? ERR_MEMORY : OK;
    if (err == OK && outcome_read(text, outcome) == OK) {
        err = keep_blob(export, &outcome->state, refusal);
        for (size_t i = 0; err == OK && i < outcome->signature_count; i++)
            err = keep_blob(export, &outcome->signatures[i].signature, refusal);
    }
    free(outcome);
    return err;
}

// Kinds of records that name blobs.
static const struct {
    enum record_kind kind;
    enum err (*keep)(struct export *export, struct span text, struct refusal *refusal);
} keeps[] = {
    {RECORD_FOUNDING, keep_founding},
    {RECORD_OPENED, keep_opened},
    {RECORD_MANDATED, keep_mandated},
    {RECORD_OUTCOME, keep_outcome},
};

static enum err keep_entry(void *context, const struct entry *entry, struct refusal *refusal)
{
    struct export *export = context;
    char path[FILE_PATH], name[24];
    struct hash leaf = merkle_leaf(entry->text);
    merkle_edge_append(&export->edge, &leaf);
    (void)snprintf(name, sizeof name, "%llu", (unsigned long long)entry->index);
    if (file_join(path, export->entries, name) != OK)
        return ERR_LIMIT;
    enum err err = file_write(path, entry->text, refusal);
    enum record_kind kind = record_kind(entry->text);
    for (size_t i = 0; err == OK && i < sizeof keeps / sizeof keeps[0]; i++)
        if (keeps[i].kind == kind)
            err = keeps[i].keep(export, entry->text, refusal);
    return err;
}

static enum err make_folders(struct export *export, const char *folder, struct refusal *refusal)
{
    enum err err = file_folder(folder, refusal);
    if (err == OK)
        err = file_join(export->entries, folder, "entries");
    if (err == OK)
        err = file_join(export->blobs, folder, "blobs");
    if (err == OK)
        err = file_folder(export->entries, refusal);
    return err == OK ? file_folder(export->blobs, refusal) : err;
}

// Last, so that a folder with a checkpoint is whole.
static enum err write_heads(
    const struct house *house, const char *folder, struct refusal *refusal)
{
    char path[FILE_PATH];
    struct bytes vkey;
    bytes_init(&vkey, LIMIT_CHECKPOINT);
    vkey_write(house->origin, &house->log, &vkey);
    bytes_add_text(&vkey, "\n");
    enum err err = bytes_finish(&vkey);
    if (err == OK)
        err = file_join(path, folder, "vkey");
    if (err == OK)
        err = file_write(path, bytes_span(&vkey), refusal);
    if (err == OK)
        err = file_join(path, folder, "checkpoint");
    if (err == OK)
        err = file_write(path, bytes_span(&house->note), refusal);
    bytes_clear(&vkey);
    return err;
}

static enum err write_log(
    struct cli *cli, const struct house *house, struct export *export, struct refusal *refusal)
{
    const char *folder = cli->arguments[0];
    enum err err = make_folders(export, folder, refusal);
    if (err == OK)
        err = conclave_open(cli->socket, NULL, &export->second, refusal);
    if (err == OK)
        err = pages_visit(cli, 0, house->newest.size, keep_entry, export, refusal);
    struct hash root = merkle_edge_root(&export->edge);
    if (err == OK && !hash_equal(&root, &house->newest.root))
        err = fault(ERR_SIGNATURE, refusal,
            "the records that the appliance shows are not those under its checkpoint: keep %s, "
            "and show it to the other administrators",
            folder);
    return err == OK ? write_heads(house, folder, refusal) : err;
}

static int print_result(
    const struct cli *cli, const struct house *house, const struct export *export)
{
    unsigned long long records = house->newest.size, blobs = export->blob_count;
    if (cli->json)
        print_words(stdout, "{\"records\":%llu,\"blobs\":%llu}\n", records, blobs);
    else
        print_words(stdout, "%llu records and %llu new files of what they name are in %s.\n",
            records, blobs, cli->arguments[0]);
    return STATUS_DONE;
}

int cmd_log_export(struct cli *cli, int argc, char **argv)
{
    struct house *house = NULL;
    struct refusal refusal = {0};
    int status;
    if (!options_read(cli, NULL, 0, argc, argv, &status))
        return status;
    struct export *export = calloc(1, sizeof *export);
    if (export == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    status = inquiry_house(cli, &house);
    if (status == STATUS_DONE) {
        merkle_edge_init(&export->edge);
        enum err err = write_log(cli, house, export, &refusal);
        status =
            err == OK ? print_result(cli, house, export) : cli_fail(SIDE_DAEMON, err, &refusal);
        conclave_close(export->second);
    }
    free(export);
    house_free(house);
    return status;
}
