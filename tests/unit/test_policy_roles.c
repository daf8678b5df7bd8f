// What a policy file says of delays, time for approvals, rates, thresholds, quotas and keys: each
// wrong value at its place, and what stands in the charter for each good one.
#include "tests/unit/made_up.h"
#include "tests/unit/policy_house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define TARGETS_AT  "repositories[0].roles[0]"
#define ROOT_AT     "repositories[0].roles[1]"

// ---- wrong values ----

static void policy__refuses_times_that_are_none(void **unused)
{
    (void)unused;
    static const struct change changes[] = {
        {"clock: 300", "jump: 90", 2, 7, "jump", "a number and one of s, m, h, d"},
        {"clock: 300", "jump: none", 2, 7, "jump", "a number and one of s, m, h, d"},
        {"clock: 300", "jump:", 2, 6, "jump", "a number and one of"},
        {"everyone, quorum: 3}", "everyone, quorum: 3, delay: 1}", 12, 46, "charter.delay",
            "This must be none, or a number"},
        {"everyone, quorum: 3}", "everyone, quorum: 3, wait: 1d}", 12, 45, "charter.wait",
            "no such field"},
        {"delay: none", "delay: 1 d", 24, 16, TARGETS_AT ".delay", "This must be none, or"},
        {"delay: none", "delay: never", 24, 16, TARGETS_AT ".delay", "This must be none, or"},
        {"delay: none", "delay: none\n        approve_within: 7", 25, 25,
            TARGETS_AT ".approve_within", "This must be none, or"},
        {"delay: none", "delay: none\n        rate: 4", 25, 15, TARGETS_AT ".rate", "fields"},
        {"delay: none", "delay: none\n        rate: {count: 4}", 25, 15, TARGETS_AT ".rate",
            "field per is missing"},
        {"delay: none", "delay: none\n        rate: {per: 4d}", 25, 15, TARGETS_AT ".rate",
            "field count is missing"},
        {"delay: none", "delay: none\n        rate: {count: x, per: 4d}", 25, 23,
            TARGETS_AT ".rate.count", "digits"},
        {"delay: none", "delay: none\n        rate: {count: 4, per: 4}", 25, 31,
            TARGETS_AT ".rate.per", "one of s, m, h, d"},
        {"delay: none", "delay: none\n        rate: {count: 0, per: 4d}", 25, 15,
            TARGETS_AT ".rate", "nothing is ever signed"},
        {"delay: none", "delay: none\n        rate: {count: 4, per: 0s}", 25, 15,
            TARGETS_AT ".rate", "nothing is ever signed"},
    };
    expect_faults(changes, COUNT(changes), ERR_FORM);
}

static void policy__refuses_quotas_that_are_none(void **unused)
{
    (void)unused;
    static const struct change changes[] = {
        {"key: laptop.pem", "key: laptop.pem, quota: 3", 14, 58, "requesters[0].quota",
            "fields"},
        {"key: laptop.pem", "key: laptop.pem, quota: {open: x}", 14, 65,
            "requesters[0].quota.open", "digits"},
        {"key: laptop.pem", "key: laptop.pem, quota: {bytes: 1GB}", 14, 66,
            "requesters[0].quota.bytes", "one of KiB, MiB, GiB"},
        {"key: laptop.pem", "key: laptop.pem, quota: {records: 1k}", 14, 68,
            "requesters[0].quota.records", "digits"},
        {"key: laptop.pem", "key: laptop.pem, quota: {files: 1}", 14, 66,
            "requesters[0].quota.files", "no such field"},
    };
    expect_faults(changes, COUNT(changes), ERR_FORM);
}

// Whoever writes nothing means the default, and must have the keys for it.
static void policy__r12_asks_for_a_threshold_that_the_keys_do_not_reach(void **unused)
{
    (void)unused;
    static const struct change changes[] = {
        {"threshold: 1\n        keys: [{type: e", "keys: [{type: e", 20, 9,
            TARGETS_AT ".threshold", "image/targets a threshold of at least 3"},
        {"threshold: 1\n        keys:\n", "keys:\n", 27, 9, ROOT_AT ".threshold",
            "image/root a threshold of at least 5 unless this file says otherwise, but the "
            "role "
            "has 3 keys here: write `threshold: N` yourself"},
        {"threshold: 1", "threshold: one", 25, 20, TARGETS_AT ".threshold", "digits"},
        {"threshold: 1", "threshold: none", 25, 20, TARGETS_AT ".threshold", "digits"},
    };
    expect_faults(changes, COUNT(changes), ERR_FORM);
}

