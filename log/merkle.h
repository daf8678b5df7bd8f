// The Merkle tree of RFC 6962 (section 2.1): leaf SHA-256(00 ‖ record), node SHA-256(01 ‖ l ‖ r),
// the empty tree SHA-256(""). Pure: hashes in, hashes out.
#ifndef CONCLAVE_LOG_MERKLE_H
#define CONCLAVE_LOG_MERKLE_H

#include "proto/limits.h"
#include "signer/base/hash.h"

struct hash merkle_leaf(struct span record);
struct hash merkle_node(const struct hash *left, const struct hash *right);

// The right edge of a tree: the roots of its complete subtrees, largest first. This is all that
// is needed to append and to know the root. Invariant: node_count == popcount(size).
struct merkle_edge {
    uint64_t size;
    struct hash nodes[LIMIT_PATH];
    size_t node_count;
};

void merkle_edge_init(struct merkle_edge *edge); // the empty tree
// An edge from stored nodes. ERR_FORM unless count is popcount(size).
enum err must_check merkle_edge_set(
    struct merkle_edge *edge, uint64_t size, const struct hash *nodes, size_t count);
void merkle_edge_append(struct merkle_edge *edge, const struct hash *leaf);
struct hash merkle_edge_root(const struct merkle_edge *edge);

struct merkle_path {
    struct hash nodes[LIMIT_CONSISTENCY];
    size_t count;
};

// Whether `path` proves that `leaf` stands at `index` of the tree of `size` leaves with `root`
// (RFC 9162 section 2.1.3.2). False for index >= size and for paths of any other length.
bool merkle_included(uint64_t index, uint64_t size, const struct hash *leaf,
    const struct merkle_path *path, const struct hash *root);
// Whether `path` proves that the tree (new_size, new_root) extends (old_size, old_root)
// (RFC 9162 section 2.1.4.2). old_size 0 is extended by everything with an empty path.
bool merkle_extends(uint64_t old_size, const struct hash *old_root, uint64_t new_size,
    const struct hash *new_root, const struct merkle_path *path);

// Stored nodes: the root of the complete subtree over leaves index·2^level …
struct merkle_store {
    enum err (*node)(void *context, unsigned level, uint64_t index, struct hash *out);
    void *context;
};

// Calls `put` for every complete subtree that the leaf at `index` finishes (the leaf itself is
// level 0), reading what stands to the left from `store`.
enum err must_check merkle_grow(const struct merkle_store *store, uint64_t index,
    const struct hash *leaf,
    enum err (*put)(void *context, unsigned level, uint64_t index, const struct hash *node),
    void *context);
// The edge of the tree of the first `size` leaves.
enum err must_check merkle_edge_read(
    const struct merkle_store *store, uint64_t size, struct merkle_edge *out);
// ERR_FORM for index >= size or old_size > new_size; else what the store says.
enum err must_check merkle_prove_inclusion(
    const struct merkle_store *store, uint64_t index, uint64_t size, struct merkle_path *out);
enum err must_check merkle_prove_consistency(const struct merkle_store *store,
    uint64_t old_size, uint64_t new_size, struct merkle_path *out);

#endif
