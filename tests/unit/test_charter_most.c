// Charters as long as the limits let them be, and one line more.
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

static void fill_lists(struct charter *charter)
{
    while (charter->administrator_count < LIMIT_ADMINISTRATORS) {
        char name[LIMIT_NAME + 1];
        snprintf(name, sizeof name, "person-%043zu", charter->administrator_count);
        house_person(charter, name);
    }
    while (charter->requester_count < LIMIT_REQUESTERS) {
        char name[LIMIT_NAME + 1];
        snprintf(name, sizeof name, "service-%042zu", charter->requester_count);
        house_requester(charter, name, "release-desk");
    }
    while (charter->group_count < LIMIT_GROUPS) {
        char name[LIMIT_NAME + 1];
        snprintf(name, sizeof name, "team-%045zu", charter->group_count);
        house_group(charter, name, LIMIT_ADMINISTRATORS);
    }
    while (charter->repository_count < LIMIT_REPOSITORIES) {
        char name[LIMIT_NAME + 1];
        snprintf(name, sizeof name, "repository-%039zu", charter->repository_count);
        house_repository(charter, name);
    }
}

static void fill_roles(struct charter *charter)
{
    while (charter->role_count < LIMIT_ROLES) {
        char name[LIMIT_ROLE_NAME + 1];
        snprintf(name, sizeof name, "%s/u%049zu",
            charter->repositories[LIMIT_REPOSITORIES - 1].name, charter->role_count);
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

static int by_role_and_key(const void *a, const void *b)
{
    const struct role_key *first = a, *second = b;
    return first->role == second->role
               ? house_key_order(a, b)
               : (first->role > second->role) - (first->role < second->role);
}

// Every key the longest there is.
static void lengthen_keys(struct charter *charter)
{
    unsigned number = 0;
    for (size_t i = 0; i < charter->administrator_count; i++)
        charter->administrators[i].key = made_up_long_key(number++);
    for (size_t i = 0; i < charter->requester_count; i++)
        charter->requesters[i].key = made_up_long_key(number++);
    for (size_t i = 0; i < charter->key_count; i++)
        charter->keys[i].key = made_up_long_key(number++);
    qsort(charter->keys, charter->key_count, sizeof charter->keys[0], by_role_and_key);
}

static void charter__takes_as_much_as_the_limits_say(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter(), *again = charter_new();
    fill_lists(charter);
    fill_roles(charter);
    lengthen_keys(charter);
    struct bytes text = house_text(charter);
    struct refusal refusal = {.sentence = ""};
    enum err err = charter_read(bytes_span(&text), again, &refusal);
    assert_string_equal(refusal.sentence, "");
    assert_int_equal(err, OK);
    assert_int_equal(again->key_count, LIMIT_KEYS);
    assert_int_equal(again->role_count, LIMIT_ROLES);
    assert_int_equal(again->groups[LIMIT_GROUPS - 1].member_count, LIMIT_ADMINISTRATORS);
    assert_true(text.size > 2 * LIMIT_CHARTER / 3);
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
        cmocka_unit_test(charter__takes_as_much_as_the_limits_say),
        cmocka_unit_test(charter__r20_refuses_one_more_of_anything),
        cmocka_unit_test(charter__r20_refuses_a_text_over_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
