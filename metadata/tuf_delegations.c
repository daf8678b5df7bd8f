// Delegations (TUF specification 1.0.x, section 4.5; formats reference, section 2).
#include "metadata/tuf_part.h"

#include <string.h>

enum { PATTERNS_MOST = 1024 }; // of one role: its share of sixteen thousand hashed bins
enum { PREFIX_MOST = 64 };     // hex digits of a SHA-256

// ---- names ----

static bool is_name_byte(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '-' || byte == '.';
}

static bool is_reserved(struct span name)
{
    for (int type = TUF_ROOT; type <= TUF_TIMESTAMP; type++)
        if (tuf_compare_folded(name, span_text(tuf_type_text((enum tuf_type)type))) == 0)
            return true;
    return false;
}

const char *tuf_role_name_fault(struct span name)
{
    if (name.size == 0 || name.size > LIMIT_NAME)
        return "the name of a role has 1 to 50 bytes";
    for (size_t i = 0; i < name.size; i++)
        if (!is_name_byte(name.data[i]))
            return "the name of a role has letters, digits, '_', '-' and '.' only";
    if (name.data[0] == '.')
        return "the name of a role does not begin with '.'";
    if (is_reserved(name))
        return "root, targets, snapshot and timestamp are no names of delegated roles";
    return NULL;
}

// ---- one role ----

// A delegation while it is read: what must not come twice.
struct role_reading {
    struct tuf_delegation *out;
    size_t kinds; // of patterns that were read: exactly one
};

static void read_keyids(struct json *json, void *into)
{
    struct role_reading *reading = into;
    reading->out->keyid_count = tuf_keyids_read(json, reading->out->keyids);
}

static void read_name(struct json *json, void *into)
{
    struct role_reading *reading = into;
    size_t from = json->at;
    reading->out->name = json_string(json);
    const char *fault = tuf_role_name_fault(reading->out->name);
    if (fault != NULL)
        json_note_at(json, from, RULE_ROLE_NAME_FORM, fault);
}

static bool is_wild(struct span text)
{
    return memchr(text.data, '*', text.size) != NULL ||
           memchr(text.data, '?', text.size) != NULL;
}

// Whether one of the segments in front of any wildcard, and not the last one, is the name.
static bool has_segment(struct span pattern, struct span name)
{
    const uint8_t *slash;
    while ((slash = memchr(pattern.data, '/', pattern.size)) != NULL) {
        struct span segment = span_of(pattern.data, (size_t)(slash - pattern.data));
        if (span_equal(segment, name))
            return true;
        if (is_wild(segment))
            return false;
        pattern = span_of(slash + 1, pattern.size - segment.size - 1);
    }
    return false;
}

// A supplier's patterns begin with its own name and a slash, so no two suppliers meet. Behind the names
// of those that delegate to its delegator: which these are is not known here (metadata/judge.h).
static const char *pattern_fault(struct span pattern, struct span name)
{
    const char *fault = tuf_path_fault(pattern);
    if (fault != NULL)
        return fault;
    if (!has_segment(pattern, name))
        return "a pattern begins with the role's own name and a slash";
    // Clients match with fnmatch, to which it is one of some bytes; to the specification it is itself.
    if (memchr(pattern.data, '[', pattern.size) != NULL)
        return "a pattern has no '[', which not all clients read alike";
    return NULL;
}

// The same where nobody says later who delegates to the delegator: in what an import brings.
static const char *past_pattern_fault(struct span pattern, struct span name)
{
    const char *fault = pattern_fault(pattern, name);
    if (fault == NULL && (pattern.size <= name.size || pattern.data[name.size] != '/' ||
                             !span_equal(span_of(pattern.data, name.size), name)))
        fault = "a pattern begins with the role's own name and a slash";
    return fault;
}

static const char *prefix_fault(struct span prefix, struct span name)
{
    (void)name;
    if (prefix.size == 0 || prefix.size > PREFIX_MOST || !is_hex(prefix))
        return "a hash prefix has 1 to 64 lower-case hex digits";
    return NULL;
}

static void read_patterns(struct json *json, struct role_reading *reading,
    const char *(*fault_of)(struct span pattern, struct span name))
{
    size_t from = json->at, count = 0;
    json_enter_array(json);
    while (json_element(json)) {
        size_t at = json->at;
        const char *fault = fault_of(json_string(json), reading->out->name);
        if (fault != NULL)
            json_note_at(json, at, RULE_PATTERN_FORM, fault);
        if (++count > PATTERNS_MOST)
            json_fail_at(json, at, RULE_PATTERNS_MOST, "more than 1024 patterns");
    }
    if (count == 0)
        json_fail_at(
            json, from, RULE_PATTERNS_NONE, "a role is delegated one pattern at least");
    reading->kinds++;
    reading->out->patterns = span_of(json->whole.data + from, json->at - from);
}

static void read_hash_prefixes(struct json *json, void *into)
{
    struct role_reading *reading = into;
    reading->out->hash_prefixes = true;
    read_patterns(json, reading, prefix_fault);
}

