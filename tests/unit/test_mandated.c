// Requests under mandates, judged without the program (metadata/mandated.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/mandated.h"
#include "tests/unit/metadata_house.h"
#include "tests/unit/metadata_vectors.h"
#include "tests/unit/rule_name.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 24 * 3600, EVIDENCE = 2 };

static struct house house;
static struct state past;
static struct request request;
static struct mandated_names names;
static struct last lasts[LIMIT_LASTS];
static struct mandated order;
static struct refusal refusal;

static struct role *role_named(const char *name)
{
    for (size_t i = 0; i < house.charter->role_count; i++)
        if (strcmp(house.charter->roles[i].name, name) == 0)
            return &house.charter->roles[i];
    fail_msg("no role %s", name);
    return NULL;
}

static void give_mandate(const char *role)
{
    struct mandate_state mandate = {.number = 1,
        .text = hash_of(span_text(role)),
        .live = true,
        .requester = house.charter->requesters[0].key.id,
        .first = 1,
        .last = 100,
        .count = 100,
        .longest = 200 * DAY,
        .until = HOUSE_NOW + DAY};
    snprintf(mandate.role, sizeof mandate.role, "%s", role);
    assert_int_equal(state_set_mandate(&house.state, &mandate), OK);
    role_named(role)->by_mandate = true;
}

static int open_house(void **state)
{
    (void)state;
    house_init_of(&house, DIALECT_UPTANE);
    house.charter->repositories[0].kind = KIND_DIRECTOR;
    house_signed(&house, "image/root", "root-1");
    give_mandate("image/snapshot");
    give_mandate("image/targets");
    give_mandate("image/timestamp");
    request = (struct request){.requester = house.charter->requesters[0].key.id};
    memset(lasts, 0, sizeof lasts);
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    house_clear(&house);
    return 0;
}

static void ask(const char *role, struct span payload)
{
    struct item *item = &request.items[request.item_count++];
    *item = (struct item){.version = 1, .payload = hash_of(payload)};
    snprintf(item->role, sizeof item->role, "%s", role);
}

static void put_role(const char *role, uint64_t version, const char *payload)
{
    struct role_state line = {.version = version, .payload = hash_of(span_text(payload))};
    snprintf(line.role, sizeof line.role, "%s", role);
    assert_int_equal(state_set(&house.state, &line), OK);
}

// ---- what was signed last ----

static void mandated__asks_for_what_its_items_list(void **state)
{
    (void)state;
    ask("image/snapshot@one", span_text("a"));
    ask("image/timestamp@one", span_text("b"));
    ask("image/targets@two", span_text("c"));
    mandated_name(house.charter, &request, &names);
    assert_int_equal(names.count, 5);
    assert_string_equal(names.at[0], "image/snapshot@one");
    assert_string_equal(names.at[1], "image/timestamp@one");
    assert_string_equal(names.at[2], "image/targets@two");
    assert_string_equal(names.at[3], "image/targets@one");
    assert_string_equal(names.at[4], "image/snapshot@one");
    // A quorum's last stands in the state.
    role_named("image/targets")->by_mandate = false;
    mandated_name(house.charter, &request, &names);
    assert_int_equal(names.count, 4);
    assert_string_equal(names.at[3], "image/snapshot@one");
}

