// conclave freeze: one administrator stops a request, a role or everything; and which freezes are
// in force.
#include "admin-cli/commands.h"
#include "admin-cli/credential.h"
#include "admin-cli/denial.h"
#include "admin-cli/inquiry.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "admin-cli/table.h"
#include "proto/dsse.h"
#include "proto/name.h"

#include <stdlib.h>
#include <string.h>

struct freezing {
    struct credential credential;
    const char *reason;
    bool yes;
    struct freeze freeze;
    struct hash id;
    struct bytes text;
    struct bytes signature;
};

// ---- what is to be frozen ----

static int read_what(struct cli *cli, struct freeze_of *of)
{
    const char *what = cli->arguments[0];
    const char *name = cli->argument_count == 2 ? cli->arguments[1] : NULL;
    if (strcmp(what, "everything") == 0 && name == NULL) {
        of->what = FREEZE_EVERYTHING;
        return STATUS_DONE;
    }
    if (strcmp(what, "role") == 0 && name != NULL && role_name_is_good(span_text(name))) {
        of->what = FREEZE_ROLE;
        memcpy(of->role, name, strlen(name) + 1);
        return STATUS_DONE;
    }
    if (strcmp(what, "request") == 0 && name != NULL) {
        of->what = FREEZE_REQUEST; // which, the appliance knows
        return STATUS_DONE;
    }
    return cli_say(STATUS_LOCAL,
        "what is to be frozen? Write everything, role REPOSITORY/ROLE, or request ID");
}

// ---- the statement ----

static enum err sign(struct freezing *freezing, const struct house *house,
    struct signer *signer, struct refusal *refusal)
{
    struct freeze *freeze = &freezing->freeze;
    freeze->appliance = house->log.id;
    freeze->administrator = signer_key(signer)->id;
    freeze->epoch = house->charter->epoch;
    freeze->charter = house->charter->hash;
    freeze->number = state_freezer(house->state, &freeze->administrator) + 1;
    freeze_write(freeze, &freezing->text);
    enum err err = bytes_finish(&freezing->text);
    freezing->id = hash_of(bytes_span(&freezing->text));
    return err == OK ? signer_sign(signer, DSSE_FREEZE, bytes_span(&freezing->text),
                           &freezing->signature, refusal)
                     : err;
}

static int confirm(const struct freezing *freezing)
{
    char question[512];
    bool same = false;
    struct bytes what;
    if (freezing->yes)
        return STATUS_DONE;
    bytes_init(&what, LIMIT_RECORD);
    freeze_of_fields(&freezing->freeze.of, &what);
    (void)snprintf(question, sizeof question,
        "What is stopped:%.*s\nOnly a quorum lifts a freeze. Type freeze to sign it: ",
        (int)what.size, (const char *)what.data);
    bytes_clear(&what);
    if (cli_confirm(stderr, question, "freeze", &same) != OK)
        return cli_say(
            STATUS_LOCAL, "there is no terminal to confirm on: scripts say --yes, and mean it");
    return same ? STATUS_DONE : cli_say(STATUS_LOCAL, "nothing was signed");
}

