// Whatever text a log's key signs: what opens as a checkpoint is exactly what its writer would
// write. The input is opened as it stands (note, proof, verifier key), and again as a text that
// this key has signed, so that the readers behind the signature are reached.
#include "log/checkpoint.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define ORIGIN "log.example/fuzz"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_log {
    EVP_PKEY *pkey;
    struct key key;
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static struct fuzz_log make_log(void)
{
    struct fuzz_log log;
    uint8_t raw[32];
    size_t size = sizeof raw;
    struct hash seed = hash_of(span_text(ORIGIN));
    log.pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed.byte, HASH_SIZE);
    must(log.pkey != NULL && EVP_PKEY_get_raw_public_key(log.pkey, raw, &size) == 1);
    must(key_from_raw(KEY_ED25519, span_of(raw, size), &log.key) == OK);
    return log;
}

static void sign(const struct fuzz_log *log, struct span text, uint8_t signature[64])
{
    size_t size = 64;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    must(EVP_DigestSignInit(ctx, NULL, NULL, NULL, log->pkey) == 1);
    must(EVP_DigestSign(ctx, signature, &size, text.data, text.size) == 1);
    EVP_MD_CTX_free(ctx);
}

// The text, an empty line, and the line that checkpoint_note makes of the signature.
static void note_of(const struct fuzz_log *log, struct span text, struct bytes *note)
{
    uint8_t signature[64];
    struct checkpoint any = {.origin = ORIGIN};
    struct bytes whole;
    bytes_init(&whole, LIMIT_CHECKPOINT);
    sign(log, text, signature);
    checkpoint_note(&any, &log->key, span_of(signature, sizeof signature), &whole);
    const uint8_t *line = memmem(whole.data, whole.size, "\n\n", 2);
    must(line != NULL);
    bytes_add(note, text);
    bytes_add(note, span_of(line + 1, whole.size - (size_t)(line + 1 - whole.data)));
    bytes_clear(&whole);
}

static void check_signed(const struct fuzz_log *log, struct span text)
{
    struct checkpoint opened;
    struct bytes note, again;
    bytes_init(&note, text.size + LIMIT_CHECKPOINT);
    bytes_init(&again, LIMIT_CHECKPOINT);
    note_of(log, text, &note);
    if (checkpoint_open(bytes_span(&note), ORIGIN, &log->key, &opened) == OK) {
        checkpoint_write(&opened, &again);
        must(span_equal(bytes_span(&again), text));
    }
    bytes_clear(&again);
    bytes_clear(&note);
}

static void check_vkey(struct span text)
{
    char origin[LIMIT_ROLE_NAME + 1];
    struct key key;
    struct bytes again;
    bytes_init(&again, LIMIT_CHECKPOINT);
    if (vkey_read(text, origin, &key) == OK) {
        vkey_write(origin, &key, &again);
        must(span_equal(bytes_span(&again), text));
    }
    bytes_clear(&again);
}

// Nobody but the key's holder makes a note or a proof that holds.
static void check_unsigned(const struct fuzz_log *log, struct span input)
{
    struct checkpoint checkpoint;
    uint64_t index;
    must(checkpoint_open(input, ORIGIN, &log->key, &checkpoint) != OK);
    must(proof_check(input, input, ORIGIN, &log->key, &index, &checkpoint) != OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fuzz_log log;
    if (log.pkey == NULL)
        log = make_log();
    struct span input = span_of(data, size);
    check_unsigned(&log, input);
    check_signed(&log, input);
    check_vkey(input);
    return 0;
}
