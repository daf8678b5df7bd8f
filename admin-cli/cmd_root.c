// What the commands of the family `root` share.
#include "admin-cli/cmd_root.h"

#include "client/source.h"

#include <string.h>

int rotation_begin(struct rotation *rotation, struct cli *cli)
{
    *rotation = (struct rotation){.cli = cli, .plan = plan_new()};
    bytes_init(&rotation->last, LIMIT_PAYLOAD);
    bytes_init(&rotation->payload, LIMIT_PAYLOAD);
    if (rotation->plan == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    return inquiry_house(cli, &rotation->house);
}

void rotation_clear(struct rotation *rotation)
{
    house_free(rotation->house);
    plan_free(rotation->plan);
    rack_free(rotation->rack);
    bytes_clear(&rotation->last);
    bytes_clear(&rotation->payload);
    *rotation = (struct rotation){.cli = rotation->cli};
}

static const struct role_state *last_root(
    const struct rotation *rotation, const char *repository)
{
    char name[LIMIT_ROLE_NAME + sizeof "/root"];
    (void)snprintf(name, sizeof name, "%.*s/root", LIMIT_NAME, repository);
    return state_role(rotation->house->state, name);
}

static int fetch_last(struct rotation *rotation, const char *repository)
{
    struct refusal refusal = {0};
    const struct role_state *last = last_root(rotation, repository);
    if (last == NULL)
        return STATUS_DONE;
    enum err err =
        conclave_blob(rotation->cli->conclave, &last->payload, &rotation->last, &refusal);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_DAEMON, err, &refusal);
}

int rotation_choose(struct rotation *rotation, const char *repository)
{
    const struct house *house = rotation->house;
    int status = fetch_last(rotation, repository);
    rotation->repository = charter_repository_named(house->charter, repository);
    rotation->given.charter = house->charter;
    rotation->given.state = house->state;
    rotation->given.repository = repository;
    rotation->given.last = bytes_span(&rotation->last);
    rotation->given.now = moment_now();
    return status;
}

int rotation_read(struct rotation *rotation, const char *path)
{
    struct refusal refusal = {0};
    const struct repository *repository = NULL;
    enum err err = source_read_file(path, &rotation->payload, &refusal);
    if (err == OK)
        err = plan_repository(
            rotation->house->charter, bytes_span(&rotation->payload), &repository, &refusal);
    return err == OK ? rotation_choose(rotation, repository->name)
                     : cli_fail(SIDE_LOCAL, err, &refusal);
}

int rotation_plan(struct rotation *rotation)
{
    struct refusal refusal = {0};
    enum err err =
        plan_read(&rotation->given, bytes_span(&rotation->payload), rotation->plan, &refusal);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

const struct rack_token *rotation_token(
    const struct rotation *rotation, const struct administrator *administrator)
{
    for (size_t i = 0; rotation->rack != NULL && i < rotation->rack->count; i++) {
        const struct rack_token *token = &rotation->rack->tokens[i];
        for (size_t k = 0; k < token->key_count; k++)
            if (token->keys[k].key.type != KEY_NONE &&
                hash_equal(&token->keys[k].key.id, &administrator->key.id))
                return token;
    }
    return NULL;
}

size_t rotation_custodians_needed(const struct plan_threshold *threshold)
{
    size_t here = threshold->itself + threshold->custodians;
    size_t need = (size_t)threshold->need < here ? (size_t)threshold->need : here;
    return need > threshold->itself ? need - threshold->itself : 0;
}

bool rotation_names_key(
    const struct plan *plan, const struct plan_key *key, enum rotation_names which)
{
    if (key->holder != PLAN_CUSTODIAN)
        return false;
    if (which == ROTATION_MUST)
        return plan_must(plan, key);
    return which == ROTATION_OLD ? plan->old.need > 0 && plan_counts_before(key)
                                 : plan_counts_after(key);
}
