// What is judged in a repository of the `uptane` dialect (metadata/judge.h), and of RSA keys in `tuf`.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/judge_part.h"
#include "metadata/reach.h"
#include "tests/unit/metadata_house.h"
#include "tests/unit/metadata_vectors.h"
#include "tests/unit/rule_name.h"

#include <string.h>

static struct house house;
static struct scene scene;

static int open_house(void **state)
{
    (void)state;
    house_init_of(&house, DIALECT_UPTANE);
    return 0;
}

static int open_tuf_house(void **state)
{
    (void)state;
    house_init(&house);
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    scene_clear(&scene);
    house_clear(&house);
    return 0;
}

static void assert_refused(const char *rule, const char *words)
{
    enum err err = scene_judge(&scene);
    if (err != ERR_REFUSED || !rule_is_of(scene.refusal.rule, rule) ||
        strstr(scene.refusal.sentence, words) == NULL)
        fail_msg("%s \"%s\" expected, but: %s %s %s", rule, words, err_text(err),
            scene.refusal.rule, scene.refusal.sentence);
}

static void assert_passes(void)
{
    if (scene_judge(&scene) != OK)
        fail_msg("%s %s", scene.refusal.rule, scene.refusal.sentence);
    assert_int_equal(scene.facts.version, scene.item.version);
}

static void be_director(void)
{
    house.charter->repositories[0].kind = KIND_DIRECTOR;
}

// ---- the dialect ----

static void judge__r2_an_uptane_role_refuses_tuf_metadata(void **state)
{
    (void)state;
    static const char *const roles[][2] = {{"image/root", "root-1"},
        {"image/targets", "targets-1"}, {"image/snapshot", "snapshot-1"},
        {"image/timestamp", "timestamp-1"}};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        scene_clear(&scene);
        scene_init(&scene, &house, roles[i][0], roles[i][1], NULL);
        bytes_clear(&scene.payload);
        scene.payload = vector_tuf(roles[i][1]);
        scene.item.version = 1;
        assert_refused("R2", "as the dialect uptane has it");
    }
}

static void judge__r2_a_tuf_role_refuses_uptane_metadata(void **state)
{
    (void)state;
    scene_init(&scene, &house, "image/root", "root-1", NULL);
    bytes_clear(&scene.payload);
    scene.payload = vector_of(DIALECT_UPTANE, "root-1");
    scene.item.version = 1;
    assert_refused("R2", "as the dialect tuf has it");
}

static void judge__an_uptane_repository_grows(void **state)
{
    (void)state;
    scene_init(&scene, &house, "image/root", "root-1", NULL);
    assert_passes();
    house_signed(&house, "image/root", "root-1");
    scene_clear(&scene);
    scene_init(&scene, &house, "image/targets", "targets-1", NULL);
    assert_passes();
    house_signed(&house, "image/targets", "targets-1");
    scene_clear(&scene);
    scene_init(&scene, &house, "image/snapshot", "snapshot-1", NULL);
    assert_refused("R12", "not among the evidence");
    scene_evidence(&scene, "targets-1.signed");
    assert_passes();
    house_signed(&house, "image/snapshot", "snapshot-1");
    scene_clear(&scene);
    scene_init(&scene, &house, "image/timestamp", "timestamp-1", NULL);
    assert_refused("R12", "not among the evidence");
    scene_evidence(&scene, "snapshot-1.signed");
    assert_passes();
}

static void judge__r12_the_suppliers_of_an_uptane_repository_are_shown(void **state)
{
    (void)state;
    house_signed(&house, "image/root", "root-1");
    scene_init(&scene, &house, "image/targets", "targets-2", NULL);
    assert_passes();
    house_signed(&house, "image/targets", "targets-2");
    scene_clear(&scene);
    scene_init(&scene, &house, "image/snapshot", "snapshot-2", NULL);
    scene_evidence(&scene, "targets-2.signed");
    scene_evidence(&scene, "bins-1.signed");
    assert_refused("R12", "supplier.json version 7 is not among the evidence");
    scene_evidence(&scene, "supplier-1.signed");
    assert_passes();
}

static void judge__r2_evidence_is_read_in_the_dialect(void **state)
{
    (void)state;
    house_signed(&house, "image/root", "root-1");
    house_signed(&house, "image/targets", "targets-1");
    scene_init(&scene, &house, "image/snapshot", "snapshot-1", NULL);
    scene.evidence[scene.evidence_count++] = vector_tuf("targets-1.signed");
    assert_refused("R2", "is not understood");
    bytes_clear(&scene.evidence[0]);
    scene.evidence[0] = vector_of(DIALECT_UPTANE, "targets-1.signed");
    assert_passes();
    // The method of another key.
    replace_text(
        &scene.evidence[0], "\"method\":\"ed25519\"", "\"method\":\"rsassa-pss-sha256\"");
    assert_refused("R2", "so many bytes");
}

