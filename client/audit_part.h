// The audit's parts: what its checks share. One function checks the records of one kind; it adds
// findings, and returns an error only when the audit itself cannot go on.
#ifndef CONCLAVE_CLIENT_AUDIT_PART_H
#define CONCLAVE_CLIENT_AUDIT_PART_H

#include "client/audit.h"
#include "client/audit_request.h"
#include "log/merkle.h"
#include "policy/chain.h"
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
    struct charter *charter; // NULL until founded, and when it is not at hand
    struct state *state;     // what the log says was signed last
    struct audit_requests *requests;
    struct audit_report report;
};

void audit_find(struct audit *audit, const char *rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// R13: a record's time may lie behind the newest one's by the charter's clock at most.
void audit_clock(struct audit *audit, moment time);
// The bytes with this hash. `*here` says whether the source has them (if not, that is counted);
// bytes of another hash are a finding and not here.
enum err must_check audit_fetch(
    struct audit *audit, const struct hash *hash, struct bytes *out, bool *here);
// The request that a record is about, when it is open; NULL is a finding.
struct audit_request *audit_open_request(struct audit *audit, const struct hash *id);
// A record that cannot be read is a finding; says false then.
bool audit_form(struct audit *audit, enum err err);

// ---- audit_open.c ----
enum err must_check audit_opened(struct audit *audit, struct span text);
enum err must_check audit_decision(struct audit *audit, struct span text);
enum err must_check audit_ended(struct audit *audit, struct span text);
// ---- audit_sign.c ----
enum err must_check audit_order(struct audit *audit, struct span text);
enum err must_check audit_outcome(struct audit *audit, struct span text);

#endif
