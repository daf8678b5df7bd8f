// Every wrong policy file is refused with its place and a sentence that says what to do.
#include "policy/compile.h"
#include "policy/duration.h"
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

static void policy__the_good_file_is_good(void **unused)
{
    (void)unused;
    struct policy_fault fault = {.sentence = ""};
    enum err err = house_check(span_text(house_policy), &fault);
    assert_string_equal(fault.sentence, "");
    assert_int_equal(err, OK);
}

static void policy__takes_the_fields_that_may_be_absent(void **unused)
{
    (void)unused;
    static const char *const absent[][2] = {{"clock: 300\n", ""}, {"least: 1h, ", ""},
        {"        signs: quorum\n", ""}, {", custodian: none", ""}};
    for (size_t i = 0; i < COUNT(absent); i++) {
        struct policy_fault fault = {.sentence = ""};
        struct bytes text = house_changed(absent[i][0], absent[i][1]);
        enum err err = house_check(bytes_span(&text), &fault);
        assert_string_equal(fault.sentence, "");
        assert_int_equal(err, OK);
        bytes_clear(&text);
    }
}

static void policy__refuses_what_is_not_one_document_of_fields(void **unused)
{
    (void)unused;
    static const struct change changes[] = {
        {NULL, "", 1, 1, "", "The file is empty"},
        {NULL, "# only a comment\n", 2, 1, "", "The file is empty"},
        {NULL, "---\n", 2, 1, "", "is a list of fields"},
        {NULL, "hello\n", 1, 1, "", "is a list of fields"},
        {NULL, "- appliance\n", 1, 1, "", "is a list of fields"},
        {NULL, "{}\n", 1, 1, "", "The field appliance is missing"},
        {"none}\n", "none}\n---\nfoo: 1\n", 37, 1, "", "take out the second one"},
        {"none}\n", "none}\n---\n", 37, 1, "", "take out the second one"},
        {"none}\n", "none}\n...\nclock: 1\n", 38, 1, "", "expected <document start>"},
        {"clock: 300", "clock: \"300", 37, 1, "", "that begins in line 2"},
        {"clock: 300", "\tclock: 300", 2, 1, "", "This is not YAML"},
        {"bob, carol]", "bob, carol", 11, 55, "", "This is not YAML"},
        {"name: carol", "name: \xff", 6, 11, "", "This is not YAML"},
        {"clock: 300", "clock: &c 300", 2, 8, "clock", "Anchors"},
        {"clock: 300", "clock: *c", 2, 8, "clock", "Aliases"},
        {"clock: 300", "clock: !!int 300", 2, 8, "clock", "tags"},
        {"members: [carol", "members: &m [carol", 10, 30, "groups[0].members", "Anchors"},
        {"{name: bob", "!x {name: bob", 4, 5, "administrators[0]", "tags"},
        {"clock: 300", "clock: \"3\\0\"", 2, 8, "clock", "NUL"},
        {"clock: 300", "? [a, b]\n: 300", 2, 3, "", "a single word"},
        {"clock: 300", "<<: {clock: 300}", 2, 5, "<<", "no such field"},
        {"clock: 300", "clock: [[[[[[[[[[[[a]]]]]]]]]]]]", 2, 17,
            "clock[0][0][0][0][0][0][0][0][0]", "nested deeper"},
        {"clock: 300", "a_field_whose_name_is_longer_than_that_of_any_field: 1", 2, 1, "",
            "no field"},
        {"clock: 300", "a.b: 1", 2, 1, "", "no field"},
    };
    expect_faults(changes, COUNT(changes), ERR_FORM);
}

