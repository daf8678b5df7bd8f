#include "client/signer.h"

#include "client/fault.h"
#include "proto/dsse.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct signer {
    struct admin_token *token; // or
    EVP_PKEY *pkey;            // a software key
    struct key key;
};

// How OpenSSL calls what our key types are, and by which digest they sign (R15); Ed25519 hashes for
// itself.
static const struct make {
    const char *name;
    const char *curve;
    size_t bits;
    const char *digest;
} makes[] = {
    [KEY_ED25519] = {"ED25519", NULL, 0, NULL},
    [KEY_P256] = {"EC", "P-256", 0, "SHA256"},
    [KEY_P384] = {"EC", "P-384", 0, "SHA384"},
    [KEY_RSA2048] = {"RSA", NULL, 2048, "SHA256"},
    [KEY_RSA3072] = {"RSA", NULL, 3072, "SHA256"},
    [KEY_RSA4096] = {"RSA", NULL, 4096, "SHA256"},
};

static enum err read_public(EVP_PKEY *pkey, struct key *out)
{
    uint8_t spki[KEY_SPKI_MOST], *end = spki;
    int size = i2d_PUBKEY(pkey, NULL);
    if (size <= 0 || (size_t)size > sizeof spki || i2d_PUBKEY(pkey, &end) != size)
        return ERR_KEY;
    return key_read(span_of(spki, (size_t)size), out) == OK ? OK : ERR_KEY;
}

// A private key that others may read is nobody's own any more.
static enum err open_private(const char *path, int *out, struct refusal *why)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return fault(ERR_SYSTEM, why, "%s: %s", path, strerror(errno));
    if (fstat(fd, &about) != 0 || (about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        close(fd);
        return fault(ERR_SYSTEM, why, "%s may be read by others: chmod 600 it", path);
    }
    *out = fd;
    return OK;
}

// OpenSSL's own answer to an encrypted key is to ask the terminal; ours is to say no.
static int no_passphrase(char *buffer, int size, int writing, void *context)
{
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

static EVP_PKEY *parse_private(struct span pem)
{
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.size);
    if (bio == NULL)
        return NULL;
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
    BIO_free(bio);
    return pkey;
}

static enum err load_file(struct signer *signer, const char *path, struct refusal *why)
{
    int fd = -1;
    struct secret *pem = secret_new();
    enum err err = pem == NULL ? ERR_MEMORY : open_private(path, &fd, why);
    if (err != OK)
        goto out;
    err = secret_read_fd(pem, fd);
    if (err != OK) {
        err = fault(err, why, "%s cannot be read, or is too long for a key", path);
        goto out;
    }
    signer->pkey = parse_private(secret_span(pem));
    err = signer->pkey == NULL ? ERR_FORM : read_public(signer->pkey, &signer->key);
    if (err != OK)
        err = fault(err, why,
            "%s is no private key of a type that is taken here (" KEY_TYPES
            "), in PEM without a passphrase: make one with `conclave key make`",
            path);
out:
    if (fd >= 0)
        close(fd);
    secret_free(pem);
    return err;
}

enum err signer_from_file(const char *path, struct signer **out, struct refusal *refusal)
{
    struct signer *signer = calloc(1, sizeof *signer);
    *out = NULL;
    (void)fault(OK, refusal, "no memory for a key");
    if (signer == NULL)
        return ERR_MEMORY;
    enum err err = load_file(signer, path, refusal);
    if (err == OK)
        *out = signer;
    else
        signer_free(signer);
    return err;
}

enum err signer_from_token(const struct admin_token_place *place, const struct secret *pin,
    struct signer **out, struct refusal *refusal)
{
    struct signer *signer = calloc(1, sizeof *signer);
    *out = NULL;
    (void)fault(OK, refusal, "no memory for a key");
    if (signer == NULL)
        return ERR_MEMORY;
    enum err err = admin_token_open(place, pin, &signer->token, refusal);
    if (err != OK) {
        signer_free(signer);
        return err;
    }
    signer->key = *admin_token_key(signer->token);
    *out = signer;
    return OK;
}

void signer_free(struct signer *signer)
{
    if (signer == NULL)
        return;
    admin_token_close(signer->token);
    EVP_PKEY_free(signer->pkey);
    free(signer);
}

const struct key *signer_key(const struct signer *signer)
{
    return &signer->key;
}

