// Who is custodian of which key, at the founding and when the policy changes (R12).
#include "tests/unit/compile_house.h"

static void policy__r12_a_founding_gives_keys_to_custodians_in_their_order(void **unused)
{
    (void)unused;
    struct charter *now = found(&custodians, 3);
    struct key roots[3];
    sorted_keys(FIRST_ROOT, roots, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(custodian_of(now, &roots[i]), compile_names[i]);
    charter_free(now);
}

static void policy__r12_a_custodian_keeps_the_own_key(void **unused)
{
    (void)unused;
    // In another order of entries.
    static const struct wanted turned = {
        EVERYBODY, EVERYBODY, ONE_OF("carol") ", " ONE_OF("bob") ", " ONE_OF("alice"), TARGETS};
    struct charter *now = found(&custodians, 3);
    struct key roots[3];
    sorted_keys(FIRST_ROOT, roots, 3);
    struct charter *next = compile_next(&turned, now, &no_spares);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(custodian_of(next, &roots[i]), compile_names[i]);
    charter_free(next);
    charter_free(now);
}

// An entry without a custodian takes nobody's key, and the key of somebody who is gone last.
static void policy__r12_a_key_without_a_custodian_stays_without(void **unused)
{
    (void)unused;
    static const struct wanted before = {
        EVERYBODY, EVERYBODY, ONE_OF("carol") ", " TARGETS, TARGETS};
    static const struct wanted turned = {
        EVERYBODY, EVERYBODY, TARGETS ", " ONE_OF("carol"), TARGETS};
    static const struct wanted after = {
        ALICE | BOB, ALICE | BOB, TARGETS ", " ONE_OF("bob"), TARGETS};
    struct charter *now = found(&before, 2);
    struct key roots[2];
    sorted_keys(FIRST_ROOT, roots, 2);
    struct charter *next = compile_next(&turned, now, &no_spares);
    assert_string_equal(custodian_of(next, &roots[0]), "carol");
    assert_string_equal(custodian_of(next, &roots[1]), "");
    charter_free(next);
    next = compile_next(&after, now, &no_spares);
    assert_string_equal(custodian_of(next, &roots[0]), "bob");
    assert_string_equal(custodian_of(next, &roots[1]), "");
    charter_free(next);
    charter_free(now);
}

// Whoever is no longer an administrator, or no member of the role's group, is gone.
static void policy__r12_the_key_of_a_custodian_who_is_gone_passes_on(void **unused)
{
    (void)unused;
    static const struct wanted before = {
        EVERYBODY, EVERYBODY, ONE_OF("alice") ", " ONE_OF("carol"), TARGETS};
    static const struct wanted after[] = {
        {ALICE | BOB, ALICE | BOB, ONE_OF("bob") ", " ONE_OF("alice"), TARGETS},
        {EVERYBODY, ALICE | BOB, ONE_OF("bob") ", " ONE_OF("alice"), TARGETS},
    };
    struct charter *now = found(&before, 2);
    struct key roots[2];
    sorted_keys(FIRST_ROOT, roots, 2);
    for (size_t i = 0; i < 2; i++) {
        struct charter *next = compile_next(&after[i], now, &no_spares);
        assert_string_equal(custodian_of(next, &roots[0]), "alice");
        assert_string_equal(custodian_of(next, &roots[1]), "bob");
        charter_free(next);
    }
    charter_free(now);
}

static void policy__r12_nobody_gets_the_key_of_a_custodian_who_is_there(void **unused)
{
    (void)unused;
    static const struct wanted before = {
        EVERYBODY, EVERYBODY, ONE_OF("alice") ", " ONE_OF("carol"), TARGETS};
    static const struct wanted after = {
        EVERYBODY, EVERYBODY, ONE_OF("alice") ", " ONE_OF("bob"), TARGETS};
    struct charter *now = found(&before, 2);
    struct key roots[2], spare = made_up_key(FIRST_SPARE);
    sorted_keys(FIRST_ROOT, roots, 2);
    struct spares spares = {{spare_key("image/root", &spare)}, 1};
    expect_next_fault(&after, now, &spares, ERR_FORM, KEYS_AT "[0]",
        "Which ed25519 keys of image/root stay?");
    const struct key *const keys[] = {&roots[0], &roots[1]};
    struct wanted named = {EVERYBODY, EVERYBODY,
        keys_text("{key: %1, custodian: alice}, {key: %2, custodian: bob}", keys), TARGETS};
    struct charter *next = compile_next(&named, now, &spares);
    assert_string_equal(custodian_of(next, &roots[0]), "alice");
    assert_string_equal(custodian_of(next, &roots[1]), "bob");
    charter_free(next);
    charter_free(now);
}

static void policy__r12_keys_without_a_custodian_can_get_one(void **unused)
{
    (void)unused;
    static const struct wanted before = {
        EVERYBODY, EVERYBODY, "{type: ed25519, count: 3}", TARGETS};
    static const struct wanted some = {
        EVERYBODY, EVERYBODY, "{type: ed25519, count: 2}, " ONE_OF("bob"), TARGETS};
    struct charter *now = found(&before, 3);
    struct key roots[3];
    sorted_keys(FIRST_ROOT, roots, 3);
    struct charter *next = compile_next(&custodians, now, &no_spares);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(custodian_of(next, &roots[i]), compile_names[i]);
    charter_free(next);
    next = compile_next(&some, now, &no_spares);
    assert_string_equal(custodian_of(next, &roots[0]), "");
    assert_string_equal(custodian_of(next, &roots[1]), "");
    assert_string_equal(custodian_of(next, &roots[2]), "bob");
    charter_free(next);
    charter_free(now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy__r12_a_founding_gives_keys_to_custodians_in_their_order),
        cmocka_unit_test(policy__r12_a_custodian_keeps_the_own_key),
        cmocka_unit_test(policy__r12_a_key_without_a_custodian_stays_without),
        cmocka_unit_test(policy__r12_the_key_of_a_custodian_who_is_gone_passes_on),
        cmocka_unit_test(policy__r12_nobody_gets_the_key_of_a_custodian_who_is_there),
        cmocka_unit_test(policy__r12_keys_without_a_custodian_can_get_one),
    };
    return cmocka_run_group_tests(tests, house_make, house_remove);
}
