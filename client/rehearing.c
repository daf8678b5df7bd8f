#include "client/rehearing.h"

#include "client/fault.h"
#include "client/hands.h"
#include "metadata/render.h"
#include "policy/decide.h"
#include "policy/govern.h"

#include <stdio.h>
#include <stdlib.h>

enum err rehearing_state(
    const struct house *house, const struct charter *draft, struct state *out)
{
    struct item item = {.version = draft->epoch, .payload = draft->hash};
    const struct govern_deed deed = {.item = &item, .order = house->state->order.index};
    struct govern *govern = govern_new();
    if (govern == NULL)
        return ERR_MEMORY;
    govern->motion = MOTION_CHARTER;
    govern->charter = charter_new();
    enum err err = govern->charter == NULL ? ERR_MEMORY : OK;
    (void)snprintf(item.role, sizeof item.role, "%s", motion_role(MOTION_CHARTER));
    *out = *house->state;
    if (err == OK) {
        *govern->charter = *draft;
        err = govern_apply(govern, house->charter, &deed, out);
    }
    govern_free(govern);
    return err;
}

// What is taken from the dossier.
struct heard {
    struct request request;
    struct opened before; // the newest opening
    struct opened now;
    struct vote rejections[LIMIT_DECISIONS];
    size_t rejection_count;
    struct bytes rendering;
};

static enum err read_dossier(
    const struct message *dossier, struct heard *heard, struct refusal *refusal)
{
    const struct entry_list *decisions = &dossier->dossier.decisions;
    if (request_read(dossier->dossier.request, &heard->request) != OK ||
        opened_read(dossier->dossier.opened.text, &heard->before) != OK)
        return fault(ERR_FORM, refusal, "the appliance shows a request that cannot be read");
    for (uint32_t i = 0; i < decisions->count && i < LIMIT_DECISIONS; i++) {
        struct decided decided;
        if (decided_read(decisions->at[i].text, &decided) != OK)
            return fault(ERR_FORM, refusal, "record %llu is no decision",
                (unsigned long long)decisions->at[i].index);
        if (decided.decision == DECISION_REJECT)
            heard->rejections[heard->rejection_count++] =
                (struct vote){decided.approver, DECISION_REJECT};
    }
    return OK;
}

static enum err find_asking(const struct rehearing_case *given, const struct request *request,
    struct asking *out, struct refusal *refusal)
{
    bool motion = motion_of(request->items[0].role) != MOTION_NONE;
    if (charter_asking(given->charter, &request->requester, motion, out))
        return OK;
    return refuse(refusal, "R21", "whoever asked is not in the new charter");
}

// A rejection stands for the request, whatever charter it was given under.
static enum err check_reachable(const struct rehearing_case *given, const struct heard *heard,
    const struct asking *asking, struct refusal *refusal)
{
    struct ballot ballot = {
        .charter = given->charter,
        .opened = &heard->now,
        .person = asking->person,
        .votes = heard->rejections,
        .vote_count = heard->rejection_count,
    };
    if (decide(&ballot) != VERDICT_IMPOSSIBLE)
        return OK;
    return refuse(refusal, "R5",
        "so many administrators rejected it, or could no longer sign, that its quorum could no "
        "longer be reached");
}

static enum err hear(const struct rehearing_case *given, const struct hash *id,
    struct heard *heard, struct hands *hands, struct refusal *refusal)
{
    struct asking asking;
    struct opening_case opening = {
        .charter = given->charter,
        .charter_text = given->charter_text,
        .state = given->state,
        .appliance = given->log->id,
        .id = *id,
        .request = &heard->request,
        .signature = span_of(heard->before.signature, heard->before.signature_size),
        .time = given->now,
    };
    enum err err = find_asking(given, &heard->request, &asking, refusal);
    if (err == OK) {
        err = hands_fill(hands, given->source, &opening, refusal);
        // That the appliance has no such bytes ends no request.
        err = err == ERR_REFUSED ? ERR_NOT_FOUND : err;
    }
    if (err == OK)
        err = opening_make(&opening, &heard->now, &heard->rendering, refusal);
    return err == OK ? check_reachable(given, heard, &asking, refusal) : err;
}

enum err rehearing_run(const struct rehearing_case *given, const struct hash *id,
    const struct message *dossier, struct refusal *refusal)
{
    struct heard *heard = calloc(1, sizeof *heard);
    struct hands *hands = hands_new();
    enum err err = heard == NULL || hands == NULL ? ERR_MEMORY : OK;
    if (err == OK)
        err = read_dossier(dossier, heard, refusal);
    if (err == OK) {
        bytes_init(&heard->rendering, RENDER_MOST);
        err = hear(given, id, heard, hands, refusal);
        bytes_clear(&heard->rendering);
    }
    hands_free(hands);
    free(heard);
    return err;
}
