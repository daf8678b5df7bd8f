#include "signer/keeper/hearing.h"

#include "metadata/judge.h"
#include "metadata/render.h"
#include "proto/dsse.h"

#include <stdlib.h>
#include <string.h>

static enum err add_want(struct hearing *hearing, const struct hash *hash)
{
    if (hash_is_none(hash))
        return OK;
    for (size_t i = 0; i < hearing->want_count; i++)
        if (hash_equal(&hearing->wants[i].hash, hash))
            return OK;
    if (hearing->want_count == WANTS_MOST)
        return ERR_LIMIT;
    struct want *want = &hearing->wants[hearing->want_count++];
    *want = (struct want){.hash = *hash};
    bytes_init(&want->bytes, LIMIT_PAYLOAD);
    hearing->missing++;
    return OK;
}

static void fill(struct hearing *hearing, struct want *want, struct span bytes)
{
    bytes_add(&want->bytes, bytes);
    want->here = true;
    hearing->bytes += bytes.size;
    hearing->missing--;
}

static enum err take_blobs(struct hearing *hearing, const struct span_list *blobs)
{
    for (uint32_t i = 0; i < blobs->count; i++) {
        struct hash hash = hash_of(blobs->at[i]);
        size_t before = hearing->want_count;
        if (add_want(hearing, &hash) != OK)
            return ERR_LIMIT;
        if (hearing->want_count == before)
            continue; // the same bytes twice
        struct want *want = &hearing->wants[before];
        want->given = true;
        fill(hearing, want, blobs->at[i]);
        if (bytes_finish(&want->bytes) != OK)
            return bytes_finish(&want->bytes);
    }
    return OK;
}

struct hearing *hearing_new(
    struct span text, struct span signature, const struct span_list *blobs)
{
    struct hearing *hearing = calloc(1, sizeof *hearing);
    if (hearing == NULL)
        return NULL;
    bytes_init(&hearing->text, LIMIT_RECORD);
    bytes_init(&hearing->signature, KEY_SIGNATURE_MOST);
    bytes_add(&hearing->text, text);
    bytes_add(&hearing->signature, signature);
    hearing->id = request_id(text);
    if (bytes_finish(&hearing->text) == OK && bytes_finish(&hearing->signature) == OK &&
        take_blobs(hearing, blobs) == OK)
        return hearing;
    hearing_free(hearing);
    return NULL;
}

void hearing_free(struct hearing *hearing)
{
    if (hearing == NULL)
        return;
    for (size_t i = 0; i < hearing->want_count; i++)
        bytes_clear(&hearing->wants[i].bytes);
    bytes_clear(&hearing->text);
    bytes_clear(&hearing->signature);
    free(hearing);
}

enum err hearing_identify(
    struct hearing *hearing, const struct hearing_house *house, struct refusal *refusal)
{
    if (request_read(bytes_span(&hearing->text), &hearing->request) != OK)
        return refuse(refusal, "R20",
            "this is not a request text as PROTOCOL.md describes it; make it with `conclave "
            "request submit`");
    hearing->requester = hearing->request.requester;
    const struct requester *requester = charter_requester(house->charter, &hearing->requester);
    if (requester == NULL)
        return refuse(refusal, "R21",
            "the requester's key is not in charter epoch %llu; use the key that is enrolled",
            (unsigned long long)house->charter->epoch);
    if (dsse_verify(&requester->key, DSSE_REQUEST, bytes_span(&hearing->text),
            bytes_span(&hearing->signature)) != OK)
        return refuse(refusal, "R1",
            "the requester's signature does not fit the request's exact bytes; sign it again");
    return OK;
}

// The vault would refuse it too, but only after everybody has approved.
static enum err check_signatures(
    const struct request *request, const struct charter *charter, struct refusal *refusal)
{
    size_t count = 0;
    for (size_t i = 0; i < request->item_count; i++)
        for (size_t k = 0; k < charter->key_count; k++) {
            const struct role *role = &charter->roles[charter->keys[k].role];
            count += strcmp(role->name, request->items[i].role) == 0;
        }
    if (count <= LIMIT_SIGNATURES)
        return OK;
    return refuse(refusal, "R20",
        "the request needs %zu signatures, and one outcome holds %d; split it", count,
        LIMIT_SIGNATURES);
}

