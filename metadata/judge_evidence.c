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

static enum err read_file(const struct repository *repository, struct span bytes,
    struct judge_file *out, struct refusal *refusal)
{
    enum dialect dialect = repository->dialect;
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
    if (bytes.size > judge_file_most(repository, tuf.type))
        return rule_refuse(refusal, RULE_EVIDENCE_SIZE,
            "it has %zu bytes, and clients take at most %zu of a file of its type", bytes.size,
            judge_file_most(repository, tuf.type));
    out->signed_hash = hash_of(out->envelope.signed_part);
    out->type = tuf.type;
    out->version = tuf.version;
    out->delegations = tuf.delegations;
    return OK;
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

enum err judge_evidence_read(
    const struct judge_view *view, struct judge_evidence *out, struct refusal *refusal)
{
    size_t count = view->given->evidence_count;
    *out = (struct judge_evidence){0};
    if (count == 0)
        return OK;
    out->files = calloc(count, sizeof *out->files);
    if (out->files == NULL)
        return ERR_MEMORY;
    while (out->count < count) {
        struct span bytes = view->given->evidence[out->count];
        enum err err = read_file(view->repository, bytes, &out->files[out->count++], refusal);
        if (err == ERR_REFUSED)
            name_evidence(bytes, refusal);
        if (err != OK)
            return err;
    }
    return OK;
}

void judge_evidence_clear(struct judge_evidence *evidence)
{
    for (size_t i = 0; i < evidence->count; i++)
        bytes_clear(&evidence->files[i].canonical);
    free(evidence->files);
    *evidence = (struct judge_evidence){0};
}

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

static enum err seek(const struct sought *sought, const struct judge_evidence *evidence,
    const struct judge_file **found, struct refusal *refusal)
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
    return err != OK ? err : seek(&sought, evidence, found, refusal);
}
