// The newest files of the other roles: whose they are follows from who has signed them.
#include "metadata/history_part.h"
#include "proto/name.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILES_MOST = IMPORT_ROLES_MOST - 1 };

// The files and, of each that was recognised, its role's short name.
struct files {
    const struct past_file *root;
    struct past_file *at[FILES_MOST];
    struct span names[FILES_MOST];
    size_t count;
};

static void clear(struct files *files)
{
    for (size_t i = 0; i < files->count; i++)
        past_file_free(files->at[i]);
}

static enum err read_all(
    const struct history_case *given, struct files *files, struct refusal *refusal)
{
    if (given->file_count > FILES_MOST)
        return rule_refuse(refusal, RULE_IMPORT_LIMIT,
            "An import has at most %d roles besides its root.", (int)FILES_MOST);
    enum err err = OK;
    for (size_t i = 0; err == OK && i < given->file_count; i++) {
        struct past_file *file = past_file_new();
        if (file == NULL)
            return ERR_MEMORY;
        files->at[files->count++] = file;
        err = past_file_read(given->dialect, given->files[i], file, refusal);
    }
    return err;
}

static struct past_file *file_named(const struct files *files, const char *name)
{
    for (size_t i = 0; i < files->count; i++)
        if (span_is(files->names[i], name))
            return files->at[i];
    return NULL;
}

// ---- whose it is ----

static bool is_signed(const struct past_file *file, const struct past_signers *signers)
{
    return past_signed_by(file, signers) >= (size_t)signers->threshold;
}

// Roles that the root knows. A Targets that its targets keys have not signed may be a delegated one.
static enum err name_by_root(struct files *files, size_t i, struct refusal *refusal)
{
    struct past_file *file = files->at[i];
    enum tuf_type type = file->tuf.type;
    if (type == TUF_ROOT)
        return rule_refuse(refusal, RULE_IMPORT_FORM,
            "Root version %" PRIu64 " stands among the files of other roles.",
            file->tuf.version);
    struct past_signers signers = past_signers_of(&files->root->tuf.root, type);
    if (is_signed(file, &signers)) {
        files->names[i] = span_text(tuf_type_text(type));
        past_note_signatures(file, &signers, 1);
        return OK;
    }
    if (type == TUF_TARGETS)
        return OK;
    return rule_refuse(refusal, RULE_IMPORT_FILE_SIGNED,
        "%s version %" PRIu64 " carries valid signatures of %zu of the keys that the last root "
        "lists for it, and needs %" PRId64 ".",
        tuf_type_text(type), file->tuf.version, past_signed_by(file, &signers),
        signers.threshold);
}

// How many delegated roles may have signed the file; `name` and `signers` of the last of them.
// `keys` is where the signers' keys lie.
static size_t delegated(const struct past_file *targets, struct past_file *file,
    struct tuf_key keys[TUF_KEYS_MOST], struct tuf_delegation *role)
{
    struct tuf_delegations roles = tuf_delegations_of(&targets->tuf);
    size_t key_count = tuf_delegations_keys(&targets->tuf, keys), found = 0;
    struct tuf_delegation one;
    while (tuf_delegations_next(&roles, &one)) {
        struct past_signers signers = {
            keys, key_count, one.keyids, one.keyid_count, one.threshold};
        if (!is_signed(file, &signers))
            continue;
        *role = one;
        if (found++ == 0)
            past_note_signatures(file, &signers, 1);
    }
    return found;
}

static enum err name_by_targets(struct files *files, size_t i, struct refusal *refusal)
{
    const struct past_file *targets = file_named(files, "targets");
    struct past_file *file = files->at[i];
    struct tuf_key keys[TUF_KEYS_MOST];
    struct tuf_delegation role;
    size_t found = targets == NULL ? 0 : delegated(targets, file, keys, &role);
    if (found == 0)
        return rule_refuse(refusal, RULE_IMPORT_FILE_SIGNED,
            "targets version %" PRIu64
            " is signed neither by the last root's targets keys nor by "
            "those of a role that the Targets shown here delegate to.",
            file->tuf.version);
    if (found > 1 || !name_is_good(role.name))
        return rule_refuse(refusal, RULE_IMPORT_FORM,
            "targets version %" PRIu64
            " is of a delegated role, and which one cannot be told: leave it out.",
            file->tuf.version);
    files->names[i] = role.name;
    return OK;
}

static enum err name_all(struct files *files, struct refusal *refusal)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < files->count; i++)
        err = name_by_root(files, i, refusal);
    for (size_t i = 0; err == OK && i < files->count; i++)
        if (files->names[i].size == 0)
            err = name_by_targets(files, i, refusal);
    return err;
}

// ---- what they list ----

static bool lists(const struct past_file *listing, struct span name, uint64_t version)
{
    struct tuf_files files = tuf_files_of(&listing->tuf);
    struct tuf_file file;
    char wanted[LIMIT_NAME + sizeof ".json"];
    int size =
        snprintf(wanted, sizeof wanted, "%.*s.json", (int)name.size, (const char *)name.data);
    while (tuf_files_next(&files, &file))
        if (span_equal(file.name, span_of(wanted, (size_t)size)))
            return (uint64_t)file.version == version;
    return false;
}

static void check_listed(struct files *files)
{
    struct past_file *snapshot = file_named(files, "snapshot");
    struct past_file *timestamp = file_named(files, "timestamp");
    bool fits = true;
    for (size_t i = 0; snapshot != NULL && i < files->count; i++)
        if (files->at[i]->tuf.type == TUF_TARGETS)
            fits = fits && lists(snapshot, files->names[i], files->at[i]->tuf.version);
    if (!fits)
        rule_set_add(&snapshot->tuf.noted, RULE_LISTS_ANOTHER_VERSION);
    if (timestamp != NULL && snapshot != NULL &&
        !lists(timestamp, span_text("snapshot"), snapshot->tuf.version))
        rule_set_add(&timestamp->tuf.noted, RULE_LISTS_ANOTHER_VERSION);
}

// ---- the whole ----

static const char *where_of(const struct files *files, size_t i)
{
    static const char *const prefixes[] = {[TUF_TARGETS] = "targets-",
        [TUF_SNAPSHOT] = "snapshot-",
        [TUF_TIMESTAMP] = "timestamp-"};
    enum tuf_type type = files->at[i]->tuf.type;
    return type == TUF_TARGETS && !span_is(files->names[i], "targets") ? "delegated-"
                                                                       : prefixes[type];
}

enum err past_read_files(const struct history_case *given, const struct past_file *root,
    struct import_motion *out, struct refusal *refusal)
{
    struct files files = {.root = root};
    enum err err = read_all(given, &files, refusal);
    if (err == OK)
        err = name_all(&files, refusal);
    if (err == OK)
        check_listed(&files);
    for (size_t i = 0; err == OK && i < files.count; i++) {
        err = past_add_role(files.at[i], files.names[i], out, refusal);
        if (err == OK)
            err = past_add_findings(files.at[i], where_of(&files, i), out, refusal);
    }
    clear(&files);
    return err;
}
