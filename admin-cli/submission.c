#include "admin-cli/submission.h"

#include "admin-cli/denial.h"
#include "admin-cli/print.h"
#include "client/conclave.h"
#include "client/source.h"
#include "policy/duration.h"
#include "proto/dsse.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct submission *submission_new(void)
{
    struct submission *submission = calloc(1, sizeof *submission);
    if (submission == NULL)
        return NULL;
    bytes_init(&submission->text, LIMIT_RECORD);
    bytes_init(&submission->signature, KEY_SIGNATURE_MOST);
    return submission;
}

void submission_free(struct submission *submission)
{
    if (submission == NULL)
        return;
    bytes_clear(&submission->text);
    bytes_clear(&submission->signature);
    for (size_t i = 0; i < submission->blob_count; i++)
        bytes_clear(&submission->blobs[i]);
    free(submission);
}

// Takes over the newest blob, or drops it when the same bytes are there already.
static void take_blob(struct submission *submission, struct hash *hash, struct span *content)
{
    struct bytes *blob = &submission->blobs[submission->blob_count];
    *hash = hash_of(bytes_span(blob));
    for (size_t i = 0; i < submission->blob_count; i++) {
        struct hash other = hash_of(bytes_span(&submission->blobs[i]));
        if (!hash_equal(&other, hash))
            continue;
        bytes_clear(blob);
        *content = bytes_span(&submission->blobs[i]);
        return;
    }
    submission->blob_count++;
    *content = bytes_span(blob);
}

enum err submission_add_file(struct submission *submission, const char *path, struct hash *hash,
    struct span *content, struct refusal *refusal)
{
    if (submission->blob_count == LIMIT_BLOBS)
        return ERR_LIMIT;
    struct bytes *blob = &submission->blobs[submission->blob_count];
    bytes_init(blob, LIMIT_PAYLOAD);
    enum err err = source_read_file(path, blob, refusal);
    if (err == OK)
        take_blob(submission, hash, content);
    else
        bytes_clear(blob);
    return err;
}

enum err submission_add(struct submission *submission, struct span bytes, struct hash *hash)
{
    struct span content;
    if (submission->blob_count == LIMIT_BLOBS)
        return ERR_LIMIT;
    struct bytes *blob = &submission->blobs[submission->blob_count];
    bytes_init(blob, LIMIT_PAYLOAD);
    bytes_add(blob, bytes);
    enum err err = bytes_finish(blob);
    if (err == OK)
        take_blob(submission, hash, &content);
    else
        bytes_clear(blob);
    return err;
}

enum err submission_name_evidence(struct submission *submission, const struct hash *hash)
{
    struct request *request = &submission->request;
    for (size_t i = 0; i < request->evidence_count; i++)
        if (hash_equal(&request->evidence[i], hash))
            return OK;
    if (request->evidence_count == LIMIT_ITEMS)
        return ERR_LIMIT;
    request->evidence[request->evidence_count++] = *hash;
    return OK;
}

enum err submission_set_motion(
    struct submission *submission, enum motion motion, uint64_t number, struct span payload)
{
    struct item *item = &submission->request.items[0];
    *item = (struct item){.version = number};
    (void)snprintf(item->role, sizeof item->role, "%s", motion_role(motion));
    submission->request.item_count = 1;
    return submission_add(submission, payload, &item->payload);
}

// ---- sending ----

static int fill(struct submission *submission, const struct asker *asker)
{
    struct request *request = &submission->request;
    int64_t seconds;
    if (strlen(asker->reason) > LIMIT_REASON || asker->reason[0] == 0)
        return cli_say(
            STATUS_LOCAL, "a reason has 1 to %d bytes: say it in a paragraph", LIMIT_REASON);
    memcpy(request->reason, asker->reason, strlen(asker->reason) + 1);
    if (!duration_read(asker->expires, &seconds) || seconds > LIMIT_REQUEST_LIFE)
        return cli_say(STATUS_LOCAL,
            "--expires %s is no duration of at most %d days: write for example 12h or 7d",
            asker->expires, LIMIT_REQUEST_LIFE / (24 * 3600));
    request->expires = moment_now() + seconds;
    if (getrandom(request->nonce, sizeof request->nonce, 0) != (ssize_t)sizeof request->nonce)
        return cli_say(STATUS_LOCAL, "the system gives no random bytes");
    return STATUS_DONE;
}

static bool is_motion(const struct submission *submission)
{
    return motion_of(submission->request.items[0].role) != MOTION_NONE;
}

// The appliance would refuse it, too: but only after somebody has signed it.
static int check_asking(
    const struct submission *submission, const struct charter *charter, const struct key *key)
{
    struct asking asking;
    if (charter == NULL || charter_asking(charter, &key->id, is_motion(submission), &asking))
        return STATUS_DONE;
    const struct administrator *administrator = charter_administrator(charter, &key->id);
    if (administrator == NULL)
        return cli_say(STATUS_REFUSED,
            "the charter has neither a requester nor an administrator with this key: see "
            "`conclave charter show`");
    return cli_say(STATUS_REFUSED,
        "%s is an administrator, who asks for changes of the appliance alone: ask for "
        "signatures with a requester's key",
        administrator->name);
}

static enum err sign_request(
    struct submission *submission, struct signer *signer, struct refusal *refusal)
{
    submission->request.requester = signer_key(signer)->id;
    request_write(&submission->request, &submission->text);
    enum err err = bytes_finish(&submission->text);
    return err == OK ? signer_sign(signer, DSSE_REQUEST, bytes_span(&submission->text),
                           &submission->signature, refusal)
                     : err;
}

