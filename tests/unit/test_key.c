// Public keys of every type: which are refused, one encoding of each, and the one scheme that each
// verifies.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/base/key.h"
#include "tests/unit/person.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

static const enum key_type types[] = {
    KEY_ED25519, KEY_P256, KEY_P384, KEY_RSA2048, KEY_RSA3072, KEY_RSA4096};
enum { TYPES = sizeof types / sizeof types[0] };

// A pair of each type, made once.
static struct person pairs[TYPES];

static struct person *pair_of(enum key_type type)
{
    for (size_t i = 0; i < TYPES; i++)
        if (types[i] == type)
            return &pairs[i];
    abort();
}

static int make_pairs(void **state)
{
    (void)state;
    for (size_t i = 0; i < TYPES; i++)
        person_make(&pairs[i], types[i]);
    return 0;
}

static int clear_pairs(void **state)
{
    (void)state;
    for (size_t i = 0; i < TYPES; i++)
        person_clear(&pairs[i]);
    return 0;
}

// ---- R16 ----

static void key__r16_refuses_small_order_non_canonical_and_off_curve_points(void **state)
{
    (void)state;
    uint8_t raw[32] = {1};
    struct key key;
    assert_int_equal(key_from_raw(KEY_ED25519, span_of(raw, 32), &key), ERR_KEY);
    raw[31] = 0x80; // the same point with the sign bit
    assert_int_equal(key_from_raw(KEY_ED25519, span_of(raw, 32), &key), ERR_KEY);
    memset(raw, 0xff, 32); // y = 2^255 - 1 > p
    assert_int_equal(key_from_raw(KEY_ED25519, span_of(raw, 32), &key), ERR_KEY);
    memset(raw, 0, 32);
    raw[0] = 2; // y = 2 is not on the curve
    assert_int_equal(key_from_raw(KEY_ED25519, span_of(raw, 32), &key), ERR_KEY);
    assert_int_equal(key_from_raw(KEY_NONE, span_of(raw, 32), &key), ERR_FORM);
    assert_int_equal(key_from_raw(KEY_ED25519, span_of(raw, 31), &key), ERR_FORM);
}

static void key__r16_refuses_points_off_their_curve_and_in_another_form(void **state)
{
    (void)state;
    static const enum key_type curves[] = {KEY_P256, KEY_P384};
    for (size_t i = 0; i < 2; i++) {
        uint8_t raw[KEY_POINT_MOST] = {4}; // x = y = 0
        struct key key;
        struct span good = key_raw(&pair_of(curves[i])->key);
        assert_int_equal(key_from_raw(curves[i], span_of(raw, good.size), &key), ERR_KEY);
        memset(raw + 1, 0xff, sizeof raw - 1); // no field has such an x
        assert_int_equal(key_from_raw(curves[i], span_of(raw, good.size), &key), ERR_KEY);
        memcpy(raw, good.data, good.size);
        assert_int_equal(key_from_raw(curves[i], span_of(raw, good.size), &key), OK);
        raw[good.size - 1] ^= 1;
        assert_int_equal(key_from_raw(curves[i], span_of(raw, good.size), &key), ERR_KEY);
        raw[good.size - 1] ^= 1;
        raw[0] = 2; // compressed, and as large as none is
        assert_int_equal(key_from_raw(curves[i], span_of(raw, good.size), &key), ERR_FORM);
        raw[0] = 0; // infinity
        assert_int_equal(key_from_raw(curves[i], span_of(raw, good.size), &key), ERR_FORM);
        assert_int_equal(key_from_raw(curves[i], span_of(raw, 1), &key), ERR_FORM);
    }
}

// A modulus of as many bytes as `model`, odd and with its highest bit set, that `factor` divides.
static void multiple_of(const BIGNUM *factor, struct span model, uint8_t *out)
{
    BIGNUM *n = BN_bin2bn(model.data, (int)model.size, NULL), *rest = BN_new();
    BN_CTX *ctx = BN_CTX_new();
    assert_int_equal(BN_mod(rest, n, factor, ctx), 1);
    assert_int_equal(BN_sub(n, n, rest), 1);
    if (!BN_is_odd(n))
        assert_int_equal(BN_add(n, n, factor), 1);
    assert_int_equal(BN_bn2binpad(n, out, (int)model.size), (int)model.size);
    BN_CTX_free(ctx);
    BN_free(rest);
    BN_free(n);
}

