// conclave charter draft, prove, propose: the way of the next charter, from a policy to a request.
#include "admin-cli/commands.h"
#include "admin-cli/draft.h"
#include "admin-cli/file.h"
#include "admin-cli/making.h"
#include "admin-cli/policy.h"
#include "client/source.h"
#include "proto/dsse.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// ---- drafting ----

static int compile_next(const char *path, const struct house *house, struct draft *draft)
{
    struct policy *policy = NULL;
    struct policy_fault fault = {0};
    int status = policy_load(path, &policy);
    if (status != STATUS_DONE)
        return status;
    enum err err = policy_compile_next(policy, house->charter, house->state->spare,
        house->state->spare_count, &draft->text, &fault);
    policy_free(policy);
    return err == OK ? draft_take(draft, path) : policy_say(path, &fault);
}

// Nobody's work is written over.
static int write_new(const char *path, struct span content)
{
    struct refusal refusal = {0};
    if (access(path, F_OK) == 0)
        return cli_say(STATUS_LOCAL, "%s exists already, and is not overwritten", path);
    enum err err = file_write(path, content, &refusal);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

static int draft_next(struct cli *cli, const char *path, const char *out, struct house *house,
    struct draft *draft)
{
    int status = compile_next(path, house, draft);
    if (status == STATUS_DONE)
        status = draft_render(draft, house);
    if (status == STATUS_DONE)
        status = write_new(out, bytes_span(&draft->text));
    return status == STATUS_DONE ? draft_print(cli, draft, house) : status;
}

int cmd_charter_draft(struct cli *cli, int argc, char **argv)
{
    const char *path = NULL, *out = NULL;
    const struct option_rule rules[] = {
        {.name = "policy",
            .argument = "FILE",
            .help = "the policy that is to be in force",
            .needed = true,
            .text = &path},
        {.name = "out",
            .argument = "FILE",
            .help = "where the charter is written",
            .needed = true,
            .text = &out},
    };
    struct house *house = NULL;
    struct draft draft;
    int status;
    if (!options_read(cli, rules, sizeof rules / sizeof rules[0], argc, argv, &status))
        return status;
    draft_init(&draft);
    status = inquiry_house(cli, &house);
    if (status == STATUS_DONE)
        status = draft_next(cli, path, out, house, &draft);
    draft_clear(&draft);
    house_free(house);
    return status;
}

// ---- proofs of possession ----

static int sign_proof(
    const struct charter *charter, const struct asker *asker, struct proofs *proofs)
{
    struct refusal refusal = {0};
    struct signer *signer = NULL;
    struct bytes text, signature;
    struct holders holders;
    // Whoever is new in it, in whatever place.
    holders_asking(&holders, charter, true);
    int status = asker_open(asker, &holders, &signer);
    if (status != STATUS_DONE)
        return status;
    bytes_init(&text, LIMIT_RECORD);
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    struct proof_line *line = &proofs->at[0];
    line->key = signer_key(signer)->id;
    possession_write(&charter->log, charter->epoch, &charter->hash, &line->key, &text);
    enum err err = bytes_finish(&text);
    if (err == OK)
        err = signer_sign(signer, DSSE_POSSESSION, bytes_span(&text), &signature, &refusal);
    if (err == OK) {
        memcpy(line->signature, signature.data, signature.size);
        line->signature_size = signature.size;
        proofs->count = 1;
    }
    bytes_clear(&text);
    bytes_clear(&signature);
    signer_free(signer);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

static bool names_key(const struct charter *charter, const struct hash *key)
{
    return charter_administrator(charter, key) != NULL ||
           charter_requester(charter, key) != NULL;
}

static int write_proof(
    const struct charter *charter, const struct proofs *proofs, const char *out)
{
    struct bytes text;
    if (!names_key(charter, &proofs->at[0].key))
        return cli_say(STATUS_LOCAL, "the charter names this key nowhere: prove with the key "
                                     "that the policy's file has");
    bytes_init(&text, LIMIT_PROOFS);
    proofs_write(proofs, &text);
    int status = bytes_finish(&text) == OK ? write_new(out, bytes_span(&text))
                                           : cli_say(STATUS_LOCAL, "out of memory");
    bytes_clear(&text);
    return status;
}

static int print_proved(const struct cli *cli, const struct hash *key, const char *out)
{
    struct scribe scribe;
    if (!cli->json)
        return STATUS_DONE;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_hash(&scribe, "key", key);
    scribe_text(&scribe, "file", out);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

// A proof for another appliance's charter would be worth nothing here, and something there.
static int check_pinned(const struct cli *cli, const struct charter *charter)
{
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    if (conclave_pinned(cli->home, origin, &log) != OK)
        return cli_say(STATUS_LOCAL,
            "no log key is pinned in %s: enrol with `conclave enrol VKEY` first", cli->home);
    if (!hash_equal(&charter->log, &log.id))
        return cli_say(STATUS_UNVERIFIED,
            "this is the charter of another appliance than the one that is pinned in %s",
            cli->home);
    return STATUS_DONE;
}

static int prove(struct cli *cli, const struct asker *asker, const char *out)
{
    struct draft draft;
    struct proofs *proofs = calloc(1, sizeof *proofs);
    if (proofs == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    draft_init(&draft);
    int status = draft_read(&draft, cli->arguments[0]);
    if (status == STATUS_DONE)
        status = check_pinned(cli, draft.charter);
    if (status == STATUS_DONE)
        status = sign_proof(draft.charter, asker, proofs);
    if (status == STATUS_DONE)
        status = write_proof(draft.charter, proofs, out);
    if (status == STATUS_DONE)
        status = print_proved(cli, &proofs->at[0].key, out);
    free(proofs);
    draft_clear(&draft);
    return status;
}

int cmd_charter_prove(struct cli *cli, int argc, char **argv)
{
    struct asker asker;
    struct option_rule rules[ASKER_KEY_RULES + 1];
    const char *out = NULL;
    int status;
    asker_key_rules(&asker, rules);
    rules[ASKER_KEY_RULES] = (struct option_rule){.name = "out",
        .argument = "FILE",
        .help = "where the proof is written",
        .needed = true,
        .text = &out};
    if (!options_read(cli, rules, ASKER_KEY_RULES + 1, argc, argv, &status))
        return status;
    return prove(cli, &asker, out);
}

// ---- proposing ----

struct proposing {
    struct option_values proofs;
};

static int insert_proof(struct proofs *proofs, const struct proof_line *line, const char *path)
{
    size_t at = proofs->count;
    for (size_t i = 0; i < proofs->count; i++)
        if (hash_equal(&proofs->at[i].key, &line->key))
            return cli_say(STATUS_LOCAL, "%s proves a key that another file proves", path);
    if (at == sizeof proofs->at / sizeof proofs->at[0])
        return cli_say(STATUS_LOCAL, "there are more proofs than a charter has keys");
    while (
        at > 0 && span_compare(hash_span(&proofs->at[at - 1].key), hash_span(&line->key)) > 0) {
        proofs->at[at] = proofs->at[at - 1];
        at--;
    }
    proofs->at[at] = *line;
    proofs->count++;
    return STATUS_DONE;
}

static int read_proofs(const char *path, struct proofs *out)
{
    struct refusal refusal = {0};
    struct bytes text;
    bytes_init(&text, LIMIT_PROOFS);
    enum err err = source_read_file(path, &text, &refusal);
    int status = err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
    if (status == STATUS_DONE && proofs_read(bytes_span(&text), out) != OK)
        status = cli_say(STATUS_LOCAL, "%s holds no proofs of possession", path);
    bytes_clear(&text);
    return status;
}

static int add_proofs(struct proofs *all, const char *path)
{
    struct proofs *some = calloc(1, sizeof *some);
    if (some == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    int status = read_proofs(path, some);
    for (size_t i = 0; status == STATUS_DONE && i < some->count; i++)
        status = insert_proof(all, &some->at[i], path);
    free(some);
    return status;
}

static int show_proofs(struct making *making, const struct proofs *proofs)
{
    struct bytes text;
    bytes_init(&text, LIMIT_PROOFS);
    proofs_write(proofs, &text);
    int status = bytes_finish(&text) == OK ? making_evidence(making, bytes_span(&text))
                                           : cli_say(STATUS_LOCAL, "out of memory");
    bytes_clear(&text);
    return status;
}

// All proofs are one file of evidence.
static int join_proofs(struct making *making)
{
    const struct proposing *proposing = making->options;
    struct proofs *proofs = calloc(1, sizeof *proofs);
    int status = STATUS_DONE;
    if (proofs == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    for (size_t i = 0; status == STATUS_DONE && i < proposing->proofs.count; i++)
        status = add_proofs(proofs, proposing->proofs.at[i]);
    if (status == STATUS_DONE && proofs->count > 0)
        status = show_proofs(making, proofs);
    free(proofs);
    return status;
}

static int make_charter(struct making *making)
{
    struct draft draft;
    draft_init(&draft);
    int status = draft_read(&draft, making->cli->arguments[0]);
    if (status == STATUS_DONE)
        status = draft_check(&draft, making->house);
    if (status == STATUS_DONE)
        status = join_proofs(making);
    if (status == STATUS_DONE)
        status = making_set(making, MOTION_CHARTER, draft.charter->epoch, &draft.text);
    draft_clear(&draft);
    return status;
}

int cmd_charter_propose(struct cli *cli, int argc, char **argv)
{
    struct asker asker;
    struct proposing proposing = {0};
    struct option_rule rules[ASKER_RULES + 1];
    int status;
    asker_rules(&asker, rules);
    rules[ASKER_RULES] = (struct option_rule){.name = "proof",
        .argument = "FILE",
        .help = "a proof of possession (charter prove), for each new key",
        .values = &proposing.proofs};
    if (!options_read(cli, rules, ASKER_RULES + 1, argc, argv, &status))
        return status;
    return making_run(cli, &asker, make_charter, &proposing);
}
