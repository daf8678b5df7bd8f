// conclave log verify: an auditor's check of the whole log, live or exported.
#include "admin-cli/commands.h"
#include "admin-cli/file.h"
#include "admin-cli/inquiry.h"
#include "admin-cli/options.h"
#include "admin-cli/pages.h"
#include "admin-cli/print.h"
#include "admin-cli/progress.h"
#include "admin-cli/scribe.h"
#include "admin-cli/vkey.h"
#include "client/audit.h"
#include "client/fault.h"

#include <libgen.h>

// ---- the report ----

static const char *const motion_words[MOTION_KINDS] = {
    [MOTION_CHARTER] = "charter",
    [MOTION_IMPORT] = "import",
    [MOTION_KEYS] = "keys",
    [MOTION_LIFT] = "lift",
    [MOTION_MANDATE] = "mandate",
    [MOTION_TIME] = "time",
};

static void scribe_counts(struct scribe *scribe, const struct audit_report *report)
{
    scribe_object(scribe, "kinds");
    for (size_t kind = RECORD_FOUNDING; kind < AUDIT_KINDS; kind++)
        scribe_number(scribe, record_kind_text((enum record_kind)kind), report->kinds[kind]);
    scribe_object_end(scribe);
    scribe_object(scribe, "motions");
    for (size_t motion = MOTION_CHARTER; motion < MOTION_KINDS; motion++)
        scribe_number(scribe, motion_words[motion], report->motions[motion]);
    scribe_object_end(scribe);
}

static void scribe_findings(struct scribe *scribe, const struct audit_report *report)
{
    scribe_array(scribe, "findings");
    for (size_t i = 0; i < report->finding_count && i < AUDIT_FINDINGS_MOST; i++) {
        scribe_object(scribe, NULL);
        scribe_number(scribe, "record", report->findings[i].index);
        scribe_text(scribe, "rule", report->findings[i].what.rule);
        scribe_text(scribe, "sentence", report->findings[i].what.sentence);
        scribe_object_end(scribe);
    }
    scribe_array_end(scribe);
}

