// Motions: each has exactly one spelling, and is held to what it must be.
#include "proto/motion.h"
#include "tests/unit/samples.h"

static bool keys_again(struct span text, struct bytes *out)
{
    struct keys_motion motion;
    if (keys_motion_read(text, &motion) != OK)
        return false;
    keys_motion_write(&motion, out);
    return true;
}

static bool lift_again(struct span text, struct bytes *out)
{
    struct lift_motion motion;
    if (lift_motion_read(text, &motion) != OK)
        return false;
    lift_motion_write(&motion, out);
    return true;
}

static bool time_again(struct span text, struct bytes *out)
{
    struct time_motion motion;
    if (time_motion_read(text, &motion) != OK)
        return false;
    time_motion_write(&motion, out);
    return true;
}

static bool import_again(struct span text, struct bytes *out)
{
    struct import_motion motion;
    if (import_motion_read(text, &motion) != OK)
        return false;
    import_motion_write(&motion, out);
    return true;
}

static bool proofs_again(struct span text, struct bytes *out)
{
    struct proofs proofs;
    if (proofs_read(text, &proofs) != OK)
        return false;
    proofs_write(&proofs, out);
    return true;
}

// ---- samples ----

static const char keys_text[] =
    "conclave.keys/v1\n"
    "number: 3\n"
    "make: image/root ed25519\n"
    "make: image/root ed25519\n"
    "make: director/root ecdsa-p256\n"
    "retire: image/root " HASH_OF(
        "2") "\n"
             "retire: image/root " HASH_OF(
                 "3") "\n"
                      "retire: image/targets " HASH_OF(
                          "1") "\n"
                               "destroy: image/root " HASH_OF(
                                   "1") "\n"
                                        "destroy: image/snapshot " HASH_OF("4") "\n";

static const char lift_text[] = "conclave.lift/v1\n"
                                "freeze: " HASH_OF("7") "\n"
                                                        "what: role image/targets\n";

static const char time_text[] = "conclave.time/v1\n"
                                "number: 2\n"
                                "time: 2026-11-22T08:00:00Z\n";

static const char import_text[] =
    "conclave.import/v1\n"
    "number: 1\n"
    "repository: image\n"
    "root: 5 " HASH_OF("1") "\n"
                            "root: 6 " HASH_OF(
                                "2") "\n"
                                     "role: image/root 6 " HASH_OF(
                                         "3") " 2027-01-01T00:00:00Z\n"
                                              "role: image/targets 12 " HASH_OF(
                                                  "4") " 2026-12-01T00:00:00Z\n"
                                                       "accept: 5 keyid-not-canonical\n"
                                                       "accept: 5 odd-date\n"
                                                       "accept: 6 key-of-two-roles\n";

static const char proofs_text[] = "conclave.proofs/v1\n"
                                  "proof: " HASH_OF("1") " Zm9v\n"
                                                         "proof: " HASH_OF("2") " Zm8=\n";

static const struct noun {
    const char *text;
    mutation_again *again;
} nouns[] = {
    {keys_text, keys_again},
    {lift_text, lift_again},
    {time_text, time_again},
    {import_text, import_again},
    {proofs_text, proofs_again},
};
enum { NOUNS = sizeof nouns / sizeof nouns[0] };

static void motion__one_byte_more_less_or_other_is_refused_or_stands_as_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < NOUNS; i++)
        check_every_mutation(nouns[i].again, span_text(nouns[i].text));
}

static void motion__no_reader_takes_another_kind(void **state)
{
    (void)state;
    struct bytes out;
    bytes_init(&out, LIMIT_RECORD);
    for (size_t i = 0; i < NOUNS; i++)
        for (size_t j = 0; j < NOUNS; j++)
            assert_int_equal(nouns[j].again(span_text(nouns[i].text), &out), i == j);
    bytes_clear(&out);
}

// ---- kinds ----

