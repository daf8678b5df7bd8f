// The charter that a changed policy makes of the one in force: which keys stay, which come, and
// what is asked of whoever wrote it.
#include "tests/unit/compile_house.h"

static void policy__r7_refuses_to_follow_another_appliance(void **unused)
{
    (void)unused;
    struct charter *now = found(&two_roots, 2);
    snprintf(now->origin, sizeof now->origin, "log.example/appliance-0002");
    expect_next_fault(&two_roots, now, &no_spares, ERR_FORM, "appliance",
        "the name of this one is log.example/appliance-0002");
    charter_free(now);
}

static void policy__r7_the_next_charter_follows_the_one_in_force(void **unused)
{
    (void)unused;
    struct charter *now = found(&two_roots, 2);
    now->epoch = 41;
    struct charter *next = compile_next(&two_roots, now, &no_spares);
    assert_int_equal(next->epoch, 42);
    assert_true(hash_equal(&next->previous, &now->hash));
    assert_true(hash_equal(&next->log, &now->log));
    assert_string_equal(next->origin, now->origin);
    assert_int_equal(next->key_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(hash_equal(&next->keys[i].key.id, &now->keys[i].key.id));
    charter_free(next);
    charter_free(now);
}

static void policy__keeps_the_keys_of_a_role_before_it_takes_spare_ones(void **unused)
{
    (void)unused;
    static const struct wanted three = {
        EVERYBODY, EVERYBODY, "{type: ed25519, count: 3}", TARGETS};
    struct charter *now = found(&two_roots, 2);
    struct key spare[3], roots[2];
    sorted_keys(FIRST_SPARE, spare, 3);
    sorted_keys(FIRST_ROOT, roots, 2);
    struct key p256 = house_p256();
    struct spares spares = {
        {spare_key("image/root", &spare[2]), spare_key("image/root", &spare[0]),
            spare_key("image/targets", &spare[1]), spare_key("image/root", &p256)},
        4};
    struct charter *next = compile_next(&two_roots, now, &spares);
    assert_string_equal(custodian_of(next, &roots[0]), "");
    assert_string_equal(custodian_of(next, &roots[1]), "");
    charter_free(next);
    next = compile_next(&three, now, &spares);
    assert_int_equal(count_keys(next, "image/root"), 3);
    assert_string_equal(custodian_of(next, &roots[0]), "");
    assert_string_equal(custodian_of(next, &roots[1]), "");
    assert_string_equal(custodian_of(next, &spare[0]), "");
    charter_free(next);
    charter_free(now);
}

static void policy__says_how_many_keys_to_make_first(void **unused)
{
    (void)unused;
    static const struct wanted four = {
        EVERYBODY, EVERYBODY, "{type: ed25519, count: 4}", TARGETS};
    static const struct wanted other = {
        EVERYBODY, EVERYBODY, TWO ", {type: ecdsa-p256, count: 1}", TARGETS};
    struct charter *now = found(&two_roots, 2);
    struct key spare = made_up_key(FIRST_SPARE);
    struct spares spares = {{spare_key("image/root", &spare)}, 1};
    expect_next_fault(&four, now, &no_spares, ERR_FORM, KEYS_AT "[0]",
        "image/root lacks 2 keys of type ed25519: make them first, with `conclave key generate "
        "image/root=ed25519:2`");
    expect_next_fault(&four, now, &spares, ERR_FORM, KEYS_AT "[0]", "lacks 1 keys");
    expect_next_fault(&other, now, &spares, ERR_FORM, KEYS_AT "[1]",
        "`conclave key generate image/root=ecdsa-p256:1`");
    spares.keys[0] = spare_key("image/targets", &spare);
    expect_next_fault(&four, now, &spares, ERR_FORM, KEYS_AT "[0]", "lacks 2 keys");
    charter_free(now);
}

static void policy__r18_drops_no_key_by_counting(void **unused)
{
    (void)unused;
    static const struct wanted one = {EVERYBODY, EVERYBODY, TARGETS, TARGETS};
    struct charter *now = found(&two_roots, 2);
    struct key roots[2];
    char list[128], hex[2][2 * HASH_SIZE + 1];
    sorted_keys(FIRST_ROOT, roots, 2);
    for (size_t i = 0; i < 2; i++)
        hash_hex(&roots[i].id, hex[i]);
    snprintf(list, sizeof list, "It has sha256:%.12s, sha256:%.12s.", hex[0], hex[1]);
    expect_next_fault(&one, now, &no_spares, ERR_FORM, KEYS_AT "[0]", list);
    expect_next_fault(&one, now, &no_spares, ERR_FORM, KEYS_AT "[0]",
        "Which ed25519 keys of image/root stay? Name each");
    const struct key *const keys[] = {&roots[1]};
    struct wanted named = {
        EVERYBODY, EVERYBODY, keys_text("{key: %1}, " TARGETS, keys), TARGETS};
    struct charter *next = compile_next(&named, now, &no_spares); // both, one of them by name
    assert_int_equal(count_keys(next, "image/root"), 2);
    charter_free(next);
    charter_free(now);
}

static void policy__a_long_list_of_keys_is_cut(void **unused)
{
    (void)unused;
    static const struct wanted eight = {
        EVERYBODY, EVERYBODY, "{type: ed25519, count: 8}", TARGETS};
    static const struct wanted ten = {
        EVERYBODY, EVERYBODY, "{type: ed25519, count: 10}", TARGETS};
    static const struct wanted one = {EVERYBODY, EVERYBODY, TARGETS, TARGETS};
    struct charter *now = found(&eight, 8);
    struct spares spares = {.count = 2};
    for (unsigned i = 0; i < 2; i++) {
        struct key key = made_up_key(FIRST_SPARE + i);
        spares.keys[i] = spare_key("image/root", &key);
    }
    struct charter *larger = compile_next(&ten, now, &spares);
    expect_next_fault(&one, larger, &no_spares, ERR_FORM, KEYS_AT "[0]", ", ....");
    charter_free(larger);
    charter_free(now);
}

static void policy__takes_the_keys_that_it_names(void **unused)
{
    (void)unused;
    struct charter *now = found(&two_roots, 2);
    struct key roots[2], spare = made_up_key(FIRST_SPARE);
    sorted_keys(FIRST_ROOT, roots, 2);
    struct spares spares = {{spare_key("image/root", &spare)}, 1};
    const struct key *const keys[] = {&roots[1], &spare};
    struct wanted wanted = {EVERYBODY, EVERYBODY,
        keys_text("{key: %2, custodian: carol}, {key: %1, type: ed25519, count: 1}", keys),
        TARGETS};
    struct charter *next = compile_next(&wanted, now, &spares);
    assert_int_equal(count_keys(next, "image/root"), 2);
    assert_string_equal(custodian_of(next, &roots[1]), "");
    assert_string_equal(custodian_of(next, &spare), "carol");
    charter_free(next);
    charter_free(now);
}

static void policy__refuses_names_that_are_no_key_of_the_role(void **unused)
{
    (void)unused;
    struct charter *now = found(&two_roots, 2);
    struct key roots[2], spare = made_up_key(FIRST_SPARE), twin = spare,
                         targets = made_up_key(FIRST_TARGETS),
                         retired = made_up_key(FIRST_SPARE + 1);
    sorted_keys(FIRST_ROOT, roots, 2);
    twin.id.byte[HASH_SIZE - 1] ^= 1;
    struct spares spares = {
        {spare_key("image/root", &spare), spare_key("image/root", &twin),
            spare_key("image/root", &retired), spare_key("image/root", &roots[1])},
        4};
    spares.keys[2].retired = spares.keys[3].retired = true;
    const struct key *const keys[] = {&roots[0], &spare, &targets, &retired, &roots[1]};
    static const struct {
        const char *keys, *path, *sentence;
    } cases[] = {
        {"{key: sha256:0123456789abcdef}", KEYS_AT "[0].key", "image/root has no such key"},
        {"{key: %3}", KEYS_AT "[0].key", "image/root has no such key"},
        {"{key: %1}, {key: %2}", KEYS_AT "[1].key", "Two keys of image/root begin like this"},
        {"{key: %4}", KEYS_AT "[0].key", "retired and never comes back"},
        {"{key: %5}", KEYS_AT "[0].key", "retired and never comes back"},
        {"{key: %1}, {key: %1}", KEYS_AT "[1].key", "named twice"},
        {"{key: %1, type: ecdsa-p256}", KEYS_AT "[0].key", "This key is of type ed25519"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wanted wanted = {EVERYBODY, EVERYBODY, keys_text(cases[i].keys, keys), TARGETS};
        expect_next_fault(&wanted, now, &spares, ERR_FORM, cases[i].path, cases[i].sentence);
    }
    charter_free(now);
}

static void policy__r18_a_retired_key_is_not_counted(void **unused)
{
    (void)unused;
    struct charter *now = found(&two_roots, 2);
    struct key roots[2], spare = made_up_key(FIRST_SPARE), old = made_up_key(FIRST_SPARE + 1);
    sorted_keys(FIRST_ROOT, roots, 2);
    struct spares spares = {
        {spare_key("image/root", &roots[0]), spare_key("image/root", &old)}, 2};
    spares.keys[0].retired = spares.keys[1].retired = true;
    expect_next_fault(&two_roots, now, &spares, ERR_FORM, KEYS_AT "[0]", "lacks 1 keys");
    spares.keys[spares.count++] = spare_key("image/root", &spare);
    struct charter *next = compile_next(&two_roots, now, &spares);
    assert_int_equal(count_keys(next, "image/root"), 2);
    assert_string_equal(custodian_of(next, &roots[1]), "");
    assert_string_equal(custodian_of(next, &spare), "");
    charter_free(next);
    charter_free(now);
}

static void policy__a_role_that_is_gone_loses_its_keys_and_a_new_one_takes_spare_ones(
    void **unused)
{
    (void)unused;
    static const struct wanted without = {EVERYBODY, EVERYBODY, TWO, NULL};
    struct charter *now = found(&two_roots, 2);
    struct charter *next = compile_next(&without, now, &no_spares);
    assert_int_equal(next->key_count, 2);
    assert_int_equal(count_keys(next, "image/targets"), 0);
    struct key old = made_up_key(FIRST_TARGETS), spare = made_up_key(FIRST_SPARE);
    struct spares spares = {{spare_key("image/targets", &old)}, 1};
    spares.keys[0].retired = true;
    expect_next_fault(&two_roots, next, &spares, ERR_FORM, "repositories[0].roles[1].keys[0]",
        "image/targets lacks 1 keys");
    spares.keys[spares.count++] = spare_key("image/targets", &spare);
    struct charter *third = compile_next(&two_roots, next, &spares);
    assert_int_equal(count_keys(third, "image/targets"), 1);
    assert_int_equal(count_keys(third, "image/root"), 2);
    charter_free(third);
    charter_free(next);
    charter_free(now);
}

static void policy__says_the_rules_of_the_next_charter_too(void **unused)
{
    (void)unused;
    static const struct wanted twice = {
        EVERYBODY, EVERYBODY, ONE_OF("alice") ", " ONE_OF("alice"), TARGETS};
    static const struct wanted stranger = {
        EVERYBODY, ALICE | BOB, ONE_OF("carol") ", " TARGETS, TARGETS};
    static const struct wanted few = {EVERYBODY, ALICE, TWO, TARGETS};
    struct charter *now = found(&two_roots, 2);
    expect_next_fault(&twice, now, &no_spares, ERR_REFUSED, KEYS_AT,
        "R5: alice is custodian of two keys of image/root");
    expect_next_fault(&stranger, now, &no_spares, ERR_REFUSED, KEYS_AT,
        "R5: carol is custodian of a key of image/root, but no member of rooters");
    expect_next_fault(&few, now, &no_spares, ERR_REFUSED, "repositories[0].roles[0].quorum",
        "R5: The quorum of role image/root is 2");
    charter_free(now);
}

// A spare key that stands elsewhere already would be no new key.
static void policy__r21_a_spare_key_of_somebody_else_is_refused(void **unused)
{
    (void)unused;
    static const struct wanted three = {
        EVERYBODY, EVERYBODY, "{type: ed25519, count: 3}", TARGETS};
    struct charter *now = found(&two_roots, 2);
    struct key alice = made_up_key(0);
    struct spares spares = {{spare_key("image/root", &alice)}, 1};
    expect_next_fault(&three, now, &spares, ERR_REFUSED, KEYS_AT,
        "R21: The public key of role image/root is the key of administrator alice");
    charter_free(now);
}

static void policy__a_founding_makes_its_keys_and_names_none(void **unused)
{
    (void)unused;
    static const struct wanted named = {
        EVERYBODY, EVERYBODY, "{key: sha256:0123456789ab}", TARGETS};
    struct policy *policy = policy_of(&named);
    static struct key_wish wishes[LIMIT_KEYS];
    assert_int_equal(policy_wishes(policy, wishes), 1);
    assert_string_equal(wishes[0].role, "image/targets");
    struct made_key made = {.role = "image/targets", .key = made_up_key(FIRST_TARGETS)};
    struct key log = made_up_key(LOG);
    struct policy_fault fault = {.sentence = ""};
    struct bytes text;
    bytes_init(&text, LIMIT_CHARTER);
    assert_int_equal(policy_compile(policy, &log, &made, 1, &text, &fault), ERR_FORM);
    assert_string_equal(fault.path, KEYS_AT "[0].key");
    assert_true(fault.line > 0);
    assert_non_null(strstr(fault.sentence, "a founding makes all anew"));
    bytes_clear(&text);
    policy_free(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy__r7_refuses_to_follow_another_appliance),
        cmocka_unit_test(policy__r7_the_next_charter_follows_the_one_in_force),
        cmocka_unit_test(policy__keeps_the_keys_of_a_role_before_it_takes_spare_ones),
        cmocka_unit_test(policy__says_how_many_keys_to_make_first),
        cmocka_unit_test(policy__r18_drops_no_key_by_counting),
        cmocka_unit_test(policy__a_long_list_of_keys_is_cut),
        cmocka_unit_test(policy__takes_the_keys_that_it_names),
        cmocka_unit_test(policy__refuses_names_that_are_no_key_of_the_role),
        cmocka_unit_test(policy__r18_a_retired_key_is_not_counted),
        cmocka_unit_test(
            policy__a_role_that_is_gone_loses_its_keys_and_a_new_one_takes_spare_ones),
        cmocka_unit_test(policy__says_the_rules_of_the_next_charter_too),
        cmocka_unit_test(policy__r21_a_spare_key_of_somebody_else_is_refused),
        cmocka_unit_test(policy__a_founding_makes_its_keys_and_names_none),
    };
    return cmocka_run_group_tests(tests, house_make, house_remove);
}
