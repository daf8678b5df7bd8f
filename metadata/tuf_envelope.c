// Complete signed files (TUF specification 1.0.x, section 4.2).
#include "metadata/tuf_part.h"

// How the signatures of a dialect are written; `uptane` has a row for each method.
static const struct spelling {
    enum dialect dialect;
    const char *method;
    size_t sizes[3]; // of a signature, in bytes; all 0: any
} spellings[] = {
    {DIALECT_TUF, "", {0}},
    {DIALECT_UPTANE, "ed25519", {64}},
    {DIALECT_UPTANE, "rsassa-pss-sha256", {2048 / 8, 3072 / 8, 4096 / 8}},
};
enum { SPELLINGS = sizeof spellings / sizeof spellings[0], SIZES = 3 };

static void read_keyid(struct json *json, void *into)
{
    struct tuf_signature *signature = into;
    signature->keyid = field_hex(json, (size_t)2 * HASH_SIZE, tuf_keyid_form);
}

static const struct spelling *spelling_of(
    enum dialect dialect, const struct tuf_signature *signature)
{
    for (size_t i = 0; i < SPELLINGS; i++)
        if (spellings[i].dialect == dialect && span_is(signature->method, spellings[i].method))
            return &spellings[i];
    return NULL;
}

static void read_method(struct json *json, void *into)
{
    struct tuf_signature *signature = into;
    size_t from = json->at;
    signature->method = json_string(json);
    if (spelling_of(json->dialect, signature) == NULL)
        json_fail_at(json, from, RULE_SIGNATURE_METHOD,
            "a method is ed25519 or rsassa-pss-sha256: clients reject the whole file for any "
            "other");
}

static void read_sig(struct json *json, void *into)
{
    struct tuf_signature *signature = into;
    signature->sig = json_string(json);
}

// Appends the signature's bytes; false when the text is not written as the dialect writes it.
static bool decode(enum dialect dialect, struct span text, struct bytes *out)
{
    if (dialect == DIALECT_UPTANE)
        return base64_read(text, out) == OK && out->size > 0;
    uint8_t *room = text.size % 2 == 0 ? bytes_room(out, text.size / 2) : NULL;
    if (room == NULL || hex_read(text, room, text.size / 2) != OK)
        return text.size == 0;
    bytes_grew(out, text.size / 2);
    return true;
}

static bool has_size(const struct spelling *spelling, size_t size)
{
    bool known = spelling->sizes[0] == 0;
    for (size_t i = 0; i < SIZES; i++)
        known = known || size == spelling->sizes[i];
    return known;
}

static void check_sig(struct json *json, const struct tuf_signature *signature)
{
    struct bytes raw;
    bytes_init(&raw, KEY_SIGNATURE_MOST);
    const struct spelling *spelling = spelling_of(json->dialect, signature);
    size_t at = tuf_offset(json, signature->sig);
    if (spelling == NULL || !decode(json->dialect, signature->sig, &raw))
        json_fail_at(json, at, RULE_SIGNATURE_FORM,
            json->dialect == DIALECT_UPTANE
                ? "a signature is base64 with its padding"
                : "a signature is an even number of lower-case hex digits");
    else if (!has_size(spelling, raw.size))
        json_fail_at(
            json, at, RULE_SIGNATURE_FORM, "no signature of its method has so many bytes");
    bytes_clear(&raw);
}

static void check_once(struct json *json, const struct tuf_envelope *envelope)
{
    const struct tuf_signature *last = &envelope->signatures[envelope->signature_count - 1];
    for (const struct tuf_signature *other = envelope->signatures; other < last; other++)
        if (span_equal(other->keyid, last->keyid))
            json_fail_at(json, tuf_offset(json, last->keyid), RULE_SIGNATURE_TWICE,
                "two signatures of one key id");
}

static void read_signature(struct json *json, struct tuf_envelope *envelope)
{
    static const struct field fields[] = {
        {"keyid", "keyid is missing", read_keyid, DIALECT_NONE},
        {"method", "method is missing", read_method, DIALECT_UPTANE},
        {"sig", "sig is missing", read_sig, DIALECT_NONE},
    };
    size_t from = json->at;
    if (envelope->signature_count == TUF_KEYIDS_MOST) {
        json_fail(json, RULE_SIGNATURES_MOST, "more than 64 signatures");
        return;
    }
    struct tuf_signature *signature = &envelope->signatures[envelope->signature_count++];
    fields_read(json, fields, sizeof fields / sizeof fields[0], signature);
    signature->whole = span_of(json->whole.data + from, json->at - from);
    if (json->failure == NULL)
        check_sig(json, signature);
    if (json->failure == NULL)
        check_once(json, envelope);
}

