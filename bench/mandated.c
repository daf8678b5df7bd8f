// What a benchmark does as a Director under a mandate: requests for the Targets of many vehicles, each
// of which comes back signed. Prints one JSON object.
//
//   bench-mandated SOCKET ROLE VEHICLES FIRST ROUNDS REQUESTER
//
// ROLE is the Director's targets; vehicles are called v000, v001, …; versions begin with FIRST and
// rise by one a round. Each payload directs IMAGES ECUs and has about 2 KB.
#include "client/conclave.h"
#include "client/signer.h"
#include "proto/dsse.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { ROUNDS_MOST = 20000, PAYLOAD_MOST = 4096, IMAGES = 9, DAY = 24 * 3600, ARGUMENTS = 7 };

struct fleet {
    struct conclave *conclave;
    struct signer *requester;
    struct hash appliance;
    const char *role;
    uint32_t vehicles;
    uint64_t version;
    char payloads[LIMIT_ITEMS][PAYLOAD_MOST];
    size_t payload_bytes; // of one
    struct message answer;
    struct refusal refusal;
};

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void must(const struct fleet *fleet, enum err err, const char *what)
{
    if (err == OK)
        return;
    fprintf(stderr, "bench-mandated: %s: %s %s %s\n", what, err_text(err), fleet->refusal.rule,
        fleet->refusal.sentence);
    exit(1);
}

static void ask(struct fleet *fleet, struct message *message, const char *what)
{
    must(fleet, conclave_ask(fleet->conclave, message, &fleet->answer, &fleet->refusal), what);
}

static void open_fleet(struct fleet *fleet, char **arguments)
{
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    struct message status = {.kind = ASK_STATUS};
    must(
        fleet, conclave_open(arguments[1], NULL, &fleet->conclave, &fleet->refusal), "connect");
    must(fleet, signer_from_file(arguments[6], &fleet->requester, &fleet->refusal), "key");
    ask(fleet, &status, "status");
    must(fleet, vkey_read(fleet->answer.status.vkey, origin, &log), "log key");
    fleet->appliance = log.id;
    fleet->role = arguments[2];
    fleet->vehicles = (uint32_t)strtoul(arguments[3], NULL, 10);
    fleet->version = strtoull(arguments[4], NULL, 10);
}

// Canonical Uptane Targets: names ascend with the image's number.
static struct span write_payload(struct fleet *fleet, uint32_t vehicle, moment expires)
{
    char at[MOMENT_TEXT + 1], hex[2 * HASH_SIZE + 1], *out = fleet->payloads[vehicle];
    struct hash hash = hash_of(span_of(&fleet->version, sizeof fleet->version));
    moment_write(expires, at);
    hash_hex(&hash, hex);
    int size = snprintf(
        out, PAYLOAD_MOST, "{\"_type\":\"Targets\",\"expires\":\"%s\",\"targets\":{", at);
    for (int i = 0; i < IMAGES; i++)
        size += snprintf(out + size, PAYLOAD_MOST - (size_t)size,
            "%s\"unit-%d.img\":{\"custom\":{\"ecuIdentifiers\":{\"v%03u-%d\":{\"hardwareId\":"
            "\"unit-%d-hw1\"}}},\"hashes\":{\"sha256\":\"%s\"},\"length\":4096}",
            i == 0 ? "" : ",", i, vehicle, i, i, hex);
    size += snprintf(
        out + size, PAYLOAD_MOST - (size_t)size, "},\"version\":%" PRIu64 "}", fleet->version);
    fleet->payload_bytes = (size_t)size;
    return span_of(out, (size_t)size);
}

static void fill(struct fleet *fleet, struct request *request, struct span_list *blobs)
{
    moment at = moment_now();
    *request = (struct request){.appliance = fleet->appliance,
        .requester = signer_key(fleet->requester)->id,
        .reason = "a round of the benchmark",
        .expires = at + DAY,
        .item_count = fleet->vehicles};
    if (getrandom(request->nonce, sizeof request->nonce, 0) < 0)
        exit(1);
    blobs->count = fleet->vehicles;
    for (uint32_t i = 0; i < fleet->vehicles; i++) {
        struct item *item = &request->items[i];
        snprintf(item->role, sizeof item->role, "%.60s@v%03u", fleet->role, i);
        item->version = fleet->version;
        blobs->at[i] = write_payload(fleet, i, at + DAY);
        item->payload = hash_of(blobs->at[i]);
    }
}

// Returns the seconds from sending it to the signatures' being released.
static double submit(struct fleet *fleet)
{
    static struct request request;
    struct message message = {.kind = ASK_SUBMIT};
    struct bytes text, signature;
    bytes_init(&text, LIMIT_RECORD);
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    fill(fleet, &request, &message.submit.blobs);
    request_write(&request, &text);
    must(fleet,
        signer_sign(
            fleet->requester, DSSE_REQUEST, bytes_span(&text), &signature, &fleet->refusal),
        "sign");
    message.submit.request = bytes_span(&text);
    message.submit.signature = bytes_span(&signature);
    double began = now();
    ask(fleet, &message, "submit");
    double took = now() - began;
    if (fleet->answer.accepted.fate != FATE_SIGNED) {
        fprintf(stderr, "bench-mandated: the request is %s\n",
            fate_text(fleet->answer.accepted.fate));
        exit(1);
    }
    bytes_clear(&text);
    bytes_clear(&signature);
    return took;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void run_rounds(struct fleet *fleet, size_t rounds)
{
    static double took[ROUNDS_MOST];
    double began = now(), released = 0;
    for (size_t i = 0; i < rounds; i++, fleet->version++) {
        took[i] = submit(fleet);
        released += took[i];
    }
    double total = now() - began;
    qsort(took, rounds, sizeof took[0], by_size);
    printf("{\"rounds\":%zu,\"items\":%u,\"payload_bytes\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
           "\"released_s\":%.3f,\"total_s\":%.3f}\n",
        rounds, fleet->vehicles, fleet->payload_bytes, took[rounds / 2] * 1e3,
        took[rounds * 99 / 100] * 1e3, released, total);
}

int main(int argc, char **argv)
{
    static struct fleet fleet;
    size_t rounds = argc == ARGUMENTS ? strtoul(argv[5], NULL, 10) : 0;
    if (rounds == 0 || rounds > ROUNDS_MOST) {
        fprintf(stderr, "see the comment at the top of bench/mandated.c\n");
        return 1;
    }
    open_fleet(&fleet, argv);
    run_rounds(&fleet, rounds);
    return 0;
}
