#include "policy/charter.h"
#include "proto/text.h"

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

// `LABEL none|SECONDS`; none is 0.
static void write_optional(const char *label, int64_t seconds, struct bytes *out)
{
    text_plain(out, label);
    if (seconds == 0)
        text_plain(out, "none");
    else
        text_number(out, (uint64_t)seconds);
}

static void write_quota(const struct quota *quota, struct bytes *out)
{
    text_plain(out, "open");
    text_number(out, quota->open);
    text_plain(out, "bytes");
    text_number(out, quota->bytes);
    text_plain(out, "records");
    text_number(out, quota->records);
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
    text_name(out, "jump");
    text_number(out, (uint64_t)charter->jump);
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
    write_quota(&requester->quota, out);
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
    text_plain(out, kind_text(repository->kind));
    text_end(out);
}

static void write_rate(const struct role *role, struct bytes *out)
{
    text_plain(out, "rate");
    if (role->rate == 0) {
        text_plain(out, "none");
        return;
    }
    text_number(out, role->rate);
    text_plain(out, "per");
    text_number(out, (uint64_t)role->rate_seconds);
}

static void write_role(const struct charter *charter, size_t index, struct bytes *out)
{
    const struct role *role = &charter->roles[index];
    text_name(out, "role");
    text_word(out, span_text(role->name));
    write_quorum(charter, &role->quorum, out);
    text_plain(out, "by");
    text_plain(out, role->by_mandate ? "mandate" : "quorum");
    write_optional("least", role->least, out);
    text_plain(out, "most");
    text_number(out, (uint64_t)role->most);
    write_optional("delay", role->delay, out);
    write_optional("within", role->within, out);
    write_rate(role, out);
    text_plain(out, "threshold");
    text_number(out, role->threshold);
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
    if (key->has_custodian)
        text_word(out, span_text(charter->administrators[key->custodian].name));
    else
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
    write_optional("delay", charter->changes_delay, out);
    text_end(out);
    write_lines(charter, charter->requester_count, write_requester, out);
    write_lines(charter, charter->repository_count, write_repository, out);
    write_lines(charter, charter->role_count, write_role, out);
    write_lines(charter, charter->key_count, write_role_key, out);
}
