// conclave root plan: the next root, and what follows from it, before any key is touched.
#include "admin-cli/cmd_root.h"
#include "admin-cli/commands.h"
#include "admin-cli/credential.h"
#include "admin-cli/file.h"
#include "admin-cli/options.h"
#include "admin-cli/print.h"
#include "policy/duration.h"
#include "policy/key_file.h"

#include <stdlib.h>
#include <string.h>

struct wishes {
    const char *expires;
    const char *out;
    const char *module;
    struct option_values thresholds;
    struct option_values drops;
    struct option_values adds;
    struct plan_addition additions[OPTION_VALUES_MOST];
};

// ---- options ----

// The role before the equals sign, and what stands behind it; NULL for anything else.
static const char *read_role(const char *text, size_t *at)
{
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals[1] == 0)
        return NULL;
    for (*at = 0; *at < TUF_ROOT_ROLES; (*at)++)
        if (span_is(span_of(text, (size_t)(equals - text)), tuf_type_text(plan_role_at(*at))))
            return equals + 1;
    return NULL;
}

static int take_threshold(struct rotation *rotation, const char *text)
{
    size_t at;
    uint64_t value;
    const char *number = read_role(text, &at);
    if (number == NULL)
        return cli_say(STATUS_LOCAL,
            "--threshold %s is not ROLE=N: write for example root=3; roles are root, targets, "
            "snapshot, timestamp",
            text);
    if (!options_number("--threshold", number, CHARTER_THRESHOLD_MOST, &value))
        return STATUS_LOCAL;
    if (value == 0)
        return cli_say(STATUS_LOCAL, "--threshold %s: a threshold is at least 1", text);
    rotation->given.thresholds[at] = value;
    return STATUS_DONE;
}

static int take_drop(struct rotation *rotation, const char *text)
{
    static const char prefix[] = "sha256:";
    if (strncmp(text, prefix, strlen(prefix)) == 0)
        text += strlen(prefix);
    if (strlen(text) < PLAN_PREFIX_LEAST)
        return cli_say(STATUS_LOCAL, "--drop %s: give at least %d digits of a key id", text,
            PLAN_PREFIX_LEAST);
    rotation->given.drops[rotation->given.drop_count++] = text;
    return STATUS_DONE;
}

static int take_addition(struct wishes *wishes, size_t at, const char *text)
{
    struct policy_fault fault = {0};
    size_t role;
    const char *file = read_role(text, &role);
    if (file == NULL)
        return cli_say(STATUS_LOCAL,
            "--add %s is not ROLE=FILE: write for example root=other.pem; roles are root, "
            "targets, snapshot, timestamp",
            text);
    wishes->additions[at].role = plan_role_at(role);
    if (key_file_read(".", file, &wishes->additions[at].key, &fault) != OK)
        return cli_say(STATUS_LOCAL, "%s: %s", file, fault.sentence);
    return STATUS_DONE;
}

static int take_expires(struct rotation *rotation, const char *text)
{
    if (text == NULL ||
        (duration_read(text, &rotation->given.seconds) && rotation->given.seconds > 0 &&
            rotation->given.seconds <= CHARTER_EXPIRY_MOST))
        return STATUS_DONE;
    return cli_say(STATUS_LOCAL,
        "--expires %s is no duration that a root may have: write for example 365d", text);
}

static int take(struct rotation *rotation, struct wishes *wishes)
{
    int status = take_expires(rotation, wishes->expires);
    for (size_t i = 0; status == STATUS_DONE && i < wishes->thresholds.count; i++)
        status = take_threshold(rotation, wishes->thresholds.at[i]);
    for (size_t i = 0; status == STATUS_DONE && i < wishes->drops.count; i++)
        status = take_drop(rotation, wishes->drops.at[i]);
    for (size_t i = 0; status == STATUS_DONE && i < wishes->adds.count; i++)
        status = take_addition(wishes, i, wishes->adds.at[i]);
    rotation->given.additions = wishes->additions;
    rotation->given.addition_count = wishes->adds.count;
    return status;
}

