// Every rule that a payload can break, by the payloads of tests/vectors/rules.py: each is refused by
// exactly the rule that its name says, or passes with exactly that warning, which is shown; and no
// rule is without one (metadata/rule.h).
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/json_file.h"
#include "metadata/rule.h"
#include "tests/unit/metadata_house.h"
#include "tests/unit/metadata_vectors.h"
#include "tests/unit/rows.h"
#include "tests/unit/rule_name.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_MOST = 128, STEP_WORDS = 3, DIALECTS = 2 };
static const enum dialect dialects[DIALECTS] = {DIALECT_TUF, DIALECT_UPTANE};

// ---- the steps of a case ----

static struct house house;
static struct scene scene;
static bool judge_as_named;

static void role(char *const words[])
{
    snprintf(scene.item.role, sizeof scene.item.role, "%s", words[1]);
}

static void is_signed(char *const words[])
{
    house_signed(&house, words[1], words[2]);
}

static void previous(char *const words[])
{
    bytes_clear(&scene.previous);
    scene.previous = vector_of(house.dialect, words[1]);
}

static void evidence(char *const words[])
{
    scene_evidence(&scene, words[1]);
}

static void version(char *const words[])
{
    scene.item.version = strtoul(words[1], NULL, 10);
    scene.item.payload = hash_of(bytes_span(&scene.payload));
    judge_as_named = true;
}

static void other_hash(char *const words[])
{
    (void)words;
    scene.item.version = 1;
    judge_as_named = true;
}

static void forget_root(char *const words[])
{
    (void)words;
    bytes_reset(&house.root);
}

static void threshold(char *const words[])
{
    for (size_t i = 0; i < house.charter->role_count; i++)
        if (strcmp(house.charter->roles[i].name, words[1]) == 0)
            house.charter->roles[i].threshold = strtoul(words[2], NULL, 10);
}

static void adopt_supplier(char *const words[])
{
    (void)words;
    house_adopt_supplier(&house);
}

static void director(char *const words[])
{
    (void)words;
    house.charter->repositories[0].kind = KIND_DIRECTOR;
}

static const struct tuf_key *find_key(struct span payload, const char *id)
{
    static struct tuf tuf;
    static struct tuf_key keys[TUF_KEYS_MOST];
    assert_int_equal(tuf_read(house.dialect, payload, &tuf, &scene.refusal), OK);
    size_t count = tuf.root.key_count;
    memcpy(keys, tuf.root.keys, count * sizeof keys[0]);
    if (tuf.type == TUF_TARGETS)
        count = tuf_delegations_keys(&tuf, keys);
    for (size_t i = 0; i < count; i++)
        if (span_is(keys[i].id, id))
            return &keys[i];
    return NULL;
}

// In the payload, or else in one of the files that travel with it; good until the next one is looked for.
static const struct tuf_key *listed_key(const char *id)
{
    static struct tuf_envelope envelope;
    static struct bytes file;
    const struct tuf_key *key = find_key(bytes_span(&scene.payload), id);
    for (size_t i = 0; key == NULL && i < scene.evidence_count; i++) {
        bytes_clear(&file);
        bytes_init(&file, LIMIT_PAYLOAD);
        assert_int_equal(
            json_file_read(house.dialect, bytes_span(&scene.evidence[i]), &file), OK);
        assert_int_equal(
            tuf_envelope_read(house.dialect, bytes_span(&file), &envelope, &scene.refusal), OK);
        key = find_key(envelope.signed_part, id);
    }
    if (key == NULL)
        fail_msg("nobody lists a key %s", id);
    return key;
}

// The requester's key is the one that the payload lists under this id.
static void requester(char *const words[])
{
    assert_int_equal(tuf_key_from(listed_key(words[1]), &house.charter->requesters[0].key), OK);
}

// A second repository, of images, whose root and other roles nobody asks for.
static void images(char *const words[])
{
    struct charter *charter = house.charter;
    struct role *role = &charter->roles[charter->role_count++];
    struct repository *repository = &charter->repositories[charter->repository_count];
    snprintf(repository->name, sizeof repository->name, "%s", words[1]);
    repository->dialect = house.dialect;
    repository->kind = KIND_IMAGE;
    snprintf(role->name, sizeof role->name, "%s/targets", words[1]);
    role->repository = charter->repository_count++;
}

// A role of the repository that came last, without a key.
static void lives(char *const words[])
{
    struct charter *charter = house.charter;
    struct role *role = &charter->roles[charter->role_count++];
    snprintf(role->name, sizeof role->name, "%s", words[1]);
    role->repository = charter->repository_count - 1;
}

// The appliance has the key that the payload lists under this id, for that role.
static void own(char *const words[])
{
    const struct tuf_key *listed = listed_key(words[2]);
    struct role_key *key = &house.charter->keys[house.charter->key_count++];
    assert_int_equal(tuf_key_from(listed, &key->key), OK);
    key->role = (size_t)(charter_role(house.charter, words[1]) - house.charter->roles);
}

