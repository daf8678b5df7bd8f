#include "metadata/tuf_part.h"

const struct field_must tuf_keyid_form = {
    RULE_KEYID_FORM, "a key id is 64 lower-case hex digits"};

static void read_keytype(struct json *json, void *into)
{
    struct tuf_key *key = into;
    key->keytype = json_string(json);
}

static void read_public(struct json *json, void *into)
{
    struct tuf_key *key = into;
    key->value = json_string(json);
}

static void read_keyval(struct json *json, void *into)
{
    static const struct field fields[] = {
        {"public", "public is missing", read_public, DIALECT_NONE}};
    fields_read(json, fields, sizeof fields / sizeof fields[0], into);
}

static void read_scheme(struct json *json, void *into)
{
    struct tuf_key *key = into;
    key->scheme = json_string(json);
}

static void read_key(struct json *json, struct tuf_key *key)
{
    static const struct field fields[] = {
        {"keytype", "keytype is missing", read_keytype, DIALECT_NONE},
        {"keyval", "keyval is missing", read_keyval, DIALECT_NONE},
        {"scheme", "scheme is missing", read_scheme, DIALECT_TUF},
    };
    size_t from = json->at;
    fields_read(json, fields, sizeof fields / sizeof fields[0], key);
    key->whole = span_of(json->whole.data + from, json->at - from);
}

static void check_id(struct json *json, const struct tuf_key *key)
{
    const char *words = key->dialect == DIALECT_UPTANE
                            ? "the key id is not the SHA-256 of the key's DER SPKI"
                            : "the key id is not the SHA-256 of the canonical key object";
    struct hash hash = tuf_key_id_of(key);
    char hex[2 * HASH_SIZE + 1];
    hash_hex(&hash, hex);
    size_t at = tuf_offset(json, key->whole);
    if (!span_is(key->id, hex))
        json_note_at(json, at, RULE_KEYID_NOT_CANONICAL, words);
    if (key->id.size != 2 * HASH_SIZE || !is_hex(key->id))
        json_fail_at(json, at, tuf_keyid_form.rule, tuf_keyid_form.words);
}

static void check_key(struct json *json, struct tuf_key *key)
{
    tuf_key_identify(json, key);
    if (json->failure == NULL)
        check_id(json, key);
}

static void check_alone(struct json *json, const struct tuf_keyring *ring)
{
    const struct tuf_key *last = &ring->keys[ring->count - 1];
    for (const struct tuf_key *key = ring->keys; key < last; key++)
        if (hash_equal(&key->identity, &last->identity))
            json_note_at(json, tuf_offset(json, last->whole), RULE_KEY_UNDER_TWO_IDS,
                "one public key stands under two key ids (R21)");
}

void tuf_keyring_read(struct json *json, struct tuf_keyring *ring)
{
    struct span id;
    json_enter_object(json);
    while (json_key(json, &id)) {
        if (ring->count == TUF_KEYS_MOST) {
            json_fail(json, RULE_KEYS_MOST, "more than 128 keys");
            return;
        }
        struct tuf_key *key = &ring->keys[ring->count++];
        *key = (struct tuf_key){.dialect = json->dialect, .id = id};
        read_key(json, key);
        if (json->failure == NULL)
            check_key(json, key);
        if (json->failure == NULL)
            check_alone(json, ring);
    }
}

static size_t find(const struct tuf_keyring *ring, struct span id)
{
    size_t i = 0;
    while (i < ring->count && !span_equal(ring->keys[i].id, id))
        i++;
    return i;
}

// One role counts a key once, in the past too.
static bool stands_before(const struct span *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_equal(ids[i], ids[count]))
            return true;
    return false;
}

void tuf_keyring_claim(
    struct json *json, struct tuf_keyring *ring, const struct span *ids, size_t count)
{
    for (size_t i = 0; i < count && json->failure == NULL; i++) {
        size_t at = find(ring, ids[i]);
        if (at == ring->count) {
            json_fail_at(json, tuf_offset(json, ids[i]), RULE_KEYID_UNLISTED,
                "a key id that keys does not list");
            return;
        }
        static const char twice[] = "a key id stands twice; a key serves one role, once (R21)";
        if (stands_before(ids, i))
            json_fail_at(json, tuf_offset(json, ids[i]), RULE_KEYID_TWICE, twice);
        if (ring->used[at])
            json_note_at(json, tuf_offset(json, ids[i]), RULE_KEY_IN_TWO_ROLES, twice);
        ring->used[at] = true;
    }
}

void tuf_keyring_close(struct json *json, const struct tuf_keyring *ring)
{
    for (size_t i = 0; i < ring->count && json->failure == NULL; i++)
        if (!ring->used[i])
            json_note_at(json, tuf_offset(json, ring->keys[i].whole), RULE_KEY_WITHOUT_ROLE,
                "a key that no role uses: remove it");
}

size_t tuf_keyids_read(struct json *json, struct span ids[TUF_KEYIDS_MOST])
{
    size_t count = 0;
    json_enter_array(json);
    while (json_element(json)) {
        if (count == TUF_KEYIDS_MOST) {
            json_fail(json, RULE_KEYIDS_MOST, "more than 64 key ids");
            return count;
        }
        ids[count++] = field_hex(json, (size_t)2 * HASH_SIZE, tuf_keyid_form);
    }
    return count;
}

int64_t tuf_threshold_value(struct json *json, size_t keyid_count)
{
    static const char words[] = "must be at least 1 and at most the number of the role's keys";
    size_t from = json->at;
    int64_t threshold = field_integer(
        json, 1, JSON_INTEGER_MOST, (struct field_must){RULE_THRESHOLD_ZERO, words});
    if (threshold > (int64_t)keyid_count)
        json_note_at(json, from, RULE_ROLE_WITHOUT_ENOUGH_KEYS, words);
    return threshold;
}
