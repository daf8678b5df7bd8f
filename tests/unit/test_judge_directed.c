// A Director's images, held against Image repositories whose files travel with the request
// (metadata/judge.h). What breaks one rule alone is in tests/vectors/rules.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/made_up.h"
#include "tests/unit/metadata_house.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES = 4, MANY = 10000, SECONDS_MOST = 20 };

static struct house house;
static struct bytes payload, files[FILES];
static size_t file_count;
static struct judge_files *evidence;
static struct judge_facts facts;
static struct refusal refusal;

static void add_images_repository(const char *name)
{
    struct charter *charter = house.charter;
    struct role *role = &charter->roles[charter->role_count++];
    struct repository *repository = &charter->repositories[charter->repository_count];
    *repository = (struct repository){.dialect = DIALECT_UPTANE, .kind = KIND_IMAGE};
    snprintf(repository->name, sizeof repository->name, "%s", name);
    snprintf(role->name, sizeof role->name, "%s/targets", name);
    role->repository = charter->repository_count++;
}

static int open_house(void **state)
{
    (void)state;
    house_init_of(&house, DIALECT_UPTANE);
    house.charter->repositories[0].kind = KIND_DIRECTOR;
    house_signed(&house, "image/root", "root-1");
    add_images_repository("cars");
    add_images_repository("trucks");
    bytes_init(&payload, LIMIT_PAYLOAD);
    file_count = 0;
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    judge_files_free(evidence);
    evidence = NULL;
    bytes_clear(&payload);
    while (file_count > 0)
        bytes_clear(&files[--file_count]);
    house_clear(&house);
    return 0;
}

// Images from..to-1, each with its number in path, hash and length; without custom, as a Director gives
// them.
static void write_targets(
    size_t from, size_t to, const char *custom, unsigned version, struct bytes *out)
{
    bytes_add_text(out, "{\"_type\":\"Targets\",\"expires\":\"2027-02-01T00:00:00Z\","
                        "\"targets\":{");
    for (size_t i = from; i < to; i++) {
        bytes_add_format(out, "%s\"i/%05zu\":{\"custom\":", i == from ? "" : ",", i);
        if (custom != NULL)
            bytes_add_text(out, custom);
        else
            bytes_add_format(
                out, "{\"ecuIdentifiers\":{\"e%05zu\":{\"hardwareId\":\"hw\"}}}", i);
        bytes_add_format(out, ",\"hashes\":{\"sha256\":\"%064zx\"},\"length\":%zu}", i, i);
    }
    bytes_add_format(out, "},\"version\":%u}", version);
}

#define IMAGES "{\"hardwareIds\":[\"hw\"]}"

static void direct(size_t from, size_t to)
{
    bytes_reset(&payload);
    write_targets(from, to, NULL, 1, &payload);
}

static void add_file(const char *signatures, struct span targets)
{
    struct bytes *file = &files[file_count++];
    bytes_init(file, 2 * LIMIT_PAYLOAD);
    bytes_add_format(file, "{\"signatures\":[%s],\"signed\":", signatures);
    bytes_add(file, targets);
    bytes_add_text(file, "}");
}

static void sign_last(const char *role, unsigned version, struct span targets)
{
    struct role_state last = {.version = version, .payload = hash_of(targets)};
    snprintf(last.role, sizeof last.role, "%s", role);
    assert_int_equal(state_set(&house.state, &last), OK);
}

// The repository has signed these images last, and they travel with the request.
static void have(const char *role, size_t from, size_t to, const char *custom, unsigned version)
{
    struct bytes targets;
    bytes_init(&targets, LIMIT_PAYLOAD);
    write_targets(from, to, custom, version, &targets);
    add_file("", bytes_span(&targets));
    sign_last(role, version, bytes_span(&targets));
    bytes_clear(&targets);
}

static void travel(void)
{
    static struct span spans[FILES];
    for (size_t i = 0; i < file_count; i++)
        spans[i] = bytes_span(&files[i]);
    judge_files_free(evidence);
    evidence = judge_files_new(spans, file_count);
    assert_non_null(evidence);
}

