#include "metadata/shown.h"

#include "metadata/page.h"

// A member: what may be inside it, or NULL when all of it is shown as one value. "*" is any name, and
// the elements of an array. Each table ends with a row without a name.
struct shown {
    const char *name;
    const struct shown *inside;
};

static const struct shown hashes[] = {{"sha256", NULL}, {"sha512", NULL}, {NULL, NULL}};
static const struct shown keyval[] = {{"public", NULL}, {NULL, NULL}};
static const struct shown key[] = {
    {"keytype", NULL}, {"keyval", keyval}, {"scheme", NULL}, {NULL, NULL}};
static const struct shown keys[] = {{"*", key}, {NULL, NULL}};

static const struct shown role[] = {{"keyids", NULL}, {"threshold", NULL}, {NULL, NULL}};
static const struct shown roles[] = {
    {"root", role}, {"snapshot", role}, {"targets", role}, {"timestamp", role}, {NULL, NULL}};
static const struct shown root[] = {{"_type", NULL}, {"consistent_snapshot", NULL},
    {"expires", NULL}, {"keys", keys}, {"roles", roles}, {"spec_version", NULL},
    {"version", NULL}, {NULL, NULL}};

static const struct shown delegation[] = {{"keyids", NULL}, {"name", NULL},
    {"path_hash_prefixes", NULL}, {"paths", NULL}, {"terminating", NULL}, {"threshold", NULL},
    {NULL, NULL}};
static const struct shown delegated[] = {{"*", delegation}, {NULL, NULL}};
static const struct shown delegations[] = {{"keys", keys}, {"roles", delegated}, {NULL, NULL}};
static const struct shown image[] = {
    {"custom", NULL}, {"hashes", hashes}, {"length", NULL}, {NULL, NULL}};
static const struct shown images[] = {{"*", image}, {NULL, NULL}};
static const struct shown targets[] = {{"_type", NULL}, {"custom", NULL},
    {"delegations", delegations}, {"expires", NULL}, {"spec_version", NULL},
    {"targets", images}, {"version", NULL}, {NULL, NULL}};

static const struct shown file[] = {
    {"hashes", hashes}, {"length", NULL}, {"version", NULL}, {NULL, NULL}};
static const struct shown files[] = {{"*", file}, {NULL, NULL}};
static const struct shown listing[] = {{"_type", NULL}, {"expires", NULL}, {"meta", files},
    {"spec_version", NULL}, {"version", NULL}, {NULL, NULL}};

static const struct shown *const by_type[] = {[TUF_ROOT] = root,
    [TUF_TARGETS] = targets,
    [TUF_SNAPSHOT] = listing,
    [TUF_TIMESTAMP] = listing};

// ---- the walk ----

struct walk {
    struct json json;
    const struct shown *inside[JSON_DEPTH]; // of the object or array at each level
    bool array[JSON_DEPTH];
    unsigned level;
};

static const struct shown *row_of(const struct shown *rows, struct span name)
{
    for (; rows->name != NULL; rows++)
        if (span_is(span_text("*"), rows->name) || span_is(name, rows->name))
            return rows;
    return NULL;
}

// Enters the object or array that comes next. False when there is none.
static bool enter(struct walk *walk, const struct shown *inside)
{
    enum json_kind kind = json_next(&walk->json);
    if ((kind != JSON_OBJECT && kind != JSON_ARRAY) || walk->level + 1 == JSON_DEPTH)
        return false;
    if (kind == JSON_ARRAY)
        json_enter_array(&walk->json);
    else
        json_enter_object(&walk->json);
    walk->level++;
    walk->inside[walk->level] = inside;
    walk->array[walk->level] = kind == JSON_ARRAY;
    return true;
}

static bool next_member(struct walk *walk, struct span *name)
{
    *name = span_text("*");
    return walk->array[walk->level] ? json_element(&walk->json) : json_key(&walk->json, name);
}

// Goes on to the next member that has no line, and reads it. False at the end.
static bool next_unshown(struct walk *walk, struct span *name, struct span *value)
{
    while (walk->level > 0) {
        if (!next_member(walk, name)) {
            walk->level--;
            continue;
        }
        const struct shown *row = row_of(walk->inside[walk->level], *name);
        if (row != NULL && row->inside != NULL && enter(walk, row->inside))
            continue;
        *value = json_skip(&walk->json);
        if (row == NULL || row->inside != NULL)
            return true;
    }
    return false;
}

static void walk_init(struct walk *walk, const struct tuf *tuf)
{
    *walk = (struct walk){.json = json_of(tuf->dialect, tuf->whole)};
    walk->json.past = tuf->past;
    (void)enter(walk, by_type[tuf->type]);
}

enum err shown_check(const struct tuf *tuf, struct refusal *refusal)
{
    struct walk walk;
    struct span name, value;
    walk_init(&walk, tuf);
    if (next_unshown(&walk, &name, &value))
        return refuse(refusal, "R14",
            "The rendering has no line for the field %.*s at byte %zu of the payload.",
            (int)name.size, (const char *)name.data, (size_t)(value.data - tuf->whole.data));
    if (walk.json.failure != NULL)
        return refuse(
            refusal, "R14", "The payload is not read twice alike: %s.", walk.json.failure);
    return OK;
}

void shown_rest(const struct tuf *tuf, struct bytes *out)
{
    struct walk walk;
    struct span name, value;
    walk_init(&walk, tuf);
    while (next_unshown(&walk, &name, &value)) {
        page_field(out, 0, "!! field that nobody here reads", name);
        page_value(out, 1, "value", value);
    }
}
