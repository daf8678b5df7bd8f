#include "hsm/tree.h"

#include <string.h>

void tree_init(struct tree *tree, const struct merkle_edge *edge)
{
    tree->durable = *edge;
    tree->tip = *edge;
    tree->pending_count = 0;
}

enum err tree_append(struct tree *tree, struct span record, struct place *out)
{
    if (tree->pending_count == TREE_PENDING)
        return ERR_LIMIT;
    *out = (struct place){tree->tip.size, merkle_leaf(record)};
    tree->pending[tree->pending_count++] = out->leaf;
    merkle_edge_append(&tree->tip, &out->leaf);
    return OK;
}

enum err tree_replay(struct tree *tree, struct span record, struct place *out)
{
    if (tree->pending_count > 0)
        return ERR_FORM;
    enum err err = tree_append(tree, record, out);
    return err == OK ? tree_durable(tree, tree->tip.size) : err;
}

enum err tree_durable(struct tree *tree, uint64_t size)
{
    if (size < tree->durable.size || size > tree->tip.size)
        return ERR_FORM;
    size_t count = (size_t)(size - tree->durable.size);
    for (size_t i = 0; i < count; i++)
        merkle_edge_append(&tree->durable, &tree->pending[i]);
    tree->pending_count -= count;
    memmove(tree->pending, tree->pending + count, tree->pending_count * sizeof(struct hash));
    return OK;
}
