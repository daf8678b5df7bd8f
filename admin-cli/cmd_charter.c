// conclave charter: the charter in force, and the way of the next one: drafted from a policy, proven
// by whoever holds a new key, proposed.
#include "admin-cli/commands.h"
#include "admin-cli/file.h"
#include "admin-cli/making.h"
#include "admin-cli/policy.h"
#include "admin-cli/print.h"
#include "client/source.h"
#include "proto/dsse.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// ---- a drafted charter ----

// Reads a charter from a file. `text` is the caller's to clear, the charter to free.
static int read_draft(const char *path, struct bytes *text, struct charter **out)
{
    struct refusal refusal = {0};
    *out = charter_new();
    enum err err = *out == NULL ? ERR_MEMORY : source_read_file(path, text, &refusal);
    if (err == OK && charter_read(bytes_span(text), *out, &refusal) != OK)
        return cli_say(STATUS_LOCAL, "%s is no charter: %s", path, refusal.sentence);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

static int compile_next(const char *path, const struct house *house, struct bytes *charter)
{
    struct policy *policy = NULL;
    struct policy_fault fault = {0};
    int status = policy_load(path, &policy);
    if (status != STATUS_DONE)
        return status;
    enum err err = policy_compile_next(policy, house->charter, house->state->spare,
        house->state->spare_count, charter, &fault);
    policy_free(policy);
    return err == OK ? STATUS_DONE : policy_say(path, &fault);
}

static int write_draft(const struct cli *cli, const char *out, const struct bytes *charter)
{
    struct refusal refusal = {0};
    struct hash hash = hash_of(bytes_span(charter));
    char hex[PRINT_HASH];
    if (access(out, F_OK) == 0)
        return cli_say(STATUS_LOCAL, "%s exists already, and is not overwritten", out);
    enum err err = file_write(out, bytes_span(charter), &refusal);
    if (err != OK)
        return cli_fail(SIDE_LOCAL, err, &refusal);
    hash_hex(&hash, hex);
    printf(cli->json ? "{\"charter\":\"%s\"}\n" : "%s\n", hex);
    return STATUS_DONE;
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
    struct bytes charter;
    int status;
    if (!options_read(cli, rules, sizeof rules / sizeof rules[0], argc, argv, &status))
        return status;
    bytes_init(&charter, LIMIT_CHARTER);
    status = inquiry_house(cli, &house);
    if (status == STATUS_DONE)
        status = compile_next(path, house, &charter);
    if (status == STATUS_DONE)
        status = write_draft(cli, out, &charter);
    bytes_clear(&charter);
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
    int status = asker_open(asker, &signer);
    if (status != STATUS_DONE)
        return status;
    bytes_init(&text, LIMIT_RECORD);
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    struct proof_line *line = &proofs->at[0];
    line->key = signer_key(signer)->id;
    possession_write(&charter->log, charter->epoch, &charter->hash, &line->key, &text);
    enum err err = bytes_finish(&text);
    if (err == OK)
        err = signer_sign(signer, DSSE_POSSESSION, bytes_span(&text), &signature);
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
    struct refusal refusal = {0};
    struct bytes text;
    if (!names_key(charter, &proofs->at[0].key))
        return cli_say(STATUS_LOCAL, "the charter names this key nowhere: prove with the key "
                                     "that the policy's file has");
    if (access(out, F_OK) == 0)
        return cli_say(STATUS_LOCAL, "%s exists already, and is not overwritten", out);
    bytes_init(&text, LIMIT_RECORD);
    proofs_write(proofs, &text);
    enum err err = bytes_finish(&text);
    if (err == OK)
        err = file_write(out, bytes_span(&text), &refusal);
    bytes_clear(&text);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

int cmd_charter_prove(struct cli *cli, int argc, char **argv)
{
    struct asker asker;
    struct option_rule rules[ASKER_RULES + 1];
    const char *out = NULL;
    struct charter *charter = NULL;
    struct bytes text;
    int status;
    asker_rules(&asker, rules);
    rules[ASKER_RULES] = (struct option_rule){.name = "out",
        .argument = "FILE",
        .help = "where the proof is written",
        .needed = true,
        .text = &out};
    if (!options_read(cli, rules, ASKER_RULES + 1, argc, argv, &status))
        return status;
    struct proofs *proofs = calloc(1, sizeof *proofs);
    bytes_init(&text, LIMIT_CHARTER);
    status = proofs == NULL ? cli_say(STATUS_LOCAL, "out of memory")
                            : read_draft(cli->arguments[0], &text, &charter);
    if (status == STATUS_DONE)
        status = sign_proof(charter, &asker, proofs);
    if (status == STATUS_DONE)
        status = write_proof(charter, proofs, out);
    free(proofs);
    bytes_clear(&text);
    charter_free(charter);
    return status;
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

static int add_proofs(struct proofs *all, const char *path)
{
    struct refusal refusal = {0};
    struct bytes text;
    struct proofs *some = calloc(1, sizeof *some);
    bytes_init(&text, LIMIT_RECORD);
    enum err err = some == NULL ? ERR_MEMORY : source_read_file(path, &text, &refusal);
    int status = err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
    if (status == STATUS_DONE && proofs_read(bytes_span(&text), some) != OK)
        status = cli_say(STATUS_LOCAL, "%s holds no proofs of possession", path);
    for (size_t i = 0; status == STATUS_DONE && i < some->count; i++)
        status = insert_proof(all, &some->at[i], path);
    bytes_clear(&text);
    free(some);
    return status;
}

// All proofs are one file of evidence.
static int join_proofs(struct making *making)
{
    const struct proposing *proposing = making->options;
    struct bytes text;
    struct proofs *proofs = calloc(1, sizeof *proofs);
    int status = proofs == NULL ? cli_say(STATUS_LOCAL, "out of memory") : STATUS_DONE;
    bytes_init(&text, LIMIT_RECORD);
    for (size_t i = 0; status == STATUS_DONE && i < proposing->proofs.count; i++)
        status = add_proofs(proofs, proposing->proofs.at[i]);
    if (status == STATUS_DONE && proofs->count > 0) {
        proofs_write(proofs, &text);
        status = bytes_finish(&text) == OK ? making_evidence(making, bytes_span(&text))
                                           : cli_say(STATUS_LOCAL, "out of memory");
    }
    bytes_clear(&text);
    free(proofs);
    return status;
}

static int make_charter(struct making *making)
{
    struct charter *charter = NULL;
    struct bytes text;
    bytes_init(&text, LIMIT_CHARTER);
    int status = read_draft(making->cli->arguments[0], &text, &charter);
    if (status == STATUS_DONE && charter->epoch != making->house->charter->epoch + 1)
        status = cli_say(STATUS_LOCAL,
            "this charter is of epoch %llu, and %llu is in force: draft it anew",
            (unsigned long long)charter->epoch,
            (unsigned long long)making->house->charter->epoch);
    if (status == STATUS_DONE)
        status = join_proofs(making);
    if (status == STATUS_DONE)
        status = making_set(making, MOTION_CHARTER, charter->epoch, &text);
    bytes_clear(&text);
    charter_free(charter);
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
