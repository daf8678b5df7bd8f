#include "log/merkle.h"

#include <string.h>

enum { LEAF_PREFIX = 0x00, NODE_PREFIX = 0x01 };

// LIMIT_PATH levels: what a path can say. No log comes near it.
static const uint64_t size_most = UINT64_C(1) << (LIMIT_PATH - 1);

struct hash merkle_leaf(struct span record)
{
    return hash_prefixed(LEAF_PREFIX, record, (struct span){0});
}

struct hash merkle_node(const struct hash *left, const struct hash *right)
{
    return hash_prefixed(NODE_PREFIX, hash_span(left), hash_span(right));
}

static struct hash empty_root(void)
{
    return hash_of((struct span){0});
}

static size_t ones(uint64_t size)
{
    return (size_t)__builtin_popcountll(size);
}

void merkle_edge_init(struct merkle_edge *edge)
{
    *edge = (struct merkle_edge){0};
}

enum err merkle_edge_set(
    struct merkle_edge *edge, uint64_t size, const struct hash *nodes, size_t count)
{
    if (count != ones(size))
        return ERR_FORM;
    *edge = (struct merkle_edge){.size = size, .node_count = count};
    if (count > 0)
        memcpy(edge->nodes, nodes, count * sizeof *nodes);
    return OK;
}

void merkle_edge_append(struct merkle_edge *edge, const struct hash *leaf)
{
    struct hash node = *leaf;
    for (uint64_t left = edge->size; left & 1; left >>= 1)
        node = merkle_node(&edge->nodes[--edge->node_count], &node);
    edge->nodes[edge->node_count++] = node;
    edge->size++;
}

struct hash merkle_edge_root(const struct merkle_edge *edge)
{
    if (edge->node_count == 0)
        return empty_root();
    struct hash root = edge->nodes[edge->node_count - 1];
    for (size_t i = edge->node_count - 1; i > 0; i--)
        root = merkle_node(&edge->nodes[i - 1], &root);
    return root;
}

// Where a node stands on its way up: its number on this level, and the last number there is
// (fn and sn of RFC 9162 section 2.1.3.2).
struct climb {
    uint64_t at;
    uint64_t last;
};

static bool climb_from_right(const struct climb *climb)
{
    return (climb->at & 1) != 0 || climb->at == climb->last;
}

static void climb_up(struct climb *climb)
{
    climb->at >>= 1;
    climb->last >>= 1;
}

// A last node without a neighbour to its right takes its place in the levels above unchanged.
static void climb_alone(struct climb *climb)
{
    while ((climb->at & 1) == 0 && climb->at != 0)
        climb_up(climb);
}

bool merkle_included(uint64_t index, uint64_t size, const struct hash *leaf,
    const struct merkle_path *path, const struct hash *root)
{
    if (index >= size || path->count > LIMIT_CONSISTENCY)
        return false;
    struct climb climb = {index, size - 1};
    struct hash node = *leaf;
    for (size_t i = 0; i < path->count; i++) {
        if (climb.last == 0)
            return false;
        if (climb_from_right(&climb)) {
            node = merkle_node(&path->nodes[i], &node);
            climb_alone(&climb);
        } else {
            node = merkle_node(&node, &path->nodes[i]);
        }
        climb_up(&climb);
    }
    return climb.last == 0 && hash_equal(&node, root);
}

// Walks the path behind its first node; `old_node` and `new_node` are that first node.
static bool extends_from(struct climb climb, const struct hash *nodes, size_t count,
    struct hash *old_node, struct hash *new_node)
{
    for (size_t i = 0; i < count; i++) {
        if (climb.last == 0)
            return false;
        if (climb_from_right(&climb)) {
            *old_node = merkle_node(&nodes[i], old_node);
            *new_node = merkle_node(&nodes[i], new_node);
            climb_alone(&climb);
        } else {
            *new_node = merkle_node(new_node, &nodes[i]);
        }
        climb_up(&climb);
    }
    return climb.last == 0;
}

// 0 < old_size < new_size.
static bool extends_properly(uint64_t old_size, const struct hash *old_root, uint64_t new_size,
    const struct hash *new_root, const struct merkle_path *path)
{
    struct climb climb = {old_size - 1, new_size - 1};
    while ((climb.at & 1) != 0)
        climb_up(&climb);
    // A complete old tree is its own first node, and the path leaves it out.
    bool complete = ones(old_size) == 1;
    if (!complete && path->count == 0)
        return false;
    size_t used = complete ? 0 : 1;
    struct hash old_node = complete ? *old_root : path->nodes[0];
    struct hash new_node = old_node;
    return extends_from(climb, path->nodes + used, path->count - used, &old_node, &new_node) &&
           hash_equal(&old_node, old_root) && hash_equal(&new_node, new_root);
}

