// conclave enrol, conclave status: which appliance this home believes, and how it is.
#include "admin-cli/commands.h"
#include "admin-cli/options.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"

#include <string.h>

static int print_enrolled(const struct cli *cli)
{
    char origin[LIMIT_ROLE_NAME + 1], grouped[PRINT_GROUPED];
    struct key log;
    struct scribe scribe;
    if (conclave_pinned(cli->home, origin, &log) != OK)
        return cli_say(
            STATUS_LOCAL, "the log key was pinned in %s, but is not there", cli->home);
    if (!cli->json) {
        print_grouped(&log.id, grouped);
        printf("Origin    %s\nLog key   %s\n", origin, grouped);
        return STATUS_DONE;
    }
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_text(&scribe, "origin", origin);
    scribe_hash(&scribe, "log_key_hash", &log.id);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

int cmd_enrol(struct cli *cli, int argc, char **argv)
{
    struct refusal refusal = {0};
    int status;
    if (!options_read(cli, NULL, 0, argc, argv, &status))
        return status;
    enum err err = conclave_pin(cli->home, span_text(cli->arguments[0]), &refusal);
    return err == OK ? print_enrolled(cli) : cli_fail(SIDE_LOCAL, err, &refusal);
}

// ---- status ----

static const char *const stages[] = {
    [STAGE_FOUNDING] = "founding", [STAGE_FOUNDED] = "founded", [STAGE_SERVING] = "serving"};

static const char *stage_name(enum stage stage)
{
    return stage < STAGE_FOUNDING || stage > STAGE_SERVING ? "unknown" : stages[stage];
}

static int print_json(const struct message *answer, bool verified)
{
    struct scribe scribe;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_text(&scribe, "stage", stage_name(answer->status.stage));
    scribe_bool(&scribe, "verified", verified);
    scribe_number(&scribe, "records", answer->status.size);
    scribe_number(&scribe, "open", answer->status.open);
    scribe_number(&scribe, "epoch", answer->status.epoch);
    scribe_hash(&scribe, "charter", &answer->status.charter);
    scribe_span(&scribe, "vkey", answer->status.vkey);
    scribe_span(&scribe, "checkpoint", answer->status.checkpoint);
    scribe_span(&scribe, "version", answer->status.version);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

static void print_line(const char *name, struct span value)
{
    printf("%-10s", name);
    print_foreign(stdout, value);
    fputc('\n', stdout);
}

static int print_status(const struct cli *cli, const struct message *answer, bool verified)
{
    char charter[PRINT_HASH];
    if (cli->json)
        return print_json(answer, verified);
    hash_hex(&answer->status.charter, charter);
    printf("%-10s%s\n", "Stage", stage_name(answer->status.stage));
    print_line("Version", answer->status.version);
    if (answer->status.vkey.size > 0)
        print_line("Log", answer->status.vkey);
    if (answer->status.epoch > 0)
        printf("%-10sepoch %llu, %s\n", "Charter", (unsigned long long)answer->status.epoch,
            charter);
    printf("%-10s%llu\n", "Records", (unsigned long long)answer->status.size);
    printf("%-10s%u\n", "Open", answer->status.open);
    puts(verified
             ? "The newest checkpoint is signed by the pinned log key and extends the last "
               "one seen."
             : "Nothing of this is verified: no log key is pinned here.");
    return STATUS_DONE;
}

int cmd_status(struct cli *cli, int argc, char **argv)
{
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    struct checkpoint newest;
    struct refusal refusal = {0};
    struct message ask = {.kind = ASK_STATUS}, answer;
    int status;
    if (!options_read(cli, NULL, 0, argc, argv, &status))
        return status;
    status = cli_connect(cli, false);
    if (status != STATUS_DONE)
        return status;
    bool pinned = conclave_pinned(cli->home, origin, &log) == OK;
    enum err err = pinned ? conclave_status(cli->conclave, &answer, &newest, &refusal)
                          : conclave_ask(cli->conclave, &ask, &answer, &refusal);
    return err == OK ? print_status(cli, &answer, pinned)
                     : cli_fail(SIDE_DAEMON, err, &refusal);
}
