#include "client/attach.h"

#include "client/fault.h"
#include "metadata/json.h"
#include "metadata/json_file.h"

#include <stdlib.h>
#include <string.h>

void attach_init(struct attach *attach)
{
    *attach = (struct attach){0};
}

void attach_clear(struct attach *attach)
{
    for (size_t i = 0; i < attach->count; i++)
        free(attach->signatures[i].hex);
    attach_init(attach);
}

static bool is_hex(struct span text, size_t least, size_t most)
{
    if (text.size < least || text.size > most || text.size % 2 != 0)
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (memchr("0123456789abcdef", text.data[i], 16) == NULL)
            return false;
    return true;
}

// Where a key id belongs among the ascending ones.
static size_t place_of(const struct attach *attach, const char *keyid)
{
    size_t at = 0;
    while (at < attach->count && strcmp(attach->signatures[at].keyid, keyid) < 0)
        at++;
    return at;
}

static enum err insert(struct attach *attach, const char *keyid, struct span hex,
    const char *name, struct refusal *refusal)
{
    size_t at = place_of(attach, keyid);
    if (at < attach->count && strcmp(attach->signatures[at].keyid, keyid) == 0)
        return fault(ERR_EXISTS, refusal,
            "%s holds a second signature of key %.16s: a key signs a file once", name, keyid);
    if (attach->count == ATTACH_MOST)
        return fault(ERR_LIMIT, refusal, "more than %d signatures on one file", ATTACH_MOST);
    char *copy = strndup((const char *)hex.data, hex.size);
    if (copy == NULL)
        return ERR_MEMORY;
    memmove(&attach->signatures[at + 1], &attach->signatures[at],
        (attach->count - at) * sizeof attach->signatures[0]);
    attach->signatures[at].hex = copy;
    memcpy(attach->signatures[at].keyid, keyid, sizeof attach->signatures[at].keyid);
    attach->count++;
    return OK;
}

// The two members in their canonical order; anything else fails the reader.
static void read_member(struct json *json, const char *name, struct span *out)
{
    struct span key;
    *out = (struct span){0};
    if (json_key(json, &key) && span_is(key, name))
        *out = json_string(json);
    else
        json_fail(json, "a TUF signature object has the fields keyid and sig");
}

static enum err add_object(
    struct attach *attach, struct json *json, const char *name, struct refusal *refusal)
{
    struct span id, hex, more;
    char keyid[2 * HASH_SIZE + 1];
    json_enter_object(json);
    read_member(json, "keyid", &id);
    read_member(json, "sig", &hex);
    if (json_key(json, &more))
        json_fail(json, "a TUF signature object has the fields keyid and sig alone");
    if (json->failure != NULL || id.data == NULL || hex.data == NULL)
        return ERR_FORM;
    if (!is_hex(id, 2 * HASH_SIZE, 2 * HASH_SIZE))
        return fault(ERR_FORM, refusal, "a key id in %s is not 64 lower-case hex digits", name);
    if (!is_hex(hex, 2, ATTACH_HEX_MOST))
        return fault(ERR_FORM, refusal, "a signature in %s is not lower-case hex", name);
    memcpy(keyid, id.data, id.size);
    keyid[id.size] = 0;
    return insert(attach, keyid, hex, name, refusal);
}

static enum err add_all(
    struct attach *attach, struct json *json, const char *name, struct refusal *refusal)
{
    enum err err = OK;
    if (json_next(json) != JSON_ARRAY)
        return add_object(attach, json, name, refusal);
    json_enter_array(json);
    while (err == OK && json_element(json))
        err = add_object(attach, json, name, refusal);
    return err;
}

enum err attach_add(
    struct attach *attach, struct span text, const char *name, struct refusal *refusal)
{
    if (text.size > 0 && text.data[text.size - 1] == '\n')
        text.size--;
    struct json json = json_of(DIALECT_TUF, text);
    enum err err = add_all(attach, &json, name, refusal);
    if (json.failure != NULL || (err == OK && json_finish(&json) != OK))
        return fault(ERR_FORM, refusal, "%s holds no canonical TUF signatures: byte %zu: %s",
            name, json.failed_at, json.failure == NULL ? "more follows" : json.failure);
    return err;
}

static enum err check_payload(struct span payload, struct refusal *refusal)
{
    struct json json = json_of(DIALECT_TUF, payload);
    if (json_next(&json) != JSON_OBJECT)
        return fault(ERR_FORM, refusal, "the payload is no canonical JSON object");
    json_skip(&json);
    if (json_finish(&json) != OK)
        return fault(ERR_FORM, refusal, "the payload is not canonical JSON: byte %zu: %s",
            json.failed_at, json.failure == NULL ? "malformed" : json.failure);
    return OK;
}

static void write_canonical(const struct attach *attach, struct span payload, struct bytes *out)
{
    bytes_add_text(out, "{\"signatures\":[");
    for (size_t i = 0; i < attach->count; i++) {
        bytes_add_text(out, i == 0 ? "{\"keyid\":\"" : ",{\"keyid\":\"");
        bytes_add_text(out, attach->signatures[i].keyid);
        bytes_add_text(out, "\",\"sig\":\"");
        bytes_add_text(out, attach->signatures[i].hex);
        bytes_add_text(out, "\"}");
    }
    bytes_add_text(out, "],\"signed\":");
    bytes_add(out, payload);
    bytes_add_text(out, "}");
}

enum err attach_write(const struct attach *attach, struct span payload, struct bytes *out,
    struct refusal *refusal)
{
    if (attach->count == 0)
        return fault(ERR_NOT_FOUND, refusal, "there is no signature to attach");
    enum err err = check_payload(payload, refusal);
    if (err != OK)
        return err;
    struct bytes canonical;
    bytes_init(&canonical, ATTACH_FILE_MOST);
    write_canonical(attach, payload, &canonical);
    json_file_write(DIALECT_TUF, bytes_span(&canonical), out);
    err = bytes_finish(&canonical);
    bytes_clear(&canonical);
    return err == OK ? bytes_finish(out) : err;
}
