// conclave root apply: a signed root becomes the files that clients ask for. The complete file is
// verified under the old and the new threshold by the reader that judges what is signed here.
#include "admin-cli/cmd_root.h"
#include "admin-cli/cmd_root_shelf.h"
#include "admin-cli/commands.h"
#include "admin-cli/folder.h"
#include "admin-cli/options.h"
#include "admin-cli/parcel.h"
#include "admin-cli/print.h"
#include "client/attach.h"
#include "client/fault.h"
#include "client/source.h"
#include "metadata/json_file.h"
#include "metadata/judge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// A threshold, and how many of its keys have signed.
struct applied_threshold {
    int64_t need;
    size_t signed_;
};

struct applying {
    struct cli *cli;
    const char *out;
    struct option_values more; // files of signatures that other appliances made
    struct parcel *parcel;
    const struct item *item;
    enum dialect dialect;
    size_t taken; // bytes of the largest root that clients take
    struct bytes payload, last, file;
    struct attach attach;
    struct state *state; // as it was when the root was asked for
    struct plan *plan;
    struct applied_threshold old, new_;
};

// ---- the file ----

static enum err add_signature(
    struct applying *applying, const struct outcome_signature *line, struct refusal *refusal)
{
    const struct key *key;
    struct bytes signature, object;
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    bytes_init(&object, ATTACH_OBJECT_MOST);
    enum err err =
        parcel_signature(applying->parcel, applying->cli, line, &key, &signature, refusal);
    if (err == OK) {
        tuf_signature_write(applying->dialect, key, bytes_span(&signature), &object);
        err = bytes_finish(&object);
    }
    if (err == OK)
        err = attach_add(&applying->attach, bytes_span(&object), "the appliance", refusal);
    bytes_clear(&signature);
    bytes_clear(&object);
    return err;
}

static enum err add_more(struct applying *applying, const char *path, struct refusal *refusal)
{
    struct bytes text;
    bytes_init(&text, ATTACH_TEXT_MOST);
    enum err err = source_read_file(path, &text, refusal);
    if (err == OK)
        err = attach_add(&applying->attach, bytes_span(&text), path, refusal);
    bytes_clear(&text);
    return err;
}

static enum err make_file(struct applying *applying, struct refusal *refusal)
{
    const struct parcel *parcel = applying->parcel;
    struct conclave *conclave = applying->cli->conclave;
    enum err err =
        conclave_blob(conclave, &applying->item->payload, &applying->payload, refusal);
    if (err == OK && !hash_is_none(&applying->item->previous))
        err = conclave_blob(conclave, &applying->item->previous, &applying->last, refusal);
    for (size_t i = 0; err == OK && i < parcel->line_count; i++)
        err = add_signature(applying, &parcel->lines[i], refusal);
    for (size_t i = 0; err == OK && i < applying->more.count; i++)
        err = add_more(applying, applying->more.at[i], refusal);
    return err == OK ? attach_write(&applying->attach, bytes_span(&applying->payload),
                           &applying->file, refusal)
                     : err;
}

// ---- verification ----

// The signatures of the envelope that a root's keys made and that hold.
struct verified {
    const struct tuf_envelope *envelope;
    bool good[TUF_KEYIDS_MOST];
};

static void mark(struct verified *verified, const struct tuf_key *key)
{
    for (size_t i = 0; i < verified->envelope->signature_count; i++)
        if (span_equal(verified->envelope->signatures[i].keyid, key->id) &&
            tuf_envelope_verifies(verified->envelope, key))
            verified->good[i] = true;
}

static void count_signers(
    struct verified *verified, const struct tuf *root, struct applied_threshold *out)
{
    const struct tuf_role *role = tuf_root_role(&root->root, TUF_ROOT);
    for (size_t i = 0; i < role->keyid_count; i++)
        mark(verified, tuf_root_key(&root->root, role->keyids[i]));
    out->need = role->threshold;
    out->signed_ = tuf_envelope_signers(verified->envelope, root->root.keys,
        root->root.key_count, role->keyids, role->keyid_count);
}

static enum err check_thresholds(struct applying *applying, struct verified *verified,
    struct tuf *tuf, struct refusal *refusal)
{
    enum err err = tuf_read(applying->dialect, verified->envelope->signed_part, tuf, refusal);
    if (err == OK)
        count_signers(verified, tuf, &applying->new_);
    if (err != OK || applying->last.size == 0)
        return err;
    err = tuf_read_past(applying->dialect, bytes_span(&applying->last), tuf, refusal);
    if (err == OK)
        count_signers(verified, tuf, &applying->old);
    return err;
}

