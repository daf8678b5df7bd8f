// Everything that a charter must be besides well-formed.
#include "policy/charter.h"
#include "policy/charter_rules.h"
#include "tests/unit/charter_house.h"
#include "tests/unit/made_up.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void charter__r7_epoch_1_alone_has_no_charter_before_it(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    charter->epoch = 2;
    expect_charter(charter, ERR_REFUSED, "R7", "Epochs begin with 1");
    charter = house_charter();
    charter->previous = charter->log;
    expect_charter(charter, ERR_REFUSED, "R7", "Epochs begin with 1");
    charter = house_charter();
    charter->epoch = 0;
    charter->previous = charter->log;
    expect_charter(charter, ERR_REFUSED, "R7", "Epochs begin with 1");
    charter = house_charter();
    charter->epoch = 2;
    charter->previous = made_up_key(LOG_KEY + 1).id;
    expect_charter(charter, OK, "", "");
}

static void charter__r5_every_quorum_is_2_to_n(void **unused)
{
    (void)unused;
    static const struct {
        size_t k;
        const char *of_charter;
        const char *of_role;
    } bad[] = {
        {0, "charter is 0, but nobody decides alone: make it at least 2",
            "director/root is 0, but nobody decides alone: make it at least 2"},
        {1, "charter is 1, but nobody decides alone: make it at least 2",
            "director/root is 1, but nobody decides alone: make it at least 2"},
        {5, "charter is 5, but the group everyone has 4 members",
            "director/root is 5, but the group everyone has 4 members"},
        {4, "charter is all 4 members of everyone, but every administrator may ask",
            "director/root is all 4 members of everyone, but dave stands behind the requester "
            "laptop"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct charter *charter = house_charter();
        charter->changes.k = bad[i].k;
        expect_charter(charter, ERR_REFUSED, "R5", bad[i].of_charter);
        charter = house_charter();
        charter->roles[0].quorum.k = bad[i].k;
        expect_charter(charter, ERR_REFUSED, "R5", bad[i].of_role);
    }
}

static void charter__r5_all_members_may_be_the_quorum_when_none_of_them_may_submit(
    void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    charter->roles[2].quorum.k = 3; // release: alice, bob, carol
    expect_charter(charter, OK, "", "");
    charter = house_charter();
    charter->roles[2].quorum.k = 3;
    snprintf(charter->requesters[1].person, LIMIT_NAME, "carol");
    expect_charter(charter, ERR_REFUSED, "R5", "but carol stands behind");
}

// Every administrator may ask for another charter, whoever else may.
static void charter__r5_whoever_asks_for_another_one_can_be_done_without(void **unused)
{
    (void)unused;
    for (size_t requesters = 0; requesters < 2; requesters++) {
        struct charter *charter = house_charter();
        charter->changes.k = 4;
        charter->requester_count = requesters; // image-service: of no administrator
        expect_charter(charter, ERR_REFUSED, "R5", "lower the quorum or add a member");
        charter = house_charter();
        charter->changes = (struct quorum){1, 3}; // release; dave is no member
        charter->requester_count = requesters;
        expect_charter(charter, ERR_REFUSED, "R5", "is all 3 members of release");
    }
    struct charter *charter = house_charter();
    house_person(charter, "erin");
    charter->changes.k = 4;
    charter->groups[0].members[charter->groups[0].member_count++] = 4;
    expect_charter(charter, OK, "", "");
}

// Whoever asks does not count, nor does who rejects: both together must not be too many.
static void charter__r5_one_member_cannot_keep_the_others_from_another_one(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    charter->requester_count = 0;
    expect_charter(charter, ERR_REFUSED, "R5",
        "3 of the 4 members of everyone, and none but members may ask");
    charter = house_charter();
    snprintf(charter->requesters[0].person, LIMIT_NAME, "alice");
    expect_charter(charter, ERR_REFUSED, "R5", "none but members may ask");
    charter = house_charter(); // of nobody who decides
    charter->requester_count = 1;
    expect_charter(charter, OK, "", "");
    charter = house_charter();
    house_person(charter, "erin");
    charter->groups[0].members[charter->groups[0].member_count++] = 4;
    charter->requester_count = 0;
    expect_charter(charter, OK, "", "");
}

// Two lines for one person are two names with one key (R21), or one name twice: neither is read.
static void charter__r5_a_person_stands_once(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    snprintf(charter->administrators[1].name, LIMIT_NAME, "alice");
    expect_charter(charter, ERR_FORM, "R2", "no name stands twice");
    charter = house_charter();
    charter->groups[0].members[1] = 0;
    expect_charter(charter, ERR_FORM, "R2", "each once");
}

static void charter__r5_a_group_of_one_can_have_no_quorum(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    charter->groups[1].member_count = 1;
    expect_charter(charter, ERR_REFUSED, "R5", "has 1 members");
}

static void charter__r7_its_own_quorum_is_at_least_the_largest(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    charter->changes.k = 2;
    expect_charter(charter, ERR_REFUSED, "R7", "image/root has 3");
    charter = house_charter();
    charter->changes.k = 2;
    charter->roles[1].quorum.k = 2;
    expect_charter(charter, OK, "", "");
}

static void charter__r5_a_custodian_is_a_member_of_the_group_of_the_role(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    charter->keys[3].has_custodian = true; // image/targets, of the group release
    charter->keys[3].custodian = 3;        // dave
    expect_charter(charter, ERR_REFUSED, "R5",
        "dave is custodian of a key of image/targets, but no member of release");
    charter = house_charter();
    charter->keys[3].has_custodian = true;
    charter->keys[3].custodian = 0;
    expect_charter(charter, OK, "", "");
}

static void charter__r5_nobody_is_custodian_of_two_keys_in_one_role(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    charter->keys[1].has_custodian = true; // image/root has carol already
    charter->keys[1].custodian = 2;
    expect_charter(charter, ERR_REFUSED, "R5", "carol is custodian of two keys of image/root");
    charter = house_charter();
    charter->keys[1].has_custodian = true;
    charter->keys[1].custodian = 3;
    expect_charter(charter, OK, "", "");
}

static void charter__r5_a_person_may_be_custodian_in_several_roles(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    static const size_t first_of_role[] = {0, 1, 3};
    charter->keys[2].has_custodian = false;
    for (size_t i = 0; i < 3; i++) {
        charter->keys[first_of_role[i]].has_custodian = true;
        charter->keys[first_of_role[i]].custodian = 1;
    }
    expect_charter(charter, OK, "", "");
}

static void charter__r18_every_role_has_a_key(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    charter->key_count--;
    expect_charter(charter, ERR_REFUSED, "R18", "image/targets has no key");
}

static void charter__r21_one_public_key_stands_at_one_place(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    charter->administrators[3].key = charter->administrators[1].key;
    expect_charter(
        charter, ERR_REFUSED, "R21", "of administrator dave is the key of administrator bob");
    charter = house_charter();
    charter->requesters[0].key = charter->administrators[1].key;
    expect_charter(
        charter, ERR_REFUSED, "R21", "of requester image-service is the key of admin");
    charter = house_charter();
    charter->keys[3].key = charter->keys[0].key;
    expect_charter(
        charter, ERR_REFUSED, "R21", "of role image/targets is the key of role director/root");
    charter = house_charter();
    charter->keys[3].key = charter->requesters[1].key;
    expect_charter(charter, ERR_REFUSED, "R21", "is the key of requester laptop");
    charter = house_charter();
    charter->log = charter->keys[3].key.id;
    expect_charter(charter, ERR_REFUSED, "R21", "image/targets is the key of the log");
}

static void charter__r16_a_small_order_key_is_refused(void **unused)
{
    (void)unused;
    static const uint8_t spki[44] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03,
        0x21, 0x00, 0x01}; // y = 1, the neutral element
    struct charter *charter = house_charter();
    struct key *key = &charter->administrators[2].key;
    memcpy(key->spki, spki, sizeof spki);
    key->id = hash_of(key_spki(key));
    expect_charter(charter, ERR_REFUSED, "R16", "Line 10 has a public key");
}

