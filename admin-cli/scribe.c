#include "admin-cli/scribe.h"

#include "metadata/json_character.h"
#include "metadata/json_file.h"

#include <inttypes.h>
#include <stdio.h>

void scribe_init(struct scribe *scribe)
{
    bytes_init(&scribe->out, SCRIBE_MOST);
    scribe->comma = false;
}

void scribe_clear(struct scribe *scribe)
{
    bytes_clear(&scribe->out);
}

// How a byte of a text stands in JSON: foreign bytes as the characters \xNN, line feeds as \n.
static void add_byte(struct bytes *out, uint8_t byte)
{
    if (byte == '\n')
        bytes_add_text(out, "\\n");
    else if (byte == '"' || byte == '\\')
        bytes_add_format(out, "\\%c", byte);
    else if (byte >= 0x20 && byte <= 0x7e)
        bytes_add_u8(out, byte);
    else
        bytes_add_format(out, "\\\\x%02x", byte);
}

static void add_string(struct bytes *out, struct span text)
{
    bytes_add_u8(out, '"');
    for (size_t i = 0; i < text.size; i++)
        add_byte(out, text.data[i]);
    bytes_add_u8(out, '"');
}

static void start(struct scribe *scribe, const char *key)
{
    if (scribe->comma)
        bytes_add_u8(&scribe->out, ',');
    scribe->comma = true;
    if (key == NULL)
        return;
    add_string(&scribe->out, span_text(key));
    bytes_add_u8(&scribe->out, ':');
}

void scribe_object(struct scribe *scribe, const char *key)
{
    start(scribe, key);
    bytes_add_u8(&scribe->out, '{');
    scribe->comma = false;
}

void scribe_object_end(struct scribe *scribe)
{
    bytes_add_u8(&scribe->out, '}');
    scribe->comma = true;
}

void scribe_array(struct scribe *scribe, const char *key)
{
    start(scribe, key);
    bytes_add_u8(&scribe->out, '[');
    scribe->comma = false;
}

void scribe_array_end(struct scribe *scribe)
{
    bytes_add_u8(&scribe->out, ']');
    scribe->comma = true;
}

void scribe_span(struct scribe *scribe, const char *key, struct span text)
{
    start(scribe, key);
    add_string(&scribe->out, text);
}

void scribe_exact(struct scribe *scribe, const char *key, struct span text)
{
    uint8_t spelling[CHARACTER_SPELLING];
    uint32_t character;
    start(scribe, key);
    bytes_add_u8(&scribe->out, '"');
    while (text.size > 0) {
        size_t size = character_read_utf8(text, &character);
        if (size == 0) {
            scribe->out.failure = ERR_FORM;
            return;
        }
        bytes_add(&scribe->out,
            span_of(spelling, character_write(DIALECT_UPTANE, character, spelling)));
        text = span_of(text.data + size, text.size - size);
    }
    bytes_add_u8(&scribe->out, '"');
}

void scribe_text(struct scribe *scribe, const char *key, const char *text)
{
    scribe_span(scribe, key, span_text(text));
}

void scribe_number(struct scribe *scribe, const char *key, uint64_t number)
{
    start(scribe, key);
    bytes_add_format(&scribe->out, "%" PRIu64, number);
}

void scribe_bool(struct scribe *scribe, const char *key, bool value)
{
    start(scribe, key);
    bytes_add_text(&scribe->out, value ? "true" : "false");
}

void scribe_null(struct scribe *scribe, const char *key)
{
    start(scribe, key);
    bytes_add_text(&scribe->out, "null");
}

void scribe_hash(struct scribe *scribe, const char *key, const struct hash *hash)
{
    char hex[2 * HASH_SIZE + 1];
    hash_hex(hash, hex);
    if (hash_is_none(hash))
        scribe_null(scribe, key);
    else
        scribe_text(scribe, key, hex);
}

void scribe_moment(struct scribe *scribe, const char *key, moment at)
{
    char text[MOMENT_TEXT + 1];
    moment_write(at, text);
    scribe_text(scribe, key, text);
}

void scribe_json(struct scribe *scribe, const char *key, struct span json)
{
    start(scribe, key);
    // What `uptane` writes has nothing that this would change.
    json_file_write(DIALECT_TUF, json, &scribe->out);
}

enum err scribe_print(struct scribe *scribe)
{
    bytes_add_u8(&scribe->out, '\n');
    enum err err = bytes_finish(&scribe->out);
    if (err == OK &&
        (fwrite(scribe->out.data, 1, scribe->out.size, stdout) != scribe->out.size ||
            fflush(stdout) != 0))
        err = ERR_SYSTEM;
    scribe_clear(scribe);
    return err;
}
