// The charter: reading, writing, and everything that it must be.
#include "policy/charter.h"
#include "tests/unit/made_up.h"
#include "tests/unit/mutation.h"

#include <stdio.h>
#include <stdlib.h>

enum { LOG_KEY = 500, PERSON_KEY = 0, REQUESTER_KEY = 100, ROLE_KEY = 200 };

// ---- a charter to begin with ----

static void add_person(struct charter *charter, const char *name)
{
    size_t i = charter->administrator_count++;
    struct administrator *person = &charter->administrators[i];
    snprintf(person->name, sizeof person->name, "%s", name);
    person->key = made_up_key(PERSON_KEY + (unsigned)i);
}

static void add_group(struct charter *charter, const char *name, size_t members)
{
    struct group *group = &charter->groups[charter->group_count++];
    snprintf(group->name, sizeof group->name, "%s", name);
    group->member_count = members;
    for (size_t i = 0; i < members; i++)
        group->members[i] = (uint8_t)i;
}

static void add_requester(struct charter *charter, const char *name, const char *person)
{
    size_t i = charter->requester_count++;
    struct requester *requester = &charter->requesters[i];
    snprintf(requester->name, sizeof requester->name, "%s", name);
    snprintf(requester->person, sizeof requester->person, "%s", person);
    requester->key = made_up_key(REQUESTER_KEY + (unsigned)i);
}

static void add_repository(struct charter *charter, const char *name)
{
    struct repository *repository = &charter->repositories[charter->repository_count++];
    snprintf(repository->name, sizeof repository->name, "%s", name);
    repository->dialect = DIALECT_TUF;
}

static int key_order(const void *a, const void *b)
{
    const struct role_key *first = a, *second = b;
    return span_compare(hash_span(&first->key.id), hash_span(&second->key.id));
}

static void add_role(
    struct charter *charter, const char *name, struct quorum quorum, size_t keys)
{
    size_t index = charter->role_count++;
    struct role *role = &charter->roles[index];
    snprintf(role->name, sizeof role->name, "%s", name);
    role->quorum = quorum;
    role->least = index % 2 == 0 ? 0 : 3600;
    role->most = 86400;
    struct role_key *first = &charter->keys[charter->key_count];
    for (size_t i = 0; i < keys; i++) {
        first[i].role = index;
        first[i].key = made_up_key(ROLE_KEY + (unsigned)charter->key_count++);
    }
    qsort(first, keys, sizeof first[0], key_order);
}

// alice, bob, carol, dave; group everyone (all four) and release (the first three).
static struct charter *sample(void)
{
    struct charter *charter = charter_new();
    assert_non_null(charter);
    charter->epoch = 1;
    snprintf(charter->origin, sizeof charter->origin, "log.example/appliance-0001");
    charter->log = made_up_key(LOG_KEY).id;
    charter->clock = 300;
    static const char *const persons[] = {"alice", "bob", "carol", "dave"};
    for (size_t i = 0; i < 4; i++)
        add_person(charter, persons[i]);
    add_group(charter, "everyone", 4);
    add_group(charter, "release", 3);
    charter->changes = (struct quorum){0, 3};
    add_requester(charter, "image-service", "release-desk");
    add_requester(charter, "laptop", "dave");
    add_repository(charter, "director");
    add_repository(charter, "image");
    add_role(charter, "director/root", (struct quorum){0, 2}, 1);
    add_role(charter, "image/root", (struct quorum){0, 3}, 2);
    add_role(charter, "image/targets", (struct quorum){1, 2}, 1);
    return charter;
}

static struct bytes text_of_charter(const struct charter *charter)
{
    struct bytes text;
    bytes_init(&text, LIMIT_CHARTER + 1024);
    charter_write(charter, &text);
    assert_int_equal(bytes_finish(&text), OK);
    return text;
}

// ---- refusals ----

