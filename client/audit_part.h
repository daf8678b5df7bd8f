// The audit's parts: what its checks share. One function checks the records of one kind; it adds
// findings, and returns an error only when the audit itself cannot go on.
#ifndef CONCLAVE_CLIENT_AUDIT_PART_H
#define CONCLAVE_CLIENT_AUDIT_PART_H

#include "client/audit.h"
#include "client/audit_request.h"
#include "log/merkle.h"
#include "policy/chain.h"
#include "policy/govern.h"
#include "policy/state.h"

struct audit {
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    const struct source *source;
    struct merkle_edge edge;
    struct place at; // of the record that is being checked
    moment newest;   // time of the newest record
    struct founding founding;
    struct bytes founding_text;
    struct hash founding_leaf;
    struct charter *charter; // in force; NULL until founded, and when it is not at hand
    struct state *state;     // what the log makes it; times but those of motions are not known
    struct place frozen_at;  // the last frozen record, and what it says
    struct frozen frozen;
    struct audit_requests *requests;
    struct audit_report report;
};

void audit_find(struct audit *audit, const char *rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// R13: a record's time may lie behind the newest one's by the charter's clock at most.
void audit_clock(struct audit *audit, moment time);
// The time of a record that the appliance may write while it waits for time: remembered alone.
void audit_saw(struct audit *audit, moment time);
// The charter with this hash is in force from here on; NULL, a finding, when it is not at hand.
enum err must_check audit_load_charter(struct audit *audit, const struct hash *hash);
// The bytes with this hash. `*here` says whether the source has them (if not, that is counted);
// bytes of another hash are a finding and not here.
enum err must_check audit_fetch(
    struct audit *audit, const struct hash *hash, struct bytes *out, bool *here);
// The request that a record is about, when it is open; NULL is a finding.
struct audit_request *audit_open_request(struct audit *audit, const struct hash *id);
// A record that cannot be read is a finding; says false then.
bool audit_form(struct audit *audit, enum err err);

// ---- audit_open.c ----
// Who stands behind a request; empty when the charter in force does not know.
const char *audit_person(const struct audit *audit, const struct opened *opened);
enum err must_check audit_opened(struct audit *audit, struct span text);
enum err must_check audit_decision(struct audit *audit, struct span text);
enum err must_check audit_ended(struct audit *audit, struct span text);
// ---- audit_note.c: what the appliance writes about itself ----
enum err must_check audit_start(struct audit *audit, struct span text);
enum err must_check audit_refused(struct audit *audit, struct span text);
enum err must_check audit_gate(struct audit *audit, struct span text);
enum err must_check audit_stop(struct audit *audit, struct span text);
enum err must_check audit_clock_record(struct audit *audit, struct span text);
enum err must_check audit_quota(struct audit *audit, struct span text);
// ---- audit_freeze.c ----
enum err must_check audit_frozen(struct audit *audit, struct span text);
// The outcome of the last frozen record: it is in force.
enum err must_check audit_froze(struct audit *audit, const struct outcome *outcome);
// ---- audit_motion.c ----
// Reads and judges the motion of an opened record as of its order. `*out` stays NULL when its bytes
// are not at hand, or it does not hold, which is a finding. Ends with govern_free.
enum err must_check audit_motion(struct audit *audit, const struct opened *opened,
    const struct order *order, struct govern **out);
// Carries it out.
enum err must_check audit_carry_out(struct audit *audit, const struct opened *opened,
    const struct govern *govern, const struct outcome *outcome);
// ---- audit_keys.c ----
// Whether the key signs under an order: not retired; its custodian approved; not added before.
bool audit_signs(const struct audit *audit, const struct role_key *key,
    const struct opened *opened, const struct order *order);
// Remembers which custodians' keys have signed, and says how many may still.
enum err must_check audit_remember_signers(struct audit *audit, const struct opened *opened,
    const struct order *order, uint64_t index, uint64_t *missing);
// ---- audit_state.c ----
// Whether the state that an outcome names is the audit's own.
enum err must_check audit_check_state(struct audit *audit, const struct outcome *outcome);
// ---- audit_order.c, audit_outcome.c ----
enum err must_check audit_order(struct audit *audit, struct span text);
enum err must_check audit_outcome(struct audit *audit, struct span text);

#endif
