// From the policy file to the charter: every wrong file is refused with its place and a sentence.
#include "policy/compile.h"
#include "policy/duration.h"
#include "tests/unit/made_up.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

// Nothing stands in the order of the charter here.
static const char policy_text[] =
    "appliance: log.example/appliance-0001\n"                             // 1
    "clock: 300\n"                                                        // 2
    "administrators:\n"                                                   // 3
    "  - {name: bob, key: bob.pem}\n"                                     // 4
    "  - {name: alice, key: alice.pem}\n"                                 // 5
    "  - name: carol\n"                                                   // 6
    "    key: carol.pem\n"                                                // 7
    "  - {name: dave, key: dave.pem}\n"                                   // 8
    "groups:\n"                                                           // 9
    "  - {name: release, members: [carol, alice, bob]}\n"                 // 10
    "  - {name: everyone, members: [alice, dave, bob, carol]}\n"          // 11
    "charter: {group: everyone, quorum: 3}\n"                             // 12
    "requesters:\n"                                                       // 13
    "  - {name: laptop, person: dave, key: laptop.pem}\n"                 // 14
    "  - {name: image-service, person: release-desk, key: service.pem}\n" // 15
    "repositories:\n"                                                     // 16
    "  - name: image\n"                                                   // 17
    "    dialect: tuf\n"                                                  // 18
    "    roles:\n"                                                        // 19
    "      - name: targets\n"                                             // 20
    "        group: release\n"                                            // 21
    "        quorum: 2\n"                                                 // 22
    "        expires: {least: 1h, most: 31d}\n"                           // 23
    "        delay: none\n"                                               // 24
    "        keys: [{type: ecdsa-p256, count: 1}]\n"                      // 25
    "      - name: root\n"                                                // 26
    "        group: everyone\n"                                           // 27
    "        quorum: 3\n"                                                 // 28
    "        signs: quorum\n"                                             // 29
    "        expires: {most: 365d}\n"                                     // 30
    "        delay: none\n"                                               // 31
    "        keys:\n"                                                     // 32
    "          - {type: ed25519, count: 2}\n"                             // 33
    "          - {type: ecdsa-p256, count: 1, custodian: none}\n";        // 34

// ---- the folder with the key files ----

static char folder[] = "/tmp/conclave-policy-XXXXXX";

static void write_file(const char *name, struct span content)
{
    char path[sizeof folder + 64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(content.data, 1, content.size, file), content.size);
    assert_int_equal(fclose(file), 0);
}

static void write_key(const char *name, const struct key *key)
{
    struct bytes pem;
    bytes_init(&pem, 1024);
    key_to_pem(key, &pem);
    write_file(name, bytes_span(&pem));
    bytes_clear(&pem);
}

static struct key p256_key(void)
{
    struct key key = {.type = KEY_NONE};
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    uint8_t *der = NULL;
    int size = i2d_PUBKEY(pkey, &der);
    assert_true(size > 0);
    assert_int_equal(key_read(span_of(der, (size_t)size), &key), OK);
    OPENSSL_free(der);
    EVP_PKEY_free(pkey);
    return key;
}

static void write_bad_keys(void)
{
    static const char small[] = "-----BEGIN PUBLIC KEY-----\n"
                                "MCowBQYDK2VwAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                                "-----END PUBLIC KEY-----\n";
    static const char private[] =
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n";
    static const char x25519[] =
        "-----BEGIN PUBLIC KEY-----\n"
        "MCowBQYDK2VuAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
        "-----END PUBLIC KEY-----\n";
    static uint8_t large[8192];
    write_file("small.pem", span_text(small));
    write_file("private.pem", span_text(private));
    write_file("x25519.pem", span_text(x25519));
    write_file("large.pem", span_of(large, sizeof large));
    write_file("empty.pem", span_of("", 0));
    write_file("words.pem", span_text("this is no key\n"));
}

static int make_folder(void **unused)
{
    (void)unused;
    static const char *const names[] = {
        "alice.pem", "bob.pem", "carol.pem", "laptop.pem", "service.pem"};
    assert_non_null(mkdtemp(folder));
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct key key = made_up_key(i);
        write_key(names[i], &key);
    }
    struct key dave = p256_key();
    write_key("dave.pem", &dave);
    write_bad_keys();
    return 0;
}

static int remove_folder(void **unused)
{
    (void)unused;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (entry->d_type == DT_REG)
            unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
    return rmdir(folder);
}

// ---- changes of the good file ----

struct change {
    const char *from; // the first of these becomes `to`; NULL: the file is `to`
    const char *to;
    unsigned line, column;
    const char *path;
    const char *sentence;
};