static void key__r16_refuses_a_modulus_with_a_small_factor(void **state)
{
    (void)state;
    static const unsigned small[] = {3, 5, 7, 227, 229, 293, 743, 751};
    uint8_t raw[KEY_RAW_MOST];
    struct key key;
    BIGNUM *factor = BN_new();
    for (enum key_type type = KEY_RSA2048; type <= KEY_RSA4096; type++) {
        struct span good = key_raw(&pair_of(type)->key);
        for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
            assert_int_equal(BN_set_word(factor, small[i]), 1);
            multiple_of(factor, good, raw);
            assert_int_equal(key_from_raw(type, span_of(raw, good.size), &key), ERR_KEY);
        }
    }
    BN_free(factor);
}

// The next number in steps of 2 that no odd number below 752 divides: nothing else is wrong with it.
static void without_small_factor(uint8_t *raw, size_t size)
{
    BIGNUM *n = BN_bin2bn(raw, (int)size, NULL);
    for (unsigned i = 3; i < 752; i += 2)
        if (BN_mod_word(n, i) == 0) {
            assert_int_equal(BN_add_word(n, 2), 1);
            i = 1;
        }
    assert_int_equal(BN_bn2binpad(n, raw, (int)size), (int)size);
    BN_free(n);
}

static void key__r16_refuses_an_even_or_short_modulus(void **state)
{
    (void)state;
    uint8_t raw[KEY_RAW_MOST];
    struct key key;
    for (enum key_type type = KEY_RSA2048; type <= KEY_RSA4096; type++) {
        struct span good = key_raw(&pair_of(type)->key);
        memcpy(raw, good.data, good.size);
        assert_int_equal(key_from_raw(type, span_of(raw, good.size - 1), &key), ERR_FORM);
        raw[good.size - 1] ^= 2;
        without_small_factor(raw, good.size);
        assert_int_equal(key_from_raw(type, span_of(raw, good.size), &key), OK);
        raw[good.size - 1] &= 0xfe;
        without_small_factor(raw, good.size);
        assert_int_equal(key_from_raw(type, span_of(raw, good.size), &key), ERR_KEY);
        raw[good.size - 1] |= 1;
        raw[0] &= 0x7f; // one bit less than its type says
        without_small_factor(raw, good.size);
        assert_int_equal(key_from_raw(type, span_of(raw, good.size), &key), ERR_KEY);
        memset(raw, 0, good.size);
        assert_int_equal(key_from_raw(type, span_of(raw, good.size), &key), ERR_KEY);
    }
}

// A modulus that is 1, and so a power of 65537, modulo the product of the primes 2 to 167: no
// factor is small, and yet the form alone betrays the factors (CVE-2017-15361).
static void key__r16_refuses_the_moduli_of_a_broken_generator(void **state)
{
    (void)state;
    uint8_t raw[KEY_RAW_MOST];
    struct key key;
    BIGNUM *product = BN_new(), *n = BN_new();
    assert_int_equal(BN_set_word(product, 2), 1);
    for (unsigned i = 3; i < 168; i += 2) {
        bool prime = true;
        for (unsigned j = 3; j < i; j += 2)
            prime = prime && i % j != 0;
        if (prime)
            assert_int_equal(BN_mul_word(product, i), 1);
    }
    struct span good = key_raw(&pair_of(KEY_RSA2048)->key);
    // n = k * product + 65537, for the first k with no factor between 168 and 752.
    multiple_of(product, good, raw);
    assert_non_null(BN_bin2bn(raw, (int)good.size, n));
    assert_int_equal(BN_add_word(n, 65537), 1);
    for (bool found = false; !found;) {
        assert_int_equal(BN_add(n, n, product), 1);
        found = BN_is_odd(n);
        for (unsigned i = 3; found && i < 752; i += 2)
            found = BN_mod_word(n, i) != 0;
    }
    assert_int_equal(BN_bn2binpad(n, raw, (int)good.size), (int)good.size);
    assert_int_equal(key_from_raw(KEY_RSA2048, span_of(raw, good.size), &key), ERR_KEY);
    // A little more, and it is no power modulo one of the primes.
    assert_int_equal(BN_add_word(n, 2), 1);
    assert_int_equal(BN_bn2binpad(n, raw, (int)good.size), (int)good.size);
    without_small_factor(raw, good.size);
    assert_int_equal(key_from_raw(KEY_RSA2048, span_of(raw, good.size), &key), OK);
    BN_free(product);
    BN_free(n);
}

