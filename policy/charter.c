#include "policy/charter.h"

#include "proto/text.h"

#include <stdlib.h>
#include <string.h>

struct charter *charter_new(void)
{
    return calloc(1, sizeof(struct charter));
}

void charter_free(struct charter *charter)
{
    free(charter);
}

// ---- look-ups ----

const struct administrator *charter_administrator(
    const struct charter *charter, const struct hash *key)
{
    for (size_t i = 0; i < charter->administrator_count; i++)
        if (hash_equal(&charter->administrators[i].key.id, key))
            return &charter->administrators[i];
    return NULL;
}

const struct requester *charter_requester(const struct charter *charter, const struct hash *key)
{
    for (size_t i = 0; i < charter->requester_count; i++)
        if (hash_equal(&charter->requesters[i].key.id, key))
            return &charter->requesters[i];
    return NULL;
}

const struct role *charter_role(const struct charter *charter, const char *name)
{
    for (size_t i = 0; i < charter->role_count; i++)
        if (strcmp(charter->roles[i].name, name) == 0)
            return &charter->roles[i];
    return NULL;
}

static const char *const dialects[] = {[DIALECT_NONE] = "none", [DIALECT_TUF] = "tuf"};
enum { DIALECTS = sizeof dialects / sizeof dialects[0] };

const char *dialect_text(enum dialect dialect)
{
    return (size_t)dialect < DIALECTS ? dialects[dialect] : dialects[DIALECT_NONE];
}

enum dialect dialect_from(struct span text)
{
    for (size_t i = DIALECT_NONE + 1; i < DIALECTS; i++)
        if (span_is(text, dialects[i]))
            return (enum dialect)i;
    return DIALECT_NONE;
}

const char *role_short_name(const struct role *role)
{
    const char *slash = strchr(role->name, '/');
    return slash == NULL ? role->name : slash + 1;
}

// ---- writing ----

static void write_key(const struct key *key, struct bytes *out)
{
    text_hash(out, &key->id);
    text_base64(out, key_spki(key));
}

static void write_quorum(
    const struct charter *charter, const struct quorum *quorum, struct bytes *out)
{
    text_plain(out, "group");
    text_word(out, span_text(charter->groups[quorum->group].name));
    text_plain(out, "quorum");
    text_number(out, quorum->k);
}

static void write_head(const struct charter *charter, struct bytes *out)
{
    text_title(out, "conclave.charter/v1");
    text_name(out, "epoch");
    text_number(out, charter->epoch);
    text_end(out);
    text_hash_line(out, "previous", &charter->previous);
    text_name(out, "origin");
    text_word(out, span_text(charter->origin));
    text_end(out);
    text_hash_line(out, "log", &charter->log);
    text_name(out, "clock");
    text_number(out, (uint64_t)charter->clock);
    text_end(out);
}

static void write_administrator(const struct charter *charter, size_t index, struct bytes *out)
{
    const struct administrator *administrator = &charter->administrators[index];
    text_name(out, "administrator");
    text_word(out, span_text(administrator->name));
    write_key(&administrator->key, out);
    text_end(out);
}

static void write_group(const struct charter *charter, size_t index, struct bytes *out)
{
    const struct group *group = &charter->groups[index];
    text_name(out, "group");
    text_word(out, span_text(group->name));
    for (size_t i = 0; i < group->member_count; i++)
        text_word(out, span_text(charter->administrators[group->members[i]].name));
    text_end(out);
}

static void write_requester(const struct charter *charter, size_t index, struct bytes *out)
{
    const struct requester *requester = &charter->requesters[index];
    text_name(out, "requester");
    text_word(out, span_text(requester->name));
    text_plain(out, "person");
    text_word(out, span_text(requester->person));
    text_plain(out, "key");
    write_key(&requester->key, out);
    text_end(out);
}

static void write_repository(const struct charter *charter, size_t index, struct bytes *out)
{
    const struct repository *repository = &charter->repositories[index];
    text_name(out, "repository");
    text_word(out, span_text(repository->name));
    text_plain(out, dialect_text(repository->dialect));
    text_end(out);
}

static void write_role(const struct charter *charter, size_t index, struct bytes *out)
{
    const struct role *role = &charter->roles[index];
    text_name(out, "role");
    text_word(out, span_text(role->name));
    write_quorum(charter, &role->quorum, out);
    text_plain(out, "by");
    text_plain(out, "quorum");
    text_plain(out, "least");
    if (role->least == 0)
        text_plain(out, "none");
    else
        text_number(out, (uint64_t)role->least);
    text_plain(out, "most");
    text_number(out, (uint64_t)role->most);
    text_plain(out, "delay");
    text_plain(out, "none");
    text_end(out);
}

static void write_role_key(const struct charter *charter, size_t index, struct bytes *out)
{
    const struct role_key *key = &charter->keys[index];
    text_name(out, "key");
    text_word(out, span_text(charter->roles[key->role].name));
    text_plain(out, key_type_text(key->key.type));
    write_key(&key->key, out);
    text_plain(out, "custodian");
    text_plain(out, "none");
    text_end(out);
}

typedef void write_line(const struct charter *charter, size_t index, struct bytes *out);

static void write_lines(
    const struct charter *charter, size_t count, write_line *line, struct bytes *out)
{
    for (size_t i = 0; i < count; i++)
        line(charter, i, out);
}

void charter_write(const struct charter *charter, struct bytes *out)
{
    write_head(charter, out);
    write_lines(charter, charter->administrator_count, write_administrator, out);
    write_lines(charter, charter->group_count, write_group, out);
    text_name(out, "charter");
    write_quorum(charter, &charter->changes, out);
    text_end(out);
    write_lines(charter, charter->requester_count, write_requester, out);
    write_lines(charter, charter->repository_count, write_repository, out);
    write_lines(charter, charter->role_count, write_role, out);
    write_lines(charter, charter->key_count, write_role_key, out);
}
