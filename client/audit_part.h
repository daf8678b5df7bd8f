// The audit's parts: what its checks share. One function checks the records of one kind; it adds
// findings, and returns an error only when the audit itself cannot go on.
#ifndef CONCLAVE_CLIENT_AUDIT_PART_H
#define CONCLAVE_CLIENT_AUDIT_PART_H

#include "client/audit.h"
#include "client/audit_last.h"
#include "client/audit_request.h"
#include "log/merkle.h"
#include "policy/chain.h"
#include "policy/govern.h"

// The earliest and the latest that a moment can be which only the vault knows.
struct audit_span {
    moment first;
    moment last;
};

// Time (R13), as the records show it.
struct audit_time {
    moment newest;            // of the records that count; 0: none yet
    moment newest_since;      // the same, from the last outcome on: what a start remembers
    struct audit_span sealed; // nothing is signed before it
    bool strayed;             // something was written without time, and nothing says so yet
    uint64_t strayed_at;      // that record
    bool told;                // a clock record says so
};

// The window of a role's rate (R17), as the records show it.
struct audit_window {
    char role[LIMIT_ROLE_NAME + 1];
    uint64_t used;           // versions in it: at least
    struct audit_span since; // when it began
    bool blurred;            // it may have begun anew, and nobody can say
};
struct audit_windows {
    struct audit_window at[LIMIT_ROLES];
    size_t count;
};

// What was judged last, and is to be carried out: the appliance has one order or freeze in flight at
// a time, so an outcome belongs to the newest.
struct audit_flight {
    bool stands; // there is one, and no outcome of it yet
    bool freezes;
    bool mandated; // under mandates: `order` and `opened` are filled in from the request's text
    struct place place;
    struct order order; // and what it is over:
    struct opened opened;
    struct frozen frozen;  // a freeze's
    struct govern *govern; // of a motion that holds; else NULL
    bool lost; // its bytes are not at hand; of one under mandates the request's text
};

struct audit {
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    const struct source *source;
    struct merkle_edge edge;
    struct place at; // of the record that is being checked
    struct founding founding;
    struct bytes founding_text;
    struct hash founding_leaf;
    struct charter *charter; // in force; NULL until founded, and when it is not at hand
    struct state *state;     // what the log makes it; its times are bounds (audit_state.c)
    uint64_t since_most;     // state->since, or as much as this if nobody can say what it is
    bool ends_unsure; // a time may have been set back, and every mandate until then have ended
    struct charter *charter_before; // before the last outcome; NULL: the same
    struct state *state_before;
    struct audit_time time;
    struct audit_windows windows;
    struct audit_flight flight;
    struct audit_requests *requests;
    struct audit_lasts *lasts;
    struct audit_report report;
};

