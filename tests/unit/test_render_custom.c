// What images say of themselves, in words (metadata/render_custom.c).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/render_part.h"
#include "tests/unit/metadata_house.h"
#include "tests/unit/metadata_vectors.h"
#include "tests/unit/rows.h"

#include <stdlib.h>
#include <string.h>

static struct bytes out;

static int open_out(void **state)
{
    (void)state;
    bytes_init(&out, RENDER_MOST);
    return 0;
}

static int close_out(void **state)
{
    (void)state;
    bytes_clear(&out);
    return 0;
}

static void assert_words(const char *custom, const char *words)
{
    struct tuf tuf = {.dialect = DIALECT_TUF};
    bytes_reset(&out);
    render_custom(&tuf, span_text(custom), &out);
    bytes_add_u8(&out, 0);
    assert_string_equal(out.size == 1 ? "" : (const char *)out.data, words);
}

static void custom__has_words_for_what_is_known(void **state)
{
    (void)state;
    assert_words("", "");
    assert_words("{}", "custom: an empty object\n");
    assert_words("{\"hardwareIds\":[\"a\",\"b c\"],\"name\":\"n\",\"releaseCounter\":7,"
                 "\"targetFormat\":\"BINARY\",\"uri\":\"u\",\"version\":\"v\"}",
        "hardware id: a\nhardware id: b c\nname: n\nrelease counter: 7\nformat: BINARY\nuri: "
        "u\n"
        "version: v\n");
    assert_words(
        "{\"ecuIdentifiers\":{\"e1\":{\"hardwareId\":\"h\"},\"e2\":{\"hardwareId\":\"h\","
        "\"key\":[1]}}}",
        "ECU: e1\n  hardware id: h\nECU: e2\n  hardware id: h\n  other field: \"key\":[1]\n");
}

// Two different objects never read alike.
static void custom__r14_shows_what_is_of_another_kind_as_it_stands_there(void **state)
{
    (void)state;
    assert_words("{\"hardwareIds\":[]}", "hardware ids: an empty list\n");
    assert_words("{\"hardwareIds\":[\"an empty list\"]}", "hardware id: an empty list\n");
    assert_words("{\"hardwareIds\":[\"a\",1]}", "custom field: \"hardwareIds\":[\"a\",1]\n");
    assert_words(
        "{\"hardwareIds\":{\"a\":\"b\"}}", "custom field: \"hardwareIds\":{\"a\":\"b\"}\n");
    assert_words("{\"releaseCounter\":\"7\"}", "custom field: \"releaseCounter\":\"7\"\n");
    assert_words("{\"name\":7}", "custom field: \"name\":7\n");
    assert_words("{\"ecuIdentifiers\":{}}", "ECUs: an empty list\n");
    assert_words("{\"ecuIdentifiers\":[{}]}", "custom field: \"ecuIdentifiers\":[{}]\n");
    assert_words("{\"ecuIdentifiers\":{\"e\":{}}}", "ECU: e\n");
    assert_words("{\"ecuIdentifiers\":{\"e\":{\"hardwareId\":1}}}",
        "ECU: e\n  other field: \"hardwareId\":1\n");
    assert_words(
        "{\"ecuIdentifiers\":{\"e\":1}}", "custom field: \"ecuIdentifiers\":{\"e\":1}\n");
    assert_words("{\"name\":\"a\n- name: b\"}", "name: a\\x0a- name: b\n");
}

// ---- many images ----

enum { IMAGES = 2000 };

static void add_image(struct bytes *payload, size_t i, char digit)
{
    bytes_add_format(payload,
        "%s\"ecu/%06zu.bin\":{\"custom\":{\"releaseCounter\":%zu},\"hashes\":{\"sha256\":\"",
        i == 0 ? "" : ",", i, i);
    for (size_t k = 0; k < 64; k++)
        bytes_add_u8(payload, (uint8_t)digit);
    bytes_add_text(payload, "\"},\"length\":9}");
}

// Images of one file, one of them with other content.
static struct bytes make_targets(int version, size_t count, size_t other)
{
    struct bytes payload;
    bytes_init(&payload, LIMIT_PAYLOAD);
    bytes_add_text(&payload, "{\"_type\":\"targets\",\"expires\":\"2027-02-01T00:00:00Z\","
                             "\"spec_version\":\"1.0.31\",\"targets\":{");
    for (size_t i = 0; i < count; i++)
        add_image(&payload, i, i == other ? 'b' : 'a');
    bytes_add_format(&payload, "},\"version\":%d}", version);
    return payload;
}

static void render_two(size_t count, size_t other)
{
    struct house house;
    struct showing showing;
    struct bytes last = make_targets(1, count, count), now = make_targets(2, count, other);
    house_init(&house);
    showing_init(&showing, &house);
    showing_item(&showing, "image/targets", bytes_span(&now), bytes_span(&last));
    bytes_reset(&out);
    if (showing_render(&showing, &out) != OK)
        fail_msg("%s", showing.refusal.sentence);
    bytes_clear(&last);
    bytes_clear(&now);
    house_clear(&house);
}

static void targets__of_many_images_show_what_changes_and_count_the_rest(void **state)
{
    (void)state;
    enum { SCREENS = 4 * 1024 };
    render_two(IMAGES, 1234);
    struct span words = bytes_span(&out);
    assert_true(words.size < SCREENS);
    assert_true(
        rows_hold(words, "images: 2000 (0 added, 1 changed, 1999 unchanged), and 0 removed\n"
                         "!! images with NEW CONTENT under an OLD NAME: 1\n"));
    assert_true(rows_hold(words, "unchanged images: 1999, as the last version has them"));
    assert_true(
        rows_hold(words, "!! changed image: ecu/001234.bin\n"
                         "  !! NEW CONTENT UNDER AN OLD NAME\n  length: 9\n- sha256: aaaa"));
    assert_true(rows_hold(words, "\n  release counter: 1234\n"));
    assert_false(rows_hold(words, "unchanged image: "));
    render_two(17, 3);
    assert_true(
        rows_hold(bytes_span(&out), "\nunchanged image: ecu/000016.bin\n  length: 9\n"));
    render_two(18, 3);
    assert_false(rows_hold(bytes_span(&out), "unchanged image: "));
}

// What is only counted is what the last version has: a byte of it that changes is no longer counted.
static void targets__r14_no_byte_of_many_images_is_unshown(void **state)
{
    (void)state;
    render_two(IMAGES, IMAGES);
    assert_false(rows_hold(bytes_span(&out), "changed image: "));
    for (size_t i = 0; i < IMAGES; i += 401) {
        char name[64];
        render_two(IMAGES, i);
        snprintf(name, sizeof name, "!! changed image: ecu/%06zu.bin\n", i);
        assert_true(rows_hold(bytes_span(&out), name));
    }
}

#define OUT_TEST(name) cmocka_unit_test_setup_teardown(name, open_out, close_out)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OUT_TEST(custom__has_words_for_what_is_known),
        OUT_TEST(custom__r14_shows_what_is_of_another_kind_as_it_stands_there),
        OUT_TEST(targets__of_many_images_show_what_changes_and_count_the_rest),
        OUT_TEST(targets__r14_no_byte_of_many_images_is_unshown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
