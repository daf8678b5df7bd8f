// The tree of delegations that a Snapshot lists (formats reference, section 2, Delegations): walked level
// by level, as deep and as wide as clients follow it.
#include "metadata/judge_part.h"
#include "metadata/rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    // Delegations from targets.json down to a role: clients stop there.
    DEPTH_MOST = 5,
    // Delegated roles of a repository: clients ask them one by one.
    ROLES_MOST = 32,
    // The names of so many roles, each with a slash.
    PREFIX_MOST = DEPTH_MOST * (LIMIT_NAME + 1),
    // Keys of so many roles.
    IDENTITIES_MOST = ROLES_MOST * TUF_KEYIDS_MOST,
};

// One role that is delegated to.
struct reached {
    const struct judge_file *parent; // whose file delegates to it
    size_t place;                    // among what the parent delegates
    struct span name;
    unsigned depth;
    char prefix[PREFIX_MOST]; // with which its paths begin
    size_t prefix_size;
};

// Large: on the heap.
struct tree {
    struct reached roles[ROLES_MOST];
    size_t count;
    struct hash identities[IDENTITIES_MOST]; // of their keys
    size_t identity_count;
    // What `file` delegates: the parent of the roles that are looked at.
    const struct judge_file *file;
    struct tuf tuf;
    struct tuf_key keys[TUF_KEYS_MOST];
    size_t key_count;
};

static void turn_to(
    const struct judge_view *view, struct tree *tree, const struct judge_file *file)
{
    if (tree->file == file)
        return;
    tree->file = file;
    judge_delegations_of(view, file, &tree->tuf);
    tree->key_count = tuf_delegations_keys(&tree->tuf, tree->keys);
}

// ---- what a file delegates ----

enum err judge_patterns(const struct judge_view *view, const struct tuf_delegation *role,
    struct span prefix, struct refusal *refusal)
{
    struct json json = json_of(view->repository->dialect, role->patterns);
    json_enter_array(&json);
    while (!role->hash_prefixes && json_element(&json)) {
        struct span pattern = json_string(&json);
        if (pattern.size > prefix.size &&
            span_equal(span_of(pattern.data, prefix.size), prefix))
            continue;
        return rule_refuse(refusal, RULE_PATTERN_FORM,
            "The pattern %.*s of %.*s does not begin with %.*s, and no role is asked for paths "
            "that its delegator has not.",
            (int)(pattern.size < LIMIT_NAME ? pattern.size : LIMIT_NAME),
            (const char *)pattern.data, (int)role->name.size, (const char *)role->name.data,
            (int)prefix.size, (const char *)prefix.data);
    }
    return OK;
}

static bool in_root(const struct judge_view *view, const struct hash *identity)
{
    const struct tuf_root *root = &view->root.root;
    for (size_t i = 0; i < root->key_count; i++)
        if (hash_equal(&root->keys[i].identity, identity))
            return true;
    return false;
}

static bool in_tree(const struct tree *tree, const struct hash *identity)
{
    for (size_t i = 0; i < tree->identity_count; i++)
        if (hash_equal(&tree->identities[i], identity))
            return true;
    return false;
}

// No key of the delegations of one file serves a role elsewhere; that it serves one of them alone was
// read.
static enum err add_keys(
    const struct judge_view *view, struct tree *tree, struct refusal *refusal)
{
    for (size_t i = 0; i < tree->key_count; i++) {
        const struct tuf_key *key = &tree->keys[i];
        if (in_root(view, &key->identity))
            return rule_refuse(refusal, RULE_KEY_OF_THE_ROOT,
                "Key %.16s... of a delegated role is a key of the root too, and a key serves "
                "one role: list no file that delegates to it.",
                (const char *)key->id.data);
        if (in_tree(tree, &key->identity) || tree->identity_count == IDENTITIES_MOST)
            return rule_refuse(refusal, RULE_KEY_IN_TWO_ROLES,
                "Key %.16s... serves two delegated roles, and a key serves one: list no file "
                "that delegates to it.",
                (const char *)key->id.data);
        tree->identities[tree->identity_count++] = key->identity;
    }
    return OK;
}

static bool is_called(const struct reached *role, struct span name)
{
    return role->name.size == name.size &&
           strncasecmp((const char *)role->name.data, (const char *)name.data, name.size) == 0;
}

static enum err check_name(const struct tree *tree, struct span name, struct refusal *refusal)
{
    for (size_t i = 0; i < tree->count; i++)
        if (is_called(&tree->roles[i], name))
            return rule_refuse(refusal, RULE_ROLE_NAME_TWICE,
                "Two roles called %.*s are delegated to, and both would be one file.",
                (int)name.size, (const char *)name.data);
    return OK;
}

// Whoever is asked by hashes has no prefix, and passes on any path. Names and depth were checked: it fits.
static void set_prefix(const struct reached *parent, struct reached *role)
{
    size_t size = parent == NULL ? 0 : parent->prefix_size;
    memcpy(role->prefix, parent == NULL ? "" : parent->prefix, size);
    memcpy(role->prefix + size, role->name.data, role->name.size);
    role->prefix_size = size + role->name.size + 1;
    role->prefix[role->prefix_size - 1] = '/';
}

