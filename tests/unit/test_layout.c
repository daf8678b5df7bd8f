// Each limit of each kind, at its bound and one beyond, in both directions.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/corridor/codec.h"
#include "tests/unit/message_sample.h"

#include <string.h>

// What every long span borrows from.
static uint8_t long_bytes[LIMIT_PAYLOAD + 1];

// ---- numbers ----

// Numbers that a field may have at least and at most.
struct number_case {
    enum message_kind kind;
    size_t at; // in struct message
    uint32_t least;
    uint32_t most;
};

#define AT(member) offsetof(struct message, member)
static const struct number_case number_cases[] = {
    {ASK_LIST, AT(page.count), 0, LIMIT_RECORDS_PAGE},
    {ASK_DECIDE, AT(decide.decision), DECISION_APPROVE, DECISION_REJECT},
    {ANSWER_REFUSED, AT(refused.known), 0, 1},
    {ANSWER_STATUS, AT(status.stage), STAGE_FOUNDING, STAGE_SERVING},
    {ANSWER_ACCEPTED, AT(accepted.fate), FATE_UNKNOWN, FATE_REFUSED},
    {ANSWER_DOSSIER, AT(dossier.fate), FATE_UNKNOWN, FATE_REFUSED},
    {ANSWER_RECORDS, AT(records.more), 0, 1},
    {ANSWER_FOUNDING, AT(founding.complete), 0, 1},
    {LIVE_HOUSE, AT(live_house.stage), STAGE_FOUNDING, STAGE_SERVING},
    {VAULT_SEAL, AT(seal.stage), STAGE_FOUNDING, STAGE_SERVING},
    {ROOM_CONFIG, AT(config.stage), STAGE_FOUNDING, STAGE_SERVING},
};

// The one place where two encodings of the same message with this number 0xdd.. differ.
static enum err decode_with(const struct number_case *c, uint32_t value)
{
    struct sample sample;
    struct message out;
    struct bytes a, b;
    sample_make(&sample, c->kind);
    bytes_init(&a, LIMIT_FRAME);
    bytes_init(&b, LIMIT_FRAME);
    memcpy((uint8_t *)&sample.message + c->at, &c->least, sizeof c->least);
    codec_encode(&sample.message, &a);
    memcpy((uint8_t *)&sample.message + c->at, &c->most, sizeof c->most);
    codec_encode(&sample.message, &b);
    size_t last = 0;
    for (size_t i = 0; i < a.size; i++)
        if (a.data[i] != b.data[i])
            last = i;
    // Both bounds differ in the last or the last but one byte of the number.
    size_t first = c->most > 255 ? last - 2 : last - 3;
    for (size_t i = 0; i < 4; i++)
        a.data[first + i] = (uint8_t)(value >> (24 - 8 * i));
    enum err err = codec_decode(span_of(a.data + CODEC_HEADER, a.size - CODEC_HEADER), &out);
    if (err == OK)
        assert_memory_equal((uint8_t *)&out + c->at, &value, sizeof value);
    sample_clear(&sample);
    bytes_clear(&a);
    bytes_clear(&b);
    return err;
}

static enum err encode_with(const struct number_case *c, uint32_t value)
{
    struct sample sample;
    sample_make(&sample, c->kind);
    memcpy((uint8_t *)&sample.message + c->at, &value, sizeof value);
    bytes_reset(&sample.body);
    codec_encode(&sample.message, &sample.body);
    enum err err = bytes_finish(&sample.body);
    sample_clear(&sample);
    return err;
}

static void layout__refuses_values_outside_their_enum(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof number_cases / sizeof number_cases[0]; i++) {
        const struct number_case *c = &number_cases[i];
        const uint32_t bad[] = {c->least - 1, c->most + 1, UINT32_MAX, 1u << 31};
        for (size_t j = 0; j < sizeof bad / sizeof bad[0]; j++) {
            assert_int_equal(decode_with(c, bad[j]), ERR_FORM);
            assert_int_equal(encode_with(c, bad[j]), ERR_FORM);
        }
        for (uint32_t good = c->least; good <= c->most; good++) {
            assert_int_equal(decode_with(c, good), OK);
            assert_int_equal(encode_with(c, good), OK);
        }
    }
}