// The SPKI of a pair that the library makes, of whatever size and exponent.
static enum err read_made(unsigned bits, unsigned exponent, struct key *out)
{
    EVP_PKEY *pair = NULL;
    uint8_t *der = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    BIGNUM *e = BN_new();
    assert_int_equal(BN_set_word(e, exponent), 1);
    assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)bits), 1);
    assert_int_equal(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e), 1);
    assert_int_equal(EVP_PKEY_keygen(ctx, &pair), 1);
    int size = i2d_PUBKEY(pair, &der);
    assert_true(size > 0);
    enum err err = key_read(span_of(der, (size_t)size), out);
    OPENSSL_free(der);
    BN_free(e);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(pair);
    return err;
}

static void key__r16_refuses_rsa_of_another_size_or_exponent(void **state)
{
    (void)state;
    struct key key;
    assert_int_equal(read_made(1024, RSA_F4, &key), ERR_KEY);
    assert_int_equal(read_made(2040, RSA_F4, &key), ERR_KEY);
    assert_int_equal(read_made(2047, RSA_F4, &key), ERR_KEY);
    assert_int_equal(read_made(2056, RSA_F4, &key), ERR_KEY);
    assert_int_equal(read_made(2048, 3, &key), ERR_KEY);
    assert_int_equal(read_made(2048, 65539, &key), ERR_KEY);
    assert_int_equal(read_made(2048, RSA_F4, &key), OK);
    assert_int_equal(key.type, KEY_RSA2048);
}

// ---- R21 ----

static void check_one_encoding(const struct key *key)
{
    uint8_t bytes[KEY_SPKI_MOST + 1] = {0};
    struct key out;
    memcpy(bytes, key->spki, key->spki_size);
    assert_int_equal(key_read(span_of(bytes, key->spki_size), &out), OK);
    assert_int_equal(out.type, key->type);
    assert_true(hash_equal(&out.id, &key->id));
    assert_int_not_equal(key_read(span_of(bytes, key->spki_size + 1), &out), OK);
    assert_int_not_equal(key_read(span_of(bytes, key->spki_size - 1), &out), OK);
    size_t before = (size_t)(key_raw(key).data - key->spki);
    for (size_t i = 0; i < key->spki_size; i++) {
        if (i >= before && i < before + key_raw(key).size)
            continue;
        bytes[i] ^= 1;
        assert_int_not_equal(key_read(span_of(bytes, key->spki_size), &out), OK);
        bytes[i] ^= 1;
    }
}

static void key__r21_reads_one_encoding_only(void **state)
{
    (void)state;
    struct key out;
    for (size_t i = 0; i < TYPES; i++)
        check_one_encoding(&pairs[i].key);
    assert_int_equal(key_read((struct span){0}, &out), ERR_FORM);
    struct key p256 = pair_of(KEY_P256)->key;
    p256.spki[1] = 0x5a;
    assert_int_equal(key_read(key_spki(&p256), &out), ERR_FORM);
}

// RFC 4055's own algorithm for keys that sign PSS: the same key would have two identities.
static void key__r21_refuses_an_rsa_key_under_another_algorithm(void **state)
{
    (void)state;
    struct key out, key = pair_of(KEY_RSA2048)->key;
    assert_int_equal(key.spki[16], 0x01); // rsaEncryption is 1.2.840.113549.1.1.1
    key.spki[16] = 0x0a;
    assert_int_equal(key_read(key_spki(&key), &out), ERR_FORM);
}

static void key__r21_its_id_is_the_hash_of_the_spki_also_through_pem(void **state)
{
    (void)state;
    for (size_t i = 0; i < TYPES; i++) {
        struct bytes pem;
        struct key again;
        struct hash id = hash_of(key_spki(&pairs[i].key));
        assert_true(hash_equal(&id, &pairs[i].key.id));
        bytes_init(&pem, 2 * KEY_SPKI_MOST);
        key_to_pem(&pairs[i].key, &pem);
        assert_int_equal(bytes_finish(&pem), OK);
        assert_int_equal(key_from_pem(bytes_span(&pem), &again), OK);
        assert_true(hash_equal(&again.id, &id));
        bytes_clear(&pem);
        assert_int_equal(key_type_from(span_text(key_type_text(types[i]))), types[i]);
    }
    for (size_t i = 0; i < TYPES; i++)
        assert_non_null(strstr(KEY_TYPES, key_type_text(types[i])));
    assert_int_equal(key_type_from(span_text("rsa-1024")), KEY_NONE);
    assert_int_equal(key_type_from(span_text("none")), KEY_NONE);
    assert_string_equal(key_type_text((enum key_type)99), "none");
}