static int sign(
    struct submission *submission, const struct asker *asker, const struct charter *charter)
{
    struct refusal refusal = {0};
    struct signer *signer = NULL;
    struct holders holders;
    enum err err = OK;
    if (charter != NULL)
        holders_asking(&holders, charter, is_motion(submission));
    int status = asker_open(asker, charter == NULL ? NULL : &holders, &signer);
    if (status == STATUS_DONE)
        status = check_asking(submission, charter, signer_key(signer));
    if (status == STATUS_DONE)
        err = sign_request(submission, signer, &refusal);
    signer_free(signer);
    return err == OK ? status : cli_fail(SIDE_LOCAL, err, &refusal);
}

static int print_accepted(const struct cli *cli, const struct submission *submission,
    const struct message *answer, const struct keeping *keeping)
{
    char hex[PRINT_HASH];
    struct scribe scribe;
    enum fate fate = answer->accepted.fate;
    if (!cli->json) {
        hash_hex(&answer->accepted.request, hex);
        print_words(stdout, "%s\n", hex);
    } else {
        scribe_init(&scribe);
        scribe_object(&scribe, NULL);
        scribe_hash(&scribe, "request", &answer->accepted.request);
        scribe_number(&scribe, "record", answer->accepted.place.index);
        scribe_text(&scribe, "fate", fate_text(fate));
        if (submission->tell != NULL)
            submission->tell(submission->context, &scribe);
        keeping_scribe(keeping, &scribe);
        scribe_object_end(&scribe);
        if (scribe_print(&scribe) != OK)
            return STATUS_LOCAL;
    }
    return fate == FATE_OPEN || fate == FATE_SIGNED ? STATUS_DONE : STATUS_REFUSED;
}

// Its id alone tells what became of it: a second request would be another one.
static int lost(enum err err, const struct hash *id, const struct refusal *refusal)
{
    char hex[PRINT_HASH];
    hash_hex(id, hex);
    int status = cli_fail(SIDE_DAEMON, err, refusal);
    if (err == ERR_CLOSED || err == ERR_SYSTEM)
        (void)cli_say(status,
            "the request may have been taken all the same: ask for it with `conclave request "
            "wait "
            "%s` before you submit another",
            hex);
    return status;
}

// What is signed can be fetched again; asking for it anew could be refused, or take another number.
static int say_signed(int status, const struct hash *request)
{
    char hex[PRINT_HASH];
    hash_hex(request, hex);
    if (status == STATUS_DAEMON || status == STATUS_LOCAL)
        (void)cli_say(status,
            "the request is signed all the same: fetch it with `conclave signature %s --format "
            "file --out DIR`",
            hex);
    return status;
}

static int take_signed(struct cli *cli, const struct submission *submission,
    const struct message *answer, struct keeping *keeping)
{
    struct message copy = {.kind = ANSWER_ACCEPTED, .accepted = answer->accepted};
    int status = STATUS_DONE;
    if (copy.accepted.fate == FATE_SIGNED && submission->take != NULL)
        status = submission->take(submission->context, cli, &copy.accepted.request);
    return status == STATUS_DONE ? print_accepted(cli, submission, &copy, keeping)
                                 : say_signed(status, &copy.accepted.request);
}

static int say(struct cli *cli, const struct submission *submission, struct keeping *keeping)
{
    struct refusal refusal = {0};
    struct message ask = {.kind = ASK_SUBMIT}, answer = {0};
    struct denial denial;
    struct hash id = request_id(bytes_span(&submission->text));
    ask.submit.request = bytes_span(&submission->text);
    ask.submit.signature = bytes_span(&submission->signature);
    for (size_t i = 0; i < submission->blob_count; i++)
        ask.submit.blobs.at[ask.submit.blobs.count++] = bytes_span(&submission->blobs[i]);
    enum err err = conclave_ask(cli->conclave, &ask, &answer, &refusal);
    if (denial_take(&denial, &answer, &id, &submission->request.requester))
        return denial_of_submission(cli, &denial, keeping);
    if (err == OK && !hash_equal(&answer.accepted.request, &id))
        return cli_say(
            STATUS_UNVERIFIED, "the appliance accepted another request than this one");
    return err == OK ? take_signed(cli, submission, &answer, keeping)
                     : lost(err, &id, &refusal);
}

// The appliance stores no text that it refuses: it is kept before it is known what becomes of it.
static int keep_and_say(
    struct cli *cli, const struct submission *submission, const char *folder)
{
    struct refusal refusal = {0};
    struct keeping keeping;
    struct hash id = request_id(bytes_span(&submission->text));
    enum err err = keeping_init(&keeping, cli, folder, &id, &refusal);
    if (err == OK)
        err = keeping_request(&keeping, bytes_span(&submission->text), &refusal);
    int status =
        err == OK ? say(cli, submission, &keeping) : cli_fail(SIDE_LOCAL, err, &refusal);
    keeping_clear(&keeping);
    return status;
}

int submission_send(struct cli *cli, struct submission *submission, const struct asker *asker,
    const struct charter *charter)
{
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    int status = fill(submission, asker);
    if (status == STATUS_DONE)
        status = cli_connect(cli, true);
    if (status == STATUS_DONE && conclave_pinned(cli->home, origin, &log) != OK)
        status = STATUS_LOCAL;
    if (status == STATUS_DONE) {
        submission->request.appliance = log.id;
        status = sign(submission, asker, charter);
    }
    return status == STATUS_DONE ? keep_and_say(cli, submission, asker->keep) : status;
}