static void layout__refuses_a_moment_before_1970(void **state)
{
    (void)state;
    struct sample sample;
    struct message out;
    sample_make(&sample, LIVE_HOUSE);
    sample.body.data[sample.body.size - 8] = 0x80;
    assert_int_equal(codec_decode(bytes_span(&sample.body), &out), ERR_FORM);
    sample.message.live_house.newest = -1;
    bytes_reset(&sample.body);
    codec_encode(&sample.message, &sample.body);
    assert_int_equal(bytes_finish(&sample.body), ERR_FORM);
    sample_clear(&sample);
}

// ---- sizes and counts ----

struct size_case {
    enum message_kind kind;
    size_t at; // of a struct span in struct message
    size_t most;
};

static const struct size_case size_cases[] = {
    {ASK_SUBMIT, AT(submit.request), LIMIT_RECORD},
    {ASK_SUBMIT, AT(submit.signature), KEY_SIGNATURE_MOST},
    {ASK_SUBMIT, AT(submit.blobs.at[0]), LIMIT_PAYLOAD},
    {ASK_DECIDE, AT(decide.signature), KEY_SIGNATURE_MOST},
    {ASK_WITHDRAW, AT(withdraw.signature), KEY_SIGNATURE_MOST},
    {ASK_FREEZE, AT(freeze.statement), LIMIT_RECORD},
    {ASK_FREEZE, AT(freeze.signature), KEY_SIGNATURE_MOST},
    {ASK_FOUND_KEYS, AT(found_keys.wishes), LIMIT_OBJECTS},
    {ASK_FOUND_CHARTER, AT(found_charter.charter), LIMIT_CHARTER},
    {ASK_FOUND_SIGN, AT(found_sign.signature), KEY_SIGNATURE_MOST},
    {ANSWER_REFUSED, AT(refused.rule), LIMIT_RULE},
    {ANSWER_REFUSED, AT(refused.sentence), LIMIT_SENTENCE},
    {ANSWER_STATUS, AT(status.vkey), LIMIT_SENTENCE},
    {ANSWER_STATUS, AT(status.checkpoint), LIMIT_CHECKPOINT},
    {ANSWER_STATUS, AT(status.version), LIMIT_SENTENCE},
    {ANSWER_DOSSIER, AT(dossier.request), LIMIT_RECORD},
    {ANSWER_DOSSIER, AT(dossier.opened.text), LIMIT_RECORD},
    {ANSWER_DOSSIER, AT(dossier.decisions.at[1].text), LIMIT_RECORD},
    {ANSWER_DOSSIER, AT(dossier.end.text), LIMIT_RECORD},
    {ANSWER_DOSSIER, AT(dossier.checkpoint), LIMIT_CHECKPOINT},
    {ANSWER_RECORDS, AT(records.entries.at[0].text), LIMIT_RECORD},
    {ANSWER_PROOF, AT(proof.checkpoint), LIMIT_CHECKPOINT},
    {ANSWER_BLOB, AT(blob_is.bytes), LIMIT_PAYLOAD},
    {ANSWER_FOUND_KEYS, AT(found_keys_are.objects), LIMIT_OBJECTS},
    {ANSWER_FOUNDING, AT(founding.founding), LIMIT_RECORD},
    {ANSWER_FOUNDING, AT(founding.charter), LIMIT_CHARTER},
    {ANSWER_FOUNDING, AT(founding.objects), LIMIT_OBJECTS},
    {ORDER_RECORD, AT(record.text), LIMIT_RECORD},
    {ORDER_SIGN, AT(record.blobs.at[2]), LIMIT_PAYLOAD},
    {ORDER_FOUND, AT(found.founding), LIMIT_RECORD},
    {ORDER_FOUND, AT(found.founded), LIMIT_RECORD},
    {VAULT_FOUND, AT(found.charter), LIMIT_CHARTER},
    {VAULT_FOUND, AT(found.objects), LIMIT_OBJECTS},
    {DONE_SIGN, AT(signed_.outcome), LIMIT_RECORD},
    {DONE_SIGN, AT(signed_.state), LIMIT_STATE},
    {DONE_SIGN, AT(signed_.charter), LIMIT_CHARTER},
    {LIVE_HOUSE, AT(live_house.founding), LIMIT_RECORD},
    {LIVE_HOUSE, AT(live_house.charter), LIMIT_CHARTER},
    {LIVE_HOUSE, AT(live_house.state), LIMIT_STATE},
    {LIVE_HOUSE, AT(live_house.outcome.text), LIMIT_RECORD},
    {LIVE_HOUSE, AT(live_house.checkpoint), LIMIT_CHECKPOINT},
    {LIVE_RECORD, AT(live_record.entry.text), LIMIT_RECORD},
    {VAULT_SEAL, AT(seal.log), KEY_SPKI_MOST},
    {VAULT_RESUME, AT(resume.charter), LIMIT_CHARTER},
    {VAULT_RESUME, AT(resume.state), LIMIT_STATE},
    {VAULT_REPLAY, AT(replay.text), LIMIT_RECORD},
    {VAULT_JUDGE, AT(judge.order), LIMIT_RECORD},
    {VAULT_JUDGE, AT(judge.opened), LIMIT_RECORD},
    {VAULT_JUDGE, AT(judge.request), LIMIT_RECORD},
    {VAULT_REDO, AT(judge.approvals.at[1].signature), KEY_SIGNATURE_MOST},
    {VAULT_REDO, AT(judge.payloads.at[0]), LIMIT_PAYLOAD},
    {VAULT_JUDGE, AT(judge.evidence.at[1]), LIMIT_PAYLOAD},
    {VAULT_FREEZE, AT(replay.text), LIMIT_RECORD},
    {VAULT_JUDGED, AT(judged.state), LIMIT_STATE},
    {VAULT_CHECKPOINT, AT(checkpoint.note), LIMIT_CHECKPOINT},
    {VAULT_OUTCOME, AT(outcome.text), LIMIT_RECORD},
    {VAULT_OUTCOME, AT(outcome.signatures.at[0]), KEY_SIGNATURE_MOST},
    {ROOM_CONFIG, AT(config.folder), 4095},
    {ROOM_CONFIG, AT(config.module), 4095},
    {ROOM_CONFIG, AT(config.token), 127},
    {ROOM_CONFIG, AT(config.programs), 1056},
    {ROOM_REPLACE, AT(replace.why), LIMIT_SENTENCE},
};

