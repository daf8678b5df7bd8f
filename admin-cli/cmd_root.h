// A rotation: what the commands of the family `root` share. A repository of a verified house, its last
// root and the chain before it, and the plan over them. Nothing of it is kept between commands: each
// asks the appliance anew.
#ifndef CONCLAVE_ADMIN_CLI_CMD_ROOT_H
#define CONCLAVE_ADMIN_CLI_CMD_ROOT_H

#include "admin-cli/inquiry.h"
#include "admin-cli/scribe.h"
#include "client/plan.h"
#include "hsm/rack.h"

struct rotation {
    struct cli *cli;
    struct house *house;
    const struct repository *repository; // of the house's charter; NULL: it names none such
    struct bytes last;                   // the root signed last; empty: none yet
    struct plan_link chain[LIMIT_HISTORY];
    struct plan_case given;
    struct bytes payload; // the next root
    struct plan *plan;
    struct rack *rack; // tokens that are plugged in; NULL: nobody asked
};

// Each: STATUS_DONE, or the exit status after having said why.

// Connects and verifies the house. Ends with rotation_clear in any case.
int rotation_begin(struct rotation *rotation, struct cli *cli);
// Fetches the repository's last root. One that the charter does not name is refused by the plan.
int rotation_choose(struct rotation *rotation, const char *repository);
// Reads a payload from a file, and chooses the repository whose root it is.
int rotation_read(struct rotation *rotation, const char *path);
// Looks in the log for the roots before the last one.
int rotation_chain(struct rotation *rotation);
// Judges the payload and fills in the plan.
int rotation_plan(struct rotation *rotation);
// The words that approvers of the payload will see, judged and rendered by what opens requests.
// Above them stands the request itself, which there is not yet. Appended to `out`.
int rotation_render(const struct rotation *rotation, struct bytes *out);
void rotation_clear(struct rotation *rotation);

// The plan for people; and as members of a JSON object that is open.
void rotation_print(const struct rotation *rotation);
// Of that, who must sign.
void rotation_print_signers(const struct rotation *rotation, FILE *to);
void rotation_scribe(const struct rotation *rotation, struct scribe *scribe);
// The label of a plugged-in token that holds the administrator's key; NULL when none does.
const struct rack_token *rotation_token(
    const struct rotation *rotation, const struct administrator *administrator);
// How many custodians must approve, of those whose keys the threshold counts.
size_t rotation_custodians_needed(const struct plan_threshold *threshold);
// Appends "alice, bob": custodians whose keys count for the old threshold, the new one, or whose
// approval no threshold can do without.
enum rotation_names { ROTATION_OLD, ROTATION_NEW, ROTATION_MUST };
bool rotation_names_key(
    const struct plan *plan, const struct plan_key *key, enum rotation_names which);

#endif
