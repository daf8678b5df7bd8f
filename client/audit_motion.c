// The audit of motions: judged as the appliance judged them, and carried out on the audit's own
// state.
#include "client/audit_part.h"

#include "metadata/history.h"

#include <stdlib.h>
#include <string.h>

// A motion's bytes.
struct papers {
    struct request request;
    struct bytes payload;
    struct bytes evidence[LIMIT_ITEMS];
    struct span spans[LIMIT_ITEMS];
    bool whole;
};

static struct papers *papers_new(void)
{
    struct papers *papers = calloc(1, sizeof *papers);
    if (papers == NULL)
        return NULL;
    bytes_init(&papers->payload, LIMIT_PAYLOAD);
    for (size_t i = 0; i < LIMIT_ITEMS; i++)
        bytes_init(&papers->evidence[i], LIMIT_PAYLOAD);
    return papers;
}

static void papers_free(struct papers *papers)
{
    if (papers == NULL)
        return;
    bytes_clear(&papers->payload);
    for (size_t i = 0; i < LIMIT_ITEMS; i++)
        bytes_clear(&papers->evidence[i]);
    free(papers);
}

static enum err fetch_request(
    struct audit *audit, const struct hash *id, struct papers *papers, bool *here)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    enum err err = audit_fetch(audit, id, &text, here);
    if (err == OK && *here && request_read(bytes_span(&text), &papers->request) != OK)
        *here = false; // found when it was opened
    bytes_clear(&text);
    return err;
}

static enum err papers_fetch(
    struct audit *audit, const struct opened *opened, struct papers *papers)
{
    bool here = false;
    enum err err = fetch_request(audit, &opened->request, papers, &here);
    if (err == OK && here)
        err = audit_fetch(audit, &opened->items[0].payload, &papers->payload, &here);
    for (size_t i = 0; err == OK && here && i < papers->request.evidence_count; i++) {
        err = audit_fetch(audit, &papers->request.evidence[i], &papers->evidence[i], &here);
        papers->spans[i] = bytes_span(&papers->evidence[i]);
    }
    papers->whole = here;
    return err;
}

static bool same_deciders(const struct opened *opened, const struct govern *govern)
{
    bool same = opened->decides_count == govern->decides_count;
    for (size_t i = 0; same && i < govern->decides_count; i++)
        same = strcmp(opened->decides[i], govern->decides[i]) == 0;
    return same;
}

static enum err judge_history(const struct audit *audit, const struct govern *govern,
    const struct papers *papers, struct refusal *refusal)
{
    if (govern->motion != MOTION_IMPORT)
        return OK;
    return history_judge(audit->charter, &govern->import, papers->spans,
        papers->request.evidence_count, refusal);
}

static enum err judge(struct audit *audit, const struct papers *papers)
{
    struct refusal refusal = {0};
    const struct opened *opened = &audit->flight.opened;
    const struct govern_case given = {.charter = audit->charter,
        .state = audit->state,
        .item = &opened->items[0],
        .payload = bytes_span(&papers->payload),
        .evidence = papers->spans,
        .evidence_count = papers->request.evidence_count,
        .now = audit->flight.order.time};
    struct govern *govern = govern_new();
    if (govern == NULL)
        return ERR_MEMORY;
    enum err err = govern_judge(&given, govern, &refusal);
    if (err == OK && !same_deciders(opened, govern))
        audit_find(audit, "R5", "the opened record says that others decide");
    if (err == OK && motion_of(opened->items[0].role) == MOTION_LIFT &&
        !hash_equal(&opened->items[0].previous, &govern->lift.freeze))
        audit_find(audit, "R12", "it was opened over another freeze than it lifts");
    struct hash before = chain_mandate(audit->state, govern->mandate.role);
    if (err == OK && govern->motion == MOTION_MANDATE &&
        !hash_equal(&opened->items[0].previous, &before))
        audit_find(audit, "R12", "it was opened over another mandate than the role's last");
    if (err == OK)
        err = judge_history(audit, govern, papers, &refusal);
    if (err == ERR_REFUSED)
        audit_find(audit, refusal.rule, "%s", refusal.sentence);
    if (err == OK)
        audit->flight.govern = govern;
    else
        govern_free(govern);
    return err == ERR_REFUSED ? OK : err;
}

