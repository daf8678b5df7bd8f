#include "admin-cli/policy.h"

#include "admin-cli/file.h"
#include "client/source.h"

#include <libgen.h>
#include <string.h>

int policy_say(const char *path, const struct policy_fault *fault)
{
    const char *colon = fault->path[0] == 0 ? "" : ": ";
    if (fault->line == 0)
        return cli_say(STATUS_LOCAL, "%s: %s%s%s", path, fault->path, colon, fault->sentence);
    return cli_say(STATUS_LOCAL, "%s:%u:%u: %s%s%s", path, fault->line, fault->column,
        fault->path, colon, fault->sentence);
}

int policy_load(const char *path, struct policy **out)
{
    struct bytes yaml;
    struct refusal refusal = {0};
    struct policy_fault fault = {0};
    char copy[FILE_PATH];
    *out = NULL;
    if ((size_t)snprintf(copy, sizeof copy, "%s", path) >= sizeof copy)
        return cli_say(STATUS_LOCAL, "the path of the policy file is too long");
    bytes_init(&yaml, LIMIT_POLICY);
    enum err err = source_read_file(path, &yaml, &refusal);
    if (err != OK) {
        bytes_clear(&yaml);
        return cli_fail(SIDE_LOCAL, err, &refusal);
    }
    err = policy_read(bytes_span(&yaml), dirname(copy), out, &fault);
    bytes_clear(&yaml);
    return err == OK ? STATUS_DONE : policy_say(path, &fault);
}

int policy_hold(const char *path, const struct policy *policy)
{
    struct policy_fault fault = {0};
    enum err err = policy_check(policy, &fault);
    return err == OK ? STATUS_DONE : policy_say(path, &fault);
}

int policy_to_charter(const char *path, const struct policy *policy,
    const struct objects *objects, struct bytes *charter)
{
    struct policy_fault fault = {0};
    enum err err = policy_compile(
        policy, &objects->log, objects->keys, objects->key_count, charter, &fault);
    return err == OK ? STATUS_DONE : policy_say(path, &fault);
}
