// Opened records, and the statements that are rebuilt from them.
#include "tests/unit/samples.h"

static void made_up_opened(struct opened *opened)
{
    *opened = (struct opened){
        .appliance = made_up_hash(1),
        .request = made_up_hash(7),
        .requester = made_up_hash(2),
        .signature_size = 64,
        .items = {made_up_item("image/targets", 12, 3), made_up_item("image/root", 1, 4)},
        .item_count = 2,
        .rendering = 1,
        .shown = made_up_hash(9),
        .epoch = 4,
        .charter = made_up_hash(10),
        .time = december - 3 * 86400,
        .earliest = december - 2 * 86400,
        .expires = december,
    };
    opened->items[0].previous = made_up_hash(8); // and the root is the first one
    memset(opened->signature, 0xa5, opened->signature_size);
}

static bool opened_again(struct span text, struct bytes *out)
{
    struct opened opened;
    if (opened_read(text, &opened) != OK)
        return false;
    opened_write(&opened, out);
    return true;
}

static void opened__one_byte_more_less_or_other_is_refused_or_stands_as_itself(void **state)
{
    (void)state;
    struct opened opened;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    made_up_opened(&opened);
    opened_write(&opened, &text);
    check_every_mutation(opened_again, bytes_span(&text));
    bytes_clear(&text);
}

static void opened__is_held_to_what_an_opened_record_must_be(void **state)
{
    (void)state;
    struct opened opened;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    for (int bad = 0; bad < 5; bad++) {
        made_up_opened(&opened);
        if (bad == 1)
            opened.earliest = opened.time - 1;
        if (bad == 2)
            opened.expires = 0;
        if (bad == 3)
            opened.items[1] = opened.items[0];
        if (bad == 4)
            opened.shown = (struct hash){0};
        bytes_reset(&text);
        opened_write(&opened, &text);
        assert_int_equal(bytes_finish(&text), OK);
        assert_int_equal(opened_read(bytes_span(&text), &opened), bad == 0 ? OK : ERR_FORM);
    }
    made_up_opened(&opened);
    opened.signature_size = 0; // nobody signed it
    bytes_reset(&text);
    opened_write(&opened, &text);
    assert_int_equal(bytes_finish(&text), ERR_FORM);
    bytes_clear(&text);
}

static void opened__r20_of_128_items_with_the_longest_names_fits_a_leaf(void **state)
{
    (void)state;
    static struct opened opened;
    struct bytes text;
    char role[200];
    bytes_init(&text, LIMIT_RECORD);
    made_up_opened(&opened);
    for (unsigned i = 0; i < LIMIT_ITEMS; i++) {
        snprintf(role, sizeof role, "%050u/%050u", i, i);
        opened.items[i] = made_up_item(role, LIMIT_VERSION, i);
        opened.items[i].previous = made_up_hash(1000 + i);
    }
    opened.item_count = LIMIT_ITEMS;
    opened.signature_size = KEY_SIGNATURE_MOST;
    opened.rendering = opened.epoch = LIMIT_INDEX;
    opened_write(&opened, &text);
    assert_int_equal(bytes_finish(&text), OK);
    assert_int_equal(opened_read(bytes_span(&text), &opened), OK);
    assert_int_equal(strlen(opened.items[LIMIT_ITEMS - 1].role), LIMIT_ROLE_NAME);
    bytes_clear(&text);
}

// ---- what is rebuilt ----

static void approval__r3_r4_is_rebuilt_byte_for_byte_as_the_design_shows_it(void **state)
{
    (void)state;
    struct opened opened;
    struct bytes text, expected;
    struct hash leaf = made_up_hash(20), approver = made_up_hash(21);
    char hex[9][2 * HASH_SIZE + 1];
    static const unsigned numbers[9] = {1, 20, 7, 3, 8, 4, 9, 10, 21};
    for (size_t i = 0; i < 9; i++) {
        struct hash hash = made_up_hash(numbers[i]);
        hash_hex(&hash, hex[i]);
    }
    made_up_opened(&opened);
    bytes_init(&text, LIMIT_RECORD);
    bytes_init(&expected, LIMIT_RECORD);
    approval_write(&opened, 1834, &leaf, DECISION_APPROVE, &approver, &text);
    bytes_add_format(&expected,
        "conclave.approval/v1\n"
        "appliance: sha256:%s\n"
        "decision: approve\n"
        "opened: 1834 sha256:%s\n"
        "request: sha256:%s\n"
        "item: image/targets 12 sha256:%s previous sha256:%s\n"
        "item: image/root 1 sha256:%s previous none\n"
        "shown: 1 sha256:%s\n"
        "charter: 4 sha256:%s\n"
        "time: 2026-11-28T00:00:00Z\n"
        "earliest: 2026-11-29T00:00:00Z\n"
        "expires: 2026-12-01T00:00:00Z\n"
        "approver: sha256:%s\n",
        hex[0], hex[1], hex[2], hex[3], hex[4], hex[5], hex[6], hex[7], hex[8]);
    assert_true(span_equal(bytes_span(&text), bytes_span(&expected)));
    bytes_clear(&text);
    bytes_clear(&expected);
}

