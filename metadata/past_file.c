// One file of the past, and who has signed it.
#include "metadata/history_part.h"
#include "metadata/json_loose.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

// Nothing that is imported is larger than what is signed; its canonical form is not longer.
enum { FILE_MOST = LIMIT_PAYLOAD };

struct past_file *past_file_new(void)
{
    struct past_file *file = calloc(1, sizeof *file);
    if (file != NULL)
        bytes_init(&file->canonical, FILE_MOST);
    return file;
}

void past_file_free(struct past_file *file)
{
    if (file == NULL)
        return;
    bytes_clear(&file->canonical);
    free(file);
}

static enum err read_json(
    enum dialect dialect, struct span bytes, struct bytes *out, struct refusal *refusal)
{
    struct json_fault fault;
    enum err err = json_loose_read(dialect, bytes, out, &fault);
    if (err == ERR_FORM)
        return rule_refuse(refusal, RULE_CANONICAL, "byte %zu: %s", fault.at, fault.words);
    if (err == ERR_LIMIT)
        return rule_refuse(refusal, RULE_IMPORT_LIMIT, "it has more than %d bytes", FILE_MOST);
    return err;
}

// Says which of the files it was.
static enum err name_file(struct span bytes, struct refusal *refusal)
{
    struct refusal inner = *refusal;
    struct hash hash = hash_of(bytes);
    char hex[2 * HASH_SIZE + 1];
    hash_hex(&hash, hex);
    return refuse(refusal, inner.rule, "The file sha256:%.16s... cannot be imported: %s", hex,
        inner.sentence);
}

enum err past_file_read(
    enum dialect dialect, struct span bytes, struct past_file *file, struct refusal *refusal)
{
    bytes_reset(&file->canonical);
    enum err err = read_json(dialect, bytes, &file->canonical, refusal);
    if (err == OK)
        err = tuf_envelope_read_past(
            dialect, bytes_span(&file->canonical), &file->envelope, refusal);
    if (err == OK)
        err = tuf_read_past(dialect, file->envelope.signed_part, &file->tuf, refusal);
    return err == ERR_REFUSED ? name_file(bytes, refusal) : err;
}

enum err history_canonical(
    enum dialect dialect, struct span file, struct bytes *out, struct refusal *refusal)
{
    struct past_file *past = past_file_new();
    if (past == NULL)
        return ERR_MEMORY;
    enum err err = past_file_read(dialect, file, past, refusal);
    if (err == OK)
        bytes_add(out, past->envelope.signed_part);
    past_file_free(past);
    return err == OK ? bytes_finish(out) : err;
}

// ---- signatures ----

struct past_signers past_signers_of(const struct tuf_root *root, enum tuf_type type)
{
    const struct tuf_role *role = tuf_root_role(root, type);
    return (struct past_signers){.keys = root->keys,
        .key_count = root->key_count,
        .keyids = role->keyids,
        .keyid_count = role->keyid_count,
        .threshold = role->threshold};
}

size_t past_signed_by(const struct past_file *file, const struct past_signers *signers)
{
    return tuf_envelope_signers(&file->envelope, signers->keys, signers->key_count,
        signers->keyids, signers->keyid_count);
}

static const struct tuf_key *find_key(const struct past_signers *signers, struct span id)
{
    bool listed = false;
    for (size_t i = 0; i < signers->keyid_count; i++)
        listed = listed || span_equal(signers->keyids[i], id);
    for (size_t i = 0; listed && i < signers->key_count; i++)
        if (span_equal(signers->keys[i].id, id))
            return &signers->keys[i];
    return NULL;
}

void past_note_signatures(
    struct past_file *file, const struct past_signers *signers, size_t count)
{
    for (size_t i = 0; i < file->envelope.signature_count; i++) {
        struct span id = file->envelope.signatures[i].keyid;
        bool known = false, good = false;
        for (size_t k = 0; k < count && !good; k++) {
            const struct tuf_key *key = find_key(&signers[k], id);
            known = known || key != NULL;
            good = key != NULL && tuf_envelope_verifies(&file->envelope, key);
        }
        // One that was announced and never made is no signature.
        if (good || file->envelope.signatures[i].sig.size == 0)
            continue;
        rule_set_add(&file->envelope.noted,
            known ? RULE_SIGNATURE_INVALID : RULE_SIGNATURE_OF_UNKNOWN_KEY);
    }
}

// ---- what a motion says of it ----

enum err past_add_role(const struct past_file *file, struct span short_name,
    struct import_motion *out, struct refusal *refusal)
{
    struct import_role role = {.version = file->tuf.version,
        .payload = hash_of(file->tuf.whole),
        .expires = file->tuf.expires};
    if (out->role_count == IMPORT_ROLES_MOST)
        return rule_refuse(refusal, RULE_IMPORT_LIMIT, "An import has at most %d roles.",
            (int)IMPORT_ROLES_MOST);
    snprintf(role.role, sizeof role.role, "%s/%.*s", out->repository, (int)short_name.size,
        (const char *)short_name.data);
    for (size_t i = 0; i < out->role_count; i++)
        if (span_equal(span_text(out->roles[i].role), span_text(role.role)))
            return rule_refuse(refusal, RULE_IMPORT_FILE_TWICE,
                "Two files are of %s: show only the newest of each role.", role.role);
    out->roles[out->role_count++] = role;
    return OK;
}

static bool stands_there(
    const struct import_motion *motion, const struct import_finding *finding)
{
    for (size_t i = 0; i < motion->finding_count; i++)
        if (motion->findings[i].version == finding->version &&
            span_equal(span_text(motion->findings[i].id), span_text(finding->id)))
            return true;
    return false;
}

static enum err add_finding(
    const struct import_finding *finding, struct import_motion *out, struct refusal *refusal)
{
    if (stands_there(out, finding))
        return OK; // two delegated roles of one version
    if (out->finding_count == LIMIT_FINDINGS)
        return rule_refuse(refusal, RULE_IMPORT_LIMIT,
            "The history breaks rules at more than %d places: show a shorter one.",
            LIMIT_FINDINGS);
    out->findings[out->finding_count++] = *finding;
    return OK;
}

enum err past_add_findings(const struct past_file *file, const char *where,
    struct import_motion *out, struct refusal *refusal)
{
    struct rule_set noted = file->tuf.noted;
    rule_set_join(&noted, &file->envelope.noted);
    enum err err = OK;
    for (int rule = 0; err == OK && rule < RULES_OF_THE_PAST; rule++) {
        struct import_finding finding = {.version = file->tuf.version};
        if (!rule_set_has(&noted, (enum rule_id)rule))
            continue;
        snprintf(finding.id, sizeof finding.id, "%s%s", where, rule_table[rule].id);
        err = add_finding(&finding, out, refusal);
    }
    return err;
}
