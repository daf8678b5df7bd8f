// The audit of motions: judged as the appliance judged them, and carried out on the audit's own
// state.
#include "client/audit_part.h"

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

static enum err judge(struct audit *audit, const struct opened *opened,
    const struct order *order, const struct papers *papers, struct govern **out)
{
    struct refusal refusal = {0};
    const struct govern_case given = {.charter = audit->charter,
        .state = audit->state,
        .item = &opened->items[0],
        .payload = bytes_span(&papers->payload),
        .evidence = papers->spans,
        .evidence_count = papers->request.evidence_count,
        .now = order->time};
    struct govern *govern = govern_new();
    if (govern == NULL)
        return ERR_MEMORY;
    enum err err = govern_judge(&given, govern, &refusal);
    if (err == ERR_REFUSED)
        audit_find(audit, refusal.rule, "%s", refusal.sentence);
    else if (err == OK && !same_deciders(opened, govern))
        audit_find(audit, "R5", "the opened record says that others decide");
    if (err == OK)
        *out = govern;
    else
        govern_free(govern);
    return err == ERR_REFUSED ? OK : err;
}

enum err audit_motion(struct audit *audit, const struct opened *opened,
    const struct order *order, struct govern **out)
{
    struct papers *papers = papers_new();
    *out = NULL;
    enum err err = papers == NULL ? ERR_MEMORY : papers_fetch(audit, opened, papers);
    if (err == OK && papers->whole)
        err = judge(audit, opened, order, papers, out);
    papers_free(papers);
    return err;
}

// The made keys that an outcome names are those that the motion asked for.
static bool made_fits(const struct govern *govern, const struct outcome *outcome)
{
    const struct keys_motion *keys = &govern->keys;
    size_t count = govern->motion == MOTION_KEYS ? keys->make_count : 0;
    bool fits = outcome->made_count == count;
    for (size_t i = 0; fits && i < count; i++)
        fits = strcmp(outcome->made[i].role, keys->make[i].role) == 0 &&
               outcome->made[i].key.type == keys->make[i].type;
    return fits;
}

static enum err apply(struct audit *audit, const struct opened *opened,
    const struct govern *govern, const struct outcome *outcome)
{
    struct key made[LIMIT_MOTION_KEYS];
    for (size_t i = 0; i < outcome->made_count; i++)
        made[i] = outcome->made[i].key;
    enum err err = govern_apply(
        govern, audit->charter, &opened->items[0], made, outcome->order.index, audit->state);
    if (err == OK && govern->motion == MOTION_TIME)
        audit->newest = govern->time.time;
    if (err == OK && govern->motion == MOTION_CHARTER)
        err = audit_load_charter(audit, &opened->items[0].payload);
    return err;
}

enum err audit_carry_out(struct audit *audit, const struct opened *opened,
    const struct govern *govern, const struct outcome *outcome)
{
    if (strcmp(outcome->done, opened->items[0].role) != 0 ||
        outcome->done_number != opened->items[0].version)
        audit_find(audit, "R8", "it says that something else was done than was ordered");
    if (govern != NULL && made_fits(govern, outcome))
        return apply(audit, opened, govern, outcome);
    if (govern != NULL)
        audit_find(audit, "R18", "the keys that were made are not those that were asked for");
    return OK;
}
