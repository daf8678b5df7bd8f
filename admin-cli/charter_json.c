// A charter for programs: numbers of seconds as in its text, 0 for none.
#include "admin-cli/charter_print.h"

#include "admin-cli/scribe.h"

static void scribe_head(struct scribe *scribe, const struct charter *charter)
{
    scribe_number(scribe, "epoch", charter->epoch);
    scribe_hash(scribe, "charter", &charter->hash);
    scribe_hash(scribe, "previous", &charter->previous);
    scribe_text(scribe, "origin", charter->origin);
    scribe_hash(scribe, "log", &charter->log);
    scribe_number(scribe, "clock", (uint64_t)charter->clock);
    scribe_number(scribe, "jump", (uint64_t)charter->jump);
    scribe_object(scribe, "changes");
    scribe_text(scribe, "group", charter->groups[charter->changes.group].name);
    scribe_number(scribe, "quorum", charter->changes.k);
    scribe_number(scribe, "delay", (uint64_t)charter->changes_delay);
    scribe_object_end(scribe);
}

static void scribe_administrator(struct scribe *scribe, const struct charter *charter, size_t i)
{
    scribe_text(scribe, "name", charter->administrators[i].name);
    scribe_hash(scribe, "key", &charter->administrators[i].key.id);
}

static void scribe_group(struct scribe *scribe, const struct charter *charter, size_t i)
{
    const struct group *group = &charter->groups[i];
    scribe_text(scribe, "name", group->name);
    scribe_array(scribe, "members");
    for (size_t k = 0; k < group->member_count; k++)
        scribe_text(scribe, NULL, charter->administrators[group->members[k]].name);
    scribe_array_end(scribe);
}

static void scribe_requester(struct scribe *scribe, const struct charter *charter, size_t i)
{
    const struct requester *requester = &charter->requesters[i];
    scribe_text(scribe, "name", requester->name);
    scribe_text(scribe, "person", requester->person);
    scribe_number(scribe, "open", requester->quota.open);
    scribe_number(scribe, "bytes", requester->quota.bytes);
    scribe_number(scribe, "records", requester->quota.records);
    scribe_hash(scribe, "key", &requester->key.id);
}

static void scribe_repository(struct scribe *scribe, const struct charter *charter, size_t i)
{
    scribe_text(scribe, "name", charter->repositories[i].name);
    scribe_text(scribe, "dialect", dialect_text(charter->repositories[i].dialect));
    scribe_text(scribe, "kind", kind_text(charter->repositories[i].kind));
}

static void scribe_role(struct scribe *scribe, const struct charter *charter, size_t i)
{
    const struct role *role = &charter->roles[i];
    scribe_text(scribe, "role", role->name);
    scribe_text(scribe, "group", charter->groups[role->quorum.group].name);
    scribe_number(scribe, "quorum", role->quorum.k);
    scribe_text(scribe, "signs", role->by_mandate ? "mandate" : "quorum");
    scribe_number(scribe, "threshold", role->threshold);
    scribe_number(scribe, "least", (uint64_t)role->least);
    scribe_number(scribe, "most", (uint64_t)role->most);
    scribe_number(scribe, "delay", (uint64_t)role->delay);
    scribe_number(scribe, "within", (uint64_t)role->within);
    scribe_number(scribe, "rate", role->rate);
    scribe_number(scribe, "rate_seconds", (uint64_t)role->rate_seconds);
}

static void scribe_key(struct scribe *scribe, const struct charter *charter, size_t i)
{
    const struct role_key *key = &charter->keys[i];
    scribe_text(scribe, "role", charter->roles[key->role].name);
    scribe_text(scribe, "type", key_type_text(key->key.type));
    scribe_hash(scribe, "key", &key->key.id);
    if (key->has_custodian)
        scribe_text(scribe, "custodian", charter->administrators[key->custodian].name);
    else
        scribe_null(scribe, "custodian");
}

int charter_print_json(const struct charter *charter)
{
    const struct {
        const char *name;
        size_t count;
        void (*scribe)(struct scribe *scribe, const struct charter *charter, size_t i);
    } lists[] = {
        {"administrators", charter->administrator_count, scribe_administrator},
        {"groups", charter->group_count, scribe_group},
        {"requesters", charter->requester_count, scribe_requester},
        {"repositories", charter->repository_count, scribe_repository},
        {"roles", charter->role_count, scribe_role},
        {"keys", charter->key_count, scribe_key},
    };
    struct scribe scribe;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_head(&scribe, charter);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        scribe_array(&scribe, lists[i].name);
        for (size_t k = 0; k < lists[i].count; k++) {
            scribe_object(&scribe, NULL);
            lists[i].scribe(&scribe, charter, k);
            scribe_object_end(&scribe);
        }
        scribe_array_end(&scribe);
    }
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE
                                       : cli_say(STATUS_LOCAL, "the output cannot be written");
}