static int make_statement(struct freezing *freezing, const struct house *house)
{
    struct signer *signer = NULL;
    struct refusal refusal = {0};
    struct holders holders;
    size_t size = strlen(freezing->reason);
    if (size == 0 || size > LIMIT_SENTENCE)
        return cli_say(STATUS_LOCAL, "a reason has 1 to %d bytes", LIMIT_SENTENCE);
    memcpy(freezing->freeze.reason, freezing->reason, size + 1);
    holders_administrators(&holders, house->charter);
    int status = confirm(freezing);
    if (status == STATUS_DONE)
        status = credential_open(&freezing->credential, &holders, &signer);
    if (status != STATUS_DONE)
        return status;
    enum err err = sign(freezing, house, signer, &refusal);
    signer_free(signer);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

// ---- the proof that it is in force ----

static bool state_holds(struct span text, const struct hash *id)
{
    struct state *state = calloc(1, sizeof *state);
    bool holds =
        state != NULL && state_read(text, state) == OK && state_freeze(state, id) != NULL;
    free(state);
    return holds;
}

// The newest state holds it; or the one that was sealed with it did, if a quorum was so quick to
// lift it.
static bool is_in_force(
    struct cli *cli, const struct house *house, const struct hash *id, const struct hash *state)
{
    struct refusal refusal;
    struct bytes text;
    if (state_freeze(house->state, id) != NULL)
        return true;
    bytes_init(&text, LIMIT_STATE);
    bool holds = conclave_blob(cli->conclave, state, &text, &refusal) == OK &&
                 state_holds(bytes_span(&text), id);
    bytes_clear(&text);
    return holds;
}

static int check_outcome(struct cli *cli, const struct freezing *freezing,
    const struct house *house, const struct proven *record)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    if (outcome == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    bool holds = outcome_read(bytes_span(&record->text), outcome) == OK &&
                 hash_equal(&outcome->request, &freezing->id) &&
                 strcmp(outcome->done, OUTCOME_FREEZE) == 0 &&
                 is_in_force(cli, house, &freezing->id, &outcome->state);
    free(outcome);
    if (holds)
        return STATUS_DONE;
    return cli_say(STATUS_UNVERIFIED,
        "the appliance says that the freeze is in force, but its log does not: act as if it "
        "were not, and tell the others");
}

// Nothing but the log is believed: the outcome under the pinned key, and the state that it names.
static int verify(
    struct cli *cli, struct freezing *freezing, struct house *house, uint64_t index)
{
    struct refusal refusal = {0};
    struct proven record;
    proven_init(&record);
    enum err err = house_load(house, cli->conclave, cli->home, &refusal);
    if (err == OK)
        err = house_record(house, cli->conclave, index, &record, &refusal);
    int status = err == OK ? check_outcome(cli, freezing, house, &record)
                           : cli_fail(SIDE_DAEMON, err, &refusal);
    proven_clear(&record);
    return status;
}

static int print_frozen(const struct cli *cli, const struct hash *id, uint64_t index)
{
    char hex[PRINT_HASH];
    struct scribe scribe;
    hash_hex(id, hex);
    if (!cli->json)
        return print_words(stdout, "%s\n", hex), STATUS_DONE;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_hash(&scribe, "freeze", id);
    scribe_number(&scribe, "record", index);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

static int say(struct cli *cli, struct freezing *freezing, struct house *house)
{
    static const struct hash no_request; // a refused freeze may be signed again
    struct refusal refusal = {0};
    struct denial denial;
    struct message ask = {.kind = ASK_FREEZE}, answer = {0};
    ask.freeze.statement = bytes_span(&freezing->text);
    ask.freeze.signature = bytes_span(&freezing->signature);
    enum err err = conclave_ask(cli->conclave, &ask, &answer, &refusal);
    if (denial_take(&denial, &answer, &no_request, &freezing->freeze.administrator))
        return denial_of_statement(cli, &denial, house);
    if (err != OK)
        return cli_fail(SIDE_DAEMON, err, &refusal);
    uint64_t index = answer.accepted.place.index;
    int status = verify(cli, freezing, house, index);
    return status == STATUS_DONE ? print_frozen(cli, &freezing->id, index) : status;
}

static int freeze(struct cli *cli, struct freezing *freezing)
{
    struct house *house = NULL;
    struct freeze_of *of = &freezing->freeze.of;
    int status = read_what(cli, of);
    if (status == STATUS_DONE)
        status = inquiry_house(cli, &house);
    if (status == STATUS_DONE && of->what == FREEZE_REQUEST)
        status = inquiry_resolve(cli, cli->arguments[1], &of->thing);
    if (status == STATUS_DONE)
        status = make_statement(freezing, house);
    if (status == STATUS_DONE)
        status = say(cli, freezing, house);
    house_free(house);
    return status;
}

int cmd_freeze(struct cli *cli, int argc, char **argv)
{
    struct freezing freezing = {.reason = "no reason given"};
    struct option_rule rules[CREDENTIAL_RULES + 2];
    int status;
    credential_rules(&freezing.credential, rules);
    rules[CREDENTIAL_RULES] = (struct option_rule){.name = "reason",
        .argument = "TEXT",
        .help = "why, for the others",
        .text = &freezing.reason};
    rules[CREDENTIAL_RULES + 1] = (struct option_rule){
        .name = "yes", .help = "do not ask on the terminal", .set = &freezing.yes};
    if (!options_read(cli, rules, sizeof rules / sizeof rules[0], argc, argv, &status))
        return status;
    bytes_init(&freezing.text, LIMIT_RECORD);
    bytes_init(&freezing.signature, KEY_SIGNATURE_MOST);
    status = freeze(cli, &freezing);
    bytes_clear(&freezing.text);
    bytes_clear(&freezing.signature);
    return status;
}

// ---- list ----

static const struct table_column columns[] = {{"freeze", TABLE_TEXT},
    {"administrator", TABLE_TEXT}, {"time", TABLE_TEXT}, {"what", TABLE_TEXT}};

static void list_one(
    struct table *table, const struct charter *charter, const struct freeze_state *freeze)
{
    char hex[PRINT_HASH], name[INQUIRY_NAME], time[MOMENT_TEXT + 1];
    struct bytes what;
    bytes_init(&what, LIMIT_RECORD);
    freeze_of_fields(&freeze->of, &what);
    struct span words = bytes_span(&what);
    hash_hex(&freeze->statement, hex);
    inquiry_person(charter, &freeze->administrator, name);
    moment_write(freeze->time, time);
    table_line(table);
    table_set_text(table, 0, hex);
    table_set_text(table, 1, name);
    table_set_text(table, 2, time);
    // Each field is preceded by a space.
    table_set(table, 3, words.size > 0 ? span_of(words.data + 1, words.size - 1) : words);
    bytes_clear(&what);
}

int cmd_freeze_list(struct cli *cli, int argc, char **argv)
{
    struct house *house = NULL;
    int status;
    if (!options_read(cli, NULL, 0, argc, argv, &status))
        return status;
    status = inquiry_house(cli, &house);
    struct table *table =
        status != STATUS_DONE
            ? NULL
            : table_new("freezes", columns, sizeof columns / sizeof columns[0], cli->json);
    for (size_t i = 0; table != NULL && i < house->state->freeze_count; i++)
        list_one(table, house->charter, &house->state->freezes[i]);
    if (status == STATUS_DONE && (table == NULL || table_print(table) != OK))
        status = cli_say(STATUS_LOCAL, "the table cannot be printed");
    table_free(table);
    house_free(house);
    return status;
}
