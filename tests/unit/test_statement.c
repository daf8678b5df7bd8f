// Opened records, and the statements that are rebuilt from them.
#include "proto/motion.h"
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

static struct reach made_up_reach(const char *role, uint64_t need, unsigned keys)
{
    struct reach reach = {.need = need, .key_count = keys};
    memcpy(reach.role, role, strlen(role) + 1);
    for (unsigned i = 0; i < keys; i++)
        reach.keys[i].byte[0] = (uint8_t)(16 * need + i);
    return reach;
}

// A root whose old and new thresholds wait for custodians.
static void made_up_waiting(struct opened *opened)
{
    made_up_opened(opened);
    opened->reach[0] = made_up_reach("image/root", 2, 3);
    opened->reach[1] = made_up_reach("image/root", 1, 1);
    opened->reach_count = 2;
}

static void made_up_motion(struct opened *opened, const char *role, const char *decides)
{
    made_up_opened(opened);
    opened->items[0] = made_up_item(role, 5, 3);
    opened->item_count = 1;
    opened->decides_count = 1;
    memcpy(opened->decides[0], decides, strlen(decides) + 1);
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
    bytes_reset(&text);
    made_up_waiting(&opened);
    opened_write(&opened, &text);
    check_every_mutation(opened_again, bytes_span(&text));
    bytes_reset(&text);
    made_up_motion(&opened, "conclave/lift", "image/root");
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

// Writes it, and whether it is taken with one line changed.
static void check_opened(
    const struct opened *opened, const struct line_case *cases, size_t count)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    opened_write(opened, &text);
    assert_int_equal(bytes_finish(&text), OK);
    check_lines(opened_again, bytes_span(&text), cases, count);
    bytes_clear(&text);
}
#define CHECK_OPENED(opened, cases) check_opened(opened, cases, sizeof cases / sizeof cases[0])

static void opened__of_a_motion_stands_alone_and_says_whose_quorums_decide(void **state)
{
    (void)state;
    static const struct line_case charter[] = {
        {"decides: charter\n", "", false},
        {"decides: charter\n", "decides: charter\ndecides: charter\n", false},
        {"decides: charter\n", "decides: charter\ndecides: image/root\n", false},
        {"decides: charter\n", "decides: a/b\ndecides: charter\n", false},
        {"decides: charter\n", "decides: charters\n", false},
        {"decides: charter\n", "decides: none\n", false},
        {"decides: charter\n", "decides: image\n", false},
        {"decides: charter\n", "decides: conclave/charter\n", false},
        {"decides: charter\n", "decides: image/root\ndecides: image/root\n", false},
        {"decides: charter\n", "decides: image/root\ndecides: image/a\n", false},
        {"decides: charter\n", "decides: image/root\ndecides: image/targets\n", true},
        {"decides: charter\n", "decides: image/root\n", true},
        {"shown: ", "item: a/b 1 " HASH_OF("1") " previous none\nshown: ", false},
        {"decides: ", "item: a/b 1 " HASH_OF("1") " previous none\ndecides: ", false},
        {"item: ", "item: a/b 1 " HASH_OF("1") " previous none\nitem: ", false},
        {"item: ", "item: conclave/lift 1 " HASH_OF("1") " previous none\nitem: ", false},
        {"shown: ", "reach: conclave/keys 1 " HASH_OF("1") "\nshown: ", false},
        {"item: conclave/keys", "item: conclave/freeze", false},
        {"item: conclave/keys", "item: conclave/anything", false},
        {"item: conclave/keys", "item: image/root", false}, // metadata's roles decide it
    };
    static const struct line_case metadata[] = {
        {"shown: ", "decides: charter\nshown: ", false},
        {"shown: ", "decides: image/root\nshown: ", false},
        {"item: image/root", "item: conclave/keys", false},
        {"item: image/root", "item: conclave/anything", false},
        {"item: image/root", "item: conclaves/keys", true},
    };
    static struct opened opened;
    for (int i = MOTION_NONE + 1; i < MOTION_KINDS; i++) {
        static const struct line_case as_it_is[] = {{"shown", "shown", true}};
        made_up_motion(&opened, motion_role((enum motion)i), "charter");
        CHECK_OPENED(&opened, as_it_is);
    }
    made_up_motion(&opened, "conclave/keys", "charter");
    CHECK_OPENED(&opened, charter);
    made_up_opened(&opened);
    CHECK_OPENED(&opened, metadata);
}