// Under each of these, some signature holds for many messages, or two spellings are one point.
static void charter__r16_every_small_order_or_second_spelling_of_a_point_is_refused(
    void **unused)
{
    (void)unused;
    static const char *const points[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0200000000000000000000000000000000000000000000000000000000000000",
    };
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        struct charter *charter = house_charter();
        struct key *key = &charter->requesters[1].key;
        // Behind the DER of an Ed25519 key stand its 32 bytes.
        uint8_t *raw = key->spki + key->spki_size - HASH_SIZE;
        assert_int_equal(hex_read(span_text(points[i]), raw, HASH_SIZE), OK);
        key->id = hash_of(key_spki(key));
        expect_charter(charter, ERR_REFUSED, "R16", "Line 16 has a public key that is never");
    }
}

static void charter__r16_a_point_off_its_curve_is_refused(void **unused)
{
    (void)unused;
    // SubjectPublicKeyInfo of P-256 (RFC 5480), up to the point; x = 5, y = 6 is none of it.
    static const uint8_t spki[91] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce,
        0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03,
        0x42, 0x00, 0x04, [58] = 5, [90] = 6};
    struct charter *charter = house_charter();
    struct key *key = &charter->keys[3].key;
    key->type = KEY_P256;
    memcpy(key->spki, spki, sizeof spki);
    key->spki_size = sizeof spki;
    key->id = hash_of(key_spki(key));
    expect_charter(charter, ERR_REFUSED, "R16", "Line 25 has a public key that is never");
}

