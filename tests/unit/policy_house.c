#include "tests/unit/policy_house.h"

#include "tests/unit/made_up.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

const char house_policy[] =
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
    "        threshold: 1\n"                                              // 25
    "        keys: [{type: ecdsa-p256, count: 1}]\n"                      // 26
    "      - name: root\n"                                                // 27
    "        group: everyone\n"                                           // 28
    "        quorum: 3\n"                                                 // 29
    "        signs: quorum\n"                                             // 30
    "        expires: {most: 365d}\n"                                     // 31
    "        delay: none\n"                                               // 32
    "        threshold: 1\n"                                              // 33
    "        keys:\n"                                                     // 34
    "          - {type: ed25519, count: 2}\n"                             // 35
    "          - {type: ecdsa-p256, count: 1, custodian: none}\n";        // 36

// ---- the folder with the key files ----

char house_folder[] = "/tmp/conclave-policy-XXXXXX";

static void write_file(const char *name, struct span content)
{
    char path[sizeof house_folder + 64];
    snprintf(path, sizeof path, "%s/%s", house_folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(content.data, 1, content.size, file), content.size);
    assert_int_equal(fclose(file), 0);
}

void house_write_key(const char *name, const struct key *key)
{
    struct bytes pem;
    bytes_init(&pem, 1024);
    key_to_pem(key, &pem);
    write_file(name, bytes_span(&pem));
    bytes_clear(&pem);
}

struct key house_p256(void)
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

int house_make(void **unused)
{
    (void)unused;
    static const char *const names[] = {
        "alice.pem", "bob.pem", "carol.pem", "laptop.pem", "service.pem"};
    assert_non_null(mkdtemp(house_folder));
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct key key = made_up_key(i);
        house_write_key(names[i], &key);
    }
    struct key dave = house_p256();
    house_write_key("dave.pem", &dave);
    write_bad_keys();
    return 0;
}

int house_remove(void **unused)
{
    (void)unused;
    DIR *directory = opendir(house_folder);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (entry->d_type == DT_REG)
            unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
    return rmdir(house_folder);
}

// ---- changes of the file ----

struct bytes house_changed(const char *from, const char *to)
{
    struct bytes text;
    bytes_init(&text, LIMIT_POLICY);
    const char *at = from == NULL ? NULL : strstr(house_policy, from);
    if (from != NULL && at == NULL)
        fail_msg("the policy has no \"%s\"", from);
    if (at != NULL)
        bytes_add(&text, span_of(house_policy, (size_t)(at - house_policy)));
    bytes_add_text(&text, to);
    if (at != NULL)
        bytes_add_text(&text, at + strlen(from));
    assert_int_equal(bytes_finish(&text), OK);
    return text;
}

enum err house_check(struct span yaml, struct policy_fault *fault)
{
    struct policy *policy = NULL;
    enum err err = policy_read(yaml, house_folder, &policy, fault);
    if (err == OK)
        err = policy_check(policy, fault);
    policy_free(policy);
    return err;
}

static void expect_fault(const struct change *change, enum err expected)
{
    struct policy_fault fault = {.sentence = ""};
    struct bytes text = house_changed(change->from, change->to);
    enum err err = house_check(bytes_span(&text), &fault);
    if (err != expected || strcmp(fault.path, change->path) != 0 ||
        strstr(fault.sentence, change->sentence) == NULL || fault.line != change->line ||
        fault.column != change->column)
        fail_msg("with \"%.60s\": %s at %u:%u %s: %s", change->to, err_text(err), fault.line,
            fault.column, fault.path, fault.sentence);
    bytes_clear(&text);
}

void expect_faults(const struct change *changes, size_t count, enum err expected)
{
    for (size_t i = 0; i < count; i++)
        expect_fault(&changes[i], expected);
}
