#include "signer/keeper/hearing.h"

#include "metadata/opening.h"
#include "metadata/render.h"
#include "policy/mandate.h"
#include "proto/dsse.h"

#include <stdlib.h>
#include <string.h>

static enum err take_blobs(struct hearing *hearing, const struct span_list *blobs)
{
    enum err err = OK;
    for (uint32_t i = 0; err == OK && i < blobs->count; i++)
        err = wants_give(&hearing->wants, blobs->at[i]);
    return err;
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
    wants_clear(&hearing->wants);
    bytes_clear(&hearing->text);
    bytes_clear(&hearing->signature);
    free(hearing);
}

// ---- who asks ----

static enum err nobody_asks(
    const struct hearing *hearing, const struct charter *charter, struct refusal *refusal)
{
    const struct administrator *who = charter_administrator(charter, &hearing->requester);
    if (who != NULL)
        return refuse(refusal, "R21",
            "%s is an administrator, whose own key asks for charter, keys, lift, time and "
            "import only, each by itself; use a requester's key",
            who->name);
    return refuse(refusal, "R21",
        "the requester's key is not in charter epoch %llu; use the key that is enrolled",
        (unsigned long long)charter->epoch);
}

enum err hearing_identify(
    struct hearing *hearing, const struct hearing_house *house, struct refusal *refusal)
{
    struct request *request = &hearing->request;
    struct asking asking;
    if (request_read(bytes_span(&hearing->text), request) != OK)
        return refuse(refusal, "R20",
            "this is not a request text as PROTOCOL.md describes it; make it with `conclave "
            "request submit`");
    hearing->requester = request->requester;
    hearing->motion =
        request->item_count == 1 ? motion_of(request->items[0].role) : MOTION_NONE;
    hearing->epoch = house->charter->epoch;
    if (!charter_asking(
            house->charter, &hearing->requester, hearing->motion != MOTION_NONE, &asking))
        return nobody_asks(hearing, house->charter, refusal);
    if (dsse_verify(asking.key, DSSE_REQUEST, bytes_span(&hearing->text),
            bytes_span(&hearing->signature)) != OK)
        return refuse(refusal, "R1",
            "the requester's signature does not fit the request's exact bytes; sign it again");
    struct refusal none_yet; // of hearing_prepare
    if (hearing->motion != MOTION_NONE ||
        mandate_way(house->charter, request->items, request->item_count, &hearing->by_mandate,
            &none_yet) != OK)
        hearing->by_mandate = false;
    return OK;
}

// ---- its frame ----

// The vault would refuse it too, but only after everybody has approved.
static enum err check_signatures(
    const struct request *request, const struct charter *charter, struct refusal *refusal)
{
    size_t keys[LIMIT_ROLES] = {0}, count = 0;
    for (size_t i = 0; i < charter->key_count; i++)
        keys[charter->keys[i].role]++;
    for (size_t i = 0; i < request->item_count; i++)
        count += keys[charter_role(charter, request->items[i].role) - charter->roles];
    if (count <= LIMIT_SIGNATURES)
        return OK;
    return refuse(refusal, "R20",
        "the request needs %zu signatures, and one outcome holds %d; split it", count,
        LIMIT_SIGNATURES);
}

static enum err check_roles(
    const struct request *request, const struct charter *charter, struct refusal *refusal)
{
    for (size_t i = 0; i < request->item_count; i++) {
        const char *role = request->items[i].role;
        if (motion_reserves(role))
            return refuse(refusal, "R2", "%s %s", role,
                motion_of(role) == MOTION_NONE ? "is no kind of motion that there is"
                                               : "stands alone in its request; submit it so");
    }
    bool by_mandate = false;
    enum err err =
        mandate_way(charter, request->items, request->item_count, &by_mandate, refusal);
    return err == OK ? check_signatures(request, charter, refusal) : err;
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
    return hearing->motion == MOTION_NONE ? check_roles(request, house->charter, refusal) : OK;
}

static enum err list_named(struct hearing *hearing)
{
    const struct request *request = &hearing->request;
    enum err err = OK;
    for (size_t i = 0; err == OK && i < request->item_count; i++)
        err = wants_name(&hearing->wants, &request->items[i].payload);
    for (size_t i = 0; err == OK && i < request->evidence_count; i++)
        err = wants_name(&hearing->wants, &request->evidence[i]);
    return err;
}

// Exactly the bytes that the request names: none more (R14: no rendering would show it), none less.
static enum err check_blobs(struct hearing *hearing, struct refusal *refusal)
{
    size_t given = hearing->wants.count;
    enum err err = list_named(hearing);
    if (!wants_are_named(&hearing->wants))
        return refuse(refusal, "R14",
            "a file came along that the request does not name; send exactly the named "
            "ones");
    if (err == OK && hearing->wants.count != given)
        return refuse(refusal, "R1",
            "a payload or evidence that the request names by hash did not come along; send "
            "the exact bytes");
    return err;
}

