#include "admin-cli/denial.h"

#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "client/fault.h"
#include "client/receipt.h"

#include <string.h>

static void copy_text(char *out, size_t room, struct span text)
{
    size_t size = text.size < room ? text.size : room - 1;
    if (size > 0)
        memcpy(out, text.data, size);
    out[size] = 0;
}

bool denial_take(struct denial *denial, const struct message *answer,
    const struct hash *request, const struct hash *from)
{
    if (answer->kind != ANSWER_REFUSED)
        return false;
    *denial = (struct denial){.recorded = answer->refused.known != 0};
    denial->told.request = *request;
    denial->told.from = *from;
    copy_text(denial->told.rule, sizeof denial->told.rule, answer->refused.rule);
    copy_text(denial->told.why, sizeof denial->told.why, answer->refused.sentence);
    return true;
}

static int complain(const struct denial *denial)
{
    struct refusal refusal;
    memcpy(refusal.rule, denial->told.rule, sizeof refusal.rule);
    memcpy(refusal.sentence, denial->told.why, sizeof refusal.sentence);
    return cli_fail(SIDE_DAEMON, ERR_REFUSED, &refusal);
}

// ---- for people, and for programs ----

// No room, no time, too much at once: what holds these back passes, and nothing is recorded.
static bool passes(const struct denial *denial)
{
    static const char *const rules[] = {"R9", "R13", "R17"};
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (!denial->recorded && strcmp(denial->told.rule, rules[i]) == 0)
            return true;
    return false;
}

static void say(
    const struct denial *denial, const struct proven *found, const struct keeping *keeping)
{
    if (denial->told.rule[0] == 0)
        return; // the appliance failed; that is no denial
    if (passes(denial))
        (void)cli_say(STATUS_REFUSED, "what stands against it passes: try again later");
    if (!denial->recorded)
        (void)cli_say(STATUS_REFUSED, "this refusal is not recorded: nothing can prove it");
    else if (keeping != NULL && keeping->folder != NULL)
        (void)cli_say(STATUS_REFUSED, "the log has this refusal as record %llu: kept in %s",
            (unsigned long long)found->index, keeping->folder);
    else
        (void)cli_say(STATUS_REFUSED,
            "the log has this refusal as record %llu: `conclave log prove %llu --out FILE "
            "--record FILE` fetches it with its proof",
            (unsigned long long)found->index, (unsigned long long)found->index);
}

static int print_json(
    const struct denial *denial, const struct proven *found, const struct keeping *keeping)
{
    struct scribe scribe;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_hash(&scribe, "request", &denial->told.request);
    scribe_object(&scribe, "refused");
    scribe_text(&scribe, "rule", denial->told.rule);
    scribe_text(&scribe, "why", denial->told.why);
    scribe_bool(&scribe, "recorded", denial->recorded);
    if (denial->recorded)
        scribe_number(&scribe, "record", found->index);
    else
        scribe_null(&scribe, "record");
    scribe_object_end(&scribe);
    if (keeping != NULL)
        keeping_scribe(keeping, &scribe);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_REFUSED : STATUS_LOCAL;
}

static int tell(const struct cli *cli, const struct denial *denial, const struct proven *found,
    const struct keeping *keeping, int status)
{
    say(denial, found, keeping);
    if (!cli->json || status != STATUS_REFUSED)
        return status;
    return print_json(denial, found, keeping);
}

// ---- where it stands ----

// The fate of a request that was never opened is its refusal.
static enum err find_fate(
    struct cli *cli, const struct denial *denial, struct proven *out, struct refusal *refusal)
{
    struct message dossier;
    enum err err =
        conclave_dossier(cli->conclave, &denial->told.request, false, 0, &dossier, refusal);
    if (err == OK)
        err = receipt_end(&dossier, out);
    if (err == OK && !receipt_refuses(bytes_span(&out->text), &denial->told))
        err = fault(ERR_SIGNATURE, refusal,
            "the appliance says that this refusal is recorded, but the log does not say it: do "
            "not believe it, and tell the others");
    return err;
}

int denial_of_submission(struct cli *cli, struct denial *denial, struct keeping *keeping)
{
    struct refusal refusal = {0};
    struct proven found;
    enum side side = SIDE_DAEMON;
    enum err err = OK;
    int status = complain(denial);
    proven_init(&found);
    if (denial->recorded)
        err = find_fate(cli, denial, &found, &refusal);
    if (err == OK && denial->recorded) {
        side = SIDE_LOCAL;
        err = keeping_record(keeping, &found, &refusal);
    }
    status =
        err == OK ? tell(cli, denial, &found, keeping, status) : cli_fail(side, err, &refusal);
    proven_clear(&found);
    return status;
}

int denial_of_statement(struct cli *cli, struct denial *denial, const struct house *house)
{
    struct refusal refusal = {0};
    struct proven found;
    enum err err = OK;
    int status = complain(denial);
    proven_init(&found);
    if (denial->recorded)
        err = receipt_find(house, cli->conclave, &denial->told, &found, &refusal);
    status = err == OK ? tell(cli, denial, &found, NULL, status)
                       : cli_fail(SIDE_DAEMON, err, &refusal);
    proven_clear(&found);
    return status;
}
