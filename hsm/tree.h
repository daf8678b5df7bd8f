// The vault's two edges of the log's tree: `tip` has every leaf that was appended, `durable` those
// that the ledger has on disk. Between them lie the hashes of the leaves that wait, so that the
// root at exactly any durable size is known. Pure.
//
// Invariant: durable.size + pending_count == tip.size.
#ifndef CONCLAVE_HSM_TREE_H
#define CONCLAVE_HSM_TREE_H

#include "log/merkle.h"
#include "proto/record.h"

enum {
    // An outcome can have the keeper open every other open request anew before the next commit,
    // while every credit of the gate brings a record of its own.
    TREE_PENDING = LIMIT_OPEN + 8 * LIMIT_CREDITS,
};

struct tree {
    struct merkle_edge durable;
    struct merkle_edge tip;
    struct hash pending[TREE_PENDING];
    size_t pending_count;
};

// Everything in `edge` is durable, and nothing waits.
void tree_init(struct tree *tree, const struct merkle_edge *edge);
// Appends a record's leaf at the tip. ERR_LIMIT when too many wait.
enum err must_check tree_append(struct tree *tree, struct span record, struct place *out);
// Appends one that is durable already. ERR_FORM when another one waits.
enum err must_check tree_replay(struct tree *tree, struct span record, struct place *out);
// All leaves below `size` are durable. ERR_FORM for a size that shrinks or that lies beyond tip.
enum err must_check tree_durable(struct tree *tree, uint64_t size);

#endif
