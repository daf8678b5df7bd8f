#include "policy/charter_reader.h"
#include "policy/charter_rules.h"
#include "proto/name.h"

#include <string.h>

static void read_head(struct reader *reader)
{
    struct charter *out = reader->out;
    struct text *text = &reader->text;
    reader->line = 1;
    reader->name = "conclave.charter/v1";
    text_read_title(text, reader->name);
    reader_begin(reader, "epoch");
    out->epoch = text_read_number(text, LIMIT_INDEX);
    text_read_end(text);
    reader_begin(reader, "previous");
    out->previous = text_read_hash_or_none(text);
    text_read_end(text);
    if (out->epoch == 0 || (out->epoch == 1) != hash_is_none(&out->previous))
        reader_deny(reader, ERR_REFUSED, "R7",
            "Epochs begin with 1, and epoch 1 alone has no charter before it: correct the "
            "lines epoch and previous.");
    reader_begin(reader, "origin");
    text_read_word(text, out->origin, LIMIT_ROLE_NAME);
    text_read_end(text);
    if (!origin_is_good(span_text(out->origin)))
        text_fail(text);
    reader_begin(reader, "log");
    out->log = text_read_hash(text);
    text_read_end(text);
    reader_begin(reader, "clock");
    out->clock = (int64_t)text_read_number(text, LIMIT_INDEX);
    text_read_end(text);
    reader_begin(reader, "jump");
    out->jump = (int64_t)text_read_number(text, LIMIT_INDEX);
    text_read_end(text);
}

static void read_administrator(struct reader *reader)
{
    size_t count = reader->out->administrator_count;
    if (!reader_has_room(reader, count, LIMIT_ADMINISTRATORS))
        return;
    struct administrator *administrator = &reader->out->administrators[count];
    reader_name(reader, administrator->name);
    reader_key(reader, &administrator->key);
    text_read_end(&reader->text);
    if (count > 0)
        reader_ascend(reader, administrator[-1].name, administrator->name);
    reader->out->administrator_count++;
}

static void read_group(struct reader *reader)
{
    size_t count = reader->out->group_count;
    if (!reader_has_room(reader, count, LIMIT_GROUPS))
        return;
    struct group *group = &reader->out->groups[count];
    reader_name(reader, group->name);
    do {
        size_t member = reader_member(reader);
        if (group->member_count > 0 && member <= group->members[group->member_count - 1])
            reader_deny(reader, ERR_FORM, "R2",
                "Line %zu does not name the members in ascending order, each once.",
                reader->line);
        if (!reader->text.failed)
            group->members[group->member_count++] = (uint8_t)member;
    } while (text_has_field(&reader->text));
    text_read_end(&reader->text);
    if (count > 0)
        reader_ascend(reader, group[-1].name, group->name);
    reader->out->group_count++;
}

static void read_requester(struct reader *reader)
{
    size_t count = reader->out->requester_count;
    if (!reader_has_room(reader, count, LIMIT_REQUESTERS))
        return;
    struct requester *requester = &reader->out->requesters[count];
    reader_name(reader, requester->name);
    text_read_plain(&reader->text, "person");
    reader_name(reader, requester->person);
    reader_quota(reader, &requester->quota);
    text_read_plain(&reader->text, "key");
    reader_key(reader, &requester->key);
    text_read_end(&reader->text);
    if (count > 0)
        reader_ascend(reader, requester[-1].name, requester->name);
    reader->out->requester_count++;
}

static void read_repository(struct reader *reader)
{
    size_t count = reader->out->repository_count;
    if (!reader_has_room(reader, count, LIMIT_REPOSITORIES))
        return;
    struct repository *repository = &reader->out->repositories[count];
    reader_name(reader, repository->name);
    reader_repository(reader, repository);
    text_read_end(&reader->text);
    if (count > 0)
        reader_ascend(reader, repository[-1].name, repository->name);
    reader->out->repository_count++;
}

static size_t repository_of(struct reader *reader, const char *role)
{
    size_t size = strcspn(role, "/");
    for (size_t i = 0; i < reader->out->repository_count; i++)
        if (span_is(span_of(role, size), reader->out->repositories[i].name))
            return i;
    reader_deny(reader, ERR_FORM, "R2", "Line %zu names the role %s of no known repository.",
        reader->line, role);
    return 0;
}

