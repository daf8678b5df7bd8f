// conclave request submit: asks for signatures.
#include "admin-cli/commands.h"
#include "admin-cli/inquiry.h"
#include "admin-cli/options.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "client/signer.h"
#include "client/source.h"
#include "metadata/tuf.h"
#include "policy/duration.h"
#include "proto/dsse.h"
#include "proto/name.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct submission {
    struct request request;
    struct bytes text;
    struct bytes signature;
    struct bytes blobs[LIMIT_BLOBS];
    size_t blob_count;
};

struct submit_options {
    const char *requester;
    const char *reason;
    const char *expires;
    struct option_values items;
    struct option_values evidence;
};

static struct submission *submission_new(void)
{
    struct submission *submission = calloc(1, sizeof *submission);
    if (submission == NULL)
        return NULL;
    bytes_init(&submission->text, LIMIT_RECORD);
    bytes_init(&submission->signature, KEY_SIGNATURE_MOST);
    return submission;
}

static void submission_free(struct submission *submission)
{
    if (submission == NULL)
        return;
    bytes_clear(&submission->text);
    bytes_clear(&submission->signature);
    for (size_t i = 0; i < submission->blob_count; i++)
        bytes_clear(&submission->blobs[i]);
    free(submission);
}

// Reads a file; the same bytes go along once.
static enum err add_file(struct submission *submission, const char *path, struct hash *hash,
    struct span *content, struct refusal *refusal)
{
    struct bytes *blob = &submission->blobs[submission->blob_count];
    bytes_init(blob, LIMIT_PAYLOAD);
    enum err err = source_read_file(path, blob, refusal);
    if (err != OK) {
        bytes_clear(blob);
        return err;
    }
    *hash = hash_of(bytes_span(blob));
    for (size_t i = 0; i < submission->blob_count; i++) {
        struct hash other = hash_of(bytes_span(&submission->blobs[i]));
        if (!hash_equal(&other, hash))
            continue;
        bytes_clear(blob);
        *content = bytes_span(&submission->blobs[i]);
        return OK;
    }
    submission->blob_count++;
    *content = bytes_span(blob);
    return OK;
}

// The version stands in the payload. What cannot be read here is asked for as version 1: the
// appliance judges it, and says on the record what is wrong.
static uint64_t version_of(struct span payload)
{
    struct refusal ignored;
    struct tuf *tuf = calloc(1, sizeof *tuf);
    uint64_t version = 1;
    if (tuf != NULL && tuf_read(payload, tuf, &ignored) == OK)
        version = tuf->version;
    free(tuf);
    return version;
}

static int add_item(struct submission *submission, const char *text)
{
    struct refusal refusal = {0};
    struct span content;
    struct item *item = &submission->request.items[submission->request.item_count];
    const char *equals = strchr(text, '=');
    size_t size = equals == NULL ? 0 : (size_t)(equals - text);
    if (size > LIMIT_ROLE_NAME || !role_name_is_good(span_of(text, size)))
        return cli_say(STATUS_LOCAL,
            "--item %s is not ROLE=FILE: write for example image/targets=targets.json", text);
    memcpy(item->role, text, size);
    item->role[size] = 0;
    enum err err = add_file(submission, equals + 1, &item->payload, &content, &refusal);
    if (err != OK)
        return cli_fail(SIDE_LOCAL, err, &refusal);
    item->version = version_of(content);
    submission->request.item_count++;
    return STATUS_DONE;
}

static int add_evidence(struct submission *submission, const char *path)
{
    struct refusal refusal = {0};
    struct request *request = &submission->request;
    struct span content;
    enum err err = add_file(
        submission, path, &request->evidence[request->evidence_count], &content, &refusal);
    if (err != OK)
        return cli_fail(SIDE_LOCAL, err, &refusal);
    request->evidence_count++;
    return STATUS_DONE;
}

static int fill(struct submission *submission, const struct submit_options *options)
{
    struct request *request = &submission->request;
    int64_t seconds;
    if (strlen(options->reason) > LIMIT_REASON || options->reason[0] == 0)
        return cli_say(
            STATUS_LOCAL, "a reason has 1 to %d bytes: say it in a paragraph", LIMIT_REASON);
    memcpy(request->reason, options->reason, strlen(options->reason) + 1);
    if (!duration_read(options->expires, &seconds) || seconds > LIMIT_REQUEST_LIFE)
        return cli_say(STATUS_LOCAL,
            "--expires %s is no duration of at most %d days: write for example 12h or 7d",
            options->expires, LIMIT_REQUEST_LIFE / (24 * 3600));
    request->expires = moment_now() + seconds;
    if (getrandom(request->nonce, sizeof request->nonce, 0) != (ssize_t)sizeof request->nonce)
        return cli_say(STATUS_LOCAL, "the system gives no random bytes");
    int status = STATUS_DONE;
    for (size_t i = 0; status == STATUS_DONE && i < options->items.count; i++)
        status = add_item(submission, options->items.at[i]);
    for (size_t i = 0; status == STATUS_DONE && i < options->evidence.count; i++)
        status = add_evidence(submission, options->evidence.at[i]);
    return status;
}