static void policy__refuses_keys_that_it_cannot_mean(void **unused)
{
    (void)unused;
    static const struct change changes[] = {
        {"{type: ed25519, count: 2}", "{type: ed25519}", 35, 13, ROOT_AT ".keys[0]",
            "field count is missing"},
        {"{type: ed25519, count: 2}", "{count: 2}", 35, 13, ROOT_AT ".keys[0]",
            "field type is missing"},
        {"{type: ed25519, count: 2}", "{custodian: bob}", 35, 13, ROOT_AT ".keys[0]",
            "field type is missing"},
        {"count: 2", "count: 2, custodian: bob", 35, 36, ROOT_AT ".keys[0].count",
            "A custodian has one key of a role"},
        {"custodian: none", "custodian: zoe", 36, 53, ROOT_AT ".keys[1].custodian",
            "zoe is no administrator"},
        {"type: ed25519, count: 2", "key: ab12cd34", 35, 19, ROOT_AT ".keys[0].key",
            "must be sha256: and 8 to 64"},
        {"type: ed25519, count: 2", "key: 'sha256:ab12cd3'", 35, 19, ROOT_AT ".keys[0].key",
            "must be sha256: and 8 to 64"},
        {"type: ed25519, count: 2", "key: 'sha256:AB12CD34'", 35, 19, ROOT_AT ".keys[0].key",
            "lower-case hex digits"},
        {"type: ed25519, count: 2", "key: 'sha256:ab12cd3x'", 35, 19, ROOT_AT ".keys[0].key",
            "lower-case hex digits"},
        {"type: ed25519, count: 2",
            "key: 'sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0'",
            35, 19, ROOT_AT ".keys[0].key", "8 to 64 lower-case"},
        {"type: ed25519, count: 2", "key: 'sha256:ab12cd34', count: 2", 35, 45,
            ROOT_AT ".keys[0].count", "names one key"},
        {"type: ed25519, count: 2", "key: 'sha256:ab12cd34', count: 0", 35, 45,
            ROOT_AT ".keys[0].count", "1 or more"},
        {"type: ed25519, count: 2", "key: 'sha256:ab12cd34', type: rsa", 35, 44,
            ROOT_AT ".keys[0].type", "must be ed25519, ecdsa-p256"},
    };
    expect_faults(changes, COUNT(changes), ERR_FORM);
}

static void policy__says_the_rules_of_these_at_their_lines(void **unused)
{
    (void)unused;
    static const struct change changes[] = {
        {"clock: 300", "jump: 299s", 2, 7, "jump", "R13: The jump limit is 299 seconds"},
        {"clock: 300", "jump: 3661d", 2, 7, "jump", "R13: The jump limit is 316310400"},
        {"everyone, quorum: 3}", "everyone, quorum: 3, delay: 90d}", 12, 46, "charter.delay",
            "R20: The delay of charter is 7776000"},
        {"delay: none", "delay: 90d", 24, 16, TARGETS_AT ".delay",
            "R20: The delay of image/targets"},
        {"delay: none", "delay: 1d\n        approve_within: 1d", 25, 25,
            TARGETS_AT ".approve_within", "R20: Approvals of image/targets"},
        {"delay: none", "delay: none\n        approve_within: 91d", 25, 25,
            TARGETS_AT ".approve_within", "R20: Approvals of image/targets"},
        {"delay: none", "delay: none\n        rate: {count: 1, per: 367d}", 25, 15,
            TARGETS_AT ".rate", "R20: The rate of image/targets"},
        {"threshold: 1", "threshold: 0", 25, 20, TARGETS_AT ".threshold",
            "R20: The least threshold of image/targets is 0"},
        {"threshold: 1", "threshold: 65", 25, 20, TARGETS_AT ".threshold", "R20: "},
        {"key: laptop.pem", "key: laptop.pem, quota: {open: 2049}", 14, 58,
            "requesters[0].quota", "R20: The requester laptop may have 2049 open requests"},
        {"key: laptop.pem", "key: laptop.pem, quota: {bytes: 0}", 14, 58, "requesters[0].quota",
            "R20: The requester laptop may have 0 bytes"},
        {"name: image\n", "name: Conclave\n", 17, 11, "repositories[0].name",
            "R2: No repository is called Conclave"},
        {"{type: ecdsa-p256, count: 1}", "{type: ecdsa-p256, count: 1, custodian: dave}", 26,
            15, TARGETS_AT ".keys", "R5: dave is custodian of a key of image/targets"},
    };
    expect_faults(changes, COUNT(changes), ERR_REFUSED);
}

