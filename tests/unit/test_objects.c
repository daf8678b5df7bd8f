// Wishes and objects: what founding makes in the token.
#include "policy/objects.h"
#include "tests/unit/made_up.h"
#include "tests/unit/mutation.h"

#include <stdio.h>

enum { LOG_KEY = 900 };

static bool wishes_again(struct span text, struct bytes *out)
{
    static struct wishes wishes;
    if (wishes_read(text, &wishes) != OK)
        return false;
    wishes_write(&wishes, out);
    return true;
}

static bool objects_again(struct span text, struct bytes *out)
{
    static struct objects objects;
    if (objects_read(text, &objects) != OK)
        return false;
    objects_write(&objects, out);
    return true;
}

static void objects_of(struct objects *objects, const char *const *roles, size_t count)
{
    memset(objects, 0, sizeof *objects);
    objects->log = made_up_key(LOG_KEY);
    objects->key_count = count;
    for (size_t i = 0; i < count; i++) {
        struct made_key *made = &objects->keys[i];
        snprintf(made->role, sizeof made->role, "%s", roles[i]);
        made->key = made_up_key((unsigned)i);
    }
}

#define WISHES "conclave.wishes/v1\norigin: log.example/a1\n"

static void wishes__refuses_what_are_no_wishes(void **unused)
{
    (void)unused;
    static const char *const bad[] = {
        "",
        "conclave.wishes/v1\n",
        "conclave.wishes/v1\norigin: none\n",
        "conclave.wishes/v1\norigin: a+b\n",
        "conclave.wishes/v1\norigin: a%20b\n",
        "conclave.wishes/v2\norigin: a\n",
        WISHES "key: image/root rsa\n",
        WISHES "key: image/root none\n",
        WISHES "key: image/root\n",
        WISHES "key: image ed25519\n",
        WISHES "key: image/none ed25519\n",
        WISHES "key: image/root ed25519 ed25519\n",
        WISHES "key: image/root ed25519",
        WISHES "origin: log.example/a1\n",
    };
    static struct wishes wishes;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (wishes_read(span_text(bad[i]), &wishes) != ERR_FORM)
            fail_msg("taken: %s", bad[i]);
}

static void wishes__keeps_the_order_in_which_keys_are_made(void **unused)
{
    (void)unused;
    static const char text[] =
        WISHES "key: image/root ecdsa-p256\nkey: image/root ed25519\nkey: image/root ed25519\n"
               "key: image/targets ed25519\nkey: director/root ed25519\n";
    static struct wishes wishes;
    assert_int_equal(wishes_read(span_text(text), &wishes), OK);
    assert_int_equal(wishes.key_count, 5);
    assert_string_equal(wishes.origin, "log.example/a1");
    assert_int_equal(wishes.keys[0].type, KEY_P256);
    assert_string_equal(wishes.keys[4].role, "director/root");
    struct bytes out;
    bytes_init(&out, LIMIT_OBJECTS);
    wishes_write(&wishes, &out);
    assert_true(span_is(bytes_span(&out), text));
    bytes_clear(&out);
}

static void wishes__refuses_a_key_over_the_limit(void **unused)
{
    (void)unused;
    static struct wishes wishes;
    struct bytes text;
    bytes_init(&text, LIMIT_OBJECTS);
    bytes_add_text(&text, WISHES);
    for (unsigned i = 0; i < LIMIT_KEYS; i++)
        bytes_add_text(&text, "key: image/root ed25519\n");
    assert_int_equal(wishes_read(bytes_span(&text), &wishes), OK);
    assert_int_equal(wishes.key_count, LIMIT_KEYS);
    bytes_add_text(&text, "key: image/root ed25519\n");
    assert_int_equal(wishes_read(bytes_span(&text), &wishes), ERR_FORM);
    bytes_clear(&text);
}

static void objects__sorts_by_role_and_key_and_reads_what_it_writes(void **unused)
{
    (void)unused;
    static const char *const roles[] = {
        "image/targets", "image/root", "a/b", "image/root", "image/root", "image/targets"};
    static struct objects objects, again;
    objects_of(&objects, roles, 6);
    struct bytes text;
    bytes_init(&text, LIMIT_OBJECTS);
    objects_write(&objects, &text);
    assert_int_equal(bytes_finish(&text), OK);
    assert_int_equal(objects_read(bytes_span(&text), &again), OK);
    assert_int_equal(again.key_count, 6);
    assert_string_equal(again.keys[0].role, "a/b");
    assert_string_equal(again.keys[3].role, "image/root");
    assert_true(hash_equal(&again.log.id, &objects.log.id));
    for (size_t i = 0; i < 6; i++)
        assert_true(hash_equal(&again.keys[i].key.id, &objects.keys[i].key.id));
    struct span title = span_text("conclave.objects/v1\nlog: ed25519 ");
    assert_true(span_equal(span_of(text.data, title.size), title));
    bytes_clear(&text);
}

