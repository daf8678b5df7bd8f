// Opening requests for metadata (metadata/opening.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/opening.h"
#include "tests/unit/metadata_house.h"
#include "tests/unit/metadata_vectors.h"
#include "tests/unit/rule_name.h"

#include <stdlib.h>
#include <string.h>

enum { HOUR = 3600, DAY = 24 * HOUR, ITEMS = 2 };

// ---- metadata ----

static struct house house;
static struct request request;
static struct opened opened;
static struct bytes payloads[ITEMS], evidence[ITEMS], rendering;
static struct refusal refusal;

static int open_house(void **state)
{
    (void)state;
    house_init(&house);
    house_signed(&house, "image/root", "root-1");
    request = (struct request){.appliance = house.charter->log,
        .requester = house.charter->requesters[0].key.id,
        .reason = "weekly release",
        .expires = HOUSE_NOW + 10 * DAY};
    bytes_init(&rendering, RENDER_MOST);
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    house_clear(&house);
    for (size_t i = 0; i < ITEMS; i++) {
        bytes_clear(&payloads[i]);
        bytes_clear(&evidence[i]);
    }
    bytes_clear(&rendering);
    return 0;
}

static void ask(const char *role, const char *name)
{
    size_t i = request.item_count++;
    payloads[i] = vector_tuf(name);
    struct item *item = &request.items[i];
    *item = (struct item){.version = 1, .payload = hash_of(bytes_span(&payloads[i]))};
    snprintf(item->role, sizeof item->role, "%s", role);
}

static void bring(const char *name)
{
    size_t i = request.evidence_count++;
    evidence[i] = vector_tuf(name);
    request.evidence[i] = hash_of(bytes_span(&evidence[i]));
}

static struct opening_case house_case(struct span spans[ITEMS], struct span roots[ITEMS])
{
    static const struct span none[ITEMS];
    for (size_t i = 0; i < ITEMS; i++) {
        spans[i] = bytes_span(&payloads[i]);
        roots[i] = bytes_span(&house.root);
    }
    return (struct opening_case){.charter = house.charter,
        .state = &house.state,
        .appliance = house.charter->log,
        .id = hash_of(span_text("request")),
        .request = &request,
        .signature = span_text("signed"),
        .payloads = spans,
        .previous = none,
        .roots = roots,
        .time = HOUSE_NOW};
}

static enum err make(void)
{
    struct span spans[ITEMS], roots[ITEMS];
    struct opening_case given = house_case(spans, roots);
    struct span brought[ITEMS];
    for (size_t i = 0; i < ITEMS; i++)
        brought[i] = bytes_span(&evidence[i]);
    given.evidence = brought;
    refusal = (struct refusal){.rule = ""};
    bytes_reset(&rendering);
    return opening_make(&given, &opened, &rendering, &refusal);
}

static void assert_opens(void)
{
    if (make() != OK)
        fail_msg("%s %s", refusal.rule, refusal.sentence);
}

static void assert_says(const struct refusal *said, const char *rule, const char *words)
{
    if (!rule_is_of(said->rule, rule) || strstr(said->sentence, words) == NULL)
        fail_msg("%s \"%s\" expected: %s %s", rule, words, said->rule, said->sentence);
}

static void assert_refused(const char *rule, const char *words)
{
    assert_int_equal(make(), ERR_REFUSED);
    assert_says(&refusal, rule, words);
}

static struct role *role_named(const char *name)
{
    for (size_t i = 0; i < house.charter->role_count; i++)
        if (strcmp(house.charter->roles[i].name, name) == 0)
            return &house.charter->roles[i];
    fail_msg("no role %s", name);
    return NULL;
}

static void opening__r2_refuses_roles_that_the_charter_has_not(void **state)
{
    (void)state;
    ask("image/targets", "targets-1");
    ask("image/mirrors", "targets-1");
    assert_refused("R2", "the charter has no role image/mirrors");
}