static void grow_bytes(struct bytes *bytes, char *const words[])
{
    size_t size = strtoul(words[2], NULL, 10);
    char *text = test_malloc(size + 1);
    memset(text, 'x', size);
    text[size] = '\0';
    replace_text(bytes, words[1], text);
    test_free(text);
}

static void grow(char *const words[])
{
    grow_bytes(&scene.payload, words);
}

static void grow_evidence(char *const words[])
{
    grow_bytes(&scene.evidence[scene.evidence_count - 1], words);
}

static const struct step {
    const char *word;
    void (*take)(char *const words[]);
} steps[] = {
    {"role", role},
    {"signed", is_signed},
    {"previous", previous},
    {"evidence", evidence},
    {"version", version},
    {"other-hash", other_hash},
    {"forget-root", forget_root},
    {"threshold", threshold},
    {"adopt-supplier", adopt_supplier},
    {"director", director},
    {"requester", requester},
    {"images", images},
    {"lives", lives},
    {"own", own},
    {"grow", grow},
    {"grow-evidence", grow_evidence},
};

static void take_step(char *text)
{
    char *words[STEP_WORDS] = {NULL}, *rest = NULL;
    words[0] = strtok_r(text, " ", &rest);
    for (size_t i = 1; i < STEP_WORDS; i++)
        words[i] = strtok_r(NULL, " ", &rest);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (strcmp(steps[i].word, words[0]) == 0) {
            steps[i].take(words);
            return;
        }
    fail_msg("there is no step %s", words[0]);
}

// ---- one case ----

static size_t wrong; // cases that ended otherwise
static size_t broken[RULES][DIALECTS][TUF_TIMESTAMP + 1];

// Which rule and type a case's name says; RULES for `good`.
static enum rule_id read_name(const char *name, enum tuf_type *type)
{
    size_t size = strcspn(name, ".");
    char kind[NAME_MOST];
    snprintf(kind, sizeof kind, "%.*s", (int)strcspn(name + size + 1, "-"), name + size + 1);
    *type = tuf_type_of_role(kind);
    for (int id = 0; id < RULES; id++)
        if (span_is(span_of(name, size), rule_table[id].id))
            return (enum rule_id)id;
    if (!span_is(span_of(name, size), "good"))
        fail_msg("no rule is called as %s says", name);
    return RULES;
}

// Whether exactly this warning is found and shown, and with RULES none.
static bool warns_of(enum rule_id id)
{
    static struct showing showing;
    struct bytes rendering;
    char line[NAME_MOST] = "!! warning ";
    bytes_init(&rendering, RENDER_MOST);
    showing_init(&showing, &house);
    showing.request.evidence_count = scene.evidence_count;
    showing_item(
        &showing, scene.item.role, bytes_span(&scene.payload), bytes_span(&scene.previous));
    assert_int_equal(showing_render(&showing, &rendering), OK);
    if (id != RULES)
        snprintf(line, sizeof line, "\n!! warning %s: ", rule_table[id].id);
    bool good = rule_set_count(&scene.facts.warnings) == (id != RULES) &&
                (id == RULES || rule_set_has(&scene.facts.warnings, id)) &&
                rows_hold(bytes_span(&rendering), line) == (id != RULES);
    bytes_clear(&rendering);
    return good;
}

static void judge_case_of(size_t dialect, const char *name)
{
    enum tuf_type type;
    enum rule_id id = read_name(name, &type);
    char wanted[LIMIT_RULE + 1] = "";
    if (id != RULES)
        snprintf(wanted, sizeof wanted, "%s/%s", rule_table[id].design, rule_table[id].id);
    enum err err = judge_as_named ? scene_judge_as_named(&scene) : scene_judge(&scene);
    bool passes = id == RULES || rule_table[id].severity == SEVERITY_WARN;
    bool good = passes ? err == OK && warns_of(id)
                       : err == ERR_REFUSED && strcmp(scene.refusal.rule, wanted) == 0;
    if (!good)
        print_error("%s %s: %s %s %s\n", dialect_text(dialects[dialect]), name, err_text(err),
            scene.refusal.rule, scene.refusal.sentence);
    wrong += !good;
    if (id != RULES)
        broken[id][dialect][type] += good;
}

static void run_case(size_t dialect, char *line)
{
    char path[NAME_MOST], *rest = NULL, *name = strtok_r(line, "\t", &rest), *step;
    snprintf(path, sizeof path, "../rules/%s/%s", dialect_text(dialects[dialect]), name);
    house_init_of(&house, dialects[dialect]);
    scene_init(&scene, &house, "", path, NULL);
    judge_as_named = false;
    while ((step = strtok_r(NULL, "\t", &rest)) != NULL)
        take_step(step);
    judge_case_of(dialect, name);
    scene_clear(&scene);
    house_clear(&house);
}

