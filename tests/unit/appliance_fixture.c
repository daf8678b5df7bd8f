#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/decode.h"
#include "proto/encode.h"
#include "proto/frame.h"
#include "tests/unit/appliance_fixture.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

// ---- the log ----

void log_make(struct made_log *log)
{
    uint8_t spki[KEY_SPKI_MOST], *end = spki;
    memset(log, 0, sizeof *log);
    log->pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    assert_non_null(log->pair);
    int size = i2d_PUBKEY(log->pair, &end);
    assert_true(size > 0);
    assert_int_equal(key_read(span_of(spki, (size_t)size), &log->key), OK);
}

void log_clear(struct made_log *log)
{
    EVP_PKEY_free(log->pair);
    for (size_t i = 0; i < log->count; i++)
        bytes_clear(&log->records[i]);
    memset(log, 0, sizeof *log);
}

uint64_t log_append(struct made_log *log, struct span record)
{
    assert_true(log->count < APPLIANCE_RECORDS);
    struct bytes *kept = &log->records[log->count];
    bytes_init(kept, LIMIT_RECORD);
    bytes_add(kept, record);
    assert_int_equal(bytes_finish(kept), OK);
    log->leaves[log->count] = merkle_leaf(record);
    return log->count++;
}

void log_grow(struct made_log *log, size_t count, unsigned seed)
{
    char record[64];
    for (size_t i = 0; i < count; i++) {
        snprintf(record, sizeof record, "record %zu of %u\n", log->count, seed);
        log_append(log, span_text(record));
    }
}

// The root of a complete subtree, by its definition.
static enum err node_of(void *context, unsigned level, uint64_t index, struct hash *out)
{
    const struct made_log *log = context;
    if (level == 0) {
        *out = log->leaves[index];
        return OK;
    }
    struct hash left, right;
    enum err err = node_of(context, level - 1, 2 * index, &left);
    if (err == OK)
        err = node_of(context, level - 1, 2 * index + 1, &right);
    if (err == OK)
        *out = merkle_node(&left, &right);
    return err;
}

static struct merkle_store store_of(const struct made_log *log)
{
    struct merkle_store store = {.node = node_of};
    memcpy(&store.context, &log, sizeof log);
    return store;
}

struct checkpoint log_checkpoint(const struct made_log *log, uint64_t size)
{
    struct merkle_edge edge;
    struct merkle_store store = store_of(log);
    struct checkpoint checkpoint = {.origin = APPLIANCE_ORIGIN, .size = size};
    assert_int_equal(merkle_edge_read(&store, size, &edge), OK);
    checkpoint.root = merkle_edge_root(&edge);
    return checkpoint;
}

void log_note(const struct made_log *log, uint64_t size, const char *origin, struct bytes *out)
{
    struct checkpoint checkpoint = log_checkpoint(log, size);
    struct bytes text;
    uint8_t signature[64];
    size_t signature_size = sizeof signature;
    snprintf(checkpoint.origin, sizeof checkpoint.origin, "%s", origin);
    bytes_init(&text, LIMIT_CHECKPOINT);
    checkpoint_write(&checkpoint, &text);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, NULL, NULL, NULL, log->pair), 1);
    assert_int_equal(
        EVP_DigestSign(context, signature, &signature_size, text.data, text.size), 1);
    EVP_MD_CTX_free(context);
    bytes_clear(&text);
    checkpoint_note(&checkpoint, &log->key, span_of(signature, signature_size), out);
    assert_int_equal(bytes_finish(out), OK);
}

static void path_to_list(const struct merkle_path *path, struct hash_list *out)
{
    out->count = (uint32_t)path->count;
    memcpy(out->at, path->nodes, path->count * sizeof path->nodes[0]);
}

void log_include(
    const struct made_log *log, uint64_t index, uint64_t size, struct hash_list *out)
{
    struct merkle_store store = store_of(log);
    struct merkle_path path = {.count = 0};
    if (merkle_prove_inclusion(&store, index, size, &path) != OK)
        path.count = 0;
    path_to_list(&path, out);
}