static void opening__r7_a_motion_stands_alone(void **state)
{
    (void)state;
    ask("image/targets", "targets-1");
    ask("conclave/keys", "targets-1");
    assert_refused("R7", "conclave/keys stands in a request with other items");
    struct item first = request.items[0];
    request.items[0] = request.items[1];
    request.items[1] = first;
    assert_refused("R7", "conclave/keys stands in a request with other items");
}

static void opening__judges_every_item(void **state)
{
    (void)state;
    ask("image/targets", "targets-1");
    ask("image/root", "root-2");
    assert_refused("R12", "names version 1 of image/root, but its payload is version 2");
    request.items[1].version = 2;
    assert_refused("R12", "What image/root signed last is not at hand.");
    request.item_count = 1;
    assert_opens();
    request.items[0].payload.byte[0] ^= 1;
    assert_refused("R1", "not the one that the request names");
}

static void opening__r2_refuses_evidence_that_no_item_needs(void **state)
{
    (void)state;
    ask("image/targets", "targets-1");
    bring("targets-1.signed");
    assert_refused("R2/evidence-unneeded", "is needed for no item");
    house_signed(&house, "image/targets", "targets-1");
    bytes_clear(&payloads[0]);
    request.item_count = 0;
    ask("image/snapshot", "snapshot-1");
    assert_opens();
    bring("supplier-1.signed");
    assert_refused("R2/evidence-unneeded", "is needed for no item");
}

static void opening__r20_refuses_a_signature_larger_than_any(void **state)
{
    (void)state;
    struct span spans[ITEMS], roots[ITEMS];
    uint8_t large[KEY_SIGNATURE_MOST + 1] = {0};
    ask("image/targets", "targets-1");
    struct opening_case given = house_case(spans, roots);
    given.signature = span_of(large, sizeof large);
    assert_int_equal(opening_make(&given, &opened, &rendering, &refusal), ERR_REFUSED);
    assert_says(&refusal, "R20", "has 513 bytes, and at most 512");
    given.signature = span_of(large, sizeof large - 1);
    assert_int_equal(opening_make(&given, &opened, &rendering, &refusal), OK);
}

static void opening__r4_fills_in_every_line_that_approvers_sign(void **state)
{
    (void)state;
    ask("image/targets", "targets-1");
    bytes_add_text(&rendering, "");
    assert_opens();
    struct hash id = hash_of(span_text("request"));
    struct hash shown = hash_of(bytes_span(&rendering));
    assert_true(hash_equal(&opened.appliance, &house.charter->log));
    assert_true(hash_equal(&opened.request, &id));
    assert_true(hash_equal(&opened.requester, &request.requester));
    assert_int_equal(opened.signature_size, 6);
    assert_memory_equal(opened.signature, "signed", 6);
    assert_int_equal(opened.item_count, 1);
    assert_string_equal(opened.items[0].role, "image/targets");
    assert_true(hash_is_none(&opened.items[0].previous));
    assert_int_equal(opened.decides_count, 0);
    assert_int_equal(opened.reach_count, 0);
    assert_int_equal(opened.rendering, RENDERING);
    assert_true(hash_equal(&opened.shown, &shown));
    assert_int_equal(opened.epoch, house.charter->epoch);
    assert_true(hash_equal(&opened.charter, &house.charter->hash));
    assert_int_equal(opened.time, HOUSE_NOW);
    assert_int_equal(opened.earliest, HOUSE_NOW);
    assert_int_equal(opened.expires, request.expires);
}

static void opening__r14_hashes_only_what_it_rendered(void **state)
{
    (void)state;
    struct span spans[ITEMS], roots[ITEMS];
    ask("image/targets", "targets-1");
    assert_opens();
    struct hash shown = opened.shown;
    struct opening_case given = house_case(spans, roots);
    bytes_reset(&rendering);
    bytes_add_text(&rendering, "something else");
    assert_int_equal(opening_make(&given, &opened, &rendering, &refusal), OK);
    assert_true(hash_equal(&opened.shown, &shown));
    assert_true(span_starts(bytes_span(&rendering), "something elseConclave asks"));
}

