#include "tests/unit/compile_house.h"

// ---- policies ----

const char *const compile_names[PERSONS] = {"alice", "bob", "carol", "dave"};

static void add_administrators(struct bytes *text, unsigned people)
{
    for (unsigned i = 0; i < PERSONS; i++)
        if ((people & 1U << i) != 0)
            bytes_add_format(
                text, "  - {name: %s, key: %s.pem}\n", compile_names[i], compile_names[i]);
}

static void add_group(struct bytes *text, const char *name, unsigned members)
{
    const char *before = "";
    bytes_add_format(text, "  - {name: %s, members: [", name);
    for (unsigned i = 0; i < PERSONS; i++) {
        if ((members & 1U << i) == 0)
            continue;
        bytes_add_format(text, "%s%s", before, compile_names[i]);
        before = ", ";
    }
    bytes_add_text(text, "]}\n");
}

static void add_role(struct bytes *text, const char *name, const char *group, const char *keys)
{
    bytes_add_format(text,
        "      - name: %s\n        group: %s\n        quorum: 2\n"
        "        expires: {most: 1d}\n        delay: none\n        threshold: 1\n"
        "        keys: [%s]\n",
        name, group, keys);
}

struct policy *policy_of(const struct wanted *wanted)
{
    struct policy *policy = NULL;
    struct policy_fault fault = {.sentence = ""};
    struct bytes text;
    bytes_init(&text, LIMIT_POLICY);
    bytes_add_text(&text, "appliance: log.example/appliance-0001\nadministrators:\n");
    add_administrators(&text, wanted->people | DAVE);
    bytes_add_text(&text, "groups:\n");
    add_group(&text, "all", wanted->people | DAVE);
    add_group(&text, "rooters", wanted->members);
    bytes_add_text(&text, "charter: {group: all, quorum: 2}\n"
                          "requesters: [{name: service, person: desk, key: service.pem}]\n"
                          "repositories:\n  - name: image\n    dialect: tuf\n    roles:\n");
    add_role(&text, "root", "rooters", wanted->keys);
    if (wanted->targets != NULL)
        add_role(&text, "targets", "all", wanted->targets);
    enum err err = policy_read(bytes_span(&text), house_folder, &policy, &fault);
    assert_string_equal(fault.sentence, "");
    assert_int_equal(err, OK);
    bytes_clear(&text);
    return policy;
}

// ---- the charter in force, and keys ----

// Made-up keys in ascending order of their hashes.
void sorted_keys(unsigned first, struct key *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct key key = made_up_key(first + (unsigned)i);
        size_t at = i;
        for (; at > 0 && span_compare(hash_span(&out[at - 1].id), hash_span(&key.id)) > 0; at--)
            out[at] = out[at - 1];
        out[at] = key;
    }
}

// Founds a house with so many root keys, all of type ed25519, and one targets key.
struct charter *found(const struct wanted *wanted, size_t root_keys)
{
    static struct made_key keys[16];
    struct policy *policy = policy_of(wanted);
    struct key log = made_up_key(LOG), roots[8];
    struct policy_fault fault = {.sentence = ""};
    struct charter *charter = charter_new();
    struct refusal refusal;
    struct bytes text;
    bytes_init(&text, LIMIT_CHARTER);
    sorted_keys(FIRST_ROOT, roots, root_keys);
    for (size_t i = 0; i < root_keys; i++) // not in their order
        keys[root_keys - 1 - i] = (struct made_key){.role = "image/root", .key = roots[i]};
    keys[root_keys] =
        (struct made_key){.role = "image/targets", .key = made_up_key(FIRST_TARGETS)};
    enum err err = policy_compile(policy, &log, keys, root_keys + 1, &text, &fault);
    assert_string_equal(fault.sentence, "");
    assert_int_equal(err, OK);
    assert_int_equal(charter_read(bytes_span(&text), charter, &refusal), OK);
    bytes_clear(&text);
    policy_free(policy);
    return charter;
}

struct key_state spare_key(const char *role, const struct key *key)
{
    struct key_state state = {.key = *key, .by = 1};
    snprintf(state.role, sizeof state.role, "%s", role);
    return state;
}

// A policy's `keys` with the first digits of some hashes: %1, %2, ... stand for these.
char *keys_text(const char *format, const struct key *const *keys)
{
    static char text[1024];
    size_t used = 0;
    for (const char *at = format; *at != '\0'; at++) {
        char hex[2 * HASH_SIZE + 1];
        if (*at != '%') {
            text[used++] = *at;
            continue;
        }
        hash_hex(&keys[*++at - '1']->id, hex);
        used += (size_t)snprintf(text + used, sizeof text - used, "sha256:%.12s", hex);
    }
    text[used] = '\0';
    return text;
}

// ---- what is expected ----

const struct spares no_spares;

struct charter *compile_next(
    const struct wanted *wanted, const struct charter *now, const struct spares *spares)
{
    struct policy *policy = policy_of(wanted);
    struct policy_fault fault = {.sentence = ""};
    struct charter *next = charter_new();
    struct refusal refusal;
    struct bytes text;
    bytes_init(&text, LIMIT_CHARTER);
    bytes_add_text(&text, "left over");
    enum err err = policy_compile_next(policy, now, spares->keys, spares->count, &text, &fault);
    assert_string_equal(fault.sentence, "");
    assert_int_equal(err, OK);
    assert_int_equal(charter_read(bytes_span(&text), next, &refusal), OK);
    bytes_clear(&text);
    policy_free(policy);
    return next;
}

void expect_next_fault(const struct wanted *wanted, const struct charter *now,
    const struct spares *spares, enum err expected, const char *path, const char *sentence)
{
    struct policy *policy = policy_of(wanted);
    struct policy_fault fault = {.sentence = ""};
    struct bytes text;
    bytes_init(&text, LIMIT_CHARTER);
    enum err err = policy_compile_next(policy, now, spares->keys, spares->count, &text, &fault);
    if (err != expected || strcmp(fault.path, path) != 0 || fault.line == 0 ||
        strstr(fault.sentence, sentence) == NULL)
        fail_msg("%s at %u: %s: %s", err_text(err), fault.line, fault.path, fault.sentence);
    bytes_clear(&text);
    policy_free(policy);
}

// The custodian of a root key, "" for none; fails when the charter does not have it.
const char *custodian_of(const struct charter *charter, const struct key *key)
{
    for (size_t i = 0; i < charter->key_count; i++) {
        const struct role_key *one = &charter->keys[i];
        if (!hash_equal(&one->key.id, &key->id))
            continue;
        assert_string_equal(charter->roles[one->role].name, "image/root");
        return one->has_custodian ? charter->administrators[one->custodian].name : "";
    }
    fail_msg("a key is missing");
    return "";
}

size_t count_keys(const struct charter *charter, const char *role)
{
    size_t count = 0;
    for (size_t i = 0; i < charter->key_count; i++)
        count += strcmp(charter->roles[charter->keys[i].role].name, role) == 0;
    return count;
}

const struct wanted two_roots = {EVERYBODY, EVERYBODY, TWO, TARGETS};
const struct wanted custodians = {
    EVERYBODY, EVERYBODY, ONE_OF("alice") ", " ONE_OF("bob") ", " ONE_OF("carol"), TARGETS};
