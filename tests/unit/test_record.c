// Records of the ledger: exactly one spelling, and what their first line says.
#include "proto/record.h"
#include "tests/unit/samples.h"

// ---- samples ----

static void made_up_founded(struct founded *founded)
{
    *founded = (struct founded){
        .time = december,
        .founding = {.index = 0, .leaf = made_up_hash(1)},
        .signature_count = 3,
    };
    for (size_t i = 0; i < founded->signature_count; i++) {
        struct founded_signature *one = &founded->signatures[i];
        one->key.byte[0] = (uint8_t)(i + 1);
        one->signature_size = 62 + i;
        memset(one->signature, 0x5a, one->signature_size);
    }
}

static void made_up_decided(struct decided *decided)
{
    *decided = (struct decided){
        .time = december,
        .request = made_up_hash(1),
        .opened = {.index = 1834, .leaf = made_up_hash(2)},
        .decision = DECISION_REJECT,
        .approver = made_up_hash(3),
        .signature_size = 64,
    };
    memset(decided->signature, 0xff, decided->signature_size);
}

static void made_up_ended(struct ended *ended)
{
    *ended = (struct ended){
        .time = december,
        .request = made_up_hash(1),
        .how = ENDING_REFUSED,
        .rule = "R12",
        .why = "version 12 was signed already; ask for 13",
    };
}

static void made_up_refused(struct refused *refused)
{
    *refused = (struct refused){
        .time = december,
        .request = made_up_hash(1),
        .from = made_up_hash(2),
        .rule = "R5",
        .why = "the requester's person never counts",
    };
}

static void founded_sample(struct bytes *out)
{
    struct founded founded;
    made_up_founded(&founded);
    founded_write(&founded, out);
}

static bool founded_again(struct span text, struct bytes *out)
{
    struct founded founded;
    if (founded_read(text, &founded) != OK)
        return false;
    founded_write(&founded, out);
    return true;
}

static void start_sample(struct bytes *out)
{
    struct start start = {
        .time = december,
        .version = "0.1.0",
        .programs = {{"conclave-gate", made_up_hash(1)}, {"conclave-keeper", made_up_hash(2)},
            {"conclaved", made_up_hash(1)}},
        .program_count = 3,
    };
    start_write(&start, out);
}

static bool start_again(struct span text, struct bytes *out)
{
    struct start start;
    if (start_read(text, &start) != OK)
        return false;
    start_write(&start, out);
    return true;
}

static void decided_sample(struct bytes *out)
{
    struct decided decided;
    made_up_decided(&decided);
    decided_write(&decided, out);
}

static bool decided_again(struct span text, struct bytes *out)
{
    struct decided decided;
    if (decided_read(text, &decided) != OK)
        return false;
    decided_write(&decided, out);
    return true;
}

static void ended_sample(struct bytes *out)
{
    struct ended ended;
    made_up_ended(&ended);
    ended_write(&ended, out);
}

static bool ended_again(struct span text, struct bytes *out)
{
    struct ended ended;
    if (ended_read(text, &ended) != OK)
        return false;
    ended_write(&ended, out);
    return true;
}

static void refused_sample(struct bytes *out)
{
    struct refused refused;
    made_up_refused(&refused);
    refused_write(&refused, out);
}

static bool refused_again(struct span text, struct bytes *out)
{
    struct refused refused;
    if (refused_read(text, &refused) != OK)
        return false;
    refused_write(&refused, out);
    return true;
}

static void gate_sample(struct bytes *out)
{
    struct gate_record gate = {.time = december, .why = "it sent 100% nonsense"};
    gate_record_write(&gate, out);
}

static bool gate_again(struct span text, struct bytes *out)
{
    struct gate_record gate;
    if (gate_record_read(text, &gate) != OK)
        return false;
    gate_record_write(&gate, out);
    return true;
}

static void stop_sample(struct bytes *out)
{
    struct stop stop = {.time = december, .why = "it was asked to"};
    stop_write(&stop, out);
}

static bool stop_again(struct span text, struct bytes *out)
{
    struct stop stop;
    if (stop_read(text, &stop) != OK)
        return false;
    stop_write(&stop, out);
    return true;
}

static void clock_sample(struct bytes *out)
{
    struct clock_record clock = {.time = december, .why = "it is 3,600 seconds ahead"};
    clock_record_write(&clock, out);
}

static bool clock_again(struct span text, struct bytes *out)
{
    struct clock_record clock;
    if (clock_record_read(text, &clock) != OK)
        return false;
    clock_record_write(&clock, out);
    return true;
}