// ---- the plan ----

static int make(struct rotation *rotation)
{
    struct refusal refusal = {0};
    enum err err = plan_make(&rotation->given, &rotation->payload, &refusal);
    return err == OK ? rotation_plan(rotation) : cli_fail(SIDE_LOCAL, err, &refusal);
}

static int print_json(const struct rotation *rotation, bool reachable, const char *out)
{
    struct scribe scribe;
    struct hash payload = hash_of(bytes_span(&rotation->payload));
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    rotation_scribe(rotation, &scribe);
    scribe_bool(&scribe, "reachable", reachable);
    scribe_hash(&scribe, "payload", &payload);
    if (reachable && out != NULL)
        scribe_text(&scribe, "draft", out);
    else
        scribe_null(&scribe, "draft");
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

// The next step is named where a person reads.
static void print_next(const struct rotation *rotation, const char *out)
{
    if (rotation->cli->json)
        return;
    if (out == NULL)
        print_words(stderr, "Nothing was written: --out FILE writes the draft.\n");
    else
        print_words(stderr,
            "%s is the draft. To ask for its signatures: conclave root sign %s\n", out, out);
}

static int finish(const struct rotation *rotation, const char *out)
{
    struct refusal refusal = {0}, missing = {0};
    enum err reachable = plan_reachable(rotation->plan, &missing);
    enum err err = OK;
    if (reachable == OK && out != NULL)
        err = file_write(out, bytes_span(&rotation->payload), &refusal);
    if (err != OK)
        return cli_fail(SIDE_LOCAL, err, &refusal);
    int status = STATUS_DONE;
    if (rotation->cli->json)
        status = print_json(rotation, reachable == OK, out);
    else
        rotation_print(rotation);
    if (status == STATUS_DONE && reachable != OK)
        return cli_fail(SIDE_LOCAL, reachable, &missing);
    if (status == STATUS_DONE)
        print_next(rotation, out);
    return status;
}

static int run(struct cli *cli, struct wishes *wishes)
{
    struct rotation rotation;
    int status = rotation_begin(&rotation, cli);
    if (status == STATUS_DONE)
        status = take(&rotation, wishes);
    if (status == STATUS_DONE && wishes->module != NULL)
        status = credential_rack(wishes->module, &rotation.rack);
    if (status == STATUS_DONE)
        status = rotation_choose(&rotation, cli->arguments[0]);
    if (status == STATUS_DONE)
        status = rotation_chain(&rotation);
    if (status == STATUS_DONE)
        status = make(&rotation);
    if (status == STATUS_DONE)
        status = finish(&rotation, wishes->out);
    rotation_clear(&rotation);
    return status;
}

int cmd_root_plan(struct cli *cli, int argc, char **argv)
{
    struct wishes *wishes = calloc(1, sizeof *wishes);
    if (wishes == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    const struct option_rule options[] = {
        {.name = "expires",
            .argument = "DURATION",
            .help = "how long the root is valid; a year, or what the charter allows",
            .text = &wishes->expires},
        {.name = "threshold",
            .argument = "ROLE=N",
            .help = "the threshold of a role; as it was when it is not given",
            .values = &wishes->thresholds},
        {.name = "drop",
            .argument = "KEY",
            .help = "a key that the next root shall not list, by its first digits",
            .values = &wishes->drops},
        {.name = "add",
            .argument = "ROLE=FILE",
            .help = "a key of another appliance, as PEM",
            .values = &wishes->adds},
        {.name = "module",
            .argument = "PATH",
            .help = "tells which custodians' tokens are plugged in",
            .text = &wishes->module},
        {.name = "out",
            .argument = "FILE",
            .help = "write the draft here",
            .text = &wishes->out},
    };
    int status;
    if (options_read(cli, options, sizeof options / sizeof options[0], argc, argv, &status))
        status = run(cli, wishes);
    free(wishes);
    return status;
}
