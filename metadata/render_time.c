// A time statement: what time the quorum says it is, against the appliance's own clock.
#include "metadata/render_part.h"
#include "proto/motion.h"

#include <inttypes.h>

enum { HOUR = 3600, DAY = 24 * HOUR };

static void render_span(int64_t seconds, struct bytes *out)
{
    bytes_add_format(out, "%" PRId64 " seconds (%" PRId64 " days and %" PRId64 " hours)",
        seconds, seconds / DAY, seconds % DAY / HOUR);
}

static void render_against(moment stated, moment other, const char *of, struct bytes *out)
{
    bytes_add_format(out, "%s: ", of);
    page_moment(out, other);
    bytes_add_text(out, "\n  ");
    if (stated == other)
        bytes_add_text(out, "the statement says the same");
    else if (stated > other) {
        bytes_add_text(out, "the statement is later by ");
        render_span(stated - other, out);
    } else {
        bytes_add_text(out, "the statement is EARLIER by ");
        render_span(other - stated, out);
    }
    page_end(out);
}

// The last statement of the time; its text is what this one builds on.
static enum err render_last(
    const struct motion_view *view, moment stated, struct bytes *out, struct refusal *refusal)
{
    struct time_motion last;
    if (view->previous.size == 0)
        return OK;
    if (time_motion_read(view->previous, &last) != OK)
        return refuse(refusal, "R14", "What this builds on is no statement of the time.");
    render_against(stated, last.time, "the statement before it", out);
    if (stated < last.time)
        bytes_add_text(out, "!! THE TIME GOES BACK behind what a quorum has stated before\n");
    return OK;
}

enum err render_time(const struct motion_view *view, struct bytes *out, struct refusal *refusal)
{
    struct time_motion motion;
    if (time_motion_read(view->payload, &motion) != OK)
        return refuse(refusal, "R2", "This is no statement of the time.");
    if (motion.number != view->item->version)
        return refuse(refusal, "R14", "The opened record names another number.");
    bytes_add_text(out, "!! it is not earlier than: ");
    page_moment(out, motion.time);
    page_end(out);
    render_against(motion.time, view->rendered->opened->time,
        "the appliance's clock when this was opened", out);
    enum err err = render_last(view, motion.time, out, refusal);
    bytes_add_format(out,
        "what that does: the appliance signs nothing at an earlier time, and its clock may be "
        "ahead of this by at most %" PRId64 " seconds until something else is sealed\n",
        view->charter->jump);
    bytes_add_text(out,
        "!! if what is sealed now is later than this, the time is set back: every request that "
        "was opened before is opened anew, and approvals given before count no more\n");
    return err;
}