static void quota_sample(struct bytes *out)
{
    struct quota_record quota = {
        .time = december,
        .from = made_up_hash(2),
        .count = 17,
        .rule = "R17",
        .why = "at most 8 requests may be open",
    };
    quota_record_write(&quota, out);
}

static bool quota_again(struct span text, struct bytes *out)
{
    struct quota_record quota;
    if (quota_record_read(text, &quota) != OK)
        return false;
    quota_record_write(&quota, out);
    return true;
}

static const struct noun {
    enum record_kind kind;
    const char *word;
    void (*sample)(struct bytes *out);
    mutation_again *again;
    bool has_request;
} nouns[] = {
    {RECORD_FOUNDED, "founded", founded_sample, founded_again, false},
    {RECORD_START, "start", start_sample, start_again, false},
    {RECORD_DECISION, "decision", decided_sample, decided_again, true},
    {RECORD_ENDED, "ended", ended_sample, ended_again, true},
    {RECORD_REFUSED, "refused", refused_sample, refused_again, true},
    {RECORD_GATE, "gate", gate_sample, gate_again, false},
    {RECORD_STOP, "stop", stop_sample, stop_again, false},
    {RECORD_CLOCK, "clock", clock_sample, clock_again, false},
    {RECORD_QUOTA, "quota", quota_sample, quota_again, false},
};
enum { NOUNS = sizeof nouns / sizeof nouns[0] };

static void record__one_byte_more_less_or_other_is_refused_or_stands_as_itself(void **state)
{
    (void)state;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    for (size_t i = 0; i < NOUNS; i++) {
        bytes_reset(&text);
        nouns[i].sample(&text);
        check_every_mutation(nouns[i].again, bytes_span(&text));
    }
    bytes_clear(&text);
}

static void record__no_reader_takes_another_kind(void **state)
{
    (void)state;
    struct bytes text, again;
    bytes_init(&text, LIMIT_RECORD);
    bytes_init(&again, LIMIT_RECORD);
    for (size_t i = 0; i < NOUNS; i++) {
        bytes_reset(&text);
        nouns[i].sample(&text);
        for (size_t j = 0; j < NOUNS; j++)
            assert_int_equal(nouns[j].again(bytes_span(&text), &again), i == j);
    }
    bytes_clear(&text);
    bytes_clear(&again);
}

static void record__its_first_line_says_its_kind_and_its_request(void **state)
{
    (void)state;
    struct bytes text;
    struct hash request, expected = made_up_hash(1);
    bytes_init(&text, LIMIT_RECORD);
    for (size_t i = 0; i < NOUNS; i++) {
        bytes_reset(&text);
        nouns[i].sample(&text);
        assert_int_equal(record_kind(bytes_span(&text)), nouns[i].kind);
        assert_string_equal(record_kind_text(nouns[i].kind), nouns[i].word);
        assert_int_equal(record_request(bytes_span(&text), &request), nouns[i].has_request);
        if (nouns[i].has_request)
            assert_true(hash_equal(&request, &expected));
    }
    bytes_clear(&text);
}

static void record__what_is_none_has_no_kind_and_no_request(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "\n", "conclave.opened/v1", "conclave.opened/v2\n",
        " conclave.opened/v1\n", "conclave.opened/v1 \n", "conclave.opened/v1\r\n",
        "conclave.request/v1\n", "conclave.approval/v1\n", "\nconclave.opened/v1\n"};
    struct hash request;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(record_kind(span_text(bad[i])), RECORD_UNKNOWN);
        assert_false(record_request(span_text(bad[i]), &request));
    }
    assert_int_equal(record_kind((struct span){0}), RECORD_UNKNOWN);
    assert_string_equal(record_kind_text(RECORD_UNKNOWN), "unknown");
    assert_string_equal(record_kind_text((enum record_kind)99), "unknown");
    assert_string_equal(record_title(RECORD_UNKNOWN), "");
    assert_string_equal(record_title((enum record_kind)99), "");
    assert_string_equal(record_title(RECORD_OPENED), "conclave.opened/v1");
}