static void policy__refuses_fields_that_are_unknown_missing_or_there_twice(void **unused)
{
    (void)unused;
    static const struct change changes[] = {
        {"clock: 300", "clocks: 300", 2, 9, "clocks", "no such field"},
        {"key: carol.pem", "keys: carol.pem", 7, 11, "administrators[2].keys", "no such"},
        {"count: 2}", "count: 2, role: x}", 35, 45, "repositories[0].roles[1].keys[0].role",
            "no such field"},
        {"count: 2}", "count: 2, \x1b: x}", 35, 39, "", "This is not YAML"},
        {"appliance: log.example/appliance-0001\n", "", 1, 1, "", "field appliance is missing"},
        {"    key: carol.pem\n", "", 6, 5, "administrators[2]", "field key is missing"},
        {"name: bob, ", "", 4, 5, "administrators[0]", "field name is missing"},
        {"charter: {group: everyone, quorum: 3}\n", "", 1, 1, "", "field charter is missing"},
        {"charter: {group: everyone, quorum: 3}", "charter: {group: everyone}", 12, 10,
            "charter", "field quorum is missing"},
        {"{group: everyone, quorum: 3}", "{}", 12, 10, "charter", "field group is missing"},
        {"{least: 1h, most: 31d}", "{least: 1h}", 23, 18, "repositories[0].roles[0].expires",
            "field most is missing"},
        {"        delay: none\n", "", 20, 9, "repositories[0].roles[0]", "field delay is"},
        {"        keys: [{type: ecdsa-p256, count: 1}]\n", "", 20, 9,
            "repositories[0].roles[0]", "field keys is missing"},
        {", count: 2}", "}", 35, 13, "repositories[0].roles[1].keys[0]", "field count"},
        {"clock: 300", "clock: 300\nclock: 300", 3, 8, "clock", "stands twice"},
        {"key: carol.pem", "key: carol.pem\n    key: carol.pem", 8, 10, "administrators[2].key",
            "stands twice"},
        {"most: 31d", "most: 31d, most: 31d", 23, 47, "repositories[0].roles[0].expires.most",
            "stands twice"},
    };
    expect_faults(changes, COUNT(changes), ERR_FORM);
}

static void policy__refuses_values_of_the_wrong_kind(void **unused)
{
    (void)unused;
    static const struct change changes[] = {
        {"log.example/appliance-0001", "[a]", 1, 12, "appliance", "a single value"},
        {"clock: 300", "clock: {a: b}", 2, 8, "clock", "a single value"},
        {"members: [carol, alice, bob]", "members: carol", 10, 30, "groups[0].members",
            "a list"},
        {"[carol, alice, bob]", "[carol, [alice], bob]", 10, 38, "groups[0].members[1]",
            "a single value"},
        {"- {name: bob, key: bob.pem}", "- bob", 4, 5, "administrators[0]", "fields"},
        {"charter: {group: everyone, quorum: 3}", "charter: everyone", 12, 10, "charter",
            "fields"},
        {"expires: {most: 365d}", "expires: 365d", 31, 18, "repositories[0].roles[1].expires",
            "fields"},
        {"members: [carol, alice, bob]", "members: []", 10, 30, "groups[0].members",
            "empty: add"},
        {"keys: [{type: ecdsa-p256, count: 1}]", "keys: []", 26, 15,
            "repositories[0].roles[0].keys", "empty: add"},
        {"keys: [{type: ecdsa-p256, count: 1}]", "keys:", 26, 14,
            "repositories[0].roles[0].keys", "a list"},
    };
    expect_faults(changes, COUNT(changes), ERR_FORM);
}

