// From the policy file, with the keys that were made, to the charter.
#include "policy/compile.h"
#include "tests/unit/made_up.h"
#include "tests/unit/policy_house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct policy *good_policy(void)
{
    struct policy *policy = NULL;
    struct policy_fault fault;
    assert_int_equal(policy_read(span_text(house_policy), house_folder, &policy, &fault), OK);
    return policy;
}

static size_t make_keys(const struct policy *policy, struct made_key *keys)
{
    static struct key_wish wishes[LIMIT_KEYS];
    size_t count = policy_wishes(policy, wishes);
    for (size_t i = 0; i < count; i++) {
        memcpy(keys[i].role, wishes[i].role, sizeof keys[i].role);
        keys[i].key =
            wishes[i].type == KEY_P256 ? house_p256() : made_up_key(100 + (unsigned)i);
    }
    return count;
}

static void policy__wishes_for_keys_in_the_order_of_the_charter(void **unused)
{
    (void)unused;
    static struct key_wish wishes[LIMIT_KEYS];
    struct policy *policy = good_policy();
    assert_string_equal(policy_origin(policy), "log.example/appliance-0001");
    assert_int_equal(policy_wishes(policy, wishes), 4);
    static const struct {
        const char *role;
        enum key_type type;
    } expected[] = {{"image/root", KEY_ED25519}, {"image/root", KEY_ED25519},
        {"image/root", KEY_P256}, {"image/targets", KEY_P256}};
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(wishes[i].role, expected[i].role);
        assert_int_equal(wishes[i].type, expected[i].type);
    }
    policy_free(policy);
}

static void check_charter(const struct charter *charter, const struct key *log)
{
    assert_int_equal(charter->epoch, 1);
    assert_true(hash_is_none(&charter->previous));
    assert_true(hash_equal(&charter->log, &log->id));
    assert_int_equal(charter->clock, 300);
    assert_string_equal(charter->administrators[0].name, "alice");
    struct hash alice = made_up_key(0).id, service = made_up_key(4).id;
    assert_true(hash_equal(&charter->administrators[0].key.id, &alice));
    assert_int_equal(charter->administrators[3].key.type, KEY_P256);
    assert_string_equal(charter->groups[1].name, "release");
    assert_int_equal(charter->groups[1].member_count, 3);
    assert_int_equal(charter->groups[1].members[2], 2);
    assert_int_equal(charter->changes.k, 3);
    assert_string_equal(charter_requester(charter, &service)->person, "release-desk");
    const struct role *root = charter_role(charter, "image/root");
    const struct role *targets = charter_role(charter, "image/targets");
    assert_int_equal(root->least, 0);
    assert_int_equal(root->most, 365 * 86400);
    assert_int_equal(targets->least, 3600);
    assert_int_equal(targets->quorum.group, 1);
    assert_int_equal(charter->key_count, 4);
    assert_int_equal(charter->keys[2].role, 0);
    assert_int_equal(charter->keys[3].role, 1);
}

static void policy__compiles_to_a_charter_that_reads_back(void **unused)
{
    (void)unused;
    static struct made_key keys[LIMIT_KEYS];
    struct policy *policy = good_policy();
    size_t count = make_keys(policy, keys);
    struct made_key first = keys[0];
    keys[0] = keys[3]; // the token lists its keys in an order of its own
    keys[3] = first;
    struct key log = made_up_key(99);
    struct policy_fault fault;
    struct bytes text;
    bytes_init(&text, LIMIT_CHARTER);
    bytes_add_text(&text, "left over");
    assert_int_equal(policy_compile(policy, &log, keys, count, &text, &fault), OK);
    struct charter *charter = charter_new();
    struct refusal refusal;
    assert_int_equal(charter_read(bytes_span(&text), charter, &refusal), OK);
    check_charter(charter, &log);
    charter_free(charter);
    bytes_clear(&text);
    policy_free(policy);
}

