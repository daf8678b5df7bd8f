// What metadata costs: reading, judging the form of, and rendering an Image Targets of so many
// images; and reading a tree of delegations, which is linear when a role of a large tree costs what one
// of a small tree does. Pure computation, the best of some rounds in milliseconds, printed as one JSON
// object.
//
//   bench-metadata [IMAGES]
#include "metadata/render.h"
#include "metadata/tuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { IMAGES = 10000, ROUNDS = 7, NAME = 64 };

// Some 400 bytes an image, and a capital in each path, so that paths are compared without case.
static void write_targets(size_t images, unsigned version, struct bytes *out)
{
    bytes_add_text(out, "{\"_type\":\"targets\",\"expires\":\"2027-01-01T00:00:00Z\","
                        "\"spec_version\":\"1.0.31\",\"targets\":{");
    for (size_t i = 0; i < images; i++)
        bytes_add_format(out,
            "%s\"Firmware/ecu-%08zu/image.bin\":{\"custom\":{\"hardwareIds\":[\"ecu-%08zu\"],"
            "\"name\":\"firmware\",\"note\":\"%0*zu\",\"releaseCounter\":%zu},\"hashes\":{"
            "\"sha256\":\"%064zx\",\"sha512\":\"%0128zx\"},\"length\":%zu}",
            i == 0 ? "" : ",", i, i, NAME, i, i, i + version, i + version, i);
    bytes_add_format(out, "},\"version\":%u}", version);
}

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static void die(const char *why)
{
    fprintf(stderr, "bench-metadata: %s\n", why);
    exit(1);
}

static double time_read(struct span payload)
{
    static struct tuf tuf;
    struct refusal why = {.sentence = ""};
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double began = now();
        if (tuf_read(DIALECT_TUF, payload, &tuf, &why) != OK)
            die(why.sentence);
        double took = now() - began;
        best = took < best ? took : best;
    }
    return best;
}

static double time_hash(struct span payload)
{
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double began = now();
        struct hash hash = hash_of(payload);
        double took = now() - began;
        best = took < best && !hash_is_none(&hash) ? took : best;
    }
    return best;
}

// ---- a tree of delegations ----

// A tree of a thousand roles: files that delegate to as many roles as one may, each to a key of its own.
enum { TREE_FILES = 32, TREE_ROLES = TREE_FILES * TUF_DELEGATIONS_MOST };

struct delegate {
    char id[2 * HASH_SIZE + 1];
    struct key key;
};

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct delegate *)a)->id, ((const struct delegate *)b)->id);
}

// Nobody holds the other half. About every second hash is a point of the curve.
static void make_delegates(struct delegate out[TUF_DELEGATIONS_MOST])
{
    size_t count = 0;
    for (uint32_t seed = 0; count < TUF_DELEGATIONS_MOST; seed++) {
        struct hash raw = hash_of(span_of(&seed, sizeof seed));
        if (key_from_raw(KEY_ED25519, hash_span(&raw), &out[count].key) != OK)
            continue;
        struct hash id = tuf_key_id(DIALECT_TUF, &out[count].key);
        hash_hex(&id, out[count++].id);
    }
    qsort(out, TUF_DELEGATIONS_MOST, sizeof out[0], by_id);
}

static void write_delegator(const struct delegate *delegates, size_t file, struct bytes *out)
{
    bytes_add_text(out, "{\"_type\":\"targets\",\"delegations\":{\"keys\":{");
    for (size_t i = 0; i < TUF_DELEGATIONS_MOST; i++) {
        bytes_add_format(out, "%s\"%s\":", i == 0 ? "" : ",", delegates[i].id);
        tuf_key_write(DIALECT_TUF, &delegates[i].key, out);
    }
    bytes_add_text(out, "},\"roles\":[");
    for (size_t i = 0; i < TUF_DELEGATIONS_MOST; i++)
        bytes_add_format(out,
            "%s{\"keyids\":[\"%s\"],\"name\":\"role-%zu-%zu\",\"paths\":[\"role-%zu-%zu/*\"],"
            "\"terminating\":true,\"threshold\":1}",
            i == 0 ? "" : ",", delegates[i].id, file, i, file, i);
    bytes_add_text(out, "]},\"expires\":\"2027-01-01T00:00:00Z\",\"spec_version\":\"1.0.31\","
                        "\"targets\":{},\"version\":1}");
}

