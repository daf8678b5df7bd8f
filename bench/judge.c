// What judging costs: an Image Targets of so many images against the last one, and a Director's
// Targets of 2 KB. Pure computation, the best of some rounds, printed as one JSON object, each time
// beside its goal and beside a bare SHA-256 of the same payload in the same rounds. The memory is what
// judging takes besides payload and last payload.
//
//   bench-judge [IMAGES [ROOT]]
#include "metadata/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { IMAGES = 10000, ROUNDS = 15, MANY = 2000, NOTE = 64, ECUS = 9, YEAR = 366 * 24 * 3600 };
#define ROOT_FILE "tests/vectors/uptane/root-1.json"
// The goals: for 10,000 images, and for 2 KB.
enum { IMAGES_GOAL_MS = 40, DIRECTIONS_GOAL_US = 5 };
#define NOW INT64_C(1795161600) // 2026-11-20T08:00:00Z

static void die(const char *why)
{
    fprintf(stderr, "bench-judge: %s\n", why);
    exit(1);
}

static double seconds(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

// Some 400 bytes an image.
static void write_images(size_t images, unsigned version, struct bytes *out)
{
    bytes_add_text(
        out, "{\"_type\":\"Targets\",\"expires\":\"2027-01-01T00:00:00Z\",\"targets\":{");
    for (size_t i = 0; i < images; i++)
        bytes_add_format(out,
            "%s\"Firmware/ecu-%08zu/image.bin\":{\"custom\":{\"hardwareIds\":[\"ecu-%08zu\"],"
            "\"name\":\"firmware\",\"note\":\"%0*zu\",\"releaseCounter\":%zu},\"hashes\":{"
            "\"sha256\":\"%064zx\",\"sha512\":\"%0128zx\"},\"length\":%zu}",
            i == 0 ? "" : ",", i, i, NOTE, i, i + version, i + version, i + version, i);
    bytes_add_format(out, "},\"version\":%u}", version);
}

// Some 200 bytes an ECU.
static void write_directions(unsigned version, struct bytes *out)
{
    bytes_add_text(
        out, "{\"_type\":\"Targets\",\"expires\":\"2027-01-01T00:00:00Z\",\"targets\":{");
    for (size_t i = 0; i < ECUS; i++)
        bytes_add_format(out,
            "%s\"firmware/ecu-%zu/"
            "image.bin\":{\"custom\":{\"ecuIdentifiers\":{\"serial-%08zu\":{"
            "\"hardwareId\":\"gateway-%zu\"}}},\"hashes\":{\"sha256\":\"%064zx\"},\"length\":%"
            "zu}",
            i == 0 ? "" : ",", i, i, i, i + version, i);
    bytes_add_format(out, "},\"version\":%u}", version);
}

static void make_house(struct charter *charter, enum repository_kind kind)
{
    charter->role_count = charter->repository_count = 1;
    snprintf(charter->roles[0].name, sizeof charter->roles[0].name, "image/targets");
    charter->roles[0].most = YEAR;
    snprintf(charter->repositories[0].name, sizeof charter->repositories[0].name, "image");
    charter->repositories[0].dialect = DIALECT_UPTANE;
    charter->repositories[0].kind = kind;
}

static void remember(struct state *state, const char *role, struct span payload)
{
    struct role_state last = {.version = 1, .payload = hash_of(payload)};
    snprintf(last.role, sizeof last.role, "%s", role);
    if (state_set(state, &last) != OK)
        die("the state is full");
}

// The most that the process took, in KiB. Nothing that is made here is given back before the end.
static size_t memory(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    unsigned long most = 0;
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            most = strtoul(line + 6, NULL, 10);
    if (status != NULL)
        (void)fclose(status);
    return most;
}

// Seconds, each of its best round: of the work, and of a SHA-256 of the payload; and what memory it took.
struct cost {
    double work;
    double hash;
    size_t memory; // in KiB
};

static double took(double began, double best)
{
    double now = seconds() - began;
    return now < best ? now : best;
}

static struct cost measure(
    struct span payload, int rounds, void (*work)(const void *of), const void *of)
{
    struct cost cost = {.work = 1e9, .hash = 1e9};
    size_t before = memory();
    for (int round = 0; round < rounds; round++) {
        double began = seconds();
        struct hash hash = hash_of(payload);
        cost.hash = hash_is_none(&hash) ? cost.hash : took(began, cost.hash);
        began = seconds();
        work(of);
        cost.work = took(began, cost.work);
    }
    cost.memory = memory() - before;
    return cost;
}

static void judge(const void *of)
{
    struct refusal why = {.sentence = "no memory"};
    struct judge_facts facts;
    if (judge_payload(of, &facts, &why) != OK)
        die(why.sentence);
}

static struct cost cost_of_judging(enum repository_kind kind, struct span payload,
    struct span previous, struct span root, int rounds)
{
    struct state *state = calloc(1, sizeof *state);
    struct charter *charter = charter_new();
    struct item item = {.role = "image/targets", .version = 2, .payload = hash_of(payload)};
    if (charter == NULL || state == NULL)
        die("no memory");
    make_house(charter, kind);
    remember(state, "image/root", root);
    if (previous.size > 0)
        remember(state, "image/targets", previous);
    struct judge_case judged = {.charter = charter,
        .role = &charter->roles[0],
        .state = state,
        .item = &item,
        .payload = payload,
        .previous = previous,
        .root = root,
        .now = NOW};
    struct cost cost = measure(payload, rounds, judge, &judged);
    charter_free(charter);
    free(state);
    return cost;
}

static void read(const void *of)
{
    static struct tuf tuf;
    struct refusal why = {.sentence = "no memory"};
    if (tuf_read(DIALECT_UPTANE, *(const struct span *)of, &tuf, &why) != OK)
        die(why.sentence);
}

static void print_images(size_t images, const struct bytes texts[2], struct span root)
{
    struct span payload = bytes_span(&texts[1]);
    struct cost cost =
        cost_of_judging(KIND_IMAGE, payload, bytes_span(&texts[0]), root, ROUNDS);
    printf("{\"images\":%zu,\"bytes\":%zu,\"judge_ms\":%.1f,\"judge_goal_ms\":%d,"
           "\"hash_ms\":%.2f,\"hashes\":%.1f,\"besides_kib\":%zu,\"times_its_size\":%.2f,",
        images, payload.size, cost.work * 1e3, IMAGES_GOAL_MS, cost.hash * 1e3,
        cost.work / cost.hash, cost.memory,
        1 + (double)cost.memory * 1024 / (double)payload.size);
}

static void print_directions(const struct bytes texts[2], struct span root)
{
    struct span payload = bytes_span(&texts[1]);
    struct cost all =
        cost_of_judging(KIND_DIRECTOR, payload, bytes_span(&texts[0]), root, MANY);
    struct cost first = cost_of_judging(KIND_DIRECTOR, payload, (struct span){0}, root, MANY);
    struct cost reading = measure(payload, MANY, read, &payload);
    printf("\"directions_bytes\":%zu,\"directions_read_us\":%.1f,"
           "\"directions_first_us\":%.1f,"
           "\"directions_judge_us\":%.1f,\"directions_goal_us\":%d,"
           "\"directions_hash_us\":%.2f,\"directions_hashes\":%.1f}\n",
        payload.size, reading.work * 1e6, first.work * 1e6, all.work * 1e6, DIRECTIONS_GOAL_US,
        all.hash * 1e6, all.work / all.hash);
}

static void read_root(const char *path, struct bytes *out)
{
    FILE *file = fopen(path, "rb");
    uint8_t *room = bytes_room(out, LIMIT_PAYLOAD);
    if (file == NULL || room == NULL)
        die("the root cannot be read: run this in the root of the project, or name a root");
    bytes_grew(out, fread(room, 1, LIMIT_PAYLOAD, file));
    (void)fclose(file);
}

int main(int argc, char **argv)
{
    size_t images = argc > 1 ? strtoul(argv[1], NULL, 10) : IMAGES;
    struct bytes all[5];
    for (size_t i = 0; i < 5; i++)
        bytes_init(&all[i], LIMIT_PAYLOAD);
    write_images(images, 1, &all[0]);
    write_images(images, 2, &all[1]);
    write_directions(1, &all[2]);
    write_directions(2, &all[3]);
    read_root(argc > 2 ? argv[2] : ROOT_FILE, &all[4]);
    if (bytes_finish(&all[1]) != OK)
        die("too many images");
    print_images(images, &all[0], bytes_span(&all[4]));
    print_directions(&all[2], bytes_span(&all[4]));
    for (size_t i = 0; i < 5; i++)
        bytes_clear(&all[i]);
    return 0;
}