static const struct change wrong_values[] = {
    {"log.example/appliance-0001", "a+b", 1, 12, "appliance", "without space and '+'"},
    {"log.example/appliance-0001", "none", 1, 12, "appliance", "name of the appliance"},
    {"log.example/appliance-0001", "\"\"", 1, 12, "appliance", "name of the appliance"},
    {"clock: 300", "clock: 5m", 2, 8, "clock", "a number of seconds"},
    {"clock: 300", "clock:", 2, 7, "clock", "a number of seconds"},
    {"clock: 300", "clock: 0300", 2, 8, "clock", "a number of seconds"},
    {"clock: 300", "clock: 0x10", 2, 8, "clock", "a number of seconds"},
    {"clock: 300", "clock: -1", 2, 8, "clock", "a number of seconds"},
    {"name: bob", "name: none", 4, 12, "administrators[0].name", "must be a name"},
    {"name: bob", "name: bob smith", 4, 12, "administrators[0].name", "must be a name"},
    {"name: bob", "name: ''", 4, 12, "administrators[0].name", "must be a name"},
    {"name: bob",
        "name: b\xc3\xb6"
        "b",
        4, 12, "administrators[0].name", "must be a name"},
    {"name: bob", "name: alice", 5, 12, "administrators[1].name", "alice stands twice"},
    {"name: release", "name: everyone", 11, 12, "groups[1].name", "everyone stands twice"},
    {"name: laptop", "name: image-service", 15, 12, "requesters[1].name", "stands twice"},
    {"name: targets", "name: root", 27, 15, "repositories[0].roles[1].name",
        "image/root stands twice"},
    {"name: targets", "name: a/b", 20, 15, "repositories[0].roles[0].name", "be a name"},
    {"name: image\n", "name: .image\n", 17, 11, "repositories[0].name", "must be a name"},
    {"person: release-desk", "person: release desk", 15, 35, "requesters[1].person",
        "must be a name"},
    {"[carol, alice, bob]", "[carol, zoe, bob]", 10, 38, "groups[0].members[1]",
        "zoe is no administrator"},
    {"[carol, alice, bob]", "[carol, bob, carol]", 10, 43, "groups[0].members[2]",
        "carol stands twice in this group"},
    {"charter: {group: everyone", "charter: {group: nobody", 12, 18, "charter.group",
        "nobody is no group"},
    {"group: release\n", "group: releases\n", 21, 16, "repositories[0].roles[0].group",
        "releases is no group"},
    {"everyone, quorum: 3}", "everyone, quorum: three}", 12, 36, "charter.quorum",
        "a number in digits"},
    {"quorum: 2\n", "quorum: 2.0\n", 22, 17, "repositories[0].roles[0].quorum", "digits"},
    {"quorum: 2\n", "quorum: 02\n", 22, 17, "repositories[0].roles[0].quorum", "digits"},
    {"dialect: tuf", "dialect: omaha", 18, 14, "repositories[0].dialect",
        "must be tuf or uptane"},
    {"dialect: tuf", "dialect: tuf\n    kind: depot", 19, 11, "repositories[0].kind",
        "must be image or director"},
    {"signs: quorum", "signs: mandates", 30, 16, "repositories[0].roles[1].signs",
        "knows quorum and mandate here"},
    {"signs: quorum", "signs: none", 30, 16, "repositories[0].roles[1].signs",
        "knows quorum and mandate here"},
    {"delay: none", "delay: 1 d", 24, 16, "repositories[0].roles[0].delay", "none, or a"},
    {"custodian: none", "custodian: zoe", 36, 53, "repositories[0].roles[1].keys[1].custodian",
        "zoe is no administrator"},
    {"least: 1h", "least: 1", 23, 26, "repositories[0].roles[0].expires.least",
        "one of s, m, h, d"},
    {"most: 31d", "most: 31 d", 23, 36, "repositories[0].roles[0].expires.most",
        "one of s, m, h, d"},
    {"most: 31d", "most: d", 23, 36, "repositories[0].roles[0].expires.most", "number"},
    {"type: ed25519", "type: rsa", 35, 20, "repositories[0].roles[1].keys[0].type",
        "must be ed25519, ecdsa-p256"},
    {"count: 2", "count: 0", 35, 36, "repositories[0].roles[1].keys[0].count", "1 or more"},
    {"count: 2", "count: two", 35, 36, "repositories[0].roles[1].keys[0].count", "digits"},
};

static void policy__refuses_words_names_and_numbers_it_does_not_know(void **unused)
{
    (void)unused;
    expect_faults(wrong_values, COUNT(wrong_values), ERR_FORM);
}

