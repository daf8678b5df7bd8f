// Outcomes: what the vault says it did.
#include "proto/message.h"
#include "proto/record.h"
#include "tests/unit/made_up.h"
#include "tests/unit/samples.h"

static struct outcome_signature made_up_signature(
    const char *role, uint64_t version, uint8_t key)
{
    struct outcome_signature one = {.version = version, .signature = made_up_hash(key)};
    assert_true(strlen(role) <= LIMIT_ROLE_NAME);
    memcpy(one.role, role, strlen(role) + 1);
    one.key.byte[0] = key;
    return one;
}

static void made_up_outcome(struct outcome *outcome)
{
    *outcome = (struct outcome){
        .time = december,
        .request = made_up_hash(1),
        .order = {.index = 1840, .leaf = made_up_hash(2)},
        .state = made_up_hash(3),
        .signatures = {made_up_signature("image/targets", 12, 7),
            made_up_signature("image/targets", 12, 8), made_up_signature("image/root", 2, 1)},
        .signature_count = 3,
    };
}

static bool outcome_again(struct span text, struct bytes *out)
{
    struct outcome outcome;
    if (outcome_read(text, &outcome) != OK)
        return false;
    outcome_write(&outcome, out);
    return true;
}

static void outcome__one_byte_more_less_or_other_is_refused_or_stands_as_itself(void **state)
{
    (void)state;
    struct outcome outcome;
    struct bytes text;
    struct hash request;
    bytes_init(&text, LIMIT_RECORD);
    made_up_outcome(&outcome);
    outcome_write(&outcome, &text);
    check_every_mutation(outcome_again, bytes_span(&text));
    assert_int_equal(record_kind(bytes_span(&text)), RECORD_OUTCOME);
    assert_true(record_request(bytes_span(&text), &request));
    assert_true(hash_equal(&request, &outcome.request));
    bytes_clear(&text);
}

// ---- signatures ----

static enum err outcome_after(void (*change)(struct outcome *outcome))
{
    struct outcome outcome;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    made_up_outcome(&outcome);
    change(&outcome);
    outcome_write(&outcome, &text);
    assert_int_equal(bytes_finish(&text), OK);
    enum err err = outcome_read(bytes_span(&text), &outcome);
    bytes_clear(&text);
    return err;
}

static void outcome_as_it_is(struct outcome *outcome)
{
    (void)outcome;
}
static void no_signature(struct outcome *outcome)
{
    outcome->signature_count = 0;
}
static void key_twice(struct outcome *outcome)
{
    outcome->signatures[1].key = outcome->signatures[0].key;
}
static void keys_descend(struct outcome *outcome)
{
    outcome->signatures[0].key.byte[0] = 9;
}
static void two_versions(struct outcome *outcome)
{
    outcome->signatures[1].version = 13;
}
static void item_apart(struct outcome *outcome)
{
    outcome->signatures[3] = made_up_signature("image/targets", 12, 9);
    outcome->signature_count = 4;
}
static void role_of_one_name(struct outcome *outcome)
{
    outcome->signatures[2] = made_up_signature("root", 2, 1);
}
static void state_none(struct outcome *outcome)
{
    outcome->state = (struct hash){0};
}

static void outcome__lists_each_item_once_with_ascending_keys(void **state)
{
    (void)state;
    assert_int_equal(outcome_after(no_signature), ERR_FORM);
    assert_int_equal(outcome_after(key_twice), ERR_FORM);
    assert_int_equal(outcome_after(keys_descend), ERR_FORM);
    assert_int_equal(outcome_after(two_versions), ERR_FORM);
    assert_int_equal(outcome_after(item_apart), ERR_FORM);
    assert_int_equal(outcome_after(role_of_one_name), ERR_FORM);
    assert_int_equal(outcome_after(state_none), ERR_FORM);
    assert_int_equal(outcome_after(outcome_as_it_is), OK);
}