// ---- directors ----

static void judge__a_director_signs_directions(void **state)
{
    (void)state;
    be_director();
    house_signed(&house, "image/root", "root-1");
    scene_init(&scene, &house, "image/targets", "director-1", NULL);
    assert_passes();
}

static void judge__r2_a_director_delegates_to_nobody(void **state)
{
    (void)state;
    be_director();
    house_signed(&house, "image/root", "root-1");
    scene_init(&scene, &house, "image/targets", "targets-2", NULL);
    assert_refused("R2", "take the delegations out");
    house.charter->repositories[0].kind = KIND_IMAGE;
    assert_passes();
}

// ---- sizes ----

static void judge__r20_knows_what_clients_of_each_dialect_take(void **state)
{
    (void)state;
    enum { UPTANE = 64 * 1024, IMAGES = 8 * 1024 * 1024 };
    static const struct {
        struct repository repository;
        size_t most[TUF_TIMESTAMP + 1];
    } takes[] = {
        {{"a", DIALECT_TUF, KIND_IMAGE}, {0, 512000, 5000000, 2000000, 16384}},
        {{"b", DIALECT_UPTANE, KIND_IMAGE}, {0, UPTANE, IMAGES, UPTANE, UPTANE}},
        {{"c", DIALECT_UPTANE, KIND_DIRECTOR}, {0, UPTANE, UPTANE, UPTANE, UPTANE}},
        {{"d", DIALECT_NONE, KIND_IMAGE}, {0, 0, 0, 0, 0}},
    };
    for (size_t i = 0; i < sizeof takes / sizeof takes[0]; i++)
        for (enum tuf_type type = TUF_NONE; type <= TUF_TIMESTAMP; type++)
            assert_int_equal(judge_file_most(&takes[i].repository, type), takes[i].most[type]);
}

// Gives the Targets so much in one custom field that the payload has exactly `size` bytes.
static void grow_to(size_t size)
{
    static const char front[] = "\"Targets\",\"custom\":{\"x\":\"";
    struct bytes text;
    bytes_init(&text, 2 * LIMIT_PAYLOAD);
    bytes_add_text(&text, front);
    static const char back[] = "\"},\"expires\"", old[] = "\"Targets\",\"expires\"";
    size_t now = scene.payload.size - strlen(old) + strlen(front) + strlen(back);
    assert_true(size > now);
    for (; now < size; now++)
        bytes_add_u8(&text, 'x');
    bytes_add_text(&text, back);
    bytes_add_u8(&text, 0);
    replace_text(&scene.payload, old, (const char *)text.data);
    assert_int_equal(scene.payload.size, size);
    bytes_clear(&text);
}

static void assert_takes_up_to(const char *vector, size_t most)
{
    scene_clear(&scene);
    scene_init(&scene, &house, "image/targets", vector, NULL);
    grow_to(most);
    assert_passes();
    scene_clear(&scene);
    scene_init(&scene, &house, "image/targets", vector, NULL);
    grow_to(most + 1);
    assert_refused("R20", "clients would not take it");
}

static void judge__r20_a_director_says_it_in_64_kib(void **state)
{
    (void)state;
    enum { ROOM = 16 * 1024 };
    house_signed(&house, "image/root", "root-1");
    be_director();
    assert_takes_up_to("bins-1", 64 * 1024 - ROOM);
    house.charter->repositories[0].kind = KIND_IMAGE;
    scene_clear(&scene);
    scene_init(&scene, &house, "image/targets", "bins-1", NULL);
    grow_to(64 * 1024 + 1);
    assert_passes();
}

static void judge__r20_refuses_evidence_that_no_client_takes(void **state)
{
    (void)state;
    house_signed(&house, "image/root", "root-1");
    house_signed(&house, "image/targets", "bins-1");
    be_director();
    scene_init(&scene, &house, "image/snapshot", "snapshot-1", NULL);
    scene_evidence(&scene, "bins-1.signed");
    bytes_clear(&scene.payload);
    scene.payload = scene.evidence[0];
    grow_to(64 * 1024);
    scene.evidence[0] = scene.payload;
    scene.payload = vector_of(DIALECT_UPTANE, "snapshot-1");
    assert_refused("R12", "not among the evidence");
    replace_text(&scene.evidence[0], "xx", "xxx");
    assert_refused("R20", "clients take at most 65536");
}

// ---- keys ----