static void policy__r5_refuses_a_custodian_of_two_keys(void **unused)
{
    (void)unused;
    static const struct change changes[] = {
        {"          - {type: ed25519, count: 2}\n          - {type: ecdsa-p256, count: 1, "
         "custodian: none}",
            "          - {type: ed25519, count: 1, custodian: bob}\n          - {key: "
            "'sha256:ab12cd34', custodian: bob}",
            35, 11, ROOT_AT ".keys", "R5: bob is custodian of two keys of image/root"},
    };
    expect_faults(changes, COUNT(changes), ERR_REFUSED);
}

// ---- good values ----

static struct charter *charter_with(const char *from, const char *to)
{
    static struct key_wish wishes[LIMIT_KEYS];
    static struct made_key made[LIMIT_KEYS];
    struct policy *policy = NULL;
    struct policy_fault fault = {.sentence = ""};
    struct bytes yaml = house_changed(from, to), text;
    struct key log = made_up_key(99);
    struct charter *charter = charter_new();
    struct refusal refusal;
    bytes_init(&text, LIMIT_CHARTER);
    enum err err = policy_read(bytes_span(&yaml), house_folder, &policy, &fault);
    assert_string_equal(fault.sentence, "");
    assert_int_equal(err, OK);
    size_t count = policy_wishes(policy, wishes);
    for (size_t i = 0; i < count; i++) {
        memcpy(made[i].role, wishes[i].role, sizeof made[i].role);
        made[i].key =
            wishes[i].type == KEY_P256 ? house_p256() : made_up_key(100 + (unsigned)i);
    }
    err = policy_compile(policy, &log, made, count, &text, &fault);
    assert_string_equal(fault.sentence, "");
    assert_int_equal(err, OK);
    assert_int_equal(charter_read(bytes_span(&text), charter, &refusal), OK);
    bytes_clear(&text);
    bytes_clear(&yaml);
    policy_free(policy);
    return charter;
}

static void policy__what_is_absent_has_its_default(void **unused)
{
    (void)unused;
    struct charter *charter = charter_with("clock: 300\n", "");
    assert_int_equal(charter->clock, 300);
    assert_int_equal(charter->jump, 90 * 86400);
    assert_int_equal(charter->changes_delay, 0);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(charter->requesters[i].quota.open, 32);
        assert_int_equal(charter->requesters[i].quota.bytes, 1073741824);
        assert_int_equal(charter->requesters[i].quota.records, 1000);
        assert_int_equal(charter->roles[i].delay, 0);
        assert_int_equal(charter->roles[i].within, 0);
        assert_int_equal(charter->roles[i].rate, 0);
        assert_int_equal(charter->roles[i].rate_seconds, 0);
        assert_int_equal(charter->roles[i].threshold, 1);
    }
    charter_free(charter);
}

static const char by_mandate[] =
    "- name: timestamp\n        group: release\n        quorum: 2\n"
    "        signs: mandate\n        expires: {most: 31d}\n";

static void policy__a_role_that_mandates_sign_says_so_in_the_charter(void **unused)
{
    (void)unused;
    char to[512];
    snprintf(to, sizeof to,
        "%s        delay: none\n        keys: [{type: ed25519, count: 1}]\n      - name: "
        "targets\n",
        by_mandate);
    struct charter *charter = charter_with("- name: targets\n", to);
    assert_int_equal(charter->role_count, 3);
    for (size_t i = 0; i < charter->role_count; i++)
        assert_int_equal(charter->roles[i].by_mandate,
            strcmp(charter->roles[i].name, "image/timestamp") == 0);
    charter_free(charter);
}

static void policy__r17_a_role_that_mandates_sign_waits_for_nobody(void **unused)
{
    (void)unused;
    static const char *const fields[][2] = {{"delay: 1d", ".delay"},
        {"delay: none\n        approve_within: 7d", ".approve_within"},
        {"delay: none\n        rate: {count: 4, per: 1d}", ".rate"}};
    for (size_t i = 0; i < COUNT(fields); i++) {
        char to[512], path[64];
        struct policy_fault fault = {.sentence = ""};
        snprintf(to, sizeof to,
            "%s        %s\n        keys: [{type: ed25519, count: 1}]\n      - name: targets\n",
            by_mandate, fields[i][0]);
        snprintf(path, sizeof path, "%s%s", TARGETS_AT, fields[i][1]);
        struct bytes yaml = house_changed("- name: targets\n", to);
        assert_int_not_equal(house_check(bytes_span(&yaml), &fault), OK);
        assert_string_equal(fault.path, path);
        assert_non_null(strstr(fault.sentence, "its mandates say how many are signed"));
        bytes_clear(&yaml);
    }
}

