// Motions: what holds for every kind, lifts, and the time (R1, R2, R7, R12, R13, R14).
#include "tests/unit/council.h"
#include "tests/unit/made_up.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct bytes text_bytes(const char *content)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    bytes_add_text(&text, content);
    return text;
}

static struct bytes time_text(uint64_t number, moment time)
{
    struct bytes text;
    struct time_motion motion = {number, time};
    bytes_init(&text, LIMIT_RECORD);
    time_motion_write(&motion, &text);
    return text;
}

static void asks_time(struct council *council, moment time)
{
    struct bytes text = time_text(1, time);
    council_asks(council, MOTION_TIME, 1, &text);
}

// ---- every kind ----

static void govern__r2_takes_nothing_that_is_no_motion(void **unused)
{
    (void)unused;
    static const char *const roles[] = {"image/root", "conclave/freeze", "conclave/", ""};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        struct council *council = council_new();
        asks_time(council, COUNCIL_TIME);
        snprintf(council->item.role, sizeof council->item.role, "%s", roles[i]);
        council_refuses(council, "R2", "ask for conclave/charter");
        const struct govern_deed deed = {.item = &council->item, .order = COUNCIL_ORDER};
        assert_int_equal(
            govern_apply(council->govern, council->charter, &deed, council->state), ERR_FORM);
        council_free(council);
    }
}

static void govern__r1_judges_the_very_bytes_that_were_asked_for(void **unused)
{
    (void)unused;
    govern_free(NULL);
    struct council *council = council_new();
    asks_time(council, COUNCIL_TIME);
    council->item.payload = council_hash(1);
    council_refuses(council, "R1", "send the very bytes");
    council_free(council);
}

static void govern__r2_takes_no_text_without_its_form(void **unused)
{
    (void)unused;
    static const struct {
        enum motion motion;
        uint64_t version;
        const char *text;
        const char *sentence;
    } cases[] = {
        {MOTION_CHARTER, 2, "conclave.charter/v1\nepoch: 2\n", "line previous of a charter"},
        {MOTION_IMPORT, 1, "conclave.import/v1\nnumber: 1\n", "conclave/import does not have"},
        {MOTION_KEYS, 1, "conclave.keys/v1\nnumber: 1\n", "conclave/keys does not have"},
        {MOTION_LIFT, 1, "conclave.lift/v1\n", "conclave/lift does not have"},
        {MOTION_TIME, 1, "conclave.time/v1\nnumber: 1\n", "conclave/time does not have"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct council *council = council_new();
        struct bytes text = text_bytes(cases[i].text);
        council_asks(council, cases[i].motion, cases[i].version, &text);
        council_refuses(council, "R2", cases[i].sentence);
        council_free(council);
    }
}

static void govern__r12_takes_only_the_next_number(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    struct bytes text = time_text(2, COUNCIL_TIME);
    council_asks(council, MOTION_TIME, 2, &text);
    council_refuses(council, "R12", "it must be 1");
    text = time_text(2, COUNCIL_TIME);
    council_asks(council, MOTION_TIME, 1, &text);
    council_refuses(council, "R12", "has number 2, but its request asks for number 1");
    asks_time(council, COUNCIL_TIME);
    council_does(council, NULL);
    assert_int_equal(council->state->motions[MOTION_TIME].number, 1);
    assert_true(
        hash_equal(&council->state->motions[MOTION_TIME].payload, &council->item.payload));
    council_refuses(council, "R12", "it must be 2"); // each is carried out once
    council_free(council);
}

// ---- the time ----

enum { CLOCK = 300, JUMP = 90 * 86400, TEN_YEARS = 10 * 365 * 86400 };

// Whatever is sealed: not later than what is stated, so that nothing is set back.
static void govern__r13_takes_a_time_that_fits_the_clock(void **unused)
{
    (void)unused;
    static const moment clocks[] = {
        0, COUNCIL_TIME, COUNCIL_TIME - TEN_YEARS, COUNCIL_TIME + TEN_YEARS,
        INT64_C(0x7fffffff),           // 2038-01-19T03:14:07Z, the last second of 31 bits
        INT64_C(0x80000000),           // and the one behind it
        INT64_C(0xffffffff),           // 2106-02-07T06:28:15Z, the last second of 32 bits
        INT64_C(0x100000000),          // and the one behind it
        INT64_C(253402300799) - CLOCK, // near the last moment that has a text
    };
    for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
        struct council *council = council_new();
        council->now = clocks[i];
        council->state->time = clocks[i] > JUMP ? clocks[i] - JUMP : 0;
        asks_time(council, clocks[i]);
        council_takes(council, NULL);
        asks_time(council, clocks[i] + CLOCK);
        council_takes(council, NULL);
        if (clocks[i] >= JUMP) {
            asks_time(council, clocks[i] - JUMP);
            council_takes(council, NULL);
        }
        council_free(council);
    }
}

