// The words that approvers see (metadata/render.h, R14). tests/vectors/rendering holds them as
// they are; whoever changes them raises RENDERING, and writes them anew by running this test with
// CONCLAVE_NEW_RENDERINGS=1 in the environment.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/metadata_house.h"
#include "tests/unit/metadata_vectors.h"
#include "tests/unit/rule_name.h"

#include <stdlib.h>
#include <string.h>

static struct house house;
static struct showing showing;
static struct bytes payload, previous, rendering;

static int open_house(void **state)
{
    (void)state;
    house_init(&house);
    showing_init(&showing, &house);
    bytes_init(&payload, LIMIT_PAYLOAD);
    bytes_init(&previous, LIMIT_PAYLOAD);
    bytes_init(&rendering, RENDER_MOST);
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    bytes_clear(&payload);
    bytes_clear(&previous);
    bytes_clear(&rendering);
    house_clear(&house);
    return 0;
}

static void show(const char *role, const char *name, const char *last)
{
    payload = vector_of(house.dialect, name);
    if (last != NULL)
        previous = vector_of(house.dialect, last);
    showing_item(&showing, role, bytes_span(&payload), bytes_span(&previous));
}

static void assert_renders(void)
{
    bytes_reset(&rendering);
    if (showing_render(&showing, &rendering) != OK)
        fail_msg("%s %s", showing.refusal.rule, showing.refusal.sentence);
}

static bool shows(const char *words)
{
    return memmem(rendering.data, rendering.size, words, strlen(words)) != NULL;
}

static void assert_refused(const char *rule, const char *words)
{
    bytes_reset(&rendering);
    assert_int_equal(showing_render(&showing, &rendering), ERR_REFUSED);
    assert_true(rule_is_of(showing.refusal.rule, rule));
    if (strstr(showing.refusal.sentence, words) == NULL)
        fail_msg("\"%s\" expected: %s", words, showing.refusal.sentence);
}

// ---- what does not fit together is not shown ----

static void render__r14_refuses_bytes_that_the_opened_record_does_not_name(void **state)
{
    (void)state;
    show("image/targets", "targets-2", "targets-1");
    assert_renders();
    showing.payloads[0] = bytes_span(&previous);
    assert_refused("R14", "not those that the opened record names");
    showing.payloads[0] = bytes_span(&payload);
    showing.previous[0] = bytes_span(&payload);
    assert_refused("R14", "not those that the opened record names");
    showing.previous[0] = (struct span){0};
    assert_refused("R14", "not those that the opened record names");
}

static void render__r14_refuses_an_opened_record_of_another_request(void **state)
{
    (void)state;
    show("image/targets", "targets-1", NULL);
    assert_renders();
    showing.opened.items[0].version = 2;
    assert_refused("R14", "does not repeat the request");
    showing.request.items[0].version = 2;
    assert_refused("R14", "names version 2");
    showing.request.items[0].version = showing.opened.items[0].version = 1;
    showing.opened.item_count = 0;
    assert_refused("R14", "does not repeat the request");
    showing.opened.item_count = 1;
    showing.opened.requester.byte[0] ^= 1;
    assert_refused("R14", "does not repeat the request");
    showing.opened.requester.byte[0] ^= 1;
    assert_renders();
}

static void render__r14_refuses_another_charter(void **state)
{
    (void)state;
    show("image/targets", "targets-1", NULL);
    showing.opened.epoch = 2;
    assert_refused("R14", "another charter");
    showing.opened.epoch = 1;
    showing.opened.charter.byte[0] ^= 1;
    assert_refused("R14", "another charter");
    showing.opened.charter.byte[0] ^= 1;
    house.charter->requester_count = 0;
    assert_refused("R14", "no requester");
    house.charter->requester_count = 1;
    house.charter->role_count = 1;
    assert_refused("R14", "no role image/targets");
}

static void render__r2_refuses_a_payload_that_cannot_be_read(void **state)
{
    (void)state;
    payload = vector_tuf("targets-1");
    payload.data[2] = 'x';
    showing_item(&showing, "image/targets", bytes_span(&payload), (struct span){0});
    assert_refused("R2", "byte");
}