bool merkle_extends(uint64_t old_size, const struct hash *old_root, uint64_t new_size,
    const struct hash *new_root, const struct merkle_path *path)
{
    struct hash empty = empty_root();
    if (old_size > new_size || path->count > LIMIT_CONSISTENCY)
        return false;
    if (new_size == 0)
        return path->count == 0 && hash_equal(old_root, &empty) && hash_equal(new_root, &empty);
    if (old_size == 0)
        return path->count == 0;
    if (old_size == new_size)
        return path->count == 0 && hash_equal(old_root, new_root);
    return extends_properly(old_size, old_root, new_size, new_root, path);
}

enum err merkle_grow(const struct merkle_store *store, uint64_t index, const struct hash *leaf,
    enum err (*put)(void *context, unsigned level, uint64_t index, const struct hash *node),
    void *context)
{
    struct hash node = *leaf;
    unsigned level = 0;
    enum err err = put(context, level, index, &node);
    for (uint64_t at = index; err == OK && (at & 1) != 0; at >>= 1) {
        struct hash left;
        err = store->node(store->context, level, at - 1, &left);
        if (err != OK)
            break;
        node = merkle_node(&left, &node);
        level++;
        err = put(context, level, at >> 1, &node);
    }
    return err;
}

// The complete subtrees that the leaves from `start` to `size` fall into, largest first. `start`
// lies on a boundary of them all.
static enum err edge_of_range(
    const struct merkle_store *store, uint64_t start, uint64_t size, struct merkle_edge *out)
{
    *out = (struct merkle_edge){.size = size - start};
    for (unsigned level = LIMIT_PATH; level-- > 0;) {
        if ((out->size >> level & 1) == 0)
            continue;
        enum err err =
            store->node(store->context, level, start >> level, &out->nodes[out->node_count]);
        if (err != OK)
            return err;
        out->node_count++;
        start += UINT64_C(1) << level;
    }
    return OK;
}

enum err merkle_edge_read(
    const struct merkle_store *store, uint64_t size, struct merkle_edge *out)
{
    return edge_of_range(store, 0, size, out);
}

// The node at `level` and `index` in the tree of `size` leaves: stored when it is complete, made
// of what lies under it when the tree ends within it. ERR_NOT_FOUND when the tree ends before it.
static enum err node_within(const struct merkle_store *store, unsigned level, uint64_t index,
    uint64_t size, struct hash *out)
{
    uint64_t start = index << level;
    if (start >= size)
        return ERR_NOT_FOUND;
    if (size - start >= UINT64_C(1) << level)
        return store->node(store->context, level, index, out);
    struct merkle_edge edge;
    enum err err = edge_of_range(store, start, size, &edge);
    if (err == OK)
        *out = merkle_edge_root(&edge);
    return err;
}

// Appends the neighbours of the node at `level` and `index`, up to the root.
static enum err path_up(const struct merkle_store *store, unsigned level, uint64_t index,
    uint64_t size, struct merkle_path *out)
{
    for (; (size - 1) >> level > 0; level++, index >>= 1) {
        bool alone = (index & 1) == 0 && index == (size - 1) >> level;
        if (alone)
            continue;
        enum err err = node_within(store, level, index ^ 1, size, &out->nodes[out->count]);
        if (err != OK)
            return err;
        out->count++;
    }
    return OK;
}

enum err merkle_prove_inclusion(
    const struct merkle_store *store, uint64_t index, uint64_t size, struct merkle_path *out)
{
    out->count = 0;
    if (index >= size || size > size_most)
        return ERR_FORM;
    return path_up(store, 0, index, size, out);
}

enum err merkle_prove_consistency(const struct merkle_store *store, uint64_t old_size,
    uint64_t new_size, struct merkle_path *out)
{
    out->count = 0;
    if (old_size > new_size || new_size > size_most)
        return ERR_FORM;
    if (old_size == 0 || old_size == new_size)
        return OK;
    // The largest subtree that ends where the old tree ends stands in both.
    unsigned level = (unsigned)__builtin_ctzll(old_size);
    uint64_t index = (old_size >> level) - 1;
    if (index > 0) {
        enum err err = store->node(store->context, level, index, &out->nodes[0]);
        if (err != OK)
            return err;
        out->count = 1;
    }
    return path_up(store, level, index, new_size, out);
}
