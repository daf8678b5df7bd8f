// The audit: an auditor's check of a whole log without trusting the appliance. Records are added
// in log order; every one is read strictly and held against the rules that can be seen from the
// outside: founding signatures n of n, requesters' and approvers' signatures over the rebuilt
// statements, quorums counted, delays and rates, versions that only rise, every signature over its
// payload. Motions are judged and carried out here too, so the charter in force, freezes, keys and
// custodians are what the log makes them, and where the state that an outcome names is at hand, it
// says the same. At the end the Merkle root over all records must be the signed checkpoint's.
//
// The audit goes on after a finding, so that its report is whole. What the source does not have
// (payloads may be kept elsewhere) is counted, not a finding; but without a charter, or a motion
// that was carried out, what follows cannot be verified, and that is one. A withdrawal leaves no
// signature in the log: who withdrew a request is the appliance's word. What approvers were shown is
// not rendered again: each of them has compared it.
//
// Time (R13). When things happened is the appliance's word too; the audit sees whether its words go
// together. Nothing that needs time (an opened record, a decision, an end, an order; but for a
// motion's about the time) may lie behind the records before it, or behind what was sealed, by more
// than the charter's `clock`, nor ahead of what was sealed by more than its `jump`: only a motion of
// the time that was carried out ends that. What the appliance writes without time as well (starts,
// stops, freezes, refusals, outcomes after a crash, the motion of the time itself) may lie anywhere;
// but within one run a clock record must say that the clock was wrong, before the next thing that
// needs time. The sealed time itself is known to the charter's `clock` only, unless a motion stated
// it or the state is at hand; where that makes a rule uncertain (a rate's window, what a stated time
// set back), only what is certain is found.
//
// Mandates. What was signed under one is held against it, payload by payload as far as those are at
// hand. How many numbers the vault reserved, up to which version, and when it sealed that, only its state
// says: the log's own count is a lower bound, and a role goes on above what the log shows.
//
// What the appliance had not heard yet: a record may have been written before its writer knew the
// last outcome. So the charter and the state before it are taken for openings and votes too; no
// order is.
#ifndef CONCLAVE_CLIENT_AUDIT_H
#define CONCLAVE_CLIENT_AUDIT_H

#include "client/source.h"
#include "log/checkpoint.h"
#include "proto/record.h"

struct audit;

// The record where it shows, the rule that does not hold, and one sentence.
struct audit_finding {
    uint64_t index;
    struct refusal what;
};

// Findings that a report keeps; more are only counted. A log with so many has no need of the rest.
enum { AUDIT_FINDINGS_MOST = 100, AUDIT_KINDS = RECORD_QUOTA + 1 };

struct audit_report {
    uint64_t records;
    uint64_t kinds[AUDIT_KINDS];    // by enum record_kind
    uint64_t requests;              // of metadata, signed
    uint64_t additions;             // outcomes with which custodians added to one of them
    uint64_t signatures;            // on payloads, verified
    uint64_t under_mandates;        // of them, without anybody's approval
    uint64_t motions[MOTION_KINDS]; // carried out, by enum motion
    uint64_t freezes;               // put in force
    uint64_t in_force;              // of them, still
    uint64_t epoch;                 // of the charter in force; 0 when it is not known
    uint64_t not_at_hand; // texts, payloads and signatures that the source does not have
    uint64_t finding_count;
    struct audit_finding findings[AUDIT_FINDINGS_MOST];
};

// An audit of the log of this origin and key. The source is borrowed. NULL without memory.
struct audit *audit_new(const char *origin, const struct key *log, const struct source *source);
void audit_free(struct audit *audit); // takes NULL

// Adds the next record. Only ERR_MEMORY and errors of the source's reading end an audit.
enum err must_check audit_record(struct audit *audit, struct span text);
// Holds the tree of all records against a checkpoint that the log key signed.
void audit_end(struct audit *audit, const struct checkpoint *checkpoint);
// Borrowed from the audit.
const struct audit_report *audit_report(const struct audit *audit);

#endif