static void expect(struct span text, enum err err, const char *rule, const char *sentence)
{
    struct charter *out = charter_new();
    struct refusal refusal = {.rule = ""};
    assert_int_equal(charter_read(text, out, &refusal), err);
    if (err != OK) {
        assert_string_equal(refusal.rule, rule);
        if (strstr(refusal.sentence, sentence) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", refusal.sentence, sentence);
    }
    charter_free(out);
}

static void expect_charter(
    struct charter *charter, enum err err, const char *rule, const char *sentence)
{
    struct bytes text = text_of_charter(charter);
    expect(bytes_span(&text), err, rule, sentence);
    bytes_clear(&text);
    charter_free(charter);
}

// The sample's text with the first `from` replaced by `to`.
static struct bytes replaced(const char *from, const char *to)
{
    struct charter *charter = sample();
    struct bytes text = text_of_charter(charter), changed;
    charter_free(charter);
    bytes_init(&changed, LIMIT_CHARTER);
    uint8_t *at = memmem(text.data, text.size, from, strlen(from));
    if (at == NULL)
        fail_msg("the sample has no \"%s\"", from);
    bytes_add(&changed, span_of(text.data, (size_t)(at - text.data)));
    bytes_add_text(&changed, to);
    at += strlen(from);
    bytes_add(&changed, span_of(at, text.size - (size_t)(at - text.data)));
    bytes_clear(&text);
    return changed;
}

struct change {
    const char *from;
    const char *to;
    const char *sentence;
};

static void expect_changes(
    const struct change *changes, size_t count, enum err err, const char *rule)
{
    for (size_t i = 0; i < count; i++) {
        struct bytes text = replaced(changes[i].from, changes[i].to);
        expect(bytes_span(&text), err, rule, changes[i].sentence);
        bytes_clear(&text);
    }
}

static void charter__refuses_what_is_no_charter(void **unused)
{
    (void)unused;
    static const struct change changes[] = {
        {"charter/v1", "charter/v2", "Line 1 does not read"},
        {"epoch: 1\n", "", "Line 2 does not read as the line epoch"},
        {"epoch: 1", "epoch: 01", "Line 2 does not read"},
        {"previous: none\n", "previous:\n", "Line 3 does not read"},
        {"previous: none\n", "previous: none none\n", "Line 3 does not read"},
        {"origin: log", "origin: lo+", "Line 4 does not read"},
        {"origin: log", "origin: lo%67", "Line 4 does not read"},
        {"log: sha256:", "log: sha512:", "Line 5 does not read"},
        {"clock: 300", "clock: 5m", "Line 6 does not read"},
        {"administrator: alice", "administrator: none", "Line 7 does not read"},
        {"administrator: alice", "administrator: al%69ce", "Line 7 does not read"},
        {"administrator: alice", "administrator:  alice", "Line 7 does not read"},
        {"administrator: alice", "administrator: zoe", "Line 8 puts bob behind zoe"},
        {"administrator: alice", "administrator: bob", "no name stands twice"},
        {"administrator: alice sha256:", "administrator: alice sha256:0", "Line 7"},
        {"group: everyone", "group: release", "no name stands twice"},
        {"group: everyone alice", "group: everyone zoe", "zoe, who is no administrator"},
        {"everyone alice bob", "everyone bob alice", "in ascending order"},
        {"everyone alice bob", "everyone alice alice", "each once"},
        {"release alice bob carol", "release", "Line 12 does not read"},
        {"charter: group everyone", "charter: group nobody", "nobody, which is no group"},
        {"charter: group everyone quorum 3\n", "", "as the line charter"},
        {"quorum 3\n", "quorum three\n", "Line 13 does not read"},
        {"quorum 3\n", "quorum 3 \n", "Line 13 does not read"},
        {"requester: laptop", "requester: a", "Line 15 puts a behind image-service"},
        {"person dave", "person no body", "Line 15 does not read"},
        {"person dave key", "person dave", "Line 15 does not read"},
        {"repository: image", "repository: director", "no name stands twice"},
        {"repository: image", "repository: images", "no known repository"},
        {"role: image/root", "role: image", "Line 19 does not read"},
        {"role: image/root", "role: aerial/root", "no known repository"},
        {"role: image/root", "role: director/root", "no name stands twice"},
        {"role: image/root group everyone", "role: image/root group nobody", "no group"},
        {"least 3600", "least 0", "Line 19 does not read"},
        {"least 3600", "least 1h", "Line 19 does not read"},
        {"most 86400", "most none", "Line 18 does not read"},
        {"key: image/root", "key: image/toor", "image/toor, which is no role"},
        {"key: image/root ed25519", "key: image/root ecdsa-p256", "Line 22 does not read"},
        {"key: director/root", "key: image/targets", "out of order"},
        {"custodian none\n", "custodian none\nkey:\n", "Line 22"},
        {"delay none\n", "delay none\n\n", "Line 19"},
        {"clock: 300\n", "clock: 300\nclock: 300\n", "Line 7"},
    };
    expect_changes(changes, sizeof changes / sizeof changes[0], ERR_FORM, "R2");
}

static void charter__says_what_is_not_built_yet(void **unused)
{
    (void)unused;
    static const struct change changes[] = {
        {"by quorum", "by mandate", "says by mandate, but this version knows only quorum"},
        {"delay none", "delay 3600", "says delay 3600, but this version knows only none"},
        {"custodian none", "custodian bob", "says custodian bob"},
        {"image tuf", "image uptane", "says repository uptane"},
    };
    expect_changes(changes, sizeof changes / sizeof changes[0], ERR_REFUSED, "R2");
}

static void charter__refuses_every_cut_inside_a_line(void **unused)
{
    (void)unused;
    struct charter *charter = sample(), *out = charter_new();
    struct bytes text = text_of_charter(charter);
    struct refusal refusal;
    for (size_t size = 0; size < text.size; size++)
        if (size == 0 || text.data[size - 1] != '\n')
            assert_int_equal(charter_read(span_of(text.data, size), out, &refusal), ERR_FORM);
    assert_int_equal(charter_read(bytes_span(&text), out, &refusal), OK);
    bytes_clear(&text);
    charter_free(out);
    charter_free(charter);
}

static void charter__r7_epoch_1_alone_has_no_charter_before_it(void **unused)
{
    (void)unused;
    struct charter *charter = sample();
    charter->epoch = 2;
    expect_charter(charter, ERR_REFUSED, "R7", "Epochs begin with 1");
    charter = sample();
    charter->previous = charter->log;
    expect_charter(charter, ERR_REFUSED, "R7", "Epochs begin with 1");
    charter = sample();
    charter->epoch = 0;
    expect_charter(charter, ERR_REFUSED, "R7", "Epochs begin with 1");
    charter = sample();
    charter->epoch = 2;
    charter->previous = made_up_key(LOG_KEY + 1).id;
    expect_charter(charter, OK, "", "");
}

static void charter__r5_every_quorum_is_2_to_n(void **unused)
{
    (void)unused;
    static const struct {
        size_t k;
        const char *sentence;
    } bad[] = {
        {0, "nobody decides alone: make it at least 2"},
        {1, "nobody decides alone: make it at least 2"},
        {5, "has 4 members"},
        {4, "but dave stands behind the requester laptop"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct charter *charter = sample();
        charter->changes.k = bad[i].k;
        expect_charter(charter, ERR_REFUSED, "R5", bad[i].k < 3 ? "at least" : bad[i].sentence);
        charter = sample();
        charter->roles[0].quorum.k = bad[i].k;
        expect_charter(charter, ERR_REFUSED, "R5", bad[i].sentence);
    }
}

static void charter__r5_all_members_may_be_the_quorum_when_none_of_them_may_submit(
    void **unused)
{
    (void)unused;
    struct charter *charter = sample();
    charter->roles[2].quorum.k = 3; // release: alice, bob, carol
    expect_charter(charter, OK, "", "");
    charter = sample();
    charter->roles[2].quorum.k = 3;
    snprintf(charter->requesters[1].person, LIMIT_NAME, "carol");
    expect_charter(charter, ERR_REFUSED, "R5", "but carol stands behind");
}

static void charter__r5_a_group_of_one_can_have_no_quorum(void **unused)
{
    (void)unused;
    struct charter *charter = sample();
    charter->groups[1].member_count = 1;
    expect_charter(charter, ERR_REFUSED, "R5", "has 1 members");
}

static void charter__r7_its_own_quorum_is_at_least_the_largest(void **unused)
{
    (void)unused;
    struct charter *charter = sample();
    charter->changes.k = 2;
    expect_charter(charter, ERR_REFUSED, "R7", "image/root has 3");
    charter = sample();
    charter->changes.k = 2;
    charter->roles[1].quorum.k = 2;
    expect_charter(charter, OK, "", "");
}

static void charter__r13_the_clock_has_bounds(void **unused)
{
    (void)unused;
    struct charter *charter = sample();
    charter->clock = 0;
    expect_charter(charter, ERR_REFUSED, "R13", "give 1 to");
    charter = sample();
    charter->clock = CHARTER_CLOCK_MOST + 1;
    expect_charter(charter, ERR_REFUSED, "R13", "give 1 to");
    charter = sample();
    charter->clock = CHARTER_CLOCK_MOST;
    expect_charter(charter, OK, "", "");
}

static void charter__r20_expiry_has_bounds(void **unused)
{
    (void)unused;
    static const struct {
        int64_t least, most;
        const char *sentence; // NULL: good
    } cases[] = {
        {0, 0, "give 1 to"},
        {0, (int64_t)CHARTER_EXPIRY_MOST + 1, "give 1 to"},
        {60, 60, "make least smaller"},
        {61, 60, "make least smaller"},
        {59, 60, NULL},
        {0, CHARTER_EXPIRY_MOST, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct charter *charter = sample();
        charter->roles[0].least = cases[i].least;
        charter->roles[0].most = cases[i].most;
        expect_charter(
            charter, cases[i].sentence == NULL ? OK : ERR_REFUSED, "R20", cases[i].sentence);
    }
}

static void charter__r2_no_role_is_called_like_another_in_other_letters(void **unused)
{
    (void)unused;
    struct charter *charter = sample();
    snprintf(charter->roles[1].name, LIMIT_NAME, "image/Root");
    expect_charter(charter, ERR_REFUSED, "R2", "beside root: write root");
    charter = sample();
    snprintf(charter->roles[1].name, LIMIT_NAME, "image/TIMESTAMP");
    expect_charter(charter, ERR_REFUSED, "R2", "beside timestamp");
    charter = sample();
    snprintf(charter->roles[1].name, LIMIT_NAME, "image/roots");
    expect_charter(charter, OK, "", "");
}

static void charter__r18_every_role_has_a_key(void **unused)
{
    (void)unused;
    struct charter *charter = sample();
    charter->key_count--;
    expect_charter(charter, ERR_REFUSED, "R18", "image/targets has no key");
}

static void charter__r21_one_public_key_stands_at_one_place(void **unused)
{
    (void)unused;
    struct charter *charter = sample();
    charter->administrators[3].key = charter->administrators[1].key;
    expect_charter(
        charter, ERR_REFUSED, "R21", "of administrator dave is the key of administrator bob");
    charter = sample();
    charter->requesters[0].key = charter->administrators[1].key;
    expect_charter(
        charter, ERR_REFUSED, "R21", "of requester image-service is the key of admin");
    charter = sample();
    charter->keys[3].key = charter->keys[0].key;
    expect_charter(
        charter, ERR_REFUSED, "R21", "of role image/targets is the key of role director/root");
    charter = sample();
    charter->keys[3].key = charter->requesters[1].key;
    expect_charter(charter, ERR_REFUSED, "R21", "is the key of requester laptop");
    charter = sample();
    charter->log = charter->keys[3].key.id;
    expect_charter(charter, ERR_REFUSED, "R21", "image/targets is the key of the log");
}

static void charter__r16_a_small_order_key_is_refused(void **unused)
{
    (void)unused;
    static const uint8_t spki[44] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03,
        0x21, 0x00, 0x01}; // y = 1, the neutral element
    struct charter *charter = sample();
    struct key *key = &charter->administrators[2].key;
    memcpy(key->spki, spki, sizeof spki);
    key->id = hash_of(key_spki(key));
    expect_charter(charter, ERR_REFUSED, "R16", "Line 9 has a public key");
}

static void charter__r21_a_key_is_named_by_its_own_hash(void **unused)
{
    (void)unused;
    struct charter *charter = sample();
    charter->administrators[2].key.id = made_up_key(LOG_KEY + 1).id;
    expect_charter(charter, ERR_FORM, "R2", "Line 9 has a hash that is not its key's");
}

// ---- limits ----

static void fill_lists(struct charter *charter)
{
    while (charter->administrator_count < LIMIT_ADMINISTRATORS) {
        char name[LIMIT_NAME + 1];
        snprintf(name, sizeof name, "person-%02zu", charter->administrator_count);
        add_person(charter, name);
    }
    while (charter->requester_count < LIMIT_REQUESTERS) {
        char name[LIMIT_NAME + 1];
        snprintf(name, sizeof name, "service-%02zu", charter->requester_count);
        add_requester(charter, name, "release-desk");
    }
    while (charter->group_count < LIMIT_GROUPS) {
        char name[LIMIT_NAME + 1];
        snprintf(name, sizeof name, "team-%02zu", charter->group_count);
        add_group(charter, name, LIMIT_ADMINISTRATORS);
    }
    while (charter->repository_count < LIMIT_REPOSITORIES) {
        char name[LIMIT_NAME + 1];
        snprintf(name, sizeof name, "repository-%02zu", charter->repository_count);
        add_repository(charter, name);
    }
}

static void fill_roles(struct charter *charter)
{
    while (charter->role_count < LIMIT_ROLES) {
        char name[LIMIT_NAME + 1];
        snprintf(name, sizeof name, "image/u%03zu", charter->role_count);
        add_role(charter, name, (struct quorum){0, 2}, 1);
    }
    size_t last = charter->role_count - 1;
    struct role_key *first = &charter->keys[charter->key_count - 1];
    size_t count = 1;
    for (; charter->key_count < LIMIT_KEYS; count++) {
        first[count].role = last;
        first[count].key = made_up_key(ROLE_KEY + 1000 + (unsigned)charter->key_count++);
    }
    qsort(first, count, sizeof first[0], key_order);
}

static void charter__takes_as_much_as_the_limits_say(void **unused)
{
    (void)unused;
    struct charter *charter = sample(), *again = charter_new();
    fill_lists(charter);
    fill_roles(charter);
    struct bytes text = text_of_charter(charter);
    struct refusal refusal = {.sentence = ""};
    enum err err = charter_read(bytes_span(&text), again, &refusal);
    assert_string_equal(refusal.sentence, "");
    assert_int_equal(err, OK);
    assert_int_equal(again->key_count, LIMIT_KEYS);
    assert_int_equal(again->role_count, LIMIT_ROLES);
    assert_int_equal(again->groups[LIMIT_GROUPS - 1].member_count, LIMIT_ADMINISTRATORS);
    bytes_clear(&text);
    charter_free(again);
    charter_free(charter);
}

static void charter__r20_refuses_one_more_of_anything(void **unused)
{
    (void)unused;
    static const char *const names[] = {
        "administrator", "group", "requester", "repository", "role", "key"};
    struct charter *charter = sample();
    fill_lists(charter);
    fill_roles(charter);
    struct bytes text = text_of_charter(charter), more;
    bytes_init(&more, LIMIT_CHARTER);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        // The last line of a name, once more.
        char start[32], sentence[64];
        snprintf(start, sizeof start, "\n%s: ", names[i]);
        snprintf(sentence, sizeof sentence, "lines %s.", names[i]);
        uint8_t *line = text.data, *found;
        size_t left = text.size;
        while ((found = memmem(line + 1, left - 1, start, strlen(start))) != NULL) {
            left -= (size_t)(found - line);
            line = found;
        }
        uint8_t *end = memchr(line + 1, '\n', left - 1);
        bytes_reset(&more);
        bytes_add(&more, span_of(text.data, (size_t)(end - text.data)));
        bytes_add(&more, span_of(line, (size_t)(text.data + text.size - line)));
        expect(bytes_span(&more), ERR_REFUSED, "R20", sentence);
    }
    bytes_clear(&more);
    bytes_clear(&text);
    charter_free(charter);
}

static void charter__r20_refuses_a_text_over_the_limit(void **unused)
{
    (void)unused;
    uint8_t *large = malloc(LIMIT_CHARTER + 1);
    assert_non_null(large);
    memset(large, 'a', LIMIT_CHARTER + 1);
    expect(span_of(large, LIMIT_CHARTER), ERR_FORM, "R2", "Line 1");
    expect(span_of(large, LIMIT_CHARTER + 1), ERR_REFUSED, "R20", "at most");
    free(large);
}

// ---- what is good ----

static void charter__is_read_as_it_is_written(void **unused)
{
    (void)unused;
    struct charter *charter = sample(), *again = charter_new();
    struct bytes text = text_of_charter(charter);
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
    struct charter *charter = sample();
    struct bytes text = text_of_charter(charter);
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

static void charter__knows_its_dialects(void **unused)
{
    (void)unused;
    assert_string_equal(dialect_text(DIALECT_TUF), "tuf");
    assert_string_equal(dialect_text((enum dialect)99), "none");
    assert_int_equal(dialect_from(span_text("tuf")), DIALECT_TUF);
    assert_int_equal(dialect_from(span_text("none")), DIALECT_NONE);
    assert_int_equal(dialect_from(span_text("uptane")), DIALECT_NONE);
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
    struct charter *charter = sample();
    struct bytes text = text_of_charter(charter);
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
        cmocka_unit_test(charter__r7_epoch_1_alone_has_no_charter_before_it),
        cmocka_unit_test(charter__r5_every_quorum_is_2_to_n),
        cmocka_unit_test(
            charter__r5_all_members_may_be_the_quorum_when_none_of_them_may_submit),
        cmocka_unit_test(charter__r5_a_group_of_one_can_have_no_quorum),
        cmocka_unit_test(charter__r7_its_own_quorum_is_at_least_the_largest),
        cmocka_unit_test(charter__r13_the_clock_has_bounds),
        cmocka_unit_test(charter__r20_expiry_has_bounds),
        cmocka_unit_test(charter__r2_no_role_is_called_like_another_in_other_letters),
        cmocka_unit_test(charter__r18_every_role_has_a_key),
        cmocka_unit_test(charter__r21_one_public_key_stands_at_one_place),
        cmocka_unit_test(charter__r16_a_small_order_key_is_refused),
        cmocka_unit_test(charter__r21_a_key_is_named_by_its_own_hash),
        cmocka_unit_test(charter__takes_as_much_as_the_limits_say),
        cmocka_unit_test(charter__r20_refuses_one_more_of_anything),
        cmocka_unit_test(charter__r20_refuses_a_text_over_the_limit),
        cmocka_unit_test(charter__is_read_as_it_is_written),
        cmocka_unit_test(charter__finds_persons_and_requesters_by_key_and_roles_by_name),
        cmocka_unit_test(charter__knows_its_dialects),
        cmocka_unit_test(charter__every_mutation_is_refused_or_written_back_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
