#include "signer/base/key.h"

#include <string.h>

static const char pem_begin[] = "-----BEGIN PUBLIC KEY-----\n";
static const char pem_end[] = "-----END PUBLIC KEY-----\n";
enum { PEM_LINE = 64 };

void key_to_pem(const struct key *key, struct bytes *out)
{
    struct bytes base64;
    bytes_init(&base64, 2 * KEY_SPKI_MOST);
    bytes_add_base64(&base64, key_spki(key));
    bytes_add_text(out, pem_begin);
    for (size_t at = 0; at < base64.size; at += PEM_LINE) {
        size_t line = base64.size - at < PEM_LINE ? base64.size - at : PEM_LINE;
        bytes_add(out, span_of(base64.data + at, line));
        bytes_add_u8(out, '\n');
    }
    bytes_add_text(out, pem_end);
    if (base64.failure != OK)
        out->failure = base64.failure;
    bytes_clear(&base64);
}

// The base64 between the two lines, line feeds (and carriage returns) left out.
static bool pem_body(struct span pem, struct bytes *out)
{
    while (pem.size > 0 && (pem.data[pem.size - 1] == '\n' || pem.data[pem.size - 1] == '\r'))
        pem.size--;
    size_t head = strlen(pem_begin) - 1, tail = strlen(pem_end) - 1;
    if (pem.size < head + tail || memcmp(pem.data, pem_begin, head) != 0 ||
        memcmp(pem.data + pem.size - tail, pem_end, tail) != 0)
        return false;
    for (size_t i = head; i < pem.size - tail; i++)
        if (pem.data[i] != '\n' && pem.data[i] != '\r')
            bytes_add_u8(out, pem.data[i]);
    return out->failure == OK;
}

enum err key_pem_der(struct span pem, struct bytes *out)
{
    struct bytes body;
    bytes_init(&body, pem.size);
    enum err err = pem_body(pem, &body) ? base64_read(bytes_span(&body), out) : ERR_FORM;
    bytes_clear(&body);
    return err;
}

enum err key_from_pem(struct span pem, struct key *out)
{
    struct bytes spki;
    bytes_init(&spki, KEY_SPKI_MOST);
    enum err err = key_pem_der(pem, &spki);
    if (err == OK)
        err = key_read(bytes_span(&spki), out);
    else if (err == ERR_LIMIT)
        err = ERR_FORM; // longer than any key of ours
    bytes_clear(&spki);
    return err;
}