// ---- what it answers, when nobody twists it ----

static void refuse_with(struct message *answer, const char *sentence)
{
    answer->kind = ANSWER_REFUSED;
    answer->refused.rule = span_text("R11");
    answer->refused.sentence = span_text(sentence);
}

static void answer_status(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)ask;
    answer->kind = ANSWER_STATUS;
    answer->status.stage = STAGE_SERVING;
    answer->status.size = appliance->size;
    if (!appliance->no_note)
        answer->status.checkpoint = bytes_span(&appliance->note);
}

static void answer_dossier(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)ask;
    *answer = appliance->dossier;
    answer->kind = ANSWER_DOSSIER;
    if (answer->dossier.opened.text.size > 0)
        log_include(&appliance->log, answer->dossier.opened.index, appliance->size,
            &answer->dossier.path);
    if (answer->dossier.end.text.size > 0)
        log_include(&appliance->log, answer->dossier.end.index, appliance->size,
            &answer->dossier.end_path);
    answer->dossier.checkpoint = bytes_span(&appliance->note);
}

static void answer_extend(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    struct merkle_store store = store_of(&appliance->log);
    struct merkle_path path;
    uint64_t size = ask->prove.size == 0 ? appliance->size : ask->prove.size;
    if (size > appliance->size ||
        merkle_prove_consistency(&store, ask->prove.index, size, &path) != OK) {
        refuse_with(answer, "the log is not that large");
        return;
    }
    answer->kind = ANSWER_PROOF;
    answer->proof.index = ask->prove.index;
    answer->proof.size = size;
    path_to_list(&path, &answer->proof.path);
    answer->proof.checkpoint = bytes_span(&appliance->note);
}

static void answer_blob(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    struct hash hash = hash_of(appliance->blob);
    if (!hash_equal(&hash, &ask->blob.hash)) {
        refuse_with(answer, "there is no such blob");
        return;
    }
    answer->kind = ANSWER_BLOB;
    answer->blob_is.bytes = appliance->blob;
}

static const struct {
    enum message_kind kind;
    void (*answer)(
        struct appliance *appliance, const struct message *ask, struct message *answer);
} answers[] = {
    {ASK_STATUS, answer_status},
    {ASK_SHOW, answer_dossier},
    {ASK_WAIT, answer_dossier},
    {ASK_EXTEND, answer_extend},
    {ASK_BLOB, answer_blob},
};

// ---- serving ----

static bool read_exactly(int fd, uint8_t *out, size_t size)
{
    while (size > 0) {
        ssize_t got = recv(fd, out, size, 0);
        if (got <= 0)
            return false;
        out += got;
        size -= (size_t)got;
    }
    return true;
}

static bool write_exactly(int fd, struct span bytes)
{
    while (bytes.size > 0) {
        ssize_t put = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (put <= 0)
            return false;
        bytes = span_of(bytes.data + put, bytes.size - (size_t)put);
    }
    return true;
}

// In a thread: the test's assertions end the program with a message there.
static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "made-up appliance: %s\n", what);
    abort();
}

static bool read_ask(int fd, struct decoded *ask)
{
    uint8_t header[FRAME_HEADER];
    size_t size = 0;
    if (!read_exactly(fd, header, sizeof header))
        return false;
    must(frame_size(span_of(header, sizeof header), &size) == OK, "a frame");
    size -= FRAME_HEADER;
    uint8_t *body = malloc(size);
    must(body != NULL, "memory");
    bool read = read_exactly(fd, body, size);
    must(!read || decode_ask(span_of(body, size), ask) == OK, "an ask");
    free(body);
    return read;
}

static bool send_answer(
    struct appliance *appliance, int fd, const struct message *ask, struct message *answer)
{
    answer->id = ask->id;
    if (appliance->twist != NULL && !appliance->twist(appliance, ask, answer))
        return true;
    if (appliance->raw.size > 0)
        return write_exactly(fd, bytes_span(&appliance->raw));
    struct bytes frame;
    bytes_init(&frame, FRAME_MOST);
    must(encode(answer, &frame) == OK, "an answer");
    bool sent = write_exactly(fd, bytes_span(&frame));
    bytes_clear(&frame);
    return sent;
}

