// A mandate: what will be signed with nobody asked, for whom, and what the one before it allowed.
#include "metadata/render_part.h"
#include "policy/mandate.h"
#include "proto/motion.h"

#include <inttypes.h>
#include <string.h>

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
_Static_assert(MANDATE_VERSION_MOST == TUF_VERSION_MOST, "a mandate ends where clients do");

// One line of a mandate's text, behind its label.
typedef void render_value(
    const struct motion_view *view, const struct mandate_motion *motion, struct bytes *out);

// "176400 seconds (2 d 1 h)"; units of which there are none are left out.
static void render_span(int64_t seconds, struct bytes *out)
{
    const struct {
        const char *name;
        int64_t count;
    } units[] = {{"d", seconds / DAY}, {"h", seconds % DAY / HOUR},
        {"min", seconds % HOUR / MINUTE}, {"s", seconds % MINUTE}};
    const char *before = " seconds (";
    bytes_add_format(out, "%" PRId64, seconds);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (units[i].count == 0)
            continue;
        bytes_add_format(out, "%s%" PRId64 " %s", before, units[i].count, units[i].name);
        before = " ";
    }
    bytes_add_text(out, seconds > 0 ? ")" : " seconds");
}

static void value_requester(
    const struct motion_view *view, const struct mandate_motion *motion, struct bytes *out)
{
    const struct requester *who = charter_requester(view->charter, &motion->requester);
    if (who == NULL) {
        bytes_add_text(out, "!! nobody whom the charter names, ");
    } else {
        page_foreign(out, span_text(who->name));
        bytes_add_text(out, ", behind it ");
        page_foreign(out, span_text(who->person));
        bytes_add_text(out, ", ");
    }
    page_hash(out, &motion->requester);
}

static void value_versions(
    const struct motion_view *view, const struct mandate_motion *motion, struct bytes *out)
{
    (void)view;
    bytes_add_format(out, "%" PRIu64 " to %" PRIu64, motion->first, motion->last);
}

static void value_count(
    const struct motion_view *view, const struct mandate_motion *motion, struct bytes *out)
{
    (void)view;
    bytes_add_format(out, "%" PRIu64, motion->count);
}

static void value_longest(
    const struct motion_view *view, const struct mandate_motion *motion, struct bytes *out)
{
    (void)view;
    render_span(motion->longest, out);
}

static void value_until(
    const struct motion_view *view, const struct mandate_motion *motion, struct bytes *out)
{
    moment opened = view->rendered->opened->time;
    page_moment(out, motion->until);
    bytes_add_text(
        out, motion->until > opened ? ", behind the opening by " : ", it is over by ");
    render_span(motion->until > opened ? motion->until - opened : opened - motion->until, out);
}

static const struct {
    const char *label;
    render_value *value;
} lines[] = {
    {"whose requests are signed", value_requester},
    {"versions that may be signed", value_versions},
    {"payloads that may be signed, at most", value_count},
    {"from a signature to the payload's expiry, at most", value_longest},
    {"the mandate ends", value_until},
};

static void render_row(
    const char *label, const struct bytes *value, const struct bytes *was, struct bytes *out)
{
    bytes_add_format(out, "%s: ", label);
    bytes_add(out, bytes_span(value));
    page_end(out);
    if (was->size == 0 || span_equal(bytes_span(value), bytes_span(was)))
        return;
    page_indent(out, 1);
    bytes_add_text(out, "!! before: ");
    bytes_add(out, bytes_span(was));
    page_end(out);
}

// `last` is NULL before a role's first.
static enum err render_lines(const struct motion_view *view,
    const struct mandate_motion *motion, const struct mandate_motion *last, struct bytes *out)
{
    struct bytes value, was;
    enum err err = OK;
    for (size_t i = 0; err == OK && i < sizeof lines / sizeof lines[0]; i++) {
        bytes_init(&value, LIMIT_RECORD);
        bytes_init(&was, LIMIT_RECORD);
        lines[i].value(view, motion, &value);
        if (last != NULL)
            lines[i].value(view, last, &was);
        err = bytes_finish(&value);
        if (err == OK)
            err = bytes_finish(&was);
        if (err == OK)
            render_row(lines[i].label, &value, &was, out);
        bytes_clear(&value);
        bytes_clear(&was);
    }
    return err;
}

// The role's last mandate, live or not; its text is what this one builds on.
static enum err read_last(const struct motion_view *view, const struct mandate_motion *motion,
    struct mandate_motion *last, struct refusal *refusal)
{
    if (view->previous.size == 0)
        return OK;
    if (mandate_motion_read(view->previous, last) == OK &&
        strcmp(last->role, motion->role) == 0 && last->number == motion->number - 1)
        return OK;
    return refuse(refusal, "R14", "What this builds on is not the mandate of %s before it.",
        motion->role);
}

static void render_role(const struct charter *charter, const char *name, struct bytes *out)
{
    const struct role *role = charter_role(charter, name);
    bool vehicles = role != NULL && charter_for_vehicles(charter, role);
    page_field(out, 0, "!! role that is signed for with nobody asked", span_text(name));
    if (vehicles)
        bytes_add_text(out, "  for any vehicle, and each has versions of its own\n");
    if (vehicles && strcmp(role_short_name(role), "targets") == 0)
        bytes_add_text(out, "  !! what a vehicle is told to install is then the word of the "
                            "requester and of the keeper: nobody looks at it\n");
}

static void render_deed(const struct mandate_motion *last, struct bytes *out)
{
    bytes_add_text(out,
        "what that does: the appliance signs what this requester asks for within these lines, "
        "at once and with nobody asked; what stands inside is judged by the rules of metadata, "
        "and to approve this is to accept whatever only warns; the versions begin above what "
        "was signed, or may have been\n");
    if (last == NULL)
        bytes_add_text(out, "it is the role's first mandate\n");
    else
        bytes_add_format(out,
            "number %" PRIu64 " before it ends with this one, if it has not ended\n",
            last->number);
    bytes_add_text(out,
        "any one administrator can revoke it (`conclave mandate revoke`), and nothing lifts "
        "that; what was signed stays signed\n");
}

enum err render_mandate(
    const struct motion_view *view, struct bytes *out, struct refusal *refusal)
{
    struct mandate_motion motion, last;
    if (mandate_motion_read(view->payload, &motion) != OK)
        return refuse(refusal, "R2", "This is no mandate.");
    if (motion.number != view->item->version)
        return refuse(refusal, "R14",
            "The mandate has the number %" PRIu64 ", and its item another.", motion.number);
    if (read_last(view, &motion, &last, refusal) != OK)
        return ERR_REFUSED;
    bool first = view->previous.size == 0;
    render_role(view->charter, motion.role, out);
    enum err err = render_lines(view, &motion, first ? NULL : &last, out);
    render_deed(first ? NULL : &last, out);
    return err;
}
