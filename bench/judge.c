// What judging costs: an Image Targets of so many images against the last one, and a Director's
// Targets of 2 KB. Pure computation, the best of some rounds, printed as one JSON object; the most
// memory that the process took is that of payload, last payload and judgement together.
//
//   bench-judge [IMAGES [ROOT]]
#include "metadata/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { IMAGES = 10000, ROUNDS = 15, MANY = 2000, NOTE = 64, ECUS = 9, YEAR = 366 * 24 * 3600 };
#define ROOT_FILE "tests/vectors/uptane/root-1.json"
#define NOW       INT64_C(1795161600) // 2026-11-20T08:00:00Z

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

// Seconds of the best of so many rounds.
static double time_judge(enum repository_kind kind, struct span payload, struct span previous,
    struct span root, int rounds)
{
    static struct state state;
    struct charter *charter = charter_new();
    struct refusal why = {.sentence = "no memory"};
    struct judge_facts facts;
    struct item item = {.role = "image/targets", .version = 2, .payload = hash_of(payload)};
    if (charter == NULL)
        die(why.sentence);
    make_house(charter, kind);
    remember(&state, "image/root", root);
    remember(&state, "image/targets", previous);
    struct judge_case judged = {.charter = charter,
        .role = &charter->roles[0],
        .state = &state,
        .item = &item,
        .payload = payload,
        .previous = previous,
        .root = root,
        .now = NOW};
    double best = 1e9;
    for (int round = 0; round < rounds; round++) {
        double began = seconds();
        if (judge_payload(&judged, &facts, &why) != OK)
            die(why.sentence);
        double took = seconds() - began;
        best = took < best ? took : best;
    }
    charter_free(charter);
    return best;
}

static double time_read(struct span payload)
{
    static struct tuf tuf;
    struct refusal why = {.sentence = ""};
    double best = 1e9;
    for (int round = 0; round < MANY; round++) {
        double began = seconds();
        if (tuf_read(DIALECT_UPTANE, payload, &tuf, &why) != OK)
            die(why.sentence);
        double took = seconds() - began;
        best = took < best ? took : best;
    }
    return best;
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
    struct rusage used;
    for (size_t i = 0; i < 5; i++)
        bytes_init(&all[i], LIMIT_PAYLOAD);
    write_images(images, 1, &all[0]);
    write_images(images, 2, &all[1]);
    write_directions(1, &all[2]);
    write_directions(2, &all[3]);
    read_root(argc > 2 ? argv[2] : ROOT_FILE, &all[4]);
    if (bytes_finish(&all[1]) != OK)
        die("too many images");
    struct span root = bytes_span(&all[4]), directions = bytes_span(&all[3]);
    double image =
        time_judge(KIND_IMAGE, bytes_span(&all[1]), bytes_span(&all[0]), root, ROUNDS);
    double director = time_judge(KIND_DIRECTOR, directions, bytes_span(&all[2]), root, MANY);
    double read = time_read(directions);
    (void)getrusage(RUSAGE_SELF, &used);
    printf("{\"images\":%zu,\"bytes\":%zu,\"judge_ms\":%.1f,\"directions_bytes\":%zu,"
           "\"directions_read_us\":%.1f,\"directions_judge_us\":%.1f,\"most_kib\":%ld}\n",
        images, all[1].size, image * 1e3, directions.size, read * 1e6, director * 1e6,
        used.ru_maxrss);
    for (size_t i = 0; i < 5; i++)
        bytes_clear(&all[i]);
    return 0;
}
