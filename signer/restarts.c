#include "signer/restarts.h"

enum { HOUR = 3600 };

bool restarts_take(struct restarts *restarts, int64_t now)
{
    // The slot that comes next holds the oldest of the newest GATE_RESTARTS_AN_HOUR.
    int64_t *slot = &restarts->at[restarts->count % GATE_RESTARTS_AN_HOUR];
    if (restarts->count >= GATE_RESTARTS_AN_HOUR && now - *slot < HOUR)
        return false;
    *slot = now;
    restarts->count++;
    return true;
}
