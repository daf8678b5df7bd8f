// Evidence: complete signed files. The appliance never made their signatures, so it reads, counts
// and measures them (formats reference, section 2, Snapshot).
#include "metadata/json_file.h"
#include "metadata/judge_part.h"
#include "metadata/rule.h"
#include "metadata/sha512.h"
#include "policy/chain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A pattern that is compared a byte at a time takes some ten steps, and a repository has some hundred
// of them; this is a tenth of a second.
enum { STEPS_MOST = 16 * 1024 * 1024 };

enum { DIALECTS = DIALECT_UPTANE + 1 };

struct judge_files {
    const struct span *given;
    size_t count;
    struct judge_evidence read[DIALECTS]; // in which each was looked at
    bool *needed;
    uint64_t steps;
};

struct judge_files *judge_files_new(const struct span *files, size_t count)
{
    struct judge_files *made = count > LIMIT_ITEMS ? NULL : calloc(1, sizeof *made);
    if (made == NULL)
        return NULL;
    made->needed = calloc(count + 1, sizeof *made->needed);
    if (made->needed == NULL) {
        free(made);
        return NULL;
    }
    made->given = files;
    made->count = count;
    made->steps = STEPS_MOST;
    return made;
}

static void clear(struct judge_evidence *evidence)
{
    for (size_t i = 0; i < evidence->count; i++) {
        bytes_clear(&evidence->files[i].canonical);
        free(evidence->files[i].images);
        free(evidence->files[i].delegated);
    }
    free(evidence->files);
    *evidence = (struct judge_evidence){0};
}

void judge_files_free(struct judge_files *files)
{
    if (files == NULL)
        return;
    for (size_t i = 0; i < DIALECTS; i++)
        clear(&files->read[i]);
    free(files->needed);
    free(files);
}

size_t judge_files_unneeded(const struct judge_files *files)
{
    size_t i = 0;
    while (i < files->count && files->needed[i])
        i++;
    return i;
}

// ---- reading ----

static enum err read_file(
    enum dialect dialect, struct span bytes, struct judge_file *out, struct refusal *refusal)
{
    struct tuf tuf;
    out->bytes = bytes;
    bytes_init(&out->canonical, bytes.size);
    enum err err = json_file_read(dialect, bytes, &out->canonical);
    if (err == ERR_FORM)
        return rule_refuse(refusal, RULE_FILE_FORM,
            "a control character that is not escaped, or an escape that `conclave attach` does "
            "not write");
    if (err == OK)
        err = tuf_envelope_read(dialect, bytes_span(&out->canonical), &out->envelope, refusal);
    if (err == OK)
        err = tuf_read(dialect, out->envelope.signed_part, &tuf, refusal);
    if (err != OK)
        return err;
    out->signed_hash = hash_of(out->envelope.signed_part);
    out->type = tuf.type;
    out->version = tuf.version;
    out->targets = tuf.targets;
    out->delegations = tuf.delegations;
    return OK;
}

// A Director's Targets are held against those of an Image repository.
static enum err check_size(
    const struct judge_view *view, const struct judge_file *file, struct refusal *refusal)
{
    struct repository repository = *view->repository;
    if (view->tuf.type == TUF_TARGETS)
        repository.kind = KIND_IMAGE;
    size_t most = judge_file_most(&repository, file->type);
    if (file->bytes.size <= most)
        return OK;
    return rule_refuse(refusal, RULE_EVIDENCE_SIZE,
        "it has %zu bytes, and clients take at most %zu of a file of its type",
        file->bytes.size, most);
}

// Says which of the files it was.
static void name_evidence(struct span bytes, struct refusal *refusal)
{
    struct refusal inner = *refusal;
    struct hash hash = hash_of(bytes);
    char hex[2 * HASH_SIZE + 1];
    hash_hex(&hash, hex);
    (void)refuse(refusal, inner.rule, "Evidence sha256:%.16s... is not understood: %s", hex,
        inner.sentence);
}

static enum err read_all(const struct judge_files *files, enum dialect dialect,
    struct judge_evidence *out, struct refusal *refusal)
{
    out->files = calloc(files->count, sizeof *out->files);
    if (out->files == NULL)
        return ERR_MEMORY;
    while (out->count < files->count) {
        struct span bytes = files->given[out->count];
        struct judge_file *file = &out->files[out->count];
        file->place = out->count++;
        enum err err = read_file(dialect, bytes, file, refusal);
        if (err == ERR_REFUSED)
            name_evidence(bytes, refusal);
        if (err != OK)
            return err;
    }
    return OK;
}

static enum err check_sizes(const struct judge_view *view,
    const struct judge_evidence *evidence, struct refusal *refusal)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < evidence->count; i++) {
        err = check_size(view, &evidence->files[i], refusal);
        if (err == ERR_REFUSED)
            name_evidence(evidence->files[i].bytes, refusal);
    }
    return err;
}

enum err judge_evidence_read(
    const struct judge_view *view, struct judge_evidence **out, struct refusal *refusal)
{
    static struct judge_evidence none;
    struct judge_files *files = view->given->evidence;
    enum err err = OK;
    *out = &none;
    if (!judge_has_evidence(view))
        return OK;
    *out = &files->read[view->repository->dialect];
    if ((*out)->count == 0)
        err = read_all(files, view->repository->dialect, *out, refusal);
    if (err != OK) {
        clear(*out);
        return err;
    }
    return check_sizes(view, *out, refusal);
}