// Some clients pass over a signature that does not hold, others reject the file.
static enum err check_each(const struct verified *verified, struct refusal *refusal)
{
    for (size_t i = 0; i < verified->envelope->signature_count; i++)
        if (!verified->good[i])
            return fault(ERR_SIGNATURE, refusal,
                "the signature of key %.16s... is not one of this root by a root key of it or "
                "of the last one: leave it out",
                (const char *)verified->envelope->signatures[i].keyid.data);
    return OK;
}

static enum err read_back(struct applying *applying, struct bytes *canonical,
    struct tuf_envelope *envelope, struct refusal *refusal)
{
    enum err err = json_file_read(applying->dialect, bytes_span(&applying->file), canonical);
    if (err == OK)
        err = tuf_envelope_read(applying->dialect, bytes_span(canonical), envelope, refusal);
    if (err == OK && !span_equal(envelope->signed_part, bytes_span(&applying->payload)))
        err = fault(ERR_SIGNATURE, refusal, "the file does not hold the root that was signed");
    if (err == OK && applying->file.size > applying->taken)
        err = refuse(refusal, "R20",
            "The file has %zu bytes, and clients take a root of at most %zu: list fewer keys.",
            applying->file.size, applying->taken);
    return err;
}

static enum err verify(struct applying *applying, struct refusal *refusal)
{
    struct bytes canonical;
    struct tuf_envelope *envelope = calloc(1, sizeof *envelope);
    struct tuf *tuf = calloc(1, sizeof *tuf);
    bytes_init(&canonical, ATTACH_FILE_MOST);
    enum err err = envelope == NULL || tuf == NULL
                       ? ERR_MEMORY
                       : read_back(applying, &canonical, envelope, refusal);
    struct verified verified = {.envelope = envelope};
    if (err == OK)
        err = check_thresholds(applying, &verified, tuf, refusal);
    if (err == OK)
        err = check_each(&verified, refusal);
    bytes_clear(&canonical);
    free(envelope);
    free(tuf);
    return err;
}

static int64_t lacking(const struct applied_threshold *threshold)
{
    return threshold->need - (int64_t)threshold->signed_;
}

static int check_complete(const struct applying *applying)
{
    int64_t old = lacking(&applying->old), new_ = lacking(&applying->new_);
    if (old <= 0 && new_ <= 0)
        return STATUS_DONE;
    return cli_say(STATUS_WAITING,
        "the root lacks %" PRId64 " signatures under the old threshold and %" PRId64
        " under the new one: have custodians approve who did not, or give those of other "
        "appliances with --signatures FILE",
        old < 0 ? 0 : old, new_ < 0 ? 0 : new_);
}

// ---- what comes next ----

// The plan is made over the house as it was: the root signed last is this one by now.
static enum err plan_again(
    struct applying *applying, const struct house *house, struct refusal *refusal)
{
    const struct charter *charter = applying->parcel->charter;
    struct role_state before = {
        .version = applying->item->version - 1, .payload = applying->item->previous};
    struct plan_case given = {
        .charter = charter,
        .state = applying->state,
        .repository = charter_repository_of(charter, applying->item->role)->name,
        .last = bytes_span(&applying->last),
        .now = applying->parcel->opened.time,
    };
    *applying->state = *house->state;
    (void)snprintf(before.role, sizeof before.role, "%s", applying->item->role);
    enum err err = state_set(applying->state, &before);
    return err == OK
               ? plan_read(&given, bytes_span(&applying->payload), applying->plan, refusal)
               : err;
}

static int print_json(const struct applying *applying, char paths[2][FILE_PATH])
{
    struct scribe scribe;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_text(&scribe, "role", applying->item->role);
    scribe_number(&scribe, "version", applying->item->version);
    scribe_number(&scribe, "old_needed", (uint64_t)applying->old.need);
    scribe_number(&scribe, "old_signed", applying->old.signed_);
    scribe_number(&scribe, "new_needed", (uint64_t)applying->new_.need);
    scribe_number(&scribe, "new_signed", applying->new_.signed_);
    scribe_array(&scribe, "files");
    for (size_t i = 0; i < 2; i++)
        if (paths[i][0] != 0)
            scribe_text(&scribe, NULL, paths[i]);
    scribe_array_end(&scribe);
    scribe_array(&scribe, "sign_again");
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++)
        if (applying->plan->roles[i].again)
            scribe_text(&scribe, NULL, tuf_type_text(applying->plan->roles[i].type));
    scribe_array_end(&scribe);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

static int print(const struct applying *applying, char paths[2][FILE_PATH])
{
    if (applying->cli->json)
        return print_json(applying, paths);
    for (size_t i = 0; i < 2; i++)
        if (paths[i][0] != 0)
            print_words(stdout, "%s\n", paths[i]);
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++)
        if (applying->plan->roles[i].again)
            print_words(stderr, "%s must be signed again at once.\n",
                tuf_type_text(applying->plan->roles[i].type));
    return STATUS_DONE;
}

