// conclave root sign: a drafted root becomes a request, and whoever has to approve it is named.
#include "admin-cli/cmd_root.h"
#include "admin-cli/commands.h"
#include "admin-cli/options.h"
#include "admin-cli/print.h"
#include "admin-cli/submission.h"

#include <string.h>

// A request while it is sent: who asks is known when it is signed.
struct signing {
    struct rotation rotation;
    struct submission *submission;
};

// Whoever asks never counts (R5).
static void set_asker(struct rotation *rotation, const struct hash *key)
{
    struct asking asking;
    if (charter_asking(rotation->house->charter, key, false, &asking))
        rotation->given.person = asking.person;
}

// A key in a file is known before anything is asked for; of a token it is when it has signed.
static int learn_asker(struct rotation *rotation, const struct asker *asker)
{
    struct refusal refusal = {0};
    struct signer *signer = NULL;
    if (asker->requester == NULL)
        return STATUS_DONE;
    enum err err = signer_from_file(asker->requester, &signer, &refusal);
    if (err == OK)
        set_asker(rotation, &signer_key(signer)->id);
    signer_free(signer);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

// The plan was judged a moment ago; should it not be good any more, the appliance has said so.
static bool plan_for_asker(struct signing *signing)
{
    struct rotation *rotation = &signing->rotation;
    struct refusal ignored = {0};
    set_asker(rotation, &signing->submission->request.requester);
    return plan_read(&rotation->given, bytes_span(&rotation->payload), rotation->plan,
               &ignored) == OK;
}

static void tell(void *context, struct scribe *scribe)
{
    struct signing *signing = context;
    if (plan_for_asker(signing))
        rotation_scribe(&signing->rotation, scribe);
}

// Standard output is for the request's id alone.
static void print_approvers(struct signing *signing)
{
    if (!signing->rotation.cli->json && plan_for_asker(signing))
        rotation_print_signers(&signing->rotation, stderr);
}

static int fill(struct signing *signing)
{
    struct refusal refusal = {0};
    struct rotation *rotation = &signing->rotation;
    struct item *item = &signing->submission->request.items[0];
    enum err err = plan_reachable(rotation->plan, &refusal);
    if (err != OK)
        return cli_fail(SIDE_LOCAL, err, &refusal);
    (void)snprintf(item->role, sizeof item->role, "%s", rotation->plan->role->name);
    item->version = rotation->plan->version;
    signing->submission->request.item_count = 1;
    signing->submission->tell = tell;
    signing->submission->context = signing;
    err = submission_add(signing->submission, bytes_span(&rotation->payload), &item->payload);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

static int run(struct signing *signing, struct cli *cli, const struct asker *asker)
{
    struct rotation *rotation = &signing->rotation;
    int status = asker_check(asker);
    if (status == STATUS_DONE)
        status = rotation_begin(rotation, cli);
    if (status == STATUS_DONE)
        status = rotation_read(rotation, cli->arguments[0]);
    if (status == STATUS_DONE)
        status = learn_asker(rotation, asker);
    if (status == STATUS_DONE)
        status = rotation_plan(rotation);
    if (status == STATUS_DONE)
        status = fill(signing);
    if (status == STATUS_DONE)
        status = submission_send(cli, signing->submission, asker, rotation->house->charter);
    if (status == STATUS_DONE)
        print_approvers(signing);
    return status;
}

int cmd_root_sign(struct cli *cli, int argc, char **argv)
{
    struct asker asker;
    struct option_rule options[ASKER_RULES];
    struct signing signing = {.submission = NULL};
    int status;
    asker_rules(&asker, options);
    if (!options_read(cli, options, ASKER_RULES, argc, argv, &status))
        return status;
    signing.submission = submission_new();
    if (signing.submission == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    status = run(&signing, cli, &asker);
    rotation_clear(&signing.rotation);
    submission_free(signing.submission);
    return status;
}
