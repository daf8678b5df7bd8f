#include "tests/unit/metadata_house.h"

#include "tests/unit/blank.h"
#include "tests/unit/made_up.h"
#include "tests/unit/metadata_vectors.h"

#include <string.h>

enum { DAY = 24 * 3600, KEY_ROLES = 4 };

static void die(const char *what)
{
    fprintf(stderr, "house: %s\n", what);
    abort();
}

static const struct role_limits {
    const char *name;
    enum tuf_type type;
    int64_t least;
    int64_t most;
} roles[KEY_ROLES] = {
    {"image/root", TUF_ROOT, 30 * DAY, 500 * DAY},
    {"image/snapshot", TUF_SNAPSHOT, 2 * DAY, 60 * DAY},
    {"image/targets", TUF_TARGETS, 7 * DAY, 200 * DAY},
    {"image/timestamp", TUF_TIMESTAMP, DAY, 7 * DAY},
};

static void add_role(struct charter *charter, const struct role_limits *limits)
{
    struct role *role = &charter->roles[charter->role_count++];
    snprintf(role->name, sizeof role->name, "%s", limits->name);
    role->quorum = (struct quorum){.group = 0, .k = 2};
    role->least = limits->least;
    role->most = limits->most;
    role->threshold = 1;
}

static void add_key(struct charter *charter, size_t role, const struct tuf_key *listed)
{
    struct role_key *key = &charter->keys[charter->key_count];
    if (listed->dialect == DIALECT_TUF && span_is(listed->keytype, "rsa"))
        return; // it is another's
    if (tuf_key_from(listed, &key->key) != OK)
        die("a key that cannot be read");
    key->role = role;
    charter->key_count++;
}

static void add_people(struct charter *charter)
{
    static const char *const names[] = {"alice", "bob", "carol"};
    for (unsigned i = 0; i < 3; i++) {
        struct administrator *one = &charter->administrators[charter->administrator_count++];
        snprintf(one->name, sizeof one->name, "%s", names[i]);
        one->key = made_up_key(i);
        charter->groups[0].members[charter->groups[0].member_count++] = (uint8_t)i;
    }
    snprintf(charter->groups[0].name, sizeof charter->groups[0].name, "everyone");
    charter->group_count = 1;
    struct requester *requester = &charter->requesters[charter->requester_count++];
    snprintf(requester->name, sizeof requester->name, "image-service");
    snprintf(requester->person, sizeof requester->person, "release-desk");
    requester->quota = charter_own_quota;
    requester->key = made_up_key(3);
}

static void read_or_die(enum dialect dialect, struct span payload, struct tuf *tuf)
{
    struct refusal refusal = {0};
    if (tuf_read(dialect, payload, tuf, &refusal) != OK)
        die(refusal.sentence);
}

static void add_root_keys(struct charter *charter, const struct tuf_root *root)
{
    for (size_t i = 0; i < KEY_ROLES; i++) {
        const struct tuf_role *role = tuf_root_role(root, roles[i].type);
        for (size_t k = 0; k < role->keyid_count; k++)
            add_key(charter, i, tuf_root_key(root, role->keyids[k]));
    }
}

void house_init(struct house *house)
{
    house_init_of(house, DIALECT_TUF);
}

void house_init_of(struct house *house, enum dialect dialect)
{
    *house = (struct house){
        .dialect = dialect, .charter = charter_new(), .state = {.time = HOUSE_NOW}};
    if (house->charter == NULL)
        die("no memory");
    struct charter *charter = house->charter;
    charter->epoch = 1;
    charter->clock = 300;
    charter->jump = 90 * 24 * 3600;
    charter->hash = hash_of(span_text("charter"));
    charter->log = hash_of(span_text("log"));
    snprintf(charter->origin, sizeof charter->origin, "log.example/appliance-0001");
    add_people(charter);
    charter->repository_count = 1;
    snprintf(charter->repositories[0].name, sizeof charter->repositories[0].name, "image");
    charter->repositories[0].dialect = dialect;
    charter->repositories[0].kind = KIND_IMAGE;
    for (size_t i = 0; i < KEY_ROLES; i++)
        add_role(charter, &roles[i]);
    static struct tuf tuf;
    struct bytes root = vector_of(dialect, "root-1");
    read_or_die(dialect, bytes_span(&root), &tuf);
    add_root_keys(charter, &tuf.root);
    bytes_clear(&root);
    bytes_init(&house->root, LIMIT_PAYLOAD);
}

void house_clear(struct house *house)
{
    charter_free(house->charter);
    bytes_clear(&house->root);
}

void house_adopt_supplier(struct house *house)
{
    static const struct role_limits supplier = {
        "image/supplier", TUF_TARGETS, 7 * DAY, 200 * DAY};
    static struct tuf tuf;
    struct bytes targets =
        vector_of(house->dialect, house->dialect == DIALECT_TUF ? "targets-3" : "targets-2");
    struct tuf_key keys[TUF_KEYS_MOST];
    struct tuf_delegation role;
    read_or_die(house->dialect, bytes_span(&targets), &tuf);
    size_t count = tuf_delegations_keys(&tuf, keys);
    struct tuf_delegations delegations = tuf_delegations_of(&tuf);
    if (!tuf_delegations_next(&delegations, &role))
        die("no delegation");
    add_role(house->charter, &supplier);
    for (size_t i = 0; i < count; i++)
        if (span_equal(keys[i].id, role.keyids[0]) || span_equal(keys[i].id, role.keyids[1]))
            add_key(house->charter, house->charter->role_count - 1, &keys[i]);
    bytes_clear(&targets);
}