#define REQUEST_LINE                                                                           \
    "request: sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void record__a_request_line_counts_only_whole_and_in_a_record(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "conclave.opened/v1\n" REQUEST_LINE,
        "conclave.opened/v1\n" REQUEST_LINE " x\n",
        "conclave.opened/v1\n" REQUEST_LINE "0\n",
        "conclave.opened/v1\nrequest: none\n",
        "conclave.opened/v1\nrequest:\n",
        "conclave.opened/v1\nx" REQUEST_LINE "\n",
        "conclave.charter/v1\n" REQUEST_LINE "\n",
    };
    struct hash request;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (record_request(span_text(bad[i]), &request))
            fail_msg("accepted: %s", bad[i]);
    assert_true(record_request(
        span_text("conclave.opened/v1\nother: x\n" REQUEST_LINE "\nmore"), &request));
    assert_int_equal(request.byte[1], 0x11);
}

// ---- what each must be ----

static const struct {
    size_t noun;
    const char *from;
    const char *to;
    bool good;
} line_cases[] = {
    {0, "founding: 0", "founding: 1", false},
    {0, "signature: sha256:01", "signature: sha256:02", false}, // a key twice
    {0, "signature: sha256:01", "signature: sha256:09", false}, // not ascending
    {0, "sha256:02", "sha256:01", false},
    {0, "sha256:03", "sha256:04", true},
    {1, "version: 0.1.0", "version: 0.1.0 beta", false},
    {1, "version: 0.1.0", "version: 0.2.0", true},
    {1, "program: conclave-gate", "program: conclave-keeper", false}, // twice
    {1, "program: conclave-gate", "program: conclave-ledger", false}, // not ascending
    {1, "program: conclave-gate", "program: none", false},
    {1, "program: conclave-gate", "program: /bin/sh", false},
    {1, "program: conclave-gate sha256:", "program: conclave-gate none\nprogram: d sha256:",
        false},
    {1, "program: conclave-gate", "program: conclave-audit", true},
    {2, "decision: reject", "decision: none", false},
    {2, "decision: reject", "decision: Reject", false},
    {2, "decision: reject", "decision: approve", true},
    {2, "opened: 1834", "opened: 9223372036854775808", false},
    {2, "opened: 1834", "opened: 9223372036854775807", true},
    {3, "how: refused", "how: none", false},
    {3, "how: refused", "how: signed", false},
    {3, "how: refused", "how: rejected", true},
    {3, "how: refused", "how: withdrawn", true},
    {3, "how: refused", "how: expired", true},
    {3, "how: refused", "how: closed", true},
    {3, "rule: R12", "rule: none", true},
    {3, "rule: R12", "rule: R1", true},
    {3, "rule: R12", "rule: R0", false},
    {3, "rule: R12", "rule: R012", false},
    {3, "rule: R12", "rule: R123", false},
    {3, "rule: R12", "rule: R1x", false},
    {3, "rule: R12", "rule: R12/root-next-2", true},
    {3, "rule: R12", "rule: R12/", false},
    {3, "rule: R12", "rule: R12/-next", false},
    {3, "rule: R12", "rule: R12/a-name-that-is-longer-than-what-a-rule-may-have", false},
    {3, "rule: R12", "rule: R", false},
    {3, "rule: R12", "rule: 12", false},
    {3, "why: version 12 was signed already; ask for 13", "why:", false},
    {4, "rule: R5", "rule: r5", false},
    {6, "why: it was asked to", "why:", false},
    {7, "why: it", "why:  it", false},
    {8, "count: 17", "count: 0", false}, // then there is nothing to say
    {8, "count: 17", "count: 9223372036854775808", false},
    {8, "count: 17", "count: 9223372036854775807", true},
    {8, "rule: R17", "rule: none", false},
    {8, "rule: R17", "rule: R20", true},
};

static void record__is_held_to_what_its_kind_must_be(void **state)
{
    (void)state;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    for (size_t i = 0; i < sizeof line_cases / sizeof line_cases[0]; i++) {
        const struct noun *noun = &nouns[line_cases[i].noun];
        bytes_reset(&text);
        noun->sample(&text);
        if (taken_with(noun->again, bytes_span(&text), line_cases[i].from, line_cases[i].to) !=
            line_cases[i].good)
            fail_msg("case %zu: %s", i, line_cases[i].to);
    }
    bytes_clear(&text);
}

static void refused__names_no_request_that_could_not_be_read(void **state)
{
    (void)state;
    struct refused refused;
    struct bytes text;
    struct hash request;
    bytes_init(&text, LIMIT_RECORD);
    made_up_refused(&refused);
    refused.request = (struct hash){0};
    refused.rule[0] = '\0';
    refused_write(&refused, &text);
    assert_int_equal(refused_read(bytes_span(&text), &refused), OK);
    assert_true(hash_is_none(&refused.request));
    assert_string_equal(refused.rule, "");
    assert_false(record_request(bytes_span(&text), &request));
    refused.from = (struct hash){0}; // but somebody asked
    bytes_reset(&text);
    refused_write(&refused, &text);
    assert_int_equal(refused_read(bytes_span(&text), &refused), ERR_FORM);
    bytes_clear(&text);
}

