// The founding record, which every administrator signs.
#include "tests/unit/made_up.h"
#include "tests/unit/samples.h"

static void made_up_founding(struct founding *founding)
{
    *founding = (struct founding){
        .time = december,
        .origin = "log.example/appliance-0001",
        .log = made_up_key(1),
        .charter = made_up_hash(10),
        .objects = made_up_hash(11),
    };
}

static bool founding_again(struct span text, struct bytes *out)
{
    struct founding founding;
    if (founding_read(text, &founding) != OK)
        return false;
    founding_write(&founding, out);
    return true;
}

static void founding__one_byte_more_less_or_other_is_refused_or_stands_as_itself(void **state)
{
    (void)state;
    struct founding founding;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    made_up_founding(&founding);
    founding_write(&founding, &text);
    check_every_mutation(founding_again, bytes_span(&text));
    bytes_clear(&text);
}

static enum err founding_of(const struct founding *founding, const char *from, const char *to)
{
    struct bytes text, changed;
    struct founding again;
    bytes_init(&text, 4096);
    bytes_init(&changed, 4096);
    founding_write(founding, &text);
    bytes_add_u8(&text, 0);
    const char *at = strstr((const char *)text.data, from);
    assert_non_null(at);
    size_t before = (size_t)(at - (const char *)text.data);
    bytes_add(&changed, span_of(text.data, before));
    bytes_add_text(&changed, to);
    bytes_add_text(&changed, at + strlen(from));
    enum err err = founding_read(bytes_span(&changed), &again);
    bytes_clear(&text);
    bytes_clear(&changed);
    return err;
}

static void founding__is_held_to_what_a_founding_must_be(void **state)
{
    (void)state;
    struct founding founding;
    made_up_founding(&founding);
    assert_int_equal(founding_of(&founding, "charter: 1", "charter: 2"), ERR_FORM);
    assert_int_equal(founding_of(&founding, "log: ed25519", "log: ecdsa-p256"), ERR_FORM);
    assert_int_equal(founding_of(&founding, "origin: log.example", "origin: log+"), ERR_FORM);
    assert_int_equal(founding_of(&founding, "origin: log.example", "origin: a%20b"), ERR_FORM);
    assert_int_equal(founding_of(&founding, "charter: 1", "charter: 1"), OK);
    snprintf(founding.origin, sizeof founding.origin, "none");
    assert_int_equal(founding_of(&founding, "charter: 1", "charter: 1"), ERR_FORM);
}

static void founding__a_key_of_another_type_does_not_pass_under_the_word(void **state)
{
    (void)state;
    static const char point[] =
        "0467cd390f77aa359cb08c2235f652270493a9ed832b0abcc01f70954c0390d238"
        "0c782bd54e269125a44f4433aff1432ce94e12bca73aa67ac80cea12608ddf74";
    uint8_t raw[sizeof point / 2];
    struct founding founding;
    made_up_founding(&founding);
    assert_int_equal(hex_read(span_text(point), raw, sizeof raw), OK);
    assert_int_equal(key_from_raw(KEY_P256, span_of(raw, sizeof raw), &founding.log), OK);
    assert_int_equal(founding_of(&founding, "log: ecdsa-p256", "log: ed25519"), ERR_FORM);
    assert_int_equal(founding_of(&founding, "log: ecdsa-p256", "log: ecdsa-p256"), ERR_FORM);
}

static void founding__r16_a_log_key_that_verifies_everything_is_refused(void **state)
{
    (void)state;
    struct founding founding;
    made_up_founding(&founding);
    // y = 1: the neutral point.
    memset(founding.log.spki + founding.log.spki_size - 32, 0, 32);
    founding.log.spki[founding.log.spki_size - 32] = 1;
    assert_int_equal(founding_of(&founding, "charter: 1", "charter: 1"), ERR_FORM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(founding__one_byte_more_less_or_other_is_refused_or_stands_as_itself),
        cmocka_unit_test(founding__is_held_to_what_a_founding_must_be),
        cmocka_unit_test(founding__a_key_of_another_type_does_not_pass_under_the_word),
        cmocka_unit_test(founding__r16_a_log_key_that_verifies_everything_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
