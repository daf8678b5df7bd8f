// What a benchmark does as a client: founding with software keys, requests of many items, and the
// time from the last approval to the released signatures. Prints one JSON object.
//
//   bench-client found SOCKET KEY…
//   bench-client approve SOCKET REQUEST KEY…
//   bench-client rounds SOCKET ROLES ITEMS FIRST ROUNDS OPEN REQUESTER KEY…
//
// ROLES is a prefix: items are signed as PREFIX000, PREFIX001, … (a single item: PREFIX itself).
// With OPEN 1 requests are submitted and left open. The last argument's keys are administrators'.
#include "client/conclave.h"
#include "client/signer.h"
#include "proto/dsse.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { KEYS_MOST = 8, ROUNDS_MOST = 20000, PAYLOAD_MOST = 1024, DAY = 24 * 3600 };

struct bench {
    struct conclave *conclave;
    struct refusal refusal;
    struct signer *signers[KEYS_MOST];
    size_t signer_count;
    struct message answer;
};

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void must(struct bench *bench, enum err err, const char *what)
{
    if (err == OK)
        return;
    fprintf(stderr, "bench: %s: %s %s\n", what, err_text(err), bench->refusal.sentence);
    exit(1);
}

static void bench_open(struct bench *bench, const char *socket, char **keys, int count)
{
    must(bench, conclave_open(socket, NULL, &bench->conclave, &bench->refusal), "connect");
    for (int i = 0; i < count && i < KEYS_MOST; i++)
        must(bench, signer_from_file(keys[i], &bench->signers[i], &bench->refusal), keys[i]);
    bench->signer_count = (size_t)count;
}

static void ask(struct bench *bench, struct message *message, const char *what)
{
    must(bench, conclave_ask(bench->conclave, message, &bench->answer, &bench->refusal), what);
}

// ---- founding ----

static void found(struct bench *bench)
{
    struct bytes founding, signature;
    bytes_init(&founding, LIMIT_RECORD);
    struct message show = {.kind = ASK_FOUND_SHOW};
    ask(bench, &show, "founding");
    bytes_add(&founding, bench->answer.founding.founding);
    for (size_t i = 0; i < bench->signer_count; i++) {
        bytes_init(&signature, KEY_SIGNATURE_MOST);
        must(bench,
            signer_sign(bench->signers[i], DSSE_FOUNDING, bytes_span(&founding), &signature,
                &bench->refusal),
            "sign");
        struct message sign = {.kind = ASK_FOUND_SIGN};
        sign.found_sign.approver = signer_key(bench->signers[i])->id;
        sign.found_sign.signature = bytes_span(&signature);
        ask(bench, &sign, "founding signature");
        bytes_clear(&signature);
    }
    bytes_clear(&founding);
}

// ---- approving ----

struct approval {
    struct message ask;
    struct bytes signature;
};

// Signs the approvals of a request by every key, ready to be sent.
static void prepare(
    struct bench *bench, const struct hash *request, struct approval approvals[KEYS_MOST])
{
    struct message show = {.kind = ASK_SHOW};
    show.request.request = *request;
    ask(bench, &show, "show");
    struct opened opened;
    struct place place = {.index = bench->answer.dossier.opened.index};
    place.leaf = merkle_leaf(bench->answer.dossier.opened.text);
    must(bench, opened_read(bench->answer.dossier.opened.text, &opened), "opened record");
    for (size_t i = 0; i < bench->signer_count; i++) {
        struct bytes statement;
        bytes_init(&statement, LIMIT_RECORD);
        bytes_init(&approvals[i].signature, KEY_SIGNATURE_MOST);
        struct hash approver = signer_key(bench->signers[i])->id;
        approval_write(
            &opened, place.index, &place.leaf, DECISION_APPROVE, &approver, &statement);
        must(bench,
            signer_sign(bench->signers[i], DSSE_APPROVAL, bytes_span(&statement),
                &approvals[i].signature, &bench->refusal),
            "sign");
        approvals[i].ask = (struct message){.kind = ASK_DECIDE};
        approvals[i].ask.decide.request = *request;
        approvals[i].ask.decide.opened = place;
        approvals[i].ask.decide.decision = DECISION_APPROVE;
        approvals[i].ask.decide.approver = approver;
        approvals[i].ask.decide.signature = bytes_span(&approvals[i].signature);
        bytes_clear(&statement);
    }
}

// Sends them; returns the seconds from sending the last to the released signatures.
static double approve(struct bench *bench, const struct hash *request)
{
    struct approval approvals[KEYS_MOST];
    prepare(bench, request, approvals);
    for (size_t i = 0; i + 1 < bench->signer_count; i++)
        ask(bench, &approvals[i].ask, "approval");
    double began = now();
    ask(bench, &approvals[bench->signer_count - 1].ask, "last approval");
    struct message wait = {.kind = ASK_WAIT};
    wait.request.request = *request;
    ask(bench, &wait, "wait");
    double took = now() - began;
    if (bench->answer.dossier.fate != FATE_SIGNED) {
        fprintf(stderr, "bench: the request is %s: %.*s\n",
            fate_text(bench->answer.dossier.fate), (int)bench->answer.dossier.end.text.size,
            (const char *)bench->answer.dossier.end.text.data);
        exit(1);
    }
    for (size_t i = 0; i < bench->signer_count; i++)
        bytes_clear(&approvals[i].signature);
    return took;
}

// ---- rounds ----