static void policy__r16_refuses_key_files_that_hold_no_good_public_key(void **unused)
{
    (void)unused;
    static const struct change changes[] = {
        {"bob.pem", "nobody.pem", 4, 22, "administrators[0].key", "No such file"},
        {"bob.pem", "''", 4, 22, "administrators[0].key", "must name a PEM file"},
        {"bob.pem", ".", 4, 22, "administrators[0].key", "cannot be read"},
        {"bob.pem", "small.pem", 4, 22, "administrators[0].key", "never accepted (R16"},
        {"bob.pem", "private.pem", 4, 22, "administrators[0].key", "a private key"},
        {"bob.pem", "x25519.pem", 4, 22, "administrators[0].key", "a type that is not known"},
        {"bob.pem", "large.pem", 4, 22, "administrators[0].key", "not a public key in PEM"},
        {"bob.pem", "empty.pem", 4, 22, "administrators[0].key", "not a public key in PEM"},
        {"bob.pem", "words.pem", 4, 22, "administrators[0].key", "not a public key in PEM"},
        {"service.pem", "words.pem", 15, 54, "requesters[1].key", "not a public key in PEM"},
    };
    expect_faults(changes, COUNT(changes), ERR_FORM);
}

static void policy__says_every_rule_of_the_charter_at_its_line(void **unused)
{
    (void)unused;
    static const struct change changes[] = {
        {"clock: 300", "clock: 0", 2, 8, "clock", "R13: "},
        {"clock: 300", "clock: 86401", 2, 8, "clock", "R13: "},
        {"quorum: 2\n", "quorum: 1\n", 22, 17, "repositories[0].roles[0].quorum",
            "R5: The quorum of role image/targets is 1"},
        {"quorum: 2\n", "quorum: 4\n", 22, 17, "repositories[0].roles[0].quorum",
            "R5: The quorum of role image/targets is 4, but the group release has 3"},
        {"everyone, quorum: 3}", "everyone, quorum: 4}", 12, 36, "charter.quorum",
            "R5: The quorum of charter is all 4 members of everyone, but every administrator"},
        {"quorum: 3\n", "quorum: 4\n", 29, 17, "repositories[0].roles[1].quorum",
            "R5: The quorum of role image/root is all 4"},
        {"everyone, quorum: 3}", "everyone, quorum: 2}", 12, 36, "charter.quorum",
            "R7: The quorum of charter is 2, but image/root has 3"},
        {"{most: 365d}", "{most: 0d}", 31, 18, "repositories[0].roles[1].expires", "R20: "},
        {"{most: 365d}", "{most: 8000d}", 31, 18, "repositories[0].roles[1].expires", "R20: "},
        {"least: 1h", "least: 31d", 23, 18, "repositories[0].roles[0].expires",
            "R20: image/targets must be valid"},
        {"dave.pem}\n", "dave.pem}\n  - {name: Alice, key: dave.pem}\n", 5, 12,
            "administrators[1].name",
            "R5: alice (an administrator) and Alice (an administrator) differ in the case"},
        {"person: dave", "person: Dave", 14, 28, "requesters[0].person",
            "R5: Dave (the person behind laptop) and dave (an administrator) differ in the "
            "case"},
        {"name: targets", "name: Targets", 20, 15, "repositories[0].roles[0].name", "R2: "},
        {"alice.pem", "bob.pem", 4, 22, "administrators[0].key",
            "R21: The public key of administrator bob is the key of administrator alice"},
        {"laptop.pem", "carol.pem", 14, 39, "requesters[0].key",
            "R21: The public key of requester laptop is the key of administrator carol"},
    };
    expect_faults(changes, COUNT(changes), ERR_REFUSED);
}

// ---- limits ----

