// What the files that render an item share. Nobody outside metadata/render*.c includes this.
#ifndef CONCLAVE_METADATA_RENDER_PART_H
#define CONCLAVE_METADATA_RENDER_PART_H

#include "metadata/page.h"
#include "metadata/render.h"
#include "metadata/tuf.h"

// One item while it is rendered: the payload, and the one that its role signed last.
struct render_view {
    const struct charter *charter;
    const struct role *role;
    struct tuf now;
    struct tuf last; // type TUF_NONE when there is none
};

void render_root(const struct render_view *view, struct bytes *out);
void render_targets(const struct render_view *view, struct bytes *out);
void render_files(const struct render_view *view, struct bytes *out);
void render_delegations(const struct render_view *view, struct bytes *out);

// A key with all its fields.
void render_key(const struct charter *charter, const struct tuf_key *key, unsigned depth,
    struct bytes *out);

#endif
