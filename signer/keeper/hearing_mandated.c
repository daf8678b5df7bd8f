// Hearings of requests under mandates: what they need, and their order.
#include "signer/keeper/hearing.h"

#include "metadata/mandated.h"
#include "metadata/opening.h"
#include "policy/chain.h"

#include <stdlib.h>

enum err hearing_list_mandated(
    struct hearing *hearing, const struct hearing_house *house, const struct hearing_past *past)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < hearing->request.item_count; i++) {
        const struct item *item = &hearing->request.items[i];
        struct hash previous = chain_previous(past->lasts, item->role);
        struct hash root = opening_root(house->state, item);
        err = wants_add(&hearing->wants, &previous);
        if (err == OK && wants_bytes(&past->roots, &root).size == 0)
            err = wants_add(&hearing->wants, &root);
    }
    return err;
}

enum err hearing_keep_roots(
    const struct hearing *hearing, const struct hearing_house *house, struct hearing_past *past)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < hearing->request.item_count; i++) {
        struct hash root = opening_root(house->state, &hearing->request.items[i]);
        struct span bytes = wants_bytes(&hearing->wants, &root);
        if (bytes.size > 0 && wants_bytes(&past->roots, &root).size == 0)
            err = wants_take(&past->roots, &root, bytes);
    }
    return err;
}

enum err hearing_judge_mandated(struct hearing *hearing, const struct hearing_house *house,
    const struct hearing_past *past, struct bytes *order, struct refusal *refusal)
{
    struct span payloads[LIMIT_ITEMS], previous[LIMIT_ITEMS], roots[LIMIT_ITEMS];
    struct span evidence[LIMIT_ITEMS];
    const struct request *request = &hearing->request;
    const struct wants *wants = &hearing->wants;
    struct mandated mandated;
    for (size_t i = 0; i < request->item_count; i++) {
        struct hash last = chain_previous(past->lasts, request->items[i].role);
        struct hash root = opening_root(house->state, &request->items[i]);
        payloads[i] = wants_bytes(wants, &request->items[i].payload);
        previous[i] = wants_bytes(wants, &last);
        roots[i] = wants_bytes(&past->roots, &root);
    }
    for (size_t i = 0; i < request->evidence_count; i++)
        evidence[i] = wants_bytes(wants, &request->evidence[i]);
    const struct mandated_case given = {
        .charter = house->charter,
        .state = house->state,
        .past = past->lasts,
        .id = hearing->id,
        .request = request,
        .signature = bytes_span(&hearing->signature),
        .payloads = payloads,
        .previous = previous,
        .roots = roots,
        .evidence = evidence,
        .time = house->now,
    };
    enum err err = mandated_judge(&given, &mandated, refusal);
    if (err != OK)
        return err;
    mandated_write(&mandated, order);
    return bytes_finish(order);
}
