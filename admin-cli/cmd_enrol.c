// conclave enrol: which appliance this home believes.
#include "admin-cli/commands.h"
#include "admin-cli/options.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"

#include <string.h>

static int print_enrolled(const struct cli *cli)
{
    char origin[LIMIT_ROLE_NAME + 1], grouped[PRINT_GROUPED];
    struct key log;
    struct scribe scribe;
    if (conclave_pinned(cli->home, origin, &log) != OK)
        return cli_say(
            STATUS_LOCAL, "the log key was pinned in %s, but is not there", cli->home);
    if (!cli->json) {
        print_grouped(&log.id, grouped);
        print_words(stdout, "Origin    %s\nLog key   %s\n", origin, grouped);
        return STATUS_DONE;
    }
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_text(&scribe, "origin", origin);
    scribe_hash(&scribe, "log_key_hash", &log.id);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

int cmd_enrol(struct cli *cli, int argc, char **argv)
{
    struct refusal refusal = {0};
    int status;
    if (!options_read(cli, NULL, 0, argc, argv, &status))
        return status;
    enum err err = conclave_pin(cli->home, span_text(cli->arguments[0]), &refusal);
    return err == OK ? print_enrolled(cli) : cli_fail(SIDE_LOCAL, err, &refusal);
}
