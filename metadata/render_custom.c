// What an image says of itself in `custom` (formats reference, sections 2 and 3), in words where there
// are words for it; everything else as it stands there.
#include "metadata/render_part.h"

// Where the lines go.
struct custom {
    enum dialect dialect;
    bool past;
    unsigned depth;
    struct bytes *out;
};

static struct json json_within(const struct custom *custom, struct span value)
{
    struct json json = json_of(custom->dialect, value);
    json.past = custom->past;
    return json;
}

// A member as it stands there: keys are never escaped.
static void render_member(
    const struct custom *custom, const char *label, struct span key, struct span value)
{
    const uint8_t *from = key.data - 1;
    page_value(custom->out, custom->depth, label,
        span_of(from, (size_t)(value.data + value.size - from)));
}

static bool render_text(const struct custom *custom, const char *label, struct span value)
{
    struct json json = json_within(custom, value);
    if (json_next(&json) != JSON_STRING)
        return false;
    page_value(custom->out, custom->depth, label, json_string(&json));
    return true;
}

static bool render_integer(const struct custom *custom, const char *label, struct span value)
{
    struct json json = json_within(custom, value);
    if (json_next(&json) != JSON_INTEGER)
        return false;
    page_number(custom->out, custom->depth, label, json_integer(&json));
    return true;
}

// Whether it is an array or an object of nothing but such values; how many.
static bool holds_only(
    const struct custom *custom, struct span value, enum json_kind kind, size_t *count)
{
    struct json json = json_within(custom, value);
    struct span key;
    bool array = json_next(&json) == JSON_ARRAY,
         only = array || json_next(&json) == JSON_OBJECT;
    if (!only)
        return false;
    if (array)
        json_enter_array(&json);
    else
        json_enter_object(&json);
    for (*count = 0; array ? json_element(&json) : json_key(&json, &key); ++*count) {
        only = only && json_next(&json) == kind;
        (void)json_skip(&json);
    }
    return only;
}

static bool render_hardware(const struct custom *custom, const char *label, struct span value)
{
    struct json json = json_within(custom, value);
    size_t count;
    if (json_next(&json) != JSON_ARRAY || !holds_only(custom, value, JSON_STRING, &count))
        return false;
    if (count == 0)
        page_words(custom->out, custom->depth, "hardware ids", "an empty list");
    json_enter_array(&json);
    while (json_element(&json))
        page_value(custom->out, custom->depth, label, json_string(&json));
    return true;
}

static void render_ecu(const struct custom *custom, struct span value)
{
    struct json json = json_within(custom, value);
    struct custom inside = *custom;
    struct span key;
    inside.depth++;
    json_enter_object(&json);
    while (json_key(&json, &key)) {
        struct span member = json_skip(&json);
        if (!span_is(key, "hardwareId") || !render_text(&inside, "hardware id", member))
            render_member(&inside, "other field", key, member);
    }
}

static bool render_ecus(const struct custom *custom, const char *label, struct span value)
{
    struct json json = json_within(custom, value);
    struct span key;
    size_t count;
    if (json_next(&json) != JSON_OBJECT || !holds_only(custom, value, JSON_OBJECT, &count))
        return false;
    if (count == 0)
        page_words(custom->out, custom->depth, "ECUs", "an empty list");
    json_enter_object(&json);
    while (json_key(&json, &key)) {
        page_field(custom->out, custom->depth, label, key);
        render_ecu(custom, json_skip(&json));
    }
    return true;
}

// False: the value is of another kind, and nothing was written.
static const struct {
    const char *name;
    const char *label;
    bool (*render)(const struct custom *custom, const char *label, struct span value);
} members[] = {
    {"ecuIdentifiers", "ECU", render_ecus},
    {"hardwareIds", "hardware id", render_hardware},
    {"name", "name", render_text},
    {"releaseCounter", "release counter", render_integer},
    {"targetFormat", "format", render_text},
    {"uri", "uri", render_text},
    {"version", "version", render_text},
};

static bool render_known(const struct custom *custom, struct span key, struct span value)
{
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (span_is(key, members[i].name))
            return members[i].render(custom, members[i].label, value);
    return false;
}

void render_custom(const struct tuf *tuf, struct span object, struct bytes *out)
{
    struct custom custom = {.dialect = tuf->dialect, .past = tuf->past, .out = out};
    struct json json = json_within(&custom, object);
    struct span key;
    size_t count = 0;
    if (object.size == 0)
        return;
    json_enter_object(&json);
    for (; json_key(&json, &key); count++) {
        struct span value = json_skip(&json);
        if (!render_known(&custom, key, value))
            render_member(&custom, "custom field", key, value);
    }
    if (count == 0)
        page_words(out, 0, "custom", "an empty object");
}
