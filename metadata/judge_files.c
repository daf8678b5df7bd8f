// Snapshot and Timestamp: what they list, held against the evidence and against the last one.
#include "metadata/judge_part.h"
#include "metadata/rule.h"

#include <inttypes.h>

// ---- against the last one ----

bool judge_lists(const struct tuf *snapshot, struct span name, struct tuf_file *out)
{
    struct tuf_files files = tuf_files_of(snapshot);
    while (tuf_files_next(&files, out))
        if (span_equal(out->name, name))
            return true;
    return false;
}

static enum err check_continues(const struct tuf *now, const struct tuf_file *before,
    const char *role, struct refusal *refusal)
{
    struct tuf_file after;
    int name = (int)before->name.size;
    const char *text = (const char *)before->name.data;
    if (!judge_lists(now, before->name, &after))
        return rule_refuse(refusal, RULE_FILE_DROPPED,
            "%s drops %.*s, which the last one lists: clients would refuse it.", role, name,
            text);
    if (after.version < before->version)
        return rule_refuse(refusal, RULE_LISTED_VERSION_FALLS,
            "%s lists %.*s with version %" PRId64 ", and the last one with %" PRId64
            ": versions do not go back.",
            role, name, text, after.version, before->version);
    return OK;
}

static enum err judge_continuity(const struct judge_view *view, struct refusal *refusal)
{
    struct tuf last;
    struct tuf_file before;
    if (view->given->previous.size == 0)
        return OK;
    enum err err =
        tuf_read_past(view->repository->dialect, view->given->previous, &last, refusal);
    if (err != OK)
        return err;
    struct tuf_files files = tuf_files_of(&last);
    // A name that an imported file lists and that is refused today cannot be carried on.
    while (err == OK && tuf_files_next(&files, &before))
        if (tuf_files_may_list(view->tuf.type, before.name))
            err = check_continues(&view->tuf, &before, view->given->role->name, refusal);
    return err;
}

// ---- against the evidence ----

static struct judge_listing listing_by_root(
    const struct tuf_root *root, enum tuf_type type, const struct tuf_file *file)
{
    const struct tuf_role *role = tuf_root_role(root, type);
    return (struct judge_listing){.file = file,
        .short_name = span_text(tuf_type_text(type)),
        .keys = root->keys,
        .key_count = root->key_count,
        .keyids = role->keyids,
        .keyid_count = role->keyid_count,
        .threshold = role->threshold};
}

// The one file that the root's keys answer for: targets.json or snapshot.json.
static enum err judge_main_file(const struct judge_view *view,
    const struct judge_evidence *evidence, enum tuf_type type, const struct judge_file **found,
    struct refusal *refusal)
{
    struct tuf_file listed;
    struct span name = span_text(type == TUF_TARGETS ? "targets.json" : "snapshot.json");
    if (!judge_lists(&view->tuf, name, &listed)) {
        (void)rule_refuse(refusal,
            type == TUF_TARGETS ? RULE_TARGETS_LISTED : RULE_SNAPSHOT_LISTED,
            "%.*s is not listed.", (int)name.size, (const char *)name.data);
        return ERR_REFUSED;
    }
    struct judge_listing listing = listing_by_root(&view->root.root, type, &listed);
    return judge_listed(view, evidence, &listing, found, refusal);
}

enum err judge_snapshot(const struct judge_view *view, struct refusal *refusal)
{
    struct judge_evidence *evidence;
    const struct judge_file *targets = NULL;
    enum err err = judge_evidence_read(view, &evidence, refusal);
    if (err == OK)
        err = judge_continuity(view, refusal);
    if (err == OK)
        err = judge_main_file(view, evidence, TUF_TARGETS, &targets, refusal);
    if (err == OK)
        err = judge_delegated(view, evidence, targets, refusal);
    return err;
}

enum err judge_timestamp(const struct judge_view *view, struct refusal *refusal)
{
    struct judge_evidence *evidence;
    const struct judge_file *snapshot = NULL;
    enum err err = judge_evidence_read(view, &evidence, refusal);
    if (err == OK)
        err = judge_continuity(view, refusal);
    if (err == OK)
        err = judge_main_file(view, evidence, TUF_SNAPSHOT, &snapshot, refusal);
    return err;
}
