#include "policy/charter_names.h"

#include "proto/motion.h"

#include <string.h>
#include <strings.h>

// Names are ASCII, so no locale has a word in this.
static bool differ_in_case_alone(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0 && strcmp(a, b) != 0;
}

// ---- persons ----

// A person's name, where it stands, and how the sentence calls that.
struct person_name {
    const char *name;
    struct charter_place place;
    const char *kind;
    const char *of;
};
enum { PERSON_NAMES = LIMIT_ADMINISTRATORS + LIMIT_REQUESTERS };

static size_t names_of_persons(const struct charter *charter, struct person_name *all)
{
    size_t count = 0;
    for (size_t i = 0; i < charter->administrator_count; i++)
        all[count++] = (struct person_name){charter->administrators[i].name,
            {CHARTER_ADMINISTRATOR, i, "name"}, "an administrator", ""};
    for (size_t i = 0; i < charter->requester_count; i++)
        all[count++] = (struct person_name){charter->requesters[i].person,
            {CHARTER_REQUESTER, i, "person"}, "the person behind ",
            charter->requesters[i].name};
    return count;
}

// Who is written in two ways would be two persons to whoever counts, and one to whoever reads.
static enum err persons_rule(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    struct person_name all[PERSON_NAMES];
    size_t count = names_of_persons(charter, all);
    for (size_t i = 1; i < count; i++)
        for (size_t j = 0; j < i; j++) {
            if (!differ_in_case_alone(all[i].name, all[j].name))
                continue;
            *where = all[i].place;
            return refuse(refusal, "R5",
                "%s (%s%s) and %s (%s%s) differ in the case of letters alone: write one "
                "person's name in one way, and give two persons different names.",
                all[i].name, all[i].kind, all[i].of, all[j].name, all[j].kind, all[j].of);
        }
    return OK;
}

// ---- repositories and roles ----

static enum err repository_rule(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    for (size_t i = 0; i < charter->repository_count; i++) {
        *where = (struct charter_place){CHARTER_REPOSITORY, i, "name"};
        if (strcasecmp(charter->repositories[i].name, MOTION_REPOSITORY) == 0)
            return refuse(refusal, "R2",
                "No repository is called %s: under that name the appliance itself is changed, "
                "so choose another.",
                charter->repositories[i].name);
    }
    return OK;
}

static const char *looks_like(const char *short_name)
{
    static const char *const names[] = {"root", "targets", "snapshot", "timestamp"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (differ_in_case_alone(short_name, names[i]))
            return names[i];
    return NULL;
}

static enum err roles_rule(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    for (size_t i = 0; i < charter->role_count; i++) {
        const struct role *role = &charter->roles[i];
        const char *like = looks_like(role_short_name(role));
        *where = (struct charter_place){CHARTER_ROLE, i, "name"};
        if (like != NULL)
            return refuse(refusal, "R2",
                "%s would be a delegated role beside %s: write %s, or choose another name.",
                role->name, like, like);
    }
    return OK;
}

enum err names_rules(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    if (persons_rule(charter, where, refusal) != OK ||
        repository_rule(charter, where, refusal) != OK ||
        roles_rule(charter, where, refusal) != OK)
        return ERR_REFUSED;
    return OK;
}