static void opened__r12_says_how_many_keys_of_an_item_must_be_able_to_sign(void **state)
{
    (void)state;
#define KEY_1 "sha256:20"
#define KEY_2 "sha256:21"
    static const struct line_case cases[] = {
        {"reach: image/root 2", "reach: image/root 0", false},
        {"reach: image/root 2", "reach: image/root 4", false},
        {"reach: image/root 2", "reach: image/root 3", true},
        {"reach: image/root 2", "reach: image/snapshot 2", false}, // nobody asks for that
        {"reach: image/root 2", "reach: image 2", false},
        {"reach: image/root 2", "reach: image/targets 2", true},
        {KEY_1, KEY_2, false},                              // a key twice
        {KEY_2, KEY_1, false}, {KEY_1, "sha256:2f", false}, // not ascending
        {KEY_1, "none sha256:20", false},
        {"shown: ", "reach: image/root 1 " HASH_OF("1") "\nshown: ", false}, // a third one
        {"shown: ", "reach: image/targets 1 " HASH_OF("1") "\nshown: ", true},
        {"\nreach: image/root 1",
            "\nreach: image/targets 1 " HASH_OF("1") "\nreach: image/root 1", false}, // apart
    };
    static struct opened opened;
    made_up_waiting(&opened);
    CHECK_OPENED(&opened, cases);
    opened.reach[1] = opened.reach[0]; // the new threshold is the old one
    CHECK_OPENED(&opened, ((const struct line_case[]){{"shown", "shown", true}}));
    opened.reach[0].key_count = 0; // none to need
    CHECK_OPENED(&opened, ((const struct line_case[]){{"shown", "shown", false}}));
#undef KEY_1
#undef KEY_2
}

static struct reach longest_reach(const char *role, unsigned need)
{
    struct reach reach = {.need = need, .key_count = LIMIT_REACH_KEYS};
    memcpy(reach.role, role, LIMIT_ROLE_NAME + 1);
    for (unsigned i = 0; i < LIMIT_REACH_KEYS; i++)
        memset(reach.keys[i].byte, (int)i + 1, HASH_SIZE);
    return reach;
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
        // Keys that need a custodian are of roles that sign for no vehicle.
        snprintf(role, sizeof role,
            i < LIMIT_REACH / 2 ? "%050u/%050u" : "%050u/timestamp@%050u", i, i);
        opened.items[i] = made_up_item(role, LIMIT_VERSION, i);
        opened.items[i].previous = made_up_hash(1000 + i);
    }
    opened.item_count = LIMIT_ITEMS;
    for (unsigned i = 0; i < LIMIT_REACH; i++)
        opened.reach[i] = longest_reach(opened.items[i / 2].role, LIMIT_REACH_KEYS - i);
    opened.reach_count = LIMIT_REACH;
    opened.signature_size = KEY_SIGNATURE_MOST;
    opened.rendering = opened.epoch = LIMIT_INDEX;
    opened_write(&opened, &text);
    assert_int_equal(bytes_finish(&text), OK);
    assert_int_equal(opened_read(bytes_span(&text), &opened), OK);
    assert_int_equal(strlen(opened.items[LIMIT_ITEMS - 1].role), LIMIT_ROLE_NAME);
    assert_int_equal(opened.reach_count, LIMIT_REACH);
    assert_int_equal(opened.reach[LIMIT_REACH - 1].key_count, LIMIT_REACH_KEYS);
    // What approvers sign of it is no longer.
    struct hash leaf = made_up_hash(1);
    bytes_reset(&text);
    approval_write(&opened, LIMIT_INDEX, &leaf, DECISION_APPROVE, &leaf, &text);
    assert_int_equal(bytes_finish(&text), OK);
    bytes_clear(&text);
}

static void opened__r20_of_one_line_or_key_more_is_refused(void **state)
{
    (void)state;
    static struct opened opened;
    struct bytes text;
    char role[LIMIT_ROLE_NAME + 1];
    bytes_init(&text, LIMIT_RECORD);
    made_up_opened(&opened);
    for (unsigned i = 0; i < LIMIT_REACH; i++) {
        snprintf(role, sizeof role, "%050u/%050u", i, i);
        opened.items[i] = made_up_item(role, 1, i);
        opened.reach[i] = longest_reach(role, LIMIT_REACH_KEYS - i);
    }
    opened.item_count = opened.reach_count = LIMIT_REACH;
    opened.items[opened.item_count++] = made_up_item("a/b", 1, 9);
    opened_write(&opened, &text);
    static const struct line_case cases[] = {
        {"shown: ", "shown: ", true},
        {"shown: ", "reach: a/b 1 " HASH_OF("1") "\nshown: ", false},
        {"shown: ", "reach: a/b 1\nshown: ", false},
        {"\nshown: ", " " HASH_OF("f") "\nshown: ", false}, // a key too many
    };
    check_lines(opened_again, bytes_span(&text), cases, sizeof cases / sizeof cases[0]);
    opened.reach_count--;
    opened.reach[LIMIT_REACH - 2].key_count--;
    bytes_reset(&text);
    opened_write(&opened, &text);
    assert_true(taken_with(
        opened_again, bytes_span(&text), "shown: ", "reach: a/b 1 " HASH_OF("1") "\nshown: "));
    assert_true(
        taken_with(opened_again, bytes_span(&text), "\nshown: ", " " HASH_OF("f") "\nshown: "));
    bytes_clear(&text);
}