static void policy__r20_refuses_more_than_a_limit(void **unused)
{
    (void)unused;
    static const struct {
        const char *from, *open, *entry;
        size_t count;
        const char *close, *path, *sentence;
    } cases[] = {
        {"[carol, alice, bob]", "[", "alice, ", LIMIT_ADMINISTRATORS + 1, "]",
            "groups[0].members", "may have 64 entries"},
        {"groups:\n", "groups:\n", "  - {name: a, members: [bob]}\n", LIMIT_GROUPS + 1, "",
            "groups", "may have 32 entries"},
        {"requesters:\n", "requesters:\n", "  - {name: a, person: b, key: c}\n",
            LIMIT_REQUESTERS + 1, "", "requesters", "may have 64 entries"},
        {"administrators:\n", "administrators:\n", "  - {name: a, key: b}\n",
            LIMIT_ADMINISTRATORS + 1, "", "administrators", "may have 64 entries"},
        {"[{type: ecdsa-p256, count: 1}]", "[", "{type: ed25519, count: 1}, ", LIMIT_KEYS + 1,
            "]", "repositories[0].roles[0].keys", "may have 512 entries"},
        {"count: 2", "count: 513", "", 0, "", "repositories[0].roles[1].keys[0].count",
            "more than 512 keys"},
        {"count: 2", "count: 511", "", 0, "", "repositories[0].roles[0].keys[0].count",
            "more than 512 keys"},
    };
    struct bytes to;
    bytes_init(&to, LIMIT_POLICY);
    for (size_t i = 0; i < COUNT(cases); i++) {
        bytes_reset(&to);
        bytes_add_text(&to, cases[i].open);
        for (size_t n = 0; n < cases[i].count; n++)
            bytes_add_text(&to, cases[i].entry);
        bytes_add(&to, span_of(cases[i].close, strlen(cases[i].close) + 1));
        struct policy_fault fault = {.sentence = ""};
        struct bytes text = house_changed(cases[i].from, (const char *)to.data);
        assert_int_equal(house_check(bytes_span(&text), &fault), ERR_FORM);
        assert_string_equal(fault.path, cases[i].path);
        if (strstr(fault.sentence, cases[i].sentence) == NULL || fault.line == 0)
            fail_msg("%u: %s", fault.line, fault.sentence);
        bytes_clear(&text);
    }
    bytes_clear(&to);
}

static void policy__r20_refuses_more_roles_than_the_limit_in_all_repositories(void **unused)
{
    (void)unused;
    struct bytes text;
    bytes_init(&text, LIMIT_POLICY);
    const char *repositories = strstr(house_policy, "repositories:");
    bytes_add(&text, span_of(house_policy, (size_t)(repositories - house_policy)));
    bytes_add_text(&text, "repositories:\n");
    for (unsigned i = 0; i <= LIMIT_ROLES; i++) {
        if (i % 200 == 0)
            bytes_add_format(&text, "  - name: r%u\n    dialect: tuf\n    roles:\n", i);
        bytes_add_format(&text,
            "      - {name: u%u, group: everyone, quorum: 2, expires: {most: 1d}, "
            "delay: none, keys: [{type: ed25519, count: 1}]}\n",
            i);
    }
    struct policy_fault fault = {.sentence = ""};
    assert_int_equal(house_check(bytes_span(&text), &fault), ERR_FORM);
    assert_string_equal(fault.path, "repositories[1].roles[56].name");
    assert_non_null(strstr(fault.sentence, "more than 256 roles"));
    bytes_clear(&text);
}

static void policy__r20_refuses_a_file_over_the_limit(void **unused)
{
    (void)unused;
    struct policy_fault fault;
    size_t size = LIMIT_POLICY + 1;
    char *large = malloc(size);
    assert_non_null(large);
    memset(large, '\n', size);
    memcpy(large, house_policy, strlen(house_policy));
    assert_int_equal(house_check(span_of(large, size - 1), &fault), OK);
    assert_int_equal(house_check(span_of(large, size), &fault), ERR_FORM);
    assert_non_null(strstr(fault.sentence, "at most"));
    free(large);
}

