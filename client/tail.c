#include "client/tail.h"

#include "client/fault.h"

#include <stdlib.h>
#include <string.h>

struct tail {
    struct conclave *conclave;
    enum record_kind kind; // that is looked for
    struct bytes *text;    // of the newest one
    uint64_t first;        // of the records that were fetched
    uint64_t size;         // of the tree
    struct hash *leaves;   // backwards: the last record's is the first
    size_t count;
    size_t room;
    bool found;
};

static bool grow(struct tail *tail)
{
    if (tail->count + TAIL_PAGE <= tail->room)
        return true;
    size_t room = tail->room == 0 ? TAIL_PAGE : 2 * tail->room;
    struct hash *leaves = reallocarray(tail->leaves, room, sizeof *leaves);
    if (leaves == NULL)
        return false;
    tail->leaves = leaves;
    tail->room = room;
    return true;
}

static void take(struct tail *tail, struct span text, struct hash *leaf)
{
    *leaf = merkle_leaf(text);
    if (record_kind(text) != tail->kind)
        return;
    tail->found = true;
    bytes_reset(tail->text);
    bytes_add(tail->text, text);
}

// Fetches [first, end) in log order; `leaves` gets a hash for each.
static enum err fetch(struct tail *tail, uint64_t first, uint64_t end, struct hash *leaves,
    struct refusal *refusal)
{
    for (uint64_t at = first; at < end;) {
        struct message ask = {.kind = ASK_RECORDS}, answer;
        ask.page.first = at;
        ask.page.count = (uint32_t)(end - at);
        enum err err = conclave_ask(tail->conclave, &ask, &answer, refusal);
        if (err != OK)
            return err;
        const struct entry_list *entries = &answer.records.entries;
        if (entries->count == 0 || entries->count > end - at)
            return fault(ERR_FORM, refusal, "the appliance does not show record %llu",
                (unsigned long long)at);
        for (uint32_t i = 0; i < entries->count; i++, at++)
            take(tail, entries->at[i].text, &leaves[at - first]);
    }
    return bytes_finish(tail->text);
}

// One page further back.
static enum err step_back(struct tail *tail, struct refusal *refusal)
{
    struct hash leaves[TAIL_PAGE];
    uint64_t end = tail->first;
    uint64_t first = end > TAIL_PAGE ? end - TAIL_PAGE : 0;
    if (tail->count >= TAIL_MOST)
        return fault(ERR_LIMIT, refusal,
            "the last %d records hold no signature: something floods the log", TAIL_MOST);
    if (!grow(tail))
        return ERR_MEMORY;
    enum err err = fetch(tail, first, end, leaves, refusal);
    if (err != OK)
        return err;
    for (uint64_t i = end - first; i-- > 0;)
        tail->leaves[tail->count++] = leaves[i];
    tail->first = first;
    return OK;
}

// The left siblings on the path of the leaf at `index`, largest first: the right edge of the tree
// of the `index` leaves before it (RFC 9162 section 2.1.3.2 tells left from right).
static enum err edge_before(
    uint64_t index, uint64_t size, const struct hash_list *path, struct merkle_edge *edge)
{
    struct hash left[LIMIT_CONSISTENCY];
    size_t count = 0;
    uint64_t node = index, last = size - 1;
    for (uint32_t i = 0; i < path->count; i++) {
        if ((node & 1) != 0 || node == last) {
            left[LIMIT_CONSISTENCY - ++count] = path->at[i];
            for (; (node & 1) == 0 && node != 0; node >>= 1)
                last >>= 1;
        }
        node >>= 1;
        last >>= 1;
    }
    return merkle_edge_set(edge, index, &left[LIMIT_CONSISTENCY - count], count);
}

static enum err first_edge(
    const struct tail *tail, struct merkle_edge *edge, struct refusal *refusal)
{
    struct message ask = {.kind = ASK_PROVE}, answer;
    merkle_edge_init(edge);
    if (tail->first == 0)
        return OK;
    ask.prove.index = tail->first;
    ask.prove.size = tail->size;
    enum err err = conclave_ask(tail->conclave, &ask, &answer, refusal);
    if (err == OK && edge_before(tail->first, tail->size, &answer.proof.path, edge) != OK)
        err = fault(ERR_SIGNATURE, refusal, "the proof of record %llu is none",
            (unsigned long long)tail->first);
    return err;
}

static enum err check(
    const struct tail *tail, const struct checkpoint *newest, struct refusal *refusal)
{
    struct merkle_edge edge;
    enum err err = first_edge(tail, &edge, refusal);
    if (err != OK)
        return err;
    for (size_t i = tail->count; i-- > 0;)
        merkle_edge_append(&edge, &tail->leaves[i]);
    struct hash root = merkle_edge_root(&edge);
    if (hash_equal(&root, &newest->root))
        return OK;
    return fault(ERR_SIGNATURE, refusal,
        "the newest records that the appliance shows are not those under its checkpoint: stop, "
        "and show it to the other administrators");
}

enum err tail_find(struct conclave *conclave, const struct checkpoint *newest,
    enum record_kind kind, struct bytes *text, struct refusal *refusal)
{
    struct tail tail = {.conclave = conclave,
        .kind = kind,
        .text = text,
        .first = newest->size,
        .size = newest->size};
    enum err err = OK;
    while (err == OK && tail.first > 0 && !tail.found)
        err = step_back(&tail, refusal);
    if (err == OK)
        err = check(&tail, newest, refusal);
    free(tail.leaves);
    return err;
}
