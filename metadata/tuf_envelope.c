// Complete signed files (TUF specification 1.0.x, section 4.2).
#include "metadata/tuf_part.h"

enum { SIGNATURE_DIGITS_MOST = 2 * 512 }; // RSA of 4096 bits

static void read_keyid(struct json *json, void *into)
{
    struct tuf_signature *signature = into;
    signature->keyid =
        field_hex(json, (size_t)2 * HASH_SIZE, "a key id is 64 lower-case hex digits");
}

static void read_sig(struct json *json, void *into)
{
    struct tuf_signature *signature = into;
    size_t from = json->at;
    signature->sig = json_string(json);
    if (signature->sig.size > SIGNATURE_DIGITS_MOST || signature->sig.size % 2 != 0 ||
        !is_hex(signature->sig))
        json_fail_at(json, from, "a signature is an even number of lower-case hex digits");
}

static void check_once(struct json *json, const struct tuf_envelope *envelope)
{
    const struct tuf_signature *last = &envelope->signatures[envelope->signature_count - 1];
    for (const struct tuf_signature *other = envelope->signatures; other < last; other++)
        if (span_equal(other->keyid, last->keyid))
            json_fail_at(json, tuf_offset(json, last->keyid), "two signatures of one key id");
}

static void read_signatures(struct json *json, void *into)
{
    static const struct field fields[] = {
        {"keyid", "keyid is missing", read_keyid},
        {"sig", "sig is missing", read_sig},
    };
    struct tuf_envelope *envelope = into;
    json_enter_array(json);
    while (json_element(json)) {
        if (envelope->signature_count == TUF_KEYIDS_MOST) {
            json_fail(json, "more than 64 signatures");
            return;
        }
        struct tuf_signature *signature = &envelope->signatures[envelope->signature_count++];
        fields_read(json, fields, sizeof fields / sizeof fields[0], signature);
        if (json->failure == NULL)
            check_once(json, envelope);
    }
}

static void read_signed(struct json *json, void *into)
{
    struct tuf_envelope *envelope = into;
    if (json_next(json) != JSON_OBJECT)
        json_fail(json, "an object is expected");
    envelope->signed_part = json_skip(json);
}

static enum err read_all(enum dialect dialect, struct span file, bool past,
    struct tuf_envelope *out, struct refusal *refusal)
{
    static const struct field fields[] = {
        {"signatures", "signatures is missing", read_signatures},
        {"signed", "signed is missing", read_signed},
    };
    *out = (struct tuf_envelope){.dialect = dialect};
    struct json json = json_of(dialect, file);
    json.past = past;
    fields_read(&json, fields, sizeof fields / sizeof fields[0], out);
    out->noted = json.noted;
    return field_finish(&json, "signed file", refusal);
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
    uint8_t raw[SIGNATURE_DIGITS_MOST / 2];
    if (signature == NULL || hex_read(signature->sig, raw, signature->sig.size / 2) != OK)
        return false;
    struct span bytes = span_of(raw, signature->sig.size / 2);
    return tuf_key_verify(key, envelope->signed_part, bytes) == OK;
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
