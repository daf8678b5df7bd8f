// RSA keys of others that a root may list: read strictly, so that one key has one identity.
#include "metadata/tuf_part.h"
#include "signer/base/cursor.h"
#include "signer/base/rsa.h"

#include <string.h>

enum { DER_MOST = 600 }; // the SPKI of a 4096 bit key has 550 bytes
enum { MODULUS_LEAST = 2048 / 8, MODULUS_MOST = 4096 / 8 };
enum { TAG_INTEGER = 0x02, TAG_BITS = 0x03, TAG_SEQUENCE = 0x30, LONG_LENGTH = 0x80 };

// AlgorithmIdentifier of rsaEncryption with its NULL (RFC 3279, section 2.3.1).
static const uint8_t algorithm[] = {
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
// The exponent 65537 as a DER integer.
static const uint8_t exponent[] = {0x02, 0x03, 0x01, 0x00, 0x01};

// A DER length in its one shortest form, up to two bytes.
static size_t read_length(struct cursor *cursor)
{
    uint8_t first = cursor_u8(cursor);
    if (first < LONG_LENGTH)
        return first;
    size_t length = first == (LONG_LENGTH | 2) ? cursor_u16(cursor) : cursor_u8(cursor);
    size_t least = first == (LONG_LENGTH | 2) ? 0x100 : LONG_LENGTH;
    if (first > (LONG_LENGTH | 2) || first == LONG_LENGTH || length < least)
        cursor_fail(cursor);
    return length;
}

static struct span read_value(struct cursor *cursor, uint8_t tag)
{
    if (cursor_u8(cursor) != tag)
        cursor_fail(cursor);
    return cursor_take(cursor, read_length(cursor));
}

static void read_exactly(struct cursor *cursor, const uint8_t *bytes, size_t size)
{
    if (!span_equal(cursor_take(cursor, size), span_of(bytes, size)))
        cursor_fail(cursor);
}

// The modulus without its sign byte; empty when the bytes are no RSA key as DER writes it.
static struct span read_modulus(struct span der)
{
    struct cursor outer = cursor_of(der);
    struct cursor spki = cursor_of(read_value(&outer, TAG_SEQUENCE));
    read_exactly(&spki, algorithm, sizeof algorithm);
    struct cursor bits = cursor_of(read_value(&spki, TAG_BITS));
    if (cursor_u8(&bits) != 0) // no unused bits
        cursor_fail(&bits);
    struct cursor key = cursor_of(read_value(&bits, TAG_SEQUENCE));
    struct span modulus = read_value(&key, TAG_INTEGER);
    read_exactly(&key, exponent, sizeof exponent);
    if (cursor_finish(&outer) != OK || cursor_finish(&spki) != OK ||
        cursor_finish(&bits) != OK || cursor_finish(&key) != OK)
        return (struct span){0};
    // A modulus of whole bytes has its highest bit set, so DER puts one zero byte before it.
    if (modulus.size < 2 || modulus.data[0] != 0 || modulus.data[1] < 0x80)
        return (struct span){0};
    return span_of(modulus.data + 1, modulus.size - 1);
}

static enum err read_der(struct span pem, struct bytes *der)
{
    enum err err = key_pem_der(pem, der);
    if (err != OK)
        return err;
    struct span modulus = read_modulus(bytes_span(der));
    if (modulus.size == 0)
        return ERR_FORM;
    return modulus.size < MODULUS_LEAST || modulus.size > MODULUS_MOST ? ERR_KEY : OK;
}

enum err tuf_rsa_identity(struct span pem, struct hash *out)
{
    struct bytes der;
    bytes_init(&der, DER_MOST);
    enum err err = read_der(pem, &der);
    if (err == OK)
        *out = hash_of(bytes_span(&der));
    bytes_clear(&der);
    return err;
}

enum err tuf_rsa_verify(struct span pem, struct span message, struct span signature)
{
    struct bytes der;
    bytes_init(&der, DER_MOST);
    enum err err = read_der(pem, &der);
    if (err == OK)
        err = rsa_verify(bytes_span(&der), message, signature);
    bytes_clear(&der);
    return err;
}