static enum err add_role(const struct judge_view *view, struct tree *tree,
    const struct reached *parent, const struct tuf_delegation *role, size_t place,
    struct refusal *refusal)
{
    unsigned depth = parent == NULL ? 1 : parent->depth + 1;
    int size = (int)role->name.size;
    const char *name = (const char *)role->name.data;
    if (depth > DEPTH_MOST)
        return rule_refuse(refusal, RULE_DELEGATION_DEPTH,
            "%.*s stands %u delegations below targets, and clients follow %d: delegate to it "
            "higher up.",
            size, name, depth, (int)DEPTH_MOST);
    if (tree->count == ROLES_MOST)
        return rule_refuse(refusal, RULE_DELEGATED_ROLES_MOST,
            "With %.*s more than %d roles are delegated to: delegate to fewer.", size, name,
            (int)ROLES_MOST);
    enum err err = check_name(tree, role->name, refusal);
    // What Targets delegate was judged when they were signed here; what a supplier does, nobody has seen.
    if (err == OK && parent != NULL)
        err = judge_delegation(view, tree->keys, tree->key_count, role, refusal);
    if (err != OK)
        return err;
    struct reached *added = &tree->roles[tree->count++];
    *added = (struct reached){
        .parent = tree->file, .place = place, .name = role->name, .depth = depth};
    set_prefix(parent, added);
    err = judge_patterns(view, role, span_of(added->prefix, added->prefix_size), refusal);
    if (role->hash_prefixes)
        added->prefix_size = 0;
    return err;
}

// `parent` is NULL for targets.json.
static enum err add_roles(const struct judge_view *view, struct tree *tree,
    const struct reached *parent, const struct judge_file *file, struct refusal *refusal)
{
    struct tuf_delegation role;
    if (file->delegations.size == 0)
        return OK;
    turn_to(view, tree, file);
    struct tuf_delegations roles = tuf_delegations_of(&tree->tuf);
    enum err err = add_keys(view, tree, refusal);
    for (size_t place = 0; err == OK && tuf_delegations_next(&roles, &role); place++)
        err = add_role(view, tree, parent, &role, place, refusal);
    return err;
}

// ---- one role ----

static void read_role(const struct tree *tree, size_t place, struct tuf_delegation *out)
{
    struct tuf_delegations roles = tuf_delegations_of(&tree->tuf);
    for (size_t i = 0; tuf_delegations_next(&roles, out) && i < place;)
        i++;
}

static enum err find_listed(const struct judge_view *view, const struct reached *role,
    struct tuf_file *listed, struct refusal *refusal)
{
    char file[LIMIT_NAME + sizeof ".json"];
    int size = snprintf(
        file, sizeof file, "%.*s.json", (int)role->name.size, (const char *)role->name.data);
    if (judge_lists(&view->tuf, span_of(file, (size_t)size), listed))
        return OK;
    return rule_refuse(refusal, RULE_ROLE_NOT_LISTED,
        "Targets delegate to %.*s, and the snapshot does not list %s: list it.",
        (int)role->name.size, (const char *)role->name.data, file);
}

static enum err visit(const struct judge_view *view, const struct judge_evidence *evidence,
    struct tree *tree, size_t at, struct refusal *refusal)
{
    const struct reached *role = &tree->roles[at];
    const struct judge_file *found = NULL;
    struct tuf_delegation delegation;
    struct tuf_file listed;
    enum err err = find_listed(view, role, &listed, refusal);
    if (err != OK)
        return err;
    turn_to(view, tree, role->parent);
    read_role(tree, role->place, &delegation);
    struct judge_listing listing = {.file = &listed,
        .short_name = role->name,
        .keys = tree->keys,
        .key_count = tree->key_count,
        .keyids = delegation.keyids,
        .keyid_count = delegation.keyid_count,
        .threshold = delegation.threshold};
    err = judge_listed(view, evidence, &listing, &found, refusal);
    return err == OK ? add_roles(view, tree, role, found, refusal) : err;
}

// ---- all of them ----

static bool is_reached(const struct tree *tree, struct span file)
{
    struct span name = span_of(file.data, file.size - sizeof ".json" + 1);
    for (size_t i = 0; i < tree->count; i++)
        if (span_equal(tree->roles[i].name, name))
            return true;
    return false;
}

static enum err check_nobody_else(
    const struct judge_view *view, const struct tree *tree, struct refusal *refusal)
{
    struct tuf_files files = tuf_files_of(&view->tuf);
    struct tuf_file listed;
    while (tuf_files_next(&files, &listed))
        if (!span_is(listed.name, "targets.json") && !is_reached(tree, listed.name))
            return rule_refuse(refusal, RULE_LISTED_WITHOUT_ROLE,
                "The snapshot lists %.*s, but Targets delegate to no role of that name.",
                (int)listed.name.size, (const char *)listed.name.data);
    return OK;
}

enum err judge_delegated(const struct judge_view *view, const struct judge_evidence *evidence,
    const struct judge_file *targets, struct refusal *refusal)
{
    struct tree *tree = calloc(1, sizeof *tree);
    if (tree == NULL)
        return ERR_MEMORY;
    enum err err = add_roles(view, tree, NULL, targets, refusal);
    for (size_t i = 0; err == OK && i < tree->count; i++)
        err = visit(view, evidence, tree, i, refusal);
    if (err == OK)
        err = check_nobody_else(view, tree, refusal);
    free(tree);
    return err;
}
