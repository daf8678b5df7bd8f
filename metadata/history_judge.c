// Whether an import says of its evidence what is found there.
#include "metadata/history.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// The evidence, sorted by what it is.
struct shown {
    struct span roots[LIMIT_HISTORY];
    struct span files[LIMIT_ITEMS];
    size_t file_count;
};

static bool is_named(const struct import_motion *motion, const struct hash *hash)
{
    for (size_t i = 0; i < motion->root_count; i++)
        if (hash_equal(&motion->roots[i].file, hash))
            return true;
    for (size_t i = 0; i < motion->role_count; i++)
        if (hash_equal(&motion->roles[i].payload, hash))
            return true;
    return false;
}

static enum err find(const struct hash *hash, const struct span *evidence, size_t count,
    struct span *out, struct refusal *refusal)
{
    for (size_t i = 0; i < count; i++) {
        struct hash found = hash_of(evidence[i]);
        *out = evidence[i];
        if (hash_equal(&found, hash))
            return OK;
    }
    char hex[2 * HASH_SIZE + 1];
    hash_hex(hash, hex);
    return rule_refuse(refusal, RULE_IMPORT_EVIDENCE,
        "The import names sha256:%.16s..., and it is not among the evidence: send it along.",
        hex);
}

// Each root and each canonical part is there; what else is there are the files of other roles.
static enum err sort_evidence(const struct import_motion *motion, const struct span *evidence,
    size_t count, struct shown *shown, struct refusal *refusal)
{
    enum err err = OK;
    struct span part;
    for (size_t i = 0; err == OK && i < motion->root_count; i++)
        err = find(&motion->roots[i].file, evidence, count, &shown->roots[i], refusal);
    for (size_t i = 0; err == OK && i < motion->role_count; i++)
        err = find(&motion->roles[i].payload, evidence, count, &part, refusal);
    for (size_t i = 0; err == OK && i < count && shown->file_count < LIMIT_ITEMS; i++) {
        struct hash hash = hash_of(evidence[i]);
        if (!is_named(motion, &hash))
            shown->files[shown->file_count++] = evidence[i];
    }
    return err;
}

// ---- comparing ----

static bool accepts(const struct import_motion *motion, const struct import_finding *finding)
{
    for (size_t i = 0; i < motion->finding_count; i++)
        if (motion->findings[i].version == finding->version &&
            strcmp(motion->findings[i].id, finding->id) == 0)
            return true;
    return false;
}

static enum err compare_findings(const struct import_motion *motion,
    const struct import_motion *found, struct refusal *refusal)
{
    for (size_t i = 0; i < found->finding_count; i++) {
        const struct import_finding *one = &found->findings[i];
        const struct rule *rule = history_rule_of(one->id, NULL);
        if (!accepts(motion, one))
            return rule_refuse(refusal, (enum rule_id)(rule - rule_table),
                "The import does not accept %s in version %" PRIu64 ": %s", one->id,
                one->version, rule->past);
    }
    for (size_t i = 0; i < motion->finding_count; i++)
        if (!accepts(found, &motion->findings[i]))
            return rule_refuse(refusal, RULE_IMPORT_NOT_BROKEN,
                "The import accepts %s in version %" PRIu64
                ", which nothing there breaks: make "
                "it again.",
                motion->findings[i].id, motion->findings[i].version);
    return OK;
}

static enum err compare_texts(const struct import_motion *motion,
    const struct import_motion *found, struct refusal *refusal)
{
    struct bytes said, is;
    bytes_init(&said, LIMIT_PAYLOAD);
    bytes_init(&is, LIMIT_PAYLOAD);
    import_motion_write(motion, &said);
    import_motion_write(found, &is);
    enum err err = bytes_finish(&said) != OK ? bytes_finish(&said) : bytes_finish(&is);
    if (err == OK && !span_equal(bytes_span(&said), bytes_span(&is)))
        err = rule_refuse(refusal, RULE_IMPORT_OTHERWISE,
            "The import says something else of its roles and roots than the files do: make it "
            "again.");
    bytes_clear(&said);
    bytes_clear(&is);
    return err;
}

static enum err judge(const struct repository *repository, const struct import_motion *motion,
    const struct shown *shown, struct import_motion *found, struct refusal *refusal)
{
    struct history_case given = {.repository = motion->repository,
        .dialect = repository->dialect,
        .roots = shown->roots,
        .root_count = motion->root_count,
        .files = shown->files,
        .file_count = shown->file_count};
    enum err err = history_read(&given, found, refusal);
    found->number = motion->number;
    if (err == OK)
        err = compare_findings(motion, found, refusal);
    return err == OK ? compare_texts(motion, found, refusal) : err;
}

enum err history_judge(const struct charter *charter, const struct import_motion *motion,
    const struct span *evidence, size_t evidence_count, struct refusal *refusal)
{
    const struct repository *repository = charter_repository_named(charter, motion->repository);
    if (repository == NULL)
        return rule_refuse(refusal, RULE_IMPORT_REPOSITORY,
            "The charter names no repository %s.", motion->repository);
    struct import_motion *found = calloc(1, sizeof *found);
    struct shown *shown = calloc(1, sizeof *shown);
    enum err err = found == NULL || shown == NULL ? ERR_MEMORY : OK;
    if (err == OK)
        err = sort_evidence(motion, evidence, evidence_count, shown, refusal);
    if (err == OK)
        err = judge(repository, motion, shown, found, refusal);
    free(shown);
    free(found);
    return err;
}
