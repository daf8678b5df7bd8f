#include "metadata/render_part.h"

#include <inttypes.h>

static const struct role_key *own_key(
    const struct charter *charter, const struct hash *identity)
{
    for (size_t i = 0; i < charter->key_count; i++)
        if (hash_equal(&charter->keys[i].key.id, identity))
            return &charter->keys[i];
    return NULL;
}

void render_key(
    const struct charter *charter, const struct tuf_key *key, unsigned depth, struct bytes *out)
{
    page_field(out, depth, "type", key->keytype);
    if (key->scheme.size > 0)
        page_field(out, depth, "scheme", key->scheme);
    const struct role_key *own = own_key(charter, &key->identity);
    char identity[2 * HASH_SIZE + 1];
    page_words(out, depth, "held", own != NULL ? "by this appliance" : "elsewhere");
    if (own != NULL && own->has_custodian)
        page_field(
            out, depth, "custodian", span_text(charter->administrators[own->custodian].name));
    hash_hex(&key->identity, identity);
    page_words(out, depth, "identity", identity);
    page_value(out, depth, "public", key->value);
}

static bool role_lists(const struct tuf_role *role, struct span id)
{
    for (size_t i = 0; i < role->keyid_count; i++)
        if (span_equal(role->keyids[i], id))
            return true;
    return false;
}

// Where a key served before, for people: NULL when nowhere.
static const struct tuf_role *role_with(const struct tuf_root *root, struct span id)
{
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++)
        if (role_lists(&root->roles[i], id))
            return &root->roles[i];
    return NULL;
}

// Whether a key of the last root stands in this one in other bytes.
static bool is_respelled(const struct render_view *view, struct span id)
{
    return !span_equal(
        tuf_root_key(&view->last.root, id)->whole, tuf_root_key(&view->now.root, id)->whole);
}

static void render_listed_key(const struct render_view *view, const struct tuf_role *role,
    struct span id, struct bytes *out)
{
    const struct tuf_role *before =
        view->last.type == TUF_NONE ? NULL : role_with(&view->last.root, id);
    enum change change = before == NULL                                         ? CHANGE_ADDED
                         : before->type != role->type || is_respelled(view, id) ? CHANGE_CHANGED
                                                                                : CHANGE_NONE;
    page_change(out, 0, change, "key", id);
    if (before != NULL && before->type != role->type)
        page_words(out, 1, "!! before it served", tuf_type_text(before->type));
    if (before != NULL && is_respelled(view, id))
        page_words(out, 1, "!! before it was", "written in another way");
    render_key(view->charter, tuf_root_key(&view->now.root, id), 1, out);
}

static void render_removed_keys(
    const struct render_view *view, const struct tuf_role *before, struct bytes *out)
{
    for (size_t i = 0; i < before->keyid_count; i++) {
        struct span id = before->keyids[i];
        if (tuf_root_key(&view->now.root, id) != NULL)
            continue;
        page_change(out, 0, CHANGE_REMOVED, "key", id);
        render_key(view->charter, tuf_root_key(&view->last.root, id), 1, out);
    }
}

static void render_threshold(
    const struct tuf_role *role, const struct tuf_role *before, struct bytes *out)
{
    page_words(out, 0, "keys of", tuf_type_text(role->type));
    bytes_add_format(
        out, "  threshold: %" PRId64 " of %zu keys\n", role->threshold, role->keyid_count);
    if (before == NULL || before->threshold == role->threshold)
        return;
    bytes_add_format(out, "  !! threshold %s, it was: %" PRId64 " of %zu keys\n",
        role->threshold < before->threshold ? "LOWERED" : "raised", before->threshold,
        before->keyid_count);
}

static size_t count_missing(const struct tuf_role *role, const struct tuf_role *other)
{
    size_t count = 0;
    for (size_t i = 0; i < role->keyid_count; i++)
        count += !role_lists(other, role->keyids[i]);
    return count;
}

// How many come and go, before each of them is shown.
static void render_turnover(
    const struct tuf_role *role, const struct tuf_role *before, struct bytes *out)
{
    size_t added = count_missing(role, before), removed = count_missing(before, role);
    if (added + removed == 0)
        page_words(out, 1, "keys", "the same as before");
    else
        bytes_add_format(out, "  !! keys: %zu added, %zu removed, %zu as before\n", added,
            removed, role->keyid_count - added);
}

static void render_role(
    const struct render_view *view, const struct tuf_role *role, struct bytes *out)
{
    const struct tuf_role *before =
        view->last.type == TUF_NONE ? NULL : tuf_root_role(&view->last.root, role->type);
    render_threshold(role, before, out);
    if (before != NULL)
        render_turnover(role, before, out);
    for (size_t i = 0; i < role->keyid_count; i++)
        render_listed_key(view, role, role->keyids[i], out);
    if (before != NULL)
        render_removed_keys(view, before, out);
}

static void render_consistent_snapshot(const struct render_view *view, struct bytes *out)
{
    bool now = view->now.root.consistent_snapshot;
    bool said = view->now.root.says_consistent_snapshot;
    page_words(out, 0, "consistent snapshot",
        now    ? "yes"
        : said ? "no"
               : "not said, which means no");
    if (view->last.type != TUF_NONE && view->last.root.consistent_snapshot != now)
        page_words(out, 1, "!! it was", now ? "no" : "yes");
}

// How many of the role's keys sign here, of those that a threshold needs.
static void render_signers(const struct render_view *view, const struct tuf_root *root,
    const char *words, struct bytes *out)
{
    const struct tuf_role *role = tuf_root_role(root, TUF_ROOT);
    int64_t here = 0;
    for (size_t i = 0; i < role->keyid_count; i++)
        if (own_key(view->charter, &tuf_root_key(root, role->keyids[i])->identity) != NULL)
            here++;
    bytes_add_format(out,
        "signatures for %s: %" PRId64 " needed, %" PRId64 " keys of the appliance\n", words,
        role->threshold, here);
    if (here < role->threshold)
        bytes_add_format(
            out, "!! %" PRId64 " more must come from elsewhere\n", role->threshold - here);
}

void render_root(const struct render_view *view, struct bytes *out)
{
    render_consistent_snapshot(view, out);
    // One that is imported has all its signatures.
    if (!view->now.past)
        render_signers(view, &view->now.root, "this root", out);
    if (view->last.type != TUF_NONE)
        render_signers(view, &view->last.root, "the last root", out);
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++)
        render_role(view, &view->now.root.roles[i], out);
}