// What is no type of ours has no place in a charter, weak or not.
static void charter__r16_other_types_of_key_are_refused(void **unused)
{
    (void)unused;
    static const uint8_t x25519[44] = {
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x03, 0x21, 0x00, 0x09};
    // rsaEncryption (RFC 8017) with a modulus of 512 bits and exponent 3.
    static const uint8_t rsa[92] = {0x30, 0x5a, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
        0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x49, 0x00, 0x30, 0x46, 0x02, 0x41,
        0x00, 0xc1, [88] = 0x01, 0x02, 0x01, 0x03};
    const struct {
        struct span spki;
        enum err err;
        const char *rule, *words;
    } bad[] = {{span_of(x25519, sizeof x25519), ERR_FORM, "R2", "Line 10 does not read"},
        {span_of(rsa, sizeof rsa), ERR_REFUSED, "R16", "Line 10 has a public key"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct charter *charter = house_charter();
        struct key *key = &charter->administrators[2].key;
        memcpy(key->spki, bad[i].spki.data, bad[i].spki.size);
        key->spki_size = bad[i].spki.size;
        key->id = hash_of(key_spki(key));
        expect_charter(charter, bad[i].err, bad[i].rule, bad[i].words);
    }
}

// The role's only key is then none that an Uptane client reads.
static void charter__r16_a_dialect_refuses_keys_that_its_clients_do_not_read(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    struct charter_place where = {0};
    struct refusal refusal = {.rule = ""};
    charter->repositories[0].dialect = DIALECT_UPTANE;
    for (size_t i = 0; i < charter->key_count; i++)
        assert_int_equal(charter->keys[i].key.type, KEY_ED25519);
    assert_int_equal(charter_rules(charter, &where, &refusal), OK);
    static const enum key_type bad[] = {KEY_P256, KEY_P384};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        charter->keys[1].key.type = bad[i];
        assert_int_equal(charter_rules(charter, &where, &refusal), ERR_REFUSED);
        assert_string_equal(refusal.rule, "R16");
        assert_non_null(strstr(refusal.sentence, "no client of the dialect uptane reads"));
        assert_int_equal(where.line, CHARTER_ROLE);
        assert_int_equal(where.index, charter->keys[1].role);
        assert_int_equal(charter_rules_without_keys(charter, &where, &refusal), ERR_REFUSED);
    }
    charter->repositories[0].dialect = DIALECT_TUF;
    assert_int_equal(charter_rules(charter, &where, &refusal), OK);
    charter_free(charter);
}

