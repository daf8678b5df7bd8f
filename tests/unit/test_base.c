// The ground floor: bytes, cursor, hash, moment, secret.
#include "signer/base/cursor.h"
#include "signer/base/hash.h"
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

static void hash384__is_sha384_of_abc_as_fips_180_states(void **state)
{
    (void)state;
    static const char expected[] = "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
                                   "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7";
    uint8_t digest[HASH384_SIZE], bytes[HASH384_SIZE];
    hash384_of(span_text("abc"), digest);
    assert_int_equal(hex_read(span_text(expected), bytes, sizeof bytes), OK);
    assert_memory_equal(digest, bytes, sizeof bytes);
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
        cmocka_unit_test(hash384__is_sha384_of_abc_as_fips_180_states),
        cmocka_unit_test(moment__takes_only_dates_that_exist_in_one_form),
        cmocka_unit_test(moment__agrees_with_the_c_library_on_every_day),
        cmocka_unit_test(secret__reads_a_descriptor_and_drops_one_line_feed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