static void judge__r21_an_rsa_key_of_the_appliance_is_listed_as_it_writes_it(void **state)
{
    (void)state;
    static struct tuf root;
    struct refusal refusal = {0};
    struct bytes payload = vector_tuf("root-1");
    struct role_key *own = &house.charter->keys[house.charter->key_count];
    assert_int_equal(tuf_read(DIALECT_TUF, bytes_span(&payload), &root, &refusal), OK);
    scene_init(&scene, &house, "image/root", "root-1", NULL);
    const struct tuf_role *role = tuf_root_role(&root.root, TUF_ROOT);
    assert_int_equal(tuf_key_from(tuf_root_key(&root.root, role->keyids[2]), &own->key), OK);
    assert_int_equal(own->key.type, KEY_RSA2048);
    house.charter->key_count++;
    assert_passes(); // roles[0] is image/root
    own->role = 1;
    assert_refused("R21", "it is the appliance's key for image/snapshot");
    bytes_clear(&payload);
}

// Its id is that of every spelling, so the spelling itself is held to: clients may not read another.
static void judge__r21_a_key_of_the_appliance_is_written_to_the_last_byte(void **state)
{
    (void)state;
    scene_init(&scene, &house, "image/root", "root-1", NULL);
    replace_text(&scene.payload, "-----END PUBLIC KEY-----\\n", "-----END PUBLIC KEY-----");
    assert_refused("R21/key-as-written-here", "written in another way");
    scene_clear(&scene);
    scene_init(&scene, &house, "image/root", "root-1", NULL);
    replace_text(&scene.payload, "-----BEGIN PUBLIC KEY-----\\n", "-----BEGIN PUBLIC KEY-----");
    assert_refused("R21/key-value-unusual", "not written as its type demands");
}

static void render__is_loud_about_a_key_that_is_written_anew(void **state)
{
    (void)state;
    struct showing showing;
    struct bytes last = vector_of(DIALECT_UPTANE, "root-1"), now, out;
    bytes_init(&now, LIMIT_PAYLOAD);
    bytes_init(&out, LIMIT_PAYLOAD);
    bytes_add(&now, bytes_span(&last));
    replace_text(&now, "-----END PUBLIC KEY-----\\n", "-----END PUBLIC KEY-----");
    showing_init(&showing, &house);
    showing_item(&showing, "image/root", bytes_span(&now), bytes_span(&last));
    if (showing_render(&showing, &out) != OK)
        fail_msg("%s %s", showing.refusal.rule, showing.refusal.sentence);
    bytes_add_u8(&out, 0);
    assert_non_null(
        strstr((const char *)out.data, "!! before it was: written in another way\n"));
    bytes_clear(&out);
    bytes_clear(&now);
    bytes_clear(&last);
}

// The role's keys as the payload and the last root list them, found by their SPKI.
static void reach__r12_counts_the_keys_of_an_uptane_role(void **state)
{
    (void)state;
    static struct opened opened;
    struct refusal refusal = {0};
    struct bytes root = vector_of(DIALECT_UPTANE, "root-1");
    scene_init(&scene, &house, "image/root", "root-2", NULL);
    for (size_t i = 0; i < house.charter->key_count; i++)
        house.charter->keys[i].has_custodian = house.charter->keys[i].role == 0;
    struct reach_case given = {.charter = house.charter,
        .state = &house.state,
        .role = &house.charter->roles[0],
        .payload = bytes_span(&scene.payload),
        .root = bytes_span(&root)};
    opened = (struct opened){.item_count = 1};
    assert_int_equal(reach_add(&given, &opened, &refusal), OK);
    assert_int_equal(opened.reach_count, 2);
    assert_int_equal(opened.reach[0].need, 2); // of the last root's three
    assert_int_equal(opened.reach[0].key_count, 3);
    assert_int_equal(opened.reach[1].need, 1); // of root-2's own, root-2 alone lives here
    assert_int_equal(opened.reach[1].key_count, 1);
    bytes_clear(&root);
}

#define HOUSE_TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)
#define TUF_TEST(name)   cmocka_unit_test_setup_teardown(name, open_tuf_house, close_house)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(judge__r2_an_uptane_role_refuses_tuf_metadata),
        TUF_TEST(judge__r2_a_tuf_role_refuses_uptane_metadata),
        HOUSE_TEST(judge__an_uptane_repository_grows),
        HOUSE_TEST(judge__r12_the_suppliers_of_an_uptane_repository_are_shown),
        HOUSE_TEST(judge__r2_evidence_is_read_in_the_dialect),
        HOUSE_TEST(judge__a_director_signs_directions),
        HOUSE_TEST(judge__r2_a_director_delegates_to_nobody),
        HOUSE_TEST(judge__r20_knows_what_clients_of_each_dialect_take),
        HOUSE_TEST(judge__r20_a_director_says_it_in_64_kib),
        HOUSE_TEST(judge__r20_refuses_evidence_that_no_client_takes),
        TUF_TEST(judge__r21_an_rsa_key_of_the_appliance_is_listed_as_it_writes_it),
        HOUSE_TEST(judge__r21_a_key_of_the_appliance_is_written_to_the_last_byte),
        HOUSE_TEST(render__is_loud_about_a_key_that_is_written_anew),
        HOUSE_TEST(reach__r12_counts_the_keys_of_an_uptane_role),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
