#include "metadata/opening.h"

#include "metadata/history.h"
#include "metadata/judge.h"
#include "metadata/reach.h"
#include "metadata/render.h"
#include "metadata/rule.h"
#include "policy/chain.h"
#include "policy/govern.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- what stood there before ----

static struct hash lifted(struct span payload)
{
    struct lift_motion motion;
    return lift_motion_read(payload, &motion) == OK ? motion.freeze : (struct hash){0};
}

static struct hash mandated(const struct state *state, struct span payload)
{
    struct mandate_motion motion;
    return mandate_motion_read(payload, &motion) == OK ? chain_mandate(state, motion.role)
                                                       : (struct hash){0};
}

struct hash opening_previous(const struct charter *charter, const struct state *state,
    const struct item *item, struct span payload)
{
    enum motion motion = motion_of(item->role);
    if (motion == MOTION_NONE)
        return chain_previous(state, item->role);
    if (motion == MOTION_CHARTER)
        return charter->hash;
    if (motion == MOTION_MANDATE)
        return mandated(state, payload);
    return motion == MOTION_LIFT ? lifted(payload) : state->motions[motion].payload;
}

struct hash opening_root(const struct state *state, const struct item *item)
{
    char name[LIMIT_ROLE_NAME + 1];
    int size = (int)strcspn(item->role, "/");
    if (motion_of(item->role) != MOTION_NONE || size > LIMIT_NAME)
        return (struct hash){0};
    snprintf(name, sizeof name, "%.*s/root", size, item->role);
    return chain_previous(state, name);
}

// ---- judging ----

static bool is_motion(const struct opening_case *given)
{
    return motion_of(given->request->items[0].role) != MOTION_NONE;
}

// Which way a request goes is told by its items: they are one motion, or all of them metadata.
static enum err check_items(const struct opening_case *given, struct refusal *refusal)
{
    const struct request *request = given->request;
    for (size_t i = 0; i < request->item_count; i++) {
        const char *role = request->items[i].role;
        if (motion_of(role) != MOTION_NONE && request->item_count > 1)
            return rule_refuse(refusal, RULE_MOTION_ALONE,
                "%s stands in a request with other items, and what changes the appliance "
                "itself "
                "is asked for alone: make a request of its own.",
                role);
        if (motion_of(role) == MOTION_NONE && charter_role(given->charter, role) == NULL)
            return rule_refuse(refusal, RULE_ROLE_KNOWN,
                "the charter has no role %s; see `conclave key list` for those it has", role);
    }
    return OK;
}

static enum err judge_item(const struct opening_case *given, struct judge_files *files,
    size_t i, struct opened *out, struct refusal *refusal)
{
    const struct role *role = charter_role(given->charter, out->items[i].role);
    struct judge_facts facts;
    struct judge_case judged = {
        .charter = given->charter,
        .role = role,
        .state = given->state,
        .item = &out->items[i],
        .payload = given->payloads[i],
        .previous = given->previous[i],
        .root = given->roots[i],
        .evidence = files,
        .now = given->time,
    };
    struct reach_case reach = {.charter = given->charter,
        .state = given->state,
        .role = role,
        .payload = given->payloads[i],
        .root = given->roots[i]};
    enum err err = judge_payload(&judged, &facts, refusal);
    return err == OK ? reach_add(&reach, out, refusal) : err;
}

// What an import shows is metadata: only its text is judged with the other motions.
static enum err judge_history(
    const struct opening_case *given, const struct govern *govern, struct refusal *refusal)
{
    if (govern->motion != MOTION_IMPORT)
        return OK;
    return history_judge(given->charter, &govern->import, given->evidence,
        given->request->evidence_count, refusal);
}

static enum err judge_motion(
    const struct opening_case *given, struct opened *out, struct refusal *refusal)
{
    struct govern_case judged = {
        .charter = given->charter,
        .state = given->state,
        .item = &out->items[0],
        .payload = given->payloads[0],
        .evidence = given->evidence,
        .evidence_count = given->request->evidence_count,
        .now = given->time,
    };
    struct govern *govern = govern_new();
    if (govern == NULL)
        return ERR_MEMORY;
    enum err err = govern_judge(&judged, govern, refusal);
    if (err == OK)
        err = judge_history(given, govern, refusal);
    if (err == OK) {
        memcpy(out->decides, govern->decides, sizeof out->decides);
        out->decides_count = govern->decides_count;
    }
    govern_free(govern);
    return err;
}

// What nobody needs nobody has looked at.
enum err opening_check_needed(
    const struct request *request, const struct judge_files *files, struct refusal *refusal)
{
    size_t i = judge_files_unneeded(files);
    char hex[2 * HASH_SIZE + 1];
    if (i == request->evidence_count)
        return OK;
    hash_hex(&request->evidence[i], hex);
    return rule_refuse(refusal, RULE_EVIDENCE_UNNEEDED,
        "Evidence sha256:%.16s... is needed for no item of the request: leave it out.", hex);
}