static void expect_compile_fault(const struct policy *policy, const struct key *log,
    const struct made_key *keys, size_t count, enum err expected, const char *sentence)
{
    struct policy_fault fault = {.sentence = ""};
    struct bytes text;
    bytes_init(&text, LIMIT_CHARTER);
    assert_int_equal(policy_compile(policy, log, keys, count, &text, &fault), expected);
    if (strstr(fault.sentence, sentence) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", fault.sentence, sentence);
    bytes_clear(&text);
}

static void policy__compiles_only_with_the_keys_it_wished_for(void **unused)
{
    (void)unused;
    static struct made_key keys[LIMIT_KEYS];
    struct policy *policy = good_policy();
    size_t count = make_keys(policy, keys);
    struct key log = made_up_key(99), other = house_p256();
    expect_compile_fault(policy, &other, keys, count, ERR_FORM, "must be of type ed25519");
    expect_compile_fault(policy, &log, keys, count - 1, ERR_FORM, "0 were made");
    expect_compile_fault(policy, &log, keys, 0, ERR_FORM, "asks for 2 keys");
    struct made_key last = keys[3];
    keys[4] = (struct made_key){.key = made_up_key(150), .role = "image/root"};
    expect_compile_fault(policy, &log, keys, count + 1, ERR_FORM, "3 were made");
    keys[4] = (struct made_key){.key = made_up_key(150), .role = "image/other"};
    expect_compile_fault(policy, &log, keys, count + 1, ERR_FORM, "asks for 4 keys, but 5");
    keys[3].key = made_up_key(151);
    expect_compile_fault(policy, &log, keys, count, ERR_FORM, "of type ecdsa-p256");
    keys[3] = last;
    keys[0].key = made_up_key(0);
    expect_compile_fault(policy, &log, keys, count, ERR_REFUSED,
        "R21: The public key of role image/root is the key of administrator alice");
    keys[0].key = log;
    expect_compile_fault(policy, &log, keys, count, ERR_REFUSED, "is the key of the log");
    keys[0].key = keys[1].key;
    expect_compile_fault(policy, &log, keys, count, ERR_REFUSED, "R21: ");
    policy_free(policy);
}

// ---- what people copy ----

static const char *const example_keys[] = {"keys/alice.pem", "keys/bob.pem", "keys/carol.pem",
    "keys/dave.pem", "keys/erin.pem", "keys/frank.pem", "keys/grace.pem", "keys/heidi.pem",
    "keys/image-service.pem"};
enum { EXAMPLE_KEYS = sizeof example_keys / sizeof example_keys[0] };

static int make_example_keys(void **unused)
{
    (void)unused;
    char path[128];
    snprintf(path, sizeof path, "%s/keys", house_folder);
    assert_int_equal(mkdir(path, 0700), 0);
    for (unsigned i = 0; i < EXAMPLE_KEYS; i++) {
        struct key key = made_up_key(300 + i);
        house_write_key(example_keys[i], &key);
    }
    return 0;
}

static int remove_example_keys(void **unused)
{
    (void)unused;
    char path[128];
    for (unsigned i = 0; i < EXAMPLE_KEYS; i++) {
        snprintf(path, sizeof path, "%s/%s", house_folder, example_keys[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/keys", house_folder);
    return rmdir(path);
}

// The first block of lines of a file that begins with `appliance:` behind `indent` spaces, without
// these; it ends at a line that is indented less or at a fence.
static void example_of(const char *path, size_t indent, struct bytes *out)
{
    char line[256], start[64];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    snprintf(start, sizeof start, "%*sappliance: ", (int)indent, "");
    while (fgets(line, sizeof line, file) != NULL) {
        if (out->size == 0 && strncmp(line, start, strlen(start)) != 0)
            continue;
        if (line[0] != '\n' && (strspn(line, " ") < indent || line[0] == '`'))
            break;
        bytes_add_text(out, line[0] == '\n' ? line : line + indent);
    }
    fclose(file);
    assert_int_equal(bytes_finish(out), OK);
}

static void policy__every_example_is_good(void **unused)
{
    (void)unused;
    static const struct {
        const char *path;
        size_t indent;
    } examples[] = {{"deploy/examples/policy.yaml", 0}, {"deploy/examples/custodians.yaml", 0},
        {"policy/POLICY.md", 4}, {"docs/conclave-policy.5.scd", 0}};
    struct bytes text;
    bytes_init(&text, LIMIT_POLICY);
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        struct policy *policy = NULL;
        struct policy_fault fault = {.sentence = ""};
        bytes_reset(&text);
        example_of(examples[i].path, examples[i].indent, &text);
        enum err err = policy_read(bytes_span(&text), house_folder, &policy, &fault);
        if (err == OK)
            err = policy_check(policy, &fault);
        if (err != OK)
            fail_msg("%s: %s: %s", examples[i].path, fault.path, fault.sentence);
        policy_free(policy);
    }
    bytes_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy__wishes_for_keys_in_the_order_of_the_charter),
        cmocka_unit_test(policy__compiles_to_a_charter_that_reads_back),
        cmocka_unit_test(policy__compiles_only_with_the_keys_it_wished_for),
        cmocka_unit_test_setup_teardown(
            policy__every_example_is_good, make_example_keys, remove_example_keys),
    };
    return cmocka_run_group_tests(tests, house_make, house_remove);
}
