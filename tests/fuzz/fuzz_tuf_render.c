// Whatever is read as metadata can be rendered, and another payload of the same size, one byte
// changed, is refused or rendered in other words: no byte is unshown (R14).
#include "metadata/page.h"
#include "metadata/render.h"
#include "metadata/tuf.h"
#include "tests/unit/blank.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHANGES = 64, VERSION_OF_HOUSE = 1 };

static struct charter *make_charter(enum dialect dialect)
{
    static const char *const roles[] = {"root", "snapshot", "targets", "timestamp"};
    struct charter *charter = charter_new();
    if (charter == NULL)
        abort();
    charter->epoch = VERSION_OF_HOUSE;
    snprintf(charter->repositories[0].name, LIMIT_NAME, "image");
    charter->repositories[0].dialect = dialect;
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

// Nothing but rows of printable ASCII.
static void check_rows(struct span words)
{
    for (size_t at = 0, row = 0; at < words.size; at++) {
        uint8_t byte = words.data[at];
        row = byte == '\n' ? 0 : row + 1;
        if (row > PAGE_WIDTH || (byte != '\n' && (byte < 0x20 || byte > 0x7e)))
            abort();
    }
}

// False when the payload is not read.
static bool shows(
    struct charter *charter, struct span payload, struct span previous, struct bytes *words)
{
    static struct request request;
    static struct opened opened;
    static struct tuf tuf;
    struct refusal refusal = {.sentence = ""};
    if (tuf_read(charter->repositories[0].dialect, payload, &tuf, &refusal) != OK) {
        if (strchr(refusal.rule, '/') == NULL || refusal.sentence[0] == '\0')
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
    check_rows(bytes_span(words));
    blank_hash(&opened.items[0].payload, words);
    return true;
}

// What was compared, for whoever wants to know how much a run has seen.
static unsigned long long flips;

static void say_flips(void)
{
    fprintf(
        stderr, "%llu payloads with a changed byte were held against the good one\n", flips);
}

// A good payload behind what stood there before, and its words; `copy` is the payload once more.
struct good {
    struct charter *charter;
    struct span payload, previous;
    struct bytes *words, *changed_words;
    uint8_t *copy;
};

static void change_byte(const struct good *good, size_t at, unsigned bit)
{
    struct span changed = span_of(good->copy, good->payload.size);
    good->copy[at] = (uint8_t)(good->payload.data[at] ^ (1u << bit));
    flips++;
    if (shows(good->charter, changed, good->previous, good->changed_words) &&
        span_equal(bytes_span(good->words), bytes_span(good->changed_words)))
        abort();
    good->copy[at] = good->payload.data[at];
}

// Where bytes are changed follows from the payload.
static void change_some(const struct good *good)
{
    struct hash seed = hash_of(good->payload);
    if (!shows(good->charter, good->payload, good->previous, good->words))
        return;
    memcpy(good->copy, good->payload.data, good->payload.size);
    for (size_t i = 0; i < CHANGES; i++) {
        size_t at = seed.byte[0] | (size_t)seed.byte[1] << 8 | (size_t)seed.byte[2] << 16;
        change_byte(good, at % good->payload.size, seed.byte[3] & 7);
        seed = hash_of(hash_span(&seed));
    }
}

static void check_payload(struct charter *charter, struct span payload, struct bytes words[2])
{
    struct good good = {.charter = charter,
        .payload = payload,
        .words = &words[0],
        .changed_words = &words[1],
        .copy = malloc(payload.size + 1)};
    if (good.copy == NULL)
        abort();
    change_some(&good);
    good.previous = payload;
    change_some(&good);
    free(good.copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct charter *charters[2];
    struct bytes words[2];
    bytes_init(&words[0], RENDER_MOST);
    bytes_init(&words[1], RENDER_MOST);
    for (size_t i = 0; i < 2; i++) {
        if (charters[0] == NULL && atexit(say_flips) != 0)
            abort();
        if (charters[i] == NULL)
            charters[i] = make_charter(i == 0 ? DIALECT_TUF : DIALECT_UPTANE);
        check_payload(charters[i], span_of(data, size), words);
    }
    bytes_clear(&words[0]);
    bytes_clear(&words[1]);
    return 0;
}
