// The audit of reach lines (R12): how many keys must be able to sign follows from charter and
// metadata, and is not the appliance's to say.
#include "client/audit_part.h"

#include "metadata/opening.h"
#include "metadata/reach.h"

#include <stdlib.h>
#include <string.h>

// What the lines were written by: the house as it is, or was before the last outcome.
struct writer {
    const struct charter *charter;
    const struct state *state;
};

static bool same_line(const struct reach *a, const struct reach *b)
{
    bool same =
        strcmp(a->role, b->role) == 0 && a->need == b->need && a->key_count == b->key_count;
    for (size_t i = 0; same && i < a->key_count; i++)
        same = hash_equal(&a->keys[i], &b->keys[i]);
    return same;
}

static bool same_lines(const struct opened *a, const struct opened *b)
{
    bool same = a->reach_count == b->reach_count;
    for (size_t i = 0; same && i < a->reach_count; i++)
        same = same_line(&a->reach[i], &b->reach[i]);
    return same;
}

// Adds the lines of one item. `*known` becomes false when its bytes are not at hand; they are counted
// where its signature is looked for.
static enum err add_item(struct audit *audit, const struct writer *writer,
    const struct item *item, struct opened *out, bool *known)
{
    struct bytes payload, root;
    struct refusal refusal = {0};
    struct hash hash = opening_root(writer->state, item);
    uint64_t counted = audit->report.not_at_hand;
    bool root_known = true;
    const struct role *role = charter_role(writer->charter, item->role);
    if (role == NULL)
        return OK;
    bytes_init(&payload, LIMIT_PAYLOAD);
    bytes_init(&root, LIMIT_PAYLOAD);
    enum err err = audit_fetch(audit, &item->payload, &payload, known);
    if (err == OK && !hash_is_none(&hash))
        err = audit_fetch(audit, &hash, &root, &root_known);
    audit->report.not_at_hand = counted;
    *known = *known && root_known;
    if (err == OK && *known) {
        const struct reach_case given = {.charter = writer->charter,
            .state = writer->state,
            .role = role,
            .payload = bytes_span(&payload),
            .root = bytes_span(&root)};
        err = reach_add(&given, out, &refusal);
        *known = err == OK;
    }
    bytes_clear(&payload);
    bytes_clear(&root);
    return err == ERR_REFUSED ? OK : err; // it is no metadata: found where it is signed
}

static bool has_custodians(const struct charter *charter, const struct opened *opened)
{
    for (size_t i = 0; i < charter->key_count; i++)
        for (size_t k = 0; charter->keys[i].has_custodian && k < opened->item_count; k++)
            if (charter_key_of(charter, &charter->keys[i], opened->items[k].role))
                return true;
    return false;
}

static enum err compare(
    struct audit *audit, const struct writer *writer, const struct opened *opened, bool *same)
{
    enum err err = OK;
    bool known = true;
    struct opened *given = calloc(1, sizeof *given);
    if (given == NULL)
        return ERR_MEMORY;
    for (size_t i = 0; err == OK && known && has_custodians(writer->charter, opened) &&
                       i < opened->item_count;
         i++)
        err = add_item(audit, writer, &opened->items[i], given, &known);
    *same = !known || same_lines(given, opened);
    free(given);
    return err;
}

enum err audit_reach(struct audit *audit, const struct opened *opened)
{
    const struct charter *charter = audit_under(audit, opened);
    const struct writer now = {charter, audit->state}, before = {charter, audit->state_before};
    bool same = true;
    if (motion_of(opened->items[0].role) != MOTION_NONE)
        return OK;
    enum err err = compare(audit, &now, opened, &same);
    if (err == OK && !same)
        err = compare(audit, &before, opened, &same);
    if (err == OK && !same)
        audit_find(audit, "R12",
            "how many keys must be able to sign is not what charter and metadata say");
    return err;
}
