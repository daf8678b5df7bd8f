// A rehearing: what would become of an open request under a charter that is not in force yet. When
// a charter is put in force, the appliance hears every open request anew under it; here the same is
// computed before anybody approves that charter.
#ifndef CONCLAVE_CLIENT_REHEARING_H
#define CONCLAVE_CLIENT_REHEARING_H

#include "client/house.h"
#include "client/source.h"

// What a request is heard by. All borrowed.
struct rehearing_case {
    const struct key *log;
    const struct charter *charter; // the next one
    struct span charter_text;
    const struct state *state; // as it will be: rehearing_state
    const struct source *source;
    moment now;
};

// The house's state once the drafted charter is in force. ERR_LIMIT, ERR_MEMORY.
enum err must_check rehearing_state(
    const struct house *house, const struct charter *draft, struct state *out);

// Hears the request of a dossier anew (whose inclusion proof conclave_dossier has verified). The
// dossier's spans are used up before the source is asked for anything. OK: it stays open and must be
// approved anew; ERR_REFUSED: it ends, and `refusal` says why. Else what the source says, ERR_FORM,
// ERR_MEMORY.
enum err must_check rehearing_run(const struct rehearing_case *given, const struct hash *id,
    const struct message *dossier, struct refusal *refusal);

#endif
