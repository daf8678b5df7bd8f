// The rows of the table in hsm/judge.h. Each looks at one thing, and at what the rows before it
// have found: where something is missing because a row was left out, it is ERR_NOT_FOUND.
#ifndef CONCLAVE_HSM_JUDGE_ROW_H
#define CONCLAVE_HSM_JUDGE_ROW_H

#include "hsm/judge.h"

typedef enum err judge_check(
    struct judgement *judged, const char *rule, struct refusal *refusal);

// judge_asked.c
judge_check judge_check_form;
judge_check judge_check_place;
judge_check judge_check_appliance;
judge_check judge_check_charter;
judge_check judge_check_id;
judge_check judge_check_items;
judge_check judge_check_payloads;
// judge_motion.c
judge_check judge_check_alone;
judge_check judge_check_evidence;
judge_check judge_check_motion;
judge_check judge_check_decides;
judge_check judge_check_frozen;
judge_check judge_check_since;
// judge_payload.c
judge_check judge_check_roles;
judge_check judge_check_scan;
judge_check judge_check_payload_expiry;
judge_check judge_check_previous;
judge_check judge_check_version;
judge_check judge_check_rate;
// judge_keys.c
judge_check judge_check_keys;
judge_check judge_check_signers;
judge_check judge_check_reach;
judge_check judge_check_adds;
// judge_time.c
judge_check judge_check_clock;
judge_check judge_check_expiry;
judge_check judge_check_within;
judge_check judge_check_delay;
judge_check judge_check_earliest;
judge_check judge_check_near;
// judge_person.c
judge_check judge_check_requester;
judge_check judge_check_requester_signature;
judge_check judge_check_records;
judge_check judge_check_approvals;
judge_check judge_check_quorum;

#endif