static struct message sample_with_size(struct sample *sample, const struct size_case *c)
{
    sample_make(sample, c->kind);
    struct span large = span_of(long_bytes, c->most);
    struct message message = sample->message;
    memcpy((uint8_t *)&message + c->at, &large, sizeof large);
    return message;
}

static void layout__refuses_each_text_that_is_over_its_limit(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof size_cases / sizeof size_cases[0]; i++) {
        const struct size_case *c = &size_cases[i];
        struct sample sample;
        struct message message = sample_with_size(&sample, c), out;
        struct bytes frame;
        bytes_init(&frame, LIMIT_FRAME + CODEC_HEADER);
        codec_encode(&message, &frame);
        assert_int_equal(bytes_finish(&frame), OK);
        struct span body = span_of(frame.data + CODEC_HEADER, frame.size - CODEC_HEADER);
        assert_int_equal(codec_decode(body, &out), OK);
        struct span found;
        memcpy(&found, (uint8_t *)&out + c->at, sizeof found);
        assert_int_equal(found.size, c->most);

        // The decoder: one more, the byte is there.
        size_t at = (size_t)(found.data - frame.data);
        struct bytes longer;
        bytes_init(&longer, LIMIT_FRAME);
        bytes_add(&longer, span_of(frame.data + CODEC_HEADER, at - 2 * CODEC_HEADER));
        bytes_add_u32(&longer, (uint32_t)c->most + 1);
        bytes_add_u8(&longer, 0);
        bytes_add(&longer, span_of(frame.data + at, frame.size - at));
        assert_int_equal(bytes_finish(&longer), OK);
        assert_int_equal(codec_decode(bytes_span(&longer), &out), ERR_FORM);

        // The encoder.
        struct span large = span_of(long_bytes, c->most + 1);
        memcpy((uint8_t *)&message + c->at, &large, sizeof large);
        codec_encode(&message, &frame);
        assert_int_equal(bytes_finish(&frame), ERR_FORM);
        bytes_clear(&longer);
        bytes_clear(&frame);
        sample_clear(&sample);
    }
}

struct count_case {
    enum message_kind kind;
    size_t at; // of a list's count in struct message
    uint32_t most;
    size_t element; // bytes of an element that is all zeros
};

