// conclave charter show: the charter in force.
#include "admin-cli/charter_print.h"
#include "admin-cli/commands.h"
#include "admin-cli/inquiry.h"
#include "admin-cli/options.h"

static int show(const struct cli *cli, const struct house *house, bool text)
{
    if (cli->json)
        return charter_print_json(house->charter);
    if (!text)
        return charter_print_text(house->charter);
    return cli_bytes(bytes_span(&house->charter_text));
}

int cmd_charter_show(struct cli *cli, int argc, char **argv)
{
    bool text = false;
    const struct option_rule rules[] = {
        {.name = "text", .help = "its exact bytes", .set = &text},
    };
    struct house *house = NULL;
    int status;
    if (!options_read(cli, rules, 1, argc, argv, &status))
        return status;
    if (text && cli->json)
        return cli_say(STATUS_LOCAL, "--text and --json are two forms: give one of them");
    status = inquiry_house(cli, &house);
    if (status == STATUS_DONE)
        status = show(cli, house, text);
    house_free(house);
    return status;
}