static void rules__each_refuses_or_warns_by_its_own_name(void **state)
{
    (void)state;
    for (size_t dialect = 0; dialect < DIALECTS; dialect++) {
        char path[NAME_MOST], *rest = NULL;
        snprintf(path, sizeof path, "tests/vectors/rules/%s/cases.txt",
            dialect_text(dialects[dialect]));
        struct bytes cases = vector_file(path);
        bytes_add_u8(&cases, 0);
        assert_int_equal(bytes_finish(&cases), OK);
        for (char *line = strtok_r((char *)cases.data, "\n", &rest); line != NULL;
             line = strtok_r(NULL, "\n", &rest))
            run_case(dialect, line);
        bytes_clear(&cases);
    }
    assert_int_equal(wrong, 0);
}

// ---- all of them ----

// What no payload of the dialect and type can break, and why.
static const struct exception {
    enum rule_id rule;
    enum dialect dialect;
    enum tuf_type type;
} exceptions[] = {
    // 128 keys, or 256 files, are never so large that a client of `tuf` would not take them.
    {RULE_PAYLOAD_SIZE, DIALECT_TUF, TUF_ROOT},
    {RULE_PAYLOAD_SIZE, DIALECT_TUF, TUF_SNAPSHOT},
    {RULE_EVIDENCE_SIZE, DIALECT_TUF, TUF_TIMESTAMP},
    // Of Targets only a Director's need evidence, and `tuf` has none.
    {RULE_EVIDENCE_SIZE, DIALECT_TUF, TUF_TARGETS},
    {RULE_SIGNATURE_FORM, DIALECT_TUF, TUF_TARGETS},
    {RULE_SIGNATURES_MOST, DIALECT_TUF, TUF_TARGETS},
    {RULE_SIGNATURE_TWICE, DIALECT_TUF, TUF_TARGETS},
};

static bool is_exception(enum rule_id id, enum dialect dialect, enum tuf_type type)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++)
        if (exceptions[i].rule == id && exceptions[i].dialect == dialect &&
            exceptions[i].type == type)
            return true;
    return false;
}

// How many payloads broke the rule in the dialect; says for which type it has none.
static size_t count_of(enum rule_id id, size_t dialect)
{
    size_t count = 0;
    for (int type = TUF_ROOT; type <= TUF_TIMESTAMP; type++) {
        bool claimed = (rule_table[id].types >> type & 1) != 0 &&
                       (rule_table[id].dialects >> dialects[dialect] & 1) != 0 &&
                       !is_exception(id, dialects[dialect], (enum tuf_type)type);
        if (claimed != (broken[id][dialect][type] > 0))
            fail_msg("%s, %s, %s: %zu payloads", rule_table[id].id,
                dialect_text(dialects[dialect]), tuf_type_text((enum tuf_type)type),
                broken[id][dialect][type]);
        count += broken[id][dialect][type];
    }
    return count;
}

static void rules__each_has_a_payload_of_every_dialect_and_type_it_claims(void **state)
{
    (void)state;
    print_message("payloads that break each rule:  tuf  uptane\n");
    for (int id = 0; id < RULES; id++)
        if ((rule_table[id].types & RULE_EVERY_TYPE) != 0)
            print_message("  %-29s %4zu %7zu\n", rule_table[id].id,
                count_of((enum rule_id)id, 0), count_of((enum rule_id)id, 1));
}

static void rules__each_is_named_once_and_says_what_must_hold(void **state)
{
    (void)state;
    for (int id = 0; id < RULES; id++) {
        const struct rule *rule = &rule_table[id];
        assert_non_null(rule->id);
        assert_true(strlen(rule->id) + sizeof "R12/" <= LIMIT_RULE);
        assert_true(rule->types != 0 && rule->dialects != 0);
        assert_true(strlen(rule->sentence) > 20);
        assert_int_equal(rule->past != NULL, id < RULES_OF_THE_PAST);
        for (int other = 0; other < id; other++)
            assert_string_not_equal(rule->id, rule_table[other].id);
    }
}

// The name as the code spells it: RULE_ROOT_NEXT.
static void spell(const char *id, char out[NAME_MOST])
{
    snprintf(out, NAME_MOST, "RULE_%s\n", id);
    for (char *at = out; *at != '\0'; at++)
        *at = (char)(*at == '-' ? '_' : toupper(*at));
}

static void rules__each_is_used(void **state)
{
    (void)state;
    struct bytes used = vector_command("ls metadata/*.c | grep -v metadata/rule | "
                                       "xargs grep -oh 'RULE_[A-Z0-9_]*' | sort -u");
    for (int id = 0; id < RULES; id++) {
        char name[NAME_MOST];
        spell(rule_table[id].id, name);
        if (memmem(used.data, used.size, name, strlen(name)) == NULL)
            fail_msg("nothing is refused by %s, or warns of it", rule_table[id].id);
    }
    bytes_clear(&used);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules__each_refuses_or_warns_by_its_own_name),
        cmocka_unit_test(rules__each_has_a_payload_of_every_dialect_and_type_it_claims),
        cmocka_unit_test(rules__each_is_named_once_and_says_what_must_hold),
        cmocka_unit_test(rules__each_is_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
