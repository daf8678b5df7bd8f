#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "log/checkpoint.h"
#include "tests/unit/vectors.h"

#include <openssl/evp.h>
#include <string.h>

#define ORIGIN "log.example/unit"

// An Ed25519 key made of the hash of a few words, so that every run says the same.
struct signer {
    EVP_PKEY *pkey;
    struct key key;
};

static void signer_make(struct signer *signer, const char *words)
{
    uint8_t raw[32];
    size_t size = sizeof raw;
    struct hash seed = hash_of(span_text(words));
    signer->pkey =
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed.byte, sizeof seed.byte);
    assert_non_null(signer->pkey);
    assert_int_equal(EVP_PKEY_get_raw_public_key(signer->pkey, raw, &size), 1);
    assert_int_equal(key_from_raw(KEY_ED25519, span_of(raw, size), &signer->key), OK);
}

static void signer_sign(const struct signer *signer, struct span text, uint8_t out[64])
{
    size_t size = 64;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, signer->pkey), 1);
    assert_int_equal(EVP_DigestSign(ctx, out, &size, text.data, text.size), 1);
    assert_int_equal(size, 64);
    EVP_MD_CTX_free(ctx);
}

struct world {
    struct signer log;
    struct signer stranger;
    struct checkpoint checkpoint;
    struct bytes note;
};

// Signs any text as a note of ORIGIN: text, empty line, one signature line.
static void sign_text(struct world *world, const char *text, struct bytes *note)
{
    // checkpoint_note makes the signature line; what stands before it is exchanged.
    uint8_t signature[64];
    struct bytes whole;
    bytes_init(&whole, LIMIT_CHECKPOINT);
    signer_sign(&world->log, span_text(text), signature);
    checkpoint_note(&world->checkpoint, &world->log.key, span_of(signature, 64), &whole);
    const uint8_t *line = memmem(whole.data, whole.size, "\n\n", 2);
    assert_non_null(line);
    bytes_reset(note);
    bytes_add_text(note, text);
    bytes_add(note, span_of(line + 1, whole.size - (size_t)(line + 1 - whole.data)));
    bytes_clear(&whole);
}

static void sign_checkpoint(struct world *world)
{
    struct bytes text;
    bytes_init(&text, LIMIT_CHECKPOINT);
    checkpoint_write(&world->checkpoint, &text);
    bytes_add_u8(&text, 0);
    sign_text(world, (const char *)text.data, &world->note);
    bytes_clear(&text);
}

static int world_make(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    if (world == NULL)
        return -1;
    signer_make(&world->log, "a log of unit tests");
    signer_make(&world->stranger, "a stranger to unit tests");
    world->checkpoint = (struct checkpoint){.origin = ORIGIN, .size = 12};
    world->checkpoint.root = hash_of(span_text("root"));
    bytes_init(&world->note, 4 * LIMIT_CHECKPOINT);
    sign_checkpoint(world);
    *state = world;
    return 0;
}

static int world_drop(void **state)
{
    struct world *world = *state;
    EVP_PKEY_free(world->log.pkey);
    EVP_PKEY_free(world->stranger.pkey);
    bytes_clear(&world->note);
    free(world);
    return 0;
}

static enum err open_note(struct world *world, struct checkpoint *out)
{
    return checkpoint_open(bytes_span(&world->note), ORIGIN, &world->log.key, out);
}

// ---- bad notes ----

static void checkpoint__refuses_every_truncated_note(void **state)
{
    struct world *world = *state;
    struct checkpoint out;
    for (size_t size = 0; size < world->note.size; size++) {
        struct span cut = span_of(world->note.data, size);
        assert_int_not_equal(checkpoint_open(cut, ORIGIN, &world->log.key, &out), OK);
    }
    assert_int_equal(open_note(world, &out), OK);
}