static void motion__is_named_by_its_role_and_by_nothing_else(void **state)
{
    (void)state;
    static const char *const known[MOTION_KINDS] = {"", "conclave/charter", "conclave/import",
        "conclave/keys", "conclave/lift", "conclave/mandate", "conclave/time"};
    static const char *const others[] = {"", "conclave", "conclave/", "conclave/key",
        "conclave/keys2", "conclave/freeze", "Conclave/keys", "image/keys", "image/charter",
        "conclave/keys/", " conclave/keys"};
    for (int i = MOTION_NONE + 1; i < MOTION_KINDS; i++) {
        assert_int_equal(motion_of(known[i]), i);
        assert_string_equal(motion_role((enum motion)i), known[i]);
        assert_true(motion_reserves(known[i]));
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(motion_of(others[i]), MOTION_NONE);
    assert_string_equal(motion_role(MOTION_NONE), "");
    assert_string_equal(motion_role(MOTION_KINDS), "");
    assert_string_equal(motion_role((enum motion)99), "");
    assert_true(motion_reserves("conclave/anything"));
    assert_false(motion_reserves("conclave"));
    assert_false(motion_reserves("conclaves/root"));
    assert_false(motion_reserves("image/conclave"));
}

// ---- keys ----

static void keys__is_held_to_what_a_keys_motion_must_be(void **state)
{
    (void)state;
    static const struct line_case cases[] = {
        {"number: 3", "number: 0", false},
        {"number: 3", "number: 9007199254740992", false},
        {"make: image/root ed25519", "make: image/root none", false},
        {"make: image/root ed25519", "make: image/root rsa", false},
        {"make: image/root ed25519", "make: image ed25519", false},
        {"make: image/root ed25519", "make: none/root ed25519", false},
        {"make: image/root ed25519\n", "", true}, // two more are made
        {"retire: image/root " HASH_OF("2"), "retire: image/root none", false},
        {"retire: image/root " HASH_OF("2"), "retire: image/root " HASH_OF("3"), false},
        {"retire: image/root " HASH_OF("2"), "retire: image/root " HASH_OF("4"), false},
        {"retire: image/root " HASH_OF("2"), "retire: image/toor " HASH_OF("2"), false},
        {"retire: image/root " HASH_OF("2"), "retire: aimage/root " HASH_OF("9"), true},
        {"retire: image/targets", "retire: image/aargets", false},
        {"destroy: image/root " HASH_OF("1"), "destroy: image/snapshot " HASH_OF("4"), false},
        {"destroy: image/root " HASH_OF("1"), "destroy: image/root", false},
        {"number: 3\n", "number: 3\nretire: image/root " HASH_OF("1") "\n", false},
        {"number: 3", "number: 9007199254740991", true},
    };
    CHECK_LINES(keys_again, keys_text, cases);
    struct keys_motion motion;
    assert_int_equal(
        keys_motion_read(span_text("conclave.keys/v1\nnumber: 3\n"), &motion), ERR_FORM);
}

static void keys__r20_makes_retires_and_destroys_so_many_together_and_not_one_more(void **state)
{
    (void)state;
    for (size_t made = 0; made <= LIMIT_MOTION_KEYS; made++) {
        struct keys_motion motion = {.number = 1, .make_count = made}, again;
        motion.retire_count = made % 2 == 0 ? LIMIT_MOTION_KEYS - made : 0;
        motion.destroy_count = LIMIT_MOTION_KEYS - made - motion.retire_count;
        for (size_t i = 0; i < LIMIT_MOTION_KEYS; i++) {
            motion.make[i] = (struct keys_make){"a/b", KEY_P256};
            motion.retire[i] = (struct keys_name){"a/b", {{(uint8_t)(i + 1)}}};
            motion.destroy[i] = motion.retire[i];
        }
        struct bytes text;
        bytes_init(&text, LIMIT_RECORD);
        keys_motion_write(&motion, &text);
        assert_int_equal(keys_motion_read(bytes_span(&text), &again), OK);
        assert_int_equal(again.make_count, made);
        *(made == 0 ? &motion.make_count : &motion.retire_count) += 1;
        bytes_reset(&text);
        keys_motion_write(&motion, &text);
        assert_int_equal(keys_motion_read(bytes_span(&text), &again), ERR_FORM);
        bytes_clear(&text);
    }
}

// ---- lift and time ----

static void lift__names_one_freeze_and_what_it_stops(void **state)
{
    (void)state;
    static const struct line_case cases[] = {
        {"freeze: " HASH_OF("7"), "freeze: none", false},
        {"what: role image/targets", "what: everything", true},
        {"what: role image/targets", "what: request " HASH_OF("7"), true},
        {"what: role image/targets", "what: conclave/lift", false},
        {"what: role image/targets", "what: role conclave/lift", false},
        {"what: role image/targets", "what: role image/targets more", false},
        {"what: role image/targets", "what: mandate a/b " HASH_OF("7"), false},
    };
    CHECK_LINES(lift_again, lift_text, cases);
}

static void time__is_any_moment_that_can_be_written(void **state)
{
    (void)state;
    static const struct line_case cases[] = {
        {"number: 2", "number: 0", false},
        {"number: 2", "number: 9007199254740991", true},
        {"time: 2026-11-22T08:00:00Z", "time: 2026-11-31T08:00:00Z", false},
        {"time: 2026-11-22T08:00:00Z", "time: none", false},
        {"time: 2026-11-22T08:00:00Z", "time: 2106-02-07T06:28:16Z", true},
        {"time: 2026-11-22T08:00:00Z", "time: 2038-01-19T03:14:08Z", true},
    };
    CHECK_LINES(time_again, time_text, cases);
}

// ---- import ----

static void import__is_held_to_what_an_import_must_be(void **state)
{
    (void)state;
    static const struct line_case cases[] = {
        {"number: 1", "number: 0", false},
        {"repository: image", "repository: none", false},
        {"repository: image", "repository: image/root", false},
        {"repository: image", "repository: imag", false},
        {"repository: image", "repository: image2", false},
        {"root: 5", "root: 4", false}, // a version is missing
        {"root: 5", "root: 6", false},
        {"root: 5", "root: 0", false},
        {"root: 5 " HASH_OF("1") "\nroot: 6 " HASH_OF("2") "\n", "", false},
        {"root: 5 " HASH_OF("1") "\nroot: 6 ", "root: 6 " HASH_OF("1") "\nroot: 6 ", false},
        {"root: 5 " HASH_OF("1"), "root: 5 none", false},
        {"root: 5 " HASH_OF("1") "\n", "", true}, // not all have the first one
        {"role: image/root 6", "role: image/root 5", false},
        {"role: image/root 6", "role: image/root 7", false},
        {"role: image/root 6", "role: image/boot 6", false}, // there is no root
        {"role: image/root 6", "role: imago/root 6", false},
        {"role: image/targets 12", "role: image/root 6", false},
        {"role: image/targets 12", "role: image/aaa 12", false},
        {"role: image/targets 12", "role: image/targets 0", false},
        {"role: image/targets 12", "role: director/targets 12", false},
        {"role: image/targets 12", "role: image-2/targets 12", false},
        {"role: image/targets 12", "role: imago/targets 12", false},
        {HASH_OF("4"), "none", false},
        {"accept: 5 odd-date", "accept: 5 keyid-not-canonical", false},
        {"accept: 5 odd-date", "accept: 5 a", false},
        {"accept: 5 odd-date", "accept: 6 odd-date", false},
        {"accept: 5 odd-date", "accept: 5 Odd-date", false},
        {"accept: 5 odd-date", "accept: 5 odd%20date", false},
        {"accept: 5 odd-date", "accept: 5 odd_date", false},
        {"accept: 6 key", "accept: 6 -key", false},
        {"accept: 6 key", "accept: 4 key", false},
        {"accept: 5 odd-date\n", "", true},
    };
    CHECK_LINES(import_again, import_text, cases);
}

static void import__of_a_root_that_is_version_0_is_refused(void **state)
{
    (void)state;
    static const char text[] =
        "conclave.import/v1\n"
        "number: 1\n"
        "repository: a\n"
        "root: 1 " HASH_OF("2") "\n"
                                "role: a/root 1 " HASH_OF("3") " 2027-01-01T00:00:00Z\n";
    static const struct line_case cases[] = {
        {"root: 1", "root: 0 " HASH_OF("1") "\nroot: 1", false},
        {"root: 1", "root: 1", true},
    };
    CHECK_LINES(import_again, text, cases);
}

static void longest_import(struct import_motion *motion)
{
    *motion = (struct import_motion){.number = LIMIT_VERSION};
    memset(motion->repository, 'a', LIMIT_NAME);
    for (unsigned i = 0; i < LIMIT_HISTORY; i++)
        motion->roots[i] = (struct import_root){i + 1, made_up_hash(i)};
    for (unsigned i = 0; i < IMPORT_ROLES_MOST; i++) {
        struct import_role *role = &motion->roles[i];
        *role = (struct import_role){.version = LIMIT_VERSION, .payload = made_up_hash(i)};
        snprintf(role->role, sizeof role->role, "%s/%050u", motion->repository, i);
    }
    struct import_role *root = &motion->roles[IMPORT_ROLES_MOST - 1];
    root->version = LIMIT_HISTORY;
    snprintf(root->role, sizeof root->role, "%s/root", motion->repository);
    for (unsigned i = 0; i < LIMIT_FINDINGS; i++) {
        struct import_finding *finding = &motion->findings[i];
        finding->version = LIMIT_VERSION;
        snprintf(finding->id, sizeof finding->id, "%040u", i);
    }
    motion->root_count = LIMIT_HISTORY;
    motion->role_count = IMPORT_ROLES_MOST;
    motion->finding_count = LIMIT_FINDINGS;
}

static void import__r20_of_the_most_and_longest_lines_is_taken_and_its_evidence_fits(
    void **state)
{
    (void)state;
    static struct import_motion motion, again;
    struct bytes text;
    bytes_init(&text, LIMIT_PAYLOAD);
    longest_import(&motion);
    import_motion_write(&motion, &text);
    assert_int_equal(import_motion_read(bytes_span(&text), &again), OK);
    assert_int_equal(strlen(again.roles[0].role), 2 * LIMIT_NAME + 1);
    assert_int_equal(strlen(again.findings[0].id), FINDING_ID_MOST);
    bytes_add_text(&text, "accept: 9007199254740991 z\n");
    assert_int_equal(import_motion_read(bytes_span(&text), &again), ERR_FORM);
    bytes_clear(&text);
    // Each root, the file of each other role, the canonical part of each.
    assert_true(LIMIT_HISTORY + IMPORT_ROLES_MOST - 1 + IMPORT_ROLES_MOST <= LIMIT_ITEMS);
}

static void import__r20_of_one_line_more_is_refused(void **state)
{
    (void)state;
    static struct import_motion motion;
    struct bytes text;
    char role[256];
    bytes_init(&text, LIMIT_RECORD);
    longest_import(&motion);
    for (unsigned i = 0; i < LIMIT_HISTORY; i++) // so that there is one before the first
        motion.roots[i].version++;
    motion.roles[IMPORT_ROLES_MOST - 1].version++;
    import_motion_write(&motion, &text);
    assert_true(taken_with(import_again, bytes_span(&text), "root: 2 ", "root: 2 "));
    assert_false(taken_with(
        import_again, bytes_span(&text), "root: 2 ", "root: 1 " HASH_OF("1") "\nroot: 2 "));
    snprintf(role, sizeof role,
        "role: %s/zoo 1 " HASH_OF("1") " 2027-01-01T00:00:00Z\naccept: ", motion.repository);
    assert_false(taken_with(import_again, bytes_span(&text), "accept: ", role));
    motion.role_count--;
    motion.roles[IMPORT_ROLES_MOST - 2] = motion.roles[IMPORT_ROLES_MOST - 1];
    bytes_reset(&text);
    import_motion_write(&motion, &text);
    assert_true(taken_with(import_again, bytes_span(&text), "accept: ", role));
    bytes_clear(&text);
}

// ---- possession ----

static void possession__r7_is_rebuilt_byte_for_byte(void **state)
{
    (void)state;
    struct hash hashes[3] = {made_up_hash(1), made_up_hash(7), made_up_hash(2)};
    char hex[3][2 * HASH_SIZE + 1];
    struct bytes text, expected;
    for (size_t i = 0; i < 3; i++)
        hash_hex(&hashes[i], hex[i]);
    bytes_init(&text, 4096);
    bytes_init(&expected, 4096);
    possession_write(&hashes[0], 5, &hashes[1], &hashes[2], &text);
    bytes_add_format(&expected,
        "conclave.possession/v1\nappliance: sha256:%s\ncharter: 5 sha256:%s\n"
        "key: sha256:%s\n",
        hex[0], hex[1], hex[2]);
    assert_true(span_equal(bytes_span(&text), bytes_span(&expected)));
    bytes_clear(&text);
    bytes_clear(&expected);
}

static void proofs__name_each_key_once_and_at_least_one(void **state)
{
    (void)state;
    static const struct line_case cases[] = {
        {"proof: " HASH_OF("1"), "proof: " HASH_OF("2"), false},
        {"proof: " HASH_OF("1"), "proof: " HASH_OF("3"), false},
        {"proof: " HASH_OF("1"), "proof: none", false},
        {" Zm9v", "", false},
        {"proof: " HASH_OF("1") " Zm9v\n", "", true},
    };
    struct proofs proofs;
    CHECK_LINES(proofs_again, proofs_text, cases);
    assert_int_equal(proofs_read(span_text("conclave.proofs/v1\n"), &proofs), ERR_FORM);
}

static void proofs__r20_hold_every_person_and_not_one_more(void **state)
{
    (void)state;
    enum { MOST = LIMIT_ADMINISTRATORS + LIMIT_REQUESTERS };
    static struct proofs proofs;
    struct bytes text;
    bytes_init(&text, LIMIT_PROOFS);
    proofs.count = MOST;
    for (size_t i = 0; i < MOST; i++) {
        proofs.at[i].key.byte[0] = (uint8_t)(i + 1);
        proofs.at[i].signature_size = KEY_SIGNATURE_MOST;
    }
    proofs_write(&proofs, &text);
    assert_int_equal(bytes_finish(&text), OK);
    assert_int_equal(proofs_read(bytes_span(&text), &proofs), OK);
    assert_int_equal(proofs.count, MOST);
    bytes_add_text(&text, "proof: " HASH_OF("f") " Zm9v\n");
    assert_int_equal(proofs_read(bytes_span(&text), &proofs), ERR_FORM);
    bytes_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(motion__one_byte_more_less_or_other_is_refused_or_stands_as_itself),
        cmocka_unit_test(motion__no_reader_takes_another_kind),
        cmocka_unit_test(motion__is_named_by_its_role_and_by_nothing_else),
        cmocka_unit_test(keys__is_held_to_what_a_keys_motion_must_be),
        cmocka_unit_test(
            keys__r20_makes_retires_and_destroys_so_many_together_and_not_one_more),
        cmocka_unit_test(lift__names_one_freeze_and_what_it_stops),
        cmocka_unit_test(time__is_any_moment_that_can_be_written),
        cmocka_unit_test(import__is_held_to_what_an_import_must_be),
        cmocka_unit_test(import__of_a_root_that_is_version_0_is_refused),
        cmocka_unit_test(
            import__r20_of_the_most_and_longest_lines_is_taken_and_its_evidence_fits),
        cmocka_unit_test(import__r20_of_one_line_more_is_refused),
        cmocka_unit_test(possession__r7_is_rebuilt_byte_for_byte),
        cmocka_unit_test(proofs__name_each_key_once_and_at_least_one),
        cmocka_unit_test(proofs__r20_hold_every_person_and_not_one_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
