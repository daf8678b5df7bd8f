#include "admin-cli/freezing.h"

#include "admin-cli/denial.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "policy/state.h"
#include "proto/dsse.h"

#include <stdlib.h>
#include <string.h>

// Two sentences around what is stopped: a role's name and a hash at most.
enum { QUESTION_MOST = 1024 };

void freezing_init(struct freezing *freezing, struct option_rule rules[FREEZING_RULES])
{
    *freezing = (struct freezing){.reason = "no reason given"};
    bytes_init(&freezing->text, LIMIT_RECORD);
    bytes_init(&freezing->signature, KEY_SIGNATURE_MOST);
    credential_rules(&freezing->credential, rules);
    rules[CREDENTIAL_RULES] = (struct option_rule){.name = "reason",
        .argument = "TEXT",
        .help = "why, for the others",
        .text = &freezing->reason};
    rules[CREDENTIAL_RULES + 1] = (struct option_rule){
        .name = "yes", .help = "do not ask on the terminal", .set = &freezing->yes};
}

void freezing_clear(struct freezing *freezing)
{
    bytes_clear(&freezing->text);
    bytes_clear(&freezing->signature);
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
    char question[QUESTION_MOST];
    bool same = false;
    struct bytes what;
    if (freezing->yes)
        return STATUS_DONE;
    bytes_init(&what, LIMIT_RECORD);
    freeze_of_fields(&freezing->freeze.of, &what);
    (void)snprintf(question, sizeof question,
        "%s:%.*s\n%s Type %s to sign it: ", freezing->what, (int)what.size,
        (const char *)what.data, freezing->warning, freezing->word);
    bytes_clear(&what);
    if (cli_confirm(stderr, question, freezing->word, &same) != OK)
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

static bool is_held(const struct state *state, const struct freezing *freezing)
{
    const struct freeze_of *of = &freezing->freeze.of;
    if (of->what != FREEZE_MANDATE)
        return state_freeze(state, &freezing->id) != NULL;
    const struct mandate_state *mandate = state_mandate(state, of->role);
    return mandate != NULL && !(mandate->live && hash_equal(&mandate->text, &of->thing));
}

static bool text_holds(struct span text, const struct freezing *freezing)
{
    struct state *state = calloc(1, sizeof *state);
    bool holds = state != NULL && state_read(text, state) == OK && is_held(state, freezing);
    free(state);
    return holds;
}

// The newest state holds it; or the one that was sealed with it did, if a quorum was so quick to
// lift it.
static bool is_in_force(struct cli *cli, const struct house *house,
    const struct freezing *freezing, const struct hash *state)
{
    struct refusal refusal;
    struct bytes text;
    if (is_held(house->state, freezing))
        return true;
    bytes_init(&text, LIMIT_STATE);
    bool holds = conclave_blob(cli->conclave, state, &text, &refusal) == OK &&
                 text_holds(bytes_span(&text), freezing);
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
                 is_in_force(cli, house, freezing, &outcome->state);
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

int freezing_run(struct cli *cli, struct freezing *freezing, struct house *house)
{
    int status = make_statement(freezing, house);
    return status == STATUS_DONE ? say(cli, freezing, house) : status;
}