static void checkpoint__refuses_every_flipped_bit(void **state)
{
    struct world *world = *state;
    struct checkpoint out;
    for (size_t bit = 0; bit < 8 * world->note.size; bit++) {
        world->note.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(open_note(world, &out), OK);
        world->note.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void checkpoint__refuses_another_origin_and_another_key(void **state)
{
    struct world *world = *state;
    struct span note = bytes_span(&world->note);
    struct checkpoint out;
    assert_int_equal(
        checkpoint_open(note, "log.example/other", &world->log.key, &out), ERR_NOT_FOUND);
    assert_int_equal(checkpoint_open(note, ORIGIN, &world->stranger.key, &out), ERR_SIGNATURE);
}

static void checkpoint__refuses_texts_that_are_no_checkpoint(void **state)
{
    static const char *const texts[] = {
        "\n",
        ORIGIN "\n",
        ORIGIN "\n12\n",
        // size
        ORIGIN "\n012\nrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrE=\n",
        ORIGIN "\n+12\nrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrE=\n",
        ORIGIN "\n\nrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrE=\n",
        ORIGIN "\n18446744073709551616\nrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrE=\n",
        ORIGIN "\n0x1\nrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrE=\n",
        // root: too short, too long, not canonical, not base64
        ORIGIN "\n12\nrrrr\n",
        ORIGIN "\n12\nrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr\n",
        ORIGIN "\n12\nrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr=\n",
        ORIGIN "\n12\nrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr!=\n",
        // an extension line, an empty line within, a carriage return
        ORIGIN "\n12\nrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrE=\nmore\n",
        ORIGIN "\n12\nrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrE=\n\nmore\n",
        ORIGIN "\r\n12\r\nrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrE=\r\n",
    };
    struct world *world = *state;
    struct checkpoint out;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sign_text(world, texts[i], &world->note);
        assert_int_equal(open_note(world, &out), ERR_FORM);
    }
    sign_text(
        world, ORIGIN "\n12\nrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrE=\n", &world->note);
    assert_int_equal(open_note(world, &out), OK);
    sign_checkpoint(world);
}

static void checkpoint__refuses_malformed_signature_lines(void **state)
{
    static const char *const lines[] = {
        "- stranger AAAAAAA=\n",               // a plain hyphen
        "\xe2\x80\x94 stranger\n",             // no signature
        "\xe2\x80\x94 stranger AAAA\n",        // shorter than a key id
        "\xe2\x80\x94 stranger AAAAAAA\n",     // not padded
        "\xe2\x80\x94 str+anger AAAAAAA=\n",   // '+' in a name
        "\xe2\x80\x94  AAAAAAA=\n",            // no name
        "\xe2\x80\x94 stranger AAAAAAA=",      // no line feed
        "\xe2\x80\x94 stranger AAAAAAA=\n\n",  // the last empty line is not the last but one
        "\xe2\x80\x94 str\x01nger AAAAAAA=\n", // control character
        "\xe2\x80\x94 str\xc0\xafnger AAAAAAA=\n",     // overlong UTF-8
        "\xe2\x80\x94 str\xed\xa0\x80nger AAAAAAA=\n", // surrogate
        "\xe2\x80\x94 str\xf4\x90\x80\x80 AAAAAAA=\n", // above U+10FFFF
    };
    struct world *world = *state;
    struct checkpoint out;
    size_t good = world->note.size;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        bytes_add_text(&world->note, lines[i]);
        assert_int_equal(open_note(world, &out), ERR_FORM);
        world->note.size = good;
    }
}

// The same name and key id with a signature that does not verify rejects the note, also when a
// good one stands before it.
static void checkpoint__refuses_a_bad_line_of_the_log_beside_a_good_one(void **state)
{
    struct world *world = *state;
    struct checkpoint out;
    struct bytes other;
    uint8_t zeros[64] = {0};
    size_t good = world->note.size;
    bytes_init(&other, LIMIT_CHECKPOINT);
    checkpoint_note(&world->checkpoint, &world->log.key, span_of(zeros, 64), &other);
    const uint8_t *line = memmem(other.data, other.size, "\n\n", 2);
    bytes_add(&world->note, span_of(line + 2, other.size - (size_t)(line + 2 - other.data)));
    assert_int_equal(open_note(world, &out), ERR_SIGNATURE);
    world->note.size = good;
    bytes_clear(&other);
}

static void checkpoint__refuses_a_note_over_the_limit(void **state)
{
    struct world *world = *state;
    struct checkpoint out;
    size_t good = world->note.size;
    while (world->note.size <= LIMIT_CHECKPOINT)
        bytes_add_text(&world->note, "\xe2\x80\x94 stranger AAAAAAA=\n");
    assert_int_equal(open_note(world, &out), ERR_FORM);
    world->note.size = good;
}

// ---- good notes ----

static void checkpoint__opens_what_it_wrote(void **state)
{
    struct world *world = *state;
    struct checkpoint out;
    assert_int_equal(open_note(world, &out), OK);
    assert_string_equal(out.origin, ORIGIN);
    assert_int_equal(out.size, 12);
    assert_memory_equal(&out.root, &world->checkpoint.root, sizeof out.root);
}

static void checkpoint__ignores_sixteen_unknown_keys(void **state)
{
    struct world *world = *state;
    struct checkpoint out;
    size_t good = world->note.size;
    for (size_t i = 0; i < 16; i++)
        bytes_add_text(&world->note, "\xe2\x80\x94 \xc3\xa9.example/w AAAAAAA=\n");
    assert_int_equal(open_note(world, &out), OK);
    world->note.size = good;
}

// ---- vkey ----

