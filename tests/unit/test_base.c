// The ground floor: bytes, cursor, hash, moment, key.
#include "signer/base/cursor.h"
#include "signer/base/key.h"
#include "signer/base/moment.h"
#include "signer/base/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

static void bytes__failure_is_sticky_at_the_limit(void **state)
{
    (void)state;
    struct bytes bytes;
    bytes_init(&bytes, 4);
    bytes_add_text(&bytes, "abc");
    bytes_add_text(&bytes, "de");
    bytes_add_text(&bytes, "f");
    assert_int_equal(bytes_finish(&bytes), ERR_LIMIT);
    assert_true(span_is(bytes_span(&bytes), "abc"));
    bytes_reset(&bytes);
    bytes_add_text(&bytes, "wxyz");
    assert_int_equal(bytes_finish(&bytes), OK);
    bytes_clear(&bytes);
}

static void bytes__base64_has_one_spelling_for_each_value(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Z===", "Zm9v\n", "Zm 9", "=Zg=", "====", "Zm9v="};
    struct bytes out;
    bytes_init(&out, 64);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(base64_read(span_text(bad[i]), &out), ERR_FORM);
    for (size_t size = 0; size < 12; size++) {
        struct bytes text, again;
        bytes_init(&text, 64);
        bytes_init(&again, 64);
        bytes_add_base64(&text, span_of("\xff\0abcdefghij", size));
        assert_int_equal(base64_read(bytes_span(&text), &again), OK);
        assert_true(span_equal(bytes_span(&again), span_of("\xff\0abcdefghij", size)));
        bytes_clear(&text);
        bytes_clear(&again);
    }
    bytes_clear(&out);
}

static void cursor__refuses_left_over_and_missing_bytes(void **state)
{
    (void)state;
    struct cursor cursor = cursor_of(span_of("\x00\x01\x02", 3));
    assert_int_equal(cursor_u16(&cursor), 1);
    assert_int_equal(cursor_finish(&cursor), ERR_FORM);
    assert_int_equal(cursor_u16(&cursor), 0);
    assert_int_equal(cursor_u8(&cursor), 0); // sticky: the byte that is there is not given out
    assert_int_equal(cursor_finish(&cursor), ERR_FORM);
}

static void hash__is_sha256_of_abc_as_fips_180_states(void **state)
{
    (void)state;
    char hex[2 * HASH_SIZE + 1];
    struct hash hash = hash_of(span_text("abc")), again;
    hash_hex(&hash, hex);
    assert_string_equal(
        hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(hash_from_hex(span_text(hex), &again), OK);
    assert_true(hash_equal(&hash, &again));
    hex[0] = 'B';
    assert_int_equal(hash_from_hex(span_text(hex), &again), ERR_FORM);
}

static void moment__takes_only_dates_that_exist_in_one_form(void **state)
{
    (void)state;
    static const char *const bad[] = {"2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:00:60Z", "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00", "2026-1-01T00:00:00Z", "1969-12-31T23:59:59Z", "",
        "2026-00-10T00:00:00Z", "2026-01-00T00:00:00Z", "+026-01-01T00:00:00Z"};
    moment at;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(moment_read(span_text(bad[i]), &at), ERR_FORM);
    static const char *const good[] = {"1970-01-01T00:00:00Z", "2028-02-29T23:59:59Z",
        "2038-01-19T03:14:08Z", "2106-02-07T06:28:16Z", "9999-12-31T23:59:59Z"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char again[MOMENT_TEXT + 1];
        assert_int_equal(moment_read(span_text(good[i]), &at), OK);
        moment_write(at, again);
        assert_string_equal(again, good[i]);
    }
}

static void moment__agrees_with_the_c_library_on_every_day(void **state)
{
    (void)state;
    for (moment at = 86399; at < INT64_C(253402300799); at += 86400 * INT64_C(13) + 7919) {
        char ours[MOMENT_TEXT + 1], theirs[MOMENT_TEXT + 12];
        time_t seconds = at;
        struct tm tm;
        gmtime_r(&seconds, &tm);
        strftime(theirs, sizeof theirs, "%Y-%m-%dT%H:%M:%SZ", &tm);
        moment_write(at, ours);
        assert_string_equal(ours, theirs);
        moment again;
        assert_int_equal(moment_read(span_text(ours), &again), OK);
        assert_true(again == at);
    }
}

static void key__r16_refuses_small_order_non_canonical_and_off_curve_points(void **state)
{
    (void)state;
    uint8_t raw[65] = {1};
    struct key key;
    assert_int_equal(key_from_raw(KEY_ED25519, span_of(raw, 32), &key), ERR_KEY);
    raw[31] = 0x80; // the same point with the sign bit
    assert_int_equal(key_from_raw(KEY_ED25519, span_of(raw, 32), &key), ERR_KEY);
    memset(raw, 0xff, 32); // y = 2^255 - 1 > p
    assert_int_equal(key_from_raw(KEY_ED25519, span_of(raw, 32), &key), ERR_KEY);
    memset(raw, 0, 32);
    raw[0] = 2; // y = 2 is not on the curve
    assert_int_equal(key_from_raw(KEY_ED25519, span_of(raw, 32), &key), ERR_KEY);
    raw[0] = 4; // x = y = 0 is not on P-256
    assert_int_equal(key_from_raw(KEY_P256, span_of(raw, 65), &key), ERR_KEY);
    raw[0] = 2; // compressed form
    assert_int_equal(key_from_raw(KEY_P256, span_of(raw, 65), &key), ERR_FORM);
    assert_int_equal(key_from_raw(KEY_NONE, span_of(raw, 32), &key), ERR_FORM);
}

static void make_key(const char *type, EVP_PKEY **pkey, struct key *key)
{
    *pkey = strcmp(type, "ED25519") == 0 ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
                                         : EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    uint8_t *spki = NULL;
    int size = i2d_PUBKEY(*pkey, &spki);
    assert_true(size > 0);
    assert_int_equal(key_read(span_of(spki, (size_t)size), key), OK);
    struct hash id = hash_of(span_of(spki, (size_t)size));
    assert_true(hash_equal(&id, &key->id)); // R21
    OPENSSL_free(spki);
}

static void check_key(const char *type, const char *digest)
{
    EVP_PKEY *pkey;
    struct key key, again;
    make_key(type, &pkey, &key);
    uint8_t signature[KEY_SIGNATURE_MOST];
    size_t size = sizeof signature;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit_ex(ctx, NULL, digest, NULL, NULL, pkey, NULL), 1);
    assert_int_equal(EVP_DigestSign(ctx, signature, &size, (const uint8_t *)"abc", 3), 1);
    assert_int_equal(key_verify(&key, span_text("abc"), span_of(signature, size)), OK);
    assert_int_equal(
        key_verify(&key, span_text("abd"), span_of(signature, size)), ERR_SIGNATURE);
    signature[size - 1] ^= 1;
    assert_int_equal(
        key_verify(&key, span_text("abc"), span_of(signature, size)), ERR_SIGNATURE);
    assert_int_equal(key_verify(&key, span_text("abc"), span_of(signature, 0)), ERR_SIGNATURE);
    struct bytes pem;
    bytes_init(&pem, 1024);
    key_to_pem(&key, &pem);
    assert_int_equal(key_from_pem(bytes_span(&pem), &again), OK);
    assert_true(hash_equal(&again.id, &key.id));
    bytes_clear(&pem);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
}

