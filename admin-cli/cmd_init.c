// conclave init: the founding of an appliance, from generated keys to n of n signatures.
#include "admin-cli/commands.h"
#include "admin-cli/credential.h"
#include "admin-cli/file.h"
#include "admin-cli/founding.h"
#include "admin-cli/policy.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "log/checkpoint.h"
#include "proto/dsse.h"

#include <stdlib.h>
#include <string.h>

static int no_memory(void)
{
    return cli_say(STATUS_LOCAL, "out of memory");
}

// ---- keys ----

static enum err write_wishes(const struct policy *policy, struct bytes *out)
{
    struct wishes *wishes = calloc(1, sizeof *wishes);
    if (wishes == NULL)
        return ERR_MEMORY;
    (void)snprintf(wishes->origin, sizeof wishes->origin, "%s", policy_origin(policy));
    wishes->key_count = policy_wishes(policy, wishes->keys);
    wishes_write(wishes, out);
    free(wishes);
    return bytes_finish(out);
}

static int generate(
    struct cli *cli, const struct policy *policy, const char *out, struct refusal *refusal)
{
    struct bytes wishes;
    struct message ask = {.kind = ASK_FOUND_KEYS}, answer;
    bytes_init(&wishes, LIMIT_OBJECTS);
    enum err err = write_wishes(policy, &wishes);
    ask.found_keys.wishes = bytes_span(&wishes);
    if (err == OK)
        err = conclave_ask(cli->conclave, &ask, &answer, refusal);
    bytes_clear(&wishes);
    if (err != OK)
        return cli_fail(SIDE_DAEMON, err, refusal);
    if (out != NULL)
        err = file_write(out, answer.found_keys_are.objects, refusal);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, refusal);
}

static int print_objects(const struct cli *cli, const struct ceremony *ceremony)
{
    char grouped[PRINT_GROUPED];
    struct scribe scribe;
    if (!cli->json) {
        print_grouped(&ceremony->objects->log.id, grouped);
        print_words(stdout, "Log key   %s\n", grouped);
        for (size_t i = 0; i < ceremony->objects->key_count; i++)
            print_words(stdout, "%-24s %s\n", ceremony->objects->keys[i].role,
                key_type_text(ceremony->objects->keys[i].key.type));
        return STATUS_DONE;
    }
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_hash(&scribe, "log_key_hash", &ceremony->objects->log.id);
    scribe_array(&scribe, "keys");
    for (size_t i = 0; i < ceremony->objects->key_count; i++) {
        scribe_object(&scribe, NULL);
        scribe_text(&scribe, "role", ceremony->objects->keys[i].role);
        scribe_hash(&scribe, "key", &ceremony->objects->keys[i].key.id);
        scribe_object_end(&scribe);
    }
    scribe_array_end(&scribe);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

// ---- charter ----

static int hand_in(
    struct cli *cli, const char *path, const struct policy *policy, struct ceremony *ceremony)
{
    struct bytes charter;
    struct refusal refusal = {0};
    struct message ask = {.kind = ASK_FOUND_CHARTER}, answer;
    bytes_init(&charter, LIMIT_CHARTER);
    int status = policy_to_charter(path, policy, ceremony->objects, &charter);
    if (status == STATUS_DONE) {
        ask.found_charter.charter = bytes_span(&charter);
        enum err err = conclave_ask(cli->conclave, &ask, &answer, &refusal);
        if (err == OK)
            err = ceremony_read(ceremony, &answer, &refusal);
        if (err != OK)
            status = cli_fail(SIDE_DAEMON, err, &refusal);
    }
    bytes_clear(&charter);
    return status;
}

// ---- the steps ----

enum { STEP_KEYS = 1, STEP_CHARTER = 2 };

static int take_steps(struct cli *cli, unsigned steps, const char *path,
    const struct policy *policy, const char *out, struct ceremony *ceremony)
{
    struct refusal refusal = {0};
    int status = cli_connect(cli, false);
    if (status == STATUS_DONE && (steps & STEP_KEYS) != 0)
        status = generate(cli, policy, out, &refusal);
    if (status == STATUS_DONE)
        status = founding_fetch(cli, ceremony, true);
    if (status == STATUS_DONE && (steps & STEP_CHARTER) == 0)
        return print_objects(cli, ceremony);
    if (status == STATUS_DONE)
        status = hand_in(cli, path, policy, ceremony);
    return status == STATUS_DONE ? founding_print(cli, ceremony) : status;
}

// No key is made for a policy that breaks a rule: no charter would ever name it.
static int with_policy(struct cli *cli, unsigned steps, const char *path, const char *out)
{
    struct policy *policy = NULL;
    struct ceremony *ceremony = ceremony_new();
    if (ceremony == NULL)
        return no_memory();
    int status = policy_load(path, &policy);
    if (status == STATUS_DONE)
        status = policy_hold(path, policy);
    if (status == STATUS_DONE)
        status = take_steps(cli, steps, path, policy, out, ceremony);
    ceremony_free(ceremony);
    policy_free(policy);
    return status;
}

static int run_steps(struct cli *cli, unsigned steps, int argc, char **argv)
{
    const char *path = NULL, *out = NULL;
    const struct option_rule rules[] = {
        {.name = "policy",
            .argument = "FILE",
            .help = "the policy file",
            .needed = true,
            .text = &path},
        {.name = "out",
            .argument = "FILE",
            .help = "keep the list of the token's objects here",
            .text = &out},
    };
    int status;
    if (!options_read(cli, rules, (steps & STEP_KEYS) != 0 ? 2 : 1, argc, argv, &status))
        return status;
    return with_policy(cli, steps, path, out);
}

int cmd_init_keys(struct cli *cli, int argc, char **argv)
{
    return run_steps(cli, STEP_KEYS, argc, argv);
}

int cmd_init_charter(struct cli *cli, int argc, char **argv)
{
    return run_steps(cli, STEP_CHARTER, argc, argv);
}

int cmd_init_begin(struct cli *cli, int argc, char **argv)
{
    return run_steps(cli, STEP_KEYS | STEP_CHARTER, argc, argv);
}
