// Imports: a repository that was signed elsewhere goes on here (R1, R2, R12, R14, R20).
#include "tests/unit/council.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// The repository image: roots 3 and 4, and targets 9. What stands in the files is not looked at.
static const char root_3[] = "root 3, signed", root_4[] = "root 4, signed";
static const char root_part[] = "root 4", targets_part[] = "targets 9";
static const char targets_file[] = "targets 9, signed";
static const char *const files[] = {root_3, root_4, root_part, targets_part, targets_file};
enum { FILES = 5 };

static struct council *council;
static struct import_motion motion;

static struct hash text_hash_of(const char *text)
{
    return hash_of(span_text(text));
}

static int set_up(void **state)
{
    (void)state;
    council = council_new();
    motion = (struct import_motion){.number = 1,
        .repository = "image",
        .root_count = 2,
        .role_count = 2,
        .roots = {{3, text_hash_of(root_3)}, {4, text_hash_of(root_4)}}};
    motion.roles[0] =
        (struct import_role){"image/root", 4, text_hash_of(root_part), COUNCIL_TIME + 86400};
    motion.roles[1] = (struct import_role){
        "image/targets", 9, text_hash_of(targets_part), COUNCIL_TIME - 86400};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    council_free(council);
    return 0;
}

static void asks(void)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    import_motion_write(&motion, &text);
    council_asks(council, MOTION_IMPORT, 1, &text);
    for (size_t i = 0; i < FILES; i++)
        council_shows(council, span_text(files[i]));
}

static void shows_but(size_t left_out, const char *instead)
{
    asks();
    bytes_clear(&council->files[left_out]);
    bytes_init(&council->files[left_out], LIMIT_RECORD);
    bytes_add_text(&council->files[left_out], instead);
}

static void import__r12_the_text_has_the_number_that_was_asked_for(void **unused)
{
    (void)unused;
    motion.number = 2;
    asks();
    council_refuses(council, "R12", "has number 2");
}

static void import__r2_is_of_a_repository_of_the_charter(void **unused)
{
    (void)unused;
    snprintf(motion.repository, sizeof motion.repository, "imag");
    snprintf(motion.roles[0].role, sizeof motion.roles[0].role, "imag/root");
    snprintf(motion.roles[1].role, sizeof motion.roles[1].role, "imag/targets");
    asks();
    council_refuses(council, "R2", "names no repository imag:");
}

static void import__r12_never_goes_behind_what_was_signed_here(void **unused)
{
    (void)unused;
    struct role_state signed_ = {.role = "image/targets", .version = 2};
    assert_int_equal(state_set(council->state, &signed_), OK);
    asks();
    council_refuses(council, "R12", "image/targets has been signed here already");
}

static void import__r12_brings_no_versions_under_a_mandate(void **unused)
{
    (void)unused;
    struct mandate_state mandate = {
        .role = "image/targets", .live = true, .number = 1, .top = 9};
    assert_int_equal(state_set_mandate(council->state, &mandate), OK);
    asks();
    council_refuses(council, "R12", "image/targets has been signed here already");
    mandate.top = 0; // approved, and nothing is signed yet
    assert_int_equal(state_set_mandate(council->state, &mandate), OK);
    asks();
    council_refuses(council, "R12", "A mandate of image/targets is in force");
    state_end_mandate(council->state, "image/targets");
    asks();
    council_takes(council, NULL);
}

static void import__r2_brings_of_a_director_the_root_alone(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < council->charter->repository_count; i++)
        council->charter->repositories[i].kind = KIND_DIRECTOR;
    asks();
    council_refuses(council, "R2", "image/targets is signed for one vehicle at a time");
}

static void import__r1_shows_every_root_and_every_signed_part(void **unused)
{
    (void)unused;
    static const struct {
        size_t file;
        const char *sentence;
    } cases[] = {
        {0, "A file of the root chain"},
        {1, "A file of the root chain"},
        {2, "The signed part of image/root"},
        {3, "The signed part of image/targets"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        shows_but(cases[i].file, "something else");
        council_refuses(council, "R1", cases[i].sentence);
    }
}

static void import__r14_shows_nothing_else(void **unused)
{
    (void)unused;
    asks();
    council_shows(council, span_text("one more"));
    council_refuses(council, "R14", "comes with 6 files of evidence, and takes 5");
    asks();
    bytes_clear(&council->files[--council->file_count]);
    council_refuses(council, "R14", "comes with 4 files of evidence, and takes 5");
}

static void import__r20_is_not_more_than_the_appliance_remembers(void **unused)
{
    (void)unused;
    council->charter->role_count = 0;
    for (unsigned i = 0; i < LIMIT_ROLES - 1; i++) {
        struct role_state role = {.version = 1, .payload = council_hash(1)};
        snprintf(role.role, sizeof role.role, "director/r%03u", i);
        assert_int_equal(state_set(council->state, &role), OK);
    }
    asks();
    council_refuses(council, "R20", "of 257 roles, and it remembers at most 256");
    council->state->role_count--;
    struct role_state car = {
        .role = "director/targets@VIN7", .version = 1, .payload = council_hash(1)};
    assert_int_equal(state_set(council->state, &car), OK); // which stands beside the roles
    asks();
    council_does(council, NULL);
    assert_int_equal(council->state->role_count, LIMIT_ROLES + 1);
}

// What the charter names will be remembered too, once it signs.
static void import__r20_leaves_room_for_every_role_of_the_charter(void **unused)
{
    (void)unused;
    size_t beside = 0;
    for (size_t i = 0; i < council->charter->role_count; i++) {
        const char *name = council->charter->roles[i].name;
        beside += strcmp(name, "image/root") != 0 && strcmp(name, "image/targets") != 0;
    }
    assert_in_range(beside, 1, LIMIT_ROLES - 2);
    for (unsigned i = 0; i < LIMIT_ROLES - 2 - beside + 1; i++) {
        struct role_state role = {.version = 1, .payload = council_hash(1)};
        snprintf(role.role, sizeof role.role, "gone/r%03u", i);
        assert_int_equal(state_set(council->state, &role), OK);
    }
    asks();
    council_refuses(council, "R20", "of 257 roles, and it remembers at most 256");
    council->state->role_count--;
    asks();
    council_does(council, NULL);
}

static void import__the_roles_go_on_from_what_they_signed_last(void **unused)
{
    (void)unused;
    asks();
    council_does(council, NULL);
    assert_int_equal(council->state->role_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct role_state *role = state_role(council->state, motion.roles[i].role);
        assert_non_null(role);
        assert_int_equal(role->version, motion.roles[i].version);
        assert_true(hash_equal(&role->payload, &motion.roles[i].payload));
        assert_int_equal(role->expires, motion.roles[i].expires);
        assert_int_equal(role->used, 0);
        assert_int_equal(role->used_since, 0);
    }
    assert_int_equal(council->state->motions[MOTION_IMPORT].number, 1);
    assert_true(
        hash_equal(&council->state->motions[MOTION_IMPORT].payload, &council->item.payload));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            import__r12_the_text_has_the_number_that_was_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            import__r2_is_of_a_repository_of_the_charter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            import__r12_never_goes_behind_what_was_signed_here, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            import__r12_brings_no_versions_under_a_mandate, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            import__r2_brings_of_a_director_the_root_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            import__r1_shows_every_root_and_every_signed_part, set_up, tear_down),
        cmocka_unit_test_setup_teardown(import__r14_shows_nothing_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            import__r20_is_not_more_than_the_appliance_remembers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            import__r20_leaves_room_for_every_role_of_the_charter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            import__the_roles_go_on_from_what_they_signed_last, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
