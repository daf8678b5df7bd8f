// conclave request proof: what became of a request, as files that prove themselves.
#include "admin-cli/commands.h"
#include "admin-cli/folder.h"
#include "admin-cli/keeping.h"
#include "admin-cli/options.h"
#include "admin-cli/parcel.h"
#include "client/receipt.h"

struct proving {
    struct cli *cli;
    struct inquiry *inquiry;
    struct keeping keeping;
    struct scribe records; // their indexes so far
    enum side side;        // where it goes wrong, if it does
};

static enum err keep(
    struct proving *proving, const struct proven *proven, struct refusal *refusal)
{
    proving->side = SIDE_LOCAL;
    scribe_number(&proving->records, NULL, proven->index);
    return keeping_record(&proving->keeping, proven, refusal);
}

// Of a signed request each outcome: custodians add theirs later.
static enum err keep_outcomes(struct proving *proving, struct refusal *refusal)
{
    struct parcel *parcel = parcel_new();
    enum err err = parcel == NULL
                       ? ERR_MEMORY
                       : parcel_read(parcel, proving->cli, proving->inquiry, refusal);
    for (size_t i = 0; err == OK && i < parcel->outcome_count; i++)
        err = keep(proving, &parcel->outcomes[i], refusal);
    parcel_free(parcel);
    return err;
}

static enum err keep_end(struct proving *proving, struct refusal *refusal)
{
    struct proven end;
    proven_init(&end);
    enum err err = receipt_end(&proving->inquiry->dossier, &end);
    if (err == OK)
        err = keep(proving, &end, refusal);
    proven_clear(&end);
    return err;
}

// The dossier is used up before anything else is asked.
static enum err keep_all(struct proving *proving, enum fate fate, struct refusal *refusal)
{
    struct span text = proving->inquiry->dossier.dossier.request;
    proving->side = SIDE_LOCAL;
    enum err err = text.size == 0 ? OK : keeping_request(&proving->keeping, text, refusal);
    proving->side = SIDE_DAEMON;
    if (err != OK)
        return err;
    return fate == FATE_SIGNED ? keep_outcomes(proving, refusal) : keep_end(proving, refusal);
}

static int print_json(struct proving *proving, enum fate fate)
{
    struct scribe *scribe = &proving->records;
    scribe_array_end(scribe);
    scribe_hash(scribe, "request", &proving->inquiry->id);
    scribe_text(scribe, "fate", fate_text(fate));
    keeping_scribe(&proving->keeping, scribe);
    scribe_object_end(scribe);
    return scribe_print(scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

static int prove(struct proving *proving, const char *out)
{
    struct refusal refusal = {0};
    enum fate fate = proving->inquiry->dossier.dossier.fate;
    if (fate == FATE_OPEN)
        return folder_waits(proving->cli, proving->inquiry);
    if (fate == FATE_UNKNOWN)
        return cli_say(STATUS_REFUSED,
            "the log has nothing about this request: what was refused without a record cannot "
            "be proven");
    enum err err =
        keeping_init(&proving->keeping, proving->cli, out, &proving->inquiry->id, &refusal);
    if (err == OK)
        err = keep_all(proving, fate, &refusal);
    if (err != OK)
        return cli_fail(proving->side, err, &refusal);
    if (proving->cli->json)
        return print_json(proving, fate);
    keeping_print(&proving->keeping);
    return STATUS_DONE;
}

int cmd_request_proof(struct cli *cli, int argc, char **argv)
{
    const char *out = NULL;
    const struct option_rule rules[] = {
        {.name = "out",
            .argument = "DIR",
            .help = "write record, proof and request to this folder",
            .needed = true,
            .text = &out},
    };
    struct inquiry inquiry;
    struct proving proving = {.cli = cli, .inquiry = &inquiry, .side = SIDE_LOCAL};
    int status;
    if (!options_read(cli, rules, 1, argc, argv, &status))
        return status;
    scribe_init(&proving.records);
    scribe_object(&proving.records, NULL);
    scribe_array(&proving.records, "records");
    status = inquiry_begin(cli, &inquiry, cli->arguments[0]);
    if (status == STATUS_DONE)
        status = inquiry_dossier(cli, &inquiry, false, 0);
    if (status == STATUS_DONE)
        status = prove(&proving, out);
    keeping_clear(&proving.keeping);
    scribe_clear(&proving.records);
    inquiry_clear(&inquiry);
    return status;
}