static int print_json(const struct audit_report *report)
{
    struct scribe scribe;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_bool(&scribe, "good", report->finding_count == 0);
    scribe_number(&scribe, "records", report->records);
    scribe_number(&scribe, "outcomes", report->kinds[RECORD_OUTCOME]);
    scribe_number(&scribe, "requests", report->requests);
    scribe_number(&scribe, "additions", report->additions);
    scribe_number(&scribe, "under_mandates", report->under_mandates);
    scribe_number(&scribe, "signatures", report->signatures);
    scribe_number(&scribe, "freezes", report->freezes);
    scribe_number(&scribe, "in_force", report->in_force);
    scribe_number(&scribe, "epoch", report->epoch);
    scribe_counts(&scribe, report);
    scribe_number(&scribe, "not_at_hand", report->not_at_hand);
    scribe_number(&scribe, "finding_count", report->finding_count);
    scribe_findings(&scribe, report);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

// What was decided about the house itself, if anything was.
static void print_governing(const struct audit_report *report)
{
    const char *before = "Motions carried out: ";
    for (size_t motion = MOTION_CHARTER; motion < MOTION_KINDS; motion++) {
        if (report->motions[motion] == 0)
            continue;
        print_words(stdout, "%s%s (%llu)", before, motion_words[motion],
            (unsigned long long)report->motions[motion]);
        before = ", ";
    }
    if (before[0] == ',')
        print_words(stdout, ".\n");
    if (report->freezes > 0)
        print_words(stdout, "Freezes put in force: %llu; %llu of them still are.\n",
            (unsigned long long)report->freezes, (unsigned long long)report->in_force);
}

static void print_good(const struct audit_report *report)
{
    print_words(stdout,
        "The log is good: %llu records, %llu requests signed, %llu signatures verified.\n",
        (unsigned long long)report->records, (unsigned long long)report->requests,
        (unsigned long long)report->signatures);
    if (report->additions > 0)
        print_words(stdout, "Outcomes with which custodians added signatures: %llu.\n",
            (unsigned long long)report->additions);
    if (report->under_mandates > 0)
        print_words(stdout, "Requests signed under mandates, with nobody present: %llu.\n",
            (unsigned long long)report->under_mandates);
    print_governing(report);
    print_words(
        stdout, "The charter of epoch %llu is in force.\n", (unsigned long long)report->epoch);
    if (report->not_at_hand > 0)
        print_words(stdout,
            "Not at hand, and so not looked at: %llu texts, payloads or signatures.\n",
            (unsigned long long)report->not_at_hand);
}

static int say_findings(const struct audit_report *report)
{
    for (size_t i = 0; i < report->finding_count && i < AUDIT_FINDINGS_MOST; i++) {
        const struct audit_finding *finding = &report->findings[i];
        (void)cli_say(STATUS_UNVERIFIED, "record %llu: %s%s%s",
            (unsigned long long)finding->index, finding->what.rule,
            finding->what.rule[0] == 0 ? "" : ": ", finding->what.sentence);
    }
    return cli_say(STATUS_UNVERIFIED, "the log does not verify: %llu findings in %llu records",
        (unsigned long long)report->finding_count, (unsigned long long)report->records);
}

static int print_report(const struct cli *cli, const struct audit_report *report)
{
    if (cli->json && print_json(report) != STATUS_DONE)
        return STATUS_LOCAL;
    if (report->finding_count > 0)
        return say_findings(report);
    if (!cli->json)
        print_good(report);
    return STATUS_DONE;
}

// ---- live ----

static enum err add_entry(void *context, const struct entry *entry, struct refusal *refusal)
{
    (void)refusal;
    return audit_record(context, entry->text);
}

// Blobs come over a line of their own, for a page's spans end with the next ask.
static int verify_live(struct cli *cli)
{
    struct house *house = NULL;
    struct conclave *second = NULL;
    struct audit *audit = NULL;
    struct refusal refusal = {0};
    struct source source;
    enum err err = OK;
    int status = inquiry_house(cli, &house);
    if (status != STATUS_DONE)
        goto out;
    err = conclave_open(cli->socket, NULL, &second, &refusal);
    if (err == OK) {
        source = source_of_appliance(second);
        audit = audit_new(house->origin, &house->log, &source);
        err = audit == NULL
                  ? ERR_MEMORY
                  : pages_visit(cli, 0, house->newest.size, add_entry, audit, &refusal);
    }
    if (err != OK) {
        status = cli_fail(SIDE_DAEMON, err, &refusal);
        goto out;
    }
    audit_end(audit, &house->newest);
    status = print_report(cli, audit_report(audit));
out:
    audit_free(audit);
    conclave_close(second);
    house_free(house);
    return status;
}

// ---- exported ----

struct exported {
    const char *entries;
    const char *checkpoint;
    const char *vkey;  // itself, or a file that holds it
    const char *blobs; // NULL: the folder beside the checkpoint
};

static enum err read_checkpoint(const struct exported *exported, const char *origin,
    const struct key *log, struct checkpoint *out, struct refusal *refusal)
{
    struct bytes note;
    bytes_init(&note, LIMIT_CHECKPOINT);
    enum err err = source_read_file(exported->checkpoint, &note, refusal);
    if (err == OK && checkpoint_open(bytes_span(&note), origin, log, out) != OK)
        err = fault(ERR_SIGNATURE, refusal,
            "%s is no checkpoint of this log that its key signed", exported->checkpoint);
    bytes_clear(&note);
    return err;
}

static enum err add_files(const struct exported *exported, uint64_t count, struct audit *audit,
    struct refusal *refusal)
{
    char path[FILE_PATH], name[24];
    struct bytes text;
    struct progress progress;
    enum err err = OK;
    bytes_init(&text, LIMIT_RECORD);
    progress_init(&progress, true);
    for (uint64_t i = 0; err == OK && i < count; i++) {
        progress_count(&progress, "record", i + 1, count);
        (void)snprintf(name, sizeof name, "%llu", (unsigned long long)i);
        bytes_reset(&text);
        err = file_join(path, exported->entries, name);
        if (err == OK)
            err = source_read_file(path, &text, refusal);
        if (err == OK)
            err = audit_record(audit, bytes_span(&text));
    }
    bytes_clear(&text);
    progress_end(&progress);
    // A record that is not there is what an audit looks for, not a local mishap.
    return err == ERR_NOT_FOUND ? ERR_SIGNATURE : err;
}

static enum err blobs_folder(const struct exported *exported, char path[FILE_PATH])
{
    char beside[FILE_PATH];
    if (exported->blobs != NULL)
        return (size_t)snprintf(path, FILE_PATH, "%s", exported->blobs) < FILE_PATH ? OK
                                                                                    : ERR_LIMIT;
    if ((size_t)snprintf(beside, sizeof beside, "%s", exported->checkpoint) >= sizeof beside)
        return ERR_LIMIT;
    return file_join(path, dirname(beside), "blobs");
}

static int verify_exported(const struct cli *cli, const struct exported *exported)
{
    char origin[LIMIT_ROLE_NAME + 1], blobs[FILE_PATH];
    struct key log;
    struct checkpoint checkpoint;
    struct audit *audit = NULL;
    struct refusal refusal = {0};
    struct source source = source_of_folder(blobs);
    enum err err = vkey_given(exported->vkey, origin, &log, &refusal);
    if (err == OK)
        err = read_checkpoint(exported, origin, &log, &checkpoint, &refusal);
    if (err == OK)
        err = blobs_folder(exported, blobs);
    if (err == OK) {
        audit = audit_new(origin, &log, &source);
        err =
            audit == NULL ? ERR_MEMORY : add_files(exported, checkpoint.size, audit, &refusal);
    }
    int status = STATUS_DONE;
    if (err == OK) {
        audit_end(audit, &checkpoint);
        status = print_report(cli, audit_report(audit));
    }
    audit_free(audit);
    return err == OK ? status : cli_fail(SIDE_LOCAL, err, &refusal);
}

int cmd_log_verify(struct cli *cli, int argc, char **argv)
{
    struct exported exported = {0};
    const struct option_rule rules[] = {
        {.name = "entries",
            .argument = "DIR",
            .help = "an exported log's records: check these, not the appliance's",
            .text = &exported.entries},
        {.name = "checkpoint",
            .argument = "FILE",
            .help = "its signed checkpoint",
            .text = &exported.checkpoint},
        {.name = "vkey",
            .argument = "VKEY",
            .help = "the log's verifier key, or a file that holds it",
            .text = &exported.vkey},
        {.name = "blobs",
            .argument = "DIR",
            .help = "its payloads and texts; `blobs` beside the checkpoint if not given",
            .text = &exported.blobs},
    };
    int status;
    if (!options_read(cli, rules, sizeof rules / sizeof rules[0], argc, argv, &status))
        return status;
    bool all = exported.entries != NULL && exported.checkpoint != NULL && exported.vkey != NULL;
    bool none = exported.entries == NULL && exported.checkpoint == NULL &&
                exported.vkey == NULL && exported.blobs == NULL;
    if (!all && !none)
        return cli_say(STATUS_LOCAL,
            "an exported log is checked with --entries, --checkpoint and --vkey together");
    return all ? verify_exported(cli, &exported) : verify_live(cli);
}