// Two items, of roles with other delays and times for approvals.
static void opening__r4_the_longest_delay_and_the_shortest_time_count(void **state)
{
    (void)state;
    struct role *targets = role_named("image/targets"),
                *timestamp = role_named("image/timestamp");
    house_signed(&house, "image/snapshot", "snapshot-1");
    house_signed(&house, "image/targets", "targets-2");
    ask("image/targets", "targets-3");
    request.items[0].version = 3;
    house_adopt_supplier(&house);
    ask("image/supplier", "supplier-1");
    request.items[1].version = 7;
    struct role *supplier = role_named("image/supplier");
    // Only the first is judged against a last one, which nothing reads.
    struct span spans[ITEMS], roots[ITEMS], last[ITEMS] = {{0}};
    struct bytes before = vector_tuf("targets-2");
    struct opening_case given = house_case(spans, roots);
    last[0] = bytes_span(&before);
    given.previous = last;
    targets->delay = HOUR;
    supplier->delay = 2 * HOUR;
    timestamp->delay = 5 * DAY; // of no item
    timestamp->within = HOUR;
    assert_int_equal(opening_make(&given, &opened, &rendering, &refusal), OK);
    assert_int_equal(opened.earliest, HOUSE_NOW + 2 * HOUR);
    assert_int_equal(opened.expires, HOUSE_NOW + 10 * DAY);
    targets->within = 3 * DAY;
    assert_int_equal(opening_make(&given, &opened, &rendering, &refusal), OK);
    assert_int_equal(opened.expires, HOUSE_NOW + 3 * DAY);
    supplier->within = 2 * DAY;
    assert_int_equal(opening_make(&given, &opened, &rendering, &refusal), OK);
    assert_int_equal(opened.expires, HOUSE_NOW + 2 * DAY);
    supplier->within = 4 * DAY;
    assert_int_equal(opening_make(&given, &opened, &rendering, &refusal), OK);
    assert_int_equal(opened.expires, HOUSE_NOW + 3 * DAY);
    supplier->within = 30 * DAY;
    targets->within = 20 * DAY;
    assert_int_equal(opening_make(&given, &opened, &rendering, &refusal), OK);
    assert_int_equal(opened.expires, HOUSE_NOW + 10 * DAY);
    bytes_clear(&before);
}

static void opening__r20_refuses_what_would_end_before_it_may_be_done(void **state)
{
    (void)state;
    struct role *targets = role_named("image/targets");
    ask("image/targets", "targets-1");
    targets->delay = 10 * DAY - 1;
    assert_opens();
    targets->delay = 10 * DAY;
    assert_refused("R20", "nothing is signed before 2026-11-30T08:00:00Z (a delay of 864000 "
                          "seconds), and the request ends 2026-11-30T08:00:00Z");
    assert_says(&refusal, "R20", "submit it with a later expiry");
    targets->delay = HOUR;
    targets->within = HOUR;
    assert_refused("R20", "`within` of a role is too short for the delay");
    targets->within = HOUR + 1;
    assert_opens();
}

static void opening__r12_says_how_many_keys_must_be_able_to_sign(void **state)
{
    (void)state;
    ask("image/targets", "targets-1");
    for (size_t i = 0; i < house.charter->key_count; i++)
        house.charter->keys[i].has_custodian = true;
    assert_opens();
    assert_int_equal(opened.reach_count, 1);
    assert_string_equal(opened.reach[0].role, "image/targets");
    assert_int_equal(opened.reach[0].need, 2);
    static const char words[] = "signed when enough keys may sign: image/targets\n"
                                "  needed: 2 of these 2 keys\n  key: sha256:";
    assert_non_null(memmem(rendering.data, rendering.size, words, strlen(words)));
    static const char who[] = "    when this custodian has approved: alice\n";
    assert_non_null(memmem(rendering.data, rendering.size, who, strlen(who)));
}