// An order carries a payload for each item, also where several items name the same one.
static enum err check_size(const struct hearing *hearing, struct refusal *refusal)
{
    size_t size = 0;
    for (size_t i = 0; i < hearing->request.item_count; i++)
        size += wants_bytes(&hearing->wants, &hearing->request.items[i].payload).size;
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

// ---- what it needs ----

static struct hash previous_of(
    const struct hearing *hearing, const struct hearing_house *house, const struct item *item)
{
    return opening_previous(
        house->charter, house->state, item, wants_bytes(&hearing->wants, &item->payload));
}

// What a lift builds on stands in its text, and anybody can write a text: only the statement of a
// freeze in force is sure to be in the ledger. Any other lift is refused when it is judged.
static bool is_stored(
    const struct hearing *hearing, const struct state *state, const struct hash *previous)
{
    return hearing->motion != MOTION_LIFT || state_freeze(state, previous) != NULL;
}

enum err hearing_list(struct hearing *hearing, const struct hearing_house *house)
{
    enum err err = list_named(hearing);
    for (size_t i = 0; err == OK && i < hearing->request.item_count; i++) {
        const struct item *item = &hearing->request.items[i];
        struct hash previous = previous_of(hearing, house, item);
        struct hash root = opening_root(house->state, item);
        if (is_stored(hearing, house->state, &previous))
            err = wants_add(&hearing->wants, &previous);
        if (err == OK)
            err = wants_add(&hearing->wants, &root);
    }
    return err;
}

bool hearing_complete(const struct hearing *hearing)
{
    return hearing->wants.missing == 0;
}

bool hearing_is_large(const struct hearing *hearing)
{
    return hearing->wants.bytes > HEARING_BYTES;
}

// ---- its judgement ----

static enum err open_it(const struct hearing *hearing, const struct hearing_house *house,
    struct bytes *out, struct refusal *refusal)
{
    struct span payloads[LIMIT_ITEMS], previous[LIMIT_ITEMS], roots[LIMIT_ITEMS];
    struct span evidence[LIMIT_ITEMS];
    const struct request *request = &hearing->request;
    struct opened opened = {0};
    struct bytes words;
    for (size_t i = 0; i < request->item_count; i++) {
        struct hash builds_on = previous_of(hearing, house, &request->items[i]);
        struct hash root = opening_root(house->state, &request->items[i]);
        payloads[i] = wants_bytes(&hearing->wants, &request->items[i].payload);
        previous[i] = wants_bytes(&hearing->wants, &builds_on);
        roots[i] = wants_bytes(&hearing->wants, &root);
    }
    for (size_t i = 0; i < request->evidence_count; i++)
        evidence[i] = wants_bytes(&hearing->wants, &request->evidence[i]);
    const struct opening_case given = {
        .charter = house->charter,
        .charter_text = house->charter_text,
        .state = house->state,
        .appliance = house->appliance,
        .id = hearing->id,
        .request = request,
        .signature = bytes_span(&hearing->signature),
        .payloads = payloads,
        .previous = previous,
        .roots = roots,
        .evidence = evidence,
        .time = house->now,
    };
    bytes_init(&words, RENDER_MOST);
    enum err err = opening_make(&given, &opened, &words, refusal);
    bytes_clear(&words);
    if (err == OK)
        opened_write(&opened, out);
    return err == OK ? bytes_finish(out) : err;
}

enum err hearing_again(
    struct hearing *hearing, const struct hearing_house *house, struct refusal *refusal)
{
    enum err err = OK;
    if (hearing->epoch != house->charter->epoch)
        err = hearing_identify(hearing, house, refusal);
    return err == OK ? check_frame(hearing, house, refusal) : err;
}

enum err hearing_judge(struct hearing *hearing, const struct hearing_house *house,
    struct bytes *out, struct refusal *refusal)
{
    enum err err = hearing_again(hearing, house, refusal);
    if (err == OK && hearing->by_mandate)
        err = refuse(refusal, "R7",
            "%s is signed under mandates since charter epoch %llu, and nobody approves it any "
            "more; submit it anew",
            hearing->request.items[0].role, (unsigned long long)house->charter->epoch);
    return err == OK ? open_it(hearing, house, out, refusal) : err;
}

void hearing_blobs(const struct hearing *hearing, struct span_list *out)
{
    out->count = 0;
    if (hearing->anew)
        return;
    out->at[out->count++] = bytes_span(&hearing->text);
    for (size_t i = 0; i < hearing->wants.count && out->count < LIMIT_BLOBS; i++)
        if (hearing->wants.at[i].given)
            out->at[out->count++] = bytes_span(&hearing->wants.at[i].bytes);
}