static void govern__r13_takes_no_time_that_the_clock_denies(void **unused)
{
    (void)unused;
    static const struct {
        moment now;
        moment time;
        const char *sentence;
    } cases[] = {
        {COUNCIL_TIME, COUNCIL_TIME + CLOCK + 1, "clock is behind it"},
        {COUNCIL_TIME, COUNCIL_TIME - JUMP - 1, "ahead of it by more"},
        {COUNCIL_TIME - TEN_YEARS, COUNCIL_TIME, "clock is behind it"},
        {COUNCIL_TIME + TEN_YEARS, COUNCIL_TIME, "ahead of it by more"},
        {-1, CLOCK, "clock is behind it"},
        {-TEN_YEARS, 0, "behind it: 1970-01-01T00:00:00Z"},
        {INT64_MIN, COUNCIL_TIME, "clock is behind it"},
        {INT64_MAX, COUNCIL_TIME, "ahead of it by more"},
        {INT64_C(0x7fffffff), INT64_C(0x80000000) + CLOCK, "clock is behind it"},
        {INT64_C(0x80000000) + JUMP, INT64_C(0x7fffffff), "ahead of it by more"},
        {INT64_C(0xffffffff), INT64_C(0x100000000) + CLOCK, "clock is behind it"},
        {INT64_C(0x100000000) + JUMP, INT64_C(0xffffffff), "ahead of it by more"},
        // A clock of 32 bits that began anew.
        {0, INT64_C(0x100000000), "clock is behind it"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct council *council = council_new();
        council->now = cases[i].now;
        asks_time(council, cases[i].time);
        council_refuses(council, "R13", cases[i].sentence);
        council_free(council);
    }
}

static void govern__r14_a_time_takes_no_evidence(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    asks_time(council, COUNCIL_TIME);
    council_shows(council, span_text("it is noon"));
    council_refuses(council, "R14", "comes with 1 files of evidence, and takes 0");
    council_free(council);
}

static void use_rate(struct council *council, const char *name, moment since)
{
    struct role_state role = {.version = 3, .used = 2, .used_since = since};
    snprintf(role.role, sizeof role.role, "%s", name);
    assert_int_equal(state_set(council->state, &role), OK);
}

static void freeze_at(struct council *council, moment time)
{
    struct freeze_state freeze = {.statement = council_hash((unsigned)time), .time = time};
    freeze.of.what = FREEZE_REQUEST;
    assert_int_equal(state_set_freeze(council->state, &freeze), OK);
}

static void govern__r13_a_time_forward_moves_nothing_else(void **unused)
{
    (void)unused;
    static const moment forward[] = {COUNCIL_TIME, COUNCIL_TIME + TEN_YEARS};
    for (size_t i = 0; i < 2; i++) {
        struct council *council = council_new();
        use_rate(council, "image/root", COUNCIL_TIME - 5);
        council->state->since = 7;
        council->now = forward[i];
        asks_time(council, forward[i]);
        council_does(council, NULL);
        assert_int_equal(council->state->time, forward[i]);
        assert_int_equal(council->state->since, 7);
        assert_int_equal(council->state->roles[0].used_since, COUNCIL_TIME - 5);
        council_free(council);
    }
}

// The sealed time is COUNCIL_TIME; whoever has time needs no other one behind it.
static void govern__r13_sets_no_time_back_while_the_clock_is_not_behind(void **unused)
{
    (void)unused;
    static const struct {
        moment now;
        moment time;
        bool taken;
    } cases[] = {
        {COUNCIL_TIME + JUMP - 1, COUNCIL_TIME - 1, false},
        {COUNCIL_TIME + JUMP, COUNCIL_TIME, true},
        {COUNCIL_TIME + 3600, COUNCIL_TIME - 3600, false},
        {COUNCIL_TIME, COUNCIL_TIME - 1, false},
        {COUNCIL_TIME, COUNCIL_TIME, true},
        {COUNCIL_TIME - 1, COUNCIL_TIME - 1, false},
        // Behind, but by so little that there is time: the sealed one may be stated.
        {COUNCIL_TIME - CLOCK, COUNCIL_TIME - CLOCK, false},
        {COUNCIL_TIME - CLOCK, COUNCIL_TIME - 1, false},
        {COUNCIL_TIME - CLOCK, COUNCIL_TIME, true},
        {COUNCIL_TIME - CLOCK - 1, COUNCIL_TIME - CLOCK - 1, true},
        {COUNCIL_TIME - CLOCK - 1, COUNCIL_TIME - 1, true},
        {COUNCIL_TIME - TEN_YEARS, COUNCIL_TIME - TEN_YEARS - 60, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct council *council = council_new();
        council->now = cases[i].now;
        asks_time(council, cases[i].time);
        if (cases[i].taken)
            council_takes(council, NULL);
        else
            council_refuses(council, "R13", "It would end every approval for nothing");
        council_free(council);
    }
}

static void govern__r13_a_time_back_ends_what_was_opened_before(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    const moment back = COUNCIL_TIME - TEN_YEARS;
    use_rate(council, "image/root", back - 5);
    use_rate(council, "image/targets", back + 5);
    freeze_at(council, back - 5);
    freeze_at(council, back + 5);
    council->now = back;
    asks_time(council, back);
    council_does(council, NULL);
    assert_int_equal(council->state->time, back);
    assert_int_equal(council->state->since, COUNCIL_ORDER + 1);
    // A window that began in a time that never was would stay open for years.
    assert_int_equal(council->state->roles[0].used_since, back - 5);
    assert_int_equal(council->state->roles[1].used_since, back);
    assert_int_equal(council->state->roles[1].used, 2);
    for (size_t i = 0; i < 2; i++)
        assert_true(council->state->freezes[i].time <= back);
    council_free(council);
}

// ---- lifts ----

static struct hash freeze(struct council *council, struct freeze_of of)
{
    struct freeze_state freeze = {
        .statement = council_hash(70), .time = COUNCIL_TIME, .of = of};
    freeze.administrator = council->charter->administrators[0].key.id;
    assert_int_equal(state_set_freeze(council->state, &freeze), OK);
    return freeze.statement;
}

static void asks_lift(
    struct council *council, const struct hash *statement, struct freeze_of of)
{
    struct bytes text;
    struct lift_motion motion = {*statement, of};
    bytes_init(&text, LIMIT_RECORD);
    lift_motion_write(&motion, &text);
    council_asks(council, MOTION_LIFT, 1, &text);
}

static void govern__r7_a_lift_is_decided_by_whose_thing_is_frozen(void **unused)
{
    (void)unused;
    static const struct {
        struct freeze_of of;
        const char *decides;
    } cases[] = {
        {{.what = FREEZE_EVERYTHING}, "charter"},
        {{.what = FREEZE_ROLE, .role = "image/targets"}, "image/targets"},
        {{.what = FREEZE_ROLE, .role = "director/root"}, "director/root"},
        {{.what = FREEZE_ROLE, .role = "conclave/keys"}, "charter"},
        {{.what = FREEZE_ROLE, .role = "conclave/import"}, "charter"},
        {{.what = FREEZE_ROLE, .role = "image/gone"}, "charter"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct council *council = council_new();
        struct hash statement = freeze(council, cases[i].of);
        asks_lift(council, &statement, cases[i].of);
        council_takes(council, cases[i].decides);
        const struct govern_deed deed = {.item = &council->item, .order = COUNCIL_ORDER};
        assert_int_equal(
            govern_apply(council->govern, council->charter, &deed, council->state), OK);
        assert_int_equal(council->state->freeze_count, 0);
        assert_int_equal(council->state->motions[MOTION_LIFT].number, 0);
        council_refuses(council, "R7", "No freeze of this statement is in force");
        council_free(council);
    }
}

static void govern__r14_a_lift_says_what_its_freeze_stops(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    struct freeze_of root = {.what = FREEZE_ROLE, .role = "image/root"};
    struct freeze_of targets = {.what = FREEZE_ROLE, .role = "image/targets"};
    struct hash statement = freeze(council, root), other = council_hash(71);
    asks_lift(council, &statement, targets);
    council_refuses(council, "R14", "does not say what its freeze stops");
    asks_lift(council, &other, root);
    council_refuses(council, "R7", "No freeze of this statement is in force");
    asks_lift(council, &statement, root);
    council_shows(council, span_text("why not"));
    council_refuses(council, "R14", "takes 0");
    council_free(council);
}

// The text of a request for some roles.
static struct bytes request_text(const struct council *council, const char *const *roles)
{
    struct request *request = calloc(1, sizeof *request);
    struct bytes text;
    assert_non_null(request);
    request->appliance = council->charter->log;
    request->requester = council->charter->requesters[0].key.id;
    snprintf(request->reason, sizeof request->reason, "a release");
    request->expires = COUNCIL_TIME + 86400;
    for (size_t i = 0; roles[i] != NULL; i++) {
        struct item *item = &request->items[request->item_count++];
        snprintf(item->role, sizeof item->role, "%s", roles[i]);
        item->version = 4;
        item->payload = council_hash(4);
    }
    bytes_init(&text, LIMIT_RECORD);
    request_write(request, &text);
    assert_int_equal(bytes_finish(&text), OK);
    free(request);
    return text;
}

static void asks_lift_of(struct council *council, struct span frozen)
{
    struct freeze_of of = {.what = FREEZE_REQUEST, .thing = request_id(frozen)};
    struct hash statement = freeze(council, of);
    asks_lift(council, &statement, of);
}

static void govern__r7_the_lift_of_a_frozen_request_is_decided_by_each_of_its_roles(
    void **unused)
{
    (void)unused;
    // Each once, for however many vehicles.
    static const char *const roles[] = {
        "image/targets@VIN8", "director/root", "image/targets@VIN7", NULL};
    struct council *council = council_new();
    struct bytes frozen = request_text(council, roles);
    asks_lift_of(council, bytes_span(&frozen));
    council_shows(council, bytes_span(&frozen));
    assert_int_equal(council_judges(council), OK);
    assert_int_equal(council->govern->decides_count, 2);
    assert_string_equal(council->govern->decides[0], "director/root");
    assert_string_equal(council->govern->decides[1], "image/targets");
    bytes_clear(&frozen);
    council_free(council);
}

static void govern__r7_a_request_for_what_the_charter_does_not_name_is_the_charters(
    void **unused)
{
    (void)unused;
    static const char *const gone[] = {"image/targets", "image/gone", NULL};
    static const char *const motion[] = {"conclave/keys", NULL};
    const char *const *const cases[] = {gone, motion};
    for (size_t i = 0; i < 2; i++) {
        struct council *council = council_new();
        struct bytes frozen = request_text(council, cases[i]);
        asks_lift_of(council, bytes_span(&frozen));
        council_shows(council, bytes_span(&frozen));
        council_takes(council, "charter");
        bytes_clear(&frozen);
        council_free(council);
    }
}

static void govern__r1_the_lift_of_a_request_shows_that_request(void **unused)
{
    (void)unused;
    static const char *const roles[] = {"image/targets", NULL};
    static const char *const others[] = {"image/root", NULL};
    struct council *council = council_new();
    struct bytes frozen = request_text(council, roles), other = request_text(council, others);
    asks_lift_of(council, bytes_span(&frozen));
    council_refuses(council, "R14", "comes with 0 files of evidence, and takes 1");
    council_shows(council, bytes_span(&other));
    council_refuses(council, "R1", "not the text of the frozen request");
    council_shows(council, bytes_span(&frozen));
    council_refuses(council, "R14", "comes with 2 files of evidence, and takes 1");
    council_free(council);

    council = council_new();
    struct span noise = span_text("no request at all");
    asks_lift_of(council, noise);
    council_shows(council, noise);
    council_refuses(council, "R2", "What is frozen is no request");
    bytes_clear(&frozen);
    bytes_clear(&other);
    council_free(council);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(govern__r2_takes_nothing_that_is_no_motion),
        cmocka_unit_test(govern__r1_judges_the_very_bytes_that_were_asked_for),
        cmocka_unit_test(govern__r2_takes_no_text_without_its_form),
        cmocka_unit_test(govern__r12_takes_only_the_next_number),
        cmocka_unit_test(govern__r13_takes_no_time_that_the_clock_denies),
        cmocka_unit_test(govern__r13_takes_a_time_that_fits_the_clock),
        cmocka_unit_test(govern__r14_a_time_takes_no_evidence),
        cmocka_unit_test(govern__r13_a_time_forward_moves_nothing_else),
        cmocka_unit_test(govern__r13_sets_no_time_back_while_the_clock_is_not_behind),
        cmocka_unit_test(govern__r13_a_time_back_ends_what_was_opened_before),
        cmocka_unit_test(govern__r14_a_lift_says_what_its_freeze_stops),
        cmocka_unit_test(govern__r1_the_lift_of_a_request_shows_that_request),
        cmocka_unit_test(govern__r7_a_lift_is_decided_by_whose_thing_is_frozen),
        cmocka_unit_test(
            govern__r7_the_lift_of_a_frozen_request_is_decided_by_each_of_its_roles),
        cmocka_unit_test(
            govern__r7_a_request_for_what_the_charter_does_not_name_is_the_charters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