static struct bytes changed_text(const char *from, const char *to)
{
    struct bytes text;
    bytes_init(&text, LIMIT_POLICY);
    const char *at = from == NULL ? NULL : strstr(policy_text, from);
    if (from != NULL && at == NULL)
        fail_msg("the policy has no \"%s\"", from);
    if (at != NULL)
        bytes_add(&text, span_of(policy_text, (size_t)(at - policy_text)));
    bytes_add_text(&text, to);
    if (at != NULL)
        bytes_add_text(&text, at + strlen(from));
    assert_int_equal(bytes_finish(&text), OK);
    return text;
}

static enum err read_and_check(struct span yaml, struct policy_fault *fault)
{
    struct policy *policy = NULL;
    enum err err = policy_read(yaml, folder, &policy, fault);
    if (err == OK)
        err = policy_check(policy, fault);
    policy_free(policy);
    return err;
}

static void expect_fault(const struct change *change, enum err expected)
{
    struct policy_fault fault = {.sentence = ""};
    struct bytes text = changed_text(change->from, change->to);
    enum err err = read_and_check(bytes_span(&text), &fault);
    if (err != expected || strcmp(fault.path, change->path) != 0 ||
        strstr(fault.sentence, change->sentence) == NULL || fault.line != change->line ||
        fault.column != change->column)
        fail_msg("with \"%.60s\": %s at %u:%u %s: %s", change->to, err_text(err), fault.line,
            fault.column, fault.path, fault.sentence);
    bytes_clear(&text);
}

static void expect_faults(const struct change *changes, size_t count, enum err expected)
{
    for (size_t i = 0; i < count; i++)
        expect_fault(&changes[i], expected);
}

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static void policy__the_good_file_is_good(void **unused)
{
    (void)unused;
    struct policy_fault fault = {.sentence = ""};
    enum err err = read_and_check(span_text(policy_text), &fault);
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
        struct bytes text = changed_text(absent[i][0], absent[i][1]);
        enum err err = read_and_check(bytes_span(&text), &fault);
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
        {"none}\n", "none}\n---\nfoo: 1\n", 35, 1, "", "take out the second one"},
        {"none}\n", "none}\n---\n", 35, 1, "", "take out the second one"},
        {"none}\n", "none}\n...\nclock: 1\n", 36, 1, "", "expected <document start>"},
        {"clock: 300", "clock: \"300", 35, 1, "", "that begins in line 2"},
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
        {"count: 2}", "count: 2, role: x}", 33, 45, "repositories[0].roles[1].keys[0].role",
            "no such field"},
        {"count: 2}", "count: 2, \x1b: x}", 33, 39, "", "This is not YAML"},
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
        {", count: 2}", "}", 33, 13, "repositories[0].roles[1].keys[0]", "field count"},
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
        {"expires: {most: 365d}", "expires: 365d", 30, 18, "repositories[0].roles[1].expires",
            "fields"},
        {"members: [carol, alice, bob]", "members: []", 10, 30, "groups[0].members",
            "empty: add"},
        {"keys: [{type: ecdsa-p256, count: 1}]", "keys: []", 25, 15,
            "repositories[0].roles[0].keys", "empty: add"},
        {"keys: [{type: ecdsa-p256, count: 1}]", "keys:", 25, 14,
            "repositories[0].roles[0].keys", "a list"},
    };
    expect_faults(changes, COUNT(changes), ERR_FORM);
}

static void policy__refuses_words_names_and_numbers_it_does_not_know(void **unused)
{
    (void)unused;
    static const struct change changes[] = {
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
        {"name: targets", "name: root", 26, 15, "repositories[0].roles[1].name",
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
        {"dialect: tuf", "dialect: uptane", 18, 14, "repositories[0].dialect", "only tuf"},
        {"signs: quorum", "signs: mandate", 29, 16, "repositories[0].roles[1].signs",
            "only quorum"},
        {"delay: none", "delay: 1d", 24, 16, "repositories[0].roles[0].delay", "only none"},
        {"custodian: none", "custodian: bob", 34, 53,
            "repositories[0].roles[1].keys[1].custodian", "only none"},
        {"least: 1h", "least: 1", 23, 26, "repositories[0].roles[0].expires.least",
            "one of s, m, h, d"},
        {"most: 31d", "most: 31 d", 23, 36, "repositories[0].roles[0].expires.most",
            "one of s, m, h, d"},
        {"most: 31d", "most: d", 23, 36, "repositories[0].roles[0].expires.most", "number"},
        {"type: ed25519", "type: rsa", 33, 20, "repositories[0].roles[1].keys[0].type",
            "must be ed25519 or ecdsa-p256"},
        {"count: 2", "count: 0", 33, 36, "repositories[0].roles[1].keys[0].count", "1 or more"},
        {"count: 2", "count: two", 33, 36, "repositories[0].roles[1].keys[0].count", "digits"},
    };
    expect_faults(changes, COUNT(changes), ERR_FORM);
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
            "R5: The quorum of charter is all 4 members of everyone, but dave"},
        {"quorum: 3\n", "quorum: 4\n", 28, 17, "repositories[0].roles[1].quorum",
            "R5: The quorum of role image/root is all 4"},
        {"everyone, quorum: 3}", "everyone, quorum: 2}", 12, 36, "charter.quorum",
            "R7: The quorum of charter is 2, but image/root has 3"},
        {"{most: 365d}", "{most: 0d}", 30, 18, "repositories[0].roles[1].expires", "R20: "},
        {"{most: 365d}", "{most: 8000d}", 30, 18, "repositories[0].roles[1].expires", "R20: "},
        {"least: 1h", "least: 31d", 23, 18, "repositories[0].roles[0].expires",
            "R20: image/targets must be valid"},
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
        struct bytes text = changed_text(cases[i].from, (const char *)to.data);
        assert_int_equal(read_and_check(bytes_span(&text), &fault), ERR_FORM);
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
    const char *repositories = strstr(policy_text, "repositories:");
    bytes_add(&text, span_of(policy_text, (size_t)(repositories - policy_text)));
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
    assert_int_equal(read_and_check(bytes_span(&text), &fault), ERR_FORM);
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
    memcpy(large, policy_text, sizeof policy_text - 1);
    assert_int_equal(read_and_check(span_of(large, size - 1), &fault), OK);
    assert_int_equal(read_and_check(span_of(large, size), &fault), ERR_FORM);
    assert_non_null(strstr(fault.sentence, "at most"));
    free(large);
}