static void read_paths(struct json *json, void *into)
{
    read_patterns(json, into, json->past ? past_pattern_fault : pattern_fault);
}

static void read_terminating(struct json *json, void *into)
{
    struct role_reading *reading = into;
    reading->out->terminating = json_boolean(json);
}

static void read_threshold(struct json *json, void *into)
{
    struct role_reading *reading = into;
    reading->out->threshold = tuf_threshold_value(json, reading->out->keyid_count);
}

static void read_role(struct json *json, struct tuf_delegation *out)
{
    static const struct field fields[] = {
        {"keyids", "keyids is missing", read_keyids, DIALECT_NONE},
        {"name", "name is missing", read_name, DIALECT_NONE},
        {"path_hash_prefixes", NULL, read_hash_prefixes, DIALECT_TUF},
        {"paths", NULL, read_paths, DIALECT_NONE},
        {"terminating", "terminating is missing", read_terminating, DIALECT_NONE},
        {"threshold", "threshold is missing", read_threshold, DIALECT_NONE},
    };
    *out = (struct tuf_delegation){0};
    struct role_reading reading = {.out = out};
    size_t from = json->at;
    fields_read(json, fields, sizeof fields / sizeof fields[0], &reading);
    if (reading.kinds != 1)
        json_fail_at(json, from, RULE_PATHS_OR_PREFIXES,
            "either paths or path_hash_prefixes must be there");
}

// ---- all of them ----

struct delegations_reading {
    struct tuf_keyring ring;
    struct span names[TUF_DELEGATIONS_MOST];
    size_t count;
};

static void read_keys(struct json *json, void *into)
{
    struct delegations_reading *reading = into;
    tuf_keyring_read(json, &reading->ring);
}

static void add_name(struct json *json, struct delegations_reading *reading, struct span name)
{
    if (reading->count == TUF_DELEGATIONS_MOST) {
        json_fail(json, RULE_DELEGATIONS_MOST, "more than 32 delegated roles");
        return;
    }
    for (size_t i = 0; i < reading->count; i++)
        if (tuf_compare_folded(reading->names[i], name) == 0)
            json_fail_at(
                json, tuf_offset(json, name), RULE_ROLE_NAME_TWICE, "two roles of one name");
    reading->names[reading->count++] = name;
}

static void read_roles(struct json *json, void *into)
{
    struct delegations_reading *reading = into;
    struct tuf_delegation role;
    json_enter_array(json);
    while (json_element(json)) {
        read_role(json, &role);
        if (json->failure != NULL)
            return;
        add_name(json, reading, role.name);
        tuf_keyring_claim(json, &reading->ring, role.keyids, role.keyid_count);
    }
    tuf_keyring_close(json, &reading->ring);
}

void tuf_delegations_read(struct json *json, void *into)
{
    static const struct field fields[] = {
        {"keys", "keys is missing", read_keys, DIALECT_NONE},
        {"roles", "roles is missing", read_roles, DIALECT_NONE},
    };
    struct tuf_reading *reading = into;
    struct tuf_key keys[TUF_KEYS_MOST];
    struct delegations_reading delegations = {.ring = {.keys = keys}};
    size_t from = json->at;
    fields_read(json, fields, sizeof fields / sizeof fields[0], &delegations);
    reading->out->delegations = span_of(json->whole.data + from, json->at - from);
}

struct tuf_delegations tuf_delegations_of(const struct tuf *tuf)
{
    struct tuf_delegations delegations = {.json = json_of(tuf->dialect, tuf->delegations)};
    struct span name;
    delegations.json.past = tuf->past;
    json_enter_object(&delegations.json);
    while (json_key(&delegations.json, &name) && !span_is(name, "roles"))
        (void)json_skip(&delegations.json);
    json_enter_array(&delegations.json);
    return delegations;
}

bool tuf_delegations_next(struct tuf_delegations *delegations, struct tuf_delegation *out)
{
    if (!json_element(&delegations->json))
        return false;
    read_role(&delegations->json, out);
    return delegations->json.failure == NULL;
}

// Keys ascend, so it stands in front of the images, which are many.
struct span tuf_delegations_past(enum dialect dialect, struct span payload)
{
    struct json json = json_of(dialect, payload);
    struct span name;
    json.past = true;
    json_enter_object(&json);
    while (json_key(&json, &name) && span_compare(name, span_text("delegations")) <= 0) {
        struct span value = json_skip(&json);
        if (span_is(name, "delegations"))
            return value;
    }
    return span_of(NULL, 0);
}

size_t tuf_delegations_keys(const struct tuf *tuf, struct tuf_key keys[TUF_KEYS_MOST])
{
    struct json json = json_of(tuf->dialect, tuf->delegations);
    json.past = tuf->past;
    struct tuf_keyring ring = {.keys = keys};
    struct span name;
    json_enter_object(&json);
    while (json_key(&json, &name) && !span_is(name, "keys"))
        (void)json_skip(&json);
    tuf_keyring_read(&json, &ring);
    return json.failure == NULL ? ring.count : 0;
}
