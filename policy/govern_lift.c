// The lift of a freeze: by the quorum of what is frozen.
#include "policy/govern_part.h"

#include <stdlib.h>

// Motions, and roles that are gone, have no quorum of their own.
static void decided_by_role(const struct charter *charter, const char *role, struct govern *out)
{
    if (charter_role(charter, role) == NULL)
        govern_decides_charter(out);
    else
        govern_decides_role(out, role);
}

// Each role decides once, for however many vehicles it was asked.
static void decided_by_items(
    const struct charter *charter, const struct request *request, struct govern *out)
{
    for (size_t i = 0; i < request->item_count; i++) {
        const struct role *role = charter_role(charter, request->items[i].role);
        if (role == NULL) {
            govern_decides_charter(out);
            return;
        }
        govern_decides_role(out, role->name);
    }
}

static enum err decided_by_request(
    const struct govern_case *given, struct govern *out, struct refusal *refusal)
{
    if (govern_evidence(given, 1, refusal) != OK)
        return ERR_REFUSED;
    struct hash id = request_id(given->evidence[0]);
    struct request *request = malloc(sizeof *request);
    if (request == NULL)
        return ERR_MEMORY;
    enum err err = OK;
    if (!hash_equal(&id, &out->lift.of.thing))
        err = refuse(refusal, "R1",
            "The file of evidence is not the text of the frozen request: send that, from its "
            "dossier.");
    else if (request_read(given->evidence[0], request) != OK)
        err = refuse(refusal, "R2",
            "What is frozen is no request, so nothing waits for this lift: leave it.");
    else
        decided_by_items(given->charter, request, out);
    free(request);
    return err;
}

static enum err decided_by(
    const struct govern_case *given, struct govern *out, struct refusal *refusal)
{
    if (out->lift.of.what == FREEZE_REQUEST)
        return decided_by_request(given, out, refusal);
    if (govern_evidence(given, 0, refusal) != OK)
        return ERR_REFUSED;
    if (out->lift.of.what == FREEZE_ROLE)
        decided_by_role(given->charter, out->lift.of.role, out);
    else
        govern_decides_charter(out);
    return OK;
}

enum err lift_motion_judge(
    const struct govern_case *given, struct govern *out, struct refusal *refusal)
{
    if (lift_motion_read(given->payload, &out->lift) != OK)
        return govern_no_form(given, refusal);
    const struct freeze_state *freeze = state_freeze(given->state, &out->lift.freeze);
    if (freeze == NULL)
        return refuse(refusal, "R7",
            "No freeze of this statement is in force: it was lifted already, or never was. "
            "Look at what is frozen now.");
    if (!freeze_of_equal(&freeze->of, &out->lift.of))
        return refuse(refusal, "R14",
            "The lift does not say what its freeze stops: write it as the freeze does.");
    return decided_by(given, out, refusal);
}

enum err lift_motion_apply(const struct govern_step *step, struct state *state)
{
    state_drop_freeze(state, &step->govern->lift.freeze);
    return OK;
}
