// conclave approve, conclave reject: an administrator's signed word over an opened record, after
// everything that the record says was recomputed here.
#include "admin-cli/commands.h"
#include "admin-cli/credential.h"
#include "admin-cli/denial.h"
#include "admin-cli/folder.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "proto/dsse.h"

#include <unistd.h>

struct deciding {
    enum decision decision;
    struct credential credential;
    bool yes;
};

static int confirm(const struct cli *cli, const struct deciding *deciding)
{
    bool same = false;
    const char *question = deciding->decision == DECISION_APPROVE
                               ? "\nType approve to sign your approval of this request: "
                               : "\nType reject to sign your rejection of this request: ";
    if (deciding->yes)
        return STATUS_DONE;
    // Nobody is asked about what nobody was shown.
    if (cli->json ||
        cli_confirm(stdout, question, decision_text(deciding->decision), &same) != OK)
        return cli_say(STATUS_LOCAL,
            "the request is neither shown nor confirmed on a terminal here: run this on one "
            "without --json; scripts say --yes, and mean it");
    return same ? STATUS_DONE : cli_say(STATUS_LOCAL, "nothing was signed");
}

static enum err sign_statement(const struct review *review, enum decision decision,
    struct signer *signer, struct bytes *signature, struct refusal *refusal)
{
    struct bytes statement;
    bytes_init(&statement, LIMIT_RECORD);
    approval_write(&review->opened, review->place.index, &review->place.leaf, decision,
        &signer_key(signer)->id, &statement);
    enum err err = bytes_finish(&statement);
    if (err == OK)
        err = signer_sign(signer, DSSE_APPROVAL, bytes_span(&statement), signature, refusal);
    bytes_clear(&statement);
    return err;
}

// The decision stands already: whoever cannot be told how far the request is now looks again.
static void print_count(struct cli *cli, struct inquiry *inquiry, struct folder *folder)
{
    struct bytes words;
    if (folder_glance(cli, inquiry, false, 0, folder) != STATUS_DONE ||
        folder->fate != FATE_OPEN)
        return;
    bytes_init(&words, LIMIT_RECORD);
    folder_count(folder, &words);
    if (bytes_finish(&words) == OK)
        print_line(stdout, bytes_span(&words));
    bytes_clear(&words);
}

static int print_accepted(
    const struct cli *cli, enum decision decision, const struct message *answer)
{
    struct scribe scribe;
    if (!cli->json) {
        print_words(stdout, "The decision (%s) is record %llu; the request is %s.\n",
            decision_text(decision), (unsigned long long)answer->accepted.place.index,
            fate_text(answer->accepted.fate));
        return STATUS_DONE;
    }
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_hash(&scribe, "request", &answer->accepted.request);
    scribe_text(&scribe, "decision", decision_text(decision));
    scribe_number(&scribe, "record", answer->accepted.place.index);
    scribe_text(&scribe, "fate", fate_text(answer->accepted.fate));
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

static int send_decision(struct cli *cli, const struct house *house,
    const struct review *review, enum decision decision, struct signer *signer)
{
    struct bytes signature;
    struct refusal refusal = {0};
    struct message ask = {.kind = ASK_DECIDE}, answer = {0};
    struct denial denial;
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    enum err err = sign_statement(review, decision, signer, &signature, &refusal);
    ask.decide.request = review->opened.request;
    ask.decide.opened = review->place;
    ask.decide.decision = decision;
    ask.decide.approver = signer_key(signer)->id;
    ask.decide.signature = bytes_span(&signature);
    if (err == OK)
        err = conclave_ask(cli->conclave, &ask, &answer, &refusal);
    bytes_clear(&signature);
    if (denial_take(&denial, &answer, &review->opened.request, &signer_key(signer)->id))
        return denial_of_statement(cli, &denial, house);
    return err == OK ? print_accepted(cli, decision, &answer)
                     : cli_fail(SIDE_DAEMON, err, &refusal);
}

static int sign_and_send(struct cli *cli, const struct deciding *deciding,
    const struct house *house, const struct folder *folder)
{
    struct signer *signer = NULL;
    struct holders holders;
    const struct ballot ballot = folder_ballot(folder);
    int status = confirm(cli, deciding);
    holders_deciding(&holders, &ballot, deciding->decision);
    if (status == STATUS_DONE)
        status = credential_open(&deciding->credential, &holders, &signer);
    if (status == STATUS_DONE)
        status = send_decision(cli, house, folder->review, deciding->decision, signer);
    signer_free(signer);
    return status;
}

static int decide_on(struct cli *cli, const struct deciding *deciding, struct inquiry *inquiry)
{
    struct folder *folder = folder_new();
    if (folder == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    int status = folder_read(cli, inquiry, folder);
    if (status == STATUS_DONE && folder->review == NULL) {
        status = STATUS_REFUSED;
        (void)cli_say(status, "the request is %s: there is nothing left to decide",
            fate_text(folder->fate));
    }
    if (status == STATUS_DONE && !cli->json)
        status = folder_print(cli, inquiry, folder);
    if (status == STATUS_DONE)
        status = sign_and_send(cli, deciding, inquiry->house, folder);
    if (status == STATUS_DONE && !cli->json)
        print_count(cli, inquiry, folder);
    folder_free(folder);
    return status;
}

static int run(struct cli *cli, enum decision decision, int argc, char **argv)
{
    struct deciding deciding = {.decision = decision};
    struct option_rule rules[CREDENTIAL_RULES + 1];
    struct inquiry inquiry;
    int status;
    credential_rules(&deciding.credential, rules);
    rules[CREDENTIAL_RULES] = (struct option_rule){
        .name = "yes", .help = "do not ask on the terminal", .set = &deciding.yes};
    if (!options_read(cli, rules, CREDENTIAL_RULES + 1, argc, argv, &status))
        return status;
    cli->pages = !deciding.yes && isatty(STDIN_FILENO);
    status = inquiry_begin(cli, &inquiry, cli->arguments[0]);
    if (status == STATUS_DONE)
        status = decide_on(cli, &deciding, &inquiry);
    inquiry_clear(&inquiry);
    return status;
}

int cmd_approve(struct cli *cli, int argc, char **argv)
{
    return run(cli, DECISION_APPROVE, argc, argv);
}

int cmd_reject(struct cli *cli, int argc, char **argv)
{
    return run(cli, DECISION_REJECT, argc, argv);
}
