// conclave init show, sign, status: what every administrator does at a founding.
#include "admin-cli/commands.h"
#include "admin-cli/credential.h"
#include "admin-cli/founding.h"
#include "admin-cli/policy.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "log/checkpoint.h"
#include "proto/dsse.h"

#include <stdlib.h>
#include <string.h>

// Whether the charter is what this policy compiles to with the keys that were generated.
static int check_policy(const char *path, const struct ceremony *ceremony)
{
    struct policy *policy = NULL;
    struct bytes charter;
    bytes_init(&charter, LIMIT_CHARTER);
    int status = policy_load(path, &policy);
    if (status == STATUS_DONE)
        status = policy_to_charter(path, policy, ceremony->objects, &charter);
    if (status == STATUS_DONE &&
        !span_equal(bytes_span(&charter), bytes_span(&ceremony->charter_text)))
        status = cli_say(STATUS_UNVERIFIED,
            "the charter is not what %s compiles to: do not sign, and compare the files", path);
    policy_free(policy);
    bytes_clear(&charter);
    return status;
}

static int with_ceremony(struct cli *cli, const char *policy,
    int (*show)(const struct cli *cli, const struct ceremony *ceremony))
{
    struct ceremony *ceremony = ceremony_new();
    if (ceremony == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    int status = cli_connect(cli, false);
    if (status == STATUS_DONE)
        status = founding_fetch(cli, ceremony, false);
    if (status == STATUS_DONE && policy != NULL)
        status = check_policy(policy, ceremony);
    if (status == STATUS_DONE)
        status = show(cli, ceremony);
    ceremony_free(ceremony);
    return status;
}

int cmd_init_show(struct cli *cli, int argc, char **argv)
{
    const char *policy = NULL;
    const struct option_rule rules[] = {
        {.name = "policy",
            .argument = "FILE",
            .help = "the policy file that the charter must be compiled from",
            .text = &policy},
    };
    int status;
    if (!options_read(cli, rules, 1, argc, argv, &status))
        return status;
    return with_ceremony(cli, policy, founding_print);
}

// After the founding there is nothing left to show but that it is over.
static int founded(const struct cli *cli)
{
    struct scribe scribe;
    if (!cli->json)
        return print_words(stdout, "The founding is complete.\n"), STATUS_DONE;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_bool(&scribe, "complete", true);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

int cmd_init_status(struct cli *cli, int argc, char **argv)
{
    struct refusal refusal = {0};
    struct message ask = {.kind = ASK_STATUS}, answer;
    int status;
    if (!options_read(cli, NULL, 0, argc, argv, &status))
        return status;
    status = cli_connect(cli, false);
    if (status != STATUS_DONE)
        return status;
    enum err err = conclave_ask(cli->conclave, &ask, &answer, &refusal);
    if (err != OK)
        return cli_fail(SIDE_DAEMON, err, &refusal);
    if (answer.status.stage != STAGE_FOUNDING)
        return founded(cli);
    return with_ceremony(cli, NULL, founding_print_progress);
}

// ---- sign ----

struct signing {
    struct credential credential;
    const char *log_key_hash;
    const char *policy;
};

// The key once more, for it has left a small screen by now.
static int ask_about_log_key(const struct cli *cli, const struct ceremony *ceremony)
{
    char grouped[PRINT_GROUPED], question[512];
    bool same = false;
    print_grouped(&ceremony->founding.log.id, grouped);
    (void)snprintf(question, sizeof question,
        "\nCompare the log key with the other administrators, by voice or on paper:\n\n"
        "    %.*s\n    %s\n\n"
        "Type yes if it is the same, and you want to sign this founding: ",
        PRINT_GROUPED / 2 - 1, grouped, grouped + PRINT_GROUPED / 2);
    // Nobody is asked about what nobody was shown.
    if (cli->json || cli_confirm(stdout, question, "yes", &same) != OK)
        return cli_say(STATUS_LOCAL,
            "the founding is neither shown nor confirmed on a terminal here: run this on one "
            "without --json, or give the log key that was compared with --log-key-hash");
    return same ? STATUS_DONE : cli_say(STATUS_LOCAL, "nothing was signed");
}

// The one thing that no program can know: that this is the key which the others see too.
static int compare_log_key(
    const struct cli *cli, const struct signing *signing, const struct ceremony *ceremony)
{
    char hex[PRINT_HASH];
    if (signing->log_key_hash == NULL)
        return ask_about_log_key(cli, ceremony);
    hash_hex(&ceremony->founding.log.id, hex);
    return strcmp(hex, signing->log_key_hash) == 0
               ? STATUS_DONE
               : cli_say(STATUS_UNVERIFIED,
                     "the appliance's log key is %s, which is not the one given: do not sign, "
                     "and find out why",
                     hex);
}

static int pin(const struct cli *cli, const struct ceremony *ceremony)
{
    struct bytes vkey;
    struct refusal refusal = {0};
    bytes_init(&vkey, LIMIT_CHECKPOINT);
    vkey_write(ceremony->founding.origin, &ceremony->founding.log, &vkey);
    enum err err = bytes_finish(&vkey);
    if (err == OK)
        err = conclave_pin(cli->home, bytes_span(&vkey), &refusal);
    bytes_clear(&vkey);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

static int send_signature(struct cli *cli, struct ceremony *ceremony, struct signer *signer)
{
    struct bytes signature;
    struct refusal refusal = {0};
    struct message ask = {.kind = ASK_FOUND_SIGN}, answer;
    const struct key *key = signer_key(signer);
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    enum err err = signer_sign(
        signer, DSSE_FOUNDING, bytes_span(&ceremony->founding_text), &signature, &refusal);
    if (err == OK) {
        ask.found_sign.approver = key->id;
        ask.found_sign.signature = bytes_span(&signature);
        err = conclave_ask(cli->conclave, &ask, &answer, &refusal);
    }
    if (err == OK)
        err = ceremony_read(ceremony, &answer, &refusal);
    bytes_clear(&signature);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_DAEMON, err, &refusal);
}

// The token of an administrator who has not signed yet.
static int open_token(
    const struct signing *signing, const struct ceremony *ceremony, struct signer **out)
{
    struct holders holders;
    const struct charter *charter = ceremony->charter;
    holders_administrators(&holders, charter);
    for (size_t i = 0; i < charter->administrator_count; i++)
        if (ceremony_has_signed(ceremony, &charter->administrators[i].key.id))
            holders.administrators[i] = false;
    return credential_open(&signing->credential, &holders, out);
}

static int sign(struct cli *cli, const struct signing *signing, struct ceremony *ceremony)
{
    struct signer *signer = NULL;
    int status = founding_fetch(cli, ceremony, false);
    if (status == STATUS_DONE && signing->policy != NULL)
        status = check_policy(signing->policy, ceremony);
    if (status == STATUS_DONE && !cli->json)
        status = founding_print(cli, ceremony);
    if (status == STATUS_DONE)
        status = compare_log_key(cli, signing, ceremony);
    if (status == STATUS_DONE)
        status = pin(cli, ceremony);
    if (status == STATUS_DONE)
        status = open_token(signing, ceremony, &signer);
    if (status == STATUS_DONE)
        status = send_signature(cli, ceremony, signer);
    signer_free(signer);
    if (status != STATUS_DONE)
        return status;
    (void)founding_print_progress(cli, ceremony);
    return STATUS_DONE;
}

int cmd_init_sign(struct cli *cli, int argc, char **argv)
{
    struct signing signing = {0};
    struct option_rule rules[CREDENTIAL_RULES + 2];
    int status;
    credential_rules(&signing.credential, rules);
    rules[CREDENTIAL_RULES] = (struct option_rule){.name = "log-key-hash",
        .argument = "HEX",
        .help = "the log key's hash, compared by voice or paper; else it is asked for",
        .text = &signing.log_key_hash};
    rules[CREDENTIAL_RULES + 1] = (struct option_rule){.name = "policy",
        .argument = "FILE",
        .help = "the policy file that the charter must be compiled from",
        .text = &signing.policy};
    if (!options_read(cli, rules, CREDENTIAL_RULES + 2, argc, argv, &status))
        return status;
    struct ceremony *ceremony = ceremony_new();
    if (ceremony == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    status = cli_connect(cli, false);
    if (status == STATUS_DONE)
        status = sign(cli, &signing, ceremony);
    ceremony_free(ceremony);
    return status;
}
