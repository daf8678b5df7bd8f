// Keys that are made, retired and destroyed.
#include "metadata/render_part.h"
#include "proto/motion.h"

#include <inttypes.h>
#include <string.h>

static const struct role_key *find(const struct charter *charter, const struct keys_name *name)
{
    for (size_t i = 0; i < charter->key_count; i++)
        if (hash_equal(&charter->keys[i].key.id, &name->key) &&
            strcmp(charter->roles[charter->keys[i].role].name, name->role) == 0)
            return &charter->keys[i];
    return NULL;
}

static bool retires(const struct keys_motion *motion, const struct key *key)
{
    for (size_t i = 0; i < motion->retire_count; i++)
        if (hash_equal(&motion->retire[i].key, &key->id))
            return true;
    return false;
}

static void render_made(
    const struct charter *charter, const struct keys_motion *motion, struct bytes *out)
{
    for (size_t i = 0; i < motion->make_count; i++) {
        const struct keys_make *make = &motion->make[i];
        page_change(out, 0, CHANGE_ADDED, "key of", span_text(make->role));
        page_words(out, 1, "type", key_type_text(make->type));
        page_words(out, 1, "from then on",
            "spare: it signs nothing until a new charter gives it to the role");
        if (charter_role(charter, make->role) == NULL)
            bytes_add_text(out, "  !! the charter has no such role yet\n");
    }
}

static void render_named(const char *kind, const struct keys_name *name, struct bytes *out)
{
    page_field(out, 0, kind, span_text(name->role));
    bytes_add_text(out, "  key: ");
    page_hash(out, &name->key);
    page_end(out);
}

// How many of the charter's keys of the role this leaves.
static void render_left(const struct charter *charter, const struct keys_motion *motion,
    size_t role, struct bytes *out)
{
    size_t all = 0, left = 0;
    for (size_t i = 0; i < charter->key_count; i++) {
        if (charter->keys[i].role != role)
            continue;
        all++;
        left += !retires(motion, &charter->keys[i].key);
    }
    bytes_add_format(out,
        "  of the role's %zu keys in the charter this leaves %zu, less those retired before\n",
        all, left);
}

static void render_retired(
    const struct charter *charter, const struct keys_motion *motion, struct bytes *out)
{
    for (size_t i = 0; i < motion->retire_count; i++) {
        const struct role_key *key = find(charter, &motion->retire[i]);
        render_named("!! retired key of", &motion->retire[i], out);
        page_words(out, 1, "from then on",
            "it signs nothing, wherever a root still lists it, and never again");
        if (key == NULL) {
            page_words(out, 1, "used by", "no charter: it was spare");
            continue;
        }
        page_words(out, 1, "type", key_type_text(key->key.type));
        page_words(out, 1, "used by", "the charter in force, until one drops it");
        if (key->has_custodian)
            page_field(
                out, 1, "custodian", span_text(charter->administrators[key->custodian].name));
        render_left(charter, motion, key->role, out);
    }
}

static void render_destroyed(const struct keys_motion *motion, struct bytes *out)
{
    for (size_t i = 0; i < motion->destroy_count; i++) {
        render_named("!! destroyed key of", &motion->destroy[i], out);
        page_words(out, 1, "from then on",
            "it is gone from the token for ever, and nobody brings it "
            "back");
    }
}

enum err render_keys(const struct motion_view *view, struct bytes *out, struct refusal *refusal)
{
    struct keys_motion motion;
    if (keys_motion_read(view->payload, &motion) != OK)
        return refuse(refusal, "R2", "This is no text of keys to be made or retired.");
    if (motion.number != view->item->version)
        return refuse(refusal, "R14", "The opened record names another number.");
    bytes_add_format(out, "keys: %zu to be made, %zu retired, %zu destroyed\n",
        motion.make_count, motion.retire_count, motion.destroy_count);
    render_made(view->charter, &motion, out);
    render_retired(view->charter, &motion, out);
    render_destroyed(&motion, out);
    return OK;
}