static void render__r14_refuses_metadata_of_another_type(void **state)
{
    (void)state;
    show("image/snapshot", "targets-1", NULL);
    assert_refused("R14", "of type snapshot");
    showing_init(&showing, &house);
    previous = vector_tuf("snapshot-1");
    showing_item(&showing, "image/targets", bytes_span(&payload), bytes_span(&previous));
    assert_refused("R14", "of type targets");
}

static void render__r20_says_when_it_has_no_room(void **state)
{
    (void)state;
    struct bytes small;
    show("image/targets", "targets-1", NULL);
    assert_renders();
    for (size_t limit = 0; limit < rendering.size; limit += 97) {
        bytes_init(&small, limit);
        assert_int_equal(showing_render(&showing, &small), ERR_LIMIT);
        assert_string_equal(showing.refusal.rule, "R20");
        bytes_clear(&small);
    }
}

// ---- what stands there ----

static void render__r14_foreign_text_cannot_make_lines_or_hide(void **state)
{
    (void)state;
    show("image/targets", "targets-1", NULL);
    snprintf(showing.request.reason, sizeof showing.request.reason,
        " a\n!! removed image: b\\x0a\x1b[2J\xe2\x80\xae");
    assert_renders();
    assert_true(
        shows("reason: \\x20a\\x0a!! removed image: b\\x5cx0a\\x1b[2J\\xe2\\x80\\xae\n"));
    assert_true(shows("  hardware id: ecu-\\x5c\"A\\x5c\"\n"));
    assert_true(shows("Gr\\xc3\\xbc\\xc3\\x9fe\\x0a\\x00\\x7f"));
    for (size_t i = 0; i < rendering.size; i++) {
        uint8_t byte = rendering.data[i];
        assert_true(byte == '\n' || (byte >= 0x20 && byte <= 0x7e));
    }
}

static void render__is_loud_about_new_content_under_an_old_name(void **state)
{
    (void)state;
    show("image/targets", "targets-2", "targets-1");
    assert_renders();
    assert_true(shows("images: 4 (1 added, 2 changed, 1 unchanged), and 1 removed\n"));
    assert_true(shows("!! images with NEW CONTENT under an OLD NAME: 1\n"));
    assert_true(
        shows("!! changed image: brake/ecu-a.bin\n  !! NEW CONTENT UNDER AN OLD NAME\n"));
    assert_true(shows("!! added image: new.bin\n"));
    assert_true(shows("!! removed image: empty\n"));
    assert_true(shows("\nunchanged image: Brake/ECU-B.bin\n"));
    assert_true(shows("\n- custom field: \"v\":1\n+ custom field: \"v\":2\n"));
    assert_true(shows("\n- sha256: 74c9a736"));
    assert_true(shows("\n+ sha256: da25e816"));
    assert_true(shows("\n  release counter: -7\n"));
}

static void render__is_loud_about_the_smallest_change_of_content(void **state)
{
    (void)state;
    static const char *const changes[][2] = {
        {"\"sha256\":\"20cb", "\"sha256\":\"20cc"}, {"\"length\":9}", "\"length\":8}"}};
    struct bytes last = vector_tuf("targets-1");
    for (size_t i = 0; i < 2; i++) {
        bytes_clear(&payload);
        payload = vector_tuf("targets-1");
        replace_text(&payload, changes[i][0], changes[i][1]);
        showing_init(&showing, &house);
        showing_item(&showing, "image/targets", bytes_span(&payload), bytes_span(&last));
        assert_renders();
        assert_true(
            shows("!! changed image: Brake/ECU-B.bin\n  !! NEW CONTENT UNDER AN OLD NAME\n"));
        assert_true(shows(i == 0 ? "\n- sha256: 20cb" : "\n- length: 9\n+ length: 8\n"));
    }
    bytes_clear(&last);
}

// What is read aloud is the hash of the bytes that are signed.
static void render__says_the_hash_in_words(void **state)
{
    (void)state;
    show("image/targets", "targets-2", "targets-1");
    assert_renders();
    assert_true(shows("\npayload: sha256:141a9632c75ef4a0"));
    assert_true(shows("\n  words 1 to 4: baboon Bradbury prefer component\n"
                      "  words 5 to 8: soybean finicky upshot Orlando\n"));
    assert_true(shows("\n  words 29 to 32: sweatband tambourine necklace Wyoming\n"));
}

