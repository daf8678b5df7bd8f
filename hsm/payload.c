#include "hsm/payload.h"

#include <inttypes.h>
#include <string.h>

// What each dialect calls the type that a role signs. The last row stands for delegated roles too.
static const struct type {
    const char *role;
    const char *names[DIALECT_UPTANE + 1];
} types[] = {
    {"root", {[DIALECT_TUF] = "root", [DIALECT_UPTANE] = "Root"}},
    {"snapshot", {[DIALECT_TUF] = "snapshot", [DIALECT_UPTANE] = "Snapshot"}},
    {"timestamp", {[DIALECT_TUF] = "timestamp", [DIALECT_UPTANE] = "Timestamp"}},
    {"targets", {[DIALECT_TUF] = "targets", [DIALECT_UPTANE] = "Targets"}},
};

static const char *type_of_role(enum dialect dialect, const char *short_name)
{
    size_t i = 0;
    while (i + 1 < sizeof types / sizeof types[0] && strcmp(short_name, types[i].role) != 0)
        i++;
    return types[i].names[dialect];
}

enum err payload_check(const struct payload_of *of, struct span payload, struct scan *out,
    const char *rule, struct refusal *refusal)
{
    const char *name = of->item->role;
    enum dialect dialect = charter_repository(of->charter, of->role)->dialect;
    if (scan_payload(dialect, payload, out) != OK)
        return refuse(refusal, rule, "The payload of %s is not metadata.", name);
    if (strcmp(out->type, type_of_role(dialect, role_short_name(of->role))) != 0)
        return refuse(refusal, rule, "The payload of %s is of the type %s.", name, out->type);
    if (out->version != of->item->version)
        return refuse(
            refusal, rule, "The payload of %s is version %" PRIu64 ".", name, out->version);
    return OK;
}