struct plan {
    const char *roles;
    uint32_t items;
    uint64_t version;
    struct signer *requester;
    char payloads[LIMIT_ITEMS][PAYLOAD_MOST];
};

static void role_name(const struct plan *plan, uint32_t item, char *out, size_t size)
{
    if (plan->items == 1)
        snprintf(out, size, "%s", plan->roles);
    else
        snprintf(out, size, "%s%03u", plan->roles, item);
}

// A targets payload of one image, canonical.
static struct span payload_make(struct plan *plan, uint32_t item, moment expires)
{
    char at[MOMENT_TEXT + 1], hex[2 * HASH_SIZE + 1];
    struct hash hash = hash_of(span_of(&plan->version, sizeof plan->version));
    moment_write(expires, at);
    hash_hex(&hash, hex);
    int size = snprintf(plan->payloads[item], PAYLOAD_MOST,
        "{\"_type\":\"targets\",\"expires\":\"%s\",\"spec_version\":\"1.0.31\",\"targets\":"
        "{\"unit-%u.img\":{\"hashes\":{\"sha256\":\"%s\"},\"length\":4096}},\"version\":"
        "%" PRIu64 "}",
        at, item, hex, plan->version);
    return span_of(plan->payloads[item], (size_t)size);
}

static void request_fill(struct plan *plan, const struct hash *appliance,
    struct request *request, struct span_list *blobs)
{
    moment at = moment_now();
    *request = (struct request){.appliance = *appliance,
        .requester = signer_key(plan->requester)->id,
        .reason = "a round of the benchmark",
        .expires = at + DAY,
        .item_count = plan->items};
    if (getrandom(request->nonce, sizeof request->nonce, 0) < 0)
        exit(1);
    blobs->count = plan->items;
    for (uint32_t i = 0; i < plan->items; i++) {
        struct item *item = &request->items[i];
        role_name(plan, i, item->role, sizeof item->role);
        item->version = plan->version;
        blobs->at[i] = payload_make(plan, i, at + 30 * DAY);
        item->payload = hash_of(blobs->at[i]);
    }
}

static struct hash submit(struct bench *bench, struct plan *plan, const struct hash *appliance)
{
    static struct request request;
    struct message message = {.kind = ASK_SUBMIT};
    struct bytes text, signature;
    bytes_init(&text, LIMIT_RECORD);
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    request_fill(plan, appliance, &request, &message.submit.blobs);
    request_write(&request, &text);
    must(bench,
        signer_sign(
            plan->requester, DSSE_REQUEST, bytes_span(&text), &signature, &bench->refusal),
        "sign");
    message.submit.request = bytes_span(&text);
    message.submit.signature = bytes_span(&signature);
    struct hash id = request_id(bytes_span(&text));
    ask(bench, &message, "submit");
    bytes_clear(&text);
    bytes_clear(&signature);
    return id;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(double *took, size_t rounds, uint32_t items, double total)
{
    double released = 0;
    for (size_t i = 0; i < rounds; i++)
        released += took[i];
    qsort(took, rounds, sizeof took[0], by_size);
    printf("{\"rounds\":%zu,\"items\":%u,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"total_s\":%.3f,"
           "\"released_s\":%.3f}\n",
        rounds, items, took[rounds / 2] * 1e3, took[rounds * 99 / 100] * 1e3, total, released);
}

static struct hash learn_appliance(struct bench *bench)
{
    struct message status = {.kind = ASK_STATUS};
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    ask(bench, &status, "status");
    must(bench, vkey_read(bench->answer.status.vkey, origin, &log), "log key");
    return log.id;
}

static void rounds(struct bench *bench, struct plan *plan, size_t count, bool leave_open)
{
    static double took[ROUNDS_MOST];
    struct hash appliance = learn_appliance(bench);
    double began = now();
    for (size_t i = 0; i < count && i < ROUNDS_MOST; i++) {
        struct hash request = submit(bench, plan, &appliance);
        took[i] = leave_open ? 0 : approve(bench, &request);
        plan->version++;
    }
    report(took, count, plan->items, now() - began);
}

enum { ROUNDS_ARGUMENTS = 9 };

int main(int argc, char **argv)
{
    static struct bench bench;
    static struct plan plan;
    if (argc >= 4 && strcmp(argv[1], "found") == 0) {
        bench_open(&bench, argv[2], argv + 3, argc - 3);
        found(&bench);
    } else if (argc >= 5 && strcmp(argv[1], "approve") == 0) {
        struct hash request;
        bench_open(&bench, argv[2], argv + 4, argc - 4);
        must(&bench, hash_from_hex(span_text(argv[3]), &request), "request id");
        printf("{\"released_s\":%.6f}\n", approve(&bench, &request));
    } else if (argc > ROUNDS_ARGUMENTS && strcmp(argv[1], "rounds") == 0) {
        bench_open(&bench, argv[2], argv + ROUNDS_ARGUMENTS, argc - ROUNDS_ARGUMENTS);
        plan.roles = argv[3];
        plan.items = (uint32_t)strtoul(argv[4], NULL, 10);
        plan.version = strtoull(argv[5], NULL, 10);
        must(&bench, signer_from_file(argv[8], &plan.requester, &bench.refusal), argv[8]);
        rounds(&bench, &plan, strtoul(argv[6], NULL, 10), strcmp(argv[7], "1") == 0);
    } else {
        fprintf(stderr, "see the comment at the top of bench/client.c\n");
        return 1;
    }
    return 0;
}