static void render__shows_how_a_delegation_changes(void **state)
{
    (void)state;
    struct bytes last = vector_tuf("targets-3");
    payload = vector_tuf("targets-3");
    replace_text(&payload, "\"supplier/*\",", "");
    replace_text(&payload, "\"terminating\":true", "\"terminating\":false");
    showing_item(&showing, "image/targets", bytes_span(&payload), bytes_span(&last));
    assert_renders();
    assert_true(shows("\n  !! changed delegated role: supplier\n    place in the order: 1\n"
                      "  - terminating: yes, no later role is asked for its paths\n"
                      "  + terminating: no\n    threshold: 2 of 2 keys\n"
                      "  - path: supplier/*\n    path: supplier/*/v?.bin\n    key: "));
    assert_true(shows("\n  unchanged delegated role: bins\n    place in the order: 2\n"));
    bytes_clear(&last);
}

static void render__shows_the_ecus_of_a_vehicle(void **state)
{
    (void)state;
    (void)close_house(NULL);
    house_init_of(&house, DIALECT_UPTANE);
    house.charter->repositories[0].kind = KIND_DIRECTOR;
    showing_init(&showing, &house);
    bytes_init(&rendering, RENDER_MOST);
    show("image/targets", "director-2", "director-1");
    assert_renders();
    assert_true(
        shows("!! changed custom fields of: this file\n- custom field: \"correlationId\":"));
    assert_true(shows("!! removed image: brake/ecu-a.bin\n  length: 9\n  sha256: "));
    assert_true(shows("\n  ECU: ecu-0001\n    hardware id: gateway-hw1\n"));
}

static void render__is_loud_about_a_weaker_root(void **state)
{
    (void)state;
    show("image/root", "root-2", "root-1");
    assert_renders();
    assert_true(shows("version: 1 -> 2\n"));
    assert_true(shows("!! threshold LOWERED, it was: 2 of 3 keys\n"));
    assert_true(shows("\n  !! keys: 1 added, 1 removed, 2 as before\n!! added key: 48bc4f4e"));
    assert_true(shows("!! removed key: c996a802"));
    assert_true(
        shows("keys of: timestamp\n  threshold: 1 of 1 keys\n  keys: the same as before\n"));
    assert_true(shows("\n!! warning threshold-lowered: "));
    assert_true(shows("\n!! warning online-keys-changed: "));
    assert_true(shows("consistent snapshot: no\n  !! it was: yes\n"));
    assert_true(
        shows("keys of: snapshot\n  threshold: 1 of 1 keys\n  !! keys: 1 added, 1 removed"));
    assert_true(shows("signatures for this root: 1 needed, 1 keys of the appliance\n"));
    assert_true(shows("signatures for the last root: 2 needed, 2 keys of the appliance\n"));
}

static void render__r12_says_how_many_signatures_must_come_from_elsewhere(void **state)
{
    (void)state;
    show("image/root", "root-1", NULL);
    assert_renders();
    assert_false(shows("must come from elsewhere"));
    for (size_t i = 0; i < house.charter->key_count; i++)
        if (house.charter->keys[i].role == 0 && house.charter->keys[i].key.type == KEY_P256)
            house.charter->keys[i] = house.charter->keys[--house.charter->key_count];
    assert_renders();
    assert_true(shows("!! 1 more must come from elsewhere\n"));
}

static void render__counts_days_from_the_opening(void **state)
{
    (void)state;
    show("image/timestamp", "timestamp-1", NULL);
    assert_renders();
    assert_true(shows("expires: 2026-11-22T00:00:00Z (1 day after the opening)\n"));
    showing.opened.time = HOUSE_NOW + INT64_C(3) * 24 * 3600;
    assert_renders();
    assert_true(shows("!! that was over when this was opened\n"));
}

