// The charter's text: what is none, and that reading and writing are inverses.
#include "policy/charter.h"
#include "tests/unit/charter_house.h"
#include "tests/unit/made_up.h"
#include "tests/unit/mutation.h"

static const struct change no_charters[] = {
    {"charter/v1", "charter/v2", "Line 1 does not read"},
    {"epoch: 1\n", "", "Line 2 does not read as the line epoch"},
    {"epoch: 1", "epoch: 01", "Line 2 does not read"},
    {"previous: none\n", "previous:\n", "Line 3 does not read"},
    {"previous: none\n", "previous: none none\n", "Line 3 does not read"},
    {"origin: log", "origin: lo+", "Line 4 does not read"},
    {"origin: log", "origin: lo%67", "Line 4 does not read"},
    {"log: sha256:", "log: sha512:", "Line 5 does not read"},
    {"clock: 300", "clock: 5m", "Line 6 does not read"},
    {"jump: 7776000\n", "", "Line 7 does not read as the line jump"},
    {"jump: 7776000", "jump: 90d", "Line 7 does not read"},
    {"jump: 7776000", "jump: none", "Line 7 does not read"},
    {"administrator: alice", "administrator: none", "Line 8 does not read"},
    {"administrator: alice", "administrator: al%69ce", "Line 8 does not read"},
    {"administrator: alice", "administrator:  alice", "Line 8 does not read"},
    {"administrator: alice", "administrator: zoe", "Line 9 puts bob behind zoe"},
    {"administrator: alice", "administrator: bob", "no name stands twice"},
    {"administrator: alice sha256:", "administrator: alice sha256:0", "Line 8"},
    {"group: everyone", "group: release", "no name stands twice"},
    {"group: everyone alice", "group: everyone zoe", "zoe, who is no administrator"},
    {"everyone alice bob", "everyone bob alice", "in ascending order"},
    {"everyone alice bob", "everyone alice alice", "each once"},
    {"release alice bob carol", "release", "Line 13 does not read"},
    {"charter: group everyone", "charter: group nobody", "nobody, which is no group"},
    {"charter: group everyone quorum 3 delay 600\n", "", "as the line charter"},
    {"quorum 3 delay", "quorum three delay", "Line 14 does not read"},
    {"delay 600\n", "delay 600 \n", "Line 14 does not read"},
    {" delay 600\n", "\n", "Line 14 does not read"},
    {"delay 600\n", "delay 0\n", "Line 14 does not read"},
    {"delay 600\n", "delay 10m\n", "Line 14 does not read"},
    {"requester: laptop", "requester: a", "Line 16 puts a behind image-service"},
    {"person dave", "person no body", "Line 16 does not read"},
    {"person dave open", "person dave", "Line 16 does not read"},
    {"open 32 bytes", "open bytes", "Line 15 does not read"},
    {"open 32", "open none", "Line 15 does not read"},
    {"bytes 1073741824", "bytes 1GiB", "Line 15 does not read"},
    {"records 1000 key", "key", "Line 15 does not read"},
    {"records 1000", "records 9223372036854775808", "Line 15 does not read"},
    {"repository: image", "repository: director", "no name stands twice"},
    {"repository: image", "repository: images", "no known repository"},
    {"role: image/root", "role: image", "Line 20 does not read"},
    {"role: image/root", "role: aerial/root", "no known repository"},
    {"role: image/root", "role: director/root", "no name stands twice"},
    {"role: image/root group everyone", "role: image/root group nobody", "no group"},
    {"least 3600", "least 0", "Line 20 does not read"},
    {"least 3600", "least 1h", "Line 20 does not read"},
    {"most 86400", "most none", "Line 19 does not read"},
    {"delay 3600", "delay 0", "Line 20 does not read"},
    {"delay none", "delay", "Line 19 does not read"},
    {"within 604800", "within 0", "Line 20 does not read"},
    {"within none", "within -1", "Line 19 does not read"},
    {"within none ", "", "Line 19 does not read"},
    {"rate 12 per", "rate 0 per", "Line 20 does not read"},
    {"per 2592000", "per 0", "Line 20 does not read"},
    {"rate 12 per 2592000", "rate 12", "Line 20 does not read"},
    {"rate none", "rate none per none", "Line 19 does not read"},
    {"rate none", "rate 0", "Line 19 does not read"},
    {"threshold 2", "threshold none", "Line 20 does not read"},
    {" threshold 2", "", "Line 20 does not read"},
    {"threshold 2", "threshold 2 2", "Line 20 does not read"},
    {"key: image/root", "key: image/toor", "image/toor, which is no role"},
    {"key: image/root ed25519", "key: image/root ecdsa-p256", "Line 23 does not read"},
    {"key: director/root", "key: image/targets", "out of order"},
    {"custodian none\n", "custodian none\nkey:\n", "Line 23"},
    {"custodian none\n", "\n", "Line 22 does not read"},
    {"custodian none\n", "custodian none none\n", "Line 22 does not read"},
    {"custodian carol", "custodian zoe", "Line 24 names zoe, who is no administrator"},
    {"custodian carol", "custodian 2", "Line 24 names 2, who is no administrator"},
    {"custodian carol", "custodian car%6Fl", "Line 24 does not read"},
    {"threshold 1\n", "threshold 1\n\n", "Line 20"},
    {"clock: 300\n", "clock: 300\nclock: 300\n", "Line 7"},
};

