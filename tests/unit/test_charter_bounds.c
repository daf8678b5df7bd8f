// The bounds of a charter's numbers (R13, R20): each at its end, and one beyond.
#include "policy/charter.h"
#include "tests/unit/charter_house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static void expect_bound(struct charter *charter, const char *rule, const char *sentence)
{
    expect_charter(charter, sentence == NULL ? OK : ERR_REFUSED, rule, sentence);
}

static void charter__r13_the_clock_has_bounds(void **unused)
{
    (void)unused;
    static const struct {
        int64_t clock;
        const char *sentence; // NULL: good
    } cases[] = {
        {0, "The clock limit is 0 seconds: give 1 to 86400"},
        {CHARTER_CLOCK_MOST + 1, "give 1 to 86400"},
        {1, NULL},
        {CHARTER_CLOCK_MOST, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct charter *charter = house_charter();
        charter->clock = cases[i].clock;
        expect_bound(charter, "R13", cases[i].sentence);
    }
}

static void charter__r13_the_jump_lies_between_the_clock_and_ten_years(void **unused)
{
    (void)unused;
    static const struct {
        int64_t jump;
        const char *sentence;
    } cases[] = {
        {0, "The jump limit is 0 seconds: give 300"},
        {299, "give 300 (the clock limit) to 316224000"},
        {(int64_t)CHARTER_JUMP_MOST + 1, "give 300"},
        {300, NULL},
        {CHARTER_JUMP_MOST, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct charter *charter = house_charter();
        charter->jump = cases[i].jump;
        charter->changes_delay = 0;
        expect_bound(charter, "R13", cases[i].sentence);
    }
}

static void charter__r20_expiry_has_bounds(void **unused)
{
    (void)unused;
    static const struct {
        int64_t least, most;
        const char *sentence;
    } cases[] = {
        {0, 0, "give 1 to"},
        {0, (int64_t)CHARTER_EXPIRY_MOST + 1, "give 1 to"},
        {60, 60, "make least smaller"},
        {61, 60, "make least smaller"},
        {59, 60, NULL},
        {0, CHARTER_EXPIRY_MOST, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct charter *charter = house_charter();
        charter->roles[0].least = cases[i].least;
        charter->roles[0].most = cases[i].most;
        expect_bound(charter, "R20", cases[i].sentence);
    }
}

static void charter__r20_no_delay_outlives_a_request(void **unused)
{
    (void)unused;
    static const struct {
        int64_t role, changes;
        const char *sentence;
    } cases[] = {
        {(int64_t)CHARTER_DELAY_MOST + 1, 0, "The delay of director/root is 7776000 seconds"},
        {0, (int64_t)CHARTER_DELAY_MOST + 1, "The delay of charter is 7776000 seconds"},
        {CHARTER_DELAY_MOST, CHARTER_DELAY_MOST, NULL},
        {0, 0, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct charter *charter = house_charter();
        charter->roles[1].within = 0;
        charter->roles[0].delay = cases[i].role;
        charter->changes_delay = cases[i].changes;
        expect_bound(charter, "R20", cases[i].sentence);
    }
}

// A role decides its own requests, and the lift of its freezes.
static void charter__r20_approvals_are_waited_for_longer_than_any_delay(void **unused)
{
    (void)unused;
    static const struct {
        int64_t within, delay, changes;
        const char *sentence;
    } cases[] = {
        {(int64_t)LIMIT_REQUEST_LIFE + 1, 0, 0, "give 1 to 7776000"},
        {3600, 3600, 0, "nothing is signed before 3600"},
        {3600, 3601, 0, "nothing is signed before 3601"},
        {3600, 0, 3600, "the lift of a freeze of it waits for 3600"},
        {3600, 60, 3601, "waits for 3601, the delay of charter"},
        {3600, 3599, 3599, NULL},
        {LIMIT_REQUEST_LIFE, CHARTER_DELAY_MOST, CHARTER_DELAY_MOST, NULL},
        {0, 3600, 3600, NULL},
        {1, 0, 0, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct charter *charter = house_charter();
        charter->roles[1].within = cases[i].within;
        charter->roles[1].delay = cases[i].delay;
        charter->changes_delay = cases[i].changes;
        expect_bound(charter, "R20", cases[i].sentence);
    }
}

static void charter__r20_a_rate_has_bounds(void **unused)
{
    (void)unused;
    static const struct {
        uint64_t rate;
        int64_t seconds;
        const char *sentence;
    } cases[] = {
        {CHARTER_RATE_MOST + 1, 60, "The rate of image/root is 1000001 per 60 seconds"},
        {1, CHARTER_RATE_SECONDS_MOST + 1, "1 to 31622400 seconds (a year)"},
        {CHARTER_RATE_MOST, CHARTER_RATE_SECONDS_MOST, NULL},
        {1, 1, NULL},
        {0, 0, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct charter *charter = house_charter();
        charter->roles[1].rate = cases[i].rate;
        charter->roles[1].rate_seconds = cases[i].seconds;
        expect_bound(charter, "R20", cases[i].sentence);
    }
}

// Whether the role has so many keys here is no rule: others may live in other tokens.
static void charter__r20_the_least_threshold_is_1_to_64(void **unused)
{
    (void)unused;
    static const struct {
        uint64_t threshold;
        const char *sentence;
    } cases[] = {
        {0, "The least threshold of image/targets is 0: give 1 to 64"},
        {CHARTER_THRESHOLD_MOST + 1, "is 65: give 1 to 64"},
        {CHARTER_THRESHOLD_MOST, NULL},
        {1, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct charter *charter = house_charter();
        charter->roles[2].threshold = cases[i].threshold;
        expect_bound(charter, "R20", cases[i].sentence);
    }
}

static void charter__r17_every_requester_has_a_quota(void **unused)
{
    (void)unused;
    static const struct {
        struct quota quota;
        const char *sentence;
    } cases[] = {
        {{0, 1, 1}, "The requester laptop may have 0 open requests: give 1 to 2048"},
        {{LIMIT_OPEN + 1, 1, 1}, "may have 2049 open requests"},
        {{1, 0, 1}, "may have 0 bytes a day"},
        {{1, 1, 0}, "may have 0 records a day"},
        {{1, 1, 1}, NULL},
        {{LIMIT_OPEN, LIMIT_INDEX, LIMIT_INDEX}, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct charter *charter = house_charter();
        charter->requesters[1].quota = cases[i].quota;
        expect_bound(charter, "R20", cases[i].sentence);
    }
}

static void charter__r13_a_statement_of_the_time_is_never_too_old(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    charter->jump = charter->changes_delay = 600;
    expect_charter(charter, ERR_REFUSED, "R13", "no statement would ever be new enough");
    charter = house_charter();
    charter->changes_delay = 600;
    charter->jump = 601;
    expect_charter(charter, OK, "", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charter__r13_the_clock_has_bounds),
        cmocka_unit_test(charter__r13_the_jump_lies_between_the_clock_and_ten_years),
        cmocka_unit_test(charter__r13_a_statement_of_the_time_is_never_too_old),
        cmocka_unit_test(charter__r20_expiry_has_bounds),
        cmocka_unit_test(charter__r20_no_delay_outlives_a_request),
        cmocka_unit_test(charter__r20_approvals_are_waited_for_longer_than_any_delay),
        cmocka_unit_test(charter__r20_a_rate_has_bounds),
        cmocka_unit_test(charter__r20_the_least_threshold_is_1_to_64),
        cmocka_unit_test(charter__r17_every_requester_has_a_quota),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
