// A plan for programs.
#include "admin-cli/cmd_root.h"

#include <string.h>

static void scribe_optional(struct scribe *scribe, const char *key, const char *text)
{
    if (text != NULL && text[0] != 0)
        scribe_text(scribe, key, text);
    else
        scribe_null(scribe, key);
}

static void scribe_roles(const struct plan *plan, struct scribe *scribe)
{
    scribe_array(scribe, "roles");
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++) {
        const struct plan_role *role = &plan->roles[i];
        scribe_object(scribe, NULL);
        scribe_text(scribe, "role", tuf_type_text(role->type));
        scribe_number(scribe, "threshold", (uint64_t)role->threshold);
        scribe_number(scribe, "before", (uint64_t)role->before);
        scribe_bool(scribe, "sign_again", role->again);
        scribe_object_end(scribe);
    }
    scribe_array_end(scribe);
}

static void scribe_key(
    const struct rotation *rotation, const struct plan_key *key, struct scribe *scribe)
{
    static const char *const holders[] = {
        [PLAN_ELSEWHERE] = "elsewhere",
        [PLAN_ITSELF] = "itself",
        [PLAN_CUSTODIAN] = "custodian",
        [PLAN_UNABLE] = "unable",
    };
    const struct rack_token *token =
        key->custodian == NULL ? NULL : rotation_token(rotation, key->custodian);
    scribe_object(scribe, NULL);
    scribe_text(scribe, "role", tuf_type_text(key->role));
    scribe_text(scribe, "change", plan_change_text(key->change));
    scribe_text(scribe, "keyid", key->id);
    scribe_optional(scribe, "keyid_before", key->was);
    scribe_hash(scribe, "key", &key->identity);
    scribe_optional(scribe, "type", key->type == KEY_NONE ? NULL : key_type_text(key->type));
    scribe_text(scribe, "holder", holders[key->holder]);
    scribe_optional(scribe, "custodian", key->custodian == NULL ? NULL : key->custodian->name);
    scribe_hash(scribe, "approves_with",
        key->custodian == NULL ? &(struct hash){0} : &key->custodian->key.id);
    scribe_optional(scribe, "token", token == NULL ? NULL : token->label);
    scribe_object_end(scribe);
}

static void scribe_names(
    const struct plan *plan, const char *name, enum rotation_names which, struct scribe *scribe)
{
    scribe_array(scribe, name);
    for (size_t i = 0; i < plan->key_count; i++)
        if (rotation_names_key(plan, &plan->keys[i], which))
            scribe_text(scribe, NULL, plan->keys[i].custodian->name);
    scribe_array_end(scribe);
}

// `spare` below zero is said as what is missing.
static void scribe_threshold(const struct plan *plan, const char *name,
    const struct plan_threshold *threshold, enum rotation_names which, struct scribe *scribe)
{
    int64_t spare = plan_spare(threshold);
    scribe_object(scribe, name);
    scribe_number(scribe, "need", (uint64_t)threshold->need);
    scribe_number(scribe, "by_themselves", threshold->itself);
    scribe_number(scribe, "elsewhere", threshold->elsewhere);
    scribe_number(scribe, "unable", threshold->unable);
    scribe_number(scribe, "spare", spare < 0 ? 0 : (uint64_t)spare);
    scribe_number(scribe, "missing", spare < 0 ? (uint64_t)-spare : 0);
    scribe_number(scribe, "custodians_needed", rotation_custodians_needed(threshold));
    scribe_names(plan, "custodians", which, scribe);
    scribe_object_end(scribe);
}

static void scribe_quorum(const struct rotation *rotation, struct scribe *scribe)
{
    const struct charter *charter = rotation->house->charter;
    const struct quorum *quorum = &rotation->plan->role->quorum;
    const struct group *group = &charter->groups[quorum->group];
    scribe_object(scribe, "quorum");
    scribe_text(scribe, "group", group->name);
    scribe_number(scribe, "need", quorum->k);
    scribe_array(scribe, "members");
    for (size_t i = 0; i < group->member_count; i++)
        scribe_text(scribe, NULL, charter->administrators[group->members[i]].name);
    scribe_array_end(scribe);
    scribe_object_end(scribe);
}

static void scribe_notes(const struct plan *plan, struct scribe *scribe)
{
    struct span rest = bytes_span(&plan->notes);
    scribe_array(scribe, "notes");
    while (rest.size > 0) {
        const uint8_t *end = memchr(rest.data, '\n', rest.size);
        size_t size = end == NULL ? rest.size : (size_t)(end - rest.data);
        scribe_span(scribe, NULL, span_of(rest.data, size));
        size += end != NULL;
        rest = span_of(rest.data + size, rest.size - size);
    }
    scribe_array_end(scribe);
}

void rotation_scribe(const struct rotation *rotation, struct scribe *scribe)
{
    const struct plan *plan = rotation->plan;
    scribe_text(scribe, "repository", rotation->repository->name);
    scribe_text(scribe, "dialect", dialect_text(plan->dialect));
    scribe_number(scribe, "epoch", rotation->house->charter->epoch);
    scribe_number(scribe, "last_version", plan->last_version);
    scribe_number(scribe, "version", plan->version);
    scribe_moment(scribe, "expires", plan->expires);
    scribe_moment(scribe, "ask_until", plan->until);
    scribe_number(scribe, "bytes", plan->size);
    scribe_roles(plan, scribe);
    scribe_array(scribe, "keys");
    for (size_t i = 0; i < plan->key_count; i++)
        scribe_key(rotation, &plan->keys[i], scribe);
    scribe_array_end(scribe);
    scribe_threshold(plan, "old", &plan->old, ROTATION_OLD, scribe);
    scribe_threshold(plan, "new", &plan->new_, ROTATION_NEW, scribe);
    scribe_names(plan, "not_without", ROTATION_MUST, scribe);
    scribe_quorum(rotation, scribe);
    scribe_notes(plan, scribe);
}