static void mandated__the_later_of_two_lasts_counts(void **state)
{
    (void)state;
    put_role("image/snapshot", 9, "by a quorum");
    put_role("image/targets@one", 5, "by a quorum");
    put_role("image/targets@two", 5, "by a quorum");
    put_role("image/targets@unasked", 5, "by a quorum");
    ask("image/snapshot", span_text("a"));
    ask("image/targets@one", span_text("b"));
    ask("image/targets@two", span_text("c"));
    ask("image/targets@new", span_text("d"));
    mandated_name(house.charter, &request, &names);
    lasts[0] = (struct last){8, hash_of(span_text("under a mandate"))};
    lasts[1] = (struct last){6, hash_of(span_text("under a mandate"))};
    assert_int_equal(mandated_past(&house.state, &names, lasts, &past), OK);
    assert_int_equal(state_role(&past, "image/snapshot")->version, 9);
    assert_int_equal(state_role(&past, "image/targets@one")->version, 6);
    assert_int_equal(state_role(&past, "image/targets@two")->version, 5);
    assert_null(state_role(&past, "image/targets@new"));
    assert_null(state_role(&past, "image/targets@unasked"));
    assert_int_equal(state_role(&past, "image/root")->version, 1);
    assert_int_equal(past.role_count, 4);
    for (size_t i = 1; i < past.role_count; i++)
        assert_true(strcmp(past.roles[i - 1].role, past.roles[i].role) < 0);
}

static void mandated__takes_no_last_that_is_half_of_one(void **state)
{
    (void)state;
    ask("image/targets@one", span_text("a"));
    mandated_name(house.charter, &request, &names);
    lasts[0].version = 1;
    assert_int_equal(mandated_past(&house.state, &names, lasts, &past), ERR_FORM);
    lasts[0] = (struct last){0, hash_of(span_text("a"))};
    assert_int_equal(mandated_past(&house.state, &names, lasts, &past), ERR_FORM);
}

// ---- judging ----

static enum err judge_snapshot(size_t evidence_count)
{
    struct bytes payload = vector_of(DIALECT_UPTANE, "snapshot-1"), files[EVIDENCE];
    struct span payloads[1] = {bytes_span(&payload)}, evidence[EVIDENCE];
    const struct span none[1] = {{0}}, roots[1] = {bytes_span(&house.root)};
    files[0] = vector_of(DIALECT_UPTANE, "targets-1.signed");
    files[1] = vector_of(DIALECT_UPTANE, "targets-2.signed");
    for (size_t i = 0; i < EVIDENCE; i++)
        evidence[i] = bytes_span(&files[i]);
    request.item_count = 0;
    ask("image/snapshot@one", payloads[0]);
    request.evidence_count = evidence_count;
    mandated_name(house.charter, &request, &names);
    enum err err = mandated_past(&house.state, &names, lasts, &past);
    const struct mandated_case given = {.charter = house.charter,
        .state = &house.state,
        .past = &past,
        .id = hash_of(span_text("request")),
        .request = &request,
        .signature = span_text("signature"),
        .payloads = payloads,
        .previous = none,
        .roots = roots,
        .evidence = evidence,
        .time = HOUSE_NOW};
    if (err == OK)
        err = mandated_judge(&given, &order, &refusal);
    bytes_clear(&payload);
    for (size_t i = 0; i < EVIDENCE; i++)
        bytes_clear(&files[i]);
    return err;
}

static void assert_refused(size_t evidence, const char *rule, const char *words)
{
    assert_int_equal(judge_snapshot(evidence), ERR_REFUSED);
    if (!rule_is_of(refusal.rule, rule) || strstr(refusal.sentence, words) == NULL)
        fail_msg("%s \"%s\" expected: %s %s", rule, words, refusal.rule, refusal.sentence);
}

static void mandated__r12_a_snapshot_lists_what_mandates_signed_last(void **state)
{
    (void)state;
    assert_refused(1, "R12", "image/targets@one was never signed here");
    struct bytes targets = vector_of(DIALECT_UPTANE, "targets-1");
    lasts[1] = (struct last){2, hash_of(bytes_span(&targets))};
    assert_refused(1, "R12", "but the last version signed is 2");
    lasts[1].version = 1;
    assert_refused(0, "R12", "not among the evidence");
    assert_refused(2, "R2", "is needed for no item of the request");
    assert_int_equal(judge_snapshot(1), OK);
    assert_int_equal(order.mandate_count, 1);
    assert_string_equal(order.mandates[0].role, "image/snapshot");
    bytes_clear(&targets);
}

