// Deciding (R5, R7, R12): metadata, motions, custodians, and who may still vote.
#include "policy/decide.h"
#include "tests/unit/charter_house.h"
#include "tests/unit/made_up.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ALICE, BOB, CAROL, DAVE, REVOKED = 300 };

struct scene {
    struct charter *charter;
    struct opened opened;
    struct vote votes[16];
    size_t count;
    const char *person;
    struct state state;
};

static struct scene *scene_new(void)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    scene->charter = house_charter();
    scene->person = "release-desk";
    return scene;
}

static void scene_free(struct scene *scene)
{
    charter_free(scene->charter);
    free(scene);
}

static struct ballot scene_ballot(const struct scene *scene)
{
    return (struct ballot){
        scene->charter, &scene->opened, scene->person, scene->votes, scene->count};
}

static void vote(struct scene *scene, size_t person, enum decision decision)
{
    scene->votes[scene->count++] =
        (struct vote){scene->charter->administrators[person].key.id, decision};
}

static void item(struct scene *scene, const char *role)
{
    struct item *one = &scene->opened.items[scene->opened.item_count++];
    snprintf(one->role, sizeof one->role, "%s", role);
    one->version = 7;
    one->payload.byte[0] = 7;
}

static void decides(struct scene *scene, const char *name)
{
    snprintf(
        scene->opened.decides[scene->opened.decides_count++], LIMIT_ROLE_NAME + 1, "%s", name);
}

static enum verdict verdict(const struct scene *scene)
{
    struct ballot ballot = scene_ballot(scene);
    return decide(&ballot);
}

static void decide__r5_metadata_is_decided_by_its_roles_whatever_its_record_says(void **unused)
{
    (void)unused;
    struct scene *scene = scene_new();
    item(scene, "image/root");       // three of four
    decides(scene, "image/targets"); // two of three
    vote(scene, ALICE, DECISION_APPROVE);
    vote(scene, BOB, DECISION_APPROVE);
    assert_int_equal(verdict(scene), VERDICT_OPEN);
    struct ballot ballot = scene_ballot(scene);
    assert_int_equal(decide_quorums(&ballot), 1);
    assert_string_equal(decide_name(&ballot, 0), "image/root");
    assert_int_equal(decide_tally(&ballot, 0).need, 3);
    vote(scene, DAVE, DECISION_APPROVE);
    assert_int_equal(verdict(scene), VERDICT_COMPLETE);
    scene_free(scene);
}

static void decide__every_quorum_must_be_complete(void **unused)
{
    (void)unused;
    struct scene *scene = scene_new();
    item(scene, "image/targets");
    item(scene, "image/root");
    vote(scene, ALICE, DECISION_APPROVE);
    vote(scene, BOB, DECISION_APPROVE);
    assert_int_equal(verdict(scene), VERDICT_OPEN);
    vote(scene, CAROL, DECISION_REJECT);
    assert_int_equal(verdict(scene), VERDICT_OPEN);
    vote(scene, DAVE, DECISION_REJECT); // image/root has no third any more
    assert_int_equal(verdict(scene), VERDICT_IMPOSSIBLE);
    scene_free(scene);
}

static void decide__r7_a_motion_is_decided_by_whom_its_record_names(void **unused)
{
    (void)unused;
    struct scene *scene = scene_new();
    item(scene, "conclave/lift");
    decides(scene, "image/targets");
    vote(scene, ALICE, DECISION_APPROVE);
    vote(scene, BOB, DECISION_APPROVE);
    assert_int_equal(verdict(scene), VERDICT_COMPLETE);
    decides(scene, "image/root");
    assert_int_equal(verdict(scene), VERDICT_OPEN);
    scene->opened.decides_count = 0;
    decides(scene, "charter"); // three of four
    assert_int_equal(verdict(scene), VERDICT_OPEN);
    vote(scene, DAVE, DECISION_APPROVE);
    assert_int_equal(verdict(scene), VERDICT_COMPLETE);
    struct ballot ballot = scene_ballot(scene);
    assert_int_equal(decide_quorums(&ballot), 1);
    assert_string_equal(decide_name(&ballot, 0), "charter");
    scene_free(scene);
}

