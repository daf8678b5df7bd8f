// Software keys of requesters.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/signer.h"
#include "proto/dsse.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/conclave-signer-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static const char *in_folder(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void drop(const char *name)
{
    assert_int_equal(unlink(in_folder(name)), 0);
}

static void write_key(const char *name, EVP_PKEY *pkey, const char *passphrase)
{
    FILE *file = fopen(in_folder(name), "w");
    assert_non_null(file);
    assert_int_equal(fchmod(fileno(file), 0600), 0);
    assert_int_equal(
        PEM_write_PKCS8PrivateKey(file, pkey, passphrase == NULL ? NULL : EVP_aes_256_cbc(),
            passphrase, passphrase == NULL ? 0 : (int)strlen(passphrase), NULL, NULL),
        1);
    assert_int_equal(fclose(file), 0);
    EVP_PKEY_free(pkey);
}

static void assert_refused(const char *name, enum err err, const char *word)
{
    struct signer *signer = NULL;
    struct refusal why = {0};
    assert_int_equal(signer_from_file(in_folder(name), &signer, &why), err);
    assert_null(signer);
    if (strstr(why.sentence, word) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", why.sentence, word);
}

static void signer__refuses_a_file_that_is_not_there(void **state)
{
    (void)state;
    assert_refused("nothing.pem", ERR_SYSTEM, "No such file");
}

static void signer__refuses_a_key_that_others_may_read(void **state)
{
    struct key key;
    struct refusal why;
    (void)state;
    assert_int_equal(signer_make(KEY_ED25519, in_folder("open.pem"), &key, &why), OK);
    assert_int_equal(chmod(in_folder("open.pem"), 0640), 0);
    assert_refused("open.pem", ERR_SYSTEM, "chmod 600");
    drop("open.pem");
    drop("open.pem.pub");
}

static void signer__refuses_what_is_no_key_of_ours(void **state)
{
    (void)state;
    write_key("rsa.pem", EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024), NULL);
    assert_refused("rsa.pem", ERR_KEY, "of a type that is taken here");
    drop("rsa.pem");
    write_key("p521.pem", EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-521"), NULL);
    assert_refused("p521.pem", ERR_KEY, "of a type that is taken here");
    drop("p521.pem");
    write_key("secret.pem", EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"), "passphrase");
    assert_refused("secret.pem", ERR_FORM, "without a passphrase");
    drop("secret.pem");
}

static void signer__refuses_a_file_longer_than_a_key(void **state)
{
    (void)state;
    FILE *file = fopen(in_folder("long.pem"), "w");
    assert_non_null(file);
    assert_int_equal(fchmod(fileno(file), 0600), 0);
    for (int i = 0; i <= SECRET_MOST; i++)
        assert_int_equal(fputc('x', file), 'x');
    assert_int_equal(fclose(file), 0);
    assert_refused("long.pem", ERR_LIMIT, "too long");
    drop("long.pem");
}

static void signer__never_writes_over_a_key(void **state)
{
    struct key first, second;
    struct signer *signer = NULL;
    struct refusal why;
    (void)state;
    assert_int_equal(signer_make(KEY_ED25519, in_folder("mine.pem"), &first, &why), OK);
    assert_int_equal(
        signer_make(KEY_ED25519, in_folder("mine.pem"), &second, &why), ERR_EXISTS);
    assert_int_equal(signer_from_file(in_folder("mine.pem"), &signer, &why), OK);
    assert_true(hash_equal(&signer_key(signer)->id, &first.id));
    signer_free(signer);
    drop("mine.pem");
    // Half a pair is taken back.
    assert_int_equal(
        signer_make(KEY_ED25519, in_folder("mine.pem"), &second, &why), ERR_EXISTS);
    assert_int_equal(access(in_folder("mine.pem"), F_OK), -1);
    drop("mine.pem.pub");
}

static void read_public_file(const char *name, struct key *out)
{
    char pem[2 * KEY_SPKI_MOST];
    FILE *file = fopen(in_folder(name), "r");
    assert_non_null(file);
    size_t size = fread(pem, 1, sizeof pem, file);
    fclose(file);
    assert_int_equal(key_from_pem(span_of(pem, size), out), OK);
}

static void check_pair(enum key_type type)
{
    struct key made, published;
    struct signer *signer = NULL;
    struct refusal why;
    struct stat about;
    struct bytes signature;
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    assert_int_equal(signer_make(type, in_folder("pair.pem"), &made, &why), OK);
    assert_int_equal(stat(in_folder("pair.pem"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    read_public_file("pair.pem.pub", &published);
    assert_int_equal(signer_from_file(in_folder("pair.pem"), &signer, &why), OK);
    assert_int_equal(signer_key(signer)->type, type);
    assert_true(hash_equal(&signer_key(signer)->id, &published.id));
    assert_int_equal(
        signer_sign(signer, DSSE_REQUEST, span_text("body"), &signature, &why), OK);
    struct span bytes = bytes_span(&signature);
    assert_int_equal(dsse_verify(&published, DSSE_REQUEST, span_text("body"), bytes), OK);
    assert_int_equal(
        dsse_verify(&published, DSSE_APPROVAL, span_text("body"), bytes), ERR_SIGNATURE);
    bytes_clear(&signature);
    signer_free(signer);
    drop("pair.pem");
    drop("pair.pem.pub");
}

static void signer__signs_statements_with_every_type_of_key(void **state)
{
    (void)state;
    for (enum key_type type = KEY_ED25519; type <= KEY_RSA4096; type++)
        check_pair(type);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signer__refuses_a_file_that_is_not_there),
        cmocka_unit_test(signer__refuses_a_key_that_others_may_read),
        cmocka_unit_test(signer__refuses_what_is_no_key_of_ours),
        cmocka_unit_test(signer__refuses_a_file_longer_than_a_key),
        cmocka_unit_test(signer__never_writes_over_a_key),
        cmocka_unit_test(signer__signs_statements_with_every_type_of_key),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
