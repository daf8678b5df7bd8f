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
    bool evidence;   // travels with the request: a Director's images were compared with it
};

// An element of a payload in lines, as it is now and as it was: no indentation, each line ended.
struct sketch {
    struct bytes now, last;
};
void sketch_init(struct sketch *sketch);
void sketch_clear(struct sketch *sketch);
void sketch_reset(struct sketch *sketch); // for the next element; keeps the memory
// The lines of the element: of a changed one the difference, of a removed one those that it had.
// Failures of the sketch become the output's.
void render_element(
    struct bytes *out, unsigned depth, enum change change, const struct sketch *sketch);

// Whether the request's item is a motion.
bool render_is_motion(const struct render_case *rendered);
// What stands above the items.
void render_head(
    const struct render_case *rendered, const struct asking *requester, struct bytes *out);

// A motion while it is rendered: a request's only item.
struct motion_view {
    const struct render_case *rendered; // NULL: a draft (render_draft)
    const struct charter *charter;      // in force
    const struct item *item;
    struct span payload;
    struct span previous;
};

// The whole item. ERR_REFUSED as render, ERR_MEMORY.
enum err must_check render_motion(
    const struct render_case *rendered, struct bytes *out, struct refusal *refusal);
// What is to be done, each by its kind.
enum err must_check render_charter(
    const struct motion_view *view, struct bytes *out, struct refusal *refusal);
enum err must_check render_keys(
    const struct motion_view *view, struct bytes *out, struct refusal *refusal);
enum err must_check render_lift(
    const struct motion_view *view, struct bytes *out, struct refusal *refusal);
enum err must_check render_mandate(
    const struct motion_view *view, struct bytes *out, struct refusal *refusal);
enum err must_check render_time(
    const struct motion_view *view, struct bytes *out, struct refusal *refusal);
enum err must_check render_import(
    const struct motion_view *view, struct bytes *out, struct refusal *refusal);

// `LABEL: 3 of 4 persons, group NAME`.
void render_quorum(const struct charter *charter, const struct quorum *quorum,
    const char *label, unsigned depth, struct bytes *out);
// `LABEL: 1.0.31`, or that there is none.
void render_specification(
    const struct tuf *tuf, unsigned depth, const char *label, struct bytes *out);
// A line for each warning: `!! warning ID: sentence`.
void render_named_warnings(const struct render_view *view, struct bytes *out);
// The parts of a payload that is read completely, by its type.
void render_by_type(const struct render_view *view, struct bytes *out);

void render_root(const struct render_view *view, struct bytes *out);
void render_targets(const struct render_view *view, struct bytes *out);
void render_files(const struct render_view *view, struct bytes *out);
// Lines for the members of a custom object of that payload; none when it is empty, i.e. absent.
void render_custom(const struct tuf *tuf, struct span object, struct bytes *out);
void render_delegations(const struct render_view *view, struct bytes *out);

// A key with all its fields.
void render_key(const struct charter *charter, const struct tuf_key *key, unsigned depth,
    struct bytes *out);

#endif
