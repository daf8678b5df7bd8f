// Whether the vault has time (R13): its clock is neither behind what is sealed and the newest record
// by more than the charter's `clock`, nor ahead of what is sealed by more than its `jump`. Pure.
#ifndef CONCLAVE_HSM_CLOCK_H
#define CONCLAVE_HSM_CLOCK_H

#include "policy/charter.h"
#include "policy/state.h"

// What a clock is held against. `newest`: of the records that came in while there was time, 0 for
// none.
struct clock {
    const struct charter *charter;
    const struct state *state;
    moment newest;
};

// ERR_REFUSED with R13 and what to do, when there is no time.
enum err must_check clock_check(const struct clock *clock, moment now, struct refusal *refusal);
bool clock_has_time(const struct clock *clock, moment now);
// Whether something may be signed now: there is time, and it is not before what is sealed, for a
// small correction does not take time away. ERR_REFUSED with R13.
enum err must_check clock_signs(const struct clock *clock, moment now, struct refusal *refusal);
// Whether a record's time is near now: within the charter's `clock` of it, before or behind.
bool clock_is_near(const struct charter *charter, moment time, moment now);
// Whether `now` fits the time that a motion states: not behind it by more than `clock`, not ahead
// of it by more than `jump`.
bool clock_fits(const struct charter *charter, moment stated, moment now);
// Whether a record of that time may have come in while there was time: one that is further ahead of
// what is sealed than `jump` did not, and the clock may go back behind it.
bool clock_counts(const struct clock *clock, moment time);

#endif