static int put(const struct applying *applying)
{
    struct refusal refusal = {0};
    char paths[2][FILE_PATH] = {"", ""};
    const struct shelf_root root = {
        .dialect = applying->dialect,
        .version = applying->item->version,
        .file = bytes_span(&applying->file),
        .previous = applying->item->previous,
    };
    enum err err = file_folder(applying->out, &refusal);
    if (err == OK)
        err = shelf_put(applying->out, &root, paths[0], &refusal);
    if (err == OK && applying->dialect == DIALECT_UPTANE)
        err = shelf_put_newest(applying->out, &root, paths[1], &refusal);
    return err == OK ? print(applying, paths) : cli_fail(SIDE_LOCAL, err, &refusal);
}

// ---- the whole ----

static int check_item(struct applying *applying)
{
    const struct opened *opened = &applying->parcel->opened;
    applying->item = &opened->items[0];
    const char *slash = strchr(applying->item->role, '/');
    if (opened->item_count != 1 || slash == NULL || strcmp(slash, "/root") != 0)
        return cli_say(STATUS_LOCAL,
            "the request is not for one root: fetch what it signed with `conclave signature`");
    const struct repository *repository =
        charter_repository_of(applying->parcel->charter, applying->item->role);
    if (repository == NULL)
        return cli_say(STATUS_UNVERIFIED, "the charter that the request was opened under has "
                                          "no repository of that name");
    // Signed once more, a root stands before itself: what the one before demands is not at hand then.
    if (hash_equal(&applying->item->previous, &applying->item->payload))
        return cli_say(STATUS_LOCAL,
            "the request signs version %llu once more: apply the one that signed it first",
            (unsigned long long)applying->item->version);
    applying->dialect = repository->dialect;
    applying->taken = judge_file_most(repository, TUF_ROOT);
    attach_init(&applying->attach, applying->dialect);
    return STATUS_DONE;
}

static int apply(struct applying *applying, const struct inquiry *inquiry)
{
    struct refusal refusal = {0};
    enum err err = parcel_read(applying->parcel, applying->cli, inquiry, &refusal);
    int status = err == OK ? check_item(applying) : STATUS_DONE;
    if (status != STATUS_DONE)
        return status;
    if (err == OK)
        err = make_file(applying, &refusal);
    if (err == OK)
        err = verify(applying, &refusal);
    if (err == OK)
        status = check_complete(applying);
    if (err == OK && status == STATUS_DONE)
        err = plan_again(applying, inquiry->house, &refusal);
    if (err != OK)
        return cli_fail(SIDE_DAEMON, err, &refusal);
    return status == STATUS_DONE ? put(applying) : status;
}

static int take(struct applying *applying, struct inquiry *inquiry)
{
    enum fate fate = inquiry->dossier.dossier.fate;
    if (fate == FATE_OPEN)
        return folder_waits(applying->cli, inquiry);
    if (fate != FATE_SIGNED)
        return cli_say(STATUS_REFUSED,
            "there is no root to apply: the request is %s; `conclave root plan` begins anew",
            fate_text(fate));
    applying->parcel = parcel_new();
    applying->plan = plan_new();
    applying->state = calloc(1, sizeof *applying->state);
    if (applying->parcel == NULL || applying->plan == NULL || applying->state == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    return apply(applying, inquiry);
}

static int run(struct applying *applying)
{
    struct inquiry inquiry;
    int status = inquiry_begin(applying->cli, &inquiry, applying->cli->arguments[0]);
    bytes_init(&applying->payload, LIMIT_PAYLOAD);
    bytes_init(&applying->last, LIMIT_PAYLOAD);
    bytes_init(&applying->file, ATTACH_FILE_MOST);
    if (status == STATUS_DONE)
        status = inquiry_dossier(applying->cli, &inquiry, false, 0);
    if (status == STATUS_DONE)
        status = take(applying, &inquiry);
    attach_clear(&applying->attach);
    bytes_clear(&applying->payload);
    bytes_clear(&applying->last);
    bytes_clear(&applying->file);
    parcel_free(applying->parcel);
    plan_free(applying->plan);
    free(applying->state);
    inquiry_clear(&inquiry);
    return status;
}

int cmd_root_apply(struct cli *cli, int argc, char **argv)
{
    struct applying applying = {.cli = cli};
    const struct option_rule options[] = {
        {.name = "out",
            .argument = "DIR",
            .help = "the folder for N.root.json, and of uptane root.json",
            .needed = true,
            .text = &applying.out},
        {.name = "signatures",
            .argument = "FILE",
            .help = "signatures that other appliances made",
            .values = &applying.more},
    };
    int status;
    if (options_read(cli, options, sizeof options / sizeof options[0], argc, argv, &status))
        status = run(&applying);
    return status;
}
