// Other people's collected attacks on verifiers (Project Wycheproof), against the one verifier that
// judges requesters' and administrators' signatures. Each vector says `valid` or `invalid`, or
// `acceptable`, which decides nothing. Valid means: the key reads, and key_verify says OK.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/base/key.h"
#include "tests/unit/vectors.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#define FOLDER VECTORS "wycheproof/"

enum { MESSAGE_MOST = 8192, OTHER_SIGNATURE_MOST = 8192 };

// How many vectors of each kind a file was read for; the tests hold them against the file's own
// count, so that none is passed over.
struct tally {
    unsigned valid, invalid, acceptable;
};

static void read_hex(const char *at, struct bytes *out)
{
    struct span text = vector_string(&at);
    bytes_reset(out);
    uint8_t *room = bytes_room(out, text.size / 2 + 1);
    assert_non_null(room);
    assert_int_equal(hex_read(text, room, text.size / 2), OK);
    bytes_grew(out, text.size / 2);
}

static bool verifies(const struct key *key, struct span message, struct span signature)
{
    enum err err = key_verify(key, message, signature);
    // An attack is a signature that does not hold, never a failure of the library.
    assert_true(err == OK || err == ERR_SIGNATURE);
    return err == OK;
}

static void count_and_check(
    struct tally *tally, const char *result, uint64_t number, bool holds)
{
    bool valid = strncmp(result, "\"valid\"", 7) == 0;
    bool invalid = strncmp(result, "\"invalid\"", 9) == 0;
    bool acceptable = strncmp(result, "\"acceptable\"", 12) == 0;
    assert_int_equal(valid + invalid + acceptable, 1);
    if ((valid && !holds) || (invalid && holds))
        fail_msg("vector %llu is %.12s, and key_verify says %s", (unsigned long long)number,
            result, holds ? "OK" : "ERR_SIGNATURE");
    tally->valid += valid;
    tally->invalid += invalid;
    tally->acceptable += acceptable;
}

static void check_tests(
    const char *group, const char *end, const struct key *key, struct tally *tally)
{
    struct bytes message, signature;
    bytes_init(&message, MESSAGE_MOST);
    bytes_init(&signature, OTHER_SIGNATURE_MOST);
    for (const char *at = strstr(group, "\"tcId\":"); at != NULL && at < end;
         at = strstr(at + 1, "\"tcId\":")) {
        read_hex(vector_field(at, "msg"), &message);
        read_hex(vector_field(at, "sig"), &signature);
        count_and_check(tally, vector_field(at, "result"), vector_number(at, "tcId"),
            verifies(key, bytes_span(&message), bytes_span(&signature)));
    }
    bytes_clear(&message);
    bytes_clear(&signature);
}

// Every key of these files is one that we read as it stands.
static void check_group(
    const char *group, const char *end, enum key_type type, struct tally *tally)
{
    struct bytes der;
    struct key key;
    bytes_init(&der, KEY_SPKI_MOST);
    read_hex(vector_field(group, "publicKeyDer"), &der);
    assert_int_equal(key_read(bytes_span(&der), &key), OK);
    assert_int_equal(key.type, type);
    check_tests(group, end, &key, tally);
    bytes_clear(&der);
}

static void check_file(const char *path, enum key_type type)
{
    size_t size = 0;
    struct tally tally = {0};
    char *text = vector_load(path, &size);
    if (text == NULL) {
        print_message("no %s here: its attacks are not tried\n", path);
        skip();
    }
    for (const char *at = strstr(text, "\"publicKey\":"); at != NULL;) {
        const char *next = strstr(at + 1, "\"publicKey\":");
        check_group(at, next == NULL ? text + size : next, type, &tally);
        at = next;
    }
    assert_int_equal(
        tally.valid + tally.invalid + tally.acceptable, vector_number(text, "numberOfTests"));
    assert_true(tally.valid > 0 && tally.invalid > 0);
    print_message("%s: %u valid, %u invalid, %u acceptable\n", path, tally.valid, tally.invalid,
        tally.acceptable);
    free(text);
}

static void key__r16_verifies_every_ed25519_vector_as_it_says(void **state)
{
    (void)state;
    check_file(FOLDER "ed25519_test.json", KEY_ED25519);
}

static void key__r16_verifies_every_p256_vector_as_it_says(void **state)
{
    (void)state;
    check_file(FOLDER "ecdsa_secp256r1_sha256_test.json", KEY_P256);
}

static void key__r16_verifies_every_rsa_vector_as_it_says(void **state)
{
    (void)state;
    check_file(FOLDER "rsa_pss_3072_sha256_mgf1_32_test.json", KEY_RSA3072);
}

