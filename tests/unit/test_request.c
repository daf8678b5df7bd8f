// Requests: exactly one spelling, and everything that a request must be.
#include "tests/unit/samples.h"

static void made_up_request(struct request *request)
{
    *request = (struct request){
        .appliance = made_up_hash(1),
        .requester = made_up_hash(2),
        .nonce = {0, 1, 2, 0xff},
        .reason = "Release 12: fixes 50% of the brakes",
        .expires = december,
        .items = {made_up_item("image/targets", 12, 3), made_up_item("image/root", 2, 4)},
        .item_count = 2,
        .evidence = {made_up_hash(5), made_up_hash(6)},
        .evidence_count = 2,
    };
}

static bool request_again(struct span text, struct bytes *out)
{
    struct request request;
    if (request_read(text, &request) != OK)
        return false;
    request_write(&request, out);
    return true;
}

static void request__one_byte_more_less_or_other_is_refused_or_stands_as_itself(void **state)
{
    (void)state;
    struct request request;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    made_up_request(&request);
    request_write(&request, &text);
    check_every_mutation(request_again, bytes_span(&text));
    bytes_clear(&text);
}

static enum err request_after(void (*change)(struct request *request))
{
    struct request request;
    struct bytes text;
    bytes_init(&text, 2 * LIMIT_RECORD);
    made_up_request(&request);
    change(&request);
    request_write(&request, &text);
    enum err err = bytes_finish(&text);
    if (err == OK)
        err = request_read(bytes_span(&text), &request);
    bytes_clear(&text);
    return err;
}

static void change_nothing(struct request *request)
{
    (void)request;
}
static void no_items(struct request *request)
{
    request->item_count = 0;
}
static void same_role_twice(struct request *request)
{
    request->items[1] = made_up_item("image/targets", 13, 4);
}
static void bad_role(struct request *request)
{
    request->items[1] = made_up_item("image", 13, 4);
}
static void role_none(struct request *request)
{
    request->items[1] = made_up_item("none/root", 13, 4);
}
static void no_payload(struct request *request)
{
    request->items[1].payload = (struct hash){0};
}
static void version_beyond_json(struct request *request)
{
    request->items[1].version = LIMIT_VERSION + 1;
}
static void largest_version(struct request *request)
{
    request->items[1].version = LIMIT_VERSION;
}
static void same_evidence_twice(struct request *request)
{
    request->evidence[1] = request->evidence[0];
}
static void evidence_none(struct request *request)
{
    request->evidence[1] = (struct hash){0};
}
static void no_evidence(struct request *request)
{
    request->evidence_count = 0;
}
static void expires_in_1970(struct request *request)
{
    request->expires = 0;
}
static void no_reason(struct request *request)
{
    request->reason[0] = '\0';
}
static void longest_reason(struct request *request)
{
    memset(request->reason, 0xc3, LIMIT_REASON);
}
static void no_appliance(struct request *request)
{
    request->appliance = (struct hash){0};
}
static void no_requester(struct request *request)
{
    request->requester = (struct hash){0};
}

static void request__is_held_to_what_a_request_must_be(void **state)
{
    (void)state;
    static const struct {
        void (*change)(struct request *request);
        enum err err;
    } cases[] = {
        {no_items, ERR_FORM},
        {same_role_twice, ERR_FORM},
        {bad_role, ERR_FORM},
        {role_none, ERR_FORM},
        {no_payload, ERR_FORM},
        {version_beyond_json, ERR_FORM},
        {same_evidence_twice, ERR_FORM},
        {evidence_none, ERR_FORM},
        {expires_in_1970, ERR_FORM},
        {no_reason, ERR_FORM},
        {no_appliance, ERR_FORM},
        {no_requester, ERR_FORM},
        {largest_version, OK},
        {no_evidence, OK},
        {longest_reason, OK},
        {change_nothing, OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (request_after(cases[i].change) != cases[i].err)
            fail_msg("case %zu", i);
}

static void request__r20_holds_no_more_items_and_evidence_than_the_limit(void **state)
{
    (void)state;
    static struct request request;
    struct bytes text;
    char line[200];
    bytes_init(&text, 2 * LIMIT_RECORD);
    made_up_request(&request);
    for (unsigned i = 0; i < LIMIT_ITEMS; i++) {
        snprintf(line, sizeof line, "%045u-repo/%045u-role", i, i);
        request.items[i] = made_up_item(line, LIMIT_VERSION - i, i);
        request.evidence[i] = made_up_hash(1000 + i);
    }
    request.item_count = request.evidence_count = LIMIT_ITEMS;
    memset(request.reason, '\n', LIMIT_REASON);
    request_write(&request, &text);
    assert_int_equal(bytes_finish(&text), OK);
    assert_true(text.size <= LIMIT_RECORD);
    assert_int_equal(request_read(bytes_span(&text), &request), OK);
    assert_int_equal(request.item_count, LIMIT_ITEMS);
    assert_int_equal(request.evidence_count, LIMIT_ITEMS);

    struct hash more = made_up_hash(5000);
    text_hash_line(&text, "evidence", &more);
    assert_int_equal(request_read(bytes_span(&text), &request), ERR_FORM);
    bytes_clear(&text);
}

static void request__a_129th_item_is_refused(void **state)
{
    (void)state;
    struct request request;
    struct bytes text;
    bytes_init(&text, 2 * LIMIT_RECORD);
    made_up_request(&request);
    request.evidence_count = 0;
    request_write(&request, &text);
    for (unsigned i = 2; i <= LIMIT_ITEMS; i++) {
        struct hash payload = made_up_hash(i);
        assert_int_equal(request_read(bytes_span(&text), &request), OK);
        assert_int_equal(request.item_count, i);
        bytes_add_format(&text, "item: image/role%u", i);
        text_number(&text, 1);
        text_hash(&text, &payload);
        text_end(&text);
    }
    assert_int_equal(request_read(bytes_span(&text), &request), ERR_FORM);
    bytes_clear(&text);
}

// A motion stands alone: the opening says so in a sentence; here it has its form.
static void request__of_a_motion_reads_like_any_other(void **state)
{
    (void)state;
    struct request request;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    made_up_request(&request);
    request.items[0] = made_up_item("conclave/keys", 3, 3);
    for (request.item_count = 1; request.item_count <= 2; request.item_count++) {
        bytes_reset(&text);
        request_write(&request, &text);
        assert_true(taken_with(request_again, bytes_span(&text), "item", "item"));
    }
    bytes_clear(&text);
}

static void request__r1_its_id_is_the_hash_of_its_exact_bytes(void **state)
{
    (void)state;
    struct request request;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    made_up_request(&request);
    request_write(&request, &text);
    struct hash id = request_id(bytes_span(&text));
    struct hash expected = hash_of(bytes_span(&text));
    assert_true(hash_equal(&id, &expected));
    request.nonce[15] ^= 1; // the same thing asked for again is another request
    bytes_reset(&text);
    request_write(&request, &text);
    struct hash other = request_id(bytes_span(&text));
    assert_false(hash_equal(&id, &other));
    bytes_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request__one_byte_more_less_or_other_is_refused_or_stands_as_itself),
        cmocka_unit_test(request__is_held_to_what_a_request_must_be),
        cmocka_unit_test(request__r20_holds_no_more_items_and_evidence_than_the_limit),
        cmocka_unit_test(request__a_129th_item_is_refused),
        cmocka_unit_test(request__of_a_motion_reads_like_any_other),
        cmocka_unit_test(request__r1_its_id_is_the_hash_of_its_exact_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
