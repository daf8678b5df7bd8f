// conclave request wait, withdraw.
#include "admin-cli/commands.h"
#include "admin-cli/denial.h"
#include "admin-cli/folder.h"
#include "admin-cli/options.h"
#include "admin-cli/print.h"
#include "admin-cli/progress.h"
#include "admin-cli/scribe.h"
#include "client/signer.h"
#include "proto/dsse.h"

// ---- wait ----

static int print_fate(const struct cli *cli, const struct inquiry *inquiry)
{
    enum fate fate = inquiry->dossier.dossier.fate;
    struct scribe scribe;
    if (!cli->json) {
        print_words(stdout, "%s\n", fate_text(fate));
        return inquiry_status(fate);
    }
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_hash(&scribe, "request", &inquiry->id);
    scribe_text(&scribe, "fate", fate_text(fate));
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? inquiry_status(fate) : STATUS_LOCAL;
}

// Seconds: as long as a person waits at a terminal, and how often somebody who looks on is told.
enum { WAIT_DEFAULT = 3600, WAIT_LOOK = 2 };

static int show_wait(struct cli *cli, struct inquiry *inquiry, struct folder *folder,
    unsigned seconds, struct progress *progress)
{
    moment until = moment_now() + (moment)seconds;
    int status = folder_glance(cli, inquiry, false, 0, folder);
    while (status == STATUS_DONE && folder->fate == FATE_OPEN && moment_now() < until) {
        struct bytes words;
        moment left = until - moment_now();
        bytes_init(&words, LIMIT_RECORD);
        bytes_add_text(&words, "waiting: ");
        folder_count(folder, &words);
        bytes_add_u8(&words, 0);
        if (bytes_finish(&words) == OK)
            progress_say(progress, (const char *)words.data);
        bytes_clear(&words);
        status = folder_glance(
            cli, inquiry, true, left < WAIT_LOOK ? (unsigned)left : WAIT_LOOK, folder);
    }
    return status;
}

// On a terminal, with how far the request is.
static int wait_for(struct cli *cli, struct inquiry *inquiry, unsigned seconds)
{
    struct progress progress;
    progress_init(&progress, false);
    if (!progress.shown)
        return inquiry_dossier(cli, inquiry, true, seconds);
    struct folder *folder = folder_new();
    int status = folder == NULL ? cli_say(STATUS_LOCAL, "out of memory")
                                : show_wait(cli, inquiry, folder, seconds, &progress);
    progress_end(&progress);
    folder_free(folder);
    return status;
}

int cmd_request_wait(struct cli *cli, int argc, char **argv)
{
    const char *timeout = NULL;
    const struct option_rule rules[] = {
        {.name = "timeout",
            .argument = "SECONDS",
            .help = "how long to wait; an hour when it is not given",
            .text = &timeout},
    };
    struct inquiry inquiry;
    uint64_t seconds = WAIT_DEFAULT;
    int status;
    if (!options_read(cli, rules, 1, argc, argv, &status))
        return status;
    if (timeout != NULL && !options_number("--timeout", timeout, LIMIT_REQUEST_LIFE, &seconds))
        return STATUS_LOCAL;
    status = inquiry_begin(cli, &inquiry, cli->arguments[0]);
    if (status == STATUS_DONE)
        status = wait_for(cli, &inquiry, (unsigned)seconds);
    if (status == STATUS_DONE)
        status = print_fate(cli, &inquiry);
    inquiry_clear(&inquiry);
    return status;
}

// ---- withdraw ----

static enum err sign_withdrawal(const struct inquiry *inquiry, struct signer *signer,
    struct bytes *signature, struct refusal *refusal)
{
    struct bytes statement;
    bytes_init(&statement, LIMIT_RECORD);
    withdrawal_write(
        &inquiry->house->log.id, &inquiry->id, &signer_key(signer)->id, &statement);
    enum err err = bytes_finish(&statement);
    if (err == OK)
        err = signer_sign(signer, DSSE_WITHDRAWAL, bytes_span(&statement), signature, refusal);
    bytes_clear(&statement);
    return err;
}

static int withdraw(struct cli *cli, const struct inquiry *inquiry, struct signer *signer)
{
    struct bytes signature;
    struct refusal refusal = {0};
    struct message ask = {.kind = ASK_WITHDRAW}, answer = {0};
    struct denial denial;
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    enum err err = sign_withdrawal(inquiry, signer, &signature, &refusal);
    ask.withdraw.request = inquiry->id;
    ask.withdraw.requester = signer_key(signer)->id;
    ask.withdraw.signature = bytes_span(&signature);
    if (err == OK)
        err = conclave_ask(cli->conclave, &ask, &answer, &refusal);
    bytes_clear(&signature);
    if (denial_take(&denial, &answer, &inquiry->id, &signer_key(signer)->id))
        return denial_of_statement(cli, &denial, inquiry->house);
    if (err != OK)
        return cli_fail(SIDE_DAEMON, err, &refusal);
    if (cli->json)
        print_words(stdout, "{\"fate\":\"%s\",\"record\":%llu}\n",
            fate_text(answer.accepted.fate), (unsigned long long)answer.accepted.place.index);
    else
        print_words(stdout, "%s\n", fate_text(answer.accepted.fate));
    return STATUS_DONE;
}

int cmd_request_withdraw(struct cli *cli, int argc, char **argv)
{
    const char *requester = NULL;
    const struct option_rule rules[] = {
        {.name = "requester",
            .argument = "FILE",
            .help = "a private key of the person who asked",
            .needed = true,
            .text = &requester},
    };
    struct inquiry inquiry;
    struct refusal refusal = {0};
    struct signer *signer = NULL;
    int status;
    if (!options_read(cli, rules, 1, argc, argv, &status))
        return status;
    enum err err = signer_from_file(requester, &signer, &refusal);
    if (err != OK)
        return cli_fail(SIDE_LOCAL, err, &refusal);
    status = inquiry_begin(cli, &inquiry, cli->arguments[0]);
    if (status == STATUS_DONE)
        status = withdraw(cli, &inquiry, signer);
    inquiry_clear(&inquiry);
    signer_free(signer);
    return status;
}
