// conclave request show: a request in words, recomputed here while it is open.
#include "admin-cli/commands.h"
#include "admin-cli/folder.h"
#include "admin-cli/options.h"

int cmd_request_show(struct cli *cli, int argc, char **argv)
{
    struct inquiry inquiry;
    struct folder *folder = NULL;
    int status;
    if (!options_read(cli, NULL, 0, argc, argv, &status))
        return status;
    status = inquiry_begin(cli, &inquiry, cli->arguments[0]);
    if (status == STATUS_DONE)
        folder = folder_new();
    if (status == STATUS_DONE && folder == NULL)
        status = cli_say(STATUS_LOCAL, "out of memory");
    if (status == STATUS_DONE)
        status = folder_read(cli, &inquiry, folder);
    if (status == STATUS_DONE)
        status = folder_print(cli, &inquiry, folder);
    folder_free(folder);
    inquiry_clear(&inquiry);
    return status;
}
