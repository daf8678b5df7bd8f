// conclave log check: whether one record is in the log, by its proof alone, without an appliance.
#include "admin-cli/commands.h"
#include "admin-cli/options.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "admin-cli/vkey.h"
#include "client/conclave.h"
#include "client/fault.h"
#include "client/source.h"
#include "log/checkpoint.h"

struct checked {
    char origin[LIMIT_ROLE_NAME + 1];
    struct bytes proof, record;
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
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

static int print_checked(const struct cli *cli, const struct checked *checked)
{
    if (cli->json)
        return print_json(checked);
    print_foreign(stdout, bytes_span(&checked->record));
    print_words(stdout, "\nThis is record %llu of the log %s, which had %llu records then.\n",
        (unsigned long long)checked->index, checked->origin,
        (unsigned long long)checked->checkpoint.size);
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

static int check(struct cli *cli, const char *vkey, struct checked *checked)
{
    struct key log;
    struct refusal refusal = {0};
    enum err err = find_log(cli, vkey, checked, &log, &refusal);
    if (err == OK)
        err = source_read_file(cli->arguments[0], &checked->proof, &refusal);
    if (err == OK)
        err = source_read_file(cli->arguments[1], &checked->record, &refusal);
    if (err != OK)
        return cli_fail(SIDE_LOCAL, err, &refusal);
    err = proof_check(bytes_span(&checked->proof), bytes_span(&checked->record),
        checked->origin, &log, &checked->index, &checked->checkpoint);
    if (err == ERR_MEMORY)
        return cli_fail(SIDE_LOCAL, err, &refusal);
    if (err != OK)
        return cli_say(STATUS_UNVERIFIED,
            "%s does not prove that %s is in the log %s: take record and proof from one "
            "answer, and the log's key from whom you trust",
            cli->arguments[0], cli->arguments[1], checked->origin);
    return print_checked(cli, checked);
}

int cmd_log_check(struct cli *cli, int argc, char **argv)
{
    const char *vkey = NULL;
    const struct option_rule rules[] = {
        {.name = "vkey",
            .argument = "VKEY",
            .help = "the log's verifier key, or a file that holds it; else the pinned one",
            .text = &vkey},
    };
    struct checked checked = {.index = 0};
    int status;
    if (!options_read(cli, rules, 1, argc, argv, &status))
        return status;
    bytes_init(&checked.proof, LIMIT_RECORD);
    bytes_init(&checked.record, LIMIT_RECORD);
    status = check(cli, vkey, &checked);
    bytes_clear(&checked.proof);
    bytes_clear(&checked.record);
    return status;
}