static enum err judge_all(
    const struct opening_case *given, struct opened *out, struct refusal *refusal)
{
    if (is_motion(given))
        return judge_motion(given, out, refusal);
    struct judge_files *files =
        judge_files_new(given->evidence, given->request->evidence_count);
    enum err err = files == NULL ? ERR_MEMORY : OK;
    for (size_t i = 0; err == OK && i < out->item_count; i++)
        err = judge_item(given, files, i, out, refusal);
    if (err == OK)
        err = opening_check_needed(given->request, files, refusal);
    judge_files_free(files);
    return err;
}

// ---- when ----

static int64_t longest_delay(const struct opening_case *given)
{
    int64_t longest = is_motion(given) ? given->charter->changes_delay : 0;
    for (size_t i = 0; !is_motion(given) && i < given->request->item_count; i++) {
        const struct role *role = charter_role(given->charter, given->request->items[i].role);
        if (role->delay > longest)
            longest = role->delay;
    }
    return longest;
}

// 0 when no role limits it.
static int64_t shortest_within(const struct opening_case *given)
{
    int64_t shortest = 0;
    for (size_t i = 0; !is_motion(given) && i < given->request->item_count; i++) {
        const struct role *role = charter_role(given->charter, given->request->items[i].role);
        if (role->within != 0 && (shortest == 0 || role->within < shortest))
            shortest = role->within;
    }
    return shortest;
}

static enum err set_times(
    const struct opening_case *given, struct opened *out, struct refusal *refusal)
{
    int64_t delay = longest_delay(given), within = shortest_within(given);
    out->time = given->time;
    out->earliest = given->time + delay;
    out->expires = given->request->expires;
    if (within != 0 && given->time + within < out->expires)
        out->expires = given->time + within;
    if (out->earliest < out->expires)
        return OK;
    char earliest[MOMENT_TEXT + 1], expires[MOMENT_TEXT + 1];
    moment_write(out->earliest, earliest);
    moment_write(out->expires, expires);
    return rule_refuse(refusal, RULE_NEVER_IN_TIME,
        "nothing is signed before %s (a delay of %" PRId64
        " seconds), and the request ends %s, so it could never be carried out: %s",
        earliest, delay, expires,
        out->expires < given->request->expires
            ? "the charter's `within` of a role is too short for the delay"
            : "submit it with a later expiry");
}

// ---- the whole ----

static void fill_in(const struct opening_case *given, struct opened *out)
{
    *out = (struct opened){
        .appliance = given->appliance,
        .request = given->id,
        .requester = given->request->requester,
        .signature_size = given->signature.size,
        .item_count = given->request->item_count,
        .rendering = RENDERING,
        .epoch = given->charter->epoch,
        .charter = given->charter->hash,
    };
    memcpy(out->signature, given->signature.data, given->signature.size);
    for (size_t i = 0; i < out->item_count; i++) {
        out->items[i] = given->request->items[i];
        out->items[i].previous =
            opening_previous(given->charter, given->state, &out->items[i], given->payloads[i]);
    }
}

// The charter in force is at hand whether or not it was fetched as what a new one builds on.
static struct span previous_of(const struct opening_case *given, size_t i)
{
    bool charter = motion_of(given->request->items[i].role) == MOTION_CHARTER;
    return charter ? given->charter_text : given->previous[i];
}

static enum err render_all(const struct opening_case *given, struct opened *out,
    struct bytes *rendering, struct refusal *refusal)
{
    struct span previous[LIMIT_ITEMS];
    for (size_t i = 0; i < out->item_count; i++)
        previous[i] = previous_of(given, i);
    struct render_case rendered = {
        .charter = given->charter,
        .request = given->request,
        .opened = out,
        .payloads = given->payloads,
        .previous = previous,
        .evidence = given->evidence,
    };
    size_t from = rendering->size;
    enum err err = render(&rendered, rendering, refusal);
    if (err == OK)
        out->shown = hash_of(span_of(rendering->data + from, rendering->size - from));
    return err;
}

enum err opening_make(const struct opening_case *given, struct opened *out,
    struct bytes *rendering, struct refusal *refusal)
{
    if (given->signature.size > KEY_SIGNATURE_MOST)
        return rule_refuse(refusal, RULE_SIGNATURE_SIZE,
            "the requester's signature has %zu bytes, and at most %d are taken",
            given->signature.size, KEY_SIGNATURE_MOST);
    fill_in(given, out);
    enum err err = check_items(given, refusal);
    if (err == OK)
        err = judge_all(given, out, refusal);
    if (err == OK)
        err = set_times(given, out, refusal);
    return err == OK ? render_all(given, out, rendering, refusal) : err;
}