static void outcome__r20_with_the_most_signatures_and_the_longest_names_fits_a_leaf(
    void **state)
{
    (void)state;
    static struct outcome outcome;
    struct bytes text;
    char role[LIMIT_ROLE_NAME + 1];
    bytes_init(&text, LIMIT_RECORD + 1024);
    made_up_outcome(&outcome);
    outcome.order.index = LIMIT_INDEX;
    outcome.adds = true;
    outcome.added_to = outcome.order;
    outcome.missing = LIMIT_SIGNATURES;
    outcome.signature_count = LIMIT_SIGNATURES;
    for (unsigned i = 0; i < LIMIT_SIGNATURES; i++) {
        snprintf(role, sizeof role, "%050u/timestamp@%050u", i, i);
        assert_int_equal(strlen(role), LIMIT_ROLE_NAME);
        outcome.signatures[i] = made_up_signature(role, LIMIT_VERSION, 1);
    }
    outcome_write(&outcome, &text);
    assert_int_equal(bytes_finish(&text), OK);
    assert_true(text.size <= LIMIT_RECORD);
    assert_int_equal(outcome_read(bytes_span(&text), &outcome), OK);
    bytes_add_text(&text, "signature: a/b 1");
    text_hash(&text, &outcome.state);
    text_hash(&text, &outcome.state);
    text_end(&text);
    assert_int_equal(outcome_read(bytes_span(&text), &outcome), ERR_FORM);
    bytes_clear(&text);
}

// ---- custodians who are late ----

static void outcome__r12_may_add_to_another_and_say_what_is_missing(void **state)
{
    (void)state;
    struct outcome outcome;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    made_up_outcome(&outcome);
    outcome.adds = true;
    outcome.added_to = (struct place){1830, made_up_hash(6)};
    outcome.missing = 3;
    outcome_write(&outcome, &text);
    check_every_mutation(outcome_again, bytes_span(&text));
    static const struct line_case cases[] = {
        {"missing: 3", "missing: 0", false},
        {"missing: 3", "missing: none", false},
        {"missing: 3", "missing: 201", false},
        {"missing: 3", "missing: 200", true},
        {"missing: 3\n", "", true},
        {"adds: 1830 ", "adds: none ", false},
        {"missing: 3\n", "missing: 3\ndone: conclave/keys 3\n", false},
    };
    check_lines(outcome_again, bytes_span(&text), cases, sizeof cases / sizeof cases[0]);
    outcome.adds = false; // only missing
    bytes_reset(&text);
    outcome_write(&outcome, &text);
    check_every_mutation(outcome_again, bytes_span(&text));
    bytes_clear(&text);
}

// ---- what was done instead ----

static void made_up_done(struct outcome *outcome)
{
    *outcome = (struct outcome){
        .time = december,
        .request = made_up_hash(1),
        .order = {.index = 1840, .leaf = made_up_hash(2)},
        .state = made_up_hash(3),
        .done = "conclave/keys",
        .done_number = 3,
        .made = {{"image/root", made_up_key(1)}, {"director/root", made_up_key(2)}},
        .made_count = 2,
    };
}

static void outcome__of_a_motion_has_no_signatures_but_what_was_done(void **state)
{
    (void)state;
    static const char head[] =
        "conclave.outcome/v1\ntime: 2026-12-01T00:00:00Z\nrequest: " HASH_OF(
            "1") "\norder: 7 " HASH_OF("2") "\nstate: " HASH_OF("3") "\n";
    static const char signature[] =
        "signature: image/root 2 " HASH_OF("4") " " HASH_OF("5") "\n";
    static const struct {
        const char *before;
        const char *after;
        bool good;
    } cases[] = {
        {"", "", false},
        {"", signature, true},
        {"done: conclave/keys 3\n", "", true},
        {"done: conclave/charter 3\n", "", true},
        {"done: conclave/lift 1\n", "", true},
        {"done: conclave/time 3\n", "", true},
        {"done: conclave/import 3\n", "", true},
        {"done: conclave/freeze 3\n", "", true},
        {"done: conclave/keys 3\n", signature, false},
        {"done: conclave/keys 0\n", "", false},
        {"done: conclave/keys 9007199254740992\n", "", false},
        {"done: conclave/keys\n", "", false},
        {"done: conclave/other 3\n", "", false},
        {"done: image/root 3\n", "", false},
        {"done: none 3\n", "", false},
        {"done: conclave/keys 3\n", "done: conclave/keys 3\n", false},
        {"adds: 5 " HASH_OF("6") "\n", signature, true},
        {"adds: 5 " HASH_OF("6") "\n", "", false},
        {"adds: 5 " HASH_OF("6") "\n", "done: conclave/keys 3\n", false},
        {"missing: 1\n", signature, true},
        {"missing: 1\n", "", false},
        {"missing: 1\n", "done: conclave/keys 3\n", false},
    };
    struct bytes text, again;
    bytes_init(&text, LIMIT_RECORD);
    bytes_init(&again, LIMIT_RECORD);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bytes_reset(&text);
        bytes_add_text(&text, head);
        bytes_add_text(&text, cases[i].before);
        bytes_add_text(&text, cases[i].after);
        if (outcome_again(bytes_span(&text), &again) != cases[i].good)
            fail_msg("case %zu: %s%s", i, cases[i].before, cases[i].after);
    }
    bytes_clear(&text);
    bytes_clear(&again);
}

