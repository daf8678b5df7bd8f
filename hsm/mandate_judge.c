#include "hsm/mandate_judge.h"

#include "hsm/freeze_judge.h"
#include "hsm/payload.h"
#include "hsm/role_keys.h"
#include "policy/mandate.h"
#include "proto/dsse.h"
#include "proto/name.h"

#include <inttypes.h>
#include <string.h>

// ---- what is asked, and by whom ----

static enum err check_form(
    struct mandate_judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct message *ask = judged->ask;
    if (mandated_read(ask->judge.order, &judged->mandated) != OK)
        return refuse(refusal, rule, "The order under mandates is not a record of its form.");
    if (request_read(ask->judge.request, &judged->request) != OK)
        return refuse(refusal, rule, "The request is not a text of its form.");
    if (ask->judge.payloads.count != judged->request.item_count)
        return refuse(refusal, rule, "There is not one payload for each item.");
    return OK;
}

static enum err check_appliance(
    struct mandate_judgement *judged, const char *rule, struct refusal *refusal)
{
    if (hash_equal(&judged->request.appliance, &judged->charter->log))
        return OK;
    return refuse(refusal, rule, "The request is for another appliance.");
}

static enum err check_id(
    struct mandate_judgement *judged, const char *rule, struct refusal *refusal)
{
    struct hash id = request_id(judged->ask->judge.request);
    if (hash_equal(&id, &judged->mandated.request))
        return OK;
    return refuse(refusal, rule, "The request is not the one that was ordered.");
}

// An administrator's own key asks for motions alone.
static enum err check_requester(
    struct mandate_judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct hash *key = &judged->request.requester;
    judged->requester = charter_requester(judged->charter, key);
    if (!hash_equal(key, &judged->mandated.requester))
        return refuse(refusal, rule, "The order names another requester than the request.");
    if (judged->requester == NULL)
        return refuse(refusal, rule, "The charter names no such requester.");
    return OK;
}

static enum err check_signature(
    struct mandate_judgement *judged, const char *rule, struct refusal *refusal)
{
    if (judged->requester == NULL)
        return ERR_NOT_FOUND;
    enum err err =
        dsse_verify(&judged->requester->key, DSSE_REQUEST, judged->ask->judge.request,
            span_of(judged->mandated.signature, judged->mandated.signature_size));
    if (err != ERR_SIGNATURE)
        return err;
    return refuse(refusal, rule, "The requester's signature does not hold.");
}

static enum err check_payloads(
    struct mandate_judgement *judged, const char *rule, struct refusal *refusal)
{
    for (size_t i = 0; i < judged->request.item_count; i++) {
        struct hash hash = hash_of(judged->ask->judge.payloads.at[i]);
        if (!hash_equal(&hash, &judged->request.items[i].payload))
            return refuse(refusal, rule, "The payload of %s is not the one requested.",
                judged->request.items[i].role);
    }
    return OK;
}

// ---- roles and their mandates ----

static enum err check_roles(
    struct mandate_judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct request *request = &judged->request;
    bool by_mandate = false;
    for (size_t i = 0; i < request->item_count; i++)
        judged->roles[i] = charter_role(judged->charter, request->items[i].role);
    enum err err =
        mandate_way(judged->charter, request->items, request->item_count, &by_mandate, refusal);
    if (err == OK && !by_mandate)
        return refuse(refusal, rule, "%s is signed by quorum, and no mandate does it instead.",
            request->items[0].role);
    return err;
}

static enum err check_keys(
    struct mandate_judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct role_keys keys = {judged->charter, judged->state, judged->keyring};
    return role_keys_check(
        &keys, judged->request.items, judged->request.item_count, rule, refusal);
}

static bool names(const struct mandated *mandated, const char *role)
{
    for (size_t i = 0; i < mandated->mandate_count; i++)
        if (strcmp(mandated->mandates[i].role, role) == 0)
            return true;
    return false;
}

static bool is_asked_for(const struct request *request, const char *role)
{
    for (size_t i = 0; i < request->item_count; i++)
        if (item_is_of(request->items[i].role, role))
            return true;
    return false;
}

static bool is_live(const struct state *state, const struct mandate_named *named)
{
    const struct mandate_state *mandate = state_mandate(state, named->role);
    return mandate != NULL && mandate->live && hash_equal(&mandate->text, &named->text);
}

// The record says under what it was signed, to whoever reads the log: neither more nor less.
static enum err check_mandates(
    struct mandate_judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct mandated *mandated = &judged->mandated;
    for (size_t i = 0; i < judged->request.item_count; i++) {
        if (judged->roles[i] == NULL)
            return ERR_NOT_FOUND;
        if (!names(mandated, judged->roles[i]->name))
            return refuse(refusal, rule, "The order names no mandate of %s.",
                judged->request.items[i].role);
    }
    for (size_t i = 0; i < mandated->mandate_count; i++) {
        const struct mandate_named *named = &mandated->mandates[i];
        if (!is_asked_for(&judged->request, named->role))
            return refuse(refusal, rule,
                "The order names a mandate of %s, and nothing of it is asked for.",
                named->role);
        if (!is_live(judged->state, named))
            return refuse(refusal, rule,
                "The mandate of %s that the order names is not in force.", named->role);
    }
    return OK;
}

// ---- whether now ----

static enum err check_clock(
    struct mandate_judgement *judged, const char *rule, struct refusal *refusal)
{
    (void)rule; // the clock's own
    const struct clock clock = {judged->charter, judged->state, judged->newest};
    return clock_signs(&clock, judged->now, refusal);
}