static void start__r17_names_at_least_one_program_and_each_with_its_hash(void **state)
{
    (void)state;
    struct start start = {.time = december, .version = "0.1.0"};
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    start_write(&start, &text);
    assert_int_equal(start_read(bytes_span(&text), &start), ERR_FORM);
    assert_int_equal(programs_read((struct span){0}, &start), ERR_FORM);
    start.program_count = LIMIT_PROGRAMS;
    for (unsigned i = 0; i < LIMIT_PROGRAMS; i++) {
        snprintf(start.programs[i].name, LIMIT_NAME + 1, "%050u", i);
        start.programs[i].hash = made_up_hash(i);
    }
    bytes_reset(&text);
    start_write(&start, &text);
    assert_int_equal(start_read(bytes_span(&text), &start), OK);
    assert_int_equal(start.program_count, LIMIT_PROGRAMS);
    bytes_add_text(&text, "program: z " HASH_OF("1") "\n");
    assert_int_equal(start_read(bytes_span(&text), &start), ERR_FORM);
    bytes_clear(&text);
}

static void programs__are_the_lines_of_a_start_record_alone(void **state)
{
    (void)state;
    struct start start, other = {.time = december, .version = "0.1.0", .program_count = 7};
    struct bytes text, lines;
    bytes_init(&text, LIMIT_RECORD);
    bytes_init(&lines, LIMIT_RECORD);
    start_sample(&text);
    assert_int_equal(start_read(bytes_span(&text), &start), OK);
    programs_write(&start, &lines);
    assert_non_null(memmem(text.data, text.size, lines.data, lines.size));
    assert_true(span_starts(bytes_span(&lines), "program: conclave-gate sha256:"));
    assert_int_equal(programs_read(bytes_span(&lines), &other), OK);
    bytes_reset(&lines);
    start_write(&other, &lines);
    assert_true(span_equal(bytes_span(&lines), bytes_span(&text)));
    assert_int_equal(programs_read(bytes_span(&text), &other), ERR_FORM);
    bytes_clear(&text);
    bytes_clear(&lines);
}

static void founded__r20_signatures_of_every_administrator_fit_a_leaf(void **state)
{
    (void)state;
    struct founded founded = {.time = december, .founding.leaf = made_up_hash(1)};
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    founded_write(&founded, &text);
    assert_int_equal(founded_read(bytes_span(&text), &founded), ERR_FORM); // nobody signed
    founded.signature_count = LIMIT_ADMINISTRATORS;
    for (size_t i = 0; i < LIMIT_ADMINISTRATORS; i++) {
        founded.signatures[i].key.byte[0] = (uint8_t)(i + 1);
        founded.signatures[i].signature_size = KEY_SIGNATURE_MOST;
    }
    bytes_reset(&text);
    founded_write(&founded, &text);
    assert_int_equal(bytes_finish(&text), OK);
    struct bytes longer;
    bytes_init(&longer, LIMIT_RECORD);
    bytes_add(&longer, bytes_span(&text));
    assert_int_equal(founded_read(bytes_span(&text), &founded), OK);
    bytes_add_text(&longer, "signature: sha256:"
                            "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
                            " Zg==\n");
    assert_int_equal(founded_read(bytes_span(&longer), &founded), ERR_FORM);
    bytes_clear(&longer);
    bytes_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record__one_byte_more_less_or_other_is_refused_or_stands_as_itself),
        cmocka_unit_test(record__no_reader_takes_another_kind),
        cmocka_unit_test(record__its_first_line_says_its_kind_and_its_request),
        cmocka_unit_test(record__what_is_none_has_no_kind_and_no_request),
        cmocka_unit_test(record__a_request_line_counts_only_whole_and_in_a_record),
        cmocka_unit_test(record__is_held_to_what_its_kind_must_be),
        cmocka_unit_test(refused__names_no_request_that_could_not_be_read),
        cmocka_unit_test(start__r17_names_at_least_one_program_and_each_with_its_hash),
        cmocka_unit_test(programs__are_the_lines_of_a_start_record_alone),
        cmocka_unit_test(founded__r20_signatures_of_every_administrator_fit_a_leaf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