static void key__verifies_what_its_type_signs_and_nothing_else(void **state)
{
    (void)state;
    check_key("ED25519", NULL);
    check_key("EC", "SHA256");
    struct key none = {0};
    assert_int_equal(key_verify(&none, span_text("a"), span_text("b")), ERR_KEY);
}

static void key__r21_reads_one_encoding_only(void **state)
{
    (void)state;
    EVP_PKEY *pkey;
    struct key key, out;
    make_key("EC", &pkey, &key);
    uint8_t longer[KEY_SPKI_MOST + 1] = {0};
    memcpy(longer, key.spki, key.spki_size);
    assert_int_equal(key_read(span_of(longer, key.spki_size + 1), &out), ERR_FORM);
    assert_int_equal(key_read(span_of(longer, key.spki_size - 1), &out), ERR_FORM);
    longer[1] = 0x5a;
    assert_int_equal(key_read(span_of(longer, key.spki_size), &out), ERR_FORM);
    EVP_PKEY_free(pkey);
}

static void secret__reads_a_descriptor_and_drops_one_line_feed(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "1234\n\n", 6), 6);
    close(ends[1]);
    struct secret *secret = secret_new();
    assert_non_null(secret);
    assert_int_equal(secret_read_fd(secret, ends[0]), OK);
    assert_true(span_is(secret_span(secret), "1234\n"));
    close(ends[0]);
    assert_int_equal(secret_read_fd(secret, ends[0]), ERR_SYSTEM);
    secret_free(secret);
    secret_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes__failure_is_sticky_at_the_limit),
        cmocka_unit_test(bytes__base64_has_one_spelling_for_each_value),
        cmocka_unit_test(cursor__refuses_left_over_and_missing_bytes),
        cmocka_unit_test(hash__is_sha256_of_abc_as_fips_180_states),
        cmocka_unit_test(moment__takes_only_dates_that_exist_in_one_form),
        cmocka_unit_test(moment__agrees_with_the_c_library_on_every_day),
        cmocka_unit_test(key__r16_refuses_small_order_non_canonical_and_off_curve_points),
        cmocka_unit_test(key__verifies_what_its_type_signs_and_nothing_else),
        cmocka_unit_test(key__r21_reads_one_encoding_only),
        cmocka_unit_test(secret__reads_a_descriptor_and_drops_one_line_feed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
