#include "hsm/judge_row.h"

#include <string.h>

// The clock comes before all that it decides: without time nothing is called too late.
const struct judge_row judge_table[] = {
    {"R6", "the order's form", false, judge_check_form},
    {"R4", "the opened record's place", false, judge_check_place},
    {"R4", "the appliance", false, judge_check_appliance},
    {"R7", "epoch and charter", false, judge_check_charter},
    {"R1", "the request's id", false, judge_check_id},
    {"R2", "a motion alone", false, judge_check_alone},
    {"R21", "the requester", false, judge_check_requester},
    {"R3", "the requester's signature", false, judge_check_requester_signature},
    {"R4", "the items", false, judge_check_items},
    {"R1", "the payloads' hashes", false, judge_check_payloads},
    {"R1", "the evidence's hashes", false, judge_check_evidence},
    {"R2", "the roles", false, judge_check_roles},
    {"R18", "the roles' keys", false, judge_check_keys},
    {"R2", "the motion", false, judge_check_motion},
    {"R7", "who decides", false, judge_check_decides},
    {"R13", "the clock", true, judge_check_clock},
    {"R13", "times set back", false, judge_check_since},
    {"R6", "freezes", false, judge_check_frozen},
    {"R2", "type and version", false, judge_check_scan},
    {"R6", "the payloads' expiry", true, judge_check_payload_expiry},
    {"R12", "previous", false, judge_check_previous},
    {"R12", "the versions' chain", false, judge_check_version},
    {"R6", "the request's expiry", true, judge_check_expiry},
    {"R6", "the time for approvals", false, judge_check_within},
    {"R4", "the delay", false, judge_check_delay},
    {"R13", "earliest signing", true, judge_check_earliest},
    {"R13", "times near the clock", false, judge_check_near},
    {"R17", "the rate", false, judge_check_rate},
    {"R4", "the approvals' places", false, judge_check_records},
    {"R3", "the approvals", false, judge_check_approvals},
    {"R5", "the quorum", false, judge_check_quorum},
    {"R12", "keys that may sign", false, judge_check_signers},
    {"R12", "the thresholds' reach", false, judge_check_reach},
    {"R12", "what is added to", false, judge_check_adds},
};
const size_t judge_rows = sizeof judge_table / sizeof judge_table[0];

void judge_clear(struct judgement *judged)
{
    govern_free(judged->govern);
    judged->govern = NULL;
}

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