bool judge_has_evidence(const struct judge_view *view)
{
    return view->given->evidence != NULL && view->given->evidence->count > 0;
}

void judge_evidence_need(const struct judge_view *view, const struct judge_file *file)
{
    view->given->evidence->needed[file->place] = true;
}

uint64_t *judge_evidence_steps(const struct judge_view *view)
{
    return &view->given->evidence->steps;
}

void judge_delegations_of(
    const struct judge_view *view, const struct judge_file *file, struct tuf *out)
{
    *out = (struct tuf){.dialect = view->repository->dialect, .delegations = file->delegations};
}

// ---- what a payload lists ----

// What is sought: what the payload lists, and what the appliance remembers of it.
struct sought {
    const struct judge_listing *listing;
    const struct role_state *last; // NULL when the role does not live here
    enum tuf_type type;
};

static bool is_sought(const struct sought *sought, const struct judge_file *file)
{
    if (file->type != sought->type || file->version != (uint64_t)sought->listing->file->version)
        return false;
    return sought->last == NULL || hash_equal(&file->signed_hash, &sought->last->payload);
}

static bool hash_fits(struct span bytes, struct span hex)
{
    struct hash hash = hash_of(bytes), listed;
    return hash_from_hex(hex, &listed) == OK && hash_equal(&hash, &listed);
}

static enum err check_measures(
    const struct tuf_file *listed, const struct judge_file *file, struct refusal *refusal)
{
    int name = (int)listed->name.size;
    const char *text = (const char *)listed->name.data;
    if (listed->length >= 0 && (uint64_t)listed->length != file->bytes.size)
        return rule_refuse(refusal, RULE_LISTED_LENGTH,
            "%.*s is listed with a length of %" PRId64 ", but the file has %zu bytes.", name,
            text, listed->length, file->bytes.size);
    if (listed->sha256.size > 0 && !hash_fits(file->bytes, listed->sha256))
        return rule_refuse(refusal, RULE_LISTED_HASH,
            "%.*s is listed with the SHA-256 of another file.", name, text);
    if (listed->sha512.size > 0 && sha512_is(file->bytes, listed->sha512) != OK)
        return rule_refuse(refusal, RULE_LISTED_HASH,
            "%.*s is listed with the SHA-512 of another file.", name, text);
    return OK;
}

static enum err check_signers(
    const struct judge_listing *listing, const struct judge_file *file, struct refusal *refusal)
{
    size_t count = tuf_envelope_signers(&file->envelope, listing->keys, listing->key_count,
        listing->keyids, listing->keyid_count);
    if (count >= (size_t)listing->threshold)
        return OK;
    return rule_refuse(refusal, RULE_EVIDENCE_THRESHOLD,
        "%.*s carries valid signatures of %zu of the keys of its role, and needs %" PRId64
        ": send the file with all of them.",
        (int)listing->file->name.size, (const char *)listing->file->name.data, count,
        listing->threshold);
}

static enum err seek(const struct judge_view *view, const struct sought *sought,
    const struct judge_evidence *evidence, const struct judge_file **found,
    struct refusal *refusal)
{
    const struct tuf_file *listed = sought->listing->file;
    enum err err = rule_refuse(refusal, RULE_EVIDENCE_MISSING,
        "%.*s version %" PRId64 " is not among the evidence%s: send the complete signed file.",
        (int)listed->name.size, (const char *)listed->name.data, listed->version,
        sought->last == NULL ? "" : " as it was signed here last");
    for (size_t i = 0; i < evidence->count; i++) {
        const struct judge_file *file = &evidence->files[i];
        if (!is_sought(sought, file))
            continue;
        err = check_measures(listed, file, refusal);
        if (err == OK)
            err = check_signers(sought->listing, file, refusal);
        if (err == OK) {
            judge_evidence_need(view, file);
            *found = file;
            return OK;
        }
    }
    return err;
}

// What mandates signed stands in no state; what lists it under another mandate has it beside the state's
// (metadata/mandated.h). A quorum that lists it sees that its version does not fall.
static bool is_unknown(const struct judge_view *view, const struct role *listed)
{
    return listed == NULL || (listed->by_mandate && !view->given->role->by_mandate);
}

// A role that lives here must have signed, and the version listed is what it signed last.
static enum err check_last(const struct judge_view *view, const char *role,
    struct sought *sought, struct refusal *refusal)
{
    if (is_unknown(view, charter_role(view->given->charter, role)))
        return OK;
    sought->last = state_role(view->given->state, role);
    if (sought->last == NULL)
        return rule_refuse(refusal, RULE_LISTED_NOT_SIGNED,
            "%s was never signed here: sign it first, then %s.", role, view->given->role->name);
    if ((uint64_t)sought->listing->file->version != sought->last->version)
        return rule_refuse(refusal, RULE_LISTED_NOT_LAST,
            "%s is listed with version %" PRId64 ", but the last version signed is %" PRIu64
            ": list that.",
            role, sought->listing->file->version, sought->last->version);
    return OK;
}

enum err judge_listed(const struct judge_view *view, const struct judge_evidence *evidence,
    const struct judge_listing *listing, const struct judge_file **found,
    struct refusal *refusal)
{
    char role[FULL_NAME];
    judge_full_name(view, listing->short_name, role);
    struct sought sought = {
        .listing = listing, .type = tuf_type_of_role(role + strcspn(role, "/") + 1)};
    judge_sibling_name(view, listing->short_name, role);
    enum err err = check_last(view, role, &sought, refusal);
    return err != OK ? err : seek(view, &sought, evidence, found, refusal);
}