static void render__r14_is_a_function_of_what_it_is_given(void **state)
{
    (void)state;
    struct bytes again;
    bytes_init(&again, RENDER_MOST);
    show("image/targets", "targets-3", "targets-2");
    showing.opened.rendering = 7;
    memset(&showing.opened.shown, 7, sizeof showing.opened.shown);
    assert_renders();
    assert_int_equal(setenv("TZ", "Asia/Tokyo", 1), 0);
    assert_int_equal(setenv("LC_ALL", "de_DE.UTF-8", 1), 0);
    assert_int_equal(setenv("COLUMNS", "40", 1), 0);
    showing.opened.rendering = 8;
    memset(&showing.opened.shown, 8, sizeof showing.opened.shown);
    assert_int_equal(showing_render(&showing, &again), OK);
    assert_true(span_equal(bytes_span(&again), bytes_span(&rendering)));
    bytes_clear(&again);
}

// ---- the words as they are ----

static const struct shown {
    const char *file;
    const char *role;
    const char *payload;
    const char *previous;
    enum repository_kind uptane; // in that dialect, of this kind; KIND_NONE: tuf
} shown[] = {
    {"root-first", "image/root", "root-1", NULL, KIND_NONE},
    {"root-next", "image/root", "root-2", "root-1", KIND_NONE},
    {"targets-first", "image/targets", "targets-1", NULL, KIND_NONE},
    {"targets-next", "image/targets", "targets-2", "targets-1", KIND_NONE},
    {"targets-again", "image/targets", "targets-1", "targets-1", KIND_NONE},
    {"targets-delegating", "image/targets", "targets-3", "targets-2", KIND_NONE},
    {"targets-delegating-no-more", "image/targets", "targets-2", "targets-3", KIND_NONE},
    {"snapshot-first", "image/snapshot", "snapshot-1", NULL, KIND_NONE},
    {"snapshot-next", "image/snapshot", "snapshot-2", "snapshot-1", KIND_NONE},
    {"snapshot-back", "image/snapshot", "snapshot-1", "snapshot-2", KIND_NONE},
    {"timestamp-first", "image/timestamp", "timestamp-1", NULL, KIND_NONE},
    {"timestamp-next", "image/timestamp", "timestamp-2", "timestamp-1", KIND_NONE},
    {"uptane-root-first", "image/root", "root-1", NULL, KIND_IMAGE},
    {"uptane-root-next", "image/root", "root-2", "root-1", KIND_IMAGE},
    {"uptane-targets-first", "image/targets", "targets-1", NULL, KIND_IMAGE},
    {"uptane-targets-delegating", "image/targets", "targets-2", "targets-1", KIND_IMAGE},
    {"uptane-director-first", "image/targets", "director-1", NULL, KIND_DIRECTOR},
    {"uptane-director-next", "image/targets", "director-2", "director-1", KIND_DIRECTOR},
    {"uptane-snapshot-next", "image/snapshot", "snapshot-2", "snapshot-1", KIND_IMAGE},
    {"uptane-timestamp-first", "image/timestamp", "timestamp-1", NULL, KIND_IMAGE},
};
enum { SHOWN = sizeof shown / sizeof shown[0] };

// In a house of its own: the vectors are those of its dialect.
static void show_row(const struct shown *row)
{
    bool uptane = row->uptane != KIND_NONE;
    (void)close_house(NULL);
    house_init_of(&house, uptane ? DIALECT_UPTANE : DIALECT_TUF);
    if (uptane)
        house.charter->repositories[0].kind = row->uptane;
    showing_init(&showing, &house);
    bytes_init(&rendering, RENDER_MOST);
    bytes_init(&previous, LIMIT_PAYLOAD);
    show(row->role, row->payload, row->previous);
    assert_renders();
}

static void compare_with_file(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "tests/vectors/rendering/%s.txt", name);
    if (getenv("CONCLAVE_NEW_RENDERINGS") != NULL) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(rendering.data, 1, rendering.size, file), rendering.size);
        assert_int_equal(fclose(file), 0);
    }
    struct bytes file = vector_file(path);
    if (!span_equal(bytes_span(&file), bytes_span(&rendering)))
        fail_msg("%s is rendered in other words: raise RENDERING", name);
    bytes_clear(&file);
}

static void render__r14_the_words_of_this_number_stay(void **state)
{
    (void)state;
    assert_int_equal(RENDERING, 5);
    for (size_t i = 0; i < SHOWN; i++) {
        show_row(&shown[i]);
        compare_with_file(shown[i].file);
    }
}