enum err audit_motion(struct audit *audit)
{
    struct papers *papers = papers_new();
    govern_free(audit->flight.govern);
    audit->flight.govern = NULL;
    enum err err =
        papers == NULL ? ERR_MEMORY : papers_fetch(audit, &audit->flight.opened, papers);
    audit->flight.lost = err == OK && !papers->whole;
    if (err == OK && papers->whole)
        err = judge(audit, papers);
    papers_free(papers);
    return err;
}

// ---- carrying out ----

static bool has_key(const struct audit *audit, const struct hash *key)
{
    bool has = state_key(audit->state, key) != NULL ||
               charter_administrator(audit->charter, key) != NULL ||
               charter_requester(audit->charter, key) != NULL;
    for (size_t i = 0; !has && i < audit->charter->key_count; i++)
        has = hash_equal(&audit->charter->keys[i].key.id, key);
    return has;
}

// The made keys that an outcome names are those that the motion asked for, and new.
static bool made_fits(
    const struct audit *audit, const struct govern *govern, const struct outcome *outcome)
{
    const struct keys_motion *keys = &govern->keys;
    size_t count = govern->motion == MOTION_KEYS ? keys->make_count : 0;
    bool fits = outcome->made_count == count;
    for (size_t i = 0; fits && i < count; i++)
        fits = strcmp(outcome->made[i].role, keys->make[i].role) == 0 &&
               outcome->made[i].key.type == keys->make[i].type &&
               !has_key(audit, &outcome->made[i].key.id);
    return fits;
}

// The stated time, and what lies behind it no more. Whether it set the time back, is not known when it
// lies between the bounds of what was sealed: then nothing is called too old for it.
static void set_time(struct audit *audit, const struct govern *govern, uint64_t order)
{
    moment time = govern->time.time;
    if (time < audit->time.sealed.last) {
        audit_windows_back(audit, time, time < audit->time.sealed.first);
        audit->since_most = order + 1;
        audit->ends_unsure = audit->ends_unsure || time >= audit->time.sealed.first;
    }
    audit_stated(audit, time);
}

static void put_in_force(struct audit *audit, struct govern *govern)
{
    audit->charter_before = audit->charter;
    audit->charter = govern->charter;
    govern->charter = NULL;
    audit->report.epoch = audit->charter->epoch;
}

static enum err apply(struct audit *audit, struct govern *govern, const struct outcome *outcome)
{
    struct key made[LIMIT_MOTION_KEYS];
    const struct item *item = &audit->flight.opened.items[0];
    for (size_t i = 0; i < outcome->made_count; i++)
        made[i] = outcome->made[i].key;
    audit->state->time = audit->time.sealed.first;
    const struct govern_deed deed = {.item = item,
        .order = outcome->order.index,
        .made = made,
        .person = audit_person(audit->charter, &audit->flight.opened),
        .approvals = audit->flight.order.approvals,
        .approval_count = audit->flight.order.approval_count};
    enum err err = govern_apply(govern, audit->charter, &deed, audit->state);
    if (err != OK)
        return err;
    if (govern->motion == MOTION_TIME)
        set_time(audit, govern, outcome->order.index);
    else
        audit_sealed(audit, audit->flight.order.time);
    if (govern->motion == MOTION_CHARTER)
        put_in_force(audit, govern);
    audit->report.motions[govern->motion]++;
    return OK;
}

// What did not hold was done all the same. Of a charter the rest of the log is verified under it.
static enum err follow(struct audit *audit)
{
    const struct item *item = &audit->flight.opened.items[0];
    if (motion_of(item->role) != MOTION_CHARTER)
        return OK;
    enum err err = audit_load_charter(audit, &item->payload);
    if (err != OK || audit->charter == NULL)
        return err;
    audit->state->epoch = audit->report.epoch = audit->charter->epoch;
    audit->state->charter = audit->charter->hash;
    return OK;
}

enum err audit_carry_out(struct audit *audit, const struct outcome *outcome)
{
    const struct item *item = &audit->flight.opened.items[0];
    struct govern *govern = audit->flight.govern;
    if (strcmp(outcome->done, item->role) != 0 || outcome->done_number != item->version)
        audit_find(audit, "R8", "it says that something else was done than was ordered");
    if (audit->flight.lost) {
        audit_lose(audit, "a motion that was carried out is not at hand");
        return OK;
    }
    if (govern == NULL)
        return follow(audit);
    if (made_fits(audit, govern, outcome))
        return apply(audit, govern, outcome);
    audit_find(audit, "R18", "the keys that were made are not those that were asked for");
    return OK;
}