static void outcome__names_each_key_that_was_made_once_and_whole(void **state)
{
    (void)state;
    struct outcome outcome;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    made_up_done(&outcome);
    outcome_write(&outcome, &text);
    check_every_mutation(outcome_again, bytes_span(&text));
    static const struct line_case cases[] = {
        {"done: conclave/keys", "done: conclave/charter", false},
        {"done: conclave/keys", "done: conclave/freeze", false},
        {"made: image/root ed25519", "made: image/root ecdsa-p256", false},
        {"made: image/root ed25519", "made: image/root none", false},
        {"made: image/root ed25519", "made: image ed25519", false},
        {"made: image/root ed25519", "made: director/root ed25519", true},
    };
    check_lines(outcome_again, bytes_span(&text), cases, sizeof cases / sizeof cases[0]);
    outcome.made[1].key = outcome.made[0].key;
    bytes_reset(&text);
    outcome_write(&outcome, &text);
    assert_int_equal(outcome_read(bytes_span(&text), &outcome), ERR_FORM);
    bytes_clear(&text);
}

static void outcome__r20_with_the_most_made_keys_fits_a_leaf(void **state)
{
    (void)state;
    static struct outcome outcome;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    made_up_done(&outcome);
    outcome.done_number = LIMIT_VERSION;
    outcome.made_count = LIMIT_MOTION_KEYS;
    for (unsigned i = 0; i < LIMIT_MOTION_KEYS; i++) {
        snprintf(outcome.made[i].role, LIMIT_ROLE_NAME + 1, "%050u/%050u", i, i);
        outcome.made[i].key = made_up_long_key(i);
    }
    outcome_write(&outcome, &text);
    assert_int_equal(bytes_finish(&text), OK);
    assert_int_equal(outcome_read(bytes_span(&text), &outcome), OK);
    assert_int_equal(outcome.made_count, LIMIT_MOTION_KEYS);
    struct key more = made_up_long_key(999);
    bytes_add_text(&text, "made: a/b");
    text_plain(&text, key_type_text(more.type));
    text_base64(&text, key_spki(&more));
    text_end(&text);
    assert_int_equal(outcome_read(bytes_span(&text), &outcome), ERR_FORM);
    bytes_clear(&text);
}

static void fate__words_are_these(void **state)
{
    (void)state;
    assert_string_equal(fate_text(FATE_OPEN), "open");
    assert_string_equal(fate_text(FATE_SIGNED), "signed");
    assert_string_equal(fate_text(FATE_REFUSED), "refused");
    assert_string_equal(fate_text(FATE_UNKNOWN), "unknown");
    assert_string_equal(fate_text((enum fate)99), "unknown");
    // An ended request's fate and its ending are told with one word.
    assert_string_equal(fate_text(FATE_REJECTED), ending_text(ENDING_REJECTED));
    assert_string_equal(fate_text(FATE_WITHDRAWN), ending_text(ENDING_WITHDRAWN));
    assert_string_equal(fate_text(FATE_EXPIRED), ending_text(ENDING_EXPIRED));
    assert_string_equal(ending_text(ENDING_CLOSED), "closed"); // the fate stays signed
    assert_string_equal(ending_text((enum ending)0), "none");
    assert_string_equal(ending_text((enum ending)9), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcome__one_byte_more_less_or_other_is_refused_or_stands_as_itself),
        cmocka_unit_test(outcome__lists_each_item_once_with_ascending_keys),
        cmocka_unit_test(
            outcome__r20_with_the_most_signatures_and_the_longest_names_fits_a_leaf),
        cmocka_unit_test(outcome__r12_may_add_to_another_and_say_what_is_missing),
        cmocka_unit_test(outcome__of_a_motion_has_no_signatures_but_what_was_done),
        cmocka_unit_test(outcome__names_each_key_that_was_made_once_and_whole),
        cmocka_unit_test(outcome__r20_with_the_most_made_keys_fits_a_leaf),
        cmocka_unit_test(fate__words_are_these),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