static void vkey__refuses_other_spellings(void **state)
{
    struct world *world = *state;
    char origin[LIMIT_ROLE_NAME + 1];
    struct key key;
    struct bytes vkey;
    bytes_init(&vkey, 1024);
    vkey_write(ORIGIN, &world->log.key, &vkey);
    assert_int_equal(vkey_read(bytes_span(&vkey), origin, &key), OK);
    for (size_t size = 0; size < vkey.size; size++)
        assert_int_equal(vkey_read(span_of(vkey.data, size), origin, &key), ERR_FORM);
    for (size_t at = 0; at < vkey.size; at++) {
        vkey.data[at] ^= 0x01;
        assert_int_equal(vkey_read(bytes_span(&vkey), origin, &key), ERR_FORM);
        vkey.data[at] ^= 0x01;
    }
    bytes_add_u8(&vkey, '\n');
    assert_int_equal(vkey_read(bytes_span(&vkey), origin, &key), ERR_FORM);
    bytes_clear(&vkey);
}

static void vkey__reads_what_it_wrote(void **state)
{
    struct world *world = *state;
    char origin[LIMIT_ROLE_NAME + 1];
    struct key key;
    struct bytes vkey;
    bytes_init(&vkey, 1024);
    vkey_write(ORIGIN, &world->log.key, &vkey);
    assert_int_equal(vkey_read(bytes_span(&vkey), origin, &key), OK);
    assert_string_equal(origin, ORIGIN);
    assert_memory_equal(&key.id, &world->log.key.id, sizeof key.id);
    bytes_clear(&vkey);
}

// ---- proofs ----

// A tree of two records, the second proven, under a checkpoint of the world's log.
static void make_proof(struct world *world, struct bytes *proof)
{
    struct merkle_path path = {.count = 1};
    struct hash first = merkle_leaf(span_text("first")),
                second = merkle_leaf(span_text("second"));
    path.nodes[0] = first;
    world->checkpoint.size = 2;
    world->checkpoint.root = merkle_node(&first, &second);
    sign_checkpoint(world);
    bytes_reset(proof);
    proof_write(1, &path, bytes_span(&world->note), proof);
}

static enum err check(struct world *world, struct span proof, const char *record)
{
    uint64_t index;
    struct checkpoint out;
    return proof_check(proof, span_text(record), ORIGIN, &world->log.key, &index, &out);
}

static void proof__refuses_what_is_not_in_the_log(void **state)
{
    struct world *world = *state;
    struct bytes proof;
    bytes_init(&proof, LIMIT_CHECKPOINT);
    make_proof(world, &proof);
    assert_int_equal(check(world, bytes_span(&proof), "second"), OK);
    assert_int_equal(check(world, bytes_span(&proof), "first"), ERR_SIGNATURE);
    assert_int_equal(check(world, bytes_span(&proof), ""), ERR_SIGNATURE);
    bytes_clear(&proof);
}

static void proof__refuses_every_cut_and_every_changed_byte(void **state)
{
    struct world *world = *state;
    struct bytes proof;
    bytes_init(&proof, LIMIT_CHECKPOINT);
    make_proof(world, &proof);
    for (size_t size = 0; size < proof.size; size++)
        assert_int_not_equal(check(world, span_of(proof.data, size), "second"), OK);
    for (size_t at = 0; at < proof.size; at++) {
        proof.data[at] ^= 0x04;
        assert_int_not_equal(check(world, bytes_span(&proof), "second"), OK);
        proof.data[at] ^= 0x04;
    }
    bytes_clear(&proof);
}

static void proof__reads_extra_data_and_believes_none_of_it(void **state)
{
    static const char title[] = "c2sp.org/tlog-proof@v1\n";
    struct world *world = *state;
    struct bytes proof, extra;
    bytes_init(&proof, LIMIT_CHECKPOINT);
    bytes_init(&extra, LIMIT_CHECKPOINT);
    make_proof(world, &proof);
    assert_true(span_starts(bytes_span(&proof), title));
    bytes_add_text(&extra, title);
    bytes_add_text(&extra, "extra AAAA\n");
    bytes_add(&extra, span_of(proof.data + strlen(title), proof.size - strlen(title)));
    assert_int_equal(check(world, bytes_span(&extra), "second"), OK);
    assert_int_equal(check(world, bytes_span(&extra), "first"), ERR_SIGNATURE);
    bytes_clear(&extra);
    bytes_clear(&proof);
}

// ---- examples from elsewhere ----

// The lines of `text` from `from` to `to` that are indented by four spaces, without them.
static void unindent(const char *from, const char *to, struct bytes *out)
{
    while (from < to) {
        const char *end = memchr(from, '\n', (size_t)(to - from));
        end = end == NULL ? to : end + 1;
        size_t skip = strncmp(from, "    ", 4) == 0 ? 4 : 0;
        bytes_add(out, span_of(from + skip, (size_t)(end - from) - skip));
        from = end;
    }
}

