#include "admin-cli/folder.h"

#include "client/fault.h"
#include "client/source.h"

#include <stdlib.h>
#include <time.h>

struct folder *folder_new(void)
{
    struct folder *folder = calloc(1, sizeof *folder);
    if (folder != NULL)
        bytes_init(&folder->end, LIMIT_RECORD);
    return folder;
}

static void folder_clear(struct folder *folder)
{
    bytes_clear(&folder->end);
    review_free(folder->review);
    *folder = (struct folder){0};
    bytes_init(&folder->end, LIMIT_RECORD);
}

void folder_free(struct folder *folder)
{
    if (folder == NULL)
        return;
    folder_clear(folder);
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
        .charter_text = bytes_span(&inquiry->house->charter_text),
        .state = inquiry->house->state,
        .source = &source,
        .now = moment_now(),
    };
    folder->review = review_new();
    if (folder->review == NULL)
        return ERR_MEMORY;
    return review_run(&held, &inquiry->id, &inquiry->dossier, folder->review, refusal);
}

// A signed request that custodians may still add signatures to (R12).
static bool takes_more(const struct folder *folder)
{
    struct outcome *outcome = folder->fate == FATE_SIGNED ? calloc(1, sizeof *outcome) : NULL;
    bool takes = outcome != NULL && outcome_read(bytes_span(&folder->end), outcome) == OK &&
                 outcome->missing > 0 && folder->opened.expires > moment_now();
    free(outcome);
    return takes;
}

static enum err read_once(
    struct cli *cli, struct inquiry *inquiry, struct folder *folder, struct refusal *refusal)
{
    folder_clear(folder);
    enum err err =
        conclave_dossier(cli->conclave, &inquiry->id, false, 0, &inquiry->dossier, refusal);
    if (err == OK)
        err = copy_dossier(folder, &inquiry->dossier, refusal);
    if (err == OK && (folder->fate == FATE_OPEN || takes_more(folder)))
        err = review(cli, inquiry, folder, refusal);
    return err;
}

// How long a request may take to be opened anew after another one was signed.
enum { AGAIN_SECONDS = 3, AGAIN_MILLISECONDS = 100 };

int folder_read(struct cli *cli, struct inquiry *inquiry, struct folder *folder)
{
    struct refusal refusal = {0};
    const struct timespec pause = {.tv_nsec = AGAIN_MILLISECONDS * 1000 * 1000};
    moment until = moment_now() + AGAIN_SECONDS;
    enum err err = read_once(cli, inquiry, folder, &refusal);
    while (err == ERR_AGAIN && moment_now() <= until) {
        (void)nanosleep(&pause, NULL);
        err = house_load(inquiry->house, cli->conclave, cli->home, &refusal);
        if (err == OK)
            err = read_once(cli, inquiry, folder, &refusal);
    }
    if (err != OK)
        return cli_fail(SIDE_DAEMON, err == ERR_AGAIN ? ERR_SIGNATURE : err, &refusal);
    if (folder->fate == FATE_UNKNOWN)
        return cli_say(STATUS_REFUSED,
            "no request with this id was ever opened: see `conclave request list`");
    return STATUS_DONE;
}
