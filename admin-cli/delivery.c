#include "admin-cli/delivery.h"

#include "admin-cli/file.h"
#include "admin-cli/print.h"
#include "client/attach.h"
#include "client/fault.h"
#include "metadata/tuf.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// A file for each signature.
enum { DELIVERY_PATHS = LIMIT_SIGNATURES * FILE_PATH };

bool delivery_format_read(const char *text, enum delivery_format *out)
{
    static const struct {
        const char *text;
        enum delivery_format format;
    } formats[] = {{"tuf", DELIVERY_TUF}, {"raw", DELIVERY_RAW}, {"file", DELIVERY_FILE}};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].text, text) == 0) {
            *out = formats[i].format;
            return true;
        }
    (void)cli_say(STATUS_LOCAL, "there is no format %s: take tuf, raw or file", text);
    return false;
}

void delivery_init(struct delivery *delivery, enum delivery_format format, const char *folder)
{
    *delivery = (struct delivery){.format = format, .folder = folder, .side = SIDE_LOCAL};
    bytes_init(&delivery->paths, DELIVERY_PATHS);
}

void delivery_clear(struct delivery *delivery)
{
    bytes_clear(&delivery->paths);
}

// ---- one file ----

enum { DELIVERY_NAME = LIMIT_ROLE_NAME + 2 * HASH_SIZE + 32 };

// `end`: what stands behind the version.
static enum err write_file(struct delivery *delivery, const struct outcome_signature *line,
    const char *end, struct span content, struct refusal *refusal)
{
    char name[DELIVERY_NAME], path[FILE_PATH];
    (void)snprintf(name, sizeof name, "%s.%" PRIu64 "%s", line->role, line->version, end);
    *strchr(name, '/') = '+';
    delivery->side = SIDE_LOCAL;
    if (file_join(path, delivery->folder, name) != OK)
        return fault(ERR_LIMIT, refusal, "the path of --out is too long");
    enum err err = file_write(path, content, refusal);
    if (err != OK)
        return err;
    bytes_add(&delivery->paths, span_of(path, strlen(path) + 1));
    return bytes_finish(&delivery->paths);
}

static enum err write_signature(struct delivery *delivery, enum dialect dialect,
    const struct outcome_signature *line, const struct key *key, struct span signature,
    struct refusal *refusal)
{
    char end[2 * HASH_SIZE + 8], hex[PRINT_HASH];
    struct bytes object;
    struct hash id = tuf_key_id(dialect, key);
    bool raw = delivery->format == DELIVERY_RAW;
    hash_hex(&id, hex);
    (void)snprintf(end, sizeof end, ".%s.%s", hex, raw ? "sig" : "json");
    if (raw)
        return write_file(delivery, line, end, signature, refusal);
    bytes_init(&object, LIMIT_RECORD);
    tuf_signature_write(dialect, key, signature, &object);
    bytes_add_text(&object, "\n");
    enum err err = bytes_finish(&object);
    if (err == OK)
        err = write_file(delivery, line, end, bytes_span(&object), refusal);
    bytes_clear(&object);
    return err;
}

// ---- signatures alone ----

static enum err deliver_line(struct delivery *delivery, struct cli *cli,
    const struct parcel *parcel, const struct outcome_signature *line, struct refusal *refusal)
{
    struct bytes signature;
    const struct key *key;
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    delivery->side = SIDE_DAEMON;
    enum err err = parcel_signature(parcel, cli, line, &key, &signature, refusal);
    if (err == OK)
        err = write_signature(
            delivery, parcel_dialect(parcel, line), line, key, bytes_span(&signature), refusal);
    bytes_clear(&signature);
    return err;
}

// ---- complete files ----