static void checkpoint__opens_the_published_example(void **state)
{
    (void)state;
    size_t size = 0;
    char *text = vector_load(VECTORS "README.md", &size);
    if (text == NULL) {
        print_message("no " VECTORS "README.md here: the published checkpoint is not read\n");
        skip();
    }
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    struct bytes note, again;
    const char *vkey = strstr(text, "`log.example/"), *begin = strstr(text, "    log.example/");
    assert_non_null(vkey);
    assert_non_null(begin);
    struct span spelled = span_of(vkey + 1, strcspn(vkey + 1, "`"));
    assert_int_equal(vkey_read(spelled, origin, &log), OK);
    bytes_init(&note, LIMIT_CHECKPOINT);
    bytes_init(&again, LIMIT_CHECKPOINT);
    unindent(begin, text + size, &note);
    struct checkpoint out;
    assert_int_equal(checkpoint_open(bytes_span(&note), origin, &log, &out), OK);
    assert_int_equal(out.size, 8);
    char hex[2 * HASH_SIZE + 1];
    hash_hex(&out.root, hex);
    assert_string_equal(
        hex, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    vkey_write(origin, &log, &again);
    assert_true(span_equal(bytes_span(&again), spelled));
    // The same note as our own writer makes it, from the same seed.
    struct signer signer;
    uint8_t signature[64];
    signer_make(&signer, "appliance-test-log-key");
    bytes_reset(&again);
    checkpoint_write(&out, &again);
    signer_sign(&signer, bytes_span(&again), signature);
    bytes_reset(&again);
    checkpoint_note(&out, &signer.key, span_of(signature, 64), &again);
    assert_true(note.size > again.size); // a witness signed it, too
    assert_memory_equal(note.data, again.data, again.size);
    EVP_PKEY_free(signer.pkey);
    bytes_clear(&again);
    bytes_clear(&note);
    free(text);
}

static void vkey__reads_the_example_of_the_note_specification(void **state)
{
    (void)state;
    size_t size = 0;
    char *text = vector_load(VECTORS "c2sp-tlog/signed-note.md", &size);
    if (text == NULL) {
        print_message("no " VECTORS "c2sp-tlog here: the specification's note is not read\n");
        skip();
    }
    char origin[LIMIT_ROLE_NAME + 1];
    struct key key;
    struct checkpoint out;
    const char *vkey = strstr(text, "example.com/foo+"), *note = strstr(text, "This is an ex");
    assert_non_null(vkey);
    assert_non_null(note);
    assert_int_equal(vkey_read(span_of(vkey, strcspn(vkey, "\n")), origin, &key), OK);
    assert_string_equal(origin, "example.com/foo");
    struct span whole = span_of(note, (size_t)(strstr(note, "```") - note));
    // A good note, and no checkpoint: the key's signature over it must not make it one.
    assert_int_equal(checkpoint_open(whole, origin, &key, &out), ERR_FORM);
    const char *behind = strstr(note, "foo ") + 4;
    struct bytes signature;
    bytes_init(&signature, 1024);
    assert_int_equal(base64_read(span_of(behind, strcspn(behind, "\n")), &signature), OK);
    struct span message = span_of(note, (size_t)(strstr(note, "\n\n") + 1 - note));
    assert_int_equal(
        key_verify(&key, message, span_of(signature.data + 4, signature.size - 4)), OK);
    bytes_clear(&signature);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checkpoint__refuses_every_truncated_note),
        cmocka_unit_test(checkpoint__refuses_every_flipped_bit),
        cmocka_unit_test(checkpoint__refuses_another_origin_and_another_key),
        cmocka_unit_test(checkpoint__refuses_texts_that_are_no_checkpoint),
        cmocka_unit_test(checkpoint__refuses_malformed_signature_lines),
        cmocka_unit_test(checkpoint__refuses_a_bad_line_of_the_log_beside_a_good_one),
        cmocka_unit_test(checkpoint__refuses_a_note_over_the_limit),
        cmocka_unit_test(checkpoint__opens_what_it_wrote),
        cmocka_unit_test(checkpoint__ignores_sixteen_unknown_keys),
        cmocka_unit_test(vkey__refuses_other_spellings),
        cmocka_unit_test(vkey__reads_what_it_wrote),
        cmocka_unit_test(proof__refuses_what_is_not_in_the_log),
        cmocka_unit_test(proof__refuses_every_cut_and_every_changed_byte),
        cmocka_unit_test(proof__reads_extra_data_and_believes_none_of_it),
        cmocka_unit_test(checkpoint__opens_the_published_example),
        cmocka_unit_test(vkey__reads_the_example_of_the_note_specification),
    };
    return cmocka_run_group_tests_name("checkpoint", tests, world_make, world_drop);
}
