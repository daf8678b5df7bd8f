#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/render.h"
#include "metadata/tuf.h"
#include "proto/dsse.h"
#include "tests/unit/review_desk.h"

#include <stdlib.h>
#include <string.h>

// ---- a root payload with the fixture's keys ----

struct listed {
    const char *role;
    const struct key *key;
    char id[2 * HASH_SIZE + 1];
};

enum { LISTED = 4 };

static int by_id(const void *a, const void *b)
{
    const struct listed *left = a, *right = b;
    return strcmp(left->id, right->id);
}

static int by_role(const void *a, const void *b)
{
    const struct listed *left = a, *right = b;
    return strcmp(left->role, right->role);
}

static void write_keys(struct listed *listed, struct bytes *out)
{
    qsort(listed, LISTED, sizeof *listed, by_id);
    bytes_add_text(out, "\"keys\":{");
    for (size_t i = 0; i < LISTED; i++) {
        bytes_add_format(out, "%s\"%s\":", i == 0 ? "" : ",", listed[i].id);
        tuf_key_write(DIALECT_TUF, listed[i].key, out);
    }
    qsort(listed, LISTED, sizeof *listed, by_role);
    bytes_add_text(out, "},\"roles\":{");
    for (size_t i = 0; i < LISTED; i++)
        bytes_add_format(out, "%s\"%s\":{\"keyids\":[\"%s\"],\"threshold\":1}",
            i == 0 ? "" : ",", listed[i].role, listed[i].id);
    bytes_add_text(out, "}");
}

void desk_write_root(struct desk *desk, unsigned version)
{
    const struct fixture *fixture = desk->fixture;
    struct bytes *out = &desk->payload;
    char expires[MOMENT_TEXT + 1];
    struct listed listed[LISTED] = {
        {.role = "root", .key = &fixture->roles[0].key},
        {.role = "snapshot", .key = &fixture->foreign[0].key},
        {.role = "targets", .key = &fixture->roles[1].key},
        {.role = "timestamp", .key = &fixture->foreign[1].key},
    };
    for (size_t i = 0; i < LISTED; i++) {
        struct hash id = tuf_key_id(DIALECT_TUF, listed[i].key);
        hash_hex(&id, listed[i].id);
    }
    moment_write(FIXTURE_START + 30 * 24 * 3600, expires);
    bytes_reset(out);
    bytes_add_format(
        out, "{\"_type\":\"root\",\"consistent_snapshot\":true,\"expires\":\"%s\",", expires);
    write_keys(listed, out);
    bytes_add_format(out, ",\"spec_version\":\"1.0.31\",\"version\":%u}", version);
    assert_int_equal(bytes_finish(out), OK);
}

void desk_write_targets(struct desk *desk, unsigned version, const char *path)
{
    struct bytes *out = &desk->payload;
    char expires[MOMENT_TEXT + 1];
    moment_write(FIXTURE_START + 30 * 24 * 3600, expires);
    bytes_reset(out);
    bytes_add_format(out,
        "{\"_type\":\"targets\",\"expires\":\"%s\",\"spec_version\":\"1.0.31\",\"targets\":{"
        "\"%s\":{\"hashes\":{\"sha256\":\"%064d\"},\"length\":1}},\"version\":%u}",
        expires, path, 7, version);
    assert_int_equal(bytes_finish(out), OK);
}

// ---- the desk ----

struct hash desk_shown(const struct desk *desk, struct span previous)
{
    struct span payload = bytes_span(&desk->payload);
    struct refusal refusal = {0};
    struct bytes words;
    struct render_case rendered = {
        .charter = desk->fixture->charter,
        .request = &desk->request,
        .opened = &desk->opened,
        .payloads = &payload,
        .previous = &previous,
    };
    bytes_init(&words, RENDER_MOST);
    if (render(&rendered, &words, &refusal) != OK)
        fail_msg("%s: %s", refusal.rule, refusal.sentence);
    struct hash hash = hash_of(bytes_span(&words));
    bytes_clear(&words);
    return hash;
}

void desk_write(struct desk *desk)
{
    bytes_reset(&desk->record);
    opened_write(&desk->opened, &desk->record);
    assert_int_equal(bytes_finish(&desk->record), OK);
    bytes_reset(&desk->request_text);
    request_write(&desk->request, &desk->request_text);
    assert_int_equal(bytes_finish(&desk->request_text), OK);
}

void desk_sign(struct desk *desk, const struct fixture_key *key)
{
    desk_write(desk);
    desk->id = request_id(bytes_span(&desk->request_text));
    desk->opened.request = desk->id;
    fixture_sign(key, DSSE_REQUEST, bytes_span(&desk->request_text), desk->opened.signature,
        &desk->opened.signature_size);
    desk_write(desk);
}

void desk_open(struct desk *desk, const char *role, uint64_t version, struct span previous)
{
    struct fixture *fixture = desk->fixture;
    desk->request = fixture_request(fixture, role, version, bytes_span(&desk->payload));
    desk->opened = fixture_opened(fixture, &desk->request);
    desk->opened.rendering = RENDERING;
    desk->opened.shown = desk_shown(desk, previous);
    desk->id = desk->opened.request;
    desk->index = 17;
    desk->fate = FATE_OPEN;
    desk_write(desk);
}

int desk_make(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    if (desk == NULL)
        return -1;
    desk->fixture = fixture_new();
    bytes_init(&desk->payload, LIMIT_PAYLOAD);
    bytes_init(&desk->request_text, LIMIT_RECORD);
    bytes_init(&desk->record, LIMIT_RECORD);
    desk->held = (struct review_case){
        .log = &desk->fixture->log.key,
        .charter = desk->fixture->charter,
        .charter_text = bytes_span(&desk->fixture->charter_text),
        .state = &desk->fixture->state,
        .source = &desk->fixture->source,
        .now = FIXTURE_START,
    };
    desk_write_root(desk, 1);
    desk_open(desk, "image/root", 1, (struct span){0});
    *state = desk;
    return 0;
}

int desk_clean(void **state)
{
    struct desk *desk = *state;
    bytes_clear(&desk->payload);
    bytes_clear(&desk->request_text);
    bytes_clear(&desk->record);
    fixture_free(desk->fixture);
    free(desk);
    return 0;
}