static void opened__r20_of_more_quorums_than_items_is_refused(void **state)
{
    (void)state;
    static struct opened opened;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    made_up_motion(&opened, "conclave/lift", "a/000");
    opened.decides_count = LIMIT_ITEMS;
    for (unsigned i = 1; i < LIMIT_ITEMS; i++)
        snprintf(opened.decides[i], LIMIT_ROLE_NAME + 1, "a/%03u", i);
    opened_write(&opened, &text);
    assert_true(taken_with(opened_again, bytes_span(&text), "shown: ", "shown: "));
    assert_false(
        taken_with(opened_again, bytes_span(&text), "shown: ", "decides: b/b\nshown: "));
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
    made_up_waiting(&opened);
    struct hash seen[32];
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
    SEEN_WITH(other.reach[0].need--);
    SEEN_WITH(other.reach[0].keys[2].byte[1] ^= 1);
    SEEN_WITH(other.reach[0].key_count--);
    SEEN_WITH(other.reach_count--);
    SEEN_WITH(made_up_motion(&other, "conclave/lift", "charter"));
    SEEN_WITH(made_up_motion(&other, "conclave/lift", "image/root"));
#undef SEEN_WITH
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            assert_false(hash_equal(&seen[i], &seen[j]));
}

static void approval__r3_r12_holds_who_decides_and_which_keys_must_be_able_to_sign(void **state)
{
    (void)state;
    struct opened opened;
    struct bytes text, expected;
    struct hash leaf = made_up_hash(20), approver = made_up_hash(21);
    bytes_init(&text, LIMIT_RECORD);
    bytes_init(&expected, LIMIT_RECORD);
    made_up_waiting(&opened);
    for (size_t i = 0; i < 2; i++)
        memset(opened.reach[0].keys[i].byte, (int)(0x11 * (i + 1)), HASH_SIZE);
    opened.reach[0].key_count = 2;
    opened.reach_count = 1;
    approval_write(&opened, 1834, &leaf, DECISION_REJECT, &approver, &text);
    bytes_add_text(&expected,
        "previous none\nreach: image/root 2 " HASH_OF("1") " " HASH_OF("2") "\nshown: 1 ");
    assert_non_null(memmem(text.data, text.size, expected.data, expected.size));
    made_up_motion(&opened, "conclave/keys", "charter");
    bytes_reset(&text);
    approval_write(&opened, 1834, &leaf, DECISION_APPROVE, &approver, &text);
    bytes_reset(&expected);
    bytes_add_text(&expected, "previous none\ndecides: charter\nshown: 1 ");
    assert_non_null(memmem(text.data, text.size, expected.data, expected.size));
    bytes_clear(&text);
    bytes_clear(&expected);
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
        cmocka_unit_test(opened__of_a_motion_stands_alone_and_says_whose_quorums_decide),
        cmocka_unit_test(opened__r12_says_how_many_keys_of_an_item_must_be_able_to_sign),
        cmocka_unit_test(opened__r20_of_128_items_with_the_longest_names_fits_a_leaf),
        cmocka_unit_test(opened__r20_of_one_line_or_key_more_is_refused),
        cmocka_unit_test(opened__r20_of_more_quorums_than_items_is_refused),
        cmocka_unit_test(approval__r3_r4_is_rebuilt_byte_for_byte_as_the_design_shows_it),
        cmocka_unit_test(
            approval__r3_r12_holds_who_decides_and_which_keys_must_be_able_to_sign),
        cmocka_unit_test(approval__r4_differs_when_anything_it_binds_differs),
        cmocka_unit_test(withdrawal__is_rebuilt_byte_for_byte),
        cmocka_unit_test(decision__words_are_these),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