static enum err check_frame(
    const struct hearing *hearing, const struct hearing_house *house, struct refusal *refusal)
{
    const struct request *request = &hearing->request;
    if (!hash_equal(&request->appliance, &house->appliance))
        return refuse(refusal, "R4",
            "the request names another appliance; check which one you are connected to");
    if (request->expires <= house->now)
        return refuse(refusal, "R4", "the request has expired; submit it with a later expiry");
    if (request->expires > house->now + LIMIT_REQUEST_LIFE)
        return refuse(refusal, "R4",
            "the request expires more than %d days from now; submit it with an earlier expiry",
            LIMIT_REQUEST_LIFE / (24 * 3600));
    for (size_t i = 0; i < request->item_count; i++)
        if (charter_role(house->charter, request->items[i].role) == NULL)
            return refuse(refusal, "R2",
                "the charter has no role %s; see `conclave key list` for those it has",
                request->items[i].role);
    return check_signatures(request, house->charter, refusal);
}

// The last signed root payload of the role's repository; none before its first.
static struct hash root_of(const struct hearing_house *house, const char *role_name)
{
    char root[LIMIT_ROLE_NAME + 1] = "";
    const char *slash = strchr(role_name, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - role_name);
    if (length == 0 || length > LIMIT_NAME)
        return (struct hash){0};
    memcpy(root, role_name, length);
    memcpy(root + length, "/root", sizeof "/root");
    const struct role_state *state = state_role(house->state, root);
    return state == NULL ? (struct hash){0} : state->payload;
}

static struct hash previous_of(const struct hearing_house *house, const char *role)
{
    const struct role_state *state = state_role(house->state, role);
    return state == NULL ? (struct hash){0} : state->payload;
}

static enum err list_named(struct hearing *hearing)
{
    const struct request *request = &hearing->request;
    enum err err = OK;
    for (size_t i = 0; err == OK && i < request->item_count; i++)
        err = add_want(hearing, &request->items[i].payload);
    for (size_t i = 0; err == OK && i < request->evidence_count; i++)
        err = add_want(hearing, &request->evidence[i]);
    return err;
}

enum err hearing_list(struct hearing *hearing, const struct hearing_house *house)
{
    enum err err = list_named(hearing);
    for (size_t i = 0; err == OK && i < hearing->request.item_count; i++) {
        const char *role = hearing->request.items[i].role;
        struct hash previous = previous_of(house, role);
        struct hash root = root_of(house, role);
        err = add_want(hearing, &previous);
        if (err == OK)
            err = add_want(hearing, &root);
    }
    return err;
}

static bool names(const struct request *request, const struct hash *hash)
{
    for (size_t i = 0; i < request->item_count; i++)
        if (hash_equal(hash, &request->items[i].payload))
            return true;
    for (size_t i = 0; i < request->evidence_count; i++)
        if (hash_equal(hash, &request->evidence[i]))
            return true;
    return false;
}

// Exactly the bytes that the request names: none more (R14: no rendering would show it), none less.
static enum err check_blobs(struct hearing *hearing, struct refusal *refusal)
{
    size_t given = hearing->want_count;
    for (size_t i = 0; i < given; i++)
        if (!names(&hearing->request, &hearing->wants[i].hash))
            return refuse(refusal, "R14",
                "a file came along that the request does not name; send exactly the named "
                "ones");
    enum err err = list_named(hearing);
    if (err == OK && hearing->want_count != given)
        return refuse(refusal, "R1",
            "a payload or evidence that the request names by hash did not come along; send "
            "the exact bytes");
    return err;
}

bool hearing_is_large(const struct hearing *hearing)
{
    return hearing->bytes > HEARING_BYTES;
}

static struct span bytes_of(const struct hearing *hearing, const struct hash *hash)
{
    for (size_t i = 0; i < hearing->want_count; i++)
        if (hash_equal(&hearing->wants[i].hash, hash))
            return bytes_span(&hearing->wants[i].bytes);
    return (struct span){0};
}

// An order carries a payload for each item, also where several items name the same one.
static enum err check_size(const struct hearing *hearing, struct refusal *refusal)
{
    size_t size = 0;
    for (size_t i = 0; i < hearing->request.item_count; i++)
        size += bytes_of(hearing, &hearing->request.items[i].payload).size;
    if (size <= LIMIT_REQUEST_BYTES)
        return OK;
    return refuse(refusal, "R20",
        "the payloads of the request's items have %zu bytes together, and at most %d are "
        "signed at once; split the request",
        size, LIMIT_REQUEST_BYTES);
}

enum err hearing_prepare(
    struct hearing *hearing, const struct hearing_house *house, struct refusal *refusal)
{
    enum err err = check_frame(hearing, house, refusal);
    if (err == OK && !hearing->anew)
        err = check_blobs(hearing, refusal);
    if (err == OK && !hearing->anew)
        err = check_size(hearing, refusal);
    return err;
}

struct want *hearing_next(struct hearing *hearing)
{
    for (size_t i = 0; i < hearing->want_count; i++) {
        struct want *want = &hearing->wants[i];
        if (want->here || want->asked)
            continue;
        want->asked = true;
        hearing->asked++;
        return want;
    }
    return NULL;
}