static const struct count_case count_cases[] = {
    {ASK_SUBMIT, AT(submit.blobs.count), LIMIT_BLOBS, 4},
    {ANSWER_DOSSIER, AT(dossier.path.count), LIMIT_PATH, HASH_SIZE},
    {ANSWER_DOSSIER, AT(dossier.decisions.count), LIMIT_DECISIONS, 12},
    {ANSWER_DOSSIER, AT(dossier.end_path.count), LIMIT_PATH, HASH_SIZE},
    {ANSWER_RECORDS, AT(records.entries.count), LIMIT_RECORDS_PAGE, 12},
    {ANSWER_PROOF, AT(proof.path.count), LIMIT_CONSISTENCY, HASH_SIZE},
    {ANSWER_FOUNDING, AT(founding.signed_by.count), LIMIT_ADMINISTRATORS, HASH_SIZE},
    {ORDER_RECORD, AT(record.blobs.count), LIMIT_BLOBS, 4},
    {LIVE_HOUSE, AT(live_house.founding_path.count), LIMIT_PATH, HASH_SIZE},
    {LIVE_HOUSE, AT(live_house.outcome_path.count), LIMIT_PATH, HASH_SIZE},
    {LIVE_RECORD, AT(live_record.path.count), LIMIT_PATH, HASH_SIZE},
    {VAULT_RESUME, AT(resume.edge.count), LIMIT_PATH, HASH_SIZE},
    {VAULT_JUDGE, AT(judge.path.count), LIMIT_PATH, HASH_SIZE},
    {VAULT_JUDGE, AT(judge.approvals.count), LIMIT_ADMINISTRATORS, HASH_SIZE + 4},
    {VAULT_JUDGE, AT(judge.payloads.count), LIMIT_ITEMS, 4},
    {VAULT_JUDGE, AT(judge.evidence.count), LIMIT_ITEMS, 4},
    {VAULT_OUTCOME, AT(outcome.signatures.count), LIMIT_SIGNATURES, 4},
};

// A message of zeros and empty spans whose one list has `count` elements. Numbers that may not be
// zero are one.
static struct message zeros_with(const struct count_case *c, uint32_t count)
{
    struct message message = {.kind = c->kind};
    if (c->kind == LIVE_HOUSE)
        message.live_house.stage = STAGE_FOUNDING;
    memcpy((uint8_t *)&message + c->at, &count, sizeof count);
    return message;
}

static void layout__refuses_each_list_that_is_over_its_limit(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof count_cases / sizeof count_cases[0]; i++) {
        const struct count_case *c = &count_cases[i];
        struct bytes none, full;
        struct message message = zeros_with(c, 0), out;
        bytes_init(&none, LIMIT_FRAME);
        bytes_init(&full, LIMIT_FRAME);
        codec_encode(&message, &none);
        message = zeros_with(c, c->most);
        codec_encode(&message, &full);
        assert_int_equal(bytes_finish(&full), OK);
        assert_int_equal(full.size, none.size + c->most * c->element);
        struct span body = span_of(full.data + CODEC_HEADER, full.size - CODEC_HEADER);
        assert_int_equal(codec_decode(body, &out), OK);

        // The count is where the two first differ after the size.
        size_t at = CODEC_HEADER;
        while (full.data[at] == none.data[at])
            at++;
        full.data[c->most > 255 ? at + 1 : at]++;
        for (size_t j = 0; j < c->element; j++)
            bytes_add_u8(&full, 0);
        body = span_of(full.data + CODEC_HEADER, full.size - CODEC_HEADER);
        assert_int_equal(codec_decode(body, &out), ERR_FORM);

        message = zeros_with(c, c->most + 1);
        codec_encode(&message, &none);
        assert_int_equal(bytes_finish(&none), ERR_FORM);
        bytes_clear(&none);
        bytes_clear(&full);
    }
}

static void layout__refuses_a_frame_over_the_limit(void **state)
{
    (void)state;
    struct message message = {.kind = ORDER_RECORD}, out;
    struct bytes frame;
    bytes_init(&frame, SIZE_MAX);
    for (size_t i = 0; i < 3; i++)
        message.record.blobs.at[i] = span_of(long_bytes, LIMIT_PAYLOAD);
    message.record.blobs.count = 3;
    codec_encode(&message, &frame);
    assert_int_equal(bytes_finish(&frame), ERR_FORM);
    struct span body = span_of(frame.data + CODEC_HEADER, frame.size - CODEC_HEADER);
    assert_int_equal(codec_decode(body, &out), ERR_FORM);
    bytes_clear(&frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layout__refuses_values_outside_their_enum),
        cmocka_unit_test(layout__refuses_a_moment_before_1970),
        cmocka_unit_test(layout__refuses_each_text_that_is_over_its_limit),
        cmocka_unit_test(layout__refuses_each_list_that_is_over_its_limit),
        cmocka_unit_test(layout__refuses_a_frame_over_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
