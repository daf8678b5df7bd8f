#include "client/attach.h"

#include "client/fault.h"
#include "metadata/json.h"
#include "metadata/json_file.h"
#include "metadata/tuf.h"

#include <stdlib.h>
#include <string.h>

void attach_init(struct attach *attach, enum dialect dialect)
{
    *attach = (struct attach){.dialect = dialect};
}

void attach_clear(struct attach *attach)
{
    for (size_t i = 0; i < attach->count; i++)
        free(attach->signatures[i].object);
    attach_init(attach, DIALECT_NONE);
}

// Where a key id belongs among the ascending ones.
static size_t place_of(const struct attach *attach, const char *keyid)
{
    size_t at = 0;
    while (at < attach->count && strcmp(attach->signatures[at].keyid, keyid) < 0)
        at++;
    return at;
}

static enum err insert(struct attach *attach, const struct tuf_signature *signature,
    const char *name, struct refusal *refusal)
{
    struct attach_signature one = {.object = NULL};
    memcpy(one.keyid, signature->keyid.data, sizeof one.keyid - 1);
    size_t at = place_of(attach, one.keyid);
    if (signature->sig.size == 0)
        return fault(ERR_FORM, refusal, "%s holds an empty signature", name);
    if (at < attach->count && strcmp(attach->signatures[at].keyid, one.keyid) == 0)
        return fault(ERR_EXISTS, refusal,
            "%s holds a second signature of key %.16s: a key signs a file once", name,
            one.keyid);
    if (attach->count == ATTACH_MOST)
        return fault(ERR_LIMIT, refusal, "more than %d signatures on one file", ATTACH_MOST);
    one.object = strndup((const char *)signature->whole.data, signature->whole.size);
    if (one.object == NULL)
        return ERR_MEMORY;
    memmove(&attach->signatures[at + 1], &attach->signatures[at],
        (attach->count - at) * sizeof attach->signatures[0]);
    attach->signatures[at] = one;
    attach->count++;
    return OK;
}

// `uptane` signatures alone have this field.
static enum dialect dialect_of(struct span text)
{
    static const char method[] = "\"method\":";
    return text.size > 0 && memmem(text.data, text.size, method, strlen(method)) != NULL
               ? DIALECT_UPTANE
               : DIALECT_TUF;
}

static enum err read_text(enum dialect dialect, struct span text, const char *name,
    struct tuf_envelope *out, struct refusal *refusal)
{
    struct refusal why = {0};
    enum err err = tuf_signatures_read(dialect, text, out, &why);
    return err != ERR_REFUSED ? err
                              : fault(ERR_FORM, refusal, "%s, read as dialect %s: %s", name,
                                    dialect_text(dialect), why.sentence);
}

enum err attach_add(
    struct attach *attach, struct span text, const char *name, struct refusal *refusal)
{
    struct tuf_envelope *read = calloc(1, sizeof *read);
    if (read == NULL)
        return ERR_MEMORY;
    if (text.size > 0 && text.data[text.size - 1] == '\n')
        text.size--;
    enum dialect dialect = attach->dialect == DIALECT_NONE ? dialect_of(text) : attach->dialect;
    enum err err = read_text(dialect, text, name, read, refusal);
    if (err == OK && read->signature_count > 0)
        attach->dialect = dialect;
    for (size_t i = 0; err == OK && i < read->signature_count; i++)
        err = insert(attach, &read->signatures[i], name, refusal);
    free(read);
    return err;
}

static enum err check_payload(
    enum dialect dialect, struct span payload, struct refusal *refusal)
{
    struct json json = json_of(dialect, payload);
    if (json_next(&json) != JSON_OBJECT)
        return fault(ERR_FORM, refusal, "the payload is no canonical JSON object");
    json_skip(&json);
    if (json_finish(&json) != OK)
        return fault(ERR_FORM, refusal,
            "the payload is not canonical JSON of the dialect %s: byte %zu: %s",
            dialect_text(dialect), json.failed_at,
            json.failure == NULL ? "malformed" : json.failure);
    return OK;
}

static void write_canonical(const struct attach *attach, struct span payload, struct bytes *out)
{
    bytes_add_text(out, "{\"signatures\":[");
    for (size_t i = 0; i < attach->count; i++) {
        if (i > 0)
            bytes_add_text(out, ",");
        bytes_add_text(out, attach->signatures[i].object);
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
    enum err err = check_payload(attach->dialect, payload, refusal);
    if (err != OK)
        return err;
    struct bytes canonical;
    bytes_init(&canonical, ATTACH_FILE_MOST);
    write_canonical(attach, payload, &canonical);
    json_file_write(attach->dialect, bytes_span(&canonical), out);
    err = bytes_finish(&canonical);
    bytes_clear(&canonical);
    return err == OK ? bytes_finish(out) : err;
}
