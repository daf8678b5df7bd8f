#include "metadata/mandated.h"

#include "metadata/judge.h"
#include "metadata/opening.h"
#include "policy/govern.h"
#include "policy/mandate.h"
#include "proto/name.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- what to ask for ----

static const char *listed_by(const char *short_name)
{
    if (strcmp(short_name, "snapshot") == 0)
        return "targets";
    return strcmp(short_name, "timestamp") == 0 ? "snapshot" : NULL;
}

static void name_listed(
    const struct charter *charter, const struct item *item, struct mandated_names *out)
{
    char *name = out->at[out->count];
    const struct role *role = charter_role(charter, item->role);
    const char *lists = role == NULL ? NULL : listed_by(role_short_name(role));
    const char *vehicle = strchr(item->role, '@');
    if (lists == NULL)
        return;
    snprintf(name, sizeof out->at[0], "%s/%s%s", charter_repository(charter, role)->name, lists,
        vehicle == NULL ? "" : vehicle);
    const struct role *listed = charter_role(charter, name);
    if (listed != NULL && listed->by_mandate)
        out->count++;
}

void mandated_name(
    const struct charter *charter, const struct request *request, struct mandated_names *out)
{
    out->count = 0;
    for (size_t i = 0; i < request->item_count; i++)
        snprintf(out->at[out->count++], sizeof out->at[0], "%s", request->items[i].role);
    for (size_t i = 0; i < request->item_count; i++)
        name_listed(charter, &request->items[i], out);
}

// ---- what was signed last ----

static_assert(
    LIMIT_ROLES + LIMIT_LASTS <= LIMIT_LAST, "every role, and every name, has a line");

// Of two lines with one name the later version comes first.
static int compare_lines(const void *a, const void *b)
{
    const struct role_state *left = a, *right = b;
    int order = strcmp(left->role, right->role);
    return order != 0 ? order
                      : (left->version < right->version) - (left->version > right->version);
}

// A chain tells by those in force that nobody has to remember the vehicle (policy/chain.h). Whose ended
// hears that, and not how high it went.
static void take_live(const struct state *state, struct state *past)
{
    past->mandate_count = 0;
    for (size_t i = 0; i < state->mandate_count; i++)
        if (state->mandates[i].live)
            past->mandates[past->mandate_count++] = state->mandates[i];
}

// Of vehicles only those count that are asked about.
static void take_roles(const struct state *state, struct state *past)
{
    for (size_t i = 0; i < state->role_count; i++)
        if (item_vehicle(state->roles[i].role) == NULL)
            past->roles[past->role_count++] = state->roles[i];
}

static enum err take_last(
    const struct state *state, const char *name, const struct last *last, struct state *past)
{
    const struct role_state *line = state_role(state, name);
    struct role_state next = {.version = last->version, .payload = last->payload};
    if ((last->version == 0) != hash_is_none(&last->payload))
        return ERR_FORM;
    if (line != NULL && line->version > last->version)
        next = *line;
    snprintf(next.role, sizeof next.role, "%s", name);
    if (next.version > 0)
        past->roles[past->role_count++] = next;
    return OK;
}

static void keep_later(struct state *past)
{
    size_t kept = 0;
    qsort(past->roles, past->role_count, sizeof past->roles[0], compare_lines);
    for (size_t i = 0; i < past->role_count; i++)
        if (kept == 0 || strcmp(past->roles[kept - 1].role, past->roles[i].role) != 0)
            past->roles[kept++] = past->roles[i];
    past->role_count = kept;
}

enum err mandated_past(const struct state *state, const struct mandated_names *names,
    const struct last *lasts, struct state *past)
{
    enum err err = OK;
    past->role_count = 0;
    take_live(state, past);
    take_roles(state, past);
    for (size_t i = 0; err == OK && i < names->count; i++)
        err = take_last(state, names->at[i], &lasts[i], past);
    keep_later(past);
    return err;
}

// ---- judging ----

static enum err check_frozen(const struct mandated_case *given, struct refusal *refusal)
{
    const struct request *request = given->request;
    if (govern_frozen(given->state, &given->id, request->items, request->item_count) == NULL)
        return OK;
    return refuse(refusal, "R6",
        "An administrator froze what this asks for: a quorum must lift that; submit it anew "
        "then.");
}

static enum err judge_item(const struct mandated_case *given, struct judge_files *files,
    size_t i, struct refusal *refusal)
{
    const struct item *item = &given->request->items[i];
    struct judge_facts facts;
    const struct judge_case judged = {
        .charter = given->charter,
        .role = charter_role(given->charter, item->role),
        .state = given->past,
        .item = item,
        .payload = given->payloads[i],
        .previous = given->previous[i],
        .root = given->roots[i],
        .evidence = files,
        .now = given->time,
    };
    struct mandate_ask ask = {
        .charter = given->charter,
        .state = given->state,
        .item = item,
        .requester = &given->request->requester,
        .now = given->time,
    };
    // Who has no mandate hears that, and not what is wrong besides.
    enum err err = mandate_stands(&ask, refusal);
    if (err == OK)
        err = judge_payload(&judged, &facts, refusal);
    if (err != OK)
        return err;
    ask.expires = facts.expires;
    return mandate_covers(&ask, refusal);
}

static enum err judge_all(const struct mandated_case *given, struct refusal *refusal)
{
    struct judge_files *files =
        judge_files_new(given->evidence, given->request->evidence_count);
    enum err err = files == NULL ? ERR_MEMORY : OK;
    for (size_t i = 0; err == OK && i < given->request->item_count; i++)
        err = judge_item(given, files, i, refusal);
    if (err == OK)
        err = opening_check_needed(given->request, files, refusal);
    judge_files_free(files);
    return err;
}

// ---- the order ----

static void name_mandate(
    const struct mandated_case *given, const struct item *item, struct mandated *out)
{
    const struct role *role = charter_role(given->charter, item->role);
    struct mandate_named *mandates = out->mandates;
    size_t at = 0;
    while (at < out->mandate_count && strcmp(mandates[at].role, role->name) < 0)
        at++;
    if (at < out->mandate_count && strcmp(mandates[at].role, role->name) == 0)
        return;
    memmove(&mandates[at + 1], &mandates[at], (out->mandate_count - at) * sizeof mandates[0]);
    out->mandate_count++;
    mandates[at].text = state_mandate(given->state, role->name)->text;
    snprintf(mandates[at].role, sizeof mandates[at].role, "%s", role->name);
}

enum err mandated_judge(
    const struct mandated_case *given, struct mandated *out, struct refusal *refusal)
{
    enum err err = check_frozen(given, refusal);
    if (err == OK)
        err = judge_all(given, refusal);
    if (err != OK)
        return err;
    out->time = given->time;
    out->request = given->id;
    out->requester = given->request->requester;
    out->signature_size = given->signature.size;
    memcpy(out->signature, given->signature.data, given->signature.size);
    out->mandate_count = 0;
    for (size_t i = 0; i < given->request->item_count; i++)
        name_mandate(given, &given->request->items[i], out);
    return OK;
}
