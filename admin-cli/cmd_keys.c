// conclave key generate, retire, destroy: motions about the keys in the appliance's token.
#include "admin-cli/commands.h"
#include "admin-cli/making.h"
#include "admin-cli/prefix.h"
#include "proto/name.h"

#include <stdlib.h>
#include <string.h>

// Reads one of the command's arguments into the motion.
typedef int add_argument(
    const struct making *making, const char *text, struct keys_motion *motion);

static int make_keys(struct making *making, add_argument *add, int first)
{
    struct bytes text;
    int status = STATUS_DONE;
    struct keys_motion *motion = calloc(1, sizeof *motion);
    if (motion == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    for (int i = first; status == STATUS_DONE && i < making->cli->argument_count; i++)
        status = add(making, making->cli->arguments[i], motion);
    motion->number = making->house->state->motions[MOTION_KEYS].number + 1;
    if (status == STATUS_DONE) {
        bytes_init(&text, LIMIT_RECORD);
        keys_motion_write(motion, &text);
        status = making_set(making, MOTION_KEYS, motion->number, &text);
    }
    free(motion);
    return status;
}

// ---- generate ----

// ROLE=TYPE or ROLE=TYPE:COUNT.
static int add_make(const struct making *making, const char *text, struct keys_motion *motion)
{
    struct keys_make make = {.type = KEY_NONE};
    const char *equals = strchr(text, '='), *colon = strrchr(text, ':');
    uint64_t count = 1;
    (void)making;
    size_t size = equals == NULL ? 0 : (size_t)(equals - text);
    if (size > 0 && role_name_is_good(span_of(text, size))) {
        size_t type = colon == NULL ? strlen(equals + 1) : (size_t)(colon - equals - 1);
        memcpy(make.role, text, size);
        make.type = key_type_from(span_of(equals + 1, type));
    }
    if (make.type == KEY_NONE)
        return cli_say(STATUS_LOCAL,
            "%s is not ROLE=TYPE or ROLE=TYPE:COUNT: write for example image/root=ed25519:2",
            text);
    if (colon != NULL && !options_number("COUNT", colon + 1, LIMIT_MOTION_KEYS, &count))
        return STATUS_LOCAL;
    if (count == 0)
        return cli_say(STATUS_LOCAL, "%s makes no key", text);
    for (uint64_t i = 0; i < count; i++) {
        if (motion->make_count == LIMIT_MOTION_KEYS)
            return cli_say(STATUS_LOCAL, "at most %d keys are made at once", LIMIT_MOTION_KEYS);
        motion->make[motion->make_count++] = make;
    }
    return STATUS_DONE;
}

static int make_generate(struct making *making)
{
    return make_keys(making, add_make, 0);
}

int cmd_key_generate(struct cli *cli, int argc, char **argv)
{
    return making_command(cli, make_generate, argc, argv);
}

// ---- retire, destroy ----

// The key of the role, in the charter or beside it, whose hash begins so.
static int find_key(
    const struct house *house, const char *role, const char *text, struct hash *out)
{
    const struct charter *charter = house->charter;
    struct prefix prefix;
    if (!prefix_read(text, PREFIX_LEAST, &prefix))
        return cli_say(STATUS_LOCAL,
            "\"%s\" is no key: give the 64 hex digits of its hash, or the first %d or more",
            text, PREFIX_LEAST);
    for (size_t i = 0; i < charter->key_count; i++)
        if (strcmp(charter->roles[charter->keys[i].role].name, role) == 0)
            (void)prefix_look(&prefix, &charter->keys[i].key.id);
    for (size_t i = 0; i < house->state->spare_count; i++)
        if (strcmp(house->state->spare[i].role, role) == 0)
            (void)prefix_look(&prefix, &house->state->spare[i].key.id);
    *out = prefix.found;
    if (prefix.count == 1)
        return STATUS_DONE;
    return cli_say(STATUS_LOCAL, "%s key of %s begins with %s: see `conclave key list`",
        prefix_words(&prefix), role, text);
}

static int find_name(const struct making *making, const char *text, struct keys_name *out)
{
    const char *role = making->cli->arguments[0];
    if (!role_name_is_good(span_text(role)))
        return cli_say(STATUS_LOCAL, "%s is no role: write for example image/root", role);
    memcpy(out->role, role, strlen(role) + 1);
    return find_key(making->house, role, text, &out->key);
}

// The motion's lines ascend.
static int insert(struct keys_name *names, size_t *count, const struct keys_name *name)
{
    size_t at = *count;
    for (size_t i = 0; i < at; i++)
        if (hash_equal(&names[i].key, &name->key))
            return cli_say(STATUS_LOCAL, "a key of %s is named twice", name->role);
    if (at == LIMIT_MOTION_KEYS)
        return cli_say(STATUS_LOCAL, "at most %d keys at once", LIMIT_MOTION_KEYS);
    while (at > 0 && span_compare(hash_span(&names[at - 1].key), hash_span(&name->key)) > 0) {
        names[at] = names[at - 1];
        at--;
    }
    names[at] = *name;
    (*count)++;
    return STATUS_DONE;
}

static int add_retire(const struct making *making, const char *text, struct keys_motion *motion)
{
    struct keys_name name = {.role = ""};
    int status = find_name(making, text, &name);
    return status == STATUS_DONE ? insert(motion->retire, &motion->retire_count, &name)
                                 : status;
}

static int add_destroy(
    const struct making *making, const char *text, struct keys_motion *motion)
{
    struct keys_name name = {.role = ""};
    int status = find_name(making, text, &name);
    return status == STATUS_DONE ? insert(motion->destroy, &motion->destroy_count, &name)
                                 : status;
}

static int make_retire(struct making *making)
{
    return make_keys(making, add_retire, 1);
}

static int make_destroy(struct making *making)
{
    return make_keys(making, add_destroy, 1);
}

int cmd_key_retire(struct cli *cli, int argc, char **argv)
{
    return making_command(cli, make_retire, argc, argv);
}

int cmd_key_destroy(struct cli *cli, int argc, char **argv)
{
    return making_command(cli, make_destroy, argc, argv);
}