static int sign(struct submission *submission, const char *path)
{
    struct refusal refusal = {0};
    struct signer *signer = NULL;
    enum err err = signer_from_file(path, &signer, &refusal);
    if (err == OK) {
        submission->request.requester = signer_key(signer)->id;
        request_write(&submission->request, &submission->text);
        err = bytes_finish(&submission->text);
    }
    if (err == OK)
        err = signer_sign(
            signer, DSSE_REQUEST, bytes_span(&submission->text), &submission->signature);
    signer_free(signer);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

static int print_accepted(const struct cli *cli, const struct message *answer)
{
    char hex[PRINT_HASH];
    struct scribe scribe;
    enum fate fate = answer->accepted.fate;
    if (!cli->json) {
        hash_hex(&answer->accepted.request, hex);
        puts(hex);
    } else {
        scribe_init(&scribe);
        scribe_object(&scribe, NULL);
        scribe_hash(&scribe, "request", &answer->accepted.request);
        scribe_number(&scribe, "record", answer->accepted.place.index);
        scribe_text(&scribe, "fate", fate_text(fate));
        scribe_object_end(&scribe);
        if (scribe_print(&scribe) != OK)
            return STATUS_LOCAL;
    }
    return fate == FATE_OPEN || fate == FATE_SIGNED ? STATUS_DONE : STATUS_REFUSED;
}

static int send(struct cli *cli, const struct submission *submission)
{
    struct refusal refusal = {0};
    struct message ask = {.kind = ASK_SUBMIT}, answer;
    struct hash id = request_id(bytes_span(&submission->text));
    ask.submit.request = bytes_span(&submission->text);
    ask.submit.signature = bytes_span(&submission->signature);
    for (size_t i = 0; i < submission->blob_count; i++)
        ask.submit.blobs.at[ask.submit.blobs.count++] = bytes_span(&submission->blobs[i]);
    enum err err = conclave_ask(cli->conclave, &ask, &answer, &refusal);
    if (err == OK && !hash_equal(&answer.accepted.request, &id))
        return cli_say(
            STATUS_UNVERIFIED, "the appliance accepted another request than this one");
    return err == OK ? print_accepted(cli, &answer) : cli_fail(SIDE_DAEMON, err, &refusal);
}

static int submit(struct cli *cli, const struct submit_options *options)
{
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    struct submission *submission = submission_new();
    int status =
        submission == NULL ? cli_say(STATUS_LOCAL, "out of memory") : fill(submission, options);
    if (status == STATUS_DONE)
        status = cli_connect(cli, true);
    if (status == STATUS_DONE && conclave_pinned(cli->home, origin, &log) != OK)
        status = STATUS_LOCAL;
    if (status == STATUS_DONE) {
        submission->request.appliance = log.id;
        status = sign(submission, options->requester);
    }
    if (status == STATUS_DONE)
        status = send(cli, submission);
    submission_free(submission);
    return status;
}

int cmd_request_submit(struct cli *cli, int argc, char **argv)
{
    struct submit_options options = {.reason = "no reason given", .expires = "7d"};
    const struct option_rule rules[] = {
        {.name = "requester",
            .argument = "FILE",
            .help = "the requester's private key (key make)",
            .needed = true,
            .text = &options.requester},
        {.name = "item",
            .argument = "ROLE=FILE",
            .help = "what to sign: the exact bytes of this file",
            .needed = true,
            .values = &options.items},
        {.name = "evidence",
            .argument = "FILE",
            .help = "a signed file that an item names",
            .values = &options.evidence},
        {.name = "reason",
            .argument = "TEXT",
            .help = "why, for the approvers",
            .text = &options.reason},
        {.name = "expires",
            .argument = "DURATION",
            .help = "how long approvals are waited for: 12h, 7d",
            .text = &options.expires},
    };
    int status;
    if (!options_read(cli, rules, sizeof rules / sizeof rules[0], argc, argv, &status))
        return status;
    return submit(cli, &options);
}