static void charter__refuses_what_is_no_charter(void **unused)
{
    (void)unused;
    expect_changes(no_charters, sizeof no_charters / sizeof no_charters[0], ERR_FORM, "R2");
}

static void charter__says_what_is_not_built_yet(void **unused)
{
    (void)unused;
    static const struct change changes[] = {
        {"by quorum", "by both", "says by both, but this version knows quorum and mandate"},
        {"by quorum", "by none", "says by none, but this version knows quorum and mandate"},
        {"image tuf image", "image omaha image", "says repository omaha image"},
        {"image tuf image", "image none image", "says repository none image"},
        {"image tuf image", "image tuf depot", "says repository tuf depot"},
        {"image tuf image", "image tuf none", "says repository tuf none"},
        {"image tuf image", "image Tuf image", "says repository Tuf image"},
    };
    expect_changes(changes, sizeof changes / sizeof changes[0], ERR_REFUSED, "R2");
}

static void charter__refuses_every_cut_inside_a_line(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter(), *out = charter_new();
    struct bytes text = house_text(charter);
    struct refusal refusal;
    for (size_t size = 0; size < text.size; size++)
        if (size == 0 || text.data[size - 1] != '\n')
            assert_int_equal(charter_read(span_of(text.data, size), out, &refusal), ERR_FORM);
    assert_int_equal(charter_read(bytes_span(&text), out, &refusal), OK);
    bytes_clear(&text);
    charter_free(out);
    charter_free(charter);
}

static void charter__is_read_as_it_is_written(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter(), *again = charter_new();
    struct bytes text = house_text(charter);
    struct refusal refusal;
    assert_int_equal(charter_read(bytes_span(&text), again, &refusal), OK);
    struct hash hash = hash_of(bytes_span(&text));
    assert_true(hash_equal(&again->hash, &hash));
    again->hash = charter->hash;
    again->roles[1].repository = again->roles[2].repository = 0; // the sample does not say
    assert_memory_equal(again, charter, sizeof *charter);
    bytes_clear(&text);
    charter_free(again);
    charter_free(charter);
}

static void charter__finds_persons_and_requesters_by_key_and_roles_by_name(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    struct bytes text = house_text(charter);
    struct refusal refusal;
    assert_int_equal(charter_read(bytes_span(&text), charter, &refusal), OK);
    struct hash bob = made_up_key(PERSON_KEY + 1).id,
                laptop = made_up_key(REQUESTER_KEY + 1).id;
    assert_string_equal(charter_administrator(charter, &bob)->name, "bob");
    assert_null(charter_administrator(charter, &laptop));
    assert_string_equal(charter_requester(charter, &laptop)->person, "dave");
    assert_null(charter_requester(charter, &bob));
    const struct role *role = charter_role(charter, "image/targets");
    assert_string_equal(role_short_name(role), "targets");
    assert_string_equal(charter->repositories[role->repository].name, "image");
    assert_null(charter_role(charter, "image/target"));
    assert_null(charter_role(charter, "targets"));
    bytes_clear(&text);
    charter_free(charter);
}

static void charter__r5_an_administrator_may_ask_for_motions_alone(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    struct hash bob = made_up_key(PERSON_KEY + 1).id,
                laptop = made_up_key(REQUESTER_KEY + 1).id, stranger = made_up_key(LOG_KEY).id;
    struct asking asking = {0};
    assert_false(charter_asking(charter, &bob, false, &asking));
    assert_false(charter_asking(charter, &stranger, false, &asking));
    assert_false(charter_asking(charter, &stranger, true, &asking));
    assert_true(charter_asking(charter, &bob, true, &asking));
    assert_string_equal(asking.name, "bob");
    assert_string_equal(asking.person, "bob");
    assert_ptr_equal(asking.key, &charter->administrators[1].key);
    assert_ptr_equal(asking.quota, &charter_own_quota);
    for (int motion = 0; motion < 2; motion++) {
        assert_true(charter_asking(charter, &laptop, motion, &asking));
        assert_string_equal(asking.name, "laptop");
        assert_string_equal(asking.person, "dave");
        assert_ptr_equal(asking.key, &charter->requesters[1].key);
        assert_ptr_equal(asking.quota, &charter->requesters[1].quota);
    }
    charter_free(charter);
}

static void charter__r17_what_an_administrator_may_ask_is_bounded(void **unused)
{
    (void)unused;
    assert_int_equal(charter_own_quota.open, 16);
    assert_int_equal(charter_own_quota.bytes, 64 * 1024 * 1024);
    assert_int_equal(charter_own_quota.records, 1000);
}