static void decide__what_nobody_decides_is_never_complete(void **unused)
{
    (void)unused;
    static const struct {
        const char *items[2];
        const char *decides;
    } cases[] = {
        {{NULL, NULL}, NULL},
        {{"conclave/keys", NULL}, NULL},
        {{"conclave/keys", NULL}, "image/nobody"},
        {{"conclave/keys", NULL}, "conclave/keys"},
        {{"conclave/none", NULL}, "charter"},
        {{"image/nobody", NULL}, NULL},
        {{"image/nobody", NULL}, "charter"},
        {{"image/targets", "image/nobody"}, NULL},
        {{"image/targets", "conclave/charter"}, "charter"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene *scene = scene_new();
        for (size_t at = 0; at < 2 && cases[i].items[at] != NULL; at++)
            item(scene, cases[i].items[at]);
        if (cases[i].decides != NULL)
            decides(scene, cases[i].decides);
        for (size_t person = ALICE; person <= DAVE; person++)
            vote(scene, person, DECISION_APPROVE);
        assert_int_equal(verdict(scene), VERDICT_IMPOSSIBLE);
        scene_free(scene);
    }
}

// ---- custodians ----

// image/root gets four keys: carol's, alice's, bob's, and one that is nobody's.
static void give_custodians(struct scene *scene)
{
    struct charter *charter = scene->charter;
    static const int custodians[] = {CAROL, ALICE, BOB, -1};
    charter->key_count = 0;
    for (unsigned i = 0; i < 4; i++) {
        struct role_key *key = &charter->keys[charter->key_count++];
        *key = (struct role_key){.role = 1, .key = made_up_key(ROLE_KEY + i)};
        key->has_custodian = custodians[i] >= 0;
        key->custodian = key->has_custodian ? (size_t)custodians[i] : 0;
    }
    scene->opened.reach_count = 1;
    struct reach *reach = &scene->opened.reach[0];
    snprintf(reach->role, sizeof reach->role, "image/root");
    reach->need = 3;
    reach->key_count = 4;
    for (size_t i = 0; i < 4; i++)
        reach->keys[i] = charter->keys[i].key.id;
}

static size_t reached(const struct scene *scene)
{
    struct ballot ballot = scene_ballot(scene);
    return decide_reached(&ballot, &scene->opened.reach[0]);
}

static void decide__r12_waits_until_enough_custodians_approved(void **unused)
{
    (void)unused;
    struct scene *scene = scene_new();
    give_custodians(scene);
    scene->charter->roles[1].quorum.k = 2;
    item(scene, "image/root");
    assert_int_equal(reached(scene), 1);
    vote(scene, DAVE, DECISION_APPROVE);
    vote(scene, ALICE, DECISION_APPROVE);
    assert_int_equal(reached(scene), 2);
    assert_int_equal(verdict(scene), VERDICT_OPEN); // two persons, but two keys of three
    vote(scene, BOB, DECISION_APPROVE);
    assert_int_equal(reached(scene), 3);
    assert_int_equal(verdict(scene), VERDICT_COMPLETE);
    scene->opened.reach[1] = scene->opened.reach[0];
    scene->opened.reach[1].need = 4;
    scene->opened.reach_count = 2; // a root's old threshold and its new
    assert_int_equal(verdict(scene), VERDICT_OPEN);
    vote(scene, CAROL, DECISION_APPROVE);
    assert_int_equal(verdict(scene), VERDICT_COMPLETE);
    scene_free(scene);
}

static void decide__r12_ends_when_custodians_who_rejected_are_missing(void **unused)
{
    (void)unused;
    struct scene *scene = scene_new();
    give_custodians(scene);
    scene->charter->roles[1].quorum.k = 2;
    item(scene, "image/root");
    vote(scene, DAVE, DECISION_APPROVE);
    vote(scene, ALICE, DECISION_APPROVE);
    vote(scene, BOB, DECISION_REJECT);
    assert_int_equal(verdict(scene), VERDICT_OPEN);
    vote(scene, CAROL, DECISION_APPROVE);
    vote(scene, CAROL, DECISION_REJECT);
    assert_int_equal(reached(scene), 2);
    assert_int_equal(verdict(scene), VERDICT_IMPOSSIBLE);
    scene_free(scene);
}

static void decide__r5_the_requesters_person_reaches_nothing_as_custodian(void **unused)
{
    (void)unused;
    struct scene *scene = scene_new();
    give_custodians(scene);
    item(scene, "image/root");
    scene->opened.reach[0].need = 4;
    assert_int_equal(verdict(scene), VERDICT_OPEN);
    scene->person = "carol";
    for (size_t person = ALICE; person <= DAVE; person++)
        vote(scene, person, DECISION_APPROVE);
    assert_int_equal(reached(scene), 3);
    assert_int_equal(verdict(scene), VERDICT_IMPOSSIBLE);
    scene->opened.reach[0].need = 3;
    assert_int_equal(verdict(scene), VERDICT_COMPLETE);
    scene_free(scene);
}

static void decide__r12_keys_that_are_not_the_roles_reach_nothing(void **unused)
{
    (void)unused;
    struct scene *scene = scene_new();
    give_custodians(scene);
    item(scene, "image/root");
    struct reach *reach = &scene->opened.reach[0];
    reach->need = 1;
    reach->key_count = 2;
    reach->keys[0] = made_up_key(REVOKED).id;
    reach->keys[1] = scene->charter->keys[3].key.id;
    assert_int_equal(reached(scene), 1);
    snprintf(reach->role, sizeof reach->role, "image/targets");
    assert_int_equal(reached(scene), 0);
    for (size_t person = ALICE; person <= DAVE; person++)
        vote(scene, person, DECISION_APPROVE);
    assert_int_equal(verdict(scene), VERDICT_IMPOSSIBLE);
    scene_free(scene);
}

// ---- later custodians ----

// image/root 7 was signed with alice's key and the one that is nobody's.
static struct scene *signed_scene(void)
{
    struct scene *scene = scene_new();
    give_custodians(scene);
    item(scene, "image/root");
    vote(scene, ALICE, DECISION_APPROVE);
    vote(scene, DAVE, DECISION_APPROVE);
    struct role_state last = {.role = "image/root", .version = 7, .payload = {{7}}};
    assert_int_equal(state_set(&scene->state, &last), OK);
    struct signed_state line = {.role = "image/root", .key = scene->charter->keys[1].key.id};
    assert_int_equal(state_set_signed(&scene->state, &line), OK);
    return scene;
}

static bool adds(const struct scene *scene)
{
    struct ballot ballot = scene_ballot(scene);
    return decide_adds(&ballot, &scene->state);
}

static void decide__r12_a_later_custodian_adds_a_signature_once(void **unused)
{
    (void)unused;
    struct scene *scene = signed_scene();
    assert_false(adds(scene)); // alice's is there, dave has none
    vote(scene, BOB, DECISION_APPROVE);
    assert_true(adds(scene));
    struct signed_state line = {.role = "image/root", .key = scene->charter->keys[2].key.id};
    assert_int_equal(state_set_signed(&scene->state, &line), OK);
    assert_false(adds(scene));
    scene_free(scene);
}

static void decide__r12_nobody_else_adds_a_signature(void **unused)
{
    (void)unused;
    struct scene *scene = signed_scene();
    vote(scene, BOB, DECISION_APPROVE);
    vote(scene, BOB, DECISION_REJECT);
    assert_false(adds(scene));
    vote(scene, CAROL, DECISION_APPROVE);
    scene->person = "carol";
    assert_false(adds(scene));
    scene->person = "release-desk";
    assert_true(adds(scene));
    struct key_state retired = {
        .role = "image/root", .key = scene->charter->keys[0].key, .retired = true};
    assert_int_equal(state_set_key(&scene->state, &retired), OK);
    assert_false(adds(scene));
    scene_free(scene);
}

static void decide__r12_nothing_is_added_to_what_was_overtaken(void **unused)
{
    (void)unused;
    struct scene *scene = signed_scene();
    vote(scene, BOB, DECISION_APPROVE);
    assert_true(adds(scene));
    struct role_state next = {.role = "image/root", .version = 7, .payload = {{8}}};
    assert_int_equal(state_set(&scene->state, &next), OK);
    assert_false(adds(scene));
    next = (struct role_state){.role = "image/root", .version = 8, .payload = {{7}}};
    assert_int_equal(state_set(&scene->state, &next), OK);
    assert_false(adds(scene));
    scene->state.role_count = 0;
    assert_false(adds(scene));
    scene_free(scene);
}

// ---- who may vote ----

static void admits(const struct scene *scene, const struct hash *key, enum decision decision,
    const char *sentence)
{
    struct ballot ballot = scene_ballot(scene);
    struct refusal refusal = {.rule = ""};
    enum err err = decide_admits(&ballot, key, decision, &refusal);
    assert_int_equal(err, sentence == NULL ? OK : ERR_REFUSED);
    if (sentence == NULL)
        return;
    assert_string_equal(refusal.rule, "R5");
    if (strstr(refusal.sentence, sentence) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", refusal.sentence, sentence);
}

static void decide__r5_admits_each_person_that_decides_once(void **unused)
{
    (void)unused;
    struct scene *scene = scene_new();
    const struct administrator *all = scene->charter->administrators;
    struct hash stranger = made_up_key(REVOKED).id;
    item(scene, "image/targets"); // alice, bob, carol
    admits(scene, &stranger, DECISION_APPROVE, "is no administrator's");
    admits(scene, &all[DAVE].key.id, DECISION_APPROVE, "in no group that decides");
    admits(scene, &all[DAVE].key.id, DECISION_REJECT, "in no group that decides");
    admits(scene, &all[ALICE].key.id, DECISION_APPROVE, NULL);
    scene->person = "alice";
    admits(scene, &all[ALICE].key.id, DECISION_APPROVE, "never counts for it");
    admits(scene, &all[ALICE].key.id, DECISION_REJECT, "never counts for it");
    scene->person = "release-desk";
    vote(scene, ALICE, DECISION_APPROVE);
    admits(scene, &all[ALICE].key.id, DECISION_APPROVE, "a person counts once");
    admits(scene, &all[ALICE].key.id, DECISION_REJECT, NULL);
    vote(scene, ALICE, DECISION_REJECT);
    admits(scene, &all[ALICE].key.id, DECISION_APPROVE, "final for its person");
    admits(scene, &all[ALICE].key.id, DECISION_REJECT, "final for its person");
    scene_free(scene);
}

static void decide__r7_admits_to_a_motion_whom_its_record_names(void **unused)
{
    (void)unused;
    struct scene *scene = scene_new();
    const struct administrator *all = scene->charter->administrators;
    item(scene, "conclave/lift");
    admits(scene, &all[ALICE].key.id, DECISION_APPROVE, "in no group that decides");
    decides(scene, "image/nobody");
    admits(scene, &all[ALICE].key.id, DECISION_APPROVE, "in no group that decides");
    decides(scene, "image/targets");
    admits(scene, &all[ALICE].key.id, DECISION_APPROVE, NULL);
    admits(scene, &all[DAVE].key.id, DECISION_APPROVE, "in no group that decides");
    decides(scene, "charter");
    admits(scene, &all[DAVE].key.id, DECISION_APPROVE, NULL);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decide__what_nobody_decides_is_never_complete),
        cmocka_unit_test(decide__r5_metadata_is_decided_by_its_roles_whatever_its_record_says),
        cmocka_unit_test(decide__every_quorum_must_be_complete),
        cmocka_unit_test(decide__r7_a_motion_is_decided_by_whom_its_record_names),
        cmocka_unit_test(decide__r12_waits_until_enough_custodians_approved),
        cmocka_unit_test(decide__r12_ends_when_custodians_who_rejected_are_missing),
        cmocka_unit_test(decide__r5_the_requesters_person_reaches_nothing_as_custodian),
        cmocka_unit_test(decide__r12_keys_that_are_not_the_roles_reach_nothing),
        cmocka_unit_test(decide__r12_a_later_custodian_adds_a_signature_once),
        cmocka_unit_test(decide__r12_nobody_else_adds_a_signature),
        cmocka_unit_test(decide__r12_nothing_is_added_to_what_was_overtaken),
        cmocka_unit_test(decide__r5_admits_each_person_that_decides_once),
        cmocka_unit_test(decide__r7_admits_to_a_motion_whom_its_record_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
