// The audit: an auditor's check of a whole log without trusting the appliance. Records are added
// in log order; every one is read strictly and held against the rules that can be seen from the
// outside: founding signatures n of n, requesters' and approvers' signatures over the rebuilt
// statements, quorums counted, versions that only rise, every signature over its payload. Motions
// are judged and carried out here too, so the charter in force, freezes, keys and custodians are what
// the log makes them. At the end the Merkle root over all records must be the signed checkpoint's.
//
// The audit goes on after a finding, so that its report is whole. What the source does not have
// (payloads may be kept elsewhere) is counted, not a finding; but without the charter nothing can
// be verified, and that is one. A withdrawal leaves no signature in the log: who withdrew a
// request is the appliance's word. So is the time of records that it may write with a clock that is
// wrong (starts, freezes, a time motion's own): an auditor sees only that they stand where they stand.
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
    uint64_t kinds[AUDIT_KINDS]; // by enum record_kind
    uint64_t signatures;         // on payloads, verified
    uint64_t not_at_hand;        // texts, payloads and signatures that the source does not have
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
