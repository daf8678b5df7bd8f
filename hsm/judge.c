#include "hsm/judge_row.h"

#include <string.h>

const struct judge_row judge_table[] = {
    {"R6", "the order's form", false, judge_check_form},
    {"R4", "the opened record's place", false, judge_check_place},
    {"R4", "the appliance", false, judge_check_appliance},
    {"R7", "epoch and charter", false, judge_check_charter},
    {"R1", "the request's id", false, judge_check_id},
    {"R21", "the requester", false, judge_check_requester},
    {"R3", "the requester's signature", false, judge_check_requester_signature},
    {"R4", "the items", false, judge_check_items},
    {"R1", "the payloads' hashes", false, judge_check_payloads},
    {"R2", "the roles", false, judge_check_roles},
    {"R18", "the roles' keys", false, judge_check_keys},
    {"R2", "type and version", false, judge_check_scan},
    {"R6", "the payloads' expiry", true, judge_check_payload_expiry},
    {"R12", "previous", false, judge_check_previous},
    {"R12", "the versions' chain", false, judge_check_version},
    {"R6", "the request's expiry", true, judge_check_expiry},
    {"R4", "earliest signing", true, judge_check_earliest},
    {"R4", "times near the clock", false, judge_check_near},
    {"R13", "the clock", true, judge_check_clock},
    {"R4", "the approvals' places", false, judge_check_records},
    {"R3", "the approvals", false, judge_check_approvals},
    {"R5", "the quorum", false, judge_check_quorum},
};
const size_t judge_rows = sizeof judge_table / sizeof judge_table[0];

enum err judge_by(const struct judge_row *rows, size_t count, struct judgement *judged,
    bool again, struct refusal *refusal)
{
    for (size_t i = 0; i < count; i++) {
        if (again && !rows[i].again)
            continue;
        enum err err = rows[i].check(judged, rows[i].rule, refusal);
        if (err != OK)
            return err;
    }
    return OK;
}

enum err judge(struct judgement *judged, bool again, struct refusal *refusal)
{
    enum err err = judge_by(judge_table, judge_rows, judged, again, refusal);
    if (err == OK && !again)
        judged->first = judged->now;
    return err;
}

enum err judge_next(
    const struct judgement *judged, const struct place *order, struct state *next)
{
    *next = *judged->state;
    next->time = judged->now;
    next->has_order = true;
    next->order = *order;
    enum err err = OK;
    for (size_t i = 0; err == OK && i < judged->opened.item_count; i++) {
        const struct item *item = &judged->opened.items[i];
        struct role_state last = {.version = item->version,
            .payload = item->payload,
            .expires = judged->scans[i].expires};
        memcpy(last.role, item->role, sizeof last.role);
        err = state_set(next, &last);
    }
    return err;
}
