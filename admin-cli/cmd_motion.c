// conclave lift, conclave time state: motions whose text is made from a word or two.
#include "admin-cli/commands.h"
#include "admin-cli/inquiry.h"
#include "admin-cli/print.h"
#include "admin-cli/submission.h"

#include <string.h>

// A motion that is being made. Everything but `submission` is for reading.
struct making {
    struct cli *cli;
    struct house *house;
    struct submission *submission;
};

typedef int make_motion(struct making *making);

static int make_and_send(struct cli *cli, const struct asker *asker, make_motion *make)
{
    struct making making = {.cli = cli, .submission = submission_new()};
    if (making.submission == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    int status = inquiry_house(cli, &making.house);
    if (status == STATUS_DONE)
        status = make(&making);
    if (status == STATUS_DONE)
        status = submission_send(cli, making.submission, asker);
    house_free(making.house);
    submission_free(making.submission);
    return status;
}

static int run(struct cli *cli, make_motion *make, int argc, char **argv)
{
    struct asker asker;
    struct option_rule rules[ASKER_RULES];
    int status;
    asker_rules(&asker, rules);
    if (!options_read(cli, rules, ASKER_RULES, argc, argv, &status))
        return status;
    return make_and_send(cli, &asker, make);
}

// Adds the text as the request's only item.
static int set(struct making *making, enum motion motion, uint64_t number, struct bytes *text)
{
    struct refusal refusal = {0};
    enum err err = bytes_finish(text);
    if (err == OK)
        err = submission_set_motion(making->submission, motion, number, bytes_span(text));
    bytes_clear(text);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

// ---- lift ----

// A freeze in force whose id begins so. NULL (and said) when there is not exactly one.
static const struct freeze_state *find_freeze(const struct state *state, const char *text)
{
    const struct freeze_state *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < state->freeze_count; i++) {
        char hex[PRINT_HASH];
        hash_hex(&state->freezes[i].statement, hex);
        if (strncmp(hex, text, strlen(text)) != 0)
            continue;
        found = &state->freezes[i];
        count++;
    }
    if (count == 1)
        return found;
    (void)cli_say(STATUS_LOCAL, "%s freeze in force begins with %s: see `conclave freeze list`",
        count == 0 ? "no" : "more than one", text);
    return NULL;
}

// A frozen request's text shows whose quorums decide.
static int add_request(struct making *making, const struct hash *request)
{
    struct refusal refusal = {0};
    struct bytes text;
    struct hash hash;
    bytes_init(&text, LIMIT_RECORD);
    enum err err = conclave_blob(making->cli->conclave, request, &text, &refusal);
    if (err == OK)
        err = submission_add(making->submission, bytes_span(&text), &hash);
    if (err == OK)
        err = submission_name_evidence(making->submission, &hash);
    bytes_clear(&text);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_DAEMON, err, &refusal);
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
    int status = set(making, MOTION_LIFT, 1, &text);
    if (status == STATUS_DONE && lift.of.what == FREEZE_REQUEST)
        status = add_request(making, &lift.of.request);
    return status;
}

int cmd_lift(struct cli *cli, int argc, char **argv)
{
    return run(cli, make_lift, argc, argv);
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
    return set(making, MOTION_TIME, time.number, &text);
}

int cmd_time_state(struct cli *cli, int argc, char **argv)
{
    return run(cli, make_time, argc, argv);
}
