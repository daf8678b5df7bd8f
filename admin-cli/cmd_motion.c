// conclave lift, conclave time state: motions whose text is made from a word or two.
#include "admin-cli/commands.h"
#include "admin-cli/making.h"
#include "admin-cli/prefix.h"

// ---- lift ----

// A freeze in force whose id begins so. NULL (and said) when there is not exactly one.
static const struct freeze_state *find_freeze(const struct state *state, const char *text)
{
    const struct freeze_state *found = NULL;
    struct prefix prefix;
    if (!prefix_read(text, 1, &prefix)) {
        (void)cli_say(STATUS_LOCAL, "\"%s\" is no freeze: see `conclave freeze list`", text);
        return NULL;
    }
    for (size_t i = 0; i < state->freeze_count; i++)
        if (prefix_look(&prefix, &state->freezes[i].statement))
            found = &state->freezes[i];
    if (prefix.count == 1)
        return found;
    (void)cli_say(STATUS_LOCAL, "%s freeze in force begins with %s: see `conclave freeze list`",
        prefix_words(&prefix), text);
    return NULL;
}

// A frozen request's text shows whose quorums decide.
static int add_request(struct making *making, const struct hash *request)
{
    struct refusal refusal = {0};
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    enum err err = conclave_blob(making->cli->conclave, request, &text, &refusal);
    int status = err == OK ? making_evidence(making, bytes_span(&text))
                           : cli_fail(SIDE_DAEMON, err, &refusal);
    bytes_clear(&text);
    return status;
}

static int make_lift(struct making *making)
{
    const struct freeze_state *freeze =
        find_freeze(making->house->state, making->cli->arguments[0]);
    if (freeze == NULL)
        return STATUS_LOCAL;
    struct lift_motion lift = {.freeze = freeze->statement, .of = freeze->of};
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    lift_motion_write(&lift, &text);
    int status = making_set(making, MOTION_LIFT, 1, &text);
    if (status == STATUS_DONE && lift.of.what == FREEZE_REQUEST)
        status = add_request(making, &lift.of.thing);
    return status;
}

int cmd_lift(struct cli *cli, int argc, char **argv)
{
    return making_command(cli, make_lift, argc, argv);
}

// ---- time ----

static int make_time(struct making *making)
{
    struct time_motion time = {
        .number = making->house->state->motions[MOTION_TIME].number + 1, .time = moment_now()};
    struct bytes text;
    if (making->cli->argument_count == 1 &&
        moment_read(span_text(making->cli->arguments[0]), &time.time) != OK)
        return cli_say(STATUS_LOCAL, "%s is no time: write it in UTC, as 2026-11-22T08:00:00Z",
            making->cli->arguments[0]);
    bytes_init(&text, LIMIT_RECORD);
    time_motion_write(&time, &text);
    return making_set(making, MOTION_TIME, time.number, &text);
}

int cmd_time_state(struct cli *cli, int argc, char **argv)
{
    return making_command(cli, make_time, argc, argv);
}
