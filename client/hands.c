#include "client/hands.h"

#include <stdlib.h>

// One kind of bytes, one for each item or line of evidence.
struct handful {
    struct bytes bytes[LIMIT_ITEMS];
    struct span spans[LIMIT_ITEMS];
};

struct hands {
    struct handful payloads;
    struct handful previous;
    struct handful roots; // of each item's repository
    struct handful evidence;
};

static void handful_init(struct handful *handful)
{
    for (size_t i = 0; i < LIMIT_ITEMS; i++)
        bytes_init(&handful->bytes[i], LIMIT_PAYLOAD);
}

static void handful_clear(struct handful *handful)
{
    for (size_t i = 0; i < LIMIT_ITEMS; i++)
        bytes_clear(&handful->bytes[i]);
}

struct hands *hands_new(void)
{
    struct hands *hands = calloc(1, sizeof *hands);
    if (hands == NULL)
        return NULL;
    handful_init(&hands->payloads);
    handful_init(&hands->previous);
    handful_init(&hands->roots);
    handful_init(&hands->evidence);
    return hands;
}

void hands_free(struct hands *hands)
{
    if (hands == NULL)
        return;
    handful_clear(&hands->payloads);
    handful_clear(&hands->previous);
    handful_clear(&hands->roots);
    handful_clear(&hands->evidence);
    free(hands);
}

// What is named by no hash is empty.
static enum err fetch(const struct source *source, const struct hash *hash,
    struct handful *handful, size_t i, struct refusal *refusal)
{
    bytes_reset(&handful->bytes[i]);
    enum err err = hash_is_none(hash)
                       ? OK
                       : source->blob(source->context, hash, &handful->bytes[i], refusal);
    handful->spans[i] = bytes_span(&handful->bytes[i]);
    return err;
}

static enum err fetch_item(struct hands *hands, const struct source *source,
    const struct opening_case *opening, size_t i, struct refusal *refusal)
{
    const struct item *item = &opening->request->items[i];
    struct hash root = opening_root(opening->state, item);
    enum err err = fetch(source, &item->payload, &hands->payloads, i, refusal);
    if (err != OK)
        return err;
    struct hash previous =
        opening_previous(opening->charter, opening->state, item, hands->payloads.spans[i]);
    // The charter is at hand, and a drafted one nowhere else.
    if (motion_of(item->role) == MOTION_CHARTER)
        hands->previous.spans[i] = opening->charter_text;
    else
        err = fetch(source, &previous, &hands->previous, i, refusal);
    return err == OK ? fetch(source, &root, &hands->roots, i, refusal) : err;
}

enum err hands_fill(struct hands *hands, const struct source *source,
    struct opening_case *opening, struct refusal *refusal)
{
    const struct request *request = opening->request;
    enum err err = OK;
    for (size_t i = 0; err == OK && i < request->item_count; i++)
        err = fetch_item(hands, source, opening, i, refusal);
    for (size_t i = 0; err == OK && i < request->evidence_count; i++)
        err = fetch(source, &request->evidence[i], &hands->evidence, i, refusal);
    opening->payloads = hands->payloads.spans;
    opening->previous = hands->previous.spans;
    opening->roots = hands->roots.spans;
    opening->evidence = hands->evidence.spans;
    return err;
}
