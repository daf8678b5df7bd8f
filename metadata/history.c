#include "metadata/history.h"

#include "metadata/history_part.h"
#include "proto/name.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- the chain of roots ----

static enum err check_place(
    const struct past_file *last, const struct past_file *now, struct refusal *refusal)
{
    if (now->tuf.type != TUF_ROOT)
        return rule_refuse(refusal, RULE_IMPORT_FORM,
            "%s version %" PRIu64 " stands among the root files: show only roots there.",
            tuf_type_text(now->tuf.type), now->tuf.version);
    if (last == NULL || now->tuf.version == last->tuf.version + 1)
        return OK;
    return rule_refuse(refusal, RULE_IMPORT_CHAIN,
        "Root version %" PRIu64 " stands behind version %" PRIu64
        ": a chain has each version, one above the other.",
        now->tuf.version, last->tuf.version);
}

static enum err check_signed(
    const struct past_file *root, const struct past_file *now, struct refusal *refusal)
{
    struct past_signers signers = past_signers_of(&root->tuf.root, TUF_ROOT);
    size_t count = past_signed_by(now, &signers);
    if (count >= (size_t)signers.threshold)
        return OK;
    return rule_refuse(refusal, RULE_IMPORT_CHAIN_SIGNED,
        "Root version %" PRIu64 " carries valid signatures of %zu of the root keys of version "
        "%" PRIu64 ", and needs %" PRId64 ".",
        now->tuf.version, count, root->tuf.version, signers.threshold);
}

// `last` is NULL before the first.
static enum err follow(const struct past_file *last, struct past_file *now,
    struct import_motion *out, struct refusal *refusal)
{
    struct past_signers signers[2];
    enum err err = check_place(last, now, refusal);
    if (err == OK)
        err = check_signed(now, now, refusal);
    if (err == OK && last != NULL)
        err = check_signed(last, now, refusal);
    if (err != OK)
        return err;
    signers[0] = past_signers_of(&now->tuf.root, TUF_ROOT);
    if (last != NULL)
        signers[1] = past_signers_of(&last->tuf.root, TUF_ROOT);
    past_note_signatures(now, signers, last == NULL ? 1 : 2);
    if (last == NULL && now->tuf.version != 1)
        rule_set_add(&now->tuf.noted, RULE_CHAIN_BEGINS_LATE);
    return past_add_findings(now, "", out, refusal);
}

// The last root of the chain is left in files[0].
static enum err read_chain(const struct history_case *given, struct past_file *files[2],
    struct import_motion *out, struct refusal *refusal)
{
    if (given->root_count == 0 || given->root_count > LIMIT_HISTORY)
        return rule_refuse(refusal, RULE_IMPORT_LIMIT,
            "An import shows from 1 to %d root files.", LIMIT_HISTORY);
    for (size_t i = 0; i < given->root_count; i++) {
        struct past_file *now = files[1], *last = files[0];
        enum err err = past_file_read(given->dialect, given->roots[i], now, refusal);
        if (err == OK)
            err = follow(i == 0 ? NULL : last, now, out, refusal);
        if (err != OK)
            return err;
        out->roots[out->root_count++] =
            (struct import_root){now->tuf.version, hash_of(given->roots[i])};
        files[0] = now;
        files[1] = last;
    }
    return OK;
}

// ---- the whole ----

static int compare_roles(const void *a, const void *b)
{
    return strcmp(((const struct import_role *)a)->role, ((const struct import_role *)b)->role);
}

static int compare_findings(const void *a, const void *b)
{
    const struct import_finding *first = a, *second = b;
    if (first->version != second->version)
        return first->version < second->version ? -1 : 1;
    return strcmp(first->id, second->id);
}

enum err history_read(
    const struct history_case *given, struct import_motion *out, struct refusal *refusal)
{
    struct past_file *files[2] = {past_file_new(), past_file_new()};
    enum err err = files[0] == NULL || files[1] == NULL ? ERR_MEMORY : OK;
    *out = (struct import_motion){0};
    if (err == OK && !name_is_good(span_text(given->repository)))
        err = rule_refuse(refusal, RULE_IMPORT_REPOSITORY, "%s is no name of a repository.",
            given->repository);
    if (err == OK) {
        snprintf(out->repository, sizeof out->repository, "%s", given->repository);
        err = read_chain(given, files, out, refusal);
    }
    if (err == OK)
        err = past_add_role(files[0], span_text("root"), out, refusal);
    if (err == OK)
        err = past_read_files(given, files[0], out, refusal);
    qsort(out->roles, out->role_count, sizeof out->roles[0], compare_roles);
    qsort(out->findings, out->finding_count, sizeof out->findings[0], compare_findings);
    past_file_free(files[0]);
    past_file_free(files[1]);
    return err;
}
