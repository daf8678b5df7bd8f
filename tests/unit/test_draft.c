// Drafted charters: what is said of them, before anybody proposes one.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin-cli/draft.h"
#include "tests/unit/made_up.h"
#include "tests/unit/motion_world.h"

#include <stdio.h>
#include <string.h>

enum { NEW_KEY = 900 };

struct desk {
    struct motion_world world;
    struct house *house;
    struct draft draft;
};

static struct desk desk;

static int make(void **state)
{
    (void)state;
    motion_world_init(&desk.world);
    draft_init(&desk.draft);
    desk.house = house_new();
    assert_non_null(desk.house);
    *desk.house->charter = *desk.world.charter;
    bytes_add(&desk.house->charter_text, bytes_span(&desk.world.charter_text));
    return 0;
}

static int clean(void **state)
{
    (void)state;
    draft_clear(&desk.draft);
    house_free(desk.house);
    motion_world_clear(&desk.world);
    return 0;
}

// Takes the charter as the draft; frees it.
static int take(struct charter *next)
{
    bytes_reset(&desk.draft.text);
    bytes_reset(&desk.draft.words);
    charter_write(next, &desk.draft.text);
    charter_free(next);
    return draft_take(&desk.draft, "next");
}

// ---- form ----

static void draft__refuses_what_is_no_charter(void **state)
{
    (void)state;
    bytes_add_text(&desk.draft.text, "conclave.charter/v1\nepoch: 2\n");
    assert_int_equal(draft_take(&desk.draft, "next"), STATUS_LOCAL);
    assert_int_equal(draft_read(&desk.draft, "/nowhere/at/all"), STATUS_LOCAL);
    struct charter *next = motion_world_next(&desk.world);
    next->changes.k = 1; // R5
    assert_int_equal(take(next), STATUS_LOCAL);
}

static void draft__r7_refuses_what_does_not_follow_the_charter_in_force(void **state)
{
    (void)state;
    struct charter *next = motion_world_next(&desk.world);
    assert_int_equal(take(next), STATUS_DONE);
    assert_int_equal(draft_check(&desk.draft, desk.house), STATUS_DONE);
    next = motion_world_next(&desk.world);
    next->epoch = 3;
    assert_int_equal(take(next), STATUS_DONE);
    assert_int_equal(draft_check(&desk.draft, desk.house), STATUS_LOCAL);
    assert_int_equal(draft_render(&desk.draft, desk.house), STATUS_LOCAL);
    next = motion_world_next(&desk.world);
    next->previous.byte[0] ^= 1;
    assert_int_equal(take(next), STATUS_DONE);
    assert_int_equal(draft_check(&desk.draft, desk.house), STATUS_LOCAL);
}

// ---- proofs ----

static void draft__r7_says_whose_keys_are_to_be_proven(void **state)
{
    struct draft_proof proofs[DRAFT_PROOFS];
    (void)state;
    assert_int_equal(take(motion_world_next(&desk.world)), STATUS_DONE);
    assert_int_equal(draft_proofs(&desk.draft, desk.house->charter, proofs), 0);
    struct charter *next = motion_world_next(&desk.world);
    struct key key = made_up_key(NEW_KEY), other = made_up_key(NEW_KEY + 1);
    next->administrators[0].key = key;
    next->requesters[0].key = other;
    assert_int_equal(take(next), STATUS_DONE);
    assert_int_equal(draft_proofs(&desk.draft, desk.house->charter, proofs), 2);
    assert_string_equal(proofs[0].name, desk.world.charter->administrators[0].name);
    assert_true(hash_equal(&proofs[0].key->id, &key.id));
    assert_string_equal(proofs[1].name, desk.world.charter->requesters[0].name);
    assert_true(hash_equal(&proofs[1].key->id, &other.id));
}

// A key that changes its name, or becomes a requester's, is at another place.
static void draft__r7_a_key_at_another_place_is_new_there(void **state)
{
    struct draft_proof proofs[DRAFT_PROOFS];
    (void)state;
    struct charter *next = motion_world_next(&desk.world);
    snprintf(next->administrators[3].name, LIMIT_NAME, "erin");
    for (size_t i = 0; i < next->requester_count; i++)
        snprintf(next->requesters[i].person, LIMIT_NAME, "nobody");
    assert_int_equal(take(next), STATUS_DONE);
    assert_int_equal(draft_proofs(&desk.draft, desk.house->charter, proofs), 1);
    assert_string_equal(proofs[0].name, "erin");
    next = motion_world_next(&desk.world);
    struct key swapped = next->requesters[0].key;
    next->requesters[0].key = next->requesters[1].key;
    next->requesters[1].key = swapped;
    assert_int_equal(take(next), STATUS_DONE);
    assert_int_equal(draft_proofs(&desk.draft, desk.house->charter, proofs), 2);
}

// ---- words ----

// The draft's words, without what its approvers see of a request and of proofs, stand in the
// rendering as they are.
static void assert_in_rendering(const char *from, const char *to)
{
    bytes_add_u8(&desk.draft.words, 0);
    assert_int_equal(bytes_finish(&desk.draft.words), OK);
    char *start = strstr((char *)desk.draft.words.data, from);
    assert_non_null(start);
    char *end = to == NULL ? NULL : strstr(start, to);
    if (end != NULL)
        *end = 0;
    if (!motion_world_shows(&desk.world, start))
        fail_msg("the rendering has other words than \"%s\"", start);
    if (end != NULL)
        *end = to[0];
    desk.draft.words.size--;
}

static void draft__says_what_its_approvers_will_see(void **state)
{
    (void)state;
    struct charter *next = motion_world_next(&desk.world);
    next->clock = 600;
    next->administrators[0].key = made_up_key(NEW_KEY);
    assert_int_equal(take(next), STATUS_DONE);
    assert_int_equal(draft_render(&desk.draft, desk.house), STATUS_DONE);
    bytes_add(&desk.world.payload, bytes_span(&desk.draft.text));
    bytes_add(&desk.world.previous, bytes_span(&desk.world.charter_text));
    motion_world_ask(&desk.world, MOTION_CHARTER, 2);
    assert_int_equal(motion_world_render(&desk.world, "charter"), OK);
    assert_in_rendering("what changes in the charter:\n", "who decides from then on:\n");
    assert_in_rendering("who decides from then on:\n", NULL);
    // Nobody has proven anything yet, and that none had to would be false.
    assert_null(strstr((const char *)desk.draft.words.data, "proven"));
}

#define ROW(name) cmocka_unit_test_setup_teardown(draft__##name, make, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(refuses_what_is_no_charter),
        ROW(r7_refuses_what_does_not_follow_the_charter_in_force),
        ROW(r7_says_whose_keys_are_to_be_proven),
        ROW(r7_a_key_at_another_place_is_new_there),
        ROW(says_what_its_approvers_will_see),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