// ---- R15 ----

static void check_signature(const struct person *pair)
{
    uint8_t signature[KEY_SIGNATURE_MOST];
    struct span message = span_text("abc");
    size_t size = person_sign_bytes(pair, message, signature);
    struct span whole = span_of(signature, size);
    assert_int_equal(key_verify(&pair->key, message, whole), OK);
    assert_int_equal(key_verify(&pair->key, span_text("abd"), whole), ERR_SIGNATURE);
    assert_int_equal(
        key_verify(&pair->key, message, span_of(signature, size - 1)), ERR_SIGNATURE);
    assert_int_equal(key_verify(&pair->key, message, span_of(signature, 0)), ERR_SIGNATURE);
    signature[size - 1] ^= 1;
    assert_int_equal(key_verify(&pair->key, message, whole), ERR_SIGNATURE);
    signature[size - 1] ^= 1;
    for (size_t i = 0; i < TYPES; i++)
        if (&pairs[i] != pair)
            assert_int_equal(key_verify(&pairs[i].key, message, whole), ERR_SIGNATURE);
}

static void key__verifies_what_its_type_signs_and_nothing_else(void **state)
{
    (void)state;
    struct key none = {0};
    assert_int_equal(key_verify(&none, span_text("a"), span_text("b")), ERR_KEY);
    for (size_t i = 0; i < TYPES; i++)
        check_signature(&pairs[i]);
}

// Signs with a digest, a padding and a length of salt of one's own choice.
static enum err signed_otherwise(enum key_type type, const char *digest, int padding, int salt)
{
    const struct person *pair = pair_of(type);
    uint8_t signature[KEY_SIGNATURE_MOST];
    size_t size = sizeof signature;
    EVP_PKEY_CTX *scheme = NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_int_equal(
        EVP_DigestSignInit_ex(ctx, &scheme, digest, NULL, NULL, pair->pair, NULL), 1);
    if (padding != 0)
        assert_true(EVP_PKEY_CTX_set_rsa_padding(scheme, padding) > 0);
    if (padding == RSA_PKCS1_PSS_PADDING)
        assert_true(EVP_PKEY_CTX_set_rsa_pss_saltlen(scheme, salt) > 0);
    assert_int_equal(EVP_DigestSign(ctx, signature, &size, (const uint8_t *)"abc", 3), 1);
    EVP_MD_CTX_free(ctx);
    return key_verify(&pair->key, span_text("abc"), span_of(signature, size));
}

static void key__r15_takes_one_scheme_of_each_type(void **state)
{
    (void)state;
    enum { PSS = RSA_PKCS1_PSS_PADDING, PKCS1 = RSA_PKCS1_PADDING };
    assert_int_equal(signed_otherwise(KEY_P256, "SHA384", 0, 0), ERR_SIGNATURE);
    assert_int_equal(signed_otherwise(KEY_P256, "SHA256", 0, 0), OK);
    assert_int_equal(signed_otherwise(KEY_P384, "SHA256", 0, 0), ERR_SIGNATURE);
    assert_int_equal(signed_otherwise(KEY_P384, "SHA512", 0, 0), ERR_SIGNATURE);
    assert_int_equal(signed_otherwise(KEY_P384, "SHA384", 0, 0), OK);
    for (enum key_type type = KEY_RSA2048; type <= KEY_RSA4096; type++) {
        assert_int_equal(signed_otherwise(type, "SHA256", PKCS1, 0), ERR_SIGNATURE);
        assert_int_equal(signed_otherwise(type, "SHA384", PSS, 48), ERR_SIGNATURE);
        assert_int_equal(signed_otherwise(type, "SHA384", PSS, 32), ERR_SIGNATURE);
        assert_int_equal(signed_otherwise(type, "SHA256", PSS, 0), ERR_SIGNATURE);
        assert_int_equal(signed_otherwise(type, "SHA256", PSS, 31), ERR_SIGNATURE);
        assert_int_equal(signed_otherwise(type, "SHA256", PSS, 33), ERR_SIGNATURE);
        assert_int_equal(signed_otherwise(type, "SHA256", PSS, 32), OK);
    }
}