static void charter__finds_administrators_by_name(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    assert_ptr_equal(
        charter_administrator_named(charter, "carol"), &charter->administrators[2]);
    assert_null(charter_administrator_named(charter, "laptop"));
    assert_null(charter_administrator_named(charter, "caro"));
    charter_free(charter);
}

static void charter__knows_its_dialects(void **unused)
{
    (void)unused;
    assert_string_equal(dialect_text(DIALECT_TUF), "tuf");
    assert_string_equal(dialect_text((enum dialect)99), "none");
    assert_int_equal(dialect_from(span_text("tuf")), DIALECT_TUF);
    assert_int_equal(dialect_from(span_text("none")), DIALECT_NONE);
    assert_string_equal(dialect_text(DIALECT_UPTANE), "uptane");
    assert_int_equal(dialect_from(span_text("uptane")), DIALECT_UPTANE);
    assert_int_equal(dialect_from(span_text("Uptane")), DIALECT_NONE);
    assert_string_equal(kind_text(KIND_DIRECTOR), "director");
    assert_string_equal(kind_text((enum repository_kind)99), "none");
    assert_int_equal(kind_from(span_text("image")), KIND_IMAGE);
    assert_int_equal(kind_from(span_text("director")), KIND_DIRECTOR);
    assert_int_equal(kind_from(span_text("none")), KIND_NONE);
}

static void charter__r16_a_dialect_takes_what_its_clients_read(void **unused)
{
    (void)unused;
    static const struct {
        enum key_type type;
        bool tuf, uptane;
    } types[] = {{KEY_NONE, false, false}, {KEY_ED25519, true, true}, {KEY_P256, true, false},
        {KEY_P384, true, false}, {KEY_RSA2048, true, true}, {KEY_RSA3072, true, true},
        {KEY_RSA4096, true, true}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        assert_int_equal(dialect_takes(DIALECT_TUF, types[i].type), types[i].tuf);
        assert_int_equal(dialect_takes(DIALECT_UPTANE, types[i].type), types[i].uptane);
        assert_false(dialect_takes(DIALECT_NONE, types[i].type));
        const char *text = key_type_text(types[i].type);
        assert_int_equal(
            strstr(dialect_key_types(DIALECT_UPTANE), text) != NULL, types[i].uptane);
        assert_int_equal(strstr(dialect_key_types(DIALECT_TUF), text) != NULL, types[i].tuf);
    }
}

static void charter__finds_the_repository_of_a_role_that_it_has_or_not(void **unused)
{
    (void)unused;
    struct charter *charter = house_charter();
    const struct repository *image = charter_repository_named(charter, "image");
    assert_non_null(image);
    assert_null(charter_repository_named(charter, "imag"));
    assert_null(charter_repository_named(charter, "image/root"));
    assert_ptr_equal(charter_repository_of(charter, "image/root"), image);
    assert_ptr_equal(charter_repository_of(charter, "image/nobody"), image);
    assert_null(charter_repository_of(charter, "images/root"));
    charter_free(charter);
}

static bool charter_again(struct span text, struct bytes *out)
{
    static struct charter charter;
    struct refusal refusal = {.sentence = ""};
    if (charter_read(text, &charter, &refusal) != OK) {
        assert_true(refusal.sentence[0] != '\0');
        return false;
    }
    charter_write(&charter, out);
    return true;
}

static void charter__every_mutation_is_refused_or_written_back_alike(void **unused)
{
    (void)unused;
    static const uint8_t flips[] = {1, 2, 4, 8, 16, 32, 64, 128, 26};
    struct charter *charter = house_charter();
    struct bytes text = house_text(charter);
    struct mutation_count count = mutate(charter_again, bytes_span(&text), flips, sizeof flips);
    assert_true(count.taken > 0); // another origin, another name
    assert_true(count.refused > count.taken);
    bytes_clear(&text);
    charter_free(charter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charter__refuses_what_is_no_charter),
        cmocka_unit_test(charter__says_what_is_not_built_yet),
        cmocka_unit_test(charter__refuses_every_cut_inside_a_line),
        cmocka_unit_test(charter__is_read_as_it_is_written),
        cmocka_unit_test(charter__finds_persons_and_requesters_by_key_and_roles_by_name),
        cmocka_unit_test(charter__r5_an_administrator_may_ask_for_motions_alone),
        cmocka_unit_test(charter__r17_what_an_administrator_may_ask_is_bounded),
        cmocka_unit_test(charter__finds_administrators_by_name),
        cmocka_unit_test(charter__knows_its_dialects),
        cmocka_unit_test(charter__r16_a_dialect_takes_what_its_clients_read),
        cmocka_unit_test(charter__finds_the_repository_of_a_role_that_it_has_or_not),
        cmocka_unit_test(charter__every_mutation_is_refused_or_written_back_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