// ---- audit.c ----
void audit_find(struct audit *audit, const char *rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// Nothing behind this record can be verified, and why: a finding.
void audit_lose(struct audit *audit, const char *why);
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
bool audit_same_place(const struct place *a, const struct place *b);

// ---- audit_founding.c ----
enum err must_check audit_founding(struct audit *audit, struct span text);
enum err must_check audit_founded(struct audit *audit, struct span text);

// ---- audit_time.c ----
// The charter's `clock`; the larger one, when the last outcome changed it.
int64_t audit_slack(const struct audit *audit);
// The time of a record that needs time; and of one that the appliance may write without.
void audit_timed(struct audit *audit, moment time);
void audit_untimed(struct audit *audit, moment time);
// Whichever it is, for a record of a request for this motion.
void audit_time_of(struct audit *audit, enum motion motion, moment time);
// A clock record says that the clock was wrong; the appliance came up.
void audit_told(struct audit *audit, moment time);
void audit_began(struct audit *audit, moment time);
// What was judged at that time was sealed; a motion stated the time.
void audit_sealed(struct audit *audit, moment time);
void audit_stated(struct audit *audit, moment time);
// Numbers may have been reserved then, and sealed with that time.
void audit_may_be_sealed(struct audit *audit, moment time);
// Whether somebody's clock says that there is no time, whatever else is not known.
bool audit_has_no_time(const struct audit *audit, moment time);

// ---- audit_open.c ----
// The charter under which it was opened: in force, or the one before; NULL for any other.
const struct charter *audit_under(const struct audit *audit, const struct opened *opened);
// Who stands behind a request; empty when the charter does not know.
const char *audit_person(const struct charter *charter, const struct opened *opened);
enum err must_check audit_opened(struct audit *audit, struct span text);

// ---- audit_reach.c ----
// R12: the reach lines are what payloads and charter give, as far as they are at hand.
enum err must_check audit_reach(struct audit *audit, const struct opened *opened);

// ---- audit_decision.c ----
enum err must_check audit_decision(struct audit *audit, struct span text);
enum err must_check audit_ended(struct audit *audit, struct span text);

// ---- audit_note.c: what the appliance writes about itself ----
enum err must_check audit_start(struct audit *audit, struct span text);
enum err must_check audit_refused(struct audit *audit, struct span text);
enum err must_check audit_gate(struct audit *audit, struct span text);
enum err must_check audit_stop(struct audit *audit, struct span text);
enum err must_check audit_clock(struct audit *audit, struct span text);
enum err must_check audit_quota(struct audit *audit, struct span text);

// ---- audit_freeze.c ----
enum err must_check audit_frozen(struct audit *audit, struct span text);
// The freeze in flight is in force.
enum err must_check audit_froze(struct audit *audit, const struct outcome *outcome);
// Whether a freeze in force may be one that the vault has forgotten: its request is no more.
bool audit_outlived(const struct audit *audit, const struct freeze_state *freeze);

// ---- audit_order.c ----
enum err must_check audit_order(struct audit *audit, struct span text);

// ---- audit_mandate.c ----
enum err must_check audit_mandated(struct audit *audit, struct span text);
// Whether the mandate in force covers an item of the flight, whose payload expires then.
void audit_covered(struct audit *audit, const struct item *item, moment expires);
// What the flight signed under mandates is remembered, and counted.
enum err must_check audit_use_mandates(struct audit *audit);

// ---- audit_motion.c ----
// Reads and judges the motion in flight; flight.govern stays NULL when its bytes are not at hand, or
// it does not hold, which is a finding.
enum err must_check audit_motion(struct audit *audit);
// Carries it out.
enum err must_check audit_carry_out(struct audit *audit, const struct outcome *outcome);

// ---- audit_keys.c ----
// Whether a key of a role may sign under the order in flight: not retired, and its custodian, if it
// has one, approved; and whether it does: when custodians add, only those sign that have not yet.
bool audit_may_sign(const struct audit *audit, const struct role_key *key);
bool audit_signs(const struct audit *audit, const struct role_key *key);
// R12: what signs under the order in flight reaches the thresholds; and there is something.
void audit_signers(struct audit *audit);
// Remembers which custodians' keys have signed, and says how many may still.
enum err must_check audit_remember_signers(struct audit *audit, uint64_t *missing);

// ---- audit_rate.c ----
// R17: whether the role's rate is surely used up. What its window is when the item was signed.
void audit_check_rate(struct audit *audit, const struct item *item);
void audit_move_window(struct audit *audit, const struct item *item);
// A stated time set back what lies behind it; surely, or perhaps.
void audit_windows_back(struct audit *audit, moment time, bool surely);
bool audit_same_window(const struct audit *audit, const struct role_state *sealed);

// ---- audit_outcome.c, audit_sign.c, audit_state.c ----
enum err must_check audit_outcome(struct audit *audit, struct span text);
// The signatures of an outcome, and what they do to the state.
enum err must_check audit_signed(struct audit *audit, const struct outcome *outcome);
// Whether the state that an outcome names is the audit's own.
enum err must_check audit_check_state(struct audit *audit, const struct outcome *outcome);

#endif