static enum err judge(void)
{
    struct item item = {
        .role = "image/targets", .version = 1, .payload = hash_of(bytes_span(&payload))};
    struct judge_case judged = {.charter = house.charter,
        .role = charter_role(house.charter, item.role),
        .state = &house.state,
        .item = &item,
        .payload = bytes_span(&payload),
        .root = bytes_span(&house.root),
        .evidence = evidence,
        .now = HOUSE_NOW};
    refusal = (struct refusal){0};
    return judge_payload(&judged, &facts, &refusal);
}

static void assert_refused(const char *rule)
{
    if (judge() != ERR_REFUSED || strcmp(refusal.rule, rule) != 0)
        fail_msg("%s expected: %s %s", rule, refusal.rule, refusal.sentence);
}

static void assert_passes(bool compared)
{
    if (judge() != OK)
        fail_msg("%s %s", refusal.rule, refusal.sentence);
    assert_int_equal(rule_set_has(&facts.warnings, RULE_IMAGE_NOT_AT_HAND), !compared);
}

static void judge__without_evidence_images_are_not_at_hand(void **state)
{
    (void)state;
    direct(1, 3);
    assert_passes(false);
    travel(); // nothing
    assert_passes(false);
}

static void judge__takes_images_of_any_repository_that_the_evidence_is_of(void **state)
{
    (void)state;
    have("cars/targets", 1, 3, IMAGES, 1);
    have("trucks/targets", 2, 5, IMAGES, 1);
    travel();
    direct(1, 6);
    assert_refused("R2/image-unknown");
    direct(1, 5);
    assert_passes(true);
    assert_int_equal(judge_files_unneeded(evidence), 2);
}

static void judge__takes_the_repository_that_has_the_image_for_the_hardware(void **state)
{
    (void)state;
    have("cars/targets", 1, 3, "{\"hardwareIds\":[\"other\"]}", 1);
    travel();
    direct(1, 2);
    assert_refused("R2/image-other-hardware");
    have("trucks/targets", 1, 3, IMAGES, 1);
    travel();
    assert_passes(true);
    assert_int_equal(judge_files_unneeded(evidence), 0); // that of the cars
}

static void judge__notes_what_nobody_needed(void **state)
{
    (void)state;
    have("trucks/targets", 7, 9, IMAGES, 1);
    have("cars/targets", 1, 3, IMAGES, 1);
    travel();
    assert_int_equal(judge_files_unneeded(evidence), 0);
    direct(1, 2);
    assert_passes(true);
    assert_int_equal(judge_files_unneeded(evidence), 0);
    direct(7, 8);
    assert_passes(true);
    assert_int_equal(judge_files_unneeded(evidence), 2);
}

static void judge__r12_refuses_what_was_signed_before_the_last(void **state)
{
    (void)state;
    have("cars/targets", 1, 3, IMAGES, 1);
    travel();
    direct(1, 2);
    assert_passes(true);
    have("cars/targets", 1, 4, IMAGES, 2);
    bytes_clear(&files[--file_count]);
    travel();
    assert_refused("R12/image-evidence");
}

// A Director is no Image repository, and another dialect's is not of its vehicles.
static void judge__r12_only_an_image_repository_of_the_dialect_answers(void **state)
{
    (void)state;
    have("cars/targets", 1, 3, IMAGES, 1);
    travel();
    direct(1, 2);
    house.charter->repositories[1].kind = KIND_DIRECTOR;
    assert_refused("R12/image-evidence");
    house.charter->repositories[1].kind = KIND_IMAGE;
    house.charter->repositories[1].dialect = DIALECT_TUF;
    assert_refused("R12/image-evidence");
    house.charter->repositories[1].dialect = DIALECT_UPTANE;
    assert_passes(true);
}

// Items of one request share the evidence: it is read once, and its images are found, not searched.
static void judge__many_items_are_held_against_many_images(void **state)
{
    enum { ITEMS = 100, EACH = 100 };
    (void)state;
    have("cars/targets", 0, MANY, IMAGES, 1);
    travel();
    alarm(SECONDS_MOST);
    for (size_t i = 0; i < ITEMS; i++) {
        direct(i * EACH, (i + 1) * EACH);
        assert_passes(true);
    }
    direct(MANY - 1, MANY + 1);
    assert_refused("R2/image-unknown");
    alarm(0);
}

// ---- what a supplier's files may cost ----