static void policy__the_least_threshold_follows_from_the_role(void **unused)
{
    (void)unused;
    static const struct {
        const char *role, *count;
        uint64_t threshold;
    } cases[] = {{"targets", "3", 3}, {"snapshot", "1", 1}, {"timestamp", "1", 1},
        {"units", "1", 1}, {"targets", "4", 3}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char to[256];
        snprintf(to, sizeof to,
            "- name: %s\n        group: release\n        quorum: 2\n        expires: {most: "
            "31d}"
            "\n        delay: none\n        keys: [{type: ed25519, count: %s}]\n",
            cases[i].role, cases[i].count);
        struct charter *charter = charter_with(
            "- name: targets\n        group: release\n        quorum: 2\n        expires: "
            "{least: "
            "1h, most: 31d}\n        delay: none\n        threshold: 1\n        keys: [{type: "
            "ecdsa-p256, count: 1}]\n",
            to);
        assert_int_equal(charter->roles[1].threshold, cases[i].threshold);
        charter_free(charter);
    }
    struct charter *charter = charter_with("threshold: 1\n        keys:\n          - {type: "
                                           "ed25519, count: 2}\n          - {type: ecdsa-p256, "
                                           "count: 1, custodian: none}\n",
        "keys: [{type: ed25519, count: 5}]\n");
    assert_int_equal(charter->roles[0].threshold, 5);
    charter_free(charter);
}

static void policy__what_is_written_stands_in_the_charter(void **unused)
{
    (void)unused;
    struct charter *charter = charter_with("clock: 300\n", "clock: 60\njump: 30d\n");
    assert_int_equal(charter->clock, 60);
    assert_int_equal(charter->jump, 30 * 86400);
    charter_free(charter);
    charter = charter_with("everyone, quorum: 3}", "everyone, quorum: 3, delay: 2h}");
    assert_int_equal(charter->changes_delay, 7200);
    charter_free(charter);
    charter = charter_with(
        "key: laptop.pem", "key: laptop.pem, quota: {open: 3, bytes: 64MiB, records: 7}");
    assert_int_equal(charter->requesters[1].quota.open, 3);
    assert_int_equal(charter->requesters[1].quota.bytes, 67108864);
    assert_int_equal(charter->requesters[1].quota.records, 7);
    assert_int_equal(charter->requesters[0].quota.open, 32);
    charter_free(charter);
    charter = charter_with("key: laptop.pem", "key: laptop.pem, quota: {bytes: 5}");
    assert_int_equal(charter->requesters[1].quota.bytes, 5);
    assert_int_equal(charter->requesters[1].quota.open, 32);
    charter_free(charter);
}

static void policy__what_a_role_may_stands_in_the_charter(void **unused)
{
    (void)unused;
    struct charter *charter = charter_with("delay: none\n        threshold: 1\n",
        "delay: 12h\n        approve_within: 14d\n        rate: {count: 4, per: 30d}\n"
        "        threshold: 64\n");
    const struct role *targets = charter_role(charter, "image/targets");
    assert_int_equal(targets->delay, 43200);
    assert_int_equal(targets->within, 14 * 86400);
    assert_int_equal(targets->rate, 4);
    assert_int_equal(targets->rate_seconds, 30 * 86400);
    assert_int_equal(targets->threshold, 64);
    charter_free(charter);
    charter = charter_with("delay: none\n", "delay: none\n        approve_within: none\n");
    assert_int_equal(charter_role(charter, "image/targets")->within, 0);
    charter_free(charter);
    charter = charter_with("count: 1, custodian: none", "count: 1, custodian: dave");
    for (size_t i = 0; i < charter->key_count; i++) {
        const struct role_key *key = &charter->keys[i];
        assert_int_equal(key->has_custodian, key->role == 0 && key->key.type == KEY_P256);
        if (key->has_custodian)
            assert_string_equal(charter->administrators[key->custodian].name, "dave");
    }
    charter_free(charter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy__refuses_times_that_are_none),
        cmocka_unit_test(policy__refuses_quotas_that_are_none),
        cmocka_unit_test(policy__r12_asks_for_a_threshold_that_the_keys_do_not_reach),
        cmocka_unit_test(policy__refuses_keys_that_it_cannot_mean),
        cmocka_unit_test(policy__says_the_rules_of_these_at_their_lines),
        cmocka_unit_test(policy__r5_refuses_a_custodian_of_two_keys),
        cmocka_unit_test(policy__what_is_absent_has_its_default),
        cmocka_unit_test(policy__a_role_that_mandates_sign_says_so_in_the_charter),
        cmocka_unit_test(policy__r17_a_role_that_mandates_sign_waits_for_nobody),
        cmocka_unit_test(policy__the_least_threshold_follows_from_the_role),
        cmocka_unit_test(policy__what_is_written_stands_in_the_charter),
        cmocka_unit_test(policy__what_a_role_may_stands_in_the_charter),
    };
    return cmocka_run_group_tests(tests, house_make, house_remove);
}
