#include "admin-cli/making.h"

int making_run(
    struct cli *cli, const struct asker *asker, make_motion *make, const void *options)
{
    struct making making = {.cli = cli, .submission = submission_new(), .options = options};
    if (making.submission == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    int status = asker_check(asker);
    if (status == STATUS_DONE)
        status = inquiry_house(cli, &making.house);
    if (status == STATUS_DONE)
        status = make(&making);
    if (status == STATUS_DONE)
        status = submission_send(cli, making.submission, asker, making.house->charter);
    house_free(making.house);
    submission_free(making.submission);
    return status;
}

int making_command(struct cli *cli, make_motion *make, int argc, char **argv)
{
    struct asker asker;
    struct option_rule rules[ASKER_RULES];
    int status;
    asker_rules(&asker, rules);
    if (!options_read(cli, rules, ASKER_RULES, argc, argv, &status))
        return status;
    return making_run(cli, &asker, make, NULL);
}

int making_set(struct making *making, enum motion motion, uint64_t number, struct bytes *text)
{
    struct refusal refusal = {0};
    enum err err = bytes_finish(text);
    if (err == OK)
        err = submission_set_motion(making->submission, motion, number, bytes_span(text));
    bytes_clear(text);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

int making_evidence(struct making *making, struct span bytes)
{
    struct refusal refusal = {0};
    struct hash hash;
    enum err err = submission_add(making->submission, bytes, &hash);
    if (err == OK)
        err = submission_name_evidence(making->submission, &hash);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}
