// What the files that render a new charter share. Nobody outside metadata/render*.c includes this.
#ifndef CONCLAVE_METADATA_RENDER_CHARTER_H
#define CONCLAVE_METADATA_RENDER_CHARTER_H

#include "metadata/render_part.h"

// What the step from the charter in force to `next` does: who can form which quorum, what ends,
// which keys sign no more, who has proven what.
void render_effects(
    const struct motion_view *view, const struct charter *next, struct bytes *out);
// Its part that is about quorums.
void render_quorums(
    const struct motion_view *view, const struct charter *next, struct bytes *out);

#endif