static void render__shows_every_item_of_a_request(void **state)
{
    (void)state;
    struct bytes targets = vector_tuf("targets-1");
    show("image/root", "root-2", "root-1");
    showing_item(&showing, "image/targets", bytes_span(&targets), (struct span){0});
    showing.request.evidence[0] = hash_of(span_text("evidence"));
    showing.request.evidence_count = 1;
    assert_renders();
    assert_true(shows("to be signed, all or nothing: 2\n  item: image/root\n"));
    assert_true(shows("---- item 1 of 2 ----\n"));
    assert_true(shows("---- item 2 of 2 ----\nrepository: image\n"));
    assert_true(shows("evidence that comes with it: 1\n  sha256:"));
    compare_with_file("two-items");
    bytes_clear(&targets);
}

// ---- no byte that is not shown ----

// Renders other bytes for the same item. False when they are refused.
static bool renders_changed(const struct shown *what, struct bytes *out)
{
    static struct tuf tuf;
    struct showing changed;
    struct refusal refusal;
    if (tuf_read(house.dialect, bytes_span(&payload), &tuf, &refusal) != OK)
        return false;
    showing_init(&changed, &house);
    showing_item(&changed, what->role, bytes_span(&payload), bytes_span(&previous));
    bytes_reset(out);
    enum err err = showing_render(&changed, out);
    if (err == OK)
        showing_blank(&changed, out);
    else
        assert_int_equal(err, ERR_REFUSED);
    return err == OK;
}

static size_t change_byte(const struct shown *what, size_t at, struct bytes *out)
{
    uint8_t was = payload.data[at];
    const uint8_t values[] = {was ^ 1, was ^ 0x20, was ^ 0x80, '0', '"', '\\'};
    size_t different = 0;
    for (size_t i = 0; i < sizeof values; i++) {
        if (values[i] == was)
            continue;
        payload.data[at] = values[i];
        if (!renders_changed(what, out))
            continue;
        if (span_equal(bytes_span(out), bytes_span(&rendering)))
            fail_msg("%s: byte %zu as %02x is not shown", what->file, at, values[i]);
        different++;
    }
    payload.data[at] = was;
    return different;
}

static void render__r14_no_byte_of_a_payload_is_unshown(void **state)
{
    (void)state;
    struct bytes out;
    bytes_init(&out, RENDER_MOST);
    for (size_t i = 0; i < SHOWN; i++) {
        show_row(&shown[i]);
        showing_blank(&showing, &rendering);
        size_t different = 0;
        for (size_t at = 0; at < payload.size; at++)
            different += change_byte(&shown[i], at, &out);
        assert_true(different > 10);
    }
    bytes_clear(&out);
}

#define HOUSE_TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(render__r14_refuses_bytes_that_the_opened_record_does_not_name),
        HOUSE_TEST(render__r14_refuses_an_opened_record_of_another_request),
        HOUSE_TEST(render__r14_refuses_another_charter),
        HOUSE_TEST(render__r2_refuses_a_payload_that_cannot_be_read),
        HOUSE_TEST(render__r14_refuses_metadata_of_another_type),
        HOUSE_TEST(render__r20_says_when_it_has_no_room),
        HOUSE_TEST(render__r14_foreign_text_cannot_make_lines_or_hide),
        HOUSE_TEST(render__is_loud_about_new_content_under_an_old_name),
        HOUSE_TEST(render__is_loud_about_the_smallest_change_of_content),
        HOUSE_TEST(render__says_the_hash_in_words),
        HOUSE_TEST(render__shows_how_a_delegation_changes),
        HOUSE_TEST(render__shows_the_ecus_of_a_vehicle),
        HOUSE_TEST(render__is_loud_about_a_weaker_root),
        HOUSE_TEST(render__r12_says_how_many_signatures_must_come_from_elsewhere),
        HOUSE_TEST(render__counts_days_from_the_opening),
        HOUSE_TEST(render__r14_is_a_function_of_what_it_is_given),
        HOUSE_TEST(render__r14_the_words_of_this_number_stay),
        HOUSE_TEST(render__shows_every_item_of_a_request),
        HOUSE_TEST(render__r14_no_byte_of_a_payload_is_unshown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