static void opening__custodians_stand_where_a_root_lists_their_keys(void **state)
{
    (void)state;
    struct bytes root;
    struct span spans[ITEMS], roots[ITEMS];
    ask("image/root", "root-2");
    request.items[0].version = 2;
    house.charter->keys[1].has_custodian = true;
    house.charter->keys[1].custodian = 2;
    root = vector_tuf("root-1");
    struct span last[ITEMS] = {bytes_span(&root)};
    struct opening_case given = house_case(spans, roots);
    given.previous = last;
    assert_int_equal(opening_make(&given, &opened, &rendering, &refusal), OK);
    assert_int_equal(opened.reach_count, 2);
    static const char words[] = "\n  held: by this appliance\n  custodian: carol\n";
    assert_non_null(memmem(rendering.data, rendering.size, words, strlen(words)));
    bytes_clear(&root);
}

// ---- what stood there before ----

static void opening__names_what_an_item_builds_on(void **state)
{
    (void)state;
    struct item item = {.role = "image/root"};
    struct hash root = opening_previous(house.charter, &house.state, &item, (struct span){0});
    struct hash last = hash_of(bytes_span(&house.root));
    assert_true(hash_equal(&root, &last));
    root = opening_root(&house.state, &item);
    assert_true(hash_equal(&root, &last));
    snprintf(item.role, sizeof item.role, "image/targets");
    root = opening_root(&house.state, &item);
    assert_true(hash_equal(&root, &last));
    root = opening_previous(house.charter, &house.state, &item, (struct span){0});
    assert_true(hash_is_none(&root));
    snprintf(item.role, sizeof item.role, "other/targets");
    root = opening_root(&house.state, &item);
    assert_true(hash_is_none(&root));
    snprintf(item.role, sizeof item.role, "conclave/keys");
    root = opening_root(&house.state, &item);
    assert_true(hash_is_none(&root));
}

static void opening__names_what_a_motion_builds_on(void **state)
{
    (void)state;
    struct item item = {.version = 1};
    struct hash found;
    for (enum motion motion = MOTION_CHARTER; motion < MOTION_KINDS; motion++)
        house.state.motions[motion] =
            (struct motion_state){1, hash_of(span_text(motion_role(motion)))};
    static const enum motion chains[] = {MOTION_IMPORT, MOTION_KEYS, MOTION_TIME};
    for (size_t i = 0; i < 3; i++) {
        snprintf(item.role, sizeof item.role, "%s", motion_role(chains[i]));
        found = opening_previous(house.charter, &house.state, &item, (struct span){0});
        assert_true(hash_equal(&found, &house.state.motions[chains[i]].payload));
    }
    snprintf(item.role, sizeof item.role, "conclave/charter");
    found = opening_previous(house.charter, &house.state, &item, (struct span){0});
    assert_true(hash_equal(&found, &house.charter->hash));
    struct lift_motion lift = {
        .freeze = hash_of(span_text("freeze")), .of = {.what = FREEZE_EVERYTHING}};
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    lift_motion_write(&lift, &text);
    snprintf(item.role, sizeof item.role, "conclave/lift");
    found = opening_previous(house.charter, &house.state, &item, bytes_span(&text));
    assert_true(hash_equal(&found, &lift.freeze));
    found = opening_previous(house.charter, &house.state, &item, span_text("no lift"));
    assert_true(hash_is_none(&found));
    bytes_clear(&text);
}

#define HOUSE_TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(opening__r2_refuses_roles_that_the_charter_has_not),
        HOUSE_TEST(opening__r7_a_motion_stands_alone),
        HOUSE_TEST(opening__judges_every_item),
        HOUSE_TEST(opening__r2_refuses_evidence_that_no_item_needs),
        HOUSE_TEST(opening__r20_refuses_a_signature_larger_than_any),
        HOUSE_TEST(opening__r4_fills_in_every_line_that_approvers_sign),
        HOUSE_TEST(opening__r14_hashes_only_what_it_rendered),
        HOUSE_TEST(opening__r4_the_longest_delay_and_the_shortest_time_count),
        HOUSE_TEST(opening__r20_refuses_what_would_end_before_it_may_be_done),
        HOUSE_TEST(opening__r12_says_how_many_keys_must_be_able_to_sign),
        HOUSE_TEST(opening__custodians_stand_where_a_root_lists_their_keys),
        HOUSE_TEST(opening__names_what_an_item_builds_on),
        HOUSE_TEST(opening__names_what_a_motion_builds_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
