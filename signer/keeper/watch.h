// The watch over the clock (R13): whether the appliance has time, and whether somebody set the
// clock. Pure: whoever calls has read the clocks.
//
// The appliance has time when its clock is not behind what is sealed, nor behind the newest record,
// by more than the charter's `clock`, and not ahead of what is sealed by more than its `jump`.
// Records that came in while there was no time because the clock was ahead do not count: else a
// clock that was wrong once and is right again would be behind them.
#ifndef CONCLAVE_SIGNER_KEEPER_WATCH_H
#define CONCLAVE_SIGNER_KEEPER_WATCH_H

#include "policy/charter.h"
#include "policy/state.h"

struct watch {
    moment newest; // of the records that count; 0: none yet
    bool waits;    // when it was last looked at there was no time
    bool running;  // `offset` is known
    int64_t
        offset; // seconds between the clock and the one that nobody sets, when last compared
};

// Takes the time of a record that stands in the log now.
void watch_note(struct watch *watch, const struct charter *charter, const struct state *state,
    moment record);
// A quorum stated the time: from now on only the state counts, and what comes.
void watch_restart(struct watch *watch);
// OK when there is time. ERR_REFUSED with R13 and what to do.
enum err must_check watch_check(const struct watch *watch, const struct charter *charter,
    const struct state *state, moment now, struct refusal *refusal);
// How many seconds the clock was set by since the last call, when that is more than `most`; else 0.
// `steady` are the seconds of a clock that nobody sets.
int64_t watch_step(struct watch *watch, moment now, int64_t steady, int64_t most);

#endif