static void charter__r2_only_an_uptane_repository_is_a_director(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    struct charter_place where = {0};
    struct refusal refusal = {.rule = ""};
    charter->repositories[0].kind = KIND_DIRECTOR;
    assert_int_equal(charter_rules(charter, &where, &refusal), ERR_REFUSED);
    assert_string_equal(refusal.rule, "R2");
    assert_non_null(strstr(refusal.sentence, "only uptane has directors"));
    assert_int_equal(where.line, CHARTER_REPOSITORY);
    charter->repositories[0].dialect = DIALECT_UPTANE;
    assert_int_equal(charter_rules(charter, &where, &refusal), OK);
    charter_free(charter);
}

static void charter__r21_a_key_is_named_by_its_own_hash(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    charter->administrators[2].key.id = made_up_key(LOG_KEY + 1).id;
    expect_charter(charter, ERR_FORM, "R2", "Line 10 has a hash that is not its key's");
}

// ---- limits ----

static void charter__r20_a_role_with_custodians_has_as_many_keys_as_a_record_lists(
    void **unused)
{
    (void)unused;
    for (size_t more = 0; more < 2; more++) {
        struct charter *charter = house_charter();
        house_role(charter, "image/units", (struct quorum){0, 2}, LIMIT_REACH_KEYS + more);
        charter->keys[charter->key_count - 1].has_custodian = true;
        expect_charter(charter, more == 0 ? OK : ERR_REFUSED, "R20",
            "image/units has 33 keys, some of them with a custodian");
    }
    struct charter *charter = house_charter();
    house_role(charter, "image/units", (struct quorum){0, 2}, LIMIT_REACH_KEYS + 1);
    expect_charter(charter, OK, "", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charter__r7_epoch_1_alone_has_no_charter_before_it),
        cmocka_unit_test(charter__r5_every_quorum_is_2_to_n),
        cmocka_unit_test(
            charter__r5_all_members_may_be_the_quorum_when_none_of_them_may_submit),
        cmocka_unit_test(charter__r5_whoever_asks_for_another_one_can_be_done_without),
        cmocka_unit_test(charter__r5_one_member_cannot_keep_the_others_from_another_one),
        cmocka_unit_test(charter__r5_a_person_stands_once),
        cmocka_unit_test(charter__r5_a_group_of_one_can_have_no_quorum),
        cmocka_unit_test(charter__r7_its_own_quorum_is_at_least_the_largest),
        cmocka_unit_test(charter__r5_a_custodian_is_a_member_of_the_group_of_the_role),
        cmocka_unit_test(charter__r5_nobody_is_custodian_of_two_keys_in_one_role),
        cmocka_unit_test(charter__r5_a_person_may_be_custodian_in_several_roles),
        cmocka_unit_test(charter__r18_every_role_has_a_key),
        cmocka_unit_test(charter__r21_one_public_key_stands_at_one_place),
        cmocka_unit_test(charter__r16_a_small_order_key_is_refused),
        cmocka_unit_test(
            charter__r16_every_small_order_or_second_spelling_of_a_point_is_refused),
        cmocka_unit_test(charter__r16_a_point_off_its_curve_is_refused),
        cmocka_unit_test(charter__r16_other_types_of_key_are_refused),
        cmocka_unit_test(charter__r16_a_dialect_refuses_keys_that_its_clients_do_not_read),
        cmocka_unit_test(charter__r2_only_an_uptane_repository_is_a_director),
        cmocka_unit_test(charter__r21_a_key_is_named_by_its_own_hash),
        cmocka_unit_test(
            charter__r20_a_role_with_custodians_has_as_many_keys_as_a_record_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
