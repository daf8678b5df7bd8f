#include "admin-cli/folder.h"

#include "client/fault.h"
#include "client/source.h"
#include "policy/govern.h"

#include <stdlib.h>
#include <time.h>

struct folder *folder_new(void)
{
    struct folder *folder = calloc(1, sizeof *folder);
    if (folder == NULL)
        return NULL;
    bytes_init(&folder->end, LIMIT_RECORD);
    folder->charter = charter_new();
    if (folder->charter != NULL)
        return folder;
    folder_free(folder);
    return NULL;
}

static void folder_empty(struct folder *folder)
{
    struct charter *charter = folder->charter;
    bytes_clear(&folder->end);
    review_free(folder->review);
    *folder = (struct folder){.charter = charter};
    bytes_init(&folder->end, LIMIT_RECORD);
}

void folder_free(struct folder *folder)
{
    if (folder == NULL)
        return;
    folder_empty(folder);
    charter_free(folder->charter);
    free(folder);
}

struct ballot folder_ballot(const struct folder *folder)
{
    return (struct ballot){
        .charter = folder->charter,
        .opened = &folder->opened,
        .person = folder->asking.person == NULL ? "" : folder->asking.person,
        .votes = folder->votes,
        .vote_count = folder->decision_count,
    };
}

// ---- reading ----

static enum err copy_decisions(
    struct folder *folder, const struct message *dossier, struct refusal *refusal)
{
    const struct entry_list *list = &dossier->dossier.decisions;
    for (uint32_t i = 0; i < list->count && i < LIMIT_DECISIONS; i++) {
        if (decided_read(list->at[i].text, &folder->decisions[i]) != OK)
            return fault(ERR_FORM, refusal, "record %llu is no decision",
                (unsigned long long)list->at[i].index);
        folder->decision_records[i] = list->at[i].index;
        folder->votes[i] = (struct vote){.approver = folder->decisions[i].approver,
            .decision = folder->decisions[i].decision};
        folder->decision_count = i + 1;
    }
    return OK;
}

// Nobody is asked about what mandates sign: there is the text, and the outcome.
static enum err copy_request(
    struct folder *folder, const struct message *dossier, struct refusal *refusal)
{
    struct span text = dossier->dossier.request;
    if (dossier->dossier.opened.text.size > 0 || text.size == 0 ||
        request_read(text, &folder->request) == OK)
        return OK;
    return fault(ERR_FORM, refusal, "the request's text cannot be read");
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
    if (copy_request(folder, dossier, refusal) != OK)
        return ERR_FORM;
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

// Nothing is added under another charter, behind a time statement that set the time back, or to what
// was overtaken.
static bool is_current(const struct house *house, const struct folder *folder)
{
    if (!hash_equal(&folder->opened.charter, &house->charter->hash) ||
        folder->index < house->state->since)
        return false;
    for (size_t i = 0; i < folder->opened.item_count; i++) {
        const struct item *item = &folder->opened.items[i];
        const struct role_state *last = state_role(house->state, item->role);
        if (last == NULL || !hash_equal(&last->payload, &item->payload))
            return false;
    }
    return true;
}

// What custodians may still add to a signed request (R12). ERR_AGAIN: it was signed after the house was
// looked at.
static enum err count_missing(const struct house *house, struct folder *folder)
{
    if (folder->fate == FATE_SIGNED && folder->end_index >= house->newest.size)
        return ERR_AGAIN;
    struct outcome *outcome = calloc(1, sizeof *outcome);
    if (outcome == NULL)
        return ERR_MEMORY;
    if (folder->fate == FATE_SIGNED && outcome_read(bytes_span(&folder->end), outcome) == OK &&
        folder->opened.expires > moment_now() && is_current(house, folder))
        folder->missing = outcome->missing;
    free(outcome);
    return OK;
}

// What the record was opened under: of an older one not the charter in force.
static enum err find_charter(
    struct cli *cli, const struct house *house, struct folder *folder, struct refusal *refusal)
{
    const struct opened *opened = &folder->opened;
    bool motion = motion_of(opened->items[0].role) != MOTION_NONE;
    enum err err = OK;
    if (hash_equal(&opened->charter, &house->charter->hash))
        *folder->charter = *house->charter;
    else
        err = house_fetch_charter(
            house, cli->conclave, &opened->charter, folder->charter, refusal);
    if (err == OK)
        (void)charter_asking(folder->charter, &opened->requester, motion, &folder->asking);
    return err;
}

static enum err take(struct cli *cli, struct inquiry *inquiry, bool wait, unsigned seconds,
    struct folder *folder, struct refusal *refusal)
{
    folder_empty(folder);
    enum err err = conclave_dossier(
        cli->conclave, &inquiry->id, wait, seconds, &inquiry->dossier, refusal);
    return err == OK ? copy_dossier(folder, &inquiry->dossier, refusal) : err;
}

static void find_freezes(const struct inquiry *inquiry, struct folder *folder)
{
    const struct state *state = inquiry->house->state;
    const struct opened *opened = &folder->opened;
    folder->frozen = govern_frozen(state, &inquiry->id, opened->items, opened->item_count);
    if (motion_of(opened->items[0].role) == MOTION_LIFT)
        folder->lifts = state_freeze(state, &opened->items[0].previous);
}

static enum err read_once(
    struct cli *cli, struct inquiry *inquiry, struct folder *folder, struct refusal *refusal)
{
    const struct opened *opened = &folder->opened;
    enum err err = take(cli, inquiry, false, 0, folder, refusal);
    if (err == OK)
        err = count_missing(inquiry->house, folder);
    bool decidable = folder->fate == FATE_OPEN || folder->missing > 0;
    if (err == OK && decidable)
        err = review(cli, inquiry, folder, refusal);
    if (err != OK || opened->item_count == 0)
        return err;
    if (decidable)
        find_freezes(inquiry, folder);
    return find_charter(cli, inquiry->house, folder, refusal);
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

// ---- how far it is ----

int folder_glance(struct cli *cli, struct inquiry *inquiry, bool wait, unsigned seconds,
    struct folder *folder)
{
    struct refusal refusal = {0};
    enum err err = take(cli, inquiry, wait, seconds, folder, &refusal);
    if (err == OK && folder->opened.item_count > 0)
        err = find_charter(cli, inquiry->house, folder, &refusal);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_DAEMON, err, &refusal);
}

void folder_count(const struct folder *folder, struct bytes *out)
{
    struct ballot ballot = folder_ballot(folder);
    for (size_t i = 0; i < decide_quorums(&ballot); i++) {
        struct tally tally = decide_tally(&ballot, i);
        bytes_add_format(out, "%s%s %zu of %zu", i == 0 ? "" : ", ", decide_name(&ballot, i),
            tally.approved, tally.need);
    }
    bytes_add_text(out, " approvals");
}

int folder_waits(struct cli *cli, struct inquiry *inquiry)
{
    struct bytes words;
    struct folder *folder = folder_new();
    int status = folder == NULL ? cli_say(STATUS_LOCAL, "out of memory")
                                : folder_glance(cli, inquiry, false, 0, folder);
    bytes_init(&words, LIMIT_RECORD);
    if (status == STATUS_DONE) {
        folder_count(folder, &words);
        status = cli_say(STATUS_WAITING, "the request waits: %.*s; see `conclave request show`",
            (int)words.size, (const char *)words.data);
    }
    bytes_clear(&words);
    folder_free(folder);
    return status;
}
