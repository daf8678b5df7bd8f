#include "policy/charter_reader.h"

#include "proto/name.h"

#include <stdio.h>
#include <string.h>

void __attribute__((format(printf, 4, 5)))
reader_deny(struct reader *reader, enum err err, const char *rule, const char *format, ...)
{
    char sentence[LIMIT_SENTENCE + 1];
    if (reader->text.failed)
        return;
    text_fail(&reader->text);
    va_list list;
    va_start(list, format);
    vsnprintf(sentence, sizeof sentence, format, list);
    va_end(list);
    reader->err = err;
    refuse(reader->refusal, rule, "%s", sentence);
}

void reader_begin(struct reader *reader, const char *name)
{
    if (reader->text.failed)
        return;
    reader->line++;
    reader->name = name;
    text_read_name(&reader->text, name);
}

void reader_name(struct reader *reader, char out[LIMIT_NAME + 1])
{
    text_read_word(&reader->text, out, LIMIT_NAME);
    if (!name_is_good(span_text(out)))
        text_fail(&reader->text);
}

bool reader_by_mandate(struct reader *reader)
{
    text_read_plain(&reader->text, "by");
    struct span way = text_read_field(&reader->text, LIMIT_NAME);
    if (!span_is(way, "quorum") && !span_is(way, "mandate"))
        reader_deny(reader, ERR_REFUSED, "R2",
            "Line %zu says by %.*s, but this version knows quorum and mandate: write one of "
            "them.",
            reader->line, (int)way.size, (const char *)way.data);
    return span_is(way, "mandate");
}

void reader_ascend(struct reader *reader, const char *before, const char *name)
{
    if (strcmp(before, name) >= 0)
        reader_deny(reader, ERR_FORM, "R2",
            "Line %zu puts %s behind %s: lines of one name ascend, and no name stands twice.",
            reader->line, name, before);
}

void reader_repository(struct reader *reader, struct repository *out)
{
    struct span dialect = text_read_field(&reader->text, LIMIT_NAME);
    struct span kind = text_read_field(&reader->text, LIMIT_NAME);
    out->dialect = dialect_from(dialect);
    out->kind = kind_from(kind);
    if (out->dialect == DIALECT_NONE || out->kind == KIND_NONE)
        reader_deny(reader, ERR_REFUSED, "R2",
            "Line %zu says repository %.*s %.*s, but this version knows the dialects tuf and "
            "uptane, and the kinds image and director: write one of each.",
            reader->line, (int)dialect.size, (const char *)dialect.data, (int)kind.size,
            (const char *)kind.data);
}

bool reader_has_room(struct reader *reader, size_t count, size_t most)
{
    if (count == most)
        reader_deny(reader, ERR_REFUSED, "R20", "There are more than %zu lines %s.", most,
            reader->name);
    return !reader->text.failed;
}

void reader_key(struct reader *reader, struct key *out)
{
    uint8_t spki[KEY_SPKI_MOST];
    struct hash id = text_read_hash(&reader->text);
    size_t size = text_read_base64_to(&reader->text, spki, sizeof spki);
    enum err err = key_read(span_of(spki, size), out);
    if (err == ERR_KEY)
        reader_deny(reader, ERR_REFUSED, "R16",
            "Line %zu has a public key that is never accepted (not on its curve, of small "
            "order, or RSA of another size or exponent): make a new one.",
            reader->line);
    else if (err != OK)
        text_fail(&reader->text);
    else if (!hash_equal(&id, &out->id))
        reader_deny(
            reader, ERR_FORM, "R2", "Line %zu has a hash that is not its key's.", reader->line);
}

size_t reader_member(struct reader *reader)
{
    char name[LIMIT_NAME + 1];
    reader_name(reader, name);
    for (size_t i = 0; i < reader->out->administrator_count; i++)
        if (strcmp(reader->out->administrators[i].name, name) == 0)
            return i;
    reader_deny(reader, ERR_FORM, "R2", "Line %zu names %s, who is no administrator.",
        reader->line, name);
    return 0;
}

void reader_quorum(struct reader *reader, struct quorum *out)
{
    char name[LIMIT_NAME + 1];
    text_read_plain(&reader->text, "group");
    reader_name(reader, name);
    text_read_plain(&reader->text, "quorum");
    out->k = text_read_number(&reader->text, LIMIT_INDEX);
    for (out->group = 0; out->group < reader->out->group_count; out->group++)
        if (strcmp(reader->out->groups[out->group].name, name) == 0)
            return;
    reader_deny(
        reader, ERR_FORM, "R2", "Line %zu names %s, which is no group.", reader->line, name);
}

uint64_t reader_number(struct reader *reader, const char *label)
{
    text_read_plain(&reader->text, label);
    return text_read_number(&reader->text, LIMIT_INDEX);
}

int64_t reader_seconds(struct reader *reader, const char *label)
{
    return (int64_t)reader_number(reader, label);
}

// Whether `LABEL none` comes; reads it then.
static bool reads_none(struct reader *reader, const char *label)
{
    struct text ahead = reader->text;
    text_read_plain(&ahead, label);
    text_read_plain(&ahead, "none");
    if (ahead.failed)
        return false;
    reader->text = ahead;
    return true;
}

int64_t reader_optional(struct reader *reader, const char *label)
{
    if (reads_none(reader, label))
        return 0;
    int64_t seconds = reader_seconds(reader, label);
    if (seconds == 0)
        text_fail(&reader->text);
    return seconds;
}

void reader_quota(struct reader *reader, struct quota *out)
{
    out->open = reader_number(reader, "open");
    out->bytes = reader_number(reader, "bytes");
    out->records = reader_number(reader, "records");
}

void reader_rate(struct reader *reader, struct role *out)
{
    if (reads_none(reader, "rate"))
        return;
    out->rate = reader_number(reader, "rate");
    out->rate_seconds = reader_seconds(reader, "per");
    if (out->rate == 0 || out->rate_seconds == 0)
        text_fail(&reader->text);
}

bool reader_custodian(struct reader *reader, size_t *out)
{
    if (reads_none(reader, "custodian"))
        return false;
    text_read_plain(&reader->text, "custodian");
    *out = reader_member(reader);
    return true;
}
