// DSSE: the published example, and that no signature passes for another kind of text.
#include "proto/dsse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

// The worked example of the DSSE specification (protocol.md, "Test Vectors"): P-256, the
// signature as raw r and s in base64.
static const char example_type[] = "http://example.com/HelloWorld";
static const char example_body[] = "hello world";
static const char example_encoding[] = "DSSEv1 29 http://example.com/HelloWorld 11 hello world";
static const char example_key[] =
    "0467cd390f77aa359cb08c2235f652270493a9ed832b0abcc01f70954c0390d238"
    "0c782bd54e269125a44f4433aff1432ce94e12bca73aa67ac80cea12608ddf74";
static const char example_signature[] = "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajab"
                                        "ZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==";

static struct key read_example_key(void)
{
    uint8_t point[sizeof example_key / 2];
    struct key key;
    assert_int_equal(hex_read(span_text(example_key), point, sizeof point), OK);
    assert_int_equal(key_from_raw(KEY_P256, span_of(point, sizeof point), &key), OK);
    return key;
}

static void read_example_signature(struct bytes *der)
{
    struct bytes raw;
    bytes_init(&raw, 64);
    assert_int_equal(base64_read(span_text(example_signature), &raw), OK);
    assert_int_equal(key_ecdsa_der(bytes_span(&raw), der), OK);
    bytes_clear(&raw);
}

static void dsse__encodes_the_published_example(void **state)
{
    (void)state;
    struct bytes out;
    bytes_init(&out, 256);
    dsse_encode(example_type, span_text(example_body), &out);
    assert_true(span_is(bytes_span(&out), example_encoding));
    bytes_reset(&out);
    dsse_encode("t", (struct span){0}, &out);
    assert_true(span_is(bytes_span(&out), "DSSEv1 1 t 0 "));
    bytes_clear(&out);
}

static void dsse__verifies_the_published_signature_and_no_neighbour_of_it(void **state)
{
    (void)state;
    struct key key = read_example_key();
    struct bytes der;
    bytes_init(&der, KEY_SIGNATURE_MOST);
    read_example_signature(&der);
    struct span body = span_text(example_body);
    struct span signature = bytes_span(&der);
    // The same bytes cut elsewhere into type and body are another text.
    static const struct {
        const char *type;
        const char *body;
    } bad[] = {
        {"http://example.com/HelloWorld", "hello worl"},
        {"http://example.com/HelloWorld", "hello world "},
        {"http://example.com/HelloWorld", ""},
        {"http://example.com/HelloWorld 11 hello", "world"},
        {"http://example.com/helloWorld", "hello world"},
        {"", "hello world"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(
            dsse_verify(&key, bad[i].type, span_text(bad[i].body), signature), ERR_SIGNATURE);
    assert_int_equal(
        dsse_verify(&key, example_type, body, span_of(der.data, der.size - 1)), ERR_SIGNATURE);
    assert_int_equal(dsse_verify(&key, example_type, body, (struct span){0}), ERR_SIGNATURE);
    assert_int_equal(dsse_verify(&key, example_type, body, signature), OK);
    for (size_t i = 0; i < der.size; i++) {
        der.data[i] ^= 1;
        assert_int_equal(dsse_verify(&key, example_type, body, signature), ERR_SIGNATURE);
        der.data[i] ^= 1;
    }
    bytes_clear(&der);
}

// ---- a key of our own ----

struct signer {
    EVP_PKEY *pair;
    struct key key;
};

static void signer_init(struct signer *signer)
{
    uint8_t raw[32];
    size_t size = sizeof raw;
    signer->pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    assert_non_null(signer->pair);
    assert_int_equal(EVP_PKEY_get_raw_public_key(signer->pair, raw, &size), 1);
    assert_int_equal(key_from_raw(KEY_ED25519, span_of(raw, size), &signer->key), OK);
}

static void signer_sign(
    const struct signer *signer, const char *type, struct span body, uint8_t out[64])
{
    struct bytes encoded;
    size_t size = 64;
    bytes_init(&encoded, body.size + 256);
    dsse_encode(type, body, &encoded);
    assert_int_equal(bytes_finish(&encoded), OK);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, NULL, NULL, NULL, signer->pair), 1);
    assert_int_equal(EVP_DigestSign(context, out, &size, encoded.data, encoded.size), 1);
    assert_int_equal(size, 64);
    EVP_MD_CTX_free(context);
    bytes_clear(&encoded);
}

static void dsse__no_kind_of_statement_passes_for_another(void **state)
{
    (void)state;
    static const char *const types[] = {DSSE_REQUEST, DSSE_WITHDRAWAL, DSSE_APPROVAL,
        DSSE_FOUNDING, DSSE_FREEZE, DSSE_POSSESSION};
    enum { TYPES = sizeof types / sizeof types[0] };
    struct signer signer;
    struct span body = span_text("the same bytes");
    signer_init(&signer);
    for (size_t made = 0; made < TYPES; made++) {
        uint8_t signature[64];
        signer_sign(&signer, types[made], body, signature);
        for (size_t asked = 0; asked < TYPES; asked++)
            assert_int_equal(
                dsse_verify(&signer.key, types[asked], body, span_of(signature, 64)),
                made == asked ? OK : ERR_SIGNATURE);
    }
    EVP_PKEY_free(signer.pair);
}

static void dsse__verifies_a_body_of_any_size_it_is_given(void **state)
{
    (void)state;
    static uint8_t body[100001];
    static const size_t sizes[] = {0, 1, 9, 10, 99, 100, 99999, 100000, 100001};
    struct signer signer;
    signer_init(&signer);
    memset(body, 'x', sizeof body);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t signature[64];
        struct span span = span_of(body, sizes[i]);
        signer_sign(&signer, DSSE_REQUEST, span, signature);
        assert_int_equal(
            dsse_verify(&signer.key, DSSE_REQUEST, span, span_of(signature, 64)), OK);
    }
    EVP_PKEY_free(signer.pair);
}

static void dsse__writes_the_envelope_of_other_peoples_verifiers(void **state)
{
    (void)state;
    struct hash key = hash_of(span_text("abc"));
    struct bytes out;
    bytes_init(&out, 1024);
    dsse_envelope(example_type, span_text(example_body), &key, span_text("\x01\x02\x03"), &out);
    assert_int_equal(bytes_finish(&out), OK);
    assert_true(span_is(bytes_span(&out),
        "{\"payload\":\"aGVsbG8gd29ybGQ=\",\"payloadType\":\"http://example.com/HelloWorld\","
        "\"signatures\":[{\"keyid\":"
        "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\","
        "\"sig\":\"AQID\"}]}"));
    bytes_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dsse__encodes_the_published_example),
        cmocka_unit_test(dsse__verifies_the_published_signature_and_no_neighbour_of_it),
        cmocka_unit_test(dsse__no_kind_of_statement_passes_for_another),
        cmocka_unit_test(dsse__verifies_a_body_of_any_size_it_is_given),
        cmocka_unit_test(dsse__writes_the_envelope_of_other_peoples_verifiers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