// The first files of the tree, each by itself, in milliseconds a role.
static double time_roles(const struct bytes *tree, size_t files)
{
    static struct tuf tuf;
    struct refusal why = {.sentence = "no memory"};
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double began = now();
        for (size_t i = 0; i < files; i++)
            if (tuf_read(DIALECT_TUF, bytes_span(&tree[i]), &tuf, &why) != OK)
                die(why.sentence);
        double took = now() - began;
        best = took < best ? took : best;
    }
    return best / (double)(files * TUF_DELEGATIONS_MOST);
}

static void print_tree(void)
{
    struct delegate delegates[TUF_DELEGATIONS_MOST];
    struct bytes tree[TREE_FILES];
    make_delegates(delegates);
    for (size_t i = 0; i < TREE_FILES; i++) {
        bytes_init(&tree[i], LIMIT_PAYLOAD);
        write_delegator(delegates, i, &tree[i]);
        if (bytes_finish(&tree[i]) != OK)
            die("no memory");
    }
    double one = time_roles(tree, 1), all = time_roles(tree, TREE_FILES);
    printf("\"roles\":%d,\"tree_ms\":%.1f,\"role_us\":%.2f,\"tree_by_file\":%.2f}\n",
        (int)TREE_ROLES, all * TREE_ROLES, all * 1e3, all / one);
    for (size_t i = 0; i < TREE_FILES; i++)
        bytes_clear(&tree[i]);
}

// ---- rendering ----

static void make_house(struct charter *charter)
{
    charter->role_count = charter->repository_count = charter->requester_count = 1;
    charter->group_count = 1;
    snprintf(charter->roles[0].name, sizeof charter->roles[0].name, "image/targets");
    snprintf(charter->repositories[0].name, sizeof charter->repositories[0].name, "image");
    charter->repositories[0].dialect = DIALECT_TUF;
    charter->repositories[0].kind = KIND_IMAGE;
}

static double time_render(struct span payload, struct span previous, size_t *size)
{
    static struct request request;
    static struct opened opened;
    struct charter *charter = charter_new();
    struct refusal why = {.sentence = ""};
    struct item item = {.role = "image/targets", .version = 2, .payload = hash_of(payload)};
    if (charter == NULL)
        die("no memory");
    make_house(charter);
    request.items[0] = item;
    item.previous = hash_of(previous);
    opened.items[0] = item;
    request.item_count = opened.item_count = 1;
    struct render_case rendered = {.charter = charter,
        .request = &request,
        .opened = &opened,
        .payloads = &payload,
        .previous = &previous};
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        struct bytes words;
        bytes_init(&words, RENDER_MOST);
        double began = now();
        if (render(&rendered, &words, &why) != OK)
            die(why.sentence);
        double took = now() - began;
        best = took < best ? took : best;
        *size = words.size;
        bytes_clear(&words);
    }
    charter_free(charter);
    return best;
}

int main(int argc, char **argv)
{
    size_t images = argc > 1 ? strtoul(argv[1], NULL, 10) : IMAGES, words = 0;
    struct bytes payload, previous;
    bytes_init(&payload, LIMIT_PAYLOAD);
    bytes_init(&previous, LIMIT_PAYLOAD);
    write_targets(images, 2, &payload);
    write_targets(images, 1, &previous);
    if (bytes_finish(&payload) != OK || bytes_finish(&previous) != OK)
        die("too many images");
    double read = time_read(bytes_span(&payload));
    double hash = time_hash(bytes_span(&payload));
    double shown = time_render(bytes_span(&payload), bytes_span(&previous), &words);
    printf("{\"images\":%zu,\"bytes\":%zu,\"read_ms\":%.1f,\"hash_ms\":%.1f,"
           "\"render_ms\":%.1f,\"rendered_bytes\":%zu,",
        images, payload.size, read, hash, shown, words);
    print_tree();
    bytes_clear(&payload);
    bytes_clear(&previous);
    return 0;
}
