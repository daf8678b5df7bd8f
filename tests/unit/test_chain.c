// The version rule (R12).
#include "policy/chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

static void check(const struct expected *expected)
{
    bool root = strcmp(expected->role, "image/root") == 0;
    const struct state *state =
        state_with(root ? expected->last : 7, root ? 7 : expected->last);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chain__r12_a_root_is_exactly_one_above_the_last),
        cmocka_unit_test(chain__r12_every_other_role_strictly_rises),
        cmocka_unit_test(chain__r12_the_same_version_is_signed_again_only_over_the_same_bytes),
        cmocka_unit_test(chain__only_the_role_called_root_is_a_root),
        cmocka_unit_test(chain__the_last_version_of_all_has_no_successor),
        cmocka_unit_test(chain__previous_is_the_payload_last_sealed_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