// Whatever a file was cut or changed to, there is an answer, and a fault has words.
static void policy__every_mutation_is_read_or_refused_with_a_sentence(void **unused)
{
    (void)unused;
    static const uint8_t flips[] = {1, 8, 64, 128, '[' ^ ' ', ':' ^ ' '};
    size_t size = sizeof policy_text - 1, refused = 0;
    char mutant[sizeof policy_text];
    for (size_t i = 0; i < size; i++)
        for (size_t flip = 0; flip <= sizeof flips; flip++) {
            struct policy_fault fault = {.sentence = ""};
            memcpy(mutant, policy_text, sizeof mutant);
            mutant[i] ^= flip < sizeof flips ? (char)flips[flip] : 0;
            enum err err =
                read_and_check(span_of(mutant, flip < sizeof flips ? size : i), &fault);
            refused += err != OK;
            if (err != OK && (fault.sentence[0] == '\0' || fault.line == 0))
                fail_msg("no words for byte %zu: %s", i, mutant);
        }
    assert_true(refused > 3 * size);
}

// ---- compiling ----

static struct policy *good_policy(void)
{
    struct policy *policy = NULL;
    struct policy_fault fault;
    assert_int_equal(policy_read(span_text(policy_text), folder, &policy, &fault), OK);
    return policy;
}

static size_t make_keys(const struct policy *policy, struct made_key *keys)
{
    static struct key_wish wishes[LIMIT_KEYS];
    size_t count = policy_wishes(policy, wishes);
    for (size_t i = 0; i < count; i++) {
        memcpy(keys[i].role, wishes[i].role, sizeof keys[i].role);
        keys[i].key = wishes[i].type == KEY_P256 ? p256_key() : made_up_key(100 + (unsigned)i);
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
    struct key log = made_up_key(99), other = p256_key();
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

// The example is what people copy: it must compile, with keys in the files that it names.
static void policy__the_example_is_good(void **unused)
{
    (void)unused;
    static const char *const names[] = {"keys/alice.pem", "keys/bob.pem", "keys/carol.pem",
        "keys/dave.pem", "keys/erin.pem", "keys/image-service.pem"};
    char keys[sizeof folder + 8];
    snprintf(keys, sizeof keys, "%s/keys", folder);
    assert_int_equal(mkdir(keys, 0700), 0);
    for (unsigned i = 0; i < COUNT(names); i++) {
        struct key key = made_up_key(300 + i);
        write_key(names[i], &key);
    }
    static char text[LIMIT_POLICY];
    FILE *file = fopen("deploy/examples/policy.yaml", "r");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text, file);
    fclose(file);
    struct policy_fault fault = {.sentence = ""};
    enum err err = read_and_check(span_of(text, size), &fault);
    assert_string_equal(fault.sentence, "");
    assert_int_equal(err, OK);
    for (unsigned i = 0; i < COUNT(names); i++) {
        char path[sizeof folder + 64];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(keys), 0);
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
        cmocka_unit_test(policy__wishes_for_keys_in_the_order_of_the_charter),
        cmocka_unit_test(policy__compiles_to_a_charter_that_reads_back),
        cmocka_unit_test(policy__compiles_only_with_the_keys_it_wished_for),
        cmocka_unit_test(policy__the_example_is_good),
        cmocka_unit_test(duration__reads_numbers_and_units_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