enum { SUPPLIER_KEYS = 64, LONG = 4300 * 1000, SHORT = 1000 };

static int compare_keys(const void *a, const void *b)
{
    return memcmp(
        ((const struct key *)a)->id.byte, ((const struct key *)b)->id.byte, HASH_SIZE);
}

static void add_ids(
    const char *before, const struct key *keys, const char *after, struct bytes *out)
{
    for (size_t i = 0; i < SUPPLIER_KEYS; i++) {
        bytes_add_format(out, "%s%s", i == 0 ? "" : ",", before);
        bytes_add_hex(out, hash_span(&keys[i].id));
        bytes_add_text(out, after);
    }
}

// targets.json delegates all paths to the role i, of these keys.
static void delegate(const struct key *keys)
{
    struct bytes targets;
    bytes_init(&targets, LIMIT_PAYLOAD);
    bytes_add_text(&targets, "{\"_type\":\"Targets\",\"delegations\":{\"keys\":{");
    for (size_t i = 0; i < SUPPLIER_KEYS; i++) {
        bytes_add_text(&targets, i == 0 ? "\"" : ",\"");
        bytes_add_hex(&targets, hash_span(&keys[i].id));
        bytes_add_text(&targets, "\":");
        tuf_key_write(DIALECT_UPTANE, &keys[i], &targets);
    }
    bytes_add_text(&targets, "},\"roles\":[{\"keyids\":[");
    add_ids("\"", keys, "\"", &targets);
    bytes_add_text(&targets,
        "],\"name\":\"i\",\"paths\":[\"i/*\"],\"terminating\":false,\"threshold\":1}]},"
        "\"expires\":\"2027-02-01T00:00:00Z\",\"targets\":{},\"version\":1}");
    add_file("", bytes_span(&targets));
    sign_last("cars/targets", 1, bytes_span(&targets));
    bytes_clear(&targets);
}

// A file of so many bytes with a signature of each key, all of them false.
static void claim(const struct key *keys, size_t size)
{
    struct bytes signatures, targets;
    char after[128];
    snprintf(after, sizeof after, "\",\"method\":\"ed25519\",\"sig\":\"%085dA==\"}", 0);
    bytes_init(&signatures, LIMIT_PAYLOAD);
    bytes_init(&targets, LIMIT_PAYLOAD);
    add_ids("{\"keyid\":\"", keys, after, &signatures);
    bytes_add_u8(&signatures, 0);
    bytes_add_text(&targets, "{\"_type\":\"Targets\",\"custom\":{\"name\":\"");
    for (size_t i = 0; i < size; i++)
        bytes_add_u8(&targets, 'x');
    bytes_add_text(
        &targets, "\"},\"expires\":\"2027-02-01T00:00:00Z\",\"targets\":{},\"version\":1}");
    assert_int_equal(bytes_finish(&targets), OK);
    add_file((const char *)signatures.data, bytes_span(&targets));
    bytes_clear(&signatures);
    bytes_clear(&targets);
}

// Each signature is verified over the whole file.
static void judge__r20_verifies_only_so_much(void **state)
{
    struct key keys[SUPPLIER_KEYS];
    (void)state;
    for (unsigned i = 0; i < SUPPLIER_KEYS; i++)
        keys[i] = made_up_key(100 + i);
    qsort(keys, SUPPLIER_KEYS, sizeof keys[0], compare_keys);
    delegate(keys);
    direct(1, 2);
    claim(keys, SHORT);
    travel();
    assert_refused("R12/image-evidence");
    claim(keys, LONG);
    travel();
    assert_refused("R20/image-search-most");
}

#define HOUSE_TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(judge__without_evidence_images_are_not_at_hand),
        HOUSE_TEST(judge__takes_images_of_any_repository_that_the_evidence_is_of),
        HOUSE_TEST(judge__takes_the_repository_that_has_the_image_for_the_hardware),
        HOUSE_TEST(judge__notes_what_nobody_needed),
        HOUSE_TEST(judge__r12_refuses_what_was_signed_before_the_last),
        HOUSE_TEST(judge__r12_only_an_image_repository_of_the_dialect_answers),
        HOUSE_TEST(judge__many_items_are_held_against_many_images),
        HOUSE_TEST(judge__r20_verifies_only_so_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
