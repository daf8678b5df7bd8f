// Whatever is read as metadata can be rendered, and another payload of the same size, one byte
// changed, is refused or rendered in other words: no byte is unshown (R14).
#include "metadata/render.h"
#include "metadata/tuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHANGES = 16, VERSION_OF_HOUSE = 1 };

static struct charter *make_charter(void)
{
    static const char *const roles[] = {"root", "snapshot", "targets", "timestamp"};
    struct charter *charter = charter_new();
    if (charter == NULL)
        abort();
    charter->epoch = VERSION_OF_HOUSE;
    snprintf(charter->repositories[0].name, LIMIT_NAME, "image");
    charter->repositories[0].dialect = DIALECT_TUF;
    charter->repositories[0].kind = KIND_IMAGE;
    charter->repository_count = charter->requester_count = charter->group_count = 1;
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        charter->roles[i].threshold = 1;
        snprintf(
            charter->roles[charter->role_count++].name, LIMIT_ROLE_NAME, "image/%s", roles[i]);
    }
    return charter;
}

// A request for this one payload, opened.
static void name_item(
    const struct tuf *tuf, struct span previous, struct request *request, struct opened *opened)
{
    struct item *item = &request->items[0];
    snprintf(item->role, sizeof item->role, "image/%s", tuf_type_text(tuf->type));
    item->version = tuf->version;
    item->payload = hash_of(tuf->whole);
    item->previous = (struct hash){0};
    request->item_count = opened->item_count = 1;
    opened->epoch = VERSION_OF_HOUSE;
    opened->items[0] = *item;
    if (previous.size > 0)
        opened->items[0].previous = hash_of(previous);
}

static void blank(struct bytes *words, const struct hash *hash)
{
    char hex[2 * HASH_SIZE + 1];
    hash_hex(hash, hex);
    uint8_t *at = memmem(words->data, words->size, hex, strlen(hex));
    if (at == NULL)
        abort();
    memset(at, '0', strlen(hex));
}

// False when the payload is not read.
static bool shows(struct span payload, struct span previous, struct bytes *words)
{
    static struct charter *charter;
    static struct request request;
    static struct opened opened;
    static struct tuf tuf;
    struct refusal refusal = {.sentence = ""};
    if (charter == NULL)
        charter = make_charter();
    if (tuf_read(DIALECT_TUF, payload, &tuf, &refusal) != OK) {
        if (strcmp(refusal.rule, "R2") != 0 || refusal.sentence[0] == '\0')
            abort();
        return false;
    }
    name_item(&tuf, previous, &request, &opened);
    struct render_case rendered = {.charter = charter,
        .request = &request,
        .opened = &opened,
        .payloads = &payload,
        .previous = &previous};
    bytes_reset(words);
    if (render(&rendered, words, &refusal) != OK)
        abort();
    blank(words, &opened.items[0].payload);
    return true;
}

static void check_change(
    struct span payload, struct span changed, struct span previous, struct bytes words[2])
{
    if (shows(changed, previous, &words[0]) && shows(payload, previous, &words[1]) &&
        span_equal(bytes_span(&words[0]), bytes_span(&words[1])))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span payload = span_of(data, size);
    struct hash seed = hash_of(payload);
    struct bytes words[2];
    bytes_init(&words[0], RENDER_MOST);
    bytes_init(&words[1], RENDER_MOST);
    uint8_t *copy = malloc(size + 1);
    if (copy == NULL || !shows(payload, (struct span){0}, &words[0]))
        goto out;
    memcpy(copy, data, size);
    for (size_t i = 0; i < CHANGES; i++) {
        size_t at = (seed.byte[i] | (size_t)seed.byte[(i + 1) % HASH_SIZE] << 8) % size;
        copy[at] = (uint8_t)(data[at] ^ (1u << (seed.byte[i + CHANGES] & 7)));
        check_change(payload, span_of(copy, size), (struct span){0}, words);
        check_change(payload, span_of(copy, size), payload, words);
        copy[at] = data[at];
    }
out:
    free(copy);
    bytes_clear(&words[0]);
    bytes_clear(&words[1]);
    return 0;
}
