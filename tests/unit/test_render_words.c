// The words of every kind of motion as they are (metadata/render.h, R14), and that no byte of one is
// without words. tests/vectors/rendering holds them, as for metadata (test_render.c).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/blank.h"
#include "tests/unit/metadata_vectors.h"
#include "tests/unit/motion_sample.h"
#include "tests/unit/rule_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct motion_world world;

static int open_world(void **state)
{
    (void)state;
    motion_world_init(&world);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    motion_world_clear(&world);
    return 0;
}

static void assert_renders(const char *decides)
{
    if (motion_world_render(&world, decides) != OK)
        fail_msg("%s %s", world.refusal.rule, world.refusal.sentence);
}

static void assert_refused(const char *decides, const char *rule, const char *words)
{
    assert_int_equal(motion_world_render(&world, decides), ERR_REFUSED);
    if (!rule_is_of(world.refusal.rule, rule) || strstr(world.refusal.sentence, words) == NULL)
        fail_msg("%s \"%s\" expected: %s %s", rule, words, world.refusal.rule,
            world.refusal.sentence);
}

static void remake(size_t i)
{
    motion_world_clear(&world);
    motion_world_init(&world);
    motion_samples[i].make(&world);
}

static void compare_with_file(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "tests/vectors/rendering/%s.txt", name);
    if (getenv("CONCLAVE_NEW_RENDERINGS") != NULL) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(
            fwrite(world.rendering.data, 1, world.rendering.size, file), world.rendering.size);
        assert_int_equal(fclose(file), 0);
    }
    struct bytes file = vector_file(path);
    if (!span_equal(bytes_span(&file), bytes_span(&world.rendering)))
        fail_msg("%s is rendered in other words: raise RENDERING", name);
    bytes_clear(&file);
}

static bool renders_changed(const struct motion_sample *made)
{
    world.request.items[0].payload = hash_of(bytes_span(&world.payload));
    if (motion_world_render(&world, made->decides) != OK)
        return false;
    blank_hash(&world.request.items[0].payload, &world.rendering);
    return true;
}

static size_t change_byte(const struct motion_sample *made, size_t at, struct span whole)
{
    uint8_t was = world.payload.data[at];
    const uint8_t values[] = {was ^ 1, was ^ 0x20, '0', ' '};
    size_t different = 0;
    for (size_t i = 0; i < sizeof values; i++) {
        world.payload.data[at] = values[i];
        if (values[i] == was || !renders_changed(made))
            continue;
        if (span_equal(bytes_span(&world.rendering), whole))
            fail_msg("%s: byte %zu as %02x is not shown", made->file, at, values[i]);
        different++;
    }
    world.payload.data[at] = was;
    return different;
}

static void render__r14_refuses_motions_with_other_bytes_than_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < MOTION_SAMPLES; i++) {
        remake(i);
        assert_renders(motion_samples[i].decides);
        world.request.items[0].payload.byte[0] ^= 1;
        assert_refused(
            motion_samples[i].decides, "R14", "not those that the opened record names");
        world.request.items[0].payload.byte[0] ^= 1;
        assert_refused("image/none", "R14", "no role image/none to decide");
        bytes_reset(&world.payload);
        bytes_add_text(&world.payload, "conclave.nothing/v1\n");
        world.request.items[0].payload = hash_of(bytes_span(&world.payload));
        assert_int_equal(motion_world_render(&world, motion_samples[i].decides), ERR_REFUSED);
        assert_string_equal(world.refusal.rule, "R2");
    }
}

static void render__r20_says_when_it_has_no_room_for_a_motion(void **state)
{
    (void)state;
    motion_charter(&world);
    assert_renders("charter");
    size_t whole = world.rendering.size;
    for (size_t limit = 0; limit < whole; limit += 397) {
        bytes_clear(&world.rendering);
        bytes_init(&world.rendering, limit);
        assert_int_equal(motion_world_render(&world, "charter"), ERR_LIMIT);
        assert_string_equal(world.refusal.rule, "R20");
    }
}

static void render__r14_foreign_text_in_a_charter_cannot_make_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < MOTION_SAMPLES; i++) {
        remake(i);
        assert_renders(motion_samples[i].decides);
        for (size_t at = 0; at < world.rendering.size; at++) {
            uint8_t byte = world.rendering.data[at];
            assert_true(byte == '\n' || (byte >= 0x20 && byte <= 0x7e));
        }
    }
}

static void render__r14_the_words_of_motions_stay(void **state)
{
    (void)state;
    assert_int_equal(RENDERING, 5);
    for (size_t i = 0; i < MOTION_SAMPLES; i++) {
        remake(i);
        assert_renders(motion_samples[i].decides);
        compare_with_file(motion_samples[i].file);
    }
}

static void render__r14_no_byte_of_a_motion_is_unshown(void **state)
{
    (void)state;
    struct bytes whole;
    bytes_init(&whole, RENDER_MOST);
    for (size_t i = 0; i < MOTION_SAMPLES; i++) {
        size_t different = 0;
        remake(i);
        assert_true(renders_changed(&motion_samples[i]));
        bytes_reset(&whole);
        bytes_add(&whole, bytes_span(&world.rendering));
        for (size_t at = 0; at < world.payload.size; at++)
            different += change_byte(&motion_samples[i], at, bytes_span(&whole));
        // A lift is wholly given by its freeze.
        assert_true(different > 5 || strncmp(motion_samples[i].file, "lift", 4) == 0);
    }
    bytes_clear(&whole);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(render__r14_refuses_motions_with_other_bytes_than_named),
        WORLD_TEST(render__r20_says_when_it_has_no_room_for_a_motion),
        WORLD_TEST(render__r14_foreign_text_in_a_charter_cannot_make_lines),
        WORLD_TEST(render__r14_the_words_of_motions_stay),
        WORLD_TEST(render__r14_no_byte_of_a_motion_is_unshown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