static bool serve_one(struct appliance *appliance, int fd)
{
    struct decoded ask = {0};
    if (!read_ask(fd, &ask))
        return false;
    struct message *answer = calloc(1, sizeof *answer);
    must(answer != NULL, "memory");
    pthread_mutex_lock(&appliance->lock);
    appliance->asked++;
    refuse_with(answer, "this appliance is made up");
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        if (answers[i].kind != ask.message.kind)
            continue;
        memset(answer, 0, sizeof *answer);
        answers[i].answer(appliance, &ask.message, answer);
    }
    bool sent = send_answer(appliance, fd, &ask.message, answer);
    pthread_mutex_unlock(&appliance->lock);
    free(answer);
    decoded_clear(&ask);
    return sent;
}

struct serving {
    struct appliance *appliance;
    int fd;
};

static void *serve(void *context)
{
    struct serving serving = *(struct serving *)context;
    free(context);
    while (serve_one(serving.appliance, serving.fd))
        ;
    shutdown(serving.fd, SHUT_RDWR);
    return NULL;
}

static void *take_clients(void *context)
{
    struct appliance *appliance = context;
    for (;;) {
        int fd = accept(appliance->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        int number = appliance->client_count;
        must(number < APPLIANCE_CLIENTS, "too many clients");
        struct serving *serving = malloc(sizeof *serving);
        must(serving != NULL, "memory");
        *serving = (struct serving){appliance, fd};
        appliance->fds[number] = fd;
        appliance->client_count++;
        must(pthread_create(&appliance->clients[number], NULL, serve, serving) == 0, "thread");
    }
}

void appliance_show(struct appliance *appliance, uint64_t size)
{
    pthread_mutex_lock(&appliance->lock);
    appliance->size = size;
    bytes_reset(&appliance->note);
    log_note(&appliance->log, size, APPLIANCE_ORIGIN, &appliance->note);
    pthread_mutex_unlock(&appliance->lock);
}

void appliance_vkey(const struct appliance *appliance, struct bytes *out)
{
    vkey_write(APPLIANCE_ORIGIN, &appliance->log.key, out);
    assert_int_equal(bytes_finish(out), OK);
}

static int listen_at(struct appliance *appliance)
{
    snprintf(appliance->folder, sizeof appliance->folder, "/tmp/conclave-made-up.XXXXXX");
    assert_non_null(mkdtemp(appliance->folder));
    snprintf(appliance->path, sizeof appliance->path, "%s/socket", appliance->folder);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", appliance->path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, APPLIANCE_CLIENTS), 0);
    return fd;
}

void appliance_start(struct appliance *appliance, size_t count)
{
    memset(appliance, 0, sizeof *appliance);
    pthread_mutex_init(&appliance->lock, NULL);
    log_make(&appliance->log);
    log_grow(&appliance->log, count, 1);
    bytes_init(&appliance->note, LIMIT_CHECKPOINT);
    bytes_init(&appliance->raw, FRAME_MOST);
    appliance_show(appliance, count);
    appliance->listener = listen_at(appliance);
    assert_int_equal(pthread_create(&appliance->thread, NULL, take_clients, appliance), 0);
}

void appliance_stop(struct appliance *appliance)
{
    shutdown(appliance->listener, SHUT_RDWR);
    pthread_join(appliance->thread, NULL);
    close(appliance->listener);
    for (int i = 0; i < appliance->client_count; i++) {
        shutdown(appliance->fds[i], SHUT_RDWR);
        pthread_join(appliance->clients[i], NULL);
        close(appliance->fds[i]);
    }
    unlink(appliance->path);
    rmdir(appliance->folder);
    log_clear(&appliance->log);
    bytes_clear(&appliance->note);
    bytes_clear(&appliance->raw);
}