enum err hearing_fill(struct hearing *hearing, size_t want, struct span bytes)
{
    struct hash hash = hash_of(bytes);
    if (want >= hearing->want_count || !hash_equal(&hash, &hearing->wants[want].hash))
        return ERR_FORM;
    hearing->asked--;
    fill(hearing, &hearing->wants[want], bytes);
    return bytes_finish(&hearing->wants[want].bytes);
}

bool hearing_complete(const struct hearing *hearing)
{
    return hearing->missing == 0;
}

static enum err judge_item(const struct hearing *hearing, const struct hearing_house *house,
    const struct item *item, const struct span *evidence, struct refusal *refusal)
{
    struct hash root = root_of(house, item->role);
    struct judge_facts facts;
    struct judge_case judged = {
        .charter = house->charter,
        .role = charter_role(house->charter, item->role),
        .state = house->state,
        .item = item,
        .payload = bytes_of(hearing, &item->payload),
        .previous = bytes_of(hearing, &item->previous),
        .root = bytes_of(hearing, &root),
        .evidence = evidence,
        .evidence_count = hearing->request.evidence_count,
        .now = house->now,
    };
    return judge_payload(&judged, &facts, refusal);
}

static enum err judge_items(const struct hearing *hearing, const struct hearing_house *house,
    const struct opened *opened, struct refusal *refusal)
{
    struct span evidence[LIMIT_ITEMS];
    for (size_t i = 0; i < hearing->request.evidence_count; i++)
        evidence[i] = bytes_of(hearing, &hearing->request.evidence[i]);
    for (size_t i = 0; i < opened->item_count; i++) {
        enum err err = judge_item(hearing, house, &opened->items[i], evidence, refusal);
        if (err != OK)
            return err;
    }
    return OK;
}

static void fill_opened(
    const struct hearing *hearing, const struct hearing_house *house, struct opened *opened)
{
    *opened = (struct opened){
        .appliance = house->appliance,
        .request = hearing->id,
        .requester = hearing->requester,
        .signature_size = hearing->signature.size,
        .item_count = hearing->request.item_count,
        .rendering = RENDERING,
        .epoch = house->charter->epoch,
        .charter = house->charter->hash,
        .time = house->now,
        .earliest = house->now, // the charter's delay: none until delays are built
        .expires = hearing->request.expires,
    };
    memcpy(opened->signature, hearing->signature.data, hearing->signature.size);
    for (size_t i = 0; i < opened->item_count; i++) {
        opened->items[i] = hearing->request.items[i];
        opened->items[i].previous = previous_of(house, opened->items[i].role);
    }
}

static enum err render_opened(const struct hearing *hearing, const struct hearing_house *house,
    struct opened *opened, struct refusal *refusal)
{
    struct span payloads[LIMIT_ITEMS], previous[LIMIT_ITEMS];
    for (size_t i = 0; i < opened->item_count; i++) {
        payloads[i] = bytes_of(hearing, &opened->items[i].payload);
        previous[i] = bytes_of(hearing, &opened->items[i].previous);
    }
    struct render_case rendered = {
        .charter = house->charter,
        .request = &hearing->request,
        .opened = opened,
        .payloads = payloads,
        .previous = previous,
    };
    struct bytes words;
    bytes_init(&words, RENDER_MOST);
    enum err err = render(&rendered, &words, refusal);
    if (err == OK)
        opened->shown = hash_of(bytes_span(&words));
    bytes_clear(&words);
    return err;
}

enum err hearing_judge(const struct hearing *hearing, const struct hearing_house *house,
    struct bytes *out, struct refusal *refusal)
{
    struct opened opened;
    fill_opened(hearing, house, &opened);
    enum err err = judge_items(hearing, house, &opened, refusal);
    if (err == OK)
        err = render_opened(hearing, house, &opened, refusal);
    if (err != OK)
        return err;
    opened_write(&opened, out);
    return bytes_finish(out);
}

void hearing_forget(struct hearing *hearing)
{
    for (size_t i = 0; i < hearing->want_count; i++)
        if (!hearing->wants[i].given)
            bytes_clear(&hearing->wants[i].bytes);
}

void hearing_blobs(const struct hearing *hearing, struct span_list *out)
{
    out->count = 0;
    if (hearing->anew)
        return;
    out->at[out->count++] = bytes_span(&hearing->text);
    for (size_t i = 0; i < hearing->want_count && out->count < LIMIT_BLOBS; i++)
        if (hearing->wants[i].given)
            out->at[out->count++] = bytes_span(&hearing->wants[i].bytes);
}
