#include "admin-cli/folder.h"

#include "client/fault.h"
#include "client/source.h"

#include <stdlib.h>

struct folder *folder_new(void)
{
    struct folder *folder = calloc(1, sizeof *folder);
    if (folder != NULL)
        bytes_init(&folder->end, LIMIT_RECORD);
    return folder;
}

void folder_free(struct folder *folder)
{
    if (folder == NULL)
        return;
    bytes_clear(&folder->end);
    review_free(folder->review);
    free(folder);
}

static enum err copy_decisions(
    struct folder *folder, const struct message *dossier, struct refusal *refusal)
{
    const struct entry_list *list = &dossier->dossier.decisions;
    for (uint32_t i = 0; i < list->count && i < LIMIT_DECISIONS; i++) {
        if (decided_read(list->at[i].text, &folder->decisions[i]) != OK)
            return fault(ERR_FORM, refusal, "record %llu is no decision",
                (unsigned long long)list->at[i].index);
        folder->decision_records[i] = list->at[i].index;
        folder->decision_count = i + 1;
    }
    return OK;
}

static enum err copy_dossier(
    struct folder *folder, const struct message *dossier, struct refusal *refusal)
{
    folder->fate = dossier->dossier.fate;
    folder->index = dossier->dossier.opened.index;
    if (dossier->dossier.opened.text.size > 0 &&
        opened_read(dossier->dossier.opened.text, &folder->opened) != OK)
        return fault(ERR_FORM, refusal, "record %llu is no opened record",
            (unsigned long long)folder->index);
    bytes_add(&folder->end, dossier->dossier.end.text);
    folder->end_index = dossier->dossier.end.index;
    enum err err = bytes_finish(&folder->end);
    return err == OK ? copy_decisions(folder, dossier, refusal) : err;
}

static enum err review(
    struct cli *cli, struct inquiry *inquiry, struct folder *folder, struct refusal *refusal)
{
    struct source source = source_of_appliance(cli->conclave);
    struct review_case held = {
        .log = &inquiry->house->log,
        .charter = inquiry->house->charter,
        .state = inquiry->house->state,
        .source = &source,
        .now = moment_now(),
    };
    folder->review = review_new();
    if (folder->review == NULL)
        return ERR_MEMORY;
    return review_run(&held, &inquiry->id, &inquiry->dossier, folder->review, refusal);
}

int folder_read(struct cli *cli, struct inquiry *inquiry, struct folder *folder)
{
    struct refusal refusal = {0};
    int status = inquiry_dossier(cli, inquiry, false, 0);
    if (status != STATUS_DONE)
        return status;
    if (inquiry->dossier.dossier.fate == FATE_UNKNOWN)
        return cli_say(STATUS_REFUSED,
            "no request with this id was ever opened: see `conclave request list`");
    enum err err = copy_dossier(folder, &inquiry->dossier, &refusal);
    if (err == OK && folder->fate == FATE_OPEN)
        err = review(cli, inquiry, folder, &refusal);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_DAEMON, err, &refusal);
}
