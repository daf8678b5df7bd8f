// Names in a charter that people would take for one another.
#include "tests/unit/charter_house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

// Alice's laptop would ask, and alice count.
static void charter__r5_no_two_persons_are_called_alike_in_other_letters(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    snprintf(charter->requesters[1].person, LIMIT_NAME, "Alice");
    expect_charter(charter, ERR_REFUSED, "R5",
        "Alice (the person behind laptop) and alice (an administrator) differ in the case");
    charter = house_charter();
    snprintf(charter->requesters[0].person, LIMIT_NAME, "daVe");
    expect_charter(charter, ERR_REFUSED, "R5",
        "daVe (the person behind image-service) and dave (an administrator) differ");
    charter = house_charter();
    snprintf(charter->administrators[0].name, LIMIT_NAME, "BOB"); // before bob, bytewise
    expect_charter(
        charter, ERR_REFUSED, "R5", "bob (an administrator) and BOB (an administrator) differ");
    charter = house_charter();
    snprintf(charter->requesters[0].person, LIMIT_NAME, "erin");
    snprintf(charter->requesters[1].person, LIMIT_NAME, "Erin");
    expect_charter(charter, ERR_REFUSED, "R5",
        "Erin (the person behind laptop) and erin (the person behind image-service) differ");
}

// One person may stand behind several services; services and groups are no persons.
static void charter__r5_the_same_name_is_the_same_person(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    snprintf(charter->requesters[1].person, LIMIT_NAME, "release-desk");
    expect_charter(charter, OK, "", "");
    charter = house_charter();
    snprintf(charter->requesters[0].person, LIMIT_NAME, "Alic");
    snprintf(charter->requesters[1].person, LIMIT_NAME, "Alice2");
    expect_charter(charter, OK, "", "");
    charter = house_charter();
    snprintf(charter->groups[0].name, LIMIT_NAME, "Alice");
    snprintf(charter->requesters[0].name, LIMIT_NAME, "Dave");
    expect_charter(charter, OK, "", "");
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

static void charter__r2_no_repository_is_called_conclave_in_any_letters(void **unused)
{
    (void)unused;
    static const char *const bad[] = {"conclave", "Conclave", "CONCLAVE", "conClave"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct charter *charter = house_charter();
        snprintf(charter->repositories[0].name, LIMIT_NAME, "%s", bad[i]);
        snprintf(charter->roles[0].name, LIMIT_ROLE_NAME, "%s/root", bad[i]);
        expect_charter(charter, ERR_REFUSED, "R2", "under that name the appliance itself");
    }
    struct charter *charter = house_charter();
    snprintf(charter->repositories[0].name, LIMIT_NAME, "conclaves");
    snprintf(charter->roles[0].name, LIMIT_ROLE_NAME, "conclaves/root");
    expect_charter(charter, OK, "", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charter__r5_no_two_persons_are_called_alike_in_other_letters),
        cmocka_unit_test(charter__r5_the_same_name_is_the_same_person),
        cmocka_unit_test(charter__r2_no_role_is_called_like_another_in_other_letters),
        cmocka_unit_test(charter__r2_no_repository_is_called_conclave_in_any_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