static void mandated__names_each_mandate_once(void **state)
{
    (void)state;
    struct bytes payload = vector_of(DIALECT_UPTANE, "director-1");
    const struct span payloads[3] = {
        bytes_span(&payload), bytes_span(&payload), bytes_span(&payload)};
    const struct span none[3] = {{0}};
    const struct span roots[3] = {
        bytes_span(&house.root), bytes_span(&house.root), bytes_span(&house.root)};
    for (size_t i = 0; i < 3; i++) {
        char role[LIMIT_ROLE_NAME + 1];
        snprintf(role, sizeof role, "image/targets@%zu", i);
        ask(role, payloads[i]);
    }
    mandated_name(house.charter, &request, &names);
    assert_int_equal(mandated_past(&house.state, &names, lasts, &past), OK);
    const struct mandated_case given = {.charter = house.charter,
        .state = &house.state,
        .past = &past,
        .id = hash_of(span_text("request")),
        .request = &request,
        .signature = span_text("signature"),
        .payloads = payloads,
        .previous = none,
        .roots = roots,
        .time = HOUSE_NOW};
    if (mandated_judge(&given, &order, &refusal) != OK)
        fail_msg("%s %s", refusal.rule, refusal.sentence);
    assert_int_equal(order.mandate_count, 1);
    assert_string_equal(order.mandates[0].role, "image/targets");
    assert_int_equal(order.time, HOUSE_NOW);
    bytes_clear(&payload);
}

// Its round lists a Targets for each Snapshot: more lines of vehicles than a state may have.
static void mandated__a_fleet_takes_in_one_vehicle_more(void **state)
{
    (void)state;
    static struct span payloads[LIMIT_ITEMS], previous[LIMIT_ITEMS], roots[LIMIT_ITEMS];
    struct bytes payload = vector_of(DIALECT_UPTANE, "snapshot-1");
    struct bytes targets = vector_of(DIALECT_UPTANE, "targets-1");
    struct bytes file = vector_of(DIALECT_UPTANE, "targets-1.signed");
    const struct span evidence[1] = {bytes_span(&file)};
    for (size_t i = 0; i < LIMIT_ITEMS; i++) {
        char role[LIMIT_ROLE_NAME + 1];
        snprintf(role, sizeof role, "image/snapshot@%zu", i);
        payloads[i] = bytes_span(&payload);
        roots[i] = bytes_span(&house.root);
        ask(role, payloads[i]);
        lasts[LIMIT_ITEMS + i] = (struct last){1, hash_of(bytes_span(&targets))};
        if (i == 0)
            continue; // the new one; the others sign what they signed last
        previous[i] = payloads[i];
        lasts[i] = (struct last){1, hash_of(payloads[i])};
    }
    request.evidence_count = 1;
    mandated_name(house.charter, &request, &names);
    assert_int_equal(names.count, LIMIT_LASTS);
    assert_int_equal(mandated_past(&house.state, &names, lasts, &past), OK);
    const struct mandated_case given = {.charter = house.charter,
        .state = &house.state,
        .past = &past,
        .id = hash_of(span_text("request")),
        .request = &request,
        .signature = span_text("signature"),
        .payloads = payloads,
        .previous = previous,
        .roots = roots,
        .evidence = evidence,
        .time = HOUSE_NOW};
    if (mandated_judge(&given, &order, &refusal) != OK)
        fail_msg("%s %s", refusal.rule, refusal.sentence);
    bytes_clear(&payload);
    bytes_clear(&targets);
    bytes_clear(&file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(mandated__asks_for_what_its_items_list),
        TEST(mandated__the_later_of_two_lasts_counts),
        TEST(mandated__takes_no_last_that_is_half_of_one),
        TEST(mandated__r12_a_snapshot_lists_what_mandates_signed_last),
        TEST(mandated__names_each_mandate_once),
        TEST(mandated__a_fleet_takes_in_one_vehicle_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
