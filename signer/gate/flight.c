#include "signer/gate/flight.h"

// The place follows from the id, so that an answer finds it at once: an id is round * places + place.
struct flight *flight_start(struct flights *flights, struct client *client)
{
    for (size_t i = 0; i < LIMIT_CREDITS; i++) {
        uint64_t id = ++flights->last;
        struct flight *flight = &flights->at[id % LIMIT_CREDITS];
        if (flight->id != 0)
            continue;
        *flight = (struct flight){.id = id, .client = client};
        return flight;
    }
    return NULL;
}

struct flight *flight_find(struct flights *flights, uint64_t id)
{
    struct flight *flight = &flights->at[id % LIMIT_CREDITS];
    return id != 0 && flight->id == id && flight->written_at == 0 ? flight : NULL;
}

void flight_end(struct flight *flight)
{
    *flight = (struct flight){0};
}
