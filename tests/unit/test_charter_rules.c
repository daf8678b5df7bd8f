// Everything that a charter must be besides well-formed.
#include "policy/charter.h"
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
        const char *sentence;
    } bad[] = {
        {0, "nobody decides alone: make it at least 2"},
        {1, "nobody decides alone: make it at least 2"},
        {5, "has 4 members"},
        {4, "but dave stands behind the requester laptop"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct charter *charter = house_charter();
        charter->changes.k = bad[i].k;
        expect_charter(charter, ERR_REFUSED, "R5", bad[i].k < 3 ? "at least" : bad[i].sentence);
        charter = house_charter();
        charter->roles[0].quorum.k = bad[i].k;
        expect_charter(charter, ERR_REFUSED, "R5", bad[i].sentence);
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

static void charter__r13_the_clock_has_bounds(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    charter->clock = 0;
    expect_charter(charter, ERR_REFUSED, "R13", "give 1 to");
    charter = house_charter();
    charter->clock = CHARTER_CLOCK_MOST + 1;
    expect_charter(charter, ERR_REFUSED, "R13", "give 1 to");
    charter = house_charter();
    charter->clock = CHARTER_CLOCK_MOST;
    expect_charter(charter, OK, "", "");
}

static void charter__r20_expiry_has_bounds(void **unused)
{
    (void)unused;
    static const struct {
        int64_t least, most;
        const char *sentence; // NULL: good
    } cases[] = {
        {0, 0, "give 1 to"},
        {0, (int64_t)CHARTER_EXPIRY_MOST + 1, "give 1 to"},
        {60, 60, "make least smaller"},
        {61, 60, "make least smaller"},
        {59, 60, NULL},
        {0, CHARTER_EXPIRY_MOST, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct charter *charter = house_charter();
        charter->roles[0].least = cases[i].least;
        charter->roles[0].most = cases[i].most;
        expect_charter(
            charter, cases[i].sentence == NULL ? OK : ERR_REFUSED, "R20", cases[i].sentence);
    }
}

static void charter__r2_no_role_is_called_like_another_in_other_letters(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    snprintf(charter->roles[1].name, LIMIT_NAME, "image/Root");
    expect_charter(charter, ERR_REFUSED, "R2", "beside root: write root");
    charter = house_charter();
    snprintf(charter->roles[1].name, LIMIT_NAME, "image/TIMESTAMP");
    expect_charter(charter, ERR_REFUSED, "R2", "beside timestamp");
    charter = house_charter();
    snprintf(charter->roles[1].name, LIMIT_NAME, "image/roots");
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

static void charter__r21_a_key_is_named_by_its_own_hash(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    charter->administrators[2].key.id = made_up_key(LOG_KEY + 1).id;
    expect_charter(charter, ERR_FORM, "R2", "Line 10 has a hash that is not its key's");
}

// ---- limits ----

static void fill_lists(struct charter *charter)
{
    while (charter->administrator_count < LIMIT_ADMINISTRATORS) {
        char name[LIMIT_NAME + 1];
        snprintf(name, sizeof name, "person-%02zu", charter->administrator_count);
        house_person(charter, name);
    }
    while (charter->requester_count < LIMIT_REQUESTERS) {
        char name[LIMIT_NAME + 1];
        snprintf(name, sizeof name, "service-%02zu", charter->requester_count);
        house_requester(charter, name, "release-desk");
    }
    while (charter->group_count < LIMIT_GROUPS) {
        char name[LIMIT_NAME + 1];
        snprintf(name, sizeof name, "team-%02zu", charter->group_count);
        house_group(charter, name, LIMIT_ADMINISTRATORS);
    }
    while (charter->repository_count < LIMIT_REPOSITORIES) {
        char name[LIMIT_NAME + 1];
        snprintf(name, sizeof name, "repository-%02zu", charter->repository_count);
        house_repository(charter, name);
    }
}

static void fill_roles(struct charter *charter)
{
    while (charter->role_count < LIMIT_ROLES) {
        char name[LIMIT_NAME + 1];
        snprintf(name, sizeof name, "image/u%03zu", charter->role_count);
        house_role(charter, name, (struct quorum){0, 2}, 1);
    }
    size_t last = charter->role_count - 1;
    struct role_key *first = &charter->keys[charter->key_count - 1];
    size_t count = 1;
    for (; charter->key_count < LIMIT_KEYS; count++) {
        first[count].role = last;
        first[count].key = made_up_key(ROLE_KEY + 1000 + (unsigned)charter->key_count++);
    }
    qsort(first, count, sizeof first[0], house_key_order);
}

static void charter__takes_as_much_as_the_limits_say(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter(), *again = charter_new();
    fill_lists(charter);
    fill_roles(charter);
    struct bytes text = house_text(charter);
    struct refusal refusal = {.sentence = ""};
    enum err err = charter_read(bytes_span(&text), again, &refusal);
    assert_string_equal(refusal.sentence, "");
    assert_int_equal(err, OK);
    assert_int_equal(again->key_count, LIMIT_KEYS);
    assert_int_equal(again->role_count, LIMIT_ROLES);
    assert_int_equal(again->groups[LIMIT_GROUPS - 1].member_count, LIMIT_ADMINISTRATORS);
    bytes_clear(&text);
    charter_free(again);
    charter_free(charter);
}

static void charter__r20_refuses_one_more_of_anything(void **unused)
{
    (void)unused;
    static const char *const names[] = {
        "administrator", "group", "requester", "repository", "role", "key"};
    struct charter *charter = house_charter();
    fill_lists(charter);
    fill_roles(charter);
    struct bytes text = house_text(charter), more;
    bytes_init(&more, LIMIT_CHARTER);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        // The last line of a name, once more.
        char start[32], sentence[64];
        snprintf(start, sizeof start, "\n%s: ", names[i]);
        snprintf(sentence, sizeof sentence, "lines %s.", names[i]);
        uint8_t *line = text.data, *found;
        size_t left = text.size;
        while ((found = memmem(line + 1, left - 1, start, strlen(start))) != NULL) {
            left -= (size_t)(found - line);
            line = found;
        }
        uint8_t *end = memchr(line + 1, '\n', left - 1);
        bytes_reset(&more);
        bytes_add(&more, span_of(text.data, (size_t)(end - text.data)));
        bytes_add(&more, span_of(line, (size_t)(text.data + text.size - line)));
        expect_text(bytes_span(&more), ERR_REFUSED, "R20", sentence);
    }
    bytes_clear(&more);
    bytes_clear(&text);
    charter_free(charter);
}

static void charter__r20_refuses_a_text_over_the_limit(void **unused)
{
    (void)unused;
    uint8_t *large = malloc(LIMIT_CHARTER + 1);
    assert_non_null(large);
    memset(large, 'a', LIMIT_CHARTER + 1);
    expect_text(span_of(large, LIMIT_CHARTER), ERR_FORM, "R2", "Line 1");
    expect_text(span_of(large, LIMIT_CHARTER + 1), ERR_REFUSED, "R20", "at most");
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charter__r7_epoch_1_alone_has_no_charter_before_it),
        cmocka_unit_test(charter__r5_every_quorum_is_2_to_n),
        cmocka_unit_test(
            charter__r5_all_members_may_be_the_quorum_when_none_of_them_may_submit),
        cmocka_unit_test(charter__r5_a_group_of_one_can_have_no_quorum),
        cmocka_unit_test(charter__r7_its_own_quorum_is_at_least_the_largest),
        cmocka_unit_test(charter__r13_the_clock_has_bounds),
        cmocka_unit_test(charter__r20_expiry_has_bounds),
        cmocka_unit_test(charter__r2_no_role_is_called_like_another_in_other_letters),
        cmocka_unit_test(charter__r18_every_role_has_a_key),
        cmocka_unit_test(charter__r21_one_public_key_stands_at_one_place),
        cmocka_unit_test(charter__r16_a_small_order_key_is_refused),
        cmocka_unit_test(charter__r21_a_key_is_named_by_its_own_hash),
        cmocka_unit_test(charter__takes_as_much_as_the_limits_say),
        cmocka_unit_test(charter__r20_refuses_one_more_of_anything),
        cmocka_unit_test(charter__r20_refuses_a_text_over_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