void house_signed(struct house *house, const char *role, const char *name)
{
    static struct tuf tuf;
    struct bytes payload = vector_of(house->dialect, name);
    read_or_die(house->dialect, bytes_span(&payload), &tuf);
    struct role_state last = {.version = tuf.version,
        .payload = hash_of(bytes_span(&payload)),
        .expires = tuf.expires};
    snprintf(last.role, sizeof last.role, "%s", role);
    if (state_set(&house->state, &last) != OK)
        die("the state is full");
    if (strcmp(role, "image/root") == 0) {
        bytes_reset(&house->root);
        bytes_add(&house->root, bytes_span(&payload));
    }
    bytes_clear(&payload);
}

void scene_init(struct scene *scene, struct house *house, const char *role, const char *payload,
    const char *previous)
{
    *scene = (struct scene){.house = house, .payload = vector_of(house->dialect, payload)};
    snprintf(scene->item.role, sizeof scene->item.role, "%s", role);
    if (previous != NULL)
        scene->previous = vector_of(house->dialect, previous);
    else
        bytes_init(&scene->previous, 0);
}

void scene_evidence(struct scene *scene, const char *signed_file)
{
    if (scene->evidence_count == HOUSE_EVIDENCE)
        die("too much evidence");
    scene->evidence[scene->evidence_count++] = vector_of(scene->house->dialect, signed_file);
}

void scene_clear(struct scene *scene)
{
    bytes_clear(&scene->payload);
    bytes_clear(&scene->previous);
    for (size_t i = 0; i < scene->evidence_count; i++)
        bytes_clear(&scene->evidence[i]);
}

enum err scene_judge_as_named(struct scene *scene)
{
    struct span evidence[HOUSE_EVIDENCE];
    for (size_t i = 0; i < scene->evidence_count; i++)
        evidence[i] = bytes_span(&scene->evidence[i]);
    struct judge_files *files = judge_files_new(evidence, scene->evidence_count);
    struct judge_case judged = {.charter = scene->house->charter,
        .role = charter_role(scene->house->charter, scene->item.role),
        .state = &scene->house->state,
        .item = &scene->item,
        .payload = bytes_span(&scene->payload),
        .previous = bytes_span(&scene->previous),
        .root = bytes_span(&scene->house->root),
        .evidence = files,
        .now = HOUSE_NOW};
    scene->refusal = (struct refusal){0};
    scene->facts = (struct judge_facts){0};
    enum err err = judge_payload(&judged, &scene->facts, &scene->refusal);
    judge_files_free(files);
    return err;
}

enum err scene_judge(struct scene *scene)
{
    static struct tuf tuf;
    scene->item.payload = hash_of(bytes_span(&scene->payload));
    scene->item.version = 1;
    if (tuf_read(scene->house->dialect, bytes_span(&scene->payload), &tuf, &scene->refusal) ==
        OK)
        scene->item.version = tuf.version;
    return scene_judge_as_named(scene);
}

void showing_init(struct showing *showing, struct house *house)
{
    const struct requester *requester = &house->charter->requesters[0];
    *showing = (struct showing){.house = house};
    showing->request = (struct request){.appliance = house->charter->log,
        .requester = requester->key.id,
        .reason = "weekly release",
        .expires = HOUSE_NOW + 10 * DAY};
    showing->opened = (struct opened){.appliance = house->charter->log,
        .request = hash_of(span_text("request")),
        .requester = requester->key.id,
        .rendering = RENDERING,
        .epoch = house->charter->epoch,
        .charter = house->charter->hash,
        .time = HOUSE_NOW,
        .earliest = HOUSE_NOW + DAY,
        .expires = HOUSE_NOW + 10 * DAY};
}

void showing_item(
    struct showing *showing, const char *role, struct span payload, struct span previous)
{
    static struct tuf tuf;
    size_t i = showing->request.item_count++;
    if (i == HOUSE_ITEMS)
        die("too many items");
    struct item item = {.version = 1, .payload = hash_of(payload)};
    snprintf(item.role, sizeof item.role, "%s", role);
    if (tuf_read(showing->house->dialect, payload, &tuf, &showing->refusal) == OK)
        item.version = tuf.version;
    showing->request.items[i] = item;
    if (previous.size > 0)
        item.previous = hash_of(previous);
    showing->opened.items[i] = item;
    showing->opened.item_count = i + 1;
    showing->payloads[i] = payload;
    showing->previous[i] = previous;
}

enum err showing_render(struct showing *showing, struct bytes *out)
{
    struct render_case rendered = {.charter = showing->house->charter,
        .request = &showing->request,
        .opened = &showing->opened,
        .payloads = showing->payloads,
        .previous = showing->previous};
    showing->refusal = (struct refusal){0};
    return render(&rendered, out, &showing->refusal);
}

void showing_blank(const struct showing *showing, struct bytes *rendering)
{
    for (size_t i = 0; i < showing->opened.item_count; i++)
        blank_hash(&showing->opened.items[i].payload, rendering);
}

void replace_text(struct bytes *bytes, const char *old, const char *new)
{
    struct bytes changed;
    const uint8_t *at = memmem(bytes->data, bytes->size, old, strlen(old));
    if (at == NULL)
        die(old);
    size_t before = (size_t)(at - bytes->data);
    bytes_init(&changed, 2 * LIMIT_PAYLOAD);
    bytes_add(&changed, span_of(bytes->data, before));
    bytes_add_text(&changed, new);
    bytes_add(&changed, span_of(at + strlen(old), bytes->size - before - strlen(old)));
    bytes_clear(bytes);
    *bytes = changed;
}
