#include "hsm/judge_row.h"

#include <inttypes.h>
#include <string.h>

// Whether the order is about what was opened, and what was opened is what was requested.

enum err judge_check_form(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct message *ask = judged->ask;
    if (order_read(ask->judge.order, &judged->order) != OK)
        return refuse(refusal, rule, "The order is not a record of its form.");
    if (opened_read(ask->judge.opened, &judged->opened) != OK)
        return refuse(refusal, rule, "The opened record is not a record of its form.");
    if (request_read(ask->judge.request, &judged->request) != OK)
        return refuse(refusal, rule, "The request is not a text of its form.");
    if (ask->judge.payloads.count != judged->opened.item_count)
        return refuse(refusal, rule, "There is not one payload for each item.");
    if (ask->judge.approvals.count != judged->order.approval_count)
        return refuse(refusal, rule, "There is not one signature for each approval.");
    return OK;
}

// The opened record stands where the order says, in the tree that this vault grew itself.
enum err judge_check_place(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct message *ask = judged->ask;
    struct hash leaf = merkle_leaf(ask->judge.opened);
    struct hash root = merkle_edge_root(judged->durable);
    struct merkle_path path = {.count = ask->judge.path.count};
    memcpy(path.nodes, ask->judge.path.at, path.count * sizeof path.nodes[0]);
    if (ask->judge.size != judged->durable->size)
        return refuse(
            refusal, rule, "The proof is for another size of the log than the durable.");
    if (!hash_equal(&leaf, &judged->order.opened.leaf) ||
        !merkle_included(
            judged->order.opened.index, judged->durable->size, &leaf, &path, &root))
        return refuse(refusal, rule,
            "The opened record does not stand in the log at %" PRIu64 ".",
            judged->order.opened.index);
    return OK;
}

enum err judge_check_appliance(
    struct judgement *judged, const char *rule, struct refusal *refusal)
{
    if (hash_equal(&judged->opened.appliance, &judged->charter->log) &&
        hash_equal(&judged->request.appliance, &judged->charter->log))
        return OK;
    return refuse(refusal, rule, "The request is for another appliance.");
}

enum err judge_check_charter(
    struct judgement *judged, const char *rule, struct refusal *refusal)
{
    if (judged->opened.epoch == judged->charter->epoch &&
        hash_equal(&judged->opened.charter, &judged->charter->hash))
        return OK;
    return refuse(refusal, rule,
        "The request was opened under charter %" PRIu64 "; %" PRIu64
        " is in force: it must be approved anew.",
        judged->opened.epoch, judged->charter->epoch);
}

enum err judge_check_id(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    struct hash id = request_id(judged->ask->judge.request);
    if (hash_equal(&id, &judged->opened.request) && hash_equal(&id, &judged->order.request))
        return OK;
    return refuse(refusal, rule, "The request is not the one that was opened and ordered.");
}

static bool same_item(const struct item *a, const struct item *b)
{
    return strcmp(a->role, b->role) == 0 && a->version == b->version &&
           hash_equal(&a->payload, &b->payload);
}

enum err judge_check_items(struct judgement *judged, const char *rule, struct refusal *refusal)
{
    bool same = judged->request.item_count == judged->opened.item_count;
    for (size_t i = 0; same && i < judged->opened.item_count; i++)
        same = same_item(&judged->request.items[i], &judged->opened.items[i]);
    return same ? OK : refuse(refusal, rule, "The items opened are not those requested.");
}

enum err judge_check_payloads(
    struct judgement *judged, const char *rule, struct refusal *refusal)
{
    for (size_t i = 0; i < judged->opened.item_count; i++) {
        struct hash hash = hash_of(judged->ask->judge.payloads.at[i]);
        if (!hash_equal(&hash, &judged->opened.items[i].payload))
            return refuse(refusal, rule, "The payload of %s is not the one that was opened.",
                judged->opened.items[i].role);
    }
    return OK;
}
