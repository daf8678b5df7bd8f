// What the files of the plan share. Nobody outside client/plan*.c includes this.
#ifndef CONCLAVE_CLIENT_PLAN_PART_H
#define CONCLAVE_CLIENT_PLAN_PART_H

#include "client/plan.h"

// A repository while its root is planned.
struct plan_view {
    const struct plan_case *given;
    const struct repository *repository;
    const struct role *role; // root
    struct tuf last;         // type TUF_NONE when there is none
    struct tuf next;         // for plan_read
};

// Finds the repository and reads the last root. NULL without memory or when it says why not.
struct plan_view *plan_view_new(
    const struct plan_case *given, enum err *err, struct refusal *refusal);
void plan_view_free(struct plan_view *view); // takes NULL

// The charter's line for a key; NULL: it names none such.
const struct role_key *plan_own_key(const struct charter *charter, const struct hash *identity);
// "image/targets", in the repository of the plan.
enum { PLAN_ROLE_NAME = LIMIT_ROLE_NAME + sizeof "timestamp" };
void plan_role_name(const struct plan_view *view, enum tuf_type type, char out[PLAN_ROLE_NAME]);
// Who can have the key sign for that role.
enum plan_holder plan_holder(const struct plan_view *view, enum tuf_type type,
    const struct hash *identity, const struct administrator **custodian);

// Fills in what devices will see, when everything else is filled in.
void plan_devices(const struct plan_view *view, struct plan *plan);

#endif
