// conclave policy: the policy file, before any key exists.
#include "admin-cli/commands.h"
#include "admin-cli/options.h"
#include "admin-cli/policy.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "client/source.h"

#include <stdlib.h>

int cmd_policy_check(struct cli *cli, int argc, char **argv)
{
    struct policy *policy = NULL;
    struct scribe scribe;
    int status;
    if (!options_read(cli, NULL, 0, argc, argv, &status))
        return status;
    status = policy_load(cli->arguments[0], &policy);
    if (status != STATUS_DONE)
        return status;
    status = policy_hold(cli->arguments[0], policy);
    policy_free(policy);
    if (status != STATUS_DONE)
        return status;
    if (!cli->json)
        return print_words(stdout, "The policy is good.\n"), STATUS_DONE;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_bool(&scribe, "good", true);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

static int load_objects(const char *path, struct objects *objects)
{
    struct bytes text;
    struct refusal refusal = {0};
    bytes_init(&text, LIMIT_OBJECTS);
    enum err err = source_read_file(path, &text, &refusal);
    if (err == OK && objects_read(bytes_span(&text), objects) != OK) {
        (void)refuse(&refusal, "", "%s is no list of a token's objects", path);
        err = ERR_FORM;
    }
    bytes_clear(&text);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

static int print_charter(const struct cli *cli, struct span text)
{
    struct scribe scribe;
    const struct hash hash = hash_of(text);
    if (!cli->json)
        return cli_bytes(text);
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_hash(&scribe, "charter", &hash);
    scribe_span(&scribe, "text", text);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

static int compile(const struct cli *cli, const char *path, const char *objects_path)
{
    struct policy *policy = NULL;
    struct bytes charter;
    struct objects *objects = calloc(1, sizeof *objects);
    bytes_init(&charter, LIMIT_CHARTER);
    int status = objects == NULL ? STATUS_LOCAL : load_objects(objects_path, objects);
    if (status == STATUS_DONE)
        status = policy_load(path, &policy);
    if (status == STATUS_DONE)
        status = policy_to_charter(path, policy, objects, &charter);
    if (status == STATUS_DONE)
        status = print_charter(cli, bytes_span(&charter));
    bytes_clear(&charter);
    policy_free(policy);
    free(objects);
    return status;
}

int cmd_policy_compile(struct cli *cli, int argc, char **argv)
{
    const char *objects = NULL;
    const struct option_rule rules[] = {
        {.name = "objects",
            .argument = "FILE",
            .help = "the list of the token's objects (init keys --out)",
            .needed = true,
            .text = &objects},
    };
    int status;
    if (!options_read(cli, rules, 1, argc, argv, &status))
        return status;
    return compile(cli, cli->arguments[0], objects);
}
