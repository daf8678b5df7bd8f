// conclave log check: whether one record is in the log, and about one request, by its proof alone,
// without an appliance.
#include "admin-cli/commands.h"
#include "admin-cli/options.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "admin-cli/vkey.h"
#include "client/conclave.h"
#include "client/fault.h"
#include "client/receipt.h"
#include "client/source.h"

struct check_options {
    const char *vkey;
    const char *request;
};

struct checked {
    char origin[LIMIT_ROLE_NAME + 1];
    struct bytes proof, record, request;
    bool has_request; // somebody has its text
    uint64_t index;
    struct checkpoint checkpoint;
};

static int print_json(const struct checked *checked)
{
    struct scribe scribe;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_bool(&scribe, "good", true);
    scribe_text(&scribe, "origin", checked->origin);
    scribe_number(&scribe, "index", checked->index);
    scribe_number(&scribe, "size", checked->checkpoint.size);
    scribe_hash(&scribe, "root", &checked->checkpoint.root);
    scribe_text(&scribe, "kind", record_kind_text(record_kind(bytes_span(&checked->record))));
    scribe_span(&scribe, "record", bytes_span(&checked->record));
    if (checked->has_request) {
        struct hash id = request_id(bytes_span(&checked->request));
        scribe_hash(&scribe, "request", &id);
    }
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

static int print_checked(
    const struct cli *cli, const struct checked *checked, const char *request)
{
    if (cli->json)
        return print_json(checked);
    print_foreign(stdout, bytes_span(&checked->record));
    print_words(stdout, "\nThis is record %llu of the log %s, which had %llu records then.\n",
        (unsigned long long)checked->index, checked->origin,
        (unsigned long long)checked->checkpoint.size);
    if (checked->has_request)
        print_words(stdout, "It is about the request in %s.\n", request);
    return STATUS_DONE;
}

// The key that is named, or the one that this home has pinned.
static enum err find_log(const struct cli *cli, const char *given, struct checked *checked,
    struct key *log, struct refusal *refusal)
{
    if (given != NULL)
        return vkey_given(given, checked->origin, log, refusal);
    if (conclave_pinned(cli->home, checked->origin, log) == OK)
        return OK;
    return fault(ERR_NOT_FOUND, refusal,
        "no log key is pinned in %s: name the log's with --vkey", cli->home);
}

static enum err read_files(
    struct cli *cli, const char *request, struct checked *checked, struct refusal *refusal)
{
    enum err err = source_read_file(cli->arguments[0], &checked->proof, refusal);
    if (err == OK)
        err = source_read_file(cli->arguments[1], &checked->record, refusal);
    checked->has_request = request != NULL;
    return err == OK && request != NULL ? source_read_file(request, &checked->request, refusal)
                                        : err;
}

static int check(struct cli *cli, const struct check_options *options, struct checked *checked)
{
    struct key log;
    struct refusal refusal = {0};
    enum err err = find_log(cli, options->vkey, checked, &log, &refusal);
    if (err == OK)
        err = read_files(cli, options->request, checked, &refusal);
    if (err != OK)
        return cli_fail(SIDE_LOCAL, err, &refusal);
    struct span request = bytes_span(&checked->request);
    const struct receipt receipt = {
        .proof = bytes_span(&checked->proof),
        .record = bytes_span(&checked->record),
        .request = checked->has_request ? &request : NULL,
    };
    err = receipt_check(
        &receipt, checked->origin, &log, &checked->index, &checked->checkpoint, &refusal);
    return err == OK ? print_checked(cli, checked, options->request)
                     : cli_fail(SIDE_LOCAL, err, &refusal);
}

int cmd_log_check(struct cli *cli, int argc, char **argv)
{
    struct check_options options = {.vkey = NULL};
    const struct option_rule rules[] = {
        {.name = "vkey",
            .argument = "VKEY",
            .help = "the log's verifier key, or a file that holds it; else the pinned one",
            .text = &options.vkey},
        {.name = "request",
            .argument = "FILE",
            .help = "the text of the request that the record is to be about",
            .text = &options.request},
    };
    struct checked checked = {.index = 0};
    int status;
    if (!options_read(cli, rules, 2, argc, argv, &status))
        return status;
    bytes_init(&checked.proof, LIMIT_RECORD);
    bytes_init(&checked.record, LIMIT_RECORD);
    bytes_init(&checked.request, LIMIT_RECORD);
    status = check(cli, &options, &checked);
    bytes_clear(&checked.proof);
    bytes_clear(&checked.record);
    bytes_clear(&checked.request);
    return status;
}