static struct hash approval_hash(const struct opened *opened, uint64_t index,
    const struct hash *leaf, enum decision decision, const struct hash *approver)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    approval_write(opened, index, leaf, decision, approver, &text);
    assert_int_equal(bytes_finish(&text), OK);
    struct hash hash = hash_of(bytes_span(&text));
    bytes_clear(&text);
    return hash;
}

static void approval__r4_differs_when_anything_it_binds_differs(void **state)
{
    (void)state;
    struct opened opened, other;
    struct hash leaf = made_up_hash(20), approver = made_up_hash(21);
    made_up_opened(&opened);
    struct hash seen[16];
    size_t count = 0;
    seen[count++] = approval_hash(&opened, 5, &leaf, DECISION_APPROVE, &approver);
    seen[count++] = approval_hash(&opened, 5, &leaf, DECISION_REJECT, &approver);
    seen[count++] = approval_hash(&opened, 6, &leaf, DECISION_APPROVE, &approver);
    seen[count++] = approval_hash(&opened, 5, &approver, DECISION_APPROVE, &approver);
    seen[count++] = approval_hash(&opened, 5, &leaf, DECISION_APPROVE, &leaf);
#define SEEN_WITH(change)                                                                      \
    other = opened;                                                                            \
    change;                                                                                    \
    seen[count++] = approval_hash(&other, 5, &leaf, DECISION_APPROVE, &approver)
    SEEN_WITH(other.appliance.byte[0] ^= 1);
    SEEN_WITH(other.request.byte[0] ^= 1);
    SEEN_WITH(other.items[1].version++);
    SEEN_WITH(other.items[1].payload.byte[0] ^= 1);
    SEEN_WITH(other.items[0].previous.byte[0] ^= 1);
    SEEN_WITH(other.rendering++);
    SEEN_WITH(other.shown.byte[0] ^= 1);
    SEEN_WITH(other.epoch++);
    SEEN_WITH(other.charter.byte[0] ^= 1);
    SEEN_WITH(other.earliest++);
    SEEN_WITH(other.expires++);
#undef SEEN_WITH
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            assert_false(hash_equal(&seen[i], &seen[j]));
}

static void withdrawal__is_rebuilt_byte_for_byte(void **state)
{
    (void)state;
    struct hash hashes[3] = {made_up_hash(1), made_up_hash(7), made_up_hash(2)};
    char hex[3][2 * HASH_SIZE + 1];
    struct bytes text, expected;
    for (size_t i = 0; i < 3; i++)
        hash_hex(&hashes[i], hex[i]);
    bytes_init(&text, 4096);
    bytes_init(&expected, 4096);
    withdrawal_write(&hashes[0], &hashes[1], &hashes[2], &text);
    bytes_add_format(&expected,
        "conclave.withdrawal/v1\nappliance: sha256:%s\nrequest: sha256:%s\n"
        "requester: sha256:%s\n",
        hex[0], hex[1], hex[2]);
    assert_true(span_equal(bytes_span(&text), bytes_span(&expected)));
    bytes_clear(&text);
    bytes_clear(&expected);
}

static void decision__words_are_these(void **state)
{
    (void)state;
    assert_string_equal(decision_text(DECISION_APPROVE), "approve");
    assert_string_equal(decision_text(DECISION_REJECT), "reject");
    assert_string_equal(decision_text((enum decision)0), "none");
    assert_string_equal(decision_text((enum decision)3), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opened__one_byte_more_less_or_other_is_refused_or_stands_as_itself),
        cmocka_unit_test(opened__is_held_to_what_an_opened_record_must_be),
        cmocka_unit_test(opened__r20_of_128_items_with_the_longest_names_fits_a_leaf),
        cmocka_unit_test(approval__r3_r4_is_rebuilt_byte_for_byte_as_the_design_shows_it),
        cmocka_unit_test(approval__r4_differs_when_anything_it_binds_differs),
        cmocka_unit_test(withdrawal__is_rebuilt_byte_for_byte),
        cmocka_unit_test(decision__words_are_these),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
