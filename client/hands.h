// Hands: every byte that the opening of a request needs (metadata/opening.h), fetched by its hash:
// payloads, what they build on, the repositories' roots, evidence.
#ifndef CONCLAVE_CLIENT_HANDS_H
#define CONCLAVE_CLIENT_HANDS_H

#include "client/source.h"
#include "metadata/opening.h"

struct hands;

// Hands are large and live on the heap: NULL without memory.
struct hands *hands_new(void);
void hands_free(struct hands *hands); // takes NULL

// Fetches what the opening's request needs under its charter and state, and points the opening's
// payloads, previous, roots and evidence to it, for as long as the hands live. What the source says.
enum err must_check hands_fill(struct hands *hands, const struct source *source,
    struct opening_case *opening, struct refusal *refusal);

#endif