static enum err check_near(
    struct mandate_judgement *judged, const char *rule, struct refusal *refusal)
{
    if (clock_is_near(judged->charter, judged->mandated.time, judged->now))
        return OK;
    return refuse(
        refusal, rule, "The order's time is not near the vault's clock: compare the clocks.");
}

static enum err check_frozen(
    struct mandate_judgement *judged, const char *rule, struct refusal *refusal)
{
    const struct asked asked = {
        judged->mandated.request, judged->request.items, judged->request.item_count};
    return freeze_holds_back(judged->state, &asked, rule, refusal);
}

static enum err check_expiry(
    struct mandate_judgement *judged, const char *rule, struct refusal *refusal)
{
    if (judged->now >= judged->request.expires)
        return refuse(refusal, rule, "The request has expired.");
    if (judged->request.expires - judged->now > LIMIT_REQUEST_LIFE)
        return refuse(refusal, rule, "The request lives longer than %d days.",
            LIMIT_REQUEST_LIFE / (24 * 3600));
    return OK;
}

// ---- what ----

static enum err check_scan(
    struct mandate_judgement *judged, const char *rule, struct refusal *refusal)
{
    for (size_t i = 0; i < judged->request.item_count; i++) {
        if (judged->roles[i] == NULL)
            return ERR_NOT_FOUND;
        const struct payload_of of = {
            judged->charter, judged->roles[i], &judged->request.items[i]};
        enum err err = payload_check(
            &of, judged->ask->judge.payloads.at[i], &judged->scans[i], rule, refusal);
        if (err != OK)
            return err;
    }
    return OK;
}

static enum err check_covered(
    struct mandate_judgement *judged, const char *rule, struct refusal *refusal)
{
    (void)rule; // the mandate's own
    for (size_t i = 0; i < judged->request.item_count; i++) {
        const struct mandate_ask ask = {.charter = judged->charter,
            .state = judged->state,
            .item = &judged->request.items[i],
            .expires = judged->scans[i].expires,
            .requester = &judged->request.requester,
            .now = judged->now};
        enum err err = mandate_covers(&ask, refusal);
        if (err != OK)
            return err;
    }
    return OK;
}

// With vehicles each has versions of its own, which the vault does not remember; but none goes behind
// what a quorum signed for it, or an import brought.
static uint64_t floor_of(const struct mandate_judgement *judged, const struct item *item,
    const struct mandate_state *mandate)
{
    const struct role_state *last = state_role(judged->state, item->role);
    uint64_t sealed = last == NULL ? 0 : last->version;
    uint64_t floor =
        item_vehicle(item->role) == NULL ? blocks_floor(judged->blocks, mandate) : 0;
    return sealed > floor ? sealed : floor;
}

static enum err check_rises(
    struct mandate_judgement *judged, const char *rule, struct refusal *refusal)
{
    for (size_t i = 0; i < judged->request.item_count; i++) {
        const struct item *item = &judged->request.items[i];
        const struct role *role = judged->roles[i];
        const struct mandate_state *mandate =
            role == NULL ? NULL : state_mandate(judged->state, role->name);
        if (mandate == NULL)
            return ERR_NOT_FOUND;
        uint64_t floor = floor_of(judged, item, mandate);
        if (item->version <= floor)
            return refuse(refusal, rule,
                "%s is version %" PRIu64 ", and up to %" PRIu64
                " may have been signed already: make a version above it.",
                item->role, item->version, floor);
    }
    return OK;
}

// The clock comes before all that it decides: without time nothing is called too late.
const struct mandate_row mandate_table[] = {
    {"R6", "the order's form", check_form},
    {"R4", "the appliance", check_appliance},
    {"R1", "the request's id", check_id},
    {"R21", "the requester", check_requester},
    {"R3", "the requester's signature", check_signature},
    {"R1", "the payloads' hashes", check_payloads},
    {"R2", "the roles", check_roles},
    {"R18", "the roles' keys", check_keys},
    {"R7", "the mandates", check_mandates},
    {"R13", "the clock", check_clock},
    {"R13", "a time near the clock", check_near},
    {"R6", "freezes", check_frozen},
    {"R6", "the request's expiry", check_expiry},
    {"R2", "type and version", check_scan},
    {"R6", "what the mandates cover", check_covered},
    {"R12", "versions that rise", check_rises},
};
const size_t mandate_rows = sizeof mandate_table / sizeof mandate_table[0];

enum err mandate_judge_by(const struct mandate_row *rows, size_t count,
    struct mandate_judgement *judged, struct refusal *refusal)
{
    for (size_t i = 0; i < count; i++) {
        enum err err = rows[i].check(judged, rows[i].rule, refusal);
        if (err != OK)
            return err;
    }
    return OK;
}

enum err mandate_judge(struct mandate_judgement *judged, struct refusal *refusal)
{
    return mandate_judge_by(mandate_table, mandate_rows, judged, refusal);
}

static struct block_need *need_of(
    struct block_need *needs, size_t *count, const struct mandate_state *mandate)
{
    for (size_t i = 0; i < *count; i++)
        if (needs[i].mandate == mandate)
            return &needs[i];
    needs[*count] = (struct block_need){.mandate = mandate};
    return &needs[(*count)++];
}

size_t mandate_needs(
    const struct mandate_judgement *judged, struct block_need out[LIMIT_MANDATES])
{
    size_t count = 0;
    for (size_t i = 0; i < judged->request.item_count; i++) {
        const struct item *item = &judged->request.items[i];
        struct block_need *need =
            need_of(out, &count, state_mandate(judged->state, judged->roles[i]->name));
        need->count++;
        if (item->version > need->highest)
            need->highest = item->version;
    }
    return count;
}
