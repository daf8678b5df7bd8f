// The version rule (R12), and the rate of a role (R17).
#include "policy/chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { OLD_BYTES = 1, NEW_BYTES = 2 };

static const struct state *state_with(uint64_t root, uint64_t targets)
{
    static struct state state;
    state = (struct state){.role_count = 0};
    const uint64_t versions[] = {root, targets};
    static const char *const names[] = {"image/root", "image/targets"};
    for (size_t i = 0; i < 2; i++) {
        struct role_state role = {.version = versions[i], .payload = {{OLD_BYTES}}};
        snprintf(role.role, sizeof role.role, "%s", names[i]);
        if (versions[i] > 0)
            assert_int_equal(state_set(&state, &role), OK);
    }
    return &state;
}

struct expected {
    const char *role;
    uint64_t last;
    uint64_t version;
    uint8_t bytes;
    const char *sentence; // what the refusal must say; NULL: it follows
};

static void check_in(const struct state *state, const struct expected *expected)
{
    struct item item = {.version = expected->version, .payload = {{expected->bytes}}};
    snprintf(item.role, sizeof item.role, "%s", expected->role);
    struct refusal refusal = {.rule = ""};
    enum err err = chain_follows(state, &item, &refusal);
    if (expected->sentence == NULL) {
        assert_int_equal(err, OK);
        return;
    }
    assert_int_equal(err, ERR_REFUSED);
    assert_string_equal(refusal.rule, "R12");
    if (strstr(refusal.sentence, expected->sentence) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", refusal.sentence, expected->sentence);
}

static void check(const struct expected *expected)
{
    bool root = strcmp(expected->role, "image/root") == 0;
    check_in(state_with(root ? expected->last : 7, root ? 7 : expected->last), expected);
}

static void chain__r12_a_root_is_exactly_one_above_the_last(void **unused)
{
    (void)unused;
    static const struct expected cases[] = {
        {"image/root", 3, 0, NEW_BYTES, "make version 4."},
        {"image/root", 3, 1, NEW_BYTES, "make version 4."},
        {"image/root", 3, 2, OLD_BYTES, "make version 4."},
        {"image/root", 3, 5, NEW_BYTES, "make version 4."},
        {"image/root", 3, UINT64_MAX, NEW_BYTES, "make version 4."},
        {"image/root", 0, 2, NEW_BYTES, "make version 1."},
        {"image/root", 0, 0, NEW_BYTES, "make version 1."},
        {"image/root", 3, 4, NEW_BYTES, NULL},
        {"image/root", 3, 4, OLD_BYTES, NULL},
        {"image/root", 0, 1, NEW_BYTES, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(&cases[i]);
}

static void chain__r12_every_other_role_strictly_rises(void **unused)
{
    (void)unused;
    static const struct expected cases[] = {
        {"image/targets", 12, 0, NEW_BYTES, "make version 13."},
        {"image/targets", 12, 11, NEW_BYTES, "make a version above it."},
        {"image/targets", 12, 1, OLD_BYTES, "make a version above it."},
        {"image/targets", 12, LIMIT_VERSION + 1, NEW_BYTES, "versions go from 1 to"},
        {"image/targets", 0, 0, NEW_BYTES, "make version 1."},
        {"image/targets", 12, 13, NEW_BYTES, NULL},
        {"image/targets", 12, 4000, NEW_BYTES, NULL},
        {"image/targets", 12, LIMIT_VERSION, NEW_BYTES, NULL},
        {"image/targets", 0, 9, NEW_BYTES, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(&cases[i]);
}

static void chain__r12_the_same_version_is_signed_again_only_over_the_same_bytes(void **unused)
{
    (void)unused;
    static const struct expected cases[] = {
        {"image/root", 3, 3, NEW_BYTES, "give the change version 4."},
        {"image/targets", 12, 12, NEW_BYTES, "give the change version 13."},
        {"image/root", 3, 3, OLD_BYTES, NULL},
        {"image/targets", 12, 12, OLD_BYTES, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(&cases[i]);
}

// A delegated role may end in "root" and a repository may be called so: neither is a root.
static void chain__only_the_role_called_root_is_a_root(void **unused)
{
    (void)unused;
    static const struct expected cases[] = {
        {"root/targets", 0, 5, NEW_BYTES, NULL},
        {"image/subroot", 0, 5, NEW_BYTES, NULL},
        {"image/root2", 0, 5, NEW_BYTES, NULL},
        {"director/root", 0, 5, NEW_BYTES, "make version 1."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(&cases[i]);
}

static void chain__the_last_version_of_all_has_no_successor(void **unused)
{
    (void)unused;
    static const struct expected cases[] = {
        {"image/root", LIMIT_VERSION, LIMIT_VERSION + 1, NEW_BYTES, "versions go from 1 to"},
        {"image/targets", LIMIT_VERSION, LIMIT_VERSION, NEW_BYTES, "other bytes"},
        {"image/targets", LIMIT_VERSION, LIMIT_VERSION, OLD_BYTES, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(&cases[i]);
}

static void chain__previous_is_the_payload_last_sealed_or_none(void **unused)
{
    (void)unused;
    const struct state *state = state_with(3, 0);
    struct hash root = chain_previous(state, "image/root");
    struct hash targets = chain_previous(state, "image/targets");
    assert_int_equal(root.byte[0], OLD_BYTES);
    assert_true(hash_is_none(&targets));
}

// ---- mandates and vehicles ----

// A role that mandates signed up to 612; quorums had signed version 12 of it, and for VIN7 40.
static const struct state *mandated(bool live)
{
    static struct state state;
    state = (struct state){.mandate_count = 1};
    state.mandates[0] = (struct mandate_state){.role = "director/targets",
        .live = live,
        .number = 1,
        .text = {{OLD_BYTES}},
        .top = 612};
    static const char *const items[] = {"director/targets", "director/targets@VIN7"};
    for (size_t i = 0; i < 2; i++) {
        struct role_state last = {.version = i == 0 ? 12 : 40, .payload = {{OLD_BYTES}}};
        snprintf(last.role, sizeof last.role, "%s", items[i]);
        assert_int_equal(state_set(&state, &last), OK);
    }
    return &state;
}

static void chain__r12_goes_on_above_what_mandates_signed_or_could(void **unused)
{
    (void)unused;
    static const struct expected ended[] = {
        {"director/targets", 0, 612, NEW_BYTES, "version 612 was signed already"},
        {"director/targets", 0, 13, NEW_BYTES, "version 612 was signed already"},
        {"director/targets@VIN7", 0, 41, NEW_BYTES, "version 612 was signed already"},
        {"director/targets@VIN8", 0, 1, NEW_BYTES, "version 612 was signed already"},
        {"director/targets", 0, 12, NEW_BYTES, "over other bytes"},
        {"director/targets", 0, 12, OLD_BYTES, NULL}, // the same again is nothing new
        {"director/targets", 0, 613, NEW_BYTES, NULL},
        {"director/targets@VIN8", 0, 613, NEW_BYTES, NULL},
        {"director/snapshot@VIN8", 0, 1, NEW_BYTES, NULL},
        {"directors/targets@VIN8", 0, 1, NEW_BYTES, NULL},
    };
    for (size_t i = 0; i < sizeof ended / sizeof ended[0]; i++)
        check_in(mandated(false), &ended[i]);
}

// Numbers reserved for one vehicle are no versions of another: the last of each is what counts.
static void chain__r12_under_a_mandate_each_item_follows_its_own_last(void **unused)
{
    (void)unused;
    static const struct expected live[] = {
        {"director/targets@VIN7", 0, 40, NEW_BYTES, "over other bytes"},
        {"director/targets@VIN7", 0, 39, NEW_BYTES, "version 40 was signed already"},
        {"director/targets@VIN7", 0, 0, NEW_BYTES, "make version 41."},
        {"director/targets@VIN7", 0, 41, NEW_BYTES, NULL},
        {"director/targets@VIN8", 0, 1, NEW_BYTES, NULL},
    };
    for (size_t i = 0; i < sizeof live / sizeof live[0]; i++)
        check_in(mandated(true), &live[i]);
}

// Version 0.2.0 signed a Director's files without vehicles, and one of them may have gone to any.
static void chain__r12_a_vehicle_begins_above_what_was_signed_for_all(void **unused)
{
    (void)unused;
    static const struct expected cases[] = {
        {"image/targets@VIN7", 12, 1, NEW_BYTES, "version 12 was signed already"},
        {"image/targets@VIN7", 12, 12, NEW_BYTES, "version 12 was signed already"},
        {"image/targets@VIN7", 12, 12, OLD_BYTES, "version 12 was signed already"},
        {"image/targets@VIN7", 12, 13, NEW_BYTES, NULL},
        {"image/snapshot@VIN7", 12, 1, NEW_BYTES, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(&cases[i]);
}

static void chain__the_top_of_a_role_is_that_of_all_its_vehicles(void **unused)
{
    (void)unused;
    struct state *state = calloc(1, sizeof *state);
    assert_non_null(state);
    *state = *mandated(false);
    assert_int_equal(chain_top(state, "director/targets"), 612);
    state->mandates[0].live = true;
    assert_int_equal(chain_top(state, "director/targets"), 612);
    state->mandates[0].top = 39;
    assert_int_equal(chain_top(state, "director/targets"), 40);
    assert_int_equal(chain_top(state, "director/target"), 0);
    assert_int_equal(chain_top(state, "director/snapshot"), 0);
    struct hash last = chain_mandate(state, "director/targets");
    assert_int_equal(last.byte[0], OLD_BYTES);
    last = chain_mandate(state, "director/snapshot");
    assert_true(hash_is_none(&last));
    free(state);
}

// Whatever one request asks for, what was judged one by one fits together.
static void chain__r20_a_request_finds_room_for_all_its_vehicles(void **unused)
{
    (void)unused;
    enum { ALL = LIMIT_LAST - LIMIT_ROLES };
    struct state *state = calloc(1, sizeof *state);
    assert_non_null(state);
    struct item item = {.version = 1};
    struct role_state last = {.version = 1, .payload = {{OLD_BYTES}}};
    struct refusal refusal = {.rule = ""};
    size_t count = 0;
    snprintf(item.role, sizeof item.role, "director/targets@NEW");
    while (chain_follows(state, &item, &refusal) == OK) {
        snprintf(last.role, sizeof last.role, "director/targets@%zu", count++);
        assert_int_equal(state_set(state, &last), OK);
    }
    assert_int_equal(count, ALL - LIMIT_ITEMS + 1);
    assert_string_equal(refusal.rule, "R20");
    assert_non_null(strstr(refusal.sentence, "director/targets@NEW was never signed"));
    for (size_t i = 1; i < LIMIT_ITEMS; i++) {
        snprintf(last.role, sizeof last.role, "director/snapshot@%zu", i);
        assert_int_equal(state_set(state, &last), OK);
    }
    assert_int_equal(state_vehicles(state), ALL);
    item.version = 2; // one that is remembered, and what is no vehicle's
    snprintf(item.role, sizeof item.role, "director/targets@7");
    assert_int_equal(chain_follows(state, &item, &refusal), OK);
    snprintf(item.role, sizeof item.role, "image/targets");
    assert_int_equal(chain_follows(state, &item, &refusal), OK);
    struct mandate_state live = {.role = "director/targets", .live = true, .number = 1};
    assert_int_equal(state_set_mandate(state, &live), OK);
    snprintf(item.role, sizeof item.role, "director/targets@NEW");
    assert_int_equal(chain_follows(state, &item, &refusal), OK); // which the ledger remembers
    free(state);
}

// ---- motions ----

// Epoch 4; the second keys motion was the last, and no time was ever stated.
static const struct state *governed(void)
{
    static struct state state;
    state = (struct state){.epoch = 4, .charter = {{OLD_BYTES}}};
    state.motions[MOTION_KEYS] = (struct motion_state){2, {{OLD_BYTES}}};
    return &state;
}

static void chain__r12_motions_rise_by_one_and_none_is_carried_out_twice(void **unused)
{
    (void)unused;
    static const struct expected cases[] = {
        {"conclave/charter", 4, 4, OLD_BYTES, "it must be 5"},
        {"conclave/charter", 4, 4, NEW_BYTES, "it must be 5"},
        {"conclave/charter", 4, 6, NEW_BYTES, "it must be 5"},
        {"conclave/charter", 4, 0, NEW_BYTES, "it must be 5"},
        {"conclave/charter", 4, LIMIT_VERSION + 1, NEW_BYTES, "it must be 5"},
        {"conclave/charter", 4, 5, NEW_BYTES, NULL},
        {"conclave/keys", 2, 2, OLD_BYTES, "it must be 3"},
        {"conclave/keys", 2, 4, NEW_BYTES, "it must be 3"},
        {"conclave/keys", 2, 3, NEW_BYTES, NULL},
        {"conclave/time", 0, 0, NEW_BYTES, "it must be 1"},
        {"conclave/time", 0, 2, NEW_BYTES, "it must be 1"},
        {"conclave/time", 0, 1, NEW_BYTES, NULL},
        {"conclave/import", 0, 3, NEW_BYTES, "it must be 1"},
        {"conclave/import", 0, 1, NEW_BYTES, NULL},
        {"conclave/lift", 0, 2, NEW_BYTES, "it must be 1"},
        {"conclave/lift", 0, 0, NEW_BYTES, "it must be 1"},
        {"conclave/lift", 0, 1, NEW_BYTES, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_in(governed(), &cases[i]);
}

static void chain__r12_no_epoch_lies_behind_the_last_of_all(void **unused)
{
    (void)unused;
    struct state *state = calloc(1, sizeof *state);
    assert_non_null(state);
    state->epoch = LIMIT_VERSION;
    static const struct expected over = {
        "conclave/charter", 0, LIMIT_VERSION + 1, NEW_BYTES, "carried out once"};
    static const struct expected last = {"conclave/charter", 0, LIMIT_VERSION, NEW_BYTES, NULL};
    check_in(state, &over);
    state->epoch--;
    check_in(state, &last);
    free(state);
}

static void chain__r12_a_motion_builds_on_what_is_in_force(void **unused)
{
    (void)unused;
    struct hash charter = chain_previous(governed(), "conclave/charter");
    struct hash keys = chain_previous(governed(), "conclave/keys");
    struct hash time = chain_previous(governed(), "conclave/time");
    struct hash lift = chain_previous(governed(), "conclave/lift");
    assert_int_equal(charter.byte[0], OLD_BYTES);
    assert_int_equal(keys.byte[0], OLD_BYTES);
    assert_true(hash_is_none(&time));
    assert_true(hash_is_none(&lift));
}

// ---- rates ----

enum { BEGAN = 1000000, WINDOW = 3600 };

static const struct role limited = {.name = "image/targets", .rate = 3, .rate_seconds = WINDOW};

// Version 12 was the `used`th of the window.
static const struct state *used_state(uint64_t used)
{
    static struct state state;
    state = (struct state){.role_count = 0};
    struct role_state role = {.role = "image/targets",
        .version = 12,
        .payload = {{OLD_BYTES}},
        .used = used,
        .used_since = used > 0 ? BEGAN : 0};
    assert_int_equal(state_set(&state, &role), OK);
    return &state;
}

static const struct item next_item = {"image/targets", 13, {{NEW_BYTES}}, {{OLD_BYTES}}};
static const struct item again_item = {"image/targets", 12, {{OLD_BYTES}}, {{OLD_BYTES}}};

static enum err rate(uint64_t used, const struct item *item, moment now, const char *sentence)
{
    struct refusal refusal = {.rule = ""};
    enum err err = chain_rate(&limited, used_state(used), item, now, &refusal);
    if (err != OK) {
        assert_string_equal(refusal.rule, "R17");
        if (strstr(refusal.sentence, sentence) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", refusal.sentence, sentence);
    }
    return err;
}

static void chain__r17_a_role_that_used_up_its_rate_waits_for_the_next_window(void **unused)
{
    (void)unused;
    // 1000000 + 3600 seconds since 1970.
    static const char opens[] = "opens again at 1970-01-12T14:46:40Z.";
    static const moment within[] = {
        BEGAN, BEGAN + WINDOW - 1, BEGAN - 300, BEGAN - 10 * 366 * 86400, -1};
    for (size_t i = 0; i < sizeof within / sizeof within[0]; i++) {
        assert_int_equal(rate(3, &next_item, within[i], opens), ERR_REFUSED);
        assert_int_equal(rate(4, &next_item, within[i], opens), ERR_REFUSED);
        assert_int_equal(rate(2, &next_item, within[i], ""), OK);
    }
    assert_int_equal(rate(3, &next_item, BEGAN + WINDOW, ""), OK);
    assert_int_equal(rate(3, &next_item, INT64_C(4294967296), ""), OK);
    assert_int_equal(rate(0, &next_item, 0, ""), OK);
}

static void chain__r17_the_same_version_again_uses_no_rate(void **unused)
{
    (void)unused;
    struct item other = again_item;
    other.payload = next_item.payload;
    assert_int_equal(rate(3, &again_item, BEGAN, ""), OK);
    assert_int_equal(rate(3, &other, BEGAN, "has signed 3 versions"), ERR_REFUSED);
    const moment times[] = {BEGAN + 1, BEGAN + 2 * WINDOW};
    for (size_t i = 0; i < 2; i++) {
        struct role_state next = chain_next(&limited, used_state(2), &again_item, 7, times[i]);
        assert_int_equal(next.used, 2);
        assert_int_equal(next.used_since, BEGAN);
        assert_int_equal(next.version, 12);
    }
}

static void chain__r17_counts_in_windows_that_begin_with_a_signature(void **unused)
{
    (void)unused;
    struct role_state next = chain_next(&limited, used_state(2), &next_item, 7, BEGAN + 5);
    assert_string_equal(next.role, "image/targets");
    assert_int_equal(next.version, 13);
    assert_int_equal(next.payload.byte[0], NEW_BYTES);
    assert_int_equal(next.expires, 7);
    assert_int_equal(next.used, 3);
    assert_int_equal(next.used_since, BEGAN);
    next = chain_next(&limited, used_state(3), &next_item, 7, BEGAN + WINDOW);
    assert_int_equal(next.used, 1);
    assert_int_equal(next.used_since, BEGAN + WINDOW);
    static const struct state never;
    next = chain_next(&limited, &never, &next_item, 7, 99);
    assert_int_equal(next.used, 1);
    assert_int_equal(next.used_since, 99);
}

static void chain__r17_a_role_without_a_rate_counts_nothing(void **unused)
{
    (void)unused;
    struct role free_role = limited;
    struct refusal refusal;
    free_role.rate = 0;
    free_role.rate_seconds = 0;
    assert_int_equal(chain_rate(&free_role, used_state(9), &next_item, BEGAN, &refusal), OK);
    const struct item *const items[] = {&next_item, &again_item};
    for (size_t i = 0; i < 2; i++) {
        struct role_state next = chain_next(&free_role, used_state(9), items[i], 7, BEGAN);
        assert_int_equal(next.used, 0);
        assert_int_equal(next.used_since, 0);
    }
}

// As many as the rate in a window, whatever comes in.
static void chain__r17_never_signs_more_than_the_rate_in_one_window(void **unused)
{
    (void)unused;
    static struct state state;
    state = (struct state){.role_count = 0};
    struct item item = next_item;
    struct refusal refusal;
    size_t signed_ = 0;
    for (moment now = BEGAN; now < BEGAN + 10 * WINDOW; now += 60) {
        item.version++;
        if (chain_rate(&limited, &state, &item, now, &refusal) != OK)
            continue;
        struct role_state next = chain_next(&limited, &state, &item, 7, now);
        assert_int_equal(state_set(&state, &next), OK);
        signed_++;
    }
    assert_int_equal(signed_, 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chain__r12_a_root_is_exactly_one_above_the_last),
        cmocka_unit_test(chain__r12_every_other_role_strictly_rises),
        cmocka_unit_test(chain__r12_the_same_version_is_signed_again_only_over_the_same_bytes),
        cmocka_unit_test(chain__only_the_role_called_root_is_a_root),
        cmocka_unit_test(chain__the_last_version_of_all_has_no_successor),
        cmocka_unit_test(chain__previous_is_the_payload_last_sealed_or_none),
        cmocka_unit_test(chain__r12_goes_on_above_what_mandates_signed_or_could),
        cmocka_unit_test(chain__r12_under_a_mandate_each_item_follows_its_own_last),
        cmocka_unit_test(chain__r12_a_vehicle_begins_above_what_was_signed_for_all),
        cmocka_unit_test(chain__the_top_of_a_role_is_that_of_all_its_vehicles),
        cmocka_unit_test(chain__r20_a_request_finds_room_for_all_its_vehicles),
        cmocka_unit_test(chain__r12_motions_rise_by_one_and_none_is_carried_out_twice),
        cmocka_unit_test(chain__r12_no_epoch_lies_behind_the_last_of_all),
        cmocka_unit_test(chain__r12_a_motion_builds_on_what_is_in_force),
        cmocka_unit_test(chain__r17_a_role_that_used_up_its_rate_waits_for_the_next_window),
        cmocka_unit_test(chain__r17_the_same_version_again_uses_no_rate),
        cmocka_unit_test(chain__r17_counts_in_windows_that_begin_with_a_signature),
        cmocka_unit_test(chain__r17_a_role_without_a_rate_counts_nothing),
        cmocka_unit_test(chain__r17_never_signs_more_than_the_rate_in_one_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
