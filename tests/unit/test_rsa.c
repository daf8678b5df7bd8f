// Signatures of other people's RSA keys (signer/base/rsa.h), against Project Wycheproof's vectors
// when they lie beside the project, and against the library's own signatures in other schemes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/base/rsa.h"
#include "tests/unit/vectors.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define FILE_OF_ATTACKS VECTORS "wycheproof/rsa_pss_3072_sha256_mgf1_32_test.json"

enum { BITS = 2048, MOST = 8192 };

static EVP_PKEY *pair;
static struct bytes spki;

static int open_key(void **state)
{
    (void)state;
    uint8_t *der = NULL;
    pair = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)BITS);
    int size = pair == NULL ? 0 : i2d_PUBKEY(pair, &der);
    bytes_init(&spki, MOST);
    bytes_add(&spki, span_of(der, size > 0 ? (size_t)size : 0));
    OPENSSL_free(der);
    return size > 0 ? 0 : -1;
}

static int close_key(void **state)
{
    (void)state;
    EVP_PKEY_free(pair);
    bytes_clear(&spki);
    return 0;
}

static const struct span message = {(const uint8_t *)"a root", 6};

// Signs with a digest, a padding and a length of salt; verifies what comes out.
static enum err sign_and_verify(const char *digest, int padding, int salt)
{
    uint8_t signature[BITS / 8];
    size_t size = sizeof signature;
    EVP_PKEY_CTX *scheme = NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit_ex(ctx, &scheme, digest, NULL, NULL, pair, NULL), 1);
    assert_true(EVP_PKEY_CTX_set_rsa_padding(scheme, padding) > 0);
    if (padding == RSA_PKCS1_PSS_PADDING)
        assert_true(EVP_PKEY_CTX_set_rsa_pss_saltlen(scheme, salt) > 0);
    assert_int_equal(EVP_DigestSign(ctx, signature, &size, message.data, message.size), 1);
    EVP_MD_CTX_free(ctx);
    return rsa_verify(bytes_span(&spki), message, span_of(signature, size));
}

static void rsa__r15_takes_one_scheme_only(void **state)
{
    (void)state;
    assert_int_equal(sign_and_verify("SHA256", RSA_PKCS1_PADDING, 0), ERR_SIGNATURE);
    assert_int_equal(sign_and_verify("SHA384", RSA_PKCS1_PSS_PADDING, 48), ERR_SIGNATURE);
    assert_int_equal(sign_and_verify("SHA256", RSA_PKCS1_PSS_PADDING, 0), ERR_SIGNATURE);
    assert_int_equal(sign_and_verify("SHA256", RSA_PKCS1_PSS_PADDING, 20), ERR_SIGNATURE);
    assert_int_equal(sign_and_verify("SHA256", RSA_PKCS1_PSS_PADDING, 32), OK);
}

static void rsa__refuses_signatures_of_other_sizes(void **state)
{
    (void)state;
    uint8_t zeros[BITS / 8 + 1] = {0};
    for (size_t size = 0; size <= sizeof zeros; size += 64)
        assert_int_equal(
            rsa_verify(bytes_span(&spki), message, span_of(zeros, size)), ERR_SIGNATURE);
}

static void rsa__r16_refuses_what_is_no_rsa_key(void **state)
{
    (void)state;
    uint8_t zeros[BITS / 8] = {0}, *der = NULL;
    struct span signature = span_of(zeros, sizeof zeros);
    assert_int_equal(rsa_verify(span_text("no key"), message, signature), ERR_KEY);
    assert_int_equal(
        rsa_verify(span_of(spki.data, spki.size - 1), message, signature), ERR_KEY);
    bytes_add_u8(&spki, 0);
    assert_int_equal(rsa_verify(bytes_span(&spki), message, signature), ERR_KEY);
    EVP_PKEY *other = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    int size = i2d_PUBKEY(other, &der);
    assert_true(size > 0);
    assert_int_equal(rsa_verify(span_of(der, (size_t)size), message, signature), ERR_KEY);
    OPENSSL_free(der);
    EVP_PKEY_free(other);
}

// ---- other people's attacks ----

static void read_hex(const char *at, struct bytes *out)
{
    struct span text = vector_string(&at);
    bytes_reset(out);
    uint8_t *room = bytes_room(out, text.size / 2 + 1);
    assert_non_null(room);
    assert_int_equal(hex_read(text, room, text.size / 2), OK);
    bytes_grew(out, text.size / 2);
}

static unsigned check_all(const char *text, struct span key)
{
    struct bytes bytes[2];
    unsigned count = 0;
    for (size_t i = 0; i < 2; i++)
        bytes_init(&bytes[i], MOST);
    for (const char *at = strstr(text, "\"tcId\":"); at != NULL;
         at = strstr(at + 1, "\"tcId\":"), count++) {
        read_hex(vector_field(at, "msg"), &bytes[0]);
        read_hex(vector_field(at, "sig"), &bytes[1]);
        enum err err = rsa_verify(key, bytes_span(&bytes[0]), bytes_span(&bytes[1]));
        bool valid = strncmp(vector_field(at, "result"), "\"valid\"", 7) == 0;
        if (err != (valid ? OK : ERR_SIGNATURE))
            fail_msg("vector %d", (int)vector_number(at, "tcId"));
    }
    for (size_t i = 0; i < 2; i++)
        bytes_clear(&bytes[i]);
    return count;
}

static void rsa__r16_verifies_every_vector_as_it_says(void **state)
{
    (void)state;
    size_t size = 0;
    struct bytes key;
    char *text = vector_load(FILE_OF_ATTACKS, &size);
    if (text == NULL) {
        print_message("no %s here: its attacks are not tried\n", FILE_OF_ATTACKS);
        skip();
    }
    bytes_init(&key, MOST);
    read_hex(vector_field(text, "publicKeyDer"), &key);
    assert_int_equal(check_all(text, bytes_span(&key)), vector_number(text, "numberOfTests"));
    bytes_clear(&key);
    free(text);
}

#define KEY_TEST(name) cmocka_unit_test_setup_teardown(name, open_key, close_key)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEY_TEST(rsa__r15_takes_one_scheme_only),
        KEY_TEST(rsa__refuses_signatures_of_other_sizes),
        KEY_TEST(rsa__r16_refuses_what_is_no_rsa_key),
        cmocka_unit_test(rsa__r16_verifies_every_vector_as_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
