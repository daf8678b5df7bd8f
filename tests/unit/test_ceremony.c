// The ceremony: what an administrator's tool checks of a founding before it is signed.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/ceremony.h"
#include "tests/unit/log_fixture.h"

#include <stdlib.h>
#include <string.h>

// What the appliance answers; a test bends one of the three texts.
struct hall {
    struct fixture *fixture;
    struct founding founding;
    struct objects objects;
    struct bytes founding_text;
    struct bytes objects_text;
    struct message answer;
};

static void write_hall(struct hall *hall)
{
    bytes_reset(&hall->objects_text);
    objects_write(&hall->objects, &hall->objects_text);
    bytes_reset(&hall->founding_text);
    founding_write(&hall->founding, &hall->founding_text);
    hall->answer.founding.founding = bytes_span(&hall->founding_text);
    hall->answer.founding.objects = bytes_span(&hall->objects_text);
    hall->answer.founding.charter = bytes_span(&hall->fixture->charter_text);
}

static void name_objects(struct hall *hall)
{
    bytes_reset(&hall->objects_text);
    objects_write(&hall->objects, &hall->objects_text);
    hall->founding.objects = hash_of(bytes_span(&hall->objects_text));
    write_hall(hall);
}

static int make(void **state)
{
    struct hall *hall = calloc(1, sizeof *hall);
    if (hall == NULL)
        return -1;
    hall->fixture = fixture_new();
    bytes_init(&hall->founding_text, LIMIT_RECORD);
    bytes_init(&hall->objects_text, LIMIT_OBJECTS);
    hall->objects.log = hall->fixture->log.key;
    for (size_t i = 0; i < FIXTURE_ROLES; i++) {
        struct made_key *made = &hall->objects.keys[hall->objects.key_count++];
        memcpy(made->role, hall->fixture->charter->roles[i].name, sizeof made->role);
        made->key = hall->fixture->roles[i].key;
    }
    hall->founding = (struct founding){.time = FIXTURE_START,
        .origin = FIXTURE_ORIGIN,
        .log = hall->fixture->log.key,
        .charter = hall->fixture->charter->hash};
    hall->answer.kind = ANSWER_FOUNDING;
    name_objects(hall);
    *state = hall;
    return 0;
}

static int clean(void **state)
{
    struct hall *hall = *state;
    bytes_clear(&hall->founding_text);
    bytes_clear(&hall->objects_text);
    fixture_free(hall->fixture);
    free(hall);
    return 0;
}

static void assert_refused(struct hall *hall, enum err err, const char *word)
{
    struct refusal refusal = {0};
    struct ceremony *ceremony = ceremony_new();
    assert_non_null(ceremony);
    enum err got = ceremony_read(ceremony, &hall->answer, &refusal);
    ceremony_free(ceremony);
    if (got != err || strstr(refusal.sentence, word) == NULL)
        fail_msg(
            "%s, \"%s\"; not %s, \"%s\"", err_text(got), refusal.sentence, err_text(err), word);
}

static void ceremony__passes_texts_that_agree(void **state)
{
    struct hall *hall = *state;
    struct refusal refusal = {0};
    struct ceremony *ceremony = ceremony_new();
    hall->answer.founding.signed_by.at[0] = hall->fixture->admins[1].key.id;
    hall->answer.founding.signed_by.count = 1;
    assert_int_equal(ceremony_read(ceremony, &hall->answer, &refusal), OK);
    assert_true(ceremony_has_signed(ceremony, &hall->fixture->admins[1].key.id));
    assert_false(ceremony_has_signed(ceremony, &hall->fixture->admins[0].key.id));
    assert_true(
        span_equal(bytes_span(&ceremony->founding_text), bytes_span(&hall->founding_text)));
    ceremony_free(ceremony);
}

static void ceremony__says_what_is_still_missing(void **state)
{
    struct hall *hall = *state;
    hall->answer.founding.founding = (struct span){0};
    assert_refused(hall, ERR_NOT_FOUND, "init charter");
    hall->answer.founding.objects = (struct span){0};
    assert_refused(hall, ERR_NOT_FOUND, "init keys");
}

static void ceremony__refuses_another_charter(void **state)
{
    struct hall *hall = *state;
    hall->founding.charter.byte[0] ^= 1;
    write_hall(hall);
    assert_refused(hall, ERR_SIGNATURE, "another charter");
}

static void ceremony__refuses_another_list_of_objects(void **state)
{
    struct hall *hall = *state;
    hall->founding.objects.byte[0] ^= 1;
    write_hall(hall);
    assert_refused(hall, ERR_SIGNATURE, "another list of objects");
}

static void ceremony__refuses_another_log_key(void **state)
{
    struct hall *hall = *state;
    hall->founding.log = hall->fixture->service.key;
    write_hall(hall);
    assert_refused(hall, ERR_SIGNATURE, "one log key");
    hall->founding.log = hall->fixture->log.key;
    hall->objects.log = hall->fixture->service.key;
    name_objects(hall);
    assert_refused(hall, ERR_SIGNATURE, "one log key");
}

static void ceremony__refuses_another_origin(void **state)
{
    struct hall *hall = *state;
    memcpy(hall->founding.origin, "log.example/other", sizeof "log.example/other");
    write_hall(hall);
    assert_refused(hall, ERR_SIGNATURE, "another log");
}

static void ceremony__r18_refuses_keys_that_were_not_generated(void **state)
{
    struct hall *hall = *state;
    hall->objects.keys[0].key = hall->fixture->service.key;
    name_objects(hall);
    assert_refused(hall, ERR_SIGNATURE, "not generated");
    hall->objects.key_count = 1;
    name_objects(hall);
    assert_refused(hall, ERR_SIGNATURE, "1 were generated");
}

static void ceremony__r7_refuses_a_charter_that_is_not_the_first(void **state)
{
    struct hall *hall = *state;
    struct charter *charter = hall->fixture->charter;
    charter->epoch = 2;
    charter->previous = (struct hash){{1}};
    bytes_reset(&hall->fixture->charter_text);
    charter_write(charter, &hall->fixture->charter_text);
    hall->founding.charter = hash_of(bytes_span(&hall->fixture->charter_text));
    write_hall(hall);
    assert_refused(hall, ERR_SIGNATURE, "not a first one");
}

static void ceremony__refuses_texts_that_cannot_be_read(void **state)
{
    struct hall *hall = *state;
    hall->founding_text.data[0] ^= 1;
    assert_refused(hall, ERR_SIGNATURE, "founding record cannot be read");
    hall->founding_text.data[0] ^= 1;
    hall->objects_text.data[0] ^= 1;
    assert_refused(hall, ERR_SIGNATURE, "objects cannot be read");
    hall->objects_text.data[0] ^= 1;
    hall->fixture->charter_text.data[0] ^= 1;
    assert_refused(hall, ERR_SIGNATURE, "");
}

#define ROW(name) cmocka_unit_test_setup_teardown(ceremony__##name, make, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(passes_texts_that_agree),
        ROW(says_what_is_still_missing),
        ROW(refuses_another_charter),
        ROW(refuses_another_list_of_objects),
        ROW(refuses_another_log_key),
        ROW(refuses_another_origin),
        ROW(r18_refuses_keys_that_were_not_generated),
        ROW(r7_refuses_a_charter_that_is_not_the_first),
        ROW(refuses_texts_that_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