// Writes objects, replaces the first `from` by `to`, and reads that.
static enum err read_replaced(struct objects *objects, const char *from, const char *to)
{
    static struct objects again;
    struct bytes text, changed;
    bytes_init(&text, LIMIT_OBJECTS);
    bytes_init(&changed, LIMIT_OBJECTS);
    objects_write(objects, &text);
    uint8_t *at = memmem(text.data, text.size, from, strlen(from));
    assert_non_null(at);
    bytes_add(&changed, span_of(text.data, (size_t)(at - text.data)));
    bytes_add_text(&changed, to);
    at += strlen(from);
    bytes_add(&changed, span_of(at, text.size - (size_t)(at - text.data)));
    enum err err = objects_read(bytes_span(&changed), &again);
    bytes_clear(&text);
    bytes_clear(&changed);
    return err;
}

static void objects__refuses_what_is_no_list_of_objects(void **unused)
{
    (void)unused;
    static const char *const changes[][2] = {
        {"v1", "v2"},
        {"log: ed25519", "log: ecdsa-p256"},
        {"log: ed25519 M", "log: ed25519 N"},
        {"seal: hmac-sha256\n", ""},
        {"seal: hmac-sha256", "seal: hmac-sha512"},
        {"key: image/root ed25519", "key: image/root ecdsa-p256"},
        {"key: image/root ed25519", "key: image/root"},
        {"key: image/root", "key: image"},
        {"key: image/root", "key: zoo/root"},
    };
    static const char *const roles[] = {"image/root", "image/targets"};
    static struct objects objects;
    objects_of(&objects, roles, 2);
    assert_int_equal(read_replaced(&objects, "v1", "v1"), OK);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        if (read_replaced(&objects, changes[i][0], changes[i][1]) != ERR_FORM)
            fail_msg("taken with %s", changes[i][1]);
}

static void objects__r21_one_public_key_stands_at_one_place(void **unused)
{
    (void)unused;
    static const char *const roles[] = {"image/root", "image/targets"};
    static struct objects objects;
    objects_of(&objects, roles, 2);
    objects.keys[1].key = objects.keys[0].key;
    assert_int_equal(read_replaced(&objects, "v1", "v1"), ERR_FORM);
    objects_of(&objects, roles, 2);
    objects.keys[1].key = objects.log;
    assert_int_equal(read_replaced(&objects, "v1", "v1"), ERR_FORM);
}

static void objects__takes_as_many_keys_as_the_limit_says(void **unused)
{
    (void)unused;
    static const char *roles[LIMIT_KEYS];
    for (size_t i = 0; i < LIMIT_KEYS; i++)
        roles[i] = "image/root";
    static struct objects objects, again;
    objects_of(&objects, roles, LIMIT_KEYS);
    struct bytes text;
    bytes_init(&text, LIMIT_OBJECTS);
    objects_write(&objects, &text);
    assert_int_equal(bytes_finish(&text), OK);
    assert_int_equal(objects_read(bytes_span(&text), &again), OK);
    struct key more = made_up_key(LIMIT_KEYS);
    bytes_add_text(&text, "key: zoo/root ed25519 ");
    bytes_add_base64(&text, key_spki(&more));
    bytes_add_text(&text, "\n");
    assert_int_equal(objects_read(bytes_span(&text), &again), ERR_FORM);
    bytes_clear(&text);
}

static void objects__every_mutation_is_refused_or_written_back_alike(void **unused)
{
    (void)unused;
    static const char *const roles[] = {"image/root", "image/root", "image/targets"};
    static const uint8_t flips[] = {1, 2, 4, 8, 16, 32, 64, 128, 3, 26};
    static struct objects objects;
    objects_of(&objects, roles, 3);
    struct bytes text;
    bytes_init(&text, LIMIT_OBJECTS);
    objects_write(&objects, &text);
    struct mutation_count count = mutate(objects_again, bytes_span(&text), flips, sizeof flips);
    assert_true(count.taken > 0); // another point of the curve is another key
    assert_true(count.refused > count.taken);
    bytes_clear(&text);
}

static void wishes__every_mutation_is_refused_or_written_back_alike(void **unused)
{
    (void)unused;
    static const char text[] =
        WISHES "key: image/root ecdsa-p256\nkey: image/targets ed25519\n";
    static const uint8_t flips[] = {1, 2, 4, 8, 16, 32, 64, 128, 3, 26};
    struct mutation_count count = mutate(wishes_again, span_text(text), flips, sizeof flips);
    assert_true(count.taken > 0);
    assert_true(count.refused > count.taken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wishes__refuses_what_are_no_wishes),
        cmocka_unit_test(wishes__refuses_a_key_over_the_limit),
        cmocka_unit_test(wishes__keeps_the_order_in_which_keys_are_made),
        cmocka_unit_test(wishes__every_mutation_is_refused_or_written_back_alike),
        cmocka_unit_test(objects__refuses_what_is_no_list_of_objects),
        cmocka_unit_test(objects__r21_one_public_key_stands_at_one_place),
        cmocka_unit_test(objects__sorts_by_role_and_key_and_reads_what_it_writes),
        cmocka_unit_test(objects__takes_as_many_keys_as_the_limit_says),
        cmocka_unit_test(objects__every_mutation_is_refused_or_written_back_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