static enum err attach_line(struct attach *attach, struct cli *cli, const struct parcel *parcel,
    const struct outcome_signature *line, struct refusal *refusal)
{
    struct bytes signature, object;
    const struct key *key;
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    bytes_init(&object, ATTACH_OBJECT_MOST);
    enum err err = parcel_signature(parcel, cli, line, &key, &signature, refusal);
    if (err == OK) {
        tuf_signature_write(attach->dialect, key, bytes_span(&signature), &object);
        err = bytes_finish(&object);
    }
    if (err == OK)
        err = attach_add(attach, bytes_span(&object), line->role, refusal);
    bytes_clear(&signature);
    bytes_clear(&object);
    return err;
}

// The lines of one item stand together.
static size_t end_of_item(const struct parcel *parcel, size_t first)
{
    size_t end = first + 1;
    while (end < parcel->line_count &&
           strcmp(parcel->lines[end].role, parcel->lines[first].role) == 0)
        end++;
    return end;
}

static enum err attach_item(struct attach *attach, struct cli *cli, const struct parcel *parcel,
    size_t first, struct bytes *file, struct refusal *refusal)
{
    struct bytes payload;
    enum err err = OK;
    bytes_init(&payload, LIMIT_PAYLOAD);
    for (size_t i = first; err == OK && i < end_of_item(parcel, first); i++)
        err = attach_line(attach, cli, parcel, &parcel->lines[i], refusal);
    if (err == OK)
        err = parcel_payload(parcel, cli, &parcel->lines[first], &payload, refusal);
    if (err == OK)
        err = attach_write(attach, bytes_span(&payload), file, refusal);
    bytes_clear(&payload);
    return err;
}

static enum err deliver_item(struct delivery *delivery, struct cli *cli,
    const struct parcel *parcel, size_t first, struct refusal *refusal)
{
    const struct outcome_signature *line = &parcel->lines[first];
    struct bytes file;
    struct attach *attach = malloc(sizeof *attach);
    if (attach == NULL)
        return ERR_MEMORY;
    attach_init(attach, parcel_dialect(parcel, line));
    bytes_init(&file, ATTACH_FILE_MOST);
    delivery->side = SIDE_DAEMON;
    enum err err = attach_item(attach, cli, parcel, first, &file, refusal);
    if (err == OK)
        err = write_file(delivery, line, ".json", bytes_span(&file), refusal);
    bytes_clear(&file);
    attach_clear(attach);
    free(attach);
    return err;
}

// ---- all ----

static enum err deliver(struct delivery *delivery, struct cli *cli, const struct parcel *parcel,
    size_t first, struct refusal *refusal)
{
    enum err err = OK;
    if (delivery->role != NULL && strcmp(delivery->role, parcel->lines[first].role) != 0)
        return OK;
    if (delivery->format == DELIVERY_FILE)
        return deliver_item(delivery, cli, parcel, first, refusal);
    for (size_t i = first; err == OK && i < end_of_item(parcel, first); i++)
        err = deliver_line(delivery, cli, parcel, &parcel->lines[i], refusal);
    return err;
}

enum err delivery_write(struct delivery *delivery, struct cli *cli, const struct parcel *parcel,
    struct refusal *refusal)
{
    delivery->side = SIDE_LOCAL;
    enum err err = file_folder(delivery->folder, refusal);
    for (size_t i = 0; err == OK && i < parcel->line_count; i = end_of_item(parcel, i))
        err = deliver(delivery, cli, parcel, i, refusal);
    return err;
}

// ---- telling ----

static const char *next_path(const struct delivery *delivery, const char *path)
{
    const char *first = (const char *)delivery->paths.data;
    if (delivery->paths.size == 0)
        return NULL;
    const char *next = path == NULL ? first : path + strlen(path) + 1;
    return next == first + delivery->paths.size ? NULL : next;
}

void delivery_print(const struct delivery *delivery)
{
    for (const char *p = next_path(delivery, NULL); p != NULL; p = next_path(delivery, p))
        print_words(stdout, "%s\n", p);
}

void delivery_scribe(const struct delivery *delivery, const char *key, struct scribe *scribe)
{
    scribe_array(scribe, key);
    for (const char *p = next_path(delivery, NULL); p != NULL; p = next_path(delivery, p))
        scribe_text(scribe, NULL, p);
    scribe_array_end(scribe);
}
