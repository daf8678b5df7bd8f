// conclave charter diff: a drafted charter against the one in force, and what would become of each
// open request: it is heard anew here, as the appliance will.
#include "admin-cli/commands.h"
#include "admin-cli/draft.h"
#include "admin-cli/options.h"
#include "admin-cli/pages.h"
#include "admin-cli/print.h"
#include "client/fault.h"
#include "client/rehearing.h"
#include "policy/mandate.h"

#include <stdlib.h>

// One open request.
struct fate_row {
    struct hash id;
    struct item item; // its first
    size_t item_count;
    bool is_open; // not signed, nor ended since it was listed
    bool ends;
    struct refusal why;
};

struct outlook {
    const struct draft *draft;
    struct fate_row *rows;
    size_t count;
};

// ---- the open requests ----

// The proposal of this very charter ends by being carried out.
static bool is_proposal(const struct draft *draft, const struct opened *opened)
{
    return motion_of(opened->items[0].role) == MOTION_CHARTER &&
           hash_equal(&opened->items[0].payload, &draft->charter->hash);
}

static enum err add_open(void *context, const struct entry *entry, struct refusal *refusal)
{
    struct outlook *outlook = context;
    struct opened *opened = calloc(1, sizeof *opened);
    enum err err = opened == NULL ? ERR_MEMORY : opened_read(entry->text, opened);
    if (err == OK && outlook->count == LIMIT_OPEN)
        err = fault(ERR_LIMIT, refusal, "the appliance lists more open requests than it holds");
    if (err == ERR_FORM)
        (void)fault(err, refusal, "the appliance lists what is no opened record");
    if (err == OK && !is_proposal(outlook->draft, opened)) {
        struct fate_row *row = &outlook->rows[outlook->count++];
        row->id = opened->request;
        row->item = opened->items[0];
        row->item_count = opened->item_count;
    }
    free(opened);
    return err;
}

static enum err hear(struct cli *cli, const struct rehearing_case *given, struct fate_row *row,
    struct refusal *refusal)
{
    struct message dossier;
    enum err err = conclave_dossier(cli->conclave, &row->id, false, 0, &dossier, refusal);
    row->is_open = err == OK && dossier.dossier.fate == FATE_OPEN;
    if (err != OK || !row->is_open)
        return err;
    err = rehearing_run(given, &row->id, &dossier, refusal);
    row->ends = err == ERR_REFUSED;
    if (row->ends)
        row->why = *refusal;
    return row->ends ? OK : err;
}

static enum err hear_all(struct cli *cli, const struct house *house, struct outlook *outlook,
    struct refusal *refusal)
{
    struct source source = source_of_appliance(cli->conclave);
    struct state *state = calloc(1, sizeof *state);
    size_t listed, heard = 0;
    struct rehearing_case given = {
        .log = &house->log,
        .charter = outlook->draft->charter,
        .charter_text = bytes_span(&outlook->draft->text),
        .state = state,
        .source = &source,
        .now = moment_now(),
    };
    enum err err =
        state == NULL ? ERR_MEMORY : rehearing_state(house, outlook->draft->charter, state);
    if (err == OK)
        err = pages_visit_open(cli, add_open, outlook, refusal);
    for (listed = outlook->count, outlook->count = 0; err == OK && heard < listed; heard++) {
        err = hear(cli, &given, &outlook->rows[heard], refusal);
        if (outlook->rows[heard].is_open)
            outlook->rows[outlook->count++] = outlook->rows[heard];
    }
    free(state);
    return err;
}

// ---- mandates ----

static bool mandate_ends(
    const struct draft *draft, const struct house *house, const struct mandate_state *mandate)
{
    return mandate->live && !mandate_lives_on(house->charter, draft->charter, mandate);
}

static void print_mandates(const struct draft *draft, const struct house *house)
{
    const struct state *state = house->state;
    size_t count = 0;
    for (size_t i = 0; i < state->mandate_count; i++)
        count += mandate_ends(draft, house, &state->mandates[i]);
    print_words(stdout, "Mandates that end: %zu\n", count);
    for (size_t i = 0; i < state->mandate_count; i++)
        if (mandate_ends(draft, house, &state->mandates[i]))
            print_words(stdout, "  number %llu of %s\n",
                (unsigned long long)state->mandates[i].number, state->mandates[i].role);
}

