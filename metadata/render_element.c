// An element in lines, beside what it was.
#include "metadata/difference.h"
#include "metadata/render_part.h"

void sketch_init(struct sketch *sketch)
{
    bytes_init(&sketch->now, RENDER_MOST);
    bytes_init(&sketch->last, RENDER_MOST);
}

void sketch_clear(struct sketch *sketch)
{
    bytes_clear(&sketch->now);
    bytes_clear(&sketch->last);
}

void sketch_reset(struct sketch *sketch)
{
    bytes_reset(&sketch->now);
    bytes_reset(&sketch->last);
}

void render_element(
    struct bytes *out, unsigned depth, enum change change, const struct sketch *sketch)
{
    struct span now = bytes_span(&sketch->now), last = bytes_span(&sketch->last);
    if (sketch->now.failure != OK || sketch->last.failure != OK)
        out->failure = sketch->now.failure != OK ? sketch->now.failure : sketch->last.failure;
    else if (change == CHANGE_REMOVED)
        difference_write(out, depth, last, last);
    else
        difference_write(out, depth, change == CHANGE_CHANGED ? last : now, now);
}