// MGF1 with another hash than the message's, which OpenSSL would sign if it were asked to.
static void key__r15_takes_one_mask_of_pss(void **state)
{
    (void)state;
    const struct person *pair = pair_of(KEY_RSA2048);
    uint8_t signature[KEY_SIGNATURE_MOST];
    size_t size = sizeof signature;
    EVP_PKEY_CTX *scheme = NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_int_equal(
        EVP_DigestSignInit_ex(ctx, &scheme, "SHA256", NULL, NULL, pair->pair, NULL), 1);
    assert_true(EVP_PKEY_CTX_set_rsa_padding(scheme, RSA_PKCS1_PSS_PADDING) > 0);
    assert_true(EVP_PKEY_CTX_set_rsa_mgf1_md_name(scheme, "SHA1", NULL) > 0);
    assert_true(EVP_PKEY_CTX_set_rsa_pss_saltlen(scheme, KEY_PSS_SALT) > 0);
    assert_int_equal(EVP_DigestSign(ctx, signature, &size, (const uint8_t *)"abc", 3), 1);
    EVP_MD_CTX_free(ctx);
    assert_int_equal(
        key_verify(&pair->key, span_text("abc"), span_of(signature, size)), ERR_SIGNATURE);
}

static void key__r15_its_digest_follows_from_the_type(void **state)
{
    (void)state;
    struct hash sha256 = hash_of(span_text("abc"));
    uint8_t sha384[HASH384_SIZE];
    hash384_of(span_text("abc"), sha384);
    for (size_t i = 0; i < TYPES; i++) {
        struct key_digest digest = key_digest_of(types[i], span_text("abc"));
        struct span expected = types[i] == KEY_ED25519 ? (struct span){0}
                               : types[i] == KEY_P384  ? span_of(sha384, sizeof sha384)
                                                       : hash_span(&sha256);
        assert_true(span_equal(span_of(digest.byte, digest.size), expected));
    }
    assert_int_equal(key_digest_of(KEY_NONE, span_text("abc")).size, 0);
}

// ---- r ‖ s ----

static void key_ecdsa_der__takes_the_two_sizes_and_makes_the_shortest_integers(void **state)
{
    (void)state;
    uint8_t raw[KEY_POINT_MOST] = {0};
    struct bytes der;
    bytes_init(&der, KEY_SIGNATURE_MOST);
    static const size_t wrong[] = {0, 1, 2, 63, 65, 66, 95, 97};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(key_ecdsa_der(span_of(raw, wrong[i]), &der), ERR_FORM);
    for (size_t half = 32; half <= 48; half += 16) {
        memset(raw, 0, sizeof raw);
        raw[0] = 0x80;         // r takes a zero byte in front
        raw[2 * half - 1] = 1; // s is 1
        bytes_reset(&der);
        assert_int_equal(key_ecdsa_der(span_of(raw, 2 * half), &der), OK);
        assert_int_equal(der.size, 2 + 2 + half + 1 + 3);
        assert_int_equal(der.data[1], der.size - 2);
        assert_int_equal(der.data[3], half + 1);
        assert_memory_equal(der.data + der.size - 3, "\x02\x01\x01", 3);
    }
    bytes_clear(&der);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key__r16_refuses_small_order_non_canonical_and_off_curve_points),
        cmocka_unit_test(key__r16_refuses_points_off_their_curve_and_in_another_form),
        cmocka_unit_test(key__r16_refuses_a_modulus_with_a_small_factor),
        cmocka_unit_test(key__r16_refuses_an_even_or_short_modulus),
        cmocka_unit_test(key__r16_refuses_the_moduli_of_a_broken_generator),
        cmocka_unit_test(key__r16_refuses_rsa_of_another_size_or_exponent),
        cmocka_unit_test(key__r21_reads_one_encoding_only),
        cmocka_unit_test(key__r21_refuses_an_rsa_key_under_another_algorithm),
        cmocka_unit_test(key__r21_its_id_is_the_hash_of_the_spki_also_through_pem),
        cmocka_unit_test(key__verifies_what_its_type_signs_and_nothing_else),
        cmocka_unit_test(key__r15_takes_one_scheme_of_each_type),
        cmocka_unit_test(key__r15_takes_one_mask_of_pss),
        cmocka_unit_test(key__r15_its_digest_follows_from_the_type),
        cmocka_unit_test(key_ecdsa_der__takes_the_two_sizes_and_makes_the_shortest_integers),
    };
    return cmocka_run_group_tests(tests, make_pairs, clear_pairs);
}