static void scribe_mandates(
    struct scribe *scribe, const struct draft *draft, const struct house *house)
{
    scribe_array(scribe, "mandates_that_end");
    for (size_t i = 0; i < house->state->mandate_count; i++) {
        const struct mandate_state *mandate = &house->state->mandates[i];
        if (!mandate_ends(draft, house, mandate))
            continue;
        scribe_object(scribe, NULL);
        scribe_text(scribe, "role", mandate->role);
        scribe_number(scribe, "number", mandate->number);
        scribe_object_end(scribe);
    }
    scribe_array_end(scribe);
}

// ---- printing ----

static size_t count_ends(const struct outlook *outlook)
{
    size_t count = 0;
    for (size_t i = 0; i < outlook->count; i++)
        count += outlook->rows[i].ends;
    return count;
}

static void print_row(const struct fate_row *row)
{
    char hex[PRINT_HASH];
    struct bytes line;
    hash_hex(&row->id, hex);
    print_words(
        stdout, "  %.16s %s %llu", hex, row->item.role, (unsigned long long)row->item.version);
    if (row->item_count > 1)
        print_words(stdout, " and %zu more", row->item_count - 1);
    print_words(stdout, "\n");
    bytes_init(&line, LIMIT_RECORD);
    bytes_add_format(&line, "    %s: %s", row->why.rule, row->why.sentence);
    print_line(stdout, bytes_span(&line));
    bytes_clear(&line);
}

static void print_text(
    const struct draft *draft, const struct house *house, const struct outlook *outlook)
{
    size_t ends = count_ends(outlook);
    draft_print_text(draft, house);
    print_words(stdout, "\nOpen requests that are opened anew, to be approved anew: %zu\n",
        outlook->count - ends);
    print_words(stdout, "Open requests that end: %zu\n", ends);
    for (size_t i = 0; i < outlook->count; i++)
        if (outlook->rows[i].ends)
            print_row(&outlook->rows[i]);
    print_mandates(draft, house);
}

static int print_json(
    const struct draft *draft, const struct house *house, const struct outlook *outlook)
{
    struct scribe scribe;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    draft_scribe(&scribe, draft, house);
    scribe_array(&scribe, "requests");
    for (size_t i = 0; i < outlook->count; i++) {
        const struct fate_row *row = &outlook->rows[i];
        scribe_object(&scribe, NULL);
        scribe_hash(&scribe, "request", &row->id);
        scribe_text(&scribe, "item", row->item.role);
        scribe_bool(&scribe, "ends", row->ends);
        if (row->ends) {
            scribe_text(&scribe, "rule", row->why.rule);
            scribe_text(&scribe, "why", row->why.sentence);
        }
        scribe_object_end(&scribe);
    }
    scribe_array_end(&scribe);
    scribe_mandates(&scribe, draft, house);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE
                                       : cli_say(STATUS_LOCAL, "the output cannot be written");
}

// ---- the command ----

static int look_ahead(struct cli *cli, const struct house *house, const struct draft *draft)
{
    struct refusal refusal = {0};
    struct outlook outlook = {.draft = draft, .rows = calloc(LIMIT_OPEN, sizeof *outlook.rows)};
    enum err err = outlook.rows == NULL ? ERR_MEMORY : hear_all(cli, house, &outlook, &refusal);
    int status = STATUS_DONE;
    if (err != OK)
        status = cli_fail(SIDE_DAEMON, err, &refusal);
    else if (cli->json)
        status = print_json(draft, house, &outlook);
    else
        print_text(draft, house, &outlook);
    free(outlook.rows);
    return status;
}

int cmd_charter_diff(struct cli *cli, int argc, char **argv)
{
    struct house *house = NULL;
    struct draft draft;
    int status;
    if (!options_read(cli, NULL, 0, argc, argv, &status))
        return status;
    draft_init(&draft);
    status = draft_read(&draft, cli->arguments[0]);
    if (status == STATUS_DONE)
        status = inquiry_house(cli, &house);
    if (status == STATUS_DONE)
        status = draft_render(&draft, house);
    if (status == STATUS_DONE)
        status = look_ahead(cli, house, &draft);
    draft_clear(&draft);
    house_free(house);
    return status;
}
