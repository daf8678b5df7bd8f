#include "proto/dsse.h"

#include <string.h>

// "DSSEv1", three spaces and two decimal numbers of at most twenty digits, rounded up.
enum { DSSE_OVERHEAD = 64 };

void dsse_encode(const char *type, struct span body, struct bytes *out)
{
    bytes_add_format(out, "DSSEv1 %zu %s %zu ", strlen(type), type, body.size);
    bytes_add(out, body);
}

enum err dsse_verify(
    const struct key *key, const char *type, struct span body, struct span signature)
{
    struct bytes encoded;
    bytes_init(&encoded, DSSE_OVERHEAD + strlen(type) + body.size);
    dsse_encode(type, body, &encoded);
    enum err err = bytes_finish(&encoded);
    if (err == OK)
        err = key_verify(key, bytes_span(&encoded), signature);
    bytes_clear(&encoded);
    return err;
}

void dsse_envelope(const char *type, struct span body, const struct hash *key,
    struct span signature, struct bytes *out)
{
    bytes_add_text(out, "{\"payload\":\"");
    bytes_add_base64(out, body);
    bytes_add_text(out, "\",\"payloadType\":\"");
    bytes_add_text(out, type);
    bytes_add_text(out, "\",\"signatures\":[{\"keyid\":\"");
    bytes_add_hex(out, hash_span(key));
    bytes_add_text(out, "\",\"sig\":\"");
    bytes_add_base64(out, signature);
    bytes_add_text(out, "\"}]}");
}