static bool set_scheme(EVP_PKEY_CTX *scheme, const struct make *make)
{
    return make->bits == 0 ||
           (EVP_PKEY_CTX_set_rsa_padding(scheme, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md_name(scheme, make->digest, NULL) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(scheme, KEY_PSS_SALT) == 1);
}

static enum err software_sign(struct signer *signer, struct span message, struct bytes *out)
{
    uint8_t signature[KEY_SIGNATURE_MOST];
    size_t size = sizeof signature;
    const struct make *make = &makes[signer->key.type];
    EVP_PKEY_CTX *scheme = NULL; // ctx's
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL)
        return ERR_MEMORY;
    bool good = EVP_DigestSignInit_ex(
                    ctx, &scheme, make->digest, NULL, NULL, signer->pkey, NULL) == 1 &&
                set_scheme(scheme, make) &&
                EVP_DigestSign(ctx, signature, &size, message.data, message.size) == 1;
    EVP_MD_CTX_free(ctx);
    if (!good)
        return ERR_CRYPTO;
    bytes_add(out, span_of(signature, size));
    return bytes_finish(out);
}

enum err signer_sign(struct signer *signer, const char *type, struct span body,
    struct bytes *signature, struct refusal *refusal)
{
    struct bytes message;
    bytes_init(&message, body.size + LIMIT_SENTENCE);
    dsse_encode(type, body, &message);
    enum err err = bytes_finish(&message);
    if (err == OK && signer->token != NULL)
        err = admin_token_sign(signer->token, bytes_span(&message), signature, refusal);
    else if (err == OK)
        err = software_sign(signer, bytes_span(&message), signature);
    bytes_clear(&message);
    return err;
}

static EVP_PKEY *generate(enum key_type type)
{
    const struct make *make = &makes[type];
    if (make->name == NULL)
        return NULL;
    if (make->bits > 0)
        return EVP_PKEY_Q_keygen(NULL, NULL, make->name, make->bits);
    return EVP_PKEY_Q_keygen(NULL, NULL, make->name, make->curve);
}

static enum err write_new(
    const char *path, mode_t mode, struct span content, struct refusal *why)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return fault(
            errno == EEXIST ? ERR_EXISTS : ERR_SYSTEM, why, "%s: %s", path, strerror(errno));
    bool good = write(fd, content.data, content.size) == (ssize_t)content.size;
    good = fsync(fd) == 0 && good;
    good = close(fd) == 0 && good;
    if (good)
        return OK;
    int wrong = errno;
    (void)unlink(path);
    return fault(ERR_SYSTEM, why, "%s cannot be written: %s", path, strerror(wrong));
}

static enum err write_private(EVP_PKEY *pkey, const char *path, struct refusal *why)
{
    char *data = NULL;
    enum err err = ERR_CRYPTO;
    BIO *bio = BIO_new(BIO_s_secmem()); // wiped when it is freed
    if (bio == NULL)
        return ERR_MEMORY;
    if (PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) == 1) {
        long size = BIO_get_mem_data(bio, &data);
        err = write_new(path, S_IRUSR | S_IWUSR, span_of(data, (size_t)size), why);
    }
    BIO_free(bio);
    return err;
}

static enum err write_public(const struct key *key, const char *path, struct refusal *why)
{
    struct bytes name, pem;
    bytes_init(&name, PATH_MAX);
    bytes_init(&pem, 4 * KEY_SPKI_MOST);
    bytes_add_text(&name, path);
    bytes_add(&name, span_of(".pub", sizeof ".pub"));
    key_to_pem(key, &pem);
    enum err err = bytes_finish(&name);
    if (err == OK)
        err = bytes_finish(&pem);
    if (err == OK)
        err = write_new((const char *)name.data, 0644, bytes_span(&pem), why);
    bytes_clear(&name);
    bytes_clear(&pem);
    return err;
}

enum err signer_make(
    enum key_type type, const char *path, struct key *out, struct refusal *refusal)
{
    (void)fault(OK, refusal, "the key cannot be made");
    EVP_PKEY *pkey = generate(type);
    if (pkey == NULL)
        return ERR_CRYPTO;
    enum err err = read_public(pkey, out);
    if (err == OK)
        err = write_private(pkey, path, refusal);
    if (err == OK) {
        err = write_public(out, path, refusal);
        // Half a pair would stand in the way of the next try.
        if (err != OK)
            (void)unlink(path);
    }
    EVP_PKEY_free(pkey);
    return err;
}