static void read_role(struct reader *reader)
{
    size_t count = reader->out->role_count;
    if (!reader_has_room(reader, count, LIMIT_ROLES))
        return;
    struct role *role = &reader->out->roles[count];
    text_read_word(&reader->text, role->name, LIMIT_ROLE_NAME);
    if (!role_name_is_good(span_text(role->name)))
        text_fail(&reader->text);
    role->repository = repository_of(reader, role->name);
    reader_quorum(reader, &role->quorum);
    role->by_mandate = reader_by_mandate(reader);
    role->least = reader_optional(reader, "least");
    role->most = reader_seconds(reader, "most");
    role->delay = reader_optional(reader, "delay");
    role->within = reader_optional(reader, "within");
    reader_rate(reader, role);
    role->threshold = reader_number(reader, "threshold");
    text_read_end(&reader->text);
    if (count > 0)
        reader_ascend(reader, role[-1].name, role->name);
    reader->out->role_count++;
}

static size_t read_role_index(struct reader *reader)
{
    char name[LIMIT_ROLE_NAME + 1];
    text_read_word(&reader->text, name, LIMIT_ROLE_NAME);
    for (size_t i = 0; i < reader->out->role_count; i++)
        if (strcmp(reader->out->roles[i].name, name) == 0)
            return i;
    reader_deny(reader, ERR_FORM, "R2", "Line %zu has a key of %s, which is no role.",
        reader->line, name);
    return 0;
}

static void read_role_key(struct reader *reader)
{
    size_t count = reader->out->key_count;
    if (!reader_has_room(reader, count, LIMIT_KEYS))
        return;
    struct role_key *key = &reader->out->keys[count];
    key->role = read_role_index(reader);
    struct span type = text_read_field(&reader->text, LIMIT_NAME);
    reader_key(reader, &key->key);
    if (key->key.type != key_type_from(type))
        text_fail(&reader->text);
    key->has_custodian = reader_custodian(reader, &key->custodian);
    text_read_end(&reader->text);
    if (count > 0 && (key[-1].role > key->role ||
                         (key[-1].role == key->role && span_compare(hash_span(&key[-1].key.id),
                                                           hash_span(&key->key.id)) >= 0)))
        reader_deny(reader, ERR_FORM, "R2",
            "Line %zu is out of order: keys ascend by role, then by hash.", reader->line);
    reader->out->key_count++;
}

static void read_lines(
    struct reader *reader, const char *name, void (*line)(struct reader *reader))
{
    while (text_next_is(&reader->text, name)) {
        reader_begin(reader, name);
        line(reader);
    }
}

static void read_all(struct reader *reader)
{
    read_head(reader);
    read_lines(reader, "administrator", read_administrator);
    read_lines(reader, "group", read_group);
    reader_begin(reader, "charter");
    reader_quorum(reader, &reader->out->changes);
    reader->out->changes_delay = reader_optional(reader, "delay");
    text_read_end(&reader->text);
    read_lines(reader, "requester", read_requester);
    read_lines(reader, "repository", read_repository);
    read_lines(reader, "role", read_role);
    read_lines(reader, "key", read_role_key);
}

static enum err read_finish(struct reader *reader)
{
    if (reader->err != OK)
        return reader->err;
    if (text_finish(&reader->text) == OK)
        return OK;
    if (reader->text.failed)
        refuse(reader->refusal, "R2", "Line %zu does not read as the line %s of a charter.",
            reader->line, reader->name);
    else
        refuse(reader->refusal, "R2",
            "Line %zu is none of a charter, or stands out of its order.", reader->line + 1);
    return ERR_FORM;
}

enum err charter_read(struct span text, struct charter *out, struct refusal *refusal)
{
    struct reader reader = {.text = text_of(text), .out = out, .refusal = refusal};
    struct charter_place where;
    memset(out, 0, sizeof *out);
    if (text.size > LIMIT_CHARTER)
        return refuse(
            refusal, "R20", "A charter has at most %d bytes: make it smaller.", LIMIT_CHARTER);
    read_all(&reader);
    enum err err = read_finish(&reader);
    if (err == OK)
        err = charter_rules(out, &where, refusal);
    out->hash = hash_of(text);
    return err;
}
