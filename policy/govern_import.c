// The import of a repository that was signed elsewhere: what its roles signed last (R1, R12).
#include "policy/chain.h"
#include "policy/govern_part.h"

#include <stdio.h>
#include <string.h>

// ---- judging ----

static bool brings(const struct import_motion *motion, const char *role)
{
    for (size_t i = 0; i < motion->role_count; i++)
        if (strcmp(motion->roles[i].role, role) == 0)
            return true;
    return false;
}

// Of every role of the charter the last version will be remembered, once it has signed.
static size_t count_remembered(
    const struct govern_case *given, const struct import_motion *motion)
{
    size_t count = given->state->role_count - state_vehicles(given->state) + motion->role_count;
    for (size_t i = 0; i < given->charter->role_count; i++) {
        const char *role = given->charter->roles[i].name;
        count += state_role(given->state, role) == NULL && !brings(motion, role);
    }
    return count;
}

// One file of a Director says nothing about its other vehicles. And what a mandate in force may sign
// was chosen without the versions that an import brings.
static enum err role_rule(const struct govern_case *given, const struct repository *repository,
    const char *role, struct refusal *refusal)
{
    const struct mandate_state *mandate = state_mandate(given->state, role);
    if (repository->kind == KIND_DIRECTOR && strcmp(strchr(role, '/'), "/root") != 0)
        return refuse(refusal, "R2",
            "%s is signed for one vehicle at a time, and of a director only the root is "
            "imported: leave it out, and let its mandate begin above what was signed.",
            role);
    if (chain_top(given->state, role) > 0)
        return refuse(refusal, "R12",
            "%s has been signed here already, and its versions go on from there: leave it out.",
            role);
    if (mandate == NULL || !mandate->live)
        return OK;
    return refuse(refusal, "R12",
        "A mandate of %s is in force, approved before this import: have it revoked, and the "
        "next one approved behind the import.",
        role);
}

static enum err roles_rule(const struct govern_case *given, const struct import_motion *motion,
    struct refusal *refusal)
{
    const struct repository *repository =
        charter_repository_named(given->charter, motion->repository);
    if (repository == NULL)
        return refuse(refusal, "R2",
            "The charter names no repository %s: propose a charter that does first.",
            motion->repository);
    for (size_t i = 0; i < motion->role_count; i++)
        if (role_rule(given, repository, motion->roles[i].role, refusal) != OK)
            return ERR_REFUSED;
    size_t count = count_remembered(given, motion);
    if (count > LIMIT_ROLES)
        return refuse(refusal, "R20",
            "The appliance would remember the last versions of %zu roles, and it remembers at "
            "most %d: import fewer.",
            count, LIMIT_ROLES);
    return OK;
}

_Static_assert(LIMIT_HISTORY + 2 * IMPORT_ROLES_MOST - 1 <= LIMIT_ITEMS,
    "a request has room for the evidence of the longest import");
struct evidence {
    struct hash hashes[LIMIT_ITEMS];
    size_t count;
};

static bool has_file(const struct evidence *evidence, const struct hash *hash)
{
    for (size_t i = 0; i < evidence->count; i++)
        if (hash_equal(&evidence->hashes[i], hash))
            return true;
    return false;
}

// The root is the last of its chain, so its file is among them; every other role's comes by itself.
static size_t files_of(const struct import_motion *motion)
{
    return motion->root_count + 2 * motion->role_count - 1;
}

static enum err evidence_rule(const struct govern_case *given,
    const struct import_motion *motion, struct refusal *refusal)
{
    struct evidence evidence = {.count = files_of(motion)};
    if (govern_evidence(given, evidence.count, refusal) != OK)
        return ERR_REFUSED;
    for (size_t i = 0; i < evidence.count; i++)
        evidence.hashes[i] = hash_of(given->evidence[i]);
    for (size_t i = 0; i < motion->root_count; i++)
        if (!has_file(&evidence, &motion->roots[i].file))
            return refuse(refusal, "R1",
                "A file of the root chain is not among the evidence: send every one.");
    for (size_t i = 0; i < motion->role_count; i++)
        if (!has_file(&evidence, &motion->roles[i].payload))
            return refuse(refusal, "R1",
                "The signed part of %s is not among the evidence: send it in canonical form.",
                motion->roles[i].role);
    return OK;
}

enum err import_motion_judge(
    const struct govern_case *given, struct govern *out, struct refusal *refusal)
{
    if (import_motion_read(given->payload, &out->import) != OK)
        return govern_no_form(given, refusal);
    if (govern_number(given, out->import.number, refusal) != OK ||
        roles_rule(given, &out->import, refusal) != OK ||
        evidence_rule(given, &out->import, refusal) != OK)
        return ERR_REFUSED;
    govern_decides_charter(out);
    return OK;
}

// ---- carrying out ----

enum err import_motion_apply(const struct govern_step *step, struct state *state)
{
    const struct import_motion *motion = &step->govern->import;
    enum err err = OK;
    for (size_t i = 0; err == OK && i < motion->role_count; i++) {
        const struct import_role *role = &motion->roles[i];
        struct role_state last = {
            .version = role->version, .payload = role->payload, .expires = role->expires};
        snprintf(last.role, sizeof last.role, "%s", role->role);
        err = state_set(state, &last);
    }
    return err;
}