// The first valid vector of a file, which is one of its first key.
static const char *first_valid(const char *text)
{
    const char *valid = strstr(text, "\"result\": \"valid\"");
    const char *at = strstr(text, "\"tcId\":");
    assert_non_null(valid);
    for (const char *next = at; next != NULL && next < valid;
         next = strstr(next + 1, "\"tcId\":"))
        at = next;
    return at;
}

// A signature changed in one bit, and one for another message, over the file's own valid vectors:
// what these tests rely on when they call a vector valid.
static void check_bent(const char *at, const struct key *key)
{
    struct bytes message, signature;
    bytes_init(&message, MESSAGE_MOST);
    bytes_init(&signature, OTHER_SIGNATURE_MOST);
    read_hex(vector_field(at, "msg"), &message);
    read_hex(vector_field(at, "sig"), &signature);
    assert_true(verifies(key, bytes_span(&message), bytes_span(&signature)));
    for (size_t i = 0; i < signature.size; i++) {
        signature.data[i] ^= 1;
        assert_false(verifies(key, bytes_span(&message), bytes_span(&signature)));
        signature.data[i] ^= 1;
    }
    bytes_add_u8(&message, 0);
    assert_false(verifies(key, bytes_span(&message), bytes_span(&signature)));
    bytes_clear(&message);
    bytes_clear(&signature);
}

static void key__refuses_each_valid_vector_with_one_bit_changed(void **state)
{
    static const char *const files[] = {FOLDER "ed25519_test.json",
        FOLDER "ecdsa_secp256r1_sha256_test.json",
        FOLDER "rsa_pss_3072_sha256_mgf1_32_test.json"};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        size_t size;
        struct bytes der;
        struct key key;
        char *text = vector_load(files[i], &size);
        if (text == NULL)
            skip();
        bytes_init(&der, KEY_SPKI_MOST);
        read_hex(vector_field(text, "publicKeyDer"), &der);
        assert_int_equal(key_read(bytes_span(&der), &key), OK);
        check_bent(first_valid(text), &key);
        bytes_clear(&der);
        free(text);
    }
}

// The same signature as (r, n - s): 30 len 02 len r 02 len s, in and out.
static void other_half(struct span der, struct bytes *out)
{
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der.data, (long)der.size);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    assert_non_null(signature);
    assert_non_null(group);
    BIGNUM *r = BN_dup(ECDSA_SIG_get0_r(signature)), *s = BN_new();
    assert_int_equal(BN_sub(s, EC_GROUP_get0_order(group), ECDSA_SIG_get0_s(signature)), 1);
    assert_int_equal(ECDSA_SIG_set0(signature, r, s), 1);
    uint8_t *room = bytes_room(out, KEY_SIGNATURE_MOST);
    assert_non_null(room);
    int size = i2d_ECDSA_SIG(signature, &room);
    assert_true(size > 0);
    bytes_grew(out, (size_t)size);
    EC_GROUP_free(group);
    ECDSA_SIG_free(signature);
}

// Anybody can make the second signature out of the first, without the key: so the bytes of a
// signature name nothing, and persons are counted by key (R5).
static void key__r5_takes_both_halves_of_one_p256_signature(void **state)
{
    (void)state;
    size_t size;
    struct bytes der, message, signature, twin;
    struct key key;
    char *text = vector_load(FOLDER "ecdsa_secp256r1_sha256_test.json", &size);
    if (text == NULL)
        skip();
    bytes_init(&der, KEY_SPKI_MOST);
    bytes_init(&message, MESSAGE_MOST);
    bytes_init(&signature, OTHER_SIGNATURE_MOST);
    bytes_init(&twin, OTHER_SIGNATURE_MOST);
    read_hex(vector_field(text, "publicKeyDer"), &der);
    assert_int_equal(key_read(bytes_span(&der), &key), OK);
    const char *at = first_valid(text);
    read_hex(vector_field(at, "msg"), &message);
    read_hex(vector_field(at, "sig"), &signature);
    other_half(bytes_span(&signature), &twin);
    assert_false(span_equal(bytes_span(&signature), bytes_span(&twin)));
    assert_true(verifies(&key, bytes_span(&message), bytes_span(&signature)));
    assert_true(verifies(&key, bytes_span(&message), bytes_span(&twin)));
    bytes_clear(&der);
    bytes_clear(&message);
    bytes_clear(&signature);
    bytes_clear(&twin);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key__r16_verifies_every_ed25519_vector_as_it_says),
        cmocka_unit_test(key__r16_verifies_every_p256_vector_as_it_says),
        cmocka_unit_test(key__r16_verifies_every_rsa_vector_as_it_says),
        cmocka_unit_test(key__r5_takes_both_halves_of_one_p256_signature),
        cmocka_unit_test(key__refuses_each_valid_vector_with_one_bit_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