// Whatever a file was cut or changed to, there is an answer, and a fault has words.
static void policy__every_mutation_is_read_or_refused_with_a_sentence(void **unused)
{
    (void)unused;
    static const char flips[] = {1, 8, 64, '\x80', '[' ^ ' ', ':' ^ ' '};
    size_t size = strlen(house_policy), refused = 0;
    char *mutant = malloc(size + 1);
    assert_non_null(mutant);
    for (size_t i = 0; i < size; i++)
        for (size_t flip = 0; flip <= sizeof flips; flip++) {
            struct policy_fault fault = {.sentence = ""};
            memcpy(mutant, house_policy, size + 1);
            mutant[i] = (char)(mutant[i] ^ (flip < sizeof flips ? flips[flip] : 0));
            enum err err = house_check(span_of(mutant, flip < sizeof flips ? size : i), &fault);
            refused += err != OK;
            if (err != OK && (fault.sentence[0] == '\0' || fault.line == 0))
                fail_msg("no words for byte %zu: %s", i, mutant);
        }
    free(mutant);
    assert_true(refused > 3 * size);
}

static void duration__reads_numbers_and_units_and_nothing_else(void **unused)
{
    (void)unused;
    static const char *const bad[] = {"", "d", "1", "1w", "-1d", "+1d", " 1d", "1d ", "1 d",
        "01d", "1.5d", "1D", "0x1d", "1dd", "99999999999999999999d", "9007199254740991d"};
    static const struct {
        const char *text;
        int64_t seconds;
    } good[] = {{"0s", 0}, {"1s", 1}, {"10m", 600}, {"12h", 43200}, {"365d", 31536000},
        {"9007199254740991s", 9007199254740991}};
    int64_t seconds = 0;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (duration_read(bad[i], &seconds))
            fail_msg("taken: %s", bad[i]);
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(duration_read(good[i].text, &seconds));
        assert_int_equal(seconds, good[i].seconds);
    }
    assert_false(number_read("9007199254740992", &seconds));
    assert_true(number_read("0", &seconds));
}

static void size__reads_numbers_and_units_and_nothing_else(void **unused)
{
    (void)unused;
    static const char *const bad[] = {"", "KiB", "1K", "1kib", "1KB", "1 KiB", "-1", "01KiB",
        "1.5GiB", "1TiB", "1MiBs", "9007199254740992", "8796093022208KiB"};
    static const struct {
        const char *text;
        int64_t bytes;
    } good[] = {{"0", 0}, {"1", 1}, {"512KiB", 524288}, {"64MiB", 67108864},
        {"1GiB", 1073741824}, {"8796093022207KiB", 9007199254739968},
        {"9007199254740991", 9007199254740991}};
    int64_t bytes = 0;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (size_read(bad[i], &bytes))
            fail_msg("taken: %s", bad[i]);
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(size_read(good[i].text, &bytes));
        assert_int_equal(bytes, good[i].bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy__the_good_file_is_good),
        cmocka_unit_test(policy__takes_the_fields_that_may_be_absent),
        cmocka_unit_test(policy__refuses_what_is_not_one_document_of_fields),
        cmocka_unit_test(policy__refuses_fields_that_are_unknown_missing_or_there_twice),
        cmocka_unit_test(policy__refuses_values_of_the_wrong_kind),
        cmocka_unit_test(policy__refuses_words_names_and_numbers_it_does_not_know),
        cmocka_unit_test(policy__r16_refuses_key_files_that_hold_no_good_public_key),
        cmocka_unit_test(policy__says_every_rule_of_the_charter_at_its_line),
        cmocka_unit_test(policy__r20_refuses_more_than_a_limit),
        cmocka_unit_test(policy__r20_refuses_more_roles_than_the_limit_in_all_repositories),
        cmocka_unit_test(policy__r20_refuses_a_file_over_the_limit),
        cmocka_unit_test(policy__every_mutation_is_read_or_refused_with_a_sentence),
        cmocka_unit_test(duration__reads_numbers_and_units_and_nothing_else),
        cmocka_unit_test(size__reads_numbers_and_units_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, house_make, house_remove);
}