static void read_signatures(struct json *json, void *into)
{
    json_enter_array(json);
    while (json_element(json))
        read_signature(json, into);
}

static void read_signed(struct json *json, void *into)
{
    struct tuf_envelope *envelope = into;
    json_expect(json, JSON_OBJECT, "an object is expected");
    envelope->signed_part = json_skip(json);
}

static enum err read_all(enum dialect dialect, struct span file, bool past,
    struct tuf_envelope *out, struct refusal *refusal)
{
    static const struct field fields[] = {
        {"signatures", "signatures is missing", read_signatures, DIALECT_NONE},
        {"signed", "signed is missing", read_signed, DIALECT_NONE},
    };
    *out = (struct tuf_envelope){.dialect = dialect};
    struct json json = json_of(dialect, file);
    json.past = past;
    fields_read(&json, fields, sizeof fields / sizeof fields[0], out);
    out->noted = json.noted;
    return field_finish(&json, "signed file", refusal);
}

enum err tuf_signatures_read(
    enum dialect dialect, struct span text, struct tuf_envelope *out, struct refusal *refusal)
{
    *out = (struct tuf_envelope){.dialect = dialect};
    struct json json = json_of(dialect, text);
    if (json_next(&json) == JSON_ARRAY)
        read_signatures(&json, out);
    else
        read_signature(&json, out);
    return field_finish(&json, "signatures", refusal);
}

enum err tuf_envelope_read(
    enum dialect dialect, struct span file, struct tuf_envelope *out, struct refusal *refusal)
{
    return read_all(dialect, file, false, out, refusal);
}

enum err tuf_envelope_read_past(
    enum dialect dialect, struct span file, struct tuf_envelope *out, struct refusal *refusal)
{
    return read_all(dialect, file, true, out, refusal);
}

// ---- who has signed ----

static const struct tuf_signature *signature_of(
    const struct tuf_envelope *envelope, struct span keyid)
{
    for (size_t i = 0; i < envelope->signature_count; i++)
        if (span_equal(envelope->signatures[i].keyid, keyid))
            return &envelope->signatures[i];
    return NULL;
}

bool tuf_envelope_verifies(const struct tuf_envelope *envelope, const struct tuf_key *key)
{
    const struct tuf_signature *signature = signature_of(envelope, key->id);
    struct bytes raw;
    if (signature == NULL || !tuf_key_signs_by(key, signature->method))
        return false;
    bytes_init(&raw, KEY_SIGNATURE_MOST);
    bool good = decode(envelope->dialect, signature->sig, &raw) &&
                tuf_key_verify(key, envelope->signed_part, bytes_span(&raw)) == OK;
    bytes_clear(&raw);
    return good;
}

static bool is_listed(const struct span *keyids, size_t count, struct span id)
{
    for (size_t i = 0; i < count; i++)
        if (span_equal(keyids[i], id))
            return true;
    return false;
}

static bool counted_before(
    const struct hash *counted, size_t count, const struct hash *identity)
{
    for (size_t i = 0; i < count; i++)
        if (hash_equal(&counted[i], identity))
            return true;
    return false;
}

size_t tuf_envelope_signers(const struct tuf_envelope *envelope, const struct tuf_key *keys,
    size_t key_count, const struct span *keyids, size_t keyid_count)
{
    struct hash counted[TUF_KEYS_MOST];
    size_t count = 0;
    for (size_t i = 0; i < key_count && count < TUF_KEYS_MOST; i++)
        if (is_listed(keyids, keyid_count, keys[i].id) &&
            !counted_before(counted, count, &keys[i].identity) &&
            tuf_envelope_verifies(envelope, &keys[i]))
            counted[count++] = keys[i].identity;
    return count;
}

// ---- writing ----

void tuf_signature_write(
    enum dialect dialect, const struct key *key, struct span signature, struct bytes *out)
{
    struct hash id = tuf_key_id(dialect, key);
    const char *method = tuf_key_method(dialect, key);
    bytes_add_text(out, "{\"keyid\":\"");
    bytes_add_hex(out, hash_span(&id));
    if (method[0] != 0)
        bytes_add_format(out, "\",\"method\":\"%s", method);
    bytes_add_text(out, "\",\"sig\":\"");
    if (dialect == DIALECT_UPTANE)
        bytes_add_base64(out, signature);
    else
        bytes_add_hex(out, signature);
    bytes_add_text(out, "\"}");
}
